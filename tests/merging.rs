//! A real plan, really edited, and a catalogue that goes on.

use khung::catalog::Catalog;
use khung::document::{BlockKind, Document, Section};
use khung::identity::Marks;
use khung::markdown;
use khung::merge::{Change, Conflict, Merge, Renames, Travel, What, merge};

/// The plan of Lào Cai by the embedded catalogue after replacing texts in it.
fn plan(replacements: &[(&str, &str)]) -> (String, Renames) {
    let (_, templates) = crate::embedded();
    let mut found = vec![false; replacements.len()];
    let mut sources = Vec::new();
    for source in Catalog::embedded().unwrap() {
        let mut text = source.text.clone();
        for ((old, new), found) in replacements.iter().zip(&mut found) {
            *found |= text.contains(old);
            text = text.replace(old, new);
        }
        sources.push(crate::source(&source.name, &text));
    }
    assert!(found.iter().all(|found| *found), "{found:?}");
    let (catalog, diagnostics) = Catalog::read(&sources);
    assert_eq!(khung::cli::render(&diagnostics), "");
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let (draft, _) = khung::build(&catalog, &templates, &profile, None);
    let markdown = markdown::without_record(&draft.unwrap().markdown()).to_owned();
    (markdown, Renames::of(&catalog.annexes["province"].tasks))
}

fn task(id: &str) -> String {
    let sources = Catalog::embedded().unwrap();
    let text = &sources.iter().find(|s| s.name.ends_with("province.toml")).unwrap().text;
    let start = text.find(&format!("[[task]]\nid = \"{id}\"")).unwrap();
    let end =
        text[start + 1..].find("\n[[task]]").map_or(text.len(), |end| start + 2 + end);
    text[start..end].to_owned()
}

/// A document without its positions.
fn bare(mut document: Document) -> Document {
    for section in &mut document.sections {
        section.source = 0..0;
        for block in &mut section.blocks {
            block.source = 0..0;
            if let BlockKind::Table(table) = &mut block.kind {
                for row in &mut table.rows {
                    row.source = 0..0;
                }
            }
        }
    }
    document
}

fn section<'d>(document: &'d Document, id: &str) -> Option<&'d Section> {
    document.sections.iter().find(|section| section.id.as_deref() == Some(id))
}

fn text(document: &Document, id: &str) -> String {
    let section = section(document, id).unwrap_or_else(|| panic!("{id} is gone"));
    section.blocks.iter().map(|block| block.kind.plain() + "\n").collect()
}

/// A new edition: tasks moved, renamed, reworded, removed, added.
fn next_edition() -> (String, Renames) {
    let (sme, experts) = (task("policy-sme"), task("policy-experts"));
    let both = format!("{sme}{experts}");
    let swapped = format!("{experts}{sme}");
    let fibre = task("fibre-internet");
    let phones = task("smartphones");
    let new = phones
        .replace("\"smartphones\"", "\"sim-cards\"")
        .replace("title = \"", "title = \"Thẻ SIM: ");
    let new = new[..new.find("\n[[task.choice]]").unwrap_or(new.len())].to_owned() + "\n";
    plan(&[
        (&both, &swapped),
        (&fibre, &new),
        (
            "id = \"data-centre\"\n",
            "id = \"data-hub\"\nrenamed_from = [\"data-centre\"]\n",
        ),
        (
            "    { year = 2024, printed = \"Năm 2024\" },\n]\nactions = [\n    \"Xem xét, thiết lập, khai",
            "    { on = 2024-09-30, printed = \"30/9/2024\" },\n]\nactions = [\n    \"Xem xét, thiết lập, vận hành, khai",
        ),
        (
            "{ on = 2024-03-30, printed = \"30/3/2024\" }",
            "{ on = 2024-04-30, printed = \"30/4/2024\" }",
        ),
    ])
}

#[test]
fn an_untouched_plan_becomes_the_new_one() {
    let ((base, _), (fresh, renames)) = (plan(&[]), next_edition());
    let [base, fresh] = [base, fresh].map(|text| bare(markdown::parse(&text).unwrap()));
    let merged = merge(&base, &base, &fresh, &renames, &Marks::default());
    assert_eq!(merged.conflicts(), []);
    let result = bare(merged.apply(&base));
    for (one, other) in result.sections.iter().zip(&fresh.sections) {
        assert_eq!(one, other);
    }
    assert_eq!(result.sections.len(), fresh.sections.len());
    let count =
        |is: fn(&Change<_, _>) -> bool| merged.sections.iter().filter(|c| is(c)).count();
    let added = count(|change| matches!(change, Change::Added(_)));
    let removed = count(|change| matches!(change, Change::Removed(_)));
    assert_eq!((added, removed), (2, 2)); // a task and its guidance
}

