//! Turns blocks into the paragraphs and tables of the body.

mod look;
mod measure;
mod runs;
mod table;
mod widths;

use std::fmt::Write;

use super::{author, conform};
use crate::document::{Block, BlockKind, Document, Inline, Role, Run, Section, Text};
use crate::identity::Names;
use look::{Look, Looks};
pub(super) use runs::gate;
use runs::{glyph_fill, push_heading, push_legend, push_text};

/// Text width of a portrait page, in twentieths of a point: A4 less 30 and 20 mm.
pub(super) const PORTRAIT: usize = 9071;
/// Text width of a landscape page: A4 turned, less 20 mm on both sides.
const LANDSCAPE: usize = 14570;
/// Tables with more columns go on a landscape page.
const WIDE: usize = 6;

/// What a document becomes, apart from the parts that all plans share.
pub(super) struct Body {
    /// The element `w:body`.
    pub(super) xml: String,
    /// The comments that guidance became, one after the other.
    pub(super) comments: String,
    /// Stands at the top of every page.
    pub(super) banner: Option<String>,
}

/// Turn of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orientation {
    Portrait,
    Landscape,
}

/// Builds the body of a document; its guidance as boxes, or as comments on what it is about.
pub(super) fn body(document: &Document, comments: bool) -> Body {
    let sections = &document.sections;
    let banner = sections.iter().rfind(|section| place(section) == Place::Banner);
    let banner = banner.and_then(|section| section.blocks.first());
    let banner = banner.map(|block| block.kind.plain());
    let mut writer =
        Writer { xml: "<w:body>".to_owned(), width: PORTRAIT, ..Writer::default() };
    let mut orientation = Orientation::Portrait;
    for (at, section) in sections.iter().enumerate() {
        match place(section) {
            Place::Banner => continue,
            Place::Guidance if comments => continue,
            _ => {}
        }
        if opens_part(section) {
            conform::end_section(&mut writer.xml, orientation, banner.is_some());
            let part = sections[at + 1..].iter().take_while(|next| !opens_part(next));
            let is_annex = section.role() != Role::AttachedHead;
            let wide = is_annex && (is_wide(section) || part.into_iter().any(is_wide));
            (orientation, writer.width) = if wide {
                (Orientation::Landscape, LANDSCAPE)
            } else {
                (Orientation::Portrait, PORTRAIT)
            };
        }
        if comments {
            writer.note(guidance_below(&sections[at + 1..]));
        }
        writer.section(section, Names::default().bookmarks(section));
    }
    let Writer { mut xml, comments, .. } = writer;
    xml.push_str(&conform::section(orientation, banner.is_some()));
    xml.push_str("</w:body>");
    Body { xml, comments, banner }
}

/// The guidance about a section: what stands right below it; `below` is all that does.
pub(super) fn guidance_below(below: &[Section]) -> impl Iterator<Item = &Block> {
    let guides = below.iter().take_while(|next| next.is_guidance());
    guides.flat_map(|section| &section.blocks)
}

/// The paragraphs and tables of one section, for pages of a text width in twentieths of a
/// point, and with these bookmarks, one a paragraph or row.
pub(super) fn section(
    section: &Section,
    width: usize,
    names: impl Iterator<Item = Option<String>>,
) -> String {
    let mut writer = Writer { width, ..Writer::default() };
    writer.section(section, names);
    writer.xml
}

/// Tells whether a section begins on a page of its own: an annex, or a plan behind the Quyết
/// định that issues it.
pub(super) fn opens_part(section: &Section) -> bool {
    match section.role() {
        Role::AttachedHead => true,
        Role::Annex(_) => {
            matches!(section.blocks.first().map(|b| &b.kind), Some(BlockKind::Heading(_)))
        }
        _ => false,
    }
}

/// Tells whether a section wants a landscape page.
pub(super) fn is_wide(section: &Section) -> bool {
    section
        .blocks
        .iter()
        .any(|block| matches!(&block.kind, BlockKind::Table(t) if t.columns.len() > WIDE))
}

/// What a section's paragraphs look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Banner,
    Body,
    Letterhead,
    Title,
    Enacting,
    Guidance,
    Signature,
    Annex,
}

