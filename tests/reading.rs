//! Plans read back from Word: as khung wrote them, and as people edit them.

#[path = "reading/shorthand.rs"]
pub(crate) mod shorthand;

use std::collections::BTreeSet;
use std::fmt::Write;

use khung::document::{BlockKind, Document};
use khung::docx::package::Package;
use khung::docx::read::{self, Anchor, Main, Place, ReadError, Reading, Spot};
use khung::docx::xml::{self, XmlError};
use khung::identity::Names;
use khung::markdown;
use shorthand::SHORTHAND;

const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

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
        let base = markdown::parse(&draft.markdown()).unwrap();
        let base = read::body(base, profile.contains("comments"));
        let package = Package::read(&draft.docx().unwrap()).unwrap();
        let (main, reading) = read(&package, &base).unwrap();
        assert_eq!(outline(&reading.document), outline(&base), "{profile}");
        assert_eq!(reading.findings, [], "{profile}");
        check_places(&main, &reading, &base);
    }
}

/// `tests/reading/*.xml`: what stands in the body after an edit, each told in its comment;
/// the base is `base.md`. `«a_1»` is a bookmark of khung's, `‹S›` a paragraph style and `⟦text⟧`
/// a run.
#[test]
fn edited_plans() {
    let base = markdown::parse(include_str!("reading/base.md")).unwrap();
    insta::glob!("reading/*.xml", |path| {
        let body = std::fs::read_to_string(path).unwrap();
        let package = package(&main_part(&body));
        let (main, reading) = read(&package, &base).unwrap();
        check_places(&main, &reading, &base);
        assert_eq!(xml::serialize(&main.nodes), main_part(&body));
        insta::with_settings!({ snapshot_path => path.parent().unwrap(),
            prepend_module_to_snapshot => false, omit_expression => true,
            snapshot_suffix => "" }, {
            let name = path.file_stem().unwrap().to_str().unwrap();
            insta::assert_snapshot!(name, told(&main, &reading, &base));
        });
    });
}

/// The main part of a package, and what it says.
fn read(package: &Package, base: &Document) -> Result<(Main, Reading), ReadError> {
    let main = Main::of(package)?;
    let reading = read::read(package, &main, base, &Names::default())?;
    Ok((main, reading))
}

/// A main part with this body, its shorthand written out.
fn main_part(body: &str) -> String {
    let mut body = body.to_owned();
    for (short, long) in SHORTHAND {
        body = body.replace(short, long);
    }
    format!("<w:document xmlns:w=\"{WORD}\"><w:body>{body}</w:body></w:document>")
}

/// A package whose main part goes by an unusual name.
fn package(main_part: &str) -> Package {
    let relations = "<Relationships><Relationship Id=\"rId1\" \
        Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
        Target=\"/word/document2.xml\"/></Relationships>";
    let part = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let parts = [part("_rels/.rels", relations), part("word/document2.xml", main_part)];
    Package { parts: parts.into() }
}

/// Lines of all cases that are well-formed by themselves.
fn lines() -> Vec<String> {
    let mut lines = Vec::new();
    for entry in std::fs::read_dir("tests/reading").unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "xml") {
            let text = std::fs::read_to_string(path).unwrap();
            let whole = |line: &&str| xml::parse(main_part(line).as_bytes()).is_ok();
            lines.extend(text.lines().filter(whole).map(str::to_owned));
        }
    }
    lines.sort();
    lines.dedup();
    lines
}

proptest::proptest! {
    /// Whatever was done to a plan: no section twice, every anchor once, every place right.
    #[test]
    fn any_mixture_is_read(picks in proptest::collection::vec(proptest::prelude::any::<usize>(), 0..40)) {
        let base = markdown::parse(include_str!("reading/base.md")).unwrap();
        let lines = lines();
        let body: Vec<&str> =
            picks.iter().map(|pick| lines[pick % lines.len()].as_str()).collect();
        match read(&package(&main_part(&body.join("\n"))), &base) {
            Ok((main, reading)) => check_places(&main, &reading, &base),
            Err(error) => assert_eq!(error, ReadError::NotOurs),
        }
    }
}

#[test]
fn hostile_bodies_are_read() {
    let base = markdown::parse(include_str!("reading/base.md")).unwrap();
    let nest = |n: usize, open: &str, close: &str| open.repeat(n) + &close.repeat(n);
    for body in [
        "«portal_2»".repeat(50_000) + "<w:p/>",
        format!("<w:p>{}⟦a⟧</w:p>", "«portal_2_Copy_1»«portal_3»".repeat(30_000)),
        "<w:p>«portal_2»⟦Rà soát⟧</w:p>".repeat(50_000),
        "<w:p>⟦Kết nối cổng với nền tảng chia sẻ dữ liệu⟧</w:p>".repeat(50_000),
        "<w:p>«portal_2»</w:p><w:p>«training_2»</w:p>".repeat(20_000),
        "<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val=\"4000000000\"/></w:tcPr></w:tc></w:tr></w:tbl>".into(),
        nest(80, "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"),
        format!("<w:p>{}</w:p>", nest(200, "<w:ins>", "</w:ins>")),
        format!("<w:p>{}</w:p>", "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r>".repeat(50_000)),
        format!("<w:p>«portal_2»⟦{}⟧</w:p>", "Rà soát ".repeat(500_000)),
    ] {
        let body = format!("<w:p>«portal_1»⟦1.1. Nâng cấp⟧</w:p>{body}");
        let (main, reading) = read(&package(&main_part(&body)), &base).unwrap();
        check_places(&main, &reading, &base);
    }
}

