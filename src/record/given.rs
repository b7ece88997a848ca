//! Gives a plan that lost its record the one of an earlier file of the same plan.

use std::collections::BTreeSet;
use std::fmt;

use super::{Record, RecordError, State, is_later, stamp, state};
use crate::catalog::Catalog;
use crate::document::{BlockKind, Document, Text};
use crate::docx::read::Main;
use crate::docx::story::paragraphs;
use crate::opened::{File, OpenError};
use crate::profile::Profile;
use crate::source::words;
use crate::{docx, markdown};

/// A plan that was given a record, and what is to be said of that.
#[derive(Debug, Clone)]
pub struct Given {
    /// The plan; the input's own bytes where its own record counts.
    pub plan: Vec<u8>,
    /// What is to be said.
    pub notes: Vec<Note>,
}

/// What is to be said of a record that was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// The plan had none: it has the given one now.
    Restored,
    /// The plan's was damaged or altered: the given one stands in its place.
    Replaced,
    /// The two copies in the plan differ: the one that is the given one counts.
    Confirmed,
    /// The plan still has its own, which is another one: that counts.
    Own,
    /// The file that gave it was edited, or saved, since: what it was generated as counts.
    EditedBase,
}

impl Note {
    /// As printed; `base` is the name of the file that gave the record.
    #[must_use]
    pub fn told(self, base: &str) -> String {
        match self {
            Self::Restored => format!("đã mất; lấy từ bản cũ {base}"),
            Self::Replaced => format!("đã hỏng hoặc bị sửa; lấy từ bản cũ {base}"),
            Self::Confirmed => format!("hai bản khác nhau; theo bản giống của {base}"),
            Self::Own => {
                format!("còn nguyên, khác của {base}; theo tệp này, không theo {base}")
            }
            Self::EditedBase => format!(
                "{base} đã được sửa hoặc lưu lại; chỉ lấy những gì khung đã lập, không lấy \
                 phần sửa"
            ),
        }
    }
}

/// Why the record of a file cannot be given to a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BaseError {
    /// The file is no plan.
    Open(OpenError),
    /// The file has no record that can be read, either.
    Record(RecordError),
    /// It was drafted from another edition than the catalogue's.
    OtherEdition {
        /// The file's.
        base: String,
        /// The catalogue's.
        catalog: String,
    },
    /// It follows a later version of the catalogue.
    LaterVersion {
        /// The file's.
        base: String,
        /// The catalogue's.
        catalog: String,
    },
    /// It is the plan of this agency, and the plan another one's.
    OtherAgency(String),
    /// It has hardly a paragraph in common with the plan.
    OtherPlan,
    /// The plan has no place for a record; says why.
    Plan(String),
}

impl fmt::Display for BaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(error) => error.fmt(f),
            Self::Record(RecordError::Missing) => f.write_str(
                "cũng không mang thông tin của khung. Nêu bản do `khung build` lập, hoặc một \
                 bản cũ từ trước khi mất thông tin.",
            ),
            Self::Record(RecordError::Damaged | RecordError::Altered) => f.write_str(
                "thông tin của khung trong tệp này cũng đã hỏng hoặc bị sửa. Nêu bản do `khung \
                 build` lập, hoặc một bản cũ khác.",
            ),
            Self::Record(error) => error.fmt(f),
            Self::OtherEdition { base, catalog } => write!(
                f,
                "lập theo danh mục {base}, không phải {catalog}. Nêu danh mục của năm {base} \
                 bằng `--catalog`, hoặc một bản cũ của năm {catalog}."
            ),
            Self::LaterVersion { base, catalog } => write!(
                f,
                "đã theo danh mục {base}, mới hơn {catalog}. Nêu thư mục danh mục mới bằng \
                 `--catalog`, hoặc một bản cũ hơn."
            ),
            Self::OtherAgency(agency) => write!(
                f,
                "là kế hoạch của {agency}, kế hoạch cần lấy lại thông tin thì không. Nêu bản \
                 cũ của chính kế hoạch đó."
            ),
            Self::OtherPlan => f.write_str(
                "hầu như không có đoạn nào chung với kế hoạch. Nêu bản cũ của chính kế hoạch \
                 đó.",
            ),
            Self::Plan(reason) => write!(f, "{reason}."),
        }
    }
}

impl std::error::Error for BaseError {}

