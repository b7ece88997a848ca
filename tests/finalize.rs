//! What stands between a plan and its signature, and the copy that is signed.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use khung::catalog::Catalog;
use khung::diagnostic::{Diagnostic, sort};
use khung::document::slots;
use khung::docx::package::Package;
use khung::docx::{Properties, write};
use khung::finalize::{Finalized, finalize};
use khung::markdown::{parse, with_record};
use khung::record::{Record, RecordError};
use khung::review::{ReviewError, review};
use khung::source::Source;
use khung::template::Templates;

const BASE: &str = include_str!("review/base.md");

fn record(base: &str, profile: &str) -> String {
    let text = |text: &str| text.to_owned();
    crate::stamped(&Record {
        edition: text("2024"),
        version: text("2024.2"),
        khung: text("0.1.0"),
        profile: text(profile),
        base: text(base),
        ..Record::default()
    })
}

fn told(mut diagnostics: Vec<Diagnostic>) -> String {
    sort(&mut diagnostics);
    khung::cli::render(&diagnostics)
}

/// Each file of `tests/review` is what people made of `base.md`: what `check` says of it,
/// and what `finalize` makes of it.
#[test]
fn cases() {
    let (catalog, _) = crate::embedded();
    insta::glob!("review/*.md", |path| {
        let edited = std::fs::read_to_string(path).unwrap();
        let plan = with_record(&edited, &record(BASE, ""));
        let checked = review("plan.md", plan.as_bytes(), &catalog).unwrap();
        let (copy, refusal) = finalize("plan.md", plan.as_bytes(), &catalog, false);
        let copy = match copy.unwrap() {
            Some(copy) => String::from_utf8(copy.plan).unwrap(),
            None => told(refusal),
        };
        let name = path.file_stem().unwrap().to_str().unwrap();
        insta::with_settings!({ snapshot_path => path.parent().unwrap(),
            prepend_module_to_snapshot => false, omit_expression => true,
            snapshot_suffix => "" }, {
            insta::assert_snapshot!(name, format!("{}-----\n{copy}", told(checked)));
        });
    });
}

#[test]
fn a_markdown_plan_with_windows_line_ends_keeps_them() {
    let (catalog, _) = crate::embedded();
    let read = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/review");
        std::fs::read_to_string(folder.join(name)).unwrap()
    };
    let copy = |text: &str| {
        let plan = with_record(text, &record(BASE, ""));
        String::from_utf8(
            finalize("a.md", plan.as_bytes(), &catalog, false).0.unwrap().unwrap().plan,
        )
        .unwrap()
    };
    let text = read("finished.md");
    let windows = copy(&text.replace('\n', "\r\n"));
    assert_eq!(windows, copy(&text).replace('\n', "\r\n"));
}

/// A Word plan whose base is `base.md`, after texts of its parts were replaced.
fn word(comments: bool, changes: &[(&str, &str)]) -> Vec<u8> {
    let properties = Properties { comments, ..Properties::default() };
    let profile = if comments { "guidance = \"comments\"" } else { "" };
    let base = parse(BASE).unwrap();
    let bytes = write(&base, &properties, |_| record(BASE, profile)).unwrap();
    edit(&bytes, changes)
}

/// The same file with texts of its parts replaced.
fn edit(bytes: &[u8], changes: &[(&str, &str)]) -> Vec<u8> {
    let mut package = Package::read(bytes).unwrap();
    for (from, to) in changes {
        let mut found = false;
        for (_, bytes) in &mut package.parts {
            let Ok(text) = std::str::from_utf8(bytes) else { continue };
            if text.contains(from) {
                found = true;
                *bytes = text.replacen(from, to, 1).into_bytes();
            }
        }
        assert!(found, "{from}");
    }
    package.write().unwrap()
}

/// What fills the slots of `base.md`.
const FILLED: [(&str, &str); 3] = [
    ("[CẦN BỔ SUNG: kết quả]", "Đạt 11/14 chỉ tiêu."),
    ("[CẦN BỔ SUNG: khó khăn]", "Thiếu nhân lực."),
    ("[CẦN BỔ SUNG: đơn vị chủ trì; gợi ý: Sở Y tế]", "Sở Y tế"),
];

pub(crate) fn finished(comments: bool, changes: &[(&str, &str)]) -> Vec<u8> {
    word(comments, &[&FILLED, changes].concat())
}

