//! The second proof of an update, by what a person sees of the plan: no word of the drafter's
//! stands under another heading, and the order of the frame has not become worse. Marks, the
//! identity of sections and the merge have no part in it; in doubt it is silent.

mod rules;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet};

use super::UpdateError;
use crate::document::{BlockKind, Document, Heading, Role, Row, Text};
use crate::docx::package::Package;
use crate::docx::read::{self, Main};
use crate::merge::Renames;
use crate::source::folded;
use rules::Proof;

/// Longest line, in bytes, that is taken for a heading because of its number.
const LONGEST_TITLE: usize = 300;
/// Level of the line that people write their own tasks behind.
const LABEL: u8 = 5;
/// What stands below no heading stands below this one.
const TOP: &str = "";

/// What a heading is known by: one of the frame by the id of its section, whatever its title
/// is in which edition; one of the drafter's by what it says.
type Key = String;

/// The headings above a place, by level; none for one that may be several.
type Above = Vec<(u8, Option<Key>)>;

/// A heading of the frame.
#[derive(Default)]
struct Known {
    level: u8,
    /// Whether another heading is called so, too.
    is_shared: bool,
    /// Where it stands in base, and in fresh.
    spots: [Option<Spot>; 2],
}

struct Spot {
    at: usize,
    parent: Key,
}

impl Known {
    fn is_below(&self, parent: &str) -> bool {
        self.spots.iter().flatten().any(|spot| spot.parent == parent)
    }
}

const BASE: usize = 0;
const FRESH: usize = 1;

/// What is khung's own, before and now.
#[derive(Default)]
pub(crate) struct Frame {
    heads: HashMap<Key, Known>,
    /// The headings that have a title, in base or in fresh.
    titles: BTreeMap<String, Vec<Key>>,
    /// The keys in the order of base.
    order: Vec<Key>,
    /// What stands before the colon where people write their own tasks.
    labels: HashSet<String>,
    /// The texts of paragraphs and cells, and all words.
    lines: HashSet<String>,
    words: HashSet<String>,
    /// The heads of columns, of base and of fresh.
    columns: [HashSet<String>; 2],
    /// The headings that a section without one has come below.
    wandered: HashSet<Key>,
}

/// A heading as a person sees it.
#[derive(Default)]
struct Head {
    /// None where it may be one of several.
    key: Option<Key>,
    level: u8,
    parent: Option<Key>,
    title: String,
    /// Whether headings can stand below it: not below a line that only has a number.
    opens: bool,
    /// Which line comes behind it.
    next: usize,
    /// Whether it has a number.
    is_numbered: bool,
    /// Whether its number and its style say other levels: nobody knows what it is below.
    is_torn: bool,
}

/// A paragraph or a cell.
struct Line {
    text: String,
    /// The heading that it stands below, if that is certain.
    home: Option<Key>,
    /// The head of its column.
    column: Option<String>,
}

/// What a person sees.
#[derive(Default)]
struct Seen {
    heads: Vec<Head>,
    /// Where the headings of a key stand among them.
    places: HashMap<Key, Vec<usize>>,
    lines: Vec<Line>,
}

impl Frame {
    /// Takes the frame from what khung generated, before and now.
    pub(crate) fn new(base: &Document, fresh: &Document, renames: &Renames) -> Self {
        let ids: HashSet<&str> =
            fresh.sections.iter().filter_map(|section| section.id.as_deref()).collect();
        let now = |id: &str| renames.now(id, |id| ids.contains(id));
        let mut frame = Self::default();
        let mut met = HashSet::new();
        let old = frame.add(base, BASE, now, &mut met);
        let new = frame.add(fresh, FRESH, str::to_owned, &mut met);
        for key in frame.titles.values().filter(|keys| keys.len() > 1).flatten() {
            frame.heads.entry(key.clone()).or_default().is_shared = true;
        }
        for (id, home) in new {
            if old.get(&id).is_some_and(|old| *old != home) {
                frame.wandered.insert(home);
            }
        }
        frame
    }

