//! Reads TOML item by item, so that one mistake hides no other and is told only once.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use serde::de::{self, DeserializeOwned, Deserializer, Visitor};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

use super::wording::{
    control_character, explain, missing, no_target, syntax, too_deep, unknown_key,
};
use super::{LONGEST, Source, is_document_character, lay};
use crate::diagnostic::{Code, Diagnostic};
use crate::unseen::Unseen;

/// Tables inside tables; catalogues and profiles need four.
const DEEPEST: usize = 16;

/// Findings about one file, or one item, after which the rest waits for the next round.
const MOST: usize = 100;

/// A TOML file cut into its top-level entries; or several, which lie over each other.
pub struct Items<'s> {
    file: Rc<File>,
    /// The lowest first.
    sheets: Vec<Sheet<'s>>,
    known: Vec<&'static str>,
    is_given_up: bool,
}

/// What one of the files holds that is not taken yet.
struct Sheet<'s> {
    /// Where the file begins.
    start: usize,
    layer: usize,
    entries: Entries<'s>,
}

/// One table of a TOML file, to be read into a draft type.
pub struct Item<'s> {
    file: Rc<File>,
    span: Range<usize>,
    table: DeTable<'s>,
    /// Keys that are there, but whose value was already complained about.
    at_fault: Vec<String>,
    /// Keys that somebody else reads.
    known: Vec<&'static str>,
    /// The number of the layer that it comes from, whatever lies over it.
    layer: usize,
    /// The ids below the layer that adds it: those that it may have meant to override.
    below: Option<Rc<[String]>>,
}

/// What all items of a file share.
struct File {
    source: Arc<Source>,
    /// What was complained about: values there are not to be judged a second time.
    broken: Vec<Range<usize>>,
}

impl<'s> Items<'s> {
    /// Parses a file as far as it can be parsed; syntax errors go to `diagnostics`.
    pub fn parse(source: &'s Arc<Source>, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let (mut broken, mut sheets) = (Vec::new(), Vec::new());
        let mut is_given_up = false;
        for (start, layer, file) in source.files() {
            let (mut entries, mut torn) = cut(file, diagnostics);
            is_given_up |= torn.contains(&(0..file.text.len()));
            if start > 0 {
                let shift = |(key, value): (Spanned<String>, _)| {
                    let span = lay::shifted_span(key.span(), start);
                    (Spanned::new(span, key.into_inner()), lay::shifted(value, start))
                };
                entries = entries.into_iter().map(shift).collect();
                torn = torn.into_iter().map(|at| lay::shifted_span(at, start)).collect();
            }
            broken.append(&mut torn);
            sheets.push(Sheet { start, layer, entries });
        }
        let file = Rc::new(File { source: Arc::clone(source), broken });
        Self { file, sheets, known: Vec::new(), is_given_up }
    }

    /// Tells whether some of the file could not be read.
    #[must_use]
    pub(crate) fn is_torn(&self) -> bool {
        !self.file.broken.is_empty()
    }

    /// Tells whether nothing of a file was read.
    #[must_use]
    pub(crate) fn is_given_up(&self) -> bool {
        self.is_given_up
    }

    /// The number of the layer that brings the lowest of the files.
    #[must_use]
    pub(crate) fn layer(&self) -> usize {
        self.sheets.first().map_or(0, |sheet| sheet.layer)
    }

