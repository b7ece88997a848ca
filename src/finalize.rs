//! Makes the copy of a plan that is signed: the plan's own text, letter for letter, and
//! nothing that was there for the drafter.

mod markdown;
mod proof;

use std::fmt;

use crate::catalog::Catalog;
use crate::diagnostic::{Code, Diagnostic, Severity, has_errors};
use crate::docx::package::Package;
use crate::docx::sight::{Sight, sights};
use crate::docx::story::{Story, stories as stories_of};
use crate::docx::strip::strip;
use crate::docx::{self, read::Main};
use crate::markdown::has_marker;
use crate::opened::File;
use crate::review::{
    self, Form, Guidance, Plan, ReviewError, Word, carried, says_draft, slots,
};
use crate::source::{brief, folded};

/// The copy for signing.
#[derive(Debug, Clone)]
pub struct Finalized {
    /// The file.
    pub plan: Vec<u8>,
    /// How many paragraphs of guidance were left out.
    pub guidance: usize,
    /// How many comments were left out: guidance, and people's that are resolved.
    pub comments: usize,
    /// The line at the top of the pages, where it stays because it does not say draft.
    pub banner: Option<String>,
}

/// What keeps a plan from its signature; the rest of a review is advice.
const BLOCKING: [Code; 11] = [
    Code::LostMarkers,
    Code::OpenBlock,
    Code::EmptySlot,
    Code::PendingChange,
    Code::OpenConflict,
    Code::OpenComment,
    Code::EditedGuidance,
    Code::LiveContent,
    Code::HiddenText,
    Code::DraftMark,
    Code::DeceptiveText,
];

/// What finalizing a plan came to, with what was found in it.
pub type Outcome = (Result<Option<Finalized>, ReviewError>, Vec<Diagnostic>);

/// Makes the copy of a plan that is signed; `name` is that of its file.
///
/// None where something still stands in the way, which the diagnostics tell: empty slots,
/// pending changes, conflicts, open comments, guidance in which somebody wrote. Comments that
/// people resolved are left out; open ones are never dropped, for they are somebody's word.
///
/// With `clean`, what a Word file carries of people goes, as far as no page needs it.
pub fn finalize(name: &str, bytes: &[u8], catalog: &Catalog, clean: bool) -> Outcome {
    let plan = match Plan::open(name, bytes) {
        Ok(plan) => plan,
        Err(error) => return (Err(error), Vec::new()),
    };
    if let Err(error) = plan.record {
        return (Err(ReviewError::Record(error)), Vec::new());
    }
    let guidance = Guidance::find(&plan);
    let mut diagnostics = review::find(name, &plan, &guidance, catalog);
    for diagnostic in &mut diagnostics {
        let blocks = BLOCKING.contains(&diagnostic.code);
        diagnostic.severity = if blocks { Severity::Error } else { Severity::Warning };
    }
    if has_errors(&diagnostics) {
        return (Ok(None), diagnostics);
    }
    let named = |mut diagnostic: Diagnostic| {
        diagnostic.message = format!("{name}: {}", diagnostic.message);
        diagnostic
    };
    let copy = copy(bytes, &plan, &guidance, clean);
    if let Ok(copy) = &copy {
        let written = Written::of(&copy.plan);
        if let Some(left) = written.left() {
            diagnostics.push(named(left));
            return (Ok(None), diagnostics);
        }
        if clean {
            diagnostics.retain(|one| one.code != Code::Carried);
            diagnostics.extend(written.carried().into_iter().map(named));
        }
    }
    match (copy, &plan.form) {
        (Err(ReviewError::NotTheSame(texts)), Form::Markdown { .. }) => {
            diagnostics.push(named(entangled(&texts)));
            (Ok(None), diagnostics)
        }
        (copy, _) => (copy.map(Some), diagnostics),
    }
}

