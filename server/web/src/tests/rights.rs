use serde_json::json;

use super::{
    harness::{Answer, Web},
    land::HERE,
};

const CORRECTION: &str = "data-correction";

/// A portal with one request, and the paths and header by which its applicant reaches it.
async fn with_request() -> (Web, String, String, String) {
    let web = Web::open();
    let (number, secret) = web.handed_in(CORRECTION).await;
    let bearer = format!("Bearer {secret}");
    (web, format!("/api/v1/requests/{number}"), format!("/requests/{number}"), bearer)
}

/// The cookie that opens its pages.
async fn cookie(web: &Web, page: &str, bearer: &str) -> String {
    let secret = bearer.trim_start_matches("Bearer ");
    let opened = web.post(page, &[], &[("secret", secret)]).await;
    assert_eq!((opened.status, opened.header("location")), (303, page));
    opened.cookies()
}

#[tokio::test]
async fn p10_an_applicant_sees_all_that_is_kept() {
    let (web, api, page, bearer) = with_request().await;
    let data = web.get_with(&format!("{api}/data"), &[("authorization", &bearer)]).await;
    assert_eq!((data.status, data.kind()), (200, "application/json"));
    assert_eq!(data.header("cache-control"), "no-store");
    assert!(data.header("content-disposition").starts_with("attachment"));
    assert!(data.text().contains("13800138000"));
    web.get(&format!("{api}/data")).await.is_problem(404, "not-found");

    let cookie = cookie(&web, &page, &bearer).await;
    let file = web.get_with(&format!("{page}/data.json"), &[("cookie", &cookie)]).await;
    assert_eq!((file.status, &file.json()), (200, &data.json()));
    web.get(&format!("{page}/data.json")).await.is_page(404);
}

