//! Carries out a merge on a DOCX in place: as tracked changes, bookmarks, comments and a new
//! record, with every byte that is not about them as it was.

mod anchors;
mod apart;
mod asides;
mod body;
mod fresh;
mod ids;
mod notes;
mod section;
mod spot;
mod style;
mod words;

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use super::comments::detach;
use super::package::Package;
use super::read::{Main, Reading};
use super::story::Unreadable;
use super::xml::{self, Element, Node, Path, element_at, element_at_mut};
use super::{author, record, revisions};
use crate::document::{Document, Section};
use crate::identity::Names;
use crate::merge::{Change, Merge, Travel};
use anchors::Anchors;
pub use asides::{Aside, Asides, Done};
use body::{Part, Spans};
use fresh::Builder;
use notes::Note;
pub(crate) use notes::is_about_a_move;
use style::Styles;

/// How a merge is carried out.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Author of the tracked changes and comments, such as `khung 2024.2`.
    pub author: String,
    /// Whose new words come in, as comments name it at their beginning.
    pub origin: String,
    /// Whether changes come in as plain text; tracked otherwise.
    pub accept: bool,
    /// Whether guidance lives in Word comments and has no place in the body.
    pub comments: bool,
    /// What stands beside the text of base.
    pub old: Asides,
    /// What stands beside that of fresh.
    pub new: Asides,
    /// How the paragraphs and rows of base are named.
    pub old_names: Names,
    /// How those of fresh are.
    pub new_names: Names,
    /// The new record's text.
    pub record: String,
}

/// A package in which a merge was carried out.
#[derive(Debug, Clone)]
pub struct Patched {
    /// The package: parts that nothing happened to have their old bytes.
    pub package: Package,
    /// Changes that were left out, in the order of the result.
    pub skipped: Vec<Skipped>,
    /// What became of guidance in comments and of the banner.
    pub asides: Vec<Aside>,
}

/// A change that was left out, because something stands in its way that is not khung's to
/// touch: the place is that of the edited document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// Index of the edited section.
    pub section: usize,
    /// Index of its block; none when it is about the whole section.
    pub block: Option<usize>,
    /// Index of the row in the table.
    pub row: Option<usize>,
    /// Index of the cell in the row.
    pub cell: Option<usize>,
    /// What was left out.
    pub what: Omission,
}

/// What was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Omission {
    /// Words that a field, a pending change, a picture or the like stands among.
    Words,
    /// A number that does not stand in front of its heading.
    Number,
    /// The removal of a paragraph or row that holds more than text.
    Removal,
    /// A block or row with nothing to put it behind.
    Addition,
    /// The move of a section that is tied to another one by a range, a field or a wrapper.
    Move,
}

/// Why a merge cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PatchError {
    /// A part beside the text that khung must add to is none that it can read.
    Part(String),
}

impl fmt::Display for PatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Part(name) = self;
        write!(f, "phần {name} của tệp bị hỏng; mở bằng Word rồi lưu lại thành .docx")
    }
}

impl std::error::Error for PatchError {}

impl From<Unreadable> for PatchError {
    fn from(Unreadable(part): Unreadable) -> Self {
        Self::Part(part)
    }
}

