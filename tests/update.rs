//! Updating a plan that people edited, when the catalogue changes.

use std::sync::Arc;

use khung::catalog::Catalog;
use khung::document::BlockKind;
use khung::markdown::{parse, record, with_record, without_record};
use khung::record::{Record, RecordError};
use khung::source::Source;
use khung::template::Templates;
use khung::update::{self, Event, UpdateError, Updated};

use crate::Written;

/// The next edition: texts of `province.toml` replaced, and its version.
pub(crate) fn next(changes: &[(&str, &str)]) -> Catalog {
    let sources: Vec<Arc<Source>> = Catalog::embedded()
        .unwrap()
        .into_iter()
        .map(|source| {
            let mut text = source.text.clone();
            if source.name.ends_with("edition.toml") {
                text = text.replace("\"2024.2\"", "\"2024.9\"");
            }
            if source.name.ends_with("/province.toml") {
                for (from, to) in changes {
                    assert!(text.contains(from), "{from}");
                    text = text.replace(from, to);
                }
            }
            crate::source(&source.name, &text)
        })
        .collect();
    let (catalog, diagnostics) = Catalog::read(&sources);
    assert_eq!(khung::cli::render(&diagnostics), "");
    catalog
}

fn draft(catalog: &Catalog, templates: &Templates) -> String {
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    khung::build(catalog, templates, &profile, None).0.unwrap().markdown()
}

fn update(plan: &str, catalog: &Catalog, templates: &Templates) -> Updated {
    let (updated, diagnostics) =
        update::update(plan.as_bytes(), catalog, templates, None, false);
    assert_eq!(khung::cli::render(&diagnostics), "");
    updated.unwrap().unwrap()
}

fn text(updated: &Updated) -> &str {
    std::str::from_utf8(&updated.plan).unwrap()
}

/// What a plan says from the marker of a section to the next one.
fn in_section<'t>(plan: &'t str, id: &str) -> &'t str {
    let marker = format!("<!-- khung: {id} -->");
    let (_, rest) = plan.split_once(&marker).unwrap_or_else(|| panic!("no {id}"));
    rest.split("<!-- khung: ").next().unwrap_or(rest)
}

const DEADLINE: (&str, &str) = (
    "{ year = 2024, printed = \"Năm 2024\" }",
    "{ on = 2024-09-30, printed = \"30/9/2024\" }",
);

/// The first of four actions becomes the third.
pub(crate) const REORDERED: [(&str, &str); 2] = [
    (
        "    \"Tổ chức triển khai các nhiệm vụ được giao tại Chỉ thị số 01/CT-TTg về thúc đẩy phát triển doanh nghiệp công nghệ số Việt Nam.\",\n",
        "",
    ),
    (
        "gắn với bối cảnh của {{ agency }}.\",\n",
        "gắn với bối cảnh của {{ agency }}.\",\n    \"Tổ chức triển khai các nhiệm vụ được giao tại Chỉ thị số 01/CT-TTg về thúc đẩy phát triển doanh nghiệp công nghệ số Việt Nam.\",\n",
    ),
];

#[test]
fn what_nobody_touched_becomes_what_the_new_catalogue_drafts() {
    let (old, templates) = crate::embedded();
    let new = next(&[
        DEADLINE,
        (
            "Lập danh sách hộ nghèo, hộ cận nghèo để triển khai.",
            "Lập danh sách hộ nghèo.",
        ),
        ("title = \"Phát triển làng số\"", "title = \"Phát triển làng số, xã số\""),
    ]);
    let updated = update(&draft(&old, &templates), &new, &templates);
    let fresh = draft(&new, &templates);
    let plain = |text: &str| -> Vec<String> {
        let sections = parse(text).unwrap().sections;
        let blocks = sections.iter().flat_map(|section| &section.blocks);
        blocks.map(|block| block.kind.plain()).collect()
    };
    assert_eq!(plain(text(&updated)), plain(&fresh));
    assert_eq!(updated.report.conflicts(), 0);
    // Once is enough.
    let again = update(text(&updated), &new, &templates);
    assert_eq!(text(&again), text(&updated));
    assert_eq!(again.report.entries, []);
}

