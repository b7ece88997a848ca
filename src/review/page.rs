//! Paper, margins and typeface, as Nghị định 30/2020/NĐ-CP (Phụ lục I, I) has them.

use std::collections::BTreeSet;

use super::Word;
use super::outline::{Here, Outline};
use crate::diagnostic::{Code, Diagnostic};
use crate::docx::sight::Sight;
use crate::docx::story::{Kind, each};
use crate::docx::xml::{Element, Path};
use crate::source::brief;

/// A4 in twentieths of a point.
const A4: (i64, i64) = (11906, 16838);
/// What offices round away, in twentieths of a point.
const SLACK: i64 = 30;

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

/// Finds pages and letters that are not as the decree has them, but for `guidance`; `sights`
/// are all that the file shows.
pub(super) fn setup(
    word: &Word,
    outline: &Outline,
    guidance: &BTreeSet<Path>,
    sights: &[Sight],
) -> Option<Diagnostic> {
    let mut spots: Vec<String> = Vec::new();
    let mut here = Here::new(&word.reading, outline);
    each(&word.main().nodes, &mut Path::new(), &mut |element, path| {
        let place = here.at(path);
        if element.name == "w:sectPr" {
            spots.extend(page(element).map(|what| format!("Trang của {place}: {what}")));
        }
    });
    spots.extend(typefaces(word, outline, guidance, sights));
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

/// A line for each wrong typeface: where it is met first, and how often.
fn typefaces(
    word: &Word,
    outline: &Outline,
    guidance: &BTreeSet<Path>,
    sights: &[Sight],
) -> Vec<String> {
    let mut here = Here::new(&word.reading, outline);
    let mut met: Vec<(&str, String, usize)> = Vec::new();
    for sight in sights.iter().filter(|sight| !sight.is_second) {
        let Some(story) = word.stories.iter().find(|one| one.part == sight.part) else {
            continue;
        };
        let path = &sight.path;
        let place = match story.kind {
            Kind::Body if (1..=path.len()).any(|end| guidance.contains(&path[..end])) => {
                continue;
            }
            Kind::Body => here.at(path),
            other => other.place(),
        };
        let wrong = sight.typefaces().into_iter().filter(|(face, _)| !is_right(face));
        for (face, text) in wrong {
            if let Some((.., more)) = met.iter_mut().find(|(known, ..)| *known == face) {
                *more += 1;
            } else {
                let text = brief(text.trim());
                met.push((face, format!("{place}: phông chữ {face} ở “{text}”"), 0));
            }
        }
    }
    let line = |(_, line, more): (&str, String, usize)| match more {
        0 => line,
        more => format!("{line} và {more} đoạn khác"),
    };
    met.into_iter().map(line).collect()
}

/// Tells whether a name means the right typeface, or a weight of it, as programs name it
/// (`Times New Roman Bold`, `TimesNewRomanPSMT`).
fn is_right(face: &str) -> bool {
    let letters = face.chars().filter(|c| c.is_alphanumeric());
    letters.collect::<String>().to_lowercase().starts_with("timesnewroman")
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
    use crate::docx::xml;

    #[test]
    fn a_typeface_is_right_in_any_weight_and_spelling() {
        for right in [
            "Times New Roman",
            "times new roman",
            "Times New Roman Bold",
            "TimesNewRomanPS-BoldMT",
        ] {
            assert!(is_right(right), "{right}");
        }
        for wrong in ["Times", "Arial", ".VnTime", "New Roman", ""] {
            assert!(!is_right(wrong), "{wrong}");
        }
    }

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
