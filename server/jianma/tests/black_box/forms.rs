//! Nothing that somebody typed is taken from them: whatever stands against a form, it comes back.

mod ended;
mod refusals;
mod review;

use serde_json::{Value, json};
use testkit::geojson;

use crate::{
    browser::{Browser, Page},
    harness::{PARCEL_FILE, PARCELS, PortalFolder, Running, UNLIMITED, answers, client},
};

/// Can be asked for at a code that has ended.
const CORRECTION: &str = "data-correction";
const TYPED: &str = "写了 <b>很多</b> & \"引号\"";
const GIVEN_BACK: &str = "写了 &lt;b&gt;很多&lt;/b&gt; &amp;";

/// A mapping whose parcels have a history.
const HISTORY_FILE: &str = r#"
[[file]]
name = "parcels.geojson"
role = "parcels"
code = "{code}"
predecessors = "from"
successors = "into"
valid_from = "since"
valid_to = "until"
classified = { property = "secret", equals = 1 }
"#;

const OLD: &str = "330521123456GB31415";
const LEFT: &str = "330521123456GB42826";
const HIDDEN: &str = "330521234567GB61803";

/// Publishes these, and one that is classified.
fn import(place: &PortalFolder, parcels: &[Value]) {
    let hidden = json!({ "code": HIDDEN, "secret": 1 });
    let parcels = (0_u32..).zip(parcels.iter().chain([&hidden])).map(|(at, properties)| {
        let west = 119.97 + 0.002 * f64::from(at);
        geojson::feature(properties, geojson::square(west, 30.54, 0.001))
    });
    let output = place.import(HISTORY_FILE, &geojson::collection(parcels));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// A portal of one parcel.
fn one_parcel() -> (PortalFolder, Running) {
    let place = PortalFolder::empty();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    import(&place, &[json!({ "code": OLD })]);
    let portal = place.serve();
    (place, portal)
}

fn address(code: &str, item: &str) -> String {
    format!("/c/{code}/requests/new?item={item}")
}

/// The form that a browser opened, filled in.
async fn filled(browser: &Browser, code: &str, item: &str) -> Value {
    let page = browser.get(&address(code, item)).await;
    assert_eq!(page.status, 200);
    let mut form = answers(item, TYPED);
    form["item"] = json!(item);
    for name in ["token", "seen"] {
        form[name] = json!(page.hidden(name).unwrap());
    }
    form
}

fn gives_back(page: &Page) -> bool {
    page.text.contains(GIVEN_BACK) && page.text.contains("13800138000")
}

#[tokio::test]
async fn only_a_data_version_that_existed_is_signed() {
    let (place, portal) = one_parcel();
    import(&place, &[json!({ "code": OLD }), json!({ "code": LEFT })]);
    for (at, (seen, kept)) in [
        ("small/1", "small/1"),
        ("small/2", "small/2"),
        ("small/3", ""),
        ("small/01", ""),
        ("other/1", ""),
        ("<b>x</b>", ""),
        ("small/1\nX", ""),
        ("", ""),
    ]
    .into_iter()
    .enumerate()
    {
        let body = json!({
            "item": CORRECTION, "code": OLD, "answers": answers(CORRECTION, TYPED),
            "data_version": seen,
        });
        let asked = client().post(format!("{}/api/v1/requests", portal.address)).json(&body);
        let asked = asked.header("idempotency-key", format!("{at:0>20}"));
        let receipt: Value = asked.send().await.unwrap().json().await.unwrap();
        let (number, secret) = (receipt["number"].as_str(), receipt["secret"].as_str());
        let data =
            client().get(format!("{}/api/v1/requests/{}/data", portal.address, number.unwrap()));
        let data: Value =
            data.bearer_auth(secret.unwrap()).send().await.unwrap().json().await.unwrap();
        assert_eq!(data["data_version"], kept, "{seen:?}: {data}");
    }
}

#[tokio::test]
async fn s5_a_form_sent_again_after_it_was_forgotten_gives_no_secret() {
    let (_place, portal) = one_parcel();
    let browser = Browser::at(&portal.address);
    let form = filled(&browser, OLD, CORRECTION).await;
    let path = browser.post(&address(OLD, CORRECTION), &form).await.location();
    let receipt = browser.get(&path).await.text;
    let secret = receipt.split("class=\"receipt-number\"").nth(2).unwrap();
    let secret = secret.split(['>', '<']).nth(1).unwrap().to_owned();
    assert_eq!(secret.replace(' ', "").len(), 12, "{secret}");
    browser.post(&format!("{path}/forget"), &json!({})).await;
    let mut changed = form.clone();
    changed["what_is_wrong"] = json!("改过");
    for form in [&form, &changed] {
        let again = browser.post(&address(OLD, CORRECTION), form).await;
        let page = if again.status == 303 { browser.get(&again.location()).await } else { again };
        assert!(page.text.contains(&path), "{}", page.text);
        let has_secret =
            page.text.contains(&secret) || page.text.contains(&secret.replace(' ', ""));
        assert!(!has_secret, "{}", page.text);
        assert!(browser.get(&path).await.text.contains("请输入查询码"), "it stays forgotten");
    }
    // Another browser has forgotten nothing.
    let other = Browser::at(&portal.address);
    other.get(&address(OLD, CORRECTION)).await;
    let again = other.post(&address(OLD, CORRECTION), &form).await;
    assert!(other.get(&again.location()).await.text.contains(&secret));
}

#[tokio::test]
async fn s5_the_same_content_in_a_second_tab_is_offered_the_first_receipt() {
    let (_place, portal) = one_parcel();
    let browser = Browser::at(&portal.address);
    let first = filled(&browser, OLD, CORRECTION).await;
    let second = filled(&browser, OLD, CORRECTION).await;
    assert_ne!(first["token"], second["token"]);
    let path = browser.post(&address(OLD, CORRECTION), &first).await.location();
    let offered = browser.post(&address(OLD, CORRECTION), &second).await;
    assert_eq!(offered.status, 409);
    assert!(gives_back(&offered), "{}", offered.text);
    assert!(offered.text.contains(&format!("href=\"{path}\"")), "{}", offered.text);
    // It opens, for the cookie of the first is there.
    assert!(browser.get(&path).await.text.contains("已收到您的申请"));
    // Who wants it all the same sends it once more.
    let mut wanted = second.clone();
    wanted["token"] = json!(offered.hidden("token").unwrap());
    wanted["again"] = json!(offered.hidden("again").unwrap());
    let other = browser.post(&address(OLD, CORRECTION), &wanted).await;
    assert_eq!(other.status, 303);
    assert_ne!(other.location(), path);
    // Other words are another request, and so are the same words of another browser.
    let mut words = filled(&browser, OLD, CORRECTION).await;
    words["what_is_wrong"] = json!("另一件事");
    assert_eq!(browser.post(&address(OLD, CORRECTION), &words).await.status, 303);
    let stranger = Browser::at(&portal.address);
    let same = filled(&stranger, OLD, CORRECTION).await;
    assert_eq!(stranger.post(&address(OLD, CORRECTION), &same).await.status, 303);
}

#[tokio::test]
async fn s5_a_form_that_was_changed_after_it_was_sent_shows_the_first_receipt() {
    let (_place, portal) = one_parcel();
    let browser = Browser::at(&portal.address);
    let form = filled(&browser, OLD, CORRECTION).await;
    let path = browser.post(&address(OLD, CORRECTION), &form).await.location();
    let mut changed = form.clone();
    changed["applicant_name"] = json!("李四");
    let asked = browser.post(&address(OLD, CORRECTION), &changed).await;
    assert_eq!(asked.status, 422);
    assert!(gives_back(&asked) && asked.text.contains("李四"), "{}", asked.text);
    assert!(asked.text.contains(&format!("href=\"{path}\"")), "{}", asked.text);
    assert!(browser.get(&path).await.text.contains("没有重复提交"), "its receipt opens");
    // A browser without cookies reads the code at once.
    let answer = client().post(format!("{}{}", portal.address, address(OLD, CORRECTION)));
    let page = answer.form(&changed).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("查询码") && page.contains(path.trim_start_matches("/requests/")));
}

