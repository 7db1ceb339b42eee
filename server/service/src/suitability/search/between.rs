//! Two states of the data beside each other: which sites are told otherwise in one than in the other.

use std::{
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use domain::ParcelCode;
use service_api::{
    SitesWanted,
    site_changes::Move,
    site_search::{Band, Count, MOST_ON_PAGE, Sizes},
};

use super::{
    index::{Index, SetIndex},
    tally::{self, Tallied},
};

/// Data sets with the numbers of their versions.
pub(super) type Versions = Vec<(String, u32)>;

/// The sites of one state of the data and those of the current one.
#[derive(Debug)]
pub(super) struct Between {
    /// Of which data the first is.
    pub(super) then: Versions,
    pub(super) before: Index,
    pub(super) now: Arc<Index>,
    /// Of each set of rules, by its hash, the places of those sites of then that are not listed now and of
    /// which their own page says that they ended.
    pub(super) ended: HashMap<String, BTreeSet<usize>>,
}

/// How many sites moved which way, and some of them.
pub(super) struct Moved {
    pub(super) came: Count,
    pub(super) went: Count,
    pub(super) changed: Count,
    pub(super) sites: Vec<MovedSite>,
    pub(super) more: bool,
}

/// A site, its band then and now, and whether it is of another size now.
pub(super) struct MovedSite {
    pub(super) code: ParcelCode,
    pub(super) then: Option<Band>,
    pub(super) now: Option<Band>,
    pub(super) other_size: bool,
}

/// Where the rows of the two lie beside each other: a site that one has not has no place there.
pub(super) fn beside(
    before: &SetIndex,
    now: &SetIndex,
) -> impl Iterator<Item = (Option<usize>, Option<usize>)> {
    let (mut then, mut now) =
        (before.sites.keys().enumerate().peekable(), now.sites.keys().enumerate().peekable());
    std::iter::from_fn(move || {
        let order = match (then.peek(), now.peek()) {
            (None, None) => return None,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((_, then)), Some((_, now))) => then.cmp(now),
        };
        let then = if order.is_le() { then.next() } else { None };
        let now = if order.is_ge() { now.next() } else { None };
        Some((then.map(|(at, _)| at), now.map(|(at, _)| at)))
    })
}

/// What is told of the sites of a state.
struct Side<'i> {
    set: &'i SetIndex,
    told: Arc<Tallied>,
}

impl<'i> Side<'i> {
    fn of(set: &'i SetIndex, wanted: &SitesWanted) -> Option<Self> {
        Some(Self { told: set.ask(wanted.use_at, &wanted.answers)?, set })
    }

    fn band(&self, at: usize, sizes: Sizes) -> Option<Band> {
        let (size, group) = self.set.sites.at(at);
        tally::band(self.told.answer(group), size, sizes)
    }
}

impl Between {
    /// Which sites moved, by the same question to both. `None` where there is nothing to be searched, then or
    /// now.
    pub(super) fn moved(&self, wanted: &SitesWanted) -> Option<Moved> {
        let before = Side::of(self.before.of(&wanted.rules)?, wanted)?;
        let now = Side::of(self.now.of(&wanted.rules)?, wanted)?;
        let ended = self.ended.get(&wanted.rules.hash);
        let has_ended = |at: usize| ended.is_some_and(|ended| ended.contains(&at));
        let limit = wanted.limit.clamp(1, MOST_ON_PAGE);
        let mut counts = [0; 3];
        let mut found: [Vec<(Option<usize>, Option<usize>)>; 3] = Default::default();
        for (was, is) in beside(before.set, now.set) {
            // What is not listed any more and has not ended is not spoken of (rule P5).
            if is.is_none() && !was.is_some_and(has_ended) {
                continue;
            }
            let band_then = was.and_then(|at| before.band(at, wanted.sizes));
            let band_now = is.and_then(|at| now.band(at, wanted.sizes));
            let Some(way) = Move::between(band_then, band_now) else { continue };
            counts[way as usize] += 1;
            if found[way as usize].len() < limit {
                found[way as usize].push((was, is));
            }
        }
        let site = |(was, is): (Option<usize>, Option<usize>)| {
            let code = match (is, was) {
                (Some(at), _) => now.set.sites.code(at),
                (None, Some(at)) => before.set.sites.code(at),
                (None, None) => None,
            };
            let sizes = was.zip(is).map(|(was, is)| {
                let (was, is) = (before.set.sites.at(was), now.set.sites.at(is));
                was.0 != is.0
            });
            Some(MovedSite {
                code: code?,
                then: was.and_then(|at| before.band(at, wanted.sizes)),
                now: is.and_then(|at| now.band(at, wanted.sizes)),
                other_size: sizes.unwrap_or_default(),
            })
        };
        let sites: Vec<MovedSite> =
            found.into_iter().flatten().take(limit).filter_map(site).collect();
        let rounded = before.set.listed_only || now.set.listed_only;
        let [came, went, changed] = counts.map(|count| Count::of(count, rounded));
        let more = counts.iter().sum::<usize>() > sites.len();
        Some(Moved { came, went, changed, sites, more })
    }
}
