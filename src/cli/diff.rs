//! `khung diff`: tells what changed between two editions of the catalogue.

use std::fmt::Write as _;
use std::path::PathBuf;

use super::list;
use super::shelf::{Edition, Shelf};
use super::update::Form;
use crate::diff::{Diff, diff};
use crate::update::Event;
use crate::workspace::{Failure, Problems};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Thư mục danh mục cũ; nếu không nêu thư mục nào nữa: danh mục mới, so với danh mục trong chương trình.
    #[arg(value_name = "DANH_MỤC")]
    first: PathBuf,
    /// Thư mục danh mục mới.
    #[arg(value_name = "DANH_MỤC_MỚI")]
    second: Option<PathBuf>,
    /// Dạng báo cáo.
    #[arg(long, value_name = "DẠNG", value_enum, default_value_t = Form::Table)]
    report: Form,
}

/// Compares the two catalogues; what is wrong with both is told together.
pub(super) fn run(arguments: &Arguments, problems: &mut Problems) -> Option<String> {
    let mut load = |catalog: Option<&PathBuf>| {
        Shelf::new(&Edition { catalog: catalog.cloned() }, None).catalog(None, problems)
    };
    let (base, fresh) = match &arguments.second {
        Some(second) => (load(Some(&arguments.first)), load(Some(second))),
        None => (load(None), load(Some(&arguments.first))),
    };
    let found = diff(&*base?, &*fresh?);
    match arguments.report {
        Form::Table => Some(told(&found)),
        Form::Json => {
            let failure = |error: serde_json::Error| Failure {
                subject: "báo cáo".to_owned(),
                reason: error.to_string(),
            };
            let text = serde_json::to_string_pretty(&found).map_err(failure);
            Some(format!("{}\n", problems.take(text)?))
        }
    }
}

/// The differences as a reader sees them: a table, and a line that sums it up.
fn told(found: &Diff) -> String {
    let mut text = String::new();
    if !found.entries.is_empty() {
        let rows = found.entries.iter().map(|entry| {
            let event = entry.event.printed().to_owned();
            vec![entry.section.clone(), entry.id.clone(), event, entry.detail.clone()]
        });
        text = list::table(&["Mục", "Mã", "Việc", "Chi tiết"], rows.collect());
    }
    let _ = write!(
        text,
        "danh mục {} → {}: {} thay đổi",
        found.from,
        found.to,
        found.entries.len()
    );
    let events = [Event::Added, Event::Removed, Event::Moved, Event::Changed];
    let counts = events.into_iter().filter_map(|event| {
        let count = found.entries.iter().filter(|entry| entry.event == event).count();
        (count > 0).then(|| format!("{count} {}", event.printed()))
    });
    let counts: Vec<String> = counts.collect();
    if !counts.is_empty() {
        let _ = write!(text, " ({})", counts.join(", "));
    }
    text + "\n"
}