fn codes(plan: &[u8]) -> Vec<&'static str> {
    let found = review("plan.docx", plan, &crate::embedded().0).unwrap();
    found.iter().map(|one| one.code.as_str()).collect()
}

/// The paragraphs of a part as a reader sees them, tags gone.
fn texts(plan: &[u8], part: &str) -> Vec<String> {
    let package = Package::read(plan).unwrap();
    let text = String::from_utf8(package.part(part).unwrap().to_vec()).unwrap();
    let characters = |paragraph: &str| {
        let pieces = paragraph.split('<').filter_map(|piece| piece.split_once('>'));
        pieces.map(|(_, text)| text).collect::<String>()
    };
    text.split("</w:p>").map(characters).filter(|text| !text.is_empty()).collect()
}

const DOCUMENT: &str = "word/document.xml";

#[test]
fn a_word_copy_says_what_the_plan_says_and_nothing_of_khung() {
    for comments in [false, true] {
        let plan = finished(comments, &[]);
        assert_eq!(codes(&plan), [""; 0]);
        let copy =
            finalize("plan.docx", &plan, &crate::embedded().0, false).0.unwrap().unwrap();
        assert_eq!(
            (copy.guidance, copy.comments),
            if comments { (0, 3) } else { (4, 0) }
        );
        let guidance = ["Những đoạn", "Nêu kết quả", "Nêu số liệu", "Bộ cung cấp"];
        let mut expected = texts(&plan, DOCUMENT);
        expected.retain(|text| !guidance.iter().any(|begin| text.starts_with(begin)));
        assert_eq!(texts(&copy.plan, DOCUMENT), expected);
        // The pages said draft, and do not any more; their numbers stay.
        let header = |plan: &[u8]| texts(plan, "word/header1.xml").concat();
        assert_eq!(header(&plan), "\nDỰ THẢO PAGE 2\n");
        assert_eq!(header(&copy.plan), "\n PAGE 2\n");
        let package = Package::read(&copy.plan).unwrap();
        for (name, bytes) in &package.parts {
            let text = String::from_utf8_lossy(bytes);
            for mark in ["khung", "comment", "customXml", "w:val=\"Slot\""] {
                let is_style = name == "word/styles.xml";
                assert!(is_style || !text.contains(mark), "{mark} in {name}: {text}");
            }
        }
        // What nothing was taken from has its bytes.
        let before = Package::read(&plan).unwrap();
        for name in ["word/styles.xml", "word/numbering.xml", "docProps/core.xml"] {
            assert_eq!(package.part(name), before.part(name), "{name}");
        }
        assert_eq!(khung::docx::lint::lint(&package), []);
        assert_eq!(codes(&copy.plan), ["no-record"]);
    }
}

