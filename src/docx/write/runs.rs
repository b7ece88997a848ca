//! Runs of text: styles, slots, and the one gate through which characters enter the file.

use std::borrow::Cow;

use docx_rs::{BreakType, Paragraph, Run as DocxRun};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::document::{Heading, Inline, Run, Text, slots};
use crate::source::is_document_character;

pub(super) fn heading_runs(mut paragraph: Paragraph, heading: &Heading) -> Paragraph {
    if let Some(number) = &heading.number {
        paragraph = paragraph.add_run(DocxRun::new().add_text(gate(number)));
        let separator = if number.ends_with(['.', ')']) {
            DocxRun::new().add_text(" ")
        } else {
            DocxRun::new().add_break(BreakType::TextWrapping)
        };
        paragraph = paragraph.add_run(separator);
    }
    runs(paragraph, &heading.text)
}

pub(super) fn runs(mut paragraph: Paragraph, text: &Text) -> Paragraph {
    for inline in &text.0 {
        match inline {
            Inline::Break => {
                paragraph =
                    paragraph.add_run(DocxRun::new().add_break(BreakType::TextWrapping));
            }
            Inline::Run(run) => {
                let mut from = 0;
                for slot in slots(&run.text) {
                    paragraph =
                        styled(paragraph, &run.text[from..slot.start], run, false);
                    paragraph = styled(paragraph, &run.text[slot.clone()], run, true);
                    from = slot.end;
                }
                paragraph = styled(paragraph, &run.text[from..], run, false);
            }
        }
    }
    paragraph
}

fn styled(paragraph: Paragraph, text: &str, run: &Run, slot: bool) -> Paragraph {
    if text.is_empty() {
        return paragraph;
    }
    let mut built = DocxRun::new();
    for (at, piece) in gate(text).split('\t').enumerate() {
        if at > 0 {
            built = built.add_tab();
        }
        if !piece.is_empty() {
            built = built.add_text(piece);
        }
    }
    if slot {
        built = built.style("Slot");
    }
    if run.style.bold {
        built = built.bold();
    }
    if run.style.italic {
        built = built.italic();
    }
    if run.style.strike {
        built = built.strike();
    }
    paragraph.add_run(built)
}

/// The one gate through which text enters the file: NFC, legal XML characters.
pub(in crate::docx) fn gate(text: &str) -> Cow<'_, str> {
    if is_nfc(text) && text.chars().all(is_document_character) {
        return Cow::Borrowed(text);
    }
    text.nfc().filter(|c| is_document_character(*c)).collect::<String>().into()
}
