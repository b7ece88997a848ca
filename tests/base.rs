//! A plan that lost its record, and the earlier file that gives it back.

use std::fs;

use khung::build;
use khung::catalog::Catalog;
use khung::docx::package::Package;
use khung::docx::read_record;
use khung::finalize::finalize;
use khung::markdown::{self, with_record, without_record};
use khung::record::{BaseError, Given, Note, Record, RecordError, State, give, state};
use khung::review::review;
use khung::update::update;

use crate::Written;
use crate::commands::{folder, khung, says};

fn draft(profile: &str) -> Written {
    let (catalog, templates) = crate::embedded();
    build(&catalog, &templates, &crate::source("p.toml", profile), None).0.unwrap().into()
}

fn lao_cai() -> Written {
    draft("agency = \"Lào Cai\"\n")
}

/// A Word file with its parts changed.
fn with(plan: &[u8], change: impl FnOnce(&mut Package)) -> Vec<u8> {
    let mut package = Package::read(plan).unwrap();
    change(&mut package);
    package.write().unwrap()
}

/// What Word's Document Inspector leaves of a plan: no custom XML, no custom properties.
fn inspected(plan: &[u8]) -> Vec<u8> {
    with(plan, |package| {
        let is_ours =
            |name: &str| name.starts_with("customXml/") || name == "docProps/custom.xml";
        package.parts.retain(|(name, _)| !is_ours(name));
    })
}

/// A Word file with a text of one of its parts replaced.
fn replaced(plan: &[u8], part: &str, from: &str, to: &str) -> Vec<u8> {
    with(plan, |package| {
        let text = String::from_utf8(package.part(part).unwrap().to_vec()).unwrap();
        assert!(text.contains(from), "{from}");
        package.replace(part, text.replace(from, to).into_bytes());
    })
}

const TEXT: &str = "word/document.xml";
const ITEM: &str = "customXml/item1.xml";
const PROPERTY: &str = "docProps/custom.xml";

/// The record of a file, which both copies in Word must be.
fn record(plan: &[u8]) -> Result<Record, RecordError> {
    let Ok(package) = Package::read(plan) else {
        return Record::read(markdown::record(std::str::from_utf8(plan).unwrap()));
    };
    let text = read_record(&package);
    for part in [ITEM, PROPERTY] {
        let part = String::from_utf8_lossy(package.part(part).unwrap_or_default());
        assert!(text.as_ref().is_none_or(|text| part.contains(text)));
    }
    Record::read(text.as_deref())
}

fn refused(plan: &[u8], base: &[u8], catalog: &Catalog) -> BaseError {
    match give(plan, base, catalog) {
        Ok(Given { notes, .. }) => panic!("given: {notes:?}"),
        Err(error) => error,
    }
}

#[test]
fn an_earlier_file_gives_back_what_was_lost() {
    let (catalog, templates) = crate::embedded();
    let new = crate::update::next(&[(
        "{ year = 2024, printed = \"Năm 2024\" }",
        "{ on = 2024-09-30, printed = \"30/9/2024\" }",
    )]);
    for profile in
        ["agency = \"Lào Cai\"\n", "agency = \"BYT\"\nguidance = \"comments\"\n"]
    {
        let draft = draft(profile);
        let word = replaced(&draft.docx, TEXT, "Nhận thức số", "Nhận thức số mới");
        let text = draft.markdown.replace("Nhận thức số", "Nhận thức số mới");
        let rows: [(&[u8], Vec<u8>); 2] =
            [(&word, inspected(&word)), (text.as_bytes(), without_record(&text).into())];
        for (whole, lost) in rows {
            assert_eq!(record(&lost), Err(RecordError::Missing));
            let expected = update(whole, &new, &templates, None, false).0;
            let expected = expected.unwrap().unwrap().plan;
            for base in [&draft.docx[..], draft.markdown.as_bytes(), whole] {
                let Given { plan, notes } = give(&lost, base, &catalog).unwrap();
                let mut said = vec![Note::Restored];
                said.extend((base == whole).then_some(Note::EditedBase));
                assert_eq!(notes, said);
                assert_eq!(record(&plan), record(draft.markdown.as_bytes()));
                assert_eq!(state(&plan), State::Edited);
                let updated = update(&plan, &new, &templates, None, false).0;
                let updated = updated.unwrap().unwrap().plan;
                assert_eq!(record(&updated), record(&expected));
                match (Package::read(&updated), Package::read(&expected)) {
                    (Ok(updated), Ok(expected)) => {
                        for part in [TEXT, "word/comments.xml"] {
                            assert!(updated.part(part) == expected.part(part), "{part}");
                        }
                    }
                    _ => assert!(updated == expected),
                }
                let again = update(&updated, &new, &templates, None, false).0;
                assert!(again.unwrap().unwrap().plan == updated);
                // What is checked and made ready is the plan as it was.
                let name = "plan";
                let found = |plan: &[u8]| {
                    let found = review(name, plan, &catalog).unwrap();
                    khung::cli::render(&found)
                };
                assert_eq!(found(&plan), found(whole));
                let found = |plan: &[u8]| {
                    khung::cli::render(&finalize(name, plan, &catalog, false).1)
                };
                assert_eq!(found(&plan), found(whole));
            }
        }
    }
}

