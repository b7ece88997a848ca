//! Puts the body together again: sections in the order of the result, each with all that
//! stands in it, and Word's section breaks where they belong.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Insertions, Side};
use crate::docx::elements;
use crate::docx::read::Place;
use crate::docx::revisions::{Kind, child, is_current, mark_paragraph};
use crate::docx::xml::{Element, Node, Path};

/// A section of the result.
#[derive(Debug)]
pub(super) enum Part {
    /// The edited section at this index.
    Old(usize),
    /// A new one; whether it begins on a page of its own, and whether that is landscape.
    New { nodes: Vec<Node>, page: Option<bool> },
}

/// The body children that belong to each edited section, in edited order.
#[derive(Debug)]
pub(super) struct Spans {
    /// The path of the body.
    pub(super) body: Path,
    ranges: Vec<Range<usize>>,
    /// Where the last one ends.
    end: usize,
    /// The body children that end a Word section, or are its properties.
    setups: Vec<usize>,
}

impl Spans {
    /// Finds them; none when there is no body.
    pub(super) fn find(nodes: &[Node], places: &[Vec<Place>]) -> Option<Self> {
        let first = |places: &Vec<Place>| match places.first()? {
            Place::Paragraph { spot, .. } => Some(spot.at.clone()),
            Place::Table { at, .. } => Some(at.clone()),
        };
        let is =
            |node: &Node, name: &str| matches!(node, Node::Element(e) if e.name == name);
        let root = nodes.iter().position(|node| is(node, "w:document"))?;
        let Node::Element(document) = &nodes[root] else { return None };
        let body = document.children.iter().position(|node| is(node, "w:body"))?;
        let body: Path = vec![root, body];
        let children = &crate::docx::xml::element_at(nodes, &body)?.children;
        let last = children.iter().rposition(
            |node| matches!(node, Node::Element(element) if element.name == "w:sectPr"),
        );
        let end = last.unwrap_or(children.len());
        let start = |path: &Path| {
            let mut at = path.get(2).copied().unwrap_or_default();
            // A bookmark between two paragraphs belongs to the next one.
            while at > 0
                && matches!(&children[at - 1], Node::Element(e) if e.name == "w:bookmarkStart")
            {
                at -= 1;
            }
            at
        };
        let mut starts: Vec<usize> = Vec::new();
        for places in places.iter().rev() {
            // A section of nothing ends where it begins: where the next one does.
            let next = starts.last().copied().unwrap_or(end);
            starts.push(first(places).as_ref().map_or(next, start));
        }
        starts.reverse();
        let ends = starts.iter().skip(1).copied().chain([end]);
        let spans = starts.iter().zip(ends).map(|(start, end)| *start..end.max(*start));
        let setups = (0..children.len()).filter(|at| setup_of(&children[*at]).is_some());
        let setups = setups.collect();
        Some(Self { body, ranges: spans.collect(), end, setups })
    }

    /// Tells whether the sections can be put in this order: each is a piece of its own, and
    /// no range would end before it begins.
    pub(super) fn can_move(&self, children: &[Node], order: &[usize]) -> bool {
        if order.is_sorted() {
            return true;
        }
        if self.ranges.iter().any(Range::is_empty) {
            return false;
        }
        let place: BTreeMap<usize, usize> =
            order.iter().enumerate().map(|(to, from)| (*from, to)).collect();
        let mut open: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (at, span) in self.ranges.iter().enumerate() {
            let mut depth = 0_i32;
            let mut fine = true;
            for node in &children[span.clone()] {
                markers(node, &mut |element| {
                    let name = &*element.name;
                    if name == "w:fldChar" {
                        match element.attribute("w:fldCharType") {
                            Some("begin") => depth += 1,
                            Some("end") => depth -= 1,
                            _ => {}
                        }
                        fine &= depth >= 0;
                    }
                    let id = element.attribute("w:id").unwrap_or_default().to_owned();
                    if let Some(kind) = name.strip_suffix("Start") {
                        open.insert((kind.to_owned(), id), at);
                    } else if let Some(kind) = name.strip_suffix("End")
                        && let Some(start) = open.remove(&(kind.to_owned(), id))
                    {
                        fine &= place.get(&start) <= place.get(&at);
                    }
                });
            }
            if !fine || depth != 0 {
                return false;
            }
        }
        true
    }

