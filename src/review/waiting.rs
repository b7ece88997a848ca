//! What waits for somebody's decision: tracked changes, comments, conflicts of an update.

use std::collections::{BTreeMap, BTreeSet};

use super::outline::{Here, Outline};
use super::{Form, Plan, Word, guidance};
use crate::diagnostic::{Code, Diagnostic};
use crate::document::Document;
use crate::docx::author;
use crate::docx::comments::Comment;
use crate::docx::patch::is_about_a_move;
use crate::docx::story::{Kind, characters, each};
use crate::docx::xml::{Element, Path};
use crate::merge::wording;
use crate::source::{brief, words};
use crate::update::Origin;

/// What tracked changes do, by their elements.
fn doing(name: &str) -> Option<&'static str> {
    Some(match name {
        "w:ins" | "w:cellIns" => "thêm",
        "w:del" | "w:cellDel" => "xóa",
        "w:moveFrom" | "w:moveTo" => "chuyển",
        "w:rPrChange" | "w:pPrChange" | "w:sectPrChange" | "w:tblPrChange"
        | "w:tblPrExChange" | "w:tblGridChange" | "w:tcPrChange" | "w:trPrChange"
        | "w:numberingChange" | "w:cellMerge" => "đổi định dạng",
        _ => return None,
    })
}

/// Tracked changes of one author in a row that do the same.
struct Change {
    place: String,
    doing: &'static str,
    author: String,
    text: String,
}

/// Tracked changes that wait, in all texts of a Word file.
pub(super) fn changes(word: &Word, outline: &Outline) -> Option<Diagnostic> {
    let mut found: Vec<Change> = Vec::new();
    for story in &word.stories {
        let mut here =
            (story.kind == Kind::Body).then(|| Here::new(&word.reading, outline));
        let mut inside: Option<(&str, Path)> = None;
        each(&story.nodes, &mut Path::new(), &mut |element, path| {
            let place = place(&mut here, story.kind, path);
            let Some(doing) = doing(&element.name) else { return };
            // One in another of its kind says nothing more.
            let is_inside =
                |(kind, at): &(&str, Path)| *kind == doing && path.starts_with(at);
            if inside.as_ref().is_some_and(is_inside) {
                return;
            }
            inside = Some((doing, path.clone()));
            let author = element.value("w:author").unwrap_or_default();
            let text = characters(element);
            match found.last_mut() {
                Some(last)
                    if last.doing == doing
                        && last.author == author
                        && last.place == place =>
                {
                    // A quote is shorter by far.
                    if last.text.len() < 1000 {
                        last.text.push(' ');
                        last.text.push_str(&text);
                    }
                }
                _ => found.push(Change { place: place.to_owned(), doing, author, text }),
            }
        });
    }
    (!found.is_empty()).then(|| {
        let lines = found.iter().map(|change| {
            let Change { place, doing, author, text } = change;
            let text = brief(text);
            let text =
                if text.is_empty() { String::new() } else { format!(" “{text}”") };
            format!("{place}: {doing}{text} ({})", brief(author))
        });
        let count = found.len();
        Diagnostic::warning(
            Code::PendingChange,
            format!("{count} thay đổi theo dõi (Track Changes) chưa được duyệt"),
            "Mở bằng Word, thẻ Review: Accept hoặc Reject từng thay đổi.",
        )
        .among(lines.collect())
    })
}

/// What the place of an element is called.
fn place<'o>(here: &mut Option<Here<'o>>, kind: Kind, path: &Path) -> &'o str {
    match (here, kind) {
        (Some(here), _) => here.at(path),
        (None, Kind::Header) => "Đầu trang",
        (None, Kind::Footer) => "Chân trang",
        (None, _) => "Chú thích",
    }
}

/// What a comment is to the copy for signing.
enum Weight {
    /// Guidance, or a note that something moved: khung's own, as it was written.
    Own,
    /// A conflict of an update.
    Conflict,
    /// Guidance in which somebody wrote.
    EditedGuidance,
    /// Somebody's, and resolved.
    Resolved,
    /// Somebody's, and open.
    Open,
}

