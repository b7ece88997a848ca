//! Puts the body together again: sections in the order of the result, each with all that
//! stands in it, and Word's section breaks where they belong.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::{Insertions, Side};
use crate::docx::elements;
use crate::docx::read::Place;
use crate::docx::revisions::{Revision, child, is_current, mark_paragraph};
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
        mut children: Vec<Node>,
        parts: Vec<Part>,
        insertions: Insertions,
        section_end: &str,
    ) -> Vec<Node> {
        self.part_ends(&mut children, &parts);
        let mut groups = Groups::find(self, &children);
        let first_new = groups.setups.len();
        let plan = groups.plan(&parts);
        let mut body = Assembly {
            path: &self.body,
            old: children.into_iter().map(Some).collect(),
            insertions,
            section_end,
            out: Vec::new(),
        };
        body.front(self.ranges.first().map_or(self.end, |span| span.start));
        for (at, part) in parts.into_iter().enumerate() {
            let group = plan[at];
            let next = plan.get(at + 1);
            let closes = next.is_some_and(|next| *next != group);
            let (is_new, is_closed) = match part {
                Part::New { nodes, .. } => {
                    body.out.extend(nodes);
                    (true, false)
                }
                Part::Old(section) => {
                    let closing = groups.closings.get(&section).copied();
                    let stays = closes && groups.of[section] == group;
                    let span = self.ranges[section].clone();
                    (false, body.section(span, closing, stays))
                }
            };
            if closes && !is_closed {
                let leads_to_new = next == plan.last() && next >= Some(&first_new);
                body.close(&groups.setups[group], is_new || leads_to_new);
            }
        }
        body.rest(plan.last().map(|last| &groups.setups[*last]))
    }
}

impl Spans {
    /// Where people put paragraphs in behind another one and track it, the end of that one is
    /// marked as new, and the last one has its end: rejecting joins them. Where an update parts
    /// them, each gets its own end.
    fn part_ends(&self, children: &mut [Node], parts: &[Part]) {
        let old = parts.iter().map(|part| match part {
            Part::Old(at) => Some(*at),
            Part::New { .. } => None,
        });
        let old: Vec<Option<usize>> = old.collect();
        let follow: BTreeSet<(Option<usize>, Option<usize>)> =
            old.windows(2).map(|two| (two[0], two[1])).collect();
        for at in 1..self.ranges.len() {
            let cut = self.ranges[at].start;
            if cut == 0 || follow.contains(&(Some(at - 1), Some(at))) {
                continue;
            }
            // Behind the cut nothing but new text, up to a paragraph with an old end.
            let rest = children[cut..].iter();
            let has_old_end = |node: &Node| {
                let is_paragraph =
                    matches!(node, Node::Element(one) if one.name == "w:p");
                is_paragraph && new_end(node).is_none()
            };
            let last = rest.take_while(|node| is_put_in(node)).position(has_old_end);
            let before =
                children[..cut].iter().rposition(|node| matches!(node, Node::Element(_)));
            if let (Some(before), Some(last)) = (before, last)
                && let Some(end) = take_new_end(&mut children[before])
                && let Node::Element(last) = &mut children[cut + last]
            {
                let properties = child(last, "w:pPr", |_| true);
                let is_late = |element: &Element| {
                    matches!(&*element.name, "w:sectPr" | "w:pPrChange")
                };
                child(properties, "w:rPr", is_late).children.insert(0, end);
            }
        }
    }
}

/// The mark of a new end among the properties of a paragraph.
fn new_end(node: &Node) -> Option<&Element> {
    let Node::Element(paragraph) = node else { return None };
    let properties = paragraph.element("w:pPr")?.element("w:rPr")?;
    properties.element("w:ins").filter(|_| paragraph.name == "w:p")
}

