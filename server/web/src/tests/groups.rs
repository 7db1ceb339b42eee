//! A form that asks of each of several: one more by a button, a list to the department.

use domain::request::RequestNumber;
use serde_json::json;
use store::Rights as _;

use super::{
    harness::{Answer, Web, answers},
    land::HERE,
};

const ITEM: &str = "transfer-registration";

async fn send(web: &Web, more: &[(&str, &str)]) -> Answer {
    let filled = answers(ITEM);
    let own = [("item", ITEM), ("token", "token-of-several-000000000")];
    let mut form: Vec<(&str, &str)> = own.into_iter().collect();
    form.extend(filled.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(more);
    let path = format!("/c/{HERE}/requests/new?item={ITEM}");
    web.post(&path, &[("cookie", "jm_form=1")], &form).await
}

fn has(page: &Answer, name: &str) -> bool {
    page.text().contains(&format!("name=\"{name}\""))
}

#[tokio::test]
async fn s1_one_more_of_a_group_comes_by_a_button_and_nothing_typed_is_lost() {
    let web = Web::open();
    let form = web.get(&format!("/c/{HERE}/requests/new?item={ITEM}")).await;
    assert_eq!(form.status, 200, "{}", form.text());
    assert!(form.text().contains("value=\"more.together\"") && !has(&form, "together__a__name"));
    let one = send(&web, &[("step", "more.together")]).await;
    assert_eq!(one.status, 200, "{}", one.text());
    assert!(has(&one, "together__a__name") && !has(&one, "together__b__name"));
    assert!(one.text().contains("写了 &lt;b&gt;很多"), "{}", one.text());
    let first = [("together__a__name", "李四"), ("together__a__role", "seller")];
    let two = send(&web, &[&first[..], &[("step", "more.together")]].concat()).await;
    assert!(has(&two, "together__b__name") && two.text().contains("value=\"李四\""));
    // One that is not meant is taken out, whichever it is, and the next takes its place.
    assert!(two.text().contains("value=\"less.together.2\""), "{}", two.text());
    let both =
        [&first[..], &[("together__b__name", "王五"), ("together__b__role", "owner")]].concat();
    let less = send(&web, &[&both[..], &[("step", "less.together.1")]].concat()).await;
    assert_eq!(less.status, 200, "{}", less.text());
    assert!(has(&less, "together__a__name") && !has(&less, "together__b__name"));
    assert!(less.text().contains("value=\"王五\"") && !less.text().contains("李四"));
    assert!(less.text().contains("写了 &lt;b&gt;很多"), "{}", less.text());
    // What was begun is to be finished, and what was left empty is nothing.
    let half = send(&web, &[("step", "review"), ("together__b__name", "王五")]).await;
    half.is_page(422);
    assert!(half.text().contains("href=\"#together__b__role\""), "{}", half.text());
    let saved = send(&web, &[&first[..], &[("step", "save")]].concat()).await;
    let [number, secret] = ["draft", "draft_secret"].map(|name| saved.hidden(name).unwrap());
    let opened = web.post("/drafts", &[], &[("number", &number), ("secret", &secret)]).await;
    assert!(has(&opened, "together__a__name") && opened.text().contains("value=\"李四\""));

    let second = [("together__c__name", "王五"), ("together__c__role", "owner")];
    let all = [&first[..], &second[..], &[("together__b__name", "")]].concat();
    let review = send(&web, &[&all[..], &[("step", "review")]].concat()).await;
    assert_eq!(review.status, 200, "{}", review.text());
    for part in ["一起申请的人1：姓名或单位名称", "李四", "一起申请的人2：姓名", "王五"]
    {
        assert!(review.text().contains(part), "{part}: {}", review.text());
    }
    let sent = send(&web, &[&all[..], &[("step", "submit")]].concat()).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let number = sent.header("location").trim_start_matches("/requests/");
    let number = RequestNumber::parse(number).unwrap();
    let dossier = web.store.dossier(&number).await.unwrap().unwrap();
    let told = serde_json::to_value(&dossier.messages[0].content).unwrap();
    let list = json!([{ "name": "李四", "role": "seller" }, { "name": "王五", "role": "owner" }]);
    assert_eq!(told["applicant"]["together"], list, "{told}");
    assert_eq!(dossier.request.submission.applicant["together__b__name"], "王五");
}

#[tokio::test]
async fn s1_programs_write_a_group_as_a_list_and_say_it_anew_as_a_whole() {
    let web = Web::open();
    let mut given = json!(answers(ITEM));
    given["together"] =
        json!([{ "name": "李四", "role": "seller" }, { "name": "王五", "role": "owner" }]);
    let body = json!({ "item": ITEM, "code": HERE, "answers": given });
    let key = [("idempotency-key", "0123456789abcdef-several")];
    let receipt = web.post_json("/api/v1/requests", &key, &body).await;
    assert_eq!(receipt.status, 201, "{}", receipt.text());
    let receipt = receipt.json();
    let api = format!("/api/v1/requests/{}", receipt["number"].as_str().unwrap());
    let bearer = format!("Bearer {}", receipt["secret"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let list = async || {
        let data = web.get_with(&format!("{api}/data"), &headers).await.json();
        data["applicant"]["together"].clone()
    };
    assert_eq!(list().await, given["together"]);
    for (said, there) in [
        (json!([{ "name": "赵六", "role": "heir" }]), json!([{ "name": "赵六", "role": "heir" }])),
        (json!([]), json!(null)),
    ] {
        let body = json!({ "answers": { "together": said } });
        let done = web.post_json(&format!("{api}/corrections"), &headers, &body).await;
        assert_eq!((done.status, done.json()), (200, json!({ "changed": true })));
        assert_eq!(list().await, there);
    }
    let wrong = json!({ "answers": { "together": [{ "name": "赵六" }] } });
    web.post_json(&format!("{api}/corrections"), &headers, &wrong).await.is_problem(422, "faults");
    let services = web.get("/api/v1/services").await;
    assert!(services.text().contains("\"groups\"") && !services.text().contains("together__"));
}

#[tokio::test]
async fn s1_one_more_of_a_group_is_no_look_at_another_place() {
    let web = Web::set(|settings| {
        let once = crate::settings::Allowance { burst: 1, per_minute: 1 };
        settings.limits.probing.places = once;
        settings.limits.probing.block = once;
    });
    web.get(&format!("/c/{HERE}/requests/new?item={ITEM}")).await;
    for step in ["more.together", "less.together.1"].into_iter().cycle().take(8) {
        let page = send(&web, &[("step", step)]).await;
        assert_eq!(page.status, 200, "{step}: {}", page.text());
    }
}
