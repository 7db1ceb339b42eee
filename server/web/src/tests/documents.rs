use axum::{body::Body, http::Method};

use super::harness::Web;

#[tokio::test]
async fn the_description_of_the_api_is_served() {
    let web = Web::open();
    let document = web.get("/api/openapi.json").await;
    assert_eq!((document.status, document.kind()), (200, "application/json"));
    let paths = document.json();
    assert!(paths["paths"].as_object().unwrap().len() >= 10);
}

#[tokio::test]
async fn a_watchdog_learns_whether_the_portal_runs_and_whether_it_can_serve() {
    let web = Web::open();
    for method in [Method::GET, Method::HEAD] {
        assert_eq!(web.ask(method, "/healthz", &[], Body::empty()).await.status, 200);
    }
    assert_eq!(web.get("/healthz").await.text(), "ok\n");
    let ready = web.get("/readyz").await;
    assert_eq!((ready.status, ready.kind()), (200, "application/json"));
    assert_eq!(ready.header("cache-control"), "no-store");
    assert_eq!(ready.json()["checks"]["storage"], "ok");
}

#[tokio::test]
async fn to_strangers_there_are_no_metrics() {
    let web = Web::set(|settings| {
        settings.site.trusted_proxies = vec!["192.0.2.1".parse().unwrap()];
        settings.operations.peers = vec!["10.0.0.7".parse().unwrap()];
    });
    let nowhere = web.get("/nowhere").await;
    let stranger = web.get("/metrics").await;
    stranger.is_page(404);
    assert_eq!(stranger.kind(), nowhere.kind());
    let named = [("x-forwarded-for", "10.0.0.7")];
    let metrics = web.get_with("/metrics", &named).await;
    assert_eq!((metrics.status, metrics.header("cache-control")), (200, "no-store"));
    assert!(metrics.kind().starts_with("text/plain"));
    let posted = web.ask(Method::POST, "/metrics", &named, Body::empty()).await;
    assert_eq!((posted.status, posted.header("allow")), (405, "GET, HEAD"));
}

#[tokio::test]
async fn built_files_never_change_and_a_missing_one_is_no_page() {
    let web = Web::open();
    web.put_file("pkg/there.js", "there()");
    web.put_file("robots.txt", "User-agent: *\n");
    let there = web.get("/pkg/there.js").await;
    assert_eq!((there.status, there.text()), (200, "there()"));
    assert_eq!(there.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(web.get("/robots.txt").await.status, 200);
    for path in ["/pkg/gone.js", "/pkg/..%2fmanifest.json"] {
        let gone = web.get(path).await;
        assert_eq!(gone.status, 404, "{path}");
        assert!(!gone.text().contains("<html"), "{path}");
    }
}
