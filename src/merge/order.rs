//! The order of the sections: where the catalogue moves some, adds some, and what stays put.

use std::collections::{BTreeMap, BTreeSet};

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
    let mut open: Vec<(u8, usize)> = Vec::new();
    let stand = |(at, section): (usize, &Section)| {
        let level = level(section);
        while open.last().is_some_and(|&(above, _)| above >= level) {
            open.pop();
        }
        let parent = open.last().map(|&(_, at)| at);
        // What stands behind the tasks has no heading that others could stand under.
        if level < BODY && section.role() != Role::OtherTasks {
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
        /// Whether the catalogue moved it, and it stays with the text above because its
        /// heading is gone.
        headless: bool,
    },
    /// A section that only fresh has.
    Added(usize),
    /// A section of base and fresh that edited lacks.
    Deleted(usize),
}

/// A section that fresh has, and what goes with it.
#[derive(Default)]
struct Node {
    what: Option<Placed>,
    level: u8,
    /// Edited sections that fresh does not have, and that stay behind this one.
    followers: Vec<usize>,
    deleted: Vec<usize>,
    next: Option<usize>,
}

/// Puts the sections in order.
///
/// Edited's order stands, except for what the catalogue moved or added: that comes behind its
/// predecessor in fresh. What fresh does not have stays behind its predecessor in edited, of
/// those that go where its heading goes.
pub(super) fn arrange(sides: &Sides) -> Vec<Placed> {
    let (edited, fresh) = (outline(sides.edited), outline(sides.fresh));
    let moved = travels(sides, &fresh);
    let all = sides;
    let sides = &without_headless(sides, &fresh);
    let travels = travels(sides, &fresh);
    // Node 0 stands before everything; node `at + 1` is the edited section; then the added.
    let mut nodes: Vec<Node> = Vec::new();
    nodes.resize_with(sides.edited.len() + 1, Node::default);
    let mut last = 0;
    for (at, to_fresh) in sides.to_fresh.iter().enumerate() {
        let Some(to_fresh) = *to_fresh else { continue };
        let node = &mut nodes[at + 1];
        node.what = Some(Placed::Edited { at, travel: Travel::None, headless: false });
        node.level = fresh[to_fresh].level;
        if travels[to_fresh].is_none() {
            nodes[last].next = Some(at + 1);
            last = at + 1;
        }
    }
    let homes = follow(&mut nodes, sides, &edited, &travels);
    let mut cursor = 0;
    for at in 0..sides.fresh.len() {
        let node = match sides.fresh_to_edited[at] {
            Some(edited) if travels[at].is_none() => {
                cursor = edited + 1;
                continue;
            }
            Some(edited) => edited + 1,
            None if all.fresh_to_edited[at].is_some() => continue,
            None if sides.fresh_to_base[at].is_some() => {
                nodes[cursor].deleted.push(at);
                continue;
            }
            None if is_homeless(at, &fresh, all) => {
                nodes[cursor].deleted.push(at);
                continue;
            }
            None => {
                let what = Some(Placed::Added(at));
                nodes.push(Node { what, level: fresh[at].level, ..Node::default() });
                nodes.len() - 1
            }
        };
        insert(&mut nodes, cursor, node, &edited);
        cursor = node;
    }
    let mut placed = flatten(&nodes);
    let strays = out_of_order(&placed, &homes);
    for section in &mut placed {
        let Placed::Edited { at, travel, headless } = section else { continue };
        *headless = sides.to_fresh[*at].is_none()
            && all.to_fresh[*at]
                .is_some_and(|in_fresh| moved[in_fresh] == Some(in_fresh));
        let is_root = |in_fresh: &usize| travels[*in_fresh] == Some(*in_fresh);
        let root = sides.to_fresh[*at].filter(is_root);
        let above = |in_fresh: usize| fresh[in_fresh].parent;
        let was_above = edited[*at].parent.map(|at| sides.to_fresh[at]);
        let has_other_home =
            root.is_some_and(|in_fresh| was_above != above(in_fresh).map(Some));
        *travel = match (strays.contains(at), root) {
            (false, _) if !has_other_home => Travel::None,
            (true, None) => Travel::Along,
            _ => Travel::Moved,
        };
    }
    placed
}

/// Tells whether a section that fresh adds stands below a heading that base has, and edited not.
fn is_homeless(at: usize, fresh: &[Standing], sides: &Sides) -> bool {
    let above = std::iter::successors(fresh[at].parent, |&at| fresh[at].parent);
    above.into_iter().any(|at| {
        sides.fresh_to_base[at].is_some() && sides.fresh_to_edited[at].is_none()
    })
}

