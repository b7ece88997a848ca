//! The list of works (Part II, VII) against the headings of the tasks that it lists.

use std::collections::BTreeMap;

use super::outline::Outline;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::role::is_reserved;
use crate::document::{BlockKind, Document, Heading, Role, Row};
use crate::source::{brief, words};

/// A task or a group of tasks as the text of the plan has it.
struct Planned<'d> {
    /// Id of its row.
    id: Option<&'d str>,
    heading: Option<&'d Heading>,
    place: &'d str,
}

/// Compares the rows of the list with the tasks that stand in the plan: numbers, rows without
/// a task, tasks without a row. A row of the drafter's own that no heading names is left
/// alone: its task may stand in a paragraph.
pub(super) fn listed(document: &Document, outline: &Outline) -> Option<Diagnostic> {
    let mut sections = document.sections.iter().enumerate();
    let (at, section, (block, table)) =
        sections.find_map(|(at, section)| Some((at, section, section.works()?)))?;
    let place = outline.place(at, block);
    let planned = planned(document, outline);
    let mut partners = Partners::of(&planned);
    let mut spots = Vec::new();
    for row in table.rows.iter().skip(1) {
        let told = match partners.of_row(row) {
            Some(task) => task.heading.and_then(|heading| renumbered(row, heading)),
            None if names_a_task(row) => {
                Some("kế hoạch không có nhiệm vụ này".to_owned())
            }
            None => None,
        };
        let name = || brief(&cell(row, 1));
        spots.extend(told.map(|told| format!("{place}, dòng “{}”: {told}", name())));
    }
    let left = partners.without_row();
    spots.extend(left.map(|task| format!("{}: không có dòng trong bảng", task.place)));
    let number = section.number().map_or_else(String::new, |n| format!(" ({n})"));
    (!spots.is_empty()).then(|| {
        Diagnostic::warning(
            Code::TaskList,
            format!("danh mục nhiệm vụ{number} không khớp các đề mục của kế hoạch"),
            "Sửa số, chuyển, thêm hoặc xóa dòng của bảng cho khớp các đề mục nhiệm vụ.",
        )
        .among(spots)
    })
}

/// The groups and tasks, in the order of the plan; headings of the drafter's own count as
/// tasks where they look like one and have a number.
fn planned<'d>(document: &'d Document, outline: &'d Outline) -> Vec<Planned<'d>> {
    let mut found = Vec::new();
    // The levels of the heading above all tasks, while below it, and of a task's.
    let (mut above, mut level) = (None, None);
    for (s, section) in document.sections.iter().enumerate() {
        let role = section.role();
        let row = match role {
            Role::Task(task) => Some(task),
            Role::Group => section.id.as_deref(),
            _ => None,
        };
        let mut headings = section.blocks.iter().enumerate().filter_map(|(b, block)| {
            match &block.kind {
                BlockKind::Heading(heading) => Some((b, heading)),
                _ => None,
            }
        });
        let first = headings.next();
        let place = outline.place(s, first.map_or(0, |(b, _)| b));
        let heading = first.map(|(_, heading)| heading);
        if let Some(heading) = heading {
            if role == Role::Tasks {
                above = Some(heading.level);
            } else if above.is_some_and(|above| heading.level <= above) {
                above = None;
            }
            if let Role::Task(_) = role {
                level = Some(heading.level);
            }
        }
        let is_own = role == Role::Own
            && above.is_some()
            && heading
                .is_some_and(|own| own.number.is_some() && level == Some(own.level));
        if (row.is_some() && !section.blocks.is_empty()) || is_own {
            found.push(Planned { id: row, heading, place });
        }
    }
    found
}

/// The tasks that rows are looked for, by id and, for rows without one, by title.
struct Partners<'p, 'd> {
    planned: &'p [Planned<'d>],
    by_id: BTreeMap<&'d str, usize>,
    by_title: BTreeMap<String, usize>,
    has_row: Vec<bool>,
}

impl<'p, 'd> Partners<'p, 'd> {
    fn of(planned: &'p [Planned<'d>]) -> Self {
        let each = || planned.iter().enumerate().rev();
        let title = |task: &Planned<'_>| task.heading.map(|h| key(&h.text.plain()));
        Self {
            planned,
            by_id: each().filter_map(|(at, task)| Some((task.id?, at))).collect(),
            by_title: each().filter_map(|(at, task)| Some((title(task)?, at))).collect(),
            has_row: vec![false; planned.len()],
        }
    }

    fn of_row(&mut self, row: &Row) -> Option<&'p Planned<'d>> {
        let at = match row.id.as_deref() {
            Some(id) => self.by_id.get(id),
            None => self.by_title.get(&key(&cell(row, 1))),
        };
        let at = *at?;
        self.has_row[at] = true;
        Some(&self.planned[at])
    }

    fn without_row(&self) -> impl Iterator<Item = &'p Planned<'d>> {
        self.planned
            .iter()
            .zip(&self.has_row)
            .filter(|(_, has)| !**has)
            .map(|(task, _)| task)
    }
}

/// Tells whether a row bears the id of a task, not of a project, a total or an empty group.
fn names_a_task(row: &Row) -> bool {
    row.id.as_deref().is_some_and(|id| !is_reserved(id))
}

/// How the number of a row differs from that of its heading; one that Word counts itself is
/// not in the text.
fn renumbered(row: &Row, heading: &Heading) -> Option<String> {
    let number = heading.number.as_deref()?.trim_end_matches('.');
    let listed = cell(row, 0);
    let listed = listed.trim_end_matches('.');
    (listed != number).then(|| match listed {
        "" => format!("không có số, đề mục có số {number}"),
        listed => format!("ghi số {}, đề mục có số {number}", brief(listed)),
    })
}

fn cell(row: &Row, column: usize) -> String {
    row.cells.get(column).map(|cell| words(&cell.plain())).unwrap_or_default()
}

/// A title as it is looked for.
fn key(title: &str) -> String {
    words(title).to_lowercase()
}
