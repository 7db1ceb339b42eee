//! The verdict: suits, suits if, does not, or cannot be said, with everything that was looked at.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    bits::Bits,
    completions::{Completions, MOST_ROWS},
    fact::{FactKey, Facts},
    judge::{Case, Evidence},
    model::{Basis, Kind, Rule, RuleSet},
    outcome::{Answer, Outcome, Possible},
    settle::{Settling, settling},
    tree::Tree,
    truth::{Gap, Truth},
};
use crate::{law::LegalDocument, localized::Localized};

/// How a rule stands, in the order in which people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A hard rule that the site fails.
    InTheWay,
    /// A condition: something must be obtained.
    ToObtain,
    /// Whether it stands in the way cannot be said.
    Open,
    /// It was checked and does not stand in the way.
    Clear,
}

/// One rule, and how it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: String,
    /// What follows from it.
    pub kind: Kind,
    /// Its title.
    pub title: Localized,
    /// How it stands.
    pub standing: Standing,
    /// The documents it rests on, with version, articles and what they say.
    pub basis: Vec<Ground>,
    /// The office that decides, by its id in the set.
    pub office: String,
    /// What to do.
    pub action: Localized,
    /// What was looked at, in the order in which the rule names it.
    pub evidence: Vec<Evidence>,
    /// Why it cannot be said, if so.
    pub gaps: BTreeSet<Gap>,
}

/// A document that a rule rests on, as a verdict carries it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ground {
    /// The document and its articles.
    pub document: LegalDocument,
    /// Which version was read, where the register of laws does not say.
    pub version: Option<String>,
    /// What the article says, in short.
    pub text: Localized,
}

/// The verdict on a site for a use. It is information, and decides nothing (rule Z3).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// The rule set.
    pub set: String,
    /// Its date.
    pub version: Date,
    /// The hash of its files.
    pub hash: String,
    /// The use.
    pub of: String,
    /// The day that it is for.
    pub on: Date,
    /// What can be said.
    pub answer: Answer,
    /// What it may turn out to be: one where it is certain.
    pub possible: BTreeSet<Outcome>,
    /// Whether every way in which the unknown may come out was looked at. Else there were too many,
    /// and *cannot be said* is by strong Kleene logic, which says it too often and never too rarely.
    pub exact: bool,
    /// Every rule, what stands in the way first.
    pub findings: Vec<Finding>,
    /// What would settle it, where it cannot be said and could be looked at.
    pub settling: Option<Settling>,
    /// The formal step that comes after.
    pub next_step: Localized,
}

/// The rules of a case, each with its truth by Kleene's logic.
pub(super) struct Judged<'a> {
    case: Case<'a>,
    rules: Vec<(&'a Rule, Truth)>,
}

impl<'a> Judged<'a> {
    /// `None` for a use that the set does not have.
    pub(super) fn of(set: &'a RuleSet, use_at: usize, facts: &'a Facts, on: Date) -> Option<Self> {
        Self::by(set, use_at, facts, set.rules_for(use_at, on))
    }

    /// By these rules alone.
    pub(super) fn by(
        set: &'a RuleSet,
        use_at: usize,
        facts: &'a Facts,
        rules: impl Iterator<Item = &'a Rule>,
    ) -> Option<Self> {
        let case = Case { set, of: set.uses.get(use_at)?, facts };
        let judge = |rule: &'a Rule| (rule, rule.stands.truth(&mut |atom| case.truth(atom)));
        Some(Self { case, rules: rules.map(judge).collect() })
    }

    /// How each rule stands by Kleene's logic.
    pub(super) fn truths(&self) -> impl Iterator<Item = (Kind, Option<bool>)> {
        self.rules.iter().map(|(rule, truth)| (rule.kind, truth.known()))
    }

    /// Without the rule of that name.
    pub(super) fn without(mut self, rule: &str) -> Self {
        self.rules.retain(|(one, _)| one.id != rule);
        self
    }

    /// Every fact that an open rule lacks.
    pub(super) fn lacking(&self) -> BTreeSet<FactKey> {
        self.rules.iter().flat_map(|(_, truth)| truth.gaps()).map(|gap| gap.fact).collect()
    }

    fn any(&self, kind: Kind) -> Truth {
        let all = self.rules.iter().filter(|(rule, _)| rule.kind == kind);
        Truth::at_least(1, &all.map(|(_, truth)| truth.clone()).collect::<Vec<_>>())
    }

    /// What is possible by strong Kleene logic; of a use of which no rule speaks, everything.
    pub(super) fn kleene(&self) -> BTreeSet<Outcome> {
        if self.rules.is_empty() {
            return Outcome::ALL.into();
        }
        let ways = |truth: &Truth| truth.known().map_or(vec![true, false], |known| vec![known]);
        let (hard, condition) = (self.any(Kind::Hard), self.any(Kind::Condition));
        let hard = ways(&hard);
        let condition = ways(&condition);
        hard.iter()
            .flat_map(|hard| condition.iter().map(|condition| Outcome::of(*hard, *condition)))
            .collect()
    }

