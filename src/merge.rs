//! What an update does to a plan that people edited: base, edited and fresh become one value.
//!
//! Identity is the section id, never the position; inside a section blocks are aligned as
//! sequences, inside a block words are. The value is a tree of sequences, each one in the
//! order of the result: what is kept (and how it changes), what is added, what is removed,
//! and what the drafter deleted, which stays deleted. Nothing of it is a surprise to the
//! drafter's text: every change is stated in the edited document's own positions, and
//! [`Merge::apply`] carries it out.

pub(crate) mod align;
mod apply;
mod blocks;
mod columns;
mod conflicts;
mod order;
mod renames;
mod table;
pub(crate) mod wording;
pub(crate) mod words;

#[cfg(test)]
pub(crate) mod laws;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::document::{Block, BlockKind, Document, Row, Section, Text};
use crate::identity::{Claim, Marked, Marks, Verdict, judge};
pub(crate) use apply::Kept;
pub(crate) use blocks::lineage;
pub use columns::{KeptColumns, keep_columns};
pub use conflicts::{Found, What};
pub use renames::Renames;
pub(crate) use table::is_row_number;

/// What is to be done to the edited document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Merge {
    /// Its sections, in the order of the result.
    pub sections: Vec<Change<SectionMerge, Section>>,
    /// Ids of sections that the catalogue adds below a heading that the file does not have:
    /// they are not added.
    pub homeless: BTreeSet<String>,
}

/// What happens to one item of a sequence: a section, a block, a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<Kept, New> {
    /// An item of edited that stays, with what changes inside it.
    Kept(Kept),
    /// An item of fresh that comes in here. Its ranges are those of the fresh document.
    Added(New),
    /// The item of edited at this index goes: the catalogue removed it, nobody wrote in it.
    Removed(usize),
    /// An item of fresh that the drafter deleted: it stays deleted.
    Deleted(New),
}

/// A section of edited that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionMerge {
    /// Its index in the edited document.
    pub edited: usize,
    /// Its id from now on.
    pub id: Option<String>,
    /// Whether the file gives it another id: the catalogue renamed it.
    pub renamed: bool,
    /// Whether it changes place.
    pub travel: Travel,
    /// Why it could not be merged.
    pub conflict: Option<Conflict>,
    /// The number that the catalogue gives it now, where people number it and its neighbours
    /// themselves.
    pub unnumbered: Option<String>,
    /// Its blocks, in the order of the result.
    pub blocks: Vec<Change<BlockMerge, Block>>,
}

/// Whether a section changes place among the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Travel {
    /// It keeps its place.
    #[default]
    None,
    /// The catalogue moved it.
    Moved,
    /// It goes along with one that the catalogue moved.
    Along,
}

/// A block of edited that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockMerge {
    /// Its index in the edited section.
    pub edited: usize,
    /// Its index in the fresh section; none where fresh has no such block, and in a section
    /// that the catalogue left as it was.
    pub fresh: Option<usize>,
    /// The number and level that a heading gets; they are derived, and never in conflict.
    pub renumbered: Option<Renumbered>,
    /// Why it could not be merged.
    pub conflict: Option<Conflict>,
    /// What changes inside it.
    pub body: Body,
}

/// A heading's number, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renumbered {
    /// The number in the edited document.
    pub from: Option<String>,
    /// The number from now on.
    pub to: Option<String>,
    /// The level from now on.
    pub level: u8,
}

/// What changes inside a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The words of a heading (without its number), paragraph, item, quote, or raw text.
    Text(Words),
    /// The rows of a table, in the order of the result.
    Table(Vec<Change<RowMerge, Row>>),
}

/// A row of edited that stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowMerge {
    /// Its index in the edited table.
    pub edited: usize,
    /// Its index in the fresh table; none as for [`BlockMerge::fresh`].
    pub fresh: Option<usize>,
    /// Its id from now on.
    pub id: Option<String>,
    /// Whether the file gives it another id: the catalogue renamed it.
    pub renamed: bool,
    /// Why it could not be merged.
    pub conflict: Option<Conflict>,
    /// One entry a cell of the edited row.
    pub cells: Vec<Words>,
}

/// What happens to one text: pieces that cover the edited text from its first byte to its
/// last; no piece at all when it stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(pub Vec<Piece>);

