//! What operators and their watchdogs are told: readiness, metrics, the security log.

use std::{fs::File, time::Duration};

use reqwest::StatusCode;
use serde_json::Value;

use crate::{
    harness::{DATASET, PARCEL_FILE, PARCELS, PortalFolder, Running, answers, client, parcels},
    seen_as::{IDENTITY, trust},
};

/// Far longer than anything here takes.
const AGES: Duration = Duration::from_secs(60);

async fn readiness(portal: &Running) -> (StatusCode, Value) {
    let answer = client().get(format!("{}/readyz", portal.address)).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

/// Waits until `check` stands so.
async fn until(portal: &Running, check: &str, stands: &str) -> (StatusCode, Value) {
    let looking = async {
        loop {
            let (status, report) = readiness(portal).await;
            if report["checks"][check] == stands {
                return (status, report);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::time::timeout(AGES, looking)
        .await
        .unwrap_or_else(|_| panic!("{check} is never {stands}"))
}

fn database(place: &PortalFolder) -> rusqlite::Connection {
    rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap()
}

async fn submit(portal: &Running) -> StatusCode {
    let body = serde_json::json!({
        "item": "planning-conformity", "code": PARCELS[1],
        "answers": answers("planning-conformity", "x"),
    });
    let asked = client().post(format!("{}/api/v1/requests", portal.address));
    asked.header("idempotency-key", "0123456789abcdef").json(&body).send().await.unwrap().status()
}

#[tokio::test]
async fn p11_data_that_no_policy_shows_are_said_by_the_import_the_start_and_the_readiness() {
    let place = PortalFolder::empty();
    let mapping =
        format!("{DATASET}{PARCEL_FILE}").replace("demonstration = true", "demonstration = false");
    std::fs::write(place.path("mapping.toml"), mapping).unwrap();
    std::fs::write(place.path("parcels.geojson"), parcels()).unwrap();
    let [data, mapping, file] =
        ["data", "mapping.toml", "parcels.geojson"].map(|name| place.text(name));
    let imported = place.jianma(&["import", "--data", &data, "--mapping", &mapping, &file]);
    let said = String::from_utf8_lossy(&imported.stdout).into_owned();
    assert!(imported.status.success(), "{said}");
    let last = said.lines().last().unwrap();
    for told in [
        "NOBODY IS SHOWN THE DATA SET small",
        "approvals are for demonstration data only or missing",
        "[policies] files",
        "check-config",
    ] {
        assert!(last.contains(told), "{told}: {said}");
    }
    place.configure("http://127.0.0.1:9", "");
    let log = place.path("portal.log");
    let portal = place.serve_logging("warn", File::create(&log).unwrap());
    let (status, report) = until(&portal, "data", "not_shown").await;
    assert_eq!((status.as_u16(), report["status"].as_str()), (200, Some("degraded")), "{report}");
    let log = std::fs::read_to_string(&log).unwrap();
    assert!(log.contains("NOBODY IS SHOWN THE DATA SET small"), "{log}");
}

#[tokio::test]
async fn ready_is_said_by_named_checks_and_nothing_of_the_inside() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let (status, report) = readiness(&portal).await;
    assert_eq!(status, 200, "{report}");
    let checks: Vec<_> = report["checks"].as_object().unwrap().keys().collect();
    assert_eq!(checks, ["audit", "data", "deliveries", "disk", "keys", "requests", "storage"]);
    assert_eq!(report["checks"]["storage"], "ok");
    assert_eq!(report["checks"]["audit"], "ok");
    assert!(report.to_string().len() < 200, "{report}");
    let health = client().get(format!("{}/healthz", portal.address)).send().await.unwrap();
    assert_eq!(health.text().await.unwrap(), "ok\n");
}

#[tokio::test]
async fn storage_that_cannot_be_written_is_not_ready_and_is_again_afterwards() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    let other = database(&place);
    other.execute_batch("begin immediate").unwrap();
    let (status, report) = until(&portal, "storage", "no_answer").await;
    assert_eq!((status.as_u16(), &report["status"]), (503, &Value::from("unready")));
    other.execute_batch("rollback").unwrap();
    assert_eq!(until(&portal, "storage", "ok").await.0, 200);
}

#[tokio::test]
async fn a_damaged_database_is_not_ready() {
    let place = PortalFolder::empty();
    let loaded = place.jianma(&["demo", "--data", &place.text("data")]);
    assert!(loaded.status.success(), "{loaded:?}");
    place.configure("http://127.0.0.1:9", "");
    let file = place.path("data/jianma.sqlite3");
    let mut bytes = std::fs::read(&file).unwrap();
    let (page, half) = (4_096, bytes.len() / 4_096 / 2);
    for number in half..half + 20 {
        bytes[number * page..number * page + 64].fill(0xEE);
    }
    std::fs::write(&file, bytes).unwrap();
    let portal = place.serve_logging("off", std::process::Stdio::null());
    assert_eq!(until(&portal, "storage", "damaged").await.0, 503);
}

#[tokio::test]
async fn a_tampered_audit_is_not_ready() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    for number in 500..503 {
        let path = format!("/c/330521001001GB{number:05}");
        client().get(format!("{}{path}", portal.address)).send().await.unwrap();
    }
    assert_eq!(portal.terminate(), Some(0));
    let other = database(&place);
    let triggers =
        "select name from sqlite_master where type = 'trigger' and tbl_name = 'audit_entry'";
    let names: Vec<String> = other
        .prepare(triggers)
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for name in names {
        other.execute_batch(&format!("drop trigger {name}")).unwrap();
    }
    let changed =
        other.execute("update audit_entry set seal = 'x' where sequence = 1", []).unwrap();
    assert_eq!(changed, 1);
    drop(other);
    let portal = place.serve_logging("off", std::process::Stdio::null());
    assert_eq!(until(&portal, "audit", "tampered").await.0, 503);
    // The public part goes on.
    let page = client().get(format!("{}/c/{}", portal.address, PARCELS[0])).send().await.unwrap();
    assert_eq!(page.status(), 200);
}

#[tokio::test]
async fn stuck_deliveries_are_told_and_the_portal_goes_on_serving() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    assert_eq!(submit(&portal).await, 201);
    let other = database(&place);
    other.busy_timeout(AGES).unwrap();
    let stuck =
        "update delivery set state = 'stuck', due_at = null, leased_by = null, leased_until = null";
    assert_eq!(other.execute(stuck, []).unwrap(), 1);
    let (status, report) = until(&portal, "deliveries", "stuck").await;
    assert_eq!((status.as_u16(), &report["status"]), (200, &Value::from("degraded")));
}

