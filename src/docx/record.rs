//! The two copies of the record in a Word file: a custom XML part and a custom property, of
//! which one survives where the other does not.

use std::collections::BTreeSet;

use super::conform::DECLARATION;
use super::elements;
use super::package::Package;
use super::parts::{RELATIONS, related, typed};
use super::story::Unreadable;
use super::xml::{self, Node};
use crate::record::Record;

/// Where custom XML stands.
const ITEMS: &str = "customXml/";
/// The namespace of the record there; what describes the part names it, too.
const NAMESPACE: &str = "urn:khung:record:1";
/// What describes the part with the record.
const DESCRIPTION: &str = include_str!("parts/item-props.xml");
/// Where custom properties stand, if they have no place yet.
const PROPERTIES: &str = "docProps/custom.xml";
/// Name of the record among them.
const PROPERTY: &str = "khung-record";
const PROPERTIES_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.custom-properties+xml";
const DESCRIPTION_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.customXmlProperties+xml";
const VALUE_NAMESPACE: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";

/// Tells whether a part of a package, by its name, is one where the record may stand.
pub(super) fn may_stand_in(package: &Package, part: &str) -> bool {
    part.starts_with(ITEMS) || part == properties_of(package)
}

/// Tells whether a part, by its name, is needed to find the record.
pub(crate) fn may_tell(part: &str) -> bool {
    part.starts_with(ITEMS) || part == PROPERTIES || part == "_rels/.rels"
}

/// The name of the part with the custom properties, or that which it would have.
fn properties_of(package: &Package) -> &str {
    package.related("", "custom-properties").unwrap_or(PROPERTIES)
}

/// The record's text: from the custom XML part, else from the custom property; a copy that
/// can be read before one that cannot.
#[must_use]
pub fn read_record(package: &Package) -> Option<String> {
    let mut copies = copies(package);
    let first = copies.first()?;
    if copies.iter().all(|copy| copy == first) {
        return Some(copies.swap_remove(0));
    }
    let whole = copies.iter().position(|copy| Record::read(Some(copy)).is_ok());
    Some(copies.swap_remove(whole.unwrap_or_default()))
}

/// Tells whether only one of the two copies of the record is left as khung wrote it.
pub(crate) fn has_lost_a_record(package: &Package) -> bool {
    let copies = copies(package);
    copies.len() < 2 || copies.iter().any(|copy| *copy != copies[0])
}

/// The text of each copy.
pub(crate) fn copies(package: &Package) -> Vec<String> {
    let text_of = |bytes: &[u8], marker: &str| -> Option<String> {
        let nodes = xml::parse(bytes).ok()?;
        let text = xml::serialize(&nodes);
        let from = text.find(marker)?;
        let from = from + text[from..].find('>')? + 1;
        let inner = &text[from..];
        let inner = inner.strip_prefix("<vt:lpwstr>").unwrap_or(inner);
        // The part that describes the record names it, and says nothing.
        let inner = inner.split('<').next()?.trim();
        (!inner.is_empty()).then(|| inner.to_owned())
    };
    let items = package.parts.iter().filter(|(name, _)| name.starts_with(ITEMS));
    let items = items.filter_map(|(_, bytes)| text_of(bytes, NAMESPACE));
    let property = package.part(properties_of(package));
    let property =
        property.and_then(|bytes| text_of(bytes, &format!("name=\"{PROPERTY}\"")));
    items.chain(property).collect()
}

/// Adds both copies to a package that has none, and whose relations and types know them.
pub(super) fn add(package: &mut Package, text: &str) {
    let name = Item(1);
    package.replace(&name.part(), item(text));
    package.replace(&name.relations(), name.own_relations());
    package.replace(&name.description(), DESCRIPTION);
    package.replace(PROPERTIES, properties(text));
}

