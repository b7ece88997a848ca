//! The laws of patching on random plans, edited at random in Word and in the catalogue.

use proptest::prelude::*;

use super::tests::{Case, package};
use crate::document::{
    Block, BlockKind, Column, Document, Heading, Row, Section, Table, Text,
};
use crate::docx::elements;
use crate::docx::package::Package;
use crate::docx::xml::{self, Element, Node};
use crate::merge::Renames;
use crate::merge::laws::renamed;

fn line() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "một",
        "hai",
        "ba",
        "bốn",
        "năm",
        "30/3/2024",
        "sáu,",
        "\"bảy\"",
    ]);
    prop_oneof![
        9 => prop::collection::vec(words.clone(), 1..9).prop_map(|words| words.join(" ")),
        1 => prop::collection::vec(words, 1..4)
            .prop_map(|words| format!("chủ trì: [CẦN BỔ SUNG: {}].", words.join(" "))),
    ]
}

fn text() -> impl Strategy<Value = Text> {
    (line(), 0..6_u8).prop_map(|(line, style)| {
        let mut text = Text::from(line);
        if let Some(crate::document::Inline::Run(run)) = text.0.first_mut() {
            run.style.bold = style == 1;
            run.style.italic = style == 2;
        }
        text
    })
}

fn block(kind: BlockKind) -> Block {
    Block { kind, source: 0..0 }
}

fn paragraph() -> impl Strategy<Value = Block> {
    (text(), 0..4_u8).prop_map(|(text, kind)| {
        block(match kind {
            0 => BlockKind::Item { depth: 0, number: None, text },
            1 => BlockKind::Quote(text),
            _ => BlockKind::Paragraph(text),
        })
    })
}

fn table() -> impl Strategy<Value = Block> {
    let ids = prop::sample::subsequence(vec!["a", "b", "c", "d"], 1..4);
    (ids, prop::collection::vec((text(), line()), 5)).prop_map(|(ids, lines)| {
        let header = ["STT", "Tên", "Ghi chú"].map(|cell| Text::from(cell.to_owned()));
        let mut rows = vec![Row { id: None, cells: header.to_vec(), source: 0..0 }];
        for (at, (id, (cell, second))) in ids.into_iter().zip(lines).enumerate() {
            let second = Text::from(second.replacen(' ', "\n", 1));
            let cells = vec![Text::from((at + 1).to_string()), cell, second];
            rows.push(Row { id: Some(id.to_owned()), cells, source: 0..0 });
        }
        let columns = vec![Column { width: 3, align: <_>::default() }; 3];
        block(BlockKind::Table(Table { columns, rows }))
    })
}

fn plan() -> impl Strategy<Value = Document> {
    let blocks = prop::collection::vec(prop_oneof![5 => paragraph(), 1 => table()], 0..5);
    let ids = prop::sample::subsequence(
        vec!["task-a", "two", "three", "four", "annex-x"],
        1..5,
    );
    (ids, prop::collection::vec((line(), blocks), 5)).prop_map(|(ids, bodies)| {
        let section =
            |(at, (id, (title, blocks))): (usize, (&str, (String, Vec<Block>)))| {
                let level = if id == "annex-x" { 2 } else { 4 };
                let heading = Heading {
                    level,
                    number: (level > 2).then(|| format!("{}.", at + 1)),
                    text: Text::from(title),
                };
                let mut all = vec![block(BlockKind::Heading(heading))];
                all.extend(blocks);
                Section { id: Some(id.to_owned()), blocks: all, source: 0..0 }
            };
        Document {
            sections: ids.into_iter().zip(bodies).enumerate().map(section).collect(),
        }
    })
}

/// What an edition of the catalogue does.
fn catalogue(
    mut document: Document,
    edits: &[(u8, usize, usize, String, Block)],
) -> Document {
    for (what, at, other, line, new) in edits {
        let count = document.sections.len();
        let (at, to) = (at % count, other % count);
        if *what == 0 && count > 1 {
            document.sections.swap(at, to);
            continue;
        }
        if *what == 1 {
            let id = Some(format!("new-{}", line.len()));
            if document.sections.iter().any(|section| section.id == id) {
                continue;
            }
            let heading = Heading {
                level: 4,
                number: Some("9.".to_owned()),
                text: Text::from(line.clone()),
            };
            let blocks = vec![block(BlockKind::Heading(heading)), new.clone()];
            document.sections.insert(at + 1, Section { id, blocks, source: 0..0 });
            continue;
        }
        if *what == 2 && count > 1 {
            document.sections.remove(at);
            continue;
        }
        let blocks = &mut document.sections[at].blocks;
        let place = other % blocks.len();
        match what {
            3 => blocks.insert(place + 1, new.clone()),
            4 if place > 0 => drop(blocks.remove(place)),
            _ => match &mut blocks[place].kind {
                BlockKind::Heading(heading)
                    if other.is_multiple_of(2) && heading.number.is_some() =>
                {
                    heading.number = Some(format!("{}.", other % 7));
                }
                BlockKind::Heading(heading) => reword(&mut heading.text, *other),
                BlockKind::Table(table) => {
                    let row = 1 + other % (table.rows.len() - 1);
                    match other % 3 {
                        0 if table.rows.len() > 2 => drop(table.rows.remove(row)),
                        1 => {
                            let mut new = table.rows[row].clone();
                            let id = Some(format!("r{other}"));
                            if table.rows.iter().all(|row| row.id != id) {
                                new.id = id;
                                table.rows.insert(row, new);
                            }
                        }
                        _ => reword(&mut table.rows[row].cells[1 + other % 2], *other),
                    }
                }
                BlockKind::Paragraph(text)
                | BlockKind::Item { text, .. }
                | BlockKind::Quote(text) => reword(text, *other),
                BlockKind::Raw(_) => {}
            },
        }
    }
    document
}