#[test]
fn nothing_changes_while_the_catalogue_stays() {
    let (catalog, templates) = crate::embedded();
    let plan = draft(&catalog, &templates)
        .replace(
            "- Lập danh sách hộ nghèo, hộ cận nghèo để triển khai.",
            "- Lập danh sách.\n- Của tôi  \n\n```\nmã\n```\n",
        )
        .replace(
            "### II. MỤC TIÊU",
            "### Mục riêng\n\nabc &amp; *d* | e\n\n### II. MỤC TIÊU",
        );
    for plan in [plan.clone(), plan.replace('\n', "\r\n")] {
        let updated = update(&plan, &catalog, &templates);
        assert_eq!(without_record(text(&updated)), without_record(&plan));
        assert_eq!(text(&updated).contains("\r\n"), plan.contains("\r\n"));
        let is_mixed =
            plan.contains("\r\n") && text(&updated).replace("\r\n", "").contains('\n');
        assert!(!is_mixed);
        assert_eq!(updated.report.entries, []);
    }
}

#[test]
fn actions_in_another_order_neither_come_nor_go() {
    let (old, templates) = crate::embedded();
    let new = next(&REORDERED);
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let plan: Written = khung::build(&old, &templates, &profile, None).0.unwrap().into();
    let first = "Tổ chức triển khai các nhiệm vụ được giao tại Chỉ thị số 01/CT-TTg về thúc đẩy phát triển doanh nghiệp công nghệ số Việt Nam.";
    for plan in [plan.markdown.as_bytes(), &plan.docx] {
        let (updated, _) = khung::update::update(plan, &new, &templates, None, false);
        let report = updated.unwrap().unwrap().report;
        let found: Vec<_> =
            report.entries.iter().map(|one| one.detail.as_str()).collect();
        let [found] = &found[..] else { panic!("{found:?}") };
        let said = found.trim_start_matches("đổi chỗ 1 đoạn: \"").trim_end_matches("…\"");
        assert!(first.starts_with(said) && said.len() > 60, "{found}");
    }
    // Where people wrote in it, or deleted it, it stays with them.
    for edit in [format!("- {first} Báo cáo hàng quý.\n"), String::new()] {
        let plan = plan.markdown.replace(&format!("- {first}\n"), &edit);
        let updated = update(&plan, &new, &templates);
        assert_eq!(updated.report.conflicts(), 0, "{:#?}", updated.report);
        assert_eq!(without_record(text(&updated)), without_record(&plan));
    }
}

#[test]
fn what_markdown_says_beside_its_words_is_not_printed_away() {
    let (old, templates) = crate::embedded();
    let new =
        next(&[("để tự chủ động triển khai làng số.", "để tự triển khai làng số.")]);
    let line = "tổ dân phố để tự chủ động triển khai làng số.";
    let plan = draft(&old, &templates);
    for more in [
        " ![Ảnh](a.png \"Chú thích\")",
        " <!-- hỏi Lan -->",
        " [xem](u \"đề tựa\")",
        " đã hỏi[^1].",
        " <b>đậm</b>",
    ] {
        let mine = format!("{line}{more}\n");
        let edited = plan.replace(&format!("{line}\n"), &mine);
        assert_ne!(edited, plan);
        let updated = update(&edited, &new, &templates);
        assert!(text(&updated).contains(&mine), "{more}");
        assert_eq!(updated.report.conflicts(), 1, "{more}");
        let again = update(text(&updated), &new, &templates);
        assert_eq!(text(&again), text(&updated), "{more}");
    }
}

#[test]
fn a_plan_with_nothing_new_keeps_its_bytes() {
    let (catalog, templates) = crate::embedded();
    let plan = draft(&catalog, &templates);
    let plans = [
        plan.replace('\n', "\r"),
        plan.replacen("\n\n- ", "\n\r\r- ", 1),
        format!("{plan}\ndưới cùng\n"),
    ];
    for plan in plans {
        assert!(text(&update(&plan, &catalog, &templates)) == plan);
    }
}

