//! Renames the hidden bookmarks, so that the fresh document finds every block again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::document::{Block, Section};
use crate::docx::bookmark;
use crate::docx::xml::{Element, Node, Path, element_at_mut};

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
    /// The numbers of names that mean nothing are taken up to this one.
    last_own: usize,
}

impl Anchors {
    /// Names the bookmark of a paragraph or row.
    pub(super) fn name(&mut self, at: &Path, section: &str, n: usize) {
        if let Some(name) = bookmark::name(section, n) {
            self.wanted.insert(name.clone());
            self.units.insert(at.clone(), name);
        }
    }

    /// Names the bookmark of a paragraph or row that had lost it, unless its section has other
    /// names now.
    pub(super) fn restore(&mut self, at: &Path, section: &str, n: usize) {
        let is_as_it_was = !self.others.contains_key(&bookmark::spelt(section));
        if is_as_it_was && !self.units.contains_key(at) {
            self.name(at, section, n);
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
        self.wanted.extend(numbers.filter_map(|n| bookmark::name(section, n)));
    }

    /// Names all other bookmarks of a section `was`: they are those of a section `now`, with
    /// numbers from `n`, which nothing of fresh has.
    pub(super) fn part(&mut self, was: &str, now: &str, n: usize) {
        self.others.insert(bookmark::spelt(was), (now.to_owned(), n));
    }

    /// Renames the bookmarks, and adds those that are missing.
    pub(super) fn apply(&mut self, nodes: &mut [Node]) {
        if self.wanted.is_empty() && self.others.is_empty() && self.strays.is_empty() {
            return;
        }
        let mut bookmarks = Vec::new();
        find(nodes, &mut Path::new(), None, &mut bookmarks, &mut 0);
        let mut taken: BTreeSet<String> =
            bookmarks.iter().map(|bookmark| bookmark.name.clone()).collect();
        let mut found = BTreeSet::new();
        for bookmark in bookmarks {
            let name = self.renamed(&bookmark, &mut found, &mut taken);
            if name != bookmark.name
                && let Some(element) = element_at_mut(nodes, &bookmark.at)
            {
                element.set_attribute("w:name", &name);
            }
        }
        let mut missing = std::mem::take(&mut self.units);
        for (at, but) in &self.strays {
            if missing.contains_key(at) || found.contains(at) {
                continue;
            }
            match but {
                Some(name) if taken.insert(name.clone()) => {
                    missing.insert(at.clone(), name.clone());
                }
                Some(_) => {}
                None => {
                    drop(
                        missing
                            .insert(at.clone(), free_own(&mut self.last_own, &mut taken)),
                    );
                }
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

    /// The name that a bookmark gets. `found` are the paragraphs and rows that have had the one
    /// that is to stay, or none that is.
    fn renamed(
        &mut self,
        bookmark: &Bookmark,
        found: &mut BTreeSet<Path>,
        taken: &mut BTreeSet<String>,
    ) -> String {
        let name = &bookmark.name;
        let original = bookmark::original(name);
        if let Some(of) = &bookmark.of {
            if original == name
                && let Some(wanted) = self.units.get(of)
                && found.insert(of.clone())
            {
                return wanted.clone();
            }
            match self.strays.get(of) {
                Some(but) if but.as_ref() == Some(name) => {
                    found.insert(of.clone());
                }
                Some(but) => {
                    if but.is_none() {
                        found.insert(of.clone());
                    }
                    return free_own(&mut self.last_own, taken);
                }
                None => {}
            }
        }
        let free = match self.others.get_mut(bookmark::section(original)) {
            Some((now, n)) => {
                let mut free = bookmark::name(now, *n);
                while free.as_ref().is_some_and(|name| taken.contains(name)) {
                    *n += 1;
                    free = bookmark::name(now, *n);
                }
                *n += 1;
                free
            }
            // It strayed from the paragraph that has its name from now on.
            None if self.wanted.contains(name) => None,
            None => return name.clone(),
        };
        // Word would not take a longer name: one that means nothing, then.
        let free = free.unwrap_or_else(|| free_own(&mut self.last_own, taken));
        taken.insert(free.clone());
        free
    }
}

/// A name that means nothing and that no bookmark has; it is taken from now on. The numbers up to
/// `last` are.
fn free_own(last: &mut usize, taken: &mut BTreeSet<String>) -> String {
    *last = taken.len().max(*last);
    while !taken.insert(bookmark::own(*last)) {
        *last += 1;
    }
    bookmark::own(*last)
}

/// A hidden bookmark.
struct Bookmark {
    at: Path,
    name: String,
    /// The paragraph or row that it is of.
    of: Option<Path>,
}

/// Finds the hidden bookmarks, in the order of the text. One between two paragraphs or rows is of
/// the next; from `waiting` on, they wait for it.
fn find(
    nodes: &[Node],
    path: &mut Path,
    of: Option<&Path>,
    out: &mut Vec<Bookmark>,
    waiting: &mut usize,
) {
    for (at, node) in nodes.iter().enumerate() {
        let Node::Element(element) = node else { continue };
        path.push(at);
        if element.name == "w:bookmarkStart" {
            let name = element.value("w:name").filter(|name| bookmark::is_hidden(name));
            out.extend(name.map(|name| Bookmark {
                at: path.clone(),
                name,
                of: of.cloned(),
            }));
        } else if of.is_none() && matches!(&*element.name, "w:p" | "w:tr") {
            let own = path.clone();
            for bookmark in &mut out[*waiting..] {
                bookmark.of = Some(own.clone());
            }
            find(&element.children, path, Some(&own), out, waiting);
            *waiting = out.len();
        } else {
            find(&element.children, path, of, out, waiting);
        }
        path.pop();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_means_nothing_is_looked_for_from_the_last_one_on() {
        let mut taken: BTreeSet<String> = (2..9).map(bookmark::own).collect();
        let mut last = 0;
        let names: Vec<String> =
            (0..2).map(|_| free_own(&mut last, &mut taken)).collect();
        assert_eq!(names, [9, 10].map(bookmark::own));
        // Not from the start again: that would be a search for each of many.
        last = 90;
        assert_eq!(free_own(&mut last, &mut taken), bookmark::own(90));
    }
}