/// Everything that can say no to a form, and that what was typed comes back with each.
#[tokio::test]
async fn every_refusal_of_a_form_gives_back_what_was_typed() {
    let (_place, portal) = one_parcel();
    let browser = Browser::at(&portal.address);
    let form = filled(&browser, OLD, CORRECTION).await;
    let url = format!("{}{}", portal.address, address(OLD, CORRECTION));
    let answered = async |asked: reqwest::RequestBuilder| {
        let answer = asked.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    // A service that is not offered any more.
    let mut withdrawn = form.clone();
    withdrawn["item"] = json!("old-service");
    let page = browser.post(&address(OLD, "old-service"), &withdrawn).await;
    assert_eq!(page.status, 404);
    assert!(gives_back(&page), "{}", page.text);
    // A browser that hides where a form comes from, of a visitor who had the form of us.
    let hidden = client().post(&url).header("origin", "null").header("cookie", "jm_form=1");
    let (status, text) = answered(hidden.form(&form)).await;
    assert!(status == 403 && text.contains(GIVEN_BACK), "{status} {text}");
    // What another site fills in is not repeated on a page of ours.
    let foreign = client().post(&url).header("origin", "https://evil.example");
    let (status, text) = answered(foreign.form(&form)).await;
    assert!(status == 403 && !text.contains(GIVEN_BACK), "{status} {text}");
    // Another encoding than the page has.
    let gbk = client().post(&url).header("content-type", "application/x-www-form-urlencoded");
    let (status, text) = answered(gbk.body("applicant_name=%D5%C5%C8%FD")).await;
    assert!(status == 415 && text.contains("张三"), "{status} {text}");
    // Too long for a field: its fault, which says by how much.
    let mut long = form.clone();
    long["what_is_wrong"] = json!("字".repeat(7_400));
    let page = browser.post(&address(OLD, CORRECTION), &long).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("现在有7400个，请删去6400个"), "{}", page.text);
    assert!(page.text.contains(&"字".repeat(7_400)));
    // Longer than is read: as much as was read.
    let mut longer = form.clone();
    longer["what_is_wrong"] = json!("字".repeat(60_000));
    let page = browser.post(&address(OLD, CORRECTION), &longer).await;
    assert_eq!(page.status, 413);
    assert!(page.text.contains(&"字".repeat(10_000)));
    // What was given back is sent along by a switch.
    let mut switched = withdrawn.clone();
    switched["lang"] = json!("en");
    let page = browser.post(&address(OLD, "old-service"), &switched).await;
    assert!(gives_back(&page) && page.text.contains("What you typed"), "{}", page.text);
    assert!(page.text.contains("form=\"request-form\""), "{}", page.text);
}

