//! What a Word file carries beside its text: what loads or runs by itself or was not read, words
//! that nobody sees, and what it says of the people who wrote it.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic};
use crate::docx::package::{Package, resolved};
use crate::docx::sight::Sight;
use crate::docx::story::{Kind, Story, each};
use crate::docx::without_record;
use crate::docx::xml::{self, Element, Node, Path};
use crate::source::{brief, folded};

/// What a thing in a file is to the one who signs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// It loads or runs by itself, or khung cannot read it.
    Live,
    /// It says something that is not the plan's, or may give it away.
    Told,
}
use Weight::{Live, Told};

/// Where the target of a relation is, for it to count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Anywhere,
    Inside,
    /// In a file or on a server; what a person must click to reach does not count.
    Outside,
}
use Where::{Anywhere, Inside, Outside};

/// Relations of parts, by how their types end.
const RELATIONS: [(&str, Where, Weight, &str); 31] = [
    ("vbaProject", Anywhere, Live, "macro"),
    ("wordVbaData", Anywhere, Live, "macro"),
    ("control", Anywhere, Live, "điều khiển ActiveX"),
    ("activeXControlBinary", Anywhere, Live, "điều khiển ActiveX"),
    ("aFChunk", Anywhere, Live, "nội dung của tệp khác (altChunk), khung không đọc"),
    ("subDocument", Anywhere, Live, "tài liệu con, khung không đọc"),
    ("frame", Anywhere, Live, "khung trang nạp tệp khác"),
    ("image", Outside, Live, "hình nạp từ ngoài tệp"),
    ("oleObject", Outside, Live, "đối tượng liên kết ra ngoài tệp"),
    ("package", Outside, Live, "tệp liên kết ra ngoài"),
    ("video", Outside, Live, "phim nạp từ ngoài tệp"),
    ("audio", Outside, Live, "âm thanh nạp từ ngoài tệp"),
    ("media", Outside, Live, "phim, âm thanh nạp từ ngoài tệp"),
    ("externalLinkPath", Anywhere, Live, "liên kết dữ liệu ngoài"),
    ("mailMergeSource", Anywhere, Live, "nguồn trộn thư"),
    ("mailMergeHeaderSource", Anywhere, Live, "nguồn trộn thư"),
    ("recipientData", Anywhere, Live, "danh sách người nhận của trộn thư"),
    ("webextension", Anywhere, Live, "tiện ích tự mở (web add-in)"),
    ("webextensiontaskpanes", Anywhere, Live, "tiện ích tự mở (web add-in)"),
    ("extensibility", Anywhere, Live, "thanh công cụ riêng (customUI)"),
    ("keyMapCustomizations", Anywhere, Live, "phím tắt riêng"),
    ("attachedToolbars", Anywhere, Live, "thanh công cụ riêng"),
    ("oleObject", Inside, Told, "đối tượng nhúng (OLE)"),
    ("package", Inside, Told, "tệp nhúng"),
    ("video", Inside, Told, "phim nhúng"),
    ("audio", Inside, Told, "âm thanh nhúng"),
    ("glossaryDocument", Anywhere, Told, "khối văn bản dựng sẵn (glossary)"),
    ("thumbnail", Anywhere, Told, "ảnh thu nhỏ của trang đầu"),
    ("customXml", Anywhere, Told, "dữ liệu XML riêng"),
    ("printerSettings", Anywhere, Told, "thiết lập máy in"),
    ("people", Anywhere, Told, "tên, địa chỉ thư của người sửa (people)"),
];

/// Fields, by their first words.
const FIELDS: [(&str, Weight, &str); 18] = [
    ("DDE", Live, "lấy dữ liệu của chương trình khác"),
    ("DDEAUTO", Live, "lấy dữ liệu của chương trình khác"),
    ("INCLUDE", Live, "nạp tệp khác"),
    ("INCLUDETEXT", Live, "nạp tệp khác"),
    ("INCLUDEPICTURE", Live, "nạp hình từ ngoài"),
    ("IMPORT", Live, "nạp tệp khác"),
    ("LINK", Live, "liên kết tệp khác"),
    ("DATABASE", Live, "lấy dữ liệu từ ngoài"),
    ("RD", Live, "nhắc đến tài liệu khác"),
    ("MACROBUTTON", Live, "chạy macro"),
    ("FILLIN", Live, "hỏi khi mở"),
    ("ASK", Live, "hỏi khi mở"),
    ("PRINT", Live, "điều khiển máy in"),
    ("MERGEFIELD", Live, "trộn thư"),
    ("DATE", Told, "ngày tự đổi khi mở"),
    ("TIME", Told, "giờ tự đổi khi mở"),
    ("USERNAME", Told, "tên người mở"),
    ("LASTSAVEDBY", Told, "tên người lưu"),
];

