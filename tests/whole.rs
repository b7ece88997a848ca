//! Whole tables: every agency, every task, every id.

use std::collections::{BTreeMap, BTreeSet};

use khung::document::{BlockKind, Document};
use khung::markdown;
use khung::profile::{Money, Profile};
use khung::record::{Record, State, state};

use crate::Written;

fn document(agency: &str) -> (String, Document) {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", &format!("agency = \"{agency}\"\n"));
    let (draft, diagnostics) = khung::build(&catalog, &templates, &profile, None);
    assert!(diagnostics.is_empty(), "{}", khung::cli::render(&diagnostics));
    let markdown = draft.unwrap().markdown();
    let document = markdown::parse(&markdown).unwrap();
    (markdown, document)
}

#[test]
fn the_dispatch_is_whole() {
    let (catalog, _) = crate::embedded();
    let counts = |name: &str| {
        let annex = &catalog.annexes[name];
        (annex.groups.len(), annex.tasks.len())
    };
    assert_eq!(counts("province"), (12, 36));
    assert_eq!(counts("ministry"), (7, 13));
    let provinces = catalog.agencies.iter().filter(|a| a.tasks == "province").count();
    assert_eq!((provinces, catalog.agencies.len() - provinces), (63, 30));
    let per_section = |name: &str| -> Vec<usize> {
        let tasks = &catalog.annexes[name].tasks;
        catalog
            .sections
            .iter()
            .map(|section| tasks.iter().filter(|task| task.section == section.id).count())
            .collect()
    };
    assert_eq!(per_section("province"), [1, 6, 4, 3, 2, 4, 1, 3, 4, 8]);
    assert_eq!(per_section("ministry"), [0, 3, 1, 3, 3, 1, 1, 1, 0, 0]);
}

#[test]
fn the_longest_ids_mark_sections() {
    let (mut catalog, templates) = crate::embedded();
    let longest = "a".repeat(24);
    catalog.annexes.get_mut("province").unwrap().tasks[0].id.clone_from(&longest);
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let markdown =
        khung::build(&catalog, &templates, &profile, None).0.unwrap().markdown();
    let sections = markdown::parse(&markdown).unwrap().sections;
    for id in [format!("task-{longest}"), format!("guide-{longest}")] {
        assert!(sections.iter().any(|section| section.id.as_ref() == Some(&id)), "{id}");
    }
}

#[test]
fn every_agency_gets_a_whole_plan() {
    let (catalog, templates) = crate::embedded();
    for agency in &catalog.agencies {
        let profile = crate::source("p.toml", &format!("agency = \"{}\"\n", agency.name));
        let (draft, _) = khung::build(&catalog, &templates, &profile, None);
        let markdown = draft.unwrap().markdown();
        for task in &catalog.annex(agency).unwrap().tasks {
            assert!(
                markdown.contains(&format!("<!-- khung: task-{} -->", task.id)),
                "{}: {}",
                agency.name,
                task.id
            );
        }
        assert_eq!(state(markdown.as_bytes()), State::AsWritten, "{}", agency.name);
    }
}

#[test]
fn section_and_row_ids_are_unique_and_fit_a_bookmark() {
    for agency in ["Lào Cai", "TP.HCM", "BYT", "VTV"] {
        let (_, document) = document(agency);
        let mut ids = BTreeSet::new();
        for section in &document.sections {
            let id =
                section.id.as_ref().expect("every section of a fresh plan has an id");
            assert!(ids.insert(id.clone()), "{agency}: {id} twice");
            // `_khung_<id>_<n>` has at most 40 characters.
            assert!("_khung__".len() + id.len() < 40, "{agency}: {id} too long");
            for block in &section.blocks {
                let BlockKind::Table(table) = &block.kind else { continue };
                let mut rows = BTreeSet::new();
                for row in table.rows.iter().filter_map(|row| row.id.as_ref()) {
                    assert!(rows.insert(row), "{agency}: row {row} of {id} twice");
                }
                for row in &table.rows {
                    assert_eq!(row.cells.len(), table.columns.len(), "{agency}: {id}");
                }
            }
        }
    }
}

