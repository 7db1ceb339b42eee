//! What is said of the current data versions, kept in memory.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::{dataset::DataVersion, restriction::LayerInfo};
use rusqlite::{Connection, Row};

use super::value::{from_json, read_instant, text};
use crate::StoreError;

/// What never changes of a published version, by its row id, which is never used again.
#[derive(Default)]
pub(super) struct VersionCache(RwLock<HashMap<i64, Arc<VersionFacts>>>);

pub(super) struct VersionFacts {
    pub(super) version: DataVersion,
    pub(super) layers: Vec<LayerInfo>,
}

impl VersionCache {
    pub(super) fn get(
        &self,
        connection: &Connection,
        id: i64,
    ) -> Result<Arc<VersionFacts>, StoreError> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(facts) = known {
            return Ok(facts);
        }
        let version = connection
            .prepare_cached("select info, number, imported_at from data_version where id = ?1")?
            .query_one([id], |row| Ok(read_version(row)))??;
        let layers = connection
            .prepare_cached("select info from layer where version_id = ?1 order by id")?
            .query_and_then([id], |row| from_json("layer", text(row, 0)?))?
            .collect::<Result<_, StoreError>>()?;
        let facts = Arc::new(VersionFacts { version, layers });
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // What a newer version has replaced is not asked for again.
        let dataset = &facts.version.dataset.id;
        cache.retain(|old, kept| *old > id || &kept.version.dataset.id != dataset);
        cache.insert(id, Arc::clone(&facts));
        Ok(facts)
    }
}

/// Reads the columns `info, number, imported_at`.
pub(super) fn read_version(row: &Row<'_>) -> Result<DataVersion, StoreError> {
    Ok(DataVersion {
        dataset: from_json("data set", text(row, 0)?)?,
        number: row.get(1)?,
        imported_at: read_instant(text(row, 2)?)?,
    })
}
