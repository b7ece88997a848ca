//! Laws that hold for all merges, tried on documents of few distinct lines and ids.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{Body, Change, Merge, Piece, Renames, Travel, Words, merge};
use crate::document::{
    Block, BlockKind, Column, Document, Heading, Row, Section, Table, Text,
};
use crate::identity::Marks;
use crate::update::seen::{self, Frame};

/// A line of few distinct words; sometimes a slot.
fn line() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec!["một", "hai", "ba", "bốn", "năm", "30/3/2024"]);
    let line = prop::collection::vec(words, 1..6).prop_map(|words| words.join(" "));
    prop_oneof![
        8 => line.clone(),
        1 => line.prop_map(|line| format!("{line} [CẦN BỔ SUNG: {line}].")),
        1 => Just("[CẦN BỔ SUNG: gì]".to_owned()),
    ]
}

fn block(kind: BlockKind) -> Block {
    Block { kind, source: 0..0 }
}

fn heading(level: u8, number: usize, title: &str) -> Block {
    let number = Some(format!("{number}."));
    block(BlockKind::Heading(Heading {
        level,
        number,
        text: Text::from(title.to_owned()),
    }))
}

fn paragraph() -> impl Strategy<Value = Block> {
    (line(), 0..4_u8).prop_map(|(line, depth)| {
        let text = Text::from(line);
        block(match depth.checked_sub(1) {
            None => BlockKind::Paragraph(text),
            Some(depth) => BlockKind::Item { depth: depth / 2, number: None, text },
        })
    })
}

fn table() -> impl Strategy<Value = Block> {
    let ids =
        prop::sample::subsequence(vec!["a", "b", "c", "d", "total"], 0..5).prop_shuffle();
    (ids, prop::collection::vec(line(), 5), 1..3_usize).prop_map(|(ids, lines, cells)| {
        let row = |id: Option<&str>, first: String, line: &str| {
            let mut row = vec![Text::from(first)];
            row.extend((0..cells).map(|_| Text::from(line.to_owned())));
            Row { id: id.map(str::to_owned), cells: row, source: 0..0 }
        };
        let mut rows = vec![row(None, "STT".to_owned(), "Cột")];
        for (at, (id, line)) in ids.into_iter().zip(lines).enumerate() {
            rows.push(row(Some(id), (at + 1).to_string(), &line));
        }
        let columns = vec![Column { width: 3, align: <_>::default() }; cells + 1];
        block(BlockKind::Table(Table { columns, rows }))
    })
}

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    let block = prop_oneof![5 => paragraph(), 1 => table()];
    prop::collection::vec(block, 0..5)
}

/// A plan as the catalogue gives it: every section has an id of its own.
fn drafted() -> impl Strategy<Value = Document> {
    let ids = prop::sample::subsequence(vec!["a", "b", "c", "d", "e", "f", "g"], 0..7);
    let section = (prop::option::of((3..6_u8, line())), blocks());
    (ids.prop_shuffle(), prop::collection::vec(section, 7)).prop_map(|(ids, bodies)| {
        let mut sections = Vec::new();
        for (at, (id, (title, mut blocks))) in ids.into_iter().zip(bodies).enumerate() {
            if let Some((level, title)) = title {
                blocks.insert(0, heading(level, at, &title));
            }
            sections.push(Section {
                id: Some(format!("task-{id}")),
                blocks,
                source: 0..0,
            });
        }
        Document { sections }
    })
}

/// One thing that a person, or an edition of the catalogue, does to a plan.
#[derive(Debug, Clone)]
struct Edit {
    what: u8,
    at: usize,
    other: usize,
    line: String,
    /// Words that come in.
    word: String,
    words: String,
}

fn edits(kinds: u8) -> impl Strategy<Value = Vec<Edit>> {
    let edit = (0..kinds, 0..40_usize, 0..40_usize, line()).prop_map(
        |(what, at, other, line)| {
            let (word, words) = ("sáu".to_owned(), "bảy tám".to_owned());
            Edit { what, at, other, line, word, words }
        },
    );
    prop::collection::vec(edit, 0..6)
}

/// Stands behind each word that only a person can have written.
const MARK: char = 'ˣ';

