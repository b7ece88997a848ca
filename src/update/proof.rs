//! The proof that an update lost nothing: section by section, what was there is there.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::UpdateError;
use crate::document::{Block, BlockKind, Document, Section};
use crate::docx::lint::{lint, lint_main};
use crate::docx::package::Package;
use crate::docx::patch::{Omission, Patched, Skipped};
use crate::docx::read::{self, Main, Reading, Trust, read_by};
use crate::docx::xml::{self, Node};
use crate::docx::{elements, patch, revisions};
use crate::merge::{Change, Merge, SectionMerge};
use crate::source::folded;

/// What a proof is about: the three sides and what was to be done.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'c> {
    /// The base, as far as it stands in the body.
    pub base: &'c Document,
    /// The edited document.
    pub edited: &'c Document,
    /// What is generated now.
    pub fresh: &'c Document,
    /// What was to be done.
    pub merge: &'c Merge,
}

/// Proves a patched Word file. Its changes rejected, it says what the input said, paragraph
/// for paragraph, each section whole and in the merge's order; every word that people added
/// to a section is in that section; no id stands twice that did not before.
///
/// `main` is the main part of the patched file; `tracked` are the [changes](tracked) that the
/// input had under the name of the update's author.
///
/// # Errors
/// [`UpdateError::Lost`] and [`UpdateError::Broken`].
pub fn proves(
    input: &Package,
    patched: &Patched,
    mut main: Main,
    reading: &Reading,
    tracked: &BTreeSet<String>,
    claim: &Claim<'_>,
    options: &patch::Options,
) -> Result<(), UpdateError> {
    if patched.package == *input {
        return Ok(());
    }
    let broken = |error: &dyn ToString| UpdateError::Broken(error.to_string());
    let package = &patched.package;
    let faults = lint_main(package, &main);
    if !faults.is_empty() {
        let known: BTreeSet<_> = lint(input).into_iter().collect();
        if let Some(fault) = faults.iter().find(|fault| !known.contains(fault)) {
            return Err(UpdateError::Broken(fault.what.clone()));
        }
    }
    let expected = expected(claim, &patched.skipped);
    let result = read_by(Trust::Names, package, &main, &expected, &options.new_names);
    let result = result.map_err(|error| broken(&error))?;
    let keeps = keeps(claim, &result.document);
    if !options.accept {
        reject(&mut main.nodes, tracked, &options.author);
        let rejected = read::texts(package, &main);
        let rejected = rejected.map_err(|error| broken(&error))?;
        let is_moved =
            patched.skipped.iter().all(|skipped| skipped.what != Omission::Move);
        says_the_same(reading, &rejected, &order(claim, is_moved))?;
    }
    keeps
}

/// Proves that every word that people added to a section of edited is in the same section of
/// the result, under the id that it has from now on; and that no word of theirs is rarer in
/// the whole. What does not stand below the catalogue's heading (the drafter's own sections,
/// one whose heading they deleted) has no home that is certain: it counts in the whole.
///
/// # Errors
/// [`UpdateError::Lost`].
pub(crate) fn keeps(claim: &Claim<'_>, result: &Document) -> Result<(), UpdateError> {
    let mut titled: BTreeMap<&str, bool> = BTreeMap::new();
    for section in &result.sections {
        if let Some(id) = section.id.as_deref() {
            *titled.entry(id).or_insert(true) &= opens(section);
        }
    }
    let bases = claim.base.by_id();
    // By the id of the section; and in the whole.
    let (mut added, mut all): (HashMap<&str, Words>, Words) = <_>::default();
    for change in &claim.merge.sections {
        let Change::Kept(kept) = change else { continue };
        let Some(section) = claim.edited.sections.get(kept.edited) else { continue };
        let old = kept.id.as_ref().and_then(|_| of_base(&bases, section));
        let words = beyond(&section.blocks, old);
        let adds_heading = |change: &Change<_, Block>| match change {
            Change::Added(new) => matches!(new.kind, BlockKind::Heading(_)),
            _ => false,
        };
        let is_titled = opens(section)
            && old.is_some_and(opens)
            && !kept.blocks.iter().any(adds_heading);
        // What shares an id counts together.
        if let Some(id) = kept
            .id
            .as_deref()
            .or(section.id.as_deref())
            .filter(|id| is_titled && titled.get(id) != Some(&false))
        {
            let own = own(&section.blocks);
            let is_all = own.len() == section.blocks.len();
            let words = if is_all { words.clone() } else { beyond(own, old) };
            add(words, added.entry(id).or_default());
        }
        add(words, &mut all);
    }
    // What is there is ticked off.
    for section in &result.sections {
        let mut own = section.id.as_deref().and_then(|id| added.get_mut(id));
        for block in &section.blocks {
            let said = block.kind.said();
            tick_off(&mut all, &said);
            if let Some(own) = &mut own {
                tick_off(own, &said);
            }
        }
    }
    let left = added.into_values().chain([all]).flatten();
    let lost: BTreeSet<String> =
        left.filter(|(_, count)| *count > 0).map(|(word, _)| word).collect();
    if lost.is_empty() {
        Ok(())
    } else {
        Err(UpdateError::Lost(lost.into_iter().take(9).collect()))
    }
}

