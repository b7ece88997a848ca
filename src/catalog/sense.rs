//! What is wrong with a catalogue though each line of it can be read: numbers and ids that
//! clash, deadlines that say two things, names of nobody.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use toml::Spanned;

use super::agency::Agency;
use super::deadline::{Deadline, Due};
use super::{Catalog, Choice};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{fold, quoted, suggest};

/// Years that a deadline may lie before or behind the plan year: a dispatch names what was due
/// the year before, and programmes of the five years after.
const NEAR: (i32, i32) = (1, 5);

/// Tells whether versions of this form can be put in order: "2024.2".
pub(super) fn is_version(text: &str) -> bool {
    text.split('.')
        .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

/// A layer that adds tasks and does not say who gives them.
pub(super) fn unsourced() -> Diagnostic {
    Diagnostic::error(
        Code::MissingKey,
        "lớp không nêu văn bản giao nhiệm vụ này",
        "Thêm `source = \"Kế hoạch số …\"` vào edition.toml của lớp, hoặc vào nhiệm vụ.",
    )
}

/// A choice without a question and without options.
pub(super) fn no_choice<'a>(
    id: &str,
    others: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownChoice,
        format!("lựa chọn \"{}\" không có câu hỏi và phương án", quoted(id)),
        format!(
            "Thêm `prompt` và `option`, hoặc ghi đè một lựa chọn đã có. {}",
            suggest(id, others)
        ),
    )
}

/// A version that cannot be put in order.
pub(super) fn unordered(version: &str) -> Diagnostic {
    Diagnostic::error(
        Code::BadValue,
        format!("`version = \"{}\"` không so được trước sau", quoted(version)),
        "Viết các số cách nhau bằng dấu chấm, ví dụ \"2024.2\".",
    )
}

/// Two groups of the frame with one number.
pub(super) fn same_number(number: u32) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateId,
        format!("hai [[section]] cùng mang số {number}"),
        "Đánh số các nhóm lần lượt như khung kế hoạch.",
    )
}

/// A day by which plans are due though the dispatch was not there yet.
pub(super) fn due_too_early() -> Diagnostic {
    Diagnostic::error(
        Code::BadValue,
        "hạn gửi kế hoạch không sau ngày của công văn",
        "Kiểm tra lại ngày, nhất là năm.",
    )
}

/// Two keys for one day.
pub(super) fn due_twice() -> Diagnostic {
    Diagnostic::error(
        Code::BadValue,
        "có cả `due_before` và `due_on`",
        "Giữ một: `due_before` là trước ngày đó, `due_on` là chậm nhất ngày đó.",
    )
}

/// A plan year that is not the one in which, or before which, plans are due.
pub(super) fn strange_year(year: i32, due: NaiveDate) -> Option<Diagnostic> {
    (!(year - 1..=year).contains(&due.year())).then(|| {
        Diagnostic::error(
            Code::BadValue,
            format!(
                "năm kế hoạch {year} không hợp với hạn gửi kế hoạch (năm {})",
                due.year()
            ),
            "Kiểm tra lại `year`, `due_before` hoặc `due_on`.",
        )
    })
}

/// What a deadline prints and does not mean, or the other way round; and one far from the year.
pub(super) fn deadline(deadline: &Deadline, year: Option<i32>) -> Option<Diagnostic> {
    let printed = numbers(&deadline.printed);
    let wanted = wanted(&deadline.due);
    if !printed.is_empty() && !wanted.iter().all(|number| printed.contains(number)) {
        return Some(Diagnostic::error(
            Code::Deadline,
            format!(
                "`printed` ghi “{}”, thời hạn lại là {}",
                quoted(&deadline.printed),
                deadline.due
            ),
            "Sửa một trong hai cho khớp; nếu bản in sai, ghi đúng bản in ở `printed`, cách nói \
             của kế hoạch ở `said`, và thêm [[task.erratum]].",
        ));
    }
    let year = year?;
    let years = match deadline.due {
        Due::On(day) | Due::Before(day) | Due::Month(day) => vec![day.year()],
        Due::Year(year) => vec![year],
        Due::Years(from, to) => vec![from, to],
        _ => Vec::new(),
    };
    let far =
        years.into_iter().find(|one| !(year - NEAR.0..=year + NEAR.1).contains(one))?;
    Some(Diagnostic::warning(
        Code::Deadline,
        format!("thời hạn năm {far} xa năm kế hoạch {year}"),
        "Kiểm tra lại năm.",
    ))
}

