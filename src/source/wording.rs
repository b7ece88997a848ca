//! All wording about TOML: what serde and the parser say in English, in Vietnamese.

use super::typed::is_curved;
use super::{quoted, suggest, suggest_called};
use crate::diagnostic::{Code, Diagnostic};
use crate::profile::{TWO_READINGS, UNLISTED};

/// A required key that is not there.
pub(crate) fn missing(key: &str) -> Diagnostic {
    Diagnostic::error(
        Code::MissingKey,
        format!("thiếu `{key}`"),
        format!("Thêm dòng `{key} = …` vào mục này."),
    )
}

/// An entry of a layer without keys that a new one must have, of an id that nobody has.
pub(super) fn no_target(
    list: &str,
    id: &str,
    lacking: &[&str],
    below: &[String],
) -> Diagnostic {
    let keys: Vec<String> = lacking.iter().map(|key| format!("`{key}`")).collect();
    Diagnostic::error(
        Code::NoTarget,
        format!(
            "lớp ghi đè \"{}\", ở dưới không có [[{list}]] nào mang mã này",
            quoted(id)
        ),
        format!(
            "{} Nếu là mục mới thì thêm {}.",
            suggest(id, below.iter().map(String::as_str)),
            keys.join(", ")
        ),
    )
}

/// A second entry of a layer that overrides the same one.
pub(super) fn twice(id: &str) -> Diagnostic {
    Diagnostic::error(
        Code::DuplicateId,
        format!("lớp ghi đè \"{}\" hai lần", quoted(id)),
        "Gộp hai mục thành một.",
    )
}

/// An entry of a layer that overrides what others are or stand for now.
pub(super) fn gone(id: &str, now: &[String]) -> Diagnostic {
    let now: Vec<String> = now.iter().map(|id| format!("\"{}\"", quoted(id))).collect();
    Diagnostic::error(
        Code::NoTarget,
        format!("lớp ghi đè \"{}\", mã này nay là {}", quoted(id), now.join(", ")),
        "Đổi `id` thành mã nay có, hoặc xóa mục này.",
    )
}

/// A key that nothing reads.
pub(super) fn unknown_key(key: &str, known: &[&str]) -> Diagnostic {
    Diagnostic::error(
        Code::UnknownKey,
        format!("không có khóa `{}` ở đây", quoted(key)),
        suggest(key, known.iter().copied()),
    )
}

/// Says in Vietnamese what serde says in English.
pub(super) fn explain(message: &str, key: &str) -> Diagnostic {
    let key = quoted(key);
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let known = names.get(1..).unwrap_or_default();
    if message.starts_with("unknown field") {
        return unknown_key(&key, known);
    }
    if message.starts_with(UNLISTED) {
        let given = names.first().copied().unwrap_or_default();
        let known: Vec<_> = known.chunks_exact(2).map(|one| (one[0], one[1])).collect();
        return Diagnostic::error(
            Code::BadValue,
            format!("`{key}` không nhận giá trị \"{}\"", quoted(given)),
            suggest_called(given, &known),
        );
    }
    if let Some(readings) = message.strip_prefix(TWO_READINGS) {
        return Diagnostic::error(
            Code::BadMoney,
            format!("`{key}` có thể đọc thành hai số: {readings}"),
            "Viết phần nghìn bằng dấu chấm, phần lẻ bằng dấu phẩy: \"98.000\" hoặc \"98\".",
        );
    }
    let expected = message.rsplit("expected ").next().unwrap_or(message);
    if expected == "a sum of money" {
        return Diagnostic::error(
            Code::BadMoney,
            format!("`{key}` không phải một số tiền"),
            "Viết theo triệu đồng, không âm, ví dụ \"1.234,5\" hoặc 1234.",
        );
    }
    Diagnostic::error(
        Code::WrongType,
        format!("`{key}` có giá trị sai kiểu"),
        format!("Cần {}.", type_name(expected)),
    )
}

fn type_name(expected: &str) -> String {
    let known = [
        ("a string", "một chuỗi trong dấu nháy kép, ví dụ \"…\""),
        ("string", "một chuỗi trong dấu nháy kép, ví dụ \"…\""),
        ("a sequence", "một danh sách trong ngoặc vuông, ví dụ [\"…\", \"…\"]"),
        ("a boolean", "true hoặc false"),
        ("a map", "một bảng, ví dụ { khoa = \"…\" }"),
        ("a day", "một ngày có thật, không kèm giờ, ví dụ \"18/12/2023\""),
        ("i", "một số nguyên"),
        ("u", "một số nguyên không âm"),
        ("struct", "một bảng, ví dụ { khoa = \"…\" }"),
    ];
    known.iter().find(|(english, _)| expected.starts_with(english)).map_or_else(
        || format!("giá trị khác ({expected})"),
        |(_, text)| (*text).to_owned(),
    )
}

