//! What an update did, section by section, in the drafter's language.

use serde::Serialize;

use super::Origin;
use super::changes::{Difference, differences, told};
use super::traces;
use crate::document::{Block, BlockKind, Document, Section};
use crate::docx::patch::{Aside, Done, Omission, Skipped};
use crate::docx::read::{Reading, Recovery};
use crate::merge::{
    BlockMerge, Body, Change, KeptColumns, Merge, SectionMerge, Travel, wording,
};
use crate::source::brief;

/// What an update did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Version of the catalogue that the plan was drafted from.
    pub from: String,
    /// Version of the catalogue that it follows now.
    pub to: String,
    /// What happened, in the order of the result; behind that what is told of more than one
    /// change: conflicts, recoveries, guidance in comments.
    pub entries: Vec<Entry>,
}

/// What happened to one section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Id of the section; none for the drafter's own.
    pub id: Option<String>,
    /// Its heading, or how it begins.
    pub section: String,
    /// What happened.
    pub event: Event,
    /// More about it, in Vietnamese.
    pub detail: String,
    /// What changed inside it, for programs, with whole texts.
    pub changes: Vec<Difference>,
}

/// What happened to a section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The catalogue added it.
    Added,
    /// The catalogue removed it; nobody had written in it.
    Removed,
    /// The catalogue moved, renumbered or renamed it; it went there whole.
    Moved,
    /// Texts of the catalogue changed.
    Changed,
    /// The drafter deleted it, or something in it that the catalogue changed; it stays
    /// deleted.
    StaysDeleted,
    /// Something that khung derives, and that the drafter set: it stays as they have it.
    Kept,
    /// People moved, copied, split or joined it, or its mark is gone: how it was found again.
    Recovered,
    /// Both sides changed the same; the drafter's text stands.
    Conflict,
}

impl Event {
    /// As printed.
    #[must_use]
    pub fn printed(self) -> &'static str {
        match self {
            Self::Added => "thêm",
            Self::Removed => "bỏ",
            Self::Moved => "chuyển",
            Self::Changed => "cập nhật",
            Self::StaysDeleted => "vẫn xóa",
            Self::Kept => "để nguyên",
            Self::Recovered => "tìm lại",
            Self::Conflict => "xung đột",
        }
    }
}

impl Report {
    /// Reads a merge as a list of what it does.
    #[must_use]
    pub fn new(
        (from, to): (&str, &str),
        origin: Origin,
        base: &Document,
        edited: &Document,
        merge: &Merge,
    ) -> Self {
        let mut report =
            Self { from: from.to_owned(), to: to.to_owned(), entries: Vec::new() };
        let who = origin.printed();
        let (titles, old) = (titles(edited), base.by_id());
        let mut above = String::new();
        for change in &merge.sections {
            let (section, title) = match change {
                Change::Added(section) | Change::Deleted(section) => {
                    (section, title(section, &above))
                }
                Change::Removed(at) | Change::Kept(SectionMerge { edited: at, .. }) => {
                    let Some(section) = edited.sections.get(*at) else { continue };
                    (section, titles[*at].clone())
                }
            };
            above = heading(section).unwrap_or(above);
            match change {
                Change::Added(_) => report.add(section, &title, Event::Added, ""),
                Change::Deleted(new)
                    if new.id.as_ref().is_some_and(|id| merge.homeless.contains(id)) =>
                {
                    let detail = "không thêm: tệp không có mục chứa phần này";
                    report.add(section, &title, Event::StaysDeleted, detail);
                }
                Change::Deleted(_) => {
                    let detail = "người soạn đã xóa hoặc chuyển phần này đi";
                    report.add(section, &title, Event::StaysDeleted, detail);
                }
                Change::Removed(_) => report.add(section, &title, Event::Removed, ""),
                Change::Kept(kept) => {
                    report.kept(section, &title, kept);
                    let base = section.id.as_deref().and_then(|id| old.get(id));
                    for text in
                        base.map(|base| traces::deleted(base, kept)).unwrap_or_default()
                    {
                        let detail = format!(
                            "đã xóa hoặc chuyển đi; {who} nay viết: {}",
                            brief(&text)
                        );
                        report.add(section, &title, Event::StaysDeleted, &detail);
                    }
                }
            }
        }
        for found in merge.conflicts() {
            let Some(section) = edited.sections.get(found.section) else { continue };
            let detail = wording::line(found.what, who, |id| called(merge, id), brief);
            report.add(section, &titles[found.section], Event::Conflict, &detail);
        }
        report
    }

