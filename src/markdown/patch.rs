//! Changes a Markdown plan in place: what a merge does not change stays byte for byte.

use std::ops::Range;

use super::print;
use crate::document::{Block, BlockKind, Document, Row, Section, Table};
use crate::merge::{
    BlockMerge, Body, Change, Conflict, Merge, Offer, Piece, RowMerge, SectionMerge,
    Words,
};

/// The plan after the merge: `markdown` is the edited text that `edited` was read from,
/// `fresh` the text that the merge's additions were read from, `version` the catalogue's.
///
/// Neither text has a record. There are no tracked changes in Markdown: fresh text replaces
/// what nobody touched, and a conflict is a quote below the drafter's block.
#[must_use]
pub fn patch(
    markdown: &str,
    edited: &Document,
    merge: &Merge,
    fresh: &str,
    version: &str,
) -> String {
    let end = if markdown.contains("\r\n") { "\r\n" } else { "\n" };
    let patcher = Patcher { markdown, fresh, version, end };
    let mut out = String::with_capacity(markdown.len());
    for change in &merge.sections {
        match change {
            Change::Kept(kept) => {
                if let Some(section) = edited.sections.get(kept.edited) {
                    patcher.apart(&mut out);
                    patcher.section(&mut out, section, kept);
                }
            }
            Change::Added(section) => {
                patcher.apart(&mut out);
                let text = fresh.get(section.source.clone()).unwrap_or_default();
                out.push_str(&patcher.lines(text));
            }
            Change::Removed(_) | Change::Deleted(_) => {}
        }
    }
    out
}

struct Patcher<'m> {
    markdown: &'m str,
    fresh: &'m str,
    version: &'m str,
    /// How lines end.
    end: &'static str,
}

