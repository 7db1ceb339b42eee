//! What departments are sent and what chains are made of, byte for byte: departments take their
//! messages for the same, and chains in existing data folders go on.

use domain::request::Actor;
use store::{
    Correction, DeliveryOutcome, Dossier, NewRequest, Outbox, RequestWithdrawal, Store, Submitted,
};

use super::{Storage, outbox::lease, samples::*};

/// Ids and bodies in the order in which they are sent.
const SENT: [(&str, &str); 6] = [
    (
        "msg_JM-20261122-ZZZZZZZA_natural-resources",
        r#"{"kind":"request.submitted","request":"JM-20261122-ZZZZZZZA","item":"data-correction","code":"330521001001GB00001","data_version":"deqing/1","applicant":{"name":"李四"},"answers":{"what":"面积有误 1"},"channel":"self","submitted_at":"2026-11-18T11:06:41Z"}"#,
    ),
    (
        "msg_JM-20261122-ZZZZZZZA_planning",
        r#"{"kind":"request.submitted","request":"JM-20261122-ZZZZZZZA","item":"data-correction","code":"330521001001GB00001","data_version":"deqing/1","applicant":{"name":"李四"},"answers":{"what":"面积有误 1"},"channel":"self","submitted_at":"2026-11-18T11:06:41Z"}"#,
    ),
    (
        "msg_JM-20261122-ZZZZZZZA_natural-resources_2",
        r#"{"kind":"request.corrected","request":"JM-20261122-ZZZZZZZA","item":"data-correction","code":"330521001001GB00001","data_version":"deqing/1","applicant":{"name":"李四"},"answers":{"what":"面积应为 80"},"channel":"self","submitted_at":"2026-11-18T11:06:41Z","corrected_at":"2026-11-18T11:07:00Z"}"#,
    ),
    (
        "msg_JM-20261122-ZZZZZZZA_planning_2",
        r#"{"kind":"request.corrected","request":"JM-20261122-ZZZZZZZA","item":"data-correction","code":"330521001001GB00001","data_version":"deqing/1","applicant":{"name":"李四"},"answers":{"what":"面积应为 80"},"channel":"self","submitted_at":"2026-11-18T11:06:41Z","corrected_at":"2026-11-18T11:07:00Z"}"#,
    ),
    (
        "msg_JM-20261122-ZZZZZZZA_natural-resources_3",
        r#"{"kind":"request.withdrawn","request":"JM-20261122-ZZZZZZZA","item":"data-correction","code":"330521001001GB00001","submitted_at":"2026-11-18T11:06:41Z","withdrawn_at":"2026-11-18T11:07:20Z"}"#,
    ),
    (
        "msg_JM-20261122-ZZZZZZZA_planning_3",
        r#"{"kind":"request.withdrawn","request":"JM-20261122-ZZZZZZZA","item":"data-correction","code":"330521001001GB00001","submitted_at":"2026-11-18T11:06:41Z","withdrawn_at":"2026-11-18T11:07:20Z"}"#,
    ),
];

/// The hashes of the request's events.
const CHAIN: [&str; 5] = [
    "T0jw5RwZGnae0MYiQO8yioqu_Dv4Xv81uDReg9SAJoM",
    "yLB4y4JWvf3qsdN7yiOknZeJZ8OrChcWLyiGA1WvtFw",
    "ZV1jrfM9aZ2k9i5AjAQ2WnGYByV5YnGEuwEnxu3Xps8",
    "jIV3yaXEU2QFsF8yS_cgR1xrA2Ben7u4UCr_RZvAoAU",
    "7v_iLuNR2TjTcVQgWEqrstp2avWFNuVrAFZF50VJLO0",
];

/// A request to two departments that both confirm, corrected and taken back.
async fn told<S: Store>(store: &S) -> (Vec<(String, String)>, Dossier) {
    let departments = vec!["natural-resources".to_owned(), "planning".to_owned()];
    let asked = NewRequest { departments, ..request(1) };
    assert_eq!(store.submit(&asked).await.unwrap(), Submitted::New(number(1)));
    let mut sent = deliver(store, 10).await;
    let mut answers = asked.submission.answers;
    answers.insert("what".into(), "面积应为 80".into());
    let correction = Correction {
        number: number(1),
        rests_on: 1,
        applicant: asked.submission.applicant,
        answers,
        actor: Actor::Applicant,
        at: at(20),
        reason: None,
        confirmation: None,
    };
    store.correct(&correction).await.unwrap();
    sent.extend(deliver(store, 30).await);
    let withdrawal = RequestWithdrawal {
        number: number(1),
        actor: Actor::Staff("王五".into()),
        at: at(40),
        reason: Some("来电".into()),
    };
    store.withdraw(&withdrawal).await.unwrap();
    sent.extend(deliver(store, 50).await);
    (sent, store.dossier(&number(1)).await.unwrap().unwrap())
}

/// Sends everything that is due; each department confirms with a reference.
async fn deliver<S: Outbox>(store: &S, second: i64) -> Vec<(String, String)> {
    let mut sent = Vec::new();
    for delivery in lease(store, "a", second).await {
        assert!(store.begin_attempt(&delivery.id, "a", at(second)).await.unwrap());
        let reference = Some("OA-1".to_owned());
        let outcome = DeliveryOutcome::Delivered { reference, remark: None };
        assert!(store.record_outcome(&delivery.id, "a", at(second), &outcome).await.unwrap());
        sent.push((delivery.id.0, String::from_utf8(delivery.body).unwrap()));
    }
    sent
}

pub async fn s5_what_is_sent_and_chained_is_the_same_bytes_everywhere<S: Store>(
    place: &Storage<S>,
) {
    let (sent, dossier) = told(&place.open()).await;
    let sent: Vec<_> = sent.iter().map(|(id, body)| (id.as_str(), body.as_str())).collect();
    assert_eq!(sent, SENT);
    let chain: Vec<_> = dossier.request.events.iter().map(|event| &*event.hash).collect();
    assert_eq!(chain, CHAIN);
}
