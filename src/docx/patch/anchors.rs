//! The hidden bookmarks: what comes in has its own, what had lost its gets it again, and what
//! means nothing where it stands loses its meaning. All others stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use super::Work;
use crate::document::{Block, BlockKind, Row, Section};
use crate::docx::bookmark;
use crate::docx::read::{Anchor, Place, Recovery};
use crate::docx::xml::{Element, Node, Path, element_at_mut};
use crate::merge::{BlockMerge, Change, RowMerge};

impl<'m> Work<'m> {
    /// The bookmark that fresh gives a paragraph or row of a section.
    pub(super) fn new_name(
        &self,
        section: Option<&str>,
        unit: Option<usize>,
    ) -> Option<String> {
        self.options.new_names.bookmark(section?, unit?)
    }

    /// Writes down in bookmarks what the reading found out. What people dragged into another
    /// section, or joined with a paragraph of one, means no more than their own text there:
    /// where sections move, its bookmarks would come to stand beside the section that it is
    /// from, and draw it back; so would those of a copy, once its original has moved away. What
    /// had lost its bookmark gets it again.
    pub(super) fn settle(&mut self) {
        let homes = self.homes();
        for finding in &self.reading.findings {
            let Some(at) = &finding.at else { continue };
            let own = homes.get(at).copied().flatten();
            let name = own.map(|(id, own)| self.options.old_names.bookmark(id, own.n));
            let is_foreign =
                || own.is_none_or(|(_, own)| own.section != finding.anchor.section);
            match finding.how {
                Recovery::Alike | Recovery::Replaced => {
                    self.anchors.name(at, name.flatten());
                }
                Recovery::Joined if !is_foreign() => {}
                Recovery::Strayed
                | Recovery::Copied
                | Recovery::Contested
                | Recovery::Joined
                    // A name too long for Word names nothing, and is not there.
                    if name != Some(None) =>
                {
                    self.anchors.stray(at, name.flatten());
                }
                _ => {}
            }
        }
    }

    /// What each paragraph and row is in the base, and the section in which it stands.
    fn homes(&self) -> BTreeMap<&'m Path, Option<(&'m str, Anchor)>> {
        let reading = self.reading;
        let mut homes = BTreeMap::new();
        for (section, places) in reading.document.sections.iter().zip(&reading.places) {
            let id = section.id.as_deref();
            for place in places {
                match place {
                    Place::Paragraph { anchor, spot } => {
                        homes.insert(&spot.at, id.zip(*anchor));
                    }
                    Place::Table { rows, .. } => {
                        homes
                            .extend(rows.iter().map(|row| (&row.at, id.zip(row.anchor))));
                    }
                }
            }
        }
        homes
    }
}

/// Which paragraph or row of fresh, counted from 1, each block that is kept or added begins
/// with.
pub(super) fn first_units(
    changes: &[Change<BlockMerge, Block>],
    fresh: Option<&Section>,
) -> Vec<Option<usize>> {
    let blocks = fresh.map_or(&[][..], |section| &section.blocks);
    let firsts = blocks.iter().scan(1, |next, block| {
        let first = *next;
        *next += block.units();
        Some(first)
    });
    let firsts: Vec<usize> = firsts.collect();
    let places = in_fresh(changes, blocks, |kept| kept.fresh, |one, other| one == other);
    places.into_iter().map(|at| firsts.get(at?).copied()).collect()
}

/// Which row of a table of fresh, counted from 0, each one that is kept or added is.
pub(super) fn rows_in_fresh(
    changes: &[Change<RowMerge, Row>],
    table: Option<&Block>,
) -> Vec<Option<usize>> {
    let rows = match table.map(|block| &block.kind) {
        Some(BlockKind::Table(table)) => &table.rows[..],
        _ => &[],
    };
    // What is added has the columns of the file.
    let is = |one: &Row, other: &Row| one.id == other.id && one.source == other.source;
    in_fresh(changes, rows, |kept| kept.fresh, is)
}

/// Which item of fresh each one is: what is added, the first that `is` it and nothing else.
fn in_fresh<K, N>(
    changes: &[Change<K, N>],
    fresh: &[N],
    of_kept: impl Fn(&K) -> Option<usize>,
    is: impl Fn(&N, &N) -> bool,
) -> Vec<Option<usize>> {
    let kept = |change: &Change<K, N>| match change {
        Change::Kept(kept) => of_kept(kept),
        _ => None,
    };
    // What is added comes in fresh's order, so that the first free one is mostly it.
    let mut free: BTreeSet<usize> = (0..fresh.len()).collect();
    for at in changes.iter().filter_map(kept) {
        free.remove(&at);
    }
    let mut place = |change: &Change<K, N>| match change {
        Change::Added(new) => {
            let at = free.iter().copied().find(|&at| is(&fresh[at], new))?;
            free.remove(&at);
            Some(at)
        }
        other => kept(other),
    };
    changes.iter().map(&mut place).collect()
}

