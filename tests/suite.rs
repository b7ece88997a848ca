//! One folder a case: a profile, and what khung makes of it or says about it.
//!
//! A case whose name starts with `err-` gets no plan; of a `warn-` case only the findings
//! count. A case may bring files of a catalogue (`catalog/`) or templates (`templates/`):
//! each stands in for the shipped file of its name.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use khung::Draft;
use khung::catalog::Catalog;
use khung::cli::render;
use khung::diagnostic::{Code, Diagnostic, has_errors, sort};
use khung::markdown::without_record;
use khung::source::Source;
use khung::template::Templates;

#[test]
fn cases() {
    insta::glob!("suite/*/profile.toml", |path| {
        let case = path.parent().unwrap();
        let (draft, mut diagnostics) = run(case);
        sort(&mut diagnostics);
        let name = case.file_name().unwrap().to_str().unwrap();
        assert_eq!(draft.is_none(), name.starts_with("err-"), "{}", render(&diagnostics));
        insta::with_settings!({ snapshot_path => case, prepend_module_to_snapshot => false,
            omit_expression => true, snapshot_suffix => "" }, {
            insta::assert_snapshot!("diagnostics", render(&diagnostics));
            if let Some(draft) = draft && !name.starts_with("warn-") {
                insta::assert_snapshot!("plan", without_record(&draft.markdown()));
            }
        });
    });
}

#[test]
fn every_code_is_triggered_by_some_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite");
    let mut seen: BTreeSet<&Code> = BTreeSet::new();
    let mut look = |text: &str| {
        seen.extend(
            Code::ALL.iter().filter(|c| text.contains(&format!("[{}]", c.as_str()))),
        );
    };
    for case in std::fs::read_dir(&folder).unwrap() {
        let snapshot = case.unwrap().path().join("diagnostics.snap");
        look(&std::fs::read_to_string(snapshot).unwrap());
    }
    for case in std::fs::read_dir(folder.with_file_name("review")).unwrap() {
        look(&std::fs::read_to_string(case.unwrap().path()).unwrap());
    }
    look(include_str!("cmd/finalize.trycmd"));
    look(include_str!("origin.rs"));
    look(include_str!("next.rs"));
    look(include_str!("plan.rs"));
    let slips = [include_str!("editions/slips.toml"), include_str!("layers/slips.toml")];
    let slips = slips.iter().flat_map(|text| text.lines());
    let codes = slips.filter_map(|line| line.strip_prefix("code = \""));
    for code in codes {
        look(&format!("[{}]", code.trim_end_matches('"')));
    }
    let never: Vec<&Code> =
        Code::ALL.iter().filter(|code| !seen.contains(code)).collect();
    assert!(never.is_empty(), "no case triggers {never:?}");
}

/// What the command does: catalogue, templates, profile; errors end it.
fn run(case: &Path) -> (Option<Draft>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let sources = or_shipped(case, "catalog", Catalog::embedded().unwrap());
    let (catalog, found) = Catalog::read(&sources);
    diagnostics.extend(found);
    if has_errors(&diagnostics) {
        return (None, diagnostics);
    }
    let sources = or_shipped(case, "templates", Templates::embedded().unwrap());
    let profile =
        Source::new("profile.toml", &std::fs::read(case.join("profile.toml")).unwrap());
    let (templates, profile) = match (Templates::parse(sources), profile) {
        (Ok(templates), Ok(profile)) => (templates, profile),
        (templates, profile) => {
            diagnostics.extend(templates.err().into_iter().flatten());
            diagnostics.extend(profile.err());
            return (None, diagnostics);
        }
    };
    let (draft, found) = khung::build(&catalog, &templates, &profile, None);
    diagnostics.extend(found);
    (draft, diagnostics)
}

/// The shipped files, those of the case in the place of their namesakes.
fn or_shipped(case: &Path, folder: &str, shipped: Vec<Arc<Source>>) -> Vec<Arc<Source>> {
    let own = |source: Arc<Source>| {
        let name = Path::new(&source.name).file_name().unwrap().to_str().unwrap();
        match std::fs::read(case.join(folder).join(name)) {
            Ok(bytes) => Source::new(format!("{folder}/{name}"), &bytes).unwrap(),
            Err(_) => source,
        }
    };
    shipped.into_iter().map(own).collect()
}
