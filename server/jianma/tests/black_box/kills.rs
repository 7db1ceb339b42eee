//! A receipt is a promise: whatever is killed, the department gets the request, once.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::harness::{PARCELS, PortalFolder, answers, client, free_port};

const REQUESTS: usize = 60;
const KILLS: usize = 12;

/// Hands in one request, asking again under the same key until there is a receipt.
async fn hand_in(address: String, at: usize) -> (String, String) {
    let body = json!({
        "item": "data-correction",
        "code": PARCELS[at % PARCELS.len()],
        "answers": answers("data-correction", &format!("request {at}")),
    });
    let client = client();
    loop {
        let sent = client
            .post(format!("{address}/api/v1/requests"))
            .header("idempotency-key", format!("kill-test-key-{at:04}"))
            .json(&body)
            .send()
            .await;
        match sent {
            Ok(response) if response.status().is_success() => {
                if let Ok(receipt) = response.json::<Value>().await {
                    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
                    return (text("number"), text("secret"));
                }
            }
            Ok(response) if response.status().is_client_error() => {
                panic!("refused: {}", response.text().await.unwrap());
            }
            _ => {}
        }
        sleep(Duration::from_millis(30)).await;
    }
}

async fn state_of(address: &str, number: &str, secret: &str) -> Value {
    let asked = client()
        .get(format!("{address}/api/v1/requests/{number}"))
        .bearer_auth(secret)
        .send()
        .await
        .unwrap();
    asked.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_kills_between_any_two_steps_lose_nothing_and_double_nothing() {
    let place = PortalFolder::with_small_data();
    let desk = format!("127.0.0.1:{}", free_port());
    place.configure(
        &format!("http://{desk}"),
        "[limits]\nsubmissions_per_minute = 100000\nsubmission_burst = 100000\nread_burst = 100000\n",
    );
    // Three in ten deliveries fail at the department, in every way that the sample can.
    let mut department = place.department(&desk, "0.3");
    let mut portal = place.serve();
    let address = place.address();

    let handing_in = tokio::spawn({
        let address = address.clone();
        async move {
            let mut receipts = Vec::new();
            for batch in 0..REQUESTS / 5 {
                let five = (0..5).map(|n| tokio::spawn(hand_in(address.clone(), batch * 5 + n)));
                for each in five.collect::<Vec<_>>() {
                    receipts.push(each.await.unwrap());
                }
                sleep(Duration::from_millis(60)).await;
            }
            receipts
        }
    });
    for kill in 0..KILLS {
        // Odd steps, so that kills fall into every part of a submission and of a delivery.
        sleep(Duration::from_millis(70 + 53 * (kill as u64 % 7))).await;
        portal.kill_dash_nine();
        if kill % 4 == 3 {
            department.kill_dash_nine();
            department = place.department(&desk, "0.3");
        }
        portal = place.serve();
    }
    let receipts = handing_in.await.unwrap();
    assert_eq!(receipts.iter().map(|(number, _)| number).collect::<BTreeSet<_>>().len(), REQUESTS);

    let deadline = Instant::now() + Duration::from_secs(90);
    for (number, secret) in &receipts {
        loop {
            let status = state_of(&address, number, secret).await;
            if status["state"] == "acknowledged" {
                assert!(status["reference"].is_string(), "{status}");
                break;
            }
            assert!(Instant::now() < deadline, "{number} was never acknowledged: {status}");
            sleep(Duration::from_millis(100)).await;
        }
    }

    let inbox = client().get(format!("{}/inbox.json", department.address)).send().await.unwrap();
    let inbox: Value = inbox.json().await.unwrap();
    let got: Vec<&str> = inbox
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["body"]["request"].as_str().unwrap())
        .collect();
    let once: BTreeSet<&str> = got.iter().copied().collect();
    assert_eq!(got.len(), once.len(), "the department has a request twice");
    assert_eq!(once, receipts.iter().map(|(number, _)| number.as_str()).collect());
    assert_eq!(portal.terminate(), Some(0), "SIGTERM ends the portal in order");
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_a_department_that_is_down_gets_the_request_when_it_is_back() {
    let place = PortalFolder::with_small_data();
    let desk = format!("127.0.0.1:{}", free_port());
    place.configure(&format!("http://{desk}"), "");
    let portal = place.serve();
    let (number, secret) = hand_in(portal.address.clone(), 0).await;
    sleep(Duration::from_millis(300)).await;
    assert_eq!(state_of(&portal.address, &number, &secret).await["state"], "submitted");
    let _department = place.department(&desk, "0");
    for _ in 0..100 {
        let status = state_of(&portal.address, &number, &secret).await;
        if status["state"] == "acknowledged" {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
    panic!("never acknowledged");
}
