//! Whether sites suit a use. The rules are handed what a visitor is shown of a site and nothing else:
//! what they may not see is not known before anything is judged, so that no answer, no list of reasons and
//! no count can tell of it (*sites S11*).

pub(crate) mod drawn;
mod facts;
mod overlaps;
mod parcels;
pub(crate) mod redecided;
mod register;
pub mod search;
mod source;
pub(crate) mod verdicts;

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    LandCode,
    code::ParcelCode,
    dataset::DataVersion,
    policy::{Disclosure, Field, Policy},
    suitability::{Disputed, Facts, Library, RuleSet, Scored, compare},
    theme::ThemeId,
    viewer::Tier,
};
use jiff::civil::Date;
use service_api::{Assessment, Judged, Place, Site, SitesAsked, Told};

/// The sets of rules that a portal judges by, every version of each.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    sets: Vec<Arc<RuleSet>>,
}

impl Rules {
    /// Those sets of a library, by their names.
    ///
    /// # Errors
    /// The first name that the library does not have.
    pub fn of(library: &Library, names: &[String]) -> Result<Self, String> {
        let mut sets = Vec::new();
        for name in names {
            let versions: Vec<_> =
                library.iter().filter(|set| set.id == *name).cloned().map(Arc::new).collect();
            if versions.is_empty() {
                return Err(name.clone());
            }
            sets.extend(versions);
        }
        Ok(Self { sets })
    }

    /// Every version of each.
    pub fn iter(&self) -> impl Iterator<Item = &RuleSet> {
        self.sets.iter().map(|set| &**set)
    }

    /// The edition of that hash, of whatever date.
    pub(crate) fn by_hash(&self, hash: &str) -> Option<&Arc<RuleSet>> {
        self.sets.iter().find(|set| set.hash == hash)
    }

    /// Those that count on a day, in the order of their names as they were given.
    pub(crate) fn in_force(&self, on: Date) -> Vec<Arc<RuleSet>> {
        let mut found: Vec<Arc<RuleSet>> = Vec::new();
        // Versions of a set stand together, the oldest first.
        for set in self.sets.iter().filter(|set| set.date <= on) {
            match found.iter_mut().find(|other| other.id == set.id) {
                Some(older) => *older = set.clone(),
                None => found.push(set.clone()),
            }
        }
        found
    }
}

/// What the policy closes to a visitor, whatever there is: reasons why something is not known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Closed {
    themes: BTreeSet<ThemeId>,
    area: bool,
}

impl Closed {
    /// Of the themes that the rules look at, those that a tier is not shown, and whether the size is.
    pub(crate) fn to(policy: &Policy, rules: &RuleSet, tier: Tier) -> Self {
        use domain::suitability::LayerSource;
        let themes = rules.layers.values().filter_map(|layer| match &layer.source {
            LayerSource::Theme(theme) => Some(theme),
            LayerSource::Data(_) => None,
        });
        let themes = themes.filter(|theme| !policy.shows_theme(theme, tier)).cloned().collect();
        Self { themes, area: policy.cell(Field::ParcelArea, tier) != Disclosure::Show }
    }
}

/// What a look at a site came to.
pub(crate) enum Looked {
    /// It may be shown, as far as this.
    At(Box<Place>, Closed),
    /// It may not.
    Nothing(Vec<LandCode>),
}

/// Judges sites that were looked at. It costs time: nothing for a thread that others wait for.
pub(crate) fn judged(
    asked: &SitesAsked,
    on: Date,
    looked: Vec<(ParcelCode, Looked)>,
) -> Assessment {
    let alone = looked.len() == 1;
    let sites = looked.into_iter().map(|(parcel, looked)| {
        let (told, _) = judge_with(asked, on, (&parcel, looked), alone, None);
        Site { parcel, told }
    });
    let mut sites: Vec<Site> = sites.collect();
    rank(&mut sites);
    Assessment { rules: asked.rules().clone(), use_at: asked.use_at(), on, sites }
}

/// Judges one site, with what offices `said` of it; and where that contradicts what is known.
fn judge_with(
    asked: &SitesAsked,
    on: Date,
    (parcel, looked): (&ParcelCode, Looked),
    alone: bool,
    said: Option<&Facts>,
) -> (Told, Vec<Disputed>) {
    let told = match looked {
        Looked::Nothing(near) => Told::Nothing { near },
        Looked::At(..) if !asked.rules().is_for(parcel) => Told::OtherRules,
        Looked::At(place, _) if place.lineage.ended => Told::Ended(place.lineage),
        Looked::At(place, closed) => match judge(asked, on, (&place, &closed), alone, said) {
            Some((judged, disputed)) => return (Told::Judged(Box::new(judged)), disputed),
            None => Told::OtherRules,
        },
    };
    (told, Vec::new())
}

/// `None` for a use that the rules do not have.
fn judge(
    asked: &SitesAsked,
    on: Date,
    (place, closed): (&Place, &Closed),
    alone: bool,
    said: Option<&Facts>,
) -> Option<(Judged, Vec<Disputed>)> {
    let (rules, use_at, profile) = (asked.rules(), asked.use_at(), &place.profile);
    let told = facts::of(rules, use_at, on, (profile, closed), asked.answers());
    let from = (profile.version.clone(), profile.policy.clone());
    let (judged, disputed) = judge_facts((rules, use_at, on), (told, said), alone, from)?;
    let judged = Judged {
        location: profile.fact(Field::Location).cloned(),
        centroid: profile.centroid,
        outline: profile.outline.clone().filter(|_| !alone && said.is_none()),
        ..judged
    };
    Some((judged, disputed))
}

/// What can be said of a site of which this is `told`, with what offices `said` of it; and where that contradicts what is
/// known. Where it lies is its caller's to say. `None` for a use that the rules do not have.
fn judge_facts(
    (rules, use_at, on): (&RuleSet, usize, Date),
    (told, said): (Facts, Option<&Facts>),
    alone: bool,
    (version, policy): (DataVersion, String),
) -> Option<(Judged, Vec<Disputed>)> {
    let laid = said.map(|said| told.with_said(said));
    let facts = laid.as_ref().map_or(&told, |(facts, _)| facts);
    let verdict = rules.assess(use_at, facts, on)?;
    let otherwise = alone.then(|| rules.otherwise(use_at, facts, on));
    let (changes, other_uses) = otherwise.map(|it| (it.changes, it.other_uses)).unzip();
    let judged = Judged {
        location: None,
        centroid: None,
        outline: None,
        version,
        policy,
        changes,
        other_uses,
        scored: rules.score(use_at, facts),
        among: None,
        verdict,
        facts: told,
    };
    Some((judged, laid.map(|(_, disputed)| disputed).unwrap_or_default()))
}

/// Says of each site that has scores how it stands among those that have. A site that is refused stands among
/// none: what a place may not be chosen for it is no better or worse at.
fn rank(sites: &mut [Site]) {
    let scored = |site: &Site| match &site.told {
        Told::Judged(judged) if !judged.is_refused() => judged.scored.clone(),
        _ => None,
    };
    let (places, scores): (Vec<usize>, Vec<Scored>) =
        sites.iter().enumerate().filter_map(|(at, site)| Some((at, scored(site)?))).unzip();
    let Ok(ranks) = compare(&scores) else { return };
    for (at, mut rank) in places.iter().zip(ranks) {
        for other in &mut rank.dominated_by {
            *other = places[*other];
        }
        if let Told::Judged(judged) = &mut sites[*at].told {
            judged.among = Some(rank);
        }
    }
}
