//! The plan as sections and blocks: what its Markdown and its DOCX have in common.

pub(crate) mod role;

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

use crate::source::words;
pub(crate) use role::Role;

/// A plan, or a document that once was one, in reading order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Sections in the order in which they stand in the text.
    pub sections: Vec<Section>,
}

/// A stretch of the plan that belongs together and keeps its id for life.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// `[a-z0-9-]`, at most 30 characters; none for text that the drafter put under a
    /// heading of their own.
    pub id: Option<String>,
    /// The paragraphs, headings and tables of the section.
    pub blocks: Vec<Block>,
    /// Bytes of the Markdown that the section was read from, marker included.
    pub source: Range<usize>,
}

impl Document {
    /// The sections that have an id, by it; the first one where an id stands twice.
    pub(crate) fn by_id(&self) -> HashMap<&str, &Section> {
        // The last one that comes in stays.
        let sections = self.sections.iter().rev();
        sections.filter_map(|section| Some((section.id.as_deref()?, section))).collect()
    }

    /// Tells whether most of the sections of a base are not among the sections, by their ids.
    pub(crate) fn has_lost_ids(&self, base: &Document) -> bool {
        let known = self.by_id();
        let ids = || base.sections.iter().filter_map(|section| section.id.as_deref());
        ids().filter(|id| known.contains_key(id)).count() * 4 < ids().count()
    }

    /// The line at the top of the pages, if there is one.
    pub(crate) fn banner(&self) -> Option<String> {
        let banner = self.sections.iter().rfind(|section| section.is_banner())?;
        Some(words(&banner.blocks.first()?.kind.plain()))
    }
}

/// One paragraph, or one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Bytes of the Markdown that it was read from.
    pub source: Range<usize>,
}

impl Block {
    /// How many bookmarks it has in Word: one, a table one for each row.
    pub(crate) fn units(&self) -> usize {
        match &self.kind {
            BlockKind::Table(table) => table.rows.len(),
            _ => 1,
        }
    }
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading of the plan.
    Heading(Heading),
    /// A paragraph of running text.
    Paragraph(Text),
    /// One item of a list.
    Item {
        /// 0 for the outermost list.
        depth: u8,
        /// The number of an ordered item; none for a dash.
        number: Option<u32>,
        /// The item's own text, without the items nested in it.
        text: Text,
    },
    /// One paragraph of a block quote; in a `guide-…` section it is guidance.
    Quote(Text),
    /// A table.
    Table(Table),
    /// Markdown that has no counterpart in a plan (code, HTML, footnotes), kept as typed.
    Raw(String),
}

/// A heading: a derived number and a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 1 the plan's title, 2 "Phần" and "Phụ lục", 3 "I.", 4 "1.", 5 "1.1.".
    pub level: u8,
    /// "Phần I", "II.", "3.1." …; derived from the position, never merged.
    pub number: Option<String>,
    /// The title without its number.
    pub text: Text,
}

/// A table; its first row is the header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// One entry a column.
    pub columns: Vec<Column>,
    /// The header row, then the body; each row has as many cells as there are columns.
    pub rows: Vec<Row>,
}

/// Shape of a table column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Relative width: the dashes of the delimiter row.
    pub width: u32,
    /// Alignment of its cells.
    pub align: Align,
}

/// Alignment of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// No colon in the delimiter row.
    #[default]
    Left,
    /// Colons on both sides.
    Center,
    /// A colon at the end.
    Right,
}

/// One row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// The id that the row's first cell carries as a comment.
    pub id: Option<String>,
    /// The cells.
    pub cells: Vec<Text>,
    /// Bytes of the Markdown line.
    pub source: Range<usize>,
}

/// Running text: styled runs and line breaks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Inline>);

/// A piece of running text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inline {
    /// Characters of one style, without line breaks.
    Run(Run),
    /// A line break inside the paragraph, or between two paragraphs of a cell.
    Break,
}

/// Characters of one style.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Run {
    /// The characters, unescaped.
    pub text: String,
    /// Their style.
    pub style: Style,
}

/// Character style.
#[expect(
    clippy::struct_excessive_bools,
    reason = "the marks of Markdown are independent"
)]
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Style {
    /// `**bold**`
    pub bold: bool,
    /// `*italic*`
    pub italic: bool,
    /// `~~struck~~`
    pub strike: bool,
    /// `` `code` ``
    pub code: bool,
    /// Target of a link.
    pub link: Option<String>,
}

/// How a slot begins; it ends at the next `]`.
pub const SLOT_OPEN: &str = "[CẦN BỔ SUNG";

impl From<Heading> for BlockKind {
    fn from(heading: Heading) -> Self {
        Self::Heading(heading)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        let mut inlines = Vec::new();
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                inlines.push(Inline::Break);
            }
            if !line.is_empty() {
                let (text, style) = (line.to_owned(), Style::default());
                inlines.push(Inline::Run(Run { text, style }));
            }
        }
        Self(inlines)
    }
}

