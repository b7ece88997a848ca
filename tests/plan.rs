//! What a plan says for what a profile says.

use khung::document::BlockKind;
use khung::markdown;

/// The blocks of a section of the plan of Lào Cai, with these lines in its profile.
fn section(lines: &str, id: &str) -> Vec<BlockKind> {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", &format!("agency = \"Lào Cai\"\n{lines}"));
    let (draft, found) = khung::build(&catalog, &templates, &profile, None);
    let draft = draft.unwrap_or_else(|| panic!("{}", khung::cli::render(&found)));
    let sections = markdown::parse(&draft.markdown()).unwrap().sections;
    let section = sections.into_iter().find(|one| one.id.as_deref() == Some(id)).unwrap();
    section.blocks.into_iter().map(|block| block.kind).collect()
}

fn texts(lines: &str, id: &str) -> Vec<String> {
    section(lines, id).iter().map(BlockKind::plain).collect()
}

/// A task cites Quyết định 1198; Annex III lists Quyết định 749 whatever a profile says.
#[test]
fn a_basis_that_the_profile_cites_itself_is_listed_once() {
    let count = |bases: &[String], number: &str| {
        bases.iter().filter(|basis| basis.contains(number)).count()
    };
    let bases = texts("", "bases-list");
    assert_eq!((count(&bases, "1198/QĐ-TTg"), count(&bases, "749/QĐ-TTg")), (1, 1));
    let own = "Quyết định số 1198/QĐ-TTg của Thủ tướng Chính phủ (trích)";
    let with_own =
        texts(&format!("[[basis]]\nid = \"own\"\ntext = \"{own}\"\n"), "bases-list");
    assert_eq!(count(&with_own, "1198/QĐ-TTg"), 1);
    assert!(with_own.iter().any(|basis| basis.starts_with(own)), "{with_own:?}");
    assert_eq!(with_own.len(), bases.len());
}

/// A law comes in front of decrees, whoever cites it; what the profile leaves out is not cited,
/// and what does not exist yet once it does.
#[test]
fn bases_stand_by_force_and_can_be_left_out() {
    let law = "Luật Giao dịch điện tử ngày 22 tháng 6 năm 2023";
    let lines = format!(
        "[[basis]]\nid = \"749/QĐ-TTg\"\nomit = true\n\
         [[basis]]\nid = \"luat\"\ntext = \"{law}\"\n\
         [[basis]]\nid = \"nq-tu\"\ntext = \"Nghị quyết số 5-NQ/TU của Tỉnh ủy\"\n"
    );
    let bases = texts(&lines, "bases-list");
    assert!(bases[0].starts_with("Nghị quyết số 52-NQ/TW"), "{bases:?}");
    assert_eq!(bases[1], format!("{law};"));
    assert!(bases.last().unwrap().starts_with("Nghị quyết số 5-NQ/TU"), "{bases:?}");
    assert!(!bases.iter().any(|basis| basis.contains("749/QĐ-TTg")), "{bases:?}");
    let later = "Kế hoạch hoạt động của Ủy ban Quốc gia";
    assert!(!bases.iter().any(|basis| basis.contains(later)), "{bases:?}");
    let known = format!(
        "[[basis]]\nid = \"ke-hoach-uy-ban-quoc-gia\"\ntext = \"Quyết định số 1/QĐ-UBQGCĐS {later}\"\n"
    );
    assert!(texts(&known, "bases-list").iter().any(|basis| basis.contains(later)));
}

#[test]
fn targets_stand_by_pillar_behind_what_the_year_is_for() {
    let target = |id: &str, group: &str| {
        let group = if group.is_empty() {
            String::new()
        } else {
            format!("group = \"{group}\"\n")
        };
        format!("[[target]]\nid = \"{id}\"\n{group}indicator = \"{id}\"\n")
    };
    let past = |id: &str, verdict: &str| {
        format!(
            "[[past_target]]\nid = \"{id}\"\nindicator = \"I\"\nverdict = \"{verdict}\"\n"
        )
    };
    let lines = [
        "aims = [\"Vào nhóm 20 địa phương dẫn đầu.\"]\n".to_owned(),
        target("a", "Xã hội số"),
        target("b", ""),
        target("c", "xã hội số"),
        target("d", "Kinh tế số"),
        past("e", "Đạt"),
        past("f", "Không đạt"),
        past("g", "Vượt"),
    ]
    .concat();
    assert_eq!(texts(&lines, "targets-aims"), ["Vào nhóm 20 địa phương dẫn đầu."]);
    assert_eq!(texts(&lines, "past-targets-met"), ["Năm 2023 đạt 2/3 chỉ tiêu đề ra."]);
    let [BlockKind::Table(table)] = &section(&lines, "targets-table")[..] else {
        panic!()
    };
    let rows = table.rows[1..].iter();
    let begin =
        rows.map(|row| [0, 1].map(|at| row.cells[at].plain())).collect::<Vec<_>>();
    assert_eq!(
        begin,
        [
            ["1", "Xã hội số"],
            ["1.1", "a"],
            ["1.2", "c"],
            ["2", "b"],
            ["3", "Kinh tế số"],
            ["3.1", "d"]
        ]
    );
}