fn place(section: &Section) -> Place {
    match section.role() {
        Role::Banner => Place::Banner,
        Role::Letterhead | Role::AttachedHead => Place::Letterhead,
        Role::Enacting => Place::Enacting,
        Role::Title => Place::Title,
        Role::Signature => Place::Signature,
        Role::Guidance(_) => Place::Guidance,
        Role::Annex(_) => Place::Annex,
        _ => Place::Body,
    }
}

#[derive(Default)]
struct Writer {
    /// The body so far.
    xml: String,
    /// The comments so far.
    comments: String,
    looks: Looks,
    bookmarks: usize,
    /// Text width of the page.
    width: usize,
    /// How many comments there are.
    notes: usize,
    /// The comment that the next paragraph gets.
    note: Option<String>,
}

impl Writer {
    /// Keeps guidance for the comment on the next paragraph.
    fn note<'s>(&mut self, guidance: impl Iterator<Item = &'s Block>) {
        let mut paragraphs = guidance.peekable();
        self.note = paragraphs.peek().is_some().then(|| {
            self.notes += 1;
            let id = self.notes;
            let mut comment = format!(
                "<w:comment w:id=\"{id}\" w:author=\"{}\" w:initials=\"kh\">",
                author::GUIDANCE
            );
            for block in paragraphs {
                let style = Look::paragraph("CommentText");
                comment.extend(["<w:p>", self.looks.properties(style)]);
                let text = Text::from(block.kind.plain());
                push_text(&mut comment, &mut self.looks, &text);
                comment.push_str("</w:p>");
            }
            comment.push_str("</w:comment>");
            comment
        });
    }

    fn section(
        &mut self,
        section: &Section,
        mut names: impl Iterator<Item = Option<String>>,
    ) {
        let place = place(section);
        for block in &section.blocks {
            if let BlockKind::Table(table) = &block.kind {
                let names = table.rows.iter().map(|_| names.next().flatten()).collect();
                self.table(table, place, names);
            } else {
                self.block(block, place, names.next().flatten().as_deref());
            }
        }
        let subject = section.blocks.iter().rev().find_map(|block| match &block.kind {
            BlockKind::Paragraph(text) if !all_italic(text) => Some(text),
            _ => None,
        });
        if let (Place::Title, Some(subject)) = (place, subject) {
            self.rule("TitleRule", subject, 28, self.width);
        }
    }

    fn block(&mut self, block: &Block, place: Place, name: Option<&str>) {
        match &block.kind {
            BlockKind::Heading(heading) => {
                let style = match (place, heading.level) {
                    (Place::Title, _) | (_, ..=1) => "PlanTitle",
                    (Place::Annex, 2) => "AnnexTitle",
                    (_, 2) => "Heading1",
                    (_, 3) => "Heading2",
                    (_, 4) => "Heading3",
                    _ => "Heading4",
                };
                let mut look = Look::paragraph(style);
                if let (Look::Paragraph { inset, .. }, ..=2) = (&mut look, heading.level)
                {
                    *inset = balance(&heading.text, 28, self.width);
                }
                self.paragraph(look, name, |out, looks| {
                    push_heading(out, looks, heading);
                });
            }
            BlockKind::Paragraph(text) => {
                let style = match place {
                    Place::Title => "Subject",
                    Place::Enacting => "Enacting",
                    Place::Annex if all_italic(text) => "AnnexNote",
                    Place::Annex => "AnnexText",
                    _ => "Normal",
                };
                self.text(style, text, name);
                if style == "AnnexNote" {
                    self.rule("AnnexRule", text, 26, self.width);
                }
            }
            BlockKind::Item { depth, number, text } => {
                let style = if *depth == 0 { "ListDash" } else { "ListPlus" };
                match number {
                    None => self.text(style, text, name),
                    Some(number) => {
                        let mut numbered = text.clone();
                        let run = Run { text: format!("{number}. "), ..Run::default() };
                        numbered.0.insert(0, Inline::Run(run));
                        self.text("Normal", &numbered, name);
                    }
                }
            }
            BlockKind::Quote(text) => {
                let style = if place == Place::Guidance { "Guidance" } else { "Quote" };
                self.text(style, text, name);
            }
            BlockKind::Raw(text) => {
                let text = text.replace("\r\n", "\n").replace('\r', "\n");
                self.text("Normal", &Text::from(text), name);
            }
            BlockKind::Table(_) => {}
        }
    }

    fn text(&mut self, style: &'static str, text: &Text, name: Option<&str>) {
        // A colon or a title announces what follows; "./." ends the plan, and no signature
        // stands alone.
        let plain = text.plain();
        let keep_next = plain.trim_end().ends_with(':')
            || plain.ends_with("./.")
            || (style == "Normal" && all_bold(text));
        let is_legend =
            style == "AnnexText" && plain.contains(|c| glyph_fill(c).is_some());
        let inset = match style {
            "Subject" => balance(text, 28, self.width),
            "AnnexNote" => balance(text, 26, self.width),
            _ => 0,
        };
        let look = Look::Paragraph { style, keep_next, align: None, inset };
        self.paragraph(look, name, |out, looks| {
            if is_legend {
                push_legend(out, looks, text);
            } else {
                push_text(out, looks, text);
            }
        });
    }

    /// A paragraph around what `content` writes, with its bookmark and its comment.
    fn paragraph(
        &mut self,
        look: Look,
        name: Option<&str>,
        content: impl FnOnce(&mut String, &mut Looks),
    ) {
        self.bookmarks += 1;
        let (bookmark, note) = (self.bookmarks, self.notes);
        let comment = self.note.take();
        let out = &mut self.xml;
        out.extend(["<w:p>", self.looks.properties(look)]);
        // Writing to a string does not fail.
        if let Some(name) = name {
            let _ =
                write!(out, "<w:bookmarkStart w:id=\"{bookmark}\" w:name=\"{name}\" />");
        }
        if comment.is_some() {
            let _ = write!(out, "<w:commentRangeStart w:id=\"{note}\" />");
        }
        content(out, &mut self.looks);
        if name.is_some() {
            let _ = write!(out, "<w:bookmarkEnd w:id=\"{bookmark}\" />");
        }
        if let Some(comment) = comment {
            let _ = write!(
                out,
                "<w:commentRangeEnd w:id=\"{note}\" />\
                 <w:r><w:commentReference w:id=\"{note}\" /></w:r>"
            );
            self.comments.push_str(&comment);
        }
        out.push_str("</w:p>");
    }

    /// An empty paragraph whose style draws a line, as long as the last line of the text
    /// above it wants (Nghị định 30, Phụ lục I, II.1 and 2).
    fn rule(&mut self, style: &'static str, above: &Text, size: usize, width: usize) {
        let fits = width - 2 * balance(above, size, width);
        let last = above.plain().lines().last().map_or(0, |line| {
            measure::lines(line, size, fits).last().copied().unwrap_or_default()
        });
        // "1/3 to 1/2 of the text", but for the motto's.
        let length = if style == "MottoRule" { last } else { last * 2 / 5 };
        let inset = width.saturating_sub(length) / 2;
        let look = Look::Paragraph { style, keep_next: false, align: None, inset };
        self.xml.extend(["<w:p>", self.looks.properties(look), "</w:p>"]);
    }
}

/// Space on both sides that leaves no word alone on the last line of a centred text.
fn balance(text: &Text, size: usize, width: usize) -> usize {
    /// What fits by a hair would not fit everywhere.
    const HAIR: usize = 100;
    let plain = text.plain();
    if plain.lines().all(|line| measure::length(line, size) <= width) {
        return 0;
    }
    let lines = plain.lines().map(|line| measure::balanced(line, size, width) + HAIR);
    width.saturating_sub(lines.max().unwrap_or(width)) / 2
}

fn all_bold(text: &Text) -> bool {
    !text.is_empty()
        && text.0.iter().all(|inline| match inline {
            Inline::Run(run) => run.style.bold,
            Inline::Break => true,
        })
}

fn all_italic(text: &Text) -> bool {
    text.0.iter().all(|inline| match inline {
        Inline::Run(run) => run.style.italic,
        Inline::Break => true,
    })
}
