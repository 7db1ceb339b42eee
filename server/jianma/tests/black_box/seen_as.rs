//! An identity service: assertions that a portal configured for it believes.

use std::sync::atomic::{AtomicU64, Ordering};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::viewer::Tier;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::harness::PortalFolder;

const SECRET: &[u8] = b"an identity service that is a test";

/// `[identity]` with every tier open.
pub const IDENTITY: &str = "[identity]
keys = \"identity.jwks\"
issuer = \"identity.example\"
audience = \"jianma.example\"
tiers = [\"registered\", \"interested\", \"holder\", \"staff\"]
daily_places = 5
";

/// Puts the keys of the service where `IDENTITY` says.
pub fn trust(place: &PortalFolder) {
    trust_key(place, "test");
}

/// The same with one key of that name; assertions are signed with `test`.
pub fn trust_key(place: &PortalFolder, name: &str) {
    let keys = json!({ "keys": [{
        "kty": "oct", "alg": "HS256", "kid": name, "k": URL_SAFE_NO_PAD.encode(SECRET),
    }]});
    std::fs::create_dir_all(place.path("data")).unwrap();
    std::fs::write(place.path("data/identity.jwks"), keys.to_string()).unwrap();
}

/// The assertion that somebody has `tier` for `code`.
pub fn assertion(tier: Tier, subject: &str, code: &str) -> String {
    signed(&claims(tier, subject, code))
}

/// What it says, before it is signed.
pub fn claims(tier: Tier, subject: &str, code: &str) -> Value {
    use domain::Clock;
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let now = jianma::system::SystemClock.now().as_second();
    json!({
        "iss": "identity.example", "aud": "jianma.example", "sub": subject, "tier": tier,
        "purpose": "拟购房，核实自然状况", "consent": true, "place": code,
        "jti": format!("assertion-{}", NUMBER.fetch_add(1, Ordering::Relaxed)),
        "iat": now - 1, "exp": now + 590,
    })
}

/// An assertion of that.
pub fn signed(claims: &Value) -> String {
    let header = Header { kid: Some("test".into()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(SECRET).unwrap()).unwrap()
}