/// What every plan has: who follows it up, who finds the money; a ministry's own names are asked
/// for where nobody gives them, and stand for what they are once a task has them.
#[test]
fn bodies_have_their_standing_duties() {
    let of = |agency: &str, lines: &str| -> String {
        let (catalog, templates) = crate::embedded();
        let text = format!("agency = \"{agency}\"\nguidance = \"none\"\n{lines}");
        let profile = crate::source("p.toml", &text);
        let draft =
            khung::build(&catalog, &templates, &profile, None).0.unwrap().markdown();
        let (_, rest) = draft.split_once("<!-- khung: organisation-text -->").unwrap();
        rest.split("<!-- khung: works -->").next().unwrap().to_owned()
    };
    let province = of("Sơn La", "");
    for words in [
        "- Theo dõi, đôn đốc, kiểm tra việc thực hiện Kế hoạch; định kỳ tổng hợp kết quả, báo cáo Ủy \
         ban nhân dân tỉnh Sơn La và Bộ Thông tin và Truyền thông.",
        "- Tham mưu Ủy ban nhân dân tỉnh Sơn La bố trí kinh phí chi thường xuyên",
        "- Tham mưu Ủy ban nhân dân tỉnh Sơn La bố trí vốn đầu tư công",
        "Trong quá trình thực hiện, nếu có khó khăn, vướng mắc,",
    ] {
        assert_eq!(province.matches(words).count(), 1, "{words}\n{province}");
    }
    let ministry = of("Bộ Tư pháp", "");
    let heads: Vec<&str> =
        ministry.lines().filter(|line| line.starts_with("**")).collect();
    assert_eq!(
        heads[0],
        "**1. \\[CẦN BỔ SUNG: tên đơn vị chuyên trách về công nghệ thông tin\\]**"
    );
    let named = of(
        "Bộ Tư pháp",
        "[[task]]\nid = \"data-centre\"\nlead = \"Cục Công nghệ thông tin\"\n",
    );
    assert!(named.contains(". Cục Công nghệ thông tin**\n"), "{named}");
    assert!(named.contains("kịp thời phản ánh về Cục Công nghệ thông tin để tổng hợp"));
    let open = "phản ánh về \\[CẦN BỔ SUNG: tên đơn vị chuyên trách về công nghệ thông tin\\] để";
    assert!(ministry.contains(open), "{ministry}");
    assert!(!named.contains("tên đơn vị chuyên trách về công nghệ thông tin"), "{named}");
}

#[test]
fn bodies_that_the_catalogue_does_not_name_stand_behind_those_that_the_plan_directs() {
    let duty = |unit: &str| {
        format!("[[duty]]\nunit = \"{unit}\"\nduties = [\"Báo cáo hằng quý.\"]\n")
    };
    let lines = [
        "Hội Nông dân tỉnh",
        "Trung tâm Phát triển đô thị",
        "Sở Y tế",
        "Câu lạc bộ Nhà báo",
        "Bannerman", // not "Ban …"
        "Ban Dân tộc tỉnh",
        "Ban Tuyên giáo Tỉnh ủy",
    ]
    .map(duty)
    .concat();
    let bodies: Vec<String> = section(&lines, "organisation-text")
        .iter()
        .filter(|block| matches!(block, BlockKind::Paragraph(_)))
        .map(|block| block.plain().split_once(". ").unwrap().1.to_owned())
        .collect();
    assert_eq!(
        bodies,
        [
            // Directed, in the order of the catalogue; those of one kind as the profile does.
            "Sở Thông tin và Truyền thông",
            "Văn phòng Ủy ban nhân dân tỉnh",
            "Sở Y tế",
            "Sở Tài chính",
            "Sở Kế hoạch và Đầu tư",
            "Sở Lao động - Thương binh và Xã hội",
            "Sở Nội vụ",
            "Sở Giáo dục và Đào tạo",
            "Ban Dân tộc tỉnh",
            "Công an tỉnh",
            "Các sở, ban, ngành tỉnh",
            "UBND các huyện, thị xã, thành phố",
            // Not named, as the profile does.
            "Trung tâm Phát triển đô thị",
            "Câu lạc bộ Nhà báo",
            "Bannerman",
            // Asked.
            "Ban Tuyên giáo Tỉnh ủy",
            "Hội Nông dân tỉnh",
            "Ngân hàng Nhà nước chi nhánh tỉnh Lào Cai",
        ]
    );
}

