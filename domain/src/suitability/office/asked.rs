//! What a request asks of an office: facts of a rule set, each with what it can be. Frozen when the request is
//! handed in, so that its answer is read as it was asked whatever the rules say by then.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    localized::Localized,
    outline::{Outline, OutlineFault, OutlineText},
    suitability::{
        AnswerError,
        amount::Dimension,
        fact::FactKey,
        model::{Choice, Domain, RuleSet},
        table::Entry,
        tree::{Features, Subject},
    },
};

/// Most facts that one request asks for: more than any set of rules has for an office.
pub const MOST_ASKED: usize = 40;

/// What is asked, as a form or a program writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskWritten {
    /// The rule set, by its id.
    pub rules: String,
    /// The use, by its id in the set.
    #[serde(rename = "use")]
    pub of: String,
    /// The facts, by [`FactKey::id`].
    pub facts: Vec<String>,
    /// What the applicant answered to questions of the rules: the verdict is reached again with it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
    /// The ground that it is asked of, where that is not the whole parcel: the text of a GeoJSON polygon in degrees.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<String>,
}

/// The edition of the rules that ask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedBy {
    /// Its set.
    pub id: String,
    /// Its date.
    pub date: Date,
    /// The hash of its files.
    pub hash: String,
}

/// What a request asks of an office, so that a verdict can be settled. Departments get it as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsAsked {
    /// By which rules.
    pub rules: AskedBy,
    /// For which use, by its id in the set.
    #[serde(rename = "use")]
    pub of: String,
    /// The same for people.
    pub use_name: Localized,
    /// What the applicant answered to questions of the rules. Nobody has checked it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: BTreeMap<String, String>,
    /// The ground that it is asked of, where that is not the whole parcel. The applicant drew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<OutlineText>,
    /// Each fact.
    pub facts: Vec<FactAsked>,
}

/// One fact that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactAsked {
    /// What it is called in the answer, [`FactKey::id`].
    pub id: String,
    /// For people.
    pub title: Localized,
    /// What it can be.
    #[serde(flatten)]
    pub takes: Takes,
}

/// What a fact can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Takes {
    /// `yes` or `no`.
    YesNo,
    /// One of these, or several of them.
    Options {
        /// To choose from.
        options: Vec<Choice>,
        /// Whether more than one may be.
        several: bool,
    },
    /// Codes of a dictionary.
    Codes {
        /// The system.
        system: String,
        /// Its version.
        version: String,
        /// Whether more than one may be.
        several: bool,
    },
    /// Codes of no dictionary.
    Text {
        /// Whether more than one may be.
        several: bool,
    },
    /// A figure.
    Figure {
        /// The unit that a figure without one is in.
        unit: String,
    },
    /// What of a layer lies on the site.
    Overlaps {
        /// The codes of features that the rules tell apart; none where they tell none apart.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        codes: BTreeSet<String>,
    },
}

/// Why something cannot be asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AskError {
    /// There are no such rules here, or no such use in them.
    #[error("no rules here speak of {rules}.{of}")]
    NoRules {
        /// The set as written.
        rules: String,
        /// The use as written.
        of: String,
    },
    /// The rules ask no such fact for the use.
    #[error("the rules ask no fact {id:?} for this use")]
    NoFact {
        /// As written.
        id: String,
    },
    /// Another office knows it, or none.
    #[error("{id} is not for this department to say")]
    NotTheirs {
        /// The fact.
        id: String,
    },
    /// None, one twice, or too many.
    #[error("ask for 1 to {MOST_ASKED} facts, each once")]
    Count,
    /// What the applicant answered does not read.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The outline lies elsewhere than the parcel, by what everybody is shown of it.
    #[error("the outline does not lie on this parcel")]
    Elsewhere,
    /// The outline does not read.
    #[error(transparent)]
    Outline(#[from] OutlineFault),
}

