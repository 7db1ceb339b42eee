//! What departments have not got, and what an operator does about it.

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{Method, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::harness::{PARCELS, PortalFolder, Running, answers, client};

/// A department that answers with a status as told, and confirms when told 200.
async fn office() -> (String, Arc<AtomicU16>) {
    let status = Arc::new(AtomicU16::new(200));
    let app = Router::new().fallback(answer).with_state(status.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (address, status)
}

async fn answer(State(status): State<Arc<AtomicU16>>, request: Request) -> Response {
    let id = request.headers()["webhook-id"].to_str().unwrap();
    match status.load(Ordering::Relaxed) {
        _ if request.method() == Method::GET => StatusCode::NOT_FOUND.into_response(),
        200 => json!({ "id": id, "reference": "OA-1" }).to_string().into_response(),
        status => StatusCode::from_u16(status).unwrap().into_response(),
    }
}

pub async fn hand_in(address: &str, key: &str) -> (String, String) {
    let body = json!({
        "item": "data-correction", "code": PARCELS[0], "answers": answers("data-correction", key),
    });
    let sent = client()
        .post(format!("{address}/api/v1/requests"))
        .header("idempotency-key", format!("{key:0>20}"))
        .json(&body);
    let receipt: Value = sent.send().await.unwrap().json().await.unwrap();
    let text = |name: &str| receipt[name].as_str().unwrap().to_owned();
    (text("number"), text("secret"))
}

/// The page of a request, as its applicant sees it.
pub async fn page(address: &str, (number, secret): &(String, String)) -> String {
    let url = format!("{address}/requests/{number}");
    let opened = client().post(&url).form(&[("secret", secret)]).send().await.unwrap();
    let cookie = opened.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let page = client().get(&url).header("cookie", cookie).send().await.unwrap();
    page.text().await.unwrap()
}

/// Runs `jianma deliveries`: whether it did everything, what it said, what it warned of.
pub fn deliveries(place: &PortalFolder, arguments: &[&str]) -> (bool, String, String) {
    let data = place.text("data");
    let output = place.jianma(&[&["deliveries"], arguments, &["--data", &data]].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

fn log(place: &PortalFolder, name: &str) -> (File, impl Fn() -> String + use<>) {
    let path = place.path(name);
    let file = File::options().create(true).append(true).open(&path).unwrap();
    (file, move || std::fs::read_to_string(&path).unwrap())
}

/// Waits until something holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds().await {
        assert!(Instant::now() < deadline, "{what}");
        sleep(Duration::from_millis(50)).await;
    }
}

pub async fn until_state(place: &PortalFolder, id: &str, state: &str) {
    until(&format!("{id} never became {state}"), async || {
        deliveries(place, &["show", id]).1.contains(&format!("state         {state}\n"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_what_a_department_refused_is_told_and_an_operator_has_it_sent_again() {
    let place = PortalFolder::with_small_data();
    let (desk, status) = office().await;
    place.configure(&desk, "");
    status.store(400, Ordering::Relaxed);
    let (file, said) = log(&place, "first.log");
    let portal = place.serve_logging("warn", file);
    let receipt = hand_in(&portal.address, "refused").await;
    let id = format!("msg_{}_registration", receipt.0);
    until_state(&place, &id, "stuck").await;
    assert!(said().contains("needs a person"), "{}", said());
    let (done, list, _) = deliveries(&place, &["list"]);
    assert!(done && list.contains(&id) && list.contains("answered 400"), "{list}");
    let told = page(&portal.address, &receipt).await;
    assert!(told.contains("目前还没有工作人员接手"), "{told}");

    // Nobody looks after it before somebody does.
    let (done, taken, _) = deliveries(&place, &["take", &id, "--by", "王建国"]);
    assert!(done, "{taken}");
    let told = page(&portal.address, &receipt).await;
    assert!(told.contains("工作人员已于") && !told.contains("王建国"), "{told}");

    // As long as it is stuck, every start of the portal says so.
    drop(portal);
    let (file, said) = log(&place, "second.log");
    let portal = place.serve_logging("warn", file);
    until("no reminder", async || said().contains("need a person, the oldest since")).await;

    status.store(200, Ordering::Relaxed);
    let (done, retried, _) =
        deliveries(&place, &["retry", "--department", "registration", "--by", "王建国"]);
    assert!(done && retried.contains(&id), "{retried}");
    until_state(&place, &id, "delivered").await;
    let (_, shown, warned) = deliveries(&place, &["show", &receipt.0]);
    for part in
        ["reference     OA-1", "stuck by the portal", "taken over by 王建国", "retried by 王建国"]
    {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert_eq!(warned, "");
    let (done, _, warned) = deliveries(&place, &["retry", &id, "--by", "王"]);
    assert!(!done && warned.contains("is delivered; --again"), "{warned}");
    drop(portal);
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_an_operator_sends_a_delivery_elsewhere_or_settles_it_and_the_applicant_reads_why() {
    let place = PortalFolder::with_small_data();
    let (desk, status) = office().await;
    place.configure(&desk, "");
    status.store(422, Ordering::Relaxed);
    let portal = place.serve();
    let [elsewhere, settled] =
        [hand_in(&portal.address, "elsewhere").await, hand_in(&portal.address, "settled").await];
    for (number, _) in [&elsewhere, &settled] {
        until_state(&place, &format!("msg_{number}_registration"), "stuck").await;
    }
    status.store(200, Ordering::Relaxed);
    let config = place.text("jianma.toml");
    let to = |department: &'static str, more: &[&str]| {
        let call =
            ["redirect", &elsewhere.0, "--to", department, "--config", &config, "--by", "王"];
        deliveries(&place, &[&call[..], more].concat())
    };
    let (done, _, warned) = to("planning", &[]);
    assert!(!done && warned.contains("--reason"), "{warned}");
    let (done, _, warned) = to("planning", &["--reason", "不归\u{202E}登记中心管"]);
    assert!(!done && warned.contains("the reason is one line"), "{warned}");
    let (done, _, warned) = to("nobody", &["--reason", "不归登记中心管"]);
    assert!(!done && warned.contains("departments.nobody"), "{warned}");
    let (done, _, warned) = to("planning", &["--reason", "不归登记中心管"]);
    assert!(done, "{warned}");
    until_state(&place, &format!("msg_{}_planning", elsewhere.0), "delivered").await;
    let told = page(&portal.address, &elsewhere).await;
    for part in ["不归登记中心管", "已改送其他部门", "OA-1"] {
        assert!(told.contains(part), "{part} in {told}");
    }

    let reason = ["--reason", "已送纸质件", "--reference", "纸质-7", "--by", "王"];
    let (done, _, warned) = deliveries(&place, &[&["settle", &settled.0], &reason[..]].concat());
    assert!(done, "{warned}");
    let told = page(&portal.address, &settled).await;
    for part in ["已送纸质件", "工作人员已人工处理", "纸质-7", "部门已签收"] {
        assert!(told.contains(part), "{part} in {told}");
    }
    // A program is told, too, whose words they are, and not who of the staff.
    let url = format!("{}/api/v1/requests/{}", portal.address, settled.0);
    let followed = client().get(url).bearer_auth(&settled.1).send().await.unwrap();
    let followed: Value = followed.json().await.unwrap();
    let by = ["applicant", "staff", "staff"];
    assert_eq!(followed["events"].as_array().unwrap().len(), by.len(), "{followed}");
    for (at, by) in by.into_iter().enumerate() {
        assert_eq!(followed["events"][at]["by"], by, "{followed}");
    }
    assert_eq!(followed["events"][1]["note"], "已送纸质件", "{followed}");
    // A folder without data is no folder in which nothing waits.
    let nowhere = place.text("nowhere");
    let output = place.jianma(&["deliveries", "list", "--data", &nowhere]);
    assert!(!output.status.success() && !place.path("nowhere").exists());
    let (done, _, warned) = deliveries(&place, &["show", "msg_JM-20261128-22222222_planning"]);
    assert!(!done && warned.contains("there is no delivery"), "{warned}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_of_many_that_are_sent_again_what_is_being_sent_is_named() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let [sent, waits] =
        [hand_in(&portal.address, "sent").await.0, hand_in(&portal.address, "waits").await.0];
    portal.kill_dash_nine();
    // Another portal on the same folder has one of them in hand.
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    let free =
        "update delivery set attempt_started_at = null, leased_by = null, leased_until = null";
    assert_eq!(database.execute(free, []).unwrap(), 2);
    let now = domain::Clock::now(&jianma::system::SystemClock);
    let until = now.checked_add(jiff::SignedDuration::from_mins(9)).unwrap();
    let held =
        "update delivery set attempt_started_at = ?2, leased_by = 'another', leased_until = ?3
        where id = ?1";
    let [sent, waits] = [sent, waits].map(|number| format!("msg_{number}_registration"));
    let times = [now, until].map(|at| format!("{at:.9}"));
    assert_eq!(database.execute(held, [&sent, &times[0], &times[1]]).unwrap(), 1);
    let (done, retried, warned) =
        deliveries(&place, &["retry", "--department", "registration", "--by", "王"]);
    assert!(!done && retried.contains(&waits) && !retried.contains(&sent), "{retried}");
    assert!(warned.contains(&format!("{sent} is being sent just now")), "{warned}");
    assert!(!warned.contains(&waits), "{warned}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_without_departments_requests_are_kept_and_everybody_is_told() {
    let place = PortalFolder::with_small_data();
    let [data, site] = ["data", "site"].map(|name| place.text(name));
    let serve = |more: &[&str], name: &str| {
        let (file, said) = log(&place, name);
        let fixed = ["serve", "--data", &data, "--site", &site, "--listen", "127.0.0.1:0"];
        (Running::start_logging(&[&fixed[..], more].concat(), "warn", file), said)
    };
    let (portal, said) = serve(&[], "none.log");
    assert!(said().contains("No department is configured"), "{}", said());
    assert!(said().contains("kept and not delivered"), "{}", said());
    let form = format!("{}/c/{}/requests/new?item=data-correction", portal.address, PARCELS[0]);
    let shown = client().get(&form).send().await.unwrap().text().await.unwrap();
    assert!(shown.contains("申请暂不送达"), "{shown}");
    let receipt = hand_in(&portal.address, "kept").await;
    let body = json!({
        "item": "data-correction", "code": PARCELS[0], "answers": answers("data-correction", "api"),
    });
    let sent = client().post(format!("{}/api/v1/requests", portal.address)).json(&body);
    let sent = sent.header("idempotency-key", "a-client-is-told-too").send().await.unwrap();
    assert!(sent.text().await.unwrap().contains("kept, not delivered"));
    let id = format!("msg_{}_registration", receipt.0);
    until("the forwarder never looked", async || {
        deliveries(&place, &["list"]).1.contains("not in the configuration")
    })
    .await;
    assert!(page(&portal.address, &receipt).await.contains("申请已保存，暂不送达"));
    // Nothing was ever sent to whoever listens where the sample department would.
    assert!(!place.path("data/department.secret").exists());
    drop(portal);

    // Once there are departments it goes out, at once where somebody asks for it.
    let (desk, _) = office().await;
    place.configure(&desk, "");
    let portal = place.serve();
    let (done, ..) = deliveries(&place, &["retry", &receipt.0, "--by", "王"]);
    assert!(done);
    until_state(&place, &id, "delivered").await;
    drop(portal);

    // The sample department is for demonstrations: by leave, and never beside real ones.
    let sample = desk.trim_start_matches("http://");
    let (portal, said) = serve(&["--sample-department", sample], "sample.log");
    assert!(said().contains("a demonstration, not for real people"), "{}", said());
    let shown = client().get(form.replace(&form[..form.find("/c/").unwrap()], &portal.address));
    assert!(shown.send().await.unwrap().text().await.unwrap().contains("不会有人办理"));
    let (number, _) = hand_in(&portal.address, "sample").await;
    until_state(&place, &format!("msg_{number}_registration"), "delivered").await;
    drop(portal);
    let config = place.text("jianma.toml");
    let both = ["serve", "--data", &data, "--site", &site, "--config", &config];
    let output = place.jianma(&[&both[..], &["--sample-department", sample]].concat());
    assert!(String::from_utf8_lossy(&output.stderr).contains("departments of its own"));
    assert!(!output.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_every_word_of_a_department_reaches_the_applicant() {
    let place = PortalFolder::with_small_data();
    let (desk, _) = office().await;
    place.configure(&desk, "");
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "heard").await;
    until_state(&place, &format!("msg_{}_registration", receipt.0), "delivered").await;
    let secret = std::fs::read_to_string(place.path("data/department.secret")).unwrap();
    let secret = forward::Secret::parse(secret.trim()).unwrap();
    let url = format!("{}/api/v1/departments/registration/callbacks", portal.address);
    let now = jianma::system::SystemClock;
    let say = async |message: &str, body: String, late: i64| {
        let at = domain::Clock::now(&now) - jiff::SignedDuration::from_secs(late);
        let headers = secret.sign(message, at, body.as_bytes()).unwrap();
        let sent = client().post(&url).headers(headers).body(body).send().await.unwrap();
        (sent.status().as_u16(), sent.text().await.unwrap())
    };
    let number = receipt.0.to_lowercase();
    let word = |state: &str, note: &str| {
        json!({ "request": number, "state": state, "note": note, "more": [1] }).to_string()
    };
    for (message, body, changed) in [
        ("1", word("in_progress", "请补交材料"), true),
        ("2", format!("\u{feff}{}", word("IN_PROGRESS", "材料已收到")), true),
        ("1", word("in_progress", "请补交材料"), false),
        ("3", word("decided", "准予更正"), true),
        ("4", word("decided", "面积更正为 100 平方米"), true),
    ] {
        let (status, answer) = say(message, body.clone(), 0).await;
        assert_eq!((status, answer), (200, json!({ "changed": changed }).to_string()), "{body}");
    }
    let (status, answer) = say("5", word("in_progress", "迟到的说明"), 0).await;
    assert!(status == 409 && answer.contains("is decided"), "{answer}");
    let (status, answer) = say("6", word("decided", "八小时前"), 8 * 3_600).await;
    assert!(status == 401 && answer.contains(" s behind"), "{answer}");
    assert!(answer.contains("check the clock") && answer.contains("this portal's clock says"));
    let told = page(&portal.address, &receipt).await;
    for part in [
        "请补交材料",
        "材料已收到",
        "办理中（补充说明）",
        "面积更正为 100 平方米",
        "已办结（更正）",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(!told.contains("迟到的说明") && !told.contains("八小时前"));
}

#[tokio::test(flavor = "multi_thread")]
async fn s5_a_receipt_that_is_lost_with_a_damaged_log_is_said_and_named() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let mut numbers = Vec::new();
    for key in ["one", "two", "three", "four"] {
        numbers.push(hand_in(&portal.address, key).await.0);
    }
    portal.kill_dash_nine();
    // Nothing is wrong yet: a killed portal leaves its log whole.
    let list = deliveries(&place, &["list"]).1;
    assert!(numbers.iter().all(|number| list.contains(number.as_str())), "{list}");

    let portal = place.serve();
    let last = hand_in(&portal.address, "five").await.0;
    portal.kill_dash_nine();
    // One byte of the first page that is in the log.
    let path = place.path("data/jianma.sqlite3-wal");
    let mut wal = File::options().read(true).write(true).open(&path).unwrap();
    let mut byte = [0];
    wal.seek(SeekFrom::Start(32 + 24 + 100)).unwrap();
    wal.read_exact(&mut byte).unwrap();
    wal.seek(SeekFrom::Start(32 + 24 + 100)).unwrap();
    wal.write_all(&[byte[0] ^ 1]).unwrap();
    drop(wal);

    let (file, said) = log(&place, "damaged.log");
    let portal = place.serve_logging("warn", file);
    for told in ["write-ahead log of the database is damaged at page 1", "a copy is in", &last] {
        assert!(said().contains(told), "{told} in {}", said());
    }
    assert!(said().contains("whose requests are not in the database"), "{}", said());
    portal.kill_dash_nine();
    // The copy is there for whoever can read it, and the same damage is told once.
    let copies = std::fs::read_dir(place.path("data")).unwrap();
    let copies = copies
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("damaged"));
    assert_eq!(copies.count(), 1);
    let (file, said) = log(&place, "again.log");
    drop(place.serve_logging("warn", file));
    assert!(!said().contains("is damaged at page"), "{}", said());
}

#[tokio::test]
async fn s5_a_form_in_another_encoding_is_refused_and_nothing_is_kept() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let url = format!("{}/c/{}/requests/new", portal.address, PARCELS[0]);
    let mut form: Vec<(String, String)> = serde_json::from_value::<
        std::collections::BTreeMap<String, String>,
    >(answers("data-correction", "x"))
    .unwrap()
    .into_iter()
    .collect();
    form.push(("item".into(), "data-correction".into()));
    let good = client().post(&url).form(&form).build().unwrap();
    let good = String::from_utf8(good.body().unwrap().as_bytes().unwrap().to_vec()).unwrap();
    // 张三 in GBK, percent-encoded as an old browser or an old system does it.
    let gbk = good.replace("what_is_wrong=x", "what_is_wrong=%D5%C5%C8%FD");
    assert_ne!(gbk, good);
    for (kind, body) in [
        ("application/x-www-form-urlencoded", gbk.clone()),
        ("application/x-www-form-urlencoded; charset=GBK", gbk),
        ("multipart/form-data; boundary=x", "--x\r\n\r\n--x--".to_owned()),
    ] {
        let sent = client().post(&url).header("content-type", kind).body(body);
        let refused = sent.send().await.unwrap();
        assert_eq!(refused.status(), 415, "{kind}");
        let page = refused.text().await.unwrap();
        assert!(page.contains("这份表单没有提交") && page.contains("文字格式无法识别"), "{page}");
    }
    assert_eq!(deliveries(&place, &["list", "--all"]).1, "");
    let kept = client().post(&url).header("content-type", "application/x-www-form-urlencoded");
    let kept = kept.header("cookie", "jm_form=1").body(good).send().await.unwrap();
    assert_eq!(kept.status(), 303);
}