    /// Adds one side, and its texts to those that were `met`; tells which heading each section
    /// without one stands below.
    fn add(
        &mut self,
        document: &Document,
        side: usize,
        now: impl Fn(&str) -> String,
        met: &mut HashSet<String>,
    ) -> BTreeMap<String, Key> {
        let mut above = Above::new();
        let mut homes = BTreeMap::new();
        let mut at = 0;
        for section in &document.sections {
            let id = section.id.as_deref().map(&now).unwrap_or_default();
            for (n, block) in section.blocks.iter().enumerate() {
                let said = block.kind.said();
                let label = said.split(':').next().map(folded);
                let (level, title) = match (&block.kind, section.role(), label) {
                    (BlockKind::Heading(heading), _, _) => {
                        (level(heading), folded(&said))
                    }
                    (_, Role::OtherTasks, Some(label)) if n == 0 => {
                        self.labels.insert(label.clone().into_owned());
                        (LABEL, label)
                    }
                    (kind, ..) => {
                        if n == 0 {
                            let home = above.last().and_then(|(_, key)| key.clone());
                            homes.insert(id.clone(), home.unwrap_or_default());
                        }
                        self.add_text(kind, side, met);
                        continue;
                    }
                };
                self.add_words(&folded(&said));
                if title.is_empty() {
                    continue;
                }
                let key = if n == 0 { id.clone() } else { format!("{id} {title}") };
                let parent = parent(&above, level).unwrap_or_default();
                push(&mut above, level, Some(key.clone()));
                let keys = self.titles.entry(title.into_owned()).or_default();
                if !keys.contains(&key) {
                    keys.push(key.clone());
                }
                if side == BASE {
                    self.order.push(key.clone());
                }
                let known = self.heads.entry(key).or_default();
                known.level = level;
                known.spots[side] = Some(Spot { at, parent });
                at += 1;
            }
        }
        homes
    }

    fn add_text(&mut self, kind: &BlockKind, side: usize, met: &mut HashSet<String>) {
        if let BlockKind::Table(table) = kind {
            self.columns[side].extend(table.rows.iter().take(1).flat_map(titles));
        }
        for text in kind.texts() {
            // Both sides say mostly the same.
            let plain = text.plain();
            if met.contains(&plain) {
                continue;
            }
            let (_, title) = numbered(text);
            self.add_words(&folded(&plain));
            self.lines.insert(title);
            met.insert(plain);
        }
    }

    fn add_words(&mut self, text: &str) {
        for word in words(text) {
            if !self.words.contains(word) {
                self.words.insert(word.to_owned());
            }
        }
    }

    /// Tells whether a title has most of the words of one of the frame's.
    fn is_like_a_title(&self, title: &str) -> bool {
        let own: HashSet<&str> = words(title).collect();
        self.titles.keys().any(|title| {
            let all = words(title).count();
            let shared = words(title).filter(|word| own.contains(word)).count();
            shared * 2 > all
        })
    }

    fn is_in(&self, side: usize, key: &str) -> bool {
        self.heads.get(key).is_some_and(|known| known.spots[side].is_some())
    }

    /// Reads a document as a person does; quotes are guidance, or notes of an update.
    fn read(&self, document: &Document) -> Seen {
        let mut seen = Seen::default();
        let mut above = Above::new();
        let mut home: Option<Key> = None;
        for block in document.sections.iter().flat_map(|section| &section.blocks) {
            match &block.kind {
                BlockKind::Quote(_) | BlockKind::Raw(_) => {}
                BlockKind::Table(table) => {
                    let heads: Vec<String> =
                        table.rows.iter().take(1).flat_map(titles).collect();
                    for row in &table.rows {
                        for (text, column) in titles(row).zip(&heads) {
                            let column = Some(column.clone());
                            seen.line(text, home.as_ref(), column);
                        }
                    }
                }
                kind => {
                    let (head, text) = self.head(kind, &above);
                    if let Some(head) = head {
                        home.clone_from(&head.key);
                        seen.add(head, &mut above);
                    }
                    let column = None;
                    seen.line(text, home.as_ref(), column);
                }
            }
        }
        seen
    }

