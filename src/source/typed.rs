//! TOML as hands and word processors type it: curved quotes, days with slashes, blanks of
//! other kinds. What has one reading is put as TOML has it; all else stays for the parser.

use super::{Day, is_unseen};

/// Signs that people and their programs put around a text: ″ and ＂ are no quotes of any language.
const QUOTES: [char; 12] =
    ['"', '“', '”', '„', '‟', '«', '»', '″', '＂', '〝', '〞', '❞'];

/// And those in the place of a single quote.
const SINGLE: [char; 10] = ['\'', '‘', '’', '‚', '‛', '′', '´', '`', '‹', '›'];

/// Characters of the longest day, "ngày 18 tháng 12 năm 2023", and blanks between them.
const LONGEST_DAY: usize = 40;

/// Tells whether a character quotes, but not as TOML has it.
pub(super) fn is_curved(c: char) -> bool {
    !c.is_ascii() && (QUOTES.contains(&c) || SINGLE.contains(&c))
}

/// The text with what was not typed as TOML, but can only be meant so; valid TOML is never
/// changed, nor is any text between quotes. Lines stay lines.
pub(super) fn straightened(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = if c == '#' {
            until(rest, "\n")
        } else if rest.starts_with("\"\"\"") || rest.starts_with("'''") {
            many_lines(rest)
        } else if let Some(end) = closed(rest).filter(|end| is_end(&rest[*end..], true)) {
            end
        } else if QUOTES.contains(&c) || SINGLE.contains(&c) {
            if let Some((inner, end)) = quoted(rest) {
                push_string(&mut out, inner);
                rest = &rest[end..];
                continue;
            }
            until(rest, "\n")
        } else if let Some(end) = day(&out, rest) {
            push_string(&mut out, &rest[..end]);
            rest = &rest[end..];
            continue;
        } else if is_unseen(c) || (c.is_whitespace() && !c.is_ascii()) {
            out.push(' ');
            rest = &rest[c.len_utf8()..];
            continue;
        } else {
            c.len_utf8()
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out
}

/// Writes a string as TOML has it; what is escaped in it stays so.
fn push_string(out: &mut String, inner: &str) {
    out.push('"');
    let mut is_escaped = false;
    for c in inner.chars() {
        if c == '"' && !is_escaped {
            out.push('\\');
        }
        is_escaped = c == '\\' && !is_escaped;
        out.push(c);
    }
    out.push('"');
}

fn until(text: &str, end: &str) -> usize {
    text.find(end).unwrap_or(text.len())
}

/// Where a string of TOML ends that begins here with three quotes.
fn many_lines(text: &str) -> usize {
    let (quotes, inner) = text.split_at(3);
    let mut is_escaped = false;
    for (at, c) in inner.char_indices() {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' && quotes.starts_with('"') {
            is_escaped = true;
        } else if inner[at..].starts_with(quotes) {
            // The text itself may end with two.
            let rest = &inner[at + 3..];
            let own =
                rest.bytes().take(2).take_while(|byte| *byte == quotes.as_bytes()[0]);
            return at + 6 + own.count();
        }
    }
    text.len()
}

/// Where a string of TOML ends that begins here, and on this line.
fn closed(text: &str) -> Option<usize> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' => return None,
            _ if is_escaped => is_escaped = false,
            '\\' if quote == '"' => is_escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Tells whether what follows can follow a value or, behind a dot of TOML, a key.
fn is_end(rest: &str, is_toml: bool) -> bool {
    let next = rest.trim_start_matches([' ', '\t', '\u{a0}']).chars().next();
    next.is_none_or(|c| matches!(c, '\n' | '\r' | ',' | ']' | '}' | '#' | '='))
        || (is_toml && next == Some('.'))
}

/// Tells whether nothing else is on a line.
fn ends_line(rest: &str) -> bool {
    let next = rest.trim_start_matches([' ', '\t', '\u{a0}']).chars().next();
    next.is_none_or(|c| c == '\n')
}

