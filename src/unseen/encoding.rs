//! Vietnamese in another encoding: letters that mean others in a typeface of old, and UTF-8 that
//! was read as something else.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

use super::syllable::{is_spelt, is_syllable};

/// An encoding in which the letters of Latin-1 stand for those of Vietnamese.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// TCVN 5712:1993, VN3: the typefaces of ABC, `.VnTime` and its like.
    Tcvn3,
    /// VNI for Windows: a vowel, and behind it a letter for its marks.
    Vni,
    /// Windows-1258: some vowels with their marks, the tone behind them.
    Windows1258,
}
use Encoding::{Tcvn3, Vni, Windows1258};

/// What TCVN3 means by the letters from U+00A1 to U+00FE; `_` where nothing. Its capitals with a
/// tone are small letters in a typeface of capitals.
const TCVN3: [char; 94] = [
    'Ă', 'Â', 'Ê', 'Ô', 'Ơ', 'Ư', 'Đ', 'ă', 'â', 'ê', 'ô', 'ơ', 'ư', 'đ', '_', '_', '_',
    '_', '_', '_', 'à', 'ả', 'ã', 'á', 'ạ', '_', 'ằ', 'ẳ', 'ẵ', 'ắ', '_', '_', '_', '_',
    '_', '_', '_', 'ặ', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ', 'è', '_', 'ẻ', 'ẽ', 'é', 'ẹ', 'ề', 'ể',
    'ễ', 'ế', 'ệ', 'ì', 'ỉ', '_', '_', '_', 'ĩ', 'í', 'ị', 'ò', '_', 'ỏ', 'õ', 'ó', 'ọ',
    'ồ', 'ổ', 'ỗ', 'ố', 'ộ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ', 'ù', '_', 'ủ', 'ũ', 'ú', 'ụ', 'ừ',
    'ử', 'ữ', 'ứ', 'ự', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ',
];

/// What VNI means by a letter behind a vowel, and the vowels behind which it does.
const VNI_MARKS: [(char, &str, &str); 17] = [
    ('ù', "aeouyôö", "\u{301}"),
    ('ø', "aeouyôö", "\u{300}"),
    ('û', "aeouyôö", "\u{309}"),
    ('õ', "aeouyôö", "\u{303}"),
    ('ï', "aeouyôö", "\u{323}"),
    ('â', "aeo", "\u{302}"),
    ('á', "aeo", "\u{302}\u{301}"),
    ('à', "aeo", "\u{302}\u{300}"),
    ('å', "aeo", "\u{302}\u{309}"),
    ('ã', "aeo", "\u{302}\u{303}"),
    ('ä', "aeo", "\u{302}\u{323}"),
    ('ê', "a", "\u{306}"),
    ('é', "a", "\u{306}\u{301}"),
    ('è', "a", "\u{306}\u{300}"),
    ('ú', "a", "\u{306}\u{309}"),
    ('ü', "a", "\u{306}\u{303}"),
    ('ë', "a", "\u{306}\u{323}"),
];

/// What VNI means by a letter that stands for itself.
const VNI_LETTERS: [(char, char); 7] =
    [('ô', 'ơ'), ('ö', 'ư'), ('æ', 'ỉ'), ('ó', 'ĩ'), ('ò', 'ị'), ('î', 'ỵ'), ('ñ', 'đ')];

/// What Windows-1258 means by the bytes in which it differs from Windows-1252.
const WINDOWS_1258: [(char, char); 13] = [
    ('Ã', 'Ă'),
    ('Ì', '\u{300}'),
    ('Ð', 'Đ'),
    ('Ò', '\u{309}'),
    ('Õ', 'Ơ'),
    ('Ý', 'Ư'),
    ('Þ', '\u{303}'),
    ('ã', 'ă'),
    ('ì', '\u{301}'),
    ('ð', 'đ'),
    ('ò', '\u{323}'),
    ('õ', 'ơ'),
    ('ý', 'ư'),
];

/// The bytes from 0x80 to 0x9F in Windows-1252; `_` where it has none.
const WINDOWS_1252: &str = "€_‚ƒ„…†‡ˆ‰Š‹Œ_Ž__‘’“”•–—˜™š›œ_žŸ";

