//! What proves something, and what must not.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header};
use serde_json::{Value, json};

use super::*;

const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
const NOW: i64 = 1_800_000_000;

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

/// The gateway.
const PEER: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::new(10, 0, 0, 2)));

fn key_set(kids: &[&str]) -> String {
    let key = |kid: &&str| json!({ "kty": "oct", "alg": "HS256", "kid": kid, "k": URL_SAFE_NO_PAD.encode(SECRET) });
    json!({ "keys": kids.iter().map(key).collect::<Vec<_>>() }).to_string()
}

struct Trusting {
    folder: tempfile::TempDir,
    identity: Identity,
}

impl Trusting {
    fn viewer(&self, assertion: &str, now: Timestamp) -> Result<Viewer, AssertionError> {
        self.identity.viewer(assertion, PEER, now)
    }

    fn write(&self, keys: &str) {
        std::fs::write(self.folder.path().join("keys"), keys).unwrap();
    }
}

fn identity(tiers: &[Tier]) -> Trusting {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("keys"), key_set(&["one"])).unwrap();
    let config = IdentityConfig {
        keys: "keys".into(),
        issuer: "identity.example".into(),
        audience: "jianma.example".into(),
        tiers: tiers.to_vec(),
        peers: vec!["10.0.0.2".parse().unwrap(), "10.0.0.3".parse().unwrap()],
        longest_minutes: 11,
        daily_places: 10,
    };
    let identity = Identity::read(&config, folder.path()).unwrap();
    Trusting { folder, identity }
}