fn weight(comment: &Comment, guidance: &BTreeSet<String>) -> Weight {
    let lines =
        || comment.lines.iter().map(|line| words(line)).filter(|line| !line.is_empty());
    // Where all authors were taken out of the file, what they wrote tells.
    let is_anonymous = !comment.is_dated;
    let is_guidance = lines().all(|line| guidance.contains(&line));
    let is_note = author::is_update(&comment.author)
        || is_anonymous
            && lines()
                .next()
                .is_some_and(|line| Origin::begins(&line) || is_about_a_move(&[line]));
    let is_own = is_anonymous && is_guidance && lines().next().is_some()
        || is_note && is_about_a_move(&lines().collect::<Vec<_>>());
    if comment.author == author::GUIDANCE {
        if is_guidance { Weight::Own } else { Weight::EditedGuidance }
    } else if is_own {
        Weight::Own
    } else if is_note {
        Weight::Conflict
    } else if comment.is_resolved {
        Weight::Resolved
    } else {
        Weight::Open
    }
}

/// Comments that wait: conflicts, guidance in which somebody wrote, and people's own.
pub(super) fn comments(
    word: &Word,
    outline: &Outline,
    generated: &Document,
) -> Vec<Diagnostic> {
    if word.comments.is_empty() {
        return Vec::new();
    }
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for story in &word.stories {
        let mut here =
            (story.kind == Kind::Body).then(|| Here::new(&word.reading, outline));
        let mut see = |element: &Element, path: &Path| {
            let place = place(&mut here, story.kind, path);
            if matches!(&*element.name, "w:commentRangeStart" | "w:commentReference")
                && let Some(id) = element.value("w:id")
            {
                places.entry(id).or_insert_with(|| place.to_owned());
            }
        };
        each(&story.nodes, &mut Path::new(), &mut see);
    }
    let guidance = guidance::texts(generated);
    let (mut conflicts, mut edited, mut open) = (Vec::new(), Vec::new(), Vec::new());
    for comment in &word.comments {
        let place = places.get(&comment.id).map_or("Không rõ chỗ", String::as_str);
        let text = brief(&comment.lines.join(" "));
        match weight(comment, &guidance) {
            Weight::Own | Weight::Resolved => {}
            Weight::Conflict => conflicts.push(format!("{place}: “{text}”")),
            Weight::EditedGuidance => edited.push(format!("{place}: “{text}”")),
            Weight::Open => {
                open.push(format!("{place}: “{text}” ({})", brief(&comment.author)));
            }
        }
    }
    let mut found = Vec::new();
    let mut tell = |diagnostic: Diagnostic, spots: Vec<String>| {
        if !spots.is_empty() {
            found.push(diagnostic.among(spots));
        }
    };
    tell(unsettled(conflicts.len()), conflicts);
    tell(
        Diagnostic::warning(
            Code::EditedGuidance,
            format!("{} bình luận hướng dẫn không còn như khung soạn", edited.len()),
            "Chuyển những gì đã viết trong bình luận sang chỗ khác nếu còn cần, rồi xóa bình luận.",
        ),
        edited,
    );
    tell(
        Diagnostic::warning(
            Code::OpenComment,
            format!("{} bình luận chưa giải quyết", open.len()),
            "Bản trình ký không có bình luận: xử lý rồi đánh dấu đã giải quyết (Resolve) hoặc \
             xóa từng bình luận.",
        ),
        open,
    );
    found
}

fn unsettled(count: usize) -> Diagnostic {
    Diagnostic::error(
        Code::OpenConflict,
        format!("{count} xung đột với danh mục chưa được giải quyết"),
        "Giữ câu chữ của mình: từ chối (Reject) chữ khung thêm. Lấy câu chữ của danh mục: chấp \
         nhận (Accept) rồi xóa chữ cũ. Sau đó xóa bình luận hoặc ghi chú của khung.",
    )
}

/// Conflicts that an update left in a Markdown plan: quotes below what they are about.
pub(super) fn conflicts(plan: &Plan, outline: &Outline) -> Option<Diagnostic> {
    let Form::Markdown { document, .. } = &plan.form else { return None };
    let mut spots = Vec::new();
    for (s, section) in document.sections.iter().enumerate() {
        for (b, block) in section.blocks.iter().enumerate() {
            if let Some(note) = wording::as_note(&block.kind.plain()) {
                spots.push(format!("{}: “{}”", outline.place(s, b), brief(note)));
            }
        }
    }
    (!spots.is_empty()).then(|| unsettled(spots.len()).among(spots))
}
