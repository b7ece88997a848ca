//! A second year, as different from 2024 as a true successor may be, without a line of Rust:
//! `tests/editions/2025`, drafted, checked, updated to its next version, finished, compared.

use std::fs;
use std::path::Path;

use khung::docx::package::Package;
use tempfile::TempDir;

use crate::commands::{folder, khung, says};
use crate::editions::{corrected, replace};

/// A folder with a profile of Lào Cai and the second year, `e`.
fn second_year() -> TempDir {
    let folder = folder();
    copy(Path::new("tests/editions/2025"), &folder.path().join("e"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &there);
        } else {
            fs::copy(&path, there).unwrap();
        }
    }
}

/// Makes `e` the next version of itself.
fn next_version(folder: &TempDir) {
    let place = folder.path().join("e/catalog/2025");
    let sources = fs::read_dir(&place).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        crate::source(name, &fs::read_to_string(&path).unwrap())
    });
    for source in corrected("2025.2.toml", sources.collect()) {
        fs::write(place.join(&source.name), &source.text).unwrap();
    }
}

#[test]
fn it_is_drafted_for_every_agency_and_sampled() {
    let folder = second_year();
    says(&folder, &["check", "e"], 0, &["Không có lỗi."]);
    // 34 provinces and cities, 22 ministries, 2 corporations; none that was merged.
    for (group, count) in
        [("provinces", 34), ("ministries", 22), ("corporations", 2), ("agencies", 58)]
    {
        let all = ["build", "--all", group, "--catalog", "e", "-o", group];
        let (code, said) = khung(&folder, &all);
        assert_eq!((code, said.matches(".docx").count()), (0, count), "{group}: {said}");
    }
    for kind in ["province", "ministry"] {
        let (name, done) = (format!("sample-{kind}.docx"), format!("{kind}-done.docx"));
        says(&folder, &["sample", kind, "--catalog", "e"], 0, &["còn 0 chỗ cần bổ sung"]);
        says(&folder, &["check", &name, "--catalog", "e"], 0, &["Không có lỗi."]);
        let finalize = ["finalize", &name, "--catalog", "e", "-o", &done];
        says(&folder, &finalize, 0, &["TÀI LIỆU TẬP HUẤN"]);
    }
}