/// A file as another program packs it, with an entry for a folder.
#[test]
fn a_word_copy_keeps_the_folders_of_the_file() {
    let package = Package::read(&finished(false, &[])).unwrap();
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.add_directory("word/", options).unwrap();
    for (name, bytes) in &package.parts {
        writer.start_file(name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let plan = writer.finish().unwrap().into_inner();
    let names = |clean| {
        let copy = finalize("plan.docx", &plan, &crate::embedded().0, clean);
        let copy = std::io::Cursor::new(copy.0.unwrap().unwrap().plan);
        let copy = zip::ZipArchive::new(copy).unwrap();
        copy.file_names().map(ToOwned::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(names(false)[0], "word/");
    assert!(!names(true).contains(&"word/".to_owned()));
}

/// An edit of a finished Word plan: what it is, whether guidance is in comments, the texts
/// replaced, the codes found.
type Case<'c> = (&'c str, bool, &'c [(&'c str, &'c str)], &'c [&'c str]);

#[test]
fn what_waits_in_a_word_file_is_found() {
    let comment = |author: &str| {
        format!(
            "<w:comment w:id=\"9\" w:author=\"{author}\"><w:p><w:r><w:t>Xem lại (2).</w:t>\
             </w:r></w:p></w:comment></w:comments>"
        )
    };
    let (anne, update) = (comment("Lan"), comment("khung 2024.9"));
    let moved = update.replace("Xem lại", "Chuyển từ mục 3");
    let anchor = "Thiếu nhân lực.</w:t></w:r><w:r><w:commentReference w:id=\"9\"/></w:r>";
    let anchored = [("Thiếu nhân lực.</w:t></w:r>", anchor)];
    let rows: &[Case<'_>] = &[
        (
            "an insertion",
            false,
            &[(
                "Thiếu nhân lực.",
                "Thiếu</w:t></w:r><w:ins w:id=\"900\" w:author=\"Lan\"><w:r><w:t> nhiều</w:t></w:r></w:ins><w:r><w:t> nhân lực.",
            )],
            &["pending-change"],
        ),
        (
            "guidance written in",
            false,
            &[("Nêu số liệu.", "Nêu số liệu: 11/14.")],
            &["edited-guidance"],
        ),
        (
            "a paragraph in the look of guidance, elsewhere in it",
            false,
            &[(
                "<w:t xml:space=\"preserve\">Nêu số liệu.</w:t>",
                "<w:t>Nêu số liệu.</w:t></w:r></w:p><w:p><w:pPr><w:pStyle w:val=\"Guidance\"/></w:pPr><w:r><w:t>Đạt 11/14.</w:t>",
            )],
            &["edited-guidance"],
        ),
        ("a comment", true, &[("</w:comments>", &anne), anchored[0]], &["open-comment"]),
        (
            "a conflict",
            true,
            &[("</w:comments>", &update), anchored[0]],
            &["open-conflict"],
        ),
        (
            "a note that something moved",
            true,
            &[("</w:comments>", &moved), anchored[0]],
            &[],
        ),
        (
            "a guiding comment written in",
            true,
            &[("Nêu số liệu.", "Nêu số liệu: 11/14.")],
            &["edited-guidance"],
        ),
        ("a slot", false, &[("Sở Y tế", "[CẦN BỔ SUNG: ai?]")], &["empty-slot"]),
        (
            "a header of people's own",
            false,
            &[("DỰ THẢO", "Dự thảo lần 2")],
            &["draft-mark"],
        ),
        ("a margin", false, &[("w:left=\"1701\"", "w:left=\"1000\"")], &["page-setup"]),
        (
            "a typeface of Vietnamese letters alone, twice",
            false,
            &[
                (
                    "Thiếu nhân lực.",
                    "Thiếu </w:t></w:r><w:r><w:rPr><w:rFonts w:hAnsi=\"Calibri\"/></w:rPr><w:t>nhân lực.",
                ),
                (
                    "Sở Y tế",
                    "</w:t></w:r><w:r><w:rPr><w:rFonts w:hAnsi=\"Calibri\"/></w:rPr><w:t>Sở Y tế",
                ),
            ],
            &["page-setup"],
        ),
    ];
    let (catalog, _) = crate::embedded();
    let mut said = String::new();
    for (what, comments, changes, expected) in rows {
        let plan = finished(*comments, changes);
        assert_eq!(codes(&plan), *expected, "{what}");
        let found = told(review("plan.docx", &plan, &catalog).unwrap());
        let _ = writeln!(said, "-- {what}\n{found}");
        let is_free = expected.iter().all(|code| *code == "page-setup");
        let copy = finalize("plan.docx", &plan, &catalog, false).0.unwrap();
        assert_eq!(copy.is_some(), is_free, "{what}");
    }
    insta::with_settings!({ snapshot_path => "review", prepend_module_to_snapshot => false,
        omit_expression => true }, {
        insta::assert_snapshot!("word", said);
    });
}

/// Words that ask to be filled, in whatever they stand: what is beside them in a run, and what
/// is found.
#[test]
fn slots_are_found_however_they_are_set() {
    let run = |properties: &str, inner: &str| {
        format!("</w:t></w:r><w:r><w:rPr>{properties}</w:rPr>{inner}</w:r><w:r><w:t>")
    };
    let beside = |inner: &str| format!("</w:t></w:r>{inner}<w:r><w:t>");
    let (capitals, yellow) = ("<w:caps/>", "<w:highlight w:val=\"yellow\"/>");
    let slot = "[CẦN BỔ SUNG: x]";
    let table = |inner: &str| {
        format!(
            "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc>{inner}<w:p/></w:tc></w:tr></w:tbl>"
        )
    };
    let mut deep = format!("<w:p><w:r><w:t>{slot}</w:t></w:r></w:p>");
    for _ in 0..30 {
        deep = table(&deep);
    }
    let rows: [(&str, String, &[&str]); 15] = [
        (
            "blanks that do not break",
            "[CẦN\u{a0}BỔ\u{202f}SUNG: x]".into(),
            &["empty-slot"],
        ),
        (
            "characters nobody sees",
            "[CẦN\u{200b} BỔ SU\u{ad}NG: x]".into(),
            &["empty-slot"],
        ),
        ("a line break", "[CẦN</w:t><w:br/><w:t>BỔ SUNG: x]".into(), &["empty-slot"]),
        ("no bracket", "CẦN BỔ SUNG: x".into(), &["empty-slot"]),
        ("small letters", "[cần bổ sung: x]".into(), &["empty-slot"]),
        (
            "capitals",
            run(capitals, "<w:t>cần bổ sung</w:t>"),
            &["empty-slot", "slot-words"],
        ),
        (
            "its look",
            run(yellow, "<w:t>cần bổ sung</w:t>"),
            &["empty-slot", "slot-words"],
        ),
        (
            "a formula",
            beside(&format!(
                "<m:oMath xmlns:m=\"m\"><m:r><m:t>{slot}</m:t></m:r></m:oMath>"
            )),
            &["empty-slot"],
        ),
        (
            "WordArt",
            run(
                "",
                &format!(
                    "<w:pict><v:textpath xmlns:v=\"v\" string=\"{slot}\"/></w:pict>"
                ),
            ),
            &["empty-slot"],
        ),
        (
            "a drawing",
            run(
                "",
                &format!(
                    "<w:drawing><a:p xmlns:a=\"a\"><a:r><a:t>{slot}</a:t></a:r></a:p></w:drawing>"
                ),
            ),
            &["empty-slot"],
        ),
        (
            "a field",
            beside(&format!("<w:fldSimple w:instr=\" QUOTE {slot}\"/>")),
            &["empty-slot"],
        ),
        (
            "ruby",
            run(
                "",
                &format!(
                    "<w:ruby><w:rubyBase><w:r><w:t>{slot}</w:t></w:r></w:rubyBase></w:ruby>"
                ),
            ),
            &["empty-slot"],
        ),
        (
            "a table in a table in …",
            format!("</w:t></w:r></w:p>{deep}<w:p><w:r><w:t>"),
            &["empty-slot"],
        ),
        ("a sentence", "nội dung cần bổ sung vào dự toán".into(), &["slot-words"]),
        ("other words", "cần thiết phải bổ sung".into(), &[]),
    ];
    let (catalog, _) = crate::embedded();
    for (what, text, expected) in rows {
        let plan = finished(false, &[("Dự kiến tổng", &format!("Dự kiến {text} tổng"))]);
        let mut found = codes(&plan);
        found.retain(|code| ["empty-slot", "slot-words"].contains(code));
        assert_eq!(found, expected, "{what}");
        let (copy, said) = finalize("plan.docx", &plan, &catalog, false);
        let is_open = expected.contains(&"empty-slot");
        assert_eq!(copy.unwrap().is_none(), is_open, "{what}: {}", told(said));
    }
}

#[test]
fn a_resolved_comment_goes_and_its_answer() {
    let comments = "<w:comment w:id=\"8\" w:author=\"Lan\"><w:p w14:paraId=\"0A\"><w:r><w:t>Sai?</w:t></w:r></w:p></w:comment>\
        <w:comment w:id=\"9\" w:author=\"Nam\"><w:p w14:paraId=\"0B\"><w:r><w:t>Đã sửa.</w:t></w:r></w:p></w:comment></w:comments>";
    let anchors = "Thiếu nhân lực.</w:t></w:r><w:r><w:commentReference w:id=\"8\"/></w:r><w:r><w:commentReference w:id=\"9\"/></w:r>";
    let mut plan = Package::read(&finished(
        true,
        &[
            ("</w:comments>", comments),
            ("Thiếu nhân lực.</w:t></w:r>", anchors),
            (
                "Target=\"comments.xml\"/>",
                "Target=\"comments.xml\"/><Relationship Id=\"rIdX\" Type=\"http://schemas.microsoft.com/office/2011/relationships/commentsExtended\" Target=\"commentsExtended.xml\"/>",
            ),
        ],
    ))
    .unwrap();
    let extended = |done: u8| {
        format!(
            "<w15:commentsEx xmlns:w15=\"x\"><w15:commentEx w15:paraId=\"0A\" w15:done=\"{done}\"/>\
             <w15:commentEx w15:paraId=\"0B\" w15:paraIdParent=\"0A\" w15:done=\"0\"/></w15:commentsEx>"
        )
    };
    let name = "word/commentsExtended.xml".to_owned();
    plan.parts.push((name.clone(), extended(0).into_bytes()));
    assert_eq!(codes(&plan.write().unwrap()), ["open-comment"]);
    plan.replace(&name, extended(1).into_bytes());
    let plan = plan.write().unwrap();
    assert_eq!(codes(&plan), [""; 0]);
    let copy =
        finalize("plan.docx", &plan, &crate::embedded().0, false).0.unwrap().unwrap();
    assert_eq!(copy.comments, 5);
    assert_eq!(Package::read(&copy.plan).unwrap().part(&name), None);
}

/// Guidance may end a Word section, and people may set marks of their own in it.
#[test]
fn the_end_of_a_section_and_peoples_bookmarks_outlive_guidance() {
    let plan = finished(
        false,
        &[
            (
                "Bộ cung cấp tài liệu.</w:t></w:r>",
                "Bộ cung cấp tài liệu.</w:t></w:r><w:bookmarkStart w:id=\"901\" w:name=\"rieng\"/>",
            ),
            (
                "Dự kiến tổng",
                "Dự kiến tổng</w:t></w:r><w:bookmarkEnd w:id=\"901\"/><w:r><w:t>",
            ),
        ],
    );
    let copy =
        finalize("plan.docx", &plan, &crate::embedded().0, false).0.unwrap().unwrap();
    let package = Package::read(&copy.plan).unwrap();
    assert_eq!(khung::docx::lint::lint(&package), []);
    let text = String::from_utf8(package.part(DOCUMENT).unwrap().to_vec()).unwrap();
    assert!(text.contains("w:name=\"rieng\""), "{text}");
}

/// A drafted plan with every slot filled.
pub(crate) fn drafted(profile: &str) -> Vec<u8> {
    let (catalog, templates): (Catalog, Templates) = crate::embedded();
    let profile: Arc<Source> = crate::source("p.toml", profile);
    let docx =
        khung::build(&catalog, &templates, &profile, None).0.unwrap().docx().unwrap();
    let mut package = Package::read(&docx).unwrap();
    let mut text = String::from_utf8(package.part(DOCUMENT).unwrap().to_vec()).unwrap();
    for slot in slots(&text).into_iter().rev() {
        if &text[slot.clone()] != "[CẦN BỔ SUNG]" {
            text.replace_range(slot, "đã điền");
        }
    }
    package.replace(DOCUMENT, text.into_bytes());
    package.write().unwrap()
}

#[test]
fn whole_plans_of_every_form_become_copies() {
    let (catalog, _) = crate::embedded();
    let annexes = "w:orient=\"landscape\"";
    for profile in [
        "agency = \"Lào Cai\"\n",
        "agency = \"BYT\"\nguidance = \"comments\"\n",
        "agency = \"Đà Nẵng\"\nbanner = \"MẬT\"\n[issue]\nform = \"decision\"\n",
        "agency = \"Sơn La\"\nguidance = \"none\"\n",
    ] {
        let plan = drafted(profile);
        let (copy, found) = finalize("plan.docx", &plan, &catalog, false);
        assert_eq!(told(found), "", "{profile}");
        let Finalized { plan: copy, banner, .. } = copy.unwrap().unwrap();
        assert_eq!(banner.as_deref(), profile.contains("MẬT").then_some("MẬT"));
        let count = |plan: &[u8], what: &str| {
            let package = Package::read(plan).unwrap();
            String::from_utf8_lossy(package.part(DOCUMENT).unwrap()).matches(what).count()
        };
        for kept in ["<w:sectPr", annexes, "<w:tbl>"] {
            assert_eq!(count(&copy, kept), count(&plan, kept), "{kept}: {profile}");
        }
        assert_eq!(count(&copy, "w:val=\"Guidance\""), 0, "{profile}");
        let package = Package::read(&copy).unwrap();
        assert_eq!(khung::docx::lint::lint(&package), []);
    }
}

/// A text whose slots are filled; what asks for nothing names the slots.
fn filled(text: &str) -> String {
    let mut text = text.to_owned();
    for slot in slots(&text).into_iter().rev() {
        let escaped = usize::from(text[..slot.start].ends_with('\\'));
        if text[slot.clone()].replace('\\', "") != "[CẦN BỔ SUNG]" {
            text.replace_range(slot.start - escaped..slot.end, "đã điền");
        }
    }
    text
}

/// Each agency's draft, filled, in both forms and wherever the guidance stands: it becomes a
/// copy in which nothing is khung's, and which says the same in both.
#[test]
fn every_draft_that_is_filled_becomes_a_copy() {
    let (catalog, templates) = crate::embedded();
    let half = catalog.agencies.len().div_ceil(2);
    let copies = |name: &str, guidance: &str| {
        let text = format!("agency = \"{name}\"\nguidance = \"{guidance}\"\n");
        let profile = crate::source("p.toml", &text);
        let draft = khung::build(&catalog, &templates, &profile, None).0.unwrap();
        let mut package = Package::read(&draft.docx().unwrap()).unwrap();
        let body = String::from_utf8(package.part(DOCUMENT).unwrap().to_vec()).unwrap();
        package.replace(DOCUMENT, filled(&body).into_bytes());
        let docx = package.write().unwrap();
        let markdown = filled(&draft.markdown()).into_bytes();
        let [docx, markdown] =
            [("a.docx", docx), ("a.md", markdown)].map(|(file, plan)| {
                let (copy, found) = finalize(file, &plan, &catalog, false);
                assert_eq!(told(found), "", "{name}, {guidance}, {file}");
                copy.unwrap_or_else(|error| panic!("{name}, {guidance}, {file}: {error}"))
                    .unwrap()
            });
        assert_eq!(markdown.guidance > 0, guidance != "none", "{name}, {guidance}");
        let markdown = String::from_utf8(markdown.plan).unwrap();
        assert!(!markdown.contains("<!--") && !markdown.contains("\n>"), "{markdown}");
        let blocks = parse(&markdown).unwrap().sections;
        let blocks = blocks.iter().flat_map(|section| &section.blocks);
        let said: Vec<String> = blocks.map(|block| block.kind.plain()).collect();
        let letters = |texts: &[String]| -> Vec<char> {
            texts.concat().chars().filter(|c| !c.is_whitespace()).collect()
        };
        let (word, said) = (letters(&texts(&docx.plan, DOCUMENT)), letters(&said));
        let differs = word.iter().zip(&said).position(|(one, other)| one != other);
        let at = differs.unwrap_or(word.len().min(said.len()));
        let from = |all: &[char]| all.iter().skip(at).take(40).collect::<String>();
        assert_eq!(from(&word), from(&said), "{name}, {guidance}");
    };
    std::thread::scope(|scope| {
        for agencies in catalog.agencies.chunks(half) {
            let copies = &copies;
            scope.spawn(move || {
                for agency in agencies {
                    for guidance in ["inline", "comments", "none"] {
                        copies(&agency.name, guidance);
                    }
                }
            });
        }
    });
}

#[test]
fn what_nobody_can_read_is_not_taken_for_nothing() {
    for part in ["word/comments.xml", "word/header1.xml"] {
        let plan = finished(true, &[]);
        let mut package = Package::read(&plan).unwrap();
        let text = String::from_utf8(package.part(part).unwrap().to_vec()).unwrap();
        let utf16 = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [utf16, text.as_bytes()[..text.len() / 2].to_vec()] {
            package.replace(part, bytes);
            let error = finalize(
                "plan.docx",
                &package.write().unwrap(),
                &crate::embedded().0,
                false,
            );
            let error = error.0.unwrap_err().to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}

#[test]
fn numbers_beyond_all_measure_are_no_trouble() {
    let plan = edit(&finished(false, &[]), &[("w:w=\"11906\"", "w:w=\"1e300\"")]);
    assert!(codes(&plan).contains(&"page-setup"), "{:?}", codes(&plan));
    let row = "| a | 999.999.999 |\n".repeat(10_000);
    let base =
        format!("<!-- khung: a -->\n| Tên | Vốn |\n| - | -: |\n{row}| Tổng cộng | 1 |\n");
    let plan = with_record(&base, &record(&base, ""));
    let found = review("a.md", plan.as_bytes(), &crate::embedded().0).unwrap();
    // What cannot be added up is not said to be wrong.
    assert!(
        found.iter().all(|one| one.code.as_str() != "sum-mismatch"),
        "{}",
        told(found)
    );
}

#[test]
fn the_banner_of_a_draft_goes_from_wherever_it_stands() {
    let plan = drafted("agency = \"Lào Cai\"\nbanner = \"DỰ THẢO LẦN 2\"\n");
    let boxed = "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc><w:p><w:r><w:t>\
        DỰ THẢO LẦN 2</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p/></w:hdr>";
    let rows: [(&str, &[(&str, &str)]); 4] = [
        ("as it was written", &[]),
        ("two blanks", &[("DỰ THẢO LẦN", "DỰ  THẢO LẦN")]),
        ("letters and marks apart", &[("DỰ THẢO", "DU\u{31b}\u{323} THA\u{309}O")]),
        ("in a table", &[("</w:hdr>", boxed)]),
    ];
    for (what, changes) in rows {
        let plan = edit(&plan, changes);
        let copy =
            finalize("plan.docx", &plan, &crate::embedded().0, false).0.unwrap().unwrap();
        let package = Package::read(&copy.plan).unwrap();
        let headers = package.parts.iter().filter(|(name, _)| name.contains("header"));
        let mut count = 0;
        for (name, _) in headers {
            count += 1;
            let left = texts(&copy.plan, name);
            assert!(left.iter().all(|text| !text.contains("LẦN")), "{what}: {left:?}");
        }
        assert!(count > 0, "{what}");
    }
}

#[test]
fn a_draft_counts_the_slots_that_check_counts() {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let draft = khung::build(&catalog, &templates, &profile, None).0.unwrap();
    for (name, plan) in
        [("a.docx", &draft.docx().unwrap()), ("a.md", &draft.markdown().into_bytes())]
    {
        let found = review(name, plan, &catalog).unwrap();
        let said = format!("{name}: còn {} chỗ cần bổ sung", draft.slots());
        assert_eq!(found.iter().map(|one| &one.message).collect::<Vec<_>>(), [&said]);
    }
}

#[test]
fn files_that_are_no_plans_are_refused() {
    let (catalog, _) = crate::embedded();
    let error =
        |name: &str, bytes: &[u8]| finalize(name, bytes, &catalog, false).0.unwrap_err();
    let file = |name: &str, bytes: &[u8]| match error(name, bytes) {
        ReviewError::File(reason) => reason,
        other => format!("{other:?}"),
    };
    assert!(file("a.docx", b"").starts_with("không phải tệp .docx"));
    assert!(file("a.docx", b"agency = 1").starts_with("không phải tệp .docx"));
    assert!(file("a.docx", b"\xD0\xCF\x11\xE0 old").starts_with("là tệp .doc kiểu cũ"));
    assert_eq!(error("a.md", b"# K\n"), ReviewError::Record(RecordError::Missing));
    assert_eq!(error("a.md", b"\xFF\xFE"), ReviewError::Unreadable);
    let damaged = b"# K\n\n<!-- khung-record: AAAA -->\n";
    assert_eq!(error("a.md", damaged), ReviewError::Record(RecordError::Damaged));
    let newer = Record { khung: "99.0.0".to_owned(), ..Record::default() };
    let newer = with_record("# K\n", &crate::stamped(&newer));
    assert_eq!(
        error("a.md", newer.as_bytes()),
        ReviewError::Record(RecordError::Newer("99.0.0".to_owned()))
    );
    // Somebody else's Word file: looked at, but nobody knows what of it is guidance.
    let foreign =
        write(&parse("# Thư\n\nabc\n").unwrap(), &Properties::default(), |_| {
            String::new()
        })
        .unwrap();
    let mut foreign = Package::read(&foreign).unwrap();
    foreign.parts.retain(|(name, _)| !name.contains("ustom"));
    let foreign = foreign.write().unwrap();
    assert_eq!(error("a.docx", &foreign), ReviewError::Record(RecordError::Missing));
    assert_eq!(codes(&foreign), ["no-record"]);
}