    /// Takes the keys that each layer has of its own: an item a layer, the lowest first.
    pub(crate) fn heads(&mut self, keys: &[&str]) -> Vec<Item<'s>> {
        let mut heads = Vec::new();
        for sheet in self.sheets.iter_mut().filter(|sheet| sheet.layer > 0) {
            let is_of_head = |(key, _): &mut (Spanned<String>, _)| {
                keys.contains(&key.get_ref().as_str())
            };
            let head = sheet.entries.extract_if(.., is_of_head).collect();
            heads.push(sheet.whole(&self.file, head));
        }
        heads
    }

    /// Takes the entries of a list, those of a layer laid over those below by their ids, and
    /// reports what each lacks; of one that overrides nothing that alone.
    pub(crate) fn entries(
        &mut self,
        key: &'static str,
        required: &[&str],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Item<'s>> {
        let mut items = self.array(key, diagnostics);
        items.retain_mut(|item| item.has(key, required, diagnostics));
        items
    }

    /// Takes every table of the array `key`; anything else there is an error.
    pub fn array(
        &mut self,
        key: &'static str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Vec<Item<'s>> {
        let hint = format!("Viết mỗi mục dưới một dòng `[[{key}]]`.");
        let mut all = Vec::new();
        for (layer, value) in self.take(key) {
            let span = value.span();
            let DeValue::Array(items) = value.into_inner() else {
                diagnostics.push(
                    Diagnostic::error(
                        Code::WrongType,
                        format!("`{key}` phải là danh sách bảng"),
                        &hint,
                    )
                    .at(&self.file.source, span),
                );
                continue;
            };
            let tables = items.into_iter();
            let items: Vec<Item<'s>> = tables
                .filter_map(|item| {
                    self.table_item(key, (layer, item), &hint, diagnostics)
                })
                .collect();
            if all.is_empty() {
                all = items;
            } else {
                lay::entries(&mut all, items, diagnostics);
            }
        }
        all
    }

    /// Takes the table `key`, when it is there.
    pub fn table(
        &mut self,
        key: &'static str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Item<'s>> {
        let hint =
            format!("Viết `[{key}]` trên một dòng riêng, các khóa ở những dòng dưới.");
        let values = self.take(key).into_iter();
        let tables =
            values.filter_map(|value| self.table_item(key, value, &hint, diagnostics));
        tables.reduce(Item::under)
    }

    /// Tells whether `key` is there and holds a table.
    #[must_use]
    pub fn is_table(&self, key: &str) -> bool {
        self.sheets.iter().flat_map(|sheet| &sheet.entries).any(|(name, value)| {
            name.get_ref() == key && matches!(value.get_ref(), DeValue::Table(_))
        })
    }

    /// Tells whether `key` is not there; a line that could not be read may hold any key.
    #[must_use]
    pub fn lacks(&self, key: &str) -> bool {
        let mut entries = self.sheets.iter().flat_map(|sheet| &sheet.entries);
        self.file.broken.is_empty() && entries.all(|(name, _)| name.get_ref() != key)
    }

    /// Everything not yet taken, as one table: the file's own keys.
    #[must_use]
    pub fn rest(self) -> Item<'s> {
        let sheets = self.sheets.into_iter();
        let rests = sheets.map(|mut sheet| {
            let entries = std::mem::take(&mut sheet.entries);
            sheet.whole(&self.file, entries)
        });
        let nothing = || Item::new(Rc::clone(&self.file), 0..0, DeTable::new());
        let rest = rests.reduce(Item::under).unwrap_or_else(nothing);
        Item { known: self.known, ..rest }
    }

    /// Takes what the files have under `key`, each value with the number of its layer.
    fn take(&mut self, key: &'static str) -> Vec<(usize, Spanned<DeValue<'s>>)> {
        self.known.push(key);
        let of_sheet = |sheet: &mut Sheet<'s>| {
            let mut entries = sheet.entries.iter();
            let at = entries.position(|(name, _)| name.get_ref() == key)?;
            Some((sheet.layer, sheet.entries.remove(at).1))
        };
        self.sheets.iter_mut().filter_map(of_sheet).collect()
    }

    fn table_item(
        &self,
        key: &str,
        (layer, value): (usize, Spanned<DeValue<'s>>),
        hint: &str,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Option<Item<'s>> {
        let span = value.span();
        if let DeValue::Table(table) = value.into_inner() {
            return Some(Item { layer, ..Item::new(Rc::clone(&self.file), span, table) });
        }
        if !self.file.is_broken(&span) {
            diagnostics.push(
                Diagnostic::error(
                    Code::WrongType,
                    format!("`{key}` phải là một bảng"),
                    hint,
                )
                .at(&self.file.source, span),
            );
        }
        None
    }
}

