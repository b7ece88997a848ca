//! A plan's file, opened: what it says, and what was generated of it.

use std::fmt;

use super::ReviewError;
use crate::document::{Document, role};
use crate::docx::comments::{self, Comment};
use crate::docx::package::{Package, is_word};
use crate::docx::read::{Main, Reading, body, read};
use crate::docx::story::{Story, stories};
use crate::record::{Record, RecordError};
use crate::{docx, markdown};

/// A plan that was opened.
pub(crate) struct Plan {
    /// What it was made from; none when it does not say.
    pub(crate) record: Option<Record>,
    /// What was generated, as far as it stands in the text; empty without a record.
    pub(crate) base: Document,
    /// The whole of what was generated.
    pub(crate) generated: Document,
    /// The plan itself.
    pub(crate) form: Form,
}

/// A Word file that is open.
pub(crate) struct Word {
    /// The file.
    pub(crate) package: Package,
    /// What its body says.
    pub(crate) reading: Reading,
    /// All that it has to read, the main part first.
    pub(crate) stories: Vec<Story>,
    /// Its comments.
    pub(crate) comments: Vec<Comment>,
}

/// What kind of file a plan is.
pub(crate) enum Form {
    /// A Word file.
    Word(Box<Word>),
    /// A Markdown file.
    Markdown {
        /// The file.
        text: String,
        /// What it says.
        document: Document,
    },
}

impl Word {
    /// The main part, into which the reading's paths lead.
    pub(crate) fn main(&self) -> &Story {
        &self.stories[0]
    }
}

impl Plan {
    /// Opens a plan; `name` is that of its file.
    pub(crate) fn open(name: &str, bytes: &[u8]) -> Result<Self, ReviewError> {
        let name = name.to_lowercase();
        let is_named_so = [".docx", ".doc"].iter().any(|end| name.ends_with(end));
        if is_named_so || is_word(bytes) {
            Self::open_word(bytes)
        } else {
            Self::open_markdown(bytes)
        }
    }

    fn open_word(bytes: &[u8]) -> Result<Self, ReviewError> {
        let failed = |error: &dyn fmt::Display| ReviewError::File(error.to_string());
        let package = Package::read(bytes).map_err(|error| failed(&error))?;
        let record = decode(docx::read_record(&package).as_deref())?;
        let generated = generated(record.as_ref())?;
        let main = package.related("", "officeDocument").unwrap_or_default();
        let text = String::from_utf8_lossy(package.part(main).unwrap_or_default());
        // Guidance in comments has no place in the body, unless it had one before and people
        // rejected its removal.
        let in_comments = record.as_ref().is_some_and(Record::guides_in_comments)
            && !text.contains(&docx::bookmark::mark(role::GUIDE));
        let base = body(generated.clone(), in_comments);
        let main = Main::of(&package).map_err(|error| failed(&error))?;
        let reading = read(&package, &main, &base).map_err(|error| failed(&error))?;
        let comments =
            comments::comments(&package, &main.part).map_err(|error| failed(&error))?;
        let stories = stories(&package, main).map_err(|error| failed(&error))?;
        let form = Form::Word(Box::new(Word { package, reading, stories, comments }));
        Ok(Self { record, base, generated, form })
    }

    fn open_markdown(bytes: &[u8]) -> Result<Self, ReviewError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ReviewError::Unreadable)?;
        let record = decode(markdown::record(text))?;
        let generated = generated(record.as_ref())?;
        let document = markdown::parse(text).map_err(|_| ReviewError::Unreadable)?;
        let base = generated.clone();
        let form = Form::Markdown { text: text.to_owned(), document };
        Ok(Self { record, base, generated, form })
    }

    /// What the plan says.
    pub(crate) fn edited(&self) -> &Document {
        match &self.form {
            Form::Word(word) => &word.reading.document,
            Form::Markdown { document, .. } => document,
        }
    }
}

fn decode(text: Option<&str>) -> Result<Option<Record>, ReviewError> {
    match Record::read(text) {
        Ok(record) => Ok(Some(record)),
        Err(RecordError::Missing) => Ok(None),
        Err(error) => Err(ReviewError::Record(error)),
    }
}

fn generated(record: Option<&Record>) -> Result<Document, ReviewError> {
    let text = record.map_or("", |record| &record.base);
    markdown::parse(text).map_err(|_| ReviewError::Unreadable)
}
