//! How documents are cited, and what the drafter is told about misprints.

use super::slot;
use crate::catalog::deadline::{long_date, short_date};
use crate::catalog::{Document, Erratum};

/// "Quyết định số 749/QĐ-TTg".
pub(crate) fn short_citation(document: &Document) -> String {
    match &document.number {
        Some(number) => format!("{} số {number}", document.kind),
        None => document.kind.clone(),
    }
}

/// Kind, number, date, issuer, title (Nghị định 30, Phụ lục I, II.6b).
pub(crate) fn full_citation(document: &Document, long: bool) -> String {
    let mut text = short_citation(document);
    if let Some(day) = document.date {
        let day =
            if long { long_date(day) } else { format!("ngày {}", short_date(day)) };
        text = format!("{text} {day}");
    }
    if !document.issuer.is_empty() {
        text = format!("{text} của {}", document.issuer);
    }
    if !document.title.is_empty() {
        text = format!("{text} {}", document.title);
    }
    text
}

pub(super) fn basis_text(document: &Document) -> String {
    let text = full_citation(document, true);
    match &document.slot {
        Some(what) => format!("{text} {}", slot(what)),
        None => text,
    }
}

pub(crate) fn erratum_note(erratum: &Erratum) -> String {
    match &erratum.correct {
        Some(correct) => format!(
            "Đính chính: công văn in \"{}\", kế hoạch dùng \"{correct}\". {}",
            erratum.printed, erratum.note
        ),
        None => {
            format!("Cần kiểm tra: công văn in \"{}\". {}", erratum.printed, erratum.note)
        }
    }
}
