//! What of a plan still asks to be filled, however it is set: in the text that khung reads, and
//! in whatever else the file shows.

use std::collections::{BTreeMap, BTreeSet};

use super::outline::Outline;
use super::{Form, Guidance, Plan};
use crate::diagnostic::{Code, Diagnostic};
use crate::docx::sight::Sight;
use crate::docx::story::{self, Kind};
use crate::docx::xml::{Node, Path};
use crate::source::{brief, folded};

/// The words of a slot, as [`folded`] and in small letters.
const WORDS: &str = "cần bổ sung";

/// A place of a text that has the words of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mention {
    /// The text from the bracket, or from the words, on; of a sentence from a little before.
    text: String,
    /// Whether it asks to be filled: in capitals, or in brackets. Else it is a sentence's.
    is_slot: bool,
}

/// The places of a text that have the words of a slot.
fn mentions(text: &str) -> Vec<Mention> {
    let text = folded(text);
    let letters: Vec<char> = text.chars().collect();
    let small = |c: &char| c.to_lowercase().next().unwrap_or(*c);
    let low: Vec<char> = letters.iter().map(small).collect();
    let words: Vec<char> = WORDS.chars().collect();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = low[from..].windows(words.len()).position(|here| *here == words)
    {
        let (start, behind) = (from + at, from + at + words.len());
        let open = (from..start).rev().find(|&at| matches!(letters[at], '[' | ']'));
        let open = open.filter(|&at| letters[at] == '[');
        let is_loud = letters[start..behind].iter().all(|c| !c.is_lowercase());
        let begin = open.unwrap_or(start);
        let end = closing(&letters, begin).unwrap_or(letters.len()).max(behind);
        let is_slot = open.is_some() || is_loud;
        let text = if is_slot {
            letters[begin..end].iter().collect()
        } else {
            around(&letters, start)
        };
        found.push(Mention { text, is_slot });
        from = if is_slot { end } else { behind };
    }
    found
}

/// The words of a sentence from a little before a place on.
fn around(letters: &[char], at: usize) -> String {
    let near = at.saturating_sub(30);
    let space = letters[near..at].iter().position(|c| *c == ' ').filter(|_| near > 0);
    let from = space.map_or(near, |space| near + space + 1);
    let dots = if from > 0 { "…" } else { "" };
    format!("{dots}{}", letters[from..].iter().collect::<String>())
}

