//! Turns blocks into docx-rs elements, one after the other, and those into the body.

mod runs;
mod table;

use docx_rs::{
    BookmarkEnd, BookmarkStart, BuildXML, Comment, CommentChild, CommentRangeEnd,
    CommentRangeStart, Paragraph, ParagraphChild, ParagraphStyle,
};

use super::{bookmark_name, conform};
use crate::document::{Block, BlockKind, Document, Inline, Run, Section, Text};
pub(super) use runs::gate;
use runs::{add_heading, add_text};

/// Text width of a portrait page, in twentieths of a point: A4 less 30 and 20 mm.
const PORTRAIT: usize = 9071;
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
        if opens_annex(section) {
            conform::end_section(&mut writer.xml, orientation, banner.is_some());
            let annex = sections[at + 1..].iter().take_while(|next| !opens_annex(next));
            let wide = is_wide(section) || annex.into_iter().any(is_wide);
            (orientation, writer.width) = if wide {
                (Orientation::Landscape, LANDSCAPE)
            } else {
                (Orientation::Portrait, PORTRAIT)
            };
        }
        if comments {
            let about = sections[at + 1..].iter();
            writer.note(about.take_while(|next| place(next) == Place::Guidance));
        }
        writer.section(section);
    }
    let Writer { mut xml, comments, .. } = writer;
    xml.push_str(&conform::section(orientation, banner.is_some()));
    xml.push_str("</w:body>");
    Body { xml, comments, banner }
}

fn opens_annex(section: &Section) -> bool {
    section.id.as_ref().is_some_and(|id| id.starts_with("annex-"))
        && matches!(section.blocks.first().map(|b| &b.kind), Some(BlockKind::Heading(_)))
}

fn is_wide(section: &Section) -> bool {
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
    Guidance,
    Signature,
    Annex,
}

fn place(section: &Section) -> Place {
    match section.id.as_deref().unwrap_or_default() {
        "banner" => Place::Banner,
        "letterhead" => Place::Letterhead,
        "title" => Place::Title,
        "signature" => Place::Signature,
        id if id.starts_with("guide-") => Place::Guidance,
        id if id.starts_with("annex-") => Place::Annex,
        _ => Place::Body,
    }
}

#[derive(Default)]
struct Writer {
    /// The body so far.
    xml: String,
    /// The comments so far.
    comments: String,
    bookmarks: usize,
    /// Text width of the page.
    width: usize,
    /// How many comments there are.
    notes: usize,
    /// The comment that the next paragraph gets.
    note: Option<Comment>,
}