/// Carries out a merge on the package whose main part this is; the reading is of both.
///
/// `fresh` is what the catalogue gives now, as far as it stands [in the body](super::read::body).
///
/// # Errors
/// See [`PatchError`].
pub fn patch(
    package: &Package,
    main: Main,
    reading: &Reading,
    merge: &Merge,
    fresh: &Document,
    options: &Options,
) -> Result<Patched, PatchError> {
    // In place: a copy of the whole part is as dear as reading it.
    let Main { part: main, nodes } = main;
    let part =
        |kind: &str| package.related(&main, kind).and_then(|name| package.part(name));
    let styles = Styles::read(part("styles"));
    let mut work = Work {
        reading,
        fresh: fresh.by_id(),
        options,
        styles: &styles,
        spans: Spans::find(&nodes, &reading.places),
        nodes,
        builder: Builder::new(&styles),
        insertions: Insertions::default(),
        anchors: Anchors::default(),
        notes: Vec::new(),
        skipped: Vec::new(),
        asides: Vec::new(),
        voices: BTreeSet::new(),
    };
    if options.accept {
        work.voices = notes::of_people(package, &main)?;
    }
    let order = work.order(merge);
    for change in &merge.sections {
        work.section(change);
    }
    // A new record is a new base, which the next reading compares with.
    if super::read_record(package).as_deref() != Some(&*options.record) {
        work.settle();
    }
    let guidance = work.guidance(package, &main, merge)?;
    work.anchors.apply(&mut work.nodes);
    work.assemble(merge, &order);
    if !guidance.gone.is_empty() {
        detach(&mut work.nodes, &|id| guidance.gone.contains(id));
    }
    apart::keep_apart(&mut work.nodes);
    let mut gone = guidance.gone;
    if options.accept {
        let before = notes::references(&work.nodes);
        revisions::accept(&mut work.nodes, author::CURRENT);
        let after = notes::references(&work.nodes);
        gone.extend(before.difference(&after).cloned());
    }
    let comments = part("comments").and_then(|bytes| xml::parse(bytes).ok());
    let numbered =
        ids::number(&mut work.nodes, &comments.unwrap_or_default(), &options.author);
    let Work { nodes, notes, skipped, mut asides, .. } = work;
    let comments: Vec<notes::Comment<'_>> = numbered
        .into_iter()
        .filter_map(|(placeholder, id)| {
            let note =
                notes.get(placeholder.strip_prefix("+c")?.parse::<usize>().ok()?)?;
            let author = note.author(&options.author);
            let lines = notes::lines(note, &options.origin, fresh);
            Some(notes::Comment { id, author, lines })
        })
        .collect();
    let mut package = package.clone();
    package.replace(&main, xml::serialize(&nodes));
    notes::drop_gone(&mut package, &main, &gone)?;
    notes::write(&mut package, &main, &comments, &guidance.changed, &styles)?;
    let (old, new) = (options.old.banner.as_deref(), options.new.banner.as_deref());
    asides.extend(asides::banner(&mut package, old, new)?);
    record::set(&mut package, &main, &options.record)?;
    Ok(Patched { package, skipped, asides })
}

/// On which side of a node others are put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Before,
    After,
}

/// New nodes beside old ones, which have the paths that they had in the file.
#[derive(Debug, Default)]
struct Insertions(BTreeMap<(Path, Side), Vec<Node>>);

impl Insertions {
    /// Puts nodes beside another one, behind what was put there before.
    fn put(&mut self, at: &Path, side: Side, nodes: Vec<Node>) {
        self.0.entry((at.clone(), side)).or_default().extend(nodes);
    }

    fn take(&mut self, at: &Path, side: Side) -> Vec<Node> {
        self.0.remove(&(at.clone(), side)).unwrap_or_default()
    }

    /// Carries out those below the children of the body: the last first, so that the paths
    /// of the others stay right.
    fn apply_inner(&mut self, nodes: &mut [Node], body: &Path) {
        let inner = |at: &Path| at.len() > body.len() + 1;
        let keys: Vec<(Path, Side)> =
            self.0.keys().rev().filter(|(at, _)| inner(at)).cloned().collect();
        for key in keys {
            let new = self.take(&key.0, key.1);
            let Some((at, parent)) = key.0.split_last() else { continue };
            let Some(parent) = element_at_mut(nodes, parent) else { continue };
            let at = at + usize::from(key.1 == Side::After);
            parent.children.splice(at..at, new);
        }
    }
}

/// A patch under way.
struct Work<'m> {
    reading: &'m Reading,
    /// The sections of fresh by id.
    fresh: HashMap<&'m str, &'m Section>,
    options: &'m Options,
    styles: &'m Styles,
    /// The main part. Until the body is assembled, all paths of the reading down to
    /// paragraphs and rows hold.
    nodes: Vec<Node>,
    spans: Option<Spans>,
    builder: Builder<'m>,
    insertions: Insertions,
    anchors: Anchors,
    notes: Vec<Note<'m>>,
    skipped: Vec<Skipped>,
    asides: Vec<Aside>,
    /// The comments that people wrote, where accepted text would take them along.
    voices: BTreeSet<String>,
}

