//! The words of one text: where they begin, how alike two texts are, their three-way merge.

use std::borrow::Cow;
use std::ops::Range;

use super::align::{HALF, Hunk, diff};
use super::{Offer, Piece, Words};
use crate::document::{Inline, Run, SLOT_OPEN, Text, slots};
use crate::source::{folded, is_unseen};

/// Texts of more words than this are replaced whole.
const MOST_WORDS: usize = 20_000;

/// Words that a number before them belongs to.
const UNITS: [&str; 12] = [
    "Kbps", "Mbps", "Gbps", "MB", "GB", "TB", "kV", "km", "nghìn", "triệu", "tỷ", "đồng",
];

/// Merges what base became on both sides.
pub(super) fn merge(base: &Text, edited: &Text, fresh: &Text) -> Words {
    let (b, e, f) = (base.plain(), edited.plain(), fresh.plain());
    if b == f || e == f {
        return Words::default();
    }
    let says = folded(&e);
    let is_untouched = e == b || says == folded(&b);
    if !is_untouched && says == folded(&f) {
        return Words::default();
    }
    let (base_tokens, edited_tokens, fresh_tokens) = (tokens(&b), tokens(&e), tokens(&f));
    let longest = base_tokens.len().max(edited_tokens.len()).max(fresh_tokens.len());
    let is_related = alike(&b, &f) && (is_untouched || alike(&b, &e) || fills(&b, &e));
    if longest > MOST_WORDS || !is_related {
        let all = 0..e.len();
        return Words::of(if is_untouched {
            vec![Piece::Delete(all), Piece::Insert(fresh.clone())]
        } else {
            let offer = Offer { edited: all.clone(), base: b, fresh: fresh.clone() };
            vec![Piece::Keep(all), Piece::Offer(offer)]
        });
    }
    let side = |hunks: Vec<Hunk>| joined(&base_tokens, hunks);
    // What a person set otherwise, and reads the same, is no edit; what the catalogue did, is.
    let (base_words, edited_words) = (read(&base_tokens), read(&edited_tokens));
    let edits = side(diff(&by_ref(&base_words), &by_ref(&edited_words)));
    let updates = side(diff(&base_tokens, &fresh_tokens));
    let (base_at, edited_at, fresh_at) =
        (starts(&base_tokens), starts(&edited_tokens), starts(&fresh_tokens));
    let mut pieces = Vec::new();
    let mut done = 0;
    // What stands before the next piece, if nothing is kept before it.
    let mut last = "";
    for region in regions(&edits, &updates) {
        let bytes = |at: &[usize], range: &Range<usize>| at[range.start]..at[range.end];
        let in_edited = bytes(&edited_at, &region.edited);
        let in_fresh = bytes(&fresh_at, &region.fresh);
        let old = &b[bytes(&base_at, &region.base)];
        let text = || slice(fresh, in_fresh.clone());
        let before = match &e[done.min(in_edited.start)..in_edited.start] {
            "" => last,
            kept => kept,
        };
        let new = &f[in_fresh.clone()];
        match region.who {
            Who::Edited => continue,
            _ if e[in_edited.clone()] == *new => continue,
            Who::Both if folded(&e[in_edited.clone()]) == folded(new) => continue,
            // A slot that the drafter filled is the drafter's, however it is worded now.
            Who::Both if is_reworded_slot(old, &f[in_fresh.clone()]) => continue,
            Who::Fresh if !is_glued(before, new, &e[in_edited.end..]) => {
                pieces.push(Piece::Keep(done..in_edited.start));
                pieces.push(Piece::Delete(in_edited.clone()));
                pieces.push(Piece::Insert(text()));
                last = if new.is_empty() { before } else { new };
            }
            Who::Fresh | Who::Both => {
                pieces.push(Piece::Keep(done..in_edited.end));
                let (base, fresh) = (old.to_owned(), text());
                pieces.push(Piece::Offer(Offer {
                    edited: in_edited.clone(),
                    base,
                    fresh,
                }));
                last = &e[..in_edited.end];
            }
        }
        done = in_edited.end;
    }
    pieces.push(Piece::Keep(done..e.len()));
    Words::of(pieces)
}

