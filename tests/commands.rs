//! The command, run as a user would: the README's sessions, and files of every kind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use khung::markdown::without_record;
use tempfile::TempDir;

#[test]
fn transcripts() {
    trycmd::TestCases::new()
        .env("COLUMNS", "100") // help is folded at this width
        .case(readme().join("README.md"))
        .case(editors().join("CATALOG.md"))
        .case("tests/cmd/*.trycmd");
}

/// The README beside a folder that holds what a fresh clone has for its sessions.
fn readme() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    let _ = fs::remove_dir_all(&folder);
    // trycmd runs a case in a copy of its `.in`, when there is an `.out`, too.
    fs::create_dir_all(folder.join("README.in/examples")).unwrap();
    fs::create_dir_all(folder.join("README.out")).unwrap();
    fs::copy("README.md", folder.join("README.md")).unwrap();
    for entry in fs::read_dir("examples").unwrap() {
        let (from, to) = (entry.unwrap().path(), folder.join("README.in"));
        fs::copy(&from, to.join(&from)).unwrap();
    }
    next_edition(&folder.join("README.in"));
    fs::write(folder.join("README.in/lao-cai-finished.docx"), finished()).unwrap();
    folder
}

/// The page for editors of the catalogue, beside a folder with what they have.
fn editors() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editors");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("CATALOG.in")).unwrap();
    fs::create_dir_all(folder.join("CATALOG.out")).unwrap();
    fs::copy("catalog/README.md", folder.join("CATALOG.md")).unwrap();
    fs::write(folder.join("CATALOG.in/lao-cai.toml"), "agency = \"Lào Cai\"\n").unwrap();
    crate::editions::write_second(&folder.join("CATALOG.in/catalog-2024.9"));
    let page = fs::read_to_string("catalog/README.md").unwrap();
    for (name, text) in typed(&page) {
        let path = folder.join("CATALOG.in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The files that a page gives to type: a block of TOML below a line with the name.
fn typed(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let blocks = page.split("\n```toml\n").collect::<Vec<_>>();
    let pairs = (1..blocks.len()).map(move |at| (blocks[at - 1], blocks[at]));
    pairs.map(|(before, block)| {
        let name = before.lines().next_back().unwrap();
        let name = name.strip_prefix('`').and_then(|rest| rest.strip_suffix("`:"));
        (name.unwrap(), block.split("```").next().unwrap())
    })
}

/// Every key of the shipped catalogue is explained to its editors.
#[test]
fn the_page_for_editors_names_every_key() {
    let page = fs::read_to_string("catalog/README.md").unwrap();
    for source in khung::catalog::Catalog::embedded().unwrap() {
        if source.name.contains("sample-") {
            continue;
        }
        let keys = source.text.lines().filter_map(|line| {
            let key = line.split_once(" = ").map_or(line, |(key, _)| key).trim();
            let is_key = key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            let table = key.starts_with('[') && key.ends_with(']') && !line.contains(',');
            ((is_key && line.contains(" = ")) || table).then(|| key.to_owned())
        });
        for key in keys {
            assert!(page.contains(&format!("`{key}")), "{}: {key}", source.name);
        }
    }
}

/// A plan whose slots a colleague filled.
fn finished() -> Vec<u8> {
    crate::finalize::drafted("agency = \"Lào Cai\"\n")
}

/// A plan that colleagues edited, and a catalogue that goes on.
fn next_edition(folder: &Path) {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let mut plan =
        khung::build(&catalog, &templates, &profile, None).0.unwrap().markdown();
    crate::editions::edit(&mut plan);
    fs::write(folder.join("lao-cai-edited.md"), &plan).unwrap();
    fs::write(folder.join("lao-cai-mailed.md"), without_record(&plan)).unwrap();
    crate::editions::write_second(&folder.join("catalog-2024.9"));
}

/// A folder with a profile of Lào Cai in it.
pub(crate) fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    profile(&folder, "lao-cai.toml");
    folder
}

fn profile(folder: &TempDir, name: &str) {
    fs::write(folder.path().join(name), "agency = \"Lào Cai\"\n").unwrap();
}

/// Runs khung in a folder: its exit code, and all that it says.
pub(crate) fn khung(folder: &TempDir, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_khung"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

/// Runs khung, which must say each of `words` and end with this code.
#[track_caller]
pub(crate) fn says(folder: &TempDir, arguments: &[&str], code: i32, words: &[&str]) {
    let (ended, said) = khung(folder, arguments);
    for word in words {
        assert!(said.contains(word), "no {word:?} in:\n{said}");
    }
    assert_eq!(ended, code, "{said}");
}

/// The names in a folder, sorted.
fn names(folder: impl AsRef<Path>) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.unwrap().file_name().into_string().unwrap()
    };
    let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(name).collect();
    names.sort();
    names
}

