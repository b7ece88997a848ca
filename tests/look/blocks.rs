//! What a few blocks become in Word: what the plans of the shipped templates have no case of.

use khung::docx::{Properties, compose};
use khung::markdown::parse;

use super::body;
use super::outline::block;

/// The lines of the body that a text becomes, without its last page setup.
fn lines(markdown: &str) -> Vec<String> {
    let document = parse(markdown).unwrap();
    let package = compose(&document, &Properties::default(), |_| String::new());
    let mut out = String::new();
    for element in &body(&package) {
        block(element, 0, &mut out);
    }
    let mut lines: Vec<String> = out.lines().map(|line| line.trim().to_owned()).collect();
    assert!(lines.pop().unwrap().starts_with("sectPr"));
    lines
}

/// The properties of the rows of a table.
fn rows(markdown: &str) -> Vec<String> {
    let lines = lines(markdown).into_iter();
    lines.filter_map(|line| Some(line.strip_prefix("row")?.trim().to_owned())).collect()
}

/// A table of so many columns, the second row of which is so many lines high.
fn table(columns: usize, high: usize) -> String {
    let row = |cell: &str| format!("| {} |\n", vec![cell; columns].join(" | "));
    let tall = vec!["a"; high].join("<br>");
    [row("Tên"), row("---"), row(&tall), row("b")].concat()
}

#[test]
fn items_are_numbered_or_hang_on_dashes_and_pluses() {
    assert_eq!(
        lines("<!-- khung: text -->\n- một\n  - hai\n\n3. ba\n4. bốn\n"),
        ["p ListDash | một", "p ListPlus | hai", "p Normal | 3. ba", "p Normal | 4. bốn"]
    );
}

#[test]
fn letters_are_composed_and_tabs_are_tabs() {
    // What a Mac types: letters and marks apart.
    let apart = "<!-- khung: text -->\nE\u{302}\u{301} kho\u{302}ng&#9;hai\n";
    assert_eq!(lines(apart), ["p Normal | \u{1ebe} kh\u{f4}ng<tab>hai"]);
}

#[test]
fn rows_are_torn_only_where_a_page_is_too_low_for_them() {
    let portrait = |high| rows(&format!("<!-- khung: text -->\n{}", table(3, high)));
    let heading = "<!-- khung: annex-1 -->\n## Phụ lục I<br>BẢNG\n\n";
    let landscape = |high| rows(&format!("{heading}{}", table(7, high)));
    let whole = ["cantSplit tblHeader", "cantSplit", "cantSplit"];
    let torn = ["cantSplit tblHeader", "", "cantSplit"];
    assert_eq!(portrait(40), whole);
    assert_eq!(portrait(41), torn);
    assert_eq!(landscape(24), whole);
    assert_eq!(landscape(25), torn);
}

#[test]
fn a_total_stands_with_the_row_above_it_and_a_group_with_the_row_below() {
    let kept = |markdown: &str| -> Vec<(String, bool)> {
        let cells = lines(markdown).into_iter().filter(|line| line.starts_with("cell"));
        let text = |line: String| {
            let (own, text) = line.split_once(" | ").unwrap();
            (text.replace("{b bCs}", ""), own.contains("keepNext"))
        };
        cells.map(text).collect()
    };
    let table =
        |rows: &str| kept(&format!("<!-- khung: text -->\n| Tên |\n| --- |\n{rows}"));
    let is = |rows: &[(&str, bool)]| -> Vec<(String, bool)> {
        rows.iter().map(|(text, kept)| ((*text).to_owned(), *kept)).collect()
    };
    assert_eq!(
        table("| **Nhóm** |\n| a |\n| b |\n"),
        is(&[("Tên", false), ("Nhóm", true), ("a", false), ("b", false)])
    );
    assert_eq!(
        table("| a |\n| b |\n| **Tổng** |\n"),
        is(&[("Tên", false), ("a", false), ("b", true), ("Tổng", false)])
    );
    // A signature stays on one page, whatever rows it has.
    let rows = kept("<!-- khung: signature -->\n| a | b |\n| --- | --- |\n| c | d |\n");
    assert_eq!(rows, is(&[("a", true), ("b", true), ("c", false), ("d", false)]));
}

#[test]
fn pages_end_in_their_last_paragraph_or_in_one_without_height_behind_a_table() {
    let annex = "\n<!-- khung: annex-1 -->\n## Phụ lục I<br>BẢNG\n";
    let ends = |text: &str| -> Vec<String> {
        let lines = lines(&format!("<!-- khung: text -->\n{text}\n{annex}"));
        let setup = lines.iter().position(|line| line.starts_with("sectPr")).unwrap();
        lines[setup - 1..=setup + 1]
            .iter()
            .map(|line| line.split('[').next().unwrap().to_owned())
            .collect()
    };
    let title = "p AnnexTitle | Phụ lục I<br(type=textWrapping)>BẢNG";
    assert_eq!(ends("Hết."), ["p Normal | Hết.", "sectPr", title]);
    assert_eq!(ends("| a |\n| --- |\n"), ["p SectionEnd |", "sectPr", title]);
}