    /// The heading that a paragraph is, if it is one, and what it says below it.
    fn head(&self, kind: &BlockKind, above: &Above) -> (Option<Head>, String) {
        let (level, (number, title)) = match kind {
            BlockKind::Heading(heading) => {
                let title = folded(&heading.text.plain()).into_owned();
                (Some(level(heading)), (heading.number.clone(), title))
            }
            _ => (
                None,
                kind.texts().first().map(|text| numbered(text)).unwrap_or_default(),
            ),
        };
        let by_number = number.as_deref().map(Heading::level_of);
        let styled = match kind {
            BlockKind::Heading(heading) => Some(heading.level),
            _ => None,
        };
        let is_set = level.is_some() || by_number.is_some();
        let level = level.into_iter().chain(by_number).min();
        let label = title.split(':').next().map(|label| folded(label).into_owned());
        if let Some(label) = label.filter(|label| self.labels.contains(label)) {
            let rest = title.get(label.len() + 1..).unwrap_or_default().trim().to_owned();
            return (Some(self.known(label, LABEL, above)), rest);
        }
        let is_line = self.lines.contains(&title);
        let is_paragraph = matches!(kind, BlockKind::Paragraph(_));
        let head = if title.is_empty() {
            level.map(|level| Head { level, opens: true, ..Head::default() })
        } else if self.titles.contains_key(&title) && (is_set || is_paragraph) {
            let mut head = self.known(title.clone(), level.unwrap_or(u8::MAX), above);
            // A line that says the same may be none.
            head.key = head.key.filter(|_| is_set);
            Some(head)
        } else if is_set
            && (matches!(kind, BlockKind::Heading(_))
                || !is_line && title.len() <= LONGEST_TITLE)
        {
            let level = level.unwrap_or(u8::MAX);
            // Where its number says another level than its style, nobody knows what it is below.
            let is_certain =
                by_number.is_none_or(|number| styled.is_none_or(|own| own == number));
            let parent = parent(above, level).filter(|_| is_certain);
            let (key, opens) =
                (Some(format!("={title}")), matches!(kind, BlockKind::Heading(_)));
            Some(Head {
                key,
                level,
                parent,
                title: title.clone(),
                opens,
                ..Head::default()
            })
        } else {
            None
        };
        let head = head.map(|head| Head {
            is_numbered: by_number.is_some(),
            is_torn: by_number
                .is_some_and(|level| styled.is_some_and(|own| own != level)),
            ..head
        });
        let text = if head.is_some() && is_set { String::new() } else { title };
        (head, text)
    }

    /// The heading of the frame that has a title; where several have, the one that belongs
    /// below the headings above.
    fn known(&self, title: String, level: u8, above: &Above) -> Head {
        let keys = self.titles.get(&title).map_or(&[][..], Vec::as_slice);
        let fits = |key: &&Key| {
            let known = &self.heads[*key];
            let parent = parent(above, known.level);
            keys.len() == 1
                || known.level == level
                    && parent.is_some_and(|parent| known.is_below(&parent))
        };
        let mut fitting = keys.iter().filter(fits);
        let key = fitting.next().filter(|_| fitting.next().is_none()).cloned();
        let level = key.as_ref().map_or(level, |key| self.heads[key].level);
        let parent = parent(above, level);
        Head { key, level, parent, title, opens: true, ..Head::default() }
    }

    /// The lines and words that only people can have written, and the line that has them; none
    /// where several have.
    fn traces<'s>(&self, seen: &'s Seen) -> BTreeMap<&'s str, Option<&'s Line>> {
        let mut traces = BTreeMap::new();
        let mut add = |text: &'s str, line: Option<&'s Line>| {
            for word in words(text).filter(|word| !is_number(word)) {
                if word != text && !self.words.contains(word) {
                    traces.entry(word).and_modify(|known| *known = None).or_insert(line);
                }
            }
            if text.contains(' ') || !is_number(text) && !self.words.contains(text) {
                traces.entry(text).and_modify(|known| *known = None).or_insert(line);
            }
        };
        for head in &seen.heads {
            add(&head.title, None);
        }
        for line in seen.lines.iter().filter(|line| !self.lines.contains(&line.text)) {
            add(&line.text, Some(line));
        }
        traces
    }
}

