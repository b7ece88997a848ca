//! Reads TOML item by item, so that one mistake hides no other.

use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::diagnostic::{Code, Diagnostic};

/// A text file: its name as the user knows it, and its text in NFC without a BOM.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// Name for messages: a path as the user typed it, never an absolute one.
    pub name: String,
    /// The text, NFC, no byte-order mark.
    pub text: String,
}

impl Source {
    /// Decodes a file.
    ///
    /// # Errors
    /// A diagnostic when the bytes are not UTF-8.
    pub fn new(name: impl Into<String>, bytes: &[u8]) -> Result<Arc<Self>, Diagnostic> {
        let name = name.into();
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                let text =
                    if is_nfc(text) { text.to_owned() } else { text.nfc().collect() };
                Ok(Arc::new(Self { name, text }))
            }
            Err(error) => {
                let at = error.valid_up_to();
                let message = format!(
                    "tệp {name} không phải văn bản UTF-8 (byte thứ {} không hợp lệ)",
                    at + 1
                );
                let hint =
                    "Mở tệp bằng trình soạn thảo văn bản, lưu lại với bảng mã UTF-8.";
                let empty = Arc::new(Self { name, text: String::new() });
                Err(Diagnostic::error(Code::NotUtf8, message, hint).at(&empty, 0..0))
            }
        }
    }
}

/// One table of a TOML file, to be read into a draft type.
pub struct Item<'s> {
    source: Arc<Source>,
    value: Spanned<DeValue<'s>>,
}

/// A TOML file cut into its top-level entries.
pub struct Items<'s> {
    source: Arc<Source>,
    entries: Vec<(Spanned<String>, Spanned<DeValue<'s>>)>,
}

impl<'s> Items<'s> {
    /// Parses a file as far as it can be parsed; syntax errors go to `diagnostics`.
    pub fn parse(source: &'s Arc<Source>, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let (table, errors) = DeTable::parse_recoverable(&source.text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            diagnostics.push(
                Diagnostic::error(
                    Code::Syntax,
                    syntax_message(error.message()),
                    SYNTAX_HINT,
                )
                .at(source, span),
            );
        }
        let mut entries = Vec::new();
        for (key, value) in table.into_inner() {
            check_characters(source, &value, diagnostics);
            let key = Spanned::new(key.span(), key.into_inner().into_owned());
            entries.push((key, value));
        }
        Self { source: Arc::clone(source), entries }
    }

    /// Takes every table of the array `key`; anything else there is an error.
    pub fn array(
        &mut self,
        key: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Item<'s>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let span = value.span();
        let DeValue::Array(items) = value.into_inner() else {
            diagnostics.push(
                Diagnostic::error(
                    Code::WrongType,
                    format!("`{key}` phải là danh sách bảng"),
                    format!("Viết mỗi mục dưới một dòng `[[{key}]]`."),
                )
                .at(&self.source, span),
            );
            return Vec::new();
        };
        let item = |item| self.table_item(key, item, diagnostics);
        items.into_iter().filter_map(item).collect()
    }

    /// Takes the table `key`, when it is there.
    pub fn table(
        &mut self,
        key: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Item<'s>> {
        let value = self.take(key)?;
        self.table_item(key, value, diagnostics)
    }

    /// Tells whether `key` is there and holds a table.
    #[must_use]
    pub fn is_table(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, value)| {
            name.get_ref() == key && matches!(value.get_ref(), DeValue::Table(_))
        })
    }

    /// Everything not yet taken, as one table: the file's own keys.
    #[must_use]
    pub fn rest(self) -> Item<'s> {
        let mut table = DeTable::new();
        for (key, value) in self.entries {
            let span = key.span();
            table.insert(Spanned::new(span, key.into_inner().into()), value);
        }
        Item { source: self.source, value: Spanned::new(0..0, DeValue::Table(table)) }
    }

    fn take(&mut self, key: &str) -> Option<Spanned<DeValue<'s>>> {
        let at = self.entries.iter().position(|(name, _)| name.get_ref() == key)?;
        Some(self.entries.remove(at).1)
    }

    fn table_item(
        &self,
        key: &str,
        value: Spanned<DeValue<'s>>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Item<'s>> {
        if matches!(value.get_ref(), DeValue::Table(_)) {
            return Some(Item { source: Arc::clone(&self.source), value });
        }
        diagnostics.push(
            Diagnostic::error(
                Code::WrongType,
                format!("`{key}` phải là một bảng"),
                format!(
                    "Viết `[{key}]` trên một dòng riêng, các khóa ở những dòng dưới."
                ),
            )
            .at(&self.source, value.span()),
        );
        None
    }
}

impl Item<'_> {
    /// Where the item stands.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.value.span()
    }

    /// Reads the item into a draft type all of whose fields are optional.
    ///
    /// serde stops at the first problem; so the entry at fault is reported, taken out, and
    /// the rest read again, until nothing is left to complain about.
    pub fn read<T: DeserializeOwned + Default>(
        mut self,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> T {
        loop {
            let error = match T::deserialize(ValueDeserializer::from(self.value.clone()))
            {
                Ok(draft) => return draft,
                Err(error) => error,
            };
            let span = error.span().unwrap_or_else(|| self.value.span());
            let (key, value_span) = match remove(&mut self.value, &span) {
                Some(removed) => removed,
                None => (String::new(), span.clone()),
            };
            diagnostics.push(
                explain(error.message(), &key)
                    .at(&self.source, if key.is_empty() { value_span } else { span }),
            );
            if key.is_empty() {
                return T::default();
            }
        }
    }
}

