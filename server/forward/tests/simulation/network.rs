//! The network between a worker and a department, and everything that goes wrong on it.

use std::{
    collections::{BTreeMap, BTreeSet},
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use async_trait::async_trait;
use axum::http::{HeaderMap, HeaderValue, Response, header};
use bytes::Bytes;
use forward::{Lost, Wire};
use http_body::Frame;
use reqwest::{Body, Method, Request};

use crate::{
    fault::{Fault, Mood},
    office::{Office, bare},
    time::{MINUTE, SECOND},
    world::{TIMEOUT, World},
};

/// What is between the workers and the departments.
#[derive(Default)]
pub struct Network {
    moods: Mutex<BTreeMap<String, Mood>>,
    /// Nothing goes wrong any more.
    pub calm: AtomicBool,
    /// Deliveries that are on their way though their sender has given them up.
    pub straggling: AtomicUsize,
    /// Keys that are being posted.
    posted: Mutex<BTreeSet<String>>,
    /// Keys that were posted without a certain end, and whether the department was asked since.
    in_doubt: Mutex<BTreeMap<String, bool>>,
}

impl Network {
    pub fn set_mood(&self, office: &str, mood: Mood) {
        self.moods.lock().unwrap().insert(office.to_owned(), mood);
    }

    /// Whether nothing is being posted.
    pub fn is_quiet(&self) -> bool {
        self.posted.lock().unwrap().is_empty()
    }

    fn fault(&self, world: &World, office: &Office, post: bool) -> Fault {
        if self.calm.load(Ordering::Relaxed) {
            return Fault::None;
        }
        let mood = self.moods.lock().unwrap().get(&office.id).copied().unwrap_or(Mood::Well);
        let dice = &world.dice;
        match mood {
            Mood::Well if dice.percent(97) => Fault::None,
            Mood::Well => Fault::CutAfter,
            Mood::Flaky if dice.percent(30) => Fault::None,
            // Refusals are final, and would end most schedules at once.
            Mood::Flaky => match dice.one_of(&Fault::ALL) {
                Fault::Refuses if post && dice.percent(80) => Fault::CutAfter,
                fault => *fault,
            },
            Mood::Down => Fault::NoConnection,
            Mood::Hanging => *dice.one_of(&[Fault::HangsBefore, Fault::HangsAfter]),
            Mood::Foreign => Fault::Foreign,
            Mood::Misconfigured => Fault::Misconfigured,
            Mood::Refusing => Fault::Refuses,
        }
    }

    /// Holds what is about to be posted against the rules: a key is in one pair of hands, and after a
    /// lost answer the department is asked before it is posted again.
    fn about_to_post(&self, world: &World, key: &str) {
        if !self.posted.lock().unwrap().insert(key.to_owned()) && world.is_strict() {
            world.breaks(format!("{key} was posted by two workers at once"));
        }
        let before = self.in_doubt.lock().unwrap().insert(key.to_owned(), false);
        if before == Some(false) && world.is_strict() {
            world.breaks(format!("{key} was posted again, and the department had not been asked"));
        }
    }

    fn about_to_ask(&self, world: &World, key: &str) {
        world.count("department asked first");
        if let Some(asked) = self.in_doubt.lock().unwrap().get_mut(key) {
            *asked = true;
        }
    }
}

/// One worker's line to one department.
pub struct Line {
    pub world: Arc<World>,
    pub office: Arc<Office>,
}

/// Ends with the exchange, also when its worker is killed.
struct Posted(Arc<World>, String);

impl Drop for Posted {
    fn drop(&mut self) {
        self.0.network.posted.lock().unwrap().remove(&self.1);
    }
}

impl Line {
    /// What the department makes of it, at the moment at which it arrives.
    fn arrives(&self, post: bool, headers: &HeaderMap, body: &[u8]) -> Response<String> {
        if post {
            self.office.receive(&self.world, headers, body)
        } else {
            self.office.look_up(&self.world, headers)
        }
    }

    fn straggles(&self, post: bool, headers: HeaderMap, body: Vec<u8>) {
        let (world, office) = (Arc::clone(&self.world), Arc::clone(&self.office));
        world.network.straggling.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            let wait = world.dice.between(SECOND, 8 * MINUTE);
            world.time.sleep(wait).await;
            Self { world: Arc::clone(&world), office }.arrives(post, &headers, &body);
            world.network.straggling.fetch_sub(1, Ordering::Relaxed);
        });
    }

    fn busy(&self) -> Response<String> {
        let mut answer = bare(429);
        let asked = ["7", "3600", "99999999", "soon", "Wed, 02 Dec 2026 07:28:00 GMT"];
        let asked = HeaderValue::from_static(self.world.dice.one_of::<&str>(&asked));
        answer.headers_mut().insert(header::RETRY_AFTER, asked);
        answer
    }

    fn foreign(&self, key: &str) -> Response<String> {
        let other =
            "{\"id\":\"msg_JM-20261128-22222222_planning\",\"reference\":\"A-1\"}".to_owned();
        let repeated = format!("<p>{key}</p>");
        let page = "<!doctype html><title>统一身份认证</title>".to_owned();
        let denial = format!("{{\"id\":\"{key}\",\"success\":false}}");
        let answers = [page, String::new(), "{}".to_owned(), other, repeated, denial];
        Response::new(self.world.dice.one_of(&answers).clone())
    }
}

