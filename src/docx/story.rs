//! Everything that a Word file has to read: the body, headers, footers and notes.

use super::package::Package;
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

/// The parts with text, the main part first; a part that is no XML is none.
pub(crate) fn stories(package: &Package, main: &str) -> Vec<Story> {
    let mut stories = Vec::new();
    for (part, bytes) in &package.parts {
        let roots = [
            ("w:hdr", Kind::Header),
            ("w:ftr", Kind::Footer),
            ("w:footnotes", Kind::Notes),
            ("w:endnotes", Kind::Notes),
        ];
        let begins = |root: &str| {
            let tag = format!("<{root}");
            bytes.windows(tag.len()).take(4096).any(|window| window == tag.as_bytes())
        };
        let kind = if part == main {
            Some(Kind::Body)
        } else {
            roots.into_iter().find(|(root, _)| begins(root)).map(|(_, kind)| kind)
        };
        if let Some(kind) = kind
            && let Ok(nodes) = xml::parse(bytes)
        {
            let at = if kind == Kind::Body { 0 } else { stories.len() };
            stories.insert(at, Story { part: part.clone(), kind, nodes });
        }
    }
    stories
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
            "w:sym" => element.attribute("w:char").unwrap_or_default(),
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
