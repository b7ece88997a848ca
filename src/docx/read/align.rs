//! Pairs the texts of two sequences: equal ones in order, then those that are alike.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use super::flow::Line;
use super::text::Passage;
use crate::document::{BlockKind, Heading, Row, Text};
use crate::sequence::longest_increasing;
use crate::source::folded;

/// Share of pairs of letters in common, from which two texts are taken for one.
pub(super) const ALIKE: f64 = 0.8;
/// How much liker the best must be than the second best.
pub(super) const MARGIN: f64 = 0.05;
/// Comparisons of two texts in one reading; a plan that lost all its anchors needs a tenth.
const MOST_COMPARISONS: usize = 100_000;
/// Rounds of looking for texts that occur once on both sides.
const ROUNDS: usize = 8;

/// A paragraph or row, as it stands there.
pub(super) trait Says {
    fn says(&self) -> String;
}

impl Says for BlockKind {
    fn says(&self) -> String {
        self.said()
    }
}

impl Says for Row {
    fn says(&self) -> String {
        let cells: Vec<String> = self.cells.iter().map(Text::plain).collect();
        cells.join("\t")
    }
}

impl Says for Passage {
    fn says(&self) -> String {
        self.spot.text.clone()
    }
}

impl Says for Line {
    fn says(&self) -> String {
        let cells: Vec<&str> =
            self.cells.iter().map(|cell| cell.spot.text.as_str()).collect();
        cells.join("\t")
    }
}

/// What a paragraph or row is recognised by when its anchor is gone.
#[derive(Clone)]
pub(super) struct Key<'k> {
    /// Whether it is a row of a table.
    pub(super) row: bool,
    /// What it is the key of; none where its text is given.
    of: Option<&'k dyn Says>,
    /// Made when it is needed: few anchors go.
    text: OnceCell<String>,
}

impl<'k> Key<'k> {
    pub(super) fn new(row: bool, of: &'k dyn Says) -> Self {
        Self { row, of: Some(of), text: OnceCell::new() }
    }

    /// The key of a text that is made of those of keys.
    pub(super) fn joined(row: bool, text: String) -> Self {
        Self { row, of: None, text: text.into() }
    }

    /// What two keys are compared by.
    pub(super) fn known(&self) -> (bool, &str) {
        (self.row, self.text())
    }

    /// As texts are [folded] to be compared, without a number in front.
    pub(super) fn text(&self) -> &str {
        self.text.get_or_init(|| {
            let said = self.of.map(Says::says).unwrap_or_default();
            if self.row {
                return folded(&said).into_owned();
            }
            folded(&Heading::split(0, Text::from(said)).text.plain()).into_owned()
        })
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.known() == other.known()
    }
}

/// Compares texts, as long as the budget lasts.
pub(super) struct Judge {
    left: usize,
}

impl Default for Judge {
    fn default() -> Self {
        Self { left: MOST_COMPARISONS }
    }
}

impl Judge {
    /// From 0 to 1: twice the pairs of letters in common by the pairs of both.
    pub(super) fn likeness(&mut self, a: &Key<'_>, b: &Key<'_>) -> f64 {
        if a.row != b.row || self.left == 0 {
            return 0.0;
        }
        if a.text() == b.text() {
            return 1.0;
        }
        let (short, long) =
            (a.text().len().min(b.text().len()), a.text().len().max(b.text().len()));
        if short.saturating_mul(4) < long {
            return 0.0; // at most 0.4; and a hostile text is not read again and again
        }
        self.left -= 1;
        likeness(a.text(), b.text())
    }

