//! Keys of programs: more may be asked by one, and nothing else is told.

use axum::{body::Body, http::Request};
use domain::Clock as _;
use serde_json::{Value, json};
use service::{
    api_keys::{KeyLimits, add},
    suitability::Rules,
};
use store::{ApiKeys as _, Imports};
use testkit::{Numbered, dataset, parcel, parcel_code, square, trial_rules};

use super::harness::{Answer, Noon, Web};

const ASK: &str = "/api/v1/suitability";

/// Parcels from 1, side by side.
fn land(web: &Web, parcels: u32) {
    let mut writer = web.store.begin_import(&dataset("small")).unwrap();
    for number in 1..=parcels {
        let corner = 119.9 + f64::from(number) * 0.001;
        let one = parcel(parcel_code(number), square(corner, 30.5, 0.001));
        assert!(writer.put_parcel(&one, &[], &[]).unwrap());
    }
    writer.publish(Noon.now()).unwrap();
}

/// A portal where so much is read at once.
fn portal(burst: u32) -> Web {
    let rules = Rules::of(&trial_rules(), &["trial".to_owned()]).unwrap();
    let web = Web::judging(
        |settings| (settings.limits.reads_per_second, settings.limits.read_burst) = (1, burst),
        rules,
    );
    land(&web, 90);
    web
}

async fn key(web: &Web, name: &str, limits: (u32, u32, u32)) -> String {
    let (per_minute, per_day, sites) = limits;
    let limits = KeyLimits { per_minute, per_day, sites };
    add(&*web.store, &Noon, &Numbered, (name, "选址软件", limits)).await.unwrap().unwrap()
}

async fn by(web: &Web, path: &str, key: &str) -> Answer {
    web.get_with(path, &[("authorization", &format!("Bearer {key}"))]).await
}

async fn judged(web: &Web, key: Option<&str>, sites: &[String]) -> Answer {
    let value = key.map(|key| format!("Bearer {key}"));
    let headers: Vec<_> = value.as_deref().map(|it| ("authorization", it)).into_iter().collect();
    web.post_json(ASK, &headers, &json!({ "use": "mill", "sites": sites })).await
}

fn code(number: u32) -> String {
    parcel_code(number).to_string()
}

fn without_id(answer: &Answer) -> Value {
    let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or(json!(answer.text()));
    // The only part of a problem that is its own.
    if let Some(body) = body.as_object_mut() {
        body.remove("instance");
    }
    json!([
        answer.status,
        body,
        answer.kind(),
        answer.header("cache-control"),
        answer.header("etag")
    ])
}

#[tokio::test]
async fn p1_p5_p6_every_answer_is_the_same_with_a_key_and_without() {
    let web = portal(100);
    let key = key(&web, "tool", (1_000, 1_000, 1_000)).await;
    let nowhere = parcel_code(4_711).to_string();
    let one = format!("/api/v1/parcels/{}", code(1));
    let paths = [
        "/api/v1/suitability/uses".to_owned(),
        "/api/v1/sites?use=mill".to_owned(),
        "/api/v1/sites?use=none".to_owned(),
        one.clone(),
        format!("{one}/restrictions"),
        format!("/api/v1/parcels/{nowhere}"),
        "/api/v1/parcels?q=1".to_owned(),
        "/api/v1/parcels/nonsense".to_owned(),
    ];
    // Sites are put together once somebody asks.
    while by(&web, &paths[1], &key).await.status == 503 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for path in &paths {
        let (with, without) = (by(&web, path, &key).await, web.get(path).await);
        assert_eq!(without_id(&with), without_id(&without), "{path}");
        assert!(with.header("ratelimit").starts_with("\"minute\";r="), "{path}");
        assert_eq!(without.header("ratelimit"), "", "{path}");
        if with.status == 200 {
            assert_eq!(with.body, without.body, "{path}");
        }
    }
    for sites in [vec![code(1)], vec![code(2), nowhere.clone(), code(3)], vec![nowhere]] {
        let with = judged(&web, Some(&key), &sites).await;
        let without = judged(&web, None, &sites).await;
        assert_eq!((with.status, &with.body), (without.status, &without.body), "{sites:?}");
    }
    // It proves nobody: what a proof opens it does not, and no page takes it.
    let page = web.get_with("/sites", &[("authorization", &format!("Bearer {key}"))]).await;
    assert_eq!((page.status, page.header("ratelimit")), (200, ""));
}

