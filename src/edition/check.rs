//! Whether a catalogue and its frame fit: one plan of each kind of agency is drafted, and must
//! say of every task what the catalogue says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::agency::Agency;
use crate::catalog::{Catalog, EDITION};
use crate::diagnostic::{Code, Diagnostic, Place, Severity, has_errors};
use crate::document::{
    Block, BlockKind, Document, Heading, Role, Section, part_length, role,
};
use crate::plan::Plan;
use crate::source::{Source, brief, quoted, words};
use crate::template::Templates;
use crate::{Draft, compose};

/// Checks the catalogue in `sources`, its frame, and the sample profiles that it carries.
#[must_use]
pub fn check(sources: &[Arc<Source>], templates: &Templates) -> Vec<Diagnostic> {
    let (catalog, mut found) = Catalog::read(sources);
    if has_errors(&found) {
        return found;
    }
    let mut kinds = BTreeSet::new();
    let active = catalog.agencies.iter().filter(|agency| agency.is_active());
    let firsts = active.filter(|agency| kinds.insert(&agency.kind));
    for agency in firsts {
        let text = format!("agency = \"{}\"\n", agency.name);
        let Ok(profile) = Source::new(format!("{}.toml", agency.id), text.as_bytes())
        else {
            continue;
        };
        let (composed, wrong) = compose(&catalog, templates, &profile, None, |_| {});
        found.extend(wrong);
        if let Some((drafted, plan)) = composed {
            let fit = Fit { sources, templates, agency, plan: &plan, drafted: &drafted };
            found.extend(fit.tasks());
            found.extend(fit.texts());
        }
    }
    for sample in catalog.samples.values() {
        found.extend(compose(&catalog, templates, sample, None, |_| {}).1);
    }
    // What is wrong for one kind of agency mostly is for all.
    let mut seen = BTreeSet::new();
    found.retain(|one| {
        let place =
            one.place.as_ref().map(|place| (place.source.name.clone(), place.span.start));
        seen.insert((one.code, one.message.clone(), place))
    });
    found
}

/// What a plan shows of a frame that does not fit its catalogue: tasks of which it says nothing,
/// as an error, and quotes that are not marked as guidance, as a warning.
pub(crate) fn unfit(plan: &Plan, document: &Document) -> Vec<Diagnostic> {
    let ids: BTreeSet<&str> =
        document.sections.iter().filter_map(|one| one.id.as_deref()).collect();
    let tasks = plan.groups.iter().flat_map(|group| &group.tasks);
    let (printed, lost): (Vec<_>, Vec<_>) =
        tasks.partition(|task| ids.contains(&*role::task(&task.id)));
    let titles: Vec<String> = lost.iter().map(|task| brief(&task.title)).collect();
    // A frame without any is no frame of tasks.
    let is_lost = !printed.is_empty() && !titles.is_empty();
    let quotes = bare_quotes(document);
    let quotes = quotes.map(|one| Diagnostic { severity: Severity::Warning, ..one });
    let decides = document.sections.iter().any(|one| one.role() == Role::Enacting);
    let decision = (plan.decision.is_some() && !decides).then(|| {
        Diagnostic::warning(
            Code::TemplateFrame,
            "khung kế hoạch không in Quyết định: chỉ có kế hoạch kèm theo",
            "Thêm phần Quyết định vào plan.md như mẫu có sẵn (`khung catalog export`), hoặc bỏ \
             `form = \"decision\"`.",
        )
    });
    is_lost.then(|| no_tasks(titles)).into_iter().chain(quotes).chain(decision).collect()
}

fn no_tasks(titles: Vec<String>) -> Diagnostic {
    Diagnostic::error(
        Code::TemplateFrame,
        "khung kế hoạch không in những nhiệm vụ này",
        "In mỗi nhiệm vụ của nhóm dưới dòng <!-- khung: task-{{ task.id }} --> và đề mục của nó. \
         `khung check` với thư mục danh mục cho biết từng chỗ.",
    )
    .among(titles)
}

