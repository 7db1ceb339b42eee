//! Facts of a site with what offices say laid over them. What an office says outranks what is not known and
//! nothing else: against what is known it can only make a figure finer. Where the two contradict each other, neither
//! is taken, so that nobody gains by a contradiction what neither says (*sites S2*).

use std::collections::{BTreeMap, BTreeSet};

use crate::suitability::{
    amount::{Amount, Range},
    fact::{Cause, Fact, FactKey, Facts, Known, Overlap, Overlaps, Reading},
};

/// A thing of which an office says something else than the data.
#[derive(Clone, Debug, PartialEq)]
pub struct Disputed {
    /// What it is.
    pub fact: FactKey,
    /// What the data say.
    pub known: Known,
    /// What the office says.
    pub said: Known,
}

/// How what an office says stands to what is known.
enum Beside {
    /// It says the same, and the data say it more exactly.
    Same,
    /// It says the same more exactly.
    Finer,
    /// Both cannot be.
    Against,
}

/// Shares are written in whole per cent: so far two may differ that say the same.
const A_PER_CENT: f64 = 0.01;

impl Facts {
    /// These facts with what offices say, and where the two contradict each other.
    #[must_use]
    pub fn with_said(&self, said: &Self) -> (Self, Vec<Disputed>) {
        let (mut facts, mut disputed) = (self.clone(), Vec::new());
        for (key, one) in &said.0 {
            match (self.get(key), one) {
                (Err(_), one) => {
                    facts.0.insert(key.clone(), one.clone());
                }
                (Ok(_), Fact::Unknown(_)) => {}
                (Ok(known), Fact::Known(said)) => match beside(&known.reading, &said.reading) {
                    Beside::Same => {}
                    Beside::Finer => {
                        let seen = known.seen.iter().chain(&said.seen).cloned().collect();
                        facts.put(key.clone(), said.reading.clone(), seen);
                    }
                    Beside::Against => {
                        let (fact, known, said) = (key.clone(), known.clone(), said.clone());
                        facts.lack(key.clone(), Cause::Disputed);
                        disputed.push(Disputed { fact, known, said });
                    }
                },
            }
        }
        (facts, disputed)
    }
}

fn beside(known: &Reading, said: &Reading) -> Beside {
    match (known, said) {
        (Reading::Figure(known), Reading::Figure(said)) if known == said => Beside::Same,
        (Reading::Figure(known), Reading::Figure(said)) if holds(*known, *said) => Beside::Finer,
        (Reading::Codes(known), Reading::Codes(said)) if known == said => Beside::Same,
        (Reading::Overlaps(known), Reading::Overlaps(said)) => overlaps(known, said),
        _ => Beside::Against,
    }
}

fn holds(known: Range, said: Range) -> bool {
    known.lo <= said.lo && said.hi <= known.hi
}

/// Whether a feature stands for whatever may be there beside the others.
fn may_be_anything(one: &Overlap) -> bool {
    one.kind.is_empty() && one.label.zh.is_empty() && one.label.en.is_empty()
}

/// How much the features of each code cover together.
fn by_code(overlaps: &Overlaps) -> BTreeMap<&str, Range> {
    let mut shares: BTreeMap<&str, Range> = BTreeMap::new();
    for one in overlaps.features.iter().filter(|one| !may_be_anything(one)) {
        let nothing = Range::exactly(Amount::ZERO);
        let share = shares.entry(&one.kind).or_insert(nothing);
        let largest = share.lo.max(one.share.lo);
        *share = share.plus(one.share);
        if !overlaps.apart {
            share.lo = largest;
        }
    }
    shares
}

fn overlaps(known: &Overlaps, said: &Overlaps) -> Beside {
    if known == said {
        return Beside::Same;
    }
    let open = known.features.iter().any(may_be_anything);
    let (mine, theirs) = (by_code(known), by_code_said(said));
    let nothing = Range::exactly(Amount::ZERO);
    // Without codes on one side, only what they cover together can be compared.
    let comparable = mine.keys().all(|code| !code.is_empty()) && !theirs.contains_key("");
    let pairs: Vec<(Range, Range)> = if comparable {
        let codes: BTreeSet<&str> = mine.keys().chain(theirs.keys()).copied().collect();
        let of = |all: &BTreeMap<&str, Range>, code| all.get(code).copied().unwrap_or(nothing);
        codes.into_iter().map(|code| (of(&mine, code), of(&theirs, code))).collect()
    } else {
        let sum =
            |all: &BTreeMap<&str, Range>| all.values().fold(nothing, |sum, share| sum.plus(*share));
        vec![(sum(&mine), sum(&theirs))]
    };
    let agree = |(known, said): &(Range, Range)| {
        let none = (known.hi == Amount::ZERO, said.hi == Amount::ZERO);
        let (lo, hi) = (known.lo.figure() - A_PER_CENT, known.hi.figure() + A_PER_CENT);
        let near = lo <= said.lo.figure() && (open || said.hi.figure() <= hi);
        match none {
            // Nothing against something is a contradiction, however little that is.
            (true, false) => open,
            (false, true) => known.lo == Amount::ZERO,
            _ => near,
        }
    };
    if !pairs.iter().all(agree) {
        return Beside::Against;
    }
    // Names that the data have are not given up for an answer without any.
    let keeps_names = comparable || mine.is_empty();
    let is_class = pairs.iter().any(|(known, _)| known.lo != known.hi);
    let within = pairs.iter().all(|(known, said)| open || holds(*known, *said));
    if (open || is_class) && within && keeps_names { Beside::Finer } else { Beside::Same }
}

/// The same of what an office says, where one without a code is a feature and no guess.
fn by_code_said(said: &Overlaps) -> BTreeMap<&str, Range> {
    let mut shares: BTreeMap<&str, Range> = BTreeMap::new();
    for one in &said.features {
        let share = shares.entry(&one.kind).or_insert(Range::exactly(Amount::ZERO));
        *share = share.plus(one.share);
    }
    shares
}