/// Takes the mark of a new end out.
fn take_new_end(node: &mut Node) -> Option<Node> {
    let end = new_end(node)?.clone();
    let Node::Element(paragraph) = node else { return None };
    let properties = paragraph.element_mut("w:pPr")?.element_mut("w:rPr")?;
    properties.children.retain(|node| !matches!(node, Node::Element(one) if *one == end));
    Some(Node::Element(end))
}

/// Tells whether a node holds nothing but what people put in, tracked.
fn is_put_in(node: &Node) -> bool {
    let Node::Element(element) = node else { return true };
    match &*element.name {
        "w:ins" | "w:pPr" | "w:rPr" | "w:tblPr" | "w:trPr" | "w:tcPr" => true,
        "w:t" | "w:delText" | "w:tab" | "w:sym" | "w:drawing" | "w:pict" | "w:object" => {
            false
        }
        _ => element.children.iter().all(is_put_in),
    }
}

/// The groups of sections: the pages of one setup.
struct Groups {
    /// The setup of each.
    setups: Vec<Element>,
    /// The group of each edited section.
    of: Vec<usize>,
    /// The edited sections that open one.
    openers: BTreeSet<usize>,
    /// For each edited section that closes one, the body child that has its setup.
    closings: BTreeMap<usize, usize>,
}

impl Groups {
    /// Those of the edited file.
    fn find(spans: &Spans, children: &[Node]) -> Self {
        let mut groups = Self {
            setups: Vec::new(),
            of: Vec::new(),
            openers: BTreeSet::new(),
            closings: BTreeMap::new(),
        };
        for (at, span) in spans.ranges.iter().enumerate() {
            if at == 0 || groups.closings.contains_key(&(at - 1)) {
                groups.openers.insert(at);
            }
            groups.of.push(groups.setups.len());
            let last = children[span.clone()].iter().rposition(
                |node| matches!(node, Node::Element(e) if matches!(&*e.name, "w:p" | "w:tbl" | "w:sdt")),
            );
            if let Some(last) = last.map(|last| span.start + last)
                && at + 1 < spans.ranges.len()
                && let Some(setup) = setup_of(&children[last])
            {
                groups.setups.push(setup.clone());
                groups.closings.insert(at, last);
            }
        }
        let whole = spans.setup(children, spans.end).cloned();
        let none = || Element::new("w:sectPr", &[], Vec::new());
        groups.setups.push(whole.unwrap_or_else(none));
        groups
    }

    /// The group of each part of the result; a new page setup is like one that the file has.
    fn plan(&mut self, parts: &[Part]) -> Vec<usize> {
        let mut current = 0;
        // No group is entered twice: it would have two ends.
        let mut entered: BTreeSet<usize> = BTreeSet::new();
        let group = |part: &Part| {
            let is_first = entered.is_empty();
            match part {
                Part::Old(at)
                    if (is_first || self.openers.contains(at))
                        && !entered.contains(&self.of[*at]) =>
                {
                    current = self.of[*at];
                }
                Part::New { page: Some(landscape), .. } if !is_first => {
                    let mut setups = self.setups.iter().rev();
                    let alike = setups.find(|setup| is_landscape(setup) == *landscape);
                    let setup = alike.unwrap_or(&self.setups[current]).clone();
                    current = self.setups.len();
                    self.setups.push(setup);
                }
                _ => {}
            }
            entered.insert(current);
            current
        };
        parts.iter().map(group).collect()
    }
}

/// A body that is being put together.
struct Assembly<'a> {
    /// The path of the body.
    path: &'a Path,
    /// Its children as they were; none where one went into the new body.
    old: Vec<Option<Node>>,
    insertions: Insertions,
    /// The style of a paragraph that only ends a Word section.
    section_end: &'a str,
    out: Vec<Node>,
}

