//! Somebody saves between any two steps of an exchange: no text of theirs is lost.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::super::staged::{Staged, backups};
use super::{Refused, exchange, holds, set_aside, swap_names};

/// What somebody does to a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Act {
    Nothing,
    /// As Word does: a new file takes the name.
    SaveByRename,
    /// As editors do: the file that is there is written over.
    SaveInPlace,
    Delete,
}

impl Act {
    const ALL: [Self; 4] =
        [Self::Nothing, Self::SaveByRename, Self::SaveInPlace, Self::Delete];

    fn does(self, plan: &Path, text: &str) {
        match self {
            Self::Nothing => {}
            Self::SaveByRename => {
                let other = plan.with_file_name("~WRD0001.tmp");
                fs::write(&other, text).unwrap();
                fs::rename(other, plan).unwrap();
            }
            Self::SaveInPlace => fs::write(plan, text).unwrap(),
            Self::Delete => drop(fs::remove_file(plan)),
        }
    }

    fn saves(self) -> bool {
        matches!(self, Self::SaveByRename | Self::SaveInPlace)
    }
}

/// What the files of a folder say, by their names.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let mut texts: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    texts.sort();
    texts
}

fn text(folder: &Path, name: &str) -> Option<String> {
    texts(folder).into_iter().find(|(there, _)| there == name).map(|(_, text)| text)
}

