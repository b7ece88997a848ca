//! Tasks that the catalogue split or joined: those that stand for them take over what the
//! profile says about them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use toml::Spanned;

use super::read::Reader;
use super::{PlannedTask, TaskDetails};
use crate::catalog::Task;
use crate::catalog::deadline::short_date;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::quoted;

/// What a profile says about a task that others stand for now.
pub(super) struct Bequest<'a> {
    pub(super) id: Spanned<String>,
    pub(super) heirs: Vec<&'a Task>,
    pub(super) choices: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    pub(super) details: TaskDetails,
}

/// A task that a profile leaves out, and that others stand for now.
pub(super) struct GivenUp<'a> {
    pub(super) id: Spanned<String>,
    pub(super) heirs: Vec<&'a Task>,
    pub(super) reason: String,
}

impl<'a> Reader<'a> {
    /// The tasks that stand for one that the catalogue does not have any more.
    pub(super) fn heirs(&self, id: &str) -> Vec<&'a Task> {
        let tasks = self.tasks_of_annex();
        let is_it =
            |task: &&Task| task.id == id || task.renamed_from.iter().any(|old| old == id);
        if tasks.iter().any(is_it) {
            return Vec::new();
        }
        tasks
            .into_iter()
            .filter(|task| task.replaces.iter().any(|old| old == id))
            .collect()
    }

    /// Hands on what was said about a task. Of several heirs each takes who does it, when and
    /// from which source; what is about the whole goes to the first. What an heir has itself
    /// stays; what does not fit is told.
    pub(super) fn inherit(&mut self, tasks: &mut Vec<PlannedTask>, bequest: Bequest<'a>) {
        let Bequest { id, heirs, choices, details } = bequest;
        let mut lost = Vec::new();
        for (at, heir) in heirs.iter().enumerate() {
            self.inherited.insert(heir.id.clone());
            let own = &mut planned(tasks, &heir.id).details;
            lost.extend(share(own, &details));
            if at == 0 {
                lost.extend(take_whole(own, &details));
            }
        }
        for (choice, options) in choices {
            let told = |options: &[String]| {
                format!(
                    "lựa chọn \"{}\": {}",
                    quoted(choice.get_ref()),
                    options.join(", ")
                )
            };
            let mut options: Vec<String> =
                options.into_iter().map(Spanned::into_inner).collect();
            options.retain(|option| !option.trim().is_empty());
            let is_taken = heirs.iter().fold(false, |is_taken, heir| {
                let own = planned(tasks, &heir.id);
                choose(own, heir, choice.get_ref(), &options) || is_taken
            });
            if !is_taken {
                lost.push(told(&options));
            }
        }
        let mut seen = BTreeSet::new();
        lost.retain(|one| seen.insert(one.clone()));
        let only = if heirs.len() > 1 { wholes(&details) } else { Vec::new() };
        if lost.is_empty() && only.is_empty() {
            return;
        }
        let mut message = replaced(id.get_ref(), &heirs);
        if let (Some(first), false) = (heirs.first(), only.is_empty()) {
            let only = only.join(", ");
            let _ = write!(message, "; chỉ \"{}\" nhận: {only}", first.id); // cannot fail
        }
        if !lost.is_empty() {
            let _ = write!(message, "; không nhận được: {}", lost.join("; ")); // cannot fail
        }
        let hint = "Các khai báo khác đã chuyển sang nhiệm vụ mới. Xem lại những khai báo này, \
                    rồi khai theo mã mới trong hồ sơ.";
        self.push(Diagnostic::warning(Code::ReplacedTask, message, hint), id.span());
    }

    /// Leaves out the heirs of tasks that are left out, where those are all that an heir
    /// stands for and the profile plans none of them.
    pub(super) fn leave_out_heirs(
        &mut self,
        given_up: &[GivenUp<'a>],
        left_out: &mut Vec<(String, String)>,
    ) {
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for one in given_up {
            reasons.entry(one.id.get_ref()).or_default().push(&one.reason);
        }
        let is_planned =
            |id: &String| self.planned.contains(id) || self.inherited.contains(id);
        let mut found = Vec::new();
        for one in given_up {
            let mut stay: Vec<&Task> = Vec::new();
            for heir in &one.heirs {
                let all: Option<Vec<_>> =
                    heir.replaces.iter().map(|old| reasons.get(old.as_str())).collect();
                match all.filter(|_| !is_planned(&heir.id)) {
                    Some(all) if !left_out.iter().any(|(id, _)| *id == heir.id) => {
                        let mut all: Vec<&str> =
                            all.into_iter().flatten().copied().collect();
                        all.dedup();
                        left_out.push((heir.id.clone(), all.join("; ")));
                    }
                    Some(_) => {}
                    None => stay.push(heir),
                }
            }
            if !stay.is_empty() {
                let ids: Vec<String> =
                    stay.iter().map(|heir| format!("\"{}\"", heir.id)).collect();
                let message = format!(
                    "{}; không bỏ {}",
                    replaced(one.id.get_ref(), &one.heirs),
                    ids.join(", ")
                );
                let hint = "Nhiệm vụ mới còn thay cho nhiệm vụ khác nên vẫn ở trong kế hoạch. \
                            Muốn bỏ, khai [[left_out]] theo mã mới.";
                found.push((
                    Diagnostic::warning(Code::ReplacedTask, message, hint),
                    one.id.span(),
                ));
            }
        }
        for (diagnostic, span) in found {
            self.push(diagnostic, span);
        }
    }
}

