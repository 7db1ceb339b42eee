//! Callers who hold connections and say nothing.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::harness::{Place, Running, client};

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
    let place = Place::with_small_data();
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
async fn one_address_cannot_have_every_connection() {
    let place = Place::with_small_data();
    let limits = "[limits]\nconnections_per_address = 3\nheader_seconds = 60\n";
    place.configure("http://127.0.0.1:9", limits);
    let portal = place.serve();
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = caller(&portal).await;
        stream.write_all(b"GET /services HTTP/1.1\r\nHost: jianma\r\n\r\n").await.unwrap();
        // It is counted once it is answered.
        stream.read_exact(&mut [0; 12]).await.unwrap();
        held.push(stream);
    }
    assert!(rest(&mut caller(&portal).await).await.is_empty());
    held.clear();
    let again = async {
        while client().get(format!("{}/services", portal.address)).send().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(AGES, again).await.expect("room again once they have gone");
}
