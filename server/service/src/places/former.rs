//! A place by the data before: from rows that are kept, by the policy, the day and the closures of today
//! (rule P12).

use domain::{
    LandCode,
    audit::Withheld,
    clock::china_date,
    dataset::DataVersion,
    viewer::{Tier, Viewer},
};
use jiff::civil::Date;
use service_api::{
    Refusal, Unavailable, Visit,
    former::{AsOf, Before, PlaceChanges},
};
use store::{ListedVersion, VersionState};

use super::PortalService;
use crate::{
    disclosure::{Disclosed, Shown, unavailable},
    near_misses,
};

/// Versions by data set and number.
type Versions = Vec<(String, u32)>;

/// Which data were current at the end of a day in China.
struct Then {
    versions: Versions,
    /// Whether they are all the current ones.
    current: bool,
    /// The first day of which it can be said of every data set, where it cannot be of this one.
    unknown_before: Option<Date>,
}

/// The version before the current one of its data set, where it may be held against it: kept, never rolled
/// back from, and shown by the same policy.
fn before<'v>(rows: &'v [ListedVersion], now: &ListedVersion) -> Option<&'v DataVersion> {
    let own = &now.version;
    let same = |version: &DataVersion| {
        let (one, other) = (&version.dataset, &own.dataset);
        (&one.id, &one.policy, one.demonstration) == (&other.id, &other.policy, other.demonstration)
    };
    let kept = rows.iter().find(|row| {
        row.state == VersionState::Kept
            && row.withdrawn.is_none()
            && row.version.number < own.number
            && same(&row.version)
    });
    kept.map(|row| &row.version)
}

impl Then {
    fn of(rows: &[ListedVersion], day: Date) -> Self {
        let mut then = Self { versions: Vec::new(), current: true, unknown_before: None };
        for now in rows.iter().filter(|row| row.state == VersionState::Current) {
            let dataset = &now.version.dataset.id;
            // Who went back and forth between versions: since the last time it is this one.
            let own = rows.iter().filter(|row| row.version.dataset.id == *dataset);
            let turned = own.flat_map(|row| [&row.withdrawn, &row.restored]).flatten();
            let turned = turned.map(|change| china_date(change.at)).max();
            let since = china_date(now.version.imported_at).max(turned.unwrap_or(Date::MIN));
            if since <= day {
                then.versions.push((dataset.clone(), now.version.number));
                continue;
            }
            then.current = false;
            let kept = before(rows, now).filter(|_| turned.is_none());
            let kept_since = kept.map(|kept| china_date(kept.imported_at));
            match (kept, kept_since) {
                (Some(kept), Some(from)) if from <= day => {
                    then.versions.push((dataset.clone(), kept.number));
                }
                // Before its first version as well: that nothing was known of a place is not that nothing was there.
                _ => {
                    let from = kept_since.unwrap_or(since);
                    then.unknown_before = then.unknown_before.max(Some(from));
                }
            }
        }
        then
    }
}

impl PortalService {
    /// What everybody may see of a place by these versions; `None` where they are gone meanwhile.
    async fn by(
        &self,
        code: &LandCode,
        versions: &Versions,
    ) -> Result<Option<Disclosed>, Unavailable> {
        let (gate, code) = (self.gate.clone(), *code);
        let read = store::read_former(&*self.gate.store, versions, move |moment| {
            gate.disclosed_at(moment, &code, &Viewer::public())
        });
        read.await.map_err(unavailable)
    }

    async fn withheld(&self, visit: &Visit, code: &LandCode, found: &Disclosed) {
        let (reason, policy) = match found {
            Disclosed::Shown(_) => return,
            Disclosed::NoRecord => (Withheld::Unknown, None),
            Disclosed::Denied(policy) => (Withheld::Policy, Some(policy.clone())),
        };
        self.audit.withheld(&visit.viewer, code, reason, policy).await;
    }

    async fn history(&self) -> Result<Vec<ListedVersion>, Unavailable> {
        Ok(self.gate.store.history().await.map_err(unavailable)?.rows)
    }

