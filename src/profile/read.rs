//! Reads a profile: each table into its draft, each draft checked against the catalogue.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use toml::Spanned;

use super::{
    Basis, Duty, Form, Issue, PastProject, PastTarget, Profile, Project, Signatory,
};
use super::{ResultDraft, Target, draft, place};
use crate::catalog::agency::{Agency, DraftAgency, NotFound, find};
use crate::catalog::deadline::short_date;
use crate::catalog::{Annex, Catalog, Document, Ids};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Item, Items, Source, named, quoted, suggest_called};

/// Tables of a profile beside `[agency]`.
const TABLES: [&str; 6] =
    ["issue", "signatory", "decision", "review", "solutions", "funding"];

/// Arrays of tables of a profile.
const ARRAYS: [&str; 11] = [
    "task",
    "left_out",
    "own_task",
    "result",
    "past_target",
    "target",
    "past_project",
    "past_expense",
    "project",
    "basis",
    "duty",
];

/// Findings that one run reports; a file with more is no profile.
const MOST: usize = 200;

impl Profile {
    /// Reads and checks a profile against the catalogue.
    ///
    /// The agency is none when it could not be found; the profile is usable when no diagnostic
    /// is an error.
    #[must_use]
    pub fn read(
        source: &Arc<Source>,
        catalog: &Catalog,
    ) -> (Self, Option<Agency>, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut items = Items::parse(source, &mut diagnostics);
        let own = items
            .is_table("agency")
            .then(|| items.table("agency", &mut diagnostics))
            .flatten();
        let mut tables = BTreeMap::new();
        for key in TABLES {
            tables.insert(key, items.table(key, &mut diagnostics).into_iter().collect());
        }
        for key in ARRAYS {
            tables.insert(key, items.array(key, &mut diagnostics));
        }
        let mut reader = Reader {
            source,
            catalog,
            annex: None,
            tasks: None,
            tables,
            planned: BTreeSet::new(),
            inherited: BTreeSet::new(),
            diagnostics,
        };
        let (agency, root) = reader.root(items.rest(), own);
        if let Some(agency) = &agency
            && let Some((tasks, annex)) = catalog.annexes.get_key_value(&agency.tasks)
        {
            (reader.tasks, reader.annex) = (Some(tasks.as_str()), Some(annex));
        }
        let decision = reader.tables["decision"].first().map(Item::span);
        let profile = reader.profile(root);
        if let (Some(agency), Some(place)) = (&agency, decision) {
            reader.unused(&profile, agency, place);
        }
        let mut diagnostics = reader.diagnostics;
        place::told(source, catalog, &mut diagnostics);
        if diagnostics.len() > MOST {
            // Errors stop the plan: no crowd of warnings may push one out.
            diagnostics.sort_by_key(|diagnostic| Reverse(diagnostic.severity));
            diagnostics.truncate(MOST);
        }
        (profile, agency, diagnostics)
    }
}

