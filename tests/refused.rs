//! Files that `khung update` must refuse, each with a clear message and untouched, or take
//! in bounded time and memory.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use khung::Draft;
use khung::docx::package::Package;
use khung::docx::read_record;
use khung::record::{Record, stamp};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::commands;

fn draft() -> Draft {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    khung::build(&catalog, &templates, &profile, None).0.unwrap()
}

/// Runs `khung update` on a file, with 2 GB of memory: its exit code, what it says, and
/// whether the file and its folder are as they were.
fn update(name: &str, bytes: &[u8]) -> (i32, String, bool) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let khung = env!("CARGO_BIN_EXE_khung");
    let mut command = Command::new(if cfg!(unix) { "sh" } else { khung });
    if cfg!(unix) {
        command.args(["-c", "ulimit -v 2000000; exec \"$0\" \"$@\"", khung]);
    }
    let output = command
        .args(["update", name])
        .current_dir(&folder)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    let is_alone = fs::read_dir(&folder).unwrap().count() == 1;
    let is_same = is_alone && fs::read(&path).unwrap() == bytes;
    (output.status.code().unwrap_or(-1), said, is_same)
}

/// A Word plan whose parts are changed.
fn with(plan: &[u8], change: impl FnOnce(&mut Package)) -> Vec<u8> {
    let mut package = Package::read(plan).unwrap();
    change(&mut package);
    package.write().unwrap()
}

/// A Word plan whose text, the main part, is changed.
fn with_text(plan: &[u8], change: impl Fn(&str) -> Vec<u8>) -> Vec<u8> {
    with(plan, |package| {
        for (name, bytes) in &mut package.parts {
            if name == "word/document.xml" {
                *bytes = change(std::str::from_utf8(bytes).unwrap());
            }
        }
    })
}

/// A Word plan whose record is another one, in both copies.
fn with_record(plan: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    with(plan, |package| {
        let old = read_record(package).unwrap();
        let new = change(&old);
        for (_, bytes) in &mut package.parts {
            if let Ok(text) = std::str::from_utf8(bytes) {
                *bytes = text.replace(&old, &new).into_bytes();
            }
        }
    })
}

/// A record with one field changed, and the hash right.
fn says(change: impl Fn(&mut Record)) -> impl Fn(&str) -> String {
    move |old| {
        let mut record = Record::read(Some(old)).unwrap();
        change(&mut record);
        crate::stamped(&record)
    }
}

/// A record whose base somebody changed, and the hash is that of before.
fn altered(old: &str) -> String {
    let (hash, old) = old.split_once('-').unwrap();
    let deflated = STANDARD.decode(old).unwrap();
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&deflated[..]).read_to_string(&mut text).unwrap();
    let text = text.replacen("Lào Cai", "Lai Châu", 1);
    let mut deflate =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    deflate.write_all(text.as_bytes()).unwrap();
    stamp(hash, &STANDARD.encode(deflate.finish().unwrap()))
}

