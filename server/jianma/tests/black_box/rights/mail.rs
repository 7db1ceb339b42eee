//! Being told by e-mail that something happened to a request: by a portal, a department and a server of mail.

use rusqlite::Connection;

use super::{
    post_office::{Letter, PostOffice},
    *,
};
use crate::harness::UNLIMITED;

const ADDRESS: &str = "zhang.san@example.com";
/// What nobody may read in a letter: what the applicant wrote, and what the department did.
const CANARIES: [&str; 2] = ["canary-applicant-words", "canary-department-words"];

/// A portal with a department and mail, and where each listens.
struct Town {
    place: PortalFolder,
    desk: String,
    mail: u16,
}

impl Town {
    fn new() -> Self {
        let place = PortalFolder::with_small_data();
        let (desk, mail) = (format!("127.0.0.1:{}", free_port()), free_port());
        let host = place.address().replace("http://", "");
        let more = format!(
            "[site]\nhost = \"{host}\"\n[mail]\nfrom = \"见码 <noreply@example.gov.cn>\"\n\
             smtp = \"smtp://127.0.0.1:{mail}\"\ngather_seconds = 3\n{UNLIMITED}"
        );
        place.configure(&format!("http://{desk}"), &more);
        Self { place, desk, mail }
    }

    fn post_office(&self) -> PostOffice {
        PostOffice::open(self.mail)
    }

    /// Runs `work` on what the portal keeps of notices.
    fn notices(&self) -> i64 {
        let database = Connection::open(self.place.path("data/jianma.sqlite3")).unwrap();
        database.query_one("select count(*) from notice", [], |row| row.get(0)).unwrap()
    }
}

/// The letters there are, once there are so many.
async fn letters(office: &PostOffice, count: usize) -> Vec<Letter> {
    until("letters", async || office.letters().len() >= count).await;
    office.letters()
}

/// No letter more comes for a while in which one would.
async fn no_more(office: &PostOffice, than: usize) {
    sleep(Duration::from_secs(8)).await;
    let found = office.letters();
    assert_eq!(found.len(), than, "{found:?}");
}

/// What follows the request in an address of this portal.
fn tail<'l>(receipt: &Receipt, link: &'l str) -> &'l str {
    link.split_once(&receipt.number).unwrap().1
}

/// Names an address, and confirms it by the letter that follows, the `nth` of the office.
async fn confirm(address: &str, receipt: &Receipt, office: &PostOffice, nth: usize) {
    until("delivered", async || all_delivered(address, receipt).await).await;
    let cookie = receipt.cookie(address).await;
    let form = [("notice_address", ADDRESS)];
    assert_eq!(receipt.form(address, &cookie, "/notices", &form).await.0, 303);
    let letter = letters(office, nth).await.pop().unwrap();
    let link = tail(receipt, letter.line("/notices/confirm/")).to_owned();
    let pressed = receipt.form(address, "", &link, &[("confirm", "yes")]).await;
    assert_eq!(pressed.0, 303, "{}", pressed.1);
}

/// The department says something of a request, once it has it.
async fn say(department: &Running, receipt: &Receipt, action: &str) {
    let waits = async || {
        inbox(department).await.iter().any(|each| each.to_string().contains(&receipt.number))
    };
    until("the department has it", waits).await;
    let page = client().get(format!("{}/inbox", department.address)).send().await.unwrap();
    let page = page.text().await.unwrap();
    let from = page.split(&format!("value=\"{}\"", receipt.number)).nth(1).unwrap();
    let number = from.split("name=\"number\" value=\"").nth(1).unwrap();
    let number = number.split('"').next().unwrap();
    // No two words are the same.
    let note = format!("canary-department-words {number}");
    let fields = [
        ("request", &*receipt.number),
        ("department", "registration"),
        ("number", number),
        ("lang", "zh"),
        ("action", action),
        ("note", &note),
        ("reference", ""),
    ];
    let post = client().post(format!("{}/inbox/words", department.address));
    let said = post.header("origin", &department.address).form(&fields).send().await.unwrap();
    assert_eq!(said.status(), 303, "{action}");
}