    /// Pairs (place in the base, place in the edited) of what is one text, in base order.
    pub(super) fn align(
        &mut self,
        base: &[&Key<'_>],
        edited: &[&Key<'_>],
    ) -> Vec<(usize, usize)> {
        let mut pairs = Vec::new();
        let mut gaps = vec![(0..base.len(), 0..edited.len(), 0)];
        while let Some((base_gap, edited_gap, round)) = gaps.pop() {
            let (b, e) = trim(base, edited, base_gap, edited_gap, &mut pairs);
            if b.is_empty() || e.is_empty() {
                continue;
            }
            let backbone = if round < ROUNDS {
                once_each(&base[b.clone()], &edited[e.clone()])
            } else {
                Vec::new()
            };
            if backbone.is_empty() {
                self.alikes(base, edited, b, e, &mut pairs);
                continue;
            }
            let (mut from_base, mut from_edited) = (b.start, e.start);
            for (at_base, at_edited) in backbone {
                let (at_base, at_edited) = (b.start + at_base, e.start + at_edited);
                gaps.push((from_base..at_base, from_edited..at_edited, round + 1));
                pairs.push((at_base, at_edited));
                (from_base, from_edited) = (at_base + 1, at_edited + 1);
            }
            gaps.push((from_base..b.end, from_edited..e.end, round + 1));
        }
        pairs.sort_unstable();
        pairs
    }

    /// Pairs texts that are alike, where each is the other's only good match.
    fn alikes(
        &mut self,
        base: &[&Key<'_>],
        edited: &[&Key<'_>],
        b: Range<usize>,
        e: Range<usize>,
        pairs: &mut Vec<(usize, usize)>,
    ) {
        if b.len().saturating_mul(e.len()) > self.left {
            return;
        }
        // The best match of each, how like it is, and how like the second best.
        let mut of_base = vec![(0, 0.0, 0.0); b.len()];
        let mut of_edited = vec![(0, 0.0, 0.0); e.len()];
        for at_base in b.clone() {
            for at_edited in e.clone() {
                let likeness = self.likeness(base[at_base], edited[at_edited]);
                let (i, j) = (at_base - b.start, at_edited - e.start);
                for (found, at) in [(&mut of_base[i], j), (&mut of_edited[j], i)] {
                    if likeness > found.1 {
                        *found = (at, likeness, found.1);
                    } else if likeness > found.2 {
                        found.2 = likeness;
                    }
                }
            }
        }
        let clear = |best: f64, second: f64| best >= ALIKE && best - second >= MARGIN;
        for (i, (j, best, second)) in of_base.iter().enumerate() {
            let (back, _, second_back) = of_edited[*j];
            if back == i && clear(*best, *second) && clear(*best, second_back) {
                pairs.push((b.start + i, e.start + j));
            }
        }
    }
}

/// The Sørensen–Dice coefficient of the texts' pairs of neighbouring letters.
///
/// `strsim` has one that divides by bytes, which makes Vietnamese texts half as alike.
#[expect(clippy::cast_precision_loss, reason = "no text has 2^52 letters")]
fn likeness(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| {
        let letters: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut pairs: Vec<(char, char)> =
            letters.windows(2).map(|pair| (pair[0], pair[1])).collect();
        pairs.sort_unstable();
        pairs
    };
    let (a, b) = (pairs(a), pairs(b));
    let (mut i, mut j, mut common) = (0, 0, 0);
    while let (Some(one), Some(two)) = (a.get(i), b.get(j)) {
        common += usize::from(one == two);
        (i, j) = (i + usize::from(one <= two), j + usize::from(two <= one));
    }
    2.0 * common as f64 / (a.len() + b.len()).max(1) as f64
}

/// Pairs what is equal at both ends; gives what is left between.
fn trim(
    base: &[&Key<'_>],
    edited: &[&Key<'_>],
    mut b: Range<usize>,
    mut e: Range<usize>,
    pairs: &mut Vec<(usize, usize)>,
) -> (Range<usize>, Range<usize>) {
    while !b.is_empty() && !e.is_empty() && base[b.start] == edited[e.start] {
        pairs.push((b.start, e.start));
        (b.start, e.start) = (b.start + 1, e.start + 1);
    }
    while !b.is_empty() && !e.is_empty() && base[b.end - 1] == edited[e.end - 1] {
        (b.end, e.end) = (b.end - 1, e.end - 1);
        pairs.push((b.end, e.end));
    }
    (b, e)
}

/// Texts that occur once on both sides, as many as are in one order.
fn once_each(base: &[&Key<'_>], edited: &[&Key<'_>]) -> Vec<(usize, usize)> {
    fn places<'k>(keys: &[&'k Key<'_>]) -> BTreeMap<(bool, &'k str), (usize, bool)> {
        let mut places = BTreeMap::new();
        for (at, key) in keys.iter().enumerate() {
            places
                .entry(key.known())
                .and_modify(|(_, once)| *once = false)
                .or_insert((at, true));
        }
        places
    }
    let in_edited = places(edited);
    let mut pairs: Vec<(usize, usize)> = places(base)
        .into_iter()
        .filter_map(|(key, (at_base, once))| {
            let (at_edited, once_there) = in_edited.get(&key)?;
            (once && *once_there).then_some((at_base, *at_edited))
        })
        .collect();
    pairs.sort_unstable();
    in_order(&pairs)
}

/// The longest part of the pairs, sorted by their first, whose second grow, too.
pub(super) fn in_order(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    let seconds: Vec<usize> = pairs.iter().map(|(_, second)| *second).collect();
    let keeps = longest_increasing(&seconds);
    pairs.iter().zip(keeps).filter(|(_, keeps)| *keeps).map(|(pair, _)| *pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn align(base: &[&str], edited: &[&str]) -> Vec<(usize, usize)> {
        let rows = |texts: &[&str]| -> Vec<BlockKind> {
            let row = |text: &&str| BlockKind::Raw((*text).to_owned());
            texts.iter().map(row).collect()
        };
        let (base, edited) = (rows(base), rows(edited));
        let key = |kind| Key::new(false, kind);
        let base: Vec<Key<'_>> = base.iter().map(|kind| key(kind)).collect();
        let edited: Vec<Key<'_>> = edited.iter().map(|kind| key(kind)).collect();
        let base: Vec<&Key<'_>> = base.iter().collect();
        let edited: Vec<&Key<'_>> = edited.iter().collect();
        Judge::default().align(&base, &edited)
    }

    #[test]
    fn equal_texts_pair_in_order_and_like_ones_between_them() {
        let pairs = align(
            &["3.1. Mở đầu", "chung", "Xây dựng kế hoạch chuyển đổi số", "chung", "cuối"],
            &[
                "3.2. Mở  đầu",
                "chung",
                "mới",
                "Xây dựng các kế hoạch chuyển đổi số",
                "chung",
                "cuối",
            ],
        );
        assert_eq!(pairs, [(0, 0), (1, 1), (2, 3), (3, 4), (4, 5)]);
    }

    #[test]
    fn what_is_not_clear_stays_apart() {
        let like = "Đơn vị chủ trì: Sở Thông tin và Truyền thông";
        let both = [&*format!("{like} 1"), &*format!("{like} 2")];
        assert_eq!(align(&[&format!("{like} 3")], &both), []);
        assert_eq!(align(&["hoàn toàn khác"], &[like]), []);
    }

    #[test]
    fn hostile_sequences_end() {
        let many: Vec<String> = (0..2_000).map(|n| format!("dòng số {n} x")).collect();
        let base: Vec<&str> = many.iter().map(String::as_str).collect();
        let mut edited = base.clone();
        edited.reverse();
        assert!(!align(&base, &edited).is_empty());
        let long = "ab".repeat(10_000);
        assert_eq!(align(&["a"; 1_000], &[&*long; 90]), []);
    }
}
