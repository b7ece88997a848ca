//! Carries out a merge on a document: every change accepted, every conflict left as it stands.

use std::borrow::Cow;

use super::words::slice;
use super::{BlockMerge, Body, Change, Merge, Piece, RowMerge, SectionMerge, Words};
use crate::document::{Block, BlockKind, Document, Inline, Row, Section, Text};

impl Merge {
    /// The edited document with every change accepted; what conflicts only offer is left out.
    ///
    /// `edited` is the document that the merge was made for; an index that it lacks is skipped.
    #[must_use]
    pub fn apply(&self, edited: &Document) -> Document {
        Document {
            sections: accept(&self.sections, &edited.sections, SectionMerge::apply),
        }
    }
}

/// Applies the changes of one sequence.
fn accept<K: Kept, N: Clone>(
    changes: &[Change<K, N>],
    edited: &[N],
    apply: fn(&K, &N) -> N,
) -> Vec<N> {
    let accepted = changes.iter().filter_map(|change| match change {
        Change::Kept(kept) => edited.get(kept.edited()).map(|old| apply(kept, old)),
        Change::Added(new) => Some(new.clone()),
        Change::Removed(_) | Change::Deleted(_) => None,
    });
    accepted.collect()
}

/// What knows its index in edited.
pub(crate) trait Kept {
    /// The index.
    fn edited(&self) -> usize;
}

impl Kept for SectionMerge {
    fn edited(&self) -> usize {
        self.edited
    }
}

impl Kept for BlockMerge {
    fn edited(&self) -> usize {
        self.edited
    }
}

impl Kept for RowMerge {
    fn edited(&self) -> usize {
        self.edited
    }
}

impl SectionMerge {
    /// The section as it becomes.
    #[must_use]
    pub fn apply(&self, edited: &Section) -> Section {
        let blocks = accept(&self.blocks, &edited.blocks, BlockMerge::apply);
        Section { id: self.id.clone(), blocks, source: edited.source.clone() }
    }
}

impl BlockMerge {
    /// The block as it becomes.
    #[must_use]
    pub fn apply(&self, edited: &Block) -> Block {
        let mut block = edited.clone();
        match (&mut block.kind, &self.body) {
            (BlockKind::Table(table), Body::Table(rows)) => {
                table.rows = accept(rows, &table.rows, RowMerge::apply);
            }
            (BlockKind::Heading(heading), Body::Text(words)) => {
                heading.text = words.apply(&heading.text).into_owned();
                if let Some(renumbered) = &self.renumbered {
                    heading.number.clone_from(&renumbered.to);
                    heading.level = renumbered.level;
                }
            }
            (
                BlockKind::Paragraph(text)
                | BlockKind::Item { text, .. }
                | BlockKind::Quote(text),
                Body::Text(words),
            ) => *text = words.apply(text).into_owned(),
            (BlockKind::Raw(raw), Body::Text(words)) if !words.changes_nothing() => {
                *raw = words.apply(&Text::from(raw.clone())).plain();
            }
            _ => {}
        }
        block
    }
}

impl RowMerge {
    /// The row as it becomes.
    #[must_use]
    pub fn apply(&self, edited: &Row) -> Row {
        let cells = edited.cells.iter().zip(&self.cells);
        let cells = cells.map(|(cell, words)| words.apply(cell).into_owned()).collect();
        Row { id: self.id.clone(), cells, source: edited.source.clone() }
    }
}

impl Words {
    /// The text as it becomes.
    #[must_use]
    pub fn apply<'t>(&self, edited: &'t Text) -> Cow<'t, Text> {
        if self.changes_nothing() {
            return Cow::Borrowed(edited);
        }
        let mut out = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Keep(range) => append(&mut out, slice(edited, range.clone())),
                Piece::Insert(text) => append(&mut out, text.clone()),
                Piece::Delete(_) | Piece::Offer(_) => {}
            }
        }
        Cow::Owned(Text(out))
    }
}

/// Appends a text; runs of one style become one.
fn append(out: &mut Vec<Inline>, text: Text) {
    for inline in text.0 {
        match (out.last_mut(), inline) {
            (Some(Inline::Run(last)), Inline::Run(run)) if last.style == run.style => {
                last.text.push_str(&run.text);
            }
            (_, inline) => out.push(inline),
        }
    }
}
