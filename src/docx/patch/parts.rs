//! Parts beside the text: added with their content type and relation, and the record's two
//! copies replaced; whatever else stands in a part stays as it is.

use super::PatchError;
use crate::docx::package::Package;
use crate::docx::xml;
use crate::docx::{RECORD_NAMESPACE, conform};

const TYPES: &str = "[Content_Types].xml";
const CUSTOM: &str = "docProps/custom.xml";
const CUSTOM_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.custom-properties+xml";
const ITEM_PROPERTIES_TYPE: &str =
    "application/vnd.openxmlformats-officedocument.customXmlProperties+xml";
const RELATIONS: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Gives a part new bytes; a new part comes last.
pub(super) fn replace(package: &mut Package, name: &str, text: String) {
    match package.parts.iter_mut().find(|(known, _)| known == name) {
        Some((_, bytes)) => *bytes = text.into_bytes(),
        None => package.parts.push((name.to_owned(), text.into_bytes())),
    }
}

/// Adds a part that another one (the package itself: `""`) relates to; gives its name.
pub(super) fn add(
    package: &mut Package,
    from: &str,
    stem: &str,
    content_type: &str,
    relation: &str,
    text: String,
) -> Result<String, PatchError> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let name = free(package, |n| format!("{folder}{stem}{n}.xml"));
    typed(package, &name, content_type)?;
    let target = name[folder.len()..].to_owned();
    related(package, from, relation, &target)?;
    replace(package, &name, text);
    Ok(name)
}

/// The first of the names, for "", 2, 3 …, that no part has.
fn free(package: &Package, name: impl Fn(&str) -> String) -> String {
    let first = name("");
    if package.part(&first).is_none() {
        return first;
    }
    let mut n = 2_usize;
    while package.part(&name(&n.to_string())).is_some() {
        n += 1;
    }
    name(&n.to_string())
}

/// Names the type of a part.
fn typed(
    package: &mut Package,
    name: &str,
    content_type: &str,
) -> Result<(), PatchError> {
    let entry =
        format!("<Override PartName=\"/{name}\" ContentType=\"{content_type}\"/>");
    let known = text(package, TYPES)?;
    if known.contains(&format!("\"/{name}\"")) {
        return Ok(());
    }
    append(package, TYPES, "Types", &entry)
}

/// Adds a relation of a part.
fn related(
    package: &mut Package,
    from: &str,
    relation: &str,
    target: &str,
) -> Result<(), PatchError> {
    let (folder, file) = from.rsplit_once('/').unwrap_or(("", from));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let name = format!("{folder}_rels/{file}.rels");
    if package.part(&name).is_none() {
        let empty = format!(
            "{}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/\
             relationships\"></Relationships>",
            conform::DECLARATION
        );
        replace(package, &name, empty);
    }
    let known = text(package, &name)?;
    let mut n = 1_usize;
    while known.contains(&format!("\"rIdKhung{n}\"")) {
        n += 1;
    }
    let entry = format!(
        "<Relationship Id=\"rIdKhung{n}\" Type=\"{relation}\" Target=\"{target}\"/>"
    );
    append(package, &name, "Relationships", &entry)
}

fn text(package: &Package, name: &str) -> Result<String, PatchError> {
    let bytes = package.part(name).unwrap_or_default().to_vec();
    String::from_utf8(bytes).map_err(|_| PatchError::Part(name.to_owned()))
}

/// Puts an element at the end of a part's root.
fn append(
    package: &mut Package,
    name: &str,
    root: &str,
    entry: &str,
) -> Result<(), PatchError> {
    let broken = || PatchError::Part(name.to_owned());
    let mut nodes =
        xml::parse(package.part(name).unwrap_or_default()).map_err(|_| broken())?;
    let top = crate::docx::elements(&mut nodes).next().ok_or_else(broken)?;
    if top.name != root {
        return Err(broken());
    }
    top.children.extend(xml::fragment(entry));
    replace(package, name, xml::serialize(&nodes));
    Ok(())
}