/// The bookmarks of what changes.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// The name that paragraphs and rows have.
    units: BTreeMap<Path, String>,
    /// The paragraphs and rows with bookmarks that mean nothing where they stand, and the one
    /// bookmark of each that does.
    strays: BTreeMap<Path, Option<String>>,
    /// Those that the update strikes out.
    struck: BTreeSet<Path>,
    /// The names of what comes in.
    new: BTreeSet<String>,
    /// The numbers of names that mean nothing are taken up to this one.
    last_own: usize,
}

impl Anchors {
    /// Names a paragraph or row: mostly it has that name. The first one counts.
    pub(super) fn name(&mut self, at: &Path, name: Option<String>) {
        if let Some(name) = name {
            self.units.entry(at.clone()).or_insert(name);
        }
    }

    /// Takes the meaning from all bookmarks of a paragraph or row but one.
    fn stray(&mut self, at: &Path, but: Option<String>) {
        self.strays.insert(at.clone(), but);
    }

    /// Tells that a paragraph or row is struck out.
    pub(super) fn strike(&mut self, at: &Path) {
        self.struck.insert(at.clone());
    }

    /// Tells the name of something that comes in: it has that alone.
    pub(super) fn come(&mut self, name: Option<String>) {
        self.new.extend(name);
    }

    /// Gives names, and takes them.
    pub(super) fn apply(&mut self, nodes: &mut [Node]) {
        if self.units.is_empty() && self.strays.is_empty() && self.new.is_empty() {
            return;
        }
        let mut bookmarks = Vec::new();
        find(nodes, &mut Path::new(), None, &mut bookmarks, &mut 0);
        let mut taken: BTreeSet<String> =
            self.new.iter().chain(self.units.values()).cloned().collect();
        let wanted = taken.clone();
        taken.extend(bookmarks.iter().map(|bookmark| bookmark.name.clone()));
        // What has the bookmark that it is to have, or one of those that mean nothing.
        let mut named: BTreeSet<Path> = BTreeSet::new();
        for Bookmark { at, name, of } in bookmarks {
            let is_its_own = of.as_ref().is_some_and(|of| {
                let own = self.units.get(of).or_else(|| self.strays.get(of)?.as_ref());
                own == Some(&name) && named.insert(of.clone())
            });
            let is_stray = || of.as_ref().is_some_and(|of| self.strays.contains_key(of));
            if is_its_own || !(wanted.contains(&name) || is_stray()) {
                continue;
            }
            let of = of.unwrap_or_default();
            let new = self.without_meaning(&name, &of, &mut taken);
            if let Some(element) = element_at_mut(nodes, &at) {
                element.set_attribute("w:name", &new);
            }
            if self.strays.get(&of) == Some(&None) {
                named.insert(of);
            }
        }
        let strays = std::mem::take(&mut self.strays);
        let strays = strays.into_iter().filter_map(|(at, but)| {
            let is_free = but.as_ref().is_none_or(|name| !taken.contains(name));
            is_free.then(|| {
                (at, but.unwrap_or_else(|| free_own(&mut self.last_own, &mut taken)))
            })
        });
        let mut missing: BTreeMap<Path, String> = strays.collect();
        missing.append(&mut self.units);
        missing.retain(|at, _| !named.contains(at));
        for (count, (at, name)) in missing.into_iter().enumerate() {
            if let Some(paragraph) = element_at_mut(nodes, &at).and_then(first_paragraph)
            {
                add(paragraph, &name, count);
            }
        }
    }

    /// What a bookmark of a paragraph or row is called once another one has its name, or it
    /// means nothing there.
    fn without_meaning(
        &mut self,
        name: &str,
        of: &Path,
        taken: &mut BTreeSet<String>,
    ) -> String {
        // What is struck out here comes in elsewhere: if people put it back, it is the same.
        let copy = bookmark::copy(name).filter(|_| self.struck.contains(of));
        match copy.filter(|copy| taken.insert(copy.clone())) {
            Some(copy) => copy,
            None => free_own(&mut self.last_own, taken),
        }
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
