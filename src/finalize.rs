//! Makes the copy of a plan that is signed: the plan's own text, letter for letter, and
//! nothing that was there for the drafter.

mod markdown;
mod proof;

use std::fmt;

use crate::catalog::Catalog;
use crate::diagnostic::{Code, Diagnostic, Severity, has_errors};
use crate::docx::read::Main;
use crate::docx::sight::sights;
use crate::docx::story::stories as stories_of;
use crate::docx::strip::strip;
use crate::markdown::has_marker;
use crate::opened::File;
use crate::review::{self, Form, Guidance, Plan, ReviewError, Word, says_draft, slots};
use crate::source::brief;

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
const BLOCKING: [Code; 7] = [
    Code::LostMarkers,
    Code::OpenBlock,
    Code::EmptySlot,
    Code::PendingChange,
    Code::OpenConflict,
    Code::OpenComment,
    Code::EditedGuidance,
];

/// What finalizing a plan came to, with what was found in it.
pub type Outcome = (Result<Option<Finalized>, ReviewError>, Vec<Diagnostic>);

/// Makes the copy of a plan that is signed; `name` is that of its file.
///
/// None where something still stands in the way, which the diagnostics tell: empty slots,
/// pending changes, conflicts, open comments, guidance in which somebody wrote. Comments that
/// people resolved are left out; open ones are never dropped, for they are somebody's word.
pub fn finalize(name: &str, plan: &[u8], catalog: &Catalog) -> Outcome {
    let plan = match Plan::open(name, plan) {
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
    let copy = copy(&plan, &guidance);
    let left = copy.as_ref().ok().and_then(|copy| left(&copy.plan));
    match left {
        Some(left) => {
            diagnostics.push(left);
            (Ok(None), diagnostics)
        }
        None => (copy.map(Some), diagnostics),
    }
}

/// The last look at a copy, as it would be written: whatever khung reads of a plan, this is what
/// somebody signs.
fn left(copy: &[u8]) -> Option<Diagnostic> {
    let spots = match File::open(copy) {
        Ok(File::Word(package)) => {
            let stories = Main::of(&package).ok();
            let stories = stories.and_then(|main| stories_of(&package, main).ok());
            let sights = sights(&package, &stories.unwrap_or_default());
            let fields = sights.iter().flat_map(|sight| &sight.fields);
            let shown = sights.iter().map(|sight| &sight.text).chain(fields);
            slots::left(shown.map(String::as_str))
        }
        Ok(File::Markdown(text)) => {
            let shown: Vec<String> =
                text.split("\n\n").map(|piece| piece.replace('\\', "")).collect();
            let marked = text.lines().filter(|line| has_marker(line)).map(brief);
            slots::left(shown.iter().map(String::as_str))
                .into_iter()
                .chain(marked)
                .collect()
        }
        Err(_) => Vec::new(),
    };
    (!spots.is_empty()).then(|| {
        Diagnostic::error(
            Code::EmptySlot,
            "bản trình ký sẽ còn chỗ cần bổ sung hoặc dòng đánh dấu của khung",
            "Tìm những chữ sau trong kế hoạch, cả trong hình, công thức, trường; điền hoặc xóa đi.",
        )
        .among(spots)
    })
}

fn copy(plan: &Plan, guidance: &Guidance) -> Result<Finalized, ReviewError> {
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
            let copy = strip(package, main, stories, &paths, draft.as_deref());
            proof::word(word, &copy, &plan.base, draft.as_deref())
                .map_err(ReviewError::NotTheSame)?;
            let failed = |error: &dyn fmt::Display| ReviewError::File(error.to_string());
            let bytes = copy.write().map_err(|error| failed(&error))?;
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
