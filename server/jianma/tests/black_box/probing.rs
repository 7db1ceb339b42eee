//! Trying codes one after another.

use crate::harness::{PARCELS, PortalFolder, client};

const NARROW: &str = "[limits.probing]
misses = { burst = 6, per_minute = 1 }
";

#[tokio::test]
async fn p6_guessing_is_slowed_and_then_refused_and_own_places_stay_open() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", NARROW);
    let portal = place.serve();
    let status = async |path: String| {
        client().get(format!("{}{path}", portal.address)).send().await.unwrap()
    };
    assert_eq!(status(format!("/c/{}", PARCELS[0])).await.status(), 200);
    let mut statuses = Vec::new();
    for number in 0..10 {
        let code = format!("330521001001GB{:05}", 500 + number * 10);
        let path =
            if number % 2 == 0 { format!("/c/{code}") } else { format!("/api/v1/parcels/{code}") };
        statuses.push(status(path).await.status().as_u16());
    }
    assert_eq!(&statuses[..6], [404; 6]);
    assert_eq!(&statuses[6..], [429; 4]);
    let refused = status("/api/v1/parcels/330521001001GB00999".into()).await;
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    // Labels cannot be guessed instead.
    assert_eq!(
        status("/l/330521001001GB00001-A-0000001-0123456789ABCDEF".into()).await.status(),
        429
    );
    // What had been opened before stays open.
    assert_eq!(status(format!("/c/{}", PARCELS[0])).await.status(), 200);
    assert_eq!(status("/services".into()).await.status(), 200);
    // A request does not get around it.
    let body = serde_json::json!({
        "item": "planning-conformity", "code": "330521001001GB00888",
        "answers": crate::harness::answers("planning-conformity", "x"),
    });
    let handed_in = client()
        .post(format!("{}/api/v1/requests", portal.address))
        .header("idempotency-key", "0123456789abcdef")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(handed_in.status(), 429);
}

#[tokio::test]
async fn p6_a_register_is_not_listed_by_searching() {
    let place = PortalFolder::empty();
    let loaded = place.jianma(&["demo", "--data", &place.text("data")]);
    assert!(loaded.status.success(), "{loaded:?}");
    let searches = "[limits.probing]\nsearches = { burst = 60, per_minute = 1 }\n";
    place.configure("http://127.0.0.1:9", searches);
    let portal = place.serve();
    let status = async |path: &str| {
        client().get(format!("{}{path}", portal.address)).send().await.unwrap().status().as_u16()
    };
    let list = "/api/v1/parcels?bbox=119,30,121,31&limit=100";
    assert_eq!([status(list).await, status(list).await, status(list).await], [200, 200, 429]);
    // Neither way of searching makes up for the other, and what is no list stays open.
    assert_eq!(status("/?q=330521").await, 429);
    assert_eq!(status("/").await, 200);
}
