//! Catalogue and profile resolved into one agency's plan: every value the template shows.

pub(crate) mod citation;
mod duties;
mod prose;
pub(crate) mod reference;
mod tables;
mod task;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use crate::catalog::agency::Agency;
use crate::catalog::deadline::long_date;
use crate::catalog::{Annex, Catalog, DueDate, Task};
use crate::profile::{Guidance, Profile, Review, TaskDetails};
use citation::{erratum_note, full_citation, short_citation};
use tables::past_rows;

/// Everything that `plan.md` may show. Texts are plain; the template engine escapes them.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Plan year.
    pub year: i32,
    /// The year before.
    pub last_year: i32,
    /// Whether guidance is shown.
    pub guided: bool,
    /// Stands at the top of every page.
    pub banner: Option<String>,
    /// The issuing agency.
    pub agency: AgencyView,
    /// Lines above the title.
    pub letterhead: Letterhead,
    /// The Quyết định that the plan is attached to, in that form.
    pub decision: Option<DecisionView>,
    /// The edition, for what frames print of it.
    pub edition: EditionView,
    /// The dispatch, cited in full.
    pub dispatch: String,
    /// The dispatch, cited by number.
    pub dispatch_short: String,
    /// Opening paragraphs.
    pub preamble: Vec<String>,
    /// Căn cứ, without closing punctuation.
    pub bases: Vec<Line>,
    /// Misprints of the dispatch about them.
    pub bases_notes: Vec<String>,
    /// The Annex III groups by id.
    pub sections: BTreeMap<String, Section>,
    /// Groups in order, for tables.
    pub groups: Vec<Section>,
    /// Results by heading.
    pub results: BTreeMap<String, Findings>,
    /// Part I texts.
    pub review: Review,
    /// How many past targets were met, of how many: "30/34"; none while a verdict is open.
    pub targets_met: Option<String>,
    /// Past targets, rows of cells.
    pub past_targets: Vec<Row>,
    /// What the year is for.
    pub aims: Vec<String>,
    /// Targets, rows of cells.
    pub targets: Vec<Row>,
    /// Past projects, rows of cells.
    pub past_projects: Vec<Row>,
    /// Past recurrent tasks, rows of cells.
    pub past_expenses: Vec<Row>,
    /// Part II, VII.
    pub works: Vec<Row>,
    /// Deadline calendar.
    pub calendar: Vec<Row>,
    /// Focal units with their tasks.
    pub units: Vec<UnitView>,
    /// Part II, IV.
    pub solutions: Vec<Solution>,
    /// Part II, V.
    pub funding: Vec<String>,
    /// Total of all budgets given, "1.234,5"; none when none is given.
    pub total: Option<String>,
    /// Whether tasks or projects without a budget are not in that total.
    pub is_total_partial: bool,
    /// Part II, VI.
    pub duties: Vec<Duty>,
    /// Its last sentence.
    pub closing: Option<String>,
    /// Who signs, who receives.
    pub signature: Signature,
    /// Notes on misprints of the whole dispatch.
    pub errata: Vec<String>,
    /// Tasks left out, with the reason.
    pub left_out: Vec<String>,
}

/// The agency as sentences need it.
#[derive(Debug, Clone, Serialize)]
pub struct AgencyView {
    /// "Lào Cai".
    pub name: String,
    /// "tỉnh Lào Cai".
    pub running: String,
    /// "Ủy ban nhân dân tỉnh Lào Cai".
    pub issuer: String,
    /// "UBND tỉnh".
    pub short: String,
    /// "tỉnh".
    pub level: String,
    /// The annex it plans by: "Phụ lục I".
    pub annex: String,
    /// How many tasks that has.
    pub tasks: usize,
    /// In how many groups.
    pub groups: usize,
    /// The document whose annex that is: the dispatch, cited by number, or what a layer names.
    pub annex_of: String,
}

/// The edition as a frame prints it.
#[derive(Debug, Clone, Serialize)]
pub struct EditionView {
    /// Id.
    pub id: String,
    /// Who issued the dispatch: "Bộ Thông tin và Truyền thông".
    pub issuer: String,
    /// Who collects the plans.
    pub collector: String,
    /// The last day of issue, "ngày 19 tháng 12 năm 2023"; none where there is no due date.
    pub due: Option<String>,
    /// By when plans are due, as the dispatch says it, "trước ngày 20/12/2023".
    pub due_by: Option<String>,
    /// Values of the edition's own, the agency's name filled in.
    pub extra: toml::Value,
}

