//! Paper, margins and typeface, as Nghị định 30/2020/NĐ-CP (Phụ lục I, I) has them.

use std::collections::BTreeSet;

use super::Word;
use super::outline::{Here, Outline};
use crate::diagnostic::{Code, Diagnostic};
use crate::docx::story::{characters, each};
use crate::docx::xml::{self, Element, Path};
use crate::source::brief;

/// A4 in twentieths of a point.
const A4: (i64, i64) = (11906, 16838);
/// What offices round away, in twentieths of a point.
const SLACK: i64 = 30;
/// The typeface.
const FONT: &str = "Times New Roman";

/// A margin: its name, its attribute, and from how many to how many millimetres it may have.
type Margin = (&'static str, &'static str, i64, i64);

const UPRIGHT: [Margin; 4] = [
    ("trên", "w:top", 20, 25),
    ("dưới", "w:bottom", 20, 25),
    ("trái", "w:left", 30, 35),
    ("phải", "w:right", 15, 20),
];
/// The same page turned to the left.
const TURNED: [Margin; 4] = [
    ("trên", "w:top", 30, 35),
    ("dưới", "w:bottom", 15, 20),
    ("trái", "w:left", 20, 25),
    ("phải", "w:right", 20, 25),
];

/// Finds pages and letters that are not as the decree has them, but for `guidance`.
pub(super) fn setup(
    word: &Word,
    outline: &Outline,
    guidance: &BTreeSet<Path>,
) -> Option<Diagnostic> {
    let mut spots: Vec<String> = Vec::new();
    let (package, main) = (&word.package, word.main());
    let styles =
        package.related(&main.part, "styles").and_then(|name| package.part(name));
    spots
        .extend(base_font(styles).map(|font| format!("Kiểu mặc định: phông chữ {font}")));
    let mut here = Here::new(&word.reading, outline);
    let mut fonts = BTreeSet::new();
    each(&main.nodes, &mut Path::new(), &mut |element, path| {
        let place = here.at(path);
        match &*element.name {
            "w:sectPr" => {
                spots.extend(
                    page(element).map(|what| format!("Trang của {place}: {what}")),
                );
            }
            "w:r" => {
                let font = element.element("w:rPr").and_then(font);
                if let Some(font) = font
                    && font != FONT
                    && !fonts.contains(&font)
                    && let text = characters(element)
                    && !text.trim().is_empty()
                    && !(1..path.len()).any(|end| guidance.contains(&path[..end]))
                    && fonts.insert(font.clone())
                {
                    let text = brief(&text);
                    spots.push(format!("{place}: phông chữ {font} ở “{text}”"));
                }
            }
            _ => {}
        }
    });
    (!spots.is_empty()).then(|| {
        Diagnostic::warning(
            Code::PageSetup,
            "trang giấy hoặc phông chữ không đúng Nghị định 30/2020/NĐ-CP",
            "Đặt lại: khổ A4; lề trên, dưới 20–25 mm, trái 30–35 mm, phải 15–20 mm; phông chữ \
             Times New Roman.",
        )
        .among(spots)
    })
}

/// The typeface of all text that has none of its own, where it is not the right one.
fn base_font(styles: Option<&[u8]>) -> Option<String> {
    let nodes = xml::parse(styles?).ok()?;
    let root = xml::root(&nodes)?;
    let normal = root
        .elements("w:style")
        .find(|style| {
            style.value("w:default").is_some_and(|on| on == "1")
                && style.value("w:type").is_some_and(|kind| kind == "paragraph")
        })
        .and_then(|style| style.element("w:rPr"));
    let defaults = root
        .element("w:docDefaults")
        .and_then(|all| all.element("w:rPrDefault"))
        .and_then(|all| all.element("w:rPr"));
    let font = normal.and_then(font).or_else(|| defaults.and_then(font))?;
    (font != FONT).then_some(font)
}

/// The typeface that run properties name.
fn font(properties: &Element) -> Option<String> {
    let fonts = properties.element("w:rFonts")?;
    fonts.value("w:ascii").or_else(|| fonts.value("w:hAnsi"))
}

