//! Reads a DOCX that people may have edited: what it says, where each word of it stands, and
//! what became of each paragraph of the base.

mod align;
mod anchor;
mod flow;
mod sections;
mod style;
mod text;

use std::fmt;
use std::ops::Range;

use super::package::Package;
use super::xml::{self, Element, Node, Path, XmlError};
use crate::document::{Document, Section};
use crate::identity::{Marks, Names};

/// Longest path to a run; what is nested deeper is left alone.
const DEEPEST: usize = 48;
/// Most cells of all tables, counted as if each row were as long as the longest: it is made so.
const MOST_CELLS: usize = 500_000;
/// The namespace that every office gives the prefix `w`.
pub(super) const NAMESPACE: &str =
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
/// The same in the strict variant of the standard.
const STRICT: &str = "http://purl.oclc.org/ooxml/wordprocessingml/main";

/// The main part of a DOCX.
#[derive(Debug, Clone)]
pub struct Main {
    /// Its name, mostly `word/document.xml`.
    pub part: String,
    /// Its content.
    pub nodes: Vec<Node>,
}

/// A main part as it was read; all paths lead into its nodes as they were then.
#[derive(Debug, Clone)]
pub struct Reading {
    /// What it says, pending insertions accepted and deletions gone. No section of the base
    /// stands in it twice; sections of the drafter's have no id.
    pub document: Document,
    /// `places[s][b]` is where `document.sections[s].blocks[b]` stands.
    pub places: Vec<Vec<Place>>,
    /// What is known of those blocks.
    pub marks: Marks,
    /// What became of those paragraphs and rows of the base that are not simply there, in
    /// the order of the base.
    pub findings: Vec<Finding>,
}

/// A paragraph or row of the base, by its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// Which of [`Document::sections`].
    pub section: usize,
    /// Which of [`Section::blocks`].
    pub block: usize,
    /// Which row, if the block is a table.
    pub row: Option<usize>,
    /// Its place among those of the section, from 1: the `n` of [`Names::bookmark`].
    pub n: usize,
}

/// What became of a paragraph or row of the base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub anchor: Anchor,
    /// What.
    pub how: Recovery,
    /// The `w:p` or `w:tr` that it is about; none for [`Recovery::Deleted`] and
    /// [`Recovery::Lost`].
    pub at: Option<Path>,
}

/// How a paragraph or row of the base was found again, or that it was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Recovery {
    /// Its bookmark is gone, its text is not: found between its neighbours, or, unchanged,
    /// elsewhere.
    Alike,
    /// Its bookmark is gone, and a new text stands in its place.
    Replaced,
    /// Here is a second copy of it, which is the drafter's own text.
    Copied,
    /// Here is a second copy of it, which says something else and stands between the same
    /// neighbours: nobody knows which of the two is the copy.
    Contested,
    /// Here is its second half, which is the drafter's own text.
    Split,
    /// Its text went on in another paragraph, which is that of another anchor.
    Joined,
    /// It stands in another section or below a heading of the drafter's, and is the drafter's
    /// own text now.
    Strayed,
    /// It was deleted.
    Deleted,
    /// Too many bookmarks are gone to tell whether it was deleted or rewritten.
    Lost,
}

/// Where a block stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A paragraph.
    Paragraph {
        /// What it is in the base; none for the drafter's own.
        anchor: Option<Anchor>,
        /// Where its characters stand.
        spot: Spot,
    },
    /// A table.
    Table {
        /// The `w:tbl`.
        at: Path,
        /// One entry a row of the block.
        rows: Vec<RowPlace>,
    },
}

/// Where a row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowPlace {
    /// The `w:tr`.
    pub at: Path,
    /// What it is in the base; none for the drafter's own.
    pub anchor: Option<Anchor>,
    /// Author of the pending change that inserted the row.
    pub inserted: Option<String>,
    /// One entry a cell of the row; empty where a wider cell, or none, covers the column.
    pub cells: Vec<Spot>,
}

/// Where the characters of a paragraph or cell stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spot {
    /// The `w:p`, or the `w:tc` of a cell; empty where there is none.
    pub at: Path,
    /// Its paragraphs: of a cell, one a line; several of a block only where a pending
    /// deletion joins them.
    pub paragraphs: Vec<Path>,
    /// The characters, a line feed for each break.
    pub text: String,
    /// Bytes of `text` before the block's own: the derived number of a heading or item.
    pub lead: usize,
    /// What holds the characters, in order. Line feeds between two paragraphs of a cell are
    /// in none.
    pub pieces: Vec<Piece>,
    /// What else it holds.
    pub marks: Vec<Mark>,
}

