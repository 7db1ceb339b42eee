//! Callers who hold connections and say nothing.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{PortalFolder, Running, client};

/// Far longer than the server's patience here, which is a second.
const AGES: Duration = Duration::from_secs(20);

async fn caller(portal: &Running) -> TcpStream {
    let address = portal.address.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

/// Reads until the server ends the connection.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut said = Vec::new();
    // A connection that is cut off has ended too.
    let _cut_off = tokio::time::timeout(AGES, stream.read_to_end(&mut said)).await.unwrap();
    said
}

#[tokio::test]
async fn a_caller_who_says_nothing_is_not_waited_for() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "[limits]\nheader_seconds = 1\n");
    let portal = place.serve();
    let mut silent = caller(&portal).await;
    let mut slow = caller(&portal).await;
    slow.write_all(b"GET / HTTP/1.1\r\nHost: jianma\r\nX-Slow: ").await.unwrap();
    let mut done = caller(&portal).await;
    done.write_all(b"GET /services HTTP/1.1\r\nHost: jianma\r\n\r\n").await.unwrap();
    assert!(rest(&mut silent).await.is_empty());
    assert!(!String::from_utf8(rest(&mut slow).await).unwrap().starts_with("HTTP/1.1 200"));
    assert!(rest(&mut done).await.starts_with(b"HTTP/1.1 200"), "and it is not kept open for ever");
}

#[tokio::test]
async fn one_address_cannot_have_every_connection_and_its_newest_is_served() {
    let place = PortalFolder::with_small_data();
    let limits = "[limits]\nconnections_per_address = 3\nheader_seconds = 60\n";
    place.configure("http://127.0.0.1:9", limits);
    let portal = place.serve();
    let mut held = Vec::new();
    for _ in 0..5 {
        let mut stream = caller(&portal).await;
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: jianma\r\n\r\n").await.unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        assert_eq!(&status, b"HTTP/1.1 200", "whoever comes newly");
        held.push(stream);
    }
    // What asked nothing any more had to go for the newer ones.
    for oldest in &mut held[..2] {
        rest(oldest).await;
    }
    let newest = &mut held[4];
    newest
        .write_all(b"GET /healthz HTTP/1.1\r\nHost: jianma\r\nConnection: close\r\n\r\n")
        .await
        .unwrap();
    let answers = String::from_utf8(rest(newest).await).unwrap();
    assert!(answers.contains("HTTP/1.1 200 OK"), "{answers}");
}

/// What is answered to these bytes.
async fn answered(portal: &Running, bytes: &[u8]) -> String {
    let mut stream = caller(portal).await;
    // The other side may have heard enough before the end.
    let _heard_enough = stream.write_all(bytes).await;
    String::from_utf8_lossy(&rest(&mut stream).await).into_owned()
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_never_read_in_two_ways() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "[limits]\nheader_seconds = 5\n");
    let portal = place.serve();
    let end = "Connection: close\r\n\r\n";
    let long = "a".repeat(40_000);
    for (request, status) in [
        (format!("GET / HTTP/1.1\r\nHost: a.cn\r\n{end}"), "200"),
        (
            format!(
                "GET /healthz HTTP/1.1\r\nHost: a.cn\r\nCookie: a={}\r\n{end}",
                &long[..12_000]
            ),
            "200",
        ),
        (format!("GET /healthz HTTP/1.1\r\nHost: a.cn\r\nCookie: a={long}\r\n{end}"), "431"),
        (format!("GET /healthz HTTP/1.1\r\nHost: a.cn\r\nX: {}\r\n{end}", long.repeat(12)), "431"),
        (format!("GET /healthz HTTP/1.1\r\n{end}"), "400"),
        (format!("GET /healthz HTTP/1.1\r\nHost: a.cn\r\nHost: b.cn\r\n{end}"), "400"),
        (format!("GET /healthz HTTP/1.1\r\nHost: a.cn\r\nhost: a.cn\r\n{end}"), "400"),
        (format!("GET /healthz HTTP/1.1\nHost: a.cn\n{end}"), "400"),
        ("GET /healthz HTTP/1.1\nHost: a.cn\n\n".to_owned(), "400"),
        (format!("GET /healthz HTTP/1.1\r\nHost: a.cn\nX: y\r\n{end}"), "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a.cn\r\nConnection: close\r\n\n".to_owned(), "400"),
        (format!("GET http://b.cn/healthz HTTP/1.1\r\nHost: a.cn\r\n{end}"), "400"),
        (
            format!(
                "POST /requests HTTP/1.1\r\nHost: a.cn\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n{end}0\r\n\r\n"
            ),
            "400",
        ),
        (format!("CONNECT a.cn:443 HTTP/1.1\r\nHost: a.cn\r\n{end}"), "405"),
        (
            format!(
                "CONNECT a.cn:443 HTTP/1.1\r\nHost: a.cn\r\nOrigin: https://evil.example\r\n{end}"
            ),
            "405",
        ),
        (format!("CONNECT / HTTP/1.1\r\nHost: a.cn\r\nOrigin: null\r\n{end}"), "40"),
        (format!("TRACE / HTTP/1.1\r\nHost: a.cn\r\nOrigin: https://evil.example\r\n{end}"), "405"),
        (format!("BREW /api/v1/parcels HTTP/1.1\r\nHost: a.cn\r\n{end}"), "405"),
        (format!("OPTIONS * HTTP/1.1\r\nHost: a.cn\r\n{end}"), "405"),
        (format!("GET * HTTP/1.1\r\nHost: a.cn\r\n{end}"), "400"),
    ] {
        let answer = answered(&portal, request.as_bytes()).await;
        let begins = format!("HTTP/1.1 {status}");
        let asked = request.lines().next().unwrap();
        assert!(
            answer.starts_with(&begins),
            "{status}: {asked}: {}",
            &answer[..answer.len().min(200)]
        );
    }
    // The second of two requests, and what hides behind a body.
    let right = "GET /healthz HTTP/1.1\r\nHost: a.cn\r\n\r\n";
    let bare = "GET /healthz HTTP/1.1\nHost: a.cn\n\n";
    let body = "POST /preferences HTTP/1.1\r\nHost: a.cn\r\nContent-Length: 3\r\n\r\na=b";
    for before in [right, body] {
        let answer = answered(&portal, format!("{before}{bare}").as_bytes()).await;
        assert_eq!(answer.matches("HTTP/1.1 400").count(), 1, "{answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 2, "{answer}");
    }
}

#[tokio::test]
async fn a_method_that_is_not_served_is_answered_with_those_that_are() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    for path in ["/", "/requests", "/api/v1/parcels", "/nowhere", "/pkg/none.js"] {
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let url = format!("{}{path}", portal.address);
            let asked =
                client().request(method.clone(), url).header("origin", "https://evil.example");
            let answer = asked.send().await.unwrap();
            assert_eq!(answer.status(), 405, "{method} {path}");
            assert_eq!(answer.headers()["allow"], "GET, HEAD, POST");
        }
    }
}
