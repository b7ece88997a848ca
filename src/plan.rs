//! Catalogue and profile resolved into one agency's plan: every value the template shows.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use crate::catalog::agency::Agency;
use crate::catalog::deadline::{Shade, long_date, short_date};
use crate::catalog::{Catalog, Choice, Document, Erratum, Task};
use crate::profile::{
    Form, Guidance, Money, PastProject, Profile, Role, Status, TaskDetails,
};

/// Everything that `plan.md` may show. Texts are plain; the template engine escapes them.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Plan year.
    pub year: i32,
    /// The year before.
    pub last_year: i32,
    /// Whether guidance is shown.
    pub guided: bool,
    /// Banner of a training sample.
    pub banner: Option<String>,
    /// The issuing agency.
    pub agency: AgencyView,
    /// Lines above the title.
    pub letterhead: Letterhead,
    /// The dispatch, cited in full.
    pub dispatch: String,
    /// The dispatch, cited by number.
    pub dispatch_short: String,
    /// Opening paragraphs.
    pub preamble: Vec<String>,
    /// Căn cứ, without closing punctuation.
    pub bases: Vec<Line>,
    /// The Annex III groups by id.
    pub sections: BTreeMap<String, Section>,
    /// Groups in order, for tables.
    pub groups: Vec<Section>,
    /// Results by heading.
    pub results: BTreeMap<String, Findings>,
    /// Part I texts.
    pub review: Review,
    /// Past targets, rows of cells.
    pub past_targets: Vec<Row>,
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
    /// Part II, VI.
    pub duties: Vec<Duty>,
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
    /// Whether it plans by Annex I.
    pub is_province: bool,
}

/// Letterhead, title and the note on annexes.
#[derive(Debug, Clone, Serialize)]
pub struct Letterhead {
    /// Lines of the issuing body.
    pub header: Vec<String>,
    /// "Số: 05/KH-UBND"; empty in the attached form.
    pub number: String,
    /// "Lào Cai, ngày … tháng … năm 2023"; empty in the attached form.
    pub place_date: String,
    /// Trích yếu.
    pub subject: String,
    /// "(Kèm theo Quyết định …)" under the title, in the attached form.
    pub attached_to: Option<String>,
    /// "(Kèm theo Kế hoạch …)" under each annex title.
    pub annexed_to: String,
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
    /// "Thời hạn" lines.
    pub deadlines: Vec<String>,
    /// Lead unit, or a slot.
    pub lead: String,
    /// Co-operating units, or a slot.
    pub partners: String,
    /// Product, or a slot.
    pub product: String,
    /// Focal unit of MIC; none for own tasks.
    pub unit: Option<String>,
    /// Paragraphs of guidance.
    pub guidance: Vec<String>,
}

/// Results and shortcomings.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Findings {
    /// Achieved.
    pub achieved: Vec<String>,
    /// Shortcomings.
    pub shortcomings: Vec<String>,
}

/// Part I texts that no table holds.
#[derive(Debug, Clone, Serialize)]
pub struct Review {
    /// Progress against the five-year plan.
    pub progress: Vec<String>,
    /// Difficulties.
    pub difficulties: Vec<String>,
    /// Effects.
    pub effects: Vec<String>,
    /// Proposals.
    pub proposals: Vec<String>,
    /// How funds were allotted.
    pub funding: Vec<String>,
    /// Share of IT.
    pub it_share: Option<String>,
}

