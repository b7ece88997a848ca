//! A plan that a Quyết định issues, both in one file (Nghị định 30/2020/NĐ-CP, Phụ lục III, Mẫu
//! 1.3): drafted for every agency, checked, updated, finished.

use std::fs;

use khung::document::{BlockKind, Document};
use khung::docx::{self, package::Package};
use khung::markdown::{self, without_record};

use crate::commands::{folder, khung, says};

/// The Markdown of a profile's plan.
fn drafted(profile: &str) -> String {
    let (catalog, templates) = crate::embedded();
    let source = crate::source("p.toml", profile);
    let (draft, found) = khung::build(&catalog, &templates, &source, None);
    assert_eq!(khung::cli::render(&found), "", "{profile}");
    without_record(&draft.unwrap().markdown()).to_owned()
}

fn sections(markdown: &str) -> Document {
    markdown::parse(markdown).unwrap()
}

/// The text of the section with an id.
fn text(document: &Document, id: &str) -> String {
    let section = document.sections.iter().find(|one| one.id.as_deref() == Some(id));
    let section = section.unwrap_or_else(|| panic!("no {id}"));
    section.blocks.iter().map(|block| block.kind.plain() + "\n").collect()
}

#[test]
fn every_agency_s_decision_has_what_mau_1_3_asks() {
    let (catalog, _) = crate::embedded();
    for agency in &catalog.agencies {
        let name = &agency.name;
        let profile = format!("agency = {name:?}\n[issue]\nform = \"decision\"\n");
        let plan = sections(&drafted(&profile));
        let ids: Vec<&str> =
            plan.sections.iter().filter_map(|s| s.id.as_deref()).collect();
        let front = [
            "letterhead",
            "decision",
            "decision-authority",
            "decision-bases",
            "decision-enacts",
            "decision-articles",
            "signature",
            "plan-letterhead",
            "title",
            "preamble",
        ];
        assert_eq!(ids[..front.len()], front, "{name}");
        // One signature: the Quyết định's.
        assert_eq!(ids.iter().filter(|id| **id == "signature").count(), 1, "{name}");
        let symbol = format!("/QĐ-{}", agency.symbol);
        assert!(text(&plan, "letterhead").contains(&symbol), "{name}");
        assert!(!text(&plan, "plan-letterhead").contains("/QĐ"), "{name}");
        let decision = text(&plan, "decision");
        let about =
            format!("Về việc ban hành Kế hoạch Chuyển đổi số {} năm 2024", agency.titled);
        assert_eq!(decision, format!("QUYẾT ĐỊNH\n{about}\n"));
        let articles = text(&plan, "decision-articles");
        for begin in ["Điều 1. Ban hành", "Điều 2. ", "Điều 3. "] {
            assert!(articles.lines().any(|line| line.starts_with(begin)), "{name}");
        }
        assert!(articles.ends_with("chịu trách nhiệm thi hành Quyết định này./.\n"));
        let bases = text(&plan, "decision-bases");
        let (last, bases) =
            bases.trim_end().rsplit_once('\n').map(|(b, l)| (l, b)).unwrap();
        assert!(last.starts_with("Theo đề nghị của ") && last.ends_with('.'), "{last}");
        assert!(
            bases.lines().all(|line| line.starts_with("Căn cứ ") && line.ends_with(';'))
        );
        assert!(text(&plan, "signature").contains("- Như Điều 3;"), "{name}");
        // What issues the plan is the Quyết định.
        assert!(!text(&plan, "preamble").contains("ban hành Kế hoạch"), "{name}");
    }
}