/// The numbers of a phrase.
fn numbers(text: &str) -> BTreeSet<i32> {
    let parts = text.split(|c: char| !c.is_ascii_digit());
    parts.filter_map(|digits| digits.parse().ok()).collect()
}

/// The numbers that a phrase for a deadline must have.
fn wanted(due: &Due) -> Vec<i32> {
    let signed = |number: u32| i32::try_from(number).unwrap_or_default();
    match *due {
        Due::On(day) | Due::Before(day) => {
            vec![signed(day.day()), signed(day.month()), day.year()]
        }
        Due::Month(first) => vec![signed(first.month()), first.year()],
        Due::Year(year) => vec![year],
        Due::Years(from, to) => vec![from, to],
        Due::YearlyBefore(month, day) => vec![signed(day), signed(month)],
        Due::Every(_) | Due::Levels(_) | Due::Continuous => Vec::new(),
    }
}

/// All deadlines of an annex lie before the plan year: they are those of the year before.
pub(super) fn last_years(deadlines: &[&Deadline], year: i32) -> Option<Diagnostic> {
    let ends: Vec<NaiveDate> = deadlines
        .iter()
        .filter(|one| {
            !matches!(one.due, Due::YearlyBefore(..) | Due::Every(_) | Due::Levels(_))
        })
        .flat_map(|one| one.entries(year))
        .filter_map(|entry| entry.ends)
        .collect();
    (!ends.is_empty() && ends.iter().all(|day| day.year() < year)).then(|| {
        Diagnostic::warning(
            Code::Deadline,
            format!("mọi thời hạn của phụ lục này đều trước năm kế hoạch {year}"),
            "Kiểm tra lại: có thể các thời hạn còn là của ấn bản năm trước.",
        )
    })
}

/// What is wrong with a choice.
pub(super) fn choice(choice: &Choice) -> Vec<Diagnostic> {
    let name = quoted(&choice.id);
    let mut found = Vec::new();
    let mut tell = |code, message: String, hint: &str| {
        found.push(Diagnostic::error(code, message, hint));
    };
    if choice.options.is_empty() {
        let hint =
            "Thêm các phương án: option = [{ id = \"…\", label = \"…\", text = \"…\" }].";
        tell(
            Code::MissingKey,
            format!("lựa chọn \"{name}\" không có phương án nào"),
            hint,
        );
    }
    let mut seen = BTreeSet::new();
    for option in &choice.options {
        let id = quoted(&option.id);
        if option.id.is_empty() || option.text.is_none() {
            let hint = "Mỗi phương án có id, label và text; text = \"\" nếu phương án không thêm \
                        nội dung.";
            tell(
                Code::MissingKey,
                format!("một phương án của lựa chọn \"{name}\" thiếu `id` hoặc `text`"),
                hint,
            );
        } else if !seen.insert(&option.id) {
            let hint = "Đặt mã khác cho một phương án.";
            tell(
                Code::DuplicateId,
                format!("lựa chọn \"{name}\" có hai phương án \"{id}\""),
                hint,
            );
        }
    }
    if !choice.multiple && choice.default.len() > 1 {
        let hint = "Giữ một phương án ở `default`, hoặc ghi multiple = true.";
        tell(
            Code::TooManyOptions,
            format!(
                "lựa chọn \"{name}\" chỉ nhận một phương án, `default` có {}",
                choice.default.len()
            ),
            hint,
        );
    }
    found.extend(sentence(choice));
    found
}

