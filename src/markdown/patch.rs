//! Changes a Markdown plan in place: what a merge does not change stays byte for byte.

use std::ops::Range;

use super::print;
use crate::document::{Block, BlockKind, Document, Row, Section, Table, Text, adds_link};
use crate::merge::{
    BlockMerge, Body, Change, Conflict, Merge, Piece, RowMerge, SectionMerge, What,
    Words, wording,
};

/// The plan after the merge: `markdown` is the edited text that `edited` was read from,
/// `fresh` the text that the merge's additions were read from; conflicts name the version of
/// the catalogue and whose words they are about.
///
/// Neither text has a record. There are no tracked changes in Markdown: fresh text replaces
/// what nobody touched, and a conflict is a quote below the drafter's block.
#[must_use]
pub fn patch(
    markdown: &str,
    edited: &Document,
    merge: &Merge,
    fresh: &str,
    (version, who): (&str, &str),
) -> String {
    let end = if markdown.contains("\r\n") { "\r\n" } else { "\n" };
    let patcher = Patcher { markdown, fresh, version, who, end };
    let mut out = String::with_capacity(markdown.len());
    // The section before, when nothing of it changed: what stood between the two stays, as
    // do blank lines before the first.
    let mut previous = None;
    for change in &merge.sections {
        match change {
            Change::Kept(kept) => {
                let Some(section) = edited.sections.get(kept.edited) else { continue };
                let follows = kept.edited.checked_sub(1);
                if follows.is_none() && out.is_empty() {
                    out.push_str(&markdown[..section.source.start]);
                } else if follows.is_none() || previous != follows {
                    patcher.apart(&mut out);
                }
                let from = out.len();
                patcher.section(&mut out, section, kept);
                let is_still = out[from..] == markdown[section.source.clone()];
                previous = is_still.then_some(kept.edited);
            }
            Change::Added(section) => {
                patcher.apart(&mut out);
                let text = fresh.get(section.source.clone()).unwrap_or_default();
                out.push_str(&patcher.lines(text));
                previous = None;
            }
            Change::Removed(_) | Change::Deleted(_) => {}
        }
    }
    out
}

/// Turns changes into conflicts where a text cannot be printed anew without losing what its
/// Markdown says beside it: pictures, notes, titles of links, HTML, a link whose words go.
pub fn spare(markdown: &str, edited: &Document, merge: &mut Merge) {
    for change in &mut merge.sections {
        let Change::Kept(section) = change else { continue };
        let Some(content) = edited.sections.get(section.edited) else { continue };
        for change in &mut section.blocks {
            let Change::Kept(kept) = change else { continue };
            let Some(block) = content.blocks.get(kept.edited) else { continue };
            if kept.changes_nothing() {
                continue;
            }
            if let (Body::Table(rows), BlockKind::Table(table)) =
                (&mut kept.body, &block.kind)
            {
                spare_rows(markdown, table, rows);
                continue;
            }
            let fresh = kept.apply(block).kind;
            let source = markdown.get(block.source.clone()).unwrap_or_default();
            if let Body::Text(words) = &mut kept.body
                && (super::has_more(source)
                    || adds_link(fresh.texts(), block.kind.texts()))
            {
                *words = std::mem::take(words).only_offers();
                kept.conflict = Some(Conflict::Spared(fresh.plain()));
                kept.renumbered = None;
            }
        }
    }
}

fn spare_rows(markdown: &str, table: &Table, rows: &mut [Change<RowMerge, Row>]) {
    for change in rows {
        let Change::Kept(kept) = change else { continue };
        let Some(row) = table.rows.get(kept.edited) else { continue };
        if kept.cells.iter().all(Words::changes_nothing) {
            continue;
        }
        // The comment that names the row is no part of its text.
        let name = row.id.as_ref().map(|id| format!("<!-- {id} -->"));
        let line = markdown.get(row.source.clone()).unwrap_or_default();
        let line = line.replacen(&name.unwrap_or_default(), "", 1);
        let cells = kept.apply(row).cells;
        if super::has_more(&line) || adds_link(&cells, &row.cells) {
            let cells: Vec<String> = cells.iter().map(Text::plain).collect();
            kept.conflict = Some(Conflict::Spared(cells.join(" | ")));
            for words in &mut kept.cells {
                *words = std::mem::take(words).only_offers();
            }
        }
    }
}