/// Replaces both copies; one that is missing is added to the part `main`.
///
/// # Errors
/// When a part that must name it cannot be read.
pub(crate) fn set(
    package: &mut Package,
    main: &str,
    text: &str,
) -> Result<(), Unreadable> {
    let is_copy = |(name, bytes): &&mut (String, Vec<u8>)| {
        name.rsplit('/').next().is_some_and(|file| file.starts_with("item"))
            && !name.contains("Props")
            && names_record(name, bytes)
    };
    match package.parts.iter_mut().find(is_copy) {
        Some((_, bytes)) => *bytes = item(text).into_bytes(),
        None => add_item(package, main, item(text))?,
    }
    set_property(package, text)
}

/// Takes both copies out.
pub(super) fn remove(package: &mut Package) {
    let named = package.parts.iter().filter(|(name, bytes)| names_record(name, bytes));
    let named = named.flat_map(|(name, _)| {
        let description = package.related(name, "customXmlProps");
        description.into_iter().chain([name.as_str()]).map(ToOwned::to_owned)
    });
    let mut gone: BTreeSet<String> = named.collect();
    let name = package.related("", "custom-properties").map(ToOwned::to_owned);
    gone.extend(name.filter(|name| remove_property(package, name)));
    package.remove(&gone);
}

/// Tells whether a part is custom XML that names the record: a copy of it, or what describes
/// one.
fn names_record(name: &str, bytes: &[u8]) -> bool {
    name.starts_with(ITEMS)
        && !name.contains("/_rels/")
        && String::from_utf8_lossy(bytes).contains(NAMESPACE)
}

/// The `n`-th part of custom XML, from 1, and what belongs to it.
struct Item(usize);

impl Item {
    fn part(&self) -> String {
        format!("{ITEMS}item{}.xml", self.0)
    }

    fn description(&self) -> String {
        format!("{ITEMS}itemProps{}.xml", self.0)
    }

    fn relations(&self) -> String {
        format!("{ITEMS}_rels/item{}.xml.rels", self.0)
    }

    fn own_relations(&self) -> String {
        let description = format!("itemProps{}.xml", self.0);
        include_str!("parts/item-rels.xml").replace("itemProps1.xml", &description)
    }
}

/// The custom XML part of a record.
fn item(text: &str) -> String {
    format!("{DECLARATION}<record xmlns=\"{NAMESPACE}\">{text}</record>")
}

/// The custom properties of a file that has but the record's.
fn properties(text: &str) -> String {
    format!(
        "{DECLARATION}<Properties \
         xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/custom-properties\" \
         xmlns:vt=\"{VALUE_NAMESPACE}\">\
         <property fmtid=\"{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}\" pid=\"2\" \
         name=\"{PROPERTY}\"><vt:lpwstr>{text}</vt:lpwstr></property></Properties>"
    )
}

fn add_item(package: &mut Package, main: &str, item: String) -> Result<(), Unreadable> {
    let mut name = Item(1);
    while [name.part(), name.description()].iter().any(|n| package.part(n).is_some()) {
        name.0 += 1;
    }
    package.replace(&name.part(), item);
    package.replace(&name.description(), DESCRIPTION);
    package.replace(&name.relations(), name.own_relations());
    typed(package, &name.description(), DESCRIPTION_TYPE)?;
    let up = "../".repeat(main.matches('/').count());
    let target = format!("{up}{}", name.part());
    related(package, main, &format!("{RELATIONS}/customXml"), &target)
}

