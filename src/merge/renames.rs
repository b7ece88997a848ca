//! Ids that an edition of the catalogue gave up, and what stands for them.

use std::collections::BTreeMap;

use crate::catalog::Task;
use crate::document::Role;

/// Ids of tasks that the new edition gave up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Renames {
    renamed: BTreeMap<String, String>,
    replaced: BTreeMap<String, Vec<String>>,
}

impl Renames {
    /// Reads `renamed_from` and `replaces` of the new edition's tasks.
    #[must_use]
    pub fn of(tasks: &[Task]) -> Self {
        let mut renames = Self::default();
        for task in tasks {
            for old in &task.renamed_from {
                renames.rename(old, &task.id);
            }
            for old in &task.replaces {
                renames.replace(old, &task.id);
            }
        }
        renames
    }

    /// The task `old` is now called `new`.
    pub fn rename(&mut self, old: &str, new: &str) {
        self.renamed.insert(old.to_owned(), new.to_owned());
    }

    /// The task `new` stands for a part of `old`, or for `old` and others.
    pub fn replace(&mut self, old: &str, new: &str) {
        self.replaced.entry(old.to_owned()).or_default().push(new.to_owned());
    }

    /// What a section or row is called now, `task-old`, `guide-old`, `old`, `old-2`; its old
    /// id unless the new one `is_known`.
    pub(crate) fn now(&self, id: &str, is_known: impl Fn(&str) -> bool) -> String {
        if self.renamed.is_empty() || is_known(id) {
            return id.to_owned();
        }
        let (prefix, task) = split(id);
        let ends = task.match_indices('-').map(|(at, _)| at).chain([task.len()]);
        // The longest first: `policy-sme-1` is a row of `policy-sme`, not of `policy`.
        let ends: Vec<usize> = ends.filter(|&end| end <= LONGEST_ID).collect();
        let new = ends.into_iter().rev().find_map(|end| {
            let new = self.renamed.get(&task[..end])?;
            let id = format!("{prefix}{new}{}", &task[end..]);
            is_known(&id).then_some(id)
        });
        new.unwrap_or_else(|| id.to_owned())
    }

    /// The sections that stand for a section that was split or joined to another one.
    pub(super) fn instead_of(&self, id: &str) -> Vec<String> {
        let (prefix, task) = split(id);
        let new = self.replaced.get(task).map_or(&[][..], Vec::as_slice);
        new.iter().map(|new| format!("{prefix}{new}")).collect()
    }
}

/// Longest id of a task.
const LONGEST_ID: usize = 24;

/// What a section holds of a task, and the task.
fn split(id: &str) -> (&str, &str) {
    match Role::of(Some(id)) {
        Role::Task(task) | Role::Guidance(task) => id.split_at(id.len() - task.len()),
        _ => ("", id),
    }
}
