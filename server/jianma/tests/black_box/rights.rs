//! What applicants may do about their own request, end to end, with a department that fails and a
//! portal that is killed; and that every promise of the privacy page is kept.

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
    assert!(page.contains("请填写11位手机号") && page.contains("写对了"), "{page}");
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
async fn p10_what_a_law_keeps_is_not_deleted_and_what_is_due_is() {
    let place = PortalFolder::with_small_data();
    let desk = format!("127.0.0.1:{}", free_port());
    let law = "[retention.data-correction]\nmonths = 24\n\
               required_by = { zh = \"《某办法》第三条\", en = \"Article 3 of some measure\" }\n";
    place.configure(&format!("http://{desk}"), &format!("{}{law}", crate::harness::UNLIMITED));
    let department = place.department(&desk, "0");
    let portal = place.serve();
    let address = portal.address.clone();
    let privacy = client().get(format!("{address}/privacy")).send().await.unwrap();
    let privacy = privacy.text().await.unwrap();
    assert!(
        privacy.contains("结束后保存24个月") && privacy.contains("《某办法》第三条"),
        "{privacy}"
    );
    let receipt = hand_in(&address, "law", "x").await;
    until("never delivered", async || all_delivered(&address, &receipt).await).await;
    receipt.post(&address, "/withdrawal", None).await;
    let (status, told) = receipt.post(&address, "/deletion", None).await;
    assert_eq!(status, 409, "before the department knows: {told}");
    until("never told", async || all_delivered(&address, &receipt).await).await;
    let (status, told) = receipt.post(&address, "/deletion", None).await;
    assert_eq!(status, 409);
    assert!(told["detail"].as_str().unwrap().contains("Article 3 of some measure"), "{told}");
    let cookie = receipt.cookie(&address).await;
    let (_, page) = receipt.page(&address, &cookie, "/delete").await;
    assert!(page.contains("《某办法》第三条") && !page.contains("确认删除"), "{page}");
    let by = ["--by", "王建国", "--reason", "来信"];
    let (done, told) = requests(&place, &[&["delete", &receipt.number], &by[..]].concat());
    assert!(!done && told.contains("Article 3"), "{told}");
    let (_, due) = requests(&place, &["purge", "--dry-run"]);
    assert!(due.contains("nothing is due"), "{due}");
    drop((portal, department));

    // Two years and a day go by for what has happened.
    put_back(&place, 3);
    let (_, due) = requests(&place, &["purge", "--dry-run"]);
    assert!(due.contains(&receipt.number) && due.contains("is due"), "{due}");
    let (_, shown) = requests(&place, &["show", &receipt.number]);
    assert!(shown.contains("withdrawn"), "a trial deletes nothing: {shown}");
    // A portal that starts does it by itself.
    let portal = place.serve();
    until("never purged", async || receipt.get(&portal.address, "").await.0 == 410).await;
    let (_, page) = receipt.page(&portal.address, &cookie, "").await;
    assert!(page.contains("保存期满"), "{page}");
    let (well, register) = requests(&place, &["register"]);
    assert!(well && register.contains("\tretention\t"), "{register}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_a_clock_that_jumped_deletes_nothing_until_somebody_says_it_is_right() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "clock", "x").await;
    let broken = hand_in(&portal.address, "broken", "x").await;
    drop(portal);
    for receipt in [&receipt, &broken] {
        let by = ["--by", "王建国", "--reason", "来信"];
        let (done, told) = requests(&place, &[&["withdraw", &receipt.number], &by[..]].concat());
        assert!(done, "{told}");
    }
    // All that the folder knows happened five years before what the clock says.
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    let past = "replace(at, substr(at, 1, 4), substr(at, 1, 4) - 5)";
    put_back(&place, 5);
    database
        .execute_batch(&format!(
            "update delivery set state = 'withdrawn', due_at = null;
             update purge_look set at = {past};"
        ))
        .unwrap();
    let (done, told) = requests(&place, &["purge"]);
    assert!(!done && told.contains("--clock-is-right"), "{told}");
    // What does not read is named all the same.
    let rename = |from: &str, to: &str| {
        let renamed = "update request set number = ?2 where number = ?1";
        assert_eq!(database.execute(renamed, [from, to]).unwrap(), 1);
    };
    rename(&broken.number, "unread");
    let (done, told) = requests(&place, &["purge"]);
    assert!(!done && told.contains("--clock-is-right"), "{told}");
    assert!(told.contains("request/unread"), "{told}");
    rename("unread", &broken.number);
    let (done, told) = requests(&place, &["purge", "--dry-run"]);
    assert!(done && told.contains("is due") && told.contains("nothing would be deleted"), "{told}");
    // Nor does a portal that starts, before the first look was written down and after.
    rename(&broken.number, "unread");
    for _ in 0..2 {
        let log = place.path("portal.log");
        let portal = place.serve_logging("warn", File::create(&log).unwrap());
        let warned = async || {
            let log = std::fs::read_to_string(&log).unwrap();
            log.contains("request/unread") && log.contains("No request was deleted: the clock")
        };
        until("never warned", warned).await;
        assert_eq!(receipt.get(&portal.address, "/data").await.0, 200);
        database.execute_batch("delete from purge_look").unwrap();
    }
    rename("unread", &broken.number);
    // Nor by periods that may not be this portal's.
    let folder = place.text("data");
    let blind = place.jianma(&["requests", "purge", "--clock-is-right", "--data", &folder]);
    assert!(!blind.status.success());
    assert!(String::from_utf8_lossy(&blind.stderr).contains("--no-config"), "{blind:?}");
    let (done, told) = requests(&place, &["purge", "--clock-is-right"]);
    assert!(done && told.contains(&receipt.number) && told.contains("is deleted"), "{told}");
    let (done, told) = requests(&place, &["purge"]);
    assert!(done && told.contains("nothing is due"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_one_request_that_was_altered_does_not_keep_the_others_that_are_due() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let altered = hand_in(&portal.address, "altered", "x").await;
    let whole = hand_in(&portal.address, "whole", "x").await;
    drop(portal);
    for receipt in [&altered, &whole] {
        let by = ["--by", "王建国", "--reason", "来信"];
        let (done, told) = requests(&place, &[&["withdraw", &receipt.number], &by[..]].concat());
        assert!(done, "{told}");
    }
    put_back(&place, 5);
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    database
        .execute_batch(&format!(
            "update delivery set state = 'withdrawn', due_at = null;
             drop trigger request_event_kept;
             delete from request_event where sequence = (select min(sequence) from request_event)
                 and request_id = (select id from request where number = '{}');",
            altered.number
        ))
        .unwrap();
    let (done, told) = requests(&place, &["purge", "--clock-is-right"]);
    assert!(!done, "{told}");
    let line = |receipt: &Receipt| {
        told.lines().find(|line| line.starts_with(&receipt.number)).unwrap_or_default()
    };
    assert!(line(&whole).contains("is deleted"), "{told}");
    assert!(line(&altered).contains("not as it was written"), "{told}");
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

#[tokio::test(flavor = "multi_thread")]
async fn x3_no_personal_word_is_in_the_folder_a_backup_or_a_log() {
    let place = PortalFolder::with_small_data();
    let desk = format!("127.0.0.1:{}", free_port());
    place.configure(&format!("http://{desk}"), "[records]\ncipher = \"sm4-gcm\"\n");
    let department = place.department(&desk, "0");
    let log = place.path("portal.log");
    let portal = place.serve_logging("debug", File::create(&log).unwrap());
    let address = portal.address.clone();
    let receipt = hand_in(&address, "sealed", "canary-applicant").await;
    let body = json!({ "answers": { "applicant_name": "canary-renamed" } });
    receipt.post(&address, "/corrections", Some(body)).await;
    until("never delivered", async || all_delivered(&address, &receipt).await).await;
    let wrong = format!("{}/api/v1/requests/{}", address, receipt.number);
    client().get(wrong).bearer_auth("canary-secret").send().await.unwrap();
    let [data, backup, keys] = ["data", "backup", "backup.keys"].map(|name| place.text(name));
    let taken = place.jianma(&["backup", "--data", &data, "-o", &backup, "--keys", &keys]);
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    drop((portal, department));
    let phone = answers(ITEM, "x")["applicant_phone"].as_str().unwrap().to_owned();
    let words = ["canary-applicant", "canary-renamed", "canary-secret", &phone, &receipt.secret];
    let mut looked = 0;
    let mut folders = vec![place.path("data"), place.path("backup")];
    let mut files = vec![log];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for word in &words {
            let found = bytes.windows(word.len()).any(|part| part == word.as_bytes());
            assert!(!found, "{word} is in {}", file.display());
        }
        looked += 1;
    }
    assert!(looked >= 6, "{looked} files");
    // The keys went with the backup, apart from it.
    assert!(
        std::fs::read_to_string(place.path("data/records.keys")).unwrap().starts_with("sm4-gcm")
    );
    let sealed = std::fs::read(&keys).unwrap();
    assert!(sealed.windows(12).any(|part| part == b"records.keys"), "the keys are in the backup's");
}

#[tokio::test(flavor = "multi_thread")]
async fn x3_a_portal_without_the_keys_of_its_requests_does_not_start_and_says_what_to_do() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "key", "x").await;
    // A key that is added beside a running portal opens there too.
    let (done, told) = requests(&place, &["rotate-key", "--cipher", "sm4-gcm"]);
    assert!(done && told.contains("sm4-gcm"), "{told}");
    let (done, told) = requests(&place, &["reseal"]);
    assert!(done, "{told}");
    assert_eq!(receipt.get(&portal.address, "/data").await.0, 200);
    let (_, keys) = requests(&place, &["keys"]);
    assert!(keys.contains("aes-256-gcm\t0 values") && keys.contains("newest"), "{keys}");
    drop(portal);
    let path = place.path("data/records.keys");
    let right = std::fs::read_to_string(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let [data, site, config] = ["data", "site", "jianma.toml"].map(|name| place.text(name));
    let serve = ["serve", "--data", &data, "--site", &site, "--config", &config];
    let output = place.jianma(&serve);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("Put back the `records.keys`"), "{said}");
    assert!(!path.exists());
    std::fs::write(&path, right).unwrap();
    let portal = place.serve();
    assert_eq!(receipt.get(&portal.address, "/data").await.0, 200);
}

/// Each sentence of the privacy page that promises something, and the test that holds it. A sentence
/// that is added is a promise that nobody keeps until it stands here.
const PROMISES: [(&str, &str); 14] = [
    ("自然人的姓名、证件号和电话从不公开", "p2_no_byte_of_what_is_denied_leaves"),
    ("只用来办理您提交的这项申请和与您联系", "p10_from_submission_to_the_register"),
    ("表单里的姓名、电话、邮箱和您写的内容", "forms_are_short_and_ask_about_the_matter"),
    ("举报可以匿名", "s9_a_violation_can_be_reported_without_a_name_or_a_phone"),
    ("都加密保存，密钥不放在数据库里", "x3_no_personal_word_is_in_the_folder"),
    ("只交给表单上写明的受理部门", "s5_a_delivery_is_sent_to_another_department_and_back"),
    ("没有送达、没有结束的申请一直保存", "p10_a_deleted_request_is_in_the_register"),
    ("从结束那天算起", "p10_what_a_law_keeps_is_not_deleted_and_what_is_due_is"),
    ("删除只留下编号、事项、日期和原因", "p10_a_deleted_request_is_in_the_register"),
    ("随时查看，打印或下载全部信息", "p10_all_that_is_kept_is_handed_out"),
    ("部门会收到更正后的内容", "p10_a_correction_reaches_the_department_once"),
    ("没有送出的不再送出", "p10_what_was_not_sent_is_not_sent_after_a_withdrawal"),
    ("由工作人员代办，并记下经办人和原因", "p10_staff_honour_a_letter"),
    ("不含姓名、电话、查询码和申请内容", "x3_no_personal_word_is_in_the_folder"),
];

#[tokio::test]
async fn p10_the_privacy_page_says_what_the_tests_hold() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let page = client().get(format!("{}/privacy", portal.address)).send().await.unwrap();
    let page = page.text().await.unwrap();
    let mut tests = String::new();
    let rooms = ["../../domain/src", "tests", "../store-sqlite/tests", "../store-suite/src"];
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: Vec<_> = rooms.iter().map(|room| here.join(room)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                tests.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for (promise, held_by) in PROMISES {
        assert!(page.contains(promise), "{promise} ({held_by})");
        assert!(tests.contains(&format!("fn {held_by}")), "there is no test {held_by}");
    }
    for item in domain::service::services() {
        assert!(page.contains(&item.title.zh), "{}", item.id);
        assert!(page.contains(&format!("结束后保存{}个月", item.retention.months)), "{}", item.id);
    }
}

/// A portal, where to hand in, and a form that is filled in.
fn form_at(portal: &Running) -> (String, Value) {
    let mut form = answers(ITEM, "new");
    form["item"] = json!(ITEM);
    form["token"] = json!("0123456789abcdefghij");
    (format!("{}/c/{}/requests/new", portal.address, PARCELS[0]), form)
}

fn cookie_set(response: &reqwest::Response) -> String {
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_a_receipt_shows_its_code_for_as_long_as_its_cookie_lives() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let (url, form) = form_at(&portal);
    let opened = client().get(format!("{url}?item={ITEM}")).send().await.unwrap();
    let kept = cookie_set(&opened);
    let send =
        async || client().post(&url).header("cookie", &kept).form(&form).send().await.unwrap();
    let handed_in = send().await;
    assert_eq!(handed_in.status(), 303);
    let path = handed_in.headers()["location"].to_str().unwrap().to_owned();
    let code = cookie_set(&handed_in).replace("jm_receipt=", "");
    let code = code.split('.').next().unwrap().to_owned();
    // A neighbour's cookie, in UTF-8 and in GBK; twice, as by a reload or a switch of language.
    let own = cookie_set(&handed_in);
    for other in ["user=张三".as_bytes(), b"user=\xd5\xc5"] {
        let cookies = [other, b"; ", own.as_bytes(), b"; jm_elder=1"].concat();
        let cookies = reqwest::header::HeaderValue::from_bytes(&cookies).unwrap();
        for _ in 0..2 {
            let shown = client().get(format!("{}{path}", portal.address));
            let shown = shown.header("cookie", cookies.clone()).send().await.unwrap();
            assert_eq!(shown.headers()["cache-control"], "no-store");
            let page = shown.text().await.unwrap();
            assert!(
                page.contains(&format!("{} {} {}", &code[..4], &code[4..8], &code[8..])),
                "{page}"
            );
        }
    }
    let again = send().await;
    assert_eq!(again.headers()["location"].to_str().unwrap(), path);
    let shown = client().get(format!("{}{path}", portal.address));
    let shown = shown.header("cookie", cookie_set(&again)).send().await.unwrap();
    assert!(shown.text().await.unwrap().contains("没有重复提交"));
    let lower = client().get(format!("{}{}", portal.address, path.replace("JM-", "jm-")));
    assert_eq!(lower.send().await.unwrap().headers()["location"].to_str().unwrap(), path);
    let forgotten = client().post(format!("{}{path}/forget", portal.address)).send().await.unwrap();
    assert_eq!(forgotten.status(), 303);
    assert!(forgotten.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let locked = client().get(format!("{}{path}", portal.address));
    let locked = locked.header("cookie", cookie_set(&forgotten)).send().await.unwrap();
    assert!(!locked.text().await.unwrap().contains(&code[..4]), "it is forgotten");
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_a_browser_that_keeps_no_cookies_gets_its_receipt_in_answer_to_the_form() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", crate::harness::UNLIMITED);
    let portal = place.serve();
    let (url, form) = form_at(&portal);
    let mut pages = Vec::new();
    for _ in 0..2 {
        let answer = client().post(&url).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["cache-control"], "no-store");
        let code = cookie_set(&answer).replace("jm_receipt=", "");
        let code = code.split('.').next().unwrap().to_owned();
        let page = answer.text().await.unwrap();
        assert!(page.contains(&format!("{} {} {}", &code[..4], &code[4..8], &code[8..])), "{page}");
        assert!(page.contains("只显示这一次"), "{page}");
        pages.push(code);
    }
    assert_eq!(pages[0], pages[1], "reloading the answer leads to the same receipt");
}
