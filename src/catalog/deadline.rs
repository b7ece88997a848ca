//! Deadlines as the dispatch states them, and where they fall in a calendar.

use std::fmt;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::Deserialize;
use toml::value::Datetime;

use crate::source::Day;

/// When something is due, with the phrase as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// `[a-z0-9-]`; none where the task has a single deadline.
    pub id: Option<String>,
    /// The typed form.
    pub due: Due,
    /// The phrase of the dispatch, verbatim.
    pub printed: String,
    /// What the plan says instead, beside what is due.
    pub said: Option<String>,
    /// What is due, where it is not simply the task.
    pub what: Option<String>,
}

/// The forms of a deadline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// "30/3/2024": on that day at the latest.
    On(NaiveDate),
    /// "trước 30/6/2024": before that day.
    Before(NaiveDate),
    /// "Tháng 6/2024": in the month of this first day.
    Month(NaiveDate),
    /// "Năm 2024".
    Year(i32),
    /// "2024 - 2025", both included.
    Years(i32, i32),
    /// "trước ngày 30 tháng 11 hàng năm": month and day.
    YearlyBefore(u32, u32),
    /// "theo từng quý", "định kỳ 6 tháng": every so many months.
    Every(u32),
    /// By security level of a system.
    Levels(Vec<LevelDue>),
    /// "thường xuyên, liên tục".
    Continuous,
}

/// How often systems of some security levels are due.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelDue {
    /// Security levels, 1 to 5.
    pub levels: Vec<u8>,
    /// How many times …
    pub times: u32,
    /// … in this many months.
    pub months: u32,
    /// Whether it is that often, and not at least.
    #[serde(default)]
    pub exactly: bool,
}

impl fmt::Display for Due {
    /// The type in the words of the dispatch.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(day) => f.write_str(&plain_date(*day)),
            Self::Before(day) => write!(f, "trước {}", plain_date(*day)),
            Self::Month(first) => write!(f, "tháng {}/{}", first.month(), first.year()),
            Self::Year(year) => write!(f, "năm {year}"),
            Self::Years(from, to) => write!(f, "{from} - {to}"),
            Self::YearlyBefore(month, day) => {
                write!(f, "trước ngày {day} tháng {month} hàng năm")
            }
            Self::Every(months) => write!(f, "định kỳ {months} tháng"),
            Self::Levels(levels) => {
                for (at, due) in levels.iter().enumerate() {
                    let separator = if at == 0 { "" } else { "; " };
                    let levels: Vec<_> = due.levels.iter().map(u8::to_string).collect();
                    write!(f, "{separator}cấp độ {}: {due}", levels.join(", "))?;
                }
                Ok(())
            }
            Self::Continuous => f.write_str("thường xuyên, liên tục"),
        }
    }
}

/// "30/3/2024": as the dispatch writes days.
fn plain_date(day: NaiveDate) -> String {
    format!("{}/{}/{}", day.day(), day.month(), day.year())
}

impl fmt::Display for LevelDue {
    /// "tối thiểu 1 lần/2 năm", "1 lần/06 tháng", as Annex I, 7 and Annex II, 6 count.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self.months {
            months if months.is_multiple_of(12) => (months / 12, "năm"),
            months => (months, "tháng"),
        };
        let width = if unit == "tháng" { 2 } else { 1 };
        let least = if self.exactly { "" } else { "tối thiểu " };
        write!(f, "{least}{} lần/{count:0width$} {unit}", self.times)
    }
}

/// A deadline as typed in TOML: exactly one of the typed keys is set.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct DraftDeadline {
    id: Option<String>,
    on: Option<Datetime>,
    before: Option<Datetime>,
    month: Option<String>,
    year: Option<i32>,
    years: Option<(i32, i32)>,
    yearly_before: Option<String>,
    every: Option<String>,
    levels: Option<Vec<LevelDue>>,
    continuous: Option<bool>,
    printed: String,
    said: Option<String>,
    what: Option<String>,
    /// "b" where the deadline stands in the ministry's part of the task.
    place: Option<String>,
}