/// Replaces both copies of the record; a copy that is missing is added.
pub(super) fn set_record(
    package: &mut Package,
    main: &str,
    record: &str,
) -> Result<(), PatchError> {
    let is_record = |(name, bytes): &&mut (String, Vec<u8>)| {
        name.starts_with("customXml/")
            && name.rsplit('/').next().is_some_and(|file| file.starts_with("item"))
            && !name.contains("_rels")
            && !name.contains("Props")
            && String::from_utf8_lossy(bytes).contains(RECORD_NAMESPACE)
    };
    let item = conform::record_item(record);
    match package.parts.iter_mut().find(is_record) {
        Some((_, bytes)) => *bytes = item.into_bytes(),
        None => add_item(package, main, item)?,
    }
    set_property(package, record)
}

fn add_item(package: &mut Package, main: &str, item: String) -> Result<(), PatchError> {
    let mut n = 1_usize;
    let taken = |package: &Package, n: usize| {
        let names =
            [format!("customXml/item{n}.xml"), format!("customXml/itemProps{n}.xml")];
        names.iter().any(|name| package.part(name).is_some())
    };
    while taken(package, n) {
        n += 1;
    }
    let properties = format!("customXml/itemProps{n}.xml");
    let relations = include_str!("../parts/item-rels.xml")
        .replace("itemProps1.xml", &format!("itemProps{n}.xml"));
    replace(package, &format!("customXml/item{n}.xml"), item);
    replace(package, &properties, include_str!("../parts/item-props.xml").to_owned());
    replace(package, &format!("customXml/_rels/item{n}.xml.rels"), relations);
    typed(package, &properties, ITEM_PROPERTIES_TYPE)?;
    let up = "../".repeat(main.matches('/').count());
    let target = format!("{up}customXml/item{n}.xml");
    related(package, main, &format!("{RELATIONS}/customXml"), &target)
}

fn set_property(package: &mut Package, record: &str) -> Result<(), PatchError> {
    let name = package.related("", "custom-properties").unwrap_or(CUSTOM).to_owned();
    if package.part(&name).is_none() {
        replace(package, CUSTOM, conform::record_property(record));
        typed(package, CUSTOM, CUSTOM_TYPE)?;
        return related(package, "", &format!("{RELATIONS}/custom-properties"), CUSTOM);
    }
    let broken = || PatchError::Part(name.clone());
    let mut nodes =
        xml::parse(package.part(&name).unwrap_or_default()).map_err(|_| broken())?;
    let root = crate::docx::elements(&mut nodes).next().ok_or_else(broken)?;
    let mut ids: Vec<u32> = Vec::new();
    let mut is_set = false;
    for property in crate::docx::elements(&mut root.children) {
        ids.extend(property.value("pid").and_then(|id| id.parse::<u32>().ok()));
        if property.value("name").as_deref() != Some("khung-record") {
            continue;
        }
        if let Some(value) = crate::docx::elements(&mut property.children).next() {
            value.children = vec![xml::Node::Raw(record.into())];
            is_set = true;
        }
    }
    if is_set {
        replace(package, &name, xml::serialize(&nodes));
        return Ok(());
    }
    let mut added =
        xml::parse(conform::record_property(record).as_bytes()).unwrap_or_default();
    let own = crate::docx::elements(&mut added)
        .next()
        .map(|own| std::mem::take(&mut own.children));
    for mut property in own.into_iter().flatten() {
        if let xml::Node::Element(property) = &mut property {
            let id = ids.iter().max().map_or(2, |id| id.saturating_add(1).max(2));
            property.set_attribute("pid", &id.to_string());
            let namespace =
                "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes";
            if root.value("xmlns:vt").is_none() {
                root.set_attribute("xmlns:vt", namespace);
            }
        }
        root.children.push(property);
    }
    replace(package, &name, xml::serialize(&nodes));
    Ok(())
}
