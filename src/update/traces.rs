//! What people took from its place: texts that they deleted while the catalogue changed them,
//! and paragraphs that were found again in another way than by their bookmark.

use std::collections::BTreeMap;

use crate::document::{BlockKind, Row, Section};
use crate::docx::read::{Finding, Recovery};
use crate::merge::{BlockMerge, Body, Change, Conflict, SectionMerge, is_row_number};

/// What the catalogue says now in those paragraphs and rows of a section of base that the
/// drafter deleted or moved away, and that it changed.
pub(super) fn deleted(base: &Section, merge: &SectionMerge) -> Vec<String> {
    let mut texts = Vec::new();
    for change in &merge.blocks {
        match change {
            Change::Deleted(block) => texts.push(block.kind.said()),
            Change::Kept(block) => {
                let Body::Table(rows) = &block.body else { continue };
                texts.extend(rows.iter().filter_map(|row| match row {
                    Change::Deleted(row) => Some(cells(row)),
                    _ => None,
                }));
            }
            Change::Added(_) | Change::Removed(_) => {}
        }
    }
    if texts.is_empty() {
        return texts;
    }
    let was: Vec<String> = base.blocks.iter().map(|block| block.kind.said()).collect();
    let rows = base.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Table(table) => Some(&table.rows),
        _ => None,
    });
    let was_row: Vec<String> = rows.flatten().map(cells).collect();
    // A conflict tells of what may have been written anew.
    let conflicts = merge.blocks.iter().filter_map(|change| match change {
        Change::Kept(BlockMerge { conflict: Some(Conflict::Rewritten(now)), .. }) => {
            now.as_ref()
        }
        _ => None,
    });
    let told: Vec<&String> = conflicts.collect();
    texts.retain(|text| {
        !was.contains(text) && !was_row.contains(text) && !told.contains(&text)
    });
    texts
}

/// What a row says, without its number.
pub(super) fn cells(row: &Row) -> String {
    let cells = row.cells.iter().enumerate();
    let said = cells.filter(|(at, cell)| *at > 0 || !is_row_number(cell));
    said.map(|(_, cell)| cell.plain()).collect::<Vec<_>>().join(" | ")
}

/// How many paragraphs and rows of each section that the catalogue `changed` were found in
/// which way; those that are simply there, or were deleted, are not counted.
pub(super) fn recovered(
    findings: &[Finding],
    changed: &[bool],
) -> Vec<(usize, Recovery, usize)> {
    let mut counts: BTreeMap<(usize, Recovery), usize> = BTreeMap::new();
    for finding in findings {
        let section = finding.anchor.section;
        if finding.how != Recovery::Deleted && changed.get(section) == Some(&true) {
            *counts.entry((section, finding.how)).or_default() += 1;
        }
    }
    counts.into_iter().map(|((section, how), count)| (section, how, count)).collect()
}

/// What is said of paragraphs and rows that were found in this way, behind their number.
pub(super) fn told(how: Recovery) -> &'static str {
    match how {
        Recovery::Alike => "đoạn mất dấu, nhận ra theo câu chữ",
        Recovery::Replaced => "đoạn mất dấu, nhận ra theo chỗ đứng",
        Recovery::Copied => "đoạn chép thêm, coi là chữ tự viết",
        Recovery::Contested => {
            "đoạn có hai bản khác nhau; sửa bản đứng trước, để nguyên bản sau"
        }
        Recovery::Split => "đoạn bị tách, nửa sau coi là chữ tự viết",
        Recovery::Joined => "đoạn nhập vào đoạn khác, giữ nguyên chữ",
        Recovery::Strayed => "đoạn đã chuyển chỗ, coi là chữ tự viết",
        Recovery::Lost => "đoạn không rõ đã xóa hay viết lại; để nguyên chỗ đó",
        Recovery::Deleted => "đoạn đã xóa",
    }
}
