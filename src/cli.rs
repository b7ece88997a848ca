//! The command line: arguments in, messages and exit codes out.

mod base;
mod build;
mod calendar;
mod check;
mod diff;
mod finalize;
pub mod form;
mod list;
mod new;
mod shelf;
mod update;
mod usage;
mod watch;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use clap_complete::Shell;
use codespan_reporting::diagnostic::{Diagnostic as Report, Label};
use codespan_reporting::files::SimpleFiles;
use codespan_reporting::term;

use crate::catalog::agency::look_up;
use crate::diagnostic::{self, Diagnostic, Place, Severity, has_errors};
use crate::edition::{Shipped, shipped};
use crate::profile::not_found;
use crate::record::{State, state};
use crate::source::Source;
use crate::unseen::{is_deceptive, visible};
use crate::workspace::{self, Failure, Problems};
use shelf::{Edition, Shelf};

/// Lập kế hoạch chuyển đổi số năm theo khung của công văn hướng dẫn hằng năm.
#[derive(Debug, Parser)]
#[command(name = "khung", bin_name = "khung", version)]
#[command(after_help = "\
Làm lần đầu:
  khung new \"Lào Cai\"            tạo hồ sơ lao-cai.toml; mở bằng Notepad để điền
  khung build lao-cai.toml       lập kế hoạch lao-cai.docx (Word) và lao-cai.md

Khi đã viết xong trong Word:
  khung check lao-cai.docx       xem còn thiếu, sai gì
  khung finalize lao-cai.docx    làm bản trình ký lao-cai-trinh-ky.docx

Trợ giúp của một lệnh: khung help build

Mã thoát: 0 xong (kể cả khi còn chỗ cần bổ sung); 1 nội dung có lỗi; 2 không chạy được.")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tạo hồ sơ có chú thích cho một cơ quan.
    #[command(after_help = "Ví dụ: khung new \"Lào Cai\"    khung new BYT -o ho-so")]
    New(new::Arguments),
    /// Lập kế hoạch từ một hay nhiều hồ sơ.
    #[command(
        after_help = "Ví dụ: khung build lao-cai.toml    khung build --all provinces -o ke-hoach"
    )]
    Build(build::Arguments),
    /// Lập kế hoạch mẫu của một cơ quan giả định, để tập huấn.
    Sample(build::SampleArguments),
    /// Cập nhật kế hoạch đã sửa theo danh mục mới, giữ nguyên những gì đã viết.
    Update(update::Arguments),
    /// Kiểm tra kế hoạch, hồ sơ hoặc thư mục danh mục.
    #[command(after_help = "Ví dụ: khung check lao-cai.docx    khung check lao-cai.toml")]
    Check(check::Arguments),
    /// Làm bản trình ký: bỏ hướng dẫn, bình luận, dấu vết của khung; kế hoạch giữ nguyên.
    #[command(
        after_help = "Ví dụ: khung finalize lao-cai.docx    khung finalize lao-cai.docx -o trinh-ky.docx"
    )]
    Finalize(finalize::Arguments),
    /// Liệt kê cơ quan, nhiệm vụ, đơn vị đầu mối hoặc thời hạn.
    #[command(after_help = "\
Ví dụ: khung list agencies    khung list deadlines --for \"Lào Cai\"
       khung list deadlines --for \"Lào Cai\" --format ics > thoi-han.ics")]
    List {
        /// Liệt kê gì.
        #[arg(value_name = "LOẠI", value_enum)]
        what: list::What,
        /// Chỉ của một cơ quan.
        #[arg(long = "for", value_name = "CƠ_QUAN")]
        agency: Option<String>,
        /// Dạng in ra.
        #[arg(long, value_name = "DẠNG", value_enum, default_value_t = list::Format::Table)]
        format: list::Format,
        #[command(flatten)]
        edition: Edition,
    },
    /// So hai ấn bản danh mục: những gì thay đổi, từng nhiệm vụ.
    #[command(
        after_help = "Ví dụ: khung diff danh-muc-2024.2    khung diff danh-muc-2024.1 danh-muc-2024.2"
    )]
    Diff(diff::Arguments),
    /// Danh mục và mẫu nằm trong chương trình.
    Catalog {
        #[command(subcommand)]
        command: CatalogCommand,
    },
    /// In kịch bản để shell tự điền lệnh và tùy chọn khi gõ phím Tab.
    #[command(after_help = "\