/// Proves that no id of a section stands twice in the result that did not before; copies of
/// the drafter's keep theirs.
///
/// # Errors
/// [`UpdateError::Broken`].
pub(crate) fn names_once(
    claim: &Claim<'_>,
    result: &Document,
) -> Result<(), UpdateError> {
    let mut left: BTreeMap<&str, usize> = BTreeMap::new();
    for change in &claim.merge.sections {
        let Change::Kept(kept) = change else { continue };
        let old =
            claim.edited.sections.get(kept.edited).and_then(|old| old.id.as_deref());
        if let Some(id) = kept.id.as_deref().or(old) {
            *left.entry(id).or_default() += 1;
        }
    }
    for id in result.sections.iter().filter_map(|section| section.id.as_deref()) {
        let left = left.entry(id).or_insert(1);
        *left = left.checked_sub(1).ok_or_else(|| {
            UpdateError::Broken(format!("hai mục cùng mang dấu <!-- khung: {id} -->"))
        })?;
    }
    Ok(())
}

/// The words that blocks have beyond a section of base.
fn beyond(blocks: &[Block], old: Option<&Section>) -> Vec<(String, usize)> {
    let (mut now, mut before) = (blocks, old.map_or(&[][..], |old| &old.blocks));
    // What both begin or end with counts as often on both sides.
    while let ([block, now_rest @ ..], [old, before_rest @ ..]) = (now, before)
        && block.kind == old.kind
    {
        (now, before) = (now_rest, before_rest);
    }
    while let ([now_rest @ .., block], [before_rest @ .., old]) = (now, before)
        && block.kind == old.kind
    {
        (now, before) = (now_rest, before_rest);
    }
    let mut words = Words::new();
    for block in now {
        for word in split(&folded(&block.kind.said())) {
            match words.get_mut(word) {
                Some(count) => *count += 1,
                None => drop(words.insert(word.to_owned(), 1)),
            }
        }
    }
    for block in before {
        tick_off(&mut words, &block.kind.said());
    }
    words.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Adds words to others.
fn add(words: Vec<(String, usize)>, to: &mut Words) {
    for (word, count) in words {
        *to.entry(word).or_default() += count;
    }
}

/// Takes each word of a text from words, as often as it stands there.
fn tick_off(words: &mut Words, text: &str) {
    for word in split(&folded(text)) {
        if let Some(count) = words.get_mut(word) {
            *count = count.saturating_sub(1);
        }
    }
}

/// The words of a text. An offer stands between a word and the comma behind it: punctuation does
/// not count.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The blocks of a section that stand below no heading but its own: one that the drafter put
/// in it may come to open a section.
fn own(blocks: &[Block]) -> &[Block] {
    let is_heading = |block: &Block| matches!(block.kind, BlockKind::Heading(_));
    let next = blocks.iter().skip(1).position(is_heading);
    &blocks[..next.map_or(blocks.len(), |next| next + 1)]
}

/// Tells whether a section opens with a heading.
fn opens(section: &Section) -> bool {
    let first = section.blocks.first().map(|block| &block.kind);
    matches!(first, Some(BlockKind::Heading(_)))
}

/// Proves that a file that was written opens as the package that it is of.
///
/// # Errors
/// [`UpdateError::Broken`].
pub(super) fn reopens(file: &[u8], package: &Package) -> Result<(), UpdateError> {
    let opened = Package::read(file)
        .map_err(|error| UpdateError::Broken(error.to_string()))?
        .parts;
    let there: BTreeMap<_, _> =
        opened.iter().map(|(name, bytes)| (name, bytes)).collect();
    let torn = package.parts.iter().find(|(name, bytes)| there.get(name) != Some(&bytes));
    match torn {
        Some((name, _)) => Err(UpdateError::Broken(name.clone())),
        None => Ok(()),
    }
}

/// How often each word stands in a text.
type Words = HashMap<String, usize>;

/// The section of base that an edited section was.
fn of_base<'c>(
    bases: &HashMap<&str, &'c Section>,
    section: &Section,
) -> Option<&'c Section> {
    bases.get(section.id.as_deref()?).copied()
}

