//! What would be otherwise where a zone refuses a use: another use of its kind that the same table allows there, or
//! the part of the site that lies in zones which allow it. That a zone or its table be changed is no answer of ours.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    amount::{Amount, Range},
    fact::{Overlap, Reading},
    judge::Case,
    model::{Kind, Rule, RuleSet, Table, Use},
    others::{AsItIs, OtherUse},
    outcome::{Answer, Outcome},
    table::Entry,
    tree::Subject,
    zone,
};
use crate::localized::Localized;

/// A rule that refuses a use because of the zone, and what it would not refuse.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ZoneRefusal {
    /// The rule.
    pub rule: String,
    /// The use table.
    pub table: String,
    /// The zones on the site in which it refuses the use.
    pub refused_in: BTreeSet<Localized>,
    /// The zones on the site in which it allows the use, if on a condition.
    pub allowed_in: BTreeSet<Localized>,
    /// How much of the site lies in those and in none that refuses it or of which the table says nothing, as a share,
    /// 0 to 1; none where there is no such zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Range>,
    /// Other uses of its group that the table allows in the zones that decide, and that no rule refuses.
    pub uses: Vec<OtherUse>,
    /// The group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

impl RuleSet {
    /// What a use table says of a use in one zone, by its code; `None` where it says nothing, or there is no such
    /// table or use.
    #[must_use]
    pub fn entry_in(&self, table: &str, use_at: usize, zone: &str) -> Option<Entry> {
        let (table, of) = (self.tables.get(table)?, self.uses.get(use_at)?);
        zone::strictest(table, of, &BTreeSet::from([zone.to_owned()]))
    }

    /// Every rule that refuses the use because of a zone that a layer says.
    pub(super) fn zone_refusals(&self, use_at: usize, site: &AsItIs<'_>) -> Vec<ZoneRefusal> {
        let (facts, on) = (site.facts, site.on);
        let Some(of) = self.uses.get(use_at) else { return Vec::new() };
        let case = Case { set: self, of, facts };
        let mut found: Vec<ZoneRefusal> = Vec::new();
        for rule in self.rules_for(use_at, on).filter(|rule| rule.kind == Kind::Hard) {
            if rule.stands.truth(&mut |atom| case.truth(atom)).known() != Some(true) {
                continue;
            }
            for atom in rule.stands.atoms() {
                let Subject::TableEntry { table } = &atom.subject else { continue };
                let is_new = !found.iter().any(|it| it.rule == rule.id && it.table == *table);
                let table = self.tables.get(table).filter(|_| is_new);
                found.extend(table.and_then(|table| self.refusal(rule, table, use_at, site)));
            }
        }
        found
    }

    fn refusal(
        &self,
        rule: &Rule,
        table: &Table,
        use_at: usize,
        site: &AsItIs<'_>,
    ) -> Option<ZoneRefusal> {
        let facts = site.facts;
        let of = self.uses.get(use_at)?;
        if zone::entry(self, table, of, facts).ok()? != Entry::Prohibited {
            return None;
        }
        let Reading::Overlaps(overlaps) = &facts.get(&table.zone.fact()).ok()?.reading else {
            return None;
        };
        let (mut allowed, mut refused, mut other) = (Vec::new(), Vec::new(), Vec::new());
        for one in overlaps.features.iter().filter(|one| !one.touches()) {
            match self.entry_in(&table.id, use_at, &one.kind) {
                Some(Entry::Prohibited) => refused.push(one),
                Some(Entry::Permitted | Entry::Conditional) => allowed.push(one),
                None => other.push(one),
            }
        }
        let named = |all: &[&Overlap]| all.iter().map(|one| called(one)).collect();
        let (refused_in, allowed_in) = (named(&refused), named(&allowed));
        let part = (!allowed.is_empty())
            .then(|| part(overlaps.apart, &allowed, &refused, &other))
            .flatten();
        let group = self.narrowest_group(of);
        let uses = group.map(|group| self.of_group(group, table, use_at, site));
        Some(ZoneRefusal {
            rule: rule.id.clone(),
            table: table.id.clone(),
            refused_in,
            allowed_in,
            part,
            uses: uses.unwrap_or_default(),
            group: group.map(str::to_owned),
        })
    }

    /// The group of a use that has the fewest others: what is most like it.
    fn narrowest_group<'u>(&self, of: &'u Use) -> Option<&'u str> {
        let size =
            |group: &String| self.uses.iter().filter(|other| other.groups.contains(group)).count();
        let groups = of.groups.iter().map(|group| (size(group), group));
        groups.filter(|(size, _)| *size > 1).min().map(|(_, group)| group.as_str())
    }

    fn of_group(
        &self,
        group: &str,
        table: &Table,
        use_at: usize,
        site: &AsItIs<'_>,
    ) -> Vec<OtherUse> {
        let others = self
            .uses
            .iter()
            .enumerate()
            .filter(|(at, other)| *at != use_at && other.groups.iter().any(|own| own == group));
        let tried = others.filter_map(|(at, other)| {
            let entry = zone::entry(self, table, other, site.facts).ok()?;
            if entry == Entry::Prohibited {
                return None;
            }
            let possible = site.possible(at)?;
            let refused = possible.outcomes == BTreeSet::from([Outcome::DoesNot]);
            let answer = possible.answer();
            (!refused).then(|| OtherUse { of: other.id.clone(), answer })
        });
        let mut found: Vec<OtherUse> = tried.collect();
        // What suits comes before what is open.
        found.sort_by_key(|it| matches!(it.answer, Answer::CannotBeSaid));
        found
    }
}

/// A zone by its name; by its code where it has none.
fn called(one: &Overlap) -> Localized {
    let has_name = !(one.label.zh.is_empty() && one.label.en.is_empty());
    if has_name { one.label.clone() } else { Localized::same(one.kind.clone()) }
}

/// How much of a site lies in the zones that allow something and in none of the others. That zones lie beside each
/// other counts only where somebody said so (*sites S2*).
fn part(
    apart: bool,
    allowed: &[&Overlap],
    refused: &[&Overlap],
    other: &[&Overlap],
) -> Option<Range> {
    let one = Amount::of(1.0)?;
    let together = |all: &[&Overlap]| {
        let nothing = Range::exactly(Amount::ZERO);
        let sum = all.iter().fold(nothing, |sum, it| sum.plus(it.share)).at_most(one);
        let largest = all.iter().map(|it| it.share.lo).max().unwrap_or(Amount::ZERO);
        Range { lo: if apart { sum.lo } else { largest }, hi: sum.hi }
    };
    let inside = together(allowed);
    if apart {
        return Some(inside);
    }
    let others: Vec<&Overlap> = refused.iter().chain(other).copied().collect();
    let (against, surely_against) = (together(&others), together(refused));
    let left = one.minus(surely_against.lo).max(Amount::ZERO);
    Some(Range { lo: inside.lo.minus(against.hi).max(Amount::ZERO), hi: inside.hi.min(left) })
}
