//! Tracked changes of one author: made, taken, undone.

use std::collections::BTreeMap;

use super::author;
use super::xml::{Element, Node};

/// What a tracked change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Revision {
    Inserted,
    Deleted,
}

impl Revision {
    fn name(self) -> &'static str {
        match self {
            Self::Inserted => "w:ins",
            Self::Deleted => "w:del",
        }
    }
}

/// The id of changes that have none yet.
pub(super) const PENDING: &str = "+";

fn change(revision: Revision, children: Vec<Node>) -> Node {
    let attributes = [("w:id", PENDING), ("w:author", author::CURRENT)];
    Node::Element(Element::new(revision.name(), &attributes, children))
}

/// Runs inside a tracked change. What it deletes must be [`deleted_run`]s.
pub(super) fn wrap(revision: Revision, runs: Vec<Node>) -> Node {
    change(revision, runs)
}

/// Tells whether a change is one of the update that is being made.
pub(super) fn is_current(change: &Element) -> bool {
    change.attribute("w:author") == Some(author::CURRENT)
}

/// A run whose texts are deleted texts.
pub(super) fn deleted_run(mut run: Element) -> Element {
    rename(&mut run, &[("w:t", "w:delText"), ("w:instrText", "w:delInstrText")]);
    run
}

fn rename(run: &mut Element, names: &[(&str, &str)]) {
    for node in &mut run.children {
        let Node::Element(child) = node else { continue };
        if let Some((_, to)) = names.iter().find(|(from, _)| child.name == *from) {
            *node = Node::Element(child.clone().renamed(to));
        }
    }
}

/// Marks the end of a paragraph as inserted or deleted.
pub(super) fn mark_end(paragraph: &mut Element, revision: Revision) {
    let properties = child(paragraph, "w:pPr", |_| true);
    let after = |next: &Element| matches!(&*next.name, "w:sectPr" | "w:pPrChange");
    let mark = child(properties, "w:rPr", after);
    let front = match mark.children.first() {
        Some(Node::Element(first)) if first.name == "w:ins" => 1,
        _ => 0,
    };
    mark.children.insert(front, change(revision, Vec::new()));
}

/// Marks a row as inserted or deleted; not what is in it.
pub(super) fn mark_row(row: &mut Element, revision: Revision) {
    let properties = child(row, "w:trPr", |next| next.name != "w:tblPrEx");
    let last = properties.children.iter().position(
        |node| matches!(node, Node::Element(next) if next.name == "w:trPrChange"),
    );
    let last = last.unwrap_or(properties.children.len());
    properties.children.insert(last, change(revision, Vec::new()));
}

/// The child of that name; where there is none, a new one before the first that is `after`.
pub(super) fn child<'e>(
    parent: &'e mut Element,
    name: &str,
    after: impl Fn(&Element) -> bool,
) -> &'e mut Element {
    let is = |node: &Node, test: &dyn Fn(&Element) -> bool| match node {
        Node::Element(element) => test(element),
        Node::Raw(_) => false,
    };
    let children = &mut parent.children;
    let at = children.iter().position(|node| is(node, &|e| e.name == name));
    let at = at.unwrap_or_else(|| {
        let at = children.iter().position(|node| is(node, &after));
        let at = at.unwrap_or(children.len());
        children.insert(at, Node::Element(Element::new(name, &[], Vec::new())));
        at
    });
    match &mut children[at] {
        Node::Element(element) => element,
        Node::Raw(_) => unreachable!("an element stands there"),
    }
}

/// Marks a paragraph, runs and end, as inserted or deleted.
pub(super) fn mark_paragraph(paragraph: &mut Element, revision: Revision) {
    mark_runs(paragraph, revision);
    mark_end(paragraph, revision);
}

/// Marks the runs of a paragraph as inserted or deleted.
pub(super) fn mark_runs(paragraph: &mut Element, revision: Revision) {
    let mut children = Vec::with_capacity(paragraph.children.len());
    let mut runs = Vec::new();
    for node in std::mem::take(&mut paragraph.children) {
        match node {
            Node::Element(run) if run.name == "w:r" => {
                let run =
                    if revision == Revision::Deleted { deleted_run(run) } else { run };
                runs.push(Node::Element(run));
                continue;
            }
            _ if !runs.is_empty() => {
                children.push(wrap(revision, std::mem::take(&mut runs)));
            }
            _ => {}
        }
        children.push(node);
    }
    if !runs.is_empty() {
        children.push(wrap(revision, runs));
    }
    paragraph.children = children;
}

/// Marks new paragraphs and tables as inserted.
pub(super) fn mark_inserted(nodes: &mut [Node]) {
    for block in super::elements(nodes) {
        match &*block.name {
            "w:p" => mark_paragraph(block, Revision::Inserted),
            "w:tr" => {
                mark_row(block, Revision::Inserted);
                mark_inserted(&mut block.children);
            }
            "w:tbl" | "w:tc" => mark_inserted(&mut block.children),
            _ => {}
        }
    }
}

/// Tells whether insertions or deletions of such an author wait for somebody's decision.
pub(crate) fn is_pending(nodes: &[Node], by: &impl Fn(&str) -> bool) -> bool {
    nodes.iter().any(|node| {
        let Node::Element(element) = node else { return false };
        let is_change = matches!(&*element.name, "w:ins" | "w:del");
        (is_change && element.attribute("w:author").is_some_and(by))
            || is_pending(&element.children, by)
    })
}