pub(super) struct Reader<'a> {
    pub(super) source: &'a Arc<Source>,
    pub(super) catalog: &'a Catalog,
    /// The annex that the agency plans by; none while it is not known who plans.
    pub(super) annex: Option<&'a Annex>,
    /// The id of that annex.
    tasks: Option<&'a str>,
    /// What is not read yet.
    tables: BTreeMap<&'static str, Vec<Item<'a>>>,
    /// Tasks of the catalogue that the profile plans.
    pub(super) planned: BTreeSet<String>,
    /// Tasks that take over what the profile says of those that they stand for.
    pub(super) inherited: BTreeSet<String>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Reader<'a> {
    fn profile(&mut self, root: draft::Root) -> Profile {
        let profile = Profile {
            issue: self.table("issue"),
            signatory: self.table("signatory"),
            decision: self.table("decision"),
            guidance: root.guidance,
            banner: root.banner,
            aims: root.aims,
            tasks: self.tasks(),
            left_out: self.left_out(),
            own_tasks: self.own_tasks(),
            results: self.results(),
            review: self.table("review"),
            past_targets: self
                .rows("past_target", "indicator", |id, row| PastTarget { id, ..row }),
            targets: self.rows("target", "indicator", |id, row| Target { id, ..row }),
            past_projects: self.past_projects("past_project"),
            past_expenses: self.past_projects("past_expense"),
            projects: self.rows("project", "name", |id, row: draft::Work| -> Project {
                row.identified(id)
            }),
            bases: self.bases(),
            solutions: self.solutions(),
            funding: self.table("funding"),
            duties: self.duties(),
        };
        let profile = profile.tidied();
        self.date_of_issue(&profile.issue);
        self.degree(&profile.signatory);
        profile
    }

    /// Tells of degrees before the name of who signs.
    fn degree(&mut self, signatory: &Signatory) {
        const DEGREES: [&str; 8] =
            ["GS.", "PGS.", "TS.", "ThS.", "TSKH.", "BS.", "KS.", "CN."];
        let Some(name) = &signatory.name else { return };
        if let Some(degree) = DEGREES.iter().find(|degree| name.starts_with(*degree)) {
            let found = Diagnostic::warning(
                Code::Letterhead,
                format!("tên người ký có học hàm, học vị: \"{}\"", quoted(name)),
                format!(
                    "Bỏ \"{degree}\": trước tên người ký không ghi học hàm, học vị (Nghị định 30/2020/NĐ-CP, \
                     Phụ lục I, mục II.7)."
                ),
            );
            let at = self.source.text.find(name.as_str()).unwrap_or_default();
            self.push(found, at..at + name.len().min(self.source.text.len() - at));
        }
    }

    /// Tells of a Quyết định that is described and not drafted.
    fn unused(&mut self, profile: &Profile, agency: &Agency, place: Range<usize>) {
        let usual = &agency.decision;
        if profile.issue.form == Form::Plan && profile.decision.or(usual) != *usual {
            self.push(
                Diagnostic::warning(
                    Code::Unused,
                    "[decision] không được dùng: kế hoạch này không kèm theo Quyết định",
                    "Thêm `form = \"decision\"` vào [issue], hoặc xóa bảng này.",
                ),
                place,
            );
        }
    }

    fn root(
        &mut self,
        mut item: Item<'_>,
        own: Option<Item<'_>>,
    ) -> (Option<Agency>, draft::Root) {
        let is_lacking = own.is_none() && item.lacks("agency");
        if is_lacking {
            self.push(
                Diagnostic::error(
                    Code::MissingKey,
                    "hồ sơ chưa nêu cơ quan",
                    "Thêm dòng `agency = \"Lào Cai\"` ở đầu tệp.",
                ),
                0..0,
            );
        }
        // Who plans may be left blank only where the table says it.
        let required: &[&str] =
            if is_lacking || own.is_some() { &[] } else { &["agency"] };
        item.require(required, &mut self.diagnostics);
        let mut root: draft::Root = item.read(&mut self.diagnostics);
        let agency = match (own, root.agency.take()) {
            (Some(own), _) => self.own_agency(own),
            (None, Some(name)) => self.agency(&name),
            (None, None) => None,
        };
        (agency, root)
    }

    fn agency(&mut self, name: &Spanned<String>) -> Option<Agency> {
        match find(&self.catalog.agencies, name.get_ref()) {
            Ok(agency) => {
                if let Some(found) = merged(agency, self.catalog) {
                    self.push(found, name.span());
                }
                Some(agency.clone())
            }
            Err(error) => {
                self.push(not_found(name.get_ref(), &error), name.span());
                None
            }
        }
    }

    fn own_agency(&mut self, mut item: Item<'_>) -> Option<Agency> {
        item.require(&["name", "kind"], &mut self.diagnostics);
        item.refuse(&DraftAgency::OF_THE_LIST, &mut self.diagnostics);
        let draft: DraftAgency = item.read(&mut self.diagnostics);
        let kind = draft.kind.as_ref()?;
        let called = |kind: &'a DraftAgency| {
            let id = kind.id.as_ref()?.get_ref().as_str();
            Some((id, kind.label.as_deref().unwrap_or(id)))
        };
        let catalog: &'a Catalog = self.catalog;
        let known: Vec<_> = catalog.kinds.iter().filter_map(called).collect();
        let found = named(kind.get_ref(), known.iter().copied());
        let found = found.and_then(|id| catalog.kind(id));
        if found.is_none() {
            self.push(
                Diagnostic::error(
                    Code::UnknownKind,
                    format!("không có loại cơ quan \"{}\"", quoted(kind.get_ref())),
                    suggest_called(kind.get_ref(), &known),
                ),
                kind.span(),
            );
        }
        found.map(|kind| draft.resolve(kind))
    }

    fn results(&mut self) -> Vec<ResultDraft> {
        let mut seen = BTreeSet::new();
        let mut results = Vec::new();
        for mut item in self.take("result") {
            item.require(&["heading"], &mut self.diagnostics);
            let draft: draft::Outcome = item.read(&mut self.diagnostics);
            let Some(heading) = draft.heading else { continue };
            if !seen.insert(heading.get_ref().clone()) {
                let name = heading.get_ref();
                self.push(twice("đề mục", name, "result"), heading.span());
            }
            results.push(ResultDraft {
                place: heading.span(),
                heading: heading.into_inner(),
                achieved: draft.achieved,
                shortcomings: draft.shortcomings,
            });
        }
        results
    }

    fn past_projects(&mut self, key: &'static str) -> Vec<PastProject> {
        let mut ids = Ids::new(self.source, 24);
        let mut projects = Vec::new();
        for mut item in self.take(key) {
            item.require(&["id", "name"], &mut self.diagnostics);
            let spent = item.place("spent");
            let identity: draft::Identity = item.part(&mut self.diagnostics);
            let row: PastProject = item.read(&mut self.diagnostics);
            if let (Some(total), Some(sum)) = (row.total, row.spent)
                && sum > total
            {
                self.push(
                    Diagnostic::warning(
                        Code::SumMismatch,
                        format!(
                            "\"{}\": đã chi {sum} lớn hơn tổng mức {total}",
                            quoted(&row.name)
                        ),
                        "Kiểm tra lại hai số (đơn vị: triệu đồng).",
                    ),
                    spent,
                );
            }
            let id = ids.take_row(identity.id, &mut self.diagnostics);
            projects.push(PastProject { id, ..row });
        }
        projects
    }

    /// Legal bases: the agency's own, and those that the catalogue leaves open.
    fn bases(&mut self) -> Vec<Basis> {
        let catalog = self.catalog;
        let mut ids = Ids::new(self.source, 60);
        let mut bases = Vec::new();
        for mut item in self.take("basis") {
            let keys: &[&str] =
                if item.lacks("omit") { &["id", "text"] } else { &["id"] };
            item.require(keys, &mut self.diagnostics);
            let identity: draft::Identity = item.part(&mut self.diagnostics);
            let row: Basis = item.read(&mut self.diagnostics);
            let Some(id) = identity.id else { continue };
            let place = id.span();
            let id = match catalog.document(id.get_ref()) {
                Some(_) if row.omit => id.into_inner(),
                None if row.omit => {
                    self.push(unlisted(id.get_ref()), place);
                    continue;
                }
                Some(known) if known.slot.is_none() => {
                    self.push(listed(&known.id), place);
                    id.into_inner()
                }
                Some(known) if self.is_elsewhere(known) => {
                    self.push(elsewhere(&known.id), place);
                    id.into_inner()
                }
                _ => ids.take(Some(id), &mut self.diagnostics),
            };
            bases.push(Basis { id, ..row });
        }
        bases
    }

    /// Tells whether the plans of this agency do not list the document.
    fn is_elsewhere(&self, document: &Document) -> bool {
        let (only, tasks) = (&document.only, self.tasks);
        !only.is_empty() && tasks.is_some_and(|tasks| only.iter().all(|o| o != tasks))
    }

    fn duties(&mut self) -> Vec<Duty> {
        let items = self.take("duty").into_iter();
        items
            .map(|mut item| {
                item.require(&["unit", "duties"], &mut self.diagnostics);
                item.read(&mut self.diagnostics)
            })
            .collect()
    }

    /// Entries that become rows of a table: an id, and `named`, which every row needs.
    fn rows<T: DeserializeOwned + Default, R>(
        &mut self,
        key: &'static str,
        named: &'static str,
        identified: impl Fn(String, T) -> R,
    ) -> Vec<R> {
        let mut ids = Ids::new(self.source, 24);
        let mut rows = Vec::new();
        for mut item in self.take(key) {
            item.require(&["id", named], &mut self.diagnostics);
            let identity: draft::Identity = item.part(&mut self.diagnostics);
            let row = item.read(&mut self.diagnostics);
            rows.push(identified(ids.take_row(identity.id, &mut self.diagnostics), row));
        }
        rows
    }

    fn table<T: DeserializeOwned + Default>(&mut self, key: &'static str) -> T {
        let Some(mut item) = self.take(key).pop() else { return T::default() };
        item.require(&[], &mut self.diagnostics);
        item.read(&mut self.diagnostics)
    }

    fn solutions(&mut self) -> BTreeMap<String, Vec<String>> {
        let Some(mut item) = self.take("solutions").pop() else { return BTreeMap::new() };
        item.require(&[], &mut self.diagnostics);
        let heads = self.catalog.solutions.iter();
        let known: Vec<&str> = heads.map(|head| head.id.as_str()).collect();
        item.lists(&known, &mut self.diagnostics)
    }

    pub(super) fn take(&mut self, key: &'static str) -> Vec<Item<'a>> {
        self.tables.remove(key).unwrap_or_default()
    }

    pub(super) fn one_of(
        &mut self,
        value: Option<Spanned<String>>,
        known: &[(&str, &str)],
    ) -> String {
        let Some(value) = value else { return String::new() };
        if let Some(name) = named(value.get_ref(), known.iter().copied()) {
            return name.to_owned();
        }
        self.push(
            Diagnostic::error(
                Code::UnknownSection,
                format!("khung kế hoạch không có đề mục \"{}\"", quoted(value.get_ref())),
                suggest_called(value.get_ref(), known),
            ),
            value.span(),
        );
        value.into_inner()
    }

    fn date_of_issue(&mut self, issue: &Issue) {
        let Some(date) = &issue.date else { return };
        let day = date.get_ref().0;
        if let Some(due) = self.catalog.due.filter(|due| day > due.last()) {
            let due = due.missed();
            self.push(
                Diagnostic::warning(
                    Code::LateDate,
                    format!("ngày ban hành {due} như công văn yêu cầu"),
                    "Kiểm tra lại ngày; kế hoạch vẫn được lập.",
                ),
                date.span(),
            );
        } else if let Some(sent) = self.catalog.dispatch.date
            && day < sent
        {
            let sent = short_date(sent);
            self.push(
                Diagnostic::warning(
                    Code::BadValue,
                    format!("ngày ban hành trước ngày {sent} của công văn"),
                    "Kiểm tra lại ngày, nhất là năm; kế hoạch vẫn được lập.",
                ),
                date.span(),
            );
        }
    }

    pub(super) fn push(&mut self, diagnostic: Diagnostic, span: Range<usize>) {
        self.diagnostics.push(diagnostic.at(self.source, span));
    }
}