/// All that is below a folder: the kind and length of each, and what a short file says.
pub(crate) fn tree(folder: &Path) -> Vec<(PathBuf, u64, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let meta = fs::symlink_metadata(&path).unwrap();
        let is_short = meta.is_file() && meta.len() < 1 << 20;
        let bytes = if is_short { fs::read(&path).unwrap() } else { Vec::new() };
        if meta.is_dir() {
            found.extend(tree(&path));
        } else {
            found.push((path, meta.len(), bytes));
        }
    }
    found.sort();
    found
}

#[test]
fn one_bad_profile_hides_no_other() {
    let folder = folder();
    fs::write(folder.path().join("sai.toml"), "agency = \"Lao Kai\"\n").unwrap();
    fs::write(folder.path().join("anh.toml"), [0xFF, 0xD8, 0, 1]).unwrap();
    fs::write(folder.path().join("chu.toml"), [b'a', 0xE9]).unwrap();
    fs::write(folder.path().join("trong.toml"), "").unwrap();
    let profiles = ["thieu.toml", "sai.toml", "anh.toml", "chu.toml", "trong.toml", "."];
    let arguments = [&["build", "-o", "out"], &profiles[..], &["lao-cai.toml"]].concat();
    says(
        &folder,
        &arguments,
        2,
        &[
            "lao-cai.docx",
            "thieu.toml: không tìm thấy",
            "\"Lao Kai\"",
            "anh.toml: không phải tệp văn bản",
            "chu.toml không phải văn bản UTF-8",
            "chưa nêu cơ quan",
            ".: là một thư mục",
        ],
    );
    assert_eq!(names(folder.path().join("out")), ["lao-cai.docx", "lao-cai.md"]);
    let only_content = ["build", "-o", "out", "sai.toml", "lao-cai.toml"];
    says(&folder, &only_content, 1, &["lao-cai.docx", "\"Lao Kai\""]);
    says(
        &folder,
        &["check", "sai.toml", "thieu.toml"],
        2,
        &["\"Lao Kai\"", "thieu.toml"],
    );
}

#[test]
fn names_are_good_on_every_system() {
    let folder = folder();
    let bad = ["CON.toml", "nul.2024.toml", "com1.toml", "LPT² .toml", "cuối .toml"];
    let bad = if cfg!(windows) { &[][..] } else { &bad[..] };
    for name in bad.iter().copied().chain(["kế hoạch..toml"]) {
        profile(&folder, name);
        says(&folder, &["build", name, "-o", "out"], 2, &[name, "Đổi tên hồ sơ"]);
    }
    #[cfg(unix)]
    for name in ["a:b.toml", "..\\x.toml", "a\nb.toml", "hỏi?.toml"] {
        profile(&folder, name);
        says(&folder, &["build", name, "-o", "out"], 2, &["ký tự", "Đổi tên hồ sơ"]);
    }
    assert!(!folder.path().join("out").exists());
    for name in ["console.toml", "com10.toml", "Kế hoạch số 1 (sửa).toml"] {
        profile(&folder, name);
        says(&folder, &["build", name, "-o", "out"], 0, &[]);
    }
}

#[test]
fn new_files_get_names_that_are_good_on_every_system() {
    let folder = folder();
    says(&folder, &["build", "lao-cai.toml"], 0, &[]);
    let before = names(&folder);
    for (name, reason) in [
        ("NUL.docx", "thiết bị"),
        ("con .docx", "thiết bị"),
        ("kế hoạch:2024.docx", "ký tự"),
        ("kế hoạch?.docx", "ký tự"),
    ] {
        let says_why = [name, reason, "Nêu tên khác."];
        says(&folder, &["update", "lao-cai.docx", "-o", name], 2, &says_why);
    }
    assert_eq!(names(&folder), before);
}

