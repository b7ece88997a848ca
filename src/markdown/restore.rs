//! Finds the sections of a plan whose markers are gone.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Block, BlockKind, Document, SLOT_OPEN, Section};
use crate::source::folded;

/// Gives the sections of base their ids again whose markers are gone from a text: where the
/// text says, between the sections that stood around it, what the section began with.
pub(crate) fn restore(markdown: &str, base: &Document, edited: &mut Document) {
    let ids = |document: &Document| -> BTreeSet<String> {
        document.sections.iter().filter_map(|section| section.id.clone()).collect()
    };
    let (in_base, in_edited) = (ids(base), ids(edited));
    if in_base.is_subset(&in_edited) {
        return;
    }
    // Where each text stands, and each section begins, block by block.
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut starts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut count = 0;
    for section in &edited.sections {
        if let Some(id) = section.id.as_deref().filter(|id| in_base.contains(*id)) {
            starts.entry(id).or_insert(count);
        }
        for block in &section.blocks {
            places.entry(key(block)).or_default().push(count);
            if let Some((label, _)) = key(block).split_once(':') {
                places.entry(format!("{label}:")).or_default().push(count);
            }
            count += 1;
        }
    }
    // Where the next section of base begins that has its marker.
    let mut next = vec![count; base.sections.len()];
    for at in (1..base.sections.len()).rev() {
        let id = base.sections[at].id.as_deref();
        let start = id.and_then(|id| starts.get(id)).copied();
        next[at - 1] = start.filter(|&start| start < next[at]).unwrap_or(next[at]);
    }
    let mut found: BTreeMap<usize, String> = BTreeMap::new();
    let mut from = 0;
    for (section, end) in base.sections.iter().zip(next) {
        let Some(id) = &section.id else { continue };
        if let Some(&start) = starts.get(id.as_str()) {
            from = from.max(start + 1);
        } else if let Some(first) = section.blocks.first() {
            let next = |key: &str| {
                let places = places.get(key).filter(|_| !key.is_empty())?;
                let at = places.get(places.partition_point(|&at| at < from)).copied();
                at.filter(|at| *at < end)
            };
            let label = || label(first).and_then(|label| next(&label));
            if let Some(at) = next(&key(first)).or_else(label) {
                found.insert(at, id.clone());
                from = at + 1;
            }
        }
    }
    cut(markdown, edited, &found);
}

/// What a block is known by.
fn key(block: &Block) -> String {
    folded(&block.kind.said()).into_owned()
}

/// What stands before the slot of a block that waits for the drafter: it stays when they fill it.
fn label(block: &Block) -> Option<String> {
    let said = key(block);
    let (label, rest) = said.split_once(':')?;
    rest.trim_start().starts_with(SLOT_OPEN).then(|| format!("{label}:"))
}

/// Begins a section at each of these blocks, counted over the whole document.
fn cut(markdown: &str, edited: &mut Document, found: &BTreeMap<usize, String>) {
    let mut sections = Vec::new();
    let mut count = 0;
    for old in std::mem::take(&mut edited.sections) {
        let Section { id, blocks, source } = old;
        let is_marked = id.is_some();
        let mut section = Section { id, blocks: Vec::new(), source };
        for block in blocks {
            if let Some(id) = found.get(&count) {
                if section.blocks.is_empty() && is_marked {
                    // It is another one.
                } else if section.blocks.is_empty() {
                    section.id = Some(id.clone());
                } else {
                    let line = markdown[..block.source.start].rfind('\n');
                    let at = line.map_or(0, |at| at + 1).max(section.source.start);
                    let source = at..section.source.end;
                    section.source.end = at;
                    let blocks = Vec::new();
                    let new = Section { id: Some(id.clone()), blocks, source };
                    sections.push(std::mem::replace(&mut section, new));
                }
            }
            section.blocks.push(block);
            count += 1;
        }
        sections.push(section);
    }
    edited.sections = sections;
}

/// A block that holds markers as its own text, so that the sections they begin are not there: a
/// fence or an HTML comment that never closes, or one that closes too far below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Swallow {
    /// The line on which the block begins, from 1.
    pub(crate) line: usize,
    /// That line.
    pub(crate) text: String,
}

/// Tells whether a line has what khung marks sections and the record with.
pub(crate) fn has_marker(line: &str) -> bool {
    let mut comments = line.split("<!--").skip(1);
    comments.any(|rest| {
        let rest = rest.trim_start();
        rest.starts_with("khung:") || rest.starts_with("khung-record:")
    })
}

/// The first block of a plan that holds markers; `document` is what the plan was read as.
pub(crate) fn swallow(text: &str, document: &Document) -> Option<Swallow> {
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let swallows = |block: &&Block| {
        let BlockKind::Raw(raw) = &block.kind else { return false };
        // A marker that is torn begins one, too; what it is of is found again.
        let mut lines = raw.lines();
        lines.next().is_some_and(|line| !has_marker(line)) && lines.any(has_marker)
    };
    let start = blocks.into_iter().find(swallows)?.source.start;
    let line = text[..start].matches('\n').count() + 1;
    let text = text[start..].lines().next().unwrap_or_default().trim().to_owned();
    Some(Swallow { line, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::parse;
    use crate::source::words;

    const PLAN: &str = "<!-- khung: g -->\n#### 1. Nhóm\n\n<!-- khung: task-a -->\n##### 1.1. Việc\n\n- làm\n\n<!-- khung: guide-a -->\n> Nguồn a.\n\n<!-- khung: other-g -->\nViệc khác.\n\n<!-- khung: h -->\n#### 2. Nhóm\n";

    /// The ids of a plan that lost these markers, and what begins each section.
    fn restored(lost: &[&str]) -> Vec<String> {
        let base = parse(PLAN).unwrap();
        let mut text = PLAN.to_owned();
        for id in lost {
            text = text.replace(&format!("<!-- khung: {id} -->\n"), "");
        }
        let mut edited = parse(&text).unwrap();
        restore(&text, &base, &mut edited);
        let shown = |section: &Section| {
            let id = section.id.as_deref().unwrap_or("–");
            let text = text[section.source.clone()].trim_start_matches(|c| c != '\n');
            format!("{id}: {}", words(text))
        };
        edited.sections.iter().map(shown).collect()
    }

    #[test]
    fn a_section_without_its_marker_is_found_by_how_it_begins() {
        let ids = |lost: &[&str]| -> Vec<String> {
            let base = parse(PLAN).unwrap();
            let known = base.sections.into_iter().filter_map(|section| section.id);
            let shown = restored(lost);
            assert_eq!(shown.len(), 5, "{shown:?}");
            known
                .zip(shown)
                .filter(|(id, shown)| !shown.starts_with(id))
                .unzip::<_, _, Vec<_>, _>()
                .1
        };
        assert_eq!(ids(&[]), [""; 0]);
        for lost in ["g", "task-a", "guide-a", "other-g", "h"] {
            assert_eq!(ids(&[lost]), [""; 0], "{lost}");
        }
        assert_eq!(ids(&["g", "task-a", "guide-a", "other-g", "h"]), [""; 0]);
    }

    #[test]
    fn what_only_reads_alike_elsewhere_is_no_section() {
        let base = parse(PLAN).unwrap();
        let text = PLAN.replace("<!-- khung: guide-a -->\n> Nguồn a.\n\n", "");
        let text = text.replace("#### 2. Nhóm\n", "#### 2. Nhóm\n\n> Nguồn a.\n");
        let mut edited = parse(&text).unwrap();
        let before = edited.clone();
        restore(&text, &base, &mut edited);
        assert_eq!(edited, before);
    }
}