impl Seen {
    fn add(&mut self, mut head: Head, above: &mut Above) {
        head.next = self.lines.len();
        if head.opens {
            push(above, head.level, head.key.clone());
        }
        if let Some(key) = &head.key {
            self.places.entry(key.clone()).or_default().push(self.heads.len());
        }
        self.heads.push(head);
    }

    fn line(&mut self, text: String, home: Option<&Key>, column: Option<String>) {
        if !text.is_empty() {
            self.lines.push(Line { text, home: home.cloned(), column });
        }
    }

    /// How often a heading stands there with the same line below it.
    fn alike(&self, head: &Head) -> usize {
        let line = |head: &Head| self.lines.get(head.next).map(|line| &line.text);
        let Some(below) = line(head) else { return 0 };
        let is_alike = |other: &&Head| {
            let is_same = (&other.key, &other.title, other.is_numbered)
                == (&head.key, &head.title, head.is_numbered);
            is_same && line(other) == Some(below)
        };
        self.heads.iter().filter(is_alike).count()
    }

    fn count(&self, key: &str) -> usize {
        self.places.get(key).map_or(0, Vec::len)
    }

    fn has(&self, key: &str) -> bool {
        key == TOP || self.count(key) > 0
    }

    /// The only heading with a key, and where it stands.
    fn only(&self, key: &str) -> Option<(usize, &Head)> {
        match self.places.get(key).map(Vec::as_slice) {
            Some([at]) => Some((*at, &self.heads[*at])),
            _ => None,
        }
    }
}

/// Proves that what a person sees after an update stands where it stood before, or where the
/// new frame has it.
///
/// # Errors
/// [`UpdateError::Strayed`].
pub(crate) fn proves(
    frame: &Frame,
    before: &Document,
    after: &Document,
) -> Result<(), UpdateError> {
    let [before, after] = [before, after].map(|document| frame.read(document));
    let proof = Proof { frame, before, after };
    let what = proof.fault();
    what.map_or(Ok(()), |what| Err(UpdateError::Strayed(what)))
}

/// As [`proves`], of a Word file that was patched.
///
/// # Errors
/// [`UpdateError::Strayed`], and [`UpdateError::Broken`] where it cannot be read.
pub(crate) fn proves_docx(
    frame: &Frame,
    before: &Document,
    patched: &Package,
    main: &Main,
) -> Result<(), UpdateError> {
    let after = read::seen(patched, main);
    let after = after.map_err(|error| UpdateError::Broken(error.to_string()))?;
    proves(frame, before, &after)
}

/// The level of a heading: what its style says, or its number, whichever is higher.
fn level(heading: &Heading) -> u8 {
    let number = heading.number.as_deref().map(Heading::level_of);
    number.map_or(heading.level, |level| level.min(heading.level))
}

/// The heading that one of a level stands below.
fn parent(above: &Above, level: u8) -> Option<Key> {
    match above.iter().rev().find(|(other, _)| *other < level) {
        Some((_, key)) => key.clone(),
        None => Some(TOP.to_owned()),
    }
}

fn push(above: &mut Above, level: u8, key: Option<Key>) {
    above.retain(|(other, _)| *other < level);
    above.push((level, key));
}

/// The number in front of a line, and what it says.
fn numbered(text: &Text) -> (Option<String>, String) {
    // A tab parts a number from its title, too.
    let text = text.plain().trim_start().replace('\t', " ");
    let heading = Heading::split(0, Text::from(text));
    (heading.number, folded(&heading.text.plain()).into_owned())
}

/// What the cells of a row say.
fn titles(row: &Row) -> impl Iterator<Item = String> {
    row.cells.iter().map(|cell| numbered(cell).1)
}

/// The words of a text, without the marks around them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ')
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// Tells whether a word is a number that may be counted anew.
fn is_number(word: &str) -> bool {
    let is_short =
        |part: &str| part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit());
    word.split('.').all(is_short)
}