#[test]
fn a_body_is_told_what_it_leads_supports_and_answers_for() {
    let lines = "[[task]]\nid = \"open-data\"\nlead = \"Sở Y tế\"\n\
        [[task]]\nid = \"databases\"\npartners = [\"Sở Y tế\", \"Hội Nông dân tỉnh\"]\n\
        [[task]]\nid = \"smartphones\"\npartners = [\"Sở Y tế\"]\n\
        [[project]]\nid = \"first\"\nname = \"Bệnh án điện tử\"\n\
        [[project]]\nid = \"second\"\nname = \"Kho dữ liệu y tế\"\nlead = \"Sở Y tế\"\n\
        [[duty]]\nunit = \"Sở Y tế\"\nduties = [\"Báo cáo hằng quý.\"]\n";
    let blocks = texts(lines, "organisation-text");
    let of = |unit: &str| -> Vec<&str> {
        let mut blocks = blocks.iter().map(String::as_str);
        blocks.find(|text| text.ends_with(unit)).unwrap();
        let is_heading = |text: &&str| {
            text.split_once(". ").is_some_and(|(number, _)| number.parse::<u32>().is_ok())
        };
        blocks.take_while(|text| !is_heading(text)).collect()
    };
    assert_eq!(
        of("Sở Y tế"),
        [
            "Chủ trì thực hiện nhiệm vụ:",
            "4.2. Cung cấp dữ liệu mở.",
            "Chủ trì thêm nhiệm vụ [CẦN BỔ SUNG: xác nhận phân công]:",
            "10.7. Phát triển bệnh viện số.",
            "Chủ trì thực hiện dự án số 11.2 nêu tại Phụ lục III.",
            "Phối hợp thực hiện các nhiệm vụ 3.2, 4.1 nêu tại Mục III Phần II.",
            "Báo cáo hằng quý.",
        ]
    );
    assert_eq!(
        of("Hội Nông dân tỉnh"),
        ["Đề nghị phối hợp thực hiện nhiệm vụ 4.1 nêu tại Mục III Phần II."]
    );
}

#[test]
fn those_who_carry_out_the_plan_answer_for_it() {
    let open = "[CẦN BỔ SUNG: trách nhiệm thực hiện, chế độ báo cáo]";
    let unit = "UBND các huyện, thị xã, thành phố";
    let told = |lines: &str| -> Vec<String> {
        let blocks = texts(lines, "organisation-text");
        let mut blocks = blocks.into_iter().skip_while(|text| !text.ends_with(unit));
        blocks.next().unwrap();
        let is_heading = |text: &String| text.starts_with(|c: char| c.is_ascii_digit());
        blocks.take_while(|text| !is_heading(text)).collect()
    };
    assert_eq!(told(""), [open]);
    // Support is no answer …
    let partner = format!("[[task]]\nid = \"databases\"\npartners = [\"{unit}\"]\n");
    assert_eq!(
        told(&partner),
        ["Phối hợp thực hiện nhiệm vụ 4.1 nêu tại Mục III Phần II.", open]
    );
    // … and nothing is asked of those whom the profile tells.
    let duty = format!("[[duty]]\nunit = \"{unit}\"\nduties = [\"Báo cáo hằng quý.\"]\n");
    assert_eq!(told(&duty), ["Báo cáo hằng quý."]);
}

/// One sentence for all options taken; a slot in its place while none is.
#[test]
fn options_are_listed_in_one_sentence() {
    let said = |lines: &str, task: &str, of: &str| -> Vec<String> {
        let lines = format!("[[task]]\nid = \"{task}\"\n{lines}\n");
        let texts = texts(&lines, &format!("task-{task}"));
        texts.into_iter().filter(|text| text.contains(of)).collect()
    };
    let sectors = |lines: &str| said(lines, "citizen-skills", "Tập trung hướng dẫn");
    let start = "Tập trung hướng dẫn kỹ năng số trong một số lĩnh vực:";
    assert_eq!(sectors(""), [format!("{start} [CẦN BỔ SUNG: lĩnh vực tập trung].")]);
    assert_eq!(
        sectors("choices = { sectors = [\"health\", \"agriculture\", \"tourism\"] }"),
        [format!("{start} nông nghiệp, du lịch và y tế.")]
    );
    // An option without a text adds nothing.
    assert!(sectors("choices = { sectors = \"none\" }").is_empty());
    // An item with a comma.
    assert_eq!(
        said(
            "choices = { sectors = [\"tourism\", \"manufacturing\"] }",
            "sector-economy",
            "Tập trung"
        ),
        [
            "Tập trung thúc đẩy phát triển kinh tế số trong các ngành, lĩnh vực: du lịch; công nghiệp \
          chế biến, chế tạo."
        ]
    );
}

