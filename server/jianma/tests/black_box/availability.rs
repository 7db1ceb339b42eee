//! Nobody shuts out the others: by not reading, by not ending what they say, by asking too much.

use std::time::Duration;

use domain::{Clock, viewer::Tier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::{
    attackers::{self, Attack, Visitor, Way, address, attack, connect, socket},
    harness::{PARCELS, PortalFolder, Running, client},
    seen_as::{IDENTITY, assertion, trust},
};

/// Connections that one attacking address holds.
const HELD: usize = 400;
/// How long a polite visitor goes on beside an attack.
const BESIDE: Duration = Duration::from_secs(6);

fn place_with_a_large_file(config: &str) -> PortalFolder {
    let place = PortalFolder::with_small_data();
    std::fs::write(place.path("site/pkg/large.js"), vec![b'a'; 4 << 20]).unwrap();
    std::fs::write(place.path("site/pkg/small.js"), "small()").unwrap();
    place.configure("http://127.0.0.1:9", config);
    place
}

/// The value of a line of `/metrics`.
async fn figure(portal: &Running, series: &str) -> f64 {
    let text = client().get(format!("{}/metrics", portal.address)).send().await.unwrap();
    let text = text.text().await.unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(series));
    line.unwrap_or_else(|| panic!("no {series} in {text}")).trim().parse().unwrap()
}

async fn is_served_beside(portal: &Running, attack: Attack, held: usize, what: &str) {
    let under_way = async {
        while attack.made.load(std::sync::atomic::Ordering::Relaxed) < held {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), under_way).await.expect("the attack began");
    let mut visitor = Visitor::new(address(200), "polite/1.0");
    let place = format!("/c/{}", PARCELS[0]);
    let paths = ["/healthz", &place, "/pkg/small.js", "/services", "/api/v1/parcels?q=330521"];
    visitor.visits(portal, &paths, BESIDE).await;
    let shed = figure(portal, "jianma_connections_ended_total{why=\"busiest_address\"}").await;
    println!("{what}: {}; {shed} of the attackers' connections were ended", visitor.figures());
    drop(attack);
}

