//! Which items of one sequence are which items of another: exact, then alike, in order.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput, Interner};

use super::words::{Bag, fills};
use crate::sequence::longest_increasing;

/// Gaps whose shorter side has more items than this are not searched for alike items.
const WIDEST_GAP: usize = 64;
/// Likeness from which two texts count as one text that was edited, in thousandths.
pub(super) const HALF: u32 = 500;

/// A stretch that two sequences do not share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hunk {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// The stretches that differ, in order; no two of them touch.
pub(super) fn diff<T: Copy + Eq + Hash>(before: &[T], after: &[T]) -> Vec<Hunk> {
    let mut interner = Interner::new(before.len() + after.len());
    let mut intern =
        |items: &[T]| items.iter().map(|&item| interner.intern(item)).collect();
    let (before, after) = (intern(before), intern(after));
    let input = InternedInput { before, after, interner };
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_no_heuristic(&input);
    let wide = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks()
        .map(|hunk| Hunk { before: wide(hunk.before), after: wide(hunk.after) })
        .collect()
}

/// One item of a sequence as alignment sees it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Item {
    /// Only items of one kind are ever the same.
    pub(crate) kind: String,
    /// Plain text.
    pub(crate) text: String,
}

/// Who is who between two sequences `a` and `b`.
#[derive(Debug, Clone)]
pub(crate) struct Alignment {
    /// For each item of `a` its item of `b`.
    pub(super) to: Vec<Option<usize>>,
    /// For each item of `b` its item of `a`.
    pub(crate) from: Vec<Option<usize>>,
}

impl Alignment {
    /// Nobody is anybody.
    pub(super) fn new(a: usize, b: usize) -> Self {
        Self { to: vec![None; a], from: vec![None; b] }
    }

    pub(super) fn link(&mut self, a: usize, b: usize) {
        self.to[a] = Some(b);
        self.from[b] = Some(a);
    }

    /// The stretches between the links that are in order, on both sides.
    pub(super) fn between(&self) -> Vec<(Range<usize>, Range<usize>)> {
        let pairs: Vec<(usize, usize)> =
            self.to.iter().enumerate().filter_map(|(a, b)| Some((a, (*b)?))).collect();
        let seconds: Vec<usize> = pairs.iter().map(|(_, b)| *b).collect();
        let keeps = longest_increasing(&seconds);
        let kept = pairs.into_iter().zip(keeps).filter(|(_, keeps)| *keeps);
        let end = (self.to.len(), self.from.len());
        let mut stretches = Vec::new();
        let (mut from_a, mut from_b) = (0, 0);
        for (a, b) in kept.map(|(pair, _)| pair).chain([end]) {
            stretches.push((from_a..a, from_b..b));
            (from_a, from_b) = (a + 1, b + 1);
        }
        stretches
    }

    pub(super) fn unlink(&mut self, a: usize) {
        if let Some(b) = self.to[a].take() {
            self.from[b] = None;
        }
    }
}

/// Whether an item that left its place may be found at another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moves {
    /// A person moved it: it is still the same item.
    Follow,
    /// The catalogue moved it: it is removed here and added there.
    Cut,
}

/// Aligns two sequences.
pub(crate) fn align(a: &[Item], b: &[Item], moves: Moves) -> Alignment {
    let mut found = Alignment::new(a.len(), b.len());
    complete(a, b, moves, &mut found, |_| true);
    found
}

/// Aligns what is not linked yet: between the links that are in order, then, where a person
/// moved something, anywhere. Only items of `b` that are `open` get new links.
pub(super) fn complete(
    a: &[Item],
    b: &[Item],
    moves: Moves,
    found: &mut Alignment,
    open: impl Fn(usize) -> bool,
) {
    let mut gaps = Vec::new();
    for (left, right) in found.between() {
        let left: Vec<usize> = left.filter(|&i| found.to[i].is_none()).collect();
        let right: Vec<usize> =
            right.filter(|&j| found.from[j].is_none() && open(j)).collect();
        let before: Vec<&Item> = left.iter().map(|&i| &a[i]).collect();
        let after: Vec<&Item> = right.iter().map(|&j| &b[j]).collect();
        let hunks = diff(&before, &after);
        let (mut i, mut j) = (0, 0);
        let end =
            Hunk { before: left.len()..left.len(), after: right.len()..right.len() };
        for hunk in hunks.iter().chain([&end]) {
            for (i, j) in (i..hunk.before.start).zip(j..hunk.after.start) {
                found.link(left[i], right[j]);
            }
            (i, j) = (hunk.before.end, hunk.after.end);
        }
        gaps.extend(
            hunks
                .into_iter()
                .map(|hunk| (left[hunk.before].to_vec(), right[hunk.after].to_vec())),
        );
    }
    if moves == Moves::Follow {
        follow(a, b, found, open);
    }
    for (mut left, mut right) in gaps {
        left.retain(|&i| found.to[i].is_none());
        right.retain(|&j| found.from[j].is_none());
        pair_alike(a, b, (&left, &right), moves, found);
    }
}

/// Links what has the very same text at another place.
fn follow(a: &[Item], b: &[Item], found: &mut Alignment, open: impl Fn(usize) -> bool) {
    let mut places: HashMap<&Item, VecDeque<usize>> = HashMap::new();
    for (j, item) in b.iter().enumerate() {
        if found.from[j].is_none() && open(j) && !item.text.trim().is_empty() {
            places.entry(item).or_default().push_back(j);
        }
    }
    for (i, item) in a.iter().enumerate() {
        if found.to[i].is_none()
            && let Some(j) = places.get_mut(item).and_then(VecDeque::pop_front)
        {
            found.link(i, j);
        }
    }
}

