//! What the eye does not see in a text, or takes for something else: characters without a shape,
//! letters that look like others, Vietnamese in an encoding of old or read in a wrong one.
//!
//! Vietnamese text is Unicode (TCVN 6909:2001). Each finding is told with its place, and with the
//! name of the character or what the words should be.

mod encoding;
mod syllable;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::Range;
use std::sync::Arc;

use unicode_normalization::UnicodeNormalization;

use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Source, brief};

pub(crate) use encoding::{Encoding, guess};
use encoding::{legacy, misread, repaired};
use syllable::{is_spelt, is_syllable};

/// Spots of a kind that are told; the rest is counted.
const MOST: usize = 20;

/// Letters before and behind what is told.
const AROUND: usize = 24;

/// What is told of a text, in the order in which it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Marks that set the order in which a text reads.
    Order,
    /// Tag characters: ASCII that nobody sees.
    Tag,
    /// Characters without width or shape.
    Invisible,
    /// Combining marks, four on a letter or one on none.
    Marks,
    /// A letter that stands for đ or ă.
    Wrong,
    /// Letters of another script that look like Latin ones.
    Script,
    /// Full-width and mathematical letters.
    Shape,
    /// U+FFFD, and what is no character.
    Lost,
    /// Question marks for letters.
    Questions,
    /// Characters that each typeface has for itself.
    Private,
    /// UTF-8 that was read in another encoding.
    Misread,
    /// TCVN3.
    Tcvn3,
    /// VNI.
    Vni,
}

impl Kind {
    /// The finding, of no place yet.
    fn diagnostic(self) -> Diagnostic {
        const RETYPE: &str = "Xóa cả cụm từ đó rồi gõ lại; ký tự này thường theo vào khi dán từ \
            trang web, PDF, tin nhắn.";
        const VIETNAMESE: &str = "Gõ lại bằng bộ gõ tiếng Việt, bảng mã Unicode.";
        const CONVERT: &str = "Chuyển mã sang Unicode (UniKey: chép đoạn đó, Ctrl+Shift+F6, dán \
            lại), rồi đặt phông chữ Times New Roman.";
        let (code, message, hint) = match self {
            Self::Order => (
                Code::DeceptiveText,
                "có dấu đổi chiều chữ: chữ đọc thấy khác chữ trong tệp",
                RETYPE,
            ),
            Self::Tag => (Code::DeceptiveText, "có chữ ẩn viết bằng ký tự thẻ", RETYPE),
            Self::Invisible => {
                (Code::InvisibleCharacter, "có ký tự không nhìn thấy", RETYPE)
            }
            Self::Marks => (
                Code::InvisibleCharacter,
                "có dấu chồng quá ba lần lên một chữ, hoặc không có chữ ở dưới",
                RETYPE,
            ),
            Self::Wrong => {
                (Code::LookAlike, "có chữ trông như đ, ă nhưng là chữ khác", VIETNAMESE)
            }
            Self::Script => {
                (Code::LookAlike, "có chữ nước ngoài trông như chữ Latinh", VIETNAMESE)
            }
            Self::Shape => (
                Code::LookAlike,
                "có chữ, số viết bằng ký tự toàn khổ, ký tự toán hoặc chữ ghép",
                "Gõ lại bằng chữ thường; đậm, nghiêng thì dùng định dạng của Word.",
            ),
            Self::Lost => {
                (Code::GarbledText, "có chữ đã mất", "Gõ lại chữ đó theo bản gốc.")
            }
            Self::Questions => (
                Code::GarbledText,
                "có chữ mất dấu thành dấu hỏi",
                "Lấy lại từ bản gốc và lưu với bảng mã UTF-8, hoặc gõ lại.",
            ),
            Self::Private => (
                Code::GarbledText,
                "có ký tự riêng của một phông chữ, máy khác không hiện đúng",
                "Thay bằng chữ hoặc ký hiệu Unicode.",
            ),
            Self::Misread => (
                Code::GarbledText,
                "có chữ hỏng vì đọc sai bảng mã (UTF-8)",
                "Sửa như gợi ý, hoặc mở lại bản gốc với bảng mã UTF-8 rồi chép lại.",
            ),
            Self::Tcvn3 => {
                (Code::GarbledText, "có chữ theo bảng mã TCVN3 (phông .VnTime)", CONVERT)
            }
            Self::Vni => {
                (Code::GarbledText, "có chữ theo bảng mã VNI (phông VNI-Times)", CONVERT)
            }
        };
        Diagnostic::warning(code, message, hint)
    }

