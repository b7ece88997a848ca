//! `khung finalize`: writes the copy of a plan that is signed, beside the plan.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::base::{self, Base};
use super::shelf::{Edition, Shelf};
use super::{extension, same_kind};
use crate::finalize::{Finalized, finalize};
use crate::workspace::{self, Failure, Problems};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Kế hoạch .docx hoặc .md đã viết xong.
    #[arg(value_name = "KẾ_HOẠCH")]
    plan: PathBuf,
    /// Tệp để ghi bản trình ký; mặc định là <tên kế hoạch>-trinh-ky ở cạnh kế hoạch.
    #[arg(short = 'o', long = "out", value_name = "TỆP")]
    out: Option<PathBuf>,
    /// Bỏ khỏi bản trình ký (.docx) những gì nói về người soạn: tên, mẫu, số lần lưu, thuộc tính
    /// và dữ liệu riêng.
    #[arg(long)]
    clean: bool,
    #[command(flatten)]
    base: Base,
    #[command(flatten)]
    edition: Edition,
}

/// Makes the copy, when nothing stands in its way.
pub(super) fn run(arguments: &Arguments, problems: &mut Problems) -> Option<String> {
    let plan = &arguments.plan;
    let end = extension(plan);
    if end.as_deref() == Some("toml") {
        let reason = "là hồ sơ, không phải kế hoạch. Lập kế hoạch bằng `khung build`, rồi nêu \
                      tệp .docx hoặc .md.";
        problems.failures.push(Failure::new(plan, reason));
        return None;
    }
    let bytes = problems.take(workspace::read_plan(plan))?;
    let out = arguments.out.clone().unwrap_or_else(|| beside(plan));
    problems.take(check_out(plan, &out))?;
    let wanted = arguments.base.wanted(plan, &bytes);
    let mut shelf = Shelf::new(&arguments.edition, None);
    let catalog = shelf.catalog(wanted.as_ref(), problems)?;
    let (bytes, notes) = arguments.base.give(bytes, &catalog, problems)?;
    let said = base::told(plan, &notes);
    let name = plan.display().to_string();
    let (result, diagnostics) = finalize(&name, &bytes, &catalog, arguments.clean);
    problems.diagnostics.extend(diagnostics);
    let result = result.map_err(|error| Failure::new(plan, error.to_string()));
    let Some(copy) = problems.take(result)? else {
        // What stands in the way is told with the diagnostics.
        return Some(said + "Chưa làm bản trình ký: còn những điều sau.\n");
    };
    problems.take(workspace::write_new(&out, &copy.plan))?;
    Some(said + &told(&out, &copy))
}

/// Where the copy goes when nobody says: `lao-cai-trinh-ky.docx` for `lao-cai.docx`.
fn beside(plan: &Path) -> PathBuf {
    let mut name = plan.file_stem().unwrap_or_default().to_owned();
    name.push("-trinh-ky");
    let mut out = plan.with_file_name(name);
    if let Some(end) = plan.extension() {
        out.as_mut_os_string().push(".");
        out.as_mut_os_string().push(end);
    }
    out
}

fn check_out(plan: &Path, out: &Path) -> Result<(), Failure> {
    if workspace::is_folder(out) {
        return Err(Failure::new(
            out,
            "là một thư mục, không phải tệp. Nêu tên một tệp.",
        ));
    }
    if workspace::is_same_file(plan, out) {
        let reason =
            "là chính kế hoạch; khung không ghi đè kế hoạch. Nêu tên khác bằng `-o`.";
        return Err(Failure::new(out, reason));
    }
    same_kind(plan, out)
}

/// What was done.
fn told(out: &Path, copy: &Finalized) -> String {
    let Finalized { guidance, comments, banner, .. } = copy;
    let mut text = format!(
        "{}: bản trình ký; đã bỏ {guidance} đoạn hướng dẫn, {comments} bình luận\n",
        out.display()
    );
    if let Some(banner) = banner {
        let _ = writeln!(text, "Giữ dòng ở đầu mỗi trang: \"{banner}\".");
    }
    text
}
