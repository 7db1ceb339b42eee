//! A form that is saved is gone on with by number and secret, by nobody else, and not for longer than said.

use super::{
    harness::{Answer, Web, answers},
    land::{CLASSIFIED, FAR, HERE},
};

const ITEM: &str = "data-correction";
const KEY: &str = "token-0000000000000000";

fn path(code: &str) -> String {
    format!("/c/{code}/requests/new?item={ITEM}")
}

async fn send(web: &Web, code: &str, more: &[(&str, &str)]) -> Answer {
    let filled = answers(ITEM);
    let own = [("item", ITEM), ("token", KEY), ("seen", "small/1")];
    let mut form: Vec<(&str, &str)> = own.into_iter().collect();
    form.extend(filled.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(more);
    web.post(&path(code), &[("cookie", "jm_form=1")], &form).await
}

/// Number and secret of the draft that a page carries.
fn held(page: &Answer) -> [String; 2] {
    ["draft", "draft_secret"]
        .map(|name| page.hidden(name).unwrap_or_else(|| panic!("no draft: {}", page.text())))
}

async fn open(web: &Web, [number, secret]: &[String; 2]) -> Answer {
    web.post("/drafts", &[], &[("number", number), ("secret", secret)]).await
}

async fn saved(web: &Web, more: &[(&str, &str)]) -> [String; 2] {
    let page = send(web, HERE, &[&[("step", "save")], more].concat()).await;
    page.is_page(200);
    assert!(page.text().contains("<h1>草稿已保存</h1>"), "{}", page.text());
    held(&page)
}

#[tokio::test]
async fn s11_what_was_saved_is_gone_on_with_as_it_was_typed() {
    let web = Web::open();
    // Whatever is wrong with it.
    let held = saved(&web, &[("applicant_phone", "12"), ("consent", "")]).await;
    let back = open(&web, &held).await;
    back.is_page(200);
    assert!(back.text().contains("value=\"12\"") && back.text().contains("写了 &lt;b&gt;很多"));
    assert_eq!(back.hidden("token").as_deref(), Some(KEY), "handed in from both, it is one");
    assert_eq!(self::held(&back), held);
    // Its address tells neither; as people write them, both are read.
    let [number, secret] = &held;
    let written = [number.to_lowercase().replace('-', " "), secret.to_lowercase()];
    assert_eq!(self::held(&open(&web, &written).await), held);
    // Saved again it is the same draft, also from the same form without it.
    let (number, secret) = (number.as_str(), secret.as_str());
    let more = [("draft", number), ("draft_secret", secret), ("what_is_right", "改过")];
    assert_eq!(saved(&web, &more).await, held);
    assert!(open(&web, &held).await.text().contains("改过"));
    let others = saved(&web, &[("what_is_right", "再改")]).await;
    assert_ne!(others[0], held[0], "what others type into the same form is a draft of its own");
    // The form of somebody else is another.
    assert_ne!(saved(&web, &[("token", "token-0000000000000001")]).await[0], held[0]);
    // A switch says it again.
    let english = send(&web, HERE, &[("step", "save"), ("lang", "en")]).await;
    assert!(english.text().contains("<h1>Draft saved</h1>"), "{}", english.text());
}

#[tokio::test]
async fn s11_a_draft_that_is_not_there_and_a_wrong_secret_are_answered_alike() {
    let web = Web::open();
    let [number, secret] = saved(&web, &[]).await;
    let wrong = [number.clone(), "ABCDEFGH2345".to_owned()];
    let absent = ["CG-22222222".to_owned(), secret.clone()];
    let (wrong, absent) = (open(&web, &wrong).await, open(&web, &absent).await);
    for answer in [&wrong, &absent] {
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("没有打开草稿"), "{}", answer.text());
        assert!(!answer.text().contains("写了"), "{}", answer.text());
    }
    // Nobody saves over, or deletes, what is not theirs.
    let more = [("draft", number.as_str()), ("draft_secret", "ABCDEFGH2345")];
    let other = [&more[..], &[("token", "token-0000000000000001")]].concat();
    assert_ne!(saved(&web, &other).await[0], number);
    let kept = send(&web, HERE, &[&more[..], &[("step", "discard")]].concat()).await;
    assert!(kept.text().contains("id=\"request-form\""), "{}", kept.text());
    assert_eq!(open(&web, &[number, secret]).await.status, 200);
}

