//! Former codes, imported from files in which one record of a pair tells of a change (rule C7).

use serde_json::{Value, json};
use testkit::geojson;

use crate::harness::{PortalFolder, Running, UNLIMITED, client};

const PARCEL_FILE: &str = r#"
[[file]]
name = "parcels.geojson"
role = "parcels"
code = "{code}"
predecessors = "from"
successors = "into"
valid_from = "since"
valid_to = "until"
classified = { property = "secret", equals = 1 }
"#;

/// Far from each other, so that none is offered for another as a near miss.
const OLD: &str = "330521123456GB31415";
const LEFT: &str = "330521123456GB42826";
const RIGHT: &str = "330521123456GB53737";
const HIDDEN: &str = "330521234567GB27182";
const SECRET: &str = "330521234567GB61803";
const NEVER: &str = "330521234567GB16180";

/// Imports parcels of these properties, one beside the other.
fn import(place: &PortalFolder, parcels: &[Value]) -> bool {
    let parcels = (0_u32..).zip(parcels).map(|(at, properties)| {
        let west = 119.97 + 0.002 * f64::from(at);
        geojson::feature(properties, geojson::square(west, 30.54, 0.001))
    });
    place.import(PARCEL_FILE, &geojson::collection(parcels)).status.success()
}

async fn get(portal: &Running, path: &str) -> (u16, String) {
    let response = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

#[tokio::test]
async fn c7_a_split_told_by_its_new_parcels_is_told_by_the_old_one_with_and_without_a_record() {
    let place = PortalFolder::empty();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let new = |code| json!({ "code": code, "from": OLD, "since": "2020-01-01" });
    let hidden = json!({ "code": HIDDEN, "into": SECRET, "until": "2019-12-31" });
    let secret = json!({ "code": SECRET, "secret": 1 });
    let old = json!({ "code": OLD, "until": "2019-12-31" });
    let first = [old, new(LEFT), new(RIGHT), hidden, secret.clone()];
    assert!(import(&place, &first));
    let portal = place.serve();
    for gone in [false, true] {
        if gone {
            assert!(import(
                &place,
                &[json!({ "code": LEFT }), json!({ "code": RIGHT }), secret.clone()]
            ));
        }
        let mut stories = Vec::new();
        for code in [OLD, LEFT, RIGHT] {
            let (status, page) = get(&portal, &format!("/c/{code}")).await;
            assert_eq!(status, 200, "{code}");
            assert!(page.contains("分割") && !page.contains("变更编号"), "{code}: {page}");
            let (status, body) = get(&portal, &format!("/api/v1/parcels/{code}")).await;
            assert_eq!(status, 200, "{code}");
            let parcel: Value = serde_json::from_str(&body).unwrap();
            stories.push(parcel["properties"]["lineage"]["changes"][0]["kind"].clone());
            assert_eq!(parcel["geometry"].is_null(), gone && code == OLD, "{code}");
        }
        assert_eq!(stories, ["split"; 3]);
        let (_, page) = get(&portal, &format!("/c/{OLD}")).await;
        for code in [LEFT, RIGHT] {
            assert!(page.contains(&format!("href=\"/c/{code}\"")), "{page}");
        }
        assert_eq!(page.contains("没有这个代码的记录"), gone);
    }
    // One that led only to what is hidden is answered as one that never was.
    for path in ["/c/", "/api/v1/parcels/"] {
        let [former, never] = [HIDDEN, NEVER].map(|code| format!("{path}{code}"));
        let (former, never) = (get(&portal, &former).await, get(&portal, &never).await);
        assert_eq!((former.0, never.0), (404, 404));
        // Every page says which code was asked for.
        let blank = |text: &str, code: &str| {
            let spoken: Vec<String> = code[12..].chars().map(String::from).collect();
            let text = text.replace(code, "CODE").replace(&spoken.join(" "), "SPOKEN");
            text.replace(&code[14..], "NUMBER")
        };
        assert_eq!(blank(&former.1, HIDDEN), blank(&never.1, NEVER), "{path}");
    }
    assert!(!import(&place, &[json!({ "code": OLD }), json!({ "code": LEFT })]), "used again");
}
