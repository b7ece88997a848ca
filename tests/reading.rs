//! Plans read back from Word: as khung wrote them, and as people edit them.

use std::fmt::Write;

use khung::document::{BlockKind, Document};
use khung::docx::package::Package;
use khung::docx::read::{self, Anchor, Place, Reading, Spot, read};
use khung::docx::xml;
use khung::markdown;

#[test]
fn a_fresh_plan_reads_as_it_was_written() {
    let (catalog, templates) = crate::embedded();
    for profile in [
        "agency = \"Lào Cai\"\n",
        "agency = \"TP.HCM\"\nguidance = \"comments\"\n",
        "agency = \"BYT\"\nguidance = \"none\"\n",
        "agency = \"VTV\"\n",
        include_str!("suite/ministry-decision/profile.toml"),
        include_str!("../catalog/2024/sample-province.toml"),
    ] {
        let source = crate::source("p.toml", profile);
        let (draft, diagnostics) = khung::build(&catalog, &templates, &source, None);
        let draft =
            draft.unwrap_or_else(|| panic!("{}", khung::cli::render(&diagnostics)));
        let base = markdown::parse(&draft.markdown).unwrap();
        let base = read::body(&base, profile.contains("comments"));
        let package = Package::read(&draft.docx).unwrap();
        let reading = read(&package, &base).unwrap();
        assert_eq!(outline(&reading.document), outline(&base), "{profile}");
        assert_eq!(reading.findings, [], "{profile}");
        check_places(&reading, &base);
    }
}

/// All that a reader sees, one line a paragraph or row.
fn outline(document: &Document) -> String {
    let mut out = String::new();
    for section in &document.sections {
        let _ =
            writeln!(out, "== {}", section.id.as_deref().unwrap_or("(của người soạn)"));
        for block in &section.blocks {
            match &block.kind {
                BlockKind::Heading(heading) => {
                    let mark = "#".repeat(heading.level.into());
                    let number = heading.number.as_deref().unwrap_or_default();
                    let text = heading.text.plain();
                    let _ = writeln!(out, "{mark} {number:?} {text:?}");
                }
                BlockKind::Item { depth, number, text } => {
                    let mark = number.map_or("-".to_owned(), |n| format!("{n}."));
                    let indent = "  ".repeat((*depth).into());
                    let _ = writeln!(out, "{indent}{mark} {:?}", text.plain());
                }
                BlockKind::Table(table) => {
                    for row in &table.rows {
                        let cells: Vec<String> =
                            row.cells.iter().map(khung::document::Text::plain).collect();
                        let id = row.id.as_deref().unwrap_or_default();
                        let _ = writeln!(out, "|{id}| {cells:?}");
                    }
                }
                BlockKind::Quote(text) => {
                    let _ = writeln!(out, "> {:?}", text.plain());
                }
                BlockKind::Raw(text) => {
                    let _ = writeln!(out, "raw {text:?}");
                }
                BlockKind::Paragraph(text) => {
                    let _ = writeln!(out, "{:?}", text.plain());
                }
            }
        }
    }
    out
}

/// Every place leads to its element, every piece to its characters, every anchor to a block
/// of the section that it stands in.
fn check_places(reading: &Reading, base: &Document) {
    let name = |path: &xml::Path| {
        xml::element_at(&reading.nodes, path).map(|element| element.name.as_str())
    };
    let check_spot = |spot: &Spot, text: &str| {
        assert_eq!(&spot.text[spot.lead..], text);
        for path in &spot.paragraphs {
            assert_eq!(name(path), Some("w:p"));
        }
        let mut end = 0;
        for piece in &spot.pieces {
            let between = &spot.text[end..piece.text.start];
            assert!(matches!(between, "" | "\n"), "{between:?}");
            end = piece.text.end;
            let run = xml::element_at(&reading.nodes, &piece.run).unwrap();
            assert_eq!(run.name, "w:r");
            let xml::Node::Element(child) = &run.children[piece.child] else { panic!() };
            let held = &spot.text[piece.text.clone()];
            if child.name == "w:t" {
                let text = child.text().replace('\n', " ");
                assert!(text[piece.skip..].starts_with(held), "{text:?} {held:?}");
            } else {
                assert_eq!(held.chars().count(), 1);
            }
        }
        assert!(spot.marks.iter().all(|mark| spot.text.get(mark.text.clone()).is_some()));
    };
    let check_anchor = |anchor: &Option<Anchor>, id: Option<&str>, row: bool| {
        let Some(anchor) = anchor else { return };
        let section = &base.sections[anchor.section];
        assert_eq!(section.id.as_deref(), id);
        let table = matches!(section.blocks[anchor.block].kind, BlockKind::Table(_));
        assert_eq!((table, anchor.row.is_some()), (row, row));
    };
    assert_eq!(reading.document.sections.len(), reading.places.len());
    for (section, places) in reading.document.sections.iter().zip(&reading.places) {
        assert_eq!(section.blocks.len(), places.len());
        let id = section.id.as_deref();
        for (block, place) in section.blocks.iter().zip(places) {
            match (place, &block.kind) {
                (Place::Paragraph { anchor, spot }, kind) => {
                    check_anchor(anchor, id, false);
                    let own = match kind {
                        BlockKind::Heading(heading) => heading.text.plain(),
                        kind => kind.plain(),
                    };
                    check_spot(spot, &own);
                }
                (Place::Table { at, rows }, BlockKind::Table(table)) => {
                    assert_eq!(name(at), Some("w:tbl"));
                    assert_eq!(rows.len(), table.rows.len());
                    for (place, row) in rows.iter().zip(&table.rows) {
                        check_anchor(&place.anchor, id, true);
                        assert_eq!(name(&place.at), Some("w:tr"));
                        for (spot, cell) in place.cells.iter().zip(&row.cells) {
                            check_spot(spot, &cell.plain());
                        }
                    }
                }
                (Place::Table { .. }, kind) => panic!("{kind:?}"),
            }
        }
    }
}
