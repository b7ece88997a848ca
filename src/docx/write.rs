//! Turns blocks into a docx-rs model and builds its `word/document.xml`.

use docx_rs::{
    AlignmentType, BreakType, Docx, Paragraph, Run as DocxRun, Shading,
    Table as DocxTable, TableCell, TableLayoutType, TableRow, VAlignType, WidthType,
};
use unicode_normalization::UnicodeNormalization;

use super::bookmark_name;
use crate::document::{
    Align, Block, BlockKind, Document, Heading, Inline, Run, Section, Table, Text, slots,
};
use crate::source::is_document_character;

/// Text width of a portrait page, in twentieths of a point: A4 less 30 and 20 mm.
const PORTRAIT: usize = 9071;
/// Text width of a landscape page: A4 turned, less 20 mm on both sides.
const LANDSCAPE: usize = 14570;
/// "STT" on one line.
const ORDINAL: usize = 640;
/// Tables with more columns go on a landscape page.
const WIDE: usize = 6;

/// `word/document.xml` as docx-rs gives it, and where its Word sections end.
pub(super) struct Body {
    /// The part.
    pub(super) xml: Vec<u8>,
    /// One entry a Word section: how many body children precede its end, and its turn.
    pub(super) sections: Vec<(usize, Orientation)>,
}

/// Turn of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Orientation {
    Portrait,
    Landscape,
}

/// Builds the body of a document.
pub(super) fn body(document: &Document) -> Body {
    let mut writer =
        Writer { docx: Docx::new(), children: 0, bookmarks: 0, width: PORTRAIT };
    let mut sections = Vec::new();
    let mut orientation = Orientation::Portrait;
    let starts: Vec<bool> = document.sections.iter().map(opens_annex).collect();
    for (at, section) in document.sections.iter().enumerate() {
        if starts[at] {
            sections.push((writer.children, orientation));
            let end = (at + 1..starts.len()).find(|next| starts[*next]);
            let annex = &document.sections[at..end.unwrap_or(starts.len())];
            orientation = if annex.iter().any(is_wide) {
                Orientation::Landscape
            } else {
                Orientation::Portrait
            };
            writer.width =
                if orientation == Orientation::Landscape { LANDSCAPE } else { PORTRAIT };
        }
        writer.section(section);
    }
    sections.push((writer.children, orientation));
    Body { xml: writer.docx.build().document, sections }
}

fn opens_annex(section: &Section) -> bool {
    section.id.as_ref().is_some_and(|id| id.starts_with("annex-"))
        && matches!(section.blocks.first().map(|b| &b.kind), Some(BlockKind::Heading(_)))
}

fn is_wide(section: &Section) -> bool {
    section
        .blocks
        .iter()
        .any(|block| matches!(&block.kind, BlockKind::Table(t) if t.columns.len() > WIDE))
}

/// What a section's paragraphs look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Body,
    Letterhead,
    Title,
    Guidance,
    Signature,
    Annex,
}

fn place(id: &str) -> Place {
    match id {
        "letterhead" => Place::Letterhead,
        "title" => Place::Title,
        "signature" => Place::Signature,
        _ if id.starts_with("guide-") => Place::Guidance,
        _ if id.starts_with("annex-") => Place::Annex,
        _ => Place::Body,
    }
}

struct Writer {
    docx: Docx,
    children: usize,
    bookmarks: usize,
    width: usize,
}

impl Writer {
    fn section(&mut self, section: &Section) {
        let id = section.id.as_deref().unwrap_or_default();
        let place = place(id);
        let mut n = 0;
        let mut anchor = || {
            n += 1;
            if id.is_empty() { None } else { bookmark_name(id, n) }
        };
        for block in &section.blocks {
            if let BlockKind::Table(table) = &block.kind {
                let names = table.rows.iter().map(|_| anchor()).collect();
                self.table(table, place, names);
            } else {
                let name = anchor();
                self.block(block, place, name);
            }
        }
        if place == Place::Title {
            self.add(Paragraph::new().style("TitleRule"));
        }
    }

    fn add(&mut self, paragraph: Paragraph) {
        self.docx = std::mem::take(&mut self.docx).add_paragraph(paragraph);
        self.children += 1;
    }

    fn block(&mut self, block: &Block, place: Place, name: Option<String>) {
        match &block.kind {
            BlockKind::Heading(heading) => {
                let style = match (place, heading.level) {
                    (Place::Title, _) | (_, 1) => "PlanTitle".to_owned(),
                    (Place::Annex, 2) => "AnnexTitle".to_owned(),
                    (_, level) => format!("Heading{}", (level - 1).min(4)),
                };
                let paragraph = self.start(&style, name);
                let paragraph = heading_runs(paragraph, heading);
                let paragraph = self.end(paragraph);
                self.add(paragraph);
            }
            BlockKind::Paragraph(text) => {
                let style = match place {
                    Place::Title => "Subject",
                    Place::Annex if all_italic(text) => "AnnexNote",
                    Place::Annex => "AnnexText",
                    _ => "Normal",
                };
                self.paragraph(style, text, name);
            }
            BlockKind::Item { depth, number, text } => {
                let style = if *depth == 0 { "ListDash" } else { "ListPlus" };
                match number {
                    None => self.paragraph(style, text, name),
                    Some(number) => {
                        let mut numbered = text.clone();
                        let run = Run { text: format!("{number}. "), ..Run::default() };
                        numbered.0.insert(0, Inline::Run(run));
                        self.paragraph("Normal", &numbered, name);
                    }
                }
            }
            BlockKind::Quote(text) => {
                let style = if place == Place::Guidance { "Guidance" } else { "Quote" };
                self.paragraph(style, text, name);
            }
            BlockKind::Raw(text) => {
                let lines = text.lines().map(|line| {
                    Inline::Run(Run { text: line.to_owned(), ..Run::default() })
                });
                let text = Text(lines.flat_map(|run| [run, Inline::Break]).collect());
                self.paragraph("Normal", &text, name);
            }
            BlockKind::Table(_) => {}
        }
    }

