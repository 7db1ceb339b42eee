//! Homes: where the policy does not tell which there are, every number of a parcel is answered
//! alike; whoever holds a home's label, or proved their claim to it, sees more (rows 2, 5, 7).

use domain::viewer::Tier;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::geojson;

use crate::{
    harness::{PortalFolder, Running, UNLIMITED, answers, client},
    labels::issued,
    seen_as::{IDENTITY, assertion, trust},
};

const PARCEL: &str = "330521001001GB00001";
const FORMER: &str = "330521001001GB00005";

const MAPPING: &str = r#"
crs = "EPSG:4326"
[dataset]
id = "homes"
title = { zh = "户室样本", en = "Homes sample" }
source = { zh = "测试数据", en = "test data" }
source_date = "2026-01-01"
demonstration = true
policy = "POLICY"
[[file]]
name = "land.geojson"
role = "parcels"
code = "{code}"
valid_to = "until"
[file.fields]
location = { property = "address", kind = "text" }
[[file]]
name = "units.geojson"
role = "units"
code = "{code}"
[file.fields]
unit_location = { property = "door", kind = "text" }
"#;

/// Homes that are there, and another of their building and of others.
const THERE: [&str; 2] = ["F00010002", "F00010003"];
const NUMBERS: [&str; 6] =
    ["F00010002", "F00010003", "F00010004", "F00020001", "F77778888", "F12340056"];

/// A portal over a parcel with two homes, and a former one with one.
fn portal(policy: &str) -> (PortalFolder, Running) {
    portal_within(policy, UNLIMITED)
}

