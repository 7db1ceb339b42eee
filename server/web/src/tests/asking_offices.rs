//! One form that asks several offices for what a verdict lacks (*sites S5*).

use domain::{
    Clock as _,
    law::register,
    suitability::{Library, RuleFile},
};
use serde_json::json;
use service::suitability::Rules;
use store::{Imports, LayerToStore, Requests as _};
use testkit::{dataset, layer, parcel, parcel_code, square};

use super::{
    callbacks::say,
    harness::{Answer, Noon, Web},
};

const FORM: &str = "/c/330521001001GB00001/requests/ask?use=trial.mill";
const SENT_TO: &str = "/c/330521001001GB00001/requests/ask";
const PARTS: [&str; 2] = ["planning-conformity", "hazard-zone"];

/// Two conditions, each about a layer of which there are no data, each known to another office.
fn rules() -> Library {
    let part = |id: &str, theme: &str, department: &str| {
        format!(
            r#"
[[office]]
id = "{id}-office"
name = {{ zh = "局", en = "Office" }}
department = "{department}"

[[layer]]
id = "{id}"
title = {{ zh = "图层{id}", en = "Layer {id}" }}
theme = "{theme}"
tolerance = {{ area = "30 m2", share = "1 %" }}
office = "{id}-office"

[[rule]]
id = "{id}"
kind = "condition"
title = {{ zh = "规则", en = "Rule" }}
uses = "all"
fails = {{ overlaps = "{id}", more_than = "tolerance" }}
basis = [{{ law = "land-law", articles = ["35"], text = {{ zh = "不得。", en = "Not." }} }}]
office = "{id}-office"
action = {{ zh = "问。", en = "Ask." }}
"#
        )
    };
    let text = format!(
        r#"
[set]
id = "trial"
date = "2026-01-01"
title = {{ zh = "试", en = "Trial" }}
divisions = ["33"]
next_step = {{ zh = "问", en = "Ask" }}

[[use]]
id = "mill"
name = {{ zh = "磨坊", en = "Mill" }}
code = {{ system = "land-use-planning", version = "2023-11", code = "1001" }}
{}{}"#,
        part("wetland", "wetland", "planning"),
        part("hazard", "geological_hazard", "geology"),
    );
    let file = RuleFile { name: "trial/2026-01-01/rules.toml".into(), text };
    Library::read("", &[file], register()).unwrap()
}

fn open(submissions_per_minute: Option<u32>) -> Web {
    let change = |settings: &mut crate::settings::Settings| {
        if let Some(per_minute) = submissions_per_minute {
            settings.limits.submissions_per_minute = per_minute;
            settings.limits.submission_burst = per_minute;
        }
    };
    let web = Web::judging(change, Rules::of(&rules(), &["trial".to_owned()]).unwrap());
    let mut writer = web.store.begin_import(&dataset("small")).unwrap();
    let info = layer("farmland", "permanent_basic_farmland");
    writer.put_layer(&LayerToStore { info, coverage: None }).unwrap();
    let here = parcel(parcel_code(1), square(119.9, 30.5, 0.001));
    assert!(writer.put_parcel(&here, &[], &[]).unwrap());
    writer.publish(Noon.now()).unwrap();
    web
}

/// The form as somebody fills it in.
fn filled<'f>(token: &'f str, more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut fields = vec![
        ("token", token),
        ("use", "trial.mill"),
        ("facts.planning-conformity", "overlaps:wetland"),
        ("facts.hazard-zone", "overlaps:hazard"),
        ("planning-conformity.activity", "磨坊"),
        ("planning-conformity.capacity", "builder"),
        ("planning-conformity.consent", "yes"),
        ("hazard-zone.purpose", "project"),
        ("hazard-zone.description", "磨坊"),
        ("hazard-zone.consent", "yes"),
        ("applicant_name", "张三"),
        ("applicant_phone", "13800138000"),
    ];
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more);
    fields
}

const TOKEN: &str = "0123456789abcdefghijklmn";

/// Number and secret of each receipt on a page.
pub(super) fn receipts(page: &Answer) -> Vec<(String, String)> {
    let keys: Vec<&str> = page.text().split("class=\"receipt-keys\"").skip(1).collect();
    let both = keys.iter().map(|keys| {
        let number = keys.split("href=\"/requests/").nth(1).unwrap().split('"').next().unwrap();
        let secret =
            keys.split("class=\"receipt-number\">").nth(2).unwrap().split('<').next().unwrap();
        (number.to_owned(), secret.replace(' ', ""))
    });
    both.collect()
}

#[tokio::test]
async fn sites_s5_one_click_asks_every_office_and_each_answer_judges_the_site_again() {
    let web = open(None);
    let verdict = web.get("/sites?use=trial.mill&code=330521001001GB00001").await;
    assert!(verdict.text().contains("requests/ask?use=trial.mill"), "{}", verdict.text());
    let form = web.get(FORM).await;
    assert_eq!(form.status, 200, "{}", form.text());
    for part in PARTS {
        assert!(form.hidden(&format!("facts.{part}")).is_some(), "{part}: {}", form.text());
    }
    assert_eq!(form.text().matches("name=\"applicant_phone\"").count(), 1, "asked once");
    assert!(form.text().contains("拟在此地做磨坊"), "{}", form.text());
    let token = form.hidden("token").unwrap();
    let fields = filled(&token, &[]);
    let done = web.post(SENT_TO, &[], &fields).await;
    done.is_page(200);
    let kept = receipts(&done);
    assert_eq!(kept.len(), 2, "{}", done.text());
    // Sent again it is the same two.
    assert_eq!(receipts(&web.post(SENT_TO, &[], &fields).await), kept);

    let page = async |at: usize| {
        let (number, secret) = &kept[at];
        let path = format!("/requests/{number}");
        let opened = web.post(&path, &[], &[("secret", secret)]).await;
        let page = web.get_with(&path, &[("cookie", &opened.cookies())]).await;
        page.is_page(200);
        page.text().to_owned()
    };
    let asked = page(0).await;
    assert!(asked.contains("同时问的其他部门") && asked.contains("图层hazard"), "{asked}");
    let word = |at: usize, fact: &str| json!({ "request": kept[at].0, "state": "decided", "facts": { fact: "none" } });
    assert_eq!(say(&web, "planning", 0, "m-1", &word(0, "overlaps:wetland")).await.status, 200);
    for at in [0, 1] {
        let half = page(at).await;
        assert!(half.contains("暂时不能判断") && half.contains("图层hazard"), "{at}: {half}");
    }
    assert_eq!(say(&web, "geology", 0, "m-2", &word(1, "overlaps:hazard")).await.status, 200);
    for at in [0, 1] {
        let whole = page(at).await;
        let again = whole.split("redecided-title").nth(2).unwrap();
        assert!(again.contains("answer-suits"), "{at}: {again}");
        assert!(!again.contains("同时问的其他部门"), "{at}: {again}");
    }
}

