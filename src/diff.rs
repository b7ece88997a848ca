//! What changed between two editions of the catalogue, in the words of an update's report.

mod facts;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use serde::Serialize;

use crate::catalog::Catalog;
use crate::merge::align::{Item, Moves, align};
use crate::merge::words::tokens;
use crate::sequence::longest_increasing;
use crate::source::brief;
use crate::update::Event;
use facts::{Fact, Listed, Table, printed, stands, tables};

/// What changed between two catalogues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diff {
    /// Version of the base catalogue, and its layers.
    pub from: String,
    /// Those of the fresh one.
    pub to: String,
    /// What happened, table by table, in the order of the fresh catalogue.
    pub entries: Vec<Entry>,
}

/// What happened to one record of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The table it belongs to, as in TOML: `task`, `unit` …
    pub table: &'static str,
    /// The task file of a group or a task: `province`, `ministry`.
    pub annex: Option<String>,
    /// Its id: the fresh one, where it has one.
    pub id: String,
    /// How a reader knows it: "Phụ lục I, Mục 2.4: Thiết lập …".
    pub section: String,
    /// What happened.
    pub event: Event,
    /// More about it, in Vietnamese, a line a change.
    pub detail: String,
    /// The same for programs, with whole texts.
    pub changes: Vec<Change>,
}

/// A text that came, went, or became another one; one that only changed places with others
/// of its list reads the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The key of the record that holds it, as in TOML.
    pub key: &'static str,
    /// Id of the deadline, the choice or the option, where the key holds several.
    pub of: Option<String>,
    /// The base text; none where it is new.
    pub base: Option<String>,
    /// The fresh text; none where it is gone.
    pub fresh: Option<String>,
}

/// Compares two catalogues.
#[must_use]
pub fn diff(base: &Catalog, fresh: &Catalog) -> Diff {
    let named = |catalog: &'_ Catalog, id: &String| {
        catalog.annexes.get(id).map(|annex| annex.name.clone())
    };
    let annexes: BTreeSet<&String> =
        base.annexes.keys().chain(fresh.annexes.keys()).collect();
    let mut annexes: Vec<&String> = annexes.into_iter().collect();
    annexes.sort_by_key(|id| named(fresh, id).or_else(|| named(base, id)));
    let mut entries = Vec::new();
    for (base, fresh) in tables(base, &annexes).iter().zip(&tables(fresh, &annexes)) {
        compare(base, fresh, &mut entries);
    }
    Diff { from: base.name(), to: fresh.name(), entries }
}

/// A change, and how a reader is told it.
type Told = (Change, String);

/// Compares two tables of one kind.
fn compare(base: &Table, fresh: &Table, entries: &mut Vec<Entry>) {
    let (old, new) = (&base.records, &fresh.records);
    let from = identify(old, new);
    let mut add = |record: &Listed, event: Event, told: Vec<Told>| {
        let (changes, lines): (Vec<Change>, Vec<String>) = told.into_iter().unzip();
        entries.push(Entry {
            table: fresh.name,
            annex: fresh.annex.clone(),
            id: record.id.clone(),
            section: record.name.clone(),
            event,
            detail: lines.join("\n"),
            changes,
        });
    };
    let stay: BTreeSet<usize> = from.iter().copied().flatten().collect();
    let mut heirs: BTreeMap<&str, Vec<&Listed>> = BTreeMap::new();
    for record in new {
        for id in &record.replaces {
            heirs.entry(id).or_default().push(record);
        }
    }
    // What went is told where it stood: behind the record that it followed.
    let went = |first: usize| {
        let gone = (first..old.len()).take_while(|at| !stay.contains(at));
        gone.map(|at| {
            let by = heirs.get(old[at].id.as_str()).into_iter().flatten();
            (&old[at], by.map(|by| replaced(&old[at], by)).collect::<Vec<_>>())
        })
    };
    for (record, by) in went(0) {
        add(record, Event::Removed, by);
    }
    let kept: Vec<usize> = from.iter().copied().flatten().collect();
    let mut in_order = longest_increasing(&kept).into_iter();
    for (at, record) in new.iter().enumerate() {
        let stood_for = old.iter().filter(|old| {
            !record.replaces.is_empty() && record.replaces.contains(&old.id)
        });
        let stands_for = stood_for.map(|old| replaces(old, record));
        let Some(was) = from[at] else {
            add(record, Event::Added, stands_for.collect());
            continue;
        };
        let (mut moves, mut changed): (Vec<Told>, Vec<Told>) =
            changes(&old[was], record).into_iter().partition(|(c, _)| stands(c.key));
        if in_order.next() == Some(false) && moves.is_empty() {
            moves.push(overtaken(old, was, new, at));
        }
        changed.extend(stands_for);
        for (event, told) in [(Event::Moved, moves), (Event::Changed, changed)] {
            if !told.is_empty() {
                add(record, event, told);
            }
        }
        for (record, by) in went(was + 1) {
            add(record, Event::Removed, by);
        }
    }
}

/// For each fresh record the base record that it is: by its id, else by one it had.
fn identify(old: &[Listed], new: &[Listed]) -> Vec<Option<usize>> {
    let by_id: BTreeMap<&str, usize> = old
        .iter()
        .enumerate()
        .rev()
        .map(|(at, record)| (record.id.as_str(), at))
        .collect();
    let find = |id: &String| by_id.get(id.as_str()).copied();
    let mut found: Vec<_> = new.iter().map(|record| find(&record.id)).collect();
    let mut taken: BTreeSet<usize> = found.iter().copied().flatten().collect();
    for (at, record) in new.iter().enumerate() {
        if found[at].is_none() {
            let mut was = record.renamed_from.iter().filter_map(find);
            found[at] = was.find(|was| taken.insert(*was));
        }
    }
    found
}

