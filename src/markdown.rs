//! Reads the plan's Markdown into a [`Document`].

mod escape;
mod patch;
mod print;
mod record;
mod restore;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use comrak::nodes::{ListType, Node, NodeValue, Sourcepos, TableAlignment};

use crate::diagnostic::{Code, Diagnostic};
use crate::document::{
    Align, Block, BlockKind, Column, Document, Heading, Inline, Row, Section, Style,
    Table, Text,
};

pub use escape::escape;
pub use patch::{patch, spare};
pub use record::{record, with_record, without_record};
pub(crate) use record::{record_range, without_torn_record};
pub(crate) use restore::{Swallow, has_marker, restore, swallow};

/// Longest id of a section: `guide-` and the id of a task.
const ID_LENGTH: usize = 30;
/// Quotes nested deeper than this are not read as quotes.
const QUOTE_DEPTH: usize = 64;
/// Lists and quotes nested deeper than this are kept as typed.
const BLOCK_DEPTH: usize = 200;
/// Longest Markdown that is read, in bytes; a plan of khung's own has 0.2 MiB.
pub(crate) const LONGEST: usize = 4 * 1024 * 1024;
/// Most line ends and ASCII punctuation that is read: each costs the parser up to 0.5 KiB.
const MOST_MARKS: usize = 512 * 1024;
/// A text that [`parse`] does not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mebibytes = LONGEST >> 20;
        write!(f, "longer than {mebibytes} MiB, or more than {MOST_MARKS} marks")
    }
}

impl std::error::Error for TooLong {}

impl From<TooLong> for Diagnostic {
    fn from(_: TooLong) -> Self {
        Self::error(
            Code::TooLong,
            "kế hoạch quá dài, hoặc có quá nhiều dấu câu và dòng",
            "Bớt nội dung: chuyển các bảng dài sang một phụ lục là tệp riêng.",
        )
    }
}

/// Reads Markdown; every text is a document.
///
/// Time and memory grow with the length, so it is bounded: what is read takes at most about
/// 300 MiB, whatever it holds. The record at the end does not count.
///
/// # Errors
/// When the text has more than 4 MiB, or more than 524,288 line ends and ASCII punctuation
/// marks. No plan that khung drafted does: it is read before it is written.
pub fn parse(markdown: &str) -> Result<Document, TooLong> {
    let markdown = without_record(markdown);
    let is_mark = |b: &u8| b.is_ascii_punctuation() || matches!(b, b'\n' | b'\r');
    if markdown.len() > LONGEST || markdown.bytes().filter(is_mark).count() > MOST_MARKS {
        return Err(TooLong);
    }
    let tamed = tame(markdown);
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, &tamed, &options());
    let mut reader = Reader {
        markdown,
        lines: line_starts(markdown),
        entries: Vec::new(),
        link_budget: markdown.len().saturating_mul(4).saturating_add(1 << 16),
    };
    for node in root.children() {
        reader.block(node, Place::Body, 0);
    }
    reader.keep_dropped_lines();
    Ok(sections(reader.entries, markdown.len()))
}

fn options() -> comrak::Options<'static> {
    let mut options = comrak::Options::default();
    options.extension.table = true;
    options.extension.strikethrough = true;
    options
}

/// Blanks the quote marks beyond [`QUOTE_DEPTH`], byte for byte.
fn tame(markdown: &str) -> Cow<'_, str> {
    let mut depth = 0;
    let mut leading = true;
    let mut excess = Vec::new();
    for (at, b) in markdown.bytes().enumerate() {
        match b {
            b'\n' | b'\r' => (depth, leading) = (0, true),
            b'>' if leading => {
                depth += 1;
                if depth > QUOTE_DEPTH {
                    excess.push(at);
                }
            }
            b' ' | b'\t' | b'-' | b'+' | b'*' | b'.' | b')' | b'0'..=b'9' => {}
            _ => leading = false,
        }
    }
    if excess.is_empty() {
        return Cow::Borrowed(markdown);
    }
    let mut excess = excess.into_iter().peekable();
    let blank = |(at, c)| if excess.next_if_eq(&at).is_some() { ' ' } else { c };
    Cow::Owned(markdown.char_indices().map(blank).collect())
}

