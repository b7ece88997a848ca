//! What stands between a plan and its signature: slots, guidance, changes and comments that
//! wait, headings, sums and pages that are not as they must be.

pub(crate) mod carried;
mod frame;
pub(crate) mod guidance;
mod letterhead;
mod opened;
mod outline;
mod page;
pub(crate) mod slots;
mod sums;
mod unseen;
mod waiting;
mod works;

use std::fmt;

use crate::catalog::Catalog;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{self, Document};
use crate::docx::sight::sights;
use crate::markdown::{Swallow, swallow};
use crate::opened::OpenError;
use crate::record::RecordError;
use crate::source::{brief, words};

pub(crate) use guidance::Guidance;
pub(crate) use opened::{Form, Plan, Word};
use outline::Outline;

/// Lines that a finding lists; the rest is counted.
const MOST_SPOTS: usize = 200;

/// Why a plan cannot be looked at, or not be made ready; nothing of it is changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReviewError {
    /// Not UTF-8, or too long.
    Unreadable,
    /// The record, without which nobody knows what is guidance, cannot be read.
    Record(RecordError),
    /// The Word file cannot be read or written; says why.
    File(String),
    /// The copy would not say what the plan says: a defect of khung.
    NotTheSame(Vec<String>),
}

impl fmt::Display for ReviewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => OpenError::Unreadable.fmt(f),
            Self::Record(error) => error.fmt(f),
            Self::File(reason) => write!(f, "{reason}."),
            Self::NotTheSame(words) => write!(
                f,
                "bản trình ký sẽ không đúng từng chữ như kế hoạch ({}); đây là lỗi của khung, \
                 không ghi gì cả. Xin báo lỗi kèm tệp này.",
                words.join(", ")
            ),
        }
    }
}

impl std::error::Error for ReviewError {}

impl From<OpenError> for ReviewError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Unreadable => Self::Unreadable,
            OpenError::File(reason) => Self::File(reason),
        }
    }
}

/// Tells whether a line at the top of the pages says that this is a draft: such a line is not
/// for the copy that is signed; any other ("MẬT", "TÀI LIỆU TẬP HUẤN") is the agency's word.
pub(crate) fn says_draft(line: &str) -> bool {
    words(line).to_lowercase().contains("dự thảo")
}

/// How many slots wait in a plan that was generated.
#[must_use]
pub fn count_slots(document: &Document) -> usize {
    let sections = document.sections.iter().filter(|section| !section.is_guidance());
    let blocks = sections.flat_map(|section| &section.blocks);
    blocks.map(|block| document::slots(&block.kind.plain()).len()).sum()
}

/// Finds all that stands between a plan and its signature; `name` is that of its file.
///
/// Nothing of the plan is changed. An error is wrong whatever comes; a warning may still be
/// work that is not done yet.
///
/// # Errors
/// When the file cannot be read as a plan.
pub fn review(
    name: &str,
    plan: &[u8],
    catalog: &Catalog,
) -> Result<Vec<Diagnostic>, ReviewError> {
    let plan = Plan::open(name, plan)?;
    let guidance = Guidance::find(&plan);
    Ok(find(name, &plan, &guidance, catalog))
}

