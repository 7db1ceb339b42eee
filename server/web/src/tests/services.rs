use serde_json::json;

use super::{
    harness::{Web, answers},
    land::HERE,
};

#[tokio::test]
async fn s1_every_service_has_a_guide_a_form_and_an_entry_in_the_list() {
    let web = Web::open();
    let list = web.get("/api/v1/services").await;
    assert_eq!((list.status, list.kind()), (200, "application/json"));
    let list = list.json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), domain::service::services().len());
    web.get("/services").await.is_page(200);
    for service in list {
        let id = service["id"].as_str().unwrap();
        assert_eq!(service["department"], json!({ "zh": "测试部门", "en": "Test department" }));
        let guide = web.get(&format!("/services/{id}")).await;
        guide.is_page(200);
        assert!(guide.text().contains(service["title"]["zh"].as_str().unwrap()), "{id}");
        let form = web.get(&format!("/c/{HERE}/requests/new?item={id}")).await;
        assert_eq!(form.status, 200, "{id}");
        for name in answers(id).keys() {
            assert!(form.text().contains(&format!("name=\"{name}\"")), "{id}: {name}");
        }
    }
    web.get("/services/no-such").await.is_page(404);
}