/// A table row.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    /// Id of the row.
    pub id: String,
    /// Cells, as many as the template's table has columns.
    pub cells: Vec<String>,
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
    /// Sentences.
    pub duties: Vec<String>,
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
        banner: Option<&str>,
    ) -> Self {
        let date = profile.issue.day().or(date);
        let mut resolver = Resolver { catalog, profile, agency, cited: BTreeSet::new() };
        let groups = resolver.groups();
        let sections =
            groups.iter().map(|group| (group.id.clone(), group.clone())).collect();
        let (works, total) = resolver.works(&groups);
        let dispatch = &catalog.dispatch;
        Self {
            year: catalog.year,
            last_year: catalog.year - 1,
            guided: profile.guidance != Guidance::None,
            banner: banner.map(ToOwned::to_owned),
            agency: AgencyView {
                name: agency.name.clone(),
                running: agency.running.clone(),
                issuer: agency.issuer.clone(),
                short: agency.short.clone(),
                level: agency.level.clone(),
                is_province: agency.tasks == "province",
            },
            letterhead: resolver.letterhead(date),
            dispatch: full_citation(dispatch, false),
            dispatch_short: short_citation(dispatch),
            preamble: resolver.preamble(),
            bases: resolver.bases(&groups),
            sections,
            results: resolver.results(),
            review: resolver.review(),
            past_targets: resolver.past_targets(),
            targets: resolver.targets(),
            past_projects: past_rows(&profile.past_projects),
            past_expenses: past_rows(&profile.past_expenses),
            works,
            calendar: resolver.calendar(&groups),
            units: resolver.units(&groups),
            solutions: resolver.solutions(),
            funding: profile.funding.sources.clone(),
            total,
            duties: resolver.duties(&groups),
            signature: resolver.signature(),
            errata: catalog.errata.iter().map(erratum_note).collect(),
            left_out: resolver.left_out(),
            groups,
        }
    }
}

struct Resolver<'a> {
    catalog: &'a Catalog,
    profile: &'a Profile,
    agency: &'a Agency,
    /// Letters already cited in full.
    cited: BTreeSet<String>,
}

