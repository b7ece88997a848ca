//! All that a Word file shows, in whatever part and element it stands: more than khung reads as
//! its text. The last look at a file before somebody signs it.

use std::collections::BTreeMap;

use super::comments::PARTS;
use super::package::Package;
use super::story::Story;
use super::xml::{self, Element, Node};

/// A paragraph of any kind, or a text that stands in none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sight {
    /// Name of the part.
    pub(crate) part: String,
    /// What it shows; in capitals what is set in capitals, or looks like a slot.
    pub(crate) text: String,
    /// What of it nobody sees: hidden, or white on white.
    pub(crate) hidden: String,
    /// What its fields do.
    pub(crate) fields: Vec<String>,
    /// Whether some of it is drawn: as a shape, or as a formula.
    pub(crate) is_drawn: bool,
    /// Whether it is what an office shows that does not know the first form of it.
    pub(crate) is_second: bool,
}

/// Parts with words that no page shows: names of styles, properties, blocks to insert.
const APART: [&str; 6] =
    ["styles", "settings", "fontTable", "webSettings", "stylesWithEffects", "glossary"];

/// What holds a paragraph of its own, within another one or not.
const PARAGRAPHS: [&str; 4] = ["w:p", "a:p", "w:rt", "c:v"];

/// All that the parts of a file show; `stories` are those that were read, the main part first.
pub(crate) fn sights(package: &Package, stories: &[Story]) -> Vec<Sight> {
    let Some(main) = stories.first().map(|story| story.part.as_str()) else {
        return Vec::new();
    };
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let styles = package.related(main, "styles").and_then(|name| package.part(name));
    let looks = looks(styles);
    let comments: Vec<&str> =
        PARTS.into_iter().filter_map(|kind| package.related(main, kind)).collect();
    let is_apart = |name: &str| {
        let own = name.strip_prefix(folder).unwrap_or(name).trim_start_matches('/');
        comments.contains(&name) || APART.iter().any(|apart| own.starts_with(apart))
    };
    let mut out = Vec::new();
    for (name, bytes) in &package.parts {
        if !name.starts_with(folder) || is_apart(name) {
            continue;
        }
        let mut look = |nodes: &[Node]| {
            let mut eye = Eye { part: name, looks: &looks, out: &mut out };
            eye.nodes(nodes, None, Look::default());
        };
        match stories.iter().find(|story| story.part == *name) {
            Some(story) => look(&story.nodes),
            None => look(&xml::parse(bytes).unwrap_or_default()),
        }
    }
    out.retain(|sight| {
        !(sight.text.is_empty() && sight.hidden.is_empty() && sight.fields.is_empty())
    });
    out
}

/// How words look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Look {
    hidden: Option<bool>,
    white: Option<bool>,
    capitals: Option<bool>,
    /// Yellow, as slots are.
    slot: bool,
    /// On a ground on which white can be read, or which is not known.
    ground: bool,
    /// In what an office shows that does not know the first form.
    is_second: bool,
}

impl Look {
    /// As the properties of a run, paragraph, cell or style change it.
    fn with(mut self, properties: Option<&Element>) -> Self {
        let Some(all) = properties else { return self };
        let is_on = |name: &str| {
            let one = all.element(name)?;
            let value = one.value("w:val");
            Some(!value.is_some_and(|value| ["0", "false", "off"].contains(&&*value)))
        };
        self.hidden = is_on("w:vanish").or(self.hidden);
        self.capitals = is_on("w:caps").or(self.capitals);
        if let Some(colour) = all.element("w:color").and_then(|one| one.value("w:val")) {
            self.white = Some(colour.eq_ignore_ascii_case("FFFFFF"));
        }
        let yellow = |value: &str| ["yellow", "ffff00"].contains(&&*value.to_lowercase());
        let highlight = all.element("w:highlight").and_then(|one| one.value("w:val"));
        let fill = all.element("w:shd").and_then(|one| one.value("w:fill"));
        self.slot |= highlight.as_deref().is_some_and(yellow);
        self.slot |= fill.as_deref().is_some_and(yellow);
        let is_ground = |fill: &str| !["auto", "ffffff"].contains(&&*fill.to_lowercase());
        self.ground |= fill.as_deref().is_some_and(is_ground)
            || highlight.as_deref().is_some_and(|value| value != "none");
        self
    }