fn claims(change: &Value) -> Value {
    let mut claims = json!({
        "iss": "identity.example", "aud": "jianma.example", "sub": "s-81",
        "tier": "registered", "purpose": "拟购房", "consent": true,
        "place": "330521001002GB00011F00010001", "iat": NOW - 10, "exp": NOW + 600, "jti": "a-1",
    });
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

fn signed(claims: &Value, secret: &[u8]) -> String {
    let header = Header { kid: Some("one".into()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret).unwrap()).unwrap()
}

#[test]
fn p4_a_whole_assertion_proves_tier_purpose_and_place() {
    let text = signed(&claims(&json!({})), SECRET);
    let viewer = identity(&[Tier::Registered]).viewer(&text, now()).unwrap();
    assert_eq!(viewer.tier, Tier::Registered);
    assert_eq!(viewer.subject.as_deref(), Some("s-81"));
    assert_eq!(viewer.purpose.as_deref(), Some("拟购房"));
    assert!(viewer.place.is_some());
}

#[test]
fn p4_p8_what_lacks_anything_proves_nothing() {
    let identity = identity(&[Tier::Registered, Tier::Holder, Tier::Staff]);
    for change in [
        json!({ "purpose": "" }),
        json!({ "purpose": null }),
        json!({ "consent": false }),
        json!({ "place": null }),
        json!({ "sub": " " }),
        json!({ "tier": "public" }),
        json!({ "tier": "interested" }),
        json!({ "tier": "owner" }),
        json!({ "iss": "another.example" }),
        json!({ "aud": "another.example" }),
        json!({ "exp": NOW }),
        json!({ "iat": NOW + 100 }),
        json!({ "nbf": NOW + 100 }),
        json!({ "exp": NOW + 20 * 3_600 }),
        json!({ "exp": NOW + 651 }),
        json!({ "jti": " " }),
        json!({ "jti": null }),
        json!({ "jti": "j".repeat(201) }),
        json!({ "exp": i64::MAX, "iat": i64::MIN }),
        json!({ "tier": "staff", "purpose": null }),
    ] {
        let text = signed(&claims(&change), SECRET);
        assert!(identity.viewer(&text, now()).is_err(), "{change}");
    }
    let text = signed(&claims(&json!({})), b"another secret of another service");
    assert!(identity.viewer(&text, now()).is_err());
    assert!(identity.viewer("nonsense", now()).is_err());
}

#[test]
fn p9_x2_what_would_not_read_as_it_was_written_does_not_come_into_the_audit() {
    let identity = identity(&[Tier::Registered]);
    let answer = |change: &Value| identity.viewer(&signed(&claims(change), SECRET), now());
    for (at, c) in ['\0', '\n', '\u{1B}', '\u{9B}', '\u{202E}', '\u{2066}', '\u{FFFD}', '\u{E0041}']
        .into_iter()
        .enumerate()
    {
        for claim in ["sub", "purpose"] {
            let said = answer(&json!({ claim: format!("ab{c}d"), "jti": format!("{claim}-{at}") }));
            let said = said.unwrap_err().to_string();
            let place = format!("character 3 of {claim} is U+{:04X}", u32::from(c));
            assert!(said.contains(&place), "{said}");
            assert!(!said.contains(c), "what the log says quotes none of it");
        }
    }
    // A subject is compared: one that looks like another must not be another.
    assert!(answer(&json!({ "sub": "s-\u{200B}81" })).is_err());
    assert!(
        answer(&json!({ "purpose": "\u{200B}\u{3164}" })).is_err(),
        "nothing can be seen of it"
    );
    let viewer =
        answer(&json!({ "sub": "王建国·s-81", "purpose": "拟购房，核实自然状况" })).unwrap();
    assert_eq!(viewer.purpose.as_deref(), Some("拟购房，核实自然状况"));
}

#[test]
fn p8_an_assertion_cannot_choose_how_it_is_checked() {
    let content = URL_SAFE_NO_PAD.encode(claims(&json!({})).to_string());
    let mut header = Header { kid: Some("one".into()), ..Header::new(Algorithm::HS256) };
    header.kid = Some("two".into());
    let key = EncodingKey::from_secret(SECRET).unwrap();
    let unknown = jsonwebtoken::encode(&header, &claims(&json!({})), &key);
    assert!(identity(&[Tier::Registered]).viewer(&unknown.unwrap(), now()).is_err());
    // What a header calls critical and nobody here understands is refused (RFC 7515 §4.1.11).
    for (critical, is_believed) in [
        (json!({}), true),
        (json!({ "crit": ["b64"], "b64": false }), false),
        (json!({ "crit": ["only-on-sundays"], "only-on-sundays": true }), false),
        (json!({ "crit": ["exp"], "exp": 0 }), false),
        (json!({ "crit": [] }), false),
    ] {
        let mut header = json!({ "alg": "HS256", "kid": "one" });
        header.as_object_mut().unwrap().append(&mut critical.as_object().unwrap().clone());
        let signed_part = format!("{}.{content}", URL_SAFE_NO_PAD.encode(header.to_string()));
        let seal = jsonwebtoken::crypto::sign(signed_part.as_bytes(), &key, Algorithm::HS256);
        let text = format!("{signed_part}.{}", seal.unwrap());
        let viewer = identity(&[Tier::Registered]).viewer(&text, now());
        assert_eq!(viewer.is_ok(), is_believed, "{header}");
    }
    for algorithm in ["none", "HS512", "RS256"] {
        let header = json!({ "alg": algorithm, "typ": "JWT", "kid": "one" }).to_string();
        let text = format!("{}.{content}.", URL_SAFE_NO_PAD.encode(header));
        assert!(identity(&[Tier::Registered]).viewer(&text, now()).is_err(), "{algorithm}");
    }
}

#[test]
fn p8_an_assertion_is_believed_from_the_gateway_alone_and_from_the_machine_that_had_it_first() {
    let trusting = identity(&[Tier::Registered]);
    let text = signed(&claims(&json!({})), SECRET);
    let from =
        |peer: &str, text: &str| trusting.identity.viewer(text, Some(peer.parse().unwrap()), now());
    assert!(matches!(from("192.0.2.1", &text), Err(AssertionError::Peer)));
    assert!(matches!(trusting.identity.viewer(&text, None, now()), Err(AssertionError::Peer)));
    // A page and what it asks for.
    for _ in 0..3 {
        assert!(from("10.0.0.2", &text).is_ok());
        assert!(from("::ffff:10.0.0.2", &text).is_ok());
    }
    assert!(matches!(from("10.0.0.3", &text), Err(AssertionError::Replayed)));
    let same_name = signed(&claims(&json!({ "purpose": "another" })), SECRET);
    assert!(matches!(from("10.0.0.2", &same_name), Err(AssertionError::Replayed)));
    let other = signed(&claims(&json!({ "jti": "a-2" })), SECRET);
    assert!(from("10.0.0.3", &other).is_ok());
}

#[test]
fn p8_keys_are_read_again_and_a_broken_file_keeps_those_from_before() {
    let trusting = identity(&[Tier::Registered]);
    let text = signed(&claims(&json!({})), SECRET);
    assert!(trusting.viewer(&text, now()).is_ok());
    trusting.write("{ half a file");
    assert!(trusting.viewer(&text, now()).is_ok());
    assert!(trusting.identity.has_broken_keys());
    trusting.write(&key_set(&["two"]));
    assert!(trusting.viewer(&text, now()).is_err(), "a key that was taken out counts no more");
    assert!(!trusting.identity.has_broken_keys());
    std::fs::remove_file(trusting.folder.path().join("keys")).unwrap();
    assert!(trusting.identity.has_broken_keys());
    trusting.write(&key_set(&["two", "one"]));
    assert!(trusting.viewer(&text, now()).is_ok());
}

#[test]
fn p8_a_key_of_a_kind_that_is_not_known_costs_the_others_nothing() {
    let trusting = identity(&[Tier::Registered]);
    let text = signed(&claims(&json!({})), SECRET);
    let mut keys: Value = serde_json::from_str(&key_set(&["two"])).unwrap();
    keys["keys"].as_array_mut().unwrap().extend([
        json!({ "kty": "AKP", "alg": "ML-DSA-44", "kid": "three", "pub": "AAAA" }),
        json!({ "kty": "EC", "crv": "SM2", "kid": "four", "x": "AAAA", "y": "AAAA" }),
    ]);
    trusting.write(&keys.to_string());
    assert!(trusting.viewer(&text, now()).is_err(), "the key that was taken out counts no more");
    assert!(!trusting.identity.has_broken_keys());
}

#[test]
fn p8_two_assertions_in_one_request_prove_nothing() {
    let mut headers = axum::http::HeaderMap::new();
    headers.append(super::super::HEADER, "one".parse().unwrap());
    assert_eq!(super::super::handed_in(&headers), Some("one"));
    headers.append(super::super::HEADER, "two".parse().unwrap());
    assert_eq!(super::super::handed_in(&headers), Some(""));
}
