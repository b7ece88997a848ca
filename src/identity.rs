//! Who is who between a plan as it was generated and as people edited it.

mod names;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Document, Section};
use crate::merge::Renames;
pub use names::Names;

/// What the reader of a file knows of its blocks: of each section of edited, of each block.
/// Empty where the file marks nothing below the section, as Markdown does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks(pub Vec<Vec<Marked>>);

/// What is known of a block and of its rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marked {
    /// Which block of its section of base it is.
    pub block: Mark,
    /// One entry a row of a table: which row of that block it is.
    pub rows: Vec<Mark>,
}

/// What a mark says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mark {
    /// Nothing: there is none.
    #[default]
    Unknown,
    /// It is the drafter's own, however it reads: a copy, the second half of a paragraph, or
    /// something from another section.
    Own,
    /// It is this item of base.
    Of(usize),
}

impl Mark {
    /// The item of base.
    pub(crate) fn base(self) -> Option<usize> {
        match self {
            Self::Of(at) => Some(at),
            Self::Unknown | Self::Own => None,
        }
    }
}

impl Marks {
    /// What is known of the blocks of a section.
    pub(crate) fn of(&self, section: usize) -> &[Marked] {
        self.0.get(section).map_or(&[], Vec::as_slice)
    }
}

/// The place in base of each section of fresh that goes on from one there, by its id.
fn heirs(
    base: &Document,
    fresh: &Document,
    renames: &Renames,
) -> BTreeMap<String, usize> {
    let in_fresh: BTreeSet<&str> =
        fresh.sections.iter().filter_map(|section| section.id.as_deref()).collect();
    let mut heirs = BTreeMap::new();
    for (at, section) in base.sections.iter().enumerate() {
        let Some(id) = &section.id else { continue };
        let now = renames.now(id, |id| in_fresh.contains(id));
        if in_fresh.contains(&*now) {
            heirs.entry(now).or_insert(at);
        }
    }
    heirs
}

/// Takes over into base the sections that only fresh has, and the file already: an update of
/// another copy of the plan brought them. `is_marked` tells whether a bookmark stands in the file.
pub(crate) fn take_over(
    base: &mut Document,
    fresh: &Document,
    names: &mut Names,
    fresh_names: &Names,
    renames: &Renames,
    is_marked: impl Fn(&str) -> bool,
) {
    let heirs = heirs(base, fresh, renames);
    // Behind what of base each one comes.
    let mut new: BTreeMap<usize, Vec<Section>> = BTreeMap::new();
    let mut last = 0;
    for section in &fresh.sections {
        let Some(id) = &section.id else { continue };
        if let Some(&at) = heirs.get(id) {
            last = at + 1;
        } else if fresh_names.bookmark(id, 1).is_some_and(|name| is_marked(&name)) {
            names.adopt(id, fresh_names);
            new.entry(last).or_default().push(section.clone());
        }
    }
    if new.is_empty() {
        return;
    }
    let old = std::mem::take(&mut base.sections);
    base.sections.extend(new.remove(&0).unwrap_or_default());
    for (at, section) in old.into_iter().enumerate() {
        base.sections.push(section);
        base.sections.extend(new.remove(&(at + 1)).unwrap_or_default());
    }
}

/// Something of edited that says which item of base it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Claim {
    /// The item.
    pub(crate) item: usize,
    /// Whether it says so by the name that khung gave it, not by that of a copy.
    pub(crate) own: bool,
}

/// Whether what says to be an item is it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is.
    Original,
    /// It is a copy: another one stands between the neighbours that the item had.
    Copy,
    /// It stands between them, too, behind another one: nobody knows which is the copy.
    Contested,
}

/// Of several that say to be one item, which is it: the one between the neighbours that it had
/// in base; the first, if that is true of more. `claims` are in the order of the text.
pub(crate) fn judge(claims: &[Claim]) -> Vec<Verdict> {
    let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, claim) in claims.iter().enumerate() {
        places.entry(claim.item).or_default().push(at);
    }
    let is_alone = |at: usize| places[&claims[at].item].len() == 1;
    // What stands on both sides of each, with those that stand with it more than once.
    let mut fits = vec![0; claims.len()];
    let mut from = 0;
    while from < claims.len() {
        let mut to = from + 1;
        while to < claims.len()
            && !is_alone(from)
            && !is_alone(to)
            && claims[to - 1].item < claims[to].item
        {
            to += 1;
        }
        let before = from.checked_sub(1).filter(|&at| is_alone(at));
        let follows = before.is_none_or(|at| claims[at].item < claims[from].item);
        let after = Some(to).filter(|&at| at < claims.len() && is_alone(at));
        let leads = after.is_none_or(|at| claims[to - 1].item < claims[at].item);
        fits[from..to].fill(usize::from(follows) + usize::from(leads));
        from = to;
    }
    let mut verdicts = vec![Verdict::Original; claims.len()];
    for places in places.values().filter(|places| places.len() > 1) {
        let rank = |at: usize| (claims[at].own, fits[at]);
        let original = places.iter().copied().max_by_key(|&at| (rank(at), Reverse(at)));
        for &at in places.iter().filter(|&&at| Some(at) != original) {
            let is_contested = original.map(rank) == Some(rank(at));
            verdicts[at] = if is_contested { Verdict::Contested } else { Verdict::Copy };
        }
    }
    verdicts
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdicts on items, one letter each: `o`, `c` for a copy, `?` where nobody knows.
    fn judged(items: &[usize]) -> String {
        let claims: Vec<Claim> =
            items.iter().map(|&item| Claim { item, own: true }).collect();
        let letter = |verdict| match verdict {
            Verdict::Original => 'o',
            Verdict::Copy => 'c',
            Verdict::Contested => '?',
        };
        judge(&claims).into_iter().map(letter).collect()
    }

    #[test]
    fn of_two_copies_the_one_between_its_neighbours_is_the_original() {
        let rows: [(&[usize], &str); 6] = [
            (&[0, 1, 2, 3], "oooo"),
            // Copied to the end, and to the front.
            (&[0, 1, 2, 3, 1], "ooooc"),
            (&[2, 0, 1, 2, 3], "coooo"),
            (&[0, 1, 2, 3, 1, 2, 9], "oooocco"),
            // Behind the original: both are between 0 and 3.
            (&[0, 1, 2, 1, 2, 3], "ooo??o"),
            // All of it twice.
            (&[0, 1, 2, 0, 1, 2], "ooo???"),
        ];
        for (items, expected) in rows {
            assert_eq!(judged(items), expected, "{items:?}");
        }
        // An office that renames what it copies says itself which is the copy.
        let claims = [(0, true), (2, true), (1, true), (2, false)]
            .map(|(item, own)| Claim { item, own });
        let copy = Verdict::Copy;
        let original = Verdict::Original;
        assert_eq!(judge(&claims), [original, original, original, copy]);
    }
}