    fn paragraph(&mut self, style: &str, text: &Text, name: Option<String>) {
        let paragraph = runs(self.start(style, name), text);
        let paragraph = self.end(paragraph);
        self.add(paragraph);
    }

    /// A paragraph of a style, with its bookmark open.
    fn start(&mut self, style: &str, name: Option<String>) -> Paragraph {
        self.bookmarks += 1;
        let paragraph = Paragraph::new().style(style);
        match name {
            Some(name) => paragraph.add_bookmark_start(self.bookmarks, name),
            None => paragraph,
        }
    }

    fn end(&self, paragraph: Paragraph) -> Paragraph {
        let open = paragraph
            .children()
            .iter()
            .any(|child| matches!(child, docx_rs::ParagraphChild::BookmarkStart(_)));
        if open { paragraph.add_bookmark_end(self.bookmarks) } else { paragraph }
    }

    fn table(&mut self, table: &Table, place: Place, names: Vec<Option<String>>) {
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
            rows.push(TableRow::new(cells).cant_split());
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
        self.docx = std::mem::take(&mut self.docx).add_table(built);
        self.children += 1;
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
                paragraph = match align {
                    Align::Left => paragraph,
                    Align::Center => paragraph.align(AlignmentType::Center),
                    Align::Right => paragraph.align(AlignmentType::Right),
                };
            }
            if at_group(text, row) {
                paragraph = paragraph.keep_next(true);
            }
            paragraph = match plain.chars().next() {
                Some('█') if shade.is_some() => chart_runs(paragraph, &line, "1F4E79"),
                Some('░') if shade.is_some() => chart_runs(paragraph, &line, "DEEAF6"),
                _ => runs(paragraph, &line),
            };
            let paragraph = self.end(paragraph);
            cell = cell.add_paragraph(paragraph);
        }
        if place == Place::Letterhead && row == 0 {
            let style = if column == 0 { "Rule" } else { "MottoRule" };
            cell = cell.add_paragraph(Paragraph::new().style(style));
        }
        cell
    }
}

fn is_ordinal(cell: &Text) -> bool {
    matches!(cell.plain().trim(), "STT" | "TT")
}

/// A row in bold heads the rows below it, and stays with them.
fn at_group(cell: &Text, row: usize) -> bool {
    let bold = |inline: &Inline| matches!(inline, Inline::Run(run) if run.style.bold);
    row > 0 && !cell.0.is_empty() && cell.0.iter().all(bold)
}

fn all_italic(text: &Text) -> bool {
    text.0.iter().all(|inline| match inline {
        Inline::Run(run) => run.style.italic,
        Inline::Break => true,
    })
}

/// A filled cell of the calendar: the glyph in the fill's own colour, the label on it.
fn chart_runs(paragraph: Paragraph, line: &Text, fill: &str) -> Paragraph {
    let text = line.plain();
    let glyph: String = text.chars().take(1).collect();
    let label: String = text.chars().skip(1).collect();
    let paragraph = paragraph.add_run(DocxRun::new().add_text(gate(&glyph)).color(fill));
    if label.is_empty() {
        return paragraph;
    }
    paragraph.add_run(DocxRun::new().add_text(gate(&label)).bold().color("FFFFFF"))
}

fn heading_runs(mut paragraph: Paragraph, heading: &Heading) -> Paragraph {
    if let Some(number) = &heading.number {
        paragraph = paragraph.add_run(DocxRun::new().add_text(gate(number)));
        let separator = if number.ends_with(['.', ')']) {
            DocxRun::new().add_text(" ")
        } else {
            DocxRun::new().add_break(BreakType::TextWrapping)
        };
        paragraph = paragraph.add_run(separator);
    }
    runs(paragraph, &heading.text)
}

fn runs(mut paragraph: Paragraph, text: &Text) -> Paragraph {
    for inline in &text.0 {
        match inline {
            Inline::Break => {
                paragraph =
                    paragraph.add_run(DocxRun::new().add_break(BreakType::TextWrapping));
            }
            Inline::Run(run) => {
                let mut from = 0;
                for slot in slots(&run.text) {
                    paragraph =
                        styled(paragraph, &run.text[from..slot.start], run, false);
                    paragraph = styled(paragraph, &run.text[slot.clone()], run, true);
                    from = slot.end;
                }
                paragraph = styled(paragraph, &run.text[from..], run, false);
            }
        }
    }
    paragraph
}

fn styled(paragraph: Paragraph, text: &str, run: &Run, slot: bool) -> Paragraph {
    if text.is_empty() {
        return paragraph;
    }
    let mut built = DocxRun::new();
    for (at, piece) in gate(text).split('\t').enumerate() {
        if at > 0 {
            built = built.add_tab();
        }
        if !piece.is_empty() {
            built = built.add_text(piece);
        }
    }
    if slot {
        built = built.style("Slot");
    }
    if run.style.bold {
        built = built.bold();
    }
    if run.style.italic {
        built = built.italic();
    }
    if run.style.strike {
        built = built.strike();
    }
    paragraph.add_run(built)
}

/// The one gate through which text enters the file: NFC, legal XML characters.
fn gate(text: &str) -> String {
    text.nfc().filter(|c| is_document_character(*c)).collect()
}
