//! Cuts out of a Markdown plan what is khung's: markers, ids of rows, guidance, the record.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::document::{Block, BlockKind, Document, Row, Section};
use crate::markdown::record_range;
use crate::review::Guidance;

/// The text without what is khung's; what is left stays byte for byte, but for blank lines
/// around what went.
pub(super) fn strip(
    text: &str,
    document: &Document,
    guidance: &Guidance,
    base: &Document,
    without_banner: bool,
) -> String {
    let ids: BTreeSet<&str> = rows(base).filter_map(|row| row.id.as_deref()).collect();
    let mut cuts: Vec<Cut> = Vec::new();
    for (s, section) in document.sections.iter().enumerate() {
        cuts.extend(marker(text, section));
        let goes = |b: usize| {
            guidance.whole.contains(&(s, b)) || is_banner(section, without_banner)
        };
        let mut b = 0;
        while b < section.blocks.len() {
            let end = (b..section.blocks.len()).find(|b| !goes(*b));
            let end = end.unwrap_or(section.blocks.len());
            if end > b {
                cuts.push(lines(text, &section.blocks[b..end]));
            }
            b = end.max(b + 1);
        }
        for block in &section.blocks {
            let BlockKind::Table(table) = &block.kind else { continue };
            let known = |id: &&str| ids.contains(id);
            cuts.extend(
                table.rows.iter().filter_map(|row| {
                    row_id(text, row, row.id.as_deref().filter(known)?)
                }),
            );
        }
    }
    let mut body = text.len();
    while let Some(at) = record_range(&text[..body]) {
        body = at.start;
        cuts.push(Cut { range: whole_lines(text, at), is_block: true });
    }
    cuts.sort_by_key(|cut| cut.range.start);
    apply(text, &cuts)
}

/// Tells whether a section is the line at the top of the pages, and goes.
pub(super) fn is_banner(section: &Section, without_banner: bool) -> bool {
    without_banner && section.is_banner()
}

fn rows(document: &Document) -> impl Iterator<Item = &Row> {
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    blocks.flat_map(|block| match &block.kind {
        BlockKind::Table(table) => table.rows.as_slice(),
        _ => &[],
    })
}

/// Bytes that go.
struct Cut {
    range: Range<usize>,
    /// Whether they are lines of their own, which parted what stands around them.
    is_block: bool,
}

/// A range with the rest of its first and last line.
fn whole_lines(text: &str, range: Range<usize>) -> Range<usize> {
    let start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    // The end may be the start of the next line already.
    let is_whole = text[range.clone()].ends_with('\n');
    let rest = text[range.end..].find('\n').map_or(text.len(), |at| range.end + at + 1);
    start..if is_whole { range.end } else { rest }
}

fn marker(text: &str, section: &Section) -> Option<Cut> {
    section.id.as_ref()?;
    let start = section.source.start;
    let end = start + text[start..].find("-->")? + 3;
    Some(Cut { range: whole_lines(text, start..end), is_block: true })
}

/// The lines of blocks, and the quote marks without text around them.
fn lines(text: &str, blocks: &[Block]) -> Cut {
    let start = blocks.first().map_or(0, |block| block.source.start);
    let end = blocks.last().map_or(start, |block| block.source.end);
    let mut range = whole_lines(text, start..end);
    let is_mark = |line: &&str| {
        line.contains('>') && line.trim_matches(['>', ' ', '\r', '\n']).is_empty()
    };
    let after = text[range.end..].split_inclusive('\n').take_while(is_mark);
    range.end += after.map(str::len).sum::<usize>();
    let before = text[..range.start].split_inclusive('\n').rev().take_while(is_mark);
    range.start -= before.map(str::len).sum::<usize>();
    Cut { range, is_block: true }
}

fn row_id(text: &str, row: &Row, id: &str) -> Option<Cut> {
    let line = &text[row.source.clone()];
    let start = line.find("<!--")?;
    let end = start + line[start..].find("-->")? + 3;
    let inner = line[start..end].trim_start_matches("<!--").trim_end_matches("-->");
    let blank = usize::from(line[end..].starts_with(' '));
    let from = row.source.start;
    (inner.trim() == id)
        .then_some(Cut { range: from + start..from + end + blank, is_block: false })
}

fn apply(text: &str, cuts: &[Cut]) -> String {
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    let mut was_block = true;
    let mut add = |piece: &str, after_block: bool| {
        let mut piece = piece;
        if after_block {
            // What the lines that went had parted stays parted, by one blank line.
            piece = piece.trim_start_matches(['\r', '\n']);
            if piece.is_empty() {
                return;
            }
            let kept = out.trim_end_matches(['\r', '\n']).len();
            out.truncate(kept);
            if kept > 0 {
                out.push_str(line_end);
                out.push_str(line_end);
            }
        }
        out.push_str(piece);
    };
    for cut in cuts {
        if cut.range.end <= from {
            continue;
        }
        add(&text[from..cut.range.start.max(from)], was_block);
        was_block = if cut.range.start <= from {
            was_block || cut.is_block
        } else {
            cut.is_block
        };
        from = cut.range.end;
    }
    add(&text[from..], was_block);
    let kept = out.trim_end_matches(['\r', '\n']).len();
    out.truncate(kept);
    out.push_str(line_end);
    out
}
