//! The record that every plan carries: what it was made from, and whether it was edited since.

use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::docx::package::{LEVEL, Package};
use crate::source::line_feeds;
use crate::{docx, markdown};

/// No record of a real plan comes near this; a longer one is an attack.
const LONGEST: u64 = 64 * 1024 * 1024;

/// What a plan was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Edition of the catalogue.
    pub edition: String,
    /// Its version.
    pub version: String,
    /// Version of khung.
    pub khung: String,
    /// The profile's TOML.
    pub profile: String,
    /// The date of issue given beside the profile, as 2023-12-18.
    pub date: Option<String>,
    /// The Markdown as generated, without the record.
    pub base: String,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordError {
    /// The text is no record, or a torn one.
    Damaged,
    /// What it says does not have the hash that it carries: somebody changed it.
    Altered,
}

impl Record {
    /// The record as text: the hash of its TOML, and that, deflated, in base64. [`stamp`]
    /// makes it one file's own.
    #[must_use]
    pub fn encode(&self) -> String {
        let toml = toml::to_string(self).unwrap_or_default();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::new(LEVEL));
        // Writing into memory does not fail.
        let _ = deflate.write_all(sealed(&toml).as_bytes());
        STANDARD.encode(deflate.finish().unwrap_or_default())
    }

    /// Reads a stamped record back.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub fn read(stamped: &str) -> Result<Self, RecordError> {
        let (_, text) = parts(stamped).ok_or(RecordError::Damaged)?;
        let deflated = STANDARD.decode(text).map_err(|_| RecordError::Damaged)?;
        let mut text = String::new();
        DeflateDecoder::new(deflated.as_slice())
            .take(LONGEST)
            .read_to_string(&mut text)
            .map_err(|_| RecordError::Damaged)?;
        let (_, toml) = text.split_once('\n').ok_or(RecordError::Damaged)?;
        let record = toml::from_str(toml).map_err(|_| RecordError::Damaged)?;
        if text == sealed(toml) { Ok(record) } else { Err(RecordError::Altered) }
    }

    /// Tells whether a later version of khung wrote it.
    #[must_use]
    pub fn is_newer(&self) -> bool {
        is_later(&self.khung, env!("CARGO_PKG_VERSION"))
    }

    /// As [`Record::read`]; none where that fails.
    #[must_use]
    pub fn decode(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }
}

/// Tells whether a version, such as 2024.2, comes after another one.
pub(crate) fn is_later(version: &str, than: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        version.split(['.', '-', '+']).map_while(|part| part.parse().ok()).collect()
    };
    numbers(version) > numbers(than)
}

/// A text below its own hash.
fn sealed(text: &str) -> String {
    format!("{}\n{text}", hex(&Sha256::digest(text.as_bytes())))
}

/// A record behind the SHA-256, in hex, of the file that carries it (without the record): it
/// tells "edited since", and the record itself need not be read for that.
#[must_use]
pub fn stamp(hash: &str, record: &str) -> String {
    format!("{hash}{STAMP}{record}")
}

/// Stands between hash and record, and in neither.
const STAMP: char = '-';

/// The hash and the record of a stamped record.
fn parts(stamped: &str) -> Option<(&str, &str)> {
    let (hash, record) = stamped.trim().split_once(STAMP)?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    (is_hash && !record.is_empty()).then_some((hash, record))
}

/// SHA-256 in hex of a Markdown plan without its record; line ends count as line feeds.
#[must_use]
pub fn hash_markdown(markdown: &str) -> String {
    let text = line_feeds(markdown::without_record(markdown));
    hex(&Sha256::digest(text.trim_end().as_bytes()))
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let hex = |byte: &u8| {
        [byte >> 4, byte & 15]
            .map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0'))
    };
    bytes.iter().flat_map(hex).collect()
}

/// What a plan says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Exactly as khung wrote it.
    AsWritten,
    /// Written by khung, edited since.
    Edited,
    /// Not written by khung, or stripped of its record.
    Foreign,
}

/// Tells whether a plan, Markdown or DOCX, was edited since it was written.
#[must_use]
pub fn state(bytes: &[u8]) -> State {
    let (record, hash) = if bytes.starts_with(b"PK") {
        let Ok(package) = Package::read(bytes) else { return State::Foreign };
        (docx::read_record(&package), docx::hash(&package))
    } else {
        let text = String::from_utf8_lossy(bytes);
        (markdown::record(&text).map(ToOwned::to_owned), hash_markdown(&text))
    };
    match record.as_deref().and_then(parts) {
        Some((written, _)) if written == hash => State::AsWritten,
        Some(_) => State::Edited,
        None => State::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record whose text is what `change` makes of that of a whole one.
    fn changed(record: &Record, change: impl Fn(String) -> String) -> String {
        let deflated = STANDARD.decode(record.encode()).unwrap();
        let mut text = String::new();
        DeflateDecoder::new(deflated.as_slice()).read_to_string(&mut text).unwrap();
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::new(LEVEL));
        deflate.write_all(change(text).as_bytes()).unwrap();
        stamp(&"0".repeat(64), &STANDARD.encode(deflate.finish().unwrap()))
    }

    #[test]
    fn a_record_that_somebody_changed_is_not_believed() {
        let base = "# Kế hoạch\n".to_owned();
        let record = Record { base, edition: "2024".to_owned(), ..Record::default() };
        let read =
            |change: &dyn Fn(String) -> String| Record::read(&changed(&record, change));
        assert_eq!(read(&|text| text), Ok(record.clone()));
        let altered = |text: String| text.replace("Kế hoạch", "Kế hoạch khác");
        assert_eq!(read(&altered), Err(RecordError::Altered));
        assert_eq!(read(&|text| text + "\n"), Err(RecordError::Altered));
        let torn = |text: String| text[..text.len() / 2].to_owned();
        assert_eq!(read(&torn), Err(RecordError::Damaged));
        assert_eq!(read(&|_| String::new()), Err(RecordError::Damaged));
        let encoded = stamp(&"0".repeat(64), &record.encode());
        for cut in 0..encoded.len() {
            assert!(Record::read(&encoded[..cut]).is_err(), "{cut}");
        }
    }
}
