//! What a current version has, feature by feature.

use domain::{base_map::BaseKind, dataset::DataVersion, record::ParcelRecord};
use geo::{Geometry, LineString, MultiPolygon};
use store::{
    BaseFeature, Bounds, Imports, OnShelf, RestrictionFeature, Shelf, ShelfPage, Snapshot, Store,
    StoreError, Thing,
};

use super::{Storage, samples::*};

async fn at_once<S: Store, T: Send + 'static>(
    store: &S,
    work: impl FnOnce(&dyn Snapshot) -> Result<T, StoreError> + Send + 'static,
) -> T {
    store::read(store, work).await.unwrap()
}

fn around(x: f64, y: f64, reach: f64) -> Bounds {
    Bounds { west: x - reach, south: y - reach, east: x + reach, north: y + reach }
}

async fn page<S: Store>(
    store: &S,
    version: &DataVersion,
    shelf: &Shelf,
    (boxes, skip, limit): (&[Bounds], usize, usize),
) -> ShelfPage {
    let (version, shelf) = (version.clone(), shelf.clone());
    let wanted = OnShelf { boxes: boxes.to_vec(), skip, limit };
    at_once(store, move |moment| moment.on_shelf(&version, &shelf, &wanted)).await
}

/// Places on the shelf, and what stands there in a word.
fn told(page: &ShelfPage) -> Vec<(usize, String)> {
    let word = |thing: &Thing| match thing {
        Thing::Restriction { id, .. } => id.clone(),
        Thing::Base { name, .. } => name.clone().unwrap_or_default(),
        Thing::Parcel(code) => code.as_str().to_owned(),
    };
    page.things.iter().map(|it| (it.place, word(&it.thing))).collect()
}

fn base(kind: BaseKind, name: &str, geometry: Geometry<f64>) -> BaseFeature {
    BaseFeature { kind, name: Some(name.into()), geometry }
}

fn import<S: Imports>(store: &S) -> DataVersion {
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    for name in ["zoning", "farmland"] {
        import.put_layer(&layer(name)).unwrap();
        for (id, x) in [("f1", 120.0), ("f2", 120.01), ("f3", 121.0)] {
            import.put_restriction(name, &restriction(id, x, 30.5)).unwrap();
        }
    }
    let line = RestrictionFeature { outline: MultiPolygon(vec![]), ..restriction("l", 0.0, 0.0) };
    import.put_restriction("farmland", &line).unwrap();
    // A road at 45 degrees: its box holds much that it does not touch.
    let road = LineString::from(vec![(120.0, 30.0), (121.0, 31.0)]);
    for feature in [
        base(BaseKind::Water, "lake", square(120.0, 30.5, 0.01).into()),
        base(BaseKind::Road, "road", road.into()),
        base(BaseKind::Water, "pond", square(120.5, 30.5, 0.001).into()),
    ] {
        import.put_base(&feature).unwrap();
    }
    for number in [3, 1, 2] {
        let classified = number == 1;
        assert!(
            import.put_parcel(&ParcelRecord { classified, ..parcel(number) }, &[], &[]).unwrap()
        );
    }
    import.publish(at(0)).unwrap()
}

