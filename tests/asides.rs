//! What a Word plan says beside its text follows the catalogue and the profile, too: guidance
//! in comments, and the line at the top of its pages.

use khung::catalog::Catalog;
use khung::diagnostic::Code;
use khung::docx::package::Package;
use khung::template::Templates;
use khung::update::{Event, Updated, update};

const OLD: &str = "Nguồn: Mục 2.2 Phụ lục I";
const NEW: &str = "Nguồn: Mục 2.2.1 Phụ lục I";

fn part(plan: &[u8], name: &str) -> String {
    let package = Package::read(plan).unwrap();
    String::from_utf8(package.part(name).unwrap_or_default().to_vec()).unwrap()
}

fn edit(plan: &[u8], name: &str, from: &str, to: &str) -> Vec<u8> {
    let mut package = Package::read(plan).unwrap();
    let (_, bytes) = package.parts.iter_mut().find(|(known, _)| known == name).unwrap();
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.contains(from), "{from}");
    *bytes = text.replace(from, to).into_bytes();
    package.write().unwrap()
}

/// A plan whose profile has these lines beside the agency.
fn draft(lines: &str) -> Vec<u8> {
    let (catalog, templates) = crate::embedded();
    let profile = crate::source("p.toml", &profile(lines));
    khung::build(&catalog, &templates, &profile, None).0.unwrap().docx().unwrap()
}

fn profile(lines: &str) -> String {
    format!("agency = \"Lào Cai\"\n{lines}\n")
}

/// Updates a plan; once is enough, and what is checked then is no guidance that people wrote in.
fn updated(plan: &[u8], catalog: &Catalog, lines: Option<&str>) -> Updated {
    let (_, templates) = crate::embedded();
    let given = lines.map(|lines| crate::source("new.toml", &profile(lines)));
    let once = |plan: &[u8], templates: &Templates| {
        let (updated, _) = update(plan, catalog, templates, given.as_ref(), false);
        updated.unwrap().unwrap()
    };
    let updated = once(plan, &templates);
    let again = once(&updated.plan, &templates);
    assert_eq!(again.report.changes(), 0, "{:#?}", again.report);
    assert!(again.plan == updated.plan);
    updated
}

fn codes(plan: &[u8]) -> Vec<Code> {
    let (catalog, _) = crate::embedded();
    let found = khung::review::review("plan.docx", plan, &catalog).unwrap();
    found.iter().map(|diagnostic| diagnostic.code).collect()
}

fn told(updated: &Updated) -> Vec<(Event, &str)> {
    let entries = updated.report.entries.iter();
    entries.map(|entry| (entry.event, entry.section.as_str())).collect()
}

fn corrected() -> Catalog {
    crate::update::next(&[("cite = \"Mục 2.2\"", "cite = \"Mục 2.2.1\"")])
}

const ABOUT: &str =
    "Hướng dẫn – 3.2. Mỗi người dân trưởng thành có một điện thoại thông minh";

#[test]
fn guidance_in_comments_follows_the_catalogue() {
    let plan = draft("guidance = \"comments\"");
    assert!(part(&plan, "word/comments.xml").contains(OLD));
    let updated = updated(&plan, &corrected(), None);
    let comments = part(&updated.plan, "word/comments.xml");
    assert!(comments.contains(NEW) && !comments.contains(OLD));
    let count = |text: &str| text.matches("<w:comment ").count();
    assert_eq!(count(&comments), count(&part(&plan, "word/comments.xml")));
    assert!(told(&updated).contains(&(Event::Changed, ABOUT)), "{:#?}", told(&updated));
    assert!(!codes(&updated.plan).contains(&Code::EditedGuidance));
}

