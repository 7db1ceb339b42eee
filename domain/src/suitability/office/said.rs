//! An office's answer to a fact that it was asked for, and what it means.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::asked::{FactAsked, FactsAsked, Takes};
use crate::{
    dictionary::dictionary,
    localized::Localized,
    suitability::{
        amount::{Amount, Dimension, Range},
        answers::{LONGEST, NOT_KNOWN, figure},
        fact::{Cause, Fact, Known, Overlap, Overlaps, Reading},
    },
    text::fault_of_line,
};

/// What is said of a layer of which nothing lies on the site.
const NONE: &str = "none";
/// Most codes or features of one answer.
const MOST_PARTS: usize = 100;
/// An area that was not said: many times the land there is, m².
const MOST_M2: f64 = 1e15;
/// Shares of one answer may miss the whole by this, for they are rounded.
const ROUNDING: f64 = 0.001;

/// An office's answer as it is kept: as it was written, so that other rules can read it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Said {
    /// `yes`, a code, a figure with its unit, `none`, or [`NOT_KNOWN`].
    Text(String),
    /// Several codes.
    Codes(Vec<String>),
    /// Features of a layer that lie on the site.
    Overlaps(Vec<OverlapSaid>),
}

/// A feature of a layer that lies on the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OverlapSaid {
    /// Its code; of a layer of zones, the zone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// How much of the site it covers: `30 %`, `0.3`. Features of one answer lie over each other nowhere.
    pub share: String,
    /// The same as an area, if it was measured: `120 m2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
}

/// An answer that is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SaidError {
    /// The request asks no such fact.
    #[error("the request does not ask for {id:?}")]
    NotAsked {
        /// As written.
        id: String,
    },
    /// It cannot be answered so.
    #[error("{said} is no answer to {id}")]
    NoAnswer {
        /// The fact.
        id: String,
        /// As written, as JSON.
        said: String,
    },
}

impl Said {
    /// From a department's JSON: true and false are yes and no, and a number is a figure. `None` where it
    /// has no such form.
    #[must_use]
    pub fn of(value: &serde_json::Value) -> Option<Self> {
        use serde_json::Value;
        match value {
            Value::Bool(yes) => Some(Self::Text(if *yes { "yes" } else { "no" }.to_owned())),
            Value::Number(number) => Some(Self::Text(number.to_string())),
            Value::Null => None,
            value => serde_json::from_value(value.clone()).ok().filter(Self::is_short),
        }
    }

    /// Whether no text of it is longer than any that can be asked for.
    fn is_short(&self) -> bool {
        let short = |text: &String| text.chars().count() <= LONGEST;
        match self {
            Self::Text(text) => short(text),
            Self::Codes(codes) => codes.iter().all(short),
            Self::Overlaps(parts) => parts.iter().all(|part| {
                short(&part.code) && short(&part.share) && part.area.as_ref().is_none_or(short)
            }),
        }
    }
}

impl FactsAsked {
    /// Whether every answer is one to a fact that is asked, in the words that it can have.
    ///
    /// # Errors
    /// [`SaidError`] names the first that is not.
    pub fn check(&self, said: &BTreeMap<String, Said>) -> Result<(), SaidError> {
        said.iter().try_for_each(|(id, said)| {
            let fact = self.fact(id).ok_or_else(|| SaidError::NotAsked { id: id.clone() })?;
            let written = || serde_json::to_string(said).unwrap_or_default();
            let wrong = || SaidError::NoAnswer { id: id.clone(), said: written() };
            fact.read(said).map(drop).ok_or_else(wrong)
        })
    }
}

impl FactAsked {
    /// What an answer means; that the office does not know is one. `None` where it is none.
    #[must_use]
    pub fn read(&self, said: &Said) -> Option<Fact> {
        if matches!(said, Said::Text(text) if text.trim() == NOT_KNOWN) {
            return Some(Fact::Unknown(Cause::NotKnown));
        }
        let reading = self.takes.reading(said)?;
        Some(Fact::Known(Known { reading, seen: Vec::new() }))
    }
}

