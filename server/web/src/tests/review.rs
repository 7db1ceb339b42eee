//! What is about to be handed in is read through first, and nothing of it is kept until it is.

use super::{
    harness::{Answer, Web, answers},
    land::{FORMER, HERE},
};

const ITEM: &str = "data-correction";
const PLANNING: &str = "planning-conformity";
const KEY: &str = "token-0000000000000000";

fn path(code: &str, item: &str) -> String {
    format!("/c/{code}/requests/new?item={item}")
}

/// A form of `item` that was filled in, with these fields instead of its own.
fn filled<'f>(item: &'f str, more: &[(&'f str, &'f str)]) -> Vec<(String, String)> {
    let own = [("item", item), ("token", KEY), ("seen", "small/1")];
    let own = own.map(|(name, text)| (name.to_owned(), text.to_owned()));
    let mut form: Vec<_> = own.into_iter().chain(answers(item)).collect();
    form.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    form.extend(more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    form
}

async fn send(web: &Web, code: &str, item: &str, more: &[(&str, &str)]) -> Answer {
    let form = filled(item, more);
    let form: Vec<_> = form.iter().map(|(name, text)| (&**name, &**text)).collect();
    web.post(&path(code, item), &[("cookie", "jm_form=1")], &form).await
}

/// The hidden fields of the page's form, as a browser sends them along with one of its buttons.
async fn press(web: &Web, page: &Answer, name: &str, value: &str) -> Answer {
    let (_, form) = page.text().split_once("id=\"request-form\"").expect("a form");
    let (form, _) = form.split_once("</form>").unwrap();
    let hidden = form.split("<input type=\"hidden\" name=\"").skip(1).map(|rest| {
        let (name, rest) = rest.split_once("\" value=\"").unwrap();
        let value = html_escape::decode_html_entities(rest.split('"').next().unwrap());
        (name.to_owned(), value.into_owned())
    });
    let mut fields: Vec<_> = hidden.collect();
    fields.push((name.to_owned(), value.to_owned()));
    let fields: Vec<_> = fields.iter().map(|(name, text)| (&**name, &**text)).collect();
    web.post(&path(HERE, ITEM), &[("cookie", "jm_form=1")], &fields).await
}

#[track_caller]
fn is_review(page: &Answer) {
    assert_eq!((page.status, page.header("cache-control")), (200, "private, no-cache"));
    assert!(page.text().contains("<h1>请核对后提交</h1>"), "{}", page.text());
}

#[tokio::test]
async fn s10_what_is_about_to_be_handed_in_is_read_as_its_department_will_get_it() {
    let web = Web::open();
    let page = send(&web, HERE, ITEM, &[("step", "review")]).await;
    is_review(&page);
    // As it was read, not as it was typed; with its option in words.
    assert!(page.text().contains("+86 138 0013 8000"), "{}", page.text());
    assert!(page.text().contains("写了 &lt;b&gt;很多&lt;/b&gt;"), "{}", page.text());
    assert!(page.text().contains("受理部门"), "{}", page.text());
    assert_eq!(page.hidden("token").as_deref(), Some(KEY));
    assert_eq!(page.hidden("applicant_phone").as_deref(), Some("13800138000"), "as it was typed");
    // Each answer leads back to its field.
    for name in answers(ITEM).keys() {
        let way = format!("formaction=\"{}#{name}\"", path(HERE, ITEM));
        assert!(page.text().contains(&way), "{name}: {}", page.text());
    }
    // Read through as often as one likes, it is nowhere; handed in twice, it is one request.
    is_review(&send(&web, HERE, ITEM, &[("step", "review")]).await);
    let sent = press(&web, &page, "step", "submit").await;
    let again = press(&web, &page, "step", "submit").await;
    assert_eq!((sent.status, again.status), (303, 303), "{}", sent.text());
    assert!(sent.cookies().contains(".new."), "it is the first: {}", sent.cookies());
    assert_eq!(sent.header("location"), again.header("location"));
    // Whoever goes back to it is led to its receipt.
    let back = send(&web, HERE, ITEM, &[("step", "review")]).await;
    assert_eq!((back.status, back.header("location")), (303, sent.header("location")));
}

#[tokio::test]
async fn s10_what_stands_against_handing_in_is_said_before_it() {
    let web = Web::open();
    let fault = send(&web, HERE, ITEM, &[("step", "review"), ("applicant_phone", "12")]).await;
    assert_eq!(fault.status, 422);
    assert!(fault.text().contains("error-summary") && fault.text().contains("value=\"12\""));
    assert_eq!(fault.hidden("token").as_deref(), Some(KEY), "its key goes with it");
    assert_eq!(send(&web, FORMER, PLANNING, &[("step", "review")]).await.status, 409);
    assert_eq!(send(&web, FORMER, ITEM, &[("step", "review")]).await.status, 409);
    let known = send(&web, FORMER, ITEM, &[("step", "review"), ("ended", "yes")]).await;
    is_review(&known);
    assert!(known.text().contains("这是旧代码") && known.hidden("ended").is_some());
    let gone = send(&web, HERE, ITEM, &[("step", "review"), ("item", "no-such")]).await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn s10_no_switch_and_no_way_back_loses_what_was_read_through() {
    let web = Web::open();
    let page = send(&web, HERE, ITEM, &[("step", "review")]).await;
    let english = press(&web, &page, "lang", "en").await;
    assert_eq!(english.status, 200);
    assert!(
        english.text().contains("<h1>Check your answers, then submit</h1>"),
        "{}",
        english.text()
    );
    let larger = press(&web, &english, "elder", "1").await;
    is_review(&larger);
    let fields = press(&web, &larger, "step", "change").await;
    assert_eq!(fields.status, 200);
    assert_eq!(fields.hidden("token").as_deref(), Some(KEY));
    assert!(
        fields.text().contains("value=\"13800138000\"") && fields.text().contains("写了 &lt;b&gt;")
    );
    // What nobody knows is never handing in.
    let unknown = press(&web, &page, "step", "hand-over").await;
    assert!(unknown.status == 200 && unknown.text().contains("value=\"13800138000\""));
    assert_eq!(press(&web, &larger, "step", "submit").await.status, 303);
}
