//! A request that was decided is asked to be taken up again: the department is told once, and its word opens it.

use domain::request::RequestNumber;
use serde_json::{Value, json};
use store::Rights as _;

use super::{callbacks::say, harness::Web};

const ITEM: &str = "hazard-zone";
const REASON: &str = "答复里的地块不对，请重新查";

/// What its department is told after the request itself.
async fn told(web: &Web, number: &str) -> Vec<Value> {
    let number = RequestNumber::parse(number).unwrap();
    let dossier = web.store.dossier(&number).await.unwrap().unwrap();
    assert_eq!(dossier.deliveries.len(), dossier.messages.len(), "each is on its way once");
    dossier.messages.into_iter().skip(1).map(|message| message.content).collect()
}

#[tokio::test]
async fn s8_an_applicant_asks_to_have_it_taken_up_again_and_the_department_is_told_once() {
    let web = Web::open();
    let (number, secret) = web.handed_in(ITEM).await;
    let page = format!("/requests/{number}");
    let opened = web.post(&page, &[], &[("secret", &secret)]).await;
    let (path, cookies) = (format!("{page}/reopen"), opened.cookies());
    let headers = [("cookie", cookies.as_str())];
    let reason = [("reopening_reason", REASON)];
    let word = |state: &str| json!({ "request": number, "state": state, "note": state });
    // Nothing is taken up again that is not done.
    let early = web.post(&path, &headers, &reason).await;
    early.is_page(409);
    assert!(early.text().contains(REASON), "{}", early.text());
    assert_eq!(say(&web, "geology", 0, "m-1", &word("decided")).await.status, 200);
    let shown = web.get_with(&page, &headers).await;
    for part in ["请求重新办理", "2026年12月22日", "reopening_reason", "12345"] {
        assert!(shown.text().contains(part), "{part}: {}", shown.text());
    }
    say(&web, "geology", 0, "m-2", &word("in_progress")).await.is_problem(409, "conflict");
    web.post(&path, &headers, &[("reopening_reason", " ")]).await.is_page(422);
    let switched = [reason[0], ("lang", "en")];
    let switched = web.post(&path, &headers, &switched).await;
    assert!(switched.status == 200 && switched.text().contains(REASON), "{}", switched.text());
    assert_eq!(told(&web, &number).await, Vec::<Value>::new(), "nothing is sent by a switch");

    let asked = web.post(&path, &headers, &reason).await;
    let there = format!("{page}#take-up-again");
    assert_eq!((asked.status, asked.header("location")), (303, &*there), "{}", asked.text());
    // Pressed twice it is asked once.
    web.post(&path, &headers, &reason).await.is_page(409);
    let [told] = told(&web, &number).await.try_into().unwrap();
    assert_eq!(told["kind"], "request.corrected", "what every department knows");
    assert_eq!(told["reopening"]["reason"], REASON);
    assert_eq!((&told["request"], &told["item"]), (&json!(number), &json!(ITEM)));
    assert!(told["applicant"].as_object().is_some_and(|it| !it.is_empty()), "all of it: {told}");
    let waits = web.get_with(&page, &headers).await;
    assert!(waits.text().contains("正在等部门答复") && waits.text().contains("办结"));

    // Its applicant deletes nothing while that is open, and is told why.
    let confirm = [("confirm", "yes")];
    let kept = web.post(&format!("{page}/delete"), &headers, &confirm).await;
    kept.is_page(409);

    // A word from before, sent again, is none on what was asked: it says which ask it answers.
    let late = say(&web, "geology", 0, "m-2", &word("in_progress")).await;
    let problem = late.is_problem(409, "conflict");
    assert!(problem.to_string().contains("`reopening`"), "{problem}");
    let mut takes_up = word("in_progress");
    takes_up["reopening"] = told["reopening"]["asked_at"].clone();
    assert_eq!(say(&web, "geology", 0, "m-3", &takes_up).await.status, 200);
    let open = web.get_with(&page, &headers).await;
    assert!(open.text().contains("（重新办理）") && open.text().contains("办理中"));
    assert!(web.store.ended().await.unwrap().rows.is_empty(), "its retention does not run");
    let bearer = format!("Bearer {secret}");
    let headers = [("authorization", bearer.as_str())];
    let api = format!("/api/v1/requests/{number}");
    assert_eq!(web.get_with(&api, &headers).await.json()["state"], "in_progress");
    let again = json!({ "reason": REASON });
    let again = web.post_json(&format!("{api}/reopening"), &headers, &again).await;
    again.is_problem(409, "conflict");
    assert_eq!(say(&web, "geology", 0, "m-4", &word("decided")).await.status, 200);
    let again = json!({ "reason": REASON });
    let again = web.post_json(&format!("{api}/reopening"), &headers, &again).await;
    assert_eq!((again.status, again.json()), (200, json!({ "changed": true })));
}
