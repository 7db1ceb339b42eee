//! One atom against the facts: whether it holds, and the evidence for that.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    amount::{Amount, Dimension, Range},
    covers::{Covers, compare},
    fact::{Cause, FactKey, Facts, Reading, Seen},
    model::{RuleSet, Tolerance, Use},
    tree::{Atom, Comparison, Subject, Test},
    truth::{Gap, Truth},
    zone::{self, ZonesSeen},
};

/// What was looked at for an answer: layer, date, what was measured, and the limit it was held against
/// (rule *sites S1*).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// What was looked at.
    pub subject: Subject,
    /// What it was read from, with dates; empty where nothing was.
    pub seen: Vec<Seen>,
    /// What was found; none where it is not known.
    pub measured: Option<Measured>,
    /// What it was held against, as the rule writes it.
    pub threshold: String,
    /// The layer's tolerance, as area and share, where it counted.
    pub tolerance: Option<(String, String)>,
    /// Of a use table, the zones that were looked at: none where it is not known which there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zones: Option<ZonesSeen>,
    /// Whether it holds.
    pub truth: Truth,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// How much features cover.
    Covers(Covers),
    /// A figure.
    Figure(Range),
    /// Codes, or the entry of a table.
    Codes(BTreeSet<String>),
}

/// A site and a use before the rules.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The rules.
    pub set: &'a RuleSet,
    /// The use.
    pub of: &'a Use,
    /// What is known of the site.
    pub facts: &'a Facts,
}

const fn sign(how: Comparison) -> &'static str {
    match how {
        Comparison::MoreThan => ">",
        Comparison::AtLeast => "≥",
        Comparison::LessThan => "<",
        Comparison::AtMost => "≤",
    }
}

/// A test in one line, for evidence.
fn written(test: &Test) -> String {
    match test {
        Test::Counts => "> tolerance".to_owned(),
        Test::Covered => "all but tolerance".to_owned(),
        Test::Compare(how, limit) => format!("{} {limit}", sign(*how)),
        Test::CompareWith(how, other) => {
            let name = match other {
                Subject::Value { id } | Subject::Answer { id } => id.as_str(),
                Subject::Area => "area",
                _ => "frontage",
            };
            format!("{} {name}", sign(*how))
        }
        Test::Among(codes) => {
            let how = match (codes.any, codes.below) {
                (false, false) => "in",
                (true, false) => "any in",
                (false, true) => "under",
                (true, true) => "any under",
            };
            let list: Vec<&str> = codes.codes.iter().map(String::as_str).collect();
            format!("{how} {}", list.join(", "))
        }
    }
}

type Lacks = BTreeSet<Gap>;

fn lacks(fact: FactKey, cause: Cause) -> Lacks {
    BTreeSet::from([Gap { fact, cause }])
}

impl<'a> Case<'a> {
    /// Whether an atom holds.
    #[must_use]
    pub fn truth(&self, atom: &Atom) -> Truth {
        match self.measure(&atom.subject) {
            Ok(measured) => self.test(atom, &measured),
            Err(gaps) => Truth::Unknown(gaps),
        }
    }

    /// Whether an atom holds, with what was looked at.
    #[must_use]
    pub fn evidence(&self, atom: &Atom) -> Evidence {
        let subject = atom.subject.clone();
        let key = match &subject {
            Subject::TableEntry { table } => {
                self.set.tables.get(table).map_or_else(|| subject.fact(), |table| table.zone.fact())
            }
            _ => subject.fact(),
        };
        let seen = self.facts.get(&key).map(|known| known.seen.clone()).unwrap_or_default();
        let tolerance = match (&subject, &atom.test) {
            (
                Subject::Overlap { layer, .. } | Subject::Outside { layer, .. },
                Test::Counts | Test::Covered,
            ) => self.set.layers.get(layer).map(|layer| {
                (layer.tolerance.area.written.clone(), layer.tolerance.share.written.clone())
            }),
            _ => None,
        };
        let zones = match &subject {
            Subject::TableEntry { table } => zone::seen(self.set, table, self.facts),
            _ => None,
        };
        Evidence {
            seen,
            zones,
            measured: self.measure(&subject).ok(),
            threshold: written(&atom.test),
            tolerance,
            truth: self.truth(atom),
            subject,
        }
    }

