//! All that a Word file shows, in whatever part and element it stands: more than khung reads as
//! its text. The last look at a file before somebody signs it.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::comments::PARTS;
use super::package::Package;
use super::story::Story;
use super::xml::{self, Element, Node, Path};

/// A paragraph of any kind, or a text that stands in none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sight {
    /// Name of the part.
    pub(crate) part: String,
    /// Where in the part.
    pub(crate) path: Path,
    /// What it shows; in capitals what is set in capitals, or looks like a slot.
    pub(crate) text: String,
    /// What of it nobody sees: hidden, or white on white.
    pub(crate) hidden: String,
    /// What its fields do.
    pub(crate) fields: Vec<String>,
    /// Its words as they are typed, in pieces of one look.
    pub(crate) pieces: Vec<Piece>,
    /// Whether some of it is drawn: as a shape, or as a formula.
    pub(crate) is_drawn: bool,
    /// Whether it is what an office shows that does not know the first form of it.
    pub(crate) is_second: bool,
}

/// Words in the same typefaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    faces: Faces,
    pub(crate) text: String,
}

impl Piece {
    /// The typefaces that Word may set letters of it in.
    pub(crate) fn faces(&self) -> impl Iterator<Item = &str> {
        [&self.faces.ascii, &self.faces.other].into_iter().flatten().map(|face| &**face)
    }
}

impl Sight {
    /// The typefaces that Word sets its letters and digits in, each with the first words in it;
    /// none for those of Chinese, Japanese and Korean.
    pub(crate) fn typefaces(&self) -> BTreeMap<&str, &str> {
        let mut found = BTreeMap::new();
        for Piece { faces, text } in &self.pieces {
            for (face, is_ascii) in [(&faces.ascii, true), (&faces.other, false)] {
                let is_set = |c: char| c.is_ascii() == is_ascii && is_western(c);
                if let Some(face) = face.as_deref().filter(|_| text.contains(is_set)) {
                    found.entry(face).or_insert(text.as_str());
                }
            }
        }
        found
    }
}

/// Parts with words that no page shows: names of styles, properties, blocks to insert.
const APART: [&str; 6] =
    ["styles", "settings", "fontTable", "webSettings", "stylesWithEffects", "glossary"];

/// What holds words as people type them, or stands for a character of them.
const TYPED: [&str; 7] =
    ["w:t", "a:t", "w:tab", "w:br", "w:cr", "w:noBreakHyphen", "w:softHyphen"];

/// What holds a paragraph of its own, within another one or not.
const PARAGRAPHS: [&str; 4] = ["w:p", "a:p", "w:rt", "c:v"];

/// All that the parts of a file show; `stories` are those that were read, the main part first.
pub(crate) fn sights(package: &Package, stories: &[Story]) -> Vec<Sight> {
    let Some(main) = stories.first().map(|story| story.part.as_str()) else {
        return Vec::new();
    };
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder);
    let related = |kind| package.related(main, kind).and_then(|name| package.part(name));
    let sheet = Sheet::read(related("styles"), related("theme"));
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
            let path = Path::new();
            let mut eye = Eye { part: name, sheet: &sheet, path, out: &mut out };
            eye.nodes(nodes, None, &sheet.base);
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

/// The typefaces of words: of their ASCII letters, and of all others (`w:ascii`, `w:hAnsi`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Faces {
    ascii: Option<Rc<str>>,
    other: Option<Rc<str>>,
}

/// How words look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Look {
    hidden: Option<bool>,
    white: Option<bool>,
    capitals: Option<bool>,
    faces: Faces,
    /// Yellow, as slots are.
    slot: bool,
    /// On a ground on which white can be read, or which is not known.
    ground: bool,
    /// In what an office shows that does not know the first form.
    is_second: bool,
}