/// An entry that repeats what an entry above it speaks about.
pub(super) fn twice(what: &str, name: &str, key: &str) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateId,
        format!("{what} \"{}\" đã có ở một mục [[{key}]] phía trên", quoted(name)),
        format!("Gộp hai mục [[{key}]] này thành một."),
    )
}

impl Profile {
    /// Takes for a result's heading what that says; tells whether there was any such.
    pub(crate) fn name_headings(&mut self, printed: &[(String, String)]) -> bool {
        let known = || printed.iter().map(|(id, says)| (id.as_str(), says.as_str()));
        let mut taken: BTreeSet<String> =
            self.results.iter().map(|result| result.heading.clone()).collect();
        let mut is_any = false;
        for result in &mut self.results {
            if let Some(id) = named(&result.heading, known())
                && taken.insert(id.to_owned())
            {
                id.clone_into(&mut result.heading);
                is_any = true;
            }
        }
        is_any
    }
}

/// Results under headings that the plan does not print; where the `shipped` frame prints them
/// the templates are to blame, once for all.
pub(crate) fn unprinted(
    profile: &Profile,
    source: &Arc<Source>,
    printed: &[(String, String)],
    shipped: impl FnOnce() -> Vec<(String, String)>,
) -> Vec<Diagnostic> {
    let prints =
        |all: &[(String, String)], id: &str| all.iter().any(|(one, _)| one == id);
    let results = profile.results.iter();
    let unknown: Vec<&ResultDraft> =
        results.filter(|result| !prints(printed, &result.heading)).collect();
    if unknown.is_empty() {
        return Vec::new();
    }
    let shipped = shipped();
    let (cut_out, unknown): (Vec<_>, Vec<_>) =
        unknown.into_iter().partition(|result| prints(&shipped, &result.heading));
    let known: Vec<_> =
        printed.iter().map(|(id, says)| (id.as_str(), says.as_str())).collect();
    let mut found: Vec<Diagnostic> = unknown
        .into_iter()
        .map(|result| {
            let name = quoted(&result.heading);
            Diagnostic::error(
                Code::UnknownSection,
                format!("khung kế hoạch không có đề mục \"{name}\""),
                suggest_called(&result.heading, &known),
            )
            .at(source, result.place.clone())
        })
        .collect();
    if let Some(first) = cut_out.first() {
        let mut names: Vec<String> =
            cut_out.iter().map(|result| format!("\"{}\"", result.heading)).collect();
        names.dedup();
        let cut = Diagnostic::error(
            Code::UnknownSection,
            format!("mẫu không có đề mục {} mà hồ sơ nêu kết quả", names.join(", ")),
            "Lấy lại các đề mục đó từ bản gốc của mẫu (`khung catalog export`), hoặc xóa những \
             mục [[result]] này.",
        );
        found.push(cut.at(source, first.place.clone()));
    }
    found
}

