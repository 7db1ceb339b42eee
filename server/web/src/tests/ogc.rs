//! The abstract test suite of OGC API – Features, Part 1 (OGC 17-069r4, Annex A): each test has the name of its
//! own, `/conf/core/root-op` is `conf_core_root_op`; and what our own rules ask besides.

mod rules;

use std::collections::BTreeSet;

use axum::http::Method;
use domain::{
    Clock as _, Localized,
    base_map::{BaseFeature, BaseKind},
    dataset::DatasetInfo,
    policy::Field,
    record::{Fields, ParcelRecord, Value as Known},
    restriction::LayerInfo,
};
use geo::{LineString, MultiPolygon};
use jiff::civil::date;
use serde_json::{Value, json};
use store::{Imports, LayerToStore, RestrictionFeature};
use testkit::{dataset, layer, parcel, parcel_code, square};

use super::{
    harness::{HOST, Noon, Web},
    land::OWNER,
};

const FIELDS: &str = "open.layer.fields";
const CORE: &str = "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core";

fn restriction(id: &str, x: f64) -> RestrictionFeature {
    let outline = MultiPolygon(vec![square(x, 30.5, 0.001)]);
    RestrictionFeature { id: id.into(), label: Localized::new("耕地", id), outline }
}

fn base(kind: BaseKind, name: &str, geometry: geo::Geometry<f64>) -> BaseFeature {
    BaseFeature { kind, name: Some(name.into()), geometry }
}

/// An open cadastre, of which all is given out, and a register, of which the base map is.
fn published() -> Web {
    // A test asks for everything there is, one thing after the other.
    let web = Web::empty(|settings| settings.limits.read_burst = 10_000);
    open_cadastre(&web);
    register(&web, "small");
    web
}

fn open_cadastre(web: &Web) {
    let info = DatasetInfo {
        demonstration: false,
        policy: "open-cadastre".into(),
        source_date: date(2025, 6, 1),
        ..dataset("open")
    };
    let mut writer = web.store.begin_import(&info).unwrap();
    let fields = layer("fields", "permanent_basic_farmland");
    let later = LayerInfo { published_from: Some(date(2030, 1, 1)), ..layer("later", "wetland") };
    for info in [fields, later] {
        let id = info.id.clone();
        writer.put_layer(&LayerToStore { info, coverage: None }).unwrap();
        for number in 0..25 {
            let feature = restriction(&format!("f{number}"), 120.0 + f64::from(number) * 0.01);
            writer.put_restriction(&id, &feature).unwrap();
        }
        let line = RestrictionFeature { outline: MultiPolygon(vec![]), ..restriction("line", 0.0) };
        writer.put_restriction(&id, &line).unwrap();
    }
    for number in 1..=4 {
        let fields = Fields::from([
            (Field::Location, Known::Text(format!("Street {number}"))),
            (Field::HolderPerson, Known::Text(OWNER.into())),
        ]);
        let classified = number == 2;
        let at = square(120.0 + f64::from(number) * 0.01, 30.6, 0.001);
        let one = ParcelRecord { fields, classified, ..parcel(parcel_code(number), at) };
        assert!(writer.put_parcel(&one, &[], &[]).unwrap());
    }
    let road = LineString::from(vec![(120.0, 30.0), (121.0, 31.0)]);
    writer.put_base(&base(BaseKind::Road, "road", road.into())).unwrap();
    writer.publish(Noon.now()).unwrap();
}

fn register(web: &Web, id: &str) {
    let mut writer = web.store.begin_import(&dataset(id)).unwrap();
    let fields = LayerToStore { info: layer("fields", "permanent_basic_farmland"), coverage: None };
    writer.put_layer(&fields).unwrap();
    writer.put_restriction("fields", &restriction("canary", 119.0)).unwrap();
    let here = parcel(parcel_code(9), square(119.97, 30.54, 0.001));
    assert!(writer.put_parcel(&here, &[], &[]).unwrap());
    writer.set_base_grid(Some(25.0)).unwrap();
    let lake = square(119.96, 30.53, 0.008).into();
    writer.put_base(&base(BaseKind::Water, "演示湖", lake)).unwrap();
    writer.publish(Noon.now()).unwrap();
}

fn items(of: &str, query: &str) -> String {
    format!("/ogc/collections/{of}/items{query}")
}

/// A path of an address that was told.
fn path(href: &str) -> &str {
    let (_, rest) = href.split_once("://").unwrap();
    let (host, _) = rest.split_once('/').unwrap();
    assert_eq!(host, HOST);
    &rest[host.len()..]
}

