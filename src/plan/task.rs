//! What the plan says of a task, and what it tells the drafter about it.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::citation::{erratum_note, full_citation, short_citation};
use super::{Resolver, Section, TaskView, capital, filled, or_slot, slot, small};
use crate::catalog::deadline::{Deadline, Due, short_date, weekend};
use crate::catalog::{Choice, Task};
use crate::profile::{PlannedTask, TaskDetails};

impl Resolver<'_> {
    pub(super) fn groups(&mut self) -> Vec<Section> {
        let catalog = self.catalog;
        let left_out: Vec<&str> =
            self.profile.left_out.iter().map(|(id, _)| id.as_str()).collect();
        let tasks = self.tasks;
        let mut groups = Vec::new();
        for head in &catalog.sections {
            let mut views: Vec<TaskView> = Vec::new();
            let mut told = BTreeSet::new();
            let number = |at: usize| format!("{}.{}.", head.number, at + 1);
            for task in tasks {
                if task.section == head.id && !left_out.contains(&task.id.as_str()) {
                    views.push(self.task(task, number(views.len()), &mut told));
                }
            }
            for own in &self.profile.own_tasks {
                if own.section == head.id {
                    views.push(TaskView {
                        id: own.id.clone(),
                        number: number(views.len()),
                        title: own.title.clone(),
                        actions: if own.details.actions.is_empty() {
                            vec![format!("{}.", slot("nội dung nhiệm vụ"))]
                        } else {
                            own.details.actions.clone()
                        },
                        deadline: Some(
                            own.details
                                .deadline
                                .map_or_else(|| slot("thời hạn hoàn thành"), short_date),
                        ),
                        deadlines: Vec::new(),
                        lead: or_slot(own.details.lead.as_ref(), "đơn vị chủ trì"),
                        partners: partners(&own.details),
                        product: or_slot(own.details.product.as_ref(), "sản phẩm"),
                        unit: None,
                        guidance: Vec::new(),
                        extra: toml::Table::new().into(),
                    });
                }
            }
            groups.push(Section {
                id: head.id.clone(),
                number: head.number,
                title: head.title.clone(),
                tasks: views,
                open: !self.profile.own_tasks.iter().any(|own| own.section == head.id),
            });
        }
        groups
    }

    fn task(
        &mut self,
        task: &Task,
        number: String,
        told: &mut BTreeSet<String>,
    ) -> TaskView {
        let planned = self.profile.tasks.iter().find(|planned| planned.id == task.id);
        let details = planned.map(|planned| planned.details.clone()).unwrap_or_default();
        let mut actions: Vec<String> =
            task.actions.iter().map(|text| self.sentence(task, text)).collect();
        for choice in &task.choices {
            let taken = taken(planned, choice);
            actions.extend(self.chosen(task, choice, taken));
        }
        actions.extend(details.actions.iter().cloned());
        let (deadline, deadlines) = due(&task.deadlines, details.deadline);
        let guidance = self.guidance(task, planned, told);
        TaskView {
            id: task.id.clone(),
            number,
            title: task.title.clone(),
            actions,
            deadline,
            deadlines,
            lead: or_slot(details.lead.as_ref(), "đơn vị chủ trì"),
            partners: partners(&details),
            product: or_slot(details.product.as_ref(), "sản phẩm"),
            unit: self.unit(task),
            guidance,
            extra: filled(&task.extra.clone().into(), self.agency),
        }
    }

    /// What the options taken of a choice add; a slot, where one has to be taken and none is.
    fn chosen(&mut self, task: &Task, choice: &Choice, taken: &[String]) -> Vec<String> {
        let is_open = is_open(choice, taken);
        let options = choice.options.iter().filter(|option| taken.contains(&option.id));
        let texts = options.filter_map(|option| option.text.as_deref());
        let texts: Vec<&str> = texts.filter(|text| !text.trim().is_empty()).collect();
        let slot = slot(&small(&choice.prompt));
        match &choice.text {
            Some(text) if is_open => {
                vec![self.sentence(task, &Choice::said(text, &slot))]
            }
            Some(_) if texts.is_empty() => Vec::new(),
            Some(text) => {
                vec![self.sentence(task, &Choice::said(text, &listed(&texts)))]
            }
            None if is_open => vec![format!("{slot}.")],
            None => texts.into_iter().map(|text| self.sentence(task, text)).collect(),
        }
    }

    /// The document that gives a task.
    fn given_by(&self, task: &Task) -> String {
        let annex = self.catalog.annex(self.agency);
        let source = task.source.as_ref().or_else(|| annex?.source.as_ref());
        source.cloned().unwrap_or_else(|| short_citation(&self.catalog.dispatch))
    }

    /// What the drafter is told of a task: where it comes from and what helps with it; then what
    /// is to be decided and looked after. `told` is what the tasks of its group told before it.
    fn guidance(
        &self,
        task: &Task,
        planned: Option<&PlannedTask>,
        told: &mut BTreeSet<String>,
    ) -> Vec<String> {
        let mut parts = [self.help(task), self.care(task, planned)];
        for part in &mut parts {
            part.retain(|text| told.insert(text.clone()));
        }
        parts[0].insert(0, self.origin(task, planned));
        parts.iter().filter(|part| !part.is_empty()).map(|part| part.join(" ")).collect()
    }

    /// Where a task comes from, who is suggested to lead it, and who helps.
    fn origin(&self, task: &Task, planned: Option<&PlannedTask>) -> String {
        let details = planned.map(|planned| &planned.details);
        let annex = self.catalog.annex(self.agency).filter(|_| task.source.is_none());
        let annex = annex.map_or_else(String::new, |annex| format!("{} ", annex.name));
        let mut text = format!("Nguồn: {} {annex}{}", task.cite, self.given_by(task));
        // The plan itself does not say it any more.
        if let Some(only) = replaced(&task.deadlines, details.and_then(|d| d.deadline)) {
            text = format!("{text}, thời hạn {}", small(&only.printed));
        }
        if details.is_none_or(|d| d.lead.is_none()) && !task.lead.is_empty() {
            text = format!("{text}; gợi ý chủ trì: {}", self.agency.fill(&task.lead));
        }
        if let Some(unit) = self.unit(task) {
            text = format!("{text}; đầu mối: {unit}");
        }
        text + "."
    }

    /// What the ministry provides.
    fn help(&self, task: &Task) -> Vec<String> {
        let mut texts: Vec<String> =
            task.support.iter().map(|text| self.agency.fill(text)).collect();
        let said = |link: &str| {
            task.support.iter().chain(&task.actions).any(|text| text.contains(link))
        };
        let links = task.links.iter().map(String::as_str).filter(|link| !said(link));
        let links: Vec<&str> = links.collect();
        if !links.is_empty() {
            texts.push(format!("Địa chỉ: {}.", links.join(", ")));
        }
        texts
    }

    /// What is to be decided, and what to look after: days that nobody works, deadlines that are
    /// over, misprints.
    fn care(&self, task: &Task, planned: Option<&PlannedTask>) -> Vec<String> {
        let year = self.catalog.year;
        let open = task.choices.iter().filter(|one| taken(planned, one).is_empty());
        let mut texts: Vec<String> = open.map(question).collect();

        let own = planned.and_then(|planned| planned.details.deadline);
        let is_replaced = replaced(&task.deadlines, own).is_some();
        let printed = task.deadlines.iter().filter(|_| !is_replaced);
        let days = printed.filter_map(|one| one.day(year)).chain(own);
        texts.extend(weekends(days));

        let annex = self.catalog.annex(self.agency);
        let given = annex.and_then(|a| a.tasks.iter().find(|one| one.id == task.id));
        let given = given.map_or(&[][..], |given| &given.deadlines);
        for deadline in given.iter().filter(|one| one.is_over(year)) {
            let what = deadline.what.as_ref().map_or_else(String::new, |what| {
                format!(" ({})", small(&self.agency.fill(what)))
            });
            texts.push(format!(
                "Lưu ý: thời hạn “{}”{what} trước năm kế hoạch; nếu chưa hoàn thành, nêu việc \
                 phải làm tiếp trong năm {year}.",
                deadline.printed
            ));
        }

        let documents = task.documents.iter().filter_map(|id| self.catalog.document(id));
        let misprints = documents.filter(|d| !d.basis).flat_map(|d| &d.errata);
        let misprints = task.errata.iter().chain(misprints);
        texts.extend(misprints.filter(|one| !one.minor).map(erratum_note));
        texts
    }

    /// The focal unit that helps with a task.
    fn unit(&self, task: &Task) -> Option<String> {
        self.catalog.unit(&task.unit).map(|unit| match &task.unit_scope {
            Some(scope) => format!("{} ({scope})", unit.name),
            None => unit.name.clone(),
        })
    }

    /// Fills placeholders, and cites a letter in full where it is mentioned first.
    pub(super) fn sentence(&mut self, task: &Task, text: &str) -> String {
        let mut text = self.agency.fill(text);
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
}