fn set_property(package: &mut Package, text: &str) -> Result<(), Unreadable> {
    let name = properties_of(package).to_owned();
    if package.part(&name).is_none() {
        package.replace(PROPERTIES, properties(text));
        typed(package, PROPERTIES, PROPERTIES_TYPE)?;
        let relation = format!("{RELATIONS}/custom-properties");
        return related(package, "", &relation, PROPERTIES);
    }
    let broken = || Unreadable(name.clone());
    let mut nodes =
        xml::parse(package.part(&name).unwrap_or_default()).map_err(|_| broken())?;
    let root = elements(&mut nodes).next().ok_or_else(broken)?;
    let mut ids: Vec<u32> = Vec::new();
    let mut is_set = false;
    for property in elements(&mut root.children) {
        ids.extend(property.value("pid").and_then(|id| id.parse::<u32>().ok()));
        if property.value("name").as_deref() != Some(PROPERTY) {
            continue;
        }
        if let Some(value) = elements(&mut property.children).next() {
            value.children = vec![Node::Raw(text.into())];
            is_set = true;
        }
    }
    if is_set {
        package.replace(&name, xml::serialize(&nodes));
        return Ok(());
    }
    let mut added = xml::parse(properties(text).as_bytes()).unwrap_or_default();
    let own = elements(&mut added).next().map(|own| std::mem::take(&mut own.children));
    for mut property in own.into_iter().flatten() {
        if let Node::Element(property) = &mut property {
            let id = ids.iter().max().map_or(2, |id| id.saturating_add(1).max(2));
            property.set_attribute("pid", &id.to_string());
            if root.value("xmlns:vt").is_none() {
                root.set_attribute("xmlns:vt", VALUE_NAMESPACE);
            }
        }
        root.children.push(property);
    }
    package.replace(&name, xml::serialize(&nodes));
    Ok(())
}

/// Takes the record out of the custom properties, and tells whether none is left.
fn remove_property(package: &mut Package, name: &str) -> bool {
    let Ok(mut nodes) = xml::parse(package.part(name).unwrap_or_default()) else {
        return false;
    };
    let is_record = |node: &Node| match node {
        Node::Element(one) => one.value("name").as_deref() == Some(PROPERTY),
        Node::Raw(_) => false,
    };
    let mut is_empty = false;
    for root in elements(&mut nodes) {
        root.children.retain(|node| !is_record(node));
        let is_property =
            |node: &Node| matches!(node, Node::Element(one) if one.local() == "property");
        is_empty = !root.children.iter().any(is_property);
    }
    package.replace(name, xml::serialize(&nodes));
    is_empty
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docx::{Properties, hash, write};

    #[test]
    fn the_record_comes_back_from_either_copy_and_the_hash_notices_edits() {
        let document = crate::markdown::parse("<!-- khung: a -->\nMột\n").unwrap();
        let bytes =
            write(&document, &Properties::default(), |hash| format!("{hash}AA=="))
                .unwrap();
        assert_eq!(
            bytes,
            write(&document, &Properties::default(), |h| format!("{h}AA==")).unwrap()
        );
        let mut package = Package::read(&bytes).unwrap();
        let record = format!("{}AA==", hash(&package));
        assert_eq!(read_record(&package), Some(record.clone()));
        package.parts.retain(|(name, _)| !name.starts_with(ITEMS));
        assert_eq!(read_record(&package), Some(record));
        let before = hash(&package);
        let at =
            package.parts.iter().position(|(n, _)| n == "word/document.xml").unwrap();
        package.parts[at].1.push(b' ');
        assert_ne!(hash(&package), before);
    }

    #[test]
    fn of_two_copies_of_the_record_the_one_that_is_whole_counts() {
        let document = crate::markdown::parse("<!-- khung: a -->\nMột\n").unwrap();
        let record = crate::record::stamp(&"0".repeat(64), &Record::default().encode());
        let bytes = write(&document, &Properties::default(), |_| record.clone()).unwrap();
        for torn in [PROPERTIES, "customXml/item1.xml"] {
            let mut package = Package::read(&bytes).unwrap();
            for (name, bytes) in &mut package.parts {
                if name == torn {
                    let text = String::from_utf8_lossy(bytes);
                    *bytes = text.replace(&record, &record[4..]).into_bytes();
                }
            }
            assert_eq!(read_record(&package).as_ref(), Some(&record), "{torn}");
        }
    }
}
