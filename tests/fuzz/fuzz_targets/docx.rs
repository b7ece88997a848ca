//! A Word file, or the main part of one: refused, or read with every place right.
#![no_main]

use std::collections::BTreeSet;
use std::sync::OnceLock;

use khung::document::{BlockKind, Document};
use khung::docx::package::Package;
use khung::docx::read::{Main, Place, Reading, Spot, read};
use khung::docx::xml;
use khung::identity::Names;
use khung::markdown::parse;
use khung_fuzz::word::{main_part, package, with_part};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    static BASE: OnceLock<(Document, Package)> = OnceLock::new();
    let (base, written) = BASE.get_or_init(|| {
        let base = parse(include_str!("../../reading/base.md")).unwrap();
        let package = package(&base, "QUJD");
        (base, package)
    });
    let package = if input.starts_with(b"PK") {
        let Ok(package) = Package::read(input) else { return };
        let bytes = package.write().unwrap();
        assert_eq!(Package::read(&bytes).unwrap(), package);
        package
    } else {
        with_part(written, main_part(input))
    };
    let Ok(main) = Main::of(&package) else { return };
    let Ok(reading) = read(&package, &main, base, &Names::default()) else { return };
    let part = package.part(&main.part).unwrap();
    assert_eq!(xml::serialize(&main.nodes).as_bytes(), part);
    check(&main, &reading);
});

fn check(main: &Main, reading: &Reading) {
    let name = |path: &xml::Path| {
        xml::element_at(&main.nodes, path).map(|element| element.name.as_str())
    };
    let spot = |spot: &Spot, text: &str| {
        assert_eq!(&spot.text[spot.lead..], text);
        assert!(spot.paragraphs.iter().all(|path| name(path) == Some("w:p")));
        let mut end = 0;
        for piece in &spot.pieces {
            assert!(spot.text[end..piece.text.start].bytes().all(|b| b == b'\n'));
            end = piece.text.end;
            let run = xml::element_at(&main.nodes, &piece.run).unwrap();
            let xml::Node::Element(child) = &run.children[piece.child] else { panic!() };
            let held = &spot.text[piece.text.clone()];
            if child.name == "w:t" {
                let text = child.text().replace(['\n', '\r'], " ");
                assert!(text[piece.skip..].starts_with(held), "{text:?} {held:?}");
            } else {
                assert_eq!(held.chars().count(), 1);
            }
        }
        assert!(spot.marks.iter().all(|mark| spot.text.get(mark.text.clone()).is_some()));
    };
    let mut ids = BTreeSet::new();
    let mut anchors = BTreeSet::new();
    assert_eq!(reading.document.sections.len(), reading.places.len());
    for (section, places) in reading.document.sections.iter().zip(&reading.places) {
        assert!(section.id.iter().all(|id| ids.insert(id)), "{:?}", section.id);
        assert_eq!(section.blocks.len(), places.len());
        for (block, place) in section.blocks.iter().zip(places) {
            match (place, &block.kind) {
                (Place::Paragraph { anchor, spot: at }, kind) => {
                    assert!(anchor.iter().all(|anchor| anchors.insert(*anchor)));
                    match kind {
                        BlockKind::Heading(heading) => spot(at, &heading.text.plain()),
                        kind => spot(at, &kind.plain()),
                    }
                }
                (Place::Table { at, rows }, BlockKind::Table(table)) => {
                    assert_eq!(name(at), Some("w:tbl"));
                    assert_eq!(rows.len(), table.rows.len());
                    for (place, row) in rows.iter().zip(&table.rows) {
                        assert!(place.anchor.iter().all(|a| anchors.insert(*a)));
                        assert_eq!(name(&place.at), Some("w:tr"));
                        assert_eq!(place.cells.len(), row.cells.len());
                        for (at, cell) in place.cells.iter().zip(&row.cells) {
                            spot(at, &cell.plain());
                        }
                    }
                }
                (Place::Table { .. }, kind) => panic!("{kind:?}"),
            }
        }
    }
}
