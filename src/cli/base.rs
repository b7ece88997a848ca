//! The option `--base`: an earlier file of a plan, which gives the plan its record back.

use std::path::{Path, PathBuf};

use super::shelf::Wanted;
use crate::catalog::Catalog;
use crate::record::{Given, Note, Origin, give};
use crate::workspace::{self, Failure, Problems};

#[derive(Debug, clap::Args)]
pub(super) struct Base {
    /// Bản cũ của chính kế hoạch (.docx, .md), khi kế hoạch đã mất thông tin của khung; chỉ
    /// dùng với một kế hoạch.
    #[arg(long = "base", value_name = "BẢN_CŨ")]
    file: Option<PathBuf>,
}

impl Base {
    /// Tells whether the option may be used with so many files.
    pub(super) fn fits(&self, count: usize, problems: &mut Problems) -> bool {
        let fits = self.file.is_none() || count == 1;
        if !fits {
            problems.failures.push(Failure {
                subject: "--base".to_owned(),
                reason: "chỉ dùng với một kế hoạch. Bỏ `--base`, hoặc nêu từng kế hoạch."
                    .to_owned(),
            });
        }
        fits
    }

    /// What a plan, or else its earlier file, says it follows.
    pub(super) fn wanted(&self, path: &Path, plan: &[u8]) -> Option<Wanted> {
        let origin = Origin::of(plan).or_else(|| {
            let base = workspace::look_at_plan(self.file.as_deref()?);
            Origin::of(&base.ok()?)
        })?;
        Some(Wanted { origin, plan: path.to_owned() })
    }

    /// A plan with the record that it has or gets, and what is to be said of that.
    pub(super) fn give(
        &self,
        plan: Vec<u8>,
        catalog: &Catalog,
        problems: &mut Problems,
    ) -> Option<(Vec<u8>, Vec<String>)> {
        let Some(base) = &self.file else { return Some((plan, Vec::new())) };
        let bytes = problems.take(workspace::look_at_plan(base))?;
        let given = give(&plan, &bytes, catalog);
        let given = given.map_err(|error| Failure::new(base, error.to_string()));
        let Given { plan, notes } = problems.take(given)?;
        let name = base.display().to_string();
        Some((plan, notes.into_iter().map(|note| Note::told(note, &name)).collect()))
    }
}

/// What is said of a plan's record, a line each.
pub(super) fn told(plan: &Path, notes: &[String]) -> String {
    let line =
        |note: &String| format!("{}: thông tin của khung: {note}\n", plan.display());
    notes.iter().map(line).collect()
}
