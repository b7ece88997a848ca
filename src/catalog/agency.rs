//! Agencies and the kinds they belong to; finds one by any name a person may type.

use serde::Deserialize;

use crate::source::{fold, nearest};

/// Who issues a plan, with everything its letterhead and sentences need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agency {
    /// Slug, `[a-z0-9-]`.
    pub id: String,
    /// "Lào Cai", "Bộ Y tế".
    pub name: String,
    /// Id of the kind.
    pub kind: String,
    /// "tỉnh", "bộ", "cơ quan ngang bộ" …
    pub kind_label: String,
    /// Which task file it plans by: "province" or "ministry".
    pub tasks: String,
    /// The document that its plan carries out; none for the dispatch.
    pub source: Option<String>,
    /// "Tỉnh Lào Cai".
    pub full_name: String,
    /// In running text: "tỉnh Lào Cai", "Thành phố Hồ Chí Minh".
    pub running: String,
    /// "Ủy ban nhân dân tỉnh Lào Cai".
    pub issuer: String,
    /// "UBND tỉnh".
    pub short: String,
    /// "tỉnh", "thành phố", "bộ", "cơ quan".
    pub level: String,
    /// Lines of the letterhead, in capitals.
    pub header: Vec<String>,
    /// Place line of the date.
    pub place: String,
    /// "UBND", "BYT".
    pub symbol: String,
    /// "TM. ỦY BAN NHÂN DÂN"; none where the head signs in their own name.
    pub authority: Option<String>,
    /// "CHỦ TỊCH".
    pub head: String,
    /// "PHÓ CHỦ TỊCH".
    pub deputy: String,
    /// Recipients, without dash and semicolon.
    pub recipients: Vec<String>,
    /// After "Lưu: ".
    pub archive: String,
    /// Further names it answers to.
    pub aliases: Vec<String>,
    /// Ids it had in earlier versions or editions.
    pub renamed_from: Vec<String>,
    /// Id of the agency that it became a part of: it issues no new plans, and those that it
    /// issued stay its own.
    pub merged_into: Option<String>,
}

/// The keys that a kind, an agency and a profile's own `[agency]` share.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DraftAgency {
    /// Slug.
    pub id: Option<toml::Spanned<String>>,
    /// Name.
    pub name: Option<toml::Spanned<String>>,
    /// Id of the kind that fills what is not given.
    pub kind: Option<toml::Spanned<String>>,
    /// Task file ("province", "ministry"); kinds only.
    pub tasks: Option<toml::Spanned<String>>,
    /// The kind's name; kinds only.
    pub label: Option<String>,
    /// See [`Agency::source`].
    pub source: Option<String>,
    /// The number of the layer that defines it; 0 for the edition.
    #[serde(skip)]
    pub layer: usize,
    /// See [`Agency::full_name`].
    pub full_name: Option<String>,
    /// See [`Agency::running`].
    pub running: Option<String>,
    /// See [`Agency::issuer`].
    pub issuer: Option<String>,
    /// See [`Agency::short`].
    pub short: Option<String>,
    /// See [`Agency::level`].
    pub level: Option<String>,
    /// See [`Agency::header`].
    pub header: Option<Vec<String>>,
    /// See [`Agency::place`].
    pub place: Option<String>,
    /// See [`Agency::symbol`].
    pub symbol: Option<String>,
    /// See [`Agency::authority`].
    pub authority: Option<String>,
    /// See [`Agency::head`].
    pub head: Option<String>,
    /// See [`Agency::deputy`].
    pub deputy: Option<String>,
    /// See [`Agency::recipients`].
    pub recipients: Option<Vec<String>>,
    /// See [`Agency::archive`].
    pub archive: Option<String>,
    /// See [`Agency::aliases`].
    pub aliases: Vec<String>,
    /// See [`Agency::renamed_from`]; listed agencies only.
    pub renamed_from: Vec<toml::Spanned<String>>,
    /// See [`Agency::merged_into`]; listed agencies only.
    pub merged_into: Option<toml::Spanned<String>>,
}

