//! Searching for what may not be seen: addresses and points of which the policy tells nothing.

use serde_json::{Value, json};
use testkit::geojson;

use crate::harness::{PortalFolder, Running, UNLIMITED, client};

const CODES: [&str; 3] = ["330521001001GB00001", "330521001001GB00002", "330521001001GB00003"];

const FILE: &str = r#"
[[file]]
name = "parcels.geojson"
role = "parcels"
code = "{code}"

[file.fields]
location = { property = "where", kind = "text" }
"#;

/// The embedded policy of Zhejiang with rows 4 and 32 closed to the public.
fn closed() -> String {
    let zhejiang = include_str!("../../../../domain/data/policies/zhejiang.toml");
    let mut row = 0;
    let lines = zhejiang.lines().map(|line| {
        if let Some(number) = line.strip_prefix("row = ") {
            row = number.parse().unwrap();
        }
        let closed = matches!(row, 4 | 32) && line.starts_with("P = ");
        if closed { "P = \"deny\"" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A portal over three parcels, each with its address and the corner it begins at.
fn portal(land: [(&str, (f64, f64)); 3]) -> (PortalFolder, Running) {
    let place = PortalFolder::empty();
    std::fs::write(place.path("closed.toml"), closed()).unwrap();
    place.configure(
        "http://127.0.0.1:9",
        &format!("{UNLIMITED}[policies]\nfiles = [\"closed.toml\"]\n"),
    );
    let parcels = CODES.iter().zip(land).map(|(code, (address, (west, south)))| {
        let properties = json!({ "code": code, "where": address });
        geojson::feature(properties, geojson::square(west, south, 0.001))
    });
    let output = place.import(FILE, &geojson::collection(parcels));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let running = place.serve();
    (place, running)
}

/// The API's answer to a search.
async fn found(portal: &Running, query: &str) -> String {
    let address = format!("{}/api/v1/parcels?{query}", portal.address);
    let response = client().get(address).send().await.unwrap();
    assert_eq!(response.status(), 200, "{query}");
    response.text().await.unwrap()
}

/// What whoever guesses asks: every character that an address may go on with, alone, after the
/// beginning that was guessed right, with a code and with a limit.
fn guesses(address: &str) -> Vec<String> {
    let letters =
        ["德", "清", "县", "武", "康", "永", "安", "街", "临", "溪", "路", "1", "2", "号"];
    let known: Vec<char> = address.chars().collect();
    let mut guesses = Vec::new();
    for length in 0..=known.len() {
        let beginning: String = known[..length].iter().collect();
        for letter in letters {
            guesses.push(format!("{beginning}{letter}"));
            let ending: String = known[known.len() - length..].iter().collect();
            guesses.push(format!("{letter}{ending}"));
        }
        guesses.push(format!("{beginning} 330521001001"));
    }
    guesses
}

/// Boxes that halve the land again and again, always towards the point.
fn boxes((x, y): (f64, f64)) -> Vec<[f64; 4]> {
    let mut boxes = Vec::new();
    let mut around = [119.0, 30.0, 121.0, 31.0];
    for turn in 0..40 {
        let at = turn % 2;
        let middle = f64::midpoint(around[at], around[at + 2]);
        let (mut low, mut high) = (around, around);
        low[at + 2] = middle;
        high[at] = middle;
        boxes.extend([low, high]);
        around = if [x, y][at] < middle { low } else { high };
    }
    boxes
}

/// Where the page of a search leads, or the page.
async fn page(portal: &Running, query: &str) -> Result<String, String> {
    let response = client().get(format!("{}/?{query}", portal.address)).send().await.unwrap();
    if response.status().is_redirection() {
        return Err(response.headers()["location"].to_str().unwrap().to_owned());
    }
    assert_eq!(response.status(), 200, "{query}");
    Ok(response.text().await.unwrap())
}

#[tokio::test]
async fn p5_the_number_of_a_request_leads_to_its_page_whether_there_is_one_or_not() {
    let (_place, portal) =
        portal([("a", (119.97, 30.54)), ("b", (119.98, 30.55)), ("c", (119.99, 30.56))]);
    for written in [
        "JM-20261122-7K3MQ2VX",
        "jm 20261122 7k3mq2vx",
        "ＪＭ２０２６１１２２７Ｋ３ＭＱ２ＶＸ",
        "申请编号：JM-20261122-7K3MQ2VX",
    ] {
        assert_eq!(
            page(&portal, &format!("q={written}")).await,
            Err("/requests/JM-20261122-7K3MQ2VX".into()),
            "{written}"
        );
    }
    let half = page(&portal, "q=JM-20261122").await.unwrap();
    assert!(half.contains("href=\"/requests\""), "half a number leads to where one is entered");
}

#[tokio::test]
async fn pages_of_a_list_are_true_and_lead_to_one_another() {
    let place = PortalFolder::empty();
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let parcels = (1..=47_u32).map(|number| {
        let code = format!("330521001001GB{number:05}");
        let properties = json!({ "code": code, "where": format!("演示镇演示路{number}号") });
        geojson::feature(
            properties,
            geojson::square(119.9 + f64::from(number) * 0.002, 30.54, 0.001),
        )
    });
    let output = place.import(FILE, &geojson::collection(parcels));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let portal = place.serve();
    let mut codes = Vec::new();
    let mut next = Some("/api/v1/parcels?q=德清县演示路".to_owned());
    while let Some(path) = next {
        let response = client().get(format!("{}{path}", portal.address)).send().await.unwrap();
        let body: Value = response.json().await.unwrap();
        assert_eq!((&body["total"], &body["total_is_at_least"]), (&json!(47), &json!(false)));
        let here = body["features"].as_array().unwrap();
        codes.extend(here.iter().map(|hit| hit["properties"]["code"].as_str().unwrap().to_owned()));
        let links = body["links"].as_array().unwrap();
        next = links
            .iter()
            .find(|link| link["rel"] == "next")
            .map(|link| link["href"].as_str().unwrap().to_owned());
    }
    assert_eq!(codes.len(), 47);
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 47, "none twice");
    let last = page(&portal, "q=演示路&page=3").await.unwrap();
    assert!(last.contains("找到47处") && last.contains("第3页，共3页") && !last.contains("page=4"));
    // Beyond the last is the last, and what is no number is the first.
    for (asked, told) in [
        ("99", "第3页"),
        ("18446744073709551615", "第3页"),
        ("0", "第1页"),
        ("-1", "第1页"),
        ("x", "第1页"),
    ] {
        let html = page(&portal, &format!("q=演示路&page={asked}")).await.unwrap();
        assert!(html.contains(told), "{asked}");
    }
}

#[tokio::test]
async fn p5_no_search_learns_an_address_or_a_point_that_may_not_be_seen() {
    let address = "德清县武康街道永安街12号";
    let (_one, one) = portal([
        (address, (119.97, 30.54)),
        ("永安街", (119.98, 30.55)),
        ("临溪路2号", (119.99, 30.56)),
    ]);
    let (_other, other) = portal([
        ("临溪路", (120.31, 30.71)),
        ("德清县", (120.33, 30.73)),
        ("永安街一直到很远的地方", (120.32, 30.72)),
    ]);
    // The codes are public, and everything by them is found as before.
    for portal in [&one, &other] {
        assert!(found(portal, &format!("q={}", CODES[0])).await.contains(CODES[0]));
        let all: Value = serde_json::from_str(&found(portal, "q=330521").await).unwrap();
        assert_eq!(all["features"].as_array().unwrap().len(), CODES.len());
    }
    let mut asked = 0;
    let nothing = found(&one, "q=没有这样的地方").await;
    for guess in guesses(address) {
        for more in ["", "&limit=1", "&bbox=119.9,30.5,120.0,30.6"] {
            let query = format!("q={guess}{more}");
            let (one, other) = (found(&one, &query).await, found(&other, &query).await);
            assert_eq!(one, other, "{query}");
            // What stands in no code finds nothing, wherever it stands else. The county stands in all.
            let below = guess.strip_prefix("德清县").unwrap_or(&guess);
            if guess != "德清"
                && !below.contains("330521001001")
                && !below.chars().all(|c| c.is_ascii_digit())
            {
                assert_eq!(one, nothing, "{query}");
            }
            asked += 1;
        }
    }
    for point in [(119.9705, 30.5405), (120.3105, 30.7105)] {
        for [west, south, east, north] in boxes(point) {
            let query = format!("bbox={west},{south},{east},{north}");
            for query in [query.clone(), format!("{query}&q=330521001001GB")] {
                let (one, other) = (found(&one, &query).await, found(&other, &query).await);
                assert_eq!((&one, &one), (&other, &nothing), "{query}");
                asked += 1;
            }
        }
    }
    assert!(asked > 1_000, "{asked}");
    println!("{asked} guesses, each answered alike");
}