#[test]
fn a_base_that_is_not_of_the_plan_is_refused() {
    let (catalog, _) = crate::embedded();
    let draft = lao_cai();
    let lost = inspected(&draft.docx);
    let own = record(draft.markdown.as_bytes()).unwrap();
    let says = |change: &dyn Fn(&mut Record)| {
        let mut record = own.clone();
        change(&mut record);
        with_record("# Kế hoạch\n", &crate::stamped(&record)).into_bytes()
    };
    let other = "# Thư\n\nMột bức thư dài về những việc khác hẳn.\n";
    let other = says(&|record| other.clone_into(&mut record.base));
    let later = says(&|record| record.version = "2024.10".to_owned());
    let edition = says(&|record| record.edition = "2025".to_owned());
    let newer = says(&|record| record.khung = "99.0.0".to_owned());
    let rows: [(&str, &[u8], &str); 10] = [
        ("no plan", b"PK\x03\x04 nothing", "không phải tệp .docx"),
        ("no text", b"\xFF", "UTF-8"),
        ("no record", &lost, "cũng không mang thông tin của khung"),
        ("no record", b"# K\n", "Nêu bản do `khung build` lập"),
        ("damaged", b"# K\n\n<!-- khung-record: AAAA -->\n", "cũng đã hỏng"),
        ("newer", &newer, "khung 99.0.0"),
        ("another plan", &other, "hầu như không có đoạn nào chung"),
        ("a later version", &later, "đã theo danh mục 2024.10, mới hơn 2024.2"),
        ("another edition", &edition, "lập theo danh mục 2025, không phải 2024"),
        (
            "Yên Bái's",
            &self::draft("agency = \"Yên Bái\"\n").docx,
            "là kế hoạch của Yên Bái",
        ),
    ];
    for (what, base, words) in rows {
        let said = refused(&lost, base, &catalog).to_string();
        assert!(said.contains(words) && said.ends_with('.'), "{what}: {said}");
    }
    // A draft of a letter's length is of the plan, if the plan is.
    assert_eq!(
        give(&lost, &says(&|_| {}), &catalog).unwrap().notes,
        [Note::Restored, Note::EditedBase]
    );
    // What cannot be opened is told by whoever reads it.
    let broken = give(b"PK\x03\x04 nothing", &draft.docx, &catalog).unwrap();
    assert_eq!(
        (broken.plan.as_slice(), broken.notes),
        (&b"PK\x03\x04 nothing"[..], vec![])
    );
}