/// Where each line starts; lines end as the parser ends them.
fn line_starts(markdown: &str) -> Vec<usize> {
    let bytes = markdown.as_bytes();
    let mut starts = vec![0];
    for (at, b) in bytes.iter().enumerate() {
        let ends = match b {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        if ends {
            starts.push(at + 1);
        }
    }
    starts
}

/// A stretch of the Markdown, before it belongs to a section.
struct Entry {
    what: What,
    source: Range<usize>,
}

enum What {
    Marker(String),
    Record,
    Block(BlockKind),
}

/// Where a block stands.
#[derive(Clone, Copy)]
enum Place {
    Body,
    Item {
        depth: u8,
        number: Option<u32>,
    },
    Quote,
    /// The first paragraph of a list item inside a quote.
    QuotedItem {
        number: Option<u32>,
    },
}

struct Reader<'m> {
    markdown: &'m str,
    lines: Vec<usize>,
    entries: Vec<Entry>,
    /// Bytes of link targets that may still be copied into runs.
    link_budget: usize,
}

impl Reader<'_> {
    fn block(&mut self, node: Node<'_>, place: Place, nesting: usize) {
        let data = node.data();
        let source = self.range(data.sourcepos);
        if nesting > BLOCK_DEPTH {
            return self.raw(&source);
        }
        match &data.value {
            NodeValue::HtmlBlock(html) => {
                let literal = html.literal.trim();
                if !matches!(place, Place::Body) {
                    self.raw(&source);
                } else if let Some(id) = marker(literal) {
                    self.push(What::Marker(id.to_owned()), source);
                } else if record_range(literal) == Some(0..literal.len()) {
                    self.push(What::Record, source);
                } else {
                    self.raw(&source);
                }
            }
            NodeValue::Heading(heading) if matches!(place, Place::Body) => {
                let heading = Heading::split(heading.level, self.text(node));
                self.push(What::Block(BlockKind::Heading(heading)), source);
            }
            NodeValue::Paragraph | NodeValue::Heading(_) => {
                let text = self.text(node);
                if is_definition(&self.markdown[source.clone()], &text) {
                    self.raw(&source);
                } else {
                    self.paragraph(text, place, source);
                }
            }
            NodeValue::List(list) => {
                let first = u32::try_from(list.start).unwrap_or(u32::MAX);
                let mut number = (list.list_type == ListType::Ordered).then_some(first);
                for item in node.children() {
                    self.item(item, number, place, nesting);
                    number = number.map(|n| n.saturating_add(1));
                }
            }
            NodeValue::BlockQuote => {
                for child in node.children() {
                    self.block(child, Place::Quote, nesting + 1);
                }
            }
            NodeValue::Table(table)
                if !matches!(place, Place::Quote | Place::QuotedItem { .. }) =>
            {
                let table = self.table(node, &table.alignments);
                self.push(What::Block(BlockKind::Table(table)), source);
            }
            _ => self.raw(&source),
        }
    }

    fn item(
        &mut self,
        item: Node<'_>,
        number: Option<u32>,
        place: Place,
        nesting: usize,
    ) {
        let mut inner = match place {
            Place::Body => Place::Item { depth: 0, number },
            Place::Item { depth, .. } => {
                Place::Item { depth: depth.saturating_add(1), number }
            }
            Place::Quote | Place::QuotedItem { .. } => Place::QuotedItem { number },
        };
        if item.first_child().is_none() {
            // The text that is not there begins behind the mark.
            let source = self.range(item.data().sourcepos);
            let mark = self.markdown[source.clone()].trim_end().len();
            let at = source.start + mark;
            let at = at + usize::from(self.markdown[at..].starts_with(' '));
            self.paragraph(Text::default(), inner, at..at);
        }
        for child in item.children() {
            self.block(child, inner, nesting + 1);
            if matches!(inner, Place::QuotedItem { .. }) {
                inner = Place::Quote;
            }
        }
    }

    fn paragraph(&mut self, text: Text, place: Place, source: Range<usize>) {
        let kind = match place {
            Place::Body => BlockKind::Paragraph(text),
            Place::Item { depth, number } => BlockKind::Item { depth, number, text },
            Place::Quote => BlockKind::Quote(text),
            Place::QuotedItem { number } => {
                let mark = number.map_or("- ".to_owned(), |n| format!("{n}. "));
                let mut line = Line::default();
                line.characters(&mark, &Style::default());
                for inline in text.0 {
                    match inline {
                        Inline::Run(run) => line.characters(&run.text, &run.style),
                        Inline::Break => line.line_break(),
                    }
                }
                BlockKind::Quote(line.text)
            }
        };
        self.push(What::Block(kind), source);
    }

    fn table(&mut self, node: Node<'_>, alignments: &[TableAlignment]) -> Table {
        let mut rows = Vec::new();
        let mut widths = Vec::new();
        for row in node.children() {
            let line = row.data().sourcepos.start.line.saturating_sub(1);
            if rows.is_empty() {
                widths = dashes(&self.markdown[self.line(line + 1)]);
            }
            rows.push(self.row(row, self.line(line)));
        }
        let align = |alignment: &TableAlignment| match *alignment {
            TableAlignment::Center => Align::Center,
            TableAlignment::Right => Align::Right,
            _ => Align::Left,
        };
        let column = |(at, alignment)| Column {
            width: widths.get(at).copied().unwrap_or(3),
            align: align(alignment),
        };
        let columns = alignments.iter().enumerate().map(column).collect();
        Table { columns, rows }
    }

    fn row(&mut self, row: Node<'_>, source: Range<usize>) -> Row {
        let mut id = None;
        let mut cells = Vec::new();
        for cell in row.children() {
            let comment = cell.first_child().filter(|_| cells.is_empty());
            let comment = comment.and_then(|first| match &first.data().value {
                NodeValue::HtmlInline(html) => row_id(html).map(str::to_owned),
                _ => None,
            });
            let mut text = self.text(cell);
            if let Some(comment) = comment {
                // The comment is literal text so far; blanks after it only part it from the text.
                let line = &self.markdown[source.clone()];
                let open = line.find("<!--").unwrap_or(0);
                let close =
                    line[open..].find("-->").map_or(line.len(), |at| open + at + 3);
                let after = &line[close..];
                let blanks = after.len() - after.trim_start_matches([' ', '\t']).len();
                text = text.without_front(close - open + blanks);
                id = Some(comment);
            }
            cells.push(text);
        }
        Row { id, cells, source }
    }

    /// The inlines below a node, however deeply nested, without recursion.
    fn text(&mut self, node: Node<'_>) -> Text {
        use comrak::arena_tree::NodeEdge;
        let mut line = Line::default();
        let mut style = Style::default();
        let (mut bold, mut italic, mut strike) = (0_usize, 0_usize, 0_usize);
        for edge in node.traverse() {
            let (node, start) = match edge {
                NodeEdge::Start(node) => (node, true),
                NodeEdge::End(node) => (node, false),
            };
            if let Some(target) = &style.link {
                self.link_budget = self.link_budget.saturating_sub(target.len());
                if self.link_budget == 0 {
                    style.link = None;
                }
            }
            let count = |n: usize| if start { n + 1 } else { n.saturating_sub(1) };
            match &node.data().value {
                NodeValue::Strong => bold = count(bold),
                NodeValue::Emph => italic = count(italic),
                NodeValue::Strikethrough => strike = count(strike),
                NodeValue::Link(target) => {
                    style.link = start.then(|| target.url.clone());
                }
                NodeValue::Image(_) if start => line.characters("![", &style),
                NodeValue::Image(image) => {
                    line.characters(&format!("]({})", image.url), &style);
                }
                NodeValue::Text(text) if start => line.characters(text, &style),
                NodeValue::Code(code) if start => {
                    style.code = true;
                    line.characters(&code.literal, &style);
                    style.code = false;
                }
                NodeValue::HtmlInline(html) if start => {
                    if is_break(html) {
                        line.line_break();
                    } else {
                        line.characters(html, &style);
                    }
                }
                NodeValue::SoftBreak if start => line.soft_break(&style),
                NodeValue::LineBreak if start => line.line_break(),
                _ => {}
            }
            (style.bold, style.italic, style.strike) = (bold > 0, italic > 0, strike > 0);
        }
        line.text
    }

    fn raw(&mut self, source: &Range<usize>) {
        let line = self.line(self.line_of(source.start));
        let before = &self.markdown[line.start..source.start];
        let start = if before.trim().is_empty() { line.start } else { source.start };
        let kind = BlockKind::Raw(self.markdown[start..source.end].to_owned());
        self.push(What::Block(kind), start..source.end);
    }

    fn push(&mut self, what: What, source: Range<usize>) {
        self.entries.push(Entry { what, source });
    }

    /// Keeps as raw blocks the lines that the parser dropped: link definitions.
    fn keep_dropped_lines(&mut self) {
        let mut kept = Vec::with_capacity(self.entries.len());
        let mut line = 0;
        for entry in std::mem::take(&mut self.entries) {
            self.dropped(line..self.line_of(entry.source.start), &mut kept);
            line = line.max(self.line_of(entry.source.end) + 1);
            kept.push(entry);
        }
        self.dropped(line..self.lines.len(), &mut kept);
        self.entries = kept;
    }

    fn dropped(&self, lines: Range<usize>, kept: &mut Vec<Entry>) {
        for line in lines {
            let source = self.line(line);
            let text = &self.markdown[source.clone()];
            let scaffold = |c: char| c.is_whitespace() || ">-+*.)=\u{feff}".contains(c);
            if !text.chars().all(|c| scaffold(c) || c.is_ascii_digit()) {
                let what = What::Block(BlockKind::Raw(text.to_owned()));
                kept.push(Entry { what, source });
            }
        }
    }

    /// Bytes of a line, counted from 0, without its end.
    fn line(&self, line: usize) -> Range<usize> {
        let length = self.markdown.len();
        let start = self.lines.get(line).copied().unwrap_or(length);
        let end = self.lines.get(line + 1).copied().unwrap_or(length);
        start..start + self.markdown[start..end].trim_end_matches(['\n', '\r']).len()
    }

    fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    fn range(&self, position: Sourcepos) -> Range<usize> {
        let offset = |line: usize, column: usize| {
            let line = self.line(line.saturating_sub(1));
            let mut at = line.start.saturating_add(column).min(line.end);
            while !self.markdown.is_char_boundary(at) {
                at += 1;
            }
            at
        };
        let (start, end) = (position.start, position.end);
        let start = offset(start.line, start.column.saturating_sub(1));
        let end = offset(end.line, end.column).max(start);
        start..start + self.markdown[start..end].trim_end().len()
    }
}