/// What became of a task.
fn replaced(old: &str, heirs: &[&Task]) -> String {
    let ids: Vec<String> = heirs.iter().map(|heir| format!("\"{}\"", heir.id)).collect();
    format!("nhiệm vụ \"{}\" nay được thay bằng {}", quoted(old), ids.join(", "))
}

/// What the profile says about a task, from now on.
fn planned<'t>(tasks: &'t mut Vec<PlannedTask>, id: &str) -> &'t mut PlannedTask {
    let at = tasks.iter().position(|task| task.id == id).unwrap_or(tasks.len());
    if at == tasks.len() {
        tasks.push(PlannedTask { id: id.to_owned(), ..PlannedTask::default() });
    }
    &mut tasks[at]
}

/// Takes a value where there is none; tells of one that cannot be taken.
fn take<T: Clone + PartialEq>(
    own: &mut Option<T>,
    old: Option<&T>,
    told: impl Fn(&T) -> String,
) -> Option<String> {
    let old = old?;
    match own {
        None => {
            *own = Some(old.clone());
            None
        }
        Some(own) if own == old => None,
        Some(_) => Some(told(old)),
    }
}

fn add(own: &mut Vec<String>, old: &[String]) {
    for text in old {
        if !own.contains(text) {
            own.push(text.clone());
        }
    }
}

/// Takes over what holds for each part of a task; tells what cannot be.
fn share(own: &mut TaskDetails, old: &TaskDetails) -> Vec<String> {
    add(&mut own.partners, &old.partners);
    let name =
        |what: &'static str| move |text: &String| format!("{what} \"{}\"", quoted(text));
    let lost = [
        take(&mut own.lead, old.lead.as_ref(), name("đơn vị chủ trì")),
        take(&mut own.source, old.source.as_ref(), name("nguồn vốn")),
        take(&mut own.status, old.status.as_ref(), |status| {
            status.printed().to_lowercase()
        }),
        take(&mut own.deadline, old.deadline.as_ref(), |day| {
            format!("thời hạn nội bộ {}", short_date(*day))
        }),
    ];
    lost.into_iter().flatten().collect()
}

/// Takes over what is said of a task as a whole; tells what cannot be.
fn take_whole(own: &mut TaskDetails, old: &TaskDetails) -> Vec<String> {
    add(&mut own.actions, &old.actions);
    let name =
        |what: &'static str| move |text: &String| format!("{what} \"{}\"", quoted(text));
    let mut lost = vec![
        take(&mut own.product, old.product.as_ref(), name("sản phẩm")),
        take(&mut own.goal, old.goal.as_ref(), name("mục tiêu")),
        take(&mut own.scale, old.scale.as_ref(), name("quy mô")),
    ];
    // Two equal sums are still two.
    lost.push(match (own.budget, old.budget) {
        (Some(_), Some(sum)) => Some(format!("kinh phí {sum}")),
        (None, sum) => {
            own.budget = sum;
            None
        }
        (Some(_), None) => None,
    });
    lost.into_iter().flatten().collect()
}

/// What is said of a task as a whole, by name.
fn wholes(details: &TaskDetails) -> Vec<&'static str> {
    let all = [
        (!details.actions.is_empty(), "nội dung thêm"),
        (details.product.is_some(), "sản phẩm"),
        (details.goal.is_some(), "mục tiêu"),
        (details.scale.is_some(), "quy mô"),
        (details.budget.is_some(), "kinh phí"),
    ];
    all.into_iter().filter(|(is_said, _)| *is_said).map(|(_, name)| name).collect()
}

/// Takes over a choice, if the heir offers it with these options and nothing else was chosen.
fn choose(own: &mut PlannedTask, heir: &Task, id: &str, options: &[String]) -> bool {
    let Some(choice) = heir.choices.iter().find(|choice| choice.id == id) else {
        return false;
    };
    let meant = options.iter().map(|option| choice.named(option).map(str::to_owned));
    let Some(options) = meant.collect::<Option<Vec<String>>>() else { return false };
    if options.len() > 1 && !choice.multiple {
        return false;
    }
    if let Some((_, own)) = own.choices.iter().find(|(own, _)| own == id) {
        return *own == options;
    }
    own.choices.push((id.to_owned(), options));
    true
}