fn reword(text: &mut Text, at: usize) {
    let plain = text.plain();
    let mut words: Vec<&str> = plain.split(' ').collect();
    let place = at % words.len();
    match at % 3 {
        0 => words[place] = "chín",
        1 => words.insert(place, "mười tám"),
        _ if words.len() > 1 => drop(words.remove(place)),
        _ => words.push("cuối"),
    }
    *text = Text::from(words.join(" "));
}

/// What a drafter does in Word: what, to which child of the body, and where to.
type Edit = (u8, usize, usize);

/// Edits whose traces khung can always tell apart.
const PLAIN: u8 = 7;
/// All edits.
const ANY: u8 = 16;

fn by_person(kinds: u8) -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec((0..kinds, 0..60_usize, 0..60_usize), 0..5)
}

fn person(part: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut nodes = xml::parse(part).unwrap();
    for edit in edits {
        let root = elements(&mut nodes).next().unwrap();
        one_edit(&mut root.element_mut("w:body").unwrap().children, edit);
    }
    xml::serialize(&nodes).into_bytes()
}

fn one_edit(blocks: &mut Vec<Node>, (what, at, to): &Edit) {
    let place = at % blocks.len();
    // The page setup of the whole stays last.
    let target = to % (blocks.len() - 1).max(1);
    let follows =
        matches!(blocks.get(place + 1), Some(Node::Element(next)) if is_free(next));
    let Node::Element(block) = &mut blocks[place] else { return };
    let is_paragraph = block.name == "w:p";
    match what {
        0 if is_free(block) => drop(blocks.remove(place)),
        1 if is_paragraph => {
            let own = "<w:p><w:r><w:t>Của tôi</w:t></w:r></w:p>";
            blocks.splice(place..place, xml::fragment(own));
        }
        2 if is_paragraph => {
            let run =
                "<w:r><w:rPr><w:color w:val=\"FF0000\"/></w:rPr><w:t>thêm </w:t></w:r>";
            if let Some(&at) = runs(block).first() {
                block.children.splice(at..at, xml::fragment(run));
            }
        }
        3 if block.name == "w:tbl" => {
            let rows: Vec<usize> = (0..block.children.len())
                .filter(|at| is(&block.children[*at], "w:tr"))
                .collect();
            if rows.len() > 2 {
                block.children.remove(rows[1 + at % (rows.len() - 1)]);
            }
        }
        // Moves.
        7 | 8 if is_free(block) || block.name == "w:tbl" => {
            let block = blocks.remove(place);
            blocks.insert(target, block);
        }
        // Copies; an office leaves the bookmarks where they are.
        9 if is_free(block) || block.name == "w:tbl" => {
            let mut copy = block.clone();
            forget(&mut copy);
            blocks.insert(target, Node::Element(copy));
        }
        // Splits a paragraph behind the first word of a run.
        10 if is_free(block) => {
            let runs = runs(block);
            let Some(&cut) = runs.get(to % runs.len().max(1)) else { return };
            let Node::Element(run) = &mut block.children[cut] else { return };
            let Some(rest) = halve(run) else { return };
            let mut new = block.clone();
            new.children.retain(|node| is(node, "w:pPr"));
            forget(&mut new);
            new.children.push(Node::Element(rest));
            new.children.extend(block.children.split_off(cut + 1));
            blocks.insert(place + 1, Node::Element(new));
        }
        // Joins a paragraph with the next one.
        11 if is_free(block) && follows => {
            let Node::Element(next) = blocks.remove(place + 1) else { return };
            let Node::Element(block) = &mut blocks[place] else { return };
            block.children.extend(next.children.into_iter().filter(|n| !is(n, "w:pPr")));
        }
        // Gives it another style, or none.
        12 if is_free(block) => {
            let Some(properties) = block.element_mut("w:pPr") else { return };
            properties.children.retain(|node| !is(node, "w:pStyle"));
            if to.is_multiple_of(2) {
                let style = xml::fragment("<w:pStyle w:val=\"Heading4\"/>");
                properties.children.splice(0..0, style);
            }
        }
        // Loses what names it, as in some offices, or when it is cut and put back.
        14 if is_free(block) || block.name == "w:tbl" => forget(block),
        // All that names anything goes, as in some others.
        15 if at.is_multiple_of(8) => elements(blocks).for_each(forget),
        // Puts a picture in.
        13 if is_paragraph => {
            if let Some(&at) = runs(block).last() {
                let picture = xml::fragment("<w:r><w:drawing/></w:r>");
                block.children.splice(at..at, picture);
            }
        }
        _ => type_in(block, *at),
    }
}

