//! Files: the only module that touches the outside.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "files are read and written here, so that they are nowhere else"
)]

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File, Metadata};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::EDITION;
use crate::diagnostic::Diagnostic;
use crate::source::{self, Source};

mod exchange;
mod names;
mod stack;
mod staged;
mod write;

pub use names::{same_file, stem};
pub use stack::{catalog, catalog_stack, frame_beside, is_layer};
pub use write::{create, replace, tidy, update, write_new};

/// Longest plan, pictures included.
const LONGEST_PLAN: u64 = 64 * 1024 * 1024;

/// Something outside khung that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The file, folder or setting, as the user named it.
    pub subject: String,
    /// What went wrong, and the way out, in Vietnamese.
    pub reason: String,
}

impl Failure {
    /// A failure of a file or folder.
    #[must_use]
    pub fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self { subject: path.display().to_string(), reason: reason.into() }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.reason)
    }
}

impl std::error::Error for Failure {}

/// Everything that went wrong, so that it can be told together.
#[derive(Debug, Default)]
pub struct Problems {
    /// What is wrong with the content of files.
    pub diagnostics: Vec<Diagnostic>,
    /// What failed outside khung.
    pub failures: Vec<Failure>,
    /// Conflicts that wait for the drafter.
    pub conflicts: usize,
}

impl Problems {
    /// Adds what went wrong elsewhere; a failure that is known already is told once.
    pub fn append(&mut self, other: Self) {
        self.diagnostics.extend(other.diagnostics);
        self.conflicts += other.conflicts;
        for failure in other.failures {
            if !self.failures.contains(&failure) {
                self.failures.push(failure);
            }
        }
    }

    /// The value; else none, with its failure added.
    pub fn take<T>(&mut self, result: Result<T, Failure>) -> Option<T> {
        result.map_err(|failure| self.failures.push(failure)).ok()
    }

    /// The value; else none, with its diagnostic added.
    pub fn take_content<T>(&mut self, result: Result<T, Diagnostic>) -> Option<T> {
        result.map_err(|diagnostic| self.diagnostics.push(diagnostic)).ok()
    }
}

const HELD: &str = "đang mở trong chương trình khác. Đóng tệp rồi chạy lại.";

/// Tells whether another program that has the file open is in the way: on Windows, Word
/// holds its file like this.
fn is_held(error: &std::io::Error) -> bool {
    // ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION
    cfg!(windows) && matches!(error.raw_os_error(), Some(32 | 33))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let reason = match error.kind() {
        _ if is_held(error) => HELD.to_owned(),
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            "không tìm thấy. Kiểm tra lại tên và thư mục.".to_owned()
        }
        ErrorKind::PermissionDenied => {
            "không có quyền đọc. Chép ra thư mục của bạn rồi chạy lại.".to_owned()
        }
        _ => format!("không đọc được ({error}). Chép sang ổ đĩa khác rồi chạy lại."),
    };
    Failure::new(path, reason)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let reason = match error.kind() {
        _ if is_held(error) => HELD.to_owned(),
        ErrorKind::NotFound => {
            "không tìm thấy ổ đĩa hoặc thư mục. Chọn thư mục khác để ghi.".to_owned()
        }
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            "không có quyền ghi. Chọn thư mục khác để ghi.".to_owned()
        }
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
            "không phải thư mục. Chọn thư mục khác để ghi.".to_owned()
        }
        ErrorKind::FileTooLarge => {
            "lớn hơn hệ thống cho phép. Chọn thư mục khác để ghi.".to_owned()
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            "ổ đĩa đầy. Giải phóng chỗ rồi chạy lại.".to_owned()
        }
        ErrorKind::InvalidFilename => {
            "tên quá dài hoặc có ký tự không dùng được. Đổi tên hồ sơ.".to_owned()
        }
        _ => format!("không ghi được ({error}). Chọn thư mục khác để ghi."),
    };
    Failure::new(path, reason)
}

