//! Which items of one sequence are which items of another: exact, then alike, in order.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput, Interner};

use super::words::{Bag, fills};

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
    let before: Vec<&Item> = a.iter().collect();
    let after: Vec<&Item> = b.iter().collect();
    let mut found = Alignment::new(a.len(), b.len());
    let gaps = diff(&before, &after);
    let (mut i, mut j) = (0, 0);
    let end = Hunk { before: a.len()..a.len(), after: b.len()..b.len() };
    for gap in gaps.iter().chain([&end]) {
        for (i, j) in (i..gap.before.start).zip(j..gap.after.start) {
            found.link(i, j);
        }
        (i, j) = (gap.before.end, gap.after.end);
    }
    if moves == Moves::Follow {
        follow(a, b, &mut found);
    }
    for gap in gaps {
        let left: Vec<usize> = gap.before.filter(|&i| found.to[i].is_none()).collect();
        let right: Vec<usize> = gap.after.filter(|&j| found.from[j].is_none()).collect();
        pair_alike(a, b, &left, &right, &mut found);
    }
    found
}

/// Links what has the very same text at another place.
fn follow(a: &[Item], b: &[Item], found: &mut Alignment) {
    let mut places: HashMap<&Item, VecDeque<usize>> = HashMap::new();
    for (j, item) in b.iter().enumerate() {
        if found.from[j].is_none() && !item.text.trim().is_empty() {
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
/// stands alone between two links, however it reads.
fn pair_alike(
    a: &[Item],
    b: &[Item],
    left: &[usize],
    right: &[usize],
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
        if let ([only], [other]) = (&left[i..next_i], &right[j..next_j])
            && a[*only].kind == b[*other].kind
        {
            found.link(*only, *other);
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
        let rows: [(&str, &str, &[Option<usize>]); 8] = [
            ("a|b|c", "a|b|c", &[Some(0), Some(1), Some(2)]),
            ("a|b|c", "a|c", &[Some(0), None, Some(1)]),
            ("a|c", "a|b|c", &[Some(0), Some(2)]),
            // Alone between two neighbours: rewritten.
            ("a|b|c", "a|x|c", &[Some(0), Some(1), Some(2)]),
            // Alike beats position.
            ("a|một hai ba|c", "a|x|một hai bốn|c", &[Some(0), Some(2), Some(3)]),
            ("a|b1|b2|c", "a|x|y|z|c", &[Some(0), None, None, Some(4)]),
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
}
