//! Plans that khung must refuse, each with a clear message and untouched, or take in bounded
//! time and memory.

use std::fs;
use std::io::{Cursor, Read, Write};
use std::ops::RangeInclusive;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use khung::docx::package::Package;
use khung::docx::read_record;
use khung::record::{Record, stamp};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::Written;
use crate::commands;

fn draft() -> Written {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    khung::build(&catalog, &templates, &profile, None).0.unwrap().into()
}

/// What the README promises: 2 GB of address space, here in KiB, and 20 seconds.
pub(crate) const LIMITS: &str = "ulimit -v 2000000\nulimit -t 20";

/// Runs khung in a folder, within `limits` of a shell (Windows has none), a line: its exit
/// code, and what it says.
pub(crate) fn limited(
    limits: &str,
    folder: impl AsRef<Path>,
    arguments: &[&str],
) -> (i32, String) {
    let khung = env!("CARGO_BIN_EXE_khung");
    let mut command = Command::new(if cfg!(unix) { "sh" } else { khung });
    if cfg!(unix) {
        command.args(["-c", &format!("set -e\n{limits}\nexec \"$0\" \"$@\""), khung]);
    }
    let output = command.args(arguments).current_dir(folder).stdin(Stdio::null());
    let output = output.output().unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap_or(-1), said)
}

/// Runs `khung update` on a plan: its exit code, and what it says. The plan stays as it was,
/// and alone, whatever else khung does with it; `checked` is what `khung check` ends with.
#[track_caller]
fn update(name: &str, bytes: &[u8], checked: i32) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("plan.toml"), "agency = \"Lào Cai\"\n").unwrap();
    let place = folder.path().join("place");
    fs::create_dir(&place).unwrap();
    fs::write(place.join(name), bytes).unwrap();
    let run = |arguments: &[&str]| {
        let (code, said) = limited(LIMITS, &place, arguments);
        let is_alone = fs::read_dir(&place).unwrap().count() == 1;
        let is_same = is_alone && fs::read(place.join(name)).unwrap() == bytes;
        assert!(is_same && said.len() < 300 * 1024, "{arguments:?}: {said}");
        (code, said)
    };
    let rows: [(&[&str], RangeInclusive<i32>); 3] = [
        (&["check", name], checked..=checked),
        (&["finalize", name], checked.max(1)..=2),
        (&["build", "../plan.toml"], 2..=2),
    ];
    for (arguments, codes) in rows {
        let (code, said) = run(arguments);
        assert!(codes.contains(&code), "{arguments:?}: {code} {said}");
        assert!(code != 2 || said.contains(name), "{arguments:?}: {said}");
    }
    run(&["update", name])
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
    let (_, old) = old.split_once('-').unwrap();
    let deflated = STANDARD.decode(old).unwrap();
    let mut text = String::new();
    flate2::read::DeflateDecoder::new(&deflated[..]).read_to_string(&mut text).unwrap();
    let text = text.replacen("Lào Cai", "Lai Châu", 1);
    let mut deflate =
        flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    deflate.write_all(text.as_bytes()).unwrap();
    stamp(&"0".repeat(64), &STANDARD.encode(deflate.finish().unwrap()))
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

