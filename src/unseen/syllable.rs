//! What a Vietnamese syllable is made of: the proof that a text which was read in another
//! encoding reads right.

use unicode_normalization::UnicodeNormalization;

/// Tones: huyền, sắc, ngã, hỏi, nặng.
const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];

/// What a syllable begins with; the longer before what they begin with.
const ONSETS: [&str; 28] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d",
    "đ", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", "",
];

/// What follows, without its tone; in the order of bytes.
const RHYMES: [&str; 166] = [
    "a", "ac", "ach", "ai", "am", "an", "ang", "anh", "ao", "ap", "at", "au", "ay", "e",
    "ec", "em", "en", "eng", "eo", "ep", "et", "i", "ia", "ich", "im", "in", "inh", "ip",
    "it", "iu", "iêc", "iêm", "iên", "iêng", "iêp", "iêt", "iêu", "o", "oa", "oac",
    "oach", "oai", "oam", "oan", "oang", "oanh", "oao", "oap", "oat", "oay", "oc", "oe",
    "oen", "oeo", "oet", "oi", "om", "on", "ong", "ooc", "oong", "op", "ot", "oăc",
    "oăm", "oăn", "oăng", "oăt", "u", "ua", "uc", "ui", "um", "un", "ung", "up", "ut",
    "uy", "uya", "uych", "uyn", "uynh", "uyp", "uyt", "uyu", "uyên", "uyêt", "uân",
    "uâng", "uât", "uây", "uê", "uêch", "uên", "uênh", "uôc", "uôi", "uôm", "uôn",
    "uông", "uôt", "uơ", "y", "ych", "yn", "ynh", "yt", "yu", "yêm", "yên", "yêng",
    "yêt", "yêu", "âc", "âm", "ân", "âng", "âp", "ât", "âu", "ây", "ê", "êch", "êm",
    "ên", "ênh", "êp", "êt", "êu", "ô", "ôc", "ôi", "ôm", "ôn", "ông", "ôp", "ôt", "ăc",
    "ăm", "ăn", "ăng", "ăp", "ăt", "ơ", "ơi", "ơm", "ơn", "ơp", "ơt", "ư", "ưa", "ưc",
    "ưi", "ưm", "ưn", "ưng", "ưt", "ưu", "ươc", "ươi", "ươm", "ươn", "ương", "ươp",
    "ươt", "ươu",
];

/// Tells whether a word is a Vietnamese syllable, in small letters, capitals or with one capital.
pub(super) fn is_syllable(word: &str) -> bool {
    let is_even = |rest: &str| {
        let mut rest = rest.chars();
        rest.clone().all(|c| !c.is_uppercase()) || rest.all(|c| !c.is_lowercase())
    };
    let first = word.chars().next().map_or(0, char::len_utf8);
    let begins_small = word.starts_with(char::is_lowercase);
    is_spelt(word) && is_even(&word[first..]) && (!begins_small || is_even(word))
}

/// As [`is_syllable`], in whatever letters.
pub(super) fn is_spelt(word: &str) -> bool {
    const LONGEST: usize = 16; // "nghiêng", with its marks apart
    if word.is_empty() || word.chars().nth(LONGEST).is_some() {
        return false;
    }
    let mut tone = None;
    let mut tones = 0;
    let letters = word.nfd().filter(|c| {
        let is_tone = TONES.contains(c);
        tones += usize::from(is_tone);
        tone = if is_tone { Some(*c) } else { tone };
        !is_tone
    });
    let plain = letters.nfc().collect::<String>().to_lowercase();
    // A syllable that ends in a stop is sắc or nặng.
    let is_stopped = plain.ends_with(['c', 'p', 't']) || plain.ends_with("ch");
    let fits = !is_stopped || matches!(tone, Some('\u{301}' | '\u{323}'));
    tones <= 1
        && fits
        && ONSETS.iter().any(|onset| {
            plain.strip_prefix(onset).is_some_and(|rhyme| {
                let is_front = rhyme.starts_with(['e', 'ê', 'i', 'y']);
                let agrees = match *onset {
                    "k" | "gh" | "ngh" => is_front,
                    "c" | "ng" => !is_front,
                    _ => true,
                };
                agrees && RHYMES.binary_search(&rhyme).is_ok()
            })
        })
}

/// A syllable of these parts.
#[cfg(test)]
pub(super) fn compose(
    onset: proptest::sample::Index,
    rhyme: proptest::sample::Index,
    tone: usize,
) -> String {
    let (onset, rhyme) = (onset.get(&ONSETS), rhyme.get(&RHYMES));
    let vowel = rhyme.chars().next().map_or(0, char::len_utf8);
    let (vowel, rest) = rhyme.split_at(vowel);
    let tone = TONES.get(tone).map(char::to_string).unwrap_or_default();
    format!("{onset}{vowel}{tone}{rest}").nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_known_by_their_shape() {
        assert!(RHYMES.is_sorted());
        let good =
            "Nghiêng nghĩa Quảng QUỐC quyển quỳnh giếng gì gia yêu Việt ĐƯỜNG hoà hòa \
            khuyến thuở khuya xoong uỷ y à Đắc khuếch oằn rượu tu\u{323}y\u{300}"
                .split(' ');
        let bad = "cafe\u{301} naïve Sãn2 ngia ngha kca céng Viêt hÖi tÉn bÉ. x1 Đắk Việc2 viềt \
            lÃ vIệt"
            .split(' ');
        for word in good.clone().filter(|word| !word.starts_with("tu\u{323}")) {
            assert!(is_syllable(word), "{word}");
        }
        for word in bad {
            assert!(!is_syllable(word), "{word}");
        }
        assert!(!is_syllable("tu\u{323}y\u{300}"), "two tones");
        assert!(is_spelt("lÃ"));
    }
}
