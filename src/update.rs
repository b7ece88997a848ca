//! Brings a plan that people edited in step with a catalogue: read, merge, patch, prove.

mod changes;
pub mod proof;
mod report;
pub(crate) mod seen;
mod traces;

use std::fmt;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::catalog::agency::Agency;
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::docx::package::Package;
use crate::docx::patch::Asides;
use crate::docx::read::{Main, ReadError};
use crate::identity::{self, Marks};
use crate::merge::{Renames, changed, keep_columns, merge};
use crate::opened::{File, OpenError};
use crate::profile::Profile;
use crate::record::{Record, RecordError, is_later, is_stamped};
use crate::review::{carried, open_block};
use crate::source::Source;
use crate::template::Templates;
use crate::{Draft, docx, markdown};

pub use changes::Difference;
pub use report::{Entry, Event, Report};

/// An updated plan, and what was done to it.
#[derive(Debug, Clone)]
pub struct Updated {
    /// The plan; the input's own bytes where nothing changes.
    pub plan: Vec<u8>,
    /// What was done.
    pub report: Report,
}

/// Why a plan cannot be updated; nothing of it is changed then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpdateError {
    /// Not UTF-8, or too long.
    Unreadable,
    /// The record cannot be read.
    Record(RecordError),
    /// It was drafted from another edition than the catalogue's.
    OtherEdition {
        /// The plan's.
        plan: String,
        /// The catalogue's.
        catalog: String,
    },
    /// The plan follows a later version of the catalogue.
    OlderCatalog {
        /// The plan's.
        plan: String,
        /// The catalogue's.
        catalog: String,
    },
    /// The given profile is another agency's.
    OtherAgency {
        /// The plan's.
        plan: String,
        /// The profile's.
        profile: String,
    },
    /// What the plan's profile calls its agency is another one in the catalogue.
    TakenAgency {
        /// Id of the plan's.
        plan: String,
        /// Name of the catalogue's.
        catalog: String,
    },
    /// Most of the sections that khung wrote have lost their markers.
    NoMarkers,
    /// What an earlier update tracked waits for a decision, and the catalogue went on.
    Pending,
    /// The Word file cannot be read or written; says why.
    File(String),
    /// Words of the drafter's would be lost: a defect of khung.
    Lost(Vec<String>),
    /// Words would come under another heading, or the frame out of its order, which says
    /// what: a defect of khung.
    Strayed(String),
    /// The file that would be written is not whole, which says what is wrong: a defect of
    /// khung.
    Broken(String),
}

impl fmt::Display for UpdateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => OpenError::Unreadable.fmt(f),
            Self::Record(error) => error.fmt(f),
            Self::OtherEdition { plan, catalog } => write!(
                f,
                "lập theo danh mục {plan}, không phải {catalog}. Nêu danh mục của năm {plan} \
                 bằng `--catalog`."
            ),
            Self::OlderCatalog { plan, catalog } => write!(
                f,
                "đã theo danh mục {plan}, mới hơn {catalog}. Nêu thư mục danh mục mới bằng \
                 `--catalog`."
            ),
            Self::OtherAgency { plan, profile } => write!(
                f,
                "là kế hoạch của {plan}, hồ sơ là của {profile}. Nêu đúng hồ sơ, hoặc lập kế \
                 hoạch mới bằng `khung build`."
            ),
            Self::TakenAgency { plan, catalog } => write!(
                f,
                "là kế hoạch của cơ quan mang mã {plan}; trong danh mục này tên của cơ quan đó \
                 là tên của {catalog}. Cơ quan đã đổi tên hay sáp nhập thì ghi `renamed_from` \
                 hoặc `merged_into` trong agencies.toml."
            ),
            Self::NoMarkers => f.write_str(
                "đã mất phần lớn các dòng đánh dấu <!-- khung: … -->, nên không biết đoạn nào \
                 là mục nào. Lấy lại các dòng đó từ bản cũ.",
            ),
            Self::Pending => f.write_str(
                "còn thay đổi của lần cập nhật trước chờ duyệt. Mở bằng Word, chấp nhận hoặc từ \
                 chối các thay đổi của khung (thẻ Xem lại), lưu rồi chạy lại.",
            ),
            Self::File(reason) => write!(f, "{reason}."),
            Self::Lost(words) => write!(
                f,
                "việc cập nhật sẽ làm mất nội dung đã viết ({}); đây là lỗi của khung, tệp được \
                 giữ nguyên. Xin báo lỗi kèm tệp này.",
                words.join(", ")
            ),
            Self::Strayed(what) => write!(
                f,
                "việc cập nhật sẽ đặt nội dung vào sai chỗ ({what}); đây là lỗi của khung, tệp \
                 được giữ nguyên. Xin báo lỗi kèm tệp này."
            ),
            Self::Broken(what) => write!(
                f,
                "tệp ghi ra sẽ bị hỏng ({what}); đây là lỗi của khung, tệp được giữ nguyên. Xin \
                 báo lỗi kèm tệp này."
            ),
        }
    }
}

