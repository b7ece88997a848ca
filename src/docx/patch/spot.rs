//! What the words of one paragraph or cell become: which bytes go, what comes in where.

use std::ops::Range;

use super::notes;
use super::style::Styles;
use super::words::{Rewrite, overlap};
use crate::document::{Heading, Inline, Run, Text};
use crate::docx::read::{Held, Piece as Holder, Spot};
use crate::docx::revisions::{Revision, mark_end, wrap};
use crate::docx::xml::{Element, Node, Path, element_at, element_at_mut};
use crate::merge::{Offer, Piece, Renumbered, Words};

/// Changes of one spot, in its own positions.
#[derive(Debug, Default)]
pub(super) struct Plan {
    deletes: Vec<Range<usize>>,
    inserts: Vec<(usize, Insert)>,
    /// Whether a change was left out, because something stands in its way.
    pub(super) skipped: bool,
}

#[derive(Debug)]
enum Insert {
    /// New words, like those at this byte.
    Words(Text, Option<usize>),
    /// The words of an offer begin here, or end here; the numbers are those of its comment.
    Open(usize),
    Offer(Text, usize),
}

impl Plan {
    /// Plans a change of a heading's number. It is derived: there is never a conflict.
    pub(super) fn renumber(
        &mut self,
        spot: &Spot,
        renumbered: &Renumbered,
        nodes: &[Node],
    ) {
        if renumbered.from == renumbered.to {
            return;
        }
        let (from, to) = (renumbered.from.as_deref(), renumbered.to.as_deref());
        let Some(lead) = spot
            .text
            .get(..spot.lead)
            .filter(|lead| lead.trim_end() == from.unwrap_or_default())
        else {
            self.skipped = true;
            return;
        };
        let number = to.unwrap_or_default();
        let separator = to.map(Heading::separator);
        // A blank of another kind parts a number from its title as well.
        let (end, new) = if from.map(Heading::separator) == separator {
            (lead.trim_end().len(), number.to_owned())
        } else {
            let separator = separator.map(String::from).unwrap_or_default();
            (lead.len(), format!("{number}{separator}"))
        };
        let (cut, new) = (0..end, Text::from(new));
        self.replace(spot, (!cut.is_empty()).then_some(cut), Some(&new), 0, nodes);
    }

    /// Plans the changes of the words; `note` numbers the comment of an offer.
    pub(super) fn words<'m>(
        &mut self,
        spot: &Spot,
        words: &'m Words,
        nodes: &[Node],
        mut note: impl FnMut(&'m Offer) -> usize,
    ) {
        let shift = |range: &Range<usize>| range.start + spot.lead..range.end + spot.lead;
        // Nothing parts a number that stands alone from what comes in.
        let is_alone = spot.lead == spot.text.len()
            && spot.text.ends_with(|end: char| !end.is_whitespace());
        let apart = |mut text: Text| {
            if is_alone && !text.plain().starts_with(char::is_whitespace) {
                text.0.insert(0, blank());
            }
            text
        };
        let mut cursor = spot.lead;
        let mut pieces = words.0.iter().peekable();
        while let Some(piece) = pieces.next() {
            match piece {
                Piece::Keep(range) => cursor = shift(range).end,
                Piece::Delete(range) => {
                    let cut = shift(range);
                    cursor = cut.end;
                    let new = match pieces.peek() {
                        Some(Piece::Insert(text)) => Some(text),
                        _ => None,
                    };
                    if new.is_some() {
                        pieces.next();
                    }
                    self.replace(spot, Some(cut), new, cursor, nodes);
                }
                Piece::Insert(text) => {
                    let text = apart(text.clone());
                    self.replace(spot, None, Some(&text), cursor, nodes);
                }
                Piece::Offer(offer) => {
                    if !is_free(spot, &(cursor..cursor), nodes) {
                        self.skipped = true;
                        continue;
                    }
                    let start = shift(&offer.edited).start;
                    let number = note(offer);
                    let front = if is_free(spot, &(start..start), nodes) {
                        start
                    } else {
                        cursor
                    };
                    self.inserts.push((front, Insert::Open(number)));
                    let text = apart(offered(&spot.text, cursor, &offer.fresh));
                    self.inserts.push((cursor, Insert::Offer(text, number)));
                }
            }
        }
    }

