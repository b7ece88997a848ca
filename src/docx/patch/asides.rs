//! What a Word plan says beside its text: guidance in comments, and the banner at the top of
//! its pages. Neither can be tracked: what nobody changed becomes fresh's.

use std::collections::{BTreeMap, BTreeSet};

use super::notes::{self, Note};
use super::{PatchError, Work};
use crate::document::Document;
use crate::docx::banner::retitle;
use crate::docx::comments::{Comment, comments};
use crate::docx::package::Package;
use crate::docx::read::Place;
use crate::docx::story::{Kind, each, others};
use crate::docx::write::guidance_below;
use crate::docx::xml::{self, Node, Path};
use crate::docx::{author, elements};
use crate::merge::{Change, Merge};
use crate::source::words;

/// The asides of one side of an update.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asides {
    /// The lines of guidance about each section, by its id; none where it stands in the body.
    pub guidance: BTreeMap<String, Vec<String>>,
    /// The line at the top of the pages.
    pub banner: Option<String>,
}

/// What became of one aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Id of the section that the guidance is about; none for the banner.
    pub about: Option<String>,
    /// What was done.
    pub done: Done,
}

/// What was done with an aside that the catalogue or the profile changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It came in.
    Added,
    /// It says what fresh says.
    Changed,
    /// It went.
    Removed,
    /// People changed, answered, moved or deleted it, or it has no place: nothing.
    Left,
}

impl Asides {
    /// Those of a document; whether its guidance stands in `comments`.
    #[must_use]
    pub fn of(document: &Document, comments: bool) -> Self {
        let sections = &document.sections;
        let guided = sections.iter().enumerate().filter(|(_, section)| {
            comments && !section.is_guidance() && !section.is_banner()
        });
        let guidance = guided.filter_map(|(at, section)| {
            let lines = guidance_below(&sections[at + 1..]);
            let lines: Vec<String> = lines.map(|block| block.kind.plain()).collect();
            (!lines.is_empty()).then_some((section.id.clone()?, lines))
        });
        Self { guidance: guidance.collect(), banner: document.banner() }
    }
}

/// What is to happen to the comments that are there.
#[derive(Debug, Default)]
pub(super) struct Comments<'m> {
    /// Those that say something else from now on, by their ids.
    pub(super) changed: BTreeMap<String, &'m [String]>,
    /// The ids of those that go.
    pub(super) gone: BTreeSet<String>,
}

impl<'m> Work<'m> {
    /// Settles the guidance of the sections that stay, but for taking out what goes; a section that comes in brings its own.
    pub(super) fn guidance(
        &mut self,
        package: &Package,
        main: &str,
        merge: &'m Merge,
    ) -> Result<Comments<'m>, PatchError> {
        let mut found = Comments::default();
        let options = self.options;
        let (old, new) = (&options.old.guidance, &options.new.guidance);
        if old == new {
            return Ok(found);
        }
        let mut own = comments(package, main)?;
        own.retain(|comment| comment.author == author::GUIDANCE);
        let places = references(&self.nodes);
        for change in &merge.sections {
            let Change::Kept(section) = change else { continue };
            let was = &self.reading.document.sections[section.edited].id;
            let was = was.as_ref().and_then(|id| old.get(id));
            let now = section.id.as_ref().and_then(|id| new.get(id));
            if was == now {
                continue;
            }
            let paragraphs = &self.reading.places[section.edited];
            let paragraphs = paragraphs.iter().filter_map(|place| match place {
                Place::Paragraph { spot, .. } => Some(&spot.paragraphs),
                Place::Table { .. } => None,
            });
            let paragraphs: Vec<&Path> = paragraphs.flatten().collect();
            // Two sections may have the same guidance: it is known by its place, too.
            let is_here = |comment: &&Comment| {
                let at = places.get(&comment.id);
                at.is_some_and(|at| paragraphs.iter().any(|own| at.starts_with(own)))
            };
            let says = |lines: &Vec<String>| {
                let is_same = |one: &&Comment| key(&one.lines) == key(lines);
                let mut free = own.iter().filter(|one| !one.has_more && is_same(one));
                free.find(is_here).map(|comment| comment.id.clone())
            };
            let done = match (was.and_then(says), now) {
                (Some(id), Some(lines)) => {
                    found.changed.insert(id, lines);
                    Done::Changed
                }
                (Some(id), None) => {
                    found.gone.insert(id);
                    Done::Removed
                }
                (None, Some(lines)) if was.is_none() => {
                    let first = paragraphs.first().copied();
                    self.note(first, Note::Guidance(lines));
                    if first.is_some() { Done::Added } else { Done::Left }
                }
                (None, None) if !own.iter().any(|one| is_here(&one)) => continue,
                (None, _) => Done::Left,
            };
            self.asides.push(Aside { about: section.id.clone(), done });
        }
        Ok(found)
    }

    /// Puts the guidance about a section that comes in on its first paragraph.
    pub(super) fn guide(&mut self, about: Option<&String>, nodes: &mut [Node]) {
        let options = self.options;
        let lines = about.and_then(|id| options.new.guidance.get(id));
        let first = elements(nodes).find(|element| element.name == "w:p");
        if let (Some(lines), Some(first)) = (lines, first) {
            notes::attach(first, self.notes.len());
            self.notes.push(Note::Guidance(lines));
        }
    }
}

/// Where the comments of a text stand, by their ids.
fn references(nodes: &[Node]) -> BTreeMap<String, Path> {
    let mut places = BTreeMap::new();
    each(nodes, &mut Path::new(), &mut |element, at| {
        if element.name == "w:commentReference" {
            places.extend(element.value("w:id").map(|id| (id, at.clone())));
        }
    });
    places
}

/// The lines of a comment as they are compared.
fn key(lines: &[String]) -> Vec<String> {
    let lines = lines.iter().flat_map(|line| line.lines()).map(words);
    lines.filter(|line| !line.is_empty()).collect()
}

/// Brings the line at the top of the pages in step.
pub(super) fn banner(
    package: &mut Package,
    old: Option<&str>,
    new: Option<&str>,
) -> Result<Option<Aside>, PatchError> {
    if old == new {
        return Ok(None);
    }
    let mut is_found = false;
    for mut story in others(package)? {
        if let (Kind::Header, Some(old)) = (story.kind, old)
            && retitle(&mut story.nodes, old, new)
        {
            is_found = true;
            package.replace(&story.part, xml::serialize(&story.nodes));
        }
    }
    let done = match new {
        Some(_) if is_found => Done::Changed,
        Some(_) => Done::Left,
        None if is_found => Done::Removed,
        None => return Ok(None),
    };
    Ok(Some(Aside { about: None, done }))
}
