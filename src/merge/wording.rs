//! What a drafter reads of a conflict – in the report, in a comment of Word, in a note of
//! Markdown – and how such a note is known again.

use super::{Conflict, What};
use crate::document::Text;

/// A line of the report; `who` has the new words. `called` is the name of a section that
/// comes in, by its id; `brief` a text on one line.
pub(crate) fn line(
    what: What<'_>,
    who: &str,
    called: impl Fn(&str) -> String,
    brief: impl Fn(&str) -> String,
) -> String {
    let conflict = match what {
        What::Words(offer) => {
            return format!(
                "{who}: \"{}\" thành \"{}\"; giữ chữ của người soạn",
                brief(&offer.base),
                brief(&offer.fresh.plain())
            );
        }
        What::Whole(conflict) => conflict,
    };
    match conflict {
        Conflict::Removed => {
            format!("{who} bỏ phần này; giữ nguyên vì đã có nội dung viết thêm")
        }
        Conflict::Replaced(by) => {
            let by: Vec<String> = by.iter().map(|id| called(id)).collect();
            format!("{who} thay phần này bằng {}; giữ nguyên", by.join(", "))
        }
        Conflict::Duplicate(id) => format!("bản chép của {id}; coi là nội dung tự viết"),
        Conflict::Headless => {
            format!("{who} chuyển mục này đi chỗ khác, mà tiêu đề không còn; để yên chỗ")
        }
        Conflict::Homeless => {
            format!("{who} chuyển phần này vào một mục không còn trong tệp; để yên chỗ")
        }
        Conflict::Spared(text) => format!(
            "{who} sửa thành \"{}\"; giữ nguyên vì có hình, liên kết, chú thích hoặc mã HTML",
            brief(text)
        ),
        Conflict::Present(_) => {
            format!("{who} thêm phần này, mà kế hoạch đã có; giữ nguyên")
        }
        Conflict::Rewritten(Some(now)) => format!(
            "{who} nay viết ở chỗ này: \"{}\"; chỗ này đã được viết lại nên giữ nguyên",
            brief(now)
        ),
        Conflict::Rewritten(None) => format!(
            "{who} bỏ một đoạn ở chỗ này; chỗ này đã được viết lại nên giữ nguyên"
        ),
    }
}

/// The paragraphs of a comment; `origin` has the new words, and begins a sentence. `title` is
/// that of a section that comes in, by its id.
pub(crate) fn comment(
    what: What<'_>,
    origin: &str,
    title: impl Fn(&str) -> String,
) -> Vec<String> {
    let conflict = match what {
        What::Words(offer) => {
            let (old, new) = (offer.base.trim(), offer.fresh.plain());
            let new = new.trim();
            let told = match (old.is_empty(), new.is_empty()) {
                (_, true) => format!("{origin} bỏ “{old}”."),
                (true, _) => format!("{origin} thêm “{new}”."),
                _ => format!("{origin} đổi “{old}” thành “{new}”."),
            };
            let ask = "Chỗ này đã được sửa nên giữ nguyên; chọn một, rồi xóa ghi chú.";
            return vec![told, ask.to_owned()];
        }
        What::Whole(conflict) => conflict,
    };
    match conflict {
        Conflict::Removed => vec![
            format!("{origin} không còn phần này."),
            "Phần này đã được sửa nên giữ nguyên; xóa nếu không cần nữa.".to_owned(),
        ],
        Conflict::Replaced(by) => {
            let by: Vec<String> =
                by.iter().map(|id| format!("“{}”", title(id))).collect();
            vec![
                format!("{origin} thay phần này bằng {}.", by.join(", ")),
                "Phần này đã được sửa nên giữ nguyên; chuyển những gì còn cần sang phần \
                 mới, rồi xóa."
                    .to_owned(),
            ]
        }
        Conflict::Duplicate(_) => vec![
            "Trùng với một phần khác của kế hoạch; khung coi đây là văn bản của người soạn, \
             không cập nhật."
                .to_owned(),
        ],
        Conflict::Headless => vec![
            format!("{origin} chuyển mục này đi chỗ khác."),
            "Tiêu đề của mục không còn, nên khung để yên đoạn này ở đây; tự chuyển nếu cần."
                .to_owned(),
        ],
        Conflict::Homeless => vec![
            format!("{origin} chuyển phần này vào một mục không còn trong tệp."),
            "Khung để yên phần này ở đây; tự chuyển nếu cần, rồi xóa ghi chú.".to_owned(),
        ],
        Conflict::Spared(text) => vec![format!("{origin} sửa chỗ này thành “{text}”.")],
        Conflict::Rewritten(now) => vec![
            match now {
                Some(now) => format!("{origin} nay viết ở chỗ này: “{now}”."),
                None => format!("{origin} bỏ một đoạn ở chỗ này."),
            },
            "Chỗ này đã được viết lại nên giữ nguyên; sửa nếu cần, rồi xóa ghi chú."
                .to_owned(),
        ],
        Conflict::Present(section) => {
            let told = format!("{origin} thêm phần này, câu chữ khác với bản đang có:");
            let said = section.blocks.iter().map(|block| block.kind.plain());
            std::iter::once(told).chain(said).collect()
        }
    }
}

