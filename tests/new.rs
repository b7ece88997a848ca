//! What `khung new` writes: a form whose defaults are the real ones.

use khung::catalog::Catalog;
use khung::catalog::agency::{Agency, find};
use khung::cli::form::profile;
use khung::plan::Plan;
use khung::profile::Profile;
use khung::template::Templates;

/// The plan's Markdown, with neither document nor record.
fn plan(catalog: &Catalog, templates: &Templates, text: &str) -> String {
    let source = crate::source("p.toml", text);
    let (profile, agency, diagnostics) = Profile::read(&source, catalog);
    assert!(diagnostics.is_empty(), "{}\n{text}", khung::cli::render(&diagnostics));
    let plan = Plan::resolve(catalog, &profile, &agency.unwrap(), None);
    templates.render(&plan).unwrap().base
}

/// The text with its options uncommented wherever `wanted` says so.
fn uncommented(text: &str, wanted: impl Fn(&str) -> bool) -> String {
    let line = |line: &str| match line.strip_prefix("# ") {
        Some(option) if wanted(option) => format!("{option}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(line).collect::<Vec<_>>().concat()
}

#[test]
fn the_form_builds_the_plan_of_one_line() {
    let (catalog, templates) = crate::embedded();
    for agency in &catalog.agencies {
        let form = profile(&catalog, &templates, agency).unwrap();
        let expected = plan(&catalog, &templates, &format!("agency = {:?}", agency.name));
        assert!(plan(&catalog, &templates, &form) == expected, "{}", agency.name);
    }
}

#[test]
fn the_defaults_shown_are_the_real_ones() {
    let (catalog, templates) = crate::embedded();
    for agency in &catalog.agencies {
        let form = profile(&catalog, &templates, agency).unwrap();
        let expected = plan(&catalog, &templates, &format!("agency = {:?}", agency.name));
        let (head, _) = form.split_once("CĂN CỨ\n").unwrap();
        let head = uncommented(head, |option| {
            !option.starts_with("date") && !option.starts_with("alone")
        });
        // As the form says: an [agency] table takes the place of the name.
        let head = head.replacen("agency = ", "# agency = ", 1);
        let (of_plan, _) = head.split_once("[decision]\n").unwrap();
        assert!(plan(&catalog, &templates, of_plan) == expected, "{}", agency.name);
    }
}

#[test]
fn no_form_leaves_a_name_of_the_catalogue_open() {
    let (catalog, templates) = crate::embedded();
    for agency in &catalog.agencies {
        let form = profile(&catalog, &templates, agency).unwrap();
        let open = form.lines().find(|line| line.contains("{{"));
        assert_eq!(open, None, "{}", agency.name);
    }
}

#[test]
fn every_option_can_be_uncommented() {
    let (catalog, templates) = crate::embedded();
    for name in ["Lào Cai", "TP.HCM", "BYT", "VTV"] {
        let agency: &Agency = find(&catalog.agencies, name).unwrap();
        let form = profile(&catalog, &templates, agency).unwrap();
        let form = uncommented(&form, |_| true).replacen("agency = ", "# agency = ", 1);
        // As the form says: what is left out is not planned.
        let last = &catalog.annex(agency).unwrap().tasks.last().unwrap().id;
        let start = form.find(&format!("[[task]]\nid = \"{last}\"")).unwrap();
        let end = start + form[start..].find("\n\n").unwrap();
        let form = format!("{}{}", &form[..start], &form[end..]);
        let form = form.replacen("form = \"plan\"", "form = \"decision\"", 1);
        let source = crate::source("p.toml", &form);
        let (draft, diagnostics) = khung::build(&catalog, &templates, &source, None);
        assert!(diagnostics.is_empty(), "{}", khung::cli::render(&diagnostics));
        assert!(draft.is_some());
    }
}
