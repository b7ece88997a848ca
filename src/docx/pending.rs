//! What an update left for somebody's decision, known by what it says: programs that remove
//! personal information call all authors the same, and take the dates of their changes away.

use std::collections::HashMap;

use super::bookmark;
use super::xml::{Element, Node};
use crate::document::{BlockKind, Document, Text};
use crate::identity::Names;
use crate::source::words;

/// Tells whether a tracked change without a date waits that an update to this base made, which
/// dates none: a marked paragraph says what the base says only once the change is taken, or it
/// is struck out whole and the base does not know its mark.
pub(crate) fn is_pending(nodes: &[Node], base: &Document, names: &Names) -> bool {
    has_undated(nodes) && waits(nodes, &said(base, names))
}

/// Tells whether there is a change without a date at all: mostly there is none.
fn has_undated(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| {
        let Node::Element(element) = node else { return false };
        let is_change = matches!(&*element.name, "w:ins" | "w:del");
        (is_change && is_undated(element)) || has_undated(&element.children)
    })
}

/// What the base says at each bookmark; of a row, its first cell.
fn said(base: &Document, names: &Names) -> HashMap<String, String> {
    let mut said = HashMap::new();
    for section in &base.sections {
        let Some(id) = &section.id else { continue };
        let texts = section.blocks.iter().flat_map(|block| match &block.kind {
            BlockKind::Table(table) => {
                let first = table.rows.iter().map(|row| row.cells.first());
                first.map(|cell| cell.map(Text::plain).unwrap_or_default()).collect()
            }
            kind => vec![kind.plain()],
        });
        for (at, text) in texts.enumerate() {
            said.extend(names.bookmark(id, at + 1).map(|name| (name, words(&text))));
        }
    }
    said
}

fn waits(nodes: &[Node], names: &HashMap<String, String>) -> bool {
    nodes.iter().any(|node| {
        let Node::Element(element) = node else { return false };
        (element.name == "w:p" && Paragraph::of(element).is_updated(names))
            || waits(&element.children, names)
    })
}

/// What a paragraph says, with and without its changes that have no date.
#[derive(Default)]
struct Paragraph {
    /// The names of khung's bookmarks in it.
    marks: Vec<String>,
    /// What it says once they are taken.
    taken: String,
    /// What it says without them.
    before: String,
    /// What they insert, a piece each.
    inserted: Vec<String>,
    is_changed: bool,
}

/// What is to become of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Comes,
    Goes,
}

impl Paragraph {
    fn of(element: &Element) -> Self {
        let mut paragraph = Self::default();
        paragraph.read(element, Fate::Stays);
        paragraph
    }

    fn read(&mut self, element: &Element, fate: Fate) {
        for node in &element.children {
            let Node::Element(inner) = node else { continue };
            match &*inner.name {
                "w:ins" | "w:del" if is_undated(inner) => {
                    let comes = inner.name == "w:ins";
                    self.is_changed = true;
                    if comes {
                        self.inserted.push(String::new());
                    }
                    self.read(inner, if comes { Fate::Comes } else { Fate::Goes });
                }
                // What somebody deleted is gone for khung; so is a paragraph in a text box.
                "w:del" | "w:p" => {}
                "w:bookmarkStart" => {
                    let name = inner.value("w:name").unwrap_or_default();
                    if bookmark::is_hidden(&name) && !bookmark::is_own(&name) {
                        self.marks.push(bookmark::original(&name).to_owned());
                    }
                }
                "w:t" | "w:delText" => self.add(&inner.text(), fate),
                "w:tab" | "w:br" | "w:cr" => self.add(" ", fate),
                _ => self.read(inner, fate),
            }
        }
    }

    fn add(&mut self, text: &str, fate: Fate) {
        if fate != Fate::Goes {
            self.taken.push_str(text);
        }
        if fate != Fate::Comes {
            self.before.push_str(text);
        }
        if fate == Fate::Comes
            && let Some(last) = self.inserted.last_mut()
        {
            last.push_str(text);
        }
    }

    fn is_updated(&self, names: &HashMap<String, String>) -> bool {
        if !self.is_changed {
            return false;
        }
        let [taken, before] = [&self.taken, &self.before].map(|text| words(text));
        self.marks.iter().any(|mark| match names.get(mark) {
            // Where people wrote as well, all that comes is the base's.
            Some(says) => {
                let says_new = |text: &String| {
                    let text = words(text);
                    !text.is_empty() && has(says, &text) && !has(&before, &text)
                };
                before != *says
                    && (taken == *says
                        || (!self.inserted.is_empty()
                            && self.inserted.iter().all(says_new)))
            }
            None => taken.is_empty() && !before.is_empty(),
        })
    }
}

/// Khung dates no change; a program that must have a date takes the first one there is.
fn is_undated(change: &Element) -> bool {
    change.value("w:date").is_none_or(|date| date.starts_with("1970-01-01"))
}

/// Tells whether some words stand in a text.
fn has(text: &str, words: &str) -> bool {
    format!(" {text} ").contains(&format!(" {words} "))
}