/// Undoes all tracked changes of an author: insertions go, deletions stay.
pub fn reject(nodes: &mut Vec<Node>, author: &str) {
    Resolution { author, goes: Revision::Inserted }.nodes(nodes);
}

/// Takes all tracked changes of an author: insertions stay, deletions go.
pub fn accept(nodes: &mut Vec<Node>, author: &str) {
    Resolution { author, goes: Revision::Deleted }.nodes(nodes);
}

struct Resolution<'a> {
    author: &'a str,
    /// What goes, with what it holds; of the other one only the mark goes.
    goes: Revision,
}

impl Resolution<'_> {
    fn is(&self, element: &Element, revision: Revision) -> bool {
        element.name == revision.name()
            && element.value("w:author").as_deref() == Some(self.author)
    }

    fn stays(&self) -> Revision {
        match self.goes {
            Revision::Inserted => Revision::Deleted,
            Revision::Deleted => Revision::Inserted,
        }
    }

    fn nodes(&self, nodes: &mut Vec<Node>) {
        let mut out: Vec<Node> = Vec::with_capacity(nodes.len());
        // What a paragraph whose end goes leaves to the next one.
        let mut rest: Vec<Node> = Vec::new();
        for node in std::mem::take(nodes) {
            let Node::Element(mut element) = node else {
                out.push(node);
                continue;
            };
            if self.is(&element, self.goes) {
                continue;
            }
            if self.is(&element, self.stays()) {
                for mut inner in element.children {
                    if let Node::Element(run) = &mut inner {
                        let names =
                            [("w:delText", "w:t"), ("w:delInstrText", "w:instrText")];
                        rename(run, &names);
                    }
                    out.push(inner);
                }
                continue;
            }
            match &*element.name {
                "w:tr" if self.takes(element.element("w:trPr")) => continue,
                "w:p" => {
                    let mark =
                        element.element("w:pPr").and_then(|all| all.element("w:rPr"));
                    let goes = self.takes(mark);
                    let marked = mark.is_some_and(|all| self.marks(all));
                    self.nodes(&mut element.children);
                    if marked {
                        tidy(&mut element, "w:pPr", "w:rPr");
                    }
                    let front = usize::from(element.element("w:pPr").is_some());
                    if goes {
                        let left = element.children.split_off(front);
                        rest.extend(left);
                        if !rest.iter().any(is_content) {
                            out.extend(unpaired(std::mem::take(&mut rest)));
                        }
                        continue;
                    }
                    element.children.splice(front..front, std::mem::take(&mut rest));
                }
                "w:tbl" => {
                    let had = element.elements("w:tr").count();
                    self.nodes(&mut element.children);
                    if had > 0 && element.element("w:tr").is_none() {
                        continue;
                    }
                }
                _ => {
                    let had = element.children.len();
                    self.nodes(&mut element.children);
                    if element.name == "w:trPr" && had > 0 && element.children.is_empty()
                    {
                        continue;
                    }
                }
            }
            if !rest.is_empty() && matches!(&*element.name, "w:tbl" | "w:sectPr") {
                let left = std::mem::take(&mut rest);
                out.push(Node::Element(Element::new("w:p", &[], left)));
            }
            out.push(Node::Element(element));
        }
        if !rest.is_empty() {
            out.push(Node::Element(Element::new("w:p", &[], rest)));
        }
        *nodes = out;
    }

    /// Tells whether the properties hold a change of the author.
    fn marks(&self, properties: &Element) -> bool {
        let is = |node: &Node| match node {
            Node::Element(change) => {
                self.is(change, self.goes) || self.is(change, self.stays())
            }
            Node::Raw(_) => false,
        };
        properties.children.iter().any(is)
    }

    /// Tells whether the properties say that the whole goes.
    fn takes(&self, properties: Option<&Element>) -> bool {
        let mut changes =
            properties.into_iter().flat_map(|all| all.elements(self.goes.name()));
        changes.any(|change| self.is(change, self.goes))
    }
}

/// Removes what is left empty of paragraph properties once a mark is gone.
fn tidy(paragraph: &mut Element, outer: &str, inner: &str) {
    let empty = |node: &Node, name: &str| matches!(node, Node::Element(e) if e.name == name && e.children.is_empty());
    if let Some(properties) = paragraph.element_mut(outer) {
        properties.children.retain(|node| !empty(node, inner));
    }
    paragraph.children.retain(|node| !empty(node, outer));
}

fn is_content(node: &Node) -> bool {
    match node {
        Node::Element(element) => {
            !is_range(&element.name) && element.name != "w:proofErr"
        }
        Node::Raw(_) => false,
    }
}

fn is_range(name: &str) -> bool {
    let ends = ["Start", "End"].into_iter().any(|end| name.ends_with(end));
    ends && ["w:bookmark", "w:commentRange", "w:move", "w:perm"]
        .into_iter()
        .any(|kind| name.starts_with(kind))
}

/// The ends of ranges whose other end is elsewhere.
pub(super) fn unpaired(nodes: Vec<Node>) -> impl Iterator<Item = Node> {
    let key = |node: &Node| match node {
        Node::Element(element) if is_range(&element.name) => {
            let kind = element.name.trim_end_matches("Start").trim_end_matches("End");
            Some((kind.to_owned(), element.attribute("w:id").map(str::to_owned)))
        }
        _ => None,
    };
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for key in nodes.iter().filter_map(key) {
        *counts.entry(key).or_default() += 1;
    }
    nodes.into_iter().filter(move |node| key(node).is_some_and(|key| counts[&key] == 1))
}