/// What a plan refers to is what its own headings say, and what an edition says in keys of its
/// own is printed.
#[test]
fn a_plan_says_what_the_year_says() {
    let folder = second_year();
    let profile = "agency = \"Lào Cai\"\n\n[[project]]\nid = \"kho\"\nname = \"Kho\"\nlead = \"Sở \
                   A\"\nbudget = \"1.000\"\n\n[[task]]\nid = \"ai-assistants\"\nlead = \"Sở B\"\n\
                   partners = [\"Sở C\"]\n";
    fs::write(folder.path().join("lao-cai.toml"), profile).unwrap();
    says(&folder, &["build", "lao-cai.toml", "--catalog", "e"], 0, &[]);
    let plan = fs::read_to_string(folder.path().join("lao-cai.md")).unwrap();
    for line in [
        "# KẾ HOẠCH",
        "## Phần thứ nhất<br>KẾT QUẢ NĂM 2024",
        "#### 3. Chính phủ số",
        "Dự án, nhiệm vụ nêu tại Phụ lục 3 và Phụ lục 4. Tỷ lệ chi",
        "*Dữ liệu là tài nguyên, nền tảng là công cụ, người dân là trung tâm.*",
        "#### 8. Trí tuệ nhân tạo",
        "##### 8.1. Triển khai trợ lý ảo cho cán bộ, công chức",
        "- *Chủ trì:* Sở B; *phối hợp:* Sở C.",
        "- *Đo bằng:* Tỷ lệ hồ sơ trực tuyến toàn trình.",
        "- *Thời hạn:* 01/7/2025.",
        "- *Đầu mối hỗ trợ:* Cục Viễn thông.",
        "- *Thời hạn:* \\[CẦN BỔ SUNG: thời hạn hoàn thành\\].",
        "Tổng kinh phí dự kiến nêu tại Phụ lục 5: 1.000 triệu đồng (chưa gồm",
        "- Chủ trì thực hiện dự án số 13.1 nêu tại Phụ lục 5.",
        "- Phối hợp thực hiện nhiệm vụ 8.1 nêu tại Mục C Phần thứ hai.",
        "- Theo dõi kết quả thực hiện Kế hoạch của tỉnh Lào Cai theo tháng",
        "Lịch thời hạn nêu tại Phụ lục 1; thước đo nêu tại Phụ lục 2; danh mục nhiệm vụ, dự án nêu \
         tại Phụ lục 5; đầu mối hỗ trợ nêu tại Phụ lục 6. Đơn vị nêu tại Mục I Phần thứ ba",
        "Cột “Căn cứ”: phần của Phụ lục A Công văn số 115/BKHCN-CĐSQG giao nhiệm vụ. Nội dung nêu \
         tại Mục C Phần thứ hai.",
    ] {
        assert!(plan.lines().any(|one| one.starts_with(line)), "{line}");
    }
    let row = plan.lines().find(|line| line.contains("<!-- project-kho -->")).unwrap();
    let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
    assert_eq!((cells.len(), cells[2], cells[7]), (10, "Sở A", "1.000"), "{row}");
    assert!(plan.contains("| *Lào Cai, ngày     tháng     năm 2025* |"));
    // A form that its frame does not have is told.
    let decision = "agency = \"Sơn La\"\n[issue]\nform = \"decision\"\n";
    fs::write(folder.path().join("son-la.toml"), decision).unwrap();
    let build = ["build", "son-la.toml", "--catalog", "e"];
    says(&folder, &build, 0, &["khung kế hoạch không in Quyết định"]);
    assert!(
        plan.contains("Ban hành chậm nhất là ngày 28 tháng 02 năm 2025, gửi Bộ Khoa học")
    );
    assert!(!plan.contains('\u{FDD0}') && !plan.contains("annex-works works"));
}

