//! Public answers about places are kept until the data change: never longer, never for another, and
//! counted as before.

use domain::viewer::Tier;
use reqwest::{
    RequestBuilder, StatusCode,
    header::{HeaderMap, HeaderValue},
};
use serde_json::json;
use testkit::geojson;

use crate::{
    harness::{PARCELS, PortalFolder, Running, UNLIMITED, client},
    seen_as::{IDENTITY, assertion, trust},
};

const PARCEL_FILE: &str = r#"
[[file]]
name = "parcels.geojson"
role = "parcels"
code = "{ZDDM}"
classified = { property = "SM", equals = 1 }

[file.fields]
location = { property = "ZL", kind = "text" }
"#;

/// The small data set with this address; what it has as its third parcel is classified or not.
fn at(road: &str, classified: bool) -> String {
    geojson::collection(PARCELS.iter().enumerate().map(|(number, code)| {
        let secret = u8::from(classified && number == 2);
        let properties = json!({ "ZDDM": code, "ZL": road, "SM": secret });
        geojson::feature(properties, geojson::square(119.97 + 0.002 * number as f64, 30.54, 0.001))
    }))
}

fn publish(place: &PortalFolder, road: &str, classified: bool) {
    let done = place.import(PARCEL_FILE, &at(road, classified));
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn views(code: &str) -> [String; 3] {
    [
        format!("/c/{code}"),
        format!("/api/v1/parcels/{code}"),
        format!("/api/v1/parcels/{code}/restrictions"),
    ]
}

async fn told(asked: RequestBuilder) -> (StatusCode, String) {
    let answer = asked.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

async fn get(portal: &Running, path: &str) -> (StatusCode, String) {
    told(client().get(format!("{}{path}", portal.address))).await
}

/// The same question, put to another name of the portal's.
fn of_host(asked: RequestBuilder, host: &str) -> RequestBuilder {
    let mut headers = HeaderMap::new();
    headers.insert("host", HeaderValue::from_str(host).unwrap());
    // `RequestBuilder::header` would add a second one.
    asked.headers(headers)
}

/// What a counter of the portal's says.
async fn counted(portal: &Running, counter: &str) -> u64 {
    let (_, text) = get(portal, "/metrics").await;
    let line = text.lines().find(|line| line.starts_with(counter)).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// How many answers were kept ones.
async fn kept(portal: &Running) -> u64 {
    counted(portal, "jianma_kept_answers_total{answer=\"kept").await
}

#[tokio::test]
async fn p5_once_an_import_returns_no_portal_sends_an_old_byte() {
    let place = PortalFolder::empty();
    publish(&place, "旧路 1 号", false);
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portals = [place.serve(), place.serve_beside()];
    for round in 1..=5 {
        let (road, old) = (format!("新路 {round} 号"), format!("small/{round}\""));
        for portal in &portals {
            let before = kept(portal).await;
            for code in PARCELS {
                for path in views(code) {
                    let first = get(portal, &path).await;
                    assert_eq!(first.0, 200, "{path}");
                    assert_eq!(get(portal, &path).await, first, "{path}");
                }
            }
            assert!(kept(portal).await >= before + 9, "answers are kept");
        }
        publish(&place, &road, false);
        for portal in &portals {
            for path in views(PARCELS[0]) {
                let (status, text) = get(portal, &path).await;
                assert_eq!(status, 200);
                assert!(!text.contains(&old), "{path}: {text}");
                assert!(text.contains(&road) || path.ends_with("restrictions"), "{path}: {text}");
            }
        }
    }
    publish(&place, "新路", true);
    for portal in &portals {
        for path in views(PARCELS[2]) {
            let unknown = path.replace(PARCELS[2], "330521001001GB00900");
            let (classified, never) = (get(portal, &path).await, get(portal, &unknown).await);
            assert_eq!((classified.0, never.0), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        }
    }
}

#[tokio::test]
async fn what_is_kept_for_one_kind_of_visitor_is_never_sent_to_another() {
    let place = PortalFolder::empty();
    publish(&place, "演示路", false);
    trust(&place);
    place.configure("http://127.0.0.1:9", &format!("{UNLIMITED}{IDENTITY}"));
    let keeps = place.serve();
    let bare = UNLIMITED.replace("[limits]", "[limits]\ncache_bytes = 0");
    place.configure("http://127.0.0.1:9", &format!("{bare}{IDENTITY}"));
    let never = place.serve_beside();
    let path = format!("/c/{}", PARCELS[0]);
    let kinds: Vec<Box<dyn Fn(RequestBuilder) -> RequestBuilder>> = vec![
        Box::new(|asked| asked),
        Box::new(|asked| asked.header("cookie", "jm_lang=en")),
        Box::new(|asked| asked.header("cookie", "jm_elder=1")),
        Box::new(|asked| asked.header("cookie", "jm_elder=1; jm_lang=en")),
        Box::new(|asked| of_host(asked, "other.example")),
        Box::new(|asked| asked.query(&[("from", "label")])),
        Box::new(|asked| {
            let subject = format!("somebody-{:p}", &asked);
            asked.header("jianma-assertion", assertion(Tier::Staff, &subject, PARCELS[0]))
        }),
    ];
    for _ in 0..3 {
        for (number, kind) in kinds.iter().enumerate() {
            for path in [&path, &views(PARCELS[0])[1]] {
                let ask = |portal: &Running| {
                    let asked = client().get(format!("{}{path}", portal.address));
                    kind(of_host(asked, "jianma.example"))
                };
                let (kept, made) = (told(ask(&keeps)).await, told(ask(&never)).await);
                assert_eq!(kept, made, "{number} {path}");
                assert_eq!(kept.0, StatusCode::OK, "{number} {path}");
            }
        }
    }
    assert!(kept(&keeps).await > 0 && kept(&never).await == 0);
}

#[tokio::test]
async fn p6_limits_refuse_a_kept_answer_as_they_refuse_another() {
    let place = PortalFolder::empty();
    publish(&place, "演示路", false);
    let limits = "[limits]\nreads_per_second = 1\nread_burst = 6\n\
                  [limits.probing]\nplaces = { burst = 2, per_minute = 1 }\n\
                  [site]\ntrusted_proxies = [\"127.0.0.1\"]\n";
    place.configure("http://127.0.0.1:9", limits);
    let portal = place.serve();
    let from = async |client_address: &str, code: &str| {
        let asked = client().get(format!("{}/c/{code}", portal.address));
        told(asked.header("x-forwarded-for", client_address)).await.0.as_u16()
    };
    // Somebody has all three kept.
    for (number, code) in PARCELS.iter().enumerate() {
        for _ in 0..2 {
            assert_eq!(from(&format!("192.0.2.{number}"), code).await, 200);
        }
    }
    let mut answers = Vec::new();
    for code in PARCELS {
        answers.push(from("198.51.100.1", code).await);
    }
    assert_eq!(answers, [200, 200, 429], "a place too many");
    let mut answers = Vec::new();
    for _ in 0..8 {
        answers.push(from("198.51.100.2", PARCELS[0]).await);
    }
    assert_eq!(answers[0], 200);
    assert!(answers.contains(&429), "a page too many: {answers:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_is_of_one_version_while_others_are_published() {
    let place = PortalFolder::empty();
    publish(&place, "第1路", false);
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let address = portal.address.clone();
    let publishing = tokio::task::spawn_blocking(move || {
        for number in 2..=12 {
            publish(&place, &format!("第{number}路"), false);
        }
        place
    });
    let mut versions = std::collections::BTreeSet::new();
    while !publishing.is_finished() {
        for path in views(PARCELS[0]).into_iter().take(2) {
            let (status, text) = told(client().get(format!("{address}{path}"))).await;
            assert_eq!(status, 200, "{text}");
            let version = text.split("small/").nth(1).unwrap();
            let version: String = version.chars().take_while(char::is_ascii_digit).collect();
            assert!(text.contains(&format!("第{version}路")), "{path} of {version}: {text}");
            versions.insert(version);
        }
    }
    publishing.await.unwrap();
    assert!(versions.len() > 2, "several versions were seen: {versions:?}");
}

#[tokio::test]
async fn p5_p6_what_was_kept_and_then_classified_is_a_miss_like_every_other() {
    let place = PortalFolder::empty();
    publish(&place, "演示路", false);
    let limits = "[limits.probing]\nmisses = { burst = 2, per_minute = 1 }\n\
                  block_misses = { burst = 1000, per_minute = 1000 }\n[site]\ntrusted_proxies = [\"127.0.0.1\"]\n";
    place.configure("http://127.0.0.1:9", limits);
    let portal = place.serve();
    let from = async |client_address: &str, code: &str| {
        let asked = client().get(format!("{}/c/{code}", portal.address));
        told(asked.header("x-forwarded-for", client_address)).await.0.as_u16()
    };
    for _ in 0..2 {
        assert_eq!(from("192.0.2.1", PARCELS[2]).await, 200);
    }
    publish(&place, "演示路", true);
    // As the first of their misses, and as the one that is too many.
    let never = ["330521001001GB00900", "330521001001GB00901", "330521001001GB00902"];
    for (number, place_of_it) in [0, 2].into_iter().enumerate() {
        let mut answers = Vec::new();
        for kind in [PARCELS[2], "330521001001GB00903"] {
            let mut codes = never;
            codes[place_of_it] = kind;
            let mut statuses = Vec::new();
            for code in codes {
                statuses.push(from(&format!("198.51.{number}.{}", answers.len()), code).await);
            }
            answers.push(statuses);
        }
        assert_eq!(answers[0], answers[1], "a classified one against one that never was");
        assert!(answers[0].contains(&429), "{answers:?}");
    }
}

#[tokio::test]
async fn p5_p9_what_many_asked_is_made_again_once_it_is_published_and_what_is_classified_is_not() {
    let place = PortalFolder::empty();
    publish(&place, "旧路", false);
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portals = [place.serve(), place.serve_beside()];
    for portal in &portals {
        for path in PARCELS.iter().flat_map(|code| views(code)) {
            for language in ["zh", "en"] {
                let asked = client().get(format!("{}{path}", portal.address));
                let (status, _) = told(asked.header("cookie", format!("jm_lang={language}"))).await;
                assert_eq!(status, 200);
            }
        }
    }
    publish(&place, "新路", true);
    // Two places in a page for each language and two documents.
    for portal in &portals {
        while counted(portal, "jianma_made_again_total").await < 8 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    let [first, portal] = portals;
    assert_eq!(first.terminate(), Some(0));
    let database = rusqlite::Connection::open(place.path("data/jianma.sqlite3")).unwrap();
    let misses = "select count(*) from audit_entry where note like '%\"misses\"%'";
    let misses: i64 = database.query_one(misses, [], |row| row.get(0)).unwrap();
    assert_eq!(misses, 0, "nobody has looked at what is classified now");

    let made = "jianma_kept_answers_total{answer=\"made";
    let before = (kept(&portal).await, counted(&portal, made).await);
    let mut answers = Vec::new();
    for path in PARCELS[..2].iter().flat_map(|code| views(code)) {
        answers.push((path.clone(), get(&portal, &path).await));
    }
    assert_eq!(kept(&portal).await, before.0 + 6);
    for path in views(PARCELS[2]) {
        let unknown = path.replace(PARCELS[2], "330521001001GB00900");
        let (classified, never) = (get(&portal, &path).await, get(&portal, &unknown).await);
        assert_eq!((classified.0, never.0), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    }
    assert_eq!(counted(&portal, made).await, before.1, "no answer to them is made to be kept");
    // They are what a visitor has made who is the first to ask.
    let bare = UNLIMITED.replace("[limits]", "[limits]\ncache_bytes = 0");
    place.configure("http://127.0.0.1:9", &bare);
    let never = place.serve_beside();
    for (path, (status, text)) in answers {
        assert_eq!(status, 200);
        assert!(!text.contains("旧路"), "{path}");
        let host = portal.address.trim_start_matches("http://");
        let asked = of_host(client().get(format!("{}{path}", never.address)), host);
        assert_eq!(told(asked).await, (status, text), "{path}");
    }
}