/// A piece of a merged text. Ranges are bytes of the edited text as [`Text::plain`] gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Stays.
    Keep(Range<usize>),
    /// Goes: the catalogue removed it, and the drafter left it alone.
    Delete(Range<usize>),
    /// Comes in, with the styles that fresh gives it.
    Insert(Text),
    /// A conflict about the words before it, which stay.
    Offer(Offer),
}

/// Words that both sides changed: the drafter's stay, fresh's are offered beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The drafter's words; empty where they deleted base's.
    pub edited: Range<usize>,
    /// What both sides changed.
    pub base: String,
    /// What the catalogue says now; empty where it removed base's.
    pub fresh: Text,
}

/// Why a section, block or row stays as the drafter has it, though the catalogue says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// The catalogue removed it, and the drafter wrote in it, or below it.
    Removed,
    /// As [`Conflict::Removed`]; sections with these ids stand for it.
    Replaced(Vec<String>),
    /// It bears an id that another one bears with more right: it is the drafter's text.
    Duplicate(String),
    /// The catalogue moved it, and its heading is gone: it stays with the text above.
    Headless,
    /// The catalogue moved it below a heading that is gone, or below itself: it stays.
    Homeless,
    /// The catalogue adds a section that the drafter already has, in other words.
    Present(Section),
    /// The catalogue changes its words, to these, and it holds what cannot be written anew.
    Spared(String),
    /// Here stood text that the catalogue changed, to this, or removed; nobody knows whether it
    /// was deleted or written anew, as this or otherwise.
    Rewritten(Option<String>),
}

/// Merges the three sides of an update. `marks` are what the reader of the edited file knows.
///
/// Time is linear in the sections, apart from sorting; whatever the texts are, it is bounded.
#[must_use]
pub fn merge(
    base: &Document,
    edited: &Document,
    fresh: &Document,
    renames: &Renames,
    marks: &Marks,
) -> Merge {
    let sides = Sides::of(base, edited, fresh, renames);
    let stays = sides.stays();
    let by_people = sides.numbered_by_people();
    let placed = order::arrange(&sides, &stays);
    let homeless = placed.iter().filter_map(|placed| match placed {
        order::Placed::Deleted(at) if sides.fresh_to_base[*at].is_none() => {
            fresh.sections[*at].id.clone()
        }
        _ => None,
    });
    let homeless = homeless.collect();
    let change = |placed| match placed {
        order::Placed::Added(at) => Change::Added(fresh.sections[at].clone()),
        order::Placed::Deleted(at) => Change::Deleted(fresh.sections[at].clone()),
        order::Placed::Edited { at, .. } if !stays[at] => Change::Removed(at),
        order::Placed::Edited { at, travel, held } => {
            let mut section = sides.section(at, travel, marks.of(at));
            let conflict = held.map(|held| match held {
                order::Held::Headless => Conflict::Headless,
                order::Held::Homeless => Conflict::Homeless,
            });
            section.conflict = section.conflict.or(conflict);
            if by_people[at] {
                section.leave_numbers(&edited.sections[at].blocks);
            }
            Change::Kept(section)
        }
    };
    Merge { sections: placed.into_iter().map(change).collect(), homeless }
}

/// The three documents, and which sections of them are the same.
#[derive(Clone)]
struct Sides<'d> {
    base: &'d [Section],
    edited: &'d [Section],
    fresh: &'d [Section],
    renames: &'d Renames,
    /// Ids of the edited sections from now on; none for the drafter's own.
    ids: Vec<Option<String>>,
    /// For each edited section its section of base, and of fresh.
    to_base: Vec<Option<usize>>,
    to_fresh: Vec<Option<usize>>,
    /// For each base section its section of fresh.
    base_to_fresh: Vec<Option<usize>>,
    /// For each fresh section its section of base, and of edited.
    fresh_to_base: Vec<Option<usize>>,
    fresh_to_edited: Vec<Option<usize>>,
}