impl Encoding {
    /// What is said of it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Tcvn3 => "TCVN3 (phông .VnTime)",
            Vni => "VNI (phông VNI-Times)",
            Windows1258 => "Windows-1258",
        }
    }

    /// The encoding for which a typeface was made.
    pub(crate) fn of_font(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        if name.starts_with(".vn") {
            Some(Tcvn3)
        } else if name.starts_with("vni-") || name.starts_with("vni ") {
            Some(Vni)
        } else {
            None
        }
    }

    /// A text of this encoding in Unicode.
    pub(super) fn decode(self, text: &str) -> String {
        let same =
            |c: char, like: char| if c.is_uppercase() { upper(like) } else { like };
        let mut out = String::with_capacity(text.len());
        let mut last = ' ';
        for c in text.chars() {
            if c.is_ascii() {
                out.push(c);
                last = c;
                continue;
            }
            let small = lower(c);
            match self {
                Tcvn3 => {
                    let at =
                        u32::from(c).checked_sub(0xA1).and_then(|at| at.try_into().ok());
                    let found = at.and_then(|at: usize| TCVN3.get(at));
                    out.push(found.copied().filter(|found| *found != '_').unwrap_or(c));
                }
                Vni => {
                    let marks = VNI_MARKS.iter().find(|(mark, vowels, _)| {
                        *mark == small && vowels.contains(lower(last))
                    });
                    let letter = VNI_LETTERS.iter().find(|(own, _)| *own == small);
                    match (marks, letter) {
                        (Some((.., marks)), _) => out.push_str(marks),
                        (None, Some((_, like))) => out.push(same(c, *like)),
                        (None, None) => out.push(c),
                    }
                }
                Windows1258 => {
                    let found = WINDOWS_1258.iter().find(|(own, _)| *own == c);
                    out.push(found.map_or(c, |(_, is)| *is));
                }
            }
            last = c;
        }
        out.nfc().collect()
    }
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn upper(c: char) -> char {
    c.to_uppercase().next().unwrap_or(c)
}

/// Tells whether a character may be a letter of another encoding.
fn is_high(c: char) -> bool {
    matches!(c, '\u{A1}'..='\u{FE}')
}

/// The words of a text as an encoding may have them: signs are letters in TCVN3.
fn words(text: &str) -> impl Iterator<Item = (Range<usize>, &str)> {
    let is_gap = |c: char| {
        c.is_whitespace()
            || c.is_ascii_punctuation()
            || matches!(c, '\u{2010}'..='\u{2026}')
    };
    text.split(is_gap).filter(|word| !word.is_empty()).map(|word| {
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        (start..start + word.len(), word)
    })
}

/// The stretch of a text that is Vietnamese in another encoding: two words at least, and no fewer
/// than those that make no sense in it; in a typeface of it, or with a sign for a letter, one.
pub(super) fn legacy(
    text: &str,
    font: Option<Encoding>,
) -> Option<(Encoding, Range<usize>)> {
    const ENOUGH: usize = 2000;
    const LONGEST: usize = 24; // "nghieâng"
    // Micrometre, newton metre.
    let is_unit = |word: &str| {
        word.starts_with('µ')
            || (word.len() <= 4 && !word.ends_with('·') && word.contains('·'))
    };
    let signs = |encoding| {
        if encoding == Vni {
            "äåøûÄÅØÛ"
        } else {
            "µ¸¶¹»¼½¾¨©®ª«¬§"
        }
    };
    let one = |encoding: Encoding| {
        let (mut found, mut foreign, mut is_sure) = (0, 0, font == Some(encoding));
        let mut span: Option<Range<usize>> = None;
        for (at, word) in words(text).take(ENOUGH) {
            let is_other = word
                .chars()
                .all(|c| c.is_ascii_alphabetic() || is_high(c) || c == '\u{D7}');
            let is_plain = !is_other || word.is_ascii() || word.chars().nth(1).is_none();
            if is_plain || is_unit(word) || (font != Some(encoding) && is_syllable(word))
            {
                continue;
            }
            if word.chars().nth(LONGEST).is_some() {
                foreign += 1;
                continue;
            }
            let decoded = encoding.decode(word);
            if decoded != word && is_spelt(&decoded) {
                found += 1;
                is_sure |= word.contains(|c| signs(encoding).contains(c))
                    && word.chars().nth(2).is_some();
                span = Some(span.map_or(at.start, |span| span.start)..at.end);
            } else if word.contains(char::is_alphabetic) {
                foreign += 1;
            }
        }
        let is_told = found >= foreign && (found >= 2 || (is_sure && found == 1));
        span.filter(|_| is_told).map(|span| (found, encoding, span))
    };
    let most =
        [one(Tcvn3), one(Vni)].into_iter().flatten().max_by_key(|(found, ..)| *found);
    most.map(|(_, encoding, span)| (encoding, span))
}

/// The encoding that the bytes of a file are in which are no UTF-8, and a word to show it.
pub(crate) fn guess(bytes: &[u8]) -> Option<(&'static str, String)> {
    const ENOUGH: usize = 64 * 1024;
    if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        return Some(("UTF-16 (Unicode)", String::new()));
    }
    let text: String = bytes.iter().take(ENOUGH).map(|byte| char::from(*byte)).collect();
    let all: Vec<&str> = words(&text).map(|(_, word)| word).collect();
    let high = || all.iter().filter(|word| word.contains(is_high));
    let count = |encoding: Encoding| {
        let good = high().map(|word| encoding.decode(word)).filter(|word| is_spelt(word));
        let (count, example) = (good.clone().count(), good.clone().next()?);
        (count * 2 > high().count()).then_some((count, encoding, example))
    };
    let counts = [Tcvn3, Vni, Windows1258].map(count);
    let best = counts.into_iter().flatten().max_by_key(|(good, ..)| *good);
    best.map(|(_, encoding, example)| (encoding.name(), example))
}