    /// Adds how the paragraphs and rows of a Word file were found that the catalogue changed,
    /// where it was not by their own bookmark.
    pub(super) fn recovered(
        &mut self,
        base: &Document,
        reading: &Reading,
        changed: &[bool],
    ) {
        let titles = titles(base);
        for (at, how, count) in traces::recovered(&reading.findings, changed) {
            let Some(section) = base.sections.get(at) else { continue };
            let event = match how {
                Recovery::Lost | Recovery::Contested => Event::Conflict,
                _ => Event::Recovered,
            };
            let detail = format!("{count} {}", traces::told(how));
            self.add(section, &titles[at], event, &detail);
        }
    }

    /// Adds that one copy of the record was gone or changed, and the other one was read.
    pub(super) fn record_lost(&mut self) {
        self.record("một trong hai bản đã mất hoặc khác; theo bản còn đúng".to_owned());
    }

    /// Adds where the record comes from.
    pub fn record(&mut self, detail: String) {
        self.entries.push(Entry {
            id: None,
            section: "Thông tin của khung trong tệp".to_owned(),
            event: Event::Recovered,
            detail,
            changes: Vec::new(),
        });
    }

    /// Adds what became of the guidance in comments and of the banner.
    pub(super) fn asides(&mut self, fresh: &Document, asides: &[Aside]) {
        for aside in asides {
            let is_it = |section: &&Section| section.id == aside.about;
            let section = fresh.sections.iter().find(is_it);
            let section = match &aside.about {
                Some(_) => {
                    let about = section.map(|about| title(about, "")).unwrap_or_default();
                    format!("Hướng dẫn – {about}")
                }
                None => "Dòng đầu trang".to_owned(),
            };
            let (event, detail) = match (aside.done, &aside.about) {
                (Done::Added, _) => (Event::Added, "bình luận"),
                (Done::Changed, Some(_)) => (Event::Changed, "bình luận"),
                (Done::Removed, Some(_)) => (Event::Removed, "bình luận"),
                (Done::Changed, None) => (Event::Changed, ""),
                (Done::Removed, None) => (Event::Removed, ""),
                (Done::Left, Some(_)) => (
                    Event::StaysDeleted,
                    "bình luận đã được sửa, trả lời, chuyển hoặc xóa; để nguyên",
                ),
                (Done::Left, None) => {
                    (Event::Conflict, "không có dòng cũ để thay; tự ghi ở đầu trang")
                }
            };
            let (id, section) = (aside.about.clone(), brief(&section));
            let detail = detail.to_owned();
            let changes = Vec::new();
            self.entries.push(Entry { id, section, event, detail, changes });
        }
    }

    /// Adds which tables keep columns that the catalogue has otherwise.
    pub(super) fn columns(&mut self, edited: &Document, kept: &[KeptColumns]) {
        let titles = titles(edited);
        for KeptColumns { section: at, added, dropped } in kept {
            let Some(section) = edited.sections.get(*at) else { continue };
            let named = |what: &str, heads: &[String]| {
                let heads: Vec<String> =
                    heads.iter().map(|head| format!("“{}”", brief(head))).collect();
                (!heads.is_empty()).then(|| format!("{what} {}", heads.join(", ")))
            };
            let changes = [named("thêm cột", added), named("bỏ cột", dropped)]
                .into_iter()
                .flatten();
            let detail = format!(
                "bảng đã được sửa, giữ các cột như trong tệp; danh mục nay {}",
                changes.collect::<Vec<_>>().join(", ")
            );
            self.add(section, &titles[*at], Event::Kept, &detail);
        }
    }

    /// Adds what could not be changed in a Word file.
    pub(super) fn skipped(&mut self, edited: &Document, skipped: &[Skipped]) {
        let titles = titles(edited);
        for skipped in skipped {
            let Some(section) = edited.sections.get(skipped.section) else { continue };
            let detail = match skipped.what {
                Omission::Words => {
                    "không sửa được: trong đoạn có trường, hình hoặc thay đổi đang chờ duyệt"
                }
                Omission::Number => {
                    "không đánh lại được số mục: số không đứng riêng trước tiêu đề"
                }
                Omission::Removal => {
                    "không bỏ được: đoạn có hình, bảng hoặc nội dung khác"
                }
                Omission::Addition => "không thêm được: không còn chỗ để đặt",
                Omission::Move => "không chuyển được: phần này gắn với phần khác",
            };
            self.add(section, &titles[skipped.section], Event::Conflict, detail);
        }
    }

