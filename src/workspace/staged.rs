//! A file that is written beside its place, under a name that the next run knows.
//!
//! A run that is killed leaves it there. The system forgets its lock with the run, so that the
//! next one can tell what is left over from what another run is writing.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::exchange::{rename_new, sync_folder};

/// A file, whole and synced, that waits beside its place; dropped, it goes.
pub(super) struct Staged<'b> {
    /// Where it waits.
    pub(super) path: PathBuf,
    /// What it holds.
    pub(super) bytes: &'b [u8],
    /// Its lock lasts as long as it is open.
    file: File,
    is_placed: bool,
}

/// Why a file cannot be written beside its place.
#[derive(Debug)]
pub(super) enum Unstaged {
    /// Another run writes it.
    Busy,
    /// Another run writes it or left it: this system does not tell.
    Unclear(PathBuf),
    /// The folder cannot be written.
    Folder(io::Error),
    /// The file cannot.
    File(io::Error),
}

impl<'b> Staged<'b> {
    /// Clears away what a killed run left beside `plan`, and writes `bytes` there. Whoever may
    /// read the plan that is there may read this one.
    pub(super) fn write(plan: &Path, bytes: &'b [u8]) -> Result<Self, Unstaged> {
        let old = fs::symlink_metadata(plan).ok().filter(Metadata::is_file);
        let path = beside(plan, "new");
        let file = take(&path, plan, old.as_ref())?;
        let mut staged = Self { path, bytes, file, is_placed: false };
        staged.file.write_all(bytes).map_err(Unstaged::File)?;
        if let Some(old) = old {
            dress(&staged.file, &old);
        }
        staged.file.sync_all().map_err(Unstaged::File)?;
        Ok(staged)
    }

    /// Gives the file its place, where nothing is.
    pub(super) fn place(&mut self, plan: &Path) -> io::Result<()> {
        rename_new(&self.path, plan)?;
        self.is_placed = true;
        sync_folder(plan);
        Ok(())
    }
}

/// Clears away what a killed run left beside `plan`, as far as that can be done.
pub(super) fn tidy(plan: &Path) {
    let path = beside(plan, "new");
    if fs::symlink_metadata(&path).is_ok() {
        let _ = clear(&path, plan);
    }
}

impl Drop for Staged<'_> {
    fn drop(&mut self) {
        if !self.is_placed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A name beside a plan that no folder of plans, profiles or templates takes for one of its own:
/// `.~khung.lao-cai.docx.new~`.
pub(super) fn beside(plan: &Path, what: &str) -> PathBuf {
    let name = plan.file_name().unwrap_or_default();
    let mut hidden = OsString::from(".~khung.");
    // No system takes names of more than 255 bytes, some of them fewer.
    if name.len() <= 120 {
        hidden.push(name);
    } else {
        let hash = Sha256::digest(name.as_encoded_bytes());
        hidden.extend(
            hash.iter().take(16).map(|byte| OsString::from(format!("{byte:02x}"))),
        );
    }
    hidden.push(format!(".{what}~"));
    plan.with_file_name(hidden)
}

/// The names of what an update replaces: `lao-cai.docx.bak`, `….bak2`.
pub(super) fn backups(plan: &Path) -> impl Iterator<Item = PathBuf> + Clone + use<> {
    let plan = plan.to_owned();
    (1..1000).map(move |n| {
        let mut name = plan.file_name().unwrap_or_default().to_owned();
        name.push(if n == 1 { ".bak".to_owned() } else { format!(".bak{n}") });
        plan.with_file_name(name)
    })
}

/// A new file that is locked for this run.
fn take(path: &Path, plan: &Path, old: Option<&Metadata>) -> Result<File, Unstaged> {
    // Each turn, another run was in between; runs are not that many.
    for _ in 0..100 {
        // Never a file that is there: it might be a link, or have another name.
        match create(path, old) {
            Ok(file) => match lock(&file) {
                Lock::Ours if is_named(&file, path) => return Ok(file),
                Lock::Unknown => return Ok(file),
                // Another run was quicker to lock it, and clears it away.
                Lock::Ours | Lock::Theirs => {}
            },
            Err(error) if error.kind() == ErrorKind::AlreadyExists => clear(path, plan)?,
            Err(error) => return Err(Unstaged::Folder(error)),
        }
    }
    Err(Unstaged::Busy)
}

/// Clears away what a killed run left.
fn clear(path: &Path, plan: &Path) -> Result<(), Unstaged> {
    let unclear = || Unstaged::Unclear(path.to_owned());
    if !fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file()) {
        return if fs::symlink_metadata(path).is_ok() { Err(unclear()) } else { Ok(()) };
    }
    let file = match open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) if super::is_held(&error) => return Err(Unstaged::Busy),
        Err(_) => return Err(unclear()),
    };
    match lock(&file) {
        Lock::Unknown => Err(unclear()),
        Lock::Theirs => Err(Unstaged::Busy),
        // By now the name may be another run's.
        Lock::Ours if !is_named(&file, path) => Ok(()),
        Lock::Ours => {
            // Killed before the exchange: a backup that is none, this very file.
            let is_there = |name: &PathBuf| fs::symlink_metadata(name).is_ok();
            let names = backups(plan).take_while(is_there);
            for name in names.filter(|name| has_twin(&file) && is_named(&file, name)) {
                let _ = fs::remove_file(name);
            }
            fs::remove_file(path).map_err(|_| unclear())
        }
    }
}

