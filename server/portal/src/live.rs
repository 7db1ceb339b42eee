//! The store as pages and REST see it: every record passes the policy here, and nowhere else.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use app::portal::{
    DepartmentProgress, Example, LabelReading, MapAround, Place, Portal, RequestView, SearchHit,
    Standing, Unavailable,
};
use async_trait::async_trait;
use domain::{
    Clock, LandCode, Localized,
    base_map::Bounds,
    clock::china_date,
    dataset::DataVersion,
    policy::{Policy, PolicyError},
    profile::PublicProfile,
    request::{ReceiptKey, RequestNumber},
    viewer::{Tier, Viewer},
};
use store::{DeliveryState, SearchQuery, Store, StoreError};

use crate::{label_keys, labels};

/// How far around a place the map reaches: at least this many metres each way.
const MARGIN_M: f64 = 120.0;
/// Most base map features drawn around one place.
const BASE_LIMIT: usize = 600;
/// Longest list a search gives.
const SEARCH_LIMIT: usize = 30;

/// The portal over a store.
pub struct LivePortal {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    receipts: ReceiptKey,
    policies: Vec<Policy>,
    departments: BTreeMap<String, Localized>,
    label_keys: Option<PathBuf>,
}

impl std::fmt::Debug for LivePortal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LivePortal").finish_non_exhaustive()
    }
}

impl LivePortal {
    /// A portal with the embedded policies.
    ///
    /// # Errors
    /// [`PolicyError`] when an embedded policy does not read.
    pub fn new(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        receipts: ReceiptKey,
        departments: BTreeMap<String, Localized>,
    ) -> Result<Self, PolicyError> {
        Ok(Self {
            store,
            clock,
            receipts,
            policies: Policy::embedded()?,
            departments,
            label_keys: None,
        })
    }

    /// The same portal with the label keys of a data folder; without them it knows no label.
    #[must_use]
    pub fn with_label_keys(self, folder: PathBuf) -> Self {
        Self { label_keys: Some(folder), ..self }
    }

    fn policy_of(&self, version: &DataVersion) -> Option<&Policy> {
        let found = self.policies.iter().find(|policy| policy.id == version.dataset.policy);
        if found.is_none() {
            tracing::error!(
                dataset.id = version.dataset.id,
                policy.id = version.dataset.policy,
                "a data set names a policy that does not exist; nothing of it is shown"
            );
        }
        found
    }
}

impl LivePortal {
    /// What the policy lets out of a place, without its map.
    async fn disclosed(
        &self,
        code: &LandCode,
        viewer: &Viewer,
    ) -> Result<Option<PublicProfile>, Unavailable> {
        let Some(record) = self.store.record(code).await.map_err(unavailable)? else {
            return Ok(None);
        };
        let asked = code.unit();
        // A unit that does not exist is not told from one that may not be seen.
        if asked.is_some() && record.unit.is_none() {
            return Ok(None);
        }
        let today = china_date(self.clock.now());
        Ok(self
            .policy_of(&record.version)
            .and_then(|policy| policy.disclose(&record, asked.as_ref(), viewer, today)))
    }
}

/// Notes a storage failure once, here, and tells the visitor only that there was one.
#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn unavailable(error: StoreError) -> Unavailable {
    tracing::error!(error = %error, "storage did not answer");
    Unavailable
}

#[async_trait]
impl Portal for LivePortal {
    async fn place(&self, code: &LandCode, viewer: &Viewer) -> Result<Option<Place>, Unavailable> {
        let Some(mut profile) = self.disclosed(code, viewer).await? else { return Ok(None) };
        for related in [&mut profile.predecessors, &mut profile.successors] {
            // One that may not be shown must not be named either.
            let mut shown = Vec::new();
            for code in related.drain(..) {
                if self.disclosed(&LandCode::Parcel(code), viewer).await?.is_some() {
                    shown.push(code);
                }
            }
            *related = shown;
        }
        let map = match bounds_around(&profile) {
            None => None,
            Some(bounds) => {
                let dataset = &profile.version.dataset.id;
                let base = self.store.base_map(dataset, bounds, BASE_LIMIT).await;
                Some(MapAround { bounds, base: base.map_err(unavailable)? })
            }
        };
        Ok(Some(Place { profile, map }))
    }