/// A legal basis that the plan lists anyway.
fn listed(id: &str) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateId,
        format!("văn bản này đã có trong danh mục (\"{id}\")"),
        "Xóa mục này: kế hoạch tự nêu văn bản đó.",
    )
}

/// A legal basis to be left out that no plan cites.
fn unlisted(id: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownDocument,
        format!("không có căn cứ \"{}\" để bỏ", quoted(id)),
        "Ghi số của văn bản như trong danh mục, ví dụ \"749/QĐ-TTg\", hoặc xóa mục này.",
    )
}

/// A legal basis that only other agencies' plans list.
fn elsewhere(id: &str) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownDocument,
        format!("kế hoạch của cơ quan này không nêu căn cứ \"{id}\""),
        "Đặt mã khác để thêm một căn cứ riêng.",
    )
}

/// What is to be said of an agency that became a part of another one.
#[must_use]
pub fn merged(agency: &Agency, catalog: &Catalog) -> Option<Diagnostic> {
    let id = agency.merged_into.as_ref()?;
    let heir = catalog.agencies.iter().find(|other| other.id == *id);
    let heir = heir.map_or(id, |heir| &heir.name);
    Some(Diagnostic::warning(
        Code::MergedAgency,
        format!("{} đã sáp nhập vào {heir}", agency.full_name),
        format!(
            "Kế hoạch đã lập vẫn là của {}. Kế hoạch của {heir}: ghi agency = \"{heir}\" trong \
             hồ sơ, rồi nêu hồ sơ đó.",
            agency.name
        ),
    ))
}

