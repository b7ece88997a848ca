//! What each array of a profile may say, where it differs from what the plan takes.
//!
//! Every key may be absent; the reader asks for those that are required.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::{Guidance, Money, Project, Status, TaskDetails};
use crate::source::Day;

/// The keys above all tables.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Root {
    pub(super) agency: Option<Spanned<String>>,
    pub(super) guidance: Guidance,
    pub(super) banner: Option<String>,
    pub(super) aims: Vec<String>,
}

/// The key that every entry has which becomes a row or a section.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Identity {
    pub(super) id: Option<Spanned<String>>,
}

/// `[[task]]`, beside [`Details`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Task {
    pub(super) choices: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
}

/// `[[own_task]]`, beside [`Details`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct OwnTask {
    pub(super) section: Option<Spanned<String>>,
    pub(super) title: String,
}

/// What `[[task]]` and `[[own_task]]` have in common.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Details {
    actions: Vec<String>,
    lead: Option<String>,
    partners: Vec<String>,
    product: Option<String>,
    goal: Option<String>,
    scale: Option<String>,
    budget: Option<Money>,
    source: Option<String>,
    status: Option<Status>,
    pub(super) deadline: Option<Spanned<Day>>,
}

impl From<Details> for TaskDetails {
    fn from(draft: Details) -> Self {
        Self {
            actions: draft.actions,
            lead: draft.lead,
            partners: draft.partners,
            product: draft.product,
            goal: draft.goal,
            scale: draft.scale,
            budget: draft.budget,
            source: draft.source,
            status: draft.status,
            deadline: draft.deadline.map(|day| day.get_ref().0),
        }
    }
}

/// `[[left_out]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LeftOut {
    pub(super) task: Option<Spanned<String>>,
    pub(super) reason: String,
}

/// `[[result]]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Outcome {
    pub(super) heading: Option<Spanned<String>>,
    pub(super) achieved: Vec<String>,
    pub(super) shortcomings: Vec<String>,
}

/// `[[project]]`: the columns of Part II, VII.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Work {
    name: String,
    content: Option<String>,
    period: Option<String>,
    lead: Option<String>,
    goal: Option<String>,
    scale: Option<String>,
    budget: Option<Money>,
    source: Option<String>,
    status: Option<Status>,
}

impl Work {
    pub(super) fn identified(self, id: String) -> Project {
        Project {
            id,
            name: self.name,
            content: self.content,
            period: self.period,
            details: TaskDetails {
                lead: self.lead,
                goal: self.goal,
                scale: self.scale,
                budget: self.budget,
                source: self.source,
                status: self.status,
                ..TaskDetails::default()
            },
        }
    }
}
