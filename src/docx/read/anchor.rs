//! Finds the paragraph or row that each paragraph or row of the base has become.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::align::{ALIKE, Judge, Key, MARGIN, in_order};
use super::{Anchor, Finding, Recovery, Trust};
use crate::document::{BlockKind, Document};
use crate::docx::bookmark;
use crate::docx::xml::Path;
use crate::identity::{Claim, Names, Verdict, judge};

/// Shortest text, in bytes, that is recognised far from where it stood.
const TELLING: usize = 40;

/// A paragraph or row of the base.
pub(super) struct Item<'k> {
    pub(super) anchor: Anchor,
    /// The name of its bookmark; none when Word would not take it.
    name: Option<String>,
    pub(super) key: Key<'k>,
    /// Its level, if it is a heading.
    pub(super) level: Option<u8>,
}

/// A paragraph or row of the file.
pub(super) struct Unit<'k> {
    pub(super) at: &'k Path,
    pub(super) key: Key<'k>,
    pub(super) heading: bool,
    /// Names of its bookmarks.
    pub(super) names: &'k [String],
}

/// The paragraphs and rows of a base, in order.
pub(super) fn items<'k>(base: &'k Document, names: &Names) -> Vec<Item<'k>> {
    let mut items = Vec::new();
    for (section, content) in base.sections.iter().enumerate() {
        let id = content.id.as_deref();
        let mut n = 0;
        for (block, content) in content.blocks.iter().enumerate() {
            let mut add = |row, key, level| {
                n += 1;
                let anchor = Anchor { section, block, row, n };
                let name = id.and_then(|id| names.bookmark(id, n));
                items.push(Item { anchor, name, key, level });
            };
            match &content.kind {
                BlockKind::Table(table) => {
                    for (at, row) in table.rows.iter().enumerate() {
                        add(Some(at), Key::new(true, row), None);
                    }
                }
                kind => {
                    let level = match kind {
                        BlockKind::Heading(heading) => Some(heading.level),
                        _ => None,
                    };
                    add(None, Key::new(false, kind), level);
                }
            }
        }
    }
    items
}

/// Which item each unit is, and how that was found out.
pub(super) struct Anchoring {
    pub(super) items: Vec<Option<usize>>,
    pub(super) findings: Vec<Finding>,
    /// How many items were found by their bookmarks.
    pub(super) kept: usize,
    /// Which units are the second half of the one before.
    pub(super) halves: Vec<bool>,
    /// Which units are known to be the drafter's own text.
    pub(super) closed: Vec<bool>,
}

/// Finds the item of each unit; `struck` are the bookmarks of paragraphs that a pending change
/// deletes.
pub(super) fn anchor(
    items: &[Item<'_>],
    units: &[Unit<'_>],
    struck: &[String],
    trust: Trust,
) -> Anchoring {
    let all = items.iter().enumerate();
    let names: HashMap<&str, usize> =
        all.filter_map(|(at, item)| Some((item.name.as_deref()?, at))).collect();
    let mut search = Search {
        items,
        units,
        found: vec![None; units.len()],
        taken: vec![false; items.len()],
        closed: vec![false; units.len()],
        halves: vec![false; units.len()],
        judge: Judge::default(),
        findings: Vec::new(),
        dragged: Vec::new(),
    };
    search.by_bookmark(&names);
    search.part_halves();
    let kept = search.taken.iter().filter(|taken| **taken).count();
    if trust == Trust::Names {
        for item in names.values().copied().collect::<Vec<_>>() {
            search.taken[item] = true;
        }
    }
    search.by_likeness();
    // What base does not know by its name, nor by what it says, is none of it wherever it
    // stands: another copy of the plan got it in an update, or the catalogue gave it up.
    search.close_if(|name| {
        bookmark::is_hidden(name) && !names.contains_key(bookmark::original(name))
    });
    let mostly = kept * 2 >= items.len();
    if mostly {
        let struck =
            struck.iter().filter_map(|name| names.get(&**name).copied()).collect();
        search.by_place(&struck);
    }
    for (item, unit) in std::mem::take(&mut search.dragged) {
        if !search.taken[item] {
            search.taken[item] = true;
            search.tell(item, Recovery::Strayed, unit);
        }
    }
    for (item, taken) in search.taken.iter().enumerate() {
        if !taken {
            let how = if mostly { Recovery::Deleted } else { Recovery::Lost };
            search.findings.push(Finding { anchor: items[item].anchor, how, at: None });
        }
    }
    Anchoring {
        items: search.found,
        findings: search.findings,
        kept,
        halves: search.halves,
        closed: search.closed,
    }
}

struct Search<'s> {
    items: &'s [Item<'s>],
    units: &'s [Unit<'s>],
    /// The item of each unit.
    found: Vec<Option<usize>>,
    /// Items that need no more looking for.
    taken: Vec<bool>,
    /// Units that are known to be the drafter's own text.
    closed: Vec<bool>,
    /// Those of them that are the second half of the one before.
    halves: Vec<bool>,
    judge: Judge,
    findings: Vec<Finding>,
    /// Paragraphs whose bookmark is in a row now, and rows whose bookmark is in a paragraph.
    dragged: Vec<(usize, usize)>,
}

