//! What is known of a site: for each thing that rules ask, what it is and who said so, or why nobody
//! could say.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    amount::{Amount, Range},
    model::{Classes, LayerSource, RuleSet},
    tree::{Features, Subject},
};
use crate::localized::Localized;

/// One thing that can be found out about a site. Layers, values, questions and tables are called by
/// their ids in the rule set; [`RuleSet::layer_source`] says where a layer lies in the data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKey {
    /// What of a layer lies on the site.
    Overlaps(String),
    /// How far the nearest feature of a layer is.
    Distance(String, Features),
    /// The area of the site.
    Area,
    /// Its side along a public road.
    Frontage,
    /// A value of a register, a plan or an office.
    Value(String),
    /// An answer of the applicant.
    Answer(String),
    /// Whether what a layer shows binds today.
    LawStatus(String),
    /// What the office says where a use table is silent.
    TableEntry(String),
}

/// Why something is not known. Each is kept; what to do about them differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nobody has asked yet.
    NotAsked,
    /// There is no such source here.
    Missing,
    /// The source failed.
    Failed,
    /// The source did not answer in time.
    TimedOut,
    /// The source's data do not reach the site.
    NotCovered,
    /// It may not be told here.
    Withheld,
    /// Whoever was asked does not know.
    NotKnown,
    /// The rule's own table says nothing of it.
    Silent,
    /// Only a class may be told, and the limit lies within it.
    Coarse,
    /// What came is nothing that this can be.
    Unreadable,
    /// It is there, and its name says of none of the classes that the rules know that it is of it.
    Unclassed,
    /// An office says something else than the data do.
    Disputed,
    /// The parcels under an outline are not all alike in it, and a rule would say other things of them.
    Differs,
    /// There is more of it than is looked at for one answer.
    TooMany,
    /// An outline lies beyond what is shown of parcels on a grid, and no farther than they may reach.
    BeyondShown,
}

/// What is known of one thing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// This.
    Known(Known),
    /// Nothing, and why.
    Unknown(Cause),
}

/// What was found, and where.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// What was found.
    pub reading: Reading,
    /// What it was read from, each with its date.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
}

/// A layer, register or document that something was read from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// Its name in the data.
    pub source: String,
    /// Its title.
    pub title: Localized,
    /// The day it was drawn up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Date>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// The features of a layer that meet the site; none if the list is empty.
    Overlaps(Overlaps),
    /// A figure in base units (m, m², days, or the fact's own unit).
    Figure(Range),
    /// Codes; `yes` and `no` too. Never empty.
    Codes(BTreeSet<String>),
}

/// The features of a layer that meet a site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlaps {
    /// Whether they lie over each other nowhere, so that their figures add up. Where they may, a sum
    /// is the most that they cover, and the largest of them the least.
    pub apart: bool,
    /// Each of them.
    pub features: Vec<Overlap>,
}

/// One feature that meets a site. One that touches and has no area has both figures 0.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlap {
    /// Its code as the layer writes it; empty if it has none.
    #[serde(default)]
    pub kind: String,
    /// Its name.
    #[serde(default)]
    pub label: Localized,
    /// Area in common, m².
    pub area: Range,
    /// Area in common as a share of the site, 0 to 1.
    pub share: Range,
    /// Area in common as a share of the feature, 0 to 1, if that was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_feature: Option<Range>,
}

/// All that is known of a site. What is not in it was not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Facts(pub BTreeMap<FactKey, Fact>);

impl Serialize for Facts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}

impl<'de> Deserialize<'de> for Facts {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let facts = Vec::<(FactKey, Fact)>::deserialize(deserializer)?;
        let count = facts.len();
        let facts: BTreeMap<FactKey, Fact> = facts.into_iter().collect();
        if facts.len() != count {
            return Err(serde::de::Error::custom("a fact is there twice"));
        }
        Ok(Self(facts))
    }
}

impl Facts {
    /// What is known of one thing.
    ///
    /// # Errors
    /// Why nothing is.
    pub fn get(&self, key: &FactKey) -> Result<&Known, Cause> {
        match self.0.get(key) {
            Some(Fact::Known(known)) => Ok(known),
            Some(Fact::Unknown(cause)) => Err(*cause),
            None => Err(Cause::NotAsked),
        }
    }

