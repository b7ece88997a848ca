//! Tables of which fresh has other columns than base: one that people wrote in keeps its own.

use std::collections::BTreeMap;

use super::blocks::untouched;
use crate::document::{BlockKind, Document, Row, Section, Table, Text};
use crate::source::folded;

/// A table that keeps the columns that it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptColumns {
    /// The section of edited.
    pub section: usize,
    /// Heads of the columns that do not come in.
    pub added: Vec<String>,
    /// Heads of the columns that do not go.
    pub dropped: Vec<String>,
}

/// Gives fresh the columns of base in each table that people wrote in: cells are merged where both
/// have the column, and nobody's words lose theirs.
///
/// A table that nobody touched becomes fresh's as a whole, and one whose columns fresh only
/// calls otherwise is no other table.
pub fn keep_columns(
    base: &Document,
    edited: &Document,
    fresh: &mut Document,
) -> Vec<KeptColumns> {
    let (in_base, in_edited) = (base.by_id(), places(edited));
    let mut kept = Vec::new();
    for section in &mut fresh.sections {
        let Some(id) = section.id.as_deref() else { continue };
        let (Some(old), Some(&at)) = (in_base.get(id), in_edited.get(id)) else {
            continue;
        };
        if untouched(&old.blocks, &edited.sections[at].blocks) {
            continue;
        }
        let olds = old.blocks.iter().filter_map(|block| table(&block.kind));
        for (old, new) in olds.zip(tables_mut(section)) {
            let (heads, now) = (heads(old), heads(new));
            let is_renamed = heads.len() == now.len() && sorted(&heads) != sorted(&now);
            if heads == now || is_renamed {
                continue;
            }
            let lacking = |these: &[String], those: &[String]| -> Vec<String> {
                these.iter().filter(|head| !those.contains(head)).cloned().collect()
            };
            kept.push(KeptColumns {
                section: at,
                added: lacking(&now, &heads),
                dropped: lacking(&heads, &now),
            });
            *new = in_columns_of(old, new, &heads, &now);
        }
    }
    kept
}

/// Where each section stands, by its id.
fn places(document: &Document) -> BTreeMap<&str, usize> {
    let sections = document.sections.iter().enumerate();
    sections.filter_map(|(at, section)| Some((section.id.as_deref()?, at))).collect()
}

fn table(kind: &BlockKind) -> Option<&Table> {
    match kind {
        BlockKind::Table(table) => Some(table),
        _ => None,
    }
}

fn tables_mut(section: &mut Section) -> impl Iterator<Item = &mut Table> {
    section.blocks.iter_mut().filter_map(|block| match &mut block.kind {
        BlockKind::Table(table) => Some(table),
        _ => None,
    })
}

fn heads(table: &Table) -> Vec<String> {
    let cells = table.rows.first().map_or(&[][..], |row| &row.cells);
    cells.iter().map(|cell| folded(&cell.plain()).into_owned()).collect()
}

fn sorted(heads: &[String]) -> Vec<&String> {
    let mut heads: Vec<&String> = heads.iter().collect();
    heads.sort();
    heads
}

/// A table of fresh in the columns of base; what fresh does not have is as it was.
fn in_columns_of(base: &Table, fresh: &Table, heads: &[String], now: &[String]) -> Table {
    let column: Vec<Option<usize>> =
        heads.iter().map(|head| now.iter().position(|other| other == head)).collect();
    let old_row = |at: usize, row: &Row| match &row.id {
        Some(id) => base.rows.iter().find(|old| old.id.as_ref() == Some(id)),
        None => base.rows.get(at),
    };
    let row = |(at, row): (usize, &Row)| {
        let old = old_row(at, row);
        let cell = |(place, column): (usize, &Option<usize>)| -> Text {
            let cell = match column {
                Some(column) => row.cells.get(*column),
                None => old.and_then(|old| old.cells.get(place)),
            };
            cell.cloned().unwrap_or_default()
        };
        Row { cells: column.iter().enumerate().map(cell).collect(), ..row.clone() }
    };
    let rows = fresh.rows.iter().enumerate().map(row).collect();
    Table { columns: base.columns.clone(), rows }
}
