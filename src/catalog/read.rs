//! Reads and checks the files of a catalogue folder, all of their problems together.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use super::agency::{Agency, DraftAgency};
use super::deadline::{Deadline, DraftDeadline};
use super::layer::Layer;
use super::sense;
use super::{
    Annex, Catalog, Choice, ChoiceOption, Document, DueDate, Erratum, Group,
    Organisation, SectionHead, SolutionHead, Task, Unit,
};
use crate::diagnostic::{Code, Diagnostic, has_errors};
use crate::document::role::is_reserved;
use crate::edition::{Imprint, Part};
use crate::source::{Day, Items, Source, missing, quoted, suggest};

/// The files of every catalogue; those of tasks are named by the kinds of agencies.
const FILES: [&str; 4] =
    ["edition.toml", "units.toml", "legal-bases.toml", "agencies.toml"];

/// How the profiles of agencies that do not exist are named, before the name of their tasks.
const SAMPLE: &str = "sample-";

/// Reads the files of one catalogue folder.
pub(super) fn read(sources: &[Arc<Source>]) -> (Catalog, Vec<Diagnostic>) {
    let mut reader = Reader {
        sources,
        annexes: Vec::new(),
        lost: BTreeSet::new(),
        layers: Vec::new(),
        unsourced: BTreeSet::new(),
        year: None,
        diagnostics: Vec::new(),
        used: BTreeSet::new(),
    };
    let mut catalog = reader.catalog();
    catalog.imprints = reader.imprints(&catalog);
    let mut found = std::mem::take(&mut reader.diagnostics);
    // What nothing refers to may be what could not be read refers to; or, below a layer, what
    // another one refers to.
    let (is_sound, top) = (!has_errors(&found), catalog.layers.len());
    let is_of_top = |found: &Diagnostic| {
        let is_it =
            |file| found.place.as_ref().is_some_and(|at| Arc::ptr_eq(file, &at.source));
        reader.of_layer(top).any(is_it)
    };
    found.retain(|found| found.code != Code::Unused || (is_sound && is_of_top(found)));
    (catalog, found)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftEdition {
    id: String,
    version: String,
    year: i32,
    due_before: Option<Day>,
    due_on: Option<Day>,
    extra: toml::Table,
}

/// What the `edition.toml` of a layer says of the layer itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftLayer {
    id: Option<Spanned<String>>,
    version: String,
    #[serde(rename = "base")]
    _base: String,
    source: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftDispatch {
    kind: String,
    number: String,
    date: Option<Day>,
    issuer: String,
    title: String,
    collector: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftSection {
    id: Option<Spanned<String>>,
    number: u32,
    title: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftSolution {
    id: Option<Spanned<String>>,
    title: String,
    optional: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftUnit {
    id: Option<Spanned<String>>,
    name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftDocument {
    id: Option<Spanned<String>>,
    kind: String,
    number: Option<String>,
    date: Option<Day>,
    issuer: String,
    title: String,
    basis: bool,
    framework: Option<u32>,
    slot: Option<String>,
    later: bool,
    #[serde(rename = "for")]
    only: Vec<Spanned<String>>,
    erratum: Vec<Erratum>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftAnnex {
    annex: String,
    organisation: Organisation,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftGroup {
    id: Option<Spanned<String>>,
    number: String,
    title: String,
    #[serde(rename = "cite")]
    _cite: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftTask {
    id: Option<Spanned<String>>,
    source: Option<String>,
    cite: String,
    group: Option<Spanned<String>>,
    section: Option<Spanned<String>>,
    title: String,
    unit: Option<Spanned<String>>,
    unit_scope: Option<Spanned<String>>,
    deadlines: Vec<Spanned<DraftDeadline>>,
    actions: Vec<Spanned<String>>,
    support: Vec<Spanned<String>>,
    documents: Vec<Spanned<String>>,
    links: Vec<Spanned<String>>,
    lead: Option<Spanned<String>>,
    renamed_from: Vec<Spanned<String>>,
    replaces: Vec<Spanned<String>>,
    choice: Vec<DraftChoice>,
    erratum: Vec<Erratum>,
    extra: toml::Table,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftChoice {
    id: Option<Spanned<String>>,
    prompt: String,
    multiple: bool,
    optional: bool,
    all: bool,
    text: Option<String>,
    default: Vec<Spanned<String>>,
    option: Vec<ChoiceOption>,
}

/// Gathers what the checks of all files need to know of each other.
struct Reader<'s> {
    sources: &'s [Arc<Source>],
    /// The files of tasks, without their end.
    annexes: Vec<String>,
    /// Files that are missing, empty or torn: what refers to them is not told one by one.
    lost: BTreeSet<&'static str>,
    layers: Vec<Layer>,
    /// Layers of which it was told that they name no document.
    unsourced: BTreeSet<usize>,
    /// The plan year, where it can be the right one.
    year: Option<i32>,
    diagnostics: Vec<Diagnostic>,
    used: BTreeSet<String>,
}

impl<'s> Reader<'s> {
    /// The files of the layer with a number.
    fn of_layer(&self, number: usize) -> impl Iterator<Item = &Arc<Source>> {
        let files = self.sources.iter().flat_map(Source::files);
        files.filter(move |(_, layer, _)| *layer == number).map(|(_, _, file)| file)
    }

    /// What the edition and its layers were read from.
    fn imprints(&self, catalog: &Catalog) -> Vec<Imprint> {
        let edition = (Part::Catalog, &catalog.edition, &catalog.version);
        let layers = self.layers.iter().map(|one| (Part::Layer, &one.id, &one.version));
        let all = std::iter::once(edition).chain(layers).enumerate();
        all.map(|(number, (part, id, version))| {
            let files: Vec<_> = self.of_layer(number).cloned().collect();
            Imprint::of(part, id, Some(version), &files)
        })
        .collect()
    }

    fn source(&self, file: &str) -> Option<&'s Arc<Source>> {
        self.sources.iter().find(|source| source.file() == file)
    }

    fn open(&mut self, file: &str) -> Option<(&'s Arc<Source>, Items<'s>)> {
        let known = FILES.into_iter().find(|known| *known == file);
        let Some(source) = self.source(file) else {
            self.lost.extend(known);
            self.diagnostics.push(Diagnostic::error(
                Code::MissingKey,
                format!("thư mục danh mục thiếu tệp {file}"),
                "Chạy `khung catalog export` để lấy lại đủ các tệp.",
            ));
            return None;
        };
        let items = Items::parse(source, &mut self.diagnostics);
        if items.is_torn() {
            self.lost.extend(known);
        }
        // A file that is given up as a whole would seem to lack everything.
        if items.is_given_up() {
            return None;
        }
        Some((source, items))
    }

    /// Tells what a list without which nothing can be referred to lacks, once.
    fn expect_some(&mut self, file: &'static str, key: &str, is_empty: bool) {
        if is_empty
            && self.lost.insert(file)
            && let Some(source) = self.source(file)
        {
            let found = Diagnostic::error(
                Code::MissingKey,
                format!("{file} không có [[{key}]] nào"),
                "Chạy `khung catalog export` để lấy lại tệp.",
            );
            self.diagnostics.push(found.at(source, 0..0));
        }
    }

    fn catalog(&mut self) -> Catalog {
        let (mut catalog, sections) = self.edition();
        self.expect_some("edition.toml", "section", sections.is_empty());
        catalog.sections = sections;
        let (units, unit_places) = self.units();
        catalog.units = units;
        self.expect_some("units.toml", "unit", catalog.units.is_empty());
        self.agencies(&mut catalog);
        let (documents, places) = self.documents();
        catalog.documents = documents;
        for name in self.annexes.clone() {
            let annex = self.annex(&name, &catalog);
            if let Some(sample) = self.source(&format!("{SAMPLE}{name}.toml")) {
                // A profile is of one piece: the topmost.
                let (_, _, file) = sample.files().next_back().unwrap_or((0, 0, sample));
                catalog.samples.insert(name.clone(), Arc::clone(file));
            }
            catalog.annexes.insert(name, annex);
        }
        self.unknown_files();
        let idle: Vec<&str> = catalog.idle_units().collect();
        for (unit, (source, span)) in catalog.units.iter().zip(unit_places) {
            if idle.contains(&unit.id.as_str()) {
                let unused = sense::unused("đơn vị", &unit.id);
                self.diagnostics.push(unused.at(&source, span));
            }
        }
        for (document, (source, span)) in catalog.documents.iter().zip(places) {
            if document.framework.is_none() && !self.used.contains(&document.id) {
                self.diagnostics.push(
                    Diagnostic::warning(
                        Code::Unused,
                        format!("không nhiệm vụ nào viện dẫn \"{}\"", document.id),
                        "Xóa mục này, hoặc thêm số văn bản vào `documents` của nhiệm vụ.",
                    )
                    .at(&source, span),
                );
            }
        }
        catalog
    }

    fn edition(&mut self) -> (Catalog, Vec<SectionHead>) {
        let mut catalog = Catalog::default();
        let Some((source, mut items)) = self.open("edition.toml") else {
            return (catalog, Vec::new());
        };
        self.heads(source, &mut items);
        catalog.layers.clone_from(&self.layers);
        let mut sections = Vec::new();
        let mut ids = Ids::new(source, 24);
        let keys = ["id", "number", "title"];
        for item in items.entries("section", &keys, &mut self.diagnostics) {
            let place = item.place("number");
            let draft: DraftSection = item.read(&mut self.diagnostics);
            let id = ids.take(draft.id, &mut self.diagnostics);
            let number = draft.number;
            if sections.iter().any(|other: &SectionHead| other.number == number) {
                self.diagnostics.push(sense::same_number(number).at(source, place));
            }
            sections.push(SectionHead { id, number, title: draft.title });
        }
        let mut ids = Ids::new(source, 24);
        for item in items.entries("solution", &["id", "title"], &mut self.diagnostics) {
            let draft: DraftSolution = item.read(&mut self.diagnostics);
            let id = ids.take(draft.id, &mut self.diagnostics);
            let DraftSolution { title, optional, .. } = draft;
            catalog.solutions.push(SolutionHead { id, title, optional });
        }
        let keys = ["printed", "note"];
        for item in items.entries("erratum", &keys, &mut self.diagnostics) {
            catalog.errata.push(item.read(&mut self.diagnostics));
        }
        if items.lacks("dispatch") {
            self.diagnostics.push(
                Diagnostic::error(
                    Code::MissingKey,
                    "thiếu bảng [dispatch]: công văn giao các nhiệm vụ của danh mục",
                    "Thêm bảng [dispatch] với kind, number, date, issuer, title.",
                )
                .at(source, 0..0),
            );
        }
        if let Some(mut item) = items.table("dispatch", &mut self.diagnostics) {
            let keys = ["kind", "number", "date", "issuer", "title"];
            item.require(&keys, &mut self.diagnostics);
            let draft: DraftDispatch = item.read(&mut self.diagnostics);
            catalog.dispatch = Document {
                id: draft.number.clone(),
                kind: draft.kind,
                number: Some(draft.number),
                date: draft.date.map(|day| day.0),
                issuer: draft.issuer,
                title: draft.title,
                slot: Some(draft.collector),
                ..Document::default()
            };
        }
        let mut rest = items.rest();
        rest.require(&["id", "version", "year"], &mut self.diagnostics);
        let due = if rest.lacks("due_on") { "due_before" } else { "due_on" };
        let (version, due, year) =
            (rest.place("version"), rest.place(due), rest.place("year"));
        let draft: DraftEdition = rest.read(&mut self.diagnostics);
        if !draft.version.is_empty() && !sense::is_version(&draft.version) {
            self.diagnostics.push(sense::unordered(&draft.version).at(source, version));
        }
        catalog.due = match (draft.due_before, draft.due_on) {
            (Some(Day(day)), None) => Some(DueDate::Before(day)),
            (_, Some(Day(day))) => Some(DueDate::On(day)),
            (None, None) => None,
        };
        let (last, sent) = (catalog.due.map(DueDate::last), catalog.dispatch.date);
        if draft.due_before.is_some() && draft.due_on.is_some() {
            self.diagnostics.push(sense::due_twice().at(source, due));
        } else if last.zip(sent).is_some_and(|(last, sent)| last < sent) {
            self.diagnostics.push(sense::due_too_early().at(source, due));
        } else if let Some(strange) = last
            .or(sent)
            .and_then(|day| sense::strange_year(draft.year, day))
            .filter(|_| draft.year != 0)
        {
            self.diagnostics.push(strange.at(source, year));
        } else if draft.year != 0 {
            self.year = Some(draft.year);
        }
        catalog.extra = draft.extra;
        (catalog.edition, catalog.version, catalog.year) =
            (draft.id, draft.version, draft.year);
        (catalog, sections)
    }

    /// What the layers say of themselves.
    fn heads(&mut self, source: &Arc<Source>, items: &mut Items<'s>) {
        // Year and dispatch are the edition's: in a layer these keys are unknown.
        let keys = ["id", "version", "base", "source", "year", "dispatch"];
        for mut head in items.heads(&keys) {
            head.require(&["id", "version"], &mut self.diagnostics);
            let place = head.place("version");
            let DraftLayer { id, version, source: given, .. } =
                head.read(&mut self.diagnostics);
            if !version.is_empty() && !sense::is_version(&version) {
                self.diagnostics.push(sense::unordered(&version).at(source, place));
            }
            // Two layers may have one id: each has its own.
            let id = Ids::new(source, 60).take(id, &mut self.diagnostics);
            self.layers.push(Layer { id, version, source: given });
        }
    }

    /// The document that gives the tasks of a layer; none of the edition. A layer that names
    /// none is told so once.
    fn source_of(
        &mut self,
        layer: usize,
        source: &Arc<Source>,
        span: &Range<usize>,
    ) -> Option<String> {
        let given = self.layers.get(layer.checked_sub(1)?)?.source.clone();
        if given.is_none() && self.unsourced.insert(layer) {
            let found = sense::unsourced();
            self.diagnostics.push(found.at(source, span.clone()));
        }
        given
    }

    #[expect(clippy::type_complexity, reason = "units with where they stand")]
    fn units(&mut self) -> (Vec<Unit>, Vec<(Arc<Source>, Range<usize>)>) {
        let (mut units, mut places) = (Vec::new(), Vec::new());
        let Some((source, mut items)) = self.open("units.toml") else {
            return (units, places);
        };
        let mut ids = Ids::new(source, 60);
        let keys = ["id", "name"];
        for item in items.entries("unit", &keys, &mut self.diagnostics) {
            places.push((Arc::clone(source), item.place("id")));
            let draft: DraftUnit = item.read(&mut self.diagnostics);
            let id = ids.take(draft.id, &mut self.diagnostics);
            units.push(Unit { id, name: draft.name });
        }
        self.no_rest(items);
        (units, places)
    }

    #[expect(clippy::type_complexity, reason = "documents with where they stand")]
    fn documents(&mut self) -> (Vec<Document>, Vec<(Arc<Source>, Range<usize>)>) {
        let mut documents = Vec::new();
        let mut places = Vec::new();
        let Some((source, mut items)) = self.open("legal-bases.toml") else {
            return (documents, places);
        };
        let mut seen = BTreeSet::new();
        let keys = ["id", "kind"];
        for item in items.entries("document", &keys, &mut self.diagnostics) {
            let draft: DraftDocument = item.read(&mut self.diagnostics);
            let Some(id) = draft.id else { continue };
            let (id, place) = (id.get_ref().clone(), id.span());
            if !seen.insert(id.clone()) {
                self.diagnostics.push(duplicate(&id).at(source, place.clone()));
            }
            let files =
                self.sources.iter().filter_map(|one| one.file().strip_suffix(".toml"));
            let annexes: Vec<&str> = files
                .filter(|name| !name.starts_with(SAMPLE))
                .filter(|name| !FILES.contains(&format!("{name}.toml").as_str()))
                .collect();
            let only = draft.only.into_iter().map(|name| {
                let name = Some(name);
                self.reference(
                    (source, "agencies.toml"),
                    "for",
                    name,
                    &annexes,
                    Code::BadValue,
                )
            });
            documents.push(Document {
                id,
                kind: draft.kind,
                number: draft.number,
                date: draft.date.map(|day| day.0),
                issuer: draft.issuer,
                title: draft.title,
                basis: draft.basis,
                framework: draft.framework,
                slot: draft.slot,
                later: draft.later,
                only: only.collect(),
                errata: draft.erratum,
            });
            places.push((Arc::clone(source), place));
        }
        self.no_rest(items);
        (documents, places)
    }

    fn annex(&mut self, name: &str, catalog: &Catalog) -> Annex {
        let Some((source, mut items)) = self.open(&format!("{name}.toml")) else {
            return Annex::default();
        };
        let below = items.layer();
        let mut annex =
            Annex { source: self.source_of(below, source, &(0..0)), ..Annex::default() };
        let mut group_ids = Ids::new(source, 29);
        let mut group_places = Vec::new();
        let keys = ["id", "number", "title"];
        for item in items.entries("group", &keys, &mut self.diagnostics) {
            group_places.push(item.place("id"));
            let draft: DraftGroup = item.read(&mut self.diagnostics);
            let id = group_ids.take(draft.id, &mut self.diagnostics);
            annex.groups.push(Group { id, number: draft.number, title: draft.title });
        }
        let mut ids = Ids::new(source, 24);
        let mut given_up = BTreeSet::new();
        // Ids of earlier tasks, with the key and the place that name them.
        let mut earlier: Vec<(&str, Spanned<String>)> = Vec::new();
        let keys = ["id", "cite", "group", "section", "title", "lead", "unit"];
        for mut item in items.array("task", &mut self.diagnostics) {
            let (span, layer) = (item.span(), item.layer());
            // No ministry's unit helps with what no ministry gave.
            let is_given = layer == 0 && item.lacks("source");
            let keys = if is_given { &keys[..] } else { &keys[..6] };
            if !item.has("task", keys, &mut self.diagnostics) {
                continue;
            }
            let mut draft: DraftTask = item.read(&mut self.diagnostics);
            if layer > below && draft.source.is_none() {
                draft.source = self.source_of(layer, source, &span);
            }
            let id = ids.take_row(draft.id.clone(), &mut self.diagnostics);
            for old in &draft.renamed_from {
                if !given_up.insert(old.get_ref().clone()) {
                    self.diagnostics.push(renamed_twice(old).at(source, old.span()));
                }
                earlier.push(("renamed_from", old.clone()));
            }
            earlier.extend(draft.replaces.iter().map(|old| ("replaces", old.clone())));
            let task = self.task(source, &span, id, draft, catalog, &annex.groups);
            annex.tasks.push(task);
        }
        for (key, old) in earlier {
            if annex.tasks.iter().any(|task| task.id == *old.get_ref()) {
                let there = sense::still_there(
                    key,
                    old.get_ref(),
                    "một nhiệm vụ trong phụ lục này",
                );
                self.diagnostics.push(there.at(source, old.span()));
            } else if !is_id(old.get_ref(), 24) {
                self.diagnostics.push(bad_id(old.get_ref(), 24).at(source, old.span()));
            }
        }
        for (group, place) in annex.groups.iter().zip(group_places) {
            if !annex.tasks.iter().any(|task| task.group == group.id) {
                self.diagnostics.push(sense::unused("nhóm", &group.id).at(source, place));
            }
        }
        let deadlines: Vec<_> =
            annex.tasks.iter().flat_map(|task| &task.deadlines).collect();
        let last_years = self.year.and_then(|year| sense::last_years(&deadlines, year));
        self.diagnostics.extend(last_years.map(|found| found.at(source, 0..0)));
        let mut rest = items.rest();
        rest.require(&["annex"], &mut self.diagnostics);
        let draft: DraftAnnex = rest.read(&mut self.diagnostics);
        annex.name = draft.annex;
        annex.organisation = draft.organisation;
        annex
    }

    fn task(
        &mut self,
        source: &Arc<Source>,
        span: &Range<usize>,
        id: String,
        draft: DraftTask,
        catalog: &Catalog,
        groups: &[Group],
    ) -> Task {
        let groups: Vec<&str> = groups.iter().map(|g| g.id.as_str()).collect();
        let sections: Vec<&str> =
            catalog.sections.iter().map(|s| s.id.as_str()).collect();
        let units: Vec<&str> = catalog.units.iter().map(|u| u.id.as_str()).collect();
        let group = self.reference(
            (source, ""),
            "group",
            draft.group,
            &groups,
            Code::UnknownGroup,
        );
        let code = Code::UnknownSection;
        let of = (source, "edition.toml");
        let section = self.reference(of, "section", draft.section, &sections, code);
        let (of, code) = ((source, "units.toml"), Code::UnknownUnit);
        let unit = self.reference(of, "unit", draft.unit, &units, code);
        let mut deadlines = Vec::new();
        for draft in draft.deadlines {
            let at = draft.span();
            match draft.into_inner().check() {
                Ok(deadline) => {
                    self.deadline(source, &at, &deadline, &deadlines);
                    deadlines.push(deadline);
                }
                Err(message) => self.diagnostics.push(
                    Diagnostic::error(
                        Code::Deadline,
                        message,
                        "Viết đúng một kiểu, ví dụ { on = 2024-03-30, printed = \"30/3/2024\" }.",
                    )
                    .at(source, at),
                ),
            }
        }
        let title = Spanned::new(span.clone(), draft.title.clone());
        let texts = draft.actions.iter().chain(&draft.support).chain(&draft.lead);
        for text in texts.chain(&draft.unit_scope).chain([&title]) {
            self.placeholders(source, text);
        }
        if draft.actions.is_empty() && draft.choice.is_empty() {
            self.diagnostics.push(missing("actions").at(source, span.clone()));
        }
        for link in &draft.links {
            if !sense::is_address(link.get_ref()) {
                self.diagnostics.push(
                    Diagnostic::warning(
                        Code::BadValue,
                        format!(
                            "`links`: \"{}\" không phải địa chỉ trang",
                            quoted(link.get_ref())
                        ),
                        "Viết địa chỉ như trên trình duyệt, không có dấu cách.",
                    )
                    .at(source, link.span()),
                );
            }
        }
        let known: Vec<&str> = catalog.documents.iter().map(|d| d.id.as_str()).collect();
        for document in &draft.documents {
            self.used.insert(document.get_ref().clone());
            if !known.contains(&document.get_ref().as_str())
                && !self.lost.contains("legal-bases.toml")
            {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::UnknownDocument,
                        format!(
                            "legal-bases.toml không có văn bản \"{}\"",
                            document.get_ref()
                        ),
                        suggest(document.get_ref(), known.iter().copied()),
                    )
                    .at(source, document.span()),
                );
            }
        }
        let choices = self.choices(source, span, draft.choice);
        Task {
            id,
            source: draft.source,
            cite: draft.cite,
            group,
            section,
            title: draft.title,
            unit,
            unit_scope: draft.unit_scope.map(Spanned::into_inner),
            deadlines,
            actions: inner(draft.actions),
            support: inner(draft.support),
            documents: inner(draft.documents),
            links: inner(draft.links),
            lead: draft.lead.map(Spanned::into_inner).unwrap_or_default(),
            choices,
            errata: draft.erratum,
            renamed_from: inner(draft.renamed_from),
            replaces: inner(draft.replaces),
            extra: draft.extra,
        }
    }

    fn choices(
        &mut self,
        source: &Arc<Source>,
        span: &Range<usize>,
        drafts: Vec<DraftChoice>,
    ) -> Vec<Choice> {
        let mut ids = Ids::new(source, 29);
        let mut choices = Vec::new();
        for draft in drafts {
            if draft.id.is_none() {
                self.diagnostics.push(missing("id").at(source, span.clone()));
            }
            let place = draft.id.as_ref().map_or_else(|| span.clone(), Spanned::span);
            let id = ids.take(draft.id, &mut self.diagnostics);
            // It asks nothing: it was to override one that asks.
            if draft.prompt.is_empty() && draft.option.is_empty() && !id.is_empty() {
                let others = choices.iter().map(|other: &Choice| other.id.as_str());
                self.diagnostics.push(sense::no_choice(&id, others).at(source, place));
                continue;
            }
            let options: Vec<&str> = draft.option.iter().map(|o| o.id.as_str()).collect();
            for name in &draft.default {
                if !options.contains(&name.get_ref().as_str()) {
                    self.diagnostics.push(
                        Diagnostic::error(
                            Code::UnknownOption,
                            format!(
                                "lựa chọn \"{id}\" không có phương án \"{}\"",
                                name.get_ref()
                            ),
                            suggest(name.get_ref(), options.iter().copied()),
                        )
                        .at(source, name.span()),
                    );
                }
            }
            let labels = draft.option.iter().map(|one| &one.label);
            let texts = draft.option.iter().filter_map(|one| one.text.as_ref());
            for text in labels.chain(texts).chain([&draft.prompt]) {
                self.placeholders(source, &Spanned::new(span.clone(), text.clone()));
            }
            let mut choice = Choice {
                id,
                prompt: draft.prompt,
                multiple: draft.multiple,
                optional: draft.optional,
                all: draft.all,
                text: draft.text,
                default: inner(draft.default),
                options: draft.option,
            };
            let wrong = sense::choice(&choice).into_iter();
            self.diagnostics.extend(wrong.map(|found| found.at(source, place.clone())));
            if choice.all {
                choice.default = choice.options.iter().map(|o| o.id.clone()).collect();
            }
            choices.push(choice);
        }
        choices
    }

    /// Checks a deadline beside the `others` of its task.
    fn deadline(
        &mut self,
        source: &Arc<Source>,
        at: &Range<usize>,
        deadline: &Deadline,
        others: &[Deadline],
    ) {
        let year = self.year;
        let mut tell = |found: Diagnostic| {
            self.diagnostics.push(found.at(source, at.clone()));
        };
        if let Some(id) = &deadline.id {
            if !is_id(id, 24) {
                tell(bad_id(id, 24));
            } else if others.iter().any(|other| other.id.as_ref() == Some(id)) {
                tell(duplicate(id));
            }
        }
        sense::deadline(deadline, year).into_iter().for_each(&mut tell);
        for text in deadline.what.iter().chain(&deadline.said) {
            sense::braces(text, &Agency::PLACEHOLDERS).into_iter().for_each(&mut tell);
        }
    }

    /// The files of the folder that no kind of agency names as its tasks, and no other part of
    /// a catalogue has as its name.
    fn strange_files(&self) -> impl Iterator<Item = (&'s Arc<Source>, &'s str)> {
        let is_known = |name: &str| {
            let annex = name.strip_suffix(".toml").unwrap_or(name);
            let annex = annex.strip_prefix(SAMPLE).unwrap_or(annex);
            FILES.contains(&name) || self.annexes.iter().any(|known| known == annex)
        };
        let named = self.sources.iter().map(|source| (source, source.file()));
        named.filter(move |(_, name)| !is_known(name))
    }

    /// Tells which files of the folder nothing reads.
    fn unknown_files(&mut self) {
        let annexes = self.annexes.iter().map(|annex| format!("{annex}.toml"));
        let known: Vec<String> =
            FILES.into_iter().map(ToOwned::to_owned).chain(annexes).collect();
        let found = self.strange_files().map(|(source, name)| {
            let near = suggest(name, known.iter().map(String::as_str));
            let message = format!("khung không đọc tệp {}", quoted(name));
            Diagnostic::warning(Code::UnknownFile, message, near).at(source, 0..0)
        });
        let found: Vec<Diagnostic> = found.collect();
        self.diagnostics.extend(found);
    }

    /// Takes the names that kinds of agencies give to their files of tasks; where one of them is
    /// not there, the files that nobody names are read, too: one of them may be meant.
    fn task_files(&mut self, source: &Arc<Source>, names: Vec<Spanned<String>>) {
        let is_there = |name: &str| {
            self.sources
                .iter()
                .any(|source| source.file().strip_suffix(".toml") == Some(name))
        };
        let (there, missing): (Vec<_>, Vec<_>) =
            names.into_iter().partition(|name| is_there(name.get_ref()));
        for name in there {
            if !self.annexes.contains(name.get_ref()) {
                self.annexes.push(name.into_inner());
            }
        }
        let others: Vec<String> = self
            .strange_files()
            .filter_map(|(_, name)| name.strip_suffix(".toml"))
            .filter(|name| !name.starts_with(SAMPLE))
            .map(ToOwned::to_owned)
            .collect();
        for name in &missing {
            let text = name.get_ref();
            self.diagnostics.push(
                Diagnostic::error(
                    Code::MissingKey,
                    format!("thư mục danh mục thiếu tệp {}.toml", quoted(text)),
                    suggest(text, others.iter().map(String::as_str)),
                )
                .at(source, name.span()),
            );
        }
        if !missing.is_empty() {
            self.annexes.extend(others);
        }
    }

    fn agencies(&mut self, catalog: &mut Catalog) {
        let Some((source, mut items)) = self.open("agencies.toml") else { return };
        let mut kind_ids = Ids::new(source, 29);
        let mut tasks = Vec::new();
        let keys = ["id", "tasks", "label"];
        for mut item in items.entries("kind", &keys, &mut self.diagnostics) {
            let (span, layer) = (item.span(), item.layer());
            item.refuse(&["renamed_from", "merged_into"], &mut self.diagnostics);
            let mut draft: DraftAgency = item.read(&mut self.diagnostics);
            draft.layer = layer;
            if draft.source.is_none() && layer > 0 {
                draft.source =
                    self.layers.get(layer - 1).and_then(|one| one.source.clone());
            }
            kind_ids.take(draft.id.clone(), &mut self.diagnostics);
            tasks.extend(draft.tasks.clone());
            let wrong = draft.texts().find_map(|text| sense::braces(text, &["name"]));
            self.diagnostics.extend(wrong.map(|found| found.at(source, span)));
            catalog.kinds.push(draft);
        }
        self.task_files(source, tasks);
        self.expect_some("agencies.toml", "kind", catalog.kinds.is_empty());
        let kinds: Vec<String> = catalog
            .kinds
            .iter()
            .filter_map(|kind| kind.id.as_ref().map(|id| id.get_ref().clone()))
            .collect();
        let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
        let mut ids = Ids::new(source, 60);
        let mut agencies: Vec<(Agency, Spanned<String>)> = Vec::new();
        let mut lacking = BTreeSet::new();
        let (mut earlier, mut heirs) = (Vec::new(), Vec::new());
        let keys = ["id", "name", "kind"];
        for item in items.entries("agency", &keys, &mut self.diagnostics) {
            let draft: DraftAgency = item.read(&mut self.diagnostics);
            ids.take(draft.id.clone(), &mut self.diagnostics);
            earlier.extend(draft.renamed_from.iter().cloned());
            heirs.extend(draft.merged_into.clone());
            let (of, kind) = ((source, "agencies.toml"), draft.kind.clone());
            let kind = self.reference(of, "kind", kind, &kinds, Code::UnknownKind);
            if let Some(kind) = catalog.kind(&kind)
                && let Some(name) = draft.name.clone()
            {
                let agency = draft.resolve(kind);
                // What the kind lacks, all of its agencies do: told once.
                if let Some(found) = sense::lacking(&agency)
                    && lacking.insert(agency.kind.clone())
                {
                    self.diagnostics.push(found.at(source, name.span()));
                }
                agencies.push((agency, name));
            }
        }
        let (known, active): (Vec<&str>, Vec<&str>) = (
            agencies.iter().map(|(one, _)| &*one.id).collect(),
            agencies
                .iter()
                .filter(|(one, _)| one.is_active())
                .map(|(one, _)| &*one.id)
                .collect(),
        );
        for old in earlier.iter().filter(|old| known.contains(&&**old.get_ref())) {
            let there =
                sense::still_there("renamed_from", old.get_ref(), "một cơ quan khác");
            self.diagnostics.push(there.at(source, old.span()));
        }
        for heir in heirs {
            let (of, code) = ((source, "agencies.toml"), Code::UnknownAgency);
            self.reference(of, "merged_into", Some(heir), &active, code);
        }
        let shared = sense::shared_names(&agencies).into_iter();
        self.diagnostics
            .extend(shared.map(|(found, name)| found.at(source, name.span())));
        catalog.agencies.extend(agencies.into_iter().map(|(agency, _)| agency));
        self.no_rest(items);
    }

    /// Takes the id that a key names, which must be among those that are known from `file`.
    fn reference(
        &mut self,
        (source, file): (&Arc<Source>, &str),
        key: &str,
        value: Option<Spanned<String>>,
        known: &[&str],
        code: Code,
    ) -> String {
        let Some(value) = value else { return String::new() };
        if !known.contains(&value.get_ref().as_str()) && !self.lost.contains(file) {
            self.diagnostics.push(
                Diagnostic::error(
                    code,
                    format!("`{key}`: không có \"{}\"", value.get_ref()),
                    suggest(value.get_ref(), known.iter().copied()),
                )
                .at(source, value.span()),
            );
        }
        value.into_inner()
    }

    fn placeholders(&mut self, source: &Arc<Source>, text: &Spanned<String>) {
        let wrong = sense::braces(text.get_ref(), &Agency::PLACEHOLDERS);
        self.diagnostics.extend(wrong.map(|found| found.at(source, text.span())));
    }

    fn no_rest(&mut self, items: Items<'_>) {
        let _: Nothing = items.rest().read(&mut self.diagnostics);
    }
}

/// A table without keys: whatever is left over is unknown.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Nothing {}

fn inner(texts: Vec<Spanned<String>>) -> Vec<String> {
    texts.into_iter().map(Spanned::into_inner).collect()
}

fn duplicate(id: &str) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateId,
        format!("mã \"{id}\" đã dùng ở trên"),
        "Đặt mã khác; mã là tên riêng của một mục và không dùng lại.",
    )
}

/// Tells whether a text is an id of at most so many characters.
fn is_id(text: &str, longest: usize) -> bool {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.len() <= longest && text.chars().all(legal)
}

fn bad_id(text: &str, longest: usize) -> Diagnostic {
    Diagnostic::error(
        Code::BadId,
        format!("mã \"{text}\" không hợp lệ"),
        format!(
            "Dùng chữ thường không dấu, chữ số và dấu gạch nối, tối đa {longest} ký tự."
        ),
    )
}

/// A task of an earlier edition that two tasks say they are.
fn renamed_twice(old: &Spanned<String>) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateId,
        format!("mã \"{}\" đã có trong một `renamed_from` ở trên", quoted(old.get_ref())),
        "Giữ mã cũ ở một nhiệm vụ; nếu nhiệm vụ cũ được tách ra thì dùng `replaces`.",
    )
}

/// Checks ids of one list: form, length, uniqueness.
pub(crate) struct Ids<'a> {
    source: &'a Arc<Source>,
    longest: usize,
    seen: BTreeSet<String>,
}

