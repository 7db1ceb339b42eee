//! What a use table says of a site. A site may lie in several zones, and it may not be certain which of
//! them decides: then the table speaks only if it says the same of each that may.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{
    amount::{Amount, Range},
    fact::{Cause, FactKey, Facts, Overlaps, Reading},
    model::{RuleSet, Table, Take, Use, Zones},
    table::Entry,
    tree::Subject,
    truth::Gap,
};

/// The zone of ground that is in none. No table has it.
const NO_ZONE: &str = "";

/// A zone that was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ZoneShare {
    /// Its code; empty for ground that is in none, or in one without a code.
    pub zone: String,
    /// How much of the site it has.
    pub share: Range,
    /// Whether it is one of those that decide; none where that is not known.
    pub decides: Option<bool>,
}

/// The zones that were looked at for what a table says, largest first, and from what share on one counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ZonesSeen {
    /// Of the site, as the rules write it.
    pub of_site: String,
    /// Of the zone itself, if that is a rule too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_zone: Option<String>,
    /// Which of those that count decide.
    pub take: Take,
    /// Each zone.
    pub zones: Vec<ZoneShare>,
}

/// What was looked at for a table whose zone a layer says; `None` where it is not known which zones there are.
pub(super) fn seen(set: &RuleSet, table: &str, facts: &Facts) -> Option<ZonesSeen> {
    let table = set.tables.get(table)?;
    let Subject::Overlap { layer, .. } = &table.zone else { return None };
    let rule = set.layers.get(layer)?.zones.as_ref()?;
    let Reading::Overlaps(overlaps) = &facts.get(&table.zone.fact()).ok()?.reading else {
        return None;
    };
    let sets = deciding(rule, overlaps);
    let one = Amount::of(1.0)?;
    let zone = |(zone, (share, ..)): (&str, (Range, bool, bool))| {
        let with = sets.iter().filter(|set| set.contains(zone)).count();
        let decides = (with == sets.len()).then_some(true).or((with == 0).then_some(false));
        ZoneShare { zone: zone.to_owned(), share: share.at_most(one), decides }
    };
    let mut zones: Vec<ZoneShare> = shares(rule, overlaps).into_iter().map(zone).collect();
    zones.sort_by_key(|zone| std::cmp::Reverse(zone.share.hi));
    let of_zone = rule.of_zone.as_ref().map(|limit| limit.written.clone());
    Some(ZonesSeen { of_site: rule.of_site.written.clone(), of_zone, take: rule.take, zones })
}

/// All of a site that decides what a table says, whatever the use, in one text: the zones of which one
/// decides, or why they are not known, and what the office says where the table is silent.
pub(super) fn ground(set: &RuleSet, table: &Table, facts: &Facts) -> String {
    let own = facts.0.get(&FactKey::TableEntry(table.id.clone()));
    let zones = match (&table.zone, facts.get(&table.zone.fact())) {
        (Subject::Overlap { layer, .. }, Ok(known)) => {
            let rule = set.layers.get(layer).and_then(|layer| layer.zones.as_ref());
            match (rule, &known.reading) {
                (Some(rule), Reading::Overlaps(overlaps)) => {
                    format!("{:?}", deciding(rule, overlaps))
                }
                (_, reading) => format!("{reading:?}"),
            }
        }
        (_, known) => format!("{:?}", known.map(|known| &known.reading)),
    };
    format!("{zones}{own:?}")
}