/// An element that holds characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Bytes of [`Spot::text`].
    pub text: Range<usize>,
    /// The `w:r`.
    pub run: Path,
    /// Which child of the run: a `w:t`, or a `w:tab`, `w:br` … of one character.
    pub child: usize,
    /// Bytes of the [`Element::text`] of a `w:t` that precede them: blanks that do not count.
    pub skip: usize,
}

/// Something that must not be cut or written over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Bytes of [`Spot::text`] that it covers; none for a point.
    pub text: Range<usize>,
    /// What it is.
    pub held: Held,
}

/// What a paragraph holds beside its own text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// Text, or the paragraph's end, inserted by somebody's pending change.
    Inserted {
        /// Whose.
        author: String,
    },
    /// Text, or the paragraph's end, deleted by somebody's pending change.
    Deleted {
        /// Whose.
        author: String,
    },
    /// A field, with its result.
    Field,
    /// A hyperlink.
    Link,
    /// A content control, smart tag or custom XML.
    Control,
    /// The reference of a footnote or endnote.
    Note,
    /// A comment.
    Comment,
    /// A page or column break.
    PageBreak,
    /// A picture, text box, formula or anything else that is no text.
    Object,
    /// A cell of a table inside the cell.
    Table,
    /// The end of a Word section.
    SectionEnd,
}

/// Why a package is not a plan that khung updates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// No main part.
    NoDocument,
    /// A workbook, a presentation …
    NotWord,
    /// The main part is not XML that khung works on.
    Xml(XmlError),
    /// Saved as Strict Open XML.
    Strict,
    /// The elements of the main part have another prefix than `w`.
    Prefix,
    /// No anchor, no record, and hardly a paragraph of the base: another document.
    NotOurs,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let again = "mở bằng Word rồi lưu lại thành .docx";
        match self {
            Self::NoDocument => write!(f, "không có nội dung văn bản; {again}"),
            Self::NotWord => {
                f.write_str("không phải văn bản Word; nêu tệp kế hoạch có đuôi .docx")
            }
            Self::Xml(XmlError::TooLong) => {
                f.write_str("văn bản quá dài; chuyển các bảng dài sang tệp riêng rồi lưu lại")
            }
            Self::Xml(error) => write!(f, "nội dung văn bản {error}; {again}"),
            Self::Strict => f.write_str(
                "lưu ở dạng Strict Open XML; mở bằng Word, lưu lại thành .docx thường \
                 (Word Document)",
            ),
            Self::Prefix => write!(f, "do một phần mềm lạ ghi ra; {again}"),
            Self::NotOurs => f.write_str(
                "không phải kế hoạch do khung soạn; nêu tệp do khung soạn hoặc bản đã sửa \
                 từ tệp đó",
            ),
        }
    }
}

impl std::error::Error for ReadError {}

impl Main {
    /// Parses the main part of a package.
    ///
    /// # Errors
    /// [`ReadError::NoDocument`] and [`ReadError::Xml`].
    pub fn of(package: &Package) -> Result<Self, ReadError> {
        let part = package.related("", "officeDocument").ok_or(ReadError::NoDocument)?;
        let bytes = package.part(part).unwrap_or_default();
        let nodes = xml::parse(bytes).map_err(ReadError::Xml)?;
        Ok(Self { part: part.to_owned(), nodes })
    }
}

/// Reads the main part of a package; `base` is what was generated, as far as it stands
/// [in the body](body), and `names` are its names.
///
/// # Errors
/// See [`ReadError`]; time and memory stay bounded whatever the file holds.
pub fn read(
    package: &Package,
    main: &Main,
    base: &Document,
    names: &Names,
) -> Result<Reading, ReadError> {
    read_by(Trust::Likeness, package, main, base, names)
}

/// By what a paragraph or row is taken for one of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// By its bookmark; by likeness only where Word would not take the bookmark's name. So reads
    /// what khung has just written.
    Names,
    /// By likeness, too, where the bookmark is gone. So reads what people wrote.
    Likeness,
}

/// As [`read`], by what is to be trusted.
pub(crate) fn read_by(
    trust: Trust,
    package: &Package,
    main: &Main,
    base: &Document,
    names: &Names,
) -> Result<Reading, ReadError> {
    let (flows, struck) = flows(package, main)?;
    let entries = sections::entries(flows);
    let units = sections::units(&entries);
    let items = anchor::items(base, names);
    let anchoring = anchor::anchor(&items, &units, &struck, trust);
    let found = anchoring.items.iter().flatten().count();
    if anchoring.kept == 0
        && found * 4 < items.len()
        && super::read_record(package).is_none()
    {
        return Err(ReadError::NotOurs);
    }
    let mut reading = sections::cut(entries, anchoring, &items, base);
    let order = |finding: &Finding| (finding.anchor, finding.how, finding.at.clone());
    reading.findings.sort_by_cached_key(order);
    Ok(reading)
}