    /// What a single character is, wherever it stands.
    fn of(c: char) -> Option<Self> {
        Some(match c {
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => Self::Order,
            '\u{E0000}'..='\u{E007F}' => Self::Tag,
            '\u{34F}'
            | '\u{61C}'
            | '\u{115F}'
            | '\u{1160}'
            | '\u{17B4}'
            | '\u{17B5}'
            | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{2060}'..='\u{2065}'
            | '\u{206A}'..='\u{206F}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}'
            | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0100}'..='\u{E01EF}' => Self::Invisible,
            '\u{FB00}'..='\u{FB06}'
            | '\u{1D400}'..='\u{1D7FF}'
            | '\u{FF10}'..='\u{FF19}'
            | '\u{FF21}'..='\u{FF3A}'
            | '\u{FF41}'..='\u{FF5A}' => Self::Shape,
            '\u{FFFD}' | '\u{FDD0}'..='\u{FDEF}' => Self::Lost,
            _ if u32::from(c) & 0xFFFE == 0xFFFE => Self::Lost,
            '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. => Self::Private,
            _ => return None,
        })
    }
}

/// Letters that look like Latin ones: Cyrillic, Greek, Armenian, Cherokee.
const LIKE: [(&str, &str, &str); 4] = [
    (
        "chữ Kirin",
        "АВЕЅІЈКМНОРСТУХҮԚԜЬаеѕіјорсухһԁԛԝѵӏ",
        "ABESIJKMHOPCTYXYQWbaesijopcyxhdqwvl",
    ),
    ("chữ Hy Lạp", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEZHIKMNOPTYXo"),
    ("chữ Armenia", "ՍՕօոսցհզյ", "UOonughqj"),
    ("chữ Cherokee", "ᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏒᏚᎢᏙᎳᏃ", "ABCDEGHJKLMPRSTVWZ"),
];

/// Letters that stand for those of Vietnamese.
const WRONG: [(char, char); 6] =
    [('Ð', 'Đ'), ('Ɖ', 'Đ'), ('ð', 'đ'), ('ɖ', 'đ'), ('ǎ', 'ă'), ('Ǎ', 'Ă')];

/// A letter that looks like a Latin one: its script, and that one.
fn like(c: char) -> Option<(&'static str, char)> {
    if !is_foreign(c) {
        return None;
    }
    LIKE.iter().find_map(|(script, own, latin)| {
        let at = own.chars().position(|one| one == c)?;
        Some((*script, latin.chars().nth(at)?))
    })
}

/// Tells whether a letter is of a script that has letters like Latin ones.
fn is_foreign(c: char) -> bool {
    is_cyrillic(c)
        || matches!(c, '\u{370}'..='\u{3FF}' | '\u{530}'..='\u{58F}' | '\u{1F00}'..='\u{1FFF}')
        || matches!(c, '\u{13A0}'..='\u{13FF}' | '\u{AB70}'..='\u{ABBF}')
}

fn is_cyrillic(c: char) -> bool {
    matches!(c, '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{A640}'..='\u{A69F}')
}

/// Tells whether a letter is one of Vietnamese alone, or with its marks.
fn is_vietnamese(c: char) -> bool {
    match c {
        'À'..='ý' => {
            !matches!(c, 'Ä'..='Ç' | 'Ë' | 'Î'..='Ñ' | 'Ö'..='Ø' | 'Û' | 'Ü' | 'Þ' | 'ß'
            | 'ä'..='ç' | 'ë' | 'î'..='ñ' | 'ö'..='ø' | 'û' | 'ü')
        }
        _ => matches!(
            c,
            '\u{1EA0}'
                ..='\u{1EF9}'
                    | 'Ă'
                    | 'ă'
                    | 'Đ'
                    | 'đ'
                    | 'Ĩ'
                    | 'ĩ'
                    | 'Ũ'
                    | 'ũ'
                    | 'Ơ'
                    | 'ơ'
                    | 'Ư'
                    | 'ư'
        ),
    }
}

/// Tells whether most texts have nothing but such characters: there is nothing to tell of them.
fn is_plain(c: char) -> bool {
    c.is_ascii() && c != '\u{7F}'
        || is_vietnamese(c)
        || matches!(c, '\u{A0}' | '\u{2010}'..='\u{2027}' | '\u{2580}'..='\u{2593}')
}

/// Looks at a text, of which some may be in a typeface made for another encoding.
fn look(text: &str, font: Option<Encoding>, tell: &mut impl FnMut(Kind, Range<usize>)) {
    // Unicode is Unicode in whatever typeface.
    let font = font.filter(|_| !text.contains(|c| is_vietnamese(c) && c > '\u{FF}'));
    if text.contains('?') {
        for word in text.split_whitespace().filter(|word| is_questioned(word)) {
            let start = word.as_ptr().addr() - text.as_ptr().addr();
            tell(Kind::Questions, start..start + word.len());
        }
    }
    if font.is_none() && text.chars().all(is_plain) {
        return;
    }
    let legacy = legacy(text, font);
    if let Some((encoding, span)) = &legacy {
        let is_vni = *encoding == Encoding::Vni;
        tell(if is_vni { Kind::Vni } else { Kind::Tcvn3 }, span.clone());
    }
    misread(text, &mut |span| tell(Kind::Misread, span));
    characters(text, tell);
    let is_legacy =
        |at: usize| legacy.as_ref().is_some_and(|(_, span)| span.contains(&at));
    letters(text, &mut |kind, span| {
        if !is_legacy(span.start) {
            tell(kind, span);
        }
    });
}

/// Tells whether a word has a question mark for a letter: "Qu?ng", and no address.
fn is_questioned(word: &str) -> bool {
    let letters: Vec<char> = word.chars().take(40).collect();
    !word.contains(['/', '=', '&', ':', '.'])
        && letters.windows(3).any(|three| match three {
            [before, '?', behind] => {
                before.is_alphabetic()
                    && behind.is_alphabetic()
                    && (behind.is_lowercase() || before.is_uppercase())
            }
            _ => false,
        })
}

/// Single characters, those that follow each other as one.
fn characters(text: &str, tell: &mut impl FnMut(Kind, Range<usize>)) {
    let has = |range: fn(char) -> bool| text.contains(range);
    let is_arabic = has(|c| {
        c.is_alphabetic() && matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FEFC}')
    });
    let is_asian =
        has(|c| matches!(c, '\u{3040}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}'));
    // A letter or two of mathematics is a formula.
    let mut tell = |kind: Kind, at: Range<usize>| {
        let here = &text[at.clone()];
        let is_formula = here.starts_with(|c| matches!(c, '\u{1D400}'..='\u{1D7FF}'))
            && here.chars().nth(2).is_none();
        if !is_formula {
            tell(kind, at);
        }
    };
    let mut open: Option<(Kind, Range<usize>)> = None;
    let (mut last, mut marks) = (' ', 0);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let is_mark = is_mark(c);
        marks = if is_mark { marks + 1 } else { 0 };
        let kind = match c {
            '\u{AD}' => (last.is_ascii_digit() || next.is_ascii_digit())
                .then_some(Kind::Invisible),
            // Joiners and variations are for other scripts, and for emoji.
            '\u{200C}' | '\u{200D}' if is_complex(last) => None,
            '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}'
                if is_complex(last) || next == '\u{20E3}' || "©®#*".contains(last) =>
            {
                None
            }
            '\u{200E}' | '\u{200F}' | '\u{61C}' if is_arabic => None,
            '\u{FF10}'..='\u{FF5A}' if is_asian => None,
            _ if is_mark && (marks > 3 || last.is_whitespace()) => Some(Kind::Marks),
            _ => Kind::of(c),
        };
        if let Some((open_kind, span)) = &mut open {
            // Letters in the shape of others are told by the word.
            let goes_on = kind == Some(*open_kind)
                || (*open_kind == Kind::Marks && is_mark)
                || (*open_kind == Kind::Shape && c.is_alphanumeric());
            if goes_on {
                span.end = at + c.len_utf8();
            } else {
                tell(*open_kind, span.clone());
                open = None;
            }
        }
        if open.is_none()
            && let Some(kind) = kind
        {
            open = Some((kind, at..at + c.len_utf8()));
        }
        last = c;
    }
    if let Some((kind, span)) = open {
        tell(kind, span);
    }
}

