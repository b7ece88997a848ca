//! Profiles, catalogues and templates that attack khung, and places where nothing can be
//! written: each gets a clear message in bounded time and memory, and leaves nothing behind.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::commands::{says, tree};
use crate::refused::{LIMITS, limited};

/// What the README promises for templates of one's own: 4 GB, and 20 seconds.
const OF_TEMPLATES: &str = "ulimit -v 4000000\nulimit -t 20";

/// A folder with a profile, a plan, and the catalogue and templates of the binary.
fn folder() -> TempDir {
    let folder = crate::commands::folder();
    says(&folder, &["build", "lao-cai.toml"], 0, &[]);
    says(&folder, &["catalog", "export", "."], 0, &[]);
    folder
}

/// Runs khung, which must end with this code and say each of `words`, leave the folder as it
/// is, and print no more than anybody reads, nor what a terminal would obey.
#[track_caller]
fn refuses(
    what: &str,
    limits: &str,
    folder: &TempDir,
    arguments: &[&str],
    code: i32,
    words: &[&str],
) {
    let before = tree(folder.path());
    let (ended, said) = limited(limits, folder, arguments);
    for word in words {
        assert!(
            said.contains(word),
            "{what}: {arguments:?}: no {word:?} in:\n{said:.3000}"
        );
    }
    assert_eq!(ended, code, "{what}: {arguments:?}: {said:.3000}");
    assert!(said.len() < 300 * 1024, "{what}: {arguments:?}: {} bytes", said.len());
    assert!(
        !said.contains(['\u{1B}', '\u{9B}', '\u{7}']),
        "{what}: {arguments:?}: {said:?}"
    );
    assert!(
        tree(folder.path()) == before,
        "{what}: {arguments:?}: something was left behind"
    );
}

#[test]
fn hostile_profiles() {
    const DEEP: usize = 100_000;
    let profile = |more: String| format!("agency = \"Lào Cai\"\n{more}\n");
    let line = |text: &str| "x".repeat(2 << 20) + text;
    let dear = |n| format!("[[past_project]]\nid='p{n}'\nname='P'\ntotal=1\nspent=2\n");
    let rows: [(&str, i32, String, &str); 13] = [
        (
            "an error behind 200 warnings",
            1,
            profile((0..200).map(dear).collect::<String>() + "[[basis]]\nid='b'\n"),
            "thiếu `text`",
        ),
        (
            "brackets",
            1,
            profile("banner = ".to_owned() + &"[".repeat(DEEP) + &"]".repeat(DEEP)),
            "lồng nhau quá nhiều lớp",
        ),
        (
            "open brackets",
            1,
            profile("banner = ".to_owned() + &"[".repeat(DEEP)),
            "`banner` có giá trị sai kiểu",
        ),
        (
            "inline tables",
            1,
            profile(
                "banner = ".to_owned() + &"{a=".repeat(DEEP) + "1" + &"}".repeat(DEEP),
            ),
            "lồng nhau quá nhiều lớp",
        ),
        (
            "dotted key",
            1,
            profile("banner".to_owned() + &".a".repeat(DEEP) + " = 1"),
            "lồng nhau quá nhiều lớp",
        ),
        (
            "header",
            1,
            profile("[banner".to_owned() + &".a".repeat(DEEP) + "]"),
            "lồng nhau quá nhiều lớp",
        ),
        ("2,000,000 mistakes", 1, profile("=\n".repeat(2_000_000)), "sai cú pháp TOML"),
        (
            "350,000 keys",
            1,
            profile((0..350_000).fold(String::new(), |mut keys, n| {
                let _ = writeln!(keys, "a{n}=1");
                keys
            })),
            "không có khóa `a0`",
        ),
        ("400,000 tables", 1, profile("[[task]]\n".repeat(400_000)), "thiếu `id`"),
        ("one table twice", 1, profile("[a]\n".repeat(900_000)), "khóa này đã có"),
        ("a long line", 1, profile(line(" = 1")), "Ở p.toml:2:1"),
        ("a long string", 1, profile(format!("banner = \"{}", line(""))), "Ở p.toml:2:"),
        (
            "escapes",
            1,
            profile("a = 1 # \u{1B}[2J\u{9B}2J\u{7}".to_owned()),
            "không có khóa `a`",
        ),
    ];
    let folder = folder();
    for (what, code, text, words) in rows {
        fs::write(folder.path().join("p.toml"), &text).unwrap();
        refuses(what, LIMITS, &folder, &["check", "p.toml"], code, &["p.toml", words]);
        // The other commands read it in the same way: what takes a second is tried once.
        if text.len() < 1 << 20 {
            let build = ["build", "p.toml", "-o", "out"];
            refuses(what, LIMITS, &folder, &build, code, &["p.toml", words]);
            let update = ["update", "lao-cai.md", "--profile", "p.toml"];
            refuses(what, LIMITS, &folder, &update, code, &["p.toml", words]);
        }
    }
    // Sparse: it takes no room on the disk.
    fs::File::create(folder.path().join("p.toml")).unwrap().set_len(200 << 20).unwrap();
    refuses(
        "200 MB",
        LIMITS,
        &folder,
        &["check", "p.toml"],
        2,
        &["p.toml: lớn hơn 4 MiB"],
    );
}