/// What is said of text that stands so close to what must go that it would not be the same
/// without it: a line of people's inside a quote of guidance, a marker inside a list.
fn entangled(texts: &[String]) -> Diagnostic {
    Diagnostic::error(
        Code::EditedGuidance,
        "bỏ hướng dẫn hoặc dòng đánh dấu sẽ làm đổi đoạn đứng cạnh",
        "Chuyển những gì đã viết ra khỏi đoạn hướng dẫn (các dòng bắt đầu bằng >), trả dòng \
         <!-- khung: … --> về giữa hai đoạn, có dòng trống ở trên và dưới.",
    )
    .among(texts.iter().map(|text| format!("“{text}”")).collect())
}

/// A copy as it would be written, looked at once more: whatever khung reads of a plan, this is
/// what somebody signs.
enum Written {
    Word { package: Package, stories: Vec<Story>, sights: Vec<Sight> },
    Markdown(String),
}

impl Written {
    fn of(copy: &[u8]) -> Self {
        match File::open(copy) {
            Ok(File::Word(package)) => {
                let stories = Main::of(&package).ok();
                let stories = stories.and_then(|main| stories_of(&package, main).ok());
                let stories = stories.unwrap_or_default();
                let sights = sights(&package, &stories);
                Self::Word { package, stories, sights }
            }
            Ok(File::Markdown(text)) => Self::Markdown(text.to_owned()),
            Err(_) => Self::Markdown(String::new()),
        }
    }

    /// What of it still asks to be filled, or is khung's.
    fn left(&self) -> Option<Diagnostic> {
        let spots = match self {
            Self::Word { sights, .. } => {
                let fields = sights.iter().flat_map(|sight| &sight.fields);
                let shown = sights.iter().map(|sight| &sight.text).chain(fields);
                slots::left(shown.map(String::as_str))
            }
            Self::Markdown(text) => {
                let shown = slots::pieces(text);
                let marked = text.lines().filter(|line| has_marker(line)).map(brief);
                let slots = slots::left(shown.iter().map(String::as_str));
                slots.into_iter().chain(marked).collect()
            }
        };
        (!spots.is_empty()).then(|| {
            Diagnostic::error(
                Code::EmptySlot,
                "bản trình ký sẽ còn chỗ cần bổ sung hoặc dòng đánh dấu của khung",
                "Tìm những chữ sau trong kế hoạch, cả trong hình, công thức, trường; điền hoặc \
                 xóa đi.",
            )
            .among(spots)
        })
    }

    /// What it carries beside its text.
    fn carried(&self) -> Vec<Diagnostic> {
        match self {
            Self::Word { package, stories, sights } => {
                carried::find(package, stories, sights, None)
            }
            Self::Markdown(_) => Vec::new(),
        }
    }
}

/// `bytes` are those of the plan's file.
fn copy(
    bytes: &[u8],
    plan: &Plan,
    guidance: &Guidance,
    clean: bool,
) -> Result<Finalized, ReviewError> {
    let banner = plan.generated.banner();
    let (draft, banner) = match banner {
        Some(line) if says_draft(&line) => (Some(line), None),
        other => (None, other),
    };
    let whole = guidance.whole.len();
    match &plan.form {
        Form::Word(word) => {
            let Word { package, reading, stories, comments } = &**word;
            let (main, paths) = (&word.main().part, guidance.paths(reading));
            let mut copy = strip(package, main, stories, &paths, draft.as_deref());
            if clean {
                let said = carried::said(&sights(package, stories));
                docx::clean::clean(&mut copy, |text| said.contains(&*folded(text)));
            }
            proof::word(word, &copy, &plan.base, draft.as_deref())
                .map_err(ReviewError::NotTheSame)?;
            let failed = |error: &dyn fmt::Display| ReviewError::File(error.to_string());
            // The file's own folders, dates and remarks say who packed it.
            let written = if clean { copy.write() } else { copy.rewrite(package, bytes) };
            let bytes = written.map_err(|error| failed(&error))?;
            let comments = comments.len();
            Ok(Finalized { plan: bytes, guidance: whole, comments, banner })
        }
        Form::Markdown { text, document } => {
            let copy =
                markdown::strip(text, document, guidance, &plan.base, draft.is_some());
            proof::markdown(document, &copy, guidance, draft.is_some())
                .map_err(ReviewError::NotTheSame)?;
            let plan = copy.into_bytes();
            Ok(Finalized { plan, guidance: whole, comments: 0, banner })
        }
    }
}
