//! What a plan looks like in Word: snapshots of its parts, and the values that they must have.

#[path = "look/blocks.rs"]
mod blocks;
#[path = "look/decree.rs"]
mod decree;
#[path = "look/outline.rs"]
mod outline;
#[path = "look/resolved.rs"]
mod resolved;

use std::fmt::Write;

use khung::docx::package::Package;
use khung::docx::xml::{self, Element, Node};
use outline::{PARAGRAPHS, block, children, more, part};

/// A plan that goes out as it is, its guidance in boxes.
const PLAN: &str = "agency = \"Lào Cai\"\n";
/// A plan that a decision issues, its guidance in comments, every page marked.
const ATTACHED: &str = "agency = \"BYT\"\nguidance = \"comments\"\nbanner = \"DỰ THẢO\"\n\
    [issue]\nform = \"decision\"\nnumber = \"7\"\ndate = 2023-12-21\n\
    [signatory]\nname = \"Nguyễn Văn Giả Định\"\nrole = \"deputy\"\n";

fn plan(profile: &str) -> Package {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", profile);
    let (draft, diagnostics) = khung::build(&catalog, &templates, &profile, None);
    let draft = draft.unwrap_or_else(|| panic!("{}", khung::cli::render(&diagnostics)));
    Package::read(&draft.docx().unwrap()).unwrap()
}

/// The root element of a part.
fn root(package: &Package, name: &str) -> Element {
    let nodes = xml::parse(package.part(name).unwrap()).unwrap();
    xml::root(&nodes).unwrap().clone()
}

/// What stands in the body.
fn body(package: &Package) -> Vec<Element> {
    let document = root(package, "word/document.xml");
    children(document.element("w:body").unwrap()).cloned().collect()
}

/// Blocks of the body by the section that their bookmarks name; what has none stands with
/// what is above it.
fn sections(package: &Package) -> Vec<(String, Vec<Element>)> {
    let mut sections: Vec<(String, Vec<Element>)> = Vec::new();
    for element in body(package) {
        let text = xml::serialize(&[Node::Element(element.clone())]);
        let name = text.split_once("w:name=\"_khung_").and_then(|(_, rest)| {
            Some(rest.split('"').next()?.rsplit_once('_')?.0.to_owned())
        });
        match (name, sections.last_mut()) {
            (Some(name), Some(last)) if last.0 == name => last.1.push(element),
            (None, Some(last)) => last.1.push(element),
            (name, _) => sections.push((name.unwrap_or_default(), vec![element])),
        }
    }
    sections
}

/// The sections of these names, then the end of the body.
fn told(package: &Package, names: &[&str]) -> String {
    let sections = sections(package);
    let mut out = String::new();
    for name in names {
        let (_, blocks) = sections.iter().find(|(known, _)| known == name).unwrap();
        let _ = writeln!(out, "== {name}");
        blocks.iter().take(PARAGRAPHS).for_each(|one| block(one, 0, &mut out));
        more(blocks.len(), PARAGRAPHS, 0, &mut out);
    }
    out.push_str("== end\n");
    block(body(package).last().unwrap(), 0, &mut out);
    out
}

#[test]
fn parts() {
    let (plain, attached) = (plan(PLAN), plan(ATTACHED));
    let mut shared = String::new();
    for name in ["styles", "numbering", "settings", "header1"] {
        let text = part(&root(&plain, &format!("word/{name}.xml")));
        let _ = write!(shared, "== {name}\n{text}");
    }
    for name in ["header1", "header2"] {
        let text = part(&root(&attached, &format!("word/{name}.xml")));
        let _ = write!(shared, "== {name} of a plan with a banner\n{text}");
    }
    insta::with_settings!({ snapshot_path => "look", prepend_module_to_snapshot => false,
        omit_expression => true }, {
        insta::assert_snapshot!("parts", shared);
        insta::assert_snapshot!("plan", told(&plain, &[
            "letterhead",
            "title",
            "preamble",
            "guide_plan",
            "part_1",
            "review",
            "past_targets",
            "past_awareness",
            "past_awareness_day",
            "bases_list",
            "task_communication",
            "targets_table",
            "solutions_text",
            "organisation_text",
            "works_text",
            "signature",
            "annex_1",
            "annex_3",
            "annex_4",
            "annex_5",
        ]));
        insta::assert_snapshot!("attached", told(&attached, &[
            "letterhead",
            "title",
            "preamble",
            "annex_5",
        ]));
    });
}
