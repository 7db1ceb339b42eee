//! A verdict to take away: what was judged, by which rules, of which facts, and a signature over all of it.
//! Whoever is handed the file can tell a genuine one from one that was altered ([`check`]), and reach the
//! verdict again from its facts by the rules it names ([`Judgement::replay`]), without asking the portal.
//!
//! The file *is* the canonical form of its JSON (RFC 8785): a byte more, less or other than what was written
//! is another file, and no genuine one. The signature is over the same form without the member `signature`.
//!
//! What is in it has passed the disclosure policy, for the facts are those that the rules were handed. It is
//! information, and decides nothing (rule Z3), and says so itself.

mod replay;
#[cfg(feature = "signed")]
mod seal;
mod site;
#[cfg(test)]
#[cfg(feature = "signed")]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    localized::Localized,
    signing::KeyName,
    suitability::{Answer, Fact, FactKey, Facts, Outcome, RuleSet, Standing, Verdict},
};

pub use replay::{Difference, Replay};
#[cfg(feature = "signed")]
pub use seal::{Checked, NotSigned, check, sign};
pub use site::{OutlineJudged, SiteJudged};

/// What every such file calls itself.
pub const FORMAT: &str = "jianma-verdict";
/// Raised when a program of before could not read it.
pub const FORMAT_VERSION: u32 = 1;
/// No genuine file is longer, bytes: it must fit in a form, and a portal reads forms of 256 KiB unless it is
/// configured otherwise.
pub const LONGEST: usize = 192 * 1024;

/// A verdict with everything it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgement {
    /// Who says it.
    pub issuer: Issuer,
    /// The rules it is said by.
    pub rules: Edition,
    /// The use.
    #[serde(rename = "use")]
    pub of: UseNamed,
    /// The day it is for, in China.
    pub on: Date,
    /// The site.
    pub site: SiteJudged,
    /// What the rules were told of the site: as much as the policy lets out.
    pub facts: Facts,
    /// What the applicant answered; nobody has checked it.
    pub answers: Facts,
    /// What offices said to a request of the applicant's (*sites S5*); it is laid over the facts. None of it says
    /// which request that was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<OfficeWord>,
    /// What follows: a [`Verdict`] as it was written down.
    pub verdict: Value,
    /// The data it was judged by.
    pub data: Data,
    /// The policy that decided what of them the rules were told, `id@version`.
    pub policy: String,
}

/// Who says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Host under which the portal is reached, with its port; empty where it is configured with none.
    pub host: String,
    /// 主办单位.
    pub name: Localized,
}

/// The edition of a rule set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edition {
    /// Its id.
    pub id: String,
    /// From when it counts.
    pub version: Date,
    /// SHA-256 over its files, in hexadecimal.
    pub hash: String,
    /// Its title.
    pub title: Localized,
    /// What of it nobody has checked yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<Localized>,
}

/// A use of the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UseNamed {
    /// Its id in the set.
    pub id: String,
    /// Its plain name.
    pub name: Localized,
}

/// What an office said of a fact: its last word on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficeWord {
    /// Of what.
    pub fact: FactKey,
    /// What, as the rules read it.
    pub says: Fact,
    /// The department that said it.
    pub office: Localized,
    /// When, UTC.
    pub at: Timestamp,
    /// The hash of the event of the request that it came with: whoever holds the request can show it.
    pub event: String,
}

/// The data that a site was judged by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// `dataset/number`.
    pub version: String,
    /// The title of the data set.
    pub title: Localized,
    /// The day its source was drawn up.
    pub source_date: Date,
    /// Invented data (演示数据).
    pub demonstration: bool,
}

/// When and with which key it was signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signing {
    /// When.
    pub at: Timestamp,
    /// The key.
    pub key: KeyName,
    /// The algorithm.
    pub algorithm: String,
}

/// A judgement with its file, which nobody has touched since it was signed.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedVerdict {
    /// The file.
    pub text: String,
    /// What is in it, as it is read from there.
    pub judgement: Judgement,
    /// When and with which key it was signed.
    pub signed: Signing,
}

/// What of a verdict is held against another.
#[derive(Deserialize)]
struct Gist {
    answer: Answer,
    possible: BTreeSet<Outcome>,
    findings: Vec<Stands>,
}

/// A rule, and how it stands.
#[derive(Deserialize)]
struct Stands {
    rule: String,
    standing: Standing,
}

/// What offices said, as facts.
#[must_use]
pub fn said(words: &[OfficeWord]) -> Facts {
    Facts(words.iter().map(|word| (word.fact.clone(), word.says.clone())).collect())
}

impl Edition {
    /// That of a rule set.
    #[must_use]
    pub fn of(rules: &RuleSet) -> Self {
        Self {
            id: rules.id.clone(),
            version: rules.date,
            hash: rules.hash.clone(),
            title: rules.title.clone(),
            review: rules.review.clone(),
        }
    }
}

impl Judgement {
    /// Facts apart: what the portal found, and what the applicant answered.
    #[must_use]
    pub fn apart(facts: &Facts) -> (Facts, Facts) {
        let answered = |key: &FactKey| matches!(key, FactKey::Answer(_));
        let (answers, found) = facts.0.clone().into_iter().partition(|(key, _)| answered(key));
        (Facts(found), Facts(answers))
    }

    /// All that the rules were handed.
    #[must_use]
    pub fn all_facts(&self) -> Facts {
        let mut all = self.facts.clone();
        all.0.extend(self.answers.0.clone());
        if self.said.is_empty() { all } else { all.with_said(&said(&self.said)).0 }
    }

    /// What was said; `None` of a verdict that this program does not understand.
    #[must_use]
    pub fn answer(&self) -> Option<Answer> {
        serde_json::from_value(self.verdict.get("answer")?.clone()).ok()
    }

    /// Whether another verdict says the same: what can be said, what is possible, and how each rule stands.
    /// Words, figures, days and editions do not count.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Verdict) -> bool {
        let stands = |finding: &Stands| (finding.rule.clone(), finding.standing);
        Gist::deserialize(&self.verdict).is_ok_and(|gist| {
            let own: BTreeMap<String, Standing> = gist.findings.iter().map(stands).collect();
            let others: BTreeMap<String, Standing> =
                other.findings.iter().map(|it| (it.rule.clone(), it.standing)).collect();
            (gist.answer, gist.possible, own) == (other.answer, other.possible.clone(), others)
        })
    }

    /// What other rules make of the same facts on a day; what these ask and nobody was asked then is not
    /// known. `None` where they do not have the use.
    #[must_use]
    pub fn by(&self, rules: &RuleSet, on: Date) -> Option<Verdict> {
        let (use_at, _) = rules.find_use(&self.of.id)?;
        rules.assess(use_at, &self.all_facts(), on)
    }
}