#[test]
fn the_date_comes_from_the_command_or_the_environment() {
    let folder = folder();
    let build = |epoch: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_khung"));
        command.args(["build", "lao-cai.toml", "--format", "md"]).args(more);
        command.current_dir(&folder).env("SOURCE_DATE_EPOCH", epoch);
        let output = command.stdin(Stdio::null()).output().unwrap();
        let plan =
            fs::read_to_string(folder.path().join("lao-cai.md")).unwrap_or_default();
        (output.status.code(), String::from_utf8(output.stderr).unwrap(), plan)
    };
    let (code, said, plan) = build("hôm nay", &[]);
    assert_eq!((code, &*plan), (Some(2), ""), "a plan of another date");
    assert!(said.contains("SOURCE_DATE_EPOCH: phải là một số giây."), "{said}");
    // The last second of a day, in UTC.
    let (code, said, plan) = build("1703030399", &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(plan.contains("ngày 19 tháng 12 năm 2023"));
    let (code, said, plan) = build("1703030399", &["--date", "18/12/2023"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(plan.contains("ngày 18 tháng 12 năm 2023"));
}

#[test]
fn a_plan_saved_during_an_update_stays() {
    let folder = folder();
    let path = folder.path().join("lao-cai.docx");
    fs::write(&path, "saved meanwhile").unwrap();
    let before = names(&folder);
    let failure = khung::workspace::update(&path, b"as read", b"updated").unwrap_err();
    assert!(failure.reason.starts_with("vừa được sửa"), "{failure}");
    assert_eq!(fs::read(&path).unwrap(), b"saved meanwhile");
    assert_eq!(names(&folder), before);
}

#[test]
fn plans_stay_in_the_output_folder() {
    let folder = folder();
    fs::create_dir_all(folder.path().join("a/b")).unwrap();
    says(&folder, &["build", "a/b/../../lao-cai.toml", "-o", "out"], 0, &[]);
    assert_eq!(names(&folder), ["a", "lao-cai.toml", "out"]);
    assert_eq!(names(folder.path().join("out")), ["lao-cai.docx", "lao-cai.md"]);
}

#[test]
fn profiles_of_one_name_are_told_apart_by_nobody() {
    let folder = folder();
    fs::create_dir(folder.path().join("a")).unwrap();
    profile(&folder, "a/Lao-Cai.toml");
    profile(&folder, "khac.toml");
    let arguments = ["build", "lao-cai.toml", "a/Lao-Cai.toml", "khac.toml"];
    says(&folder, &arguments, 2, &["lao-cai.toml, a/Lao-Cai.toml: các hồ sơ cùng tên"]);
    assert_eq!(
        names(&folder),
        ["a", "khac.docx", "khac.md", "khac.toml", "lao-cai.toml"]
    );
}

/// Puts something in the way of a plan of the folder.
type Obstruct<'f> = &'f dyn Fn(&Path);

#[test]
fn a_plan_in_the_way_stays_and_neither_form_is_written() {
    let edit = |path: &Path| {
        let text = fs::read_to_string(path).unwrap();
        fs::write(path, text.replacen("KẾ HOẠCH", "KẾ HOẠCH MỚI", 1)).unwrap();
    };
    let ways: [(&str, Obstruct); 7] = [
        ("đã được sửa", &|dir| edit(&dir.join("lao-cai.md"))),
        ("không do khung lập", &|dir| {
            fs::write(dir.join("lao-cai.docx"), "").unwrap();
        }),
        ("không do khung lập", &|dir| {
            fs::write(dir.join("lao-cai.md"), "# A").unwrap();
        }),
        ("là một thư mục", &|dir| {
            fs::remove_file(dir.join("lao-cai.md")).unwrap();
            fs::create_dir(dir.join("lao-cai.md")).unwrap();
        }),
        ("xóa ~$o-cai.docx", &|dir| fs::write(dir.join("~$o-cai.docx"), "").unwrap()),
        ("xóa .~lock.lao-cai.md#", &|dir| {
            fs::write(dir.join(".~lock.lao-cai.md#"), "").unwrap();
        }),
        ("chỉ cho đọc", &|dir| {
            let path = dir.join("lao-cai.md");
            let mut permissions = fs::metadata(&path).unwrap().permissions();
            permissions.set_readonly(true);
            fs::set_permissions(path, permissions).unwrap();
        }),
    ];
    for (says_what, obstruct) in ways {
        let folder = folder();
        says(&folder, &["build", "lao-cai.toml"], 0, &[]);
        says(&folder, &["build", "lao-cai.toml"], 0, &["lao-cai.docx, lao-cai.md"]);
        obstruct(folder.path());
        let read = || {
            let read = |name: String| fs::read(folder.path().join(name)).ok();
            names(&folder).into_iter().map(read).collect::<Vec<_>>()
        };
        let before = read();
        // A later profile would change both files.
        let changed = "agency = \"Lào Cai\"\nguidance = \"none\"\n";
        fs::write(folder.path().join("lao-cai.toml"), changed).unwrap();
        says(&folder, &["build", "lao-cai.toml"], 2, &[says_what]);
        fs::write(folder.path().join("lao-cai.toml"), "agency = \"Lào Cai\"\n").unwrap();
        assert_eq!(read(), before, "{says_what}");
    }
}

#[test]
fn output_folders_that_are_none() {
    let folder = folder();
    profile(&folder, "khac.toml");
    let build = ["build", "lao-cai.toml", "khac.toml", "-o"];
    let (code, said) = khung(&folder, &[&build[..], &["lao-cai.toml"]].concat());
    assert_eq!(said.matches("không phải thư mục").count(), 1, "{said}");
    assert_eq!(code, 2);
    says(&folder, &[&build[..], &["lao-cai.toml/a"]].concat(), 2, &["lao-cai.toml/a: "]);
    says(&folder, &["new", "Lào Cai", "-o", "khac.toml"], 2, &["khac.toml"]);
    assert_eq!(names(&folder), ["khac.toml", "lao-cai.toml"]);
}

#[test]
fn nothing_new_overwrites() {
    let folder = folder();
    says(&folder, &["new", "Lào Cai"], 2, &["lao-cai.toml: đã có"]);
    says(&folder, &["new"], 2, &["chưa nêu cơ quan: Gõ tên cơ quan sau lệnh"]);
    says(&folder, &["new", "Lào Cai", "-o", "a/b"], 0, &["lao-cai.toml"]);
    says(&folder, &["catalog", "export", "danh-muc"], 0, &["edition.toml"]);
    fs::remove_file(folder.path().join("danh-muc/templates/2024/plan.md")).unwrap();
    says(&folder, &["catalog", "export", "danh-muc"], 2, &["units.toml: đã có"]);
    assert!(!folder.path().join("danh-muc/templates/2024/plan.md").exists());
}

#[test]
fn an_edited_catalogue_and_template_take_effect() {
    let folder = folder();
    says(&folder, &["catalog", "export", "dm"], 0, &[]);
    let edit = |name: &str, from: &str, to: &str| {
        let path = folder.path().join("dm").join(name);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{name}");
        fs::write(path, text.replacen(from, to, 1)).unwrap();
    };
    let tasks = "catalog/2024/province.toml";
    edit(tasks, "trung tâm dữ liệu", "trung tâm dữ liệu của tôi");
    edit("templates/2024/components.md", "Nơi nhận:", "Nơi nhận kế hoạch:");
    let mine = ["--catalog", "dm"];
    let build = [&["build", "lao-cai.toml"], &mine[..]].concat();
    says(&folder, &build, 0, &["lao-cai.md"]);
    let plan = fs::read_to_string(folder.path().join("lao-cai.md")).unwrap();
    assert!(
        plan.contains("trung tâm dữ liệu của tôi") && plan.contains("Nơi nhận kế hoạch:")
    );
    // Both broken: both told, at their lines.
    edit(tasks, "section = ", "sektion = ");
    edit("templates/2024/plan.md", "{{", "{{ (");
    let (code, said) = khung(&folder, &build);
    let places = ["province.toml:", "`sektion`", "\"section\"?", "plan.md:"];
    assert!(places.iter().all(|place| said.contains(place)), "{said}");
    assert_eq!(code, 1);
}

#[test]
fn an_edited_plan_is_updated_and_the_old_one_kept() {
    let folder = folder();
    let edit = |path: &str, from: &str, to: &str| {
        let path = folder.path().join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{from}");
        fs::write(path, text.replace(from, to)).unwrap();
    };
    says(&folder, &["build", "lao-cai.toml"], 0, &["lao-cai.md"]);
    says(&folder, &["catalog", "export", "."], 0, &[]);
    edit("catalog/2024/edition.toml", "2024.2", "2024.9");
    edit("catalog/2024/province.toml", "làng, xã, tổ", "làng, bản, tổ");
    let update = ["update", "lao-cai.md", "--catalog", "catalog/2024"];
    let plan = || fs::read_to_string(folder.path().join("lao-cai.md")).unwrap();
    let before = plan();
    let dry = [&update[..], &["--dry-run"]].concat();
    let summary = "danh mục 2024.2 → 2024.9: 1 thay đổi, 0 xung đột";
    says(&folder, &dry, 0, &[summary, "(chưa ghi)"]);
    assert_eq!(plan(), before);
    // The drafter changed the same word: theirs stays, and the exit code tells.
    edit("lao-cai.md", "làng, xã, tổ", "làng, xóm, tổ");
    let edited = plan();
    says(&folder, &update, 1, &["1 xung đột", "lao-cai.md.bak", "xã", "bản"]);
    assert!(plan().contains("làng, xóm, tổ"));
    let backup = fs::read_to_string(folder.path().join("lao-cai.md.bak")).unwrap();
    assert_eq!(backup, edited);
    says(&folder, &update, 0, &["(giữ nguyên)", ": 0 thay đổi, 0 xung đột"]);
    // An update is no build: what people wrote is not overwritten.
    says(&folder, &["build", "lao-cai.toml"], 2, &["lao-cai.md: đã được sửa"]);
    let json = [&update[..], &["--report", "json", "--dry-run"]].concat();
    says(&folder, &json, 0, &["\"from\": \"2024.9\"", "\"entries\": []"]);
    fs::write(folder.path().join(".~lock.lao-cai.md#"), "").unwrap();
    says(&folder, &update, 2, &["đang mở"]);
    says(&folder, &["update", "lao-cai.toml"], 2, &["không do khung lập"]);
    // Word and Markdown come to the same.
    let word = ["update", "lao-cai.docx", "--catalog", "catalog/2024"];
    let kept = "lao-cai.docx (bản cũ: lao-cai.docx.bak)";
    says(&folder, &word, 0, &[kept, "1 thay đổi, 0 xung đột"]);
    let once = fs::read(folder.path().join("lao-cai.docx")).unwrap();
    says(&folder, &word, 0, &["lao-cai.docx (giữ nguyên)", ": 0 thay đổi, 0 xung đột"]);
    assert_eq!(fs::read(folder.path().join("lao-cai.docx")).unwrap(), once);
    fs::write(folder.path().join("cu.docx"), b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
        .unwrap();
    says(&folder, &["update", "cu.docx"], 2, &["cu.docx: "]);
}

#[test]
fn long_files_are_refused() {
    let folder = folder();
    fs::write(folder.path().join("dai.toml"), "a".repeat((4 << 20) + 1)).unwrap();
    says(&folder, &["build", "dai.toml"], 2, &["dai.toml: lớn hơn 4 MiB"]);
    let text = format!(
        "agency = \"Lào Cai\"\n[review]\neffects = [\"{}\"]",
        "*".repeat(600_000)
    );
    fs::write(folder.path().join("dai.toml"), text).unwrap();
    says(&folder, &["build", "dai.toml"], 1, &["error[too-long]", "Bớt nội dung"]);
    let plan = fs::File::create(folder.path().join("lao-cai.docx")).unwrap();
    plan.set_len((64 << 20) + 1).unwrap();
    says(&folder, &["build", "lao-cai.toml"], 2, &["lao-cai.docx: lớn hơn 64 MiB"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn bash_completes() {
        let folder = folder();
        let (code, script) = khung(&folder, &["completions", "bash"]);
        assert_eq!(code, 0);
        let complete = |words: &str| {
            let last = words.split(' ').count() - 1;
            let ask = format!(
                "COMP_WORDS=({words}) COMP_CWORD={last}\n_khung khung \"${{COMP_WORDS[{last}]}}\" \
                 \"${{COMP_WORDS[{last} - 1]}}\"\necho \"${{COMPREPLY[*]}}\"\n"
            );
            let output =
                Command::new("bash").args(["-c", &format!("{script}\n{ask}")]).output();
            String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
        };
        assert_eq!(complete("khung up"), "update");
        assert_eq!(complete("khung list dead"), "deadlines");
        assert_eq!(complete("khung diff --rep"), "--report");
        assert_eq!(complete("khung update --report js"), "json");
        assert_eq!(complete("khung catalog ex"), "export");
    }

    #[test]
    fn links_are_not_followed() {
        let folder = folder();
        let elsewhere = folder.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        says(&folder, &["build", "lao-cai.toml", "-o", "elsewhere"], 0, &[]);
        let plan = fs::read(elsewhere.join("lao-cai.docx")).unwrap();
        fs::create_dir(folder.path().join("out")).unwrap();
        for (target, name) in [
            ("../elsewhere/lao-cai.docx", "lao-cai.docx"),
            ("../elsewhere/nothing", "lao-cai.md"),
            ("../elsewhere/nothing", "lao-cai.toml"),
            ("../elsewhere", "catalog"),
        ] {
            symlink(target, folder.path().join("out").join(name)).unwrap();
        }
        let build = ["build", "lao-cai.toml", "-o", "out"];
        says(
            &folder,
            &build,
            2,
            &["out/lao-cai.docx: là một liên kết", "out/lao-cai.md: là một liên kết"],
        );
        says(&folder, &["new", "Lào Cai", "-o", "out"], 2, &["out/lao-cai.toml: đã có"]);
        let export = ["catalog", "export", "out"];
        says(&folder, &export, 2, &["out/catalog: là một liên kết"]);
        assert_eq!(names(&elsewhere), ["lao-cai.docx", "lao-cai.md"]);
        assert_eq!(fs::read(elsewhere.join("lao-cai.docx")).unwrap(), plan);
        assert!(folder.path().join("out/lao-cai.docx").is_symlink());
    }

    #[test]
    fn devices_and_pipes_are_not_read() {
        let folder = folder();
        let pipe = folder.path().join("ong.toml");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let arguments = ["build", "/dev/zero", "ong.toml", "lao-cai.toml"];
        says(
            &folder,
            &arguments,
            2,
            &["/dev/zero: không", "ong.toml: không", "lao-cai.md"],
        );
        fs::rename(&pipe, folder.path().join("lao-cai.md")).unwrap();
        says(&folder, &["build", "lao-cai.toml"], 2, &["lao-cai.md: không phải tệp"]);
    }

    #[test]
    fn a_plan_stays_as_private_as_it_was() {
        for mode in [0o600, 0o664] {
            let folder = folder();
            let file = |name: &str| folder.path().join(name);
            crate::editions::write_second(&file("new"));
            says(&folder, &["build", "lao-cai.toml"], 0, &[]);
            for plan in ["lao-cai.docx", "lao-cai.md"] {
                let permissions = fs::Permissions::from_mode(mode);
                fs::set_permissions(file(plan), permissions).unwrap();
            }
            says(&folder, &["build", "lao-cai.toml"], 0, &[]);
            let update = ["update", "lao-cai.docx", "--catalog", "new"];
            says(&folder, &update, 0, &["lao-cai.docx.bak"]);
            for plan in ["lao-cai.docx", "lao-cai.docx.bak", "lao-cai.md"] {
                let now = fs::metadata(file(plan)).unwrap().permissions().mode();
                assert_eq!(now & 0o777, mode, "{plan}");
            }
        }
    }

    #[test]
    fn folders_without_permission() {
        let folder = folder();
        let closed = folder.path().join("out");
        fs::create_dir(&closed).unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
        // Root may write there; not so in a file system that takes no files.
        let is_root = fs::write(closed.join("thử"), "").is_ok();
        let closed = if is_root { "/sys" } else { "out" };
        let build = ["build", "lao-cai.toml", "-o", closed];
        says(&folder, &build, 2, &[closed, "không có quyền ghi"]);
    }
}
