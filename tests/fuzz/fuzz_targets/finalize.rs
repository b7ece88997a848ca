//! A plan on its way to its signature, Word (`<…`) or Markdown: complaints, or a copy that
//! says the same and nothing of khung.
#![no_main]

use std::sync::OnceLock;

use khung::document::{Document, slots};
use khung::docx::package::Package;
use khung::docx::read::{Main, read};
use khung::finalize::finalize;
use khung::identity::Names;
use khung::markdown::{parse, with_record};
use khung::record::Record;
use khung::review::{ReviewError, review};
use khung_fuzz::word::{main_part, package, with_part};
use khung_fuzz::{catalog, complain, said};
use libfuzzer_sys::fuzz_target;

const BASE: &str = include_str!("../../review/base.md");

fuzz_target!(|input: &[u8]| {
    static PLAN: OnceLock<(String, Package)> = OnceLock::new();
    let (record, written) = PLAN.get_or_init(|| {
        let text = |text: &str| text.to_owned();
        let record = Record {
            edition: text("2024"),
            version: text("2024.2"),
            khung: text("0.1.0"),
            base: text(BASE),
            ..Record::default()
        };
        let record = record.encode();
        (record.clone(), package(&parse(BASE).unwrap(), &record))
    });
    let (name, plan) = match std::str::from_utf8(input) {
        Ok(text) if !text.starts_with('<') || text.starts_with("<!-- khung") => {
            ("plan.md", with_record(text, record).into_bytes())
        }
        _ => ("plan.docx", with_part(written, main_part(input)).write().unwrap()),
    };
    let checked = review(name, &plan, catalog());
    complain(checked.as_deref().unwrap_or_default());
    let (copy, diagnostics) = finalize(name, &plan, catalog(), false);
    complain(&diagnostics);
    let copy = match copy {
        Ok(Some(copy)) => copy.plan,
        // A name of khung's may be left in a comment of the XML, which no office writes.
        Err(ReviewError::NotTheSame(words)) => {
            return assert!(
                words.iter().all(|word| word.starts_with("còn ")),
                "{words:?}"
            );
        }
        Ok(None) | Err(_) => return,
    };
    complain(&review(name, &copy, catalog()).unwrap());
    let texts = if name == "plan.md" {
        let text = String::from_utf8(copy).unwrap();
        said(&parse(&text).unwrap())
    } else {
        let package = Package::read(&copy).unwrap();
        let has =
            |name: &str| package.parts.iter().any(|(part, _)| part.starts_with(name));
        assert!(!has("customXml/") && !has("docProps/custom.xml"));
        Main::of(&package)
            .and_then(|main| {
                read(&package, &main, &Document::default(), &Names::default())
            })
            .map_or_else(|_| Vec::new(), |reading| said(&reading.document))
    };
    assert!(texts.iter().all(|text| slots(text).is_empty()), "{texts:?}");
});
