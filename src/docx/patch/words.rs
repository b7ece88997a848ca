//! Cuts the runs of one paragraph, and puts new ones between them.

use std::ops::Range;

use crate::docx::read::Piece;
use crate::docx::revisions::{Revision, deleted_run, is_current, wrap};
use crate::docx::xml::{Element, Node};

/// What is to be done to a paragraph. Positions are bytes of its [`Spot::text`].
///
/// [`Spot::text`]: crate::docx::read::Spot::text
#[derive(Debug, Default)]
pub(super) struct Rewrite {
    /// What goes; in order, none overlaps another.
    pub(super) deletes: Vec<Range<usize>>,
    /// What comes in at a position, in order: whole children of the paragraph.
    pub(super) inserts: Vec<(usize, Vec<Node>)>,
}

/// Children of a paragraph that are not cut: one, or all of a field.
struct Group {
    children: Range<usize>,
    /// Whether it is one run that holds characters.
    run: bool,
}

impl Rewrite {
    /// Carries it out. `depth` is the length of the paragraph's path, `text` the spot's, and
    /// `pieces` are those inside the paragraph.
    pub(super) fn apply(
        self,
        paragraph: &mut Element,
        depth: usize,
        text: &str,
        pieces: &[&Piece],
    ) {
        let groups = groups(&paragraph.children);
        let mut old: Vec<Option<Node>> =
            std::mem::take(&mut paragraph.children).into_iter().map(Some).collect();
        let mut out = Output { children: Vec::new(), inserts: self.inserts.into() };
        for group in groups {
            let own: Vec<&Piece> = pieces
                .iter()
                .copied()
                .filter(|piece| group.children.contains(&piece.run[depth]))
                .collect();
            let (Some(first), Some(last)) = (own.first(), own.last()) else {
                out.children
                    .extend(old[group.children].iter_mut().filter_map(Option::take));
                continue;
            };
            let range = first.text.start..last.text.end;
            out.insert(range.start);
            let inside = |at: usize| range.start < at && at < range.end;
            let is_cut = self.deletes.iter().any(|cut| overlap(cut, &range).is_some())
                || out.inserts.iter().any(|(at, _)| inside(*at));
            match old[group.children.start].take() {
                Some(Node::Element(run)) if group.run && is_cut => {
                    cut(&run, text, &own, &self.deletes, &mut out);
                }
                first => {
                    out.children.extend(first);
                    let rest = group.children.start + 1..group.children.end;
                    out.children.extend(old[rest].iter_mut().filter_map(Option::take));
                }
            }
            out.insert(range.end);
        }
        out.insert(usize::MAX);
        paragraph.children = out.children;
    }
}

/// Children in groups that must stay together.
fn groups(children: &[Node]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut open = 0_usize;
    for (at, node) in children.iter().enumerate() {
        let (mut begins, mut ends, mut is_run) = (0, 0, false);
        if let Node::Element(run) = node
            && run.name == "w:r"
        {
            is_run = true;
            for field in run.elements("w:fldChar") {
                match field.attribute("w:fldCharType") {
                    Some("begin") => begins += 1,
                    Some("end") => ends += 1,
                    _ => {}
                }
            }
        }
        if ends > open + begins {
            // A field that began in an earlier paragraph.
            groups = vec![Group { children: 0..at + 1, run: false }];
            open = 0;
            continue;
        }
        match groups.last_mut() {
            Some(group) if open > 0 => group.children.end = at + 1,
            _ => groups.push(Group { children: at..at + 1, run: is_run && begins == 0 }),
        }
        open = open + begins - ends;
    }
    groups
}

/// The children so far, and what is still to be put between them.
struct Output {
    children: Vec<Node>,
    inserts: std::collections::VecDeque<(usize, Vec<Node>)>,
}

impl Output {
    /// Puts in what comes up to a position.
    fn insert(&mut self, up_to: usize) {
        while let Some((at, _)) = self.inserts.front()
            && *at <= up_to
        {
            self.children.extend(self.inserts.pop_front().into_iter().flat_map(|i| i.1));
        }
    }

    fn run(&mut self, run: &Element, children: Vec<Node>, is_deleted: bool) {
        if children.is_empty() {
            return;
        }
        let mut part = run.clone();
        part.children =
            run.element("w:rPr").cloned().map(Node::Element).into_iter().collect();
        part.children.extend(children);
        if !is_deleted {
            return self.children.push(Node::Element(part));
        }
        let part = Node::Element(deleted_run(part));
        match self.children.last_mut() {
            Some(Node::Element(last)) if last.name == "w:del" && is_current(last) => {
                last.children.push(part);
            }
            _ => self.children.push(wrap(Revision::Deleted, vec![part])),
        }
    }
}

/// Cuts a run at what is deleted and inserted.
fn cut(
    run: &Element,
    text: &str,
    pieces: &[&Piece],
    deletes: &[Range<usize>],
    out: &mut Output,
) {
    let mut part = Vec::new();
    let mut was_deleted = false;
    for (at, child) in run.children.iter().enumerate() {
        if matches!(child, Node::Element(properties) if properties.name == "w:rPr") {
            continue;
        }
        let Some(piece) = pieces.iter().find(|piece| piece.child == at) else {
            if was_deleted {
                out.run(run, std::mem::take(&mut part), true);
                was_deleted = false;
            }
            part.push(child.clone());
            continue;
        };
        let mut from = piece.text.start;
        while from < piece.text.end {
            let (to, is_deleted) = stretch(from, piece.text.end, deletes, out);
            if is_deleted != was_deleted
                || out.inserts.front().is_some_and(|i| i.0 <= from)
            {
                out.run(run, std::mem::take(&mut part), was_deleted);
                out.insert(from);
                was_deleted = is_deleted;
            }
            part.push(match child {
                Node::Element(whole)
                    if whole.name == "w:t" && (from..to) != piece.text =>
                {
                    characters(&text[from..to])
                }
                Node::Element(whole) if whole.name == "w:t" && is_deleted => {
                    characters(&text[from..to])
                }
                _ => child.clone(),
            });
            from = to;
        }
    }
    out.run(run, part, was_deleted);
}

/// How far what happens to the byte at `from` happens to the next ones, too, and whether it
/// is deleted.
fn stretch(
    from: usize,
    end: usize,
    deletes: &[Range<usize>],
    out: &Output,
) -> (usize, bool) {
    let mut to = end;
    let mut is_deleted = false;
    for cut in deletes {
        if cut.contains(&from) {
            is_deleted = true;
            to = to.min(cut.end);
        } else if cut.start > from {
            to = to.min(cut.start);
        }
    }
    for (at, _) in &out.inserts {
        if *at > from {
            to = to.min(*at);
        }
    }
    (to, is_deleted)
}

/// What two ranges share, if it is more than a point.
pub(super) fn overlap(one: &Range<usize>, other: &Range<usize>) -> Option<Range<usize>> {
    let shared = one.start.max(other.start)..one.end.min(other.end);
    (!shared.is_empty()).then_some(shared)
}

/// A `w:t` that keeps its blanks.
pub(super) fn characters(text: &str) -> Node {
    let text = quick_xml::escape::escape(text).into_owned();
    let attributes = [("xml:space", "preserve")];
    Node::Element(Element::new("w:t", &attributes, vec![Node::Raw(text.into())]))
}
