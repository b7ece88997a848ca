//! Keys that stand where nothing reads them: tells where they belong.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::draft::{Details, Identity, LeftOut, Outcome, OwnTask, Root, Task, Work};
use super::{
    Basis, Duty, Funding, Issue, PastProject, PastTarget, Review, Signatory, Target,
};
use crate::catalog::Catalog;
use crate::catalog::agency::DraftAgency;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Source, keys};

/// Places beyond which naming them all helps nobody.
const MOST_HOMES: usize = 5;

/// Headings of one file after which the rest waits for the next round.
const MOST: usize = 100;

/// A heading, or none above them all, and the keys below it.
type Home<'c> = (&'static str, Vec<&'c str>);

/// Every place of a profile that has keys.
fn homes(catalog: &Catalog) -> Vec<Home<'_>> {
    fn row<'c, T: DeserializeOwned>(heading: &'static str) -> Home<'c> {
        (heading, [keys::<Identity>(), keys::<T>()].concat())
    }
    let agency = keys::<DraftAgency>().iter().copied();
    let agency = agency.filter(|key| !DraftAgency::OF_THE_LIST.contains(key)).collect();
    let solutions = catalog.solutions.iter().map(|head| head.id.as_str()).collect();
    let (identity, details) = (keys::<Identity>(), keys::<Details>());
    vec![
        ("", keys::<Root>().to_vec()),
        ("[agency]", agency),
        ("[issue]", keys::<Issue>().to_vec()),
        ("[signatory]", keys::<Signatory>().to_vec()),
        ("[review]", keys::<Review>().to_vec()),
        ("[solutions]", solutions),
        ("[funding]", keys::<Funding>().to_vec()),
        ("[[task]]", [identity, details, keys::<Task>()].concat()),
        ("[[left_out]]", keys::<LeftOut>().to_vec()),
        ("[[own_task]]", [identity, details, keys::<OwnTask>()].concat()),
        ("[[result]]", keys::<Outcome>().to_vec()),
        row::<PastTarget>("[[past_target]]"),
        row::<Target>("[[target]]"),
        row::<PastProject>("[[past_project]]"),
        row::<PastProject>("[[past_expense]]"),
        row::<Work>("[[project]]"),
        row::<Basis>("[[basis]]"),
        ("[[duty]]", keys::<Duty>().to_vec()),
    ]
}

/// A heading that is still a comment, and the keys below it that are not.
struct Commented {
    heading: &'static str,
    /// The line of the heading.
    line: Range<usize>,
    /// The heading under which its keys stand now; none at the top.
    under: Option<String>,
    keys: Vec<Range<usize>>,
}

/// Says of keys that nothing reads where they are read: below a heading that is still a comment,
/// once for all of them, or in another table.
pub(super) fn told(
    source: &Arc<Source>,
    catalog: &Catalog,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let homes = homes(catalog);
    for found in commented(&source.text, &homes).into_iter().take(MOST) {
        let is_of = |diagnostic: &Diagnostic| {
            let place = diagnostic.place.as_ref();
            matches!(diagnostic.code, Code::UnknownKey | Code::Syntax)
                && place.is_some_and(|place| found.keys.contains(&place.span))
        };
        let before = diagnostics.len();
        diagnostics.retain(|diagnostic| !is_of(diagnostic));
        let is_read = diagnostics.len() == before;
        diagnostics.push(still_comment(source, &found, is_read));
    }
    for diagnostic in diagnostics.iter_mut() {
        let Some(place) = &diagnostic.place else { continue };
        let is_guessed = diagnostic.hint.starts_with("Có phải");
        if diagnostic.code != Code::UnknownKey || is_guessed {
            continue;
        }
        let key = &source.text[place.span.clone()];
        let places = homes.iter().filter(|(_, keys)| keys.contains(&key));
        let places: Vec<&str> = places.map(|(heading, _)| *heading).collect();
        if let Some(hint) = belongs(&places) {
            diagnostic.hint = hint;
        }
    }
}

/// Where a key belongs that has these places.
fn belongs(places: &[&str]) -> Option<String> {
    match places {
        [""] => Some(
            "Khóa này đứng ở đầu tệp: chuyển dòng này lên trên mọi dòng có ngoặc vuông."
                .to_owned(),
        ),
        [heading] => Some(format!(
            "Khóa này thuộc mục {heading}: chuyển dòng này xuống dưới dòng {heading}."
        )),
        [] => None,
        several if several.len() > MOST_HOMES => None,
        several => Some(format!(
            "Khóa này thuộc các mục {}: chuyển dòng này xuống dưới dòng đầu của một mục như vậy.",
            several.join(", ")
        )),
    }
}

fn still_comment(source: &Arc<Source>, found: &Commented, is_read: bool) -> Diagnostic {
    let heading = found.heading;
    let keys: Vec<String> =
        found.keys.iter().map(|key| format!("`{}`", &source.text[key.clone()])).collect();
    let line = source.text[..found.line.start].matches('\n').count() + 1;
    let mut message = format!(
        "dòng tiêu đề {heading} còn dấu #, mà {} ở dưới thì không",
        keys.join(", ")
    );
    let mut hint = format!("Bỏ dấu # ở đầu dòng {line}, còn lại {heading}.");
    if !is_read {
        return Diagnostic::error(Code::CommentedHeading, message, hint)
            .at(source, found.line.clone());
    }
    let under = found.under.as_deref().unwrap_or("đầu tệp");
    message.push_str(": khung đọc là của ");
    message.push_str(under);
    hint.push_str(" Nếu đúng là của mục trên, chuyển các dòng đó lên trước dòng này.");
    Diagnostic::warning(Code::CommentedHeading, message, hint)
        .at(source, found.line.clone())
}

/// Headings that are still comments above keys of theirs.
fn commented(text: &str, homes: &[Home<'_>]) -> Vec<Commented> {
    let mut all: Vec<Commented> = Vec::new();
    let mut last: Option<Commented> = None;
    let (mut at, mut under, mut is_text) = (0, None, false);
    for line in text.split_inclusive('\n') {
        let start = at + line.len() - line.trim_start().len();
        at += line.len();
        let line = line.trim();
        let is_inside = is_text;
        // A text of many lines may look like anything.
        is_text ^=
            ["\"\"\"", "'''"].iter().any(|quote| line.matches(quote).count() % 2 == 1);
        if is_inside {
            continue;
        }
        if let Some(comment) = line.strip_prefix('#') {
            let name = comment.trim_start_matches('#').trim();
            let is_it =
                |(heading, _): &&Home<'_>| !heading.is_empty() && *heading == name;
            if let Some((heading, _)) = homes.iter().find(is_it) {
                all.extend(last.take());
                let line = start..start + line.len();
                let under = under.clone();
                last = Some(Commented { heading, line, under, keys: Vec::new() });
            }
        } else if line.starts_with('[') {
            all.extend(last.take());
            under = Some(line.to_owned());
        } else if let Some(last) = &mut last {
            let key = line.split(['=', '.', ' ', '\t']).next().unwrap_or_default();
            let is_key = line[key.len()..].trim_start().starts_with(['=', '.']);
            let mut keys = homes.iter().filter(|(heading, _)| *heading == last.heading);
            if is_key && keys.any(|(_, keys)| keys.contains(&key)) {
                last.keys.push(start..start + key.len());
            }
        }
    }
    all.extend(last);
    all.retain(|one| !one.keys.is_empty());
    all
}