impl Look {
    /// As the properties of a run, paragraph, cell or style change it.
    fn with(mut self, properties: Option<&Element>, theme: &Theme) -> Self {
        let Some(all) = properties else { return self };
        let is_on = |name: &str| {
            let one = all.element(name)?;
            let value = one.value("w:val");
            Some(!value.is_some_and(|value| ["0", "false", "off"].contains(&&*value)))
        };
        self.hidden = is_on("w:vanish").or(self.hidden);
        self.capitals = is_on("w:caps").or(self.capitals);
        if let Some(colour) = all.element("w:color") {
            let of_theme = colour.value("w:themeColor");
            let is_ground = |name| ["background1", "light1"].contains(&name);
            self.white = Some(
                colour
                    .value("w:val")
                    .is_some_and(|value| value.eq_ignore_ascii_case("FFFFFF"))
                    || of_theme.as_deref().is_some_and(is_ground),
            );
        }
        if let Some(fonts) = all.element("w:rFonts") {
            let named = |theme_name: &str, name: &str| {
                let of_theme = fonts.value(theme_name).and_then(|name| theme.face(&name));
                of_theme.or_else(|| fonts.value(name).map(Rc::from))
            };
            self.faces.ascii = named("w:asciiTheme", "w:ascii").or(self.faces.ascii);
            self.faces.other = named("w:hAnsiTheme", "w:hAnsi").or(self.faces.other);
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
    fn styled(mut self, style: Option<&Self>) -> Self {
        let Some(look) = style.cloned() else { return self };
        self.hidden = look.hidden.or(self.hidden);
        self.white = look.white.or(self.white);
        self.capitals = look.capitals.or(self.capitals);
        self.faces.ascii = look.faces.ascii.or(self.faces.ascii);
        self.faces.other = look.faces.other.or(self.faces.other);
        self.slot |= look.slot;
        self.ground |= look.ground;
        self
    }
}

/// The two Latin typefaces of a theme.
#[derive(Debug, Default)]
struct Theme {
    major: Option<Rc<str>>,
    minor: Option<Rc<str>>,
}

impl Theme {
    fn read(part: Option<&[u8]>) -> Self {
        let nodes = part.and_then(|bytes| xml::parse(bytes).ok()).unwrap_or_default();
        let fonts = xml::root(&nodes)
            .and_then(|root| root.element("a:themeElements"))
            .and_then(|all| all.element("a:fontScheme"));
        let latin = |kind: &str| {
            let face = fonts?.element(kind)?.element("a:latin")?.value("typeface")?;
            (!face.is_empty()).then(|| Rc::from(face))
        };
        Self { major: latin("a:majorFont"), minor: latin("a:minorFont") }
    }

    /// The typeface that `minorHAnsi` or the like names (`ST_Theme`).
    fn face(&self, name: &str) -> Option<Rc<str>> {
        let face = if name.starts_with("major") { &self.major } else { &self.minor };
        face.clone()
    }
}

/// What the styles of a file say.
struct Sheet {
    theme: Theme,
    /// What no style says.
    base: Look,
    /// Each style, by its id.
    looks: BTreeMap<String, Look>,
    /// The style of paragraphs that name none.
    paragraph: Option<String>,
}

impl Sheet {
    fn read(styles: Option<&[u8]>, theme: Option<&[u8]>) -> Self {
        let theme = Theme::read(theme);
        let nodes = styles.and_then(|bytes| xml::parse(bytes).ok()).unwrap_or_default();
        let Some(root) = xml::root(&nodes) else {
            let (base, looks) = (Look::default(), BTreeMap::new());
            return Self { theme, base, looks, paragraph: None };
        };
        let named = |style| Some((Element::value(style, "w:styleId")?, style));
        let styles: BTreeMap<String, &Element> =
            root.elements("w:style").filter_map(named).collect();
        let is = |style: &Element, name: &str, value: &str| {
            style.value(name).is_some_and(|is| is == value)
        };
        let paragraph = root.elements("w:style").find(|style| {
            is(style, "w:default", "1") && is(style, "w:type", "paragraph")
        });
        let mut looks = BTreeMap::new();
        for id in styles.keys() {
            // From this one to the style that is known already, or that it all is based on.
            let (mut chain, mut at) = (Vec::new(), Some(id.clone()));
            let mut look = Look::default();
            while let Some(id) = at.take()
                && let Some(style) = styles.get(&id)
            {
                if let Some(known) = looks.get(&id) {
                    look = Look::clone(known);
                    break;
                }
                // Until it is known: a circle ends here.
                looks.insert(id.clone(), Look::default());
                at = style.element("w:basedOn").and_then(|base| base.value("w:val"));
                chain.push((id, style));
            }
            for (id, style) in chain.into_iter().rev() {
                look = look.with(style.element("w:pPr"), &theme);
                look = look.with(style.element("w:rPr"), &theme);
                looks.insert(id, look.clone());
            }
        }
        let defaults = root
            .element("w:docDefaults")
            .and_then(|all| all.element("w:rPrDefault"))
            .and_then(|all| all.element("w:rPr"));
        let base = Look::default().with(defaults, &theme);
        let paragraph = paragraph.and_then(|style| style.value("w:styleId"));
        Self { theme, base, looks, paragraph }
    }

    /// The look of the style that an element names.
    fn named(&self, style: Option<&Element>) -> Option<&Look> {
        self.looks.get(&style?.value("w:val")?)
    }
}

/// Looks at one part.
struct Eye<'e> {
    part: &'e str,
    sheet: &'e Sheet,
    /// Where it looks.
    path: Path,
    out: &'e mut Vec<Sight>,
}

impl Eye<'_> {
    fn nodes(&mut self, nodes: &[Node], paragraph: Option<usize>, look: &Look) {
        for (at, node) in nodes.iter().enumerate() {
            if let Node::Element(element) = node {
                self.path.push(at);
                self.element(element, paragraph, look.clone());
                self.path.pop();
            }
        }
    }

