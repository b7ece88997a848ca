//! The tables of the plan: targets, projects, the list of works, the deadline calendar.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::task::replaced;
use super::{
    Resolver, Row, Section, TaskView, UnitView, capital, or_slot, reference, slot, small,
};
use crate::catalog::agency::slug;
use crate::catalog::deadline::{Deadline, Due, Shade, short_date};
use crate::document::{role, slots};
use crate::profile::{
    Money, PastProject, PastTarget, Status, Target, TaskDetails, Verdict,
};

impl Resolver<'_> {
    /// "30/34" where 30 of 34 past targets were met; none while a verdict is open.
    pub(super) fn targets_met(&self) -> Option<String> {
        let all = &self.profile.past_targets;
        let verdicts: Option<Vec<Verdict>> =
            all.iter().map(|target| target.verdict).collect();
        let met = verdicts?.into_iter().filter(|verdict| *verdict != Verdict::Missed);
        (!all.is_empty()).then(|| format!("{}/{}", met.count(), all.len()))
    }

    pub(super) fn past_targets(&self) -> Vec<Row> {
        let row = |target: &PastTarget, number| Row {
            id: target.id.clone(),
            cells: BTreeMap::from([
                ("number", number),
                ("indicator", target.indicator.clone()),
                ("planned", or_slot(target.planned.as_ref(), "kế hoạch")),
                ("achieved", or_slot(target.achieved.as_ref(), "kết quả")),
                (
                    "verdict",
                    target
                        .verdict
                        .map_or_else(|| slot("đánh giá"), |v| v.printed().to_owned()),
                ),
            ]),
            strong: false,
        };
        or_empty(
            grouped(&self.profile.past_targets, |target| target.group.as_deref(), row),
            &[
                ("number", ""),
                ("indicator", "mục tiêu, chỉ tiêu"),
                ("planned", "kế hoạch"),
                ("achieved", "kết quả"),
                ("verdict", "đánh giá"),
            ],
        )
    }

    pub(super) fn targets(&self) -> Vec<Row> {
        let row = |target: &Target, number| Row {
            id: target.id.clone(),
            cells: BTreeMap::from([
                ("number", number),
                ("indicator", target.indicator.clone()),
                ("planned", or_slot(target.planned.as_ref(), "mức phấn đấu")),
                ("lead", or_slot(target.lead.as_ref(), "đơn vị theo dõi")),
            ]),
            strong: false,
        };
        or_empty(
            grouped(&self.profile.targets, |target| target.group.as_deref(), row),
            &[
                ("number", ""),
                ("indicator", "mục tiêu, chỉ tiêu"),
                ("planned", "mức phấn đấu"),
                ("lead", "đơn vị theo dõi"),
            ],
        )
    }

    /// Part II, VII, and the total of the budgets given.
    pub(super) fn works(&self, groups: &[Section]) -> (Vec<Row>, Option<String>) {
        let mut rows = Vec::new();
        let mut total = None;
        let mut add = |budget: Option<Money>| {
            if let Some(Money(dong)) = budget {
                total =
                    Some(Money(total.map_or(0, |Money(sum)| sum).saturating_add(dong)));
            }
        };
        let row = |id: String, number: String, title: String, strong: bool| {
            let blank = WORKS.into_iter().map(|column| (column, String::new()));
            let given = [("number", number), ("title", title)];
            Row { id, cells: blank.chain(given).collect(), strong }
        };
        for group in groups {
            let id = role::group(&group.id);
            rows.push(row(id, group.number.to_string(), group.title.clone(), true));
            if group.tasks.is_empty() {
                let id = role::open_group(&group.id);
                rows.push(row(id, String::new(), slot("nhiệm vụ"), false));
            }
            for task in &group.tasks {
                let details = self.task_details(&task.id);
                add(details.budget);
                let known = self.known(&task.id);
                // The column is headed "Mục", and is of the annex.
                let of_annex = known.filter(|known| known.source.is_none());
                let source = of_annex.map_or("", |known| {
                    known.cite.strip_prefix("Mục ").unwrap_or(&known.cite)
                });
                let deadlines = known.map_or(&[][..], |task| &task.deadlines);
                // The note above the table says where the content stands.
                let mut cells = work_cells(&details, None);
                cells.extend([
                    ("number", task.number.trim_end_matches('.').to_owned()),
                    ("title", task.title.clone()),
                    ("cite", source.to_owned()),
                    ("lead", task.lead.clone()),
                    ("time", time(deadlines, details.deadline)),
                ]);
                rows.push(Row { id: task.id.clone(), cells, strong: false });
            }
        }
        if !self.profile.projects.is_empty() {
            let number = self.project_group().to_string();
            rows.push(row(role::PROJECTS.to_owned(), number, "Dự án".to_owned(), true));
        }
        for (at, project) in self.profile.projects.iter().enumerate() {
            add(project.details.budget);
            let content = or_slot(project.content.as_ref(), "nội dung");
            let mut cells = work_cells(&project.details, Some(&content));
            cells.extend([
                ("number", self.project_number(at)),
                ("title", project.name.clone()),
                ("cite", String::new()),
                ("lead", or_slot(project.details.lead.as_ref(), "đơn vị chủ trì")),
                ("time", or_slot(project.period.as_ref(), "thời gian")),
            ]);
            rows.push(Row { id: role::project(&project.id), cells, strong: false });
        }
        let total = total.map(|total| total.to_string());
        let mut last =
            row(role::TOTAL.to_owned(), String::new(), "Tổng cộng".to_owned(), true);
        last.cells.insert("budget", or_slot(total.as_ref(), "tổng"));
        rows.push(last);
        (rows, total)
    }

    /// Tells whether a task or a project has no budget yet.
    pub(super) fn has_open_budget(&self, groups: &[Section]) -> bool {
        let mut tasks = groups.iter().flat_map(|group| &group.tasks);
        tasks.any(|task| self.task_details(&task.id).budget.is_none())
            || self
                .profile
                .projects
                .iter()
                .any(|project| project.details.budget.is_none())
    }

    /// The number of the projects in the list of works: the next after the groups.
    fn project_group(&self) -> u32 {
        self.catalog.sections.iter().map(|head| head.number).max().unwrap_or_default() + 1
    }

    /// The number in the list of works of the project at a place in the profile.
    pub(super) fn project_number(&self, at: usize) -> String {
        format!("{}.{}", self.project_group(), at + 1)
    }

    /// All deadlines in the order of the days that they name; tasks without one stand at the end.
    /// Where the agency sets a deadline of its own it takes the place of the ministry's.
    pub(super) fn calendar(&self, groups: &[Section]) -> Vec<Row> {
        let year = self.catalog.year;
        let mut rows: Vec<((NaiveDate, bool), Row)> = Vec::new();
        let open = (NaiveDate::MAX, false);
        for view in groups.iter().flat_map(|group| &group.tasks) {
            let internal = self.task_details(&view.id).deadline;
            let known = self.known(&view.id);
            let deadlines = known.map_or(&[][..], |task| task.deadlines.as_slice());
            let is_replaced = replaced(deadlines, internal).is_some();
            let given = deadlines.iter().enumerate().filter(|_| !is_replaced);
            for (at, deadline) in given {
                for (part, entry) in deadline.entries(year).into_iter().enumerate() {
                    let what = entry.about(deadline.what.as_deref().unwrap_or_default());
                    let id = match (&deadline.id, part) {
                        (Some(id), 0) => format!("{}-{id}", view.id),
                        (Some(id), part) => format!("{}-{id}-{}", view.id, part + 1),
                        (None, _) => format!("{}-{}", view.id, at + part + 1),
                    };
                    let printed = entry.printed.as_deref().unwrap_or(deadline.said());
                    let row = calendar_row(id, printed, view, &what, &entry.grid);
                    let named = entry.ends.map_or(open, |last| named(deadline, last));
                    rows.push((named, row));
                }
            }
            if let Some(day) = internal {
                let grid = Deadline {
                    id: None,
                    due: Due::On(day),
                    printed: short_date(day),
                    said: None,
                    what: None,
                };
                for entry in grid.entries(year) {
                    let id = format!("{}-internal", view.id);
                    let row = calendar_row(id, &grid.printed, view, "", &entry.grid);
                    rows.push(((entry.ends.unwrap_or(day), true), row));
                }
            } else if deadlines.is_empty() {
                let blank = [(); 5].map(|()| Shade::Blank);
                let id = format!("{}-open", view.id);
                rows.push((open, calendar_row(id, &slot("thời hạn"), view, "", &blank)));
            }
        }
        rows.sort_by_key(|(named, _)| *named);
        rows.into_iter().map(|(_, row)| row).collect()
    }

    pub(super) fn units(&self, groups: &[Section]) -> Vec<UnitView> {
        let planned: Vec<&TaskView> =
            groups.iter().flat_map(|group| &group.tasks).collect();
        self.catalog
            .units
            .iter()
            .map(|unit| UnitView {
                id: unit.id.clone(),
                name: unit.name.clone(),
                tasks: planned
                    .iter()
                    .filter_map(|view| self.known(&view.id))
                    .filter(|task| task.unit == unit.id)
                    .map(|task| match &task.unit_scope {
                        Some(scope) => format!("{} ({scope})", task.title),
                        None => task.title.clone(),
                    })
                    .collect(),
            })
            .filter(|unit| !unit.tasks.is_empty())
            .collect()
    }
}

