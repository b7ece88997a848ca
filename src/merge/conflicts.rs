//! The conflicts of a merge, one after the other, each with its place.

use super::{Body, Change, Conflict, Merge, Offer, Piece, Words};

/// A conflict and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'m> {
    /// Index of the edited section.
    pub section: usize,
    /// Index of the block in the edited section; none when it is about the whole section.
    pub block: Option<usize>,
    /// Index of the row in the edited table.
    pub row: Option<usize>,
    /// Index of the cell in the edited row.
    pub cell: Option<usize>,
    /// What it is.
    pub what: What<'m>,
}

/// A conflict about words, or about a section, block or row as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What<'m> {
    /// Both sides changed these words.
    Words(&'m Offer),
    /// The whole item stays as the drafter has it.
    Whole(&'m Conflict),
}

impl Merge {
    /// All conflicts, in the order of the result.
    #[must_use]
    pub fn conflicts(&self) -> Vec<Found<'_>> {
        let mut found = Vec::new();
        for change in &self.sections {
            let Change::Kept(section) = change else { continue };
            let at = section.edited;
            let mut here = |block, row, cell, what| {
                found.push(Found { section: at, block, row, cell, what });
            };
            whole(section.conflict.as_ref(), |what| here(None, None, None, what));
            for change in &section.blocks {
                let Change::Kept(block) = change else { continue };
                let at = Some(block.edited);
                whole(block.conflict.as_ref(), |what| here(at, None, None, what));
                match &block.body {
                    Body::Text(words) => offers(words, |what| here(at, None, None, what)),
                    Body::Table(rows) => {
                        for change in rows {
                            let Change::Kept(row) = change else { continue };
                            let (block, at) = (at, Some(row.edited));
                            whole(row.conflict.as_ref(), |what| {
                                here(block, at, None, what);
                            });
                            for (cell, words) in row.cells.iter().enumerate() {
                                offers(words, |what| here(block, at, Some(cell), what));
                            }
                        }
                    }
                }
            }
        }
        found
    }
}

fn whole<'m>(conflict: Option<&'m Conflict>, found: impl FnOnce(What<'m>)) {
    if let Some(conflict) = conflict {
        found(What::Whole(conflict));
    }
}

fn offers<'m>(words: &'m Words, mut found: impl FnMut(What<'m>)) {
    for piece in &words.0 {
        if let Piece::Offer(offer) = piece {
            found(What::Words(offer));
        }
    }
}
