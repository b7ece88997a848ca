//! What Nghị định 30/2020/NĐ-CP says of pages and letters (Phụ lục I; Mẫu 1.4 of Phụ lục III),
//! and what a drafter must see.

use khung::docx::xml::Element;

use super::outline::children;
use super::resolved::{Paragraph, Styles, page_setup, paragraphs};
use super::{ATTACHED, PLAN, body, plan, root};

/// A4, in twentieths of a point: 210 × 297 mm.
const A4: (i64, i64) = (11906, 16838);

fn mm(twips: i64) -> i64 {
    (twips * 254 + 7200) / 14400
}

fn number(element: &Element, child: &str, key: &str) -> i64 {
    element.element(child).unwrap().attribute(key).unwrap().parse().unwrap()
}

/// The Word sections of a plan: each with its page setup.
fn pages(profile: &str) -> Vec<(Element, Vec<Element>)> {
    let mut pages = Vec::new();
    let mut blocks = Vec::new();
    for element in body(&plan(profile)) {
        let setup = page_setup(&element);
        blocks.push(element);
        if let Some(setup) = setup {
            pages.push((setup, std::mem::take(&mut blocks)));
        }
    }
    assert!(blocks.is_empty(), "the body ends with a page setup");
    pages
}

fn is_landscape(setup: &Element) -> bool {
    number(setup, "w:pgSz", "w:w") > number(setup, "w:pgSz", "w:h")
}

/// All paragraphs of a plan as they are printed.
fn printed(profile: &str) -> Vec<Paragraph> {
    let package = plan(profile);
    let styles = Styles::of(&package);
    let body = body(&package);
    body.iter().flat_map(paragraphs).map(|one| styles.resolve(one)).collect()
}

/// The first paragraph that begins like that.
fn one<'p>(paragraphs: &'p [Paragraph], begin: &str) -> &'p Paragraph {
    let mut found = paragraphs.iter().filter(|one| one.text().starts_with(begin));
    found.next().unwrap_or_else(|| panic!("no paragraph {begin}"))
}

/// Phụ lục I, I.1 to 3: A4; margins of 20 to 25 mm at the top and the bottom, 30 to 35 mm at
/// the left, 15 to 20 mm at the right. A landscape page is the same sheet turned to the left,
/// so that its top is bound.
#[test]
fn pages_are_a4_with_the_margins_of_the_decree() {
    let setups = [pages(PLAN), pages(ATTACHED)].concat();
    // The plan and its annexes, five here, five there; and the Quyết định there.
    assert_eq!(setups.len(), 13);
    for (setup, _) in setups {
        let size = (number(&setup, "w:pgSz", "w:w"), number(&setup, "w:pgSz", "w:h"));
        let orientation = setup.element("w:pgSz").unwrap().attribute("w:orient");
        let margins = ["w:top", "w:right", "w:bottom", "w:left"]
            .map(|side| mm(number(&setup, "w:pgMar", side)));
        if is_landscape(&setup) {
            assert_eq!((size, orientation), ((A4.1, A4.0), Some("landscape")));
            assert_eq!(margins, [30, 20, 20, 20]);
        } else {
            assert_eq!((size, orientation), (A4, None));
            assert_eq!(margins, [20, 20, 20, 30]);
        }
        assert_eq!(number(&setup, "w:pgMar", "w:gutter"), 0);
    }
}

