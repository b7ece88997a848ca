//! The proof that a copy for signing says what the plan says: letter for letter, but for the
//! guidance that was generated.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::{Block, BlockKind, Document};
use crate::docx::banner::is_line;
use crate::docx::package::Package;
use crate::docx::read::Main;
use crate::docx::story::{Kind, Story, each, paragraphs, stories};
use crate::docx::xml::Path;
use crate::docx::{bookmark, lint, read_record};
use crate::review::{Guidance, Word, guidance};
use crate::source::{brief, words};

/// What is in a text beside its letters, and must stay.
const KEPT: [&str; 14] = [
    "w:tbl",
    "w:tr",
    "w:tc",
    "w:sectPr",
    "w:drawing",
    "w:pict",
    "w:object",
    "w:hyperlink",
    "w:fldSimple",
    "w:fldChar",
    "w:footnoteReference",
    "w:endnoteReference",
    "w:sdt",
    "m:oMath",
];

/// Proves the copy of a Word file.
///
/// # Errors
/// What is not the same.
pub(super) fn word(
    plan: &Word,
    copy: &Package,
    base: &Document,
    banner: Option<&str>,
) -> Result<(), Vec<String>> {
    let before = &plan.stories;
    let main = Main::of(copy).map_err(|error| vec![error.to_string()])?;
    let after = stories(copy, main).map_err(|error| vec![error.to_string()])?;
    let mut wrong: Vec<String> = Vec::new();
    if before.len() != after.len() {
        wrong.push("thiếu một phần của tệp".to_owned());
    }
    let guidance = guidance::texts(base);
    for (was, is) in before.iter().zip(&after) {
        let may_go = |text: &str| match was.kind {
            Kind::Body => guidance.contains(&words(text)),
            Kind::Header => banner.is_some_and(|banner| is_line(text, banner)),
            Kind::Footer | Kind::Notes => false,
        };
        let (was_said, is_said) = (texts(was), texts(is));
        wrong.extend(differences(&was_said, &is_said, may_go));
        let is_banner = |text: &&String| {
            was.kind == Kind::Header && banner.is_some_and(|banner| is_line(text, banner))
        };
        wrong.extend(is_said.iter().find(is_banner).map(|text| format!("còn {text}")));
        if counts(was) != counts(is) {
            wrong.push(format!("thiếu hình, bảng hoặc trường trong {}", was.part));
        }
    }
    let known: BTreeSet<_> = lint::lint(&plan.package).into_iter().collect();
    let new = lint::lint(copy).into_iter().filter(|finding| !known.contains(finding));
    wrong.extend(new.map(|finding| finding.what));
    let left = |mark: &str| {
        let part = copy.part(&plan.main().part).unwrap_or_default();
        part.windows(mark.len()).any(|window| window == mark.as_bytes())
    };
    let marks = [
        (bookmark::mark(""), "dấu ẩn của khung"),
        ("<w:commentReference".to_owned(), "bình luận"),
    ];
    let left = marks.iter().filter(|(mark, _)| left(mark));
    wrong.extend(left.map(|(_, what)| format!("còn {what}")));
    if read_record(copy).is_some() {
        wrong.push("còn thông tin của khung".to_owned());
    }
    wrong.truncate(3);
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn texts(story: &Story) -> Vec<String> {
    let mut texts = paragraphs(&story.nodes);
    texts.retain(|text| !text.trim().is_empty());
    texts
}

fn counts(story: &Story) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    each(&story.nodes, &mut Path::new(), &mut |element, _| {
        if let Some(kept) = KEPT.iter().find(|kept| element.name == **kept) {
            *counts.entry(*kept).or_default() += 1;
        }
    });
    counts
}

/// Texts of `before` that `after` does not have at their place though they may not go, and
/// texts that `after` has beyond.
fn differences(
    before: &[String],
    after: &[String],
    may_go: impl Fn(&str) -> bool,
) -> Vec<String> {
    let mut rest = after.iter().peekable();
    let mut wrong = Vec::new();
    for text in before {
        if rest.next_if_eq(&text).is_none() && !may_go(text) {
            wrong.push(brief(text));
        }
    }
    wrong.extend(rest.map(|text| brief(text)));
    wrong
}

