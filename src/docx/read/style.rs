//! What a paragraph is by its style: heading, list item, quote, rule.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::docx::xml::{self, Element};

/// The styles of a plan as khung writes them.
const OWN: &[u8] = include_bytes!("../parts/styles.xml");
/// Styles that build on each other further than this do so in a circle.
const LONGEST_CHAIN: usize = 16;
/// Markdown has no deeper heading.
const DEEPEST_HEADING: u8 = 6;

/// What a paragraph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// A heading of a level of [`crate::document::Heading`].
    Heading(u8),
    /// A list item of a depth of [`crate::document::BlockKind::Item`].
    Item(u8),
    /// A quote, or guidance.
    Quote,
    /// Running text.
    Plain,
    /// A drawn line, or the end of a Word section: no text of the plan.
    Scaffold,
}

/// The look of each paragraph style of a file, by its id.
#[derive(Debug, Default)]
pub(super) struct Looks(BTreeMap<String, Option<Look>>);

/// A paragraph style.
struct Style {
    name: String,
    parent: Option<String>,
    look: Option<Look>,
}

impl Looks {
    /// Reads `word/styles.xml`; without one, khung's own styles.
    ///
    /// Styles are known by their names, because `LibreOffice` gives them new ids.
    pub(super) fn read(part: Option<&[u8]>) -> Self {
        static KNOWN: LazyLock<BTreeMap<String, Style>> = LazyLock::new(|| styles(OWN));
        let own = &*KNOWN;
        let own_id = |name: &str| {
            own.iter().find(|(_, style)| style.name.eq_ignore_ascii_case(name))
        };
        let file = part.map(styles).unwrap_or_default();
        let mut looks: BTreeMap<String, Option<Look>> =
            own.keys().map(|id| (id.clone(), own_look(id))).collect();
        let known = |id: &str| match file.get(id) {
            Some(style) => own_id(&style.name).and_then(|(id, _)| own_look(id)),
            None => own_look(id),
        };
        for id in file.keys() {
            let mut look = known(id);
            let mut next = Some(id);
            for _ in 0..LONGEST_CHAIN {
                let Some(style) = next.and_then(|id| file.get(id)) else { break };
                if look.is_some() {
                    break;
                }
                next = style.parent.as_ref();
                let parent = next.and_then(|id| known(id));
                // That a style builds on running text tells nothing about it.
                look = style.look.or(parent.filter(|look| *look != Look::Plain));
            }
            looks.insert(id.clone(), look);
        }
        Self(looks)
    }

    /// What a paragraph with these `w:pPr` is; none when its style does not tell.
    pub(super) fn look(&self, properties: Option<&Element>) -> Option<Look> {
        let Some(properties) = properties else { return Some(Look::Plain) };
        let style = properties.element("w:pStyle").and_then(|style| style.value("w:val"));
        let look = match style {
            Some(id) => self.0.get(&id).copied().flatten(),
            None => Some(Look::Plain),
        };
        match (direct(properties), look) {
            (Some(Direct::Look(Look::Item(_))), Some(Look::Heading(_))) => look,
            (Some(Direct::Look(Look::Item(depth))), Some(Look::Item(own))) => {
                Some(Look::Item(own.saturating_add(depth)))
            }
            (Some(Direct::Look(look)), _) => Some(look),
            (Some(Direct::NoItem), Some(Look::Item(_))) => Some(Look::Plain),
            _ => look,
        }
    }
}

fn own_look(id: &str) -> Option<Look> {
    Some(match id {
        "PlanTitle" => Look::Heading(1),
        "AnnexTitle" | "Heading1" => Look::Heading(2),
        "Heading2" => Look::Heading(3),
        "Heading3" => Look::Heading(4),
        "Heading4" => Look::Heading(5),
        "ListDash" => Look::Item(0),
        "ListPlus" => Look::Item(1),
        "Guidance" | "Quote" => Look::Quote,
        "Rule" | "MottoRule" | "TitleRule" | "AnnexRule" | "SectionEnd" => Look::Scaffold,
        "Normal" | "Subject" | "AnnexNote" | "AnnexText" | "Letterhead" | "Cell"
        | "CellHead" | "Recipients" | "RecipientsHead" | "Authority" | "Signer" => {
            Look::Plain
        }
        _ => return None,
    })
}