#[test]
fn what_people_wrote_stays_where_they_wrote_it() {
    let ((base, _), (fresh, renames)) = (plan(&[]), next_edition());
    let centre = base.find("<!-- khung: task-data-centre").unwrap();
    let lead = "\\[CẦN BỔ SUNG: đơn vị chủ trì\\]";
    let at = centre + base[centre..].find(lead).unwrap();
    let mut edited = base.clone();
    edited.replace_range(at..at + lead.len(), "Văn phòng Ủy ban nhân dân tỉnh");
    for (old, new) in [
        ("tập trung đạt tiêu chuẩn quốc gia", "tập trung đạt tiêu chuẩn quốc gia mức 3"),
        (
            "<!-- khung: guide-data-centre -->",
            "Giao Trung tâm Công nghệ thông tin.\n\n##### 3.9. Mạng riêng của tỉnh\n\nKéo cáp về xã Y Tý.\n\n<!-- khung: guide-data-centre -->",
        ),
        (
            "chính sách thuê chuyên gia chuyển đổi số.",
            "chính sách thuê và đãi ngộ chuyên gia chuyển đổi số.",
        ),
        ("- *Thời hạn hoàn thành:* 30/3/2024.", "- *Thời hạn hoàn thành:* 15/3/2024."),
        ("##### 3.3. ", "##### 3.3. Sớm "),
    ] {
        assert!(edited.contains(old), "{old}");
        edited = edited.replacen(old, new, 1);
    }
    let [base, edited, fresh] =
        [base, edited, fresh].map(|text| markdown::parse(&text).unwrap());
    let merged = merge(&base, &edited, &fresh, &renames, &Marks::default());
    let result = merged.apply(&edited);

    // Renamed by the catalogue: the section, and the row of each table.
    assert!(section(&result, "task-data-centre").is_none());
    let hub = text(&result, "task-data-hub");
    for words in [
        "Xem xét, thiết lập, vận hành, khai thác hiệu quả một trung tâm dữ liệu tập trung đạt tiêu chuẩn quốc gia mức 3",
        "Đơn vị chủ trì: Văn phòng Ủy ban nhân dân tỉnh.",
        "Thời hạn hoàn thành: 30/9/2024.",
        "Giao Trung tâm Công nghệ thông tin.",
    ] {
        assert!(hub.contains(words), "{words}: {hub}");
    }
    assert!(text(&result, "task-policy-experts").contains("thuê và đãi ngộ"));
    // The drafter's own section stands where it stood.
    let own = result.sections.iter().position(|section| section.id.is_none()).unwrap();
    assert_eq!(result.sections[own - 1].id.as_deref(), Some("task-data-hub"));
    assert_eq!(result.sections[own].blocks[1].kind.plain(), "Kéo cáp về xã Y Tý.");
    // Removed by the catalogue, but somebody wrote in its title.
    assert!(text(&result, "task-fibre-internet").contains("Sớm "));
    assert!(section(&result, "guide-fibre-internet").is_none());
    assert!(section(&result, "task-sim-cards").is_some());

    let found = merged.conflicts();
    let [one, other] = &found[..] else { panic!("{found:#?}") };
    let What::Words(offer) = &one.what else { panic!("{one:?}") };
    assert_eq!(
        (offer.base.as_str(), offer.fresh.plain().as_str()),
        ("30/3/2024", "30/4/2024")
    );
    assert_eq!(other.what, What::Whole(&Conflict::Removed));
    assert_eq!(moved(&merged), ["task-policy-sme"]);

    let again = merge(&fresh, &result, &fresh, &renames, &Marks::default());
    assert!(again.changes_nothing());
}

fn moved(merged: &Merge) -> Vec<&str> {
    let sections = merged.sections.iter().filter_map(|change| match change {
        Change::Kept(section) if section.travel == Travel::Moved => section.id.as_deref(),
        _ => None,
    });
    sections.collect()
}
