//! The changes of one section: its paragraphs and its tables.

use super::fresh::grid;
use super::notes::{Note, references};
use super::spot::Plan;
use super::{Omission, Side, Work, anchors};
use crate::document::{Block, BlockKind, Row, Section};
use crate::docx::read::{Held, Place, RowPlace, Spot};
use crate::docx::revisions::{Revision, mark_inserted, mark_paragraph, mark_row};
use crate::docx::xml::{Element, Node, Path, element_at_mut};
use crate::merge::{
    BlockMerge, Body, Change, RowMerge, SectionMerge, Travel, What, Words,
};

impl<'m> Work<'m> {
    /// Carries out what happens to one section.
    pub(super) fn section(&mut self, change: &'m Change<SectionMerge, Section>) {
        match change {
            Change::Kept(section) => self.kept(section),
            Change::Removed(at) => {
                let blocks = self.reading.places.get(*at).map_or(0, Vec::len);
                for block in 0..blocks {
                    self.remove(*at, block);
                }
            }
            Change::Added(new) => {
                let names = self.options.new_names.bookmarks(new);
                names.for_each(|name| self.anchors.come(name));
            }
            Change::Deleted(_) => {}
        }
    }

    fn kept(&mut self, section: &'m SectionMerge) {
        let at = section.edited;
        let Some(places) = self.reading.places.get(at) else { return };
        let fresh = section.id.as_deref().and_then(|id| self.fresh.get(id).copied());
        let firsts = anchors::first_units(&section.blocks, fresh);
        let place = |change: &Change<BlockMerge, Block>| match change {
            Change::Kept(block) => places.get(block.edited),
            Change::Removed(at) => places.get(*at),
            _ => None,
        };
        // What comes in stands behind what is there before it, else before all that is there.
        let opening = section.blocks.iter().find_map(place);
        let mut before = None;
        for (change, first) in section.blocks.iter().zip(firsts) {
            match change {
                Change::Kept(block) => self.block(section, block, first),
                Change::Removed(block) => self.remove(at, *block),
                Change::Added(new) => {
                    self.add_block(section, (before, opening), new, first);
                }
                Change::Deleted(_) => {}
            }
            before = place(change).or(before);
        }
        let stays = |change: &Change<BlockMerge, Block>| match change {
            Change::Kept(block) => places.get(block.edited).and_then(first_paragraph),
            _ => None,
        };
        let first = section.blocks.iter().find_map(stays);
        if let Some(conflict) = &section.conflict {
            self.note(first, Note::Conflict(What::Whole(conflict)));
        }
        let is_here = !self
            .skipped
            .iter()
            .any(|skipped| skipped.section == at && skipped.what == Omission::Move);
        if section.travel == Travel::Moved && is_here {
            let blocks = &self.reading.document.sections[at].blocks;
            let number = blocks.iter().find_map(|block| match &block.kind {
                BlockKind::Heading(heading) => heading.number.clone(),
                _ => None,
            });
            self.note(first, Note::Moved(number));
        }
    }

    fn block(
        &mut self,
        section: &SectionMerge,
        block: &'m BlockMerge,
        first: Option<usize>,
    ) {
        let reading = self.reading;
        let Some(place) = reading.places[section.edited].get(block.edited) else {
            return;
        };
        let at = [Some(section.edited), Some(block.edited), None, None];
        match (place, &block.body) {
            (Place::Paragraph { spot, .. }, Body::Text(words)) => {
                let name = self.new_name(section.id.as_deref(), first);
                self.anchors.name(&spot.at, name);
                self.spot(spot, words, block, at);
            }
            (Place::Table { at: table, rows }, Body::Table(changes)) => {
                self.table(section, block, (table, rows), changes, first);
            }
            _ => {}
        }
        if let Some(conflict) = &block.conflict {
            self.note(first_paragraph(place), Note::Conflict(What::Whole(conflict)));
        }
    }

    /// Changes the words of a paragraph, and the number in front of them.
    fn spot(
        &mut self,
        spot: &Spot,
        words: &'m Words,
        block: &BlockMerge,
        at: [Option<usize>; 4],
    ) {
        let mut plan = Plan::default();
        if let Some(renumbered) = &block.renumbered {
            plan.renumber(spot, renumbered, &self.nodes);
            if plan.skipped {
                self.skip(at, Omission::Number);
            }
            self.level(spot, renumbered.level);
        }
        self.words(spot, words, plan, at);
    }