/// Proves the copy of a Markdown file.
///
/// # Errors
/// What is not the same.
pub(super) fn markdown(
    plan: &Document,
    copy: &str,
    guidance: &Guidance,
    without_banner: bool,
) -> Result<(), Vec<String>> {
    let Ok(read) = crate::markdown::parse(copy) else {
        return Err(vec!["không đọc lại được".to_owned()]);
    };
    let stays = plan.sections.iter().enumerate().flat_map(|(s, section)| {
        let goes = super::markdown::is_banner(section, without_banner);
        let blocks = section.blocks.iter().enumerate();
        blocks
            .filter(move |(b, _)| !goes && !guidance.whole.contains(&(s, *b)))
            .map(|(_, block)| bare(block))
    });
    let before: Vec<BlockKind> = stays.collect();
    let after: Vec<BlockKind> =
        read.sections.iter().flat_map(|section| &section.blocks).map(bare).collect();
    if before == after && read.sections.iter().all(|section| section.id.is_none()) {
        return Ok(());
    }
    let differs = before.iter().zip(&after).find(|(was, is)| was != is);
    let text = differs.map_or_else(
        || "thiếu hoặc thừa một đoạn".to_owned(),
        |(was, _)| brief(&was.plain()),
    );
    Err(vec![text])
}

/// A block as people see it.
fn bare(block: &Block) -> BlockKind {
    let mut kind = block.kind.clone();
    if let BlockKind::Table(table) = &mut kind {
        for row in &mut table.rows {
            row.id = None;
            row.source = 0..0;
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docx::{Properties, read, write};
    use crate::identity::Names;
    use crate::markdown::parse;

    /// A copy khung must refuse to write.
    #[test]
    fn a_copy_that_is_not_the_plan_is_refused() {
        let base = parse(
            "<!-- khung: a -->\n# Một\n\nhai\n\n| b |\n| - |\n| c |\n\n<!-- khung: guide-a -->\n> Nêu.\n",
        )
        .unwrap();
        let bytes = write(&base, &Properties::default(), ToOwned::to_owned).unwrap();
        let plan = Package::read(&bytes).unwrap();
        let body = Main::of(&plan).unwrap();
        let reading = read::read(&plan, &body, &base, &Names::default()).unwrap();
        let main = body.part.clone();
        let said = stories(&plan, body).unwrap();
        let guidance = [vec![0, 0, 3]].into();
        let copy = crate::docx::strip::strip(&plan, &main, &said, &guidance, None);
        let plan = Word { package: plan, reading, stories: said, comments: Vec::new() };
        let proves = |from: &str, to: &str| {
            let mut copy = copy.clone();
            let text = copy.part(&main).unwrap();
            let text = String::from_utf8(text.to_vec()).unwrap();
            assert!(text.contains(from), "{from} in {text}");
            copy.replace(&main, text.replace(from, to).into_bytes());
            word(&plan, &copy, &base, None)
        };
        assert_eq!(proves("hai", "hai"), Ok(()));
        assert_eq!(
            proves("hai", "ha"),
            Err(["hai", "b", "c"].map(ToOwned::to_owned).to_vec())
        );
        assert!(proves("<w:tbl>", "<w:p/><w:tbl>").is_ok());
        assert!(proves("<w:tc>", "<w:sdt/><w:tc>").is_err());
        let bookmark = "<w:bookmarkStart w:id=\"1\" w:name=\"_khung_a_1\"/><w:tbl>";
        let left = proves("<w:tbl>", bookmark).unwrap_err();
        assert!(left.contains(&"còn dấu ẩn của khung".to_owned()), "{left:?}");
        // The plan itself is no copy: it still carries what is khung's.
        assert!(word(&plan, &plan.package, &base, None).is_err());
    }

    #[test]
    fn only_guidance_may_go_and_nothing_may_come() {
        let told = |before: &[&str], after: &[&str]| {
            let own = |texts: &[&str]| -> Vec<String> {
                texts.iter().map(|text| (*text).to_owned()).collect()
            };
            differences(&own(before), &own(after), |text| text == "h")
        };
        let none: [&str; 0] = [];
        assert_eq!(told(&["a", "h", "b"], &["a", "b"]), none);
        assert_eq!(told(&["a", "h", "b"], &["a", "h", "b"]), none);
        assert_eq!(told(&["a", "b"], &["a"]), ["b"]);
        assert_eq!(told(&["a"], &["a", "b"]), ["b"]);
        assert_eq!(told(&["a", "b"], &["a", "B"]), ["b", "B"]);
        assert_eq!(told(&["a", "b"], &["b", "a"]), ["a", "a"]);
    }
}
