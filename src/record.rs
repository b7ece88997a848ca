//! The record that every plan carries: what it was made from, and whether it was edited since.

mod given;

use std::fmt;
use std::io::{Read, Write};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::docx::package::LEVEL;
use crate::edition::Imprint;
use crate::identity::Names;
use crate::markdown;
use crate::opened::File;
use crate::profile::Guidance;
use crate::source::{Source, line_feeds};

pub use given::{BaseError, Given, Note, give};

/// Longest text of a record, in bytes: a profile and a base have 4 MiB at most, a plan 0.2. A
/// longer one is an attack: parsing it may take a hundred times as much.
const LONGEST: u64 = 12 * 1024 * 1024;

/// What a plan was made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Edition of the catalogue.
    pub edition: String,
    /// Its version.
    pub version: String,
    /// Version of khung.
    pub khung: String,
    /// The agency, by its id; none before khung 0.3.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// The catalogue, the layers above it from the lowest up, and the frame; none before khung
    /// 0.3.0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imprints: Vec<Imprint>,
    /// The profile's TOML.
    pub profile: String,
    /// The date of issue given beside the profile, as 2023-12-18.
    pub date: Option<String>,
    /// The Markdown as generated, without the record.
    pub base: String,
    /// How its paragraphs and rows are named; plans of khung 0.1.0 have nothing of this.
    #[serde(default, skip_serializing_if = "Names::is_default")]
    pub names: Names,
}

/// Why a record cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordError {
    /// There is none: khung did not write the file, or something dropped the record.
    Missing,
    /// The text is no record, or a torn one.
    Damaged,
    /// What it says does not have the hash that it carries: somebody changed it.
    Altered,
    /// This later version of khung wrote it.
    Newer(String),
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str(
                "không mang thông tin của khung: không do khung lập, đã là bản trình ký, hoặc \
                 đã mất thông tin đó. Nêu tệp do khung lập hoặc bản đã sửa từ tệp đó; nếu thông \
                 tin đã mất, nêu thêm bản cũ của kế hoạch bằng `--base`.",
            ),
            Self::Damaged => f.write_str(
                "thông tin của khung trong tệp đã hỏng. Nêu thêm bản cũ của kế hoạch bằng \
                 `--base`.",
            ),
            Self::Altered => f.write_str(
                "thông tin của khung trong tệp không khớp mã kiểm tra: đã bị sửa. Nêu thêm bản \
                 cũ của kế hoạch bằng `--base`.",
            ),
            Self::Newer(version) => write!(
                f,
                "do khung {version} lập, mới hơn bản đang chạy. Cập nhật khung rồi chạy lại."
            ),
        }
    }
}

impl std::error::Error for RecordError {}

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

    /// Tells whether the guidance of the plan stands in Word comments.
    pub(crate) fn guides_in_comments(&self) -> bool {
        let profile = toml::from_str::<toml::Table>(&self.profile).unwrap_or_default();
        let guidance = profile.get("guidance").cloned().map(toml::Value::try_into);
        guidance.and_then(Result::ok) == Some(Guidance::Comments)
    }

    /// The profile, as a source; its name is told with what is wrong in it.
    pub(crate) fn source(&self) -> Arc<Source> {
        // A string is UTF-8: nothing here can be wrong.
        let source = Source::new("hồ sơ trong kế hoạch", self.profile.as_bytes());
        source.unwrap_or_default()
    }

    /// Reads the stamped record of a file back, whatever a mail program made of its lines.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub fn read(stamped: Option<&str>) -> Result<Self, RecordError> {
        let stamped = stamped.ok_or(RecordError::Missing)?;
        let (_, text) = parts(stamped).ok_or(RecordError::Damaged)?;
        let deflated = STANDARD_NO_PAD.decode(text).map_err(|_| RecordError::Damaged)?;
        let mut text = String::new();
        DeflateDecoder::new(deflated.as_slice())
            .take(LONGEST)
            .read_to_string(&mut text)
            .map_err(|_| RecordError::Damaged)?;
        let (_, toml) = text.split_once('\n').ok_or(RecordError::Damaged)?;
        // Before it is parsed: what somebody changed may be anything.
        if text != sealed(toml) {
            return Err(RecordError::Altered);
        }
        let record: Self = toml::from_str(toml).map_err(|_| RecordError::Damaged)?;
        if is_later(&record.khung, env!("CARGO_PKG_VERSION")) {
            return Err(RecordError::Newer(record.khung));
        }
        Ok(record)
    }
}

/// What a plan says it follows, at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Origin {
    /// Id of the edition.
    pub edition: String,
    /// See [`Record::imprints`].
    #[serde(default)]
    pub imprints: Vec<Imprint>,
}

