//! What becomes of a request as an application: as departments say it, as its applicant takes the notice of it away, and as
//! the counter prints it (desk D10).

use domain::{audit::StaffDid, staff::Role};
use serde_json::{Value, json};

use super::{callbacks::say, harness::Web, staff::Browser};

const REASON: &str = "申请人来窗口要一份纸质通知";

fn asked() -> Value {
    json!({
        "kind": "supplement_asked", "materials": ["界址图", "身份证明"],
        "deadline": { "working_days": 5 },
    })
}

#[tokio::test]
async fn desk_d10_a_department_tells_the_outcomes_apart_and_what_is_not_whole_is_refused() {
    let web = Web::open();
    let (number, secret) = web.handed_in("data-correction").await;
    let word = |state: &str, outcome: &Value| json!({ "request": number, "state": state, "outcome": outcome });
    let nothing =
        json!({ "kind": "supplement_asked", "materials": [], "deadline": { "working_days": 5 } });
    let past = json!({
        "kind": "supplement_asked", "materials": ["a"], "deadline": { "until": "2020-01-02" },
    });
    let revoked = json!({ "kind": "acceptance_revoked", "reasons": "逾期未补" });
    for (state, outcome, status, told) in [
        ("in_progress", &json!({ "kind": "perhaps" }), 422, "accepted_with_gaps"),
        ("in_progress", &nothing, 422, "1 to 50 things"),
        ("in_progress", &past, 422, "a day after today"),
        ("decided", &json!({ "kind": "accepted" }), 422, "goes with acknowledged or in_progress"),
        ("returned", &json!({ "kind": "not_accepted" }), 422, "reasons"),
        ("returned", &revoked, 409, "accepted or accepted_with_gaps, which was not said"),
    ] {
        let name = if status == 409 { "conflict" } else { "faults" };
        let answer = say(&web, "registration", 0, "m-0", &word(state, outcome)).await;
        let problem = answer.is_problem(status, name);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.starts_with("Nothing was taken") && detail.contains(told), "{detail}");
    }
    for (id, changed) in [("m-1", true), ("m-1", false), ("m-2", false)] {
        let answer = say(&web, "registration", 0, id, &word("in_progress", &asked())).await;
        assert_eq!(answer.json(), json!({ "changed": changed }), "{id}");
    }
    let early = word("returned", &json!({ "kind": "deemed_withdrawn" }));
    let early = say(&web, "registration", 0, "m-3", &early).await.is_problem(409, "conflict");
    assert!(early["detail"].as_str().unwrap().contains("has time until"), "{early}");
    // Departments that say no outcome are heard as ever.
    let plain = json!({ "request": number, "state": "in_progress", "note": "请尽快" });
    let plain = say(&web, "registration", 0, "m-4", &plain).await;
    assert_eq!(plain.json(), json!({ "changed": true }));
    let accepted = word("in_progress", &json!({ "kind": "accepted" }));
    assert_eq!(say(&web, "registration", 0, "m-5", &accepted).await.status, 200);
    let again = say(&web, "registration", 0, "m-6", &word("in_progress", &asked())).await;
    again.is_problem(409, "conflict");
    let bearer = format!("Bearer {secret}");
    let path = format!("/api/v1/requests/{number}");
    let told = web.get_with(&path, &[("authorization", &bearer)]).await.json();
    let outcomes: Vec<&Value> =
        told["events"].as_array().unwrap().iter().filter(|it| it["outcome"].is_object()).collect();
    let kinds: Vec<_> = outcomes.iter().map(|it| it["outcome"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["supplement_asked", "accepted"]);
    assert!(outcomes[0]["outcome"]["deadline"]["until"].is_string(), "{told}");
    assert!(outcomes[0]["notice"].as_str().unwrap().starts_with(&number), "{told}");
    let export = web.get_with(&format!("{path}/data"), &[("authorization", &bearer)]).await.json();
    assert_eq!(export["events"][1]["outcome"]["materials"][0], "界址图", "{export}");
}

