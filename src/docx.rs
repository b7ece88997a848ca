//! The plan as a Word file: blocks become paragraphs and tables, which look as docx-rs says
//! and as the schema orders, and are packed together with the record; an edited file is
//! read back.

pub(crate) mod banner;
pub mod bookmark;
pub(crate) mod comments;
mod conform;
pub mod lint;
pub mod package;
pub mod patch;
pub mod read;
pub mod revisions;
pub(crate) mod story;
pub(crate) mod strip;
mod write;
pub mod xml;

use sha2::{Digest, Sha256};
use zip::result::ZipError;

use crate::document::Document;
use crate::record::Record;
use package::Package;

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

const RECORD_NAMESPACE: &str = "urn:khung:record:1";
const RECORD_PART: &str = "customXml/item1.xml";

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

/// The parts of a DOCX, as [`write`] packs them.
pub fn compose(
    document: &Document,
    properties: &Properties,
    record: impl FnOnce(&str) -> String,
) -> Package {
    let body = write::body(document, properties.comments);
    let mut package = conform::package(&body, properties);
    let text = record(&hash(&package));
    conform::add_record(&mut package, &text);
    package
}

/// SHA-256 in hex over every part but those that hold the record.
#[must_use]
pub fn hash(package: &Package) -> String {
    let mut parts: Vec<&(String, Vec<u8>)> = package
        .parts
        .iter()
        .filter(|(name, _)| {
            !name.starts_with("customXml/") && name != "docProps/custom.xml"
        })
        .collect();
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

/// The record's text: from the custom XML part, else from the custom property; a copy that
/// can be read before one that cannot.
#[must_use]
pub fn read_record(package: &Package) -> Option<String> {
    let mut copies = record_copies(package);
    let first = copies.first()?;
    if copies.iter().all(|copy| copy == first) {
        return Some(copies.swap_remove(0));
    }
    let whole = copies.iter().position(|copy| Record::read(Some(copy)).is_ok());
    Some(copies.swap_remove(whole.unwrap_or_default()))
}

/// Tells whether only one of the two copies of the record is left as khung wrote it.
pub(crate) fn has_lost_a_record(package: &Package) -> bool {
    let copies = record_copies(package);
    copies.len() < 2 || copies.iter().any(|copy| *copy != copies[0])
}

/// The text of each copy of the record.
fn record_copies(package: &Package) -> Vec<String> {
    let text_of = |bytes: &[u8], marker: &str| -> Option<String> {
        let nodes = xml::parse(bytes).ok()?;
        let text = xml::serialize(&nodes);
        let from = text.find(marker)?;
        let from = from + text[from..].find('>')? + 1;
        let inner = &text[from..];
        let inner = inner.strip_prefix("<vt:lpwstr>").unwrap_or(inner);
        // The part that describes the record names it, and says nothing.
        let inner = inner.split('<').next()?.trim();
        (!inner.is_empty()).then(|| inner.to_owned())
    };
    let custom = package.parts.iter().filter(|(name, _)| name.starts_with("customXml/"));
    let custom = custom.filter_map(|(_, bytes)| text_of(bytes, RECORD_NAMESPACE));
    let property = package.part("docProps/custom.xml");
    let property = property.and_then(|bytes| text_of(bytes, "name=\"khung-record\""));
    custom.chain(property).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_comes_back_from_either_copy_and_the_hash_notices_edits() {
        let document = crate::markdown::parse("<!-- khung: a -->\nMột\n").unwrap();
        let bytes =
            write(&document, &Properties::default(), |hash| format!("{hash}AA=="))
                .unwrap();
        assert_eq!(
            bytes,
            write(&document, &Properties::default(), |h| format!("{h}AA==")).unwrap()
        );
        let mut package = Package::read(&bytes).unwrap();
        let record = format!("{}AA==", hash(&package));
        assert_eq!(read_record(&package), Some(record.clone()));
        package.parts.retain(|(name, _)| !name.starts_with("customXml/"));
        assert_eq!(read_record(&package), Some(record));
        let before = hash(&package);
        let at =
            package.parts.iter().position(|(n, _)| n == "word/document.xml").unwrap();
        package.parts[at].1.push(b' ');
        assert_ne!(hash(&package), before);
    }

    #[test]
    fn of_two_copies_of_the_record_the_one_that_is_whole_counts() {
        let document = crate::markdown::parse("<!-- khung: a -->\nMột\n").unwrap();
        let record = crate::record::stamp(&"0".repeat(64), &Record::default().encode());
        let bytes = write(&document, &Properties::default(), |_| record.clone()).unwrap();
        for torn in ["docProps/custom.xml", RECORD_PART] {
            let mut package = Package::read(&bytes).unwrap();
            for (name, bytes) in &mut package.parts {
                if name == torn {
                    let text = String::from_utf8_lossy(bytes);
                    *bytes = text.replace(&record, &record[4..]).into_bytes();
                }
            }
            assert_eq!(read_record(&package).as_ref(), Some(&record), "{torn}");
        }
    }
}