fn partners(details: &TaskDetails) -> String {
    if details.partners.is_empty() {
        slot("đơn vị phối hợp")
    } else {
        details.partners.join(", ")
    }
}

/// The deadline that a day of the agency's own stands instead of: the only one of a task. What
/// comes back is no end of the task, and stays as what it is of.
pub(super) fn replaced(
    deadlines: &[Deadline],
    own: Option<NaiveDate>,
) -> Option<&Deadline> {
    let ([only], Some(_)) = (deadlines, own) else { return None };
    let comes_back = matches!(only.due, Due::Every(_) | Due::Levels(_));
    (only.what.is_none() || !comes_back).then_some(only)
}

/// When a task is due: one phrase for the whole of it, or one for each part of it. A day of the
/// agency's own stands instead of the only deadline; beside others it is that of the whole task.
fn due(deadlines: &[Deadline], own: Option<NaiveDate>) -> (Option<String>, Vec<String>) {
    let is_replaced = replaced(deadlines, own).is_some();
    let line = |one: &Deadline| {
        let day = own.filter(|_| is_replaced);
        let when = day.map_or_else(|| small(one.said()), short_date);
        one.what.as_ref().map_or_else(|| when.clone(), |what| format!("{what}: {when}"))
    };
    let mut lines: Vec<String> = deadlines.iter().map(line).collect();
    match own.map(short_date) {
        None if lines.is_empty() => lines.push(slot("thời hạn hoàn thành")),
        Some(day) if lines.is_empty() => lines.push(day),
        Some(day) if !is_replaced => lines.push(format!("Hoàn thành nhiệm vụ: {day}")),
        _ => {}
    }
    let is_of_part = deadlines.iter().any(|one| one.what.is_some());
    match lines.as_slice() {
        [only] if !is_of_part => (Some(only.clone()), Vec::new()),
        all => (None, all.iter().map(|line| capital(line)).collect()),
    }
}