#[tokio::test]
async fn desk_d10_a_notice_is_for_whoever_holds_the_request_and_always_the_same() {
    let web = Web::open();
    let (number, secret) = web.handed_in("data-correction").await;
    let word = json!({ "request": number, "state": "acknowledged", "outcome": asked() });
    assert_eq!(say(&web, "registration", 0, "m-1", &word).await.status, 200);
    let own = format!("/requests/{number}");
    let pdf = format!("{own}/outcomes/2/notice.pdf");
    // Without the secret nothing is said, not even whether there is one.
    for (path, status) in [(&pdf, 404), (&format!("{own}/outcomes/2"), 200)] {
        let locked = web.get(path).await;
        locked.is_page(status);
        assert!(!locked.text().contains("界址图") && !locked.text().contains("补正"), "{path}");
    }
    let mut applicant = Browser::at(&web, 1);
    assert_eq!(applicant.post(&own, &[("secret", &secret)]).await.status, 303);
    let first = applicant.get(&pdf).await;
    assert_eq!((first.status, first.header("content-type")), (200, "application/pdf"));
    assert_eq!(first.header("cache-control"), "no-store");
    let name = format!("attachment; filename=\"{number}-02.pdf\"");
    assert_eq!(first.header("content-disposition"), name);
    assert_eq!(applicant.get(&pdf).await.body, first.body, "the same, to the byte");
    let held = paper::attached(&first.body, 1 << 20).unwrap();
    let held: Value = serde_json::from_slice(&held).unwrap();
    assert_eq!(held["notice"], format!("{number}-02"));
    let page = applicant.get(&format!("{own}/outcomes/2")).await;
    page.is_page(200);
    assert!(page.text().contains("界址图") && page.text().contains(&pdf), "{}", page.text());
    assert!(applicant.get(&own).await.text().contains("需要补正2项"));
    // Of an event that said none there is none.
    for event in ["1", "9", "x"] {
        let none = applicant.get(&format!("{own}/outcomes/{event}/notice.pdf")).await;
        assert_eq!((none.status, none.header("location")), (303, &*own), "{event}");
        applicant.get(&format!("{own}/outcomes/{event}")).await.is_page(404);
    }
}

#[tokio::test]
async fn desk_d10_a_print_at_the_counter_is_written_down_first_and_a_second_one_is_a_copy() {
    let web = Web::open();
    let (number, secret) = web.handed_in("data-correction").await;
    let word = json!({ "request": number, "state": "acknowledged", "outcome": asked() });
    assert_eq!(say(&web, "registration", 0, "m-1", &word).await.status, 200);
    let mut clerk = Browser::at(&web, 1);
    clerk.signed_in("li.na", &[Role::Clerk]).await;
    let read = [("number", &*number), ("reason", REASON)];
    let request = clerk.post("/staff/request", &read).await;
    assert!(request.text().contains("name=\"print\" value=\"2\""), "{}", request.text());
    let print = |event: &'static str| [("number", &*number), ("reason", REASON), ("print", event)];
    web.fill_audit(true);
    let full = clerk.post("/staff/request", &print("2")).await;
    full.is_page(503);
    assert!(!full.text().contains("界址图"), "{}", full.text());
    web.fill_audit(false);
    for copy in [false, true] {
        let page = clerk.post("/staff/request", &print("2")).await;
        page.is_page(200);
        assert!(page.text().contains("界址图"), "{}", page.text());
        assert_eq!(page.text().contains("副本（第2次打印）"), copy, "{}", page.text());
        let last = web.did().pop().unwrap().did;
        let StaffDid::PrintedOutcome { number: at, document, reason } = &last else {
            panic!("{last:?}")
        };
        assert_eq!((at.as_str(), *document, &**reason), (&*number, 2, REASON));
    }
    // In whichever language the clerk works: what is given out is the Chinese text, with the one place for the seal.
    clerk.cookies = clerk.cookies.replace("jm_lang=zh", "jm_lang=en");
    let page = clerk.post("/staff/request", &print("2")).await;
    let [chinese, english] = ["补正告知书", "Notice of what to add"]
        .map(|title| page.text().find(&format!("<h1>{title}")).unwrap_or(usize::MAX));
    assert!(chinese < english && english < usize::MAX, "{}", page.text());
    assert!(page.text().contains("副本（第3次打印）"), "{}", page.text());
    assert_eq!(page.text().matches("outcome-seal-place").count(), 1, "{}", page.text());
    clerk.cookies = clerk.cookies.replace("jm_lang=en", "jm_lang=zh");
    // There is none of another event, and its applicant reads who printed, by office.
    clerk.post("/staff/request", &print("1")).await.is_page(404);
    let mut applicant = Browser::at(&web, 2);
    let own = format!("/requests/{number}");
    assert_eq!(applicant.post(&own, &[("secret", &secret)]).await.status, 303);
    let page = applicant.get(&own).await;
    assert_eq!(page.text().matches("窗口打印了通知02").count(), 3, "{}", page.text());
    assert!(page.text().contains(REASON) && !page.text().contains("li.na"));
    let document = applicant.get(&format!("{own}/outcomes/2")).await;
    assert!(!document.text().contains("副本"), "the applicant's own is none");
}
