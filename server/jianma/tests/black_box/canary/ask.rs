//! Everything that can be asked of a portal: every route that it knows, with every method, in
//! every language and format, by everybody.

use std::collections::BTreeMap;

use domain::viewer::Tier;
use reqwest::{Client, Method};

use super::land::{Canary, LAND};
use crate::{harness::answers, seen_as::assertion};

/// One question.
#[derive(Clone, Debug)]
pub struct Question {
    pub tier: Tier,
    pub method: Method,
    pub path: String,
    pub english: bool,
    pub json: bool,
    pub body: Option<Body>,
    /// The place an assertion is made for.
    pub place: String,
}

impl Question {
    /// What anybody asks, in Chinese.
    pub fn of_anybody(method: Method, path: String) -> Self {
        let (tier, english, json, body) = (Tier::Public, false, false, None);
        Self { tier, method, path, english, json, body, place: LAND[0].unit() }
    }
}

#[derive(Clone, Debug)]
pub enum Body {
    Json(serde_json::Value),
    Form(Vec<(String, String)>),
}

/// What came back: everything, headers too.
pub struct Answer {
    pub question: Question,
    pub text: String,
}

const METHODS: [Method; 7] = [
    Method::GET,
    Method::HEAD,
    Method::POST,
    Method::PUT,
    Method::PATCH,
    Method::DELETE,
    Method::OPTIONS,
];

/// What may stand for a parameter of a route. A route with a parameter that is not here has come
/// up since: say here what to ask it.
fn values(parameter: &str, known: &BTreeMap<&str, Vec<String>>) -> Vec<String> {
    let Some(values) = known.get(parameter) else {
        panic!("teach the canary test what may stand for {{{parameter}}}");
    };
    values.clone()
}

fn codes() -> Vec<String> {
    let land = LAND.iter().flat_map(|canary| [canary.code.to_owned(), canary.unit()]);
    let mut codes: Vec<String> = land.collect();
    // Nothing there; a home that is not there; no code at all.
    codes.push("330521001009GB00077".into());
    codes.push(format!("{}F00019999", LAND[0].code));
    codes.push("canary-no-code".into());
    codes
}

/// Collections of each canary's data set: what may be given out, and what may not.
fn collections() -> Vec<String> {
    let of = |canary: &Canary| {
        let layer = format!("layer.{}", canary.other("layer"));
        let kinds = ["base.label".to_owned(), "parcels".to_owned(), layer];
        kinds.map(|kind| format!("canary-{}.{kind}", canary.name))
    };
    LAND.iter().flat_map(of).chain(["canary".to_owned()]).collect()
}

fn paths(route: &str, known: &BTreeMap<&str, Vec<String>>) -> Vec<String> {
    let Some((before, rest)) = route.split_once('{') else { return vec![route.to_owned()] };
    let (parameter, after) = rest.split_once('}').unwrap();
    values(parameter.trim_start_matches('*'), known)
        .iter()
        .flat_map(|value| paths(&format!("{before}{value}{after}"), known))
        .collect()
}

/// Codes of printed extracts: none, one that nobody signed, and genuine ones.
pub fn stubs(genuine: Vec<String>) -> Vec<String> {
    let unsigned = format!("{}.1.a~1.{}.A", LAND[0].code, "A".repeat(43));
    [vec!["canary-stub".to_owned(), unsigned], genuine].concat()
}

