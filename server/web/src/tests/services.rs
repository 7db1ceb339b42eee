use std::collections::BTreeMap;

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

const TRANSFER: &str = "transfer-registration";

#[tokio::test]
async fn s1_a_hidden_answer_is_never_stored_by_form_or_api() {
    let web = Web::open();
    // A sale of what is mortgaged: how many inherit is not asked.
    let mut filled = answers(TRANSFER);
    assert_eq!((filled["cause"].as_str(), filled["mortgaged"].as_str()), ("sale", "yes"));
    filled.insert("heirs".into(), "没有人问".into());
    let key = [("idempotency-key", "0123456789abcdef")];
    let body = json!({ "item": TRANSFER, "code": HERE, "answers": filled });
    let refused = web.post_json("/api/v1/requests", &key, &body).await.is_problem(422, "faults");
    assert!(refused.to_string().contains("not_asked"), "{refused}");

    let path = format!("/c/{HERE}/requests/new?item={TRANSFER}");
    let send = async |filled: &BTreeMap<String, String>| {
        let asked = filled.iter().map(|(name, text)| (name.as_str(), text.as_str()));
        let form: Vec<_> = asked.chain([("token", "token-0000000000000000")]).collect();
        web.post(&path, &[], &form).await
    };
    let told = send(&filled).await;
    told.is_page(422);
    assert!(
        told.text().contains("没有人问") && told.text().contains("不用填写"),
        "{}",
        told.text()
    );
    // What cannot be unchosen without a script is taken back, and said.
    filled.insert("heirs".into(), " ".into());
    filled.insert("cause".into(), "divorce".into());
    let told = send(&filled).await;
    told.is_page(422);
    assert!(told.text().contains("已为您取消"), "{}", told.text());
    assert_eq!(told.text().matches(" checked").count(), 2, "the cause and the consent alone");

    // Cleared, it is taken, and nothing of it is kept.
    filled.retain(|name, _| !name.starts_with("mortgage"));
    send(&filled).await.is_page(200);
    let (number, secret) = web.handed_in(TRANSFER).await;
    let bearer = format!("Bearer {secret}");
    let data = format!("/api/v1/requests/{number}/data");
    let kept = web.get_with(&data, &[("authorization", &bearer)]).await;
    assert!(kept.text().contains("mortgage_way") && !kept.text().contains("heirs"));
}

#[tokio::test]
async fn s1_a_correction_drops_what_is_not_asked_any_more() {
    let web = Web::open();
    let (number, secret) = web.handed_in(TRANSFER).await;
    let bearer = format!("Bearer {secret}");
    let headers = [("authorization", bearer.as_str())];
    let api = format!("/api/v1/requests/{number}");
    let correct = async |answers: serde_json::Value| {
        web.post_json(&format!("{api}/corrections"), &headers, &json!({ "answers": answers })).await
    };
    let misplaced = json!({ "cause": "divorce", "mortgage_way": "keep" });
    correct(misplaced).await.is_problem(422, "faults");
    let done = correct(json!({ "cause": "divorce" })).await;
    assert_eq!((done.status, done.json()), (200, json!({ "changed": true })));
    let data = web.get_with(&format!("{api}/data"), &headers).await.json();
    let now = data["answers"].to_string();
    assert!(now.contains("divorce") && !now.contains("mortgage"), "{data}");
}
