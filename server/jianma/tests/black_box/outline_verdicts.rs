//! Verdicts on outlines as files: taken from a portal, checked without it, and brought back to it.

use std::fs;

use reqwest::multipart::Form;
use serde_json::{Value, json};

use crate::{
    harness::{Running, client},
    verdicts::{ENGLISH, brought, example, judged_by_own_rules, taken, verified},
};

/// A square of some 80 m around the middle of a shop of the demonstration.
async fn outline(portal: &Running) -> Value {
    let address = format!("{}/api/v1/parcels/{}", portal.address, example(0));
    let place: Value = client().get(address).send().await.unwrap().json().await.unwrap();
    let middle = &place["centroid"];
    let middle = if middle.is_null() { &place["properties"]["centroid"] } else { middle };
    let (x, y) = (middle[0].as_f64().unwrap(), middle[1].as_f64().unwrap());
    let side = 0.000_4;
    let ring =
        [[x - side, y - side], [x + side, y - side], [x + side, y + side], [x - side, y + side]];
    json!({ "type": "Polygon", "coordinates": [[ring[0], ring[1], ring[2], ring[3], ring[0]]] })
}

#[tokio::test]
async fn sites_s6_a_verdict_on_an_outline_is_checked_without_the_portal_and_by_it() {
    let place = judged_by_own_rules();
    let portal = place.serve();
    // The public keys come with it.
    taken(&place, &portal).await;
    let outline = outline(&portal).await;
    let body =
        json!({ "use": "cafe", "outline": outline, "answers": { "builds": "no" }, "signed": true });
    let request = client().post(format!("{}/api/v1/suitability", portal.address)).json(&body);
    let told: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(told["outline"]["told"], "judged", "{told}");
    let text = told["outline"]["signed"].as_str().unwrap().to_owned();
    let file: Value = serde_json::from_str(&text).unwrap();
    let ground = &file["judgement"]["site"]["outline"]["ground"];
    assert_eq!(ground["crs"], "CGCS2000");
    assert_eq!(
        serde_json::from_str::<Value>(ground["geojson"].as_str().unwrap()).unwrap(),
        told["outline"]["geometry"]
    );

    // As the form of the page takes it away: as a file and as a document.
    let form = || {
        Form::new()
            .text("use", "zhejiang.cafe")
            .text("points", outline.to_string())
            .text("a.builds", "no")
    };
    let take = async |route: &str| {
        let address = format!("{}/sites/outline/{route}", portal.address);
        let response = client().post(address).multipart(form()).send().await.unwrap();
        let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
        (response.status().as_u16(), name, response.bytes().await.unwrap().to_vec())
    };
    let (status, name, bytes) = take("verdict.json").await;
    assert_eq!(status, 200);
    let digest = ground["sha256"].as_str().unwrap();
    assert!(name.contains(&format!("outline-{}", &digest[..12])), "{name}");
    assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap()["judgement"], file["judgement"]);
    let (status, _, document) = take("verdict.pdf").await;
    assert_eq!((status, document.starts_with(b"%PDF-")), (200, true));

    fs::write(place.path("outline.json"), &text).unwrap();
    fs::write(place.path("outline.pdf"), &document).unwrap();
    for name in ["outline.json", "outline.pdf"] {
        let arguments = [name, "--keys", "keys.json", "--rules", "rules"];
        let (code, said) = verified(&place, ENGLISH, &arguments);
        assert_eq!(code, Some(0), "{said}");
        for words in ["the same, to the byte", digest, "its digest is of it"] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }
    // A corner moved by a hand's breadth.
    let corner = ground["geojson"].as_str().unwrap().split("[[[[").nth(1).unwrap();
    let corner = corner.split(',').next().unwrap();
    let moved = format!("{}9", &corner[..corner.len() - 1]);
    let other = text.replacen(corner, &moved, 1);
    if other != text {
        fs::write(place.path("moved.json"), &other).unwrap();
        let (code, said) = verified(&place, ENGLISH, &["moved.json", "--keys", "keys.json"]);
        assert_eq!((code, said.contains("NOT GENUINE")), (Some(1), true), "{said}");
    }

    // The portal says the same, with the outline drawn, and leads to the question of today.
    let bring = Form::new().text("file", "").text("verdict", text.clone());
    let (status, page) = brought(&portal, bring).await;
    assert_eq!(status, 200, "{page}");
    for words in [
        "Genuine. Today’s answer is the same.",
        "the verdict is exactly the same",
        "sites-sketch",
        digest,
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(page.contains("action=\"/sites/outline\""), "{page}");

    // What is no question is no file: the page says what is wrong.
    let wrong = Form::new().text("use", "zhejiang.cafe").text("points", "120 30");
    let address = format!("{}/sites/outline/verdict.json", portal.address);
    let response = client().post(address).multipart(wrong).send().await.unwrap();
    assert_eq!(response.status(), 422);
    assert!(response.text().await.unwrap().contains("120 30"), "what was typed stays");
}
