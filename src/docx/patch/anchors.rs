//! Renames the hidden bookmarks, so that the fresh document finds every block again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::document::{Block, Section};
use crate::docx::xml::{Element, Node, Path, element_at_mut};
use crate::docx::{bookmark_name, own_bookmark};

/// The bookmarks of the sections that change.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// The name that each paragraph or row gets.
    units: BTreeMap<Path, String>,
    /// The paragraphs and rows with bookmarks that mean nothing where they stand, and the one
    /// bookmark of each that does.
    strays: BTreeMap<Path, Option<String>>,
    /// The names that units get, and those that come in.
    wanted: BTreeSet<String>,
    /// For each section whose names change, as they stand in its bookmarks: the id that its
    /// other paragraphs' bookmarks get, and the first number for them.
    others: BTreeMap<String, (String, usize)>,
    /// Placeholder ids given out.
    count: usize,
}

impl Anchors {
    /// Names the bookmark of a paragraph or row.
    pub(super) fn name(&mut self, at: &Path, section: &str, n: usize) {
        if let Some(name) = bookmark_name(section, n) {
            self.wanted.insert(name.clone());
            self.units.insert(at.clone(), name);
        }
    }

    /// Takes the meaning from all bookmarks of a paragraph or row but one.
    pub(super) fn stray(&mut self, at: &Path, but: Option<String>) {
        self.strays.insert(at.clone(), but);
    }

    /// Keeps the names free that a section which comes in brings along: it may have been struck
    /// out before, and stand there still.
    pub(super) fn reserve(&mut self, section: &Section) {
        let id = section.id.as_deref().unwrap_or_default();
        let all: usize = section.blocks.iter().map(Block::units).sum();
        self.reserve_some(id, 1..all + 1);
    }

    /// As [`Self::reserve`], for a block that comes in with numbers from `n`.
    pub(super) fn reserve_block(&mut self, section: &str, block: &Block, n: usize) {
        self.reserve_some(section, n..n + block.units());
    }

    /// As [`Self::reserve`], for these numbers of a section.
    pub(super) fn reserve_some(&mut self, section: &str, numbers: Range<usize>) {
        self.wanted.extend(numbers.filter_map(|n| bookmark_name(section, n)));
    }

    /// Names all other bookmarks of a section `was`: they are those of a section `now`, with
    /// numbers from `n`, which nothing of fresh has.
    pub(super) fn part(&mut self, was: &str, now: &str, n: usize) {
        self.others.insert(was.replace('-', "_"), (now.to_owned(), n));
    }

    /// Renames the bookmarks, and adds those that are missing.
    pub(super) fn apply(&mut self, nodes: &mut [Node]) {
        if self.wanted.is_empty() && self.others.is_empty() && self.strays.is_empty() {
            return;
        }
        let mut taken = BTreeSet::new();
        names(nodes, &mut |name| {
            taken.insert(name.to_owned());
        });
        let mut found = BTreeSet::new();
        let mut path = Path::new();
        self.walk(nodes, &mut path, Where::Between, &mut found, &mut taken);
        let mut missing = std::mem::take(&mut self.units);
        for (at, but) in &self.strays {
            if but.is_none() && !missing.contains_key(at) && !found.contains(at) {
                missing.insert(at.clone(), free_own(&mut taken));
            }
        }
        missing.retain(|at, _| !found.contains(at));
        for (at, name) in missing {
            if let Some(paragraph) = element_at_mut(nodes, &at).and_then(first_paragraph)
            {
                add(paragraph, &name, self.count);
                self.count += 1;
            }
        }
    }

