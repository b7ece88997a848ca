//! The blocks of one section: aligned on both sides of base, woven into edited's order.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use super::align::{Alignment, Item, Moves, align, complete};
use super::{
    BlockMerge, Body, Change, Conflict, Renames, Renumbered, Words, table, words,
};
use crate::document::role::is_reserved;
use crate::document::{Block, BlockKind, Text, adds_link};
use crate::identity::{Mark, Marked};
use crate::source::folded;

/// Merges the blocks of a section; `marks` are what is known of edited's.
pub(super) fn merge(
    (base, edited, fresh): (&[Block], &[Block], &[Block]),
    renames: &Renames,
    marks: &[Marked],
) -> Vec<Change<BlockMerge, Block>> {
    if is_same(base, fresh) {
        return unchanged(edited);
    }
    if is_same(edited, fresh) {
        let mut same = unchanged(edited);
        link(&mut same, (0..fresh.len()).map(Fate::At));
        same.iter_mut().for_each(link_rows);
        return same;
    }
    let edits = edits(base, edited, marks);
    let updates = updates(base, fresh, |old| {
        edits.to[old].is_some_and(|at| untouched(&base[old..=old], &edited[at..=at]))
    });
    let kept = edited.iter().enumerate().map(|(at, block)| {
        let Some(old) = edits.from[at] else { return Change::Kept(still(at, block)) };
        match updates.to[old] {
            Some(new) => {
                let sides = (&base[old].kind, &block.kind, &fresh[new].kind);
                let rows = marks.get(at).map_or(&[][..], |marked| &marked.rows);
                Change::Kept(one(at, sides, renames, rows))
            }
            None if untouched(&base[old..=old], &edited[at..=at]) => Change::Removed(at),
            None => Change::Kept(BlockMerge {
                conflict: Some(Conflict::Removed),
                ..still(at, block)
            }),
        }
    });
    let twins = twins(&loose(edited), &edits.from, &loose(fresh), &updates.from);
    let fates = fates(&edits, &updates, &twins);
    let mut kept: Vec<_> = kept.collect();
    for (at, words) in halves((base, edited, fresh), &edits, &updates) {
        if let Change::Kept(half) = &mut kept[at] {
            half.body = Body::Text(words);
        }
    }
    for (at, now) in rewritten((base, edited, fresh), &edits, &updates, &twins, marks) {
        if let Change::Kept(own) = &mut kept[at] {
            own.conflict.get_or_insert(Conflict::Rewritten(now));
        }
    }
    link(&mut kept, fates.iter().copied());
    let own = kept.iter_mut().zip(&edits.from).filter(|(_, from)| from.is_none());
    own.for_each(|(twin, _)| link_rows(twin));
    let fresh = fates.into_iter().zip(fresh.iter().cloned());
    weave(kept, fresh, |own, new| {
        nesting(&edited[own]) > nesting(new) && edits.from[own].is_none()
    })
}

/// Which block of base each of fresh is; what the catalogue only moved is another one where
/// people left it alone, and goes to its new place.
fn updates(
    base: &[Block],
    fresh: &[Block],
    is_left_alone: impl Fn(usize) -> bool,
) -> Alignment {
    let (old, new) = (strict(base), strict(fresh));
    let mut found = align(&old, &new, Moves::Cut);
    link_titles(base, fresh, &mut found);
    link_moved(&old, &new, &mut found, is_left_alone);
    found
}

/// Which paragraph or row of base, counted from 0, each of fresh goes on from.
pub(crate) fn lineage(
    base: &[Block],
    fresh: &[Block],
    renames: &Renames,
) -> Vec<Option<usize>> {
    if is_same(base, fresh) {
        return (0..fresh.iter().map(Block::units).sum()).map(Some).collect();
    }
    let starts = base.iter().scan(0, |next, block| {
        let start = *next;
        *next += block.units();
        Some(start)
    });
    let starts: Vec<usize> = starts.collect();
    let from = updates(base, fresh, |_| false).from;
    let units = from.iter().zip(fresh).flat_map(|(old, new)| {
        let Some(old) = *old else { return vec![None; new.units()] };
        match (&base[old].kind, &new.kind) {
            (BlockKind::Table(base), BlockKind::Table(fresh)) => {
                let rows = table::lineage(base, fresh, renames).into_iter();
                rows.map(|row| Some(starts[old] + row?)).collect()
            }
            _ => vec![Some(starts[old])],
        }
    });
    units.collect()
}