/// A zip file whose only entry says that it is encrypted.
fn encrypted(mut zip: Vec<u8>) -> Vec<u8> {
    let central = zip.windows(4).position(|at| at == b"PK\x01\x02").unwrap();
    zip[6] |= 1;
    zip[central + 8] |= 1;
    zip
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
    let rows: [(&str, Vec<u8>, &str); 23] = [
        ("no zip", b"PK\x03\x04 nothing".to_vec(), "không phải tệp .docx"),
        ("torn", plan[..plan.len() / 2].to_vec(), "không phải tệp .docx"),
        ("old or encrypted", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "mật khẩu"),
        ("bomb", zip(one("word/document.xml"), 300 << 20), "quá lớn khi giải nén"),
        ("parts", zip((0..10_001).map(|n| format!("a{n}")), 0), "quá nhiều phần"),
        ("other zip", zip(one("mimetype"), 9), "không mang thông tin của khung"),
        ("way out", zip(one("../../evil"), 9), "tên không hợp lệ (../../evil)"),
        ("way out by Windows", zip(one("..\\evil"), 9), "tên không hợp lệ (..\\evil)"),
        ("encrypted entry", encrypted(zip(one("word/document.xml"), 9)), "có mật khẩu"),
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
        // Without a record there is less to check.
        let checked = match what {
            "no record" | "torn record" | "altered base" => 1,
            _ => 2,
        };
        let (code, said) = update("plan.docx", &bytes, checked);
        assert!(said.contains("plan.docx") && said.contains(words), "{what}: {said}");
        assert_eq!(code, 2, "{what}");
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
        let checked = match what {
            "empty" | "no record" => 0,
            "torn record" | "altered base" => 1,
            _ => 2,
        };
        let (code, said) = update("plan.md", &bytes, checked);
        assert!(said.contains("plan.md") && said.contains(words), "{what}: {said}");
        assert_eq!(code, 2, "{what}");
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
    fs::write(file("bare.md"), crate::unmarked(&plan)).unwrap();
    commands::says(
        &folder,
        &["update", "lao-cai.docx", "--catalog", "new"],
        0,
        &["2024.9"],
    );
    let updated = fs::read(file("lao-cai.docx")).unwrap();
    let rows: [(&[&str], &str); 7] = [
        (&["bare.md", "--catalog", "new"], "các dòng đánh dấu"),
        (&["lao-cai.docx"], "lập theo một bản khác của danh mục 2024 (2024.9)"),
        (
            &["lao-cai.docx", "--catalog", "2024"],
            "đã theo danh mục 2024.9, mới hơn 2024.2",
        ),
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

/// What is huge or deep, but a plan: taken as it is, within the limits.
#[test]
fn large_plans_are_taken() {
    let Written { docx, markdown } = draft();
    let word = |more: String| {
        let open = "<w:body>";
        let text = |text: &str| text.replacen(open, &(open.to_owned() + &more), 1);
        with_text(&docx, |before| text(before).into_bytes())
    };
    let deep = |open: &str, close: &str| open.repeat(80) + "<w:p/>" + &close.repeat(80);
    let words = "<w:r><w:t>một hai ba bốn năm sáu bảy tám</w:t></w:r>";
    let rows: [(&str, &str, Vec<u8>); 9] = [
        ("50 MB of words", "plan.docx", {
            let words = words.replace("tám", &"một hai ba ".repeat(3_600_000));
            word(format!("<w:p>{words}</w:p>"))
        }),
        (
            "20,000 paragraphs",
            "plan.docx",
            word(format!("<w:p>{words}</w:p>").repeat(20_000)),
        ),
        ("9,900 parts", "plan.docx", {
            let part = |n| (format!("x/{n}"), Vec::new());
            with(&docx, |package| package.parts.extend((0..9_900).map(part)))
        }),
        ("deep tables", "plan.docx", {
            word(deep("<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"))
        }),
        (
            "deep controls",
            "plan.docx",
            word(deep("<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>")),
        ),
        (
            "400,000 quotes",
            "plan.md",
            (">".repeat(400_000) + " sâu\n\n" + &markdown).into(),
        ),
        (
            "400,000 brackets",
            "plan.md",
            ("[".repeat(400_000) + "\n\n" + &markdown).into(),
        ),
        ("50,000 headings", "plan.md", ("# a\n".repeat(50_000) + &markdown).into()),
        ("20,000 markers", "plan.md", {
            let marker = |n| format!("<!-- khung: a{n} -->\n# b\n");
            ((0..20_000).map(marker).collect::<String>() + &markdown).into()
        }),
    ];
    for (what, name, bytes) in rows {
        let (code, said) = update(name, &bytes, 0);
        assert_eq!(
            (code, said.contains(": 0 thay đổi, 0 xung đột")),
            (0, true),
            "{what}: {said}"
        );
    }
}

/// What is strange, but a plan: updated, and nothing of it lost.
#[test]
fn strange_markdown_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    crate::editions::write_second(&folder.path().join("new"));
    let plan = draft().markdown;
    let marker = "<!-- khung: task-policy-sme -->";
    let quotes = ">".repeat(5_000) + " sâu";
    // What stands in the place of the marker.
    let rows: [(&str, &str); 6] = [
        ("broken marker", "<!-- khung: task-policy-sme"),
        ("nested marker", "<!-- khung: a <!-- khung: task-policy-sme --> -->"),
        (
            "doubled marker",
            "<!-- khung: task-policy-sme -->\n<!-- khung: task-policy-sme -->",
        ),
        ("foreign marker", "<!-- khung: ../x -->\n<!-- khung: task-policy-sme -->"),
        ("quotes", &format!("{quotes}\n\n{marker}")),
        ("byte order mark", marker),
    ];
    for (what, strange) in rows {
        let mark = if what == "byte order mark" { "\u{FEFF}" } else { "" };
        let edited = format!("{mark}{}", plan.replace(marker, strange));
        assert!(edited != plan, "{what}");
        let mine = "Câu của người soạn.\n\n";
        let edited = edited.replacen(
            "<!-- khung: letterhead -->",
            &format!("<!-- khung: letterhead -->\n{mine}"),
            1,
        );
        fs::write(folder.path().join("plan.md"), &edited).unwrap();
        let again = ["update", "plan.md"];
        let (code, said) = limited(LIMITS, &folder, &again);
        assert!(code < 2 && said.contains("(giữ nguyên)"), "{what}: {code} {said}");
        let update = ["update", "plan.md", "--catalog", "new", "-o", "new.md"];
        let (code, said) = limited(LIMITS, &folder, &update);
        assert!(code < 2 && said.contains("2024.2 → 2024.9"), "{what}: {code} {said}");
        assert_eq!(fs::read_to_string(folder.path().join("plan.md")).unwrap(), edited);
        let updated = fs::read_to_string(folder.path().join("new.md")).unwrap();
        for kept in [mark, strange, mine] {
            assert!(updated.contains(kept), "{what}: lost {kept:.80}");
        }
        let twice = ["update", "new.md", "--catalog", "new"];
        let (code, said) = limited(LIMITS, &folder, &twice);
        assert!(code < 2 && said.contains("(giữ nguyên)"), "{what}: {code} {said}");
        fs::remove_file(folder.path().join("new.md")).unwrap();
    }
}
