//! `khung update`: brings edited plans in step with a catalogue, and says what it did.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use super::base::Base;
use super::shelf::{Shelf, Sources};
use super::watch::Watch;
use super::{list, read_profile, same_kind};
use crate::catalog::Catalog;
use crate::diagnostic::Severity;
use crate::source::Source;
use crate::template::Templates;
use crate::update::{Outcome, Report, Updated, update};
use crate::workspace::{self, Failure, Problems};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Các kế hoạch .docx, .md do khung lập, đã sửa hoặc chưa.
    #[arg(value_name = "KẾ_HOẠCH", required = true)]
    plans: Vec<PathBuf>,
    /// Hồ sơ mới thay cho hồ sơ mà kế hoạch mang theo.
    #[arg(long, value_name = "HỒ_SƠ")]
    profile: Option<PathBuf>,
    #[command(flatten)]
    base: Base,
    /// Tệp để ghi kế hoạch đã cập nhật, tệp cũ giữ nguyên; chỉ dùng với một kế hoạch.
    #[arg(short = 'o', long = "out", value_name = "TỆP")]
    out: Option<PathBuf>,
    /// Chỉ báo những gì sẽ thay đổi, không ghi.
    #[arg(long)]
    dry_run: bool,
    /// Ghi thẳng thay đổi vào tệp Word, không để dưới dạng thay đổi chờ duyệt.
    #[arg(long)]
    accept: bool,
    /// Dạng báo cáo.
    #[arg(long, value_name = "DẠNG", value_enum, default_value_t = Form::Table)]
    report: Form,
    #[command(flatten)]
    sources: Sources,
}

/// Form of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// Bảng.
    Table,
    /// JSON.
    Json,
}

/// Updates every plan that can be updated.
pub(super) fn run(arguments: &Arguments, problems: &mut Problems) -> Option<String> {
    if arguments.out.is_some() && arguments.plans.len() > 1 {
        problems.failures.push(Failure {
            subject: "-o".to_owned(),
            reason: "chỉ dùng với một kế hoạch. Bỏ `-o`, hoặc cập nhật từng kế hoạch."
                .to_owned(),
        });
        return None;
    }
    if !arguments.base.fits(arguments.plans.len(), problems) {
        return None;
    }
    let profile = match &arguments.profile {
        Some(path) => Some(read_profile(path, problems)?),
        None => None,
    };
    let shelf = Shelf::of(&arguments.sources);
    let mut updater = Updater { arguments, shelf, watches: BTreeMap::new(), profile };
    let mut text = String::new();
    let mut reports = Vec::new();
    let mut is_still = true;
    for plan in &arguments.plans {
        let done = updater.plan(plan, problems);
        is_still &= done.as_ref().is_some_and(|done| done.is_still);
        let Some(Done { report, place, .. }) = done else { continue };
        problems.conflicts += report.conflicts();
        match arguments.report {
            Form::Table => text.push_str(&told(&report, &place)),
            Form::Json => {
                reports.push(serde_json::json!({ "plan": plan, "report": report }));
            }
        }
    }
    // What the catalogue lacks was told when it changed the plans.
    if is_still {
        problems.diagnostics.retain(|found| found.severity == Severity::Error);
    }
    if arguments.report == Form::Json {
        text = format!("{:#}\n", serde_json::Value::from(reports));
    }
    Some(text)
}

/// What was done to a plan.
struct Done {
    report: Report,
    /// Where the result is.
    place: String,
    /// Whether the plan stays as it is.
    is_still: bool,
}

struct Updater<'a> {
    arguments: &'a Arguments,
    shelf: Shelf,
    /// By the edition whose frame each watches over.
    watches: BTreeMap<String, Watch>,
    profile: Option<Arc<Source>>,
}

impl Updater<'_> {
    /// Updates one plan.
    fn plan(&mut self, path: &Path, problems: &mut Problems) -> Option<Done> {
        if let Some(out) = &self.arguments.out {
            problems.take(same_kind(path, out))?;
        }
        let old = problems.take(workspace::read_plan(path))?;
        let wanted = self.arguments.base.wanted(path, &old);
        let (catalog, templates) = self.shelf.edition(wanted.as_ref(), problems)?;
        let (plan, notes) = self.arguments.base.give(old.clone(), &catalog, problems)?;
        let edition = (catalog, templates);
        let (result, diagnostics) = problems.take(self.update(plan, edition))?;
        let is_still = matches!(&result, Ok(Some(updated)) if updated.plan == old);
        // Warnings about what a plan already follows were told when it came to.
        if !is_still {
            problems.diagnostics.extend(diagnostics);
        }
        let failure = |reason: String| Failure::new(path, reason);
        let mut updated =
            problems.take(result.map_err(|error| failure(error.to_string())))??;
        for note in notes {
            updated.report.record(note);
        }
        let place = self.write(path, &old, &updated, problems)?;
        Some(Done { report: updated.report, place, is_still })
    }

    fn update(
        &mut self,
        plan: Vec<u8>,
        (catalog, templates): (Arc<Catalog>, Arc<Templates>),
    ) -> Result<Outcome, Failure> {
        let (profile, accept) = (self.profile.clone(), self.arguments.accept);
        let folder = self.shelf.folder(&catalog.edition);
        let id = catalog.edition.clone();
        let watch = self.watches.entry(id).or_insert_with(|| Watch::new(folder));
        watch.run(move || update(&plan, &catalog, &templates, profile.as_ref(), accept))
    }

    fn write(
        &self,
        path: &Path,
        old: &[u8],
        updated: &Updated,
        problems: &mut Problems,
    ) -> Option<String> {
        let name = path.display();
        if self.arguments.dry_run {
            return Some(format!("{name} (chưa ghi)"));
        }
        if let Some(out) = &self.arguments.out {
            problems.take(workspace::write_new(out, &updated.plan))?;
            return Some(out.display().to_string());
        }
        if updated.plan == old {
            workspace::tidy(path);
            return Some(format!("{name} (giữ nguyên)"));
        }
        let backup = problems.take(workspace::update(path, old, &updated.plan))?;
        Some(format!("{name} (bản cũ: {})", backup.display()))
    }
}

/// The report as a drafter reads it: a table, and a line that sums it up.
fn told(report: &Report, place: &str) -> String {
    let mut text = String::new();
    if !report.entries.is_empty() {
        let rows = report.entries.iter().map(|entry| {
            let event = entry.event.printed().to_owned();
            vec![entry.section.clone(), event, entry.detail.clone()]
        });
        text = list::table(&["Mục", "Việc", "Chi tiết"], rows.collect());
    }
    let (changes, conflicts) = (report.changes(), report.conflicts());
    let _ = writeln!(
        text,
        "{place}: danh mục {} → {}: {changes} thay đổi, {conflicts} xung đột",
        report.from, report.to
    );
    text
}