/// What a note begins with; the version of the catalogue follows.
const NOTE: &str = "khung ";
/// What stands behind the version.
const CONFLICT: &str = " – xung đột:";

/// A note, in Markdown, of an update to this version; `who` has the new words. `plain` and
/// `styled` print a text as Markdown.
pub(crate) fn note(
    what: What<'_>,
    (version, who): (&str, &str),
    plain: impl Fn(&str) -> String,
    styled: impl Fn(&Text) -> String,
) -> String {
    let told = match what {
        What::Words(offer) => {
            let (old, new) = (plain(&offer.base), styled(&offer.fresh));
            match (old.is_empty(), new.is_empty()) {
                (_, true) => format!("{who} mới bỏ \"{old}\"."),
                (true, false) => format!("{who} mới thêm \"{new}\"."),
                (false, false) => format!("{who} mới thay \"{old}\" bằng \"{new}\"."),
            }
        }
        What::Whole(Conflict::Removed) => {
            format!("{who} mới không còn phần này; nội dung đã viết được giữ nguyên.")
        }
        What::Whole(Conflict::Replaced(by)) => format!(
            "{who} mới thay phần này bằng {}; nội dung đã viết được giữ nguyên.",
            by.join(", ")
        ),
        What::Whole(Conflict::Duplicate(id)) => format!(
            "đây là bản chép của phần {id}; khung coi là nội dung tự viết và không sửa."
        ),
        What::Whole(Conflict::Headless) => format!(
            "{who} mới chuyển mục này đi chỗ khác, mà tiêu đề của mục không còn; nội dung \
             được để yên ở đây."
        ),
        What::Whole(Conflict::Homeless) => format!(
            "{who} mới chuyển phần này vào một mục không còn trong tệp; nội dung được để yên \
             ở đây."
        ),
        What::Whole(Conflict::Spared(text)) => format!(
            "{who} mới sửa đoạn này thành \"{}\"; đoạn được giữ nguyên vì có hình, liên kết, \
             chú thích hoặc mã HTML.",
            plain(text)
        ),
        What::Whole(Conflict::Rewritten(Some(now))) => format!(
            "{who} mới viết ở chỗ này: \"{}\"; chỗ này đã được viết lại nên giữ nguyên.",
            plain(now)
        ),
        What::Whole(Conflict::Rewritten(None)) => format!(
            "{who} mới bỏ một đoạn ở chỗ này; chỗ này đã được viết lại nên giữ nguyên."
        ),
        What::Whole(Conflict::Present(section)) => {
            let said = section.blocks.iter().map(|block| plain(&block.kind.plain()));
            let said: Vec<String> = said.collect();
            format!("{who} mới có phần này, nội dung khác: {}", said.join(" / "))
        }
    };
    format!("> **{NOTE}{}{CONFLICT}** {told}", plain(version))
}

/// What a block says from the word "khung" on, if it is a [note], or one that people took
/// out of its quote.
pub(crate) fn as_note(said: &str) -> Option<&str> {
    let said = said.trim_start_matches(['>', '*', ' ']);
    (said.starts_with(NOTE) && said.contains(CONFLICT)).then_some(said)
}