impl std::error::Error for UpdateError {}

impl From<OpenError> for UpdateError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Unreadable => Self::Unreadable,
            OpenError::File(reason) => Self::File(reason),
        }
    }
}

/// What updating a plan came to, with what was found in the profile and the templates.
pub type Outcome = (Result<Option<Updated>, UpdateError>, Vec<Diagnostic>);

/// Updates a plan, Word or Markdown; `profile` takes the place of the one that it carries,
/// and `accept` writes changes to a Word file as plain text instead of tracking them.
///
/// None where the profile, or a block of the plan, has errors, which the diagnostics tell.
pub fn update(
    plan: &[u8],
    catalog: &Catalog,
    templates: &Templates,
    profile: Option<&Arc<Source>>,
    accept: bool,
) -> Outcome {
    let profile = profile.map(Source::straightened);
    let inputs = Inputs { catalog, templates, profile: profile.as_ref() };
    let mut diagnostics = Vec::new();
    let result = File::open(plan).map_err(UpdateError::from).and_then(|file| {
        let record = inputs.accepts(file.record())?;
        match file {
            File::Word(package) => {
                update_docx(plan, &package, &record, &inputs, accept, &mut diagnostics)
            }
            File::Markdown(text) => {
                update_markdown(text, &record, &inputs, &mut diagnostics)
            }
        }
    });
    (result, diagnostics)
}

const BOM: char = '\u{FEFF}';

/// Whose new words an update brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The catalogue's.
    Catalog,
    /// The given profile's.
    Profile,
    /// Of both; nobody knows which word is whose.
    Both,
}

impl Origin {
    /// As printed.
    #[must_use]
    pub fn printed(self) -> &'static str {
        match self {
            Self::Catalog => "danh mục",
            Self::Profile => "hồ sơ",
            Self::Both => "danh mục hoặc hồ sơ",
        }
    }

    /// Tells whether a text begins as a sentence of an update's does, which says whose new
    /// words it brings.
    pub(crate) fn begins(text: &str) -> bool {
        let version =
            text.strip_prefix("Danh mục ").and_then(|rest| rest.split(' ').next());
        let is_number = |c: char| c.is_ascii_digit() || c == '.';
        text.starts_with("Hồ sơ mới ")
            || version.is_some_and(|version| {
                !version.is_empty() && version.chars().all(is_number)
            })
    }

    /// As printed at the beginning of a sentence, the catalogue with its version.
    fn at(self, version: &str) -> String {
        match self {
            Self::Catalog => format!("Danh mục {version}"),
            Self::Profile => "Hồ sơ mới".to_owned(),
            Self::Both => format!("Danh mục {version} hoặc hồ sơ mới"),
        }
    }
}

/// What a plan is brought in step with.
struct Inputs<'i> {
    catalog: &'i Catalog,
    templates: &'i Templates,
    /// Takes the place of the one that the plan carries.
    profile: Option<&'i Arc<Source>>,
}

