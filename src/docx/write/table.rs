//! Tables: column widths, shading, rows that stay together.

use std::fmt::Write;

use docx_rs::{TableLayoutType, TableProperty, WidthType};

use super::look::{Look, Looks};
use super::runs::{push_run, push_text};
use super::{Place, Writer, conform};
use crate::document::{Align, Inline, Row, Table, Text};

/// "STT" on one line.
const ORDINAL: usize = 640;
/// Rows of more lines may break over two pages: an office cuts off what it cannot break.
const TALLEST: usize = 16;
/// Mean width of a character at 11 pt, in twentieths of a point.
const CHARACTER: usize = 110;

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
        let (properties, style) = if grid {
            (TableProperty::new(), "Grid")
        } else {
            (TableProperty::without_borders(), "Plain")
        };
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
        for (at, (row, name)) in table.rows.iter().zip(names).enumerate() {
            let together = height(row, &widths) <= TALLEST;
            // The header is repeated on every page.
            let properties = match (together, grid && at == 0) {
                (true, true) => "<w:trPr><w:cantSplit /><w:tblHeader/></w:trPr>",
                (true, false) => "<w:trPr><w:cantSplit /></w:trPr>",
                (false, true) => "<w:trPr><w:tblHeader/></w:trPr>",
                (false, false) => "<w:trPr />",
            };
            self.xml.extend(["<w:tr>", properties]);
            let mut name = name;
            for (column, cell) in row.cells.iter().enumerate() {
                let align = if ordinal.get(column).copied().unwrap_or_default() {
                    Align::Center
                } else {
                    table.columns.get(column).map_or(Align::Left, |column| column.align)
                };
                let width = widths.get(column).copied().unwrap_or_default();
                self.cell(cell, place, (at, column), align, width, name.take());
            }
            self.xml.push_str("</w:tr>");
        }
        self.xml.push_str("</w:tbl>");
    }

    fn widths(&self, table: &Table, place: Place) -> Vec<usize> {
        if place == Place::Letterhead {
            // The right column holds "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" on one line.
            return vec![3371, 5700];
        }
        let sum: usize = table.columns.iter().map(|column| column.width as usize).sum();
        let share = |column: &crate::document::Column| {
            self.width * column.width as usize / sum.max(1)
        };
        let mut widths: Vec<usize> = table.columns.iter().map(share).collect();
        let header = table.rows.first().map_or(&[][..], |row| row.cells.as_slice());
        let widest = (0..widths.len()).max_by_key(|at| widths[*at]).unwrap_or_default();
        for at in 0..widths.len() {
            if at != widest
                && widths[at] < ORDINAL
                && header.get(at).is_some_and(is_ordinal)
            {
                widths[widest] = widths[widest].saturating_sub(ORDINAL - widths[at]);
                widths[at] = ORDINAL;
            }
        }
        widths
    }

    fn cell(
        &mut self,
        text: &Text,
        place: Place,
        (row, column): (usize, usize),
        align: Align,
        width: usize,
        mut name: Option<String>,
    ) {
        let style = match (place, row, column) {
            (Place::Letterhead, _, _) => "Letterhead",
            (Place::Signature, 0, 0) => "RecipientsHead",
            (Place::Signature, _, 0) => "Recipients",
            (Place::Signature, 0, _) => "Authority",
            (Place::Signature, ..) => "Signer",
            (_, 0, _) => "CellHead",
            _ => "Cell",
        };
        let plain = text.plain();
        let fill = match plain.chars().next() {
            _ if matches!(place, Place::Letterhead | Place::Signature) => None,
            Some('█') => Some("1F4E79"),
            Some('░') => Some("DEEAF6"),
            _ if row == 0 => Some("E7E6E6"),
            _ => None,
        };
        let middle = row == 0 && style == "CellHead";
        let properties = self.looks.properties(Look::Cell { width, fill, middle });
        self.xml.extend(["<w:tc>", properties]);
        let align = match align {
            Align::Center if style == "Cell" => Some("center"),
            Align::Right if style == "Cell" => Some("right"),
            _ => None,
        };
        // The signature block stays on one page; a group row stays with its rows.
        let keep_next = at_group(text, row) || (place == Place::Signature && row == 0);
        let look = Look::Paragraph { style, keep_next, align };
        let chart = fill.filter(|_| plain.starts_with(['█', '░']));
        for line in text.lines() {
            self.paragraph(look, name.take().as_deref(), |out, looks| match chart {
                Some(fill) => push_chart(out, looks, &line, fill),
                None => push_text(out, looks, &line),
            });
        }
        if place == Place::Letterhead && row == 0 {
            self.rule(if column == 0 { "Rule" } else { "MottoRule" });
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

fn is_ordinal(cell: &Text) -> bool {
    matches!(cell.plain().trim(), "STT" | "TT")
}

/// A row in bold heads the rows below it, and stays with them.
fn at_group(cell: &Text, row: usize) -> bool {
    let bold = |inline: &Inline| matches!(inline, Inline::Run(run) if run.style.bold);
    row > 0 && !cell.0.is_empty() && cell.0.iter().all(bold)
}

/// A filled cell of the calendar: the glyph in the fill's own colour, the label on it.
fn push_chart(out: &mut String, looks: &mut Looks, line: &Text, fill: &'static str) {
    let look = |bold, colour| Look::Run {
        slot: false,
        bold,
        italic: false,
        strike: false,
        colour: Some(colour),
    };
    let text = line.plain();
    let (glyph, label) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    push_run(out, looks, look(false, fill), glyph);
    push_run(out, looks, look(true, "FFFFFF"), label);
}
