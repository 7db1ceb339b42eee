//! Proof by canary (rules P1, P2, P3, P7, P9, M4): every non-public field of every record carries
//! its own name; everything that the server can say is asked for; no name that the policy denies is
//! found, and every name that it allows is.

mod altered;
mod ask;
mod influence;
mod land;
mod receipt;

use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::AhoCorasick;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{
    Clock as _,
    clock::china_date,
    policy::{Disclosure, Field},
    viewer::Tier,
};
use land::LAND;
use sha2::{Digest as _, Sha256};
use testkit::SystemClock;

use crate::{
    harness::{PortalFolder, UNLIMITED, answers, client},
    seen_as::{IDENTITY, trust},
};

/// Markers with who may find them: `true` for must, `false` for must not.
fn expectations() -> BTreeMap<(Tier, String), bool> {
    let policies = land::policies();
    let mut expected = BTreeMap::new();
    for canary in LAND {
        let dataset = land::dataset(&canary);
        let policy = policies.governing(&dataset).filter(|_| !canary.classified);
        let base_map = policies.governing(&dataset).is_some_and(|p| p.shows_base_map(&dataset));
        // What is given out as a whole has its own outlines; its pages have them not in every form.
        let whole = policy.is_some_and(|policy| {
            policy.gives_out_layer(&land::layer(&canary).info, china_date(SystemClock.now()))
        });
        for tier in Tier::ALL {
            let cell = |field| policy.map_or(Disclosure::Deny, |policy| policy.cell(field, tier));
            for field in Field::ALL {
                let parcel = canary.parcel();
                let cell = policy.map(|policy| policy.cell_of(*field, tier, &parcel));
                let shown = cell == Some(Disclosure::Show);
                let units = policy.is_some_and(|policy| policy.tells_units(tier));
                expected.insert((tier, canary.marker("parcel", *field)), shown);
                expected.insert((tier, canary.marker("unit", *field)), shown && units);
            }
            let mut other = |what: &str, field| {
                expected.insert((tier, canary.other(what)), !cell(field).is_closed());
            };
            other("local-id", Field::LocalId);
            other("event", Field::PlanningPermits);
            other("finding", Field::OtherRestrictions);
            other("layer-title", Field::OtherRestrictions);
            other("building", Field::UnitLocation);
            expected.insert((tier, canary.other("street")), base_map);
            expected.insert((tier, canary.survey()), cell(Field::Outline) == Disclosure::Show);
            if !whole || tier == Tier::Public {
                expected.insert((tier, canary.restriction_survey()), whole);
            }
        }
    }
    expected
}

/// What nobody may find anywhere: what applicants wrote, and the server's own secrets.
fn secrets(place: &PortalFolder) -> Vec<String> {
    let mut secrets = vec!["canary-applicant-secret-end".to_owned(), "13912345678".to_owned()];
    for file in [
        "receipt.key",
        "audit.key",
        "classified.key",
        "department.secret",
        "identity.jwks",
        "label.keys",
        "signing.keys",
    ] {
        let text = std::fs::read_to_string(place.path("data").join(file)).unwrap();
        secrets.push(text.trim().to_owned());
    }
    secrets
}

/// Every script that stands in an answer is one that its content security policy names by hash.
fn only_named_scripts(text: &str) {
    for script in text.split("<script").skip(1) {
        let (attributes, rest) = script.split_once('>').unwrap();
        let source = rest.split("</script>").next().unwrap();
        if attributes.contains(" src=") {
            assert_eq!(source, "", "{script}");
            continue;
        }
        let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(source)));
        let policy = text.lines().find(|line| line.starts_with("content-security-policy: "));
        assert!(policy.unwrap().contains(&hash), "{hash} of {source}");
    }
}

/// What the code of a printed extract of a place that may be shown carries.
async fn stub(address: &str, code: &str) -> String {
    let response = client().get(format!("{address}/c/{code}/extract.json")).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let file: serde_json::Value = response.json().await.unwrap();
    file["stub"].as_str().unwrap().to_owned()
}

/// Hands in a request, so that there is one to ask about; its number.
async fn hand_in(address: &str) -> String {
    let mut answers = answers("planning-conformity", "canary-applicant-secret-end");
    for answer in answers.as_object_mut().unwrap().values_mut() {
        if answer == "13800138000" {
            *answer = "13912345678".into();
        }
    }
    let body = serde_json::json!({
        "item": "planning-conformity", "code": LAND[0].code, "answers": answers,
    });
    let response = client()
        .post(format!("{address}/api/v1/requests"))
        .header("idempotency-key", "canary-0123456789abcdef")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    let receipt: serde_json::Value = response.json().await.unwrap();
    receipt["number"].as_str().unwrap().to_owned()
}

