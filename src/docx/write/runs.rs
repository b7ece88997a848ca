//! Runs of text: styles, slots, and the one gate through which characters enter the file.

use std::borrow::Cow;

use quick_xml::escape::escape;
use unicode_normalization::UnicodeNormalization;

use super::look::{Look, Looks};
use crate::document::{Heading, Inline, Run, Text, slots};
use crate::source::{is_document_character, is_nfc};

pub(super) fn push_heading(out: &mut String, looks: &mut Looks, heading: &Heading) {
    if let Some(number) = &heading.number {
        if Heading::separator(number) == ' ' {
            push_run(out, looks, Look::PLAIN, &format!("{number} "));
        } else {
            push_run(out, looks, Look::PLAIN, number);
            push_break(out, looks);
        }
    }
    push_text(out, looks, &heading.text);
}

pub(super) fn push_text(out: &mut String, looks: &mut Looks, text: &Text) {
    for inline in &text.0 {
        match inline {
            Inline::Break => push_break(out, looks),
            Inline::Run(run) => {
                let mut from = 0;
                for slot in slots(&run.text) {
                    push_run(out, looks, look(run, false), &run.text[from..slot.start]);
                    push_run(out, looks, look(run, true), &run.text[slot.clone()]);
                    from = slot.end;
                }
                push_run(out, looks, look(run, false), &run.text[from..]);
            }
        }
    }
}

/// What a glyph of the calendar stands for.
pub(super) fn glyph_fill(glyph: char) -> Option<&'static str> {
    match glyph {
        '█' => Some("1F4E79"),
        '░' => Some("DEEAF6"),
        _ => None,
    }
}

/// A text with its glyphs in their colours.
pub(super) fn push_legend(out: &mut String, looks: &mut Looks, text: &Text) {
    for piece in text.plain().split_inclusive(|c| glyph_fill(c).is_some()) {
        let glyph = piece.chars().next_back().and_then(|c| Some((c, glyph_fill(c)?)));
        let words = &piece[..piece.len() - glyph.map_or(0, |(c, _)| c.len_utf8())];
        push_run(out, looks, Look::PLAIN, words);
        if let Some((_, fill)) = glyph {
            push_run(
                out,
                looks,
                Look::Glyph { fill, tiny: false },
                &piece[words.len()..],
            );
        }
    }
}

fn look(run: &Run, slot: bool) -> Look {
    let style = &run.style;
    let (bold, italic, strike) = (style.bold, style.italic, style.strike);
    Look::Run { slot, bold, italic, strike, colour: None }
}

pub(super) fn push_run(out: &mut String, looks: &mut Looks, look: Look, text: &str) {
    if text.is_empty() {
        return;
    }
    out.extend(["<w:r>", looks.properties(look)]);
    for (at, piece) in gate(text).split('\t').enumerate() {
        if at > 0 {
            out.push_str("<w:tab />");
        }
        if !piece.is_empty() {
            out.extend(["<w:t xml:space=\"preserve\">", &escape(piece), "</w:t>"]);
        }
    }
    out.push_str("</w:r>");
}

fn push_break(out: &mut String, looks: &mut Looks) {
    let plain = looks.properties(Look::PLAIN);
    out.extend(["<w:r>", plain, "<w:br w:type=\"textWrapping\" /></w:r>"]);
}

/// The one gate through which text enters the file: NFC, legal XML characters.
pub(in crate::docx) fn gate(text: &str) -> Cow<'_, str> {
    if is_nfc(text) && text.chars().all(is_document_character) {
        return Cow::Borrowed(text);
    }
    text.nfc().filter(|c| is_document_character(*c)).collect::<String>().into()
}
