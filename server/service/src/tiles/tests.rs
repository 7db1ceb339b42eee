use std::sync::Arc;

use domain::{
    Clock, Localized, dataset::DatasetInfo, policy::Policies, restriction::LayerInfo, tile::Tile,
};
use geo::{MultiPolygon, Polygon};
use jiff::civil::date;
use mvt_reader::Reader;
use store::{Imports, LayerToStore, RestrictionFeature};
use store_sqlite::SqliteStore;
use testkit::{Noon, layer, parcel, parcel_code, square};

use super::*;

/// 119.9 to 119.91 east, 30.5 to 30.51 north.
const CORNER: (f64, f64) = (119.9, 30.5);

fn store(folder: &tempfile::TempDir) -> SqliteStore {
    SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap()
}

/// Publishes a data set with a parcel and a layer for each of these.
fn publish(store: &SqliteStore, dataset: &DatasetInfo, layers: &[(LayerInfo, Vec<Polygon<f64>>)]) {
    let mut writer = store.begin_import(dataset).unwrap();
    for (info, ground) in layers {
        writer.put_layer(&LayerToStore { info: info.clone(), coverage: None }).unwrap();
        for (at, polygon) in ground.iter().enumerate() {
            let outline = MultiPolygon(vec![polygon.clone()]);
            let label = Localized::new("甲类", "Class A");
            let feature = RestrictionFeature { id: at.to_string(), label, outline };
            writer.put_restriction(&info.id, &feature).unwrap();
        }
    }
    let parcel = parcel(parcel_code(1), square(CORNER.0, CORNER.1, 0.004));
    assert!(writer.put_parcel(&parcel, &[], &[]).unwrap());
    writer.publish(Noon.now()).unwrap();
}

fn open_data(id: &str) -> DatasetInfo {
    DatasetInfo { policy: "open-cadastre".into(), demonstration: false, ..testkit::dataset(id) }
}

fn gate(store: SqliteStore) -> PolicyGate {
    PolicyGate::new(Arc::new(store), Policies::embedded().unwrap(), Arc::new(Noon))
}

/// The tile of zoom 14 in which the corner lies.
fn asked(layers: &[&str]) -> TileAsked {
    let tile = Tile::new(14, 13_648, 6_733).unwrap();
    let bounds = tile.bounds();
    assert!(bounds.west < CORNER.0 && bounds.east > CORNER.0, "{bounds:?}");
    assert!(bounds.south < CORNER.1 && bounds.north > CORNER.1, "{bounds:?}");
    TileAsked { tile, layers: layers.iter().map(|name| (*name).to_owned()).collect() }
}

async fn bytes(tiles: &Arc<Tiles>, gate: &PolicyGate, asked: &TileAsked) -> Arc<[u8]> {
    match tiles.drawn(gate, asked).await.unwrap() {
        TileDrawn::Drawn(tile) => tile,
        TileDrawn::TooFull => panic!("too full"),
    }
}

/// The layers of a tile by name, each with how many features it has.
fn read(tile: &[u8]) -> Vec<(String, usize)> {
    let reader = Reader::new(tile.to_vec()).unwrap();
    let names = reader.get_layer_names().unwrap();
    let count = |at: usize| reader.get_features(at).unwrap().len();
    names.into_iter().enumerate().map(|(at, name)| (name, count(at))).collect()
}

#[tokio::test]
async fn m4_tiles_have_the_layers_of_an_open_cadastre_and_no_parcel() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let (x, y) = CORNER;
    let later =
        LayerInfo { published_from: Some(date(2099, 1, 1)), ..layer("later", "geological_hazard") };
    let layers = [
        (layer("zoning", "planning_use"), vec![square(x, y, 0.002), square(x, y, 0.001)]),
        (layer("far", "wetland"), vec![square(x + 1.0, y, 0.01)]),
        (later, vec![square(x, y, 0.002)]),
    ];
    publish(&store, &open_data("open"), &layers);
    let gate = gate(store);
    let tiles = Arc::new(Tiles::default());
    let tile = bytes(&tiles, &gate, &asked(&[])).await;
    assert_eq!(read(&tile), [("open.layer.zoning".to_owned(), 2)]);
    let reader = Reader::new(tile.to_vec()).unwrap();
    let feature = &reader.get_features(0).unwrap()[1];
    let properties = feature.properties.as_ref().unwrap();
    let told: Vec<&str> = properties.keys().map(String::as_str).collect();
    assert_eq!(properties.len(), 4, "{told:?}");
    assert_eq!(properties["zh"], mvt_reader::feature::Value::String("甲类".into()));
    // 0.001° is 0.001 / 360 * 2^14 * 4096 = 186.4 steps wide.
    let rect = geo::BoundingRect::bounding_rect(&feature.geometry).unwrap();
    assert!((rect.width() - 186.4).abs() < 1.5, "{rect:?}");
    let names: Vec<String> =
        tiles.layers(&gate).await.unwrap().iter().map(TileLayer::name).collect();
    assert_eq!(names, ["open.layer.zoning", "open.layer.far"]);
    // By name: one that is not given out is passed over as one that is not there (P5).
    for none in ["open.layer.later", "open.layer.none", "open.parcels"] {
        assert!(bytes(&tiles, &gate, &asked(&[none])).await.is_empty(), "{none}");
    }
    assert_eq!(bytes(&tiles, &gate, &asked(&["open.layer.zoning"])).await, tile);
}

#[tokio::test]
async fn m4_a_register_has_nothing_in_its_tiles_whatever_it_shows_of_places() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let (x, y) = CORNER;
    let farmland = vec![square(x, y, 0.002)];
    let layers = [(layer("fields", "permanent_basic_farmland"), farmland)];
    publish(&store, &testkit::dataset("register"), &layers);
    let gate = gate(store);
    let tiles = Arc::new(Tiles::default());
    assert!(bytes(&tiles, &gate, &asked(&[])).await.is_empty());
    assert!(bytes(&tiles, &gate, &asked(&["register.layer.fields"])).await.is_empty());
    assert_eq!(tiles.layers(&gate).await.unwrap(), []);
}

#[tokio::test]
async fn p5_a_tile_that_is_kept_is_of_the_data_that_are_current() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let (x, y) = CORNER;
    let zoning = |side| [(layer("zoning", "planning_use"), vec![square(x, y, side)])];
    publish(&store, &open_data("open"), &zoning(0.002));
    let gate = gate(store.clone());
    let tiles = Arc::new(Tiles::default());
    let first = bytes(&tiles, &gate, &asked(&[])).await;
    let again = bytes(&tiles, &gate, &asked(&[])).await;
    assert!(Arc::ptr_eq(&first, &again), "it is kept");
    publish(&store, &open_data("open"), &zoning(0.003));
    let next = bytes(&tiles, &gate, &asked(&[])).await;
    assert_ne!(first, next);
    // And what is a register's from now on is in none.
    publish(&store, &testkit::dataset("open"), &zoning(0.003));
    assert!(bytes(&tiles, &gate, &asked(&[])).await.is_empty());
}

#[tokio::test]
async fn a_tile_is_whole_or_is_not_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder);
    let (x, y) = CORNER;
    let many = vec![square(x, y, 0.001); MOST_READ.features + 1];
    publish(&store, &open_data("open"), &[(layer("zoning", "planning_use"), many)]);
    let (gate, tiles) = (gate(store), Arc::new(Tiles::default()));
    assert_eq!(tiles.drawn(&gate, &asked(&[])).await.unwrap(), TileDrawn::TooFull);
}
