//! Text that people typed: decoded, read as TOML, and compared with what they may have meant.

mod day;
mod items;
mod lay;
mod typed;
mod wording;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::compose;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::unseen::guess;

pub use day::Day;
pub(crate) use items::keys;
pub use items::{Item, Items};
pub(crate) use wording::missing;

/// Longer files are no catalogue and no profile: 4 MiB are two thousand tasks.
pub const LONGEST: usize = 4 * 1024 * 1024;

/// Longest quote in a message, in characters.
const LONGEST_QUOTE: usize = 72;

/// A text file: its name as the user knows it, and its text in one form; or several of one name
/// that are [laid](Source::laid) over each other, and of which each place is one in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// Name for messages: a path as the user typed it, never an absolute one.
    pub name: String,
    /// The text: NFC, no byte-order mark, lines ending in LF.
    pub text: String,
    /// The text without the lines at which the TOML parser gives up.
    readable: OnceLock<String>,
    /// The files that lie over each other, the lowest first; none of a file.
    sheets: Vec<Sheet>,
}

/// A file among those that lie over each other.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sheet {
    /// Where it begins in the text of them all.
    start: usize,
    /// The number of its layer; 0 for what all others lie over.
    layer: usize,
    file: Arc<Source>,
}

impl Source {
    /// Lays files over each other, each with the number of its layer, the lowest first.
    #[must_use]
    pub fn laid(files: impl IntoIterator<Item = (usize, Arc<Self>)>) -> Arc<Self> {
        let mut all = Self::default();
        for (layer, file) in files {
            all.name.clone_from(&file.name);
            all.sheets.push(Sheet {
                start: all.text.len(),
                layer,
                file: Arc::clone(&file),
            });
            all.text = all.text + &file.text + "\n";
        }
        Arc::new(all)
    }

    /// The files that it is made of, the lowest first: where each begins, and its layer.
    pub(crate) fn files(
        self: &Arc<Self>,
    ) -> impl DoubleEndedIterator<Item = (usize, usize, &Arc<Self>)> {
        let whole = self.sheets.is_empty().then_some((0, 0, self));
        let sheets = self.sheets.iter().map(|one| (one.start, one.layer, &one.file));
        whole.into_iter().chain(sheets)
    }

    /// The place that a stretch of the text has in a file.
    pub(crate) fn place(self: &Arc<Self>, span: Range<usize>) -> Place {
        let mut files = self.files().rev();
        let (start, _, file) =
            files.find(|(start, ..)| *start <= span.start).unwrap_or((0, 0, self));
        let within = |at: usize| (at - start).min(file.text.len());
        let span = if self.sheets.is_empty() {
            span
        } else {
            within(span.start)..within(span.end)
        };
        Place { source: Arc::clone(file), span }
    }

    /// The name of its file, without the folder.
    #[must_use]
    pub fn file(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or_default()
    }

    /// The same file, with what its author typed by hand put as TOML has it, where it has only
    /// one reading: curved quotes, days with slashes.
    #[must_use]
    pub(crate) fn straightened(self: &Arc<Self>) -> Arc<Self> {
        let text = typed::straightened(&self.text);
        if text == self.text {
            return Arc::clone(self);
        }
        Arc::new(Self { name: self.name.clone(), text, ..Self::default() })
    }

    /// Decodes a file.
    ///
    /// # Errors
    /// A diagnostic when the bytes are not UTF-8.
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Result<Arc<Self>, Diagnostic> {
        let name = name.into();
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                let text = nfc(line_feeds(text).into_owned());
                Ok(Arc::new(Self { name, text, ..Self::default() }))
            }
            Err(error) => {
                let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                let line = before.matches('\n').count() + 1;
                let guess = guess(bytes);
                let (message, hint) = wording::not_utf8(&name, line, guess);
                let shown = |c: char| c == '\n' || !c.is_control();
                let text: String = before
                    .chars()
                    .map(|c| if shown(c) { c } else { char::REPLACEMENT_CHARACTER })
                    .collect();
                let end = text.len();
                let source = Arc::new(Self { name, text, ..Self::default() });
                Err(Diagnostic::error(Code::NotUtf8, message, hint).at(&source, end..end))
            }
        }
    }
}

/// The text with line feeds for CR LF.
#[must_use]
pub(crate) fn line_feeds(text: &str) -> Cow<'_, str> {
    if text.contains('\r') { text.replace("\r\n", "\n").into() } else { text.into() }
}

/// The text in NFC.
pub(crate) fn nfc(text: String) -> String {
    if is_nfc(&text) { text } else { text.nfc().collect() }
}

/// The words of a text, one blank apart, in NFC: what it says, however it is set.
pub(crate) fn words(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !words.is_empty() {
            words.push(' ');
        }
        words.push_str(word);
    }
    nfc(words)
}

