//! Reaching a verdict again from its facts.

use serde_json::Value;

use super::{Judgement, SiteJudged};
use crate::suitability::RuleSet;

/// So many differences are named.
const MOST_NAMED: usize = 20;

/// What came of judging the facts of a file again.
#[derive(Clone, Debug, PartialEq)]
pub enum Replay {
    /// The verdict in the file, to the byte.
    Same,
    /// Another one; where, in the order of the file, as many as are named.
    Differs(Vec<Difference>),
    /// The rules do not have the use.
    NoUse,
    /// The rules are not for the site.
    OtherRules,
    /// The outline is not the one that its digest is of, or the facts are of ground of another size.
    OtherGround,
}

/// A place where two verdicts differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where, as a JSON pointer (RFC 6901).
    pub at: String,
    /// What the file has there.
    pub signed: Option<Value>,
    /// What the rules make of it.
    pub reached: Option<Value>,
}

impl Judgement {
    /// Judges the facts of the file again by the rules it names, `rules`, on its own day.
    #[must_use]
    pub fn replay(&self, rules: &RuleSet) -> Replay {
        match &self.site {
            SiteJudged::Parcel(parcel) if !rules.is_for(parcel) => return Replay::OtherRules,
            SiteJudged::Outline(outline) if !outline.bears(&self.facts) => {
                return Replay::OtherGround;
            }
            SiteJudged::Parcel(_) | SiteJudged::Outline(_) => {}
        }
        let Some(verdict) = self.by(rules, self.on) else { return Replay::NoUse };
        // A verdict is maps, lists, texts and figures: it can always be written down.
        let reached = serde_json::to_value(verdict).unwrap_or_default();
        let mut found = Vec::new();
        differences("", Some(&self.verdict), Some(&reached), &mut found);
        if found.is_empty() { Replay::Same } else { Replay::Differs(found) }
    }
}

fn differences(
    at: &str,
    signed: Option<&Value>,
    reached: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    if signed == reached || found.len() >= MOST_NAMED {
        return;
    }
    match (signed, reached) {
        // A whole figure is read as a whole number: the canonical form writes both alike.
        (Some(Value::Number(one)), Some(Value::Number(other)))
            if one.as_f64() == other.as_f64() => {}
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let further = other.keys().filter(|key| !one.contains_key(*key));
            for key in one.keys().chain(further) {
                let step = key.replace('~', "~0").replace('/', "~1");
                differences(&format!("{at}/{step}"), one.get(key), other.get(key), found);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for step in 0..one.len().max(other.len()) {
                differences(&format!("{at}/{step}"), one.get(step), other.get(step), found);
            }
        }
        _ => found.push(Difference {
            at: at.to_owned(),
            signed: signed.cloned(),
            reached: reached.cloned(),
        }),
    }
}
