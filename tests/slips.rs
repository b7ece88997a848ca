//! Slips of those who write a catalogue or a frame: each is told, at its place, by `khung check`.

use std::sync::Arc;

use khung::catalog::Catalog;
use khung::diagnostic::{Diagnostic, Severity};
use khung::edition::check;
use khung::source::Source;
use khung::template::Templates;
use serde::Deserialize;

/// One slip in the shipped edition, or in a layer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slip {
    /// What somebody did.
    what: String,
    /// The file; a new one where `from` is empty.
    pub(crate) file: String,
    pub(crate) from: String,
    /// What stands there instead, once.
    to: String,
    /// The layer that is checked, where that is not the one with the file.
    pub(crate) check: Option<String>,
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

/// The slips that a file lists.
pub(crate) fn read(text: &str) -> Vec<Slip> {
    toml::from_str::<Slips>(text).unwrap().slip
}

impl Slip {
    /// A text with the slip in it.
    pub(crate) fn made_in(&self, text: &str) -> String {
        assert!(text.contains(&self.from), "{}: {}", self.what, self.from);
        text.replacen(&self.from, &self.to, 1)
    }

    /// What was found instead of what should be; none where the slip is told, at its place.
    pub(crate) fn untold(&self, found: &[Diagnostic]) -> Option<String> {
        let severity = if self.warning { Severity::Warning } else { Severity::Error };
        let is_it = |one: &&Diagnostic| {
            let says = khung::cli::render(&[(*one).clone()]);
            one.code.as_str() == self.code
                && one.severity == severity
                && says.contains(&self.says)
        };
        let place = found.iter().find(is_it).and_then(|one| one.place.as_ref());
        let file = self.place.as_ref().unwrap_or(&self.file);
        let is_told = place.is_some_and(|place| {
            let name = &place.source.name;
            name == file || name.ends_with(&format!("/{file}"))
        });
        let said = khung::cli::render(found);
        (!is_told || found.len() != self.count)
            .then(|| format!("-- {} ({} findings)\n{said}", self.what, found.len()))
    }
}

/// The files of the shipped edition with a slip in one of them.
fn slipped(sources: Vec<Arc<Source>>, slip: &Slip) -> Vec<Arc<Source>> {
    let mut sources: Vec<Arc<Source>> = sources
        .into_iter()
        .map(|source| {
            if source.file() != slip.file {
                return source;
            }
            crate::source(&slip.file, &slip.made_in(&source.text))
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
    let (catalog, frame) = (Catalog::embedded().unwrap(), Templates::embedded().unwrap());
    let mut wrong = Vec::new();
    for slip in read(include_str!("editions/slips.toml")) {
        let sources = slipped(catalog.clone(), &slip);
        let found = match Templates::parse(slipped(frame.clone(), &slip)) {
            Ok(templates) => check(&sources, &templates),
            Err(found) => found,
        };
        wrong.extend(slip.untold(&found));
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
