//! The proof that an update lost nothing: every word that people added is still there.

use std::collections::BTreeMap;

use super::texts;
use crate::document::Document;

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
        for word in text.split_whitespace() {
            *words.entry(word.to_owned()).or_default() += 1;
        }
    }
    words
}
