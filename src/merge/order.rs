//! The order of the sections: where the catalogue moves some, adds some, and what stays put.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;

use super::{Sides, Travel};
use crate::document::{BlockKind, Heading, Role, Section};
use crate::sequence::longest_increasing;

/// The level of a section without a heading: it belongs to the one above.
const BODY: u8 = 7;

/// Where a section stands in the outline.
pub(crate) struct Standing {
    /// Level of its heading.
    pub(super) level: u8,
    /// The section whose heading it stands under.
    pub(crate) parent: Option<usize>,
}

/// The level of the tasks of a group, and of what stands behind them.
const TASK: u8 = 5;

fn level(section: &Section) -> u8 {
    match section.blocks.first().map(|block| &block.kind) {
        // What opens a section of the drafter's is a heading, or set as one.
        Some(kind) if section.role() == Role::Own => {
            let by_number = Heading::number(&kind.plain()).map(Heading::level_of);
            let by_style = match kind {
                BlockKind::Heading(heading) => heading.level.min(BODY - 1),
                _ => BODY,
            };
            by_style.min(by_number.unwrap_or(BODY))
        }
        Some(BlockKind::Heading(heading)) => heading.level.min(BODY - 1),
        _ if section.role() == Role::OtherTasks => TASK,
        _ => BODY,
    }
}

/// The outline of a document.
pub(crate) fn outline(sections: &[Section]) -> Vec<Standing> {
    outline_of(sections, |_| true)
}

/// The outline of a document without the headings that do not stay: nothing stands below them
/// when they are gone.
fn outline_of(sections: &[Section], stays: impl Fn(usize) -> bool) -> Vec<Standing> {
    let mut open: Vec<(u8, usize)> = Vec::new();
    let stand = |(at, section): (usize, &Section)| {
        let level = level(section);
        if !stays(at) {
            let parent = open.iter().rev().find(|&&(above, _)| above < level);
            return Standing { level, parent: parent.map(|&(_, at)| at) };
        }
        while open.last().is_some_and(|&(above, _)| above >= level) {
            open.pop();
        }
        let parent = open.last().map(|&(_, at)| at);
        if opens(section, level) {
            open.push((level, at));
        }
        Standing { level, parent }
    };
    sections.iter().enumerate().map(stand).collect()
}

/// A section of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Placed {
    /// An edited section.
    Edited {
        /// Its index.
        at: usize,
        /// Whether it changes place.
        travel: Travel,
        /// Why it does not, though the catalogue moved it.
        held: Option<Held>,
    },
    /// A section that only fresh has.
    Added(usize),
    /// A section of fresh that edited lacks and does not get: people deleted it, or a heading
    /// that it stands below.
    Deleted(usize),
}

/// Why a section stays where it is, though the catalogue moved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Its heading is gone: to a reader it is text of the section above.
    Headless,
    /// A heading that it would come below is gone.
    Homeless,
}

/// Whether the catalogue moved a section, and it goes there.
type Move = Option<Result<(), Held>>;

/// Puts the sections in order.
///
/// Edited's outline stands, except for what the catalogue moved or added: that comes below the
/// heading that it has in fresh, behind the one before it there, and takes along what edited has
/// below it. `stays` tells which edited sections the catalogue does not take away.
pub(super) fn arrange(sides: &Sides, stays: &[bool]) -> Vec<Placed> {
    let outlines = Outlines {
        sides,
        stays,
        base: outline_of(sides.base, |at| sides.base_to_fresh[at].is_some()),
        edited: outline_of(sides.edited, |at| stays[at]),
        fresh: outline(sides.fresh),
    };
    let mut moves = outlines.moves();
    let mut placed = outlines.placed(&moves);
    let is_edited = |placed: &&Placed| matches!(placed, Placed::Edited { .. });
    if placed.iter().filter(is_edited).count() < sides.edited.len() {
        // Some would come below each other: people changed the levels of their headings.
        for moved in moves.iter_mut().flatten() {
            *moved = Err(Held::Homeless);
        }
        placed = outlines.placed(&moves);
    }
    placed
}

/// The three sides, and their outlines.
struct Outlines<'s, 'd> {
    sides: &'s Sides<'d>,
    /// Which sections of edited stay.
    stays: &'s [bool],
    base: Vec<Standing>,
    edited: Vec<Standing>,
    fresh: Vec<Standing>,
}