    fn element(&mut self, element: &Element, paragraph: Option<usize>, mut look: Look) {
        let name = &*element.name;
        let (sheet, theme) = (self.sheet, &self.sheet.theme);
        match name {
            "w:p" => {
                let properties = element.element("w:pPr");
                let own = properties.and_then(|all| all.element("w:pStyle"));
                let usual = || sheet.looks.get(sheet.paragraph.as_ref()?);
                let style = own.map_or_else(usual, |own| sheet.named(Some(own)));
                look = look.styled(style).with(properties, theme);
            }
            "w:r" => {
                let properties = element.element("w:rPr");
                let style = properties.and_then(|all| all.element("w:rStyle"));
                look = look.styled(sheet.named(style)).with(properties, theme);
            }
            "w:tc" => look = look.with(element.element("w:tcPr"), theme),
            // Whatever colours a style gives its rows, or a shape its inside, is not known here.
            "w:tbl" => {
                let properties = element.element("w:tblPr");
                let style = properties.and_then(|all| all.element("w:tblStyle"));
                look.ground |= style.is_some();
                look = look.styled(sheet.named(style));
            }
            "w:txbxContent" => {
                look.ground = true;
                look.faces = sheet.base.faces.clone();
            }
            "mc:Fallback" => look.is_second = true,
            _ => {}
        }
        let paragraph =
            if PARAGRAPHS.contains(&name) { Some(self.begin(&look)) } else { paragraph };
        let text = match name {
            "w:pPr" | "w:rPr" | "w:tblPr" | "w:tcPr" | "w:trPr" | "w:sectPr" => return,
            "w:tab" | "w:br" | "w:cr" | "w:ptab" | "a:br" => " ".to_owned(),
            "w:noBreakHyphen" => "-".to_owned(),
            "w:softHyphen" => "\u{AD}".to_owned(),
            "v:textpath" => element.value("string").unwrap_or_default(),
            "w:lvlText" => element.value("w:val").unwrap_or_default(),
            "w:fldSimple" => element.value("w:instr").unwrap_or_default(),
            _ => element.text(),
        };
        if !text.is_empty() {
            self.say(name, &text, paragraph, &look);
        }
        self.nodes(&element.children, paragraph, &look);
    }

    fn begin(&mut self, look: &Look) -> usize {
        let (part, path) = (self.part.to_owned(), self.path.clone());
        let is_second = look.is_second;
        self.out.push(Sight { part, path, is_second, ..Sight::default() });
        self.out.len() - 1
    }

