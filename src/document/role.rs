//! What the ids of sections and rows say of them. The templates print the ids of sections;
//! all that the code knows of ids stands here.

use super::{BlockKind, Section, Table};

/// How the ids of guidance begin; behind it stands what the guidance is about.
pub(crate) const GUIDE: &str = "guide-";

/// What a section is in the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role<'s> {
    /// The drafter's own text: it has no id.
    Own,
    /// The line at the top of every page.
    Banner,
    /// Who issues the plan; number, place and date of issue.
    Letterhead,
    /// The title, and whatever stands with it.
    Title,
    /// Who decides, and that they do: what stands alone in the middle of a Quyết định.
    Enacting,
    /// The letterhead of a plan that a Quyết định in the same file issues: a text of its own
    /// begins with it.
    AttachedHead,
    /// What the plan is issued on.
    Preamble,
    /// What Annex III tells the drafter, by the id of what it is about.
    Guidance(&'s str),
    /// The heading that all tasks stand below.
    Tasks,
    /// The heading of a group of tasks.
    Group,
    /// A task, by its id in the catalogue.
    Task(&'s str),
    /// The agency's own tasks of a group, behind those of the catalogue.
    OtherTasks,
    /// The sources of money (Part II, V).
    Funding,
    /// The signature and the recipients.
    Signature,
    /// An annex, by its number.
    Annex(&'s str),
    /// Any other part of Annex III.
    Other,
}

impl<'s> Role<'s> {
    /// Guidance about the plan as a whole.
    pub(crate) const PLAN_GUIDANCE: Self = Self::Guidance("plan");

    /// The role of a section with this id.
    pub(crate) fn of(id: Option<&'s str>) -> Self {
        let Some(id) = id else { return Self::Own };
        if let Some((_, role)) = ONLY.iter().find(|(only, _)| *only == id) {
            return *role;
        }
        let after = |front| id.strip_prefix(front);
        after(GUIDE)
            .map(Self::Guidance)
            .or_else(|| after(TASK).map(Self::Task))
            .or_else(|| after("other-").map(|_| Self::OtherTasks))
            .or_else(|| after("annex-").map(Self::Annex))
            .or_else(|| after(GROUP).map(|_| Self::Group))
            .unwrap_or(Self::Other)
    }
}

/// The roles that one section has.
const ONLY: [(&str, Role<'static>); 11] = [
    ("banner", Role::Banner),
    ("letterhead", Role::Letterhead),
    ("title", Role::Title),
    ("decision", Role::Title),
    ("decision-authority", Role::Enacting),
    ("decision-enacts", Role::Enacting),
    ("plan-letterhead", Role::AttachedHead),
    ("preamble", Role::Preamble),
    ("tasks", Role::Tasks),
    ("funding-text", Role::Funding),
    ("signature", Role::Signature),
];

impl Role<'_> {
    /// Tells whether a section without a heading holds lines that look like headings and are
    /// none: running text is parted so, guidance and the agency's own tasks are not.
    pub(crate) fn has_lines_like_headings(self) -> bool {
        !matches!(self, Self::Guidance(_) | Self::OtherTasks | Self::Own)
    }
}

impl Section {
    /// What it is in the plan.
    pub(crate) fn role(&self) -> Role<'_> {
        Role::of(self.id.as_deref())
    }

    /// Tells whether it is guidance: what Annex III tells the drafter, and no part of the
    /// final plan.
    pub(crate) fn is_guidance(&self) -> bool {
        matches!(self.role(), Role::Guidance(_))
    }

    /// Tells whether it is what stands at the top of every page.
    pub(crate) fn is_banner(&self) -> bool {
        self.role() == Role::Banner
    }

    /// Its first table, where that is the list of works: groups and projects have rows there. With
    /// the place of its block.
    pub(crate) fn works(&self) -> Option<(usize, &Table)> {
        let (at, table) =
            self.blocks.iter().enumerate().find_map(|(at, block)| match &block.kind {
                BlockKind::Table(table) => Some((at, table)),
                _ => None,
            })?;
        let mut ids = table.rows.iter().filter_map(|row| row.id.as_deref());
        ids.any(|id| id != TOTAL && is_reserved(id)).then_some((at, table))
    }

    /// The number of the heading that it begins with.
    pub(crate) fn number(&self) -> Option<&str> {
        match &self.blocks.first()?.kind {
            BlockKind::Heading(heading) => heading.number.as_deref(),
            _ => None,
        }
    }
}

/// How the ids of tasks' sections begin.
const TASK: &str = "task-";
/// How the ids of groups begin, of their sections and of their rows.
const GROUP: &str = "group-";
const PROJECT: &str = "project-";

/// Id of the row that sums up the others.
pub(crate) const TOTAL: &str = "total";
/// Id of the row that the projects stand below.
pub(crate) const PROJECTS: &str = "projects";

/// Id of the section of a task.
pub(crate) fn task(id: &str) -> String {
    format!("{TASK}{id}")
}

/// Id of the row of a group, and of its section.
pub(crate) fn group(id: &str) -> String {
    format!("{GROUP}{id}")
}

/// Id of the row that waits for the tasks of a group which has none.
pub(crate) fn open_group(id: &str) -> String {
    format!("{GROUP}{id}-open")
}

/// Id of the row of a project.
pub(crate) fn project(id: &str) -> String {
    format!("{PROJECT}{id}")
}

/// Tells whether an id is that of a row which is no entry: a total, a group, a project.
pub(crate) fn is_reserved(id: &str) -> bool {
    [TOTAL, PROJECTS].contains(&id)
        || [GROUP, PROJECT].iter().any(|front| id.starts_with(front))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::Templates;

    #[test]
    fn the_templates_print_every_id_that_means_something() {
        let templates = Templates::embedded().unwrap();
        let ids =
            ["guide-plan", "task-{{ task.id }}", "other-{{ section.id }}", "group-data"];
        for id in ONLY.iter().map(|(id, _)| *id).chain(ids) {
            let marker = format!("<!-- khung: {id} ");
            assert!(templates.iter().any(|one| one.text.contains(&marker)), "{id}");
            assert_ne!(Role::of(Some(id)), Role::Other, "{id}");
        }
    }
}