impl Inputs<'_> {
    /// The record of a plan, when these inputs can update that.
    fn accepts(
        &self,
        record: Result<Record, RecordError>,
    ) -> Result<Record, UpdateError> {
        let record = record.map_err(UpdateError::Record)?;
        if record.edition != self.catalog.edition {
            let (plan, catalog) = (record.edition, self.catalog.edition.clone());
            return Err(UpdateError::OtherEdition { plan, catalog });
        }
        if is_later(&record.version, &self.catalog.version) {
            let (plan, catalog) = (record.version.clone(), self.catalog.version.clone());
            return Err(UpdateError::OlderCatalog { plan, catalog });
        }
        self.is_of_agency(&record)?;
        Ok(record)
    }

    /// Checks whose plan it would become; an agency of the profile's own may be called anew.
    fn is_of_agency(&self, record: &Record) -> Result<(), UpdateError> {
        let listed = |agency: &Agency| self.catalog.agencies.contains(agency);
        let Some(now) = self.agency(&record.source()).filter(listed) else {
            return Ok(());
        };
        if let Some(plan) = record.agency.as_ref().filter(|plan| !now.is(plan)) {
            let (plan, catalog) = (plan.clone(), now.name);
            return Err(UpdateError::TakenAgency { plan, catalog });
        }
        match self.profile.and_then(|given| self.agency(given)).filter(listed) {
            Some(other)
                if now.id != other.id && now.merged_into.as_ref() != Some(&other.id) =>
            {
                let (plan, profile) = (now.name, other.name);
                Err(UpdateError::OtherAgency { plan, profile })
            }
            _ => Ok(()),
        }
    }

    /// The profile that the plan is drafted from now.
    fn profile(&self, record: &Record) -> Arc<Source> {
        self.profile.map_or_else(|| record.source(), Arc::clone)
    }

    fn agency(&self, profile: &Arc<Source>) -> Option<Agency> {
        Profile::read(profile, self.catalog).1
    }

    /// The plan as it would be drafted now; none where the profile has errors.
    fn redraft(
        &self,
        record: &Record,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Draft> {
        let date = record.date.as_ref().and_then(|day| day.parse().ok());
        // The profile was right when the plan was drafted: the catalogue went on without these.
        let judge = |diagnostic: &mut Diagnostic| {
            use Code::{TooManyOptions, UnknownChoice, UnknownOption, UnknownTask};
            let gone = [UnknownTask, UnknownChoice, UnknownOption, TooManyOptions];
            if self.profile.is_none() && gone.contains(&diagnostic.code) {
                diagnostic.severity = Severity::Warning;
                HINT.clone_into(&mut diagnostic.hint);
            }
        };
        let profile = self.profile(record);
        let (draft, found) =
            crate::draft(self.catalog, self.templates, &profile, date, judge);
        diagnostics.extend(found);
        draft
    }

    /// What the tasks of the plan's annex were called before.
    fn renames(&self, record: &Record) -> Renames {
        let agency = self.agency(&self.profile(record));
        let annex = agency.as_ref().and_then(|agency| self.catalog.annex(agency));
        Renames::of(annex.map_or(&[], |annex| &annex.tasks))
    }

    fn origin(&self, record: &Record) -> Origin {
        let is_new = self.profile.is_some_and(|given| given.text != record.profile);
        match (is_new, record.version == self.catalog.version) {
            (false, _) => Origin::Catalog,
            (true, true) => Origin::Profile,
            (true, false) => Origin::Both,
        }
    }
}

const HINT: &str = "Danh mục mới không còn mục này; kế hoạch vẫn được cập nhật. Muốn bỏ \
    hẳn, sửa hồ sơ rồi nêu bằng `--profile`.";

