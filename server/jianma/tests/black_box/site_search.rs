//! *Where could I?* through the API: every site that a list may name, each as it is judged alone.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use atom_syndication::Feed;
use serde_json::{Value, json};
use testkit::geojson;

use crate::harness::{PARCEL_FILE, PARCELS, PortalFolder, UNLIMITED, client};

/// A folder with the demonstration.
fn demonstration(more: &str) -> PortalFolder {
    let place = PortalFolder::empty();
    let output = place.jianma(&["demo", "--data", &place.text("data")]);
    assert!(output.status.success(), "{output:?}");
    place.configure("http://127.0.0.1:9", more);
    place
}

/// The policy of an open cadastre in the place of the demonstration's own: then all of it is searched.
fn opened(place: &PortalFolder, more: &str) {
    let policy = include_str!("../../../../domain/data/policies/open-cadastre.toml")
        .replace("id = \"open-cadastre\"", "id = \"zhejiang\"");
    std::fs::write(place.path("open.toml"), policy).unwrap();
    place
        .configure("http://127.0.0.1:9", &format!("{more}\n[policies]\nfiles = [\"open.toml\"]\n"));
}

async fn get(address: &str, query: &str) -> (u16, Option<String>, Value) {
    let response = client().get(format!("{address}/api/v1/sites?{query}")).send().await.unwrap();
    let wait = response.headers().get("retry-after").map(|it| it.to_str().unwrap().to_owned());
    (response.status().as_u16(), wait, response.json().await.unwrap())
}