    /// The properties of the Word section that holds a body child.
    pub(super) fn setup<'n>(
        &self,
        children: &'n [Node],
        from: usize,
    ) -> Option<&'n Element> {
        let next = self.setups.partition_point(|at| *at < from);
        self.setups[next..].iter().find_map(|at| setup_of(children.get(*at)?))
    }

    /// The properties of the last Word section of that turn; else of the last one.
    pub(super) fn page(children: &[Node], landscape: bool) -> Option<&Element> {
        let setups = || children.iter().rev().filter_map(setup_of);
        setups()
            .find(|setup| is_landscape(setup) == landscape)
            .or_else(|| setups().next())
    }

    /// Where an edited section begins.
    pub(super) fn start(&self, section: usize) -> usize {
        self.ranges.get(section).map_or(0, |span| span.start)
    }

    /// Puts the body together.
    pub(super) fn assemble(
        &self,
        children: Vec<Node>,
        parts: Vec<Part>,
        mut insertions: Insertions,
        section_end: &str,
    ) -> Vec<Node> {
        let mut setups: Vec<Element> = Vec::new();
        // The group, the pages of one setup, that each edited section belongs to; those that
        // open one; and where the setup stands that closes one.
        let (mut groups, mut openers, mut closings) =
            (Vec::new(), BTreeSet::new(), BTreeMap::new());
        for (at, span) in self.ranges.iter().enumerate() {
            if at == 0 || closings.contains_key(&(at - 1)) {
                openers.insert(at);
            }
            groups.push(setups.len());
            let last = children[span.clone()].iter().rposition(
                |node| matches!(node, Node::Element(e) if matches!(&*e.name, "w:p" | "w:tbl" | "w:sdt")),
            );
            if let Some(last) = last.map(|last| span.start + last)
                && at + 1 < self.ranges.len()
                && let Some(setup) = setup_of(&children[last])
            {
                setups.push(setup.clone());
                closings.insert(at, last);
            }
        }
        let whole = self.setup(&children, self.end).cloned();
        setups.push(whole.unwrap_or_else(|| Element::new("w:sectPr", &[], Vec::new())));
        let plan = plan(&parts, &groups, &openers, &mut setups);

        let mut nodes: Vec<Option<Node>> = children.into_iter().map(Some).collect();
        let first = self.ranges.first().map_or(self.end, |span| span.start);
        let mut out: Vec<Node> =
            nodes[..first].iter_mut().filter_map(Option::take).collect();
        for (at, part) in parts.into_iter().enumerate() {
            let next = plan.get(at + 1);
            let closes = next.is_some_and(|next| *next != plan[at]);
            let mut is_closed = false;
            let is_new = matches!(part, Part::New { .. });
            match part {
                Part::New { nodes, .. } => out.extend(nodes),
                Part::Old(section) => {
                    let span = self.ranges[section].clone();
                    for child in span {
                        let path: Path =
                            self.body.iter().copied().chain([child]).collect();
                        let after = insertions.take(&path, Side::After);
                        out.extend(insertions.take(&path, Side::Before));
                        let Some(mut old) = nodes[child].take() else { continue };
                        let is_closing = closings.get(&section) == Some(&child);
                        let stays =
                            closes && groups[section] == plan[at] && after.is_empty();
                        if is_closing && stays && !is_deleted(&old) {
                            is_closed = true;
                        } else if is_closing {
                            old = match without_setup(old) {
                                Some(old) => old,
                                None => continue,
                            };
                        } else if (!after.is_empty() || is_deleted(&old))
                            && let Some(setup) = setup_of(&old).cloned()
                        {
                            // A break of the drafter's, inside the section.
                            out.extend(without_setup(old));
                            out.extend(after);
                            out.push(page_break(setup, section_end));
                            continue;
                        }
                        out.push(old);
                        out.extend(after);
                    }
                }
            }
            if closes && !is_closed {
                let mut node = page_break(setups[plan[at]].clone(), section_end);
                let next_is_last_group = next == plan.last();
                if let Node::Element(paragraph) = &mut node
                    && (is_new
                        || (next_is_last_group && plan[at + 1] >= groups_end(&groups)))
                {
                    mark_paragraph(paragraph, Kind::Inserted);
                }
                out.push(node);
            }
        }
        let mut tail: Vec<Node> = nodes.into_iter().flatten().collect();
        if let Some(last) = plan.last()
            && let Some(setup) = elements(&mut tail).find(|e| e.name == "w:sectPr")
            && *setup != setups[*last]
        {
            *setup = setups[*last].clone();
        }
        out.extend(tail);
        out
    }
}