/// Merges a text that the drafter cut in two with what base became: what happens to either
/// half. None where `halves` are not such a text, or a change goes across the cut.
///
/// `whole` is the half that was taken for the text.
pub(super) fn merge_halves(
    base: &Text,
    halves: [&Text; 2],
    whole: &Text,
    fresh: &Text,
) -> Option<[Words; 2]> {
    let [one, two] = halves.map(Text::plain);
    let is_parted =
        one.ends_with(char::is_whitespace) || two.starts_with(char::is_whitespace);
    let blank = if is_parted { "" } else { " " };
    let old = base.plain();
    let (bag, whole) = (Bag::of(&old), whole.plain());
    let whole = Bag::of(&whole);
    let both = format!("{one}{blank}{two}");
    let both = Bag::of(&both);
    // Half of the other half at least is what the text has lost.
    let found = bag.shared(&both).saturating_sub(bag.shared(&whole));
    if found == 0 || found * 2 < both.0.len().saturating_sub(whole.0.len()) {
        return None;
    }
    let mut joined = halves[0].0.clone();
    joined.extend(Text::from(blank.to_owned()).0);
    joined.extend(halves[1].0.iter().cloned());
    let merged = merge(base, &Text(joined), fresh);
    let (end, start) = (one.len(), one.len() + blank.len());
    let (mut first, mut second) = (Vec::new(), Vec::new());
    // Where the pieces so far end.
    let mut at = 0;
    for piece in merged.0 {
        match &piece {
            Piece::Keep(range) => {
                at = range.end;
                first.push(Piece::Keep(range.start.min(end)..range.end.min(end)));
                let from = range.start.max(start) - start;
                second.push(Piece::Keep(from..range.end.max(start) - start));
            }
            Piece::Delete(range) if range.end <= end => {
                at = range.end;
                first.push(piece);
            }
            Piece::Delete(range) if range.start >= start => {
                at = range.end;
                second.push(Piece::Delete(range.start - start..range.end - start));
            }
            Piece::Insert(_) if at <= end => first.push(piece),
            Piece::Insert(_) => second.push(piece),
            Piece::Offer(offer) if offer.edited.end <= end => first.push(piece),
            Piece::Offer(offer) if offer.edited.start >= start => {
                let edited = offer.edited.start - start..offer.edited.end - start;
                second.push(Piece::Offer(Offer { edited, ..offer.clone() }));
            }
            Piece::Delete(_) | Piece::Offer(_) => return None,
        }
    }
    Some([Words::of(first), Words::of(second)])
}

impl Words {
    /// The conflicts alone: nothing is changed.
    pub(crate) fn only_offers(self) -> Self {
        let still = |piece| match piece {
            Piece::Delete(range) => Some(Piece::Keep(range)),
            Piece::Insert(_) => None,
            other => Some(other),
        };
        let pieces: Vec<Piece> = self.0.into_iter().filter_map(still).collect();
        let offers = pieces.iter().any(|piece| matches!(piece, Piece::Offer(_)));
        Self(if offers { pieces } else { Vec::new() })
    }

    /// Without empty pieces; none at all when everything is kept.
    fn of(mut pieces: Vec<Piece>) -> Self {
        pieces.retain(|piece| match piece {
            Piece::Keep(range) | Piece::Delete(range) => !range.is_empty(),
            Piece::Insert(text) => !text.0.is_empty(),
            Piece::Offer(_) => true,
        });
        if let [Piece::Keep(_)] = pieces[..] {
            pieces.clear();
        }
        Self(pieces)
    }
}

/// What words say, however they are set; all blanks say the same.
fn read<'t>(tokens: &[&'t str]) -> Vec<Cow<'t, str>> {
    let read = |token: &&'t str| {
        if is_blank(token) { Cow::Borrowed(" ") } else { folded(token) }
    };
    tokens.iter().map(read).collect()
}

fn by_ref<'t>(texts: &'t [Cow<'_, str>]) -> Vec<&'t str> {
    texts.iter().map(AsRef::as_ref).collect()
}

/// Tells whether a new text, or none, would make one word of two that were apart.
fn is_glued(before: &str, new: &str, after: &str) -> bool {
    let meet = |left: &str, right: &str| {
        left.ends_with(char::is_alphanumeric) && right.starts_with(char::is_alphanumeric)
    };
    if new.is_empty() {
        meet(before, after)
    } else {
        meet(before, new) || meet(new, after)
    }
}

/// Who changed a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Edited,
    Fresh,
    Both,
}

/// Words of base that somebody changed, and what they are on each side.
struct Region {
    who: Who,
    base: Range<usize>,
    edited: Range<usize>,
    fresh: Range<usize>,
}

