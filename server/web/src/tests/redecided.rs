//! A site judged again with what an office said of it, and who is told of that.

use domain::Clock as _;
use serde_json::{Value, json};
use service::suitability::Rules;
use store::{Imports, LayerToStore};
use testkit::{dataset, layer, parcel, parcel_code, square, trial_rules};

use super::{
    callbacks::say,
    harness::{Noon, Web, answers},
};

const HERE: &str = "330521001001GB00001";
const SITE: &str = "/sites?use=trial.mill&code=330521001001GB00001";

/// No farmland lies on the parcel, and of wetland there are no data.
fn open() -> Web {
    let web = Web::judging(|_| {}, Rules::of(&trial_rules(), &["trial".to_owned()]).unwrap());
    let mut writer = web.store.begin_import(&dataset("small")).unwrap();
    let info = layer("farmland", "permanent_basic_farmland");
    writer.put_layer(&LayerToStore { info, coverage: None }).unwrap();
    let here = parcel(parcel_code(1), square(119.9, 30.5, 0.001));
    assert!(writer.put_parcel(&here, &[], &["farmland".into()]).unwrap());
    writer.publish(Noon.now()).unwrap();
    web
}

fn asking(item: &str, facts: &[&str]) -> Value {
    json!({
        "item": item, "code": HERE, "answers": answers(item),
        "asks": { "rules": "trial", "use": "mill", "facts": facts },
    })
}

async fn ask(web: &Web) -> (String, String) {
    let body = asking("planning-conformity", &["overlaps:wetland", "overlaps:farmland"]);
    let key = [("idempotency-key", "0123456789abcdef")];
    let receipt = web.post_json("/api/v1/requests", &key, &body).await;
    assert_eq!(receipt.status, 201, "{}", receipt.text());
    let text = |name: &str| receipt.json()[name].as_str().unwrap().to_owned();
    (text("number"), text("secret"))
}

async fn receipt(web: &Web, number: &str, secret: &str) -> String {
    let page = format!("/requests/{number}");
    let opened = web.post(&page, &[], &[("secret", secret)]).await;
    let receipt = web.get_with(&page, &[("cookie", &opened.cookies())]).await;
    receipt.is_page(200);
    receipt.text().to_owned()
}

fn word(number: &str, facts: &Value) -> Value {
    json!({ "request": number, "state": "decided", "facts": facts })
}

#[tokio::test]
async fn sites_s5_what_an_office_says_judges_the_site_again_for_its_applicant_alone() {
    let web = open();
    let before = web.get(SITE).await;
    assert!(before.text().contains("暂时不能判断"), "{}", before.text());
    let link = "requests/new?item=planning-conformity&amp;activity=";
    assert!(before.text().contains(link), "{}", before.text());
    assert!(before.text().contains("asks=trial.mill%2Coverlaps%3Awetland"), "{}", before.text());
    let (number, secret) = ask(&web).await;
    assert!(receipt(&web, &number, &secret).await.contains("还没有答复所问事项"));
    let taken =
        say(&web, "planning", 0, "m-1", &word(&number, &json!({ "overlaps:wetland": "none" })))
            .await;
    assert_eq!((taken.status, taken.json()), (200, json!({ "changed": true })));
    let page = receipt(&web, &number, &secret).await;
    let again = page.split("redecided-title").nth(2).unwrap();
    assert!(again.contains("answer-suits") && again.contains("测试部门"), "{again}");
    // Nobody else is told, and nothing of the site has changed.
    assert_eq!(
        web.get(SITE).await.text().matches("answer-suits").count(),
        before.text().matches("answer-suits").count()
    );
    assert!(web.get(SITE).await.text().contains("暂时不能判断"));
    let locked = web.get(&format!("/requests/{number}")).await;
    assert!(!locked.text().contains("redecided"), "{}", locked.text());
    let bearer = format!("Bearer {secret}");
    let path = format!("/api/v1/requests/{number}");
    let events = web.get_with(&path, &[("authorization", &bearer)]).await.json();
    let last = events["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["facts"], json!({ "overlaps:wetland": "none" }));
    let taken_along = web.get_with(&format!("{path}/data"), &[("authorization", &bearer)]).await;
    assert_eq!(taken_along.json()["asks"]["facts"][0]["id"], "overlaps:wetland");
}

#[tokio::test]
async fn sites_s5_an_office_that_contradicts_the_data_leaves_the_site_open() {
    let web = open();
    let (number, secret) = ask(&web).await;
    let facts = json!({ "overlaps:wetland": "none", "overlaps:farmland": "50 %" });
    assert_eq!(say(&web, "planning", 0, "m-1", &word(&number, &facts)).await.status, 200);
    let page = receipt(&web, &number, &secret).await;
    assert!(page.contains("暂时不能判断") && page.contains("两者都没有采用"), "{page}");
}

#[tokio::test]
async fn sites_s5_an_answer_to_nothing_that_was_asked_is_refused_and_loses_nothing() {
    let web = open();
    let (number, _) = ask(&web).await;
    for (facts, named) in [
        (json!({ "value:x": "yes" }), "value:x"),
        (
            json!({ "overlaps:wetland": "none", "overlaps:farmland": "perhaps" }),
            "overlaps:farmland",
        ),
        (json!({ "overlaps:wetland": null }), "overlaps:wetland"),
    ] {
        let refused = say(&web, "planning", 0, "m-1", &word(&number, &facts)).await;
        let problem = refused.is_problem(400, "bad-request");
        assert!(problem["detail"].as_str().unwrap().contains(named), "{problem}");
    }
    let theirs = word(&number, &json!({ "overlaps:wetland": "none" }));
    say(&web, "geology", 0, "m-1", &theirs).await.is_problem(404, "not-found");
    // The word is not spent: under its own id it is taken once it reads.
    assert_eq!(say(&web, "planning", 0, "m-1", &theirs).await.json(), json!({ "changed": true }));
}

#[tokio::test]
async fn sites_s5_nothing_is_asked_but_what_the_rules_ask_of_the_department() {
    let web = open();
    for (item, fact) in [
        ("planning-conformity", "overlaps:nonsense"),
        ("planning-conformity", "area"),
        ("hazard-zone", "overlaps:wetland"),
    ] {
        let key = [("idempotency-key", "0123456789abcdef")];
        let refused = web.post_json("/api/v1/requests", &key, &asking(item, &[fact])).await;
        let problem = refused.is_problem(400, "bad-request");
        assert!(problem["detail"].as_str().unwrap().contains("asks"), "{problem}");
    }
    let path = format!("/c/{HERE}/requests/new?item=planning-conformity&asks=trial.mill");
    let form = web.get(&format!("{path}%2Coverlaps%3Awetland")).await;
    let asks = form.hidden("asks").unwrap();
    assert_eq!(asks, "trial.mill,overlaps:wetland");
    assert!(form.text().contains("湿地"));
    let forged = web.get(&format!("{path}%2Cvalue%3Asecret")).await;
    assert_eq!(forged.hidden("asks"), None, "a stranger's link asks nothing of its own");
    assert!(forged.text().contains("已经去掉") && !form.text().contains("已经去掉"));
}
