//! What tells the copies of a catalogue, a layer or a frame from each other.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use include_dir::Dir;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{CATALOGS, FRAMES};
use crate::record::hex;
use crate::source::Source;

/// What there are copies of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The catalogue of an edition.
    Catalog,
    /// A layer above it.
    Layer,
    /// A frame.
    Frame,
}

const PARTS: [(Part, &str); 3] =
    [(Part::Catalog, "catalog"), (Part::Layer, "layer"), (Part::Frame, "frame")];

/// A copy of a catalogue, a layer or a frame, known by what it holds: nobody's folder is named.
///
/// As text: part, id, version ("-" where there is none), whether it is the binary's, and the hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Imprint {
    /// What it is a copy of.
    pub part: Part,
    /// Id of the edition, or of the layer.
    pub id: String,
    /// Version; a frame has none.
    pub version: Option<String>,
    /// Whether the binary that made the plan held it.
    pub is_shipped: bool,
    /// SHA-256, in hex, of its files.
    pub hash: String,
}

impl Imprint {
    /// The copy that sources are.
    #[must_use]
    pub fn of(
        part: Part,
        id: &str,
        version: Option<&str>,
        sources: &[Arc<Source>],
    ) -> Self {
        let all = match part {
            Part::Catalog => Some(&CATALOGS),
            Part::Frame => Some(&FRAMES),
            Part::Layer => None,
        };
        Self {
            part,
            id: id.to_owned(),
            version: version.map(ToOwned::to_owned),
            is_shipped: all.is_some_and(|all| holds(all, id, sources)),
            hash: hash(sources),
        }
    }
}

/// Tells whether the binary holds just these files as those of an edition.
fn holds(all: &Dir<'_>, id: &str, sources: &[Arc<Source>]) -> bool {
    let Some(dir) = all.get_dir(id) else { return false };
    let is_held = |source: &Arc<Source>| {
        dir.files().any(|file| {
            file.path().file_name().is_some_and(|name| name == source.file())
                && file.contents() == source.text.as_bytes()
        })
    };
    dir.files().count() == sources.len() && sources.iter().all(is_held)
}

/// SHA-256 in hex of files, whatever their order and the folder they are in.
fn hash(sources: &[Arc<Source>]) -> String {
    let mut sources: Vec<_> = sources.iter().collect();
    sources.sort_by_key(|source| source.file());
    let mut hash = Sha256::new();
    for source in sources {
        for text in [source.file(), &source.text] {
            // As many bytes on every system.
            hash.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(text);
        }
    }
    hex(&hash.finalize())
}

impl fmt::Display for Imprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = PARTS.iter().find(|(part, _)| *part == self.part);
        let part = part.map_or("", |(_, name)| name);
        let version = self.version.as_deref().unwrap_or("-");
        let whose = if self.is_shipped { "shipped" } else { "own" };
        write!(f, "{part} {} {version} {whose} {}", self.id, self.hash)
    }
}

impl From<Imprint> for String {
    fn from(imprint: Imprint) -> Self {
        imprint.to_string()
    }
}

impl FromStr for Imprint {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let none = || format!("no imprint: {text}");
        let mut words = text.rsplitn(4, ' ');
        let mut word = || words.next().ok_or_else(none);
        let (hash, whose, version) = (word()?, word()?, word()?);
        let (part, id) = word()?.split_once(' ').ok_or_else(none)?;
        let part = PARTS.iter().find(|(_, name)| *name == part);
        Ok(Self {
            part: part.ok_or_else(none)?.0,
            id: id.to_owned(),
            version: Some(version).filter(|one| *one != "-").map(ToOwned::to_owned),
            is_shipped: whose == "shipped",
            hash: hash.to_owned(),
        })
    }
}

impl TryFrom<String> for Imprint {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}
