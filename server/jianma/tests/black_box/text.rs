//! What is typed must be text, and a client's keys are its own.

use serde_json::{Value, json};

use crate::harness::{PARCELS, PortalFolder, Running, answers, client};

const ITEM: &str = "data-correction";

async fn handed_in(portal: &Running, answers: &Value, key: &str, from: [u8; 4]) -> (u16, Value) {
    let client =
        reqwest::Client::builder().local_address(std::net::IpAddr::from(from)).build().unwrap();
    let body = json!({ "item": ITEM, "code": PARCELS[0], "answers": answers });
    let answer = client
        .post(format!("{}/api/v1/requests", portal.address))
        .header("idempotency-key", key)
        .json(&body)
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_field_refuses_what_is_no_text_and_says_where() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    for (number, (field, text, kind)) in [
        ("what_is_wrong", "一\0二", "not_text"),
        ("what_is_wrong", "一\u{202E}二", "not_text"),
        ("what_is_wrong", "一\u{1B}[31m二", "not_text"),
        ("applicant_name", "张三\r\nBcc: a@b.cn", "not_text"),
        ("applicant_name", "张\u{2066}三", "not_text"),
        ("applicant_name", "\u{200B}", "missing"),
        ("applicant_name", "\u{3164}\u{FEFF} ", "missing"),
    ]
    .into_iter()
    .enumerate()
    {
        let mut given = answers(ITEM, "x");
        given[field] = text.into();
        let key = format!("0123456789abcde{number}");
        let (status, problem) = handed_in(&portal, &given, &key, [127, 0, 0, 1]).await;
        assert_eq!(status, 422, "{text:?}: {problem}");
        let fault = &problem["faults"][0];
        assert_eq!(
            (&fault["field"], &fault["fault"]["kind"]),
            (&json!(field), &json!(kind)),
            "{text:?}"
        );
    }
    let mut paragraph = answers(ITEM, "x");
    paragraph["what_is_wrong"] = "第一行\r\n第二行".into();
    paragraph["applicant_name"] = "阿卜杜拉·买买提".into();
    let (status, kept) = handed_in(&portal, &paragraph, "fedcba9876543210", [127, 0, 0, 1]).await;
    assert_eq!(status, 201, "{kept}");
}

#[tokio::test]
async fn a_form_with_what_is_no_text_comes_back_with_a_sentence() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let mut form: Vec<(String, String)> = vec![("item".into(), ITEM.into())];
    for (name, value) in answers(ITEM, "打错了").as_object().unwrap() {
        let text =
            if name == "applicant_name" { "张\u{202E}三" } else { value.as_str().unwrap() };
        form.push((name.clone(), text.to_owned()));
    }
    let url = format!("{}/c/{}/requests/new?item={ITEM}", portal.address, PARCELS[0]);
    let answer = client().post(&url).form(&form).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let page = answer.text().await.unwrap();
    assert!(page.contains("第2个字符无法使用"), "no sentence");
    assert!(page.contains("打错了"), "what was typed is there");
}

#[tokio::test]
async fn somebody_elses_key_opens_no_receipt_and_stands_in_nobodys_way() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let (key, given) = ("0123456789abcdef", answers(ITEM, "x"));
    let (status, first) = handed_in(&portal, &given, key, [127, 0, 0, 1]).await;
    assert_eq!(status, 201);
    let (status, again) = handed_in(&portal, &given, key, [127, 0, 0, 1]).await;
    assert_eq!((status, &again), (200, &first));
    let (status, other) = handed_in(&portal, &given, key, [127, 0, 0, 2]).await;
    assert_eq!(status, 201);
    assert_ne!(other["number"], first["number"]);
    let another = answers(ITEM, "y");
    assert_eq!(
        handed_in(&portal, &another, key, [127, 0, 0, 1]).await.0,
        422,
        "one's own, used twice"
    );
    assert_eq!(handed_in(&portal, &another, key, [127, 0, 0, 3]).await.0, 201);
}

#[tokio::test]
async fn a3_a_switch_of_language_or_size_brings_a_form_back_with_everything_typed() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let url = format!("{}/c/{}/requests/new?item={ITEM}", portal.address, PARCELS[0]);
    let empty = client().get(&url).send().await.unwrap().text().await.unwrap();
    for switch in ["name=\"lang\"", "name=\"elder\""] {
        let button = empty.split("<button").find(|button| button.contains(switch)).unwrap();
        let tag = button.split('>').next().unwrap();
        assert!(tag.contains("form=\"request-form\""), "{tag}");
    }
    assert!(empty.contains("id=\"request-form\""));
    for (switch, value, seen) in [("lang", "en", "<html lang=\"en"), ("elder", "1", "data-elder")] {
        let typed = [
            ("item", ITEM),
            ("token", "0123456789abcdefghij"),
            ("what_is_wrong", "写了一半"),
            ("field_in_question", "area"),
            ("applicant_phone", "1380"),
            (switch, value),
        ];
        let answer = client().post(&url).form(&typed).send().await.unwrap();
        assert_eq!(answer.status(), 200, "nothing is handed in and nothing refused");
        let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
        assert!(cookie.starts_with(&format!("jm_{switch}={value};")), "{cookie}");
        let page = answer.text().await.unwrap();
        assert!(page.contains(seen), "{switch}: {page}");
        assert!(page.contains("写了一半") && page.contains("value=\"1380\""), "{switch}");
        let dot = page.split("<input").find(|input| input.contains("value=\"area\"")).unwrap();
        assert!(dot.split('>').next().unwrap().contains("checked"), "{dot}");
        assert!(!page.contains("error-summary"), "{switch}");
    }
}

#[tokio::test]
async fn a_form_that_cannot_be_taken_gives_back_what_was_typed() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let form = |code: &str| format!("{}/c/{code}/requests/new?item={ITEM}", portal.address);
    let opened = client().get(form(PARCELS[0])).send().await.unwrap();
    assert_eq!(opened.headers()["cache-control"], "private, no-cache", "the way back");
    let typed = |item: &'static str, text: &str| {
        let mut typed = answers(ITEM, text);
        typed["item"] = item.into();
        typed
    };
    for (code, item) in [(PARCELS[0], "old-service"), ("330521001001GB00099", ITEM)] {
        let answer = client().post(form(code)).form(&typed(item, "写了很久")).send().await.unwrap();
        assert_eq!(answer.status(), 404, "{item}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("写了很久") && page.contains("没有提交，也没有保存"), "{page}");
    }
    // A pasted document is a field's fault, with the text kept.
    let long = "字".repeat(9_000);
    let answer = client().post(form(PARCELS[0])).form(&typed(ITEM, &long)).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let page = answer.text().await.unwrap();
    assert!(page.contains("最多1000个字") && page.contains(&long));
    let whole = typed(ITEM, &"字".repeat(10_000));
    let answer = client().post(form(PARCELS[0])).form(&whole).send().await.unwrap();
    assert_eq!(answer.status(), 413);
    assert!(answer.text().await.unwrap().contains("您填的内容还在"));
}