/// Builds a text: turns line ends into breaks.
#[derive(Default)]
struct Line {
    text: Text,
    /// The style of a soft break that becomes a space if text follows.
    space: Option<Style>,
}

impl Line {
    fn characters(&mut self, text: &str, style: &Style) {
        if let Some(style) = self.space.take() {
            self.text.push(" ", &style);
        }
        if !text.contains(['\n', '\r']) {
            return self.text.push(text, style);
        }
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                self.text.0.push(Inline::Break);
            }
            self.text.push(part, style);
        }
    }

    fn soft_break(&mut self, style: &Style) {
        if !matches!(self.text.0.last(), None | Some(Inline::Break)) {
            self.space = Some(style.clone());
        }
    }

    fn line_break(&mut self) {
        self.space = None;
        self.text.0.push(Inline::Break);
    }
}

/// A section ends at the next marker, or at a heading of the level of its own or higher; one
/// without a heading at any. A line that people set as a heading is one, too.
fn sections(entries: Vec<Entry>, end: usize) -> Document {
    let mut sections = Vec::new();
    let mut current = Section::default();
    // Of the heading that the section opens with.
    let mut level = None;
    // Of the last heading.
    let mut number: Option<String> = None;
    let mut close = |section: &mut Section, at: usize, id: Option<String>| {
        let next = Section { id, blocks: Vec::new(), source: at..at };
        let mut section = std::mem::replace(section, next);
        section.source.end = at.max(section.source.start);
        if section.id.is_some() || !section.blocks.is_empty() {
            sections.push(section);
        }
    };
    for Entry { what, source } in entries {
        match what {
            What::Record => {}
            What::Marker(id) => {
                close(&mut current, source.start, Some(id));
                level = None;
            }
            What::Block(kind) => {
                let takes_typed =
                    level.is_some() || !current.role().has_lines_like_headings();
                let behind = number.as_deref();
                let heading = match &kind {
                    BlockKind::Heading(heading) => {
                        Some(Heading::level_behind(heading.level, &kind.plain(), behind))
                    }
                    BlockKind::Paragraph(text)
                    | BlockKind::Item { depth: 0, text, .. }
                        if takes_typed =>
                    {
                        Heading::typed(text, behind)
                    }
                    _ => None,
                };
                if heading.is_some() {
                    number = Heading::number(&kind.plain()).map(ToOwned::to_owned);
                }
                if current.blocks.is_empty() {
                    level = heading;
                } else if let Some(heading) = heading
                    && level.is_none_or(|level| heading <= level)
                {
                    close(&mut current, source.start, None);
                    level = Some(heading);
                }
                current.blocks.push(Block { kind, source });
            }
        }
    }
    close(&mut current, end, None);
    Document { sections }
}