fn groups_end(groups: &[usize]) -> usize {
    groups.last().map_or(0, |last| last + 1)
}

/// The group of each part of the result; a new page setup is like one that the file has.
fn plan(
    parts: &[Part],
    groups: &[usize],
    openers: &BTreeSet<usize>,
    setups: &mut Vec<Element>,
) -> Vec<usize> {
    let mut current = 0;
    // No group is entered twice: it would have two ends.
    let mut entered: BTreeSet<usize> = BTreeSet::new();
    let group = |part: &Part| {
        let is_first = entered.is_empty();
        match part {
            Part::Old(at)
                if (is_first || openers.contains(at))
                    && !entered.contains(&groups[*at]) =>
            {
                current = groups[*at];
            }
            Part::New { page: Some(landscape), .. } if !is_first => {
                let alike = setups.iter().rev().find(|s| is_landscape(s) == *landscape);
                let setup = alike.unwrap_or(&setups[current]).clone();
                current = setups.len();
                setups.push(setup);
            }
            _ => {}
        }
        entered.insert(current);
        current
    };
    parts.iter().map(group).collect()
}

fn is_landscape(setup: &Element) -> bool {
    let size = setup.element("w:pgSz");
    size.and_then(|size| size.attribute("w:orient")) == Some("landscape")
}

/// The text width of pages, in twentieths of a point.
pub(super) fn width(setup: &Element) -> Option<usize> {
    let number = |of: &str, name: &str| -> Option<usize> {
        setup.element(of)?.attribute(name)?.parse().ok()
    };
    let margins = number("w:pgMar", "w:left")? + number("w:pgMar", "w:right")?;
    number("w:pgSz", "w:w")?.checked_sub(margins)
}

/// The Word section that a body child ends, or has as its properties.
fn setup_of(node: &Node) -> Option<&Element> {
    let Node::Element(element) = node else { return None };
    match &*element.name {
        "w:sectPr" => Some(element),
        "w:p" => element.element("w:pPr")?.element("w:sectPr"),
        _ => None,
    }
}

/// Tells whether a paragraph is one that this update deletes.
fn is_deleted(node: &Node) -> bool {
    let mark = match node {
        Node::Element(element) => {
            element.element("w:pPr").and_then(|all| all.element("w:rPr"))
        }
        Node::Raw(_) => None,
    };
    mark.and_then(|mark| mark.element("w:del")).is_some_and(is_current)
}

/// A paragraph that ends no Word section any more; none when it was there for that alone.
fn without_setup(node: Node) -> Option<Node> {
    let Node::Element(mut paragraph) = node else { return Some(node) };
    let properties = child(&mut paragraph, "w:pPr", |_| true);
    properties
        .children
        .retain(|node| !matches!(node, Node::Element(e) if e.name == "w:sectPr"));
    let is_bare = !paragraph
        .children
        .iter()
        .any(|node| matches!(node, Node::Element(e) if e.name != "w:pPr"));
    (!is_bare).then_some(Node::Element(paragraph))
}

fn page_break(setup: Element, style: &str) -> Node {
    let look = Element::new("w:pStyle", &[("w:val", style)], Vec::new());
    let children = vec![Node::Element(look), Node::Element(setup)];
    let properties = Element::new("w:pPr", &[], children);
    Node::Element(Element::new("w:p", &[], vec![Node::Element(properties)]))
}

fn markers(node: &Node, see: &mut impl FnMut(&Element)) {
    let Node::Element(element) = node else { return };
    let name = &*element.name;
    if name == "w:fldChar" || name.ends_with("Start") || name.ends_with("End") {
        see(element);
    }
    for child in &element.children {
        markers(child, see);
    }
}