impl Outlines<'_, '_> {
    /// For each section of fresh, whether the catalogue moved it: below another heading, or
    /// among its neighbours there.
    fn moves(&self) -> Vec<Move> {
        let mut moves: Vec<Move> =
            (0..self.fresh.len()).map(|at| self.leaves_home(at)).collect();
        // Below each heading the fewest that explain the new order.
        let mut siblings: BTreeMap<Option<usize>, Vec<usize>> = BTreeMap::new();
        for at in self.sides.base_to_fresh.iter().copied().flatten() {
            if self.keeps_home(at) && self.is_home(at) {
                siblings.entry(self.fresh[at].parent).or_default().push(at);
            }
        }
        let ends = ends(&self.fresh);
        for siblings in siblings.values() {
            // Each counts as often as there are sections in it.
            let order: Vec<usize> =
                siblings.iter().flat_map(|&at| at..ends[at]).collect();
            let kept = longest_increasing(&order);
            let kept: BTreeSet<usize> = order
                .iter()
                .zip(kept)
                .filter(|(_, kept)| *kept)
                .map(|(at, _)| *at)
                .collect();
            for &at in siblings.iter().filter(|at| !kept.contains(at)) {
                moves[at] = Some(Ok(()));
            }
        }
        self.reunite(&mut moves);
        moves
    }

    /// Whether a section of fresh comes below another heading than in base.
    fn leaves_home(&self, at: usize) -> Move {
        let in_edited = self.sides.fresh_to_edited[at]?;
        let in_base = self.sides.fresh_to_base[at]?;
        if self.keeps_home(at) {
            return None;
        }
        if self.is_headless(at) {
            return Some(Err(Held::Headless));
        }
        // Text without a heading goes only from where it was.
        let is_body = self.fresh[at].level == BODY;
        let above = self.edited[in_edited].parent.map(|at| self.sides.to_base[at]);
        if is_body && above != self.base[in_base].parent.map(Some) {
            return None;
        }
        match self.is_homeless(at) {
            true if is_body => None,
            true => Some(Err(Held::Homeless)),
            false => Some(Ok(())),
        }
    }

    /// Lets text without a heading follow the one that it belongs below, where only the
    /// drafter's own headings stand between them.
    fn reunite(&self, moves: &mut [Move]) {
        let goes = self.goes(moves);
        let mut heading = None;
        for (in_edited, standing) in self.edited.iter().enumerate() {
            let Some(at) = self.sides.to_fresh[in_edited] else { continue };
            if standing.level < BODY {
                heading = Some(in_edited);
            } else if self.keeps_home(at)
                && let Some(home) = heading
                && self.sides.to_fresh[home] == self.fresh[at].parent
                && goes[home] != goes[in_edited]
            {
                moves[at] = Some(Ok(()));
            }
        }
    }

    /// The section of fresh that moves and takes each edited section along, or is it.
    fn goes(&self, moves: &[Move]) -> Vec<Option<usize>> {
        let mut goes: Vec<Option<usize>> = Vec::with_capacity(self.edited.len());
        for (at, standing) in self.edited.iter().enumerate() {
            let moves = |at: &usize| moves[*at] == Some(Ok(()));
            let along = standing.parent.and_then(|at| goes[at]);
            goes.push(self.sides.to_fresh[at].filter(moves).or(along));
        }
        goes
    }

    /// Tells whether a section of fresh stands below the heading that it had in base.
    fn keeps_home(&self, at: usize) -> bool {
        let was = self.sides.fresh_to_base[at].map(|at| self.base[at].parent);
        was.is_some_and(|was| {
            was.map(|at| self.sides.base_to_fresh[at]) == self.fresh[at].parent.map(Some)
        })
    }

    /// Tells whether edited has a section of fresh below the heading that it belongs below.
    fn is_home(&self, at: usize) -> bool {
        let above = self.fresh[at].parent.map(|at| self.sides.fresh_to_edited[at]);
        let is = |at: usize| self.edited[at].parent.map(Some) == above;
        self.sides.fresh_to_edited[at].is_some_and(is) && !self.is_headless(at)
    }

    /// Tells whether people took away the heading of a section, and left what it had below it.
    fn is_headless(&self, at: usize) -> bool {
        let was = self.sides.fresh_to_base[at].map(|at| self.base[at].level);
        let is = self.sides.fresh_to_edited[at].map(|at| self.edited[at].level);
        let had_heading = was.is_some_and(|level| level < BODY);
        had_heading && is == Some(BODY) && self.fresh[at].level < BODY
    }