/// Gives a plan the record of `base`: an earlier file of the same plan, Word or Markdown, or
/// the untouched draft.
///
/// A plan that still has its own record keeps it. Where its two copies differ, though both can
/// be read, the one that is the base's counts. A plan that cannot be opened comes back as it
/// is: whoever reads it tells why.
///
/// # Errors
/// When the base has no record, or one that is not of this plan: see [`BaseError`].
pub fn give(plan: &[u8], base: &[u8], catalog: &Catalog) -> Result<Given, BaseError> {
    let given = File::open(base).map_err(BaseError::Open)?;
    let given = given.record().map_err(BaseError::Record)?;
    let keep = |notes| Ok(Given { plan: plan.to_vec(), notes });
    let Ok(file) = File::open(plan) else { return keep(Vec::new()) };
    let copies: Vec<_> =
        file.copies().iter().map(|copy| Record::read(Some(copy))).collect();
    if copies.iter().any(|copy| matches!(copy, Err(RecordError::Newer(_)))) {
        return keep(Vec::new());
    }
    let is_torn = !copies.is_empty();
    let own: Vec<Record> = copies.into_iter().flatten().collect();
    let note = match own.first() {
        None if is_torn => Note::Replaced,
        None => Note::Restored,
        Some(first) if own.iter().any(|copy| copy != first) && own.contains(&given) => {
            Note::Confirmed
        }
        Some(first) if *first == given => return keep(Vec::new()),
        Some(_) => return keep(vec![Note::Own]),
    };
    belongs(&given, &file, catalog)?;
    let mut notes = vec![note];
    if state(base) == State::Edited {
        notes.push(Note::EditedBase);
    }
    // What the plan was written as, nobody knows: it counts as edited.
    let text = stamp(&"0".repeat(64), &given.encode());
    let failed = |error: &dyn fmt::Display| BaseError::Plan(error.to_string());
    let plan = match file {
        File::Word(package) => {
            let main = Main::of(&package).map_err(|error| failed(&error))?;
            let mut new = package.clone();
            docx::set_record(&mut new, &main.part, &text)
                .map_err(|error| failed(&error))?;
            new.rewrite(&package, plan).map_err(|error| failed(&error))?
        }
        File::Markdown(plan) => {
            markdown::with_record(markdown::without_torn_record(plan), &text).into_bytes()
        }
    };
    Ok(Given { plan, notes })
}

/// Checks that a record is of this plan, and none that the catalogue is too old for.
fn belongs(record: &Record, plan: &File<'_>, catalog: &Catalog) -> Result<(), BaseError> {
    if record.edition != catalog.edition {
        let (base, catalog) = (record.edition.clone(), catalog.edition.clone());
        return Err(BaseError::OtherEdition { base, catalog });
    }
    if is_later(&record.version, &catalog.version) {
        let (base, catalog) = (record.version.clone(), catalog.version.clone());
        return Err(BaseError::LaterVersion { base, catalog });
    }
    let unreadable = |_| BaseError::Open(OpenError::Unreadable);
    let generated = texts(&markdown::parse(&record.base).map_err(unreadable)?);
    // What cannot be read has nothing in common.
    let said = match plan {
        File::Word(package) => {
            let main = Main::of(package);
            let said = main.map(|main| paragraphs(&main.nodes)).unwrap_or_default();
            telling(said.iter().map(String::as_str))
        }
        File::Markdown(text) => {
            markdown::parse(text).map(|document| texts(&document)).unwrap_or_default()
        }
    };
    let shared = generated.intersection(&said).count();
    if shared == 0 || shared * 4 < generated.len().min(said.len()) {
        return Err(BaseError::OtherPlan);
    }
    // Plans of one edition say much the same, but for the agency: of the paragraphs that name
    // it, its own plan has about as many left as of the others.
    if let Some(agency) = Profile::read(&record.source(), catalog).1 {
        let name = agency.name.to_lowercase();
        let names = |text: &&String| text.to_lowercase().contains(&name);
        let naming = generated.iter().filter(names).count();
        let kept = generated.intersection(&said).filter(names).count();
        let (others, others_kept) = (generated.len() - naming, shared - kept);
        let is_enough = naming * others_kept >= 4 * others;
        if is_enough && kept * 4 * others < naming * others_kept {
            return Err(BaseError::OtherAgency(agency.name));
        }
    }
    Ok(())
}

/// The texts of a document by which one knows it again: see [`telling`].
fn texts(document: &Document) -> BTreeSet<String> {
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    let texts = blocks.flat_map(|block| match &block.kind {
        BlockKind::Table(table) => {
            let cells = table.rows.iter().flat_map(|row| &row.cells);
            cells.flat_map(Text::lines).map(|line| line.plain()).collect()
        }
        kind => vec![kind.plain()],
    });
    let texts: Vec<String> = texts.collect();
    telling(texts.iter().map(String::as_str))
}

/// Texts of some length, as they are compared: short ones stand in any plan.
fn telling<'t>(texts: impl Iterator<Item = &'t str>) -> BTreeSet<String> {
    const FEWEST_WORDS: usize = 5;
    let is_telling =
        |text: &&str| text.split_whitespace().nth(FEWEST_WORDS - 1).is_some();
    texts.filter(is_telling).map(words).collect()
}