#[test]
fn part_of_what_the_dispatch_demands_in_whole_is_warned_of() {
    let (catalog, templates) = crate::embedded();
    let codes = |options: &str| -> Vec<String> {
        let text = format!(
            "agency = \"Lào Cai\"\n[[task]]\nid = \"virtual-assistants\"\n\
             choices = {{ assistants = [{options}] }}\n"
        );
        let profile = crate::source("p.toml", &text);
        let (draft, found) = khung::build(&catalog, &templates, &profile, None);
        assert!(draft.is_some());
        found.iter().map(|one| format!("[{}]", one.code.as_str())).collect()
    };
    assert_eq!(codes("\"citizens\""), ["[part-of-choice]"]);
    assert!(codes("\"citizens\", \"legal-review\", \"civil-servants\"").is_empty());
}

/// One deadline for one thing: the agency's own stands instead of the dispatch's, which the
/// guidance tells.
#[test]
fn a_task_has_one_deadline() {
    let due = |task: &str, lines: &str| -> Vec<String> {
        let lines = format!("[[task]]\nid = \"{task}\"\n{lines}\n");
        let texts = texts(&lines, &format!("task-{task}"));
        let is_due = |text: &&String| text.contains("2024") || text.contains("hằng năm");
        texts.iter().filter(is_due).cloned().collect()
    };
    let own = "deadline = 2024-03-22";
    assert_eq!(due("policy-sme", ""), ["Thời hạn hoàn thành: 30/3/2024."]);
    assert_eq!(due("policy-sme", own), ["Thời hạn hoàn thành: 22/3/2024."]);
    let told =
        texts(&format!("[[task]]\nid = \"policy-sme\"\n{own}\n"), "guide-policy-sme");
    assert!(told.concat().contains("thời hạn 30/3/2024"), "{told:?}");
    assert_eq!(
        due("resolution-review", "deadline = 2024-11-15"),
        ["Gửi báo cáo sơ kết về Bộ Thông tin và Truyền thông: 15/11/2024."]
    );
    assert_eq!(
        due("civil-servant-skills", "deadline = 2024-11-15"),
        [
            "Phê duyệt kế hoạch bồi dưỡng, tập huấn: trước ngày 30 tháng 3 hằng năm;",
            "Hoàn thành tổ chức bồi dưỡng, tập huấn: trước ngày 30 tháng 11 hằng năm;",
            "Hoàn thành nhiệm vụ: 15/11/2024.",
        ]
    );
    // What comes back is no end of the task.
    assert_eq!(due("sme-transformation", own), ["Hoàn thành nhiệm vụ: 22/3/2024."]);
    let told = texts(
        &format!("[[task]]\nid = \"sme-transformation\"\n{own}\n"),
        "task-sme-transformation",
    );
    assert!(told.concat().contains("rút kinh nghiệm: định kỳ 6 tháng;"), "{told:?}");
    // What was due the year before is not printed.
    let body = texts("", "task-economy-measurement").concat();
    assert!(!body.contains("2023"), "{body}");
    let told = texts("", "guide-economy-measurement").concat();
    assert!(told.contains("thời hạn “đến hết năm 2023”"), "{told}");
}

/// What is signed names no tool, and no ministry as whoever gives orders; a title is no action.
#[test]
fn tasks_are_worded_for_signing() {
    let (catalog, templates) = crate::embedded();
    for agency in ["Quảng Trị", "Hải Phòng", "BTP", "TTCP"] {
        let profile = crate::source("p.toml", &format!("agency = \"{agency}\"\n"));
        let draft = khung::build(&catalog, &templates, &profile, None).0.unwrap();
        let sections = markdown::parse(&draft.markdown()).unwrap().sections;
        let id = |id: &Option<String>, start: &str| {
            id.as_deref().is_some_and(|id| id.starts_with(start))
        };
        for section in sections.iter().filter(|one| id(&one.id, "task-")) {
            let texts: Vec<String> =
                section.blocks.iter().map(|block| block.kind.plain()).collect();
            let title = texts[0].split_once(". ").map_or(&*texts[0], |(_, title)| title);
            assert_ne!(texts[1].trim_end_matches('.'), title);
            for never in
                ["hàng năm", "đầu mối hỗ trợ", "cấp độ 5 (nếu có)", "Thời hạn nội bộ"]
            {
                let said = texts.iter().find(|text| text.contains(never));
                assert!(said.is_none(), "{agency}: {said:?}");
            }
        }
        // No paragraph of guidance twice.
        let mut seen = std::collections::BTreeSet::new();
        for section in sections.iter().filter(|one| id(&one.id, "guide-")) {
            for block in &section.blocks {
                for line in block.kind.plain().lines().filter(|line| !line.is_empty()) {
                    let of = section.id.clone();
                    assert!(seen.insert((of, line.to_owned())), "{agency}: {line}");
                }
            }
        }
    }
}