/// A text as it is compared with what a person may have set otherwise and reads the same: its
/// [`words`], without characters that nobody sees, each tone mark where it stands today (hoà, uỷ).
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    if is_folded(text) {
        return Cow::Borrowed(text);
    }
    let mut out = words(&text.replace(is_unseen, ""));
    if out.contains(|c| toned(c).is_some()) {
        let mut letters: Vec<char> = out.chars().collect();
        for at in 1..letters.len() {
            if let Some((first, tone)) = toned(letters[at - 1])
                && bears(first, letters[at])
                && let Some(second) = compose(letters[at], tone)
            {
                (letters[at - 1], letters[at]) = (first, second);
            }
        }
        out = letters.into_iter().collect();
    }
    Cow::Owned(out)
}

/// Tells at a glance of most texts that folding leaves them as they are.
fn is_folded(text: &str) -> bool {
    let mut last = ' ';
    for c in text.chars() {
        let is_fine = is_always_nfc(c)
            && !is_unseen(c)
            && (!c.is_whitespace() || (c == ' ' && last != ' '))
            && !toned(last).is_some_and(|(first, _)| bears(first, c));
        if !is_fine {
            return false;
        }
        last = c;
    }
    text.is_empty() || last != ' '
}

/// Tells whether the second of two vowels bears the tone of both.
fn bears(first: char, second: char) -> bool {
    let pair = (first.to_ascii_lowercase(), second.to_ascii_lowercase());
    matches!(pair, ('o', 'a' | 'e') | ('u', 'y'))
}

/// Characters without width: soft hyphens, joiners, marks of a text's direction or order.
pub(crate) fn is_unseen(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// A plain vowel that may bear the tone of the one behind it, and the tone.
fn toned(c: char) -> Option<(char, char)> {
    let (plain, tones) = match c {
        'ò' | 'ó' | 'ỏ' | 'õ' | 'ọ' => ('o', ['ò', 'ó', 'ỏ', 'õ', 'ọ']),
        'Ò' | 'Ó' | 'Ỏ' | 'Õ' | 'Ọ' => ('O', ['Ò', 'Ó', 'Ỏ', 'Õ', 'Ọ']),
        'ù' | 'ú' | 'ủ' | 'ũ' | 'ụ' => ('u', ['ù', 'ú', 'ủ', 'ũ', 'ụ']),
        'Ù' | 'Ú' | 'Ủ' | 'Ũ' | 'Ụ' => ('U', ['Ù', 'Ú', 'Ủ', 'Ũ', 'Ụ']),
        _ => return None,
    };
    let marks = ['\u{300}', '\u{301}', '\u{309}', '\u{303}', '\u{323}'];
    tones.iter().zip(marks).find(|(own, _)| **own == c).map(|(_, mark)| (plain, mark))
}

/// Tells whether a text is NFC.
#[must_use]
pub(crate) fn is_nfc(text: &str) -> bool {
    text.chars().all(is_always_nfc) || unicode_normalization::is_nfc(text)
}

/// Tells whether a character is NFC beside any other of its kind: the letters of Vietnamese
/// and the usual dashes and quotes are, which spares plans the tables of Unicode.
fn is_always_nfc(c: char) -> bool {
    matches!(c, '\0'..='\u{2FF}' | '\u{1E00}'..='\u{1EFF}' | '\u{2010}'..='\u{2026}')
}

/// Tells whether XML 1.0 (clause 2.2) can hold the character.
#[must_use]
pub fn is_document_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
        && !matches!(c, '\u{7F}'..='\u{9F}' | '\u{FDD0}'..='\u{FDEF}')
}

/// "Did you mean …", or what is allowed when nothing comes near.
#[must_use]
pub fn suggest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let near = nearest(given, known.iter().copied(), 3);
    if !near.is_empty() {
        return format!("Có phải ý bạn là {}?", list(&near, " hoặc "));
    }
    match known.len() {
        0 => "Xóa dòng này.".to_owned(),
        1..=40 => format!("Dùng một trong: {}.", list(&known, ", ")),
        _ => "Xem các tên đúng bằng lệnh `khung list`.".to_owned(),
    }
}

