//! A second year, as different as a successor of 2024 may be, without a line of Rust: drafted,
//! checked, updated, finished, compared.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::commands::{folder, khung, says};

/// `tests/editions/2025.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    edit: Vec<Edit>,
    r#loop: Loop,
}

#[derive(Deserialize)]
struct Edit {
    file: String,
    from: String,
    to: String,
}

#[derive(Deserialize)]
struct Loop {
    file: String,
    from: String,
    until: String,
    to: String,
}

/// Makes the second year of an exported edition.
fn next_year(export: &Path) {
    for kind in ["catalog", "templates"] {
        fs::rename(export.join(kind).join("2024"), export.join(kind).join("2025"))
            .unwrap();
    }
    for sample in ["sample-province.toml", "sample-ministry.toml"] {
        fs::remove_file(export.join("catalog/2025").join(sample)).unwrap();
    }
    let read = |file: &str| fs::read_to_string(export.join(file)).unwrap();
    let write = |file: &str, text: String| fs::write(export.join(file), text).unwrap();
    // The deadlines are a year later.
    for file in ["catalog/2025/province.toml", "catalog/2025/ministry.toml"] {
        let later = read(file).replace("2025", "2026").replace("2024", "2025");
        write(file, later.replace("2023", "2024"));
    }
    let year: Year =
        toml::from_str(&fs::read_to_string("tests/editions/2025.toml").unwrap()).unwrap();
    let Loop { file, from, until, to } = year.r#loop;
    let text = read(&file);
    let (front, rest) = text.split_once(&from).unwrap();
    let (_, end) = rest.split_once(&until).unwrap();
    write(&file, format!("{front}{}{until}{end}", to.trim_start()));
    for Edit { file, from, to } in year.edit {
        let text = read(&file);
        assert!(text.contains(&from), "{file}: {from}");
        write(&file, text.replace(&from, to.trim_start_matches('\n')));
    }
}

#[test]
fn a_second_year_needs_no_rust() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    says(&folder, &["catalog", "export", "e"], 0, &[]);
    says(&folder, &["build", "lao-cai.toml", "-o", "2024"], 0, &[]);
    next_year(&file("e"));
    says(&folder, &["check", "e"], 0, &["Không có lỗi"]);

    // What the plan refers to is what its own headings say.
    let profile = "agency = \"Lào Cai\"\n\n[[project]]\nid = \"kho\"\nname = \"Kho\"\nlead = \"Sở \
                   A\"\nbudget = \"1.000\"\n\n[[task]]\nid = \"virtual-assistants\"\nlead = \
                   \"Sở B\"\npartners = [\"Sở C\"]\n";
    fs::write(file("lao-cai.toml"), profile).unwrap();
    says(&folder, &["build", "lao-cai.toml", "--catalog", "e"], 0, &[]);
    let plan = fs::read_to_string(file("lao-cai.md")).unwrap();
    for line in [
        "## Phần thứ ba<br>GIÁM SÁT",
        "Dữ liệu là gốc của tỉnh Lào Cai. Hạn: ngày 31 tháng 01 năm 2025. Xem Phụ lục 4, Mục III \
         Phần thứ hai.",
        "- Chủ trì thực hiện dự án số 12.1 nêu tại Phụ lục 4.",
        "- Phối hợp thực hiện nhiệm vụ 11.1 nêu tại Mục III Phần thứ hai.",
        "Danh mục nhiệm vụ, dự án nêu tại Phụ lục 4; lịch thời hạn nêu tại Phụ lục 3; đơn vị đầu \
         mối hỗ trợ của Bộ Khoa học và Công nghệ nêu tại Phụ lục 5 kèm theo./.",
        "#### 11. Trí tuệ nhân tạo",
        "> Nêu việc nâng cao nhận thức của tỉnh Lào Cai.",
        "##### 11.1. Nền tảng Trợ lý ảo",
        "- *Đơn vị đầu mối hỗ trợ của Bộ Khoa học và Công nghệ:*",
        "### A. CĂN CỨ LẬP KẾ HOẠCH",
    ] {
        assert!(plan.lines().any(|one| one.starts_with(line)), "{line}");
    }
    let row = plan.lines().find(|line| line.contains("<!-- project-kho -->")).unwrap();
    let cells: Vec<&str> = row.split(" | ").map(str::trim).collect();
    assert_eq!((cells.len(), cells[8]), (10, "1.000"), "{row}");
    let words =
        ["Theo từng thời hạn nêu tại Phụ lục 3", "Lào Cai, ngày     tháng     năm 2025"];
    assert!(words.iter().all(|word| plan.contains(word)));
    assert!(!plan.contains('\u{FDD0}') && !plan.contains("annex-4 "));

    // Every agency's, without a finding but slots; an update finds nothing to do.
    let all = ["build", "--all", "agencies", "--catalog", "e", "-o", "all"];
    let (code, said) = khung(&folder, &all);
    assert_eq!((code, said.matches(".docx").count()), (0, 92), "{said}");
    for plan in ["lao-cai.docx", "lao-cai.md"] {
        let (code, said) = khung(&folder, &["check", plan, "--catalog", "e"]);
        let is_finding =
            |line: &&str| line.starts_with("warning[") || line.starts_with("error[");
        let mut found = said.lines().filter(is_finding);
        assert_eq!(code, 0, "{said}");
        assert!(found.all(|line| line.starts_with("warning[empty-slot]")), "{said}");
        says(
            &folder,
            &["update", plan, "--catalog", "e"],
            0,
            &["0 thay đổi, 0 xung đột"],
        );
        says(&folder, &["update", plan], 2, &["cần danh mục 2025, chỉ có 2024"]);
    }
    for list in ["agencies", "tasks", "units", "deadlines"] {
        says(&folder, &["list", list, "--catalog", "e"], 0, &[]);
    }
    let ics =
        ["list", "deadlines", "--for", "Lào Cai", "--format", "ics", "--catalog", "e"];
    says(&folder, &ics, 0, &["DTSTART;VALUE=DATE:2025"]);
    says(&folder, &["diff", "2024", "e"], 2, &[]);
    says(&folder, &["diff", "e"], 0, &["năm kế hoạch", "2024.1 → 2025.1"]);

    // The next version: words of people stay, under the group that a loop printed.
    let edited = plan.replace(
        "##### 11.1. Nền tảng Trợ lý ảo\n",
        "##### 11.1. Nền tảng Trợ lý ảo\n\nGiao Trung tâm Công nghệ số.\n",
    );
    fs::write(file("lao-cai.md"), edited).unwrap();
    let path = file("e/catalog/2025/edition.toml");
    let text = fs::read_to_string(&path).unwrap().replace("\"2025.1\"", "\"2025.2\"");
    fs::write(&path, text.replace("number = 11", "number = 12")).unwrap();
    let update = ["update", "lao-cai.md", "--catalog", "e"];
    says(&folder, &update, 0, &["2025.1 → 2025.2", "0 xung đột"]);
    let plan = fs::read_to_string(file("lao-cai.md")).unwrap();
    assert!(
        plan.contains("##### 12.1. Nền tảng Trợ lý ảo\n\nGiao Trung tâm Công nghệ số.\n")
    );

    // Last year's plan is updated by the binary's own edition, and starts this year's profile.
    says(&folder, &["update", "2024/lao-cai.docx"], 0, &["2024.1 → 2024.1: 0 thay đổi"]);
    let new = ["new", "--from", "2024/lao-cai.docx", "--catalog", "e"];
    says(&folder, &new, 0, &["Đã tạo lao-cai-2025.toml"]);
}
