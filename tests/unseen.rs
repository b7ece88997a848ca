//! What the eye does not see is told where it is, and nowhere else.

use std::fmt::Write as _;
use std::fs;

use khung::diagnostic::{Code, Diagnostic};
use khung::review::review;

const CODES: [Code; 4] =
    [Code::DeceptiveText, Code::InvisibleCharacter, Code::LookAlike, Code::GarbledText];

fn of_it(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    found.into_iter().filter(|one| CODES.contains(&one.code)).collect()
}

/// Whatever khung ships or drafts has nothing of the kind: every agency's plan, the samples, the
/// examples.
#[test]
fn nothing_of_khung_s_own_is_told() {
    let (catalog, templates) = crate::embedded();
    let agency = |name: &str| crate::source("p.toml", &format!("agency = \"{name}\"\n"));
    let agencies = catalog.agencies.iter().map(|one| agency(&one.name));
    let samples = catalog.samples.values().cloned();
    let examples = fs::read_dir("examples").unwrap().filter_map(|entry| {
        let path = entry.unwrap().path();
        let is_profile = path.extension().is_some_and(|end| end == "toml");
        is_profile.then(|| crate::source("p.toml", &fs::read_to_string(path).unwrap()))
    });
    let mut count = 0;
    for profile in agencies.chain(samples).chain(examples) {
        let (draft, found) = khung::build(&catalog, &templates, &profile, None);
        let draft = crate::Written::from(draft.unwrap());
        let plans =
            [("a.md", draft.markdown.as_bytes()), ("a.docx", draft.docx.as_slice())];
        let in_plans = plans.map(|(name, plan)| review(name, plan, &catalog).unwrap());
        for found in [found].into_iter().chain(in_plans) {
            assert_eq!(khung::cli::render(&of_it(found)), "", "{}", profile.text);
        }
        count += 1;
    }
    assert!(count >= 93 + 2 + 3, "{count}");
}

/// A megabyte of marks is one finding; a megabyte of hidden characters, a few lines.
#[test]
fn what_never_ends_is_told_once() {
    let (catalog, _) = crate::embedded();
    let telling = |title: &str| {
        let text = format!(
            "agency = \"Lào Cai\"\n[[own_task]]\nid = \"a\"\nsection = \"government\"\ntitle = \"{title}\"\n"
        );
        let profile = crate::source("p.toml", &text);
        let found = khung::profile::Profile::read(&profile, &catalog);
        of_it(found.2)
    };
    let mut said = String::new();
    for unit in ["\u{301}", "\u{200B}x", "Сa ", "Táº¡o ", "ViÖt ", "\u{202E}a\u{202C}"]
    {
        let found = telling(&unit.repeat((1 << 20) / unit.len()));
        let shown = khung::cli::render(&found);
        assert!(shown.len() < 10_000, "{unit}: {}", shown.len());
        let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
        let _ = writeln!(said, "{unit:?}: {codes:?}");
    }
    assert_eq!(
        said,
        "\"\\u{301}\": [\"invisible-character\"]\n\
         \"\\u{200b}x\": [\"invisible-character\"]\n\
         \"Сa \": [\"look-alike\"]\n\
         \"Táº¡o \": [\"garbled-text\"]\n\
         \"ViÖt \": [\"garbled-text\"]\n\
         \"\\u{202e}a\\u{202c}\": [\"deceptive-text\"]\n"
    );
}

/// What would turn a terminal's line round is shown by its number, wherever it comes from.
#[test]
fn the_terminal_is_told_no_order() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("a.toml"),
        "agency = \"Lào \u{202E}Kai\"\n\u{2066}x = 1\n",
    )
    .unwrap();
    let (code, said) = crate::commands::khung(&folder, &["check", "a.toml"]);
    assert_eq!(code, 1);
    assert!(said.contains("Lào ⟨U+202E⟩Kai"), "{said}");
    assert!(!said.contains(['\u{202E}', '\u{2066}']), "{said}");
}