impl FactKey {
    /// What the fact is called where it is asked for: `overlaps:zoning`, `value:height`. It has no spaces.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Overlaps(layer) => format!("overlaps:{layer}"),
            Self::Distance(layer, Features::Every) => format!("distance:{layer}"),
            // By the features that are meant, of which there may be many with spaces in their names.
            Self::Distance(layer, features) => {
                let digest = Sha256::digest(format!("{features:?}"));
                let short: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
                format!("distance:{layer}:{short}")
            }
            Self::Area => "area".to_owned(),
            Self::Frontage => "frontage".to_owned(),
            Self::Value(id) => format!("value:{id}"),
            Self::Answer(id) => format!("answer:{id}"),
            Self::LawStatus(layer) => format!("law_status:{layer}"),
            Self::TableEntry(table) => format!("table:{table}"),
        }
    }
}

impl RuleSet {
    /// Everything that may be asked for a use on `on`, by [`FactKey::id`]: what the rules ask, and what
    /// their tables may be silent of.
    #[must_use]
    pub fn askable(&self, use_at: usize, on: Date) -> BTreeMap<String, FactKey> {
        let atoms = self.rules_for(use_at, on).flat_map(|rule| rule.stands.atoms());
        let entries = atoms.filter_map(|atom| match &atom.subject {
            Subject::TableEntry { table } => Some(FactKey::TableEntry(table.clone())),
            _ => None,
        });
        let keys = self.asks(use_at, on).into_iter().chain(entries);
        keys.map(|key| (key.id(), key)).collect()
    }

    /// What is written, as a request to a department asks it on `on`. A link may come from anybody: nothing
    /// of it goes on but what these rules say themselves.
    ///
    /// # Errors
    /// [`AskError`] names the first that is wrong.
    pub fn ask(
        &self,
        written: &AskWritten,
        department: &str,
        on: Date,
    ) -> Result<FactsAsked, AskError> {
        let AskWritten { rules, of, facts, answers, outline } = written;
        let no_rules = || AskError::NoRules { rules: rules.clone(), of: of.clone() };
        let (use_at, one) = self.find_use(of).filter(|_| *rules == self.id).ok_or_else(no_rules)?;
        let different: BTreeSet<&String> = facts.iter().collect();
        if different.len() != facts.len() || !(1..=MOST_ASKED).contains(&facts.len()) {
            return Err(AskError::Count);
        }
        self.answered(answers)?;
        let outline = outline.as_deref().map(Outline::read).transpose()?;
        let askable = self.askable(use_at, on);
        let asked = facts.iter().map(|id| {
            let key = askable.get(id).ok_or_else(|| AskError::NoFact { id: id.clone() })?;
            let office = self.office_of(key).and_then(|office| self.offices.get(office));
            let theirs = office.and_then(|office| office.department.as_deref()) == Some(department);
            self.fact_asked(key).filter(|_| theirs).ok_or(AskError::NotTheirs { id: id.clone() })
        });
        Ok(FactsAsked {
            facts: asked.collect::<Result<_, _>>()?,
            rules: AskedBy { id: self.id.clone(), date: self.date, hash: self.hash.clone() },
            of: of.clone(),
            use_name: one.name.clone(),
            answers: answers.clone(),
            outline: outline.as_ref().map(OutlineText::of),
        })
    }

