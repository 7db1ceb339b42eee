//! Files that programs bring: whole, in parts, refused, handed in.

use axum::http::Method;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::digest::hex_digest;
use serde_json::{Value, json};

use super::{
    attachments::document,
    harness::{Answer, Web, answers},
    land::HERE,
};

/// Its department collects, and so can be asked here.
const ITEM: &str = "hazard-zone";
const UPLOADS: &str = "/api/v1/uploads";
const TUS: (&str, &str) = ("tus-resumable", "1.0.0");
const PART: (&str, &str) = ("content-type", "application/offset+octet-stream");

async fn bring(web: &Web, name: &str, bytes: &[u8]) -> Answer {
    let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    web.ask(Method::POST, &format!("{UPLOADS}?name={name}"), &[], bytes.to_vec()).await
}

fn id(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

async fn hand_in(web: &Web, key: &str, item: &str, attachments: Value) -> Answer {
    let body = json!({
        "item": item, "code": HERE, "answers": answers(item), "attachments": attachments,
    });
    web.post_json("/api/v1/requests", &[("idempotency-key", key)], &body).await
}

#[tokio::test]
async fn s5_a_program_brings_a_file_and_hands_it_in_with_one_request() {
    let web = Web::open();
    let bytes = document("one");
    let brought = bring(&web, "../裂缝.pdf", &bytes).await;
    assert_eq!(brought.status, 201, "{}", brought.text());
    let said = brought.json();
    assert_eq!(
        (&said["name"], &said["media_type"]),
        (&"裂缝.pdf".into(), &"application/pdf".into())
    );
    assert_eq!((&said["size"], &said["offset"]), (&bytes.len().into(), &bytes.len().into()));
    assert_eq!(said["sha256"], hex_digest(&bytes));
    assert_eq!(said["until"], "2026-11-23T04:00:00Z", "it says how long it waits");
    assert_eq!(brought.header("cache-control"), "no-store");
    let file = id(&brought);
    assert_eq!(brought.header("location"), format!("{UPLOADS}/{file}"));
    assert_eq!(web.get(brought.header("location")).await.json(), said);

    let first = hand_in(&web, "0123456789abcdef-1", ITEM, json!([file, file])).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let number = first.json()["number"].as_str().unwrap().to_owned();
    let number = domain::request::RequestNumber::parse(&number).unwrap();
    let kept = store::Requests::request(&*web.store, &number).await.unwrap().unwrap();
    let [attached] = kept.submission.attachments.try_into().unwrap();
    assert_eq!((&*attached.name, attached.sha256), ("裂缝.pdf", hex_digest(&bytes)));
    assert_eq!(web.get(&attached.address).await.body, bytes, "its department fetches it");
    // The same once more is the same; another request has no part in the file.
    let again = hand_in(&web, "0123456789abcdef-1", ITEM, json!([file])).await;
    assert_eq!(
        (again.status, again.json()["number"].as_str()),
        (200, first.json()["number"].as_str())
    );
    let other = hand_in(&web, "0123456789abcdef-2", ITEM, json!([file])).await;
    other.is_problem(422, "file-gone");
    web.get(&format!("{UPLOADS}/{file}")).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn whatever_is_refused_of_a_file_says_which_and_keeps_nothing() {
    let web = Web::set(|settings| settings.limits.upload_burst = 100);
    let whole = document("whole");
    let zip = [&whole[..], b"PK\x03\x04 PK\x01\x02 PK\x05\x06"].concat();
    for (name, bytes, status, problem) in [
        ("a.svg", &b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"[..], 422, "file-type"),
        ("a", &whole, 422, "file-type"),
        ("a.png", &whole, 422, "file-type"),
        ("a.pdf", &whole[..whole.len() / 2], 422, "file-broken"),
        ("a.pdf", &zip, 422, "file-active"),
        ("a.pdf", b"", 422, "file-empty"),
        ("a.pdf", &vec![b' '; 11 << 20], 413, "too-large"),
    ] {
        bring(&web, name, bytes).await.is_problem(status, problem);
    }
    web.ask(Method::POST, UPLOADS, &[], whole.clone()).await.is_problem(400, "bad-request");
    // What nobody brought, and more than the service takes.
    let made_up = hand_in(&web, "0123456789abcdef-1", ITEM, json!(["0123.AAAAAAAAAAAAAAAA"])).await;
    made_up.is_problem(422, "file-gone");
    let mut six = Vec::new();
    for at in 0..6 {
        six.push(id(&bring(&web, "a.pdf", &document(&at.to_string())).await));
    }
    let many = hand_in(&web, "0123456789abcdef-2", ITEM, json!(six)).await;
    many.is_problem(422, "files-too-many");
    let none = hand_in(&web, "0123456789abcdef-3", "planning-conformity", json!([six[0]])).await;
    none.is_problem(422, "files-too-many");
    assert!(store::Rights::listed(&*web.store).await.unwrap().rows.is_empty());
    // A page of another site brings nothing.
    let foreign = [("origin", "https://evil.example")];
    let foreign = web.ask(Method::POST, &format!("{UPLOADS}?name=a.pdf"), &foreign, whole).await;
    foreign.is_problem(403, "cross-site");
}

#[tokio::test]
async fn one_address_brings_only_so_many_files_whole_or_in_parts() {
    let web = Web::set(|settings| settings.limits.upload_burst = 2);
    let bytes = document("one");
    assert_eq!(bring(&web, "a.pdf", &bytes).await.status, 201);
    assert_eq!(announce(&web, "b.pdf", 100).await.status, 201);
    let refused = bring(&web, "c.pdf", &bytes).await;
    refused.is_problem(429, "too-many-requests");
    assert!(refused.headers.contains_key("retry-after"));
    announce(&web, "d.pdf", 100).await.is_problem(429, "too-many-requests");
}

async fn announce(web: &Web, name: &str, bytes: usize) -> Answer {
    let (length, name) = (bytes.to_string(), format!("filename {}", STANDARD.encode(name)));
    let headers = [TUS, ("upload-length", &length), ("upload-metadata", &name)];
    web.ask(Method::POST, UPLOADS, &headers, "").await
}

async fn part(web: &Web, to: &str, offset: usize, bytes: &[u8]) -> Answer {
    let offset = offset.to_string();
    web.ask(Method::PATCH, to, &[TUS, PART, ("upload-offset", &offset)], bytes.to_vec()).await
}

#[tokio::test]
async fn s5_a_file_comes_in_parts_as_tus_has_it() {
    let web = Web::open();
    let bytes = document("one");
    let announced = announce(&web, "裂缝.pdf", bytes.len()).await;
    assert_eq!(announced.status, 201, "{}", announced.text());
    assert_eq!(announced.header("tus-resumable"), "1.0.0");
    assert_eq!(announced.header("upload-expires"), "Mon, 23 Nov 2026 04:00:00 GMT");
    let at = announced.header("location").to_owned();
    let file = id(&announced);
    let not_whole = hand_in(&web, "0123456789abcdef-1", ITEM, json!([file])).await;
    not_whole.is_problem(409, "conflict");
    let sent = part(&web, &at, 0, &bytes[..100]).await;
    assert_eq!((sent.status, sent.header("upload-offset")), (204, "100"));
    let asked = web.ask(Method::HEAD, &at, &[TUS], "").await;
    let length = bytes.len().to_string();
    assert_eq!((asked.status, asked.header("upload-offset")), (200, "100"));
    assert_eq!(
        (asked.header("upload-length"), asked.header("cache-control")),
        (&*length, "no-store")
    );
    part(&web, &at, 0, &bytes).await.is_problem(409, "conflict");
    part(&web, &at, 100, &[&bytes[100..], b"x"].concat()).await.is_problem(400, "bad-request");
    let offset = ("upload-offset", "100");
    let other = web.ask(Method::PATCH, &at, &[PART, offset, ("tus-resumable", "0.2.2")], "x").await;
    other.is_problem(412, "other-version");
    assert_eq!(other.header("tus-version"), "1.0.0");
    let other =
        web.ask(Method::PATCH, &at, &[TUS, offset, ("content-type", "text/plain")], "x").await;
    other.is_problem(415, "bad-request");
    let whole = part(&web, &at, 100, &bytes[100..]).await;
    assert_eq!((whole.status, whole.header("upload-offset")), (204, &*length));
    let asked = web.ask(Method::HEAD, &at, &[TUS], "").await;
    assert_eq!(
        (asked.header("upload-offset"), asked.header("upload-length")),
        (&*length, &*length)
    );
    assert_eq!(web.get(&at).await.json()["sha256"], hex_digest(&bytes));
    let sent = hand_in(&web, "0123456789abcdef-1", ITEM, json!([file])).await;
    assert_eq!(sent.status, 201, "{}", sent.text());

    // One that is no file when it is whole, one that is thrown away, and one that never was.
    let announced = announce(&web, "a.png", bytes.len()).await;
    let at = announced.header("location");
    part(&web, at, 0, &bytes).await.is_problem(422, "file-type");
    web.get(at).await.is_problem(404, "not-found");
    let announced = announce(&web, "a.pdf", 100).await;
    let at = announced.header("location");
    assert_eq!(web.ask(Method::DELETE, at, &[TUS], "").await.status, 204);
    web.ask(Method::DELETE, at, &[TUS], "").await.is_problem(404, "not-found");
    part(&web, at, 0, b"x").await.is_problem(404, "not-found");
    part(&web, &format!("{UPLOADS}/x"), 0, b"x").await.is_problem(404, "not-found");
    // What is no method of theirs is none of theirs.
    web.ask(Method::PATCH, "/api/v1/requests", &[TUS], "")
        .await
        .is_problem(405, "method-not-allowed");
    web.ask(Method::DELETE, UPLOADS, &[TUS], "").await.is_problem(405, "method-not-allowed");
    for (length, name) in [
        ("0", "filename YS5wZGY="),
        ("99999999999", "filename YS5wZGY="),
        ("x", "filename YS5wZGY="),
        ("9", ""),
    ] {
        let headers = [TUS, ("upload-length", length), ("upload-metadata", name)];
        let refused = web.ask(Method::POST, UPLOADS, &headers, "").await;
        assert!(matches!(refused.status, 400 | 413 | 422), "{length} {name}: {}", refused.text());
    }
}