#[test]
fn both_sides_words_and_conflicts() {
    let (old, templates) = crate::embedded();
    let new = next(&[
        (
            "Tổ chức họp với các doanh nghiệp viễn thông, yêu cầu bảo đảm tốc độ mạng viễn thông di động.",
            "Tổ chức họp với các doanh nghiệp viễn thông, yêu cầu bảo đảm tốc độ mạng viễn thông di động và chất lượng thoại.",
        ),
        (
            "Phổ biến cho người dân tại các làng, xã, tổ dân phố để tự chủ động triển khai làng số.",
            "Phổ biến cho người dân tại các làng, bản, tổ dân phố để tự chủ động triển khai làng số.",
        ),
    ]);
    let plan = draft(&old, &templates)
        .replace(
            "- Tổ chức họp với các doanh nghiệp viễn thông,",
            "- Tổ chức họp hàng quý với các doanh nghiệp viễn thông,",
        )
        .replace(
            "tại các làng, xã, tổ dân phố để tự",
            "tại các làng, xóm, tổ dân phố để tự",
        );
    let updated = update(&plan, &new, &templates);
    let result = text(&updated);
    assert!(result.contains("- Tổ chức họp hàng quý với các doanh nghiệp viễn thông, yêu cầu bảo đảm tốc độ mạng viễn thông di động và chất lượng thoại."));
    assert!(result.contains("tại các làng, xóm, tổ dân phố để tự"));
    assert!(
        result.contains(
            "> **khung 2024.9 – xung đột:** danh mục mới thay \"xã\" bằng \"bản\"."
        ),
        "{result}"
    );
    assert_eq!(updated.report.conflicts(), 1);
    let again = update(result, &new, &templates);
    assert_eq!(text(&again), result);
}

#[test]
fn tasks_come_go_and_move_with_what_people_wrote() {
    let (old, templates) = crate::embedded();
    let new = next(&[
        // Renamed, and moved to another group of Annex III.
        (
            "id = \"digital-villages\"",
            "id = \"smart-villages\"\nrenamed_from = [\"digital-villages\"]",
        ),
        // Gone: the one untouched, the other written in.
        ("id = \"policy-experts\"", "id = \"policy-advisers\""),
        ("id = \"policy-sme\"", "id = \"policy-small\""),
    ]);
    let plan = draft(&old, &templates)
        .replace(
            "- Phổ biến cho người dân tại các làng,",
            "- Chọn 03 xã làm điểm.\n- Phổ biến cho người dân tại các làng,",
        )
        .replace(
            "quy định chính sách chuyển đổi số doanh nghiệp nhỏ và vừa.",
            "quy định chính sách hỗ trợ 200 doanh nghiệp.",
        );
    let updated = update(&plan, &new, &templates);
    let result = text(&updated);
    assert!(in_section(result, "task-smart-villages").contains("- Chọn 03 xã làm điểm."));
    assert!(!result.contains("khung: task-digital-villages"));
    assert!(!result.contains("khung: task-policy-experts"));
    assert!(result.contains("khung: task-policy-advisers"));
    // Another id without a word of where it came from: the old task stays, written in.
    let small = in_section(result, "task-policy-sme");
    assert!(small.contains("quy định chính sách hỗ trợ 200 doanh nghiệp."));
    let events =
        |event| updated.report.entries.iter().filter(|e| e.event == event).count();
    assert!(events(Event::Conflict) >= 1, "{:#?}", updated.report);
    assert!(events(Event::Added) >= 2, "{:#?}", updated.report);
    assert!(events(Event::Removed) >= 1, "{:#?}", updated.report);
}

#[test]
fn guidance_is_reported_under_the_heading_of_its_task() {
    let (old, templates) = crate::embedded();
    let new = next(&[("id = \"policy-experts\"", "id = \"policy-advisers\"")]);
    let updated = update(&draft(&old, &templates), &new, &templates);
    let title = |id: &str| {
        let entry = |entry: &&khung::update::Entry| entry.id.as_deref() == Some(id);
        updated.report.entries.iter().find(entry).unwrap().section.clone()
    };
    for task in ["policy-experts", "policy-advisers"] {
        let heading = title(&format!("task-{task}"));
        let guidance = title(&format!("guide-{task}"));
        let shown = guidance.trim_end_matches('…').strip_prefix("Hướng dẫn – ").unwrap();
        assert!(heading.starts_with(shown), "{guidance}");
        assert!(shown.starts_with("2."), "{guidance}");
    }
}

#[test]
fn a_conflict_says_whose_words_it_is_about() {
    let (old, templates) = crate::embedded();
    let profile = |lead: &str| {
        let task = format!("[[task]]\nid = \"digital-villages\"\nlead = \"{lead}\"\n");
        crate::source("p.toml", &format!("agency = \"Lào Cai\"\n{task}"))
    };
    let plan = khung::build(&old, &templates, &profile("Sở Nội vụ"), None).0.unwrap();
    let plan = plan
        .markdown()
        .replace("*Đơn vị chủ trì:* Sở Nội vụ", "*Đơn vị chủ trì:* Sở Công an");
    let changed = profile("Sở Y tế");
    let lead = ("Sở Thông tin và Truyền thông", "Sở Khoa học");
    for (catalog, whose) in [(old, "hồ sơ"), (next(&[lead]), "danh mục hoặc hồ sơ")]
    {
        let (updated, _) =
            update::update(plan.as_bytes(), &catalog, &templates, Some(&changed), false);
        let updated = updated.unwrap().unwrap();
        let conflicts =
            updated.report.entries.iter().filter(|e| e.event == Event::Conflict);
        let told: Vec<&str> = conflicts.map(|entry| entry.detail.as_str()).collect();
        let words = "\"Nội vụ\" thành \"Y tế\"; giữ chữ của người soạn";
        assert_eq!(told, [format!("{whose}: {words}")]);
        let note = format!("xung đột:** {whose} mới thay \"Nội vụ\" bằng \"Y tế\".");
        assert!(text(&updated).contains(&note), "{}", text(&updated));
    }
}