/// Elements of the settings.
const SETTINGS: [(&str, Weight, &str); 7] = [
    ("w:mailMerge", Live, "nguồn trộn thư"),
    ("w:docVars", Told, "biến tài liệu"),
    ("w:documentProtection", Told, "khóa sửa (protection)"),
    ("w:writeProtection", Told, "khóa ghi (protection)"),
    ("w:trackRevisions", Told, "chế độ theo dõi thay đổi đang bật"),
    ("w:updateFields", Told, "yêu cầu cập nhật trường khi mở"),
    ("w:rsids", Told, "mã các lần soạn thảo (rsid)"),
];

/// Properties of a file that tell of people.
const PROPERTIES: [(&str, &str); 7] = [
    ("cp:lastModifiedBy", "người lưu cuối"),
    ("dc:creator", "tác giả"),
    ("cp:revision", "số lần lưu"),
    ("Company", "cơ quan"),
    ("Manager", "người quản lý"),
    ("Template", "tên mẫu"),
    ("TotalTime", "thời gian soạn thảo, phút"),
];

/// What is said of a draft on its pages.
const DRAFT: [&str; 4] = ["dự thảo", "bản nháp", "bản thảo", "draft"];

/// All that a file carries, one entry a thing.
#[derive(Default)]
struct Cargo {
    live: BTreeSet<String>,
    told: BTreeSet<String>,
}

impl Cargo {
    fn add(&mut self, weight: Weight, what: impl Into<String>) {
        match weight {
            Live => self.live.insert(what.into()),
            Told => self.told.insert(what.into()),
        };
    }

    /// What the relations of all parts lead to.
    fn relations(&mut self, package: &Package) {
        for (name, bytes) in &package.parts {
            let Some((folder, _)) = name.split_once("_rels/") else { continue };
            let nodes = xml::parse(bytes).unwrap_or_default();
            let all = xml::root(&nodes).map(|root| root.elements("Relationship"));
            for relation in all.into_iter().flatten() {
                // What is not there is not carried.
                let target = relation.value("Target").unwrap_or_default();
                let is_outside =
                    relation.value("TargetMode").as_deref() == Some("External");
                if is_outside || package.part(&resolved(folder, &target)).is_some() {
                    self.relation(relation);
                }
            }
        }
    }

    fn relation(&mut self, relation: &Element) {
        let kind = relation.value("Type").unwrap_or_default();
        let kind = kind.rsplit('/').next().unwrap_or_default();
        let target = relation.value("Target").unwrap_or_default();
        let is_outside = relation.value("TargetMode").as_deref() == Some("External");
        let quoted =
            || if is_outside { format!(": {}", brief(&target)) } else { String::new() };
        match kind {
            "attachedTemplate" if is_remote(&target) => {
                self.add(Live, format!("mẫu nạp từ xa{}", quoted()));
            }
            "attachedTemplate" => {
                self.add(Told, format!("đường dẫn của mẫu{}", quoted()));
            }
            "hyperlink" if is_outside && is_local(&target) => {
                self.add(Told, format!("liên kết đến tệp của máy{}", quoted()));
            }
            _ => {}
        }
        for (of, place, weight, what) in RELATIONS {
            let is_there = match place {
                Anywhere => true,
                Inside => !is_outside,
                Outside => is_outside,
            };
            if of == kind && is_there {
                self.add(weight, format!("{what}{}", quoted()));
            }
        }
    }

    /// What the fields do.
    fn fields(&mut self, sights: &[Sight]) {
        for field in sights.iter().flat_map(|sight| &sight.fields) {
            let name = field.split_whitespace().next().unwrap_or_default().to_uppercase();
            for (_, weight, what) in FIELDS.iter().filter(|(of, ..)| *of == name) {
                self.add(*weight, format!("trường {name} ({what})"));
            }
        }
    }