type Way = fn(&mut Staged<'_>, &Path, &dyn Fn(&Path) -> bool) -> Result<PathBuf, Refused>;

fn in_one_step(
    staged: &mut Staged<'_>,
    plan: &Path,
    accepts: &dyn Fn(&Path) -> bool,
) -> Result<PathBuf, Refused> {
    exchange(staged, plan, backups(plan), accepts)
}

fn in_two_steps(
    staged: &mut Staged<'_>,
    plan: &Path,
    accepts: &dyn Fn(&Path) -> bool,
) -> Result<PathBuf, Refused> {
    set_aside(staged, plan, backups(plan), accepts)
}

const WAYS: [(&str, Way); 2] = [("one step", in_one_step), ("two steps", in_two_steps)];

/// Exchanges "cũ" for "mới", while somebody does something `before`, and something else before or
/// after what was set aside is `looked` at.
fn exchanged(
    way: Way,
    before: Act,
    looked: Act,
    is_late: bool,
) -> (tempfile::TempDir, Result<PathBuf, Refused>) {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("a.docx");
    fs::write(&plan, "cũ").unwrap();
    let mut staged = Staged::write(&plan, "mới".as_bytes()).unwrap();
    before.does(&plan, "một");
    let accepts = |aside: &Path| {
        if !is_late {
            looked.does(&plan, "hai");
        }
        let is_old = holds(aside, "cũ".as_bytes());
        if is_late {
            looked.does(&plan, "hai");
        }
        is_old
    };
    let done = way(&mut staged, &plan, &accepts);
    drop(staged);
    (folder, done)
}

#[test]
fn whatever_somebody_saves_meanwhile_stays() {
    for (name, way) in WAYS {
        for before in Act::ALL {
            for (looked, late) in
                Act::ALL.into_iter().flat_map(|act| [(act, false), (act, true)])
            {
                let (folder, done) = exchanged(way, before, looked, late);
                let at = format!("{name}: {before:?}, {looked:?}, {late}: {done:?}");
                let there = texts(folder.path());
                let has = |text: &str| there.iter().any(|(_, there)| there == text);
                let name = text(folder.path(), "a.docx");
                let is_looked_at = before != Act::Delete;
                // Who saves last finds it under the plan's name.
                if is_looked_at && looked.saves() {
                    assert_eq!(name.as_deref(), Some("hai"), "{at}: {there:?}");
                }
                // What somebody saved over what he had read is his to replace.
                if before.saves() {
                    assert!(has("một"), "{at}: {there:?}");
                    assert!(matches!(done, Err(Refused::Changed(_))), "{at}");
                } else if before == Act::Nothing {
                    assert!(has("cũ"), "{at}: {there:?}");
                }
                if before.saves() && looked == Act::Delete {
                    assert_eq!(name.as_deref(), Some("một"), "{at}: {there:?}");
                }
                if before == Act::Delete {
                    assert!(matches!(done, Err(Refused::Gone)), "{at}");
                }
                // Nothing is there that nobody is told of.
                let told = match &done {
                    Ok(aside) | Err(Refused::Changed(Some(aside))) => Some(aside.clone()),
                    _ => None,
                };
                let told = told.map(|aside| aside.file_name().unwrap().to_owned());
                for (name, _) in &there {
                    let is_told = told.as_ref().is_some_and(|told| told == name.as_str());
                    assert!(name == "a.docx" || is_told, "{at}: {there:?}");
                }
            }
        }
    }
}

#[test]
fn what_nobody_touches_is_exchanged() {
    for (name, way) in WAYS {
        let (folder, done) = exchanged(way, Act::Nothing, Act::Nothing, false);
        let backup = folder.path().join("a.docx.bak");
        assert_eq!(done.ok(), Some(backup), "{name}");
        let expected = [("a.docx", "mới"), ("a.docx.bak", "cũ")];
        let expected = expected.map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(texts(folder.path()), expected, "{name}");
    }
}

/// The save that comes first is put back as the very file that it was.
#[test]
fn what_was_saved_before_is_back_under_its_name() {
    for (name, way) in WAYS {
        for before in [Act::SaveByRename, Act::SaveInPlace] {
            let (folder, done) = exchanged(way, before, Act::Nothing, false);
            assert!(matches!(done, Err(Refused::Changed(None))), "{name}: {done:?}");
            let expected = [("a.docx".to_owned(), "một".to_owned())];
            assert_eq!(texts(folder.path()), expected, "{name}");
        }
    }
}

/// A program that has the plan open, and writes there later, writes into the backup.
#[test]
fn what_is_written_to_an_open_plan_is_in_the_backup() {
    for (name, way) in WAYS {
        let folder = tempfile::tempdir().unwrap();
        let plan = folder.path().join("a.docx");
        fs::write(&plan, "cũ").unwrap();
        let mut open = fs::OpenOptions::new().append(true).open(&plan).unwrap();
        let mut staged = Staged::write(&plan, "mới".as_bytes()).unwrap();
        way(&mut staged, &plan, &|_| true).unwrap();
        open.write_all(", và thêm".as_bytes()).unwrap();
        let said = text(folder.path(), "a.docx.bak");
        assert_eq!(said.as_deref(), Some("cũ, và thêm"), "{name}");
    }
}

#[test]
fn what_is_kept_already_is_not_overwritten() {
    for (name, way) in WAYS {
        let folder = tempfile::tempdir().unwrap();
        let plan = folder.path().join("a.docx");
        fs::write(&plan, "cũ").unwrap();
        fs::write(folder.path().join("a.docx.bak"), "trước").unwrap();
        fs::create_dir(folder.path().join("a.docx.bak2")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("a.docx.bak3")).unwrap();
        let mut staged = Staged::write(&plan, "mới".as_bytes()).unwrap();
        let done = way(&mut staged, &plan, &|_| true);
        assert_eq!(done.ok(), Some(folder.path().join("a.docx.bak4")), "{name}");
        let before = fs::read_to_string(folder.path().join("a.docx.bak")).unwrap();
        assert_eq!(before, "trước", "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("a.docx");
    fs::write(&plan, "cũ").unwrap();
    backups(&plan).for_each(|backup| fs::write(backup, "trước").unwrap());
    for (name, way) in WAYS {
        let mut staged = Staged::write(&plan, "mới".as_bytes()).unwrap();
        let done = way(&mut staged, &plan, &|_| true);
        assert!(matches!(done, Err(Refused::Full)), "{name}: {done:?}");
        drop(staged);
        assert_eq!(fs::read_to_string(&plan).unwrap(), "cũ", "{name}");
        assert_eq!(texts(folder.path()).len(), 1000, "{name}");
    }
}

/// Else the tests above try one way twice.
#[test]
fn this_system_exchanges_two_names() {
    if cfg!(target_os = "linux") {
        let folder = tempfile::tempdir().unwrap();
        let names = ["một", "hai"].map(|name| folder.path().join(name));
        for name in &names {
            fs::write(name, "").unwrap();
        }
        swap_names(&names[0], &names[1]).unwrap();
    }
}
