//! The running text of the plan: letterhead, tasks, guidance, bases, signature.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::citation::{self, basis_text, erratum_note, full_citation, short_citation};
use super::{
    DecisionView, Findings, Letterhead, Line, Resolver, Section, Signature, Solution,
    TaskView, capital, filled, or_slot, slot, small,
};
use crate::catalog::deadline::{long_date, short_date};
use crate::catalog::{Choice, Document, DueDate, Task};
use crate::profile::{Form, Role, TaskDetails};

impl Resolver<'_> {
    pub(super) fn letterhead(&self, date: Option<NaiveDate>) -> Letterhead {
        let (issue, agency) = (&self.profile.issue, self.agency);
        let attached = issue.form == Form::Decision;
        let form = if attached { "QĐ" } else { "KH" };
        let symbol =
            issue.symbol.clone().unwrap_or_else(|| format!("{form}-{}", agency.symbol));
        // Blanks to be filled by hand or by the records office (Nghị định 30, II.3c).
        let number = issue.number.as_deref().map_or_else(|| "     ".to_owned(), padded);
        let place = issue.place.as_ref().unwrap_or(&agency.place);
        let day = date.map_or_else(
            || {
                let last =
                    self.catalog.due.map(DueDate::last).or(self.catalog.dispatch.date);
                let year = last.map_or(self.catalog.year, |day| day.year());
                format!("ngày     tháng     năm {year}")
            },
            long_date,
        );
        let subject = issue.subject.clone().unwrap_or_else(|| {
            format!("Chuyển đổi số {} năm {}", agency.titled, self.catalog.year)
        });
        let (kind, by) = if attached {
            ("Quyết định", self.decider())
        } else {
            ("Kế hoạch", agency.issuer.clone())
        };
        let note = format!("(Kèm theo {kind} số {number}/{symbol} {day} của {by})");
        Letterhead {
            header: issue.header.clone().unwrap_or_else(|| agency.header.clone()),
            number: format!("Số: {number}/{symbol}"),
            place_date: format!("{place}, {day}"),
            subject,
            attached_to: attached.then(|| note.clone()),
            annexed_to: note,
        }
    }

    pub(super) fn preamble(&self) -> Vec<String> {
        if !self.profile.issue.preamble.is_empty() {
            return self.profile.issue.preamble.clone();
        }
        let source = self.agency.source.clone();
        let source =
            source.unwrap_or_else(|| full_citation(&self.catalog.dispatch, true));
        let (issuer, year) = (&self.agency.issuer, self.catalog.year);
        vec![match self.profile.issue.form {
            Form::Plan => format!(
                "Thực hiện {source}, {issuer} ban hành Kế hoạch Chuyển đổi số năm {year} như sau:"
            ),
            // The Quyết định issues it.
            Form::Decision => format!(
                "Kế hoạch này thực hiện {source}, gồm những nội dung chủ yếu sau:"
            ),
        }]
    }

    /// Who issues a Quyết định: "Ủy ban nhân dân tỉnh Lào Cai", "Bộ trưởng Bộ Tư pháp".
    fn decider(&self) -> String {
        let (own, agency) = (&self.profile.decision.authority, self.agency);
        if own.is_none() && self.profile.signatory.alone && agency.authority.is_some() {
            return format!("{} {}", capital(&agency.head.to_lowercase()), agency.issuer);
        }
        let authority = own.as_ref().or(agency.decision.authority.as_ref());
        authority.unwrap_or(&agency.issuer).clone()
    }

    pub(super) fn decision(&self) -> Option<DecisionView> {
        if self.profile.issue.form == Form::Plan {
            return None;
        }
        let said = self.profile.decision.or(&self.agency.decision);
        let cited = |text: &String| {
            let document = self.catalog.document(text);
            document.map_or_else(|| text.clone(), |known| full_citation(known, false))
        };
        let bases = said.bases.unwrap_or_default();
        Some(DecisionView {
            authority: self.decider().to_uppercase(),
            bases: if bases.is_empty() {
                vec![slot("văn bản quy định chức năng, nhiệm vụ, quyền hạn")]
            } else {
                bases.iter().map(cited).collect()
            },
            proposal: or_slot(
                said.proposal.as_ref(),
                "người đề nghị, số và ngày Tờ trình",
            ),
            executors: or_slot(
                said.executors.as_ref(),
                "người chịu trách nhiệm thi hành",
            ),
        })
    }

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

    /// Annex III's own list, what the planned tasks cite, the agency's own; a basis of the
    /// profile with the id of an entry that Annex III leaves open completes that entry.
    pub(super) fn bases(&self, groups: &[Section]) -> (Vec<Line>, Vec<String>) {
        let planned: BTreeSet<&str> = groups
            .iter()
            .flat_map(|g| g.tasks.iter().map(|task| task.id.as_str()))
            .collect();
        let cited: BTreeSet<&str> = self
            .tasks
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
        let given = |id: &str| self.profile.bases.iter().find(|basis| basis.id == id);
        // What the profile cites by itself need not be cited twice.
        let texts = || self.profile.bases.iter().map(|basis| basis.text.as_str());
        documents.retain(|document| {
            let number = document.number.as_deref();
            !given(&document.id).is_some_and(|basis| basis.omit)
                && (document.framework.is_some()
                    || !number
                        .is_some_and(|number| texts().any(|text| text.contains(number))))
        });
        let (later, documents): (Vec<_>, Vec<_>) = documents
            .into_iter()
            .partition(|document| document.later && given(&document.id).is_none());
        let wait = later.iter().map(|document| {
            format!("Khi được ban hành, nêu thêm: {}.", full_citation(document, true))
        });
        let errata = documents.iter().flat_map(|d| &d.errata).map(erratum_note);
        let notes = errata.chain(wait).collect();
        let mut lines: Vec<Line> = documents
            .into_iter()
            .map(|document| {
                let filled = given(&document.id).map(|basis| basis.text.clone());
                let text = filled.unwrap_or_else(|| basis_text(document));
                Line { id: document.id.clone(), text }
            })
            .collect();
        let known: BTreeSet<String> = lines.iter().map(|line| line.id.clone()).collect();
        let own = self.profile.bases.iter().filter(|basis| !basis.omit);
        lines.extend(
            own.filter(|basis| !known.contains(&basis.id))
                .map(|basis| Line { id: basis.id.clone(), text: basis.text.clone() }),
        );
        lines.sort_by_key(|line| citation::force(&line.text));
        (lines, notes)
    }

    pub(super) fn results(&self) -> BTreeMap<String, Findings> {
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

    pub(super) fn solutions(&self) -> Vec<Solution> {
        let heads = self.catalog.solutions.iter();
        let texts = heads.map(|head| (head, self.profile.solutions.get(&head.id)));
        texts
            .filter(|(head, texts)| {
                !head.optional || texts.is_some_and(|texts| !texts.is_empty())
            })
            .map(|(head, texts)| Solution {
                title: head.title.clone(),
                texts: texts.cloned().unwrap_or_default(),
            })
            .collect()
    }

    pub(super) fn signature(&self) -> Signature {
        let (signatory, agency) = (&self.profile.signatory, self.agency);
        let lines = signatory.lines.clone().unwrap_or_else(|| {
            let body = agency.authority.iter().filter(|_| !signatory.alone);
            let mut lines: Vec<String> = body.cloned().collect();
            match signatory.role {
                Role::Head => lines.push(agency.head.clone()),
                Role::Acting => lines.push(format!("Q. {}", agency.head)),
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
        // Who carries a Quyết định out is named in its last article (Mẫu 1.3).
        let is_attached = issue.form == Form::Decision;
        let is_named = |name: &&String| {
            is_attached && issue.recipients.is_none() && self.executes(name)
        };
        let mut recipients: Vec<String> = recipients
            .iter()
            .filter(|name| !is_named(name))
            .map(|name| format!("- {name};"))
            .collect();
        let says_articles = |name: &String| name.starts_with("- Như Điều");
        if is_attached && !recipients.iter().any(says_articles) {
            recipients.insert(0, "- Như Điều 3;".to_owned());
        }
        recipients.push(format!("- Lưu: {archive}."));
        Signature {
            lines,
            name: or_slot(signatory.name.as_ref(), "họ và tên"),
            recipients,
        }
    }

    pub(super) fn left_out(&self) -> Vec<String> {
        let line = |(id, reason): &(String, String)| {
            let title = self.known(id).map_or(id.as_str(), |task| &task.title);
            format!("{title}: {reason}")
        };
        self.profile.left_out.iter().map(line).collect()
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