    /// As a style changes it.
    fn styled(mut self, looks: &BTreeMap<String, Self>, style: Option<&Element>) -> Self {
        let id = style.and_then(|style| style.value("w:val"));
        let Some(look) = id.and_then(|id| looks.get(&id)) else { return self };
        self.hidden = look.hidden.or(self.hidden);
        self.white = look.white.or(self.white);
        self.capitals = look.capitals.or(self.capitals);
        self.slot |= look.slot;
        self.ground |= look.ground;
        self
    }
}

/// How each style looks, by its id.
fn looks(styles: Option<&[u8]>) -> BTreeMap<String, Look> {
    let nodes = styles.and_then(|bytes| xml::parse(bytes).ok()).unwrap_or_default();
    let Some(root) = xml::root(&nodes) else { return BTreeMap::new() };
    let named = |style| Some((Element::value(style, "w:styleId")?, style));
    let styles: BTreeMap<String, &Element> =
        root.elements("w:style").filter_map(named).collect();
    let look = |id: &String| {
        // From the style that it all is based on to this one; a circle ends somewhere.
        let mut chain = vec![styles[id]];
        while let Some(base) = chain.last().and_then(|style| style.element("w:basedOn"))
            && let Some(style) = base.value("w:val").and_then(|id| styles.get(&id))
            && chain.len() < styles.len()
        {
            chain.push(style);
        }
        chain.into_iter().rev().fold(Look::default(), |look, style| {
            look.with(style.element("w:pPr")).with(style.element("w:rPr"))
        })
    };
    styles.keys().map(|id| (id.clone(), look(id))).collect()
}

/// Looks at one part.
struct Eye<'e> {
    part: &'e str,
    looks: &'e BTreeMap<String, Look>,
    out: &'e mut Vec<Sight>,
}

