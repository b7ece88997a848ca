//! The catalogue of one plan year: tasks, deadlines, focal units, legal bases, agencies.
//!
//! Drafts hold what the TOML says; the checked types below are what later stages trust.
//! Checking reports every problem of every file at once.

pub mod agency;
pub mod deadline;
pub mod layer;
mod read;
mod sense;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::diagnostic::Diagnostic;
use crate::edition::{Imprint, Shipped, shipped};
use crate::source::Source;
use agency::{Agency, DraftAgency};
use deadline::{Deadline, short_date};
use layer::Layer;
pub(crate) use read::Ids;

/// The file by which a folder is a catalogue.
pub const EDITION: &str = "edition.toml";

/// A checked catalogue.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Id of the edition: its plan year, and a suffix where a year has several.
    pub edition: String,
    /// Version such as "2024.1".
    pub version: String,
    /// What it was read from: the edition, and the layers above it from the lowest up.
    pub imprints: Vec<Imprint>,
    /// The layers over the edition, the lowest first.
    pub layers: Vec<Layer>,
    /// Plan year.
    pub year: i32,
    /// When plans are due.
    pub due: Option<DueDate>,
    /// The dispatch.
    pub dispatch: Document,
    /// The ten Annex III groups, in order.
    pub sections: Vec<SectionHead>,
    /// The groups of solutions, in order.
    pub solutions: Vec<SolutionHead>,
    /// What its frame prints beside all that.
    pub extra: toml::Table,
    /// MIC units that help.
    pub units: Vec<Unit>,
    /// Legal bases and letters.
    pub documents: Vec<Document>,
    /// Annex I and Annex II.
    pub annexes: BTreeMap<String, Annex>,
    /// Kinds of agency, as drafts that agencies are filled from.
    pub kinds: Vec<DraftAgency>,
    /// The agencies.
    pub agencies: Vec<Agency>,
    /// Misprints that belong to no task and no document.
    pub errata: Vec<Erratum>,
    /// Profiles of agencies that do not exist, for training, by annex.
    pub samples: BTreeMap<String, Arc<Source>>,
}

/// One Annex III group (Part II, III).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SectionHead {
    /// Id.
    pub id: String,
    /// 1 to 10.
    pub number: u32,
    /// Title as printed.
    pub title: String,
}

/// A group of solutions (Part II, IV).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SolutionHead {
    /// Id: the key in the profile's `[solutions]`.
    pub id: String,
    /// Title as printed.
    pub title: String,
    /// Whether it is left out where the profile has none.
    pub optional: bool,
}

/// When plans must be issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueDate {
    /// Before this day.
    Before(NaiveDate),
    /// On this day at the latest.
    On(NaiveDate),
}

impl DueDate {
    /// The last day on which they may be issued.
    #[must_use]
    pub fn last(self) -> NaiveDate {
        match self {
            Self::Before(day) => day.pred_opt().unwrap_or(day),
            Self::On(day) => day,
        }
    }

    /// As the dispatch says it: "trước ngày 20/12/2023".
    #[must_use]
    pub fn said(self) -> String {
        match self {
            Self::Before(day) => format!("trước ngày {}", short_date(day)),
            Self::On(day) => format!("chậm nhất ngày {}", short_date(day)),
        }
    }

    /// As a remark on a date says it, behind what is dated.
    #[must_use]
    pub fn missed(self) -> String {
        match self {
            Self::Before(day) => format!("không trước ngày {}", short_date(day)),
            Self::On(day) => format!("sau ngày {}", short_date(day)),
        }
    }
}

/// A focal unit of MIC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Slug.
    pub id: String,
    /// Name as printed.
    pub name: String,
}

