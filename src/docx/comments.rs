//! The comments of a Word file: whose they are, what they say, whether they are resolved.

use std::collections::{BTreeMap, BTreeSet};

use super::package::Package;
use super::story::{Unreadable, each, paragraphs, root};
use super::xml::{self, Node, Path};

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
    /// Whether it has a date; khung's have none.
    pub(crate) is_dated: bool,
    /// Its paragraphs.
    pub(crate) lines: Vec<String>,
    /// Whether it, or the one that it answers, was marked as resolved.
    pub(crate) is_resolved: bool,
    /// Whether another one answers it, or it holds more than text: a picture, a link, a
    /// tracked change.
    pub(crate) has_more: bool,
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
            is_dated: comment.value("w:date").is_some(),
            lines: paragraphs(&comment.children),
            is_resolved: is_resolved(thread.clone()),
            has_more: is_answered(thread) || holds_more(&comment.children),
        }
    };
    Ok(root.elements("w:comment").map(read).collect())
}

fn holds_more(nodes: &[Node]) -> bool {
    let mut is_more = false;
    each(nodes, &mut Path::new(), &mut |element, _| {
        is_more |= matches!(
            &*element.name,
            "w:drawing" | "w:pict" | "w:object" | "w:hyperlink" | "w:ins" | "w:del"
        );
    });
    is_more
}

/// Takes out of a text what refers to comments, by their ids.
pub(crate) fn detach(nodes: &mut Vec<Node>, goes: &impl Fn(&str) -> bool) {
    nodes.retain_mut(|node| {
        let Node::Element(element) = node else { return true };
        let refers = |element: &xml::Element| {
            matches!(
                &*element.name,
                "w:commentRangeStart" | "w:commentRangeEnd" | "w:commentReference"
            ) && element.value("w:id").is_some_and(|id| goes(&id))
        };
        if refers(element) {
            return false;
        }
        let has_reference = element.element("w:commentReference").is_some_and(refers);
        detach(&mut element.children, goes);
        let is_rest =
            |node: &Node| !matches!(node, Node::Element(e) if e.name == "w:rPr");
        !has_reference || element.children.iter().any(is_rest)
    });
}
