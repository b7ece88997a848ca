//! Agencies and the kinds they belong to; finds one by any name a person may type.

use serde::Deserialize;
use unicode_normalization::char::is_combining_mark;

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
    /// In titles: "tỉnh Lào Cai", "của Bộ Tư pháp"; as in running text where it is not given.
    pub titled: String,
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
    /// What its Quyết định say.
    pub decision: Decision,
    /// Further names it answers to.
    pub aliases: Vec<String>,
    /// Ids it had in earlier versions or editions.
    pub renamed_from: Vec<String>,
    /// Id of the agency that it became a part of: it issues no new plans, and those that it
    /// issued stay its own.
    pub merged_into: Option<String>,
}

/// What a Quyết định says that a plan is issued by (Nghị định 30/2020/NĐ-CP, Phụ lục III, Mẫu 1.3),
/// as a kind, an agency or a profile gives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Decision {
    /// Who decides: "Ủy ban nhân dân tỉnh Lào Cai", "Bộ trưởng Bộ Tư pháp".
    pub authority: Option<String>,
    /// What the authority rests on, without "Căn cứ" and the semicolon; or the id of a document
    /// of the catalogue.
    pub bases: Option<Vec<String>>,
    /// Who proposes the plan, and by which letter; without "Theo đề nghị của" and the full stop.
    pub proposal: Option<String>,
    /// Who carries it out, the subject of the last article.
    pub executors: Option<String>,
}

impl Decision {
    /// This one, with what it does not say from another.
    pub(crate) fn or(&self, other: &Self) -> Self {
        let one = |mine: &Option<String>, other: &Option<String>| {
            mine.as_ref().or(other.as_ref()).cloned()
        };
        Self {
            authority: one(&self.authority, &other.authority),
            bases: self.bases.as_ref().or(other.bases.as_ref()).cloned(),
            proposal: one(&self.proposal, &other.proposal),
            executors: one(&self.executors, &other.executors),
        }
    }

    /// Every text of it.
    fn texts(&self) -> impl Iterator<Item = &String> {
        let one = [&self.authority, &self.proposal, &self.executors];
        one.into_iter().flatten().chain(self.bases.iter().flatten())
    }

    fn filled(mut self, fill: impl Fn(&str) -> String) -> Self {
        let one = [&mut self.authority, &mut self.proposal, &mut self.executors];
        for text in one.into_iter().flatten().chain(self.bases.iter_mut().flatten()) {
            *text = fill(text);
        }
        self
    }
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
    /// See [`Agency::titled`].
    pub titled: Option<String>,
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
    /// See [`Agency::decision`].
    pub decision: Decision,
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
            &self.titled,
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
        let texts = one.into_iter().flatten().chain(many.into_iter().flatten().flatten());
        texts.chain(self.decision.texts())
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
            titled: if self.titled.is_some() || kind.titled.is_some() {
                one(|a| &a.titled)
            } else {
                one(|a| &a.running)
            },
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
            decision: self.decision.or(&kind.decision).filled(fill),
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
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
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
    words(name).join("-")
}

/// The words of a name, folded each.
fn words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c));
    words.map(fold).filter(|word| !word.is_empty()).collect()
}

impl Agency {
    /// What it is called by, whole.
    fn names(&self) -> impl Iterator<Item = &String> {
        let names = [
            &self.name,
            &self.full_name,
            &self.id,
            &self.running,
            &self.issuer,
            &self.symbol,
        ];
        names.into_iter().chain(&self.aliases).chain(&self.renamed_from)
    }

    /// Tells whether a [folded](fold) name is its own, alone or behind what its issuer is
    /// called: "UBND tỉnh Lào Cai", "Ủy ban nhân dân TP. Hà Nội".
    fn answers_to(&self, folded: &str) -> bool {
        let is_own = |name: &str| self.names().any(|known| fold(known) == name);
        let issuer = self.issuer.strip_suffix(&self.running).unwrap_or_default();
        is_own(folded)
            || [issuer, &self.symbol]
                .iter()
                .any(|title| folded.strip_prefix(&fold(title)).is_some_and(is_own))
    }
}

/// Finds the agency of a name: as it is written first, then without diacritics.
///
/// # Errors
/// The agencies that `name` is a name of (several), or those that it may mean (none is).
pub fn find<'a>(agencies: &'a [Agency], name: &str) -> Result<&'a Agency, NotFound> {
    let folded = fold(name);
    let matches = |test: &dyn Fn(&Agency) -> bool| -> Vec<&'a Agency> {
        agencies.iter().filter(|agency| test(agency)).collect()
    };
    let mut found = matches(&|agency| agency.names().any(|known| known == name));
    if found.is_empty() {
        found = matches(&|agency| agency.answers_to(&folded));
    }
    match found.as_slice() {
        [agency] => Ok(agency),
        [] => {
            let meant = search(agencies, name).into_iter().map(|a| a.name.clone());
            let mut meant: Vec<String> = meant.collect();
            if meant.is_empty() {
                let names = agencies.iter().map(|agency| agency.name.as_str());
                meant = nearest(name, names, 3).into_iter().map(Into::into).collect();
            }
            Err(NotFound::Unknown(meant))
        }
        several => Err(NotFound::among(several)),
    }
}

/// Finds the agency of a name, or the only one that some words of a name come to.
///
/// For whoever sees at once what was found: a profile, which is read years later, gives a name.
///
/// # Errors
/// As [`find`]; the agencies that the words come to, when they are several.
pub fn look_up<'a>(agencies: &'a [Agency], typed: &str) -> Result<&'a Agency, NotFound> {
    let error = match find(agencies, typed) {
        Err(error @ NotFound::Unknown(_)) => error,
        found => return found,
    };
    match search(agencies, typed).as_slice() {
        [] => Err(error),
        [agency] => Ok(agency),
        several => Err(NotFound::among(several)),
    }
}

