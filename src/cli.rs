//! The command line: arguments in, messages and exit codes out.

mod list;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use chrono::{DateTime, NaiveDate};
use clap::{Parser, Subcommand, ValueEnum};
use codespan_reporting::diagnostic::{Diagnostic as Report, Label};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term;
use indicatif::ProgressBar;
use rayon::prelude::*;

use crate::catalog::Catalog;
use crate::catalog::agency::{Agency, find};
use crate::diagnostic::{self, Diagnostic, Severity, has_errors};
use crate::profile::{Profile, not_found};
use crate::source::Source;
use crate::template::Templates;
use crate::{Draft, build, workspace};

/// Lập kế hoạch chuyển đổi số năm theo khung của Bộ Thông tin và Truyền thông.
#[derive(Debug, Parser)]
#[command(name = "khung", version, about, disable_help_subcommand = true)]
#[command(
    after_help = "Mã thoát: 0 xong (kể cả khi còn chỗ cần bổ sung); 1 nội dung có lỗi; 2 không chạy được."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tạo hồ sơ (profile) có chú thích cho một cơ quan.
    New {
        /// Tên cơ quan: "Lào Cai", lao-cai, TP.HCM, BYT …
        agency: String,
        /// Thư mục để ghi hồ sơ.
        #[arg(short = 'o', long = "out", value_name = "THƯ_MỤC", default_value = ".")]
        out: PathBuf,
        #[command(flatten)]
        sources: Sources,
    },
    /// Lập kế hoạch từ một hay nhiều hồ sơ.
    Build {
        /// Các hồ sơ .toml.
        #[arg(required_unless_present = "all")]
        profiles: Vec<PathBuf>,
        /// Lập kế hoạch cho mọi cơ quan của một nhóm, không cần hồ sơ.
        #[arg(long, value_enum, conflicts_with = "profiles")]
        all: Option<All>,
        /// Thư mục để ghi kế hoạch.
        #[arg(short = 'o', long = "out", value_name = "THƯ_MỤC", default_value = ".")]
        out: PathBuf,
        /// Dạng tệp.
        #[arg(long, value_enum, value_delimiter = ',', default_values_t = [Kind::Docx, Kind::Md])]
        format: Vec<Kind>,
        /// Ngày ban hành cho hồ sơ chưa nêu ngày (YYYY-MM-DD).
        #[arg(long, value_name = "NGÀY")]
        date: Option<NaiveDate>,
        #[command(flatten)]
        sources: Sources,
    },
    /// Kiểm tra hồ sơ hoặc thư mục danh mục.
    Check {
        /// Hồ sơ .toml, hoặc thư mục danh mục.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        #[command(flatten)]
        sources: Sources,
    },
    /// Liệt kê cơ quan, nhiệm vụ, đơn vị đầu mối hoặc thời hạn.
    List {
        /// Liệt kê gì.
        #[arg(value_enum)]
        what: list::What,
        /// Chỉ của một cơ quan.
        #[arg(long = "for", value_name = "CƠ_QUAN")]
        agency: Option<String>,
        /// Dạng in ra.
        #[arg(long, value_enum, default_value_t = list::Format::Table)]
        format: list::Format,
        #[command(flatten)]
        sources: Sources,
    },
    /// Danh mục nằm trong chương trình.
    Catalog {
        #[command(subcommand)]
        command: CatalogCommand,
    },
}