/// Names of agencies that one message gives.
const MOST_NAMES: usize = 12;

/// Says why a name found no agency, and what to type instead.
#[must_use]
pub fn not_found(name: &str, error: &NotFound) -> Diagnostic {
    let list = |names: &[String], separator: &str| {
        let shown: Vec<String> =
            names.iter().take(MOST_NAMES).map(|name| format!("\"{name}\"")).collect();
        let more = names.len().saturating_sub(MOST_NAMES);
        let more = (more > 0).then(|| format!(" … và {more} cơ quan nữa"));
        shown.join(separator) + &more.unwrap_or_default()
    };
    match error {
        NotFound::Unknown(meant) => Diagnostic::error(
            Code::UnknownAgency,
            format!("không có cơ quan nào tên \"{}\"", quoted(name)),
            if meant.is_empty() {
                "Xem danh sách bằng `khung list agencies`, hoặc khai bảng [agency]."
                    .to_owned()
            } else {
                format!("Có phải ý bạn là {}?", list(meant, " hoặc "))
            },
        ),
        NotFound::Ambiguous(names) => Diagnostic::error(
            Code::AmbiguousAgency,
            format!("\"{}\" có thể là nhiều cơ quan", quoted(name)),
            format!("Viết đủ tên: {}.", list(names, ", ")),
        ),
    }
}
