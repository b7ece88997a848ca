//! The comments that an update leaves in Word: their wording, and the part that holds them.

use std::collections::{BTreeMap, BTreeSet};

use super::PatchError;
use super::style::Styles;
use crate::document::{BlockKind, Document, Text};
use crate::docx::comments::comments;
use crate::docx::conform::DECLARATION;
use crate::docx::package::Package;
use crate::docx::story::each;
use crate::docx::xml::{self, Element, Node, Path};
use crate::docx::{author, parts};
use crate::merge::{What, wording};

/// What a comment tells the drafter.
#[derive(Debug, Clone)]
pub(super) enum Note<'m> {
    /// A conflict.
    Conflict(What<'m>),
    /// The section stood elsewhere, below this number.
    Moved(Option<String>),
    /// A change that was left out, and what would stand here.
    Skipped(Option<String>),
    /// The catalogue removed this, and it was left.
    Left,
    /// Guidance about the section.
    Guidance(&'m [String]),
}

impl Note<'_> {
    /// Whose comment it is; `update` is the author of the update.
    pub(super) fn author<'a>(&self, update: &'a str) -> &'a str {
        if matches!(self, Self::Guidance(_)) { author::GUIDANCE } else { update }
    }
}

/// The paragraphs of a comment; `origin` is whose new words are told of.
pub(super) fn lines(note: &Note<'_>, origin: &str, fresh: &Document) -> Vec<String> {
    match note {
        Note::Conflict(what) => wording::comment(*what, origin, |id| title(fresh, id)),
        Note::Moved(Some(number)) => {
            vec![format!("Chuyển từ mục {} ({}).", number.trim_end_matches('.'), origin)]
        }
        Note::Moved(None) => vec![format!("Chuyển từ chỗ khác ({origin}).")],
        Note::Skipped(fresh) => {
            let mut lines = vec![format!(
                "{origin} đổi chỗ này, nhưng khung không tự sửa được vì có nội dung khác xen \
                 vào (thay đổi đang chờ duyệt, trường, hình, chú thích …)."
            )];
            lines.extend(
                fresh.iter().map(|text| format!("Câu chữ mới: “{}”", text.trim())),
            );
            lines
        }
        Note::Left => vec![format!(
            "{origin} không còn đoạn này, nhưng khung không tự xóa được vì có nội dung khác \
             xen vào; xóa nếu không cần nữa."
        )],
        Note::Guidance(lines) => lines.to_vec(),
    }
}

/// Tells whether a comment only says that a section moved: see [`lines`].
pub(crate) fn is_about_a_move(lines: &[String]) -> bool {
    matches!(lines, [line] if line.starts_with("Chuyển từ ") && line.ends_with(")."))
}

fn title(fresh: &Document, id: &str) -> String {
    let section = fresh.sections.iter().find(|s| s.id.as_deref() == Some(id));
    let heading = section.and_then(|section| {
        section.blocks.iter().find(|block| matches!(block.kind, BlockKind::Heading(_)))
    });
    heading
        .map_or_else(|| id.to_owned(), |heading| heading.kind.plain().replace('\n', " "))
}

/// The placeholder id of a comment.
pub(super) fn id(note: usize) -> String {
    format!("+c{note}")
}

/// Both ends of a comment's range; the second one with its reference.
pub(super) fn range(note: usize) -> (Node, [Node; 2]) {
    let id = id(note);
    let at = [("w:id", id.as_str())];
    let one = |name| Node::Element(Element::new(name, &at, Vec::new()));
    let children = vec![one("w:commentReference")];
    let reference = Node::Element(Element::new("w:r", &[], children));
    (one("w:commentRangeStart"), [one("w:commentRangeEnd"), reference])
}

/// Puts a comment on a whole paragraph.
pub(super) fn attach(paragraph: &mut Element, note: usize) {
    let (start, end) = range(note);
    let front = usize::from(
        matches!(paragraph.children.first(), Some(Node::Element(first)) if first.name == "w:pPr"),
    );
    paragraph.children.insert(front, start);
    paragraph.children.extend(end);
}

const TYPE: &str =
    "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml";

