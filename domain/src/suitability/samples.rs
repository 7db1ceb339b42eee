//! What something that is not known may turn out to be, as far as the rules can tell: one sample for
//! each way in which the answers to all atoms differ. Limits cut figures into pieces, lists cut codes
//! into classes.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{
    allowed::LAW_STATUS,
    amount::{Amount, Dimension, Range},
    covers::{Covers, compare},
    judge::{Case, Measured},
    model::Domain,
    tree::{Atom, Codes, Subject, Test},
};
use crate::dictionary::dictionary;

/// Sets of codes that are told apart at most. Every list of codes may double them: that is for whoever
/// asks to bear, and nobody knows who that is.
const MOST_SETS: usize = 256;

/// Points, and `between` figures in each gap before, between and after them.
pub(super) fn around(
    points: &BTreeSet<Amount>,
    between: usize,
    bounds: Option<Range>,
    least: Option<Amount>,
) -> BTreeSet<Amount> {
    let mut points = points.clone();
    points.extend(bounds.iter().flat_map(|range| [range.lo, range.hi]));
    let ordered: Vec<Amount> = points.iter().copied().collect();
    let mut samples = points;
    for pair in ordered.windows(2) {
        samples.extend(pair[0].steps_to(pair[1], between));
    }
    let unit = Amount::of(1.0).unwrap_or(Amount::ZERO);
    let (mut below, mut above) = match (ordered.first(), ordered.last()) {
        (Some(first), Some(last)) => (*first, *last),
        _ => (Amount::ZERO, Amount::ZERO),
    };
    if least.is_some_and(|least| least < below) {
        samples.extend(least);
        samples.extend(least.iter().flat_map(|least| least.steps_to(below, between)));
    }
    for _ in 0..between {
        below = below.minus(unit);
        above = above.plus(unit);
        samples.extend([below, above]);
    }
    samples.retain(|sample| {
        least.is_none_or(|least| *sample >= least)
            && bounds.is_none_or(|range| range.lo <= *sample && *sample <= range.hi)
    });
    samples
}

/// The least that figures of a subject can be.
pub(super) fn least(case: &Case<'_>, subject: &Subject) -> Option<Amount> {
    match case.set.domain(subject) {
        Some(Domain::Figure(Dimension::Own(_))) => None,
        _ => Some(Amount::ZERO),
    }
}

/// What features of a layer may cover: nothing, a touch, or any area and share above nothing. The two
/// are taken apart, for the size of the site may not be known either.
pub(super) fn covers(case: &Case<'_>, subject: &Subject, atoms: &[&Atom]) -> Vec<Measured> {
    let (mut areas, mut shares) = (BTreeSet::new(), BTreeSet::new());
    for atom in atoms {
        match (&atom.test, subject) {
            (Test::Compare(_, limit), _) if limit.dimension == Dimension::Area => {
                areas.insert(limit.amount);
            }
            (Test::Compare(_, limit), _) => {
                shares.insert(limit.amount);
            }
            (Test::Counts, Subject::Overlap { layer, .. }) => {
                if let Some(layer) = case.set.layers.get(layer) {
                    areas.insert(layer.tolerance.area.amount);
                    shares.insert(layer.tolerance.share.amount);
                }
            }
            _ => {}
        }
    }
    let known = match case.measure(subject) {
        Ok(Measured::Covers(covers)) => Some(covers),
        _ => None,
    };
    let nothing = Some(Amount::ZERO);
    let one = Amount::of(1.0).unwrap_or(Amount::ZERO);
    let areas = around(&areas, 1, known.map(|known| known.area), nothing);
    let mut shares = around(&shares, 1, known.map(|known| known.share), nothing);
    shares.retain(|share| *share <= one);
    shares.insert(known.map_or(one, |known| known.share.hi));
    let mut all = Vec::new();
    if known.is_none_or(|known| known.features == 0) {
        all.push(Covers::default());
    }
    if known.is_none_or(|known| known.area.lo == Amount::ZERO && known.share.lo == Amount::ZERO) {
        all.push(Covers { features: 1, touches: true, ..Covers::default() });
    }
    for area in areas.iter().filter(|area| **area > Amount::ZERO) {
        for share in shares.iter().filter(|share| **share > Amount::ZERO) {
            let (area, share) = (Range::exactly(*area), Range::exactly(*share));
            all.push(Covers { features: 1, area, share, ..Covers::default() });
        }
    }
    all.into_iter().map(Measured::Covers).collect()
}