/// The edited sections in the order in which they must stand.
fn order(claim: &Claim<'_>, is_moved: bool) -> Vec<usize> {
    let at = |change: &Change<SectionMerge, _>| match change {
        Change::Kept(section) => Some(section.edited),
        Change::Removed(at) => Some(*at),
        _ => None,
    };
    let mut order: Vec<usize> = claim.merge.sections.iter().filter_map(at).collect();
    if !is_moved {
        order.sort_unstable();
    }
    order
}

/// What the patched file should be recognised as: fresh, and what stays of base beside it.
/// What was deleted is looked for nowhere: a copy of it elsewhere is text of that place.
fn expected(claim: &Claim<'_>, skipped: &[Skipped]) -> Document {
    let (bases, news) = (claim.base.by_id(), claim.fresh.by_id());
    let old = |at: usize| of_base(&bases, claim.edited.sections.get(at)?);
    let is_left = |at| skipped.iter().any(|skipped| skipped.section == at);
    let section = |change| match change {
        &Change::Kept(SectionMerge { ref id, edited, .. }) => {
            let new = id.as_deref().and_then(|id| news.get(id).copied());
            new.or_else(|| old(edited))
        }
        &Change::Removed(at) if is_left(at) => old(at),
        Change::Added(new) => Some(new),
        Change::Removed(_) | Change::Deleted(_) => None,
    };
    let sections = claim.merge.sections.iter().filter_map(section);
    Document { sections: sections.cloned().collect() }
}

/// Rejects the tracked changes of an author, but for those with these ids.
fn reject(nodes: &mut Vec<Node>, tracked: &BTreeSet<String>, author: &str) {
    if !tracked.is_empty() {
        disown(nodes, author, tracked);
    }
    revisions::reject(nodes, author);
}

/// The ids of the tracked changes of an author.
#[must_use]
pub fn tracked(nodes: &[Node], author: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    known(nodes, author, &mut ids);
    ids
}

fn known(nodes: &[Node], author: &str, ids: &mut BTreeSet<String>) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        if is_change(element, author) {
            ids.extend(element.attribute("w:id").map(str::to_owned));
        }
        known(&element.children, author, ids);
    }
}

/// Takes the author from tracked changes with these ids.
fn disown(nodes: &mut [Node], author: &str, ids: &BTreeSet<String>) {
    for element in elements(nodes) {
        if is_change(element, author)
            && element.attribute("w:id").is_some_and(|id| ids.contains(id))
        {
            element.set_attribute("w:author", "");
        }
        disown(&mut element.children, author, ids);
    }
}

