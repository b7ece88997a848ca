//! A catalogue as tables of records, and each record as the texts that it holds.

use std::fmt::Display;

use toml::Spanned;

use crate::catalog::agency::{Agency, Decision, DraftAgency};
use crate::catalog::deadline::{Deadline, short_date};
use crate::catalog::layer::Layer;
use crate::catalog::{
    Annex, Catalog, Choice, ChoiceOption, Document, DueDate, Erratum, Group,
    Organisation, SectionHead, SolutionHead, Task, Unit,
};
use crate::plan::citation::{erratum_note, full_citation, short_citation};

/// What a catalogue lists of one kind.
#[derive(Debug)]
pub(super) struct Table {
    /// Name, as in TOML.
    pub(super) name: &'static str,
    /// The task file of a group or a task.
    pub(super) annex: Option<String>,
    pub(super) records: Vec<Listed>,
}

/// What a catalogue lists: a task, a unit, an agency …
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) id: String,
    /// How a reader knows it.
    pub(super) name: String,
    pub(super) facts: Vec<Fact>,
    /// Ids it had in earlier editions.
    pub(super) renamed_from: Vec<String>,
    /// Records of earlier editions that it stands for.
    pub(super) replaces: Vec<String>,
}

/// One text of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fact {
    /// Key, as in TOML.
    key: &'static str,
    /// What of that key; empty where there is but one, or a list without ids.
    of: String,
    /// What is compared: an id, where the key refers to another record.
    pub(super) text: String,
    /// The name of that other record.
    pub(super) name: Option<String>,
}

impl Fact {
    /// Texts of one key are compared with each other.
    pub(super) fn key(&self) -> (&'static str, &str) {
        (self.key, &self.of)
    }
}

