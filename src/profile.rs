//! One agency's options and content, as its TOML profile gives them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use crate::catalog::agency::{Agency, DraftAgency, NotFound, find};
use crate::catalog::deadline::date;
use crate::catalog::{Annex, Catalog, Ids, Task, missing};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Items, Source, suggest};

/// A checked profile. Text lists hold one paragraph an entry.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Number, date, form, letterhead.
    pub issue: Issue,
    /// Who signs.
    pub signatory: Signatory,
    /// Shape of the guidance.
    pub guidance: Guidance,
    /// Stands at the top of every page: "DỰ THẢO", or that this is training material.
    pub banner: Option<String>,
    /// What the profile says about tasks of the catalogue.
    pub tasks: Vec<PlannedTask>,
    /// Tasks left out: id, reason.
    pub left_out: Vec<(String, String)>,
    /// The agency's own tasks.
    pub own_tasks: Vec<OwnTask>,
    /// Part I, II: results and shortcomings by heading.
    pub results: Vec<ResultDraft>,
    /// The rest of Part I.
    pub review: Review,
    /// Targets of the past year.
    pub past_targets: Vec<PastTarget>,
    /// Targets of the plan year.
    pub targets: Vec<Target>,
    /// Past year's public-investment projects.
    pub past_projects: Vec<PastProject>,
    /// Past year's recurrent tasks.
    pub past_expenses: Vec<PastProject>,
    /// Projects of the plan year.
    pub projects: Vec<Project>,
    /// The agency's own legal bases.
    pub bases: Vec<Basis>,
    /// Part II, IV.
    pub solutions: Solutions,
    /// Part II, V.
    pub funding: Funding,
    /// Part II, VI, beside what the tasks give.
    pub duties: Vec<Duty>,
}

/// How guidance is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guidance {
    /// Boxes between the paragraphs.
    #[default]
    Inline,
    /// Word comments; boxes in Markdown.
    Comments,
    /// None.
    None,
}

/// Kế hoạch, or a plan attached to a Quyết định (Nghị định 30, Mẫu 1.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// A Kế hoạch of its own.
    #[default]
    Plan,
    /// Attached to a Quyết định.
    Decision,
}

/// Number, date and letterhead.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Issue {
    /// Form.
    pub form: Form,
    /// "05"; of the Quyết định in that form.
    pub number: Option<String>,
    /// Date of issue.
    pub date: Option<Spanned<Datetime>>,
    /// Symbol after the number.
    pub symbol: Option<String>,
    /// Place line.
    pub place: Option<String>,
    /// Lines of the letterhead.
    pub header: Option<Vec<String>>,
    /// Trích yếu.
    pub subject: Option<String>,
    /// Opening paragraphs.
    pub preamble: Vec<String>,
    /// Recipients.
    pub recipients: Option<Vec<String>>,
    /// After "Lưu: ".
    pub archive: Option<String>,
}

impl Issue {
    /// The date of issue, when given.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        self.date.as_ref().and_then(|day| date(day.get_ref()))
    }
}

/// Who signs, and how.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Signatory {
    /// Name without academic titles (Nghị định 30, Phụ lục I, II.7c).
    pub name: Option<String>,
    /// The head, or a deputy in their place (KT.).
    pub role: Role,
    /// Authority lines, where they differ from the usual ones.
    pub lines: Option<Vec<String>>,
}

/// Who signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The head of the agency.
    #[default]
    Head,
    /// A deputy: "KT.".
    Deputy,
}

/// What the profile says about a task of the catalogue.
#[derive(Debug, Clone, Default)]
pub struct PlannedTask {
    /// Id of the task.
    pub id: String,
    /// Options taken, by choice.
    pub choices: Vec<(String, Vec<String>)>,
    /// Everything an own task has, too.
    pub details: TaskDetails,
}

