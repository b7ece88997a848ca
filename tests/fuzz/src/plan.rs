//! Plans in Markdown made of a small alphabet, and edits of them: one byte a word or mark, so
//! that a fuzzer changes plans as people do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use khung::document::{Block, BlockKind, Document, Inline, Text};
use khung::markdown::parse;
use libfuzzer_sys::arbitrary::{self, Arbitrary, Unstructured};

use crate::said;

/// What a byte stands for; the bytes go round.
pub const TOKENS: [&str; 41] = [
    "\n\n<!-- khung: task-a -->\n",
    "\n\n<!-- khung: task-b -->\n",
    "\n\n<!-- khung: task-c -->\n",
    "\n\n<!-- khung: guide-a -->\n",
    "\n\n<!-- khung: annex-x -->\n",
    "\n\n##### 1.1. ",
    "\n\n##### 1.2. ",
    "\n\n### I. ",
    "\n\n## Phụ lục I<br>",
    "\n\n",
    "\n- ",
    "\n  - ",
    "\n1. ",
    "\n> ",
    "\n",
    "\n\n| STT | Tên |\n| --- | ---: |",
    "\n| <!-- r1 --> 1 | một |",
    "\n| <!-- r2 --> 2 | hai ba |",
    "\n| <!-- r3 --> 3 | ",
    "\n| 4 | ",
    "<br>",
    "**",
    "*",
    "\\[CẦN BỔ SUNG: ",
    "\\]",
    ".",
    ", ",
    " ",
    "một ",
    "hai ",
    "ba ",
    "bốn",
    "năm",
    "30/3/2024",
    " 1145/BTTTT-CATTT ",
    "\n\n```\nsáu\n```\n",
    "[một](u) ",
    "[hai](u \"tên\") ",
    "![ba](a.png \"hình\") ",
    "<b>bốn</b> ",
    "\r\n",
];

/// What parts the sides of an update in an input.
pub const SIDE: u8 = 0xFF;

/// A plan and what became of it, as an input spells them: the base, then edits by the
/// catalogue, then edits by people.
pub struct Sides {
    /// The plan as it was drafted.
    pub base: Vec<u8>,
    /// The plan as the catalogue gives it now.
    pub fresh: Vec<u8>,
    /// What people did to the base.
    pub by_person: Vec<u8>,
}

impl<'a> Arbitrary<'a> for Sides {
    fn arbitrary(input: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
        let bytes = input.bytes(input.len())?;
        let mut sides = bytes.splitn(3, |byte| *byte == SIDE);
        let mut side = || sides.next().unwrap_or_default();
        let (base, by_catalogue, by_person) = (side(), side(), side());
        let base = base[..base.len().min(160)].to_vec();
        let fresh = edited(&base, by_catalogue);
        Ok(Self { base, fresh, by_person: by_person.to_vec() })
    }
}

impl fmt::Debug for Sides {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edited = edited(&self.base, &self.by_person);
        for (name, bytes) in
            [("base", &self.base), ("edited", &edited), ("fresh", &self.fresh)]
        {
            writeln!(f, "===== {name}\n{}", spelt(bytes))?;
        }
        write!(f, "===== {:?}", self.by_person)
    }
}

/// Bytes of an edit: what, where, how much, and what to or with.
const EDIT: usize = 4;

/// The plan that bytes spell.
pub fn spelt(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| TOKENS[usize::from(*byte) % TOKENS.len()]).collect()
}

/// The bytes of a plan after edits: words go, come, move and are copied.
pub fn edited(base: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut plan = base.to_vec();
    for edit in edits.chunks_exact(EDIT).take(12) {
        let [what, at, length, to] = [edit[0], edit[1], edit[2], edit[3]];
        let at = usize::from(at).min(plan.len());
        let end = (at + usize::from(length % 32)).min(plan.len());
        let part = plan[at..end].to_vec();
        let put = |plan: &mut Vec<u8>, part: Vec<u8>| {
            let to = usize::from(to).min(plan.len());
            plan.splice(to..to, part);
        };
        match what % 5 {
            0 => drop(plan.drain(at..end)),
            1 => plan.insert(at, to),
            2 if at < plan.len() => plan[at] = to,
            3 => {
                plan.drain(at..end);
                put(&mut plan, part);
            }
            _ => put(&mut plan, part),
        }
    }
    plan.truncate(400);
    plan
}

/// What a catalogue may give of a plan: sections whose ids are theirs alone, with text in
/// every block, and in tables rows whose ids are theirs.
pub fn drafted(text: &str) -> Document {
    let mut document = parse(text).unwrap();
    let mut ids = BTreeSet::new();
    document.sections.retain(|section| {
        section.blocks.iter().all(is_drafted)
            && section.id.iter().any(|id| ids.insert(id.clone()))
    });
    document
}

fn is_drafted(block: &Block) -> bool {
    match &block.kind {
        BlockKind::Table(table) => {
            let mut rows = table.rows.iter().skip(1).map(|row| &row.id);
            let mut seen = BTreeSet::new();
            rows.all(|id| id.as_ref().is_some_and(|id| seen.insert(id)))
        }
        BlockKind::Raw(_) => false,
        kind => !kind.plain().trim().is_empty(),
    }
}

/// The document without the places in its Markdown.
pub fn bare(document: &Document) -> Document {
    let mut document = document.clone();
    let tidy = |text: &mut Text| {
        let mut out = Text::default();
        for inline in std::mem::take(&mut text.0) {
            match inline {
                Inline::Run(run) => out.push(&run.text, &run.style),
                Inline::Break => out.0.push(Inline::Break),
            }
        }
        *text = out;
    };
    for section in &mut document.sections {
        section.source = 0..0;
        for block in &mut section.blocks {
            block.source = 0..0;
            match &mut block.kind {
                BlockKind::Table(table) => {
                    for row in &mut table.rows {
                        row.source = 0..0;
                        row.cells.iter_mut().for_each(tidy);
                    }
                }
                BlockKind::Heading(heading) => tidy(&mut heading.text),
                BlockKind::Paragraph(text)
                | BlockKind::Quote(text)
                | BlockKind::Item { text, .. } => tidy(text),
                BlockKind::Raw(_) => {}
            }
        }
    }
    document
}

/// Fails when a word that the drafter added to base is not in the result.
pub fn keeps_words(base: &Document, edited: &Document, result: &Document) {
    let texts = said(result);
    let [base, edited] = [base, edited].map(|document| words(document, false));
    // A number that was typed into a text may be one of a heading now.
    let result = words(result, true);
    for (word, there) in edited {
        let added = there.saturating_sub(base.get(&word).copied().unwrap_or_default());
        let now = result.get(&word).copied().unwrap_or_default();
        assert!(now >= added, "{word:?} stands {now} times, not {added}: {texts:#?}");
    }
}

/// How often each word stands in a document; with the numbers of headings, or without.
fn words(document: &Document, numbers: bool) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    for block in blocks {
        let text = match &block.kind {
            // Its number is derived.
            BlockKind::Heading(heading) if !numbers => heading.text.plain(),
            kind => kind.plain(),
        };
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    words
}