impl Resolver<'_> {
    fn letterhead(&self, date: Option<NaiveDate>) -> Letterhead {
        let (issue, agency) = (&self.profile.issue, self.agency);
        let attached = issue.form == Form::Decision;
        let form = if attached { "QĐ" } else { "KH" };
        let symbol =
            issue.symbol.clone().unwrap_or_else(|| format!("{form}-{}", agency.symbol));
        // Blanks to be filled by hand or by the records office (Nghị định 30, II.3c).
        let number = issue.number.as_deref().map_or_else(|| "     ".to_owned(), padded);
        let place = issue.place.as_ref().unwrap_or(&agency.place);
        let day = date.map_or_else(
            || format!("ngày     tháng     năm {}", self.catalog.due_before.format("%Y")),
            long_date,
        );
        let subject = issue.subject.clone().unwrap_or_else(|| {
            format!("Chuyển đổi số {} năm {}", agency.running, self.catalog.year)
        });
        let kind = if attached { "Quyết định" } else { "Kế hoạch" };
        let note =
            format!("(Kèm theo {kind} số {number}/{symbol} {day} của {})", agency.issuer);
        Letterhead {
            header: issue.header.clone().unwrap_or_else(|| agency.header.clone()),
            number: if attached {
                String::new()
            } else {
                format!("Số: {number}/{symbol}")
            },
            place_date: if attached { String::new() } else { format!("{place}, {day}") },
            subject,
            attached_to: attached.then(|| note.clone()),
            annexed_to: note,
        }
    }

    fn preamble(&self) -> Vec<String> {
        if !self.profile.issue.preamble.is_empty() {
            return self.profile.issue.preamble.clone();
        }
        vec![format!(
            "Thực hiện {}, {} ban hành Kế hoạch Chuyển đổi số năm {} như sau:",
            full_citation(&self.catalog.dispatch, true),
            self.agency.issuer,
            self.catalog.year
        )]
    }

    fn groups(&mut self) -> Vec<Section> {
        let catalog = self.catalog;
        let left_out: Vec<&str> =
            self.profile.left_out.iter().map(|(id, _)| id.as_str()).collect();
        let tasks: &[Task] =
            catalog.annex(self.agency).map_or(&[], |a| a.tasks.as_slice());
        let mut groups = Vec::new();
        for head in &catalog.sections {
            let mut views: Vec<TaskView> = Vec::new();
            let number = |at: usize| format!("{}.{}.", head.number, at + 1);
            for task in tasks {
                if task.section == head.id && !left_out.contains(&task.id.as_str()) {
                    views.push(self.task(task, number(views.len())));
                }
            }
            for own in &self.profile.own_tasks {
                if own.section == head.id {
                    views.push(TaskView {
                        id: own.id.clone(),
                        number: number(views.len()),
                        title: own.title.clone(),
                        actions: if own.details.actions.is_empty() {
                            vec![slot("nội dung nhiệm vụ")]
                        } else {
                            own.details.actions.clone()
                        },
                        deadlines: vec![
                            own.details
                                .deadline
                                .map_or_else(|| slot("thời hạn hoàn thành"), short_date),
                        ],
                        lead: or_slot(own.details.lead.as_ref(), "đơn vị chủ trì"),
                        partners: partners(&own.details),
                        product: or_slot(own.details.product.as_ref(), "sản phẩm"),
                        unit: None,
                        guidance: Vec::new(),
                    });
                }
            }
            groups.push(Section {
                id: head.id.clone(),
                number: head.number,
                title: head.title.clone(),
                tasks: views,
            });
        }
        groups
    }

    fn task(&mut self, task: &Task, number: String) -> TaskView {
        let planned = self.profile.tasks.iter().find(|planned| planned.id == task.id);
        let details = planned.map(|planned| planned.details.clone()).unwrap_or_default();
        let mut actions: Vec<String> =
            task.actions.iter().map(|text| self.sentence(task, text)).collect();
        for choice in &task.choices {
            let taken = planned
                .and_then(|p| p.choices.iter().find(|(id, _)| id == &choice.id))
                .map_or(&choice.default, |(_, options)| options);
            if taken.is_empty() && !choice.optional {
                actions.push(slot(&question(choice)));
            }
            for option in &choice.options {
                if taken.contains(&option.id) {
                    actions.push(self.sentence(task, &option.text));
                }
            }
        }
        actions.extend(details.actions.iter().cloned());
        let mut deadlines: Vec<String> = task
            .deadlines
            .iter()
            .map(|deadline| match &deadline.what {
                Some(what) => format!("{what}: {}", deadline.printed),
                None => deadline.printed.clone(),
            })
            .collect();
        match details.deadline {
            Some(day) => deadlines.push(format!("thời hạn nội bộ {}", short_date(day))),
            None if deadlines.is_empty() => deadlines.push(slot("thời hạn hoàn thành")),
            None => {}
        }
        let unit = self.catalog.unit(&task.unit).map(|unit| match &task.unit_scope {
            Some(scope) => format!("{} ({scope})", unit.name),
            None => unit.name.clone(),
        });
        TaskView {
            id: task.id.clone(),
            number,
            title: task.title.clone(),
            actions,
            deadlines,
            lead: or_slot(
                details.lead.as_ref(),
                &format!("đơn vị chủ trì; gợi ý: {}", task.lead),
            ),
            partners: partners(&details),
            product: or_slot(details.product.as_ref(), "sản phẩm, kết quả cụ thể"),
            unit,
            guidance: self.guidance(task),
        }
    }

    fn guidance(&self, task: &Task) -> Vec<String> {
        let annex =
            self.catalog.annex(self.agency).map_or("", |annex| annex.name.as_str());
        let mut texts = vec![format!(
            "Nguồn: {} {annex} {}.",
            task.cite,
            short_citation(&self.catalog.dispatch)
        )];
        texts.extend(task.support.iter().map(|text| self.fill(text)));
        if !task.links.is_empty() {
            texts.push(format!("Địa chỉ: {}.", task.links.join(", ")));
        }
        for choice in &task.choices {
            let labels: Vec<&str> =
                choice.options.iter().map(|o| o.label.as_str()).collect();
            texts.push(format!("Lựa chọn – {}: {}.", choice.prompt, labels.join("; ")));
        }
        for deadline in &task.deadlines {
            if let Some((day, weekday)) = deadline.weekend(self.catalog.year) {
                texts.push(format!(
                    "Lưu ý: ngày {} là {weekday}; nên bố trí hoàn thành trước đó.",
                    short_date(day)
                ));
            }
        }
        texts.extend(task.errata.iter().map(erratum_note));
        for id in &task.documents {
            if let Some(document) = self.catalog.document(id) {
                texts.extend(document.errata.iter().map(erratum_note));
            }
        }
        let mut seen = BTreeSet::new();
        texts.retain(|text| seen.insert(text.clone()));
        texts
    }

    /// Fills placeholders, and cites a letter in full where it is mentioned first.
    fn sentence(&mut self, task: &Task, text: &str) -> String {
        let mut text = self.fill(text);
        for id in &task.documents {
            let Some(document) = self.catalog.document(id) else { continue };
            let short = short_citation(document);
            let Some(at) = text.find(&short) else { continue };
            let after = &text[at + short.len()..];
            if document.basis
                || after.starts_with(" ngày")
                || !self.cited.insert(id.clone())
            {
                continue;
            }
            text.replace_range(at..at + short.len(), &full_citation(document, false));
        }
        text
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{{ agency }}", &self.agency.running)
            .replace("{{ issuer }}", &self.agency.issuer)
            .replace("{{ level }}", &self.agency.level)
    }

    fn bases(&self, groups: &[Section]) -> Vec<Line> {
        let planned: BTreeSet<&str> = groups
            .iter()
            .flat_map(|g| g.tasks.iter().map(|task| task.id.as_str()))
            .collect();
        let cited: BTreeSet<&str> = self
            .catalog
            .annex(self.agency)
            .map_or(&[][..], |annex| annex.tasks.as_slice())
            .iter()
            .filter(|task| planned.contains(task.id.as_str()))
            .flat_map(|task| task.documents.iter().map(String::as_str))
            .collect();
        let mut documents: Vec<&Document> = self
            .catalog
            .documents
            .iter()
            .filter(|d| {
                d.basis && (d.only.is_empty() || d.only.contains(&self.agency.tasks))
            })
            .filter(|d| d.framework.is_some() || cited.contains(d.id.as_str()))
            .collect();
        documents.sort_by_key(|document| document.framework.unwrap_or(u32::MAX));
        let own = self
            .profile
            .bases
            .iter()
            .map(|basis| Line { id: basis.id.clone(), text: basis.text.clone() });
        documents
            .into_iter()
            .map(|document| Line { id: document.id.clone(), text: basis_text(document) })
            .chain(own)
            .collect()
    }

    fn results(&self) -> BTreeMap<String, Findings> {
        self.profile
            .results
            .iter()
            .map(|result| {
                let findings = Findings {
                    achieved: result.achieved.clone(),
                    shortcomings: result.shortcomings.clone(),
                };
                (result.heading.clone(), findings)
            })
            .collect()
    }

    fn review(&self) -> Review {
        let review = self.profile.review.clone();
        Review {
            progress: review.progress,
            difficulties: review.difficulties,
            effects: review.effects,
            proposals: review.proposals,
            funding: review.funding,
            it_share: review.it_share,
        }
    }

    fn past_targets(&self) -> Vec<Row> {
        let rows = self.profile.past_targets.iter().map(|target| Row {
            id: target.id.clone(),
            cells: vec![
                target.indicator.clone(),
                or_slot(target.planned.as_ref(), "kế hoạch"),
                or_slot(target.achieved.as_ref(), "kết quả"),
                or_slot(target.verdict.as_ref(), "đánh giá"),
            ],
            strong: false,
        });
        or_empty(
            rows.collect(),
            &["mục tiêu, chỉ tiêu", "kế hoạch", "kết quả", "đạt, vượt hay không đạt"],
        )
    }

    fn targets(&self) -> Vec<Row> {
        let rows = self.profile.targets.iter().map(|target| Row {
            id: target.id.clone(),
            cells: vec![
                target.indicator.clone(),
                or_slot(target.planned.as_ref(), "mức phấn đấu"),
                or_slot(target.lead.as_ref(), "đơn vị theo dõi"),
            ],
            strong: false,
        });
        or_empty(
            rows.collect(),
            &["mục tiêu, chỉ tiêu định lượng", "mức phấn đấu", "đơn vị theo dõi"],
        )
    }

    /// Part II, VII, and the total of the budgets given.
    fn works(&self, groups: &[Section]) -> (Vec<Row>, Option<String>) {
        let mut rows = Vec::new();
        let mut total = None;
        let mut add = |budget: Option<Money>| {
            if let Some(Money(dong)) = budget {
                total = Some(Money(total.map_or(0, |Money(sum)| sum) + dong));
            }
        };
        let annex = self.catalog.annex(self.agency);
        for group in groups {
            if group.tasks.is_empty() {
                continue;
            }
            let mut cells = vec![group.number.to_string(), group.title.clone()];
            cells.resize(11, String::new());
            rows.push(Row { id: format!("group-{}", group.id), cells, strong: true });
            for task in &group.tasks {
                let details = self.task_details(&task.id);
                add(details.budget);
                let source = annex
                    .and_then(|a| a.tasks.iter().find(|known| known.id == task.id))
                    .map_or_else(String::new, |known| known.cite.clone());
                let mut cells = vec![
                    task.number.trim_end_matches('.').to_owned(),
                    task.title.clone(),
                    source,
                    task.lead.clone(),
                ];
                cells.extend(work_cells(&details, "Nêu tại mục III Phần II"));
                cells[8] = task.deadlines.join("; ");
                rows.push(Row { id: task.id.clone(), cells, strong: false });
            }
        }
        if !self.profile.projects.is_empty() {
            let mut cells = vec![String::new(), "Dự án".to_owned()];
            cells.resize(11, String::new());
            rows.push(Row { id: "projects".to_owned(), cells, strong: true });
        }
        for (at, project) in self.profile.projects.iter().enumerate() {
            add(project.details.budget);
            let mut cells = vec![
                (at + 1).to_string(),
                project.name.clone(),
                String::new(),
                or_slot(project.details.lead.as_ref(), "đơn vị chủ trì"),
            ];
            let content = or_slot(project.content.as_ref(), "nội dung");
            cells.extend(work_cells(&project.details, &content));
            cells[8] = or_slot(project.period.as_ref(), "thời gian");
            rows.push(Row {
                id: format!("project-{}", project.id),
                cells,
                strong: false,
            });
        }
        if let Some(total) = total {
            let mut cells = vec![String::new(), "Tổng cộng".to_owned()];
            cells.resize(11, String::new());
            cells[9] = total.to_string();
            rows.push(Row { id: "total".to_owned(), cells, strong: true });
        }
        (rows, total.map(|total| total.to_string()))
    }

    fn task_details(&self, id: &str) -> TaskDetails {
        let planned = self.profile.tasks.iter().find(|task| task.id == id);
        let own = self.profile.own_tasks.iter().find(|task| task.id == id);
        planned
            .map(|task| &task.details)
            .or(own.map(|task| &task.details))
            .cloned()
            .unwrap_or_default()
    }

    /// All deadlines in date order; tasks without one stand at the end.
    fn calendar(&self, groups: &[Section]) -> Vec<Row> {
        let year = self.catalog.year;
        let mut rows: Vec<(Option<NaiveDate>, Row)> = Vec::new();
        let tasks =
            self.catalog.annex(self.agency).map_or(&[][..], |a| a.tasks.as_slice());
        for view in groups.iter().flat_map(|group| &group.tasks) {
            let internal = self.task_details(&view.id).deadline;
            let known = tasks.iter().find(|task| task.id == view.id);
            let deadlines = known.map_or(&[][..], |task| task.deadlines.as_slice());
            for (at, deadline) in deadlines.iter().enumerate() {
                for (part, entry) in deadline.entries(year).into_iter().enumerate() {
                    let mut what = deadline.what.clone().unwrap_or_default();
                    if !entry.levels.is_empty() {
                        let levels: Vec<String> =
                            entry.levels.iter().map(ToString::to_string).collect();
                        what = format!("{what} – cấp độ {}", levels.join(", "));
                    }
                    let id = match (&deadline.id, part) {
                        (Some(id), 0) => format!("{}-{id}", view.id),
                        (Some(id), part) => format!("{}-{id}-{}", view.id, part + 1),
                        (None, _) => format!("{}-{}", view.id, at + part + 1),
                    };
                    let row =
                        calendar_row(id, &deadline.printed, view, &what, &entry.grid);
                    rows.push((entry.ends, row));
                }
            }
            if let Some(day) = internal {
                let grid = crate::catalog::deadline::Deadline {
                    id: None,
                    due: crate::catalog::deadline::Due::On(day),
                    printed: short_date(day),
                    what: None,
                };
                for entry in grid.entries(year) {
                    let id = format!("{}-internal", view.id);
                    let what = "Thời hạn nội bộ";
                    let row = calendar_row(id, &grid.printed, view, what, &entry.grid);
                    rows.push((entry.ends, row));
                }
            } else if deadlines.is_empty() {
                let blank = [(); 5].map(|()| Shade::Blank);
                let id = format!("{}-open", view.id);
                rows.push((None, calendar_row(id, &slot("thời hạn"), view, "", &blank)));
            }
        }
        rows.sort_by_key(|(ends, _)| ends.unwrap_or(NaiveDate::MAX));
        rows.into_iter()
            .enumerate()
            .map(|(at, (_, mut row))| {
                row.cells[0] = (at + 1).to_string();
                row
            })
            .collect()
    }

    fn units(&self, groups: &[Section]) -> Vec<UnitView> {
        let tasks =
            self.catalog.annex(self.agency).map_or(&[][..], |a| a.tasks.as_slice());
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
                    .filter_map(|view| tasks.iter().find(|task| task.id == view.id))
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

    fn solutions(&self) -> Vec<Solution> {
        let given = &self.profile.solutions;
        let groups = [
            ("Thu hút nguồn lực cho chuyển đổi số", &given.resources, true),
            (
                "Phối kết hợp nhà nước, doanh nghiệp và các tổ chức xã hội",
                &given.partnership,
                true,
            ),
            ("Hợp tác quốc tế", &given.international, true),
            ("Giải pháp khác", &given.other, false),
        ];
        groups
            .into_iter()
            .filter(|(_, texts, always)| *always || !texts.is_empty())
            .map(|(title, texts, _)| Solution {
                title: title.to_owned(),
                texts: texts.clone(),
            })
            .collect()
    }

    /// Who does what: the leads that the profile names, else those the catalogue suggests.
    fn duties(&self, groups: &[Section]) -> Vec<Duty> {
        let tasks =
            self.catalog.annex(self.agency).map_or(&[][..], |a| a.tasks.as_slice());
        let mut duties: Vec<Duty> = Vec::new();
        let mut add = |unit: &str, text: String| match duties
            .iter_mut()
            .find(|duty| duty.unit == unit)
        {
            Some(duty) => duty.duties.push(text),
            None => duties.push(Duty { unit: unit.to_owned(), duties: vec![text] }),
        };
        let mut lead: Vec<(String, Vec<&str>, bool)> = Vec::new();
        let mut partner: Vec<(String, Vec<&str>)> = Vec::new();
        for view in groups.iter().flat_map(|group| &group.tasks) {
            let details = self.task_details(&view.id);
            let known = tasks.iter().find(|task| task.id == view.id);
            let (unit, sure) = match (&details.lead, known) {
                (Some(unit), _) => (unit.clone(), true),
                (None, Some(task)) => (task.lead.clone(), false),
                (None, None) => continue,
            };
            match lead.iter_mut().find(|(name, _, s)| *name == unit && *s == sure) {
                Some((_, titles, _)) => titles.push(&view.title),
                None => lead.push((unit, vec![&view.title], sure)),
            }
            for unit in details.partners {
                match partner.iter_mut().find(|(name, _)| *name == unit) {
                    Some((_, titles)) => titles.push(&view.title),
                    None => partner.push((unit, vec![&view.title])),
                }
            }
        }
        for (unit, titles, sure) in lead {
            let text = format!("Chủ trì thực hiện các nhiệm vụ: {}.", titles.join("; "));
            add(
                &unit,
                if sure {
                    text
                } else {
                    slot(&format!("xác nhận phân công – {text}"))
                },
            );
        }
        for (unit, titles) in partner {
            add(
                &unit,
                format!("Phối hợp thực hiện các nhiệm vụ: {}.", titles.join("; ")),
            );
        }
        for duty in &self.profile.duties {
            for text in &duty.duties {
                add(&duty.unit, text.clone());
            }
        }
        duties
    }

    fn signature(&self) -> Signature {
        let (signatory, agency) = (&self.profile.signatory, self.agency);
        let lines = signatory.lines.clone().unwrap_or_else(|| {
            let mut lines: Vec<String> = agency.authority.iter().cloned().collect();
            match signatory.role {
                Role::Head => lines.push(agency.head.clone()),
                Role::Deputy => {
                    lines.push(format!("KT. {}", agency.head));
                    lines.push(agency.deputy.clone());
                }
            }
            lines
        });
        let issue = &self.profile.issue;
        let recipients = issue.recipients.as_ref().unwrap_or(&agency.recipients);
        let archive = issue.archive.as_ref().unwrap_or(&agency.archive);
        let mut recipients: Vec<String> =
            recipients.iter().map(|name| format!("- {name};")).collect();
        recipients.push(format!("- Lưu: {archive}."));
        Signature {
            lines,
            name: or_slot(signatory.name.as_ref(), "họ và tên"),
            recipients,
        }
    }

    fn left_out(&self) -> Vec<String> {
        let tasks =
            self.catalog.annex(self.agency).map_or(&[][..], |a| a.tasks.as_slice());
        self.profile
            .left_out
            .iter()
            .map(|(id, reason)| {
                let title = tasks
                    .iter()
                    .find(|task| &task.id == id)
                    .map_or(id.as_str(), |task| task.title.as_str());
                format!("{title}: {reason}")
            })
            .collect()
    }
}

