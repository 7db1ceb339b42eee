//! Where land and requests are kept.
//!
//! The traits here are what the rest of the server sees; [`sqlite`] is the embedded
//! implementation. No policy, no HTTP: what comes out of [`Land`] is a record that only the
//! disclosure policy may turn into something public.

mod audit;
mod deliveries;
mod error;
mod labels;
mod land;
mod requests;
pub mod sqlite;
mod versions;

pub use audit::{Audit, DailyCap, Noted, StoredEntry};
pub use deliveries::{
    Backlog, Deliveries, DeliveryAct, DeliveryEvent, DeliveryFilter, DeliveryRecord, Intervened,
    Intervener, Intervention,
};
pub use domain::base_map::{BaseFeature, BaseKind, Bounds};
pub use error::StoreError;
pub use labels::{IssuedLabel, Labels, NewLabel, Withdrawal, Withdrawn};
pub use land::{
    BaseMap, CurrentVersion, Ending, Imports, Land, LandWriter, LayerToStore, ParcelHit,
    PiecesNear, RestrictionFeature, SearchQuery, SharedCodes,
};
pub use requests::{
    Delivery, DeliveryId, DeliveryOutcome, DeliveryState, DeliveryStatus, DepartmentWord, Heard,
    NewRequest, Outbox, Requests, Round, Submitted,
};
pub use sqlite::SqliteStore;
pub use versions::{Change, Cleared, ListedVersion, RolledBack, VersionState, Versions};

/// Everything the server needs of its storage.
pub trait Store: Land + Versions + Requests + Outbox + Deliveries + Audit + Labels {}

impl<S: Land + Versions + Requests + Outbox + Deliveries + Audit + Labels> Store for S {}
