//! The numbers that bookmarks have in a section of fresh.

use crate::document::{Block, BlockKind, Row, Section, Table};
use crate::merge::{BlockMerge, Change, RowMerge};

/// The numbers of bookmarks in a section of fresh.
pub(super) struct Numbers<'f> {
    blocks: &'f [Block],
    /// Blocks of fresh that nothing kept or added is yet.
    free: Vec<bool>,
}

impl<'f> Numbers<'f> {
    pub(super) fn of(
        fresh: Option<&'f Section>,
        changes: &[Change<BlockMerge, Block>],
    ) -> Self {
        let blocks = fresh.map_or(&[][..], |section| &section.blocks);
        let mut free = vec![true; blocks.len()];
        for change in changes {
            if let Change::Kept(BlockMerge { fresh: Some(at), .. }) = change
                && let Some(free) = free.get_mut(*at)
            {
                *free = false;
            }
        }
        Self { blocks, free }
    }

    pub(super) fn of_block(&self, at: usize) -> usize {
        1 + self.blocks.iter().take(at).map(Block::units).sum::<usize>()
    }

    pub(super) fn count(&self) -> usize {
        self.blocks.iter().map(Block::units).sum()
    }

    /// The number of an added block.
    pub(super) fn added(&mut self, new: &Block) -> usize {
        let is = |at: &usize| self.free[*at] && self.blocks[*at] == *new;
        let at = (0..self.blocks.len()).find(is);
        if let Some(at) = at {
            self.free[at] = false;
        }
        self.of_block(at.unwrap_or(self.blocks.len()))
    }

    pub(super) fn rows(
        &self,
        block: Option<usize>,
        changes: &[Change<RowMerge, Row>],
    ) -> Rows<'f> {
        let table: Option<&Table> =
            block.and_then(|at| match &self.blocks.get(at)?.kind {
                BlockKind::Table(table) => Some(table),
                _ => None,
            });
        let rows = table.map_or(&[][..], |table| &table.rows);
        let mut free = vec![true; rows.len()];
        for change in changes {
            if let Change::Kept(RowMerge { fresh: Some(at), .. }) = change
                && let Some(free) = free.get_mut(*at)
            {
                *free = false;
            }
        }
        Rows {
            fresh: rows,
            free,
            first: self.of_block(block.unwrap_or(self.blocks.len())),
        }
    }
}

/// The numbers of bookmarks in a table of fresh.
pub(super) struct Rows<'f> {
    fresh: &'f [Row],
    free: Vec<bool>,
    first: usize,
}

impl Rows<'_> {
    /// The number of an added row.
    pub(super) fn next(&mut self, new: &Row) -> usize {
        let is = |at: &usize| {
            let row = &self.fresh[*at];
            self.free[*at] && row.id == new.id && row.source == new.source
        };
        let at = (0..self.fresh.len()).find(is);
        if let Some(at) = at {
            self.free[at] = false;
        }
        self.first + at.unwrap_or(self.fresh.len())
    }
}