/// Letterhead, title and the note on annexes.
#[derive(Debug, Clone, Serialize)]
pub struct Letterhead {
    /// Lines of the issuing body.
    pub header: Vec<String>,
    /// "Số: 05/KH-UBND"; the Quyết định's in the attached form.
    pub number: String,
    /// "Lào Cai, ngày … tháng … năm 2023".
    pub place_date: String,
    /// Trích yếu.
    pub subject: String,
    /// "(Kèm theo Quyết định …)" under the title, in the attached form.
    pub attached_to: Option<String>,
    /// "(Kèm theo Kế hoạch …)" under each annex title.
    pub annexed_to: String,
}

/// A Quyết định (Nghị định 30/2020/NĐ-CP, Phụ lục III, Mẫu 1.3).
#[derive(Debug, Clone, Serialize)]
pub struct DecisionView {
    /// "BỘ TRƯỞNG BỘ TƯ PHÁP".
    pub authority: String,
    /// Căn cứ, without the word and the punctuation; or a slot.
    pub bases: Vec<String>,
    /// Who proposes, by which letter; or a slot.
    pub proposal: String,
    /// Who carries it out; or a slot.
    pub executors: String,
}

/// A text with an id.
#[derive(Debug, Clone, Serialize)]
pub struct Line {
    /// Id of the row or paragraph.
    pub id: String,
    /// Text.
    pub text: String,
}

/// One Annex III group with its tasks.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Id.
    pub id: String,
    /// 1 to 10.
    pub number: u32,
    /// Title.
    pub title: String,
    /// Tasks planned under it.
    pub tasks: Vec<TaskView>,
    /// Whether no task of the agency's own covers what Annex III names beside the tasks.
    pub open: bool,
}

/// A task as planned.
#[derive(Debug, Clone, Serialize)]
pub struct TaskView {
    /// Id.
    pub id: String,
    /// "3.1."
    pub number: String,
    /// Title.
    pub title: String,
    /// Sentences.
    pub actions: Vec<String>,
    /// The one "Thời hạn", where it is of the whole task; or a slot.
    pub deadline: Option<String>,
    /// Else the lines of "Thời hạn", each with what it is of.
    pub deadlines: Vec<String>,
    /// Lead unit, or a slot.
    pub lead: String,
    /// Co-operating units, or a slot.
    pub partners: String,
    /// Product, or a slot.
    pub product: String,
    /// Focal unit of MIC; none where MIC did not give the task.
    pub unit: Option<String>,
    /// Paragraphs of guidance.
    pub guidance: Vec<String>,
    /// Values of the edition's own, the agency's name filled in; none for own tasks.
    pub extra: toml::Value,
}

/// Results and shortcomings.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Findings {
    /// Achieved.
    pub achieved: Vec<String>,
    /// Shortcomings.
    pub shortcomings: Vec<String>,
}

/// A table row.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Id of the row.
    pub id: String,
    /// Cells by the names of their columns; templates choose which they print, and where.
    pub cells: BTreeMap<&'static str, String>,
    /// Whether it heads or totals others: shown in bold.
    pub strong: bool,
}

/// A focal unit and what it helps with.
#[derive(Debug, Clone, Serialize)]
pub struct UnitView {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Titles, with the scope where it is partial.
    pub tasks: Vec<String>,
}

/// A group of solutions.
#[derive(Debug, Clone, Serialize)]
pub struct Solution {
    /// Title of the group.
    pub title: String,
    /// Paragraphs, or one slot.
    pub texts: Vec<String>,
}

/// What one body does.
#[derive(Debug, Clone, Serialize)]
pub struct Duty {
    /// Body.
    pub unit: String,
    /// What it does.
    pub duties: Vec<Assignment>,
}

/// A sentence on what a body does, and the tasks it is about.
#[derive(Debug, Clone, Serialize)]
pub struct Assignment {
    /// A whole sentence; up to the colon where tasks follow.
    pub text: String,
    /// Titles of tasks.
    pub tasks: Vec<String>,
}

/// Signature block.
#[derive(Debug, Clone, Serialize)]
pub struct Signature {
    /// Authority lines.
    pub lines: Vec<String>,
    /// Name, or a slot.
    pub name: String,
    /// Recipients with dash and punctuation.
    pub recipients: Vec<String>,
}

/// A slot: what the drafter has to fill in.
fn slot(what: &str) -> String {
    format!("[CẦN BỔ SUNG: {what}]")
}

/// A phrase as the beginning of a cell or an item.
fn capital(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A phrase after a colon; a word in capitals stays one.
fn small(phrase: &str) -> String {
    let mut letters = phrase.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(next)) if next.is_lowercase() || next == ' ' => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => phrase.to_owned(),
    }
}

fn or_slot(text: Option<&String>, what: &str) -> String {
    text.cloned().unwrap_or_else(|| slot(what))
}

