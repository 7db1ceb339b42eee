//! What the holder of a receipt is told, once offices have answered about the site and it was judged again.

use std::collections::BTreeSet;

use domain::{Clock as _, viewer::Tier};
use serde_json::{Value, json};

use super::{configure, expectations, labels, land, land::LAND, secrets};
use crate::harness::{PortalFolder, Running, answers, client};

const WORDS: &str = "canary-applicant-secret-end";

/// What an office is asked of a site.
struct Asked {
    item: String,
    facts: Vec<String>,
}

/// What the page of a site offers to ask an office, as its link says it.
async fn offered(portal: &Running, code: &str) -> Option<Asked> {
    let url = format!("{}/sites?use=zhejiang.cafe&code={code}&a.builds=yes", portal.address);
    let page = client().get(url).send().await.unwrap().text().await.unwrap();
    let link = page.split("href=\"").find(|rest| {
        rest.split('"').next().is_some_and(|href| href.contains("asks=zhejiang.cafe"))
    })?;
    let link = link.split('"').next().unwrap().replace("&amp;", "&");
    let link = reqwest::Url::parse(&portal.address).unwrap().join(&link).unwrap();
    let of = |name| link.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value);
    let asks = of("asks").unwrap();
    // What part of a zone or layer lies on it: what an office can say `none` of.
    let facts = asks.split(',').filter(|fact| fact.starts_with("overlaps:"));
    Some(Asked {
        item: of("item").unwrap().into_owned(),
        facts: facts.map(str::to_owned).collect(),
    })
}

/// Asks an office what the rules leave open of a site; the receipt.
async fn ask(portal: &Running, code: &str, asked: &Asked) -> Value {
    let Asked { item, facts } = asked;
    let body = json!({
        "item": item, "code": code, "answers": answers(item, WORDS),
        "asks": { "rules": "zhejiang", "use": "cafe", "facts": facts },
    });
    let response = client()
        .post(format!("{}/api/v1/requests", portal.address))
        .header("idempotency-key", format!("canary-of-{code}"))
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    response.json().await.unwrap()
}

/// The office says that nothing of what it was asked lies there.
async fn nothing_there(place: &PortalFolder, portal: &Running, number: &str, asked: &Asked) {
    let secret = std::fs::read_to_string(place.path("data/department.secret")).unwrap();
    let secret = forward::Secret::parse(secret.trim()).unwrap();
    let facts: serde_json::Map<String, Value> =
        asked.facts.iter().map(|fact| (fact.clone(), "none".into())).collect();
    let body = json!({ "request": number, "state": "decided", "facts": facts }).to_string();
    let department = domain::service::service(&asked.item).unwrap().department.as_str();
    let url = format!("{}/api/v1/departments/{department}/callbacks", portal.address);
    let now = jianma::system::SystemClock.now();
    let headers = secret.sign(&format!("msg_{number}"), now, body.as_bytes()).unwrap();
    let sent = client().post(url).headers(headers).body(body).send().await.unwrap();
    assert_eq!(sent.status(), 200, "{}", sent.text().await.unwrap());
}

/// Every page and answer about a request, as its holder gets them.
async fn opened(portal: &Running, number: &str, secret: &str) -> Vec<(String, String)> {
    let page = format!("{}/requests/{number}", portal.address);
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let browser = browser.build().unwrap();
    let opening = browser.post(&page).form(&[("secret", secret)]).send().await.unwrap();
    let cookies: Vec<&str> = opening
        .headers()
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap())
        .collect();
    let mut answers = Vec::new();
    for route in web::portal_routes::known_routes() {
        let Some(rest) = route.path.split_once("/requests/{number}").map(|(_, rest)| rest) else {
            continue;
        };
        let path = route.path.replace("{number}", number);
        for (language, cookie) in [("zh", "jm_lang=zh; jm_elder=1"), ("en", "jm_lang=en")] {
            let cookies = format!("{cookie}; {}", cookies.join("; "));
            let asked = browser
                .get(format!("{}{path}", portal.address))
                .header("cookie", cookies)
                .bearer_auth(secret);
            let text = asked.send().await.unwrap().text().await.unwrap();
            answers.push((format!("{path} ({language}{rest})"), text));
        }
    }
    answers
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_sites_s5_whoever_holds_a_receipt_is_told_of_the_site_what_everybody_is() {
    let place = PortalFolder::empty();
    configure(&place, "");
    land::publish(&place.path("data"));
    // Their key is one of the secrets.
    labels(&place, &place.address().replace("http://", ""));
    let portal = place.serve();
    let expected = expectations();
    let denied: BTreeSet<&String> = expected
        .iter()
        .filter(|((tier, _), allowed)| *tier == Tier::Public && !**allowed)
        .map(|((_, marker), _)| marker)
        .collect();
    let secrets = secrets(&place);
    let mut judged = 0;
    for canary in LAND {
        let Some(asked) = offered(&portal, canary.code).await else { continue };
        let receipt = ask(&portal, canary.code, &asked).await;
        let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
        let (number, secret) = (text("number"), text("secret"));
        nothing_there(&place, &portal, &number, &asked).await;
        let answers = opened(&portal, &number, &secret).await;
        assert!(answers.len() >= 6, "{answers:?}");
        for (path, text) in answers {
            judged += usize::from(text.contains("redecided-title"));
            for marker in &denied {
                assert!(!text.contains(marker.as_str()), "{marker} in {path}: {text}");
            }
            // What they wrote is theirs to read; the server's own secrets are nobody's.
            for secret in
                secrets.iter().filter(|secret| *secret != WORDS && *secret != "13912345678")
            {
                assert!(!text.contains(secret.as_str()), "{secret} in {path}");
            }
        }
    }
    assert!(judged >= 4, "two sites in two languages were judged again: {judged}");
}
