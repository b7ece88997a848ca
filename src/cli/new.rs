//! `khung new`: a commented profile, for the agency that the drafter names or picks.

use std::fmt::Write as _;
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use super::create;
use super::form;
use super::shelf::{Shelf, Sources};
use crate::catalog::Catalog;
use crate::catalog::agency::{Agency, NotFound, look_up};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::opened::File;
use crate::profile::{Next, Profile, merged, next, not_found};
use crate::workspace::{self, Failure, Problems};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Tên cơ quan: "Lào Cai", lao-cai, TP.HCM, BYT …; bỏ trống thì khung hỏi.
    #[arg(value_name = "CƠ_QUAN", conflicts_with = "from")]
    agency: Option<String>,
    /// Kế hoạch năm trước (.docx, .md): lập hồ sơ năm sau từ hồ sơ trong đó.
    #[arg(long, value_name = "KẾ_HOẠCH")]
    from: Option<PathBuf>,
    /// Thư mục để ghi hồ sơ.
    #[arg(short = 'o', long = "out", value_name = "THƯ_MỤC", default_value = ".")]
    out: PathBuf,
    #[command(flatten)]
    sources: Sources,
}

/// Creates the profile.
pub(super) fn run(arguments: &Arguments, problems: &mut Problems) -> Option<String> {
    let (catalog, templates) = Shelf::of(&arguments.sources).edition(None, problems)?;
    if let Some(plan) = &arguments.from {
        return from(plan, &catalog, arguments, problems);
    }
    let agencies = &catalog.agencies;
    let agency = match &arguments.agency {
        Some(name) => problems.take_content(
            look_up(agencies, name).map_err(|error| not_found(name, &error)),
        )?,
        None if std::io::stdin().is_terminal() => problems.take(ask(
            agencies,
            &mut std::io::stdin().lock(),
            &mut std::io::stderr(),
        ))?,
        None => {
            problems.failures.push(Failure {
                subject: "chưa nêu cơ quan".to_owned(),
                reason: format!("{TYPE_IT} Xem các tên bằng `khung list agencies`."),
            });
            return None;
        }
    };
    if let Some(found) = merged(agency, &catalog) {
        let hint = "Nêu tên cơ quan mới.".to_owned();
        problems.diagnostics.push(Diagnostic {
            severity: Severity::Error,
            hint,
            ..found
        });
        return None;
    }
    let file = PathBuf::from(format!("{}.toml", agency.id));
    problems.take(workspace::stem(&file))?;
    let profile = problems.take_content(form::profile(&catalog, &templates, agency))?;
    create(&arguments.out, &[(file, &profile)], problems)
}

/// Creates next year's profile from last year's plan.
fn from(
    plan: &Path,
    catalog: &Catalog,
    arguments: &Arguments,
    problems: &mut Problems,
) -> Option<String> {
    let bytes = problems.take(workspace::look_at_plan(plan))?;
    let failure = |reason: String| Failure::new(plan, reason);
    let file = File::open(&bytes).map_err(|error| failure(error.to_string()));
    let record =
        problems.take(file)?.record().map_err(|error| failure(error.to_string()));
    let record = problems.take(record)?;
    if record.edition == catalog.edition {
        problems.failures.push(failure(format!(
            "đã theo ấn bản {}, cùng năm với hồ sơ muốn lập. Nêu danh mục của năm sau bằng \
             `--catalog`.",
            catalog.edition
        )));
        return None;
    }
    let source = record.source();
    let (_, agency, found) = Profile::read(&source, catalog);
    let by_id = || {
        let id = record.agency.as_ref()?;
        catalog.agencies.iter().find(|agency| agency.is(id)).cloned()
    };
    let Some(agency) = agency.or_else(by_id) else {
        // Whose it is, and nothing else, is asked of the old profile.
        let codes = [Code::UnknownAgency, Code::AmbiguousAgency, Code::UnknownKind];
        let about = found.into_iter().filter(|one| codes.contains(&one.code));
        problems.diagnostics.extend(about);
        return None;
    };
    problems.diagnostics.extend(merged(&agency, catalog));
    let Next { agency, text, diagnostics } =
        next(agency, &record.profile, &record.base, catalog);
    problems.diagnostics.extend(diagnostics);
    let file = PathBuf::from(format!("{}-{}.toml", agency.id, catalog.year));
    problems.take(workspace::stem(&file))?;
    create(&arguments.out, &[(file, &text)], problems)
}

const TYPE_IT: &str = "Gõ tên cơ quan sau lệnh, ví dụ `khung new \"Lào Cai\"`.";