/// Which block of base each of edited is: by its mark, else by what it says, or where it stands.
fn edits(base: &[Block], edited: &[Block], marks: &[Marked]) -> Alignment {
    let mut found = Alignment::new(base.len(), edited.len());
    for (at, mark) in marks.iter().enumerate() {
        if let Mark::Of(old) = mark.block
            && found.to.get(old) == Some(&None)
        {
            found.link(old, at);
        }
    }
    let is_open = |at: usize| marks.get(at).is_none_or(|mark| mark.block != Mark::Own);
    complete(&loose(base), &loose(edited), Moves::Follow, &mut found, is_open);
    link_titles(base, edited, &mut found);
    link_tables(base, edited, &mut found);
    found
}

/// Where text of base that nothing of edited is, and that the catalogue changed or removed, may
/// have been written anew: the first of the drafter's own that stands in its place, and what
/// the catalogue says now.
fn rewritten(
    (base, edited, fresh): (&[Block], &[Block], &[Block]),
    edits: &Alignment,
    updates: &Alignment,
    twins: &[Option<usize>],
    marks: &[Marked],
) -> Vec<(usize, Option<String>)> {
    let is_mute = |block: &Block| block.kind.plain().trim().is_empty();
    let is_own = |at: &usize| {
        let mark = marks.get(*at).map_or(Mark::Unknown, |mark| mark.block);
        edits.from[*at].is_none() && mark == Mark::Unknown && !is_mute(&edited[*at])
    };
    let twins: BTreeSet<usize> = twins.iter().flatten().copied().collect();
    let mut found = Vec::new();
    for (lost, place) in edits.between() {
        let before = place.start.checked_sub(1);
        let own = place.filter(is_own).find(|at| !twins.contains(at));
        for old in lost.filter(|&old| edits.to[old].is_none() && !is_mute(&base[old])) {
            // It may go on in the one before.
            let joined = || before.filter(|&at| holds(&edited[at], &base[old]));
            let Some(own) = own.or_else(joined) else { continue };
            let now = updates.to[old].map(|new| fresh[new].kind.said());
            if now.as_ref() != Some(&base[old].kind.said()) {
                found.push((own, now));
            }
        }
    }
    found
}

/// Tells whether a block says all that another one said.
fn holds(block: &Block, other: &Block) -> bool {
    let (all, part) = (block.kind.plain(), other.kind.said());
    let (all, part) = (folded(&all), folded(&part));
    part.contains(' ') && all.contains(&*part)
}

/// What happens to the halves of each text that the drafter cut in two and the catalogue
/// changed: the one that was taken for it, and the drafter's own text beside that.
fn halves(
    (base, edited, fresh): (&[Block], &[Block], &[Block]),
    edits: &Alignment,
    updates: &Alignment,
) -> BTreeMap<usize, Words> {
    let is_text = |block: &Block| {
        use BlockKind::{Item, Paragraph, Quote};
        matches!(block.kind, Paragraph(_) | Item { .. } | Quote(_))
    };
    let is_own = |at: &usize| edits.from.get(*at) == Some(&None) && is_text(&edited[*at]);
    let mut found = BTreeMap::new();
    for (old, at) in edits.to.iter().enumerate() {
        let (Some(at), Some(new)) = (*at, updates.to[old]) else { continue };
        let (was, now) = (text(&base[old].kind), text(&fresh[new].kind));
        if was == now || !is_text(&edited[at]) {
            continue;
        }
        let is_free = |half: &usize| is_own(half) && !found.contains_key(half);
        let after = Some(at + 1).filter(is_free).map(|after| (at, after));
        let before = at.checked_sub(1).filter(is_free).map(|before| (before, at));
        let merged = [after, before].into_iter().flatten().find_map(|(one, two)| {
            let halves = [one, two].map(|half| text(&edited[half].kind));
            let whole = text(&edited[at].kind);
            let [first, second] =
                words::merge_halves(&was, [&halves[0], &halves[1]], &whole, &now)?;
            Some([(one, first), (two, second)])
        });
        found.extend(merged.into_iter().flatten());
    }
    found
}