/// What is wrong with the one sentence of a choice, and with a choice demanded in whole.
fn sentence(choice: &Choice) -> Vec<Diagnostic> {
    let name = quoted(&choice.id);
    let mut found = Vec::new();
    if let Some(text) = &choice.text {
        let known: Vec<&str> =
            Agency::PLACEHOLDERS.into_iter().chain([Choice::OPTIONS]).collect();
        found.extend(braces(text, &known));
        if Choice::said(text, "") == *text {
            found.push(Diagnostic::error(
                Code::MissingKey,
                format!("câu văn của lựa chọn \"{name}\" không có {{{{ options }}}}"),
                "Viết {{ options }} vào chỗ của các phương án được chọn.",
            ));
        }
        let texts = choice.options.iter().filter_map(|option| option.text.as_deref());
        if let Some(whole) = texts.map(str::trim_end).find(|text| text.ends_with('.')) {
            found.push(Diagnostic::error(
                Code::BadValue,
                format!(
                    "“{}” là một câu, đứng trong câu văn của lựa chọn \"{name}\"",
                    quoted(whole)
                ),
                "Ở đây `text` của phương án là một cụm từ: bỏ dấu chấm cuối.",
            ));
        }
    }
    if choice.all && !(choice.multiple && choice.default.is_empty()) {
        found.push(Diagnostic::error(
            Code::BadValue,
            format!("lựa chọn \"{name}\" có `all` mà không chọn được mọi phương án"),
            "Với all = true thì ghi multiple = true và bỏ `default`.",
        ));
    }
    found
}

/// An earlier id that a task of today still has.
pub(super) fn still_there(key: &str, old: &str, whose: &str) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateId,
        format!("`{key}`: \"{}\" vẫn là mã của {whose}", quoted(old)),
        "Ở đây chỉ ghi mã của những mục không còn nữa; mã đã dùng thì không dùng lại.",
    )
}

/// The braces of a text that no plan may print: a placeholder that nobody fills.
pub(super) fn braces(text: &str, known: &[&str]) -> Option<Diagnostic> {
    let told = |name: &str| {
        Diagnostic::error(
            Code::UnknownPlaceholder,
            format!("câu văn dùng {{{{ {} }}}} không có trong danh sách", quoted(name)),
            suggest(name, known.iter().copied()),
        )
    };
    for piece in text.split("{{").skip(1) {
        let name = piece.split("}}").next().unwrap_or_default().trim();
        if !known.contains(&name) || !piece.contains("}}") {
            return Some(told(name));
        }
    }
    // One brace is a slip for two.
    let single = text.replace("{{", "\u{0}").replace("}}", "\u{0}");
    let name = single.split_once('{')?.1.split('}').next().unwrap_or_default().trim();
    Some(told(name))
}

/// Names that several agencies answer to: of two with one name neither can be called.
pub(super) fn shared_names(
    agencies: &[(Agency, Spanned<String>)],
) -> Vec<(Diagnostic, Spanned<String>)> {
    let mut owners: BTreeMap<String, usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (at, (agency, place)) in agencies.iter().enumerate() {
        let aliases = agency.aliases.iter().map(|alias| (alias, false));
        for (name, is_own) in [(&agency.name, true)].into_iter().chain(aliases) {
            let owner = *owners.entry(fold(name)).or_insert(at);
            if owner == at {
                continue;
            }
            let other = &agencies[owner].0.name;
            let message = format!(
                "\"{}\" là tên của hai cơ quan: \"{other}\" và \"{}\"",
                quoted(name),
                agency.name
            );
            let hint = "Đổi tên, hoặc bỏ tên gọi khác (aliases) ở một cơ quan.";
            let told = if is_own && fold(other) == fold(name) {
                Diagnostic::error(Code::AmbiguousAgency, message, hint)
            } else {
                Diagnostic::warning(Code::AmbiguousAgency, message, hint)
            };
            found.push((told, place.clone()));
        }
    }
    found
}

/// What the letterhead of an agency lacks, that neither it nor its kind says.
pub(super) fn lacking(agency: &Agency) -> Option<Diagnostic> {
    let texts = [
        ("running", agency.running.is_empty()),
        ("issuer", agency.issuer.is_empty()),
        ("header", agency.header.iter().all(String::is_empty)),
        ("place", agency.place.is_empty()),
        ("symbol", agency.symbol.is_empty()),
        ("head", agency.head.is_empty()),
    ];
    let keys: Vec<String> = texts
        .into_iter()
        .filter(|(_, is_empty)| *is_empty)
        .map(|(key, _)| format!("`{key}`"))
        .collect();
    (!keys.is_empty()).then(|| {
        Diagnostic::error(
            Code::MissingKey,
            format!("\"{}\" thiếu {}", quoted(&agency.name), keys.join(", ")),
            format!(
                "Thêm vào [[kind]] \"{}\" cho mọi cơ quan cùng loại, hoặc vào cơ quan này.",
                agency.kind
            ),
        )
    })
}

