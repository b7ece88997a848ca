//! Somebody saves between khung's last look and its writing.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use super::{
    beside, create, interrupted, keep, put, replace, stage, tidy, update, write_new,
};
use crate::catalog::Catalog;
use crate::source::Source;
use crate::template::Templates;

/// Two plans as khung writes them, and the first one as somebody edited it.
static PLANS: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let (catalog, _) = Catalog::read(&Catalog::embedded().unwrap());
    let templates = Templates::parse(Templates::embedded().unwrap()).unwrap();
    let [one, two] = ["inline", "none"].map(|guidance| {
        let profile = format!("agency = \"Lào Cai\"\nguidance = \"{guidance}\"\n");
        let profile = Source::new("p.toml", profile.as_bytes()).unwrap();
        crate::build(&catalog, &templates, &profile, None).0.unwrap().markdown()
    });
    let edited = one.replacen("Lào Cai", "Lào Cai mới", 1);
    [one, two, edited].map(String::into_bytes)
});

/// A folder with `there` as its plan.
fn plan(there: Option<&[u8]>) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let plan = folder.path().join("a.md");
    if let Some(there) = there {
        fs::write(&plan, there).unwrap();
    }
    (folder, plan)
}

/// Saves as Word does: a new file takes the name.
fn save(plan: &Path, bytes: &[u8]) {
    let other = plan.with_file_name("~WRD0001.tmp");
    fs::write(&other, bytes).unwrap();
    fs::rename(other, plan).unwrap();
}

#[track_caller]
fn names(folder: &tempfile::TempDir, expected: &[&str]) {
    let names = fs::read_dir(folder.path()).unwrap();
    let mut names: Vec<_> =
        names.map(|name| name.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, expected);
}

/// A save in the window of a build: kept, and the build refused for the reason that a build
/// later would be.
#[test]
fn a_build_does_not_replace_what_somebody_saves_meanwhile() {
    let [one, two, edited] = &*PLANS;
    let ways: [fn(&Path, &[u8]); 2] =
        [save, |plan, bytes| fs::write(plan, bytes).unwrap()];
    for old in [None, Some(one.as_slice())] {
        for way in ways {
            for (saved, reason) in
                [(edited.as_slice(), "đã được sửa sau"), (b"x", "không do khung lập")]
            {
                let (folder, plan) = plan(old);
                let staged = stage(&plan, two).unwrap();
                way(&plan, saved);
                let failure = put(staged, &plan).unwrap_err();
                assert!(failure.reason.contains(reason), "{failure}");
                assert_eq!(fs::read(&plan).unwrap(), saved);
                names(&folder, &["a.md"]);
            }
        }
        // Another khung's plan is nobody's work, and what was deleted may be written.
        let (folder, plan) = plan(old);
        let staged = stage(&plan, two).unwrap();
        save(&plan, one);
        put(staged, &plan).unwrap();
        let staged = stage(&plan, one).unwrap();
        fs::remove_file(&plan).unwrap();
        put(staged, &plan).unwrap();
        assert_eq!(fs::read(&plan).unwrap(), *one);
        names(&folder, &["a.md"]);
    }
    // Neither is a link replaced, nor what it leads to, nor what Word has opened by now.
    let (folder, plan) = plan(Some(one));
    let staged = stage(&plan, two).unwrap();
    let elsewhere = folder.path().join("b.md");
    fs::rename(&plan, &elsewhere).unwrap();
    std::os::unix::fs::symlink("b.md", &plan).unwrap();
    let failure = put(staged, &plan).unwrap_err();
    assert!(failure.reason.contains("liên kết"), "{failure}");
    let staged = stage(&elsewhere, two).unwrap();
    fs::write(folder.path().join(".~lock.b.md#"), "").unwrap();
    let failure = put(staged, &elsewhere).unwrap_err();
    assert!(failure.reason.contains("đang mở trong Word"), "{failure}");
    assert_eq!(fs::read(&plan).unwrap(), *one);
    names(&folder, &[".~lock.b.md#", "a.md", "b.md"]);
}

