//! The headings of Annex III.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::outline::title;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{BlockKind, Document, Heading, Role};
use crate::sequence::longest_increasing;
use crate::source::words;

/// The deepest heading that Annex III forbids to add beside its own.
const DEEPEST_ADDED: u8 = 4;

/// A heading, and the section that it stands in.
struct Place<'d> {
    id: Option<&'d str>,
    heading: &'d Heading,
}

fn places(document: &Document) -> impl Iterator<Item = Place<'_>> {
    document.sections.iter().flat_map(|section| {
        section.blocks.iter().filter_map(|block| match &block.kind {
            BlockKind::Heading(heading) => {
                Some(Place { id: section.id.as_deref(), heading })
            }
            _ => None,
        })
    })
}

/// Tells whether Annex III prescribes the heading.
fn is_frame(place: &Place<'_>) -> bool {
    let is_free = matches!(
        Role::of(place.id),
        Role::Own | Role::Task(_) | Role::Annex(_) | Role::Guidance(_)
    );
    place.heading.level > 1 && !is_free
}

/// Compares the headings of a plan with those that were generated.
pub(super) fn headings(base: &Document, edited: &Document) -> Vec<Diagnostic> {
    let base: Vec<Place<'_>> = places(base).filter(is_frame).collect();
    let edited: Vec<Place<'_>> = places(edited).collect();
    let partners = partners(&base, &edited);
    let taken: BTreeSet<usize> = partners.iter().flatten().copied().collect();
    let mut wrong = Vec::new();
    for (was, partner) in base.iter().zip(&partners) {
        let expected = title(was.heading);
        match partner.map(|at| &edited[at]) {
            None => wrong.push(format!("thiếu “{expected}”")),
            Some(now) if text(was) != text(now) || renumbered(was, now) => {
                let now = title(now.heading);
                wrong.push(format!("“{expected}” đã thành “{now}”"));
            }
            Some(_) => {}
        }
    }
    let order: Vec<usize> = partners.iter().flatten().copied().collect();
    wrong.extend(
        strayed(&order)
            .map(|at| format!("“{}” không đúng thứ tự", title(edited[at].heading))),
    );
    let span = order.iter().min().copied().zip(order.iter().max().copied());
    let added = edited.iter().enumerate().filter(|(at, now)| {
        let inside = span.is_some_and(|(first, last)| first < *at && *at < last);
        let is_level = (2..=DEEPEST_ADDED).contains(&now.heading.level);
        inside
            && is_level
            && !taken.contains(at)
            && !matches!(Role::of(now.id), Role::Task(_))
    });
    let added: Vec<String> =
        added.map(|(_, now)| format!("“{}”", title(now.heading))).collect();
    let mut found = Vec::new();
    if !wrong.is_empty() {
        found.push(
            Diagnostic::error(
                Code::Frame,
                "đề mục không đúng khung kế hoạch",
                "Trả lại đúng tên, số và thứ tự đề mục của khung kế hoạch; mục không có nội \
                 dung thì ghi rõ là không có.",
            )
            .among(wrong),
        );
    }
    if !added.is_empty() {
        found.push(
            Diagnostic::warning(
                Code::Frame,
                "có đề mục thêm vào, ngang cấp với đề mục của khung kế hoạch",
                "Nếu được, đưa nội dung vào đề mục sẵn có của khung, hoặc hạ xuống cấp dưới.",
            )
            .among(added),
        );
    }
    found
}

/// Which heading of edited each of base is: the one of its section, else one outside all
/// sections that says the same.
fn partners(base: &[Place<'_>], edited: &[Place<'_>]) -> Vec<Option<usize>> {
    let mut by_id: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
    let mut by_title: BTreeMap<String, VecDeque<usize>> = BTreeMap::new();
    for (at, now) in edited.iter().enumerate() {
        match now.id {
            Some(id) => by_id.entry(id).or_default().push_back(at),
            None => by_title.entry(text(now)).or_default().push_back(at),
        }
    }
    let of_section = |was: &Place<'_>| by_id.get_mut(was.id?)?.pop_front();
    let mut partners: Vec<Option<usize>> = base.iter().map(of_section).collect();
    for (was, partner) in base.iter().zip(&mut partners) {
        if partner.is_none() {
            *partner = by_title.get_mut(&text(was)).and_then(VecDeque::pop_front);
        }
    }
    partners
}

fn text(place: &Place<'_>) -> String {
    words(&place.heading.text.plain())
}

/// Tells whether a number was changed; one that Word counts itself is not in the text.
fn renumbered(was: &Place<'_>, now: &Place<'_>) -> bool {
    now.heading.number.is_some() && now.heading.number != was.heading.number
}

/// The fewest numbers without which a sequence rises; none stands twice in it.
fn strayed(order: &[usize]) -> impl Iterator<Item = usize> {
    let stays = longest_increasing(order);
    order.iter().zip(stays).filter(|(_, stays)| !stays).map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::parse;

    const BASE: &str = "<!-- khung: a -->\n## Phần I<br>MỘT\n\n<!-- khung: b -->\n### I. HAI\n\n<!-- khung: task-c -->\n##### 1.1. Ba\n\n<!-- khung: d -->\n### II. BỐN\n";

    #[test]
    fn each_way_off_the_frame_is_told() {
        let told = |edited: &str| -> Vec<String> {
            let found = headings(&parse(BASE).unwrap(), &parse(edited).unwrap());
            found.into_iter().flat_map(|one| one.spots).collect()
        };
        let none: [&str; 0] = [];
        assert_eq!(told(BASE), none);
        // Below a task, and without its marker, a heading is what it says.
        assert_eq!(told(&BASE.replace("1.1. Ba", "1.1. Khác")), none);
        assert_eq!(told(&BASE.replace("<!-- khung: d -->\n", "")), none);
        assert_eq!(
            told(&BASE.replace("### I. HAI", "### I. HAI MỘT")),
            ["“I. HAI” đã thành “I. HAI MỘT”"]
        );
        assert_eq!(
            told(&BASE.replace("### I. HAI", "### IV. HAI")),
            ["“I. HAI” đã thành “IV. HAI”"]
        );
        assert_eq!(told(&BASE.replace("### I. HAI", "x")), ["thiếu “I. HAI”"]);
        assert_eq!(
            told(
                &BASE
                    .replace("<!-- khung: task-c", "### Mục riêng\n\n<!-- khung: task-c")
            ),
            ["“Mục riêng”"]
        );
        let (front, end) = BASE.split_at(BASE.find("<!-- khung: b").unwrap());
        let (middle, last) = end.split_at(end.find("<!-- khung: d").unwrap());
        assert_eq!(
            told(&format!("{front}{last}\n{middle}")),
            ["“I. HAI” không đúng thứ tự"]
        );
    }
}