impl Search<'_> {
    fn tell(&mut self, item: usize, how: Recovery, unit: usize) {
        let at = Some(self.units[unit].at.clone());
        self.findings.push(Finding { anchor: self.items[item].anchor, how, at });
    }

    fn set(&mut self, item: usize, unit: usize) {
        self.found[unit] = Some(item);
        self.taken[item] = true;
    }

    /// Tells that a unit is a second copy, or the second half, of an item.
    fn close(&mut self, item: usize, how: Recovery, unit: usize) {
        self.closed[unit] = true;
        self.halves[unit] = how == Recovery::Split;
        if !self.units[unit].key.text().is_empty() {
            self.tell(item, how, unit);
        }
    }

    /// How like an item two units are together.
    fn together(&mut self, item: usize, one: usize, two: usize) -> f64 {
        let key = &self.items[item].key;
        let (one, two) = (&self.units[one].key, &self.units[two].key);
        let length = one.text().len().saturating_add(two.text().len());
        if key.row || one.row || two.row || length / 4 > key.text().len() {
            return 0.0;
        }
        let whole = Key::joined(false, format!("{} {}", one.text(), two.text()));
        self.judge.likeness(key, &whole)
    }

    fn by_bookmark(&mut self, names: &HashMap<&str, usize>) {
        // What the bookmarks say, in the order of the text, and which unit says so.
        let mut claims: Vec<Claim> = Vec::new();
        let mut claimants: Vec<usize> = Vec::new();
        // The last unit that carried each item's bookmark.
        let mut last: BTreeMap<usize, usize> = BTreeMap::new();
        for (at, unit) in self.units.iter().enumerate() {
            for name in unit.names {
                let original = bookmark::original(name);
                let Some(item) = names.get(original).copied() else { continue };
                if self.items[item].key.row != unit.key.row {
                    self.dragged.push((item, at)); // into a table, or out of one
                } else if last.insert(item, at) != Some(at) {
                    claims.push(Claim { item, own: original == name });
                    claimants.push(at);
                }
            }
        }
        // The items that each unit carries once copies are told apart.
        let mut carried: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, unit) in self.originals(&claims, &claimants) {
            carried.entry(unit).or_default().push(claims[at].item);
        }
        for (unit, items) in carried {
            let main = self.main(unit, &items);
            self.set(items[main.at], unit);
            if main.joined {
                for item in items.iter().filter(|item| **item != items[main.at]) {
                    self.taken[*item] = true;
                    self.tell(*item, Recovery::Joined, unit);
                }
            }
        }
        self.close_if(bookmark::is_own);
    }

    /// Takes units that are not found, and have such a bookmark, for the drafter's own text.
    fn close_if(&mut self, is_so: impl Fn(&str) -> bool) {
        for (at, unit) in self.units.iter().enumerate() {
            let is_so = unit.names.iter().any(|name| is_so(name));
            self.closed[at] |= is_so && self.found[at].is_none();
        }
    }

    /// The claims that are right, each with its unit. Of an item's two halves the first is; of a
    /// stretch that is a copy for the most part nothing is.
    fn originals(
        &mut self,
        claims: &[Claim],
        claimants: &[usize],
    ) -> Vec<(usize, usize)> {
        // Second halves first: they are no copies.
        let mut halves = vec![false; claims.len()];
        for at in 1..claims.len() {
            let (item, unit) = (claims[at].item, claimants[at]);
            if item != claims[at - 1].item || claimants[at - 1] + 1 != unit {
                continue;
            }
            let whole = self.together(item, unit - 1, unit);
            let key = &self.items[item].key;
            let mut alone = |unit: usize| self.judge.likeness(key, &self.units[unit].key);
            halves[at] = whole > alone(unit - 1) && whole > alone(unit);
            // What says nothing is no half: it was put in beside it.
            let is_mute = |unit: usize| self.units[unit].key.text().is_empty();
            if is_mute(unit - 1) != is_mute(unit) {
                halves[at - usize::from(is_mute(unit - 1))] = true;
            }
        }
        let rest: Vec<usize> = (0..claims.len()).filter(|&at| !halves[at]).collect();
        let verdicts = judge(&rest.iter().map(|&at| claims[at]).collect::<Vec<_>>());
        let kept = without_copies(claims, &rest, &verdicts);
        let original: BTreeMap<usize, usize> = rest
            .iter()
            .zip(&verdicts)
            .filter(|(_, verdict)| **verdict == Verdict::Original)
            .map(|(&at, _)| (claims[at].item, claimants[at]))
            .collect();
        let mut right = Vec::new();
        for ((&at, verdict), kept) in rest.iter().zip(&verdicts).zip(kept) {
            let (item, unit) = (claims[at].item, claimants[at]);
            let says_the_same =
                |other: &usize| self.units[*other].key == self.units[unit].key;
            match verdict {
                Verdict::Original if kept => right.push((at, unit)),
                Verdict::Contested if !original.get(&item).is_some_and(says_the_same) => {
                    self.close(item, Recovery::Contested, unit);
                }
                _ => self.close(item, Recovery::Copied, unit),
            }
        }
        for at in (0..claims.len()).filter(|&at| halves[at]) {
            self.close(claims[at].item, Recovery::Split, claimants[at]);
        }
        right
    }

    /// Finds the second halves that carry no bookmark.
    fn part_halves(&mut self) {
        for unit in 1..self.units.len() {
            let Some(item) = self.found[unit - 1] else { continue };
            let is_named =
                self.units[unit].names.iter().any(|name| bookmark::is_hidden(name));
            if self.found[unit].is_some() || self.closed[unit] || is_named {
                continue;
            }
            let alone =
                self.judge.likeness(&self.items[item].key, &self.units[unit - 1].key);
            if alone < 1.0
                && self.together(item, unit - 1, unit) >= ALIKE.max(alone + MARGIN)
            {
                let whole = &self.items[item].key;
                if self.units[unit].key == *whole {
                    // What was put in before it has kept the bookmark.
                    self.found.swap(unit - 1, unit);
                    self.tell(item, Recovery::Alike, unit);
                } else {
                    self.close(item, Recovery::Split, unit);
                }
            }
        }
    }

    /// Of several items whose bookmarks one unit carries, the one that it is.
    fn main(&mut self, unit: usize, items: &[usize]) -> Main {
        if items.len() == 1 {
            return Main { at: 0, joined: false };
        }
        let key = &self.units[unit].key;
        let texts: Vec<&str> =
            items.iter().map(|item| self.items[*item].key.text()).collect();
        let whole = Key::joined(key.row, texts.join(" "));
        let whole = self.judge.likeness(key, &whole);
        let mut best = (0, 0.0);
        for (at, item) in items.iter().enumerate() {
            let likeness = self.judge.likeness(key, &self.items[*item].key);
            if likeness > best.1 {
                best = (at, likeness);
            }
        }
        let joined = whole >= best.1;
        Main { at: if joined { 0 } else { best.0 }, joined }
    }

    /// Looks between the units that are known for those that are alike, then for texts that
    /// went elsewhere as they were.
    fn by_likeness(&mut self) {
        for (items, units) in self.gaps() {
            let base: Vec<&Key<'_>> =
                items.iter().map(|at| &self.items[*at].key).collect();
            let edited: Vec<&Key<'_>> =
                units.iter().map(|at| &self.units[*at].key).collect();
            for (item, unit) in self.judge.align(&base, &edited) {
                self.recover(items[item], units[unit], Recovery::Alike);
            }
        }
        let mut places: BTreeMap<(bool, &str), Vec<usize>> = BTreeMap::new();
        for (at, unit) in self.units.iter().enumerate() {
            let free = self.found[at].is_none() && !self.closed[at];
            if free {
                places.entry(unit.key.known()).or_default().push(at);
            }
        }
        let mut wanted: BTreeMap<(bool, &str), Vec<usize>> = BTreeMap::new();
        for (at, item) in self.items.iter().enumerate() {
            if !self.taken[at] {
                wanted.entry(item.key.known()).or_default().push(at);
            }
        }
        for (key, items) in wanted {
            let units = places.get(&key).map_or(&[][..], Vec::as_slice);
            if let ([item], [unit]) = (&items[..], units)
                && (key.1.len() >= TELLING || self.items[*item].level.is_some())
            {
                self.recover(*item, *unit, Recovery::Alike);
            }
        }
    }

    /// Takes as many paragraphs as are missing between two known ones, in the section where
    /// they are missing, for what they were typed over with; so too where it is a whole
    /// section that is missing there.
    fn by_place(&mut self, struck: &BTreeSet<usize>) {
        for (mut items, units) in self.gaps() {
            items.retain(|item| !struck.contains(item));
            let section = |item: &usize| self.items[*item].anchor.section;
            let fits = |(item, unit): (&usize, &usize)| {
                let (item, unit) = (&self.items[*item], &self.units[*unit]);
                !item.key.row && !unit.key.row && item.level.is_some() == unit.heading
            };
            let before = units.first().and_then(|unit| unit.checked_sub(1));
            let before =
                before.and_then(|unit| self.found[unit]).map(|item| section(&item));
            let is_whole = |first: usize, last: usize| {
                let is_edge = |at: Option<&Item<'_>>| {
                    at.is_none_or(|at| at.anchor.section != section(&first))
                };
                section(&first) == section(&last)
                    && is_edge(first.checked_sub(1).and_then(|at| self.items.get(at)))
                    && is_edge(self.items.get(last + 1))
            };
            let one_section = items.iter().all(|item| Some(section(item)) == before)
                || items.first().zip(items.last()).is_some_and(|(a, b)| is_whole(*a, *b));
            if items.len() == units.len()
                && one_section
                && items.iter().zip(&units).all(fits)
            {
                for (item, unit) in items.into_iter().zip(units) {
                    self.recover(item, unit, Recovery::Replaced);
                }
            }
        }
    }

    fn recover(&mut self, item: usize, unit: usize, how: Recovery) {
        self.set(item, unit);
        self.tell(item, how, unit);
    }

    /// Items and units without each other, between neighbours that are found.
    fn gaps(&self) -> Vec<(Vec<usize>, Vec<usize>)> {
        let pairs: Vec<(usize, usize)> = self
            .found
            .iter()
            .enumerate()
            .filter_map(|(unit, item)| Some((unit, (*item)?)))
            .collect();
        let mut gaps = Vec::new();
        let (mut from_unit, mut from_item) = (0, 0);
        let end = (self.units.len(), self.items.len());
        for (unit, item) in in_order(&pairs).into_iter().chain([end]) {
            let items: Vec<usize> =
                (from_item..item).filter(|at| !self.taken[*at]).collect();
            let free = |at: &usize| self.found[*at].is_none() && !self.closed[*at];
            let units: Vec<usize> = (from_unit..unit).filter(free).collect();
            if !items.is_empty() && !units.is_empty() {
                gaps.push((items, units));
            }
            (from_unit, from_item) = (unit + 1, item + 1);
        }
        gaps
    }
}

/// Whether each of the claims that are no halves stays: what stands among copies, in a
/// stretch of the text that goes on in the order of the base, is one more.
fn without_copies(claims: &[Claim], rest: &[usize], verdicts: &[Verdict]) -> Vec<bool> {
    let mut kept = vec![true; rest.len()];
    let mut from = 0;
    for to in 1..=rest.len() {
        let goes_on =
            rest.get(to).is_some_and(|&at| claims[at].item > claims[rest[to - 1]].item);
        if goes_on {
            continue;
        }
        let copies =
            verdicts[from..to].iter().filter(|v| **v != Verdict::Original).count();
        if copies * 2 > to - from {
            kept[from..to].fill(false);
        }
        from = to;
    }
    kept
}

/// What a unit with several bookmarks is.
struct Main {
    /// The item, among those whose bookmarks it carries.
    at: usize,
    /// Whether the others' text is in it, too.
    joined: bool,
}