impl Takes {
    fn reading(&self, said: &Said) -> Option<Reading> {
        match (self, said) {
            (Self::YesNo, said) => {
                codes(said, false, |code| matches!(code, "yes" | "no")).map(Reading::Codes)
            }
            (Self::Options { options, several }, said) => {
                codes(said, *several, |code| options.iter().any(|one| one.id == code))
                    .map(Reading::Codes)
            }
            (Self::Codes { system, version, several }, said) => {
                let known = dictionary(system, version)?;
                codes(said, *several, |code| known.entries.contains_key(code)).map(Reading::Codes)
            }
            (Self::Text { several }, said) => codes(said, *several, is_text).map(Reading::Codes),
            // A number alone is in the unit that is asked for: `30` of a share is 30 %.
            (Self::Figure { unit }, Said::Text(text)) => {
                let bare = text.trim().parse::<f64>().is_ok() && unit == "%";
                let text = if bare { format!("{} %", text.trim()) } else { text.trim().to_owned() };
                figure(&Dimension::of(unit), &text).map(Reading::Figure)
            }
            (Self::Overlaps { codes }, said) => overlaps(codes, said).map(Reading::Overlaps),
            (Self::Figure { .. }, _) => None,
        }
    }
}

fn is_text(code: &str) -> bool {
    !code.is_empty() && code.chars().count() <= LONGEST && fault_of_line(code).is_none()
}

/// The codes of an answer, if every one is of those that can be.
fn codes(said: &Said, several: bool, is: impl Fn(&str) -> bool) -> Option<BTreeSet<String>> {
    let written: Vec<&str> = match said {
        Said::Text(text) => vec![text.trim()],
        Said::Codes(codes) => codes.iter().map(|code| code.trim()).collect(),
        Said::Overlaps(_) => return None,
    };
    let count = written.len();
    let fits = (1..=if several { MOST_PARTS } else { 1 }).contains(&count);
    (fits && written.iter().all(|code| is(code)))
        .then(|| written.into_iter().map(str::to_owned).collect())
}

/// What of a layer lies on the site. One zone, by its code alone, covers all of it.
fn overlaps(known: &BTreeSet<String>, said: &Said) -> Option<Overlaps> {
    let whole = |code: &str| OverlapSaid { code: code.to_owned(), share: "1".into(), area: None };
    let parts = match said {
        Said::Text(text) if text.trim() == NONE => Vec::new(),
        Said::Text(text) => match text.trim() {
            code if known.contains(code) => vec![whole(code)],
            share => vec![OverlapSaid { code: String::new(), share: share.to_owned(), area: None }],
        },
        Said::Overlaps(parts) if (1..=MOST_PARTS).contains(&parts.len()) => parts.clone(),
        Said::Codes(_) | Said::Overlaps(_) => return None,
    };
    let features: Vec<Overlap> =
        parts.iter().map(|part| overlap(known, part)).collect::<Option<_>>()?;
    let sum: f64 = features.iter().map(|one| one.share.hi.figure()).sum();
    (sum <= 1.0 + ROUNDING).then_some(Overlaps { apart: true, features })
}

/// One feature. Where rules tell features apart, it is said which it is: of another the rules say nothing.
fn overlap(known: &BTreeSet<String>, part: &OverlapSaid) -> Option<Overlap> {
    let code = part.code.trim();
    let fits =
        if known.is_empty() { code.is_empty() || is_text(code) } else { known.contains(code) };
    let share = figure(&Dimension::Share, part.share.trim())?;
    let one = Amount::of(1.0)?;
    let is_share = share.lo > Amount::ZERO && share.hi <= one;
    let area = match &part.area {
        Some(area) => figure(&Dimension::Area, area.trim())?,
        None => Range::between(0.0, MOST_M2)?,
    };
    (fits && is_share).then(|| Overlap {
        kind: code.to_owned(),
        label: Localized::same(code),
        area,
        share,
        of_feature: None,
    })
}