    /// Tells whether a heading above a section of fresh was in base, and is gone.
    fn is_homeless(&self, at: usize) -> bool {
        let above = successors(self.fresh[at].parent, |&at| self.fresh[at].parent);
        above.into_iter().any(|at| {
            let is_gone = self.sides.fresh_to_edited[at].is_none();
            self.sides.fresh_to_base[at].is_some() && is_gone || self.is_headless(at)
        })
    }

    /// The sections in the order of the result.
    fn placed(&self, moves: &[Move]) -> Vec<Placed> {
        let mut tree = self.standing(moves);
        // The node of each section of fresh, and the last one placed below each.
        let mut nodes: Vec<usize> = Vec::with_capacity(self.fresh.len());
        let mut last: Vec<Option<usize>> = vec![None; self.fresh.len() + 1];
        for (at, standing) in self.fresh.iter().enumerate() {
            let above = standing.parent.map_or(0, |at| at + 1);
            let parent = standing.parent.map_or(TOP, |at| nodes[at]);
            let node = if let Some(edited) = self.sides.fresh_to_edited[at] {
                edited + 1
            } else {
                let was_there = self.sides.fresh_to_base[at].is_some();
                let is_gone = was_there || self.is_homeless(at);
                let what = if is_gone { Placed::Deleted(at) } else { Placed::Added(at) };
                let opens = opens(&self.sides.fresh[at], standing.level);
                tree.add(what, Rank { level: standing.level, opens, is_own: false })
            };
            if tree.nodes[node].parent.is_none() {
                tree.insert(parent, last[above], node);
            }
            if tree.nodes[node].parent == Some(parent) {
                last[above] = Some(node);
            }
            nodes.push(node);
        }
        let mut placed = self.with_removed(tree.flatten(), moves);
        self.tell(&mut placed, moves);
        placed
    }

    /// Puts what the catalogue removes behind what stood before it in edited and does not move.
    fn with_removed(&self, placed: Vec<Placed>, moves: &[Move]) -> Vec<Placed> {
        let goes = self.goes(moves);
        let mut removed: BTreeMap<Option<usize>, Vec<Placed>> = BTreeMap::new();
        let mut before = None;
        for (at, stays) in self.stays.iter().enumerate() {
            if !stays {
                let what = Placed::Edited { at, travel: Travel::None, held: None };
                removed.entry(before).or_default().push(what);
            } else if goes[at].is_none() {
                before = Some(at);
            }
        }
        let mut out = removed.remove(&None).unwrap_or_default();
        for section in placed {
            out.push(section);
            if let Placed::Edited { at, .. } = section {
                out.extend(removed.remove(&Some(at)).unwrap_or_default());
            }
        }
        out
    }

    /// Edited's outline, without the sections that move: node 0 stands above everything, node
    /// `at + 1` is the edited section.
    fn standing(&self, moves: &[Move]) -> Tree {
        let mut tree = Tree::default();
        for (at, standing) in self.edited.iter().enumerate() {
            let to_fresh = self.sides.to_fresh[at];
            let level = match to_fresh {
                Some(at) if !self.is_headless(at) => self.fresh[at].level,
                _ => standing.level,
            };
            let what = Placed::Edited { at, travel: Travel::None, held: None };
            let opens = opens(&self.sides.edited[at], level);
            let node = tree.add(what, Rank { level, opens, is_own: to_fresh.is_none() });
            if self.stays[at] && to_fresh.is_none_or(|at| moves[at] != Some(Ok(()))) {
                tree.append(standing.parent.map_or(TOP, |at| at + 1), node);
            }
        }
        tree
    }

    /// Writes down which edited sections change place, and why others do not.
    fn tell(&self, placed: &mut [Placed], moves: &[Move]) {
        let of = |at: usize| self.sides.to_fresh[at].and_then(|at| moves[at]);
        let goes = self.goes(moves);
        let strays = out_of_order(placed, &goes);
        for section in placed {
            let Placed::Edited { at, travel, held } = section else { continue };
            *held = of(*at).and_then(Result::err);
            let root = self.sides.to_fresh[*at].filter(|at| moves[*at] == Some(Ok(())));
            let was_above = self.edited[*at].parent.map(|at| self.sides.to_fresh[at]);
            let has_other_home = root.is_some_and(|at| {
                self.fresh[at].level < BODY
                    && was_above != self.fresh[at].parent.map(Some)
            });
            *travel = match (strays.contains(at), root) {
                (false, _) if !has_other_home => Travel::None,
                (true, None) => Travel::Along,
                _ => Travel::Moved,
            };
        }
    }
}

/// Tells whether others stand below the heading of a section.
fn opens(section: &Section, level: u8) -> bool {
    // What stands behind the tasks has no heading that others could stand under.
    level < BODY && section.role() != Role::OtherTasks
}