    fn words(
        &mut self,
        spot: &Spot,
        words: &'m Words,
        mut plan: Plan,
        at: [Option<usize>; 4],
    ) {
        let was_skipped = plan.skipped;
        plan.skipped = false;
        let notes = &mut self.notes;
        plan.words(spot, words, &self.nodes, |offer| {
            notes.push(Note::Conflict(What::Words(offer)));
            notes.len() - 1
        });
        let skipped = plan.skipped;
        plan.apply(spot, &mut self.nodes, self.styles, self.options.accept);
        if skipped {
            self.skip(at, Omission::Words);
        }
        if skipped || was_skipped {
            let new = skipped.then(|| result(&spot.text[spot.lead..], words));
            self.note(spot.paragraphs.first(), Note::Skipped(new));
        }
    }

    /// Gives a heading the style of its new level, if it has khung's style of another one.
    fn level(&mut self, spot: &Spot, level: u8) {
        let styles = self.styles;
        let names =
            ["Heading1", "Heading2", "Heading3", "Heading4"].map(|own| styles.id(own));
        let new = names[usize::from(level.clamp(2, 5)) - 2];
        let paragraph = element_at_mut(&mut self.nodes, &spot.at);
        let properties = paragraph.and_then(|paragraph| paragraph.element_mut("w:pPr"));
        if let Some(style) = properties.and_then(|all| all.element_mut("w:pStyle"))
            && style.value("w:val").is_some_and(|id| id != new && names.contains(&&*id))
        {
            style.set_attribute("w:val", new);
        }
    }

    fn table(
        &mut self,
        section: &SectionMerge,
        block: &BlockMerge,
        (table, rows): (&Path, &[RowPlace]),
        changes: &'m [Change<RowMerge, Row>],
        first: Option<usize>,
    ) {
        let (s, b) = (Some(section.edited), Some(block.edited));
        let kind =
            &self.reading.document.sections[section.edited].blocks[block.edited].kind;
        let BlockKind::Table(content) = kind else { return };
        let grid = self.element(table).map(grid).unwrap_or_default();
        let new = section.id.as_deref().and_then(|id| self.fresh.get(id));
        let new = new.zip(block.fresh).and_then(|(new, at)| new.blocks.get(at));
        let in_fresh = anchors::rows_in_fresh(changes, new);
        let row_of = |change: &Change<RowMerge, Row>| match change {
            Change::Kept(row) => Some(row.edited),
            Change::Removed(at) => Some(*at),
            _ => None,
        };
        for (index, change) in changes.iter().enumerate() {
            let unit = first.zip(in_fresh[index]).map(|(first, row)| first + row);
            let name = self.new_name(section.id.as_deref(), unit);
            match change {
                Change::Kept(row) => {
                    let Some(place) = rows.get(row.edited) else { continue };
                    self.anchors.name(&place.at, name);
                    for (cell, (spot, words)) in
                        place.cells.iter().zip(&row.cells).enumerate()
                    {
                        let at = [s, b, Some(row.edited), Some(cell)];
                        if !words.0.is_empty() {
                            self.words(spot, words, Plan::default(), at);
                        }
                    }
                    if let Some(conflict) = &row.conflict {
                        self.note(
                            row_paragraph(place),
                            Note::Conflict(What::Whole(conflict)),
                        );
                    }
                }
                Change::Removed(at) => {
                    let Some(place) = rows.get(*at) else { continue };
                    if self.can_remove_row(place) {
                        self.remove_row(place);
                    } else {
                        self.skip([s, b, Some(*at), None], Omission::Removal);
                        self.note(row_paragraph(place), Note::Left);
                    }
                }
                Change::Added(row) => {
                    let before = changes[..index].iter().rev().find_map(row_of);
                    let after = changes[index..].iter().find_map(row_of);
                    let side = match (before, after) {
                        (Some(at), _) => rows.get(at).map(|row| (&row.at, Side::After)),
                        (None, Some(at)) => {
                            rows.get(at).map(|row| (&row.at, Side::Before))
                        }
                        (None, None) => None,
                    };
                    self.anchors.come(name.clone());
                    let row = (row, name);
                    let built =
                        self.builder.row(section.id.as_deref(), content, row, &grid);
                    match (side, built) {
                        (Some((at, side)), Some(built)) => {
                            let mut built = vec![built];
                            mark_inserted(&mut built);
                            self.insertions.put(at, side, built);
                        }
                        _ => self.skip([s, b, None, None], Omission::Addition),
                    }
                }
                Change::Deleted(_) => {}
            }
        }
    }