impl<'d> Sides<'d> {
    fn of(
        base: &'d Document,
        edited: &'d Document,
        fresh: &'d Document,
        renames: &'d Renames,
    ) -> Self {
        let (base, edited, fresh) = (&base.sections, &edited.sections, &fresh.sections);
        let known: BTreeSet<&str> =
            fresh.iter().filter_map(|s| s.id.as_deref()).collect();
        let canonical = |section: &Section| {
            section.id.as_ref().map(|id| renames.now(id, |id| known.contains(id)))
        };
        let base_ids: Vec<Option<String>> = base.iter().map(canonical).collect();
        let in_base = by_id(&base_ids);
        let fresh_ids: Vec<Option<String>> = fresh.iter().map(|s| s.id.clone()).collect();
        let in_fresh = by_id(&fresh_ids);
        // A copy that kept the old id of a section is a copy still once the section has its
        // new one.
        let ids = |sections: &'d [Section]| -> BTreeSet<&str> {
            sections.iter().filter_map(|section| section.id.as_deref()).collect()
        };
        let (old, own) = (ids(base), ids(edited));
        let is_both = |id: &str| old.contains(id) && own.contains(id);
        let mut ids: Vec<Option<String>> = edited.iter().map(canonical).collect();
        for (now, section) in ids.iter_mut().zip(edited) {
            if *now != section.id && now.as_deref().is_some_and(is_both) {
                now.clone_from(&section.id);
            }
        }
        part_duplicates(&mut ids, &in_base);
        let find = |ids: &[Option<String>], index: &BTreeMap<&str, usize>| {
            ids.iter().map(|id| index.get(id.as_deref()?).copied()).collect::<Vec<_>>()
        };
        let (to_base, to_fresh) = (find(&ids, &in_base), find(&ids, &in_fresh));
        let fresh_to_edited = find(&fresh_ids, &by_id(&ids));
        let base_to_fresh = find(&base_ids, &in_fresh);
        let fresh_to_base = find(&fresh_ids, &in_base);
        Self {
            base,
            edited,
            fresh,
            renames,
            ids,
            to_base,
            to_fresh,
            base_to_fresh,
            fresh_to_base,
            fresh_to_edited,
        }
    }

    /// Whether each edited section stays: all but those that the catalogue removed, if
    /// nobody wrote in them, or put text of their own below their heading.
    fn stays(&self) -> Vec<bool> {
        let written = |at: usize| match (self.to_base[at], self.to_fresh[at]) {
            (Some(base), None) => {
                !blocks::untouched(&self.base[base].blocks, &self.edited[at].blocks)
            }
            _ => true,
        };
        let mut stays: Vec<bool> = (0..self.edited.len()).map(written).collect();
        let outline = order::outline(self.edited);
        for at in 0..stays.len() {
            let mut above =
                outline[at].parent.filter(|_| stays[at] && self.to_fresh[at].is_none());
            while let Some(parent) = above.filter(|&parent| !stays[parent]) {
                stays[parent] = true;
                above = outline[parent].parent;
            }
        }
        stays
    }

    /// Whether the number of each edited section is the drafter's: they changed it, or that of
    /// one that stands beside it.
    fn numbered_by_people(&self) -> Vec<bool> {
        let number = |section: &Section| match section.blocks.first().map(|b| &b.kind) {
            Some(BlockKind::Heading(heading)) => Some(heading.number.clone()),
            _ => None,
        };
        let outline = order::outline(self.edited);
        let beside = |at: usize| (outline[at].parent, outline[at].level);
        let is_changed = |at: &usize| {
            let base = self.to_base[*at].and_then(|base| number(&self.base[base]));
            let edited = number(&self.edited[*at]);
            base.zip(edited).is_some_and(|(base, edited)| base != edited)
        };
        let all = 0..self.edited.len();
        let changed: BTreeSet<_> = all.clone().filter(is_changed).map(beside).collect();
        all.map(|at| changed.contains(&beside(at))).collect()
    }

    fn section(&self, at: usize, travel: Travel, marks: &[Marked]) -> SectionMerge {
        let edited = &self.edited[at];
        let base = self.to_base[at].map(|at| &self.base[at]);
        let fresh = self.to_fresh[at].map(|at| &self.fresh[at]);
        let mut blocks = blocks::unchanged(&edited.blocks);
        let id = self.ids[at].clone();
        let conflict = match (base, fresh, &edited.id) {
            (Some(base), Some(fresh), _) => {
                let sides = (&*base.blocks, &*edited.blocks, &*fresh.blocks);
                blocks = blocks::merge(sides, self.renames, marks);
                None
            }
            (Some(_), None, Some(old)) => {
                let by = self.renames.instead_of(old);
                let is_there = |id: &String| {
                    self.fresh.iter().any(|section| section.id.as_ref() == Some(id))
                };
                let by: Vec<String> = by.into_iter().filter(is_there).collect();
                Some(if by.is_empty() {
                    Conflict::Removed
                } else {
                    Conflict::Replaced(by)
                })
            }
            (None, Some(fresh), _)
                if !blocks::reads_alike(&fresh.blocks, &edited.blocks) =>
            {
                Some(Conflict::Present(fresh.clone()))
            }
            (None, None, Some(double)) if id.is_none() => {
                Some(Conflict::Duplicate(double.clone()))
            }
            _ => None,
        };
        let renamed = id.is_some() && id != edited.id;
        let unnumbered = None;
        SectionMerge { edited: at, id, renamed, travel, conflict, unnumbered, blocks }
    }
}

