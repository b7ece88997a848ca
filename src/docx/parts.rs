//! Parts beside the text, added with their content type and relation; whatever else stands in
//! a part stays as it is.

use super::conform::DECLARATION;
use super::package::Package;
use super::story::Unreadable;
use super::xml;

const TYPES: &str = "[Content_Types].xml";
/// What the relations begin with.
pub(super) const RELATIONS: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Adds a part that another one (the package itself: `""`) relates to; gives its name.
pub(super) fn add(
    package: &mut Package,
    from: &str,
    stem: &str,
    content_type: &str,
    relation: &str,
    text: String,
) -> Result<String, Unreadable> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let name = free(package, |n| format!("{folder}{stem}{n}.xml"));
    typed(package, &name, content_type)?;
    let target = name[folder.len()..].to_owned();
    related(package, from, relation, &target)?;
    package.replace(&name, text);
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
pub(super) fn typed(
    package: &mut Package,
    name: &str,
    content_type: &str,
) -> Result<(), Unreadable> {
    let entry =
        format!("<Override PartName=\"/{name}\" ContentType=\"{content_type}\"/>");
    let known = text(package, TYPES)?;
    if known.contains(&format!("\"/{name}\"")) {
        return Ok(());
    }
    append(package, TYPES, "Types", &entry)
}

/// Adds a relation of a part.
pub(super) fn related(
    package: &mut Package,
    from: &str,
    relation: &str,
    target: &str,
) -> Result<(), Unreadable> {
    let (folder, file) = from.rsplit_once('/').unwrap_or(("", from));
    let folder = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let name = format!("{folder}_rels/{file}.rels");
    if package.part(&name).is_none() {
        let empty = format!(
            "{DECLARATION}<Relationships xmlns=\"http://schemas.openxmlformats.org/\
             package/2006/relationships\"></Relationships>"
        );
        package.replace(&name, empty);
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

fn text(package: &Package, name: &str) -> Result<String, Unreadable> {
    let bytes = package.part(name).unwrap_or_default().to_vec();
    String::from_utf8(bytes).map_err(|_| Unreadable(name.to_owned()))
}

/// Puts an element at the end of a part's root.
fn append(
    package: &mut Package,
    name: &str,
    root: &str,
    entry: &str,
) -> Result<(), Unreadable> {
    let broken = || Unreadable(name.to_owned());
    let mut nodes =
        xml::parse(package.part(name).unwrap_or_default()).map_err(|_| broken())?;
    let top = super::elements(&mut nodes).next().ok_or_else(broken)?;
    if top.name != root {
        return Err(broken());
    }
    top.children.extend(xml::fragment(entry));
    package.replace(name, xml::serialize(&nodes));
    Ok(())
}
