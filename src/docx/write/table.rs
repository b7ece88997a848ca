//! Tables: column widths, shading, rows that stay together.

use std::fmt::Write;

use docx_rs::{TableAlignmentType, TableLayoutType, TableProperty, WidthType};

use super::look::{Look, Looks};
use super::runs::{glyph_fill, push_run, push_text};
use super::widths::{fitted, is_ordinal};
use super::{PORTRAIT, Place, Writer, balance, conform};
use crate::document::{Align, Inline, Row, Table, Text};

/// Widths of the letterhead's columns: 7 mm wider than the text, as the decree's own form has it
/// (Mẫu 1.4), so that "Thành phố Hồ Chí Minh, ngày 15 tháng 12 năm 2023" stands on one line.
const LETTERHEAD: [usize; 2] = [3790, 5680];
/// Rows of more lines may break over two pages, be they landscape or portrait: an office
/// cuts off what it cannot break.
const TALLEST: (usize, usize) = (24, 40);
/// Mean width of a character at 11 pt, in twentieths of a point.
const CHARACTER: usize = 110;

/// How a cell stands in its table.
#[derive(Clone, Copy)]
struct Shape {
    align: Align,
    width: usize,
    /// Columns that it takes.
    span: usize,
    /// Whether its row stays with the next.
    keep_next: bool,
}

impl Writer {
    pub(super) fn table(
        &mut self,
        table: &Table,
        place: Place,
        names: Vec<Option<String>>,
    ) {
        let widths = self.widths(table, place);
        let ordinal: Vec<bool> = table
            .rows
            .first()
            .map_or_else(Vec::new, |row| row.cells.iter().map(is_ordinal).collect());
        let grid = !matches!(place, Place::Letterhead | Place::Signature);
        let style = match place {
            Place::Letterhead => "Plain",
            Place::Signature => "SignatureBlock",
            _ => "Grid",
        };
        // Borders are the style's.
        let mut properties = TableProperty::without_borders();
        if place == Place::Letterhead {
            properties = properties.align(TableAlignmentType::Center);
        }
        let properties = properties
            .style(style)
            .layout(TableLayoutType::Fixed)
            .width(widths.iter().sum(), WidthType::Dxa);
        self.xml.extend(["<w:tbl>", &conform::properties(&properties), "<w:tblGrid>"]);
        for width in &widths {
            // Writing to a string does not fail.
            let _ = write!(self.xml, "<w:gridCol w:w=\"{width}\" />");
        }
        self.xml.push_str("</w:tblGrid>");
        let tallest = if self.width > PORTRAIT { TALLEST.0 } else { TALLEST.1 };
        for (at, (row, name)) in table.rows.iter().zip(names).enumerate() {
            let together = height(row, &widths) <= tallest;
            let heads = grid && at > 0 && is_head(row);
            // The signature block stays on one page; a group row stays with its rows, and
            // the last row with its total.
            let keep_next = match table.rows.get(at + 1..) {
                None | Some([]) => false,
                Some([last]) if grid && is_head(last) => true,
                _ => heads || place == Place::Signature,
            };
            // The header is repeated on every page.
            let properties = match (together, grid && at == 0) {
                (true, true) => "<w:trPr><w:cantSplit /><w:tblHeader/></w:trPr>",
                (true, false) => "<w:trPr><w:cantSplit /></w:trPr>",
                (false, true) => "<w:trPr><w:tblHeader/></w:trPr>",
                (false, false) => "",
            };
            self.xml.extend(["<w:tr>", properties]);
            let mut name = name;
            let spans = if heads { spans(row) } else { vec![1; row.cells.len()] };
            for (column, (cell, span)) in row.cells.iter().zip(spans).enumerate() {
                if span == 0 {
                    continue;
                }
                let align = if ordinal.get(column).copied().unwrap_or_default() {
                    Align::Center
                } else {
                    table.columns.get(column).map_or(Align::Left, |column| column.align)
                };
                let width = widths.iter().skip(column).take(span).sum();
                let shape = Shape { align, width, span, keep_next };
                self.cell(cell, place, (at, column), shape, name.take());
            }
            self.xml.push_str("</w:tr>");
        }
        self.xml.push_str("</w:tbl>");
    }

    fn widths(&self, table: &Table, place: Place) -> Vec<usize> {
        if place == Place::Letterhead {
            return LETTERHEAD.to_vec();
        }
        fitted(table, self.width)
    }