#[test]
fn a_comment_in_which_people_wrote_stays() {
    let plan = draft("guidance = \"comments\"");
    let mine = "Nguồn: Mục 2.2, hỏi lại anh Tú, Phụ lục I";
    let plan = edit(&plan, "word/comments.xml", OLD, mine);
    let updated = updated(&plan, &corrected(), None);
    let comments = part(&updated.plan, "word/comments.xml");
    assert!(comments.contains(mine) && !comments.contains(NEW));
    assert!(told(&updated).contains(&(Event::StaysDeleted, ABOUT)));
}

/// Takes a comment's anchors out of a text, as Word does when somebody deletes it.
fn without_comment(plan: &[u8], id: &str) -> Vec<u8> {
    let mut plan = plan.to_vec();
    for mark in [
        format!("<w:commentRangeStart w:id=\"{id}\" />"),
        format!("<w:commentRangeEnd w:id=\"{id}\" />"),
        format!("<w:commentReference w:id=\"{id}\" />"),
    ] {
        plan = edit(&plan, "word/document.xml", &mark, "");
    }
    plan
}

#[test]
fn equal_comments_are_told_apart_by_their_place() {
    let plan = draft("guidance = \"comments\"");
    let all = part(&plan, "word/comments.xml");
    let of_section_1 = "Nguồn: Mục 1 Phụ lục I";
    let first = all.find(of_section_1).unwrap();
    let id = all[..first].rsplit_once("<w:comment w:id=\"").unwrap().1;
    let deleted = without_comment(&plan, id.split('"').next().unwrap());
    let mut typed_over = all.clone();
    typed_over.insert_str(first, "Hỏi lại: ");
    let typed_over = edit(&plan, "word/comments.xml", &all, &typed_over);
    let count = |text: &str| text.matches(of_section_1).count();
    assert!(count(&all) > 1);
    let catalog = crate::update::next(&[(
        "id = \"policy-online-services\"\ncite = \"Mục 1\"",
        "id = \"policy-online-services\"\ncite = \"Mục 1.0\"",
    )]);
    for plan in [deleted, typed_over] {
        let updated = updated(&plan, &catalog, None);
        let comments = part(&updated.plan, "word/comments.xml");
        assert_eq!(count(&comments), count(&all));
        assert!(!comments.contains("Mục 1.0"));
        assert_eq!(told(&updated).last().unwrap().0, Event::StaysDeleted);
    }
}

#[test]
fn a_comment_that_ends_between_two_paragraphs_goes_whole() {
    let plan = draft("guidance = \"comments\"");
    let body = part(&plan, "word/document.xml");
    let mut moved = String::new();
    // Word ends a range behind the paragraph where somebody marked that to its end.
    for paragraph in body.split_inclusive("</w:p>") {
        match paragraph.split_once("<w:commentRangeEnd") {
            Some((front, rest)) if !paragraph.contains("<w:tbl>") => {
                let (end, rest) = rest.split_once("/>").unwrap();
                moved.extend([front, rest, "<w:commentRangeEnd", end, "/>"]);
            }
            _ => moved.push_str(paragraph),
        }
    }
    let plan = edit(&plan, "word/document.xml", &body, &moved);
    let (catalog, _) = crate::embedded();
    let updated = updated(&plan, &catalog, Some("guidance = \"none\""));
    assert!(!part(&updated.plan, "word/document.xml").contains("<w:comment"));
}

/// A picture, as far as it matters here.
const PICTURE: &str = "<w:r><w:pict/></w:r>";

