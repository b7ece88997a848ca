//! Totals of tables that do not add up any more.

use super::outline::Outline;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{BlockKind, Document, Role, Row, Table, Text};
use crate::profile::Money;
use crate::source::{brief, words};

/// Compares the totals of tables with what their rows add up to. Where a row has something
/// else than a sum in a column, or totals of its own, nobody can know.
pub(super) fn totals(document: &Document, outline: &Outline) -> Option<Diagnostic> {
    let mut spots = Vec::new();
    for (s, section) in document.sections.iter().enumerate() {
        for (b, block) in section.blocks.iter().enumerate() {
            if let BlockKind::Table(table) = &block.kind {
                let place = outline.place(s, b);
                spots.extend(wrong(table).map(|what| format!("{place}, {what}")));
            }
        }
    }
    spots.extend(funding(document));
    (!spots.is_empty()).then(|| {
        Diagnostic::warning(
            Code::SumMismatch,
            "có tổng không khớp",
            "Kiểm tra lại các số (đơn vị: triệu đồng) rồi sửa tổng.",
        )
        .among(spots)
    })
}

/// Finds sums in tables that can be read in two ways, below a head that names money.
pub(super) fn two_readings(document: &Document, outline: &Outline) -> Option<Diagnostic> {
    let mut spots = Vec::new();
    for (s, section) in document.sections.iter().enumerate() {
        for (b, block) in section.blocks.iter().enumerate() {
            let BlockKind::Table(table) = &block.kind else { continue };
            let Some((head, rows)) = table.rows.split_first() else { continue };
            let cells = rows.iter().flat_map(|row| row.cells.iter().zip(&head.cells));
            for (cell, _) in cells.filter(|(_, head)| names_money(head)) {
                let text = words(&cell.plain());
                if let Some([plain, thousands]) = Money::readings(&text) {
                    let place = outline.place(s, b);
                    spots.push(format!("{place}: “{text}” là {plain} hay {thousands}?"));
                }
            }
        }
    }
    (!spots.is_empty()).then(|| {
        Diagnostic::warning(
            Code::BadMoney,
            "có số tiền đọc được hai cách",
            "Viết phần nghìn bằng dấu chấm, phần lẻ bằng dấu phẩy (đơn vị: triệu đồng).",
        )
        .among(spots)
    })
}

/// Tells whether a head is that of a column of sums.
fn names_money(head: &Text) -> bool {
    let head = words(&head.plain()).to_lowercase();
    ["kinh phí", "dự toán", "đầu tư", "đã chi", "số tiền", "triệu đồng"]
        .iter()
        .any(|name| head.contains(name))
}

/// Tells whether a row says that it sums up others.
fn is_total(row: &Row) -> bool {
    row.cells.iter().any(|cell| {
        let text = words(&cell.plain()).to_lowercase();
        ["tổng cộng", "tổng số", "cộng", "tổng"]
            .iter()
            .any(|word| text.trim_end_matches([':', '.']) == *word)
    })
}

/// The last row, if it alone is a total: its place, and what the rows above it add up to in
/// each column that has a total.
fn sums(table: &Table) -> Option<Vec<(usize, Money, Money)>> {
    let (total, rows) = table.rows.get(1..)?.split_last()?;
    if !is_total(total) || rows.iter().any(is_total) {
        return None;
    }
    let sum = |column: usize| {
        rows.iter().try_fold(0_i64, |sum, row| {
            let cell = row.cells.get(column).map(Text::plain).unwrap_or_default();
            sum.checked_add(value(&cell)?)
        })
    };
    let columns = total.cells.iter().enumerate().filter_map(|(column, cell)| {
        let total = Money::parse(&words(&cell.plain()))?;
        Some((column, total, Money(sum(column)?)))
    });
    Some(columns.collect())
}

/// A sum in đồng; an empty cell, a dash or a slot is none.
fn value(cell: &str) -> Option<i64> {
    let cell = words(cell);
    if matches!(&*cell, "" | "-" | "–" | "—")
        || cell.starts_with(crate::document::SLOT_OPEN)
    {
        return Some(0);
    }
    Money::parse(&cell).map(|Money(dong)| dong)
}

