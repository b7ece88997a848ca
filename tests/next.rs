//! From one year to the next: a profile from last year's plan.

use std::fs;

use crate::commands::{folder, khung, says};
use crate::editions::replace;

const PROFILE: &str = r#"agency = "Yên Bái"
guidance = "comments"

[issue]
form = "decision"
number = "05"
date = 2023-12-18
recipients = ["Bộ Thông tin và Truyền thông", "Các sở, ban, ngành tỉnh"]

[signatory]
name = "Nguyễn Văn A"
role = "deputy"

[[target]]
id = "dvc"
indicator = "Tỷ lệ hồ sơ trực tuyến"
planned = "80%"

[[task]]
id = "policy-sme"
lead = "Sở Kế hoạch và Đầu tư"
partners = ["Sở Tài chính"]
budget = "1.200"
deadline = 2024-05-01

[[task]]
id = "data-centre"
lead = "Sở Thông tin và Truyền thông"

[[task]]
id = "smartphones"
lead = "Sở Lao động"
choices = { extra-funding = ["local-resources", "telecom-businesses"] }

[[left_out]]
task = "policy-spending"
reason = "Đã xong năm 2023."

[[own_task]]
id = "ban-do-so"
section = "data"
title = "Lập bản đồ số của tỉnh"
lead = "Sở Xây dựng"
deadline = 2024-06-30

[[project]]
id = "kho"
name = "Kho dữ liệu \"dùng chung\""
content = "Kho và cổng"
budget = "5.000"
status = "new"

[[past_target]]
id = "cu"
indicator = "Chỉ tiêu năm 2023"

[[duty]]
unit = "Sở Tài chính"
duties = ["Bố trí kinh phí."]
"#;

/// The profile of 2025, with what is right in it for each thing that the plan of 2024 had.
const NEXT: &str = r#"agency = "Yên Bái"
guidance = "comments"

[issue]
form = "decision"
recipients = ["Bộ Thông tin và Truyền thông", "Các sở, ban, ngành tỉnh"]

[signatory]
name = "Nguyễn Văn A"
role = "deputy"

[[task]]
id = "policy-small-firms"
lead = "Sở Kế hoạch và Đầu tư"
partners = ["Sở Tài chính"]

[[task]]
id = "smartphones"
lead = "Sở Lao động"
choices = { extra-funding = ["telecom-businesses"] }

[[left_out]]
task = "policy-spending"
reason = "Đã xong năm 2023."

[[past_target]]
id = "dvc"
indicator = "Tỷ lệ hồ sơ trực tuyến"
planned = "80%"

[[past_project]]
id = "kho"
name = 'Kho dữ liệu "dùng chung"'
content = "Kho và cổng"
total = "5.000"

[[project]]
id = "kho"
name = 'Kho dữ liệu "dùng chung"'
content = "Kho và cổng"
status = "carried-over"

[[own_task]]
id = "ban-do-so"
section = "data"
title = "Lập bản đồ số của tỉnh"
lead = "Sở Xây dựng"
status = "carried-over"

[[duty]]
unit = "Sở Tài chính"
duties = ["Bố trí kinh phí."]
"#;

#[test]
fn next_year_s_profile_comes_from_last_year_s_plan() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    fs::write(file("yen-bai.toml"), PROFILE).unwrap();
    says(&folder, &["build", "yen-bai.toml"], 0, &[]);
    // The same catalogue a year later: a task renamed, one withdrawn, an option less.
    says(&folder, &["catalog", "export", "export"], 0, &[]);
    fs::rename(file("export/catalog/2024"), file("export/catalog/2025")).unwrap();
    fs::rename(file("export/templates/2024"), file("export/templates/2025")).unwrap();
    let change = |name: &str, from: &str, to: &str| {
        let path = file("export/catalog/2025").join(name);
        let mut text = fs::read_to_string(&path).unwrap();
        replace(&mut text, from, to);
        fs::write(path, text).unwrap();
    };
    for name in ["sample-province.toml", "sample-ministry.toml"] {
        fs::remove_file(file("export/catalog/2025").join(name)).unwrap();
    }
    change(
        "edition.toml",
        "id = \"2024\"\nversion = \"2024.2\"\nyear = 2024\n",
        "id = \"2025\"\nversion = \"2025.1\"\nyear = 2025\n",
    );
    change("edition.toml", "due_before = 2023-12-20", "due_on = 2025-01-31");
    change(
        "province.toml",
        "id = \"policy-sme\"\n",
        "id = \"policy-small-firms\"\nrenamed_from = [\"policy-sme\"]\n",
    );
    let path = file("export/catalog/2025/province.toml");
    let tasks = fs::read_to_string(&path).unwrap();
    let start = tasks.find("[[task]]\nid = \"data-centre\"").unwrap();
    let end = start + tasks[start + 1..].find("\n[[task]]").unwrap() + 2;
    let title = "Thiết lập, khai thác hiệu quả trung tâm dữ liệu";
    assert!(tasks[start..end].contains(title));
    let option =
        tasks.lines().find(|line| line.contains("{ id = \"local-resources\"")).unwrap();
    fs::write(&path, format!("{}{}", &tasks[..start], &tasks[end..]).replace(option, ""))
        .unwrap();
    let mut agencies =
        fs::read_to_string(file("export/catalog/2025/agencies.toml")).unwrap();
    replace(
        &mut agencies,
        "name = \"Yên Bái\"\n",
        "name = \"Yên Bái\"\nmerged_into = \"lao-cai\"\n",
    );
    fs::write(file("export/catalog/2025/agencies.toml"), agencies).unwrap();

    for plan in ["yen-bai.docx", "yen-bai.md"] {
        let command = ["new", "--from", plan, "--catalog", "export"];
        let (code, said) = khung(&folder, &command);
        let words = [
            "Đã tạo yen-bai-2025.toml",
            "warning[merged-agency]: Tỉnh Yên Bái đã sáp nhập vào Lào Cai",
            "warning[withdrawn]: danh mục không còn những nhiệm vụ này",
            &format!("3.4. {title}"),
        ];
        for word in words {
            assert!(said.contains(word), "no {word:?} in:\n{said}");
        }
        assert_eq!(code, 0, "{said}");
        let text = fs::read_to_string(file("yen-bai-2025.toml")).unwrap();
        let lines =
            text.lines().filter(|line| !line.starts_with("##") && !line.is_empty());
        let right = NEXT.lines().filter(|line| !line.is_empty());
        assert_eq!(lines.collect::<Vec<_>>(), right.collect::<Vec<_>>());
        // It builds.
        let build = ["build", "yen-bai-2025.toml", "--catalog", "export"];
        says(&folder, &build, 0, &["yen-bai-2025.docx"]);
        fs::remove_file(file("yen-bai-2025.toml")).unwrap();
    }

    // What is no plan of another year.
    fs::write(file("text.md"), "# Kế hoạch\n").unwrap();
    let rows: [(&[&str], &str); 4] = [
        (&["--from", "yen-bai.docx"], "đã theo ấn bản 2024, cùng năm với hồ sơ muốn lập"),
        (&["--from", "text.md", "--catalog", "export"], "không mang thông tin của khung"),
        (
            &["--from", "yen-bai.toml", "--catalog", "export"],
            "không mang thông tin của khung",
        ),
        (&["Lào Cai", "--from", "yen-bai.docx"], "không dùng cùng --from"),
    ];
    for (arguments, words) in rows {
        says(&folder, &[&["new"], arguments].concat(), 2, &[words]);
    }
}
