//! The deadlines as an iCalendar file (RFC 5545), for the calendar of an office.
//!
//! The crates that write such files take the clock and random ids, or fold lines beyond the
//! 75 octets that the standard allows; it is a page of code without them.

use chrono::NaiveDate;

use crate::catalog::agency::Agency;
use crate::catalog::deadline::{Deadline, Due};
use crate::catalog::{Annex, Catalog, DueDate, Task};

/// The calendar of all deadlines that end some day, of every agency or of one.
pub(super) fn render(catalog: &Catalog, agency: Option<&Agency>) -> String {
    let owner = agency.map_or_else(String::new, |agency| format!(" – {}", agency.name));
    let plans_by = |key: &String| agency.is_none_or(|agency| agency.tasks == *key);
    let annexes = catalog.annexes.iter().rev().filter(|(key, _)| plans_by(key));
    let mut events: Vec<Event> = annexes
        .flat_map(|(key, annex)| annex.tasks.iter().map(move |task| (key, annex, task)))
        .flat_map(|(key, annex, task)| events(catalog, key, annex, task))
        .collect();
    events.sort_by_key(|event| event.day);

    let mut lines = Lines::default();
    lines.add("BEGIN", "VCALENDAR");
    lines.add("VERSION", "2.0");
    lines.add("PRODID", "-//khung//khung//VI");
    lines.add("METHOD", "PUBLISH");
    lines.text("X-WR-CALNAME", &format!("Chuyển đổi số {}{owner}", catalog.year));
    for event in events {
        event.write(catalog, &mut lines);
    }
    lines.add("END", "VCALENDAR");
    lines.0
}

/// One day on which something is due.
struct Event {
    day: NaiveDate,
    /// The same in every version of the edition, so that a calendar takes in corrections.
    id: String,
    summary: String,
    description: String,
}

/// The events of a task.
fn events(catalog: &Catalog, key: &str, annex: &Annex, task: &Task) -> Vec<Event> {
    let unit = catalog.unit(&task.unit).map_or_else(String::new, |unit| {
        format!("\nĐơn vị đầu mối hỗ trợ: {}", unit.name)
    });
    let mut events = Vec::new();
    for (at, deadline) in task.deadlines.iter().enumerate() {
        let id = deadline.id.clone().unwrap_or_else(|| (at + 1).to_string());
        let what = deadline.what.as_ref().unwrap_or(&task.title);
        for entry in deadline.entries(catalog.year) {
            let levels = entry.levels.iter().map(|level| format!(".{level}"));
            let id = format!("{key}.{}.{id}{}", task.id, levels.collect::<String>());
            let printed = entry.printed.as_ref().unwrap_or(&deadline.printed);
            let description = format!(
                "Nhiệm vụ: {}\nThời hạn: {printed}{}\nNguồn: {} {}{unit}",
                task.title,
                choice_of_day(deadline),
                task.cite,
                task.printed_in(annex),
            );
            for (turn, day) in entry.days(catalog.year).into_iter().enumerate() {
                events.push(Event {
                    day,
                    id: format!("{id}.{}@{}.khung", turn + 1, catalog.edition),
                    summary: entry.about(what),
                    description: description.clone(),
                });
            }
        }
    }
    events
}

/// Why the event stands on its day, where the dispatch names no day or another one.
fn choice_of_day(deadline: &Deadline) -> &'static str {
    match deadline.due {
        Due::On(_) | Due::Continuous => "",
        Due::Before(_) | Due::YearlyBefore(..) => " (lịch ghi ngày cuối cùng trước hạn)",
        Due::Month(_)
        | Due::Year(_)
        | Due::Years(..)
        | Due::Every(_)
        | Due::Levels(_) => " (công văn không nêu ngày; lịch ghi ngày cuối cùng của kỳ)",
    }
}

impl Event {
    fn write(&self, catalog: &Catalog, lines: &mut Lines) {
        let date = |day: NaiveDate| day.format("%Y%m%d").to_string();
        // The day of the dispatch: without a clock, and the same for everyone.
        let stamp =
            catalog.dispatch.date.or(catalog.due.map(DueDate::last)).unwrap_or_default();
        // "2024.2" is the second revision.
        let version = catalog.version.rsplit('.').next().unwrap_or_default();
        let revision: u32 = version.parse().unwrap_or(0);
        lines.add("BEGIN", "VEVENT");
        lines.text("UID", &self.id);
        lines.add("DTSTAMP", &format!("{}T000000Z", date(stamp)));
        lines.add("SEQUENCE", &revision.to_string());
        lines.add("DTSTART;VALUE=DATE", &date(self.day));
        lines.text("SUMMARY", &self.summary);
        lines.text("DESCRIPTION", &self.description);
        // Nobody is busy all day.
        lines.add("TRANSP", "TRANSPARENT");
        lines.add("END", "VEVENT");
    }
}

/// Content lines: at most 75 octets each, a longer one goes on after a space.
#[derive(Default)]
struct Lines(String);

impl Lines {
    const LONGEST: usize = 75;

    fn add(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for c in name.chars().chain([':']).chain(value.chars()) {
            if length + c.len_utf8() > Self::LONGEST {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(c);
            length += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    /// A value of the type TEXT.
    fn text(&mut self, name: &str, value: &str) {
        let mut escaped = String::with_capacity(value.len());
        for c in value.chars() {
            match c {
                '\\' | ';' | ',' => escaped.extend(['\\', c]),
                '\n' | '\r' => escaped.push_str("\\n"),
                _ => escaped.push(c),
            }
        }
        self.add(name, &escaped);
    }
}
