//! What `khung diff` tells of two catalogues.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;

use khung::catalog::Catalog;
use khung::diagnostic::has_errors;
use khung::diff::{Diff, Entry, diff};
use khung::source::Source;
use khung::update::Event;
use toml::{Table, Value};

use crate::commands::{folder, says};
use crate::editions::{replace, second, write_second};

/// The shipped catalogue with texts of one of its files replaced.
fn changed(file: &str, changes: &[(&str, &str)]) -> Catalog {
    let change = |source: Arc<Source>| {
        let mut text = source.text.clone();
        if source.name.ends_with(&format!("/{file}")) {
            for (from, to) in changes {
                replace(&mut text, from, to);
            }
        }
        crate::source(&source.name, &text)
    };
    let sources: Vec<_> = Catalog::embedded().unwrap().into_iter().map(change).collect();
    let (catalog, found) = Catalog::read(&sources);
    assert!(!has_errors(&found), "{}", khung::cli::render(&found));
    catalog
}

/// What happened to the shipped catalogue: id, event and detail of each entry.
fn told(fresh: &Catalog) -> Vec<(String, Event, String)> {
    let of = |entry: Entry| (entry.id, entry.event, entry.detail);
    diff(&crate::embedded().0, fresh).entries.into_iter().map(of).collect()
}

fn is_told(fresh: &Catalog, id: &str, event: Event, detail: &str) {
    assert_eq!(told(fresh), [(id.to_owned(), event, detail.to_owned())]);
}

#[test]
fn the_second_edition() {
    let (second, _) = Catalog::read(&second());
    let found = diff(&crate::embedded().0, &second);
    insta::with_settings!({ snapshot_path => "editions", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("2024.9-diff", serde_json::to_string_pretty(&found).unwrap());
    });
    let same =
        Diff { from: "2024.9".to_owned(), to: "2024.9".to_owned(), entries: vec![] };
    assert_eq!(diff(&second, &second), same);
}

#[test]
fn tasks_that_take_the_place_of_others() {
    // Two become one, one becomes two.
    let merged = changed(
        "province.toml",
        &[
            (
                "id = \"policy-sme\"",
                "id = \"policy\"\nreplaces = [\"policy-sme\", \"policy-experts\"]",
            ),
            (
                "[[task]]\nid = \"policy-experts\"",
                "[[task]]\nid = \"policy-two\"\nreplaces = [\"policy-sme\"]",
            ),
        ],
    );
    let told: Vec<_> = told(&merged)
        .into_iter()
        .map(|(id, event, detail)| format!("{id} {} {detail}", event.printed()))
        .collect();
    assert_eq!(
        told,
        [
            "policy-sme bỏ thay bằng policy\nthay bằng policy-two",
            "policy-experts bỏ thay bằng policy",
            "policy thêm thay cho policy-sme\nthay cho policy-experts",
            "policy-two thêm thay cho policy-sme",
        ]
    );
}

#[test]
fn what_changed_is_quoted() {
    let sentence = changed(
        "province.toml",
        &[("tại các làng, xã, tổ dân phố", "tại các làng, tổ dân phố")],
    );
    is_told(
        &sentence,
        "digital-villages",
        Event::Changed,
        "nội dung: \"… các làng, xã, tổ dân phố …\" thành \"… các làng, tổ dân phố …\"",
    );
    let line = "    \"Tổ chức đánh giá, rút kinh nghiệm định kỳ 6 tháng.\",\n";
    let action = changed("province.toml", &[(line, "")]);
    is_told(
        &action,
        "sme-transformation",
        Event::Changed,
        "bỏ nội dung: \"Tổ chức đánh giá, rút kinh nghiệm định kỳ 6 tháng.\"",
    );
    // Put in another order, nothing comes or goes.
    is_told(
        &changed("province.toml", &crate::update::REORDERED),
        "digital-enterprises",
        Event::Changed,
        "đổi chỗ nội dung: \"Tổ chức triển khai các nhiệm vụ được giao tại Chỉ thị số 01/CT-TTg về t…\" sau \"Chú trọng tư vấn, hỗ trợ các doanh nghiệp ứng dụng công nghệ số, các do…\"",
    );
    // A unit's new name is told of the unit, not of all its tasks.
    let unit = changed(
        "units.toml",
        &[("name = \"Cục An toàn thông tin\"", "name = \"Cục An ninh mạng\"")],
    );
    is_told(
        &unit,
        "cuc-an-toan-thong-tin",
        Event::Changed,
        "tên: \"Cục An toàn thông tin\" thành \"Cục An ninh mạng\"",
    );
    // So is what a kind gives to its agencies.
    let kind = changed("agencies.toml", &[("    \"Các sở, ban, ngành tỉnh\",\n", "")]);
    is_told(
        &kind,
        "province",
        Event::Changed,
        "bỏ nơi nhận: \"Các sở, ban, ngành tỉnh\"",
    );
    // The same phrase, typed otherwise.
    let typed = changed(
        "ministry.toml",
        &[(
            "{ on = 2024-05-30, printed = \"30/5/2024\" }",
            "{ before = 2024-05-30, printed = \"30/5/2024\" }",
        )],
    );
    is_told(
        &typed,
        "policy-mechanisms",
        Event::Changed,
        "thời hạn: \"30/5/2024\" thành \"30/5/2024 [trước 30/5/2024]\"",
    );
    let typed = changed(
        "province.toml",
        &[("\"approve-dossiers\", before =", "\"approve-dossiers\", on =")],
    );
    is_told(
        &typed,
        "security-levels",
        Event::Changed,
        "thời hạn approve-dossiers: \"… tin: trước 30/6/2024\" thành \"… tin: trước 30/6/2024 [30/6/2024]\"",
    );
}

