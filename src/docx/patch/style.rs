//! The styles of a file by the ids of khung's own, and runs that look like their neighbours.

use std::collections::BTreeMap;

use super::words::characters;
use crate::document::{Inline, Text, slots};
use crate::docx::write::gate;
use crate::docx::xml::{self, Element, Node};

/// The styles of a plan as khung writes them.
const OWN: &[u8] = include_bytes!("../parts/styles.xml");

/// For each of khung's styles the id that the file gives it: `LibreOffice` changes ids, and
/// keeps names.
#[derive(Debug, Default)]
pub(super) struct Styles(BTreeMap<String, String>);

impl Styles {
    /// Reads `word/styles.xml`.
    pub(super) fn read(part: Option<&[u8]>) -> Self {
        let file = part.map(names).unwrap_or_default();
        let ids: BTreeMap<&str, &str> =
            file.iter().rev().map(|(id, name)| (name.as_str(), id.as_str())).collect();
        let own = names(OWN).into_iter().filter_map(|(own, name)| {
            let id = ids.get(name.as_str())?;
            (*id != own).then(|| (own, (*id).to_owned()))
        });
        Self(own.collect())
    }

    /// The file's id of one of khung's styles.
    pub(super) fn id<'s>(&'s self, own: &'s str) -> &'s str {
        self.0.get(own).map_or(own, String::as_str)
    }

    /// Gives new nodes the file's ids.
    pub(super) fn adopt(&self, nodes: &mut [Node]) {
        if self.0.is_empty() {
            return;
        }
        for element in crate::docx::elements(nodes) {
            if matches!(&*element.name, "w:pStyle" | "w:rStyle" | "w:tblStyle")
                && let Some(own) = element.value("w:val")
            {
                element.set_attribute("w:val", self.id(&own));
            }
            self.adopt(&mut element.children);
        }
    }

    /// Runs with the styles of a text, in all else like the run with those properties.
    pub(super) fn runs(&self, text: &Text, like: Option<&Element>) -> Vec<Node> {
        let mut runs = Vec::new();
        for inline in &text.0 {
            match inline {
                Inline::Break => {
                    let line_break = Element::new("w:br", &[], Vec::new());
                    let properties = self.properties(like, None, false);
                    runs.push(run(properties, vec![Node::Element(line_break)]));
                }
                Inline::Run(styled) => {
                    let mut add = |text: &str, slot| {
                        let content = content(&gate(text));
                        if !content.is_empty() {
                            let properties =
                                self.properties(like, Some(&styled.style), slot);
                            runs.push(run(properties, content));
                        }
                    };
                    let mut from = 0;
                    for slot in slots(&styled.text) {
                        add(&styled.text[from..slot.start], false);
                        add(&styled.text[slot.clone()], true);
                        from = slot.end;
                    }
                    add(&styled.text[from..], false);
                }
            }
        }
        runs
    }

    fn properties(
        &self,
        like: Option<&Element>,
        style: Option<&crate::document::Style>,
        slot: bool,
    ) -> Option<Node> {
        const OWN: [&str; 11] = [
            "w:b",
            "w:bCs",
            "w:i",
            "w:iCs",
            "w:strike",
            "w:ins",
            "w:del",
            "w:moveFrom",
            "w:moveTo",
            "w:rPrChange",
            "w:rStyle",
        ];
        let mut all: Vec<Node> = Vec::new();
        let toggle = |name: &str| Node::Element(Element::new(name, &[], Vec::new()));
        if slot {
            let id = [("w:val", self.id("Slot"))];
            all.push(Node::Element(Element::new("w:rStyle", &id, Vec::new())));
        }
        let mut rest: Vec<Node> = like.map_or_else(Vec::new, |like| {
            let is_own = |node: &Node| {
                matches!(node, Node::Element(one) if OWN.contains(&&*one.name))
            };
            like.children.iter().filter(|node| !is_own(node)).cloned().collect()
        });
        let split = |rest: &[Node], names: &[&str]| {
            let is = |node: &Node| matches!(node, Node::Element(one) if names.contains(&&*one.name));
            rest.iter().rposition(is).map_or(0, |at| at + 1)
        };
        let fonts = split(&rest, &["w:rFonts"]);
        all.extend(rest.drain(..fonts));
        let style = style.cloned().unwrap_or_default();
        if style.bold {
            all.extend([toggle("w:b"), toggle("w:bCs")]);
        }
        if style.italic {
            all.extend([toggle("w:i"), toggle("w:iCs")]);
        }
        let capitals = split(&rest, &["w:caps", "w:smallCaps"]);
        all.extend(rest.drain(..capitals));
        if style.strike {
            all.push(toggle("w:strike"));
        }
        all.append(&mut rest);
        (!all.is_empty()).then(|| Node::Element(Element::new("w:rPr", &[], all)))
    }
}

fn run(properties: Option<Node>, content: Vec<Node>) -> Node {
    let children = properties.into_iter().chain(content).collect();
    Node::Element(Element::new("w:r", &[], children))
}

/// Characters and tabs.
fn content(text: &str) -> Vec<Node> {
    let mut nodes = Vec::new();
    for (at, piece) in text.split('\t').enumerate() {
        if at > 0 {
            nodes.push(Node::Element(Element::new("w:tab", &[], Vec::new())));
        }
        if !piece.is_empty() {
            nodes.push(characters(piece));
        }
    }
    nodes
}

/// The styles of a part: id and name, in lower case as Word compares them.
fn names(part: &[u8]) -> Vec<(String, String)> {
    let mut nodes = xml::parse(part).unwrap_or_default();
    let Some(root) = crate::docx::elements(&mut nodes).next() else { return Vec::new() };
    let named = root.elements("w:style").filter_map(|style| {
        let kind = style.value("w:type").unwrap_or_default();
        let name = style.element("w:name")?.value("w:val")?.to_lowercase();
        Some((style.value("w:styleId")?, format!("{kind} {name}")))
    });
    named.collect()
}