/// Links what the catalogue only moved, and people wrote in or deleted: it stays with them.
/// What they left alone goes to its new place.
fn link_moved(
    base: &[Item],
    fresh: &[Item],
    updates: &mut Alignment,
    is_left_alone: impl Fn(usize) -> bool,
) {
    let mut places: HashMap<&Item, VecDeque<usize>> = HashMap::new();
    for (new, item) in
        fresh.iter().enumerate().filter(|(at, _)| updates.from[*at].is_none())
    {
        places.entry(item).or_default().push_back(new);
    }
    for (old, item) in base.iter().enumerate() {
        if updates.to[old].is_none()
            && let Some(new) = places.get_mut(item).and_then(VecDeque::pop_front)
            && !is_left_alone(old)
        {
            updates.link(old, new);
        }
    }
}

/// Links the headings that open a section: whatever they say, they are its title.
fn link_titles(one: &[Block], other: &[Block], found: &mut Alignment) {
    let opens = |blocks: &[Block]| match blocks.first() {
        Some(block) => matches!(block.kind, BlockKind::Heading(_)),
        None => false,
    };
    if opens(one) && opens(other) && found.to[0].is_none() && found.from[0].is_none() {
        found.link(0, 0);
    }
}

/// Links the tables that share the id of an entry's row: whatever people wrote over or took
/// out, they are one table.
fn link_tables(base: &[Block], edited: &[Block], found: &mut Alignment) {
    let mut homes: HashMap<(usize, &str), usize> = HashMap::new();
    for (at, block) in edited.iter().enumerate() {
        if found.from[at].is_none() {
            for key in keys(block) {
                homes.entry(key).or_insert(at);
            }
        }
    }
    for (at, block) in base.iter().enumerate() {
        let home = keys(block).find_map(|key| homes.get(&key)).copied();
        if let Some(home) = home
            && found.to[at].is_none()
            && found.from[home].is_none()
        {
            found.link(at, home);
        }
    }
}

/// What a table is known by: its width and the ids of its entries; totals are in many.
fn keys(block: &Block) -> impl Iterator<Item = (usize, &str)> {
    let table = match &block.kind {
        BlockKind::Table(table) => Some(table),
        _ => None,
    };
    table.into_iter().flat_map(|table| {
        let ids = table.rows.iter().filter_map(|row| row.id.as_deref());
        ids.filter(|id| !is_reserved(id)).map(|id| (table.columns.len(), id))
    })
}

/// All blocks as they are.
pub(super) fn unchanged<N>(edited: &[Block]) -> Vec<Change<BlockMerge, N>> {
    let keep = |(at, block)| Change::Kept(still(at, block));
    edited.iter().enumerate().map(keep).collect()
}

/// Tells whether a person left blocks as base has them: where a link leads is their word, too.
pub(super) fn untouched(base: &[Block], edited: &[Block]) -> bool {
    let texts = |blocks| <[Block]>::iter(blocks).flat_map(|block| block.kind.texts());
    reads_alike(base, edited) && !adds_link(texts(base), texts(edited))
}

/// Tells whether blocks say the same, numbers aside.
pub(super) fn reads_alike(one: &[Block], other: &[Block]) -> bool {
    loose(one) == loose(other)
}

fn still(edited: usize, block: &Block) -> BlockMerge {
    let body = match &block.kind {
        BlockKind::Table(table) => Body::Table(table::unchanged(table)),
        _ => Body::Text(Words::default()),
    };
    BlockMerge { edited, fresh: None, renumbered: None, conflict: None, body }
}

