//! The rows of one table: who they are by id, and cell by cell what changes.

use std::collections::BTreeSet;

use super::align::{Alignment, HALF, Item, Moves, align};
use super::blocks::{Linked, fates, link, twins, weave};
use super::words::{self, Bag};
use super::{Change, Conflict, Renames, RowMerge, Words, by_id, part_duplicates};
use crate::document::role::TOTAL;
use crate::document::{Row, Table, Text, adds_link};
use crate::identity::Mark;
use crate::sequence::longest_increasing;
use crate::source::folded;

/// All that a table says, ids included.
pub(super) fn key(table: &Table) -> String {
    let row = |row: &Row| {
        format!("{}\u{1}{}", row.id.as_deref().unwrap_or_default(), plain(row))
    };
    table.rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn cells(table: &Table) -> impl Iterator<Item = &Text> {
    table.rows.iter().flat_map(|row| &row.cells)
}

fn plain(row: &Row) -> String {
    row.cells.iter().map(Text::plain).collect::<Vec<_>>().join("\t")
}

/// All rows as they are.
pub(super) fn unchanged<N>(table: &Table) -> Vec<Change<RowMerge, N>> {
    let keep = |(at, row): (usize, &Row)| Change::Kept(still(at, row, row.id.clone()));
    table.rows.iter().enumerate().map(keep).collect()
}

fn still(edited: usize, row: &Row, id: Option<String>) -> RowMerge {
    let renamed = id.is_some() && id != row.id;
    let cells = vec![Words::default(); row.cells.len()];
    RowMerge { edited, fresh: None, id, renamed, conflict: None, cells }
}

/// Merges the rows of a table that has as many columns in fresh as in base.
///
/// In a table that a person edited, the order of the rows stands, and so do totals; the numbers
/// of rows, too, where fresh's would not be in order: once a person added, deleted or numbered
/// rows, wrote in one that goes, or the catalogue moved some. Any other one becomes fresh's.
pub(super) fn merge(
    (base, edited, fresh): (&Table, &Table, &Table),
    renames: &Renames,
    marks: &[Mark],
) -> Vec<Change<RowMerge, Row>> {
    let is_untouched = folded(&key(base)) == folded(&key(edited))
        && !adds_link(cells(base), cells(edited));
    let [base_ids, mut edited_ids, fresh_ids] =
        [base, edited, fresh].map(|table| ids(table, fresh, renames));
    let in_base = by_id(&base_ids);
    part_duplicates(&mut edited_ids, &in_base);
    let edits =
        align_rows((base, &base_ids), (edited, &edited_ids), Moves::Follow, marks);
    let mut updates = align_rows((base, &base_ids), (fresh, &fresh_ids), Moves::Cut, &[]);
    if is_untouched {
        cut_moves(&mut updates);
    }
    let columns = Columns::of(base, edited, edits.from.first() == Some(&Some(0)));
    let is_numbered_as_before = edits.to.iter().all(Option::is_some)
        && edited.rows.iter().enumerate().all(|(at, row)| {
            let number = |row: &Row| {
                row.cells.first().map(|cell| folded(&cell.plain()).into_owned())
            };
            edits.from[at].is_some_and(|old| {
                let goes = updates.to[old].is_none();
                number(row) == number(&base.rows[old])
                    && (!goes || columns.is_same(&base.rows[old], row))
            })
        });
    // The rows that stay, in the order in which they stand: fresh's numbers are in order, too.
    let stay = edits.from.iter().flatten().filter_map(|&old| updates.to[old]);
    let takes_numbers = is_untouched || (is_numbered_as_before && stay.is_sorted());
    let kept = edited.rows.iter().enumerate().map(|(at, row)| {
        let mut kept = still(at, row, edited_ids[at].clone());
        if let (Some(double), None) = (&row.id, &kept.id) {
            kept.conflict = Some(Conflict::Duplicate(double.clone()));
        }
        let Some(old) = edits.from[at] else { return Change::Kept(kept) };
        match updates.to[old] {
            _ if kept.id.as_deref() == Some(TOTAL) && !is_untouched => {}
            Some(new) => {
                let sides = (&base.rows[old], row, &fresh.rows[new]);
                kept.cells = columns.cells(sides, takes_numbers);
            }
            None if columns.is_same(&base.rows[old], row) => return Change::Removed(at),
            None => kept.conflict = Some(Conflict::Removed),
        }
        Change::Kept(kept)
    });
    let mut twins = twins(&items(edited), &edits.from, &items(fresh), &updates.from);
    let in_edited = by_id(&edited_ids);
    for (twin, id) in twins.iter_mut().zip(&fresh_ids) {
        let same = id.as_deref().and_then(|id| in_edited.get(id).copied());
        *twin = same.filter(|_| !is_untouched).or(*twin);
    }
    let fates = fates(&edits, &updates, &twins);
    let mut kept: Vec<_> = kept.collect();
    link(&mut kept, fates.iter().copied());
    let rows = fates.into_iter().zip(&fresh.rows);
    weave(kept, rows.map(|(fate, row)| (fate, columns.row(row))), |_, _| false)
}

/// Which row of base each of fresh goes on from.
pub(super) fn lineage(
    base: &Table,
    fresh: &Table,
    renames: &Renames,
) -> Vec<Option<usize>> {
    let [old, new] = [base, fresh].map(|table| ids(table, fresh, renames));
    align_rows((base, &old), (fresh, &new), Moves::Cut, &[]).from
}

/// The ids of the rows of a table, as fresh calls them.
fn ids(table: &Table, fresh: &Table, renames: &Renames) -> Vec<Option<String>> {
    let known: BTreeSet<&str> =
        fresh.rows.iter().filter_map(|row| row.id.as_deref()).collect();
    let now = |id: &String| renames.now(id, |id| known.contains(id));
    table.rows.iter().map(|row| row.id.as_ref().map(now)).collect()
}

impl Linked for RowMerge {
    fn link(&mut self, fresh: usize) {
        self.fresh = Some(fresh);
    }
}

/// Aligns rows by their marks, then by id, and those without one by their text.
fn align_rows(
    (a, a_ids): (&Table, &[Option<String>]),
    (b, b_ids): (&Table, &[Option<String>]),
    moves: Moves,
    marks: &[Mark],
) -> Alignment {
    let mut found = Alignment::new(a_ids.len(), b_ids.len());
    for (at, mark) in marks.iter().enumerate() {
        if let Some(old) = mark.base()
            && found.to.get(old) == Some(&None)
            && at < b_ids.len()
        {
            found.link(old, at);
        }
    }
    let in_b = by_id(b_ids);
    for (id, at) in by_id(a_ids) {
        if let Some(&other) = in_b.get(id)
            && found.to[at].is_none()
            && found.from[other].is_none()
        {
            found.link(at, other);
        }
    }
    // A table begins with its header, whatever that says.
    if let (Some(None), Some(None)) = (a_ids.first(), b_ids.first())
        && found.to[0].is_none()
        && found.from[0].is_none()
    {
        found.link(0, 0);
    }
    // A person may have deleted the id of a row; the catalogue never does.
    let left: Vec<usize> = (0..a_ids.len())
        .filter(|&at| found.to[at].is_none())
        .filter(|&at| moves == Moves::Follow || a_ids[at].is_none())
        .collect();
    let right: Vec<usize> = (0..b_ids.len())
        .filter(|&at| b_ids[at].is_none() && found.from[at].is_none())
        .filter(|&at| marks.get(at) != Some(&Mark::Own))
        .collect();
    let (a_items, b_items) = (items(a), items(b));
    let pick = |items: &[Item], at: &[usize]| -> Vec<Item> {
        at.iter().map(|&at| items[at].clone()).collect()
    };
    let rest = align(&pick(&a_items, &left), &pick(&b_items, &right), moves);
    for (at, other) in left.into_iter().zip(rest.to) {
        let Some(other) = other.map(|other| right[other]) else { continue };
        let alike = || {
            let (one, other) =
                (Bag::of(&a_items[at].text), Bag::of(&b_items[other].text));
            one.likeness(&other) >= HALF
        };
        if a_ids[at].is_none() || alike() {
            found.link(at, other);
        }
    }
    found
}

fn items(table: &Table) -> Vec<Item> {
    let item = |(at, row): (usize, &Row)| {
        let kind = if at == 0 { "header" } else { "row" };
        Item { kind: kind.to_owned(), text: folded(&plain(row)).into_owned() }
    };
    table.rows.iter().enumerate().map(item).collect()
}

/// Parts the fewest rows, so that all others keep their order.
fn cut_moves(updates: &mut Alignment) {
    let linked: Vec<usize> =
        (0..updates.to.len()).filter(|&at| updates.to[at].is_some()).collect();
    let order: Vec<usize> = linked.iter().filter_map(|&at| updates.to[at]).collect();
    for (at, stays) in linked.into_iter().zip(longest_increasing(&order)) {
        if !stays {
            updates.unlink(at);
        }
    }
}

/// Which column of base each column of edited is; none for the drafter's own.
struct Columns(Vec<Option<usize>>);

impl Columns {
    /// By their heads, wherever they stand; by place where the head is gone.
    fn of(base: &Table, edited: &Table, has_head: bool) -> Self {
        let (old, new) = (base.columns.len(), edited.columns.len());
        let (Some(base), Some(edited), true) =
            (base.rows.first(), edited.rows.first(), old != new || has_head)
        else {
            return Self((0..new).map(Some).collect());
        };
        let items = |row: &Row| -> Vec<Item> {
            let item = |cell: &Text| Item {
                kind: String::new(),
                text: folded(&cell.plain()).into_owned(),
            };
            row.cells.iter().map(item).collect()
        };
        Self(align(&items(base), &items(edited), Moves::Follow).from)
    }

    /// The cells of an edited row that all three sides have.
    fn cells(
        &self,
        (base, edited, fresh): (&Row, &Row, &Row),
        takes_numbers: bool,
    ) -> Vec<Words> {
        let cell = |(at, text): (usize, &Text)| {
            let column = self.0.get(at).copied().flatten();
            let sides = column.and_then(|at| base.cells.get(at).zip(fresh.cells.get(at)));
            match (sides, column) {
                (Some((_, new)), Some(0))
                    if !takes_numbers && is_row_number(text) && is_row_number(new) =>
                {
                    Words::default()
                }
                (Some((old, new)), _) => words::merge(old, text, new),
                (None, _) => Words::default(),
            }
        };
        edited.cells.iter().enumerate().map(cell).collect()
    }

    /// Tells whether a person left a row as it was; cells of their own columns are empty.
    fn is_same(&self, base: &Row, edited: &Row) -> bool {
        edited.cells.iter().enumerate().all(|(at, text)| {
            let column = self.0.get(at).copied().flatten();
            let old = column.and_then(|at| base.cells.get(at));
            let says = old.map(Text::plain).unwrap_or_default();
            folded(&says) == folded(&text.plain()) && !adds_link(old, [text])
        })
    }

    /// A row of fresh in edited's columns.
    fn row(&self, fresh: &Row) -> Row {
        let cell = |column: &Option<usize>| {
            column.and_then(|at| fresh.cells.get(at)).cloned().unwrap_or_default()
        };
        Row { cells: self.0.iter().map(cell).collect(), ..fresh.clone() }
    }
}

/// Tells whether a first cell is but the number of its row, or empty: "3", "6.4.", "IV".
pub(crate) fn is_row_number(cell: &Text) -> bool {
    let text = cell.plain();
    let number = text.trim_end_matches('.');
    let is_arabic =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    number.bytes().all(|byte| b"IVX".contains(&byte)) || number.split('.').all(is_arabic)
}
