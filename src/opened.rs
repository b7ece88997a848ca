//! A file that should be a plan, open: a Word package or Markdown, and the record it carries.

use std::fmt;

use crate::docx::package::{Package, is_word};
use crate::record::{Record, RecordError, hash_markdown};
use crate::{docx, markdown};

/// A plan's file.
pub(crate) enum File<'b> {
    /// A Word file.
    Word(Package),
    /// Markdown, as it came.
    Markdown(&'b str),
}

/// Why a file cannot be opened as a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// Not UTF-8, or too long.
    Unreadable,
    /// No Word file that khung works on; says why.
    File(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str(
                "không đọc được như một kế hoạch: không phải văn bản UTF-8, hoặc quá dài. \
                 Nêu tệp .md hoặc .docx do khung lập.",
            ),
            Self::File(reason) => write!(f, "{reason}."),
        }
    }
}

impl std::error::Error for OpenError {}

/// How Rich Text begins.
const RTF: &[u8] = b"{\\rtf";
/// How the type of an ODF document begins, which is a part of it.
const ODF: &[u8] = b"application/vnd.oasis.opendocument";

impl<'b> File<'b> {
    /// Opens a file, whose kind its first bytes tell.
    pub(crate) fn open(bytes: &'b [u8]) -> Result<Self, OpenError> {
        if bytes.starts_with(RTF) {
            return Err(other_kind("rtf"));
        }
        if is_word(bytes) {
            return Self::open_word(bytes);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| OpenError::Unreadable)?;
        Ok(Self::Markdown(text))
    }

    /// Opens of a file no more than what may hold the record.
    pub(crate) fn glance(bytes: &'b [u8]) -> Option<Self> {
        if is_word(bytes) {
            return Package::read_parts(bytes, docx::may_tell_the_record)
                .ok()
                .map(Self::Word);
        }
        std::str::from_utf8(bytes).ok().map(Self::Markdown)
    }

    /// Opens a file that must be Word's.
    pub(crate) fn open_word(bytes: &'b [u8]) -> Result<Self, OpenError> {
        let package =
            Package::read(bytes).map_err(|error| OpenError::File(error.to_string()))?;
        if package.part("mimetype").is_some_and(|kind| kind.starts_with(ODF)) {
            return Err(other_kind("odt"));
        }
        Ok(Self::Word(package))
    }

    /// The copies of the record that it carries, each behind its stamp.
    pub(crate) fn copies(&self) -> Vec<String> {
        match self {
            Self::Word(package) => docx::records(package),
            Self::Markdown(text) => {
                markdown::record(text).map(ToOwned::to_owned).into_iter().collect()
            }
        }
    }

    /// The copy of the record that counts.
    pub(crate) fn stamped(&self) -> Option<String> {
        match self {
            Self::Word(package) => docx::read_record(package),
            Self::Markdown(text) => markdown::record(text).map(ToOwned::to_owned),
        }
    }

    /// The record that counts.
    pub(crate) fn record(&self) -> Result<Record, RecordError> {
        Record::read(self.stamped().as_deref())
    }

    /// SHA-256 in hex of all but the record.
    pub(crate) fn hash(&self) -> String {
        match self {
            Self::Word(package) => docx::hash(package),
            Self::Markdown(text) => hash_markdown(text),
        }
    }
}

fn other_kind(end: &str) -> OpenError {
    OpenError::File(format!("là tệp .{end}; mở bằng Word, lưu lại thành .docx"))
}
