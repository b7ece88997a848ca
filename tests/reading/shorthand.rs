//! Short ways to write what a Word text is made of, for cases and for the fuzzer's seeds.

/// What each means.
pub(crate) const SHORTHAND: [(&str, &str); 6] = [
    ("«", "<w:bookmarkStart w:id=\"1\" w:name=\"_khung_"),
    ("»", "\"/><w:bookmarkEnd w:id=\"1\"/>"),
    ("‹", "<w:pPr><w:pStyle w:val=\""),
    ("›", "\"/></w:pPr>"),
    ("⟦", "<w:r><w:t xml:space=\"preserve\">"),
    ("⟧", "</w:t></w:r>"),
];