/// Takes from a run what stands behind its first word, as a run.
fn halve(run: &mut Element) -> Option<Element> {
    let mut rest = run.clone();
    let text = run.element("w:t")?.text();
    let (one, two) = text.split_once(' ').filter(|(one, _)| !one.is_empty())?;
    for (run, text) in [(run, one), (&mut rest, two)] {
        let text = quick_xml::escape::escape(text).into_owned();
        run.element_mut("w:t")?.children = vec![Node::Raw(text.into())];
    }
    Some(rest)
}

fn is(node: &Node, name: &str) -> bool {
    matches!(node, Node::Element(element) if element.name == name)
}

/// Tells whether an element is a paragraph that can go: it carries no page setup.
fn is_free(element: &Element) -> bool {
    element.name == "w:p"
        && element.element("w:pPr").and_then(|p| p.element("w:sectPr")).is_none()
}

/// Where the runs of a paragraph stand.
fn runs(paragraph: &Element) -> Vec<usize> {
    let children = &paragraph.children;
    (0..children.len()).filter(|at| is(&children[*at], "w:r")).collect()
}

/// Takes the names away that nothing may have twice.
fn forget(element: &mut Element) {
    element.remove_attribute("w14:paraId");
    element
        .children
        .retain(|node| !is(node, "w:bookmarkStart") && !is(node, "w:bookmarkEnd"));
    for child in elements(&mut element.children) {
        forget(child);
    }
}

/// Types over a word.
fn type_in(element: &mut Element, at: usize) {
    let texts = count(element);
    let mut left = if texts > 0 { at % texts } else { return };
    put(element, &mut left, at);
}

fn count(element: &Element) -> usize {
    usize::from(element.name == "w:t")
        + element
            .children
            .iter()
            .map(|node| match node {
                Node::Element(child) => count(child),
                Node::Raw(_) => 0,
            })
            .sum::<usize>()
}

fn put(element: &mut Element, left: &mut usize, at: usize) -> bool {
    if element.name == "w:t" {
        if *left > 0 {
            *left -= 1;
            return false;
        }
        let text = element.text();
        let mut words: Vec<&str> = text.split(' ').collect();
        let place = at % words.len();
        words[place] = if at.is_multiple_of(2) { "người" } else { "soạn sửa" };
        let text = quick_xml::escape::escape(words.join(" ")).into_owned();
        element.children = vec![Node::Raw(text.into())];
        return true;
    }
    elements(&mut element.children).any(|child| put(child, left, at))
}

/// What an edition of the catalogue does.
fn by_catalogue() -> impl Strategy<Value = Vec<(u8, usize, usize, String, Block)>> {
    let edit = (0..8_u8, 0..40_usize, 0..40_usize, line(), paragraph());
    prop::collection::vec(edit, 0..5)
}

/// A plan, what an edition of the catalogue makes of it, and whether a task has another id
/// there.
fn editions() -> impl Strategy<Value = (Document, Document, Renames)> {
    (plan(), by_catalogue(), any::<bool>()).prop_map(|(base, edits, rename)| {
        let fresh = catalogue(base.clone(), &edits);
        let ([base, _, fresh], renames) = renamed([base.clone(), base, fresh], rename);
        (base, fresh, renames)
    })
}

fn case((base, fresh, renames): (Document, Document, Renames), edits: &[Edit]) -> Case {
    let input = edited(package(&base), edits);
    Case::new(&base, &fresh, input, renames)
}

fn edited(mut input: Package, edits: &[Edit]) -> Package {
    let part =
        input.parts.iter_mut().find(|(name, _)| name == "word/document.xml").unwrap();
    part.1 = person(&part.1, edits);
    input
}

proptest! {
    #[test]
    fn any_update_can_be_undone_and_taken(
        editions in editions(), by_person in by_person(PLAIN),
    ) {
        case(editions, &by_person).check();
    }

    #[test]
    fn an_update_keeps_what_people_moved_and_tore(
        editions in editions(), by_person in by_person(ANY),
    ) {
        let case = case(editions, &by_person);
        let patched = case.holds(false);
        // Behind what people dragged or copied, what moves may come to stand in another group.
        if by_person.iter().all(|(what, ..)| ![7, 8, 9].contains(what)) {
            case.sees(&patched);
        }
    }

    #[test]
    fn so_can_the_next_one(
        editions in editions(), by_person in by_person(PLAIN),
        next in by_catalogue(), later in self::by_person(PLAIN),
    ) {
        let fresh = catalogue(editions.1.clone(), &next);
        let first = case(editions, &by_person);
        let input = edited(first.patch(true).package, &later);
        first.next(&fresh, input).holds(true);
    }
}
