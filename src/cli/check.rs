//! `khung check`: tells what is missing or wrong in plans, profiles and catalogues.

use std::path::{Path, PathBuf};

use super::base::{self, Base};
use super::{Sources, extension, load_catalog, load_templates, read_profile};
use crate::diagnostic::{Severity, has_errors};
use crate::profile::Profile;
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
    let catalog = load_catalog(&arguments.sources.edition, problems);
    let templates = load_templates(&arguments.sources, problems);
    for path in &arguments.paths {
        if workspace::is_folder(path) {
            if let Some(files) = workspace::catalog_sources(Some(path), problems)
                && let Some(templates) = &templates
            {
                problems.diagnostics.extend(crate::check_catalog(&files, templates));
            }
        } else if is_plan(path) {
            if let Some(bytes) = problems.take(workspace::look_at_plan(path))
                && let Some(catalog) = &catalog
                && let Some((bytes, notes)) =
                    arguments.base.give(bytes, catalog, problems)
            {
                said.push_str(&base::told(path, &notes));
                let found = review(&path.display().to_string(), &bytes, catalog);
                let found = found.map_err(|error| Failure::new(path, error.to_string()));
                let found = problems.take(found).unwrap_or_default();
                problems.diagnostics.extend(found);
            }
        } else if let Some(source) = read_profile(path, problems)
            && let (Some(catalog), Some(templates)) = (&catalog, &templates)
        {
            let found = Profile::read(&source, catalog, &templates.headings()).2;
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

/// Tells whether a file is named like a plan, or like one that was saved as something else.
fn is_plan(path: &Path) -> bool {
    let ends = ["docx", "docm", "dotx", "doc", "odt", "rtf", "md"];
    extension(path).is_some_and(|end| ends.contains(&&*end))
}
