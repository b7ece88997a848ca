//! Reads one paragraph: the characters that a reader sees, and the run that holds each.

use std::ops::Range;

use super::style::{Look, Looks};
use super::{DEEPEST, Held, Mark, Piece, Spot};
use crate::document::{Inline, Style, Text};
use crate::docx::xml::{Element, Node, Path};

/// Blanks at the ends of a `w:t` that do not count unless it says so; breaks are blanks here.
const BLANKS: [char; 2] = [' ', '\t'];

/// A paragraph as it was read.
#[derive(Debug, Default)]
pub(super) struct Passage {
    pub(super) spot: Spot,
    /// `spot.text` with its styles.
    pub(super) text: Text,
    /// Names of the bookmarks that begin in it.
    pub(super) names: Vec<String>,
    pub(super) look: Option<Look>,
    /// Whether its end is deleted by a tracked change: it goes on in the next paragraph.
    pub(super) open: bool,
}

impl Passage {
    /// Adds what follows, after a line break or not.
    pub(super) fn append(&mut self, next: Self, line_break: bool) {
        if line_break {
            self.spot.text.push('\n');
            self.text.0.push(Inline::Break);
        }
        let shift = self.spot.text.len();
        let moved = |range: Range<usize>| range.start + shift..range.end + shift;
        let Spot { paragraphs, text, pieces, marks, .. } = next.spot;
        let spot = &mut self.spot;
        spot.paragraphs.extend(paragraphs);
        spot.text.push_str(&text);
        spot.pieces.extend(
            pieces.into_iter().map(|p| Piece { text: moved(p.text.clone()), ..p }),
        );
        spot.marks.extend(marks.into_iter().map(|m| Mark { text: moved(m.text), ..m }));
        for inline in next.text.0 {
            match inline {
                Inline::Run(run) => self.text.push(&run.text, &run.style),
                Inline::Break => self.text.0.push(Inline::Break),
            }
        }
        self.names.extend(next.names);
        self.look = next.look;
        self.open = next.open;
    }

    /// Tells whether a reader sees nothing here.
    pub(super) fn is_blank(&self) -> bool {
        let seen =
            |mark: &Mark| matches!(mark.held, Held::Object | Held::Note | Held::Comment);
        self.spot.text.trim().is_empty() && !self.spot.marks.iter().any(seen)
    }
}

/// The complex fields that are open, innermost last: whether each shows its result yet.
///
/// They may span paragraphs, so the state outlives one.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<bool>);

impl Fields {
    fn hide(&self) -> bool {
        self.0.contains(&false)
    }
}

/// Reads the paragraph at a path.
pub(super) fn passage(
    paragraph: &Element,
    at: &Path,
    looks: &Looks,
    fields: &mut Fields,
) -> Passage {
    let properties = paragraph.element("w:pPr");
    let mut out = Passage { look: looks.look(properties), ..Passage::default() };
    out.spot.at.clone_from(at);
    out.spot.paragraphs.push(at.clone());
    let mut walk = Walk { path: at.clone(), out, field_start: 0, fields };
    walk.children(paragraph);
    walk.end_field();
    // A field's code never goes on in the next paragraph; a lost end would hide the rest.
    walk.fields.0.retain(|result| *result);
    if let Some(properties) = properties {
        walk.end(properties);
    }
    walk.out
}

struct Walk<'f> {
    path: Path,
    out: Passage,
    fields: &'f mut Fields,
    /// Where the outermost open field began.
    field_start: usize,
}

