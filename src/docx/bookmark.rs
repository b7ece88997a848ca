//! The hidden bookmarks by which khung knows the paragraphs and rows of a Word file: how they
//! are named, and what a name says.

use std::collections::BTreeSet;

use super::xml::Node;

/// What all of them begin with: Word hides what begins with an underscore.
const PREFIX: &str = "_khung_";
/// The longest name that Word takes.
const LONGEST: usize = 40;
/// What editors put between the name of a bookmark that was copied and a number.
const COPY: &str = "_Copy_";

/// The bookmark of the paragraph or row with a number, of a section; none when Word would not
/// take the name.
#[must_use]
pub fn name(section: &str, n: usize) -> Option<String> {
    let name = format!("{PREFIX}{}_{n}", spelt(section));
    (name.len() <= LONGEST).then_some(name)
}

/// A bookmark that no section has: what carries it, and none of theirs, is the drafter's own
/// text.
pub(crate) fn own(n: usize) -> String {
    format!("{PREFIX}{n}")
}

/// Tells whether a bookmark is an [own] one.
pub(crate) fn is_own(name: &str) -> bool {
    let number = name.strip_prefix(PREFIX).unwrap_or_default();
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Tells whether a bookmark is one of khung's.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// The name of a bookmark without what copying it put behind.
pub(crate) fn original(name: &str) -> &str {
    name.split(COPY).next().unwrap_or(name)
}

/// The bookmark of something whose own another one has from now on: read as a copy, as if
/// an editor had made it; none when Word would not take the name.
pub(crate) fn copy(name: &str) -> Option<String> {
    let copy = format!("{}{COPY}1", original(name));
    (copy.len() <= LONGEST).then_some(copy)
}

/// The names of all of khung's bookmarks.
pub(crate) fn all(nodes: &[Node]) -> BTreeSet<String> {
    fn find(nodes: &[Node], found: &mut BTreeSet<String>) {
        for node in nodes {
            let Node::Element(element) = node else { continue };
            if element.name == "w:bookmarkStart" {
                found.extend(element.value("w:name").filter(|name| is_hidden(name)));
            }
            find(&element.children, found);
        }
    }
    let mut found = BTreeSet::new();
    find(nodes, &mut found);
    found
}

/// The id of a section as its bookmarks spell it.
fn spelt(id: &str) -> String {
    id.replace('-', "_")
}

/// What a part of the file holds that has bookmarks of sections whose ids begin so.
pub(crate) fn mark(ids: &str) -> String {
    format!("\"{PREFIX}{}", spelt(ids))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookmark_names_fit_word() {
        assert_eq!(name("task-data-centre", 3).unwrap(), "_khung_task_data_centre_3");
        assert_eq!(name(&"a".repeat(40), 1), None);
    }
}