/// Quotes of the frame outside its guidance: a copy for signing would keep them.
fn bare_quotes(document: &Document) -> Option<Diagnostic> {
    let spots: Vec<String> = blocks(document)
        .filter(|(_, block, section)| {
            matches!(block.kind, BlockKind::Quote(_)) && !section.is_guidance()
        })
        .map(|(place, block, _)| {
            format!("mục “{place}”: “{}”", brief(&block.kind.plain()))
        })
        .collect();
    let message = "khung kế hoạch in trích dẫn không nằm dưới dấu hướng dẫn nào: bản trình ký sẽ \
                   giữ lại";
    let hint = "Đặt dòng <!-- khung: guide-ma-muc --> ngay trước lời hướng dẫn.";
    (!spots.is_empty())
        .then(|| Diagnostic::error(Code::TemplateFrame, message, hint).among(spots))
}

/// A drafted plan beside what it was drafted from.
struct Fit<'f> {
    sources: &'f [Arc<Source>],
    templates: &'f Templates,
    agency: &'f Agency,
    plan: &'f Plan,
    drafted: &'f Draft,
}

impl Fit<'_> {
    fn document(&self) -> &Document {
        &self.drafted.document
    }

    /// The heading with which a section of this id begins.
    fn heading(&self, id: &str) -> Option<&Heading> {
        let mut sections = self.document().sections.iter();
        let section = sections.find(|section| section.id.as_deref() == Some(id))?;
        match &section.blocks.first()?.kind {
            BlockKind::Heading(heading) => Some(heading),
            _ => None,
        }
    }

    /// A finding, at the id of an entry in a file of the catalogue.
    fn at_id(&self, file: &str, id: &str, found: Diagnostic) -> Diagnostic {
        let line = format!("id = \"{id}\"");
        let named = self.sources.iter().filter(|source| source.file() == file);
        // What lies on top says it.
        let mut files = named.flat_map(|source| source.files().rev());
        let place = files.find_map(|(_, _, file)| Some((file, file.text.find(&line)?)));
        match place {
            Some((source, start)) => found.at(source, start..start + line.len()),
            None => found,
        }
    }

    /// Finds groups and tasks that the frame does not print, or prints otherwise; those of a kind
    /// together, for one line of a template is behind them all.
    fn tasks(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let (mut unprinted, mut other) = (Vec::new(), Vec::new());
        for group in &self.plan.groups {
            let id = role::group(&group.id);
            let number = format!("{}.", group.number);
            let Some(heading) = self.heading(&id) else {
                let titles = group.tasks.iter().map(|task| brief(&task.title)).collect();
                let message = format!(
                    "khung kế hoạch không in nhóm \"{}\" ({number} {})",
                    group.id, group.title
                );
                let hint = format!(
                    "Thêm vào plan.md đề mục <!-- khung: {id} --> với các nhiệm vụ của nhóm, hoặc \
                     xóa [[section]] này."
                );
                let none = Diagnostic::error(Code::TemplateFrame, message, hint);
                found.push(self.at_id(EDITION, &group.id, none.among(titles)));
                continue;
            };
            if let Some(told) = differs(heading, &number, &group.title) {
                found.push(self.at_id(EDITION, &group.id, other_headings(vec![told])));
            }
            for task in &group.tasks {
                match self.heading(&role::task(&task.id)) {
                    None => unprinted.push((&task.id, brief(&task.title))),
                    Some(heading) => other.extend(
                        differs(heading, &task.number, &task.title)
                            .map(|told| (&task.id, told)),
                    ),
                }
            }
        }
        let file = format!("{}.toml", self.agency.tasks);
        let mut tell = |all: Vec<(&String, String)>,
                        of: &dyn Fn(Vec<String>) -> Diagnostic| {
            let Some((first, _)) = all.first() else { return };
            let first = (*first).clone();
            let told = of(all.into_iter().map(|(_, told)| told).collect());
            found.push(self.at_id(&file, &first, told));
        };
        tell(unprinted, &no_tasks);
        tell(other, &other_headings);
        found
    }

    /// A finding, where a text is spelt out in the frame or in the catalogue.
    fn at_text(&self, text: &str, found: Diagnostic) -> Diagnostic {
        let in_catalog = || {
            let mut sources = self.sources.iter();
            let (source, start) =
                sources.find_map(|source| Some((source, source.text.find(text)?)))?;
            Some(Place { source: Arc::clone(source), span: start..start + text.len() })
        };
        match self.templates.spelt(text).or_else(in_catalog) {
            Some(Place { source, span }) => found.at(&source, span),
            None => found,
        }
    }

    /// Finds what no reader should see: braces, source of Markdown, references to nothing.
    fn texts(&self) -> Vec<Diagnostic> {
        let mut found: Vec<Diagnostic> = bare_quotes(self.document())
            .map(|one| match self.templates.spelt("\n> ") {
                Some(Place { source, span }) => one.at(&source, span.start + 1..span.end),
                None => one,
            })
            .into_iter()
            .collect();
        let mut tell = |code, text: &str, message: String, hint: &str| {
            found.push(self.at_text(text, Diagnostic::error(code, message, hint)));
        };
        let numbers = numbers(self.document());
        let mut missing: BTreeMap<Reference, String> = BTreeMap::new();
        for (place, block, section) in blocks(self.document()) {
            let text = words(&block.kind.plain());
            if let Some(at) = text.find("{{").or_else(|| text.find("{%")) {
                tell(
                    Code::UnknownPlaceholder,
                    &text[at..],
                    format!("mục “{place}” in cả ngoặc nhọn: “{}”", brief(&text[at..])),
                    "Kiểm tra tên trong ngoặc nhọn ở danh mục và ở mẫu.",
                );
            }
            let is_raw = matches!(block.kind, BlockKind::Raw(_));
            let mark = ["![", "[^", "```"].into_iter().find_map(|mark| text.find(mark));
            if let Some(at) = mark.filter(|_| !is_raw) {
                tell(
                    Code::TemplateFrame,
                    &text[at..],
                    format!(
                        "mục “{place}” in ra Word như mã nguồn: “{}”",
                        brief(&text[at..])
                    ),
                    "Hình, chú thích cuối trang và khối mã không dùng được trong mẫu.",
                );
            }
            if !section.is_guidance() {
                let to_nothing = references(&text)
                    .into_iter()
                    .filter(|one| !numbers.contains(&one.number));
                for reference in to_nothing {
                    missing.entry(reference).or_insert_with(|| place.clone());
                }
            }
        }
        for (id, columns, cells, line) in torn_rows(&self.drafted.base) {
            tell(
                Code::TemplateFrame,
                &format!("<!-- khung: {id} "),
                format!(
                    "bảng ở mục \"{id}\" có {columns} cột, một dòng lại có {cells} ô: “{}”",
                    brief(line)
                ),
                "Sửa bảng trong mẫu cho đủ cột; một ô thừa sẽ mất, một ô thiếu làm lệch các ô sau.",
            );
        }
        for (Reference { written, .. }, place) in missing {
            tell(
                Code::TemplateFrame,
                &written,
                format!("mục “{place}” nhắc tới {written}, kế hoạch không có"),
                "Sửa chỗ nhắc trong mẫu hoặc danh mục cho đúng số của khung kế hoạch.",
            );
        }
        found
    }
}

