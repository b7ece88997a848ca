//! Prints blocks as Markdown that the parser reads back.

use std::fmt::Write;

use super::{escape, parse};
use crate::document::{Block, BlockKind, Heading, Inline, Row, Run, Style, Text};

/// A block, without a line feed at its end.
pub(super) fn block(kind: &BlockKind) -> String {
    match kind {
        BlockKind::Heading(heading) => self::heading(heading),
        BlockKind::Paragraph(text) => self::text(text),
        BlockKind::Item { depth, number, text } => {
            let indent = "  ".repeat(usize::from(*depth));
            let mark = number.map_or_else(|| "-".to_owned(), |n| format!("{n}."));
            format!("{indent}{mark} {}", self::text(text))
        }
        BlockKind::Quote(text) => format!("> {}", self::text(text)),
        BlockKind::Table(table) => {
            let dashes = table.columns.iter().map(|column| {
                let (left, right) = match column.align {
                    crate::document::Align::Left => ("", ""),
                    crate::document::Align::Center => (":", ":"),
                    crate::document::Align::Right => ("", ":"),
                };
                let width = usize::try_from(column.width.clamp(1, 200)).unwrap_or(3);
                format!(" {left}{}{right} |", "-".repeat(width))
            });
            let delimiter = format!("|{}", dashes.collect::<String>());
            let mut lines: Vec<String> = table.rows.iter().map(row).collect();
            lines.insert(lines.len().min(1), delimiter);
            lines.join("\n")
        }
        BlockKind::Raw(raw) => raw.clone(),
    }
}

/// A row of a table: one line.
pub(super) fn row(row: &Row) -> String {
    let mut line = "|".to_owned();
    for (at, cell) in row.cells.iter().enumerate() {
        if let (0, Some(id)) = (at, &row.id) {
            let _ = write!(line, " <!-- {id} -->"); // writing to a string cannot fail
        }
        let _ = write!(line, " {} |", text(cell));
    }
    line
}

fn heading(heading: &Heading) -> String {
    let hashes = "#".repeat(usize::from(heading.level.clamp(1, 6)));
    let title = text(&heading.text);
    match &heading.number {
        Some(number) if Heading::separator(number) == ' ' => {
            format!("{hashes} {number} {title}")
        }
        Some(number) => format!("{hashes} {number}<br>{title}"),
        None => format!("{hashes} {title}"),
    }
}

/// The text with its styles; without them where marks would not read back.
pub(super) fn text(text: &Text) -> String {
    let plain = || escape(&text.plain());
    if text
        .0
        .iter()
        .all(|inline| matches!(inline, Inline::Run(run) if run.style == Style::default()))
    {
        return plain();
    }
    let mut out = String::new();
    let last = text.0.len().saturating_sub(1);
    for (at, inline) in text.0.iter().enumerate() {
        let broken = |at: Option<usize>| {
            at.and_then(|at| text.0.get(at)).is_none_or(|near| *near == Inline::Break)
        };
        match inline {
            Inline::Break => out.push_str("<br>"),
            Inline::Run(run) => {
                let (first, end) =
                    (broken(at.checked_sub(1)), at == last || broken(Some(at + 1)));
                out.push_str(&styled(run, first, end));
            }
        }
    }
    if reads_back(&out, text) { out } else { plain() }
}

/// A run between its marks; blanks stay outside of them.
fn styled(run: &Run, first: bool, last: bool) -> String {
    let style = &run.style;
    let core = run.text.trim();
    if core.is_empty() || *style == Style::default() {
        return inner(&run.text, first, last);
    }
    let start = run.text.len() - run.text.trim_start().len();
    let (before, after) = (&run.text[..start], &run.text[start + core.len()..]);
    let mut marked = if style.code {
        let fence =
            "`".repeat(core.split(|c| c != '`').map(str::len).max().unwrap_or(0) + 1);
        format!("{fence}{core}{fence}")
    } else {
        inner(core, false, false)
    };
    for (is_set, mark) in [(style.strike, "~~"), (style.italic, "*"), (style.bold, "**")]
    {
        if is_set {
            marked = format!("{mark}{marked}{mark}");
        }
    }
    if let Some(target) = &style.link {
        marked = format!("[{marked}](<{}>)", target.replace(['<', '>', '\n'], ""));
    }
    let before =
        if before.is_empty() { String::new() } else { inner(before, first, false) };
    let after = if after.is_empty() { String::new() } else { inner(after, false, last) };
    format!("{before}{marked}{after}")
}

/// Escapes a piece of a line; what begins or ends the line is special there only.
fn inner(piece: &str, first: bool, last: bool) -> String {
    let (before, after) = (if first { "" } else { "x" }, if last { "" } else { "x" });
    let escaped = escape(&format!("{before}{piece}{after}"));
    let end = escaped.len() - after.len();
    escaped[before.len()..end].to_owned()
}

fn reads_back(markdown: &str, text: &Text) -> bool {
    let Ok(document) = parse(markdown) else { return false };
    let mut blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let is_it =
        |block: &Block| matches!(&block.kind, BlockKind::Paragraph(read) if read == text);
    blocks.next().is_some_and(is_it) && blocks.next().is_none()
}

/// A plain text inside a line.
pub(super) fn inside(text: &str) -> String {
    inner(text, false, false)
}