impl SectionMerge {
    /// Leaves the numbers of its headings as they are.
    fn leave_numbers(&mut self, edited: &[Block]) {
        for change in &mut self.blocks {
            let Change::Kept(block) = change else { continue };
            let old = edited.get(block.edited).map(|old| &old.kind);
            let Some((renumbered, BlockKind::Heading(old))) =
                block.renumbered.as_mut().zip(old)
            else {
                continue;
            };
            if renumbered.to == old.number {
                continue;
            }
            self.unnumbered = std::mem::replace(&mut renumbered.to, old.number.clone());
            if renumbered.level == old.level {
                block.renumbered = None;
            }
        }
    }
}

/// Which sections of base the catalogue changed or took away; a rename alone is no change.
pub(crate) fn changed(base: &Document, fresh: &Document, renames: &Renames) -> Vec<bool> {
    let fresh: BTreeMap<&str, &Section> =
        fresh.sections.iter().filter_map(|s| Some((s.id.as_deref()?, s))).collect();
    let is_changed = |section: &Section| {
        let id = section.id.as_deref()?;
        let now = renames.now(id, |id| fresh.contains_key(id));
        let now = fresh.get(now.as_str())?;
        Some(!blocks::is_same(&section.blocks, &now.blocks))
    };
    base.sections.iter().map(|section| is_changed(section).unwrap_or(true)).collect()
}

/// The first place of each id.
fn by_id(ids: &[Option<String>]) -> BTreeMap<&str, usize> {
    let mut index = BTreeMap::new();
    for (at, id) in ids.iter().enumerate() {
        if let Some(id) = id {
            index.entry(id.as_str()).or_insert(at);
        }
    }
    index
}

/// Takes the id from all items that share one, but from the original; of those that base does
/// not have, but from the first.
fn part_duplicates(ids: &mut [Option<String>], in_base: &BTreeMap<&str, usize>) {
    let mut places = Vec::new();
    let mut claims = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, id) in ids.iter_mut().enumerate() {
        match id.as_deref().map(|id| in_base.get(id).copied()) {
            Some(Some(item)) => {
                places.push(at);
                claims.push(Claim { item, own: true });
            }
            Some(None) if !seen.insert(id.clone()) => *id = None,
            Some(None) | None => {}
        }
    }
    for (at, verdict) in places.into_iter().zip(judge(&claims)) {
        if verdict != Verdict::Original {
            ids[at] = None;
        }
    }
}

impl Merge {
    /// Tells whether the edited document stays as it is; conflicts do not count.
    #[must_use]
    pub fn changes_nothing(&self) -> bool {
        self.sections.iter().all(|change| match change {
            Change::Kept(section) => {
                section.travel == Travel::None
                    && !section.renamed
                    && section.blocks.iter().all(is_still)
            }
            other => matches!(other, Change::Deleted(_)),
        })
    }
}

fn is_still(change: &Change<BlockMerge, Block>) -> bool {
    match change {
        Change::Kept(block) => block.changes_nothing(),
        other => matches!(other, Change::Deleted(_)),
    }
}

impl BlockMerge {
    /// Tells whether the block stays as it is; conflicts do not count.
    #[must_use]
    pub fn changes_nothing(&self) -> bool {
        let row_is_still = |change: &Change<RowMerge, Row>| match change {
            Change::Kept(row) => {
                !row.renamed && row.cells.iter().all(Words::changes_nothing)
            }
            other => matches!(other, Change::Deleted(_)),
        };
        self.renumbered.is_none()
            && match &self.body {
                Body::Text(words) => words.changes_nothing(),
                Body::Table(rows) => rows.iter().all(row_is_still),
            }
    }
}

impl Words {
    /// Tells whether the text stays as it is; conflicts do not count.
    #[must_use]
    pub fn changes_nothing(&self) -> bool {
        self.0.iter().all(|piece| matches!(piece, Piece::Keep(_) | Piece::Offer(_)))
    }
}
