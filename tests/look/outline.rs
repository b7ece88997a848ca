//! A Word file as lines that people can read: one an element, every property of it.

use std::fmt::Write;

use khung::docx::xml::{Element, Node, serialize};

/// How many letters of a run stand for all of it.
const LETTERS: usize = 40;
/// How many rows stand for all of a table.
const ROWS: usize = 4;
/// How many paragraphs stand for all of a cell or a section.
pub(super) const PARAGRAPHS: usize = 6;

/// A part that is not the text: one line a style, level, setting or paragraph.
pub(super) fn part(root: &Element) -> String {
    let mut out = String::new();
    for child in children(root) {
        match &*child.name {
            "w:p" => block(child, 0, &mut out),
            "w:comment" => {
                let _ = writeln!(out, "comment{}", listed(&attributes(child)));
                children(child).for_each(|paragraph| block(paragraph, 1, &mut out));
            }
            _ => {
                let _ = writeln!(out, "{}", property(child));
            }
        }
    }
    out
}

/// A paragraph, a table or the end of a Word section.
pub(super) fn block(element: &Element, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match &*element.name {
        "w:p" => {
            let mut runs = String::new();
            children(element).for_each(|child| run(child, &mut runs));
            let own = properties(element.element("w:pPr"));
            let line = format!("{indent}p {own} | {runs}");
            let _ = writeln!(out, "{}", line.trim_end());
            let end = element.element("w:pPr").and_then(|own| own.element("w:sectPr"));
            if let Some(end) = end {
                block(end, depth, out);
            }
        }
        "w:tbl" => {
            let grid = element.element("w:tblGrid").map(property).unwrap_or_default();
            let own = properties(element.element("w:tblPr"));
            let _ = writeln!(out, "{indent}table {own} {grid}");
            let rows: Vec<_> = element.elements("w:tr").collect();
            for row in rows.iter().take(ROWS) {
                let own = properties(row.element("w:trPr"));
                let _ = writeln!(out, "{indent}  row {own}");
                for one in row.elements("w:tc") {
                    cell(one, depth + 2, out);
                }
            }
            more(rows.len(), ROWS, depth + 1, out);
        }
        _ => {
            let _ = writeln!(out, "{indent}{}", property(element));
        }
    }
}

/// A cell, on one line with its only paragraph.
fn cell(element: &Element, depth: usize, out: &mut String) {
    let own = properties(element.element("w:tcPr"));
    let _ = write!(out, "{}cell {own}", "  ".repeat(depth));
    let blocks: Vec<_> =
        children(element).filter(|child| child.name != "w:tcPr").collect();
    if let [only] = blocks[..] {
        out.push_str(": ");
        block(only, 0, out);
    } else {
        out.push('\n');
        for one in blocks.iter().take(PARAGRAPHS) {
            block(one, depth + 1, out);
        }
        more(blocks.len(), PARAGRAPHS, depth + 1, out);
    }
}

/// How many are not shown.
pub(super) fn more(all: usize, shown: usize, depth: usize, out: &mut String) {
    if all > shown {
        let _ = writeln!(out, "{}… {} more", "  ".repeat(depth), all - shown);
    }
}

/// A run: how it differs from its paragraph, and what it says.
fn run(element: &Element, out: &mut String) {
    let mark = |name: &str| element.attribute(name).unwrap_or_default();
    match &*element.name {
        "w:r" => {
            let own = properties(element.element("w:rPr"));
            if !own.is_empty() {
                let _ = write!(out, "{{{own}}}");
            }
            for child in children(element) {
                match &*child.name {
                    "w:t" => {
                        let text = child.text();
                        out.extend(text.chars().take(LETTERS));
                        out.push_str(if text.chars().count() > LETTERS {
                            "…"
                        } else {
                            ""
                        });
                    }
                    "w:rPr" => {}
                    _ => {
                        let _ = write!(out, "<{}>", property(child));
                    }
                }
            }
        }
        "w:commentRangeStart" => _ = write!(out, "<comment {}: ", mark("w:id")),
        "w:commentRangeEnd" => _ = write!(out, ":{}>", mark("w:id")),
        _ => {}
    }
}

/// The properties that an element has of its own; where a Word section ends stands apart.
fn properties(element: Option<&Element>) -> String {
    let own = element.into_iter().flat_map(children);
    let own = own.filter(|child| child.name != "w:sectPr").map(|child| {
        let is_style = child.name.ends_with("Style");
        let style = child.attribute("w:val").filter(|_| is_style);
        style.map_or_else(|| property(child), str::to_owned)
    });
    own.collect::<Vec<_>>().join(" ")
}

/// A property: its name, its value or its attributes, and what it holds.
fn property(element: &Element) -> String {
    let name = plain(&element.name);
    let attributes = attributes(element);
    let held: Vec<String> = children(element).map(property).collect();
    let held = held.join(" ");
    let text = element.text();
    match (&attributes[..], held.is_empty()) {
        ([(key, value)], true) if key == "val" => format!("{name}={value}"),
        (_, true) => format!("{name}{}{text}", listed(&attributes)),
        (_, false) => format!("{name}{}[{held}]", listed(&attributes)),
    }
}

fn listed(attributes: &[(String, String)]) -> String {
    let all: Vec<String> =
        attributes.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if all.is_empty() { String::new() } else { format!("({})", all.join(" ")) }
}

/// Names and values as khung writes them.
fn attributes(element: &Element) -> Vec<(String, String)> {
    let tag = serialize(&[Node::Element(element.clone())]);
    let tag = tag.split('>').next().unwrap_or_default();
    let mut pieces = tag[1 + element.name.len()..].split('"');
    let mut out = Vec::new();
    while let (Some(key), Some(value)) = (pieces.next(), pieces.next()) {
        let key = plain(key.trim().trim_end_matches('='));
        // All widths are in twentieths of a point.
        if value != "dxa" {
            out.push((key.to_owned(), value.to_owned()));
        }
    }
    out
}

fn plain(name: &str) -> &str {
    name.strip_prefix("w:").unwrap_or(name)
}

pub(super) fn children(element: &Element) -> impl Iterator<Item = &Element> {
    element.children.iter().filter_map(|node| match node {
        Node::Element(child) => Some(child),
        Node::Raw(_) => None,
    })
}