/// The day that a deadline names, whose last day is given: "trước 30/11" stands before 30/11, and
/// behind 29/11.
fn named(deadline: &Deadline, last: NaiveDate) -> (NaiveDate, bool) {
    match deadline.due {
        Due::Before(_) | Due::YearlyBefore(..) => {
            (last.succ_opt().unwrap_or(last), false)
        }
        _ => (last, true),
    }
}

/// When a task is carried out, in a narrow cell: its deadlines, or where they stand.
fn time(deadlines: &[Deadline], internal: Option<NaiveDate>) -> String {
    let mut printed: Vec<String> = Vec::new();
    for deadline in deadlines {
        let said = deadline.said();
        if !printed.iter().any(|text| text == said) {
            printed.push(said.to_owned());
        }
    }
    if let Some(day) = internal {
        if replaced(deadlines, internal).is_some() {
            printed.clear();
        }
        printed.push(short_date(day));
    }
    match printed.len() {
        0 => slot("thời hạn hoàn thành"),
        1 | 2 => capital(&printed.join("; ")),
        _ => {
            let calendar = reference::to(reference::CALENDAR);
            format!("Theo từng thời hạn nêu tại {calendar}")
        }
    }
}

/// The columns of the list of works.
const WORKS: [&str; 12] = [
    "number", "title", "cite", "lead", "status", "goal", "scale", "content", "scope",
    "time", "budget", "source",
];