/// What a task of the catalogue and an own one have in common.
#[derive(Debug, Clone, Default)]
pub struct TaskDetails {
    /// Sentences added to the actions.
    pub actions: Vec<String>,
    /// Lead unit.
    pub lead: Option<String>,
    /// Co-operating units.
    pub partners: Vec<String>,
    /// Product.
    pub product: Option<String>,
    /// Goal (Part II, VII).
    pub goal: Option<String>,
    /// Scale (Part II, VII).
    pub scale: Option<String>,
    /// Budget.
    pub budget: Option<Money>,
    /// Funding source.
    pub source: Option<String>,
    /// New, or carried over.
    pub status: Option<Status>,
    /// Internal deadline.
    pub deadline: Option<NaiveDate>,
}

/// A task the catalogue does not have.
#[derive(Debug, Clone, Default)]
pub struct OwnTask {
    /// Id.
    pub id: String,
    /// Annex III group.
    pub section: String,
    /// Title.
    pub title: String,
    /// The rest.
    pub details: TaskDetails,
}

/// New, or carried over from the year before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// "Mới".
    New,
    /// "Chuyển tiếp".
    CarriedOver,
}

impl Status {
    /// As printed.
    #[must_use]
    pub fn printed(self) -> &'static str {
        match self {
            Self::New => "Mới",
            Self::CarriedOver => "Chuyển tiếp",
        }
    }
}

/// A sum in đồng, read and written in triệu đồng ("1.234,5").
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Money(pub i64);

impl Money {
    /// Reads "1.234,5" (triệu đồng).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.trim().split_once(',').unwrap_or((text.trim(), ""));
        let mut groups = whole.split('.');
        let first = groups.next()?;
        let rest: Vec<&str> = groups.collect();
        let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let grouped = rest.iter().all(|group| group.len() == 3 && digits(group));
        let plain = !first.is_empty() && digits(first);
        if !plain || !grouped || (!rest.is_empty() && first.len() > 3) {
            return None;
        }
        if !digits(fraction)
            || fraction.len() > 6
            || (text.contains(',') && fraction.is_empty())
        {
            return None;
        }
        let millions: i64 = format!("{first}{}", rest.concat()).parse().ok()?;
        let dong: i64 = format!("{fraction:0<6}").parse().ok()?;
        millions.checked_mul(1_000_000)?.checked_add(dong).map(Self)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (millions, dong) = (self.0 / 1_000_000, self.0 % 1_000_000);
        let digits = millions.to_string();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                f.write_str(".")?;
            }
            write!(f, "{digit}")?;
        }
        if dong > 0 {
            write!(f, ",{}", format!("{dong:06}").trim_end_matches('0'))?;
        }
        Ok(())
    }
}

/// Results and shortcomings under one Part I heading.
#[derive(Debug, Clone, Default)]
pub struct ResultDraft {
    /// Id of the heading.
    pub heading: String,
    /// "a) Kết quả đạt được".
    pub achieved: Vec<String>,
    /// "b) Tồn tại, hạn chế".
    pub shortcomings: Vec<String>,
}

/// Part I beside results by heading.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Review {
    /// Progress against the five-year plan.
    pub progress: Vec<String>,
    /// Difficulties.
    pub difficulties: Vec<String>,
    /// Economic and social effects.
    pub effects: Vec<String>,
    /// Proposals.
    pub proposals: Vec<String>,
    /// How funds were allotted (Part I, II.11).
    pub funding: Vec<String>,
    /// Share of IT in budget spending, such as "1,2%".
    pub it_share: Option<String>,
}

/// A target of the past year.
#[derive(Debug, Clone, Default)]
pub struct PastTarget {
    /// Id.
    pub id: String,
    /// Indicator.
    pub indicator: String,
    /// Planned value.
    pub planned: Option<String>,
    /// Achieved value.
    pub achieved: Option<String>,
    /// "Đạt", "Vượt", "Không đạt".
    pub verdict: Option<String>,
}