#[tokio::test]
async fn s11_a_draft_goes_when_it_is_handed_in_or_deleted() {
    let web = Web::open();
    let held = saved(&web, &[]).await;
    let [number, secret] = [held[0].as_str(), held[1].as_str()];
    let draft = [("draft", number), ("draft_secret", secret)];
    // Read through, it is there still.
    let review = send(&web, HERE, &[&draft[..], &[("step", "review")]].concat()).await;
    assert_eq!(self::held(&review), held);
    assert_eq!(open(&web, &held).await.status, 200);
    let sent = send(&web, HERE, &[&draft[..], &[("step", "submit")]].concat()).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    assert_eq!(open(&web, &held).await.status, 422);
    for way in ["form", "drafts"] {
        let held = saved(&web, &[("token", &format!("token-of-{way}-0000000000"))]).await;
        let [number, secret] = [held[0].as_str(), held[1].as_str()];
        let deleted = if way == "form" {
            let draft = [("draft", number), ("draft_secret", secret), ("step", "discard")];
            send(&web, HERE, &draft).await
        } else {
            let draft = [("number", number), ("secret", secret), ("step", "discard")];
            web.post("/drafts", &[], &draft).await
        };
        deleted.is_page(200);
        assert!(deleted.text().contains("<h1>草稿已删除</h1>"), "{}", deleted.text());
        assert_eq!(open(&web, &held).await.status, 422, "{way}");
    }
}

#[tokio::test]
async fn p5_nothing_is_saved_of_a_place_that_is_not_there_or_classified() {
    let web = Web::open();
    for code in [FAR, CLASSIFIED] {
        let refused = send(&web, code, &[("step", "save")]).await;
        assert_eq!(refused.status, 404);
        assert!(refused.hidden("draft").is_none() && refused.text().contains("写了 &lt;b&gt;"));
    }
}

#[tokio::test]
async fn s11_drafts_are_counted_as_what_is_handed_in() {
    let web = Web::set(|settings| {
        settings.limits.submissions_per_minute = 1;
        settings.limits.submission_burst = 1;
    });
    saved(&web, &[]).await;
    let waiting = send(&web, HERE, &[("step", "save")]).await;
    assert_eq!(waiting.status, 429);
    assert!(waiting.text().contains("写了 &lt;b&gt;"), "{}", waiting.text());
}

#[tokio::test]
async fn s11_a_draft_goes_with_the_request_of_its_form_and_none_is_saved_after_it() {
    let web = Web::open();
    let held = saved(&web, &[]).await;
    // Handed in from a page that knew of no draft.
    let sent = send(&web, HERE, &[("step", "submit")]).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let request = sent.header("location").to_owned();
    let cookies = sent.cookies();
    // Back, by the browser's button: what is typed now is no draft of a form that was handed in.
    let after = send(&web, HERE, &[("step", "save"), ("what_is_right", "后来改的")]).await;
    assert_eq!(after.status, 422, "{}", after.text());
    assert!(after.hidden("draft").is_none() && after.text().contains("后来改的"));
    assert!(after.text().contains(request.trim_start_matches("/requests/")), "{}", after.text());
    assert_ne!(after.hidden("token").as_deref(), Some(KEY), "what follows is another form");
    // The draft of before is there until its request goes.
    assert_eq!(open(&web, &held).await.status, 200);
    for step in ["withdraw", "delete"] {
        let path = format!("{request}/{step}");
        let done = web.post(&path, &[("cookie", &cookies)], &[("confirm", "yes")]).await;
        assert_eq!(done.status, 303, "{step}: {}", done.text());
    }
    assert_eq!(open(&web, &held).await.status, 422);
}