    fn walk(
        &mut self,
        nodes: &mut [Node],
        path: &mut Path,
        unit: Where<'_>,
        found: &mut BTreeSet<Path>,
        taken: &mut BTreeSet<String>,
    ) {
        for (at, node) in nodes.iter_mut().enumerate() {
            let Node::Element(element) = node else { continue };
            path.push(at);
            if element.name == "w:bookmarkStart" {
                let unit = match unit {
                    Where::Unit(at) => Some(at.clone()),
                    // Between two paragraphs a bookmark belongs to the next one.
                    Where::Between => {
                        let next = self.units.range(path.clone()..).next();
                        let stray = self.strays.range(path.clone()..).next();
                        let both = [next.map(|(at, _)| at), stray.map(|(at, _)| at)];
                        both.into_iter().flatten().min().cloned()
                    }
                    Where::Elsewhere => None,
                };
                self.rename(element, unit, found, taken);
            } else {
                // Most elements are properties and runs: a path is looked up where it can be one.
                let is_unit = matches!(&*element.name, "w:p" | "w:tr");
                let is_known =
                    self.units.contains_key(path) || self.strays.contains_key(path);
                let own = (is_unit && is_known).then(|| path.clone());
                let inside = match (&own, unit) {
                    (Some(own), _) => Where::Unit(own),
                    (None, Where::Between) if is_unit => Where::Elsewhere,
                    (None, unit) => unit,
                };
                self.walk(&mut element.children, path, inside, found, taken);
            }
            path.pop();
        }
    }

    fn rename(
        &mut self,
        bookmark: &mut Element,
        unit: Option<Path>,
        found: &mut BTreeSet<Path>,
        taken: &mut BTreeSet<String>,
    ) {
        let Some(name) = bookmark.value("w:name") else { return };
        let Some(anchor) = name.strip_prefix("_khung_") else { return };
        let is_copy = anchor.contains("_Copy_");
        let original = anchor.split("_Copy_").next().unwrap_or(anchor);
        let stray = unit.as_ref().and_then(|unit| self.strays.get(unit));
        let is_stray = stray.is_some_and(|but| but.as_ref() != Some(&name));
        if let Some(unit) = unit.clone()
            && !is_copy
            && let Some(wanted) = self.units.get(&unit)
            && found.insert(unit)
        {
            if name != *wanted {
                bookmark.set_attribute("w:name", wanted);
            }
            return;
        }
        let section = original.rsplit_once('_').map_or(original, |(section, _)| section);
        let free = match self.others.get_mut(section) {
            _ if is_stray => {
                found.extend(unit);
                None
            }
            Some((now, n)) => {
                let mut free = bookmark_name(now, *n);
                while free.as_ref().is_some_and(|name| taken.contains(name)) {
                    *n += 1;
                    free = bookmark_name(now, *n);
                }
                *n += 1;
                free
            }
            // It strayed from the paragraph that has its name from now on.
            None if self.wanted.contains(&name) => None,
            None => return,
        };
        // Word would not take a longer name: one that means nothing, then.
        let free = free.unwrap_or_else(|| free_own(taken));
        bookmark.set_attribute("w:name", &free);
        taken.insert(free);
    }
}

/// A name that means nothing and that no bookmark has; it is taken from now on.
fn free_own(taken: &mut BTreeSet<String>) -> String {
    let mut n = taken.len();
    while !taken.insert(own_bookmark(n)) {
        n += 1;
    }
    own_bookmark(n)
}

/// Where a bookmark stands.
#[derive(Clone, Copy)]
enum Where<'p> {
    /// In a paragraph or row that gets a name.
    Unit(&'p Path),
    /// In another one.
    Elsewhere,
    /// Between two.
    Between,
}

fn names(nodes: &[Node], see: &mut impl FnMut(&str)) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        if element.name == "w:bookmarkStart" {
            see(&element.value("w:name").unwrap_or_default());
        }
        names(&element.children, see);
    }
}

/// A paragraph, or the first one of a row.
fn first_paragraph(element: &mut Element) -> Option<&mut Element> {
    if element.name == "w:p" {
        return Some(element);
    }
    crate::docx::elements(&mut element.children).find_map(first_paragraph)
}

fn add(paragraph: &mut Element, name: &str, count: usize) {
    let id = format!("+a{count}");
    let start =
        Element::new("w:bookmarkStart", &[("w:id", &id), ("w:name", name)], vec![]);
    let end = Element::new("w:bookmarkEnd", &[("w:id", &id)], vec![]);
    let front = usize::from(
        matches!(paragraph.children.first(), Some(Node::Element(first)) if first.name == "w:pPr"),
    );
    paragraph.children.splice(front..front, [Node::Element(start), Node::Element(end)]);
}
