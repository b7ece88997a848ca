//! A run that is killed, at any moment, leaves the old files or the new ones, and nothing that the
//! next run does not clear away.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::commands::folder;

/// Kills: every other one at a moment of its own while files are written, the rest spread
/// evenly over the time of a whole run and as long again.
const KILLS: u32 = 50;

/// Runs khung again and again from the same `files`, and kills it: each of `names` is then as
/// it was, or as a whole run leaves it, and nothing else is there that was not.
fn killed(files: &TempDir, arguments: &[&str], names: &[&str]) {
    let folder = files.path();
    let khung = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_khung"));
        command.args(arguments).current_dir(folder).stdin(Stdio::null());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    };
    let read = |name: &&str| fs::read(folder.join(name)).ok();
    let old: Vec<_> = names.iter().map(read).collect();
    let others = |path: &PathBuf| {
        !is_backup(path) && !names.iter().any(|name| path.ends_with(name))
    };
    let before: Vec<_> = there(folder).into_iter().filter(others).collect();
    let start = Instant::now();
    assert!(khung().status().unwrap().code().is_some_and(|code| code < 2));
    let whole = start.elapsed();
    let new: Vec<_> = names.iter().map(read).collect();
    assert!(new.iter().all(Option::is_some) && old != new, "{arguments:?}");

    let (mut kept, mut done, mut torn) = (0, 0, 0);
    for at in 0.. {
        // A machine that is busy now takes longer than the first run took.
        if at >= KILLS && ((done > 0 && torn > 0) || at > 10 * KILLS) {
            break;
        }
        for (name, bytes) in names.iter().zip(&old) {
            restore(&folder.join(name), bytes.as_deref());
        }
        for path in there(folder) {
            if is_temporary(&path) || is_backup(&path) {
                fs::remove_file(path).unwrap();
            }
        }
        let mut child = khung().spawn().unwrap();
        if at % 2 == 0 {
            let is_writing = || there(folder).iter().any(|path| is_temporary(path));
            while !is_writing() && child.try_wait().unwrap().is_none() {}
            std::thread::sleep(Duration::from_micros(u64::from(at) * 100));
        } else {
            std::thread::sleep(whole * at * 2 / KILLS);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let (temporary, now): (Vec<_>, Vec<_>) =
            there(folder).into_iter().partition(|path| is_temporary(path));
        torn += temporary.len();
        let backups = || now.iter().filter(|path| is_backup(path));
        let rest = now.iter().filter(|path| others(path));
        assert!(rest.eq(&before), "{arguments:?} at {at}: {now:?}");
        for ((name, old), new) in names.iter().zip(&old).zip(&new) {
            let now = read(name);
            assert!(now == *old || now == *new, "{arguments:?}: {name} at {at}");
            // What an update read is kept beside it before it is replaced.
            let is_kept = || backups().any(|path| fs::read(path).ok() == *old);
            assert!(
                arguments[0] != "update" || now == *old || is_kept(),
                "{name} at {at}"
            );
            if now == *old { kept += 1 } else { done += 1 }
        }
        for backup in backups() {
            let kept = fs::read(backup).ok();
            // The step before the exchange: a link to the staged file.
            let is_staged = || !temporary.is_empty() && new.contains(&kept);
            assert!(old.contains(&kept) || is_staged(), "{} at {at}", backup.display());
        }
        if !temporary.is_empty() {
            assert!(khung().status().unwrap().code().is_some_and(|code| code < 2));
            let is_new = names.iter().zip(&new).all(|(name, new)| read(name) == *new);
            let now = there(folder);
            let kept: Vec<_> = now.iter().filter(|path| is_backup(path)).collect();
            let is_kept = kept.iter().all(|path| old.contains(&fs::read(path).ok()));
            let backups = usize::from(arguments[0] == "update");
            let is_clear = now.len() == before.len() + names.len() + backups;
            assert!(is_new && is_kept && is_clear, "{arguments:?} after {at}: {now:?}");
        }
    }
    // Else nothing was killed, nothing ran, or nothing was killed while it wrote.
    assert!(
        kept > 0 && done > 0 && torn > 0,
        "{arguments:?}: {kept} kept, {done} done, {torn} torn"
    );
}

/// The files in a folder, not in its folders.
pub(crate) fn there(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Tells whether a file is one that is written or set aside to be renamed.
pub(crate) fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.starts_with(".~khung.") && name.ends_with('~')
}

pub(crate) fn is_backup(path: &Path) -> bool {
    path.extension().is_some_and(|end| end.to_string_lossy().starts_with("bak"))
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
    crate::editions::write_second(&files.path().join("catalog-2024.9"));
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", "agency = \"Lào Cai\"\n");
    let plan = khung::build(&catalog, &templates, &profile, None).0.unwrap();
    fs::write(files.path().join("lao-cai.docx"), plan.docx().unwrap()).unwrap();
    fs::write(files.path().join("lao-cai.md"), plan.markdown()).unwrap();
    for name in ["lao-cai.docx", "lao-cai.md"] {
        killed(&files, &["update", name, "--catalog", "catalog-2024.9"], &[name]);
    }
}

#[test]
fn a_killed_finalize_leaves_no_copy_or_a_whole_one() {
    let files = folder();
    let plan = crate::finalize::drafted("agency = \"Lào Cai\"\n");
    fs::write(files.path().join("lao-cai.docx"), plan).unwrap();
    killed(&files, &["finalize", "lao-cai.docx"], &["lao-cai-trinh-ky.docx"]);
}
