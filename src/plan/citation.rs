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

/// How far in front a document stands among legal bases: those of the Party, laws, the
/// Government's, the Prime Minister's, ministries', the agency's own.
pub(super) fn force(text: &str) -> usize {
    const SYMBOLS: [&[&str]; 5] = [
        &["/TW", "-NQ/TW", "-CT/TW", "-KL/TW", "-QĐ/TW"],
        &["/QH", "/UBTVQH"],
        &["/NĐ-CP", "/NQ-CP"],
        &["-TTg"],
        &["/TT-", "/QĐ-B", "/QĐ-UBQG", "/NQ-UBQG", "/CT-B"],
    ];
    let begins = |words: &[&str]| words.iter().any(|word| text.starts_with(word));
    if begins(&["Hiến pháp", "Bộ luật", "Luật", "Pháp lệnh"]) {
        return 1;
    }
    let number =
        text.split_whitespace().find(|word| word.contains('/') && word.contains('-'));
    let number = number.unwrap_or_default();
    // What has no number yet is known by who issues it.
    let issuers = [
        "của Bộ Chính trị",
        "của Quốc hội",
        "của Chính phủ",
        "của Thủ tướng Chính phủ",
        "của Bộ trưởng",
    ];
    let by_number =
        SYMBOLS.iter().position(|these| these.iter().any(|one| number.contains(one)));
    let by_issuer = || issuers.iter().position(|issuer| text.contains(issuer));
    by_number
        .or_else(|| by_issuer().filter(|_| number.is_empty()))
        .unwrap_or(SYMBOLS.len())
}

pub(crate) fn basis_text(document: &Document) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_stand_by_their_force() {
        let mut bases = [
            "Kế hoạch số 12/KH-UBND ngày 01/02/2021 thực hiện Quyết định số 749/QĐ-TTg",
            "Quyết định số 17/QĐ-UBQGCĐS ngày 04/4/2023 của Ủy ban Quốc gia về chuyển đổi số",
            "Quyết định ban hành Khung Kiến trúc của Bộ trưởng Bộ Thông tin và Truyền thông",
            "Quyết định số 749/QĐ-TTg ngày 03/6/2020 của Thủ tướng Chính phủ",
            "Nghị định số 47/2020/NĐ-CP ngày 09/4/2020 của Chính phủ",
            "Luật Giao dịch điện tử ngày 22 tháng 6 năm 2023",
            "Nghị quyết số 52-NQ/TW ngày 27/9/2019 của Bộ Chính trị",
            "Nghị quyết số 10-NQ/TU ngày 01/3/2021 của Tỉnh ủy",
        ];
        bases.sort_by_key(|text| force(text));
        let begin = |text: &&str| text.split(' ').take(3).collect::<Vec<_>>().join(" ");
        assert_eq!(
            bases.iter().map(begin).collect::<Vec<_>>(),
            [
                "Nghị quyết số",
                "Luật Giao dịch",
                "Nghị định số",
                "Quyết định số",
                "Quyết định số",
                "Quyết định ban",
                "Kế hoạch số",
                "Nghị quyết số"
            ]
        );
    }
}
