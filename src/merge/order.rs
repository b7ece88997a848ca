//! The order of the sections: where the catalogue moves some, adds some, and what stays put.

use std::collections::BTreeMap;

use super::Sides;
use super::align::longest_increasing;
use crate::document::{BlockKind, Section};

/// The level of a section without a heading: it belongs to the one above.
const BODY: u8 = 7;

/// Where a section stands in the outline.
pub(super) struct Standing {
    /// Level of its heading.
    pub(super) level: u8,
    /// The section whose heading it stands under.
    pub(super) parent: Option<usize>,
}

/// The outline of a document.
pub(super) fn outline(sections: &[Section]) -> Vec<Standing> {
    let mut open: Vec<(u8, usize)> = Vec::new();
    let stand = |(at, section): (usize, &Section)| {
        let level = match section.blocks.first().map(|block| &block.kind) {
            Some(BlockKind::Heading(heading)) => heading.level.min(BODY - 1),
            _ => BODY,
        };
        while open.last().is_some_and(|&(above, _)| above >= level) {
            open.pop();
        }
        let parent = open.last().map(|&(_, at)| at);
        if level < BODY {
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
        /// Whether the catalogue moved it.
        moved: bool,
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
    let travels = travels(sides, &fresh);
    // Node 0 stands before everything; node `at + 1` is the edited section; then the added.
    let mut nodes: Vec<Node> = Vec::new();
    nodes.resize_with(sides.edited.len() + 1, Node::default);
    let mut last = 0;
    for (at, to_fresh) in sides.to_fresh.iter().enumerate() {
        let Some(to_fresh) = *to_fresh else { continue };
        let node = &mut nodes[at + 1];
        node.what = Some(Placed::Edited { at, moved: false });
        node.level = fresh[to_fresh].level;
        if travels[to_fresh].is_none() {
            nodes[last].next = Some(at + 1);
            last = at + 1;
        }
    }
    follow(&mut nodes, sides, &edited, &travels);
    let mut cursor = 0;
    for at in 0..sides.fresh.len() {
        let node = match sides.fresh_to_edited[at] {
            Some(edited) if travels[at].is_none() => {
                cursor = edited + 1;
                continue;
            }
            Some(edited) => edited + 1,
            None if sides.fresh_to_base[at].is_some() => {
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
    let moved = |at: usize| sides.to_fresh[at].filter(|&at| travels[at] == Some(at));
    flatten(&nodes, sides, |at, before, above| {
        moved(at).is_some_and(|in_fresh| {
            let parent = edited[at].parent.map(|at| sides.to_fresh[at]);
            before != above || parent != fresh[in_fresh].parent.map(Some)
        })
    })
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
/// where the heading above goes.
fn follow(
    nodes: &mut [Node],
    sides: &Sides,
    edited: &[Standing],
    travels: &[Option<usize>],
) {
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
}

/// Reads the nodes off. `is_moved` is asked about a section, the one that now stands before
/// it, and the one that stood before it, of those that both edited and fresh have.
fn flatten(
    nodes: &[Node],
    sides: &Sides,
    is_moved: impl Fn(usize, Option<usize>, Option<usize>) -> bool,
) -> Vec<Placed> {
    let mut above = None;
    let above: Vec<Option<usize>> = (0..sides.edited.len())
        .map(|at| {
            let was = above;
            above = sides.to_fresh[at].map_or(above, |_| Some(at));
            was
        })
        .collect();
    let mut placed = Vec::new();
    let mut before = None;
    let mut next = Some(0);
    while let Some(node) = next.map(|at| &nodes[at]) {
        match node.what {
            Some(Placed::Edited { at, .. }) => {
                let moved = is_moved(at, before, above[at]);
                placed.push(Placed::Edited { at, moved });
                before = Some(at);
            }
            what => placed.extend(what),
        }
        placed
            .extend(node.followers.iter().map(|&at| Placed::Edited { at, moved: false }));
        placed.extend(node.deleted.iter().map(|&at| Placed::Deleted(at)));
        next = node.next;
    }
    placed
}