#[test]
fn what_changes_in_a_table_is_told_row_by_row() {
    let (old, templates) = crate::embedded();
    let new = next(&[(
        "title = \"Phát triển làng số\"",
        "title = \"Phát triển làng số, xã số\"",
    )]);
    let updated = update(&draft(&old, &templates), &new, &templates);
    let is_it = |entry: &&khung::update::Entry| entry.id.as_deref() == Some("annex-3");
    let entry = updated.report.entries.iter().find(is_it).unwrap();
    assert_eq!(entry.detail, "1 chỗ: dòng \"Phát triển làng số\": , xã số");
    let [change] = &entry.changes[..] else { panic!("{entry:#?}") };
    assert_eq!(change.row.as_deref(), Some("Phát triển làng số"));
    assert_eq!(
        (change.base.as_deref(), change.fresh.as_deref()),
        (None, Some(", xã số"))
    );
}

#[test]
fn a_profile_follows_a_renamed_task_and_outlives_a_dropped_one() {
    let (old, templates) = crate::embedded();
    let new = next(&[
        (
            "id = \"digital-villages\"",
            "id = \"smart-villages\"\nrenamed_from = [\"digital-villages\"]",
        ),
        ("id = \"policy-experts\"", "id = \"policy-advisers\""),
        (
            "id = \"digital-schools\"",
            "id = \"schools\"\nrenamed_from = [\"digital-schools\"]",
        ),
    ]);
    let profile = crate::source(
        "p.toml",
        "agency = \"Lào Cai\"\n[[task]]\nid = \"digital-villages\"\nlead = \"Sở Nội vụ\"\n\
         [[task]]\nid = \"policy-experts\"\nlead = \"Sở Tài chính\"\n\
         [[left_out]]\ntask = \"digital-schools\"\nreason = \"Đã xong\"\n",
    );
    let plan: Written = khung::build(&old, &templates, &profile, None).0.unwrap().into();
    for plan in [plan.markdown.as_bytes(), &plan.docx] {
        let (updated, found) = khung::update::update(plan, &new, &templates, None, false);
        let updated = updated.unwrap().unwrap();
        assert_eq!(updated.report.conflicts(), 0, "{:#?}", updated.report);
        let [warning] = &found[..] else { panic!("{found:?}") };
        assert!(warning.message.contains("policy-experts"), "{}", warning.message);
        assert!(!khung::diagnostic::has_errors(&found));
        let Ok(text) = std::str::from_utf8(&updated.plan) else { continue };
        let village = in_section(text, "task-smart-villages");
        assert!(village.contains("*Đơn vị chủ trì:* Sở Nội vụ."));
        assert!(!text.contains("khung: task-schools"));
    }
    // A profile of today must name the tasks of today.
    let (draft, found) = khung::build(&new, &templates, &profile, None);
    assert!(draft.is_none() && khung::diagnostic::has_errors(&found));
}

