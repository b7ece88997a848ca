//! Next year's profile from last year's plan: what stays is kept, what was planned is what is
//! reported on now.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use toml::{Table, Value};

use crate::catalog::agency::Agency;
use crate::catalog::{Catalog, Task};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::brief;

/// Entries of a profile by what is taken of them: the list they are in, the list they come to,
/// and the keys, each as it was called and is called.
type Kept = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// What was aimed at is judged, and projects are over or go on.
const KEPT: [(&str, Kept); 5] = [
    (
        "Mục tiêu năm trước: điền kết quả (achieved) và đánh giá (verdict).",
        (
            "target",
            "past_target",
            &[
                ("id", "id"),
                ("group", "group"),
                ("indicator", "indicator"),
                ("planned", "planned"),
            ],
        ),
    ),
    (
        "Dự án năm trước: điền số đã chi (spent), hiện trạng (state); việc chi thường xuyên thì \
         chuyển sang [[past_expense]].",
        (
            "project",
            "past_project",
            &[
                ("id", "id"),
                ("name", "name"),
                ("goal", "goal"),
                ("content", "content"),
                ("budget", "total"),
                ("source", "source"),
                ("period", "period"),
            ],
        ),
    ),
    (
        "Dự án còn làm tiếp năm nay thì giữ, đã xong thì xóa.",
        (
            "project",
            "project",
            &[
                ("id", "id"),
                ("name", "name"),
                ("content", "content"),
                ("lead", "lead"),
                ("goal", "goal"),
                ("scale", "scale"),
                ("source", "source"),
            ],
        ),
    ),
    (
        "Nhiệm vụ riêng năm trước: giữ việc còn làm tiếp.",
        (
            "own_task",
            "own_task",
            &[
                ("id", "id"),
                ("section", "section"),
                ("title", "title"),
                ("actions", "actions"),
                ("lead", "lead"),
                ("partners", "partners"),
                ("product", "product"),
                ("goal", "goal"),
                ("scale", "scale"),
                ("source", "source"),
            ],
        ),
    ),
    (
        "Trách nhiệm của các cơ quan, đơn vị.",
        ("duty", "duty", &[("unit", "unit"), ("duties", "duties")]),
    ),
];

/// Lists whose entries go on.
const CARRIED: [&str; 2] = ["project", "own_task"];

/// What of `[[task]]` stays from year to year.
const OF_TASK: [&str; 2] = ["lead", "partners"];

/// What of `[issue]` stays.
const OF_ISSUE: [&str; 6] =
    ["form", "symbol", "place", "header", "recipients", "archive"];

/// Next year's profile.
#[derive(Debug, Clone)]
pub struct Next {
    /// The agency that it is of.
    pub agency: Agency,
    /// Its TOML.
    pub text: String,
    /// What could not be taken over.
    pub diagnostics: Vec<Diagnostic>,
}

/// Makes the profile of an agency for the plan year of a catalogue from the profile of a plan of
/// an earlier year, and the Markdown which that plan was generated as.
#[must_use]
pub fn next(agency: Agency, profile: &str, base: &str, catalog: &Catalog) -> Next {
    // It was read when the plan was made.
    let old: Table = profile.parse().unwrap_or_default();
    let mut writer = Writer { text: String::new(), diagnostics: Vec::new() };
    writer.note(&format!(
        "Hồ sơ kế hoạch năm {} của {}, lập từ kế hoạch trước. Xem mọi mục có thể điền bằng \
         `khung new`.",
        catalog.year, agency.running
    ));
    match old.get("agency") {
        Some(Value::Table(own)) => writer.table("[agency]", own.iter()),
        _ => writer.key("agency", &agency.name.clone().into()),
    }
    if let Some(guidance) = old.get("guidance") {
        writer.key("guidance", guidance);
    }
    for (key, keys) in [
        ("issue", &OF_ISSUE[..]),
        ("signatory", &["name", "role", "alone", "lines"]),
        ("decision", &["authority", "executors"]),
    ] {
        let Some(Value::Table(table)) = old.get(key) else { continue };
        let kept = keys.iter().filter_map(|key| table.get_key_value(*key));
        writer.table(&format!("[{key}]"), kept);
    }
    writer.tasks(&old, base, catalog.annex(&agency).map_or(&[], |annex| &annex.tasks));
    for (note, (from, to, keys)) in KEPT {
        for (at, entry) in entries(&old, from).enumerate() {
            if at == 0 {
                let _ = writeln!(writer.text);
                writer.note(note);
            }
            let kept = keys.iter().filter_map(|(old, new)| {
                let (_, value) = entry.get_key_value(*old)?;
                Some((*new, value))
            });
            let carried = Value::from("carried-over");
            let status = Some(("status", &carried)).filter(|_| CARRIED.contains(&to));
            writer.table(&format!("[[{to}]]"), kept.chain(status));
        }
    }
    let Writer { text, diagnostics } = writer;
    Next { agency, text, diagnostics }
}

