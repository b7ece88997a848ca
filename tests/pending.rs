//! What an update left for a decision in a Word file from which all authors were taken.

use khung::docx::package::Package;
use khung::review::review;
use khung::update::{UpdateError, update};

use crate::update::next;

/// What Word makes of a file when it removes personal information: every author is "Author",
/// and nothing has a date.
fn anonymous(plan: &[u8]) -> Vec<u8> {
    let mut package = Package::read(plan).unwrap();
    for (name, bytes) in &mut package.parts {
        if !["word/document.xml", "word/comments.xml"].contains(&&**name) {
            continue;
        }
        let rest = |piece: &str| piece.splitn(3, '"').nth(2).unwrap().to_owned();
        let text = std::str::from_utf8(bytes).unwrap().split(" w:").map(|piece| {
            if piece.starts_with("date=\"") {
                rest(piece)
            } else if piece.starts_with("author=\"") {
                [" w:author=\"Author\"", &rest(piece)].concat()
            } else {
                [" w:", piece].concat()
            }
        });
        let text: String = text.collect();
        let text = text.strip_prefix(" w:").unwrap();
        *bytes = text.as_bytes().to_vec();
    }
    package.write().unwrap()
}

/// The text of a Word file with something in it replaced.
fn edited(plan: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut package = Package::read(plan).unwrap();
    let text = package.part("word/document.xml").unwrap().to_vec();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains(from), "{from}");
    package.replace("word/document.xml", text.replacen(from, to, 1).into_bytes());
    package.write().unwrap()
}

fn draft() -> Vec<u8> {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    khung::build(&catalog, &templates, &profile, None).0.unwrap().docx().unwrap()
}

const LATER: (&str, &str) =
    ("\"Lập danh sách hộ nghèo, hộ cận nghèo để triển khai.", "\"Lập ngay danh sách.");

#[test]
fn changes_of_an_update_are_known_by_what_they_say() {
    let (_, templates) = crate::embedded();
    let gone = "    \"Rà soát, hoàn thiện môi trường pháp lý, cơ chế, chính sách để triển khai dịch vụ công trực tuyến toàn trình.\",\n";
    let rows: [(&str, (&str, &str)); 4] = [
        ("a word", ("Rà soát, hoàn thiện môi", "Xem xét, hoàn thiện môi")),
        ("a paragraph more", (gone, &format!("{gone}    \"Báo cáo hằng quý.\",\n"))),
        ("a paragraph less", (gone, "")),
        (
            "a deadline",
            (
                "{ year = 2024, printed = \"Năm 2024\" }",
                "{ on = 2024-09-30, printed = \"30/9/2024\" }",
            ),
        ),
    ];
    for (what, change) in rows {
        let updated = update(&draft(), &next(&[change]), &templates, None, false).0;
        let updated = updated.unwrap().unwrap().plan;
        let plan = anonymous(&updated);
        let again = |plan: &[u8], changes: &[(&str, &str)]| {
            update(plan, &next(changes), &templates, None, false).0
        };
        for plan in [&updated, &plan] {
            let refused = again(plan, &[change, LATER]).unwrap_err();
            assert_eq!(refused, UpdateError::Pending, "{what}");
            // Nothing new to take over: what waits is no obstacle.
            assert!(again(plan, &[change]).is_ok(), "{what}");
        }
        let accepted = update(&draft(), &next(&[change]), &templates, None, true).0;
        let accepted = anonymous(&accepted.unwrap().unwrap().plan);
        assert!(again(&accepted, &[change, LATER]).is_ok(), "{what}");
    }
}

#[test]
fn changes_of_people_are_not_taken_for_an_update_s() {
    let (_, templates) = crate::embedded();
    let text = "Rà soát, hoàn thiện môi trường pháp lý, cơ chế, chính sách để triển khai dịch vụ công trực tuyến toàn trình.";
    let run = |kind: &str, date: &str, text: &str| {
        let t = if kind == "del" { "delText" } else { "t" };
        format!(
            "<w:{kind} w:id=\"9{}\" w:author=\"Author\"{date}><w:r><w:{t} \
             xml:space=\"preserve\">{text}</w:{t}></w:r></w:{kind}>",
            text.len()
        )
    };
    let same =
        |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let from = same(text);
    let rows = [
        (
            "words more",
            same("Rà soát, ")
                + &run("ins", "", "lập bản đồ, ")
                + &same(text.trim_start_matches("Rà soát, ")),
        ),
        (
            "words less",
            same(text.trim_end_matches(" trực tuyến toàn trình."))
                + &run("del", "", " trực tuyến toàn trình")
                + &same("."),
        ),
        ("all of it", run("del", "", text)),
        (
            "all of it rewritten",
            run("del", "", text) + &run("ins", "", "Bỏ các quy định cũ."),
        ),
        (
            "as it was, by a person",
            run("del", " w:date=\"2024-03-01T08:00:00Z\"", "Rà, xóa.")
                + &run("ins", " w:date=\"2024-03-01T08:00:00Z\"", text),
        ),
    ];
    for (what, to) in rows {
        let plan = edited(&draft(), &from, &to);
        let found = update(&plan, &next(&[LATER]), &templates, None, false).0;
        assert!(found.is_ok(), "{what}: {found:?}");
    }
    // As it was, and nobody's: that is what an update does.
    let to = run("del", "", "Rà, xóa.") + &run("ins", "", text);
    let plan = edited(&draft(), &from, &to);
    let found = update(&plan, &next(&[LATER]), &templates, None, false).0;
    assert_eq!(found.unwrap_err(), UpdateError::Pending);
}

#[test]
fn a_conflict_is_known_without_its_author() {
    let (catalog, templates) = crate::embedded();
    let word = "Rà soát, hoàn thiện môi";
    let new = next(&[(word, "Xem xét, hoàn thiện môi")]);
    for comments in ["", "guidance = \"comments\"\n"] {
        let profile = format!("agency = \"Lào Cai\"\n{comments}");
        let profile = crate::source("p.toml", &profile);
        let draft =
            khung::build(&catalog, &templates, &profile, None).0.unwrap().docx().unwrap();
        let plan = edited(&draft, word, "Tìm và hoàn thiện môi");
        let updated = update(&plan, &new, &templates, None, false).0.unwrap().unwrap();
        assert_eq!(updated.report.conflicts(), 1);
        let codes = |plan: &[u8]| {
            let found = review("plan.docx", plan, &catalog).unwrap();
            let found = found.iter().map(|one| one.code.as_str().to_owned());
            found.collect::<Vec<_>>()
        };
        let said = codes(&updated.plan);
        assert!(said.contains(&"open-conflict".to_owned()), "{said:?}");
        assert_eq!(codes(&anonymous(&updated.plan)), said);
        // A person's comment has a date.
        let mut package = Package::read(&updated.plan).unwrap();
        let part = package.part("word/comments.xml").unwrap().to_vec();
        let part = String::from_utf8(part).unwrap();
        let part = part.replace(
            "w:author=\"khung 2024.9\"",
            "w:author=\"Lan\" w:date=\"2024-03-01T08:00:00Z\"",
        );
        package.replace("word/comments.xml", part.into_bytes());
        let said = codes(&package.write().unwrap());
        assert!(said.contains(&"open-comment".to_owned()), "{said:?}");
    }
}
