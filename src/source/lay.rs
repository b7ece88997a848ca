//! Lays what a layer says over what is below it: tables key by key, lists of `[[…]]` by id, all
//! else as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::items::Item;
use super::wording::{gone, twice};
use crate::diagnostic::Diagnostic;

/// Keys by which an entry says which ones of earlier it is, or stands for.
const EARLIER: [&str; 2] = ["renamed_from", "replaces"];

/// Lays the entries of a layer over `all` that are below it; those that are not there yet come
/// behind, and know what they may have meant.
pub(super) fn entries<'s>(
    all: &mut Vec<Item<'s>>,
    over: Vec<Item<'s>>,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let each = || all.iter().enumerate().rev();
    let mut places: BTreeMap<String, usize> =
        each().filter_map(|(at, item)| Some((item.id()?.to_owned(), at))).collect();
    let ids: Rc<[String]> = places.keys().cloned().collect();
    let mut heirs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in all.iter() {
        for old in EARLIER.iter().flat_map(|key| item.texts(key)) {
            heirs.entry(old.to_owned()).or_default().extend(item.id().map(Into::into));
        }
    }
    let mut laid = BTreeSet::new();
    for mut item in over {
        let id = item.id().unwrap_or_default().to_owned();
        if let Some(at) = places.remove(&id) {
            all[at].lay(item);
            laid.insert(id);
        } else if laid.contains(&id) {
            diagnostics.push(item.found(twice(&id), "id"));
        } else if let Some(now) = heirs.get(&id) {
            diagnostics.push(item.found(gone(&id, now), "id"));
        } else {
            item.beside(&ids);
            all.push(item);
        }
    }
}

/// Lays a table over another one; `is_headed` tells whether a table stands under a `[[…]]`.
pub(super) fn table<'s>(
    below: &mut DeTable<'s>,
    over: DeTable<'s>,
    is_headed: &impl Fn(Range<usize>) -> bool,
) {
    for (key, mut value) in over {
        if let Some((_, was)) = below.remove_entry(key.get_ref().as_ref()) {
            value = self::value(was, value, is_headed);
        }
        below.insert(key, value);
    }
}

fn value<'s>(
    below: Spanned<DeValue<'s>>,
    over: Spanned<DeValue<'s>>,
    is_headed: &impl Fn(Range<usize>) -> bool,
) -> Spanned<DeValue<'s>> {
    let span = over.span();
    let laid = match (below.into_inner(), over.into_inner()) {
        (DeValue::Table(mut below), DeValue::Table(over)) => {
            table(&mut below, over, is_headed);
            DeValue::Table(below)
        }
        (DeValue::Array(below), DeValue::Array(over))
            if over.first().is_some_and(|first| is_headed(first.span())) =>
        {
            let mut all: Vec<Spanned<DeValue<'s>>> = below.into_iter().collect();
            let ids = all.iter().enumerate().rev();
            let mut places: BTreeMap<String, usize> =
                ids.filter_map(|(at, entry)| Some((id(entry)?.to_owned(), at))).collect();
            for entry in over {
                match id(&entry).and_then(|id| places.remove(id)) {
                    Some(at) => {
                        let nothing = Spanned::new(0..0, DeValue::Boolean(false));
                        let was = std::mem::replace(&mut all[at], nothing);
                        all[at] = value(was, entry, is_headed);
                    }
                    None => all.push(entry),
                }
            }
            DeValue::Array(all.into_iter().collect())
        }
        (_, over) => over,
    };
    Spanned::new(span, laid)
}

fn id<'v>(entry: &'v Spanned<DeValue<'_>>) -> Option<&'v str> {
    entry.get_ref().as_table()?.get("id")?.get_ref().as_str()
}

/// A value as it stands `by` bytes further on.
pub(super) fn shifted(value: Spanned<DeValue<'_>>, by: usize) -> Spanned<DeValue<'_>> {
    let span = shifted_span(value.span(), by);
    let value = match value.into_inner() {
        DeValue::Array(items) => {
            DeValue::Array(items.into_iter().map(|item| shifted(item, by)).collect())
        }
        DeValue::Table(table) => {
            let entry = |(key, value): (Spanned<_>, _)| {
                let span = shifted_span(key.span(), by);
                (Spanned::new(span, key.into_inner()), shifted(value, by))
            };
            DeValue::Table(table.into_iter().map(entry).collect())
        }
        scalar => scalar,
    };
    Spanned::new(span, value)
}

pub(super) fn shifted_span(span: Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}