/// What stands in a main part, paragraph by paragraph and row by row, as [`Reading::said`] tells
/// it of a section.
///
/// # Errors
/// See [`ReadError`].
pub(crate) fn texts(package: &Package, main: &Main) -> Result<Vec<String>, ReadError> {
    Ok(sections::texts(flows(package, main)?.0))
}

/// What a person sees in a main part: its paragraphs and tables in order, as one section, each
/// by its look alone.
///
/// # Errors
/// See [`ReadError`].
pub(crate) fn seen(package: &Package, main: &Main) -> Result<Document, ReadError> {
    let section = sections::seen(flows(package, main)?.0);
    Ok(Document { sections: vec![section] })
}

/// What stands in the body, and the bookmarks of what a pending change deletes as a whole.
fn flows(
    package: &Package,
    main: &Main,
) -> Result<(Vec<flow::Flow>, Vec<String>), ReadError> {
    let (body, at) = find_body(&main.nodes)?;
    let styles = package.related(&main.part, "styles");
    let styles = styles.and_then(|name| package.part(name));
    let (flows, struck) = flow::flow(body, at, &style::Looks::read(styles));
    let cells = flows.iter().map(|flow| match flow {
        flow::Flow::Paragraph(_) => 0,
        flow::Flow::Table(grid) => grid.rows.len().saturating_mul(grid.columns()),
    });
    if cells.fold(0, usize::saturating_add) > MOST_CELLS {
        return Err(ReadError::Xml(XmlError::TooLong));
    }
    Ok((flows, struck))
}

/// The document without what a DOCX does not show in its body: the banner, which is in the
/// headers, and guidance that became `comments`.
#[must_use]
pub fn body(mut document: Document, comments: bool) -> Document {
    let is_shown =
        |section: &Section| !(section.is_banner() || comments && section.is_guidance());
    document.sections.retain(is_shown);
    document
}

fn find_body(nodes: &[Node]) -> Result<(&Element, Path), ReadError> {
    let root = nodes.iter().enumerate().find_map(|(at, node)| match node {
        Node::Element(element) => Some((at, element)),
        Node::Raw(_) => None,
    });
    let (at, root) = root.ok_or(ReadError::NotWord)?;
    let (prefix, name) = root.name.split_once(':').unwrap_or(("", &root.name));
    if name != "document" {
        return Err(ReadError::NotWord);
    }
    let declaration = match prefix {
        "" => "xmlns".to_owned(),
        prefix => format!("xmlns:{prefix}"),
    };
    match root.value(&declaration).as_deref() {
        Some(STRICT) => return Err(ReadError::Strict),
        Some(NAMESPACE) if prefix == "w" => {}
        _ => return Err(ReadError::Prefix),
    }
    let body = root.children.iter().enumerate().find_map(|(at, node)| match node {
        Node::Element(element) if element.name == "w:body" => Some((at, element)),
        _ => None,
    });
    let (inner, body) = body.ok_or(ReadError::NoDocument)?;
    Ok((body, vec![at, inner]))
}

impl Reading {
    /// What stands in a section, paragraph by paragraph and row by row, a tab between two cells;
    /// blank ones do not count.
    pub(crate) fn said(&self, section: usize) -> Vec<String> {
        let mut texts = Vec::new();
        for place in self.places.get(section).into_iter().flatten() {
            match place {
                Place::Paragraph { spot, .. } => texts.push(spot.text.clone()),
                Place::Table { rows, .. } => texts.extend(rows.iter().map(|row| {
                    let cells: Vec<&str> =
                        row.cells.iter().map(|cell| cell.text.as_str()).collect();
                    cells.join("\t")
                })),
            }
        }
        texts.retain(|text| !text.trim().is_empty());
        texts
    }
}

impl Spot {
    /// Tells whether bytes of the text can be replaced, or at a point text inserted, without
    /// cutting through or writing over anything but characters.
    #[must_use]
    pub fn is_free(&self, text: &Range<usize>) -> bool {
        self.marks
            .iter()
            .all(|mark| mark.text.end <= text.start || text.end <= mark.text.start)
    }

    /// The piece that holds a byte of the text.
    #[must_use]
    pub fn piece(&self, byte: usize) -> Option<&Piece> {
        let at = self.pieces.partition_point(|piece| piece.text.end <= byte);
        self.pieces.get(at).filter(|piece| piece.text.start <= byte)
    }
}
