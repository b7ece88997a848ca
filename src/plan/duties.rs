//! Part II, VI: what each body leads, supports and answers for.

use super::{Assignment, Duty, Resolver, Section, reference, slot, small};
use crate::catalog::agency::fill;

/// What one body does, by how it came to it.
#[derive(Default)]
struct Load {
    unit: String,
    /// Tasks that the profile gives it, and tasks that the catalogue suggests for it.
    leads: [Vec<String>; 2],
    projects: Vec<String>,
    /// Numbers of the tasks that it supports.
    supports: Vec<String>,
    own: Vec<String>,
}

/// Bodies in the order of their first mention.
#[derive(Default)]
struct Loads(Vec<Load>);

impl Loads {
    fn of(&mut self, unit: &str) -> &mut Load {
        let at = self.0.iter().position(|load| load.unit == unit).unwrap_or_else(|| {
            self.0.push(Load { unit: unit.to_owned(), ..Load::default() });
            self.0.len() - 1
        });
        &mut self.0[at]
    }
}

impl Resolver<'_> {
    /// The bodies in the catalogue's order, those of one kind as they are first named: in
    /// the profile's duties, as leads, as co-operating units.
    pub(super) fn duties(&self, groups: &[Section]) -> Vec<Duty> {
        let mut loads = Loads::default();
        for duty in &self.profile.duties {
            loads.of(&duty.unit).own.extend(duty.duties.iter().cloned());
        }
        let views = || groups.iter().flat_map(|group| &group.tasks);
        for view in views() {
            let title = format!("{} {}", view.number, view.title);
            let known = self.known(&view.id).map(|task| self.agency.fill(&task.lead));
            match (self.task_details(&view.id).lead, known) {
                (Some(unit), _) => loads.of(&unit).leads[0].push(title),
                (None, Some(unit)) => {
                    loads.of(&self.stand_in(unit)).leads[1].push(title);
                }
                (None, None) => {}
            }
        }
        for (at, project) in self.profile.projects.iter().enumerate() {
            if let Some(unit) = &project.details.lead {
                loads.of(unit).projects.push(self.project_number(at));
            }
        }
        for view in views() {
            for unit in self.task_details(&view.id).partners {
                let number = view.number.trim_end_matches('.').to_owned();
                loads.of(&unit).supports.push(number);
            }
        }
        self.standing(&mut loads);
        self.executing(&mut loads);
        loads.0.sort_by_key(|load| self.rank(&load.unit));
        loads.0.into_iter().map(|load| self.duty(load)).collect()
    }

    /// What bodies do in every plan, unless the profile says what they do.
    fn standing(&self, loads: &mut Loads) {
        let standing = self.organisation().map_or(&[][..], |all| &all.standing);
        let is_said =
            |unit: &str| self.profile.duties.iter().any(|duty| duty.unit == unit);
        for one in standing {
            let unit = self.stand_in(self.agency.fill(&one.unit));
            // Who says what its bodies do knows what they are called.
            let is_vague = self.is_unnamed(&unit) && !self.profile.duties.is_empty();
            if !is_said(&unit) && !is_vague {
                loads.of(&unit).own.push(self.agency.fill(&one.duty));
            }
        }
    }

    /// The body that a suggestion describes, where the profile gives it a task of those that are
    /// suggested for it; else the suggestion.
    fn stand_in(&self, suggested: String) -> String {
        if !self.is_unnamed(&suggested) {
            return suggested;
        }
        let tasks = self.tasks.iter();
        let mut own = tasks.filter(|task| self.agency.fill(&task.lead) == suggested);
        own.find_map(|task| self.task_details(&task.id).lead).unwrap_or(suggested)
    }

    /// Tells whether a body has no name here, but what it is for.
    fn is_unnamed(&self, unit: &str) -> bool {
        self.organisation().is_some_and(|all| begins(&all.unnamed, unit).is_some())
    }

    /// A body as the plan calls it; a slot, where it has no name.
    fn called(&self, unit: String) -> String {
        if self.is_unnamed(&unit) {
            slot(&format!("tên {}", small(&unit)))
        } else {
            unit
        }
    }

    /// The last sentence on how the plan is carried out.
    pub(super) fn closing(&self) -> Option<String> {
        let organisation = self.organisation()?;
        let closing = self.agency.fill(organisation.closing.as_ref()?);
        let first = organisation.standing.first();
        let unit = first.map(|one| self.stand_in(self.agency.fill(&one.unit)));
        Some(fill(&closing, &[("unit", &self.called(unit.unwrap_or_default()))]))
    }

    /// Recipients that carry out the plan answer for it, even where the profile does not
    /// say how.
    fn executing(&self, loads: &mut Loads) {
        let recipients = self.profile.issue.recipients.as_ref();
        for unit in recipients.unwrap_or(&self.agency.recipients) {
            let named = unit.to_lowercase();
            let is_said = |load: &Load| {
                !load.own.is_empty() && load.unit.to_lowercase().contains(&named)
            };
            if self.executes(unit) && !loads.0.iter().any(is_said) {
                loads.of(unit).own.push(slot("trách nhiệm thực hiện, chế độ báo cáo"));
            }
        }
    }

    /// Tells whether a recipient is one of those that carry out the plan.
    pub(super) fn executes(&self, recipient: &str) -> bool {
        let organisation = self.organisation();
        organisation.is_some_and(|all| begins(&all.executing, recipient).is_some())
    }

    fn organisation(&self) -> Option<&crate::catalog::Organisation> {
        self.catalog.annex(self.agency).map(|annex| &annex.organisation)
    }

    /// Bodies that the catalogue does not name stand between those that the plan directs
    /// and those that it asks.
    fn rank(&self, unit: &str) -> (u8, usize) {
        let place = |pick: fn(&crate::catalog::Organisation) -> &Vec<String>| {
            self.organisation().and_then(|organisation| begins(pick(organisation), unit))
        };
        match (place(|all| &all.asked), place(|all| &all.directed)) {
            (Some(at), _) => (2, at),
            (None, Some(at)) => (0, at),
            (None, None) => (1, 0),
        }
    }

    fn duty(&self, load: Load) -> Duty {
        let is_asked = self.rank(&load.unit).0 == 2;
        let say = |text: &str| match text.split_at_checked(1) {
            Some((first, rest)) if is_asked => {
                format!("Đề nghị {}{rest}", first.to_lowercase())
            }
            _ => text.to_owned(),
        };
        let tasks =
            |many: usize| if many == 1 { "nhiệm vụ" } else { "các nhiệm vụ" };
        let [given, suggested] = load.leads;
        let mut duties = Vec::new();
        let more = if given.is_empty() {
            "Chủ trì thực hiện"
        } else {
            "Chủ trì thêm"
        };
        if !given.is_empty() {
            let text = say(&format!("Chủ trì thực hiện {}:", tasks(given.len())));
            duties.push(Assignment { text, tasks: given });
        }
        if !suggested.is_empty() {
            let confirm = slot("xác nhận phân công");
            let text = say(&format!("{more} {} {confirm}:", tasks(suggested.len())));
            duties.push(Assignment { text, tasks: suggested });
        }
        let mut sentence = |text: String| {
            duties.push(Assignment { text, tasks: Vec::new() });
        };
        if !load.projects.is_empty() {
            let many =
                if load.projects.len() == 1 { "dự án" } else { "các dự án" };
            let numbers = load.projects.join(", ");
            let works = reference::to(reference::WORKS);
            let text = format!("Chủ trì thực hiện {many} số {numbers} nêu tại {works}.");
            sentence(say(&text));
        }
        if !load.supports.is_empty() {
            let (many, numbers) = (tasks(load.supports.len()), load.supports.join(", "));
            let tasks = reference::to(reference::TASKS);
            let text = format!("Phối hợp thực hiện {many} {numbers} nêu tại {tasks}.");
            sentence(say(&text));
        }
        load.own.into_iter().for_each(sentence);
        Duty { unit: self.called(load.unit), duties }
    }
}

/// The place of the beginning that a name has.
fn begins(beginnings: &[String], name: &str) -> Option<usize> {
    let is_whole = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    beginnings
        .iter()
        .position(|beginning| name.strip_prefix(beginning.as_str()).is_some_and(is_whole))
}
