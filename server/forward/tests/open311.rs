//! Requests as reports, to a server of Open311 that does as it is told.

#![allow(clippy::unwrap_used, reason = "a test ends where its ground is not firm")]
#![allow(clippy::disallowed_methods, reason = "the other server has routes of its own")]

mod common;

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{
    Form, Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use common::{DEPARTMENT, Portal, brisk, department, secret};
use domain::{
    LandCode,
    request::{Actor, DeliveryId, RequestNumber, RequestState},
};
use forward::{Department, Open311, Places, StatusReader};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{
    Deliveries as _, DeliveryState, Intervened, Intervener, Intervention, RequestWithdrawal,
    Requests as _, Rights as _,
};
use testkit::SystemClock;

/// How the server takes a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Well,
    /// It has the report, and never answers.
    Silent,
    /// As before, and its list shows nothing of it.
    SilentAndUnlisted,
    /// It has the report, never answers, and shows its list to nobody.
    SilentAndClosed,
    /// It has the report, never answers, and lists one report a page.
    SilentAndPaged,
    /// It gives a token, and the number later.
    Token,
    /// It reads and refuses.
    Refusing,
}

#[derive(Default)]
struct Kept {
    mood: Mood,
    reports: Vec<BTreeMap<String, String>>,
    /// Status, notes and when, of all of them.
    said: Option<(&'static str, &'static str)>,
    numbered: bool,
    /// A report of which no question is answered.
    hangs: Option<&'static str>,
}

#[derive(Clone, Default)]
struct Server(Arc<Mutex<Kept>>);

fn number(at: usize) -> String {
    format!("R-{}", at + 1)
}