/// A text between two signs on this line that quote, whichever they are, and where it ends.
fn quoted(text: &str) -> Option<(&str, usize)> {
    let first = text.chars().next()?;
    let is_double = QUOTES.contains(&first);
    let mut pairs = Pairs::default();
    for (at, c) in text.char_indices().skip(1).take_while(|(_, c)| *c != '\n') {
        let end = at + c.len_utf8();
        let is_own = if is_double { &QUOTES[..] } else { &SINGLE[..] }.contains(&c);
        let is_other = if is_double { &SINGLE[..] } else { &QUOTES[..] }.contains(&c);
        let is_last = (is_own && is_end(&text[end..], false))
            || (is_other && ends_line(&text[end..]));
        if is_last && pairs.are_closed() {
            return Some((&text[first.len_utf8()..at], end));
        }
        pairs.take(c, text[end..].chars().next())?;
    }
    None
}

/// The quotes within a text, as far as it is read: in pairs none of them is its end, or the
/// beginning of another.
#[derive(Default)]
struct Pairs {
    /// Signs that wait for their other half.
    open: [u32; 2],
    is_straight_open: bool,
    last: Option<char>,
}

impl Pairs {
    fn are_closed(&self) -> bool {
        self.open == [0, 0] && !self.is_straight_open
    }

    /// Reads on; none where a quote is half of no pair.
    fn take(&mut self, c: char, next: Option<char>) -> Option<()> {
        let [curved, angled] = &mut self.open;
        let is_word = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
        match c {
            '“' | '„' => *curved += 1,
            '”' => *curved = curved.checked_sub(1)?,
            '«' => *angled += 1,
            '»' => *angled = angled.checked_sub(1)?,
            '"' if self.last != Some('\\') => {
                let outside = if self.is_straight_open { next } else { self.last };
                let inside = if self.is_straight_open { self.last } else { next };
                if !is_word(inside) || outside.is_some_and(char::is_alphanumeric) {
                    return None;
                }
                self.is_straight_open = !self.is_straight_open;
            }
            _ => {}
        }
        self.last = Some(c);
        Some(())
    }
}