#[test]
fn no_agency_s_draft_is_taken_for_another_s() {
    let (catalog, _) = crate::embedded();
    let drafts: Vec<(String, String)> = catalog
        .agencies
        .iter()
        .map(|agency| {
            let draft = draft(&format!("agency = \"{}\"\n", agency.id));
            (agency.name.clone(), draft.markdown)
        })
        .collect();
    let count = drafts.len();
    assert_eq!(count, 93);
    for (at, (name, draft)) in drafts.iter().enumerate() {
        let lost = without_record(draft).as_bytes();
        assert_eq!(
            give(lost, draft.as_bytes(), &catalog).unwrap().notes,
            [Note::Restored]
        );
        // A neighbour in the list, and one of the other kind.
        for other in [(at + 1) % count, (at + count / 2) % count] {
            let (of, base) = &drafts[other];
            // Every plan names the ministry that sent the dispatch, as often as its own.
            if of == "Bộ Thông tin và Truyền thông" {
                continue;
            }
            let said = refused(lost, base.as_bytes(), &catalog);
            let is_told = said == BaseError::OtherAgency(of.clone())
                || said == BaseError::OtherPlan;
            assert!(is_told, "{name}, {of}: {said}");
        }
    }
}

#[test]
fn what_people_made_of_a_plan_does_not_make_it_another_one() {
    let (catalog, _) = crate::embedded();
    let draft = lao_cai();
    let lost = without_record(&draft.markdown).to_owned();
    let filled = lost.replace("\\[CẦN BỔ SUNG", "Đã điền (");
    // One task that a department sent back.
    let from = lost.find("<!-- khung: task-data-centre -->").unwrap();
    let task = &lost[from..from + lost[from..].find("<!-- khung: other-").unwrap()];
    let pasted = format!(
        "{}\n{lost}",
        "# Văn bản khác\n\nMột đoạn không có trong kế hoạch.\n".repeat(9)
    );
    for (what, plan) in [("filled", &*filled), ("a task", task), ("pasted", &*pasted)] {
        let given = give(plan.as_bytes(), &draft.docx, &catalog);
        assert_eq!(given.map(|given| given.notes), Ok(vec![Note::Restored]), "{what}");
    }
}

#[test]
fn a_plan_with_its_own_record_keeps_it() {
    let (catalog, templates) = crate::embedded();
    let draft = lao_cai();
    let new = crate::update::next(&[]);
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let later: Written = build(&new, &templates, &profile, None).0.unwrap().into();
    let given = |plan: &[u8], base: &[u8]| {
        let Given { plan: given, notes } = give(plan, base, &new).unwrap();
        (given == plan, record(&given).unwrap().version, notes)
    };
    // The same: nothing to say. Another one, even one that could not be given: said.
    let same = given(&draft.docx, draft.markdown.as_bytes());
    assert_eq!(same, (true, "2024.2".to_owned(), vec![]));
    let own = given(draft.markdown.as_bytes(), &later.docx);
    assert_eq!(own, (true, "2024.2".to_owned(), vec![Note::Own]));
    // Torn or altered: the base's.
    let old = record(draft.markdown.as_bytes()).unwrap();
    let text = read_record(&Package::read(&draft.docx).unwrap()).unwrap();
    let torn = with(&draft.docx, |package| {
        for part in [ITEM, PROPERTY] {
            let whole = String::from_utf8(package.part(part).unwrap().to_vec()).unwrap();
            package.replace(
                part,
                whole.replace(&text, &text[..text.len() / 2]).into_bytes(),
            );
        }
    });
    assert_eq!(record(&torn), Err(RecordError::Damaged));
    let replaced = given(&torn, draft.markdown.as_bytes());
    assert_eq!(replaced, (false, "2024.2".to_owned(), vec![Note::Replaced]));
    let cut = &draft.markdown[..draft.markdown.len() - 500];
    let Given { plan, notes } = give(cut.as_bytes(), &draft.docx, &catalog).unwrap();
    assert_eq!(notes, [Note::Restored]);
    assert_eq!(
        without_record(std::str::from_utf8(&plan).unwrap()),
        without_record(&draft.markdown)
    );
    // Two copies that can be read and differ: the one that the base says, else the first.
    let other = crate::stamped(&record(later.markdown.as_bytes()).unwrap());
    let two = self::replaced(&draft.docx, PROPERTY, &text, &other);
    let is = |base: &[u8]| {
        let Given { plan, notes } = give(&two, base, &new).unwrap();
        let text = read_record(&Package::read(&plan).unwrap());
        (Record::read(text.as_deref()).unwrap().version, notes)
    };
    assert_eq!(is(&later.docx), ("2024.9".to_owned(), vec![Note::Confirmed,]));
    assert_eq!(is(&draft.docx), ("2024.2".to_owned(), vec![Note::Confirmed]));
    let mut third = old.clone();
    third.version = "2023.9".to_owned();
    let third = with_record("", &crate::stamped(&third));
    assert_eq!(is(third.as_bytes()), ("2024.2".to_owned(), vec![Note::Own]));
    // One copy gone: the other one is the plan's own.
    let one = with(&draft.docx, |package| {
        package.parts.retain(|(name, _)| name != PROPERTY);
    });
    assert_eq!(give(&one, later.markdown.as_bytes(), &new).unwrap().notes, [Note::Own]);
    // One that a later khung wrote is no reason to go back to an earlier one.
    let mut newer = old;
    newer.khung = "99.0.0".to_owned();
    let newer = with_record(without_record(&draft.markdown), &crate::stamped(&newer));
    let kept = give(newer.as_bytes(), &draft.docx, &catalog).unwrap();
    assert_eq!((kept.plan, kept.notes), (newer.into_bytes(), vec![]));
}

