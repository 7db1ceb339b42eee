//! How much is looked up for an outline: as much, and in the same order, whatever is concealed (*sites S11*). Work is
//! counted and no time is measured.

use std::{cell::RefCell, sync::Arc};

use domain::{
    Clock, Localized, ParcelCode, dataset::DatasetInfo, policy::Policies, suitability::embedded,
};
use geo::Polygon;
use jiff::civil::date;
use store::{BaseMap, Imports, LayerToStore, Look, Question, RestrictionFeature};
use store_sqlite::SqliteStore;
use testkit::{NoonAWeekLater as Noon, denying, square};

use super::*;

const ON: Date = date(2026, 11, 29);
const CORNER: (f64, f64) = (119.9, 30.5);

/// A moment that notes what it is asked, and how much it answers.
struct Counted<'m> {
    moment: &'m dyn Snapshot,
    asked: RefCell<Vec<String>>,
}

impl Counted<'_> {
    fn note(&self, what: String) {
        self.asked.borrow_mut().push(what);
    }
}

impl Snapshot for Counted<'_> {
    fn versions(&self) -> Result<Vec<domain::dataset::DataVersion>, StoreError> {
        self.note("versions".to_owned());
        self.moment.versions()
    }

    fn look(&self, question: &Question) -> Result<Look, StoreError> {
        self.note(format!("look {}", question.code));
        self.moment.look(question)
    }

    fn codes_after(
        &self,
        after: Option<&ParcelCode>,
        datasets: &[String],
        limit: usize,
    ) -> Result<Vec<ParcelCode>, StoreError> {
        self.note("codes".to_owned());
        self.moment.codes_after(after, datasets, limit)
    }

    fn found_features(
        &self,
        version: &domain::dataset::DataVersion,
        code: &ParcelCode,
        layers: &[String],
    ) -> Result<Vec<FoundFeature>, StoreError> {
        self.note(format!("found features {layers:?}"));
        self.moment.found_features(version, code, layers)
    }

    fn base_map(&self, dataset: &str, bounds: Bounds, limit: usize) -> Result<BaseMap, StoreError> {
        self.note("base map".to_owned());
        self.moment.base_map(dataset, bounds, limit)
    }

    fn around(&self, boxes: &[Bounds], but: Option<&str>) -> Result<Vec<Around>, StoreError> {
        self.note(format!("around {}", boxes.len()));
        self.moment.around(boxes, but)
    }

    fn fill(
        &self,
        version: &domain::dataset::DataVersion,
        surroundings: Surroundings,
    ) -> Result<bool, StoreError> {
        self.note("fill".to_owned());
        self.moment.fill(version, surroundings)
    }

    fn parcels_near(
        &self,
        datasets: &[String],
        bounds: Bounds,
        limit: usize,
    ) -> Result<Option<Vec<ParcelCode>>, StoreError> {
        let found = self.moment.parcels_near(datasets, bounds, limit)?;
        self.note(format!("parcels {:?}", found.as_ref().map(Vec::len)));
        Ok(found)
    }

    fn features_meeting(
        &self,
        version: &domain::dataset::DataVersion,
        layers: &[String],
        bounds: Bounds,
        most: MostRead,
    ) -> Result<Option<Vec<FoundFeature>>, StoreError> {
        let found = self.moment.features_meeting(version, layers, bounds, most)?;
        self.note(format!("features {layers:?} {:?}", found.as_ref().map(Vec::len)));
        Ok(found)
    }

    fn shelves(
        &self,
        version: &domain::dataset::DataVersion,
    ) -> Result<store::Shelves, StoreError> {
        self.note("shelves".to_owned());
        self.moment.shelves(version)
    }

    fn on_shelf(
        &self,
        version: &domain::dataset::DataVersion,
        shelf: &store::Shelf,
        wanted: &store::OnShelf,
    ) -> Result<store::ShelfPage, StoreError> {
        self.note(format!("on shelf {shelf:?}"));
        self.moment.on_shelf(version, shelf, wanted)
    }

    fn shelf_bounds(
        &self,
        version: &domain::dataset::DataVersion,
        shelf: &store::Shelf,
    ) -> Result<Option<Bounds>, StoreError> {
        self.note(format!("bounds of {shelf:?}"));
        self.moment.shelf_bounds(version, shelf)
    }

    fn is_closed(&self, cells: &[Cell]) -> Result<bool, StoreError> {
        self.note(format!("closed {}", cells.len()));
        self.moment.is_closed(cells)
    }

    fn hidden(&self, layer: &str, block: (i32, i32)) -> [u8; 16] {
        self.note(format!("hidden {layer} {block:?}"));
        self.moment.hidden(layer, block)
    }
}

