//! Two runs at once on one plan: no word is lost, and nothing is left over.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::commands::folder;
use crate::killed::{is_backup, is_temporary, there};

/// Pairs of each kind.
const PAIRS: usize = 25;

/// A folder with two profiles and what they make of Lào Cai: `a` has guidance, `b` has none.
fn profiles() -> TempDir {
    let folder = folder();
    for (name, guidance) in [("a", "comments"), ("b", "none")] {
        let profile = format!("agency = \"Lào Cai\"\nguidance = \"{guidance}\"\n");
        fs::create_dir(folder.path().join(name)).unwrap();
        fs::write(folder.path().join(name).join("lao-cai.toml"), profile).unwrap();
        let build = &[&format!("{name}/lao-cai.toml"), "-o", name];
        assert!(run(folder.path(), "build", build).status.success());
    }
    folder
}

fn command(folder: &Path, verb: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_khung"));
    command.arg(verb).args(arguments).current_dir(folder).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(folder: &Path, verb: &str, arguments: &[&str]) -> Output {
    command(folder, verb, arguments).output().unwrap()
}

/// Runs two commands at once; for each, whether it was done, and what it said.
fn both(folder: &Path, commands: [(&str, &[&str]); 2]) -> [(bool, String); 2] {
    let runs = commands.map(|(verb, arguments)| {
        (verb, command(folder, verb, arguments).spawn().unwrap())
    });
    runs.map(|(verb, run)| {
        let output = run.wait_with_output().unwrap();
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let code = output.status.code().unwrap();
        assert!(code <= 2, "{verb}: {code} {said}");
        // Who is refused is told what to do.
        assert!(
            code < 2 || said.contains("hạy lại") || said.contains("Đổi tên"),
            "{said}"
        );
        (code < 2, said)
    })
}

/// What the backups of a folder hold; nothing is there that a run wrote to be renamed.
fn kept(folder: &Path) -> Vec<Vec<u8>> {
    let there = there(folder);
    assert!(!there.iter().any(|path| is_temporary(path)), "{there:?}");
    there
        .iter()
        .filter(|path| is_backup(path))
        .map(|path| fs::read(path).unwrap())
        .collect()
}

/// The words that somebody wrote into a plan.
const WORDS: &str = "Chữ của cán bộ Sở";

/// The plan of Lào Cai, and what somebody made of it.
fn edited() -> [String; 2] {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let plan = khung::build(&catalog, &templates, &profile, None).0.unwrap().markdown();
    let (at, _) =
        plan.match_indices("\n\n").nth(plan.matches("\n\n").count() / 2).unwrap();
    let edited = format!("{}\n\n{WORDS}.{}", &plan[..at], &plan[at..]);
    [plan, edited]
}

#[test]
fn two_updates() {
    let folder = profiles();
    let folder = folder.path();
    let place = folder.join("place");
    let [_, edited] = edited();
    let mut refused = 0;
    for pair in 0..PAIRS {
        fs::create_dir(&place).unwrap();
        fs::write(place.join("lao-cai.md"), &edited).unwrap();
        let done = both(
            folder,
            ["a/lao-cai.toml", "b/lao-cai.toml"]
                .each_ref()
                .map(|profile| ["place/lao-cai.md", "--profile", *profile])
                .each_ref()
                .map(|arguments| ("update", arguments.as_slice())),
        );
        let count = done.iter().filter(|(is_done, _)| *is_done).count();
        refused += 2 - count;
        // Each that is done kept what it replaced.
        let mut all = kept(&place);
        assert_eq!(all.len(), count, "{pair}: {done:?}");
        assert!(
            count > 0 && all.contains(&edited.clone().into_bytes()),
            "{pair}: {done:?}"
        );
        all.push(fs::read(place.join("lao-cai.md")).unwrap());
        for text in &all {
            assert!(
                std::str::from_utf8(text).unwrap().contains(WORDS),
                "{pair}: {done:?}"
            );
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count + 1, "{pair}: {done:?}");
        fs::remove_dir_all(&place).unwrap();
    }
    assert!(refused > 0, "no two ran at once");
}

#[test]
fn an_update_and_a_build() {
    let folder = profiles();
    let folder = folder.path();
    let place = folder.join("place");
    let [drafted, edited] = edited();
    for pair in 0..PAIRS {
        let old = if pair % 2 == 0 { &edited } else { &drafted };
        fs::create_dir(&place).unwrap();
        fs::write(place.join("lao-cai.md"), old).unwrap();
        let update = ["place/lao-cai.md", "--profile", "a/lao-cai.toml"];
        let build = ["b/lao-cai.toml", "-o", "place", "--format", "md"];
        let done = both(folder, [("update", &update), ("build", &build)]);
        let kept = kept(&place);
        let plan = fs::read_to_string(place.join("lao-cai.md")).unwrap();
        // What the update replaced is kept: the plan, or what the build had made of it.
        assert_eq!(kept.len(), usize::from(done[0].0), "{pair}: {done:?}");
        if old == &edited {
            assert!(done[0].0 && !done[1].0 && plan.contains(WORDS), "{pair}: {done:?}");
            assert_eq!(kept, [edited.as_bytes()], "{pair}: {done:?}");
        }
        assert!(done[0].0 || done[1].0, "{pair}: {done:?}");
        assert!(run(folder, "check", &["place/lao-cai.md"]).status.code() < Some(2));
        fs::remove_dir_all(&place).unwrap();
    }
}

/// The two files of a build are of one profile, whoever is the last.
#[test]
fn two_builds() {
    let folder = profiles();
    let folder = folder.path();
    let place = folder.join("place");
    let pair_of = |folder: &Path| {
        ["lao-cai.docx", "lao-cai.md"].map(|name| fs::read(folder.join(name)).unwrap())
    };
    let made = ["a", "b"].map(|name| pair_of(&folder.join(name)));
    for pair in 0..PAIRS {
        let done = both(
            folder,
            [
                ("build", &["a/lao-cai.toml", "-o", "place"]),
                ("build", &["b/lao-cai.toml", "-o", "place"]),
            ],
        );
        assert!(done[0].0 || done[1].0, "{pair}: {done:?}");
        assert!(made.contains(&pair_of(&place)), "{pair}: {done:?}");
        assert!(kept(&place).is_empty() && there(&place).len() == 2, "{pair}: {done:?}");
        // Every other pair finds nothing there.
        if pair % 2 == 0 {
            fs::remove_dir_all(&place).unwrap();
        }
    }
}

#[test]
fn two_finalizes() {
    let folder = folder();
    let folder = folder.path();
    let plan = crate::finalize::drafted("agency = \"Lào Cai\"\n");
    fs::write(folder.join("lao-cai.docx"), plan).unwrap();
    let out = folder.join("out");
    for name in ["first/a.docx", "second/a.docx"] {
        assert!(run(folder, "finalize", &["lao-cai.docx", "-o", name]).status.success());
    }
    let copy = fs::read(folder.join("first/a.docx")).unwrap();
    assert_eq!(copy, fs::read(folder.join("second/a.docx")).unwrap());
    for pair in 0..PAIRS {
        let finalize: &[&str] = &["lao-cai.docx", "-o", "out/a.docx"];
        let done = both(folder, [("finalize", finalize), ("finalize", finalize)]);
        assert!(done[0].0 != done[1].0, "{pair}: {done:?}");
        assert_eq!(fs::read(out.join("a.docx")).unwrap(), copy, "{pair}: {done:?}");
        assert!(kept(&out).is_empty() && there(&out).len() == 1, "{pair}: {done:?}");
        fs::remove_dir_all(&out).unwrap();
    }
}