/// An address that no browser opens.
pub(super) fn is_address(link: &str) -> bool {
    let host = link.trim_start_matches("https://").trim_start_matches("http://");
    !host.contains(char::is_whitespace) && host.contains('.') && !host.starts_with('.')
}

/// Groups, units and the like that nothing refers to.
pub(super) fn unused(what: &str, id: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::Unused,
        format!("không nhiệm vụ nào thuộc {what} \"{}\"", quoted(id)),
        "Xóa mục này, hoặc dùng mã của nó ở nhiệm vụ.",
    )
}

impl Catalog {
    /// The focal units that no task names.
    pub(super) fn idle_units(&self) -> impl Iterator<Item = &str> {
        let tasks = self.annexes.values().flat_map(|annex| &annex.tasks);
        let used: BTreeSet<&str> = tasks.map(|task| task.unit.as_str()).collect();
        let ids = self.units.iter().map(|unit| unit.id.as_str());
        ids.filter(move |id| !used.contains(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_prints_what_it_is() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let told = |due: Due, printed: &str| {
            let printed = printed.to_owned();
            let one = Deadline { id: None, due, printed, said: None, what: None };
            deadline(&one, Some(2024)).map(|found| found.message)
        };
        for (due, printed) in [
            (Due::On(day(2024, 3, 30)), "30/3/2024"),
            (Due::On(day(2024, 3, 5)), "ngày 05 tháng 03 năm 2024"),
            (Due::YearlyBefore(11, 30), "trước ngày 30 tháng 11 hàng năm"),
            (Due::Year(2023), "đến hết năm 2023"),
            (Due::Every(3), "theo quý (bắt đầu từ Quý IV/2023)"),
            (Due::On(day(2024, 3, 30)), "cuối quý I"),
            (Due::Years(2024, 2029), "2024 - 2029"),
        ] {
            assert_eq!(told(due, printed), None, "{printed}");
        }
        for (due, printed, message) in [
            (
                Due::On(day(2024, 3, 30)),
                "30/6/2024",
                "`printed` ghi “30/6/2024”, thời hạn lại là 30/3/2024",
            ),
            (
                Due::Year(2025),
                "Năm 2024",
                "`printed` ghi “Năm 2024”, thời hạn lại là năm 2025",
            ),
            (
                Due::Years(2024, 2025),
                "2024",
                "`printed` ghi “2024”, thời hạn lại là 2024 - 2025",
            ),
            (Due::Year(2042), "Năm 2042", "thời hạn năm 2042 xa năm kế hoạch 2024"),
        ] {
            assert_eq!(told(due, printed).as_deref(), Some(message), "{printed}");
        }
    }

    #[test]
    fn braces_that_nobody_fills_are_told() {
        let known = ["agency", "level"];
        for fine in ["a", "{{ agency }}", "{{agency}} {{ level }}", "a} b"] {
            assert!(braces(fine, &known).is_none(), "{fine}");
        }
        for (wrong, name) in [
            ("{{ agancy }}", "agancy"),
            ("{{ agency", "agency"),
            ("{ agency }", "agency"),
            ("{{ agency }} {level}", "level"),
        ] {
            let said = braces(wrong, &known).unwrap().message;
            assert!(said.contains(&format!("{{{{ {name} }}}}")), "{wrong}: {said}");
        }
    }

    #[test]
    fn versions_are_numbers() {
        assert!(["2024.1", "2024", "1.2.3"].iter().all(|text| is_version(text)));
        for text in ["2024,2", "v2024.2", "bản mới", "2024.2a", "2024.", ""] {
            assert!(!is_version(text), "{text}");
        }
    }
}
