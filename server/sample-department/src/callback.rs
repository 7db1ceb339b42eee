//! The way back to the portal: a word, signed and posted as any department's would be.

use std::{net::SocketAddr, time::Duration};

use domain::{Clock, address};
use forward::Secret;
use reqwest::{Client, header::CONTENT_TYPE, redirect};
use serde::Deserialize;
use serde_json::json;

use crate::word::{Outcome, Word};

/// How long the portal may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The portal, on this machine or in this room: the sample speaks to no other.
#[derive(Clone, Debug)]
pub(crate) struct Callback {
    portal: SocketAddr,
    client: Client,
}

/// What of the portal's answers is read: what it did, or what is wrong.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    changed: bool,
    title: String,
    detail: String,
}

impl Callback {
    pub(crate) fn to(portal: SocketAddr) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!("jianma-sample-department/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            // Plain HTTP to an address: nobody has to be trusted.
            .tls_certs_only([])
            .timeout(PATIENCE)
            .build()?;
        Ok(Self { portal, client })
    }

    /// An address of the portal.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.portal)
    }

    /// Sends a word; what the portal answered.
    pub(crate) async fn send(&self, word: &Word, secret: &Secret, clock: &dyn Clock) -> Outcome {
        let body = json!({
            "request": word.request,
            "state": word.state.name(),
            "note": word.note,
            "reference": word.reference,
            "facts": word.facts,
            "outcome": word.formal,
            "reopening": word.reopening,
        });
        let body = body.to_string();
        let headers = match secret.sign(&word.message_id(), clock.now(), body.as_bytes()) {
            Ok(headers) => headers,
            Err(error) => return Outcome::Unanswered { why: error.to_string() },
        };
        let url = self.url(&address::of_callbacks(&word.department));
        let request = self.client.post(url).headers(headers);
        let sent = request.header(CONTENT_TYPE, "application/json").body(body).send().await;
        let response = match sent {
            Ok(response) => response,
            Err(error) => {
                let why = if error.is_connect() {
                    format!("{} refuses the connection", self.portal)
                } else {
                    error.without_url().to_string()
                };
                return Outcome::Unanswered { why };
            }
        };
        let status = response.status();
        let Answer { changed, title, detail } = response.json().await.unwrap_or_default();
        let said = if detail.is_empty() { title } else { detail };
        match status.as_u16() {
            200 => Outcome::Taken { changed },
            // Nothing is known of what a portal did that failed or was too busy.
            408 | 429 | 500..=599 => Outcome::Unanswered { why: format!("{status}: {said}") },
            status => Outcome::Refused { status, detail: said },
        }
    }
}
