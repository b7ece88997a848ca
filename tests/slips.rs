//! Slips of those who write a catalogue or a frame: each is told, at its place, by `khung check`.

use std::sync::Arc;

use khung::catalog::Catalog;
use khung::diagnostic::{Diagnostic, Severity};
use khung::edition::check;
use khung::source::Source;
use khung::template::Templates;
use serde::Deserialize;

/// One slip in the shipped edition.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Slip {
    /// What somebody did.
    what: String,
    /// The file; a new one where `from` is empty.
    file: String,
    from: String,
    /// What stands there instead, once.
    to: String,
    /// The code that tells.
    code: String,
    /// What it says.
    says: String,
    /// The file at which it is told, where that is another one.
    place: Option<String>,
    /// How many findings there are in all: one cause is told once.
    #[serde(default = "one")]
    count: usize,
    /// Whether it is a warning.
    #[serde(default)]
    warning: bool,
}

fn one() -> usize {
    1
}

#[derive(Deserialize)]
struct Slips {
    slip: Vec<Slip>,
}

/// The files of the shipped edition with a slip in one of them.
fn slipped(sources: Vec<Arc<Source>>, slip: &Slip) -> Vec<Arc<Source>> {
    let mut sources: Vec<Arc<Source>> = sources
        .into_iter()
        .map(|source| {
            if source.file() != slip.file {
                return source;
            }
            assert!(source.text.contains(&slip.from), "{}: {}", slip.what, slip.from);
            crate::source(&slip.file, &source.text.replacen(&slip.from, &slip.to, 1))
        })
        .collect();
    let is_new = slip.from.is_empty();
    if is_new {
        sources.retain(|source| source.file() != slip.file);
        sources.push(crate::source(&slip.file, &slip.to));
    }
    sources
}

#[test]
fn each_is_told_once_at_its_place() {
    let slips: Slips = toml::from_str(include_str!("editions/slips.toml")).unwrap();
    let (catalog, frame) = (Catalog::embedded().unwrap(), Templates::embedded().unwrap());
    let mut wrong = Vec::new();
    for slip in &slips.slip {
        let sources = slipped(catalog.clone(), slip);
        let found = match Templates::parse(slipped(frame.clone(), slip)) {
            Ok(templates) => check(&sources, &templates),
            Err(found) => vec![found],
        };
        let said = khung::cli::render(&found);
        let severity = if slip.warning { Severity::Warning } else { Severity::Error };
        let is_it = |one: &&Diagnostic| {
            let says = khung::cli::render(&[(*one).clone()]);
            one.code.as_str() == slip.code
                && one.severity == severity
                && says.contains(&slip.says)
        };
        let place = found.iter().find(is_it).and_then(|one| one.place.as_ref());
        let file = slip.place.as_ref().unwrap_or(&slip.file);
        let is_told = place.is_some_and(|place| place.source.file() == file);
        if !is_told || found.len() != slip.count {
            wrong.push(format!("-- {} ({} findings)\n{said}", slip.what, found.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_shipped_edition_has_none() {
    for edition in khung::edition::shipped() {
        let templates = Templates::parse(edition.frame().unwrap()).unwrap();
        let found = check(&edition.catalog().unwrap(), &templates);
        assert_eq!(khung::cli::render(&found), "", "{}", edition.id());
    }
}
