//! The names of a plan's paragraphs and rows, its units: given once, and theirs for life.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::heirs;
use crate::document::{Block, Document, Section};
use crate::docx::bookmark;
use crate::merge::{Renames, lineage};

/// How the units of a plan are named, by the ids of their sections: where nothing is said, by
/// that id and their place in the section, from 1, as khung names what it drafts.
///
/// It follows from what khung itself wrote, never from what people did: copies of a plan that
/// went the same way from edition to edition call the same things the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Names(BTreeMap<String, Named>);

/// How the units of a section are named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Named {
    /// The id that the section had when they were first named.
    stem: String,
    /// The number of each.
    numbers: Vec<u32>,
    /// The first number that none has had yet.
    next: u32,
}

impl Names {
    /// Tells whether all units are named as khung names what it drafts.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.0.is_empty()
    }

    /// The bookmark of the `n`-th unit, from 1, of a section; none when Word would not take
    /// the name.
    #[must_use]
    pub fn bookmark(&self, section: &str, n: usize) -> Option<String> {
        let Some(named) = self.0.get(section) else {
            return bookmark::name(section, n);
        };
        let number = *named.numbers.get(n.checked_sub(1)?)?;
        bookmark::name(&named.stem, usize::try_from(number).ok()?)
    }

    /// The bookmarks of the units of a section, in order.
    pub(crate) fn bookmarks(
        &self,
        section: &Section,
    ) -> impl Iterator<Item = Option<String>> {
        let id = section.id.as_deref();
        (1..=units(section)).map(move |n| self.bookmark(id?, n))
    }

    /// The names once the plan that they are of, `base`, has become `fresh`: what goes on keeps
    /// its own, what is new gets one that none has had.
    ///
    /// Those of sections that are gone stay: people may have kept the text, and a later edition
    /// may bring it again.
    #[must_use]
    pub fn after(&self, base: &Document, fresh: &Document, renames: &Renames) -> Self {
        let heirs = heirs(base, fresh, renames);
        let old =
            |section: &Section| Some(&base.sections[*heirs.get(section.id.as_ref()?)?]);
        let mut after = self.clone();
        for old in fresh.sections.iter().filter_map(old) {
            after.0.remove(old.id.as_deref().unwrap_or_default());
        }
        for section in &fresh.sections {
            if let Some(old) = old(section) {
                let lineage = lineage(&old.blocks, &section.blocks, renames);
                after.put(section, self.of(old).handed_down(&lineage));
            }
        }
        // Behind those that go on, whose names are taken.
        for section in fresh.sections.iter().filter(|section| old(section).is_none()) {
            let id = section.id.as_deref().unwrap_or_default();
            let before = after.0.get(id).cloned().unwrap_or_else(|| {
                let stem = after.free_stem(id, fresh);
                Named { stem, numbers: Vec::new(), next: 1 }
            });
            after.put(section, before.handed_down(&vec![None; units(section)]));
        }
        after
    }

    /// Takes over how other names call a section.
    pub(super) fn adopt(&mut self, section: &str, others: &Self) {
        if let Some(named) = others.0.get(section) {
            self.0.insert(section.to_owned(), named.clone());
        }
    }

    /// How the units of a section are named.
    fn of(&self, section: &Section) -> Named {
        let id = section.id.as_deref().unwrap_or_default();
        self.0.get(id).cloned().unwrap_or_else(|| Named::drafted(id, units(section)))
    }

    /// Says how the units of a section are named.
    fn put(&mut self, section: &Section, named: Named) {
        let Some(id) = &section.id else { return };
        if named == Named::drafted(id, units(section)) {
            self.0.remove(id);
        } else {
            self.0.insert(id.clone(), named);
        }
    }

    /// What the units of a new section are named by: its id, unless a section that is called
    /// otherwise now came with it.
    fn free_stem(&self, id: &str, fresh: &Document) -> String {
        let is_taken = |stem: &str| {
            let is_id = |section: &Section| section.id.as_deref() == Some(stem);
            self.0.values().any(|named| named.stem == stem)
                || (stem != id && fresh.sections.iter().any(is_id))
        };
        let others = (2..).map(|n: u32| format!("{id}-{n}"));
        let mut stems = std::iter::once(id.to_owned()).chain(others);
        stems.find(|stem| !is_taken(stem)).unwrap_or_default()
    }
}

impl Named {
    /// As khung names what it drafts.
    fn drafted(id: &str, units: usize) -> Self {
        let count = u32::try_from(units).unwrap_or(u32::MAX);
        Self {
            stem: id.to_owned(),
            numbers: (1..=count).collect(),
            next: count.saturating_add(1),
        }
    }