    fn add_block(
        &mut self,
        section: &SectionMerge,
        (before, after): (Option<&Place>, Option<&Place>),
        new: &Block,
        first: Option<usize>,
    ) {
        let (at, side) = match (before, after) {
            (Some(place), _) => (last_node(place), Side::After),
            (None, Some(place)) => (first_node(place), Side::Before),
            (None, None) => {
                let at = [Some(section.edited), None, None, None];
                return self.skip(at, Omission::Addition);
            }
        };
        let width = self.width(at.get(2).copied().unwrap_or_default());
        let id = section.id.as_deref();
        let unit = |at| self.new_name(id, first.map(|first| first + at));
        let names: Vec<Option<String>> = (0..new.units()).map(unit).collect();
        names.iter().cloned().for_each(|name| self.anchors.come(name));
        let mut nodes = self.builder.block(id, new, width, names.into_iter());
        mark_inserted(&mut nodes);
        self.insertions.put(at, side, nodes);
    }

    fn remove(&mut self, section: usize, block: usize) {
        let reading = self.reading;
        let Some(place) = reading.places[section].get(block) else { return };
        let is_free = match place {
            Place::Paragraph { spot, .. } => {
                spot.paragraphs.len() == 1
                    && spot.marks.iter().all(|mark| is_light(&mark.held))
                    && !self.has_voice(&spot.at)
            }
            Place::Table { rows, .. } => rows.iter().all(|row| self.can_remove_row(row)),
        };
        if !is_free {
            self.skip([Some(section), Some(block), None, None], Omission::Removal);
            return self.note(first_paragraph(place), Note::Left);
        }
        match place {
            Place::Paragraph { spot, .. } => {
                if let Some(paragraph) = element_at_mut(&mut self.nodes, &spot.at) {
                    mark_paragraph(paragraph, Revision::Deleted);
                    self.anchors.strike(&spot.at);
                }
            }
            Place::Table { rows, .. } => rows.iter().for_each(|row| self.remove_row(row)),
        }
    }

    /// Tells whether somebody's comment would go with a paragraph or row.
    fn has_voice(&self, at: &Path) -> bool {
        let inside = self.element(at).map_or(&[][..], |element| &element.children);
        !self.voices.is_empty() && !references(inside).is_disjoint(&self.voices)
    }

    fn can_remove_row(&self, row: &RowPlace) -> bool {
        let is_free = |spot: &Spot| {
            spot.marks.iter().all(|mark| matches!(mark.held, Held::Comment))
        };
        row.inserted.is_none()
            && row.cells.iter().all(is_free)
            && !self.has_voice(&row.at)
    }

    fn remove_row(&mut self, row: &RowPlace) {
        if let Some(element) = element_at_mut(&mut self.nodes, &row.at) {
            mark_row(element, Revision::Deleted);
            delete_inside(element);
            self.anchors.strike(&row.at);
        }
    }
}

/// What a text would become.
fn result(text: &str, words: &Words) -> String {
    words.apply(&crate::document::Text::from(text.to_owned())).plain()
}

/// What goes with the paragraph that holds it.
fn is_light(held: &Held) -> bool {
    matches!(held, Held::Comment | Held::PageBreak | Held::SectionEnd)
}

fn first_paragraph(place: &Place) -> Option<&Path> {
    match place {
        Place::Paragraph { spot, .. } => spot.paragraphs.first(),
        Place::Table { rows, .. } => rows.first().and_then(row_paragraph),
    }
}

fn row_paragraph(row: &RowPlace) -> Option<&Path> {
    row.cells.iter().find_map(|cell| cell.paragraphs.first())
}

fn first_node(place: &Place) -> &Path {
    match place {
        Place::Paragraph { spot, .. } => &spot.at,
        Place::Table { at, .. } => at,
    }
}

fn last_node(place: &Place) -> &Path {
    match place {
        Place::Paragraph { spot, .. } => spot.paragraphs.last().unwrap_or(&spot.at),
        Place::Table { at, .. } => at,
    }
}

/// Marks all paragraphs of a row as deleted.
fn delete_inside(element: &mut Element) {
    for node in &mut element.children {
        let Node::Element(child) = node else { continue };
        if child.name == "w:p" {
            mark_paragraph(child, Revision::Deleted);
        } else {
            delete_inside(child);
        }
    }
}
