//! The deadlines as a calendar file.

use std::collections::BTreeSet;

use chrono::Datelike;
use khung::catalog::deadline::{Deadline, Due, LevelDue, Shade};

use crate::commands::{folder, khung};
use crate::editions::write_second;

/// The calendar that `khung list deadlines` prints with these arguments.
fn calendar(arguments: &[&str]) -> String {
    let folder = folder();
    write_second(&folder.path().join("moi"));
    let all = [&["list", "deadlines", "--format", "ics"], arguments].concat();
    let (code, text) = khung(&folder, &all);
    assert_eq!(code, 0, "{text}");
    text
}

/// The events of a calendar, each as its content lines.
fn events(text: &str) -> Vec<Vec<String>> {
    let unfolded = text.replace("\r\n ", "");
    let events = unfolded.split("BEGIN:VEVENT\r\n").skip(1);
    events.map(|event| event.lines().map(str::to_owned).collect()).collect()
}

/// The value of a property of an event.
fn value<'e>(event: &'e [String], name: &str) -> &'e str {
    let line = event.iter().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_once(':')).unwrap().1
}

#[test]
fn lines_are_as_the_standard_wants_them() {
    let text = calendar(&[]);
    assert!(text.ends_with("END:VCALENDAR\r\n"));
    let lines = text.strip_suffix("\r\n").unwrap().split("\r\n");
    for line in lines {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
    }
    assert_eq!(text, calendar(&[]));
}

#[test]
fn every_deadline_that_ends_is_there_on_its_last_day() {
    let text = calendar(&["--for", "Lào Cai"]);
    let events = events(&text);
    let ids: BTreeSet<&str> = events.iter().map(|event| value(event, "UID")).collect();
    assert_eq!(ids.len(), events.len());
    let days = |task: &str| -> Vec<&str> {
        let task = format!("province.{task}");
        let of_task = |event: &&Vec<String>| value(event, "UID").starts_with(&task);
        events.iter().filter(of_task).map(|event| value(event, "DTSTART")).collect()
    };
    for (task, expected) in [
        ("e-transactions-law.", &["20240530"][..]),
        // Before 30 June.
        ("security-levels.approve-dossiers.", &["20240629"]),
        // June, the year, two years, every quarter, every half-year.
        ("citizen-data-vault.", &["20240630"]),
        ("data-centre.", &["20241231"]),
        ("data-analytics.", &["20251231"]),
        (
            "economy-measurement.measure-ict.",
            &["20240331", "20240630", "20240930", "20241231"],
        ),
        ("sme-transformation.", &["20240630", "20241231"]),
        // Before 30 November of every year.
        ("resolution-review.", &["20241129"]),
        // Every two years, from nobody knows when; every year, every half-year, by level.
        ("security-levels.inspections.1.2.", &[]),
        ("security-levels.inspections.3.4.", &["20241231"]),
        ("security-levels.inspections.5.", &["20240630", "20241231"]),
        // Continuous: no day.
        ("communication.", &[]),
    ] {
        assert_eq!(days(task), expected, "{task}");
    }
    let months = text.replace("\r\n ", "");
    assert!(months.contains(
        "Thời hạn: Năm 2024 (công văn không nêu ngày\\; lịch ghi ngày cuối cùng của kỳ)"
    ));
    assert!(months.contains("SUMMARY:Phê duyệt kế hoạch bồi dưỡng\\, tập huấn\r\n"));
}

#[test]
fn what_comes_back_is_due_in_the_quarters_of_its_days() {
    // So many times in so many months: the quarters from 1, then later years; the months.
    let rows: [(u32, u32, &str, &[u32]); 9] = [
        (1, 1, "1 2 3 4 -", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
        (1, 3, "1 2 3 4 -", &[3, 6, 9, 12]),
        (3, 12, ". 2 3 4 -", &[4, 8, 12]),
        (5, 24, ". 2 3 4 -", &[4, 8, 12]),
        (1, 6, ". 2 . 4 -", &[6, 12]),
        (1, 9, ". . 3 . -", &[9]),
        (1, 12, ". . . 4 -", &[12]),
        (1, 24, ". . . . .", &[]),
        (1, 36, ". . . . .", &[]),
    ];
    for (times, months, quarters, due) in rows {
        let deadline = Deadline {
            id: None,
            due: Due::Levels(vec![LevelDue {
                levels: vec![3],
                times,
                months,
                exactly: false,
            }]),
            printed: "định kỳ".to_owned(),
            said: None,
            what: None,
        };
        let [entry] = &deadline.entries(2024)[..] else { panic!("{deadline:?}") };
        let shown = entry.grid.iter().enumerate().map(|(at, shade)| match shade {
            Shade::Blank => "-".to_owned(),
            Shade::Running => ".".to_owned(),
            Shade::Due(label) if label.is_empty() => (at + 1).to_string(),
            Shade::Due(label) | Shade::Over(label) => label.clone(),
        });
        assert_eq!(shown.collect::<Vec<_>>().join(" "), quarters, "{times}/{months}");
        let days: Vec<u32> = entry.days(2024).iter().map(Datelike::month).collect();
        assert_eq!(days, due, "{times}/{months}");
    }
}

#[test]
fn agencies_have_the_deadlines_of_their_annex() {
    let count = |arguments: &[&str]| events(&calendar(arguments)).len();
    let (all, province) = (count(&[]), count(&["--for", "Lào Cai"]));
    assert!(province > 0);
    assert_eq!(all, province + count(&["--for", "BYT"]));
}

#[test]
fn a_corrected_deadline_is_the_same_event_later() {
    let find = |text: &str| {
        let is_it =
            |event: &&Vec<String>| value(event, "UID").starts_with("province.e-trans");
        events(text).iter().find(is_it).unwrap().clone()
    };
    let (base, fresh) = (find(&calendar(&[])), find(&calendar(&["--catalog", "moi"])));
    assert_eq!(value(&base, "UID"), value(&fresh, "UID"));
    assert_eq!(value(&base, "DTSTAMP"), value(&fresh, "DTSTAMP"));
    assert_eq!((value(&base, "SEQUENCE"), value(&base, "DTSTART")), ("2", "20240530"));
    assert_eq!((value(&fresh, "SEQUENCE"), value(&fresh, "DTSTART")), ("9", "20240630"));
}
