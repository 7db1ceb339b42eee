//! A clerk of the sample department answers by the buttons of its inbox.

use serde_json::{Value, json};

use crate::{
    deliveries::until,
    harness::{PARCELS, PortalFolder, Running, answers, client, free_port},
};

/// The inbox, opened until it has a request that waits for word `number`.
async fn inbox(department: &Running, number: u32) -> String {
    let mut text = String::new();
    let field = format!("name=\"number\" value=\"{number}\"");
    until("the request arrives", async || {
        let page = client().get(format!("{}/inbox", department.address)).send().await.unwrap();
        text = page.text().await.unwrap();
        text.contains(&field)
    })
    .await;
    text
}

/// Presses a button as a browser does; the inbox that follows.
async fn press(department: &Running, request: &str, number: &str, say: [&str; 3]) -> String {
    let [action, note, reference] = say;
    let fields = [
        ("request", request),
        ("department", "registration"),
        ("number", number),
        ("lang", "zh"),
        ("action", action),
        ("note", note),
        ("reference", reference),
        ("working_days", "5"),
    ];
    let post = client().post(format!("{}/inbox/words", department.address));
    let answer = post.header("origin", &department.address).form(&fields).send().await.unwrap();
    assert_eq!(answer.status(), 303, "{action}");
    let page = client().get(format!("{}/inbox", department.address)).send().await.unwrap();
    page.text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_a_clerk_brings_a_request_to_its_decision_by_the_buttons_of_the_inbox() {
    let place = PortalFolder::with_small_data();
    let listen = format!("127.0.0.1:{}", free_port());
    let department = place.department(&listen, "0");
    place.configure(&department.address, "");
    let portal = place.serve();
    let body = json!({
        "item": "data-correction", "code": PARCELS[0], "answers": answers("data-correction", "clerk"),
    });
    let sent = client()
        .post(format!("{}/api/v1/requests", portal.address))
        .header("idempotency-key", "the-clerk-and-the-buttons")
        .json(&body);
    let receipt: Value = sent.send().await.unwrap().json().await.unwrap();
    let (number, secret) =
        (receipt["number"].as_str().unwrap(), receipt["secret"].as_str().unwrap());

    let first = inbox(&department, 1).await;
    assert!(first.contains(number) && first.contains("信息纠错"), "{first}");
    for (word, say, shown) in [
        ("1", ["supplement", "界址图\n身份证明", ""], "部门已签收"),
        ("2", ["accept", "", "受理2026-1"], "部门已签收"),
        ("3", ["progress", "", ""], "办理中"),
        ("4", ["decide", "已更正为299.5平方米。", ""], "已办结"),
        // Pressed twice: it counts once.
        ("4", ["decide", "已更正为299.5平方米。", ""], "已办结"),
    ] {
        let page = press(&department, number, word, say).await;
        assert!(page.contains(&format!("state\">{shown}<")), "{say:?}: {page}");
        assert!(!page.contains("门户没有"), "{say:?}: {page}");
        assert!(!page.contains("没有变化"), "{say:?} is sent once: {page}");
    }
    let asked = client().get(format!("{}/api/v1/requests/{number}", portal.address));
    let tracked = asked.header("authorization", format!("Bearer {secret}")).send().await.unwrap();
    assert_eq!(tracked.status(), 200);
    let tracked: Value = tracked.json().await.unwrap();
    assert_eq!(tracked["state"], "decided", "{tracked}");
    let notes: Vec<&str> =
        tracked["events"].as_array().unwrap().iter().filter_map(|e| e["note"].as_str()).collect();
    assert_eq!(notes, ["您的申请已受理。", "已更正为299.5平方米。"]);
    let told: Vec<&Value> =
        tracked["events"].as_array().unwrap().iter().filter(|e| e["outcome"].is_object()).collect();
    assert_eq!(told.len(), 2, "{tracked}");
    assert_eq!(told[0]["outcome"]["materials"], json!(["界址图", "身份证明"]));
    assert!(told[0]["outcome"]["deadline"]["until"].is_string(), "{tracked}");
    assert_eq!(told[1]["outcome"], json!({ "kind": "accepted" }));
    assert!(told[1]["notice"].as_str().unwrap().starts_with(number), "{tracked}");

    let corrected = press(&department, number, "5", ["refuse", "材料不符。", ""]).await;
    assert!(corrected.contains("state\">已退回<"), "what was decided is corrected: {corrected}");
}