/// Phụ lục I, I.7: Arabic numerals from 1, size 13 to 14, upright, in the middle of the top
/// margin, none on the first page. III.1đ: each annex is numbered by itself.
#[test]
fn pages_are_numbered_from_the_second_on_at_the_top_in_the_middle() {
    for profile in [PLAN, ATTACHED] {
        let package = plan(profile);
        let styles = Styles::of(&package);
        let relations = root(&package, "word/_rels/document.xml.rels");
        for (setup, _) in pages(profile) {
            assert!(
                setup
                    .element("w:titlePg")
                    .is_some_and(|on| on.attribute("w:val").is_none())
            );
            assert_eq!(number(&setup, "w:pgNumType", "w:start"), 1);
            assert_eq!(setup.element("w:pgNumType").unwrap().attribute("w:fmt"), None);
            assert!(
                number(&setup, "w:pgMar", "w:header")
                    < number(&setup, "w:pgMar", "w:top")
            );
            let header = |kind: &str| -> Option<Vec<Paragraph>> {
                let mut references = setup.elements("w:headerReference");
                let id = references.find(|one| one.attribute("w:type") == Some(kind))?;
                let id = id.attribute("r:id").unwrap();
                let mut known = children(&relations);
                let relation = known.find(|one| one.attribute("Id") == Some(id)).unwrap();
                let name = format!("word/{}", relation.attribute("Target").unwrap());
                let part = root(&package, &name);
                Some(
                    paragraphs(&part)
                        .into_iter()
                        .map(|one| styles.resolve(one))
                        .collect(),
                )
            };
            let all = header("default").unwrap();
            let page_number = all.last().unwrap();
            assert_eq!(page_number.text(), "<PAGE>2");
            assert_eq!(
                (page_number.align.as_str(), page_number.first_line),
                ("center", 0)
            );
            for run in &page_number.runs {
                assert_eq!((run.size, run.bold, run.italic), (28, false, false));
            }
            let first = header("first").unwrap_or_default();
            let banner: &[&str] = if profile == PLAN { &[] } else { &["DỰ THẢO"] };
            // No number on the first page: its header is there, and empty.
            let empty: &[&str] = if profile == PLAN { &[""] } else { banner };
            let texts = |all: &[Paragraph]| -> Vec<String> {
                all.iter().map(Paragraph::text).collect()
            };
            assert_eq!(texts(&first), empty);
            assert_eq!(texts(&all[..all.len() - 1]), banner);
        }
    }
}

/// What a paragraph begins with, its size in points, its letters, and where it stands.
type Letters = (&'static str, f64, &'static str, &'static str);

/// Mẫu 1.4, with the sizes that its notes allow.
const LETTERS: [Letters; 20] = [
    // II.1: 12 to 13, then 13 to 14.
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 13.0, "bold", "center"),
    ("Độc lập - Tự do - Hạnh phúc", 13.0, "bold", "center"),
    // II.2: 12 to 13.
    ("ỦY BAN NHÂN DÂN", 13.0, "bold", "center"),
    ("TỈNH LÀO CAI", 13.0, "bold", "center"),
    // II.3: 13. II.4: 13 to 14.
    ("Số:      /KH-UBND", 13.0, "upright", "center"),
    ("Lào Cai, ngày", 13.0, "italic", "center"),
    // II.5b: 13 to 14.
    ("KẾ HOẠCH", 14.0, "bold", "center"),
    ("Chuyển đổi số tỉnh Lào Cai năm 2024", 14.0, "bold", "center"),
    // II.6e: 13 to 14. II.6đ and V.6b: the headings are as large as the text.
    ("Thực hiện Công văn số 6074", 14.0, "upright", "both"),
    ("Phần I\nĐÁNH GIÁ", 14.0, "bold", "center"),
    ("I. TÌNH HÌNH", 14.0, "bold", "both"),
    ("1. Nhận thức số", 14.0, "bold", "both"),
    ("a) Kết quả đạt được:", 14.0, "upright", "both"),
    // II.7: 13 to 14.
    ("TM. ỦY BAN NHÂN DÂN", 14.0, "bold", "center"),
    ("CHỦ TỊCH", 14.0, "bold", "center"),
    ("[CẦN BỔ SUNG: họ và tên]", 14.0, "bold", "center"),
    // II.9d: 12, then 11.
    ("Nơi nhận:", 12.0, "bold italic", "left"),
    ("- Bộ Thông tin và Truyền thông;", 11.0, "upright", "left"),
    // III.1: 14 for the word and the number, 13 to 14 for the title; 13 to 14 for what it
    // goes with.
    ("Phụ lục I\nDANH MỤC", 14.0, "bold", "center"),
    ("(Kèm theo Kế hoạch số", 13.0, "italic", "center"),
];

