//! A form about a code that ends while somebody fills it in, or may not be seen any more.

use serde_json::{Value, json};

use super::{CORRECTION, LEFT, OLD, TYPED, address, filled, gives_back, import, one_parcel};
use crate::{
    browser::{Browser, Page},
    harness::{PortalFolder, Running, answers, client},
};

/// Is about land as it is.
const CONFORMITY: &str = "planning-conformity";
const RIGHT: &str = "330521123456GB53737";
const NEVER: &str = "330521234567GB16180";

/// The parcel becomes these.
fn split(place: &PortalFolder, into: &[&str]) {
    let old = json!({ "code": OLD, "until": "2026-03-01" });
    let new = into.iter().map(|code| json!({ "code": code, "from": OLD, "since": "2026-03-01" }));
    import(place, &std::iter::once(old).chain(new).collect::<Vec<_>>());
}

async fn api(portal: &Running, code: &str, item: &str, key: &str) -> (u16, Value) {
    let body = json!({ "item": item, "code": code, "answers": answers(item, TYPED) });
    let asked = client().post(format!("{}/api/v1/requests", portal.address)).json(&body);
    let answer = asked.header("idempotency-key", format!("{key:0>20}")).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn c7_a_code_that_ended_takes_no_request_about_land_as_it_is_and_carries_it_on() {
    for successors in [&[LEFT][..], &[LEFT, RIGHT]] {
        let (place, portal) = one_parcel();
        let browser = Browser::at(&portal.address);
        let form = filled(&browser, OLD, CONFORMITY).await;
        split(&place, successors);
        let (status, problem) = api(&portal, OLD, CONFORMITY, "ended").await;
        assert_eq!(status, 409, "{problem}");
        assert_eq!(problem["type"], "urn:jianma:problem:code-ended");
        assert_eq!(problem["successors"], json!(successors));

        let refused = browser.post(&address(OLD, CONFORMITY), &form).await;
        assert_eq!(refused.status, 409);
        assert!(gives_back(&refused), "{}", refused.text);
        // The day may not be told here (row 45).
        let since = if successors.len() == 1 {
            "因变更编号不再使用。"
        } else {
            "因分割不再使用。"
        };
        assert!(refused.text.contains(since), "{}", refused.text);
        for code in successors {
            let onwards = address(code, CONFORMITY).replace('&', "&amp;");
            assert!(refused.text.contains(&format!("action=\"{onwards}\"")), "{}", refused.text);
        }
        // In the other language it is all still there.
        let mut switched = form.clone();
        switched["lang"] = json!("en");
        let english = browser.post(&address(OLD, CONFORMITY), &switched).await;
        assert_eq!(english.status, 200);
        assert!(
            gives_back(&english) && english.text.contains("<html lang=\"en\""),
            "{}",
            english.text
        );

        let mut carried = form.clone();
        carried["carried"] = json!("yes");
        let there = browser.post(&address(LEFT, CONFORMITY), &carried).await;
        assert_eq!(there.status, 200);
        assert!(gives_back(&there), "{}", there.text);
        let mut sent = form.clone();
        sent["token"] = json!(there.hidden("token").unwrap());
        assert_eq!(browser.post(&address(LEFT, CONFORMITY), &sent).await.status, 303);
    }
}

#[tokio::test]
async fn c7_what_was_taken_while_the_code_was_in_force_keeps_its_receipt() {
    let (place, portal) = one_parcel();
    let browser = Browser::at(&portal.address);
    let form = filled(&browser, OLD, CONFORMITY).await;
    let taken = browser.post(&address(OLD, CONFORMITY), &form).await;
    split(&place, &[LEFT]);
    let again = browser.post(&address(OLD, CONFORMITY), &form).await;
    assert_eq!((again.status, again.location()), (303, taken.location()));
}

#[tokio::test]
async fn c7_what_can_be_asked_of_an_old_code_is_asked_once_more_if_it_ended_meanwhile() {
    let (place, portal) = one_parcel();
    let browser = Browser::at(&portal.address);
    let form = filled(&browser, OLD, CORRECTION).await;
    split(&place, &[LEFT]);
    let asked = browser.post(&address(OLD, CORRECTION), &form).await;
    assert_eq!(asked.status, 409);
    assert!(gives_back(&asked) && asked.text.contains("这个代码已停用"), "{}", asked.text);
    assert!(asked.text.contains(&format!("href=\"/c/{LEFT}\"")), "{}", asked.text);
    let mut confirmed = form.clone();
    for name in ["token", "seen", "ended"] {
        confirmed[name] = json!(asked.hidden(name).unwrap());
    }
    assert_eq!(browser.post(&address(OLD, CORRECTION), &confirmed).await.status, 303);
    // Who opens the form on the old code has read it there.
    let anew = browser.get(&address(OLD, CORRECTION)).await;
    assert_eq!((anew.status, anew.hidden("ended").as_deref()), (200, Some("yes")));
    assert_eq!(api(&portal, OLD, CORRECTION, "old").await.0, 201);
}

#[tokio::test]
async fn p5_a_place_that_may_not_be_seen_any_more_gives_the_text_back_in_the_words_of_every_no() {
    let (place, portal) = one_parcel();
    let browser = Browser::at(&portal.address);
    let form = filled(&browser, OLD, CORRECTION).await;
    import(&place, &[json!({ "code": OLD, "secret": 1 }), json!({ "code": RIGHT })]);
    let blank = |page: &Page, code: &str| {
        let spoken: Vec<String> = code[12..].chars().map(String::from).collect();
        let text = page.text.replace(code, "CODE");
        text.replace(&spoken.join(" "), "SPOKEN").replace(&code[14..], "NUMBER")
    };
    for switch in [None, Some(("lang", "en")), Some(("elder", "1"))] {
        let mut form = form.clone();
        if let Some((name, value)) = switch {
            form[name] = json!(value);
        }
        let gone = browser.post(&address(OLD, CORRECTION), &form).await;
        let never = browser.post(&address(NEVER, CORRECTION), &form).await;
        assert_eq!((gone.status, never.status), (404, 404), "{switch:?}");
        assert!(gives_back(&gone), "{}", gone.text);
        assert_eq!(blank(&gone, OLD), blank(&never, NEVER));
    }
}

#[tokio::test]
async fn c7_the_restrictions_of_a_code_that_ended_say_so() {
    let (place, portal) = one_parcel();
    let restrictions = async |code: &str| {
        let url = format!("{}/api/v1/parcels/{code}/restrictions", portal.address);
        client().get(url).send().await.unwrap().json::<Value>().await.unwrap()
    };
    let before = restrictions(OLD).await;
    assert_eq!((&before["ended"], &before["in_force"]), (&json!(false), &json!([])));
    split(&place, &[LEFT, RIGHT]);
    let after = restrictions(OLD).await;
    assert_eq!((&after["ended"], &after["in_force"]), (&json!(true), &json!([LEFT, RIGHT])));
    assert_eq!(after.get("ended_on"), Some(&Value::Null), "the day may not be told (row 45)");
}
