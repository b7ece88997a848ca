//! The exchange of a file that is there for one that is staged, while others may save theirs.
//!
//! Whatever had the name at that moment has another one then, is looked at there, and goes back
//! where it is not what was to be replaced. Nothing is judged before it is set aside, and
//! nothing takes a name that is taken.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::staged::Staged;

/// Why a file was not exchanged; it has its name.
#[derive(Debug)]
pub(super) enum Refused {
    /// Nothing is there any more.
    Gone,
    /// It is not what was to be replaced. Of what was saved meanwhile one more stage may lie
    /// under this name.
    Changed(Option<PathBuf>),
    /// All names for what is set aside are taken.
    Full,
    /// The system refuses.
    Outside(io::Error),
}

/// Gives a staged file the name `plan`, and what has it the first of the names `asides` that is
/// free, which comes back.
///
/// The name is never without a file where the system can exchange two of them.
pub(super) fn exchange(
    staged: &mut Staged<'_>,
    plan: &Path,
    asides: impl Iterator<Item = PathBuf> + Clone,
    accepts: &dyn Fn(&Path) -> bool,
) -> Result<PathBuf, Refused> {
    // A link made and removed in vain would be in the way: Windows frees the name of a file only
    // when it is closed.
    let swapped = if SWAPS { swap(staged, plan, asides.clone(), accepts) } else { None };
    let done = swapped.unwrap_or_else(|| set_aside(staged, plan, asides, accepts));
    sync_folder(plan);
    done
}

/// Exchanges by one step of the system: the new file gets the name of the backup, too, and then
/// the two names are exchanged. None where the system cannot; all is as it was.
fn swap(
    staged: &Staged<'_>,
    plan: &Path,
    asides: impl Iterator<Item = PathBuf>,
    accepts: &dyn Fn(&Path) -> bool,
) -> Option<Result<PathBuf, Refused>> {
    let aside = match first_free(asides, |aside| fs::hard_link(&staged.path, aside)) {
        Ok(aside) => aside,
        Err(Refused::Full) => return Some(Err(Refused::Full)),
        Err(_) => return None,
    };
    if let Err(error) = swap_names(&aside, plan) {
        let _ = fs::remove_file(&aside);
        let is_gone = error.kind() == ErrorKind::NotFound;
        return is_gone.then_some(Err(Refused::Gone));
    }
    Some(if accepts(&aside) {
        Ok(aside)
    } else {
        Err(Refused::Changed(put_back(staged, plan, aside)))
    })
}

/// Puts back what was set aside for the staged file. What comes out is this file, or was saved
/// meanwhile: then it is the later one and keeps the name, and the other one its place.
fn put_back(staged: &Staged<'_>, plan: &Path, aside: PathBuf) -> Option<PathBuf> {
    match swap_names(&aside, plan) {
        Ok(()) if holds(&aside, staged.bytes) => {
            let _ = fs::remove_file(&aside);
            None
        }
        Ok(()) => {
            let _ = swap_names(&aside, plan);
            Some(aside)
        }
        Err(_) => rename_new(&aside, plan).is_err().then_some(aside),
    }
}

/// Exchanges by two steps: what is there is set aside, and the staged file put in its place
/// where nobody else was quicker.
fn set_aside(
    staged: &mut Staged<'_>,
    plan: &Path,
    asides: impl Iterator<Item = PathBuf>,
    accepts: &dyn Fn(&Path) -> bool,
) -> Result<PathBuf, Refused> {
    let aside = first_free(asides, |aside| rename_new(plan, aside))?;
    let refused = if accepts(&aside) {
        match staged.place(plan) {
            Ok(()) => return Ok(aside),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(Refused::Changed(Some(aside)));
            }
            Err(error) => Refused::Outside(error),
        }
    } else {
        Refused::Changed(None)
    };
    match rename_new(&aside, plan) {
        Ok(()) => Err(refused),
        Err(_) => Err(Refused::Changed(Some(aside))),
    }
}

/// The first name under which something may be put that is not there yet.
fn first_free(
    names: impl Iterator<Item = PathBuf>,
    put: impl Fn(&Path) -> io::Result<()>,
) -> Result<PathBuf, Refused> {
    for name in names {
        match put(&name) {
            Ok(()) => return Ok(name),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(Refused::Gone);
            }
            Err(error) => return Err(Refused::Outside(error)),
        }
    }
    Err(Refused::Full)
}

/// Tells whether a regular file holds these bytes.
pub(super) fn holds(path: &Path, bytes: &[u8]) -> bool {
    let is_long = |meta: fs::Metadata| meta.is_file() && meta.len() == bytes.len() as u64;
    fs::symlink_metadata(path).is_ok_and(is_long)
        && fs::read(path).is_ok_and(|there| there == bytes)
}

/// Gives a file a name that nothing has.
pub(super) fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match rename_with(from, to, Rename::New) {
        Err(error) if error.kind() == ErrorKind::Unsupported => {}
        done => return done,
    }
    match fs::hard_link(from, to) {
        // Windows does not let go of a file that another program has open.
        Ok(()) => fs::remove_file(from).inspect_err(|_| drop(fs::remove_file(to))),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(error),
        // Sticks and some shares know no links, and nothing better than to look first.
        Err(_) if fs::symlink_metadata(to).is_ok() => {
            Err(ErrorKind::AlreadyExists.into())
        }
        Err(_) => fs::rename(from, to),
    }
}

/// Exchanges the names of two files.
fn swap_names(one: &Path, other: &Path) -> io::Result<()> {
    rename_with(one, other, Rename::Swap)
}

/// Whether any file system here exchanges names.
const SWAPS: bool =
    cfg!(any(target_os = "linux", target_os = "android", target_vendor = "apple"));

#[derive(Debug, Clone, Copy)]
enum Rename {
    New,
    Swap,
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn rename_with(from: &Path, to: &Path, how: Rename) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    use rustix::io::Errno;
    let flags = match how {
        Rename::New => RenameFlags::NOREPLACE,
        Rename::Swap => RenameFlags::EXCHANGE,
    };
    renameat_with(CWD, from, CWD, to, flags).map_err(|error| match error {
        // A file system without this says so in any of these ways.
        Errno::INVAL | Errno::NOSYS | Errno::NOTSUP => ErrorKind::Unsupported.into(),
        error => error.into(),
    })
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn rename_with(_: &Path, _: &Path, _: Rename) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

/// Has the names last, where a folder can be synced.
pub(super) fn sync_folder(path: &Path) {
    if cfg!(unix) {
        let _ = fs::File::open(super::folder(path)).and_then(|folder| folder.sync_all());
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