#[test]
fn letters_are_those_of_the_sample() {
    let paragraphs = printed(PLAN);
    for (begin, size, letters, align) in LETTERS {
        let paragraph = one(&paragraphs, begin);
        assert_eq!(paragraph.align, align, "{begin}");
        let run = &paragraph.runs[0];
        #[expect(clippy::cast_precision_loss, reason = "sizes are small")]
        let is = run.size as f64 / 2.0;
        assert!((is - size).abs() < f64::EPSILON, "{begin}: {is}");
        let is = match (run.bold, run.italic) {
            (false, false) => "upright",
            (true, false) => "bold",
            (false, true) => "italic",
            (true, true) => "bold italic",
        };
        assert_eq!(is, letters, "{begin}");
    }
}

/// II.7 and II.8: between the office and the name is room for a signature and a stamp.
#[test]
fn there_is_room_to_sign() {
    let paragraphs = printed(PLAN);
    let name = one(&paragraphs, "[CẦN BỔ SUNG: họ và tên]");
    assert!((1000..2000).contains(&name.before), "{}", name.before);
    assert_eq!(one(&paragraphs, "CHỦ TỊCH").before, 0);
}

/// Phụ lục I, I.4: Times New Roman, everywhere.
#[test]
fn letters_are_times_new_roman() {
    for profile in [PLAN, ATTACHED] {
        for run in printed(profile).iter().flat_map(|paragraph| &paragraph.runs) {
            assert_eq!(run.font, "Times New Roman", "{}", run.text);
        }
        for part in ["word/styles.xml", "word/numbering.xml"] {
            let package = plan(profile);
            let text = String::from_utf8_lossy(package.part(part).unwrap()).into_owned();
            for font in text.split("w:ascii=\"").skip(1) {
                assert!(font.starts_with("Times New Roman\""), "{part}: {font}");
            }
        }
    }
}

/// Phụ lục I, II.6e: both edges straight, the first line 1 or 1.27 cm in, at least 6 pt
/// between two paragraphs, the items of a list among them.
#[test]
fn the_text_stands_as_the_decree_has_it() {
    let paragraphs = printed(PLAN);
    for (begin, first_line, before) in [
        ("Thực hiện Công văn số 6074", 567, 120),
        ("a) Kết quả đạt được:", 567, 120),
        ("Nghị quyết số 52-NQ/TW", 567, 120),
        ("2.1. Ban hành chính sách cung cấp", 567, 120),
    ] {
        let paragraph = one(&paragraphs, begin);
        assert_eq!(paragraph.align, "both", "{begin}");
        assert_eq!(
            (paragraph.first_line, paragraph.before),
            (first_line, before),
            "{begin}"
        );
        assert_eq!((paragraph.inset, paragraph.after), ((0, 0), 0), "{begin}");
    }
}

/// Rows of a table with the properties that they have.
fn rows(table: &Element) -> Vec<(&Element, Vec<&Element>)> {
    let row = |row| (row, Element::elements(row, "w:tc").collect());
    table.elements("w:tr").map(row).collect()
}

fn width(cell: &Element) -> i64 {
    number(cell.element("w:tcPr").unwrap(), "w:tcW", "w:w")
}

fn is_set(row: &Element, property: &str) -> bool {
    row.element("w:trPr").is_some_and(|own| own.element(property).is_some())
}

/// A table of the plan that is ruled: the letterhead and the signature are not.
fn is_grid(table: &Element) -> bool {
    let style = table.element("w:tblPr").unwrap().element("w:tblStyle").unwrap();
    style.attribute("w:val") == Some("Grid")
}