/// The words of an edit, marked as a person's.
fn marked(mut edit: Edit) -> Edit {
    let mark = |text: &str| {
        let is_word = |word: &str| word.chars().all(|c| c.is_alphanumeric() || c == '/');
        let words = text.split(' ').map(|word| match word {
            "BỔ" => word.to_owned(), // of a slot
            word if is_word(word) => format!("{word}{MARK}"),
            word => word.to_owned(),
        });
        words.collect::<Vec<_>>().join(" ")
    };
    for text in [&mut edit.line, &mut edit.word, &mut edit.words] {
        *text = mark(text);
    }
    edit
}

/// The marked words of a section, in order.
fn marks(section: &Section) -> Vec<String> {
    let text = plain(section);
    let words = text.split_whitespace().filter(|word| word.contains(MARK));
    words.map(str::to_owned).collect()
}

/// What only people do comes last.
const CATALOGUE: u8 = 7;
const PERSON: u8 = 10;

fn apply(document: &mut Document, edit: &Edit) {
    let sections = &mut document.sections;
    if sections.is_empty() {
        return;
    }
    let (at, other) = (edit.at % sections.len(), edit.other % sections.len());
    let own = || block(BlockKind::Paragraph(Text::from(edit.line.clone())));
    let blocks = &mut sections[at].blocks;
    match edit.what {
        0 => drop(sections.remove(at)),
        1 => sections.swap(at, other),
        2 => blocks.insert(edit.other % (blocks.len() + 1), own()),
        3 if !blocks.is_empty() => drop(blocks.remove(edit.other % blocks.len())),
        4 if !blocks.is_empty() => {
            let (one, two) = (edit.other % blocks.len(), (edit.other / 7) % blocks.len());
            blocks.swap(one, two);
        }
        5 | 6 if !blocks.is_empty() => {
            let block = edit.other % blocks.len();
            write(&mut blocks[block].kind, edit);
        }
        7 => {
            let level = 3 + u8::try_from(edit.other % 3).unwrap();
            let blocks = vec![heading(level, 9, &edit.line), own()];
            sections.insert(at, Section { id: None, blocks, source: 0..0 });
        }
        8 => {
            let copy = sections[at].clone();
            sections.insert(other, copy);
        }
        9 if !blocks.is_empty() => {
            let block = edit.other % blocks.len();
            if let BlockKind::Table(table) = &mut blocks[block].kind {
                let (rows, row) = (table.rows.len(), 1 + edit.other % table.rows.len());
                let mut new = table.rows[row - 1].clone();
                new.id = new.id.filter(|_| edit.at.is_multiple_of(2));
                table.rows.insert(row.min(rows), new);
            }
        }
        _ => {}
    }
}

/// Changes a word, or all words.
fn write(kind: &mut BlockKind, edit: &Edit) {
    let text = match kind {
        BlockKind::Heading(heading) => &mut heading.text,
        BlockKind::Paragraph(text) | BlockKind::Item { text, .. } => text,
        BlockKind::Table(table) => {
            let rows = table.rows.len();
            match edit.at % 3 {
                0 if rows > 1 => {
                    return drop(table.rows.remove(1 + edit.other % (rows - 1)));
                }
                1 if rows > 2 => {
                    return table
                        .rows
                        .swap(1 + edit.at % (rows - 1), 1 + edit.other % (rows - 1));
                }
                _ => {
                    let cells = &mut table.rows[edit.at % rows].cells;
                    let cell = edit.other % cells.len();
                    &mut cells[cell]
                }
            }
        }
        _ => return,
    };
    let plain = text.plain();
    let mut words: Vec<&str> = plain.split(' ').collect();
    let at = edit.other % words.len();
    match edit.at % 4 {
        0 => words[at] = &edit.word,
        1 => words.insert(at, &edit.words),
        2 => drop(words.remove(at)),
        _ => words = vec![&edit.line],
    }
    *text = Text::from(words.join(" "));
}

fn edited(mut document: Document, edits: &[Edit]) -> Document {
    for edit in edits {
        apply(&mut document, edit);
    }
    document
}