impl Heading {
    /// What parts a number from the title: after "Phần I" the title begins a line.
    pub(crate) fn separator(number: &str) -> char {
        if number.ends_with(['.', ')']) { ' ' } else { '\n' }
    }

    /// A heading whose number still stands at the front of its text.
    #[must_use]
    pub fn split(level: u8, text: Text) -> Self {
        let plain = text.plain();
        match number_length(&plain) {
            None => Self { level, number: None, text },
            Some((number, skipped)) => Self {
                level,
                number: Some(plain[..number].to_owned()),
                text: text.without_front(skipped),
            },
        }
    }
}

impl Heading {
    /// The level of a paragraph that is no heading by its style, and that people set as one: a
    /// short line that is bold from its number on, or whose number is the next one `behind` that
    /// of the heading above.
    pub(crate) fn typed(text: &Text, behind: Option<&str>) -> Option<u8> {
        let plain = text.plain();
        let number = Self::number(&plain).filter(|_| plain.len() <= LONGEST_TITLE)?;
        let mut runs = text.0.iter().map(|inline| match inline {
            Inline::Run(run) => run.style.bold || run.text.trim().is_empty(),
            Inline::Break => false,
        });
        (runs.all(|is_set| is_set) || is_next(behind, number))
            .then(|| Self::level_of(number))
    }

    /// The level of a heading: that of its style, or, where its number is the next one `behind`
    /// that of the heading above, that of the number, if it is higher.
    pub(crate) fn level_behind(level: u8, text: &str, behind: Option<&str>) -> u8 {
        match Self::number(text) {
            Some(number) if is_next(behind, number) => level.min(Self::level_of(number)),
            _ => level,
        }
    }

    /// The number at the front of a line, blanks aside.
    pub(crate) fn number(line: &str) -> Option<&str> {
        let line = line.trim_start();
        number_length(line).map(|(number, _)| &line[..number])
    }

    /// The level of a heading with this number: "Phần I" 2, "I." 3, "1." 4, "1.1." 5.
    pub(crate) fn level_of(number: &str) -> u8 {
        if part_length(number).is_some() {
            return 2;
        }
        let parts = u8::try_from(number.matches('.').count()).unwrap_or(u8::MAX);
        let is_roman = number.starts_with(|c: char| c.is_ascii_uppercase());
        if is_roman { 3 } else { parts.saturating_add(3).min(6) }
    }
}

/// Tells whether a number comes behind another one of its kind: "6.5." behind "6.4.", "6.9."
/// behind it, too.
fn is_next(behind: Option<&str>, number: &str) -> bool {
    let split = |number: &str| -> Option<(String, u32)> {
        let (above, last) = number.trim_end_matches('.').rsplit_once('.')?;
        Some((above.to_owned(), last.parse().ok()?))
    };
    let (old, new) = (behind.and_then(split), split(number));
    old.zip(new).is_some_and(|(old, new)| old.0 == new.0 && old.1 < new.1)
}

/// Longest line, in bytes, that is taken for a heading without the style of one.
const LONGEST_TITLE: usize = 300;

/// What parts of a plan are called that have a number: their title begins a line of its own.
const PARTS: [&str; 3] = ["Phần ", "Chương ", "Phụ lục "];

/// Numbers in words, behind "thứ".
const ORDINALS: [&str; 10] =
    ["nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười"];

fn roman(text: &str) -> usize {
    text.bytes().take_while(|b| b"IVXLCDM".contains(b)).count()
}

/// A letter that numbers, such as "A".
fn letter(text: &str) -> usize {
    let mut letters = text.chars();
    let is_one = letters.next().is_some_and(|c| c.is_ascii_uppercase())
        && !letters.next().is_some_and(char::is_alphanumeric);
    usize::from(is_one)
}