Ví dụ: khung completions bash > ~/.local/share/bash-completion/completions/khung
       khung completions fish > ~/.config/fish/completions/khung.fish
       khung completions powershell >> $PROFILE")]
    Completions {
        /// Shell đang dùng.
        #[arg(value_name = "SHELL", value_enum)]
        shell: Shell,
    },
}

#[derive(Debug, Subcommand)]
enum CatalogCommand {
    /// Ghi danh mục và mẫu ra thư mục để sửa.
    #[command(after_help = "\
Ví dụ: khung catalog export danh-muc
       khung build lao-cai.toml --catalog danh-muc")]
    Export {
        /// Thư mục.
        #[arg(value_name = "THƯ_MỤC")]
        dir: PathBuf,
        /// Mã ấn bản; không nêu thì lấy ấn bản mới nhất.
        #[arg(value_name = "ẤN_BẢN")]
        edition: Option<String>,
    },
}

/// Runs the command and turns its outcome into an exit code (0, 1, 2).
#[must_use]
pub fn main() -> ExitCode {
    let command = usage::vietnamese(Arguments::command());
    let typed = usage::helped(std::env::args_os().collect());
    let parsed = command.clone().try_get_matches_from(&typed);
    let arguments = match parsed.and_then(|found| Arguments::from_arg_matches(&found)) {
        Ok(arguments) => arguments,
        Err(error) => {
            let said = match error.kind() {
                ErrorKind::DisplayVersion => version(),
                ErrorKind::InvalidSubcommand => {
                    named_alone(&typed).unwrap_or_else(|| usage::say(&error, &command))
                }
                _ => usage::say(&error, &command),
            };
            if error.use_stderr() {
                let _ = std::io::stderr().write_all(said.as_bytes());
                return ExitCode::from(2);
            }
            let _ = std::io::stdout().write_all(said.as_bytes());
            return ExitCode::SUCCESS;
        }
    };
    let mut problems = Problems::default();
    let text = harmless(run(&arguments.command, &mut problems).unwrap_or_default());
    if let Err(error) = std::io::stdout().write_all(text.as_bytes())
        // `khung list … | head` is no failure.
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        let (subject, reason) = ("không in ra được".to_owned(), error.to_string());
        problems.failures.push(Failure { subject, reason });
    }
    report(problems)
}

/// The version of khung, and those of the editions inside it.
fn version() -> String {
    let editions: Vec<_> = shipped().iter().map(|edition| edition.version()).collect();
    format!("khung {} (danh mục {})\n", env!("CARGO_PKG_VERSION"), editions.join(", "))
}

/// What to type for a file or folder that is named in the place of a command.
fn named_alone(typed: &[OsString]) -> Option<String> {
    let path = Path::new(typed.get(1)?);
    if !workspace::is_there(path) {
        return None;
    }
    let name = path.display().to_string();
    let name = if name.contains(' ') { format!("\"{name}\"") } else { name };
    let commands: &[(&str, &str)] = match extension(path).as_deref() {
        Some("toml") => {
            &[("build", "lập kế hoạch từ hồ sơ này"), ("check", "kiểm tra hồ sơ")]
        }
        Some("docx" | "md") => &[
            ("check", "xem kế hoạch còn thiếu, sai gì"),
            ("finalize", "làm bản trình ký"),
            ("update", "cập nhật theo danh mục mới"),
        ],
        _ => &[(
            "check",
            "kiểm tra thư mục danh mục, hồ sơ .toml, kế hoạch .docx hoặc .md",
        )],
    };
    let mut said = format!("khung: thiếu lệnh trước \"{}\". Gõ:\n", path.display());
    for (command, what) in commands {
        let _ = writeln!(said, "  khung {command} {name}\n      {what}"); // cannot fail
    }
    Some(said)
}

