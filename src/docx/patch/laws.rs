//! The laws of patching on random plans, edited at random in Word and in the catalogue.

use proptest::prelude::*;

use super::tests::{Case, package};
use crate::document::{
    Block, BlockKind, Column, Document, Heading, Row, Section, Table, Text,
};
use crate::docx::elements;
use crate::docx::xml::{self, Element, Node};
use crate::merge::Renames;

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
    let ids =
        prop::sample::subsequence(vec!["one", "two", "three", "four", "annex-x"], 1..5);
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

/// What a drafter does in Word, to the `w:t` at an index.
fn person(part: &[u8], edits: &[(u8, usize)]) -> Vec<u8> {
    let mut nodes = xml::parse(part).unwrap();
    for (what, at) in edits {
        let root = elements(&mut nodes).next().unwrap();
        let body = root.element_mut("w:body").unwrap();
        let count = body.children.len();
        let place = at % count;
        let Node::Element(block) = &mut body.children[place] else { continue };
        match (what, &*block.name) {
            (0, "w:p")
                if block
                    .element("w:pPr")
                    .and_then(|p| p.element("w:sectPr"))
                    .is_none() =>
            {
                drop(body.children.remove(place));
            }
            (1, "w:p") => {
                let own = "<w:p><w:r><w:t>Của tôi</w:t></w:r></w:p>";
                body.children.splice(place..place, xml::fragment(own));
            }
            (2, "w:p") => {
                let run = "<w:r><w:rPr><w:color w:val=\"FF0000\"/></w:rPr><w:t>thêm </w:t></w:r>";
                let at = block
                    .children
                    .iter()
                    .position(|node| matches!(node, Node::Element(e) if e.name == "w:r"));
                if let Some(at) = at {
                    block.children.splice(at..at, xml::fragment(run));
                }
            }
            (3, "w:tbl") => {
                let rows: Vec<usize> = (0..block.children.len())
                    .filter(|at| matches!(&block.children[*at], Node::Element(e) if e.name == "w:tr"))
                    .collect();
                if rows.len() > 2 {
                    block.children.remove(rows[1 + at % (rows.len() - 1)]);
                }
            }
            _ => type_in(block, *at),
        }
    }
    xml::serialize(&nodes).into_bytes()
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

proptest! {
    #[test]
    fn any_update_can_be_undone_and_taken(
        base in plan(),
        by_catalogue in prop::collection::vec((0..8_u8, 0..40_usize, 0..40_usize, line(), paragraph()), 0..5),
        by_person in prop::collection::vec((0..7_u8, 0..60_usize), 0..4),
    ) {
        let fresh = catalogue(base.clone(), &by_catalogue);
        let mut input = package(&base);
        let part = input.parts.iter_mut().find(|(name, _)| name == "word/document.xml").unwrap();
        part.1 = person(&part.1, &by_person);
        Case::new(&base, &fresh, input, Renames::default()).check();
    }
}