/// What a heading says, and what the catalogue, where that is not the same.
fn differs(heading: &Heading, number: &str, title: &str) -> Option<String> {
    let printed = words(&heading.text.plain());
    let is_same = heading.number.as_deref() == Some(number) && printed == words(title);
    (!is_same).then(|| {
        let now = format!("{} {printed}", heading.number.as_deref().unwrap_or_default());
        let right = format!("{number} {title}");
        format!("“{}”, danh mục ghi “{}”", quoted(now.trim()), quoted(&right))
    })
}

fn other_headings(told: Vec<String>) -> Diagnostic {
    Diagnostic::error(
        Code::TemplateFrame,
        "khung kế hoạch in đề mục khác danh mục",
        "Sửa mẫu hoặc danh mục cho số và tên giống nhau.",
    )
    .among(told)
}

/// Each block, with the heading that it stands below.
fn blocks(document: &Document) -> impl Iterator<Item = (String, &Block, &Section)> {
    let mut place = "đầu kế hoạch".to_owned();
    let sections = document.sections.iter();
    sections
        .flat_map(|section| section.blocks.iter().map(move |block| (block, section)))
        .map(move |(block, section)| {
            if let BlockKind::Heading(heading) = &block.kind {
                let number = heading.number.as_deref().unwrap_or_default();
                place = brief(&words(&format!("{number} {}", heading.text.plain())));
            }
            (place.clone(), block, section)
        })
}

/// The numbers of the headings, without the dots behind them, each behind that of the Part or
/// annex that it is in.
fn numbers(document: &Document) -> BTreeSet<String> {
    let mut part = String::new();
    let mut all = BTreeSet::new();
    for section in &document.sections {
        for block in &section.blocks {
            let BlockKind::Heading(heading) = &block.kind else { continue };
            let Some(number) = &heading.number else { continue };
            let number = number.trim_end_matches('.');
            if heading.level <= 2 {
                number.clone_into(&mut part);
                all.insert(number.to_owned());
            } else {
                all.insert(format!("{part} {number}"));
            }
        }
    }
    all
}

