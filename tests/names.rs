//! A paragraph keeps its bookmark for life: copies of a plan of which only some were updated
//! mean the same by the same bookmark, and can be put together.

use khung::catalog::Catalog;
use khung::docx::package::Package;
use khung::record::give;
use khung::template::Templates;
use khung::update::{Event, Report, update};

use crate::updating::shown;

const FIRST: &str = "<!-- khung: tasks -->\n### III. NHIỆM VỤ\n\n\
<!-- khung: task-law -->\n#### 1. Rà soát văn bản\n\n\
Rà soát các văn bản của tỉnh đã ban hành.\n\n\
Thời hạn hoàn thành: 30/5/2024.\n\n\
Đơn vị chủ trì thực hiện: Sở Tư pháp.\n\n\
<!-- khung: task-villages -->\n#### 2. Làng số\n\n\
Phổ biến cho người dân tại các làng.\n\n\
Lập tổ công nghệ số cộng đồng ở từng làng.\n\n\
<!-- khung: annex-3 -->\n## Phụ lục III<br>DANH MỤC NHIỆM VỤ\n\n\
| STT | Nhiệm vụ | Thời hạn |\n| :-: | --- | :-: |\n\
| <!-- law --> 1 | Rà soát văn bản | 30/5/2024 |\n\
| <!-- villages --> 2 | Làng số | Năm 2024 |\n";

/// What the second edition changes; the villages are called otherwise there.
const SECOND: [(&str, &str); 6] = [
    (
        "Rà soát văn bản\n\nRà soát",
        "Hoàn thiện pháp luật\n\nThành lập tổ công tác liên ngành về thể chế số.\n\nRà soát",
    ),
    ("Thời hạn hoàn thành: 30/5/2024.\n\n", ""),
    ("Sở Tư pháp.\n\n", "Sở Tư pháp.\n\nĐơn vị phối hợp: Công an tỉnh.\n\n"),
    ("task-villages", "task-hamlets"),
    (
        "Làng số\n\nPhổ biến",
        "Bản làng số\n\nKhảo sát nhu cầu của từng bản làng.\n\nPhổ biến",
    ),
    (
        "| <!-- law --> 1 | Rà soát văn bản | 30/5/2024 |\n| <!-- villages --> 2",
        "| <!-- new --> 1 | Thành lập tổ công tác | Tháng 3 |\n\
         | <!-- law --> 2 | Rà soát văn bản | 30/5/2024 |\n| <!-- hamlets --> 3",
    ),
];

/// And the third.
const THIRD: [(&str, &str); 2] = [
    ("Hoàn thiện pháp luật\n\n", "Hoàn thiện pháp luật\n\nHọp giao ban hằng tháng.\n\n"),
    ("Lập tổ công nghệ", "Kiện toàn tổ công nghệ"),
];

