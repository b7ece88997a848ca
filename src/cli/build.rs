//! `khung build` and `khung sample`: plans of profiles, of every agency, of nobody.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use clap::ValueEnum;
use indicatif::ProgressBar;
use rayon::prelude::*;

use super::read_profile;
use super::shelf::{Shelf, Sources};
use super::watch::Watch;
use crate::Draft;
use crate::catalog::Catalog;
use crate::catalog::agency::Agency;
use crate::diagnostic::Diagnostic;
use crate::source::{Day, Source, quoted, suggest};
use crate::template::Templates;
use crate::workspace::{self, Failure, Problems};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Các hồ sơ .toml; bỏ trống thì lấy hồ sơ duy nhất trong thư mục hiện tại.
    #[arg(value_name = "HỒ_SƠ")]
    profiles: Vec<PathBuf>,
    /// Lập kế hoạch cho mọi cơ quan của một nhóm, không cần hồ sơ: agencies (tất cả), provinces
    /// (tỉnh, thành phố), ministries (bộ, cơ quan), hoặc mã một loại cơ quan của danh mục.
    #[arg(long, value_name = "NHÓM", conflicts_with = "profiles")]
    all: Option<String>,
    /// Ngày ban hành cho hồ sơ chưa nêu ngày, ví dụ 18/12/2023 hoặc 2023-12-18.
    #[arg(long, value_name = "NGÀY", value_parser = read_date)]
    date: Option<NaiveDate>,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, clap::Args)]
pub(super) struct SampleArguments {
    /// Mẫu của tỉnh (province) hay của bộ (ministry); không nêu thì lập tất cả.
    #[arg(value_name = "LOẠI")]
    annex: Option<String>,
    #[command(flatten)]
    output: Output,
}

#[derive(Debug, clap::Args)]
struct Output {
    /// Thư mục để ghi kế hoạch.
    #[arg(short = 'o', long = "out", value_name = "THƯ_MỤC", default_value = ".")]
    out: PathBuf,
    /// Dạng tệp.
    #[arg(long, value_name = "DẠNG", value_enum, value_delimiter = ',')]
    #[arg(default_values_t = [Kind::Docx, Kind::Md])]
    format: Vec<Kind>,
    #[command(flatten)]
    sources: Sources,
}

/// Form of a written plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Word.
    Docx,
    /// Markdown.
    Md,
}

impl Kind {
    fn extension(self) -> &'static str {
        match self {
            Self::Docx => "docx",
            Self::Md => "md",
        }
    }
}

/// A plan to draft: the stem of its files, and its profile.
type Order = (String, Arc<Source>);

/// Drafts every plan that can be drafted, and says where each went.
pub(super) fn run(arguments: &Arguments, problems: &mut Problems) -> Option<String> {
    let date = match arguments.date {
        Some(date) => Some(Some(date)),
        None => problems.take(source_date_epoch()),
    };
    let mut orders = if arguments.profiles.is_empty() && arguments.all.is_none() {
        read_profiles(&[only_profile(problems)?], problems)
    } else {
        read_profiles(&arguments.profiles, problems)
    };
    let drafter = Drafter::load(&arguments.output.sources, date.flatten(), problems)?;
    // A plan of another date than was meant is worse than none.
    date?;
    if let Some(all) = &arguments.all {
        for agency in problems.take(group(&drafter.catalog, all))? {
            orders.extend(minimal_profile(agency, problems));
        }
    }
    let bar = arguments.all.is_some() && std::io::stderr().is_terminal();
    let bar =
        if bar { ProgressBar::new(orders.len() as u64) } else { ProgressBar::hidden() };
    Some(draft_all(&orders, &arguments.output, &bar, problems, &drafter))
}