impl<'s> Sheet<'s> {
    /// Entries of the file as one table.
    fn whole(&self, file: &Rc<File>, entries: Entries<'s>) -> Item<'s> {
        let entries = entries.into_iter().map(|(key, value)| {
            let span = key.span();
            (Spanned::new(span, key.into_inner().into()), value)
        });
        let span = self.start..self.start;
        let item = Item::new(Rc::clone(file), span, entries.collect());
        Item { layer: self.layer, ..item }
    }
}

/// The entries of one file.
type Entries<'s> = Vec<(Spanned<String>, Spanned<DeValue<'s>>)>;

/// Parses one file into its entries, and tells which stretches of it are not to be judged.
fn cut<'s>(
    source: &'s Arc<Source>,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Entries<'s>, Vec<Range<usize>>) {
    let mut broken = Vec::new();
    let mut entries = Vec::new();
    let whole = 0..source.text.len();
    if source.text.len() > LONGEST {
        diagnostics.push(
            Diagnostic::error(
                Code::TooLarge,
                format!("tệp lớn hơn {} MiB", LONGEST >> 20),
                "Kiểm tra lại tên tệp; hồ sơ và danh mục là tệp văn bản ngắn.",
            )
            .at(source, 0..0),
        );
        return (entries, vec![whole]);
    }
    if let Some(found) = merge_markers(source).or_else(|| single_brackets(source)) {
        diagnostics.push(found);
        return (entries, vec![whole]);
    }
    let (table, errors) = parse(source);
    for error in errors.iter().take(MOST) {
        let span = error.span().unwrap_or(0..0);
        if broken.iter().any(|told: &Range<usize>| told.start == span.start) {
            continue; // told already, otherwise
        }
        let found = syntax(error.message(), line_at(source, &span));
        diagnostics.push(found.at(source, span.clone()));
        broken.push(span);
    }
    let mut wrong = Vec::new();
    for (key, mut value) in table.into_inner() {
        check_depth(&mut value, DEEPEST, &mut wrong);
        check_characters(&value, &mut wrong);
        let key = Spanned::new(key.span(), key.into_inner().into_owned());
        entries.push((key, value));
    }
    for (finding, span) in wrong {
        if !is_broken(&broken, &span) {
            diagnostics.push(finding.at(source, span.clone()));
        }
        broken.push(span);
    }
    let mut unseen = Unseen::default();
    for (_, value) in &entries {
        look(value, source, &mut unseen);
    }
    diagnostics.extend(unseen.diagnostics(Some(source)));
    (entries, broken)
}

impl File {
    /// Tells whether something wrong lies in `span` or at its ends.
    fn is_broken(&self, span: &Range<usize>) -> bool {
        is_broken(&self.broken, span)
    }

    /// Takes what is wrong out of a list, when it lies in some of its elements.
    fn repair(&self, value: &mut Spanned<DeValue<'_>>) -> bool {
        let DeValue::Array(items) = value.get_mut() else { return false };
        let count = items.len();
        let all = std::mem::replace(items, DeArray::new());
        *items = all.into_iter().filter(|item| !self.is_broken(&item.span())).collect();
        items.len() < count
    }
}

/// Lines that git left where it could not merge two versions; one finding for them all.
fn merge_markers(source: &Arc<Source>) -> Option<Diagnostic> {
    let mut at = 0;
    let mut lines = source.text.split_inclusive('\n').map(|line| {
        at += line.len();
        (at - line.len(), line.trim_end())
    });
    let (start, line) = lines.find(|(_, line)| {
        ["<<<<<<< ", ">>>>>>> "].iter().any(|mark| line.starts_with(mark))
    })?;
    let found = Diagnostic::error(
        Code::MergeMarkers,
        "tệp còn những dòng git để lại khi không trộn được hai bản",
        "Ở mỗi chỗ, giữ một trong hai đoạn rồi xóa các dòng <<<<<<<, ======= và >>>>>>>.",
    );
    Some(found.at(source, start..start + line.len()))
}