/// A legal basis, or an official letter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// Its number, or a slug where the dispatch gives none.
    pub id: String,
    /// "Quyết định", "Văn bản" …
    pub kind: String,
    /// Number and symbol.
    pub number: Option<String>,
    /// Date of issue.
    pub date: Option<NaiveDate>,
    /// Who issued it.
    pub issuer: String,
    /// What follows the issuer in a full citation.
    pub title: String,
    /// Whether it is listed among the plan's căn cứ.
    pub basis: bool,
    /// Position in Annex III's own list.
    pub framework: Option<u32>,
    /// What the drafter must fill in, where Annex III leaves the entry open.
    pub slot: Option<String>,
    /// Whether it may not exist yet: it is cited once the profile says its number.
    pub later: bool,
    /// Task files it belongs to; empty for all.
    pub only: Vec<String>,
    /// Misprints of the dispatch about it.
    pub errata: Vec<Erratum>,
}

/// A misprint of the dispatch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Erratum {
    /// As printed.
    pub printed: String,
    /// What is right, where a source proves it.
    pub correct: Option<String>,
    /// For the drafter.
    pub note: String,
    /// Whether it touches nothing that is signed: it is recorded, and no drafter is told.
    pub minor: bool,
}

/// Annex I or II.
#[derive(Debug, Clone, Default)]
pub struct Annex {
    /// "Phụ lục I".
    pub name: String,
    /// The document whose annex it is; none for the dispatch.
    pub source: Option<String>,
    /// Its groups.
    pub groups: Vec<Group>,
    /// Its tasks, in annex order.
    pub tasks: Vec<Task>,
    /// Who does what.
    pub organisation: Organisation,
}

/// How Part II, VI names bodies: by how their names begin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organisation {
    /// Bodies that the plan directs, in the order in which it names them.
    pub directed: Vec<String>,
    /// Bodies that it asks, after all others.
    pub asked: Vec<String>,
    /// Recipients that all carry out the plan.
    pub executing: Vec<String>,
    /// Beginnings of suggestions that describe a body whose name only the agency knows.
    pub unnamed: Vec<String>,
    /// What bodies do in every plan, beside their tasks.
    pub standing: Vec<Standing>,
    /// The last sentence on how the plan is carried out; `{{ unit }}` is the body of the first
    /// standing duty.
    pub closing: Option<String>,
}

/// What a body does in every plan.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Standing {
    /// Body.
    pub unit: String,
    /// A whole sentence.
    pub duty: String,
}

/// A group of an annex.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Id.
    pub id: String,
    /// As printed.
    pub number: String,
    /// As printed.
    pub title: String,
}

/// One task of the dispatch.
#[derive(Debug, Clone, Default)]
pub struct Task {
    /// `[a-z0-9-]{1,24}`, for life.
    pub id: String,
    /// The document that gives it; none for that of its annex.
    pub source: Option<String>,
    /// Where that prints it.
    pub cite: String,
    /// Group of the annex.
    pub group: String,
    /// Annex III group it is planned under.
    pub section: String,
    /// Title.
    pub title: String,
    /// Focal unit; empty where no ministry gave the task.
    pub unit: String,
    /// The part of the task the unit helps with, where it is only a part.
    pub unit_scope: Option<String>,
    /// Deadlines, none to several.
    pub deadlines: Vec<Deadline>,
    /// What the agency will do.
    pub actions: Vec<String>,
    /// What MIC provides; guidance.
    pub support: Vec<String>,
    /// Keys of documents.
    pub documents: Vec<String>,
    /// Hosts.
    pub links: Vec<String>,
    /// Suggested lead.
    pub lead: String,
    /// What the profile may decide.
    pub choices: Vec<Choice>,
    /// Misprints.
    pub errata: Vec<Erratum>,
    /// Ids it had in earlier editions.
    pub renamed_from: Vec<String>,
    /// Tasks of earlier editions that it stands for.
    pub replaces: Vec<String>,
    /// What the frame prints of it beside all that.
    pub extra: toml::Table,
}