#[test]
fn template_titles_are_the_edition_s() {
    let (catalog, _) = crate::embedded();
    let (_, document) = document("Lào Cai");
    for head in &catalog.sections {
        let id = format!("group-{}", head.id);
        let section = document
            .sections
            .iter()
            .find(|section| section.id.as_ref() == Some(&id))
            .unwrap();
        let BlockKind::Heading(heading) = &section.blocks[0].kind else { panic!("{id}") };
        assert_eq!(heading.number.as_deref(), Some(format!("{}.", head.number).as_str()));
        assert_eq!(heading.text.plain(), head.title);
    }
}

#[test]
fn same_inputs_same_bytes_and_the_record_comes_back() {
    let (first, _) = document("Đà Nẵng");
    let (second, _) = document("Đà Nẵng");
    assert_eq!(first, second);
    let record = Record::read(markdown::record(&first)).unwrap();
    assert_eq!(record.base.trim_end(), markdown::without_record(&first).trim_end());
    assert_eq!(record.profile, "agency = \"Đà Nẵng\"\n");
    let edited = first.replacen("KẾ HOẠCH", "KẾ HOẠCH MỚI", 1);
    assert_eq!(state(edited.as_bytes()), State::Edited);
    assert_eq!(state(first.replace('\n', "\r\n").as_bytes()), State::AsWritten);
}

#[test]
fn whatever_a_person_types_comes_out_letter_for_letter() {
    let hostile =
        "| a * b _ c < d [x](y) # e <!-- khung: x --> {{ agency }} `f` &amp; $g$ 1. \\";
    let (catalog, templates) = crate::embedded();
    let quoted = format!("'''{hostile}'''");
    let text = format!(
        "agency = \"Lào Cai\"\n[issue]\nsubject = {quoted}\npreamble = [{quoted}]\n\
         [[own_task]]\nid = \"own\"\nsection = \"data\"\ntitle = {quoted}\nactions = [{quoted}]\n\
         lead = {quoted}\n[[target]]\nid = \"t\"\nindicator = {quoted}\nplanned = {quoted}\n"
    );
    let profile = crate::source("p.toml", &text);
    let (draft, diagnostics) = khung::build(&catalog, &templates, &profile, None);
    let draft = draft.unwrap_or_else(|| panic!("{}", khung::cli::render(&diagnostics)));
    let document = markdown::parse(&draft.markdown()).unwrap();
    let mut seen = 0;
    for section in &document.sections {
        assert!(section.id.is_some());
        for block in &section.blocks {
            let texts = match &block.kind {
                BlockKind::Heading(heading) => vec![heading.text.plain()],
                BlockKind::Paragraph(text)
                | BlockKind::Quote(text)
                | BlockKind::Item { text, .. } => vec![text.plain()],
                BlockKind::Table(table) => table
                    .rows
                    .iter()
                    .flat_map(|r| r.cells.iter().map(khung::document::Text::plain))
                    .collect(),
                BlockKind::Raw(text) => panic!("{text}"),
            };
            seen += texts.iter().filter(|text| text.contains(hostile)).count();
        }
    }
    // Subject, preamble, heading, action, lead, the list of works (twice), calendar, target (twice), duty.
    assert!(seen >= 9, "only {seen}");
}

