//! A request as a report.

use async_trait::async_trait;
use domain::{
    LandCode,
    request::{DeliveryPayload, MessageKind},
    service::{ServiceItem, service},
};
use jiff::{SignedDuration, Timestamp};
use reqwest::Url;
use serde_json::Value;
use store::Delivery;

use super::{Open311, kept};
use crate::answer::Confirmed;

/// Longest description that GeoReport v2 has, characters.
const LONGEST: usize = 4_000;
/// How long before a request was handed in its report is looked for: clocks differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_hours(1);

/// Where places lie, as far as everybody may see it.
#[async_trait]
pub trait Places: Send + Sync {
    /// Longitude and latitude of a place, degrees; `None` where nothing is shown of it, or storage does not answer.
    async fn point(&self, code: &LandCode) -> Option<(f64, f64)>;
}

/// Why a delivery cannot be said as a report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsaid {
    /// The protocol has no word for it.
    #[error(
        "Open311 has no word for a correction or a withdrawal: tell the department by another way, \
         and settle this delivery"
    )]
    NoWord,
    /// Nobody said what the department calls the service.
    #[error("no service_code is configured for {0}")]
    NoCode(String),
    /// What was kept of it is none.
    #[error("the request does not read: {0}")]
    Unread(String),
}

/// What a delivery says, where it can be said as a report, and how the department calls its service.
fn said<'o>(
    open311: &'o Open311,
    delivery: &Delivery,
) -> Result<(DeliveryPayload, &'o str), Unsaid> {
    if delivery.kind != MessageKind::Submitted {
        return Err(Unsaid::NoWord);
    }
    let payload: DeliveryPayload = serde_json::from_slice(&delivery.body)
        .map_err(|error| Unsaid::Unread(error.to_string()))?;
    let item = &payload.submission.item;
    let code = open311.services.get(item).ok_or_else(|| Unsaid::NoCode(item.clone()))?;
    Ok((payload, code))
}

/// The form of a report.
///
/// # Errors
/// [`Unsaid`] where it cannot be said as one.
pub(crate) async fn form(
    open311: &Open311,
    delivery: &Delivery,
    places: Option<&dyn Places>,
) -> Result<String, Unsaid> {
    let (payload, service_code) = said(open311, delivery)?;
    let submission = &payload.submission;
    // WGS 84: CGCS2000 differs from it by less than what everybody may see is exact to.
    let point = match places {
        Some(places) => places.point(&submission.code).await,
        None => None,
    };
    // What the query of an address is written like.
    let mut form = Url::parse("form:").map_err(|error| Unsaid::Unread(error.to_string()))?;
    {
        let mut pairs = form.query_pairs_mut();
        let mut add = |name: &str, text: &str| {
            if !text.is_empty() {
                pairs.append_pair(name, text);
            }
        };
        add("api_key", open311.api_key.as_deref().unwrap_or_default());
        add("jurisdiction_id", open311.jurisdiction_id.as_deref().unwrap_or_default());
        add("service_code", service_code);
        if let Some((longitude, latitude)) = point {
            add("lat", &latitude.to_string());
            add("long", &longitude.to_string());
        }
        add("address_id", submission.code.as_str());
        add("address_string", submission.code.as_str());
        let item = service(&submission.item);
        add("description", &description(&payload, item));
        let contact = |token: &str| {
            let question =
                item?.question.iter().find(|one| one.autocomplete.as_deref() == Some(token));
            submission.applicant.get(&question?.name).map(String::as_str)
        };
        for (name, token) in [("last_name", "name"), ("phone", "tel"), ("email", "email")] {
            add(name, contact(token).unwrap_or_default());
        }
        // One is all that the protocol has room for; it lapses, and the others are named in the description.
        let first = submission.attachments.first().filter(|file| file.address.starts_with("http"));
        add("media_url", first.map_or("", |file| &file.address));
    }
    Ok(form.query().unwrap_or_default().to_owned())
}

/// The number of the request, by which a report is found again, and what was answered: in Chinese, as departments
/// read it.
fn description(payload: &DeliveryPayload, item: Option<&ServiceItem>) -> String {
    let submission = &payload.submission;
    let title = item.map_or(submission.item.as_str(), |item| &item.title.zh);
    let mut text = format!("{} {title}", payload.request);
    for (name, answer) in &submission.answers {
        let question = item.and_then(|item| item.question(name));
        let label = question.map_or(name.as_str(), |question| &question.label.zh);
        let chosen = question.and_then(|one| one.options.iter().find(|it| it.value == *answer));
        let answer = chosen.map_or(answer.as_str(), |choice| choice.label.zh.as_str());
        text.push_str(&format!("\n{label}：{answer}"));
    }
    for file in submission.attachments.iter().skip(1) {
        text.push_str(&format!("\n附件：{} {}", file.name, file.address));
    }
    text.chars().take(LONGEST).collect()
}

/// Where the reports are listed among which one that was sent would be.
///
/// # Errors
/// [`Unsaid`] where nothing was ever sent as a report.
pub(crate) fn listed(
    open311: &Open311,
    endpoint: &Url,
    delivery: &Delivery,
    now: Timestamp,
) -> Result<Url, Unsaid> {
    let (payload, service_code) = said(open311, delivery)?;
    let mut url = open311.address(endpoint, &["requests.json"]);
    let from = payload.submitted_at.checked_sub(CLOCKS_DIFFER).unwrap_or(payload.submitted_at);
    let to = now.checked_add(CLOCKS_DIFFER).unwrap_or(now);
    let mut pairs = url.query_pairs_mut();
    pairs.append_pair("service_code", service_code);
    pairs.append_pair("start_date", &format!("{from:.0}"));
    pairs.append_pair("end_date", &format!("{to:.0}"));
    if let Some(key) = &open311.api_key {
        pairs.append_pair("api_key", key);
    }
    drop(pairs);
    Ok(url)
}

impl Open311 {
    /// The report of a delivery among those that a department lists; `None` where it is not there.
    pub(crate) fn found(delivery: &Delivery, list: &Value) -> Option<Confirmed> {
        let reports = list.as_array()?;
        let number = delivery.number.as_str();
        let is_ours = |report: &&Value| {
            let told = report.get("description").and_then(Value::as_str).unwrap_or_default();
            told.split_whitespace().next() == Some(number)
        };
        kept(reports.iter().find(is_ours)?).ok()
    }
}
