//! Weights of a reader's own: how much each criterion counts for them when they compare sites. They stand in the
//! link of the page, order what is on it, and go nowhere else. They are written as figures, or come of comparing
//! criteria in pairs (`pairs`).

pub(crate) mod pairs;

use std::collections::BTreeMap;

use domain::{
    suitability::{Part, RuleSet, Scored, Span},
    text::half_width,
};

pub use self::pairs::Agreement;

/// The most that is written for one criterion.
const MOST: f64 = 1_000.0;
/// Longest text of a weight that is read, characters.
pub(crate) const LONGEST: usize = 20;

/// What is wrong with a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeightFault {
    /// Nothing was written, and others were.
    Empty,
    /// It is no number.
    NoNumber,
    /// It is below nothing, or above what anybody would write.
    OutOfRange,
    /// None counts for anything.
    AllNothing,
    /// Of a pair: nothing that can be chosen.
    NoChoice,
}

/// Weights as they were written, and what they come to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OwnWeights {
    /// As they were typed, by criterion; of pairs by the names of both.
    pub typed: BTreeMap<String, String>,
    /// What is wrong, by criterion or pair; of all together at the first one.
    pub faults: BTreeMap<String, WeightFault>,
    /// What they come to: they sum to 1. None where nothing was written, or something is wrong.
    pub shares: Option<BTreeMap<String, f64>>,
    /// How far comparisons in pairs agree, where they come of these.
    pub agreement: Option<Agreement>,
}

impl OwnWeights {
    /// Reads weights for the criteria of a use; what is for others is left out, for links grow old.
    #[must_use]
    pub fn read(mut typed: BTreeMap<String, String>, rules: &RuleSet, use_at: usize) -> Self {
        let criteria: Vec<&str> = rules.scores_for(use_at).map(|score| score.id.as_str()).collect();
        let is_pair =
            |id: &str| pairs::pairs(&criteria).into_iter().any(|it| pairs::name(it) == id);
        let mut paired = typed.clone();
        paired.retain(|id, chosen| is_pair(id) && !chosen.is_empty());
        typed.retain(|id, _| criteria.contains(&id.as_str()));
        let mut own = Self { typed, ..Self::default() };
        if own.typed.values().all(String::is_empty) {
            own.typed.clear();
            // Figures come first: they say the same with less.
            return if paired.is_empty() { own } else { own.of_pairs(paired, &criteria) };
        }
        let mut weights = BTreeMap::new();
        for id in &criteria {
            let typed = own.typed.get(*id).map_or("", String::as_str);
            match read(typed) {
                Ok(weight) => _ = weights.insert((*id).to_owned(), weight),
                Err(fault) => _ = own.faults.insert((*id).to_owned(), fault),
            }
        }
        let sum: f64 = weights.values().sum();
        if let (true, 0.0, Some(first)) = (own.faults.is_empty(), sum, criteria.first()) {
            own.faults.insert((*first).to_owned(), WeightFault::AllNothing);
        }
        if own.faults.is_empty() {
            weights.values_mut().for_each(|weight| *weight /= sum);
            own.shares = Some(weights);
        }
        own
    }

    fn of_pairs(self, typed: BTreeMap<String, String>, criteria: &[&str]) -> Self {
        let own = match pairs::read(&typed, criteria) {
            Ok((shares, agreement)) => {
                Self { shares: Some(shares), agreement: Some(agreement), ..self }
            }
            Err(faults) => Self { faults, ..self },
        };
        Self { typed, ..own }
    }

    /// The scores of a site by these weights; by those of the rules where there are none.
    #[must_use]
    pub fn weigh(&self, scored: &Scored) -> Scored {
        let Some(shares) = &self.shares else { return scored.clone() };
        let weighed = |part: &Part| Part {
            weight: shares.get(&part.score).copied().unwrap_or_default(),
            ..part.clone()
        };
        let parts: Vec<Part> = scored.parts.iter().map(weighed).collect();
        let sum = |end: fn(&Span) -> f64| -> f64 {
            parts.iter().map(|part| part.weight * end(&part.worth)).sum()
        };
        let total = Span { lo: sum(|span| span.lo), hi: sum(|span| span.hi) };
        Scored { parts, total }
    }
}