impl Writer {
    /// Keeps guidance for the comment on the next paragraph.
    fn note<'s>(&mut self, guidance: impl Iterator<Item = &'s Section>) {
        let mut paragraphs = guidance.flat_map(|section| &section.blocks).peekable();
        self.note = paragraphs.peek().is_some().then(|| {
            self.notes += 1;
            let mut comment = Comment::new(self.notes).author("khung");
            for block in paragraphs {
                let mut paragraph = styled("CommentText");
                add_text(&mut paragraph, &Text::from(block.kind.plain()));
                comment.children.push(CommentChild::Paragraph(Box::new(paragraph)));
            }
            comment
        });
    }

    fn section(&mut self, section: &Section) {
        let id = section.id.as_deref().unwrap_or_default();
        let place = place(section);
        let mut n = 0;
        let mut anchor = || {
            n += 1;
            if id.is_empty() { None } else { bookmark_name(id, n) }
        };
        for block in &section.blocks {
            if let BlockKind::Table(table) = &block.kind {
                let names = table.rows.iter().map(|_| anchor()).collect();
                self.table(table, place, names);
            } else {
                let name = anchor();
                self.block(block, place, name);
            }
        }
        if place == Place::Title {
            self.add(&styled("TitleRule"));
        }
    }

    fn add(&mut self, element: &impl BuildXML) {
        conform::append(&mut self.xml, element);
    }

    fn block(&mut self, block: &Block, place: Place, name: Option<String>) {
        match &block.kind {
            BlockKind::Heading(heading) => {
                let style = match (place, heading.level) {
                    (Place::Title, _) | (_, 1) => "PlanTitle".to_owned(),
                    (Place::Annex, 2) => "AnnexTitle".to_owned(),
                    (_, level) => format!("Heading{}", (level - 1).min(4)),
                };
                let mut paragraph = self.start(&style, name);
                add_heading(&mut paragraph, heading);
                self.end(&mut paragraph);
                self.add(&paragraph);
            }
            BlockKind::Paragraph(text) => {
                let style = match place {
                    Place::Title => "Subject",
                    Place::Annex if all_italic(text) => "AnnexNote",
                    Place::Annex => "AnnexText",
                    _ => "Normal",
                };
                self.paragraph(style, text, name);
            }
            BlockKind::Item { depth, number, text } => {
                let style = if *depth == 0 { "ListDash" } else { "ListPlus" };
                match number {
                    None => self.paragraph(style, text, name),
                    Some(number) => {
                        let mut numbered = text.clone();
                        let run = Run { text: format!("{number}. "), ..Run::default() };
                        numbered.0.insert(0, Inline::Run(run));
                        self.paragraph("Normal", &numbered, name);
                    }
                }
            }
            BlockKind::Quote(text) => {
                let style = if place == Place::Guidance { "Guidance" } else { "Quote" };
                self.paragraph(style, text, name);
            }
            BlockKind::Raw(text) => {
                self.paragraph("Normal", &Text::from(text.replace("\r\n", "\n")), name);
            }
            BlockKind::Table(_) => {}
        }
    }

    fn paragraph(&mut self, style: &str, text: &Text, name: Option<String>) {
        let mut paragraph = self.start(style, name);
        add_text(&mut paragraph, text);
        if text.plain().trim_end().ends_with(':') {
            paragraph.property.keep_next = Some(true); // it announces what follows
        }
        self.end(&mut paragraph);
        self.add(&paragraph);
    }

    /// A paragraph of a style, with its bookmark and its comment open.
    fn start(&mut self, style: &str, name: Option<String>) -> Paragraph {
        self.bookmarks += 1;
        let mut paragraph = styled(style);
        if let Some(name) = name {
            let bookmark = BookmarkStart::new(self.bookmarks, name);
            paragraph.children.push(ParagraphChild::BookmarkStart(bookmark));
        }
        if let Some(note) = self.note.take() {
            conform::append(&mut self.comments, &note);
            let range = CommentRangeStart::new(note);
            paragraph.children.push(ParagraphChild::CommentStart(Box::new(range)));
        }
        paragraph
    }

    fn end(&self, paragraph: &mut Paragraph) {
        let opened =
            |test: fn(&ParagraphChild) -> bool| paragraph.children.iter().any(test);
        let bookmark = opened(|child| matches!(child, ParagraphChild::BookmarkStart(_)));
        let note = opened(|child| matches!(child, ParagraphChild::CommentStart(..)));
        if bookmark {
            let end = BookmarkEnd::new(self.bookmarks);
            paragraph.children.push(ParagraphChild::BookmarkEnd(end));
        }
        if note {
            let end = CommentRangeEnd::new(self.notes);
            paragraph.children.push(ParagraphChild::CommentEnd(end));
        }
    }
}

/// An empty paragraph of a style.
///
/// Fields are set here and below, not with docx-rs's builders: each of those moves a
/// kilobyte.
fn styled(style: &str) -> Paragraph {
    let mut paragraph = Paragraph::new();
    paragraph.property.style = Some(ParagraphStyle::new(Some(style)));
    paragraph
}

fn all_italic(text: &Text) -> bool {
    text.0.iter().all(|inline| match inline {
        Inline::Run(run) => run.style.italic,
        Inline::Break => true,
    })
}
