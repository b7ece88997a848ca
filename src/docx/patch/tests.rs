//! Laws of patching, on small plans.

use std::collections::BTreeSet;

use super::{Asides, Options, Patched, patch};
use crate::document::{Block, BlockKind, Document, Row, Section, Text};
use crate::docx::lint::lint;
use crate::docx::package::Package;
use crate::docx::read::{self, Main, Reading};
use crate::docx::xml::{Element, Node};
use crate::docx::{self, Properties, revisions, xml};
use crate::identity::Names;
use crate::merge::{Body, Change, Found, Merge, Piece, Renames, What, Words, merge};
use crate::update::UpdateError;
use crate::update::proof::{Claim, proves, tracked};
use crate::update::seen::{self, Frame};
use crate::{markdown, record};

const AUTHOR: &str = "khung 9";

fn options(accept: bool) -> Options {
    Options {
        author: AUTHOR.to_owned(),
        origin: "Danh mục 2024.2".to_owned(),
        accept,
        comments: false,
        old: Asides::default(),
        new: Asides::default(),
        old_names: Names::default(),
        new_names: Names::default(),
        record: "AAAA".to_owned(),
    }
}

pub(super) fn package(document: &Document) -> Package {
    let bytes =
        docx::write(document, &Properties::default(), |_| "AAAA".to_owned()).unwrap();
    Package::read(&bytes).unwrap()
}

/// The main part, and what it says.
fn opened(package: &Package, base: &Document, names: &Names) -> (Main, Reading) {
    let main = Main::of(package).unwrap();
    let reading = read::read(package, &main, base, names).unwrap();
    (main, reading)
}

/// One line a paragraph or row, under the id of its section.
fn shown(document: &Document) -> String {
    let mut out = String::new();
    for section in document.sections.iter().filter(|s| !s.blocks.is_empty()) {
        let id = section.id.as_deref().unwrap_or_default();
        out.extend(["#", id, "\n"]);
        for block in &section.blocks {
            out += &texts(block);
        }
    }
    out
}

fn texts(block: &Block) -> String {
    let line = match &block.kind {
        BlockKind::Table(table) => {
            let row = |row: &Row| {
                let cells: Vec<String> = row.cells.iter().map(runs).collect();
                format!("|{} {cells:?}\n", row.id.as_deref().unwrap_or_default())
            };
            return table.rows.iter().map(row).collect::<Vec<_>>().concat();
        }
        BlockKind::Heading(heading) => format!(
            "{} {:?} {}",
            "=".repeat(heading.level.into()),
            heading.number,
            runs(&heading.text)
        ),
        BlockKind::Paragraph(text) => runs(text),
        BlockKind::Item { depth, number, text } => {
            format!("{depth} {number:?} {}", runs(text))
        }
        BlockKind::Quote(text) => format!("> {}", runs(text)),
        BlockKind::Raw(text) => format!("raw {text}"),
    };
    format!("{line:?}\n")
}

fn runs(text: &Text) -> String {
    let mut out = Text::default();
    let mut plain = String::new();
    for inline in &text.0 {
        match inline {
            crate::document::Inline::Break => out.0.push(inline.clone()),
            crate::document::Inline::Run(run) => out.push(&run.text, &run.style),
        }
    }
    for inline in &out.0 {
        match inline {
            crate::document::Inline::Break => plain.push('\n'),
            crate::document::Inline::Run(run) => {
                let mark = |on, mark: &'static str| if on { mark } else { "" };
                plain += mark(run.style.bold, "*");
                plain += mark(run.style.italic, "_");
                plain += mark(run.style.strike, "~");
                plain += &run.text;
            }
        }
    }
    plain
}

/// The texts of a document in order, without ids and kinds.
fn flat(document: &Document) -> Vec<String> {
    let blocks = document.sections.iter().flat_map(|section| &section.blocks);
    blocks.map(|block| block.kind.plain()).collect()
}

