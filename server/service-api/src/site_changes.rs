//! What became of a search since other data: which sites came, which went, which are told otherwise, and why.

use domain::{
    ParcelCode,
    dataset::DataVersion,
    lineage::ChangeKind,
    record::Value,
    suitability::{FactKey, Standing},
};
use jiff::civil::Date;

use crate::bands::{Band, Count};

/// Since when changes are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// Since the versions before the current ones, as far as they are kept: what the newest imports brought.
    Before,
    /// Since these versions, `dataset` and number: those of the sites that were searched then.
    Data(Vec<(String, u32)>),
}

/// What is said of changes. Everything that *came*, *went* or is told otherwise is by the rules and the policy
/// of today; so a change is one of the data.
#[derive(Clone, Debug, PartialEq)]
pub enum SitesSince {
    /// This has changed.
    Told(Box<SitesChanged>),
    /// The data are still the same.
    Same,
    /// It is not put together yet.
    NotYet {
        /// Seconds after which it is worth asking again.
        retry_after: u64,
    },
    /// The data of then are not kept any more, or were rolled back from: nothing can be said.
    NotKept,
    /// They were shown by another policy than those of now: what was listed then may not be held against it.
    OtherPolicy,
}

/// What has changed.
#[derive(Clone, Debug, PartialEq)]
pub struct SitesChanged {
    /// The data of then.
    pub then: Vec<DataVersion>,
    /// How many are in the band *yes* now and were not then.
    pub came: Count,
    /// How many were in it and are not now.
    pub went: Count,
    /// How many are in another of the other bands than then, or came into one of them.
    pub changed: Count,
    /// Those that came, those that went, the others, each by code; as many as stand on a page.
    pub sites: Vec<ChangedSite>,
    /// Whether there are more than stand here.
    pub more: bool,
}

/// A site of which something else is told than then. One that ended is told of as far as its own page does; one
/// that is not published or listed any more is not named and not counted, whatever became of it (rule P5).
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedSite {
    /// The parcel.
    pub code: ParcelCode,
    /// Its band then; none where it was not listed, or was of another size.
    pub then: Option<Band>,
    /// Its band now.
    pub now: Option<Band>,
    /// 坐落, parcel level, where lists tell that.
    pub location: Option<Value>,
    /// The data it is told by now.
    pub version: DataVersion,
    /// Why, by what everybody may see.
    pub why: Vec<Why>,
}

/// Which way a site went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Move {
    /// It is in the band *yes* now, and was not.
    Came,
    /// It was, and is not.
    Went,
    /// It is in another of the other bands.
    Changed,
}

impl Move {
    /// From one band to another; `None` where they are the same.
    #[must_use]
    pub fn between(then: Option<Band>, now: Option<Band>) -> Option<Self> {
        let yes = Some(Band::Yes);
        match (then == now, then == yes, now == yes) {
            (true, ..) => None,
            (_, _, true) => Some(Self::Came),
            (_, true, _) => Some(Self::Went),
            _ => Some(Self::Changed),
        }
    }
}

/// Why a site is told otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A rule stands otherwise.
    Rule {
        /// The rule, by its id in the set.
        rule: String,
        /// How it stood.
        then: Standing,
        /// How it stands.
        now: Standing,
        /// What of that it looks at is another now.
        facts: Vec<FactKey>,
    },
    /// These are known otherwise, and no rule stands otherwise for itself.
    Facts(Vec<FactKey>),
    /// Its size is in another step, or is told now, or not any more.
    Size,
    /// The data of then had no such parcel; it came out of others by this, if that may be told.
    New(Option<ChangeKind>),
    /// They had it, and its supply result of that day was not published then.
    Supplied(Date),
    /// They had it, and it was not listed.
    NotListed,
    /// It ended, by this, if that may be told.
    Ended(Option<ChangeKind>),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_q6_every_change_of_band_is_one_of_three() {
        let (yes, maybe, no) = (Some(Band::Yes), Some(Band::Maybe), Some(Band::No));
        for (then, now, expected) in [
            (yes, yes, None),
            (None, None, None),
            (None, yes, Some(Move::Came)),
            (no, yes, Some(Move::Came)),
            (yes, None, Some(Move::Went)),
            (yes, maybe, Some(Move::Went)),
            (maybe, no, Some(Move::Changed)),
            (None, no, Some(Move::Changed)),
            (maybe, None, Some(Move::Changed)),
        ] {
            assert_eq!(Move::between(then, now), expected, "{then:?} {now:?}");
        }
    }
}
