//! Going back to the version before, beside a portal that serves.

use std::process::Output;

use serde_json::{Value, json};
use testkit::geojson;

use crate::harness::{PARCELS, PortalFolder, client};

const PARCEL_FILE: &str = r#"
[[file]]
name = "parcels.geojson"
role = "parcels"
code = "{ZDDM}"

[file.fields]
location = { property = "ZL", kind = "text" }
"#;

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// The parcels of the small data set again, all of them elsewhere.
fn moved() -> String {
    geojson::collection(PARCELS.map(|code| {
        let properties = json!({ "ZDDM": code, "ZL": "错误路 9 号" });
        geojson::feature(properties, geojson::square(119.9, 30.5, 0.001))
    }))
}

async fn parcel(address: &str) -> (Value, String) {
    let asked = client().get(format!("{address}/api/v1/parcels/{}", PARCELS[0])).send();
    let answer = asked.await.unwrap();
    let tag = answer.headers()["etag"].to_str().unwrap().to_owned();
    (answer.json().await.unwrap(), tag)
}

async fn page(address: &str) -> String {
    let asked = client().get(format!("{address}/c/{}", PARCELS[0])).send();
    asked.await.unwrap().text().await.unwrap()
}

async fn hits(address: &str, words: &str) -> usize {
    let asked = client().get(format!("{address}/api/v1/parcels")).query(&[("q", words)]).send();
    let found: Value = asked.await.unwrap().json().await.unwrap();
    found["features"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_rollback_is_seen_by_a_portal_that_serves_and_can_be_undone() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let address = portal.address.clone();
    let (first, tag) = parcel(&address).await;
    assert_eq!((hits(&address, "演示路").await, hits(&address, "错误路").await), (3, 0));
    let imported = place.import(PARCEL_FILE, &moved());
    assert!(imported.status.success(), "{}", text(&imported));
    let (second, _) = parcel(&address).await;
    assert_ne!(first, second);
    assert_eq!((hits(&address, "演示路").await, hits(&address, "错误路").await), (0, 3));

    let data = place.text("data");
    let nobody = place.jianma(&["rollback", "--data", &data, "small", "--by", "a\u{202E}b"]);
    assert!(!nobody.status.success() && text(&nobody).contains("the name is one line"));
    let done = place.jianma(&["rollback", "--data", &data, "small", "--by", "on-call officer"]);
    assert!(done.status.success(), "{}", text(&done));
    assert!(text(&done).contains("small/1 is current, in place of small/2"), "{}", text(&done));
    assert_eq!(parcel(&address).await, (first.clone(), tag));
    assert!(page(&address).await.contains("small/1"));
    assert_eq!((hits(&address, "演示路").await, hits(&address, "错误路").await), (3, 0));
    let listed = text(&place.jianma(&["versions", "--data", &data]));
    for words in [
        "small  小样本 / Small sample",
        "1  current  data as of 2026-01-01",
        "2  kept     data as of 2026-01-01",
        "3 parcels, 0 layers",
        "rolled back 2",
        "by on-call officer",
    ] {
        assert!(listed.contains(words), "{words}: {listed}");
    }

    let undone = place.jianma(&["rollback", "--data", &data, "small", "--to", "2"]);
    assert!(undone.status.success(), "{}", text(&undone));
    assert_eq!(parcel(&address).await.0, second);
    assert!(page(&address).await.contains("small/2"));
    assert_eq!(portal.terminate(), Some(0));
}

#[tokio::test]
async fn a_folder_without_data_is_said_and_not_made() {
    let place = PortalFolder::empty();
    let print = place.text("label.svg");
    for arguments in [
        &["versions"][..],
        &["rollback", "small"],
        &["verify-audit"],
        &["label", "list"],
        &["label", "withdraw", "1", "--reason", "lost"],
        &["label", "reprint", "1", "-o", &print],
        &["deliveries", "list"],
    ] {
        let data = place.text("mistyped");
        let said = place.jianma(&[arguments, &["--data", &data]].concat());
        assert!(!said.status.success() && text(&said).contains("holds no data"), "{}", text(&said));
        assert!(!place.path("mistyped").exists());
    }
    let place = PortalFolder::with_small_data();
    let data = place.text("data");
    let said = place.jianma(&["rollback", "--data", &data, "large"]);
    assert!(text(&said).contains("there are: small"), "{}", text(&said));
    // No portal has served it yet, and looking at its audit makes no key.
    let said = place.jianma(&["verify-audit", "--data", &data]);
    assert!(!said.status.success() && text(&said).contains("audit.key"), "{}", text(&said));
    assert!(!place.path("data/audit.key").exists());
    // A check leaves nothing in a folder that was made for the data.
    std::fs::create_dir(place.path("empty")).unwrap();
    let [empty, mapping, parcels] =
        ["empty", "mapping.toml", "parcels.geojson"].map(|name| place.text(name));
    let checked =
        place.jianma(&["import", "--check", "--data", &empty, "--mapping", &mapping, &parcels]);
    assert!(checked.status.success(), "{}", text(&checked));
    assert_eq!(std::fs::read_dir(place.path("empty")).unwrap().count(), 0);
}
