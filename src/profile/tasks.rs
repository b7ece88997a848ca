//! What a profile says about tasks: planned, left out, or the agency's own.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use toml::Spanned;

use super::heirs::{Bequest, GivenUp};
use super::read::{Reader, twice};
use super::{OwnTask, PlannedTask, draft};
use crate::catalog::deadline::{Deadline, Due, short_date};
use crate::catalog::{Catalog, Choice, Ids, Task};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Day, named, quoted, suggest, suggest_called};

impl<'a> Reader<'a> {
    pub(super) fn tasks(&mut self) -> Vec<PlannedTask> {
        let mut tasks = Vec::new();
        let mut bequests = Vec::new();
        for mut item in self.take("task") {
            item.require(&["id"], &mut self.diagnostics);
            let identity: draft::Identity = item.part(&mut self.diagnostics);
            let details: draft::Details = item.part(&mut self.diagnostics);
            let draft: draft::Task = item.read(&mut self.diagnostics);
            let Some(id) = identity.id else { continue };
            let heirs = self.heirs(id.get_ref());
            if !heirs.is_empty() {
                self.deadline(details.deadline.as_ref(), heirs.first().copied());
                let (choices, details) = (draft.choices, details.into());
                bequests.push(Bequest { id, heirs, choices, details });
                continue;
            }
            let task = self.task(&id);
            if let Some(task) = task
                && !self.planned.insert(task.id.clone())
            {
                self.push(twice("nhiệm vụ", id.get_ref(), "task"), id.span());
            }
            self.deadline(details.deadline.as_ref(), task);
            let choices =
                task.map_or_else(Vec::new, |task| self.choices(task, draft.choices));
            let details = details.into();
            let id = task.map_or_else(|| id.into_inner(), |task| task.id.clone());
            tasks.push(PlannedTask { id, choices, details });
        }
        for bequest in bequests {
            self.inherit(&mut tasks, bequest);
        }
        tasks
    }