#[test]
fn one_that_others_overtook_is_moved() {
    let units = ["vien-thong", "an-toan-thong-tin"]
        .map(|unit| format!("id = \"cuc-{unit}\"\nname = "));
    let names = ["\"Cục Viễn thông\"", "\"Cục An toàn thông tin\""];
    let line = |unit: usize| format!("{}{}\n", units[unit], names[unit]);
    let swapped = changed(
        "units.toml",
        &[(&line(0), "SECOND"), (&line(1), &line(0)), ("SECOND", &line(1))],
    );
    is_told(
        &swapped,
        "cuc-an-toan-thong-tin",
        Event::Moved,
        "từ sau cuc-vien-thong sang sau vu-kinh-te-so-va-xa-hoi-so",
    );
}

/// Changes the first value under each path of keys, one at a time; calls `try_it` with the
/// path and the changed file.
fn change_each(file: &Table, try_it: &mut dyn FnMut(String, &Table)) {
    fn paths(
        value: &Value,
        path: &str,
        at: &[usize],
        found: &mut Vec<(String, Vec<usize>)>,
    ) {
        let inner: Vec<(&str, &Value)> = match value {
            Value::Table(table) => {
                table.iter().map(|(key, value)| (key.as_str(), value)).collect()
            }
            Value::Array(array) => array.iter().map(|value| ("", value)).collect(),
            _ => {
                if !found.iter().any(|(known, _)| known == path) {
                    found.push((path.to_owned(), at.to_vec()));
                }
                return;
            }
        };
        for (n, (key, value)) in inner.into_iter().enumerate() {
            let path =
                if key.is_empty() { path.to_owned() } else { format!("{path}.{key}") };
            paths(value, &path, &[at, &[n]].concat(), found);
        }
    }
    let whole = Value::Table(file.clone());
    let mut found = Vec::new();
    paths(&whole, "", &[], &mut found);
    for (path, at) in found {
        let mut changed = whole.clone();
        let value = at.iter().fold(&mut changed, |value, &n| match value {
            Value::Table(table) => table.iter_mut().nth(n).unwrap().1,
            Value::Array(array) => &mut array[n],
            _ => unreachable!("a path leads through tables and arrays"),
        });
        *value = match value.clone() {
            Value::String(text) => Value::String(format!("{text} nữa")),
            Value::Integer(number) => Value::Integer(number + 1),
            Value::Boolean(is) => Value::Boolean(!is),
            Value::Datetime(_) => Value::Datetime("2024-02-03".parse().unwrap()),
            other => other,
        };
        try_it(path, changed.as_table().unwrap());
    }
}

#[test]
fn whatever_a_catalogue_says_is_compared() {
    let shipped = Catalog::embedded().unwrap();
    let (base, _) = Catalog::read(&shipped);
    let (mut silent, mut tried) = (BTreeSet::new(), 0);
    for (at, source) in shipped.iter().enumerate() {
        let name = source.name.rsplit('/').next().unwrap();
        if name.starts_with("sample-") {
            continue;
        }
        change_each(&source.text.parse().unwrap(), &mut |path, file| {
            let mut sources = shipped.clone();
            sources[at] = crate::source(name, &file.to_string());
            let (fresh, found) = Catalog::read(&sources);
            // A changed id or reference makes a catalogue that is none.
            if has_errors(&found) {
                return;
            }
            tried += 1;
            let Diff { from, to, entries } = diff(&base, &fresh);
            if entries.is_empty() && from == to {
                silent.insert(format!("{name}{path}"));
            }
        });
    }
    assert!(tried > 60, "{tried}");
    // The one key that is there for the eye only.
    let for_the_eye = ["ministry.toml.group.cite", "province.toml.group.cite"];
    assert_eq!(Vec::from_iter(&silent), for_the_eye);
}

#[test]
fn what_is_no_catalogue() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    write_second(&path("moi"));
    write_second(&path("hong"));
    let text = fs::read_to_string(path("hong/province.toml")).unwrap();
    let text = text.replacen("section = ", "sektion = ", 1);
    fs::write(path("hong/province.toml"), text).unwrap();
    write_second(&path("thieu"));
    fs::remove_file(path("thieu/units.toml")).unwrap();
    fs::create_dir(path("trong")).unwrap();

    says(
        &folder,
        &["diff", "moi", "moi"],
        0,
        &["danh mục 2024.9 → 2024.9: 0 thay đổi\n"],
    );
    says(&folder, &["diff", "khong-co", "moi"], 2, &["khong-co: không tìm thấy"]);
    says(&folder, &["diff", "moi", "lao-cai.toml"], 2, &["lao-cai.toml: là một tệp"]);
    says(&folder, &["diff", "trong"], 2, &["trong: không có edition.toml"]);
    // All that is wrong with both comes together.
    let both = ["hong/province.toml:", "`sektion`", "thiếu tệp units.toml"];
    says(&folder, &["diff", "hong", "thieu"], 1, &both);
    says(&folder, &["diff", "hong", "trong"], 2, &["`sektion`", "edition.toml"]);
    says(&folder, &["diff"], 2, &["thiếu DANH_MỤC"]);
    says(&folder, &["diff", "moi", "moi", "moi"], 2, &["thừa \"moi\""]);
    says(&folder, &["diff", "moi", "--report", "csv"], 2, &["table, json"]);
    let json = ["diff", "moi", "moi", "--report", "json"];
    says(&folder, &json, 0, &["\"entries\": []"]);
}