    /// What the settings and the texts say of how the file was written.
    fn settings(&mut self, package: &Package, stories: &[Story]) {
        let main = stories.first().map_or("", |story| &story.part);
        let part = package.related(main, "settings");
        let bytes = part.and_then(|name| package.part(name));
        let nodes = bytes.and_then(|bytes| xml::parse(bytes).ok()).unwrap_or_default();
        for (name, weight, what) in SETTINGS {
            if xml::root(&nodes).is_some_and(|root| root.element(name).is_some()) {
                self.add(weight, what);
            }
        }
        for story in stories {
            each(
                &story.nodes,
                &mut Path::new(),
                &mut |element, _| match &*element.name {
                    "w:permStart" => {
                        self.add(Told, "vùng dành cho người được sửa (permStart)");
                    }
                    "w:altChunk" => self
                        .add(Live, "nội dung của tệp khác (altChunk), khung không đọc"),
                    "w:control" => self.add(Live, "điều khiển ActiveX"),
                    _ if story.kind == Kind::Header && is_behind(element) => {
                        self.add(Told, "hình chìm ở đầu trang mà khung không đọc được");
                    }
                    _ => {}
                },
            );
        }
    }

    /// What the properties of the file say; `said` are the words of the plan, for the name of
    /// the agency is no secret.
    fn properties(&mut self, package: &Package, said: &str) {
        for part in ["core-properties", "extended-properties", "custom-properties"] {
            let bytes = package.related("", part).and_then(|name| package.part(name));
            let nodes =
                bytes.and_then(|bytes| xml::parse(bytes).ok()).unwrap_or_default();
            let Some(root) = xml::root(&nodes) else { continue };
            for (name, what) in PROPERTIES {
                let value = root.element(name).map(Element::text).unwrap_or_default();
                let is_empty = ["", "0", "1", "Normal.dotm"].contains(&value.trim());
                if !is_empty && !said.contains(&*folded(&value)) {
                    self.add(Told, format!("{what}: {}", brief(&value)));
                }
            }
            for node in &root.children {
                if part == "custom-properties"
                    && let Node::Element(one) = node
                    && let Some(name) =
                        one.value("name").filter(|_| one.local() == "property")
                {
                    self.add(Told, format!("thuộc tính riêng: {}", brief(&name)));
                }
            }
        }
    }
}

/// Tells whether an element is a picture behind the words of a page, such as a watermark: it
/// may say "DỰ THẢO" as well as be the agency's emblem.
fn is_behind(element: &Element) -> bool {
    let is_picture = |name: &str| {
        let mut found = false;
        each(&element.children, &mut Path::new(), &mut |one, _| {
            found |= one.local() == name;
        });
        found
    };
    match &*element.name {
        "wp:anchor" => {
            let behind = element.value("behindDoc").unwrap_or_default();
            ["1", "true"].contains(&&*behind) && is_picture("blip")
        }
        "v:shape" | "v:rect" => {
            let style = element.value("style").unwrap_or_default().replace(' ', "");
            let named = element.value("id").unwrap_or_default();
            let is_watermark = style.contains("z-index:-")
                || named.contains("WaterMark")
                || named.contains("Watermark");
            is_watermark && is_picture("imagedata")
        }
        _ => false,
    }
}

/// Tells whether opening a file fetches a target from another machine.
fn is_remote(target: &str) -> bool {
    let target = target.to_lowercase();
    let is_share =
        target.starts_with("\\\\") || target.starts_with("file://") && !is_local(&target);
    is_share
        || ["http:", "https:", "ftp:", "mhtml:"]
            .iter()
            .any(|kind| target.starts_with(kind))
}

/// Tells whether a target is a file of the machine on which it was set.
fn is_local(target: &str) -> bool {
    let target = target.to_lowercase();
    let path = target.strip_prefix("file:").map(|rest| rest.trim_start_matches('/'));
    let path = path.unwrap_or(&target);
    path.as_bytes().get(1) == Some(&b':')
        || (target.starts_with("file:///") && !path.is_empty())
}

