//! Number, symbol and date of the plan as people typed them, and days that no calendar has.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::Plan;
use super::guidance::Guidance;
use super::outline::Outline;
use crate::catalog::Catalog;
use crate::catalog::deadline::{long_date, short_date};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Document, Role};
use crate::source::{brief, folded};

/// A day, month and year as typed.
struct Typed<'t> {
    text: String,
    digits: [&'t str; 3],
    /// Whether it is in words ("ngày … tháng … năm …"), not with strokes.
    is_long: bool,
}

impl Typed<'_> {
    /// The day, where a calendar has it.
    fn day(&self) -> Option<NaiveDate> {
        let [day, month, year] = self.digits.map(|digits| digits.parse::<u32>().ok());
        NaiveDate::from_ymd_opt(i32::try_from(year?).ok()?, month?, day?)
    }
}

/// The digits that a word begins with.
fn digits(word: &str) -> &str {
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    &word[..end]
}

/// The dates of a [folded] text: "ngày 05 tháng 12 năm 2023", "05/12/2023".
fn dates(text: &str) -> Vec<Typed<'_>> {
    let words: Vec<&str> = text.split(' ').collect();
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let word = word.trim_start_matches(['(', '“', '"']);
        if let [day, month_word, month, year_word, year] =
            words[at + 1..].get(..5).unwrap_or(&[])
            && ["ngày", "Ngày", "NGÀY"].contains(&word)
            && [*month_word, *year_word].map(str::to_lowercase) == ["tháng", "năm"]
        {
            let digits = [day, month, year].map(|word| digits(word));
            if digits.iter().all(|digits| !digits.is_empty()) {
                let text = format!(
                    "{word} {day} {month_word} {month} {year_word} {}",
                    digits[2]
                );
                found.push(Typed { text, digits, is_long: true });
            }
        }
        let word = word.trim_end_matches(|c: char| !c.is_ascii_digit());
        let parts: Vec<&str> = word.split('/').collect();
        if let [day, month, year] = parts[..]
            && parts.iter().all(|part| !part.is_empty() && digits(part) == *part)
            && day.len() < 3
            && month.len() < 3
            && year.len() == 4
            // "Luật số 31/02/2024" is no date.
            && !at.checked_sub(1).is_some_and(|at| words[at].eq_ignore_ascii_case("số"))
        {
            let digits = [day, month, year];
            found.push(Typed { text: word.to_owned(), digits, is_long: false });
        }
    }
    found
}

/// The number and the symbol of a document in a [folded] text: "Số: 05/KH-UBND".
fn numbers(text: &str) -> impl Iterator<Item = (&str, String)> {
    let after = ["Số:", "Số", "số:", "số"];
    text.match_indices(['S', 's']).filter_map(move |(at, _)| {
        let rest = after.iter().find_map(|word| text[at..].strip_prefix(word))?;
        let rest = rest.trim_start();
        let number = digits(rest);
        let symbol = rest[number.len()..].trim_start().strip_prefix('/')?.trim_start();
        let end = symbol.find(|c: char| !c.is_alphanumeric() && !"-–/&".contains(c));
        let symbol = symbol[..end.unwrap_or(symbol.len())].replace('–', "-");
        (!symbol.is_empty()).then_some((number, symbol))
    })
}

/// The texts that say number and date of the plan: its letterhead, and the lines with which
/// what is attached to it begins.
fn heads(document: &Document) -> impl Iterator<Item = (usize, usize, String)> {
    document.sections.iter().enumerate().flat_map(|(s, section)| {
        let role = section.role();
        let blocks = section.blocks.iter().enumerate();
        blocks.filter_map(move |(b, block)| {
            let text = || folded(&block.kind.plain()).into_owned();
            match role {
                Role::Letterhead => Some((s, b, text())),
                Role::Title | Role::Annex(_) => Some((s, b, text()))
                    .filter(|(.., text)| text.to_lowercase().contains("kèm theo")),
                _ => None,
            }
        })
    })
}

