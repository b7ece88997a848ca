//! The same profile in every form that an editor saves, and inputs that mean harm.

use std::sync::Arc;

use khung::diagnostic::{Diagnostic, has_errors};
use khung::markdown::{record, without_record};
use khung::record::Record;
use khung::source::Source;
use unicode_normalization::UnicodeNormalization;

fn profile(bytes: &[u8]) -> Arc<Source> {
    Source::new("profile.toml", bytes).unwrap()
}

#[test]
fn a_profile_means_the_same_in_every_form() {
    let (catalog, templates) = crate::embedded();
    let plan = |bytes: &[u8]| {
        let (draft, diagnostics) =
            khung::build(&catalog, &templates, &profile(bytes), None);
        assert!(diagnostics.is_empty(), "{}", khung::cli::render(&diagnostics));
        without_record(&draft.unwrap().markdown()).to_owned()
    };
    let text = include_str!("../examples/da-nang.toml").replace(
        "[review]\n",
        "[review]\nprogress = ['''\nĐoạn thứ nhất\nđoạn thứ hai''']\n",
    );
    let expected = plan(text.as_bytes());
    assert!(expected.contains("đoạn thứ hai"));
    assert_eq!(plan(format!("\u{FEFF}{text}").as_bytes()), expected, "BOM");
    assert_eq!(plan(text.replace('\n', "\r\n").as_bytes()), expected, "CRLF");
    assert_eq!(plan(text.nfd().collect::<String>().as_bytes()), expected, "NFD");
    assert_eq!(plan(text.trim_end().as_bytes()), expected, "no last line end");
}

#[test]
fn a_profile_means_the_same_as_word_and_hands_type_it() {
    let (catalog, templates) = crate::embedded();
    let plan = |text: &str| {
        let source = profile(text.as_bytes());
        let (draft, diagnostics) = khung::build(&catalog, &templates, &source, None);
        assert!(diagnostics.is_empty(), "{}", khung::cli::render(&diagnostics));
        draft.unwrap().markdown()
    };
    let text = include_str!("../examples/da-nang.toml");
    let expected = without_record(&plan(text)).to_owned();
    let (mut curved, mut is_open) = (String::new(), false);
    for c in text.replace("2024-09-30", "30/9/2024").chars() {
        is_open ^= c == '"';
        match c {
            '"' if is_open => curved.push('“'),
            '"' => curved.push('”'),
            '=' if !is_open => curved.push_str("\u{a0}="),
            c => curved.push(c),
        }
    }
    assert!(curved.contains("agency \u{a0}= “Đà Nẵng”"));
    assert!(curved.contains("deadline \u{a0}= 30/9/2024"));
    let typed = plan(&curved);
    assert!(without_record(&typed) == expected);
    // What the plan carries of the profile is TOML for everybody.
    let record = Record::read(record(&typed)).unwrap();
    assert!(toml::from_str::<toml::Table>(&record.profile).is_ok());
}

#[test]
fn values_may_be_given_as_they_are_called() {
    let (catalog, templates) = crate::embedded();
    let plan = |text: &str| {
        let source = profile(text.as_bytes());
        let (draft, diagnostics) = khung::build(&catalog, &templates, &source, None);
        assert!(diagnostics.is_empty(), "{}", khung::cli::render(&diagnostics));
        draft.unwrap()
    };
    let text = include_str!("../examples/da-nang.toml");
    let mut called = text.to_owned();
    for (name, what) in [
        ("guidance = \"comments\"", "guidance = \"Bình luận\""),
        ("role = \"deputy\"", "role = \"cấp phó\""),
        ("heading = \"awareness-day\"", "heading = \"Ngày chuyển đổi số\""),
        ("heading = \"data\"", "heading = \"4. Dữ liệu số\""),
        ("verdict = \"Vượt\"", "verdict = \"vượt\""),
        ("verdict = \"Không đạt\"", "verdict = \"KHONG DAT\""),
        ("id = \"open-data\"", "id = \"Cung cấp dữ liệu mở\""),
        ("\"build-and-rent\"", "\"Đầu tư xây dựng kết hợp thuê dịch vụ\""),
        ("status = \"carried-over\"", "status = \"chuyển tiếp\""),
        ("status = \"new\"", "status = \"Mới\""),
        ("task = \"digital-villages\"", "task = \"DIGITAL-VILLAGES\""),
        ("section = \"government\"", "section = \"Chính phủ số\""),
    ] {
        assert!(called.contains(name), "{name}");
        called = called.replace(name, what);
    }
    let (expected, made) = (plan(text), plan(&called));
    assert!(without_record(&made.markdown()) == without_record(&expected.markdown()));
    // In Word the guidance stands in comments, by either name.
    let comments = |draft: &khung::Draft| {
        let package =
            khung::docx::package::Package::read(&draft.docx().unwrap()).unwrap();
        package.part("word/comments.xml").map(<[u8]>::to_vec)
    };
    assert!(comments(&expected).is_some());
    assert!(comments(&made) == comments(&expected));
}

/// Reads what means harm on a thread as small as a worker's: some stop on their own.
fn read(text: String) -> Vec<Diagnostic> {
    let run = move || {
        let (catalog, templates) = crate::embedded();
        khung::build(&catalog, &templates, &profile(text.as_bytes()), None).1
    };
    let small = std::thread::Builder::new().stack_size(1024 * 1024);
    let diagnostics = small.spawn(run).unwrap().join().unwrap();
    assert!(has_errors(&diagnostics));
    assert!(diagnostics.len() <= 200);
    diagnostics
}

#[test]
fn nesting_is_bounded() {
    let deep = 100_000;
    let dotted = vec!["a"; 80].join(".");
    for text in [
        format!("agency = {}{}", "[".repeat(deep), "]".repeat(deep)),
        format!("agency = {}", "[".repeat(deep)),
        format!("agency = {}", "{a=".repeat(deep)),
        format!("agency = {}1{}", "{a=".repeat(deep), "}".repeat(deep)),
        format!("{}a = 1", "a.".repeat(deep)),
        format!("[{}a]", "a.".repeat(deep)),
        format!("[[{}a]]\nb = 1", "a.".repeat(deep)),
        format!(
            "[{dotted}]\n{dotted} = {}1{}",
            format!("{{{dotted}=").repeat(70),
            "}".repeat(70)
        ),
    ] {
        read(text);
    }
}

#[test]
fn a_flood_of_mistakes_is_told_in_part() {
    let many = 100_000;
    let keys: Vec<String> = (0..many).map(|at| format!("k{at}=1\n")).collect();
    let keys = keys.concat();
    for text in [
        keys.clone(),
        format!("[issue]\n{keys}"),
        "[[target]]\n".repeat(many),
        "[[task]]\nid='x'\n".repeat(many),
        "[[left_out]]\ntask='open-data'\n".repeat(many / 2),
        "=\n".repeat(many),
        format!("[review]\nprogress = [{}]", "1,".repeat(many)),
        format!("[[task]]\nid='open-data'\nchoices = {{{}}}", keys.replace('\n', ",")),
        format!("agency = \"{}\"", "\u{1}".repeat(many)),
        format!("agency = \"{}\"", "ạ".repeat(many)),
    ] {
        read(text);
    }
}

#[test]
fn what_is_far_too_long_is_not_read() {
    let diagnostics = read("agency = \"Lào Cai\"\n".repeat(3_000_000));
    insta::with_settings!({ snapshot_path => "suite/err-too-large",
        prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("diagnostics", khung::cli::render(&diagnostics));
    });
}