/// A file of a folder, as the user would name it: without `./` in front.
#[must_use]
pub fn inside(folder: &Path, name: impl AsRef<Path>) -> PathBuf {
    if folder == Path::new(".") { name.as_ref().to_owned() } else { folder.join(name) }
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Tells whether a path names a folder.
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Reads at most `longest` bytes of a regular file.
fn read(path: &Path, longest: u64) -> Result<Vec<u8>, Failure> {
    names::check(path)?;
    let check = |meta: Metadata| {
        if meta.is_dir() {
            return Err(Failure::new(
                path,
                "là một thư mục, không phải tệp. Nêu tên một tệp.",
            ));
        }
        if !meta.is_file() {
            return Err(Failure::new(
                path,
                "không phải tệp thường. Nêu tên một tệp trên ổ đĩa.",
            ));
        }
        Ok(())
    };
    // Before it is opened, because opening a pipe waits for its other end; and after, because
    // the name may mean another file by then.
    check(fs::metadata(path).map_err(|error| unreadable(path, &error))?)?;
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    check(file.metadata().map_err(|error| unreadable(path, &error))?)?;
    let mut bytes = Vec::new();
    file.take(longest + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > longest {
        let mebibytes = longest >> 20;
        return Err(Failure::new(
            path,
            format!("lớn hơn {mebibytes} MiB; đây không phải tệp của khung."),
        ));
    }
    Ok(bytes)
}

/// Reads a text file of at most [`source::LONGEST`] bytes.
///
/// None, with the reason among the problems, when it is missing, a folder, a device,
/// unreadable, too long or no text.
pub fn read_source(path: &Path, problems: &mut Problems) -> Option<Arc<Source>> {
    let bytes = problems.take(read(path, source::LONGEST as u64))?;
    let utf16 = bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF");
    if bytes.contains(&0) && !utf16 {
        problems.failures.push(Failure::new(
            path,
            "không phải tệp văn bản (có thể là tệp Word, PDF hoặc ảnh). Nêu hồ sơ .toml.",
        ));
        return None;
    }
    problems.take_content(Source::new(path.display().to_string(), &bytes))
}

/// Sources of a folder of a catalogue, without what is below a layer.
///
/// None, with the reasons among the problems, when the folder holds no `edition.toml` or a
/// file cannot be read.
fn catalog_sources(folder: &Path, problems: &mut Problems) -> Option<Vec<Arc<Source>>> {
    let mut names = problems.take(list(folder))?;
    names.retain(|name| Path::new(name).extension().is_some_and(|end| end == "toml"));
    names.sort();
    if !names.iter().any(|name| name == EDITION) {
        let reason = "không có edition.toml. Nêu thư mục của một ấn bản danh mục (ví dụ catalog/2024).";
        problems.failures.push(Failure::new(folder, reason));
        return None;
    }
    read_all(folder, names.iter().map(String::as_str), problems)
}

/// Sources of a template folder.
///
/// None, with the reasons among the problems, when the folder holds no `plan.md` or a file
/// cannot be read.
pub fn template_sources(
    folder: &Path,
    problems: &mut Problems,
) -> Option<Vec<Arc<Source>>> {
    let mut names = problems.take(list(folder))?;
    names.retain(|name| Path::new(name).extension().is_some_and(|end| end == "md"));
    names.sort();
    if !names.iter().any(|name| name == crate::template::ROOT) {
        let reason = "không có plan.md. Nêu thư mục chứa các mẫu (ví dụ templates/2024).";
        problems.failures.push(Failure::new(folder, reason));
        return None;
    }
    read_all(folder, names.iter().map(String::as_str), problems)
}

/// The catalogues of a folder that `khung catalog export` made, by the names of their folders;
/// none of any other folder.
#[must_use]
pub fn editions(folder: &Path) -> BTreeMap<String, PathBuf> {
    let all = folder.join("catalog");
    let names = if folder.join(EDITION).exists() {
        Vec::new()
    } else {
        list(&all).unwrap_or_default()
    };
    let folders = names.into_iter().map(|name| (all.join(&name), name));
    let editions = folders.filter(|(path, _)| path.join(EDITION).exists());
    editions.map(|(path, name)| (name, path)).collect()
}

/// Tells whether a folder is a frame.
#[must_use]
pub fn has_frame(folder: &Path) -> bool {
    folder.join(crate::template::ROOT).exists()
}

/// Tells whether a file or a folder has this path.
#[must_use]
pub fn is_there(path: &Path) -> bool {
    path.exists()
}

/// The profiles of a folder, by name: what is TOML and names an agency.
///
/// # Errors
/// When the folder cannot be read.
pub fn profiles(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut names = list(folder)?;
    names.sort();
    let is_profile = |name: &String| {
        let path = folder.join(name);
        let is_toml =
            path.extension().is_some_and(|end| end.eq_ignore_ascii_case("toml"));
        let text = is_toml.then(|| read(&path, source::LONGEST as u64).ok()).flatten();
        let text = text.unwrap_or_default();
        let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start);
        lines.any(|line| line.starts_with(b"agency") || line.starts_with(b"[agency]"))
    };
    Ok(names.into_iter().filter(is_profile).map(PathBuf::from).collect())
}

/// The names in a folder; those that are not Unicode are none of ours.
fn list(folder: &Path) -> Result<Vec<String>, Failure> {
    let failed = |error: std::io::Error| {
        if error.kind() == ErrorKind::NotADirectory {
            Failure::new(folder, "là một tệp, không phải thư mục. Nêu tên một thư mục.")
        } else {
            unreadable(folder, &error)
        }
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        names.extend(entry.map_err(failed)?.file_name().into_string());
    }
    Ok(names)
}

/// Tells whether a file of a folder is really elsewhere.
fn leads_out(folder: &Path, path: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(path).zip(real(folder)).is_some_and(|(file, folder)| !file.starts_with(folder))
}

/// Reads files of a folder, of at most [`source::LONGEST`] bytes together; none is a link out
/// of the folder.
fn read_all<'n>(
    folder: &Path,
    names: impl Iterator<Item = &'n str>,
    problems: &mut Problems,
) -> Option<Vec<Arc<Source>>> {
    let mut sources = Some(Vec::new());
    let mut left = source::LONGEST;
    for name in names {
        let path = folder.join(name);
        if leads_out(folder, &path) {
            let reason = "là một liên kết ra ngoài thư mục. Chép tệp vào thư mục.";
            problems.failures.push(Failure::new(&path, reason));
            sources = None;
            continue;
        }
        let source = read_source(&path, problems);
        let Some(rest) = left.checked_sub(source.as_ref().map_or(0, |s| s.text.len()))
        else {
            let mebibytes = source::LONGEST >> 20;
            let reason = format!(
                "các tệp cộng lại lớn hơn {mebibytes} MiB; đây không phải thư mục của khung."
            );
            problems.failures.push(Failure::new(folder, reason));
            return None;
        };
        left = rest;
        sources = sources.zip(source).map(|(mut sources, source)| {
            sources.push(source);
            sources
        });
    }
    sources
}