fn says_nothing_of_the_matter(letter: &Letter, receipt: &Receipt) {
    let all = format!("{}\n{}\n{}", letter.head, letter.subject, letter.body);
    let more = [&*receipt.secret, PARCELS[0], "演示路", "applicant@example.com", "13800138000"];
    for word in CANARIES.iter().chain(&more).chain(&["测试部门", ITEM]) {
        assert!(!all.contains(word), "{word} in {letter:?}");
    }
    assert!(!letter.body.contains(ADDRESS), "{letter:?}");
    assert!(letter.subject.contains(&receipt.number), "{letter:?}");
    assert_eq!(letter.header("Auto-Submitted"), "auto-generated");
    assert_eq!(letter.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(letter.header("From").contains("<noreply@example.gov.cn>"), "{letter:?}");
    assert!(letter.header("Content-Type").starts_with("text/plain; charset=utf-8"), "{letter:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_progress_is_told_to_an_address_that_confirmed_and_nothing_of_the_matter() {
    let town = Town::new();
    let office = town.post_office();
    let department = town.place.department(&town.desk, "0");
    let portal = town.place.serve();
    let address = portal.address.clone();
    let receipt = hand_in(&address, "mail", "canary-applicant-words").await;
    until("delivered", async || all_delivered(&address, &receipt).await).await;
    let cookie = receipt.cookie(&address).await;
    let (_, page) = receipt.page(&address, &cookie, "").await;
    assert!(page.contains("有进展时发邮件告诉我") && page.contains("notice_address"), "{page}");

    // What is no address comes back as it was typed, with what is wrong; and nothing is sent.
    let form = [("notice_address", "zhang.san at example")];
    let (status, page) = receipt.form(&address, &cookie, "/notices", &form).await;
    assert_eq!(status, 422, "{page}");
    assert!(page.contains("value=\"zhang.san at example\""), "{page}");
    assert!(page.contains("请填写完整的邮箱地址"), "{page}");
    // Nobody without the receipt names one.
    let form = [("notice_address", ADDRESS)];
    assert_eq!(receipt.form(&address, "", "/notices", &form).await.0, 404);
    assert_eq!(town.notices(), 0);

    let english = format!("{cookie}; jm_lang=en");
    assert_eq!(receipt.form(&address, &english, "/notices", &form).await.0, 303);
    let asked = letters(&office, 1).await.pop().unwrap();
    says_nothing_of_the_matter(&asked, &receipt);
    assert_eq!(asked.to, ADDRESS);
    assert!(asked.body.contains("press Confirm"), "as the page was: {}", asked.body);
    let (_, page) = receipt.page(&address, &cookie, "").await;
    assert!(page.contains("z**@example.com") && !page.contains(ADDRESS), "{page}");

    // Mail programs open links: that changes nothing. A link that was not made here leads nowhere.
    let link = tail(&receipt, asked.line("/notices/confirm/")).to_owned();
    let (status, page) = receipt.page(&address, "", &link).await;
    assert!(status == 200 && page.contains("z**@example.com"), "{page}");
    assert!(page.contains("name=\"confirm\"") && !page.contains("canary"), "{page}");
    let forged = format!("{}x", &link[..link.len() - 1]);
    assert_eq!(receipt.page(&address, "", &forged).await.0, 404);
    receipt.form(&address, "", &forged, &[("confirm", "yes")]).await;
    say(&department, &receipt, "accept").await;
    no_more(&office, 1).await;

    let (status, _) = receipt.form(&address, "", &link, &[("confirm", "yes")]).await;
    assert_eq!(status, 303);
    let (_, page) = receipt.page(&address, "", &link).await;
    assert!(page.contains("已经确认"), "{page}");
    let news = letters(&office, 2).await.pop().unwrap();
    says_nothing_of_the_matter(&news, &receipt);
    assert_eq!(news.line("/requests/"), format!("{address}/requests/{}", receipt.number));
    let (_, data) = receipt.get(&address, "/data").await;
    assert_eq!(data["notices"]["address"], ADDRESS);
    assert_eq!(data["notices"]["state"], "confirmed");

    // Two words in a second are told in one.
    say(&department, &receipt, "progress").await;
    say(&department, &receipt, "remark").await;
    let again = letters(&office, 3).await.pop().unwrap();
    assert_ne!(again.header("Message-ID"), news.header("Message-ID"));
    no_more(&office, 3).await;

    // A mail program presses it for its reader, without a cookie.
    let stop = again.header("List-Unsubscribe").trim_matches(['<', '>']).to_owned();
    assert!(again.body.contains(&stop), "{again:?}");
    let stop = tail(&receipt, &stop).to_owned();
    let (_, page) = receipt.page(&address, "", &stop).await;
    assert!(page.contains("不再发邮件"), "{page}");
    let one_click = [("List-Unsubscribe", "One-Click")];
    assert_eq!(receipt.form(&address, "", &stop, &one_click).await.0, 200);
    let (_, page) = receipt.page(&address, &cookie, "").await;
    assert!(page.contains("已经不再发邮件"), "{page}");
    let (_, data) = receipt.get(&address, "/data").await;
    assert_eq!(data["notices"]["address"], Value::Null);
    say(&department, &receipt, "remark").await;
    no_more(&office, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_what_is_to_be_told_waits_for_the_server_of_mail_and_outlives_a_kill() {
    let town = Town::new();
    let department = town.place.department(&town.desk, "0");
    let portal = town.place.serve();
    let address = portal.address.clone();
    let receipt = hand_in(&address, "down", "canary-applicant-words").await;
    until("delivered", async || all_delivered(&address, &receipt).await).await;
    let cookie = receipt.cookie(&address).await;
    receipt.form(&address, &cookie, "/notices", &[("notice_address", ADDRESS)]).await;
    let ready = async || {
        let answer = client().get(format!("{address}/readyz")).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["checks"]["mail"].as_str().map(str::to_owned)
    };
    until("readiness says it", async || ready().await.as_deref() == Some("failing")).await;
    let office = town.post_office();
    let asked = letters(&office, 1).await.pop().unwrap();
    until("all is well", async || ready().await.as_deref() == Some("ok")).await;
    no_more(&office, 1).await;
    let link = tail(&receipt, asked.line("/notices/confirm/")).to_owned();
    receipt.form(&address, "", &link, &[("confirm", "yes")]).await;

    // Killed while it waits for the server to take a letter. Two portals share what there is then.
    office.set_slow(true);
    say(&department, &receipt, "accept").await;
    sleep(Duration::from_secs(4)).await;
    portal.kill_dash_nine();
    office.set_slow(false);
    let portal = town.place.serve();
    let beside = town.place.serve_beside();
    let news = letters(&office, 2).await.pop().unwrap();
    says_nothing_of_the_matter(&news, &receipt);
    no_more(&office, 2).await;
    say(&department, &receipt, "progress").await;
    letters(&office, 3).await;
    no_more(&office, 3).await;
    drop((portal, beside));
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_an_address_is_forgotten_with_its_request_and_when_it_takes_nothing() {
    let town = Town::new();
    let office = town.post_office();
    let department = town.place.department(&town.desk, "0");
    let portal = town.place.serve();
    let address = portal.address.clone();
    let privacy = client().get(format!("{address}/privacy")).send().await.unwrap();
    assert!(privacy.text().await.unwrap().contains("进展邮件"));
    // Nobody of that name lives there.
    let gone = hand_in(&address, "gone", "x").await;
    confirm(&address, &gone, &office, 1).await;
    office.forget(ADDRESS);
    say(&department, &gone, "accept").await;
    let cookie = gone.cookie(&address).await;
    let told = async || gone.page(&address, &cookie, "").await.1.contains("邮件送不到");
    until("the page says so", told).await;
    office.forget("nobody@example.com");
    // Taken back, and deleted when its time is over.
    let back = hand_in(&address, "back", "x").await;
    confirm(&address, &back, &office, 2).await;
    let due = hand_in(&address, "due", "x").await;
    confirm(&address, &due, &office, 3).await;
    assert_eq!(town.notices(), 3);
    assert_eq!(back.post(&address, "/withdrawal", None).await.0, 200);
    assert_eq!(town.notices(), 2);
    for decided in [&gone, &due] {
        say(&department, decided, "decide").await;
        let ended = async || decided.get(&address, "").await.1["state"] == "decided";
        until("decided", ended).await;
    }
    letters(&office, 4).await;
    drop((portal, department));
    put_back(&town.place, 10);
    let portal = town.place.serve();
    until("purged", async || due.get(&portal.address, "").await.0 == 410).await;
    until("nothing is left", async || town.notices() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p10_a_portal_that_sends_no_mail_says_nothing_of_it() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let receipt = hand_in(&portal.address, "none", "x").await;
    let cookie = receipt.cookie(&portal.address).await;
    let (_, page) = receipt.page(&portal.address, &cookie, "").await;
    assert!(!page.contains("notice_address") && !page.contains("发邮件告诉我"), "{page}");
    let form = [("notice_address", ADDRESS)];
    let (status, page) = receipt.form(&portal.address, &cookie, "/notices", &form).await;
    assert_eq!(status, 404, "{page}");
    let privacy = client().get(format!("{}/privacy", portal.address)).send().await.unwrap();
    assert!(!privacy.text().await.unwrap().contains("进展邮件"));
    let (_, data) = receipt.get(&portal.address, "/data").await;
    assert_eq!(data.get("notices"), None);
}
