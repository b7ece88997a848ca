//! The plan as a Word file: blocks become paragraphs and tables, which look as docx-rs says
//! and as the schema orders, and are packed together with the record; an edited file is
//! read back.

pub mod author;
pub(crate) mod banner;
pub mod bookmark;
pub(crate) mod clean;
pub(crate) mod comments;
mod conform;
pub mod lint;
pub mod package;
mod parts;
pub mod patch;
pub(crate) mod pending;
pub mod read;
mod record;
pub mod revisions;
pub(crate) mod sight;
pub(crate) mod story;
pub(crate) mod strip;
mod write;
pub mod xml;

use sha2::{Digest, Sha256};
use zip::result::ZipError;

use crate::document::Document;
use package::Package;
pub use record::read_record;
pub(crate) use record::{
    copies as records, has_lost_a_record, may_tell as may_tell_the_record,
    set as set_record,
};

/// What the file says about itself.
#[derive(Debug, Clone, Default)]
pub struct Properties {
    /// Title in the document properties.
    pub title: String,
    /// Author: the agency.
    pub author: String,
    /// Whether guidance becomes Word comments; boxes otherwise.
    pub comments: bool,
}

/// Writes a document as DOCX. `record` turns the hash of the parts into the text that
/// both copies of the record hold.
///
/// # Errors
/// When a part exceeds what a zip file holds.
pub fn write(
    document: &Document,
    properties: &Properties,
    record: impl FnOnce(&str) -> String,
) -> Result<Vec<u8>, ZipError> {
    compose(document, properties, record).write()
}

/// The parts of a DOCX, as [`write()`] packs them.
pub fn compose(
    document: &Document,
    properties: &Properties,
    record: impl FnOnce(&str) -> String,
) -> Package {
    let body = write::body(document, properties.comments);
    let mut package = conform::package(&body, properties);
    let text = record(&hash(&package));
    record::add(&mut package, &text);
    package
}

/// SHA-256 in hex over every part but those that hold the record.
#[must_use]
pub fn hash(package: &Package) -> String {
    let is_hashed = |(name, _): &&(String, Vec<u8>)| !record::may_stand_in(package, name);
    let mut parts: Vec<&(String, Vec<u8>)> =
        package.parts.iter().filter(is_hashed).collect();
    parts.sort();
    let mut digest = Sha256::new();
    for (name, bytes) in parts {
        for piece in [name.as_bytes(), bytes.as_slice()] {
            digest.update((piece.len() as u64).to_le_bytes());
            digest.update(piece);
        }
    }
    crate::record::hex(&digest.finalize())
}

/// A package without both copies of the record.
pub(crate) fn without_record(package: &Package) -> Package {
    let mut package = package.clone();
    record::remove(&mut package);
    package
}

/// The element children of a node list.
pub(crate) fn elements(
    nodes: &mut [xml::Node],
) -> impl Iterator<Item = &mut xml::Element> {
    nodes.iter_mut().filter_map(|node| match node {
        xml::Node::Element(element) => Some(element),
        xml::Node::Raw(_) => None,
    })
}