/// Tells whether a paragraph is a footnote, or began with link definitions that the parser
/// took out.
fn is_definition(source: &str, text: &Text) -> bool {
    let line = source.lines().next().unwrap_or_default();
    if !source.starts_with('[') {
        return false;
    }
    let footnote = line.starts_with("[^") && line.contains("]:");
    let Some(Inline::Run(first)) = text.0.first() else {
        return source.contains("]:");
    };
    let taken = !first.text.starts_with('[') && first.style.link.is_none();
    footnote || (source.contains("]:") && taken)
}

fn comment(html: &str) -> Option<&str> {
    html.strip_prefix("<!--")?.strip_suffix("-->").map(str::trim)
}

fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty() && text.bytes().all(plain)
}

fn marker(html: &str) -> Option<&str> {
    let id = comment(html)?.strip_prefix("khung:")?.trim();
    (is_id(id) && id.len() <= ID_LENGTH).then_some(id)
}

/// The first line of what was meant for a marker, and is none.
pub(crate) fn mistaken_marker(html: &str) -> Option<&str> {
    let html = html.trim_start();
    let rest = html.strip_prefix("<!--")?.trim_start();
    rest.strip_prefix("khung:").and_then(|_| html.lines().next())
}

/// Tells whether a text says what its blocks do not: pictures, notes, titles of links, tasks to
/// tick off, HTML.
pub(crate) fn has_more(source: &str) -> bool {
    let is_ticked = ["[ ] ", "[x] ", "[X] "].iter().any(|tick| source.starts_with(tick));
    if is_ticked || source.contains("[^") {
        return true;
    }
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, source, &options());
    root.descendants().any(|node| match &node.data().value {
        NodeValue::Image(_) | NodeValue::HtmlBlock(_) => true,
        NodeValue::Link(link) => !link.title.is_empty(),
        NodeValue::HtmlInline(html) => !is_break(html),
        _ => false,
    })
}