impl Patcher<'_> {
    /// Puts a blank line between two sections, where there is none.
    fn apart(&self, out: &mut String) {
        if out.is_empty() {
            return;
        }
        while !out.ends_with("\n\n") && !out.ends_with("\n\r\n") {
            out.push_str(self.end);
        }
    }

    fn lines(&self, text: &str) -> String {
        text.replace("\r\n", "\n").replace('\n', self.end)
    }

    fn section(&self, out: &mut String, section: &Section, merge: &SectionMerge) {
        let mut cursor = section.source.start;
        if merge.renamed
            && let (Some(old), Some(new)) = (&section.id, &merge.id)
        {
            let head =
                section.blocks.first().map_or(section.source.end, |b| b.source.start);
            let marker = &self.markdown[cursor..head];
            out.push_str(&marker.replacen(
                &format!("khung: {old}"),
                &format!("khung: {new}"),
                1,
            ));
            cursor = head;
        }
        // What stood before: a new block follows it.
        let mut before: Option<&BlockKind> = None;
        let note = merge.conflict.as_ref().map(|conflict| self.whole(conflict));
        let mut note = note.filter(|note| !self.has(section, note));
        for change in &merge.blocks {
            match change {
                Change::Kept(kept) => {
                    let Some(block) = section.blocks.get(kept.edited) else { continue };
                    out.push_str(&self.markdown[cursor..block.source.start.max(cursor)]);
                    out.push_str(&self.block(block, kept));
                    cursor = block.source.end;
                    before = Some(&block.kind);
                    let mut notes: Vec<String> = note.take().into_iter().collect();
                    notes.extend(
                        self.notes(kept).into_iter().filter(|n| !self.has(section, n)),
                    );
                    for text in &notes {
                        self.follow(out, text);
                    }
                    let rest = self.markdown[cursor..section.source.end]
                        .trim_start_matches('\r');
                    if !notes.is_empty()
                        && !rest.starts_with("\n\n")
                        && !rest.starts_with("\n\r\n")
                    {
                        out.push_str(self.end);
                    }
                }
                Change::Added(block) => {
                    let text = self.lines(&self.added(block));
                    let item = |kind: &BlockKind| matches!(kind, BlockKind::Item { .. });
                    if item(&block.kind) && before.is_some_and(item) {
                        out.push_str(self.end);
                        out.push_str(&text);
                    } else if before.is_some() {
                        self.follow(out, &text);
                    } else {
                        // After the marker, before everything else.
                        let head = section
                            .blocks
                            .first()
                            .map_or(section.source.end, |b| b.source.start);
                        out.push_str(&self.markdown[cursor..head.max(cursor)]);
                        cursor = head.max(cursor);
                        out.push_str(&text);
                        out.push_str(self.end);
                        out.push_str(self.end);
                    }
                    before = before.or(Some(&block.kind));
                }
                Change::Removed(at) => {
                    let Some(block) = section.blocks.get(*at) else { continue };
                    let lines = self.whole_lines(&block.source);
                    let start = lines.start.clamp(cursor, section.source.end);
                    out.push_str(&self.markdown[cursor..start]);
                    cursor = lines.end.clamp(start, section.source.end);
                }
                Change::Deleted(_) => {}
            }
        }
        out.push_str(&self.markdown[cursor.min(section.source.end)..section.source.end]);
    }

    /// A block of fresh, as fresh prints it where it is more than a line of text.
    fn added(&self, block: &Block) -> String {
        match &block.kind {
            BlockKind::Table(_) | BlockKind::Raw(_) => {
                self.fresh.get(block.source.clone()).unwrap_or_default().to_owned()
            }
            kind => print::block(kind),
        }
    }

    /// Puts a block after the text so far, a blank line between them.
    fn follow(&self, out: &mut String, text: &str) {
        out.push_str(self.end);
        out.push_str(self.end);
        out.push_str(text);
    }

    /// The lines of a block, with the list marks before it and the line feed after it.
    fn whole_lines(&self, source: &Range<usize>) -> Range<usize> {
        let start = self.markdown[..source.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &self.markdown[start..source.start];
        let marks = |c: char| c.is_ascii_digit() || " \t-+*>.)".contains(c);
        let start = if before.chars().all(marks) { start } else { source.start };
        let end = self.markdown[source.end..]
            .find('\n')
            .map_or(self.markdown.len(), |at| source.end + at + 1);
        start..end
    }

    fn block(&self, block: &Block, merge: &BlockMerge) -> String {
        if merge.changes_nothing() {
            return self.markdown[block.source.clone()].to_owned();
        }
        match (&block.kind, &merge.body) {
            (BlockKind::Table(table), Body::Table(rows)) => {
                self.table(block, table, rows)
            }
            // The marks of an item or a quote stand before its source.
            _ => match merge.apply(block).kind {
                BlockKind::Item { text, .. } | BlockKind::Quote(text) => {
                    print::text(&text)
                }
                kind => self.lines(&print::block(&kind)),
            },
        }
    }

    fn table(
        &self,
        block: &Block,
        table: &Table,
        rows: &[Change<RowMerge, Row>],
    ) -> String {
        let mut out = String::new();
        let mut cursor = block.source.start;
        for change in rows {
            match change {
                Change::Kept(kept) => {
                    let Some(row) = table.rows.get(kept.edited) else { continue };
                    let line = row.source.start.max(cursor);
                    out.push_str(&self.markdown[cursor..line]);
                    let still =
                        !kept.renamed && kept.cells.iter().all(Words::changes_nothing);
                    let text = self.markdown[line..row.source.end.max(line)].trim_end();
                    if still {
                        out.push_str(text);
                    } else {
                        out.push_str(&print::row(&kept.apply(row)));
                    }
                    cursor = line + text.len();
                    if kept.edited == 0 {
                        // The delimiter row belongs to the header.
                        let next = table
                            .rows
                            .get(1)
                            .map_or(block.source.end, |r| r.source.start);
                        let rest = self.markdown[cursor..next.max(cursor)].trim_end();
                        out.push_str(rest);
                        cursor += rest.len();
                    }
                }
                Change::Added(row) => {
                    out.push_str(self.end);
                    out.push_str(&print::row(row));
                }
                Change::Removed(at) => {
                    let Some(row) = table.rows.get(*at) else { continue };
                    cursor = row.source.end.max(cursor);
                }
                Change::Deleted(_) => {}
            }
        }
        out.push_str(&self.markdown[cursor.min(block.source.end)..block.source.end]);
        out
    }

    /// Tells whether an earlier update left the same note.
    fn has(&self, section: &Section, note: &str) -> bool {
        self.markdown[section.source.clone()].contains(note.trim_start_matches("> "))
    }

    fn notes(&self, block: &BlockMerge) -> Vec<String> {
        let mut notes: Vec<String> =
            block.conflict.iter().map(|c| self.whole(c)).collect();
        let mut words = |words: &Words| {
            for piece in &words.0 {
                if let Piece::Offer(offer) = piece {
                    notes.push(self.offer(offer));
                }
            }
        };
        match &block.body {
            Body::Text(text) => words(text),
            Body::Table(rows) => {
                for change in rows {
                    if let Change::Kept(row) = change {
                        row.cells.iter().for_each(&mut words);
                    }
                }
            }
        }
        notes
    }

    fn note(&self, text: &str) -> String {
        format!("> **khung {} – xung đột:** {text}", print::inside(self.version))
    }

    fn offer(&self, offer: &Offer) -> String {
        let (base, fresh) = (print::inside(&offer.base), print::text(&offer.fresh));
        self.note(&match (base.is_empty(), fresh.is_empty()) {
            (_, true) => format!("danh mục mới bỏ \"{base}\"."),
            (true, false) => format!("danh mục mới thêm \"{fresh}\"."),
            (false, false) => format!("danh mục mới thay \"{base}\" bằng \"{fresh}\"."),
        })
    }

    fn whole(&self, conflict: &Conflict) -> String {
        self.note(&match conflict {
            Conflict::Removed => {
                "danh mục mới không còn phần này; nội dung đã viết được giữ nguyên.".to_owned()
            }
            Conflict::Replaced(by) => format!(
                "danh mục mới thay phần này bằng {}; nội dung đã viết được giữ nguyên.",
                by.join(", ")
            ),
            Conflict::Duplicate(id) => format!(
                "đây là bản chép của phần {id}; khung coi là nội dung tự viết và không sửa."
            ),
            Conflict::Present(section) => {
                let text: Vec<String> =
                    section.blocks.iter().map(|block| print::inside(&block.kind.plain())).collect();
                format!("danh mục mới có phần này, nội dung khác: {}", text.join(" / "))
            }
        })
    }
}