    fn replace(
        &mut self,
        spot: &Spot,
        cut: Option<Range<usize>>,
        new: Option<&Text>,
        at: usize,
        nodes: &[Node],
    ) {
        let at = cut.as_ref().map_or(at, |cut| cut.end);
        let range = cut.clone().unwrap_or(at..at);
        if !is_free(spot, &range, nodes) {
            self.skipped = true;
            return;
        }
        let like = match &cut {
            Some(cut) => Some(cut.start),
            None => at.checked_sub(1).or(Some(0)),
        };
        self.deletes.extend(cut);
        if let Some(text) = new {
            self.inserts.push((at, Insert::Words(text.clone(), like)));
        }
    }

    /// Carries the plan out. In `accepted` documents an offer is but a comment.
    pub(super) fn apply(
        self,
        spot: &Spot,
        nodes: &mut [Node],
        styles: &Styles,
        accepted: bool,
    ) {
        if self.deletes.is_empty() && self.inserts.is_empty() {
            return;
        }
        let Some(lines) = lines(spot) else { return };
        let mut built: Vec<(usize, Vec<Node>)> = Vec::new();
        for (at, insert) in self.inserts {
            built.push((at, build(insert, at, spot, nodes, styles, accepted)));
        }
        for (line, path) in lines.iter().zip(&spot.paragraphs) {
            let own = |range: &Range<usize>| overlap(range, line);
            let mut rewrite = Rewrite {
                deletes: self.deletes.iter().filter_map(own).collect(),
                ..Rewrite::default()
            };
            let here =
                built.iter_mut().filter(|(at, _)| (line.start..=line.end).contains(at));
            rewrite.inserts =
                here.map(|(at, nodes)| (*at, std::mem::take(nodes))).collect();
            let joins = self.deletes.iter().any(|cut| cut.contains(&line.end));
            let pieces: Vec<&Holder> =
                spot.pieces.iter().filter(|piece| piece.run.starts_with(path)).collect();
            let Some(paragraph) = element_at_mut(nodes, path) else { continue };
            if !rewrite.deletes.is_empty() || !rewrite.inserts.is_empty() {
                rewrite.apply(paragraph, path.len(), &spot.text, &pieces);
            }
            if joins && line.end < spot.text.len() {
                mark_end(paragraph, Revision::Deleted);
            }
        }
    }
}

fn build(
    insert: Insert,
    at: usize,
    spot: &Spot,
    nodes: &[Node],
    styles: &Styles,
    accepted: bool,
) -> Vec<Node> {
    match insert {
        Insert::Words(text, like) => {
            let like = like.and_then(|byte| look_of(spot, byte, nodes));
            vec![wrap(Revision::Inserted, styles.runs(&text, like))]
        }
        Insert::Open(note) => vec![notes::range(note).0],
        Insert::Offer(text, note) => {
            let like = at.checked_sub(1).and_then(|byte| look_of(spot, byte, nodes));
            let runs = styles.runs(&text, like);
            let mut out = Vec::new();
            if !accepted && !runs.is_empty() {
                out.push(wrap(Revision::Inserted, runs));
            }
            out.extend(notes::range(note).1);
            out
        }
    }
}

/// The properties of the run that holds a byte, or the first one; none inside a link.
fn look_of<'n>(spot: &Spot, byte: usize, nodes: &'n [Node]) -> Option<&'n Element> {
    let piece = spot.piece(byte)?;
    let is_direct = spot.paragraphs.iter().any(|path| path.len() + 1 == piece.run.len());
    element_at(nodes, &piece.run).filter(|_| is_direct)?.element("w:rPr")
}

fn blank() -> Inline {
    Inline::Run(Run { text: " ".to_owned(), ..Run::default() })
}

/// Fresh's words as they are put beside the drafter's: blanks keep them apart.
pub(super) fn offered(text: &str, at: usize, fresh: &Text) -> Text {
    let plain = fresh.plain();
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let (before, after) = text.split_at(at);
    let mut out = fresh.clone();
    if before.chars().last().is_some_and(|c| !c.is_whitespace())
        && is_word(plain.chars().next())
    {
        out.0.insert(0, blank());
    }
    if is_word(after.chars().next()) && is_word(plain.chars().last()) {
        out.0.push(blank());
    }
    out
}