/// Phụ lục I, I.2: tables may stand on landscape pages. Those with more than six columns do,
/// alone, and no others; each is as wide as the text of its page.
#[test]
fn wide_tables_stand_on_landscape_pages() {
    let mut seen = Vec::new();
    for (setup, blocks) in pages(PLAN) {
        let margins =
            number(&setup, "w:pgMar", "w:left") + number(&setup, "w:pgMar", "w:right");
        let text = number(&setup, "w:pgSz", "w:w") - margins;
        for table in blocks.iter().filter(|block| block.name == "w:tbl") {
            let columns: Vec<_> =
                table.element("w:tblGrid").unwrap().elements("w:gridCol").collect();
            let sum: i64 = columns
                .iter()
                .map(|one| one.attribute("w:w").unwrap().parse::<i64>().unwrap())
                .sum();
            // The letterhead alone is wider, in the middle, as the decree's own form has it.
            let wanted = if seen.is_empty() { text + 399 } else { text };
            assert!((wanted - 11..=wanted).contains(&sum), "{sum} of {wanted}");
            assert_eq!(number(table.element("w:tblPr").unwrap(), "w:tblW", "w:w"), sum);
            seen.push((columns.len(), is_landscape(&setup)));
            for (_, cells) in rows(table) {
                assert_eq!(cells.iter().map(|cell| width(cell)).sum::<i64>(), sum);
            }
        }
    }
    let expected = [
        (2, false), // letterhead
        (5, false), // targets of 2023
        (4, false), // targets of 2024
        (2, false), // signature
        (9, true),  // Phụ lục I
        (9, true),  // Phụ lục II
        (10, true), // Phụ lục III
        (9, true),  // Phụ lục IV
        (3, false), // Phụ lục V
    ];
    assert_eq!(seen, expected);
}

/// The head of a table is grey, bold, in the middle of its cells, and repeated on each page;
/// no other row is. No row of a few lines is torn.
#[test]
fn heads_of_tables_are_grey_and_repeated() {
    let styles = Styles::of(&plan(PLAN));
    for (_, blocks) in pages(PLAN) {
        for table in blocks.iter().filter(|block| block.name == "w:tbl") {
            for (at, (row, cells)) in rows(table).into_iter().enumerate() {
                let heads = is_grid(table) && at == 0;
                assert_eq!(is_set(row, "w:tblHeader"), heads);
                assert!(is_set(row, "w:cantSplit"));
                for cell in cells {
                    let own = cell.element("w:tcPr").unwrap();
                    let fill =
                        own.element("w:shd").and_then(|one| one.attribute("w:fill"));
                    assert_eq!(fill == Some("E7E6E6"), heads);
                    let middle = own.element("w:vAlign");
                    let middle = middle.and_then(|one| one.attribute("w:val"));
                    assert_eq!(middle == Some("center"), heads);
                    if heads {
                        let text = styles.resolve(cell.element("w:p").unwrap());
                        assert!(text.runs.iter().all(|run| run.bold && run.size == 22));
                        assert_eq!(
                            (text.align.as_str(), text.keep_next),
                            ("center", true)
                        );
                    }
                }
            }
        }
    }
}

/// What a drafter must fill in is yellow, all of it and nothing else.
#[test]
fn slots_are_yellow() {
    let mut slots = 0;
    for profile in [PLAN, ATTACHED] {
        for run in printed(profile).iter().flat_map(|paragraph| &paragraph.runs) {
            let is_slot = run.text.starts_with("[CẦN BỔ SUNG");
            assert_eq!(run.fill.as_deref() == Some("FFFF00"), is_slot, "{}", run.text);
            assert_eq!(run.text.contains("CẦN BỔ SUNG"), is_slot, "{}", run.text);
            slots += usize::from(is_slot);
        }
    }
    assert!(slots > 400, "{slots}");
}

/// Width at 13 pt in bold Times New Roman, in twentieths of a point, from the widths of the
/// typeface: the longest line of the letterhead, the motto, the agency.
const NATION: i64 = 5424;
const MOTTO: i64 = 3183;
const AGENCY: i64 = 1835;
/// The same of the subject, at 14 pt.
const SUBJECT: i64 = 4504;

/// II.1 and 2: the nation stands on one line at the right, the agency at the left.
#[test]
fn the_letterhead_has_room_for_the_nation() {
    let pages = pages(PLAN);
    let letterhead = &pages[0].1[0];
    for (_, cells) in rows(letterhead) {
        let widths: Vec<i64> = cells.into_iter().map(width).collect();
        assert_eq!(widths, [3790, 5680]);
        assert!(NATION < widths[1] && NATION > 4271);
    }
}

