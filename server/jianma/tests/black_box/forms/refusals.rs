//! Every form of the portal against everything that can say no to it before it is read: what was typed
//! comes back with each.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use super::{CORRECTION, GIVEN_BACK, TYPED, address, filled};
use crate::{
    browser::Browser,
    harness::{PARCELS, PortalFolder, Running, UNLIMITED, client},
};

const NUMBER: &str = "JM-20261122-7K3MQ2VX";
const SECRET: &str = "ABCD 2345 WXYZ";
/// Forms into which nothing is typed: a button that says yes, or one that has a browser forget.
const NOTHING_TYPED: [&str; 22] = [
    // A ticket, and what is pressed at a counter.
    "/hall/{hall}/ticket",
    "/requests/{number}/notices/confirm/{token}",
    "/requests/{number}/notices/stop/{token}",
    "/requests/{number}/withdraw",
    "/requests/{number}/delete",
    "/requests/{number}/forget",
    // What staff choose is nobody's to repeat.
    "/staff/enrol/{token}",
    "/staff/cases",
    // What is ticked and brought comes along through a sign-in.
    "/staff/cases/{case}/materials/{code}",
    "/staff/cases/{case}/paper",
    "/staff/deliveries/{delivery}/confirm",
    "/staff/locks",
    // The name of a passkey comes with the answer of a device, which is good once.
    "/staff/passkeys",
    "/staff/passkeys/new",
    "/staff/queue",
    "/staff/sessions",
    "/staff/sign-in/passkey",
    "/staff/sign-in/service",
    "/staff/sign-out",
    // What the page of an outline says, to be taken away: it stands there still.
    "/sites/outline/verdict.json",
    "/sites/outline/verdict.pdf",
    // Brought as a file, or pasted out of one.
    "/verify",
];

/// A form that somebody filled in.
struct Filled {
    /// Its route, as the portal writes it down.
    route: &'static str,
    path: String,
    form: Value,
    /// A cookie that the browser has of us when it shows the form.
    cookie: &'static str,
    /// What must be on a page that gives it back.
    given_back: &'static str,
}

