//! One agency's options and content, as its TOML profile gives them.

#[macro_use]
mod listed;

mod draft;
mod heirs;
mod money;
mod next;
mod place;
mod read;
mod tasks;
mod tidy;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::catalog::agency::Decision;
use crate::source::Day;

pub(crate) use listed::UNLISTED;
pub use money::Money;
pub(crate) use money::TWO_READINGS;
pub use next::{Next, next};
pub(crate) use read::unprinted;
pub use read::{merged, not_found};

/// A checked profile. Text lists hold one paragraph an entry.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    /// Number, date, form, letterhead.
    pub issue: Issue,
    /// Who signs.
    pub signatory: Signatory,
    /// What the Quyết định says, where it is other than usual.
    pub decision: Decision,
    /// Shape of the guidance.
    pub guidance: Guidance,
    /// Stands at the top of every page: "DỰ THẢO", or that this is training material.
    pub banner: Option<String>,
    /// What the profile says about tasks of the catalogue.
    pub tasks: Vec<PlannedTask>,
    /// Tasks left out: id, reason.
    pub left_out: Vec<(String, String)>,
    /// The agency's own tasks.
    pub own_tasks: Vec<OwnTask>,
    /// Part I, II: results and shortcomings by heading.
    pub results: Vec<ResultDraft>,
    /// The rest of Part I.
    pub review: Review,
    /// Targets of the past year.
    pub past_targets: Vec<PastTarget>,
    /// What the year is for, in prose, above the targets.
    pub aims: Vec<String>,
    /// Targets of the plan year.
    pub targets: Vec<Target>,
    /// Past year's public-investment projects.
    pub past_projects: Vec<PastProject>,
    /// Past year's recurrent tasks.
    pub past_expenses: Vec<PastProject>,
    /// Projects of the plan year.
    pub projects: Vec<Project>,
    /// The agency's own legal bases.
    pub bases: Vec<Basis>,
    /// Part II, IV.
    pub solutions: BTreeMap<String, Vec<String>>,
    /// Part II, V.
    pub funding: Funding,
    /// Part II, VI, beside what the tasks give.
    pub duties: Vec<Duty>,
}

/// How guidance is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Guidance {
    /// Boxes between the paragraphs.
    #[default]
    Inline,
    /// Word comments; boxes in Markdown.
    Comments,
    /// None.
    None,
}

/// Kế hoạch, or a plan attached to a Quyết định (Nghị định 30, Mẫu 1.3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Form {
    /// A Kế hoạch of its own.
    #[default]
    Plan,
    /// Attached to a Quyết định.
    Decision,
}

/// Number, date and letterhead.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Issue {
    /// Form.
    pub form: Form,
    /// "05"; of the Quyết định in that form.
    pub number: Option<String>,
    /// Date of issue.
    pub date: Option<Spanned<Day>>,
    /// Symbol after the number.
    pub symbol: Option<String>,
    /// Place line.
    pub place: Option<String>,
    /// Lines of the letterhead.
    pub header: Option<Vec<String>>,
    /// Trích yếu.
    pub subject: Option<String>,
    /// Opening paragraphs.
    pub preamble: Vec<String>,
    /// Recipients.
    pub recipients: Option<Vec<String>>,
    /// After "Lưu: ".
    pub archive: Option<String>,
}

impl Issue {
    /// The date of issue, when given.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        self.date.as_ref().map(|day| day.get_ref().0)
    }
}

/// Who signs, and how.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Signatory {
    /// Name without academic titles (Nghị định 30, Phụ lục I, II.7c).
    pub name: Option<String>,
    /// The head, who acts for the head (Q.), or a deputy in their place (KT.).
    pub role: Role,
    /// Whether the head decides, and not the body that they lead: no "TM.".
    pub alone: bool,
    /// Authority lines, where they differ from the usual ones.
    pub lines: Option<Vec<String>>,
}

/// Who signs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Role {
    /// The head of the agency.
    #[default]
    Head,
    /// Who acts for the head: "Q.".
    Acting,
    /// A deputy: "KT.".
    Deputy,
}

/// What the profile says about a task of the catalogue.
#[derive(Debug, Clone, Default)]
pub struct PlannedTask {
    /// Id of the task.
    pub id: String,
    /// Options taken, by choice.
    pub choices: Vec<(String, Vec<String>)>,
    /// Everything an own task has, too.
    pub details: TaskDetails,
}

/// What a task of the catalogue and an own one have in common.
#[derive(Debug, Clone, Default)]
pub struct TaskDetails {
    /// Sentences added to the actions.
    pub actions: Vec<String>,
    /// Lead unit.
    pub lead: Option<String>,
    /// Co-operating units.
    pub partners: Vec<String>,
    /// Product.
    pub product: Option<String>,
    /// Goal (Part II, VII).
    pub goal: Option<String>,
    /// Scale (Part II, VII).
    pub scale: Option<String>,
    /// Budget.
    pub budget: Option<Money>,
    /// Funding source.
    pub source: Option<String>,
    /// New, or carried over.
    pub status: Option<Status>,
    /// Internal deadline.
    pub deadline: Option<NaiveDate>,
}