/// Combining marks that Latin letters take.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{34E}' | '\u{350}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// Scripts in which joiners are letters' own, and signs that have variations.
fn is_complex(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{1CFF}' | '\u{203C}'..='\u{2049}' | '\u{2122}'..='\u{FE0F}'
        | '\u{1F000}'..='\u{1FAFF}')
}

/// Letters that look like others, by the word.
fn letters(text: &str, tell: &mut impl FnMut(Kind, Range<usize>)) {
    let is_word = |c: char| c.is_alphabetic() || is_mark(c);
    let words = || text.split(|c| !is_word(c)).filter(|word| !word.is_ascii());
    let is_own = |c: char| is_foreign(c) && like(c).is_none();
    // A text with a word of that script may have another; so may one without any of ours.
    let is_other = !text.contains(is_latin)
        || words().any(|word| word.contains(is_own) && !word.contains(is_latin));
    for word in words() {
        let start = word.as_ptr().addr() - text.as_ptr().addr();
        let span = start..start + word.len();
        let has_latin = word.contains(is_latin);
        if word.contains(|c| like(c).is_some())
            || (has_latin && word.contains(is_cyrillic))
        {
            let reads = || -> String {
                word.chars().map(|c| like(c).map_or(c, |(_, is)| is)).collect()
            };
            let is_short = |reads: &str| {
                reads.chars().nth(4).is_none() && !reads.contains(char::is_lowercase)
            };
            let is_ours = |reads: &str| is_syllable(reads) || is_short(reads);
            let is_whole = || !word.contains(is_own) && !is_other && is_ours(&reads());
            if has_latin || is_whole() {
                tell(Kind::Script, span);
            }
        } else if word.contains(|c| WRONG.iter().any(|(own, _)| *own == c)) {
            let reads: String = word.chars().map(instead).collect();
            let is_loud = !word.contains(char::is_lowercase) && word.contains(['Ð', 'Ɖ']);
            if is_spelt(&reads) || is_loud {
                tell(Kind::Wrong, span);
            }
        }
    }
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || is_vietnamese(c)
}