/// Merges one block that all three sides have.
fn one(
    at: usize,
    (base, edited, fresh): (&BlockKind, &BlockKind, &BlockKind),
    renames: &Renames,
    rows: &[Mark],
) -> BlockMerge {
    let body = match (base, edited, fresh) {
        (BlockKind::Table(base), BlockKind::Table(edited), BlockKind::Table(fresh)) => {
            Body::Table(table::merge((base, edited, fresh), renames, rows))
        }
        _ => Body::Text(words::merge(&text(base), &text(edited), &text(fresh))),
    };
    BlockMerge {
        edited: at,
        fresh: None,
        renumbered: renumbered(base, edited, fresh),
        conflict: None,
        body,
    }
}

fn renumbered(
    base: &BlockKind,
    edited: &BlockKind,
    fresh: &BlockKind,
) -> Option<Renumbered> {
    let (BlockKind::Heading(base), BlockKind::Heading(edited), BlockKind::Heading(fresh)) =
        (base, edited, fresh)
    else {
        return None;
    };
    let number = if base.number == fresh.number { &edited.number } else { &fresh.number };
    let level = if base.level == fresh.level { edited.level } else { fresh.level };
    (*number != edited.number || level != edited.level).then(|| Renumbered {
        from: edited.number.clone(),
        to: number.clone(),
        level,
    })
}

/// The words of a block; a table has none.
fn text(kind: &BlockKind) -> Cow<'_, Text> {
    match kind {
        BlockKind::Heading(heading) => Cow::Borrowed(&heading.text),
        BlockKind::Paragraph(text)
        | BlockKind::Item { text, .. }
        | BlockKind::Quote(text) => Cow::Borrowed(text),
        BlockKind::Raw(text) => Cow::Owned(Text::from(text.clone())),
        BlockKind::Table(_) => Cow::Owned(Text::default()),
    }
}

/// Depth in lists.
fn nesting(block: &Block) -> u8 {
    match block.kind {
        BlockKind::Item { depth, .. } => depth.saturating_add(1),
        _ => 0,
    }
}

/// Blocks as a person's edits leave them recognisable: an item may become a paragraph, and what
/// reads the same is the same.
fn loose(blocks: &[Block]) -> Vec<Item> {
    let mut items = items(blocks, |kind| match kind {
        BlockKind::Heading(_) => "heading".to_owned(),
        BlockKind::Table(_) => "table".to_owned(),
        BlockKind::Raw(_) => "raw".to_owned(),
        _ => "text".to_owned(),
    });
    for item in &mut items {
        if let Cow::Owned(text) = folded(&item.text) {
            item.text = text;
        }
    }
    items
}

/// Blocks as the catalogue makes them: another shape is another block.
fn strict(blocks: &[Block]) -> Vec<Item> {
    items(blocks, |kind| match kind {
        BlockKind::Heading(_) => "heading".to_owned(),
        BlockKind::Paragraph(_) => "paragraph".to_owned(),
        BlockKind::Item { depth, number, .. } => format!("item {depth} {number:?}"),
        BlockKind::Quote(_) => "quote".to_owned(),
        // How wide its columns are is no part of what a table is.
        BlockKind::Table(table) => format!("table of {} columns", table.columns.len()),
        BlockKind::Raw(_) => "raw".to_owned(),
    })
}

fn items(blocks: &[Block], kind: impl Fn(&BlockKind) -> String) -> Vec<Item> {
    let item = |block: &Block| Item {
        kind: kind(&block.kind),
        text: match &block.kind {
            BlockKind::Table(table) => table::key(table),
            other => text(other).plain(),
        },
    };
    blocks.iter().map(item).collect()
}

/// Tells whether two lists of blocks say the same, numbers and ids included.
pub(super) fn is_same(one: &[Block], other: &[Block]) -> bool {
    let number = |block: &Block| match &block.kind {
        BlockKind::Heading(heading) => Some((heading.number.clone(), heading.level)),
        _ => None,
    };
    let is_one = |(one, other): (&Block, &Block)| {
        one.kind == other.kind
            || (strict(std::slice::from_ref(one)) == strict(std::slice::from_ref(other))
                && number(one) == number(other))
    };
    one.len() == other.len() && one.iter().zip(other).all(is_one)
}