/// As [`suggest`], where each name is called something that may be typed in its place.
#[must_use]
pub(crate) fn suggest_called(given: &str, known: &[(&str, &str)]) -> String {
    let shown = |names: &[(&str, &str)], separator: &str| {
        let one = |(name, called): &(&str, &str)| {
            if fold(name) == fold(called) {
                format!("\"{name}\"")
            } else {
                format!("\"{name}\" ({called})")
            }
        };
        names.iter().map(one).collect::<Vec<_>>().join(separator)
    };
    let mut near: Vec<(&str, &str)> = Vec::new();
    for name in
        nearest(given, known.iter().flat_map(|(name, called)| [*name, *called]), 3)
    {
        let found = known.iter().find(|(id, called)| *id == name || *called == name);
        near.extend(found.filter(|found| !near.contains(found)));
    }
    if near.is_empty() && given.chars().count() > 3 {
        let given = fold(given);
        let holding = known.iter().filter(|(_, called)| fold(called).contains(&given));
        near.extend(holding.take(3));
    }
    match known.len() {
        _ if !near.is_empty() => format!("Có phải ý bạn là {}?", shown(&near, " hoặc ")),
        1..=12 => format!("Dùng một trong: {}.", shown(known, ", ")),
        _ => suggest(given, known.iter().map(|(name, _)| *name)),
    }
}

/// The name that a person means who typed it or what it is called, numbered as in the plan or
/// not, with or without diacritics; none where it may be several.
pub(crate) fn named<'a>(
    given: &str,
    known: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Option<&'a str> {
    fn bare(text: &str) -> String {
        let is_number = |c: char| c.is_ascii_digit() || matches!(c, '.' | ' ');
        fold(text.trim_start_matches(is_number))
    }
    let typed = bare(given);
    let mut meant: Vec<&str> = Vec::new();
    for (name, called) in known {
        if name == given {
            return Some(name);
        }
        if !typed.is_empty() && [name, called].iter().any(|known| bare(known) == typed) {
            meant.push(name);
        }
    }
    meant.dedup();
    <[&str; 1]>::try_from(meant).ok().map(|[name]| name)
}

/// What a person typed, short and without what a terminal would obey.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out: String = text
        .chars()
        .take(60)
        .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
        .collect();
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}

/// What a text says, as far as a quote of it goes, on one line.
pub(crate) fn brief(text: &str) -> String {
    let shown = |c: char| if c.is_control() { ' ' } else { c };
    let line = words(&text.chars().map(shown).collect::<String>());
    if line.chars().count() <= LONGEST_QUOTE {
        return line;
    }
    let short: String = line.chars().take(LONGEST_QUOTE - 1).collect();
    format!("{}…", short.trim_end())
}

fn list(names: &[&str], separator: &str) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(separator)
}

/// The names most like `given`, best first, at most `count`.
#[must_use]
pub fn nearest<'a>(
    given: &str,
    known: impl IntoIterator<Item = &'a str>,
    count: usize,
) -> Vec<&'a str> {
    let given = fold(given);
    let mut scored: Vec<(f64, &str)> = known
        .into_iter()
        .map(|name| {
            let folded = fold(name);
            let mut score = strsim::jaro_winkler(&given, &folded);
            if !given.is_empty() && folded.contains(&given) {
                score += 0.2;
            }
            (score, name)
        })
        .filter(|(score, _)| *score > 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    scored.dedup_by(|a, b| a.1 == b.1);
    scored.truncate(count);
    scored.into_iter().map(|(_, name)| name).collect()
}

/// Lower case without diacritics, letters and digits only: "Thừa Thiên Huế" → "thuathienhue".
#[must_use]
pub fn fold(name: &str) -> String {
    name.nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'đ' { 'd' } else { c })
        .filter(|c| c.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::IsNormalized;

    #[test]
    fn what_reads_the_same_is_the_same() {
        let same = [
            ("Hòa Bình, uỷ ban, THUỶ LỢI", "Hoà  Bình,\u{a0}ủy\nban, THỦY LỢI"),
            ("hòa, khỏe, quý", "ho\u{300}a, kho\u{309}e, quy\u{301}"),
            ("hoà, khoẻ, quý", "hòa, khỏe, qúy"),
            ("nhiệm vụ", "\u{FEFF}nhi\u{AD}ệm \u{200B}vu\u{323} "),
        ];
        for (one, other) in same {
            assert_eq!(folded(one), folded(other), "{one} {other}");
        }
        let other = [
            ("hòa", "hóa"),
            ("của", "cuả"),
            ("UBND", "ubnd"),
            ("a-b", "a–b"),
            ("80 %", "80%"),
        ];
        for (one, other) in other {
            assert_ne!(folded(one), folded(other), "{one} {other}");
        }
    }
    use unicode_normalization::char::canonical_combining_class;

    #[test]
    fn what_is_always_nfc_is_so_by_the_tables_of_unicode() {
        for c in ('\0'..=char::MAX).filter(|c| is_always_nfc(*c)) {
            let alone = unicode_normalization::is_nfc_quick(std::iter::once(c));
            assert_eq!(alone, IsNormalized::Yes, "{c:?}");
            assert_eq!(canonical_combining_class(c), 0, "{c:?}");
        }
    }
}