/// A target of the plan year.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// Id.
    pub id: String,
    /// Indicator.
    pub indicator: String,
    /// Planned value.
    pub planned: Option<String>,
    /// Who answers for it.
    pub lead: Option<String>,
}

/// A project or recurrent task of the past year (columns of Part I, 11).
#[derive(Debug, Clone, Default)]
pub struct PastProject {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Goal.
    pub goal: Option<String>,
    /// Content.
    pub content: Option<String>,
    /// Total investment, or approved estimate.
    pub total: Option<Money>,
    /// Spent so far.
    pub spent: Option<Money>,
    /// Funding source.
    pub source: Option<String>,
    /// Period.
    pub period: Option<String>,
    /// State.
    pub state: Option<String>,
}

/// A project of the plan year (columns of Part II, VII).
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Content.
    pub content: Option<String>,
    /// Period.
    pub period: Option<String>,
    /// The rest.
    pub details: TaskDetails,
}

/// A legal basis of the agency's own.
#[derive(Debug, Clone, Default)]
pub struct Basis {
    /// Id.
    pub id: String,
    /// Full citation.
    pub text: String,
}

/// Part II, IV: the three groups Annex III names, and others.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Solutions {
    /// Attracting resources.
    pub resources: Vec<String>,
    /// State, business and society together.
    pub partnership: Vec<String>,
    /// International co-operation.
    pub international: Vec<String>,
    /// Others.
    pub other: Vec<String>,
}

/// Part II, V.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Funding {
    /// Sources, a paragraph each.
    pub sources: Vec<String>,
}

/// What one body does (Part II, VI).
#[derive(Debug, Clone, Default)]
pub struct Duty {
    /// Body.
    pub unit: String,
    /// What it does.
    pub duties: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftRoot {
    agency: Option<Spanned<String>>,
    guidance: Guidance,
    banner: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftEntry {
    id: Option<Spanned<String>>,
    section: Option<Spanned<String>>,
    title: String,
    name: String,
    indicator: String,
    text: String,
    heading: Option<Spanned<String>>,
    task: Option<Spanned<String>>,
    reason: String,
    unit: String,
    choices: Option<Spanned<toml::Table>>,
    actions: Vec<String>,
    achieved: Option<toml::Value>,
    shortcomings: Vec<String>,
    duties: Vec<String>,
    lead: Option<String>,
    partners: Vec<String>,
    product: Option<String>,
    goal: Option<String>,
    scale: Option<String>,
    content: Option<String>,
    period: Option<String>,
    state: Option<String>,
    planned: Option<String>,
    verdict: Option<String>,
    budget: Option<Spanned<toml::Value>>,
    total: Option<Spanned<toml::Value>>,
    spent: Option<Spanned<toml::Value>>,
    source: Option<String>,
    status: Option<Status>,
    deadline: Option<Datetime>,
}

/// The entries of one array, each with its place.
type Entries = (&'static str, Vec<(Range<usize>, DraftEntry)>);

impl Profile {
    /// Reads and checks a profile against the catalogue.
    ///
    /// `headings` are the ids of the Part I headings that the frame has. The agency is
    /// none when it could not be found; the profile is usable when no diagnostic is an error.
    #[must_use]
    pub fn read(
        source: &Arc<Source>,
        catalog: &Catalog,
        headings: &[&str],
    ) -> (Self, Option<Agency>, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut items = Items::parse(source, &mut diagnostics);
        let own = items
            .is_table("agency")
            .then(|| items.table("agency", &mut diagnostics))
            .flatten();
        let mut reader = Reader { source, catalog, headings, diagnostics };
        let own_agency = own.map(|item| {
            let span = item.span();
            let draft: DraftAgency = item.read(&mut reader.diagnostics);
            reader.own_agency(&draft, &span)
        });
        let mut profile = Profile::default();
        for (key, read) in Reader::TABLES {
            if let Some(item) = items.table(key, &mut reader.diagnostics) {
                read(&mut reader, item, &mut profile);
            }
        }
        let entries: Vec<Entries> = Reader::ARRAYS
            .iter()
            .map(|key| {
                let list = items.array(key, &mut reader.diagnostics);
                let read = |item: crate::source::Item<'_>| {
                    (item.span(), item.read(&mut reader.diagnostics))
                };
                (*key, list.into_iter().map(read).collect())
            })
            .collect();
        let root: DraftRoot = items.rest().read(&mut reader.diagnostics);
        (profile.guidance, profile.banner) = (root.guidance, root.banner);
        let agency = own_agency.unwrap_or_else(|| reader.agency(root.agency.as_ref()));
        let annex = agency.as_ref().and_then(|agency| catalog.annex(agency));
        reader.entries(&mut profile, entries, annex);
        reader.sense(&profile);
        (profile, agency, reader.diagnostics)
    }
}

struct Reader<'a> {
    source: &'a Arc<Source>,
    catalog: &'a Catalog,
    headings: &'a [&'a str],
    diagnostics: Vec<Diagnostic>,
}