/// Says in Vietnamese what the TOML parser says in English of a line.
pub(super) fn syntax(message: &str, typed: &str) -> Diagnostic {
    if let Some(found) = quotes(message, typed) {
        return found;
    }
    let line = "Sửa dòng này theo cú pháp TOML: khóa = giá trị; chuỗi đặt trong dấu nháy \
                kép; dấu \\ trong chuỗi viết thành \\\\.";
    let day = "Viết một ngày có thật, ví dụ 2023-12-18.";
    let known = [
        ("duplicate key", "khóa này đã có ở trên", "Xóa dòng này hoặc dòng ở trên."),
        (
            "invalid basic string",
            "chuỗi chưa đóng dấu nháy hoặc có ký tự không được phép",
            line,
        ),
        ("unclosed", "thiếu dấu đóng", line),
        ("missing value", "thiếu giá trị", line),
        ("key with no value", "sau khóa thiếu dấu = và giá trị", line),
        (
            "unexpected key or value",
            "sau giá trị còn nội dung thừa",
            "Đặt cả giá trị trong dấu nháy kép, kể cả số tiền có dấu phẩy: \"1.234,5\".",
        ),
        ("extra", "thừa ký tự", line),
        ("string values must be quoted", "chuỗi phải đặt trong dấu nháy kép", line),
        ("value is out of range", "ngày hoặc giờ không tồn tại", day),
        ("invalid date", "ngày hoặc giờ không tồn tại", day),
        ("datetime", "ngày hoặc giờ không tồn tại", day),
        ("recurs", "lồng nhau quá nhiều lớp", TOO_DEEP),
    ];
    let lower = message.to_lowercase();
    let (meaning, hint) = known
        .iter()
        .find(|(english, ..)| lower.contains(english))
        .map_or(("", line), |(_, meaning, hint)| (*meaning, *hint));
    let colon = if meaning.is_empty() { "" } else { ": " };
    Diagnostic::error(
        Code::Syntax,
        format!("sai cú pháp TOML{colon}{meaning} ({})", quoted(message.trim())),
        hint,
    )
}

/// Quotes of a line that the parser does not take as they are meant.
fn quotes(message: &str, typed: &str) -> Option<Diagnostic> {
    let value = typed.split_once('=').map_or(typed, |(_, value)| value).trim_start();
    let value = value.trim_start_matches(['[', '{', ' ']);
    let is_unclosed = message.contains("invalid basic string");
    let is_bare = message.contains("string values must be quoted");
    let curved = value.chars().find(|c| is_curved(*c));
    if let Some(c) = curved
        && (is_unclosed || (is_bare && value.starts_with(is_curved)))
    {
        return Some(Diagnostic::error(
            Code::Syntax,
            format!("sai cú pháp TOML: dấu nháy cong {c} không mở, đóng chuỗi được"),
            "Mở và đóng chuỗi bằng dấu nháy thẳng \", mỗi chuỗi một cặp; dấu nháy cong chỉ dùng \
             trong nội dung, cũng đủ cặp “ ”.",
        ));
    }
    let is_more = message.contains("unexpected key or value")
        || message.contains("missing comma between array elements")
        || message.contains("missing opening quote");
    (is_more && value.starts_with('"')).then(|| {
        Diagnostic::error(
            Code::Syntax,
            "sai cú pháp TOML: sau dấu nháy đóng chuỗi còn chữ",
            "Dấu nháy trong nội dung viết thành “ ”: \"Đề án “X”\". Giữa hai chuỗi của một danh \
             sách cần dấu phẩy: [\"…\", \"…\"].",
        )
    })
}

/// A character that XML, and so Word, cannot hold.
pub(super) fn control_character(c: char) -> Diagnostic {
    Diagnostic::error(
        Code::ControlCharacter,
        format!("chuỗi có ký tự điều khiển U+{:04X}", u32::from(c)),
        "Xóa ký tự này: văn bản Word không chứa được nó.",
    )
}

/// Tables inside tables beyond all need.
pub(super) fn too_deep() -> Diagnostic {
    Diagnostic::error(Code::Syntax, "các bảng lồng nhau quá nhiều lớp", TOO_DEEP)
}

const TOO_DEEP: &str = "Viết mỗi mục dưới một dòng tiêu đề riêng, không lồng vào nhau.";

/// What is said of a file that is no UTF-8 from a line on, and what to do; `guess` is what it may
/// be, and a word of it.
pub(super) fn not_utf8(
    name: &str,
    line: usize,
    guess: Option<(&str, String)>,
) -> (String, String) {
    let mut message = format!("tệp {name} không phải văn bản UTF-8 từ dòng {line}");
    let mut hint = String::new();
    if let Some((encoding, example)) = guess {
        message.push_str(": theo bảng mã ");
        message.push_str(encoding);
        if !example.is_empty() {
            message = format!("{message} (có chữ “{example}”)");
            hint.push_str("Chuyển mã sang Unicode (UniKey: Ctrl+Shift+F6), rồi l");
        }
    }
    if hint.is_empty() {
        hint.push_str("Mở tệp bằng trình soạn thảo văn bản, l");
    }
    hint.push_str(
        "ưu lại với bảng mã UTF-8 (Notepad: Tệp > Lưu thành… > Mã hóa: UTF-8).",
    );
    (message, hint)
}