fn is_change(element: &xml::Element, author: &str) -> bool {
    matches!(&*element.name, "w:ins" | "w:del")
        && element.attribute("w:author") == Some(author)
}

/// Compares the sections of a reading, in an order, with texts.
fn says_the_same(
    before: &Reading,
    after: &[String],
    order: &[usize],
) -> Result<(), UpdateError> {
    let mut after = after.iter();
    for text in order.iter().flat_map(|at| before.said(*at)) {
        if after.next() != Some(&text) {
            return Err(UpdateError::Lost(vec![text]));
        }
    }
    after.next().map_or(Ok(()), |text| Err(UpdateError::Lost(vec![text.clone()])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::docx::{Properties, write};
    use crate::identity::{Marks, Names};
    use crate::markdown::parse;
    use crate::merge::{Renames, merge};

    const BASE: &str = "<!-- khung: a -->\n### 1. A\n\nmột hai\n\nba bốn\n\n<!-- khung: b -->\n### 2. B\n\nnăm sáu\n";

    /// Whether a result of an update of BASE, which people edited, is taken.
    fn lost(edited: &str, result: &str, rename: bool) -> Vec<String> {
        let mut renames = Renames::default();
        let mut fresh = BASE.to_owned();
        if rename {
            renames.rename("a", "z");
            fresh = fresh.replace("khung: a", "khung: z");
        }
        let [base, edited, fresh, result] =
            [BASE, edited, &fresh, result].map(|text| parse(text).unwrap());
        let merge = merge(&base, &edited, &fresh, &renames, &Marks::default());
        match keeps(
            &Claim { base: &base, edited: &edited, fresh: &fresh, merge: &merge },
            &result,
        ) {
            Err(UpdateError::Lost(words)) => words,
            other => {
                assert_eq!(other, Ok(()));
                Vec::new()
            }
        }
    }

    #[test]
    fn a_word_that_people_added_must_stay_in_its_section() {
        let more = BASE.replace("ba bốn", "ba của tôi, bốn");
        assert_eq!(lost(&more, &more, false), [""; 0]);
        // What only the catalogue said may go, and punctuation may move.
        let less = more.replace("một hai", "chín").replace("tôi,", ", tôi");
        assert_eq!(lost(&more, &less, false), [""; 0]);
        assert_eq!(lost(&more, &BASE.replace("ba bốn", "ba của bốn"), false), ["tôi"]);
        // Under another task, or twice there instead of once here, it is lost.
        let elsewhere = BASE.replace("năm sáu", "năm của tôi sáu");
        assert_eq!(lost(&more, &elsewhere, false), ["của", "tôi"]);
        let twice = BASE.replace("ba bốn", "ba riêng bốn riêng");
        let once = BASE.replace("ba bốn", "ba riêng").replace("sáu", "riêng sáu");
        assert_eq!(lost(&twice, &once, false), ["riêng"]);
        // A section that the catalogue renamed is the same section.
        let renamed = more.replace("khung: a", "khung: z");
        assert_eq!(lost(&more, &renamed, true), [""; 0]);
        assert_eq!(
            lost(&more, &more.replace("khung: a", "khung: b"), true),
            ["của", "tôi"]
        );
        // The drafter's own section.
        let own = format!("{BASE}\n### Riêng\n\ncủa tôi\n");
        assert_eq!(lost(&own, &own, false), [""; 0]);
        assert_eq!(lost(&own, &elsewhere, false), ["Riêng"]);
    }

    /// Files that khung must refuse to write.
    #[test]
    fn a_patch_that_moves_changes_or_tears_text_is_refused() {
        let base = parse(BASE).unwrap();
        let bytes = write(&base, &Properties::default(), ToOwned::to_owned).unwrap();
        let mut input = Package::read(&bytes).unwrap();
        let of = |package: &mut Package, from: &str, to: &str| {
            for (name, bytes) in &mut package.parts {
                if name == "word/document.xml" {
                    let text = String::from_utf8_lossy(bytes).replace(from, to);
                    *bytes = text.into_bytes();
                }
            }
        };
        of(&mut input, "ba bốn", "ba của tôi bốn");
        let reading =
            read::read(&input, &Main::of(&input).unwrap(), &base, &Names::default());
        let reading = reading.unwrap();
        let edited = &reading.document;
        let merge = merge(&base, edited, &base, &Renames::default(), &reading.marks);
        let claim = Claim { base: &base, edited, fresh: &base, merge: &merge };
        let prove = |accept: bool, changes: &[(&str, &str)]| {
            let mut package = input.clone();
            for (from, to) in changes {
                of(&mut package, from, to);
            }
            let patched = Patched { package, skipped: Vec::new(), asides: Vec::new() };
            let author = "khung 2".to_owned();
            let options = patch::Options { author, accept, ..<_>::default() };
            let none = BTreeSet::new();
            let main = Main::of(&patched.package)
                .map_err(|error| UpdateError::Broken(error.to_string()))?;
            proves(&input, &patched, main, &reading, &none, &claim, &options)
        };
        let tracked = |kind: &str, id: u8, text: &str| {
            let tag = if kind == "del" { "w:delText" } else { "w:t" };
            format!(
                "</w:t></w:r><w:{kind} w:id=\"{id}\" w:author=\"khung 2\"><w:r><{tag} xml:space=\"preserve\">{text}</{tag}></w:r></w:{kind}><w:r><w:t xml:space=\"preserve\">"
            )
        };
        assert_eq!(prove(false, &[]), Ok(()));
        assert_eq!(prove(false, &[("sáu", &tracked("del", 90, "sáu"))]), Ok(()));
        let lost = |words: &[&str]| {
            Err(UpdateError::Lost(words.iter().map(|word| (*word).to_owned()).collect()))
        };
        // Untracked changes.
        assert_eq!(prove(false, &[("năm sáu", "năm")]), lost(&["năm sáu"]));
        assert_eq!(
            prove(false, &[("của tôi ", ""), ("năm sáu", "năm của tôi sáu")]),
            lost(&["ba của tôi bốn"])
        );
        assert_eq!(
            prove(false, &[("một hai", "+"), ("năm sáu", "một hai"), ("+", "năm sáu")]),
            lost(&["một hai"])
        );
        // Tracked ones: what people wrote goes here, and comes in there.
        let (gone, come) =
            (tracked("del", 90, "của tôi "), tracked("ins", 91, "của tôi "));
        assert_eq!(prove(false, &[("của tôi ", &gone)]), lost(&["của", "tôi"]));
        assert_eq!(
            prove(false, &[("của tôi ", &gone), ("sáu", &format!("{come}sáu"))]),
            lost(&["của", "tôi"])
        );
        // In a file without tracked changes what only the catalogue said may go.
        assert_eq!(prove(true, &[("năm sáu", "năm")]), Ok(()));
        assert_eq!(
            prove(true, &[("của tôi ", ""), ("năm sáu", "năm của tôi sáu")]),
            lost(&["của", "tôi"])
        );
        let broken = |changes: &[(&str, &str)]| {
            assert!(matches!(prove(false, changes), Err(UpdateError::Broken(_))));
        };
        broken(&[("<w:body>", "<w:bodi>")]);
        broken(&[("một hai", &(tracked("ins", 90, "x") + &tracked("ins", 90, "y")))]);
        broken(&[("_khung_a_1", "_khung_a_2")]);
        let paragraph = "<w:p w14:paraId=\"00000001\"/>";
        broken(&[("<w:body>", &format!("<w:body>{paragraph}{paragraph}"))]);
        let file = input.write().unwrap();
        assert_eq!(reopens(&file, &input), Ok(()));
        assert!(matches!(
            reopens(&file[..file.len() - 9], &input),
            Err(UpdateError::Broken(_))
        ));
        let mut other = input.clone();
        other.parts[0].1.push(b' ');
        assert!(matches!(reopens(&file, &other), Err(UpdateError::Broken(_))));
    }
}