/// Removes the innermost entry of a table whose key or value holds `span`.
fn remove(
    value: &mut Spanned<DeValue<'_>>,
    span: &Range<usize>,
) -> Option<(String, Range<usize>)> {
    let holds = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    match value.get_mut() {
        DeValue::Table(table) => {
            let mut at_fault = None;
            for (key, entry) in table.iter_mut() {
                if let Some(inner) = remove(entry, span) {
                    return Some(inner);
                }
                if holds(key.span()) || holds(entry.span()) {
                    at_fault = Some((key.get_ref().to_string(), entry.span()));
                }
            }
            let (key, span) = at_fault?;
            table.remove(key.as_str());
            Some((key, span))
        }
        DeValue::Array(items) => items.iter_mut().find_map(|item| remove(item, span)),
        _ => None,
    }
}

/// Says in Vietnamese what serde says in English.
fn explain(message: &str, key: &str) -> Diagnostic {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field") {
        let known = quoted.get(1..).unwrap_or_default();
        return Diagnostic::error(
            Code::UnknownKey,
            format!("không có khóa `{key}` ở đây"),
            suggest(key, known.iter().copied()),
        );
    }
    if message.starts_with("unknown variant") {
        let known = quoted.get(1..).unwrap_or_default();
        let given = quoted.first().copied().unwrap_or_default();
        return Diagnostic::error(
            Code::BadValue,
            format!("`{key}` không nhận giá trị \"{given}\""),
            suggest(given, known.iter().copied()),
        );
    }
    let expected = message.split("expected ").nth(1).unwrap_or(message);
    Diagnostic::error(
        Code::WrongType,
        format!("`{key}` có giá trị sai kiểu"),
        format!("Cần {}.", type_name(expected)),
    )
}

fn type_name(expected: &str) -> String {
    let known = [
        ("a string", "một chuỗi trong dấu nháy kép, ví dụ \"…\""),
        ("string", "một chuỗi trong dấu nháy kép, ví dụ \"…\""),
        ("a sequence", "một danh sách trong ngoặc vuông, ví dụ [\"…\", \"…\"]"),
        ("a boolean", "true hoặc false"),
        ("a map", "một bảng, ví dụ { khoa = \"…\" }"),
        ("a TOML datetime", "một ngày, viết 2023-12-18 (không có dấu nháy)"),
        ("a Datetime", "một ngày, viết 2023-12-18 (không có dấu nháy)"),
        ("i", "một số nguyên"),
        ("u", "một số nguyên không âm"),
        ("struct", "một bảng, ví dụ { khoa = \"…\" }"),
    ];
    known.iter().find(|(english, _)| expected.starts_with(english)).map_or_else(
        || format!("giá trị khác ({expected})"),
        |(_, text)| (*text).to_owned(),
    )
}

const SYNTAX_HINT: &str = "Sửa dòng này theo cú pháp TOML: khóa = giá trị; chuỗi đặt trong \
    dấu nháy kép; dấu \\ trong chuỗi viết thành \\\\.";

fn syntax_message(message: &str) -> String {
    let known = [
        ("duplicate key", "khóa này đã có ở trên"),
        (
            "invalid basic string",
            "chuỗi chưa đóng dấu nháy hoặc có ký tự không được phép",
        ),
        ("unclosed", "thiếu dấu đóng"),
        ("missing value", "thiếu giá trị"),
        ("extra", "thừa ký tự"),
        ("string values must be quoted", "chuỗi phải đặt trong dấu nháy kép"),
        ("value is out of range", "ngày hoặc giờ không tồn tại"),
        ("invalid date", "ngày hoặc giờ không tồn tại"),
        ("datetime", "ngày hoặc giờ không tồn tại"),
    ];
    let lower = message.to_lowercase();
    known.iter().find(|(english, _)| lower.contains(english)).map_or_else(
        || format!("sai cú pháp TOML ({})", message.trim()),
        |(_, text)| format!("sai cú pháp TOML: {text} ({})", message.trim()),
    )
}

fn check_characters(
    source: &Arc<Source>,
    value: &Spanned<DeValue<'_>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    match value.get_ref() {
        DeValue::String(text) => {
            if let Some(c) = text.chars().find(|c| !is_document_character(*c)) {
                diagnostics.push(
                    Diagnostic::error(
                        Code::ControlCharacter,
                        format!("chuỗi có ký tự điều khiển U+{:04X}", u32::from(c)),
                        "Xóa ký tự này: văn bản Word không chứa được nó.",
                    )
                    .at(source, value.span()),
                );
            }
        }
        DeValue::Array(items) => {
            for item in items {
                check_characters(source, item, diagnostics);
            }
        }
        DeValue::Table(table) => {
            for (_, entry) in table {
                check_characters(source, entry, diagnostics);
            }
        }
        _ => {}
    }
}

/// Tells whether XML 1.0 (clause 2.2) can hold the character.
#[must_use]
pub fn is_document_character(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
        && !matches!(c, '\u{7F}'..='\u{9F}')
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
