//! Stock receivers in three languages verify a look-up as this portal signs it.
//!
//! `stock/look_up.json` is what the libraries of Python and JavaScript said; `stock/regenerate`
//! asks them again.
#![allow(clippy::unwrap_used, reason = "a test ends where its ground is not firm")]

use forward::{LOOK_UP_BODY, Secret};
use jiff::Timestamp;
use reqwest::header::HeaderMap;
use serde_json::Value;

#[test]
fn s5_a_look_up_verifies_in_the_stock_libraries_of_three_languages() {
    let said: Value = serde_json::from_str(include_str!("stock/look_up.json")).unwrap();
    let header = |name: &str| said["headers"][name].as_str().unwrap();
    let secret = Secret::parse(said["secret"].as_str().unwrap()).unwrap();
    let at: i64 = header("webhook-timestamp").parse().unwrap();
    let at = Timestamp::from_second(at).unwrap();
    // What they verified is what we send, to the byte.
    let signed = secret.sign_look_up(header("webhook-id"), at).unwrap();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        assert_eq!(signed[name], header(name), "{name}");
    }
    let mut libraries = 0;
    for verdict in said["verdicts"].as_array().unwrap() {
        if verdict["body"].as_str().unwrap().as_bytes() == LOOK_UP_BODY {
            assert_eq!(verdict["verdict"], "verified", "{verdict}");
            libraries += 1;
        }
    }
    assert_eq!(libraries, 4, "PyPI and npm, standardwebhooks and svix");
}

/// The vectors that the examples of docs/departments hold too, each with the library of its language.
#[test]
fn s5_what_is_signed_here_is_what_stock_libraries_sign() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../../docs/departments/vectors.json")).unwrap();
    let vectors = vectors.as_array().unwrap();
    assert!(vectors.len() >= 6);
    for vector in vectors {
        let text = |name: &str| vector[name].as_str().unwrap();
        let secret = Secret::parse(text("secret")).unwrap();
        let at = Timestamp::from_second(vector["timestamp"].as_i64().unwrap()).unwrap();
        let payload = text("payload").as_bytes();
        let signed = secret.sign(text("id"), at, payload).unwrap();
        assert_eq!(signed["webhook-signature"], text("signature"), "{vector}");
        assert_eq!(secret.verify(&signed, at, payload).unwrap(), text("id"));
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the library compares with the wall clock")]
fn s5_a_look_up_verifies_in_the_stock_library_of_rust() {
    let secret = Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
    let headers: HeaderMap = secret.sign_look_up("msg_1", Timestamp::now()).unwrap();
    let library = standardwebhooks::Webhook::new(secret.expose()).unwrap();
    for body in [LOOK_UP_BODY, b""] {
        library.verify(body, &headers).unwrap();
    }
    assert!(library.verify(b"{ }", &headers).is_err());
}