type ReadTable = fn(&mut Reader<'_>, crate::source::Item<'_>, &mut Profile);

impl Reader<'_> {
    const TABLES: [(&'static str, ReadTable); 5] = [
        ("issue", |r, item, p| p.issue = item.read(&mut r.diagnostics)),
        ("signatory", |r, item, p| p.signatory = item.read(&mut r.diagnostics)),
        ("review", |r, item, p| p.review = item.read(&mut r.diagnostics)),
        ("solutions", |r, item, p| p.solutions = item.read(&mut r.diagnostics)),
        ("funding", |r, item, p| p.funding = item.read(&mut r.diagnostics)),
    ];

    const ARRAYS: [&'static str; 11] = [
        "task",
        "left_out",
        "own_task",
        "result",
        "past_target",
        "target",
        "past_project",
        "past_expense",
        "project",
        "basis",
        "duty",
    ];

    fn push(&mut self, diagnostic: Diagnostic, span: Range<usize>) {
        self.diagnostics.push(diagnostic.at(self.source, span));
    }

    fn agency(&mut self, name: Option<&Spanned<String>>) -> Option<Agency> {
        let Some(name) = name else {
            self.push(
                Diagnostic::error(
                    Code::MissingKey,
                    "hồ sơ chưa nêu cơ quan",
                    "Thêm dòng `agency = \"Lào Cai\"` ở đầu tệp.",
                ),
                0..0,
            );
            return None;
        };
        match find(&self.catalog.agencies, name.get_ref()) {
            Ok(agency) => Some(agency.clone()),
            Err(error) => {
                let diagnostic = not_found(name.get_ref(), &error);
                self.push(diagnostic, name.span());
                None
            }
        }
    }

    fn own_agency(&mut self, draft: &DraftAgency, span: &Range<usize>) -> Option<Agency> {
        let kinds: Vec<&str> = self
            .catalog
            .kinds
            .iter()
            .filter_map(|kind| kind.id.as_ref().map(|id| id.get_ref().as_str()))
            .collect();
        if draft.name.is_none() {
            self.push(missing("name"), span.clone());
        }
        let Some(kind) = &draft.kind else {
            self.push(missing("kind"), span.clone());
            return None;
        };
        let Some(found) = self.catalog.kind(kind.get_ref()) else {
            self.push(
                Diagnostic::error(
                    Code::UnknownKind,
                    format!("không có loại cơ quan \"{}\"", kind.get_ref()),
                    suggest(kind.get_ref(), kinds),
                ),
                kind.span(),
            );
            return None;
        };
        Some(draft.resolve(found))
    }

    fn entries(
        &mut self,
        profile: &mut Profile,
        entries: Vec<Entries>,
        annex: Option<&Annex>,
    ) {
        let source = self.source;
        for (key, list) in entries {
            let mut ids = Ids::new(source, if key == "basis" { 60 } else { 24 });
            for (span, draft) in list {
                let id = match key {
                    "left_out" | "result" | "duty" => String::new(),
                    _ => ids.take(draft.id.clone(), &span, &mut self.diagnostics),
                };
                match key {
                    "task" => {
                        let task = self.task(&id, &draft, &span, annex);
                        let choices =
                            task.map_or_else(Vec::new, |t| self.choices(t, &draft));
                        let details = self.details(&draft);
                        profile.tasks.push(PlannedTask { id, choices, details });
                    }
                    "left_out" => self.left_out(profile, &draft, &span, annex),
                    "own_task" => {
                        self.named("title", &draft.title, &span);
                        let section = self.section(&draft, &span);
                        if annex.is_some_and(|a| a.tasks.iter().any(|task| task.id == id))
                        {
                            self.push(
                                Diagnostic::error(
                                    Code::DuplicateId,
                                    format!("mã \"{id}\" là mã của một nhiệm vụ trong danh mục"),
                                    "Đặt mã khác, hoặc dùng [[task]] để khai nhiệm vụ đó.",
                                ),
                                span.clone(),
                            );
                        }
                        let details = self.details(&draft);
                        profile.own_tasks.push(OwnTask {
                            id,
                            section,
                            title: draft.title,
                            details,
                        });
                    }
                    "result" => {
                        let heading = self.heading(&draft, &span);
                        profile.results.push(ResultDraft {
                            heading,
                            achieved: texts(draft.achieved),
                            shortcomings: draft.shortcomings,
                        });
                    }
                    "past_target" => {
                        self.named("indicator", &draft.indicator, &span);
                        profile.past_targets.push(PastTarget {
                            id,
                            indicator: draft.indicator,
                            planned: draft.planned,
                            achieved: texts(draft.achieved).into_iter().next(),
                            verdict: draft.verdict,
                        });
                    }
                    "target" => {
                        self.named("indicator", &draft.indicator, &span);
                        profile.targets.push(Target {
                            id,
                            indicator: draft.indicator,
                            planned: draft.planned,
                            lead: draft.lead,
                        });
                    }
                    "past_project" => {
                        let project = self.past_project(id, draft, &span);
                        profile.past_projects.push(project);
                    }
                    "past_expense" => {
                        let project = self.past_project(id, draft, &span);
                        profile.past_expenses.push(project);
                    }
                    "project" => {
                        self.named("name", &draft.name, &span);
                        let details = self.details(&draft);
                        profile.projects.push(Project {
                            id,
                            name: draft.name,
                            content: draft.content,
                            period: draft.period,
                            details,
                        });
                    }
                    "basis" => {
                        self.named("text", &draft.text, &span);
                        profile.bases.push(Basis { id, text: draft.text });
                    }
                    _ => {
                        self.named("unit", &draft.unit, &span);
                        profile
                            .duties
                            .push(Duty { unit: draft.unit, duties: draft.duties });
                    }
                }
            }
        }
    }

    fn named(&mut self, key: &str, text: &str, span: &Range<usize>) {
        if text.trim().is_empty() {
            self.push(missing(key), span.clone());
        }
    }

    fn task<'c>(
        &mut self,
        id: &str,
        draft: &DraftEntry,
        span: &Range<usize>,
        annex: Option<&'c Annex>,
    ) -> Option<&'c Task> {
        let annex = annex?;
        let found = annex.tasks.iter().find(|task| task.id == id);
        if found.is_none() {
            let at = draft.id.as_ref().map_or_else(|| span.clone(), Spanned::span);
            let known: Vec<&str> =
                annex.tasks.iter().map(|task| task.id.as_str()).collect();
            self.push(
                Diagnostic::error(
                    Code::UnknownTask,
                    format!("{} không có nhiệm vụ \"{id}\"", annex.name),
                    suggest(id, known),
                ),
                at,
            );
        }
        found
    }

    fn left_out(
        &mut self,
        profile: &mut Profile,
        draft: &DraftEntry,
        span: &Range<usize>,
        annex: Option<&Annex>,
    ) {
        let Some(id) = &draft.task else {
            self.push(missing("task"), span.clone());
            return;
        };
        let entry = DraftEntry { id: Some(id.clone()), ..DraftEntry::default() };
        self.task(id.get_ref(), &entry, span, annex);
        if draft.reason.trim().is_empty() {
            self.push(
                Diagnostic::error(
                    Code::LeftOutWithoutReason,
                    format!("bỏ nhiệm vụ \"{}\" mà không nêu lý do", id.get_ref()),
                    "Thêm dòng `reason = \"…\"`; lý do hiện trong phần hướng dẫn của kế hoạch.",
                ),
                span.clone(),
            );
        }
        if profile.tasks.iter().any(|task| &task.id == id.get_ref()) {
            self.push(
                Diagnostic::error(
                    Code::PlannedAndLeftOut,
                    format!("nhiệm vụ \"{}\" vừa được khai vừa bị bỏ", id.get_ref()),
                    "Xóa mục [[task]] hoặc mục [[left_out]] của nhiệm vụ này.",
                ),
                id.span(),
            );
        }
        profile.left_out.push((id.get_ref().clone(), draft.reason.clone()));
    }

    fn section(&mut self, draft: &DraftEntry, span: &Range<usize>) -> String {
        let Some(section) = &draft.section else {
            self.push(missing("section"), span.clone());
            return String::new();
        };
        let known: Vec<&str> =
            self.catalog.sections.iter().map(|section| section.id.as_str()).collect();
        self.one_of(section, &known)
    }

    fn heading(&mut self, draft: &DraftEntry, span: &Range<usize>) -> String {
        let Some(heading) = &draft.heading else {
            self.push(missing("heading"), span.clone());
            return String::new();
        };
        self.one_of(heading, self.headings)
    }

    fn one_of(&mut self, value: &Spanned<String>, known: &[&str]) -> String {
        if !known.contains(&value.get_ref().as_str()) {
            self.push(
                Diagnostic::error(
                    Code::UnknownSection,
                    format!("khung kế hoạch không có đề mục \"{}\"", value.get_ref()),
                    suggest(value.get_ref(), known.iter().copied()),
                ),
                value.span(),
            );
        }
        value.get_ref().clone()
    }

    fn choices(&mut self, task: &Task, draft: &DraftEntry) -> Vec<(String, Vec<String>)> {
        let Some(table) = &draft.choices else { return Vec::new() };
        let mut taken = Vec::new();
        for (id, value) in table.get_ref() {
            let Some(choice) = task.choices.iter().find(|choice| &choice.id == id) else {
                self.push(
                    Diagnostic::error(
                        Code::UnknownChoice,
                        format!("nhiệm vụ \"{}\" không có lựa chọn \"{id}\"", task.id),
                        suggest(id, task.choices.iter().map(|choice| choice.id.as_str())),
                    ),
                    table.span(),
                );
                continue;
            };
            let options = texts(Some(value.clone()));
            for option in &options {
                if !choice.options.iter().any(|known| &known.id == option) {
                    self.push(
                        Diagnostic::error(
                            Code::UnknownOption,
                            format!("lựa chọn \"{id}\" không có phương án \"{option}\""),
                            suggest(option, choice.options.iter().map(|o| o.id.as_str())),
                        ),
                        table.span(),
                    );
                }
            }
            if options.len() > 1 && !choice.multiple {
                self.push(
                    Diagnostic::error(
                        Code::TooManyOptions,
                        format!("lựa chọn \"{id}\" chỉ nhận một phương án"),
                        "Giữ lại một phương án.",
                    ),
                    table.span(),
                );
            }
            taken.push((id.clone(), options));
        }
        taken
    }

    fn details(&mut self, draft: &DraftEntry) -> TaskDetails {
        TaskDetails {
            actions: draft.actions.clone(),
            lead: draft.lead.clone(),
            partners: draft.partners.clone(),
            product: draft.product.clone(),
            goal: draft.goal.clone(),
            scale: draft.scale.clone(),
            budget: self.money(draft.budget.as_ref()),
            source: draft.source.clone(),
            status: draft.status,
            deadline: draft.deadline.as_ref().and_then(date),
        }
    }

    fn past_project(
        &mut self,
        id: String,
        draft: DraftEntry,
        span: &Range<usize>,
    ) -> PastProject {
        self.named("name", &draft.name, span);
        let total = self.money(draft.total.as_ref());
        let spent = self.money(draft.spent.as_ref());
        if let (Some(total), Some(spent)) = (total, spent)
            && spent > total
        {
            self.push(
                Diagnostic::warning(
                    Code::SumMismatch,
                    format!(
                        "\"{}\": đã chi {spent} lớn hơn tổng mức {total}",
                        draft.name
                    ),
                    "Kiểm tra lại hai số (đơn vị: triệu đồng).",
                ),
                span.clone(),
            );
        }
        PastProject {
            id,
            name: draft.name,
            goal: draft.goal,
            content: draft.content,
            total,
            spent,
            source: draft.source,
            period: draft.period,
            state: draft.state,
        }
    }

    fn money(&mut self, value: Option<&Spanned<toml::Value>>) -> Option<Money> {
        let value = value?;
        let money = match value.get_ref() {
            toml::Value::String(text) => Money::parse(text),
            toml::Value::Integer(millions) if *millions >= 0 => {
                millions.checked_mul(1_000_000).map(Money)
            }
            _ => None,
        };
        if money.is_none() {
            self.push(
                Diagnostic::error(
                    Code::BadMoney,
                    "số tiền không đọc được",
                    "Viết theo triệu đồng, ví dụ \"1.234,5\" hoặc 1234.",
                ),
                value.span(),
            );
        }
        money
    }

    fn sense(&mut self, profile: &Profile) {
        if let (Some(day), Some(spanned)) = (profile.issue.day(), &profile.issue.date)
            && day >= self.catalog.due_before
        {
            let due = crate::catalog::deadline::short_date(self.catalog.due_before);
            self.push(
                Diagnostic::warning(
                    Code::LateDate,
                    format!("ngày ban hành không trước ngày {due} như công văn yêu cầu"),
                    "Kiểm tra lại ngày; kế hoạch vẫn được lập.",
                ),
                spanned.span(),
            );
        }
    }
}

/// Says why a name found no agency, and what to type instead.
#[must_use]
pub fn not_found(name: &str, error: &NotFound) -> Diagnostic {
    let quote = |names: &[String]| {
        names.iter().map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(", ")
    };
    match error {
        NotFound::Unknown(near) => Diagnostic::error(
            Code::UnknownAgency,
            format!("không có cơ quan nào tên \"{name}\""),
            if near.is_empty() {
                "Xem danh sách bằng `khung list agencies`, hoặc khai bảng [agency]."
                    .to_owned()
            } else {
                format!("Có phải ý bạn là {}?", quote(near))
            },
        ),
        NotFound::Ambiguous(names) => Diagnostic::error(
            Code::AmbiguousAgency,
            format!("\"{name}\" có thể là nhiều cơ quan"),
            format!("Viết đủ tên: {}.", quote(names)),
        ),
    }
}

/// A string, or a list of strings.
fn texts(value: Option<toml::Value>) -> Vec<String> {
    match value {
        Some(toml::Value::String(text)) => vec![text],
        Some(toml::Value::Array(items)) => items
            .into_iter()
            .filter_map(|item| item.as_str().map(ToOwned::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}