/// Puts together the changes of both sides that overlap; changes that only touch are two.
fn regions(edits: &[Hunk], updates: &[Hunk]) -> Vec<Region> {
    let mut found = Vec::new();
    let mut edited = Side { hunks: edits, base: 0, at: 0 };
    let mut fresh = Side { hunks: updates, base: 0, at: 0 };
    loop {
        let first = [edited.next(), fresh.next()].into_iter().flatten();
        let Some(mut base) = first.min_by_key(|range| (range.start, range.end)) else {
            return found;
        };
        let (before_edited, before_fresh) =
            (edited.find(base.start), fresh.find(base.start));
        let (mut by_edited, mut by_fresh) = (false, false);
        loop {
            if edited.take(&mut base, by_edited || by_fresh) {
                by_edited = true;
            } else if fresh.take(&mut base, by_edited || by_fresh) {
                by_fresh = true;
            } else {
                break;
            }
        }
        let who = match (by_edited, by_fresh) {
            (true, true) => Who::Both,
            (true, false) => Who::Edited,
            _ => Who::Fresh,
        };
        let (edited, fresh) =
            (before_edited..edited.find(base.end), before_fresh..fresh.find(base.end));
        found.push(Region { who, base, edited, fresh });
    }
}

/// One side on its way through base.
struct Side<'h> {
    hunks: &'h [Hunk],
    /// Where both sides agree: words of base, and of the side, up to there.
    base: usize,
    at: usize,
}

impl Side<'_> {
    fn next(&self) -> Option<Range<usize>> {
        self.hunks.first().map(|hunk| hunk.before.clone())
    }

    /// The side's position of a position of base that no change holds.
    fn find(&self, base: usize) -> usize {
        self.at + (base - self.base)
    }

    /// Takes the next change if the region holds a part of it, and widens the region.
    fn take(&mut self, region: &mut Range<usize>, started: bool) -> bool {
        let Some((hunk, rest)) = self.hunks.split_first() else { return false };
        let overlaps =
            hunk.before == *region || (started && hunk.before.start < region.end);
        if overlaps {
            region.end = region.end.max(hunk.before.end);
            (self.hunks, self.base, self.at) = (rest, hunk.before.end, hunk.after.end);
        }
        overlaps
    }
}

/// Joins changes that only blanks part, so that no blank is left as an island.
fn joined(base: &[&str], hunks: Vec<Hunk>) -> Vec<Hunk> {
    let mut out: Vec<Hunk> = Vec::new();
    for hunk in hunks {
        match out.last_mut() {
            Some(last)
                if base[last.before.end..hunk.before.start]
                    .iter()
                    .all(|t| is_blank(t)) =>
            {
                last.before.end = hunk.before.end;
                last.after.end = hunk.after.end;
            }
            _ => out.push(hunk),
        }
    }
    out
}

/// Where each token starts, and where the last one ends.
fn starts(tokens: &[&str]) -> Vec<usize> {
    let mut at = 0;
    let mut starts = vec![0];
    starts.extend(tokens.iter().map(|token| {
        at += token.len();
        at
    }));
    starts
}

/// A part of a text; a break counts one byte.
pub(super) fn slice(text: &Text, range: Range<usize>) -> Text {
    let mut at = 0;
    let mut out = Vec::new();
    for inline in &text.0 {
        let length = match inline {
            Inline::Run(run) => run.text.len(),
            Inline::Break => 1,
        };
        let (from, to) =
            (range.start.clamp(at, at + length), range.end.clamp(at, at + length));
        if from < to {
            out.push(match inline {
                Inline::Run(run) => Inline::Run(Run {
                    text: run.text[from - at..to - at].to_owned(),
                    style: run.style.clone(),
                }),
                Inline::Break => Inline::Break,
            });
        }
        at += length;
    }
    Text(out)
}

/// The words of a text, sorted.
pub(super) struct Bag<'t>(Vec<&'t str>);