/// Where a day ends that stands here as a value without quotes, and is none of TOML.
fn day(before: &str, text: &str) -> Option<usize> {
    if text.starts_with(char::is_whitespace)
        || !before.trim_end_matches([' ', '\t']).ends_with('=')
    {
        return None;
    }
    let near = text.char_indices().nth(LONGEST_DAY).map_or(text, |(at, _)| &text[..at]);
    let value = near.split(['\n', '#', ',', '}']).next().unwrap_or_default().trim_end();
    let is_toml = value.parse::<toml::value::Datetime>().is_ok();
    // A day that no calendar has is told as such.
    let digits = |part: &str| part.parse::<u16>().is_ok();
    let is_slashed = value.split('/').count() == 3 && value.split('/').all(digits);
    (!is_toml && (is_slashed || Day::read(value).is_some())).then_some(value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_only_be_a_string_becomes_one() {
        for (typed, meant) in [
            ("agency = “Lào Cai”", r#"agency = "Lào Cai""#),
            ("banner = \"DỰ THẢO”", r#"banner = "DỰ THẢO""#),
            ("banner = “DỰ THẢO\"", r#"banner = "DỰ THẢO""#),
            ("a = ”A”", r#"a = "A""#),
            ("a = „A“", r#"a = "A""#),
            ("a = «A» # ghi chú “B”", "a = \"A\" # ghi chú “B”"),
            ("a = ‘d’A’", "a = \"d’A\""),
            ("a = 'A’", r#"a = "A""#),
            ("a = ‘A”", r#"a = "A""#),
            ("a = ＂A″", r#"a = "A""#),
            ("“agency” = “Lào Cai”", r#""agency" = "Lào Cai""#),
            ("[“issue”]\nnumber = “5”", "[\"issue\"]\nnumber = \"5\""),
            ("a = [“A”, \"B”,\n  “C\"]", "a = [\"A\", \"B\",\n  \"C\"]"),
            ("a = {b = “B”, c = “C”}", r#"a = {b = "B", c = "C"}"#),
            ("a = “Đề án “A”, giai đoạn 2”", "a = \"Đề án “A”, giai đoạn 2\""),
            ("a = “Đề án \"A\"”", r#"a = "Đề án \"A\"""#),
            ("a = \"Đề án \"A\" 2024\"", r#"a = "Đề án \"A\" 2024""#),
            ("a = \"Đề án \"A\"\"", r#"a = "Đề án \"A\"""#),
            ("a = [“Đề án “A”, “B””]", "a = [\"Đề án “A”, “B”\"]"),
            ("a = “C:\\\\T”", r#"a = "C:\\T""#),
            ("a\u{a0}=\u{a0}\u{200b}“A”\u{a0}", "a =  \"A\" "),
        ] {
            assert_eq!(straightened(typed), meant, "{typed}");
            assert!(toml::from_str::<toml::Table>(meant).is_ok(), "{meant}");
        }
    }

    #[test]
    fn a_bare_day_becomes_a_string() {
        for (typed, meant) in [
            ("date = 18/12/2023", "date = \"18/12/2023\""),
            ("date = 18-12-2023 # nháp", "date = \"18-12-2023\" # nháp"),
            ("date=2024–06–30\nb = 1", "date=\"2024–06–30\"\nb = 1"),
            ("date = 31/2/24", "date = \"31/2/24\""),
            ("date = 2024-6-30", "date = \"2024-6-30\""),
            ("a = { date = 1/2/2024 }", "a = { date = \"1/2/2024\" }"),
            ("date = ngày 1 tháng 2 năm 2024", "date = \"ngày 1 tháng 2 năm 2024\""),
        ] {
            assert_eq!(straightened(typed), meant, "{typed}");
            assert!(toml::from_str::<toml::Table>(meant).is_ok(), "{meant}");
        }
    }

    #[test]
    fn what_has_two_readings_or_none_stays() {
        for text in [
            "agency = “Lào Cai",
            "agency = \"Lào Cai",
            "a = [\"A, \"B\", \"C\"]",
            "a = [\"A, \"B, \"C\"]",
            "a = [\"Đề án \"A\", \"B\"]",
            "a = \"A\" B",
            "date = 18/12/2023 08:00",
            "subject = Chuyển đổi số",
            "budget = 1.234,5",
        ] {
            assert_eq!(straightened(text), text);
        }
    }

    #[test]
    fn toml_is_never_changed() {
        for text in [
            "a = \"“A” \\\" b = 18/12/2023\"",
            "a = 'C:\\'\nb = '“'",
            "a = \"\"\"\nb = 18/12/2023\nc = “C”\n\"\"\"\nd = '''“\n”'''",
            "# a = “A”, 18/12/2023",
            "18-12-2023 = 2023-12-18\n\"a\".b = 2023-12-18T08:00:00Z\n[1-2-2024]\n",
            "a = [ 1, 2.5, true, inf, 0x1F, 08:00:00 ]",
            "a = \"\"\nb = ''",
            "a = \"\"\"x \\\"\"\" “b” = 1/2/2024\n\"\"\"\"",
        ] {
            assert_eq!(straightened(text), text);
            assert!(toml::from_str::<toml::Table>(text).is_ok(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_the_parser_reads_is_left_to_it(pieces in proptest::collection::vec(
            proptest::sample::select(vec![
                "a", " = ", "\"", "'", "\"\"\"", "'''", "“", "”", "‘", "’", "»", "\\", "#", ",",
                "[", "]", "{", "}", ".", " ", "\u{a0}", "\n", "\nb = ", "1/2/2024", "2024-01-02",
                "1-2-2024", "= \"", "\"\nc = \"", "”\n",
            ]), 0..14,
        )) {
            let text = pieces.concat();
            let straight = straightened(&text);
            if toml::from_str::<toml::Table>(&text).is_ok() {
                proptest::prop_assert_eq!(&straight, &text);
            }
            let lines = |text: &str| text.matches('\n').count();
            proptest::prop_assert_eq!(lines(&straight), lines(&text));
        }
    }
}
