//! Looking things up.

use std::{sync::atomic::Ordering, time::Instant};

use async_trait::async_trait;
use domain::{
    ParcelCode,
    among::Surroundings,
    closed::Cell,
    code::LandCode,
    dataset::{DataVersion, Epoch},
    extent::FoundFeature,
    lineage::Succession,
    record::LandRecord,
};
use rusqlite::{Connection, OptionalExtension};
use store::{
    Around, BaseFeature, BaseMap, Bounds, Land, Look, MostRead, OnShelf, Question, Reading,
    SearchQuery, SearchResult, Shelf, ShelfPage, Shelves, Snapshot, StoreError,
};

use super::{
    SqliteStore,
    error::SqliteError,
    former, geometry, ground, land_record, lineage, look,
    map::ClosedCells,
    naming,
    pool::Stop,
    search, shelf,
    value::{blob, from_json, read_parcel_code, text},
    versions::VersionCache,
};

#[async_trait]
impl Land for SqliteStore {
    fn epoch(&self) -> Result<Epoch, StoreError> {
        if self.inner.damaged.load(Ordering::Relaxed) {
            return Err(StoreError::Damaged);
        }
        self.inner.epoch.now().map_err(|error| self.noticed(error))
    }

    async fn at_one_moment(&self, reading: Reading) -> Result<(), StoreError> {
        let store = self.clone();
        self.read(move |connection, _| {
            reading(&Moment { store: &store, connection });
            Ok(())
        })
        .await
    }

    async fn at_former_moment(
        &self,
        versions: &[(String, u32)],
        reading: Reading,
    ) -> Result<bool, StoreError> {
        let (store, versions) = (self.clone(), versions.to_vec());
        let stop = Stop::default();
        let _caller = stop.caller();
        let looking_back = self.inner.looking_back.acquire();
        let _leave = looking_back.await.or(Err(StoreError::Stopped))?;
        let look = move || {
            let mut connection = former::open(&store.inner.folder, &store.inner.key)?;
            stop.guard(&mut connection)?;
            let transaction = connection.transaction()?;
            let stand = former::stand_in(&transaction, &versions)?;
            if stand {
                reading(&Moment { store: &store, connection: &transaction });
            }
            Ok::<_, SqliteError>(stand)
        };
        let looked = tokio::task::spawn_blocking(look).await.or(Err(StoreError::Stopped))?;
        looked.map_err(|error| self.noticed(error))
    }

    async fn versions(&self) -> Result<Vec<DataVersion>, StoreError> {
        self.read(current_versions).await
    }

    async fn record(&self, code: &LandCode) -> Result<Option<LandRecord>, StoreError> {
        let (parcel, unit) = (code.parcel(), code.unit());
        self.read(move |connection, versions| {
            land_record::record(connection, versions, &parcel, unit)
        })
        .await
    }

    async fn look(&self, question: &Question) -> Result<Look, StoreError> {
        let question = question.clone();
        self.read(move |connection, versions| look::look(connection, versions, &question)).await
    }

    async fn recorded(
        &self,
        codes: &[ParcelCode],
        datasets: &[String],
    ) -> Result<Vec<ParcelCode>, StoreError> {
        let (mut codes, datasets) = (codes.to_vec(), serde_json::json!(datasets).to_string());
        self.read(move |connection, _| {
            let mut fault = None;
            codes.retain(|code| {
                naming::is_recorded(connection, code, &datasets).unwrap_or_else(|error| {
                    fault = Some(error);
                    false
                })
            });
            fault.map_or(Ok(codes), Err)
        })
        .await
    }

    async fn is_classified(&self, code: &ParcelCode) -> Result<bool, StoreError> {
        let code = *code;
        self.read(move |connection, _| is_classified(connection, &code)).await
    }

    async fn lineage(&self, code: &ParcelCode) -> Result<Vec<Succession>, StoreError> {
        let code = *code;
        self.read(move |connection, _| {
            let found = lineage::around(connection, code)?;
            Ok(found.into_iter().map(|found| found.tied.ties).collect())
        })
        .await
    }

    async fn former(&self, code: &ParcelCode) -> Result<Option<LandRecord>, StoreError> {
        let code = *code;
        self.read(move |connection, versions| lineage::former(connection, versions, code)).await
    }

    async fn search(&self, query: &SearchQuery) -> Result<SearchResult, StoreError> {
        let query = query.clone();
        let until = Instant::now() + search::LONGEST;
        let searching = self.inner.searching.acquire();
        let _leave = searching.await.or(Err(StoreError::Stopped))?;
        self.read_until(Some(until), move |connection, _| search::search(connection, &query)).await
    }