/// Length of what a part is called at the front of a text, "Phần II", "Phụ lục 1", "Phần thứ
/// nhất", and what follows.
pub(crate) fn part_length(text: &str) -> Option<(usize, &str)> {
    let word = PARTS.into_iter().find(|word| text.starts_with(word))?;
    let rest = &text[word.len()..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ordinal = rest.strip_prefix("thứ ").and_then(|rest| {
        let is_it = |word: &&str| rest.starts_with(*word);
        Some("thứ ".len() + ORDINALS.into_iter().find(is_it)?.len())
    });
    let number = [roman(rest), digits, letter(rest), ordinal.unwrap_or(0)];
    let number = number.into_iter().max().filter(|length| *length > 0)?;
    let rest = &rest[number..];
    let is_whole = !rest.starts_with(char::is_alphanumeric);
    is_whole.then_some((word.len() + number, rest))
}

/// Length of the number at the front, and of the number with what parts it from the title.
fn number_length(plain: &str) -> Option<(usize, usize)> {
    if let Some((length, rest)) = part_length(plain) {
        return rest.starts_with('\n').then_some((length, length + 1));
    }
    let mut number = match roman(plain).max(letter(plain)) {
        0 => 0,
        length => length + usize::from(plain[length..].starts_with('.')),
    };
    if number == 0 {
        loop {
            let rest = &plain[number..];
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 || !rest[digits..].starts_with('.') {
                break;
            }
            number += digits + 1;
        }
    }
    let rest = &plain[number..];
    let parted = plain[..number].ends_with('.')
        && (rest.is_empty() || rest.starts_with([' ', '\u{a0}']));
    parted.then_some((number, number + rest.chars().next().map_or(0, char::len_utf8)))
}

impl BlockKind {
    /// The characters alone, as [`Self::plain`], without the number that a heading is given.
    #[must_use]
    pub fn said(&self) -> String {
        match self {
            Self::Heading(heading) => heading.text.plain(),
            other => other.plain(),
        }
    }

    /// The characters alone: a number before its text, a line feed for each break, a tab
    /// between two cells.
    #[must_use]
    pub fn plain(&self) -> String {
        match self {
            Self::Heading(heading) => match &heading.number {
                Some(number) => format!("{number} {}", heading.text.plain()),
                None => heading.text.plain(),
            },
            Self::Paragraph(text) | Self::Item { text, .. } | Self::Quote(text) => {
                text.plain()
            }
            Self::Table(table) => {
                let cells = |row: &Row| {
                    let cells: Vec<String> = row.cells.iter().map(Text::plain).collect();
                    cells.join("\t")
                };
                let rows: Vec<String> = table.rows.iter().map(cells).collect();
                rows.join("\n")
            }
            Self::Raw(text) => text.clone(),
        }
    }

    /// Its texts: one, or those of the cells of a table; none of what is kept as typed.
    #[must_use]
    pub fn texts(&self) -> Vec<&Text> {
        match self {
            Self::Heading(heading) => vec![&heading.text],
            Self::Paragraph(text) | Self::Item { text, .. } | Self::Quote(text) => {
                vec![text]
            }
            Self::Table(table) => table.rows.iter().flat_map(|row| &row.cells).collect(),
            Self::Raw(_) => Vec::new(),
        }
    }
}

/// Tells whether texts have a link that leads where none of others does.
pub(crate) fn adds_link<'t>(
    others: impl IntoIterator<Item = &'t Text>,
    texts: impl IntoIterator<Item = &'t Text>,
) -> bool {
    let mut links = texts.into_iter().flat_map(Text::links).peekable();
    if links.peek().is_none() {
        return false;
    }
    let known: BTreeSet<&str> = others.into_iter().flat_map(Text::links).collect();
    links.any(|link| !known.contains(link))
}

impl Text {
    /// The characters alone, a line feed for each break.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut out = String::new();
        for inline in &self.0 {
            match inline {
                Inline::Run(run) => out.push_str(&run.text),
                Inline::Break => out.push('\n'),
            }
        }
        out
    }

    /// Where its links lead.
    pub fn links(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|inline| match inline {
            Inline::Run(run) => run.style.link.as_deref(),
            Inline::Break => None,
        })
    }

    /// Adds characters without line breaks; the last run takes them if its style is theirs.
    pub fn push(&mut self, text: &str, style: &Style) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(Inline::Run(run)) if run.style == *style => run.text.push_str(text),
            _ => {
                let run = Run { text: text.to_owned(), style: style.clone() };
                self.0.push(Inline::Run(run));
            }
        }
    }

    /// The text without its first bytes; a break counts as one.
    #[must_use]
    pub fn without_front(self, mut bytes: usize) -> Self {
        let drop = |inline| match inline {
            Inline::Run(mut run) => {
                let cut = bytes.min(run.text.len());
                bytes -= cut;
                run.text = run.text.split_off(run.text.ceil_char_boundary(cut));
                (!run.text.is_empty()).then_some(Inline::Run(run))
            }
            Inline::Break if bytes > 0 => {
                bytes -= 1;
                None
            }
            Inline::Break => Some(Inline::Break),
        };
        Self(self.0.into_iter().filter_map(drop).collect())
    }

    /// The text cut at its line breaks.
    #[must_use]
    pub fn lines(&self) -> Vec<Text> {
        self.0
            .split(|inline| matches!(inline, Inline::Break))
            .map(|line| Text(line.to_vec()))
            .collect()
    }

    /// Tells whether there is nothing to read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.plain().trim().is_empty()
    }
}

/// Byte ranges of the slots (`[CẦN BỔ SUNG: …]`) in a text; nested brackets are balanced.
#[must_use]
pub fn slots(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find(SLOT_OPEN) {
        let start = from + at;
        let mut depth = 0_usize;
        let mut end = text.len();
        for (offset, c) in text[start..].char_indices() {
            match c {
                '[' => depth += 1,
                ']' => {
                    depth -= 1;
                    if depth == 0 {
                        end = start + offset + 1;
                        break;
                    }
                }
                _ => {}
            }
        }
        found.push(start..end);
        from = end;
    }
    found
}