/// A key, for a reader.
pub(super) fn printed(key: &'static str) -> &'static str {
    let names = [
        ("id", "mã"),
        ("layer", "lớp"),
        ("source", "văn bản giao"),
        ("year", "năm kế hoạch"),
        ("merged_into", "sáp nhập vào"),
        ("due", "hạn gửi kế hoạch"),
        ("solution", "nhóm giải pháp"),
        ("extra", "giá trị riêng của mẫu"),
        ("dispatch", "công văn"),
        ("collector", "nơi tổng hợp"),
        ("erratum", "đính chính"),
        ("annex", "phụ lục"),
        ("directed", "cơ quan được giao, theo thứ tự"),
        ("asked", "cơ quan được đề nghị"),
        ("executing", "nơi nhận cùng thực hiện"),
        ("unnamed", "tên đơn vị phải điền"),
        ("standing", "nhiệm vụ thường xuyên của đơn vị"),
        ("closing", "câu kết"),
        ("number", "số"),
        ("title", "tên"),
        ("name", "tên"),
        ("cite", "mục trong công văn"),
        ("group", "nhóm"),
        ("section", "mục của kế hoạch"),
        ("unit", "đơn vị đầu mối"),
        ("unit_scope", "phần việc của đơn vị đầu mối"),
        ("deadlines", "thời hạn"),
        ("actions", "nội dung"),
        ("support", "hỗ trợ"),
        ("documents", "văn bản"),
        ("links", "địa chỉ"),
        ("lead", "đơn vị chủ trì"),
        ("choice", "lựa chọn"),
        ("option", "phương án"),
        ("citation", "viện dẫn"),
        ("basis", "vai trò"),
        ("framework", "vị trí trong căn cứ"),
        ("slot", "phần để trống"),
        ("later", "nêu khi đã được ban hành"),
        ("for", "dùng cho"),
        ("kind", "loại"),
        ("label", "tên loại"),
        ("tasks", "phụ lục nhiệm vụ"),
        ("full_name", "tên đầy đủ"),
        ("running", "tên trong câu"),
        ("issuer", "cơ quan ban hành"),
        ("short", "tên tắt"),
        ("level", "cấp"),
        ("header", "tiêu đề trên"),
        ("place", "địa danh"),
        ("symbol", "ký hiệu"),
        ("authority", "thẩm quyền ký"),
        ("head", "người đứng đầu"),
        ("deputy", "cấp phó"),
        ("recipients", "nơi nhận"),
        ("archive", "nơi lưu"),
        ("titled", "tên trong trích yếu"),
        ("decider", "thẩm quyền quyết định"),
        ("bases", "căn cứ của quyết định"),
        ("proposal", "người đề nghị"),
        ("executors", "người thi hành quyết định"),
        ("aliases", "tên khác"),
    ];
    names.iter().find(|(known, _)| *known == key).map_or(key, |(_, name)| name)
}

/// Tells whether a key says where a record stands, and not what it says.
pub(super) fn stands(key: &str) -> bool {
    ["id", "cite", "group", "section", "number", "framework"].contains(&key)
}

/// The tables of a catalogue: always the same ones for the same annexes. Its samples are
/// profiles, and no part of what the dispatch says.
pub(super) fn tables(catalog: &Catalog, annexes: &[&String]) -> Vec<Table> {
    let table = |name, records| Table { name, annex: None, records };
    let sections = catalog.sections.iter().map(section).collect();
    let mut tables =
        vec![table("edition", vec![edition(catalog)]), table("section", sections)];
    for &name in annexes {
        let nothing = Annex::default();
        let annex = catalog.annexes.get(name).unwrap_or(&nothing);
        let mut add = |table, records| {
            tables.push(Table { name: table, annex: Some(name.clone()), records });
        };
        let groups = annex.groups.iter().map(|group| group_of(annex, group));
        let tasks = annex.tasks.iter().map(|task| task_of(catalog, annex, task));
        let Organisation { directed, asked, executing, unnamed, standing, closing } =
            &annex.organisation;
        let mut facts = vec![fact("annex", &annex.name)];
        facts.extend(many("source", &annex.source));
        facts.extend(many("directed", directed));
        facts.extend(many("asked", asked));
        facts.extend(many("executing", executing));
        facts.extend(many("unnamed", unnamed));
        let said: Vec<String> =
            standing.iter().map(|one| format!("{}: {}", one.unit, one.duty)).collect();
        facts.extend(many("standing", &said));
        facts.extend(many("closing", closing));
        add("annex", vec![record(name, annex.name.clone(), facts)]);
        add("group", groups.collect());
        add("task", tasks.collect());
    }
    tables.extend([
        table("unit", catalog.units.iter().map(unit).collect()),
        table("document", catalog.documents.iter().map(document).collect()),
        table("kind", catalog.kinds.iter().map(kind).collect()),
        table(
            "agency",
            catalog.agencies.iter().map(|one| agency(catalog, one)).collect(),
        ),
    ]);
    tables
}

fn record(id: &str, name: String, facts: Vec<Fact>) -> Listed {
    Listed { id: id.to_owned(), name, facts, ..Listed::default() }
}

fn fact(key: &'static str, text: impl Into<String>) -> Fact {
    Fact { key, of: String::new(), text: text.into(), name: None }
}

/// A reference to another record, which has this name.
fn reference(key: &'static str, id: &str, name: Option<String>) -> Fact {
    Fact { name, ..fact(key, id) }
}

fn many<'a>(
    key: &'static str,
    texts: impl IntoIterator<Item = &'a String> + 'a,
) -> impl Iterator<Item = Fact> {
    texts.into_iter().map(move |text| fact(key, text))
}

fn errata(errata: &[Erratum]) -> impl Iterator<Item = Fact> {
    errata.iter().map(|erratum| {
        let rank = if erratum.minor { " (không báo người soạn)" } else { "" };
        fact("erratum", erratum_note(erratum) + rank)
    })
}

fn edition(catalog: &Catalog) -> Listed {
    let dispatch = &catalog.dispatch;
    let mut facts = vec![
        fact("id", &catalog.edition),
        fact("year", catalog.year.to_string()),
        fact("dispatch", full_citation(dispatch, false)),
    ];
    facts.extend(catalog.due.map(|due| match due {
        DueDate::Before(day) => fact("due", format!("trước {}", short_date(day))),
        DueDate::On(day) => fact("due", short_date(day)),
    }));
    facts.extend(catalog.layers.iter().map(layer));
    facts.extend(catalog.solutions.iter().map(solution));
    facts.extend(extra(&catalog.extra));
    facts.extend(many("collector", &dispatch.slot));
    facts.extend(errata(&catalog.errata));
    record("edition", "Ấn bản".to_owned(), facts)
}

fn solution(head: &SolutionHead) -> Fact {
    let SolutionHead { id, title, optional } = head;
    let rule = if *optional { "; chỉ in khi có nội dung" } else { "" };
    Fact { of: id.clone(), ..fact("solution", format!("{title}{rule}")) }
}