impl Assembly<'_> {
    /// What stands before the sections.
    fn front(&mut self, end: usize) {
        self.out.extend(self.old[..end].iter_mut().filter_map(Option::take));
    }

    /// The children of an edited section, and what comes in between them. The one that closes
    /// a group goes on doing so if it `stays`; tells whether it does.
    fn section(
        &mut self,
        span: Range<usize>,
        closing: Option<usize>,
        stays: bool,
    ) -> bool {
        let mut is_closed = false;
        for child in span {
            let path: Path = self.path.iter().copied().chain([child]).collect();
            let after = self.insertions.take(&path, Side::After);
            self.out.extend(self.insertions.take(&path, Side::Before));
            let Some(old) = self.old[child].take() else { continue };
            let can_end = after.is_empty() && !is_deleted(&old);
            if closing == Some(child) && stays && can_end {
                is_closed = true;
                self.out.push(old);
            } else if closing == Some(child) {
                self.out.extend(without_setup(old));
                self.out.extend(after);
            } else if !can_end && let Some(setup) = setup_of(&old).cloned() {
                // A break of the drafter's, inside the section.
                self.out.extend(without_setup(old));
                self.out.extend(after);
                self.out.push(page_break(setup, self.section_end));
            } else {
                self.out.push(old);
                self.out.extend(after);
            }
        }
        is_closed
    }

    /// A page break, which ends pages of this setup.
    fn close(&mut self, setup: &Element, is_inserted: bool) {
        let mut node = page_break(setup.clone(), self.section_end);
        if let Node::Element(paragraph) = &mut node
            && is_inserted
        {
            mark_paragraph(paragraph, Revision::Inserted);
        }
        self.out.push(node);
    }

    /// What stands behind the sections; the last pages get this setup.
    fn rest(mut self, setup: Option<&Element>) -> Vec<Node> {
        let mut tail: Vec<Node> = self.old.into_iter().flatten().collect();
        if let Some(setup) = setup
            && let Some(old) = elements(&mut tail).find(|e| e.name == "w:sectPr")
            && old != setup
        {
            *old = setup.clone();
        }
        self.out.extend(tail);
        self.out
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docx::xml;

    /// A paragraph, and whether its text and its end are people's new ones.
    fn paragraph(text: &str, is_new: bool, has_new_end: bool) -> String {
        let run = format!("<w:r><w:t>{text}</w:t></w:r>");
        let run = if is_new { format!("<w:ins>{run}</w:ins>") } else { run };
        let end = if has_new_end {
            "<w:pPr><w:rPr><w:ins w:id=\"7\"/></w:rPr></w:pPr>"
        } else {
            ""
        };
        format!("<w:p>{end}{run}</w:p>")
    }

    /// The texts whose ends are new once two sections, of which the second begins behind the
    /// first paragraph, stand in this order.
    fn new_ends(body: &str, order: &[usize]) -> Vec<String> {
        let mut children = xml::fragment(body);
        let ranges = vec![0..1, 1..children.len()];
        let spans =
            Spans { body: Path::new(), end: children.len(), ranges, setups: Vec::new() };
        let parts: Vec<Part> = order.iter().map(|at| Part::Old(*at)).collect();
        spans.part_ends(&mut children, &parts);
        let has_end = |node: &&Node| new_end(node).is_some();
        let said = |node: &Node| match node {
            Node::Element(one) => crate::docx::story::characters(one),
            Node::Raw(_) => String::new(),
        };
        children.iter().filter(has_end).map(said).collect()
    }

    /// Rejected, the new paragraphs go, and "a" has an end.
    #[test]
    fn what_people_put_in_has_its_own_end_where_an_update_parts_it() {
        let body = |last_is_new| {
            paragraph("a", false, true)
                + &paragraph("mới", true, true)
                + "<w:tbl><w:tr/></w:tbl>"
                + &paragraph("cuối", last_is_new, false)
                + &paragraph("b", false, false)
        };
        assert_eq!(new_ends(&body(true), &[1, 0]), ["mới", "cuối"]);
        // Nothing is parted, or what stands behind is no new text.
        assert_eq!(new_ends(&body(true), &[0, 1]), ["a", "mới"]);
        assert_eq!(new_ends(&body(false), &[1, 0]), ["a", "mới"]);
    }
}