/// What a task and a project have in the same way; only a project has its content here.
fn work_cells(
    details: &TaskDetails,
    content: Option<&str>,
) -> BTreeMap<&'static str, String> {
    let scale = or_slot(details.scale.as_ref(), "quy mô");
    let scope = content
        .map_or_else(|| scale.clone(), |content| format!("{scale}; {}", small(content)));
    let budget = details.budget.map(|money| money.to_string());
    let status = details.status.map(|status: Status| status.printed().to_owned());
    BTreeMap::from([
        ("status", or_slot(status.as_ref(), "tình trạng")),
        ("goal", or_slot(details.goal.as_ref(), "mục tiêu")),
        ("scale", scale),
        ("content", content.unwrap_or("-").to_owned()),
        ("scope", scope),
        ("budget", or_slot(budget.as_ref(), "kinh phí")),
        ("source", or_slot(details.source.as_ref(), "nguồn vốn")),
    ])
}

/// The quarters of the plan year, and what comes behind it.
const SPANS: [&str; 5] = ["quarter_1", "quarter_2", "quarter_3", "quarter_4", "later"];

fn calendar_row(
    id: String,
    printed: &str,
    view: &TaskView,
    what: &str,
    grid: &[Shade; 5],
) -> Row {
    let task = match what {
        "" => view.title.clone(),
        what if what.starts_with(&view.title) => what.to_owned(),
        what => format!("{}: {}", view.title, small(what)),
    };
    // A lead that is open is asked for once, in the task.
    let lead =
        if slots(&view.lead).is_empty() { view.lead.clone() } else { String::new() };
    let mut cells = BTreeMap::from([
        ("number", view.number.trim_end_matches('.').to_owned()),
        ("due", capital(printed)),
        ("task", task),
        ("lead", lead),
    ]);
    cells.extend(SPANS.into_iter().zip(grid).map(|(span, shade)| {
        let shown = match shade {
            Shade::Blank => String::new(),
            Shade::Running => "░".to_owned(),
            Shade::Over(label) => label.clone(),
            Shade::Due(label) if label.is_empty() => "█".to_owned(),
            Shade::Due(label) => format!("█ {label}"),
        };
        (span, shown)
    }));
    Row { id, cells, strong: false }
}