/// Links the alike items of a gap, in order, so that their likeness is greatest; then what
/// stands alone between two links, however it reads. A person writes several over, too: as
/// many as there were.
fn pair_alike(
    a: &[Item],
    b: &[Item],
    (left, right): (&[usize], &[usize]),
    moves: Moves,
    found: &mut Alignment,
) {
    if left.is_empty() || right.is_empty() {
        return;
    }
    let mut pairs = Vec::new();
    if left.len().min(right.len()) <= WIDEST_GAP {
        pairs = best_pairs(a, b, left, right);
    }
    pairs.push((left.len(), right.len()));
    let (mut i, mut j) = (0, 0);
    for (next_i, next_j) in pairs {
        let (lost, own) = (&left[i..next_i], &right[j..next_j]);
        let is_one_kind = |(i, j): (&usize, &usize)| a[*i].kind == b[*j].kind;
        if lost.len() == own.len()
            && (lost.len() == 1 || moves == Moves::Follow)
            && lost.iter().zip(own).all(is_one_kind)
        {
            lost.iter().zip(own).for_each(|(i, j)| found.link(*i, *j));
        }
        if next_i < left.len() {
            found.link(left[next_i], right[next_j]);
        }
        (i, j) = (next_i + 1, next_j + 1);
    }
}

/// The pairs of positions, in order, with the greatest sum of likeness.
fn best_pairs(
    a: &[Item],
    b: &[Item],
    left: &[usize],
    right: &[usize],
) -> Vec<(usize, usize)> {
    let left_bags: Vec<Bag> = left.iter().map(|&at| Bag::of(&a[at].text)).collect();
    let right_bags: Vec<Bag> = right.iter().map(|&at| Bag::of(&b[at].text)).collect();
    let likeness = |i: usize, j: usize| {
        let (one, other) = (&a[left[i]], &b[right[j]]);
        if one.kind != other.kind {
            return 0;
        }
        let alike = left_bags[i].likeness(&right_bags[j]);
        let filled = alike < HALF && fills(&one.text, &other.text);
        if filled { HALF } else { alike }
    };
    let width = right.len() + 1;
    let mut alike = vec![0; left.len() * width];
    let mut best = vec![0; (left.len() + 1) * width];
    for i in (0..left.len()).rev() {
        for j in (0..right.len()).rev() {
            let (at, score) = (i * width + j, likeness(i, j));
            let paired = if score < HALF { 0 } else { score + best[at + width + 1] };
            alike[at] = score;
            best[at] = paired.max(best[at + width]).max(best[at + 1]);
        }
    }
    let mut pairs = Vec::new();
    let (mut i, mut j) = (0, 0);
    while i < left.len() && j < right.len() {
        let at = i * width + j;
        if alike[at] >= HALF && best[at] == alike[at] + best[at + width + 1] {
            pairs.push((i, j));
            (i, j) = (i + 1, j + 1);
        } else if best[at] == best[at + width] {
            i += 1;
        } else {
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(texts: &str) -> Vec<Item> {
        let item =
            |text: &str| Item { kind: String::new(), text: text.trim().to_owned() };
        texts.split('|').map(item).collect()
    }

    #[test]
    fn items_find_their_items() {
        let rows: [(&str, &str, &[Option<usize>]); 9] = [
            ("a|b|c", "a|b|c", &[Some(0), Some(1), Some(2)]),
            ("a|b|c", "a|c", &[Some(0), None, Some(1)]),
            ("a|c", "a|b|c", &[Some(0), Some(2)]),
            // Alone between two neighbours: rewritten.
            ("a|b|c", "a|x|c", &[Some(0), Some(1), Some(2)]),
            // Alike beats position.
            ("a|một hai ba|c", "a|x|một hai bốn|c", &[Some(0), Some(2), Some(3)]),
            ("a|b1|b2|c", "a|x|y|z|c", &[Some(0), None, None, Some(4)]),
            // As many as there were: written over.
            ("a|b1|b2|c", "a|x|y|c", &[Some(0), Some(1), Some(2), Some(3)]),
            // A slot takes the first text that stands in its place.
            ("a|[CẦN BỔ SUNG: k]|c", "a|x|y|c", &[Some(0), Some(1), Some(3)]),
            ("a|b|c", "b|c|a", &[Some(2), Some(0), Some(1)]),
        ];
        for (a, b, expected) in rows {
            let found = align(&items(a), &items(b), Moves::Follow);
            assert_eq!(found.to, expected, "{a} -> {b}");
        }
        let cut = align(&items("a|b|c"), &items("b|c|a"), Moves::Cut);
        assert_eq!(cut.to, [None, Some(0), Some(1)]);
    }

    #[test]
    fn links_that_are_there_stay() {
        let (a, b) = (items("a|b|c|d"), items("x|c|b|y"));
        let mut found = Alignment::new(4, 4);
        // "b" became "x", whatever it reads like; "b" is somebody's own.
        found.link(1, 0);
        complete(&a, &b, Moves::Follow, &mut found, |at| at != 2);
        assert_eq!(found.to, [None, Some(0), Some(1), Some(3)]);
    }
}