/// Creates a file; the mask of the process takes from it what [`dress`] gives back.
#[cfg(unix)]
fn create(path: &Path, old: Option<&Metadata>) -> io::Result<File> {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
    let mode = old.map_or(0o666, |old| old.mode() & 0o777);
    OpenOptions::new().read(true).write(true).create_new(true).mode(mode).open(path)
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    // A share may lock only what may be written.
    OpenOptions::new().read(true).write(true).open(path)
}

/// Whose a file is, as long as it is open.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(windows, expect(dead_code, reason = "there, who opens a file locks it"))]
enum Lock {
    Ours,
    Theirs,
    /// The system does not lock files, as on some shares.
    Unknown,
}

#[cfg(unix)]
fn lock(file: &File) -> Lock {
    match file.try_lock() {
        Ok(()) => Lock::Ours,
        Err(fs::TryLockError::WouldBlock) => Lock::Theirs,
        Err(fs::TryLockError::Error(_)) => Lock::Unknown,
    }
}

/// Tells whether this name is still that of this file.
#[cfg(unix)]
fn is_named(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let id = |meta: Metadata| (meta.dev(), meta.ino());
    let ids = file.metadata().map(id).ok().zip(fs::symlink_metadata(path).map(id).ok());
    ids.is_some_and(|(one, other)| one == other)
}

#[cfg(unix)]
fn has_twin(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|meta| meta.nlink() > 1)
}

/// Gives a new file the owner and the permissions of the `old` one, as far as the system lets.
/// A share that keeps none is no reason to refuse. Other hard links keep the old file.
#[cfg(unix)]
fn dress(file: &File, old: &Metadata) {
    use std::os::unix::fs::{MetadataExt, fchown};
    let group = Some(old.gid());
    let _ = fchown(file, Some(old.uid()), group).or_else(|_| fchown(file, None, group));
    let _ = file.set_permissions(old.permissions());
}

#[cfg(windows)]
mod windows {
    use std::os::windows::fs::OpenOptionsExt;

    use super::{File, Metadata, OpenOptions, Path, io};

    /// `FILE_SHARE_DELETE`: until the file is closed others may rename it, no more.
    const SHARE: u32 = 4;

    pub(super) fn create(path: &Path, _: Option<&Metadata>) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).share_mode(SHARE).open(path)
    }

    pub(super) fn open(path: &Path) -> io::Result<File> {
        OpenOptions::new().write(true).share_mode(SHARE).open(path)
    }
}
#[cfg(windows)]
use windows::{create, open};

/// Who has opened it has locked it.
#[cfg(windows)]
fn lock(_: &File) -> Lock {
    Lock::Ours
}

#[cfg(windows)]
fn is_named(_: &File, _: &Path) -> bool {
    true
}

/// Windows makes no backup by a link to the new file.
#[cfg(windows)]
fn has_twin(_: &File) -> bool {
    false
}

#[cfg(windows)]
fn dress(_: &File, _: &Metadata) {}

#[cfg(test)]
#[cfg(unix)]
mod tests;
