//! The changes of one section: its paragraphs, its tables, its bookmarks.

use std::collections::BTreeMap;

use super::fresh::grid;
use super::notes::{Note, references};
use super::spot::Plan;
use super::{Omission, Side, Work};
use crate::document::{Block, BlockKind, Row, Section, Table};
use crate::docx::bookmark;
use crate::docx::read::{Anchor, Held, Place, Recovery, RowPlace, Spot};
use crate::docx::revisions::{Kind, mark_inserted, mark_paragraph, mark_row};
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
            Change::Added(_) | Change::Deleted(_) => {}
        }
    }

    fn kept(&mut self, section: &'m SectionMerge) {
        let at = section.edited;
        let Some(places) = self.reading.places.get(at) else { return };
        let fresh = section.id.as_deref().and_then(|id| self.fresh.get(id).copied());
        let mut numbers = Numbers::of(fresh, &section.blocks);
        for (index, change) in section.blocks.iter().enumerate() {
            match change {
                Change::Kept(block) => self.block(section, block, &mut numbers),
                Change::Removed(block) => self.remove(at, *block),
                Change::Added(new) => {
                    self.add_block(section, index, new, numbers.added(new));
                }
                Change::Deleted(_) => {}
            }
        }
        self.anchor(section, fresh, &mut numbers);
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
        numbers: &mut Numbers,
    ) {
        let reading = self.reading;
        let Some(place) = reading.places[section.edited].get(block.edited) else {
            return;
        };
        let at = [Some(section.edited), Some(block.edited), None, None];
        match (place, &block.body) {
            (Place::Paragraph { spot, .. }, Body::Text(words)) => {
                self.spot(spot, words, block, at);
            }
            (Place::Table { at: table, rows }, Body::Table(changes)) => {
                self.table(section, block, (table, rows), changes, numbers);
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
        numbers: &mut Numbers,
    ) {
        let (s, b) = (Some(section.edited), Some(block.edited));
        let kind =
            &self.reading.document.sections[section.edited].blocks[block.edited].kind;
        let BlockKind::Table(content) = kind else { return };
        let grid = self.element(table).map(grid).unwrap_or_default();
        let mut added = numbers.rows(block.fresh, changes);
        let row_of = |change: &Change<RowMerge, Row>| match change {
            Change::Kept(row) => Some(row.edited),
            Change::Removed(at) => Some(*at),
            _ => None,
        };
        for (index, change) in changes.iter().enumerate() {
            match change {
                Change::Kept(row) => {
                    let Some(place) = rows.get(row.edited) else { continue };
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
                    let n = added.next(row);
                    let id = section.id.as_deref().unwrap_or_default();
                    self.anchors.reserve_some(id, n..n + 1);
                    let built =
                        self.builder.row(section.id.as_deref(), content, (row, n), &grid);
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

    fn add_block(&mut self, section: &SectionMerge, index: usize, new: &Block, n: usize) {
        let places = &self.reading.places[section.edited];
        let block_of = |change: &Change<BlockMerge, Block>| match change {
            Change::Kept(block) => places.get(block.edited),
            Change::Removed(at) => places.get(*at),
            _ => None,
        };
        let changes = &section.blocks;
        let before = changes[..index].iter().rev().find_map(block_of);
        let after = changes[index..].iter().find_map(block_of);
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
        self.anchors.reserve_block(id.unwrap_or_default(), new, n);
        let mut nodes = self.builder.block(id, new, width, n);
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
                    mark_paragraph(paragraph, Kind::Deleted);
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
        if let Some(row) = element_at_mut(&mut self.nodes, &row.at) {
            mark_row(row, Kind::Deleted);
            delete_inside(row);
        }
    }

    /// Writes down in bookmarks what the reading found out. What people dragged into another
    /// section, or joined with a paragraph of one, means no more than their own text there:
    /// where sections move, its bookmarks would come to stand beside the section that it is
    /// from, and draw it back. What had lost its bookmark gets it again.
    pub(super) fn settle(&mut self) {
        let sections = &self.reading.document.sections;
        let mut anchors: BTreeMap<&Path, (usize, Option<Anchor>)> = BTreeMap::new();
        for (section, places) in self.reading.places.iter().enumerate() {
            for place in places {
                match place {
                    Place::Paragraph { anchor, spot } => {
                        anchors.insert(&spot.at, (section, *anchor));
                    }
                    Place::Table { rows, .. } => {
                        let rows =
                            rows.iter().map(|row| (&row.at, (section, row.anchor)));
                        anchors.extend(rows);
                    }
                }
            }
        }
        for finding in &self.reading.findings {
            let Some(at) = &finding.at else { continue };
            let own = anchors.get(at).and_then(|(section, anchor)| {
                Some((sections[*section].id.as_deref()?, (*anchor)?))
            });
            let is_foreign = |own: Option<(&str, Anchor)>| {
                own.is_none_or(|(_, own)| own.section != finding.anchor.section)
            };
            let strayed = match finding.how {
                Recovery::Strayed => true,
                Recovery::Joined => is_foreign(own),
                Recovery::Alike | Recovery::Replaced => {
                    if let Some((id, own)) = own {
                        self.anchors.restore(at, id, own.n);
                    }
                    false
                }
                _ => false,
            };
            let name = own.map(|(id, own)| bookmark::name(id, own.n));
            // A name too long for Word names nothing, and is not there.
            if strayed && name != Some(None) {
                self.anchors.stray(at, name.flatten());
            }
        }
    }

    /// Names the bookmarks of a section as fresh numbers them.
    fn anchor(
        &mut self,
        section: &SectionMerge,
        fresh: Option<&Section>,
        numbers: &mut Numbers,
    ) {
        let (Some(id), Some(_)) = (&section.id, fresh) else { return };
        let places = &self.reading.places[section.edited];
        // Where fresh is as base was, the old numbers are right.
        let mut is_same = true;
        let mut wanted: Vec<(&Path, usize)> = Vec::new();
        for change in &section.blocks {
            let Change::Kept(block) = change else {
                is_same = false;
                continue;
            };
            is_same &= block.fresh.is_none() && block.conflict.is_none();
            let first = block.fresh.map(|at| numbers.of_block(at));
            match (places.get(block.edited), &block.body) {
                (Some(Place::Paragraph { spot, .. }), _) => {
                    wanted.extend(first.map(|n| (&spot.at, n)));
                }
                (Some(Place::Table { rows, .. }), Body::Table(changes)) => {
                    for change in changes {
                        let Change::Kept(row) = change else {
                            is_same = false;
                            continue;
                        };
                        let n = first.zip(row.fresh).map(|(n, row)| n + row);
                        let place = rows.get(row.edited);
                        wanted.extend(place.zip(n).map(|(place, n)| (&place.at, n)));
                    }
                }
                _ => {}
            }
        }
        let old = self.reading.document.sections[section.edited].id.as_ref();
        let anchors = |place: &'m Place| -> Vec<(&'m Path, Option<usize>)> {
            match place {
                Place::Paragraph { anchor, spot } => {
                    vec![(&spot.at, anchor.map(|a| a.n))]
                }
                Place::Table { rows, .. } => {
                    rows.iter().map(|row| (&row.at, row.anchor.map(|a| a.n))).collect()
                }
            }
        };
        let current = places.iter().flat_map(anchors);
        let current: Vec<(&Path, usize)> =
            current.filter_map(|(at, n)| Some((at, n?))).collect();
        if is_same {
            wanted.clone_from(&current);
        }
        // What the drafter wrote anew in a place of ours keeps the place.
        let content = &self.reading.document.sections[section.edited].blocks;
        for change in section.blocks.iter().filter(|_| !is_same) {
            let Change::Kept(BlockMerge { edited, fresh: None, conflict: None, .. }) =
                change
            else {
                continue;
            };
            if let Some(Place::Paragraph { anchor: Some(anchor), spot }) =
                places.get(*edited)
                && let Some(n) = numbers.take_like(&content[*edited], anchor.n)
            {
                wanted.push((&spot.at, n));
            }
        }
        // What a section began with still begins it, also where people split its heading, and
        // fresh is more like the second half.
        let opens = |change: &Change<BlockMerge, Block>| {
            matches!(change, Change::Kept(BlockMerge { edited: 0, fresh: None, .. }))
        };
        if let Some((first, 1)) = current.first()
            && section.blocks.iter().any(opens)
            && let Some(heading) = wanted.iter_mut().find(|(_, n)| *n == 1)
        {
            heading.0 = first;
        }
        wanted.sort_unstable();
        let is_still = |change: &Change<BlockMerge, Block>| match change {
            Change::Kept(block) => block.changes_nothing(),
            other => matches!(other, Change::Deleted(_)),
        };
        let is_numbered = old == Some(id) && wanted == current;
        if is_numbered && section.blocks.iter().all(is_still) {
            return;
        }
        for (at, n) in wanted {
            self.anchors.name(at, id, n);
        }
        if !is_numbered {
            self.anchors.part(old.unwrap_or(id), id, numbers.count() + 1);
        }
    }
}

/// The numbers of bookmarks in a section of fresh.
pub(super) struct Numbers<'f> {
    blocks: &'f [Block],
    /// Blocks of fresh that nothing kept or added is yet.
    free: Vec<bool>,
}

impl<'f> Numbers<'f> {
    fn of(fresh: Option<&'f Section>, changes: &[Change<BlockMerge, Block>]) -> Self {
        let blocks = fresh.map_or(&[][..], |section| &section.blocks);
        let mut free = vec![true; blocks.len()];
        for change in changes {
            if let Change::Kept(BlockMerge { fresh: Some(at), .. }) = change
                && let Some(free) = free.get_mut(*at)
            {
                *free = false;
            }
        }
        Self { blocks, free }
    }

    /// The number of a block of fresh that nothing kept or added is, and that is a heading,
    /// or a paragraph, as that one: of the one that has its number, else of the first.
    fn take_like(&mut self, block: &Block, n: usize) -> Option<usize> {
        let shape = |block: &Block| match block.kind {
            BlockKind::Heading(_) => 0,
            BlockKind::Table(_) => 1,
            _ => 2,
        };
        let is = |at: &usize| self.free[*at] && shape(&self.blocks[*at]) == shape(block);
        let all = || (0..self.blocks.len()).filter(is);
        let at = all().find(|at| self.of_block(*at) == n).or_else(|| all().next())?;
        self.free[at] = false;
        Some(self.of_block(at))
    }

    fn of_block(&self, at: usize) -> usize {
        1 + self.blocks.iter().take(at).map(Block::units).sum::<usize>()
    }

    fn count(&self) -> usize {
        self.blocks.iter().map(Block::units).sum()
    }

    /// The number of an added block.
    fn added(&mut self, new: &Block) -> usize {
        let is = |at: &usize| self.free[*at] && self.blocks[*at] == *new;
        let at = (0..self.blocks.len()).find(is);
        if let Some(at) = at {
            self.free[at] = false;
        }
        self.of_block(at.unwrap_or(self.blocks.len()))
    }

    fn rows(&self, block: Option<usize>, changes: &[Change<RowMerge, Row>]) -> Rows<'f> {
        let table: Option<&Table> =
            block.and_then(|at| match &self.blocks.get(at)?.kind {
                BlockKind::Table(table) => Some(table),
                _ => None,
            });
        let rows = table.map_or(&[][..], |table| &table.rows);
        let mut free = vec![true; rows.len()];
        for change in changes {
            if let Change::Kept(RowMerge { fresh: Some(at), .. }) = change
                && let Some(free) = free.get_mut(*at)
            {
                *free = false;
            }
        }
        Rows {
            fresh: rows,
            free,
            first: self.of_block(block.unwrap_or(self.blocks.len())),
        }
    }
}

/// The numbers of bookmarks in a table of fresh.
struct Rows<'f> {
    fresh: &'f [Row],
    free: Vec<bool>,
    first: usize,
}

impl Rows<'_> {
    /// The number of an added row.
    fn next(&mut self, new: &Row) -> usize {
        let is = |at: &usize| {
            let row = &self.fresh[*at];
            self.free[*at] && row.id == new.id && row.source == new.source
        };
        let at = (0..self.fresh.len()).find(is);
        if let Some(at) = at {
            self.free[at] = false;
        }
        self.first + at.unwrap_or(self.fresh.len())
    }
}

/// What a text would become.
fn result(text: &str, words: &Words) -> String {
    words.apply(&crate::document::Text::from(text.to_owned())).plain()
}

/// What goes with the paragraph that holds it.
fn is_light(held: &Held) -> bool {
    matches!(held, Held::Comment | Held::SectionEnd)
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
            mark_paragraph(child, Kind::Deleted);
        } else {
            delete_inside(child);
        }
    }
}