impl DraftDeadline {
    /// Checks the draft.
    ///
    /// # Errors
    /// What is wrong, in Vietnamese.
    pub(super) fn check(self) -> Result<Deadline, String> {
        let mut forms = Vec::new();
        if let Some(day) = self.on {
            forms.push(Due::On(
                Day::of(day).ok_or("`on` phải là một ngày, không kèm giờ")?.0,
            ));
        }
        if let Some(day) = self.before {
            let day = Day::of(day).ok_or("`before` phải là một ngày, không kèm giờ")?;
            forms.push(Due::Before(day.0));
        }
        if let Some(month) = self.month {
            let first = format!("{month}-01");
            forms.push(Due::Month(
                first
                    .parse()
                    .map_err(|_| format!("`month = \"{month}\"` phải viết YYYY-MM"))?,
            ));
        }
        if let Some(year) = self.year {
            forms.push(Due::Year(year));
        }
        if let Some((from, to)) = self.years {
            if from >= to {
                return Err(format!("`years = [{from}, {to}]` phải tăng dần"));
            }
            forms.push(Due::Years(from, to));
        }
        if let Some(text) = self.yearly_before {
            // 2000 was a leap year: 29 February is a day of some years.
            let day: NaiveDate = format!("2000-{text}")
                .parse()
                .map_err(|_| format!("`yearly_before = \"{text}\"` phải viết MM-DD"))?;
            forms.push(Due::YearlyBefore(day.month(), day.day()));
        }
        if let Some(period) = self.every {
            forms.push(Due::Every(match period.as_str() {
                "month" => 1,
                "quarter" => 3,
                "half-year" => 6,
                "year" => 12,
                _ => {
                    return Err(format!(
                        "`every = \"{period}\"` phải là month, quarter, half-year hoặc year"
                    ));
                }
            }));
        }
        if let Some(levels) = self.levels {
            if levels.is_empty() || levels.iter().any(|l| l.months == 0 || l.times == 0) {
                return Err("`levels` phải nêu số lần và số tháng lớn hơn 0".to_owned());
            }
            forms.push(Due::Levels(levels));
        }
        if self.continuous == Some(true) {
            forms.push(Due::Continuous);
        }
        if self.place.as_deref().is_some_and(|place| place != "b") {
            return Err("`place` chỉ nhận \"b\"".to_owned());
        }
        if self.printed.trim().is_empty() {
            return Err("thiếu `printed`: cụm từ đúng như bản in".to_owned());
        }
        let mut forms = forms.into_iter();
        match (forms.next(), forms.next()) {
            (Some(due), None) => {
                let Self { id, printed, said, what, .. } = self;
                Ok(Deadline { id, due, printed, said, what })
            }
            (None, _) => {
                Err("không có kiểu thời hạn nào (on, before, month, …)".to_owned())
            }
            _ => Err("có nhiều kiểu thời hạn; chỉ giữ một".to_owned()),
        }
    }
}

/// "18/12/2023": day and month as the decree pads them (day below 10, months 1 and 2).
#[must_use]
pub fn short_date(date: NaiveDate) -> String {
    format!("{:02}/{}/{}", date.day(), padded_month(date), date.year())
}

/// "ngày 18 tháng 12 năm 2023", padded by the same rule (Nghị định 30, Phụ lục I, II.4).
#[must_use]
pub fn long_date(date: NaiveDate) -> String {
    format!("ngày {:02} tháng {} năm {}", date.day(), padded_month(date), date.year())
}

fn padded_month(date: NaiveDate) -> String {
    let month = date.month();
    if month < 3 { format!("{month:02}") } else { month.to_string() }
}

/// One row of the deadline calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Last day, for sorting; none when there is none (continuous).
    pub ends: Option<NaiveDate>,
    /// Four quarters of the plan year, then "later".
    pub grid: [Shade; 5],
    /// Security levels, when the entry is about them only.
    pub levels: Vec<u8>,
    /// Its part of the deadline's phrase, when the entry is about some levels only.
    pub printed: Option<String>,
    /// After how many months it comes back; none when it does not.
    pub period: Option<u32>,
}