/// Questions after the path.
fn queries(path: &str) -> Vec<String> {
    let mut queries = vec![String::new()];
    if path == "/" || path == "/api/v1/parcels" {
        let words = ["canary", "330521001", LAND[0].code, LAND[2].code, "end"];
        queries.extend(words.map(|word| format!("?q={word}")));
        queries.extend(LAND.iter().map(|canary| format!("?q={}", canary.unit())));
        queries.push("?bbox=119,30,121,31&limit=100".into());
    }
    if path.starts_with("/ogc/collections/") && path.ends_with("/items") {
        queries.push("?limit=1000".into());
        queries.push("?bbox=119,30,121,31&limit=1000&f=html".into());
    }
    if path == "/api/v1/basemap" {
        let of = |name: &str| format!("?dataset=canary-{name}&bbox=119.95,30.52,120.0,30.56");
        queries.extend(LAND.iter().map(|canary| of(canary.name)));
    }
    if path == "/sites" || path == "/sites/verdict.json" {
        let of = |code: &str| format!("?use=zhejiang.cafe&code={code}&a.builds=yes");
        queries.extend(LAND.iter().map(|canary| of(canary.code)));
        let all: Vec<&str> = LAND.iter().map(|canary| canary.code).collect();
        queries.push(of(&all.join("&code=")));
        queries.push(format!("?code={}&what=canary", LAND[0].unit()));
    }
    if path == "/sites/search" {
        let bands = ["yes", "maybe", "no"].into_iter();
        queries.extend(bands.map(|band| format!("?use=zhejiang.cafe&a.builds=yes&band={band}")));
        queries.push("?what=canary&by=canary".into());
        queries.push("?use=zhejiang.cafe&by=2026-11-29.abc,canary-one%2F1".into());
    }
    if path == "/sites/search.atom" {
        queries.push("?use=zhejiang.cafe&a.builds=yes".into());
        queries.push("?use=zhejiang.cafe&lang=en".into());
    }
    if path == "/api/v1/sites" {
        let bands = ["yes", "maybe", "no"].into_iter();
        queries
            .extend(bands.map(|band| format!("?use=cafe&answer=builds:yes&band={band}&limit=50")));
        queries.push("?use=cafe&min=500&max=canary".into());
        queries.push("?use=cafe&since=before".into());
    }
    if path.ends_with("/changes.atom") {
        queries.push("?lang=zh".into());
    }
    if path.starts_with("/c/") {
        queries.push("?asof=2025-01-01".into());
        queries.push("?item=data-correction".into());
        queries.push("?item=planning-conformity&activity=canary".into());
    }
    queries
}

/// The key of the client of Open311.
pub const API_KEY: &str = "key-of-the-app";

fn bodies(path: &str) -> Vec<Body> {
    let request = |code: &str| {
        Body::Json(serde_json::json!({
            "item": "planning-conformity", "code": code,
            "answers": answers("planning-conformity", "canary-applicant-words-end"),
        }))
    };
    let form = |pairs: &[(&str, &str)]| {
        Body::Form(pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect())
    };
    if path == "/api/v1/suitability" {
        let sites = |sites: &[String]| {
            Body::Json(serde_json::json!({
                "use": "cafe", "sites": sites, "answers": { "builds": "yes" }, "signed": true,
            }))
        };
        let land: Vec<String> = LAND.iter().map(|canary| canary.code.to_owned()).collect();
        let each = codes().into_iter().map(|code| sites(&[code]));
        let outline = |west: f64, side: f64| {
            let (east, south, north) = (west + side, 30.53, 30.53 + side);
            let ring = [[west, south], [east, south], [east, north], [west, north]];
            Body::Json(serde_json::json!({
                "use": "cafe", "outline": { "type": "Polygon", "coordinates": [ring] },
            }))
        };
        let drawn = [outline(119.96, 0.03), outline(119.97, 0.002), outline(119.9701, 0.002)];
        return each.chain([sites(&land)]).chain(drawn).collect();
    }
    if path.starts_with("/open311/") {
        let report = |place: &[(&str, &str)]| {
            let words = "canary-applicant-words-end";
            let told = [
                ("api_key", API_KEY),
                ("service_code", "data-correction"),
                ("attribute[field_in_question]", "area"),
                ("attribute[consent]", "yes"),
                ("description", words),
                ("last_name", words),
            ];
            form(&[&told[..], place].concat())
        };
        let at = [("lat", "30.5301"), ("long", "119.9701")];
        let codes = codes();
        let named = codes.iter().map(|code| report(&[("address_id", code)]));
        return named.chain([report(&at), report(&[("address_string", "canary")])]).collect();
    }
    if path.starts_with("/api/") {
        return codes().iter().map(|code| request(code)).collect();
    }
    let mut whole = vec![("item".to_owned(), "planning-conformity".to_owned())];
    if let serde_json::Value::Object(answers) =
        answers("planning-conformity", "canary-applicant-words-end")
    {
        whole.extend(answers.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())));
    }
    if path.ends_with("/requests/new") {
        let review = ("step".to_owned(), "review".to_owned());
        return vec![
            form(&[("item", "data-correction")]),
            Body::Form(whole.iter().cloned().chain([review]).collect()),
            Body::Form(whole),
        ];
    }
    vec![
        form(&[("item", "data-correction")]),
        form(&[("number", "JM-20261122-22222222"), ("secret", "AAAABBBBCCCC")]),
        form(&[("lang", "en"), ("back", "/")]),
        Body::Form(whole),
    ]
}