fn read(typed: &str) -> Result<f64, WeightFault> {
    // As people of both languages type figures.
    let plain = |letter: char| match letter {
        '０'..='９' | '．' => half_width(letter),
        other => other,
    };
    let figure: String = typed.chars().map(plain).collect();
    let figure = figure.trim().trim_end_matches(['%', '％']).trim_end();
    if figure.is_empty() {
        return Err(WeightFault::Empty);
    }
    let weight: f64 = figure.parse().map_err(|_no_number| WeightFault::NoNumber)?;
    match weight {
        weight if weight.is_nan() => Err(WeightFault::NoNumber),
        weight if (0.0..=MOST).contains(&weight) => Ok(weight),
        _ => Err(WeightFault::OutOfRange),
    }
}

#[cfg(test)]
mod tests {
    use domain::suitability::{compare, embedded};

    use super::*;

    const IDS: [&str; 3] = ["away-from-hazards", "in-town", "little-forest"];

    fn read(weights: [&str; 3]) -> OwnWeights {
        let set = embedded().in_force("zhejiang", jiff::civil::date(2026, 11, 29)).unwrap();
        let (use_at, _) = set.find_use("factory").unwrap();
        let typed = IDS.into_iter().zip(weights).map(|(id, text)| (id.into(), text.into()));
        OwnWeights::read(typed.collect(), set, use_at)
    }

    #[test]
    fn sites_s8_own_weights_sum_to_one_and_what_is_wrong_is_said_with_what_was_typed() {
        let own = read(["30", "６０％", " 30.0 "]);
        let shares: Vec<f64> = own.shares.unwrap().into_values().collect();
        for (share, expected) in shares.iter().zip([0.25, 0.5, 0.25]) {
            assert!((share - expected).abs() < 1e-12, "{shares:?}");
        }
        let none = read(["", "", ""]);
        assert_eq!(none, OwnWeights::default(), "nobody wants any");
        for (typed, at, fault) in [
            (["1", "", "1"], 1, WeightFault::Empty),
            (["1", "1", "much"], 2, WeightFault::NoNumber),
            (["NaN", "1", "1"], 0, WeightFault::NoNumber),
            (["-1", "1", "1"], 0, WeightFault::OutOfRange),
            (["1", "inf", "1"], 1, WeightFault::OutOfRange),
            (["0", "0", "0"], 0, WeightFault::AllNothing),
        ] {
            let own = read(typed);
            assert_eq!(own.faults, BTreeMap::from([(IDS[at].to_owned(), fault)]), "{typed:?}");
            assert_eq!(own.shares, None);
            assert!(own.typed.values().map(String::as_str).eq(typed), "{own:?}");
        }
        let set = embedded().in_force("zhejiang", jiff::civil::date(2026, 11, 29)).unwrap();
        let odd = BTreeMap::from([("nothing".to_owned(), "1".to_owned())]);
        assert_eq!(OwnWeights::read(odd, set, 0), OwnWeights::default());
    }

    #[test]
    fn sites_s8_by_own_weights_an_irrelevant_site_swaps_no_two_others() {
        let site = |worths: [(f64, f64); 3]| {
            let parts = IDS.into_iter().zip(worths).map(|(id, (lo, hi))| Part {
                score: id.to_owned(),
                weight: 0.0,
                measured: None,
                worth: Span { lo, hi },
            });
            Scored { parts: parts.collect(), total: Span { lo: 0.0, hi: 0.0 } }
        };
        let (near, in_town) = (
            site([(0.9, 0.9), (0.1, 0.1), (0.5, 0.5)]),
            site([(0.1, 0.1), (0.9, 0.9), (0.5, 0.5)]),
        );
        let irrelevant = site([(0.0, 1.0), (0.0, 1.0), (0.0, 0.0)]);
        for (weights, first) in [(["80", "10", "10"], 0), (["10", "80", "10"], 1)] {
            let own = read(weights);
            let weigh = |sites: &[&Scored]| {
                let weighed: Vec<Scored> = sites.iter().map(|site| own.weigh(site)).collect();
                compare(&weighed).unwrap()
            };
            let two = weigh(&[&near, &in_town]);
            assert_eq!((two[first].worst, two[1 - first].best), (1, 2), "{weights:?}");
            let three = weigh(&[&near, &irrelevant, &in_town]);
            let (one, other) = (&three[2 * first], &three[2 - 2 * first]);
            assert!(one.best < other.best && one.worst < other.worst, "{three:?}");
            assert!(
                two.iter().all(|place| place.dominated_by.is_empty()),
                "weights dominate nobody"
            );
        }
        let total = read(["80", "10", "10"]).weigh(&near).total;
        assert!((total.lo - 0.78).abs() < 1e-12 && (total.hi - total.lo).abs() < 1e-12);
    }
}
