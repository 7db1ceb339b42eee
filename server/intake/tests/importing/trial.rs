//! A store, files and mappings to try imports with.

use std::path::PathBuf;

use domain::{
    code::{LandCode, Strictness},
    record::LandRecord,
    restriction::Restrictions,
};
use intake::{Allowance, ImportOptions, IntakeError, Mapping, Report, import};
use store::Land;
use store_sqlite::SqliteStore;
use testkit::geojson::polygon;
pub use testkit::geojson::{collection, feature};

pub const HEAD: &str = r#"
    extent = [119.0, 29.0, 121.0, 31.0]
    max_refused = 0
    [dataset]
    id = "trial"
    title = { zh = "试", en = "Trial" }
    source = { zh = "试", en = "Trial" }
    source_date = "2024-01-01"
    demonstration = true
    policy = "open-cadastre"
"#;

pub const PARCELS: &str = r#"
    [[file]]
    name = "parcels.geojson"
    role = "parcels"
    code = "{code}"
    local_id = "{lot}"
    feature_id = "{lot}"
    predecessors = "from"
    classified = { property = "secret", equals = 1 }
    [file.fields]
    location = { property = "address" }
    building_year = { property = "year", kind = "year" }
"#;

pub const ZONING: &str = r#"
    [[file]]
    name = "zoning.geojson"
    role = "restriction"
    feature_id = "{zone}"
    label = { zh = "{zone}", en = "{zone}" }
    coverage = "extent-of-file"
    [file.layer]
    id = "zoning"
    theme = "planning_use"
    title = { zh = "分区", en = "Zoning" }
    status = "in_force"
    office = { zh = "局", en = "Office" }
    source_date = "2024-01-01"
    documents = []
    tolerance = { min_area_m2 = 1.0, min_share = 0.01 }
"#;

pub const UNITS: &str = r#"
    [[file]]
    name = "units.geojson"
    role = "units"
    code = "{code}"
    [file.fields]
    unit_location = { property = "door" }
"#;

pub struct Trial {
    pub folder: tempfile::TempDir,
    pub store: SqliteStore,
}

impl Trial {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store =
            SqliteStore::open(&folder.path().join("data"), &testkit::CLASSIFIED_KEY).unwrap();
        Self { folder, store }
    }

    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn import(&self, mapping: &str, files: &[PathBuf]) -> Result<Report, IntakeError> {
        self.import_allowing(&[], mapping, files)
    }

    /// Most files here have nothing that `classified` could ask for.
    pub fn import_allowing(
        &self,
        allow: &[Allowance],
        mapping: &str,
        files: &[PathBuf],
    ) -> Result<Report, IntakeError> {
        self.import_strictly(&[allow, &[Allowance::Unclassified]].concat(), mapping, files)
    }

    pub fn import_strictly(
        &self,
        allow: &[Allowance],
        mapping: &str,
        files: &[PathBuf],
    ) -> Result<Report, IntakeError> {
        let mapping = Mapping::parse("trial.toml", mapping)?;
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        let options = ImportOptions { allow: allow.to_vec(), ..ImportOptions::default() };
        import(&self.store, &mapping, files, &options, now, &mut |_progress| {})
    }

    pub fn version(&self) -> Option<u32> {
        block_on(self.store.versions()).unwrap().first().map(|version| version.number)
    }

    pub fn record(&self, code: &str) -> Option<LandRecord> {
        let code = LandCode::parse(code, Strictness::LookUp).unwrap().code;
        block_on(self.store.record(&code)).unwrap()
    }

    /// What a profile says of the theme `planning_use` on a parcel.
    pub fn zoning(&self, code: &str) -> &'static str {
        self.theme("planning_use", code)
    }

    /// What a profile says of a theme on a parcel.
    pub fn theme(&self, theme: &str, code: &str) -> &'static str {
        let record = self.record(code).unwrap();
        let today = jiff::civil::date(2026, 1, 1);
        let lists = Restrictions::sort(&record.layers, &record.findings, today);
        let lists = [
            (&lists.concerned, "concerned"),
            (&lists.not_concerned, "not concerned"),
            (&lists.no_data, "no data"),
        ];
        let stands = |list: &[domain::restriction::ThemeAnswer]| {
            list.iter().any(|answer| answer.theme.id.0 == theme)
        };
        lists.iter().find(|(list, _)| stands(list)).unwrap().1
    }

    /// That nothing is left of imports that came to nothing.
    pub fn has_nothing_staged(&self) {
        let database = self.folder.path().join("data").join("jianma.sqlite3");
        let database = rusqlite::Connection::open(database).unwrap();
        let count = |sql: &str| -> i64 { database.query_one(sql, [], |row| row.get(0)).unwrap() };
        assert_eq!(count("select count(*) from data_version where state = 'staged'"), 0);
        for table in ["layer", "restriction", "parcel", "base_feature"] {
            let stray = format!(
                "select count(*) from {table} where version_id not in
                     (select id from data_version where state <> 'staged')"
            );
            assert_eq!(count(&stray), 0, "{table}");
        }
    }
}

pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// A square in thousandths of a degree from 120° east and 30° north.
pub fn square(x: f64, y: f64, side: f64) -> String {
    let at = |dx: f64, dy: f64| [120.0 + (x + dx) / 1e3, 30.0 + (y + dy) / 1e3];
    polygon(&[at(0., 0.), at(side, 0.), at(side, side), at(0., side), at(0., 0.)])
}

pub const ONE: &str = "330521001001GB00001";
pub const TWO: &str = "330521001001GB00002";
pub const OLD: &str = "330521001001GB00009";

pub fn parcel(lot: &str, code: &str, geometry: &str) -> String {
    feature(
        format!(r#"{{"lot":"{lot}","code":"{code}","address":"Road 1","year":"2001"}}"#),
        geometry,
    )
}