fn wrong(table: &Table) -> impl Iterator<Item = String> {
    let sums = sums(table).unwrap_or_default();
    sums.into_iter().filter(|(_, total, sum)| total != sum).map(|(column, total, sum)| {
        let head = table.rows.first().and_then(|row| row.cells.get(column));
        let head = head.map(|cell| brief(&cell.plain())).unwrap_or_default();
        format!("cột “{head}”: tổng ghi {total}, các dòng cộng lại {sum}")
    })
}

/// The total that Part II, V names, against that of the list of works.
fn funding(document: &Document) -> Option<String> {
    let mut sections = document.sections.iter();
    let (list, (_, works)) =
        sections.find_map(|section| Some((section, section.works()?)))?;
    let sums = sums(works)?;
    let [(_, _, sum)] = sums.as_slice() else { return None };
    let mut sections = document.sections.iter();
    let funding = sections.find(|section| section.role() == Role::Funding)?;
    let named =
        funding.blocks.iter().find_map(|block| total(&words(&block.kind.plain())))?;
    (named != *sum).then(|| {
        let list = list.number().unwrap_or("danh mục nhiệm vụ, dự án");
        format!("Kinh phí thực hiện: tổng kinh phí ghi {named}, {list} cộng lại {sum}")
    })
}

/// The sum that a sentence on a total names, whatever it calls that: "Tổng dự toán: 1.200 triệu
/// đồng".
fn total(text: &str) -> Option<Money> {
    // Who gathers or who reports is no total.
    const COMPOUNDS: [&str; 5] = ["hợp", "thể", "kết", "cục", "công"];
    let low = text.to_lowercase();
    let is_total = |rest: &&str| !COMPOUNDS.iter().any(|word| rest.starts_with(word));
    let rest = low.split("tổng ").skip(1).find(is_total)?;
    let (before, _) = rest.split_once(" triệu đồng")?;
    Money::parse(before.rsplit(' ').next()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::parse;

    #[test]
    fn a_total_is_found_whatever_it_is_called() {
        for (text, sum) in [
            (
                "Dự kiến tổng kinh phí thực hiện Kế hoạch: 2.000,5 triệu đồng.",
                Some("2.000,5"),
            ),
            ("Tổng kinh phí dự kiến nêu tại Phụ lục 5: 9.999 triệu đồng", Some("9.999")),
            ("TỔNG DỰ TOÁN LÀ 1.200 TRIỆU ĐỒNG.", Some("1.200")),
            ("Tổng kinh phí: [CẦN BỔ SUNG: tổng kinh phí] triệu đồng.", None),
            ("Chi thường xuyên 500 triệu đồng.", None),
            ("Sở Tài chính tổng hợp, trình 500 triệu đồng.", None),
            ("Theo bảng tổng hợp, tổng vốn: 700 triệu đồng.", Some("700")),
        ] {
            let found = total(text).map(|sum| sum.to_string());
            assert_eq!(found.as_deref(), sum, "{text}");
        }
    }

    #[test]
    fn totals_are_compared_where_one_can_know() {
        let told = |rows: &str| -> Vec<String> {
            let text = format!("| Tên | Kinh phí |\n| - | - |\n{rows}\n");
            let document = parse(&text).unwrap();
            let found = totals(&document, &Outline::of(&document));
            found.map(|one| one.spots).unwrap_or_default()
        };
        let none: [&str; 0] = [];
        assert_eq!(
            told("| a | 1.200,5 |\n| b | 2 |\n| **Tổng cộng** | **1.202,5** |"),
            none
        );
        assert_eq!(
            told("| a | 1.200 |\n| b | – |\n| Tổng cộng: | 1.202 |"),
            ["Phần đầu, cột “Kinh phí”: tổng ghi 1.202, các dòng cộng lại 1.200"]
        );
        assert_eq!(told("| a | 1.200 (dự kiến) |\n| Tổng cộng | 1.202 |"), none);
        assert_eq!(told("| a | 1 |\n| Cộng | 1 |\n| b | 2 |\n| Tổng cộng | 4 |"), none);
        assert_eq!(told("| a | 1 |\n| Tổng hợp | 4 |"), none);
    }
}
