//! What the places of a plan are called: by the headings above them, never by a page.

use std::collections::BTreeMap;

use crate::document::{BlockKind, Document, Heading, Role};
use crate::docx::read::{Place, Reading};
use crate::docx::xml::Path;
use crate::source::{brief, words};

/// What stands before the first heading of the frame.
const FRONT: &str = "Phần đầu";
/// What stands below the text.
const SIGNATURE: &str = "Chữ ký, nơi nhận";

/// The name of every block's place.
pub(super) struct Outline {
    names: Vec<String>,
    /// Which name each block of each section has.
    at: Vec<Vec<usize>>,
}

impl Outline {
    /// Names the places of a document.
    pub(super) fn of(document: &Document) -> Self {
        let mut names = vec![FRONT.to_owned(), SIGNATURE.to_owned()];
        let mut above: Vec<&Heading> = Vec::new();
        let mut current = 0;
        let mut at = Vec::new();
        for section in &document.sections {
            let fixed = match section.role() {
                Role::Letterhead
                | Role::Title
                | Role::Enacting
                | Role::AttachedHead
                | Role::Preamble
                | Role::PLAN_GUIDANCE => Some(0),
                Role::Signature => Some(1),
                _ => None,
            };
            let blocks = section.blocks.iter().map(|block| {
                if let BlockKind::Heading(heading) = &block.kind
                    && heading.level > 1
                {
                    above.retain(|higher| higher.level < heading.level);
                    above.push(heading);
                    current = names.len();
                    names.push(name(&above));
                }
                fixed.unwrap_or(current)
            });
            at.push(blocks.collect());
        }
        Self { names, at }
    }

    /// The name of a block's place.
    pub(super) fn place(&self, section: usize, block: usize) -> &str {
        let at = self.at.get(section).and_then(|own| own.get(block));
        at.and_then(|at| self.names.get(*at)).map_or(FRONT, String::as_str)
    }
}

/// The numbers of the headings above, and the last one in full.
fn name(above: &[&Heading]) -> String {
    let Some((last, above)) = above.split_last() else {
        return FRONT.to_owned();
    };
    let mut steps: Vec<String> = above
        .iter()
        .map(|heading| match &heading.number {
            Some(number) => number.trim_end_matches('.').to_owned(),
            None => brief(&heading.text.plain()),
        })
        .collect();
    steps.push(brief(&title(last)));
    steps.join(" / ")
}

/// A heading on one line.
pub(super) fn title(heading: &Heading) -> String {
    let text = words(&heading.text.plain());
    match &heading.number {
        Some(number) => format!("{number} {text}"),
        None => text,
    }
}

/// Where one is while the elements of a Word file are visited in order.
pub(super) struct Here<'o> {
    names: BTreeMap<&'o [usize], &'o str>,
    current: &'o str,
}

impl<'o> Here<'o> {
    pub(super) fn new(reading: &'o Reading, outline: &'o Outline) -> Self {
        let mut names = BTreeMap::new();
        for (s, places) in reading.places.iter().enumerate() {
            for (b, place) in places.iter().enumerate() {
                let name = outline.place(s, b);
                match place {
                    Place::Paragraph { spot, .. } => {
                        names.extend(
                            spot.paragraphs.iter().map(|at| (at.as_slice(), name)),
                        );
                    }
                    Place::Table { at, .. } => {
                        names.insert(at, name);
                    }
                }
            }
        }
        Self { names, current: FRONT }
    }

    /// The name of the place of an element, or of the nearest one around it; what has no name
    /// is where the one before is.
    pub(super) fn at(&mut self, path: &Path) -> &'o str {
        let named = (1..=path.len()).rev().find_map(|end| self.names.get(&path[..end]));
        if let Some(name) = named {
            self.current = name;
        }
        self.current
    }
}