impl Entry {
    /// The days on which it ends; of one that comes back, until the end of `year`.
    #[must_use]
    pub fn days(&self, year: i32) -> Vec<NaiveDate> {
        let next = |day: &NaiveDate| {
            let day = day.with_day(1)?.checked_add_months(Months::new(self.period?))?;
            (day.year() == year).then(|| last_of_month(day))
        };
        std::iter::successors(self.ends, next).collect()
    }

    /// What is due, with the security levels that the entry is about.
    #[must_use]
    pub fn about(&self, what: &str) -> String {
        if self.levels.is_empty() {
            return what.to_owned();
        }
        let levels: Vec<String> = self.levels.iter().map(ToString::to_string).collect();
        format!("{what} – cấp độ {}", levels.join(", "))
    }
}

/// What a cell of the quarter grid shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shade {
    /// Nothing.
    Blank,
    /// Work goes on.
    Running,
    /// Something is due, with a short label such as "30/3".
    Due(String),
    /// Something was due before the year, with a label such as "hết 2023".
    Over(String),
}

impl Deadline {
    /// The phrase of the plan: the dispatch's, or what it says instead.
    #[must_use]
    pub fn said(&self) -> &str {
        self.said.as_deref().unwrap_or(&self.printed)
    }

    /// Where the deadline falls in the calendar of `year`.
    #[must_use]
    pub fn entries(&self, year: i32) -> Vec<Entry> {
        match &self.due {
            Due::On(day) => vec![until(year, *day, &day_label(*day))],
            Due::Before(day) => {
                let last = day.checked_sub_days(Days::new(1)).unwrap_or(*day);
                vec![until(year, last, &format!("trước {}", day_label(*day)))]
            }
            Due::Month(first) => {
                let last = last_of_month(*first);
                vec![until(year, last, &format!("tháng {}", first.month()))]
            }
            Due::Year(due) => vec![until(year, year_end(*due), "")],
            Due::Years(_, to) => vec![until(year, year_end(*to), &to.to_string())],
            Due::YearlyBefore(month, day) => {
                let Some(day) = NaiveDate::from_ymd_opt(year, *month, *day) else {
                    return vec![until(year, year_end(year), "")];
                };
                let last = day.checked_sub_days(Days::new(1)).unwrap_or(day);
                vec![until(year, last, &format!("trước {}", day_label(day)))]
            }
            Due::Every(months) => vec![every(year, *months)],
            Due::Levels(levels) => levels
                .iter()
                .map(|level| Entry {
                    levels: level.levels.clone(),
                    printed: Some(level.to_string()),
                    ..every(year, level.months / level.times.max(1))
                })
                .collect(),
            Due::Continuous => vec![Entry {
                ends: None,
                grid: [(); 5].map(|()| Shade::Running),
                levels: Vec::new(),
                printed: None,
                period: None,
            }],
        }
    }

    /// The day of `year` that the deadline names.
    #[must_use]
    pub fn day(&self, year: i32) -> Option<NaiveDate> {
        match self.due {
            Due::On(day) | Due::Before(day) => Some(day),
            Due::YearlyBefore(month, day) => NaiveDate::from_ymd_opt(year, month, day),
            _ => None,
        }
    }

    /// Tells whether all of it lies before `year`: what a plan of that year tells the drafter,
    /// and does not print.
    #[must_use]
    pub fn is_over(&self, year: i32) -> bool {
        let ends = self.entries(year).into_iter().filter_map(|entry| entry.ends);
        ends.max().is_some_and(|day| day.year() < year)
    }
}

/// The name of a day on which nobody works; none for others.
#[must_use]
pub fn weekend(day: NaiveDate) -> Option<&'static str> {
    match day.weekday() {
        Weekday::Sat => Some("thứ Bảy"),
        Weekday::Sun => Some("Chủ nhật"),
        _ => None,
    }
}

fn day_label(day: NaiveDate) -> String {
    format!("{:02}/{}", day.day(), padded_month(day))
}

fn year_end(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 12, 31).unwrap_or_default()
}

fn last_of_month(first: NaiveDate) -> NaiveDate {
    first
        .checked_add_months(Months::new(1))
        .and_then(|next| next.checked_sub_days(Days::new(1)))
        .unwrap_or(first)
}