impl Server {
    async fn open() -> (Self, SocketAddr) {
        let server = Self::default();
        let routes = Router::new()
            .route("/v2/requests.json", post(report).get(list))
            .route("/v2/requests/{id}", get(one))
            .route("/v2/tokens/{token}", get(token))
            .with_state(server.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        (server, address)
    }

    fn set(&self, change: impl FnOnce(&mut Kept)) {
        change(&mut self.0.lock().unwrap());
    }

    fn reports(&self) -> Vec<BTreeMap<String, String>> {
        self.0.lock().unwrap().reports.clone()
    }
}

async fn report(
    State(server): State<Server>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let (mood, at) = {
        let mut kept = server.0.lock().unwrap();
        if kept.mood == Mood::Refusing || form.get("api_key").map(String::as_str) != Some("key") {
            let why = json!([{ "code": 400, "description": "service_code is not valid" }]);
            return (StatusCode::BAD_REQUEST, Json(why)).into_response();
        }
        kept.reports.push(form);
        (kept.mood, kept.reports.len() - 1)
    };
    match mood {
        Mood::Silent | Mood::SilentAndUnlisted | Mood::SilentAndClosed | Mood::SilentAndPaged => {
            std::future::pending().await
        }
        Mood::Token => Json(json!([{ "token": format!("t{at}") }])).into_response(),
        _ => (
            StatusCode::CREATED,
            Json(json!([{ "service_request_id": number(at), "service_notice": "" }])),
        )
            .into_response(),
    }
}

async fn list(
    State(server): State<Server>,
    Query(asked): Query<BTreeMap<String, String>>,
) -> Response {
    let kept = server.0.lock().unwrap();
    if kept.mood == Mood::SilentAndClosed {
        return StatusCode::FORBIDDEN.into_response();
    }
    let page = asked.get("page").map_or(1, |page| page.parse::<usize>().unwrap());
    let listed = kept.reports.iter().enumerate().filter(|_| kept.mood != Mood::SilentAndUnlisted);
    let listed = listed.map(|(at, report)| {
        json!({ "service_request_id": number(at), "status": "open", "description": report["description"],
            // Longer than any answer to a report.
            "service_notice": "x".repeat(100_000) })
    });
    let listed: Vec<Value> = match kept.mood {
        Mood::SilentAndPaged => listed.skip(page - 1).take(1).collect(),
        _ => listed.collect(),
    };
    Json(listed).into_response()
}

async fn one(State(server): State<Server>, Path(id): Path<String>) -> Response {
    let (said, hangs) = {
        let kept = server.0.lock().unwrap();
        (kept.said, kept.hangs)
    };
    let id = id.trim_end_matches(".json");
    if hangs == Some(id) {
        std::future::pending::<()>().await;
    }
    let Some((status, notes)) = said.filter(|_| id.starts_with("R-")) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    Json(json!([{ "service_request_id": id, "status": status, "status_notes": notes }]))
        .into_response()
}

async fn token(State(server): State<Server>, Path(token): Path<String>) -> Json<Value> {
    let id = if server.0.lock().unwrap().numbered { "R-1" } else { "" };
    Json(json!([{ "token": token.trim_end_matches(".json"), "service_request_id": id }]))
}

fn by_open311(address: SocketAddr) -> Department {
    Department {
        endpoint: Some(format!("http://{address}/v2").parse().unwrap()),
        open311: Some(Open311 {
            jurisdiction_id: Some("city.gov".into()),
            api_key: Some("key".into()),
            services: [("data-correction".to_owned(), "006".to_owned())].into(),
            publishes: true,
        }),
        ..department(DEPARTMENT, address, secret())
    }
}

struct Here;

#[async_trait]
impl Places for Here {
    async fn point(&self, code: &LandCode) -> Option<(f64, f64)> {
        assert_eq!(code.as_str(), "330521101001GB00001");
        Some((119.973, 30.535))
    }
}

async fn intervene(portal: &Portal, number: &RequestNumber, what: &Intervention) {
    let id = DeliveryId::of(number, DEPARTMENT, 1);
    let by = Intervener {
        name: "wang".into(),
        at: domain::Clock::now(&SystemClock),
        reason: Some("asked".into()),
    };
    let done = portal.store.intervene(&id, what, &by).await;
    assert_eq!(done.unwrap(), Intervened::Done);
    portal.wake.notify_one();
}

async fn retry(portal: &Portal, number: &RequestNumber) {
    intervene(portal, number, &Intervention::Retry { again: false }).await;
}

#[tokio::test]
async fn s5_a_department_that_speaks_open311_gets_a_request_as_a_report() {
    let (portal, (server, address)) = (Portal::new(), Server::open().await);
    let running = portal.forward_with(vec![by_open311(address)], brisk(), Arc::new(Here));
    let number = portal.submit(DEPARTMENT).await;
    assert_eq!(portal.until(&number, DeliveryState::Delivered).await.attempts, 1);
    assert_eq!(portal.reference(&number).await, "R-1");
    let [report] = server.reports().try_into().unwrap();
    for (name, text) in [
        ("jurisdiction_id", "city.gov"),
        ("service_code", "006"),
        ("address_id", "330521101001GB00001"),
        ("lat", "30.535"),
        ("long", "119.973"),
    ] {
        assert_eq!(report[name], text, "{name}");
    }
    assert!(report["description"].starts_with(&format!("{number} ")), "{report:?}");
    assert!(report["description"].contains("界址 «有误» 😀"), "{report:?}");
    // What cannot be said as a report is a person's.
    let taken_back = RequestWithdrawal {
        number: number.clone(),
        actor: Actor::Applicant,
        at: domain::Clock::now(&SystemClock),
        reason: None,
    };
    portal.store.withdraw(&taken_back).await.unwrap();
    portal.wake.notify_one();
    let stuck = portal.until_last(&number, DeliveryState::Stuck).await;
    assert!(stuck.contains("another way"), "{stuck}");
    running.stop().await;
    assert_eq!(server.reports().len(), 1);
}

#[tokio::test]
async fn s5_a_report_whose_answer_was_lost_is_looked_for_and_never_sent_twice_unasked() {
    let (portal, (server, address)) = (Portal::new(), Server::open().await);
    server.set(|kept| kept.mood = Mood::Silent);
    let running = portal.forward(vec![by_open311(address)], brisk());
    let found = portal.submit(DEPARTMENT).await;
    portal.until(&found, DeliveryState::Delivered).await;
    assert_eq!((portal.reference(&found).await.as_str(), server.reports().len()), ("R-1", 1));
    // Where its list does not name it a person has to ask.
    server.set(|kept| kept.mood = Mood::SilentAndUnlisted);
    let unlisted = portal.submit(DEPARTMENT).await;
    portal.until(&unlisted, DeliveryState::Stuck).await;
    let said = portal.until_last(&unlisted, DeliveryState::Stuck).await;
    assert!(said.contains("ask the department"), "{said}");
    assert_eq!(server.reports().len(), 2, "sent once");
    // And may then have it sent once more.
    server.set(|kept| kept.mood = Mood::Well);
    server.set(|kept| drop(kept.reports.pop()));
    retry(&portal, &unlisted).await;
    portal.until(&unlisted, DeliveryState::Delivered).await;
    assert_eq!(server.reports().len(), 2);
    // What it reads and refuses is told as from every department.
    server.set(|kept| kept.mood = Mood::Refusing);
    let refused = portal.submit(DEPARTMENT).await;
    portal.until(&refused, DeliveryState::Stuck).await;
    running.stop().await;
}

#[tokio::test]
async fn s5_what_a_department_publishes_of_a_report_becomes_events() {
    let (portal, (server, address)) = (Portal::new(), Server::open().await);
    server.set(|kept| kept.mood = Mood::Token);
    let running = portal.forward(vec![by_open311(address)], brisk());
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Delivered).await;
    running.stop().await;
    let departments = [by_open311(address)].into_iter().collect();
    let store: Arc<dyn store::Store> = portal.store.clone();
    let reader = StatusReader::of(store, &departments, Arc::new(SystemClock)).unwrap().unwrap();
    let stands = async || {
        let request = portal.store.request(&number).await.unwrap().unwrap();
        let last = request.events.last().unwrap().clone();
        (request.state(), last.note, request.reference().map(str::to_owned))
    };
    assert_eq!(reader.round().await, 0, "no number was given yet");
    server.set(|kept| kept.numbered = true);
    assert_eq!(reader.round().await, 0, "nothing is published of it yet");
    server.set(|kept| kept.said = Some(("open", "")));
    assert_eq!(reader.round().await, 1);
    assert_eq!(stands().await, (RequestState::Acknowledged, None, Some("R-1".into())));
    for (said, state) in [
        (("open", "已派工"), RequestState::InProgress),
        (("closed", "已办结"), RequestState::Decided),
    ] {
        server.set(|kept| kept.said = Some(said));
        assert_eq!(reader.round().await, 1, "{said:?}");
        assert_eq!(reader.round().await, 0, "once");
        assert_eq!(stands().await, (state, Some(said.1.into()), Some("R-1".into())));
    }
}

