//! Cuts the paragraphs and tables of a file into the sections of a plan.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::align::{Key, Says};
use super::anchor::{Anchoring, Item, Unit};
use super::flow::{Flow, Grid};
use super::style::Look;
use super::text::Passage;
use super::{Anchor, Finding, Place, Reading, Recovery, RowPlace};
use crate::document::{
    Align, Block, BlockKind, Column, Document, Heading, Role, Row, Section, Table, Text,
};
use crate::docx::bookmark;
use crate::identity::{Mark, Marked, Marks};

/// Rounds of taking strays out of the sections that they stand in.
const ROUNDS: usize = 4;

/// A paragraph or a table, and where its units are.
pub(super) struct Entry {
    flow: Flow,
    units: Range<usize>,
}

/// Leaves out what is no text of the plan, and counts paragraphs and rows.
pub(super) fn entries(flows: Vec<Flow>) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut next = 0;
    for flow in flows {
        let count = match &flow {
            Flow::Paragraph(passage) => {
                let ours = passage.names.iter().any(|name| bookmark::is_hidden(name));
                if passage.is_blank() && !ours {
                    continue;
                }
                1
            }
            Flow::Table(grid) => grid.rows.len(),
        };
        entries.push(Entry { flow, units: next..next + count });
        next += count;
    }
    entries
}

/// What each paragraph says, and each row, a tab between two cells; blank ones do not count.
pub(super) fn texts(flows: Vec<Flow>) -> Vec<String> {
    let mut texts = Vec::new();
    for flow in flows {
        match flow {
            Flow::Paragraph(passage) => texts.push(passage.spot.text),
            Flow::Table(grid) => {
                let columns = grid.columns();
                texts.extend(grid.rows.into_iter().map(|mut line| {
                    line.cells.resize_with(columns, Passage::default);
                    line.says()
                }));
            }
        }
    }
    texts.retain(|text| !text.trim().is_empty());
    texts
}

/// The blocks that a person sees, whatever they were in the base.
pub(super) fn seen(flows: Vec<Flow>) -> Section {
    let none = Document::default();
    let kind = |flow| match flow {
        Flow::Paragraph(passage) => paragraph(passage, None, &none).0,
        Flow::Table(grid) => {
            let anchors = vec![None; grid.rows.len()];
            table(grid, anchors, &none).0
        }
    };
    let blocks = flows.into_iter().map(|flow| Block { kind: kind(flow), source: 0..0 });
    Section { blocks: blocks.collect(), ..Section::default() }
}

/// The paragraphs and rows of all entries.
pub(super) fn units(entries: &[Entry]) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    for entry in entries {
        match &entry.flow {
            Flow::Paragraph(passage) => units.push(Unit {
                at: &passage.spot.at,
                key: Key::new(false, passage),
                heading: matches!(passage.look, Some(Look::Heading(_))),
                names: &passage.names,
            }),
            Flow::Table(grid) => units.extend(grid.rows.iter().map(|line| Unit {
                at: &line.at,
                key: Key::new(true, line),
                heading: false,
                names: &line.names,
            })),
        }
    }
    units
}

/// Entries in a row that belong to one section of the base, or to none.
struct Stretch {
    section: Option<usize>,
    entries: Range<usize>,
}

