//! Asking offices about an outline (*sites S5*): by a parcel that it lies on, with the outline beside it.

use domain::{Clock as _, digest::hex_digest};
use serde_json::{Value, json};
use service::suitability::Rules;
use store::{Imports, LayerToStore};
use testkit::{dataset, layer, parcel, parcel_code, square, trial_rules};

use super::{
    asking_offices::receipts,
    callbacks::say,
    harness::{Answer, Noon, Web},
};

const HERE: &str = "330521001001GB00001";
const ELSEWHERE: &str = "330521001001GB00002";
/// A square of some hundred metres in the middle of the parcel here.
const POINTS: &str = "119.9045 30.5045\n119.9055 30.5045\n119.9055 30.5055\n119.9045 30.5055";

/// No farmland lies on the ground, and of wetland there are no data; another parcel lies some kilometres away.
fn open() -> Web {
    let web = Web::judging(|_| {}, Rules::of(&trial_rules(), &["trial".to_owned()]).unwrap());
    let mut writer = web.store.begin_import(&dataset("small")).unwrap();
    let info = layer("farmland", "permanent_basic_farmland");
    writer.put_layer(&LayerToStore { info, coverage: None }).unwrap();
    for (number, west) in [(1, 119.9), (2, 119.95)] {
        let ground = parcel(parcel_code(number), square(west, 30.5, 0.01));
        assert!(writer.put_parcel(&ground, &[], &[]).unwrap());
    }
    writer.publish(Noon.now()).unwrap();
    web
}

async fn ask(web: &Web, code: &str) -> Answer {
    let fields = [("use", "trial.mill"), ("points", POINTS), ("code", code)];
    web.post("/sites/outline/ask", &[], &fields).await
}

/// The form as somebody fills it in.
fn filled<'f>(token: &'f str, points: &'f str) -> [(&'f str, &'f str); 9] {
    [
        ("token", token),
        ("use", "trial.mill"),
        ("points", points),
        ("facts.planning-conformity", "overlaps:wetland"),
        ("planning-conformity.activity", "磨坊"),
        ("planning-conformity.capacity", "builder"),
        ("planning-conformity.consent", "yes"),
        ("applicant_name", "张三"),
        ("applicant_phone", "13800138000"),
    ]
}

#[tokio::test]
async fn sites_s5_what_an_outline_lacks_is_asked_with_it_and_the_answer_judges_it_again() {
    let web = open();
    let page = web.post("/sites/outline", &[], &[("use", "trial.mill"), ("points", POINTS)]).await;
    page.is_page(200);
    assert!(page.text().contains("action=\"/sites/outline/ask\""), "{}", page.text());
    let form = ask(&web, HERE).await;
    form.is_page(200);
    let outline = form.hidden("points").unwrap().replace("&quot;", "\"");
    let geometry: Value = serde_json::from_str(&outline).unwrap();
    assert_eq!(geometry["type"], "MultiPolygon");
    assert!(form.text().contains("sites-sketch"), "{}", form.text());
    let token = form.hidden("token").unwrap();
    let path = format!("/c/{HERE}/requests/ask");
    let done = web.post(&path, &[], &filled(&token, &outline)).await;
    done.is_page(200);
    let [(number, secret)] = receipts(&done).try_into().unwrap();

    // What the office gets, and what the applicant takes along: the outline with its digest.
    let bearer = format!("Bearer {secret}");
    let data = format!("/api/v1/requests/{number}/data");
    let kept = web.get_with(&data, &[("authorization", &bearer)]).await.json();
    let asked = &kept["asks"]["outline"];
    assert_eq!(asked["crs"], "CGCS2000");
    let text = asked["geojson"].as_str().unwrap();
    assert_eq!(serde_json::from_str::<Value>(text).unwrap(), geometry);
    assert_eq!(asked["sha256"], hex_digest(text.as_bytes()));

    let path = format!("/requests/{number}");
    let page = async || {
        let opened = web.post(&path, &[], &[("secret", &secret)]).await;
        let page = web.get_with(&path, &[("cookie", &opened.cookies())]).await;
        page.is_page(200);
        page.text().to_owned()
    };
    let before = page().await;
    assert!(before.contains("画出的范围") && before.contains("还没有答复所问事项"), "{before}");
    let word = json!({
        "request": number, "state": "decided", "facts": { "overlaps:wetland": "none" },
    });
    assert_eq!(say(&web, "planning", 0, "m-1", &word).await.status, 200);
    let after = page().await;
    let again = after.split("redecided-title").nth(2).unwrap();
    assert!(again.contains("answer-suits") && again.contains("画出的范围"), "{again}");
    // Nobody else is told.
    let open = web.post("/sites/outline", &[], &[("use", "trial.mill"), ("points", POINTS)]).await;
    assert!(open.text().contains("暂时不能判断"), "{}", open.text());
}

#[tokio::test]
async fn sites_s5_an_outline_is_asked_about_by_a_parcel_that_it_lies_on_and_no_other() {
    let web = open();
    for (code, said) in [
        ("", "请写范围涉及的一块宗地的代码"),
        ("nonsense", "nonsense"),
        (ELSEWHERE, "不在范围里"),
        // One that there is not is told as one that lies elsewhere.
        ("330521001001GB00009", "不在范围里"),
    ] {
        let back = ask(&web, code).await;
        back.is_page(422);
        assert!(back.text().contains(said), "{code}: {}", back.text());
        assert!(back.text().contains("href=\"#ask-code\""), "{code}: {}", back.text());
        assert!(back.text().contains("119.9055 30.5055"), "what was typed stays");
    }
    // What is handed in without the form is held to the same: the outline lies on the parcel, or is refused.
    let path = format!("/c/{ELSEWHERE}/requests/ask");
    let forged = web.post(&path, &[], &filled("0123456789abcdefghijklmn", POINTS)).await;
    forged.is_page(409);
    assert!(!forged.text().contains("class=\"receipt-keys\""), "{}", forged.text());
    // Through the API too, and an outline that is none is named.
    let asked = |code: &str, outline: &str| {
        json!({
            "item": "planning-conformity", "code": code,
            "answers": super::harness::answers("planning-conformity"),
            "asks": {
                "rules": "trial", "use": "mill", "facts": ["overlaps:wetland"], "outline": outline,
            },
        })
    };
    let key = [("idempotency-key", "0123456789abcdef")];
    for (code, outline) in [(HERE, "119.9 30.5"), (ELSEWHERE, POINTS)] {
        let refused = web.post_json("/api/v1/requests", &key, &asked(code, outline)).await;
        let problem = refused.is_problem(400, "bad-request");
        assert!(problem["detail"].as_str().unwrap().contains("asks"), "{problem}");
    }
}