/// Base, edited, fresh: the last two each an edit of the first, or fresh another plan.
pub(crate) fn sides() -> impl Strategy<Value = [Document; 3]> {
    let fresh = prop_oneof![
        3 => edits(CATALOGUE).prop_map(Ok),
        1 => drafted().prop_map(Err),
    ];
    // What both sides write must be able to be the same.
    let by_person = prop_oneof![
        edits(PERSON),
        edits(PERSON).prop_map(|edits| edits.into_iter().map(marked).collect()),
    ];
    (drafted(), by_person, fresh).prop_map(|(base, by_person, fresh)| {
        let edited_ = edited(base.clone(), &by_person);
        let fresh = fresh.map_or_else(|new| new, |edits| edited(base.clone(), &edits));
        [base, edited_, fresh]
    })
}

/// A rename of one section, carried out in fresh.
pub(crate) fn renamed(
    [base, edited, mut fresh]: [Document; 3],
    rename: bool,
) -> ([Document; 3], Renames) {
    let mut renames = Renames::default();
    if rename {
        renames.rename("a", "z");
        for section in &mut fresh.sections {
            if section.id.as_deref() == Some("task-a") {
                section.id = Some("task-z".to_owned());
            }
        }
    }
    ([base, edited, fresh], renames)
}

/// As khung drafts: a heading opens its section, and no other stands in it.
pub(crate) fn titled(mut document: Document) -> Document {
    for section in &mut document.sections {
        let is_heading = |block: &Block| matches!(block.kind, BlockKind::Heading(_));
        let title = section.blocks.iter().find(|block| is_heading(block)).cloned();
        section.blocks.retain(|block| !is_heading(block));
        section.blocks.splice(0..0, title);
    }
    document
}

/// Tells whether a section opens with a heading. Where people typed a line above that, it is
/// not the section's any more.
pub(crate) fn opens(section: &Section) -> bool {
    let first = section.blocks.first().map(|block| &block.kind);
    matches!(first, Some(BlockKind::Heading(_)))
}

/// Tells whether a plan and its editions are so that a person sees what the merge does: each
/// section opens with a heading, of one level in both editions, and people called none of
/// their own as the new one calls one.
pub(crate) fn is_seen([base, edited, fresh]: [&Document; 3]) -> bool {
    let title = |section: &Section| match section.blocks.first().map(|block| &block.kind)
    {
        Some(BlockKind::Heading(heading)) => Some((heading.level, heading.text.plain())),
        _ => None,
    };
    let mut levels = BTreeMap::new();
    let are_headed =
        [base, fresh].iter().flat_map(|document| &document.sections).all(|section| {
            title(section).is_some_and(|(level, _)| {
                *levels.entry(&section.id).or_insert(level) == level
            })
        });
    let titles: BTreeSet<_> =
        fresh.sections.iter().filter_map(title).map(|(_, title)| title).collect();
    let is_fine = |section: &Section| match title(section) {
        Some((_, title)) => section.id.is_some() || !titles.contains(&title),
        None => section.id.is_none(),
    };
    are_headed && edited.sections.iter().all(is_fine)
}

fn plain(section: &Section) -> String {
    section.blocks.iter().map(|block| block.kind.plain() + "\n").collect()
}