#[test]
fn a_picture_in_guidance_or_beside_the_banner_stays() {
    let (catalog, _) = crate::embedded();
    let plan = draft("guidance = \"comments\"");
    let comments = part(&plan, "word/comments.xml");
    let at = comments.find(OLD).unwrap();
    let at = at + comments[at..].find("</w:p>").unwrap();
    let (front, rest) = comments.split_at(at);
    let with_picture = format!("{front}{PICTURE}{rest}");
    let plan = edit(&plan, "word/comments.xml", &comments, &with_picture);
    let none = updated(&plan, &catalog, Some("guidance = \"none\""));
    assert!(part(&none.plan, "word/comments.xml").contains(PICTURE));

    let plan = draft("banner = \"DỰ THẢO LẦN 1\"");
    let header = part(&plan, "word/header1.xml");
    let at = header.find("DỰ THẢO").unwrap();
    let at = at + header[at..].find("</w:p>").unwrap();
    let (front, rest) = header.split_at(at);
    let plan =
        edit(&plan, "word/header1.xml", &header, &format!("{front}{PICTURE}{rest}"));
    for (line, said) in [("banner = \"DỰ THẢO LẦN 2\"", true), ("", false)] {
        let updated = updated(&plan, &catalog, Some(line));
        let header = part(&updated.plan, "word/header1.xml");
        assert!(header.contains(PICTURE) && !header.contains("LẦN 1"));
        assert_eq!(header.contains("LẦN 2"), said);
    }
}

#[test]
fn a_banner_that_somebody_deletes_waits_for_the_decision() {
    let (catalog, _) = crate::embedded();
    let mut plan = draft("banner = \"DỰ THẢO LẦN 1\"");
    for name in ["word/header1.xml", "word/header2.xml"] {
        let header = part(&plan, name);
        let (front, rest) =
            header.split_once("<w:r><w:t xml:space=\"preserve\">DỰ").unwrap();
        let (line, rest) = rest.split_once("</w:t></w:r>").unwrap();
        let struck = format!(
            "{front}<w:del w:id=\"7\" w:author=\"Lan\"><w:r><w:delText>DỰ{line}</w:delText></w:r></w:del>{rest}"
        );
        plan = edit(&plan, name, &header, &struck);
    }
    let updated = updated(&plan, &catalog, Some("banner = \"DỰ THẢO LẦN 2\""));
    assert_eq!(part(&updated.plan, "word/header1.xml"), part(&plan, "word/header1.xml"));
    assert_eq!(told(&updated), [(Event::Conflict, "Dòng đầu trang")]);
}

#[test]
fn somebody_s_comment_outlives_text_that_goes() {
    let action = "Lập danh sách hộ nghèo, hộ cận nghèo để triển khai.";
    let plan = draft("guidance = \"comments\"");
    let plan = edit(
        &plan,
        "word/comments.xml",
        "</w:comments>",
        "<w:comment w:id=\"900\" w:author=\"Lan\"><w:p><w:r><w:t>Hỏi huyện</w:t></w:r></w:p></w:comment></w:comments>",
    );
    let body = part(&plan, "word/document.xml");
    let at = body.find(action).unwrap();
    let at = at + body[at..].find("</w:p>").unwrap();
    let (front, rest) = body.split_at(at);
    let reference = "<w:r><w:commentReference w:id=\"900\"/></w:r>";
    let plan =
        edit(&plan, "word/document.xml", &body, &format!("{front}{reference}{rest}"));
    let catalog = crate::update::next(&[(&format!("    \"{action}\",\n"), "")]);
    let (_, templates) = crate::embedded();
    for accept in [false, true] {
        let (updated, _) = update(&plan, &catalog, &templates, None, accept);
        let updated = updated.unwrap().unwrap();
        assert!(part(&updated.plan, "word/comments.xml").contains("Hỏi huyện"));
        assert!(part(&updated.plan, "word/document.xml").contains(reference));
        assert_eq!(updated.report.conflicts(), usize::from(accept));
    }
}

