//! An identity service: assertions that a portal configured for it believes.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::viewer::Tier;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

use crate::harness::Place;

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
pub fn trust(place: &Place) {
    let keys = json!({ "keys": [{
        "kty": "oct", "alg": "HS256", "kid": "test", "k": URL_SAFE_NO_PAD.encode(SECRET),
    }]});
    std::fs::create_dir_all(place.path("data")).unwrap();
    std::fs::write(place.path("data/identity.jwks"), keys.to_string()).unwrap();
}

/// The assertion that somebody has `tier` for `code`.
pub fn assertion(tier: Tier, subject: &str, code: &str) -> String {
    use domain::Clock;
    let now = portal::system::SystemClock.now().as_second();
    let claims = json!({
        "iss": "identity.example", "aud": "jianma.example", "sub": subject, "tier": tier,
        "purpose": "拟购房，核实自然状况", "consent": true, "place": code,
        "iat": now - 1, "exp": now + 3_600,
    });
    let header = Header { kid: Some("test".into()), ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(SECRET)).unwrap()
}