    async fn find_as_of(
        &self,
        visit: &Visit,
        code: &LandCode,
        day: Date,
        then: &Then,
    ) -> Result<Option<AsOf>, Unavailable> {
        let Some(found) = self.by(code, &then.versions).await? else { return Ok(None) };
        self.withheld(visit, code, &found).await;
        let now = self.gate.disclosed(code, &Viewer::public()).await?;
        if answered_by_another(&now, &found) {
            return Ok(None);
        }
        Ok(match found {
            Disclosed::Shown(shown) => Some(AsOf::Then(Box::new(place_of(*shown, Some(day))))),
            Disclosed::NoRecord | Disclosed::Denied(_) => None,
        })
    }

    async fn find_changes(
        &self,
        visit: &Visit,
        code: &LandCode,
    ) -> Result<Option<PlaceChanges>, Unavailable> {
        let now = self.gate.disclosed(code, &Viewer::public()).await?;
        self.withheld(visit, code, &now).await;
        let Disclosed::Shown(shown) = now else { return Ok(None) };
        let now = place_of(*shown, None);
        let rows = self.history().await?;
        let current = || rows.iter().filter(|row| row.state == VersionState::Current);
        let dataset = &now.profile.version.dataset.id;
        let own = current().find(|row| row.version.dataset.id == *dataset);
        let Some(kept) = own.and_then(|own| before(&rows, own)) else {
            return Ok(Some(PlaceChanges { now, before: Before::NotKept }));
        };
        let versions = current().map(|row| {
            let version = &row.version;
            let number = if version.dataset.id == *dataset { kept.number } else { version.number };
            (version.dataset.id.clone(), number)
        });
        let before = match self.by(code, &versions.collect()).await? {
            Some(Disclosed::Shown(shown)) => Before::Was(Box::new(place_of(*shown, None))),
            Some(Disclosed::NoRecord | Disclosed::Denied(_)) => Before::Nothing(kept.clone()),
            None => Before::NotKept,
        };
        Ok(Some(PlaceChanges { now, before }))
    }

    pub(super) async fn seen_as_of(
        &self,
        visit: &Visit,
        code: &LandCode,
        day: Date,
    ) -> Result<AsOf, Refusal> {
        let then = Then::of(&self.history().await.map_err(Refusal::Unavailable)?, day);
        // Nothing is looked for, whatever the code: neither found nor missed (rule P6).
        if then.current {
            return Ok(AsOf::Current);
        }
        if let (true, Some(from)) = (then.versions.is_empty(), then.unknown_before) {
            return Ok(AsOf::NotKept { from });
        }
        let near = near_misses::offered(&self.gate, code);
        let looked = self.find_as_of(visit, code, day, &then);
        match (self.admission.look(visit, code, looked, near).await, then.unknown_before) {
            // Of a code that was looked for in what is kept and not found: waited for and counted as any other
            // *no* is, and the same whether it may not be shown or is not there (rules P5, P6).
            (Err(Refusal::Nothing { .. }), Some(from)) => Ok(AsOf::NotKept { from }),
            (answer, _) => answer,
        }
    }

    pub(super) async fn told_of_changes(
        &self,
        visit: &Visit,
        code: &LandCode,
    ) -> Result<PlaceChanges, Refusal> {
        let near = near_misses::offered(&self.gate, code);
        self.admission.look(visit, code, self.find_changes(visit, code), near).await
    }
}

/// Whether the code is another data set's to answer for since: what that withholds today was not public then
/// either (rules P2, P12).
fn answered_by_another(now: &Disclosed, then: &Disclosed) -> bool {
    match (now, then) {
        (Disclosed::Denied(_), _) => true,
        (Disclosed::Shown(now), Disclosed::Shown(then)) => {
            now.profile.version.dataset.id != then.profile.version.dataset.id
        }
        _ => false,
    }
}

fn place_of(shown: Shown, as_of: Option<Date>) -> service_api::Place {
    service_api::Place { as_of, ..shown.seen(Tier::Public).place }
}
