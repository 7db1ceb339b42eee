//! A rule set as it stands after reading: uses, offices, layers, values, questions, tables, rules and
//! scores. Ids are looked up when a set is read; whatever a rule names is there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    amount::{Dimension, Limit},
    table::UseTable,
    tree::{Subject, Tree},
};
use crate::{
    code::ParcelCode,
    dictionary::{Coded, dictionary},
    field::Field,
    law::LegalDocument,
    localized::Localized,
    theme::ThemeId,
};

/// The rules of one place on one date.
#[derive(Clone, Debug)]
pub struct RuleSet {
    /// Stable name, that of its directory: `zhejiang`.
    pub id: String,
    /// From when this version of it counts; the name of the directory below.
    pub date: Date,
    /// Its title.
    pub title: Localized,
    /// What of it somebody has yet to look at, if anything.
    pub review: Option<Localized>,
    /// The beginnings of the codes of the parcels that it is for; of all if there are none.
    pub divisions: Vec<String>,
    /// The formal step after a verdict, which is information and decides nothing (rule Z3).
    pub next_step: Localized,
    /// SHA-256 over the names and texts of its files, in hexadecimal.
    pub hash: String,
    /// The offices that decide what is not known.
    pub offices: BTreeMap<String, Office>,
    /// What one may want to do with a site.
    pub uses: Vec<Use>,
    /// The layers that rules look at.
    pub layers: BTreeMap<String, Layer>,
    /// What registers, plans and offices say of a site.
    pub values: BTreeMap<String, Value>,
    /// What the applicant is asked, in this order.
    pub questions: Vec<Question>,
    /// Use tables.
    pub tables: BTreeMap<String, Table>,
    /// Hard rules and conditions, in the order in which they are written.
    pub rules: Vec<Rule>,
    /// Soft criteria.
    pub scores: Vec<Score>,
    /// The formal steps that may follow a verdict, in the order in which they are written.
    pub steps: Vec<NextStep>,
}

/// Who says what is not known, or grants what must be obtained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// Stable name, `natural-resources`.
    pub id: String,
    /// In words of departments: 所在地自然资源和规划局.
    pub name: Localized,
    /// The department of services to which a request for a fact goes, if the portal forwards there.
    #[serde(default)]
    pub department: Option<String>,
}

/// What one may want to do with a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Stable name within the set, `cafe`.
    pub id: String,
    /// Its class in a dictionary, with the version of that (rule C9). Several uses may share one.
    pub code: Coded,
    /// Its plain name.
    pub name: Localized,
    /// Other words for it, by which people find it.
    pub words: Words,
    /// The groups that it belongs to, by which rules speak of several uses.
    pub groups: Vec<String>,
}

/// Other words for a thing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// In Chinese.
    #[serde(default)]
    pub zh: Vec<String>,
    /// In English.
    #[serde(default)]
    pub en: Vec<String>,
}

/// A layer that rules look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Stable name within the set.
    pub id: String,
    /// Its title.
    pub title: Localized,
    /// Where its facts come from.
    pub source: LayerSource,
    /// What counts as an overlap (rule *sites S1*: it is part of the evidence).
    pub tolerance: Tolerance,
    /// Who knows, where the data do not say.
    pub office: String,
    /// How it says which zone a site is in, if it is a layer of zones.
    pub zones: Option<Zones>,
    /// The classes that its features can be of, as far as rules tell them apart.
    pub classes: Classes,
}

/// What features of a layer can be: everything that rules tell apart is among them. A feature of none of them
/// may be of any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Classes {
    /// Codes, as the layer writes them.
    pub kinds: BTreeSet<String>,
    /// Words in names, in lower case.
    pub words: BTreeSet<String>,
}

/// Below both figures an overlap is a sliver: edges that do not quite meet. An overlap that reaches
/// either counts, and so does a line or a point that touches and has no area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// Smallest area that counts.
    pub area: Limit,
    /// Smallest share of the site that counts.
    pub share: Limit,
}