#[test]
fn an_update_does_not_replace_what_somebody_saves_meanwhile() {
    let [old, new, edited] = &*PLANS;
    let ways: [fn(&Path, &[u8]); 2] =
        [save, |plan, bytes| fs::write(plan, bytes).unwrap()];
    for way in ways {
        let (folder, plan) = plan(Some(old));
        let staged = stage(&plan, new).unwrap();
        way(&plan, edited);
        let failure = keep(staged, &plan, old).unwrap_err();
        assert!(failure.reason.contains("vừa được sửa"), "{failure}");
        // The look before the exchange says the same.
        assert_eq!(update(&plan, old, new).unwrap_err(), failure);
        assert_eq!(fs::read(&plan).unwrap(), *edited);
        names(&folder, &["a.md"]);
    }
    let (folder, plan) = plan(Some(old));
    let staged = stage(&plan, new).unwrap();
    fs::remove_file(&plan).unwrap();
    let failure = keep(staged, &plan, old).unwrap_err();
    assert!(failure.reason.contains("vừa bị xóa"), "{failure}");
    names(&folder, &[]);
}

/// A build that was killed while it looked at what it had set aside.
#[test]
fn what_a_killed_build_set_aside_is_cleared_away_or_kept() {
    let [one, two, edited] = &*PLANS;
    let (folder, plan) = plan(Some(one));
    let aside = beside(&plan, "old");
    let build =
        |bytes: &[u8]| replace(folder.path(), &[("a.md".to_owned(), bytes.to_vec())]);
    fs::write(&aside, two).unwrap();
    build(two).unwrap();
    names(&folder, &["a.md"]);
    fs::write(&aside, edited).unwrap();
    build(one).unwrap();
    names(&folder, &["a.md", "a.md.bak"]);
    assert_eq!(fs::read(folder.path().join("a.md.bak")).unwrap(), *edited);
}

/// Every command clears away what a killed one left where it writes.
#[test]
fn every_writer_clears_away() {
    let [one, two, _] = &*PLANS;
    let (folder, plan) = plan(Some(one));
    let leave = |path: &Path| fs::write(beside(path, "new"), "dở dang").unwrap();
    leave(&plan);
    replace(folder.path(), &[("a.md".to_owned(), one.clone())]).unwrap();
    leave(&plan);
    update(&plan, one, two).unwrap();
    let other = folder.path().join("b.md");
    leave(&other);
    write_new(&other, two).unwrap();
    leave(&folder.path().join("c.md"));
    create(folder.path(), &[("c.md".into(), "c")]).unwrap();
    leave(&plan);
    tidy(&plan);
    tidy(&plan);
    names(&folder, &["a.md", "a.md.bak", "b.md", "c.md"]);
}

#[test]
fn one_of_two_runs_at_once_is_refused() {
    let [one, two, _] = &*PLANS;
    let (folder, plan) = plan(Some(one));
    let other = stage(&plan, two).unwrap();
    let reason = "khung khác đang ghi tệp này. Chờ rồi chạy lại.";
    assert_eq!(update(&plan, one, two).unwrap_err().reason, reason);
    let build = replace(folder.path(), &[("a.md".to_owned(), two.clone())]);
    assert_eq!(build.unwrap_err()[0].reason, reason);
    drop(other);
    update(&plan, one, two).unwrap();
    names(&folder, &["a.md", "a.md.bak"]);
}

/// Where names cannot be exchanged, an update may be killed between two of them.
#[test]
fn a_plan_without_a_name_is_told() {
    let (folder, plan) = plan(None);
    assert_eq!(interrupted(&plan), None);
    let backup = folder.path().join("a.md.bak");
    fs::write(&backup, "cũ").unwrap();
    assert_eq!(interrupted(&plan), None);
    fs::write(beside(&plan, "new"), "mới").unwrap();
    let reason = crate::workspace::read_plan(&plan).unwrap_err().reason;
    assert!(reason.contains("bị ngắt") && reason.contains("a.md.bak"), "{reason}");
    fs::write(&plan, "").unwrap();
    assert_eq!(interrupted(&plan), None);
}
