//! The hardest job, as data: `tests/update/<change>/` holds a small frame before (`base.md`)
//! and after (`fresh.md`), and what people made of the plan meanwhile, in Markdown (`*.md`) or
//! as the body of the Word file (`*.xml`, in the shorthand of `tests/reading`); beside each the
//! snapshot of what the update makes of it, and says.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use khung::catalog::Catalog;
use khung::document::{BlockKind, Document, Text};
use khung::docx;
use khung::docx::package::Package;
use khung::docx::xml::{self, Element, Node};
use khung::markdown::{self, record, with_record, without_record};
use khung::record::Record;
use khung::template::Templates;
use khung::update::{Event, Report, update};

use crate::reading::shorthand::SHORTHAND;

#[test]
fn cases() {
    insta::glob!("update/*/*.{md,xml}", |path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        if ["base.md", "fresh.md"].contains(&name) {
            return;
        }
        let folder = path.parent().unwrap();
        insta::with_settings!({ snapshot_path => folder,
            prepend_module_to_snapshot => false, omit_expression => true,
            snapshot_suffix => "" }, {
            insta::assert_snapshot!(name, updated(folder, path));
        });
    });
}

/// What an update makes of a file, and what it says; doing it again changes nothing.
fn updated(folder: &Path, edited: &Path) -> String {
    let (old, _) = crate::embedded();
    let new = Catalog { version: "2024.9".to_owned(), ..old.clone() };
    let [base, fresh] = ["base.md", "fresh.md"].map(|name| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        Templates::parse(vec![crate::source("plan.md", &text)]).unwrap()
    });
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let (draft, diagnostics) = khung::build(&old, &base, &profile, None);
    let draft = draft.unwrap_or_else(|| panic!("{}", khung::cli::render(&diagnostics)));
    let text = fs::read_to_string(edited).unwrap();
    let is_word = edited.extension().is_some_and(|end| end == "xml");
    let plan = if is_word {
        with_body(&draft.docx().unwrap(), &text)
    } else {
        with_record(&text, record(&draft.markdown()).unwrap()).into_bytes()
    };
    let run = |plan: &[u8], accept| {
        let (updated, diagnostics) = update(plan, &new, &fresh, None, accept);
        assert_eq!(khung::cli::render(&diagnostics), "");
        updated.unwrap_or_else(|error| panic!("{error}")).unwrap()
    };
    let once = run(&plan, false);
    let again = run(&run(&plan, true).plan, true);
    assert_eq!(again.report.changes(), 0, "{:#?}", again.report);
    let plan = if is_word {
        shown(&once.plan)
    } else {
        without_record(std::str::from_utf8(&once.plan).unwrap()).to_owned()
    };
    format!("{}\n-----\n{plan}", told(&once.report))
}

/// One line an entry.
fn told(report: &Report) -> String {
    let line = |entry: &khung::update::Entry| {
        format!("{}: {} – {}", entry.section, entry.event.printed(), entry.detail)
    };
    let lines: Vec<String> = report.entries.iter().map(line).collect();
    let (changes, conflicts) = (report.changes(), report.conflicts());
    format!("{}\n{changes} thay đổi, {conflicts} xung đột", lines.join("\n"))
}

/// A Word file with another body, its shorthand written out, on the same pages.
fn with_body(docx: &[u8], body: &str) -> Vec<u8> {
    let mut body = body.to_owned();
    for (short, long) in SHORTHAND {
        body = body.replace(short, long);
    }
    let mut numbered = String::new();
    for (n, piece) in body.split("w:id=\"1\"").enumerate() {
        if n > 0 {
            // The start of a bookmark, and its end.
            let _ = write!(numbered, "w:id=\"{}\"", n.div_ceil(2));
        }
        numbered += piece;
    }
    let mut package = Package::read(docx).unwrap();
    let main = package.part("word/document.xml").unwrap();
    let main = std::str::from_utf8(main).unwrap();
    let start = main.find("<w:body>").unwrap() + "<w:body>".len();
    let end = main.rfind("<w:sectPr").unwrap();
    let main = format!("{}{numbered}{}", &main[..start], &main[end..]);
    package.replace("word/document.xml", main);
    package.write().unwrap()
}

