//! Verdicts as documents: one PDF that shows what was signed, holds it, and is checked as it is.

use std::fs;

use domain::Clock as _;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::verdicts::{ENGLISH, brought, example, judged_by_own_rules, question, taken, verified};
use crate::harness::{PortalFolder, Running, client};

const FILE: [&str; 5] = ["one.verdict.pdf", "--keys", "keys.json", "--rules", "rules"];
/// A parcel of the demonstration of which the use table is silent, and nothing else is open.
const OPEN: &str = "330521001001GB00011";
const SAME: &str = "the pages of the PDF are what this program draws";

/// Takes the document away, in a language, into a file of the folder.
async fn document(place: &PortalFolder, portal: &Running, language: &str) -> Vec<u8> {
    let address = format!("{}/sites/verdict.pdf?{}", portal.address, question());
    let cookie = format!("jm_lang={language}");
    let response = client().get(address).header("cookie", cookie).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/pdf");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(name.contains(&example(0)) && name.ends_with(".verdict.pdf\""), "{name}");
    let bytes = response.bytes().await.unwrap().to_vec();
    fs::write(place.path("one.verdict.pdf"), &bytes).unwrap();
    bytes
}

fn chosen(bytes: Vec<u8>) -> Form {
    let file = Part::bytes(bytes).file_name("one.verdict.pdf");
    Form::new().part("file", file).text("verdict", "")
}

/// Of an object what is signed, but for when.
fn timeless(text: &[u8]) -> Value {
    let mut value: Value = serde_json::from_slice(text).unwrap();
    for member in ["signature", "signed"] {
        value.as_object_mut().unwrap().remove(member).unwrap();
    }
    value
}

#[tokio::test]
async fn sites_s6_a_document_holds_the_object_and_is_checked_as_it_is() {
    let place = judged_by_own_rules();
    let portal = place.serve();
    let text = taken(&place, &portal).await;
    for (language, words) in [("zh", "这里适合做咖啡馆吗"), ("en", "decides nothing")] {
        let file = document(&place, &portal, language).await;
        assert!(file.len() < 192 * 1024, "a form holds it with room: {} bytes", file.len());
        let object = ::paper::attached(&file, 1 << 20).unwrap();
        assert_eq!(timeless(&object), timeless(text.as_bytes()), "PDF and JSON say the same");
        let (code, said) = verified(&place, ENGLISH, &FILE);
        assert_eq!((code, said.contains(SAME)), (Some(0), true), "{said}");
        assert!(
            said.contains("the same, to the byte") && said.contains("genuine: signed"),
            "{said}"
        );
        let (status, page) = brought(&portal, chosen(file.clone())).await;
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("Genuine. Today’s answer is the same."), "{page}");
        assert!(
            page.contains("are exactly what this portal draws from the data in it, to the byte"),
            "{page}"
        );
        let title = String::from_utf8_lossy(&file).into_owned();
        assert!(language == "en" || title.contains(words), "the title stands in the metadata");
    }
    let (code, said) = verified(&place, "zh_CN.UTF-8", &FILE);
    assert_eq!((code, said.contains("PDF 的页面就是")), (Some(0), true), "{said}");
}

#[tokio::test]
async fn sites_s6_pages_that_show_something_else_than_was_signed_are_found() {
    let place = judged_by_own_rules();
    let portal = place.serve();
    taken(&place, &portal).await;
    let file = document(&place, &portal, "en").await;
    let object = String::from_utf8(::paper::attached(&file, 1 << 20).unwrap()).unwrap();
    let forged = |object: &str| {
        let item = ::paper::Block::Text("It suits.".to_owned());
        let attached = ::paper::Attached {
            name: "a.json".to_owned(),
            about: "a".to_owned(),
            text: object.to_owned(),
        };
        let paper = ::paper::Paper {
            title: "Forged".to_owned(),
            language: "en",
            publisher: "A".to_owned(),
            made: "2026-11-30T02:00:00Z".parse().unwrap(),
            blocks: vec![::paper::Block::Title("Forged".to_owned()), item],
            footer: "a".to_owned(),
            attached,
        };
        paper.to_pdf().unwrap()
    };
    // A genuine object under other pages.
    fs::write(place.path("one.verdict.pdf"), forged(&object)).unwrap();
    let (code, said) = verified(&place, ENGLISH, &FILE);
    assert_eq!((code, said.contains("THE PAGES OF THE PDF ARE NOT")), (Some(4), true), "{said}");
    let (_, page) = brought(&portal, chosen(forged(&object))).await;
    assert!(page.contains("are not what this portal draws"), "{page}");
    // One character of the object.
    let altered = forged(&object.replacen("cafe", "cafd", 1));
    fs::write(place.path("one.verdict.pdf"), &altered).unwrap();
    let (code, said) = verified(&place, ENGLISH, &FILE);
    assert_eq!((code, said.contains("NOT GENUINE")), (Some(1), true), "{said}");
    let (_, page) = brought(&portal, chosen(altered)).await;
    assert!(page.contains("Not genuine") && !page.contains("verify-drawn"), "{page}");
    // A byte more behind the document, and documents that hold nothing.
    let (_, page) = brought(&portal, chosen([&file[..], b" "].concat())).await;
    assert!(page.contains("are not what this portal draws"), "{page}");
    let (cut, none) = ("its end is missing", "not a verdict file");
    for (broken, said) in
        [(&file[..file.len() / 20], cut), (b"%PDF-1.7\n", cut), (&file[1..], none)]
    {
        let (status, page) = brought(&portal, chosen(broken.to_vec())).await;
        assert_eq!((status, page.contains(said)), (200, true), "{page}");
    }
    fs::write(place.path("one.verdict.pdf"), b"%PDF-1.7\n").unwrap();
    let (code, said) = verified(&place, ENGLISH, &FILE);
    let none = "a PDF with no verdict and no extract in it";
    assert_eq!((code, said.contains(none)), (Some(1), true), "{said}");
}

