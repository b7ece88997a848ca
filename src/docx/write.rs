//! Turns blocks into a docx-rs model and builds its `word/document.xml`.

mod runs;
mod table;

use docx_rs::{Comment, DocumentChild, Docx, Paragraph, ParagraphChild};

use super::bookmark_name;
use crate::document::{Block, BlockKind, Document, Inline, Run, Section, Text};
pub(super) use runs::gate;
use runs::{heading_runs, runs};

/// Text width of a portrait page, in twentieths of a point: A4 less 30 and 20 mm.
const PORTRAIT: usize = 9071;
/// Text width of a landscape page: A4 turned, less 20 mm on both sides.
const LANDSCAPE: usize = 14570;
/// Tables with more columns go on a landscape page.
const WIDE: usize = 6;

/// What docx-rs makes of a document, and where its Word sections end.
pub(super) struct Body {
    /// `word/document.xml`.
    pub(super) xml: Vec<u8>,
    /// `word/comments.xml`, when guidance became comments.
    pub(super) comments: Option<Vec<u8>>,
    /// Stands at the top of every page.
    pub(super) banner: Option<String>,
    /// One entry a Word section: how many body children precede its end, and its turn.
    pub(super) sections: Vec<(usize, Orientation)>,
}

/// Turn of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orientation {
    Portrait,
    Landscape,
}

/// Builds the body of a document; its guidance as boxes, or as comments on what it is about.
pub(super) fn body(document: &Document, comments: bool) -> Body {
    let mut writer = Writer { width: PORTRAIT, ..Writer::default() };
    let mut ends = Vec::new();
    let mut orientation = Orientation::Portrait;
    let mut banner = None;
    let sections = &document.sections;
    for (at, section) in sections.iter().enumerate() {
        match place(section) {
            Place::Banner => {
                banner = section.blocks.first().map(|block| block.kind.plain());
                continue;
            }
            Place::Guidance if comments => continue,
            _ => {}
        }
        if opens_annex(section) {
            ends.push((writer.children.len(), orientation));
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
    ends.push((writer.children.len(), orientation));
    // The builder would move the whole model for every child.
    let mut docx = Docx::new();
    docx.document.children = writer.children;
    let built = docx.build();
    Body {
        xml: built.document,
        comments: (writer.notes > 0).then_some(built.comments),
        banner,
        sections: ends,
    }
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
    /// Children of the body so far.
    children: Vec<DocumentChild>,
    bookmarks: usize,
    /// Text width of the page.
    width: usize,
    /// Comments so far.
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
            let comment = Comment::new(self.notes).author("khung");
            paragraphs.fold(comment, |comment, block| {
                let text = Text::from(block.kind.plain());
                comment.add_paragraph(runs(Paragraph::new().style("CommentText"), &text))
            })
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
            self.add(Paragraph::new().style("TitleRule"));
        }
    }

    fn add(&mut self, paragraph: Paragraph) {
        self.children.push(DocumentChild::Paragraph(Box::new(paragraph)));
    }

    fn block(&mut self, block: &Block, place: Place, name: Option<String>) {
        match &block.kind {
            BlockKind::Heading(heading) => {
                let style = match (place, heading.level) {
                    (Place::Title, _) | (_, 1) => "PlanTitle".to_owned(),
                    (Place::Annex, 2) => "AnnexTitle".to_owned(),
                    (_, level) => format!("Heading{}", (level - 1).min(4)),
                };
                let paragraph = self.start(&style, name);
                let paragraph = heading_runs(paragraph, heading);
                let paragraph = self.end(paragraph);
                self.add(paragraph);
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
        let mut paragraph = runs(self.start(style, name), text);
        if text.plain().trim_end().ends_with(':') {
            paragraph = paragraph.keep_next(true); // it announces what follows
        }
        let paragraph = self.end(paragraph);
        self.add(paragraph);
    }

    /// A paragraph of a style, with its bookmark and its comment open.
    fn start(&mut self, style: &str, name: Option<String>) -> Paragraph {
        self.bookmarks += 1;
        let mut paragraph = Paragraph::new().style(style);
        if let Some(name) = name {
            paragraph = paragraph.add_bookmark_start(self.bookmarks, name);
        }
        match self.note.take() {
            Some(note) => paragraph.add_comment_start(note),
            None => paragraph,
        }
    }

    fn end(&self, mut paragraph: Paragraph) -> Paragraph {
        let opened =
            |test: fn(&ParagraphChild) -> bool| paragraph.children().iter().any(test);
        let bookmark = opened(|child| matches!(child, ParagraphChild::BookmarkStart(_)));
        let note = opened(|child| matches!(child, ParagraphChild::CommentStart(..)));
        if bookmark {
            paragraph = paragraph.add_bookmark_end(self.bookmarks);
        }
        if note { paragraph.add_comment_end(self.notes) } else { paragraph }
    }
}

fn all_italic(text: &Text) -> bool {
    text.0.iter().all(|inline| match inline {
        Inline::Run(run) => run.style.italic,
        Inline::Break => true,
    })
}