    async fn search(&self, text: &str) -> Result<Vec<SearchHit>, Unavailable> {
        let query = SearchQuery { text: text.to_owned(), bounds: None, limit: SEARCH_LIMIT };
        let hits = self.store.search(&query).await.map_err(unavailable)?;
        let versions = self.store.versions().await.map_err(unavailable)?;
        Ok(hits
            .into_iter()
            .filter_map(|hit| {
                let version = versions.iter().find(|v| v.dataset.id == hit.dataset)?;
                let shown = Listed::of(self.policy_of(version)?);
                shown.code.then(|| SearchHit {
                    code: hit.code,
                    local_id: hit.local_id.filter(|_| shown.local_id),
                    location: hit.location.filter(|_| shown.location),
                    dataset: version.dataset.title.clone(),
                })
            })
            .collect())
    }

    async fn versions(&self) -> Result<Vec<DataVersion>, Unavailable> {
        self.store.versions().await.map_err(unavailable)
    }

    async fn examples(&self) -> Result<Vec<Example>, Unavailable> {
        let mut examples = Vec::new();
        for (code, title) in intake::demo::examples() {
            // Only what the loaded data really have.
            if self.disclosed(&code, &Viewer::public()).await?.is_some() {
                examples.push(Example { code, title });
            }
        }
        Ok(examples)
    }

    async fn request(
        &self,
        number: &RequestNumber,
        secret: &str,
    ) -> Result<Option<RequestView>, Unavailable> {
        if !self.receipts.opens(number, secret) {
            return Ok(None);
        }
        let Some(request) = self.store.request(number).await.map_err(unavailable)? else {
            return Ok(None);
        };
        let deliveries = self.store.deliveries_of(number).await.map_err(unavailable)?;
        let departments = deliveries
            .into_iter()
            .map(|delivery| DepartmentProgress {
                department: self
                    .departments
                    .get(&delivery.department)
                    .cloned()
                    .unwrap_or_else(|| Localized::same(delivery.department)),
                standing: match delivery.state {
                    DeliveryState::Pending | DeliveryState::Ambiguous => Standing::Waiting {
                        attempts: delivery.attempts,
                        next: delivery.next_attempt_at,
                    },
                    DeliveryState::Delivered => Standing::Delivered,
                    DeliveryState::Stuck => Standing::WithStaff,
                },
            })
            .collect();
        Ok(Some(RequestView {
            number: request.number.clone(),
            item: request.submission.item.clone(),
            code: request.submission.code,
            submitted_at: request.submitted_at,
            state: request.state(),
            reference: request.reference().map(str::to_owned),
            events: request.events,
            departments,
        }))
    }

    async fn label(
        &self,
        text: &str,
        host: &str,
        viewer: &Viewer,
    ) -> Result<LabelReading, Unavailable> {
        let Some(folder) = &self.label_keys else { return Ok(LabelReading::NotIssued) };
        // Read each time: a key that is rotated or retired beside us counts at once.
        let ring = label_keys::read(folder).map_err(|error| {
            tracing::error!(error = %error, "the label keys cannot be used");
            Unavailable
        })?;
        match labels::find(&*self.store, &ring, text, host).await.map_err(unavailable)? {
            None => Ok(LabelReading::NotIssued),
            Some(issued) => labels::reading(self, issued, viewer).await,
        }
    }

    fn policies(&self) -> &[Policy] {
        &self.policies
    }
}

/// Which fields of a list entry a policy shows to everybody.
struct Listed {
    code: bool,
    local_id: bool,
    location: bool,
}

impl Listed {
    fn of(policy: &Policy) -> Self {
        use domain::policy::{Disclosure, Field};
        let shown = |field| policy.cell(field, Tier::Public) == Disclosure::Show;
        Self {
            code: shown(Field::ParcelCode),
            local_id: shown(Field::LocalId),
            location: shown(Field::Location),
        }
    }
}

/// The box of a place's map: twice its own size, and never less than the margin around it.
#[must_use]
pub fn bounds_around(profile: &PublicProfile) -> Option<Bounds> {
    use geo::BoundingRect;
    let (min, max) = match (&profile.outline, profile.centroid) {
        (Some(outline), _) => {
            let rect = outline.outline.bounding_rect()?;
            (rect.min(), rect.max())
        }
        (None, Some((x, y))) => (geo::coord! { x: x, y: y }, geo::coord! { x: x, y: y }),
        (None, None) => return None,
    };
    let north_m = 111_320.0;
    let east_m = north_m * min.y.to_radians().cos().max(0.01);
    let grow_x = ((max.x - min.x) * 0.5).max(MARGIN_M / east_m);
    let grow_y = ((max.y - min.y) * 0.5).max(MARGIN_M / north_m);
    Some(Bounds {
        west: min.x - grow_x,
        south: min.y - grow_y,
        east: max.x + grow_x,
        north: max.y + grow_y,
    })
}
