//! Takes out of a Word file what is khung's and not the plan's: guidance, comments, hidden
//! bookmarks, the record; every byte that is not about them stays.

use std::collections::{BTreeMap, BTreeSet};

use super::banner::retitle;
use super::clean::unsign;
use super::comments::{PARTS, detach};
use super::package::Package;
use super::revisions::{child, unpaired};
use super::story::{Kind, Story};
use super::xml::{self, Element, Node, Path};
use super::{bookmark, record};

/// Style of what a drafter typed over a slot, by its name.
const SLOT: &str = "Cần bổ sung";
/// Style of a paragraph that only ends a Word section.
const SECTION_END: &str = "Cuối phần";

/// The package without what is khung's: `guidance` are the paragraphs that go, `banner` is
/// the line that goes from the page headers. `stories` are those of the package.
pub(crate) fn strip(
    package: &Package,
    main: &str,
    stories: &[Story],
    guidance: &BTreeSet<Path>,
    banner: Option<&str>,
) -> Package {
    let mut out = package.clone();
    let styles = package.related(main, "styles").and_then(|name| package.part(name));
    let mut sweep = Sweep { slot: style(styles, SLOT), open: BTreeMap::new() };
    let section_end = style(styles, SECTION_END);
    for mut story in stories.iter().cloned() {
        match story.kind {
            Kind::Body => remove(
                &mut story.nodes,
                &mut Path::new(),
                guidance,
                section_end.as_deref(),
            ),
            Kind::Header => {
                if let Some(banner) = banner {
                    retitle(&mut story.nodes, banner, None);
                }
            }
            Kind::Footer | Kind::Notes => {}
        }
        detach(&mut story.nodes, &|_| true);
        sweep.open.clear();
        sweep.nodes(&mut story.nodes);
        out.replace(&story.part, xml::serialize(&story.nodes));
    }
    let comments = PARTS.into_iter().filter_map(|kind| package.related(main, kind));
    out.remove(&comments.map(ToOwned::to_owned).collect());
    record::remove(&mut out);
    unsign(&mut out);
    out
}

/// The id of a style that has this name.
fn style(styles: Option<&[u8]>, name: &str) -> Option<String> {
    let nodes = xml::parse(styles?).ok()?;
    nodes.iter().find_map(|node| match node {
        Node::Element(root) => root
            .elements("w:style")
            .find(|style| {
                style.element("w:name").and_then(|n| n.value("w:val")).as_deref()
                    == Some(name)
            })
            .and_then(|style| style.value("w:styleId")),
        Node::Raw(_) => None,
    })
}

/// Removes paragraphs; the end of a Word section that one of them holds goes to the
/// paragraph before it.
fn remove(
    nodes: &mut Vec<Node>,
    path: &mut Path,
    gone: &BTreeSet<Path>,
    section_end: Option<&str>,
) {
    if gone.is_empty() {
        return;
    }
    let mut out: Vec<Node> = Vec::with_capacity(nodes.len());
    for (at, node) in std::mem::take(nodes).into_iter().enumerate() {
        let Node::Element(mut element) = node else {
            out.push(node);
            continue;
        };
        path.push(at);
        if gone.contains(path) {
            let properties = element.element("w:pPr");
            let section = properties.and_then(|all| all.element("w:sectPr")).cloned();
            if let Some(section) = section {
                end_section(&mut out, section, section_end);
            }
            out.extend(unpaired(element.children));
        } else {
            if element.name != "w:p" {
                remove(&mut element.children, path, gone, section_end);
            }
            out.push(Node::Element(element));
        }
        path.pop();
    }
    *nodes = out;
}

fn end_section(out: &mut Vec<Node>, section: Element, style: Option<&str>) {
    let last = out.iter_mut().rev().find_map(|node| match node {
        Node::Element(last) => Some(last),
        Node::Raw(_) => None,
    });
    let is_free = |last: &Element| {
        let properties = last.element("w:pPr");
        last.name == "w:p"
            && properties.is_none_or(|all| all.element("w:sectPr").is_none())
    };
    let section = Node::Element(section);
    if let Some(last) = last.filter(|last| is_free(last)) {
        let properties = child(last, "w:pPr", |_| true);
        let is_change =
            |node: &Node| matches!(node, Node::Element(e) if e.name == "w:pPrChange");
        let at = properties.children.iter().position(is_change);
        let at = at.unwrap_or(properties.children.len());
        properties.children.insert(at, section);
        return;
    }
    let style = style
        .map(|id| Node::Element(Element::new("w:pStyle", &[("w:val", id)], Vec::new())));
    let properties = style.into_iter().chain([section]).collect();
    let properties = Node::Element(Element::new("w:pPr", &[], properties));
    out.push(Node::Element(Element::new("w:p", &[], vec![properties])));
}

/// Sweeps marks out of a text: khung's bookmarks, the look of slots.
struct Sweep {
    /// Id of the style of slots.
    slot: Option<String>,
    /// The bookmarks that are open, by their ids: whether each is khung's.
    open: BTreeMap<String, Vec<bool>>,
}

impl Sweep {
    fn nodes(&mut self, nodes: &mut Vec<Node>) {
        nodes.retain_mut(|node| match node {
            Node::Element(element) => self.keeps(element),
            Node::Raw(_) => true,
        });
    }

    /// Sweeps an element, and tells whether it stays.
    fn keeps(&mut self, element: &mut Element) -> bool {
        let id = || element.attribute("w:id").unwrap_or_default().to_owned();
        match &*element.name {
            "w:bookmarkStart" => {
                let name = element.value("w:name").unwrap_or_default();
                let is_own = bookmark::is_hidden(&name);
                self.open.entry(id()).or_default().push(is_own);
                !is_own
            }
            "w:bookmarkEnd" => {
                let open = self.open.get_mut(&id());
                open.and_then(Vec::pop) != Some(true)
            }
            "w:rStyle" => self.slot.is_none() || element.value("w:val") != self.slot,
            _ => {
                self.nodes(&mut element.children);
                true
            }
        }
    }
}