    async fn near_point(
        &self,
        point: (f64, f64),
        limit: u32,
    ) -> Result<Vec<ParcelCode>, StoreError> {
        self.read(move |connection, _| ground::near_point(connection, point, limit)).await
    }

    async fn found_features(
        &self,
        version: &DataVersion,
        code: &ParcelCode,
        layers: &[String],
    ) -> Result<Vec<FoundFeature>, StoreError> {
        let (dataset, number, code) = (version.dataset.id.clone(), version.number, *code);
        let layers = layers.to_vec();
        self.read(move |connection, _| {
            found_features(connection, (&dataset, number), &code, &layers)
        })
        .await
    }

    async fn base_map(
        &self,
        dataset: &str,
        bounds: Bounds,
        limit: usize,
    ) -> Result<BaseMap, StoreError> {
        let dataset = dataset.to_owned();
        self.read(move |connection, _| base_map(connection, &dataset, bounds, limit)).await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.read(|connection, _| {
            connection
                .prepare_cached("select count(*) from migration")?
                .query_one([], |_| Ok(()))?;
            Ok(())
        })
        .await?;
        self.write_little().await
    }

    async fn check_pages(&self) -> Result<(), StoreError> {
        self.read_every_page().await
    }
}

/// The store at one moment, on a connection within a read transaction.
struct Moment<'m> {
    store: &'m SqliteStore,
    connection: &'m Connection,
}

impl Moment<'_> {
    fn told<T>(&self, found: Result<T, SqliteError>) -> Result<T, StoreError> {
        found.map_err(|error| self.store.noticed(error))
    }
}

impl Snapshot for Moment<'_> {
    fn versions(&self) -> Result<Vec<DataVersion>, StoreError> {
        self.told(current_versions(self.connection, &self.store.inner.versions))
    }

    fn look(&self, question: &Question) -> Result<Look, StoreError> {
        self.told(look::look(self.connection, &self.store.inner.versions, question))
    }

    fn codes_after(
        &self,
        after: Option<&ParcelCode>,
        datasets: &[String],
        limit: usize,
    ) -> Result<Vec<ParcelCode>, StoreError> {
        self.told(codes_after(self.connection, after, datasets, limit))
    }

    fn found_features(
        &self,
        version: &DataVersion,
        code: &ParcelCode,
        layers: &[String],
    ) -> Result<Vec<FoundFeature>, StoreError> {
        let version = (version.dataset.id.as_str(), version.number);
        self.told(found_features(self.connection, version, code, layers))
    }

    fn base_map(&self, dataset: &str, bounds: Bounds, limit: usize) -> Result<BaseMap, StoreError> {
        self.told(base_map(self.connection, dataset, bounds, limit))
    }

    fn around(&self, boxes: &[Bounds], but: Option<&str>) -> Result<Vec<Around>, StoreError> {
        self.told(ground::around(self.connection, &self.store.inner.versions, boxes, but))
    }

    fn fill(&self, version: &DataVersion, surroundings: Surroundings) -> Result<bool, StoreError> {
        self.told(ground::fill(self.connection, version, surroundings))
    }

    fn parcels_near(
        &self,
        datasets: &[String],
        bounds: Bounds,
        limit: usize,
    ) -> Result<Option<Vec<ParcelCode>>, StoreError> {
        self.told(ground::parcels_near(self.connection, datasets, bounds, limit))
    }

    fn features_meeting(
        &self,
        version: &DataVersion,
        layers: &[String],
        bounds: Bounds,
        most: MostRead,
    ) -> Result<Option<Vec<FoundFeature>>, StoreError> {
        self.told(ground::features_meeting(self.connection, version, layers, bounds, most))
    }

    fn shelves(&self, version: &DataVersion) -> Result<Shelves, StoreError> {
        self.told(shelf::shelves(self.connection, version))
    }

    fn on_shelf(
        &self,
        version: &DataVersion,
        shelf: &Shelf,
        wanted: &OnShelf,
    ) -> Result<ShelfPage, StoreError> {
        self.told(shelf::on_shelf(self.connection, version, shelf, wanted))
    }

    fn shelf_bounds(
        &self,
        version: &DataVersion,
        shelf: &Shelf,
    ) -> Result<Option<Bounds>, StoreError> {
        self.told(shelf::bounds(self.connection, version, shelf))
    }

    fn is_closed(&self, cells: &[Cell]) -> Result<bool, StoreError> {
        let closed = ClosedCells::read(self.connection, None, &self.store.inner.key);
        let mut closed = self.told(closed)?;
        Ok(cells.iter().any(|cell| closed.has(*cell)))
    }

    fn hidden(&self, layer: &str, block: (i32, i32)) -> [u8; 16] {
        self.store.inner.key.digest_of_block(layer, block)
    }
}

