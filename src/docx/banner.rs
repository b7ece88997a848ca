//! The line at the top of the pages, such as "DỰ THẢO": found by what it says, in whatever
//! part, table or text box it stands.

use super::elements;
use super::revisions::is_pending;
use super::story::characters;
use super::write::gate;
use super::xml::{Element, Node};
use crate::source::words;

/// Tells whether a paragraph says this line: blanks and ways to write a letter do not count.
pub(crate) fn is_line(paragraph: &str, line: &str) -> bool {
    words(paragraph) == words(line)
}

/// Gives the paragraphs that say `old` the line `new`, or none, in the look of their first
/// run, and tells whether there are any. A picture beside the line stays; a paragraph with
/// tracked changes is left to those who decide on them.
pub(crate) fn retitle(nodes: &mut [Node], old: &str, new: Option<&str>) -> bool {
    let mut is_found = false;
    for element in elements(nodes) {
        // What a text box in a paragraph says is not the paragraph's own.
        let is_inside = retitle(&mut element.children, old, new);
        is_found |= is_inside;
        let is_it =
            !is_inside && element.name == "w:p" && is_line(&characters(element), old);
        if is_it && !is_pending(&element.children, &|_| true) {
            is_found = true;
            replace(element, new);
        }
    }
    is_found
}

fn replace(paragraph: &mut Element, new: Option<&str>) {
    let look = paragraph.element("w:r").and_then(|run| run.element("w:rPr")).cloned();
    let has_text =
        |node: &Node| matches!(node, Node::Element(e) if !characters(e).is_empty());
    let at = paragraph.children.iter().position(has_text);
    let at = at.unwrap_or(paragraph.children.len());
    let mut behind = paragraph.children.split_off(at);
    paragraph.children.extend(new.map(|line| run(look, line)));
    behind.retain_mut(keeps);
    paragraph.children.append(&mut behind);
}

fn run(look: Option<Element>, line: &str) -> Node {
    let line = Node::Raw(quick_xml::escape::escape(gate(line)).into_owned().into());
    let text = Element::new("w:t", &[("xml:space", "preserve")], vec![line]);
    let children = look.into_iter().chain([text]).map(Node::Element).collect();
    Node::Element(Element::new("w:r", &[], children))
}

/// Takes the characters out of a node; one that held nothing else does not stay.
fn keeps(node: &mut Node) -> bool {
    let Node::Element(element) = node else { return true };
    if matches!(&*element.name, "w:t" | "w:tab" | "w:ptab" | "w:br" | "w:cr") {
        return false;
    }
    element.children.retain_mut(keeps);
    let is_look = |node: &Node| matches!(node, Node::Element(e) if e.name == "w:rPr");
    element.name != "w:r" || !element.children.iter().all(is_look)
}