#[test]
fn a_profile_follows_tasks_that_were_split_or_joined() {
    let (old, templates) = crate::embedded();
    let new = next(&[
        // One becomes two …
        (
            "id = \"digital-villages\"",
            "id = \"villages\"\nreplaces = [\"digital-villages\"]",
        ),
        (
            "id = \"digital-schools\"",
            "id = \"schools\"\nreplaces = [\"digital-villages\"]",
        ),
        // … and two become one; so do two that the profile leaves out.
        (
            "id = \"policy-sme\"",
            "id = \"policy\"\nreplaces = [\"policy-sme\", \"policy-experts\"]",
        ),
        ("id = \"policy-experts\"", "id = \"policy-later\""),
        (
            "id = \"smartphones\"",
            "id = \"devices\"\nreplaces = [\"smartphones\", \"fibre-internet\"]",
        ),
        ("id = \"fibre-internet\"", "id = \"fibre\""),
        // A task of another make, which offers but one of two choices.
        ("id = \"data-centre\"", "id = \"data-hub\"\nreplaces = [\"data-centre\"]"),
        ("id = \"starting-point\"", "id = \"start\""),
    ]);
    let profile = crate::source(
        "p.toml",
        r#"agency = "Lào Cai"
[[task]]
id = "digital-villages"
lead = "Sở Nội vụ"
budget = 300
actions = ["Chọn 03 xã làm điểm."]
[[task]]
id = "data-centre"
choices = { operation = ["rent"], starting-point = ["new"] }
[[task]]
id = "policy-sme"
lead = "Sở Tài chính"
partners = ["Sở Nội vụ"]
[[task]]
id = "policy-experts"
lead = "Sở Công Thương"
product = "Nghị quyết"
[[left_out]]
task = "smartphones"
reason = "Đã xong"
[[left_out]]
task = "fibre-internet"
reason = "Đã xong"
"#,
    );
    let plan: Written = khung::build(&old, &templates, &profile, None).0.unwrap().into();
    for plan in [plan.markdown.as_bytes(), &plan.docx] {
        let (updated, found) = khung::update::update(plan, &new, &templates, None, false);
        let updated = updated.unwrap().unwrap();
        assert_eq!(updated.report.conflicts(), 0, "{:#?}", updated.report);
        let found: Vec<_> = found.into_iter().map(|warning| warning.message).collect();
        assert_eq!(
            found,
            [
                "nhiệm vụ \"digital-villages\" nay được thay bằng \"schools\", \"villages\"; chỉ \"schools\" nhận: nội dung thêm, kinh phí",
                "nhiệm vụ \"data-centre\" nay được thay bằng \"data-hub\"; không nhận được: lựa chọn \"starting-point\": new",
                "nhiệm vụ \"policy-experts\" nay được thay bằng \"policy\"; không nhận được: đơn vị chủ trì \"Sở Công Thương\"",
            ]
        );
        let Ok(text) = std::str::from_utf8(&updated.plan) else { continue };
        for (task, says) in [
            ("villages", "*Đơn vị chủ trì:* Sở Nội vụ."),
            ("schools", "*Đơn vị chủ trì:* Sở Nội vụ."),
            ("schools", "- Chọn 03 xã làm điểm."),
            ("policy", "*Đơn vị chủ trì:* Sở Tài chính."),
            ("policy", "*Đơn vị phối hợp:* Sở Nội vụ."),
            ("policy", "*Sản phẩm:* Nghị quyết."),
        ] {
            let section = in_section(text, &format!("task-{task}"));
            assert!(section.contains(says), "{says}\n{section}");
        }
        assert!(!in_section(text, "task-villages").contains("03 xã"));
        assert!(!text.contains("khung: task-devices"));
    }
}

#[test]
fn an_heir_takes_one_option_where_it_offers_one() {
    let (old, templates) = crate::embedded();
    let new = next(&[
        ("id = \"smartphones\"", "id = \"devices\"\nreplaces = [\"smartphones\"]"),
        ("Nguồn lực bổ sung\"\nmultiple = true", "Nguồn lực bổ sung\"\nmultiple = false"),
    ]);
    let funds = |options: &str| {
        let profile = format!(
            "agency = \"Lào Cai\"\n[[task]]\nid = \"smartphones\"\n\
             choices = {{ extra-funding = [{options}] }}\n"
        );
        let profile = crate::source("p.toml", &profile);
        let plan = khung::build(&old, &templates, &profile, None).0.unwrap();
        let (updated, found) =
            update::update(plan.markdown().as_bytes(), &new, &templates, None, false);
        let updated = updated.unwrap().unwrap();
        let section = in_section(text(&updated), "task-devices").to_owned();
        (section, found.into_iter().map(|one| one.message).collect::<Vec<_>>())
    };
    let (section, found) = funds("\"local-resources\"");
    assert!(section.contains("kết hợp các nguồn lực khác của tỉnh"), "{section}");
    assert_eq!(found, [""; 0]);
    let (section, found) = funds("\"local-resources\", \"social-resources\"");
    assert!(!section.contains("kết hợp các nguồn lực"), "{section}");
    assert!(section.contains("CẦN BỔ SUNG: nguồn lực bổ sung"), "{section}");
    assert_eq!(
        found,
        [
            "nhiệm vụ \"smartphones\" nay được thay bằng \"devices\"; không nhận được: lựa chọn \"extra-funding\": local-resources, social-resources"
        ]
    );
}