#[tokio::test]
async fn metrics_are_for_operators_and_no_page_to_others() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let portal = place.serve();
    assert_eq!(submit(&portal).await, 201);
    client().get(format!("{}/c/{}", portal.address, PARCELS[0])).send().await.unwrap();
    let url = format!("{}/metrics", portal.address);
    let answer = client().get(&url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert!(
        answer.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4")
    );
    let text = answer.text().await.unwrap();
    for series in [
        "jianma_requests_total{kind=\"page\",status=\"2xx\"} 1",
        "jianma_requests_total{kind=\"form\",status=\"2xx\"} 1",
        "jianma_request_seconds_bucket{kind=\"page\",le=\"+Inf\"} 1",
        "jianma_connections_open ",
        "jianma_connections_total ",
        "jianma_connections_ended_total{why=\"busiest_address\"} 0",
        "jianma_limits_hit_total{limit=\"page\"} 0",
        "jianma_outbox_deliveries{state=\"stuck\"} 0",
        "jianma_data_version{dataset=\"small\"} 1",
        "jianma_data_imported_timestamp_seconds{dataset=\"small\"} ",
        "jianma_audit_notes_waiting ",
        "jianma_security_events_total{event=\"probing\"} 0",
        "jianma_ready 1",
        "# TYPE jianma_requests_total counter",
    ] {
        assert!(text.contains(series), "{series} is not in {text}");
    }
    assert!(!text.contains(PARCELS[0]) && !text.contains("127.0.0.1"), "{text}");
    // Handed on by a proxy that nobody named.
    for accept in ["text/html", "application/json", "*/*"] {
        for (path, method) in [("/metrics", "GET"), ("/metrics", "POST"), ("/metrics/x", "GET")] {
            let metrics = told_a_stranger(&portal, method, path, accept).await;
            assert_eq!(metrics.0, StatusCode::NOT_FOUND, "{method} {path} {accept}");
            let nowhere = told_a_stranger(&portal, method, "/nowhere", accept).await;
            assert_eq!(metrics, nowhere, "{method} {path} {accept}");
        }
    }
}

/// Status, content type and text of an answer to somebody elsewhere, but for what is drawn anew for each
/// request and the address that was asked.
async fn told_a_stranger(
    portal: &Running,
    method: &str,
    path: &str,
    accept: &str,
) -> (StatusCode, String, String) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
    let asked = client().request(method, format!("{}{path}", portal.address));
    let asked = asked.header("x-forwarded-for", "192.0.2.7").header("accept", accept);
    let answer = asked.send().await.unwrap();
    let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
    let (kind, id) = (header("content-type"), header("x-request-id"));
    let status = answer.status();
    let text = answer.text().await.unwrap();
    let escaped = path.replace('/', "%2F");
    let drawn = [(&*id, "ID"), (path, "PATH"), (&escaped, "PATH")];
    (status, kind, drawn.iter().fold(text, |text, (drawn, name)| text.replace(drawn, name)))
}

