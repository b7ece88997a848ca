//! Finds the paragraph or row that each paragraph or row of the base has become.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::align::{ALIKE, Judge, Key, MARGIN, in_order};
use super::{Anchor, Finding, Recovery, Trust};
use crate::document::{BlockKind, Document};
use crate::docx::bookmark;
use crate::docx::xml::Path;

/// Shortest text, in bytes, that is recognised far from where it stood.
const TELLING: usize = 40;

/// A paragraph or row of the base.
pub(super) struct Item<'k> {
    pub(super) anchor: Anchor,
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
pub(super) fn items(base: &Document) -> Vec<Item<'_>> {
    let mut items = Vec::new();
    for (section, content) in base.sections.iter().enumerate() {
        let mut n = 0;
        for (block, content) in content.blocks.iter().enumerate() {
            let mut add = |row, key, level| {
                n += 1;
                let anchor = Anchor { section, block, row, n };
                items.push(Item { anchor, key, level });
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
}

/// Finds the item of each unit; `struck` are the bookmarks of paragraphs that a pending change
/// deletes.
pub(super) fn anchor(
    base: &Document,
    items: &[Item<'_>],
    units: &[Unit<'_>],
    struck: &[String],
    trust: Trust,
) -> Anchoring {
    let mut names = HashMap::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        names.extend(item.anchor.bookmark(base).map(|name| (name, at)));
    }
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
    let mostly = kept * 2 >= items.len();
    if mostly {
        let struck = struck.iter().filter_map(|name| names.get(name).copied()).collect();
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

    fn by_bookmark(&mut self, names: &HashMap<String, usize>) {
        // The units that carry each item's bookmark, and the section of the last one that
        // carried its own bookmark.
        let mut carriers: BTreeMap<usize, Vec<Carrier>> = BTreeMap::new();
        let mut around = None;
        for (at, unit) in self.units.iter().enumerate() {
            let before = around;
            for (order, name) in unit.names.iter().enumerate() {
                let original = bookmark::original(name);
                let Some(item) = names.get(original).copied() else { continue };
                let own = original == name;
                if own {
                    around = Some(self.items[item].anchor.section);
                }
                if self.items[item].key.row != unit.key.row {
                    self.dragged.push((item, at)); // into a table, or out of one
                    continue;
                }
                let units = carriers.entry(item).or_default();
                if units.last().is_none_or(|last| last.unit != at) {
                    units.push(Carrier { unit: at, order, own, before });
                }
            }
        }
        // The items that each unit carries once copies are told apart.
        let mut carried: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for (item, carriers) in &carriers {
            if let Some(kept) = carriers.get(self.original(*item, carriers)) {
                carried.entry(kept.unit).or_default().push((kept.order, *item));
            }
        }
        for (unit, mut items) in carried {
            items.sort_unstable();
            let items: Vec<usize> = items.into_iter().map(|(_, item)| item).collect();
            let main = self.main(unit, &items);
            self.set(items[main.at], unit);
            if main.joined {
                for item in items.iter().filter(|item| **item != items[main.at]) {
                    self.taken[*item] = true;
                    self.tell(*item, Recovery::Joined, unit);
                }
            }
        }
        for (at, unit) in self.units.iter().enumerate() {
            let is_own = unit.names.iter().any(|name| bookmark::is_own(name));
            self.closed[at] |= is_own && self.found[at].is_none();
        }
    }

    /// Of several units with one item's bookmark, which is the item: the first half, or the
    /// one in its section that is most like it.
    fn original(&mut self, item: usize, carriers: &[Carrier]) -> usize {
        if carriers.len() == 1 {
            return 0;
        }
        let Item { key, anchor, .. } = &self.items[item];
        let rank = |carrier: &Carrier| {
            let home = anchor.n == 1 || carrier.before == Some(anchor.section);
            let likeness = self.judge.likeness(key, &self.units[carrier.unit].key);
            (home, likeness, carrier.own)
        };
        let ranks: Vec<(bool, f64, bool)> = carriers.iter().map(rank).collect();
        let mut kept = 0;
        let mut half = None;
        for at in 1..carriers.len() {
            if ranks[at] > ranks[kept] {
                kept = at;
            }
            let (one, two) = (carriers[at - 1].unit, carriers[at].unit);
            if one + 1 == two {
                let whole = self.together(item, one, two);
                if whole > ranks[at - 1].1 && whole > ranks[at].1 {
                    half = Some(at);
                }
            }
        }
        if let Some(half) = half {
            kept = half - 1;
        }
        for (at, carrier) in carriers.iter().enumerate().filter(|(at, _)| *at != kept) {
            let how = if half == Some(at) { Recovery::Split } else { Recovery::Copied };
            self.close(item, how, carrier.unit);
        }
        kept
    }

    /// Finds the second halves that carry no bookmark.
    fn part_halves(&mut self) {
        for unit in 1..self.units.len() {
            let Some(item) = self.found[unit - 1] else { continue };
            if self.found[unit].is_some() || self.closed[unit] {
                continue;
            }
            let alone =
                self.judge.likeness(&self.items[item].key, &self.units[unit - 1].key);
            if alone < 1.0
                && self.together(item, unit - 1, unit) >= ALIKE.max(alone + MARGIN)
            {
                self.close(item, Recovery::Split, unit);
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
            if free && unit.key.text().len() >= TELLING {
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
            if let ([item], [unit]) = (&items[..], units) {
                self.recover(*item, *unit, Recovery::Alike);
            }
        }
    }

    /// Takes as many paragraphs as are missing between two known ones, in the section where
    /// they are missing, for what they were typed over with.
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
            let one_section = items.iter().all(|item| Some(section(item)) == before);
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

/// A unit with the bookmark of an item.
struct Carrier {
    unit: usize,
    /// Which of the unit's bookmarks it is.
    order: usize,
    /// Whether the bookmark has the name that khung gave it.
    own: bool,
    /// The section of the nearest such bookmark before it.
    before: Option<usize>,
}

/// What a unit with several bookmarks is.
struct Main {
    /// The item, among those whose bookmarks it carries.
    at: usize,
    /// Whether the others' text is in it, too.
    joined: bool,
}

impl Anchor {
    /// The name of its bookmark; none when Word would not take it.
    #[must_use]
    pub fn bookmark(&self, base: &Document) -> Option<String> {
        bookmark::name(base.sections.get(self.section)?.id.as_ref()?, self.n)
    }
}