/// What the drafter has to decide, or may.
fn question(choice: &Choice) -> String {
    let labels: Vec<String> = choice.options.iter().map(|o| small(&o.label)).collect();
    let (what, how) = (small(&choice.prompt), labels.join("; "));
    match choice {
        Choice { optional: true, .. } => format!("Có thể thêm {what}: {how}."),
        Choice { multiple: true, .. } => {
            format!("Cần quyết định {what} (một hoặc nhiều): {how}.")
        }
        _ => format!("Cần quyết định {what} (chọn một): {how}."),
    }
}

/// A remark on those days that nobody works.
fn weekends(days: impl Iterator<Item = NaiveDate>) -> Option<String> {
    let free = days.filter_map(|day| Some((day, weekend(day)?)));
    let free: Vec<String> =
        free.map(|(day, name)| format!("{} là {name}", short_date(day))).collect();
    (!free.is_empty())
        .then(|| format!("Lưu ý: {}; nên bố trí hoàn thành trước đó.", free.join(", ")))
}

/// The options of a choice that hold: those of the profile, or else the default ones.
fn taken<'t>(planned: Option<&'t PlannedTask>, choice: &'t Choice) -> &'t [String] {
    let given = planned.and_then(|p| p.choices.iter().find(|(id, _)| id == &choice.id));
    given.map_or(&choice.default, |(_, options)| options)
}

/// Tells whether an option has to be taken yet.
fn is_open(choice: &Choice, taken: &[String]) -> bool {
    taken.is_empty() && !choice.optional
}

/// "a", "a và b", "a, b và c"; "a; b, c; d" where an item has a comma.
fn listed(items: &[&str]) -> String {
    match items {
        [first @ .., last] if !first.is_empty() => {
            if items.iter().any(|item| item.contains([',', ';'])) {
                items.join("; ")
            } else {
                format!("{} và {last}", first.join(", "))
            }
        }
        _ => items.concat(),
    }
}