    /// The names of units that go on from these, each from the one at a place, or from none.
    fn handed_down(&self, lineage: &[Option<usize>]) -> Self {
        let mut next = self.next;
        let number = |old: &Option<usize>| {
            let old = old.and_then(|at| self.numbers.get(at).copied());
            old.unwrap_or_else(|| {
                let new = next;
                next = next.saturating_add(1);
                new
            })
        };
        let numbers = lineage.iter().map(number).collect();
        Self { stem: self.stem.clone(), numbers, next }
    }
}

/// How many units a section has.
fn units(section: &Section) -> usize {
    section.blocks.iter().map(Block::units).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::parse;

    /// The bookmarks of each section, without what all begin with.
    fn told(names: &Names, plan: &Document) -> String {
        let mut out = Vec::new();
        for section in &plan.sections {
            let id = section.id.as_deref().unwrap();
            for n in 1..=units(section) {
                let name = names.bookmark(id, n).unwrap();
                out.push(name.strip_prefix("_khung_").unwrap().to_owned());
            }
        }
        out.join(" ")
    }

    /// A plan of paragraphs `x`, rows `|x` and sections `#id`.
    fn plan(short: &str) -> Document {
        let mut text = String::new();
        let mut in_table = false;
        for word in short.split(' ') {
            let piece = match (word.strip_prefix('#'), word.strip_prefix('|')) {
                (Some(id), _) => format!("\n<!-- khung: {id} -->\n"),
                (_, Some(row)) if in_table => format!("| <!-- {row} -->{row} |\n"),
                (_, Some(row)) => format!("\n| {row} |\n| --- |\n"),
                _ => format!("\n{}\n", [word; 3].join(" ")),
            };
            text.push_str(&piece);
            in_table = word.starts_with('|');
        }
        parse(&text).unwrap()
    }

    #[test]
    fn names_are_for_life() {
        /// What the plan becomes, and its names then.
        type Steps = &'static [(&'static str, &'static str)];
        let rows: [(&str, &str, Steps); 13] = [
            ("nothing", "#a x y", &[("#a x y", "a_1 a_2")]),
            ("in front", "#a x y", &[("#a new x y", "a_3 a_1 a_2")]),
            ("in the middle", "#a x y", &[("#a x new y", "a_1 a_3 a_2")]),
            ("at the end", "#a x y", &[("#a x y new", "a_1 a_2 a_3")]),
            (
                "a row",
                "#a x |head |r |s y",
                &[("#a x |head |r |new |s y", "a_1 a_2 a_3 a_6 a_4 a_5")],
            ),
            ("a row goes", "#a |head |r |s y", &[("#a |head |s y", "a_1 a_3 a_4")]),
            (
                "one goes, then another comes",
                "#a x y",
                &[("#a x", "a_1"), ("#a x new", "a_1 a_3")],
            ),
            ("moved", "#a x y z", &[("#a z x y", "a_3 a_1 a_2")]),
            ("a section comes", "#a x", &[("#b y #a x", "b_1 a_1")]),
            ("renamed", "#old x y", &[("#new x z y", "old_1 old_3 old_2")]),
            (
                "renamed twice",
                "#old x y",
                &[("#new x y", "old_1 old_2"), ("#newest z x y", "old_3 old_1 old_2")],
            ),
            (
                "renamed, and its id comes again",
                "#old x",
                &[("#new x", "old_1"), ("#old y #new x", "old-2_1 old_1")],
            ),
            (
                "a section goes and comes again",
                "#b z #a x y",
                &[
                    ("#b z #a x new y", "b_1 a_1 a_3 a_2"),
                    ("#b z", "b_1"),
                    ("#b z #a x y", "b_1 a_4 a_5"),
                ],
            ),
        ];
        let mut renames = Renames::default();
        renames.rename("old", "new");
        renames.rename("new", "newest");
        for (what, first, steps) in rows {
            let mut base = plan(first);
            let mut names = Names::default();
            for (next, expected) in steps {
                let fresh = plan(next);
                names = names.after(&base, &fresh, &renames);
                let expected = expected.replace("old-2", "old_2");
                assert_eq!(told(&names, &fresh), expected, "{what}: {next}");
                base = fresh;
            }
        }
        // Where nothing is to be said, nothing is.
        let same = Names::default().after(&plan("#a x"), &plan("#a y #b z"), &renames);
        assert!(same.is_default(), "{same:?}");
    }
}