/// Behind which section what stands below each one ends.
fn ends(outline: &[Standing]) -> Vec<usize> {
    let mut ends: Vec<usize> = (1..=outline.len()).collect();
    for (at, standing) in outline.iter().enumerate().rev() {
        if let Some(parent) = standing.parent {
            ends[parent] = ends[parent].max(ends[at]);
        }
    }
    ends
}

/// The node above everything.
const TOP: usize = 0;

/// The outline of the result, while it is put together.
struct Tree {
    nodes: Vec<Node>,
}

/// A section of the result.
#[derive(Default)]
struct Node {
    what: Option<Placed>,
    rank: Rank,
    parent: Option<usize>,
    next: Option<usize>,
    first: Option<usize>,
    last: Option<usize>,
}

/// What decides which sections stand before another one below the same heading.
#[derive(Default, Clone, Copy)]
struct Rank {
    level: u8,
    /// Whether others stand below its heading.
    opens: bool,
    /// Whether fresh does not have it.
    is_own: bool,
}

impl Rank {
    /// Whether it comes before one that is to follow what stands before both: as the drafter's
    /// own does, which follows what they wrote it behind, unless it would get below a heading of
    /// less weight; and whatever would get below the other's heading.
    fn goes_first(self, new: Self) -> bool {
        self.is_own && self.level >= new.level || new.opens && self.level > new.level
    }
}

impl Default for Tree {
    fn default() -> Self {
        Self { nodes: vec![Node::default()] }
    }
}

impl Tree {
    fn add(&mut self, what: Placed, rank: Rank) -> usize {
        self.nodes.push(Node { what: Some(what), rank, ..Node::default() });
        self.nodes.len() - 1
    }

    /// Puts a node below another one, behind all that is there.
    fn append(&mut self, parent: usize, node: usize) {
        self.link(parent, self.nodes[parent].last, node);
    }

    /// Puts a node below another one, behind one that is there, or first.
    fn insert(&mut self, parent: usize, mut behind: Option<usize>, node: usize) {
        let rank = self.nodes[node].rank;
        let next = |tree: &Self, behind: Option<usize>| match behind {
            Some(at) => tree.nodes[at].next,
            None => tree.nodes[parent].first,
        };
        while let Some(at) = next(self, behind)
            && self.nodes[at].rank.goes_first(rank)
        {
            behind = Some(at);
        }
        self.link(parent, behind, node);
    }

    fn link(&mut self, parent: usize, behind: Option<usize>, node: usize) {
        self.nodes[node].parent = Some(parent);
        let next = match behind {
            Some(at) => self.nodes[at].next.replace(node),
            None => self.nodes[parent].first.replace(node),
        };
        self.nodes[node].next = next;
        if next.is_none() {
            self.nodes[parent].last = Some(node);
        }
    }

    /// Reads off all that stands below the top.
    fn flatten(&self) -> Vec<Placed> {
        let mut placed = Vec::with_capacity(self.nodes.len());
        let mut open = vec![TOP];
        while let Some(at) = open.pop() {
            let node = &self.nodes[at];
            placed.extend(node.what);
            open.extend(node.next);
            open.extend(node.first);
        }
        placed
    }
}

/// The edited sections that change place: the others stand in edited's order. What
/// travels does, unless it was where it goes.
fn out_of_order(placed: &[Placed], goes: &[Option<usize>]) -> BTreeSet<usize> {
    let order = placed.iter().filter_map(|placed| match placed {
        Placed::Edited { at, .. } => Some(*at),
        _ => None,
    });
    let order: Vec<usize> = order.collect();
    let stays = |at: usize| goes[at].is_none();
    // The last section before, and the first one behind, of those that stay.
    let mut lowest = vec![None; order.len()];
    let mut last = None;
    for (place, &at) in order.iter().enumerate() {
        lowest[place] = last;
        last = last.max(stays(at).then_some(at));
    }
    let mut next = usize::MAX;
    let mut fitting = Vec::new();
    for (place, &at) in order.iter().enumerate().rev() {
        if stays(at) {
            next = next.min(at);
        }
        if stays(at) || (lowest[place] < Some(at) && at < next) {
            fitting.push(at);
        }
    }
    fitting.reverse();
    let kept = longest_increasing(&fitting);
    let kept: BTreeSet<usize> =
        fitting.iter().zip(kept).filter(|(_, keeps)| *keeps).map(|(at, _)| *at).collect();
    order.into_iter().filter(|at| !kept.contains(at)).collect()
}