    /// The tasks of the agency's annex; of all annexes, while it is not known who plans.
    pub(super) fn tasks_of_annex(&self) -> Vec<&'a Task> {
        let catalog: &'a Catalog = self.catalog;
        match self.annex {
            Some(annex) => annex.tasks.iter().collect(),
            None => catalog.annexes.values().flat_map(|annex| &annex.tasks).collect(),
        }
    }

    /// The task that has an id, or had it.
    fn task(&mut self, id: &Spanned<String>) -> Option<&'a Task> {
        let tasks = self.tasks_of_annex();
        let known: Vec<_> =
            tasks.iter().map(|task| (task.id.as_str(), task.title.as_str())).collect();
        let name = named(id.get_ref(), known.iter().copied());
        let now = tasks.iter().find(|task| Some(task.id.as_str()) == name);
        let once = || tasks.iter().find(|task| task.renamed_from.contains(id.get_ref()));
        let found = now.or_else(once).copied();
        if found.is_none() {
            let whose = self.annex.map_or("danh mục", |annex| annex.name.as_str());
            self.push(
                Diagnostic::error(
                    Code::UnknownTask,
                    format!("{whose} không có nhiệm vụ \"{}\"", quoted(id.get_ref())),
                    suggest_called(id.get_ref(), &known),
                ),
                id.span(),
            );
        }
        found
    }

    fn choices(
        &mut self,
        task: &Task,
        draft: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    ) -> Vec<(String, Vec<String>)> {
        let mut taken = Vec::new();
        for (id, mut options) in draft {
            // A choice left blank takes no option, not even the default one.
            options.retain(|option| !option.get_ref().trim().is_empty());
            let name = id.get_ref();
            let Some(choice) = task.choices.iter().find(|choice| &choice.id == name)
            else {
                let known = task.choices.iter().map(|choice| choice.id.as_str());
                self.push(
                    Diagnostic::error(
                        Code::UnknownChoice,
                        format!(
                            "nhiệm vụ \"{}\" không có lựa chọn \"{}\"",
                            task.id,
                            quoted(name)
                        ),
                        suggest(name, known),
                    ),
                    id.span(),
                );
                continue;
            };
            let mut taken_options = Vec::new();
            for option in &options {
                let meant = choice.named(option.get_ref());
                taken_options.push(meant.unwrap_or_else(|| option.get_ref()).to_owned());
                if meant.is_none() {
                    self.push(
                        Diagnostic::error(
                            Code::UnknownOption,
                            format!(
                                "lựa chọn \"{name}\" không có phương án \"{}\"",
                                quoted(option.get_ref())
                            ),
                            suggest_called(option.get_ref(), &choice.called()),
                        ),
                        option.span(),
                    );
                }
            }
            if let Some(second) = options.get(1)
                && !choice.multiple
            {
                self.push(
                    Diagnostic::error(
                        Code::TooManyOptions,
                        format!("lựa chọn \"{name}\" chỉ nhận một phương án"),
                        "Giữ lại một phương án.",
                    ),
                    second.span(),
                );
            }
            let left_out: Vec<String> = choice
                .options
                .iter()
                .filter(|option| choice.all && !taken_options.contains(&option.id))
                .map(|option| option.label.clone())
                .collect();
            let is_known = taken_options
                .iter()
                .all(|one| choice.options.iter().any(|o| o.id == *one));
            if is_known && !left_out.is_empty() {
                self.push(
                    Diagnostic::warning(
                        Code::PartOfChoice,
                        format!("lựa chọn \"{name}\" thiếu phương án mà công văn yêu cầu đủ"),
                        "Chọn đủ, hoặc xóa khóa này; nếu bỏ có lý do thì kế hoạch vẫn được lập.",
                    )
                    .among(left_out),
                    id.span(),
                );
            }
            taken.push((id.into_inner(), taken_options));
        }
        taken
    }

    pub(super) fn left_out(&mut self) -> Vec<(String, String)> {
        let mut left_out: Vec<(String, String)> = Vec::new();
        let mut seen = BTreeSet::new();
        let mut given_up = Vec::new();
        for mut item in self.take("left_out") {
            let silent = item.lacks("reason");
            if silent {
                self.push(
                    Diagnostic::error(
                        Code::LeftOutWithoutReason,
                        "bỏ một nhiệm vụ mà không nêu lý do",
                        "Thêm dòng `reason = \"…\"`; lý do hiện trong phần hướng dẫn của kế hoạch.",
                    ),
                    item.span(),
                );
            }
            let required: &[&str] = if silent { &["task"] } else { &["task", "reason"] };
            item.require(required, &mut self.diagnostics);
            let draft: draft::LeftOut = item.read(&mut self.diagnostics);
            let Some(id) = draft.task else { continue };
            let heirs = self.heirs(id.get_ref());
            if !heirs.is_empty() {
                given_up.push(GivenUp { id, heirs, reason: draft.reason });
                continue;
            }
            let task = self.task(&id);
            let known = task.map_or_else(|| id.get_ref().clone(), |task| task.id.clone());
            if task.is_some() && !seen.insert(known.clone()) {
                self.push(twice("nhiệm vụ", id.get_ref(), "left_out"), id.span());
            }
            if self.planned.contains(&known) {
                self.push(
                    Diagnostic::error(
                        Code::PlannedAndLeftOut,
                        format!("nhiệm vụ \"{}\" vừa được khai vừa bị bỏ", id.get_ref()),
                        "Xóa mục [[task]] hoặc mục [[left_out]] của nhiệm vụ này.",
                    ),
                    id.span(),
                );
            }
            left_out.push((known, draft.reason));
        }
        self.leave_out_heirs(&given_up, &mut left_out);
        left_out
    }

    pub(super) fn own_tasks(&mut self) -> Vec<OwnTask> {
        let mut ids = Ids::new(self.source, 24);
        let mut tasks = Vec::new();
        for mut item in self.take("own_task") {
            item.require(&["id", "section", "title"], &mut self.diagnostics);
            let identity: draft::Identity = item.part(&mut self.diagnostics);
            let details: draft::Details = item.part(&mut self.diagnostics);
            let draft: draft::OwnTask = item.read(&mut self.diagnostics);
            if let Some(id) = &identity.id
                && self
                    .annex
                    .is_some_and(|a| a.tasks.iter().any(|t| &t.id == id.get_ref()))
            {
                self.push(
                    Diagnostic::error(
                        Code::DuplicateId,
                        format!(
                            "mã \"{}\" là mã của một nhiệm vụ trong danh mục",
                            id.get_ref()
                        ),
                        "Đặt mã khác, hoặc dùng [[task]] để khai nhiệm vụ đó.",
                    ),
                    id.span(),
                );
            }
            let catalog = self.catalog;
            let sections = catalog.sections.iter();
            let sections: Vec<_> = sections
                .map(|section| (section.id.as_str(), section.title.as_str()))
                .collect();
            self.deadline(details.deadline.as_ref(), None);
            tasks.push(OwnTask {
                id: ids.take_row(identity.id, &mut self.diagnostics),
                section: self.one_of(draft.section, &sections),
                title: draft.title,
                details: details.into(),
            });
        }
        tasks
    }

    /// Warns of an internal deadline that cannot be meant, or comes too late.
    fn deadline(&mut self, own: Option<&Spanned<Day>>, task: Option<&Task>) {
        let Some(own) = own else { return };
        let (day, year) = (own.get_ref().0, self.catalog.year);
        if !(year..=year + 5).contains(&day.year()) {
            self.push(
                Diagnostic::warning(
                    Code::BadValue,
                    format!("thời hạn {} xa năm kế hoạch {year}", short_date(day)),
                    "Kiểm tra lại năm; kế hoạch vẫn được lập.",
                ),
                own.span(),
            );
        } else if let Some(last) = task.and_then(|task| last_day(task, year))
            && day > last
        {
            self.push(
                Diagnostic::warning(
                    Code::LateDate,
                    format!(
                        "thời hạn {} sau thời hạn {} của công văn",
                        short_date(day),
                        short_date(last)
                    ),
                    "Đặt thời hạn nội bộ không muộn hơn; kế hoạch vẫn được lập.",
                ),
                own.span(),
            );
        }
    }
}

impl Choice {
    /// Its options, each with what it is called.
    fn called(&self) -> Vec<(&str, &str)> {
        self.options.iter().map(|one| (one.id.as_str(), one.label.as_str())).collect()
    }

    /// The option that is meant.
    pub(super) fn named(&self, given: &str) -> Option<&str> {
        named(given, self.called())
    }
}

/// The last day that the dispatch gives for a task; none when the task comes back or goes on.
fn last_day(task: &Task, year: i32) -> Option<NaiveDate> {
    let ends = |deadline: &Deadline| match deadline.due {
        Due::Every(_) | Due::Levels(_) | Due::Continuous => None,
        _ => deadline.entries(year).into_iter().filter_map(|entry| entry.ends).max(),
    };
    let days: Option<Vec<NaiveDate>> = task.deadlines.iter().map(ends).collect();
    days?.into_iter().max()
}
