//! Proof by influence: what a tier may not see does not decide what it is answered. Two portals
//! whose data differ in everything that a tier is denied say the same to it, byte by byte.

use std::path::Path;

use domain::viewer::Tier;
use reqwest::{Client, Method};

use super::{
    altered::{self, Altered, words},
    ask::{self, Question},
    configure, hand_in,
    land::{LAND, publish},
};
use crate::harness::{PortalFolder, Running};

/// Where the labels of both portals point to.
const HOST: &str = "canary.example";

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A portal with the keys, labels and requests of `first`, and the land altered for a tier.
fn portal(first: &PortalFolder, altered: Altered) -> (PortalFolder, Running) {
    let place = PortalFolder::empty();
    copy(&first.path("data"), &place.path("data"));
    configure(&place, &format!("[site]\nhost = \"{HOST}\"\n"));
    altered::publish(&place.path("data"), altered);
    let running = place.serve();
    (place, running)
}

/// What is new in every answer, and no value of the land.
fn without_what_is_new(text: &str) -> String {
    let id = text.lines().find_map(|line| line.strip_prefix("x-request-id: "));
    // A document with another signature packs to another length.
    let new = |line: &&str| line.starts_with("date: ") || line.starts_with("content-length: ");
    let mut text: String = text.lines().filter(|line| !new(line)).collect::<Vec<_>>().join("\n");
    if let Some(id) = id {
        text = text.replace(id, "…");
    }
    // Form tokens, numbers and secrets of requests, and when they were handed in; when a verdict or an extract was
    // signed, and the signature over that, in a file, as a text in JSON and in what a QR code has of it.
    for (before, ends) in [
        ("name=\"token\" value=\"", '"'),
        ("JM-2", ['"', '<', '\n', ';', ' ', '='].as_slice()[0]),
        ("\"secret\":\"", '"'),
        ("\"submitted_at\":\"", '"'),
        (r#""algorithm":"Ed25519","at":""#, '"'),
        (r#"","signature":""#, '"'),
        (r#"},"stub":""#, '"'),
        (r#"\"algorithm\":\"Ed25519\",\"at\":\""#, '\\'),
        (r#"\",\"signature\":\""#, '\\'),
    ] {
        let mut rest = text.as_str();
        let mut out = String::new();
        while let Some(at) = rest.find(before) {
            let after = at + before.len();
            out.push_str(&rest[..after]);
            rest = &rest[after..];
            let end = match before {
                "JM-2" => rest.len().min(16),
                _ => rest.find(ends).unwrap_or(rest.len()),
            };
            rest = &rest[end..];
        }
        out.push_str(rest);
        text = out;
    }
    let lines = text.lines().map(|line| match line.strip_prefix("set-cookie: ") {
        Some(cookie) => format!("set-cookie: {}", cookie.split('=').next().unwrap_or_default()),
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Searches for every value that is denied to somebody, as it is in either portal, and boxes around
/// both places of each parcel.
fn searches() -> Vec<String> {
    let mut paths = Vec::new();
    for word in words() {
        let word = word.replace(' ', "%20");
        paths.push(format!("/api/v1/parcels?q={word}"));
        paths.push(format!("/?q={word}"));
        paths.push(format!("/api/v1/parcels?q={word}&limit=1"));
        paths.push(format!("/api/v1/parcels?q={word}&bbox=119.9,30.5,120.1,30.6"));
    }
    let (mut west, step) = (119.965, 0.002);
    while west < 119.99 {
        let east = west + step;
        paths.push(format!("/api/v1/parcels?bbox={west:.3},30.53,{east:.3},30.56&limit=100"));
        paths.push(format!("/api/v1/parcels?bbox={west:.3},30.53,{east:.3},30.56&limit=1"));
        west = east;
    }
    paths
}

/// Homes that are there in one portal, in both and in none.
fn homes() -> Vec<String> {
    let numbers = ["F00010001", "F00010003", "F00010007", "F00020001", "F00030001", "F99990000"];
    let code =
        |canary: &super::land::Canary| numbers.map(|number| format!("{}{number}", canary.code));
    // An open cadastre tells which there are.
    LAND.iter().filter(|canary| canary.policy != "open-cadastre").flat_map(code).collect()
}

fn questions(tier: Tier, more: &[(&'static str, Vec<String>)]) -> Vec<Question> {
    let mut questions = ask::questions(more);
    // The operators' own page counts what the server did, and is for this machine alone; the other says how long
    // deliveries have waited, which is not the same of two portals that are asked one after the other.
    let of_the_machine = |path: &str| path.starts_with("/metrics") || path.starts_with("/readyz");
    questions.retain(|question| question.tier == tier && !of_the_machine(&question.path));
    let get = |path: String, json| Question { json, ..Question::of_anybody(Method::GET, path) };
    if tier == Tier::Public {
        questions.extend(searches().into_iter().map(|path| get(path, false)));
        for home in homes() {
            for path in ["/c/{}", "/C/{}", "/c/{}/requests/new", "/api/v1/parcels/{}/restrictions"]
            {
                questions.push(get(path.replace("{}", &home), false));
            }
            for path in ["/?q={}", "/api/v1/parcels?q={}", "/api/v1/parcels/{}"] {
                questions.push(get(path.replace("{}", &home), true));
                let path = path.replace("{}", &home);
                questions.push(Question::of_anybody(Method::HEAD, path));
            }
        }
    }
    questions
}

/// What is answered; of a document that so many ask for at once that some are turned away, what is answered then.
async fn answer_of(client: &Client, address: &str, question: Question) -> String {
    loop {
        let text = ask::ask(client, address, question.clone()).await.text;
        if !(question.path.contains("/extract.pdf") && text.starts_with("503")) {
            return text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
}

async fn answers(client: &Client, address: &str, asked: Vec<Question>) -> Vec<String> {
    let mut said = vec![String::new(); asked.len()];
    let mut waiting = asked.into_iter().enumerate();
    let mut running = tokio::task::JoinSet::new();
    loop {
        while running.len() < 24
            && let Some((at, question)) = waiting.next()
        {
            let (client, address) = (client.clone(), address.to_owned());
            running.spawn(async move { (at, answer_of(&client, &address, question).await) });
        }
        let Some(answer) = running.join_next().await else { return said };
        let (at, text) = answer.unwrap();
        said[at] = without_what_is_new(&text);
    }
}

/// Waits until a portal has put together what has changed: it does so once somebody has asked.
async fn followed(client: &Client, address: &str) {
    let feed = format!("{address}/sites/search.atom?use=zhejiang.cafe");
    while client.get(&feed).send().await.unwrap().status() == 503 {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

/// Where two answers part.
fn difference(one: &str, other: &str) -> String {
    let at = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| {
        let bytes = &text.as_bytes()[at.saturating_sub(120).min(text.len())..];
        String::from_utf8_lossy(&bytes[..bytes.len().min(300)]).into_owned()
    };
    format!("{}\n--- and ---\n{}", around(one), around(other))
}

/// The premise: whoever may see the values sees that they are others.
async fn differ(client: &Client, one: &str, other: &str) {
    for canary in LAND.iter().filter(|canary| ["closed", "strict"].contains(&canary.name)) {
        let path = format!("/api/v1/parcels/{}", canary.code);
        let (tier, place) = (Tier::Staff, canary.code.to_owned());
        let asked = Question { tier, place, ..Question::of_anybody(Method::GET, path) };
        let one = answers(client, one, vec![asked.clone()]).await;
        let other = answers(client, other, vec![asked]).await;
        assert!(one[0].starts_with("200") && one[0].contains("canary-"), "{}", one[0]);
        assert_ne!(one, other, "{}", canary.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p5_what_a_tier_may_not_see_decides_nothing_of_what_it_is_answered() {
    let first = PortalFolder::empty();
    configure(&first, &format!("[site]\nhost = \"{HOST}\"\n"));
    publish(&first.path("data"));
    let labels = super::labels(&first, HOST);
    let running = first.serve();
    let number = hand_in(&running.address).await;
    assert_eq!(running.terminate(), Some(0));

    let more = [("number", vec![number, "JM-20261122-22222222".into()]), ("label", labels)];
    let client = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let (_place, base) = portal(&first, None);
    let mut compared = 0;
    for tier in Tier::ALL {
        let (_other, altered) = portal(&first, Some(tier));
        followed(&client, &base.address).await;
        followed(&client, &altered.address).await;
        let asked = questions(tier, &more);
        assert!(asked.len() > if tier == Tier::Public { 5_000 } else { 1_000 }, "{}", asked.len());
        let one = answers(&client, &base.address, asked.clone());
        let other = answers(&client, &altered.address, asked.clone());
        let (one, other) = tokio::join!(one, other);
        let mut told = Vec::new();
        for ((question, one), other) in asked.iter().zip(&one).zip(&other) {
            if one != other {
                told.push(format!("{question:?}:\n{}", difference(one, other)));
            }
        }
        let first: Vec<_> = told.iter().take(5).cloned().collect();
        assert!(told.is_empty(), "{tier:?}: {} differ: {}", told.len(), first.join("\n\n"));
        compared += asked.len();
        if tier < Tier::Staff {
            differ(&client, &base.address, &altered.address).await;
        }
    }
    println!("{compared} answers compared with as many of other data, all the same");
}