impl<'a> Ids<'a> {
    pub(crate) fn new(source: &'a Arc<Source>, longest: usize) -> Self {
        Self { source, longest, seen: BTreeSet::new() }
    }

    /// The id of an entry that becomes a row of a table; empty as for [`Self::take`].
    pub(crate) fn take_row(
        &mut self,
        id: Option<Spanned<String>>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> String {
        let place = id.as_ref().map(Spanned::span).unwrap_or_default();
        let id = self.take(id, diagnostics);
        if is_reserved(&id) {
            diagnostics.push(
                Diagnostic::error(
                    Code::BadId,
                    format!("mã \"{id}\" dành cho dòng tổng và dòng nhóm của bảng"),
                    "Đặt mã khác, không bắt đầu bằng group- hoặc project-.",
                )
                .at(self.source, place),
            );
        }
        id
    }

    /// The id; empty where there is none, which whoever required it has told.
    pub(crate) fn take(
        &mut self,
        id: Option<Spanned<String>>,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> String {
        let Some(id) = id else { return String::new() };
        let text = id.get_ref();
        if !is_id(text, self.longest) {
            diagnostics.push(bad_id(text, self.longest).at(self.source, id.span()));
        } else if !self.seen.insert(text.clone()) {
            diagnostics.push(duplicate(text).at(self.source, id.span()));
        }
        id.into_inner()
    }
}