#[test]
fn who_decides_and_who_signs() {
    let form = "[issue]\nform = \"decision\"\nnumber = \"7\"\ndate = 2023-12-15\n";
    for (agency, signatory, authority, lines, note) in [
        (
            "Lào Cai",
            "",
            "ỦY BAN NHÂN DÂN TỈNH LÀO CAI",
            "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH\n",
            "của Ủy ban nhân dân tỉnh Lào Cai)",
        ),
        (
            "Lào Cai",
            "alone = true\n",
            "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH LÀO CAI",
            "CHỦ TỊCH\n",
            "của Chủ tịch Ủy ban nhân dân tỉnh Lào Cai)",
        ),
        (
            "TP.HCM",
            "role = \"deputy\"\n",
            "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH",
            "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n",
            "của Ủy ban nhân dân Thành phố Hồ Chí Minh)",
        ),
        (
            "Bộ Y tế",
            "role = \"acting\"\n",
            "BỘ TRƯỞNG BỘ Y TẾ",
            "Q. BỘ TRƯỞNG\n",
            "của Bộ trưởng Bộ Y tế)",
        ),
        (
            "Thanh tra Chính phủ",
            "",
            "TỔNG THANH TRA CHÍNH PHỦ",
            "TỔNG THANH TRA\n",
            "của Tổng Thanh tra Chính phủ)",
        ),
    ] {
        let profile = format!(
            "agency = {agency:?}\n{form}[signatory]\nname = \"Mai\"\n{signatory}"
        );
        let plan = sections(&drafted(&profile));
        assert_eq!(text(&plan, "decision-authority"), format!("{authority}\n"));
        let BlockKind::Table(table) = &plan
            .sections
            .iter()
            .find(|one| one.id.as_deref() == Some("signature"))
            .unwrap()
            .blocks[0]
            .kind
        else {
            panic!("{agency}")
        };
        assert_eq!(table.rows[0].cells[1].plain(), format!("{lines}Mai"));
        let title = text(&plan, "title");
        let attached = title.lines().last().unwrap();
        let symbol = text(&plan, "letterhead");
        assert!(symbol.contains("Số: 07/QĐ-"), "{symbol}");
        assert!(attached.starts_with("(Kèm theo Quyết định số 07/QĐ-"), "{attached}");
        assert!(attached.ends_with(note), "{attached}");
    }
}

#[test]
fn what_a_profile_says_of_its_decision() {
    let said = "[decision]\nauthority = \"Hội đồng A\"\nbases = [\"Luật B\", \"749/QĐ-TTg\"]\n\
                proposal = \"ông C\"\nexecutors = \"Chánh Văn phòng\"\n";
    let issue =
        "[issue]\nform = \"decision\"\nrecipients = [\"Như Điều 3;\", \"Bộ B\"]\n";
    let plan = sections(&drafted(&format!("agency = \"Yên Bái\"\n{issue}{said}")));
    let recipients = text(&plan, "signature");
    assert_eq!(recipients.matches("Như Điều").count(), 1, "{recipients}");
    assert!(recipients.contains("- Như Điều 3;\n- Bộ B;\n- Lưu: "), "{recipients}");
    assert_eq!(text(&plan, "decision-authority"), "HỘI ĐỒNG A\n");
    let bases = text(&plan, "decision-bases");
    let lines: Vec<&str> = bases.lines().collect();
    assert_eq!((lines[0], lines[2]), ("Căn cứ Luật B;", "Theo đề nghị của ông C."));
    assert!(lines[1].starts_with(
        "Căn cứ Quyết định số 749/QĐ-TTg ngày 03 tháng 6 năm 2020 của Thủ tướng"
    ));
    assert!(
        text(&plan, "decision-articles").contains("Điều 3. Chánh Văn phòng chịu trách")
    );

    let folder = folder();
    fs::write(folder.path().join("a.toml"), format!("agency = \"Yên Bái\"\n{said}"))
        .unwrap();
    says(&folder, &["check", "a.toml"], 0, &["warning[unused]", "[decision]"]);
}

/// The file is one that people edit: in both forms it is updated by ids, checked, finished.
#[test]
fn from_the_draft_to_the_copy_that_is_signed() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let profile = "agency = \"Bộ Y tế\"\n[issue]\nform = \"decision\"\n";
    fs::write(path("a.toml"), profile).unwrap();
    says(&folder, &["build", "a.toml"], 0, &[]);
    let plan = fs::read_to_string(path("a.md")).unwrap();
    fs::write(path("a.md"), plan.replace("kể từ ngày ký.", "từ ngày 01/01/2024."))
        .unwrap();
    crate::editions::write_second(&path("next"));
    says(&folder, &["update", "a.md", "--catalog", "next"], 0, &["2024.9", "0 xung đột"]);
    let plan = fs::read_to_string(path("a.md")).unwrap();
    assert!(plan.contains("**Điều 2.** Quyết định này có hiệu lực từ ngày 01/01/2024."));
    says(&folder, &["update", "a.docx", "--catalog", "next"], 0, &["0 xung đột"]);

    // In Word the plan begins on a page of its own, and its numbers begin anew.
    let package = Package::read(&fs::read(path("a.docx")).unwrap()).unwrap();
    assert_eq!(docx::lint::lint(&package), []);
    let main =
        String::from_utf8(package.part("word/document.xml").unwrap().to_vec()).unwrap();
    let (decision, rest) = main.split_once("<w:sectPr>").unwrap();
    assert!(decision.contains("Điều 3.") && !decision.contains("Kèm theo"));
    assert!(
        rest[..rest.find("</w:sectPr>").unwrap()].contains("w:pgNumType w:start=\"1\"")
    );

    let (code, said) = khung(&folder, &["finalize", "a.docx", "--catalog", "next"]);
    assert!(code == 1 && said.contains("Phần đầu: 2 chỗ"), "{said}");
}