/// The same within limits.
fn portal_within(policy: &str, limits: &str) -> (PortalFolder, Running) {
    let place = PortalFolder::empty();
    trust(&place);
    place.configure("http://127.0.0.1:9", &format!("{limits}{IDENTITY}"));
    let land = [(PARCEL, 119.97, Value::Null), (FORMER, 119.98, json!("2020-01-01"))].map(
        |(code, west, until)| {
            let properties = json!({ "code": code, "address": "民居路1号", "until": until });
            geojson::feature(properties, geojson::square(west, 30.54, 0.001))
        },
    );
    let there = THERE.map(|number| format!("{PARCEL}{number}"));
    let units = there.into_iter().chain([format!("{FORMER}F00010002")]).map(|code| {
        geojson::feature(json!({ "code": code, "door": "民居路1号8幢2单元301室" }), "null")
    });
    std::fs::write(place.path("land.geojson"), geojson::collection(land)).unwrap();
    std::fs::write(place.path("units.geojson"), geojson::collection(units)).unwrap();
    std::fs::write(place.path("homes.toml"), MAPPING.replace("POLICY", policy)).unwrap();
    let [data, mapping, land, units] =
        ["data", "homes.toml", "land.geojson", "units.geojson"].map(|name| place.text(name));
    let done = place.jianma(&["import", "--data", &data, "--mapping", &mapping, &land, &units]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let running = place.serve();
    (place, running)
}

/// The whole answer, headers too, without what is new in each and without the number asked for.
async fn whole(portal: &Running, method: Method, path: &str, home: &str) -> String {
    let address = format!("{}{}", portal.address, path.replace("{}", home));
    let response = client().request(method, address).send().await.unwrap();
    let request = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let mut text = format!("{}\n", response.status());
    for (name, value) in response.headers() {
        if !matches!(name.as_str(), "date" | "etag") {
            text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
    }
    text.push_str(&response.text().await.unwrap());
    let grouped = domain::LandCode::parse(home, domain::code::Strictness::LookUp).unwrap();
    let grouped = grouped.code.grouped();
    let number = &home[19..];
    let spoken: Vec<String> = number.chars().map(String::from).collect();
    let spoken = spoken.join(" ");
    let mut blank = text;
    for new in [home, &grouped, number, &spoken, &request] {
        blank = blank.replace(new, "…");
    }
    for (digits, word) in [(&number[1..5], "BUILDING"), (&number[5..], "DOOR")] {
        blank = blank.replace(&format!("<dt>{digits}</dt>"), word);
    }
    // A form's token is as long as every other.
    match blank.split_once("name=\"token\" value=\"") {
        Some((before, after)) => format!("{before}{}", &after[24..]),
        None => blank,
    }
}

async fn json_of(portal: &Running, path: &str, tier: Option<(Tier, &str)>) -> (u16, Value) {
    let mut request = client().get(format!("{}{path}", portal.address));
    if let Some((tier, place)) = tier {
        request = request.header("jianma-assertion", assertion(tier, "somebody", place));
    }
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn p5_every_home_number_of_a_parcel_is_answered_alike() {
    let (_place, portal) = portal("zhejiang");
    let paths = [
        "/c/{}",
        "/c/{}/requests/new",
        "/c/{}/requests/new?item=data-correction",
        "/api/v1/parcels/{}",
        "/api/v1/parcels/{}/restrictions",
        "/api/v1/parcels?q={}",
        "/?q={}",
        "/C/{}",
    ];
    for parcel in [PARCEL, FORMER, "330521001001GB00099"] {
        for path in paths {
            for method in [Method::GET, Method::HEAD] {
                let mut said = Vec::new();
                for number in NUMBERS {
                    let home = format!("{parcel}{number}");
                    said.push(whole(&portal, method.clone(), path, &home).await);
                }
                for other in &said[1..] {
                    assert_eq!(&said[0], other, "{method} {path} on {parcel}");
                }
            }
        }
    }
    let (status, said) =
        json_of(&portal, &format!("/api/v1/parcels/{PARCEL}F00010002"), None).await;
    let unit = json!({ "code": format!("{PARCEL}F00010002"), "known": false, "facts": {} });
    assert_eq!((status, &said["properties"]["unit"]), (200, &unit));
    assert_eq!(said["properties"]["facts"]["location"], "民居路1号");
    assert!(!said.to_string().contains("8幢"));
    // A unit of the whole parcel is the parcel, as ever.
    let whole_parcel = format!("/api/v1/parcels/{PARCEL}W00000000");
    let (status, said) = json_of(&portal, &whole_parcel, None).await;
    assert_eq!((status, &said["properties"]["unit"]), (200, &Value::Null));
}

#[tokio::test]
async fn p5_a_request_about_any_home_number_is_taken_alike() {
    let (_place, portal) = portal("zhejiang");
    for (at, number) in NUMBERS.iter().enumerate() {
        let body = json!({ "item": "planning-conformity", "code": format!("{PARCEL}{number}"),
            "answers": answers("planning-conformity", "x") });
        let handed_in = client()
            .post(format!("{}/api/v1/requests", portal.address))
            .header("idempotency-key", format!("homes-0123456789-{at}"))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(handed_in.status(), 201, "{number}");
    }
}

#[tokio::test]
async fn p6_homes_that_are_there_cost_as_much_as_homes_that_are_not() {
    let limits = "[limits.probing]\nunits = { burst = 4, per_minute = 1 }\n";
    let mut statuses = Vec::new();
    for numbers in [["F00010002", "F00010003"], ["F00010004", "F77778888"]] {
        let (_place, portal) = portal_within("zhejiang", limits);
        let mut said = Vec::new();
        let others = ["F00030001", "F00030002", "F00030003", "F00030004"];
        for number in numbers.into_iter().chain(others) {
            let home = format!("{}/api/v1/parcels/{PARCEL}{number}", portal.address);
            said.push(client().get(home).send().await.unwrap().status().as_u16());
        }
        statuses.push(said);
    }
    assert_eq!(statuses[0], statuses[1]);
    assert_eq!(statuses[0], [200, 200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn p4_whoever_proved_their_claim_to_a_home_is_told_whether_it_is_there() {
    let (_place, portal) = portal("zhejiang");
    for tier in [Tier::Registered, Tier::Interested, Tier::Holder, Tier::Staff] {
        let home = format!("{PARCEL}F00010002");
        let path = format!("/api/v1/parcels/{home}");
        let (status, said) = json_of(&portal, &path, Some((tier, &home))).await;
        let unit = &said["properties"]["unit"];
        assert_eq!((status, &unit["known"]), (200, &json!(true)), "{tier:?}");
        assert_eq!(unit["facts"]["unit_location"], "民居路1号8幢2单元301室");
        let missing = format!("{PARCEL}F00010004");
        let path = format!("/api/v1/parcels/{missing}");
        assert_eq!(json_of(&portal, &path, Some((tier, &missing))).await.0, 404, "{tier:?}");
        // What they proved for one home tells nothing of another.
        if tier != Tier::Staff {
            let mut said = Vec::new();
            for number in ["F00010003", "F00010004"] {
                let path = format!("/api/v1/parcels/{PARCEL}{number}");
                let (status, body) = json_of(&portal, &path, Some((tier, &home))).await;
                said.push((status, body.to_string().replace(number, "…")));
            }
            assert_eq!(said[0], said[1], "{tier:?}");
        }
    }
}

#[tokio::test]
async fn p7_a_homes_label_leads_its_holder_to_the_building_and_nobody_else() {
    let (place, running) = portal("zhejiang");
    let host = running.address.trim_start_matches("http://").to_owned();
    // Whoever makes labels is told when there is no such home.
    let (data, file) = (place.text("data"), place.text("none.svg"));
    let missing = format!("{PARCEL}F00010004");
    let refused = place.jianma(&["label", &missing, "-o", &file, "--data", &data, "--host", &host]);
    assert!(!refused.status.success());
    let label = issued(&place, &format!("{PARCEL}F00010002"), &host);
    let page = client().get(format!("{}/l/{label}", running.address)).send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains("所在楼幢") && page.contains("民居路1号8幢"), "{page}");
    assert!(!page.contains("2单元") && !page.contains("301室"), "{page}");
    let (status, said) = json_of(&running, &format!("/api/v1/labels/{label}"), None).await;
    assert_eq!((status, &said["building"]), (200, &json!("民居路1号8幢")));
}

#[tokio::test]
async fn where_the_policy_publishes_homes_one_that_is_not_there_is_not_found() {
    let (_place, portal) = portal("open-cadastre");
    for number in NUMBERS {
        let path = format!("/api/v1/parcels/{PARCEL}{number}");
        let wanted = if THERE.contains(&number) { 200 } else { 404 };
        assert_eq!(json_of(&portal, &path, None).await.0, wanted, "{number}");
    }
}