/// What the frame prints beside what khung knows, each value on its own.
fn extra(table: &toml::Table) -> impl Iterator<Item = Fact> {
    let each = table.iter();
    each.map(|(key, value)| Fact {
        of: key.clone(),
        ..fact("extra", value.as_str().map_or_else(|| value.to_string(), Into::into))
    })
}

fn layer(layer: &Layer) -> Fact {
    let Layer { id, version: _, source } = layer;
    let source = source.as_ref().map_or_else(String::new, |source| format!(": {source}"));
    fact("layer", format!("{id}{source}"))
}

fn headed(number: impl Display, title: &str) -> String {
    format!("{number}. {title}")
}

fn section(section: &SectionHead) -> Listed {
    let SectionHead { id, number, title } = section;
    let facts = vec![fact("number", number.to_string()), fact("title", title)];
    record(id, format!("Khung kế hoạch, mục {}", headed(number, title)), facts)
}

fn group_of(annex: &Annex, group: &Group) -> Listed {
    let Group { id, number, title } = group;
    let facts = vec![fact("number", number), fact("title", title)];
    record(id, format!("{}, nhóm {}", annex.name, headed(number, title)), facts)
}

fn task_of(catalog: &Catalog, annex: &Annex, task: &Task) -> Listed {
    let Task {
        id,
        source,
        cite,
        group,
        section,
        title,
        unit,
        unit_scope,
        deadlines,
        actions,
        support,
        documents,
        links,
        lead,
        choices,
        errata: misprints,
        renamed_from,
        replaces,
        extra: own,
    } = task;
    let own = extra(own);
    let the_group = annex.groups.iter().find(|known| known.id == *group);
    let the_section = catalog.sections.iter().find(|known| known.id == *section);
    let mut facts = vec![
        fact("id", id),
        fact("cite", cite),
        reference("group", group, the_group.map(|g| headed(&g.number, &g.title))),
        reference("section", section, the_section.map(|s| headed(s.number, &s.title))),
        fact("title", title),
    ];
    facts.extend(own);
    let unit = catalog.unit(unit);
    facts.extend(unit.map(|unit| reference("unit", &unit.id, Some(unit.name.clone()))));
    facts.extend(many("source", source));
    facts.extend(many("unit_scope", unit_scope));
    facts.extend(deadlines.iter().map(deadline));
    facts.extend(many("actions", actions));
    facts.extend(many("support", support));
    facts.extend(many("documents", documents));
    facts.extend(many("links", links));
    facts.push(fact("lead", lead));
    facts.extend(choices.iter().flat_map(choice));
    facts.extend(errata(misprints));
    let name = format!("{}, {cite}: {title}", task.printed_in(annex));
    let (renamed_from, replaces) = (renamed_from.clone(), replaces.clone());
    Listed { renamed_from, replaces, ..record(id, name, facts) }
}

/// What is due and when as printed, and as typed where that reads otherwise.
fn deadline(deadline: &Deadline) -> Fact {
    let Deadline { id, due, printed, said, what } = deadline;
    let mut text = match what {
        Some(what) => format!("{what}: {printed}"),
        None => printed.clone(),
    };
    if let Some(said) = said {
        text = format!("{text}, kế hoạch ghi “{said}”");
    }
    let typed = due.to_string();
    if printed.to_lowercase() != typed.to_lowercase() {
        text = format!("{text} [{typed}]");
    }
    Fact { of: id.clone().unwrap_or_default(), ..fact("deadlines", text) }
}

fn choice(choice: &Choice) -> Vec<Fact> {
    let Choice { id, prompt, multiple, optional, all, text: said, default, options } =
        choice;
    let mut text = prompt.clone();
    let rules = [
        (*multiple, "chọn được nhiều"),
        (*optional, "được bỏ trống"),
        (*all, "cần chọn đủ"),
    ];
    for (_, rule) in rules.iter().filter(|(holds, _)| *holds) {
        text = format!("{text}; {rule}");
    }
    if let Some(said) = said {
        text = format!("{text}; câu văn: “{said}”");
    }
    if !default.is_empty() && !all {
        text = format!("{text}; mặc định: {}", default.join(", "));
    }
    let mut facts = vec![Fact { of: id.clone(), ..fact("choice", text) }];
    facts.extend(options.iter().map(|option| {
        let ChoiceOption { id: option, label, text } = option;
        Fact {
            of: format!("{id}/{option}"),
            ..fact("option", format!("{label}: {}", text.as_deref().unwrap_or_default()))
        }
    }));
    facts
}

