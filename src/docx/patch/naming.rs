//! Which name the hidden bookmark of each paragraph and row gets.

use std::collections::BTreeMap;

use super::Work;
use super::numbers::Numbers;
use crate::document::{Block, Section};
use crate::docx::bookmark;
use crate::docx::read::{Anchor, Place, Recovery};
use crate::docx::xml::Path;
use crate::merge::{BlockMerge, Body, Change, SectionMerge};

/// A paragraph or row, and its number in the section.
type Numbered<'m> = (&'m Path, usize);

impl<'m> Work<'m> {
    /// Names the bookmarks of a section as fresh numbers them.
    pub(super) fn name(
        &mut self,
        section: &SectionMerge,
        fresh: Option<&Section>,
        numbers: &Numbers<'_>,
    ) {
        let (Some(id), Some(_)) = (&section.id, fresh) else { return };
        let places = &self.reading.places[section.edited];
        let current = numbered(places);
        let mut wanted = if is_as_it_was(&section.blocks) {
            current.clone()
        } else {
            numbered_anew(places, &section.blocks, numbers)
        };
        wanted.sort_unstable();
        let old = self.reading.document.sections[section.edited].id.as_ref();
        let is_named = old == Some(id) && wanted == current;
        if is_named && section.blocks.iter().all(is_still) {
            return;
        }
        for (at, n) in wanted {
            self.anchors.name(at, id, n);
        }
        if !is_named {
            self.anchors.part(old.unwrap_or(id), id, numbers.count() + 1);
        }
    }

    /// Writes down in bookmarks what the reading found out. What people dragged into another
    /// section, or joined with a paragraph of one, means no more than their own text there:
    /// where sections move, its bookmarks would come to stand beside the section that it is
    /// from, and draw it back; so would those of a copy, once its original has moved away. What
    /// had lost its bookmark gets it again.
    pub(super) fn settle(&mut self) {
        let sections = &self.reading.document.sections;
        let homes = self.homes();
        for finding in &self.reading.findings {
            let Some(at) = &finding.at else { continue };
            let own = homes.get(at).and_then(|(section, anchor)| {
                Some((sections[*section].id.as_deref()?, (*anchor)?))
            });
            let is_foreign =
                || own.is_none_or(|(_, own)| own.section != finding.anchor.section);
            match finding.how {
                Recovery::Strayed | Recovery::Copied | Recovery::Contested => {}
                Recovery::Joined if is_foreign() => {}
                Recovery::Alike | Recovery::Replaced => {
                    if let Some((id, own)) = own {
                        self.anchors.restore(at, id, own.n);
                    }
                    continue;
                }
                _ => continue,
            }
            let name = own.map(|(id, own)| bookmark::name(id, own.n));
            // A name too long for Word names nothing, and is not there.
            if name != Some(None) {
                self.anchors.stray(at, name.flatten());
            }
        }
    }

    /// The section in which each paragraph and row stands, and what it is in the base.
    fn homes(&self) -> BTreeMap<&'m Path, (usize, Option<Anchor>)> {
        let mut homes = BTreeMap::new();
        for (section, places) in self.reading.places.iter().enumerate() {
            homes.extend(units(places).map(|(at, anchor)| (at, (section, anchor))));
        }
        homes
    }
}

/// The paragraphs and rows of a section, and what they are in the base.
fn units(places: &[Place]) -> impl Iterator<Item = (&Path, Option<Anchor>)> {
    places.iter().flat_map(|place| match place {
        Place::Paragraph { anchor, spot } => vec![(&spot.at, *anchor)],
        Place::Table { rows, .. } => {
            rows.iter().map(|row| (&row.at, row.anchor)).collect()
        }
    })
}

/// Those that are in the base, with their numbers there.
fn numbered(places: &[Place]) -> Vec<Numbered<'_>> {
    units(places).filter_map(|(at, anchor)| Some((at, anchor?.n))).collect()
}

/// Those that are in fresh, with their numbers there.
fn numbered_anew<'m>(
    places: &'m [Place],
    changes: &[Change<BlockMerge, Block>],
    numbers: &Numbers,
) -> Vec<Numbered<'m>> {
    let mut numbered = Vec::new();
    for change in changes {
        let Change::Kept(BlockMerge { edited, fresh: Some(fresh), body, .. }) = change
        else {
            continue;
        };
        let first = numbers.of_block(*fresh);
        match (places.get(*edited), body) {
            (Some(Place::Paragraph { spot, .. }), _) => numbered.push((&spot.at, first)),
            (Some(Place::Table { rows, .. }), Body::Table(changes)) => {
                numbered.extend(changes.iter().filter_map(|change| match change {
                    Change::Kept(row) => {
                        Some((&rows.get(row.edited)?.at, first + row.fresh?))
                    }
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    numbered
}

/// Tells whether fresh is as base was: the old numbers are right.
fn is_as_it_was(changes: &[Change<BlockMerge, Block>]) -> bool {
    changes.iter().all(|change| match change {
        Change::Kept(BlockMerge { fresh: None, conflict: None, body, .. }) => {
            match body {
                Body::Table(rows) => {
                    rows.iter().all(|row| matches!(row, Change::Kept(_)))
                }
                Body::Text(_) => true,
            }
        }
        _ => false,
    })
}

/// Tells whether nothing happens to a block.
fn is_still(change: &Change<BlockMerge, Block>) -> bool {
    match change {
        Change::Kept(block) => block.changes_nothing(),
        other => matches!(other, Change::Deleted(_)),
    }
}
