//! The running text of the plan around its tasks: letterhead, bases, signature.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};

use super::citation::{self, basis_text, erratum_note, full_citation};
use super::{
    DecisionView, Findings, Letterhead, Line, Resolver, Section, Signature, Solution,
    capital, or_slot, slot,
};
use crate::catalog::deadline::long_date;
use crate::catalog::{Document, DueDate};
use crate::profile::{Form, Role};

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
            document.map_or_else(|| text.clone(), |known| full_citation(known, true))
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
        let errata = documents.iter().flat_map(|d| &d.errata).filter(|one| !one.minor);
        let notes = errata.map(erratum_note).chain(wait).collect();
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
        // Who carries a Quyết định out is named in its articles, to which the frame refers (Mẫu 1.3).
        let is_named = |name: &&String| {
            issue.form == Form::Decision
                && (name.starts_with("Như Điều")
                    || issue.recipients.is_none() && self.executes(name))
        };
        let recipients = recipients.iter().filter(|name| !is_named(name));
        let mut recipients: Vec<String> =
            recipients.map(|name| format!("- {name};")).collect();
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
