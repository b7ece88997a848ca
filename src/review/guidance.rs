//! What of a plan is guidance as it was generated, and in what of it people wrote.

use std::collections::{BTreeMap, BTreeSet};

use super::outline::Outline;
use super::{Form, Plan, Word};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Block, BlockKind, Document, Section};
use crate::docx::author::is_update;
use crate::docx::read::{Held, Place, Reading, Recovery};
use crate::docx::xml::{Path, element_at};
use crate::source::{brief, words};

/// The guidance in the text of a plan.
#[derive(Debug, Default)]
pub(crate) struct Guidance {
    /// Blocks that are guidance letter for letter: section and block.
    pub(crate) whole: BTreeSet<(usize, usize)>,
    /// Blocks in which somebody wrote, or that were moved or copied: section and block.
    edited: BTreeSet<(usize, usize)>,
}

/// The texts of the guidance in a document, as they are compared.
pub(crate) fn texts(document: &Document) -> BTreeSet<String> {
    let guides = document.sections.iter().filter(|section| section.is_guidance());
    let blocks = guides.flat_map(|section| &section.blocks);
    blocks.map(|block| words(&block.kind.plain())).collect()
}

impl Guidance {
    /// Finds the guidance of a plan. A paragraph that people put below guidance, in a look of
    /// its own, is theirs.
    pub(crate) fn find(plan: &Plan) -> Self {
        let mut found = Self::default();
        let word = match &plan.form {
            Form::Word(word) => Some(&**word),
            Form::Markdown { .. } => None,
        };
        // How often each text of each section may still come.
        let mut left: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
        for section in plan.base.sections.iter().filter(|section| section.is_guidance()) {
            let texts =
                left.entry(section.id.as_deref().unwrap_or_default()).or_default();
            for block in &section.blocks {
                *texts.entry(words(&block.kind.plain())).or_default() += 1;
            }
        }
        for (s, section) in plan.edited().sections.iter().enumerate() {
            if !section.is_guidance() {
                continue;
            }
            let id = section.id.as_deref().unwrap_or_default();
            let left = left.entry(id).or_default();
            for (b, block) in section.blocks.iter().enumerate() {
                let place = word.and_then(|word| word.reading.places.get(s)?.get(b));
                let text = words(&block.kind.plain());
                let was = left.get_mut(&text).filter(|count| **count > 0);
                let is_there = was.is_some() || (text.is_empty() && is_anchored(place));
                if is_there && is_quote(block) && is_bare(word, place) {
                    if let Some(count) = was {
                        *count -= 1;
                    }
                    found.whole.insert((s, b));
                } else if is_quote(block) || is_anchored(place) {
                    found.edited.insert((s, b));
                }
            }
        }
        if let Some(word) = word {
            found.edited.extend(strays(&word.reading, &plan.base));
        }
        found.whole = &found.whole - &found.edited;
        found
    }

    /// Tells whether a block is guidance, written in or not.
    pub(super) fn is_about(&self, section: usize, block: usize) -> bool {
        let at = (section, block);
        self.whole.contains(&at) || self.edited.contains(&at)
    }

    /// The paragraphs of a Word file that are guidance letter for letter.
    pub(crate) fn paths(&self, reading: &Reading) -> BTreeSet<Path> {
        let spot = |(s, b): &(usize, usize)| match reading.places.get(*s)?.get(*b)? {
            Place::Paragraph { spot, .. } => Some(spot.paragraphs.clone()),
            Place::Table { .. } => None,
        };
        self.whole.iter().filter_map(spot).flatten().collect()
    }

    /// What is said of guidance in which somebody wrote.
    pub(super) fn diagnostic(
        &self,
        outline: &Outline,
        plan: &Plan,
    ) -> Option<Diagnostic> {
        let spots: Vec<String> = self
            .edited
            .iter()
            .filter_map(|(s, b)| {
                let block = plan.edited().sections.get(*s)?.blocks.get(*b)?;
                let text = brief(&block.kind.plain());
                Some(format!("{}: “{text}”", outline.place(*s, *b)))
            })
            .collect();
        (!spots.is_empty()).then(|| {
            Diagnostic::warning(
                Code::EditedGuidance,
                format!("{} đoạn hướng dẫn đã bị sửa, chép hoặc chuyển chỗ", spots.len()),
                "Hướng dẫn không thuộc kế hoạch: chuyển những gì đã viết sang đoạn riêng (kiểu \
                 thường) ở dưới, rồi xóa đoạn hướng dẫn đó.",
            )
            .among(spots)
        })
    }
}

fn is_quote(block: &Block) -> bool {
    matches!(block.kind, BlockKind::Quote(_))
}

fn is_anchored(place: Option<&Place>) -> bool {
    matches!(place, Some(Place::Paragraph { anchor: Some(_), .. }))
}

/// Tells whether a paragraph of a Word file holds text alone, and can go without leaving a
/// hole.
fn is_bare(word: Option<&Word>, place: Option<&Place>) -> bool {
    let (Some(word), Some(Place::Paragraph { spot, .. })) = (word, place) else {
        return word.is_none();
    };
    let is_text = |held: &Held| match held {
        Held::Comment | Held::SectionEnd | Held::Control => true,
        // An update's, which waits: it is told as that.
        Held::Inserted { author } | Held::Deleted { author } => is_update(author),
        _ => false,
    };
    let parent = |at: &Path| {
        let (_, parent) = at.split_last()?;
        Some(element_at(&word.main().nodes, parent)?.name.clone())
    };
    let is_free = |at: &Path| {
        parent(at).is_some_and(|name| matches!(&*name, "w:body" | "w:sdtContent"))
    };
    spot.marks.iter().all(|mark| is_text(&mark.held))
        && spot.paragraphs.iter().all(is_free)
}

/// The blocks of a Word file that are guidance in a place where it was not generated.
fn strays(reading: &Reading, base: &Document) -> BTreeSet<(usize, usize)> {
    let mut blocks: BTreeMap<&Path, (usize, usize)> = BTreeMap::new();
    for (s, places) in reading.places.iter().enumerate() {
        for (b, place) in places.iter().enumerate() {
            if let Place::Paragraph { spot, .. } = place {
                blocks.extend(spot.paragraphs.iter().map(|at| (at, (s, b))));
            }
        }
    }
    let strayed = |how| {
        matches!(
            how,
            Recovery::Copied
                | Recovery::Contested
                | Recovery::Split
                | Recovery::Strayed
                | Recovery::Joined
        )
    };
    let findings = reading.findings.iter().filter(|finding| {
        let section = base.sections.get(finding.anchor.section);
        strayed(finding.how) && section.is_some_and(Section::is_guidance)
    });
    findings.filter_map(|finding| blocks.get(finding.at.as_ref()?).copied()).collect()
}