/// `sum_name` is what the approved sum is called.
pub(super) fn past_rows(projects: &[PastProject], sum_name: &str) -> Vec<Row> {
    let sum = |pick: fn(&PastProject) -> Option<Money>| -> Option<Money> {
        let given: Vec<i64> =
            projects.iter().filter_map(pick).map(|Money(dong)| dong).collect();
        (!given.is_empty())
            .then(|| Money(given.iter().copied().fold(0, i64::saturating_add)))
    };
    let rows: Vec<Row> = projects
        .iter()
        .map(|project| {
            let total = project.total.map(|money| money.to_string());
            let spent = project.spent.map(|money| money.to_string());
            Row {
                id: project.id.clone(),
                cells: BTreeMap::from([
                    ("name", project.name.clone()),
                    ("goal", or_slot(project.goal.as_ref(), "mục tiêu")),
                    ("content", or_slot(project.content.as_ref(), "nội dung")),
                    ("total", or_slot(total.as_ref(), sum_name)),
                    ("spent", or_slot(spent.as_ref(), "đã chi")),
                    ("source", or_slot(project.source.as_ref(), "nguồn vốn")),
                    ("period", or_slot(project.period.as_ref(), "thời gian")),
                    ("state", or_slot(project.state.as_ref(), "hiện trạng")),
                ]),
                strong: false,
            }
        })
        .collect();
    let mut rows = or_empty(
        rows,
        &[
            ("name", "tên"),
            ("goal", "mục tiêu"),
            ("content", "nội dung"),
            ("total", sum_name),
            ("spent", "đã chi"),
            ("source", "nguồn vốn"),
            ("period", "thời gian"),
            ("state", "hiện trạng"),
        ],
    );
    if let (Some(total), Some(spent)) = (sum(|p| p.total), sum(|p| p.spent)) {
        let columns: Vec<&str> =
            rows.iter().flat_map(|row| row.cells.keys().copied()).collect();
        let blank = columns.into_iter().map(|column| (column, String::new()));
        let sums = [
            ("name", "Tổng cộng".to_owned()),
            ("total", total.to_string()),
            ("spent", spent.to_string()),
        ];
        let cells = blank.chain(sums).collect();
        rows.push(Row { id: role::TOTAL.to_owned(), cells, strong: true });
    }
    rows
}

/// One row of slots, where the profile gives no row.
fn or_empty(rows: Vec<Row>, slots: &[(&'static str, &str)]) -> Vec<Row> {
    if rows.is_empty() {
        // The number of a row is nothing to be asked.
        let cell = |what: &str| if what.is_empty() { "1".to_owned() } else { slot(what) };
        let cells = slots.iter().map(|(column, what)| (*column, cell(what))).collect();
        return vec![Row { id: "row-1".to_owned(), cells, strong: false }];
    }
    rows
}

/// Numbered rows, those of a group below a row that names it, groups as they are first named;
/// "1", "2" without groups, else "1.1", "1.2".
fn grouped<T>(
    entries: &[T],
    group: impl Fn(&T) -> Option<&str>,
    row: impl Fn(&T, String) -> Row,
) -> Vec<Row> {
    /// The id of a group, what it is called, and its entries.
    type Group<'t, T> = (Option<String>, &'t str, Vec<&'t T>);
    let mut groups: Vec<Group<T>> = Vec::new();
    for entry in entries {
        let (id, title) =
            group(entry).map_or((None, ""), |name| (Some(slug(name)), name));
        match groups.iter_mut().find(|(known, ..)| *known == id) {
            Some((.., members)) => members.push(entry),
            None => groups.push((id, title, vec![entry])),
        }
    }
    let mut rows: Vec<Row> = Vec::new();
    let mut heads = 0_usize;
    for (id, title, members) in groups {
        let Some(id) = id else {
            for member in members {
                heads += 1;
                rows.push(row(member, heads.to_string()));
            }
            continue;
        };
        heads += 1;
        let members: Vec<Row> = (1..)
            .zip(members)
            .map(|(at, member)| row(member, format!("{heads}.{at}")))
            .collect();
        let columns = members.iter().flat_map(|member| member.cells.keys().copied());
        let mut cells: BTreeMap<&'static str, String> =
            columns.map(|column| (column, String::new())).collect();
        cells.insert("number", heads.to_string());
        cells.insert("indicator", title.to_owned());
        rows.push(Row { id: format!("pillar-{id}"), cells, strong: true });
        rows.extend(members);
    }
    rows
}