/// The bytes of each of a spot's paragraphs; none when they cannot be told apart, because a
/// pending deletion joins some.
fn lines(spot: &Spot) -> Option<Vec<Range<usize>>> {
    let mut lines = Vec::new();
    let mut from = 0;
    for (at, _) in spot.text.match_indices('\n') {
        if spot.piece(at).is_none() {
            lines.push(from..at);
            from = at + 1;
        }
    }
    lines.push(from..spot.text.len());
    (lines.len() == spot.paragraphs.len()).then_some(lines)
}

/// Tells whether bytes of a spot can be replaced, or something put in at a point.
fn is_free(spot: &Spot, range: &Range<usize>, nodes: &[Node]) -> bool {
    let Some(lines) = lines(spot) else { return false };
    let touches =
        |text: &Range<usize>| text.start <= range.end && range.start <= text.end;
    let blocked = spot.marks.iter().any(|mark| match mark.held {
        Held::Table => touches(&mark.text),
        Held::Field => {
            touches(&mark.text)
                && lines.iter().zip(&spot.paragraphs).any(|(line, path)| {
                    overlap(line, &mark.text).is_some() && !is_balanced(nodes, path)
                })
        }
        _ => false,
    });
    let joins = |pair: &[(&Range<usize>, &Path)]| {
        !range.contains(&pair[0].0.end) || are_neighbours(nodes, pair[0].1, pair[1].1)
    };
    let numbered: Vec<(&Range<usize>, &Path)> =
        lines.iter().zip(&spot.paragraphs).collect();
    !blocked && spot.is_free(range) && numbered.windows(2).all(joins)
}

/// Tells whether all fields of a paragraph begin and end in it.
fn is_balanced(nodes: &[Node], path: &Path) -> bool {
    fn count(element: &Element, what: &str) -> usize {
        let is = |child: &Element| {
            child.name == "w:fldChar" && child.attribute("w:fldCharType") == Some(what)
        };
        usize::from(is(element))
            + element
                .children
                .iter()
                .map(|node| match node {
                    Node::Element(child) => count(child, what),
                    Node::Raw(_) => 0,
                })
                .sum::<usize>()
    }
    let Some(paragraph) = element_at(nodes, path) else { return false };
    let begins = count(paragraph, "begin");
    let simple = paragraph.element("w:fldSimple").is_some();
    begins == count(paragraph, "end") && (begins > 0 || simple)
}

/// Tells whether one paragraph follows the other, with nothing to read between them.
fn are_neighbours(nodes: &[Node], one: &Path, other: &Path) -> bool {
    let (Some((from, above)), Some((to, beside))) =
        (one.split_last(), other.split_last())
    else {
        return false;
    };
    above == beside
        && (from + 1..*to).all(|at| {
            let path: Path = above.iter().copied().chain([at]).collect();
            element_at(nodes, &path).is_none_or(|between| {
                !matches!(&*between.name, "w:p" | "w:tbl" | "w:sdt")
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_runs_into_no_word() {
        for (text, at, fresh, expected) in [
            // Behind the words of the drafter, before those that follow.
            ("Lập danh sách hộ nghèo", "Lập danh sách".len(), "bản kê", " bản kê"),
            ("Lập hộ nghèo", "Lập ".len(), "danh sách", "danh sách "),
            ("Lập", 0, "Cùng", "Cùng "),
            ("Lập", "Lập".len(), "danh sách", " danh sách"),
            ("(Lập)", "(Lập".len(), "ra", " ra"),
            // What parts them already does.
            ("Lập danh sách", "Lập ".len(), "một ", "một "),
            ("Lập danh sách", "Lập ".len(), "một,", "một,"),
            ("Lập danh sách", "Lập".len(), ", ghi", ", ghi"),
            ("", 0, "Lập", "Lập"),
        ] {
            let offer = offered(text, at, &Text::from(fresh.to_owned()));
            assert_eq!(offer.plain(), expected, "{text:?} at {at}: {fresh:?}");
        }
    }
}
