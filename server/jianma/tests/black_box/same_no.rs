//! "Not found", "classified" and "not permitted" are one answer (rule P5). Whether the time tells
//! them apart is a statistic, and so a bench: `cargo bench -p jianma --bench time_of_no`.

use domain::code::Strictness;

use crate::{
    harness::{PortalFolder, UNLIMITED},
    refused::{KINDS, publish},
};

/// What differs between two answers to the same question, and the question itself.
fn without_what_is_new(text: &str, code: &str, request: &str) -> String {
    let grouped = domain::LandCode::parse(code, Strictness::Issue).unwrap().code.grouped();
    [code, grouped.as_str(), request]
        .into_iter()
        .filter(|new| !new.is_empty())
        .fold(text.to_owned(), |text, new| text.replace(new, "…"))
}

async fn whole_answer(client: &reqwest::Client, address: &str, path: &str, code: &str) -> String {
    let response = client.get(format!("{address}{path}")).send().await.unwrap();
    let request = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    let mut text = format!("{}\n", response.status());
    for (name, value) in response.headers() {
        if name != "date" {
            text.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
        }
    }
    text.push_str(&response.text().await.unwrap());
    without_what_is_new(&text, code, &request)
}

#[tokio::test]
async fn p5_every_no_is_the_same_to_the_byte() {
    let place = PortalFolder::empty();
    publish(&place.path("data"));
    place.configure("http://127.0.0.1:9", UNLIMITED);
    let portal = place.serve();
    let client = crate::harness::client();
    for path in [
        "/c/{}",
        "/c/{}/requests/new?item=data-correction",
        "/c/{}F00010001",
        "/api/v1/parcels/{}",
        "/api/v1/parcels/{}F00010001",
        "/api/v1/parcels/{}/restrictions",
        "/api/v1/parcels?q={}",
    ] {
        let mut answers = Vec::new();
        for (code, _) in KINDS {
            let path = path.replace("{}", code);
            answers.push(whole_answer(&client, &portal.address, &path, code).await);
        }
        assert!(answers[0].len() > 100);
        for other in &answers[1..] {
            assert_eq!(&answers[0], other, "{path}");
        }
    }
}
