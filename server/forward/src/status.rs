//! What departments that speak Open311 publish of reports, read into events of requests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::http::{HeaderValue, header};
use domain::{
    Clock,
    digest::hex_digest,
    reference::LONGEST_NOTE,
    request::{DepartmentWord, RequestNumber, RequestState},
    text::{fault_of_paragraph, trimmed},
};
use jiff::Timestamp;
use reqwest::{Method, Request, Url};
use serde_json::Value;
use store::{DeliveryFilter, DeliveryState, Heard, OpenRequest, Store, StoreError};

use crate::{
    answer::{Answer, LONGEST_ANSWER},
    departments::{Department, Departments},
    open311::{Open311, kept, token_of},
    wire::{Lost, Wire, client_for},
    worker::ForwardError,
};

/// How often each department is asked.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// Reports of one department that are asked about in one round.
const MOST: usize = 500;
/// Open requests of one department among which these are chosen.
const LOOKED_THROUGH: usize = 100_000;
/// Questions of one department that may stay without an answer in one round.
const MOST_LOST: usize = 3;

/// Reads what departments say of reports.
pub struct StatusReader {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    departments: Vec<Asked>,
}

impl std::fmt::Debug for StatusReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StatusReader").field("departments", &self.departments.len()).finish()
    }
}

/// A department that is asked.
struct Asked {
    id: String,
    open311: Open311,
    endpoint: Url,
    wire: Arc<dyn Wire>,
    /// The request that was asked about last, and when it was submitted: the next round goes on after it.
    last: Mutex<Option<(Timestamp, RequestNumber)>>,
}

/// Why nothing was read of a report.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("{0}")]
    Store(#[from] StoreError),
    /// On the way, or there was no way.
    #[error("no answer: {0:?}")]
    Lost(Lost),
    #[error("{0}")]
    Answer(String),
}

impl StatusReader {
    /// One that asks those of these departments that speak Open311; `None` where none does.
    ///
    /// # Errors
    /// [`ForwardError::Client`].
    pub fn of(
        store: Arc<dyn Store>,
        departments: &Departments,
        clock: Arc<dyn Clock>,
    ) -> Result<Option<Self>, ForwardError> {
        let asked = |department: &Department| {
            let (open311, endpoint) = (department.open311.clone()?, department.endpoint.clone()?);
            let id = department.id.clone();
            Some(match client_for(department) {
                Ok(client) => {
                    let (wire, last) = (Arc::new(client), Mutex::default());
                    Ok(Asked { id, open311, endpoint, wire, last })
                }
                Err(source) => Err(ForwardError::Client { department: id, source }),
            })
        };
        let departments = departments.iter().filter_map(asked).collect::<Result<Vec<_>, _>>()?;
        Ok((!departments.is_empty()).then_some(Self { store, clock, departments }))
    }

