//! Checks of a written package that the schema does not make.

use std::collections::{BTreeMap, BTreeSet};

use super::package::Package;
use super::read::Main;
use super::xml::{self, Element, Node};

/// Something wrong in a package, for a developer to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The part.
    pub part: String,
    /// What is wrong there.
    pub what: String,
}

/// Finds what is wrong with the main part and its comments.
#[must_use]
pub fn lint(package: &Package) -> Vec<Finding> {
    let part = package.related("", "officeDocument").unwrap_or("word/document.xml");
    match xml::parse(package.part(part).unwrap_or_default()) {
        Ok(nodes) => lint_main(package, &Main { part: part.to_owned(), nodes }),
        Err(_) => vec![Finding { part: part.to_owned(), what: "is no XML".to_owned() }],
    }
}

/// As [`lint`], of the main part as it was parsed.
pub(crate) fn lint_main(package: &Package, main: &Main) -> Vec<Finding> {
    let Main { part, nodes } = main;
    let mut found = Vec::new();
    let mut tell = |what: String| found.push(Finding { part: part.clone(), what });
    let mut seen = Seen::default();
    seen.walk(nodes, None);
    for what in seen.wrong {
        tell(what);
    }
    for (kind, ids) in seen.open {
        for id in ids {
            tell(format!("{kind} {id} is not closed"));
        }
    }
    let comments = package.related(part, "comments").and_then(|name| package.part(name));
    let mut defined = BTreeSet::new();
    for node in xml::parse(comments.unwrap_or_default()).unwrap_or_default() {
        let Node::Element(root) = node else { continue };
        for comment in root.elements("w:comment") {
            let id = comment.attribute("w:id").unwrap_or_default();
            if !seen.references.contains(id) {
                tell(format!("comment {id} is not used"));
            }
            if !defined.insert(id.to_owned()) {
                tell(format!("comment {id} stands twice"));
            }
        }
    }
    for id in seen.references.difference(&defined) {
        tell(format!("comment {id} is not defined"));
    }
    found
}

#[derive(Default)]
struct Seen {
    wrong: Vec<String>,
    names: BTreeSet<String>,
    /// Ids that each kind of range has had.
    ids: BTreeMap<String, BTreeSet<String>>,
    open: BTreeMap<String, BTreeSet<String>>,
    references: BTreeSet<String>,
    changes: BTreeSet<String>,
    paragraphs: BTreeSet<String>,
}

impl Seen {
    /// `deleted` tells, inside a run, whether a tracked deletion holds it.
    fn walk(&mut self, nodes: &[Node], deleted: Option<bool>) {
        for node in nodes {
            let Node::Element(element) = node else { continue };
            let mut inside = deleted;
            let id = || element.attribute("w:id").unwrap_or_default().to_owned();
            match &*element.name {
                "w:del" | "w:moveFrom" | "w:ins" | "w:moveTo" => {
                    if !self.changes.insert(id()) {
                        self.wrong.push(format!("tracked change {} stands twice", id()));
                    }
                    inside = Some(
                        deleted == Some(true)
                            || matches!(&*element.name, "w:del" | "w:moveFrom"),
                    );
                }
                "w:t" if deleted == Some(true) => {
                    self.wrong.push("w:t in w:del".to_owned());
                }
                "w:delText" if deleted != Some(true) => {
                    self.wrong.push("w:delText outside w:del".to_owned());
                }
                "w:p" => {
                    if let Some(id) = element.attribute("w14:paraId")
                        && !self.paragraphs.insert(id.to_owned())
                    {
                        self.wrong.push(format!("paragraph {id} stands twice"));
                    }
                }
                "w:tc" => self.cell(element),
                "w:commentReference" if !self.references.insert(id()) => {
                    self.wrong.push(format!("comment {} is used twice", id()));
                }
                "w:bookmarkStart" => {
                    self.name(&element.value("w:name").unwrap_or_default());
                    self.start("bookmark", id());
                }
                "w:bookmarkEnd" => self.end("bookmark", &id()),
                "w:commentRangeStart" => self.start("comment range", id()),
                "w:commentRangeEnd" => self.end("comment range", &id()),
                _ => {}
            }
            self.walk(&element.children, inside);
        }
    }