#[tokio::test]
async fn sites_s6_what_an_office_said_is_taken_away_signed_and_names_no_request() {
    let place = judged_by_own_rules();
    let portal = place.serve();
    taken(&place, &portal).await;
    let body = json!({
        "item": "planning-conformity", "code": OPEN,
        "answers": crate::harness::answers("planning-conformity", "张三丰"),
        "asks": {
            "rules": "zhejiang", "use": "cafe", "facts": ["table:planned-use"],
            "answers": { "builds": "no" },
        },
    });
    let request = client().post(format!("{}/api/v1/requests", portal.address)).json(&body);
    let receipt: Value = request
        .header("idempotency-key", "0123456789abcdef")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let part =
        |name: &str| receipt[name].as_str().unwrap_or_else(|| panic!("{receipt}")).to_owned();
    let (number, secret) = (part("number"), part("secret"));
    let opened = client()
        .post(format!("{}/requests/{number}", portal.address))
        .form(&[("secret", &secret)])
        .send()
        .await
        .unwrap();
    let cookie = opened.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let take = async |kind: &str, cookie: &str| {
        let address = format!("{}/requests/{number}/verdict.{kind}", portal.address);
        let response = client().get(address).header("cookie", cookie).send().await.unwrap();
        (response.status().as_u16(), response.bytes().await.unwrap().to_vec())
    };
    // Nobody has said anything yet.
    assert_eq!(take("json", &cookie).await.0, 303);
    let word = json!({
        "request": number, "state": "decided", "facts": { "table:planned-use": "permitted" },
    });
    let own = fs::read_to_string(place.path("data/department.secret")).unwrap();
    let own = forward::Secret::parse(own.trim()).unwrap();
    let now = jianma::system::SystemClock.now();
    let headers = own.sign("m-1", now, word.to_string().as_bytes()).unwrap();
    let said = client()
        .post(format!("{}/api/v1/departments/planning/callbacks", portal.address))
        .headers(headers)
        .body(word.to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(said.status(), 200);
    let (status, file) = take("json", &cookie).await;
    assert_eq!(status, 200);
    let text = String::from_utf8(file.clone()).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let said = &value["judgement"]["said"][0];
    assert_eq!(said["office"]["zh"], "测试部门");
    assert!(said["event"].as_str().unwrap().len() > 40 && said["at"].is_string(), "{said}");
    assert_eq!(value["judgement"]["verdict"]["answer"], "suits", "{text}");
    for hidden in [number.as_str(), &secret, "张三丰", "13800138000"] {
        assert!(!text.contains(hidden), "{hidden} is nobody else's business");
    }
    fs::write(place.path("said.json"), &text).unwrap();
    let arguments = ["said.json", "--keys", "keys.json", "--rules", "rules"];
    let (code, out) = verified(&place, ENGLISH, &arguments);
    assert_eq!(code, Some(0), "{out}");
    for words in
        ["said by offices, to a request of the applicant's:", "Test department", "suitable"]
    {
        assert!(out.contains(words), "{words}: {out}");
    }
    let (status, file) = take("pdf", &format!("{cookie}; jm_lang=en")).await;
    assert_eq!(status, 200);
    let object = ::paper::attached(&file, 1 << 20).unwrap();
    assert_eq!(timeless(&object), timeless(text.as_bytes()));
    let (_, page) = brought(&portal, chosen(file)).await;
    for words in [
        "Genuine. Today’s answer is the same.",
        "What the department said",
        "Test department",
        "the verdict is exactly the same",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    // Whoever has not opened the request is told nothing.
    let (status, page) = take("json", "jm_lang=en").await;
    assert!(status == 404 && !String::from_utf8_lossy(&page).contains("judgement"), "{status}");
}