/// A table in single brackets among those of its list: the parser would complain of each.
fn single_brackets(source: &Arc<Source>) -> Option<Diagnostic> {
    let mut at = 0;
    let mut single = Vec::new();
    let mut lists = BTreeSet::new();
    for line in source.text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let text = line.trim();
        let list = text.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]"));
        let table = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match (list, table) {
            (Some(name), _) => drop(lists.insert(name)),
            (None, Some(name))
                if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') =>
            {
                single.push((name, start..start + line.trim_end().len()));
            }
            _ => {}
        }
    }
    let (name, span) = single.into_iter().find(|(name, _)| lists.contains(name))?;
    let found = Diagnostic::error(
        Code::WrongType,
        format!("`[{name}]` phải có hai cặp ngoặc như các mục cùng loại"),
        format!("Viết `[[{name}]]`."),
    );
    Some(found.at(source, span))
}

/// The line on which something stands, or begins.
fn line_at<'s>(source: &'s Source, span: &Range<usize>) -> &'s str {
    let (before, behind) = source.text.split_at(span.start);
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let end = behind.find('\n').map_or(source.text.len(), |end| span.start + end);
    &source.text[start..end]
}

/// Parses the text; a second time without the lines at which the parser gives up.
fn parse(source: &Source) -> (Spanned<DeTable<'_>>, Vec<toml::de::Error>) {
    let gives_up =
        |error: &toml::de::Error| error.message().starts_with("key with no value");
    let (table, mut errors) = DeTable::parse_recoverable(&source.text);
    if !errors.iter().any(gives_up) {
        return (table, errors);
    }
    errors.retain(gives_up);
    let text = source.readable.get_or_init(|| {
        let mut bytes = source.text.clone().into_bytes();
        for at in errors.iter().filter_map(toml::de::Error::span) {
            let start = source.text[..at.start].rfind('\n').map_or(0, |end| end + 1);
            let line = bytes[start..].iter_mut().take_while(|byte| **byte != b'\n');
            line.for_each(|byte| *byte = b' ');
        }
        String::from_utf8(bytes).unwrap_or_default()
    });
    let (table, rest) = DeTable::parse_recoverable(text);
    errors.extend(rest);
    (table, errors)
}

fn is_broken(broken: &[Range<usize>], span: &Range<usize>) -> bool {
    broken.iter().any(|at| span.start <= at.end && at.start <= span.end)
}

impl<'s> Item<'s> {
    fn new(file: Rc<File>, span: Range<usize>, table: DeTable<'s>) -> Self {
        let mut at_fault = Vec::new();
        let sound = |(key, mut value): (Spanned<_>, Spanned<_>)| {
            // The parser gives a value that it did not find an empty span.
            let end = value.span().end.max(key.span().end);
            if file.is_broken(&(key.span().start..end)) && !file.repair(&mut value) {
                at_fault.push(AsRef::<str>::as_ref(key.get_ref()).to_owned());
                return None;
            }
            Some((key, value))
        };
        let table = table.into_iter().filter_map(sound).collect();
        Self { file, span, table, at_fault, known: Vec::new(), layer: 0, below: None }
    }

    /// Its id, where that is a text.
    pub(super) fn id(&self) -> Option<&str> {
        self.table.get("id")?.get_ref().as_str()
    }

    /// The texts of a list; one text stands for a list of one.
    pub(super) fn texts(&self, key: &str) -> impl Iterator<Item = &str> {
        let value = self.table.get(key).map(Spanned::get_ref);
        let list = value.and_then(DeValue::as_array).into_iter().flatten();
        let texts = list.filter_map(|item| item.get_ref().as_str());
        texts.chain(value.and_then(DeValue::as_str))
    }

