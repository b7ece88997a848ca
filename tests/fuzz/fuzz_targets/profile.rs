//! A profile, broken or not: complaints, or a plan whose values break out of nothing.
#![no_main]

use khung::diagnostic::has_errors;
use khung::markdown::parse;
use khung::plan::Plan;
use khung::profile::Profile;
use khung::source::Source;
use khung_fuzz::{catalog, complain, templates};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let source = match Source::new("ho-so.toml", input) {
        Ok(source) => source,
        Err(diagnostic) => return complain(&[diagnostic]),
    };
    let (profile, agency, diagnostics) = Profile::read(&source, catalog());
    complain(&diagnostics);
    let Some(agency) = agency.filter(|_| !has_errors(&diagnostics)) else { return };
    let plan = Plan::resolve(catalog(), &profile, &agency, None);
    let text = templates().render(&plan).unwrap().base;
    let document = parse(&text).unwrap();
    for section in &document.sections {
        assert!(section.id.is_some(), "{}", &text[section.source.clone()]);
    }
});