/// A polite visitor beside attackers who take every connection there is.
async fn nobody_is_shut_out_by(way: Way, addresses: &[u8], what: &str) {
    let allowed = attackers::allow_files(4_000);
    let most = usize::try_from(allowed).unwrap_or(usize::MAX) / (addresses.len() + 2);
    // Where the system allows less, the portal is made as much smaller.
    let held = HELD.min(most);
    let all = 2 * held;
    let config = format!("[limits]\nconnections = {all}\nconnections_per_address = {held}\n");
    let place = place_with_a_large_file(&config);
    let portal = place.serve();
    let attack = attack(socket(&portal), way, addresses, held);
    is_served_beside(&portal, attack, all, what).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_addresses_that_never_read_do_not_shut_out_a_third() {
    nobody_is_shut_out_by(Way::NeverReads, &[1, 2], "2 addresses that never read").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_addresses_with_unfinished_heads_do_not_shut_out_a_fourth() {
    nobody_is_shut_out_by(Way::NeverEnds, &[1, 2, 3], "3 addresses with unfinished heads").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_addresses_with_slow_bodies_do_not_shut_out_a_fourth() {
    nobody_is_shut_out_by(Way::SlowBody, &[1, 2, 3], "3 addresses with slow bodies").await;
}

#[tokio::test]
async fn a_reader_who_takes_next_to_nothing_is_not_waited_for() {
    let place = place_with_a_large_file("[limits]\nwrite_seconds = 1\n");
    let portal = place.serve();
    let mut drip = connect(socket(&portal), address(1)).await.unwrap();
    let mut silent = connect(socket(&portal), address(1)).await.unwrap();
    for stream in [&mut drip, &mut silent] {
        stream.write_all(b"GET /pkg/large.js HTTP/1.1\r\nHost: jianma\r\n\r\n").await.unwrap();
    }
    let ended = async {
        while figure(&portal, "jianma_connections_ended_total{why=\"not_read\"}").await < 2.0 {
            // A byte now and then is no reading. It fails once the other side is gone.
            let _byte = drip.read(&mut [0; 1]).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("both are ended");
}

#[tokio::test]
async fn a_slow_reader_who_reads_gets_all_of_it() {
    let place = place_with_a_large_file("[limits]\nwrite_seconds = 2\n");
    let portal = place.serve();
    let mut slow = connect(socket(&portal), address(1)).await.unwrap();
    let asked = b"GET /pkg/large.js HTTP/1.1\r\nHost: jianma\r\nConnection: close\r\n\r\n";
    slow.write_all(asked).await.unwrap();
    let (mut read, mut buffer) = (0, vec![0; 256 << 10]);
    // Over several times the patience, for the whole file.
    loop {
        let bytes = slow.read(&mut buffer).await.unwrap();
        if bytes == 0 {
            break;
        }
        read += bytes;
        if read < 1 << 20 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    assert!(read > 4 << 20, "{read}");
}

#[tokio::test]
async fn a_connection_does_not_live_for_ever() {
    let place = place_with_a_large_file("[limits]\nconnection_seconds = 1\nheader_seconds = 30\n");
    let portal = place.serve();
    let mut stream = connect(socket(&portal), address(1)).await.unwrap();
    let mut answers = 0;
    let ended = async {
        // Somebody who asks all the time, and so is never idle.
        while stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: jianma\r\n\r\n").await.is_ok() {
            let mut answer = vec![0; 4096];
            match stream.read(&mut answer).await {
                Ok(bytes) if bytes > 0 => answers += 1,
                _ => break,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), ended).await.expect("it is closed at last");
    assert!(answers > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_noisy_client_leaves_room_for_the_others_behind_its_address() {
    let place = place_with_a_large_file("[limits]\nread_burst = 20\n");
    let portal = place.serve();
    let noise = noise(&portal.address);
    let mut visitor = Visitor::new(address(7), "polite/1.0");
    let place_path = format!("/c/{}", PARCELS[0]);
    let paths = [
        "/services",
        "/pkg/small.js",
        "/healthz",
        "/readyz",
        &place_path,
        "/api/v1/parcels?q=330521",
    ];
    for _ in 0..6 {
        visitor.visits(&portal, &paths, Duration::from_millis(1)).await;
        assert_eq!(callback(&place, &portal, address(7)).await, 404, "signed, and no such request");
        assert_eq!(form(&portal, address(7)).await, 422, "a form is read, and answered");
    }
    let refused = figure(&portal, "jianma_requests_total{kind=\"page\",status=\"4xx\"}").await;
    println!(
        "a noisy neighbour behind one address: {}; {refused} of its requests refused",
        visitor.figures()
    );
    assert!(refused > 20.0, "there was noise: {refused}");
    drop(noise);
}

/// Somebody who asks as fast as they can, from the address of the visitor.
fn noise(portal: &str) -> tokio::task::JoinSet<()> {
    let mut noise = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let url = format!("{portal}/services");
        let client = reqwest::Client::builder()
            .local_address(address(7))
            .user_agent("noisy/1.0")
            .build()
            .unwrap();
        noise.spawn(async move {
            loop {
                if let Ok(answer) = client.get(&url).send().await {
                    let _body = answer.bytes().await;
                }
            }
        });
    }
    noise
}

/// A department's signed word on a request that nobody made.
async fn callback(place: &PortalFolder, portal: &Running, from: std::net::IpAddr) -> u16 {
    let secret = std::fs::read_to_string(place.path("data/department.secret")).unwrap();
    let secret = forward::Secret::parse(secret.trim()).unwrap();
    let body =
        r#"{"request":"JM-20261122-22222222","state":"acknowledged","reference":null,"note":null}"#;
    let now = jianma::system::SystemClock.now();
    let headers = secret.sign("msg_1", now, body.as_bytes()).unwrap();
    let client = reqwest::Client::builder().local_address(from).build().unwrap();
    let url = format!("{}/api/v1/departments/planning/callbacks", portal.address);
    client.post(url).headers(headers).body(body).send().await.unwrap().status().as_u16()
}

/// A form that opens no request.
async fn form(portal: &Running, from: std::net::IpAddr) -> u16 {
    let client =
        reqwest::Client::builder().local_address(from).user_agent("polite/1.0").build().unwrap();
    let form = [("number", "JM-20261122-22222222"), ("secret", "AAAABBBBCCCC")];
    let url = format!("{}/requests", portal.address);
    client.post(url).form(&form).send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn staff_and_holders_count_as_themselves_wherever_they_are() {
    let limits = "[limits]\nreads_per_second = 1\nread_burst = 4\n";
    let place = place_with_a_large_file(&format!("{IDENTITY}{limits}"));
    trust(&place);
    let portal = place.serve();
    let asked = async |proof: Option<&str>| {
        let request = client().get(format!("{}/services", portal.address));
        let request =
            proof.into_iter().fold(request, |r, proof| r.header("jianma-assertion", proof));
        request.send().await.unwrap().status().as_u16()
    };
    let noise = async { while asked(None).await != 429 {} };
    tokio::time::timeout(Duration::from_secs(60), noise).await.expect("too much at last");
    let [one, other] = ["s-1", "s-2"].map(|subject| assertion(Tier::Staff, subject, PARCELS[0]));
    assert_eq!(asked(Some(&one)).await, 200);
    let busy = async { while asked(Some(&one)).await != 429 {} };
    tokio::time::timeout(Duration::from_secs(60), busy).await.expect("one person has a limit too");
    assert_eq!(asked(Some(&other)).await, 200);
}

#[tokio::test]
async fn built_files_have_a_limit_of_their_own() {
    let place = place_with_a_large_file("[limits]\nfiles_per_second = 1\nfile_burst = 3\n");
    let portal = place.serve();
    let status = async |path: &str| {
        client().get(format!("{}{path}", portal.address)).send().await.unwrap().status().as_u16()
    };
    let files = async { while status("/pkg/small.js").await != 429 {} };
    tokio::time::timeout(Duration::from_secs(60), files).await.expect("too many at last");
    assert_eq!(status("/services").await, 200);
    assert_eq!(status("/healthz").await, 200);
}

#[tokio::test]
async fn a_refusal_is_small_says_what_to_do_and_in_both_languages() {
    let place = place_with_a_large_file("[limits]\nreads_per_second = 1\nread_burst = 1\n");
    let portal = place.serve();
    let last = async |path: &str| {
        for _ in 0..3 {
            let answer = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
            if answer.status() == 429 {
                return answer;
            }
        }
        panic!("{path} was not refused");
    };
    let page = last("/services").await;
    assert!(page.headers()["retry-after"].to_str().unwrap().parse::<u64>().unwrap() >= 1);
    assert_eq!(page.headers()["cache-control"], "no-store");
    let text = page.text().await.unwrap();
    assert!(
        text.contains("请等") && text.contains("Wait") && text.contains("href=\"/\""),
        "{text}"
    );
    assert!(text.len() < 2_500, "{}", text.len());
    let problem = last("/api/v1/parcels?q=a").await;
    assert_eq!(problem.headers()["content-type"], "application/problem+json");
    assert!(problem.headers().contains_key("retry-after"));
}