    fn cell(
        &mut self,
        text: &Text,
        place: Place,
        (row, column): (usize, usize),
        shape: Shape,
        mut name: Option<String>,
    ) {
        let Shape { align, width, span, keep_next } = shape;
        let style = match (place, row) {
            (Place::Letterhead, _) => "Letterhead",
            (Place::Signature, _) if column == 0 => "Recipients",
            (Place::Signature, _) => "Authority",
            (_, 0) => "CellHead",
            _ => "Cell",
        };
        let plain = text.plain();
        let chart = plain.chars().next().and_then(glyph_fill);
        let fill = match style {
            "CellHead" => Some("E7E6E6"),
            "Cell" => chart,
            _ => None,
        };
        let middle = row == 0 && style == "CellHead";
        let properties = self.looks.properties(Look::Cell { width, span, fill, middle });
        self.xml.extend(["<w:tc>", properties]);
        let align = match align {
            Align::Center if style == "Cell" => Some("center"),
            Align::Right if style == "Cell" => Some("right"),
            _ => None,
        };
        let inset = if place == Place::Letterhead && row == 0 {
            balance(text, 26, width)
        } else {
            0
        };
        let lines = text.lines();
        let last = lines.len() - 1;
        for (at, line) in lines.into_iter().enumerate() {
            let style = match style {
                "Recipients" if row == 0 && at == 0 => "RecipientsHead",
                "Authority" if at == last && at > 0 => "Signer",
                style => style,
            };
            let look = Look::Paragraph { style, keep_next, align, inset };
            self.paragraph(look, name.take().as_deref(), |out, looks| match fill {
                Some(fill) if chart.is_some() => push_chart(out, looks, &line, fill),
                _ => push_text(out, looks, &line),
            });
        }
        if place == Place::Letterhead && row == 0 {
            self.rule(if column == 0 { "Rule" } else { "MottoRule" }, text, 26, width);
        }
        self.xml.push_str("</w:tc>");
    }
}

/// Lines of the tallest cell, as far as that can be told without a font.
fn height(row: &Row, widths: &[usize]) -> usize {
    let lines = |(cell, width): (&Text, &usize)| -> usize {
        let fit = (width / CHARACTER).max(1);
        cell.plain().split('\n').map(|line| line.chars().count() / fit + 1).sum()
    };
    row.cells.iter().zip(widths).map(lines).max().unwrap_or_default()
}

/// A row in bold heads or totals others.
fn is_head(row: &Row) -> bool {
    let bold = |inline: &Inline| matches!(inline, Inline::Run(run) if run.style.bold);
    let mut texts = row.cells.iter().flat_map(|cell| &cell.0).peekable();
    texts.peek().is_some() && texts.all(bold)
}

/// How many columns each cell of a head takes: its title those that are empty beside it.
fn spans(row: &Row) -> Vec<usize> {
    let mut spans = vec![1; row.cells.len()];
    let title = (1..spans.len()).find(|at| !row.cells[*at].is_empty());
    if let Some(title) = title {
        let beside = row.cells[title + 1..].iter().take_while(|cell| cell.is_empty());
        let count = beside.count();
        spans[title] += count;
        spans[title + 1..=title + count].fill(0);
    }
    spans
}

/// A filled cell of the calendar: the glyph in the fill's own colour, the label on it.
fn push_chart(out: &mut String, looks: &mut Looks, line: &Text, fill: &'static str) {
    let text = line.plain();
    let label = text.trim_start_matches(|c| c == ' ' || glyph_fill(c).is_some());
    let glyph = &text[..text.len() - label.len()];
    push_run(out, looks, Look::Glyph { fill, tiny: true }, glyph);
    let look = Look::Run {
        slot: false,
        bold: true,
        italic: false,
        strike: false,
        colour: Some("FFFFFF"),
    };
    push_run(out, looks, look, label);
}

#[cfg(test)]
mod tests {
    use super::super::measure::length;
    use super::LETTERHEAD;
    use crate::catalog::Catalog;

    /// Nothing wraps but where the catalogue says so, and a gap of 5 mm parts what stands beside
    /// each other on the first line.
    #[test]
    fn letterheads_of_all_agencies_stand_as_they_are_written() {
        let (catalog, _) = Catalog::read(&Catalog::embedded().unwrap());
        let [left, right] = LETTERHEAD;
        let motto = length("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 26);
        for agency in &catalog.agencies {
            let name = &agency.name;
            for (at, line) in agency.header.iter().enumerate() {
                let length = length(line, 26);
                assert!(length + 40 <= left, "{name}: {line}");
                let gap = (left - length) / 2 + (right - motto) / 2;
                assert!(at > 0 || gap >= 280, "{name}: {line}: {gap}");
                assert!(!line.ends_with(" VÀ"), "{name}: {line}");
            }
            // Italics are narrower than the bold type that is measured, by a twentieth.
            let date = format!("{}, ngày 30 tháng 12 năm 2023", agency.place);
            assert!(length(&date, 26) * 19 / 20 <= right, "{date}");
        }
    }
}