/// What stands for a base record now.
fn replaced(old: &Listed, new: &Listed) -> Told {
    (replaces(old, new).0, format!("thay bằng {}", new.id))
}

/// What a fresh record stands for.
fn replaces(old: &Listed, new: &Listed) -> Told {
    let (base, fresh) = (Some(old.id.clone()), Some(new.id.clone()));
    let change = Change { key: "replaces", of: None, base, fresh };
    (change, format!("thay cho {}", old.id))
}

/// A record that changed places with others: what it followed, and what it follows.
fn overtaken(old: &[Listed], was: usize, new: &[Listed], at: usize) -> Told {
    let before =
        |records: &[Listed], at: usize| Some(records[at.checked_sub(1)?].id.clone());
    let place = |before: &Option<String>| match before {
        Some(id) => format!("sau {id}"),
        None => "đầu".to_owned(),
    };
    let (base, fresh) = (before(old, was), before(new, at));
    let told = format!("từ {} sang {}", place(&base), place(&fresh));
    (Change { key: "order", of: None, base, fresh }, told)
}

/// What changed in a record, key by key.
fn changes(old: &Listed, new: &Listed) -> Vec<Told> {
    let mut keys: Vec<(&'static str, &str)> = Vec::new();
    for fact in old.facts.iter().chain(&new.facts) {
        if !keys.contains(&fact.key()) {
            keys.push(fact.key());
        }
    }
    let mut found = Vec::new();
    for key in keys {
        let of_key = |record: &'_ Listed| -> Vec<Fact> {
            record.facts.iter().filter(|fact| fact.key() == key).cloned().collect()
        };
        let item = |fact: &Fact| Item { kind: String::new(), text: fact.text.clone() };
        let items = |facts: &[Fact]| facts.iter().map(item).collect::<Vec<_>>();
        let (old, new) = (of_key(old), of_key(new));
        let from = align(&items(&old), &items(&new), Moves::Follow).from;
        let kept: Vec<usize> = from.iter().copied().flatten().collect();
        let mut in_order = longest_increasing(&kept).into_iter();
        let gone = |range: Range<usize>| {
            let went = range.filter(|at| !kept.contains(at));
            went.map(|at| told(Some(&old[at]), None, key)).collect::<Vec<_>>()
        };
        let mut next = 0;
        for (at, was) in from.iter().enumerate() {
            let fresh = &new[at];
            let Some(was) = *was else {
                found.push(told(None, Some(fresh), key));
                continue;
            };
            let keeps_place = in_order.next() == Some(true);
            if keeps_place {
                found.extend(gone(next..was));
                next = was + 1;
            }
            if old[was].text != fresh.text {
                found.push(told(Some(&old[was]), Some(fresh), key));
            } else if !keeps_place {
                found.push(reordered(&new, at, key));
            }
        }
        found.extend(gone(next..old.len()));
    }
    found
}

/// A text that changed places with others of its list: what it follows now.
fn reordered(new: &[Fact], at: usize, key: (&'static str, &str)) -> Told {
    let fresh = &new[at];
    let (change, _) = told(Some(fresh), Some(fresh), key);
    let name = printed(key.0);
    let place = match at.checked_sub(1) {
        Some(before) => format!("sau \"{}\"", brief(&new[before].text)),
        None => "lên đầu".to_owned(),
    };
    (change, format!("đổi chỗ {name}: \"{}\" {place}", brief(&fresh.text)))
}

/// One text that came, went, or became another one.
fn told(base: Option<&Fact>, fresh: Option<&Fact>, key: (&'static str, &str)) -> Told {
    let (key, of) = (key.0, Some(key.1.to_owned()).filter(|of| !of.is_empty()));
    let name = of.iter().fold(printed(key).to_owned(), |name, of| format!("{name} {of}"));
    let line = match (base, fresh) {
        (Some(base), Some(fresh)) => {
            let (base, fresh) = match (&base.name, &fresh.name) {
                (Some(base), Some(fresh)) if base != fresh => (base, fresh),
                _ => (&base.text, &fresh.text),
            };
            let (base, fresh) = excerpts(base, fresh);
            if stands(key) {
                format!("{name}: từ \"{base}\" sang \"{fresh}\"")
            } else {
                format!("{name}: \"{base}\" thành \"{fresh}\"")
            }
        }
        (None, Some(fact)) => format!("thêm {name}: \"{}\"", brief(&fact.text)),
        (Some(fact), None) => format!("bỏ {name}: \"{}\"", brief(&fact.text)),
        (None, None) => name,
    };
    let text = |fact: Option<&Fact>| fact.map(|fact| fact.text.clone());
    (Change { key, of, base: text(base), fresh: text(fresh) }, line)
}

/// So many words and blanks beside a difference are quoted with it.
const AROUND: usize = 6;

/// What two texts do not share, with a few words around it.
fn excerpts(base: &str, fresh: &str) -> (String, String) {
    let (old, new) = (tokens(base), tokens(fresh));
    let same = |(a, b): &(&&str, &&str)| a == b;
    let start = old.iter().zip(&new).take_while(same).count();
    let left = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take_while(same).count().min(left);
    let quote = |words: &[&str]| {
        let from = start.saturating_sub(AROUND);
        let to = (words.len() - end + AROUND).min(words.len());
        let before = if from > 0 { "… " } else { "" };
        let after = if to < words.len() { " …" } else { "" };
        format!("{before}{}{after}", brief(words[from..to].concat().trim()))
    };
    (quote(&old), quote(&new))
}
