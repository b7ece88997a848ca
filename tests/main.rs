//! All tests of the crate and its command, one binary.
#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test makes the files that it needs"
)]

mod asides;
mod at_once;
mod base;
mod calendar;
mod carried;
mod commands;
mod decision;
mod diff;
mod editions;
mod finalize;
mod forms;
mod hostile;
mod killed;
mod layers;
mod look;
mod merging;
mod names;
mod new;
mod next;
mod origin;
mod pending;
mod plan;
mod reading;
mod refused;
mod slips;
mod suite;
mod traces;
mod unseen;
mod update;
mod updating;
mod whole;
mod year;

use std::sync::Arc;

use khung::catalog::Catalog;
use khung::record::{Record, stamp};
use khung::source::Source;
use khung::template::Templates;

/// The catalogue and the templates inside the binary.
fn embedded() -> (Catalog, Templates) {
    let (catalog, diagnostics) = Catalog::read(&Catalog::embedded().unwrap());
    assert_eq!(
        khung::cli::render(&diagnostics),
        "",
        "the shipped catalogue has findings"
    );
    (catalog, Templates::parse(Templates::embedded().unwrap()).unwrap())
}

fn source(name: &str, text: &str) -> Arc<Source> {
    Source::new(name, text.as_bytes()).unwrap()
}

/// A draft, written in both forms.
struct Written {
    markdown: String,
    docx: Vec<u8>,
}

impl From<khung::Draft> for Written {
    fn from(draft: khung::Draft) -> Self {
        Self { markdown: draft.markdown(), docx: draft.docx().unwrap() }
    }
}

/// A record as a file carries it that was edited since.
fn stamped(record: &Record) -> String {
    stamp(&"0".repeat(64), &record.encode())
}

/// A Markdown plan without its markers, in words of which no section begins as it did.
fn unmarked(plan: &str) -> String {
    let is_marker = |line: &&str| !line.starts_with("<!-- khung: ");
    let other = |line: &str| {
        let is_record = line.starts_with("<!-- khung-record");
        if is_record { line.to_owned() } else { line.replace('n', "m") }
    };
    let lines: Vec<String> = plan.lines().filter(is_marker).map(other).collect();
    lines.join("\n")
}
