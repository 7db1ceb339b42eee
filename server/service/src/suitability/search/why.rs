//! Why a site is told otherwise than by other data: by what everybody may see of it, then and now.

use domain::{
    ParcelCode,
    lineage::{ChangeKind, Lineage},
    policy::{Policy, Searchable},
    suitability::{Fact, FactKey, Facts, RuleSet},
    viewer::Tier,
};
use jiff::civil::Date;
use service_api::{
    SitesWanted,
    site_changes::{ChangedSite, Why},
};

use super::{between::MovedSite, building::supplied_on};
use crate::{
    disclosure::{Disclosed, PolicyGate, Shown},
    suitability::{Closed, facts},
};

/// A site that moved, with why. `None` where nothing is shown of it any more.
pub(super) fn told(
    gate: &PolicyGate,
    wanted: &SitesWanted,
    on: Date,
    moved: &MovedSite,
    (then, now): (Disclosed, Disclosed),
) -> Option<ChangedSite> {
    let Disclosed::Shown(now) = now else { return None };
    let policy = gate.policy_of(&now.profile.version)?;
    let listed = policy.listed()?;
    let location = now.profile.fact(domain::policy::Field::Location);
    let why = match then {
        _ if now.lineage.ended || now.only_history => vec![Why::Ended(now.lineage.ended_by)],
        Disclosed::Shown(then) if moved.then.is_some() && moved.now.is_some() => {
            judged(policy, wanted, on, (&then, &now))
        }
        _ if moved.other_size => vec![Why::Size],
        Disclosed::Shown(_) => vec![unlisted(policy, on, &now)],
        Disclosed::NoRecord | Disclosed::Denied(_) => {
            vec![Why::New(came_of(&now.lineage, moved.code))]
        }
    };
    // Of those whose size is not told the rules say nothing else, and yet they may be of another band.
    let why = match (why.is_empty(), moved.other_size) {
        (true, true) => vec![Why::Size],
        _ => why,
    };
    Some(ChangedSite {
        code: moved.code,
        then: moved.then,
        now: moved.now,
        location: location.filter(|_| listed.location).cloned(),
        version: now.profile.version.clone(),
        why,
    })
}

/// The rules that stand otherwise, or else what is known otherwise.
fn judged(
    policy: &Policy,
    wanted: &SitesWanted,
    on: Date,
    (then, now): (&Shown, &Shown),
) -> Vec<Why> {
    let rules: &RuleSet = &wanted.rules;
    let closed = Closed::to(policy, rules, Tier::Public);
    let facts_of = |shown: &Shown| {
        facts::of(rules, wanted.use_at, on, (&shown.profile, &closed), &wanted.answers)
    };
    let (before, after) = (facts_of(then), facts_of(now));
    let verdicts =
        (rules.assess(wanted.use_at, &before, on), rules.assess(wanted.use_at, &after, on));
    let (Some(was), Some(is)) = verdicts else { return Vec::new() };
    let others: Vec<FactKey> = rules
        .asks(wanted.use_at, on)
        .into_iter()
        .filter(|key| reading(&before, key) != reading(&after, key))
        .collect();
    let mut why = Vec::new();
    for finding in &is.findings {
        let Some(old) = was.findings.iter().find(|old| old.rule == finding.rule) else { continue };
        if old.standing == finding.standing {
            continue;
        }
        let looks_at = |key: &&FactKey| {
            let evidence = finding.evidence.iter().chain(&old.evidence);
            evidence.map(|one| one.subject.fact()).any(|fact| fact == **key)
                || finding.gaps.iter().chain(&old.gaps).any(|gap| gap.fact == **key)
        };
        why.push(Why::Rule {
            rule: finding.rule.clone(),
            then: old.standing,
            now: finding.standing,
            facts: others.iter().filter(looks_at).cloned().collect(),
        });
    }
    if why.is_empty() && !others.is_empty() {
        why.push(Why::Facts(others));
    }
    why
}

/// What is known, whoever said it: each version of a layer has a date of its own.
fn reading<'f>(facts: &'f Facts, key: &FactKey) -> Option<&'f domain::suitability::Reading> {
    match facts.0.get(key) {
        Some(Fact::Known(known)) => Some(&known.reading),
        _ => None,
    }
}

/// Why a parcel that there was is listed now.
fn unlisted(policy: &Policy, on: Date, now: &Shown) -> Why {
    let supplied = policy.searchable() == Some(Searchable::Supplied);
    let day = supplied_on(&now.profile, on).filter(|_| supplied);
    day.map_or(Why::NotListed, Why::Supplied)
}

/// By what change the code came into being, as far as that may be told.
fn came_of(lineage: &Lineage, code: ParcelCode) -> Option<ChangeKind> {
    let change = lineage.changes.iter().rev().find(|change| change.into.contains(&code))?;
    Some(change.kind)
}
