//! What `khung list` prints: the catalogue as tables.

use clap::ValueEnum;
use comfy_table::ContentArrangement;

use super::calendar;
use crate::catalog::agency::Agency;
use crate::catalog::{Annex, Catalog};

/// What to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
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
    /// Lịch iCalendar, chỉ cho thời hạn.
    Ics,
}

/// Width of a table that no terminal bounds.
const PIPE_WIDTH: u16 = 110;

/// A column's key, as JSON and CSV have it, for a reader of the table.
fn title(key: &str) -> &str {
    let titles = [
        ("ma", "Mã"),
        ("ten", "Tên"),
        ("loai", "Loại"),
        ("ky_hieu", "Ký hiệu"),
        ("phu_luc", "Phụ lục"),
        ("muc", "Mục"),
        ("nhiem_vu", "Nhiệm vụ"),
        ("dau_moi", "Đơn vị đầu mối hỗ trợ"),
        ("don_vi", "Đơn vị"),
        ("so_nhiem_vu", "Số nhiệm vụ"),
        ("ngay", "Ngày"),
        ("thoi_han", "Thời hạn"),
        ("viec", "Việc"),
    ];
    titles.iter().find(|(known, _)| *known == key).map_or(key, |(_, title)| title)
}

/// A table that fits the terminal.
pub(super) fn table(header: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::UTF8_HORIZONTAL_ONLY);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    let terminal = terminal_size::terminal_size_of(std::io::stdout());
    table.set_width(terminal.map_or(PIPE_WIDTH, |(width, _)| width.0));
    table.set_header(header);
    table.add_rows(rows);
    format!("{table}\n")
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
        Format::Ics => {
            anyhow::ensure!(
                what == What::Deadlines,
                "chỉ thời hạn mới có dạng ics. Gõ `khung list deadlines --format ics`, hoặc chọn dạng khác."
            );
            calendar::render(catalog, agency)
        }
        Format::Table => {
            let titles: Vec<&str> = header.iter().map(|key| title(key)).collect();
            table(&titles, rows)
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
                .filter(|agency| agency.is_active())
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
                        task.printed_in(annex),
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
                                entry
                                    .printed
                                    .clone()
                                    .unwrap_or_else(|| deadline.printed.clone()),
                                task.printed_in(annex),
                                task.id.clone(),
                                entry
                                    .about(deadline.what.as_ref().unwrap_or(&task.title)),
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
