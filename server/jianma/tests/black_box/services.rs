//! The list of services tells a program all that it needs to hand in a request.

use serde_json::{Map, Value, json};

use crate::harness::{PARCELS, PortalFolder, client};

/// An answer that a question takes, by what the list says of it alone.
fn answer(question: &Value) -> Value {
    match question["kind"].as_str().unwrap() {
        "choice" => question["options"][0]["value"].clone(),
        "phone" => json!("13800138000"),
        "email" => json!("zhang@example.cn"),
        "date" => json!("2026-11-22"),
        "consent" => json!("yes"),
        kind @ ("line" | "paragraph") => json!(format!("一{kind}")),
        kind => panic!("{kind} is not in the document"),
    }
}

#[tokio::test]
async fn s1_whoever_reads_the_list_of_services_can_hand_in_every_one() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let services: Vec<Value> = client()
        .get(format!("{}/api/v1/services", portal.address))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert!(services.len() >= 3);
    for (number, service) in services.iter().enumerate() {
        for text in [
            "title",
            "summary",
            "who",
            "online",
            "counter",
            "basis",
            "statutory_time",
            "fee",
            "department",
        ] {
            for language in ["zh", "en"] {
                assert!(!service[text][language].as_str().unwrap().is_empty(), "{text}: {service}");
            }
        }
        let questions = service["questions"].as_array().unwrap().iter();
        let required = questions.filter(|question| question["required"] == true);
        let answers: Map<String, Value> = required
            .map(|question| (question["name"].as_str().unwrap().to_owned(), answer(question)))
            .collect();
        let body = json!({ "item": service["id"], "code": PARCELS[0], "answers": answers });
        let kept = client()
            .post(format!("{}/api/v1/requests", portal.address))
            .header("idempotency-key", format!("0123456789abcde{number}"))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(kept.status(), 201, "{}: {}", service["id"], kept.text().await.unwrap());
    }
}
