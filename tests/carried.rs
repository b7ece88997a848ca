//! What a Word file may carry beside its text: what is said of each, whether it keeps the plan
//! from its signature, and whether it goes with `--clean`.

use khung::diagnostic::Severity;
use khung::docx::package::Package;
use khung::finalize::finalize;
use khung::review::review;

use crate::finalize::finished;

const MAIN: &str = "word/document.xml";
const MAIN_RELATIONS: &str = "word/_rels/document.xml.rels";
const ROOT_RELATIONS: &str = "_rels/.rels";

/// How a thing comes into a file.
enum By {
    /// A relation of the main part: how its type ends, its target, whether that is outside.
    Relation(&'static str, &'static str, bool),
    /// A relation of the package.
    Root(&'static str, &'static str),
    /// A run of the text.
    Run(&'static str),
    /// Behind the last paragraph of the text.
    Body(&'static str),
    /// A paragraph of a page header.
    Header(&'static str),
    /// An element of the settings, of the core or of the extended properties.
    Settings(&'static str),
    Core(&'static str),
    Extended(&'static str),
}
use By::{Body, Core, Extended, Header, Relation, Root, Run, Settings};

/// What becomes of it.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It keeps the plan from its signature.
    Blocks,
    /// It is told, and stays.
    Told,
    /// It is told, and goes with `--clean`.
    Cleaned,
    /// Nobody needs to know.
    Silent,
}
use Fate::{Blocks, Cleaned, Silent, Told};

/// The code of a finding, and a part of one of its lines.
type Row = (By, &'static str, &'static str, Fate);

const ROWS: &[Row] = &[
    // What runs, loads by itself, or was not read.
    (Relation("vbaProject", "vbaProject.bin", false), "live-content", "macro", Blocks),
    (
        Relation("control", "activeX/activeX1.xml", false),
        "live-content",
        "ActiveX",
        Blocks,
    ),
    (
        Relation("attachedTemplate", "http://x.vn/a.dotm", true),
        "live-content",
        "mẫu nạp từ xa: http://x.vn/a.dotm",
        Blocks,
    ),
    (
        Relation("attachedTemplate", "\\\\may\\chia\\a.dotm", true),
        "live-content",
        "mẫu nạp từ xa",
        Blocks,
    ),
    (
        Relation("attachedTemplate", "file://may/chia/a.dotm", true),
        "live-content",
        "mẫu nạp từ xa",
        Blocks,
    ),
    (Relation("aFChunk", "a.htm", false), "live-content", "altChunk", Blocks),
    (Relation("aFChunk", "http://x.vn/a.htm", true), "live-content", "altChunk", Blocks),
    (Relation("subDocument", "a.docx", true), "live-content", "tài liệu con", Blocks),
    (Relation("frame", "a.htm", true), "live-content", "khung trang", Blocks),
    (
        Relation("image", "http://x.vn/a.png", true),
        "live-content",
        "hình nạp từ ngoài tệp: http://x.vn/a.png",
        Blocks,
    ),
    (
        Relation("oleObject", "http://x.vn/a.xlsx", true),
        "live-content",
        "đối tượng liên kết",
        Blocks,
    ),
    (
        Relation("package", "file:///c:/a.xlsx", true),
        "live-content",
        "tệp liên kết",
        Blocks,
    ),
    (Relation("video", "http://x.vn/a.mp4", true), "live-content", "phim", Blocks),
    (Relation("audio", "http://x.vn/a.mp3", true), "live-content", "âm thanh", Blocks),
    (Relation("recipientData", "a.xml", false), "live-content", "người nhận", Blocks),
    (
        Relation("mailMergeSource", "file:///c:/a.xlsx", true),
        "live-content",
        "trộn thư",
        Blocks,
    ),
    (
        Relation("keyMapCustomizations", "a.xml", false),
        "live-content",
        "phím tắt",
        Blocks,
    ),
    (
        Relation("attachedToolbars", "a.bin", false),
        "live-content",
        "thanh công cụ",
        Blocks,
    ),
    (
        Root("webextensiontaskpanes", "word/webextensions/taskpanes.xml"),
        "live-content",
        "tiện ích",
        Blocks,
    ),
    (Root("extensibility", "customUI/customUI.xml"), "live-content", "customUI", Blocks),
    (
        Body("<w:altChunk r:id=\"rId1\" xmlns:r=\"r\"/>"),
        "live-content",
        "altChunk",
        Blocks,
    ),
    (
        Run("<w:fldSimple w:instr=\" DDEAUTO excel a b \"/>"),
        "live-content",
        "trường DDEAUTO",
        Blocks,
    ),
    (
        Run(
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText> dde a</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>",
        ),
        "live-content",
        "trường DDE",
        Blocks,
    ),
    (
        Run(
            "<w:r><w:instrText xml:space=\"preserve\"> INCLUDE</w:instrText></w:r><w:r><w:instrText>PICTURE http://x.vn/a.png</w:instrText></w:r>",
        ),
        "live-content",
        "trường INCLUDEPICTURE",
        Blocks,
    ),
    (
        Run("<w:fldSimple w:instr=\"INCLUDETEXT a.docx\"/>"),
        "live-content",
        "trường INCLUDETEXT",
        Blocks,
    ),
    (
        Run("<w:fldSimple w:instr=\"LINK Excel.Sheet a.xlsx\"/>"),
        "live-content",
        "trường LINK",
        Blocks,
    ),
    (
        Run("<w:fldSimple w:instr=\"DATABASE \\d a.mdb\"/>"),
        "live-content",
        "trường DATABASE",
        Blocks,
    ),
    (
        Run("<w:fldSimple w:instr=\"MACROBUTTON Chay Bấm\"/>"),
        "live-content",
        "trường MACROBUTTON",
        Blocks,
    ),
    (
        Run("<w:fldSimple w:instr=\"FILLIN ten\"/>"),
        "live-content",
        "trường FILLIN",
        Blocks,
    ),
    (
        Run("<w:fldSimple w:instr=\"MERGEFIELD ten\"/>"),
        "live-content",
        "trường MERGEFIELD",
        Blocks,
    ),
    (Settings("<w:mailMerge/>"), "live-content", "trộn thư", Blocks),
    // What nobody sees.
    (
        Run("<w:r><w:rPr><w:vanish/></w:rPr><w:t>ghi chú riêng</w:t></w:r>"),
        "hidden-text",
        "ghi chú riêng",
        Blocks,
    ),
    (
        Run("<w:r><w:rPr><w:color w:val=\"FFFFFF\"/></w:rPr><w:t>chữ trắng</w:t></w:r>"),
        "hidden-text",
        "chữ trắng",
        Blocks,
    ),
    (
        Run(
            "<w:r><w:rPr><w:shd w:fill=\"000000\"/><w:color w:val=\"FFFFFF\"/></w:rPr><w:t>chữ trắng</w:t></w:r>",
        ),
        "hidden-text",
        "",
        Silent,
    ),
    (
        Run("<w:r><w:rPr><w:vanish w:val=\"0\"/></w:rPr><w:t>rõ</w:t></w:r>"),
        "hidden-text",
        "",
        Silent,
    ),
    // What says that it is a draft.
    (
        Header("<w:p><w:r><w:t>BẢN NHÁP</w:t></w:r></w:p>"),
        "draft-mark",
        "Đầu trang: “BẢN NHÁP”",
        Blocks,
    ),
    (
        Header("<w:p><w:r><w:t>Dự  thảo</w:t></w:r><w:r><w:t> lần 2</w:t></w:r></w:p>"),
        "draft-mark",
        "Dự thảo lần 2",
        Blocks,
    ),
    (
        Header(
            "<w:p><w:r><w:pict><v:shape xmlns:v=\"v\"><v:textpath string=\"DỰ THẢO\"/></v:shape></w:pict></w:r></w:p>",
        ),
        "draft-mark",
        "Đầu trang: “DỰ THẢO”",
        Blocks,
    ),
    (
        Header(
            "<w:p><w:r><w:pict><v:shape xmlns:v=\"v\"><v:textpath string=\"BẢN THẢO\"/></v:shape></w:pict></w:r></w:p>",
        ),
        "draft-mark",
        "BẢN THẢO",
        Blocks,
    ),
    // What tells of people, or is carried along.
    (
        Core("<cp:lastModifiedBy>Trần Lan</cp:lastModifiedBy>"),
        "carried",
        "người lưu cuối: Trần Lan",
        Cleaned,
    ),
    (Core("<cp:revision>17</cp:revision>"), "carried", "số lần lưu: 17", Cleaned),
    (Extended("<Company>Công ty A</Company>"), "carried", "cơ quan: Công ty A", Cleaned),
    (Extended("<Manager>Lê Nam</Manager>"), "carried", "người quản lý: Lê Nam", Cleaned),
    (
        Extended("<Template>C:\\Users\\lan\\mau.dotx</Template>"),
        "carried",
        "tên mẫu",
        Cleaned,
    ),
    (Extended("<Template>Normal.dotm</Template>"), "carried", "", Silent),
    (
        Extended("<TotalTime>318</TotalTime>"),
        "carried",
        "thời gian soạn thảo, phút: 318",
        Cleaned,
    ),
    (
        Relation("attachedTemplate", "file:///C:/Users/lan/mau.dotx", true),
        "carried",
        "đường dẫn của mẫu",
        Cleaned,
    ),
    (Relation("people", "people.xml", false), "carried", "people", Cleaned),
    (
        Relation("glossaryDocument", "glossary/document.xml", false),
        "carried",
        "glossary",
        Cleaned,
    ),
    (
        Relation("customXml", "../customXml/item7.xml", false),
        "carried",
        "dữ liệu XML riêng",
        Cleaned,
    ),
    (
        Relation("printerSettings", "printerSettings1.bin", false),
        "carried",
        "máy in",
        Cleaned,
    ),
    (Root("thumbnail", "docProps/thumbnail.jpeg"), "carried", "ảnh thu nhỏ", Cleaned),
    (
        Relation("oleObject", "embeddings/a.bin", false),
        "carried",
        "đối tượng nhúng",
        Told,
    ),
    (Relation("package", "embeddings/a.xlsx", false), "carried", "tệp nhúng", Told),
    (
        Relation("hyperlink", "file:///C:/Users/lan/a.xlsx", true),
        "carried",
        "liên kết đến tệp của máy",
        Told,
    ),
    (Relation("hyperlink", "https://mic.gov.vn", true), "carried", "", Silent),
    (
        Run("<w:fldSimple w:instr=\" DATE \\@ dd/MM/yyyy\"/>"),
        "carried",
        "trường DATE",
        Told,
    ),
    (Run("<w:fldSimple w:instr=\" PAGE \"/>"), "carried", "", Silent),
    (Settings("<w:docVars/>"), "carried", "biến tài liệu", Cleaned),
    (Settings("<w:documentProtection/>"), "carried", "khóa sửa", Cleaned),
    (Settings("<w:trackRevisions/>"), "carried", "theo dõi thay đổi", Cleaned),
    (Settings("<w:rsids><w:rsid w:val=\"00A1\"/></w:rsids>"), "carried", "rsid", Cleaned),
    (
        Run("<w:permStart w:id=\"1\" w:ed=\"lan@x.vn\"/><w:permEnd w:id=\"1\"/>"),
        "carried",
        "permStart",
        Cleaned,
    ),
    (Root("origin", "_xmlsignatures/origin.sigs"), "signature", "", Cleaned),
    // A picture behind the words may say that this is a draft.
    (
        Header(
            "<w:p><w:r><w:pict><v:shape xmlns:v=\"v\" id=\"WordPictureWatermark1\"><v:imagedata/></v:shape></w:pict></w:r></w:p>",
        ),
        "carried",
        "hình chìm ở đầu trang mà khung không đọc được",
        Told,
    ),
    (
        Header(
            "<w:p><w:r><w:pict><v:shape xmlns:v=\"v\" style=\"width:9pt; z-index: -25\"><v:imagedata/></v:shape></w:pict></w:r></w:p>",
        ),
        "carried",
        "hình chìm",
        Told,
    ),
    (
        Header(
            "<w:p><w:r><w:drawing><wp:anchor xmlns:wp=\"wp\" behindDoc=\"1\"><a:blip xmlns:a=\"a\"/></wp:anchor></w:drawing></w:r></w:p>",
        ),
        "carried",
        "hình chìm",
        Told,
    ),
    (
        Header(
            "<w:p><w:r><w:drawing><wp:anchor xmlns:wp=\"wp\" behindDoc=\"0\"><a:blip xmlns:a=\"a\"/></wp:anchor></w:drawing></w:r></w:p>",
        ),
        "carried",
        "",
        Silent,
    ),
    // What the eye does not see.
    (
        Run("<w:r><w:t> \u{202E}000.1</w:t></w:r>"),
        "deceptive-text",
        "⟨U+202E: dấu đổi chiều chữ⟩000.1",
        Blocks,
    ),
    (Run("<w:r><w:t>\u{E0041}</w:t></w:r>"), "deceptive-text", "“A”", Blocks),
    (
        Header("<w:p><w:r><w:t>a\u{2066}b</w:t></w:r></w:p>"),
        "deceptive-text",
        "Đầu trang: “a⟨U+2066",
        Blocks,
    ),
    (
        Run("<w:r><w:t>\u{200B}</w:t></w:r>"),
        "invisible-character",
        "U+200B: dấu cách không bề rộng",
        Told,
    ),
    (Run("<w:r><w:t>chuyển\u{AD}đổi</w:t></w:r>"), "invisible-character", "", Silent),
    (Run("<w:r><w:t> Lào \u{421}ai</w:t></w:r>"), "look-alike", "trông như C⟩ai", Told),
    (
        Run(
            "<w:r><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>Q\u{D0}</w:t></w:r></w:p></w:txbxContent></v:textbox></w:pict></w:r>",
        ),
        "look-alike",
        "không phải Đ",
        Told,
    ),
    (
        Run("<w:r><w:t> Tá</w:t></w:r><w:r><w:t>º¡o</w:t></w:r>"),
        "garbled-text",
        "“Táº¡o” là “Tạo”",
        Told,
    ),
    (
        Run(
            "<w:r><w:rPr><w:rFonts w:ascii=\".VnTime\"/></w:rPr><w:t xml:space=\"preserve\"> HuÕ </w:t></w:r>",
        ),
        "garbled-text",
        "“HuÕ” là “Huế”",
        Told,
    ),
    (
        Run(
            "<w:r><w:rPr><w:rFonts w:hAnsi=\"VNI-Times\"/></w:rPr><w:t xml:space=\"preserve\"> Hueá </w:t></w:r>",
        ),
        "garbled-text",
        "“Hueá” là “Huế”",
        Told,
    ),
    (Run("<w:r><w:t>ch\u{FFFD}</w:t></w:r>"), "garbled-text", "U+FFFD", Told),
    (Run("<w:r><w:t>\u{F0FE}</w:t></w:r>"), "garbled-text", "U+F0FE: ký tự riêng", Told),
    (
        Run(
            "<w:r><w:rPr><w:rFonts w:ascii=\"Wingdings\"/></w:rPr><w:t>\u{F0FE}</w:t></w:r>",
        ),
        "garbled-text",
        "",
        Silent,
    ),
    (
        Run("<w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/></w:r>"),
        "garbled-text",
        "",
        Silent,
    ),
];

/// The target of a relation as the name of a part.
fn part(target: &str, is_main: bool) -> String {
    match target.strip_prefix("../") {
        Some(rest) => rest.to_owned(),
        None if is_main => format!("word/{target}"),
        None => target.to_owned(),
    }
}

fn with(plan: &[u8], by: &By) -> Vec<u8> {
    let mut package = Package::read(plan).unwrap();
    let mut replace = |name: &str, from: &str, to: &str| {
        let text = String::from_utf8(package.part(name).unwrap().to_vec()).unwrap();
        assert!(text.contains(from), "{from} in {name}: {text}");
        package.replace(name, text.replacen(from, to, 1));
    };
    let relation = |kind: &str, target: &str, mode: &str| {
        format!(
            "<Relationship Id=\"rIdX\" Type=\"http://x/{kind}\" Target=\"{target}\"{mode}/></Relationships>"
        )
    };
    let mut added = None;
    match by {
        Relation(kind, target, is_outside) => {
            let mode = if *is_outside { " TargetMode=\"External\"" } else { "" };
            let end = "</Relationships>";
            replace(MAIN_RELATIONS, end, &relation(kind, target, mode));
            added = (!is_outside).then(|| part(target, true));
        }
        Root(kind, target) => {
            replace(ROOT_RELATIONS, "</Relationships>", &relation(kind, target, ""));
            added = Some(part(target, false));
        }
        Run(run) => replace(
            MAIN,
            "Dự kiến tổng",
            &format!("Dự kiến tổng</w:t></w:r>{run}<w:r><w:t xml:space=\"preserve\">"),
        ),
        Body(block) => replace(MAIN, "<w:sectPr", &format!("{block}<w:sectPr")),
        Header(paragraph) => {
            replace("word/header1.xml", "</w:hdr>", &format!("{paragraph}</w:hdr>"));
        }
        Settings(element) => {
            let end = "</w:settings>";
            replace("word/settings.xml", end, &format!("{element}{end}"));
        }
        Core(element) => {
            let end = "</cp:coreProperties>";
            replace("docProps/core.xml", end, &format!("{element}{end}"));
        }
        Extended(element) => {
            let kind = "extended-properties";
            let name = "docProps/app.xml";
            replace(ROOT_RELATIONS, "</Relationships>", &relation(kind, name, ""));
            package
                .replace(name, format!("<Properties xmlns=\"p\">{element}</Properties>"));
        }
    }
    if let Some(name) = added {
        package.replace(&name, "<a/>");
    }
    package.write().unwrap()
}

#[test]
fn what_a_word_file_carries_is_told_blocks_or_goes() {
    let (catalog, _) = crate::embedded();
    let clean = finished(false, &[]);
    let mut told = String::new();
    for (at, (by, code, line, fate)) in ROWS.iter().enumerate() {
        let what = format!("row {at}, {code}: {line}");
        let plan = with(&clean, by);
        let lines = |found: &[khung::diagnostic::Diagnostic]| -> Vec<String> {
            let own = found.iter().filter(|one| one.code.as_str() == *code);
            own.flat_map(|one| [one.message.clone()].into_iter().chain(one.spots.clone()))
                .collect()
        };
        let is_told = |lines: &[String]| lines.iter().any(|one| one.contains(line));
        let found = review("a.docx", &plan, &catalog).unwrap();
        assert!(found.iter().all(|one| one.severity == Severity::Warning), "{what}");
        // One of each code, as a drafter reads it.
        if !told.contains(code) {
            let own = found.iter().filter(|one| one.code.as_str() == *code).cloned();
            told += &khung::cli::render(&own.collect::<Vec<_>>());
        }
        let (copy, said) = finalize("a.docx", &plan, &catalog, false);
        let copy = copy.unwrap();
        if *fate == Silent {
            assert_eq!(lines(&found), [""; 0], "{what}");
            assert!(copy.is_some(), "{what}: {said:?}");
            continue;
        }
        assert!(is_told(&lines(&found)), "{what}: {found:?}");
        assert!(is_told(&lines(&said)), "{what}: {said:?}");
        assert_eq!(copy.is_none(), *fate == Blocks, "{what}: {said:?}");
        let (copy, said) = finalize("a.docx", &plan, &catalog, true);
        let copy = copy.unwrap();
        assert_eq!(copy.is_none(), *fate == Blocks, "{what}: {said:?}");
        let Some(copy) = copy else { continue };
        // A signature is told of the plan: the copy has none.
        assert_eq!(
            is_told(&lines(&said)),
            *fate == Told || *code == "signature",
            "{what}: {said:?}"
        );
        let package = Package::read(&copy.plan).unwrap();
        assert_eq!(khung::docx::lint::lint(&package), [], "{what}");
        let left = review("b.docx", &copy.plan, &catalog).unwrap();
        assert_eq!(is_told(&lines(&left)), *fate == Told, "{what}: {left:?}");
    }
    insta::with_settings!({ snapshot_path => "review", prepend_module_to_snapshot => false,
        omit_expression => true }, {
        insta::assert_snapshot!("carried", told);
    });
}