/// Drafts the plans of agencies that do not exist.
pub(super) fn sample(
    arguments: &SampleArguments,
    problems: &mut Problems,
) -> Option<String> {
    let drafter = Drafter::load(&arguments.output.sources, None, problems)?;
    let samples = &drafter.catalog.samples;
    let is_wanted =
        |annex: &str| arguments.annex.as_ref().is_none_or(|wanted| wanted == annex);
    let mut wanted: Vec<_> = samples.iter().filter(|(id, _)| is_wanted(id)).collect();
    wanted.sort_by_key(|(id, _)| drafter.catalog.annexes.get(*id).map(|one| &one.name));
    let orders: Vec<Order> = wanted
        .into_iter()
        .map(|(annex, profile)| (format!("sample-{annex}"), Arc::clone(profile)))
        .collect();
    if orders.is_empty() {
        let named = arguments.annex.as_deref().unwrap_or_default();
        let near = suggest(named, samples.keys().map(String::as_str));
        problems.failures.push(Failure {
            subject: format!("sample {named}").trim_end().to_owned(),
            reason: match samples.len() {
                0 => "danh mục không có hồ sơ mẫu nào. Lấy lại bằng `khung catalog export`."
                    .to_owned(),
                _ => format!("danh mục không có hồ sơ mẫu này. {near}"),
            },
        });
    }
    let bar = ProgressBar::hidden();
    Some(draft_all(&orders, &arguments.output, &bar, problems, &drafter))
}

/// What plans are drafted from.
struct Drafter {
    catalog: Arc<Catalog>,
    templates: Arc<Templates>,
    watch: Watch,
    date: Option<NaiveDate>,
}

impl Drafter {
    fn load(
        sources: &Sources,
        date: Option<NaiveDate>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut shelf = Shelf::of(sources);
        let (catalog, templates) = shelf.edition(None, problems)?;
        let watch = Watch::new(shelf.folder(&catalog.edition));
        Some(Self { catalog, templates, watch, date })
    }

    fn draft(
        &self,
        profile: &Arc<Source>,
    ) -> Result<(Option<Draft>, Vec<Diagnostic>), Failure> {
        let (catalog, date) = (Arc::clone(&self.catalog), self.date);
        let (templates, profile) = (Arc::clone(&self.templates), Arc::clone(profile));
        self.watch.run(move || crate::build(&catalog, &templates, &profile, date))
    }
}

/// Drafts and writes plans side by side; the lines say where each went.
fn draft_all(
    orders: &[Order],
    output: &Output,
    bar: &ProgressBar,
    problems: &mut Problems,
    drafter: &Drafter,
) -> String {
    let draft = |(stem, profile): &Order| {
        let written = match drafter.draft(profile) {
            Ok(made) => write(stem, made, output),
            Err(failure) => {
                let failures = vec![failure];
                (String::new(), Problems { failures, ..Problems::default() })
            }
        };
        bar.inc(1);
        written
    };
    let drafts: Vec<_> = match orders {
        // Threads would take longer to start than the plan.
        [order] => vec![draft(order)],
        _ => orders.par_iter().map(draft).collect(),
    };
    bar.finish_and_clear();
    let mut lines = String::new();
    for (line, found) in drafts {
        lines.push_str(&line);
        problems.append(found);
    }
    lines
}

/// The only profile of the folder in which khung runs.
fn only_profile(problems: &mut Problems) -> Option<PathBuf> {
    let mut all = problems.take(workspace::profiles(Path::new(".")))?;
    let reason = match all.as_slice() {
        [_] => return all.pop(),
        [] => "thư mục này không có hồ sơ nào. Tạo hồ sơ bằng lệnh như `khung new \"Lào Cai\"`, hoặc nêu đường dẫn của hồ sơ.".to_owned(),
        several => {
            let names: Vec<String> =
                several.iter().map(|path| path.display().to_string()).collect();
            format!(
                "thư mục này có nhiều hồ sơ: {}. Nêu những hồ sơ cần lập, ví dụ `khung build {}`.",
                names.join(", "),
                names[0]
            )
        }
    };
    problems.failures.push(Failure { subject: "chưa nêu hồ sơ".to_owned(), reason });
    None
}

/// Reads the profiles, by the stems of their plans; those that would write the same files
/// are all refused.
fn read_profiles(paths: &[PathBuf], problems: &mut Problems) -> Vec<Order> {
    let mut by_file: BTreeMap<String, Vec<(&Path, Order)>> = BTreeMap::new();
    for path in paths {
        let Some(source) = read_profile(path, problems) else { continue };
        let Some(stem) = problems.take(workspace::stem(path)) else { continue };
        let same = by_file.entry(workspace::same_file(&stem)).or_default();
        same.push((path, (stem, source)));
    }
    let mut orders = Vec::new();
    for mut same in by_file.into_values() {
        let paths: Vec<String> =
            same.iter().map(|(path, _)| path.display().to_string()).collect();
        match (same.pop(), paths.len()) {
            (Some((_, order)), 1) => orders.push(order),
            _ => problems.failures.push(Failure {
                subject: paths.join(", "),
                reason: "các hồ sơ cùng tên, mà kế hoạch lấy tên của hồ sơ. Đổi tên một hồ sơ, hoặc lập riêng từng hồ sơ vào thư mục khác bằng `-o`.".to_owned(),
            }),
        }
    }
    orders
}