/// Asks until one agency is meant, or an empty line calls it off.
fn ask<'a>(
    agencies: &'a [Agency],
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> Result<&'a Agency, Failure> {
    let failure =
        |subject: &str, reason: String| Failure { subject: subject.to_owned(), reason };
    let mut question = "Tên cơ quan (ví dụ Lào Cai, TP.HCM, BYT): ".to_owned();
    let mut offered: Vec<String> = Vec::new();
    loop {
        let _ = write!(output, "{question}").and_then(|()| output.flush());
        let mut line = String::new();
        input.read_line(&mut line).map_err(|error| {
            failure("không đọc được bàn phím", format!("{error}. {TYPE_IT}"))
        })?;
        let typed = line.trim();
        if typed.is_empty() {
            return Err(failure("đã thôi", "không tạo hồ sơ nào.".to_owned()));
        }
        let picked =
            typed.parse().ok().and_then(|n: usize| offered.get(n.checked_sub(1)?));
        let name = picked.map_or(typed, String::as_str);
        (question, offered) = match look_up(agencies, name) {
            Ok(agency) => return Ok(agency),
            Err(NotFound::Unknown(near)) => {
                (format!("Không có cơ quan nào tên \"{name}\"."), near)
            }
            Err(NotFound::Ambiguous(several)) => {
                (format!("\"{name}\" có thể là nhiều cơ quan."), several)
            }
        };
        question.push_str(if offered.is_empty() { "\n" } else { " Ý bạn là:\n" });
        for (at, name) in offered.iter().enumerate() {
            let _ = writeln!(question, "  {}. {name}", at + 1); // writing to a string cannot fail
        }
        question.push_str(if offered.is_empty() {
            "Gõ lại tên (bỏ trống để thôi): "
        } else {
            "Gõ số, hoặc gõ lại tên (bỏ trống để thôi): "
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    /// The agency that these lines come to, and what was asked.
    fn session(lines: &str) -> (Result<String, String>, String) {
        let (catalog, _) = Catalog::read(&Catalog::embedded().unwrap());
        let mut asked = Vec::new();
        let found = ask(&catalog.agencies, &mut lines.as_bytes(), &mut asked)
            .map(|agency| agency.id.clone())
            .map_err(|failure| failure.to_string());
        (found, String::from_utf8(asked).unwrap())
    }

    #[test]
    fn a_name_is_enough() {
        let (found, asked) = session("  tp.hcm\r\n");
        assert_eq!(found.as_deref(), Ok("ho-chi-minh"));
        assert_eq!(asked, "Tên cơ quan (ví dụ Lào Cai, TP.HCM, BYT): ");
    }

    #[test]
    fn a_wrong_name_gets_the_nearest_to_pick_from() {
        let (found, asked) = session("Lao Kai\n1\n");
        assert_eq!(found.as_deref(), Ok("lao-cai"));
        assert!(asked.contains("\"Lao Kai\". Ý bạn là:\n  1. Lào Cai\nGõ số"), "{asked}");
        let (found, asked) = session("Lao Kai\n7\nĐà Nẵng\n");
        assert_eq!(found.as_deref(), Ok("da-nang"));
        assert!(asked.contains("tên \"7\".\nGõ lại tên"), "{asked}");
    }

    #[test]
    fn words_of_several_names_get_a_list() {
        let (found, asked) = session("quảng n\n3\n");
        assert_eq!(found.as_deref(), Ok("quang-ngai"));
        let list = "\"quảng n\" có thể là nhiều cơ quan. Ý bạn là:\n  1. Tỉnh Quảng Ninh\n  \
                    2. Tỉnh Quảng Nam\n  3. Tỉnh Quảng Ngãi\nGõ số";
        assert!(asked.contains(list), "{asked}");
        let (found, asked) = session("lao\n1\n");
        assert_eq!(found.as_deref(), Ok("lao-cai"));
        assert!(asked.contains("  2. Bộ Lao động - Thương binh và Xã hội\n"), "{asked}");
        let (found, _) = session("yte\n");
        assert_eq!(found.as_deref(), Ok("bo-y-te"));
    }

    #[test]
    fn an_empty_line_or_the_end_calls_it_off() {
        for lines in ["", "\n", "Lao Kai\n\n", "0\n"] {
            let (found, _) = session(lines);
            assert_eq!(
                found,
                Err("đã thôi: không tạo hồ sơ nào.".to_owned()),
                "{lines:?}"
            );
        }
    }
}