/// What the table says.
///
/// # Errors
/// What would have to be known for it to say something.
pub(super) fn entry(
    set: &RuleSet,
    table: &Table,
    of: &Use,
    facts: &Facts,
) -> Result<Entry, BTreeSet<Gap>> {
    let lacking = |fact: FactKey, cause: Cause| BTreeSet::from([Gap { fact, cause }]);
    let own = FactKey::TableEntry(table.id.clone());
    let silent = || match facts.get(&own) {
        Ok(known) => from_office(&known.reading).ok_or(lacking(own.clone(), Cause::Unreadable)),
        Err(Cause::NotAsked) => Err(lacking(own.clone(), Cause::Silent)),
        Err(cause) => Err(lacking(own.clone(), cause)),
    };
    let fact = table.zone.fact();
    let zones = match (&table.zone, facts.get(&fact)) {
        (_, Err(cause)) => return Err(lacking(fact, cause)),
        (Subject::Overlap { layer, .. }, Ok(known)) => {
            let rule = set.layers.get(layer).and_then(|layer| layer.zones.as_ref());
            match (rule, &known.reading) {
                (Some(rule), Reading::Overlaps(overlaps)) => deciding(rule, overlaps),
                _ => return Err(lacking(fact, Cause::Unreadable)),
            }
        }
        (_, Ok(known)) => match &known.reading {
            Reading::Codes(codes) => BTreeSet::from([codes.clone()]),
            _ => return Err(lacking(fact, Cause::Unreadable)),
        },
    };
    if zones.iter().any(BTreeSet::is_empty) {
        return Err(lacking(fact, Cause::NotCovered));
    }
    let said: BTreeSet<Option<Entry>> =
        zones.iter().map(|zones| strictest(table, of, zones)).collect();
    match said.iter().collect::<Vec<_>>()[..] {
        [Some(entry)] => Ok(*entry),
        [None] => silent(),
        _ => Err(lacking(fact, Cause::Coarse)),
    }
}

pub(super) fn from_office(reading: &Reading) -> Option<Entry> {
    let Reading::Codes(codes) = reading else { return None };
    let mut codes = codes.iter();
    let code = codes.next()?;
    let entry = Entry::ALL.into_iter().find(|entry| entry.name() == code);
    if codes.next().is_none() { entry } else { None }
}

/// What stands of all of a site's zones: one that prohibits is enough; otherwise, one of which the
/// table says nothing leaves it open.
pub(super) fn strictest(table: &Table, of: &Use, zones: &BTreeSet<String>) -> Option<Entry> {
    // An empty cell of the use's own row is not filled from that of its class.
    let row = if table.entries.uses().any(|one| one == of.id) { &of.id } else { &of.code.code };
    let entries: Vec<Option<Entry>> =
        zones.iter().map(|zone| table.entries.entry(row, zone)).collect();
    if entries.contains(&Some(Entry::Prohibited)) {
        return Some(Entry::Prohibited);
    }
    entries.into_iter().collect::<Option<Vec<Entry>>>()?.into_iter().max()
}

/// A zone with how much of the site it has, whether it surely counts, and whether it may.
type Shares<'o> = BTreeMap<&'o str, (Range, bool, bool)>;

fn shares<'o>(rule: &Zones, overlaps: &'o Overlaps) -> Shares<'o> {
    let mut shares = Shares::new();
    let nothing = Range::exactly(Amount::ZERO);
    for one in &overlaps.features {
        let (share, certain, possible) = shares.entry(&one.kind).or_insert((nothing, false, false));
        let largest = share.lo.max(one.share.lo);
        *share = share.plus(one.share);
        // Where they may lie over each other, they cover no less than the largest.
        if !overlaps.apart {
            share.lo = largest;
        }
        let limit = rule.of_zone.as_ref().map(|limit| limit.amount);
        *certain |= one.of_feature.zip(limit).is_some_and(|(part, limit)| part.lo >= limit);
        // Of a zone whose own size nobody measured it may be the share that counts.
        *possible |= limit.is_some_and(|limit| one.of_feature.is_none_or(|part| part.hi >= limit));
    }
    // Ground for which there is no zone is one of which nobody says what is allowed.
    let bare = bare(overlaps);
    if bare.hi > Amount::ZERO && !shares.is_empty() {
        let (share, ..) = shares.entry(NO_ZONE).or_insert((nothing, false, false));
        *share = share.plus(bare);
    }
    for (share, certain, possible) in shares.values_mut() {
        *certain |= share.lo >= rule.of_site.amount;
        *possible |= share.hi >= rule.of_site.amount;
    }
    shares
}

