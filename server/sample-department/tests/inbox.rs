//! The inbox as a clerk meets it.
#![allow(clippy::unwrap_used, reason = "a test ends where its ground is not firm")]

use domain::Clock;
use reqwest::{Client, RequestBuilder, Response, StatusCode, header, redirect};
use serde_json::{Value, json};
use testkit::{Office, SystemClock, secret};

const NUMBER: &str = "JM-20261122-7K3MQ2VX";

fn body() -> Vec<u8> {
    let body = json!({
        "kind": "request.submitted", "request": NUMBER, "item": "data-correction",
        "code": "330521990001GB00002", "data_version": "small/1",
        "applicant": { "applicant_name": "演示甲", "applicant_phone": "13800138000", "consent": "yes" },
        "answers": { "field_in_question": "area", "what_is_wrong": "<b>x</b>" }, "channel": "self",
        "submitted_at": "2026-11-22T01:02:03.456789012Z",
    });
    serde_json::to_vec(&body).unwrap()
}

async fn deliver(office: &Office, id: &str, body: Vec<u8>) {
    let mut headers = secret().sign(id, SystemClock.now(), &body).unwrap();
    headers.insert("idempotency-key", id.parse().unwrap());
    let request = Client::new().post(office.url("/deliveries")).headers(headers).body(body);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
}

async fn with_a_request() -> Office {
    let office = Office::open().await;
    deliver(&office, &format!("msg_{NUMBER}_planning"), body()).await;
    office
}

async fn page(office: &Office, path: &str) -> String {
    reqwest::get(office.url(path)).await.unwrap().text().await.unwrap()
}

/// A button as a browser presses it on a page of the inbox.
fn press(office: &Office, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
    let client = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
    let given = [("request", NUMBER), ("department", "planning"), ("lang", "zh")];
    let is_given = |name: &str| fields.iter().any(|(field, _)| *field == name);
    let given = given.into_iter().filter(|(name, _)| !is_given(name));
    let fields: Vec<_> = given.chain(fields.iter().copied()).collect();
    client.post(office.url(path)).header(header::ORIGIN, office.url("")).form(&fields)
}

async fn pressed(office: &Office, path: &str, fields: &[(&str, &str)]) -> Response {
    press(office, path, fields).send().await.unwrap()
}

