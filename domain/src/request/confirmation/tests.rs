//! A message that was handed in, altered everywhere.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests are tests")]

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Confirmation, Confirmed, ConfirmedBy, confirmed};
use crate::signing::{
    KeyName, PublishedKeys, Signer,
    trial::{Module, SIGNER},
};

fn content() -> Value {
    json!({
        "kind": "request.submitted",
        "request": "JM-20261122-7K3MQ2VX",
        "applicant": { "applicant_name": "𠮷田·李四" },
        "answers": { "what_is_wrong": "面积 80.50 有误\n第二行" },
    })
}

fn at() -> Timestamp {
    "2026-11-30T01:02:03Z".parse().unwrap()
}

fn handed_in() -> Value {
    let confirmation = Confirmation::of(&content(), ConfirmedBy::Applicant, at(), &SIGNER).unwrap();
    let mut message = content();
    message["confirmation"] = serde_json::to_value(confirmation).unwrap();
    message
}

fn read(message: Value) -> Confirmed {
    confirmed(message, &SIGNER.published().unwrap(), &SIGNER)
}

/// What holds every place of a value in turn, changed.
fn changed_somewhere(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| {
                let changed = changed_somewhere(member).into_iter().map(move |member| {
                    let mut all = members.clone();
                    all.insert(name.clone(), member);
                    Value::Object(all)
                });
                let mut without = members.clone();
                without.remove(name);
                changed.chain([Value::Object(without)])
            })
            .collect(),
        Value::String(text) => {
            let letters: Vec<char> = text.chars().collect();
            let changed = (0..letters.len()).map(|at| {
                let mut letters = letters.clone();
                letters[at] = if letters[at] == 'x' { 'y' } else { 'x' };
                Value::String(letters.into_iter().collect())
            });
            changed.chain([Value::String(format!("{text} "))]).collect()
        }
        _ => vec![Value::Null],
    }
}

#[test]
fn s7_what_was_handed_in_holds_however_its_members_are_ordered_and_spaced() {
    let message = handed_in();
    let Confirmed::Holds(confirmation) = read(message.clone()) else { panic!() };
    assert_eq!((confirmation.by, confirmation.at), (ConfirmedBy::Applicant, at()));
    let written = serde_json::to_string_pretty(&message).unwrap();
    assert!(matches!(read(serde_json::from_str(&written).unwrap()), Confirmed::Holds(_)));
}

#[test]
fn s7_whatever_is_changed_of_it_fails() {
    let message = handed_in();
    let changed = changed_somewhere(&message);
    assert!(changed.len() > 250, "{} places", changed.len());
    for message in changed {
        let became = read(message.clone());
        let without = message.get("confirmation").is_none();
        match became {
            Confirmed::None => assert!(without, "{message}"),
            Confirmed::UnknownKey(_) => {
                let key = message.pointer("/confirmation/key");
                assert_ne!(key, handed_in().pointer("/confirmation/key"));
            }
            became => assert_eq!(became, Confirmed::Altered, "{message}"),
        }
    }
    let mut more = message.clone();
    more["answers"]["added"] = json!("x");
    assert_eq!(read(more), Confirmed::Altered);
    let mut more = message;
    more["confirmation"]["added"] = json!("x");
    assert_eq!(read(more), Confirmed::Altered);
}

#[test]
fn s7_a_confirmation_is_that_of_its_own_message_and_key() {
    let mut other = handed_in();
    other["request"] = json!("JM-20261122-22334455");
    assert_eq!(read(other), Confirmed::Altered, "moved to another message");
    assert_eq!(read(content()), Confirmed::None);
    let message = handed_in();
    let nobody = confirmed(message.clone(), &PublishedKeys::default(), &SIGNER);
    assert_eq!(nobody, Confirmed::UnknownKey(SIGNER.key().kid));
    let revoked = Module { revoked: true, ..SIGNER };
    let became = confirmed(message, &revoked.published().unwrap(), &revoked);
    let since = Timestamp::UNIX_EPOCH;
    assert_eq!(became, Confirmed::Revoked { key: SIGNER.key().kid, since });
    // The key of the right name with another secret: somebody else signed.
    let forger = Module { secret: [8; 32], ..SIGNER };
    let mut forged = content();
    let by = ConfirmedBy::Applicant;
    let mut confirmation = Confirmation::of(&content(), by, at(), &forger).unwrap();
    confirmation.key = KeyName::written(SIGNER.key().kid.as_str());
    forged["confirmation"] = serde_json::to_value(confirmation).unwrap();
    assert_eq!(read(forged), Confirmed::Altered);
}