#[derive(Debug, Subcommand)]
enum CatalogCommand {
    /// Ghi danh mục và mẫu ra thư mục để sửa.
    Export {
        /// Thư mục.
        dir: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
struct Sources {
    /// Thư mục danh mục thay cho danh mục trong chương trình.
    #[arg(long, value_name = "THƯ_MỤC")]
    catalog: Option<PathBuf>,
    /// Thư mục mẫu thay cho mẫu trong chương trình.
    #[arg(long, value_name = "THƯ_MỤC")]
    templates: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum All {
    /// 63 tỉnh, thành phố.
    Provinces,
    /// Các bộ, cơ quan ngang bộ, cơ quan thuộc Chính phủ.
    Ministries,
    /// Tất cả.
    Agencies,
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

/// Whether the content was right; `Err` means that khung could not run.
enum Outcome {
    Done,
    ContentErrors,
}

/// Runs the command and turns its outcome into an exit code (0, 1, 2).
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match run(arguments.command) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::ContentErrors) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "khung: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::New { agency, out, sources } => new(&agency, &out, &sources),
        Command::Build { profiles, all, out, format, date, sources } => {
            build_all(&profiles, all, (&out, &format), date, &sources)
        }
        Command::Check { paths, sources } => check(&paths, &sources),
        Command::List { what, agency, format, sources } => {
            let Some(catalog) = load_catalog(&sources)? else {
                return Ok(Outcome::ContentErrors);
            };
            let agency = match agency.map(|name| (find(&catalog.agencies, &name), name)) {
                None => None,
                Some((Ok(agency), _)) => Some(agency),
                Some((Err(error), name)) => {
                    return Ok(report(&[not_found(&name, &error)]));
                }
            };
            print(&list::render(&catalog, what, agency, format)?)?;
            Ok(Outcome::Done)
        }
        Command::Catalog { command: CatalogCommand::Export { dir } } => export(&dir),
    }
}

fn print(text: &str) -> anyhow::Result<()> {
    match std::io::stdout().write_all(text.as_bytes()) {
        // `khung list … | head` is no failure.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        result => result.context("không in ra được"),
    }
}

fn load_catalog(sources: &Sources) -> anyhow::Result<Option<Catalog>> {
    let files = match workspace::catalog_sources(sources.catalog.as_deref())? {
        Ok(files) => files,
        Err(diagnostic) => {
            report(&[diagnostic]);
            return Ok(None);
        }
    };
    let (catalog, diagnostics) = Catalog::read(&files);
    if has_errors(&diagnostics) {
        report(&diagnostics);
        return Ok(None);
    }
    Ok(Some(catalog))
}

fn load_templates(sources: &Sources) -> anyhow::Result<Option<Templates>> {
    let parsed = workspace::template_sources(sources.templates.as_deref())?
        .and_then(Templates::parse);
    match parsed {
        Ok(templates) => Ok(Some(templates)),
        Err(diagnostic) => {
            report(&[diagnostic]);
            Ok(None)
        }
    }
}

fn new(name: &str, out: &Path, sources: &Sources) -> anyhow::Result<Outcome> {
    let Some(catalog) = load_catalog(sources)? else { return Ok(Outcome::ContentErrors) };
    let agency = match find(&catalog.agencies, name) {
        Ok(agency) => agency,
        Err(error) => return Ok(report(&[not_found(name, &error)])),
    };
    let path = out.join(format!("{}.toml", agency.id));
    if path.exists() {
        bail!("{}: đã có. Xóa hoặc đổi tên hồ sơ cũ trước.", path.display());
    }
    workspace::write(&path, list::profile(&catalog, agency).as_bytes())?;
    print(&format!("Đã tạo {}\n", path.display()))?;
    Ok(Outcome::Done)
}

fn build_all(
    paths: &[PathBuf],
    all: Option<All>,
    (out, kinds): (&Path, &[Kind]),
    date: Option<NaiveDate>,
    sources: &Sources,
) -> anyhow::Result<Outcome> {
    let date = date.or(source_date_epoch()?);
    let Some(catalog) = load_catalog(sources)? else { return Ok(Outcome::ContentErrors) };
    let Some(templates) = load_templates(sources)? else {
        return Ok(Outcome::ContentErrors);
    };
    let mut profiles: BTreeMap<String, (PathBuf, Arc<Source>)> = BTreeMap::new();
    let mut unreadable = Vec::new();
    for path in paths {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let source = match workspace::read_source(path)? {
            Ok(source) => source,
            Err(diagnostic) => {
                unreadable.push(diagnostic);
                continue;
            }
        };
        if let Some((other, _)) = profiles.insert(stem.to_owned(), (path.clone(), source))
        {
            bail!(
                "hai hồ sơ cùng tên {stem}: {} và {}. Đổi tên một hồ sơ, vì kế hoạch lấy tên của hồ sơ.",
                other.display(),
                path.display()
            );
        }
    }
    for agency in catalog.agencies.iter().filter(|agency| belongs(agency, all)) {
        let text = format!("agency = \"{}\"\n", agency.name);
        let path = PathBuf::from(format!("{}.toml", agency.id));
        if let Ok(source) = Source::new(path.display().to_string(), text.as_bytes()) {
            profiles.insert(agency.id.clone(), (path, source));
        }
    }
    let bar = if all.is_some() && std::io::stderr().is_terminal() {
        ProgressBar::new(profiles.len() as u64)
    } else {
        ProgressBar::hidden()
    };
    let profiles: Vec<_> = profiles.into_iter().collect();
    let results: Vec<anyhow::Result<Built>> = profiles
        .par_iter()
        .map(|(stem, (_, source))| {
            let target = |kind: Kind| out.join(format!("{stem}.{}", kind.extension()));
            let mut names = Vec::new();
            for kind in kinds {
                workspace::check_target(&target(*kind))?;
                names.push(target(*kind).display().to_string());
            }
            let (draft, diagnostics) = build(&catalog, &templates, source, date);
            if let Some(draft) = &draft {
                for kind in kinds {
                    let bytes = match kind {
                        Kind::Docx => draft.docx.as_slice(),
                        Kind::Md => draft.markdown.as_bytes(),
                    };
                    workspace::write(&target(*kind), bytes)?;
                }
            }
            bar.inc(1);
            Ok((names.join(", "), draft, diagnostics))
        })
        .collect();
    bar.finish_and_clear();
    let mut diagnostics = unreadable;
    let mut failed = None;
    let mut lines = String::new();
    for result in results {
        match result {
            Ok((target, draft, mut found)) => {
                diagnostics.append(&mut found);
                if let Some(draft) = draft {
                    let slots = draft.slots;
                    let _ = writeln!(lines, "{target}: còn {slots} chỗ cần bổ sung");
                }
            }
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "khung: {error:#}");
                failed = Some(error);
            }
        }
    }
    print(&lines)?;
    let outcome = report(&diagnostics);
    if failed.is_some() {
        bail!("có kế hoạch không ghi được (nêu ở trên)");
    }
    Ok(outcome)
}