/// The paragraph styles of a part, by id; none when it is no XML.
fn styles(part: &[u8]) -> BTreeMap<String, Style> {
    let nodes = xml::parse(part).unwrap_or_default();
    let Some(root) = xml::root(&nodes) else { return BTreeMap::new() };
    let paragraphs = root
        .elements("w:style")
        .filter(|style| style.attribute("w:type").is_none_or(|kind| kind == "paragraph"));
    let value = |style: &Element, name: &str| style.element(name)?.value("w:val");
    paragraphs
        .filter_map(|style| {
            let look =
                style.element("w:pPr").and_then(direct).and_then(|own| match own {
                    Direct::Look(look) => Some(look),
                    Direct::NoItem => None,
                });
            let name = value(style, "w:name").unwrap_or_default();
            let parent = value(style, "w:basedOn");
            Some((style.value("w:styleId")?, Style { name, parent, look }))
        })
        .collect()
}

/// What paragraph properties say without a style.
enum Direct {
    Look(Look),
    /// The list of the style is taken away.
    NoItem,
}

fn direct(properties: &Element) -> Option<Direct> {
    let number = |element: &Element| element.value("w:val")?.parse::<u8>().ok();
    if let Some(outline) = properties.element("w:outlineLvl").and_then(number) {
        // 9 is body text.
        let level = outline.saturating_add(2).min(DEEPEST_HEADING);
        let look = if outline < 9 { Look::Heading(level) } else { Look::Plain };
        return Some(Direct::Look(look));
    }
    let list = properties.element("w:numPr")?;
    let id = list.element("w:numId").and_then(|id| id.value("w:val"));
    let depth = list.element("w:ilvl").and_then(number).unwrap_or_default();
    match id.as_deref() {
        Some("0") => Some(Direct::NoItem),
        _ => Some(Direct::Look(Look::Item(depth.min(8)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(styles: &str, properties: &str) -> Option<Look> {
        let styles = format!("<w:styles>{styles}</w:styles>");
        let looks = Looks::read(Some(styles.as_bytes()));
        let nodes =
            xml::parse(format!("<w:pPr>{properties}</w:pPr>").as_bytes()).unwrap();
        looks.look(xml::element_at(&nodes, &[0]))
    }

    #[test]
    fn styles_are_known_by_name_and_by_what_they_build_on() {
        let style = |id: &str, name: &str, more: &str| {
            format!(
                "<w:style w:type=\"paragraph\" w:styleId=\"{id}\"><w:name w:val=\"{name}\"/>{more}</w:style>"
            )
        };
        let styles = [
            style("a", "Hướng dẫn", ""),
            style("b", "Heading 3", ""),
            style("c", "Của tôi", "<w:basedOn w:val=\"b\"/>"),
            style("d", "Khác", "<w:basedOn w:val=\"Normal\"/>"),
            style("e", "Vòng", "<w:basedOn w:val=\"e\"/>"),
            style("f", "Mục", "<w:pPr><w:outlineLvl w:val=\"2\"/></w:pPr>"),
        ]
        .concat();
        let of = |id: &str, more: &str| {
            look(&styles, &format!("<w:pStyle w:val=\"{id}\"/>{more}"))
        };
        assert_eq!(of("a", ""), Some(Look::Quote));
        assert_eq!(of("b", ""), Some(Look::Heading(4)));
        assert_eq!(of("c", ""), Some(Look::Heading(4)));
        assert_eq!(of("d", ""), None);
        assert_eq!(of("e", ""), None);
        assert_eq!(of("f", ""), Some(Look::Heading(4)));
        assert_eq!(of("ListPlus", ""), Some(Look::Item(1)));
        let list = |id| {
            format!("<w:numPr><w:ilvl w:val=\"1\"/><w:numId w:val=\"{id}\"/></w:numPr>")
        };
        assert_eq!(of("ListDash", &list(1)), Some(Look::Item(1)));
        assert_eq!(of("ListDash", &list(0)), Some(Look::Plain));
        assert_eq!(of("d", &list(7)), Some(Look::Item(1)));
        assert_eq!(of("d", "<w:outlineLvl w:val=\"0\"/>"), Some(Look::Heading(2)));
        assert_eq!(look("", ""), Some(Look::Plain));
    }
}