fn padded(number: &str) -> String {
    match number.parse::<u32>() {
        Ok(n) if n < 10 => format!("{n:02}"),
        _ => number.to_owned(),
    }
}

fn partners(details: &TaskDetails) -> String {
    if details.partners.is_empty() {
        slot("đơn vị phối hợp")
    } else {
        details.partners.join(", ")
    }
}

fn question(choice: &Choice) -> String {
    let labels: Vec<&str> = choice.options.iter().map(|o| o.label.as_str()).collect();
    format!("{}: {}", choice.prompt, labels.join("; "))
}

/// Goal, scale, content, time, sum, source: the last seven of eleven columns.
fn work_cells(details: &TaskDetails, content: &str) -> Vec<String> {
    let budget = details.budget.map(|money| money.to_string());
    vec![
        details.status.map_or_else(
            || slot("mới hay chuyển tiếp"),
            |s: Status| s.printed().to_owned(),
        ),
        or_slot(details.goal.as_ref(), "mục tiêu"),
        or_slot(details.scale.as_ref(), "quy mô"),
        content.to_owned(),
        String::new(),
        or_slot(budget.as_ref(), "kinh phí"),
        or_slot(details.source.as_ref(), "nguồn vốn"),
    ]
}

fn calendar_row(
    id: String,
    printed: &str,
    view: &TaskView,
    what: &str,
    grid: &[Shade; 5],
) -> Row {
    let task = if what.is_empty() {
        view.title.clone()
    } else {
        format!("{}: {what}", view.title)
    };
    let mut cells = vec![String::new(), printed.to_owned(), task];
    cells.extend(grid.iter().map(|shade| match shade {
        Shade::Blank => String::new(),
        Shade::Running => "░".to_owned(),
        Shade::Due(label) if label.is_empty() => "█".to_owned(),
        Shade::Due(label) => format!("█ {label}"),
    }));
    Row { id, cells, strong: false }
}