impl Origin {
    /// Reads what a plan says; nothing is checked, since whoever works on the plan reads the
    /// record anyway. None where it does not say.
    #[must_use]
    pub fn of(plan: &[u8]) -> Option<Self> {
        /// Signs of base64 that hold the beginning of the text, and bytes of that.
        const SIGNS: usize = 8192;
        const BYTES: usize = 4096;
        let stamped = File::glance(plan)?.stamped()?;
        let (_, text) = parts(&stamped)?;
        let deflated = STANDARD_NO_PAD.decode(text.get(..SIGNS).unwrap_or(&text)).ok()?;
        let mut bytes = Vec::new();
        // The end is missing, which the reader finds out behind what is wanted.
        let _ = DeflateDecoder::new(deflated.as_slice())
            .take(BYTES as u64)
            .read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        // They stand above all that may have several lines, or lines like these.
        let is_one = |line: &&str| {
            ["edition = ", "imprints = "].iter().any(|key| line.starts_with(key))
        };
        let above = text.lines().take_while(|line| !line.starts_with("profile = "));
        let lines: Vec<&str> = above.filter(is_one).collect();
        toml::from_str(&lines.join("\n")).ok()
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

/// Tells whether a stamped record is this one, letter for letter, whatever the stamp: one
/// whose lines a mail program folded is written anew.
pub(crate) fn is_stamped(stamped: &str, record: &str) -> bool {
    stamped.trim().split_once(STAMP).is_some_and(|(_, stamped)| stamped == record)
}

/// The hash and the record of a stamped record, the latter without the signs that only fill
/// up base64.
fn parts(stamped: &str) -> Option<(String, String)> {
    let stamped = unfolded(stamped);
    let (hash, record) = stamped.split_once(STAMP)?;
    let is_hash = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    (is_hash && !record.is_empty()).then(|| (hash.to_owned(), record.to_owned()))
}

/// A stamped record on one line, whatever a mail program made of it: folded, quoted by `>`,
/// or quoted-printable, where `=` at the end of a line goes on with the next one, and `=3D`
/// stands for `=`.
fn unfolded(stamped: &str) -> String {
    let is_own = |c: &char| !c.is_whitespace() && !matches!(c, '>' | '=');
    stamped.replace("=3D", "").chars().filter(is_own).collect()
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
    let Ok(file) = File::open(bytes) else { return State::Foreign };
    match file.stamped().as_deref().and_then(parts) {
        Some((written, _)) if written == file.hash() => State::AsWritten,
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
    fn versions_are_numbers() {
        for (version, than, later) in [
            ("2024.10", "2024.9", true),
            ("2024.9", "2024.10", false),
            ("2025.1", "2024.12", true),
            ("2024.1", "2024.1", false),
            ("2024.1.1", "2024.1", true),
            ("0.10.0", "0.9.9", true),
            ("1.0.0", "0.99.0", true),
            ("1.0.0-beta", "1.0.0", false),
        ] {
            assert_eq!(is_later(version, than), later, "{version} after {than}");
        }
    }

    #[test]
    fn a_record_that_somebody_changed_is_not_believed() {
        let base = "# Kế hoạch\n".to_owned();
        let record = Record { base, edition: "2024".to_owned(), ..Record::default() };
        let read = |change: &dyn Fn(String) -> String| {
            Record::read(Some(&changed(&record, change)))
        };
        assert_eq!(read(&|text| text), Ok(record.clone()));
        let altered = |text: String| text.replace("Kế hoạch", "Kế hoạch khác");
        assert_eq!(read(&altered), Err(RecordError::Altered));
        assert_eq!(read(&|text| text + "\n"), Err(RecordError::Altered));
        let torn = |text: String| text[..text.len() / 2].to_owned();
        assert_eq!(read(&torn), Err(RecordError::Altered));
        assert_eq!(read(&|_| String::new()), Err(RecordError::Damaged));
        let encoded = stamp(&"0".repeat(64), &record.encode());
        // The signs at the end say nothing.
        for cut in 0..encoded.trim_end_matches('=').len() {
            assert!(Record::read(Some(&encoded[..cut])).is_err(), "{cut}");
        }
    }

    #[test]
    fn a_record_is_read_whatever_mail_made_of_its_lines() {
        let fold = |text: &str, end: &str| {
            let lines: Vec<&str> = text.as_bytes().chunks(76).map(str_of).collect();
            lines.join(end)
        };
        // As many as it takes to end with no, one and two signs that fill up.
        for n in 0..6 {
            let record = Record { base: "# a\n".repeat(99 + n), ..Record::default() };
            let stamped = stamp(&"0".repeat(64), &record.encode());
            let rows = [
                ("as it was", stamped.clone()),
                ("folded", fold(&stamped, "\n")),
                ("folded, for Windows", fold(&stamped, "\r\n ")),
                ("answered", fold(&stamped, "\n> ")),
                ("answered twice", fold(&stamped, "\r\n>> ")),
                ("quoted-printable", fold(&stamped.replace('=', "=3D"), "=\n")),
                ("and for Windows", fold(&stamped.replace('=', "=3D"), "=\r\n")),
            ];
            for (what, text) in rows {
                assert_eq!(Record::read(Some(&text)), Ok(record.clone()), "{what} {n}");
                let is_written_anew = !is_stamped(&text, &record.encode());
                assert_eq!(is_written_anew, text != stamped, "{what} {n}");
            }
        }
    }

    fn str_of(bytes: &[u8]) -> &str {
        std::str::from_utf8(bytes).unwrap()
    }
}
