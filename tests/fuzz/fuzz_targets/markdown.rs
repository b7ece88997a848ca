//! Any text is a document: its places are right, its record comes back, Word can have it.
#![no_main]

use std::collections::BTreeSet;

use khung::document::Document;
use khung::docx::lint::lint;
use khung::docx::package::Package;
use khung::docx::read::{Main, body, read};
use khung::docx::{Properties, write};
use khung::identity::Names;
use khung::markdown::{parse, record, with_record, without_record};
use khung::record::{State, hash_markdown, state};
use khung::source::{Source, is_document_character};
use khung_fuzz::plan::{bare, keeps_words};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let document = parse(text).unwrap();
    let mut end = 0;
    for section in &document.sections {
        assert!(section.source.start >= end);
        end = section.source.start;
        for block in &section.blocks {
            assert!(block.source.start >= end, "{block:?}");
            assert!(text.get(block.source.clone()).is_some(), "{block:?}");
            end = block.source.end;
        }
        assert!(section.source.end >= end && text.get(section.source.clone()).is_some());
        end = section.source.end;
    }
    let plan = with_record(text, "QUJD");
    assert_eq!(record(&plan), Some("QUJD"));
    assert_eq!(
        bare(&parse(without_record(&plan)).unwrap()),
        bare(&parse(&plan).unwrap())
    );
    assert_eq!(hash_markdown(&plan), hash_markdown(without_record(&plan)));
    assert_eq!(with_record(&plan, "QUJD"), plan);
    let _: State = state(input);
    // A plan of khung's own is NFC, and has no id twice.
    let Ok(source) = Source::new("plan.md", input) else { return };
    let mut document = parse(&source.text).unwrap();
    let mut ids = BTreeSet::new();
    document
        .sections
        .retain(|section| section.id.iter().all(|id| ids.insert(id.clone())));
    // Nor does it have characters that no Word file can hold: none is parted by one there.
    if !text.chars().all(is_document_character) {
        return;
    }
    let bytes = write(&document, &Properties::default(), |_| "QUJD".to_owned()).unwrap();
    let package = Package::read(&bytes).unwrap();
    assert_eq!(lint(&package), []);
    let shown = body(document.clone(), false);
    let reading = read(&package, &Main::of(&package).unwrap(), &shown, &Names::default());
    let reading = reading.unwrap();
    keeps_words(&Document::default(), &shown, &reading.document);
});
