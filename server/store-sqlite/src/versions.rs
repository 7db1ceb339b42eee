//! Data versions: what is said of the current ones, kept in memory; rolling back; clearing.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use async_trait::async_trait;
use domain::{dataset::DataVersion, restriction::LayerInfo};
use rusqlite::{Connection, OptionalExtension, Row, Transaction};
use store::{
    Change, Cleared, Listed, ListedVersion, RolledBack, StoreError, VersionState, Versions,
};

use super::{
    SqliteStore, classified,
    error::{SqliteError, row_or_fault},
    import::{self, clean},
    in_transaction, open_writer, room, searchable, sync,
    value::{corrupt, from_json, instant, read_instant, read_version, shown, text, text_or_null},
};

/// What never changes of a published version, by its row id, which is never used again.
#[derive(Default)]
pub(super) struct VersionCache(RwLock<HashMap<i64, Arc<VersionFacts>>>);

pub(super) struct VersionFacts {
    pub(super) version: DataVersion,
    pub(super) layers: Vec<Arc<LayerInfo>>,
}

impl VersionCache {
    pub(super) fn get(
        &self,
        connection: &Connection,
        id: i64,
    ) -> Result<Arc<VersionFacts>, SqliteError> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned();
        if let Some(facts) = known {
            return Ok(facts);
        }
        let version = connection
            .prepare_cached("select info, number, imported_at from data_version where id = ?1")?
            .query_one([id], |row| Ok(read_version(row)))??;
        let layers = connection
            .prepare_cached("select info from layer where version_id = ?1 order by id")?
            .query_and_then([id], |row| from_json("layer", text(row, 0)?).map(Arc::new))?
            .collect::<Result<_, SqliteError>>()?;
        let facts = Arc::new(VersionFacts { version, layers });
        let mut cache = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // What a newer version has replaced is not asked for again.
        let dataset = &facts.version.dataset.id;
        cache.retain(|old, kept| *old > id || &kept.version.dataset.id != dataset);
        cache.insert(id, Arc::clone(&facts));
        Ok(facts)
    }
}

#[async_trait]
impl Versions for SqliteStore {
    async fn history(&self) -> Result<Listed<ListedVersion>, StoreError> {
        self.read(|connection, _| {
            connection
                .prepare_cached(
                    "select info, number, imported_at, state,
                         withdrawn_at, withdrawn_by, restored_at, restored_by,
                         (select count(*) from parcel where version_id = v.id),
                         (select count(*) from layer where version_id = v.id), dataset
                     from data_version v where number is not null order by dataset, number",
                )?
                .query_and_then([], |row| {
                    let place = format!("data_version/{}/{}", shown(row, 10), shown(row, 1));
                    row_or_fault(place, listed(row))
                })?
                .collect()
        })
        .await
    }

    async fn has_been(&self, dataset: &str, number: u32) -> Result<bool, StoreError> {
        let dataset = dataset.to_owned();
        self.read(move |connection, _| {
            let sql =
                "select exists (select 1 from data_version where dataset = ?1 and number = ?2)";
            let mut found = connection.prepare_cached(sql)?;
            Ok(found.query_row((dataset, number), |row| row.get(0))?)
        })
        .await
    }

    async fn roll_back(
        &self,
        dataset: &str,
        to: Option<u32>,
        change: &Change,
    ) -> Result<RolledBack, StoreError> {
        let store = self.clone();
        let (dataset, change) = (dataset.to_owned(), change.clone());
        let roll_back = move || store.roll_back_now(&dataset, to, &change);
        Ok(tokio::task::spawn_blocking(roll_back).await.or(Err(StoreError::Stopped))??)
    }

    async fn clear_left_over(&self) -> Result<Cleared, StoreError> {
        let store = self.clone();
        let clear = move || {
            let _lock = match import::lock(&store.inner.folder) {
                Err(SqliteError::Store(StoreError::ImportRunning)) => {
                    return Ok(Cleared::ImportRunning);
                }
                other => other?,
            };
            let mut connection = open_writer(&store.inner.folder, &store.inner.key)?;
            sync(&connection, "normal")?;
            let any = clean::remove_left_over(&mut connection)?;
            room::fold_log(&connection, &store.inner.folder);
            Ok(if any { Cleared::Removed } else { Cleared::Nothing })
        };
        tokio::task::spawn_blocking(clear).await.or(Err(StoreError::Stopped))?
    }
}

