//! Runs of text: styles, slots, and the one gate through which characters enter the file.

use std::borrow::Cow;

use docx_rs::{
    Bold, BoldCs, Break, BreakType, Italic, ItalicCs, Paragraph, ParagraphChild,
    Run as DocxRun, RunChild, RunStyle, Strike, Tab, Text as DocxText,
};
use unicode_normalization::UnicodeNormalization;

use crate::document::{Heading, Inline, Run, Text, slots};
use crate::source::{is_document_character, is_nfc};

pub(super) fn add_heading(paragraph: &mut Paragraph, heading: &Heading) {
    if let Some(number) = &heading.number {
        add_run(paragraph, plain(number));
        let blank = if number.ends_with(['.', ')']) { plain(" ") } else { line_break() };
        add_run(paragraph, blank);
    }
    add_text(paragraph, &heading.text);
}

pub(super) fn add_text(paragraph: &mut Paragraph, text: &Text) {
    for inline in &text.0 {
        match inline {
            Inline::Break => add_run(paragraph, line_break()),
            Inline::Run(run) => {
                let mut from = 0;
                for slot in slots(&run.text) {
                    add_styled(paragraph, &run.text[from..slot.start], run, false);
                    add_styled(paragraph, &run.text[slot.clone()], run, true);
                    from = slot.end;
                }
                add_styled(paragraph, &run.text[from..], run, false);
            }
        }
    }
}

fn add_styled(paragraph: &mut Paragraph, text: &str, run: &Run, slot: bool) {
    if text.is_empty() {
        return;
    }
    let mut built = plain(text);
    let property = &mut built.run_property;
    property.style = slot.then(|| RunStyle::new("Slot"));
    if run.style.bold {
        (property.bold, property.bold_cs) = (Some(Bold::new()), Some(BoldCs::new()));
    }
    if run.style.italic {
        (property.italic, property.italic_cs) =
            (Some(Italic::new()), Some(ItalicCs::new()));
    }
    property.strike = run.style.strike.then(Strike::new);
    add_run(paragraph, built);
}

pub(super) fn add_run(paragraph: &mut Paragraph, run: DocxRun) {
    paragraph.children.push(ParagraphChild::Run(Box::new(run)));
}

/// A run without a style; tabs are elements of their own.
pub(super) fn plain(text: &str) -> DocxRun {
    let mut run = DocxRun::new();
    for (at, piece) in gate(text).split('\t').enumerate() {
        if at > 0 {
            run.children.push(RunChild::Tab(Tab::new()));
        }
        if !piece.is_empty() {
            run.children.push(RunChild::Text(DocxText::new(piece)));
        }
    }
    run
}

fn line_break() -> DocxRun {
    let mut run = DocxRun::new();
    run.children.push(RunChild::Break(Break::new(BreakType::TextWrapping)));
    run
}

/// The one gate through which text enters the file: NFC, legal XML characters.
pub(in crate::docx) fn gate(text: &str) -> Cow<'_, str> {
    if is_nfc(text) && text.chars().all(is_document_character) {
        return Cow::Borrowed(text);
    }
    text.nfc().filter(|c| is_document_character(*c)).collect::<String>().into()
}