/// What codes of a subject may be. `None` where its lists tell too many sets of codes apart.
pub(super) fn codes(case: &Case<'_>, subject: &Subject, atoms: &[&Atom]) -> Option<Vec<Measured>> {
    let lists: Vec<&Codes> = atoms
        .iter()
        .filter_map(|atom| match &atom.test {
            Test::Among(codes) => Some(codes),
            _ => None,
        })
        .collect();
    let closed: Option<BTreeSet<String>> = match (subject, case.set.domain(subject)) {
        (Subject::LawStatus { .. }, _) => Some(LAW_STATUS.map(str::to_owned).into()),
        (_, domain) => domain
            .and_then(Domain::choices)
            .map(|choices| choices.into_iter().map(str::to_owned).collect()),
    };
    let single = closed.unwrap_or_else(|| {
        let listed = lists.iter().flat_map(|list| &list.codes);
        // Each class, one below it that nobody lists, and one of none.
        let mut found: BTreeSet<String> =
            listed.flat_map(|code| [code.clone(), format!("{code}~")]).collect();
        if let Some(Domain::Dictionary { system, version }) = case.set.domain(subject) {
            found.extend(
                dictionary(system, version).iter().flat_map(|it| it.entries.keys().cloned()),
            );
        }
        found.insert("~".to_owned());
        found
    });
    let several = match subject {
        Subject::Value { id } => case.set.values.get(id).is_some_and(|value| value.several),
        _ => false,
    };
    let signature = |codes: &BTreeSet<String>| -> Vec<bool> {
        lists.iter().map(|list| list.hold(codes)).collect()
    };
    let mut found: BTreeMap<Vec<bool>, BTreeSet<String>> = BTreeMap::new();
    for code in single {
        let set = BTreeSet::from([code]);
        found.entry(signature(&set)).or_insert(set);
        if found.len() > MOST_SETS {
            return None;
        }
    }
    // Of sets, the lists tell no more apart than joining those found so far can show.
    let mut grown = several;
    while grown {
        grown = false;
        let sets: Vec<BTreeSet<String>> = found.values().cloned().collect();
        for (at, one) in sets.iter().enumerate() {
            for other in &sets[..at] {
                let joined: BTreeSet<String> = one.union(other).cloned().collect();
                let signature = signature(&joined);
                if let Entry::Vacant(place) = found.entry(signature) {
                    place.insert(joined);
                    grown = true;
                }
                if found.len() > MOST_SETS {
                    return None;
                }
            }
        }
    }
    Some(found.into_values().map(Measured::Codes).collect())
}

/// Whether an atom holds of what is measured for certain: its subject, and the figure that it compares
/// with.
pub(super) fn holds(
    case: &Case<'_>,
    atom: &Atom,
    left: &Measured,
    right: Option<&Measured>,
) -> bool {
    match (&atom.test, left, right) {
        (Test::Counts, Measured::Covers(covers), _) => match &atom.subject {
            Subject::Overlap { layer, .. } => case
                .set
                .layers
                .get(layer)
                .is_some_and(|layer| covers.counts(&layer.tolerance) == Some(true)),
            _ => false,
        },
        (Test::Compare(how, limit), Measured::Covers(covers), _) => {
            let range = if limit.dimension == Dimension::Area { covers.area } else { covers.share };
            compare(*how, range, Range::exactly(limit.amount)) == Some(true)
        }
        (Test::Compare(how, limit), Measured::Figure(range), _) => {
            compare(*how, *range, Range::exactly(limit.amount)) == Some(true)
        }
        (Test::CompareWith(how, _), Measured::Figure(left), Some(Measured::Figure(right))) => {
            compare(*how, *left, *right) == Some(true)
        }
        (Test::Among(codes), Measured::Codes(found), _) => codes.hold(found),
        _ => false,
    }
}