    /// Asks for ever, every 15 minutes.
    pub async fn run(self) {
        loop {
            self.round().await;
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Asks each department about its reports that are open, going on where the last round ended, and returns how many
    /// words were new.
    pub async fn round(&self) -> usize {
        let mut new = 0;
        for department in &self.departments {
            if let Err(error) = self.ask(department, &mut new).await {
                tracing::warn!(
                    delivery.department = %department.id, %error,
                    "Department {} does not say how its reports stand; asking again later", department.id
                );
            }
        }
        new
    }

    async fn ask(&self, department: &Asked, new: &mut usize) -> Result<(), Unread> {
        let mut lost = 0;
        let mut open = self.store.undecided(&department.id, LOOKED_THROUGH).await?;
        let next = department.next_of(&open);
        open.rotate_left(next);
        for one in open.into_iter().take(MOST) {
            match self.read(department, &one.number).await {
                Ok(heard) => *new += usize::from(heard),
                // The next one may be right.
                Err(Unread::Answer(why)) => tracing::warn!(
                    delivery.department = %department.id, request = %one.number, %why,
                    "what a department publishes of a report does not read"
                ),
                Err(Unread::Lost(why @ (Lost::NoAnswer | Lost::OnTheWay(_)))) => {
                    lost += 1;
                    if lost == MOST_LOST {
                        department.ended_at(one.submitted_at, one.number);
                        return Err(Unread::Lost(why));
                    }
                    tracing::warn!(
                        delivery.department = %department.id, request = %one.number, ?why,
                        "a department was asked about a report and gave no answer"
                    );
                }
                // Neither are those after it.
                Err(other) => return Err(other),
            }
            department.ended_at(one.submitted_at, one.number);
        }
        Ok(())
    }

    /// Whether a department says something new of a request.
    async fn read(&self, department: &Asked, number: &RequestNumber) -> Result<bool, Unread> {
        let filter = DeliveryFilter {
            department: Some(department.id.clone()),
            number: Some(number.clone()),
            // Settled with a reference: a person asked, and it is there.
            states: vec![DeliveryState::Delivered, DeliveryState::Settled],
            ..DeliveryFilter::default()
        };
        let delivered = self.store.deliveries(&filter).await?.rows;
        let Some(reference) = delivered.into_iter().find_map(|one| one.reference) else {
            return Ok(false);
        };
        let id = match token_of(&reference) {
            None => reference,
            Some(token) => {
                let said = department.get(&["tokens", &format!("{token}.json")]).await?;
                let resolved = kept(&said).map_err(Unread::Answer)?.reference.unwrap_or_default();
                if token_of(&resolved).is_some() {
                    return Ok(false);
                }
                resolved
            }
        };
        let said = department.get(&["requests", &format!("{id}.json")]).await?;
        let said = said.get(0).cloned().unwrap_or(said);
        let text =
            |name: &str| said.get(name).and_then(Value::as_str).map(trimmed).unwrap_or_default();
        let note: String = text("status_notes").chars().take(LONGEST_NOTE).collect();
        let note = Some(note).filter(|note| !note.is_empty() && fault_of_paragraph(note).is_none());
        let state = match text("status").to_lowercase().as_str() {
            "closed" => RequestState::Decided,
            "open" if note.is_some() => RequestState::InProgress,
            // That it has the report is known.
            "open" => RequestState::Acknowledged,
            other => return Err(Unread::Answer(format!("its status is {other:?}"))),
        };
        let seen = serde_json::json!([id, text("status"), note, text("updated_datetime")]);
        let digest = hex_digest(seen.to_string().as_bytes());
        let word = DepartmentWord {
            number: number.clone(),
            department: department.id.clone(),
            message: format!("open311-{}", digest.get(..32).unwrap_or(&digest)),
            at: self.clock.now(),
            state,
            reference: Some(id),
            note,
            facts: BTreeMap::new(),
            // The protocol tells neither.
            outcome: None,
            reopening: None,
        };
        Ok(matches!(self.store.hear(&word).await?, Heard::Taken))
    }
}

impl Asked {
    /// Where among its open requests, oldest first, the next round begins.
    fn next_of(&self, open: &[OpenRequest]) -> usize {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((at, number)) = &*last else { return 0 };
        let after = match open.iter().position(|one| one.number == *number) {
            Some(asked) => asked + 1,
            // It was decided meanwhile.
            None => open.partition_point(|one| one.submitted_at <= *at),
        };
        if after < open.len() { after } else { 0 }
    }

    fn ended_at(&self, at: Timestamp, number: RequestNumber) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((at, number));
    }

    async fn get(&self, below: &[&str]) -> Result<Value, Unread> {
        let mut url = self.open311.address(&self.endpoint, below);
        if let Some(key) = &self.open311.api_key {
            url.query_pairs_mut().append_pair("api_key", key);
        }
        let mut request = Request::new(Method::GET, url);
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, json);
        let answer = self.wire.exchange(request).await.map_err(Unread::Lost)?;
        let answer = Answer::read(answer, LONGEST_ANSWER).await;
        if !answer.status.is_success() {
            return Err(Unread::Answer(format!("answered {}", answer.status)));
        }
        answer.json().map_err(Unread::Answer)
    }
}