/// How much of a site lies in no zone. All of what features leave, together, where they lie over each other
/// nowhere; where they may, any of it between that and what the largest of them leaves (*sites S2*).
fn bare(overlaps: &Overlaps) -> Range {
    let nothing = Range::exactly(Amount::ZERO);
    let sum = overlaps.features.iter().fold(nothing, |sum, one| sum.plus(one.share));
    let largest = overlaps.features.iter().map(|one| one.share.lo).max();
    let least = if overlaps.apart { sum.lo } else { largest.unwrap_or(Amount::ZERO) };
    let left = |share: Amount| {
        Amount::of(1.0).map_or(Amount::ZERO, |one| one.minus(share)).max(Amount::ZERO)
    };
    Range { lo: left(sum.hi), hi: left(least) }
}

/// The sets of zones of which one decides: exactly one set where it is certain. An empty one where no
/// zone may count.
fn deciding(rule: &Zones, overlaps: &Overlaps) -> BTreeSet<BTreeSet<String>> {
    let shares = shares(rule, overlaps);
    let certain = shares.iter().filter(|(_, (_, certain, _))| *certain);
    let certain: BTreeSet<String> = certain.map(|(zone, _)| (*zone).to_owned()).collect();
    let possible = shares.iter().filter(|(_, (_, _, possible))| *possible);
    let possible: Vec<(&str, Range)> =
        possible.map(|(zone, (share, ..))| (*zone, *share)).collect();
    match rule.take {
        Take::Every => {
            let all: BTreeSet<String> =
                possible.iter().map(|(zone, _)| (*zone).to_owned()).collect();
            // Between the two, each further zone may count or not; a table that says the same of
            // each step says the same of all.
            let mut sets = BTreeSet::from([certain.clone()]);
            for zone in all.difference(&certain) {
                let more: Vec<_> = sets
                    .iter()
                    .map(|set| set.iter().cloned().chain([zone.clone()]).collect())
                    .collect();
                sets.extend(more);
                if sets.len() > 64 {
                    return BTreeSet::from([BTreeSet::new(), all]);
                }
            }
            sets
        }
        Take::Largest => {
            let least = shares.iter().filter(|(zone, _)| certain.contains(**zone));
            let least = least.map(|(_, (share, ..))| share.lo).max();
            let may =
                possible.iter().filter(|(_, share)| least.is_none_or(|least| share.hi >= least));
            let mut sets: BTreeSet<BTreeSet<String>> =
                may.map(|(zone, _)| BTreeSet::from([(*zone).to_owned()])).collect();
            if certain.is_empty() {
                sets.insert(BTreeSet::new());
            }
            sets
        }
    }
}

/// Everything that the table may say of the site's zone, `None` for nothing: what is left open where
/// [`entry`] fails.
pub(super) fn possible(
    set: &RuleSet,
    table: &Table,
    of: &Use,
    facts: &Facts,
) -> BTreeSet<Option<Entry>> {
    if let (Subject::Overlap { layer, .. }, Ok(known)) =
        (&table.zone, facts.get(&table.zone.fact()))
        && let Some(rule) = set.layers.get(layer).and_then(|layer| layer.zones.as_ref())
        && let Reading::Overlaps(overlaps) = &known.reading
    {
        let zones = deciding(rule, overlaps);
        if !zones.iter().any(BTreeSet::is_empty) {
            return zones.iter().map(|zones| strictest(table, of, zones)).collect();
        }
    }
    // A zone that the table does not have may come to light too.
    let one = |zone: &str| strictest(table, of, &BTreeSet::from([zone.to_owned()]));
    table.entries.zones().map(one).chain([None]).collect()
}
