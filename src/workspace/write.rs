//! Files are written: whole, beside their places, and over nobody's work.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::exchange::{Refused, exchange, holds, rename_new};
use super::staged::{self, Staged, Unstaged, backups, beside};
use super::{
    Failure, LONGEST_PLAN, check_lock, folder, inside, names, read, unreadable,
    unwritable,
};
use crate::record::{State, state};

/// Replaces the plans `files` (name, bytes) of a folder; none where anything stands in the way
/// of one.
///
/// All are written whole beside their places; then each takes its place, one after the other, and
/// what it replaces is looked at again. One that is refused all the same leaves those before it
/// done.
///
/// # Errors
/// All that stands in the way: a plan edited since or open in Word, a file that khung did
/// not write, a link, a folder that cannot be made or written.
pub fn replace(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), Vec<Failure>> {
    let targets =
        || files.iter().map(|(name, bytes)| (inside(folder, name), bytes.as_slice()));
    let blocked: Vec<Failure> =
        targets().filter_map(|(path, _)| check_target(&path).err()).collect();
    if !blocked.is_empty() {
        return Err(blocked);
    }
    let staged: Result<Vec<_>, Failure> =
        targets().map(|(path, bytes)| Ok((stage(&path, bytes)?, path))).collect();
    for (file, path) in staged.map_err(|failure| vec![failure])? {
        put(file, &path).map_err(|failure| vec![failure])?;
    }
    Ok(())
}

/// Puts a staged plan in its place: over nothing, or over a plan as khung wrote it.
fn put(mut staged: Staged<'_>, path: &Path) -> Result<(), Failure> {
    check_lock(path)?;
    match staged.place(path) {
        Ok(()) => return Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(unwritable(path, &error)),
    }
    let aside = std::iter::once(beside(path, "old"));
    match exchange(&mut staged, path, aside, &is_as_written) {
        Ok(aside) => {
            let _ = fs::remove_file(aside);
            Ok(())
        }
        Err(Refused::Changed(_)) => Err(match settle(path) {
            Some(kept) => changed(path, Some(&kept)),
            None => check_target(path).err().unwrap_or_else(|| changed(path, None)),
        }),
        Err(refused) => Err(told(path, refused)),
    }
}

fn is_as_written(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file())
        && read(path, LONGEST_PLAN).is_ok_and(|plan| state(&plan) == State::AsWritten)
}

/// Clears away what [`put`] set aside before it was killed: a plan as khung wrote it. Anything
/// else is somebody's work and becomes a backup, whose name comes back.
fn settle(path: &Path) -> Option<PathBuf> {
    let aside = beside(path, "old");
    fs::symlink_metadata(&aside).ok()?;
    if is_as_written(&aside) {
        let _ = fs::remove_file(&aside);
        return None;
    }
    backups(path).find(|backup| rename_new(&aside, backup).is_ok())
}

/// Clears away what a killed run left beside a plan that stays as it is.
pub fn tidy(path: &Path) {
    staged::tidy(path);
}

/// Puts an updated plan in the place of the one that was read, which stays beside it under
/// the name that comes back.
///
/// The new file is whole before it takes the name: an interrupted run leaves the old file or
/// the new one. The backup is the very file that had the name: who has it open still, and saves,
/// saves there.
///
/// # Errors
/// When somebody changed or opened the plan meanwhile, or the folder cannot be written.
pub fn update(path: &Path, old: &[u8], new: &[u8]) -> Result<PathBuf, Failure> {
    let meta = fs::symlink_metadata(path).map_err(|error| unreadable(path, &error))?;
    if meta.is_symlink() {
        return Err(Failure::new(path, LINK));
    }
    if meta.permissions().readonly() {
        let reason = "chỉ cho đọc. Bỏ thuộc tính chỉ đọc (read-only) của tệp, hoặc ghi sang tệp khác bằng `-o`.";
        return Err(Failure::new(path, reason));
    }
    let staged = stage(path, new)?;
    check_lock(path)?;
    // Mostly it shows here, before a name changes hands.
    if read(path, LONGEST_PLAN)? != old {
        return Err(changed(path, None));
    }
    keep(staged, path, old)
}

/// Puts a staged plan in the place of the `old` one, and keeps that: `lao-cai.docx.bak`.
fn keep(mut staged: Staged<'_>, path: &Path, old: &[u8]) -> Result<PathBuf, Failure> {
    let is_old = |aside: &Path| holds(aside, old);
    exchange(&mut staged, path, backups(path), &is_old)
        .map_err(|refused| told(path, refused))
}

/// Why a plan was not replaced.
fn told(path: &Path, refused: Refused) -> Failure {
    let reason = match refused {
        Refused::Gone => {
            "vừa bị xóa hoặc đổi tên trong lúc khung đang chạy. Kiểm tra lại rồi chạy lại."
        }
        Refused::Changed(aside) => return changed(path, aside.as_deref()),
        Refused::Full => "có quá nhiều bản lưu .bak ở cạnh. Xóa bớt rồi chạy lại.",
        Refused::Outside(error) => return unwritable(path, &error),
    };
    Failure::new(path, reason)
}