/// What a letter was to be.
fn instead(c: char) -> char {
    WRONG.iter().find(|(own, _)| *own == c).map_or(c, |(_, is)| *is)
}

/// A text with a name for every character that nobody sees, or that turns others round.
pub(crate) fn visible(text: &str) -> String {
    let is_hidden =
        |c: char| matches!(Kind::of(c), Some(Kind::Order | Kind::Tag | Kind::Invisible));
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) { out.push_str(&number(c)) } else { out.push(c) }
    }
    out
}

/// Tells whether a terminal would set what follows in another order, or hide it.
#[cfg(feature = "cli")]
pub(crate) fn is_deceptive(c: char) -> bool {
    matches!(Kind::of(c), Some(Kind::Order | Kind::Tag))
}

fn number(c: char) -> String {
    format!("⟨U+{:04X}⟩", u32::from(c))
}

/// What a character is called, where it has a name that helps.
fn name(kind: Kind, c: char) -> Option<String> {
    let known = match c {
        '\u{AD}' => "gạch nối mềm",
        '\u{200B}' => "dấu cách không bề rộng",
        '\u{200C}' => "dấu tách chữ",
        '\u{200D}' | '\u{2060}' => "dấu nối chữ",
        '\u{FEFF}' => "dấu đầu tệp (BOM)",
        '\u{200E}' | '\u{200F}' | '\u{61C}' => "dấu chiều chữ",
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => "dấu đổi chiều chữ",
        '\u{2028}' | '\u{2029}' => "dấu ngắt dòng",
        '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => "dấu chọn dạng chữ",
        _ => "",
    };
    Some(match kind {
        Kind::Order | Kind::Invisible if known.is_empty() => "ký tự ẩn".to_owned(),
        Kind::Order | Kind::Invisible => known.to_owned(),
        Kind::Script => match like(c) {
            Some((script, latin)) => format!("{script}, trông như {latin}"),
            None => is_cyrillic(c).then(|| "chữ Kirin".to_owned())?,
        },
        Kind::Wrong => format!("không phải {}", Some(instead(c)).filter(|is| *is != c)?),
        Kind::Shape => {
            let plain: String = std::iter::once(c).nfkc().collect();
            format!("trông như {}", Some(plain).filter(|plain| *plain != c.to_string())?)
        }
        Kind::Private => "ký tự riêng".to_owned(),
        Kind::Lost if c != char::REPLACEMENT_CHARACTER => "không phải ký tự".to_owned(),
        Kind::Lost => "chữ đã mất".to_owned(),
        _ => return None,
    })
}