/// Runs a command: what it prints, and all that went wrong.
fn run(command: &Command, problems: &mut Problems) -> Option<String> {
    match command {
        Command::New(arguments) => new::run(arguments, problems),
        Command::Build(arguments) => build::run(arguments, problems),
        Command::Sample(arguments) => build::sample(arguments, problems),
        Command::Update(arguments) => update::run(arguments, problems),
        Command::Check(arguments) => check::run(arguments, problems),
        Command::Finalize(arguments) => finalize::run(arguments, problems),
        Command::List { what, agency, format, edition } => {
            let catalog = Shelf::new(edition, None).catalog(None, problems)?;
            let agency = match agency {
                None => None,
                Some(name) => {
                    let found = look_up(&catalog.agencies, name);
                    let found = found.map_err(|error| not_found(name, &error));
                    Some(problems.take_content(found)?)
                }
            };
            let list = list::render(&catalog, *what, agency, *format);
            let failure = |error: anyhow::Error| Failure {
                subject: "danh sách".to_owned(),
                reason: error.to_string(),
            };
            problems.take(list.map_err(failure))
        }
        Command::Diff(arguments) => diff::run(arguments, problems),
        Command::Catalog { command: CatalogCommand::Export { dir, edition } } => {
            export(dir, edition.as_deref(), problems)
        }
        Command::Completions { shell } => {
            let mut command = usage::vietnamese(Arguments::command());
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut command, "khung", &mut script);
            Some(String::from_utf8_lossy(&script).into_owned())
        }
    }
}

/// Creates files in a folder, and names them.
fn create(
    folder: &Path,
    files: &[(PathBuf, &str)],
    problems: &mut Problems,
) -> Option<String> {
    if let Err(failures) = workspace::create(folder, files) {
        problems.failures.extend(failures);
        return None;
    }
    let mut lines = String::new();
    for (path, _) in files {
        let _ = writeln!(lines, "Đã tạo {}", workspace::inside(folder, path).display());
    }
    Some(lines)
}

/// What a file's name ends with, in lower case.
fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_string_lossy().to_lowercase())
}

/// Checks that what is made of a plan gets a name of the same kind.
fn same_kind(plan: &Path, out: &Path) -> Result<(), Failure> {
    if extension(plan) == extension(out) {
        return Ok(());
    }
    let end = extension(plan).map_or_else(String::new, |end| format!(".{end}"));
    let reason = format!("phải cùng loại với kế hoạch. Nêu tên có đuôi {end}.");
    Err(Failure::new(out, reason))
}

/// Reads a profile; none, with the reason among the problems, when it is no profile.
fn read_profile(path: &Path, problems: &mut Problems) -> Option<Arc<Source>> {
    let source = workspace::read_source(path, problems)?;
    if state(source.text.as_bytes()) != State::Foreign {
        let reason = "là kế hoạch, không phải hồ sơ. Nêu hồ sơ .toml của kế hoạch.";
        problems.failures.push(Failure::new(path, reason));
        return None;
    }
    Some(source)
}

/// Writes an edition of the binary, or the newest one.
fn export(dir: &Path, edition: Option<&str>, problems: &mut Problems) -> Option<String> {
    let mut all = shipped();
    let ids: Vec<&str> = all.iter().map(|one| one.id()).collect();
    let ids = ids.join(", ");
    let found = match edition {
        Some(id) => Shipped::of(id),
        None => all.pop(),
    };
    let found = problems.take(found.ok_or_else(|| Failure {
        subject: format!("ấn bản {}", edition.unwrap_or_default()),
        reason: format!("không có trong chương trình. Nêu một trong: {ids}."),
    }))?;
    let catalog = problems.take_content(found.catalog())?;
    let templates = problems.take_content(found.frame())?;
    let catalog = catalog.iter().map(|source| (Path::new("catalog"), source));
    let templates = templates.iter().map(|source| (Path::new("templates"), source));
    let files: Vec<_> = catalog
        .chain(templates)
        .map(|(folder, source)| (folder.join(&source.name), source.text.as_str()))
        .collect();
    create(dir, &files, problems)
}

