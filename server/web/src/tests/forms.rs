use axum::http::Method;

use super::{
    harness::{Answer, Web, answers},
    land::{CLASSIFIED, FAR, FORMER, HERE},
};

const ITEM: &str = "data-correction";
/// Is asked for at codes in force only.
const PLANNING: &str = "planning-conformity";
/// What of [`answers`] comes back on a page.
const GIVEN_BACK: &str = "写了 &lt;b&gt;很多&lt;/b&gt;";

fn path(code: &str, item: &str) -> String {
    format!("/c/{code}/requests/new?item={item}")
}

/// A form that was filled in, and one more field.
async fn send(web: &Web, headers: &[(&str, &str)], to: &str, more: &[(&str, &str)]) -> Answer {
    let item = to.rsplit('=').next().unwrap();
    let filled = answers(if item == PLANNING { PLANNING } else { ITEM });
    let mut form: Vec<(&str, &str)> = vec![("item", item), ("token", "token-0000000000000000")];
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    let asked = filled.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    form.extend(asked.filter(|(name, _)| !more.iter().any(|(other, _)| other == name)));
    form.extend(more);
    web.post(to, headers, &form).await
}

#[track_caller]
fn gives_back(answer: &Answer, status: u16) {
    assert_eq!((answer.status, answer.kind()), (status, "text/html; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.text().contains(GIVEN_BACK), "{}", answer.text());
}

#[tokio::test]
async fn s5_a_form_leads_to_its_receipt_and_the_same_form_to_the_same() {
    let web = Web::open();
    let form = web.get(&path(HERE, ITEM)).await;
    assert_eq!((form.status, form.header("cache-control")), (200, "private, no-cache"));
    assert!(form.hidden("token").is_some() && form.hidden("seen").is_some());
    let kept = form.cookies();
    let headers = [("cookie", kept.as_str())];
    let sent = send(&web, &headers, &path(HERE, ITEM), &[]).await;
    assert_eq!((sent.status, sent.header("cache-control")), (303, "no-store"));
    assert!(sent.header("location").starts_with("/requests/JM-20261122-"));
    let opened = web.get_with(sent.header("location"), &[("cookie", &sent.cookies())]).await;
    opened.is_page(200);
    let again = send(&web, &headers, &path(HERE, ITEM), &[]).await;
    assert_eq!((again.status, again.header("location")), (303, sent.header("location")));
}

#[tokio::test]
async fn a_browser_without_cookies_reads_its_receipt_at_once() {
    let web = Web::open();
    let receipt = send(&web, &[], &path(HERE, ITEM), &[]).await;
    receipt.is_page(200);
    assert!(receipt.text().contains("JM-20261122-"));
}

#[tokio::test]
async fn s5_whatever_stands_against_a_form_it_comes_back() {
    let web = Web::open();
    let kept = web.get(&path(HERE, ITEM)).await.cookies();
    let headers = [("cookie", kept.as_str())];
    let fault = send(&web, &headers, &path(HERE, ITEM), &[("applicant_phone", "12")]).await;
    gives_back(&fault, 422);
    gives_back(&send(&web, &headers, &path(HERE, "no-such"), &[]).await, 404);
    gives_back(&send(&web, &headers, &path("nonsense", ITEM), &[]).await, 404);
    gives_back(&send(&web, &headers, &path(FORMER, PLANNING), &[]).await, 409);
    // Can be asked for at a code that has ended too, once that is said.
    gives_back(&send(&web, &headers, &path(FORMER, ITEM), &[]).await, 409);
    let said = send(&web, &headers, &path(FORMER, ITEM), &[("ended", "yes")]).await;
    assert_eq!(said.status, 303, "{}", said.text());
    // Under the same token something else.
    let sent = send(&web, &headers, &path(FORMER, ITEM), &[("what_is_right", "改过")]).await;
    gives_back(&sent, 422);
    // A switch of language hands nothing in.
    let switched = send(&web, &headers, &path(HERE, ITEM), &[("lang", "en")]).await;
    gives_back(&switched, 200);
    assert!(switched.text().contains("<html lang=\"en\""));
}

#[tokio::test]
async fn p5_the_form_of_a_classified_place_and_of_none_come_back_alike() {
    let web = Web::open();
    let (none, classified) = (
        send(&web, &[], &path(FAR, ITEM), &[]).await,
        send(&web, &[], &path(CLASSIFIED, ITEM), &[]).await,
    );
    gives_back(&none, 404);
    gives_back(&classified, 404);
    let said = |answer: &Answer| {
        let (_, rest) = answer.text().split_once("<h1").unwrap();
        rest.split("</h1>").next().unwrap().to_owned()
    };
    assert_eq!(said(&none), said(&classified));
    assert_eq!(web.get(&path(FAR, ITEM)).await.status, 404);
    assert_eq!(web.get(&path(CLASSIFIED, ITEM)).await.status, 404);
}

#[tokio::test]
async fn what_is_no_form_of_ours_is_refused_with_what_was_typed() {
    let web = Web::set(|settings| settings.limits.body_bytes = 2_000);
    let to = path(HERE, ITEM);
    let gbk = [("content-type", "application/x-www-form-urlencoded; charset=gbk")];
    let unread = web.ask(Method::POST, &to, &gbk, "applicant_name=%D5%C5%C8%FD").await;
    unread.is_page(415);
    assert!(unread.text().contains("张三"));
    let long = "x".repeat(3_000);
    let large = web.post(&to, &[], &[("what_is_wrong", &long)]).await;
    large.is_page(413);
    assert!(large.text().contains(&"x".repeat(1_000)));
}

#[tokio::test]
async fn who_sends_too_many_has_the_form_back_and_is_told_to_wait() {
    let web = Web::set(|settings| {
        settings.limits.submissions_per_minute = 1;
        settings.limits.submission_burst = 1;
    });
    let to = path(HERE, ITEM);
    assert_eq!(send(&web, &[], &to, &[]).await.status, 200);
    let second = [("token", "token-0000000000000001"), ("what_is_right", "又一份")];
    let waiting = send(&web, &[], &to, &second).await;
    gives_back(&waiting, 429);
    assert!(!waiting.header("retry-after").is_empty());
    // At the door nothing is rendered, and it is given back all the same.
    let mut last = waiting;
    for _ in 0..10 {
        last = send(&web, &[], &to, &second).await;
    }
    gives_back(&last, 429);
    assert!(last.text().contains("再次提交") && !last.header("retry-after").is_empty());
}