    /// Adds or replaces a fact.
    pub fn put(&mut self, key: FactKey, reading: Reading, seen: Vec<Seen>) {
        self.0.insert(key, Fact::Known(Known { reading, seen }));
    }

    /// Adds or replaces the reason why something is not known.
    pub fn lack(&mut self, key: FactKey, cause: Cause) {
        self.0.insert(key, Fact::Unknown(cause));
    }
}

impl Overlap {
    /// Whether it touches the site and has no area.
    #[must_use]
    pub fn touches(&self) -> bool {
        self.area.hi == Amount::ZERO && self.share.hi == Amount::ZERO
    }
}

impl Features {
    /// Whether a feature of a layer with these classes is meant: not where it is known to be of another.
    /// `None` of one that is of none of them: what it is nobody has said (*sites S2*).
    #[must_use]
    pub fn mean(&self, overlap: &Overlap, classes: &Classes) -> Option<bool> {
        let (meant, of_another) = match self {
            Self::Every => (true, false),
            Self::Kinds(kinds) => {
                (kinds.contains(&overlap.kind), classes.kinds.contains(&overlap.kind))
            }
            Self::Named(words) => {
                let names = [overlap.label.zh.to_lowercase(), overlap.label.en.to_lowercase()];
                let has = |word: &String| names.iter().any(|name| name.contains(word.as_str()));
                (words.iter().any(has), classes.words.iter().any(has))
            }
        };
        if meant { Some(true) } else { of_another.then_some(false) }
    }
}

impl Subject {
    /// What must be known to answer it; of a table, beside what says the zone.
    #[must_use]
    pub fn fact(&self) -> FactKey {
        match self {
            Self::Overlap { layer, .. } | Self::Outside { layer, .. } => {
                FactKey::Overlaps(layer.clone())
            }
            Self::Distance { layer, features } => {
                FactKey::Distance(layer.clone(), features.clone())
            }
            Self::Area => FactKey::Area,
            Self::Frontage => FactKey::Frontage,
            Self::Value { id } => FactKey::Value(id.clone()),
            Self::Answer { id } => FactKey::Answer(id.clone()),
            Self::TableEntry { table } => FactKey::TableEntry(table.clone()),
            Self::LawStatus { layer } => FactKey::LawStatus(layer.clone()),
        }
    }
}

impl RuleSet {
    /// Where the facts of a layer lie in the data.
    #[must_use]
    pub fn layer_source(&self, layer: &str) -> Option<&LayerSource> {
        self.layers.get(layer).map(|layer| &layer.source)
    }

    /// Everything that the rules and scores for a use ask on `date`: whoever gathers facts gathers
    /// these. A table's own entry is not among them; that is asked where the table is silent.
    #[must_use]
    pub fn asks(&self, at: usize, date: Date) -> BTreeSet<FactKey> {
        let atoms = self.rules_for(at, date).flat_map(|rule| rule.stands.atoms());
        let mut subjects: Vec<&Subject> = Vec::new();
        for atom in atoms {
            subjects.push(&atom.subject);
            if let super::tree::Test::CompareWith(_, other) = &atom.test {
                subjects.push(other);
            }
        }
        subjects.extend(self.scores_for(at).map(|score| &score.subject));
        let mut keys = BTreeSet::new();
        for subject in subjects {
            match subject {
                Subject::TableEntry { table } => {
                    keys.extend(self.tables.get(table).map(|table| table.zone.fact()));
                }
                Subject::Outside { .. } => {
                    keys.extend([subject.fact(), FactKey::Area]);
                }
                _ => {
                    keys.insert(subject.fact());
                }
            }
        }
        keys
    }

    /// The office that knows a thing.
    #[must_use]
    pub fn office_of(&self, key: &FactKey) -> Option<&str> {
        match key {
            FactKey::Overlaps(layer) | FactKey::Distance(layer, _) | FactKey::LawStatus(layer) => {
                self.layers.get(layer).map(|layer| layer.office.as_str())
            }
            FactKey::Value(id) => self.values.get(id).map(|value| value.office.as_str()),
            FactKey::Answer(id) => self.question(id).map(|question| question.office.as_str()),
            FactKey::TableEntry(id) => self.tables.get(id).map(|table| table.office.as_str()),
            // The applicant's own outline says it.
            FactKey::Area | FactKey::Frontage => None,
        }
    }
}