#[tokio::test]
async fn p6_a_key_raises_what_may_be_asked_and_says_how_much_is_left() {
    let web = portal(8);
    let key = key(&web, "tool", (100, 1_000, 600)).await;
    // Twenty sites in one question count as twenty.
    let many: Vec<String> = (1..=20).map(code).collect();
    let refused = judged(&web, None, &many).await;
    refused.is_problem(429, "too-many-requests");
    let answer = judged(&web, Some(&key), &many).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let told = (answer.header("ratelimit-policy"), answer.header("ratelimit"));
    assert_eq!(told.0, "\"minute\";q=100;w=60, \"day\";q=1000;w=86400");
    assert!(told.1.starts_with("\"minute\";r=8") && told.1.contains("\"day\";r=980"), "{told:?}");
    let vary = answer.headers.get_all("vary").iter().map(|it| it.to_str().unwrap().to_lowercase());
    assert_eq!(vary.filter(|it| it.contains("authorization")).count(), 1);
    // Eighty sites of one sub-district, side by side: nobody without a key gets so far (60).
    for from in [21, 41, 61] {
        let many: Vec<String> = (from..from + 20).map(code).collect();
        let answer = judged(&web, Some(&key), &many).await;
        assert_eq!(answer.status, 200, "{from}: {}", answer.text());
    }
    // The minute is used up, but for what it gave back meanwhile.
    let mut last = judged(&web, Some(&key), &many).await;
    while last.status == 200 {
        last = judged(&web, Some(&key), &many).await;
    }
    last.is_problem(429, "too-many-requests");
    let seconds: u64 = last.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert!(last.header("ratelimit").starts_with("\"minute\";r=0;t="));
}

#[tokio::test]
async fn p6_a_day_is_used_up_and_another_key_is_not() {
    let web = portal(8);
    let (small, other) =
        (key(&web, "small", (60, 3, 60)).await, key(&web, "other", (60, 60, 60)).await);
    let uses = "/api/v1/suitability/uses";
    for left in [2, 1, 0] {
        let answer = by(&web, uses, &small).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("ratelimit").contains(&format!("\"day\";r={left}")));
    }
    let refused = by(&web, uses, &small).await;
    refused.is_problem(429, "too-many-requests");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 3_600);
    assert_eq!(by(&web, uses, &other).await.status, 200);
    // Whoever has used theirs up is not let in as anybody; without a key they are.
    assert_eq!(web.get(uses).await.status, 200);
    let request = |key: &str| {
        let request = Request::builder().uri(uses).header("authorization", format!("Bearer {key}"));
        request.body(Body::empty()).unwrap()
    };
    assert_eq!(
        web.send_from([198, 51, 100, 7], request(&small)).await.status,
        429,
        "elsewhere too"
    );
}

#[tokio::test]
async fn p6_a_wrong_or_disabled_key_is_refused_and_never_answered_as_none() {
    let web = portal(8);
    let key = key(&web, "tool", (60, 60, 60)).await;
    let uses = "/api/v1/suitability/uses";
    assert_eq!(by(&web, uses, &key).await.status, 200);
    let other = format!("{}x", &key[..key.len() - 1]);
    for wrong in [other.as_str(), "", "jmk_", "a.b.c"] {
        let refused = by(&web, uses, wrong).await;
        let problem = refused.is_problem(401, "wrong-api-key");
        assert!(refused.header("www-authenticate").starts_with("Bearer realm"), "{wrong}");
        assert!(wrong.is_empty() || !problem.to_string().contains(wrong), "{wrong}");
    }
    assert_eq!(web.get_with(uses, &[("authorization", &key)]).await.status, 401, "without Bearer");
    // A password that a gateway in front asks for is no key.
    assert_eq!(web.get_with(uses, &[("authorization", "Basic YTpi")]).await.status, 200);
    assert!(web.store.disable_api_key("tool", Noon.now()).await.unwrap());
    by(&web, uses, &key).await.is_problem(401, "wrong-api-key");
    // Where no key is taken the header means what it did.
    let opened = by(&web, "/api/v1/requests/JM-2026-000000", &key).await;
    assert!(!opened.text().contains("wrong-api-key"), "{}", opened.text());
    // Trying keys one after another ends, and is counted; the secret is in no figure.
    let mut last = 401;
    for _ in 0..40 {
        last = by(&web, uses, &other).await.status;
    }
    assert_eq!(last, 429);
    let metrics = Request::builder().uri("/metrics").body(Body::empty()).unwrap();
    let metrics = web.send_from([127, 0, 0, 1], metrics).await;
    let counted = "jianma_api_key_requests_total{answer=\"let_in\",key=\"tool\"} 1";
    assert!(metrics.text().contains(counted), "{}", metrics.text());
    assert!(metrics.text().contains("wrong_api_key") && !metrics.text().contains(&key[8..]));
}
