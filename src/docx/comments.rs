//! The comments of a Word file: whose they are, what they say, whether they are resolved.

use std::collections::{BTreeMap, BTreeSet};

use super::package::Package;
use super::story::{Unreadable, paragraphs, root};
use super::xml;

/// The relations of the parts that comments are kept in.
pub(super) const PARTS: [&str; 4] =
    ["comments", "commentsExtended", "commentsIds", "commentsExtensible"];

/// One comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Comment {
    /// Its id, by which the text refers to it.
    pub(crate) id: String,
    /// Who wrote it.
    pub(crate) author: String,
    /// Its paragraphs.
    pub(crate) lines: Vec<String>,
    /// Whether it, or the one that it answers, was marked as resolved.
    pub(crate) is_resolved: bool,
    /// Whether another one answers it.
    pub(crate) is_answered: bool,
}

/// The comments of a file, in their order.
///
/// # Errors
/// When they cannot be read: they are somebody's word.
pub(crate) fn comments(
    package: &Package,
    main: &str,
) -> Result<Vec<Comment>, Unreadable> {
    let root = |kind: &str| {
        package.related(main, kind).map(|part| root(package, part)).transpose()
    };
    // By the id of a comment's last paragraph: resolved or not, and which it answers.
    let mut threads: BTreeMap<String, (bool, Option<String>)> = BTreeMap::new();
    if let Some(root) = root("commentsExtended")? {
        for comment in root.elements("w15:commentEx") {
            let Some(id) = comment.value("w15:paraId") else { continue };
            let done = comment.value("w15:done");
            let done = matches!(done.as_deref(), Some("1" | "true" | "on"));
            threads.insert(id, (done, comment.value("w15:paraIdParent")));
        }
    }
    let is_resolved = |paragraph: Option<String>| {
        let thread = |id: &String| threads.get(id);
        match paragraph.as_ref().and_then(thread) {
            Some((true, _)) => true,
            Some((false, Some(parent))) => thread(parent).is_some_and(|(done, _)| *done),
            _ => false,
        }
    };
    let answered: BTreeSet<&String> =
        threads.values().filter_map(|(_, parent)| parent.as_ref()).collect();
    let is_answered = |paragraph: Option<String>| {
        paragraph.is_some_and(|paragraph| answered.contains(&paragraph))
    };
    let Some(root) = root("comments")? else { return Ok(Vec::new()) };
    let read = |comment: &xml::Element| {
        let last = comment.elements("w:p").last();
        let thread = last.and_then(|last| last.value("w14:paraId"));
        Comment {
            id: comment.value("w:id").unwrap_or_default(),
            author: comment.value("w:author").unwrap_or_default(),
            lines: paragraphs(&comment.children),
            is_resolved: is_resolved(thread.clone()),
            is_answered: is_answered(thread),
        }
    };
    Ok(root.elements("w:comment").map(read).collect())
}
