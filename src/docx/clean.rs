//! Takes out of a Word file what it says of the people who wrote it, and what no page needs.

use std::collections::BTreeSet;

use super::elements;
use super::package::{Package, resolved};
use super::xml::{self, Element, Node};

/// Relations that go with what they lead to, by how their types end.
const RELATIONS: [&str; 8] = [
    "attachedTemplate",
    "glossaryDocument",
    "thumbnail",
    "customXml",
    "printerSettings",
    "people",
    "custom-properties",
    "keyMapCustomizations",
];

/// Elements that go, wherever they stand.
const ELEMENTS: [&str; 10] = [
    "w:attachedTemplate",
    "w:docVars",
    "w:documentProtection",
    "w:writeProtection",
    "w:trackRevisions",
    "w:updateFields",
    "w:rsids",
    "w:permStart",
    "w:permEnd",
    "w:printerSettings",
];

/// Properties of the file that tell of people.
const PROPERTIES: [&str; 8] = [
    "lastModifiedBy",
    "creator",
    "revision",
    "Company",
    "Manager",
    "Template",
    "TotalTime",
    "HyperlinkBase",
];

/// Takes out all of that; `keeps` tells of a text whether the plan says it, too, as it does the
/// agency's name.
pub(crate) fn clean(package: &mut Package, keeps: impl Fn(&str) -> bool) {
    let gone = unrelated(package, &RELATIONS);
    let properties = ["core-properties", "extended-properties"];
    let properties: Vec<String> = properties
        .iter()
        .filter_map(|kind| package.related("", kind).map(ToOwned::to_owned))
        .collect();
    for (name, bytes) in &mut package.parts {
        if name.contains("_rels/") || gone.contains(name) {
            continue;
        }
        let Ok(mut nodes) = xml::parse(bytes) else { continue };
        let is_told = properties.contains(name);
        let before = xml::serialize(&nodes);
        sweep(&mut nodes);
        for root in elements(&mut nodes).filter(|_| is_told) {
            root.children.retain(|node| match node {
                Node::Element(one) => {
                    !PROPERTIES.contains(&one.local()) || keeps(&one.text())
                }
                Node::Raw(_) => true,
            });
        }
        let after = xml::serialize(&nodes);
        if after != before {
            *bytes = after.into_bytes();
        }
    }
    package.remove(&gone);
}

/// Takes out a digital signature: a copy that is not the file signed makes it void.
pub(super) fn unsign(package: &mut Package) {
    let gone = unrelated(package, &["origin"]);
    package.remove(&gone);
}

/// Drops relations whose types end so, and gives the parts to which they led.
fn unrelated(package: &mut Package, kinds: &[&str]) -> BTreeSet<String> {
    let mut gone = BTreeSet::new();
    for (name, bytes) in &mut package.parts {
        let Some((folder, _)) = name.split_once("_rels/") else { continue };
        let Ok(mut nodes) = xml::parse(bytes) else { continue };
        let mut goes = |node: &Node| {
            let Node::Element(relation) = node else { return false };
            let kind = relation.value("Type").unwrap_or_default();
            let goes = kinds.contains(&kind.rsplit('/').next().unwrap_or_default());
            let is_outside = relation.value("TargetMode").as_deref() == Some("External");
            if goes && !is_outside {
                let target = relation.value("Target").unwrap_or_default();
                gone.insert(resolved(folder, &target));
            }
            goes
        };
        let mut is_changed = false;
        for root in elements(&mut nodes) {
            let count = root.children.len();
            root.children.retain(|node| !goes(node));
            is_changed |= root.children.len() < count;
        }
        if is_changed {
            *bytes = xml::serialize(&nodes).into_bytes();
        }
    }
    // What a signature is made of stands in a folder of its own.
    if kinds.contains(&"origin") {
        let parts = package.parts.iter().map(|(name, _)| name);
        gone.extend(parts.filter(|name| name.starts_with("_xmlsignatures/")).cloned());
    }
    gone
}

fn sweep(nodes: &mut Vec<Node>) {
    nodes.retain_mut(|node| match node {
        Node::Element(element) => {
            for rsid in rsids(element) {
                element.remove_attribute(&rsid);
            }
            sweep(&mut element.children);
            !ELEMENTS.contains(&&*element.name)
        }
        Node::Raw(_) => true,
    });
}

/// The attributes of an element that tell in which session it was written.
fn rsids(element: &Element) -> Vec<String> {
    const ALL: [&str; 6] =
        ["w:rsidR", "w:rsidRDefault", "w:rsidP", "w:rsidRPr", "w:rsidTr", "w:rsidSect"];
    let is_there = |name: &&str| element.attribute(name).is_some();
    ALL.into_iter().filter(is_there).map(ToOwned::to_owned).collect()
}