/// Where the facts of a layer come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayerSource {
    /// All layers of a theme of restrictions.
    Theme(ThemeId),
    /// One layer of the data, by its name there.
    Data(String),
}

/// Which of the zones that a site lies in count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zones {
    /// A zone counts that covers this share of the site,
    pub of_site: Limit,
    /// or of which this share lies in the site, if that is a rule of the place.
    pub of_zone: Option<Limit>,
    /// Which of those that count.
    pub take: Take,
}

/// Which of several zones decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// The one that covers most of the site.
    Largest,
    /// Every one; the strictest entry of a table stands.
    Every,
}

/// What a value or an answer can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Domain {
    /// `yes` or `no`.
    YesNo,
    /// One of these.
    Options(Vec<Choice>),
    /// Codes of a dictionary.
    Dictionary {
        /// The system.
        system: String,
        /// Its version.
        version: String,
    },
    /// Codes of no dictionary, as a layer or a register writes them.
    Open,
    /// A figure.
    Figure(Dimension),
}

impl Domain {
    /// The codes to choose from, where they are a few of the set's own.
    #[must_use]
    pub fn choices(&self) -> Option<Vec<&str>> {
        match self {
            Self::YesNo => Some(vec!["yes", "no"]),
            Self::Options(options) => Some(options.iter().map(|one| one.id.as_str()).collect()),
            Self::Dictionary { .. } | Self::Open | Self::Figure(_) => None,
        }
    }

    /// Whether it has a code; what a free register may write nobody knows.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        match self {
            Self::YesNo | Self::Options(_) => {
                self.choices().is_some_and(|choices| choices.contains(&code))
            }
            Self::Dictionary { system, version } => {
                dictionary(system, version).is_some_and(|known| known.entries.contains_key(code))
            }
            Self::Open => true,
            Self::Figure(_) => false,
        }
    }
}

/// One of several answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Stable name.
    pub id: String,
    /// For people.
    pub label: Localized,
}

/// What a register, a plan or an office says of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Stable name within the set.
    pub id: String,
    /// Its title.
    pub title: Localized,
    /// What it can be.
    pub domain: Domain,
    /// Whether a site can have several of its codes at once.
    pub several: bool,
    /// Who knows, where the data do not say.
    pub office: String,
    /// The field of the register that says it. Without one no register does: what was registered for a place is
    /// not what is there.
    pub field: Option<Field>,
}

/// What the applicant is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Stable name within the set.
    pub id: String,
    /// The question.
    pub text: Localized,
    /// What may be answered.
    pub domain: Domain,
    /// Who can say, where the applicant does not know.
    pub office: String,
}

/// A use table of the set, and what says the zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Stable name within the set.
    pub id: String,
    /// Its entries.
    pub entries: UseTable,
    /// What says the site's zone: a layer with `zones`, or a value.
    pub zone: Subject,
    /// Who decides where the table is silent.
    pub office: String,
}

/// What follows when a rule stands in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The site does not suit; nothing outweighs it (rule Z1).
    Hard,
    /// Something must be obtained first.
    Condition,
}

/// Which uses a rule speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All.
    All,
    /// These, by their positions in the set.
    Uses(Vec<usize>),
}

/// One rule. It *stands in the way* where it concerns the site (`when`), nothing exempts the site
/// (`unless`), and the site `fails` or does not meet what it `needs`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Stable name within the set.
    pub id: String,
    /// What follows.
    pub kind: Kind,
    /// Its title.
    pub title: Localized,
    /// The uses it speaks of.
    pub uses: Scope,
    /// All four together as one test: it stands in the way where this holds.
    pub stands: Tree,
    /// What it rests on.
    pub basis: Vec<Basis>,
    /// The office that decides when it cannot be said, and grants what must be obtained.
    pub office: String,
    /// What to do.
    pub action: Localized,
    /// From when it is in force; from the start if not given.
    pub from: Option<Date>,
    /// The last day on which it is.
    pub until: Option<Date>,
}