#[tokio::test]
async fn s5_a_retry_before_anybody_was_told_to_ask_sends_no_report_twice() {
    let (portal, (server, address)) = (Portal::new(), Server::open().await);
    server.set(|kept| kept.mood = Mood::SilentAndUnlisted);
    let mut patient = brisk();
    patient.schedule.first = SignedDuration::from_hours(100);
    patient.schedule.longest = SignedDuration::from_hours(100);
    let running = portal.forward(vec![by_open311(address)], patient);
    let number = portal.submit(DEPARTMENT).await;
    portal.until(&number, DeliveryState::Ambiguous).await;
    retry(&portal, &number).await;
    let said = portal.until_last(&number, DeliveryState::Stuck).await;
    assert!(said.contains("ask the department"), "{said}");
    assert_eq!(server.reports().len(), 1);
    running.stop().await;
}

#[tokio::test]
async fn s5_a_list_is_read_to_its_end_and_one_that_does_not_read_is_said() {
    let (portal, (server, address)) = (Portal::new(), Server::open().await);
    server.set(|kept| kept.mood = Mood::Well);
    let running = portal.forward(vec![by_open311(address)], brisk());
    for _ in 0..2 {
        let other = portal.submit(DEPARTMENT).await;
        portal.until(&other, DeliveryState::Delivered).await;
    }
    server.set(|kept| kept.mood = Mood::SilentAndPaged);
    let third = portal.submit(DEPARTMENT).await;
    portal.until(&third, DeliveryState::Delivered).await;
    assert_eq!(portal.reference(&third).await, "R-3");
    server.set(|kept| kept.mood = Mood::SilentAndClosed);
    let hidden = portal.submit(DEPARTMENT).await;
    let said = portal.until_last(&hidden, DeliveryState::Stuck).await;
    assert!(said.contains("does not read (answered 403"), "{said}");
    assert_eq!(server.reports().len(), 4, "each once");
    running.stop().await;
}

#[tokio::test]
async fn s5_a_report_settled_with_its_reference_is_followed_and_one_that_hangs_holds_up_no_other() {
    let (portal, (server, address)) = (Portal::new(), Server::open().await);
    server.set(|kept| kept.mood = Mood::Well);
    let running = portal.forward(vec![by_open311(address)], brisk());
    let first = portal.submit(DEPARTMENT).await;
    portal.until(&first, DeliveryState::Delivered).await;
    server.set(|kept| kept.mood = Mood::SilentAndUnlisted);
    let settled = portal.submit(DEPARTMENT).await;
    portal.until(&settled, DeliveryState::Stuck).await;
    let with = Intervention::Settle { received: true, reference: Some("R-2".into()) };
    intervene(&portal, &settled, &with).await;
    running.stop().await;
    server.set(|kept| {
        kept.hangs = Some("R-1");
        kept.said = Some(("closed", "已办结"));
    });
    let departments = [by_open311(address)].into_iter().collect();
    let store: Arc<dyn store::Store> = portal.store.clone();
    let reader = StatusReader::of(store, &departments, Arc::new(SystemClock)).unwrap().unwrap();
    assert_eq!(reader.round().await, 1);
    let request = portal.store.request(&settled).await.unwrap().unwrap();
    assert_eq!(request.state(), RequestState::Decided);
    server.set(|kept| kept.hangs = None);
    assert_eq!(reader.round().await, 1, "the round goes on with the others");
}