/// What is told of a stretch of a text: a little of what stands around it, and the stretch with
/// its characters' names, or with what it should be.
fn told(kind: Kind, text: &str, at: Range<usize>) -> String {
    let here = &text[at.clone()];
    let reads = match kind {
        Kind::Misread => repaired(here),
        Kind::Tcvn3 => Some(Encoding::Tcvn3.decode(here)),
        Kind::Vni => Some(Encoding::Vni.decode(here)),
        _ => None,
    };
    if let Some(reads) = reads {
        return format!("“{}” là “{}”", brief(&visible(here)), brief(&visible(&reads)));
    }
    let mut shown = String::new();
    if kind == Kind::Tag {
        let tags = here.chars().filter_map(|c| char::from_u32(u32::from(c) - 0xE0000));
        let tags: String = tags.filter(|c| (' '..='~').contains(c)).collect();
        shown = format!("⟨U+E0000…: “{}”⟩", brief(&tags));
    } else if kind == Kind::Marks {
        let first = here.chars().next().unwrap_or_default();
        shown = format!("⟨U+{:04X}: dấu thừa⟩", u32::from(first));
    } else {
        const NAMED: usize = 3;
        let mut named = 0;
        for c in here.chars().take(AROUND) {
            let Some(name) = name(kind, c) else {
                shown.push(c);
                continue;
            };
            named += 1;
            if named > NAMED {
                shown.push('…');
                break;
            }
            let is_seen = matches!(kind, Kind::Script | Kind::Wrong | Kind::Shape);
            let own = if is_seen { format!(" {c}") } else { String::new() };
            let _ = write!(shown, "⟨U+{:04X}{own}: {name}⟩", u32::from(c));
        }
    }
    let line = |c: &char| !matches!(c, '\n' | '\r');
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let before: Vec<char> = text[..at.start]
        .chars()
        .rev()
        .skip_while(|c| is_mark(*c))
        .take_while(line)
        .take(AROUND)
        .collect();
    let before: String = before.into_iter().rev().map(plain).collect();
    let behind: String =
        text[at.end..].chars().take_while(line).take(AROUND).map(plain).collect();
    let is_cut = before.chars().nth(AROUND - 1).is_some();
    let before = if is_cut {
        before.split_once(' ').map_or("", |(_, rest)| rest)
    } else {
        &before
    };
    let dots = |is_cut: bool| if is_cut { "…" } else { "" };
    let is_long = text.len() > at.end + behind.len();
    let behind = if is_long {
        behind.rsplit_once(' ').map_or("", |(rest, _)| rest)
    } else {
        &behind
    };
    let is_torn = |c: char| is_mark(c);
    format!(
        "“{}{}{shown}{}{}”",
        dots(is_cut),
        visible(before.trim_start_matches(is_torn)),
        visible(&behind.chars().filter(|c| !is_mark(*c)).collect::<String>()),
        dots(is_long)
    )
}

/// All that is told of a plan or a file, kind by kind.
#[derive(Debug, Default)]
pub(crate) struct Unseen {
    kinds: BTreeMap<Kind, Spots>,
}

/// Where a kind was found.
#[derive(Debug, Default)]
struct Spots {
    count: usize,
    /// How many were looked at for a line that differs, and how many had none.
    tried: usize,
    same: usize,
    /// The first ones, a line each.
    lines: Vec<String>,
    /// Where the first one is, in a source.
    first: Option<Range<usize>>,
}

impl Unseen {
    /// Looks at a text; `place` says where a stretch of it is, by name and by bytes of a source.
    pub(crate) fn add(
        &mut self,
        text: &str,
        font: Option<Encoding>,
        place: impl Fn(Range<usize>) -> (String, Option<Range<usize>>),
    ) {
        look(text, font, &mut |kind, at| {
            let spots = self.kinds.entry(kind).or_default();
            spots.count += 1;
            if spots.lines.len() < MOST && spots.tried < 10 * MOST {
                spots.tried += 1;
                let (name, span) = place(at.clone());
                let line = format!("{name}: {}", told(kind, text, at));
                if spots.lines.contains(&line) {
                    // An office keeps some texts twice.
                    spots.same += 1;
                } else {
                    spots.lines.push(line);
                    spots.first = spots.first.take().or(span);
                }
            }
        });
    }