fn row_id(html: &str) -> Option<&str> {
    comment(html).filter(|id| is_id(id))
}

fn is_break(html: &str) -> bool {
    let name = html.trim_matches(['<', '>', '/', ' ']);
    name.eq_ignore_ascii_case("br") && !html.starts_with("</")
}

/// The number of dashes in each cell of a delimiter row.
fn dashes(line: &str) -> Vec<u32> {
    let count = |cell: &str| {
        u32::try_from(cell.bytes().filter(|&b| b == b'-').count()).unwrap_or(u32::MAX)
    };
    line.split('|').map(count).filter(|&width| width > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Run;
    use proptest::prelude::*;

    fn kinds(markdown: &str) -> Vec<BlockKind> {
        let sections = parse(markdown).unwrap().sections;
        sections.into_iter().flat_map(|s| s.blocks).map(|block| block.kind).collect()
    }

    fn plain(text: &str) -> Text {
        let mut line = Line::default();
        line.characters(text, &Style::default());
        line.text
    }

    fn raw(text: &str) -> BlockKind {
        BlockKind::Raw(text.to_owned())
    }

    fn item(depth: u8, number: Option<u32>, text: &str) -> BlockKind {
        BlockKind::Item { depth, number, text: plain(text) }
    }

    fn headings(markdown: &str) -> Vec<(Option<String>, String)> {
        let heading = |kind| match kind {
            BlockKind::Heading(heading) => (heading.number, heading.text.plain()),
            other => panic!("not a heading: {other:?}"),
        };
        kinds(markdown).into_iter().map(heading).collect()
    }

    proptest! {
        #[test]
        fn any_text_is_a_document(markdown in "([-+*#>=_`~|<!&:\\\\\\[\\]() .a1\n\r]|<!-- khung: a -->\n|\u{1ed9}|\0){0,60}") {
            check_sources(&markdown);
        }
    }

    /// Sections and blocks follow each other, and slice the text.
    fn check_sources(markdown: &str) {
        let mut end = 0;
        for section in parse(markdown).unwrap().sections {
            assert!(section.source.start >= end, "{markdown:?}");
            end = section.source.start;
            for block in &section.blocks {
                assert!(block.source.start >= end, "{markdown:?}: {block:?}");
                assert!(markdown.get(block.source.clone()).is_some());
                end = block.source.end;
            }
            assert!(section.source.end >= end, "{markdown:?}");
            end = section.source.end;
        }
    }

    #[test]
    fn markers_and_headings_cut_sections() {
        let markdown = "đầu\n\n<!-- khung: a -->\n\n## A\n\n### trong\n\nx\n\n## của tôi\r\n\r\ny\n\n<!-- khung: b -->\nz\n\n<!-- khung-record: QUJD -->\n";
        let document = parse(markdown).unwrap();
        let found: Vec<_> = document
            .sections
            .iter()
            .map(|s| (s.id.as_deref(), s.blocks.len(), &markdown[s.source.clone()]))
            .collect();
        assert_eq!(
            found,
            [
                (None, 1, "đầu\n\n"),
                (Some("a"), 3, "<!-- khung: a -->\n\n## A\n\n### trong\n\nx\n\n"),
                (None, 2, "## của tôi\r\n\r\ny\n\n"),
                (Some("b"), 1, "<!-- khung: b -->\nz\n"),
            ]
        );
        check_sources(markdown);
    }

    #[test]
    fn headings_lose_their_numbers() {
        let markdown = "# KẾ HOẠCH\n## Phần I<br>ĐÁNH GIÁ\n## Phụ lục II<br>A\n### IV. B\n#### 1. C\n##### 3.1. **D**\n### 2024 E\n### Phần I\n### I.E\n## Phần thứ hai<br>G\n## Phụ lục 1<br>H\n## Chương IV<br>K\n### A. L\n## Phụ lục kèm<br>M\n";
        let number = |text: &str| Some(text.to_owned());
        assert_eq!(
            headings(markdown),
            [
                (None, "KẾ HOẠCH".to_owned()),
                (number("Phần I"), "ĐÁNH GIÁ".to_owned()),
                (number("Phụ lục II"), "A".to_owned()),
                (number("IV."), "B".to_owned()),
                (number("1."), "C".to_owned()),
                (number("3.1."), "D".to_owned()),
                (None, "2024 E".to_owned()),
                (None, "Phần I".to_owned()),
                (None, "I.E".to_owned()),
                (number("Phần thứ hai"), "G".to_owned()),
                (number("Phụ lục 1"), "H".to_owned()),
                (number("Chương IV"), "K".to_owned()),
                (number("A."), "L".to_owned()),
                (None, "Phụ lục kèm\nM".to_owned()),
            ]
        );
    }

    #[test]
    fn styles_are_runs() {
        let markdown = "a **b *c* ~~d~~** `e`\n[f](g) <i>h<br>\ni  \nj ![k](l)";
        let [BlockKind::Paragraph(text)] = &kinds(markdown)[..] else { panic!() };
        let run = |text: &str, bold, italic, strike, code, link: Option<&str>| {
            let link = link.map(str::to_owned);
            let style = Style { bold, italic, strike, code, link };
            Inline::Run(Run { text: text.to_owned(), style })
        };
        let simple = |text| run(text, false, false, false, false, None);
        assert_eq!(
            text.0,
            [
                simple("a "),
                run("b ", true, false, false, false, None),
                run("c", true, true, false, false, None),
                run(" ", true, false, false, false, None),
                run("d", true, false, true, false, None),
                simple(" "),
                run("e", false, false, false, true, None),
                simple(" "),
                run("f", false, false, false, false, Some("g")),
                simple(" <i>h"),
                Inline::Break,
                simple("i"),
                Inline::Break,
                simple("j ![k](l)"),
            ]
        );
    }

    #[test]
    fn tables_have_widths_and_row_ids() {
        let markdown = "<!-- khung: t -->\n| STT | Tên | Số |\r\n|--|:-----:|---:|\r\n| <!-- cds-01 -->1 | a<br>b | \\| |\r\n| 2 |\n<!-- khung: u -->\n";
        let document = parse(markdown).unwrap();
        assert_eq!(document.sections.len(), 2);
        let [Block { kind: BlockKind::Table(table), source }] =
            &document.sections[0].blocks[..]
        else {
            panic!("{document:?}")
        };
        let column = |width, align| Column { width, align };
        let columns =
            [column(2, Align::Left), column(5, Align::Center), column(3, Align::Right)];
        assert_eq!(table.columns, columns);
        assert_eq!(table.rows[1].id.as_deref(), Some("cds-01"));
        assert_eq!(table.rows[1].cells, [plain("1"), plain("a\nb"), plain("|")]);
        assert_eq!(table.rows[2].cells, [plain("2"), plain(""), plain("")]);
        let row = &markdown[table.rows[1].source.clone()];
        assert_eq!(row, "| <!-- cds-01 -->1 | a<br>b | \\| |");
        assert!(markdown[source.clone()].ends_with("| 2 |"));
    }

    #[test]
    fn lists_and_quotes_are_paragraphs() {
        let markdown = "3. a\n\n   b\n   - c\n3. d\n\n> e\n> f\n>\n> - g\n>   > h\n\n-\n";
        assert_eq!(
            kinds(markdown),
            [
                item(0, Some(3), "a"),
                item(0, Some(3), "b"),
                item(1, None, "c"),
                item(0, Some(4), "d"),
                BlockKind::Quote(plain("e f")),
                BlockKind::Quote(plain("- g")),
                BlockKind::Quote(plain("h")),
                item(0, None, ""),
            ]
        );
    }

    #[test]
    fn nothing_is_dropped() {
        let markdown = "    mã\n\n```\nx\n```\n\n<div>\ny\n</div>\n\n***\n\n[a]: b\n\n[^1]: chú thích\n\n[c]: d\ne\n\nA\n===\n\n<!-- ghi chú -->\n";
        assert_eq!(
            kinds(markdown),
            [
                raw("    mã"),
                raw("```\nx\n```"),
                raw("<div>\ny\n</div>"),
                raw("***"),
                raw("[a]: b"),
                raw("[^1]: chú thích"),
                raw("[c]: d\ne"),
                BlockKind::Heading(Heading { level: 1, number: None, text: plain("A") }),
                raw("<!-- ghi chú -->"),
            ]
        );
    }

    #[test]
    fn long_documents_are_refused() {
        for part in ["a", "*", "\n", "\r\n", "- ", "|"] {
            let long = part.repeat(LONGEST / part.len() + 1);
            assert_eq!(parse(&long), Err(TooLong), "{part:?}");
        }
        assert!(parse(&"a ".repeat(LONGEST / 2)).is_ok());
        // The record is no part of it.
        let markdown = with_record("a\n", &"QUJD".repeat(LONGEST / 4 + 1));
        assert_eq!(parse(&markdown).unwrap().sections.len(), 1);
    }

    #[test]
    fn hostile_documents_are_read() {
        for part in [
            ">",
            "> ",
            "- ",
            "- > ",
            "*a ",
            "**a ",
            "[",
            "![",
            "`a``",
            "<",
            "<!--",
            "|",
            "\\",
            "|a|\n|-|\n",
            "&",
            "[a](b",
            "a\n-\n",
            "[a]: b\n",
            "1. ",
            "~a ",
            "\n- a\n\n",
        ] {
            check_sources(&part.repeat(20_000 / part.len()));
        }
        let stairs: String = (0..200).map(|n| "  ".repeat(n) + "- a\n").collect();
        check_sources(&stairs);
    }
}