#[test]
fn a_record_that_mail_folded_is_read_and_written_anew() {
    let (catalog, templates) = crate::embedded();
    let draft = lao_cai().markdown;
    let text = markdown::record(&draft).unwrap();
    for end in ["\n", "\r\n"] {
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(76)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        let folded = draft.replace(text, &lines.join("\n")).replace('\n', end);
        assert_eq!(state(folded.as_bytes()), State::AsWritten);
        assert_eq!(record(folded.as_bytes()), record(draft.as_bytes()));
        let updated = update(folded.as_bytes(), &catalog, &templates, None, false).0;
        let updated = updated.unwrap().unwrap().plan;
        assert!(updated == draft.replace('\n', end).into_bytes());
    }
    // A mail that answers it is no plan any more, but says what the plan was.
    let quoted = format!("Ông A viết:\n> {}", draft.replace('\n', "\n> "));
    let lost = without_record(&draft);
    let given = give(lost.as_bytes(), quoted.as_bytes(), &catalog).unwrap();
    assert_eq!(given.notes, [Note::Restored, Note::EditedBase]);
}

#[test]
fn the_commands_take_a_base_and_say_so() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    let plan = crate::finalize::drafted("agency = \"Lào Cai\"\n");
    fs::write(file("plan.docx"), inspected(&plan)).unwrap();
    fs::write(file("own.docx"), &plan).unwrap();
    fs::write(file("yen-bai.docx"), draft("agency = \"Yên Bái\"\n").docx).unwrap();
    let earlier = lao_cai();
    fs::write(file("earlier.md"), &earlier.markdown).unwrap();
    fs::write(file("plan.md"), without_record(&earlier.markdown)).unwrap();
    says(
        &folder,
        &["check", "plan.docx"],
        1,
        &["error[lost-record]", "đã mất", "--base"],
    );
    says(&folder, &["update", "plan.docx"], 2, &["không mang thông tin", "`--base`"]);
    says(&folder, &["finalize", "plan.docx"], 2, &["không mang thông tin", "`--base`"]);
    let base = ["--base", "earlier.md"];
    let with_base = |arguments: &[&'static str]| [arguments, &base[..]].concat();
    let taken = "lấy từ bản cũ earlier.md";
    says(
        &folder,
        &with_base(&["check", "plan.docx"]),
        0,
        &["plan.docx: thông tin của khung: đã mất; ", taken, "Không có lỗi."],
    );
    says(
        &folder,
        &with_base(&["finalize", "plan.docx"]),
        0,
        &[taken, "đã bỏ 77 đoạn hướng dẫn"],
    );
    // The copy is the one that the plan gives which never lost its record.
    says(&folder, &["finalize", "own.docx"], 0, &["đã bỏ 77 đoạn hướng dẫn"]);
    let part = |name: &str| {
        let package = Package::read(&fs::read(file(name)).unwrap()).unwrap();
        package.part(TEXT).unwrap().to_vec()
    };
    assert!(part("plan-trinh-ky.docx") == part("own-trinh-ky.docx"));
    // Nothing of the catalogue changed, and the file has its record again.
    let said = [taken, "0 thay đổi, 0 xung đột", "bản cũ: plan.docx.bak"];
    says(&folder, &with_base(&["update", "plan.docx"]), 0, &said);
    says(&folder, &["update", "plan.docx"], 0, &["(giữ nguyên)"]);
    assert_eq!(record(&fs::read(file("plan.docx")).unwrap()), record(&plan));
    says(
        &folder,
        &with_base(&["update", "plan.md", "--dry-run"]),
        0,
        &[taken, "chưa ghi"],
    );
    assert!(
        fs::read_to_string(file("plan.md")).unwrap() == without_record(&earlier.markdown)
    );
    let json = with_base(&["update", "plan.md", "--report", "json"]);
    says(&folder, &json, 0, &["\"event\": \"recovered\"", taken]);
    // What is of no use is refused, by its own name.
    let rows: [(&[&str], &str); 5] = [
        (
            &["check", "plan.docx", "own.docx", "--base", "earlier.md"],
            "khung: --base: chỉ dùng",
        ),
        (
            &["update", "plan.docx", "own.docx", "--base", "earlier.md"],
            "khung: --base: chỉ",
        ),
        (&["update", "own.docx", "--base", "none.md"], "khung: none.md: không tìm thấy"),
        (
            &["update", "own.docx", "--base", "lao-cai.toml"],
            "khung: lao-cai.toml: cũng không",
        ),
        (
            &["finalize", "plan-trinh-ky.docx", "--base", "yen-bai.docx"],
            "khung: yen-bai.docx: là",
        ),
    ];
    for (arguments, words) in rows {
        says(&folder, arguments, 2, &[words]);
    }
    // A plan that has its own record needs none.
    let own = khung(&folder, &["check", "own.docx", "--base", "yen-bai.docx"]);
    assert_eq!(own.0, 0, "{}", own.1);
    assert!(
        own.1.contains("own.docx: thông tin của khung: còn nguyên, khác của"),
        "{}",
        own.1
    );
}

