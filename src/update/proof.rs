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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docx::{Properties, write};
    use crate::markdown::parse;

    #[test]
    fn a_word_that_people_added_is_missed_and_one_that_the_catalogue_had_is_not() {
        let read = |text: &str| parse(text).unwrap();
        let lost = |edited: &str, result: &str| {
            lost_words(&read("một hai"), &read(edited), &read(result))
        };
        assert_eq!(lost("một hai ba", "bốn"), ["ba"]);
        assert_eq!(lost("một hai hai", "một"), ["hai"]);
        assert_eq!(lost("một ba, hai", "bốn ba hai,"), [""; 0]);
        assert_eq!(lost("một", "hai bốn"), [""; 0]);
    }

    /// A file khung must refuse to write: what it says without khung's changes is not what
    /// it said before.
    #[test]
    fn a_patch_that_changes_untracked_text_is_refused() {
        let base = parse("<!-- khung: a -->\nmột hai\n\nba bốn\n").unwrap();
        let bytes = write(&base, &Properties::default(), ToOwned::to_owned);
        let input = Package::read(&bytes).unwrap();
        let reading = read(&input, &base).unwrap();
        let prove = |accept: bool, from: &str, to: &str| {
            let mut patched = input.clone();
            for (name, bytes) in &mut patched.parts {
                if name == "word/document.xml" {
                    let text = String::from_utf8_lossy(bytes).replace(from, to);
                    *bytes = text.into_bytes();
                }
            }
            let author = "khung 2".to_owned();
            let options = patch::Options { author, accept, ..<_>::default() };
            proves(&input, &patched, &base, &base, &reading, &options)
        };
        assert_eq!(prove(false, "không có", ""), Ok(()));
        assert_eq!(prove(false, "ba bốn", "ba"), Err(vec!["ba bốn".to_owned()]));
        assert!(prove(false, "<w:body>", "<w:bodi>").is_err());
        // What only the catalogue said may go where nothing is tracked.
        assert_eq!(prove(true, "ba bốn", "ba"), Ok(()));
    }
}