impl SqliteStore {
    fn roll_back_now(
        &self,
        dataset: &str,
        to: Option<u32>,
        change: &Change,
    ) -> Result<RolledBack, SqliteError> {
        let folder = &self.inner.folder;
        let _lock = import::lock(folder)?;
        let mut connection = open_writer(folder, &self.inner.key)?;
        let (from, to) = chosen(&connection, dataset, to)?;
        // Nobody reads these rows before the version is current, and one cut off here goes on here.
        sync(&connection, "normal")?;
        searchable::fill(&mut connection, to.0)?;
        sync(&connection, "full")?;
        // The version classifies again what it did.
        let withdrawn = is_withdrawn(from.1.number, to.1.number).then_some(from.0);
        classified::gather(&connection, to.0, withdrawn, &self.inner.key)?;
        in_transaction(&mut connection, |transaction| {
            make_current(transaction, (from.0, from.1.number), (to.0, to.1.number), change)?;
            classified::scrub(transaction)
        })?;
        classified::wipe(&connection);
        sync(&connection, "normal")?;
        if let Err(error) = clean::remove_left_over(&mut connection) {
            tracing::warn!(%error, "the version rolled back from is still in the search tables");
        }
        Ok(RolledBack { from: from.1, to: to.1 })
    }
}

/// A version under its row id.
type Stored = (i64, DataVersion);

/// The current version of a data set, and the kept one to go to.
fn chosen(
    connection: &Connection,
    dataset: &str,
    to: Option<u32>,
) -> Result<(Stored, Stored), SqliteError> {
    let refused = |reason| SqliteError::from(StoreError::NoRollback { reason, kept: None });
    let find = |condition: &str, number: Option<u32>| {
        let sql = format!(
            "select info, number, imported_at, id from data_version
             where dataset = ?1 and (?2 is null or number = ?2) and {condition}
             order by number desc limit 1"
        );
        connection
            .prepare(&sql)?
            .query_row((dataset, number), |row| Ok((row.get(3)?, read_version(row))))
            .optional()?
            .map(|(id, version)| Ok::<_, SqliteError>((id, version?)))
            .transpose()
    };
    let Some(from) = find("state = 'current'", None)? else {
        let known: Option<String> = connection.query_one(
            "select group_concat(dataset, ', ' order by id) from data_version
             where state = 'current'",
            [],
            |row| row.get(0),
        )?;
        let known = known.unwrap_or_else(|| "none".to_owned());
        return Err(refused(format!("there is no data set `{dataset}`; there are: {known}")));
    };
    let label = from.1.label();
    if to == Some(from.1.number) {
        return Err(refused(format!("{label} is current already")));
    }
    let Some(kept) = find("state = 'superseded'", to)? else {
        return Err(refused(match (to, find("state <> 'staged'", to)?) {
            (Some(number), None) => format!("there never was a version {dataset}/{number}"),
            (Some(number), Some(_)) => format!(
                "the rows of {dataset}/{number} are gone: one version beside the current one is \
                 kept; import its files again"
            ),
            (None, _) => format!("{label} is the only version whose rows are there"),
        }));
    };
    // Forward only by name: going back twice must not be going nowhere.
    if to.is_none() && kept.1.number > from.1.number {
        let reason =
            format!("there is no version before {label}; {} was rolled back", kept.1.label());
        return Err(StoreError::NoRollback { reason, kept: Some(kept.1.number) }.into());
    }
    Ok((from, kept))
}

/// Whether a version does not count any more once the other one is current again: it came later.
fn is_withdrawn(from: u32, to: u32) -> bool {
    to < from
}

/// Changes which version is read, and writes into both rows who did it.
fn make_current(
    transaction: &Transaction<'_>,
    (from, from_number): (i64, u32),
    (to, to_number): (i64, u32),
    change: &Change,
) -> Result<(), SqliteError> {
    transaction.execute("update data_version set state = 'superseded' where id = ?1", [from])?;
    let at = instant(change.at);
    if is_withdrawn(from_number, to_number) {
        transaction.execute(
            "update data_version set withdrawn_at = ?2, withdrawn_by = ?3 where id = ?1",
            (from, &at, &change.by),
        )?;
    }
    transaction.execute(
        "update data_version set state = 'current', withdrawn_at = null, withdrawn_by = null,
             restored_at = ?2, restored_by = ?3
         where id = ?1",
        (to, &at, &change.by),
    )?;
    Ok(())
}

fn listed(row: &Row<'_>) -> Result<ListedVersion, SqliteError> {
    let state = match text(row, 3)? {
        "current" => VersionState::Current,
        "superseded" => VersionState::Kept,
        "past" => VersionState::Past,
        other => return Err(corrupt("version state")(other)),
    };
    let change = |at, by| -> Result<Option<Change>, SqliteError> {
        let Some(at) = text_or_null(row, at)? else { return Ok(None) };
        Ok(Some(Change { at: read_instant(at)?, by: text(row, by)?.to_owned() }))
    };
    let rows = |count| -> Result<Option<u64>, SqliteError> {
        let count = u64::try_from(row.get::<_, i64>(count)?).unwrap_or_default();
        Ok((state != VersionState::Past).then_some(count))
    };
    Ok(ListedVersion {
        version: read_version(row)?,
        state,
        parcels: rows(8)?,
        layers: rows(9)?,
        withdrawn: change(4, 5)?,
        restored: change(6, 7)?,
    })
}
