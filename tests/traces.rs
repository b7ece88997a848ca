//! What the report of an update says of paragraphs that people took from their place.

use khung::docx::package::Package;
use khung::update::{Event, update};

const OLD: &str = "Lập danh sách hộ nghèo, hộ cận nghèo để triển khai.";
/// The headings of its task and of the next one.
const HEADING: &str = "Mỗi người dân trưởng thành có một điện thoại thông minh";
const NEXT: &str =
    "Mỗi hộ gia đình có khả năng tiếp cận một đường Internet cáp quang băng rộng";
const NEW: &str = "Lập danh sách hộ nghèo để triển khai.";

const CHANGED: &str = "1 chỗ: bỏ \", hộ cận nghèo\"";
const GONE: &str =
    "đã xóa hoặc chuyển đi; danh mục nay viết: Lập danh sách hộ nghèo để triển khai.";

const AWAY: &str = "người soạn đã xóa hoặc chuyển phần này đi";

/// The paragraph that says something, and where it stands.
fn paragraph(xml: &str, says: &str) -> std::ops::Range<usize> {
    let at = xml.find(says).unwrap();
    let start = xml[..at].rfind("<w:p>").unwrap();
    start..at + xml[at..].find("</w:p>").unwrap() + "</w:p>".len()
}

/// Takes the bookmarks out of a text.
fn without_bookmarks(xml: &str) -> String {
    let mut pieces = xml.split("<w:bookmark");
    let mut out = pieces.next().unwrap().to_owned();
    out.extend(pieces.map(|piece| piece.split_once("/>").unwrap().1));
    out
}

/// What people did to the paragraph that the catalogue changes, and what the report says.
type Case = (&'static str, fn(&mut Package), &'static [(Event, &'static str)]);

fn edit(package: &mut Package, change: impl Fn(&str) -> String) {
    let (_, bytes) =
        package.parts.iter_mut().find(|(name, _)| name == "word/document.xml").unwrap();
    *bytes = change(std::str::from_utf8(bytes).unwrap()).into_bytes();
}

const CASES: [Case; 8] = [
    ("nothing", |_| {}, &[(Event::Changed, CHANGED)]),
    (
        "deleted it",
        |package| {
            edit(package, |xml| {
                let mut xml = xml.to_owned();
                xml.replace_range(paragraph(&xml, OLD), "");
                xml
            });
        },
        &[(Event::StaysDeleted, GONE)],
    ),
    (
        "deleted the whole task",
        |package| {
            edit(package, |xml| {
                let mut xml = xml.to_owned();
                let start = paragraph(&xml, HEADING).start;
                xml.replace_range(start..paragraph(&xml, NEXT).start, "");
                xml
            });
        },
        // The task, and the guidance on it.
        &[(Event::StaysDeleted, AWAY), (Event::StaysDeleted, AWAY)],
    ),
    (
        "moved it into another section",
        |package| {
            edit(package, |xml| {
                let mut xml = xml.to_owned();
                let at = paragraph(&xml, OLD);
                let moved = xml[at.clone()].to_owned();
                xml.replace_range(at, "");
                let end = paragraph(&xml, "Nơi nhận").start;
                let end = xml[..end].rfind("<w:tbl>").unwrap_or(end);
                xml.insert_str(end, &moved);
                xml
            });
        },
        &[
            (Event::StaysDeleted, GONE),
            (Event::Recovered, "1 đoạn đã chuyển chỗ, coi là chữ tự viết"),
        ],
    ),
    (
        "copied it",
        |package| {
            edit(package, |xml| {
                let at = paragraph(xml, OLD);
                let copy = without_bookmarks(&xml[at.clone()]);
                let copy = copy.replace(
                    "</w:pPr>",
                    "</w:pPr><w:bookmarkStart w:id=\"9001\" w:name=\"NAME_Copy_1\"/><w:bookmarkEnd w:id=\"9001\"/>",
                );
                let name = xml[at.clone()].split("w:name=\"").nth(1).unwrap();
                let copy = copy.replace("NAME", name.split('"').next().unwrap());
                let mut xml = xml.to_owned();
                xml.insert_str(at.end, &copy);
                xml
            });
        },
        &[
            (Event::Changed, CHANGED),
            (Event::Recovered, "1 đoạn chép thêm, coi là chữ tự viết"),
        ],
    ),
    (
        "lost its bookmark",
        |package| {
            edit(package, |xml| {
                let at = paragraph(xml, OLD);
                let mut xml = xml.to_owned();
                let bare = without_bookmarks(&xml[at.clone()]);
                xml.replace_range(at, &bare);
                xml
            });
        },
        &[
            (Event::Changed, CHANGED),
            (Event::Recovered, "1 đoạn mất dấu, nhận ra theo câu chữ"),
        ],
    ),
    (
        "lost all bookmarks, in a program that keeps no custom XML either",
        |package| {
            edit(package, without_bookmarks);
            package.parts.retain(|(name, _)| !name.starts_with("customXml/"));
        },
        &[
            (Event::Changed, CHANGED),
            (Event::Recovered, "9 đoạn mất dấu, nhận ra theo câu chữ"),
            (Event::Recovered, "một trong hai bản đã mất hoặc khác; theo bản còn đúng"),
        ],
    ),
    (
        "lost all bookmarks, and was typed over",
        |package| {
            edit(package, |xml| {
                without_bookmarks(xml)
                    .replace(OLD, "Việc này tỉnh đã làm xong từ lâu rồi")
            });
        },
        &[
            (
                Event::Conflict,
                "danh mục: \"Lập danh sách hộ nghèo, hộ cận nghèo để triển khai.\" thành \"Lập danh sách hộ nghèo để triển khai.\"; giữ chữ của người soạn",
            ),
            (Event::Recovered, "8 đoạn mất dấu, nhận ra theo câu chữ"),
            (Event::Conflict, "1 đoạn không rõ đã xóa hay viết lại; để nguyên chỗ đó"),
        ],
    ),
];

#[test]
fn what_was_taken_from_its_place_is_told() {
    let (old, templates) = crate::embedded();
    let new = crate::update::next(&[(OLD, NEW)]);
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let plan = khung::build(&old, &templates, &profile, None).0.unwrap().docx().unwrap();
    for (what, change, said) in CASES {
        let mut package = Package::read(&plan).unwrap();
        change(&mut package);
        let edited = package.write().unwrap();
        let (updated, _) = update(&edited, &new, &templates, None, false);
        let report = updated.unwrap().unwrap().report;
        let found: Vec<(Event, &str)> = report
            .entries
            .iter()
            .map(|entry| (entry.event, entry.detail.as_str()))
            .collect();
        assert_eq!(found, said, "{what}");
    }
}