    /// The number of the layer that it comes from, whatever lies over it; 0 for none.
    #[must_use]
    pub(crate) fn layer(&self) -> usize {
        self.layer
    }

    /// Makes it an entry that a layer adds to those with other ids.
    pub(super) fn beside(&mut self, ids: &Rc<[String]>) {
        self.below = Some(Rc::clone(ids));
    }

    /// A finding about the value of a key.
    pub(super) fn found(&self, found: Diagnostic, key: &str) -> Diagnostic {
        found.at(&self.file.source, self.place(key))
    }

    /// The item with another one laid over it.
    fn under(mut self, over: Self) -> Self {
        self.lay(over);
        self
    }

    /// Lays another item over it; it stands where that stands then.
    pub(super) fn lay(&mut self, over: Self) {
        let text = &self.file.source.text;
        let is_headed = |span: Range<usize>| text[span.start..].starts_with('[');
        lay::table(&mut self.table, over.table, &is_headed);
        self.at_fault.extend(over.at_fault);
        self.span = over.span;
    }

    /// Reports each of `required` that is not there; that alone is told of an entry which
    /// overrides nothing, and which is no entry.
    pub(crate) fn has(
        &mut self,
        list: &str,
        required: &[&str],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> bool {
        let lacking: Vec<&str> =
            required.iter().copied().filter(|key| self.lacks(key)).collect();
        let astray = match (&self.below, self.id()) {
            _ if lacking.is_empty() => None,
            (Some(below), Some(id)) => Some(no_target(list, id, &lacking, below)),
            (Some(_), None) if lacking.contains(&"id") => Some(missing("id")),
            _ => None,
        };
        if let Some(found) = astray {
            diagnostics.push(self.found(found, "id"));
            return false;
        }
        self.require(required, diagnostics);
        true
    }

    /// Where the item stands: its header, or the whole of an inline table.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Where the value of `key` stands; where the item stands when there is none.
    #[must_use]
    pub fn place(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or_else(|| self.span(), Spanned::span)
    }

    /// Tells whether `key` is not there, not even with a value that cannot be used.
    #[must_use]
    pub fn lacks(&self, key: &str) -> bool {
        !self.table.contains_key(key)
            && !self.at_fault.iter().any(|known| known == key)
            && !self.has_broken_line()
    }

    /// Reports each of `keys` that is not there, or is a text without a word.
    ///
    /// Any other text without a word counts as not given.
    pub fn require(&mut self, keys: &[&str], diagnostics: &mut Vec<Diagnostic>) {
        for key in keys {
            let blank = self.table.get(*key).filter(|value| !is_worded(value));
            if let Some(value) = blank {
                let span = value.span();
                diagnostics.push(
                    Diagnostic::error(
                        Code::MissingKey,
                        format!("`{key}` để trống"),
                        "Điền nội dung vào giữa hai dấu nháy.",
                    )
                    .at(&self.file.source, span),
                );
                self.at_fault.push((*key).to_owned());
            } else if self.lacks(key) {
                diagnostics.push(missing(key).at(&self.file.source, self.span()));
            }
        }
        drop_blanks(&mut self.table);
    }

    /// Reports `keys` as unknown where they stand, though the draft type has them.
    pub fn refuse(&mut self, keys: &[&str], diagnostics: &mut Vec<Diagnostic>) {
        for key in keys {
            if let Some((key, _)) = self.table.remove_entry(*key) {
                diagnostics.push(
                    unknown_key(key.get_ref(), &[]).at(&self.file.source, key.span()),
                );
            }
        }
    }

    /// Reads the keys that `T` has, and leaves the others for the next reader.
    pub fn part<T: DeserializeOwned + Default>(
        &mut self,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> T {
        let fields = keys::<T>();
        let mut part = DeTable::new();
        for field in fields {
            if let Some((key, value)) = self.table.remove_entry(*field) {
                part.insert(key, value);
            }
        }
        self.known.extend(fields);
        let part = Item { at_fault: Vec::new(), known: Vec::new(), ..self.with(part) };
        part.read(diagnostics)
    }

    /// Reads the item into a draft type all of whose fields are optional.
    ///
    /// serde stops at the first problem; so the entry at fault is reported, taken out, and
    /// the rest read again, until nothing is left to complain about. One string stands for
    /// a list of one.
    pub fn read<T: DeserializeOwned + Default>(
        mut self,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> T {
        self.unknown_keys(keys::<T>(), diagnostics);
        self.settle(diagnostics)
    }

    /// Reads the item as lists of texts under keys that are known only now.
    pub fn lists(
        mut self,
        known: &[&str],
        diagnostics: &mut Vec<Diagnostic>,
    ) -> BTreeMap<String, Vec<String>> {
        self.unknown_keys(known, diagnostics);
        self.settle(diagnostics)
    }

    fn settle<T: DeserializeOwned + Default>(
        self,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> T {
        let span = self.span.clone();
        let mut value = Spanned::new(span.clone(), DeValue::Table(self.table));
        for _ in 0..MOST {
            let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
                Ok(draft) => return draft,
                Err(error) => error,
            };
            let at = error.span().unwrap_or_else(|| span.clone());
            if error.message().ends_with("expected a sequence")
                && make_list(&mut value, &at)
            {
                continue;
            }
            let Some(key) = remove(&mut value, &at) else {
                diagnostics
                    .push(explain(error.message(), "").at(&self.file.source, span));
                return T::default();
            };
            if !self.file.is_broken(&at) {
                let finding = explain(error.message(), &key);
                diagnostics.push(finding.at(&self.file.source, at));
            }
        }
        T::default()
    }

    fn unknown_keys(&mut self, fields: &[&str], found: &mut Vec<Diagnostic>) {
        let known: Vec<&str> =
            self.known.iter().copied().chain(fields.iter().copied()).collect();
        let mut left = MOST;
        for (key, value) in std::mem::take(&mut self.table) {
            if fields.contains(&key.get_ref().as_ref()) {
                self.table.insert(key, value);
            } else if left > 0 {
                let finding = unknown_key(key.get_ref(), &known);
                found.push(finding.at(&self.file.source, key.span()));
                left -= 1;
            }
        }
    }

    /// Tells whether a line before the next header could not be read: it may hold any key.
    fn has_broken_line(&self) -> bool {
        let text = &self.file.source.text;
        let length = text[self.span.start..].find("\n[");
        let end = length.map_or(text.len(), |length| self.span.start + length);
        self.file.is_broken(&(self.span.start..end.max(self.span.end)))
    }

    fn with(&self, table: DeTable<'s>) -> Self {
        Self {
            file: Rc::clone(&self.file),
            span: self.span(),
            table,
            at_fault: self.at_fault.clone(),
            known: self.known.clone(),
            layer: self.layer,
            below: None,
        }
    }
}

/// The keys that `T` reads; none when `T` is no struct.
pub(crate) fn keys<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut fields: &'static [&'static str] = &[];
    let _ = T::deserialize(Fields(&mut fields));
    fields
}

/// Asks a type for its fields instead of giving it a value.
struct Fields<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom("no value"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        option unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier
        ignored_any
    }
}