    /// What is found of a subject.
    pub(super) fn measure(&self, subject: &Subject) -> Result<Measured, Lacks> {
        let key = subject.fact();
        let unreadable = || lacks(key.clone(), Cause::Unreadable);
        if let Subject::TableEntry { table } = subject {
            let table = self.set.tables.get(table).ok_or_else(unreadable)?;
            let entry = zone::entry(self.set, table, self.of, self.facts)?;
            return Ok(Measured::Codes(BTreeSet::from([entry.name().to_owned()])));
        }
        let known = self.facts.get(&key).map_err(|cause| lacks(key.clone(), cause))?;
        match (subject, &known.reading) {
            (
                Subject::Overlap { layer, features } | Subject::Outside { layer, features },
                Reading::Overlaps(overlaps),
            ) => {
                let classes = self.set.classes(layer);
                Ok(Measured::Covers(Covers::of(overlaps, features, classes)))
            }
            (
                Subject::Distance { .. }
                | Subject::Area
                | Subject::Frontage
                | Subject::Value { .. }
                | Subject::Answer { .. },
                Reading::Figure(range),
            ) if self.set.is_figure(subject) && range.lo <= range.hi => {
                Ok(Measured::Figure(*range))
            }
            (
                Subject::Value { .. } | Subject::Answer { .. } | Subject::LawStatus { .. },
                Reading::Codes(codes),
            ) if self.set.can_be(subject, codes) => Ok(Measured::Codes(codes.clone())),
            _ => Err(unreadable()),
        }
    }

    fn test(&self, atom: &Atom, measured: &Measured) -> Truth {
        let fact = atom.subject.fact();
        let cause = match measured {
            Measured::Covers(covers) => covers.cause(),
            Measured::Figure(_) | Measured::Codes(_) => Cause::Coarse,
        };
        let coarse = |known: Option<bool>| {
            known.map_or_else(|| Truth::lacking(fact.clone(), cause), Truth::Known)
        };
        match (&atom.test, measured) {
            (Test::Counts, Measured::Covers(covers)) => match self.tolerance(&atom.subject) {
                Some(tolerance) => coarse(covers.counts(tolerance)),
                None => coarse(None),
            },
            (Test::Covered, Measured::Covers(covers)) => self.covered(&atom.subject, covers),
            (Test::Compare(how, limit), Measured::Covers(covers)) => {
                let range =
                    if limit.dimension == Dimension::Area { covers.area } else { covers.share };
                coarse(compare(*how, range, Range::exactly(limit.amount)))
            }
            (Test::Compare(how, limit), Measured::Figure(range)) => {
                coarse(compare(*how, *range, Range::exactly(limit.amount)))
            }
            (Test::CompareWith(how, other), Measured::Figure(left)) => match self.measure(other) {
                Err(gaps) => Truth::Unknown(gaps),
                Ok(Measured::Figure(right)) => match compare(*how, *left, right) {
                    Some(known) => Truth::Known(known),
                    None => {
                        let sides = [(fact, *left), (other.fact(), right)];
                        let coarse = sides.into_iter().filter(|(_, range)| range.lo != range.hi);
                        Truth::Unknown(
                            coarse.map(|(fact, _)| Gap { fact, cause: Cause::Coarse }).collect(),
                        )
                    }
                },
                Ok(_) => Truth::lacking(other.fact(), Cause::Unreadable),
            },
            (Test::Among(codes), Measured::Codes(found)) => Truth::Known(codes.hold(found)),
            _ => Truth::lacking(fact, Cause::Unreadable),
        }
    }

    fn tolerance(&self, subject: &Subject) -> Option<&'a Tolerance> {
        match subject {
            Subject::Overlap { layer, .. } | Subject::Outside { layer, .. } => {
                self.set.layers.get(layer).map(|layer| &layer.tolerance)
            }
            _ => None,
        }
    }

    /// Whether what the features leave uncovered is a sliver.
    fn covered(&self, subject: &Subject, covers: &Covers) -> Truth {
        let fact = subject.fact();
        let (Some(tolerance), Some(one)) = (self.tolerance(subject), Amount::of(1.0)) else {
            return Truth::lacking(fact, Cause::Unreadable);
        };
        let bare = Range { lo: one.minus(covers.share.hi), hi: one.minus(covers.share.lo) };
        if bare.lo >= tolerance.share.amount && bare.lo > Amount::ZERO {
            return Truth::Known(false);
        }
        if bare.hi == Amount::ZERO {
            return Truth::Known(true);
        }
        let area = match self.measure(&Subject::Area) {
            Err(gaps) => return Truth::Unknown(gaps),
            Ok(Measured::Figure(area)) => area,
            Ok(_) => return Truth::lacking(FactKey::Area, Cause::Unreadable),
        };
        // By the share: what is covered is measured in the drawing, and a register's size is another one.
        let left = Range { lo: area.lo.times(bare.lo), hi: area.hi.times(bare.hi) };
        if left.lo >= tolerance.area.amount {
            Truth::Known(false)
        } else if left.hi < tolerance.area.amount && bare.hi < tolerance.share.amount {
            Truth::Known(true)
        } else {
            Truth::lacking(fact, covers.cause())
        }
    }
}
