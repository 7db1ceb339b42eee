//! How much of a site the features of a layer cover together, and how figures compare of which only the
//! least and the most is known.

use serde::{Deserialize, Serialize};

use super::{
    amount::{Amount, Limit, Range},
    fact::{Cause, Overlaps},
    model::{Classes, Tolerance},
    tree::{Comparison, Features},
};

/// How much the features that are meant cover: at the most with those of which nobody knows whether they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covers {
    /// How many are surely meant.
    pub features: usize,
    /// Of how many more nobody knows: their names say of none of the layer's classes that they are of it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub unclassed: usize,
    /// Whether one that is meant touches the site without area.
    pub touches: bool,
    /// Whether one of the others does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_touch: bool,
    /// m².
    pub area: Range,
    /// Share of the site.
    pub share: Range,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde wants")]
const fn is_none(count: &usize) -> bool {
    *count == 0
}

impl Covers {
    /// Of the features of a layer with these classes.
    pub(super) fn of(overlaps: &Overlaps, features: &Features, classes: &Classes) -> Self {
        let mut all = Self::default();
        let mut largest = (Amount::ZERO, Amount::ZERO);
        for overlap in &overlaps.features {
            let meant = features.mean(overlap, classes);
            let (mut area, mut share) = (overlap.area, overlap.share);
            match meant {
                Some(false) => continue,
                Some(true) => {
                    all.features += 1;
                    all.touches |= overlap.touches();
                }
                None => {
                    all.unclassed += 1;
                    all.may_touch |= overlap.touches();
                    (area.lo, share.lo) = (Amount::ZERO, Amount::ZERO);
                }
            }
            all.area = all.area.plus(area);
            all.share = all.share.plus(share);
            largest = (largest.0.max(area.lo), largest.1.max(share.lo));
        }
        if !overlaps.apart {
            (all.area.lo, all.share.lo) = largest;
        }
        let one = Amount::of(1.0).unwrap_or(all.share.hi);
        all.share = all.share.at_most(one);
        all
    }

    /// Whether it is more than a sliver; `None` where only a class is known, or not of what class it is.
    pub(super) fn counts(&self, tolerance: &Tolerance) -> Option<bool> {
        let reaches =
            |range: Range, limit: &Limit| (range.lo >= limit.amount, range.hi >= limit.amount);
        let (area, share) =
            (reaches(self.area, &tolerance.area), reaches(self.share, &tolerance.share));
        if self.features == 0 && self.unclassed == 0 {
            Some(false)
        } else if self.touches || self.features > 0 && (area.0 || share.0) {
            Some(true)
        } else if !self.may_touch && !area.1 && !share.1 {
            Some(false)
        } else {
            None
        }
    }

    /// Why it is open where it is.
    pub(super) const fn cause(&self) -> Cause {
        if self.unclassed > 0 { Cause::Unclassed } else { Cause::Coarse }
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
