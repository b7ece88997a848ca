//! One folder a case: a profile, and what khung makes of it or says about it.

use khung::cli::render;
use khung::markdown::without_record;

#[test]
fn profiles() {
    let (catalog, templates) = crate::embedded();
    insta::glob!("suite/*/profile.toml", |path| {
        let text = std::fs::read(path).unwrap();
        let source = khung::source::Source::new("profile.toml", &text).unwrap();
        let (draft, mut diagnostics) = khung::build(&catalog, &templates, &source, None);
        khung::diagnostic::sort(&mut diagnostics);
        let folder = path.parent().unwrap();
        let must_fail = folder.file_name().unwrap().to_str().unwrap().starts_with("err-");
        assert_eq!(draft.is_none(), must_fail, "{}", render(&diagnostics));
        insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false,
            omit_expression => true, snapshot_suffix => "" }, {
            insta::assert_snapshot!("diagnostics", render(&diagnostics));
            if let Some(draft) = draft {
                insta::assert_snapshot!("plan", without_record(&draft.markdown));
            }
        });
    });
}