    /// The table of all ways, where there is something open and the table is not too large.
    pub(super) fn completions(&self, most_rows: usize) -> Option<Completions<'a>> {
        if self.rules.is_empty() {
            return None;
        }
        let open: Vec<&Tree> = self
            .rules
            .iter()
            .filter(|(_, truth)| truth.known().is_none())
            .map(|(rule, _)| &rule.stands)
            .collect();
        Completions::of(self.case, &open, most_rows)
    }

    pub(super) fn rows(&self, table: &Completions<'_>) -> (Vec<Outcome>, Vec<Option<Bits>>) {
        let none = || Bits::all(table.rows(), false);
        let (mut hard, mut condition) = (none(), none());
        let mut each = Vec::new();
        for (rule, truth) in &self.rules {
            let open = truth.known().is_none().then(|| table.bits(&rule.stands));
            let bits = match (&open, truth.known()) {
                (Some(bits), _) => bits.clone(),
                (None, known) => Bits::all(table.rows(), known == Some(true)),
            };
            match rule.kind {
                Kind::Hard => hard = hard.or(&bits),
                Kind::Condition => condition = condition.or(&bits),
            }
            each.push(open);
        }
        let outcome = |row: usize| Outcome::of(hard.get(row), condition.get(row));
        ((0..table.rows()).map(outcome).collect(), each)
    }
}

impl RuleSet {
    /// What is possible for the use at that position, by everything that the facts leave open. `None`
    /// for a use that the set does not have.
    #[must_use]
    pub fn possible(&self, use_at: usize, facts: &Facts, on: Date) -> Option<Possible> {
        self.possible_within(use_at, facts, on, MOST_ROWS)
    }

    /// The same by a table of so many rows at most; where it would have more, by Kleene's logic.
    pub(super) fn possible_within(
        &self,
        use_at: usize,
        facts: &Facts,
        on: Date,
        most_rows: usize,
    ) -> Option<Possible> {
        let judged = Judged::of(self, use_at, facts, on)?;
        let outcomes = judged.kleene();
        if outcomes.len() == 1 {
            return Some(Possible { outcomes, exact: true });
        }
        Some(match judged.completions(most_rows) {
            None => Possible { outcomes, exact: false },
            Some(table) => {
                let outcomes = judged.rows(&table).0.into_iter().collect();
                Possible { outcomes, exact: true }
            }
        })
    }

    /// What strong Kleene logic alone says, as a search over columns does ([`super::Columns`]).
    #[must_use]
    pub fn possible_by_kleene(&self, use_at: usize, facts: &Facts, on: Date) -> Option<Possible> {
        let judged = Judged::of(self, use_at, facts, on)?;
        Some(Possible { outcomes: judged.kleene(), exact: false })
    }

    /// The verdict on a site for the use at that position. `None` for a use that the set does not have.
    #[must_use]
    pub fn assess(&self, use_at: usize, facts: &Facts, on: Date) -> Option<Verdict> {
        let judged = Judged::of(self, use_at, facts, on)?;
        let by_kleene = judged.kleene();
        let table = judged.completions(MOST_ROWS);
        let (rows, each) = match &table {
            Some(table) => judged.rows(table),
            None => (Vec::new(), vec![None; judged.rules.len()]),
        };
        let outcomes = if rows.is_empty() { by_kleene } else { rows.iter().copied().collect() };
        let possible = Possible { outcomes, exact: table.is_some() };
        let settling = match &table {
            Some(table) if possible.outcomes.len() > 1 => settling(&table.axes(), &rows),
            _ => None,
        };
        let rules = judged.rules.iter().zip(&each);
        let mut findings: Vec<Finding> = rules
            .map(|((rule, truth), bits)| finding(&judged.case, rule, truth, bits.as_ref()))
            .collect();
        // A stable sort: within each part, rules keep the order of the set.
        findings.sort_by_key(|finding| finding.standing);
        Some(Verdict {
            set: self.id.clone(),
            version: self.date,
            hash: self.hash.clone(),
            of: judged.case.of.id.clone(),
            on,
            answer: possible.answer(),
            exact: possible.exact || possible.outcomes.len() == 1,
            possible: possible.outcomes,
            findings,
            settling,
            next_step: self.next_step.clone(),
        })
    }
}

fn finding(case: &Case<'_>, rule: &Rule, truth: &Truth, bits: Option<&Bits>) -> Finding {
    let by_table = bits.and_then(|bits| match bits.count() {
        0 => Some(false),
        all if all == bits.len() => Some(true),
        _ => None,
    });
    let standing = match (truth.known().or(by_table), rule.kind) {
        (Some(true), Kind::Hard) => Standing::InTheWay,
        (Some(true), Kind::Condition) => Standing::ToObtain,
        (Some(false), _) => Standing::Clear,
        (None, _) => Standing::Open,
    };
    let ground = |basis: &Basis| Ground {
        document: basis.document.clone(),
        version: basis.version.clone(),
        text: basis.text.clone(),
    };
    Finding {
        rule: rule.id.clone(),
        kind: rule.kind,
        title: rule.title.clone(),
        standing,
        basis: rule.basis.iter().map(ground).collect(),
        office: rule.office.clone(),
        action: rule.action.clone(),
        evidence: rule.stands.atoms().into_iter().map(|atom| case.evidence(atom)).collect(),
        gaps: if standing == Standing::Open { truth.gaps() } else { BTreeSet::new() },
    }
}
