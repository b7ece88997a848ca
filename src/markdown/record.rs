//! The comment at the end of the Markdown that carries the record.

use std::fmt::Write;
use std::ops::Range;

/// What opens the comment with the record.
const RECORD_OPEN: &str = "<!-- khung-record:";

/// The record that the Markdown carries, without its comment; the last one in a text that a
/// mail program quoted, each line behind `>`.
#[must_use]
pub fn record(markdown: &str) -> Option<&str> {
    find_record(markdown).map(|(record, _)| record).or_else(|| quoted(markdown))
}

fn quoted(markdown: &str) -> Option<&str> {
    let start = markdown.rfind(RECORD_OPEN)?;
    let line = markdown[..start].rfind('\n').map_or(0, |end| end + 1);
    let is_quote = markdown[line..start].starts_with('>')
        && markdown[line..start].trim_matches(['>', ' ']).is_empty();
    let (record, _) = markdown[start + RECORD_OPEN.len()..].split_once("-->")?;
    (is_quote && record.split('>').all(is_base64)).then(|| record.trim())
}

/// The Markdown without a record at its end that was cut off.
pub(crate) fn without_torn_record(markdown: &str) -> &str {
    match markdown.rfind(RECORD_OPEN) {
        Some(start)
            if (start == 0 || markdown[..start].ends_with('\n'))
                && is_base64(&markdown[start + RECORD_OPEN.len()..]) =>
        {
            without_blank_line(&markdown[..start])
        }
        _ => markdown,
    }
}

/// The Markdown without the record at its end, and without the blank line before it.
///
/// A record in the middle (somebody typed below it) stays, but [`parse`](super::parse) skips it.
#[must_use]
pub fn without_record(markdown: &str) -> &str {
    match find_record(markdown) {
        Some((_, at)) if markdown[at.end..].trim().is_empty() => {
            without_blank_line(&markdown[..at.start])
        }
        _ => markdown,
    }
}

fn without_blank_line(body: &str) -> &str {
    let shorter = body.strip_suffix("\r\n").or_else(|| body.strip_suffix('\n'));
    shorter.filter(|text| text.is_empty() || text.ends_with('\n')).unwrap_or(body)
}

/// The Markdown with this record at its end, in the place of the one that it had; its lines
/// end as the others do.
#[must_use]
pub fn with_record(markdown: &str, record: &str) -> String {
    let mut out = without_record(markdown).to_owned();
    // A last line that was cut off within its end gets the rest of that.
    if out.ends_with('\r') {
        out.push('\n');
    }
    let is_windows = markdown.contains("\r\n") || out.ends_with("\r\n");
    let end = if is_windows { "\r\n" } else { "\n" };
    if let Some((_, at)) = find_record(&out) {
        out.replace_range(at, "");
    }
    if !out.is_empty() && !out.ends_with('\n') {
        out.push_str(end);
    }
    let _ = write!(out, "{end}{RECORD_OPEN} {record} -->{end}"); // writing to a string cannot fail
    out
}

/// Where the last record stands, comment and all.
pub(crate) fn record_range(markdown: &str) -> Option<Range<usize>> {
    find_record(markdown).map(|(_, at)| at)
}

/// The last record, and the range of its comment.
fn find_record(markdown: &str) -> Option<(&str, Range<usize>)> {
    let mut end = markdown.len();
    while let Some(start) = markdown[..end].rfind(RECORD_OPEN) {
        let inside = start + RECORD_OPEN.len();
        if (start == 0 || markdown[..start].ends_with(['\n', '\r']))
            && let Some(length) = markdown[inside..end].find("-->")
            && is_base64(&markdown[inside..inside + length])
        {
            let record = markdown[inside..inside + length].trim();
            return Some((record, start..inside + length + "-->".len()));
        }
        end = start;
    }
    None
}

fn is_base64(text: &str) -> bool {
    text.bytes().all(|b| {
        b.is_ascii_alphanumeric() || b.is_ascii_whitespace() || b"+/=-_".contains(&b)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::parse;

    #[test]
    fn the_record_comes_and_goes() {
        let markdown = "a\n";
        let first = with_record(markdown, "QUJD");
        assert_eq!(first, "a\n\n<!-- khung-record: QUJD -->\n");
        assert_eq!(record(&first), Some("QUJD"));
        assert_eq!(without_record(&first), markdown);
        assert_eq!(with_record(&first, "Eg=="), first.replace("QUJD", "Eg=="));
        let windows = first.replace('\n', "\r\n");
        assert_eq!(with_record("a\r\n", "QUJD"), windows);
        assert_eq!(with_record(&windows, "QUJD"), windows);
        assert_eq!(without_record(&windows), "a\r\n");
        assert_eq!(with_record("a\r", "QUJD"), windows);
        let below = first.clone() + "b\n";
        assert_eq!(record(&below), Some("QUJD"));
        assert_eq!(parse(&below).unwrap().sections[0].blocks.len(), 2);
        assert_eq!(record(markdown), None);
        assert_eq!(without_record(markdown), markdown);
        let quoted = "> a\n>\n> <!-- khung-record: QU\n> JD -->\n";
        assert_eq!(record(quoted), Some("QU\n> JD"));
        assert_eq!(without_record(quoted), quoted);
        assert_eq!(without_torn_record("a\n\n<!-- khung-record: QU"), "a\n");
        assert_eq!(without_torn_record(&first), first);
    }
}
