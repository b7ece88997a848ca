//! What is wrong with content: a code, a place, a message and a way out.

use std::ops::Range;
use std::sync::Arc;

use crate::source::Source;

/// One finding about a catalogue, a profile or a plan.
///
/// Diagnostics are values: a stage returns what it could make of its input together with
/// all of them, so that a drafter mends everything in one round.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// What kind of finding it is.
    pub code: Code,
    /// Whether work can go on.
    pub severity: Severity,
    /// What is wrong, in Vietnamese.
    pub message: String,
    /// What to do about it: an instruction, in Vietnamese.
    pub hint: String,
    /// Where it is; none when a whole file or folder, or a plan, is meant.
    pub place: Option<Place>,
    /// Where it is in a plan, one line each: the heading above it, and its words.
    pub spots: Vec<String>,
}

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is lost or wrong yet, but somebody should look.
    Warning,
    /// It is wrong whatever comes: no plan can be made, or signed, like this.
    Error,
}

/// A stretch of a source.
#[derive(Debug, Clone)]
pub struct Place {
    /// The file.
    pub source: Arc<Source>,
    /// Bytes of [`Source::text`].
    pub span: Range<usize>,
}

impl Diagnostic {
    /// An error, of no place yet.
    #[must_use]
    pub fn error(
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            hint: hint.into(),
            place: None,
            spots: Vec::new(),
        }
    }

    /// A warning, of no place yet.
    #[must_use]
    pub fn warning(
        code: Code,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, hint) }
    }

    /// The same finding, at these spots of a plan.
    #[must_use]
    pub fn among(mut self, spots: Vec<String>) -> Self {
        self.spots = spots;
        self
    }

    /// The same finding, pointing at `span` of `source`.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: Range<usize>) -> Self {
        self.place = Some(source.place(span));
        self
    }
}

/// Tells whether any finding is an error.
#[must_use]
pub fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

/// Puts findings into the order in which a reader meets them: by file, then by position.
pub fn sort(diagnostics: &mut [Diagnostic]) {
    diagnostics.sort_by(|a, b| {
        let key = |d: &Diagnostic| {
            d.place.as_ref().map(|p| (p.source.name.clone(), p.span.start, p.span.end))
        };
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
}

macro_rules! codes {
    ($($name:ident = $text:literal, $meaning:literal;)*) => {
        /// The reviewed list of everything that khung complains about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $meaning] $name,)* }

        impl Code {
            /// Every code, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code as printed.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

codes! {
    // Reading a file.
    NotUtf8 = "not-utf8", "The file is not UTF-8 text.";
    TooLarge = "too-large", "The file is far longer than its kind ever is.";
    Syntax = "syntax", "The file is not TOML.";
    ControlCharacter = "control-character", "A text holds a character no document can hold.";
    // What the eye does not see.
    DeceptiveText = "deceptive-text", "Characters that hide words, or turn them round.";
    InvisibleCharacter = "invisible-character", "Characters without a shape.";
    LookAlike = "look-alike", "Letters that look like others.";
    GarbledText = "garbled-text", "Words in another encoding, or lost in one.";
    MergeMarkers = "merge-markers", "Lines that git could not merge.";
    UnknownFile = "unknown-file", "A file of a catalogue that nothing reads.";
    // Reading a table.
    UnknownKey = "unknown-key", "A key that nothing reads.";
    CommentedHeading = "commented-heading", "A heading that is still a comment, above keys of its own.";
    WrongType = "wrong-type", "A value of the wrong type.";
    MissingKey = "missing-key", "A required key is missing or empty.";
    BadId = "bad-id", "An id with forbidden characters or too long.";
    DuplicateId = "duplicate-id", "Two entries with one id.";
    BadValue = "bad-value", "A value outside the allowed ones.";
    BadMoney = "bad-money", "A sum of money that is not a number.";
    // References.
    UnknownAgency = "unknown-agency", "An agency that is not in the catalogue.";
    AmbiguousAgency = "ambiguous-agency", "A name that several agencies answer to.";
    Withdrawn = "withdrawn", "Tasks of last year's plan that the catalogue does not have any more.";
    MergedAgency = "merged-agency", "The agency has become a part of another one.";
    UnknownTask = "unknown-task", "A task that this agency does not have.";
    ReplacedTask = "replaced-task", "A task that others stand for now.";
    UnknownSection = "unknown-section", "A heading that Annex III does not have.";
    UnknownUnit = "unknown-unit", "A focal unit that is not in units.toml.";
    UnknownGroup = "unknown-group", "A group that the annex does not have.";
    UnknownDocument = "unknown-document", "A document that is not in legal-bases.toml.";
    UnknownKind = "unknown-kind", "A kind of agency that agencies.toml does not define.";
    UnknownChoice = "unknown-choice", "A choice that the task does not offer.";
    UnknownOption = "unknown-option", "An option that the choice does not have.";
    UnknownPlaceholder = "unknown-placeholder", "A placeholder outside the fixed list.";
    NoTarget = "no-target", "An entry of a layer that overrides nothing.";
    BadBase = "bad-base", "A layer over nothing, over itself, or over too many others.";
    // Sense.
    LeftOutWithoutReason = "left-out-without-reason", "A task left out without a reason.";
    PlannedAndLeftOut = "planned-and-left-out", "A task both planned and left out.";
    PartOfChoice = "part-of-choice", "Some options of a choice that is demanded in whole.";
    TooManyOptions = "too-many-options", "Several options of a choice that allows one.";
    LateDate = "late-date", "A date later than the dispatch allows.";
    Deadline = "deadline", "A deadline with no type, or with several.";
    Unused = "unused", "An entry that nothing refers to.";
    SumMismatch = "sum-mismatch", "Sums that do not add up.";
    // What stands between a plan and its signature.
    NoRecord = "no-record", "A plan that does not say what it was drafted from.";
    LostRecord = "lost-record", "A plan whose record is gone, damaged or altered.";
    LostMarkers = "lost-markers", "A Markdown plan whose markers are mostly gone.";
    OpenBlock = "open-block", "A block of Markdown that holds markers of khung as its text.";
    EmptySlot = "empty-slot", "Slots that the drafter has not filled.";
    SlotWords = "slot-words", "A sentence that has the words of a slot.";
    PendingChange = "pending-change", "Tracked changes that nobody has decided on.";
    OpenConflict = "open-conflict", "Conflicts of an update that nobody has settled.";
    OpenComment = "open-comment", "Comments of people that are not resolved.";
    EditedGuidance = "edited-guidance", "Guidance in which somebody wrote.";
    TaskList = "task-list", "A list of tasks that is not that of the headings.";
    Frame = "frame", "Headings that are not those of Annex III.";
    Letterhead = "letterhead", "A number, symbol or date that is not as Decree 30 has it.";
    NoSuchDay = "no-such-day", "A day that no calendar has.";
    PageSetup = "page-setup", "Pages or letters that are not as Decree 30 has them.";
    DraftMark = "draft-mark", "A page that says draft.";
    LiveContent = "live-content", "What loads or runs by itself, or was not read.";
    HiddenText = "hidden-text", "Words that nobody sees on the page.";
    Carried = "carried", "What a file carries beside its text, of people above all.";
    Signature = "signature", "A digital signature, which changes make void.";
    // Templates and outputs.
    Template = "template", "A template that cannot be rendered.";
    TooLong = "too-long", "A plan that is too long to be read back.";
    TemplateFrame = "template-frame", "A rendered plan that is not a frame of sections.";
}
