//! A plan knows where it comes from: the copies of catalogue and frame, and whose it is.

use std::fs;
use std::path::Path;

use crate::commands::{folder, khung, says};
use crate::editions::replace;

/// Changes one place of a file.
#[track_caller]
fn change(path: &Path, from: &str, to: &str) {
    let mut text = fs::read_to_string(path).unwrap();
    replace(&mut text, from, to);
    fs::write(path, text).unwrap();
}

/// Drafted with these options; a command, its options, its exit code, what it says.
type Work<'w> = (&'w [&'w str], &'w [&'w str], &'w [&'w str], i32, &'w str);

/// What it is; what in the list of agencies becomes what; a command, its exit code, what it says.
type Listing<'l> = (&'l str, &'l str, String, &'l [&'l str], i32, &'l [&'l str]);

/// Each row drafts a plan in one way and works on it in another.
#[test]
fn another_copy_than_the_plan_s_is_taken_only_where_it_is_named() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    // An exported edition as it is; one with a task called otherwise; one with other templates.
    for name in ["same", "own", "frame"] {
        says(&folder, &["catalog", "export", name], 0, &[]);
    }
    let task = "Thiết lập, khai thác hiệu quả trung tâm dữ liệu";
    let tasks = file("own/catalog/2024/province.toml");
    change(&tasks, &format!("title = \"{task}\"\n"), &format!("title = \"{task} số\"\n"));
    let plan = file("frame/templates/2024/plan.md");
    change(&plan, "### IV. GIẢI PHÁP\n", "### IV. CÁC GIẢI PHÁP\n");
    crate::editions::write_second(&file("next"));

    let own = &["--catalog", "own"][..];
    let templates = &["--templates", "frame/templates/2024"][..];
    let other = "lập theo một bản khác của danh mục 2024 (2024.2)";
    let rows: [Work<'_>; 16] = [
        (&[], &["update"], &[], 0, "0 thay đổi"),
        (&[], &["update"], &["--catalog", "same"], 0, "0 thay đổi"),
        (&["--catalog", "same"], &["update"], &[], 0, "0 thay đổi"),
        (own, &["update"], &[], 2, other),
        (own, &["update"], &[], 2, "thì nêu `--catalog 2024`"),
        (own, &["check"], &[], 2, other),
        (own, &["finalize"], &[], 2, other),
        (own, &["update"], own, 0, "0 thay đổi"),
        (own, &["check"], own, 0, "empty-slot"),
        // Who names another one means it.
        (own, &["update"], &["--catalog", "2024"], 0, "2024.2 → 2024.2: "),
        (own, &["update"], &["--catalog", "next"], 0, "2024.2 → 2024.9"),
        (&["--catalog", "next"], &["update"], &[], 2, "danh mục 2024 (2024.9)"),
        (templates, &["update"], &[], 2, "lập theo khung kế hoạch riêng"),
        (templates, &["update"], templates, 0, "0 thay đổi"),
        (&["--catalog", "frame"], &["update"], &["--catalog", "frame"], 0, "0 thay đổi"),
        (&["--catalog", "frame"], &["update"], &[], 2, "Nêu thư mục của các mẫu đó"),
    ];
    for (drafted, command, options, code, words) in rows {
        let build = [&["build", "lao-cai.toml"], drafted].concat();
        says(&folder, &build, 0, &[]);
        for plan in ["lao-cai.docx", "lao-cai.md"] {
            let before = fs::read(file(plan)).unwrap();
            let line = [command, &[plan], options].concat();
            let (ended, said) = khung(&folder, &line);
            // Slots are warnings.
            let is_so = ended == code || (command == ["check"] && ended == 0);
            assert!(
                is_so && said.contains(words),
                "{drafted:?} {line:?} {ended}: {said}"
            );
            assert!(code == 0 || fs::read(file(plan)).unwrap() == before, "{line:?}");
            fs::remove_file(file(plan)).unwrap();
        }
    }
}

/// Each row changes the list of agencies, and brings plans that were drafted before in step.
#[test]
fn a_plan_stays_its_agency_s() {
    let folder = folder();
    let file = |name: &str| folder.path().join(name);
    fs::write(file("yen-bai.toml"), "agency = \"Yên Bái\"\n").unwrap();
    fs::write(file("hue.toml"), "agency = \"Thừa Thiên Huế\"\n").unwrap();
    says(&folder, &["build", "yen-bai.toml", "hue.toml", "lao-cai.toml"], 0, &[]);

    let yen_bai = "id = \"yen-bai\"\nkind = \"province\"\nname = \"Yên Bái\"\naliases = [\"VN-06\"]\n";
    let hue = "id = \"thua-thien-hue\"\nkind = \"province\"\nname = \"Thừa Thiên Huế\"\naliases = [\"Huế\", \"TT Huế\", \"VN-26\"]\n";
    let lao_cai = "id = \"lao-cai\"\nkind = \"province\"\n";
    let with = |text: &str, more: &str| format!("{text}{more}\n");
    let rows: [Listing<'_>; 7] = [
        (
            "merged: told, and its own",
            yen_bai,
            with(yen_bai, "merged_into = \"lao-cai\""),
            &["update", "yen-bai.docx"],
            0,
            &["warning[merged-agency]: Tỉnh Yên Bái đã sáp nhập vào Lào Cai", "2024.9: 0 thay đổi"],
        ),
        (
            "merged: until the profile says otherwise",
            yen_bai,
            with(yen_bai, "merged_into = \"lao-cai\""),
            &["update", "yen-bai.docx", "--profile", "lao-cai.toml", "--dry-run"],
            0,
            &["\"Yên Bái\" thành \"Lào Cai\""],
        ),
        (
            "merged: no new plan",
            yen_bai,
            with(yen_bai, "merged_into = \"lao-cai\""),
            &["new", "Yên Bái"],
            1,
            &["error[merged-agency]", "sáp nhập vào Lào Cai", "Nêu tên cơ quan mới"],
        ),
        (
            "merged into nobody",
            yen_bai,
            with(yen_bai, "merged_into = \"lao-cay\""),
            &["update", "yen-bai.docx"],
            1,
            &["error[unknown-agency]: `merged_into`: không có \"lao-cay\"", "\"lao-cai\""],
        ),
        (
            "renamed",
            hue,
            "id = \"hue\"\nkind = \"province\"\nname = \"Huế\"\naliases = [\"Thừa Thiên Huế\"]\nrenamed_from = \
             [\"thua-thien-hue\"]\n"
                .to_owned(),
            &["update", "hue.docx", "--dry-run"],
            0,
            &["bỏ \"Thừa Thiên\""],
        ),
        (
            "renamed, and nobody says so",
            hue,
            "id = \"hue\"\nkind = \"province\"\nname = \"Huế\"\naliases = [\"Thừa Thiên Huế\"]\n".to_owned(),
            &["update", "hue.docx"],
            2,
            &["mang mã thua-thien-hue", "tên của Huế", "`renamed_from`"],
        ),
        (
            "renamed from one that is still there",
            lao_cai,
            with(lao_cai, "renamed_from = [\"yen-bai\"]"),
            &["update", "lao-cai.docx"],
            1,
            &["renamed_from", "\"yen-bai\""],
        ),
    ];
    for (what, from, to, command, code, words) in rows {
        let _ = fs::remove_dir_all(file("new"));
        says(&folder, &["catalog", "export", "new"], 0, &[]);
        let agencies = file("new/catalog/2024/agencies.toml");
        change(&file("new/catalog/2024/edition.toml"), "\"2024.2\"", "\"2024.9\"");
        change(&agencies, from, &to);
        let plan = fs::read(file("yen-bai.docx")).unwrap();
        let line = [command, &["--catalog", "new"]].concat();
        let (ended, said) = khung(&folder, &line);
        for word in words {
            assert!(said.contains(word), "{what}: no {word:?} in:\n{said}");
        }
        assert_eq!(ended, code, "{what}: {said}");
        fs::write(file("yen-bai.docx"), plan).unwrap();
    }
    // An alias of another one, without a word of what became of it.
    let _ = fs::remove_dir_all(file("new"));
    says(&folder, &["catalog", "export", "new"], 0, &[]);
    let agencies = file("new/catalog/2024/agencies.toml");
    change(&agencies, &format!("[[agency]]\n{yen_bai}"), "");
    change(&agencies, "\"VN-02\"", "\"VN-02\", \"Yên Bái\"");
    let words = ["mang mã yen-bai", "là tên của Lào Cai", "`merged_into`"];
    says(&folder, &["update", "yen-bai.docx", "--catalog", "new"], 2, &words);
}