#[test]
fn check_says_when_a_plan_can_no_longer_be_updated() {
    let (catalog, _) = crate::embedded();
    let draft = lao_cai();
    let markdown = draft.markdown.as_str();
    let text = markdown::record(markdown).unwrap();
    let torn = markdown.replace(&text[..90], "");
    let rows: [(&str, Vec<u8>, &str, &str); 4] = [
        ("plan.docx", inspected(&draft.docx), "lost-record", "đã mất"),
        ("plan.md", without_record(markdown).into(), "lost-record", "đã mất"),
        ("plan.md", torn.into(), "lost-record", "đã hỏng"),
        (
            "plan.md",
            crate::unmarked(markdown).into(),
            "lost-markers",
            "các dòng đánh dấu",
        ),
    ];
    for (name, plan, code, words) in rows {
        let found = review(name, &plan, &catalog).unwrap();
        let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes[..2], [code, "empty-slot"], "{name} {words}");
        assert!(found[0].message.contains(words), "{}", found[0].message);
        assert!(khung::diagnostic::has_errors(&found));
    }
    let folder = folder();
    let kinds: [(&str, &[u8]); 2] = [
        ("rtf", b"{\\rtf1 K\xC3\xA9}"),
        (
            "odt",
            &with(&draft.docx, |package| {
                let kind = b"application/vnd.oasis.opendocument.text".to_vec();
                package.parts = vec![("mimetype".to_owned(), kind)];
            }),
        ),
    ];
    for (end, bytes) in kinds {
        let name = format!("plan.{end}");
        fs::write(folder.path().join(&name), bytes).unwrap();
        for command in ["check", "update", "finalize"] {
            let words =
                format!("{name}: là tệp .{end}; mở bằng Word, lưu lại thành .docx.");
            says(&folder, &[command, &name], 2, &[&words]);
        }
    }
}