impl DraftAgency {
    /// Keys that an agency of a profile's own does not have.
    pub(crate) const OF_THE_LIST: [&'static str; 4] =
        ["tasks", "label", "renamed_from", "merged_into"];

    /// Every text that is filled with the agency's name.
    pub(super) fn texts(&self) -> impl Iterator<Item = &String> {
        let one = [
            &self.full_name,
            &self.running,
            &self.issuer,
            &self.short,
            &self.level,
            &self.place,
            &self.symbol,
            &self.head,
            &self.deputy,
            &self.archive,
            &self.authority,
        ];
        let many = [&self.header, &self.recipients];
        one.into_iter().flatten().chain(many.into_iter().flatten().flatten())
    }

    /// The agency: its own keys, else those of its kind with `{{ name }}` filled in.
    #[must_use]
    pub fn resolve(&self, kind: &Self) -> Agency {
        let name = self.name.as_ref().map_or("", |name| name.get_ref());
        let fill = |text: &str| fill(text, &[("name", name)]);
        let one = |pick: fn(&Self) -> &Option<String>| {
            pick(self)
                .as_ref()
                .or(pick(kind).as_ref())
                .map_or_else(String::new, |t| fill(t))
        };
        let many = |pick: fn(&Self) -> &Option<Vec<String>>| -> Vec<String> {
            let texts = pick(self).as_ref().or(pick(kind).as_ref());
            texts.map_or_else(Vec::new, |texts| texts.iter().map(|t| fill(t)).collect())
        };
        Agency {
            id: self.id.as_ref().map_or_else(|| slug(name), |id| id.get_ref().clone()),
            name: name.to_owned(),
            kind: kind.id.as_ref().map_or_else(String::new, |id| id.get_ref().clone()),
            kind_label: kind.label.clone().unwrap_or_default(),
            tasks: kind.tasks.as_ref().map_or_else(String::new, |t| t.get_ref().clone()),
            source: self.source.as_ref().or(kind.source.as_ref()).cloned(),
            full_name: one(|a| &a.full_name),
            running: one(|a| &a.running),
            issuer: one(|a| &a.issuer),
            short: one(|a| &a.short),
            level: one(|a| &a.level),
            header: many(|a| &a.header).iter().map(|line| line.to_uppercase()).collect(),
            place: one(|a| &a.place),
            symbol: one(|a| &a.symbol),
            authority: self.authority.as_ref().or(kind.authority.as_ref()).cloned(),
            head: one(|a| &a.head),
            deputy: one(|a| &a.deputy),
            recipients: many(|a| &a.recipients),
            archive: one(|a| &a.archive),
            aliases: self.aliases.clone(),
            renamed_from: self
                .renamed_from
                .iter()
                .map(|id| id.get_ref().clone())
                .collect(),
            merged_into: self.merged_into.as_ref().map(|id| id.get_ref().clone()),
        }
    }
}

impl Agency {
    /// Tells whether it issues plans of its own.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.merged_into.is_none()
    }

    /// Tells whether it is the one with this id, now or in earlier versions.
    #[must_use]
    pub fn is(&self, id: &str) -> bool {
        self.id == id || self.renamed_from.iter().any(|old| old == id)
    }

    /// Names that catalogue texts may leave open as `{{ name }}`.
    pub const PLACEHOLDERS: [&'static str; 3] = ["agency", "issuer", "level"];

    /// Fills the placeholders of a catalogue text.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        let [agency, issuer, level] = Self::PLACEHOLDERS;
        fill(
            text,
            &[(agency, &self.running), (issuer, &self.issuer), (level, &self.level)],
        )
    }
}

/// Fills `{{ name }}`, with blanks or without, of each name that has a value.
fn fill(text: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let known = after.split_once("}}").and_then(|(name, behind)| {
            let value = values.iter().find(|(known, _)| *known == name.trim())?.1;
            Some((value, behind))
        });
        let (value, behind) = known.unwrap_or(("{{", after));
        out.push_str(before);
        out.push_str(value);
        rest = behind;
    }
    out + rest
}

/// "Thừa Thiên Huế" → "thua-thien-hue".
#[must_use]
pub fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .map(fold)
        .filter(|w| !w.is_empty())
        .collect();
    words.join("-")
}

/// Finds the agency that `name` means: exact names first, then without diacritics.
///
/// # Errors
/// The agencies that `name` could mean (several), or the nearest names (none matches).
pub fn find<'a>(agencies: &'a [Agency], name: &str) -> Result<&'a Agency, NotFound> {
    let matches = |test: &dyn Fn(&str) -> bool| -> Vec<&'a Agency> {
        agencies
            .iter()
            .filter(|agency| {
                [&agency.name, &agency.full_name, &agency.id, &agency.running]
                    .into_iter()
                    .chain(agency.aliases.iter().chain(&agency.renamed_from))
                    .any(|known| test(known))
                    || (agency.tasks != "province" && test(&agency.symbol))
            })
            .collect()
    };
    let folded = fold(name);
    let exact = matches(&|known| known == name);
    let found =
        if exact.is_empty() { matches(&|known| fold(known) == folded) } else { exact };
    match found.as_slice() {
        [agency] => Ok(agency),
        [] => {
            let names = agencies.iter().map(|agency| agency.name.as_str());
            Err(NotFound::Unknown(
                nearest(name, names, 3).into_iter().map(Into::into).collect(),
            ))
        }
        several => Err(NotFound::Ambiguous(
            several.iter().map(|a| a.full_name.clone()).collect(),
        )),
    }
}

/// Why a name found no agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFound {
    /// Nobody answers to it; the nearest names.
    Unknown(Vec<String>),
    /// Several answer to it.
    Ambiguous(Vec<String>),
}