/// The ids of the rows of each table of a section, in order.
fn rows(plan: &str, id: &str) -> Vec<String> {
    let sections = parse(plan).unwrap().sections;
    let section = sections.into_iter().find(|s| s.id.as_deref() == Some(id)).unwrap();
    let rows = section.blocks.into_iter().flat_map(|block| match block.kind {
        BlockKind::Table(table) => table.rows,
        _ => Vec::new(),
    });
    rows.filter_map(|row| row.id).collect()
}

#[test]
fn the_row_of_an_empty_group_is_no_task() {
    let (mut catalog, templates) = crate::embedded();
    // The group "data" has no task, and another one has the task "open-data".
    for task in &mut catalog.annexes.get_mut("province").unwrap().tasks {
        if task.section == "data" {
            task.section = "platforms".to_owned();
        }
    }
    let mut ids = rows(&draft(&catalog, &templates), "annex-3");
    ids.sort();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "{ids:?}");
}

#[test]
fn the_row_of_an_empty_group_keeps_its_words_under_an_earlier_id() {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"BYT\"\n");
    let plan = khung::build(&catalog, &templates, &profile, None).0.unwrap().markdown();
    let earlier = |text: &str| text.replace("group-economy-open", "open-economy");
    let mut record = Record::read(record(&plan)).unwrap();
    record.base = earlier(&record.base);
    let slot = "<!-- open-economy -->  | \\[CẦN BỔ SUNG: nhiệm vụ\\]";
    let plan = earlier(without_record(&plan));
    assert!(plan.contains(slot));
    let plan = plan.replace(slot, "<!-- open-economy -->  | Kinh tế số ngành y tế");
    let plan = with_record(&plan, &crate::stamped(&record));
    let updated = update(&plan, &catalog, &templates);
    assert!(text(&updated).contains("| Kinh tế số ngành y tế |"), "{}", text(&updated));
}

#[test]
fn what_is_no_plan_of_this_edition_is_refused() {
    let (catalog, templates) = crate::embedded();
    let plan = draft(&catalog, &templates);
    let refused = |plan: &[u8], catalog: &Catalog| {
        update::update(plan, catalog, &templates, None, false).0.unwrap_err()
    };
    assert_eq!(refused(b"\xFF", &catalog), UpdateError::Unreadable);
    assert_eq!(refused(b"# K\n", &catalog), UpdateError::Record(RecordError::Missing));
    let torn = "# K\n\n<!-- khung-record: QUJD -->\n";
    assert_eq!(
        refused(torn.as_bytes(), &catalog),
        UpdateError::Record(RecordError::Damaged)
    );
    let mut other = catalog.clone();
    other.edition = "2025".to_owned();
    let error = refused(plan.as_bytes(), &other);
    assert!(matches!(error, UpdateError::OtherEdition { .. }), "{error}");
}

#[test]
fn a_defect_of_khung_s_own_is_asked_to_be_told() {
    let rows = [
        (
            UpdateError::Lost(vec!["một".to_owned(), "hai".to_owned()]),
            "mất nội dung đã viết (một, hai)",
        ),
        (
            UpdateError::Strayed("\"Sa Pa\" sang mục khác".to_owned()),
            "sai chỗ (\"Sa Pa\" sang mục khác)",
        ),
        (
            UpdateError::Broken("word/document.xml".to_owned()),
            "bị hỏng (word/document.xml)",
        ),
    ];
    for (error, what) in rows {
        let said = error.to_string();
        for words in
            [what, "lỗi của khung", "tệp được giữ nguyên", "Xin báo lỗi kèm tệp này."]
        {
            assert!(said.contains(words), "no {words:?} in {said}");
        }
    }
}

/// The markers below it are its own text: nobody knows where its sections begin.
#[test]
fn a_fence_that_never_closes_is_told_with_its_line() {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let plan = khung::build(&catalog, &templates, &profile, None).0.unwrap().markdown();
    let edited = plan.replacen("<!-- khung: task-", "~~~\n<!-- khung: task-", 1);
    let line = edited.lines().position(|line| line == "~~~").unwrap() + 1;
    let (updated, found) =
        khung::update::update(edited.as_bytes(), &catalog, &templates, None, false);
    assert!(updated.unwrap().is_none());
    let told: Vec<_> = found.iter().map(|one| (one.code.as_str(), &one.spots)).collect();
    assert_eq!(told, [("open-block", &vec![format!("Dòng {line}: “~~~”")])]);
}
