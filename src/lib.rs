//! Drafts the yearly digital-transformation plan of a Vietnamese province or ministry.
//!
//! A [`catalog`] of tasks and one agency's [`profile`] resolve into a [`plan`], which a
//! [`template`] renders into Markdown; [`markdown`] reads that into a [`document`], and
//! [`docx`] writes it for Word, so that both outputs say the same. Every stage is a pure
//! function that returns what it made together with all its [`diagnostic`]s; only `workspace`
//! touches files.
//!
//! ```text
//! catalog/…/*.toml ─▶ Catalog ┐
//! profile.toml ─────▶ Profile ┴─▶ Plan ─ templates/…/plan.md ─▶ Markdown ─▶ Document ─▶ DOCX
//!
//! edited plan ─────▶ Document (edited) ┐
//! the record in it ▶ Document (base)   ├─ merge ─▶ changes ─▶ the same plan, patched in place
//! new catalogue ───▶ Document (fresh)  ┘
//! ```
//!
//! [`update`] brings a plan that people edited in step with a new catalogue: [`merge`] makes
//! one value of the three documents, which is carried out on the edited file itself. The
//! [`record`] that every plan carries says what it was drafted from. [`diff`](mod@diff)
//! tells beforehand what two catalogues differ in. A [`review`] finds what stands between a
//! plan and its signature, and [`finalize`] makes the copy that is signed.

pub mod diagnostic;
mod sequence;
pub mod source;
mod unseen;

pub mod catalog;
pub mod edition;
pub mod profile;

pub mod plan;
pub mod template;

pub mod document;
pub mod markdown;

pub mod docx;

mod opened;
pub mod record;

pub mod diff;
pub mod identity;
pub mod merge;
pub mod update;

pub mod finalize;
pub mod review;

#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
pub mod workspace;

use std::sync::Arc;

use chrono::NaiveDate;

use catalog::Catalog;
use diagnostic::{Diagnostic, has_errors};
use document::Document;
use identity::Names;
use plan::Plan;
use profile::{Guidance, Profile};
use record::Record;
use source::Source;
use template::{Rendered, Templates};

/// A drafted plan: what it says, before it is written in one form or the other.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Its Markdown, without the record.
    base: String,
    /// What that says.
    document: Document,
    properties: docx::Properties,
    record: Record,
}

impl Draft {
    /// The plan's Markdown, with its record.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::with_record(&self.base, &self.stamped(&self.record.encode()))
    }

    /// The plan as a Word file.
    ///
    /// # Errors
    /// When a part exceeds what a zip file holds.
    pub fn docx(&self) -> Result<Vec<u8>, Diagnostic> {
        let stamped = |hash: &str| record::stamp(hash, &self.record.encode());
        let docx = docx::write(&self.document, &self.properties, stamped);
        docx.map_err(|_| markdown::TooLong.into())
    }

    /// How many slots wait for the drafter.
    #[must_use]
    pub fn slots(&self) -> usize {
        review::count_slots(&self.document)
    }

    /// The record of the Markdown, and of all that is not as it was drafted.
    fn stamped(&self, record: &str) -> String {
        record::stamp(&record::hash_markdown(&self.base), record)
    }
}

/// Drafts the plan of a profile.
///
/// The draft is none when a diagnostic is an error. `date` is the date of issue for
/// profiles that give none.
#[must_use]
pub fn build(
    catalog: &Catalog,
    templates: &Templates,
    profile: &Arc<Source>,
    date: Option<NaiveDate>,
) -> (Option<Draft>, Vec<Diagnostic>) {
    draft(catalog, templates, profile, date, |_| {})
}

/// Drafts the plan of a profile; `judge` may weigh anew what is wrong with that.
fn draft(
    catalog: &Catalog,
    templates: &Templates,
    profile: &Arc<Source>,
    date: Option<NaiveDate>,
    judge: impl FnMut(&mut Diagnostic),
) -> (Option<Draft>, Vec<Diagnostic>) {
    let (composed, mut diagnostics) = compose(catalog, templates, profile, date, judge);
    let Some((draft, plan)) = composed else { return (None, diagnostics) };
    diagnostics.extend(edition::unfit(&plan, &draft.document));
    ((!has_errors(&diagnostics)).then_some(draft), diagnostics)
}

/// As [`draft`], whether the frame fits what it prints or not, and with what was to be printed.
fn compose(
    catalog: &Catalog,
    templates: &Templates,
    profile: &Arc<Source>,
    date: Option<NaiveDate>,
    judge: impl FnMut(&mut Diagnostic),
) -> (Option<(Draft, Plan)>, Vec<Diagnostic>) {
    let profile = &profile.straightened();
    let (mut checked, agency, mut diagnostics) = Profile::read(profile, catalog);
    diagnostics.iter_mut().for_each(judge);
    // The headings are there whoever the agency is: what is wrong is told together.
    let Some(agency) = agency.or_else(|| catalog.agencies.first().cloned()) else {
        return (None, diagnostics);
    };
    let mut plan = Plan::resolve(catalog, &checked, &agency, date);
    let mut rendered = templates.render(&plan);
    if let Ok(Rendered { headings, .. }) = &rendered
        && checked.name_headings(headings)
    {
        plan = Plan::resolve(catalog, &checked, &agency, date);
        rendered = templates.render(&plan);
    }
    let rendered = match rendered {
        Ok(rendered) => rendered,
        Err(diagnostic) => {
            // What is wrong with the profile may be the cause.
            diagnostics.extend((!has_errors(&diagnostics)).then_some(diagnostic));
            return (None, diagnostics);
        }
    };
    let shipped = || Templates::shipped(&catalog.edition)?.render(&plan).ok();
    let shipped = || shipped().unwrap_or_default().headings;
    let unprinted = profile::unprinted(&checked, profile, &rendered.headings, shipped);
    diagnostics.extend(unprinted);
    if has_errors(&diagnostics) {
        return (None, diagnostics);
    }
    let document = match markdown::parse(&rendered.base) {
        Ok(document) => document,
        Err(error) => {
            diagnostics.push(error.into());
            return (None, diagnostics);
        }
    };
    let faults = templates.faults(&rendered, &document);
    if !faults.is_empty() {
        diagnostics.extend(faults);
        return (None, diagnostics);
    }
    let base = rendered.base;
    let record = Record {
        edition: catalog.edition.clone(),
        version: catalog.version.clone(),
        khung: env!("CARGO_PKG_VERSION").to_owned(),
        agency: Some(agency.id.clone()),
        imprints: catalog
            .imprints
            .iter()
            .chain([&templates.imprint(&catalog.edition)])
            .cloned()
            .collect(),
        profile: profile.text.clone(),
        date: date.map(|day| day.to_string()),
        base: base.clone(),
        names: Names::default(),
    };
    let properties = docx::Properties {
        title: format!("Kế hoạch {}", plan.letterhead.subject),
        author: agency.issuer.clone(),
        comments: checked.guidance == Guidance::Comments,
    };
    (Some((Draft { base, document, properties, record }, plan)), diagnostics)
}