/// The body of a Word file, a line a paragraph or row: `{+what comes in+}`, `[-what goes-]`, and
/// the comments behind the line that they are on.
pub(crate) fn shown(docx: &[u8]) -> String {
    let package = Package::read(docx).unwrap();
    let part = |name: &str| package.part(name).map(|part| xml::parse(part).unwrap());
    let mut comments = Vec::new();
    each(&part("word/comments.xml").unwrap_or_default(), &mut |element| {
        if element.name == "w:comment" {
            let mut line = Line::default();
            line.read(&element.children);
            comments.push((element.value("w:id").unwrap(), line.text));
        }
    });
    let mut out = String::new();
    each(&part("word/document.xml").unwrap(), &mut |element| {
        let mut line = Line::default();
        match &*element.name {
            "w:p" => line.read(std::slice::from_ref(&Node::Element(element.clone()))),
            "w:tr" => {
                for cell in element.elements("w:tc") {
                    line.text += "| ";
                    line.read(&cell.children);
                    line.text += " ";
                }
            }
            _ => return,
        }
        let properties = element.element("w:pPr");
        let look = properties.and_then(|all| all.element("w:pStyle")?.value("w:val"));
        let mark =
            properties.and_then(|all| all.element("w:rPr")).or(element.element("w:trPr"));
        let is = |name| mark.is_some_and(|mark| mark.element(name).is_some());
        let sign = if is("w:ins") {
            "+ "
        } else if is("w:del") {
            "- "
        } else {
            ""
        };
        let look = look.map(|look| format!("‹{look}› ")).unwrap_or_default();
        let _ = writeln!(out, "{sign}{look}{}", line.text);
        for id in line.comments {
            let (_, said) = comments.iter().find(|(own, _)| *own == id).unwrap();
            let _ = writeln!(out, "    ⟵ {said}");
        }
    });
    out
}

/// Sees every element that no paragraph or row holds.
fn each(nodes: &[Node], see: &mut impl FnMut(&Element)) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        see(element);
        if !["w:p", "w:tr", "w:comment"].contains(&&*element.name) {
            each(&element.children, see);
        }
    }
}

/// What a paragraph says.
#[derive(Default)]
struct Line {
    text: String,
    comments: Vec<String>,
}

impl Line {
    fn read(&mut self, nodes: &[Node]) {
        for node in nodes {
            let Node::Element(element) = node else { continue };
            let (open, close) = match &*element.name {
                "w:ins" if !element.children.is_empty() => ("{+", "+}"),
                "w:del" if !element.children.is_empty() => ("[-", "-]"),
                "w:t" | "w:delText" => {
                    self.text += &element.text();
                    continue;
                }
                "w:br" => ("/", ""),
                "w:commentReference" => {
                    self.comments.extend(element.value("w:id"));
                    continue;
                }
                "w:p" if !self.text.is_empty() && !self.text.ends_with("| ") => (" ", ""),
                _ => ("", ""),
            };
            self.text += open;
            self.read(&element.children);
            self.text += close;
        }
    }
}

/// `tests/versions/` holds a plan, in both forms, of every version of khung that wrote its own
/// marks or record: people go on with such files for months.
#[test]
fn plans_of_earlier_versions_are_still_read() {
    let (_, templates) = crate::embedded();
    let (mut new, _) = crate::embedded();
    "2024.9".clone_into(&mut new.version);
    let task = &mut new.annexes.get_mut("ministry").unwrap().tasks[0];
    let id = task.id.clone();
    task.title += " và giám sát";
    let mut count = 0;
    for entry in fs::read_dir("tests/versions").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let plan = fs::read(&path).unwrap();
        // Every word is in its place: nothing is to be done but what the catalogue changes.
        let (updated, diagnostics) = update(&plan, &new, &templates, None, false);
        assert_eq!(khung::cli::render(&diagnostics), "");
        let report = updated.unwrap().unwrap().report;
        assert_eq!(report.conflicts(), 0, "{name}: {report:#?}");
        let section = report.entries.iter().find(|entry| {
            entry.id.as_deref().is_some_and(|own| own == format!("task-{id}"))
        });
        let section = section.unwrap_or_else(|| panic!("{name}: {report:#?}"));
        assert!(section.detail.ends_with("và giám sát"), "{name}: {}", section.detail);
        assert!(report.entries.iter().all(|entry| entry.event != Event::Recovered));
        // Untouched, it becomes what is drafted today, and nothing of the earlier text is left.
        let (catalog, _) = crate::embedded();
        let (updated, _) = update(&plan, &catalog, &templates, None, true);
        let updated = updated.unwrap().unwrap();
        assert_eq!(updated.report.conflicts(), 0, "{name}: {:#?}", updated.report);
        if path.extension().is_some_and(|end| end == "md") {
            let profile = "agency = \"TTCP\"\nguidance = \"none\"\n";
            let profile = crate::source("p.toml", profile);
            let (fresh, _) = khung::build(&catalog, &templates, &profile, None);
            let lines = |text: &str| -> Vec<String> {
                let text = khung::markdown::without_record(text);
                text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
            };
            let text = std::str::from_utf8(&updated.plan).unwrap();
            assert_eq!(lines(text), lines(&fresh.unwrap().markdown()), "{name}");
        }
        // It is as it was drafted: open slots, and nothing else, stand in the way of signing.
        let found = khung::review::review(&name, &plan, &catalog).unwrap();
        let codes: Vec<&str> = found.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, ["empty-slot"], "{name}");
        count += 1;
    }
    assert_eq!(count, 6);
}