fn update_docx(
    plan: &[u8],
    package: &Package,
    record: &Record,
    inputs: &Inputs<'_>,
    accept: bool,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Updated>, UpdateError> {
    let catalog = inputs.catalog;
    let failed = |error: &dyn fmt::Display| UpdateError::File(error.to_string());
    let read = |text: &str| markdown::parse(text).map_err(|_| UpdateError::Unreadable);
    let Some(draft) = inputs.redraft(record, diagnostics) else { return Ok(None) };
    let generated = read(&record.base)?;
    let renames = inputs.renames(record);
    let mut old_names = record.names.clone();
    let new_names = old_names.after(&generated, &draft.document, &renames);
    let new_record = Record { names: new_names.clone(), ..draft.record.clone() }.encode();
    let stamp = draft.stamped(&new_record);
    // Guidance in comments has no place in the body.
    let comments = draft.properties.comments;
    let sides = [(generated, record.guides_in_comments()), (draft.document, comments)];
    let [(old, mut base), (new, mut fresh)] = sides.map(|(generated, comments)| {
        (Asides::of(&generated, comments), docx::read::body(generated, comments))
    });
    diagnostics.extend(carried::signature(package));
    let main = Main::of(package).map_err(|error| failed(&error))?;
    // Somebody may have taken over what another copy of the plan got in an update.
    let marked = docx::bookmark::all(&main.nodes);
    identity::take_over(
        &mut base,
        &fresh,
        &mut old_names,
        &new_names,
        &renames,
        |name| marked.contains(name),
    );
    let reading = docx::read::read(package, &main, &base, &old_names)
        .map_err(|error| failed(&error))?;
    // What khung inserted and nobody accepted is neither side's text: no third one on top.
    let is_ours = &docx::author::is_update;
    let is_pending = || {
        docx::revisions::is_pending(&main.nodes, is_ours)
            || docx::pending::is_pending(&main.nodes, &base, &old_names)
    };
    if base != fresh && is_pending() {
        return Err(UpdateError::Pending);
    }
    let author = docx::author::update(&catalog.version);
    let tracked = proof::tracked(&main.nodes, &author);
    let before = docx::read::seen(package, &main).map_err(|error| failed(&error))?;
    let edited = &reading.document;
    let columns = keep_columns(&base, edited, &mut fresh);
    let merge = merge(&base, edited, &fresh, &renames, &reading.marks);
    let origin = inputs.origin(record);
    let versions = (&*record.version, &*catalog.version);
    let mut report = Report::new(versions, origin, &base, edited, &merge);
    report.columns(edited, &columns);
    report.recovered(&base, &reading, &changed(&base, &fresh, &renames));
    let is_current = |stamped: String| is_stamped(&stamped, &new_record);
    if merge.changes_nothing() && docx::read_record(package).is_some_and(is_current) {
        return Ok(Some(Updated { plan: plan.to_vec(), report }));
    }
    if base != fresh && docx::has_lost_a_record(package) {
        report.record_lost();
    }
    let options = docx::patch::Options {
        author,
        origin: origin.at(&catalog.version),
        accept,
        comments,
        old,
        new,
        old_names,
        new_names,
        record: stamp,
    };
    let patched = docx::patch::patch(package, main, &reading, &merge, &fresh, &options)
        .map_err(|error| failed(&error))?;
    report.skipped(edited, &patched.skipped);
    report.asides(&fresh, &patched.asides);
    let claim = proof::Claim { base: &base, edited, fresh: &fresh, merge: &merge };
    let frame = seen::Frame::new(&base, &fresh, &renames);
    let broken = |error: ReadError| UpdateError::Broken(error.to_string());
    let main = Main::of(&patched.package).map_err(broken)?;
    seen::proves_docx(&frame, &before, &patched.package, &main)?;
    proof::proves(package, &patched, main, &reading, &tracked, &claim, &options)?;
    let plan = patched.package.rewrite(package, plan).map_err(|error| failed(&error))?;
    proof::reopens(&plan, &patched.package)?;
    Ok(Some(Updated { plan, report }))
}

fn update_markdown(
    text: &str,
    record: &Record,
    inputs: &Inputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Result<Option<Updated>, UpdateError> {
    let catalog = inputs.catalog;
    // Some editors put a byte order mark in front; it is no part of the first line.
    let (mark, text) = text.split_at(text.len() - text.trim_start_matches(BOM).len());
    let read = |text: &str| markdown::parse(text).map_err(|_| UpdateError::Unreadable);
    let (base, mut edited) = (read(&record.base)?, read(text)?);
    let own = markdown::without_record(text);
    if let Some(open) = open_block(text, &edited) {
        diagnostics.push(open);
        return Ok(None);
    }
    markdown::restore(own, &base, &mut edited);
    if edited.has_lost_ids(&base) {
        return Err(UpdateError::NoMarkers);
    }
    let Some(draft) = inputs.redraft(record, diagnostics) else { return Ok(None) };
    let renames = inputs.renames(record);
    // A Word file of the same plan may be given this record.
    let names = record.names.after(&base, &draft.document, &renames);
    let new_record = Record { names, ..draft.record.clone() }.encode();
    let stamp = draft.stamped(&new_record);
    let Draft { base: body, document: mut fresh, .. } = draft;
    let columns = keep_columns(&base, &edited, &mut fresh);
    let fresh = &fresh;
    let mut merge = merge(&base, &edited, fresh, &renames, &Marks::default());
    markdown::spare(own, &edited, &mut merge);
    let origin = inputs.origin(record);
    let versions = (&*record.version, &*catalog.version);
    let mut report = Report::new(versions, origin, &base, &edited, &merge);
    report.columns(&edited, &columns);
    let is_current = |stamped| is_stamped(stamped, &new_record);
    if merge.changes_nothing() && markdown::record(text).is_some_and(is_current) {
        return Ok(Some(Updated { plan: format!("{mark}{text}").into_bytes(), report }));
    }
    let patched = markdown::patch(
        own,
        &edited,
        &merge,
        &body,
        (&catalog.version, origin.printed()),
    );
    let plan = markdown::with_record(&patched, &stamp);
    let claim = proof::Claim { base: &base, edited: &edited, fresh, merge: &merge };
    let written = read(&plan)?;
    proof::keeps(&claim, &written)?;
    proof::names_once(&claim, &written)?;
    seen::proves(&seen::Frame::new(&base, fresh, &renames), &edited, &written)?;
    Ok(Some(Updated { plan: format!("{mark}{plan}").into_bytes(), report }))
}
