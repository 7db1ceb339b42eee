//! The list of services tells a program all that it needs to hand in a request.

use domain::{Clock, clock::china_date};
use jiff::ToSpan;
use serde_json::{Map, Value, json};
use testkit::SystemClock;

use crate::harness::{PARCELS, PortalFolder, UNLIMITED, client};

/// Whether a question is asked after these answers, by what the list says of it alone.
fn is_due(question: &Value, answers: &Map<String, Value>) -> bool {
    let when = &question["when"];
    let answer = when["question"].as_str().map(|name| answers.get(name).unwrap_or(&Value::Null));
    answer.is_none_or(|answer| when["is"].as_array().unwrap().contains(answer))
}

/// An answer that a question takes, by what the list says of it alone.
fn answer(question: &Value) -> Value {
    match question["kind"].as_str().unwrap() {
        "choice" => question["options"][0]["value"].clone(),
        "phone" => json!("13800138000"),
        "email" => json!("zhang@example.cn"),
        "date" => {
            let from = question["days"]["from"].as_i64().unwrap_or(0);
            json!(china_date(SystemClock.now()).saturating_add(from.days()).to_string())
        }
        "consent" => json!("yes"),
        kind @ ("line" | "paragraph") => json!(format!("一{kind}")),
        kind => panic!("{kind} is not in the document"),
    }
}

#[tokio::test]
async fn s1_whoever_reads_the_list_of_services_can_hand_in_every_one() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let services: Vec<Value> = client()
        .get(format!("{}/api/v1/services", portal.address))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(services.len(), domain::service::services().len());
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
        let mut answers = Map::new();
        for question in service["questions"].as_array().unwrap() {
            if question["required"] == true && is_due(question, &answers) {
                let name = question["name"].as_str().unwrap().to_owned();
                answers.insert(name, answer(question));
            }
        }
        let body = json!({ "item": service["id"], "code": PARCELS[0], "answers": answers });
        let kept = client()
            .post(format!("{}/api/v1/requests", portal.address))
            .header("idempotency-key", format!("0123456789abcd{number:02}"))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(kept.status(), 201, "{}: {}", service["id"], kept.text().await.unwrap());
    }
}