/// The ids of the comments that people wrote.
pub(super) fn of_people(
    package: &Package,
    main: &str,
) -> Result<BTreeSet<String>, PatchError> {
    let all = comments(package, main)?;
    let others = all.into_iter().filter(|one| !author::is_khung(&one.author));
    Ok(others.map(|comment| comment.id).collect())
}

/// The comments that a text refers to.
pub(super) fn references(nodes: &[Node]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    each(nodes, &mut Path::new(), &mut |element, _| {
        if element.name == "w:commentReference" {
            found.extend(element.attribute("w:id").map(str::to_owned));
        }
    });
    found
}

/// Removes the comments on text that is gone.
pub(super) fn drop_gone(
    package: &mut Package,
    main: &str,
    gone: &BTreeSet<String>,
) -> Result<(), PatchError> {
    let Some(name) = package.related(main, "comments").map(ToOwned::to_owned) else {
        return Ok(());
    };
    if gone.is_empty() {
        return Ok(());
    }
    let broken = || PatchError::Part(name.clone());
    let mut nodes =
        xml::parse(package.part(&name).unwrap_or_default()).map_err(|_| broken())?;
    let root = crate::docx::elements(&mut nodes).next().ok_or_else(broken)?;
    let is_gone =
        |comment: &Element| comment.attribute("w:id").is_some_and(|id| gone.contains(id));
    root.children.retain(|node| !matches!(node, Node::Element(one) if is_gone(one)));
    package.replace(&name, xml::serialize(&nodes));
    Ok(())
}

/// A comment that comes in.
pub(super) struct Comment<'a> {
    pub(super) id: String,
    pub(super) author: &'a str,
    pub(super) lines: Vec<String>,
}

/// Gives comments of the file, by their ids, other lines, and adds new ones behind them.
pub(super) fn write(
    package: &mut Package,
    main: &str,
    comments: &[Comment<'_>],
    changed: &BTreeMap<String, &[String]>,
    styles: &Styles,
) -> Result<(), PatchError> {
    if comments.is_empty() && changed.is_empty() {
        return Ok(());
    }
    let name = match package.related(main, "comments") {
        Some(name) => name.to_owned(),
        None => parts::add(
            package,
            main,
            "comments",
            TYPE,
            &format!("{}/comments", parts::RELATIONS),
            format!(
                "{DECLARATION}<w:comments xmlns:w=\"{}\"/>",
                crate::docx::read::NAMESPACE
            ),
        )?,
    };
    let broken = || PatchError::Part(name.clone());
    let mut nodes =
        xml::parse(package.part(&name).unwrap_or_default()).map_err(|_| broken())?;
    let root = crate::docx::elements(&mut nodes).next().ok_or_else(broken)?;
    if root.name != "w:comments" {
        return Err(broken());
    }
    let paragraph = |line: &String| {
        let look = [("w:val", styles.id("CommentText"))];
        let look = Node::Element(Element::new("w:pStyle", &look, Vec::new()));
        let look = Node::Element(Element::new("w:pPr", &[], vec![look]));
        let runs = styles.runs(&Text::from(line.clone()), None);
        let children = std::iter::once(look).chain(runs).collect();
        Element::new("w:p", &[], children)
    };
    for old in crate::docx::elements(&mut root.children) {
        let id = old.value("w:id").unwrap_or_default();
        let Some(lines) = changed.get(&id) else { continue };
        let mut new: Vec<Element> = lines.iter().map(paragraph).collect();
        // Word knows a comment's thread by the id of its last paragraph.
        let thread = old.elements("w:p").last().and_then(|p| p.value("w14:paraId"));
        if let (Some(last), Some(thread)) = (new.last_mut(), thread) {
            last.set_attribute("w14:paraId", &thread);
        }
        old.children = new.into_iter().map(Node::Element).collect();
    }
    for Comment { id, author, lines } in comments {
        let attributes =
            [("w:id", id.as_str()), ("w:author", author), ("w:initials", "k")];
        let children = lines.iter().map(paragraph).map(Node::Element).collect();
        root.children.push(Node::Element(Element::new(
            "w:comment",
            &attributes,
            children,
        )));
    }
    package.replace(&name, xml::serialize(&nodes));
    Ok(())
}