/// What is wrong with the pages of a Word section.
fn page(section: &Element) -> impl Iterator<Item = String> {
    let number = |element: Option<&Element>, name: &str| -> Option<i64> {
        element?.value(name)?.parse::<f64>().ok().map(round)
    };
    let size = section.element("w:pgSz");
    let mut found = Vec::new();
    let (width, height) = (number(size, "w:w"), number(size, "w:h"));
    let is_turned = width > height;
    if let (Some(width), Some(height)) = (width, height) {
        let near = |a: i64, b: i64| (a - b).abs() <= SLACK;
        let (short, long) = (width.min(height), width.max(height));
        if !near(short, A4.0) || !near(long, A4.1) {
            found.push(format!("khổ {} × {} mm, không phải A4", mm(width), mm(height)));
        }
    }
    let wrong = |margins: [Margin; 4]| -> Vec<String> {
        let margin = section.element("w:pgMar");
        let all = margins.into_iter().filter_map(|(name, key, from, to)| {
            let is = number(margin, key)?;
            let fits = twips(from) - SLACK <= is && is <= twips(to) + SLACK;
            (!fits).then(|| format!("lề {name} {} mm, cần {from}–{to} mm", mm(is)))
        });
        all.collect()
    };
    let upright = wrong(UPRIGHT);
    if is_turned {
        let turned = wrong(TURNED);
        if !upright.is_empty() {
            found.extend(turned);
        }
    } else {
        found.extend(upright);
    }
    found.into_iter()
}

fn twips(mm: i64) -> i64 {
    mm * 1440 * 10 / 254
}

fn mm(twips: i64) -> i64 {
    (twips * 254 + 7200) / 14400
}

#[expect(clippy::cast_possible_truncation, reason = "clamped: no page is a kilometre")]
fn round(value: f64) -> i64 {
    value.clamp(-1e8, 1e8).round() as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_measured() {
        let told = |size: &str, margins: &str| -> Vec<String> {
            let text =
                format!("<w:sectPr><w:pgSz {size}/><w:pgMar {margins}/></w:sectPr>");
            match xml::parse(text.as_bytes()).unwrap().pop() {
                Some(xml::Node::Element(section)) => page(&section).collect(),
                _ => panic!("no element"),
            }
        };
        let none: [&str; 0] = [];
        let upright = "w:w='11906' w:h='16838'";
        let good = "w:top='1134' w:bottom='1134' w:left='1701' w:right='1134'";
        assert_eq!(told(upright, good), none);
        assert_eq!(
            told(upright, &good.replace("1701", "1134")),
            ["lề trái 20 mm, cần 30–35 mm"]
        );
        // What each margin may be, and a millimetre less or more than that.
        let upright_margins = |side: &str, mm: i64| {
            let margin = |name: &str, is: i64| {
                let is = if name == side { mm } else { is };
                format!("w:{name}='{}' ", twips(is))
            };
            told(
                upright,
                &[("top", 25), ("bottom", 25), ("left", 35), ("right", 15)]
                    .map(|(name, is)| margin(name, is))
                    .concat(),
            )
        };
        for (side, name, from, to) in [
            ("top", "trên", 20, 25),
            ("bottom", "dưới", 20, 25),
            ("left", "trái", 30, 35),
            ("right", "phải", 15, 20),
        ] {
            assert_eq!(upright_margins(side, from), none, "{side}");
            assert_eq!(upright_margins(side, to), none, "{side}");
            for wrong in [from - 1, to + 1, to + 5] {
                assert_eq!(
                    upright_margins(side, wrong),
                    [format!("lề {name} {wrong} mm, cần {from}–{to} mm")]
                );
            }
        }
        assert_eq!(
            told("w:w='12240' w:h='15840'", good),
            ["khổ 216 × 279 mm, không phải A4"]
        );
        let turned = "w:w='16838' w:h='11906' w:orient='landscape'";
        assert_eq!(told(turned, good), none);
        let turned_margins = "w:top='1701' w:bottom='1134' w:left='1134' w:right='1134'";
        assert_eq!(told(turned, turned_margins), none);
        assert_eq!(
            told(turned, &turned_margins.replace("1701", "600")),
            ["lề trên 11 mm, cần 30–35 mm"]
        );
    }
}