impl<'m> Work<'m> {
    /// The edited sections in the order in which they are to stand.
    fn order(&mut self, merge: &Merge) -> Vec<usize> {
        let at = |change: &Change<_, _>| edited(change);
        let order: Vec<usize> = merge.sections.iter().filter_map(at).collect();
        let children = self.body_children();
        let can_move =
            self.spans.as_ref().is_none_or(|spans| spans.can_move(children, &order));
        if can_move {
            return order;
        }
        for change in &merge.sections {
            if let Change::Kept(section) = change
                && section.travel != Travel::None
            {
                self.skip([Some(section.edited), None, None, None], Omission::Move);
            }
        }
        (0..self.reading.document.sections.len()).collect()
    }

    fn body_children(&self) -> &[Node] {
        let body =
            self.spans.as_ref().and_then(|spans| element_at(&self.nodes, &spans.body));
        body.map_or(&[], |body| &body.children)
    }

    fn skip(&mut self, at: [Option<usize>; 4], what: Omission) {
        let [section, block, row, cell] = at;
        let section = section.unwrap_or_default();
        let skipped = Skipped { section, block, row, cell, what };
        if !self.skipped.contains(&skipped) {
            self.skipped.push(skipped);
        }
    }

    /// The text width of the pages that a place is on.
    fn width(&self, at: usize) -> usize {
        let spans = self.spans.as_ref();
        let setup = spans.and_then(|spans| spans.setup(self.body_children(), at));
        setup.and_then(body::width).unwrap_or(super::write::PORTRAIT)
    }

    /// Puts new rows and blocks in, and the sections in order.
    fn assemble(&mut self, merge: &Merge, order: &[usize]) {
        let Some(spans) = self.spans.take() else { return };
        self.insertions.apply_inner(&mut self.nodes, &spans.body);
        let mut parts = Vec::new();
        let mut order = order.iter().copied();
        let mut before = None;
        for change in &merge.sections {
            match change {
                Change::Kept(_) | Change::Removed(_) => {
                    let Some(at) = order.next() else { continue };
                    parts.push(Part::Old(at));
                    before = Some(at);
                }
                Change::Added(section) if !self.has_no_place(section) => {
                    parts.push(self.new_part(section, &spans, before));
                }
                Change::Added(_) | Change::Deleted(_) => {}
            }
        }
        let insertions = std::mem::take(&mut self.insertions);
        let section_end = self.styles.id("SectionEnd");
        if let Some(body) = element_at_mut(&mut self.nodes, &spans.body) {
            let children = std::mem::take(&mut body.children);
            body.children = spans.assemble(children, parts, insertions, section_end);
        }
    }

    /// Builds a section that comes in behind an edited one.
    fn new_part(
        &mut self,
        section: &Section,
        spans: &Spans,
        before: Option<usize>,
    ) -> Part {
        let wide = super::write::is_wide(section);
        let page = super::write::opens_part(section).then_some(wide);
        let body = element_at(&self.nodes, &spans.body);
        let children = body.map_or(&[][..], |body| &body.children);
        let setup = match page {
            Some(wide) => Spans::page(children, wide),
            None => spans.setup(children, before.map_or(0, |at| spans.start(at))),
        };
        let width = setup.and_then(body::width).unwrap_or(super::write::PORTRAIT);
        let names = self.options.new_names.bookmarks(section);
        let mut nodes = self.builder.section(section, width, names);
        self.guide(section.id.as_ref(), &mut nodes);
        revisions::mark_inserted(&mut nodes);
        Part::New { nodes, page }
    }

    /// Tells whether a section of fresh has no place in the body.
    fn has_no_place(&self, section: &Section) -> bool {
        section.is_banner() || (self.options.comments && section.is_guidance())
    }

    /// Puts a comment on a paragraph.
    fn note(&mut self, at: Option<&Path>, note: Note<'m>) {
        let paragraph = at.and_then(|at| element_at_mut(&mut self.nodes, at));
        if let Some(paragraph) = paragraph.filter(|element| element.name == "w:p") {
            notes::attach(paragraph, self.notes.len());
            self.notes.push(note);
        }
    }

    fn element(&self, at: &Path) -> Option<&Element> {
        element_at(&self.nodes, at)
    }
}

/// The edited section that a change is about.
fn edited<N>(change: &Change<crate::merge::SectionMerge, N>) -> Option<usize> {
    match change {
        Change::Kept(section) => Some(section.edited),
        Change::Removed(at) => Some(*at),
        _ => None,
    }
}
