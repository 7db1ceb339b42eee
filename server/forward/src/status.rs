//! What departments that speak Open311 publish of reports, read into events of requests.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::http::{HeaderValue, header};
use domain::{
    Clock,
    digest::hex_digest,
    reference::LONGEST_NOTE,
    request::{DepartmentWord, RequestNumber, RequestState},
    text::{fault_of_paragraph, trimmed},
};
use reqwest::{Method, Request, Url};
use serde_json::Value;
use store::{DeliveryFilter, DeliveryState, Heard, Store, StoreError};

use crate::{
    answer::Answer,
    departments::{Department, Departments},
    open311::{Open311, kept, token_of},
    wire::{Lost, Wire, client_for},
    worker::ForwardError,
};

/// How often each department is asked.
const EVERY: Duration = Duration::from_secs(15 * 60);
/// Reports of one department that are asked about in one round.
const MOST: usize = 500;

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
}

/// Why nothing was read of a report.
#[derive(Debug, thiserror::Error)]
enum Unread {
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Neither are those after it.
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
                Ok(client) => Ok(Asked { id, open311, endpoint, wire: Arc::new(client) }),
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

    /// Asks each department about each of its reports that are open, and returns how many words were new.
    pub async fn round(&self) -> usize {
        let mut new = 0;
        for department in &self.departments {
            match self.ask(department).await {
                Ok(heard) => new += heard,
                Err(error) => tracing::warn!(
                    delivery.department = %department.id, %error,
                    "Department {} does not say how its reports stand; asking again later", department.id
                ),
            }
        }
        new
    }

    async fn ask(&self, department: &Asked) -> Result<usize, Unread> {
        let mut new = 0;
        for open in self.store.undecided(&department.id, MOST).await? {
            match self.read(department, &open.number).await {
                Ok(heard) => new += usize::from(heard),
                // The next one may be right.
                Err(Unread::Answer(why)) => tracing::warn!(
                    delivery.department = %department.id, request = %open.number, %why,
                    "what a department publishes of a report does not read"
                ),
                Err(other) => return Err(other),
            }
        }
        Ok(new)
    }

    /// Whether a department says something new of a request.
    async fn read(&self, department: &Asked, number: &RequestNumber) -> Result<bool, Unread> {
        let filter = DeliveryFilter {
            department: Some(department.id.clone()),
            number: Some(number.clone()),
            states: vec![DeliveryState::Delivered],
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
    async fn get(&self, below: &[&str]) -> Result<Value, Unread> {
        let mut url = self.open311.address(&self.endpoint, below);
        if let Some(key) = &self.open311.api_key {
            url.query_pairs_mut().append_pair("api_key", key);
        }
        let mut request = Request::new(Method::GET, url);
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(header::ACCEPT, json);
        let answer = self.wire.exchange(request).await.map_err(Unread::Lost)?;
        let answer = Answer::read(answer).await;
        if !answer.status.is_success() {
            return Err(Unread::Answer(format!("answered {}", answer.status)));
        }
        answer.json().map_err(Unread::Answer)
    }
}
