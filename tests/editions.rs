//! A second edition of the catalogue and a plan that people edited: the story that the README
//! tells, from the draft to an update that finds nothing more to do.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use khung::catalog::Catalog;
use khung::document::Document;
use khung::docx;
use khung::docx::lint::lint;
use khung::docx::package::Package;
use khung::markdown::{self, without_record};
use khung::record::Record;
use khung::source::Source;
use serde::Deserialize;
use tempfile::TempDir;

use crate::commands::{folder, khung, says};

/// What a ministry did to its edition, as in `tests/editions/2024.9.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edition {
    version: String,
    correction: Vec<Correction>,
    renaming: Vec<Renaming>,
    withdrawal: Vec<Withdrawal>,
    addition: Vec<Addition>,
}

#[derive(Deserialize)]
struct Correction {
    file: String,
    task: String,
    from: String,
    to: String,
}

#[derive(Deserialize)]
struct Renaming {
    file: String,
    task: String,
    to: String,
}

#[derive(Deserialize)]
struct Withdrawal {
    file: String,
    task: String,
}

#[derive(Deserialize)]
struct Addition {
    file: String,
    after: String,
    text: String,
}

/// `tests/editions/edits.toml`.
#[derive(Deserialize)]
struct Edits {
    edit: Vec<Edit>,
}

#[derive(Deserialize)]
struct Edit {
    from: String,
    to: String,
}

fn read<T: for<'de> Deserialize<'de>>(name: &str) -> T {
    toml::from_str(&fs::read_to_string(Path::new("tests/editions").join(name)).unwrap())
        .unwrap()
}

/// Where a task stands in its file, up to the next one.
fn place(text: &str, task: &str) -> Range<usize> {
    let head = format!("[[task]]\nid = \"{task}\"\n");
    let start = text.find(&head).unwrap_or_else(|| panic!("no task {task}"));
    let rest = &text[start + head.len()..];
    let ends = ["\n[[task]]\n", "\n# "]
        .map(|next| rest.find(next).map_or(rest.len(), |at| at + 1));
    start..start + head.len() + ends[0].min(ends[1])
}

/// The only place of `from` becomes `to`.
#[track_caller]
pub(crate) fn replace(text: &mut String, from: &str, to: &str) {
    assert_eq!(text.matches(from).count(), 1, "{from}");
    *text = text.replace(from, to);
}

/// The files of a catalogue folder with the changes that a file of this folder tells.
pub(crate) fn corrected(changes: &str, sources: Vec<Arc<Source>>) -> Vec<Arc<Source>> {
    let edition: Edition = read(changes);
    let change = |source: Arc<Source>| {
        let name = source.name.rsplit('/').next().unwrap();
        let mut text = source.text.clone();
        if name == "edition.toml" {
            let before = text.lines().find(|line| line.starts_with("version = "));
            let before = before.unwrap().to_owned();
            replace(&mut text, &before, &format!("version = \"{}\"", edition.version));
        }
        for Correction { task, from, to, .. } in
            edition.correction.iter().filter(|change| change.file == name)
        {
            let place = place(&text, task);
            let mut corrected = text[place.clone()].to_owned();
            replace(&mut corrected, from, to);
            text.replace_range(place, &corrected);
        }
        for Addition { after, text: task, .. } in
            edition.addition.iter().filter(|change| change.file == name)
        {
            text.insert_str(place(&text, after).end, &format!("{}\n", task.trim_start()));
        }
        for Withdrawal { task, .. } in
            edition.withdrawal.iter().filter(|change| change.file == name)
        {
            text.replace_range(place(&text, task), "");
        }
        for Renaming { task, to, .. } in
            edition.renaming.iter().filter(|change| change.file == name)
        {
            let id = format!("[[task]]\nid = \"{task}\"\n");
            let now = format!("[[task]]\nid = \"{to}\"\nrenamed_from = [\"{task}\"]\n");
            replace(&mut text, &id, &now);
        }
        crate::source(name, &text)
    };
    sources.into_iter().map(change).collect()
}

/// The second edition, as the files of a catalogue folder.
pub(crate) fn second() -> Vec<Arc<Source>> {
    corrected("2024.9.toml", Catalog::embedded().unwrap())
}