/// Tells whether a value is anything but a text without a word.
fn is_worded(value: &Spanned<DeValue<'_>>) -> bool {
    !matches!(value.get_ref(), DeValue::String(text) if text.trim().is_empty())
}

/// Takes out texts without a word, also of lists.
fn drop_blanks(table: &mut DeTable<'_>) {
    for (key, mut value) in std::mem::replace(table, DeTable::new()) {
        if let DeValue::Array(items) = value.get_mut() {
            let all = std::mem::replace(items, DeArray::new());
            *items = all.into_iter().filter(is_worded).collect();
        }
        if is_worded(&value) {
            table.insert(key, value);
        }
    }
}

/// Turns the string that stands at `span` into a list of one.
fn make_list(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> bool {
    let here = value.span() == *span;
    match value.get_mut() {
        text @ DeValue::String(_) if here => {
            let inner = std::mem::replace(text, DeValue::Array(DeArray::new()));
            if let DeValue::Array(list) = text {
                list.push(Spanned::new(span.clone(), inner));
            }
            true
        }
        DeValue::Table(table) => {
            table.iter_mut().any(|(_, entry)| make_list(entry, span))
        }
        DeValue::Array(items) => items.iter_mut().any(|item| make_list(item, span)),
        _ => false,
    }
}

/// Removes the innermost entry of a table whose key or value holds `span`.
fn remove(value: &mut Spanned<DeValue<'_>>, span: &Range<usize>) -> Option<String> {
    let holds = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    match value.get_mut() {
        DeValue::Table(table) => {
            let mut at_fault = None;
            for (key, entry) in table.iter_mut() {
                if let Some(inner) = remove(entry, span) {
                    return Some(inner);
                }
                if holds(key.span()) || holds(entry.span()) {
                    at_fault = Some(key.get_ref().to_string());
                }
            }
            let key = at_fault?;
            table.remove(key.as_str());
            Some(key)
        }
        DeValue::Array(items) => items.iter_mut().find_map(|item| remove(item, span)),
        _ => None,
    }
}

/// What is wrong with a value, and where.
type Wrong = Vec<(Diagnostic, Range<usize>)>;

/// Cuts off what lies too deep: later stages walk values by recursion.
fn check_depth(value: &mut Spanned<DeValue<'_>>, left: usize, wrong: &mut Wrong) {
    let span = value.span();
    match value.get_mut() {
        deep @ (DeValue::Array(_) | DeValue::Table(_)) if left == 0 => {
            *deep = DeValue::Boolean(false);
            if wrong.len() < MOST {
                wrong.push((too_deep(), span));
            }
        }
        DeValue::Array(items) => {
            items.iter_mut().for_each(|item| check_depth(item, left - 1, wrong));
        }
        DeValue::Table(table) => {
            table.iter_mut().for_each(|(_, entry)| check_depth(entry, left - 1, wrong));
        }
        _ => {}
    }
}

fn check_characters(value: &Spanned<DeValue<'_>>, wrong: &mut Wrong) {
    match value.get_ref() {
        DeValue::String(text) => {
            let illegal = text.chars().find(|c| !is_document_character(*c));
            if let Some(c) = illegal
                && wrong.len() < MOST
            {
                wrong.push((control_character(c), value.span()));
            }
        }
        DeValue::Array(items) => {
            items.iter().for_each(|item| check_characters(item, wrong));
        }
        DeValue::Table(table) => {
            table.iter().for_each(|(_, entry)| check_characters(entry, wrong));
        }
        _ => {}
    }
}

/// Looks at every text for what the eye does not see.
fn look(value: &Spanned<DeValue<'_>>, source: &Source, unseen: &mut Unseen) {
    match value.get_ref() {
        DeValue::String(text) => unseen.add(text, None, |at| {
            let span = value.span();
            let typed = &source.text[span.clone()];
            // As it is typed; a character may be written by its number.
            let span = match typed.find(&text[at.clone()]) {
                Some(from) => span.start + from..span.start + from + at.len(),
                None => span,
            };
            let line = source.text[..span.start].matches('\n').count() + 1;
            (format!("Dòng {line}"), Some(span))
        }),
        DeValue::Array(items) => items.iter().for_each(|item| look(item, source, unseen)),
        DeValue::Table(table) => {
            table.iter().for_each(|(_, entry)| look(entry, source, unseen));
        }
        _ => {}
    }
}