impl Plan {
    /// Resolves one agency's plan. Pure: the same inputs give the same plan.
    #[must_use]
    pub fn resolve(
        catalog: &Catalog,
        profile: &Profile,
        agency: &Agency,
        date: Option<NaiveDate>,
    ) -> Self {
        let date = profile.issue.day().or(date);
        let tasks = catalog.annex(agency).map_or(&[][..], |annex| &annex.tasks);
        let mut tasks: Vec<Task> = tasks.iter().map(|task| task.filled(agency)).collect();
        for task in &mut tasks {
            task.deadlines.retain(|deadline| !deadline.is_over(catalog.year));
        }
        let (tasks, cited) = (tasks.as_slice(), BTreeSet::new());
        let mut resolver = Resolver { catalog, profile, agency, tasks, cited };
        let groups = resolver.groups();
        let sections =
            groups.iter().map(|group| (group.id.clone(), group.clone())).collect();
        let (works, total) = resolver.works(&groups);
        let is_total_partial = resolver.has_open_budget(&groups);
        let (bases, bases_notes) = resolver.bases(&groups);
        let dispatch = &catalog.dispatch;
        let annex = catalog.annex(agency);
        let source = annex.and_then(|annex| annex.source.clone());
        Self {
            year: catalog.year,
            last_year: catalog.year - 1,
            guided: profile.guidance != Guidance::None,
            banner: profile.banner.clone(),
            agency: AgencyView {
                name: agency.name.clone(),
                running: agency.running.clone(),
                issuer: agency.issuer.clone(),
                short: agency.short.clone(),
                level: agency.level.clone(),
                annex: annex.map_or_else(String::new, |annex| annex.name.clone()),
                tasks: annex.map_or(0, |annex| given(annex).count()),
                groups: annex.map_or(0, |annex| {
                    given(annex).map(|task| &task.group).collect::<BTreeSet<_>>().len()
                }),
                annex_of: source.unwrap_or_else(|| short_citation(dispatch)),
            },
            letterhead: resolver.letterhead(date),
            decision: resolver.decision(),
            edition: EditionView {
                id: catalog.edition.clone(),
                issuer: dispatch.issuer.clone(),
                collector: dispatch.slot.clone().unwrap_or_default(),
                due: catalog.due.map(|due| long_date(due.last())),
                due_by: catalog.due.map(DueDate::said),
                extra: filled(&catalog.extra.clone().into(), agency),
            },
            dispatch: full_citation(dispatch, false),
            dispatch_short: short_citation(dispatch),
            preamble: resolver.preamble(),
            bases,
            bases_notes,
            sections,
            results: resolver.results(),
            review: profile.review.clone(),
            targets_met: resolver.targets_met(),
            past_targets: resolver.past_targets(),
            aims: profile.aims.clone(),
            targets: resolver.targets(),
            past_projects: past_rows(&profile.past_projects, "tổng mức"),
            past_expenses: past_rows(&profile.past_expenses, "dự toán"),
            works,
            calendar: resolver.calendar(&groups),
            units: resolver.units(&groups),
            solutions: resolver.solutions(),
            funding: profile.funding.sources.clone(),
            total,
            is_total_partial,
            duties: resolver.duties(&groups),
            closing: resolver.closing(),
            signature: resolver.signature(),
            errata: catalog
                .errata
                .iter()
                .filter(|e| !e.minor)
                .map(erratum_note)
                .collect(),
            left_out: resolver.left_out(),
            groups,
        }
    }
}

/// The tasks that the document of an annex gives, and none that a layer adds.
fn given(annex: &Annex) -> impl Iterator<Item = &Task> {
    annex.tasks.iter().filter(|task| task.source.is_none())
}

/// Values of an edition's own with the agency's name in all their texts.
fn filled(value: &toml::Value, agency: &Agency) -> toml::Value {
    match value {
        toml::Value::String(text) => agency.fill(text).into(),
        toml::Value::Array(all) => {
            toml::Value::Array(all.iter().map(|one| filled(one, agency)).collect())
        }
        toml::Value::Table(table) => {
            let each = table.iter().map(|(key, one)| (key.clone(), filled(one, agency)));
            toml::Value::Table(each.collect())
        }
        other => other.clone(),
    }
}

struct Resolver<'a> {
    catalog: &'a Catalog,
    profile: &'a Profile,
    agency: &'a Agency,
    /// The tasks of the agency's annex, with its name filled in.
    tasks: &'a [Task],
    /// Letters already cited in full.
    cited: BTreeSet<String>,
}

impl<'a> Resolver<'a> {
    /// A task of the catalogue; none for the agency's own.
    fn known(&self, id: &str) -> Option<&'a Task> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// What the profile says about a task, the catalogue's or the agency's own.
    fn task_details(&self, id: &str) -> TaskDetails {
        let planned = self.profile.tasks.iter().find(|task| task.id == id);
        let own = self.profile.own_tasks.iter().find(|task| task.id == id);
        let details = planned.map(|task| &task.details);
        details.or(own.map(|task| &task.details)).cloned().unwrap_or_default()
    }
}
