//! A department that cannot be posted to collects its requests from the program itself.

use domain::Clock as _;
use forward::Secret;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    deliveries::{deliveries, hand_in, page, until, until_state},
    harness::{PortalFolder, client},
};

/// A portal whose registration collects.
fn collecting() -> PortalFolder {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let file = place.path("jianma.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let posted = "endpoint = \"http://127.0.0.1:9/deliveries\"";
    std::fs::write(&file, text.replacen(posted, "pull = true", 1)).unwrap();
    place
}

/// What the department asks, signed with the secret that the portal made.
async fn ask(place: &PortalFolder, method: Method, path: &str, id: &str, body: String) -> Value {
    let text = std::fs::read_to_string(place.path("data/department.secret")).unwrap();
    let now = testkit::SystemClock.now();
    let headers = Secret::parse(text.trim()).unwrap().sign(id, now, body.as_bytes()).unwrap();
    let url = format!("{}/api/v1/departments/registration/inbox{path}", place.address());
    let answer = client().request(method, url).headers(headers).body(body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    answer.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_what_was_collected_before_a_kill_is_acknowledged_after_it_and_handed_out_once() {
    let place = collecting();
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "collected").await;
    let id = format!("msg_{}_registration", receipt.0);
    let told = page(&portal.address, &receipt).await;
    assert!(told.contains("由受理部门自行取件"), "{told}");
    let config = place.text("jianma.toml");
    let (done, list, _) = deliveries(&place, &["list", "--config", &config]);
    assert!(done && list.contains(&id) && list.contains("\tcollects\n"), "{list}");

    let page_of = ask(&place, Method::GET, "", "question-1", "{}".into()).await;
    assert_eq!(page_of["deliveries"][0]["id"], id.as_str());
    portal.kill_dash_nine();
    let portal = place.serve();
    let again = ask(&place, Method::GET, "", "question-2", "{}".into()).await;
    assert_eq!(again["deliveries"], json!([]), "its lease outlives the process");
    let body = json!({
        "id": id, "lease": page_of["deliveries"][0]["lease"], "reference": "受字1号",
    });
    for _ in 0..2 {
        let path = format!("/{id}/acknowledge");
        let said = ask(&place, Method::POST, &path, "word-1", body.to_string()).await;
        assert_eq!(said, json!({ "id": id, "reference": "受字1号" }));
    }
    until_state(&place, &id, "delivered").await;
    let (_, shown, _) = deliveries(&place, &["show", &id, "--config", &config]);
    assert!(shown.contains("gets it by    collects"), "{shown}");
    assert_eq!(shown.matches("delivered by registration").count(), 1, "{shown}");
    let told = page(&portal.address, &receipt).await;
    assert!(told.contains("受字1号"), "{told}");
    // That it came is counted.
    until("no figure of the collection", async || {
        let metrics = client().get(format!("{}/metrics", portal.address)).send().await.unwrap();
        let figure = "jianma_department_collected_timestamp_seconds{department=\"registration\"}";
        metrics.text().await.unwrap().contains(figure)
    })
    .await;
}