    /// Adds a text to its paragraph; one without is a paragraph of its own.
    fn say(&mut self, name: &str, text: &str, paragraph: Option<usize>, look: &Look) {
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
        if TYPED.contains(&name) {
            match sight.pieces.last_mut().filter(|last| last.faces == look.faces) {
                Some(last) => last.text.push_str(text),
                None => sight
                    .pieces
                    .push(Piece { faces: look.faces.clone(), text: text.to_owned() }),
            }
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

/// A letter or digit that `w:ascii` and `w:hAnsi` are for, not `w:eastAsia`.
fn is_western(c: char) -> bool {
    let is_eastern =
        matches!(c, '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{d7ff}' | '\u{f900}'..);
    c.is_alphanumeric() && !is_eastern
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

    /// Of 100,000 styles, each based on the next one, each is looked at once; in a circle, too.
    #[test]
    fn a_long_chain_of_styles_is_followed_once() {
        for end in ["An", "S0"] {
            let mut styles = String::from(
                "<w:style w:styleId='An'><w:rPr><w:vanish/></w:rPr></w:style>",
            );
            for n in 0..100_000 {
                let base =
                    if n == 99_999 { end.to_owned() } else { format!("S{}", n + 1) };
                let base = format!("<w:basedOn w:val='{base}'/>");
                styles += &style("paragraph", &format!("S{n}"), &base);
            }
            let styles = format!("<w:styles>{styles}</w:styles>");
            let sheet = Sheet::read(Some(styles.as_bytes()), None);
            let hidden = (end == "An").then_some(true);
            for id in ["S0", "S50000", "S99999"] {
                assert_eq!(sheet.looks[id].hidden, hidden, "{id}");
            }
        }
    }

    /// The typefaces of one paragraph, in alphabetical order.
    fn typefaces(styles: &str, theme: &str, body: &str) -> Vec<String> {
        let theme = format!(
            "<a:theme><a:themeElements><a:fontScheme>{theme}</a:fontScheme></a:themeElements></a:theme>"
        );
        let styles = format!("<w:styles>{styles}</w:styles>");
        let sheet = Sheet::read(Some(styles.as_bytes()), Some(theme.as_bytes()));
        let nodes = xml::parse(body.as_bytes()).unwrap();
        let mut out = Vec::new();
        Eye { part: "", sheet: &sheet, path: Path::new(), out: &mut out }.nodes(
            &nodes,
            None,
            &sheet.base,
        );
        let faces = out.iter().flat_map(|sight| sight.typefaces().into_keys());
        faces.map(str::to_owned).collect()
    }

    fn fonts(attributes: &str) -> String {
        format!("<w:rPr><w:rFonts {attributes}/></w:rPr>")
    }

    fn both(face: &str) -> String {
        fonts(&format!("w:ascii='{face}' w:hAnsi='{face}'"))
    }

    fn defaults(properties: &str) -> String {
        format!(
            "<w:docDefaults><w:rPrDefault>{properties}</w:rPrDefault></w:docDefaults>"
        )
    }

    fn style(kind: &str, id: &str, more: &str) -> String {
        format!("<w:style w:type='{kind}' w:styleId='{id}'>{more}</w:style>")
    }

    fn run(properties: &str, text: &str) -> String {
        format!("<w:p><w:r>{properties}<w:t>{text}</w:t></w:r></w:p>")
    }

    /// Which typeface Word takes for a letter (ISO/IEC 29500-1, 17.3.2.26): the nearest that is
    /// named, by the theme before by name.
    #[test]
    fn a_letter_is_in_the_typeface_that_word_takes_for_it() {
        let usual = |properties: &str| {
            let style = style("paragraph", "Normal", properties);
            style.replacen("<w:style ", "<w:style w:default='1' ", 1)
        };
        let styled = |id: &str| {
            format!(
                "<w:p><w:pPr><w:pStyle w:val='{id}'/></w:pPr><w:r><w:t>ă</w:t></w:r></w:p>"
            )
        };
        let theme = "<a:majorFont><a:latin typeface='Cambria'/></a:majorFont>\
                     <a:minorFont><a:latin typeface='Calibri'/></a:minorFont>";
        let by_theme = fonts("w:asciiTheme='minorHAnsi' w:hAnsiTheme='minorHAnsi'");
        let table = format!(
            "<w:tbl><w:tblPr><w:tblStyle w:val='Bang'/></w:tblPr><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>",
            run("", "a")
        );
        let rows: [(&str, String, String, &[&str]); 15] = [
            ("nothing is named", String::new(), run("", "a"), &[]),
            ("the default", defaults(&both("D")), run("", "aă"), &["D"]),
            (
                "the usual style",
                defaults(&both("D")) + &usual(&both("U")),
                run("", "a"),
                &["U"],
            ),
            ("the theme", defaults(&by_theme), run("", "a"), &["Calibri"]),
            (
                "the theme before the name",
                String::new(),
                run(&fonts("w:ascii='A' w:asciiTheme='majorAscii'"), "a"),
                &["Cambria"],
            ),
            (
                "a name nearer than the theme",
                defaults(&by_theme),
                run(&both("R"), "aă"),
                &["R"],
            ),
            (
                "Vietnamese letters are others than ASCII's",
                defaults(&both("D")),
                run(&fonts("w:hAnsi='R'"), "ấ"),
                &["R"],
            ),
            (
                "and its own",
                defaults(&both("D")),
                run(&fonts("w:hAnsi='R'"), "a1"),
                &["D"],
            ),
            (
                "both in one word",
                defaults(&both("D")),
                run(&fonts("w:hAnsi='R'"), "cấp"),
                &["D", "R"],
            ),
            ("no letter", defaults(&both("D")), run("", " – § "), &[]),
            ("Chinese", defaults(&both("D")), run("", "漢字"), &[]),
            (
                "a style based on another",
                style("paragraph", "Cha", &both("C"))
                    + &style("paragraph", "Con", "<w:basedOn w:val='Cha'/>"),
                styled("Con"),
                &["C"],
            ),
            (
                "a character style",
                defaults(&both("D")) + &style("character", "Chu", &both("C")),
                run("<w:rPr><w:rStyle w:val='Chu'/></w:rPr>", "a"),
                &["C"],
            ),
            (
                "a table's",
                defaults(&both("D")) + &style("table", "Bang", &both("B")),
                table,
                &["B"],
            ),
            (
                "a text box does not take that of its paragraph",
                defaults(&both("D")),
                format!(
                    "<w:p><w:r>{}<w:txbxContent>{}</w:txbxContent></w:r></w:p>",
                    both("R"),
                    run("", "a")
                ),
                &["D"],
            ),
        ];
        for (what, styles, body, expected) in rows {
            assert_eq!(typefaces(&styles, theme, &body), expected, "{what}");
        }
    }
}
