//! The laws of merging, and of patching Markdown, on plans that bytes spell: first the base,
//! then what the catalogue did to it, then what the drafter did.
#![no_main]

use khung::document::Document;
use khung::identity::Marks;
use khung::markdown::{parse, patch, spare};
use khung::merge::{Change, Merge, Renames, merge};
use khung_fuzz::plan::{Sides, drafted, edited, keeps_words, spelt};
use khung_fuzz::said;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|sides: Sides| {
    let [by_person, by_catalogue] =
        [edited(&sides.base, &sides.by_person), sides.fresh].map(|bytes| spelt(&bytes));
    let base = drafted(&spelt(&sides.base));
    let (edited, fresh) = (parse(&by_person).unwrap(), drafted(&by_catalogue));
    let renames = Renames::default();

    let untouched = merge(&base, &base, &fresh, &renames, &Marks::default());
    assert_eq!(said(&untouched.apply(&base)), said(&fresh), "untouched takes fresh");
    assert!(untouched.conflicts().is_empty());

    let unchanged = merge(&base, &edited, &base, &renames, &Marks::default());
    assert!(unchanged.changes_nothing(), "{unchanged:?}");
    assert_eq!(said(&unchanged.apply(&edited)), said(&edited));

    let same = merge(&base, &fresh, &fresh, &renames, &Marks::default());
    assert!(same.changes_nothing() && same.conflicts().is_empty(), "{same:?}");

    let mut merged = merge(&base, &edited, &fresh, &renames, &Marks::default());
    spare(&by_person, &edited, &mut merged);
    let result = merged.apply(&edited);
    keeps_words(&base, &edited, &result);
    keeps_sections(&merged, &base, &edited);
    let again = merge(&fresh, &result, &fresh, &renames, &Marks::default());
    assert!(again.changes_nothing(), "{again:?}");

    let patched = patch(&by_person, &edited, &merged, &by_catalogue, ("2", "danh mục"));
    let now = parse(&patched).unwrap();
    keeps_words(&base, &edited, &now);
    // Block by block, but for notes on conflicts and for marks, which may read as markup.
    let texts = |document: &Document| -> Vec<String> {
        let mut texts = said(document);
        texts.retain(|text| !text.contains("xung đột:"));
        for text in &mut texts {
            text.retain(char::is_alphanumeric);
        }
        texts.retain(|text| !text.is_empty());
        texts
    };
    assert_eq!(texts(&now), texts(&result), "{patched}");
});

/// What the drafter added to a section is in that section still.
fn keeps_sections(merged: &Merge, base: &Document, edited: &Document) {
    let alone = |section| Document { sections: vec![section] };
    for change in &merged.sections {
        let Change::Kept(section) = change else { continue };
        let old = &edited.sections[section.edited];
        let is_it = |one: &&khung::document::Section| one.id == old.id;
        let from = base.sections.iter().filter(|_| section.id.is_some()).find(is_it);
        let from = from.cloned().map_or_else(Document::default, alone);
        keeps_words(&from, &alone(old.clone()), &alone(section.apply(old)));
    }
}