#[test]
fn samples_are_complete_marked_and_add_up() {
    let (catalog, templates) = crate::embedded();
    assert_eq!(catalog.samples.len(), 2);
    for (annex, source) in &catalog.samples {
        let (profile, _, diagnostics) = Profile::read(source, &catalog);
        assert_eq!(khung::cli::render(&diagnostics), "", "{annex}");
        let draft = khung::build(&catalog, &templates, source, None).0.unwrap();
        assert_eq!(draft.slots(), 0, "{annex}");
        let draft = Written::from(draft);
        // On every page: in both headers, and no Word section has others.
        let banner = "TÀI LIỆU TẬP HUẤN – SỐ LIỆU GIẢ ĐỊNH";
        assert!(draft.markdown.contains(banner));
        for part in ["word/header1.xml", "word/header2.xml"] {
            assert!(docx_part(&draft.docx, part).contains(banner), "{annex}: {part}");
        }
        let document = docx_part(&draft.docx, "word/document.xml");
        let sections = document.matches("<w:sectPr>").count();
        // The plan and five annexes; the ministry's is issued by a Quyết định.
        assert_eq!(sections, if annex == "ministry" { 7 } else { 6 }, "{annex}");
        assert_eq!(document.matches("<w:headerReference").count(), 2 * sections);
        // Every source of funds is named in V with the sum of its budgets.
        let tasks = profile.tasks.iter().map(|task| &task.details);
        let own = profile.own_tasks.iter().map(|task| &task.details);
        let projects = profile.projects.iter().map(|project| &project.details);
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for details in tasks.chain(own).chain(projects) {
            let (Some(source), Some(Money(dong))) = (&details.source, details.budget)
            else {
                panic!("{annex}: a task without its funds");
            };
            *sums.entry(source).or_default() += dong;
        }
        let total = Money(sums.values().sum()).to_string();
        assert!(draft.markdown.contains(&format!("thực hiện Kế hoạch: {total} triệu")));
        let funding = profile.funding.sources.concat();
        for (source, dong) in sums.into_iter().filter(|(_, dong)| *dong > 0) {
            let sum = Money(dong).to_string();
            assert!(funding.contains(&sum), "{annex}: {source}: {sum}");
        }
    }
}

#[test]
fn guidance_comes_as_comments_on_what_it_is_about() {
    let (catalog, templates) = crate::embedded();
    let text = "agency = \"Bộ Tư pháp\"\nguidance = \"comments\"\n";
    let source = crate::source("p.toml", text);
    let draft: Written =
        khung::build(&catalog, &templates, &source, None).0.unwrap().into();
    let document = docx_part(&draft.docx, "word/document.xml");
    let comments = docx_part(&draft.docx, "word/comments.xml");
    assert!(!document.contains("\"Guidance\""));
    let guides = draft.markdown.matches("<!-- khung: guide-").count();
    assert_eq!(comments.matches("<w:comment ").count(), guides);
    for mark in ["<w:commentRangeStart ", "<w:commentRangeEnd ", "<w:commentReference "] {
        assert_eq!(document.matches(mark).count(), guides, "{mark}");
    }
    // The comment on a task stands in the paragraph of its heading.
    let heading = document.find("_khung_task_data_centre_1\"").unwrap();
    let paragraph =
        &document[heading..heading + document[heading..].find("</w:p>").unwrap()];
    assert!(paragraph.contains("<w:commentReference "), "{paragraph}");
}

fn docx_part(docx: &[u8], name: &str) -> String {
    let package = khung::docx::package::Package::read(docx).unwrap();
    String::from_utf8(package.part(name).unwrap().to_vec()).unwrap()
}

#[test]
fn the_readme_names_what_is_there() {
    let (readme, library) = (include_str!("../README.md"), include_str!("../src/lib.rs"));
    for link in readme.split("](").skip(1) {
        let target = link.split(')').next().unwrap();
        let is_there = std::path::Path::new(target).exists();
        assert!(is_there || target.starts_with("https://"), "{target}");
    }
    let (_, layout) = readme.split_once("## How the code is laid out").unwrap();
    let modules = library.lines().filter_map(|line| line.strip_prefix("pub mod "));
    for module in modules.map(|line| line.trim_end_matches(';')) {
        assert!(layout.contains(&format!("`{module}`")), "{module}");
    }
}