/// Every form, that of a service filled in so.
fn every_form(request: &Value) -> Vec<Filled> {
    let correction = json!({ "what_is_wrong": TYPED, "applicant_name": "张三" });
    let opening = json!({ "number": NUMBER, "secret": SECRET });
    let form = |route, path: &str, form: &Value, cookie, given_back| Filled {
        route,
        path: path.to_owned(),
        form: form.clone(),
        cookie,
        given_back,
    };
    let own = format!("/requests/{NUMBER}");
    let receipt = "jm_receipt=x.new.1";
    vec![
        form(
            "/c/{code}/requests/new",
            &address(PARCELS[0], CORRECTION),
            request,
            "jm_form=1",
            GIVEN_BACK,
        ),
        form(
            "/c/{code}/requests/ask",
            &format!("/c/{}/requests/ask", PARCELS[0]),
            &json!({
                "use": "zhejiang.cafe", "facts.hazard-zone": "overlaps:hazard",
                "hazard-zone.description": TYPED,
            }),
            "jm_form=1",
            GIVEN_BACK,
        ),
        form(
            "/requests/{number}/correct",
            &format!("{own}/correct"),
            &correction,
            receipt,
            GIVEN_BACK,
        ),
        form(
            "/requests/{number}/notices",
            &format!("{own}/notices"),
            &json!({ "notice_address": TYPED }),
            receipt,
            GIVEN_BACK,
        ),
        form(
            "/requests/{number}/rate",
            &format!("{own}/rate"),
            &json!({ "rating_note": TYPED }),
            receipt,
            GIVEN_BACK,
        ),
        form(
            "/requests/{number}/reopen",
            &format!("{own}/reopen"),
            &json!({ "reopening_reason": TYPED }),
            receipt,
            GIVEN_BACK,
        ),
        form(
            "/sites/outline/ask",
            "/sites/outline/ask",
            &json!({ "points": TYPED }),
            "jm_lang=zh",
            GIVEN_BACK,
        ),
        form(
            "/sites/outline",
            "/sites/outline",
            &json!({ "points": TYPED }),
            "jm_lang=zh",
            GIVEN_BACK,
        ),
        form("/requests", "/requests", &opening, "jm_lang=zh", SECRET),
        form("/drafts", "/drafts", &opening, "jm_lang=zh", SECRET),
        form("/requests/{number}", &own, &opening, "jm_lang=zh", SECRET),
        form(
            "/preferences",
            "/preferences?back=/",
            &json!({ "q": TYPED, "lang": "zh" }),
            "jm_lang=zh",
            GIVEN_BACK,
        ),
        form(
            "/staff/sign-in",
            "/staff/sign-in",
            &json!({ "name": TYPED, "passphrase": "a passphrase of somebody" }),
            "jm_lang=zh",
            GIVEN_BACK,
        ),
        form(
            "/staff/cases/{case}",
            "/staff/cases/BJ-22334455",
            &json!({ "note": TYPED }),
            "jm_lang=zh",
            GIVEN_BACK,
        ),
        form(
            "/staff/cases/{case}/forms/{code}",
            &format!("/staff/cases/BJ-22334455/forms/{}?item={CORRECTION}", PARCELS[0]),
            request,
            "jm_lang=zh",
            GIVEN_BACK,
        ),
        form("/counter", "/counter", &json!({ "code": TYPED }), "jm_lang=zh", GIVEN_BACK),
        form(
            "/staff/place",
            "/staff/place",
            &json!({ "place": PARCELS[0], "reason": TYPED }),
            "jm_lang=zh",
            GIVEN_BACK,
        ),
        form(
            "/staff/deliveries/{delivery}",
            "/staff/deliveries/msg_JM-20261122-22222222_registration",
            &json!({ "act": "retry", "reason": TYPED }),
            "jm_lang=zh",
            GIVEN_BACK,
        ),
        form(
            "/staff/request",
            "/staff/request",
            &json!({ "number": NUMBER, "reason": TYPED }),
            "jm_lang=zh",
            GIVEN_BACK,
        ),
    ]
}

/// A form of a service with a fault, as nobody had it of a page.
fn with_fault() -> Value {
    json!({
        "item": CORRECTION, "token": "token-00000000000000000001", "what_is_wrong": TYPED,
        "applicant_phone": "12",
    })
}

fn plain() -> (PortalFolder, Running) {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    (place, portal)
}

