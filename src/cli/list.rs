//! What `khung list` and `khung new` print: the catalogue as tables, and a profile to fill in.

use std::fmt::Write;

use clap::ValueEnum;

use crate::catalog::agency::Agency;
use crate::catalog::{Annex, Catalog};

/// What to list.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum What {
    /// Các cơ quan.
    Agencies,
    /// Các nhiệm vụ.
    Tasks,
    /// Các đơn vị đầu mối hỗ trợ.
    Units,
    /// Các thời hạn.
    Deadlines,
}

/// How to print it.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// Bảng.
    Table,
    /// JSON.
    Json,
    /// CSV.
    Csv,
}

type Rows = (Vec<&'static str>, Vec<Vec<String>>);

/// The list as text.
pub(super) fn render(
    catalog: &Catalog,
    what: What,
    agency: Option<&Agency>,
    format: Format,
) -> anyhow::Result<String> {
    let (header, rows) = rows(catalog, what, agency);
    Ok(match format {
        Format::Table => {
            let mut table = comfy_table::Table::new();
            table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
            table.set_header(header);
            table.add_rows(rows);
            format!("{table}\n")
        }
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(&header)?;
            for row in rows {
                writer.write_record(row)?;
            }
            String::from_utf8(writer.into_inner()?)?
        }
        Format::Json => {
            let objects: Vec<serde_json::Map<String, serde_json::Value>> = rows
                .into_iter()
                .map(|row| {
                    header
                        .iter()
                        .map(|key| (*key).to_owned())
                        .zip(row.into_iter().map(Into::into))
                        .collect()
                })
                .collect();
            format!("{}\n", serde_json::to_string_pretty(&objects)?)
        }
    })
}

fn rows(catalog: &Catalog, what: What, agency: Option<&Agency>) -> Rows {
    let annexes: Vec<&Annex> = match agency {
        Some(agency) => catalog.annex(agency).into_iter().collect(),
        None => catalog.annexes.values().rev().collect(),
    };
    let tasks =
        || annexes.iter().flat_map(|annex| annex.tasks.iter().map(move |t| (annex, t)));
    let unit =
        |id: &str| catalog.unit(id).map_or(String::new(), |unit| unit.name.clone());
    match what {
        What::Agencies => (
            vec!["ma", "ten", "loai", "ky_hieu"],
            catalog
                .agencies
                .iter()
                .filter(|known| agency.is_none_or(|agency| agency.id == known.id))
                .map(|a| {
                    vec![
                        a.id.clone(),
                        a.name.clone(),
                        a.kind_label.clone(),
                        a.symbol.clone(),
                    ]
                })
                .collect(),
        ),
        What::Tasks => (
            vec!["ma", "phu_luc", "muc", "nhiem_vu", "dau_moi"],
            tasks()
                .map(|(annex, task)| {
                    vec![
                        task.id.clone(),
                        annex.name.clone(),
                        task.cite.clone(),
                        task.title.clone(),
                        unit(&task.unit),
                    ]
                })
                .collect(),
        ),
        What::Units => (
            vec!["ma", "don_vi", "so_nhiem_vu"],
            catalog
                .units
                .iter()
                .map(|known| {
                    let count = tasks().filter(|(_, task)| task.unit == known.id).count();
                    vec![known.id.clone(), known.name.clone(), count.to_string()]
                })
                .collect(),
        ),
        What::Deadlines => {
            let mut dated: Vec<_> = tasks()
                .flat_map(|(annex, task)| {
                    task.deadlines.iter().flat_map(move |deadline| {
                        deadline.entries(catalog.year).into_iter().map(move |entry| {
                            let row = vec![
                                entry.ends.map_or(String::new(), |day| day.to_string()),
                                deadline.printed.clone(),
                                annex.name.clone(),
                                task.id.clone(),
                                deadline
                                    .what
                                    .clone()
                                    .unwrap_or_else(|| task.title.clone()),
                            ];
                            (entry.ends.unwrap_or(chrono::NaiveDate::MAX), row)
                        })
                    })
                })
                .collect();
            dated.sort_by_key(|(ends, _)| *ends);
            (
                vec!["ngay", "thoi_han", "phu_luc", "ma", "viec"],
                dated.into_iter().map(|(_, row)| row).collect(),
            )
        }
    }
}

