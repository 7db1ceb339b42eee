//! Whether what was handed in is as it was handed in: a message as a department received it, or all that an
//! applicant took along, in which every message stands.

use domain::{
    clock::china_date,
    request::{Confirmed, ConfirmedBy, confirmed},
    signing::PublishedKeys,
};
use keys::signing_keys::Ed25519;
use serde_json::Value;

use super::{NO_KEY, NOT_GENUINE};
use crate::output::Output;

/// What is said of a file with messages in it; `None` of any other.
pub(super) fn checked(file: &[u8], keys: &PublishedKeys) -> Option<Output> {
    let read: Value = serde_json::from_slice(file).ok()?;
    let messages: Vec<Value> = match read.get("messages").and_then(Value::as_array) {
        Some(all) => all.iter().filter_map(|message| message.get("content")).cloned().collect(),
        None if read.get("confirmation").is_some() => vec![read],
        None => return None,
    };
    let mut output = Output::default();
    for message in messages.into_iter().filter(is_content) {
        let (line, code) = said(message, keys);
        output.lines.push(line);
        // Of several the worst is told by the code.
        output.code = match (output.code, code) {
            (Some(NOT_GENUINE), _) | (_, None) => output.code,
            _ => code,
        };
    }
    (!output.lines.is_empty()).then_some(output)
}

/// A withdrawal has no content that anybody confirms.
fn is_content(message: &Value) -> bool {
    message.get("kind").and_then(Value::as_str) != Some("request.withdrawn")
}

fn said(message: Value, keys: &PublishedKeys) -> (String, Option<u8>) {
    let text = |name: &str| message.get(name).and_then(Value::as_str).unwrap_or("?").to_owned();
    let named = match message.get("corrected_at") {
        Some(_) => format!("{}, corrected {}", text("request"), text("corrected_at")),
        None => format!("{}, submitted {}", text("request"), text("submitted_at")),
    };
    match confirmed(message, keys, &Ed25519) {
        Confirmed::Holds(it) => {
            let (at, key, digest) = (it.at, it.key, it.content_sha256);
            let line = match it.by {
                ConfirmedBy::Applicant => format!(
                    "{named}: genuine: handed in by the applicant {at}, signed with the key {key}, SHA-256 {digest}"
                ),
                ConfirmedBy::Counter => format!(
                    "{named}: genuine: handed in at a counter {at}, signed with the key {key}, SHA-256 {digest}"
                ),
            };
            (line, None)
        }
        Confirmed::Altered => {
            (format!("{named}: NOT GENUINE: it is not what was handed in"), Some(NOT_GENUINE))
        }
        Confirmed::UnknownKey(key) => {
            let line = format!(
                "{named}: nothing can be told: it names the key {key}, which is not among the keys"
            );
            (line, Some(NO_KEY))
        }
        Confirmed::Revoked { key, since } => {
            let since = china_date(since);
            let line =
                format!("{named}: NOT TO BE RELIED ON: the key {key} was given up on {since}");
            (line, Some(NOT_GENUINE))
        }
        Confirmed::Newer => {
            let line = format!(
                "{named}: it is signed in a way that this program does not know; use a newer one"
            );
            (line, Some(NOT_GENUINE))
        }
        Confirmed::None => (
            format!(
                "{named}: not confirmed by the applicant: staff corrected it, or no key signed then"
            ),
            Some(NOT_GENUINE),
        ),
    }
}