/// Finds numbers, symbols and dates of a letterhead that are not as they must be (Nghị định
/// 30/2020/NĐ-CP, Phụ lục I, II.3 and II.4).
pub(super) fn written(plan: &Plan, outline: &Outline) -> Option<Diagnostic> {
    let mut spots = Vec::new();
    let symbols: BTreeSet<String> = heads(&plan.generated)
        .flat_map(|(.., text)| {
            numbers(&text).map(|(_, symbol)| symbol).collect::<Vec<_>>()
        })
        .collect();
    for (s, b, text) in heads(plan.edited()) {
        let place = outline.place(s, b);
        let mut tell = |what: String| spots.push(format!("{place}: {what}"));
        for (number, symbol) in numbers(&text) {
            if number.len() == 1 {
                tell(format!("số {number}/{symbol}, cần 0{number}/{symbol}"));
            }
            if !symbols.is_empty() && !symbols.contains(&symbol) {
                let symbols: Vec<&str> = symbols.iter().map(String::as_str).collect();
                let right = symbols.join(" hoặc ");
                tell(format!("ký hiệu {symbol}, của cơ quan này là {right}"));
            }
        }
        for date in dates(&text).into_iter().filter(|date| date.is_long) {
            let [day, month, _] = date.digits;
            let is_padded =
                day.len() > 1 && (month.len() > 1 || !["1", "2"].contains(&month));
            if let Some(right) = date.day().filter(|_| !is_padded) {
                tell(format!("{}, cần {}", date.text, long_date(right)));
            }
        }
    }
    (!spots.is_empty()).then(|| {
        Diagnostic::warning(
            Code::Letterhead,
            "số, ký hiệu hoặc ngày của văn bản viết không đúng",
            "Viết lại theo Nghị định 30/2020/NĐ-CP: ngày và số nhỏ hơn 10, tháng 1 và 2 có số 0 \
             ở trước; ký hiệu là của cơ quan ban hành.",
        )
        .among(spots)
    })
}

/// Finds days that no calendar has, but for what was generated.
pub(super) fn impossible(
    plan: &Plan,
    outline: &Outline,
    guidance: &Guidance,
) -> Option<Diagnostic> {
    let mut spots = Vec::new();
    for (s, section) in plan.edited().sections.iter().enumerate() {
        for (b, block) in section.blocks.iter().enumerate() {
            if guidance.is_about(s, b) {
                continue;
            }
            let text = block.kind.plain();
            let text = folded(&text);
            let wrong = dates(&text).into_iter().filter(|date| date.day().is_none());
            spots.extend(
                wrong.map(|date| {
                    format!("{}: “{}”", outline.place(s, b), brief(&date.text))
                }),
            );
        }
    }
    (!spots.is_empty()).then(|| {
        Diagnostic::warning(
            Code::NoSuchDay,
            "có ngày không có trong lịch",
            "Kiểm tra lại ngày, tháng, năm.",
        )
        .among(spots)
    })
}

/// A date of issue that is not before the one the dispatch asks for.
pub(super) fn late(plan: &Plan, catalog: &Catalog) -> Option<Diagnostic> {
    let record = plan.record.as_ref().ok()?;
    if record.edition != catalog.edition {
        return None;
    }
    let day = heads(plan.edited()).find_map(|(.., text)| {
        dates(&text).iter().filter(|date| date.is_long).find_map(Typed::day)
    })?;
    let due = catalog.due?;
    (day > due.last()).then(|| {
        Diagnostic::warning(
            Code::LateDate,
            format!(
                "ngày ban hành {} {} như công văn yêu cầu",
                short_date(day),
                due.missed()
            ),
            "Kiểm tra lại ngày.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Vec<Option<NaiveDate>> {
        dates(&folded(text)).iter().map(Typed::day).collect()
    }

    #[test]
    fn dates_are_seen_as_people_type_them() {
        let ymd = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        assert_eq!(day("Lào Cai, ngày 05 tháng 12 năm 2023"), [ymd(2023, 12, 5)]);
        assert_eq!(day("Số: 1\tA, ngày 5 tháng 01\nnăm 2024)"), [ymd(2024, 1, 5)]);
        assert_eq!(day("Lào Cai, ngày     tháng     năm 2023"), []);
        assert_eq!(
            day("(ngày\u{a0}29 tháng 2 năm 2024), 30/6/2024."),
            [ymd(2024, 2, 29), ymd(2024, 6, 30)]
        );
        // Years that are no leap years, months that are none, days beyond any.
        for wrong in
            ["ngày 29 tháng 02 năm 2023", "31/4/2024", "12/13/2024", "00/01/2024"]
        {
            assert_eq!(day(wrong), [None], "{wrong}");
        }
        for none in [
            "1/2",
            "34/2024",
            "số 31/02/2024",
            "1.234/5/2024",
            "05/12/23",
            "Nghị định 47/2020/NĐ-CP",
        ] {
            assert_eq!(day(none), [], "{none}");
        }
    }

    #[test]
    fn a_number_and_a_symbol_are_seen_as_people_type_them() {
        let of = |text: &str| -> Vec<String> {
            let text = folded(text);
            numbers(&text).map(|(number, symbol)| format!("{number}|{symbol}")).collect()
        };
        assert_eq!(of("Số: 05/KH-UBND"), ["05|KH-UBND"]);
        assert_eq!(of("Số:      /KH-UBND"), ["|KH-UBND"]);
        assert_eq!(of("Số 5 / KH–BYT, ngày"), ["5|KH-BYT"]);
        assert_eq!(of("(Kèm theo Quyết định số 247/QĐ-UBND ngày 1)"), ["247|QĐ-UBND"]);
        assert_eq!(of("Chuyển đổi số tỉnh; sơ/đồ"), Vec::<String>::new());
    }
}