impl<'t> Bag<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let mut words = tokens(text);
        words.retain(|token| !is_blank(token));
        words.sort_unstable();
        Self(words)
    }

    /// Twice the shared words over all words, in thousandths; 0 for all that is below half.
    pub(super) fn likeness(&self, other: &Self) -> u32 {
        let shared_at_most = self.0.len().min(other.0.len());
        if self.thousandths(other, shared_at_most) < HALF {
            return 0;
        }
        let likeness = self.nearness(other);
        if likeness < HALF { 0 } else { likeness }
    }

    /// Twice the shared words over all words, in thousandths.
    pub(super) fn nearness(&self, other: &Self) -> u32 {
        self.thousandths(other, self.shared(other))
    }

    /// How many words both have.
    fn shared(&self, other: &Self) -> usize {
        let (small, large) = if self.0.len() < other.0.len() {
            (&self.0, &other.0)
        } else {
            (&other.0, &self.0)
        };
        let shared = small.chunk_by(|a, b| a == b).map(|same| {
            let start = large.partition_point(|word| *word < same[0]);
            let end = start + large[start..].partition_point(|word| *word == same[0]);
            same.len().min(end - start)
        });
        shared.sum()
    }

    fn thousandths(&self, other: &Self, shared: usize) -> u32 {
        let ratio = (2000 * shared).checked_div(self.0.len() + other.0.len());
        ratio.map_or(1000, |ratio| u32::try_from(ratio).unwrap_or(1000))
    }
}

/// Tells whether two texts share half of their words; all slots count as one word.
fn alike(one: &str, other: &str) -> bool {
    let (one, other) = (unslotted(&folded(one)), unslotted(&folded(other)));
    Bag::of(&one).likeness(&Bag::of(&other)) >= HALF
}

/// The text with the same short slot in the place of every slot.
fn unslotted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for slot in slots(text) {
        out.push_str(&text[from..slot.start]);
        out.push('█');
        from = slot.end;
    }
    out + &text[from..]
}

/// Tells whether two texts differ in the wording of their slots alone.
fn is_reworded_slot(one: &str, other: &str) -> bool {
    one.contains(SLOT_OPEN) && unslotted(one) == unslotted(other)
}

/// Tells whether a text is what a text with slots became when they were filled.
pub(super) fn fills(base: &str, text: &str) -> bool {
    if !base.contains(SLOT_OPEN) {
        return false;
    }
    let (base, text) = (&*folded(base), &*folded(text));
    let slots = slots(base);
    let (Some(first), Some(last)) = (slots.first(), slots.last()) else { return false };
    let Some(rest) = text.strip_prefix(&base[..first.start]) else { return false };
    let Some(mut rest) = rest.strip_suffix(&base[last.end..]) else { return false };
    slots.windows(2).all(|pair| {
        let between = &base[pair[0].end..pair[1].start];
        let found = rest.find(between);
        rest = &rest[found.map_or(0, |at| at + between.len())..];
        found.is_some()
    })
}

/// Cuts a text into words, blanks and punctuation; together they are the text. A slot, a
/// document number, a date, and a number with its unit are one word.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let mut raw = Vec::new();
    let mut from = 0;
    for slot in slots(text) {
        cut(&text[from..slot.start], &mut raw);
        raw.push(&text[slot.clone()]);
        from = slot.end;
    }
    cut(&text[from..], &mut raw);
    let mut out = Vec::with_capacity(raw.len());
    let (mut at, mut start) = (0, 0);
    while at < raw.len() {
        let mut end = start + raw[at].len();
        while let [left, " ", right, rest @ ..] = &raw[at..]
            && joins(left, right, rest)
        {
            end += 1 + right.len();
            at += 2;
        }
        out.push(&text[start..end]);
        (at, start) = (at + 1, end);
    }
    out
}

/// Cuts a text without slots: at blanks, and at the punctuation around words.
fn cut<'t>(text: &'t str, out: &mut Vec<&'t str>) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_whitespace() {
            rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len())
        } else if is_punctuation(first) {
            first.len_utf8()
        } else {
            let run = rest.split(char::is_whitespace).next().unwrap_or(rest);
            run.trim_end_matches(is_punctuation).len()
        };
        out.push(&rest[..length]);
        rest = &rest[length..];
    }
}

fn is_blank(token: &str) -> bool {
    token.starts_with(char::is_whitespace)
}

fn is_punctuation(c: char) -> bool {
    let combining = ('\u{300}'..='\u{36f}').contains(&c);
    let is_seen = !c.is_whitespace() && !is_unseen(c);
    !c.is_alphanumeric() && is_seen && !combining && c != '%'
}

/// Tells whether two words that one blank parts are one word.
fn joins(left: &str, right: &str, rest: &[&str]) -> bool {
    let dated = |word: &str| {
        ["ngày", "tháng", "quý", "năm"].contains(&word.to_lowercase().as_str())
    };
    let then_number = matches!(rest, [" ", next, ..] if is_number(next));
    (dated(left) && is_number(right))
        || (is_number(left) && (UNITS.contains(&right) || right == "%"))
        || (is_number(left) && dated(right) && then_number)
        || (UNITS.contains(&left) && right == "đồng")
}

