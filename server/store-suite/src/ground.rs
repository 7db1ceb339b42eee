//! What lies around ground that has no code.

use domain::{among::Surroundings, closed, drawn::LayerAround, record::ParcelRecord};
use geo::MultiPolygon;
use store::{
    Bounds, Change, Imports, LayerToStore, MostRead, RestrictionFeature, Snapshot, Store,
    StoreError,
};

use super::{Storage, samples::*};

const ALL: MostRead = MostRead { features: 100, bytes: 1 << 20 };

fn around(x: f64, y: f64, reach: f64) -> Bounds {
    Bounds { west: x - reach, south: y - reach, east: x + reach, north: y + reach }
}

async fn at_once<S: Store, T: Send + 'static>(
    store: &S,
    work: impl FnOnce(&dyn Snapshot) -> Result<T, StoreError> + Send + 'static,
) -> T {
    store::read(store, work).await.unwrap()
}

/// The ids of features of the zoning that come near, by the current version.
async fn near<S: Store>(store: &S, bounds: Bounds, most: MostRead) -> Option<Vec<String>> {
    let version = store.versions().await.unwrap().remove(0);
    let found = at_once(store, move |moment| {
        moment.features_meeting(&version, &["zoning".into(), "unknown".into()], bounds, most)
    });
    found.await.map(|found| found.into_iter().map(|feature| feature.feature).collect())
}

fn import<S: Imports>(store: &S, x: f64) {
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    for name in ["zoning", "farmland"] {
        import.put_layer(&LayerToStore { coverage: None, ..layer(name) }).unwrap();
        for (id, beside) in [("f1", 0.0), ("f2", 0.01), ("f3", 1.0)] {
            import.put_restriction(name, &restriction(id, x + beside, 30.5)).unwrap();
        }
    }
    let line = RestrictionFeature { outline: MultiPolygon(vec![]), ..restriction("l", x, 30.5) };
    import.put_restriction("farmland", &line).unwrap();
    import.put_parcel(&parcel(1), &[], &[]).unwrap();
    import.publish(at(0)).unwrap();
}

pub async fn features_are_found_by_where_they_lie_and_of_the_current_version_alone<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    import(&store, 120.0);
    let at = |x: f64| around(x, 30.5, 0.005);
    let ids = |ids: &[&str]| Some(ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
    assert_eq!(near(&store, at(120.0), ALL).await, ids(&["f1"]));
    assert_eq!(near(&store, around(120.0, 30.5, 0.02), ALL).await, ids(&["f1", "f2"]));
    assert_eq!(near(&store, at(122.0), ALL).await, ids(&[]));
    // More than is read is told from nothing.
    let one = MostRead { features: 1, bytes: 1 << 20 };
    assert_eq!(near(&store, around(120.0, 30.5, 0.02), one).await, None);
    assert_eq!(near(&store, at(120.0), MostRead { features: 9, bytes: 9 }).await, None);
    import(&store, 125.0);
    assert_eq!(near(&store, at(120.0), ALL).await, ids(&[]));
    assert_eq!(near(&store, at(125.0), ALL).await, ids(&["f1"]));
    store.roll_back("deqing", None, &Change { at: self::at(9), by: "test".into() }).await.unwrap();
    assert_eq!(near(&store, at(120.0), ALL).await, ids(&["f1"]));
    assert_eq!(near(&store, at(125.0), ALL).await, ids(&[]));
}

pub async fn a_version_answers_where_it_has_parcels_and_says_what_its_layers_cannot_say<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    import(&store, 120.0);
    let (x, y) = corner(1);
    let boxes = [around(x, y, 0.002), around(x + 0.5, y, 0.002)];
    let [here, there] = boxes;
    let found = at_once(&store, move |moment| {
        Ok([
            moment.around(&[here], None)?,
            moment.around(&[there], None)?,
            moment.around(&[here, there], None)?,
        ])
    });
    let [here, there, both] = found.await;
    assert_eq!(there, []);
    assert!(here[0].everywhere && !both[0].everywhere);
    assert_eq!(here[0].version.label(), "deqing/1");
    assert_eq!(here[0].districts.iter().collect::<Vec<_>>(), ["330521001001"]);
    let layer =
        |name: &str, groundless| LayerAround { info: layer(name).info, coverage: None, groundless };
    assert_eq!(here[0].layers, [layer("zoning", false), layer("farmland", true)]);
    // It has one parcel there, which fills no ground beyond it.
    let version = here[0].version.clone();
    let beyond = Surroundings::of(&MultiPolygon(vec![square(x + 0.01, y, 0.001)])).unwrap();
    assert!(!at_once(&store, move |moment| moment.fill(&version, beyond)).await);
}

pub async fn sites_s2_a_layer_that_lost_what_lay_on_classified_land_says_nothing_by_its_silence<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    let mut import = store.begin_import(&dataset("deqing")).unwrap();
    for name in ["zoning", "farmland"] {
        import.put_layer(&LayerToStore { coverage: None, ..layer(name) }).unwrap();
    }
    let (x, y) = corner(1);
    import.put_restriction("farmland", &restriction("f1", x, y)).unwrap();
    import.put_restriction("zoning", &restriction("z1", x, y)).unwrap();
    // The one lies on the first parcel alone, the other on both.
    let (own, common) = (finding("farmland", "f1", 0.5), finding("zoning", "z1", 0.5));
    import.put_parcel(&parcel(1), &[own, common.clone()], &[]).unwrap();
    import.put_parcel(&parcel(2), &[common], &[]).unwrap();
    import.publish(at(0)).unwrap();
    let silent = async |store: &S| {
        let bounds = around(x, y, 0.005);
        let found = at_once(store, move |moment| moment.around(&[bounds], None)).await;
        let deqing = found.into_iter().find(|it| it.version.dataset.id == "deqing").unwrap();
        deqing.layers.into_iter().map(|layer| (layer.info.id, layer.groundless)).collect::<Vec<_>>()
    };
    let of = |farmland| vec![("zoning".to_owned(), false), ("farmland".to_owned(), farmland)];
    assert_eq!(silent(&store).await, of(false));
    publish(&store, "military", &[ParcelRecord { classified: true, ..parcel(1) }]);
    assert_eq!(silent(&store).await, of(true));
}

pub async fn p5_ground_of_classified_land_is_closed_and_what_hides_layers_is_always_the_same<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    let secret =
        ParcelRecord { classified: true, ..parcel_at(1, "保密路 1 号", 120.01, 30.51) };
    let cells = closed::met_by(&secret.outline);
    let far = closed::met_by(&MultiPolygon(vec![square(120.1, 30.51, 0.001)]));
    let closed = async |store: &S| {
        let (cells, far) = (cells.clone(), far.clone());
        at_once(store, move |moment| Ok((moment.is_closed(&cells)?, moment.is_closed(&far)?))).await
    };
    assert_eq!(closed(&store).await, (false, false));
    publish(&store, "military", std::slice::from_ref(&secret));
    assert_eq!(closed(&store).await, (true, false));
    let hidden = async |store: &S| {
        at_once(store, |moment| {
            let one = moment.hidden("deqing/zoning", (6_000, 1_525));
            let others = [
                moment.hidden("deqing/zoning", (6_000, 1_526)),
                moment.hidden("deqing/farmland", (6_000, 1_525)),
            ];
            assert!(!others.contains(&one));
            Ok(one)
        })
        .await
    };
    assert_eq!(hidden(&store).await, hidden(&place.open()).await);
}