#[tokio::test]
async fn a_named_peer_behind_our_proxy_may_read_the_metrics_and_nobody_else() {
    let place = PortalFolder::with_small_data();
    let config =
        "[site]\ntrusted_proxies = [\"127.0.0.1\"]\n[operations]\npeers = [\"192.0.2.7\"]\n";
    place.configure("http://127.0.0.1:9", config);
    let portal = place.serve();
    for (client_address, status) in
        [("192.0.2.7", 200), ("192.0.2.8", 404), ("192.0.2.7, 192.0.2.8", 404)]
    {
        let asked = client().get(format!("{}/metrics", portal.address));
        let answer = asked.header("x-forwarded-for", client_address).send().await.unwrap();
        assert_eq!(answer.status(), status, "{client_address}");
    }
}

/// Lines of the security log.
fn events(log: &std::path::Path) -> Vec<String> {
    let text = std::fs::read_to_string(log).unwrap();
    text.lines().filter(|line| line.contains(" security: ")).map(str::to_owned).collect()
}

#[tokio::test]
async fn what_somebody_should_not_have_tried_is_one_line_each_and_names_nobody() {
    let place = PortalFolder::with_small_data();
    trust(&place);
    let narrow = format!(
        "{IDENTITY}[limits]\nconnections = 8\nconnections_per_address = 4\n[limits.probing]\nmisses = {{ burst = 1, per_minute = 1 }}\n"
    );
    place.configure("http://127.0.0.1:9", &narrow);
    let log = place.path("log");
    let portal = place.serve_logging("info", File::create(&log).unwrap());
    let send =
        async |request: reqwest::RequestBuilder| request.send().await.unwrap().status().as_u16();
    let at = |path: &str| format!("{}{path}", portal.address);
    let secret = "TYPEDSECRET2";

    let forged = client().post(at("/api/v1/departments/planning/callbacks")).body("{}");
    assert_eq!(send(forged).await, 401);
    let cross = client().post(at("/preferences")).header("origin", "https://evil.example");
    assert_eq!(send(cross.body("lang=en")).await, 403);
    let form = [("number", "JM-20261122-22222222"), ("secret", secret)];
    assert_eq!(send(client().post(at("/requests")).form(&form)).await, 422);
    let api = client().get(at("/api/v1/requests/JM-20261122-22222222"));
    assert_eq!(send(api.bearer_auth(secret)).await, 404);
    let cookie = client().get(at("/requests/JM-20261122-22222222"));
    send(cookie.header("cookie", format!("jm_receipt={secret}"))).await;
    for status in [404, 429] {
        let code = if status == 404 { "330521001001GB00500" } else { "330521001001GB00600" };
        assert_eq!(send(client().get(at(&format!("/c/{code}")))).await, status);
    }
    let proof = client().get(at("/")).header("jianma-assertion", "nonsense");
    assert_eq!(send(proof).await, 401);
    assert_eq!(send(client().put(at("/"))).await, 405);
    let mut held = Vec::new();
    for _ in 0..5 {
        let address = portal.address.strip_prefix("http://").unwrap();
        held.push(tokio::net::TcpStream::connect(address).await.unwrap());
    }
    assert_eq!(send(client().get(at("/healthz"))).await, 200);
    assert_eq!(portal.terminate(), Some(0));

    let lines = events(&log);
    for (event, times) in [
        ("forged_callback", 1),
        ("cross_site_post", 1),
        ("wrong_receipt_secret", 3),
        ("probing", 1),
        ("refused_assertion", 1),
        ("misframed_request", 1),
    ] {
        let name = format!("event=\"{event}\"");
        assert_eq!(
            lines.iter().filter(|line| line.contains(&name)).count(),
            times,
            "{event}: {lines:#?}"
        );
    }
    assert!(lines.iter().any(|line| line.contains("event=\"shed_connection\"")), "{lines:#?}");
    for line in &lines {
        for personal in ["127.0.0.1", secret, "JM-2026", "330521", "evil.example", "nonsense"] {
            assert!(!line.contains(personal), "{line}");
        }
    }
}

#[tokio::test]
async fn a_flood_of_forged_callbacks_does_not_fill_the_log() {
    let place = PortalFolder::with_small_data();
    place.configure("http://127.0.0.1:9", "");
    let log = place.path("log");
    let portal = place.serve_logging("info", File::create(&log).unwrap());
    let url = format!("{}/api/v1/departments/planning/callbacks", portal.address);
    let client = reqwest::Client::new();
    let mut refused = 0;
    for _ in 0..400 {
        let status = client.post(&url).body("{}").send().await.unwrap().status();
        refused += u32::from(status == 429);
        assert!(status == 401 || status == 429, "{status}");
    }
    assert!(refused > 0, "and is refused at last");
    let counted = client.get(format!("{}/metrics", portal.address)).send().await.unwrap();
    let counted = counted.text().await.unwrap();
    assert!(
        counted.contains("jianma_security_events_total{event=\"forged_callback\"} 400"),
        "{counted}"
    );
    assert_eq!(portal.terminate(), Some(0));
    let lines = events(&log).len();
    assert!((20..200).contains(&lines), "{lines}");
}