/// A place of the plan that a text refers to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Reference {
    /// As [`numbers`] has it.
    number: String,
    /// As the text says it.
    written: String,
}

/// What a text refers to in its own plan: "Phụ lục III", "Mục III Phần II"; an annex of
/// something else is followed by its name.
fn references(text: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    for (at, _) in text.char_indices() {
        let is_word = !text[..at].ends_with(char::is_alphanumeric);
        let Some((length, rest)) = part_length(&text[at..]).filter(|_| is_word) else {
            continue;
        };
        let part = text[at..at + length].to_owned();
        // "Phụ lục I Công văn số …", "Phụ lục I của …" are of another document.
        let is_other = rest.strip_prefix(' ').is_some_and(|next| {
            next.starts_with(char::is_uppercase) || next.starts_with("của ")
        });
        if part.starts_with("Phụ lục") && is_other {
            continue;
        }
        let mut words = text[..at].split_whitespace().rev();
        let (item, word) = (words.next(), words.next());
        let item = item.zip(word).filter(|(_, word)| matches!(*word, "Mục" | "mục"));
        found.push(match item {
            Some((item, word)) => Reference {
                number: format!("{part} {item}"),
                written: format!("{word} {item} {part}"),
            },
            None => Reference { number: part.clone(), written: part },
        });
    }
    found
}

/// The first row of each table that has more or fewer cells than the head: the id of the
/// section, both counts and the row.
fn torn_rows(base: &str) -> Vec<(&str, usize, usize, &str)> {
    let cells = |line: &str| {
        let escaped = line.matches("\\|").count();
        line.matches('|').count() - escaped - 1
    };
    let (mut id, mut columns) = ("", None);
    let mut found: Vec<(&str, usize, usize, &str)> = Vec::new();
    for line in base.lines() {
        let marker =
            line.strip_prefix("<!-- khung: ").and_then(|rest| rest.strip_suffix(" -->"));
        if let Some(marker) = marker {
            (id, columns) = (marker, None);
        } else if line.starts_with('|') {
            let is = cells(line);
            let expected = *columns.get_or_insert(is);
            if is != expected && found.last().is_none_or(|(last, ..)| *last != id) {
                found.push((id, expected, is, line));
            }
        } else {
            columns = None;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown::parse;

    #[test]
    fn references_of_the_plan_are_told_from_those_of_others() {
        for (text, expected) in [
            (
                "Danh mục nêu tại Phụ lục III; lịch tại Phụ lục IV.",
                vec!["Phụ lục III", "Phụ lục IV"],
            ),
            ("nêu tại Mục III Phần II.", vec!["Phần II III"]),
            ("mục của Phụ lục I Công văn số 6074/BTTTT-CĐSQG", vec![]),
            ("Phụ lục II của Nghị định", vec![]),
            ("Phụ lục kèm theo, Phần mềm, Phần Mềm", vec![]),
            (
                "tại Phần thứ hai, Chương 1; Phụ lục 2",
                vec!["Phần thứ hai", "Chương 1", "Phụ lục 2"],
            ),
            ("mục A Phần thứ ba.", vec!["Phần thứ ba A"]),
        ] {
            let found: Vec<String> =
                references(text).into_iter().map(|one| one.number).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn numbers_are_those_of_their_part() {
        let text =
            "## Phần II<br>NỘI DUNG\n\n### III. NHIỆM VỤ\n\n## Phụ lục I<br>DANH MỤC\n";
        let all = numbers(&parse(text).unwrap());
        assert_eq!(
            all.into_iter().collect::<Vec<_>>(),
            ["Phần II", "Phần II III", "Phụ lục I"]
        );
    }

    #[test]
    fn rows_that_do_not_fit_their_head_are_found() {
        let text = "<!-- khung: a -->\n| A | B |\n| - | - |\n| 1 \\| 2 | 3 |\n| 1 | 2 | 3 |\n\n| C |\n| - |\n| 1 |\n";
        assert_eq!(torn_rows(text), [("a", 2, 3, "| 1 | 2 | 3 |")]);
    }
}