fn changed(text: &str, changes: &[(&str, &str)]) -> String {
    changes.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

/// An edition of the catalogue, with the frame of its plan.
struct Edition(Catalog, Templates);

impl Edition {
    fn of(version: u8, frame: &str) -> Self {
        let (mut catalog, _) = crate::embedded();
        catalog.version = format!("2024.{version}");
        let task = &mut catalog.annexes.get_mut("province").unwrap().tasks[0];
        "hamlets".clone_into(&mut task.id);
        task.renamed_from = vec!["villages".to_owned()];
        // The frame is a small one, and prints all tasks that there are.
        let annex = catalog.annexes.get_mut("province").unwrap();
        annex.tasks.retain(|task| frame.contains(&format!("task-{} ", task.id)));
        let frame = crate::source("plan.md", frame);
        Self(catalog, Templates::parse(vec![frame]).unwrap())
    }

    fn all() -> [Self; 3] {
        let second = changed(FIRST, &SECOND);
        let third = changed(&second, &THIRD);
        [(1, FIRST), (2, &second), (3, &third)].map(|(n, frame)| Self::of(n, frame))
    }

    fn draft(&self) -> Vec<u8> {
        let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
        let (draft, found) = khung::build(&self.0, &self.1, &profile, None);
        draft.unwrap_or_else(|| panic!("{}", khung::cli::render(&found))).docx().unwrap()
    }

    /// A plan brought to this edition, every change taken.
    fn update(&self, plan: &[u8]) -> (Vec<u8>, Report) {
        let updated = update(plan, &self.0, &self.1, None, true).0;
        let updated = updated.unwrap_or_else(|error| panic!("{error}")).unwrap();
        (updated.plan, updated.report)
    }
}

fn xml(plan: &[u8]) -> String {
    let package = Package::read(plan).unwrap();
    String::from_utf8(package.part("word/document.xml").unwrap().to_vec()).unwrap()
}

fn with_xml(plan: &[u8], xml: &str) -> Vec<u8> {
    let mut package = Package::read(plan).unwrap();
    package.replace("word/document.xml", xml.to_owned());
    package.write().unwrap()
}

/// Where a task stands: from the paragraph that begins so up to another one.
fn task(xml: &str, from: &str, to: &str) -> std::ops::Range<usize> {
    let start = |says: &str| {
        let at = xml.find(says).unwrap_or_else(|| panic!("{says}"));
        xml[..at].rfind("<w:p>").unwrap()
    };
    start(from)..start(to)
}

/// The plan with the tasks of another copy: from the paragraphs that begin so, here and there,
/// up to another one.
fn combined(plan: &[u8], other: &[u8], from: [&str; 2], to: [&str; 2]) -> Vec<u8> {
    let (mut own, other) = (xml(plan), xml(other));
    let range = task(&own, from[0], to[0]);
    own.replace_range(range, &other[task(&other, from[1], to[1])]);
    with_xml(plan, &own)
}

/// The plan with the record of another file.
fn based_on(plan: &[u8], base: &[u8], edition: &Edition) -> Vec<u8> {
    let mut package = Package::read(plan).unwrap();
    package.parts.retain(|(name, _)| {
        !name.starts_with("customXml/") && name != "docProps/custom.xml"
    });
    give(&package.write().unwrap(), base, &edition.0).unwrap().plan
}

/// Nothing of a report tells of something that people did.
fn is_clean(report: &Report, what: &str) {
    assert_eq!(report.conflicts(), 0, "{what}: {report:#?}");
    let told = [Event::StaysDeleted, Event::Recovered];
    let entry = report.entries.iter().find(|entry| told.contains(&entry.event));
    assert_eq!(entry, None, "{what}");
}

const LAW: &str = "1. ";
const VILLAGES: &str = "2. ";

#[test]
fn copies_of_which_one_was_updated_can_be_put_together() {
    let [first, second, third] = Edition::all();
    let old = first.draft();
    let (new, _) = second.update(&old);
    let fresh = shown(&second.draft());
    assert_eq!(shown(&new), fresh);
    let annex = "Phụ lục III";
    for (what, from, to) in [
        ("the law", [LAW; 2], [VILLAGES; 2]),
        ("the villages", [VILLAGES; 2], [annex; 2]),
        ("both", [LAW; 2], [annex; 2]),
    ] {
        // By the base of the copy that was not updated, all becomes the second edition.
        for (one, other) in [(&new, &old), (&old, &new)] {
            let plan = based_on(&combined(one, other, from, to), &old, &second);
            let (plan, report) = second.update(&plan);
            is_clean(&report, what);
            assert_eq!(shown(&plan), fresh, "{what}");
        }
        // By that of the other one, the old words are people's; and go on as such.
        let plan = combined(&new, &old, from, to);
        let (same, report) = second.update(&plan);
        is_clean(&report, what);
        assert_eq!((report.changes(), same == plan), (0, true), "{what}");
        let (plan, report) = third.update(&plan);
        is_clean(&report, what);
        let text = shown(&plan);
        let mut lines: Vec<&str> = text.lines().collect();
        let count = lines.len();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), count, "{what}: {text}");
        for line in ["Họp giao ban hằng tháng.", "Kiện toàn tổ công nghệ số cộng đồng"]
        {
            assert!(text.contains(line), "{what}: {line} in {text}");
        }
    }
}

/// The bookmarks of a plan, as they stand there.
fn bookmarks(plan: &[u8]) -> Vec<String> {
    let xml = xml(plan);
    let pieces = xml.split("<w:bookmark").skip(1);
    pieces.map(|piece| piece.split("/>").next().unwrap().to_owned()).collect()
}

#[test]
fn an_update_that_adds_nothing_changes_no_bookmark() {
    let first = Edition::of(1, FIRST);
    let changes = [
        ("Rà soát văn bản\n", "Hoàn thiện pháp luật\n"),
        ("Thời hạn hoàn thành: 30/5/2024.\n\n", ""),
        ("task-villages", "task-hamlets"),
        ("tại các làng", "tại các bản làng"),
        ("| <!-- law --> 1 | Rà soát văn bản | 30/5/2024 |\n", ""),
        ("<!-- villages --> 2", "<!-- hamlets --> 1"),
    ];
    let second = Edition::of(2, &changed(FIRST, &changes));
    let plan = first.draft();
    let tracked = update(&plan, &second.0, &second.1, None, false).0.unwrap().unwrap();
    assert!(tracked.report.changes() > 0, "{:#?}", tracked.report);
    assert_eq!(bookmarks(&tracked.plan), bookmarks(&plan));
    // What was taken has gone with its bookmark; the rest is as it was, however it is called.
    let (taken, _) = second.update(&plan);
    let mut left = bookmarks(&plan);
    left.retain(|bookmark| bookmarks(&taken).contains(bookmark));
    assert_eq!(bookmarks(&taken), left);
    assert_eq!(left.len() + 2 * 2, bookmarks(&plan).len());
    assert!(left.iter().any(|bookmark| bookmark.contains("_khung_task_villages_1")));
}
