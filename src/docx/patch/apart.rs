//! Keeps what is tracked at the end of a paragraph apart from a tracked paragraph below it.
//!
//! `LibreOffice` takes two insertions (or two deletions) for one when the second begins where
//! the paragraph of the first ends, and then takes the break between them along when they are
//! rejected (accepted). What replaces words stands either side of them in Word: the order is
//! free.

use crate::docx::elements;
use crate::docx::revisions::is_current;
use crate::docx::xml::{Element, Node};

/// Turns round what replaces the last words of a paragraph where that parts two changes.
pub(super) fn keep_apart(nodes: &mut [Node]) {
    let mut below: Option<&'static str> = None;
    for node in nodes.iter_mut().rev() {
        let Node::Element(element) = node else { continue };
        match &*element.name {
            "w:p" => {
                if let Some(kind) = below {
                    part(element, kind);
                }
                below = mark(element);
            }
            "w:bookmarkStart" | "w:bookmarkEnd" => {}
            _ => {
                keep_apart(&mut element.children);
                below = None;
            }
        }
    }
}

/// What this update does to a paragraph as a whole.
fn mark(paragraph: &Element) -> Option<&'static str> {
    let mark = paragraph.element("w:pPr")?.element("w:rPr")?;
    ["w:ins", "w:del"].into_iter().find(|kind| mark.element(kind).is_some_and(is_current))
}

/// Puts a change of this kind at the end of a paragraph before its other half.
fn part(paragraph: &mut Element, kind: &str) {
    let changes: Vec<&mut Element> = elements(&mut paragraph.children)
        .filter(|child| !child.name.ends_with("End") && !child.name.ends_with("Start"))
        .collect();
    let mut last = changes.into_iter().rev();
    if let (Some(last), Some(before)) = (last.next(), last.next())
        && last.name == kind
        && matches!(&*before.name, "w:ins" | "w:del")
        && before.name != kind
        && is_current(last)
        && is_current(before)
    {
        std::mem::swap(last, before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docx::author;
    use crate::docx::xml::{parse, serialize};

    #[test]
    fn what_replaces_the_last_words_stands_so_that_it_is_not_taken_for_the_next_paragraph()
     {
        let change = |kind: &str| {
            format!("<w:{kind} w:author=\"{}\"><w:r/></w:{kind}>", author::CURRENT)
        };
        let text = |order: [&str; 2]| order.map(change).concat();
        let body = |first: &str, mark: &str| {
            format!(
                "<w:body><w:p><w:r/>{first}<w:bookmarkEnd w:id=\"1\"/></w:p>\
                 <w:p><w:pPr><w:rPr>{mark}</w:rPr></w:pPr><w:r/></w:p></w:body>"
            )
        };
        for (order, mark, kept_apart) in [
            (["del", "ins"], "ins", ["ins", "del"]),
            (["del", "ins"], "del", ["del", "ins"]),
            (["ins", "del"], "del", ["del", "ins"]),
        ] {
            let mark = change(mark).replace("<w:r/>", "");
            let mut nodes = parse(body(&text(order), &mark).as_bytes()).unwrap();
            keep_apart(&mut nodes);
            assert_eq!(serialize(&nodes), body(&text(kept_apart), &mark));
        }
        let somebody = body(&text(["del", "ins"]), "<w:ins w:author=\"Lan\"></w:ins>");
        let mut nodes = parse(somebody.as_bytes()).unwrap();
        keep_apart(&mut nodes);
        assert_eq!(serialize(&nodes), somebody);
    }
}