/// Cuts entries into sections, each with the places of its blocks.
pub(super) fn cut(
    entries: Vec<Entry>,
    mut anchoring: Anchoring,
    items: &[Item<'_>],
    base: &Document,
) -> Reading {
    let stretches = settle(&entries, &mut anchoring, items, base);
    let mut document = Document::default();
    let mut places = Vec::new();
    let mut marks = Marks::default();
    let mut entries = entries.into_iter();
    for stretch in stretches {
        let id = stretch.section.and_then(|section| base.sections[section].id.clone());
        let mut section = Section { id, ..Section::default() };
        let mut section_places = Vec::new();
        let mut section_marks = Vec::new();
        for Entry { flow, units } in entries.by_ref().take(stretch.entries.len()) {
            let anchors: Vec<Option<Anchor>> = anchoring.items[units.clone()]
                .iter()
                .map(|item| item.map(|item| items[item].anchor))
                .collect();
            let known = anchors.iter().any(Option::is_some);
            let is_own = &anchoring.closed[units];
            let (kind, place) = match flow {
                Flow::Paragraph(passage) if !known && passage.is_blank() => continue,
                Flow::Paragraph(passage) => paragraph(passage, anchors.first(), base),
                Flow::Table(grid) => table(grid, anchors, base),
            };
            section_marks.push(marked(&place, is_own));
            section.blocks.push(Block { kind, source: 0..0 });
            section_places.push(place);
        }
        document.sections.push(section);
        places.push(section_places);
        marks.0.push(section_marks);
    }
    let findings = anchoring.findings;
    Reading { document, places, marks, findings }
}

/// What is known of a block; `is_own` tells of each paragraph or row whether it is known to be
/// the drafter's.
fn marked(place: &Place, is_own: &[bool]) -> Marked {
    let mark = |item: Option<usize>, is_own: bool| match (item, is_own) {
        (Some(item), _) => Mark::Of(item),
        (None, true) => Mark::Own,
        (None, false) => Mark::Unknown,
    };
    match place {
        Place::Paragraph { anchor, .. } => {
            let own = is_own.first().copied().unwrap_or_default();
            Marked { block: mark(anchor.map(|at| at.block), own), rows: Vec::new() }
        }
        Place::Table { rows, .. } => {
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            for anchor in rows.iter().filter_map(|row| row.anchor) {
                *counts.entry(anchor.block).or_default() += 1;
            }
            let most = counts.into_iter().rev().max_by_key(|(_, count)| *count);
            let block = most.map(|(block, _)| block);
            let row = |(row, is_own): (&RowPlace, &bool)| {
                let anchor = row.anchor.filter(|at| Some(at.block) == block);
                mark(anchor.and_then(|at| at.row), *is_own)
            };
            let rows = rows.iter().zip(is_own).map(row).collect();
            Marked { block: mark(block, false), rows }
        }
    }
}

/// Stretches such that no section of the base has two: what was dragged into another
/// section, or below a heading of the drafter's, loses its anchor.
fn settle(
    entries: &[Entry],
    anchoring: &mut Anchoring,
    items: &[Item<'_>],
    base: &Document,
) -> Vec<Stretch> {
    let mut owners: Vec<Option<usize>> =
        entries.iter().map(|entry| owner(entry, anchoring, items)).collect();
    let mut round = 0;
    let stretches = loop {
        let stretches = stretches(entries, &owners, anchoring, items, base);
        let pieces = pieces(&stretches, entries, anchoring, items);
        let mains = mains(&stretches, &pieces);
        let is_stray = |at: &usize| {
            let section = stretches[*at].section;
            section.is_some_and(|section| mains[&section].at != *at)
        };
        let strays: Vec<usize> = (0..stretches.len()).filter(is_stray).collect();
        // Those that part two pieces of one section first: the pieces grow together.
        let mut leaving = Vec::new();
        if round < ROUNDS {
            let parting = |at: &usize| parts_a_section(*at, &stretches);
            let remnants = remnants(&stretches, &pieces, &mains, items);
            leaving.extend(strays.iter().copied().chain(remnants).filter(parting));
        }
        if leaving.is_empty() {
            leaving = strays;
        }
        if leaving.is_empty() {
            break stretches;
        }
        round += 1;
        for at in leaving {
            for entry in stretches[at].entries.clone() {
                owners[entry] = None;
                release(entries[entry].units.clone(), entries, anchoring, items);
            }
        }
    };
    release(foreign(entries, &owners, anchoring, items), entries, anchoring, items);
    tell_once(&mut anchoring.findings);
    stretches
}

/// The section that an entry's anchors name: of a table, most of them.
fn owner(entry: &Entry, anchoring: &Anchoring, items: &[Item<'_>]) -> Option<usize> {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for item in anchoring.items[entry.units.clone()].iter().flatten() {
        let section = items[*item].anchor.section;
        match counts.iter_mut().find(|(known, _)| *known == section) {
            Some((_, count)) => *count += 1,
            None => counts.push((section, 1)),
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max()?;
    counts.iter().find(|(_, count)| *count == most).map(|(section, _)| *section)
}

/// Entries without an anchor belong to what precedes them, unless one is a heading of the
/// section's level or higher, or any heading where the section has none of its own: it opens a
/// section of the drafter's.
fn stretches(
    entries: &[Entry],
    owners: &[Option<usize>],
    anchoring: &Anchoring,
    items: &[Item<'_>],
    base: &Document,
) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    let mut level = NO_HEADING;
    // Whether a line that only looks like a heading is one.
    let mut takes_typed = true;
    // The number of the last heading.
    let mut number: Option<String> = None;
    for (at, (entry, owner)) in entries.iter().zip(owners).enumerate() {
        let heading = match &entry.flow {
            Flow::Paragraph(passage) if owner.is_none() => {
                heading_level(passage, takes_typed, number.as_deref())
            }
            _ => None,
        };
        let current = stretches.last().map(|stretch| stretch.section);
        let opens = if owner.is_some() {
            current != Some(*owner)
        } else {
            let half = anchoring.halves[entry.units.start];
            !half && heading.is_some_and(|heading| heading <= level)
        };
        if opens || current.is_none() {
            stretches.push(Stretch { section: *owner, entries: at..at });
            let own = owner.map_or(heading, |section| title_level(section, items));
            level = own.unwrap_or(NO_HEADING);
            let role = Role::of(owner.and_then(|at| base.sections[at].id.as_deref()));
            takes_typed = own.is_some() || !role.has_lines_like_headings();
        }
        if let Some(stretch) = stretches.last_mut() {
            stretch.entries.end = at + 1;
        }
        let was = anchoring.items[entry.units.start].and_then(|item| items[item].level);
        if let (Flow::Paragraph(passage), Some(_)) = (&entry.flow, was.or(heading)) {
            number = Heading::number(&passage.spot.text).map(ToOwned::to_owned);
        }
    }
    stretches
}

/// The level of a section without a heading: below all headings.
const NO_HEADING: u8 = u8::MAX;

/// The level of the heading that a section has in the base, if it has one.
fn title_level(section: usize, items: &[Item<'_>]) -> Option<u8> {
    let first = items.partition_point(|item| item.anchor.section < section);
    items.get(first).filter(|item| item.anchor.section == section)?.level
}

/// The level of what a reader takes for a heading: by its style, or because it is set as one
/// `behind` the number of the heading above.
fn heading_level(
    passage: &Passage,
    takes_typed: bool,
    behind: Option<&str>,
) -> Option<u8> {
    match passage.look {
        _ if passage.is_blank() => None,
        Some(Look::Heading(level)) => {
            Some(Heading::level_behind(level, &passage.spot.text, behind))
        }
        Some(Look::Scaffold) => None,
        _ => Heading::typed(&passage.text, behind).filter(|_| takes_typed),
    }
}

/// A stretch, by what tells which of several is the main one of their section.
#[derive(Clone, Copy)]
struct Piece {
    /// Whether the section's first paragraph is in it.
    opens: bool,
    /// How many of the section's paragraphs and rows are.
    count: usize,
    /// Which of the stretches.
    at: usize,
}

/// What each stretch holds of its section.
fn pieces(
    stretches: &[Stretch],
    entries: &[Entry],
    anchoring: &Anchoring,
    items: &[Item<'_>],
) -> Vec<Piece> {
    let piece = |(at, stretch): (usize, &Stretch)| {
        let units = entries[stretch.entries.clone()].iter().flat_map(|e| e.units.clone());
        let found = units.filter_map(|unit| anchoring.items[unit]);
        let numbers: Vec<usize> = found
            .map(|item| items[item].anchor)
            .filter(|anchor| Some(anchor.section) == stretch.section)
            .map(|anchor| anchor.n)
            .collect();
        Piece { opens: numbers.contains(&1), count: numbers.len(), at }
    };
    stretches.iter().enumerate().map(piece).collect()
}

/// The main piece of each section: the one with its first paragraph, or else with most.
fn mains(stretches: &[Stretch], pieces: &[Piece]) -> BTreeMap<usize, Piece> {
    let mut mains: BTreeMap<usize, Piece> = BTreeMap::new();
    for (stretch, piece) in stretches.iter().zip(pieces) {
        let Some(section) = stretch.section else { continue };
        let best = mains.entry(section).or_insert(*piece);
        if (piece.opens, piece.count) > (best.opens, best.count) {
            *best = *piece;
        }
    }
    mains
}

/// The main pieces that have lost the heading that they had in the base, and were dragged to
/// where they stand: a reader sees them below the heading before them. Their place in the base
/// tells, or their size; in doubt what stands behind them was dragged.
fn remnants(
    stretches: &[Stretch],
    pieces: &[Piece],
    mains: &BTreeMap<usize, Piece>,
    items: &[Item<'_>],
) -> Vec<usize> {
    let had_heading = |section: usize| title_level(section, items).is_some();
    let is_dragged = |section: usize, main: &Piece| {
        let next = stretches.get(main.at + 1).zip(pieces.get(main.at + 1));
        next.is_some_and(|(next, piece)| {
            next.section > Some(section) || piece.count > main.count
        })
    };
    let is_remnant = |section: usize, main: &Piece| {
        !main.opens && had_heading(section) && is_dragged(section, main)
    };
    let remnants = mains.iter().filter(|(section, main)| is_remnant(**section, main));
    remnants.map(|(_, main)| main.at).collect()
}

/// Tells whether a stretch stands between two pieces of one section.
fn parts_a_section(at: usize, stretches: &[Stretch]) -> bool {
    let section = |at: usize| stretches.get(at).and_then(|stretch| stretch.section);
    let before = at.checked_sub(1).and_then(section);
    before.is_some() && before == section(at + 1)
}

/// Rows of another section than their table's.
fn foreign(
    entries: &[Entry],
    owners: &[Option<usize>],
    anchoring: &Anchoring,
    items: &[Item<'_>],
) -> Vec<usize> {
    let mut foreign = Vec::new();
    for (entry, owner) in entries.iter().zip(owners) {
        foreign.extend(entry.units.clone().filter(|unit| {
            let item = anchoring.items[*unit].map(|item| &items[item]);
            item.is_some_and(|item| Some(item.anchor.section) != *owner)
        }));
    }
    foreign
}

/// Takes the anchors of units away, and tells.
fn release(
    units: impl IntoIterator<Item = usize>,
    entries: &[Entry],
    anchoring: &mut Anchoring,
    items: &[Item<'_>],
) {
    for unit in units {
        let Some(item) = anchoring.items[unit].take() else { continue };
        anchoring.closed[unit] = true;
        let anchor = items[item].anchor;
        let holder = entries.partition_point(|entry| entry.units.end <= unit);
        let at = entries.get(holder).and_then(|entry| match &entry.flow {
            Flow::Paragraph(passage) => Some(passage.spot.at.clone()),
            Flow::Table(grid) => {
                grid.rows.get(unit - entry.units.start).map(|row| row.at.clone())
            }
        });
        anchoring.findings.push(Finding { anchor, how: Recovery::Strayed, at });
    }
}

/// How a stray was found does not matter any more.
fn tell_once(findings: &mut Vec<Finding>) {
    let strayed = |finding: &&Finding| finding.how == Recovery::Strayed;
    let strays: BTreeSet<Anchor> =
        findings.iter().filter(strayed).map(|finding| finding.anchor).collect();
    findings.retain(|finding| {
        let found = matches!(finding.how, Recovery::Alike | Recovery::Replaced);
        !(found && strays.contains(&finding.anchor))
    });
}

fn paragraph(
    passage: Passage,
    anchor: Option<&Option<Anchor>>,
    base: &Document,
) -> (BlockKind, Place) {
    let anchor = anchor.copied().flatten();
    let was = anchor.map(|at| &base.sections[at.section].blocks[at.block].kind);
    let Passage { mut spot, text, look, .. } = passage;
    let kind = kind(text, look, was);
    let own = match &kind {
        BlockKind::Heading(heading) => heading.text.plain().len(),
        BlockKind::Item { text, .. } => text.plain().len(),
        _ => spot.text.len(),
    };
    spot.lead = spot.text.len() - own;
    (kind, Place::Paragraph { anchor, spot })
}

/// What a paragraph is: a heading where it was one in the base, whatever became of its style;
/// else by its look, and in what looks do not tell as it was in the base.
fn kind(text: Text, look: Option<Look>, was: Option<&BlockKind>) -> BlockKind {
    match (look, was) {
        (_, Some(BlockKind::Heading(heading))) => {
            Heading::split(heading.level, text).into()
        }
        (Some(Look::Heading(level)), _) => Heading::split(level, text).into(),
        (Some(Look::Item(depth)), was) => {
            let depth = match was {
                Some(BlockKind::Item { depth: own, .. })
                    if (*own).min(1) == depth.min(1) =>
                {
                    *own
                }
                _ => depth,
            };
            BlockKind::Item { depth, number: None, text }
        }
        (Some(Look::Quote), _) | (None, Some(BlockKind::Quote(_))) => {
            BlockKind::Quote(text)
        }
        (_, Some(BlockKind::Raw(_))) => BlockKind::Raw(text.plain()),
        (_, Some(BlockKind::Item { depth, number: Some(_), .. })) => {
            let (number, text) = ordered(text);
            BlockKind::Item { depth: *depth, number, text }
        }
        (None, Some(BlockKind::Item { depth, .. })) => {
            BlockKind::Item { depth: *depth, number: None, text }
        }
        _ => BlockKind::Paragraph(text),
    }
}

/// Splits the number off an item of an ordered list.
fn ordered(text: Text) -> (Option<u32>, Text) {
    let plain = text.plain();
    let number = plain.split_once(". ").and_then(|(number, _)| number.parse().ok());
    match number {
        Some(number) => {
            let front = plain.find(". ").map_or(0, |at| at + 2);
            (Some(number), text.without_front(front))
        }
        None => (None, text),
    }
}

fn table(
    grid: Grid,
    anchors: Vec<Option<Anchor>>,
    base: &Document,
) -> (BlockKind, Place) {
    let tables = anchors.iter().flatten().filter_map(|anchor| {
        match &base.sections[anchor.section].blocks[anchor.block].kind {
            BlockKind::Table(table) => Some((table, anchor.row?)),
            _ => None,
        }
    });
    let known: Vec<(&Table, usize)> = tables.collect();
    let count = grid.columns();
    let columns = match known.first() {
        Some((table, _)) if table.columns.len() == count => table.columns.clone(),
        _ => (0..count)
            .map(|at| Column {
                width: grid.widths.get(at).copied().unwrap_or(1),
                align: Align::Left,
            })
            .collect(),
    };
    let mut rows = Vec::new();
    let mut places = Vec::new();
    for (line, anchor) in grid.rows.into_iter().zip(anchors) {
        let id = anchor.and_then(|anchor| {
            match &base.sections[anchor.section].blocks[anchor.block].kind {
                BlockKind::Table(table) => table.rows.get(anchor.row?)?.id.clone(),
                _ => None,
            }
        });
        let mut cells = line.cells;
        cells.resize_with(count, Passage::default);
        let (spots, cells) = cells.into_iter().map(|cell| (cell.spot, cell.text)).unzip();
        rows.push(Row { id, cells, source: 0..0 });
        places.push(RowPlace {
            at: line.at,
            anchor,
            inserted: line.inserted,
            cells: spots,
        });
    }
    let place = Place::Table { at: grid.at, rows: places };
    (BlockKind::Table(Table { columns, rows }), place)
}
