//! What the eye does not see in a plan: in the Word file's own text, wherever it stands, or in the
//! lines of the Markdown.

use super::outline::{Here, Outline};
use super::{Form, Plan, Word};
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::docx::sight::Sight;
use crate::docx::story::Kind;
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

fn in_word(word: &Word, outline: &Outline, sights: &[Sight], unseen: &mut Unseen) {
    let mut here = Here::new(&word.reading, outline);
    for sight in sights {
        let story = word.stories.iter().find(|story| story.part == sight.part);
        let place = match story.map(|story| story.kind) {
            Some(Kind::Body) => here.at(&sight.path),
            Some(other) => other.place(),
            // A list's own signs are in typefaces of signs.
            None if sight.part.ends_with("numbering.xml") => continue,
            None => {
                unseen.add(&sight.text, None, |_| ("Hình, biểu đồ".to_owned(), None));
                continue;
            }
        };
        // What is in typefaces made for another encoding is not what it says.
        let (mut text, mut legacy) = (String::new(), Vec::new());
        for piece in &sight.pieces {
            match piece.faces().find_map(Encoding::of_font) {
                Some(font) => legacy.push((font, &piece.text)),
                None if piece.faces().any(is_of_signs) => {
                    text.extend(piece.text.chars().filter(|c| !is_sign(*c)));
                }
                None => text.push_str(&piece.text),
            }
        }
        let mut look = |text: &str, font: Option<Encoding>| {
            unseen.add(text, font, |_| (place.to_owned(), None));
        };
        look(&text, None);
        for (font, text) in legacy {
            look(text, Some(font));
        }
    }
}

fn is_of_signs(face: &str) -> bool {
    let face = face.to_lowercase();
    SIGNS.iter().any(|signs| face.starts_with(signs))
}

/// Where such typefaces have their signs.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{F000}'..='\u{F0FF}')
}