#[tokio::test]
async fn p10_a_request_is_corrected_through_the_api() {
    let (web, api, _, bearer) = with_request().await;
    let path = format!("{api}/corrections");
    let headers = [("authorization", bearer.as_str())];
    let body = json!({ "answers": { "what_is_wrong": "改过" } });
    for changed in [true, false] {
        let done = web.post_json(&path, &headers, &body).await;
        assert_eq!((done.status, done.json()), (200, json!({ "changed": changed })));
        assert_eq!(done.header("cache-control"), "no-store");
    }
    let faulty = json!({ "answers": { "applicant_phone": "12" } });
    web.post_json(&path, &headers, &faulty).await.is_problem(422, "faults");
    web.post_json(&path, &headers, &json!({})).await.is_problem(400, "bad-request");
    web.post_json(&path, &[], &body).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn p10_a_request_is_taken_back_and_then_deleted_through_the_api() {
    let (web, api, page, bearer) = with_request().await;
    let headers = [("authorization", bearer.as_str())];
    let act =
        async |what: &str| web.post_json(&format!("{api}/{what}"), &headers, &json!({})).await;
    // What has not ended is not deleted.
    act("deletion").await.is_problem(409, "conflict");
    for changed in [true, false] {
        let done = act("withdrawal").await;
        assert_eq!((done.status, done.json()), (200, json!({ "changed": changed })));
    }
    let body = json!({ "answers": { "what_is_wrong": "改过" } });
    let corrected = web.post_json(&format!("{api}/corrections"), &headers, &body).await;
    corrected.is_problem(409, "conflict");
    assert_eq!(act("deletion").await.json(), json!({ "changed": true }));
    // From then on it is said that it was, to whoever has its secret.
    for path in [api.clone(), format!("{api}/data")] {
        let gone = web.get_with(&path, &headers).await.is_problem(410, "gone");
        assert!(gone["detail"].as_str().unwrap().contains("2026-11-22"), "{gone}");
    }
    web.get(&api).await.is_problem(404, "not-found");
    let cookie = cookie(&web, &page, &bearer).await;
    web.get_with(&page, &[("cookie", &cookie)]).await.is_page(410);
}

fn says(page: &Answer, text: &str) {
    assert!(page.text().contains(text), "{}", page.text());
}

#[tokio::test]
async fn p10_a_request_is_corrected_with_a_form() {
    let (web, _, page, bearer) = with_request().await;
    let (path, cookie) = (format!("{page}/correct"), cookie(&web, &page, &bearer).await);
    let headers = [("cookie", cookie.as_str())];
    let form = web.get_with(&path, &headers).await;
    form.is_page(200);
    says(&form, "id=\"request-form\"");
    let faulty = web.post(&path, &headers, &[("applicant_phone", "12")]).await;
    faulty.is_page(422);
    says(&faulty, "value=\"12\"");
    let done = web.post(&path, &headers, &[("what_is_wrong", "改过")]).await;
    assert_eq!((done.status, done.header("location")), (303, page.as_str()));
    // Without the cookie it says what it always says, and gives back what was typed.
    let locked = web.post(&path, &[], &[("what_is_wrong", "写了很多")]).await;
    locked.is_page(404);
    says(&locked, "写了很多");
}

#[tokio::test]
async fn p10_taking_back_and_deleting_ask_for_the_button() {
    let (web, _, page, bearer) = with_request().await;
    let cookie = cookie(&web, &page, &bearer).await;
    let headers = [("cookie", cookie.as_str())];
    let press = async |what: &str, form: &[(&str, &str)]| {
        web.post(&format!("{page}/{what}"), &headers, form).await
    };
    let yes = [("confirm", "yes")];
    press("withdraw", &[]).await.is_page(422);
    press("delete", &yes).await.is_page(409);
    web.post(&format!("{page}/withdraw"), &[], &yes).await.is_page(404);
    for what in ["withdraw", "delete"] {
        web.get_with(&format!("{page}/{what}"), &headers).await.is_page(200);
        let done = press(what, &yes).await;
        assert_eq!((done.status, done.header("location")), (303, page.as_str()), "{what}");
    }
    let gone = web.get_with(&page, &headers).await;
    gone.is_page(410);
    assert!(!gone.text().contains(HERE) && !gone.text().contains("13800138000"));
}

#[tokio::test]
async fn s8_a_request_that_has_ended_is_rated_through_the_api() {
    let (web, api, _, bearer) = with_request().await;
    let headers = [("authorization", bearer.as_str())];
    let path = format!("{api}/rating");
    let said = json!({ "rating": "dissatisfied", "note": "没有人回电话" });
    web.post_json(&path, &headers, &said).await.is_problem(409, "conflict");
    web.post_json(&format!("{api}/withdrawal"), &headers, &json!({})).await;
    for changed in [true, false] {
        let done = web.post_json(&path, &headers, &said).await;
        assert_eq!((done.status, done.json()), (200, json!({ "changed": changed })));
    }
    let faulty = json!({ "rating": "splendid", "note": "x".repeat(501) });
    let faults = web.post_json(&path, &headers, &faulty).await.is_problem(422, "faults");
    assert_eq!(faults["faults"].as_array().unwrap().len(), 2, "{faults}");
    web.post_json(&path, &headers, &json!({})).await.is_problem(400, "bad-request");
    web.post_json(&path, &[], &said).await.is_problem(404, "not-found");
    let events = web.get_with(&api, &headers).await.json()["events"].clone();
    let last = events.as_array().unwrap().last().unwrap();
    assert_eq!((&last["rating"], &last["note"]), (&json!("dissatisfied"), &json!("没有人回电话")));
}

#[tokio::test]
async fn s8_a_request_that_has_ended_is_rated_with_a_form_that_leads_on_to_a_complaint() {
    let (web, _, page, bearer) = with_request().await;
    let (path, cookie) = (format!("{page}/rate"), cookie(&web, &page, &bearer).await);
    let headers = [("cookie", cookie.as_str())];
    web.post(&path, &headers, &[("rating", "satisfied")]).await.is_page(409);
    web.post(&format!("{page}/withdraw"), &headers, &[("confirm", "yes")]).await;
    says(&web.get_with(&page, &headers).await, "id=\"rating-form\"");
    let faulty = web.post(&path, &headers, &[("rating_note", "写了很多")]).await;
    faulty.is_page(422);
    says(&faulty, "写了很多");
    let bad = [("rating", "very_dissatisfied"), ("rating_note", "没有人回电话")];
    let done = web.post(&path, &headers, &bad).await;
    assert_eq!((done.status, done.header("location")), (303, &*format!("{page}#your-rating")));
    let shown = web.get_with(&page, &headers).await;
    shown.is_page(200);
    for part in ["您的评价：非常不满意", "没有人回电话", "12345", "不满意，可以这样反映"]
    {
        says(&shown, part);
    }
    // A switch of language brings along what was typed.
    let switched = [("rating_note", "写了很多"), ("lang", "en")];
    says(&web.post(&path, &headers, &switched).await, "写了很多");
    // Without the cookie nothing is said, and what was typed comes back.
    let locked = web.post(&path, &[], &[("rating_note", "写了很多")]).await;
    locked.is_page(404);
    assert!(!locked.text().contains("非常不满意"), "{}", locked.text());
}
