//! What the fuzz targets share: plans made of few words, and what people make of them.

pub mod plan;
pub mod word;

use std::sync::{Arc, OnceLock};

use khung::catalog::Catalog;
use khung::diagnostic::Diagnostic;
use khung::document::Document;
use khung::source::Source;
use khung::template::Templates;

/// The sources of the catalogue inside the binary.
pub fn sources() -> &'static [Arc<Source>] {
    static SOURCES: OnceLock<Vec<Arc<Source>>> = OnceLock::new();
    SOURCES.get_or_init(|| Catalog::embedded().unwrap())
}

/// The catalogue inside the binary.
pub fn catalog() -> &'static Catalog {
    static CATALOG: OnceLock<Catalog> = OnceLock::new();
    CATALOG.get_or_init(|| Catalog::read(sources()).0)
}

/// The templates inside the binary.
pub fn templates() -> &'static Templates {
    static TEMPLATES: OnceLock<Templates> = OnceLock::new();
    TEMPLATES.get_or_init(|| Templates::parse(Templates::embedded().unwrap()).unwrap())
}

/// Fails when a complaint does not say what to do, or where in a way that can be printed.
pub fn complain(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics {
        assert!(!diagnostic.message.is_empty() && !diagnostic.hint.is_empty());
        if let Some(place) = &diagnostic.place {
            let span = place.span.clone();
            assert!(place.source.text.get(span).is_some(), "{diagnostic:?}");
        }
    }
}

/// What a document says, block by block.
pub fn said(document: &Document) -> Vec<String> {
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    blocks.map(|block| block.kind.plain()).collect()
}
