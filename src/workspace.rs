//! Files: the only module that touches the outside.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::catalog::{Catalog, FILES};
use crate::diagnostic::Diagnostic;
use crate::record::{State, state};
use crate::source::Source;
use crate::template::Templates;

/// Larger files are not profiles, catalogues or plans.
const LARGEST: u64 = 64 * 1024 * 1024;

/// Something outside khung that failed.
#[derive(Debug)]
pub struct Failure {
    /// The file or folder, as the user named it.
    pub path: PathBuf,
    /// What went wrong, and the way out, in Vietnamese.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

impl std::error::Error for Failure {}

fn failure(path: &Path, reason: impl Into<String>) -> Failure {
    Failure { path: path.to_owned(), reason: reason.into() }
}

fn io(path: &Path, error: &std::io::Error) -> Failure {
    use std::io::ErrorKind;
    let reason = match error.kind() {
        ErrorKind::NotFound => "không tìm thấy. Kiểm tra lại tên và thư mục.".to_owned(),
        ErrorKind::PermissionDenied => {
            "không có quyền đọc hoặc ghi. Chọn thư mục khác bằng `-o`.".to_owned()
        }
        ErrorKind::StorageFull => "ổ đĩa đầy. Giải phóng chỗ rồi chạy lại.".to_owned(),
        _ => format!("không đọc hoặc ghi được ({error})."),
    };
    failure(path, reason)
}

/// Reads a file of bounded size.
///
/// # Errors
/// When it is missing, a folder, unreadable or larger than 64 MiB.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let meta = std::fs::metadata(path).map_err(|error| io(path, &error))?;
    if meta.is_dir() {
        return Err(failure(path, "là một thư mục, không phải tệp. Nêu tên một tệp."));
    }
    if meta.len() > LARGEST {
        return Err(failure(path, "lớn hơn 64 MiB; đây không phải tệp của khung."));
    }
    std::fs::read(path).map_err(|error| io(path, &error))
}

/// Reads a text file.
///
/// # Errors
/// A failure of the outside, or the diagnostic that it is no text.
pub fn read_source(path: &Path) -> Result<Result<Arc<Source>, Diagnostic>, Failure> {
    Ok(Source::new(path.display().to_string(), &read(path)?))
}

/// Sources of a catalogue folder, or of the edition inside the binary.
///
/// # Errors
/// When the folder holds no `edition.toml`, or a file cannot be read.
pub fn catalog_sources(
    folder: Option<&Path>,
) -> Result<Result<Vec<Arc<Source>>, Diagnostic>, Failure> {
    let Some(folder) = folder else { return Ok(Catalog::embedded()) };
    if !folder.join("edition.toml").is_file() {
        return Err(failure(
            folder,
            "không có edition.toml; nêu thư mục của một ấn bản danh mục (ví dụ catalog/2024).",
        ));
    }
    let present: Vec<&str> =
        FILES.iter().copied().filter(|name| folder.join(name).exists()).collect();
    read_all(folder, &present)
}

/// Sources of a template folder, or of the templates inside the binary.
///
/// # Errors
/// When the folder holds no `plan.md`, or a file cannot be read.
pub fn template_sources(
    folder: Option<&Path>,
) -> Result<Result<Vec<Arc<Source>>, Diagnostic>, Failure> {
    let Some(folder) = folder else { return Ok(Templates::embedded()) };
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|error| io(folder, &error))? {
        let entry = entry.map_err(|error| io(folder, &error))?;
        if let Ok(name) = entry.file_name().into_string()
            && Path::new(&name).extension().is_some_and(|extension| extension == "md")
        {
            names.push(name);
        }
    }
    names.sort();
    if !names.iter().any(|name| name == crate::template::ROOT) {
        return Err(failure(folder, "không có plan.md; nêu thư mục chứa các mẫu."));
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    read_all(folder, &names)
}

fn read_all(
    folder: &Path,
    names: &[&str],
) -> Result<Result<Vec<Arc<Source>>, Diagnostic>, Failure> {
    let mut sources = Vec::new();
    for name in names {
        match read_source(&folder.join(name))? {
            Ok(source) => sources.push(source),
            Err(diagnostic) => return Ok(Err(diagnostic)),
        }
    }
    Ok(Ok(sources))
}

/// Checks that a plan may be written at `path`: nobody has it open, nobody edited it.
///
/// # Errors
/// What is in the way, and the way out.
pub fn check_target(path: &Path) -> Result<(), Failure> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let folder = path.parent().unwrap_or(Path::new(""));
    let word: String = name.chars().skip(2).collect();
    for lock in [format!("~${name}"), format!("~${word}"), format!(".~lock.{name}#")] {
        if folder.join(&lock).exists() {
            return Err(failure(
                path,
                format!(
                    "đang mở trong Word hoặc LibreOffice ({lock}). Đóng tệp rồi chạy lại."
                ),
            ));
        }
    }
    if !path.exists() {
        return Ok(());
    }
    let bytes = read(path)?;
    match state(&bytes) {
        State::AsWritten => Ok(()),
        State::Edited => Err(failure(
            path,
            "đã được sửa sau khi khung lập. Ghi sang thư mục khác bằng `-o`, hoặc đổi tên tệp.",
        )),
        State::Foreign => Err(failure(
            path,
            "đã có và không do khung lập. Ghi sang thư mục khác bằng `-o`, hoặc đổi tên tệp.",
        )),
    }
}

/// Writes a file whole or not at all: a temporary file beside it, synced, then renamed.
///
/// # Errors
/// When the folder cannot be made or written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    std::fs::create_dir_all(folder).map_err(|error| io(folder, &error))?;
    let mut file =
        tempfile::NamedTempFile::new_in(folder).map_err(|error| io(folder, &error))?;
    file.write_all(bytes).map_err(|error| io(path, &error))?;
    file.as_file().sync_all().map_err(|error| io(path, &error))?;
    set_mode(&file).map_err(|error| io(path, &error))?;
    file.persist(path).map_err(|error| io(path, &error.error))?;
    Ok(())
}

/// Temporary files are private; a plan is as readable as any new file.
#[cfg(unix)]
fn set_mode(file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_mode(_file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    Ok(())
}
