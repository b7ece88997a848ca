//! What a killed run leaves goes with the next one, what another run writes stays.

use std::fs::{self, File, hard_link};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::{Staged, Unstaged, beside};

/// A folder, a plan in it, and where its next stage is written.
fn plan() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("a.docx");
    fs::write(&plan, "cũ").unwrap();
    let hidden = beside(&plan, "new");
    (folder, plan, hidden)
}

fn count(folder: &TempDir) -> usize {
    fs::read_dir(folder.path()).unwrap().count()
}

#[test]
fn what_a_killed_run_left_goes() {
    let (folder, plan, hidden) = plan();
    fs::write(&hidden, "dở dang").unwrap();
    let mut staged = Staged::write(&plan, b"new").unwrap();
    assert_eq!(fs::read(&hidden).unwrap(), b"new");
    let other = folder.path().join("b.docx");
    staged.place(&other).unwrap();
    drop(staged);
    assert_eq!((fs::read(&other).unwrap(), count(&folder)), (b"new".to_vec(), 2));
    // One that is not placed goes, too.
    drop(Staged::write(&plan, b"new").unwrap());
    assert_eq!(count(&folder), 2);
}

/// Killed between the two links of an exchange: the backup is the staged file.
#[test]
fn a_backup_that_is_none_goes() {
    let (folder, plan, hidden) = plan();
    let backup = |n: &str| folder.path().join(format!("a.docx.bak{n}"));
    fs::write(backup(""), "trước").unwrap();
    fs::write(&hidden, "mới").unwrap();
    hard_link(&hidden, backup("2")).unwrap();
    drop(Staged::write(&plan, b"new").unwrap());
    assert!(backup("").exists() && !backup("2").exists() && !hidden.exists());
    assert_eq!(fs::read_to_string(&plan).unwrap(), "cũ");
}

/// Killed after the exchange: the plan is the staged file.
#[test]
fn a_plan_that_has_another_name_stays() {
    let (folder, plan, hidden) = plan();
    hard_link(&plan, &hidden).unwrap();
    drop(Staged::write(&plan, b"new").unwrap());
    assert_eq!((fs::read_to_string(&plan).unwrap(), count(&folder)), ("cũ".into(), 1));
}

#[test]
fn what_another_run_writes_stays() {
    let (_folder, plan, hidden) = plan();
    let other = Staged::write(&plan, b"other").unwrap();
    assert!(matches!(Staged::write(&plan, b"new"), Err(Unstaged::Busy)));
    assert_eq!(fs::read(&hidden).unwrap(), b"other");
    drop(other);
    assert!(Staged::write(&plan, b"new").is_ok());
}

/// Many runs at once, over what a killed one left: whose file it is may write it, alone.
#[test]
fn one_run_at_a_time() {
    let (_folder, plan, hidden) = plan();
    for _ in 0..100 {
        fs::write(&hidden, "dở dang").unwrap();
        std::thread::scope(|scope| {
            for n in 0..4_u8 {
                let (plan, hidden) = (&plan, &hidden);
                scope.spawn(move || {
                    let bytes = [n; 4096];
                    match Staged::write(plan, &bytes) {
                        Ok(_staged) => assert_eq!(fs::read(hidden).unwrap(), bytes),
                        Err(unstaged) => assert!(matches!(unstaged, Unstaged::Busy)),
                    }
                });
            }
        });
        assert!(!hidden.exists());
    }
}

/// A shared folder: somebody else put there what is no file of ours.
#[test]
fn what_is_no_file_of_ours_is_not_written_to() {
    let (folder, plan, hidden) = plan();
    let theirs = folder.path().join("theirs");
    fs::write(&theirs, "của người khác").unwrap();
    let kept = || fs::read_to_string(&theirs).unwrap() == "của người khác";
    symlink(&theirs, &hidden).unwrap();
    assert!(matches!(Staged::write(&plan, b"new"), Err(Unstaged::Unclear(_))));
    assert!(kept());
    fs::remove_file(&hidden).unwrap();
    fs::create_dir(&hidden).unwrap();
    assert!(matches!(Staged::write(&plan, b"new"), Err(Unstaged::Unclear(_))));
    fs::remove_dir(&hidden).unwrap();
    hard_link(&theirs, &hidden).unwrap();
    drop(Staged::write(&plan, b"new").unwrap());
    assert!(kept() && !hidden.exists());
}

#[test]
fn names_are_short_enough_and_nobody_s() {
    let name = |plan: &str| beside(Path::new(plan), "new").display().to_string();
    assert_eq!(name("lao-cai.docx"), ".~khung.lao-cai.docx.new~");
    assert_eq!(name("out/a.md"), "out/.~khung.a.md.new~");
    let long = ["a", "b"].map(|letter| name(&format!("{}.docx", letter.repeat(250))));
    assert!(long[0] != long[1] && long[0].len() < 60, "{long:?}");
}

/// Only root can give a file away; all can see that the permissions stay.
#[test]
fn owner_and_permissions_stay() {
    let (_folder, plan, hidden) = plan();
    let is_root = chown(&plan, Some(1000), Some(1001)).is_ok();
    fs::set_permissions(&plan, fs::Permissions::from_mode(0o664)).unwrap();
    let _staged = Staged::write(&plan, b"new").unwrap();
    let says = |path: &Path| {
        let meta = File::open(path).unwrap().metadata().unwrap();
        (meta.mode(), meta.uid(), meta.gid())
    };
    assert_eq!(says(&plan), says(&hidden));
    assert!(!is_root || says(&hidden).1 == 1000);
}