/// Changes a folder of files.
type Change = fn(&Path);

#[test]
fn hostile_catalogues() {
    let units = |folder: &Path| folder.join("units.toml");
    let rows: [(&str, i32, Change, &str); 6] = [
        (
            "200 MB",
            2,
            |units| {
                fs::File::create(units).unwrap().set_len(200 << 20).unwrap();
            },
            "units.toml: lớn hơn 4 MiB",
        ),
        (
            "4 MiB together",
            2,
            |units| {
                let text = fs::read_to_string(units).unwrap() + &"#\n".repeat(2_080_000);
                fs::write(units, text).unwrap();
            },
            "cộng lại lớn hơn 4 MiB",
        ),
        (
            "deep",
            1,
            |units| {
                let text =
                    fs::read_to_string(units).unwrap() + "x = " + &"[".repeat(100_000);
                fs::write(units, text).unwrap();
            },
            "không có khóa `x`",
        ),
        (
            "300,000 units",
            1,
            |units| {
                let text =
                    fs::read_to_string(units).unwrap() + &"[[unit]]\n".repeat(300_000);
                fs::write(units, text).unwrap();
            },
            "thiếu `id`",
        ),
        (
            "a folder",
            2,
            |units| {
                fs::remove_file(units).unwrap();
                fs::create_dir(units).unwrap();
            },
            "units.toml: là một thư mục",
        ),
        ("nothing", 1, |units| fs::remove_file(units).unwrap(), "thiếu tệp units.toml"),
    ];
    for (what, code, change, words) in rows {
        let folder = folder();
        change(&units(&folder.path().join("catalog/2024")));
        let rows: [&[&str]; 5] = [
            &["check", "catalog/2024"],
            &["list", "tasks", "--catalog", "catalog/2024"],
            &["diff", "catalog/2024"],
            &["build", "lao-cai.toml", "-o", "out", "--catalog", "catalog/2024"],
            &["update", "lao-cai.docx", "--catalog", "catalog/2024"],
        ];
        for arguments in rows {
            refuses(what, LIMITS, &folder, arguments, code, &[words]);
        }
    }
}

