//! What the eye does not see in a plan: in the Word file's own text, wherever it stands, or in the
//! lines of the Markdown.

use super::outline::{Here, Outline};
use super::{Form, Plan, Word};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::docx::sight::Sight;
use crate::docx::story::{Kind, each};
use crate::docx::xml::{Element, Path};
use crate::markdown::without_record;
use crate::unseen::{Encoding, Unseen};

/// Typefaces whose letters are signs: bullets, arrows, boxes.
const SIGNS: [&str; 7] = [
    "symbol",
    "wingdings",
    "webdings",
    "zapfdingbats",
    "marlett",
    "mt extra",
    "opensymbol",
];

/// Finds it; `sights` are all that a Word file shows.
pub(super) fn find(plan: &Plan, outline: &Outline, sights: &[Sight]) -> Vec<Diagnostic> {
    let mut unseen = Unseen::default();
    match &plan.form {
        Form::Word(word) => in_word(word, outline, sights, &mut unseen),
        Form::Markdown { text, document } => {
            in_markdown(text, document, outline, &mut unseen);
        }
    }
    unseen.diagnostics(None)
}

fn in_markdown(text: &str, document: &Document, outline: &Outline, unseen: &mut Unseen) {
    let mut blocks = Vec::new();
    for (s, section) in document.sections.iter().enumerate() {
        let starts = section.blocks.iter().enumerate();
        blocks.extend(starts.map(|(b, block)| (block.source.start, outline.place(s, b))));
        for (b, block) in section.blocks.iter().enumerate() {
            // A character may be written by its number.
            if text.get(block.source.clone()).is_some_and(|typed| typed.contains("&#")) {
                let place = outline.place(s, b);
                unseen.add(&block.kind.plain(), None, |_| (place.to_owned(), None));
            }
        }
    }
    blocks.sort_by_key(|(start, _)| *start);
    for line in without_record(text).lines() {
        let start = line.as_ptr().addr() - text.as_ptr().addr();
        unseen.add(line, None, |at| {
            let above = blocks.partition_point(|(own, _)| *own <= start + at.start);
            let place = above.checked_sub(1).and_then(|last| blocks.get(last));
            (place.map_or("Phần đầu", |(_, name)| *name).to_owned(), None)
        });
    }
}

/// A paragraph while its runs are met.
#[derive(Default)]
struct Paragraph {
    place: String,
    text: String,
    /// What of it is in typefaces made for another encoding.
    legacy: Vec<(Encoding, String)>,
}

impl Paragraph {
    /// Looks at what it says, and begins the next one.
    fn end(&mut self, unseen: &mut Unseen) {
        let Self { place, text, legacy } = std::mem::take(self);
        unseen.add(&text, None, |_| (place.clone(), None));
        for (font, text) in legacy {
            unseen.add(&text, Some(font), |_| (place.clone(), None));
        }
    }
}

fn in_word(word: &Word, outline: &Outline, sights: &[Sight], unseen: &mut Unseen) {
    let mut here = Here::new(&word.reading, outline);
    for story in &word.stories {
        let (mut paragraph, mut run) = (Paragraph::default(), Run::default());
        each(&story.nodes, &mut Path::new(), &mut |element, path| match &*element.name {
            "w:p" | "a:p" => {
                paragraph.end(unseen);
                let place = match story.kind {
                    Kind::Body => here.at(path),
                    Kind::Header => "Đầu trang",
                    Kind::Footer => "Chân trang",
                    Kind::Notes => "Chú thích",
                };
                place.clone_into(&mut paragraph.place);
            }
            "w:tbl" if story.kind == Kind::Body => {
                here.at(path);
            }
            "w:r" | "a:r" => run = Run::of(element),
            "w:t" | "a:t" => run.say(&element.text(), &mut paragraph),
            "w:br" | "w:cr" | "w:tab" => paragraph.text.push(' '),
            "w:softHyphen" => paragraph.text.push('\u{AD}'),
            "w:noBreakHyphen" => paragraph.text.push('-'),
            _ => {}
        });
        paragraph.end(unseen);
    }
    // Charts and diagrams; a list's own signs are in typefaces of signs.
    let is_read = |sight: &&Sight| {
        word.stories.iter().any(|story| story.part == sight.part)
            || sight.part.ends_with("numbering.xml")
    };
    for sight in sights.iter().filter(|sight| !is_read(sight)) {
        unseen.add(&sight.text, None, |_| ("Hình, biểu đồ".to_owned(), None));
    }
}

/// What the typeface of a run makes of its letters.
#[derive(Default)]
struct Run {
    is_signs: bool,
    font: Option<Encoding>,
}

impl Run {
    fn of(element: &Element) -> Self {
        let fonts = element.element("w:rPr").and_then(|all| all.element("w:rFonts"));
        let value = |key| fonts.and_then(|fonts| fonts.value(key));
        let names = ["w:ascii", "w:hAnsi"].into_iter().filter_map(value);
        let mut run = Self::default();
        for name in names {
            let low = name.to_lowercase();
            run.is_signs |= SIGNS.iter().any(|signs| low.starts_with(signs));
            run.font = run.font.or_else(|| Encoding::of_font(&name));
        }
        run
    }

    fn say(&self, text: &str, paragraph: &mut Paragraph) {
        let is_sign = |c: char| self.is_signs && matches!(c, '\u{F000}'..='\u{F0FF}');
        match (self.font, paragraph.legacy.last_mut()) {
            (None, _) => paragraph.text.extend(text.chars().filter(|c| !is_sign(*c))),
            (Some(font), Some((last, said))) if *last == font => said.push_str(text),
            (Some(font), _) => paragraph.legacy.push((font, text.to_owned())),
        }
    }
}
