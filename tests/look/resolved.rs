//! What a reader sees of a paragraph, whether it says so itself or its style does.

use khung::docx::package::Package;
use khung::docx::xml::Element;

use super::outline::children;
use super::root;

/// A paragraph as it is printed; lengths in twentieths of a point.
pub(super) struct Paragraph {
    pub(super) style: String,
    pub(super) runs: Vec<Run>,
    /// `left`, `right`, `center` or `both`.
    pub(super) align: String,
    pub(super) first_line: i64,
    pub(super) before: i64,
    pub(super) after: i64,
    /// Space on the left and on the right.
    pub(super) inset: (i64, i64),
    pub(super) keep_next: bool,
    pub(super) keep_lines: bool,
    /// Whether it draws a line of its own width above it.
    pub(super) is_rule: bool,
}

/// Characters that look alike.
pub(super) struct Run {
    pub(super) text: String,
    pub(super) font: String,
    /// Size in half points.
    pub(super) size: i64,
    pub(super) bold: bool,
    pub(super) italic: bool,
    /// The colour behind them.
    pub(super) fill: Option<String>,
}

impl Paragraph {
    pub(super) fn text(&self) -> String {
        self.runs.iter().map(|run| run.text.as_str()).collect()
    }
}

/// Looks up what paragraphs look like.
pub(super) struct Styles {
    root: Element,
}

impl Styles {
    pub(super) fn of(package: &Package) -> Self {
        Self { root: root(package, "word/styles.xml") }
    }

    /// A paragraph as its styles have it printed.
    pub(super) fn resolve(&self, paragraph: &Element) -> Paragraph {
        let own = paragraph.element("w:pPr");
        let style = own.and_then(|own| own.element("w:pStyle"));
        let style = style.and_then(|style| style.value("w:val")).unwrap_or_default();
        // The element's own properties come first, then the style's, then its base's.
        let mut all: Vec<&Element> = own.into_iter().collect();
        all.extend(self.chain(&style).filter_map(|one| one.element("w:pPr")));
        let value = |name: &str, key: &str| {
            all.iter().find_map(|one| one.element(name)?.value(key))
        };
        let number =
            |name: &str, key: &str| value(name, key).map_or(0, |v| v.parse().unwrap());
        let on =
            |name: &str| all.iter().find_map(|one| one.element(name)).is_some_and(is_on);
        let runs = paragraph.elements("w:r").map(|run| self.run(run, &style)).collect();
        Paragraph {
            align: value("w:jc", "w:val").unwrap_or_else(|| "left".to_owned()),
            first_line: number("w:ind", "w:firstLine"),
            before: number("w:spacing", "w:before"),
            after: number("w:spacing", "w:after"),
            inset: (number("w:ind", "w:left"), number("w:ind", "w:right")),
            keep_next: on("w:keepNext"),
            keep_lines: on("w:keepLines"),
            is_rule: all.iter().any(|one| one.element("w:pBdr").is_some())
                && paragraph.elements("w:r").next().is_none(),
            style,
            runs,
        }
    }

    fn run(&self, run: &Element, paragraph: &str) -> Run {
        let own = run.element("w:rPr");
        let character = own.and_then(|own| own.element("w:rStyle"));
        let character = character.and_then(|style| style.value("w:val"));
        let mut all: Vec<&Element> = own.into_iter().collect();
        let character = self.chain(character.as_deref().unwrap_or("none"));
        all.extend(character.filter_map(|one| one.element("w:rPr")));
        all.extend(self.chain(paragraph).filter_map(|one| one.element("w:rPr")));
        let defaults = self.root.element("w:docDefaults").unwrap();
        all.extend(defaults.element("w:rPrDefault").unwrap().element("w:rPr"));
        let value = |name: &str, key: &str| {
            all.iter().find_map(|one| one.element(name)?.value(key))
        };
        let on =
            |name: &str| all.iter().find_map(|one| one.element(name)).is_some_and(is_on);
        let text = children(run).map(|child| match &*child.name {
            "w:t" => child.text(),
            "w:br" => "\n".to_owned(),
            "w:instrText" => format!("<{}>", child.text().trim()),
            _ => String::new(),
        });
        Run {
            text: text.collect(),
            font: value("w:rFonts", "w:ascii").unwrap(),
            size: value("w:sz", "w:val").unwrap().parse().unwrap(),
            bold: on("w:b"),
            italic: on("w:i"),
            fill: value("w:highlight", "w:val").or_else(|| value("w:shd", "w:fill")),
        }
    }

    /// A style and those that it is based on.
    fn chain(&self, id: &str) -> impl Iterator<Item = &Element> {
        let find = |id: &str| {
            let mut styles = self.root.elements("w:style");
            styles.find(|style| style.attribute("w:styleId") == Some(id))
        };
        std::iter::successors(find(id), move |style| {
            find(style.element("w:basedOn")?.attribute("w:val")?)
        })
    }
}

fn is_on(element: &Element) -> bool {
    !matches!(element.attribute("w:val"), Some("false" | "0" | "off"))
}

/// All paragraphs inside an element, itself too, in the order in which they stand.
pub(super) fn paragraphs(element: &Element) -> Vec<&Element> {
    if element.name == "w:p" {
        return vec![element];
    }
    children(element).flat_map(paragraphs).collect()
}

/// The page setup of the Word section that ends in an element.
pub(super) fn page_setup(element: &Element) -> Option<Element> {
    if element.name == "w:sectPr" {
        return Some(element.clone());
    }
    element.element("w:pPr")?.element("w:sectPr").cloned()
}