fn past_rows(projects: &[PastProject]) -> Vec<Row> {
    let sum = |pick: fn(&PastProject) -> Option<Money>| -> Option<Money> {
        let given: Vec<i64> =
            projects.iter().filter_map(pick).map(|Money(dong)| dong).collect();
        (!given.is_empty()).then(|| Money(given.iter().sum()))
    };
    let rows: Vec<Row> = projects
        .iter()
        .map(|project| {
            let total = project.total.map(|money| money.to_string());
            let spent = project.spent.map(|money| money.to_string());
            Row {
                id: project.id.clone(),
                cells: vec![
                    project.name.clone(),
                    or_slot(project.goal.as_ref(), "mục tiêu"),
                    or_slot(project.content.as_ref(), "nội dung"),
                    or_slot(total.as_ref(), "tổng mức"),
                    or_slot(spent.as_ref(), "đã chi"),
                    or_slot(project.source.as_ref(), "nguồn vốn"),
                    or_slot(project.period.as_ref(), "thời gian"),
                    or_slot(project.state.as_ref(), "hiện trạng"),
                ],
                strong: false,
            }
        })
        .collect();
    let mut rows = or_empty(
        rows,
        &[
            "tên",
            "mục tiêu",
            "nội dung",
            "tổng mức",
            "đã chi",
            "nguồn vốn",
            "thời gian",
            "hiện trạng",
        ],
    );
    if let (Some(total), Some(spent)) = (sum(|p| p.total), sum(|p| p.spent)) {
        let mut cells = vec!["Tổng cộng".to_owned(), String::new(), String::new()];
        cells.extend([total.to_string(), spent.to_string()]);
        cells.resize(8, String::new());
        rows.push(Row { id: "total".to_owned(), cells, strong: true });
    }
    rows
}