#[async_trait]
impl Wire for Line {
    async fn exchange(&self, request: Request) -> Result<reqwest::Response, Lost> {
        let Self { world, office } = self;
        let (time, dice) = (&world.time, &world.dice);
        let post = request.method() == Method::POST;
        let headers = request.headers().clone();
        let body = request.body().and_then(Body::as_bytes).unwrap_or_default().to_vec();
        let key = headers["webhook-id"].to_str().unwrap().to_owned();
        if post {
            world.network.about_to_post(world, &key);
        } else {
            world.network.about_to_ask(world, &key);
        }
        let _posted = post.then(|| Posted(Arc::clone(world), key.clone()));
        let fault = world.network.fault(world, office, post);
        world.count(fault.kind());
        if fault != Fault::None && !post {
            world.count("look-up broken");
        }
        time.sleep(dice.between(1, 400)).await;
        let lost = || Lost::OnTheWay("connection reset by peer".to_owned());
        let arrives = || self.arrives(post, &headers, &body);
        let certainly = || {
            if post {
                world.network.in_doubt.lock().unwrap().remove(&key);
            }
        };
        let certain = |answer: Response<String>| {
            certainly();
            answer
        };
        let answer = match fault {
            Fault::None => certain(arrives()),
            Fault::NoConnection => {
                certainly();
                return Err(Lost::NoConnection("connection refused".to_owned()));
            }
            Fault::HangsBefore => {
                time.sleep(TIMEOUT).await;
                return Err(Lost::NoAnswer);
            }
            Fault::HangsAfter => {
                arrives();
                time.sleep(TIMEOUT).await;
                return Err(Lost::NoAnswer);
            }
            Fault::CutBefore => return Err(lost()),
            Fault::CutAfter => {
                arrives();
                return Err(lost());
            }
            Fault::CutAnswer => {
                let (head, text) = arrives().into_parts();
                let half = text.as_bytes()[..text.len() / 2].to_vec();
                let body = Body::wrap(Broken(Some(half.into())));
                return Ok(Response::from_parts(head, body).into());
            }
            Fault::Late => {
                let answer = arrives();
                time.sleep(TIMEOUT * 3 / 4).await;
                certain(answer)
            }
            Fault::Straggles => {
                self.straggles(post, headers.clone(), body.clone());
                return Err(lost());
            }
            Fault::Busy => certain(self.busy()),
            Fault::Unavailable => bare(503),
            Fault::Crashes => {
                arrives();
                bare(500)
            }
            Fault::Foreign => self.foreign(&key),
            Fault::Misconfigured => certain(bare(*dice.one_of(&[301, 401, 403, 404]))),
            Fault::Refuses => certain(bare(*dice.one_of(&[400, 409, 410, 422]))),
        };
        time.sleep(dice.between(1, 400)).await;
        Ok(answer.map(Body::from).into())
    }
}

/// A body that breaks off after what it has.
struct Broken(Option<Bytes>);

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let broken = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        Poll::Ready(Some(self.0.take().map(Frame::data).ok_or_else(broken)))
    }
}
