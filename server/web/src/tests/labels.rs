use domain::Clock as _;
use domain::{
    LandCode, Localized,
    code::Strictness,
    label::{KeyId, LabelText, Subject},
};
use serde_json::json;
use store::{Labels as _, NewLabel, Withdrawal};

use super::{
    harness::{HOST, Noon, Web, ring},
    land::HERE,
};

/// A label of a parcel, issued for this host: its text.
async fn issued(web: &Web) -> String {
    let code = LandCode::parse(HERE, Strictness::Issue).unwrap().code;
    let label = NewLabel {
        code,
        token: None,
        key: KeyId::first(),
        host: HOST.to_owned(),
        issuer: Localized::new("德清局", "Deqing bureau"),
        issued_at: Noon.now(),
    };
    let serial = web.store.issue_labels(&[label]).await.unwrap()[0].serial;
    let subject = Subject::Place { code, serial };
    LabelText::seal(subject, HOST, &KeyId::first(), &ring()).unwrap().to_string()
}

#[tokio::test]
async fn q2_a_label_is_genuine_withdrawn_or_not_ours() {
    let web = Web::open();
    let label = issued(&web).await;
    let (api, page) = (format!("/api/v1/labels/{label}"), format!("/l/{label}"));
    let genuine = web.get(&api).await;
    assert_eq!((genuine.status, genuine.kind()), (200, "application/json"));
    assert_eq!(genuine.header("cache-control"), "no-store", "withdrawn, it must be so at once");
    let said = genuine.json();
    assert_eq!((&said["answer"], &said["code"]), (&json!("genuine"), &json!(HERE)));
    assert_eq!((&said["official_host"], &said["serial"]), (&json!(HOST), &json!("0000001")));
    web.get(&page).await.is_page(200);

    let why = Withdrawal { at: Noon.now(), reason: "标牌遗失".to_owned() };
    web.store.withdraw_label(1, &why).await.unwrap();
    let withdrawn = web.get(&api).await;
    assert_eq!((withdrawn.status, &withdrawn.json()["answer"]), (410, &json!("withdrawn")));
    assert_eq!(withdrawn.json()["reason"], "标牌遗失");
    web.get(&page).await.is_page(410);
}

#[tokio::test]
async fn q2_what_was_not_issued_here_is_not_ours() {
    let web = Web::open();
    let label = issued(&web).await;
    let altered = label.replacen("GB00001", "GB00002", 1);
    for forged in [altered.as_str(), "nonsense", HERE, "%00"] {
        let answer = web.get(&format!("/api/v1/labels/{forged}")).await;
        assert_eq!((answer.status, answer.kind()), (404, "application/json"), "{forged}");
        assert_eq!(answer.json(), json!({ "answer": "not_issued", "official_host": HOST }));
        web.get(&format!("/l/{forged}")).await.is_page(404);
    }
    // What is asked of another host was sealed for this one.
    let elsewhere = [("host", "other.example")];
    assert_eq!(web.get_with(&format!("/api/v1/labels/{label}"), &elsewhere).await.status, 404);
}

#[tokio::test]
async fn q1_a_label_in_capitals_leads_to_its_page() {
    let web = Web::open();
    let label = issued(&web).await;
    let answer = web.get(&format!("/L/{label}")).await;
    assert_eq!((answer.status, answer.header("location")), (308, &*format!("/l/{label}")));
}