fn unit(unit: &Unit) -> Listed {
    let Unit { id, name } = unit;
    record(id, format!("Đơn vị đầu mối: {name}"), vec![fact("name", name)])
}

fn document(document: &Document) -> Listed {
    // Kind, number, date, issuer and title are the citation.
    let Document { id, basis, framework, slot, later, only, errata: misprints, .. } =
        document;
    let role = if *basis { "căn cứ" } else { "chỉ viện dẫn" };
    let mut facts =
        vec![fact("citation", full_citation(document, false)), fact("basis", role)];
    facts.extend(framework.map(|number| fact("framework", number.to_string())));
    facts.extend(many("slot", slot));
    facts.extend(later.then(|| fact("later", "có")));
    facts.extend(many("for", only));
    facts.extend(errata(misprints));
    record(id, format!("Văn bản: {}", short_citation(document)), facts)
}

/// The agency of a kind that overrides nothing.
fn typical(kind: &DraftAgency, id: &str, name: &str) -> Agency {
    let spanned = |text: &str| Some(Spanned::new(0..0, text.to_owned()));
    let draft =
        DraftAgency { id: spanned(id), name: spanned(name), ..DraftAgency::default() };
    draft.resolve(kind)
}

fn kind(kind: &DraftAgency) -> Listed {
    let id = kind.id.as_ref().map_or("", |id| id.get_ref());
    let label = kind.label.as_deref().unwrap_or_default();
    let mut facts = vec![fact("label", label)];
    facts.extend(many("tasks", kind.tasks.as_ref().map(Spanned::get_ref)));
    facts.extend(agency_facts(&typical(kind, "", "…")));
    record(id, format!("Loại cơ quan: {label}"), facts)
}

/// What an agency has of its own: what its kind gives is told of the kind.
fn agency(catalog: &Catalog, agency: &Agency) -> Listed {
    let mut facts = vec![fact("name", &agency.name), fact("kind", &agency.kind)];
    facts.extend(many("aliases", &agency.aliases));
    facts.extend(many("merged_into", &agency.merged_into));
    let given = catalog.kind(&agency.kind).map_or_else(Vec::new, |kind| {
        agency_facts(&typical(kind, &agency.id, &agency.name))
    });
    let own = agency_facts(agency);
    let of_key = |facts: &[Fact], key| -> Vec<Fact> {
        facts.iter().filter(|fact| fact.key == key).cloned().collect()
    };
    let is_own = |fact: &&Fact| of_key(&own, fact.key) != of_key(&given, fact.key);
    facts.extend(own.iter().filter(is_own).cloned());
    Listed {
        renamed_from: agency.renamed_from.clone(),
        ..record(&agency.id, format!("Cơ quan: {}", agency.name), facts)
    }
}

/// What a kind may give to its agencies.
fn agency_facts(agency: &Agency) -> Vec<Fact> {
    let Agency {
        id: _,
        name: _,
        kind: _,
        kind_label: _,
        tasks: _,
        source,
        full_name,
        running,
        issuer,
        short,
        level,
        header,
        place,
        symbol,
        authority,
        head,
        deputy,
        recipients,
        archive,
        titled,
        decision,
        aliases: _,
        renamed_from: _,
        merged_into: _,
    } = agency;
    let single = [
        ("full_name", full_name),
        ("running", running),
        ("issuer", issuer),
        ("short", short),
        ("level", level),
        ("place", place),
        ("symbol", symbol),
        ("head", head),
        ("deputy", deputy),
        ("archive", archive),
        ("titled", titled),
    ];
    let mut facts: Vec<Fact> = single.map(|(key, text)| fact(key, text)).into();
    let Decision { authority: decider, bases, proposal, executors } = decision;
    facts.extend(many("decider", decider));
    facts.extend(many("bases", bases.iter().flatten()));
    facts.extend(many("proposal", proposal));
    facts.extend(many("executors", executors));
    facts.extend(many("source", source));
    facts.extend(many("header", header));
    facts.extend(many("authority", authority));
    facts.extend(many("recipients", recipients));
    facts
}
