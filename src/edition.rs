//! The editions inside the binary: of each plan year a catalogue, and its frame beside it.

mod check;
mod imprint;

use std::path::Path;
use std::sync::Arc;

use include_dir::{Dir, File, include_dir};

use crate::diagnostic::Diagnostic;
use crate::source::Source;

pub use check::check;
pub(crate) use check::unfit;
pub use imprint::{Imprint, Part};

/// One folder an edition, named as its id.
static CATALOGS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/catalog");
static FRAMES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// An edition inside the binary.
#[derive(Debug, Clone, Copy)]
pub struct Shipped(&'static str);

/// Every edition inside the binary, the oldest first.
#[must_use]
pub fn shipped() -> Vec<Shipped> {
    let mut all: Vec<Shipped> =
        CATALOGS.dirs().filter_map(|dir| of(dir.path())).collect();
    all.sort_by_key(|edition| edition.0);
    all
}

fn of(folder: &'static Path) -> Option<Shipped> {
    Some(Shipped(folder.file_name()?.to_str()?))
}

impl Shipped {
    /// The edition with an id.
    #[must_use]
    pub fn of(id: &str) -> Option<Self> {
        shipped().into_iter().find(|edition| edition.0 == id)
    }

    /// Its id.
    #[must_use]
    pub fn id(self) -> &'static str {
        self.0
    }

    /// Its version, as its catalogue says; its id where that says none.
    #[must_use]
    pub fn version(self) -> String {
        let file = CATALOGS.get_file(format!("{}/edition.toml", self.0));
        let text = file.and_then(File::contents_utf8).unwrap_or_default();
        let table = toml::from_str::<toml::Table>(text).unwrap_or_default();
        table.get("version").and_then(toml::Value::as_str).unwrap_or(self.0).to_owned()
    }

    /// The sources of its catalogue.
    ///
    /// # Errors
    /// A diagnostic when the binary was built from a file that is not UTF-8.
    pub fn catalog(self) -> Result<Vec<Arc<Source>>, Diagnostic> {
        sources(&CATALOGS, self.0)
    }

    /// The sources of its frame; none where it has none.
    ///
    /// # Errors
    /// As [`Self::catalog`].
    pub fn frame(self) -> Result<Vec<Arc<Source>>, Diagnostic> {
        sources(&FRAMES, self.0)
    }
}

fn sources(all: &'static Dir<'_>, id: &str) -> Result<Vec<Arc<Source>>, Diagnostic> {
    let files = all.get_dir(id).into_iter().flat_map(Dir::files);
    files
        .map(|file| Source::new(file.path().display().to_string(), file.contents()))
        .collect()
}