#[tokio::test]
async fn the_inbox_is_a_page_for_people_that_runs_nothing() {
    let office = with_a_request().await;
    let response = reqwest::get(office.url("/inbox")).await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    let text = response.text().await.unwrap();
    for said in [
        "<html lang=\"zh-CN\">",
        "演示，不是真实部门。",
        "<dt>申请编号</dt><dd><code>JM-20261122-7K3MQ2VX</code></dd>",
        "2026年11月22日 09:02</time>",
        "&lt;b&gt;x&lt;/b&gt;",
        "部门已签收",
        "通知补正",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    for raw in ["<b>", "<script", "what_is_wrong", "field_in_question", "applicant_name", ">area<"]
    {
        assert!(!text.contains(raw), "{raw} in {text}");
    }
    assert!(!text.contains("456789012"), "no nanoseconds: {text}");
    let english = page(&office, "/inbox?lang=en").await;
    assert!(english.contains("<html lang=\"en\">") && english.contains("Ask for more"));
    assert!(!english.contains("通知补正"));
    let style = reqwest::get(office.url("/inbox.css")).await.unwrap();
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
    assert!(style.text().await.unwrap().contains("--primary"), "the portal's own colours");
    let health = reqwest::get(office.url("/healthz")).await.unwrap();
    assert_eq!(health.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_request_is_shown_as_it_came() {
    let office = Office::open().await;
    deliver(&office, "msg_1", br#"{"<script>":"</pre>"}"#.to_vec()).await;
    let text = page(&office, "/inbox").await;
    assert!(text.contains("{&quot;&lt;script&gt;&quot;:&quot;&lt;/pre&gt;&quot;}"), "{text}");
    assert!(!text.contains("<form"), "nothing can be said of it");
}

#[tokio::test]
async fn p6_no_other_site_presses_a_button_or_reads_the_inbox() {
    let office = with_a_request().await;
    let decide = [("number", "1"), ("action", "decide"), ("note", "x"), ("reference", "")];
    for origin in [None, Some("null"), Some("https://evil.example"), Some("http://127.0.0.1:1")] {
        let mut request = press(&office, "/inbox/words", &decide).build().unwrap();
        request.headers_mut().remove(header::ORIGIN);
        if let Some(origin) = origin {
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
        }
        let response = Client::new().execute(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{origin:?}");
        assert!(response.text().await.unwrap().contains("没有执行"));
    }
    for path in ["/inbox", "/inbox.json"] {
        let asked = Client::new().get(office.url(path)).header(header::HOST, "evil.example:3100");
        let response = asked.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{path}");
        assert!(!response.text().await.unwrap().contains(NUMBER));
    }
    assert!(!page(&office, "/inbox").await.contains("已发出的答复"), "nothing was said");
}

#[tokio::test]
async fn s5_what_cannot_be_sent_comes_back_with_what_was_typed_and_why() {
    let office = with_a_request().await;
    let long = "长".repeat(2_001);
    for (action, note, reference, why) in [
        ("refuse", " \n", "77", "申请人要知道缺什么或者为什么"),
        ("supplement", "", "77", "申请人要知道缺什么或者为什么"),
        ("supplement", "界址图", "77", "请写明期限"),
        ("decide", &*long, "77", "最多2000字"),
        ("decide", "a\u{202e}b", "77", "看不见的控制字符"),
        ("withdraw", "我写的话", "77", "已有新的答复"),
        ("remark", "我写的话", "77", "已有新的答复"),
    ] {
        let fields =
            [("number", "1"), ("action", action), ("note", note), ("reference", reference)];
        let response = pressed(&office, "/inbox/words", &fields).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY, "{action}");
        let text = response.text().await.unwrap();
        assert!(text.contains(why) && text.contains("value=\"77\""), "{action}: {text}");
        assert!(text.contains(note.trim()), "{action} keeps what was typed");
        assert!(!text.contains("已发出的答复"), "{action}: nothing was said");
    }
    let gone = [("number", "1"), ("action", "decide"), ("request", "JM-20261122-22222222")];
    let response = pressed(&office, "/inbox/words", &gone).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn s5_without_the_portal_an_answer_is_kept_to_be_sent_again_and_nothing_else_is_said() {
    // Its portal is at a port where nobody listens any more.
    let closed = std::net::TcpListener::bind(testkit::anywhere()).unwrap();
    let portal = closed.local_addr().unwrap();
    drop(closed);
    let settings = sample_department::DepartmentSettings::new(testkit::anywhere(), secret());
    let office =
        Office::open_with(sample_department::DepartmentSettings { portal, ..settings }).await;
    deliver(&office, &format!("msg_{NUMBER}_planning"), body()).await;
    let fields = [("number", "1"), ("action", "decide"), ("note", "已更正。"), ("reference", "")];
    let response = pressed(&office, "/inbox/words", &fields).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(location, format!("/inbox#{NUMBER}-planning"));
    let text = page(&office, "/inbox").await;
    assert!(text.contains("已更正。") && text.contains("再次发送"), "{text}");
    assert!(text.contains("部门已签收") && !text.contains("门户已收下"), "{text}");
    assert!(!text.contains("name=\"action\""), "first it is known what became of this one: {text}");
    let again = pressed(&office, "/inbox/words/again", &[("number", "1")]).await;
    assert_eq!(again.status(), StatusCode::SEE_OTHER);
    let listed: Vec<Value> = office.inbox().await;
    assert_eq!(listed.len(), 1, "nothing of this touches what was received");
}

#[tokio::test]
async fn sites_s5_what_a_request_asks_for_is_a_field_each_and_an_answer_that_is_none_comes_back() {
    let office = Office::open().await;
    let mut asking: Value = serde_json::from_slice(&body()).unwrap();
    asking["asks"] = json!({
        "rules": { "id": "trial", "date": "2026-11-29", "hash": "h" },
        "use": "cafe", "use_name": { "zh": "咖啡馆", "en": "Café" },
        "facts": [
            { "id": "overlaps:farmland", "title": { "zh": "永久基本农田", "en": "Farmland" }, "kind": "overlaps" },
            { "id": "value:builds", "title": { "zh": "是否新建", "en": "Anything built" }, "kind": "yes_no" },
        ],
    });
    let asking = serde_json::to_vec(&asking).unwrap();
    deliver(&office, &format!("msg_{NUMBER}_planning"), asking).await;
    let shown = page(&office, "/inbox").await;
    assert!(
        shown.contains("永久基本农田") && shown.contains("name=\"fact.value:builds\""),
        "{shown}"
    );
    let typed = [
        ("number", "1"),
        ("action", "accept"),
        ("fact.overlaps:farmland", "perhaps"),
        ("fact.value:builds", "no"),
    ];
    let response = pressed(&office, "/inbox/words", &typed).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let back = response.text().await.unwrap();
    assert!(back.contains("value=\"perhaps\"") && back.contains("value=\"no\" selected"), "{back}");
    let mended = typed.map(|(name, text)| (name, if text == "perhaps" { "none" } else { text }));
    let response = pressed(&office, "/inbox/words", &mended).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    // It is kept with its facts, though no portal has taken it yet.
    let kept = page(&office, "/inbox").await;
    assert!(kept.contains("<dd><span class=\"typed\">none</span></dd>"), "{kept}");
}