/// The agencies that some words come to, in the catalogue's order, none needing diacritics:
/// each word begins one of the name, or several typed as one ("yte"). Where no name has them, the
/// other names count, the symbol and the initials, too.
fn search<'a>(agencies: &'a [Agency], typed: &str) -> Vec<&'a Agency> {
    let typed = words(typed);
    let is_meant = |names: &[Vec<String>]| {
        let begins = |word: &String| {
            // Numbers are only in codes, and in lists to pick from.
            let is_word = word.contains(char::is_alphabetic);
            let starts =
                names.iter().flat_map(|name| (0..name.len()).map(|at| &name[at..]));
            is_word
                && starts.into_iter().any(|rest| rest.concat().starts_with(word.as_str()))
        };
        !typed.is_empty() && typed.iter().all(begins)
    };
    let by_name = agencies.iter().filter(|agency| is_meant(&[words(&agency.name)]));
    let by_name: Vec<&Agency> = by_name.collect();
    if !by_name.is_empty() {
        return by_name;
    }
    let called = |agency: &&Agency| {
        let names =
            [&agency.full_name, &agency.symbol].into_iter().chain(&agency.aliases);
        let initials =
            words(&agency.name).iter().filter_map(|w| w.chars().next()).collect();
        let names = names.map(|name| words(name)).chain([vec![initials]]);
        is_meant(&names.collect::<Vec<_>>())
    };
    agencies.iter().filter(called).collect()
}

/// Why a name found no agency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFound {
    /// Nobody answers to it; the names that it may mean.
    Unknown(Vec<String>),
    /// Several answer to it; their full names.
    Ambiguous(Vec<String>),
}

impl NotFound {
    fn among(agencies: &[&Agency]) -> Self {
        Self::Ambiguous(agencies.iter().map(|agency| agency.full_name.clone()).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Catalog;

    fn agencies() -> Vec<Agency> {
        Catalog::read(&Catalog::embedded().unwrap()).0.agencies
    }

    #[test]
    fn an_agency_is_found_by_every_name_that_it_goes_by() {
        let agencies = agencies();
        for (name, id) in [
            ("Lào Cai", "lao-cai"),
            ("La\u{300}o Cai", "lao-cai"),
            ("lao-cai", "lao-cai"),
            ("laocai", "lao-cai"),
            ("UBND tỉnh Lào Cai", "lao-cai"),
            ("Ủy ban nhân dân tỉnh Lào Cai", "lao-cai"),
            ("UỶ BAN NHÂN DÂN TỈNH LÀO CAI", "lao-cai"),
            ("UBND Lào Cai", "lao-cai"),
            ("ubnd tp ha noi", "ha-noi"),
            ("Ủy ban nhân dân TP. Hà Nội", "ha-noi"),
            ("UBND Thành phố Hồ Chí Minh", "ho-chi-minh"),
            ("UBND TP.HCM", "ho-chi-minh"),
            ("sài gòn", "ho-chi-minh"),
            ("byt", "bo-y-te"),
            ("Bộ GD&ĐT", "bo-giao-duc-va-dao-tao"),
        ] {
            assert_eq!(find(&agencies, name).map(|a| a.id.as_str()), Ok(id), "{name}");
            assert_eq!(look_up(&agencies, name).map(|a| a.id.as_str()), Ok(id), "{name}");
        }
    }

    #[test]
    fn a_symbol_that_many_share_is_nobody_s_name() {
        let agencies = agencies();
        let Err(NotFound::Ambiguous(several)) = find(&agencies, "UBND") else { panic!() };
        assert_eq!(several.len(), 63);
    }

    #[test]
    fn words_find_all_agencies_that_they_may_mean() {
        let agencies = agencies();
        for (typed, ids) in [
            ("lao", "lao-cai bo-lao-dong-thuong-binh-va-xa-hoi"),
            ("lao c", "lao-cai"),
            ("quang", "tuyen-quang quang-ninh quang-binh quang-tri quang-nam quang-ngai"),
            ("quangn", "quang-ninh quang-nam quang-ngai"),
            ("y te", "bo-y-te"),
            ("yte", "bo-y-te"),
            ("ba ria", "ba-ria-vung-tau"),
            ("ngan hang", "ngan-hang-nha-nuoc-viet-nam"),
            ("tp", "ha-noi hai-phong da-nang ho-chi-minh can-tho"),
            // By the code of its capital city, and by its initials.
            ("HN", "ha-noi ha-nam"),
            ("ho chi", "ho-chi-minh ban-quan-ly-lang-chu-tich-ho-chi-minh"),
            ("quang t", "tuyen-quang quang-tri"),
            ("ubnd lao", "lao-cai"),
            ("7", ""),
            ("  ", ""),
            ("xyz", ""),
        ] {
            let found: Vec<&str> =
                search(&agencies, typed).into_iter().map(|a| a.id.as_str()).collect();
            assert_eq!(found.join(" "), ids, "{typed}");
            // Nobody's name: a profile that gives it is asked.
            assert!(find(&agencies, typed).is_err(), "{typed}");
            let one = look_up(&agencies, typed).ok().map(|a| a.id.as_str());
            assert_eq!(one, (found.len() == 1).then(|| found[0]), "{typed}");
        }
    }
}
