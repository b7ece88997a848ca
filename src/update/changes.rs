//! What an update changes inside a section, text by text.

use std::collections::BTreeMap;

use serde::Serialize;

use super::traces::cells;
use crate::document::{Block, BlockKind, Row, Section};
use crate::merge::{
    Body, Change, Kept, Piece, RowMerge, SectionMerge, Words, is_row_number,
};
use crate::source::brief;

/// A text that came, went, or became another one; one that only changed places with others
/// reads the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The row of a table that it stands in, by its first words.
    pub row: Option<String>,
    /// The text that goes; none where nothing does.
    pub base: Option<String>,
    /// The text that comes; none where nothing does.
    pub fresh: Option<String>,
}

impl Difference {
    fn is_move(&self) -> bool {
        self.base == self.fresh
    }

    /// For a reader.
    fn told(&self) -> String {
        let text = match (&self.base, &self.fresh) {
            (Some(base), Some(fresh)) => {
                format!("\"{}\" thành \"{}\"", brief(base), brief(fresh))
            }
            (None, Some(fresh)) => brief(fresh),
            (base, None) => {
                format!("bỏ \"{}\"", brief(base.as_deref().unwrap_or_default()))
            }
        };
        match &self.row {
            Some(row) => format!("dòng \"{}\": {text}", brief(row)),
            None => text,
        }
    }
}

/// All differences on one line, for a reader; none where nothing is to be told.
pub(super) fn told(differences: &[Difference]) -> Option<String> {
    let (moved, changed): (Vec<_>, Vec<_>) =
        differences.iter().partition(|one| one.is_move());
    let mut told = Vec::new();
    if let Some(first) = changed.first() {
        told.push(format!("{} chỗ: {}", changed.len(), first.told()));
    }
    if let Some(first) = moved.first() {
        let (count, text) =
            (moved.len(), brief(first.fresh.as_deref().unwrap_or_default()));
        let what = if first.row.is_some() { "dòng" } else { "đoạn" };
        told.push(format!("đổi chỗ {count} {what}: \"{text}\""));
    }
    (!told.is_empty()).then(|| told.join("; "))
}

/// What happens to the texts of a section, in the order of the result.
pub(super) fn differences(section: &Section, merge: &SectionMerge) -> Vec<Difference> {
    let mut found = Vec::new();
    let (edited, changes) = (&section.blocks, &merge.blocks);
    sequence(
        (edited, changes),
        |block: &Block| block.kind.said(),
        |_| None,
        &mut found,
        |block, kept, found| match (&kept.body, &block.kind) {
            (Body::Text(merged), _) => pieces(&block.kind.said(), merged, None, found),
            (Body::Table(rows), BlockKind::Table(table)) => {
                of_rows(&table.rows, rows, found);
            }
            (Body::Table(_), _) => {}
        },
    );
    found
}

fn of_rows(edited: &[Row], rows: &[Change<RowMerge, Row>], found: &mut Vec<Difference>) {
    sequence(
        (edited, rows),
        cells,
        |row| Some(name(row)),
        found,
        |row, kept, found| {
            // Once: a row may have many cells.
            let name = name(row);
            for (at, (cell, merged)) in row.cells.iter().zip(&kept.cells).enumerate() {
                // The number of a row is derived.
                if at > 0 || !is_row_number(cell) {
                    pieces(&cell.plain(), merged, Some(&name), found);
                }
            }
        },
    );
}

/// What goes, comes and changes places in a sequence; of what stays `inside` tells.
fn sequence<K: Kept, N>(
    (edited, changes): (&[N], &[Change<K, N>]),
    said: fn(&N) -> String,
    row: fn(&N) -> Option<String>,
    found: &mut Vec<Difference>,
    inside: impl Fn(&N, &K, &mut Vec<Difference>),
) {
    let mut come = moved(edited, changes, said);
    let mut go = come.clone();
    for change in changes {
        match change {
            Change::Kept(kept) => {
                if let Some(old) = edited.get(kept.edited()) {
                    inside(old, kept, found);
                }
            }
            Change::Added(new) => {
                let text = said(new);
                let base = take(&mut come, &text).then(|| text.clone());
                found.push(Difference { row: row(new), base, fresh: Some(text) });
            }
            Change::Removed(at) => {
                let Some(old) = edited.get(*at) else { continue };
                let text = said(old);
                if !take(&mut go, &text) {
                    found.push(Difference {
                        row: row(old),
                        base: Some(text),
                        fresh: None,
                    });
                }
            }
            Change::Deleted(_) => {}
        }
    }
}

/// How often a text goes in one place of a sequence and comes in another.
fn moved<K, N>(
    edited: &[N],
    changes: &[Change<K, N>],
    said: fn(&N) -> String,
) -> BTreeMap<String, usize> {
    let (mut went, mut moved) = (BTreeMap::new(), BTreeMap::new());
    for change in changes {
        if let Change::Removed(at) = change
            && let Some(old) = edited.get(*at)
        {
            *went.entry(said(old)).or_default() += 1;
        }
    }
    for change in changes {
        if let Change::Added(new) = change
            && take(&mut went, &said(new))
        {
            *moved.entry(said(new)).or_default() += 1;
        }
    }
    moved
}

/// Counts a text down, if it is there.
fn take(counts: &mut BTreeMap<String, usize>, text: &str) -> bool {
    let left = counts.get_mut(text).filter(|left| **left > 0);
    left.map(|left| *left -= 1).is_some()
}

/// What a row is called: by its first cell that says something.
fn name(row: &Row) -> String {
    let mut said = row.cells.iter().enumerate();
    let name = said
        .find(|(at, cell)| !cell.plain().is_empty() && (*at > 0 || !is_row_number(cell)));
    name.map(|(_, cell)| cell.plain()).unwrap_or_default()
}

/// The words that go and come inside one text.
fn pieces(edited: &str, merged: &Words, row: Option<&str>, found: &mut Vec<Difference>) {
    let mut gone: Option<String> = None;
    let mut add = |base: Option<String>, fresh: Option<String>| {
        if base.is_some() || fresh.is_some() {
            found.push(Difference { row: row.map(ToOwned::to_owned), base, fresh });
        }
    };
    for piece in &merged.0 {
        match piece {
            Piece::Delete(range) => {
                let text = edited.get(range.clone()).unwrap_or_default();
                add(gone.replace(text.to_owned()), None);
            }
            Piece::Insert(text) => add(gone.take(), Some(text.plain())),
            Piece::Keep(_) | Piece::Offer(_) => add(gone.take(), None),
        }
    }
    add(gone, None);
}
