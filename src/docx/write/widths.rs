//! How wide the columns of a table are: as its frame has them, and never too narrow for a word, a
//! sum or a date that stands in them.

use super::measure;
use crate::document::{Table, Text};

/// "STT" and "10.10" on one line.
const ORDINAL: usize = 720;
/// What a cell keeps free at its sides, and a hair: not all programs set type alike.
const SIDES: usize = 2 * 85 + 40;
/// Size of the type in cells, in half points.
const SIZE: usize = 22;
/// Few letters are wider, in twentieths of a point.
const WIDE: usize = 722 * SIZE / 100;

/// The widths of the columns of a table, in twentieths of a point; together they fill `width`.
pub(super) fn fitted(table: &Table, width: usize) -> Vec<usize> {
    let dashes: usize = table.columns.iter().map(|column| column.width as usize).sum();
    let mut widths: Vec<usize> = table
        .columns
        .iter()
        .map(|column| width * column.width as usize / dashes.max(1))
        .collect();
    let least = least(table, width);
    let lacks: usize = widths
        .iter()
        .zip(&least)
        .map(|(width, least)| least.saturating_sub(*width))
        .sum();
    let spare: usize = widths
        .iter()
        .zip(&least)
        .map(|(width, least)| width.saturating_sub(*least))
        .sum();
    let paid = lacks.min(spare);
    for (width, least) in widths.iter_mut().zip(least) {
        if *width < least {
            *width += (least - *width) * paid / lacks;
        } else if spare > 0 {
            // Rounded up: together they are never wider than the page.
            *width -= ((*width - least) * paid).div_ceil(spare);
        }
    }
    widths
}

/// What each column needs; no one word may have more than a fair share.
fn least(table: &Table, width: usize) -> Vec<usize> {
    let fair = width / table.columns.len().max(1);
    let mut least = vec![0; table.columns.len()];
    for row in &table.rows {
        for (least, cell) in least.iter_mut().zip(&row.cells) {
            *least = cell.longest_word(*least);
        }
    }
    let header = table.rows.first().map_or(&[][..], |row| &row.cells);
    for (at, least) in least.iter_mut().enumerate() {
        *least += SIDES;
        if header.get(at).is_some_and(is_ordinal) {
            *least = ORDINAL.max(*least);
        }
        *least = (*least).min(fair);
    }
    least
}

impl Text {
    /// The length of its longest word, where that is longer than `known`.
    fn longest_word(&self, known: usize) -> usize {
        let plain = self.plain();
        let words = plain.split_whitespace();
        words.fold(known, |known, word| {
            // Most words are too short to be worth the measuring.
            if word.chars().count() * WIDE <= known {
                known
            } else {
                measure::length(word, SIZE).max(known)
            }
        })
    }
}

/// The column of the numbers of the rows.
pub(super) fn is_ordinal(cell: &Text) -> bool {
    matches!(cell.plain().trim(), "STT" | "TT")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Align, Column, Row};

    fn table(dashes: &[u32], rows: &[&[&str]]) -> Table {
        let columns =
            dashes.iter().map(|&width| Column { width, align: Align::Left }).collect();
        let rows = rows.iter().map(|row| Row {
            cells: row.iter().map(|text| Text::from((*text).to_owned())).collect(),
            ..Row::default()
        });
        Table { columns, rows: rows.collect() }
    }

    #[test]
    fn a_sum_and_a_date_stand_on_one_line() {
        let table = table(
            &[3, 40, 5, 5],
            &[
                &["STT", "Nhiệm vụ", "Kinh phí", "Thời gian"],
                &["1", "Một nhiệm vụ dài hơn", "1.234.567,5", "15/11/2024"],
            ],
        );
        let widths = fitted(&table, 9000);
        assert!(widths[0] >= ORDINAL, "{widths:?}");
        assert!(widths[2] > measure::length("1.234.567,5", SIZE) + 170, "{widths:?}");
        assert!(widths[3] > measure::length("15/11/2024", SIZE) + 170, "{widths:?}");
        assert!(widths.iter().sum::<usize>() <= 9000 && widths[1] > 4000, "{widths:?}");
    }

    #[test]
    fn a_word_without_end_takes_no_more_than_its_share() {
        let long = "a".repeat(5000);
        let table = table(&[10, 10, 10], &[&["A", "B", "C"], &[&long, "hai", "ba"]]);
        assert_eq!(fitted(&table, 9000), [3000, 3000, 3000]);
    }
}
