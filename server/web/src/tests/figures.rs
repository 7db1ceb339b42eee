use serde_json::json;

use super::harness::Web;

#[tokio::test]
async fn s12_figures_are_read_by_programs_and_only_by_the_windows_that_there_are() {
    let web = Web::open();
    web.handed_in("data-correction").await;
    for (query, days) in [("", 30), ("?days=90", 90), ("?days=365", 365)] {
        let told = web.get(&format!("/api/v1/figures{query}")).await;
        assert_eq!((told.status, told.kind()), (200, "application/json"));
        let told = told.json();
        assert_eq!((&told["days"], &told["to"]), (&json!(days), &json!("2026-11-21")));
        let departments = told["departments"].as_array().unwrap();
        let services = departments.iter().flat_map(|one| one["services"].as_array().unwrap());
        let services: Vec<_> = services.collect();
        assert_eq!(services.len(), domain::service::services().len());
        // One request looks like none. What came in is a sum of few where nothing is older.
        assert!(services.iter().all(|one| one["received"] == json!({})));
        assert!(services.iter().all(|one| one["open"] == json!({ "fewer_than": 10 })));
        assert!(departments.iter().all(|one| one["all"]["received"] == json!({})));
    }
    for query in ["?days=7", "?days=x", "?day=30"] {
        web.get(&format!("/api/v1/figures{query}")).await.is_problem(400, "bad-request");
    }
    let page = web.get("/figures?days=90").await;
    page.is_page(200);
    assert!(page.text().contains("没有可以公布的数字"), "{}", page.text());
}