fn current_versions(
    connection: &Connection,
    versions: &VersionCache,
) -> Result<Vec<DataVersion>, SqliteError> {
    let mut current = connection
        .prepare_cached("select id from data_version where state = 'current' order by id")?;
    let ids = current.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let facts = ids.into_iter().map(|id| versions.get(connection, id));
    facts.map(|facts| Ok(facts?.version.clone())).collect()
}

fn is_classified(connection: &Connection, code: &ParcelCode) -> Result<bool, SqliteError> {
    let found = connection
        .prepare_cached(
            "select 1 from classified_code c join data_version v on v.id = c.version_id
             where c.digest = code_digest(?1) and v.state = 'current'",
        )?
        .exists([code.as_str()])?;
    Ok(found)
}

/// Along the index of codes, from one page to the next: no page costs more than those before.
fn codes_after(
    connection: &Connection,
    after: Option<&ParcelCode>,
    datasets: &[String],
    limit: usize,
) -> Result<Vec<ParcelCode>, SqliteError> {
    let after = after.map_or("", ParcelCode::as_str);
    let datasets = serde_json::json!(datasets).to_string();
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    connection
        .prepare_cached(
            "select distinct p.code from parcel p
             where p.code > ?1
                 -- The plus keeps to the index of codes.
                 and +p.version_id in (
                     select id from data_version
                     where state = 'current' and dataset in (select value from json_each(?2))
                 )
             order by p.code limit ?3",
        )?
        .query_and_then((after, datasets, limit), |row| read_parcel_code(text(row, 0)?))?
        .collect()
}

/// What was found comes first by its place in the record: the same order every time.
fn found_features(
    connection: &Connection,
    (dataset, number): (&str, u32),
    code: &ParcelCode,
    layers: &[String],
) -> Result<Vec<FoundFeature>, SqliteError> {
    let layers = serde_json::json!(layers).to_string();
    connection
        .prepare_cached(
            "select l.name, r.feature, r.label, r.outline
             from data_version v
             join parcel p on p.version_id = v.id
             join finding f on f.parcel_id = p.id
             join restriction r on r.id = f.restriction_id
             join layer l on l.id = r.layer_id
             where v.dataset = ?1 and v.number = ?2 and p.code = ?3
                 and l.name in (select value from json_each(?4))
             order by f.position",
        )?
        .query_and_then((dataset, number, code.as_str(), layers), |row| {
            Ok(FoundFeature {
                layer: row.get(0)?,
                feature: row.get(1)?,
                label: from_json("label", text(row, 2)?)?,
                ground: geometry::read_outline(blob(row, 3)?)?,
            })
        })?
        .collect()
}

/// What does not fit under `limit` is left out by importance: buildings go before roads.
///
/// What the R*Tree has beside its boxes (a0 version, a1 importance, a2 drawing) is read from its own table of
/// them. Asked of the R*Tree, it prepares a statement each time and runs it for each box.
fn base_map(
    connection: &Connection,
    dataset: &str,
    bounds: Bounds,
    limit: usize,
) -> Result<BaseMap, SqliteError> {
    let grid_m = connection
        .prepare_cached(
            "select base_grid_m from data_version where dataset = ?1 and state = 'current'",
        )?
        .query_row([dataset], |row| row.get(0))
        .optional()?
        .flatten();
    let mut statement = connection.prepare_cached(
        "select f.kind, f.name, f.geometry
         from (
             select b.id, own.a2 as drawing
             from base_box b cross join base_box_rowid own on own.rowid = b.id
             where own.a0 = (
                     select id from data_version where dataset = ?1 and state = 'current'
                 )
                 and b.east >= ?2 and b.west <= ?3 and b.north >= ?4 and b.south <= ?5
             order by own.a1, b.id limit ?6
         ) met
         join base_feature f on f.id = met.id
         order by met.drawing, f.id",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let features = statement
        .query_and_then(
            (dataset, bounds.west, bounds.east, bounds.south, bounds.north, limit),
            |row| {
                let kind = text(row, 0)?;
                Ok(BaseFeature {
                    kind: from_json("base map kind", kind)?,
                    name: row.get(1)?,
                    geometry: geometry::read(blob(row, 2)?)?,
                })
            },
        )?
        .collect::<Result<_, SqliteError>>()?;
    Ok(BaseMap { features, grid_m })
}