#[test]
fn hostile_templates() {
    let each = "{% for a in range(end=100000) %}".repeat(3);
    let end = "{% endfor %}".repeat(3);
    let long = "x".repeat(1000);
    let twice = "{% set_global x = \"xxxxxxxx\" %}{% for a in range(end=60) %}{% set_global x = x ~ x %}{% endfor %}";
    let rows: [(&str, i32, String, &str); 15] = [
        (
            "silent loop",
            2,
            format!("{each}{end}"),
            "templates/2024: các mẫu chạy quá 10 giây",
        ),
        (
            "loop into memory",
            2,
            format!("{{% set x %}}{each}{long}{end}{{% endset %}}"),
            "1 GiB",
        ),
        ("doubled string", 2, twice.to_owned(), "1 GiB"),
        ("loop that prints", 1, format!("{each}{long}{end}"), "quá dài"),
        ("long loop", 1, "{{ range(end=1000000000) }}".to_owned(), "plan.md:"),
        ("recursion", 1, "{{ <again /> }}".to_owned(), "recursion"),
        (
            "includes itself",
            1,
            "{% include \"plan.md\" %}".to_owned(),
            "Circular include",
        ),
        (
            "includes a file outside",
            1,
            "{% include \"../lao-cai.toml\" %}".to_owned(),
            "không có tệp mẫu",
        ),
        (
            "includes a file of the system",
            1,
            "{% include \"/etc/passwd\" %}".to_owned(),
            "không có tệp mẫu",
        ),
        (
            "brackets",
            1,
            format!("{{{{ {}1 }}}}", "(".repeat(100_000)),
            "Ở templates/2024/plan.md:",
        ),
        ("conditions", 1, "{% if true %}".repeat(100_000), "nesting is too deep"),
        (
            "branches",
            1,
            format!("{{% if a %}}{}{{% endif %}}", "{% elif a %}".repeat(100_000)),
            "100 nhánh elif",
        ),
        ("operators", 1, format!("{{{{ {}1 }}}}", "1 + ".repeat(100_000)), "too complex"),
        ("5 MiB", 2, "x".repeat(5 << 20), "plan.md: lớn hơn 4 MiB"),
        (
            "no UTF-8",
            1,
            "{% include \"bad.md\" %}".to_owned(),
            "bad.md không phải văn bản UTF-8",
        ),
    ];
    let folder = folder();
    let template = |name: &str| folder.path().join("templates/2024").join(name);
    let plan = fs::read_to_string(template("plan.md")).unwrap();
    let again =
        "\n{% component again() %}{{ <again /> }}{{ <again /> }}{% endcomponent %}\n";
    let components = fs::read_to_string(template("components.md")).unwrap() + again;
    fs::write(template("components.md"), components).unwrap();
    let build = ["build", "lao-cai.toml", "-o", "out", "--templates", "templates"];
    for (what, code, text, words) in rows {
        if what == "no UTF-8" {
            fs::write(template("bad.md"), [b'a', 0xE9]).unwrap();
        }
        fs::write(template("plan.md"), plan.clone() + &text).unwrap();
        refuses(what, OF_TEMPLATES, &folder, &build, code, &[words]);
        if what == "doubled string" {
            let all =
                ["build", "--all", "agencies", "-o", "out", "--templates", "templates"];
            refuses(what, OF_TEMPLATES, &folder, &all, code, &[words]);
            let update = ["update", "lao-cai.docx", "--templates", "templates"];
            refuses(what, OF_TEMPLATES, &folder, &update, code, &[words]);
        }
    }
    fs::remove_file(template("bad.md")).unwrap();
    fs::write(template("plan.md"), plan).unwrap();
    // Each may be that long, all of them may not.
    fs::write(template("more.md"), "x".repeat(4_190_000)).unwrap();
    let together = "các tệp cộng lại lớn hơn 4 MiB";
    refuses("together", OF_TEMPLATES, &folder, &build, 2, &[together]);
    fs::remove_file(template("more.md")).unwrap();
    for n in 0..50 {
        fs::write(
            template(&format!("{n}.md")),
            format!("{{% include \"{}.md\" %}}", n + 1),
        )
        .unwrap();
    }
    refuses("many", OF_TEMPLATES, &folder, &build, 1, &["có 52 tệp, nhiều nhất là 50"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_no_file_of_the_folder() {
        let rows: [(&str, Change, &str); 5] = [
            (
                "a pipe",
                |path| {
                    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
                },
                "không phải tệp thường",
            ),
            (
                "a link to a device",
                |path| symlink("/dev/zero", path).unwrap(),
                "liên kết ra ngoài thư mục",
            ),
            (
                "a link out",
                |path| symlink("/etc/passwd", path).unwrap(),
                "liên kết ra ngoài thư mục",
            ),
            (
                "a link to itself",
                |path| symlink(path.file_name().unwrap(), path).unwrap(),
                "không đọc được",
            ),
            (
                "a link to nothing",
                |path| symlink("nothing", path).unwrap(),
                "không tìm thấy",
            ),
        ];
        for (what, make, words) in rows {
            let folder = folder();
            let path = folder.path().join("templates/2024/secret.md");
            make(&path);
            let build =
                ["build", "lao-cai.toml", "-o", "out", "--templates", "templates"];
            refuses(
                what,
                LIMITS,
                &folder,
                &build,
                2,
                &["templates/2024/secret.md: ", words],
            );
            fs::remove_file(path).unwrap();
            let path = folder.path().join("catalog/2024/units.toml");
            fs::remove_file(&path).unwrap();
            make(&path);
            for arguments in [&["check"][..], &["diff"], &["list", "tasks", "--catalog"]]
            {
                let arguments = [arguments, &["catalog/2024"]].concat();
                refuses(what, LIMITS, &folder, &arguments, 2, &["units.toml: ", words]);
            }
        }
        // A link to another file of the folder is as good as the file.
        let folder = folder();
        let units = folder.path().join("catalog/2024/units.toml");
        fs::rename(&units, units.with_file_name("u.toml")).unwrap();
        symlink("u.toml", &units).unwrap();
        refuses(
            "a link inside",
            LIMITS,
            &folder,
            &["check", "catalog/2024"],
            0,
            &["Không có lỗi"],
        );
    }

    #[test]
    fn plans_and_profiles_that_are_no_files() {
        let folder = folder();
        for name in ["p.toml", "p.docx", "p.md"] {
            let pipe = folder.path().join(name);
            assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
            fs::create_dir(folder.path().join(name.replace('p', "d"))).unwrap();
        }
        let rows: [(&str, &[&str], &str); 5] = [
            (
                "check",
                &["p.toml", "p.docx", "p.md", "/dev/zero"],
                "không phải tệp thường",
            ),
            ("update", &["p.docx", "p.md", "/dev/zero"], "không phải tệp thường"),
            ("finalize", &["p.docx", "p.md", "/dev/zero"], "không phải tệp thường"),
            ("update", &["d.docx", "d.md"], "là một thư mục"),
            ("finalize", &["d.docx", "d.md"], "là một thư mục"),
        ];
        for (command, names, words) in rows {
            for name in names {
                refuses(name, LIMITS, &folder, &[command, name], 2, &[name, words]);
            }
        }
    }

    /// A folder with all that the commands below need.
    fn with_finished_plan() -> TempDir {
        let folder = folder();
        let plan = crate::finalize::drafted("agency = \"Lào Cai\"\n");
        fs::write(folder.path().join("finished.docx"), plan).unwrap();
        crate::editions::write_second(&folder.path().join("new"));
        folder
    }

    /// Every way to write files in a folder [with a finished plan](with_finished_plan).
    const WRITERS: [&[&str]; 6] = [
        &["build", "lao-cai.toml", "-o", "."],
        &["build", "lao-cai.toml", "-o", "out", "--format", "docx"],
        &["update", "lao-cai.docx", "--catalog", "new"],
        &["update", "lao-cai.md", "--catalog", "new", "-o", "updated.md"],
        &["finalize", "finished.docx"],
        &["catalog", "export", "copy"],
    ];

    #[test]
    fn a_full_disk() {
        // No file longer than eight blocks: "full" without a disk of one's own.
        let short = "trap '' XFSZ\nulimit -f 8";
        let folder = with_finished_plan();
        for arguments in WRITERS {
            refuses("full", short, &folder, arguments, 2, &["lớn hơn hệ thống cho phép"]);
        }
        let (code, said) = limited("exec >/dev/full", &folder, &["list", "tasks"]);
        assert_eq!((code, said.contains("không in ra được")), (2, true), "{said}");
        // A disk of one's own, where the system lets anybody mount one.
        let unshare = Command::new("unshare").args(["-rm", "true"]).status();
        if !unshare.is_ok_and(|status| status.success()) {
            return;
        }
        let full =
            "exec unshare -rm sh -c 'mount -t tmpfs -o size=8k none disk && \"$0\" \"$@\"
            code=$?; find disk -type f; exit $code' \"$0\" \"$@\"";
        fs::create_dir(folder.path().join("disk")).unwrap();
        let rows: [&[&str]; 5] = [
            &["new", "Đà Nẵng", "-o", "disk"],
            &["build", "lao-cai.toml", "-o", "disk/out"],
            &["update", "lao-cai.docx", "--catalog", "new", "-o", "disk/new.docx"],
            &["finalize", "finished.docx", "-o", "disk/signed.docx"],
            &["catalog", "export", "disk"],
        ];
        for arguments in rows {
            let (code, said) = limited(full, &folder, arguments);
            assert!(said.contains("ổ đĩa đầy. Giải phóng chỗ"), "{arguments:?}: {said}");
            assert_eq!((code, said.lines().count()), (2, 1), "{arguments:?}: {said}");
        }
    }

    /// The system kills who writes beyond a limit and does not ask to be told: in the midst of
    /// writing, so many blocks in.
    #[test]
    fn killed_in_the_midst_of_writing() {
        let folder = with_finished_plan();
        // Another profile: else the build would have nothing to write.
        let profile = "agency = \"Lào Cai\"\nguidance = \"none\"\n";
        fs::write(folder.path().join("lao-cai.toml"), profile).unwrap();
        let before = tree(folder.path());
        for blocks in [1, 8, 32] {
            for arguments in WRITERS {
                let limit = format!("ulimit -c 0\nulimit -f {blocks}");
                let (code, said) = limited(&limit, &folder, arguments);
                assert_eq!((code, &*said), (-1, ""), "{blocks}: {arguments:?}");
                let (torn, whole): (Vec<_>, Vec<_>) = tree(folder.path())
                    .into_iter()
                    .partition(|(path, ..)| crate::killed::is_temporary(path));
                assert!(whole == before, "{blocks}: {arguments:?}");
                assert!(!torn.is_empty(), "{blocks}: {arguments:?}");
                for (path, ..) in torn {
                    fs::remove_file(path).unwrap();
                }
            }
        }
    }

    #[test]
    fn places_where_nothing_can_be_written() {
        let folder = with_finished_plan();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("away")).unwrap();
        fs::create_dir_all(at("taken/lao-cai.docx")).unwrap();
        symlink("../away/out.docx", at("taken/link.docx")).unwrap();
        symlink("nowhere", at("link")).unwrap();
        // Closed to root, too.
        let (closed, none) = ("không có quyền ghi", "không tìm thấy ổ đĩa hoặc thư mục");
        let rows: [(&str, &[&str], &str); 13] = [
            ("build", &["lao-cai.toml", "-o", "/sys"], closed),
            ("build", &["lao-cai.toml", "-o", "/proc/khung"], none),
            ("new", &["Đà Nẵng", "-o", "/proc"], none),
            ("catalog", &["export", "/sys"], closed),
            ("update", &["lao-cai.docx", "-o", "/sys/a.docx"], closed),
            ("finalize", &["finished.docx", "-o", "/proc/a.docx"], none),
            (
                "build",
                &["lao-cai.toml", "-o", "taken"],
                "taken/lao-cai.docx: là một thư mục",
            ),
            ("build", &["lao-cai.toml", "-o", "link"], "link: không phải thư mục"),
            (
                "update",
                &["lao-cai.docx", "-o", "taken/link.docx"],
                "taken/link.docx: đã có",
            ),
            (
                "update",
                &["lao-cai.docx", "-o", "taken/lao-cai.docx"],
                "taken/lao-cai.docx: đã có",
            ),
            (
                "update",
                &["lao-cai.docx", "-o", "lao-cai.md/a.docx"],
                "lao-cai.md: không phải thư mục",
            ),
            (
                "finalize",
                &["finished.docx", "-o", "taken/link.docx"],
                "taken/link.docx: đã có",
            ),
            (
                "finalize",
                &["finished.docx", "-o", "taken/lao-cai.docx"],
                "là một thư mục",
            ),
        ];
        for (command, arguments, words) in rows {
            let is_linux = cfg!(target_os = "linux");
            if is_linux || !arguments.iter().any(|argument| argument.starts_with('/')) {
                refuses(
                    "closed",
                    LIMITS,
                    &folder,
                    &[&[command], arguments].concat(),
                    2,
                    &[words],
                );
            }
        }
        // Nothing went away through the link.
        assert_eq!(fs::read_dir(at("away")).unwrap().count(), 0);
        // The plan of another program.
        fs::write(at("~$nished.docx"), "").unwrap();
        refuses(
            "open",
            LIMITS,
            &folder,
            &["finalize", "finished.docx"],
            2,
            &["xóa ~$nished.docx"],
        );
        refuses(
            "open",
            LIMITS,
            &folder,
            &["update", "finished.docx"],
            2,
            &["xóa ~$nished.docx"],
        );
    }
}