/// Every question. `more` says what else may stand for parameters: numbers, labels.
pub fn questions(more: &[(&'static str, Vec<String>)]) -> Vec<Question> {
    let mut known: BTreeMap<&str, Vec<String>> = BTreeMap::from([
        ("code", codes()),
        ("stub", stubs(Vec::new())),
        ("item", vec!["data-correction".into(), "canary".into()]),
        // Squares of the base map: those of the canaries' ground, and none.
        ("column", vec!["4798".into(), "4799".into(), "canary".into()]),
        ("row", vec!["1221".into()]),
        // Tiles: that of the canaries' ground, and none.
        ("z", vec!["14".into(), "canary".into()]),
        ("x", vec!["13651".into()]),
        ("y", vec!["6731".into()]),
        ("scene", vec!["farmland".into(), "canary".into()]),
        ("id", vec!["registration".into(), "canary".into()]),
        ("attachment", vec!["canary".into()]),
        ("upload", vec!["canary".into()]),
        ("delivery", vec!["msg_JM-20261122-22222222_registration".into()]),
        ("file", vec!["canary.js".into()]),
        ("token", vec!["canary-token".into()]),
        ("event", vec!["2".into(), "canary".into()]),
        ("hall", vec!["main".into(), "canary".into()]),
        ("case", vec!["BJ-22334455".into(), "canary".into()]),
        ("collection", collections()),
        // The first of a collection, a parcel of one, and nothing.
        ("feature", vec!["1".into(), LAND[0].code.into(), LAND[2].code.into(), "canary".into()]),
    ]);
    known.extend(more.iter().cloned());
    // Nobody is signed in: whatever the place, the counter answers that alone.
    let mut at_counter = known.clone();
    at_counter.insert("code", codes().into_iter().take(2).collect());
    let mut questions = Vec::new();
    let mut add = |tier, method: &Method, path: &str, variant: usize, body: Option<Body>| {
        let place = codes().into_iter().rev().find(|code| path.contains(code.as_str()));
        questions.push(Question {
            tier,
            method: method.clone(),
            path: path.to_owned(),
            english: variant % 2 == 1,
            json: variant >= 2,
            body,
            place: place.unwrap_or_else(|| LAND[0].unit()),
        });
    };
    let routes = web::portal_routes::known_routes();
    let known_ones = routes.iter().map(|route| (route.method.clone(), &*route.path));
    // What no route knows is answered too.
    let unknown = ["/nowhere/{code}", "/C/{code}", "/api", "/api/v9/{code}"]
        .map(|path| (Some(Method::GET), path));
    for (route_method, route_path) in known_ones.chain(unknown) {
        let known = if route_path.starts_with("/staff") { &at_counter } else { &known };
        for path in paths(route_path, known) {
            for (at, tier) in Tier::ALL.into_iter().enumerate() {
                for (which, query) in queries(&path).into_iter().enumerate() {
                    // Everybody in each language and form; the other tiers in each of them by turns.
                    let all = tier == Tier::Public;
                    let variants = if all { 0..4 } else { (at + which) % 4..(at + which) % 4 + 1 };
                    for variant in variants {
                        add(tier, &Method::GET, &format!("{path}{query}"), variant, None);
                    }
                }
                if route_method == Some(Method::POST) {
                    for (variant, body) in bodies(&path).into_iter().enumerate() {
                        add(tier, &Method::POST, &path, variant % 4, Some(body));
                    }
                }
            }
            for method in &METHODS {
                add(Tier::Public, method, &path, 0, None);
            }
        }
    }
    questions
}

/// Asks one, and gives back every byte of the answer.
pub async fn ask(client: &Client, address: &str, question: Question) -> Answer {
    let mut request = client
        .request(question.method.clone(), format!("{address}{}", question.path))
        .header("accept", if question.json { "application/json" } else { "text/html" })
        .header("cookie", if question.english { "jm_lang=en" } else { "jm_lang=zh; jm_elder=1" });
    if question.tier != Tier::Public {
        // Of tier R only few places may be seen in a day: a new person for each.
        let subject = format!("canary-subject-{}-{}", question.tier.name(), question.place);
        let text = assertion(question.tier, &subject, &question.place);
        request = request.header("jianma-assertion", text);
    }
    request = match &question.body {
        Some(Body::Json(json)) => request
            .header("idempotency-key", format!("canary-{:p}-{}", json, question.path.len()))
            .json(json),
        Some(Body::Form(form)) => request.form(form),
        None => request,
    };
    let response = request.send().await.unwrap();
    let mut text = format!("{}\n", response.status());
    for (name, value) in response.headers() {
        text.push_str(&format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
    }
    let bytes = response.bytes().await.unwrap();
    // The pages of a document are packed; they are drawn from the object that lies in it, and from nothing else.
    let inside =
        ::paper::is_pdf(&bytes).then(|| ::paper::attached(&bytes, bytes.len() * 20).unwrap());
    text.push_str(&String::from_utf8_lossy(inside.as_deref().unwrap_or(&bytes)));
    Answer { question, text }
}
