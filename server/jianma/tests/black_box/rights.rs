//! What applicants may do about their own request, end to end, with a department that fails and a
//! portal that is killed; and that every promise of the privacy page is kept.

mod confirmed;
mod due;
mod mail;
mod post_office;
mod promises;
mod receipts;
mod secrecy;

use std::{collections::BTreeSet, fs::File, time::Duration};

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    harness::{PARCELS, PortalFolder, Running, answers, client, free_port},
    time_past::put_back,
};

const ITEM: &str = "data-correction";

/// A request that somebody follows.
struct Receipt {
    number: String,
    secret: String,
}

async fn hand_in(address: &str, key: &str, mark: &str) -> Receipt {
    let body = json!({ "item": ITEM, "code": PARCELS[0], "answers": answers(ITEM, mark) });
    let sent = client()
        .post(format!("{address}/api/v1/requests"))
        .header("idempotency-key", format!("{key:0>20}"))
        .json(&body);
    let receipt: Value = sent.send().await.unwrap().json().await.unwrap();
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    Receipt { number: text("number"), secret: text("secret") }
}

impl Receipt {
    async fn get(&self, address: &str, tail: &str) -> (u16, Value) {
        let url = format!("{address}/api/v1/requests/{}{tail}", self.number);
        let answer = client().get(url).bearer_auth(&self.secret).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn post(&self, address: &str, tail: &str, body: Option<Value>) -> (u16, Value) {
        let url = format!("{address}/api/v1/requests/{}{tail}", self.number);
        let request = client().post(url).bearer_auth(&self.secret);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    /// The cookie that opens its pages.
    async fn cookie(&self, address: &str) -> String {
        let url = format!("{address}/requests/{}", self.number);
        let opened = client().post(url).form(&[("secret", &self.secret)]).send().await.unwrap();
        let cookie = opened.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    async fn page(&self, address: &str, cookie: &str, tail: &str) -> (u16, String) {
        let url = format!("{address}/requests/{}{tail}", self.number);
        let page = client().get(url).header("cookie", cookie).send().await.unwrap();
        (page.status().as_u16(), page.text().await.unwrap())
    }

    async fn form(
        &self,
        address: &str,
        cookie: &str,
        tail: &str,
        form: &[(&str, &str)],
    ) -> (u16, String) {
        let url = format!("{address}/requests/{}{tail}", self.number);
        let sent = client().post(url).header("cookie", cookie).form(form);
        let answer = sent.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(90);
    while !holds().await {
        assert!(Instant::now() < deadline, "{what}");
        sleep(Duration::from_millis(50)).await;
    }
}

async fn inbox(department: &Running) -> Vec<Value> {
    let url = format!("{}/inbox.json", department.address);
    let list: Value = client().get(url).send().await.unwrap().json().await.unwrap();
    list.as_array().unwrap().clone()
}

/// Whether every delivery of a request has been confirmed.
async fn all_delivered(address: &str, receipt: &Receipt) -> bool {
    let (_, data) = receipt.get(address, "/data").await;
    let deliveries = data["deliveries"].as_array().unwrap();
    deliveries.iter().all(|each| each["state"] == "delivered")
}

fn requests(place: &PortalFolder, arguments: &[&str]) -> (bool, String) {
    let [data, config] = ["data", "jianma.toml"].map(|name| place.text(name));
    let place_of = ["--data", &data, "--config", &config];
    let output = place.jianma(&[&["requests"], arguments, &place_of].concat());
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_from_submission_to_the_register_with_kills_and_a_department_that_fails() {
    let place = PortalFolder::with_small_data();
    let desk = format!("127.0.0.1:{}", free_port());
    place.configure(&format!("http://{desk}"), crate::harness::UNLIMITED);
    let department = place.department(&desk, "0.4");
    let address = place.address();
    let mut portal = place.serve();
    let mut receipts = Vec::new();
    for at in 0..6 {
        receipts.push(hand_in(&address, &format!("life-{at}"), "canary-first").await);
    }
    // Killed at odd moments, each step done again until it is answered.
    for (at, receipt) in receipts.iter().enumerate() {
        let body = json!({ "answers": { "what_is_wrong": "canary-corrected" } });
        let (status, told) = receipt.post(&address, "/corrections", Some(body.clone())).await;
        assert_eq!((status, &told["changed"]), (200, &json!(true)), "{told}");
        sleep(Duration::from_millis(17 * at as u64)).await;
        portal.kill_dash_nine();
        portal = place.serve();
        let (status, told) = receipt.post(&address, "/corrections", Some(body)).await;
        assert_eq!((status, &told["changed"]), (200, &json!(false)), "{told}");
    }
    for receipt in &receipts {
        until("never delivered", async || all_delivered(&address, receipt).await).await;
    }
    for (at, receipt) in receipts.iter().enumerate() {
        let (status, told) = receipt.post(&address, "/withdrawal", None).await;
        assert_eq!((status, &told["changed"]), (200, &json!(true)), "{told}");
        sleep(Duration::from_millis(13 * at as u64)).await;
        portal.kill_dash_nine();
        portal = place.serve();
        let (status, told) = receipt.post(&address, "/withdrawal", None).await;
        assert_eq!((status, &told["changed"]), (200, &json!(false)), "{told}");
    }
    for receipt in &receipts {
        until("never told", async || all_delivered(&address, receipt).await).await;
        let (_, status) = receipt.get(&address, "").await;
        assert_eq!(status["state"], "withdrawn");
    }
    // At the department each message of each request is there once.
    let got = inbox(&department).await;
    let names: Vec<(String, String)> = got
        .iter()
        .map(|entry| {
            let text = |name: &str| entry["body"][name].as_str().unwrap().to_owned();
            (text("request"), text("kind"))
        })
        .collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    assert_eq!(names.len(), 3 * receipts.len());
    let page = client().get(format!("{}/inbox", department.address)).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("已撤回，停止办理"));

    let receipt = &receipts[0];
    let (status, data) = receipt.get(&address, "/data").await;
    assert_eq!(status, 200);
    assert_eq!(data["answers"]["what_is_wrong"], "canary-corrected");
    assert_eq!(data["messages"][0]["content"]["answers"]["what_is_wrong"], "canary-first");
    assert_eq!(data["applicant"]["applicant_name"], "canary-first");
    let (status, told) = receipt.post(&address, "/deletion", None).await;
    assert_eq!((status, &told["changed"]), (200, &json!(true)), "{told}");
    portal.kill_dash_nine();
    portal = place.serve();
    let (status, told) = receipt.post(&address, "/deletion", None).await;
    assert_eq!((status, &told["changed"]), (200, &json!(false)), "{told}");
    let (status, gone) = receipt.get(&address, "").await;
    assert_eq!(status, 410);
    assert!(gone["detail"].as_str().unwrap().contains("its applicant wanted it"), "{gone}");
    assert_eq!(receipt.get(&address, "/data").await.0, 410);
    let (well, register) = requests(&place, &["register"]);
    assert!(well && register.contains(&receipt.number), "{register}");
    assert!(register.contains("\tapplicant\t") && !register.contains("canary"), "{register}");
    let (_, list) = requests(&place, &["list"]);
    assert!(!list.contains(&receipt.number) && list.contains(&receipts[1].number), "{list}");
    drop(portal);
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_the_same_works_with_plain_forms_and_nothing_by_one_click() {
    let place = PortalFolder::with_small_data();
    let desk = format!("127.0.0.1:{}", free_port());
    place.configure(&format!("http://{desk}"), crate::harness::UNLIMITED);
    // Nothing is under way when it is taken back: it was tried once, and is not tried again so soon.
    let config = std::fs::read_to_string(place.path("jianma.toml")).unwrap();
    let patient = config
        .replace("first_retry_ms = 40", "first_retry_ms = 600000")
        .replace("longest_retry_seconds = 1", "longest_retry_seconds = 600");
    assert_ne!(config, patient);
    std::fs::write(place.path("jianma.toml"), patient).unwrap();
    let portal = place.serve();
    let address = portal.address.clone();
    let receipt = hand_in(&address, "forms", "打错了字").await;
    let tried = async || {
        let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
        let sql = "select count(*) from delivery where attempts > 0 and leased_by is null";
        database.query_one(sql, [], |row| row.get::<_, u32>(0)).unwrap() == 1
    };
    until("never tried", tried).await;
    let cookie = receipt.cookie(&address).await;
    let (status, page) = receipt.page(&address, &cookie, "").await;
    assert_eq!(status, 200);
    for tail in ["data", "correct", "withdraw"] {
        assert!(page.contains(&format!("/requests/{}/{tail}\"", receipt.number)), "{tail}");
    }
    assert!(!page.contains("/delete\""), "an open request is not deleted");

    let (status, page) = receipt.page(&address, &cookie, "/correct").await;
    assert_eq!(status, 200);
    assert!(page.contains("打错了字") && !page.contains("name=\"consent\""), "{page}");
    let form = [("what_is_wrong", "写对了"), ("applicant_phone", "not a phone")];
    let (status, page) = receipt.form(&address, &cookie, "/correct", &form).await;
    assert_eq!(status, 422);
    assert!(page.contains("请填写手机号") && page.contains("写对了"), "{page}");
    let form = [("what_is_wrong", "写对了"), ("applicant_name", "李\u{202E}四")];
    assert_eq!(receipt.form(&address, &cookie, "/correct", &form).await.0, 422);
    let form = [("what_is_wrong", "写对了"), ("applicant_email", "")];
    assert_eq!(receipt.form(&address, &cookie, "/correct", &form).await.0, 303);
    let (_, page) = receipt.page(&address, &cookie, "/data").await;
    assert!(page.contains("写对了") && page.contains("打错了字"), "now and before: {page}");
    let (status, file) = receipt.page(&address, &cookie, "/data.json").await;
    let file: Value = serde_json::from_str(&file).unwrap();
    assert_eq!((status, &file["answers"]["what_is_wrong"]), (200, &json!("写对了")));
    assert!(file["applicant"].get("applicant_email").is_none(), "{file}");

    // Looking does nothing, and neither does a post without the button or from elsewhere.
    receipt.page(&address, &cookie, "/withdraw").await;
    assert_eq!(receipt.form(&address, &cookie, "/withdraw", &[]).await.0, 422);
    let foreign = client()
        .post(format!("{address}/requests/{}/withdraw", receipt.number))
        .header("cookie", &cookie)
        .header("origin", "https://evil.example")
        .form(&[("confirm", "yes")]);
    assert_eq!(foreign.send().await.unwrap().status(), 403);
    let stranger = "jm_receipt=ABCD2345WXYZ";
    for tail in ["/correct", "/withdraw", "/delete"] {
        let (status, page) = receipt.form(&address, stranger, tail, &[("confirm", "yes")]).await;
        assert_eq!(status, 404, "{tail}");
        assert!(!page.contains("写对了"), "{tail}");
        let (_, page) = receipt.page(&address, stranger, tail).await;
        assert!(page.contains("请输入查询码"), "{tail}");
    }
    assert_eq!(receipt.page(&address, stranger, "/data.json").await.0, 404);
    assert_eq!(receipt.get(&address, "").await.1["state"], "submitted");

    let confirm = [("confirm", "yes")];
    assert_eq!(receipt.form(&address, &cookie, "/delete", &confirm).await.0, 409);
    assert_eq!(receipt.form(&address, &cookie, "/withdraw", &confirm).await.0, 303);
    assert_eq!(receipt.form(&address, &cookie, "/withdraw", &confirm).await.0, 303);
    let (_, page) = receipt.page(&address, &cookie, "").await;
    assert!(page.contains("已撤回") && page.contains("您已撤回，不再送交"), "{page}");
    let (_, page) = receipt.page(&address, &cookie, "/delete").await;
    assert!(page.contains("确认删除"), "{page}");
    assert_eq!(receipt.form(&address, &cookie, "/delete", &confirm).await.0, 303);
    let (status, page) = receipt.page(&address, &cookie, "").await;
    assert_eq!(status, 410);
    assert!(page.contains("按您的要求删除"), "{page}");
    // The department, back at last, gets nothing of it.
    let department = place.department(&desk, "0");
    let other = hand_in(&address, "later", "x").await;
    until("never delivered", async || all_delivered(&address, &other).await).await;
    let got = inbox(&department).await;
    assert!(got.iter().all(|entry| entry["body"]["request"] != *receipt.number), "{got:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_corrections_at_the_same_time_are_all_kept() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let address = &portal.address;
    for round in 0..6 {
        let receipt = hand_in(address, &format!("at-once-{round}"), "x").await;
        let correct = async |name: &str, text: &str| {
            let body = json!({ "answers": { name: text } });
            let (status, told) = receipt.post(address, "/corrections", Some(body)).await;
            assert_eq!((status, &told["changed"]), (200, &json!(true)), "{told}");
        };
        tokio::join!(
            correct("what_is_wrong", "the area"),
            correct("applicant_name", "李四"),
            correct("applicant_phone", "13900000000"),
        );
        let (_, data) = receipt.get(address, "/data").await;
        assert_eq!(data["answers"]["what_is_wrong"], "the area", "{data}");
        assert_eq!(data["applicant"]["applicant_name"], "李四", "{data}");
        assert_eq!(data["applicant"]["applicant_phone"], "13900000000", "{data}");
        assert_eq!(data["messages"].as_array().unwrap().len(), 4, "{data}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_staff_honour_a_letter_and_it_is_written_down() {
    let place = PortalFolder::with_small_data();
    let desk = format!("127.0.0.1:{}", free_port());
    place.configure(&format!("http://{desk}"), crate::harness::UNLIMITED);
    let department = place.department(&desk, "0");
    let portal = place.serve();
    let address = portal.address.clone();
    let receipt = hand_in(&address, "letter", "canary-words").await;
    until("never delivered", async || all_delivered(&address, &receipt).await).await;
    let number = &*receipt.number;
    let by = ["--by", "王建国", "--reason", "2026年来信第3号"];
    let (done, export) = requests(&place, &[&["export", number], &by[..]].concat());
    assert!(done && export.contains("canary-words") && export.contains("测试部门"), "{export}");
    let set = ["--set", "what_is_wrong=canary-letter"];
    let (done, told) = requests(&place, &[&["correct", number], &set[..], &by[..]].concat());
    assert!(done, "{told}");
    let bad = ["--set", "applicant_phone=x"];
    let (done, told) = requests(&place, &[&["correct", number], &bad[..], &by[..]].concat());
    assert!(!done && told.contains("applicant_phone"), "{told}");
    let misspelt = ["--set", "what_is_wrnog=x"];
    let (done, told) = requests(&place, &[&["correct", number], &misspelt[..], &by[..]].concat());
    assert!(!done && told.contains("what_is_wrnog"), "{told}");
    let body = json!({ "answers": { "what_is_wrnog": "x" } });
    let (status, told) = receipt.post(&address, "/corrections", Some(body)).await;
    assert_eq!((status, &told["faults"][0]["field"]), (422, &json!("what_is_wrnog")), "{told}");
    until("never delivered", async || all_delivered(&address, &receipt).await).await;
    let (done, told) = requests(&place, &[&["delete", number], &by[..]].concat());
    assert!(!done && told.contains("withdraw it first"), "{told}");
    let (done, told) = requests(&place, &[&["withdraw", number], &by[..]].concat());
    assert!(done, "{told}");
    until("never told", async || all_delivered(&address, &receipt).await).await;
    let (_, list) = requests(&place, &["list"]);
    assert!(list.contains(number) && !list.contains("canary"), "{list}");
    // The applicant reads that staff did it and why, not who.
    let (_, data) = receipt.get(&address, "/data").await;
    let staff: Vec<&Value> =
        data["events"].as_array().unwrap().iter().filter(|event| event["by"] == "staff").collect();
    assert_eq!(staff.len(), 3, "export, correction, withdrawal: {data}");
    assert!(staff.iter().all(|event| event["note"] == "2026年来信第3号"));
    assert!(!data.to_string().contains("王建国"));
    let (done, told) = requests(&place, &[&["delete", number], &by[..]].concat());
    assert!(done, "{told}");
    let (_, shown) = requests(&place, &["show", number]);
    assert!(shown.contains("deleted") && shown.contains("王建国"), "{shown}");
    assert!(shown.contains("2026年来信第3号"), "{shown}");
    let got = inbox(&department).await;
    assert_eq!(got.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_a_lost_request_is_said_once_for_each_page_or_answer_that_misses_it() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "lost", "x").await;
    let cookie = receipt.cookie(&portal.address).await;
    drop(portal);
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    let triggers: Vec<String> = database
        .prepare("select name from sqlite_schema where type = 'trigger'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for trigger in triggers {
        database.execute_batch(&format!("drop trigger {trigger}")).unwrap();
    }
    database
        .execute_batch(
            "delete from delivery; delete from message; delete from request_event;
             delete from request;",
        )
        .unwrap();
    drop(database);
    let log = place.path("portal.log");
    let portal = place.serve_logging("error", File::create(&log).unwrap());
    let address = portal.address.clone();
    let said = || std::fs::read_to_string(&log).unwrap().matches("A receipt is genuine").count();
    let mut times = 0;
    for tail in ["", "/data"] {
        assert_eq!(receipt.get(&address, tail).await.0, 404);
        times += 1;
        assert_eq!(said(), times, "the answer {tail}");
        assert_eq!(receipt.page(&address, &cookie, tail).await.0, 404);
        times += 1;
        assert_eq!(said(), times, "the page {tail}");
    }
}