/// Somebody saved the plan meanwhile; an earlier or a later stage may be `kept` beside it.
fn changed(path: &Path, kept: Option<&Path>) -> Failure {
    let kept = kept.map_or_else(String::new, |kept| {
        format!("; một bản khác còn ở {}, so hai bản", kept.display())
    });
    let reason = format!("vừa được sửa trong lúc khung đang chạy{kept}. Chạy lại.");
    Failure::new(path, reason)
}

/// Says where a plan is that has no name of its own any more: where the system cannot exchange
/// two names, a killed update may leave only the backup.
pub(super) fn interrupted(path: &Path) -> Option<Failure> {
    let is_there = |path: &PathBuf| fs::symlink_metadata(path).is_ok();
    if is_there(&path.to_owned()) || !is_there(&beside(path, "new")) {
        return None;
    }
    let backup = backups(path).take_while(is_there).last()?;
    let reason = format!(
        "không tìm thấy, vì một lần chạy trước bị ngắt. Đổi tên {} thành tên này rồi chạy lại.",
        backup.display()
    );
    Some(Failure::new(path, reason))
}

/// Writes a file that is not there yet.
///
/// # Errors
/// When it is there, Windows cannot have a file of that name, or the folder cannot be made or
/// written.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    names::check_new(path)?;
    let there =
        || Failure::new(path, "đã có. Đổi tên hoặc xóa tệp cũ, hoặc nêu tên khác.");
    if fs::symlink_metadata(path).is_ok() {
        return Err(there());
    }
    stage(path, bytes)?.place(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => there(),
        _ => unwritable(path, &error),
    })
}

/// Creates `files` (path inside the folder, text); overwrites nothing.
///
/// None where anything stands in the way of one, as [`replace`] does it.
///
/// # Errors
/// All that stands in the way: a file that is there already, a link on the way to it, a
/// folder that cannot be made or written.
pub fn create(folder: &Path, files: &[(PathBuf, &str)]) -> Result<(), Vec<Failure>> {
    let mut blocked = Vec::new();
    for (name, _) in files {
        let path = inside(folder, name);
        let parents = name.ancestors().skip(1).filter(|p| !p.as_os_str().is_empty());
        if fs::symlink_metadata(&path).is_ok() {
            let reason =
                "đã có. Đổi tên hoặc xóa tệp cũ, hoặc ghi sang thư mục khác.".to_owned();
            blocked.push(Failure::new(&path, reason));
        } else if let Some(link) =
            parents.map(|p| inside(folder, p)).find(|path| path.is_symlink())
        {
            blocked.push(Failure::new(&link, LINK));
        }
    }
    blocked.dedup();
    if !blocked.is_empty() {
        return Err(blocked);
    }
    let staged: Result<Vec<_>, Failure> = files
        .iter()
        .map(|(name, text)| {
            let path = inside(folder, name);
            Ok((stage(&path, text.as_bytes())?, path))
        })
        .collect();
    for (mut file, path) in staged.map_err(|failure| vec![failure])? {
        file.place(&path).map_err(|error| vec![unwritable(&path, &error)])?;
    }
    Ok(())
}

const LINK: &str =
    "là một liên kết tới nơi khác. Xóa liên kết, hoặc ghi sang thư mục khác.";

/// Checks that a plan may be written at `path`.
fn check_target(path: &Path) -> Result<(), Failure> {
    let refuse = |reason: String| Err(Failure::new(path, reason));
    check_lock(path)?;
    // What else may be wrong with the folder shows when the file is written.
    let Ok(meta) = fs::symlink_metadata(path) else { return Ok(()) };
    if meta.is_symlink() {
        return refuse(LINK.to_owned());
    }
    let reason = match state(&read(path, LONGEST_PLAN)?) {
        State::AsWritten if !meta.permissions().readonly() => return Ok(()),
        State::AsWritten => "chỉ cho đọc. Bỏ thuộc tính chỉ đọc (read-only) của tệp",
        State::Edited => "đã được sửa sau khi khung lập. Đổi tên tệp",
        State::Foreign => "đã có và không do khung lập. Đổi tên tệp",
    };
    refuse(format!("{reason}, hoặc ghi sang thư mục khác bằng `-o`."))
}

/// Writes a file beside its place, synced; makes the folder, and clears away what a killed run
/// left there.
fn stage<'b>(path: &Path, bytes: &'b [u8]) -> Result<Staged<'b>, Failure> {
    names::check(path)?;
    let folder = folder(path);
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let staged = Staged::write(path, bytes).map_err(|unstaged| match unstaged {
        Unstaged::Busy => {
            Failure::new(path, "khung khác đang ghi tệp này. Chờ rồi chạy lại.")
        }
        Unstaged::Unclear(there) => {
            let there = there.display();
            let reason = format!(
                "khung khác đang ghi tệp này. Chờ rồi chạy lại; nếu không có khung nào đang chạy, xóa {there}."
            );
            Failure::new(path, reason)
        }
        Unstaged::Folder(error) => unwritable(folder, &error),
        Unstaged::File(error) => unwritable(path, &error),
    })?;
    settle(path);
    Ok(staged)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