/// What becomes of an item of fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Edited has it, at this index.
    At(usize),
    /// It is new.
    Added,
    /// The drafter deleted it.
    Deleted,
}

/// What becomes of each item of fresh; `twins` are items that both sides added.
pub(super) fn fates(
    edits: &Alignment,
    updates: &Alignment,
    twins: &[Option<usize>],
) -> Vec<Fate> {
    let fate = |(old, twin): (&Option<usize>, &Option<usize>)| match (old, twin) {
        (Some(old), _) => edits.to[*old].map_or(Fate::Deleted, Fate::At),
        (None, Some(at)) => Fate::At(*at),
        (None, None) => Fate::Added,
    };
    updates.from.iter().zip(twins).map(fate).collect()
}

/// What stays of edited, and knows which item of fresh it is.
pub(super) trait Linked {
    /// Tells it.
    fn link(&mut self, fresh: usize);
}

impl Linked for BlockMerge {
    fn link(&mut self, fresh: usize) {
        self.fresh = Some(fresh);
    }
}

/// Tells what stays of edited which item of fresh it is.
pub(super) fn link<K: Linked, N>(
    kept: &mut [Change<K, N>],
    fates: impl Iterator<Item = Fate>,
) {
    for (fresh, fate) in fates.enumerate() {
        if let Fate::At(at) = fate
            && let Some(Change::Kept(item)) = kept.get_mut(at)
        {
            item.link(fresh);
        }
    }
}

/// The rows of a table that reads as fresh's does.
fn link_rows<N>(change: &mut Change<BlockMerge, N>) {
    let Change::Kept(block) = change else { return };
    let Body::Table(rows) = &mut block.body else { return };
    if block.fresh.is_some() {
        let count = rows.len();
        link(rows, (0..count).map(Fate::At));
    }
}

/// For each item that only fresh has: an item of the drafter's own that reads the same.
pub(super) fn twins(
    edited: &[Item],
    edited_from: &[Option<usize>],
    fresh: &[Item],
    fresh_from: &[Option<usize>],
) -> Vec<Option<usize>> {
    let mut own: HashMap<&Item, VecDeque<usize>> = HashMap::new();
    for (at, item) in
        edited.iter().enumerate().filter(|(at, _)| edited_from[*at].is_none())
    {
        own.entry(item).or_default().push_back(at);
    }
    let twin = |(item, from): (&Item, &Option<usize>)| match from {
        None => own.get_mut(item).and_then(VecDeque::pop_front),
        Some(_) => None,
    };
    fresh.iter().zip(fresh_from).map(twin).collect()
}

/// Weaves what fresh adds into edited's order, each item behind its predecessor in fresh,
/// and behind what is removed there or what it `passes`.
pub(super) fn weave<K, N>(
    kept: Vec<Change<K, N>>,
    fresh: impl Iterator<Item = (Fate, N)>,
    passes: impl Fn(usize, &N) -> bool,
) -> Vec<Change<K, N>> {
    let mut woven: Vec<Vec<Change<K, N>>> = Vec::new();
    woven.resize_with(kept.len() + 1, Vec::new);
    let mut cursor = 0;
    for (fate, new) in fresh {
        match fate {
            Fate::At(at) => cursor = at + 1,
            Fate::Deleted => woven[cursor].push(Change::Deleted(new)),
            Fate::Added => {
                while let Some(change) = kept.get(cursor)
                    && (matches!(change, Change::Removed(_)) || passes(cursor, &new))
                {
                    cursor += 1;
                }
                woven[cursor].push(Change::Added(new));
            }
        }
    }
    let mut woven = woven.into_iter();
    let mut out: Vec<Change<K, N>> = woven.next().unwrap_or_default();
    for (change, behind) in kept.into_iter().zip(woven) {
        out.push(change);
        out.extend(behind);
    }
    out
}
