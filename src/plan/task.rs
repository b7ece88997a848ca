//! What the plan says of a task, and what it tells the drafter about it.

use std::collections::BTreeSet;

use chrono::Datelike;

use super::citation::{erratum_note, full_citation, short_citation};
use super::{Resolver, Section, TaskView, capital, filled, or_slot, slot, small};
use crate::catalog::deadline::short_date;
use crate::catalog::{Choice, Task};
use crate::profile::TaskDetails;

impl Resolver<'_> {
    pub(super) fn groups(&mut self) -> Vec<Section> {
        let catalog = self.catalog;
        let left_out: Vec<&str> =
            self.profile.left_out.iter().map(|(id, _)| id.as_str()).collect();
        let tasks = self.tasks;
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

    pub(super) fn task(&mut self, task: &Task, number: String) -> TaskView {
        let planned = self.profile.tasks.iter().find(|planned| planned.id == task.id);
        let details = planned.map(|planned| planned.details.clone()).unwrap_or_default();
        let mut actions: Vec<String> =
            task.actions.iter().map(|text| self.sentence(task, text)).collect();
        for choice in &task.choices {
            let taken = planned
                .and_then(|p| p.choices.iter().find(|(id, _)| id == &choice.id))
                .map_or(&choice.default, |(_, options)| options);
            if taken.is_empty() && !choice.optional {
                actions.push(format!("{}.", slot(&question(choice))));
            }
            for option in &choice.options {
                if taken.contains(&option.id) {
                    actions.push(self.sentence(task, &option.text));
                }
            }
        }
        actions.extend(details.actions.iter().cloned());
        let is_labelled = task.deadlines.iter().any(|deadline| deadline.what.is_some());
        let mut deadlines: Vec<String> = task
            .deadlines
            .iter()
            .map(|deadline| match &deadline.what {
                Some(what) => format!("{what}: {}", small(deadline.said())),
                // Beside a deadline of the agency's own it is told whose it is.
                None if details.deadline.is_some() => {
                    format!("Theo {}: {}", self.given_by(task), small(deadline.said()))
                }
                None => deadline.said().to_owned(),
            })
            .collect();
        match details.deadline {
            Some(day) if deadlines.is_empty() => deadlines.push(short_date(day)),
            Some(day) => deadlines.push(format!("Thời hạn nội bộ: {}", short_date(day))),
            None if deadlines.is_empty() => deadlines.push(slot("thời hạn hoàn thành")),
            None => {}
        }
        let mut deadline = None;
        if deadlines.len() == 1 && !is_labelled {
            deadline = deadlines.pop().map(|only| small(&only));
        }
        let deadlines = deadlines.iter().map(|text| capital(text)).collect();
        let unit = self.catalog.unit(&task.unit).map(|unit| match &task.unit_scope {
            Some(scope) => format!("{} ({scope})", unit.name),
            None => unit.name.clone(),
        });
        TaskView {
            id: task.id.clone(),
            number,
            title: task.title.clone(),
            actions,
            deadline,
            deadlines,
            lead: or_slot(
                details.lead.as_ref(),
                &format!("đơn vị chủ trì; gợi ý: {}", self.agency.fill(&task.lead)),
            ),
            partners: partners(&details),
            product: or_slot(details.product.as_ref(), "sản phẩm, kết quả cụ thể"),
            unit,
            guidance: self.guidance(task),
            extra: filled(&task.extra.clone().into(), self.agency),
        }
    }

    /// The document that gives a task.
    fn given_by(&self, task: &Task) -> String {
        let annex = self.catalog.annex(self.agency);
        let source = task.source.as_ref().or_else(|| annex?.source.as_ref());
        source.cloned().unwrap_or_else(|| short_citation(&self.catalog.dispatch))
    }

    pub(super) fn guidance(&self, task: &Task) -> Vec<String> {
        let annex = self.catalog.annex(self.agency);
        let annex = annex.filter(|_| task.source.is_none());
        let annex = annex.map_or_else(String::new, |annex| format!("{} ", annex.name));
        let mut texts =
            vec![format!("Nguồn: {} {annex}{}.", task.cite, self.given_by(task))];
        texts.extend(task.support.iter().map(|text| self.agency.fill(text)));
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
        for deadline in &task.deadlines {
            let last =
                deadline.entries(self.catalog.year).into_iter().filter_map(|e| e.ends);
            if last.max().is_some_and(|day| day.year() < self.catalog.year) {
                texts.push(format!(
                    "Lưu ý: thời hạn “{}” đến trước năm kế hoạch; nếu chưa hoàn thành, nêu \
                     việc phải làm tiếp trong năm {}.",
                    deadline.printed, self.catalog.year
                ));
            }
        }
        texts.extend(task.errata.iter().map(erratum_note));
        for id in &task.documents {
            if let Some(document) = self.catalog.document(id).filter(|d| !d.basis) {
                texts.extend(document.errata.iter().map(erratum_note));
            }
        }
        let mut seen = BTreeSet::new();
        texts.retain(|text| seen.insert(text.clone()));
        texts
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

fn question(choice: &Choice) -> String {
    let labels: Vec<&str> = choice.options.iter().map(|o| o.label.as_str()).collect();
    format!("{}: {}", choice.prompt, labels.join("; "))
}