#[test]
fn what_is_no_plan_is_refused() {
    let base = markdown::parse(include_str!("reading/base.md")).unwrap();
    let error = |main_part: &str| read(&package(main_part), &base).unwrap_err();
    let plan = main_part("«portal_1»<w:p/>");
    assert!(read(&package(&plan), &base).is_ok());
    assert_eq!(read(&Package::default(), &base).unwrap_err(), ReadError::NoDocument);
    assert_eq!(error(&plan.replace("w:body", "w:other")), ReadError::NoDocument);
    assert_eq!(error("<workbook/>"), ReadError::NotWord);
    // Each of many short rows would get the cells of a long one.
    let (long, short) = ("<w:tc/>".repeat(20_000), "<w:tr/>".repeat(20_000));
    let table = format!("<w:tbl><w:tr>{long}</w:tr>{short}</w:tbl>");
    let too_long = ReadError::Xml(XmlError::TooLong);
    assert_eq!(error(&main_part(&format!("<w:p>«portal_1»</w:p>{table}"))), too_long);
    assert_eq!(error(&plan.replace("w:", "ns0:")), ReadError::Prefix);
    assert_eq!(error(&plan.replace("schemas.", "x.")), ReadError::Prefix);
    let strict = plan.replace(WORD, "http://purl.oclc.org/ooxml/wordprocessingml/main");
    assert_eq!(error(&strict), ReadError::Strict);
    let doctype = format!("<!DOCTYPE x>{plan}");
    assert_eq!(error(&doctype), ReadError::Xml(xml::XmlError::Doctype));
    assert!(matches!(error(&plan[1..]), ReadError::Xml(_)));
    let huge = format!("<!--{}-->{plan}", " ".repeat(64 << 20));
    assert_eq!(error(&huge), ReadError::Xml(xml::XmlError::TooLong));
    let other = main_part("<w:p>⟦Biên bản họp⟧</w:p><w:p>⟦Thành phần⟧</w:p>");
    assert_eq!(error(&other), ReadError::NotOurs);
}

/// The outline, each line with its number in the base and what it holds; then the findings.
fn told(main: &Main, reading: &Reading, base: &Document) -> String {
    let mut out = String::new();
    let held = |spot: &Spot| -> String {
        let mark = |mark: &read::Mark| {
            format!("  {{{:?}: {:?}}}", mark.held, &spot.text[mark.text.clone()])
        };
        spot.marks.iter().map(mark).collect()
    };
    let number =
        |anchor: &Option<Anchor>| anchor.map_or("·".to_owned(), |a| a.n.to_string());
    for (section, places) in reading.document.sections.iter().zip(&reading.places) {
        let one = Document { sections: vec![section.clone()] };
        let outline = outline(&one);
        let mut lines = outline.lines();
        let _ = writeln!(out, "{}", lines.next().unwrap());
        for place in places {
            match place {
                Place::Paragraph { anchor, spot } => {
                    let line = lines.next().unwrap();
                    let _ = writeln!(out, "{} {line}{}", number(anchor), held(spot));
                }
                Place::Table { rows, .. } => {
                    for row in rows {
                        let line = lines.next().unwrap();
                        let held: String = row.cells.iter().map(held).collect();
                        let by = row.inserted.as_deref();
                        let by =
                            by.map_or(String::new(), |by| format!("  {{row by {by}}}"));
                        let _ = writeln!(out, "{} {line}{held}{by}", number(&row.anchor));
                    }
                }
            }
        }
    }
    for finding in &reading.findings {
        let anchor = finding.anchor;
        let id = base.sections[anchor.section].id.as_deref().unwrap();
        let name = Names::default().bookmark(id, anchor.n).unwrap();
        let at = finding.at.as_ref().map_or(String::new(), |path| {
            let element = xml::element_at(&main.nodes, path).unwrap();
            format!(" in {:?}", text(element))
        });
        let _ = writeln!(out, "{name}: {:?}{at}", finding.how);
    }
    out
}

fn text(element: &xml::Element) -> String {
    let own = if element.name == "w:t" { element.text() } else { String::new() };
    let children = element.children.iter().map(|node| match node {
        xml::Node::Element(child) => text(child),
        xml::Node::Raw(_) => String::new(),
    });
    own + &children.collect::<String>()
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
fn check_places(main: &Main, reading: &Reading, base: &Document) {
    let name = |path: &xml::Path| {
        xml::element_at(&main.nodes, path).map(|element| element.name.as_str())
    };
    let check_spot = |spot: &Spot, text: &str| {
        assert_eq!(&spot.text[spot.lead..], text);
        for path in &spot.paragraphs {
            assert_eq!(name(path), Some("w:p"));
        }
        let mut end = 0;
        for piece in &spot.pieces {
            let between = &spot.text[end..piece.text.start];
            assert!(between.chars().all(|c| c == '\n'), "{between:?}");
            end = piece.text.end;
            let run = xml::element_at(&main.nodes, &piece.run).unwrap();
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
    let anchors = reading.places.iter().flatten().flat_map(|place| match place {
        Place::Paragraph { anchor, .. } => vec![*anchor],
        Place::Table { rows, .. } => rows.iter().map(|row| row.anchor).collect(),
    });
    let anchors: Vec<Anchor> = anchors.flatten().collect();
    assert_eq!(anchors.iter().collect::<BTreeSet<_>>().len(), anchors.len());
    let ids: Vec<&String> =
        reading.document.sections.iter().filter_map(|s| s.id.as_ref()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
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