/// Links that every document has: each with its parts, one to itself, one to each other form.
fn links(document: &Value) -> Vec<(String, String, String)> {
    let links = document["links"].as_array().unwrap();
    let text = |link: &Value, name: &str| link[name].as_str().unwrap().to_owned();
    links.iter().map(|it| (text(it, "rel"), text(it, "type"), text(it, "href"))).collect()
}

async fn own_links_work(web: &Web, document: &Value, kind: &str) {
    let links = links(document);
    let of = |rel: &str| links.iter().find(|(it, ..)| it == rel).unwrap();
    let (_, own, href) = of("self");
    assert_eq!(own, kind);
    assert_eq!(&web.get(path(href)).await.json(), document);
    let (_, other, href) = of("alternate");
    assert_eq!(other, "text/html");
    let page = web.get(path(href)).await;
    assert_eq!((page.status, page.kind()), (200, "text/html; charset=utf-8"));
}

async fn json_of(web: &Web, path: &str, kind: &str) -> Value {
    let answer = web.get(path).await;
    assert_eq!((answer.status, answer.kind()), (200, kind), "{path}");
    answer.json()
}

async fn collections(web: &Web) -> Vec<Value> {
    let all = json_of(web, "/ogc/collections", "application/json").await;
    all["collections"].as_array().unwrap().clone()
}

