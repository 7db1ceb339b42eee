//! *Where could I?* What is asked of a whole register, and what is answered.

use std::sync::Arc;

use domain::{
    Localized, ParcelCode,
    dataset::DataVersion,
    record::Value,
    suitability::{Answer, FactKey, Facts, RuleSet, Use},
};
use jiff::civil::Date;

pub use crate::bands::{Band, Count, FEW};
use crate::site_changes::{Since, SitesChanged, SitesSince};

/// Steps of size by which a search can be narrowed, m². A free figure would be a measure: whoever moves it
/// to and fro learns the size of what they are not told.
pub const SIZE_STEPS_M2: [u32; 6] = [100, 500, 2_000, 10_000, 50_000, 200_000];

/// Most sites on a page.
pub const MOST_ON_PAGE: usize = 50;

/// Sizes that are wanted, by the places of their limits in [`SIZE_STEPS_M2`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sizes {
    /// From this size on.
    pub least: Option<usize>,
    /// Below this size.
    pub most: Option<usize>,
}

impl Sizes {
    /// The place of a step, m².
    #[must_use]
    pub fn step(square_metres: u32) -> Option<usize> {
        SIZE_STEPS_M2.iter().position(|step| *step == square_metres)
    }

    /// Whether all sizes are wanted.
    #[must_use]
    pub const fn are_all(self) -> bool {
        self.least.is_none() && self.most.is_none()
    }

    /// Whether nothing can be of these sizes.
    #[must_use]
    pub fn are_none(self) -> bool {
        matches!((self.least, self.most), (Some(least), Some(most)) if least >= most)
    }

    /// Between which steps a size lies, m²: 0 below the first.
    #[must_use]
    pub fn class_of(square_metres: f64) -> usize {
        SIZE_STEPS_M2.iter().filter(|step| square_metres >= f64::from(**step)).count()
    }

    /// Whether sizes between those steps are wanted.
    #[must_use]
    pub fn have(self, class: usize) -> bool {
        self.least.is_none_or(|least| class > least) && self.most.is_none_or(|most| class <= most)
    }
}

/// A question to a whole register: one use, by the rules of one set.
#[derive(Clone, Debug)]
pub struct SitesWanted {
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// The position of the use in them.
    pub use_at: usize,
    /// What the applicant answered ([`RuleSet::answered`]).
    pub answers: Facts,
    /// The sizes that are wanted.
    pub sizes: Sizes,
    /// Which sites are listed.
    pub band: Band,
    /// Which page of them, from 1; one beyond the last is the last.
    pub page: usize,
    /// At most this many on a page; no more than [`MOST_ON_PAGE`] whatever is asked.
    pub limit: usize,
    /// Since when changes are asked for besides; no more sites than on a page are named of them.
    pub since: Option<Since>,
}

/// What comes of a search.
#[derive(Clone, Debug)]
pub enum SiteSearch {
    /// This was found.
    Found(Box<SitesFound>),
    /// The data have just changed, and what is looked up is not put together yet. Nothing is answered by
    /// the data before.
    NotYet {
        /// Seconds after which it is worth asking again.
        retry_after: u64,
    },
    /// No data of this portal may be searched for the places that these rules are for: a register that is
    /// shown to whoever names a place is no list.
    NoList,
    /// This portal searches no sites.
    NotOffered,
}

impl SiteSearch {
    /// How many places it names.
    #[must_use]
    pub fn named(&self) -> usize {
        match self {
            Self::Found(found) => {
                found.sites.len() + found.changed().map_or(0, |it| it.sites.len())
            }
            Self::NotYet { .. } | Self::NoList | Self::NotOffered => 0,
        }
    }
}

/// What was found. It is information, and decides nothing (rule Z3).
#[derive(Clone, Debug)]
pub struct SitesFound {
    /// The rules.
    pub rules: Arc<RuleSet>,
    /// The position of the use in them.
    pub use_at: usize,
    /// The day it is said, in China.
    pub on: Date,
    /// The data that were searched.
    pub versions: Vec<DataVersion>,
    /// Whether only parcels of which a supply result is published were searched, of some of the data.
    pub listed_only: bool,
    /// How many suit, how many suit if something is obtained.
    pub suits: (Count, Count),
    /// How many of each band, in the order of [`Band::ALL`].
    pub bands: [Count; 3],
    /// How many are of other sizes; they are in no band.
    pub other_sizes: Count,
    /// What is not known of those of which it cannot be said, and of how many each: the most first. A site
    /// may stand under several.
    pub missing: Vec<(FactKey, Count)>,
    /// Of each rule for the use, in the order of the set, how many more there would be in the band *yes*
    /// without it.
    pub without: Vec<(String, Count)>,
    /// Whether every way in which the unknown may come out was looked at.
    pub exact: bool,
    /// Which band is listed.
    pub band: Band,
    /// A page of it, by code.
    pub sites: Vec<FoundSite>,
    /// Which page, from 1.
    pub page: usize,
    /// How many pages there are; 1 of none.
    pub pages: usize,
    /// What has changed, where that was asked for.
    pub since: Option<SitesSince>,
}

impl SitesFound {
    /// The use.
    #[must_use]
    pub fn of(&self) -> &Use {
        &self.rules.uses[self.use_at]
    }

    /// How many are in a band.
    #[must_use]
    pub fn count(&self, band: Band) -> Count {
        self.bands[band as usize]
    }

    /// What has changed, where that was asked for and can be said.
    #[must_use]
    pub fn changed(&self) -> Option<&SitesChanged> {
        match &self.since {
            Some(SitesSince::Told(changed)) => Some(changed),
            _ => None,
        }
    }

    /// Where nothing suits, the one rule without which most would.
    #[must_use]
    pub fn relax(&self) -> Option<&str> {
        let best = self.without.iter().rev().max_by_key(|(_, count)| count.least());
        let best = best.filter(|(_, count)| self.count(Band::Yes).is_none() && !count.is_none());
        best.map(|(rule, _)| rule.as_str())
    }
}

/// A site in a list: no outline, no exact position (rule M4).
#[derive(Clone, Debug, PartialEq)]
pub struct FoundSite {
    /// The parcel.
    pub code: ParcelCode,
    /// What it is told alone.
    pub answer: Answer,
    /// 坐落, parcel level, where lists tell that.
    pub location: Option<Value>,
    /// Longitude and latitude, degrees, to three decimals (row 32).
    pub point: Option<(f64, f64)>,
    /// Title of its data set.
    pub dataset: Localized,
    /// Its data version, `dataset/number`.
    pub data_version: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_told_apart_by_steps_alone() {
        let all = Sizes::default();
        let some = Sizes { least: Sizes::step(500), most: Sizes::step(10_000) };
        let wanted = |sizes: Sizes, m2: f64| sizes.have(Sizes::class_of(m2));
        for m2 in [0.0, 99.9, 100.0, 1e9] {
            assert!(wanted(all, m2), "{m2}");
        }
        for (m2, is_wanted) in [(499.9, false), (500.0, true), (9_999.9, true), (10_000.0, false)] {
            assert_eq!(wanted(some, m2), is_wanted, "{m2}");
        }
        assert!(Sizes { least: Some(2), most: Some(2) }.are_none() && !some.are_none());
        assert_eq!(Sizes::step(501), None);
    }
}
