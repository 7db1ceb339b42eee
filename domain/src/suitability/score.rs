//! Soft criteria: what is nice to have, once nothing stands in the way. A criterion whose fact is not
//! known is worth anything from nothing to all; so sums are intervals, and an order of sites is partial.

use serde::{Deserialize, Serialize};

use super::{
    fact::Facts,
    judge::{Case, Measured},
    model::{RuleSet, Score, Worth},
};

/// So many sites are compared at once.
pub const MOST_SITES: usize = 20;

/// The least and the most that something is worth, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The least.
    pub lo: f64,
    /// The most.
    pub hi: f64,
}

/// What one criterion is worth at a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// The criterion, by its id in the set.
    pub score: String,
    /// Its weight; those of one use sum to 1.
    pub weight: f64,
    /// What was found; none where it is not known.
    pub measured: Option<Measured>,
    /// What that is worth.
    pub worth: Span,
}

/// The scores of a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Each criterion.
    pub parts: Vec<Part>,
    /// Their weighted sum.
    pub total: Span,
}

/// How a site stands among others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The sites that are as good in every criterion and better in one, whatever comes to light.
    pub dominated_by: Vec<usize>,
    /// Its best rank, from 1, whatever comes to light and with each weight up to a tenth off.
    pub best: usize,
    /// Its worst rank.
    pub worst: usize,
}

/// More sites than are compared, or sites scored for different uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("compare up to {MOST_SITES} sites, all for the same use")]
pub struct NotComparable;

impl RuleSet {
    /// The scores of a site for the use at that position. `None` where the set has no such use, or no
    /// scores for it.
    #[must_use]
    pub fn score(&self, use_at: usize, facts: &Facts) -> Option<Scored> {
        let case = Case { set: self, of: self.uses.get(use_at)?, facts };
        let parts: Vec<Part> = self.scores_for(use_at).map(|score| part(&case, score)).collect();
        let sum = |end: fn(&Span) -> f64| -> f64 {
            parts.iter().map(|part| part.weight * end(&part.worth)).sum()
        };
        let total = Span { lo: sum(|span| span.lo), hi: sum(|span| span.hi) };
        (!parts.is_empty()).then_some(Scored { total, parts })
    }
}

fn part(case: &Case<'_>, score: &Score) -> Part {
    let measured = case.measure(&score.subject).ok();
    let worth = measured.as_ref().and_then(|measured| worth(&score.worth, measured));
    Part {
        score: score.id.clone(),
        weight: score.weight.amount.figure(),
        measured,
        worth: worth.unwrap_or(Span { lo: 0.0, hi: 1.0 }),
    }
}

/// `None` where the criterion says nothing of what was found.
fn worth(worth: &Worth, measured: &Measured) -> Option<Span> {
    match (worth, measured) {
        (Worth::Line { worst, best }, measured) => {
            let range = match measured {
                Measured::Figure(range) => *range,
                Measured::Covers(covers) if best.dimension == super::amount::Dimension::Area => {
                    covers.area
                }
                Measured::Covers(covers) => covers.share,
                Measured::Codes(_) => return None,
            };
            let ends = [range.lo, range.hi].map(|end| end.between(worst.amount, best.amount));
            Some(Span { lo: ends[0].min(ends[1]), hi: ends[0].max(ends[1]) })
        }
        (Worth::Points(points), Measured::Codes(codes)) => {
            let each: Option<Vec<u8>> =
                codes.iter().map(|code| points.get(code).copied()).collect();
            let least = f64::from(*each?.iter().min()?) / 100.0;
            Some(Span { lo: least, hi: least })
        }
        (Worth::Points(_), _) => None,
    }
}

/// How sites stand to each other. Each figure is of a site and the rules alone, so a further site never
/// changes the order of two others.
///
/// # Errors
/// [`NotComparable`].
pub fn compare(sites: &[Scored]) -> Result<Vec<Place>, NotComparable> {
    let criteria = |site: &Scored| -> Vec<(String, u64)> {
        site.parts.iter().map(|part| (part.score.clone(), part.weight.to_bits())).collect()
    };
    if sites.len() > MOST_SITES
        || sites.windows(2).any(|two| criteria(&two[0]) != criteria(&two[1]))
    {
        return Err(NotComparable);
    }
    let others = |at: usize| sites.iter().enumerate().filter(move |(other, _)| *other != at);
    let place = |(at, site): (usize, &Scored)| {
        let above = others(at).filter(|(_, other)| surely_above(other, site)).count();
        let below = others(at).filter(|(_, other)| surely_above(site, other)).count();
        let by = others(at).filter(|(_, other)| dominates(other, site)).map(|(other, _)| other);
        Place { dominated_by: by.collect(), best: 1 + above, worst: sites.len() - below }
    };
    Ok(sites.iter().enumerate().map(place).collect())
}

fn dominates(one: &Scored, other: &Scored) -> bool {
    let pairs = || one.parts.iter().zip(&other.parts);
    pairs().all(|(a, b)| a.worth.lo >= b.worth.hi) && pairs().any(|(a, b)| a.worth.lo > b.worth.hi)
}

/// Whether one is above another whatever comes to light, with each weight up to a tenth off. That all
/// weights sum to one again afterwards changes no sign.
fn surely_above(one: &Scored, other: &Scored) -> bool {
    let least = |(a, b): (&Part, &Part)| {
        let ahead = a.worth.lo - b.worth.hi;
        a.weight * ahead * if ahead > 0.0 { 0.9 } else { 1.1 }
    };
    one.parts.iter().zip(&other.parts).map(least).sum::<f64>() > 1e-12
}
