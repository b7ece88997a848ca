//! Gives new nodes their ids, in the order of the document and above all that are there.

use std::collections::BTreeMap;

use crate::docx::revisions::{PENDING, is_current};
use crate::docx::story::each;
use crate::docx::xml::{Element, Node, Path, element_at_mut};

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
    let mut places: Vec<Path> = Vec::new();
    each(nodes, &mut Path::new(), &mut |element, path| {
        if see(element, &mut largest) {
            places.push(path.clone());
        }
    });
    each(others, &mut Path::new(), &mut |element, _| {
        see(element, &mut largest);
    });
    // A hostile id near the limit: what is left below is not worth a search.
    let count = i64::try_from(places.len()).unwrap_or(LARGEST);
    let next = if largest.saturating_add(count) < LARGEST { largest + 1 } else { 0 };
    let mut numbers =
        Numbers { next, author, known: BTreeMap::new(), comments: Vec::new() };
    for place in places {
        if let Some(element) = element_at_mut(nodes, &place) {
            numbers.give(element);
        }
    }
    numbers.comments
}

/// Takes note of an element's id; tells whether that is a placeholder.
fn see(element: &Element, largest: &mut i64) -> bool {
    let Some(id) = element.attribute("w:id") else { return false };
    *largest = id.parse().unwrap_or(-1).max(*largest);
    id.starts_with('+')
}

struct Numbers<'a> {
    next: i64,
    author: &'a str,
    known: BTreeMap<String, String>,
    comments: Vec<(String, String)>,
}

impl Numbers<'_> {
    /// Replaces the placeholders of an element.
    fn give(&mut self, element: &mut Element) {
        let Some(id) = element.attribute("w:id").map(str::to_owned) else { return };
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
        if is_current(element) {
            element.set_attribute("w:author", self.author);
        }
    }
}
