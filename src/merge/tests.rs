//! Tables: base, edited, fresh, and what comes of them.

use super::{Change, Conflict, Merge, Renames, Travel, What, merge};
use crate::document::{BlockKind, Document, Text};
use crate::identity::Marks;
use crate::markdown;

/// Reads a document from one line: `#id` opens a section, `=` a heading whose level is the
/// number of signs, `|` parts blocks, `-` is an item, `--` one below it.
pub(super) fn document(line: &str) -> Document {
    let mut text = Vec::new();
    for part in line.split(['|', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let signs = part.len() - part.trim_start_matches('=').len();
        text.push(match part.strip_prefix('#') {
            Some(id) => format!("<!-- khung: {id} -->\n\n"),
            None if signs > 0 => format!("{}{}\n\n", "#".repeat(signs), &part[signs..]),
            None => match part.strip_prefix("--") {
                Some(item) => format!("  - {}\n", item.trim()),
                None if part.starts_with("- ") => format!("{part}\n"),
                None => format!("\n{}\n\n", markdown::escape(part)),
            },
        });
    }
    markdown::parse(&text.concat()).unwrap()
}

/// The plain texts of a document, in the notation of [`document`].
fn shown(document: &Document) -> String {
    let mut parts = Vec::new();
    for section in &document.sections {
        parts.push(section.id.as_ref().map_or("#".to_owned(), |id| format!("#{id}")));
        for block in &section.blocks {
            let plain = block.kind.plain();
            parts.push(match &block.kind {
                BlockKind::Heading(heading) => {
                    format!("{} {plain}", "=".repeat(heading.level.into()))
                }
                BlockKind::Item { depth: 0, .. } => format!("- {plain}"),
                BlockKind::Item { .. } => format!("-- {plain}"),
                _ => plain,
            });
        }
    }
    parts.join(" | ")
}

/// Merges, applies, and checks that doing it again changes nothing.
fn update(base: &str, edited: &str, fresh: &str, renames: &Renames) -> (Merge, String) {
    let (base, edited, fresh) = (document(base), document(edited), document(fresh));
    let merged = merge(&base, &edited, &fresh, renames, &Marks::default());
    let result = merged.apply(&edited);
    let again = merge(&fresh, &result, &fresh, renames, &Marks::default());
    assert!(again.changes_nothing(), "{again:?}");
    (merged, shown(&result))
}

#[test]
fn blocks_merge() {
    let rows = [
        // base | edited | fresh | result, and how many conflicts
        ("a | b", "a | b", "a | x", "a | x", 0),
        ("a | b", "a | y", "a | b", "a | y", 0),
        ("a | b", "a | y", "x | b", "x | y", 0),
        ("a | b", "a | y", "a | x", "a | y", 1),
        ("a | b", "a | x", "a | x", "a | x", 0),
        // Own paragraphs stay with their neighbours.
        ("a | b", "a | own | b", "a | new | b", "a | new | own | b", 0),
        ("a | b", "own | a | b", "a | x", "own | a | x", 0),
        ("a | b | c", "a | b | own | c", "a | c", "a | own | c", 0),
        // Deleted by the drafter.
        ("a | b | c", "a | c", "a | b đổi | c", "a | c", 0),
        ("a | b | c", "a | c", "a | b | new | c", "a | new | c", 0),
        // Removed by the catalogue.
        ("a | b | c", "a | b | c", "a | c", "a | c", 0),
        ("a | b | c", "a | b thêm | c", "a | c", "a | b thêm | c", 1),
        // Added by both.
        ("a | c", "a | b | c", "a | b | c", "a | b | c", 0),
        ("a", "a | b | own", "new | a | b", "new | a | b | own", 0),
        // Moved by the drafter, changed by the catalogue.
        ("a b | c | d", "c | d | a b", "a x | c | d", "c | d | a x", 0),
        // Moved by the catalogue.
        ("a | b | c", "a | b | c", "c | a | b", "c | a | b", 0),
        // Cut in two by the drafter: a change lands in its half.
        (
            "một hai ba bốn năm sáu",
            "một hai ba | bốn năm sáu",
            "một hai ba bốn bảy sáu",
            "một hai ba | bốn bảy sáu",
            0,
        ),
        (
            "một hai ba bốn năm sáu",
            "một hai ba. | Bốn năm sáu nữa",
            "một tám ba bốn năm bảy",
            "một tám ba. | Bốn năm bảy nữa",
            0,
        ),
        (
            "một hai ba bốn năm sáu",
            "một hai | ba bốn năm sáu",
            "một chín ba bốn năm sáu",
            "một chín | ba bốn năm sáu",
            0,
        ),
        (
            "một hai ba bốn năm sáu",
            "một hai ba bốn | việc của tỉnh",
            "một hai ba bốn năm bảy",
            "một hai ba bốn | việc của tỉnh",
            1,
        ),
        // Moved by the catalogue, written in or deleted by the drafter.
        ("a | b | c", "a thêm | b | c", "b | c | a", "a thêm | b | c", 0),
        ("a | b | c", "b | c", "b | c | a", "b | c", 0),
        // A new item is never put above the drafter's items of another one.
        (
            "- a | -- b | - c",
            "- a | -- b | -- own | - c",
            "- a | -- b | - n | - c",
            "- a | -- b | -- own | - n | - c",
            0,
        ),
        (
            "- a | -- b | - c",
            "- a | -- b | -- own | - c",
            "- a | -- b | -- n | - c",
            "- a | -- b | -- n | -- own | - c",
            0,
        ),
        // A filled slot.
        (
            "[CẦN BỔ SUNG: k]",
            "đã làm | còn thiếu",
            "[CẦN BỔ SUNG: kết quả]",
            "đã làm | còn thiếu",
            0,
        ),
        // A title that both sides wrote anew is one title, and a conflict.
        ("= cũ | a | b", "= của tôi | a", "= mới hẳn | c | d", "= của tôi | c | d", 1),
        ("= cũ | a | b", "= cũ | a thêm", "= mới hẳn | d", "= mới hẳn | d | a thêm", 1),
        // Another shape is another block.
        ("a | b", "a | b", "- a | b", "- a | b", 0),
        ("a | b", "- a | b", "x | b", "- x | b", 0),
    ];
    for (base, edited, fresh, expected, conflicts) in rows {
        let section = |blocks: &str| format!("#s | {blocks}");
        let (merged, result) = update(
            &section(base),
            &section(edited),
            &section(fresh),
            &Renames::default(),
        );
        assert_eq!(result, section(expected), "{base} / {edited} / {fresh}");
        assert_eq!(merged.conflicts().len(), conflicts, "{base} / {edited} / {fresh}");
    }
}

/// Groups with their tasks: an id, and a title.
type Groups<'a> = &'a [(&'a str, &'a [(&'a str, &'a str)])];
/// What the new edition says about ids.
type Rename<'a> = &'a dyn Fn(&mut Renames);

/// A plan of two groups; each task has its number, its title and the drafter's prose.
fn plan(groups: Groups, prose: bool) -> String {
    let mut text = Vec::new();
    for (at, (group, tasks)) in groups.iter().enumerate() {
        text.push(format!("#group-{group} | ==== {}. Nhóm {group}\n", at + 1));
        for (n, (id, title)) in tasks.iter().enumerate() {
            text.push(format!(
                "#task-{id} | ===== {}.{}. {title} | - làm {id}\n{}#guide-{id} | nguồn {id}\n",
                at + 1,
                n + 1,
                if prose { format!("lời của {id}\n") } else { String::new() }
            ));
        }
    }
    text.concat()
}

const A: (&str, &str) = ("a", "Trung tâm dữ liệu");
const B: (&str, &str) = ("b", "Vùng lõm sóng");
const C: (&str, &str) = ("c", "Chữ ký số");
const D: (&str, &str) = ("d", "Kỹ năng số");
const N: (&str, &str) = ("n", "Nhiệm vụ mới");

#[test]
fn prose_stays_with_its_task() {
    let base: Groups = &[("p", &[A, B, C]), ("q", &[D])];
    let called_n = ("n", A.1);
    let retitled = ("b", "Vùng lõm sóng di động");
    let rename_a: Rename = &|r| r.rename("a", "n");
    let split_a: Rename = &|r| {
        r.replace("a", "n");
        r.replace("a", "m");
    };
    let join: Rename = &|r| {
        r.replace("a", "n");
        r.replace("b", "n");
    };
    let none: Rename = &|_| {};
    let rows: [(&str, Groups, Rename); 19] = [
        ("nothing", base, none),
        ("insert first", &[("p", &[N, A, B, C]), ("q", &[D])], none),
        ("insert in the middle", &[("p", &[A, N, B, C]), ("q", &[D])], none),
        ("insert last", &[("p", &[A, B, C, N]), ("q", &[D])], none),
        ("swap", &[("p", &[B, A, C]), ("q", &[D])], none),
        ("reverse", &[("p", &[C, B, A]), ("q", &[D])], none),
        ("delete", &[("p", &[A, C]), ("q", &[D])], none),
        ("replace by a new one", &[("p", &[A, N, C]), ("q", &[D])], none),
        ("rename the title", &[("p", &[A, retitled, C]), ("q", &[D])], none),
        ("renamed_from", &[("p", &[called_n, B, C]), ("q", &[D])], rename_a),
        ("rename and move", &[("p", &[B, called_n, C]), ("q", &[D])], rename_a),
        ("to another section", &[("p", &[B, C]), ("q", &[A, D])], none),
        ("to another section, last", &[("p", &[A, B]), ("q", &[D, C])], none),
        ("sections swapped", &[("q", &[D]), ("p", &[A, B, C])], none),
        (
            "renamed to another section",
            &[("p", &[B, C]), ("q", &[D, called_n])],
            rename_a,
        ),
        ("split", &[("p", &[N, ("m", "Nữa"), B, C]), ("q", &[D])], split_a),
        ("joined", &[("p", &[N, C]), ("q", &[D])], join),
        ("joined and reversed", &[("p", &[C]), ("q", &[D, N])], join),
        ("all gone", &[("q", &[])], none),
    ];
    for (what, groups, rename) in rows {
        let mut renames = Renames::default();
        rename(&mut renames);
        let edited = plan(base, true);
        let edited = edited.replace("#guide-b", "===== Mục riêng | của tôi\n#guide-b");
        let (merged, result) =
            update(&plan(base, false), &edited, &plan(groups, false), &renames);
        let own = result.split('#').find(|section| section.contains("Mục riêng"));
        assert!(own.is_some_and(|own| own.contains("của tôi")), "{what}: {result}");
        // Every task's prose stands in its section, below its title.
        for (id, title) in [A, B, C, D] {
            let now = if id == "a" && what.contains("rename") && !what.contains("title") {
                "n"
            } else {
                id
            };
            let section = result
                .split('#')
                .find(|section| section.starts_with(&format!("task-{now} ")))
                .unwrap_or_else(|| panic!("{what}: {id} is gone: {result}"));
            assert!(section.contains(&format!("lời của {id}")), "{what}: {result}");
            assert!(section.contains(title), "{what}: {result}");
        }
        // What the catalogue has stands in its order, under its headings, with its numbers.
        let fresh = plan(groups, false);
        let ids = |text: &str| -> Vec<String> {
            let known = |id: &&str| fresh.contains(&format!("#{id} "));
            let ids = text.split('#').skip(1).filter_map(|s| s.split_whitespace().next());
            ids.filter(known).map(str::to_owned).collect()
        };
        assert_eq!(ids(&result), ids(&fresh), "{what}");
        for (at, (_, tasks)) in groups.iter().enumerate() {
            for (n, (_, title)) in tasks.iter().enumerate() {
                let heading = format!("===== {}.{}. {title}", at + 1, n + 1);
                assert!(result.contains(&heading), "{what}: {heading}: {result}");
            }
        }
        let is_there = |id: &str| fresh.contains(&format!("#{id} "));
        let gone = [A, B, C, D]
            .iter()
            .filter(|(id, _)| !is_there(&renames.now(&format!("task-{id}"), is_there)));
        let conflicts = merged.conflicts().into_iter().filter(|found| {
            matches!(found.what, What::Whole(Conflict::Removed | Conflict::Replaced(_)))
        });
        let groups_gone = ["group-p", "group-q"].iter().filter(|id| !is_there(id));
        assert_eq!(conflicts.count(), gone.count() + groups_gone.count(), "{what}");
    }
}

#[test]
fn what_lost_its_heading_stays_below_the_heading_that_a_reader_sees() {
    let base: Groups = &[("p", &[A, B, C]), ("q", &[D])];
    let rows: [(&str, Groups, bool); 8] = [
        // what the catalogue does, and whether it moved the task without a heading
        ("nothing", base, false),
        ("insert before", &[("p", &[A, N, B, C]), ("q", &[D])], false),
        ("move it last", &[("p", &[A, C]), ("q", &[D, B])], true),
        ("move it to another section", &[("p", &[A, C]), ("q", &[B, D])], true),
        ("swap", &[("p", &[B, A, C]), ("q", &[D])], false),
        ("reverse", &[("p", &[C, B, A]), ("q", &[D])], false),
        ("move the one above", &[("p", &[B, C]), ("q", &[D, A])], false),
        ("delete it", &[("p", &[A, C]), ("q", &[D])], false),
    ];
    for (what, groups, is_moved) in rows {
        let edited = plan(base, true).replace("===== 1.2. Vùng lõm sóng | ", "");
        let (merged, result) = update(
            &plan(base, false),
            &edited,
            &plan(groups, false),
            &Renames::default(),
        );
        let prose =
            result.find("lời của b").unwrap_or_else(|| panic!("{what}: {result}"));
        let heading = result[..prose].rfind("===== ").unwrap();
        assert!(result[heading..].contains(&format!(". {}", A.1)), "{what}: {result}");
        let heading = result[heading..].lines().next().unwrap();
        assert!(heading.split('|').next().unwrap().contains(A.1), "{what}: {result}");
        let is_told =
            merged.conflicts().iter().any(|f| f.what == What::Whole(&Conflict::Headless));
        // Which of two that change places moved is for the merge to say.
        let either = matches!(what, "swap" | "reverse");
        assert!(either || is_told == is_moved, "{what}: {:?}", merged.conflicts());
    }
}

/// The ids of the sections that a merge moves; those that go along in brackets.
fn moved(base: &str, edited: &str, fresh: &str) -> Vec<String> {
    let (base, edited, fresh) = (document(base), document(edited), document(fresh));
    let merged = merge(&base, &edited, &fresh, &Renames::default(), &Marks::default());
    let moved = merged.sections.iter().filter_map(|change| {
        let Change::Kept(section) = change else { return None };
        let id = section.id.as_deref().unwrap_or_default();
        match section.travel {
            Travel::None => None,
            Travel::Moved => Some(id.to_owned()),
            Travel::Along => Some(format!("({id})")),
        }
    });
    moved.collect()
}

#[test]
fn what_was_split_says_into_what() {
    let mut renames = Renames::default();
    renames.replace("a", "n");
    renames.replace("a", "m");
    renames.replace("a", "elsewhere");
    let (base, fresh) = ("#task-a | == A", "#task-n | == N | #task-m | == M");
    let (merged, result) = update(base, "#task-a | == A | lời", fresh, &renames);
    assert_eq!(result, "#task-a | == A | lời | #task-n | == N | #task-m | == M");
    let [found] = &merged.conflicts()[..] else { panic!("{merged:?}") };
    let by = ["task-n", "task-m"].map(str::to_owned).to_vec();
    assert_eq!(found.what, What::Whole(&Conflict::Replaced(by)));
}

#[test]
fn only_what_the_catalogue_moved_is_moved() {
    let base: Groups = &[("p", &[A, B, C]), ("q", &[D])];
    let base = plan(base, false);
    let swapped = plan(&[("p", &[B, A, C]), ("q", &[D])], false);
    let elsewhere = plan(&[("p", &[A]), ("q", &[D, B, C])], false);
    let inserted = plan(&[("p", &[N, A, B, C]), ("q", &[D])], false);
    assert_eq!(moved(&base, &base, &swapped), ["task-a", "(guide-a)"]);
    assert_eq!(moved(&base, &swapped, &swapped), [""; 0]);
    assert_eq!(moved(&base, &swapped, &base), [""; 0]);
    assert_eq!(
        moved(&base, &base, &elsewhere),
        ["task-b", "(guide-b)", "task-c", "(guide-c)"]
    );
    assert_eq!(moved(&base, &base, &inserted), [""; 0]);
    let groups = plan(&[("q", &[D]), ("p", &[A, B, C])], false);
    assert_eq!(moved(&base, &base, &groups), ["group-q", "(task-d)", "(guide-d)"]);
    // Two that go together, though each still has its neighbour; and without headings.
    let pairs = ["#a | = A | #b | = B | #c | = C", "#c | = C | #a | = A | #b | = B"];
    assert_eq!(moved(pairs[0], pairs[0], pairs[1]), ["c"]);
    let four = "#a | = A | #b | = B | #c | = C | #d | = D | #e | = E";
    let turned = "#d | = D | #e | = E | #a | = A | #b | = B | #c | = C";
    assert_eq!(moved(four, four, turned), ["d", "e"]);
    // What the drafter put below a heading goes with it.
    let nested = "#a | = A | #b | == B | #c | = C | #d | = D";
    let own = "#a | = A | #b | == B | == own | x | #c | = C | #d | = D";
    let turned = "#c | = C | #d | = D | #a | = A | #b | == B";
    assert_eq!(moved(nested, own, turned), ["a", "(b)", "()"]);
    assert_eq!(moved("#a | x | #b | y", "#a | x | #b | y", "#b | y | #a | x"), ["a"]);
}

#[test]
fn sections_come_and_go() {
    let rows = [
        // base | edited | fresh | result
        ("#a | x | #b | y", "#a | x", "#a | x | #b | z", "#a | x"),
        ("#a | x | #b | y", "#a | x", "#a | x | #b | y | #c | z", "#a | x | #c | z"),
        ("#a | x", "#a | x | #b | y", "#a | x | #b | y", "#a | x | #b | y"),
        ("#a | x", "#a | x | #b | own", "#a | x | #b | y", "#a | x | #b | own"),
        // The drafter's order stands where the catalogue leaves it.
        ("#a | x | #b | y", "#b | y | #a | x", "#a | x | #b | z", "#b | z | #a | x"),
        ("#a | x | #b | y", "#b | y | #a | x", "#b | y | #a | x", "#b | y | #a | x"),
        // Text before the first marker.
        ("#a | x", "own | #a | x", "#n | y | #a | x", "# | own | #n | y | #a | x"),
        // Of two the first: both stand between the neighbours that it had.
        ("#a | x y z", "#a | q r | #a | x y z", "#a | x y w", "#a | q r | # | x y z"),
        // A new task does not get under the drafter's heading.
        (
            "#a | === A | #b | == B",
            "#a | === A | == own | #b | == B",
            "#a | === A | #n | === N | #b | == B",
            "#a | === A | #n | === N | # | == own | #b | == B",
        ),
        (
            "#a | == A | #b | == B",
            "#a | == A | == own | #b | == B",
            "#a | == A | #n | == N | #b | == B",
            "#a | == A | # | == own | #n | == N | #b | == B",
        ),
        // The drafter's section goes where the heading above it goes, and no other way.
        (
            "#p | == P | #a | === A | #b | === B | #o | o | #q | == Q",
            "#p | == P | #a | === A | #b | === B | #o | o | === own | #q | == Q",
            "#p | == P | #a | === A | #o | o | #q | == Q | #b | === B",
            "#p | == P | #a | === A | #o | o | # | === own | #q | == Q | #b | === B",
        ),
        (
            "#p | == P | #a | === A | #b | === B | #q | == Q",
            "#p | == P | #a | === A | #b | === B | === own | #q | == Q",
            "#p | == P | #a | === A | #q | == Q | #b | === B",
            "#p | == P | #a | === A | # | === own | #q | == Q | #b | === B",
        ),
        (
            "#p | == P | #a | === A | #b | === B | #q | == Q",
            "#p | == P | #a | === A | #b | === B | === own | #q | == Q",
            "#q | == Q | #p | == P | #a | === A | #b | === B",
            "#q | == Q | #p | == P | #a | === A | #b | === B | # | === own",
        ),
        // The heading above stays with what the drafter put below it.
        (
            "#a | == A | #b | === B | #c | == C",
            "#a | == A | #b | === B thêm | #c | == C",
            "#c | == C",
            "#a | == A | #b | === B thêm | #c | == C",
        ),
    ];
    for (base, edited, fresh, expected) in rows {
        let (_, result) = update(base, edited, fresh, &Renames::default());
        assert_eq!(result, expected, "{base} / {edited} / {fresh}");
    }
}

#[test]
fn numbers_are_derived() {
    let (base, fresh) = ("#a | === 3.2. Tên cũ", "#a | === 3.4. Tên mới");
    let (merged, result) =
        update(base, "#a | === 3.2. Tên cũ hơn", fresh, &Renames::default());
    assert_eq!(result, "#a | === 3.4. Tên mới hơn");
    assert_eq!(merged.conflicts(), []);
    let [Change::Kept(section)] = &merged.sections[..] else { panic!() };
    let [Change::Kept(block)] = &section.blocks[..] else { panic!() };
    let renumbered = block.renumbered.as_ref().unwrap();
    assert_eq!(renumbered.from.as_deref(), Some("3.2."));
    assert_eq!(renumbered.to.as_deref(), Some("3.4."));
    // The drafter's own number stands as long as the catalogue keeps its own.
    let (_, result) = update(base, "#a | === 5. Tên cũ", base, &Renames::default());
    assert_eq!(result, "#a | === 5. Tên cũ");
}

/// A table in a section; a row is `id: cell; cell`.
fn table(rows: &str) -> Document {
    let mut text = vec!["<!-- khung: t -->\n".to_owned()];
    for (at, row) in rows.split('|').enumerate() {
        let (id, cells) = row.split_once(':').unwrap_or(("", row));
        let id = if id.trim().is_empty() {
            String::new()
        } else {
            format!("<!-- {} --> ", id.trim())
        };
        let cells: Vec<&str> = cells.split(';').map(str::trim).collect();
        text.push(format!("| {id}{} |\n", cells.join(" | ")));
        if at == 0 {
            text.push(format!("{}|\n", "|---".repeat(cells.len())));
        }
    }
    markdown::parse(&text.concat()).unwrap()
}

#[test]
fn rows_merge() {
    let rows = [
        // base | edited | fresh | result, and how many conflicts
        // Filled in, and no more: the rows are counted anew.
        (
            "S;T|a:1;x|b:2;",
            "S;T|a:1;x|b:2;y",
            "S;T|n:1;m|a:2;x|b:3;",
            "S;T|n:1;m|a:2;x|b:3;y",
            0,
        ),
        (
            "S;T|a:1;x|b:2;|c:3;",
            "S;T|a:1;x|b:2;|c:3;y",
            "S;T|a:1;x|c:2;",
            "S;T|a:1;x|c:2;y",
            0,
        ),
        // The catalogue moves a row, the person's order stands, and the numbers with it.
        ("S;T|a:1;x|b:2;", "S;T|a:1;x|b:2;y", "S;T|b:1;|a:2;x", "S;T|a:1;x|b:2;y", 0),
        ("S;T|a:1;x|b:2;y", "S;T|a:1;x|b:2;y", "S;T|b:1;y|a:2;z", "S;T|b:1;y|a:2;z", 0),
        ("S;T|a:1;x|b:2;y", "S;T|b:1;y|a:2;x", "S;T|a:1;x|b:2;z", "S;T|b:1;z|a:2;x", 0),
        // New rows come behind their predecessor; numbers stay the drafter's.
        (
            "S;T|a:1;x|b:2;y",
            "S;T|b:1;y|a:2;x",
            "S;T|a:1;x|n:2;m|b:3;y",
            "S;T|b:1;y|a:2;x|n:2;m",
            0,
        ),
        ("S;T|a:1;x|b:2;y", "S;T|a:1;x!|b:2;y", "S;T|b:1;y", "S;T|a:1;x!|b:2;y", 1),
        ("S;T|a:1;x|b:2;y", "S;T|a:1;x|b:2;y!", "S;T|b:1;y", "S;T|b:1;y!", 0),
        ("S;T|a:1;x|b:2;y", "S;T|b:2;y", "S;T|a:1;z|b:2;w", "S;T|b:2;w", 0),
        (
            "S;T|a:1;x|b:2;y",
            "S;T|a:1;x|3;own|b:2;y",
            "S;T|a:1;x|b:2;z",
            "S;T|a:1;x|:3;own|b:2;z",
            0,
        ),
        // It is the same table however much of it people took out.
        (
            "S;T;U|a:1;một hai ba bốn;x|b:2;năm sáu bảy tám;y|c:3;chín mười;z",
            "S;T;U|a:1;của tôi;x",
            "S;T;U|a:1;một hai ba bốn;w|b:2;năm sáu bảy tám;y|c:3;chín mười;z",
            "S;T;U|a:1;của tôi;w",
            0,
        ),
        // Totals of an edited table are left alone.
        (
            "S;T|a:1;x|total:;5",
            "S;T|a:1;q|total:;7",
            "S;T|a:1;x|total:;6",
            "S;T|a:1;q|total:;7",
            0,
        ),
        (
            "S;T|a:1;x|total:;5",
            "S;T|a:1;x|total:;5",
            "S;T|a:1;x|total:;6",
            "S;T|a:1;x|total:;6",
            0,
        ),
        // A copied row.
        (
            "S;T|a:1;x|b:2;y",
            "S;T|a:1;x|b:2;y|a:3;q",
            "S;T|a:1;z|b:2;y",
            "S;T|a:1;z|b:2;y|:3;q",
            1,
        ),
        // Nobody knows which of two is the copy: the first is updated, and both are told.
        ("S;T|a:1;x y", "S;T|a:2;q|a:1;x y", "S;T|a:1;x z", "S;T|a:2;q|:1;x y", 2),
        // A row that lost its id.
        (
            "S;T|a:1;x y z|b:2;t",
            "S;T|1;x y z w|b:2;t",
            "S;T|a:1;q y z|b:2;t",
            "S;T|:1;q y z w|b:2;t",
            0,
        ),
    ];
    rows.into_iter().for_each(check_rows);
}

#[test]
fn columns_are_known_by_their_heads() {
    let rows = [
        // A column of the drafter's own.
        (
            "S;T|a:1;x",
            "S;Ghi chú;T|a:1;hay;x",
            "S;T|a:1;z|n:2;m",
            "S;Ghi chú;T|a:1;hay;z|n:2;;m",
            0,
        ),
        // Columns that people exchanged, also with one of their own.
        (
            "S;T;Kinh phí|a:1;x;5",
            "S;Kinh phí;T|a:1;7;x",
            "S;T;Kinh phí|a:1;z;5|n:2;m;6",
            "S;Kinh phí;T|a:1;7;z|n:2;6;m",
            0,
        ),
        (
            "S;T;Kinh phí|a:1;x;5",
            "S;Ghi chú;T|a:1;hay;x",
            "S;T;Kinh phí|a:1;z;6",
            "S;Ghi chú;T|a:1;hay;z",
            0,
        ),
        // Columns that the catalogue changed.
        ("S;T|a:1;x", "S;T|a:1;x", "S;T;U|a:1;x;u", "S;T;U|a:1;x;u", 0),
    ];
    rows.into_iter().for_each(check_rows);
}

/// Checks a case of a table: what comes of it, and how many conflicts.
fn check_rows(
    (base, edited, fresh, expected, conflicts): (&str, &str, &str, &str, usize),
) {
    let what = format!("{base} / {edited} / {fresh}");
    let (base, edited, fresh) = (table(base), table(edited), table(fresh));
    let merged = merge(&base, &edited, &fresh, &Renames::default(), &Marks::default());
    let result = merged.apply(&edited);
    let mut shown = Vec::new();
    for block in &result.sections[0].blocks {
        let BlockKind::Table(table) = &block.kind else { panic!() };
        for row in &table.rows {
            let cells: Vec<String> = row.cells.iter().map(Text::plain).collect();
            shown.push((row.id.clone(), cells));
        }
    }
    let mut wanted = Vec::new();
    for (at, row) in expected.split('|').enumerate() {
        let (id, cells) = row.split_once(':').unwrap_or(("", row));
        assert!(at == 0 || row.contains(':'));
        let cells: Vec<String> = cells.split(';').map(str::to_owned).collect();
        wanted.push(((!id.is_empty()).then(|| id.to_owned()), cells));
    }
    assert_eq!(shown, wanted, "{what}");
    assert_eq!(merged.conflicts().len(), conflicts, "{what}");
    let again = merge(&fresh, &result, &fresh, &Renames::default(), &Marks::default());
    assert!(again.changes_nothing(), "{what}: {again:?}");
}

#[test]
fn rows_are_renamed_with_their_task() {
    let mut renames = Renames::default();
    renames.rename("old", "new");
    let edited = table("S;T|old:1;x!|old-2:2;y|older:3;z");
    let base = table("S;T|old:1;x|old-2:2;y|older:3;z");
    let fresh = table("S;T|new:1;x|new-2:2;y|older:3;z");
    let result =
        merge(&base, &edited, &fresh, &renames, &Marks::default()).apply(&edited);
    let BlockKind::Table(table) = &result.sections[0].blocks[0].kind else { panic!() };
    let ids: Vec<_> = table.rows.iter().filter_map(|row| row.id.as_deref()).collect();
    assert_eq!(ids, ["new", "new-2", "older"]);
}

/// A document of many parts.
fn many(parts: usize, part: impl Fn(usize) -> String) -> Document {
    markdown::parse(&(0..parts).map(part).collect::<Vec<_>>().concat()).unwrap()
}

/// Many sections with a heading each.
fn sections(id: impl Fn(usize) -> usize, heading: impl Fn(usize) -> usize) -> Document {
    many(4_000, |at| {
        format!("<!-- khung: s{} -->\n{} a\n", id(at), "#".repeat(heading(at)))
    })
}

/// One section of many paragraphs.
fn paragraphs(parts: usize, part: impl Fn(usize) -> String) -> Document {
    many(parts, |at| {
        let marker = if at == 0 { "<!-- khung: s0 -->\n\n" } else { "" };
        format!("{marker}{}\n\n", part(at))
    })
}

/// One table of many rows.
fn rows(id: impl Fn(usize) -> usize) -> Document {
    many(4_000, |at| match at {
        0 => "<!-- khung: s0 -->\n| a |\n|---|\n".to_owned(),
        _ => format!("| <!-- r{} --> x |\n", id(at)),
    })
}

#[test]
fn hostile_documents_take_bounded_time() {
    let slot = "\\[CẦN BỔ SUNG: ";
    let sides = [
        // Sections turned round; under new headings; copied.
        [
            sections(|at| at, |_| 3),
            sections(|at| at / 2, |_| 3),
            sections(|at| 4_000 - at, |_| 3),
        ],
        [
            sections(|at| at, |at| 2 + at % 3),
            sections(|at| at, |at| 4 - at % 3),
            sections(|at| at, |at| 2 + at % 2),
        ],
        [
            paragraphs(1, |_| "a b c ".repeat(20_000)),
            sections(|_| 0, |_| 3),
            paragraphs(1, |_| "a b d ".repeat(20_000)),
        ],
        // Paragraphs all rewritten; few beside many.
        [
            paragraphs(4_000, |at| format!("a{at} b{at}")),
            paragraphs(4_000, |at| format!("c{at} b{at}")),
            paragraphs(4_000, |at| format!("a{at} d{at}")),
        ],
        [
            paragraphs(60, |at| format!("a{at} {}", "b ".repeat(900))),
            paragraphs(4_000, |at| format!("c{at} b")),
            paragraphs(4_000, |at| format!("{slot}{at}\\] b")),
        ],
        // Slots, closed and open.
        [
            paragraphs(60, |at| format!("{at} {}", format!("{slot}\\] a ").repeat(300))),
            paragraphs(60, |at| format!("{at} {}", "b a ".repeat(900))),
            paragraphs(60, |at| format!("{at} {}", "c a ".repeat(900))),
        ],
        [
            paragraphs(60, |_| slot.repeat(500)),
            paragraphs(60, |at| format!("{at}{}", slot.repeat(500))),
            paragraphs(60, |at| format!("{}{at}", slot.repeat(500))),
        ],
        // Rows turned round, and copied.
        [rows(|at| at), rows(|at| at % 99), rows(|at| 4_000 - at)],
    ];
    for [base, edited, fresh] in &sides {
        for (base, edited) in [(base, edited), (base, base), (edited, base)] {
            let merged =
                merge(base, edited, fresh, &Renames::default(), &Marks::default());
            assert!(!merged.apply(edited).sections.is_empty());
        }
    }
}

#[test]
fn a_copy_under_an_old_id_never_takes_the_place_of_the_section() {
    let mut renames = Renames::default();
    renames.rename("a", "z");
    let fresh = document("#task-z | === 1. Mục | một");
    let edited = document("#task-z | === 1. Mục | của tôi | #task-a | === 1. Mục | một");
    let merged = merge(&fresh, &edited, &fresh, &renames, &Marks::default());
    assert!(merged.changes_nothing(), "{merged:?}");
}