fn entries<'t>(table: &'t Table, key: &str) -> impl Iterator<Item = &'t Table> {
    let all = table.get(key).and_then(Value::as_array);
    all.into_iter().flatten().filter_map(Value::as_table)
}

struct Writer {
    text: String,
    diagnostics: Vec<Diagnostic>,
}

impl Writer {
    fn note(&mut self, text: &str) {
        let _ = writeln!(self.text, "## {text}");
    }

    fn key(&mut self, key: &str, value: &Value) {
        let _ = writeln!(self.text, "{key} = {value}");
    }

    fn table<'v, K: AsRef<str> + 'v>(
        &mut self,
        head: &str,
        entries: impl Iterator<Item = (K, &'v Value)>,
    ) {
        let mut entries = entries.peekable();
        if entries.peek().is_none() {
            return;
        }
        let _ = writeln!(self.text, "\n{head}");
        entries.for_each(|(key, value)| self.key(key.as_ref(), value));
    }

    /// Who does the tasks that there still are; the others are told.
    fn tasks(&mut self, old: &Table, base: &str, tasks: &[Task]) {
        let mut given = BTreeSet::new();
        for entry in entries(old, "task") {
            let Some(id) = entry.get("id").and_then(Value::as_str) else { continue };
            for heir in heirs(id, tasks).filter(|heir| given.insert(heir.id.clone())) {
                let id = Value::from(heir.id.clone());
                let kept = OF_TASK.iter().filter_map(|key| entry.get_key_value(*key));
                let kept = kept.map(|(key, value)| (key.as_str(), value));
                let choices = entry.get("choices").and_then(Value::as_table);
                let choices = choices.map(|given| kept_choices(given, heir));
                let choices = choices.filter(|kept| !kept.is_empty()).map(Value::Table);
                let choices = choices.as_ref().map(|kept| ("choices", kept));
                let all: Vec<_> = kept.chain(choices).collect();
                if !all.is_empty() {
                    let id = std::iter::once(("id", &id));
                    self.table("[[task]]", id.chain(all));
                }
            }
        }
        let kept: Vec<&Table> = entries(old, "left_out")
            .filter(|entry| {
                let id = entry.get("task").and_then(Value::as_str);
                id.is_some_and(|id| tasks.iter().any(|task| task.id == id))
            })
            .collect();
        for entry in kept {
            self.table("[[left_out]]", entry.iter());
        }
        let gone: Vec<String> = titles(base)
            .filter(|(id, _)| heirs(id, tasks).next().is_none())
            .filter(|(id, _)| !entries(old, "own_task").any(|own| is_id(own, id)))
            .map(|(_, title)| brief(title))
            .collect();
        if !gone.is_empty() {
            let message = "danh mục không còn những nhiệm vụ này của kế hoạch trước";
            let hint = "Việc còn làm tiếp thì ghi vào hồ sơ bằng [[own_task]].";
            let found = Diagnostic::warning(Code::Withdrawn, message, hint);
            self.diagnostics.push(found.among(gone));
        }
    }
}

fn is_id(entry: &Table, id: &str) -> bool {
    entry.get("id").and_then(Value::as_str) == Some(id)
}

/// The tasks that a task of an earlier edition is now: itself, or those that stand for it.
fn heirs<'t>(id: &str, tasks: &'t [Task]) -> impl Iterator<Item = &'t Task> {
    let is_it =
        |task: &&Task| task.id == id || task.renamed_from.iter().any(|old| old == id);
    let same = tasks.iter().find(is_it);
    let is_heir = move |task: &&Task| {
        same.is_none_or(|same| same.id == task.id)
            && (same.is_some() || task.replaces.iter().any(|old| old == id))
    };
    let found: Vec<&Task> = tasks.iter().filter(is_heir).collect();
    found.into_iter()
}

/// The choices that a task still offers, with the options that it still has.
fn kept_choices(given: &Table, task: &Task) -> Table {
    let kept = given.iter().filter_map(|(id, options)| {
        let choice = task.choices.iter().find(|choice| choice.id == *id)?;
        let has = |option: &&Value| {
            choice.options.iter().any(|known| Some(&*known.id) == option.as_str())
        };
        let one = [options.clone()];
        let all = options.as_array().map_or(&one[..], Vec::as_slice);
        let options: Vec<Value> = all.iter().filter(has).cloned().collect();
        (!options.is_empty()).then(|| (id.clone(), Value::Array(options)))
    });
    kept.collect()
}

/// The tasks of a generated plan: their ids, with what their headings say.
fn titles(base: &str) -> impl Iterator<Item = (&str, &str)> {
    base.split("<!-- khung: task-").skip(1).filter_map(|section| {
        let (id, rest) = section.split_once(" -->\n")?;
        Some((id, rest.lines().next()?.trim_start_matches(['#', ' '])))
    })
}