fn ids(features: &Value) -> Vec<&str> {
    features["features"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect()
}

fn told(features: &Value, name: &str) -> Vec<String> {
    let all = features["features"].as_array().unwrap().iter();
    all.map(|it| it["properties"][name].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn conf_core_http() {
    let web = published();
    let answer = web.get("/ogc").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("vary"), "accept, accept-encoding");
    assert_eq!(answer.header("cache-control"), "no-cache");
    let known = answer.header("etag").to_owned();
    assert_eq!(web.get_with("/ogc", &[("if-none-match", &known)]).await.status, 304);
    web.ask(Method::POST, "/ogc/collections", &[], "").await.is_problem(405, "method-not-allowed");
}

#[tokio::test]
async fn conf_core_root_op_and_root_success() {
    let web = published();
    for address in ["/ogc", "/ogc/", "/ogc?f=json"] {
        let root = json_of(&web, address, "application/json").await;
        own_links_work(&web, &root, "application/json").await;
        let rels: BTreeSet<String> = links(&root).into_iter().map(|it| it.0).collect();
        for rel in ["service-desc", "service-doc", "conformance", "data"] {
            assert!(rels.contains(rel), "{rel}");
        }
        for (_, kind, href) in links(&root) {
            let answer = web.get(path(&href)).await;
            assert_eq!(answer.status, 200, "{href}");
            assert!(answer.kind().starts_with(&kind), "{href}: {}", answer.kind());
        }
    }
    // Whoever reads pages is given one, as everywhere: by what they take.
    let page = web.get_with("/ogc", &[("accept", "text/html,*/*;q=0.8")]).await;
    assert_eq!(page.kind(), "text/html; charset=utf-8");
    let program = [("accept", "application/json, text/html;q=0.9")];
    assert_eq!(web.get_with("/ogc", &program).await.kind(), "application/json");
}

#[tokio::test]
async fn conf_core_api_definition_op_and_success() {
    let web = published();
    let root = json_of(&web, "/ogc", "application/json").await;
    let of = |rel: &str| links(&root).into_iter().find(|(it, ..)| it == rel).unwrap();
    let (_, kind, href) = of("service-desc");
    assert_eq!(kind, "application/vnd.oai.openapi+json;version=3.0");
    let api = json_of(&web, path(&href), &kind).await;
    assert!(api["openapi"].as_str().unwrap().starts_with("3.0."));
    let (_, kind, href) = of("service-doc");
    assert_eq!(kind, "text/html");
    assert_eq!(web.get(path(&href)).await.kind(), "text/html; charset=utf-8");
}

#[tokio::test]
async fn conf_core_conformance_op_and_success() {
    let web = published();
    let told = json_of(&web, "/ogc/conformance", "application/json").await;
    let classes = told["conformsTo"].as_array().unwrap();
    for class in [CORE, &CORE.replace("core", "oas30"), &CORE.replace("core", "geojson")] {
        assert!(classes.contains(&json!(class)), "{class}");
    }
    own_links_work(&web, &told, "application/json").await;
}

#[tokio::test]
async fn conf_core_fc_md_op_and_fc_md_success_and_fc_md_links() {
    let web = published();
    let told = json_of(&web, "/ogc/collections", "application/json").await;
    own_links_work(&web, &told, "application/json").await;
    let names: Vec<_> =
        collections(&web).await.iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(names, [FIELDS, "open.base.road", "open.parcels", "small.base.water"]);
}

#[tokio::test]
async fn conf_core_fc_md_items_and_fc_md_items_links() {
    let web = published();
    for collection in collections(&web).await {
        let id = collection["id"].as_str().unwrap();
        let to_items: Vec<_> =
            links(&collection).into_iter().filter(|(rel, ..)| rel == "items").collect();
        let kinds: BTreeSet<_> = to_items.iter().map(|it| it.1.as_str()).collect();
        assert_eq!(kinds, BTreeSet::from(["application/geo+json", "text/html"]), "{id}");
        for (_, kind, href) in to_items {
            assert!(web.get(path(&href)).await.kind().starts_with(&kind), "{href}");
        }
    }
}

#[tokio::test]
async fn conf_core_fc_md_extent_and_fc_md_extent_multi() {
    let web = published();
    for collection in collections(&web).await {
        let id = collection["id"].as_str().unwrap();
        let boxes = collection["extent"]["spatial"]["bbox"].as_array().unwrap();
        assert_eq!(boxes.len(), 1);
        let [west, south, east, north] = std::array::from_fn(|at| boxes[0][at].as_f64().unwrap());
        let within = format!("?limit=1000&bbox={west},{south},{east},{north}");
        let all = json_of(&web, &items(id, "?limit=1000"), "application/geo+json").await;
        let found = json_of(&web, &items(id, &within), "application/geo+json").await;
        assert_eq!(found["features"], all["features"], "{id}");
        let interval = &collection["extent"]["temporal"]["interval"];
        assert!(interval[0][0].as_str().unwrap().ends_with('Z') && interval[0][1].is_null());
    }
}

#[tokio::test]
async fn conf_core_sfc_md_op_and_sfc_md_success() {
    let web = published();
    for listed in collections(&web).await {
        let id = listed["id"].as_str().unwrap();
        let one = format!("/ogc/collections/{id}");
        let told = json_of(&web, &one, "application/json").await;
        own_links_work(&web, &told, "application/json").await;
        for name in ["id", "title", "description", "extent", "crs", "attribution"] {
            assert_eq!(told[name], listed[name], "{id}: {name}");
            assert!(!told[name].is_null(), "{id}: {name}");
        }
    }
    web.get("/ogc/collections/none").await.is_problem(404, "not-found");
    web.get(&items("none", "")).await.is_problem(404, "not-found");
    web.get(&items("none", "/1")).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn conf_core_fc_op_and_fc_response_and_fc_links() {
    let web = published();
    for collection in collections(&web).await {
        let id = collection["id"].as_str().unwrap();
        let page = json_of(&web, &items(id, ""), "application/geo+json").await;
        assert_eq!(page["type"], "FeatureCollection");
        own_links_work(&web, &page, "application/geo+json").await;
        assert!(!page["features"].as_array().unwrap().is_empty(), "{id}");
    }
    // From page to page by its links all of it comes, each once, and in the order of one page.
    let whole = json_of(&web, &items(FIELDS, "?limit=1000"), "application/geo+json").await;
    let (mut next, mut turned) = (Some(items(FIELDS, "?limit=7")), Vec::new());
    while let Some(address) = next {
        let page = json_of(&web, &address, "application/geo+json").await;
        turned.extend(page["features"].as_array().unwrap().clone());
        let link = links(&page).into_iter().find(|(rel, ..)| rel == "next");
        next = link.map(|(_, _, href)| path(&href).to_owned());
    }
    assert_eq!(&Value::Array(turned), &whole["features"]);
    let second = json_of(&web, &items(FIELDS, "?limit=7&offset=7"), "application/geo+json").await;
    let (_, _, before) = links(&second).into_iter().find(|(rel, ..)| rel == "prev").unwrap();
    assert_eq!(ids(&json_of(&web, path(&before), "application/geo+json").await)[0], "1");
}

#[tokio::test]
async fn conf_core_fc_bbox_definition_and_fc_bbox_response() {
    let web = published();
    let near = async |query: &str| {
        let found = json_of(&web, &items(FIELDS, query), "application/geo+json").await;
        told(&found, "feature")
    };
    // What has no ground is in every box.
    assert_eq!(near("?bbox=120.0095,30.4,120.0205,30.6").await, ["f1", "f2", "line"]);
    assert_eq!(near("?bbox=120.0095,30.4,0,120.0205,30.6,9").await, ["f1", "f2", "line"]);
    assert_eq!(near("?bbox=10,10,11,11").await, ["line"]);
    // Over the antimeridian, and so on its way nearly around the earth.
    assert_eq!(near("?limit=99&bbox=120.2395,30.4,120.2301,30.6").await.len(), 26);
    assert_eq!(near("?limit=99&bbox=120.2399,30.4,119,30.6").await, ["f24", "line"]);
    // By the ground, not by the box around it.
    let roads = async |query: &str| {
        json_of(&web, &items("open.base.road", query), "application/geo+json").await["numberMatched"]
            .clone()
    };
    assert_eq!(roads("?bbox=120.4,30.4,120.6,30.6").await, 1);
    assert_eq!(roads("?bbox=120.8,30.1,120.9,30.2").await, 0);
    for wrong in [
        "1,2,3",
        "1,2,3,4,5",
        "a,b,c,d",
        "120,31,121,30",
        "0,0,181,1",
        "0,-91,1,1",
        "0,0,9,1,1,8",
        "",
        "0,0,nan,1",
        "0,0,1,1,",
        "1,2,3,4,5,6,7",
    ] {
        web.get(&items(FIELDS, &format!("?bbox={wrong}"))).await.is_problem(400, "bad-request");
    }
}

#[tokio::test]
async fn conf_core_fc_limit_definition_and_fc_limit_response() {
    let web = published();
    for (query, returned) in [("", 10), ("?limit=1", 1), ("?limit=26", 26), ("?limit=999999", 26)] {
        let page = json_of(&web, &items(FIELDS, query), "application/geo+json").await;
        assert_eq!(ids(&page).len(), returned, "{query}");
    }
    for wrong in ["0", "-1", "1.5", "many", "", "+3"] {
        web.get(&items(FIELDS, &format!("?limit={wrong}"))).await.is_problem(400, "bad-request");
    }
    let api = json_of(&web, "/ogc/api", "application/vnd.oai.openapi+json;version=3.0").await;
    let limit = &api["components"]["parameters"]["limit"]["schema"];
    assert_eq!(
        (&limit["minimum"], &limit["maximum"], &limit["default"]),
        (&json!(1), &json!(1000), &json!(10))
    );
    let far =
        json_of(&web, &items(FIELDS, "?offset=99999999999999999999"), "application/geo+json").await;
    assert_eq!((&far["numberMatched"], &far["numberReturned"]), (&json!(26), &json!(0)));
}

#[tokio::test]
async fn conf_core_fc_time_definition_and_fc_time_response() {
    let web = published();
    // The layer is of 1 January 2026, and tells of that day and of what follows.
    let matched = async |datetime: &str| {
        let query = format!("?datetime={datetime}");
        let page = json_of(&web, &items(FIELDS, &query), "application/geo+json").await;
        assert_eq!(ids(&page).is_empty(), page["numberMatched"] == 0, "{datetime}");
        page["numberMatched"].as_u64().unwrap()
    };
    for (datetime, all) in [
        ("2026-01-01T00:00:00%2B08:00", true),
        ("2025-12-31T23:59:59%2B08:00", false),
        ("2026-06-01T12:00:00Z", true),
        ("2020-01-01T00:00:00Z/2026-06-01T00:00:00Z", true),
        ("2020-01-01T00:00:00Z/2021-01-01T00:00:00Z", false),
        ("2020-01-01T00:00:00Z/..", true),
        ("2020-01-01T00:00:00Z/", true),
        ("../2020-01-01T00:00:00Z", false),
        ("/2026-06-01T00:00:00Z", true),
    ] {
        assert_eq!(matched(datetime).await, if all { 26 } else { 0 }, "{datetime}");
    }
    for wrong in [
        "yesterday",
        "2026",
        "/",
        "../..",
        "2026-06-01T00:00:00Z/2020-01-01T00:00:00Z",
        "2026-06-01T00:00:00Z/x",
    ] {
        web.get(&items(FIELDS, &format!("?datetime={wrong}"))).await.is_problem(400, "bad-request");
    }
}

#[tokio::test]
async fn conf_core_fc_number_matched_and_fc_number_returned() {
    let web = published();
    for (query, matched, returned) in
        [("", 26, 10), ("?offset=20", 26, 6), ("?bbox=120,30,120.0305,31", 5, 5)]
    {
        let page = json_of(&web, &items(FIELDS, query), "application/geo+json").await;
        assert_eq!(page["numberMatched"], matched, "{query}");
        assert_eq!(page["numberReturned"], returned, "{query}");
        assert_eq!(ids(&page).len(), returned, "{query}");
    }
}

#[tokio::test]
async fn conf_core_f_op_and_f_success_and_f_links() {
    let web = published();
    for collection in collections(&web).await {
        let id = collection["id"].as_str().unwrap();
        let page = json_of(&web, &items(id, ""), "application/geo+json").await;
        for listed in page["features"].as_array().unwrap() {
            let own = items(id, &format!("/{}", listed["id"].as_str().unwrap()));
            let one = json_of(&web, &own, "application/geo+json").await;
            for name in ["type", "id", "geometry", "properties"] {
                assert_eq!(one[name], listed[name], "{own}");
            }
            own_links_work(&web, &one, "application/geo+json").await;
            assert!(links(&one).iter().any(|(rel, ..)| rel == "collection"));
        }
    }
    for none in ["/0", "/27", "/01", "/x", "/-1", "/99999999999999999999999"] {
        web.get(&items(FIELDS, none)).await.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn conf_core_query_param_unknown_and_query_param_invalid() {
    let web = published();
    let everywhere = ["/ogc", "/ogc/api", "/ogc/conformance", "/ogc/collections"];
    let one = format!("/ogc/collections/{FIELDS}");
    for path in everywhere.into_iter().chain([&*one, &items(FIELDS, ""), &items(FIELDS, "/1")]) {
        for wrong in ["?canary=1", "?f=xml", "?f=json&f=json", "?F=json"] {
            let answer = web.get(&format!("{path}{wrong}")).await;
            answer.is_problem(400, "bad-request");
            assert!(!answer.text().contains("canary"), "{path}{wrong}");
        }
    }
    for wrong in ["?limit=1&limit=2", "?bbox-crs=x", "?offset=-1"] {
        web.get(&items(FIELDS, wrong)).await.is_problem(400, "bad-request");
    }
}

#[tokio::test]
async fn conf_core_crs84() {
    let web = published();
    for collection in collections(&web).await {
        let crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
        assert_eq!(collection["crs"], json!([crs84]));
        assert_eq!(collection["extent"]["spatial"]["crs"], crs84);
        let page = items(collection["id"].as_str().unwrap(), "?limit=1");
        let page = json_of(&web, &page, "application/geo+json").await;
        // Longitude first.
        let mut at = &page["features"][0]["geometry"]["coordinates"];
        while at[0].is_array() {
            at = &at[0];
        }
        assert!((119.0..=121.0).contains(&at[0].as_f64().unwrap()), "{at}");
        assert!((30.0..=31.0).contains(&at[1].as_f64().unwrap()), "{at}");
    }
}

#[tokio::test]
async fn conf_geojson_definition_and_content() {
    let web = published();
    for collection in collections(&web).await {
        let id = collection["id"].as_str().unwrap();
        let answer = web.get(&items(id, "?limit=1000")).await;
        assert_eq!(answer.kind(), "application/geo+json");
        let read: geojson::FeatureCollection = answer.text().parse().unwrap();
        assert_eq!(read.features.len() as u64, answer.json()["numberReturned"].as_u64().unwrap());
        let answer = web.get(&items(id, &format!("/{}", ids(&answer.json())[0]))).await;
        assert_eq!(answer.kind(), "application/geo+json");
        let read: geojson::Feature = answer.text().parse().unwrap();
        assert!(read.id.is_some() && read.geometry.is_some() && read.properties.is_some());
    }
}

#[tokio::test]
async fn conf_oas30_completeness_and_exception_codes() {
    let web = published();
    let api = json_of(&web, "/ogc/api", "application/vnd.oai.openapi+json;version=3.0").await;
    let described: BTreeSet<String> = api["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(|it| format!("/ogc{}", it.trim_end_matches('/')))
        .collect();
    let routes = crate::ogc::routes().list();
    let routed: BTreeSet<String> =
        routes.iter().map(|it| it.path.trim_end_matches('/').to_owned()).collect();
    assert_eq!(described, routed);
    let mut references = Vec::new();
    references_in(&api, &mut references);
    for reference in references {
        assert!(api.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
    for (path, item) in api["paths"].as_object().unwrap() {
        let responses = item["get"]["responses"].as_object().unwrap();
        for code in ["200", "400", "429", "503"] {
            assert!(responses.contains_key(code), "{path}: {code}");
        }
        assert_eq!(responses.contains_key("404"), path.contains('{'), "{path}");
    }
}

fn references_in(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|value| references_in(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references_in(value, found)),
        _ => {}
    }
}