/// The words of a document in order, without punctuation.
fn words(document: &Document) -> impl Iterator<Item = String> {
    let split = |text: String| {
        let words = text.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| !word.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    flat(document).into_iter().flat_map(split)
}

/// Each letter with the look of its run, each picture and the like, sorted: sections move.
fn looks(package: &Package, part: &str) -> Vec<String> {
    fn see(element: &Element, out: &mut Vec<String>) {
        if element.name == "w:r" {
            let properties = element.element("w:rPr").filter(|p| !p.children.is_empty());
            let look =
                properties.map(|p| xml::serialize(&p.children)).unwrap_or_default();
            for node in &element.children {
                match node {
                    Node::Element(child) if child.name == "w:t" => {
                        out.extend(child.text().chars().map(|c| format!("{c} {look}")));
                    }
                    // Comments stay, and do not count.
                    Node::Element(child)
                        if !["w:rPr", "w:commentReference"].contains(&&*child.name) =>
                    {
                        out.push(format!(
                            "{} {look}",
                            xml::serialize(std::slice::from_ref(node))
                        ));
                    }
                    _ => {}
                }
            }
            return;
        }
        for node in &element.children {
            if let Node::Element(child) = node {
                see(child, out);
            }
        }
    }
    let mut out = Vec::new();
    for node in xml::parse(package.part(part).unwrap()).unwrap() {
        if let Node::Element(root) = &node {
            see(root, &mut out);
        }
    }
    out.sort();
    out
}

/// The edited texts in the order of the result.
fn moved(merge: &Merge, edited: &Document) -> Document {
    let at = |change: &Change<_, _>| super::edited(change);
    let order = merge.sections.iter().filter_map(at);
    Document { sections: order.map(|at| edited.sections[at].clone()).collect() }
}

/// The merge with what conflicts offer put in.
fn with_offers(merge: &Merge, edited: &Document) -> Merge {
    let mut merge = merge.clone();
    let put = |words: &mut Words, text: &str| {
        for piece in &mut words.0 {
            if let Piece::Offer(offer) = piece {
                let text = super::spot::offered(text, offer.edited.end, &offer.fresh);
                *piece = Piece::Insert(text);
            }
        }
    };
    for change in &mut merge.sections {
        let Change::Kept(section) = change else { continue };
        let old = &edited.sections[section.edited];
        for change in &mut section.blocks {
            let Change::Kept(block) = change else { continue };
            match (&mut block.body, &old.blocks[block.edited].kind) {
                (Body::Table(rows), BlockKind::Table(table)) => {
                    for change in rows {
                        let Change::Kept(row) = change else { continue };
                        let cells = &table.rows[row.edited].cells;
                        for (words, cell) in row.cells.iter_mut().zip(cells) {
                            put(words, &cell.plain());
                        }
                    }
                }
                (Body::Text(words), BlockKind::Heading(heading)) => {
                    put(words, &heading.text.plain());
                }
                (Body::Text(words), kind) => put(words, &kind.plain()),
                _ => {}
            }
        }
    }
    merge
}

fn resolved(
    package: &Package,
    part: &str,
    resolve: fn(&mut Vec<xml::Node>, &str),
) -> Package {
    let mut nodes = xml::parse(package.part(part).unwrap()).unwrap();
    resolve(&mut nodes, AUTHOR);
    let mut package = package.clone();
    package.replace(part, xml::serialize(&nodes));
    package
}

/// Where the cases of a table and of proptest hold the same laws.
pub(super) struct Case {
    base: Document,
    fresh: Document,
    input: Package,
    main: Main,
    reading: Reading,
    merge: Merge,
    renames: Renames,
    /// The names of base, and of fresh.
    names: [Names; 2],
    record: String,
    /// Words that the catalogue wrote, now or before.
    known: BTreeSet<String>,
}

impl Case {
    pub(super) fn new(
        base: &Document,
        fresh: &Document,
        input: Package,
        renames: Renames,
    ) -> Self {
        Self::named(Names::default(), base, fresh, input, renames)
    }

    /// The same, of a base whose paragraphs have these names.
    fn named(
        old: Names,
        base: &Document,
        fresh: &Document,
        input: Package,
        renames: Renames,
    ) -> Self {
        let (main, reading) = opened(&input, base, &old);
        let new = old.after(base, fresh, &renames);
        let merge = merge(base, &reading.document, fresh, &renames, &reading.marks);
        let (base, fresh) = (base.clone(), fresh.clone());
        let known = [&base, &fresh].into_iter().flat_map(words).collect();
        let (names, record) = ([old, new], "AAAA".to_owned());
        Self { base, fresh, input, main, reading, merge, renames, names, record, known }
    }

    fn options(&self, accept: bool) -> Options {
        let [old_names, new_names] = self.names.clone();
        Options { old_names, new_names, ..options(accept) }
    }

    /// What the catalogue makes next of what this update left.
    pub(super) fn next(&self, fresh: &Document, input: Package) -> Self {
        let (names, renames) = (self.names[1].clone(), self.renames.clone());
        let record = docx::read_record(&input).unwrap();
        let mut next = Self::named(names, &self.fresh, fresh, input, renames);
        next.known.extend(self.known.iter().cloned());
        Self { record, ..next }
    }

    /// What a package says once it has been updated.
    fn opened(&self, package: &Package) -> Reading {
        opened(package, &self.fresh, &self.names[1]).1
    }

    pub(super) fn patch(&self, accept: bool) -> Patched {
        let (main, reading) = (self.main.clone(), &self.reading);
        let mut options = self.options(accept);
        options.record.clone_from(&self.record);
        if self.base != self.fresh {
            options.record += "BBBB";
        }
        patch(&self.input, main, reading, &self.merge, &self.fresh, &options).unwrap()
    }

    /// Checks all laws, where nothing may be left out; gives the patched package.
    pub(super) fn check(&self) -> Package {
        let patched = self.holds(true);
        self.sees(&patched);
        assert_eq!(patched.skipped, []);
        patched.package
    }

    /// Checks all laws that hold also where something of the drafter's stands in the way.
    /// Where people moved, copied or tore paragraphs, and so not `anchored`, likeness alone
    /// may name a row, and another one later: only texts are compared then, and the proof.
    pub(super) fn holds(&self, anchored: bool) -> Patched {
        let patched = self.patch(false);
        let is_whole = patched.skipped.is_empty();
        // What people left torn is no fault of the update.
        let is_sound = |package: &Package| {
            if lint(&self.input).is_empty() {
                assert_eq!(lint(package), []);
            }
        };
        is_sound(&patched.package);
        self.prove(&patched, false);
        let edited = &self.reading.document;
        let part = &self.main.part;
        // (a) Rejecting gives back the texts.
        let rejected = resolved(&patched.package, part, revisions::reject);
        is_sound(&rejected);
        assert_eq!(looks(&rejected, part), looks(&self.input, part), "reject");
        let rejected = opened(&rejected, &self.base, &self.names[0]).1;
        let is_move = |skipped: &super::Skipped| skipped.what == super::Omission::Move;
        let stays = patched.skipped.iter().any(is_move);
        let in_order = if stays { edited.clone() } else { moved(&self.merge, edited) };
        assert_eq!(flat(&rejected.document), flat(&in_order), "reject");
        // (b) Accepting gives the merge, and every anchor is found again.
        let expected = with_offers(&self.merge, edited).apply(edited);
        let accepted = resolved(&patched.package, part, revisions::accept);
        let accepted = self.opened(&accepted);
        let pending = self.opened(&patched.package);
        // Every word that only people know is there, in order.
        let own = self.own_words(&in_order);
        for (reading, what) in [(&accepted, "accept"), (&pending, "pending")] {
            assert_eq!(self.own_words(&reading.document), own, "{what}");
            if is_whole {
                self.same(reading, &expected, what, anchored);
            }
        }
        // Without tracking.
        let plain = self.patch(true);
        self.prove(&plain, true);
        let plain = plain.package;
        is_sound(&plain);
        assert!(!String::from_utf8_lossy(plain.part(part).unwrap()).contains(AUTHOR));
        let plain = self.opened(&plain);
        assert_eq!(self.own_words(&plain.document), own, "plain");
        if is_whole {
            self.same(&plain, &self.merge.apply(edited), "plain", anchored);
        }
        // Word sections, and their pages, are as many as before.
        let count = |package: &Package| {
            let text = String::from_utf8_lossy(package.part(part).unwrap()).into_owned();
            text.matches("<w:sectPr").count()
        };
        assert_eq!(count(&patched.package), count(&self.input));
        // (d) Other parts.
        let ours = [
            part.as_str(),
            "word/comments.xml",
            "[Content_Types].xml",
            "word/_rels/document.xml.rels",
        ];
        for (name, bytes) in &self.input.parts {
            let is_record =
                name.starts_with("customXml/") || name == "docProps/custom.xml";
            let is_new_record = is_record && self.base != self.fresh;
            if !is_new_record && !ours.contains(&name.as_str()) {
                assert_eq!(patched.package.part(name), Some(bytes.as_slice()), "{name}");
            }
        }
        if self.merge.changes_nothing()
            && self.merge.conflicts().is_empty()
            && self.base == self.fresh
        {
            assert_eq!(patched.package, self.input);
        }
        // (e) A second update changes nothing.
        let again = merge(
            &self.fresh,
            &pending.document,
            &self.fresh,
            &self.renames,
            &pending.marks,
        );
        assert!(again.changes_nothing(), "{again:?}");
        patched
    }

    /// The words that the catalogue never wrote.
    fn own_words(&self, document: &Document) -> Vec<String> {
        words(document).filter(|word| !self.known.contains(word)).collect()
    }

    fn proof(&self, patched: &Patched, accept: bool) -> Result<(), UpdateError> {
        let edited = &self.reading.document;
        let claim =
            Claim { base: &self.base, edited, fresh: &self.fresh, merge: &self.merge };
        let (reading, options) = (&self.reading, self.options(accept));
        let own = tracked(&self.main.nodes, &options.author);
        let broken = |error: read::ReadError| UpdateError::Broken(error.to_string());
        let main = Main::of(&patched.package).map_err(broken)?;
        proves(&self.input, patched, main, reading, &own, &claim, &options)
    }

    /// What is done right must not be refused.
    fn prove(&self, patched: &Patched, accept: bool) {
        let sides = [&self.base, &self.reading.document, &self.fresh].map(shown);
        let proof = self.proof(patched, accept);
        assert_eq!(proof, Ok(()), "{}", sides.join("----\n"));
    }

    /// What a person sees is in its place: nor may that be refused.
    pub(super) fn sees(&self, patched: &Patched) {
        let frame = Frame::new(&self.base, &self.fresh, &self.renames);
        let before = read::seen(&self.input, &self.main).unwrap();
        let main = Main::of(&patched.package).unwrap();
        let proof = seen::proves_docx(&frame, &before, &patched.package, &main);
        let after = read::seen(&patched.package, &main).unwrap();
        let sides = [&self.base, &before, &self.fresh, &after].map(shown);
        assert_eq!(proof, Ok(()), "{}", sides.join("----\n"));
    }

    fn same(&self, reading: &Reading, expected: &Document, what: &str, anchored: bool) {
        // What the catalogue gave up, and the drafter did not, is their own text from now on.
        let is_own = |found: &Found<'_>| matches!(found.what, What::Whole(_));
        assert_eq!(flat(&reading.document), flat(expected), "{what}");
        if !anchored {
            return;
        }
        // So is what stands below a heading of theirs, or first where they deleted ours.
        let levels = |section: &Section| -> Vec<u8> {
            let level = |block: &Block| match &block.kind {
                BlockKind::Heading(heading) => Some(heading.level),
                _ => None,
            };
            section.blocks.iter().filter_map(level).collect()
        };
        let is_parted = |section: &Section| {
            let is_heading = |block: &Block| matches!(block.kind, BlockKind::Heading(_));
            let is_headless = section.blocks.first().is_some_and(|b| !is_heading(b));
            let levels = levels(section);
            let first = levels.first();
            is_headless || levels.iter().skip(1).any(|level| Some(level) <= first)
        };
        if self.merge.conflicts().iter().any(is_own)
            || expected.sections.iter().any(is_parted)
        {
            return;
        }
        assert_eq!(shown(&reading.document), shown(expected), "{what}");
        // Where every anchor was there before, every one is there now, but for what the
        // drafter deleted, or wrote in the place of it.
        if self.reading.findings.is_empty() {
            let is_edit = |finding: &&read::Finding| {
                use read::Recovery::{Deleted, Lost, Replaced};
                matches!(finding.how, Deleted | Lost | Replaced)
            };
            let lost: Vec<_> = reading.findings.iter().filter(|f| !is_edit(f)).collect();
            assert!(lost.is_empty(), "{what}: {lost:?}");
        }
    }
}

fn document(text: &str) -> Document {
    markdown::parse(text).unwrap()
}

/// A plan written, edited as Markdown, and updated. The edited document is written with the
/// bookmarks that base gives its paragraphs, as Word would leave them.
fn update(base: &str, fresh: &str, edit: impl Fn(&str) -> String) -> (Case, Package) {
    let (base, fresh) = (document(base), document(fresh));
    let mut input = package(&base);
    let part =
        input.parts.iter_mut().find(|(name, _)| name == "word/document.xml").unwrap();
    part.1 = edit(std::str::from_utf8(&part.1).unwrap()).into_bytes();
    let case = Case::new(&base, &fresh, input, Renames::default());
    let patched = case.check();
    (case, patched)
}

const BASE: &str = "<!-- khung: part -->\n## Phần I<br>Mở đầu chung\n\nĐoạn mở **đậm** của kế hoạch này.\n\n\
<!-- khung: one -->\n### 1. Mục một\n\nMột hai ba bốn năm sáu.\n\n- Gạch một hai ba\n- Gạch bốn năm sáu: \\[CẦN BỔ SUNG: sở\\]\n\n\
<!-- khung: two -->\n### 2. Mục hai\n\nCâu hai một hai ba.\n\n| STT | Tên | Ghi chú |\n|---|----|----|\n| <!-- a -->1 | Dự án một | dòng một<br>dòng hai |\n| <!-- b -->2 | Dự án hai | |\n\nCuối mục hai.\n";

fn changed(pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(BASE.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// Tells which row of a table fails.
fn named<T>(name: &str, test: impl FnOnce() -> T + std::panic::UnwindSafe) -> T {
    std::panic::catch_unwind(test).unwrap_or_else(|_| panic!("{name}"))
}

fn keep(text: &str) -> String {
    text.to_owned()
}

#[test]
fn an_unchanged_plan_comes_back_byte_for_byte() {
    let (case, patched) = update(BASE, BASE, keep);
    assert_eq!(patched, case.input);
}

#[test]
fn changes_come_in_and_can_be_undone() {
    let rows: [(&str, &[(&str, &str)]); 18] = [
        ("words", &[("hai ba bốn", "hai mười bốn")]),
        ("first word", &[("Một hai ba bốn", "Hai hai ba bốn")]),
        ("last words", &[("năm sáu.", "năm sáu bảy tám.")]),
        ("bold", &[("**đậm** của", "**đậm hơn** của")]),
        ("un-bold", &[("mở **đậm** của", "mở nhạt của")]),
        ("slot", &[("SUNG: sở", "SUNG: sở, ban")]),
        ("whole paragraph", &[("Câu hai một hai ba.", "Hoàn toàn khác trước đây.")]),
        ("heading and number", &[("### 2. Mục hai", "### 3. Mục hai mới")]),
        ("part", &[("## Phần I<br>Mở đầu", "## Phần II<br>Lời đầu")]),
        ("number goes", &[("### 2. Mục hai", "### Mục hai")]),
        ("new paragraph", &[("- Gạch một", "Đoạn mới *nghiêng*.\n\n- Gạch một")]),
        ("new item", &[("- Gạch bốn", "- Gạch mới\n- Gạch bốn")]),
        ("paragraph goes", &[("Câu hai một hai ba.\n\n", "")]),
        ("item goes", &[("- Gạch một hai ba\n", "")]),
        ("cells", &[("Dự án một", "Dự án một rưỡi"), ("dòng hai", "dòng ba")]),
        ("cell line goes", &[("dòng một<br>dòng hai", "dòng một")]),
        (
            "new row",
            &[("| <!-- b -->2", "| <!-- c -->2 | Dự án mới | x<br>y |\n| <!-- b -->3")],
        ),
        ("row goes", &[("| <!-- a -->1 | Dự án một | dòng một<br>dòng hai |\n", "")]),
    ];
    for (name, pairs) in rows {
        let (_, patched) = named(name, || update(BASE, &changed(pairs), keep));
        assert!(
            String::from_utf8_lossy(patched.part("word/document.xml").unwrap())
                .contains(AUTHOR),
            "{name}"
        );
    }
}

#[test]
fn what_moves_inside_its_section_is_the_same_wherever_it_stands() {
    let item = "- Gạch một hai ba\n";
    let fresh = changed(&[(item, ""), ("Một hai ba", &format!("{item}\nMột hai ba"))]);
    let (case, patched) = update(BASE, &fresh, keep);
    for resolve in [revisions::accept, revisions::reject] {
        let resolved = resolved(&patched, "word/document.xml", resolve);
        let reading = case.opened(&resolved);
        assert_eq!(reading.findings, []);
        assert_eq!(flat(&reading.document).len(), flat(&case.fresh).len());
    }
}

#[test]
fn sections_come_go_and_move() {
    let one = &BASE
        [BASE.find("<!-- khung: one").unwrap()..BASE.find("<!-- khung: two").unwrap()];
    let new = "<!-- khung: new -->\n### 2. Mục mới\n\nNội dung mới.\n\n| STT | Tên |\n|---|----|\n| <!-- z -->1 | Gì đó |\n\n";
    let table = "| STT | Tên | Ghi chú |";
    let rows = [
        ("new", BASE.replace("<!-- khung: two", &format!("{new}<!-- khung: two"))),
        ("new at the end", format!("{BASE}\n{new}")),
        ("goes", BASE.replace(one, "")),
        ("moves", format!("{}\n{one}", BASE.replace(one, ""))),
        ("table goes", BASE[..BASE.find(table).unwrap()].to_owned()),
        ("all goes", "<!-- khung: other -->\nKhác\n".to_owned()),
    ];
    for (name, fresh) in rows {
        named(name, || update(BASE, &fresh, keep));
    }
}

#[test]
fn the_drafter_s_own_stays() {
    let typed = |from: &'static str, to: &'static str| {
        move |text: &str| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        }
    };
    // Other words of a paragraph, its own run style kept; a conflict; a deleted paragraph.
    let fresh = changed(&[("hai ba bốn", "hai mười bốn"), ("Câu hai", "Lời hai")]);
    update(BASE, &fresh, typed("năm sáu.", "năm <w:br/></w:t></w:r><w:r><w:t>sáu."))
        .1
        .part("word/document.xml")
        .unwrap();
    let (case, patched) = update(BASE, &fresh, typed("hai ba bốn", "hai chín bốn"));
    assert_eq!(case.merge.conflicts().len(), 1);
    let comments = String::from_utf8_lossy(patched.part("word/comments.xml").unwrap());
    assert!(comments.contains("đổi “ba” thành “mười”"), "{comments}");
    assert_eq!(
        patched.related("word/document.xml", "comments"),
        Some("word/comments.xml")
    );
}

#[test]
fn what_lost_its_bookmark_gets_it_again() {
    // A section that the catalogue leaves as it is: its heading, and an item typed over.
    let forget = |text: &str| {
        let mut text = text.replace("Gạch một hai ba", "Khác hẳn");
        for name in ["_khung_one_1", "_khung_one_3"] {
            assert!(text.contains(name), "{name}");
            text = text.replace(name, "_Toc123456789");
        }
        text
    };
    let (case, patched) = update(BASE, &changed(&[("Câu hai", "Lời hai")]), forget);
    let part = String::from_utf8_lossy(patched.part("word/document.xml").unwrap());
    assert!(part.contains("_khung_one_1") && part.contains("_khung_one_3"), "{part}");
    assert_eq!(case.reading.findings.len(), 2);
    assert_eq!(case.opened(&patched).findings, []);
}

#[test]
fn a_copy_of_a_heading_that_says_nothing_has_its_place() {
    let heading = "<w:p><w:pPr><w:pStyle w:val=\"Heading2\"/></w:pPr>\
        <w:bookmarkStart w:id=\"99\" w:name=\"_khung_two_1_Copy_1\"/><w:bookmarkEnd w:id=\"99\"/></w:p>";
    update(BASE, &changed(&[("hai ba bốn", "hai mười bốn")]), |text: &str| {
        let at = text.rfind("<w:sectPr").unwrap();
        format!("{}{heading}{}", &text[..at], &text[at..])
    });
}

#[test]
fn a_bookmark_that_strayed_gives_its_name_up() {
    let stray = |text: &str| {
        let bookmark = |name: &str| -> (String, String) {
            let start = &text[..text.find(&format!("\"{name}\"")).unwrap()];
            let start = start.rfind('<').unwrap();
            let start = &text[start..=start + text[start..].find('>').unwrap()];
            let id = start.split("w:id=\"").nth(1).unwrap().split('"').next().unwrap();
            let end =
                &text[text.find(&format!("<w:bookmarkEnd w:id=\"{id}\"")).unwrap()..];
            (start.to_owned(), end[..=end.find('>').unwrap()].to_owned())
        };
        let ((start, end), (other, _)) =
            (bookmark("_khung_one_2"), bookmark("_khung_two_2"));
        let text = text.replace(&start, "").replace(&end, "");
        text.replace(&other, &format!("{start}{end}{other}"))
    };
    update(BASE, &changed(&[("hai ba bốn", "hai mười bốn")]), stray);
}

/// The XML with the paragraph that says one thing put behind the one that says another.
fn dragged(xml: &str, what: &str, behind: &str) -> String {
    let paragraph = |xml: &str, text: &str| {
        let at = xml.find(&format!(">{text}<")).unwrap();
        let from = xml[..at].rfind("<w:p>").max(xml[..at].rfind("<w:p ")).unwrap();
        from..at + xml[at..].find("</w:p>").unwrap() + "</w:p>".len()
    };
    let old = paragraph(xml, what);
    let rest = format!("{}{}", &xml[..old.start], &xml[old.end..]);
    let to = paragraph(&rest, behind).end;
    format!("{}{}{}", &rest[..to], &xml[old], &rest[to..])
}

const TASKS: &str = "<!-- khung: a -->\n### 1. Mục a\n\nCâu đầu của a.\n\n\
<!-- khung: b -->\n### 2. Mục b\n\nCâu ngắn.\n\nCâu của b dài đến mức nhận ra được ở bất cứ chỗ nào.\n\nCâu cuối của b.\n\n\
<!-- khung: c -->\n### 3. Mục c\n\nCâu đầu của c.\n";

#[test]
fn what_was_dragged_under_another_task_stays_there_when_tasks_move() {
    let (a, b) =
        (TASKS.find("<!-- khung: b").unwrap(), TASKS.find("<!-- khung: c").unwrap());
    let (a, b, c) = (&TASKS[..a], &TASKS[a..b], &TASKS[b..]);
    // Task c comes to stand right before task b, where the sentence is from.
    let moves = format!("{a}{c}\n{b}");
    let goes = format!("{c}\n{b}");
    for fresh in [moves, goes] {
        for what in ["Câu ngắn.", "Câu của b dài đến mức nhận ra được ở bất cứ chỗ nào."]
        {
            let (case, patched) = named(what, || {
                update(TASKS, &fresh, |xml| dragged(xml, what, "Câu đầu của c."))
            });
            let result = case.opened(&patched).document;
            let home = |section: &&Section| section.id.as_deref() == Some("c");
            let home = result.sections.iter().find(home).unwrap();
            assert_eq!(home.blocks.last().unwrap().kind.plain(), what);
        }
    }
}

#[test]
fn a_bookmark_between_two_paragraphs_is_of_the_next() {
    let fresh = TASKS.replace("Câu đầu của a.", "Câu mới của a.");
    let (_, patched) = update(TASKS, &fresh, |xml| {
        let xml = dragged(xml, "Câu cuối của b.", "Câu đầu của c.");
        let text = xml.find(">Câu ngắn.<").unwrap();
        let start = xml[..text].rfind("<w:p>").unwrap();
        let from = start + xml[start..].find("<w:bookmarkStart").unwrap();
        let to = from + xml[from..].find("/>").unwrap() + "/>".len();
        [&xml[..start], &xml[from..to], &xml[start..from], &xml[to..]].concat()
    });
    let text = String::from_utf8_lossy(patched.part("word/document.xml").unwrap());
    assert!(text.contains("\"_khung_b_2\""), "{text}");
    assert!(!text.contains("\"_khung_b_4\""), "{text}");
}

#[test]
fn a_row_with_a_paragraph_of_another_task_gets_its_own_bookmark() {
    // The first cell of the row is a paragraph cut from task one.
    let fresh = changed(&[("Đoạn mở", "Đoạn mới")]);
    let (case, patched) = update(BASE, &fresh, |xml| {
        let text = xml.find(">Một hai ba bốn năm sáu.<").unwrap();
        let start = xml[..text].rfind("<w:p>").unwrap();
        let end = text + xml[text..].find("</w:p>").unwrap() + "</w:p>".len();
        let name = xml[start..end].split('"').find(|name| name.starts_with("_khung_"));
        [&xml[..start], &xml[end..].replace("_khung_two_4", name.unwrap())].concat()
    });
    let text = String::from_utf8_lossy(patched.part("word/document.xml").unwrap());
    assert!(text.contains("\"_khung_two_4\""), "{text}");
    let shown = shown(&case.opened(&patched).document);
    assert!(shown.contains("|a ["), "{shown}");
}

#[test]
fn a_heading_that_was_joined_to_another_task_does_not_draw_it_over() {
    let fresh = TASKS.replace("Câu cuối của b.\n\n", "");
    let (case, patched) = update(TASKS, &fresh, |xml| {
        let at = xml.find(">Câu cuối của b.<").unwrap();
        let from = at + xml[at..].find("</w:p>").unwrap();
        let to = from + xml[from..].find("</w:pPr>").unwrap() + "</w:pPr>".len();
        format!("{}{}", &xml[..from], &xml[to..])
    });
    let result = case.opened(&patched).document;
    let lines = shown(&result);
    assert!(lines.contains("\"Câu cuối của b.3. Mục c\"\n#c\n"), "{lines}");
}

#[test]
fn a_heading_that_was_split_still_opens_its_task() {
    let split = |xml: &str, from: &str, one: &str, two: &str| {
        let at = xml.find(&format!(">{from}<")).unwrap();
        let start = xml[..at].rfind("<w:p>").max(xml[..at].rfind("<w:p ")).unwrap();
        let style = &xml[start + xml[start..].find("<w:pPr>").unwrap()..];
        let style = &style[..style.find("</w:pPr>").unwrap() + "</w:pPr>".len()];
        let cut = format!(
            ">{one}</w:t></w:r></w:p><w:p>{style}<w:r><w:t>{two}</w:t></w:r><w:r><w:t>"
        );
        xml.replacen(&format!(">{from}<"), &format!("{cut}<"), 1)
    };
    // Fresh is more like the second half; or the first is a number alone.
    let goes = TASKS.replace("Câu cuối của b.\n\n", "");
    let reworded = TASKS.replace("Mục b", "Mục b mới");
    for fresh in [goes, reworded] {
        for (one, two) in [("", "Mục b"), ("Của tôi", "Mục b"), ("Mục", "b")] {
            let mut input = package(&document(TASKS));
            let part = input.parts.iter_mut().find(|(n, _)| n == "word/document.xml");
            let part = part.unwrap();
            let xml = std::str::from_utf8(&part.1).unwrap();
            part.1 = split(xml, "Mục b", one, two).into_bytes();
            let (base, fresh) = (document(TASKS), document(&fresh));
            let case = Case::new(&base, &fresh, input, Renames::default());
            named(two, std::panic::AssertUnwindSafe(|| case.holds(false)));
        }
    }
}

#[test]
fn what_comes_in_behind_a_number_alone_is_parted_from_it() {
    let quoted = |text: &str| document(&TASKS.replace("Mục b", text));
    let (base, fresh) = (quoted("\"Mục\" một"), quoted("\"Mục\" mười tám một"));
    let mut input = package(&base);
    let part = input.parts.iter_mut().find(|(n, _)| n == "word/document.xml").unwrap();
    let xml = std::str::from_utf8(&part.1).unwrap();
    let style = "<w:pPr><w:pStyle w:val=\"Heading2\"/></w:pPr>";
    let cut = format!(">2.</w:t></w:r></w:p><w:p>{style}<w:r><w:t> <");
    assert!(xml.contains(">2. <"));
    let xml = xml.replacen(">2. <", &cut, 1).replacen(" một<", " soạn sửa<", 1);
    part.1 = xml.into_bytes();
    let case = Case::new(&base, &fresh, input, Renames::default());
    let patched = case.holds(false);
    let accepted = resolved(&patched.package, &case.main.part, revisions::accept);
    let lines = flat(&case.opened(&accepted).document);
    assert!(lines.contains(&"2. \"Mục\" mười tám một".to_owned()), "{lines:?}");
}

#[test]
fn a_copy_of_what_the_catalogue_withdraws_stays_where_it_was_put() {
    let b = TASKS.find("<!-- khung: b").unwrap()..TASKS.find("<!-- khung: c").unwrap();
    let long = "Câu của b dài đến mức nhận ra được ở bất cứ chỗ nào.";
    let copy = format!("<w:p><w:r><w:t>{long}</w:t></w:r></w:p>");
    update(TASKS, &TASKS.replace(&TASKS[b], ""), |xml| {
        let at = xml.find(">Câu đầu của a.<").unwrap();
        let at = xml[..at].rfind("<w:p>").max(xml[..at].rfind("<w:p ")).unwrap();
        format!("{}{copy}{}", &xml[..at], &xml[at..])
    });
}

#[test]
fn a_table_that_somebody_s_change_holds_keeps_its_names() {
    const BASE: &str =
        "<!-- khung: annex-x -->\n## A\n\n| STT |\n| --- |\n| một |\n| hai |\n";
    let fresh = BASE.replace("| hai |\n", "\n- ba\n\n- bốn\n");
    let (case, _) = update(BASE, &fresh, |xml| {
        xml.replace("<w:tbl>", "<w:ins w:id=\"77\" w:author=\"Lan\"><w:tbl>")
            .replace("</w:tbl>", "</w:tbl></w:ins>")
    });
    for accept in [false, true] {
        assert_eq!(lint(&case.patch(accept).package), []);
    }
}

#[test]
fn the_changes_of_a_person_stay_whatever_their_name() {
    let fresh = changed(&[("hai ba bốn", "hai mười bốn")]);
    let own = "<w:ins w:id=\"77\" w:author=\"+\"><w:r><w:t>Của tôi</w:t></w:r></w:ins>";
    let (case, _) = update(BASE, &fresh, |xml| {
        let at = xml.rfind("<w:sectPr").unwrap();
        format!("{}<w:p>{own}</w:p>{}", &xml[..at], &xml[at..])
    });
    for accept in [false, true] {
        let patched = case.patch(accept).package;
        let text = String::from_utf8_lossy(patched.part("word/document.xml").unwrap());
        assert!(text.contains(own), "{text}");
    }
}

#[test]
fn a_section_that_is_struck_out_can_come_again() {
    let without = {
        let one = BASE.find("<!-- khung: one").unwrap();
        BASE.replace(&BASE[one..BASE.find("<!-- khung: two").unwrap()], "")
    };
    let (_, struck) = update(BASE, &without, keep);
    let (base, fresh) = (document(&without), document(BASE));
    let case = Case::new(&base, &fresh, struck, Renames::default());
    let patched = case.patch(false);
    assert_eq!(lint(&patched.package), []);
    case.prove(&patched, false);
}

#[test]
fn the_record_is_renewed_and_the_rest_stays() {
    let base = document(BASE);
    let bytes = docx::write(&base, &Properties::default(), str::to_owned).unwrap();
    let mut input = Package::read(&bytes).unwrap();
    let custom =
        input.parts.iter_mut().find(|(n, _)| n == "docProps/custom.xml").unwrap();
    custom.1 = String::from_utf8_lossy(&custom.1)
        .replace("<property ", "<property fmtid=\"{D5CDD505-2E9C-101B-9397-08002B2CF9AE}\" pid=\"9\" name=\"x\"><vt:lpwstr>y</vt:lpwstr></property><property ")
        .into_bytes();
    for drop in ["", "customXml/", "docProps/custom.xml"] {
        let mut input = input.clone();
        if !drop.is_empty() {
            input.parts.retain(|(name, _)| !name.starts_with(drop));
        }
        let case = Case::new(&base, &base, input, Renames::default());
        let patched = case.patch(false).package;
        assert_eq!(docx::read_record(&patched).as_deref(), Some("AAAA"));
        let custom =
            String::from_utf8_lossy(patched.part("docProps/custom.xml").unwrap());
        assert!(custom.contains("AAAA"), "{custom}");
        assert_eq!(custom.contains("name=\"x\""), drop != "docProps/custom.xml");
        let _ = record::state(&patched.write().unwrap());
    }
}

#[test]
fn the_record_is_found_wherever_the_properties_stand() {
    let mut input = package(&document(BASE));
    for (name, bytes) in &mut input.parts {
        let [old, new] = ["docProps/custom.xml", "docProps/other.xml"];
        *name = name.replace(old, new);
        *bytes = String::from_utf8_lossy(bytes).replace(old, new).into_bytes();
    }
    assert!(!docx::has_lost_a_record(&input));
    let hash = docx::hash(&input);
    input.parts.retain(|(name, _)| !name.starts_with("customXml/"));
    assert_eq!(docx::read_record(&input).as_deref(), Some("AAAA"));
    input.parts.retain(|(name, _)| name != "docProps/other.xml");
    assert_eq!(docx::hash(&input), hash);
}

#[test]
fn what_is_not_khung_s_to_touch_is_left_and_told() {
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let held = [
        format!("<w:ins w:id=\"900\" w:author=\"An\">{}</w:ins>", run("hai ba ")),
        format!("<w:hyperlink w:anchor=\"x\">{}</w:hyperlink>", run("hai ba ")),
        format!("<w:fldSimple w:instr=\"DATE\">{}</w:fldSimple>", run("hai ba ")),
        format!("<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>", run("hai ba ")),
        format!("{}{PICTURE}{}", run("hai b"), run("a ")),
        "<w:r><w:t>hai b</w:t><w:footnoteReference w:id=\"1\"/><w:t xml:space=\"preserve\">a </w:t></w:r>".to_owned(),
        format!(
            "<w:r><w:t xml:space=\"preserve\">hai b</w:t></w:r><w:del w:id=\"900\" w:author=\"An\"><w:r><w:delText>x</w:delText></w:r></w:del>{}",
            run("a ")
        ),
        format!(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>X</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"separate\"/></w:r>{}<w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
            run("hai ba ")
        ),
    ];
    let base = document(BASE);
    let fresh = changed(&[("hai ba bốn", "hai mười bốn"), ("năm sáu.", "năm bảy.")]);
    for held in held {
        let mut input = package(&base);
        let part =
            input.parts.iter_mut().find(|(name, _)| name == "word/document.xml").unwrap();
        let text = String::from_utf8(part.1.clone()).unwrap();
        let at = text.find("<w:t xml:space=\"preserve\">Một hai ba bốn").unwrap();
        let (from, to) =
            (text[..at].rfind("<w:r>").unwrap(), text[at..].find("</w:r>").unwrap());
        let own = format!("{}{held}{}", run("Một "), run("bốn năm sáu."));
        part.1 = format!("{}{own}{}", &text[..from], &text[at + to + 6..]).into_bytes();
        let case = Case::new(&base, &document(&fresh), input, Renames::default());
        let patched = case.patch(false);
        let what: Vec<_> = patched.skipped.iter().map(|skipped| skipped.what).collect();
        assert_eq!(what, [super::Omission::Words], "{held}");
        assert_eq!(lint(&patched.package), []);
        let text =
            String::from_utf8_lossy(patched.package.part("word/document.xml").unwrap())
                .into_owned();
        assert!(text.contains(&held), "{held}");
        // The other words of the paragraph change.
        assert!(text.contains("bảy</w:t>"), "{text}");
        let comments = patched.package.part("word/comments.xml").unwrap();
        assert!(String::from_utf8_lossy(comments).contains("Một hai mười bốn năm bảy."));
    }
}

const PICTURE: &str = "<w:r><w:drawing/></w:r>";

#[test]
fn a_picture_in_a_paragraph_that_is_withdrawn_stays() {
    let fresh = changed(&[("Câu hai một hai ba.\n\n", "")]);
    let (base, fresh) = (document(BASE), document(&fresh));
    let mut input = package(&base);
    let part =
        input.parts.iter_mut().find(|(name, _)| name == "word/document.xml").unwrap();
    let mut main = String::from_utf8(part.1.clone()).unwrap();
    let at = main.find(">Câu hai một hai ba.").unwrap();
    main.insert_str(main[..at].rfind("<w:r>").unwrap(), PICTURE);
    part.1 = main.into_bytes();
    let case = Case::new(&base, &fresh, input, Renames::default());
    for accept in [false, true] {
        let patched = case.patch(accept);
        case.prove(&patched, accept);
        let what: Vec<_> = patched.skipped.iter().map(|skipped| skipped.what).collect();
        assert_eq!(what, [super::Omission::Removal]);
        for resolve in [revisions::accept, revisions::reject] {
            let package = resolved(&patched.package, "word/document.xml", resolve);
            let main =
                String::from_utf8_lossy(package.part("word/document.xml").unwrap());
            assert!(main.contains(PICTURE) && main.contains("Câu hai một hai ba."));
        }
    }
}

#[test]
fn a_new_annex_gets_pages_of_its_own() {
    let annex = |id: &str| {
        format!("<!-- khung: annex-{id} -->\n## Phụ lục I<br>Tên\n\nNội dung {id}.\n\n")
    };
    let base = format!("{BASE}\n{}", annex("a"));
    for fresh in
        [format!("{base}{}", annex("b")), format!("{BASE}\n{}{}", annex("b"), annex("a"))]
    {
        let (base, fresh) = (document(&base), document(&fresh));
        let case = Case::new(&base, &fresh, package(&base), Renames::default());
        let patched = case.patch(false).package;
        let count = |package: &Package| {
            let text = package.part("word/document.xml").unwrap();
            String::from_utf8_lossy(text).matches("<w:sectPr").count()
        };
        assert_eq!((count(&case.input), count(&patched)), (2, 3));
        assert_eq!(lint(&patched), []);
        let rejected = resolved(&patched, "word/document.xml", revisions::reject);
        assert_eq!(count(&rejected), 2);
        let read = case.opened(&patched);
        assert_eq!(shown(&read.document), shown(&fresh));
    }
}