struct Patcher<'m> {
    markdown: &'m str,
    fresh: &'m str,
    version: &'m str,
    /// Whose words the catalogue's are: its own, or the profile's.
    who: &'m str,
    /// How lines end.
    end: &'static str,
}

/// A block of the result.
struct Chunk {
    text: String,
    /// Which block of the edited section it is.
    block: Option<usize>,
    is_item: bool,
    /// Whether it is not as it was.
    is_new: bool,
    /// Whether it is a note, which would take in a line right below it.
    is_note: bool,
}

impl Chunk {
    /// Tells whether an item has a mark and no word.
    fn is_bare(&self) -> bool {
        self.text.trim().chars().all(|c| c.is_ascii_digit() || "-+*.)".contains(c))
    }
}

fn is_item(kind: &BlockKind) -> bool {
    matches!(kind, BlockKind::Item { .. })
}

impl Patcher<'_> {
    /// Puts a blank line between two sections, where there is none.
    fn apart(&self, out: &mut String) {
        if out.is_empty() {
            return;
        }
        while !out.ends_with("\n\n") && !out.ends_with("\n\r\n") {
            out.push_str(self.end);
        }
    }

    fn lines(&self, text: &str) -> String {
        text.replace("\r\n", "\n").replace('\n', self.end)
    }

    fn section(&self, out: &mut String, section: &Section, merge: &SectionMerge) {
        let chunks = self.chunks(section, merge);
        let ranges = self.ranges(section);
        let end = section.source.end;
        let head = section.source.start..ranges.first().map_or(end, |range| range.start);
        let head = &self.markdown[head];
        match (&section.id, &merge.id) {
            // The marker was gone.
            (Some(_), Some(id)) if !head.contains("<!--") => {
                self.apart(out);
                out.extend(["<!-- khung: ", id, " -->", self.end, head]);
            }
            (Some(old), Some(new)) if merge.renamed => {
                // The marker opens the section; no blank need stand before the id.
                let at = head.find("khung:").map_or(0, |at| at + "khung:".len());
                let (before, after) = head.split_at(at);
                out.push_str(before);
                out.push_str(&after.replacen(old, new, 1));
            }
            _ => out.push_str(head),
        }
        // A marker or an empty quote may end where the section does.
        if ranges.is_empty() && !chunks.is_empty() {
            self.apart(out);
        }
        let mut previous: Option<&Chunk> = None;
        for chunk in &chunks {
            if let Some(previous) = previous {
                match (previous.block, chunk.block) {
                    (Some(one), Some(two)) if one + 1 == two => {
                        let between = &self.markdown[ranges[one].end..ranges[two].start];
                        out.push_str(between);
                        // The line that ruled off a heading may be gone.
                        // And an item without a word would be the paragraph's next line.
                        let is_bare =
                            chunk.is_new && !previous.is_item && chunk.is_bare();
                        if (previous.is_new
                            && between.trim().is_empty()
                            && !chunk.is_item)
                            || (chunk.is_item && is_bare)
                        {
                            self.apart(out);
                        }
                    }
                    _ if previous.is_item && chunk.is_item && !previous.is_note => {
                        out.push_str(self.end);
                    }
                    _ => out.extend([self.end, self.end]),
                }
            }
            out.push_str(&chunk.text);
            previous = Some(chunk);
        }
        out.push_str(&self.markdown[ranges.last().map_or(end, |range| range.end)..end]);
    }

    /// What the section holds from now on, in order.
    fn chunks(&self, section: &Section, merge: &SectionMerge) -> Vec<Chunk> {
        let ranges = self.ranges(section);
        let note =
            merge.conflict.as_ref().map(|conflict| self.note(What::Whole(conflict)));
        let mut note: Vec<String> = note.into_iter().collect();
        let mut chunks = Vec::new();
        for change in &merge.blocks {
            match change {
                Change::Kept(kept) => {
                    let Some(block) = section.blocks.get(kept.edited) else { continue };
                    // The marks of an item stand before its source.
                    let marks = ranges[kept.edited].start..block.source.start;
                    let is_item = is_item(&block.kind);
                    let mut text = self.markdown[marks].to_owned();
                    let own = self.block(block, kept);
                    // Behind the mark of an item that was empty a blank may be missing.
                    let is_new = !kept.changes_nothing();
                    if is_item
                        && is_new
                        && !own.is_empty()
                        && !text.ends_with([' ', '\t'])
                    {
                        text.push(' ');
                    }
                    let width = text.len();
                    text.push_str(&own);
                    let block = Some(kept.edited);
                    chunks.push(Chunk { text, block, is_item, is_new, is_note: false });
                    note.extend(self.notes(kept));
                    // A note on an item stands inside it, or it would cut the list in two.
                    let indent = if is_item { " ".repeat(width) } else { String::new() };
                    for note in note.drain(..).filter(|note| !self.has(section, note)) {
                        let text = format!("{indent}{note}");
                        chunks.push(Chunk {
                            text,
                            block: None,
                            is_item,
                            is_new: true,
                            is_note: true,
                        });
                    }
                }
                Change::Added(block) => chunks.push(Chunk {
                    text: self.lines(&self.added(block)),
                    block: None,
                    is_item: is_item(&block.kind),
                    is_new: true,
                    is_note: false,
                }),
                Change::Removed(_) | Change::Deleted(_) => {}
            }
        }
        chunks
    }

    /// Where each block stands, with the list and quote marks before it.
    fn ranges(&self, section: &Section) -> Vec<Range<usize>> {
        let mut from = section.source.start;
        let range = |block: &Block| {
            let source = &block.source;
            let line = self.markdown[..source.start].rfind('\n').map_or(0, |at| at + 1);
            let marks = |c: char| c.is_ascii_digit() || " \t-+*>.)".contains(c);
            let start = if self.markdown[line..source.start].chars().all(marks) {
                line
            } else {
                source.start
            };
            let start = start.max(from);
            from = source.end;
            start..source.end
        };
        section.blocks.iter().map(range).collect()
    }

    /// A block of fresh, as fresh prints it where it is more than a line of text.
    fn added(&self, block: &Block) -> String {
        match &block.kind {
            BlockKind::Table(_) | BlockKind::Raw(_) => {
                self.fresh.get(block.source.clone()).unwrap_or_default().to_owned()
            }
            kind => print::block(kind),
        }
    }

    fn block(&self, block: &Block, merge: &BlockMerge) -> String {
        if merge.changes_nothing() {
            return self.markdown[block.source.clone()].to_owned();
        }
        match (&block.kind, &merge.body) {
            (BlockKind::Table(table), Body::Table(rows)) => {
                self.table(block, table, rows)
            }
            // The marks of an item or a quote stand before its source.
            _ => match merge.apply(block).kind {
                BlockKind::Item { text, .. } | BlockKind::Quote(text) => {
                    print::text(&text)
                }
                kind => self.lines(&print::block(&kind)),
            },
        }
    }

    fn table(
        &self,
        block: &Block,
        table: &Table,
        rows: &[Change<RowMerge, Row>],
    ) -> String {
        let mut out = String::new();
        let mut cursor = block.source.start;
        for change in rows {
            match change {
                Change::Kept(kept) => {
                    let Some(row) = table.rows.get(kept.edited) else { continue };
                    let line = row.source.start.max(cursor);
                    out.push_str(&self.markdown[cursor..line]);
                    let still =
                        !kept.renamed && kept.cells.iter().all(Words::changes_nothing);
                    let text = self.markdown[line..row.source.end.max(line)].trim_end();
                    if still {
                        out.push_str(text);
                    } else {
                        out.push_str(&print::row(&kept.apply(row)));
                    }
                    cursor = line + text.len();
                    if kept.edited == 0 {
                        // The delimiter row belongs to the header.
                        let next = table
                            .rows
                            .get(1)
                            .map_or(block.source.end, |r| r.source.start);
                        let rest = self.markdown[cursor..next.max(cursor)].trim_end();
                        out.push_str(rest);
                        cursor += rest.len();
                    }
                }
                Change::Added(row) => {
                    out.push_str(self.end);
                    out.push_str(&print::row(row));
                }
                Change::Removed(at) => {
                    let Some(row) = table.rows.get(*at) else { continue };
                    cursor = row.source.end.max(cursor);
                }
                Change::Deleted(_) => {}
            }
        }
        out.push_str(&self.markdown[cursor.min(block.source.end)..block.source.end]);
        out
    }

    /// Tells whether an earlier update left the same note.
    fn has(&self, section: &Section, note: &str) -> bool {
        self.markdown[section.source.clone()].contains(note.trim_start_matches("> "))
    }

    fn notes(&self, block: &BlockMerge) -> Vec<String> {
        let offers = |words: &Words| -> Vec<String> {
            let offer = |piece: &Piece| match piece {
                Piece::Offer(offer) => Some(self.note(What::Words(offer))),
                _ => None,
            };
            words.0.iter().filter_map(offer).collect()
        };
        let whole = |conflict| self.note(What::Whole(conflict));
        let mut notes: Vec<String> = block.conflict.iter().map(whole).collect();
        match &block.body {
            Body::Text(words) => notes.extend(offers(words)),
            Body::Table(rows) => {
                for change in rows {
                    if let Change::Kept(row) = change {
                        notes.extend(row.conflict.iter().map(whole));
                        notes.extend(row.cells.iter().flat_map(offers));
                    }
                }
            }
        }
        notes
    }

    fn note(&self, what: What<'_>) -> String {
        wording::note(what, (self.version, self.who), print::inside, print::text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::identity::Marks;
    use crate::markdown::parse;
    use crate::merge::laws::{is_seen, renamed, sides, titled};
    use crate::merge::{Renames, merge};
    use crate::update::proof::{Claim, keeps, names_once};
    use crate::update::seen::{self, Frame};

    /// A document as a person would type it.
    fn typed(document: &Document) -> String {
        let mut out = String::new();
        for section in &document.sections {
            if let Some(id) = &section.id {
                out.extend(["<!-- khung: ", id, " -->\n"]);
            }
            let mut item = false;
            for block in &section.blocks {
                let is_item = matches!(block.kind, BlockKind::Item { .. });
                if item && !is_item {
                    out.push('\n');
                }
                out.push_str(&print::block(&block.kind));
                out.push_str(if is_item { "\n" } else { "\n\n" });
                item = is_item;
            }
            if item {
                out.push('\n');
            }
        }
        out
    }

    /// What stands in a document, block by block, but for the notes on conflicts.
    fn said(document: &Document) -> Vec<String> {
        let blocks = document.sections.iter().flat_map(|section| &section.blocks);
        blocks
            .map(|block| block.kind.plain())
            .filter(|text| !text.is_empty() && !text.contains("xung đột:"))
            .collect()
    }

    /// What the plan says after an update, and what it is to say.
    fn patched(base: &str, edited: &str, fresh: &str) -> [Vec<String>; 2] {
        let [base, old, new] = [base, edited, fresh].map(|text| parse(text).unwrap());
        let merged = merge(&base, &old, &new, &Renames::default(), &Marks::default());
        let patched = patch(edited, &old, &merged, fresh, ("2", "danh mục"));
        [said(&parse(&patched).unwrap()), said(&merged.apply(&old))]
    }

    /// A plan of one section after an update that spares what it cannot print.
    fn updated(base: &str, edited: &str, fresh: &str) -> String {
        let [base, edited, fresh] = [base, edited, fresh]
            .map(|text| format!("<!-- khung: a -->\n{text}\n\n<!-- khung: b -->\nz\n"));
        let [old, own, new] = [&base, &edited, &fresh].map(|text| parse(text).unwrap());
        let mut merged = merge(&old, &own, &new, &Renames::default(), &Marks::default());
        spare(&edited, &own, &mut merged);
        patch(&edited, &own, &merged, &fresh, ("2", "danh mục"))
    }

    #[test]
    fn no_row_comes_in_before_a_header_that_somebody_rewrote() {
        let base = "<!-- khung: a -->\n| STT | Việc |\n| --- | --- |\n";
        let edited =
            "<!-- khung: a -->\n| Số | Tên gọi |\n| --- | --- |\n| của tôi | của tôi |\n";
        let fresh = format!("{base}| <!-- b -->1 | Mới |\n");
        let [was, is, new] = [base, edited, &fresh].map(|text| parse(text).unwrap());
        let merge = merge(&was, &is, &new, &Renames::default(), &Marks::default());
        let patched = patch(edited, &is, &merge, &fresh, ("2", "danh mục"));
        let rows = ["| Số | Tên gọi |\n", "| --- | --- |\n"].concat();
        assert!(patched.contains(&rows) && patched.contains("| Mới |\n"), "{patched}");
        assert_eq!(said(&parse(&patched).unwrap()), said(&merge.apply(&is)));
    }

    #[test]
    fn an_id_that_stands_twice_anew_is_found() {
        let once = "<!-- khung: a -->\nmột\n";
        let twice = once.repeat(2);
        for (edited, result, is_right) in [
            (once, once, true),
            (once, &*twice, false),
            // A copy of the drafter's.
            (&twice, &twice, true),
            ("", once, true),
            ("", &twice, false),
        ] {
            let [base, old, new] =
                [once, edited, result].map(|text| parse(text).unwrap());
            let merged =
                merge(&base, &old, &base, &Renames::default(), &Marks::default());
            let claim = Claim { base: &base, edited: &old, fresh: &base, merge: &merged };
            assert_eq!(names_once(&claim, &new).is_ok(), is_right, "{edited}{result}");
        }
    }

    #[test]
    fn every_legal_marker_is_renamed() {
        for open in ["<!-- khung: ", "<!-- khung:", "<!--khung:\t"] {
            let [base, fresh] = ["task-a", "task-b"]
                .map(|id| format!("<!-- khung: {id} -->\n##### A\n\nmột\n"));
            let edited = base.replace("<!-- khung: ", open);
            let [old, own, new] =
                [&base, &edited, &fresh].map(|text| parse(text).unwrap());
            let mut renames = Renames::default();
            renames.rename("a", "b");
            let merged = merge(&old, &own, &new, &renames, &Marks::default());
            let text = patch(&edited, &own, &merged, &fresh, ("2", "danh mục"));
            assert_eq!(text, edited.replace("task-a", "task-b"));
        }
    }

    #[test]
    fn what_is_held_tells_its_conflicts() {
        let texts =
            [("10", "nay"), ("20", "nay"), ("30", "2024")].map(|(level, year)| {
                format!("Mức {level} ![h](a.png) vào năm {year} của tỉnh")
            });
        let row = |text: &String| format!("| A |\n| --- |\n| <!-- r --> {text} |");
        for sides in [texts.clone(), texts.each_ref().map(row)] {
            let text = updated(&sides[0], &sides[1], &sides[2]);
            assert!(text.contains(&sides[1]), "{text}");
            assert!(text.contains("thay \"10\" bằng \"30\""), "{text}");
            assert!(text.contains("năm 2024"), "{text}");
        }
    }

    #[test]
    fn words_that_people_linked_are_no_longer_the_catalogues() {
        let link = "[làng số](u \"t\")";
        let rows = [
            // An item, a row, all of a section; words that change.
            ("- một\n- phát triển @", "- một"),
            ("| A |\n| --- |\n| <!-- r --> @ |\n| b |", "| A |\n| --- |\n| b |"),
            ("phát triển @", ""),
            ("phát triển @ trong tỉnh", "phát triển xã trong tỉnh"),
        ];
        for (base, fresh) in rows {
            for link in [link, "[làng số](u)"] {
                let [base, edited] =
                    ["làng số", link].map(|words| base.replace('@', words));
                let text = updated(&base, &edited, fresh);
                assert!(text.contains(link) && text.contains("xung đột"), "{text}");
            }
        }
    }

    #[test]
    fn a_table_is_the_same_however_wide_its_columns_are() {
        let table = |dashes: &str, one: &str, two: &str| {
            format!("| A | B |\n{dashes}\n| <!-- r --> {one} | {two} |")
        };
        let text = updated(
            &table("| --- | --- |", "một", "hai"),
            &table("| --- | --- |", "một của tôi", "hai"),
            &table("| --- | :-------: |", "một", "ba"),
        );
        let expected = table("| --- | --- |", "một của tôi", "ba");
        assert_eq!(text.matches("| A |").count(), 1, "{text}");
        assert!(text.contains(&expected), "{text}");
    }

    #[test]
    fn a_note_in_an_item_takes_nothing_in() {
        let item = |word: &str| format!("<!-- khung: a -->\n- một {word}\n\n  ba\n");
        let sides = [item("hai"), item("sáu"), item("bảy")];
        let [base, edited, fresh] = sides.each_ref().map(|text| parse(text).unwrap());
        let merged =
            merge(&base, &edited, &fresh, &Renames::default(), &Marks::default());
        let text = patch(&sides[1], &edited, &merged, &sides[2], ("2", "danh mục"));
        assert!(text.contains("xung đột:"), "{text}");
        assert_eq!(said(&parse(&text).unwrap()), ["một sáu", "ba"], "{text}");
    }

    #[test]
    fn fresh_text_runs_together_with_nothing() {
        let slot = "\\[CẦN BỔ SUNG: hai\\]";
        let [filled, bare] = [format!("- một\n- {slot}"), "- một\n-".to_owned()];
        let more = format!("- một\n- ba {slot}");
        let rows = [
            // An item that the drafter emptied, with and without a blank behind its mark.
            (&*filled, &*bare, &*more),
            (&filled, "- một\n- ", &more),
            // An empty quote, or nothing at all.
            (">", ">", ">\n\nmột"),
            ("> ", "> ", "> \n\nmột"),
            ("", "", "một"),
            // An item below a paragraph, of which a comma was left.
            ("30/3/2024, ", "30/3/2024\n1. , ", "30/3/2024"),
            // A heading in an item, whose rule goes.
            ("- một hai\n  -\nba", "- một hai\n  -\nba", "- một\n\nba"),
        ];
        for (base, edited, fresh) in rows {
            let whole = |text: &str| {
                format!("<!-- khung: a -->\n{text}\n\n<!-- khung: b -->\nbốn\n")
            };
            let [now, expected] = patched(&whole(base), &whole(edited), &whole(fresh));
            assert_eq!(now, expected, "{edited}");
        }
    }

    #[test]
    fn blank_lines_before_the_first_section_stay() {
        let [base, fresh] =
            ["một", "hai"].map(|text| format!("<!-- khung: a -->\n{text}\n"));
        let edited = format!("\n\n{base}");
        let [old, own, new] = [&base, &edited, &fresh].map(|text| parse(text).unwrap());
        let merged = merge(&old, &own, &new, &Renames::default(), &Marks::default());
        let text = patch(&edited, &own, &merged, &fresh, ("2", "danh mục"));
        assert_eq!(text, format!("\n\n{fresh}"));
    }

    /// What may stand for a word in Markdown.
    const FORMS: [(&str, &str); 7] = [
        ("một", "[một](u)"),
        ("hai", "[hai](u \"tên\")"),
        ("ba", "![ba](a.png \"hình\")"),
        ("bốn", "**bốn**"),
        ("năm", "<b>năm</b>"),
        ("sáu", "*sáu*"),
        ("bảy", "`bảy`"),
    ];

    /// A text in which some words have another form: the nth of each, and those behind it as
    /// far apart.
    fn formed(text: &str, forms: u8, nth: usize) -> String {
        let mut text = text.to_owned();
        for (at, (word, form)) in FORMS.iter().enumerate() {
            if forms & (1 << at) == 0 {
                continue;
            }
            let mut out = String::new();
            for (n, piece) in text.split(&format!("{word} ")).enumerate() {
                if n > 0 {
                    out.push_str(if n % (nth + 1) == nth { form } else { word });
                    out.push(' ');
                }
                out.push_str(piece);
            }
            text = out;
        }
        text
    }

    /// Blocks that change nothing stand in the patched text as they stood.
    fn keeps_its_bytes(edited: &str, document: &Document, merge: &Merge, patched: &str) {
        let mut rest = patched;
        for change in &merge.sections {
            let Change::Kept(section) = change else { continue };
            let blocks = &document.sections[section.edited].blocks;
            for change in &section.blocks {
                let Change::Kept(block) = change else { continue };
                let source = &edited[blocks[block.edited].source.clone()];
                if block.changes_nothing() && !source.is_empty() {
                    let at = rest.find(source);
                    assert!(at.is_some(), "{source:?} is not in\n{patched}");
                    rest = &rest[at.unwrap() + source.len()..];
                }
            }
        }
    }

    proptest! {

        #[test]
        fn a_patched_text_says_what_the_merge_says(
            sides in sides(), rename: bool, crlf: bool,
            forms: u8, by_person: u8, nth in 0..3_usize,
        ) {
            let ([base, edited, fresh], renames) = renamed(sides, rename);
            let [base, edited, fresh] = [titled(base), edited, titled(fresh)].map(|document| formed(&typed(&document), forms & !by_person, nth));
            // Some forms are all sides', some the drafter's alone.
            let edited = formed(&edited, forms & by_person, nth);
            let edited = if crlf { edited.replace('\n', "\r\n") } else { edited };
            let read = |text: &str| parse(text).unwrap();
            let mut merged = merge(&read(&base), &read(&edited), &read(&fresh), &renames, &Marks::default());
            spare(&edited, &read(&edited), &mut merged);
            let patched = patch(&edited, &read(&edited), &merged, &fresh, ("2", "danh mục"));
            prop_assert_eq!(
                said(&read(&patched)),
                said(&merged.apply(&read(&edited))),
                "{}\n-----\n{}",
                edited,
                patched
            );
            // What is done right must not be refused.
            let [base, text, fresh] = [&base, &edited, &fresh].map(|text| read(text));
            let claim = Claim { base: &base, edited: &text, fresh: &fresh, merge: &merged };
            let result = read(&patched);
            let proof = keeps(&claim, &result).and_then(|()| names_once(&claim, &result));
            prop_assert_eq!(proof, Ok(()), "{}\n-----\n{}", edited, patched);
            if is_seen([&base, &text, &fresh]) {
                let frame = Frame::new(&base, &fresh, &renames);
                let proof = seen::proves(&frame, &text, &result);
                prop_assert_eq!(proof, Ok(()), "{}\n-----\n{}", edited, patched);
            }
            keeps_its_bytes(&edited, &text, &merged, &patched);
            let mut again = merge(&fresh, &read(&patched), &fresh, &renames, &Marks::default());
            spare(&patched, &read(&patched), &mut again);
            prop_assert!(again.changes_nothing(), "{}\n-----\n{:?}", patched, again);
            if merged.changes_nothing() && merged.conflicts().is_empty() {
                prop_assert_eq!(patched, edited);
            }
        }
    }
}