#[tokio::test]
async fn sites_s5_while_anything_is_wrong_nothing_is_handed_in_and_all_of_it_is_said() {
    let web = open(None);
    let wrong = filled(TOKEN, &[("hazard-zone.consent", ""), ("applicant_phone", "x")]);
    let back = web.post(SENT_TO, &[], &wrong).await;
    back.is_page(422);
    for part in ["href=\"#hazard-zone.consent\"", "href=\"#applicant_phone\"", "value=\"张三\""] {
        assert!(back.text().contains(part), "{part}: {}", back.text());
    }
    assert_eq!(receipts(&back), []);
    let done = web.post(SENT_TO, &[], &filled(TOKEN, &[])).await;
    assert_eq!(receipts(&done).len(), 2, "the key is not spent: {}", done.text());
    // In another language nothing is handed in anew, and the receipts are there.
    let sent = done.hidden("sent").unwrap();
    let english = web.post(SENT_TO, &[], &filled(TOKEN, &[("lang", "en"), ("sent", &sent)])).await;
    assert_eq!(receipts(&english), receipts(&done));
    assert!(english.text().contains("Submitted to 2 offices"), "{}", english.text());
}

#[tokio::test]
async fn sites_s5_one_that_is_not_taken_says_so_and_loses_none_of_the_others() {
    let web = open(Some(1));
    let fields = filled(TOKEN, &[]);
    let half = web.post(SENT_TO, &[], &fields).await;
    half.is_page(429);
    assert!(half.headers.contains_key("retry-after"));
    let kept = receipts(&half);
    assert_eq!(kept.len(), 1, "{}", half.text());
    assert!(half.text().contains("role=\"alert\"") || half.text().contains("error-summary"));
    // What was typed for the other is there still, and so is the key.
    assert_eq!(half.hidden("token").as_deref(), Some(TOKEN));
    assert!(half.text().contains("value=\"13800138000\""), "{}", half.text());
    let number = domain::request::RequestNumber::parse(&kept[0].0).unwrap();
    assert_eq!(web.store.beside(&number).await.unwrap(), []);
}

#[tokio::test]
async fn sites_s5_a_strangers_form_asks_no_office_for_what_the_rules_do_not_ask_of_it() {
    let web = open(None);
    let forged = filled(TOKEN, &[("facts.hazard-zone", "overlaps:wetland")]);
    let half = web.post(SENT_TO, &[], &forged).await;
    half.is_page(409);
    assert_eq!(receipts(&half).len(), 1, "{}", half.text());
    let nowhere = web.post("/c/330521001001GB00009/requests/ask", &[], &filled(TOKEN, &[])).await;
    nowhere.is_page(404);
}

#[tokio::test]
async fn sites_s5_a_switch_hands_in_none_of_what_is_still_open() {
    let web = open(None);
    let forged = filled(TOKEN, &[("facts.hazard-zone", "overlaps:wetland")]);
    let half = web.post(SENT_TO, &[], &forged).await;
    half.is_page(409);
    let kept = receipts(&half);
    let sent = half.hidden("sent").unwrap();
    assert_eq!(sent, PARTS[0], "{}", half.text());
    // The rest could be taken now, and nobody has pressed its button.
    for more in [[("lang", "en")], [("elder", "1")], [("carried", "yes")]] {
        let switch = filled(TOKEN, &[&[("sent", &*sent)], &more[..]].concat());
        let page = web.post(SENT_TO, &[], &switch).await;
        page.is_page(200);
        assert_eq!(receipts(&page), kept, "{more:?}: {}", page.text());
        assert_eq!(page.hidden("sent").as_deref(), Some(PARTS[0]), "{more:?}");
        assert!(page.text().contains("name=\"hazard-zone.purpose\""), "it is open: {more:?}");
    }
    let number = domain::request::RequestNumber::parse(&kept[0].0).unwrap();
    assert_eq!(web.store.beside(&number).await.unwrap(), []);
    // What is wrong with the rest hides no receipt of what is kept.
    let wrong = filled(TOKEN, &[("sent", &sent), ("applicant_phone", "x")]);
    let wrong = web.post(SENT_TO, &[], &wrong).await;
    wrong.is_page(422);
    assert_eq!(receipts(&wrong), kept, "{}", wrong.text());
    // By the button the rest goes, and what was sent goes no second time.
    let whole = web.post(SENT_TO, &[], &filled(TOKEN, &[("sent", &sent)])).await;
    assert_eq!(receipts(&whole).len(), 2, "{}", whole.text());
    assert_eq!(receipts(&whole)[0], kept[0]);
}