/// A zip file with entries of these names, each so many bytes long.
fn zip(names: impl Iterator<Item = String>, length: usize) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_level(Some(1));
    let chunk = vec![b' '; length.min(1 << 20)];
    for name in names {
        writer.start_file(name, options).unwrap();
        for _ in 0..length / chunk.len().max(1) {
            writer.write_all(&chunk).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn word_files_that_are_no_plans_are_refused() {
    let plan = draft().docx;
    let text = |change: &dyn Fn(&str) -> String| {
        with_text(&plan, |text| change(text).into_bytes())
    };
    let one = |name: &str| std::iter::once(name.to_owned());
    let doctype = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>";
    let deep = "<w:p>".repeat(100_000) + &"</w:p>".repeat(100_000);
    let utf16 = |text: &str| -> Vec<u8> {
        let text = text.replace("UTF-8", "UTF-16");
        [0xFEFF]
            .into_iter()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect()
    };
    let rows: [(&str, Vec<u8>, &str); 21] = [
        ("no zip", b"PK\x03\x04 nothing".to_vec(), "không phải tệp .docx"),
        ("torn", plan[..plan.len() / 2].to_vec(), "không phải tệp .docx"),
        ("old or encrypted", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "mật khẩu"),
        ("bomb", zip(one("word/document.xml"), 300 << 20), "quá lớn khi giải nén"),
        ("parts", zip((0..10_001).map(|n| format!("a{n}")), 0), "quá nhiều phần"),
        ("other zip", zip(one("mimetype"), 9), "không mang thông tin của khung"),
        ("way out", zip(one("../../evil"), 9), "tên không hợp lệ (../../evil)"),
        (
            "no text",
            with(&plan, |package| {
                package.parts.retain(|(name, _)| name != "word/document.xml");
            }),
            "không có nội dung văn bản",
        ),
        (
            "doctype",
            text(&|text| text.replace("<w:document", &format!("{doctype}<w:document"))),
            "DOCTYPE",
        ),
        ("entity", text(&|text| text.replace("</w:body>", "&a;</w:body>")), "thực thể"),
        ("utf-16", with_text(&plan, utf16), "không phải XML mã UTF-8"),
        ("ill-formed", text(&|text| text.replacen("</w:p>", "", 1)), "XML sai cú pháp"),
        ("empty", text(&|_| String::new()), "XML sai cú pháp"),
        (
            "deep",
            text(&|text| text.replace("<w:body>", &format!("<w:body>{deep}"))),
            "lồng quá",
        ),
        (
            "long",
            text(&|text| {
                text.replace(
                    "<w:body>",
                    &format!("<w:body>{}", "<w:p/>".repeat(1_100_000)),
                )
            }),
            "quá dài",
        ),
        (
            "workbook",
            text(&|text| text.replace("w:document", "w:workbook")),
            "không phải văn bản Word",
        ),
        (
            "no record",
            with(&plan, |package| {
                let is_ours = |name: &str| {
                    name.starts_with("customXml/") || name == "docProps/custom.xml"
                };
                package.parts.retain(|(name, _)| !is_ours(name));
            }),
            "không mang thông tin của khung",
        ),
        (
            "torn record",
            with_record(&plan, |old| old[4..].to_owned()),
            "thông tin của khung trong tệp đã hỏng",
        ),
        ("altered base", with_record(&plan, altered), "không khớp mã kiểm tra"),
        (
            "newer",
            with_record(&plan, says(|record| record.khung = "99.0.0".to_owned())),
            "khung 99.0.0",
        ),
        (
            "edition",
            with_record(&plan, says(|record| record.edition = "2031".to_owned())),
            "danh mục 2031",
        ),
    ];
    for (what, bytes, words) in rows {
        let (code, said, is_same) = update("plan.docx", &bytes);
        assert!(said.contains("plan.docx") && said.contains(words), "{what}: {said}");
        assert_eq!((code, is_same), (2, true), "{what}");
    }
}

#[test]
fn markdown_files_that_are_no_plans_are_refused() {
    let plan = draft().markdown;
    let record = khung::markdown::record(&plan).unwrap().to_owned();
    let changed = |record_: String| plan.replace(&record, &record_).into_bytes();
    let newer = says(|record| record.khung = "99.0.0".to_owned());
    let edition = says(|record| record.edition = "2031".to_owned());
    let many = "<!-- khung: a -->\n".repeat(1_000_000) + &plan;
    let rows: [(&str, Vec<u8>, &str); 9] = [
        ("binary", b"# K\n\xFF\xFE".to_vec(), "UTF-8"),
        ("empty", Vec::new(), "không mang thông tin của khung"),
        ("no record", b"# K\n".to_vec(), "không mang thông tin của khung"),
        ("torn record", changed(record[4..].to_owned()), "đã hỏng"),
        ("altered base", changed(altered(&record)), "không khớp mã kiểm tra"),
        ("newer", changed(newer(&record)), "khung 99.0.0"),
        ("edition", changed(edition(&record)), "danh mục 2031"),
        ("a million markers", many.into_bytes(), "quá dài"),
        ("100 MB", vec![b' '; 100 << 20], "64 MiB"),
    ];
    for (what, bytes, words) in rows {
        let (code, said, is_same) = update("plan.md", &bytes);
        assert!(said.contains("plan.md") && said.contains(words), "{what}: {said}");
        assert_eq!((code, is_same), (2, true), "{what}");
    }
}

#[test]
fn updates_that_would_spoil_a_plan_are_refused() {
    let folder = commands::folder();
    let file = |name: &str| folder.path().join(name);
    crate::editions::write_second(&file("new"));
    fs::write(file("other.toml"), "agency = \"Nghệ An\"\n").unwrap();
    fs::write(file("none.toml"), "agency = \"Lào Cai\"\nguidance = \"none\"\n").unwrap();
    commands::says(&folder, &["build", "lao-cai.toml"], 0, &[]);
    let plan = fs::read_to_string(file("lao-cai.md")).unwrap();
    let is_marker = |line: &&str| !line.starts_with("<!-- khung: ");
    let bare: Vec<&str> = plan.lines().filter(is_marker).collect();
    fs::write(file("bare.md"), bare.join("\n")).unwrap();
    commands::says(
        &folder,
        &["update", "lao-cai.docx", "--catalog", "new"],
        0,
        &["2024.2"],
    );
    let updated = fs::read(file("lao-cai.docx")).unwrap();
    let rows: [(&[&str], &str); 6] = [
        (&["bare.md", "--catalog", "new"], "các dòng đánh dấu"),
        (&["lao-cai.docx"], "đã theo danh mục 2024.2, mới hơn 2024.1"),
        (
            &["lao-cai.docx", "--catalog", "new", "--profile", "none.toml"],
            "lần cập nhật trước chờ duyệt",
        ),
        (
            &["lao-cai.md", "--profile", "other.toml"],
            "là kế hoạch của Lào Cai, hồ sơ là của Nghệ An",
        ),
        (&["lao-cai.md", "-o", "out.docx"], "phải cùng loại với kế hoạch"),
        (&["lao-cai.docx", "--catalog", "new", "-o", "out.md"], "đuôi .docx"),
    ];
    for (arguments, words) in rows {
        let command: Vec<&str> =
            ["update"].into_iter().chain(arguments.iter().copied()).collect();
        commands::says(&folder, &command, 2, &[words]);
    }
    assert_eq!(fs::read(file("lao-cai.docx")).unwrap(), updated);
    assert_eq!(fs::read_to_string(file("lao-cai.md")).unwrap(), plan);
    assert!(!file("out.docx").exists() && !file("out.md").exists());
    // Nothing new to take over: what waits for a decision is no obstacle.
    let again = ["update", "lao-cai.docx", "--catalog", "new"];
    commands::says(&folder, &again, 0, &["0 thay đổi, 0 xung đột"]);
}

/// What is strange, but a plan: taken as it is, and nothing of it lost.
#[test]
fn strange_markdown_is_kept() {
    let plan = draft().markdown;
    let marker = "<!-- khung: task-policy-sme -->";
    let rows: [(&str, String); 6] = [
        ("byte order mark", format!("\u{FEFF}{plan}")),
        ("broken marker", plan.replace(marker, "<!-- khung: task-policy-sme")),
        ("nested marker", plan.replace(marker, &format!("<!-- khung: a {marker} -->"))),
        ("doubled marker", plan.replace(marker, &format!("{marker}\n{marker}"))),
        (
            "foreign marker",
            plan.replace(marker, &format!("<!-- khung: ../x -->\n{marker}")),
        ),
        (
            "quotes",
            plan.replace(marker, &format!("{} sâu\n\n{marker}", ">".repeat(5_000))),
        ),
    ];
    for (what, plan) in rows {
        let (code, said, is_same) = update("plan.md", plan.as_bytes());
        assert!(code == 0 || code == 1, "{what}: {code} {said}");
        assert!(is_same, "{what}: {said}");
    }
}