/// Writes the second edition as a catalogue folder.
pub(crate) fn write_second(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for source in second() {
        fs::write(folder.join(&source.name), &source.text).unwrap();
    }
}

/// A text of the plan of Lào Cai with what the colleagues did to it.
pub(crate) fn edit(text: &mut String) {
    let edits: Edits = read("edits.toml");
    for Edit { from, to } in &edits.edit {
        replace(text, from, to);
    }
}

/// A plan file as the steps of the story need it.
struct Form {
    name: &'static str,
    edit: fn(&Path),
    read: fn(&Path, &Document) -> Document,
}

const MARKDOWN: Form = Form {
    name: "lao-cai.md",
    edit: |path| {
        let mut text = fs::read_to_string(path).unwrap();
        edit(&mut text);
        fs::write(path, text).unwrap();
    },
    read: |path, _| {
        markdown::parse(without_record(&fs::read_to_string(path).unwrap())).unwrap()
    },
};

const WORD: Form = Form {
    name: "lao-cai.docx",
    edit: |path| {
        let mut package = Package::read(&fs::read(path).unwrap()).unwrap();
        let is_main = |(name, _): &&mut (String, Vec<u8>)| name == "word/document.xml";
        let (_, main) = package.parts.iter_mut().find(is_main).unwrap();
        let mut text = String::from_utf8(std::mem::take(main)).unwrap();
        edit(&mut text);
        *main = text.into_bytes();
        fs::write(path, package.write().unwrap()).unwrap();
    },
    read: |path, fresh| {
        let package = Package::read(&fs::read(path).unwrap()).unwrap();
        assert_eq!(lint(&package), []);
        let main = docx::read::Main::of(&package).unwrap();
        let record = Record::read(docx::read_record(&package).as_deref()).unwrap();
        docx::read::read(&package, &main, fresh, &record.names).unwrap().document
    },
};

#[test]
fn what_a_profile_names_in_vain_is_told_once() {
    let folder = folder();
    let profile = "agency = \"Lào Cai\"\n[[task]]\nid = \"policy-experts\"\nlead = \"Sở Tài chính\"\n";
    fs::write(folder.path().join("lao-cai.toml"), profile).unwrap();
    write_second(&folder.path().join("new"));
    says(&folder, &["build", "lao-cai.toml"], 0, &["lao-cai.md"]);
    for name in ["lao-cai.md", "lao-cai.docx"] {
        let update = ["update", name, "--catalog", "new"];
        says(&folder, &update, 0, &["policy-experts"]);
        let (code, said) = khung(&folder, &update);
        assert_eq!(code, 0);
        assert!(!said.contains("policy-experts"), "{said}");
    }
}

#[test]
fn from_the_draft_to_an_update_that_finds_nothing_more_to_do() {
    let (_, templates) = crate::embedded();
    let (second, found) = Catalog::read(&second());
    assert_eq!(khung::cli::render(&found), "");
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let fresh = khung::build(&second, &templates, &profile, None).0.unwrap().markdown();
    let fresh = markdown::parse(without_record(&fresh)).unwrap();
    for Form { name, edit, read } in [MARKDOWN, WORD] {
        let folder = folder();
        let path = folder.path().join(name);
        write_second(&folder.path().join("catalog-2024.9"));
        says(&folder, &["build", "lao-cai.toml"], 0, &[name]);
        edit(&path);
        says(&folder, &["build", "lao-cai.toml"], 2, &["đã được sửa"]);
        let changes = "danh mục 2024.2 → 2024.9: 8 thay đổi";
        says(&folder, &["diff", "catalog-2024.9"], 0, &[changes]);
        says(&folder, &["check", "catalog-2024.9"], 0, &["Không có lỗi."]);
        let update = ["update", name, "--catalog", "catalog-2024.9"];
        says(&folder, &update, 1, &["danh mục 2024.2 → 2024.9", "1 xung đột"]);

        let plan = read(&path, &fresh);
        let text = |id: &str| -> Option<String> {
            let section = plan.sections.iter().find(|s| s.id.as_deref() == Some(id))?;
            Some(section.blocks.iter().map(|block| block.kind.plain() + "\n").collect())
        };
        let says_in = |id: &str, words: &str| {
            let text = text(id).unwrap_or_else(|| panic!("{name}: no {id}"));
            assert!(text.contains(words), "{name}: no {words:?} in {id}:\n{text}");
        };
        // What the ministry did …
        says_in("task-e-transactions-law", "30/6/2024");
        says_in("task-scam-alerts", "Thiết lập kênh tiếp nhận");
        says_in("task-digital-health", "Phát triển cơ sở y tế số");
        assert_eq!(text("task-policy-experts"), None, "{name}");
        assert_eq!(text("task-digital-hospitals"), None, "{name}");
        // … and what people wrote, where they wrote it.
        says_in("task-digital-villages", "làng, xóm");
        says_in("task-digital-health", "Làm điểm tại Bệnh viện Đa khoa số 1 Sa Pa.");
        says_in("task-experience-space", "Mở cửa cả thứ Bảy.");
        says_in("task-policy-sme", "ưu tiên 200 doanh nghiệp xuất khẩu");
        let order = |document: &Document| -> Vec<String> {
            let ids = document.sections.iter().filter_map(|section| section.id.clone());
            ids.filter(|id| id.starts_with("task-")).collect()
        };
        assert_eq!(order(&plan), order(&fresh), "{name}");

        let once = fs::read(&path).unwrap();
        says(&folder, &update, 0, &["(giữ nguyên)", "0 thay đổi, 0 xung đột"]);
        assert_eq!(fs::read(&path).unwrap(), once, "{name}");
    }
}