/// Where a plan went, the plan, and what was found on the way.
type Built = (String, Option<Draft>, Vec<Diagnostic>);

fn belongs(agency: &Agency, all: Option<All>) -> bool {
    match all {
        None => false,
        Some(All::Agencies) => true,
        Some(All::Provinces) => agency.tasks == "province",
        Some(All::Ministries) => agency.tasks != "province",
    }
}

/// <https://reproducible-builds.org/specs/source-date-epoch/>
fn source_date_epoch() -> anyhow::Result<Option<NaiveDate>> {
    let Ok(text) = std::env::var("SOURCE_DATE_EPOCH") else { return Ok(None) };
    let seconds: i64 = text.parse().context("SOURCE_DATE_EPOCH phải là một số giây")?;
    Ok(DateTime::from_timestamp(seconds, 0).map(|time| time.date_naive()))
}

fn check(paths: &[PathBuf], sources: &Sources) -> anyhow::Result<Outcome> {
    let Some(catalog) = load_catalog(sources)? else { return Ok(Outcome::ContentErrors) };
    let Some(templates) = load_templates(sources)? else {
        return Ok(Outcome::ContentErrors);
    };
    let mut diagnostics = Vec::new();
    for path in paths {
        if path.is_dir() {
            match workspace::catalog_sources(Some(path))? {
                Ok(files) => diagnostics.extend(Catalog::read(&files).1),
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        } else {
            match workspace::read_source(path)? {
                Ok(source) => {
                    let headings = templates.headings();
                    diagnostics.extend(Profile::read(&source, &catalog, &headings).2);
                }
                Err(diagnostic) => diagnostics.push(diagnostic),
            }
        }
    }
    if diagnostics.is_empty() {
        print("Không có lỗi.\n")?;
    }
    Ok(report(&diagnostics))
}

fn export(dir: &Path) -> anyhow::Result<Outcome> {
    let catalog = Catalog::embedded().map_err(|d| anyhow::anyhow!(d.message))?;
    let templates = Templates::embedded().map_err(|d| anyhow::anyhow!(d.message))?;
    let files = catalog
        .iter()
        .map(|source| (Path::new("catalog").join(&source.name), source))
        .chain(templates.iter().map(|s| (Path::new("templates").join(&s.name), s)));
    let files: Vec<_> = files.map(|(path, source)| (dir.join(path), source)).collect();
    for (path, _) in &files {
        if path.exists() {
            bail!("{}: đã có. Nêu một thư mục chưa có danh mục.", path.display());
        }
    }
    let mut lines = String::new();
    for (path, source) in files {
        workspace::write(&path, source.text.as_bytes())?;
        let _ = writeln!(lines, "{}", path.display());
    }
    print(&lines)?;
    Ok(Outcome::Done)
}

/// Prints diagnostics in reading order, with their excerpts, and tells what they come to.
fn report(diagnostics: &[Diagnostic]) -> Outcome {
    let mut diagnostics = diagnostics.to_vec();
    diagnostic::sort(&mut diagnostics);
    let text = render(&diagnostics);
    let _ = std::io::stderr().write_all(text.as_bytes());
    if has_errors(&diagnostics) { Outcome::ContentErrors } else { Outcome::Done }
}

/// Diagnostics as printed: code, message, excerpt, hint.
#[must_use]
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let mut files = SimpleFiles::new();
    let mut out = String::new();
    let config = term::Config::default();
    for diagnostic in diagnostics {
        let mut report = match diagnostic.severity {
            Severity::Error => Report::error(),
            Severity::Warning => Report::warning(),
        }
        .with_code(diagnostic.code.as_str())
        .with_message(&diagnostic.message)
        .with_notes(vec![format!("Cách sửa: {}", diagnostic.hint)]);
        if let Some(place) = &diagnostic.place {
            let id = files.add(place.source.name.clone(), place.source.text.clone());
            report = report.with_label(Label::primary(id, place.span.clone()));
        }
        let _ = term::emit_to_string(&mut out, &config, &files, &report);
    }
    out
}
