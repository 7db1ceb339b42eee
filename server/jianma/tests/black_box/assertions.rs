//! Proofs of identity: from whom, for how long, how often, by which key.

use domain::viewer::Tier;
use serde_json::{Value, json};

use crate::{
    harness::{PARCELS, PortalFolder, Running, client},
    seen_as::{IDENTITY, assertion, claims, signed, trust, trust_key},
};

const NAME: &str = "不应出现的姓名";

/// The status, and whether the name is seen.
async fn seen(portal: &Running, proof: &str) -> (u16, bool) {
    let asked = client()
        .get(format!("{}/api/v1/parcels/{}", portal.address, PARCELS[0]))
        .header("jianma-assertion", proof)
        .send();
    let answer = asked.await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap().contains(NAME))
}

fn holder() -> String {
    assertion(Tier::Holder, "s-holder", PARCELS[0])
}

fn holder_with(change: &Value) -> String {
    let mut claims = claims(Tier::Holder, "s-holder", PARCELS[0]);
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    signed(&claims)
}

fn place(more: &str) -> PortalFolder {
    let place = PortalFolder::with_small_data();
    trust(&place);
    place.configure("http://127.0.0.1:9", &format!("{IDENTITY}{more}"));
    place
}

#[tokio::test]
async fn p8_an_assertion_names_itself_and_lives_for_minutes() {
    let place = place("");
    let portal = place.serve();
    let now = claims(Tier::Holder, "s", PARCELS[0])["iat"].as_i64().unwrap();
    for (change, status) in [
        (json!({}), 200),
        (json!({ "jti": null }), 401),
        (json!({ "jti": "" }), 401),
        (json!({ "iat": now, "exp": now + 601 }), 401),
        (json!({ "iat": now, "exp": now + 3_600 }), 401),
    ] {
        assert_eq!(seen(&portal, &holder_with(&change)).await, (status, status == 200), "{change}");
    }
}

#[tokio::test]
async fn p8_one_assertion_serves_a_page_and_its_parts_and_its_name_no_other() {
    let place = place("");
    let log = std::fs::File::create(place.path("log")).unwrap();
    let portal = place.serve_logging("warn", log);
    let proof = holder_with(&json!({ "jti": "page" }));
    for _ in 0..4 {
        assert_eq!(seen(&portal, &proof).await, (200, true));
    }
    let other = holder_with(&json!({ "jti": "page", "sub": "s-other" }));
    assert_eq!(seen(&portal, &other).await.0, 401);
    assert_eq!(portal.terminate(), Some(0));
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("replayed_assertion"), "{log}");
    assert!(!log.contains("s-other") && !log.contains("127.0.0.1:"), "{log}");
}

#[tokio::test]
async fn p9_the_log_says_why_an_assertion_is_refused_and_quotes_nothing_of_it() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let place = place("");
    let log = std::fs::File::create(place.path("log")).unwrap();
    let portal = place.serve_logging("info", log);
    let header = URL_SAFE_NO_PAD.encode(json!({ "alg": "somebody-named" }).to_string());
    for proof in [
        holder_with(&json!({ "tier": "somebody-named" })),
        holder_with(&json!({ "consent": "somebody-named" })),
        format!("{header}.e30.e30"),
    ] {
        assert_eq!(seen(&portal, &proof).await.0, 401);
    }
    assert_eq!(seen(&portal, &holder_with(&json!({ "aud": "other" }))).await.0, 401);
    assert_eq!(portal.terminate(), Some(0));
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert_eq!(log.matches("it does not read").count(), 3, "{log}");
    assert_eq!(log.matches("it is for another audience").count(), 1, "{log}");
    assert!(!log.contains("somebody-named"), "{log}");
}

#[tokio::test]
async fn p8_only_the_gateways_machines_hand_in_assertions() {
    let elsewhere = place("peers = [\"192.0.2.1\"]\n");
    let log = std::fs::File::create(elsewhere.path("log")).unwrap();
    let portal = elsewhere.serve_logging("warn", log);
    assert_eq!(seen(&portal, &holder()).await.0, 401);
    // What a request says of where it comes from is not asked.
    let asked = client()
        .get(format!("{}/api/v1/parcels/{}", portal.address, PARCELS[0]))
        .header("jianma-assertion", holder())
        .header("x-forwarded-for", "192.0.2.1")
        .send();
    assert_eq!(asked.await.unwrap().status(), 401);
    assert_eq!(portal.terminate(), Some(0));
    let log = std::fs::read_to_string(elsewhere.path("log")).unwrap();
    assert!(log.contains("foreign_assertion"), "{log}");
    let here = place("peers = [\"127.0.0.1\"]\n");
    let portal = here.serve();
    assert_eq!(seen(&portal, &holder()).await, (200, true));
}

#[tokio::test]
async fn p8_the_key_set_is_read_again_and_a_broken_one_changes_nothing() {
    let place = place("");
    let log = std::fs::File::create(place.path("log")).unwrap();
    let portal = place.serve_logging("warn", log);
    let proof = holder();
    assert_eq!(seen(&portal, &proof).await, (200, true));
    std::fs::write(place.path("data/identity.jwks"), "{ half").unwrap();
    assert_eq!(seen(&portal, &proof).await, (200, true));
    let ready = client().get(format!("{}/readyz", portal.address)).send().await.unwrap();
    let report: Value = ready.json().await.unwrap();
    assert_eq!(report["checks"]["identity"], "keys_unreadable", "{report}");
    trust_key(&place, "next");
    assert_eq!(seen(&portal, &proof).await.0, 401, "a key taken out counts no more");
    trust(&place);
    assert_eq!(seen(&portal, &holder()).await, (200, true));
    assert_eq!(portal.terminate(), Some(0));
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert_eq!(log.matches("new keys do not read").count(), 1, "said once: {log}");
    assert!(log.contains("identity_keys_changed"), "{log}");
}

#[tokio::test]
async fn p8_a_configuration_that_would_believe_too_long_or_nobody_is_refused() {
    for (more, words) in [("longest_minutes = 720\n", "longest_minutes"), ("peers = []\n", "peers")]
    {
        let place = place(more);
        let checked = place.jianma(&["check-config", "--config", &place.text("jianma.toml")]);
        let said = String::from_utf8_lossy(&checked.stderr).into_owned();
        assert!(!checked.status.success() && said.contains(words), "{said}");
    }
}
