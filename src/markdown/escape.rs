//! Escapes what people typed, so that Markdown gives it back letter for letter.

use std::fmt::Write;

use crate::source::line_feeds;

/// Escapes a value so that the parser gives it back letter for letter wherever it stands.
///
/// Line breaks become `<br>`; the result never holds a line feed.
#[must_use]
pub fn escape(text: &str) -> String {
    let text = line_feeds(text);
    if matches!(&*text, "\n" | "\r") {
        return "&#10;".to_owned(); // a lone `<br>` would begin an HTML block
    }
    let mut out = String::with_capacity(text.len() + 8);
    for (index, line) in text.split(['\n', '\r']).enumerate() {
        if index > 0 {
            out.push_str("<br>");
        }
        escape_line(&mut out, line);
    }
    out
}

fn escape_line(out: &mut String, line: &str) {
    let is_blank = |c: char| c.is_whitespace() || c == '\u{feff}';
    let rest = line.trim_start_matches(is_blank);
    let core = rest.trim_end_matches(is_blank);
    escape_blanks(out, &line[..line.len() - rest.len()]);
    let dot = list_marker(core);
    let hashes = core.trim_end_matches('#').len();
    for (at, c) in core.char_indices() {
        let after = &core[at + c.len_utf8()..];
        let special = match c {
            '\\' if after.is_empty() => {
                out.push_str("&#92;"); // `\\|` would join two cells
                continue;
            }
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '|' | '~' | '$' => true,
            '&' => may_begin_entity(after),
            '#' => at == 0 || at == hashes,
            '>' | '-' | '+' | '=' => at == 0,
            ':' => at == 0 && after.starts_with('-'),
            _ => dot == Some(at),
        };
        if special {
            out.push('\\');
        }
        out.push(c);
    }
    escape_blanks(out, &rest[core.len()..]);
}

fn escape_blanks(out: &mut String, blanks: &str) {
    for c in blanks.chars() {
        let _ = write!(out, "&#{};", u32::from(c)); // writing to a string cannot fail
    }
}

/// Where the `.` or `)` stands if the line would begin an ordered list.
fn list_marker(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let after = line[digits..].strip_prefix(['.', ')'])?;
    let ends = after.is_empty() || after.starts_with(char::is_whitespace);
    (digits > 0 && ends).then_some(digits)
}

fn may_begin_entity(after: &str) -> bool {
    let name = after.strip_prefix('#').unwrap_or(after);
    let rest = name.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    rest.is_empty() || rest.starts_with(';')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{BlockKind, Heading, Inline, Style, Text};
    use crate::markdown::parse;
    use proptest::prelude::*;

    fn kinds(markdown: &str) -> Vec<BlockKind> {
        let sections = parse(markdown).unwrap().sections;
        sections.into_iter().flat_map(|s| s.blocks).map(|block| block.kind).collect()
    }

    fn styled(text: &str, style: &Style) -> Text {
        let mut styled = Text::default();
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                styled.0.push(Inline::Break);
            }
            styled.push(line, style);
        }
        styled
    }

    fn plain(text: &str) -> Text {
        styled(text, &Style::default())
    }

    /// The value as the parser reads it in each position.
    fn positions(value: &str) -> Vec<(&'static str, Vec<BlockKind>)> {
        let escaped = escape(value);
        assert!(!escaped.contains(['\n', '\r']), "{escaped:?}");
        let frames = [
            ("paragraph", "@"),
            ("middle", "trước @ sau"),
            ("second line", "trước\n@\nsau"),
            ("item", "- @"),
            ("ordered", "1. @"),
            ("heading", "### 1. @"),
            ("quote", "> @"),
            ("bold", "**@**"),
            ("cell", "| a | b |\n|---|---|\n| <!-- x --> @ | @ |\n|@|@|\n"),
            ("header", "| @ | @ |\n|---|---|\n"),
        ];
        frames.map(|(name, frame)| (name, kinds(&frame.replace('@', &escaped)))).into()
    }

    fn comes_back(value: &str) {
        if value.is_empty() {
            return;
        }
        let normal = value.replace("\r\n", "\n").replace('\r', "\n");
        // A soft break beside a line break is no space.
        let before = if normal.starts_with('\n') && normal != "\n" { "" } else { " " };
        let after = if normal.ends_with('\n') { "" } else { " " };
        let joined = format!("trước{before}{normal}{after}sau");
        let text = plain(&normal);
        for (name, found) in positions(value) {
            let expected = match name {
                "paragraph" => BlockKind::Paragraph(text.clone()),
                "middle" => BlockKind::Paragraph(plain(&format!("trước {normal} sau"))),
                "second line" => BlockKind::Paragraph(plain(&joined)),
                "item" => BlockKind::Item { depth: 0, number: None, text: text.clone() },
                "ordered" => {
                    BlockKind::Item { depth: 0, number: Some(1), text: text.clone() }
                }
                "quote" => BlockKind::Quote(text.clone()),
                "heading" => BlockKind::Heading(Heading {
                    level: 3,
                    number: Some("1.".to_owned()),
                    text: text.clone(),
                }),
                "bold" => {
                    let bold = Style { bold: true, ..Style::default() };
                    BlockKind::Paragraph(styled(&normal, &bold))
                }
                _ => {
                    let [BlockKind::Table(table)] = &found[..] else {
                        panic!("{name}: {found:?}")
                    };
                    let body = usize::from(name == "cell");
                    for cell in table.rows[body..].iter().flat_map(|row| &row.cells) {
                        assert_eq!(cell, &text, "{name}: {}", escape(value));
                    }
                    continue;
                }
            };
            assert_eq!(found, [expected], "{name}: {}", escape(value));
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_back(value in r"\PC{0,40}") {
            comes_back(&value);
        }

        #[test]
        fn markup_comes_back(value in "[-+*#>=_`~|<!&;:/$\\\\\\[\\]() .a1\n\r\u{a0}]{0,12}") {
            comes_back(&value);
        }
    }

    #[test]
    fn hostile_values_come_back() {
        for value in [
            "|",
            "*",
            "<",
            "[",
            "#",
            "##",
            "a #",
            "a##",
            "<!-- khung: x -->",
            "===",
            "---",
            "1.",
            "1. a",
            "12) b",
            "-",
            "+",
            ">",
            "~~~",
            "```",
            "$x$",
            "&amp;",
            "&lt;",
            "&#32;",
            "&",
            "a&b",
            "https://a_b_c",
            ":::",
            ":-:",
            "a\\",
            "\\|",
            "\\",
            "\\\\",
            "   ",
            "\t",
            "    a",
            "a\nb",
            "a\r\nb\rc",
            "\n",
            "\n\n",
            "a\n",
            "\na",
            "# a\n# b",
            "![a](b)",
            "[a]: b",
            "[^1]: a",
            "[x] a",
            "<br>",
            "**a**",
            "\u{feff}a",
            "\u{a0}",
        ] {
            comes_back(value);
        }
    }

    #[test]
    fn ordinary_text_is_not_escaped() {
        for text in [
            "Tỉnh Lào Cai",
            "749/QĐ-TTg",
            "01/3/2024",
            "12.3.2024",
            "laocai.gov.vn",
            "R & D",
        ] {
            assert_eq!(escape(text), text);
        }
    }
}