    /// The findings, one a kind.
    pub(crate) fn diagnostics(self, source: Option<&Arc<Source>>) -> Vec<Diagnostic> {
        // One question mark inside a word may be a slip.
        let is_told =
            |(kind, spots): &(Kind, Spots)| *kind != Kind::Questions || spots.count > 1;
        let all = self.kinds.into_iter().filter(is_told).map(|(kind, spots)| {
            let Spots { count, same, mut lines, first, .. } = spots;
            let more = count - same - lines.len();
            if more > 0 {
                lines.push(format!("… và {more} chỗ nữa"));
            }
            let diagnostic = kind.diagnostic().among(lines);
            match (source, first) {
                (Some(source), Some(span)) => diagnostic.at(source, span),
                _ => diagnostic,
            }
        });
        all.collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is told of a text.
    fn told_of(text: &str, font: Option<Encoding>) -> Vec<(Kind, String)> {
        let mut found = Vec::new();
        look(text, font, &mut |kind, at| found.push((kind, told(kind, text, at))));
        found
    }

    #[track_caller]
    fn tells(text: &str, kind: Kind, expected: &str) {
        assert_eq!(told_of(text, None), [(kind, expected.to_owned())], "{text:?}");
    }

    #[track_caller]
    fn is_silent(text: &str) {
        assert_eq!(told_of(text, None), [], "{text:?}");
    }

    #[test]
    fn tables_are_whole() {
        for (script, own, latin) in LIKE {
            assert_eq!(own.chars().count(), latin.chars().count(), "{script}");
            for c in own.chars() {
                assert!(is_foreign(c), "{c:?} {:X}", u32::from(c));
            }
        }
    }

    #[test]
    fn what_turns_letters_round_is_told() {
        tells(
            "số tiền \u{202E}000.1",
            Kind::Order,
            "“số tiền ⟨U+202E: dấu đổi chiều chữ⟩000.1”",
        );
        for c in
            "\u{202A}\u{202B}\u{202C}\u{202D}\u{2066}\u{2067}\u{2068}\u{2069}".chars()
        {
            assert_eq!(told_of(&format!("a{c}b"), None)[0].0, Kind::Order, "{c:?}");
        }
        tells("duyệt\u{E0041}\u{E0042} chi", Kind::Tag, "“duyệt⟨U+E0000…: “AB”⟩ chi”");
    }

    #[test]
    fn what_has_no_shape_is_told() {
        let rows = [
            ("Lào\u{200B}Cai", "“Lào⟨U+200B: dấu cách không bề rộng⟩Cai”"),
            (
                "Lào\u{200C}\u{200D}Cai",
                "“Lào⟨U+200C: dấu tách chữ⟩⟨U+200D: dấu nối chữ⟩Cai”",
            ),
            ("Lào \u{FEFF}Cai", "“Lào ⟨U+FEFF: dấu đầu tệp (BOM)⟩Cai”"),
            ("1.\u{AD}000", "“1.⟨U+00AD: gạch nối mềm⟩000”"),
            ("a\u{200E}", "“a⟨U+200E: dấu chiều chữ⟩”"),
            ("a\u{61C}", "“a⟨U+061C: dấu chiều chữ⟩”"),
            ("a\u{2028}b", "“a⟨U+2028: dấu ngắt dòng⟩b”"),
            ("a\u{FE0F}b", "“a⟨U+FE0F: dấu chọn dạng chữ⟩b”"),
            ("a\u{3164}b", "“a⟨U+3164: ký tự ẩn⟩b”"),
        ];
        for (text, expected) in rows {
            tells(text, Kind::Invisible, expected);
        }
        for c in "\u{34F}\u{115F}\u{1160}\u{180E}\u{2029}\u{2060}\u{2064}\u{FFA0}\u{FFF9}\u{2800}"
            .chars()
        {
            assert_eq!(told_of(&format!("a{c}b"), None)[0].0, Kind::Invisible, "{c:?}");
        }
        for text in [
            "chuyển\u{AD}đổi", // a soft hyphen of Word's
            "👨\u{200D}👩\u{200D}👧 ✔\u{FE0F} 1\u{FE0F}\u{20E3} ©\u{FE0F}",
            "العربية\u{200F} và",
            "क\u{94D}\u{200D}ष",
            "Lào\u{A0}Cai\tx\u{2011}y",
        ] {
            is_silent(text);
        }
    }

    #[test]
    fn marks_without_end_are_told_once() {
        tells(
            "a\u{300}\u{301}\u{302}\u{303}\u{304}b",
            Kind::Marks,
            "“a⟨U+0303: dấu thừa⟩b”",
        );
        tells("a \u{301}b", Kind::Marks, "“a ⟨U+0301: dấu thừa⟩b”");
        let many = "\u{301}".repeat(500_000);
        assert_eq!(told_of(&format!("a{many}"), None).len(), 1);
        is_silent("Cộng hòa, tiếng Việt".nfd().collect::<String>().as_str());
    }

    #[test]
    fn letters_that_look_like_others_are_told() {
        let wrong = [
            ("QÐ-TTg", "“Q⟨U+00D0 Ð: không phải Đ⟩-TTg”"),
            ("Ɖà Nẵng", "“⟨U+0189 Ɖ: không phải Đ⟩à Nẵng”"),
            ("ðô thị", "“⟨U+00F0 ð: không phải đ⟩ô thị”"),
            ("nǎm 2024", "“n⟨U+01CE ǎ: không phải ă⟩m 2024”"),
        ];
        for (text, expected) in wrong {
            tells(text, Kind::Wrong, expected);
        }
        let script = [
            ("tỉnh Lào Сai", "“tỉnh Lào ⟨U+0421 С: chữ Kirin, trông như C⟩ai”"),
            ("xã Viдt", "“xã Vi⟨U+0434 д: chữ Kirin⟩t”"),
            (
                "СА tỉnh",
                "“⟨U+0421 С: chữ Kirin, trông như C⟩⟨U+0410 А: chữ Kirin, trông như A⟩ tỉnh”",
            ),
            ("ΤP", "“⟨U+03A4 Τ: chữ Hy Lạp, trông như T⟩P”"),
            ("Tօàn", "“T⟨U+0585 օ: chữ Armenia, trông như o⟩àn”"),
            ("Ꮮào", "“⟨U+13DE Ꮮ: chữ Cherokee, trông như L⟩ào”"),
        ];
        for (text, expected) in script {
            tells(text, Kind::Script, expected);
        }
        let shape = [
            (
                "năm ２０２4",
                "“năm ⟨U+FF12 ２: trông như 2⟩⟨U+FF10 ０: trông như 0⟩⟨U+FF12 ２: trông như 2⟩4”",
            ),
            (
                "năm 𝟐𝟎𝟐4",
                "“năm ⟨U+1D7D0 𝟐: trông như 2⟩⟨U+1D7CE 𝟎: trông như 0⟩⟨U+1D7D0 𝟐: trông như 2⟩4”",
            ),
            ("ﬁ", "“⟨U+FB01 ﬁ: trông như fi⟩”"),
        ];
        for (text, expected) in shape {
            tells(text, Kind::Shape, expected);
        }
        for text in [
            "α, β, μ, Ω; 5 μm, 10 kΩ, Δt, µg, 10 °C, m²",
            "Москва và МОСКВА, Россия; с ним",
            "Αθήνα",
            "Guðrún Sigurðardóttir",
            "東京ＡＢＣ",
            "На",
            "±𝑧1−𝛼/2∙𝑠𝑒",
        ] {
            is_silent(text);
        }
    }

    #[test]
    fn letters_that_are_lost_are_told() {
        tells("Qu\u{FFFD}ng", Kind::Lost, "“Qu⟨U+FFFD: chữ đã mất⟩ng”");
        tells("a\u{1FFFF}", Kind::Lost, "“a⟨U+1FFFF: không phải ký tự⟩”");
        tells("a\u{F0B7}", Kind::Private, "“a⟨U+F0B7: ký tự riêng⟩”");
        tells("a\u{100000}", Kind::Private, "“a⟨U+100000: ký tự riêng⟩”");
        let questions = told_of("T?nh Qu?ng Tr?", None);
        assert_eq!(questions.len(), 2, "{questions:?}");
        for text in ["Sao?Vì", "https://a.vn/x?y=z", "Ai? Ở đâu?", "(?)"] {
            is_silent(text);
        }
        // One alone may be a slip.
        let told_in = |text: &str| {
            let mut unseen = Unseen::default();
            unseen.add(text, None, |_| (String::new(), None));
            unseen.diagnostics(None).len()
        };
        assert_eq!((told_in("T?nh"), told_in("T?nh Qu?ng")), (0, 1));
    }

    #[test]
    fn what_was_read_in_a_wrong_encoding_is_told_with_what_it_says() {
        for (text, expected) in [
            ("Táº¡o", "“Táº¡o” là “Tạo”"),
            ("KÃ³ mÆ°a", "“KÃ³” là “Kó”"),
            ("Ä‘á»“ng", "“Ä‘á»“ng” là “đồng”"),
            ("Ä‘i", "“Ä‘i” là “đi”"),
            ("chá»§", "“chá»§” là “chủ”"),
            ("â€œa", "“â€œa” là ““a”"),
            ("chÃ\u{AD}nh", "“chÃ\u{AD}nh” là “chính”"),
            ("TaÌ£o", "“TaÌ£o” là “Tạo”"),
            ("TÃ¡ÂºÂ¡o", "“TÃ¡ÂºÂ¡o” là “Tạo”"),
            ("CafÃ©", "“CafÃ©” là “Café”"),
            ("cĂ³", "“cĂ³” là “có”"),
            ("10Â°C", "“10Â°C” là “10°C”"),
        ] {
            let found = told_of(text, None);
            assert_eq!(
                found.first(),
                Some(&(Kind::Misread, expected.to_owned())),
                "{text:?}"
            );
        }
        for text in [
            "ỦY BAN NHÂN DÂN “XÔ”, “khá»… và “XÃ” và XÃ… XÃ\u{A0}HỘI “LÃ” CÃ–",
            "café, São Paulo, naïve, Zürich, Ångström, El Niño, Noël, François, Đỗ Ê",
            "nói «khá» và «ba»; 5 × 3 ÷ 2; ½; § 5; ±2; © VNPT ®",
        ] {
            is_silent(text);
        }
    }

    #[test]
    fn encodings_of_old_are_told_with_what_they_say() {
        for (text, expected) in [
            (
                "Céng hßa x· héi chñ nghÜa ViÖt Nam",
                "“Céng hßa x· héi chñ nghÜa ViÖt” là “Cộng hòa xã hội chủ nghĩa Việt”",
            ),
            ("§éc lËp - Tù do", "“§éc lËp” là “Độc lập”"),
            ("Kế hoạch của së: ng©n s¸ch", "“së: ng©n s¸ch” là “sở: ngân sách”"),
            ("ng©n", "“ng©n” là “ngân”"),
            ("§µ N½ng", "“§µ N½ng” là “Đà Nẵng”"),
            ("h\u{AD}íng dÉn", "“h\u{AD}íng dÉn” là “hướng dẫn”"),
        ] {
            let expected = expected.replace('\u{AD}', "");
            let found = told_of(text, None);
            let found: Vec<_> = found
                .into_iter()
                .map(|(kind, text)| (kind, text.replace('\u{AD}', "")))
                .collect();
            assert_eq!(found, [(Kind::Tcvn3, expected)], "{text:?}");
        }
        for (text, expected) in [
            (
                "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam",
                "“Coäng hoøa xaõ hoäi chuû nghóa Vieät” là “Cộng hòa xã hội chủ nghĩa Việt”",
            ),
            (
                "Ñoäc laäp - Töï do - Haïnh phuùc",
                "“Ñoäc laäp - Töï do - Haïnh phuùc” là “Độc lập - Tự do - Hạnh phúc”",
            ),
            ("QUAÛNG TRÒ", "“QUAÛNG” là “QUẢNG”"),
            (
                "kyõ thuaät, ñöôøng saét",
                "“kyõ thuaät, ñöôøng saét” là “kỹ thuật, đường sắt”",
            ),
        ] {
            tells(text, Kind::Vni, expected);
        }
        // One word is enough in a typeface that was made for it, and there it is not what it seems.
        for (text, font, kind, expected) in [
            ("HuÕ", Encoding::Tcvn3, Kind::Tcvn3, "“HuÕ” là “Huế”"),
            ("cã có", Encoding::Tcvn3, Kind::Tcvn3, "“cã có” là “có cú”"),
            ("Hueá", Encoding::Vni, Kind::Vni, "“Hueá” là “Huế”"),
        ] {
            assert_eq!(told_of(text, Some(font)), [(kind, expected.to_owned())]);
        }
        for text in [
            "thé, né",
            "HuÕ",
            "Loïc",
            "thoà khoá quá hoà ngoài",
            "5 µm, N·m, 10 kΩ",
            "El Niño año",
            "Le thé était très léché à Nîmes, où né Noël Loïc naïf",
        ] {
            let found = told_of(text, None);
            assert!(found.is_empty() || text == "thé, né", "{text:?} {found:?}");
        }
        assert_eq!(told_of("có tiếng Việt", Some(Encoding::Tcvn3)), []);
        assert_eq!(Encoding::of_font(".VnTimeH"), Some(Encoding::Tcvn3));
        assert_eq!(Encoding::of_font("VNI-Times"), Some(Encoding::Vni));
        assert_eq!(Encoding::of_font("Times New Roman"), None);
    }

    #[test]
    fn bytes_tell_their_encoding() {
        let latin = |text: &str| {
            text.chars().map(|c| u8::try_from(c).unwrap()).collect::<Vec<_>>()
        };
        let cases = [
            ("agency = \"Qu¶ng TrÞ\"", "TCVN3 (phông .VnTime)", "Quảng"),
            ("agency = \"Quaûng Trò\"", "VNI (phông VNI-Times)", "Quảng"),
            ("agency = \"QuaÒng Triò\"", "Windows-1258", "Quảng"),
        ];
        for (text, encoding, word) in cases {
            assert_eq!(guess(&latin(text)), Some((encoding, word.to_owned())), "{text}");
        }
        assert_eq!(guess(b"\xFF\xFEa\0"), Some(("UTF-16 (Unicode)", String::new())));
        assert_eq!(guess(&latin("name = \"für Señor\"")), None);
    }

    proptest! {
        #[test]
        fn vietnamese_is_never_told(
            picks in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..6_usize, 0..3_usize, 0..6_usize), 1..20),
        ) {
            let mut text = String::new();
            for (onset, rhyme, tone, case, gap) in picks {
                let word = syllable::compose(onset, rhyme, tone);
                let word = match case {
                    0 => word,
                    1 => word.to_uppercase(),
                    _ => {
                        let mut letters = word.chars();
                        let first = letters.next().map(|c| c.to_uppercase().to_string());
                        first.unwrap_or_default() + letters.as_str()
                    }
                };
                text.push_str(&word);
                text.push_str([" ", "\u{A0}", "” “", "… ", " – ", ", "][gap]);
            }
            let apart: String = text.nfd().collect();
            prop_assert_eq!(told_of(&text, None), []);
            prop_assert_eq!(told_of(&apart, None), []);
        }
    }
}
