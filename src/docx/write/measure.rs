//! How long bold text is, for rules as long as the text above them and for lines of a length.

use unicode_normalization::UnicodeNormalization;

/// Widths in thousandths of the type size (Times New Roman, bold). A letter with marks is as
/// wide as the letter.
const WIDTHS: [(&str, usize); 15] = [
    (" ,.", 250),
    ("il/", 278),
    ("fjt-():;[]", 333),
    ("Is", 389),
    ("cerz", 444),
    ("Jagovxy0123456789–“”ơ", 500),
    ("Sbdhknpquđ", 556),
    ("ư", 600),
    ("FP", 611),
    ("BELTZ", 667),
    ("ACDNRUVXYwĐ", 722),
    ("GHKOQƠ", 778),
    ("Ưm", 833),
    ("M", 944),
    ("W", 1000),
];

/// Length in twentieths of a point of a text in type of `size` half points.
pub(super) fn length(text: &str, size: usize) -> usize {
    let width = |letter: char| {
        let known = WIDTHS.iter().find(|(letters, _)| letters.contains(letter));
        known.map(|(_, width)| *width)
    };
    let letter = |c: char| {
        let base = || c.nfd().next().unwrap_or(c);
        width(c).or_else(|| width(horned(c))).or_else(|| width(base())).unwrap_or(500)
    };
    text.chars().map(letter).sum::<usize>() * size / 100
}

/// Ơ and Ư under their tone marks: letters of their own.
fn horned(c: char) -> char {
    match c {
        'Ờ' | 'Ớ' | 'Ở' | 'Ỡ' | 'Ợ' => 'Ơ',
        'ờ' | 'ớ' | 'ở' | 'ỡ' | 'ợ' => 'ơ',
        'Ừ' | 'Ứ' | 'Ử' | 'Ữ' | 'Ự' => 'Ư',
        'ừ' | 'ứ' | 'ử' | 'ữ' | 'ự' => 'ư',
        _ => c,
    }
}

/// Lengths of the lines that a text fills in a width.
pub(super) fn lines(text: &str, size: usize, width: usize) -> Vec<usize> {
    let space = length(" ", size);
    let mut lines = vec![0];
    for word in text.split(' ').map(|word| length(word, size)) {
        match lines.last_mut() {
            Some(line) if *line == 0 => *line = word,
            Some(line) if *line + space + word <= width => *line += space + word,
            _ => lines.push(word),
        }
    }
    lines
}

/// The narrowest width in which the text takes no more lines than in `width`: none of them
/// is left with a word or two.
pub(super) fn balanced(text: &str, size: usize, width: usize) -> usize {
    let most = lines(text, size, width).len();
    let (mut narrow, mut wide) = (0, width);
    while wide - narrow > 20 {
        let middle = usize::midpoint(narrow, wide);
        let taken = lines(text, size, middle);
        if taken.len() <= most && taken.iter().all(|line| *line <= middle) {
            wide = middle;
        } else {
            narrow = middle;
        }
    }
    wide
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_type() {
        // 13 pt: an em is 260 twentieths of a point.
        let rows = [
            ("M", 245),
            ("Ế", 173),
            ("Ự", 216),
            ("ỡ", 130),
            ("đ", 144),
            ("BỘ Y TẾ", 1040),
        ];
        for (text, expected) in rows {
            assert_eq!(length(text, 26), expected, "{text}");
        }
    }

    #[test]
    fn a_title_leaves_no_word_alone() {
        let title = "ĐƠN VỊ ĐẦU MỐI HỖ TRỢ CỦA BỘ THÔNG TIN VÀ TRUYỀN THÔNG";
        let last = |width| lines(title, 28, width).last().copied();
        assert_eq!(last(9071), Some(length("THÔNG", 28)));
        let width = balanced(title, 28, 9071);
        assert_eq!(lines(title, 28, width).len(), 2);
        assert!(last(width) > Some(width / 2));
        let short = balanced("KẾ HOẠCH", 28, 9071);
        assert!(short.abs_diff(length("KẾ HOẠCH", 28)) <= 20, "{short}");
    }
}