    /// A fact with what it can be; `None` of one that the set does not have.
    #[must_use]
    pub fn fact_asked(&self, key: &FactKey) -> Option<FactAsked> {
        let layer = |id: &str| self.layers.get(id).map(|layer| layer.title.clone());
        let (title, takes) = match key {
            FactKey::Overlaps(id) => (layer(id)?, Takes::Overlaps { codes: self.codes_of(id) }),
            FactKey::Distance(id, _) => (
                worded(&layer(id)?, ("的距离", "distance to ")),
                Takes::Figure { unit: "m".into() },
            ),
            FactKey::LawStatus(id) => {
                (worded(&layer(id)?, ("的效力", "legal status of ")), Takes::one_of(LAW_STATUS))
            }
            FactKey::Value(id) => {
                let value = self.values.get(id)?;
                (value.title.clone(), Takes::of(&value.domain, value.several))
            }
            FactKey::Answer(id) => {
                let question = self.question(id)?;
                (question.text.clone(), Takes::of(&question.domain, false))
            }
            FactKey::TableEntry(id) => {
                self.tables.get(id)?;
                (Localized::new(TABLE.0, TABLE.1), Takes::one_of(ENTRIES))
            }
            // What the applicant draws, or the register measures, is nothing for an office to say.
            FactKey::Area | FactKey::Frontage => return None,
        };
        Some(FactAsked { id: key.id(), title, takes })
    }

    /// The codes of features of a layer that tables or rules tell apart: zones, kinds, and words of names.
    #[must_use]
    pub fn codes_of(&self, layer: &str) -> BTreeSet<String> {
        let own = |subject: &Subject| matches!(subject, Subject::Overlap { layer: own, .. } if own == layer);
        let tables = self.tables.values().filter(|table| own(&table.zone));
        let mut codes: BTreeSet<String> =
            tables.flat_map(|table| table.entries.zones()).map(str::to_owned).collect();
        let classes = self.classes(layer);
        codes.extend(classes.kinds.iter().chain(&classes.words).cloned());
        codes
    }
}

/// A code with its name in Chinese and in English.
type Named = (&'static str, (&'static str, &'static str));

const TABLE: (&str, &str) = (
    "用途表没有写明的，这里能否这样用",
    "whether the use is allowed here, where the table is silent",
);

const ENTRIES: [Named; 3] = [
    (Entry::Permitted.name(), ("允许", "permitted")),
    (Entry::Conditional.name(), ("有条件允许", "with a condition")),
    (Entry::Prohibited.name(), ("禁止", "prohibited")),
];

const LAW_STATUS: [Named; 3] = [
    ("in_force", ("现行有效", "in force")),
    ("change_with_pre_effect", ("变更中，已有预先效力", "being changed, with advance effect")),
    ("change_without_pre_effect", ("变更中，尚无效力", "being changed, without effect yet")),
];

fn worded(layer: &Localized, (zh, en): (&str, &str)) -> Localized {
    Localized::new(format!("{}{zh}", layer.zh), format!("{en}{}", layer.en))
}

impl Takes {
    fn one_of(names: [Named; 3]) -> Self {
        let option =
            |(id, (zh, en)): Named| Choice { id: id.to_owned(), label: Localized::new(zh, en) };
        Self::Options { options: names.into_iter().map(option).collect(), several: false }
    }

    /// What a value or an answer can be.
    fn of(domain: &Domain, several: bool) -> Self {
        match domain {
            Domain::YesNo => Self::YesNo,
            Domain::Options(options) => Self::Options { options: options.clone(), several },
            Domain::Dictionary { system, version } => {
                Self::Codes { system: system.clone(), version: version.clone(), several }
            }
            Domain::Open => Self::Text { several },
            // A share has no base unit that could be written.
            Domain::Figure(Dimension::Share) => Self::Figure { unit: "%".into() },
            Domain::Figure(dimension) => Self::Figure { unit: dimension.base().to_owned() },
        }
    }
}

impl FactsAsked {
    /// The same without what the rules of that day say of it: what whoever asks has written.
    #[cfg(feature = "answers")]
    pub(crate) fn written(mut self) -> Self {
        (self.rules.date, self.rules.hash) = (Date::MIN, String::new());
        self.use_name = Localized::default();
        for fact in &mut self.facts {
            (fact.title, fact.takes) = (Localized::default(), Takes::YesNo);
        }
        self
    }

    /// The fact of that name.
    #[must_use]
    pub fn fact(&self, id: &str) -> Option<&FactAsked> {
        self.facts.iter().find(|fact| fact.id == id)
    }
}
