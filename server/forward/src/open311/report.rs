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
        // One is all that the protocol has room for; it lapses, and the others are named in the description.
        let media = submission.attachments.first();
        let media = media.filter(|file| !open311.publishes && file.address.starts_with("http"));
        add("description", &description(&payload, item, open311.publishes, media.is_some()));
        let contact = |token: &str| {
            let question =
                item?.question.iter().find(|one| one.autocomplete.as_deref() == Some(token));
            submission.applicant.get(&question?.name).map(String::as_str)
        };
        for (name, token) in [("last_name", "name"), ("phone", "tel"), ("email", "email")] {
            add(name, contact(token).unwrap_or_default());
        }
        add("media_url", media.map_or("", |file| &file.address));
    }
    Ok(form.query().unwrap_or_default().to_owned())
}

/// The number of the request, by which a report is found again, its files, and what was answered: in Chinese, as
/// departments read it. Where everybody may read it, it says how many files there are: their addresses open them to
/// anyone, and their names may be people's. `is_first_sent`: the first file goes another way.
fn description(
    payload: &DeliveryPayload,
    item: Option<&ServiceItem>,
    publishes: bool,
    is_first_sent: bool,
) -> String {
    let submission = &payload.submission;
    let title = item.map_or(submission.item.as_str(), |item| &item.title.zh);
    let mut text = format!("{} {title}", payload.request);
    // Before the answers, which may be cut at the end.
    let files = &submission.attachments;
    if publishes && !files.is_empty() {
        text.push_str(&format!("\n附件：{} 个，请凭签名向平台领取", files.len()));
    }
    for file in files.iter().skip(usize::from(is_first_sent)).filter(|_| !publishes) {
        text.push_str(&format!("\n附件：{}", file.name));
        if file.address.starts_with("http") {
            text.push_str(&format!(" {}", file.address));
        }
    }
    for (name, answer) in &submission.answers {
        let question = item.and_then(|item| item.question(name));
        let label = question.map_or(name.as_str(), |question| &question.label.zh);
        let chosen = question.and_then(|one| one.options.iter().find(|it| it.value == *answer));
        let answer = chosen.map_or(answer.as_str(), |choice| choice.label.zh.as_str());
        text.push_str(&format!("\n{label}：{answer}"));
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
    pub(crate) fn found(delivery: &Delivery, reports: &[Value]) -> Option<Confirmed> {
        let number = delivery.number.as_str();
        let is_ours = |report: &&Value| {
            let told = report.get("description").and_then(Value::as_str).unwrap_or_default();
            told.split_whitespace().next() == Some(number)
        };
        let listed = kept(reports.iter().find(is_ours)?);
        // It is there, whatever else is said of it.
        Some(listed.unwrap_or_else(|why| Confirmed {
            reference: None,
            remark: Some(format!("its list names the report, but {why}")),
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NUMBER: &str = "JM-20261128-7K3MQ2VX";

    fn delivery(body: &Value) -> Delivery {
        let at = Timestamp::UNIX_EPOCH;
        Delivery {
            id: store::DeliveryId("msg_x".into()),
            number: domain::request::RequestNumber::parse(NUMBER).unwrap(),
            department: "planning".into(),
            kind: MessageKind::Submitted,
            body: serde_json::to_vec(body).unwrap(),
            attempts: 0,
            submitted_at: at,
            leased_until: at,
            ambiguous: false,
            failed_look_ups: 0,
            round: store::Round { attempts: 0, began: at },
        }
    }

    /// A form as it would be posted, by name.
    async fn posted(publishes: bool, base: &str, files: usize) -> Vec<(String, String)> {
        let files: Vec<Value> = (1..=files)
            .map(|at| {
                json!({ "id": format!("f{at}"), "name": format!("照片{at}.jpg"), "media_type": "image/jpeg",
                    "size": 3, "sha256": "00", "address": format!("{base}/api/v1/attachments/f{at}?signature=s"),
                    "expires": "2026-12-30T04:00:00Z" })
            })
            .collect();
        let body = json!({
            "kind": "request.submitted", "request": NUMBER, "item": "violation-report",
            "code": "330521101001GB00001", "data_version": "parcels/1", "applicant": {},
            "answers": { "what": "长".repeat(5_000) }, "channel": "self", "attachments": files,
            "submitted_at": "2026-11-28T04:00:00Z",
        });
        let delivery = delivery(&body);
        let open311 = Open311 {
            jurisdiction_id: None,
            api_key: None,
            services: [("violation-report".to_owned(), "006".to_owned())].into(),
            publishes,
        };
        let form = form(&open311, &delivery, None).await.unwrap();
        let form = Url::parse(&format!("form:?{form}")).unwrap();
        form.query_pairs().into_owned().collect()
    }

    fn of<'f>(form: &'f [(String, String)], name: &str) -> Option<&'f str> {
        form.iter().find(|(it, _)| it == name).map(|(_, text)| text.as_str())
    }

    #[tokio::test]
    async fn s5_what_is_published_of_a_report_opens_no_file_and_none_vanishes() {
        let host = "https://p.example";
        let published = posted(true, host, 3).await;
        assert_eq!(of(&published, "media_url"), None);
        let told = of(&published, "description").unwrap();
        assert!(told.contains("附件：3 个"), "{told}");
        assert!(!told.contains("signature") && !told.contains("照片"), "{told}");
        assert_eq!(
            of(&posted(true, host, 0).await, "description").map(|it| it.contains("附件")),
            Some(false)
        );

        let own = posted(false, host, 3).await;
        let told = of(&own, "description").unwrap();
        assert!(of(&own, "media_url").unwrap().contains("/f1?"));
        assert!(!told.contains("照片1") && told.contains("照片2.jpg https://p.example/"), "{told}");
        assert!(told.contains("照片3"), "{told}");
        // Without a host there is no address that opens anywhere, and the file is named all the same.
        let nowhere = posted(false, "", 1).await;
        assert_eq!(of(&nowhere, "media_url"), None);
        let told = of(&nowhere, "description").unwrap();
        assert!(told.contains("附件：照片1.jpg\n"), "{told}");
    }

    #[test]
    fn s5_a_report_that_a_list_names_is_there_also_without_an_id() {
        let delivery = delivery(&Value::Null);
        let listed = [json!({ "description": format!("{NUMBER} x") })];
        let found = Open311::found(&delivery, &listed).unwrap();
        assert!(found.reference.is_none() && found.remark.is_some());
        assert_eq!(Open311::found(&delivery, &[json!({ "description": "JM-1" })]), None);
    }
}