/// An alternative that the dispatch leaves to the agency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// Id within the task.
    pub id: String,
    /// The question, a noun phrase.
    pub prompt: String,
    /// Whether several options may hold.
    pub multiple: bool,
    /// Whether leaving it undecided adds nothing.
    pub optional: bool,
    /// Whether the dispatch demands all of its options: a profile that is silent takes them all.
    pub all: bool,
    /// The one sentence of all options taken; none where each option has one of its own.
    pub text: Option<String>,
    /// Options taken when the profile is silent.
    pub default: Vec<String>,
    /// The options.
    pub options: Vec<ChoiceOption>,
}

/// One option of a choice.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChoiceOption {
    /// Id within the choice.
    pub id: String,
    /// Short name.
    pub label: String,
    /// The sentence that the plan gets, or the phrase within that of the choice; blank where
    /// the option adds nothing.
    pub text: Option<String>,
}

impl Choice {
    /// Stands in the sentence of a choice for the options taken.
    pub const OPTIONS: &'static str = "options";

    /// The sentence of a choice with what is taken, a list of phrases or a slot.
    #[must_use]
    pub fn said(text: &str, taken: &str) -> String {
        agency::fill(text, &[(Self::OPTIONS, taken)])
    }
}

impl Task {
    /// What prints it, as a list names that: the annex, or the document that a layer names.
    #[must_use]
    pub fn printed_in(&self, annex: &Annex) -> String {
        match (&self.source, &annex.source) {
            (Some(source), _) => source.clone(),
            (None, Some(source)) => format!("{} {source}", annex.name),
            (None, None) => annex.name.clone(),
        }
    }

    /// The task with the agency's name in what is not filled sentence by sentence.
    #[must_use]
    pub fn filled(&self, agency: &Agency) -> Self {
        let mut task = self.clone();
        let deadlines = task.deadlines.iter_mut();
        let deadlines =
            deadlines.flat_map(|one| one.what.iter_mut().chain(&mut one.said));
        let choices = task.choices.iter_mut().flat_map(|choice| {
            let labels = choice.options.iter_mut().map(|option| &mut option.label);
            [&mut choice.prompt].into_iter().chain(labels)
        });
        let texts = [&mut task.title].into_iter().chain(&mut task.unit_scope);
        for text in texts.chain(deadlines).chain(choices) {
            if text.contains("{{") {
                *text = agency.fill(text);
            }
        }
        task
    }
}

impl Catalog {
    /// Sources of the newest edition inside the binary, in reading order.
    ///
    /// # Errors
    /// A diagnostic when the binary was built from a folder that is not UTF-8.
    pub fn embedded() -> Result<Vec<Arc<Source>>, Diagnostic> {
        shipped().pop().map_or_else(|| Ok(Vec::new()), Shipped::catalog)
    }

    /// Reads and checks the files of one catalogue folder, each named as its file; or of several
    /// that were [laid](layer::lay) over each other.
    ///
    /// The catalogue is usable when no diagnostic is an error.
    #[must_use]
    pub fn read(sources: &[Arc<Source>]) -> (Self, Vec<Diagnostic>) {
        read::read(sources)
    }

    /// How a report names it: "2024.1", with its layers behind.
    #[must_use]
    pub fn name(&self) -> String {
        let layers = self.layers.iter();
        layers.fold(self.version.clone(), |name, layer| {
            format!("{name} + {} {}", layer.id, layer.version)
        })
    }

    /// The annex an agency plans by.
    #[must_use]
    pub fn annex(&self, agency: &Agency) -> Option<&Annex> {
        self.annexes.get(&agency.tasks)
    }

    /// A document by its key.
    #[must_use]
    pub fn document(&self, id: &str) -> Option<&Document> {
        self.documents.iter().find(|document| document.id == id)
    }

    /// A focal unit by its id.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.iter().find(|unit| unit.id == id)
    }

    /// A kind of agency by its id.
    #[must_use]
    pub fn kind(&self, id: &str) -> Option<&DraftAgency> {
        self.kinds.iter().find(|kind| kind.id.as_ref().is_some_and(|k| k.get_ref() == id))
    }
}