/// A digital signature, which no longer holds once anything is changed.
pub(crate) fn signature(package: &Package) -> Option<Diagnostic> {
    package.related("", "origin").map(|_| {
        Diagnostic::warning(
            Code::Signature,
            "tệp có chữ ký số; chữ ký đó không còn giá trị khi tệp thay đổi",
            "Ký lại trên bản trình ký: khung bỏ chữ ký cũ ở bản đó.",
        )
    })
}

/// What a Word file carries; `banner` is the line on its pages that goes by itself.
pub(crate) fn find(
    package: &Package,
    stories: &[Story],
    sights: &[Sight],
    banner: Option<&str>,
) -> Vec<Diagnostic> {
    let mut cargo = Cargo::default();
    let package = without_record(package);
    cargo.relations(&package);
    cargo.fields(sights);
    cargo.settings(&package, stories);
    cargo.properties(&package, &said(sights));
    let hidden = sights.iter().filter(|sight| !sight.hidden.trim().is_empty());
    let hidden: Vec<String> =
        hidden.map(|sight| format!("“{}”", brief(sight.hidden.trim()))).collect();
    let live = Diagnostic::warning(
        Code::LiveContent,
        "có những thứ tự nạp, tự chạy hoặc không đọc được",
        "Bỏ chúng đi trước khi trình ký: xóa hình, trường, điều khiển đó; mẫu: thẻ Developer > \
         Document Template; macro: lưu lại thành .docx.",
    );
    let unseen = Diagnostic::warning(
        Code::HiddenText,
        "có chữ ẩn hoặc chữ trắng trên nền trắng",
        "Bấm ¶ để thấy chữ ẩn; xóa, hoặc bỏ Hidden và màu trắng trong hộp Font.",
    );
    let draft = Diagnostic::warning(
        Code::DraftMark,
        "trang giấy còn ghi là dự thảo",
        "Xóa chữ đó khi trình ký: ở đầu, chân trang (Insert > Header, Footer), hình mờ (Design > \
         Watermark), đầu văn bản.",
    );
    let told = Diagnostic::warning(
        Code::Carried,
        "bản trình ký còn mang những thứ ngoài văn bản",
        "Xem có muốn gửi đi cùng không; `khung finalize --clean` bỏ những gì bỏ được, hoặc trong \
         Word: File > Info > Inspect Document.",
    );
    [
        (live, cargo.live.into_iter().collect()),
        (unseen, hidden),
        (draft, drafts(stories, sights, banner)),
        (told, cargo.told.into_iter().collect()),
    ]
    .into_iter()
    .filter(|(_, spots)| !spots.is_empty())
    .map(|(diagnostic, spots)| diagnostic.among(spots))
    .collect()
}

/// What a file says, folded.
pub(crate) fn said(sights: &[Sight]) -> String {
    let said: Vec<_> = sights.iter().map(|sight| folded(&sight.text)).collect();
    said.join("\n")
}

/// Where the pages say that this is a draft, but for the banner, which goes by itself.
fn drafts(stories: &[Story], sights: &[Sight], banner: Option<&str>) -> Vec<String> {
    let kind = |sight: &Sight| {
        let story = stories.iter().find(|story| story.part == sight.part);
        story.map(|story| story.kind)
    };
    let mut spots = BTreeSet::new();
    let mut above = 0;
    for sight in sights {
        let text = folded(&sight.text);
        let low = text.to_lowercase();
        let says = |mark: &&str| low.contains(*mark);
        let place = match kind(sight) {
            Some(Kind::Header) if DRAFT.iter().any(&says) => "Đầu trang",
            Some(Kind::Footer) if DRAFT.iter().any(&says) => "Chân trang",
            // A line of its own above the text.
            Some(Kind::Body) => {
                above += 1;
                let is_short = text.chars().count() <= 30 && above <= 12;
                let begins = DRAFT.iter().any(|mark| low.starts_with(mark));
                if !(is_short && begins) {
                    continue;
                }
                "Đầu văn bản"
            }
            _ => continue,
        };
        let goes = banner.is_some_and(|banner| {
            place == "Đầu trang"
                && !sight.is_drawn
                && crate::docx::banner::is_line(&text, banner)
        });
        if !goes {
            spots.insert(format!("{place}: “{}”", brief(&text)));
        }
    }
    spots.into_iter().collect()
}
