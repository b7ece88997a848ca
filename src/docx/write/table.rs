//! Tables: column widths, shading, rows that stay together.

use docx_rs::{
    AlignmentType, Bold, BoldCs, Color, Justification, Paragraph, Shading,
    Table as DocxTable, TableCell, TableCellContent, TableLayoutType, TableRow,
    VAlignType, WidthType,
};

use super::runs::{add_run, add_text, plain};
use super::{Place, Writer, conform, styled};
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
        let mut rows = Vec::new();
        for (at, (row, name)) in table.rows.iter().zip(names).enumerate() {
            let mut cells = Vec::new();
            let mut name = name;
            for (column, cell) in row.cells.iter().enumerate() {
                let align = if ordinal.get(column).copied().unwrap_or_default() {
                    Align::Center
                } else {
                    table.columns.get(column).map_or(Align::Left, |column| column.align)
                };
                let width = widths.get(column).copied().unwrap_or_default();
                cells.push(self.cell(
                    cell,
                    place,
                    (at, column),
                    align,
                    width,
                    name.take(),
                ));
            }
            let built = TableRow::new(cells);
            let together = height(row, &widths) <= TALLEST;
            rows.push(if together { built.cant_split() } else { built });
        }
        let built = if matches!(place, Place::Letterhead | Place::Signature) {
            DocxTable::without_borders(rows)
        } else {
            DocxTable::new(rows)
        };
        let total = widths.iter().sum();
        let style = match place {
            Place::Letterhead | Place::Signature => "Plain",
            _ => "Grid",
        };
        let built = built
            .style(style)
            .set_grid(widths)
            .layout(TableLayoutType::Fixed)
            .width(total, WidthType::Dxa);
        let from = self.xml.len();
        self.add(&built);
        if style == "Grid" {
            conform::repeat_header(&mut self.xml, from);
        }
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
    ) -> TableCell {
        let style = match (place, row, column) {
            (Place::Letterhead, _, _) => "Letterhead",
            (Place::Signature, 0, 0) => "RecipientsHead",
            (Place::Signature, _, 0) => "Recipients",
            (Place::Signature, 0, _) => "Authority",
            (Place::Signature, ..) => "Signer",
            (_, 0, _) => "CellHead",
            _ => "Cell",
        };
        let mut cell = TableCell::new().width(width, WidthType::Dxa);
        let plain = text.plain();
        let shade = match plain.chars().next() {
            _ if matches!(place, Place::Letterhead | Place::Signature) => None,
            Some('█') => Some("1F4E79"),
            Some('░') => Some("DEEAF6"),
            _ if row == 0 => Some("E7E6E6"),
            _ => None,
        };
        if let Some(fill) = shade {
            cell = cell.shading(Shading::new().fill(fill));
        }
        if row == 0 && style == "CellHead" {
            cell = cell.vertical_align(VAlignType::Center);
        }
        for line in text.lines() {
            let mut paragraph = self.start(style, name.take());
            if style == "Cell" {
                let align = match align {
                    Align::Left => None,
                    Align::Center => Some(AlignmentType::Center),
                    Align::Right => Some(AlignmentType::Right),
                };
                paragraph.property.alignment =
                    align.map(|align| Justification::new(align.to_string()));
            }
            // The signature block stays on one page; a group row stays with its rows.
            if at_group(text, row) || (place == Place::Signature && row == 0) {
                paragraph.property.keep_next = Some(true);
            }
            match plain.chars().next() {
                Some('█') if shade.is_some() => {
                    add_chart(&mut paragraph, &line, "1F4E79");
                }
                Some('░') if shade.is_some() => {
                    add_chart(&mut paragraph, &line, "DEEAF6");
                }
                _ => add_text(&mut paragraph, &line),
            }
            self.end(&mut paragraph);
            cell.children.push(TableCellContent::Paragraph(Box::new(paragraph)));
        }
        if place == Place::Letterhead && row == 0 {
            let rule = styled(if column == 0 { "Rule" } else { "MottoRule" });
            cell.children.push(TableCellContent::Paragraph(Box::new(rule)));
        }
        cell
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
fn add_chart(paragraph: &mut Paragraph, line: &Text, fill: &str) {
    let text = line.plain();
    let (glyph, label) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    let mut run = plain(glyph);
    run.run_property.color = Some(Color::new(fill));
    add_run(paragraph, run);
    if !label.is_empty() {
        let mut run = plain(label);
        let property = &mut run.run_property;
        (property.bold, property.bold_cs) = (Some(Bold::new()), Some(BoldCs::new()));
        property.color = Some(Color::new("FFFFFF"));
        add_run(paragraph, run);
    }
}
