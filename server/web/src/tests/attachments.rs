//! The files of a form: kept at once, carried on, handed in with it, fetched by its department.

use axum::http::Method;
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    Clock as _,
    digest::hexadecimal,
    request::{ReceiptKey, files::address},
};
use forward::Secret;
use serde_json::Value;
use sha2::{Digest, Sha256};
use store::Attachments as _;

use super::{
    harness::{Answer, Noon, SECRET, Web, answers},
    land::HERE,
};

const BOUNDARY: &str = "----form";
/// Its department collects, and so can be asked here.
const ITEM: &str = "hazard-zone";

/// The smallest document there is, with a word in it.
pub(super) fn document(word: &str) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        format!("<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Word({word})>>"),
    ];
    let (mut text, mut table) = ("%PDF-1.4\n".to_owned(), String::new());
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", text.len()));
        text.push_str(&format!("{} 0 obj{object}endobj\n", at + 1));
    }
    let start = text.len();
    text.push_str(&format!(
        "xref\n0 4\n0000000000 65535 f \n{table}trailer<</Size 4/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    ));
    text.into_bytes()
}

/// A form in parts, and its media type.
pub(super) fn in_parts(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    (format!("multipart/form-data; boundary={BOUNDARY}"), form(fields, files))
}

fn form(fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, text) in fields {
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend([head.as_bytes(), text.as_bytes(), b"\r\n"].concat());
    }
    for (name, bytes) in files {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// Sends the form filled in, with more fields in the place of its own, and files.
async fn send(web: &Web, more: &[(&str, &str)], files: &[(&str, &[u8])]) -> Answer {
    let filled = answers(ITEM);
    let own = filled.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    let own = [("item", ITEM), ("token", "token-0000000000000000")].into_iter().chain(own);
    let taken = |name: &str| more.iter().any(|(other, _)| *other == name);
    let fields: Vec<_> = own.filter(|(name, _)| !taken(name)).chain(more.iter().copied()).collect();
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    let headers = [("content-type", &*kind), ("cookie", "jm_lang=zh")];
    let to = format!("/c/{HERE}/requests/new?item={ITEM}");
    web.ask(Method::POST, &to, &headers, form(&fields, files)).await
}

/// The form came back with everything that was typed.
#[track_caller]
fn came_back(answer: &Answer, status: u16) -> Option<String> {
    assert_eq!((answer.status, answer.kind()), (status, "text/html; charset=utf-8"));
    let typed = answers(ITEM);
    assert!(answer.text().contains(&typed["applicant_email"]), "{}", answer.text());
    answer.hidden("attachments")
}

async fn signed(web: &Web, path: &str, id: &str) -> Answer {
    let headers = Secret::parse(SECRET).unwrap().sign(id, Noon.now(), b"{}").unwrap();
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    web.ask(Method::GET, path, &headers, "{}").await
}

#[tokio::test]
async fn s5_a_file_goes_with_its_form_to_the_department_which_fetches_and_proves_it() {
    let web = Web::open();
    let page = web.get(&format!("/c/{HERE}/requests/new?item={ITEM}")).await;
    for told in ["enctype=\"multipart/form-data\"", "10 MB", "30 MB", "最多5个", "name=\"files\""]
    {
        assert!(page.text().contains(told), "told before: {told}");
    }
    let bytes = document("one");
    // A fault elsewhere: the file is kept, listed and carried on.
    let fault = send(
        &web,
        &[("applicant_email", "applicant@example.com x")],
        &[("../../裂缝.pdf", &bytes)],
    )
    .await;
    assert_eq!(fault.status, 422);
    let carried = fault.hidden("attachments").unwrap();
    assert!(fault.text().contains("裂缝.pdf") && !fault.text().contains("../"));
    let switched = send(&web, &[("attachments", &carried), ("lang", "en")], &[]).await;
    assert_eq!(came_back(&switched, 200).as_deref(), Some(&*carried));
    // A form without parts carries it too: that of a page that refused it.
    let sent = send(&web, &[("attachments", &carried)], &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let receipt = web.get_with(sent.header("location"), &[("cookie", &sent.cookies())]).await;
    let sha256 = hexadecimal(&Sha256::digest(&bytes));
    assert!(receipt.text().contains("裂缝.pdf") && receipt.text().contains(&sha256));

    let inbox = signed(&web, "/api/v1/departments/geology/inbox", "q-1").await.json();
    let body: Value =
        serde_json::from_str(inbox["deliveries"][0]["body"].as_str().unwrap()).unwrap();
    let file = &body["attachments"][0];
    assert_eq!(file["name"], "裂缝.pdf");
    assert_eq!(
        (&file["media_type"], &file["size"]),
        (&"application/pdf".into(), &bytes.len().into())
    );
    assert_eq!(file["sha256"], sha256);
    assert_eq!(file["expires"], "2026-12-22T04:00:00Z");
    let fetched = web.get(file["address"].as_str().unwrap()).await;
    assert_eq!((fetched.status, fetched.kind()), (200, "application/pdf"));
    assert_eq!(fetched.body, bytes);
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&bytes)));
    assert_eq!(fetched.header("repr-digest"), digest);
    assert_eq!(fetched.header("x-content-type-options"), "nosniff");
    assert_eq!(fetched.header("cache-control"), "no-store");
    assert_eq!(
        fetched.header("content-disposition"),
        "attachment; filename*=UTF-8''%E8%A3%82%E7%BC%9D%2Epdf"
    );

    let number = body["request"].as_str().unwrap();
    let fresh = |department: &str| {
        format!("/api/v1/departments/{department}/requests/{number}/attachments")
    };
    let again = signed(&web, &fresh("geology"), "q-2").await;
    assert_eq!((again.status, &again.json()[0]["sha256"]), (200, &sha256.into()));
    let again = web.get(again.json()[0]["address"].as_str().unwrap()).await;
    assert_eq!(again.body, bytes);
    // Another department has no part in it, and nobody without a signature.
    signed(&web, &fresh("planning"), "q-3").await.is_problem(404, "not-found");
    web.get(&fresh("geology")).await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn s5_an_address_is_good_for_one_file_and_for_a_while() {
    let web = Web::open();
    let held = send(&web, &[("attach", "yes")], &[("a.pdf", &document("a"))]).await;
    let carried = came_back(&held, 200).unwrap();
    let id = carried.split('.').next().unwrap();
    let receipts = ReceiptKey::new([7; 32]);
    let later = Noon.now() + jiff::SignedDuration::from_secs(1);
    let right = address("", &receipts, id, later);
    // Nobody has handed it in.
    web.get(&right).await.is_problem(410, "gone");
    assert_eq!(send(&web, &[("attachments", &carried)], &[]).await.status, 303);
    assert_eq!(web.get(&right).await.status, 200);
    web.get(&address("", &receipts, id, Noon.now())).await.is_problem(410, "gone");
    for wrong in [
        address("", &ReceiptKey::new([8; 32]), id, later),
        address("", &receipts, id, later).replace("expires=1", "expires=2"),
        right.split('?').next().unwrap().to_owned(),
        right.replace("expires=", "expires=x"),
        address("", &receipts, "00", later).replace("/00?", &format!("/{id}?")),
    ] {
        web.get(&wrong).await.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn whatever_is_refused_of_files_nothing_typed_is_lost_and_nothing_handed_in() {
    let web = Web::open();
    let svg = &b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>"[..];
    let whole = document("whole");
    let zip = [&whole[..], b"PK\x03\x04 PK\x01\x02 PK\x05\x06"].concat();
    let kept = send(&web, &[("attach", "yes")], &[("kept.pdf", &whole)]).await;
    let carried = came_back(&kept, 200).unwrap();
    for (name, bytes, said) in [
        ("a.svg", svg, "类型不能收"),
        ("a.html", b"<!doctype html>", "类型不能收"),
        ("a.docm", b"PK\x03\x04word/vbaProject.bin", "类型不能收"),
        ("../../x", &whole, "类型不能收"),
        ("a.png", &whole, "其实是PDF文件"),
        ("a.pdf", &whole[..whole.len() / 2], "打不开或不完整"),
        ("a.pdf", &zip, "夹带了别的内容"),
        ("a.pdf", b"", "是空文件"),
    ] {
        let refused = send(&web, &[("attachments", &carried)], &[(name, bytes)]).await;
        assert_eq!(came_back(&refused, 422).as_deref(), Some(&*carried), "{name}");
        assert!(refused.text().contains(said), "{name}: {said}");
        assert!(refused.text().contains("href=\"#files\""), "the summary leads to it");
    }
    assert!(store::Rights::listed(&*web.store).await.unwrap().rows.is_empty());
    // Nothing was chosen: what browsers send then is no file.
    assert_eq!(send(&web, &[("attachments", &carried)], &[("", b"")]).await.status, 303);
}

#[tokio::test]
async fn a_form_has_so_many_files_and_each_of_them_can_be_taken_away() {
    let web = Web::open();
    let five: Vec<Vec<u8>> = (0..5).map(|at| document(&at.to_string())).collect();
    let named: Vec<(&str, &[u8])> = ["0.pdf", "1.pdf", "2.pdf", "3.pdf", "4.pdf"]
        .into_iter()
        .zip(five.iter().map(Vec::as_slice))
        .collect();
    let held = send(&web, &[("attach", "yes")], &named).await;
    let carried = came_back(&held, 200).unwrap();
    let more = send(&web, &[("attachments", &carried)], &[("5.pdf", &document("5"))]).await;
    assert_eq!(came_back(&more, 422).as_deref(), Some(&*carried));
    assert!(more.text().contains("最多5个附件"));
    let first = carried.split('.').next().unwrap();
    let fewer = send(&web, &[("attachments", &carried), ("detach", first)], &[]).await;
    let left = came_back(&fewer, 200).unwrap();
    assert!(!left.contains(first) && left.split(' ').count() == 4, "{left}");
    assert!(!fewer.text().contains("0.pdf") && fewer.text().contains("1.pdf"));
    // What somebody makes up is nobody's file.
    let forged = format!("{first}.AAAAAAAAAAAAAAAA");
    let sent = send(&web, &[("attachments", &forged)], &[]).await;
    assert_eq!(sent.status, 303);
}

#[tokio::test]
async fn one_file_goes_with_one_request_and_the_same_form_is_the_same_request() {
    let web = Web::open();
    let bytes = document("one");
    let sent = send(&web, &[], &[("a.pdf", &bytes)]).await;
    assert_eq!(sent.status, 303);
    // Pressed twice: the file comes again, and it is the same request.
    let again = send(&web, &[], &[("a.pdf", &bytes)]).await;
    assert_eq!((again.status, again.header("location")), (303, sent.header("location")));
    let other = send(&web, &[], &[("a.pdf", &document("other"))]).await;
    assert_eq!(other.status, 422, "under the same token with another file it is another request");
    // A file that went with a request is told as the fault of the next form that names it.
    let ids: Vec<String> = {
        let number = domain::request::RequestNumber::parse(
            sent.header("location").rsplit('/').next().unwrap(),
        );
        let kept = store::Requests::request(&*web.store, &number.unwrap()).await.unwrap().unwrap();
        kept.submission.attachments.into_iter().map(|file| file.id).collect()
    };
    assert_eq!(web.store.attachments(&ids).await.unwrap().len(), 1);
    let carried =
        domain::request::files::carried(&ReceiptKey::new([7; 32]), ids.iter().map(String::as_str));
    let more = [("attachments", &*carried), ("token", "token-1111111111111111"), ("again", "yes")];
    let taken = send(&web, &more, &[]).await;
    assert_eq!(came_back(&taken, 422), None);
    assert!(taken.text().contains("已随另一份申请提交"), "{}", taken.text());
    // One that is gone altogether too.
    let gone = domain::request::files::carried(&ReceiptKey::new([7; 32]), ["0123"]);
    let gone =
        send(&web, &[("attachments", &gone), ("token", "token-2222222222222222")], &[]).await;
    assert_eq!(came_back(&gone, 422), None);
}

#[tokio::test]
async fn s11_the_files_of_a_draft_wait_as_long_as_it_does_and_go_with_it() {
    let web = Web::open();
    let page = send(&web, &[("step", "save")], &[("裂缝.pdf", &document("draft"))]).await;
    page.is_page(200);
    for told in ["<h1>草稿已保存</h1>", "裂缝.pdf", "附件和草稿一起保存到2026年12月22日"]
    {
        assert!(page.text().contains(told), "{told}: {}", page.text());
    }
    let carried = page.hidden("attachments").unwrap();
    let id = carried.split(['.', ' ', ':']).next().unwrap().to_owned();
    let held = async || web.store.attachments(std::slice::from_ref(&id)).await.unwrap();
    let until = Noon.now() + jiff::SignedDuration::from_hours(24 * 30);
    assert_eq!(held().await[0].state, store::AttachmentState::Held(until));
    // It is there when the draft is gone on with, and goes when the draft is thrown away.
    let of = |name: &str| page.hidden(name).unwrap();
    let [number, secret] = [of("draft"), of("draft_secret")];
    let opened = web.post("/drafts", &[], &[("number", &number), ("secret", &secret)]).await;
    assert!(opened.text().contains("裂缝.pdf"), "{}", opened.text());
    let more = [("number", &*number), ("secret", &*secret), ("step", "discard")];
    web.post("/drafts", &[], &more).await.is_page(200);
    assert!(held().await.is_empty());
}

#[tokio::test]
async fn s14_a_form_with_large_files_that_is_one_too_many_keeps_what_was_typed() {
    let web = Web::set(|settings| {
        settings.limits.submissions_per_minute = 1;
        settings.limits.submission_burst = 1;
    });
    let large = vec![b'%'; 300 * 1024];
    let sent = async || send(&web, &[("step", "review")], &[("照片.jpg", &large)]).await;
    let refused = loop {
        let answer = sent().await;
        if answer.status == 429 {
            break answer;
        }
        assert_eq!(answer.status, 422, "{}", answer.text());
    };
    came_back(&refused, 429);
    assert!(refused.headers.contains_key("retry-after"));
    for told in ["没有保存", "重新选择文件", "回到表单", "choose the files again"] {
        assert!(refused.text().contains(told), "{told}: {}", refused.text());
    }
    // It leads to the fields: what is sent from here goes no step on without its files.
    assert_eq!(refused.hidden("carried").as_deref(), Some("yes"));
    assert_eq!(refused.hidden("token").as_deref(), Some("token-0000000000000000"));
}

#[tokio::test]
async fn one_address_brings_only_so_many_files_a_day_and_loses_nothing_that_it_typed() {
    let web = Web::set(|settings| settings.limits.upload_burst = 1);
    let one = document("one");
    let sent = send(&web, &[], &[("a.pdf", &one), ("b.pdf", &one)]).await;
    let kept = came_back(&sent, 422).unwrap();
    assert_eq!(kept.split(' ').count(), 1, "{kept}");
    assert!(sent.text().contains("今天上传的文件太多") && sent.text().contains("b.pdf"));
}