/// As [`review`], of a plan that is open.
pub(crate) fn find(
    name: &str,
    plan: &Plan,
    guidance: &Guidance,
    catalog: &Catalog,
) -> Vec<Diagnostic> {
    let outline = Outline::of(plan.edited());
    let mut found = Vec::new();
    found.extend(lost(plan));
    if let Form::Markdown { text, document } = &plan.form {
        found.extend(open_block(text, document));
    }
    let sights = match &plan.form {
        Form::Word(word) => sights(&word.package, &word.stories),
        Form::Markdown { .. } => Vec::new(),
    };
    found.extend(slots::find(plan, guidance, &outline, &sights));
    found.extend(unseen::find(plan, &outline, &sights));
    found.extend(waiting::conflicts(plan, &outline));
    if plan.record.is_ok() {
        found.extend(guidance.diagnostic(&outline, plan));
        found.extend(frame::headings(&plan.base, plan.edited()));
    }
    found.extend(letterhead::late(plan, catalog));
    found.extend(letterhead::written(plan, &outline));
    found.extend(letterhead::impossible(plan, &outline, guidance));
    found.extend(sums::totals(plan.edited(), &outline));
    found.extend(sums::two_readings(plan.edited(), &outline));
    found.extend(works::listed(plan.edited(), &outline));
    if let Form::Word(word) = &plan.form {
        found.extend(waiting::changes(word, &outline));
        found.extend(waiting::comments(word, &outline, &plan.generated));
        found.extend(page::setup(
            word,
            &outline,
            &guidance.paths(&word.reading),
            &sights,
        ));
        let banner = plan.generated.banner();
        let Word { package, stories, .. } = &**word;
        found.extend(carried::find(package, stories, &sights, banner.as_deref()));
        found.extend(carried::signature(&word.package));
    }
    for diagnostic in &mut found {
        diagnostic.message = format!("{name}: {}", diagnostic.message);
        let more = diagnostic.spots.len().saturating_sub(MOST_SPOTS);
        if more > 0 {
            diagnostic.spots.truncate(MOST_SPOTS);
            diagnostic.spots.push(format!("… và {more} chỗ nữa"));
        }
    }
    found
}

/// Why a plan can no longer be updated, or made ready for its signature.
fn lost(plan: &Plan) -> Option<Diagnostic> {
    let why = match &plan.record {
        Ok(_) => {
            let is_markdown = matches!(plan.form, Form::Markdown { .. });
            return (is_markdown && plan.edited().has_lost_ids(&plan.base)).then(|| {
                Diagnostic::error(
                    Code::LostMarkers,
                    "không còn cập nhật được: đã mất phần lớn các dòng đánh dấu <!-- khung: … -->",
                    "Lấy lại các dòng đó từ bản cũ; không có chúng, khung không biết đoạn nào là \
                     mục nào, là hướng dẫn hay nội dung.",
                )
            });
        }
        Err(RecordError::Missing) if !plan.has_marks() => {
            return Some(Diagnostic::warning(
                Code::NoRecord,
                "không mang thông tin của khung: bản trình ký, hoặc không do khung lập",
                "Chỉ kiểm tra được chỗ trống, thay đổi, bình luận, tổng và trang giấy. Muốn \
                 kiểm tra đủ, nêu tệp do khung lập hoặc bản đã sửa từ tệp đó.",
            ));
        }
        Err(RecordError::Missing) => "đã mất",
        Err(RecordError::Altered) => "không khớp mã kiểm tra: đã bị sửa",
        Err(RecordError::Damaged | RecordError::Newer(_)) => "đã hỏng",
    };
    Some(Diagnostic::error(
        Code::LostRecord,
        format!(
            "không còn cập nhật và làm bản trình ký được: thông tin của khung trong tệp {why}"
        ),
        "Nêu thêm một bản cũ của chính kế hoạch (.docx hoặc .md) còn thông tin đó, hoặc bản do \
         `khung build` lập: `khung update KẾ_HOẠCH --base BẢN_CŨ` ghi lại thông tin vào tệp.",
    ))
}

/// A block of Markdown that holds markers as its own text.
pub(crate) fn open_block(text: &str, document: &Document) -> Option<Diagnostic> {
    let Swallow { line, text } = swallow(text, document)?;
    Some(
        Diagnostic::error(
            Code::OpenBlock,
            "một khối mã hoặc chú thích HTML nuốt mất các dòng đánh dấu <!-- khung: … --> ở dưới",
            "Đóng khối đó (thêm một dòng như dòng mở, hoặc -->), hoặc xóa dòng mở.",
        )
        .among(vec![format!("Dòng {line}: “{}”", brief(&text))]),
    )
}
