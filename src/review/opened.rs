//! A plan's file, opened: what it says, and what was generated of it.

use std::fmt;

use super::ReviewError;
use crate::document::{Document, role};
use crate::docx::comments::{self, Comment};
use crate::docx::package::Package;
use crate::docx::read::{Main, Reading, body, read};
use crate::docx::story::{Story, stories};
use crate::opened::File;
use crate::record::{Record, RecordError};
use crate::{docx, markdown};

/// A plan that was opened.
pub(crate) struct Plan {
    /// What it was made from, or why it does not say.
    pub(crate) record: Result<Record, RecordError>,
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
        let file = if is_named_so { File::open_word(bytes) } else { File::open(bytes) };
        let file = file?;
        let record = match file.record() {
            Err(error @ RecordError::Newer(_)) => return Err(ReviewError::Record(error)),
            other => other,
        };
        let text = record.as_ref().map_or("", |record| &record.base);
        let generated = markdown::parse(text).map_err(|_| ReviewError::Unreadable)?;
        match file {
            File::Word(package) => Self::of_word(package, record, generated),
            File::Markdown(text) => Self::of_markdown(text, record, generated),
        }
    }

    fn of_word(
        package: Package,
        record: Result<Record, RecordError>,
        generated: Document,
    ) -> Result<Self, ReviewError> {
        let failed = |error: &dyn fmt::Display| ReviewError::File(error.to_string());
        let main = package.related("", "officeDocument").unwrap_or_default();
        let text = String::from_utf8_lossy(package.part(main).unwrap_or_default());
        // Guidance in comments has no place in the body, unless it had one before and people
        // rejected its removal.
        let in_comments = record.as_ref().is_ok_and(Record::guides_in_comments)
            && !text.contains(&docx::bookmark::mark(role::GUIDE));
        let base = body(generated.clone(), in_comments);
        let main = Main::of(&package).map_err(|error| failed(&error))?;
        let names =
            record.as_ref().map(|record| record.names.clone()).unwrap_or_default();
        let reading =
            read(&package, &main, &base, &names).map_err(|error| failed(&error))?;
        let comments =
            comments::comments(&package, &main.part).map_err(|error| failed(&error))?;
        let stories = stories(&package, main).map_err(|error| failed(&error))?;
        let form = Form::Word(Box::new(Word { package, reading, stories, comments }));
        Ok(Self { record, base, generated, form })
    }

    fn of_markdown(
        text: &str,
        record: Result<Record, RecordError>,
        generated: Document,
    ) -> Result<Self, ReviewError> {
        let mut document = markdown::parse(text).map_err(|_| ReviewError::Unreadable)?;
        markdown::restore(text, &generated, &mut document);
        let base = generated.clone();
        let form = Form::Markdown { text: text.to_owned(), document };
        Ok(Self { record, base, generated, form })
    }

    /// Tells whether anything in it is marked as khung marks it.
    pub(crate) fn has_marks(&self) -> bool {
        match &self.form {
            Form::Word(word) => {
                let mark = docx::bookmark::mark("");
                let text = word.package.part(&word.main().part).unwrap_or_default();
                String::from_utf8_lossy(text).contains(&mark)
            }
            Form::Markdown { document, .. } => {
                document.sections.iter().any(|section| section.id.is_some())
            }
        }
    }

    /// What the plan says.
    pub(crate) fn edited(&self) -> &Document {
        match &self.form {
            Form::Word(word) => &word.reading.document,
            Form::Markdown { document, .. } => document,
        }
    }
}