async fn answered(asked: reqwest::RequestBuilder) -> (u16, String) {
    let answer = asked.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[test]
fn no_form_of_the_portal_is_left_out_here() {
    let person = web::route::Audience::Person;
    let forms: BTreeSet<String> = web::portal_routes::known_routes()
        .into_iter()
        .filter(|route| route.method == Some(Method::POST) && route.info.audience == person)
        .map(|route| route.path.into_owned())
        .collect();
    let known = every_form(&with_fault());
    let known = known.iter().map(|it| it.route).chain(NOTHING_TYPED);
    assert_eq!(forms, known.map(str::to_owned).collect());
}

#[tokio::test]
async fn every_form_that_hides_where_it_comes_from_is_given_back() {
    let (_place, portal) = plain();
    for Filled { path, form, cookie, given_back, .. } in every_form(&with_fault()) {
        let url = format!("{}{path}", portal.address);
        let hidden = client().post(&url).header("origin", "null");
        let (status, text) = answered(hidden.header("cookie", cookie).form(&form)).await;
        assert!(status == 403 && text.contains(given_back), "{path}: {status} {text}");
        // Nothing shows that we gave this browser the form: its words may be another site's.
        for foreign in [
            client().post(&url).header("origin", "null"),
            client().post(&url).header("origin", "https://evil.example"),
            client().post(&url).header("sec-fetch-site", "cross-site").header("cookie", cookie),
        ] {
            let (status, text) = answered(foreign.form(&form)).await;
            assert!(status == 403 && !text.contains(given_back), "{path}: {status} {text}");
        }
    }
}

/// A form in parts, as a program between may make one of ours.
fn in_parts(form: &Value) -> String {
    let fields = form.as_object().unwrap().iter().map(|(name, text)| {
        let text = text.as_str().unwrap();
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    });
    format!("{}--x--\r\n", fields.collect::<String>())
}

#[tokio::test]
async fn every_form_that_does_not_read_or_is_too_long_is_given_back() {
    let (_place, portal) = plain();
    for Filled { path, form, given_back, .. } in every_form(&with_fault()) {
        let url = format!("{}{path}", portal.address);
        let parts = client().post(&url).header("content-type", "multipart/form-data; boundary=x");
        let (status, text) = answered(parts.body(in_parts(&form))).await;
        // Its own form comes in parts: what is missing in it is said.
        let in_parts = path.starts_with("/sites/outline")
            || path.ends_with("/requests/new?item=data-correction");
        let expected = if in_parts { 422 } else { 415 };
        assert!(status == expected && text.contains(given_back), "{path}: {status} {text}");
        let mut long = form.clone();
        long["zzz"] = json!("x".repeat(300_000));
        let (status, text) = answered(client().post(&url).form(&long)).await;
        assert!(status == 413 && text.contains(given_back), "{path}: {status} {text}");
    }
}

#[tokio::test]
async fn every_form_that_is_sent_too_often_is_given_back() {
    let place = PortalFolder::with_small_data();
    let few = "[limits]\nreads_per_second = 1\nread_burst = 1\nsubmissions_per_minute = 1\n\
               submission_burst = 1\n";
    place.configure("http://127.0.0.1:9", few);
    let portal = place.serve();
    for Filled { route, path, form, given_back, .. } in every_form(&with_fault()) {
        let url = format!("{}{path}", portal.address);
        let mut last = (0, String::new());
        for _ in 0..12 {
            last = answered(client().post(&url).form(&form)).await;
            if last.0 == 429 {
                break;
            }
        }
        assert!(last.0 == 429 && last.1.contains(given_back), "{route}: {last:?}");
        assert!(last.1.contains("再次提交"), "{route}: {}", last.1);
    }
}

#[tokio::test]
async fn a_form_that_was_refused_is_gone_on_with_from_the_page_that_refused_it() {
    let (_place, portal) = plain();
    let browser = Browser::at(&portal.address);
    let form = filled(&browser, PARCELS[0], CORRECTION).await;
    let path = address(PARCELS[0], CORRECTION);
    let url = format!("{}{path}", portal.address);
    let hidden = client().post(&url).header("origin", "null").header("cookie", "jm_form=1");
    let (status, text) = answered(hidden.form(&form)).await;
    assert!(status == 403 && text.contains("name=\"carried\""), "{text}");
    let mut again = form.clone();
    again["carried"] = json!("yes");
    let page = browser.post(&path, &again).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains(GIVEN_BACK) && page.hidden("token").is_some(), "{}", page.text);
    // The one that corrects a request too.
    let receipt = browser.post(&path, &form).await.location();
    let typed = json!({ "what_is_wrong": "还没改完", "carried": "yes" });
    let page = browser.post(&format!("{receipt}/correct"), &typed).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("还没改完"), "{}", page.text);
    let kept = browser.get(&format!("{receipt}/data")).await.text;
    assert!(!kept.contains("还没改完"), "nothing was handed in: {kept}");
}

#[tokio::test]
async fn number_and_code_that_do_not_go_together_are_both_there_still() {
    let (_place, portal) = plain();
    let browser = Browser::at(&portal.address);
    for path in ["/requests".to_owned(), format!("/requests/{NUMBER}")] {
        let page = browser.post(&path, &json!({ "number": NUMBER, "secret": SECRET })).await;
        assert_eq!(page.status, 422);
        assert!(page.text.contains(&format!("value=\"{SECRET}\"")), "{}", page.text);
        assert!(page.text.contains(NUMBER), "{}", page.text);
    }
}