/// The profile of an agency that has none.
fn minimal_profile(agency: &Agency, problems: &mut Problems) -> Option<Order> {
    let name = format!("{}.toml", agency.id);
    let stem = problems.take(workspace::stem(Path::new(&name)))?;
    let text = format!("agency = \"{}\"\n", agency.name);
    Some((stem, problems.take_content(Source::new(name, text.as_bytes()))?))
}

/// Writes one plan; the line says where it went.
fn write(
    stem: &str,
    (draft, diagnostics): (Option<Draft>, Vec<Diagnostic>),
    output: &Output,
) -> (String, Problems) {
    let mut problems = Problems { diagnostics, ..Problems::default() };
    let Some(draft) = draft else { return (String::new(), problems) };
    let mut kinds = output.format.clone();
    kinds.dedup();
    let mut files = Vec::new();
    for kind in kinds {
        let bytes = match kind {
            Kind::Docx => problems.take_content(draft.docx()),
            Kind::Md => Some(draft.markdown().into_bytes()),
        };
        let Some(bytes) = bytes else { return (String::new(), problems) };
        files.push((format!("{stem}.{}", kind.extension()), bytes));
    }
    if let Err(failures) = workspace::replace(&output.out, &files) {
        problems.failures = failures;
        return (String::new(), problems);
    }
    let path = |(name, _): &(String, Vec<u8>)| {
        workspace::inside(&output.out, name).display().to_string()
    };
    let paths: Vec<String> = files.iter().map(path).collect();
    let mut line = paths.join(", ");
    let _ = writeln!(line, ": còn {} chỗ cần bổ sung", draft.slots());
    (line, problems)
}

/// The agencies of a group that issue plans: all of them, those with one file of tasks, named as
/// several ("provinces"), or those of one kind. A kind that is called as a file of tasks would be
/// taken for its group; one that a layer adds to a file of the edition is none of the group.
fn group<'c>(catalog: &'c Catalog, name: &str) -> Result<Vec<&'c Agency>, Failure> {
    const ALL: &str = "agencies";
    let active = || catalog.agencies.iter().filter(|agency| agency.is_active());
    let is_kind = |kind: &String| !catalog.annexes.contains_key(kind);
    let is_guest = |agency: &Agency| {
        catalog.kind(&agency.kind).is_some_and(|kind| kind.layer > 0)
            && catalog.annex(agency).is_some_and(|annex| annex.source.is_none())
    };
    let belongs = |agency: &Agency| {
        name == ALL
            || (plural(&agency.tasks) == name && !is_guest(agency))
            || (agency.kind == name && is_kind(&agency.kind))
    };
    let found: Vec<&Agency> = active().filter(|agency| belongs(agency)).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let files = active().map(|agency| plural(&agency.tasks));
    let kinds = active().map(|agency| agency.kind.clone()).filter(is_kind);
    let known: BTreeSet<String> = files.chain(kinds).chain([ALL.to_owned()]).collect();
    let near = suggest(name, known.iter().map(String::as_str));
    let reason = format!("không nhận \"{}\". {near}", quoted(name));
    Err(Failure { subject: "--all".to_owned(), reason })
}

/// "ministries" for "ministry".
fn plural(id: &str) -> String {
    id.strip_suffix('y').map_or_else(|| format!("{id}s"), |stem| format!("{stem}ies"))
}

/// Reads a date as officials write it, or as TOML does.
fn read_date(text: &str) -> Result<NaiveDate, &'static str> {
    Day::read(text).map(|day| day.0).ok_or("Viết ngày như 18/12/2023 hoặc 2023-12-18.")
}

/// <https://reproducible-builds.org/specs/source-date-epoch/>
fn source_date_epoch() -> Result<Option<NaiveDate>, Failure> {
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds = text.parse().ok();
    match seconds.and_then(|seconds| DateTime::from_timestamp(seconds, 0)) {
        Some(time) => Ok(Some(time.date_naive())),
        None => Err(Failure {
            subject: "SOURCE_DATE_EPOCH".to_owned(),
            reason: "phải là một số giây. Sửa hoặc xóa biến môi trường này.".to_owned(),
        }),
    }
}
