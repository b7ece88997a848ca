//! The proof that an update lost nothing: every word that people added is still there.

use std::collections::BTreeMap;

use super::texts;
use crate::document::Document;
use crate::docx::package::Package;
use crate::docx::read::{Reading, read};
use crate::docx::{patch, revisions, xml};

/// Proves a patched Word file: its changes rejected, it says what the input said, paragraph
/// for paragraph (sections may have moved); every word that people added is in it.
///
/// # Errors
/// Words or paragraphs that are not there.
pub(super) fn proves(
    input: &Package,
    patched: &Package,
    base: &Document,
    fresh: &Document,
    reading: &Reading,
    options: &patch::Options,
) -> Result<(), Vec<String>> {
    let part = &reading.part;
    let said = |package: &Package| -> Vec<String> {
        let rejected = rejected(package, part, &options.author);
        let Ok(reading) = read(&rejected, base) else { return Vec::new() };
        let blocks = reading.document.sections.iter().flat_map(|section| &section.blocks);
        let mut texts: Vec<String> = blocks.map(|block| block.kind.plain()).collect();
        texts.sort();
        texts
    };
    if !options.accept {
        let (before, after) = (said(input), said(patched));
        if before.is_empty() || before != after {
            let gone =
                before.into_iter().filter(|text| after.binary_search(text).is_err());
            return Err(gone.take(3).collect());
        }
    }
    let result = read(patched, fresh).map_err(|error| vec![error.to_string()])?;
    let lost = lost_words(base, &reading.document, &result.document);
    if lost.is_empty() { Ok(()) } else { Err(lost) }
}

/// The package without the tracked changes of an author.
fn rejected(package: &Package, part: &str, author: &str) -> Package {
    let mut package = package.clone();
    for (name, bytes) in &mut package.parts {
        if name == part
            && let Ok(mut nodes) = xml::parse(bytes)
        {
            revisions::reject(&mut nodes, author);
            *bytes = xml::serialize(&nodes).into_bytes();
        }
    }
    package
}

/// Words that edited has beyond base, and the result does not have, each once.
///
/// Counted over the whole document: a section that the catalogue renamed has another id, and
/// what stands under which heading is for the merge to keep. Empty is what must be.
#[must_use]
pub fn lost_words(base: &Document, edited: &Document, result: &Document) -> Vec<String> {
    let (base, edited, result) = (count(base), count(edited), count(result));
    let lost = edited.into_iter().filter(|(word, there)| {
        let before = base.get(word).copied().unwrap_or_default();
        let after = result.get(word).copied().unwrap_or_default();
        // What people added beyond base must be there at least as often.
        *there > before && after < there - before
    });
    lost.map(|(word, _)| word).collect()
}

fn count(document: &Document) -> BTreeMap<String, usize> {
    let mut words = BTreeMap::new();
    for (_, text) in texts(document) {
        // An offer stands between a word and the comma behind it: punctuation does not count.
        for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    words
}