fn counts(text: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for word in text.split_whitespace() {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    counts
}

/// Words of the first text that the second one lacks.
fn missing(
    of: &BTreeMap<String, usize>,
    from: &BTreeMap<String, usize>,
) -> Vec<(String, usize)> {
    of.iter()
        .filter_map(|(word, count)| {
            let less = count.saturating_sub(from.get(word).copied().unwrap_or_default());
            (less > 0).then(|| (word.clone(), less))
        })
        .collect()
}

/// Every item of edited stands in the changes, once.
fn is_whole(mut seen: Vec<usize>, length: usize) -> bool {
    seen.sort_unstable();
    seen.into_iter().eq(0..length)
}

fn covers(words: &Words, edited: &Text) -> bool {
    let mut at = 0;
    let in_order = words.0.iter().all(|piece| match piece {
        Piece::Keep(range) | Piece::Delete(range) => {
            let follows = range.start == at && !range.is_empty();
            at = range.end;
            follows
        }
        Piece::Insert(text) => !text.plain().is_empty(),
        Piece::Offer(offer) => offer.edited.end == at,
    });
    in_order && (words.0.is_empty() || at == edited.plain().len())
}

/// Rejecting every change gives edited back: it is all there, in pieces.
fn is_rejectable(merged: &Merge, edited: &Document) -> bool {
    fn seen<K, N>(changes: &[Change<K, N>], kept: impl Fn(&K) -> usize) -> Vec<usize> {
        let at = |change: &Change<K, N>| match change {
            Change::Kept(item) => Some(kept(item)),
            Change::Removed(at) => Some(*at),
            _ => None,
        };
        changes.iter().filter_map(at).collect()
    }
    let block_is = |block: &super::BlockMerge, old: &BlockKind| match (&block.body, old) {
        (Body::Table(rows), BlockKind::Table(table)) => {
            let order = seen(rows, |row| row.edited);
            order.is_sorted()
                && is_whole(order, table.rows.len())
                && rows.iter().all(|change| match change {
                    Change::Kept(row) => {
                        let cells = &table.rows[row.edited].cells;
                        row.cells.len() == cells.len()
                            && row
                                .cells
                                .iter()
                                .zip(cells)
                                .all(|(w, cell)| covers(w, cell))
                    }
                    _ => true,
                })
        }
        (Body::Text(words), BlockKind::Heading(heading)) => covers(words, &heading.text),
        (
            Body::Text(words),
            BlockKind::Paragraph(text) | BlockKind::Item { text, .. },
        ) => covers(words, text),
        _ => false,
    };
    is_whole(seen(&merged.sections, |section| section.edited), edited.sections.len())
        && merged.sections.iter().all(|change| match change {
            Change::Kept(section) => {
                let old = &edited.sections[section.edited].blocks;
                let order = seen(&section.blocks, |block| block.edited);
                order.is_sorted()
                    && is_whole(order, old.len())
                    && section.blocks.iter().all(|change| match change {
                        Change::Kept(block) => block_is(block, &old[block.edited].kind),
                        _ => true,
                    })
            }
            _ => true,
        })
}

proptest! {

    #[test]
    fn untouched_takes_fresh(sides in sides()) {
        let [base, _, fresh] = sides;
        let merged = merge(&base, &base, &fresh, &Renames::default(), &Marks::default());
        prop_assert_eq!(merged.apply(&base), fresh);
        prop_assert!(merged.conflicts().is_empty());
    }

    #[test]
    fn an_unchanged_catalogue_keeps_edited(sides in sides()) {
        let [base, edited, _] = sides;
        let merged = merge(&base, &edited, &base, &Renames::default(), &Marks::default());
        prop_assert!(merged.changes_nothing());
        let mut expected = edited.clone();
        for change in &merged.sections {
            if let Change::Kept(section) = change && section.id.is_none() {
                expected.sections[section.edited].id = None; // a copy
            }
        }
        prop_assert_eq!(merged.apply(&edited), expected);
    }

    #[test]
    fn the_same_edit_on_both_sides_is_no_conflict(sides in sides()) {
        let [base, _, fresh] = sides;
        let merged = merge(&base, &fresh, &fresh, &Renames::default(), &Marks::default());
        prop_assert!(merged.changes_nothing());
        prop_assert!(merged.conflicts().is_empty());
        prop_assert_eq!(merged.apply(&fresh), fresh);
    }

    #[test]
    fn no_word_of_the_drafter_s_is_lost(sides in sides(), rename in any::<bool>()) {
        let ([base, edited, fresh], renames) = renamed(sides, rename);
        let merged = merge(&base, &edited, &fresh, &renames, &Marks::default());
        let result = merged.apply(&edited);
        for change in &merged.sections {
            let Change::Kept(section) = change else { continue };
            let old = &edited.sections[section.edited];
            let from = base.sections.iter().find(|one| one.id == old.id);
            // What the drafter added to the section: all of it, where it is their own.
            let from = from.filter(|_| section.id.is_some()).map(plain).unwrap_or_default();
            let added: BTreeMap<_, _> =
                missing(&counts(&plain(old)), &counts(&from)).into_iter().collect();
            let now = counts(&plain(&section.apply(old)));
            prop_assert_eq!(missing(&added, &now), []);
            // What nobody else can have written: in the same order, too.
            prop_assert_eq!(marks(&section.apply(old)), marks(old));
        }
        for (at, change) in merged.sections.iter().enumerate() {
            let Change::Removed(gone) = change else { continue };
            let gone = &edited.sections[*gone];
            let was = base.sections.iter().find(|one| one.id == gone.id).unwrap();
            prop_assert_eq!(plain(was), plain(gone), "{}", at);
        }
        let all = |document: &Document| counts(&document.sections.iter().map(plain).collect::<String>());
        let added: BTreeMap<_, _> = missing(&all(&edited), &all(&base)).into_iter().collect();
        prop_assert_eq!(missing(&added, &all(&result)), []);
    }

    #[test]
    fn what_a_person_sees_stays_in_place(sides in sides(), rename in any::<bool>()) {
        let headed = |document: Document| {
            let mut document = titled(document);
            document.sections.retain(|section| section.id.is_none() || opens(section));
            document
        };
        let (sides, renames) = renamed(sides.map(headed), rename);
        let [base, edited, fresh] = &sides;
        let merged = merge(base, edited, fresh, &renames, &Marks::default());
        if is_seen([base, edited, fresh]) {
            let result = merged.apply(edited);
            let proof = seen::proves(&Frame::new(base, fresh, &renames), edited, &result);
            let all = |document: &Document| -> String {
                document.sections.iter().map(plain).collect()
            };
            let all = [base, edited, fresh, &result].map(all);
            prop_assert_eq!(proof, Ok(()), "{}", all.join("----\n"));
        }
    }

    #[test]
    fn rejecting_gives_edited_back(sides in sides(), rename in any::<bool>()) {
        let ([base, edited, fresh], renames) = renamed(sides, rename);
        let merged = merge(&base, &edited, &fresh, &renames, &Marks::default());
        prop_assert!(is_rejectable(&merged, &edited), "{:?}", merged);
    }

    #[test]
    fn updating_twice_is_updating_once(sides in sides(), rename in any::<bool>()) {
        let ([base, edited, fresh], renames) = renamed(sides, rename);
        let once = merge(&base, &edited, &fresh, &renames, &Marks::default()).apply(&edited);
        let again = merge(&fresh, &once, &fresh, &renames, &Marks::default());
        prop_assert!(again.changes_nothing(), "{:?}", again);
        prop_assert_eq!(again.apply(&once), once);
    }

    #[test]
    fn what_changes_place_is_told(sides in sides(), rename in any::<bool>()) {
        let ([base, edited, fresh], renames) = renamed(sides, rename);
        let merged = merge(&base, &edited, &fresh, &renames, &Marks::default());
        let stays = merged.sections.iter().filter_map(|change| match change {
            Change::Kept(section) if section.travel == Travel::None => Some(section.edited),
            _ => None,
        });
        prop_assert!(stays.is_sorted(), "{:?}", merged);
        // Nobody moved anything: nothing is told.
        let still = merge(&base, &edited, &base, &Renames::default(), &Marks::default());
        let travels = still.sections.iter().any(|change| matches!(
            change, Change::Kept(section) if section.travel != Travel::None
        ));
        prop_assert!(!travels, "{:?}", still);
    }

    #[test]
    fn no_id_stands_twice(sides in sides(), rename in any::<bool>()) {
        let ([base, edited, fresh], renames) = renamed(sides, rename);
        let merged = merge(&base, &edited, &fresh, &renames, &Marks::default());
        let result = merged.apply(&edited);
        let mut ids = BTreeSet::new();
        for section in &result.sections {
            prop_assert!(section.id.iter().all(|id| ids.insert(id.clone())));
        }
        // A row that the drafter copied keeps its id as long as the catalogue leaves its
        // section alone; none comes to stand more often than it did.
        for change in &merged.sections {
            let (before, section) = match change {
                Change::Kept(kept) => {
                    let old = &edited.sections[kept.edited];
                    (rows(old), kept.apply(old))
                }
                Change::Added(new) => (Vec::new(), new.clone()),
                _ => continue,
            };
            for table in rows(&section) {
                for (id, count) in table {
                    let most: usize = before.iter().filter_map(|table| table.get(&id)).sum();
                    prop_assert!(count <= most.max(1), "{} stands {} times", id, count);
                }
            }
        }
    }
}

/// How often each id of a row stands in each table of a section.
fn rows(section: &Section) -> Vec<BTreeMap<String, usize>> {
    let tables = section.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Table(table) => Some(table),
        _ => None,
    });
    let counted = tables.map(|table| {
        let mut ids = BTreeMap::new();
        for id in table.rows.iter().filter_map(|row| row.id.clone()) {
            *ids.entry(id).or_default() += 1;
        }
        ids
    });
    counted.collect()
}