/// Runs from the start of the year until `last`, and is due there.
fn until(year: i32, last: NaiveDate, label: &str) -> Entry {
    let mut grid = [(); 5].map(|()| Shade::Blank);
    if last.year() < year {
        grid[0] = Shade::Over(format!("hết {}", last.year()));
    } else {
        let due = if last.year() > year { 4 } else { quarter(last) };
        grid[..due].fill(Shade::Running);
        grid[due] = Shade::Due(label.to_owned());
    }
    Entry { ends: Some(last), grid, levels: Vec::new(), printed: None, period: None }
}

/// Comes back every so many months, and is due in the quarters of its days; the first one
/// decides the place in the list.
fn every(year: i32, months: u32) -> Entry {
    let months = months.max(1);
    let first = NaiveDate::from_ymd_opt(year, 1, 1)
        .and_then(|january| january.checked_add_months(Months::new(months - 1)));
    let ends = first.map_or_else(|| year_end(year), last_of_month);
    // What comes back after the year has no day in it: the dispatch does not say since when.
    let mut entry = Entry {
        ends: (ends.year() == year).then_some(ends),
        grid: [(); 5].map(|()| Shade::Running),
        levels: Vec::new(),
        printed: None,
        period: Some(months),
    };
    if entry.ends.is_some() {
        entry.grid[4] = Shade::Blank;
    }
    for day in entry.days(year).into_iter().filter(|day| day.year() == year) {
        entry.grid[quarter(day)] = Shade::Due(String::new());
    }
    entry
}