/// The byte that a character is in Windows-1252, or in Windows-1258, where it is no ASCII.
fn byte(c: char) -> Option<u8> {
    match c {
        ..'\u{80}' => None,
        '\u{80}'..'\u{100}' => u8::try_from(u32::from(c)).ok(),
        'Ă' => Some(0xC3),
        'ă' => Some(0xE3),
        _ => {
            let at = WINDOWS_1252.chars().position(|own| own == c)?;
            u8::try_from(0x80 + at).ok()
        }
    }
}

/// What a text says that was written as UTF-8 and read as Windows-1252, once or twice; none where
/// it is no such text.
pub(super) fn repaired(text: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = text
        .chars()
        .map(|c| if c.is_ascii() { u8::try_from(c).ok() } else { byte(c) })
        .collect();
    let once = String::from_utf8(bytes?).ok().filter(|once| once != text)?;
    let twice = repaired(&once).unwrap_or(once);
    Some(twice.nfc().collect())
}

/// The stretches of a text that were read as Windows-1252, each with what it touches of its word.
pub(super) fn misread(text: &str, tell: &mut impl FnMut(Range<usize>)) {
    const LONGEST: usize = 1000;
    let mut from = 0;
    while let Some(start) = text[from..].find(|c| byte(c).is_some()).map(|at| from + at) {
        // No word is longer.
        let run = text[start..].chars().take(LONGEST).take_while(|c| byte(*c).is_some());
        let end = start + run.map(char::len_utf8).sum::<usize>();
        from = end;
        if let Some(at) = sequences(text, start..end) {
            let letters =
                |c: char| c.is_alphanumeric() || byte(c).is_some_and(|_| c != '\u{A0}');
            let before =
                text[..at.start].chars().rev().take(8).take_while(|c| letters(*c));
            let behind = text[at.end..].chars().take(8).take_while(|c| letters(*c));
            let (before, behind) = (
                before.map(char::len_utf8).sum::<usize>(),
                behind.map(char::len_utf8).sum::<usize>(),
            );
            let word = at.start - before..at.end + behind;
            if is_misread(&text[word.clone()], &text[at.clone()]) {
                from = from.max(word.end);
                tell(word);
            } else if is_misread(&text[at.clone()], &text[at.clone()]) {
                tell(at);
            }
        }
    }
}

/// The part of a run of such characters that is whole sequences of UTF-8.
fn sequences(text: &str, run: Range<usize>) -> Option<Range<usize>> {
    let is_lead = |c: char| byte(c).is_some_and(|byte| (0xC2..=0xF4).contains(&byte));
    let start = run.start + text[run.clone()].find(is_lead)?;
    let bytes: Vec<u8> = text[start..run.end].chars().filter_map(byte).collect();
    let whole = match std::str::from_utf8(&bytes) {
        Ok(_) => bytes.len(),
        Err(error) => error.valid_up_to(),
    };
    let length: usize = text[start..].chars().take(whole).map(char::len_utf8).sum();
    (whole > 0).then_some(start..start + length)
}

/// Tells whether a word is one only when its sequences are read as UTF-8: “XÃ” ends in a capital
/// and a quote, which are a sequence, too.
fn is_misread(word: &str, sequences: &str) -> bool {
    let Some(reads) = repaired(word) else { return false };
    let letters = word.trim_matches(|c: char| !c.is_alphabetic());
    let quotes = |c: char| matches!(c, '\u{2010}'..='\u{203A}');
    let has_quotes = sequences.contains(quotes);
    let is_long = sequences.contains(['á', 'â']) && sequences.chars().nth(2).is_some();
    let is_spelt = || is_spelt(reads.trim_matches(|c: char| !c.is_alphabetic()));
    reads.chars().all(is_expected)
        && ((is_long && !has_quotes) || !is_syllable(letters))
        && (is_long || !has_quotes || is_spelt())
}

/// Tells whether a plan may well have a character.
fn is_expected(c: char) -> bool {
    super::is_vietnamese(c)
        || matches!(c, ' '..='~' | '\u{A0}'..='\u{FF}' | '\u{2010}'..='\u{203A}' | '₫')
        || matches!(
            c,
            '\u{FEFF}' | '\u{300}'..='\u{303}' | '\u{309}' | '\u{323}' | '\u{31B}'
        )
}