impl Eye<'_> {
    fn nodes(&mut self, nodes: &[Node], paragraph: Option<usize>, look: Look) {
        for node in nodes {
            if let Node::Element(element) = node {
                self.element(element, paragraph, look);
            }
        }
    }

    fn element(&mut self, element: &Element, paragraph: Option<usize>, look: Look) {
        let name = &*element.name;
        let mut look = look;
        match name {
            "w:p" => {
                let properties = element.element("w:pPr");
                let style = properties.and_then(|all| all.element("w:pStyle"));
                look = look.styled(self.looks, style).with(properties);
            }
            "w:r" => {
                let properties = element.element("w:rPr");
                let style = properties.and_then(|all| all.element("w:rStyle"));
                look = look.styled(self.looks, style).with(properties);
            }
            "w:tc" => look = look.with(element.element("w:tcPr")),
            // Whatever colours a style gives its rows, or a shape its inside, is not known here.
            "w:tbl" => {
                let properties = element.element("w:tblPr");
                look.ground |=
                    properties.is_some_and(|all| all.element("w:tblStyle").is_some());
            }
            "w:txbxContent" => look.ground = true,
            "mc:Fallback" => look.is_second = true,
            _ => {}
        }
        let paragraph =
            if PARAGRAPHS.contains(&name) { Some(self.begin(look)) } else { paragraph };
        let text = match name {
            "w:pPr" | "w:rPr" | "w:tblPr" | "w:tcPr" | "w:trPr" | "w:sectPr" => return,
            "w:tab" | "w:br" | "w:cr" | "w:ptab" | "a:br" => " ".to_owned(),
            "w:noBreakHyphen" => "-".to_owned(),
            "v:textpath" => element.value("string").unwrap_or_default(),
            "w:lvlText" => element.value("w:val").unwrap_or_default(),
            "w:fldSimple" => element.value("w:instr").unwrap_or_default(),
            _ => element.text(),
        };
        if !text.is_empty() {
            self.say(name, &text, paragraph, look);
        }
        self.nodes(&element.children, paragraph, look);
    }

    fn begin(&mut self, look: Look) -> usize {
        let (part, is_second) = (self.part.to_owned(), look.is_second);
        self.out.push(Sight { part, is_second, ..Sight::default() });
        self.out.len() - 1
    }

    /// Adds a text to its paragraph; one without is a paragraph of its own.
    fn say(&mut self, name: &str, text: &str, paragraph: Option<usize>, look: Look) {
        let at = paragraph.unwrap_or_else(|| self.begin(look));
        let sight = &mut self.out[at];
        if matches!(name, "w:instrText" | "w:fldSimple") {
            // An instruction may be in pieces, which follow each other.
            let begins = name == "w:fldSimple" || text.starts_with(char::is_whitespace);
            match sight.fields.last_mut().filter(|_| !begins) {
                Some(last) => last.push_str(text),
                None => sight.fields.push(text.to_owned()),
            }
            return;
        }
        sight.is_drawn |= matches!(name, "v:textpath" | "a:t" | "m:t");
        let is_white = look.white == Some(true) && !look.ground;
        if look.hidden == Some(true) || is_white {
            sight.hidden.push_str(text);
        }
        if look.capitals == Some(true) || look.slot {
            sight.text.push_str(&text.to_uppercase());
        } else {
            sight.text.push_str(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docx::story::Kind;

    const STYLES: &str = "<w:styles><w:style w:styleId='An'><w:rPr><w:vanish/></w:rPr></w:style>\
        <w:style w:styleId='Con'><w:basedOn w:val='An'/></w:style>\
        <w:style w:styleId='Vong'><w:basedOn w:val='Vong'/></w:style></w:styles>";

    fn seen(body: &str) -> Vec<Sight> {
        let part = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
        let relations = "<R><Relationship Type='x/styles' Target='styles.xml'/></R>";
        let package = Package {
            parts: vec![
                part("word/document.xml", body),
                part("word/styles.xml", STYLES),
                part("word/_rels/document.xml.rels", relations),
            ],
        };
        let nodes = xml::parse(body.as_bytes()).unwrap();
        let part = "word/document.xml".to_owned();
        sights(&package, &[Story { part, kind: Kind::Body, nodes }])
    }

    /// What a paragraph shows, whatever its words are made of.
    #[test]
    fn words_are_seen_in_whatever_they_stand() {
        let run = |properties: &str, text: &str| {
            format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>")
        };
        let paragraph = |inner: &str| format!("<w:p>{inner}</w:p>");
        let rows = [
            (run("", "một") + "<w:r><w:br/></w:r>" + &run("", "hai"), vec!["một hai"]),
            (run("<w:caps/>", "cần") + &run("<w:caps w:val='0'/>", " bổ"), vec!["CẦN bổ"]),
            (run("<w:highlight w:val='yellow'/>", "cần"), vec!["CẦN"]),
            ("<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>".to_owned(), vec!["x"]),
            ("<w:r><w:pict><v:textpath string='a'/></w:pict></w:r>".to_owned(), vec!["a"]),
            ("<w:r><a:p><a:r><a:t>hình</a:t></a:r></a:p></w:r>".to_owned(), vec!["hình"]),
            (
                "<w:ruby><w:rt><w:r><w:t>trên</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>dưới</w:t></w:r></w:rubyBase></w:ruby>"
                    .to_owned(),
                vec!["dưới", "trên"],
            ),
        ];
        for (inner, expected) in rows {
            let seen = seen(&paragraph(&inner));
            let texts: Vec<&str> = seen.iter().map(|sight| sight.text.as_str()).collect();
            assert_eq!(texts, expected, "{inner}");
        }
    }

    #[test]
    fn what_nobody_sees_is_told_apart() {
        let white = "<w:rPr><w:color w:val='ffffff'/></w:rPr>";
        let dark = "<w:tcPr><w:shd w:fill='1F3864'/></w:tcPr>";
        let rows = [
            ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>ẩn</w:t></w:r></w:p>".to_owned(), "ẩn"),
            ("<w:p><w:pPr><w:pStyle w:val='Con'/></w:pPr><w:r><w:t>ẩn</w:t></w:r></w:p>".to_owned(), "ẩn"),
            (
                "<w:p><w:pPr><w:pStyle w:val='Con'/></w:pPr><w:r><w:rPr><w:vanish w:val='false'/></w:rPr><w:t>rõ</w:t></w:r></w:p>".to_owned(),
                "",
            ),
            ("<w:p><w:pPr><w:pStyle w:val='Vong'/></w:pPr><w:r><w:t>rõ</w:t></w:r></w:p>".to_owned(), ""),
            (format!("<w:p><w:r>{white}<w:t>trắng</w:t></w:r></w:p>"), "trắng"),
            (
                format!("<w:tbl><w:tr><w:tc>{dark}<w:p><w:r>{white}<w:t>rõ</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"),
                "",
            ),
        ];
        for (body, expected) in rows {
            let hidden: String =
                seen(&body).into_iter().map(|sight| sight.hidden).collect();
            assert_eq!(hidden, expected, "{body}");
        }
    }
}