/// Issues labels of a parcel and of the home on it, for the host of the portal that will run;
/// what follows `/l/` in their addresses, and a label that nobody issued.
fn labels(place: &PortalFolder, host: &str) -> Vec<String> {
    let (data, file) = (place.text("data"), place.text("labels.svg"));
    let mut labels = vec![format!("{}-A-0000001-0123456789ABCDEF", LAND[0].code)];
    for code in [LAND[0].code.to_owned(), LAND[0].unit()] {
        let output = place.jianma(&["label", &code, "-o", &file, "--data", &data, "--host", host]);
        let said = String::from_utf8(output.stdout).unwrap();
        let address = said.trim().rsplit('\t').next().unwrap();
        labels.push(address.rsplit('/').next().unwrap().to_owned());
    }
    labels
}

/// Everybody's identity is believed, nothing is limited, and the land's policies are known.
fn configure(place: &PortalFolder, more: &str) {
    trust(place);
    std::fs::write(place.path("strict.toml"), land::strict()).unwrap();
    // A new person a place, for each of the variants: the daily cap is another test's.
    let identity = IDENTITY.replace("daily_places = 5", "daily_places = 1000000");
    let policies = "[policies]\nfiles = [\"strict.toml\"]\n";
    let key = domain::digest::hex_digest(ask::API_KEY.as_bytes());
    let open311 = format!(
        "[open311]\njurisdiction_id = \"here\"\n[open311.clients.app]\nkey_sha256 = \"{key}\"\n"
    );
    let own = format!("{UNLIMITED}{identity}{policies}{open311}{more}");
    place.configure("http://127.0.0.1:9", &own);
}

#[tokio::test(flavor = "multi_thread")]
async fn p2_no_byte_of_what_is_denied_leaves_and_every_field_that_is_allowed_does() {
    let place = PortalFolder::empty();
    configure(&place, "");
    land::publish(&place.path("data"));
    let labels = labels(&place, &place.address().replace("http://", ""));
    let log = std::fs::File::create(place.path("log")).unwrap();
    let portal = place.serve_logging("trace", log);
    let number = hand_in(&portal.address).await;

    let numbers = vec![number, "JM-20261122-22222222".into()];
    let stubs =
        [stub(&portal.address, LAND[0].code).await, stub(&portal.address, LAND[1].code).await];
    let stubs = ask::stubs(stubs.to_vec());
    let questions = ask::questions(&[("number", numbers), ("label", labels), ("stub", stubs)]);
    let asked = questions.len();
    let expected = expectations();
    let secrets = secrets(&place);
    // All of them at once: one by one, they cost more than the answers.
    let markers: BTreeSet<&String> = expected.keys().map(|(_, marker)| marker).collect();
    let markers: Vec<&String> = markers.into_iter().collect();
    let in_text = AhoCorasick::new(&markers).unwrap();
    let client =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let (mut found, mut bytes) = (BTreeMap::new(), 0);
    let mut waiting = questions.into_iter();
    let mut running = tokio::task::JoinSet::new();
    loop {
        while running.len() < 24
            && let Some(question) = waiting.next()
        {
            let (client, address) = (client.clone(), portal.address.clone());
            running.spawn(async move { ask::ask(&client, &address, question).await });
        }
        let Some(answer) = running.join_next().await else { break };
        let ask::Answer { question, text } = answer.unwrap();
        bytes += text.len();
        if question.path.contains("/l/") || question.path.contains("/labels/") {
            let plain: String = text.split_whitespace().collect();
            assert!(!plain.contains("F00010007"), "a home's label tells its code: {question:?}");
        }
        only_named_scripts(&text);
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} in the answer to {question:?}");
        }
        let there: BTreeSet<_> =
            in_text.find_overlapping_iter(&text).map(|it| it.pattern()).collect();
        for marker in there.into_iter().map(|pattern| markers[pattern.as_usize()]) {
            let of = (question.tier, marker.clone());
            if let Some(allowed) = expected.get(&of) {
                assert!(allowed, "{marker} in the answer to {question:?}");
                *found.entry(of).or_insert(0) += 1;
            }
        }
    }
    for ((tier, marker), allowed) in &expected {
        let times = found.get(&(*tier, marker.clone())).copied().unwrap_or_default();
        assert_eq!(times > 0, *allowed, "{marker} for {tier:?}");
    }

    assert_eq!(portal.terminate(), Some(0));
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(log.contains("answered"), "the log was written at the lowest level");
    for word in [
        "canary-closed",
        "canary-open",
        "canary-secret",
        "canary-lawless",
        "canary-strict",
        "F00010007",
    ]
    .map(str::to_owned)
    .iter()
    .chain(&secrets)
    {
        // A data set is named in the log when its policy is missing; nothing of its land is.
        let log = log.replace("dataset.id=\"canary-lawless\"", "");
        let log = log.replace("NOBODY IS SHOWN THE DATA SET canary-lawless", "");
        let line = log.lines().find(|line| line.contains(word.as_str()));
        assert_eq!(line, None, "{word} in the log");
    }
    let denied = expected.values().filter(|allowed| !**allowed).count();
    println!(
        "{asked} answers, {} kB; {denied} markers denied and absent, {} allowed and found {} times; log {} kB",
        bytes / 1_000,
        expected.len() - denied,
        found.values().sum::<usize>(),
        log.len() / 1_000,
    );
}
