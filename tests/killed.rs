//! A run that is killed, at any moment, leaves the old files or the new ones.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;

use crate::commands::folder;

/// Kills; their moments are spread evenly over the time of a whole run and as long again.
const KILLS: u32 = 50;

/// Runs khung again and again from the same `files`, killed a little later each time: each of
/// `names` is then as it was, or as a whole run leaves it.
fn killed(files: &TempDir, arguments: &[&str], names: &[&str]) {
    let khung = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_khung"));
        command.args(arguments).current_dir(files.path()).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let read = |name: &&str| fs::read(files.path().join(name)).ok();
    let old: Vec<_> = names.iter().map(read).collect();
    let start = Instant::now();
    assert!(khung().status().unwrap().code().is_some_and(|code| code < 2));
    let whole = start.elapsed();
    let new: Vec<_> = names.iter().map(read).collect();
    assert!(new.iter().all(Option::is_some) && old != new, "{arguments:?}");

    let (mut kept, mut done) = (0, 0);
    for at in 0.. {
        // A machine that is busy now takes longer than the first run took.
        if at >= KILLS && (done > 0 || at > 10 * KILLS) {
            break;
        }
        for (name, bytes) in names.iter().zip(&old) {
            restore(&files.path().join(name), bytes.as_deref());
        }
        remove_backups(files.path());
        let mut child = khung().spawn().unwrap();
        std::thread::sleep(whole * at * 2 / KILLS);
        child.kill().unwrap();
        child.wait().unwrap();
        for ((name, old), new) in names.iter().zip(&old).zip(&new) {
            let now = read(name);
            assert!(now == *old || now == *new, "{arguments:?}: {name} at {at}");
            // What an update read is kept beside it before it is replaced.
            let is_kept =
                || backups(files.path()).iter().any(|path| fs::read(path).ok() == *old);
            assert!(
                arguments[0] != "update" || now == *old || is_kept(),
                "{name} at {at}"
            );
            if now == *old { kept += 1 } else { done += 1 }
        }
    }
    // Else nothing was killed, or nothing ran.
    assert!(kept > 0 && done > 0, "{arguments:?}: {kept} kept, {done} done");
}

fn backups(folder: &Path) -> Vec<std::path::PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.filter(|path| path.to_string_lossy().contains(".bak")).collect()
}

fn remove_backups(folder: &Path) {
    for path in backups(folder) {
        fs::remove_file(path).unwrap();
    }
}

fn restore(path: &Path, bytes: Option<&[u8]>) {
    match bytes {
        Some(bytes) => fs::write(path, bytes).unwrap(),
        None => drop(fs::remove_file(path)),
    }
}

#[test]
fn a_killed_build_leaves_the_old_plan_or_the_new_one() {
    let files = folder();
    let names = ["lao-cai.docx", "lao-cai.md"];
    killed(&files, &["build", "lao-cai.toml"], &names);
    let profile = "agency = \"Lào Cai\"\nguidance = \"none\"\n";
    fs::write(files.path().join("lao-cai.toml"), profile).unwrap();
    killed(&files, &["build", "lao-cai.toml"], &names);
}

#[test]
fn a_killed_update_leaves_the_old_plan_or_the_new_one() {
    let files = folder();
    crate::editions::write_second(&files.path().join("catalog-2024.2"));
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let plan = khung::build(&catalog, &templates, &profile, None).0.unwrap();
    fs::write(files.path().join("lao-cai.docx"), plan.docx).unwrap();
    fs::write(files.path().join("lao-cai.md"), plan.markdown).unwrap();
    for name in ["lao-cai.docx", "lao-cai.md"] {
        killed(&files, &["update", name, "--catalog", "catalog-2024.2"], &[name]);
    }
}

#[test]
fn a_killed_finalize_leaves_no_copy_or_a_whole_one() {
    let files = folder();
    let plan = crate::finalize::drafted("agency = \"Lào Cai\"\n");
    fs::write(files.path().join("lao-cai.docx"), plan).unwrap();
    killed(&files, &["finalize", "lao-cai.docx"], &["lao-cai-trinh-ky.docx"]);
}
