//! The laws of updating a Word file that people edited: first the base, then what the
//! catalogue did to it, then what people did to the XML.
#![no_main]

use khung::docx::lint::lint;
use khung::docx::package::Package;
use khung::docx::patch::{Options, patch};
use khung::docx::read::{Main, body, read};
use khung::docx::{revisions, xml};
use khung::identity::Names;
use khung::merge::{Renames, merge};
use khung::update::UpdateError;
use khung::update::proof::{Claim, proves, tracked};
use khung_fuzz::plan::{Sides, drafted, keeps_words, spelt};
use khung_fuzz::said;
use khung_fuzz::word::{self, PART, package, with_part};
use libfuzzer_sys::fuzz_target;

const AUTHOR: &str = "khung 9";

fuzz_target!(|sides: Sides| {
    let [base, fresh] =
        [&sides.base, &sides.fresh].map(|bytes| body(drafted(&spelt(bytes)), false));
    let written = package(&base, "QUJD");
    let part = word::edited(written.part(PART).unwrap(), &sides.by_person);
    let input = with_part(&written, part);
    let Ok(main) = Main::of(&input) else { return };
    let Ok(reading) = read(&input, &main, &base, &Names::default()) else { return };
    let merged =
        merge(&base, &reading.document, &fresh, &Renames::default(), &reading.marks);
    let old_names = Names::default();
    let new_names = old_names.after(&base, &fresh, &Renames::default());
    let claim =
        Claim { base: &base, edited: &reading.document, fresh: &fresh, merge: &merged };
    let pending = tracked(&main.nodes, AUTHOR);
    let before = lint(&input);
    for accept in [false, true] {
        let options = Options {
            author: AUTHOR.to_owned(),
            accept,
            record: "QUJE".to_owned(),
            new_names: new_names.clone(),
            ..Options::default()
        };
        let patched =
            patch(&input, main.clone(), &reading, &merged, &fresh, &options).unwrap();
        let Ok(written) = Main::of(&patched.package) else {
            panic!("the patched file cannot be read")
        };
        let proof =
            proves(&input, &patched, written, &reading, &pending, &claim, &options);
        match proof {
            Ok(()) => {}
            // Paragraphs in runs and the like, which no office writes, may be refused.
            Err(UpdateError::Lost(_)) => continue,
            Err(error) => assert!(!before.is_empty(), "{error:?}"),
        }
        let patched = patched.package;
        if before.is_empty() {
            assert_eq!(lint(&patched), []);
        }
        let says = |package: &Package, base, names| {
            read(package, &Main::of(package).unwrap(), base, names).unwrap().document
        };
        keeps_words(&base, &reading.document, &says(&patched, &fresh, &new_names));
        if !accept {
            let texts = |package: &Package| {
                let mut texts = said(&says(package, &base, &old_names));
                // The number of a heading or an item is derived.
                let number = |c: char| c.is_ascii_digit() || "-. ".contains(c);
                for text in &mut texts {
                    *text = text.trim_start_matches(number).to_owned();
                }
                texts.retain(|text| !text.is_empty());
                texts.sort();
                texts
            };
            assert_eq!(texts(&rejected(&patched)), texts(&rejected(&input)), "reject");
        }
        for (name, bytes) in &input.parts {
            // Comments, the text, what names them, and the record, which is new.
            let ours = [
                "comments.xml",
                "document.xml",
                "document.xml.rels",
                "s].xml",
                "item1.xml",
                "custom.xml",
            ];
            if !ours.iter().any(|end| name.ends_with(end)) {
                assert_eq!(patched.part(name), Some(bytes.as_slice()), "{name}");
            }
        }
    }
});

fn rejected(package: &Package) -> Package {
    let mut nodes = xml::parse(package.part(PART).unwrap()).unwrap();
    revisions::reject(&mut nodes, AUTHOR);
    with_part(package, xml::serialize(&nodes).into_bytes())
}