/// A profile in which every option stands, commented, with its default.
pub(super) fn profile(catalog: &Catalog, agency: &Agency) -> String {
    let mut text = format!(
        "# Hồ sơ kế hoạch chuyển đổi số năm {} của {}.\n\
         # Dòng bắt đầu bằng # là chú thích. Bỏ dấu # ở đầu dòng để dùng một tùy chọn.\n\n\
         agency = \"{}\"\n\
         # guidance = \"inline\"   # hướng dẫn: inline (trong văn bản), comments (bình luận Word), none\n\n",
        catalog.year, agency.running, agency.name
    );
    let header: Vec<String> =
        agency.header.iter().map(|line| format!("\"{line}\"")).collect();
    let _ = write!(
        text,
        "[issue]\n# form = \"plan\"          # plan: Kế hoạch; decision: kèm theo Quyết định\n\
         # number = \"05\"\n# date = {}\n# symbol = \"KH-{}\"\n# place = \"{}\"\n\
         # header = [{}]\n# subject = \"Chuyển đổi số {} năm {}\"\n# preamble = [\"…\"]\n\
         # recipients = [\"…\"]\n# archive = \"{}\"\n\n\
         [signatory]\n# name = \"…\"\n# role = \"head\"          # head: cấp trưởng; deputy: cấp phó ký thay (KT.)\n\
         # lines = [\"…\"]\n\n",
        catalog.due_before.pred_opt().unwrap_or(catalog.due_before),
        agency.symbol,
        agency.place,
        header.join(", "),
        agency.running,
        catalog.year,
        agency.archive,
    );
    text.push_str(CONTENT);
    if let Some(annex) = catalog.annex(agency) {
        for task in &annex.tasks {
            let _ = write!(
                text,
                "\n[[task]] # {}: {}\nid = \"{}\"\n",
                task.cite, task.title, task.id
            );
            for choice in &task.choices {
                let options: Vec<&str> =
                    choice.options.iter().map(|o| o.id.as_str()).collect();
                let _ = writeln!(text, "# {}: {}", choice.prompt, options.join(", "));
            }
            if let Some(choice) = task.choices.first()
                && let Some(option) = choice.options.first()
            {
                let _ = writeln!(
                    text,
                    "# choices = {{ {} = [\"{}\"] }}",
                    choice.id, option.id
                );
            }
            let _ = write!(
                text,
                "# lead = \"{}\"\n# partners = [\"…\"]\n# product = \"…\"\n# actions = [\"…\"]\n\
                 # goal = \"…\"\n# scale = \"…\"\n# budget = \"1.234,5\"\n# source = \"…\"\n\
                 # status = \"new\"\n# deadline = {}-06-15\n",
                task.lead, catalog.year
            );
        }
    }
    text
}

const CONTENT: &str = "\
[review]
# progress = [\"…\"]       # mức độ hoàn thành mục tiêu theo Kế hoạch 5 năm
# difficulties = [\"…\"]   # khó khăn, hạn chế
# effects = [\"…\"]        # hiệu quả kinh tế - xã hội
# proposals = [\"…\"]      # đề xuất giải pháp
# funding = [\"…\"]        # tình hình bố trí kinh phí
# it_share = \"1,2%\"      # tỷ lệ chi công nghệ thông tin trên tổng chi ngân sách

[solutions]
# resources = [\"…\"]      # thu hút nguồn lực
# partnership = [\"…\"]    # nhà nước, doanh nghiệp, tổ chức xã hội
# international = [\"…\"]  # hợp tác quốc tế
# other = [\"…\"]

[funding]
# sources = [\"…\"]        # nguồn kinh phí

# Những mục dưới đây lặp lại được; mỗi mục một mã `id` riêng.
# [[result]]             # kết quả năm trước theo đề mục: awareness-day, infrastructure …
# heading = \"awareness-day\"
# achieved = [\"…\"]
# shortcomings = [\"…\"]
# [[past_target]]        # mục tiêu năm trước
# id = \"dvc-toan-trinh\"
# indicator = \"…\"
# planned = \"…\"
# achieved = \"…\"
# verdict = \"Đạt\"
# [[target]]             # mục tiêu năm kế hoạch
# id = \"dvc-toan-trinh\"
# indicator = \"…\"
# planned = \"…\"
# lead = \"…\"
# [[past_project]]       # dự án đầu tư công năm trước; [[past_expense]]: nhiệm vụ chi thường xuyên
# id = \"trung-tam-du-lieu\"
# name = \"…\"
# goal = \"…\"
# content = \"…\"
# total = \"1.234,5\"      # triệu đồng
# spent = \"1.000\"
# source = \"…\"
# period = \"2022 - 2023\"
# state = \"…\"
# [[project]]            # dự án năm kế hoạch
# id = \"kho-du-lieu\"
# name = \"…\"
# content = \"…\"
# period = \"2024\"
# lead = \"…\"
# budget = \"1.234,5\"
# source = \"…\"
# [[own_task]]           # nhiệm vụ riêng của cơ quan
# id = \"do-thi-thong-minh\"
# section = \"government\"
# title = \"…\"
# actions = [\"…\"]
# [[left_out]]           # nhiệm vụ không đưa vào kế hoạch
# task = \"…\"
# reason = \"…\"
# [[basis]]              # căn cứ riêng của cơ quan
# id = \"nghi-quyet\"
# text = \"…\"
# [[duty]]               # trách nhiệm của một cơ quan
# unit = \"…\"
# duties = [\"…\"]
";
