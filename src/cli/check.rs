//! `khung check`: tells what is missing or wrong in plans, profiles and catalogues.

use std::path::{Path, PathBuf};

use super::base::{self, Base};
use super::shelf::{Edition, Shelf, Sources};
use super::watch::Watch;
use super::{extension, read_profile};
use crate::catalog::Catalog;
use crate::diagnostic::{Severity, has_errors};
use crate::review::review;
use crate::workspace::{self, Failure, Problems};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Kế hoạch .docx, .md; hồ sơ .toml; hoặc thư mục danh mục.
    #[arg(value_name = "TỆP", required = true)]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    base: Base,
    #[command(flatten)]
    sources: Sources,
}

/// Checks everything that is named.
pub(super) fn run(arguments: &Arguments, problems: &mut Problems) -> Option<String> {
    if !arguments.base.fits(arguments.paths.len(), problems) {
        return None;
    }
    let mut said = String::new();
    let mut shelf = Shelf::of(&arguments.sources);
    for path in &arguments.paths {
        if workspace::is_folder(path) {
            check_folder(path, arguments.sources.templates.as_deref(), problems);
        } else if is_plan(path) {
            let Some(bytes) = problems.take(workspace::look_at_plan(path)) else {
                continue;
            };
            let wanted = arguments.base.wanted(path, &bytes);
            if let Some(catalog) = shelf.catalog(wanted.as_ref(), problems)
                && let Some((bytes, notes)) =
                    arguments.base.give(bytes, &catalog, problems)
            {
                said.push_str(&base::told(path, &notes));
                let found = review(&path.display().to_string(), &bytes, &catalog);
                let found = found.map_err(|error| Failure::new(path, error.to_string()));
                let found = problems.take(found).unwrap_or_default();
                problems.diagnostics.extend(found);
            }
        } else if let Some(source) = read_profile(path, problems)
            && let Some((catalog, templates)) = shelf.edition(None, problems)
        {
            // The plan is drafted, and not written: templates may be wrong for this profile alone.
            let watch = Watch::new(shelf.folder(&catalog.edition));
            let drafted =
                watch.run(move || crate::build(&catalog, &templates, &source, None).1);
            let found = problems.take(drafted).unwrap_or_default();
            problems.diagnostics.extend(found);
        }
    }
    if has_errors(&problems.diagnostics) || !problems.failures.is_empty() {
        return Some(said);
    }
    let warnings = problems.diagnostics.iter();
    let warnings = warnings.filter(|one| one.severity == Severity::Warning).count();
    Some(match warnings {
        0 => said + "Không có lỗi.\n",
        _ => format!("{said}Không có lỗi; {warnings} điều cần xem lại.\n"),
    })
}

/// Checks the catalogue in a folder, or all that an export holds, each with its frame.
fn check_folder(path: &Path, templates: Option<&Path>, problems: &mut Problems) {
    let mut folders: Vec<PathBuf> = workspace::editions(path).into_values().collect();
    if folders.is_empty() {
        folders.push(path.to_owned());
    }
    for folder in folders {
        let Some(files) = workspace::catalog(&folder, problems) else { continue };
        let name = folder.file_name().map(|name| name.to_string_lossy().into_owned());
        let named = Edition { catalog: Some(folder.clone()) };
        let mut shelf = Shelf::new(&named, templates);
        let (catalog, found) = Catalog::read(&files);
        let is_edition = catalog.layers.is_empty() && !has_errors(&found);
        let id = &catalog.edition;
        if let Some(name) = name.filter(|name| path != folder && is_edition && name != id)
        {
            let reason = format!(
                "ấn bản có mã {id}, mà thư mục tên {name}: khi lập kế hoạch sẽ không tìm thấy \
                 templates/{id}. Đổi tên thư mục trong catalog và templates thành {id}."
            );
            problems.failures.push(Failure::new(&folder, reason));
            continue;
        }
        // What is wrong with the catalogue may be why nobody knows its frame.
        let frame =
            (!has_errors(&found)).then(|| shelf.frame(&catalog.edition, problems));
        problems.diagnostics.extend(match frame.flatten() {
            Some(templates) => crate::edition::check(&files, &templates),
            None => found,
        });
    }
}

/// Tells whether a file is named like a plan, or like one that was saved as something else.
fn is_plan(path: &Path) -> bool {
    let ends = ["docx", "docm", "dotx", "doc", "odt", "rtf", "md"];
    extension(path).is_some_and(|end| ends.contains(&&*end))
}