/// Behind which letter the bracket that opens at a place closes, or the first one that does.
fn closing(letters: &[char], open: usize) -> Option<usize> {
    let mut depth = usize::from(letters.get(open) != Some(&'['));
    for (at, c) in letters.iter().enumerate().skip(open) {
        match c {
            '[' => depth += 1,
            ']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// What a slot asks for.
fn asked(slot: &str) -> String {
    let inner = slot.strip_prefix('[').unwrap_or(slot).trim_start();
    let inner = inner.strip_suffix(']').unwrap_or(inner);
    let (words, rest) = match inner.char_indices().nth(WORDS.chars().count()) {
        Some((at, _)) => inner.split_at(at),
        None => (inner, ""),
    };
    let inner = if words.to_lowercase() == WORDS { rest } else { inner };
    let inner = inner.trim_start_matches([':', ' ', '.', ',', ';']).trim();
    brief(if inner.is_empty() { "chưa rõ nội dung" } else { inner })
}

/// What a place says, by whose letters it is known again elsewhere.
fn letters(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Slots, and sentences with their words, by their places.
#[derive(Default)]
struct Unfilled {
    /// What the slots of each place ask for.
    slots: Vec<(String, Vec<String>)>,
    /// Sentences with the words of a slot, with their places.
    prose: Vec<String>,
    /// How often each slot was met, by its letters, in what khung reads.
    met: BTreeMap<String, usize>,
    /// Sentences that need not be told, by their letters.
    known: BTreeSet<String>,
}

impl Unfilled {
    /// Adds what a text has.
    fn add(&mut self, place: &str, text: &str) {
        for mention in mentions(text) {
            if mention.is_slot {
                *self.met.entry(letters(&mention.text)).or_default() += 1;
                self.slot(place, &mention.text);
            } else if self.known.insert(letters(text)) {
                self.prose.push(format!("{place}: “{}”", brief(&mention.text)));
            }
        }
    }

    fn slot(&mut self, place: &str, slot: &str) {
        let asked = asked(slot);
        match self.slots.last_mut() {
            Some((last, all)) if last == place => all.push(asked),
            _ => self.slots.push((place.to_owned(), vec![asked])),
        }
    }

    /// Adds the slots of texts that khung did not meet, or not so often; a text may be a second
    /// form of another one.
    fn add_unmet<'t>(
        &mut self,
        texts: impl Iterator<Item = (&'static str, &'t str, bool)>,
    ) {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (place, text, is_second) in texts {
            for slot in mentions(text).into_iter().filter(|mention| mention.is_slot) {
                let key = letters(&slot.text);
                let met = self.met.get(&key).copied().unwrap_or_default();
                let count = seen.entry(key).or_default();
                *count += usize::from(!is_second);
                if *count > met || (is_second && met + *count == 0) {
                    self.slot(place, &slot.text);
                }
            }
        }
    }

    fn diagnostics(self) -> impl Iterator<Item = Diagnostic> {
        let count: usize = self.slots.iter().map(|(_, all)| all.len()).sum();
        let slots = (count > 0).then(|| {
            let lines = self.slots.into_iter().map(|(place, all)| {
                let count = all.len();
                format!("{place}: {count} chỗ – {}", brief_list(all))
            });
            Diagnostic::warning(
                Code::EmptySlot,
                format!("còn {count} chỗ cần bổ sung"),
                "Điền vào những chỗ [CẦN BỔ SUNG …], tô vàng trong tệp Word; chỗ nào không cần thì \
                 xóa.",
            )
            .among(lines.collect())
        });
        let prose = (!self.prose.is_empty()).then(|| {
            Diagnostic::warning(
                Code::SlotWords,
                "có câu viết “cần bổ sung”",
                "Xem lại: nếu là chỗ còn phải điền thì điền; nếu là ý của câu thì để nguyên.",
            )
            .among(self.prose)
        });
        slots.into_iter().chain(prose)
    }
}

/// Slots, a line for each place: how many, and what they ask for; and sentences that have the
/// words of one. `sights` are all that a Word file shows.
pub(super) fn find(
    plan: &Plan,
    guidance: &Guidance,
    outline: &Outline,
    sights: &[Sight],
) -> impl Iterator<Item = Diagnostic> {
    let mut found = Unfilled::default();
    // The catalogue's own sentences.
    for block in plan.generated.sections.iter().flat_map(|section| &section.blocks) {
        let text = block.kind.plain();
        found.known.extend(
            mentions(&text).iter().any(|one| !one.is_slot).then(|| letters(&text)),
        );
    }
    for (s, section) in plan.edited().sections.iter().enumerate() {
        for (b, block) in section.blocks.iter().enumerate() {
            let text = block.kind.plain();
            if guidance.is_about(s, b) {
                for slot in mentions(&text).iter().filter(|mention| mention.is_slot) {
                    *found.met.entry(letters(&slot.text)).or_default() += 1;
                }
            } else {
                found.add(outline.place(s, b), &text);
            }
        }
    }
    match &plan.form {
        Form::Word(word) => {
            for story in &word.stories {
                let texts = match story.kind {
                    Kind::Body => boxes(&story.nodes),
                    _ => story::paragraphs(&story.nodes),
                };
                for text in &texts {
                    found.add(story.kind.place(), text);
                }
            }
            let shown = sights.iter().flat_map(|sight| {
                let fields = sight.fields.iter().map(|field| ("Mã trường", field));
                let text = ("Hình, công thức, bảng lồng nhau", &sight.text);
                let all = fields.chain([text]);
                all.map(|(place, text)| (place, text.as_str(), sight.is_second))
            });
            found.add_unmet(shown);
        }
        Form::Markdown { text, .. } => {
            let pieces = pieces(text);
            found.add_unmet(
                pieces.iter().map(|piece| ("Mã Markdown", piece.as_str(), false)),
            );
        }
    }
    found.diagnostics()
}

/// The paragraphs of a Markdown file as they are typed, whatever they are.
pub(crate) fn pieces(text: &str) -> Vec<String> {
    text.split("\n\n").map(|piece| piece.replace('\\', "")).collect()
}

/// What a copy for signing shows that still asks to be filled: nothing, or khung has missed
/// something.
pub(crate) fn left<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let slots = texts.flat_map(mentions).filter(|mention| mention.is_slot);
    slots.map(|slot| brief(&slot.text)).collect()
}

/// The first few different texts of a list.
fn brief_list(all: Vec<String>) -> String {
    const SHOWN: usize = 3;
    let mut different: Vec<String> = Vec::new();
    for one in all {
        if !different.contains(&one) {
            different.push(one);
        }
        if different.len() > SHOWN {
            break;
        }
    }
    let more = different.len() > SHOWN;
    different.truncate(SHOWN);
    let dots = if more { "; …" } else { "" };
    format!("{}{dots}", different.join("; "))
}

/// The paragraphs of text boxes; an office may keep one twice.
fn boxes(nodes: &[Node]) -> Vec<String> {
    let (mut texts, mut seen) = (Vec::new(), BTreeSet::new());
    story::each(nodes, &mut Path::new(), &mut |element, _| {
        if element.name == "w:txbxContent" {
            for text in story::paragraphs(&element.children) {
                if seen.insert(text.clone()) {
                    texts.push(text);
                }
            }
        }
    });
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_are_known_however_people_left_them() {
        let slots = [
            ("[CẦN BỔ SUNG: họ và tên]", "họ và tên"),
            ("[CẦN\u{a0}BỔ SUNG: họ và tên]", "họ và tên"),
            ("[CẦN  BỔ\tSUNG: họ tên]", "họ tên"),
            ("[CẦN BỔ\u{200b} SUNG: họ\u{ad} tên]", "họ tên"),
            ("[ CẦN BỔ SUNG : họ tên ]", "họ tên"),
            ("[Cần bổ sung: họ tên]", "họ tên"),
            ("[xem: cần bổ sung số liệu]", "xem: cần bổ sung số liệu"),
            ("CẦN BỔ SUNG: họ tên]", "họ tên"),
            ("CẦN BỔ SUNG", "chưa rõ nội dung"),
            ("[CẦN BỔ SUNG: a [b]; gợi ý: c] d", "a [b]; gợi ý: c"),
            ("[CẦN BỔ SUNG: a", "a"),
            ("[CA\u{302}\u{300}N BO\u{302}\u{309} SUNG: a]", "a"),
        ];
        for (text, expected) in slots {
            let found = mentions(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].is_slot, "{text}");
            assert_eq!(asked(&found[0].text), expected, "{text}");
        }
        let two = mentions("[CẦN BỔ SUNG: a] và [CẦN BỔ SUNG: b]");
        let two: Vec<String> = two.iter().map(|one| asked(&one.text)).collect();
        assert_eq!(two, ["a", "b"]);
        for prose in ["Nội dung cần bổ sung vào dự toán.", "[a] Cần bổ sung nhân lực [b]"]
        {
            let found = mentions(prose);
            assert_eq!(found.len(), 1);
            assert!(!found[0].is_slot, "{prose}");
        }
        assert_eq!(mentions("Bổ sung, cần."), []);
    }
}