    fn cell(&mut self, cell: &Element) {
        let blocks = ["w:p", "w:tbl", "w:sdt"];
        let last = cell.children.iter().rev().find_map(|node| match node {
            Node::Element(block) if blocks.contains(&&*block.name) => Some(&block.name),
            _ => None,
        });
        if last.is_none_or(|name| name == "w:tbl") {
            self.wrong.push("a cell does not end with a paragraph".to_owned());
        }
    }

    fn name(&mut self, name: &str) {
        let is_legal = name.len() <= 40
            && name.starts_with(|c: char| c == '_' || c.is_alphabetic())
            && name.chars().all(|c| c == '_' || c.is_alphanumeric());
        if !is_legal {
            self.wrong.push(format!("bookmark name {name:?}"));
        }
        if !self.names.insert(name.to_owned()) {
            self.wrong.push(format!("bookmark name {name} stands twice"));
        }
    }

    fn start(&mut self, kind: &str, id: String) {
        if !self.ids.entry(kind.to_owned()).or_default().insert(id.clone()) {
            self.wrong.push(format!("{kind} {id} begins twice"));
        }
        self.open.entry(kind.to_owned()).or_default().insert(id);
    }

    fn end(&mut self, kind: &str, id: &str) {
        if !self.open.entry(kind.to_owned()).or_default().remove(id) {
            self.wrong.push(format!("{kind} {id} ends before it begins"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str, comments: &str) -> Vec<String> {
        let relation = |kind: &str, target: &str| {
            format!("<a><Relationship Type=\"x/{kind}\" Target=\"{target}\"/></a>")
        };
        let part = |name: &str, text: String| (name.to_owned(), text.into_bytes());
        let package = Package {
            parts: vec![
                part("_rels/.rels", relation("officeDocument", "word/document.xml")),
                part(
                    "word/_rels/document.xml.rels",
                    relation("comments", "comments.xml"),
                ),
                part("word/document.xml", format!("<w:document>{body}</w:document>")),
                part("word/comments.xml", format!("<w:comments>{comments}</w:comments>")),
            ],
        };
        lint(&package).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn each_fault_is_found() {
        let bookmark = |id: u8, name: &str| {
            format!(
                "<w:bookmarkStart w:id=\"{id}\" w:name=\"{name}\"/><w:bookmarkEnd w:id=\"{id}\"/>"
            )
        };
        let rows = [
            ("<w:p/>".to_owned(), "", ""),
            (bookmark(1, "_a") + &bookmark(2, "_a"), "", "bookmark name _a stands twice"),
            ("<w:p w14:paraId='1'/>".repeat(2), "", "paragraph 1 stands twice"),
            (bookmark(1, "a b"), "", "bookmark name \"a b\""),
            (
                "<w:bookmarkStart w:id='1' w:name='a'/>".to_owned(),
                "",
                "bookmark 1 is not closed",
            ),
            (
                "<w:del w:id='1'><w:r><w:t>x</w:t></w:r></w:del>".to_owned(),
                "",
                "w:t in w:del",
            ),
            (
                "<w:r><w:delText>x</w:delText></w:r>".to_owned(),
                "",
                "w:delText outside w:del",
            ),
            (
                "<w:tc><w:tbl/></w:tc>".to_owned(),
                "",
                "a cell does not end with a paragraph",
            ),
            (
                "<w:r><w:commentReference w:id='3'/></w:r>".to_owned(),
                "",
                "comment 3 is not defined",
            ),
            (String::new(), "<w:comment w:id='3'/>", "comment 3 is not used"),
            (
                "<w:commentRangeEnd w:id='3'/>".to_owned(),
                "",
                "comment range 3 ends before it begins",
            ),
            (
                "<w:ins w:id='3'/><w:del w:id='3'/>".to_owned(),
                "",
                "tracked change 3 stands twice",
            ),
        ];
        for (body, comments, expected) in rows {
            assert_eq!(found(&body, comments).join("; "), expected, "{body}");
        }
    }
}
