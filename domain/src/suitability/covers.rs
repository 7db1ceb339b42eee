//! How much of a site the features of a layer cover together, and how figures compare of which only the
//! least and the most is known.

use serde::{Deserialize, Serialize};

use super::{
    amount::{Amount, Limit, Range},
    fact::Overlaps,
    model::Tolerance,
    tree::{Comparison, Features},
};

/// How much the features that are meant cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covers {
    /// How many there are.
    pub features: usize,
    /// Whether one of them touches the site without area.
    pub touches: bool,
    /// m².
    pub area: Range,
    /// Share of the site.
    pub share: Range,
}

impl Covers {
    pub(super) fn of(overlaps: &Overlaps, features: &Features) -> Option<Self> {
        let nothing = Range::exactly(Amount::ZERO);
        let one = Amount::of(1.0)?;
        let (mut count, mut touches) = (0, false);
        let (mut area, mut share) = (nothing, nothing);
        let (mut area_lo, mut share_lo) = (Amount::ZERO, Amount::ZERO);
        for overlap in overlaps.features.iter().filter(|overlap| features.mean(overlap)) {
            count += 1;
            touches |= overlap.touches();
            area = area.plus(overlap.area);
            share = share.plus(overlap.share);
            area_lo = area_lo.max(overlap.area.lo);
            share_lo = share_lo.max(overlap.share.lo);
        }
        if !overlaps.apart {
            (area.lo, share.lo) = (area_lo, share_lo);
        }
        Some(Self { features: count, touches, area, share: share.at_most(one) })
    }

    /// Whether it is more than a sliver; `None` where only a class is known.
    pub(super) fn counts(&self, tolerance: &Tolerance) -> Option<bool> {
        let reaches =
            |range: Range, limit: &Limit| (range.lo >= limit.amount, range.hi >= limit.amount);
        let (area, share) =
            (reaches(self.area, &tolerance.area), reaches(self.share, &tolerance.share));
        if self.features == 0 {
            Some(false)
        } else if self.touches || area.0 || share.0 {
            Some(true)
        } else if !area.1 && !share.1 {
            Some(false)
        } else {
            None
        }
    }
}

/// How a figure of which the least and the most is known compares.
pub(super) fn compare(how: Comparison, left: Range, right: Range) -> Option<bool> {
    let more = |a: Range, b: Range| {
        if a.lo > b.hi {
            Some(true)
        } else if a.hi <= b.lo {
            Some(false)
        } else {
            None
        }
    };
    match how {
        Comparison::MoreThan => more(left, right),
        Comparison::AtMost => more(left, right).map(|it| !it),
        Comparison::LessThan => more(right, left),
        Comparison::AtLeast => more(right, left).map(|it| !it),
    }
}