/// What is looked up for an outline on farmland where wetland lies so, and what is said.
async fn work(policies: Policies, wetland: Vec<Polygon<f64>>) -> (Vec<String>, String) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY).unwrap();
    let mut writer = store.begin_import(&DatasetInfo { ..testkit::dataset("trial") }).unwrap();
    let (x, y) = CORNER;
    let layers = [("permanent_basic_farmland", vec![square(x, y, 0.01)]), ("wetland", wetland)];
    for (theme, ground) in layers {
        let info = testkit::layer(&theme.replace('_', "-"), theme);
        let id = info.id.clone();
        writer.put_layer(&LayerToStore { info, coverage: None }).unwrap();
        for (at, polygon) in ground.into_iter().enumerate() {
            let label = Localized::same(theme);
            let outline = MultiPolygon(vec![polygon]);
            let feature = RestrictionFeature { id: at.to_string(), label, outline };
            writer.put_restriction(&id, &feature).unwrap();
        }
    }
    let parcel = testkit::parcel(testkit::parcel_code(1), square(x, y, 0.01));
    assert!(writer.put_parcel(&parcel, &[], &[]).unwrap());
    writer.publish(Noon.now()).unwrap();
    let gate = PolicyGate::new(Arc::new(store), policies, Arc::new(Noon));
    let rules = Arc::new(embedded().in_force("zhejiang", ON).unwrap().clone());
    let (use_at, _) = rules.find_use("cafe").unwrap();
    let corners = [(0.004, 0.004), (0.006, 0.004), (0.006, 0.006), (0.004, 0.006)];
    let lines = corners.map(|(east, north)| format!("{:.7} {:.7}", x + east, y + north));
    let outline = Outline::read(&lines.join("\n")).unwrap();
    let asked = OutlineAsked::new(rules, use_at, outline, Facts::default()).unwrap();
    let own = gate.clone();
    let read = store::read(&*gate.store, move |moment| {
        let counted = Counted { moment, asked: RefCell::default() };
        let told = assessed(&own, &counted, &asked, ON)?.told;
        Ok((counted.asked.into_inner(), format!("{told:?}")))
    });
    read.await.unwrap()
}

#[tokio::test]
async fn sites_s11_as_much_is_looked_up_whatever_is_concealed() {
    let (x, y) = CORNER;
    let worlds = || {
        let many: Vec<Polygon<f64>> = (0..10_001).map(|_| square(x, y, 0.01)).collect();
        [vec![], vec![square(x, y, 0.01)], many]
    };
    let mut done = Vec::new();
    for wetland in worlds() {
        done.push(work(denying(46), wetland).await);
    }
    let (asked, _) = &done[0];
    assert!(asked.iter().any(|it| it.starts_with("features")), "{asked:?}");
    assert!(asked.iter().any(|it| it.starts_with("look")), "the parcel beneath: {asked:?}");
    for other in &done[1..] {
        assert_eq!(other, &done[0]);
    }
    // Where it is shown there is more to read, and more is said.
    let [none, one, _] = worlds();
    let policies = || Policies::embedded().unwrap();
    assert_ne!(work(policies(), none).await, work(policies(), one).await);
}