#[tokio::test]
async fn who_sends_too_many_forms_has_them_back_and_faults_count_apart() {
    let place = PortalFolder::with_small_data();
    let limits = "[limits]\nsubmissions_per_minute = 1\nsubmission_burst = 2\n";
    place.configure("http://127.0.0.1:9", limits);
    let portal = place.serve();
    let browser = Browser::at(&portal.address);
    let path = address(PARCELS[0], CORRECTION);
    let mut form = filled(&browser, PARCELS[0], CORRECTION).await;
    let mut faulty = form.clone();
    faulty["applicant_phone"] = json!("12");
    // Faults and receipts that are opened take nothing from what may be handed in.
    for _ in 0..4 {
        assert_eq!(browser.post(&path, &faulty).await.status, 422);
        assert_eq!(browser.post("/requests", &json!({ "number": "x" })).await.status, 422);
    }
    for at in 0..2 {
        form["token"] = json!(format!("token-{at:0>20}"));
        form["what_is_right"] = json!(format!("第{at}份"));
        assert_eq!(browser.post(&path, &form).await.status, 303, "{at}");
    }
    form["token"] = json!("token-00000000000000000099");
    form["what_is_right"] = json!("又一份");
    let waiting = browser.post(&path, &form).await;
    assert_eq!(waiting.status, 429);
    assert!(waiting.headers.contains_key("retry-after"));
    assert!(gives_back(&waiting) && waiting.hidden("token").is_some(), "{}", waiting.text);
    // At the door, for which nothing is rendered: to be sent again as it is.
    let mut last = waiting;
    for _ in 0..20 {
        last = browser.post(&path, &faulty).await;
    }
    assert_eq!(last.status, 429);
    assert!(last.text.contains(GIVEN_BACK) && last.text.contains("再次提交"), "{}", last.text);
    assert_eq!(last.hidden("token"), faulty["token"].as_str().map(str::to_owned));
    // What another site sends is not repeated there either.
    let foreign = client().post(format!("{}{path}", portal.address));
    let foreign = foreign.header("origin", "https://evil.example").form(&faulty);
    let text = foreign.send().await.unwrap().text().await.unwrap();
    assert!(!text.contains(GIVEN_BACK), "{text}");
}

#[tokio::test]
async fn no_switch_of_language_or_size_empties_a_form() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let browser = Browser::at(&portal.address);
    // The form that opens a request, and the one at its own address.
    let number = "JM-20261122-7K3MQ2VX";
    for path in ["/requests".to_owned(), format!("/requests/{number}")] {
        let page = browser.get(&path).await;
        assert!(page.text.contains("form=\"open-form\"") && page.text.contains("id=\"open-form\""));
        let typed = json!({ "number": number, "secret": "ABCD 2345 WX", "lang": "en" });
        let page = browser.post(&path, &typed).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("value=\"ABCD 2345 WX\""), "{}", page.text);
        assert!(page.text.contains("<html lang=\"en\"") && page.text.contains(number));
        browser.post("/preferences", &json!({ "lang": "zh" })).await;
    }
    // The search field: what stood there is there again, and nothing was searched for.
    for path in ["/", "/?q=330521001001GB0000"] {
        let page = browser.get(path).await;
        let to = "formaction=\"/preferences?back=";
        assert!(page.text.contains(to) && page.text.contains("formmethod=\"post\""), "{path}");
        let sent_to = page.text.split("formaction=\"").nth(1).unwrap().split('"').next().unwrap();
        let typed = json!({ "q": "演示路 & 1", "elder": "1" });
        let back = browser.post(&sent_to.replace("&amp;", "&"), &typed).await;
        assert_eq!(back.status, 303);
        assert!(back.location().starts_with(path), "{}", back.location());
        let page = browser.get(&back.location()).await;
        assert!(page.text.contains("value=\"演示路 &amp; 1\""), "{}", page.text);
    }
    // The form that corrects a request.
    let form = filled(&browser, PARCELS[0], CORRECTION).await;
    let receipt = browser.post(&address(PARCELS[0], CORRECTION), &form).await.location();
    let path = format!("{receipt}/correct");
    let page = browser.get(&path).await;
    assert!(
        page.text.contains("form=\"request-form\"") && page.text.contains("id=\"request-form\"")
    );
    let typed = json!({ "what_is_wrong": "改了一半", "applicant_name": "", "elder": "0" });
    let page = browser.post(&path, &typed).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("改了一半"), "{}", page.text);
    // And where it cannot be corrected any more, or its code is forgotten, the text is given back.
    browser.post(&format!("{receipt}/forget"), &json!({})).await;
    let page = browser.post(&path, &json!({ "what_is_wrong": "改完了" })).await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("改完了") && page.text.contains("请输入查询码"), "{}", page.text);
}

