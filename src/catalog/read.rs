//! Reads and checks the files of a catalogue folder, all of their problems together.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;

use super::agency::{Agency, DraftAgency};
use super::deadline::DraftDeadline;
use super::{
    Annex, Catalog, Choice, ChoiceOption, Document, Erratum, Group, Organisation,
    SectionHead, Task, Unit,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::role::is_reserved;
use crate::source::{Day, Items, Source, missing, quoted, suggest};

/// The task files, by what kinds of agency and documents call them.
const ANNEXES: [&str; 2] = ["province", "ministry"];

/// Reads the files of one catalogue folder.
pub(super) fn read(sources: &[Arc<Source>]) -> (Catalog, Vec<Diagnostic>) {
    let mut reader = Reader { sources, diagnostics: Vec::new(), used: BTreeSet::new() };
    let catalog = reader.catalog();
    (catalog, reader.diagnostics)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftEdition {
    id: String,
    version: String,
    year: i32,
    due_before: Option<Day>,
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
    cite: String,
    group: Option<Spanned<String>>,
    section: Option<Spanned<String>>,
    title: String,
    unit: Option<Spanned<String>>,
    unit_scope: Option<String>,
    deadlines: Vec<Spanned<DraftDeadline>>,
    actions: Vec<Spanned<String>>,
    support: Vec<Spanned<String>>,
    documents: Vec<Spanned<String>>,
    links: Vec<String>,
    lead: Option<Spanned<String>>,
    renamed_from: Vec<Spanned<String>>,
    replaces: Vec<String>,
    choice: Vec<DraftChoice>,
    erratum: Vec<Erratum>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct DraftChoice {
    id: Option<Spanned<String>>,
    prompt: String,
    multiple: bool,
    optional: bool,
    default: Vec<Spanned<String>>,
    option: Vec<ChoiceOption>,
}

/// Gathers what the checks of all files need to know of each other.
struct Reader<'s> {
    sources: &'s [Arc<Source>],
    diagnostics: Vec<Diagnostic>,
    used: BTreeSet<String>,
}

impl<'s> Reader<'s> {
    fn source(&self, file: &str) -> Option<&'s Arc<Source>> {
        let is_it =
            |source: &&Arc<Source>| source.name.rsplit(['/', '\\']).next() == Some(file);
        self.sources.iter().find(is_it)
    }

    fn open(&mut self, file: &str) -> Option<(&'s Arc<Source>, Items<'s>)> {
        let Some(source) = self.source(file) else {
            self.diagnostics.push(Diagnostic::error(
                Code::MissingKey,
                format!("thư mục danh mục thiếu tệp {file}"),
                "Chạy `khung catalog export` để lấy lại đủ các tệp.",
            ));
            return None;
        };
        Some((source, Items::parse(source, &mut self.diagnostics)))
    }

    fn catalog(&mut self) -> Catalog {
        let (mut catalog, sections) = self.edition();
        catalog.sections = sections;
        catalog.units = self.units();
        let (documents, places) = self.documents();
        catalog.documents = documents;
        for name in ANNEXES {
            let annex = self.annex(name, &catalog);
            catalog.annexes.insert(name.to_owned(), annex);
            if let Some(sample) = self.source(&format!("sample-{name}.toml")) {
                catalog.samples.insert(name.to_owned(), Arc::clone(sample));
            }
        }
        self.agencies(&mut catalog);
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
        let mut catalog = Catalog {
            edition: String::new(),
            version: String::new(),
            year: 0,
            due_before: NaiveDate::default(),
            dispatch: Document::default(),
            sections: Vec::new(),
            units: Vec::new(),
            documents: Vec::new(),
            annexes: BTreeMap::new(),
            kinds: Vec::new(),
            agencies: Vec::new(),
            errata: Vec::new(),
            samples: BTreeMap::new(),
        };
        let Some((source, mut items)) = self.open("edition.toml") else {
            return (catalog, Vec::new());
        };
        let mut sections = Vec::new();
        let mut ids = Ids::new(source, 24);
        for mut item in items.array("section", &mut self.diagnostics) {
            item.require(&["id", "number", "title"], &mut self.diagnostics);
            let draft: DraftSection = item.read(&mut self.diagnostics);
            let id = ids.take(draft.id, &mut self.diagnostics);
            sections.push(SectionHead { id, number: draft.number, title: draft.title });
        }
        for item in items.array("erratum", &mut self.diagnostics) {
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
        rest.require(&["id", "version", "year", "due_before"], &mut self.diagnostics);
        let draft: DraftEdition = rest.read(&mut self.diagnostics);
        catalog.due_before = draft.due_before.map(|day| day.0).unwrap_or_default();
        (catalog.edition, catalog.version, catalog.year) =
            (draft.id, draft.version, draft.year);
        (catalog, sections)
    }

    fn units(&mut self) -> Vec<Unit> {
        let Some((source, mut items)) = self.open("units.toml") else {
            return Vec::new();
        };
        let mut ids = Ids::new(source, 60);
        let mut units = Vec::new();
        for mut item in items.array("unit", &mut self.diagnostics) {
            item.require(&["id", "name"], &mut self.diagnostics);
            let draft: DraftUnit = item.read(&mut self.diagnostics);
            let id = ids.take(draft.id, &mut self.diagnostics);
            units.push(Unit { id, name: draft.name });
        }
        self.no_rest(items);
        units
    }

    #[expect(clippy::type_complexity, reason = "documents with where they stand")]
    fn documents(&mut self) -> (Vec<Document>, Vec<(Arc<Source>, Range<usize>)>) {
        let mut documents = Vec::new();
        let mut places = Vec::new();
        let Some((source, mut items)) = self.open("legal-bases.toml") else {
            return (documents, places);
        };
        let mut seen = BTreeSet::new();
        for mut item in items.array("document", &mut self.diagnostics) {
            item.require(&["id", "kind"], &mut self.diagnostics);
            let draft: DraftDocument = item.read(&mut self.diagnostics);
            let Some(id) = draft.id else { continue };
            let (id, place) = (id.get_ref().clone(), id.span());
            if !seen.insert(id.clone()) {
                self.diagnostics.push(duplicate(&id).at(source, place.clone()));
            }
            let only = draft.only.into_iter().map(|name| {
                self.reference(source, "for", Some(name), &ANNEXES, Code::BadValue)
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
        let mut annex = Annex::default();
        let mut group_ids = Ids::new(source, 29);
        for mut item in items.array("group", &mut self.diagnostics) {
            item.require(&["id", "number", "title"], &mut self.diagnostics);
            let draft: DraftGroup = item.read(&mut self.diagnostics);
            let id = group_ids.take(draft.id, &mut self.diagnostics);
            annex.groups.push(Group { id, number: draft.number, title: draft.title });
        }
        let mut ids = Ids::new(source, 24);
        let mut given_up = BTreeSet::new();
        for mut item in items.array("task", &mut self.diagnostics) {
            let span = item.span();
            let keys = ["id", "cite", "group", "section", "title", "unit", "lead"];
            item.require(&keys, &mut self.diagnostics);
            let draft: DraftTask = item.read(&mut self.diagnostics);
            let id = ids.take_row(draft.id.clone(), &mut self.diagnostics);
            for old in &draft.renamed_from {
                if !given_up.insert(old.get_ref().clone()) {
                    self.diagnostics.push(renamed_twice(old).at(source, old.span()));
                }
            }
            let task = self.task(source, &span, id, draft, catalog, &annex.groups);
            annex.tasks.push(task);
        }
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
        let group =
            self.reference(source, "group", draft.group, &groups, Code::UnknownGroup);
        let code = Code::UnknownSection;
        let section = self.reference(source, "section", draft.section, &sections, code);
        let unit = self.reference(source, "unit", draft.unit, &units, Code::UnknownUnit);
        let mut deadlines = Vec::new();
        for draft in draft.deadlines {
            let at = draft.span();
            match draft.into_inner().check() {
                Ok(deadline) => deadlines.push(deadline),
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
        for text in draft.actions.iter().chain(&draft.support).chain(&draft.lead) {
            self.placeholders(source, text);
        }
        let known: Vec<&str> = catalog.documents.iter().map(|d| d.id.as_str()).collect();
        for document in &draft.documents {
            self.used.insert(document.get_ref().clone());
            if !known.contains(&document.get_ref().as_str()) {
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
            cite: draft.cite,
            group,
            section,
            title: draft.title,
            unit,
            unit_scope: draft.unit_scope,
            deadlines,
            actions: inner(draft.actions),
            support: inner(draft.support),
            documents: inner(draft.documents),
            links: draft.links,
            lead: draft.lead.map(Spanned::into_inner).unwrap_or_default(),
            choices,
            errata: draft.erratum,
            renamed_from: inner(draft.renamed_from),
            replaces: draft.replaces,
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
            let id = ids.take(draft.id, &mut self.diagnostics);
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
            for option in &draft.option {
                self.placeholders(
                    source,
                    &Spanned::new(span.clone(), option.text.clone()),
                );
            }
            choices.push(Choice {
                id,
                prompt: draft.prompt,
                multiple: draft.multiple,
                optional: draft.optional,
                default: inner(draft.default),
                options: draft.option,
            });
        }
        choices
    }

    fn agencies(&mut self, catalog: &mut Catalog) {
        let Some((source, mut items)) = self.open("agencies.toml") else { return };
        let mut kind_ids = Ids::new(source, 29);
        for mut item in items.array("kind", &mut self.diagnostics) {
            item.require(&["id", "tasks", "label"], &mut self.diagnostics);
            let draft: DraftAgency = item.read(&mut self.diagnostics);
            kind_ids.take(draft.id.clone(), &mut self.diagnostics);
            let tasks = draft.tasks.clone();
            self.reference(source, "tasks", tasks, &ANNEXES, Code::BadValue);
            catalog.kinds.push(draft);
        }
        let kinds: Vec<String> = catalog
            .kinds
            .iter()
            .filter_map(|kind| kind.id.as_ref().map(|id| id.get_ref().clone()))
            .collect();
        let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
        let mut ids = Ids::new(source, 60);
        for mut item in items.array("agency", &mut self.diagnostics) {
            item.require(&["id", "name", "kind"], &mut self.diagnostics);
            let draft: DraftAgency = item.read(&mut self.diagnostics);
            ids.take(draft.id.clone(), &mut self.diagnostics);
            let kind = draft.kind.clone();
            let kind = self.reference(source, "kind", kind, &kinds, Code::UnknownKind);
            if let Some(kind) = catalog.kind(&kind) {
                catalog.agencies.push(draft.resolve(kind));
            }
        }
        self.no_rest(items);
    }

    fn reference(
        &mut self,
        source: &Arc<Source>,
        key: &str,
        value: Option<Spanned<String>>,
        known: &[&str],
        code: Code,
    ) -> String {
        let Some(value) = value else { return String::new() };
        if !known.contains(&value.get_ref().as_str()) {
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
        for piece in text.get_ref().split("{{").skip(1) {
            let name = piece.split("}}").next().unwrap_or_default().trim();
            if !Agency::PLACEHOLDERS.contains(&name) {
                self.diagnostics.push(
                    Diagnostic::error(
                        Code::UnknownPlaceholder,
                        format!("câu văn dùng {{{{ {name} }}}} không có trong danh sách"),
                        suggest(name, Agency::PLACEHOLDERS),
                    )
                    .at(source, text.span()),
                );
            }
        }
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
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > self.longest || !text.chars().all(legal) {
            diagnostics.push(
                Diagnostic::error(
                    Code::BadId,
                    format!("mã \"{text}\" không hợp lệ"),
                    format!(
                        "Dùng chữ thường không dấu, chữ số và dấu gạch nối, tối đa {} ký tự.",
                        self.longest
                    ),
                )
                .at(self.source, id.span()),
            );
        } else if !self.seen.insert(text.clone()) {
            diagnostics.push(duplicate(text).at(self.source, id.span()));
        }
        id.into_inner()
    }
}
