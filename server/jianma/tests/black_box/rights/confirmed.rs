//! What was handed in can be shown years later to be just that, without the portal (rule S7).

use std::fs;

use serde_json::{Value, json};

use super::{Receipt, hand_in, requests};
use crate::{
    harness::{PortalFolder, Running, UNLIMITED, client},
    verdicts::{ENGLISH, verified},
};

const ALL: [&str; 3] = ["all.json", "--keys", "keys.json"];

/// Takes along what is kept on a request, and the portal's public keys, into files of the folder.
async fn take_along(place: &PortalFolder, portal: &Running, receipt: &Receipt) -> Value {
    let (status, kept) = receipt.get(&portal.address, "/data").await;
    assert_eq!(status, 200, "{kept}");
    fs::write(place.path("all.json"), serde_json::to_vec_pretty(&kept).unwrap()).unwrap();
    let keys = format!("{}/.well-known/jianma-keys.json", portal.address);
    let keys = client().get(keys).send().await.unwrap().text().await.unwrap();
    fs::write(place.path("keys.json"), keys).unwrap();
    kept
}

#[tokio::test]
async fn s7_anybody_can_check_what_an_applicant_handed_in_and_a_letter_changed_fails() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "confirmed", "面积 80.50 有误").await;
    let body = json!({ "answers": { "what_is_wrong": "面积应为 90" } });
    let (status, told) = receipt.post(&portal.address, "/corrections", Some(body)).await;
    assert_eq!((status, &told["changed"]), (200, &json!(true)), "{told}");
    let kept = take_along(&place, &portal, &receipt).await;
    assert_eq!(portal.terminate(), Some(0));

    let (code, said) = verified(&place, ENGLISH, &ALL);
    assert_eq!(code, Some(0), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    for (line, what) in lines.iter().zip(["submitted", "corrected"]) {
        let begins = format!("{}, {what} 20", receipt.number);
        assert!(line.starts_with(&begins) && line.contains("by the applicant"), "{line}");
    }
    let (code, said) = verified(&place, "zh_CN.UTF-8", &ALL);
    assert!(code == Some(0) && said.contains("由申请人提交"), "{said}");
    let (code, said) = verified(&place, ENGLISH, &["all.json"]);
    assert_eq!(code, Some(3), "without the keys nothing can be told: {said}");

    // What a department received is checked alike, alone.
    let received = &kept["messages"][1]["content"];
    fs::write(place.path("all.json"), received.to_string()).unwrap();
    assert_eq!(verified(&place, ENGLISH, &ALL).0, Some(0));
    let mut changed = received.clone();
    changed["answers"]["what_is_wrong"] = json!("面积应为 91");
    fs::write(place.path("all.json"), changed.to_string()).unwrap();
    let (code, said) = verified(&place, ENGLISH, &ALL);
    assert!(code == Some(1) && said.contains("NOT GENUINE"), "{said}");
    // One message that was changed is enough, whichever it is.
    for at in [0, 1] {
        let mut kept = kept.clone();
        kept["messages"][at]["content"]["submitted_at"] = json!("2026-01-01T00:00:00Z");
        fs::write(place.path("all.json"), kept.to_string()).unwrap();
        let (code, said) = verified(&place, ENGLISH, &ALL);
        assert!(code == Some(1) && said.contains("NOT GENUINE"), "{at}: {said}");
    }
}

#[tokio::test]
async fn s7_what_staff_correct_is_not_the_applicants_word() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "by-staff", "x").await;
    let mut correct = vec!["correct", receipt.number.as_str()];
    correct.extend(["--set", "what_is_wrong=by letter", "--by", "王建国", "--reason", "letter"]);
    let (done, said) = requests(&place, &correct);
    assert!(done, "{said}");
    take_along(&place, &portal, &receipt).await;
    let (code, said) = verified(&place, ENGLISH, &ALL);
    assert_eq!(code, Some(1), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].contains("genuine: handed in by the applicant"), "{said}");
    assert!(lines[1].contains("not confirmed by the applicant"), "{said}");
}