pub async fn a_shelf_has_its_features_in_one_order_page_by_page<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let version = import(&store);
    let farmland = Shelf::Layer("farmland".into());
    let all = page(&store, &version, &farmland, (&[], 0, 10)).await;
    let named = |all: &[(usize, &str)]| {
        all.iter().map(|(place, id)| (*place, (*id).to_owned())).collect::<Vec<_>>()
    };
    assert_eq!((all.matched, told(&all)), (4, named(&[(1, "f1"), (2, "f2"), (3, "f3"), (4, "l")])));
    let Thing::Restriction { label, ground: Some(ground), .. } = &all.things[0].thing else {
        panic!("{all:?}");
    };
    let own = restriction("f1", 120.0, 30.5);
    assert_eq!((label, ground), (&own.label, &Geometry::MultiPolygon(own.outline.clone())));
    let Thing::Restriction { ground: None, .. } = &all.things[3].thing else { panic!("{all:?}") };
    let mut turned = Vec::new();
    for skip in 0..5 {
        let one = page(&store, &version, &farmland, (&[], skip, 1)).await;
        assert_eq!(one.matched, 4);
        turned.extend(one.things);
    }
    assert_eq!(turned, all.things);
    let lakes = page(&store, &version, &Shelf::Base(BaseKind::Water), (&[], 0, 10)).await;
    assert_eq!(told(&lakes), named(&[(1, "lake"), (2, "pond")]));
    // Another version's, a layer that is not there, a kind that is not drawn.
    let other = DataVersion { number: 9, ..version.clone() };
    for (version, shelf) in [
        (&other, farmland.clone()),
        (&version, Shelf::Layer("none".into())),
        (&version, Shelf::Base(BaseKind::Rail)),
    ] {
        assert_eq!(page(&store, version, &shelf, (&[], 0, 10)).await, ShelfPage::default());
    }
    let shelves = at_once(&store, move |moment| moment.shelves(&version)).await;
    let names: Vec<_> = shelves.layers.iter().map(|layer| layer.id.as_str()).collect();
    assert_eq!(names, ["zoning", "farmland"]);
    assert_eq!(shelves.base_kinds, [BaseKind::Water, BaseKind::Road]);
    assert_eq!(shelves.base_grid_m, None);
    assert_eq!(at_once(&store, move |moment| moment.shelves(&other)).await, Default::default());
}

pub async fn a_box_has_what_lies_in_it_by_its_ground_and_what_has_none<S: Store + Imports>(
    place: &Storage<S>,
) {
    let store = place.open();
    let version = import(&store);
    let farmland = Shelf::Layer("farmland".into());
    let near = page(&store, &version, &farmland, (&[around(120.01, 30.5, 0.002)], 0, 10)).await;
    assert_eq!(told(&near), [(2, "f2".to_owned()), (4, "l".to_owned())], "places stay the same");
    let boxes = [around(121.0, 30.5, 0.002), around(120.0, 30.5, 0.002)];
    let two = page(&store, &version, &farmland, (&boxes, 1, 1)).await;
    assert_eq!((two.matched, told(&two)), (3, vec![(3, "f3".to_owned())]));
    // Counted once, in however many boxes it is.
    let boxes = [around(121.0, 30.5, 0.002), around(121.0, 30.5, 0.003)];
    assert_eq!(page(&store, &version, &farmland, (&boxes, 0, 10)).await.matched, 2);
    let road = Shelf::Base(BaseKind::Road);
    for (at, met) in [(around(120.5, 30.5, 0.01), 1), (around(120.9, 30.1, 0.01), 0)] {
        assert_eq!(page(&store, &version, &road, (&[at], 0, 10)).await.matched, met);
    }
    let within = |bounds: Option<Bounds>, told: Bounds| {
        let bounds = bounds.unwrap();
        let off = [
            told.west - bounds.west,
            told.south - bounds.south,
            bounds.east - told.east,
            bounds.north - told.north,
        ];
        assert!(off.iter().all(|off| (0.0..2e-5).contains(off)), "{off:?}");
    };
    let asked = (version.clone(), road);
    let bounds = at_once(&store, move |moment| moment.shelf_bounds(&asked.0, &asked.1)).await;
    within(bounds, Bounds { west: 120.0, south: 30.0, east: 121.0, north: 31.0 });
    let none = Shelf::Base(BaseKind::Rail);
    let bounds = at_once(&store, move |moment| moment.shelf_bounds(&version, &none)).await;
    assert_eq!(bounds, None);
}

pub async fn p5_no_place_on_a_shelf_and_no_count_tells_of_a_classified_parcel<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    let version = import(&store);
    let named = |number: u32| parcel_code(number).as_str().to_owned();
    let all = page(&store, &version, &Shelf::Parcels, (&[], 0, 10)).await;
    assert_eq!((all.matched, told(&all)), (2, vec![(1, named(3)), (2, named(2))]));
    let (x, y) = corner(1);
    let there = [around(x + 0.0002, y + 0.0002, 0.0001)];
    assert_eq!(
        page(&store, &version, &Shelf::Parcels, (&there, 0, 10)).await,
        ShelfPage::default()
    );
    let (x, y) = corner(2);
    let there = [around(x + 0.0002, y + 0.0002, 0.0001)];
    let two = page(&store, &version, &Shelf::Parcels, (&there, 0, 10)).await;
    assert_eq!(told(&two), [(2, named(2))]);
}
