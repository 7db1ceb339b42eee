//! What the current versions have to give out as a whole, kept while they are current: to find it, the boxes of a base
//! map are gone through.

use std::sync::{Arc, Mutex, PoisonError};

use domain::dataset::{DataVersion, Epoch};
use store::Shelves;

/// Each current version with its shelves.
pub(crate) type VersionShelves = Vec<(DataVersion, Shelves)>;

/// Those of the state of the data that was asked for last.
#[derive(Debug, Default)]
pub(crate) struct KnownShelves(Mutex<Option<(Epoch, Arc<VersionShelves>)>>);

impl KnownShelves {
    /// Those of this state, where they are known.
    pub(crate) fn of(&self, epoch: Epoch) -> Option<Arc<VersionShelves>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(of, _)| *of == epoch).map(|(_, shelves)| shelves.clone())
    }

    /// Keeps them, and forgets those of another state.
    pub(crate) fn note(&self, epoch: Epoch, shelves: Arc<VersionShelves>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((epoch, shelves));
    }
}