/// "30", "30/3/2024", "1.234,5", "IV".
fn is_number(word: &str) -> bool {
    let roman = !word.is_empty() && word.bytes().all(|b| b"IVX".contains(&b));
    roman || word.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_words() {
        let rows = [
            ("Trước 30/3/2024, theo", "Trước| |30/3/2024|,| |theo"),
            ("ngày 30 tháng 3 năm 2024.", "ngày 30 tháng 3 năm 2024|."),
            ("Số 1145/BTTTT-CATTT (mới)", "Số| |1145/BTTTT-CATTT| |(|mới|)"),
            (
                "tốc độ 40 Mbps; 1.234,5 triệu đồng",
                "tốc| |độ| |40 Mbps|;| |1.234,5 triệu đồng",
            ),
            ("đạt 80% và 90 %", "đạt| |80%| |và| |90 %"),
            ("trong quý I năm 2024", "trong| |quý I năm 2024"),
            ("sau 5 năm\nlàm", "sau| |5| |năm|\n|làm"),
            (
                "Chủ trì: [CẦN BỔ SUNG: a [b] c].",
                "Chủ| |trì|:| |[CẦN BỔ SUNG: a [b] c]|.",
            ),
            ("./.", ".|/|."),
            ("", ""),
        ];
        for (text, expected) in rows {
            assert_eq!(tokens(text).join("|"), expected);
            assert_eq!(tokens(text).concat(), text);
        }
    }

    #[test]
    fn words_of_both_sides_are_not_run_together() {
        let rows = [
            ("một, hai (", "một, hai (năm", "một, hai –", "một, hai –năm"),
            ("một, hai (", "một, hai (năm", "một, hai ba", "một, hai (năm"),
            ("một, hai (.", "một, hai (.năm", "một, hai ba.", "một, hai ba.năm"),
            ("một, hai (", "một, hai (năm", "một, hai", "một, hai (năm"),
        ];
        for (base, edited, fresh, expected) in rows {
            let [base, edited, fresh] =
                [base, edited, fresh].map(|text| Text::from(text.to_owned()));
            let merged = merge(&base, &edited, &fresh).apply(&edited).plain();
            assert_eq!(merged, expected, "{}", fresh.plain());
        }
    }

    #[test]
    fn filled_slots_are_known() {
        let slot = "[CẦN BỔ SUNG: x]";
        let rows = [
            ("Chủ trì: @.", "Chủ trì: Sở Y tế.", true),
            ("Chủ trì: @.", "Chủ trì: Sở Y tế", false),
            ("@", "bất kỳ", true),
            ("a @ b @ c", "a 1 b 2 c", true),
            ("a @ b @ c", "a 1 2 c", false),
            ("Chủ trì", "Chủ trì", false),
        ];
        for (base, text, expected) in rows {
            assert_eq!(fills(&base.replace('@', slot), text), expected, "{base} {text}");
        }
    }

    /// `[-gone-]`, `{+come+}`, `{?offered?}`.
    fn shown(base: &str, edited: &str, fresh: &str) -> String {
        let text = |text: &str| Text::from(text.to_owned());
        let merged = merge(&text(base), &text(edited), &text(fresh));
        if merged.0.is_empty() {
            return edited.to_owned();
        }
        let show = |piece: &Piece| match piece {
            Piece::Keep(range) => edited[range.clone()].to_owned(),
            Piece::Delete(range) => format!("[-{}-]", &edited[range.clone()]),
            Piece::Insert(text) => format!("{{+{}+}}", text.plain()),
            Piece::Offer(offer) => format!("{{?{}?}}", offer.fresh.plain()),
        };
        merged.0.iter().map(show).collect()
    }

    #[test]
    fn words_merge_three_ways() {
        let (slot, reworded) = ("[CẦN BỔ SUNG: sở]", "[CẦN BỔ SUNG: sở, ban]");
        let rows = [
            // base | edited | fresh | result
            ("a b c d", "a b c d", "a b c d", "a b c d"),
            ("a b c d", "a b c d", "a x c d", "a [-b-]{+x+} c d"),
            ("a b c d", "a b x d", "a b c d", "a b x d"),
            ("a b c d", "a x c d", "a b c y", "a x c [-d-]{+y+}"),
            ("a b c d", "a b c d e", "x b c d", "[-a-]{+x+} b c d e"),
            ("a b c d", "a x c d", "a x c d", "a x c d"),
            ("a b c d", "a x c d", "a y c d", "a x{?y?} c d"),
            ("a b c d", "a x c d", "a x c y", "a x c [-d-]{+y+}"),
            // Deleted by the drafter, changed by the catalogue.
            ("a b c d e", "a c d e", "a x c d e", "a {?x ?}c d e"),
            // Removed by the catalogue, changed by the drafter.
            ("a b c d e", "a x c d e", "a c d e", "a x {??}c d e"),
            ("a b c d e", "a b c d e", "a b e", "a b [-c d -]e"),
            // No islands of blanks.
            ("a b c d e f", "a b c d e f", "a x y z e f", "a [-b c d-]{+x y z+} e f"),
            // Texts that share less than half are replaced whole.
            ("a b c d", "a b c d", "a x y z", "[-a b c d-]{+a x y z+}"),
            ("a b c d", "a b c e", "a x y z", "a b c e{?a x y z?}"),
            ("a b c d", "x y z", "a b c e", "x y z{?a b c e?}"),
            ("a b c d", "", "a b c e", "{?a b c e?}"),
            // Dates, numbers and units are one word.
            (
                "hạn 30/3/2024 nhé",
                "hạn 30/4/2024 nhé",
                "hạn 30/3/2025 nhé",
                "hạn 30/4/2024{?30/3/2025?} nhé",
            ),
            (
                "đạt tốc độ 40 Mbps",
                "đạt tốc độ 50 Mbps",
                "đạt tốc độ 40 Gbps",
                "đạt tốc độ 50 Mbps{?40 Gbps?}",
            ),
            // A slot that the drafter filled.
            ("chủ trì: @.", "chủ trì: Sở Y tế.", "chủ trì: %.", "chủ trì: Sở Y tế."),
            ("chủ trì: @.", "chủ trì: @.", "chủ trì: %.", "chủ trì: [-@-]{+%+}."),
            (
                "chủ trì: @.",
                "chủ trì: Sở Y tế.",
                "đơn vị chủ trì: @.",
                "{+đơn vị +}chủ trì: Sở Y tế.",
            ),
            (
                "chủ trì: @.",
                "chủ trì: Sở Y tế.",
                "chủ trì: Sở Công an.",
                "chủ trì: Sở Y tế{?Sở Công an?}.",
            ),
            ("@", "đã làm xong", "%", "đã làm xong"),
            ("a\nb c d", "a\nb c e", "x\nb c d", "[-a-]{+x+}\nb c e"),
            // What reads the same is no edit, and stays as it is set.
            (
                "hòa bình của xã",
                "ho\u{300}a  bình\u{a0}cu\u{309}a\nxã",
                "hòa bình của làng",
                "ho\u{300}a  bình\u{a0}cu\u{309}a\n[-xã-]{+làng+}",
            ),
            ("hòa bình", "hoà bình mới", "hòa bình", "hoà bình mới"),
            ("hòa bình", "hoà bình", "hoà bình ạ", "hoà bình{+ ạ+}"),
            // What the catalogue sets otherwise, it does where nobody wrote.
            ("hòa bình", "hòa bình", "hoà bình", "[-hòa-]{+hoà+} bình"),
        ];
        let full = |text: &str| text.replace('@', slot).replace('%', reworded);
        for (base, edited, fresh, expected) in rows {
            let found = shown(&full(base), &full(edited), &full(fresh));
            assert_eq!(found, full(expected), "{base} | {edited} | {fresh}");
        }
    }

    #[test]
    fn long_texts_take_bounded_time() {
        let words = |salt: usize| -> String {
            let word = |n| ["a ", "b ", "c ", "d ", "e "][n * salt % 5];
            (0..MOST_WORDS / 2 - 1).map(word).collect()
        };
        let (a, b, c) = (words(1), words(2), words(3));
        assert!(shown(&a, &b, &c).len() >= b.len());
        let long = "a b ".repeat(MOST_WORDS);
        let (edited, fresh) = (long.clone() + "c", long.clone() + "d");
        assert_eq!(shown(&long, &edited, &fresh), format!("{edited}{{?{fresh}?}}"));
        assert_eq!(shown(&long, &edited, &long), edited);
        assert_eq!(shown(&long, &long, &fresh), format!("[-{long}-]{{+{fresh}+}}"));
    }
}