/// A task the catalogue does not have.
#[derive(Debug, Clone, Default)]
pub struct OwnTask {
    /// Id.
    pub id: String,
    /// Annex III group.
    pub section: String,
    /// Title.
    pub title: String,
    /// The rest.
    pub details: TaskDetails,
}

/// New, or carried over from the year before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// "Mới".
    New,
    /// "Chuyển tiếp".
    CarriedOver,
}

listed!(Guidance {
    Inline: "inline", "trong văn bản";
    Comments: "comments", "bình luận";
    None: "none", "không";
});

listed!(Form { Plan: "plan", "Kế hoạch"; Decision: "decision", "Quyết định"; });

listed!(Role {
    Head: "head", "cấp trưởng";
    Acting: "acting", "quyền cấp trưởng";
    Deputy: "deputy", "cấp phó";
});

listed!(Status { New: "new", "mới"; CarriedOver: "carried-over", "chuyển tiếp"; });

listed!(Verdict {
    Met: "Đạt", "đạt";
    Exceeded: "Vượt", "vượt";
    Missed: "Không đạt", "không đạt";
});

impl Status {
    /// As printed.
    #[must_use]
    pub fn printed(self) -> &'static str {
        match self {
            Self::New => "Mới",
            Self::CarriedOver => "Chuyển tiếp",
        }
    }
}

/// Results and shortcomings under one Part I heading.
#[derive(Debug, Clone, Default)]
pub struct ResultDraft {
    /// Id of the heading.
    pub heading: String,
    /// Where the profile says so.
    pub place: Range<usize>,
    /// "a) Kết quả đạt được".
    pub achieved: Vec<String>,
    /// "b) Tồn tại, hạn chế".
    pub shortcomings: Vec<String>,
}

/// Part I beside results by heading.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Review {
    /// Progress against the five-year plan.
    pub progress: Vec<String>,
    /// Difficulties.
    pub difficulties: Vec<String>,
    /// Economic and social effects.
    pub effects: Vec<String>,
    /// Proposals.
    pub proposals: Vec<String>,
    /// How funds were allotted (Part I, II.11).
    pub funding: Vec<String>,
    /// Share of IT in budget spending, such as "1,2%".
    pub it_share: Option<String>,
}

/// A target of the past year.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PastTarget {
    /// Id.
    #[serde(skip)]
    pub id: String,
    /// The group that it stands in, such as "Chính phủ số"; targets of one group stand together.
    pub group: Option<String>,
    /// Indicator.
    pub indicator: String,
    /// Planned value.
    pub planned: Option<String>,
    /// Achieved value.
    pub achieved: Option<String>,
    /// How the two compare.
    pub verdict: Option<Verdict>,
}

/// What Part I says about a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// "Đạt".
    Met,
    /// "Vượt".
    Exceeded,
    /// "Không đạt".
    Missed,
}

impl Verdict {
    /// As printed.
    #[must_use]
    pub fn printed(self) -> &'static str {
        match self {
            Self::Met => "Đạt",
            Self::Exceeded => "Vượt",
            Self::Missed => "Không đạt",
        }
    }
}

/// A target of the plan year.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Target {
    /// Id.
    #[serde(skip)]
    pub id: String,
    /// As [`PastTarget::group`].
    pub group: Option<String>,
    /// Indicator.
    pub indicator: String,
    /// Planned value.
    pub planned: Option<String>,
    /// Who answers for it.
    pub lead: Option<String>,
}

/// A project or recurrent task of the past year (columns of Part I, 11).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct PastProject {
    /// Id.
    #[serde(skip)]
    pub id: String,
    /// Name.
    pub name: String,
    /// Goal.
    pub goal: Option<String>,
    /// Content.
    pub content: Option<String>,
    /// Total investment, or approved estimate.
    pub total: Option<Money>,
    /// Spent so far.
    pub spent: Option<Money>,
    /// Funding source.
    pub source: Option<String>,
    /// Period.
    pub period: Option<String>,
    /// State.
    pub state: Option<String>,
}

/// A project of the plan year (columns of Part II, VII).
#[derive(Debug, Clone, Default)]
pub struct Project {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Content.
    pub content: Option<String>,
    /// Period.
    pub period: Option<String>,
    /// The rest.
    pub details: TaskDetails,
}

/// A legal basis of the agency's own.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Basis {
    /// Id.
    #[serde(skip)]
    pub id: String,
    /// Full citation; may be empty where it is left out.
    pub text: String,
    /// Whether the plan does not cite it: one that the catalogue lists.
    pub omit: bool,
}

/// Part II, V.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Funding {
    /// Sources, a paragraph each.
    pub sources: Vec<String>,
}

/// What one body does (Part II, VI).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Duty {
    /// Body.
    pub unit: String,
    /// What it does.
    pub duties: Vec<String>,
}