/// Puts an answer to the comment that says [`OLD`] into a plan, as Word keeps it.
fn answered(plan: &[u8]) -> Vec<u8> {
    let comments = "word/comments.xml";
    let text = part(plan, comments);
    let at = text.find(OLD).unwrap();
    let end = at + text[at..].find("</w:comment>").unwrap();
    let last = text[..end].rfind("<w:p>").unwrap();
    let mut new = text.clone();
    new.insert_str(
        end + "</w:comment>".len(),
        "<w:comment w:id=\"900\" w:author=\"Tú\"><w:p w14:paraId=\"00000002\"><w:r><w:t>Hỏi lại</w:t></w:r></w:p></w:comment>",
    );
    new.replace_range(last..last + 4, " w14:paraId=\"00000001\">");
    let new = new.replacen("> w14:paraId", "><w:p w14:paraId", 1);
    let plan = edit(plan, comments, &text, &new);
    let mut package = Package::read(&plan).unwrap();
    let thread = "<w15:commentsEx xmlns:w15=\"http://schemas.microsoft.com/office/word/2012/wordml\"><w15:commentEx w15:paraId=\"00000001\" w15:done=\"0\"/><w15:commentEx w15:paraId=\"00000002\" w15:paraIdParent=\"00000001\" w15:done=\"0\"/></w15:commentsEx>";
    package.parts.push(("word/commentsExtended.xml".to_owned(), thread.into()));
    let plan = package.write().unwrap();
    let plan = edit(
        &plan,
        "[Content_Types].xml",
        "</Types>",
        "<Override PartName=\"/word/commentsExtended.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.commentsExtended+xml\"/></Types>",
    );
    edit(
        &plan,
        "word/_rels/document.xml.rels",
        "</Relationships>",
        "<Relationship Id=\"rId900\" Type=\"http://schemas.microsoft.com/office/2011/relationships/commentsExtended\" Target=\"commentsExtended.xml\"/></Relationships>",
    )
}

#[test]
fn a_comment_that_somebody_answered_stays() {
    let plan = answered(&draft("guidance = \"comments\""));
    let (catalog, _) = crate::embedded();
    for (catalog, lines) in
        [(&corrected(), None), (&catalog, Some("guidance = \"none\""))]
    {
        let updated = updated(&plan, catalog, lines);
        let comments = part(&updated.plan, "word/comments.xml");
        assert!(comments.contains(OLD) && comments.contains("Hỏi lại"));
        assert!(told(&updated).contains(&(Event::StaysDeleted, ABOUT)));
    }
}

#[test]
fn guidance_goes_where_the_profile_wants_it() {
    let (catalog, _) = crate::embedded();
    let place = |plan: &[u8]| {
        let body = part(plan, "word/document.xml");
        let start = body.find(OLD).map(|at| body[..at].rfind("<w:p>").unwrap());
        let in_body = start.map(|start| {
            let text = body[start..].split("</w:p>").next().unwrap();
            ["w:del ", "w:ins "].map(|mark| text.contains(mark))
        });
        (in_body, part(plan, "word/comments.xml").contains(OLD))
    };
    let (struck, new) = (Some([true, false]), Some([false, true]));
    let cases = [
        ("inline", "comments", (struck, true)),
        ("inline", "none", (struck, false)),
        ("comments", "inline", (new, false)),
        ("comments", "none", (None, false)),
        ("none", "inline", (new, false)),
        ("none", "comments", (None, true)),
    ];
    for (from, to, expected) in cases {
        let line = |kind: &str| format!("guidance = \"{kind}\"");
        let updated = updated(&draft(&line(from)), &catalog, Some(&line(to)));
        assert_eq!(place(&updated.plan), expected, "{from} {to}");
        assert_eq!(updated.report.conflicts(), 0, "{from} {to}");
        let codes = codes(&updated.plan);
        assert!(!codes.contains(&Code::EditedGuidance), "{from} {to}: {codes:?}");
    }
}