/// Reads a plan of at most 64 MiB that is to be updated.
///
/// # Errors
/// When it is missing, a folder, a device, unreadable, too large, or open in an office.
pub fn read_plan(path: &Path) -> Result<Vec<u8>, Failure> {
    check_lock(path)?;
    read(path, LONGEST_PLAN)
        .map_err(|failure| write::interrupted(path).unwrap_or(failure))
}

/// Reads a plan of at most 64 MiB that is only looked at: it may be open in an office.
///
/// # Errors
/// When it is missing, a folder, a device, unreadable or too large.
pub fn look_at_plan(path: &Path) -> Result<Vec<u8>, Failure> {
    read(path, LONGEST_PLAN)
}

/// Tells whether two names mean one file that is there.
#[must_use]
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}

/// Checks that no office and, on Windows, no other program has the file open.
fn check_lock(path: &Path) -> Result<(), Failure> {
    if is_open(path) {
        return Err(Failure::new(path, HELD));
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // Word's lock drops up to two characters of the name, LibreOffice's none.
    let word = (0..=2).map(|n| format!("~${}", name.chars().skip(n).collect::<String>()));
    for lock in word.chain([format!(".~lock.{name}#")]) {
        if path.with_file_name(&lock).exists() {
            return Err(Failure::new(
                path,
                format!(
                    "đang mở trong Word hoặc LibreOffice. Đóng tệp rồi chạy lại; nếu không ai mở, xóa {lock} ở cạnh nó."
                ),
            ));
        }
    }
    Ok(())
}

/// Tells whether the system would not let the file be replaced, before anything is written;
/// the replacing itself fails as if the folder were closed.
#[cfg(windows)]
fn is_open(path: &Path) -> bool {
    use std::os::windows::fs::OpenOptionsExt;
    let alone = fs::OpenOptions::new().read(true).share_mode(0).open(path);
    alone.is_err_and(|error| is_held(&error))
}

#[cfg(not(windows))]
fn is_open(_: &Path) -> bool {
    false
}