/// What a plan says, Word or Markdown.
fn said(plan: &[u8]) -> Document {
    if let Ok(text) = std::str::from_utf8(plan) {
        return markdown::parse(without_record(text)).unwrap();
    }
    let package = Package::read(plan).unwrap();
    let main = docx::read::Main::of(&package).unwrap();
    let record = Record::read(docx::read_record(&package).as_deref()).unwrap();
    let base = markdown::parse(&record.base).unwrap();
    docx::read::read(&package, &main, &base, &record.names).unwrap().document
}

/// A version of the frame has other columns: a table in which people wrote keeps its own, with all
/// that they wrote, and the report says which columns there are now; others become the frame's.
#[test]
fn a_table_that_people_wrote_in_keeps_its_columns() {
    let (catalog, templates) = crate::embedded();
    let scale = "[CẦN BỔ SUNG: quy mô]";
    let heads = |document: &Document, id: &str| -> Vec<String> {
        let section = document.sections.iter().find(|one| one.id.as_deref() == Some(id));
        let tables = section.unwrap().blocks.iter().filter_map(|one| match &one.kind {
            BlockKind::Table(table) => Some(table),
            _ => None,
        });
        let rows: Vec<_> = tables.filter_map(|table| table.rows.first()).collect();
        assert_eq!(rows.len(), 1, "{id}");
        rows[0].cells.iter().map(Text::plain).collect()
    };
    for name in ["0.3.0.md", "0.3.0.docx"] {
        let plan = fs::read(Path::new("tests/versions").join(name)).unwrap();
        let edited = if let Ok(text) = String::from_utf8(plan.clone()) {
            let slot = scale.replace('[', "\\[").replace(']', "\\]");
            text.replacen(&slot, "12 đơn vị", 1).into_bytes()
        } else {
            let mut package = Package::read(&plan).unwrap();
            let parts = &mut package.parts;
            let main = parts.iter_mut().find(|(name, _)| name == "word/document.xml");
            let (_, main) = main.unwrap();
            let text = String::from_utf8(main.clone()).unwrap();
            *main = text.replacen(scale, "12 đơn vị", 1).into_bytes();
            package.write().unwrap()
        };
        let (updated, found) = update(&edited, &catalog, &templates, None, true);
        assert_eq!(khung::cli::render(&found), "", "{name}");
        let updated = updated.unwrap().unwrap();
        let kept: Vec<&str> = updated
            .report
            .entries
            .iter()
            .filter(|entry| entry.event == Event::Kept)
            .map(|entry| entry.detail.as_str())
            .collect();
        assert_eq!(
            kept,
            [
                "bảng đã được sửa, giữ các cột như trong tệp; danh mục nay thêm cột “Quy mô, nội dung”, \
              bỏ cột “Quy mô”, “Nội dung”"
            ],
            "{name}"
        );
        assert_eq!(updated.report.conflicts(), 0, "{name}: {:#?}", updated.report);
        let (again, _) = update(&updated.plan, &catalog, &templates, None, true);
        assert_eq!(again.unwrap().unwrap().report.changes(), 0, "{name}");
        let document = said(&updated.plan);
        let works = heads(&document, "annex-3");
        assert_eq!(works.len(), 11, "{works:?}");
        assert!(works.iter().any(|head| head == "Quy mô"), "{works:?}");
        assert!(document.sections.iter().any(|one| {
            one.blocks.iter().any(|block| block.kind.plain().contains("12 đơn vị"))
        }));
        // Nobody wrote in the calendar.
        assert_eq!(heads(&document, "annex-4")[3], "Đơn vị chủ trì", "{name}");
    }
}