/// The column of a day in the quarter grid of its year.
fn quarter(day: NaiveDate) -> usize {
    (day.month0() / 3) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Result<Due, String> {
        let text = format!("{text}\nprinted = 'thời hạn'");
        let draft: DraftDeadline = toml::from_str(&text).unwrap();
        draft.check().map(|deadline| deadline.due)
    }

    #[test]
    fn a_deadline_is_what_it_is_typed_as() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let levels = |levels, times, months| {
            Due::Levels(vec![LevelDue { levels, times, months, exactly: false }])
        };
        for (text, due, said) in [
            ("on = 2024-03-30", Due::On(day(2024, 3, 30)), "30/3/2024"),
            ("before = 2024-06-05", Due::Before(day(2024, 6, 5)), "trước 5/6/2024"),
            ("month = '2024-06'", Due::Month(day(2024, 6, 1)), "tháng 6/2024"),
            ("year = 2024", Due::Year(2024), "năm 2024"),
            ("years = [2024, 2025]", Due::Years(2024, 2025), "2024 - 2025"),
            (
                "yearly_before = '11-30'",
                Due::YearlyBefore(11, 30),
                "trước ngày 30 tháng 11 hàng năm",
            ),
            (
                "yearly_before = '02-29'",
                Due::YearlyBefore(2, 29),
                "trước ngày 29 tháng 2 hàng năm",
            ),
            ("every = 'month'", Due::Every(1), "định kỳ 1 tháng"),
            ("every = 'quarter'", Due::Every(3), "định kỳ 3 tháng"),
            ("every = 'half-year'", Due::Every(6), "định kỳ 6 tháng"),
            ("every = 'year'", Due::Every(12), "định kỳ 12 tháng"),
            (
                "levels = [{ levels = [1, 2], times = 1, months = 24 }]",
                levels(vec![1, 2], 1, 24),
                "cấp độ 1, 2: tối thiểu 1 lần/2 năm",
            ),
            (
                "levels = [{ levels = [5], times = 2, months = 6 }]",
                levels(vec![5], 2, 6),
                "cấp độ 5: tối thiểu 2 lần/06 tháng",
            ),
            ("continuous = true", Due::Continuous, "thường xuyên, liên tục"),
        ] {
            assert_eq!(due.to_string(), said, "{text}");
            assert_eq!(check(text), Ok(due), "{text}");
        }
    }

    #[test]
    fn a_deadline_that_says_nothing_is_refused() {
        let never = "`levels` phải nêu số lần và số tháng lớn hơn 0";
        for (text, message) in [
            ("years = [2024, 2024]", "`years = [2024, 2024]` phải tăng dần"),
            ("years = [2025, 2024]", "`years = [2025, 2024]` phải tăng dần"),
            ("levels = []", never),
            ("levels = [{ levels = [1], times = 0, months = 12 }]", never),
            ("levels = [{ levels = [1], times = 1, months = 0 }]", never),
            ("continuous = false", "không có kiểu thời hạn nào (on, before, month, …)"),
            ("year = 2024\ncontinuous = true", "có nhiều kiểu thời hạn; chỉ giữ một"),
            ("on = 2024-03-30T10:00:00", "`on` phải là một ngày, không kèm giờ"),
            ("month = '2024-13'", "`month = \"2024-13\"` phải viết YYYY-MM"),
            ("yearly_before = '02-30'", "`yearly_before = \"02-30\"` phải viết MM-DD"),
            (
                "every = 'week'",
                "`every = \"week\"` phải là month, quarter, half-year hoặc year",
            ),
            ("year = 2024\nplace = 'a'", "`place` chỉ nhận \"b\""),
        ] {
            assert_eq!(check(text), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_deadline_is_shown_in_its_quarter_until_its_last_day() {
        for (due, last, label) in [
            ("on = 2024-03-05", "2024-03-05", "1 05/3"),
            ("on = 2024-03-31", "2024-03-31", "1 31/3"),
            ("on = 2024-04-01", "2024-04-01", "2 01/4"),
            ("before = 2024-07-01", "2024-06-30", "2 trước 01/7"),
            ("before = 2025-01-01", "2024-12-31", "4 trước 01/01"),
            ("month = '2024-02'", "2024-02-29", "1 tháng 2"),
            ("year = 2024", "2024-12-31", "4 "),
            ("year = 2023", "2023-12-31", "hết 2023"),
            ("years = [2024, 2026]", "2026-12-31", "5 2026"),
            ("yearly_before = '10-01'", "2024-09-30", "3 trước 01/10"),
        ] {
            let deadline = Deadline {
                id: None,
                due: check(due).unwrap(),
                printed: String::new(),
                said: None,
                what: None,
            };
            let [entry] = &deadline.entries(2024)[..] else { panic!("{due}") };
            assert_eq!(entry.ends.unwrap().to_string(), last, "{due}");
            let shown =
                entry.grid.iter().enumerate().find_map(|(at, shade)| match shade {
                    Shade::Due(label) => Some(format!("{} {label}", at + 1)),
                    Shade::Over(label) => Some(label.clone()),
                    _ => None,
                });
            assert_eq!(shown.as_deref(), Some(label), "{due}");
        }
    }

    #[test]
    fn days_on_a_weekend_are_told() {
        for (due, weekday) in [
            ("on = 2024-03-29", None), // a Friday
            ("on = 2024-03-30", Some("thứ Bảy")),
            ("before = 2024-06-30", Some("Chủ nhật")),
            ("yearly_before = '11-30'", Some("thứ Bảy")),
            ("month = '2024-06'", None),
        ] {
            let due = check(due).unwrap();
            let deadline = Deadline {
                id: None,
                due,
                printed: String::new(),
                said: None,
                what: None,
            };
            assert_eq!(deadline.day(2024).and_then(weekend), weekday);
        }
    }

    #[test]
    fn days_are_padded_as_the_decree_pads_them() {
        // Nghị định 30, Phụ lục I, II.4: days below 10, months 1 and 2.
        for (month, day, short, long) in [
            (1, 5, "05/01/2024", "ngày 05 tháng 01 năm 2024"),
            (2, 9, "09/02/2024", "ngày 09 tháng 02 năm 2024"),
            (3, 10, "10/3/2024", "ngày 10 tháng 3 năm 2024"),
            (12, 18, "18/12/2024", "ngày 18 tháng 12 năm 2024"),
        ] {
            let day = NaiveDate::from_ymd_opt(2024, month, day).unwrap();
            assert_eq!(
                (short_date(day).as_str(), long_date(day).as_str()),
                (short, long)
            );
        }
    }
}