    /// How many conflicts wait for the drafter.
    #[must_use]
    pub fn conflicts(&self) -> usize {
        self.entries.iter().filter(|entry| entry.event == Event::Conflict).count()
    }

    /// How many entries tell of a change.
    #[must_use]
    pub fn changes(&self) -> usize {
        let is_change = |entry: &&Entry| {
            !matches!(
                entry.event,
                Event::Conflict | Event::StaysDeleted | Event::Kept | Event::Recovered
            )
        };
        self.entries.iter().filter(is_change).count()
    }

    fn add(&mut self, section: &Section, title: &str, event: Event, detail: &str) {
        let id = section.id.clone();
        let (section, detail) = (title.to_owned(), detail.to_owned());
        self.entries.push(Entry { id, section, event, detail, changes: Vec::new() });
    }

    fn kept(&mut self, section: &Section, title: &str, merge: &SectionMerge) {
        let numbers = merge.blocks.iter().find_map(|change| match change {
            Change::Kept(block) => block.renumbered.as_ref(),
            _ => None,
        });
        if let Some(number) = numbers.filter(|number| number.from != number.to) {
            let name = |number: &Option<String>| {
                number.as_deref().map_or("–", |n| n.trim_end_matches('.')).to_owned()
            };
            let detail =
                format!("từ mục {} sang {}", name(&number.from), name(&number.to));
            self.add(section, title, Event::Moved, &detail);
        } else {
            match merge.travel {
                Travel::Moved => self.add(section, title, Event::Moved, "đổi chỗ"),
                Travel::Along => {
                    self.add(section, title, Event::Moved, "đi theo phần đổi chỗ");
                }
                Travel::None if merge.renamed => {
                    self.add(section, title, Event::Moved, "đổi mã, giữ chỗ");
                }
                Travel::None => {}
            }
        }
        if let Some(number) = &merge.unnumbered {
            let who = number.trim_end_matches('.');
            let detail =
                format!("số mục do người soạn đánh, để nguyên; danh mục nay đánh {who}");
            self.add(section, title, Event::Kept, &detail);
        }
        // Numbers of headings were told above.
        let is_changed = |change: &Change<BlockMerge, Block>| match change {
            Change::Kept(block) => match &block.body {
                Body::Text(words) => !words.changes_nothing(),
                Body::Table(_) => !block.changes_nothing(),
            },
            Change::Added(_) | Change::Removed(_) => true,
            Change::Deleted(_) => false,
        };
        if merge.blocks.iter().any(is_changed) {
            let changes = differences(section, merge);
            let detail =
                told(&changes).unwrap_or_else(|| "số hoặc mã của dòng".to_owned());
            self.add(section, title, Event::Changed, &detail);
            if let Some(entry) = self.entries.last_mut() {
                entry.changes = changes;
            }
        }
    }
}

/// What the sections of a document are called.
fn titles(document: &Document) -> Vec<String> {
    let mut above = String::new();
    let name = |section: &Section| {
        let title = title(section, &above);
        if let Some(heading) = heading(section) {
            above = heading;
        }
        title
    };
    document.sections.iter().map(name).collect()
}

/// The heading of a section, else how it begins; guidance is called after the heading that
/// it stands below.
fn title(section: &Section, above: &str) -> String {
    if section.is_guidance() && !above.is_empty() {
        return brief(&format!("Hướng dẫn – {above}"));
    }
    let first = section.blocks.first().map(|block| block.kind.plain());
    brief(&heading(section).or(first).unwrap_or_default())
}

/// What a section that comes in is called, by its id.
fn called(merge: &Merge, id: &str) -> String {
    let new = merge.sections.iter().find_map(|change| match change {
        Change::Added(new) if new.id.as_deref() == Some(id) => heading(new),
        _ => None,
    });
    format!("\"{}\"", new.map_or_else(|| id.to_owned(), |heading| brief(&heading)))
}

fn heading(section: &Section) -> Option<String> {
    let heading = |block: &&Block| matches!(block.kind, BlockKind::Heading(_));
    section.blocks.iter().find(heading).map(|block| block.kind.plain())
}