impl Walk<'_> {
    fn children(&mut self, parent: &Element) {
        for (at, node) in parent.children.iter().enumerate() {
            if let Node::Element(element) = node {
                self.path.push(at);
                self.inline(element);
                self.path.pop();
            }
        }
    }

    fn inline(&mut self, element: &Element) {
        if self.path.len() > DEEPEST {
            return self.mark(Held::Object);
        }
        let author = || element.value("w:author").unwrap_or_default();
        match element.name.as_str() {
            "w:r" => self.run(element),
            "w:ins" | "w:moveTo" => {
                self.held(element, Held::Inserted { author: author() });
            }
            "w:del" | "w:moveFrom" => {
                self.mark(Held::Deleted { author: author() });
                if element.name == "w:del" {
                    let names = element.elements("w:bookmarkStart");
                    self.out.names.extend(names.filter_map(|b| b.value("w:name")));
                }
            }
            "w:hyperlink" => self.held(element, Held::Link),
            "w:fldSimple" => self.held(element, Held::Field),
            "w:sdt" => {
                let contents = element.children.iter().enumerate();
                for (at, node) in contents {
                    if let Node::Element(content) = node
                        && content.name == "w:sdtContent"
                    {
                        self.path.push(at);
                        self.held(content, Held::Control);
                        self.path.pop();
                    }
                }
            }
            "w:smartTag" | "w:customXml" | "w:dir" | "w:bdo" => {
                self.held(element, Held::Control);
            }
            "w:bookmarkStart" => self.out.names.extend(element.value("w:name")),
            "w:pPr"
            | "w:bookmarkEnd"
            | "w:commentRangeStart"
            | "w:commentRangeEnd"
            | "w:proofErr"
            | "w:permStart"
            | "w:permEnd"
            | "w:moveFromRangeStart"
            | "w:moveFromRangeEnd"
            | "w:moveToRangeStart"
            | "w:moveToRangeEnd"
            | "w:smartTagPr"
            | "w:customXmlPr" => {}
            _ => self.mark(Held::Object),
        }
    }

    /// Reads what is inside, and marks it.
    fn held(&mut self, element: &Element, held: Held) {
        let start = self.out.spot.text.len();
        self.children(element);
        let text = start..self.out.spot.text.len();
        self.out.spot.marks.push(Mark { text, held });
    }

    /// Marks a point.
    fn mark(&mut self, held: Held) {
        let at = self.out.spot.text.len();
        self.out.spot.marks.push(Mark { text: at..at, held });
    }

    fn run(&mut self, run: &Element) {
        let style = run.element("w:rPr").map(style).unwrap_or_default();
        for (at, node) in run.children.iter().enumerate() {
            let Node::Element(child) = node else { continue };
            match child.name.as_str() {
                "w:t" => {
                    let mut text = child.text();
                    if text.contains(['\n', '\r']) {
                        text = text.replace(['\n', '\r'], " ");
                    }
                    let (mut kept, mut skip) = (text.as_str(), 0);
                    if child.attribute("xml:space") != Some("preserve") {
                        kept = kept.trim_start_matches(BLANKS);
                        skip = text.len() - kept.len();
                        kept = kept.trim_end_matches(BLANKS);
                    }
                    self.characters(kept, &style, at, skip);
                }
                "w:tab" | "w:ptab" => self.characters("\t", &style, at, 0),
                "w:br" | "w:cr" => match child.attribute("w:type") {
                    None | Some("textWrapping") => self.characters("\n", &style, at, 0),
                    Some(_) => self.mark(Held::PageBreak),
                },
                "w:noBreakHyphen" => self.characters("\u{2011}", &style, at, 0),
                "w:softHyphen" => self.characters("\u{ad}", &style, at, 0),
                "w:sym" => {
                    let code = child.attribute("w:char").unwrap_or_default();
                    let code = u32::from_str_radix(code, 16).ok();
                    let symbol = code.and_then(char::from_u32).unwrap_or('\u{fffd}');
                    self.characters(&symbol.to_string(), &style, at, 0);
                }
                "w:fldChar" => self.field(child.attribute("w:fldCharType")),
                "w:footnoteReference" | "w:endnoteReference" => self.mark(Held::Note),
                "w:commentReference" => self.mark(Held::Comment),
                "w:rPr"
                | "w:instrText"
                | "w:delText"
                | "w:delInstrText"
                | "w:lastRenderedPageBreak"
                | "w:annotationRef" => {}
                _ => self.mark(Held::Object),
            }
        }
    }

    fn characters(&mut self, text: &str, style: &Style, child: usize, skip: usize) {
        if self.fields.hide() || text.is_empty() {
            return;
        }
        let start = self.out.spot.text.len();
        self.out.spot.text.push_str(text);
        let range = start..self.out.spot.text.len();
        let run = self.path.clone();
        self.out.spot.pieces.push(Piece { text: range, run, child, skip });
        match text {
            "\n" => self.out.text.0.push(Inline::Break),
            _ => self.out.text.push(text, style),
        }
    }

    fn field(&mut self, what: Option<&str>) {
        match what {
            Some("begin") => {
                if self.fields.0.is_empty() {
                    self.field_start = self.out.spot.text.len();
                }
                self.fields.0.push(false);
            }
            Some("separate") => {
                if let Some(result) = self.fields.0.last_mut() {
                    *result = true;
                }
            }
            Some("end") => {
                if self.fields.0.len() == 1 {
                    self.end_field();
                }
                self.fields.0.pop();
            }
            _ => {}
        }
    }

    fn end_field(&mut self) {
        if !self.fields.0.is_empty() {
            let text = self.field_start..self.out.spot.text.len();
            self.out.spot.marks.push(Mark { text, held: Held::Field });
        }
    }

    /// Reads what the paragraph's mark holds.
    fn end(&mut self, properties: &Element) {
        if properties.element("w:sectPr").is_some() {
            self.mark(Held::SectionEnd);
        }
        let Some(mark) = properties.element("w:rPr") else { return };
        let by = |names: [&str; 2]| {
            let change = names.iter().find_map(|name| mark.element(name))?;
            Some(change.value("w:author").unwrap_or_default())
        };
        let deleted = by(["w:del", "w:moveFrom"]);
        let inserted = by(["w:ins", "w:moveTo"]);
        if let Some(author) = deleted {
            self.out.open = true;
            self.mark(Held::Deleted { author });
        } else if let Some(author) = inserted {
            self.mark(Held::Inserted { author });
        }
    }
}

fn style(properties: &Element) -> Style {
    let on = |name| {
        properties.element(name).is_some_and(|toggle| {
            !matches!(toggle.attribute("w:val"), Some("0" | "false" | "off"))
        })
    };
    Style {
        bold: on("w:b"),
        italic: on("w:i"),
        strike: on("w:strike"),
        ..Style::default()
    }
}