#[test]
fn its_next_version_reaches_an_edited_plan() {
    let folder = second_year();
    let path = |name: &str| folder.path().join(name);
    says(&folder, &["build", "lao-cai.toml", "--catalog", "e"], 0, &[]);
    for plan in ["lao-cai.md", "lao-cai.docx"] {
        let update = ["update", plan, "--catalog", "e"];
        says(&folder, &update, 0, &["(giữ nguyên)", "0 thay đổi, 0 xung đột"]);
        says(&folder, &["update", plan], 2, &["cần danh mục 2025, chỉ có 2024"]);
        let (code, said) = khung(&folder, &["check", plan, "--catalog", "e"]);
        assert_eq!(code, 0, "{said}");
        let is_told = |line: &&str| line.contains("warning[") || line.contains("error[");
        let mut told = said.lines().filter(is_told);
        assert!(told.all(|line| line.starts_with("warning[empty-slot]")), "{said}");
    }

    // What people wrote: in a task that gets another id, in one that moves to another group, in a
    // sentence that the ministry corrects elsewhere.
    let edit = |text: &mut String| {
        replace(text, "tại 100% xã, phường, đặc khu.", "tại 99 xã và 1 phường.");
        replace(text, "Thuê dịch vụ điện toán đám mây của", "Thuê máy chủ ảo của");
        replace(
            text,
            "phong trào “Bình dân học vụ số” trên",
            "phong trào “Bình dân học vụ số” và thi đua trên",
        );
    };
    let mut text = fs::read_to_string(path("lao-cai.md")).unwrap();
    edit(&mut text);
    fs::write(path("lao-cai.md"), text).unwrap();
    let mut package = Package::read(&fs::read(path("lao-cai.docx")).unwrap()).unwrap();
    let main = package.parts.iter_mut().find(|(name, _)| name == "word/document.xml");
    let (_, main) = main.unwrap();
    let mut text = String::from_utf8(main.clone()).unwrap();
    edit(&mut text);
    *main = text.into_bytes();
    fs::write(path("lao-cai.docx"), package.write().unwrap()).unwrap();

    copy(&path("e"), &path("old"));
    next_version(&folder);
    says(&folder, &["check", "e"], 0, &["Không có lỗi."]);
    says(&folder, &["diff", "old", "e"], 0, &["danh mục 2025.1 → 2025.2: 9 thay đổi"]);
    for plan in ["lao-cai.md", "lao-cai.docx"] {
        let update = ["update", plan, "--catalog", "e"];
        says(&folder, &update, 0, &["2025.1 → 2025.2", "0 xung đột"]);
        says(&folder, &update, 0, &["(giữ nguyên)", "0 thay đổi, 0 xung đột"]);
    }
    let plan = fs::read_to_string(path("lao-cai.md")).unwrap();
    let section = |id: &str| {
        let (_, rest) = plan.split_once(&format!("<!-- khung: {id} -->\n")).unwrap();
        rest.split("<!-- khung: ").next().unwrap()
    };
    for (id, words) in [
        ("task-digital-teams", "##### 3.2. Kiện toàn Tổ chuyển đổi số cộng đồng theo"),
        (
            "task-digital-teams",
            "- Kiện toàn Tổ công nghệ số cộng đồng tại 99 xã và 1 phường.",
        ),
        (
            "task-data-centre",
            "##### 7.1. Chuyển hệ thống thông tin lên điện toán đám mây",
        ),
        ("task-data-centre", "- Thuê máy chủ ảo của doanh nghiệp đủ điều kiện."),
        (
            "task-digital-literacy",
            "số” và thi đua tại các thôn, tổ dân phố của tỉnh Lào Cai.",
        ),
        ("task-digital-policy", "- *Thời hạn:* 30/9/2025."),
        (
            "task-land-data",
            "- *Đo bằng:* Tỷ lệ thửa đất có dữ liệu đúng, đủ, sạch, sống.",
        ),
    ] {
        let text = section(id);
        assert!(text.contains(words), "{id}: no {words}:\n{text}");
    }
    assert!(plan.contains("| Tỷ lệ thửa đất có dữ liệu đúng, đủ, sạch, sống |"));
    assert!(!plan.contains("<!-- khung: task-ai-register -->"));
}

#[test]
fn lists_and_last_year_s_plan() {
    let folder = second_year();
    says(&folder, &["build", "lao-cai.toml", "-o", "2024"], 0, &[]);
    for (list, words) in [
        ("agencies", "Tập đoàn"),
        ("tasks", "ai-register"),
        ("units", "Cục Chuyển đổi số quốc gia"),
        ("deadlines", "30/9/2025"),
    ] {
        says(&folder, &["list", list, "--catalog", "e"], 0, &[words]);
    }
    let ics =
        ["list", "deadlines", "--for", "Lào Cai", "--format", "ics", "--catalog", "e"];
    says(&folder, &ics, 0, &["DTSTART;VALUE=DATE:20250930"]);
    says(&folder, &["diff", "2024", "e"], 2, &[]);
    says(&folder, &["diff", "e"], 0, &["năm kế hoạch", "2024.2 → 2025.1"]);

    // Last year's plan is updated by the binary's own edition, and starts this year's profile.
    says(&folder, &["update", "2024/lao-cai.docx"], 0, &["2024.2 → 2024.2: 0 thay đổi"]);
    let new = ["new", "--from", "2024/lao-cai.docx", "--catalog", "e"];
    says(&folder, &new, 0, &["Đã tạo lao-cai-2025.toml"]);
    says(&folder, &["build", "lao-cai-2025.toml", "--catalog", "e"], 0, &[]);
}