/// Prints all problems, diagnostics in reading order with their excerpts, and tells what
/// they come to.
fn report(mut problems: Problems) -> ExitCode {
    diagnostic::sort(&mut problems.diagnostics);
    let mut text = render(&problems.diagnostics);
    for failure in &problems.failures {
        let _ = writeln!(text, "khung: {failure}");
    }
    let _ = std::io::stderr().write_all(harmless(text).as_bytes());
    if !problems.failures.is_empty() {
        ExitCode::from(2)
    } else if has_errors(&problems.diagnostics) || problems.conflicts > 0 {
        ExitCode::from(1)
    } else {
        ExitCode::SUCCESS
    }
}

/// The text without what a terminal would obey, which files and their names may hold: what turns
/// other letters round, or hides them, is shown by its number.
fn harmless(text: String) -> String {
    let obeyed = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let text =
        if text.contains(obeyed) { text.replace(obeyed, "\u{FFFD}") } else { text };
    if text.contains(is_deceptive) { visible(&text) } else { text }
}

/// After so many bytes of findings the rest is counted: no one mends more in one round.
const ENOUGH: usize = 256 * 1024;

/// Longest line of which an excerpt is printed, in bytes; other lines are only named.
const LONGEST_LINE: usize = 4096;

/// The line and column at which a place begins, when its lines are too long to print.
fn too_long(source: &Source, span: &Range<usize>) -> Option<String> {
    let text = &source.text;
    let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let length = text[span.end..].find('\n').unwrap_or(text.len() - span.end);
    let lines = &text[start..span.end + length];
    lines.split('\n').any(|line| line.len() > LONGEST_LINE).then(|| {
        let line = text[..start].matches('\n').count() + 1;
        let column = text[start..span.start].chars().count() + 1;
        format!("{}:{line}:{column}", source.name)
    })
}

/// Diagnostics as printed: code, message, excerpt, hint; the first thousand or so.
#[must_use]
pub fn render(diagnostics: &[Diagnostic]) -> String {
    let mut files = SimpleFiles::new();
    let mut ids: HashMap<*const Source, usize> = HashMap::new();
    let mut out = String::new();
    let config = term::Config::default();
    for (at, diagnostic) in diagnostics.iter().enumerate() {
        if out.len() > ENOUGH {
            let more = diagnostics.len() - at;
            let _ =
                writeln!(out, "… và {more} chỗ nữa. Sửa những chỗ trên rồi chạy lại.");
            break;
        }
        let mut report = match diagnostic.severity {
            Severity::Error => Report::error(),
            Severity::Warning => Report::warning(),
        }
        .with_code(diagnostic.code.as_str())
        .with_message(&diagnostic.message);
        if !diagnostic.spots.is_empty() {
            report = report.with_note(diagnostic.spots.join("\n"));
        }
        report = report.with_note(format!("Cách sửa: {}", diagnostic.hint));
        if let Some(Place { source, span }) = &diagnostic.place {
            if let Some(place) = too_long(source, span) {
                report.notes.insert(0, format!("Ở {place}"));
                let _ = term::emit_to_string(&mut out, &config, &files, &report);
                continue;
            }
            let id = *ids
                .entry(Arc::as_ptr(source))
                .or_insert_with(|| files.add(&source.name, visible(&source.text)));
            let shown = |end: usize| visible(&source.text[..end]).len();
            let span = shown(span.start)..shown(span.end);
            report = report.with_label(Label::primary(id, span));
        }
        let _ = term::emit_to_string(&mut out, &config, &files, &report);
    }
    out
}
