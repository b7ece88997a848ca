//! Names of files: which ones Windows cannot have, and which it takes for one.

use std::path::{Component, Path};

use unicode_normalization::UnicodeNormalization;

use super::Failure;

/// The stem that the plan of a profile takes from the profile's file name.
///
/// # Errors
/// When Windows cannot have a file of that name; plans travel.
pub fn stem(path: &Path) -> Result<String, Failure> {
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let reason = if stem.is_empty() {
        Some("tên tệp không đọc được.")
    } else {
        unfit(stem)
    };
    match reason {
        None => Ok(stem.to_owned()),
        Some(reason) => Err(Failure::new(
            path,
            format!("{reason} Đổi tên hồ sơ, ví dụ lao-cai.toml."),
        )),
    }
}

/// Why Windows cannot have a file of this name.
fn unfit(name: &str) -> Option<&'static str> {
    let device = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let port = |name: &str| {
        let number = device.strip_prefix(name).unwrap_or_default();
        let mut digits = number.chars();
        matches!(
            (digits.next(), digits.next()),
            (Some('1'..='9' | '¹' | '²' | '³'), None)
        )
    };
    let reserved =
        ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&device.as_str());
    if reserved || port("COM") || port("LPT") {
        Some("Windows giữ tên này cho thiết bị.")
    } else if name.contains(|c: char| c.is_control() || "<>:\"/\\|?*".contains(c)) {
        Some("tên có ký tự mà Windows không cho phép.")
    } else if name.ends_with(['.', ' ']) {
        Some(
            "tên, hay phần tên trước đuôi tệp, có dấu chấm hoặc dấu cách ở cuối; Windows không cho phép.",
        )
    } else {
        None
    }
}

/// Checks the name of a file that is to be new; plans travel.
pub(super) fn check_new(path: &Path) -> Result<(), Failure> {
    refuse(path, path.file_name().and_then(|name| name.to_str()).and_then(unfit))
}

/// Checks that a path, on Windows, names what it seems to name: `CON` would be the keyboard,
/// `ab:c` a second content of the file `ab`.
pub(super) fn check(path: &Path) -> Result<(), Failure> {
    let mut names = path.components().filter_map(|part| match part {
        Component::Normal(name) if cfg!(windows) => name.to_str(),
        _ => None,
    });
    refuse(path, names.find_map(unfit))
}

fn refuse(path: &Path, reason: Option<&str>) -> Result<(), Failure> {
    let failure = |reason| Failure::new(path, format!("{reason} Nêu tên khác."));
    reason.map_or(Ok(()), |reason| Err(failure(reason)))
}

/// What two stems share when some system takes their files for one.
#[must_use]
pub fn same_file(stem: &str) -> String {
    stem.nfc().collect::<String>().to_lowercase()
}