/// Asks until the portal has put together what it searches.
async fn found(address: &str, query: &str) -> Value {
    for _ in 0..6_000 {
        match get(address, query).await {
            (503, wait, problem) => {
                assert!(wait.unwrap().parse::<u64>().unwrap() > 0, "{problem}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            (200, _, told) => return told,
            other => panic!("{query}: {other:?}"),
        }
    }
    panic!("{query}: it is never put together");
}

/// Every listed site with its answer, of all bands; and the counts that were told.
async fn all(address: &str, query: &str) -> (BTreeMap<String, String>, Value) {
    let (mut all, mut counts) = (BTreeMap::new(), Value::Null);
    for band in ["yes", "maybe", "no"] {
        let mut page = 1;
        loop {
            let told = found(address, &format!("{query}&band={band}&limit=50&page={page}")).await;
            for site in told["sites"].as_array().unwrap() {
                let text = |name: &str| site[name].as_str().unwrap().to_owned();
                let twice = all.insert(text("code"), text("answer"));
                assert_eq!(twice, None, "{site}");
            }
            counts = told["bands"].clone();
            if told["pages"] == page {
                break;
            }
            page += 1;
        }
    }
    (all, counts)
}

/// Asks of every one of them alone, twenty at a time; how many of each answer there are.
async fn as_judged_alone(
    address: &str,
    (rules, of, answers): (&str, &str, &Value),
    told: &BTreeMap<String, String>,
) -> BTreeMap<String, usize> {
    let codes: Vec<&String> = told.keys().collect();
    let mut answered = BTreeMap::new();
    for some in codes.chunks(20) {
        let body = json!({ "rules": rules, "use": of, "answers": answers, "sites": some });
        let request = client().post(format!("{address}/api/v1/suitability")).json(&body);
        let judged: Value = request.send().await.unwrap().json().await.unwrap();
        for site in judged["sites"].as_array().unwrap() {
            let answer = site["verdict"]["answer"].as_str().unwrap();
            assert_eq!(told[site["code"].as_str().unwrap()], answer, "{of} {}", site["code"]);
            *answered.entry(answer.to_owned()).or_default() += 1;
        }
    }
    answered
}

#[tokio::test]
async fn sites_q1_over_the_whole_demonstration_every_band_is_the_verdict_alone() {
    let place = demonstration("");
    opened(&place, UNLIMITED);
    let portal = place.serve();
    let mut answered: BTreeMap<String, usize> = BTreeMap::new();
    for (of, builds) in [("cafe", "no"), ("factory", "yes"), ("warehouse", "unknown")] {
        let query = format!("use={of}&answer=builds:{builds}");
        let (told, counts) = all(&portal.address, &query).await;
        let sum = |band: &str| counts[band]["exactly"].as_u64().unwrap();
        assert_eq!(sum("yes") + sum("maybe") + sum("no"), told.len() as u64, "{counts}");
        assert!(told.len() > 100, "{of}: {}", told.len());
        let asked = ("zhejiang", of, &json!({ "builds": builds }));
        for (answer, count) in as_judged_alone(&portal.address, asked, &told).await {
            *answered.entry(answer).or_default() += count;
        }
    }
    assert!(answered.len() >= 3, "{answered:?}");
}

/// Cambridge, where its data are.
fn cambridge() -> (PathBuf, PathBuf) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared =
        std::env::var("JIANMA_SHARED").map_or_else(|_| root.join("../shared"), PathBuf::from);
    (shared.join("data/cambridge"), root.join("server/intake/mappings/cambridge.toml"))
}

#[tokio::test]
#[ignore = "needs the register of Cambridge, in ../shared or where JIANMA_SHARED says"]
async fn sites_q1_over_all_of_cambridge_every_band_is_the_verdict_alone() {
    let (folder, mapping) = cambridge();
    let place = PortalFolder::empty();
    place.configure(
        "http://127.0.0.1:9",
        &format!("{UNLIMITED}\n[suitability]\nsets = [\"cambridge\"]\n"),
    );
    let text = std::fs::read_to_string(&mapping).unwrap();
    let named = text.lines().filter_map(|line| line.trim().strip_prefix("name = \""));
    let mut files: Vec<String> = named
        .filter_map(|rest| rest.split('"').next())
        .filter(|name| name.ends_with(".geojson"))
        .map(|name| folder.join(name).display().to_string())
        .collect();
    files.sort();
    files.dedup();
    let (data, mapping) = (place.text("data"), mapping.display().to_string());
    let mut arguments = vec!["import", "--data", &data, "--mapping", &mapping];
    arguments.extend(files.iter().map(String::as_str));
    let output = place.jianma(&arguments);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let portal = place.serve();
    let uses: Value = client()
        .get(format!("{}/api/v1/suitability/uses", portal.address))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    for (one, builds) in uses[0]["uses"].as_array().unwrap().iter().zip(["no", "yes", "unknown"]) {
        let of = one["id"].as_str().unwrap();
        let (told, _) = all(&portal.address, &format!("use={of}&answer=builds:{builds}")).await;
        assert!(told.len() > 10_000, "{of}: {}", told.len());
        let asked = ("cambridge", of, &json!({ "builds": builds }));
        let answered = as_judged_alone(&portal.address, asked, &told).await;
        println!("{of}: {answered:?}");
    }
}

#[tokio::test]
async fn sites_q5_of_a_register_only_published_supply_results_are_searched_and_small_counts_rounded()
 {
    let place = demonstration(UNLIMITED);
    let portal = place.serve();
    let (told, counts) = all(&portal.address, "use=cafe&answer=builds:no").await;
    assert!(!told.is_empty(), "the demonstration has supply results");
    for code in told.keys() {
        let parcel = format!("{}/api/v1/parcels/{code}", portal.address);
        let parcel: Value = client().get(parcel).send().await.unwrap().json().await.unwrap();
        let events = parcel["properties"]["events"].as_array().unwrap();
        assert!(events.iter().any(|event| event["stage"] == "supplied"), "{parcel}");
    }
    for (band, count) in counts.as_object().unwrap() {
        let few = count["exactly"].as_u64().is_some_and(|count| (1..5).contains(&count));
        assert!(!few, "M4: {band} {count}");
    }
    let found = found(&portal.address, "use=cafe").await;
    assert!(
        found["listed_only"] == true && found["notice"].as_str().unwrap().contains("不是行政决定")
    );
    for site in found["sites"].as_array().unwrap() {
        assert!(site.get("geometry").is_none(), "M4: no outline in a list");
    }
}

/// The feed as it is read by others, once the portal has put together what it says.
async fn feed(address: &str, query: &str) -> (Feed, String) {
    for _ in 0..6_000 {
        let asked = client().get(format!("{address}/sites/search.atom?{query}")).send();
        let response = asked.await.unwrap();
        if response.status() == 503 {
            assert!(response.headers().contains_key("retry-after"), "{response:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        }
        assert_eq!(response.status(), 200, "{response:?}");
        let kind = response.headers()["content-type"].to_str().unwrap();
        assert!(kind.starts_with("application/atom+xml"), "{kind}");
        let text = response.text().await.unwrap();
        return (text.parse().unwrap(), text);
    }
    panic!("{query}: it is never put together");
}

/// What has changed, once the portal has compared it.
async fn changed(address: &str, query: &str) -> Value {
    loop {
        let told = found(address, query).await["since"].clone();
        if told["told"] != "not_yet" {
            return told;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn sites_q6_an_import_is_told_of_by_the_api_the_page_and_the_feed() {
    let place = PortalFolder::with_small_data();
    opened(&place, UNLIMITED);
    let portal = place.serve();
    let address = &portal.address;
    let (query, since) = ("use=zhejiang.cafe", "use=cafe&since=small%2F1");
    assert_eq!(changed(address, since).await["told"], "same");
    assert_eq!(changed(address, "use=cafe&since=before").await["told"], "not_kept");
    let (first, _) = feed(address, query).await;
    assert!(first.entries[0].summary().unwrap().value.contains("没有保留更早的数据"), "{first:?}");

    // One is gone, one is new; of the third everything is as it was.
    let codes = [PARCELS[1], PARCELS[2], "330521001001GB00009"];
    let parcels = geojson::collection(codes.iter().enumerate().map(|(at, code)| {
        let properties = json!({ "ZDDM": code, "ZL": "演示路 <9> 号", "ZDMJ": 10_000.5, "QLR": "不应出现的姓名" });
        geojson::feature(properties, geojson::square(119.97 + 0.002 * at as f64, 30.54, 0.001))
    }));
    assert!(place.import(PARCEL_FILE, &parcels).status.success());
    let told = changed(address, since).await;
    assert_eq!(told["then"], json!(["small/1"]), "{told}");
    let counts = ["came", "went", "changed"].map(|name| told[name]["exactly"].clone());
    assert_eq!(counts, [json!(0), json!(0), json!(1)]);
    let site = &told["sites"][0];
    assert_eq!((&site["code"], &site["now"]), (&json!(codes[2]), &json!("maybe")));
    assert_eq!(site["why"], json!([{ "reason": "new", "by": null }]));

    let (second, text) = feed(address, query).await;
    assert_eq!(second.lang.as_deref(), Some("zh-CN"));
    let own = format!("{address}/sites/search.atom?{query}");
    let links: Vec<&str> = second.links.iter().map(|link| link.href.as_str()).collect();
    assert_eq!(links, [own.as_str(), &format!("{address}/sites/search?{query}")]);
    assert_eq!(second.id, own);
    let ids: Vec<&str> = second.entries.iter().map(|entry| entry.id.as_str()).collect();
    let [whole, new] = ids[..] else { panic!("{ids:?}") };
    assert!(whole.starts_with("tag:127.0.0.1,") && whole.ends_with(":small/2?use=zhejiang.cafe"));
    assert!(new.ends_with(&format!(":small/2/{}/maybe?use=zhejiang.cafe", codes[2])), "{new}");
    let entry = &second.entries[1];
    assert!(
        entry.title.value.contains("演示路 <9> 号"),
        "what was in the data is no markup: {entry:?}"
    );
    assert!(entry.summary().unwrap().value.contains("当时的数据里没有这宗地"), "{entry:?}");
    assert_eq!(entry.updated, second.updated);
    assert!(!text.contains("不应出现的姓名") && !text.contains(PARCELS[0]), "{text}");
    assert_eq!(feed(address, query).await.1, text, "it is the same until the data are others");
    let (english, _) = feed(address, "use=zhejiang.cafe&lang=en").await;
    assert!(english.entries[1].summary().unwrap().value.contains("did not have this site"));

    let led = client().get(format!("{address}/sites/search.atom?what=")).send().await.unwrap();
    assert!(led.url().path() == "/sites/search" || led.status() == 303, "{led:?}");
}

#[tokio::test]
async fn what_does_not_read_is_named_and_a_portal_may_search_nothing() {
    let place = demonstration("[suitability]\nsearch = false\n");
    let portal = place.serve();
    assert_eq!(found(&portal.address, "use=cafe").await["told"], "not_offered");
    for (query, words) in [
        ("", "no use"),
        ("use=rocket-range", "no use"),
        ("use=cafe&rules=utopia", "zhejiang"),
        ("use=cafe&answer=builds", "builds:no"),
        ("use=cafe&answer=builds:ja", "builds"),
        ("use=cafe&min=501", "100, 500"),
        ("use=cafe&band=perhaps", "maybe"),
        ("use=cafe&page=-1", "whole number"),
        ("use=cafe&since=yesterday", "deqing/2"),
        ("use=cafe&unknown=1", "unknown"),
    ] {
        let (status, _, problem) = get(&portal.address, query).await;
        let detail = problem["detail"].as_str().unwrap();
        assert!(status == 400 && detail.contains(words), "{query}: {problem}");
    }
    let (status, _, problem) = get(&portal.address, "use=cafe&min=2000&max=500").await;
    let detail = problem["detail"].as_str().unwrap();
    assert!(status == 422 && detail.contains("`min` and `max`"), "{problem}");
}
