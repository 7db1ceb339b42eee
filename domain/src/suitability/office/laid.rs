//! Facts of a site with what offices say laid over them. What an office says outranks what is not known and
//! nothing else: against what is known it can only make a figure finer. Where the two contradict each other, neither
//! is taken, so that nobody gains by a contradiction what neither says (*sites S2*).

use std::collections::BTreeSet;

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
    /// It says the same more exactly: what is known then.
    Finer(Reading),
    /// Both cannot be.
    Against,
}

/// Shares are written in whole per cent, and figures in whole units: so far two may differ that say the same.
const A_PER_CENT: f64 = 0.01;
/// Areas that are measured by others may differ by this part of them.
const OF_AN_AREA: f64 = 0.05;

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
                    Beside::Finer(reading) => {
                        let seen = known.seen.iter().chain(&said.seen).cloned().collect();
                        facts.put(key.clone(), reading, seen);
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
        (Reading::Codes(known), Reading::Codes(said)) if known == said => Beside::Same,
        (Reading::Figure(known), Reading::Figure(said)) => {
            match narrowed(*known, *said, known.hi.figure().abs() * A_PER_CENT) {
                Some(figure) if figure == *known => Beside::Same,
                Some(figure) => Beside::Finer(Reading::Figure(figure)),
                None => Beside::Against,
            }
        }
        (Reading::Overlaps(known), Reading::Overlaps(said)) => match overlaps(known, said) {
            Some(both) if both == *known => Beside::Same,
            Some(both) => Beside::Finer(Reading::Overlaps(both)),
            None => Beside::Against,
        },
        _ => Beside::Against,
    }
}

/// What both figures leave possible. Where they differ by no more than `slack` it is the known one; `None`
/// where by more.
fn narrowed(known: Range, said: Range, slack: f64) -> Option<Range> {
    let both = Range { lo: known.lo.max(said.lo), hi: known.hi.min(said.hi) };
    if both.lo <= both.hi {
        return Some(both);
    }
    let apart = both.lo.figure() - both.hi.figure();
    (apart <= slack).then_some(known)
}

/// Whether a feature stands for whatever may be there beside the others: one that surely is there does not.
fn may_be_anything(one: &Overlap) -> bool {
    let is_nameless = one.kind.is_empty() && one.label.zh.is_empty() && one.label.en.is_empty();
    is_nameless && one.share.lo == Amount::ZERO && Some(one.share.hi) == Amount::of(1.0)
}

/// What both leave possible, code by code; `None` where both cannot be. What the data found stands, also what only
/// touches; that there is more, or no more, an office says where the data do not reach all of the site.
fn overlaps(known: &Overlaps, said: &Overlaps) -> Option<Overlaps> {
    let open = known.features.iter().any(may_be_anything);
    let there = known.features.iter().filter(|one| !may_be_anything(one));
    let (of_no_class, found): (Vec<&Overlap>, Vec<&Overlap>) =
        there.partition(|one| one.kind.is_empty());
    let (stay, classed): (Vec<&Overlap>, Vec<&Overlap>) =
        of_no_class.into_iter().partition(|one| one.share.lo == Amount::ZERO);
    if !classed.is_empty() && !says_what(&classed, &found, said, open) {
        return None;
    }
    let open = open || !classed.is_empty();
    let codes: BTreeSet<&str> =
        found.iter().copied().chain(&said.features).map(|one| one.kind.as_str()).collect();
    // It only touches, or may be nothing: no word against it.
    let mut features: Vec<Overlap> = stay.into_iter().cloned().collect();
    let mut each_said = features.is_empty();
    for code in codes {
        let mine: Vec<&Overlap> = found.iter().copied().filter(|one| one.kind == code).collect();
        let theirs: Vec<&Overlap> = said.features.iter().filter(|one| one.kind == code).collect();
        match (&*mine, &*theirs) {
            ([], theirs) if open => features.extend(theirs.iter().copied().cloned()),
            ([], _) => return None,
            (mine, []) if together(mine).lo == Amount::ZERO => {
                each_said = false;
                features.extend(mine.iter().copied().cloned());
            }
            (_, []) => return None,
            // Where the data do not reach there is more of it.
            ([one], [other]) if open && other.share.lo > one.share.hi => {
                features.push(more(one, other)?);
            }
            ([one], [other]) => features.push(both(one, other)?),
            (mine, [other]) if !open => features.push(both(&as_one(mine)?, other)?),
            (mine, theirs) => {
                each_said = false;
                let (mine_all, theirs_all) = (together(mine), together(theirs));
                narrowed(mine_all, theirs_all, A_PER_CENT)?;
                features.extend(mine.iter().copied().cloned());
            }
        }
    }
    // What an office says lies over each other nowhere.
    Some(Overlaps { apart: known.apart || said.apart && each_said, features })
}

/// Whether an office says of what class that is which has none in the data: of no less ground than there surely is,
/// and, where the data reach all of the site, of no more than there can be.
fn says_what(classed: &[&Overlap], found: &[&Overlap], said: &Overlaps, open: bool) -> bool {
    let all: Vec<&Overlap> = classed.iter().chain(found).copied().collect();
    let (known, nothing) = (together(&all), Range::exactly(Amount::ZERO));
    let said = said.features.iter().fold(nothing, |sum, one| sum.plus(one.share));
    // Of each feature it is said what it is: where they may lie over each other and less is said, neither is taken.
    let least = all.iter().map(|one| one.share.lo.figure()).sum::<f64>().min(1.0);
    let no_less = said.hi.figure() + A_PER_CENT >= least;
    no_less && (open || said.lo.figure() <= known.hi.figure() + A_PER_CENT)
}

/// Several features of one code as one, of whose own size nothing is known.
fn as_one(features: &[&Overlap]) -> Option<Overlap> {
    let first = features.first()?;
    let nothing = Range::exactly(Amount::ZERO);
    let area = features
        .iter()
        .fold(nothing, |sum, one| Range { lo: sum.lo.max(one.area.lo), hi: sum.plus(one.area).hi });
    let share = together(features).at_most(Amount::of(1.0)?);
    Some(Overlap { area, share, of_feature: None, ..(*first).clone() })
}

/// What the features cover together at the least and at the most.
fn together(features: &[&Overlap]) -> Range {
    let nothing = Range::exactly(Amount::ZERO);
    features.iter().fold(nothing, |sum, one| {
        let largest = sum.lo.max(one.share.lo);
        Range { lo: largest, hi: sum.plus(one.share).hi }
    })
}

/// A feature of which the data know a part, and an office all: no less of it than that part.
fn more(known: &Overlap, said: &Overlap) -> Option<Overlap> {
    let area = Range { lo: known.area.lo.max(said.area.lo), hi: said.area.hi };
    let one = Amount::of(1.0)?;
    let of_feature = known.of_feature.map(|part| Range { lo: part.lo, hi: one });
    let share = said.share;
    (area.lo <= area.hi).then(|| Overlap { area, share, of_feature, ..known.clone() })
}

/// One feature by the data and by an office: of each figure what both leave possible.
fn both(known: &Overlap, said: &Overlap) -> Option<Overlap> {
    let area = narrowed(known.area, said.area, known.area.hi.figure() * OF_AN_AREA)?;
    let share = narrowed(known.share, said.share, A_PER_CENT)?;
    Some(Overlap { area, share, ..known.clone() })
}