/// The sides, but for sections whose heading the drafter took away: to a reader they are text
/// of the section above, and follow it.
fn without_headless<'d>(sides: &Sides<'d>, fresh: &[Standing]) -> Sides<'d> {
    let mut sides = sides.clone();
    let mut headless = vec![false; fresh.len()];
    for (at, standing) in fresh.iter().enumerate() {
        let Some(edited) = sides.fresh_to_edited[at] else { continue };
        headless[at] = if standing.level == BODY {
            standing.parent.is_some_and(|parent| headless[parent])
        } else {
            let had_heading = |at: usize| level(&sides.base[at]) < BODY;
            sides.fresh_to_base[at].is_some_and(had_heading)
                && level(&sides.edited[edited]) == BODY
        };
        if headless[at] {
            (sides.fresh_to_edited[at], sides.to_fresh[edited]) = (None, None);
        }
    }
    sides
}

/// The edited sections that change place: the others stand in edited's order. What
/// travels does, unless it was where it goes.
fn out_of_order(placed: &[Placed], homes: &[Option<usize>]) -> BTreeSet<usize> {
    let order = placed.iter().filter_map(|placed| match placed {
        Placed::Edited { at, .. } => Some(*at),
        _ => None,
    });
    let order: Vec<usize> = order.collect();
    let stays = |at: usize| homes[at].is_none();
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

/// Inserts a node behind another one and its followers; those whose heading stands above the
/// node's come after the node, so that it does not get under their heading.
fn insert(nodes: &mut [Node], cursor: usize, node: usize, edited: &[Standing]) {
    let level = nodes[node].level;
    let followers = &mut nodes[cursor].followers;
    let go = match followers.iter().position(|&at| edited[at].level < level) {
        None => Vec::new(),
        Some(0) => std::mem::take(followers),
        Some(stay) => followers.split_off(stay),
    };
    if nodes[node].followers.is_empty() {
        nodes[node].followers = go;
    } else {
        nodes[node].followers.extend(go);
    }
    nodes[node].next = nodes[cursor].next.replace(node);
}

/// For each fresh section the one that the catalogue moved and that takes it along: itself,
/// or the one whose heading it stands under; none for what stays where it was.
fn travels(sides: &Sides, fresh: &[Standing]) -> Vec<Option<usize>> {
    let base = outline(sides.base);
    let parent_was = |at: usize| {
        let in_base = sides.fresh_to_base[at]?;
        base[in_base].parent.and_then(|at| sides.base_to_fresh[at])
    };
    let is_shared = |at: usize| sides.fresh_to_base[at].is_some();
    // Text without a heading has no home of its own: it stands below whatever is above it.
    let left_home = |at: usize| {
        is_shared(at) && fresh[at].level < BODY && fresh[at].parent != parent_was(at)
    };
    let mut moves: Vec<bool> = (0..fresh.len()).map(left_home).collect();
    let roots = |moves: &[bool]| {
        let mut roots: Vec<Option<usize>> = vec![None; fresh.len()];
        for at in (0..fresh.len()).filter(|&at| is_shared(at)) {
            let along = fresh[at].parent.filter(|_| fresh[at].parent == parent_was(at));
            let along = along.and_then(|parent| roots[parent]);
            roots[at] = along.or_else(|| moves[at].then_some(at));
        }
        roots
    };
    // Of the others the fewest that explain the new order.
    let first = roots(&moves);
    let stays = |at: &usize| first[*at].is_none() && sides.fresh_to_edited[*at].is_some();
    let order: Vec<usize> =
        sides.base_to_fresh.iter().flatten().copied().filter(stays).collect();
    for (at, stays) in order.iter().zip(longest_increasing(&order)) {
        moves[*at] |= !stays;
    }
    roots(&moves)
}

/// Lets each edited section that fresh does not have follow the one before it that goes
/// where the heading above goes; gives where each edited section goes.
fn follow(
    nodes: &mut [Node],
    sides: &Sides,
    edited: &[Standing],
    travels: &[Option<usize>],
) -> Vec<Option<usize>> {
    let mut homes: Vec<Option<usize>> = Vec::with_capacity(edited.len());
    // The last node to follow, for each one that takes others along.
    let mut last: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    for (at, standing) in edited.iter().enumerate() {
        let home = match sides.to_fresh[at] {
            Some(in_fresh) => travels[in_fresh],
            None => standing.parent.and_then(|parent| homes[parent]),
        };
        homes.push(home);
        if sides.to_fresh[at].is_some() {
            last.insert(home, at + 1);
        } else {
            let leader = last.get(&home).copied().unwrap_or(0);
            nodes[leader].followers.push(at);
        }
    }
    homes
}

/// Reads the nodes off.
fn flatten(nodes: &[Node]) -> Vec<Placed> {
    let mut placed = Vec::new();
    let mut next = Some(0);
    while let Some(node) = next.map(|at| &nodes[at]) {
        placed.extend(node.what);
        let follower =
            |&at: &usize| Placed::Edited { at, travel: Travel::None, headless: false };
        placed.extend(node.followers.iter().map(follower));
        placed.extend(node.deleted.iter().map(|&at| Placed::Deleted(at)));
        next = node.next;
    }
    placed
}