/// A draft that the colleagues edited, in a folder with the second edition.
fn edited(form: &Form) -> TempDir {
    let folder = folder();
    write_second(&folder.path().join("catalog-2024.9"));
    says(&folder, &["build", "lao-cai.toml"], 0, &[form.name]);
    (form.edit)(&folder.path().join(form.name));
    folder
}

#[test]
fn a_word_plan_tells_who_changed_it_and_what_moved() {
    let folder = edited(&WORD);
    let update = ["update", WORD.name, "--catalog", "catalog-2024.9", "-o"];
    let part = |plan: &str, name: &str| {
        let package =
            Package::read(&fs::read(folder.path().join(plan)).unwrap()).unwrap();
        String::from_utf8(package.part(name).unwrap().to_vec()).unwrap()
    };
    says(&folder, &[&update[..], &["tracked.docx"]].concat(), 1, &["1 xung đột"]);
    let main = part("tracked.docx", "word/document.xml");
    for change in ["<w:ins ", "<w:del "] {
        let tag = main.split(change).nth(1).unwrap().split('>').next().unwrap();
        assert!(tag.contains("w:author=\"khung 2024.9\""), "{tag}");
    }
    let moved = "Chuyển từ mục 6.4 (Danh mục 2024.9).";
    assert_eq!(part("tracked.docx", "word/comments.xml").matches(moved).count(), 1);

    says(
        &folder,
        &[&update[..], &["plain.docx", "--accept"]].concat(),
        1,
        &["1 xung đột"],
    );
    let main = part("plain.docx", "word/document.xml");
    let is_tracked = ["<w:ins ", "<w:del ", "<w:delText"].map(|tag| main.contains(tag));
    assert_eq!(is_tracked, [false; 3]);
    let text: String = main.split('<').filter_map(|tag| tag.split('>').nth(1)).collect();
    assert!(text.contains("làng, xóm") && text.contains("Phát triển cơ sở y tế số"));
    assert!(!text.contains("Ban hành chính sách thuê chuyên gia"));
    assert_eq!(part("plain.docx", "word/comments.xml").matches(moved).count(), 1);
}

#[test]
fn a_report_for_programs() {
    let report = |form: &Form| {
        let folder = edited(form);
        let update = ["update", form.name, "--catalog", "catalog-2024.9"];
        let (code, said) =
            khung(&folder, &[&update[..], &["--dry-run", "--report", "json"]].concat());
        assert_eq!(code, 1);
        said.replace(form.name, "PLAN")
    };
    let told = report(&WORD);
    insta::with_settings!({ snapshot_path => "editions", prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("2024.9-report", &told);
    });
    assert_eq!(report(&MARKDOWN), told);
}