#[tokio::test]
async fn s5_a_receipt_is_opened_by_what_was_copied_from_it_and_says_what_was_understood() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let browser = Browser::at(&portal.address);
    let mut form = filled(&browser, PARCELS[0], CORRECTION).await;
    form["applicant_phone"] = json!("００８６ １３８－００１３－８０００");
    let path = browser.post(&address(PARCELS[0], CORRECTION), &form).await.location();
    let receipt = browser.get(&path).await.text;
    assert!(receipt.contains("+86 138 0013 8000"), "{receipt}");
    let mut keys = receipt.split("class=\"receipt-number\"").skip(1);
    let mut key = || keys.next().unwrap().split(['>', '<']).nth(1).unwrap().to_owned();
    let (number, secret) = (key(), key());
    for typed in [
        format!("申请编号 {number} 查询码 {secret}"),
        format!("{}{path} {secret}", portal.address),
        format!("{}—{}", number.to_lowercase(), secret.to_lowercase()),
    ] {
        let stranger = Browser::at(&portal.address);
        let opened = stranger.post("/requests", &json!({ "number": typed, "secret": "" })).await;
        assert_eq!((opened.status, opened.location()), (303, path.clone()), "{typed}");
    }
    let wrong = format!("{number} ABCDEFGHJKMN");
    assert_eq!(browser.post("/requests", &json!({ "number": wrong })).await.status, 422);
    // Its pages know it in lower case too.
    for tail in ["", "/data", "/correct", "/withdraw", "/delete"] {
        let lower = browser.get(&format!("{}{tail}", path.replace("JM-", "jm-"))).await;
        assert_eq!((lower.status, lower.location()), (303, format!("{path}{tail}")));
    }
}

/// The portal waits a second for an answer here, and four times that for a form.
#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_does_not_arrive_gives_back_as_much_as_came() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let place = PortalFolder::empty();
    place.configure("http://127.0.0.1:9", "[limits]\nanswer_seconds = 1\n");
    let parcels = crate::harness::parcels();
    assert!(place.import(PARCEL_FILE, &parcels).status.success());
    let portal = place.serve();
    let host = portal.address.trim_start_matches("http://");
    let mut line = tokio::net::TcpStream::connect(host).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 9000\r\n\
         Content-Type: application/x-www-form-urlencoded\r\n\r\nwhat_is_wrong=half+a+story&applica",
        address(PARCELS[0], CORRECTION)
    );
    line.write_all(head.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    line.read_to_end(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("half a story") && answer.contains("网络太慢"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_nobody_answers_in_time_is_sent_again_and_makes_one_request() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "[limits]\nanswer_seconds = 1\n");
    let portal = place.serve();
    let browser = Browser::at(&portal.address);
    let form = filled(&browser, PARCELS[0], CORRECTION).await;
    let path = address(PARCELS[0], CORRECTION);
    // Somebody else writes for as long as the portal has patience.
    let writer = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    writer.execute_batch("begin immediate").unwrap();
    let waited = browser.post(&path, &form).await;
    writer.execute_batch("rollback").unwrap();
    assert_eq!(waited.status, 503);
    assert!(
        waited.text.contains(GIVEN_BACK) && waited.text.contains("再次提交"),
        "{}",
        waited.text
    );
    let mut again = form.clone();
    again["token"] = json!(waited.hidden("token").unwrap());
    let receipt = browser.post(&path, &again).await;
    assert_eq!(receipt.status, 303, "{}", receipt.text);
    assert_eq!(browser.post(&path, &form).await.location(), receipt.location());
}