/// A legal document that a rule rests on, with what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The document and its articles.
    pub document: LegalDocument,
    /// Which version of it was read, where the register of laws does not say.
    pub version: Option<String>,
    /// What the article says, in short.
    pub text: Localized,
}

/// A soft criterion: from 0 at the worst figure to 1 at the best, or points for a code.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// Stable name within the set.
    pub id: String,
    /// Its title.
    pub title: Localized,
    /// The uses it speaks of.
    pub uses: Scope,
    /// Its weight, a share of one.
    pub weight: Limit,
    /// What is looked at.
    pub subject: Subject,
    /// What that is worth.
    pub worth: Worth,
    /// Why this counts.
    pub reason: Localized,
}

/// What a figure or a code is worth.
#[derive(Clone, Debug, PartialEq)]
pub enum Worth {
    /// 0 at `worst`, 1 at `best`, in a straight line between them.
    Line {
        /// Worth 0.
        worst: Limit,
        /// Worth 1.
        best: Limit,
    },
    /// So many hundredths for each code; of several codes the least.
    Points(BTreeMap<String, u8>),
}

/// A formal step that may follow a verdict. The verdict decides nothing: whoever takes the step decides whether it
/// is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// Stable name within the set.
    pub id: String,
    /// Whose step it is, or for which projects.
    pub title: Localized,
    /// The uses it follows.
    pub uses: Scope,
    /// The service of the catalogue by which it is asked for, if it has one.
    pub service: Option<String>,
    /// The question of that service which takes use, verdict and facts in words.
    pub tells: Option<String>,
    /// The office that takes it, by its id in the set.
    pub office: String,
    /// Where that is done, for whoever finds no such service here.
    pub at: Localized,
    /// What its other questions are answered by.
    pub fills: Vec<Fill>,
}

/// An answer to a question of the step's service that the facts give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fill {
    /// The question, by its name in the catalogue.
    pub question: String,
    /// The answer.
    pub is: String,
    /// Of which sites.
    pub when: Tree,
}

impl Scope {
    /// Whether it speaks of the use at that position.
    #[must_use]
    pub fn has(&self, at: usize) -> bool {
        match self {
            Self::All => true,
            Self::Uses(uses) => uses.contains(&at),
        }
    }
}

impl Rule {
    /// Whether it is in force on `date`.
    #[must_use]
    pub fn in_force(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }
}

impl RuleSet {
    /// Whether it is for that parcel: the law of one place says nothing of another.
    #[must_use]
    pub fn is_for(&self, parcel: &ParcelCode) -> bool {
        self.divisions.is_empty()
            || self.divisions.iter().any(|division| parcel.as_str().starts_with(division.as_str()))
    }

    /// The use of that name, with its position.
    #[must_use]
    pub fn find_use(&self, id: &str) -> Option<(usize, &Use)> {
        self.uses.iter().enumerate().find(|(_, one)| one.id == id)
    }

    /// The classes of a layer; none of one that the set does not have.
    #[must_use]
    pub fn classes(&self, layer: &str) -> &Classes {
        static NONE: Classes = Classes { kinds: BTreeSet::new(), words: BTreeSet::new() };
        self.layers.get(layer).map_or(&NONE, |layer| &layer.classes)
    }

    /// The question of that name.
    #[must_use]
    pub fn question(&self, id: &str) -> Option<&Question> {
        self.questions.iter().find(|one| one.id == id)
    }

    /// The rules that speak of the use at that position and are in force on `date`.
    pub fn rules_for(&self, at: usize, date: Date) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.uses.has(at) && rule.in_force(date))
    }

    /// The scores that speak of the use at that position.
    pub fn scores_for(&self, at: usize) -> impl Iterator<Item = &Score> {
        self.scores.iter().filter(move |score| score.uses.has(at))
    }
}
