//! Layers over the shipped edition: a province's, and that of one of its districts.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use khung::catalog::Catalog;
use khung::catalog::layer::lay;
use khung::diagnostic::Diagnostic;
use khung::edition::check;
use khung::source::Source;
use khung::workspace::{self, Problems};
use tempfile::TempDir;

use crate::commands::{folder, khung, says};
use crate::{editions, slips};

/// The layers of `tests/layers` in `catalog/` of a folder with the profile of Lào Cai.
fn layers() -> TempDir {
    let folder = folder();
    for layer in ["lao-cai", "bat-xat"] {
        let (from, to) = (Path::new("tests/layers").join(layer), place(&folder, layer));
        fs::create_dir_all(&to).unwrap();
        for file in fs::read_dir(from).unwrap() {
            let path = file.unwrap().path();
            fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}

fn place(folder: &TempDir, name: &str) -> PathBuf {
    folder.path().join("catalog").join(name)
}

/// What is wrong with a layer.
fn found(layer: &Path) -> Vec<Diagnostic> {
    let mut problems = Problems::default();
    let sources = workspace::catalog(layer, &mut problems);
    assert_eq!(problems.failures, []);
    let Some(sources) = sources else { return problems.diagnostics };
    check(&sources, &crate::embedded().1)
}

#[test]
fn each_slip_is_told_once_at_its_place() {
    let mut wrong = Vec::new();
    for slip in slips::read(include_str!("layers/slips.toml")) {
        let folder = layers();
        let path = place(&folder, &slip.file);
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, slip.made_in(&text)).unwrap();
        let (layer, _) = slip.file.split_once('/').unwrap();
        let layer = slip.check.as_deref().unwrap_or(layer);
        wrong.extend(slip.untold(&found(&place(&folder, layer))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn those_without_a_slip_are_fine() {
    let folder = layers();
    for layer in ["lao-cai", "bat-xat"] {
        let found = found(&place(&folder, layer));
        assert_eq!(khung::cli::render(&found), "", "{layer}");
    }
}

/// The part of a plan with an id.
#[track_caller]
fn part<'p>(plan: &'p str, id: &str) -> &'p str {
    let marker = format!("<!-- khung: {id} -->\n");
    let (_, rest) = plan.split_once(&marker).unwrap_or_else(|| panic!("no {id}"));
    rest.split("<!-- khung: ").next().unwrap()
}

/// The row of a table with an id, from its number on.
#[track_caller]
fn row<'p>(plan: &'p str, annex: &str, id: &str) -> &'p str {
    let (_, rest) = part(plan, annex).split_once(&format!("<!-- {id} --> ")).unwrap();
    rest.lines().next().unwrap()
}

#[test]
fn a_province_drafts_a_hundred_bodies_with_its_own_tasks() {
    let folder = layers();
    let build = |all: &str, layer: &str| {
        let layer = format!("catalog/{layer}");
        let out = ["-o", "out", "--format", "md", "--catalog", &layer];
        let (code, said) = khung(&folder, &[&["build", "--all", all], &out[..]].concat());
        assert_eq!(code, 0, "{said}");
        said.lines().filter(|line| line.contains("chỗ cần bổ sung")).count()
    };
    assert_eq!(build("agencies", "lao-cai"), 100);
    let read =
        |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();

    let plan = read("lao-cai.md");
    let task = part(&plan, "task-border-market");
    assert!(
        task.contains("thanh toán không dùng tiền mặt") && task.contains("##### 9.5.")
    );
    assert!(!task.contains("Đơn vị đầu mối hỗ trợ"), "{task}");
    let guide = part(&plan, "guide-border-market");
    assert!(guide.contains("> Nguồn: Mục II.3 Kế hoạch số 123/KH-UBND ngày 05/01/2024 của Ủy ban nhân dân tỉnh Lào Cai; gợi ý chủ trì: Sở Công Thương."), "{guide}");
    assert!(!guide.contains("Phụ lục I") && guide.contains("ban quản lý chợ"), "{guide}");
    // The column names what the dispatch says, and that says nothing of it.
    let title = "Phát triển chợ số tại các chợ cửa khẩu, chợ phiên vùng cao";
    let works = row(&plan, "annex-3", "border-market");
    assert!(works.starts_with(&format!("9.5 | {title} | ")), "{works}");
    assert!(works.trim_end_matches([' ', '|']).ends_with("nguồn vốn\\]"), "{works}");
    assert!(row(&plan, "annex-3", "policy-sme").contains(" | 1 |"));
    assert!(!part(&plan, "annex-5").contains(title));
    assert!(
        part(&plan, "bases-list")
            .contains("Nghị quyết số 16/2023/NQ-HĐND ngày 08 tháng 12")
    );
    // What it overrides, and what else there is of that.
    let guide = part(&plan, "guide-policy-sme");
    assert!(guide.contains("gợi ý chủ trì: Sở Công Thương;"), "{guide}");
    assert!(part(&plan, "task-policy-sme").contains("30/3/2024"));
    assert!(
        part(&plan, "task-smartphones").contains("huy động các nguồn lực xã hội hóa")
    );
    assert!(
        part(&plan, "preamble").starts_with("Thực hiện Công văn số 6074/BTTTT-CĐSQG")
    );

    // A district carries out what its province asks for.
    let plan = read("bat-xat.md");
    let preamble = part(&plan, "preamble");
    assert!(preamble.starts_with("Thực hiện Kế hoạch số 123/KH-UBND ngày 05/01/2024 của Ủy ban nhân dân tỉnh Lào Cai, Ủy ban nhân dân huyện Bát Xát ban hành"), "{preamble}");
    let guide = part(&plan, "guide-village-teams");
    assert!(
        guide.contains("> Nguồn: Mục II.1 Phụ lục Kế hoạch số 123/KH-UBND"),
        "{guide}"
    );
    let works = part(&plan, "annex-3");
    assert!(works.contains("tương ứng của Phụ lục Kế hoạch số 123/KH-UBND"), "{works}");
    assert!(row(&plan, "annex-3", "village-teams").contains(" | II.1 |"));
    assert!(
        !plan.contains("Phụ lục V")
            && !plan.contains("Công văn số 6074/BTTTT-CĐSQG giao")
    );

    // Two layers deep, and its kind alone.
    assert_eq!(build("districts", "bat-xat"), 7);
    let plan = read("bat-xat.md");
    assert!(
        part(&plan, "guide-village-teams").contains("gợi ý chủ trì: Huyện đoàn Bát Xát")
    );
    let guide = part(&plan, "guide-tourism-map");
    assert!(guide.contains("> Nguồn: Mục 4 Nghị quyết số 08-NQ/HU"), "{guide}");
    assert!(row(&plan, "annex-3", "tourism-map").contains("xã Y Tý | "));
    // The groups of the edition stay what they are.
    assert_eq!(build("provinces", "lao-cai"), 63);
    assert_eq!(build("ministries", "lao-cai"), 30);
    let none = ["build", "--all", "province", "--catalog", "catalog/lao-cai"];
    says(&folder, &none, 2, &["--all", "\"province\"", "\"provinces\""]);
    // No district is a province, though it may plan by the tasks of one.
    let agencies = place(&folder, "lao-cai").join("agencies.toml");
    let text = fs::read_to_string(&agencies).unwrap();
    fs::write(&agencies, text.replace("tasks = \"district\"", "tasks = \"province\""))
        .unwrap();
    assert_eq!(build("provinces", "lao-cai"), 63);
    assert_eq!(build("district", "lao-cai"), 7);
}

/// Writes the shipped edition as a folder.
fn write_shipped(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for source in Catalog::embedded().unwrap() {
        fs::write(folder.join(source.file()), &source.text).unwrap();
    }
}

/// What an update to the ministry's second edition reports, and the plan that it leaves.
fn updated(catalog: &str) -> (serde_json::Value, String) {
    let folder = layers();
    write_shipped(&place(&folder, "2024"));
    let catalog = ["--catalog", catalog];
    says(&folder, &[&["build", "lao-cai.toml"], &catalog[..]].concat(), 0, &[]);
    let path = folder.path().join("lao-cai.md");
    let mut plan = fs::read_to_string(&path).unwrap();
    editions::edit(&mut plan);
    fs::write(&path, plan).unwrap();
    editions::write_second(&place(&folder, "2024"));
    if catalog[1] != "catalog/2024" {
        let told = ["lập theo lớp lao-cai trên danh mục 2024"];
        says(&folder, &["update", "lao-cai.md"], 2, &told);
    }
    let update = ["update", "lao-cai.md", "--report", "json"];
    let (code, said) = khung(&folder, &[&update[..], &catalog].concat());
    assert_eq!(code, 1, "{said}");
    let (json, _) = said.split_at(said.find("\n]").unwrap() + 2);
    let again = ["update", "lao-cai.md"];
    says(&folder, &[&again[..], &catalog].concat(), 0, &["0 thay đổi, 0 xung đột"]);
    (serde_json::from_str(json).unwrap(), fs::read_to_string(path).unwrap())
}

#[test]
fn the_next_version_of_the_ministry_flows_through_a_layer() {
    let (alone, _) = updated("catalog/2024");
    let (layered, plan) = updated("catalog/lao-cai");
    assert_eq!(layered, alone);
    assert!(part(&plan, "task-scam-alerts").contains("Thiết lập kênh tiếp nhận"));
    assert!(part(&plan, "task-border-market").contains("chợ phiên"));
    assert!(part(&plan, "guide-policy-sme").contains("gợi ý chủ trì: Sở Công Thương"));
}

#[test]
fn an_export_is_taken_without_the_layers_in_it() {
    let folder = layers();
    write_shipped(&place(&folder, "2024"));
    let build = ["build", "lao-cai.toml", "--format", "md", "--catalog", "."];
    says(&folder, &build, 0, &["lao-cai.md"]);
    let plan = fs::read_to_string(folder.path().join("lao-cai.md")).unwrap();
    assert!(!plan.contains("border-market"));
    says(&folder, &["check", "."], 0, &["Không có lỗi."]);
}

#[test]
fn what_the_ministry_takes_from_under_a_layer_is_told() {
    let folder = layers();
    editions::write_second(&place(&folder, "2024"));
    let path = place(&folder, "lao-cai").join("province.toml");
    let text = fs::read_to_string(&path).unwrap();
    let override_of = |id| format!("\n[[task]]\nid = \"{id}\"\nlead = \"Sở Y tế\"\n");
    let overrides = ["digital-hospitals", "policy-experts"].map(override_of);
    fs::write(&path, text + &overrides.concat()).unwrap();
    let said = khung::cli::render(&found(&place(&folder, "lao-cai")));
    for words in [
        "lớp ghi đè \"digital-hospitals\", mã này nay là \"digital-health\"",
        "lớp ghi đè \"policy-experts\", ở dưới không có [[task]] nào mang mã này",
    ] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(said.matches("error[").count(), 2, "{said}");
}

#[test]
fn so_many_layers_and_no_more() {
    let folder = folder();
    let mut base = "2024".to_owned();
    for at in 1..=9 {
        let name = format!("lop-{at}");
        let place = place(&folder, &name);
        fs::create_dir_all(&place).unwrap();
        let text = format!("id = \"{name}\"\nversion = \"1\"\nbase = \"{base}\"\n");
        fs::write(place.join("edition.toml"), text).unwrap();
        base = name;
    }
    says(&folder, &["check", "catalog/lop-8"], 0, &["Không có lỗi."]);
    says(&folder, &["check", "catalog/lop-9"], 1, &["bad-base", "hơn 8 lớp"]);
    let layers = "2024.2 + lop-1 1 + lop-2 1 + lop-3 1";
    says(&folder, &["diff", "2024", "catalog/lop-3"], 0, &[layers]);
}

#[test]
fn a_layer_may_have_a_frame_of_its_own() {
    let folder = layers();
    let frames = |name: &str, words: &str| {
        let templates = folder.path().join("templates").join(name);
        fs::create_dir_all(&templates).unwrap();
        for source in khung::template::Templates::embedded().unwrap() {
            let text = source.text.replace("MỤC TIÊU", words);
            fs::write(templates.join(source.file()), text).unwrap();
        }
    };
    let build = || {
        let build = ["build", "lao-cai.toml", "--format", "md", "-o", "out"];
        let layer = ["--catalog", "catalog/bat-xat"];
        says(&folder, &[&build[..], &layer].concat(), 0, &[]);
        let path = folder.path().join("out/lao-cai.md");
        let plan = fs::read_to_string(&path).unwrap();
        fs::remove_file(path).unwrap();
        plan
    };
    assert!(build().contains("MỤC TIÊU"));
    // That of the layer below, and then its own.
    for (name, words) in
        [("lao-cai", "MỤC TIÊU CỦA TỈNH"), ("bat-xat", "MỤC TIÊU CỦA HUYỆN")]
    {
        frames(name, words);
        assert!(build().contains(words), "{words}");
    }
}

/// A file of a layer; its edition.toml says the same whatever the text.
fn own(file: &str, text: &str) -> Arc<Source> {
    let head = "id = \"self\"\nversion = \"1\"\nbase = \"2024\"\nsource = \"K\"\n";
    let text = if file == "edition.toml" { head } else { text };
    crate::source(&format!("self/{file}"), text)
}

#[test]
fn what_is_wrong_with_a_layer_points_into_its_files() {
    let shipped = Catalog::embedded().unwrap();
    for slip in slips::read(include_str!("editions/slips.toml")) {
        let source = shipped.iter().find(|source| source.file() == slip.file);
        let Some(source) = source.filter(|_| !slip.from.is_empty()) else { continue };
        let layer =
            vec![own("edition.toml", ""), own(&slip.file, &slip.made_in(&source.text))];
        let (_, found) = Catalog::read(&lay(&[shipped.clone(), layer]));
        let said = khung::cli::render(&found);
        for place in found.iter().filter_map(|one| one.place.as_ref()) {
            assert!(place.source.name.starts_with("self/"), "{said}");
            assert!(place.source.text.get(place.span.clone()).is_some(), "{said}");
        }
    }
}

#[test]
fn every_command_takes_a_layer() {
    let folder = layers();
    let says = |arguments: &[&str], code: i32, words: &[&str]| {
        let layer = ["--catalog", "catalog/bat-xat"];
        says(&folder, &[arguments, &layer].concat(), code, words);
    };
    says(&["new", "Bát Xát"], 0, &["bat-xat.toml"]);
    says(&["build", "bat-xat.toml"], 0, &["bat-xat.docx"]);
    says(&["check", "bat-xat.toml", "bat-xat.docx"], 0, &["Không có lỗi"]);
    says(&["update", "bat-xat.docx"], 0, &["0 thay đổi, 0 xung đột"]);
    says(&["finalize", "bat-xat.docx"], 1, &["Chưa làm bản trình ký"]);
    says(&["list", "tasks", "--for", "Bát Xát"], 0, &["tourism-map", "village-teams"]);
    let source = "Mục II.1 Phụ lục Kế hoạch số 123/KH-UBND";
    let (_, calendar) = khung(
        &folder,
        &[
            "list",
            "deadlines",
            "--for",
            "Bát Xát",
            "--format",
            "ics",
            "--catalog",
            "catalog/lao-cai",
        ],
    );
    let calendar = calendar.replace("\r\n ", "");
    assert!(calendar.contains(source), "{calendar}");
    assert!(!calendar.contains("Đơn vị đầu mối"), "{calendar}");
}

#[test]
fn an_edition_laid_over_itself_says_the_same() {
    let shipped = Catalog::embedded().unwrap();
    let (edition, _) = Catalog::read(&shipped);
    let layer = shipped.iter().map(|source| {
        // An erratum has no id: it adds to those below.
        let blocks = source.text.split("\n[[");
        let blocks: Vec<&str> =
            blocks.filter(|one| !one.contains("erratum]]\n")).collect();
        own(source.file(), &blocks.join("\n[["))
    });
    let layer: Vec<_> = layer.collect();
    let (laid, found) = Catalog::read(&lay(&[shipped, layer]));
    assert_eq!(khung::cli::render(&found), "");
    let changes = khung::diff::diff(&edition, &laid).entries;
    let details: Vec<&str> = changes.iter().map(|entry| entry.detail.as_str()).collect();
    assert_eq!(details, ["thêm lớp: \"self: K\""]);
}
