//! Weights of a reader's own by comparing criteria in pairs (Saaty): for each two of them which counts more, and how
//! much. They stand in the link beside weights that are written as figures, `w.in-town:little-forest=3`.

use std::collections::BTreeMap;

use domain::suitability::pairwise::{CONSISTENT, weights};

use super::WeightFault;

/// What can be chosen for a pair: how many times the first counts as much as the second, from the first far ahead to
/// the second far ahead.
pub(crate) const SCALE: [(&str, f64); 9] = [
    ("9", 9.0),
    ("7", 7.0),
    ("5", 5.0),
    ("3", 3.0),
    (EQUAL, 1.0),
    ("1/3", 1.0 / 3.0),
    ("1/5", 1.0 / 5.0),
    ("1/7", 1.0 / 7.0),
    ("1/9", 1.0 / 9.0),
];
/// Both count alike.
pub(crate) const EQUAL: &str = "1";
/// So many criteria can be compared in pairs; of two figures say the same with less.
const CRITERIA: std::ops::RangeInclusive<usize> = 3..=10;

/// How far comparisons agree with each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// Saaty's consistency ratio: 0 where they agree in everything.
    pub ratio: f64,
    /// The pair that agrees least with all others, first and second criterion, where the ratio is above 0.1.
    pub least: Option<(String, String)>,
}

/// Weights by pairs: shares by criterion, which sum to 1, and how far the comparisons agree.
pub(crate) type ByPairs = (BTreeMap<String, f64>, Agreement);

/// The pairs of criteria, each once; none where they are too few or too many to be compared so.
pub(crate) fn pairs<'c>(criteria: &[&'c str]) -> Vec<(&'c str, &'c str)> {
    if !CRITERIA.contains(&criteria.len()) {
        return Vec::new();
    }
    let after = |at: usize| criteria[at + 1..].iter().map(move |other| (criteria[at], *other));
    (0..criteria.len()).flat_map(after).collect()
}

/// What a pair is called in a link.
pub(crate) fn name((one, other): (&str, &str)) -> String {
    format!("{one}:{other}")
}

/// Reads what was chosen for each pair.
///
/// # Errors
/// What is wrong, by the name of the pair.
pub(crate) fn read(
    typed: &BTreeMap<String, String>,
    criteria: &[&str],
) -> Result<ByPairs, BTreeMap<String, WeightFault>> {
    let pairs = pairs(criteria);
    let (mut chosen, mut faults) = (Vec::new(), BTreeMap::new());
    for name in pairs.iter().map(|pair| name(*pair)) {
        let typed = typed.get(&name).map_or("", String::as_str);
        match SCALE.iter().find(|(text, _)| *text == typed) {
            Some((_, times)) => chosen.push(*times),
            None if typed.is_empty() => _ = faults.insert(name, WeightFault::Empty),
            None => _ = faults.insert(name, WeightFault::NoChoice),
        }
    }
    // Nothing of the kind is left where each was chosen from the scale.
    let weighed = weights(criteria.len(), &chosen).ok().filter(|_| faults.is_empty());
    let Some(weighed) = weighed else { return Err(faults) };
    let at = |id: &str| criteria.iter().position(|criterion| *criterion == id).unwrap_or_default();
    let off = |((one, other), times): (&(&str, &str), &f64)| {
        (times * weighed.weights[at(other)] / weighed.weights[at(one)]).ln().abs()
    };
    let least = pairs.iter().zip(&chosen).max_by(|a, b| off(*a).total_cmp(&off(*b)));
    let least = least.filter(|_| weighed.ratio > CONSISTENT);
    let least = least.map(|((one, other), _)| ((*one).to_owned(), (*other).to_owned()));
    let shares = criteria.iter().map(|id| (*id).to_owned()).zip(weighed.weights.iter().copied());
    Ok((shares.collect(), Agreement { ratio: weighed.ratio, least }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 3] = ["a", "b", "c"];

    fn of(choices: [&str; 3]) -> Result<ByPairs, BTreeMap<String, WeightFault>> {
        let names = ["a:b", "a:c", "b:c"].map(str::to_owned);
        read(&names.into_iter().zip(choices.map(str::to_owned)).collect(), &IDS)
    }

    #[test]
    fn sites_s8_pairs_come_to_weights_that_sum_to_one_and_say_how_far_they_agree() {
        assert_eq!(pairs(&IDS), [("a", "b"), ("a", "c"), ("b", "c")]);
        assert!(pairs(&["a", "b"]).is_empty() && pairs(&["x"; 11]).is_empty());
        let (shares, agreement) = of(["1", "1", "1"]).unwrap();
        assert!(shares.values().all(|share| (share - 1.0 / 3.0).abs() < 1e-9), "{shares:?}");
        assert!(agreement.ratio < 1e-9 && agreement.least.is_none(), "{agreement:?}");
        let (shares, agreement) = of(["3", "9", "3"]).unwrap();
        let sum: f64 = shares.values().sum();
        assert!((sum - 1.0).abs() < 1e-9 && shares["a"] > shares["b"] && shares["b"] > shares["c"]);
        assert!(agreement.ratio < 1e-9, "a is nine times c, as three times three: {agreement:?}");
        // a before b before c, and c far before a.
        let (_, circle) = of(["3", "1/9", "3"]).unwrap();
        assert!(circle.ratio > CONSISTENT && circle.least.is_some(), "{circle:?}");
        // One that is wrong among many is named: the third contradicts what the others say.
        let four = ["a", "b", "c", "d"];
        let typed =
            [("a:b", "3"), ("a:c", "3"), ("a:d", "1/9"), ("b:c", "1"), ("b:d", "1"), ("c:d", "1")];
        let typed = typed.map(|(pair, times)| (pair.to_owned(), times.to_owned()));
        let (_, agreement) = read(&typed.into(), &four).unwrap();
        assert_eq!(agreement.least, Some(("a".into(), "d".into())), "{agreement:?}");
    }

    #[test]
    fn sites_s8_what_is_chosen_for_no_pair_or_not_from_the_scale_is_said() {
        let faults = of(["3", "", "2.5"]).unwrap_err();
        assert_eq!(faults["a:c"], WeightFault::Empty);
        assert_eq!(faults["b:c"], WeightFault::NoChoice);
        assert_eq!(faults.len(), 2);
    }
}