/// II.1c: the line under the motto is as long as the motto. II.2b and II.5b: those under the
/// agency and the subject take a third to a half of the line above; so do an annex's (Mẫu 2.1).
/// All stand in the middle.
#[test]
fn rules_are_as_long_as_the_decree_says() {
    let paragraphs = printed(PLAN);
    let length = |style: &str, width: i64| {
        let rule = paragraphs.iter().find(|one| one.style == style).unwrap();
        assert!(rule.is_rule && rule.inset.0 == rule.inset.1, "{style}");
        width - rule.inset.0 - rule.inset.1
    };
    let part = |length: i64, of: i64| {
        assert!(length * 3 >= of && length * 2 <= of, "{length} of {of}");
    };
    let motto = length("MottoRule", 5680);
    assert!((motto - MOTTO).abs() < 100, "{motto}");
    part(length("Rule", 3790), AGENCY);
    part(length("TitleRule", 9071), SUBJECT);
    // "(Kèm theo Kế hoạch số … của Ủy ban nhân dân tỉnh Lào Cai)", on one line of 14570.
    let annex = length("AnnexRule", 14570);
    assert!((3700..6000).contains(&annex), "{annex}");
}

/// A line that announces what follows is never the last of its page, nor torn: headings,
/// what ends in a colon, a title in bold, what stands above a table; nor does the signature
/// stand alone.
#[test]
fn what_announces_stays_with_what_follows() {
    let paragraphs = printed(PLAN);
    let kept = |one: &Paragraph| (one.keep_next, one.keep_lines);
    for (begin, expected) in [
        ("Phần I\n", (true, true)),
        ("I. TÌNH HÌNH", (true, true)),
        ("1. Nhận thức số", (true, true)),
        ("1.1. Ngày Chuyển đổi số", (true, true)),
        ("a) Kết quả đạt được:", (true, true)),
        ("b) Tồn tại, hạn chế:", (true, true)),
        ("Thực hiện Công văn", (true, true)),
        ("1. Thu hút nguồn lực", (true, true)),
        ("Danh mục nhiệm vụ, dự án nêu tại", (true, true)),
        ("Đơn vị tính: triệu đồng", (true, false)),
        ("Phụ lục I\n", (true, false)),
        ("KẾ HOẠCH", (true, false)),
        ("Nơi nhận:", (false, false)),
        ("Nghị quyết số 52-NQ/TW", (false, false)),
        ("[CẦN BỔ SUNG: giải pháp cụ thể]", (false, false)),
    ] {
        assert_eq!(kept(one(&paragraphs, begin)), expected, "{begin}");
    }
    assert!(one(&paragraphs, "Thực hiện Công văn").text().ends_with(':'));
    assert!(one(&paragraphs, "Danh mục nhiệm vụ, dự án nêu tại").text().ends_with("./."));
    for paragraph in &paragraphs {
        if paragraph.text().trim_end().ends_with(':') && paragraph.style == "Normal" {
            assert_eq!(kept(paragraph), (true, true), "{}", paragraph.text());
        }
    }
    let group = paragraphs.iter().rfind(|one| one.text() == "Nhận thức số").unwrap();
    assert_eq!((group.style.as_str(), kept(group)), ("Cell", (true, true)));
}

/// III.1: an annex begins on a page of its own, with its word, number and title at the top:
/// no space of a Part's heading above or below.
#[test]
fn annexes_begin_at_the_top_of_a_page() {
    let styles = Styles::of(&plan(PLAN));
    let pages = pages(PLAN);
    let numbers = ["I", "II", "III", "IV", "V"];
    assert_eq!(pages.len(), 1 + numbers.len());
    for ((setup, blocks), number) in pages[1..].iter().zip(numbers) {
        assert_eq!(setup.element("w:type").unwrap().attribute("w:val"), Some("nextPage"));
        let title = styles.resolve(&blocks[0]);
        assert!(title.text().starts_with(&format!("Phụ lục {number}\n")));
        assert_eq!(
            (title.style.as_str(), title.before, title.after),
            ("AnnexTitle", 0, 0)
        );
    }
    let part = printed(PLAN);
    let part = one(&part, "Phần I\n");
    assert_eq!((part.style.as_str(), part.before, part.after), ("Heading1", 240, 60));
}