#[test]
fn the_line_at_the_top_of_the_pages_follows_the_profile() {
    let (catalog, _) = crate::embedded();
    let plan = draft("banner = \"DỰ THẢO LẦN 1\"");
    let first = |plan: &[u8]| part(plan, "word/header1.xml");
    assert!(first(&plan).contains("DỰ THẢO LẦN 1"));
    let other = updated(&plan, &catalog, Some("banner = \"DỰ THẢO 2 & 3\""));
    for header in ["word/header1.xml", "word/header2.xml"] {
        assert!(part(&other.plan, header).contains("DỰ THẢO 2 &amp; 3"));
        assert!(!part(&other.plan, header).contains("LẦN 1"));
    }
    assert_eq!(told(&other), [(Event::Changed, "Dòng đầu trang")]);
    let none = updated(&plan, &catalog, Some(""));
    assert!(!first(&none.plan).contains("DỰ THẢO"));
    assert_eq!(told(&none), [(Event::Removed, "Dòng đầu trang")]);
    // Somebody's own line, or none, is not written over.
    let own = edit(&plan, "word/header1.xml", "DỰ THẢO LẦN 1", "MẬT");
    let own = edit(&own, "word/header2.xml", "DỰ THẢO LẦN 1", "MẬT");
    for plan in [own, draft("")] {
        let left = updated(&plan, &catalog, Some("banner = \"DỰ THẢO LẦN 2\""));
        assert_eq!(first(&left.plan), first(&plan));
        assert_eq!(told(&left), [(Event::Conflict, "Dòng đầu trang")]);
    }
}

#[test]
fn a_comment_that_changes_keeps_its_thread() {
    // Word marks a comment as done in another part, by the id of its last paragraph.
    let plan = draft("guidance = \"comments\"");
    let comments = part(&plan, "word/comments.xml");
    let start = comments[..comments.find(OLD).unwrap()].rfind("<w:comment ").unwrap();
    let end = start + comments[start..].find("</w:comment>").unwrap();
    let last = comments[..end].rfind("<w:p>").unwrap();
    let mut marked = comments.clone();
    marked.replace_range(last..last + 5, "<w:p w14:paraId=\"00000001\">");
    let plan = edit(&plan, "word/comments.xml", &comments, &marked);
    let updated = updated(&plan, &corrected(), None);
    let comments = part(&updated.plan, "word/comments.xml");
    let start = comments[..comments.find(NEW).unwrap()].rfind("<w:comment ").unwrap();
    let comment = comments[start..].split("</w:comment>").next().unwrap();
    let last = &comment[comment.rfind("<w:p ").unwrap()..];
    assert!(last.starts_with("<w:p w14:paraId=\"00000001\">"), "{comment}");
    assert_eq!(comments.matches("w14:paraId").count(), 1);
}

#[test]
fn pages_of_a_drafter_s_do_not_end_in_text_that_goes() {
    let action = "Lập danh sách hộ nghèo, hộ cận nghèo để triển khai.";
    let turned = "<w:sectPr><w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/></w:sectPr>";
    let plan = draft("");
    let body = part(&plan, "word/document.xml");
    let at = body.find(action).unwrap();
    let at = body[..at].rfind("</w:pPr>").unwrap();
    let (front, rest) = body.split_at(at);
    let plan = edit(&plan, "word/document.xml", &body, &format!("{front}{turned}{rest}"));
    let catalog = crate::update::next(&[(&format!("    \"{action}\",\n"), "")]);
    let (_, templates) = crate::embedded();
    for accept in [false, true] {
        let (updated, _) = update(&plan, &catalog, &templates, None, accept);
        let updated = updated.unwrap().unwrap();
        let body = part(&updated.plan, "word/document.xml");
        let holds = |paragraph: &&str| paragraph.contains(turned);
        let ends: Vec<&str> = body.split("<w:p>").filter(holds).collect();
        let [end] = ends[..] else { panic!("{ends:?}") };
        assert!(!end.contains("<w:del ") && !end.contains("<w:t"), "{end}");
        // The paragraph that went stood there: what is above it is on these pages, the next
        // action is not.
        let (above, below) = body.split_once(turned).unwrap();
        assert_ne!(above.contains(action), accept);
        assert!(!below.contains(action));
    }
}
