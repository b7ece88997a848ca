//! Everything that a Word file has to read: the body, headers, footers and notes.

use std::fmt;

use super::package::Package;
use super::read::Main;
use super::xml::{self, Element, Node, Path};

/// A part with text.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    /// Name of the part.
    pub(crate) part: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// Its content.
    pub(crate) nodes: Vec<Node>,
}

/// What a part with text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The main part.
    Body,
    /// A page header.
    Header,
    /// A page footer.
    Footer,
    /// Footnotes or endnotes.
    Notes,
}

impl Kind {
    /// Where on a page a text box, or a part beside the body, is.
    pub(crate) fn place(self) -> &'static str {
        match self {
            Self::Header => "Đầu trang",
            Self::Footer => "Chân trang",
            Self::Notes => "Chú thích",
            Self::Body => "Hộp văn bản",
        }
    }
}

/// A part of a Word file that cannot be read; its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(part) = self;
        write!(
            f,
            "phần {part} của tệp không đọc được; mở bằng Word rồi lưu lại thành .docx"
        )
    }
}

/// The element that a part is.
///
/// # Errors
/// When the part is not the XML of one.
pub(super) fn root(package: &Package, part: &str) -> Result<Element, Unreadable> {
    let unreadable = || Unreadable(part.to_owned());
    let nodes = xml::parse(package.part(part).ok_or_else(unreadable)?);
    let nodes = nodes.map_err(|_| unreadable())?;
    let root = nodes.into_iter().find_map(|node| match node {
        Node::Element(root) => Some(root),
        Node::Raw(_) => None,
    });
    root.ok_or_else(unreadable)
}

/// The parts with text: the main part, and behind it the [others].
///
/// # Errors
/// When one of them cannot be read: nobody would know what it says.
pub(crate) fn stories(package: &Package, main: Main) -> Result<Vec<Story>, Unreadable> {
    let Main { part, nodes } = main;
    let mut stories = vec![Story { part, kind: Kind::Body, nodes }];
    stories.extend(others(package)?);
    Ok(stories)
}

/// The parts with text beside the main part.
///
/// # Errors
/// As [`stories`].
pub(super) fn others(package: &Package) -> Result<Vec<Story>, Unreadable> {
    let mut parts = Vec::new();
    for kind in root(package, "[Content_Types].xml")?.elements("Override") {
        let content = kind.value("ContentType").unwrap_or_default();
        let content = content.trim_end_matches("+xml").rsplit('.').next();
        let kind_of = match content {
            Some("header") => Kind::Header,
            Some("footer") => Kind::Footer,
            Some("footnotes" | "endnotes") => Kind::Notes,
            _ => continue,
        };
        let part = kind.value("PartName").unwrap_or_default();
        parts.push((part.trim_start_matches('/').to_owned(), kind_of));
    }
    // A type may be given for a part that is not there.
    parts.retain(|(part, _)| package.part(part).is_some());
    let story = |(part, kind): (String, Kind)| {
        let unreadable = |_| Unreadable(part.clone());
        let nodes = xml::parse(package.part(&part).unwrap_or_default());
        Ok(Story { nodes: nodes.map_err(unreadable)?, part, kind })
    };
    parts.into_iter().map(story).collect()
}

/// Visits every element, each before what it holds.
pub(crate) fn each(
    nodes: &[Node],
    path: &mut Path,
    see: &mut impl FnMut(&Element, &Path),
) {
    for (at, node) in nodes.iter().enumerate() {
        let Node::Element(element) = node else { continue };
        path.push(at);
        see(element, path);
        each(&element.children, path, see);
        path.pop();
    }
}

/// The characters of every paragraph, in order; those of a text box follow the paragraph
/// that holds it.
pub(crate) fn paragraphs(nodes: &[Node]) -> Vec<String> {
    let mut out = Vec::new();
    collect(nodes, None, &mut out);
    out
}

/// The characters of an element, pending deletions included.
pub(crate) fn characters(element: &Element) -> String {
    let mut out = vec![String::new()];
    collect(&element.children, Some(0), &mut out);
    out.concat()
}

fn collect(nodes: &[Node], paragraph: Option<usize>, out: &mut Vec<String>) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        let text = match &*element.name {
            "w:p" => {
                out.push(String::new());
                collect(&element.children, Some(out.len() - 1), out);
                continue;
            }
            "w:t" | "w:delText" => element.text(),
            "w:tab" | "w:ptab" if element.children.is_empty() => "\t".to_owned(),
            "w:br" | "w:cr" => "\n".to_owned(),
            "w:noBreakHyphen" => "\u{2011}".to_owned(),
            "w:softHyphen" => "\u{ad}".to_owned(),
            "w:sym" => element.attribute("w:char").unwrap_or_default().to_owned(),
            // Tab stops, and whatever else is no text.
            "w:pPr" | "w:rPr" => continue,
            _ => {
                collect(&element.children, paragraph, out);
                continue;
            }
        };
        if let Some(paragraph) = paragraph {
            out[paragraph].push_str(&text);
        }
    }
}
