//! Gives new nodes their ids, in the order of the document and above all that are there.

use std::collections::BTreeMap;

use crate::docx::elements;
use crate::docx::revisions::PENDING;
use crate::docx::xml::Node;

/// Word's largest id.
const LARGEST: i64 = i32::MAX as i64;

/// Replaces all placeholders; gives the ids of the comments by their placeholders, in order.
///
/// `others` are parts that share the ids: the comments.
pub(super) fn number(
    nodes: &mut [Node],
    others: &[Node],
    author: &str,
) -> Vec<(String, String)> {
    let mut largest = -1;
    see(nodes, &mut largest);
    see(others, &mut largest);
    let mut count = 0;
    placeholders(nodes, &mut count);
    // A hostile id near the limit: what is left below is not worth a search.
    let next = if largest.saturating_add(count) < LARGEST { largest + 1 } else { 0 };
    let mut numbers =
        Numbers { next, author, known: BTreeMap::new(), comments: Vec::new() };
    numbers.give(nodes);
    numbers.comments
}

fn see(nodes: &[Node], largest: &mut i64) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        let id = element.attribute("w:id").and_then(|id| id.parse().ok());
        *largest = id.unwrap_or(-1).max(*largest);
        see(&element.children, largest);
    }
}

fn placeholders(nodes: &[Node], count: &mut i64) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        *count +=
            i64::from(element.attribute("w:id").is_some_and(|id| id.starts_with('+')));
        placeholders(&element.children, count);
    }
}

struct Numbers<'a> {
    next: i64,
    author: &'a str,
    known: BTreeMap<String, String>,
    comments: Vec<(String, String)>,
}

impl Numbers<'_> {
    fn give(&mut self, nodes: &mut [Node]) {
        for element in elements(nodes) {
            if let Some(id) = element.attribute("w:id").filter(|id| id.starts_with('+')) {
                let known = self.known.get(&id).cloned();
                let number = known.unwrap_or_else(|| {
                    let number = self.next.to_string();
                    self.next += 1;
                    if id != PENDING {
                        self.known.insert(id.clone(), number.clone());
                    }
                    if id.starts_with("+c") {
                        self.comments.push((id, number.clone()));
                    }
                    number
                });
                element.set_attribute("w:id", &number);
                if element.attribute("w:author").as_deref() == Some(PENDING) {
                    element.set_attribute("w:author", self.author);
                }
            }
            self.give(&mut element.children);
        }
    }
}
