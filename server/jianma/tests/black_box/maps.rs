//! The maps of the demonstration, as a visitor's browser is handed them.

use std::collections::BTreeSet;

use geo::{Area, BooleanOps, Coord, CoordsIter, LineString, MultiPolygon, Polygon};
use serde_json::Value;

use crate::harness::{PortalFolder, UNLIMITED, client};

async fn text(address: &str, path: &str) -> String {
    let response = client().get(format!("{address}{path}")).send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

fn rings(rings: &Value) -> Polygon<f64> {
    let ring = |ring: &Value| {
        let positions = ring.as_array().unwrap().iter();
        let at = |position: &Value, axis: usize| position[axis].as_f64().unwrap();
        LineString(positions.map(|it| Coord { x: at(it, 0), y: at(it, 1) }).collect())
    };
    let mut rings = rings.as_array().unwrap().iter().map(ring);
    let outer = rings.next().unwrap();
    Polygon::new(outer, rings.collect())
}

fn ground(geometry: &Value) -> MultiPolygon<f64> {
    assert_eq!(geometry["type"], "MultiPolygon", "{geometry}");
    geometry["coordinates"].as_array().unwrap().iter().map(rings).collect()
}

/// What the island of the map is handed.
fn handed(page: &str) -> Option<Value> {
    let island = page.split("data-component=\"PlaceMap").nth(1)?;
    let props = island.split("data-props=\"").nth(1)?.split('"').next()?;
    let request = props.lines().next()?.replace("&quot;", "\"").replace("&amp;", "&");
    Some(serde_json::from_str(&request).unwrap())
}

#[tokio::test]
async fn m3_m4_every_hatch_of_the_demonstration_lies_in_the_place_that_is_shown() {
    let place = PortalFolder::empty();
    let data = place.text("data");
    assert!(place.jianma(&["demo", "--data", &data]).status.success());
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let mut codes = BTreeSet::new();
    for series in ["330521001001GB", "330521001003GB", "330521004001J", "330521004002"] {
        let list = text(&portal.address, &format!("/api/v1/parcels?q={series}&limit=40")).await;
        let list: Value = serde_json::from_str(&list).unwrap();
        let features = list["features"].as_array().unwrap();
        codes.extend(
            features.iter().map(|it| it["properties"]["code"].as_str().unwrap().to_owned()),
        );
    }
    assert!(codes.len() > 60, "{} places", codes.len());
    let (mut hatched, mut in_part, mut over_each_other) = (0, 0, 0);
    for code in &codes {
        let page = text(&portal.address, &format!("/c/{code}")).await;
        let Some(request) = handed(&page).filter(|it| it["place"]["type"] == "MultiPolygon") else {
            continue;
        };
        let shown = ground(&request["place"]);
        let hatches = request["hatches"].as_array().unwrap();
        over_each_other += usize::from(hatches.len() > 1);
        for hatch in hatches {
            let id = hatch["id"].as_str().unwrap();
            let drawn = ground(&hatch["ground"]);
            let outside = drawn.difference(&shown).unsigned_area() / shown.unsigned_area();
            // Six decimals are a tenth of a metre.
            assert!(outside < 0.01, "{code} {id}: {outside} of it is outside");
            let far = drawn.coords_iter().map(|at| away(at, &shown)).fold(0.0, f64::max);
            assert!(far < 2e-6, "{code} {id}: {far} degrees outside");
            assert!(page.contains(&format!("data-hatch=\"{id}\"")), "{code}: {id} is not drawn");
            assert!(page.contains(&format!("fill=\"url(#{id})\"")), "{code}: {id} has no legend");
            hatched += 1;
            in_part += usize::from(drawn.unsigned_area() < 0.95 * shown.unsigned_area());
        }
        // A restriction's ground is for the drawing alone.
        for path in ["", "/restrictions"] {
            let json = text(&portal.address, &format!("/api/v1/parcels/{code}{path}")).await;
            let geometries = json.matches("\"coordinates\"").count();
            assert!(geometries <= usize::from(path.is_empty()), "{code}{path}: {json}");
        }
    }
    assert!(
        hatched > 40 && in_part > 5 && over_each_other > 5,
        "{hatched} {in_part} {over_each_other}"
    );
}

#[tokio::test]
async fn names_of_the_base_map_come_as_written_and_in_letters() {
    let place = PortalFolder::empty();
    let data = place.text("data");
    assert!(place.jianma(&["demo", "--data", &data]).status.success());
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let path = "/api/v1/basemap?dataset=deqing-demo&bbox=119.96,30.53,119.98,30.55";
    let map: Value = serde_json::from_str(&text(&portal.address, path).await).unwrap();
    let features = map["features"].as_array().unwrap().iter().map(|it| &it["properties"]);
    let named: Vec<_> = features.filter(|it| it["name"].is_string()).collect();
    assert!(named.len() > 3, "{map}");
    for it in named {
        let letters = it["letters"].as_str().unwrap();
        assert!(letters.is_ascii() || letters.contains('’'), "{it}");
    }
}

/// How far a point lies outside of an area, degrees.
fn away(at: Coord<f64>, area: &MultiPolygon<f64>) -> f64 {
    use geo::{Distance, Euclidean, Point};
    Euclidean.distance(&Point(at), area)
}