/// One row of slots, where the profile gives no row.
fn or_empty(rows: Vec<Row>, slots: &[&str]) -> Vec<Row> {
    if rows.is_empty() {
        let cells = slots.iter().map(|what| slot(what)).collect();
        return vec![Row { id: "row-1".to_owned(), cells, strong: false }];
    }
    rows
}

/// "Quyết định số 749/QĐ-TTg".
fn short_citation(document: &Document) -> String {
    match &document.number {
        Some(number) => format!("{} số {number}", document.kind),
        None => document.kind.clone(),
    }
}

/// Kind, number, date, issuer, title (Nghị định 30, Phụ lục I, II.6b).
fn full_citation(document: &Document, long: bool) -> String {
    let mut text = short_citation(document);
    if let Some(day) = document.date {
        let day =
            if long { long_date(day) } else { format!("ngày {}", short_date(day)) };
        text = format!("{text} {day}");
    }
    if !document.issuer.is_empty() {
        text = format!("{text} của {}", document.issuer);
    }
    if !document.title.is_empty() {
        text = format!("{text} {}", document.title);
    }
    text
}

fn basis_text(document: &Document) -> String {
    let text = full_citation(document, true);
    match &document.slot {
        Some(what) => format!("{text} {}", slot(what)),
        None => text,
    }
}

fn erratum_note(erratum: &Erratum) -> String {
    match &erratum.correct {
        Some(correct) => format!(
            "Đính chính: công văn in \"{}\", kế hoạch dùng \"{correct}\". {}",
            erratum.printed, erratum.note
        ),
        None => {
            format!("Cần kiểm tra: công văn in \"{}\". {}", erratum.printed, erratum.note)
        }
    }
}
