//! Whether sites suit a use, through the API of a portal with the demonstration.

use serde_json::{Value, json};

use crate::harness::{PortalFolder, UNLIMITED, client};

/// A shop on the main street of the demonstration.
fn example(at: usize) -> String {
    demo_district::examples()[at].0.parcel().as_str().to_owned()
}

fn demonstration(more: &str) -> PortalFolder {
    let place = PortalFolder::empty();
    let output = place.jianma(&["demo", "--data", &place.text("data")]);
    assert!(output.status.success(), "{output:?}");
    place.configure("http://127.0.0.1:9", more);
    place
}

async fn post(address: &str, body: &Value) -> (u16, Value) {
    let request = client().post(format!("{address}/api/v1/suitability")).json(body);
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

#[tokio::test]
async fn sites_s1_a_verdict_through_the_api_has_rules_hash_evidence_and_what_would_settle_it() {
    let place = demonstration("");
    let portal = place.serve();
    let uses: Value = client()
        .get(format!("{}/api/v1/suitability/uses", portal.address))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let hash = uses[0]["rules"]["hash"].as_str().unwrap();
    assert_eq!((uses[0]["rules"]["id"].as_str(), hash.len()), (Some("zhejiang"), 64));
    assert!(uses[0]["uses"].as_array().unwrap().iter().any(|one| one["id"] == "cafe"));
    assert!(uses[0]["questions"].as_array().unwrap().iter().any(|one| one["id"] == "builds"));

    let one = example(0);
    let (status, told) = post(&portal.address, &json!({ "use": "cafe", "sites": [one] })).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(told["rules"]["hash"], hash);
    assert!(told["notice"].as_str().unwrap().contains("不是行政决定"));
    let site = &told["sites"][0];
    let verdict = &site["verdict"];
    assert_eq!((site["code"].as_str(), &verdict["hash"]), (Some(one.as_str()), &hash.into()));
    // The applicant was asked nothing yet.
    assert_eq!(verdict["answer"], "cannot_be_said");
    let findings = verdict["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| !finding["basis"].as_array().unwrap().is_empty()));
    let open = findings.iter().find(|finding| finding["standing"] == "open").unwrap();
    assert!(!open["gaps"].as_array().unwrap().is_empty() && !open["evidence"].is_null(), "{open}");
    let seen = findings.iter().any(|finding| {
        finding["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .any(|it| !it["seen"].as_array().unwrap().is_empty())
    });
    assert!(seen, "layers with their days");
    assert!(site["data_version"].as_str().unwrap().starts_with("deqing-demo/"));
}

#[tokio::test]
async fn sites_s8_several_sites_are_compared_and_what_is_wrong_is_said() {
    let place = demonstration(UNLIMITED);
    let portal = place.serve();
    let (one, two) = (example(0), example(2));
    let sites = json!({ "use": "cafe", "sites": [one, two, "330521001009GB00077", one] });
    let (status, told) = post(&portal.address, &sites).await;
    assert_eq!(status, 200, "{told}");
    let told = told["sites"].as_array().unwrap();
    assert_eq!(told.len(), 3, "each once");
    assert_eq!(told[2]["told"], "nothing");
    assert!(told[2].get("verdict").is_none());
    for site in &told[..2] {
        let total = &site["scores"]["total"];
        assert!(total["lo"].as_f64().unwrap() <= total["hi"].as_f64().unwrap());
        assert!(
            site["among"]["best"].as_u64().unwrap() <= site["among"]["worst"].as_u64().unwrap()
        );
    }
    let many: Vec<String> = (1..=21).map(|at| format!("330521001001GB{at:05}")).collect();
    for (body, words) in [
        (json!({ "use": "cafe", "sites": many }), "1 to 20"),
        (json!({ "use": "cafe", "sites": [] }), "1 to 20"),
        (json!({ "use": "rocket-range", "sites": [one] }), "no use"),
        (json!({ "use": "cafe", "rules": "utopia", "sites": [one] }), "zhejiang"),
        (json!({ "use": "cafe", "sites": ["nonsense"] }), "no unit or parcel code"),
        (json!({ "use": "cafe", "sites": [one], "answers": { "builds": "ja" } }), "builds"),
        (json!({ "use": "cafe", "site": one }), "site"),
    ] {
        let (status, problem) = post(&portal.address, &body).await;
        assert_eq!(status, 400, "{body}");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(words), "{body}: {detail}");
    }
}

#[tokio::test]
async fn each_site_of_a_list_costs_a_read() {
    let place = demonstration("[limits]\nread_burst = 12\nreads_per_second = 1\n");
    let portal = place.serve();
    let body = json!({ "use": "cafe", "sites": (1..=20).map(|at| format!("330521001009GB{:05}", at * 7)).collect::<Vec<_>>() });
    let (status, problem) = post(&portal.address, &body).await;
    assert_eq!((status, &problem["type"]), (429, &"urn:jianma:problem:too-many-requests".into()));
}

#[tokio::test]
async fn the_rules_of_an_operator_judge_and_a_broken_file_stops_the_start() {
    let place = demonstration("[suitability]\nrules = \"rules\"\nsets = [\"mine\"]\n");
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../domain/data/rules/zhejiang/2026-11-29");
    let folder = place.path("rules/mine/2026-11-29");
    std::fs::create_dir_all(&folder).unwrap();
    for file in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let text = std::fs::read_to_string(file.path()).unwrap();
        let text = text.replace("id = \"zhejiang\"", "id = \"mine\"");
        std::fs::write(folder.join(file.file_name()), text).unwrap();
    }
    let portal = place.serve();
    let (status, told) =
        post(&portal.address, &json!({ "use": "cafe", "sites": [example(0)] })).await;
    assert_eq!((status, &told["rules"]["id"]), (200, &"mine".into()), "{told}");
    let page = client().get(format!("{}/sites", portal.address)).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("value=\"mine.cafe\""));
    drop(portal);

    let broken = folder.join("farmland.toml");
    let text = std::fs::read_to_string(&broken).unwrap();
    let line = text.lines().position(|line| line.contains("basic-farmland")).unwrap() + 1;
    std::fs::write(&broken, text.replacen("\"basic-farmland\"", "\"basic-farmlands\"", 1)).unwrap();
    let (data, config) = (place.text("data"), place.text("jianma.toml"));
    let checked = place.jianma(&["check-config", "--config", &config]);
    let started = place.jianma(&["serve", "--data", &data, "--config", &config]);
    for output in [checked, started] {
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success());
        assert!(told.contains("farmland.toml") && told.contains(&format!("line {line}")), "{told}");
    }
}

#[tokio::test]
async fn a_set_that_there_is_not_is_named_with_those_that_there_are() {
    let place = demonstration("[suitability]\nsets = [\"utopia\"]\n");
    let output = place.jianma(&["check-config", "--config", &place.text("jianma.toml")]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("utopia") && told.contains("cambridge, zhejiang"), "{told}");
}
