//! Who looks. The public needs no identity; anybody who wants to see more comes through the
//! unified identity service (国务院关于在线政务服务的若干规定 art. 5), which proves who they are,
//! why they look and at which place, in a signed assertion (RFC 7519). Without `[identity]` in the configuration no
//! assertion is believed, and everybody is the public.

use std::{collections::BTreeSet, path::Path};

use app::context::ErrorPage;
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName},
    middleware::Next,
    response::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    LandCode,
    digest::keyed_digest,
    viewer::{Tier, Viewer},
};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, jwk::JwkSet};
use serde::Deserialize;

use crate::{
    config::IdentityConfig,
    rest::problem::Problem,
    security::{
        client::ClientAddress,
        events::Event,
        limits::Kind,
        refusal::{self, Addressee, refuse},
    },
    state::AppState,
};

/// The header that the identity gateway puts an assertion into.
pub const HEADER: HeaderName = HeaderName::from_static("jianma-assertion");

/// Longest life of an assertion: a proof of yesterday proves nothing today (rule P8).
const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// What the identity service asserts.
#[derive(Debug, Deserialize)]
struct Claims {
    /// A name that only the identity service can resolve: no identity number, no phone.
    sub: String,
    tier: Tier,
    purpose: Option<String>,
    /// The place the tier was proved for.
    place: Option<LandCode>,
    /// Whether the consent notice was shown and accepted.
    #[serde(default)]
    consent: bool,
    iat: i64,
    nbf: Option<i64>,
    exp: i64,
}

/// Why an assertion is not believed.
#[derive(Debug, thiserror::Error)]
pub enum AssertionError {
    /// Signature, issuer or audience do not fit, or it does not read.
    #[error("it is not signed by the identity service for this portal: {0}")]
    Signature(#[from] jsonwebtoken::errors::Error),
    /// Its time is over, has not come, or is too long.
    #[error("it is not valid at this time")]
    Time,
    /// A tier that this portal has not opened.
    #[error("tier {0:?} is not open here")]
    Closed(Tier),
    /// A tier without what it needs: purpose, consent or place (rule P4).
    #[error("tier {tier:?} needs {missing}")]
    Missing {
        /// The tier.
        tier: Tier,
        /// What is not there.
        missing: &'static str,
    },
}

/// Why identities cannot be checked.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The key file cannot be read.
    #[error("the identity service's keys {path}: {source}")]
    File {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is no key set.
    #[error("the identity service's keys {path} are no JSON Web Key Set (RFC 7517): {source}")]
    Keys {
        /// The file.
        path: std::path::PathBuf,
        /// Why.
        source: serde_json::Error,
    },
}

/// The identity service as this portal knows it.
#[derive(Debug)]
pub struct Identity {
    keys: JwkSet,
    issuer: String,
    audience: String,
    open: BTreeSet<Tier>,
}

impl Identity {
    /// Reads the key set.
    ///
    /// # Errors
    /// [`IdentityError`] when the file cannot be read or is no key set.
    pub fn read(config: &IdentityConfig, folder: &Path) -> Result<Self, IdentityError> {
        let path = folder.join(&config.keys);
        let text = std::fs::read_to_string(&path)
            .map_err(|source| IdentityError::File { path: path.clone(), source })?;
        let keys =
            serde_json::from_str(&text).map_err(|source| IdentityError::Keys { path, source })?;
        Ok(Self {
            keys,
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            open: config.tiers.iter().copied().collect(),
        })
    }

    /// The viewer that an assertion proves at `now`.
    ///
    /// # Errors
    /// [`AssertionError`] when it proves nothing.
    pub fn viewer(&self, assertion: &str, now: Timestamp) -> Result<Viewer, AssertionError> {
        let claims = self.claims(assertion)?;
        let now = now.as_second();
        let life = claims.exp.saturating_sub(claims.iat);
        let begins = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
        if begins > now + 60 || claims.exp <= now || life > LONGEST.as_secs() {
            return Err(AssertionError::Time);
        }
        let tier = claims.tier;
        if tier == Tier::Public || !self.open.contains(&tier) {
            return Err(AssertionError::Closed(tier));
        }
        let missing = |missing| Err(AssertionError::Missing { tier, missing });
        if claims.sub.trim().is_empty() {
            return missing("a subject");
        }
        let purpose = claims.purpose.filter(|purpose| !purpose.trim().is_empty());
        if purpose.is_none() {
            return missing("a purpose");
        }
        if tier != Tier::Staff && claims.place.is_none() {
            return missing("the place it was proved for");
        }
        if tier == Tier::Registered && !claims.consent {
            return missing("consent to the notice");
        }
        Ok(Viewer { tier, subject: Some(claims.sub), purpose, place: claims.place })
    }

    fn claims(&self, assertion: &str) -> Result<Claims, AssertionError> {
        use jsonwebtoken::errors::{Error, ErrorKind};
        let header = jsonwebtoken::decode_header(assertion)?;
        // What a header calls critical and nobody here understands must be refused (RFC 7515
        // §4.1.11).
        if is_critical(assertion) {
            return Err(Error::from(ErrorKind::InvalidToken).into());
        }
        let known = match (&header.kid, self.keys.keys.as_slice()) {
            (Some(kid), _) => self.keys.find(kid),
            (None, [only]) => Some(only),
            (None, _) => None,
        };
        let key = known.ok_or_else(|| Error::from(ErrorKind::InvalidSignature))?;
        // The algorithm is the key's own: one named by the assertion alone could be weaker.
        let algorithm = key
            .common
            .key_algorithm
            .and_then(|algorithm| algorithm.to_string().parse::<Algorithm>().ok())
            .ok_or_else(|| Error::from(ErrorKind::InvalidAlgorithm))?;
        let mut validation = Validation::new(algorithm);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // Time is compared above, with the clock that everything else goes by.
        validation.validate_exp = false;
        let key = DecodingKey::from_jwk(key)?;
        Ok(jsonwebtoken::decode::<Claims>(assertion, &key, &validation)?.claims)
    }
}

fn is_critical(assertion: &str) -> bool {
    assertion
        .split('.')
        .next()
        .and_then(|header| URL_SAFE_NO_PAD.decode(header).ok())
        .and_then(|header| serde_json::from_slice::<serde_json::Value>(&header).ok())
        .is_none_or(|header| header.get("crit").is_some())
}

/// The key that turns addresses into marks. Drawn at start and never kept.
#[derive(Clone)]
pub struct MarkKey([u8; 32]);

impl std::fmt::Debug for MarkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MarkKey(…)")
    }
}

impl MarkKey {
    /// A key from 32 unguessable bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A mark that tells one visitor from another in the audit while this process runs.
    #[must_use]
    pub fn mark(&self, client: ClientAddress) -> String {
        let digest = keyed_digest(&self.0, &[client.0.to_string().as_bytes()]);
        format!("visitor-{}", URL_SAFE_NO_PAD.encode(&digest[..9]))
    }
}

fn assertion(headers: &HeaderMap) -> Option<&str> {
    // One that does not read is some assertion, and proves nothing.
    headers.get(HEADER).map(|value| value.to_str().unwrap_or_default())
}

/// Whether a request carries something that is going to be checked as a proof of identity.
#[must_use]
pub fn is_asked(state: &AppState, headers: &HeaderMap) -> bool {
    state.identity.is_some() && headers.contains_key(HEADER)
}

/// Puts the [`Viewer`] into the request. An assertion that proves nothing is refused: somebody who
/// expects to see more must learn why they do not.
pub async fn recognise(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let client = request.extensions().get::<ClientAddress>().copied();
    let mark = client.map(|client| state.marks.mark(client));
    let proved = match (&state.identity, assertion(request.headers())) {
        (Some(identity), Some(text)) => Some(identity.viewer(text, state.clock.now())),
        _ => None,
    };
    let viewer = match proved {
        None => Viewer { subject: mark, ..Viewer::public() },
        Some(Ok(viewer)) => {
            // The door has counted only that there is a proof to check.
            let kind = request.extensions().get::<Kind>().copied().unwrap_or(Kind::Page);
            let subject = viewer.subject.as_deref().unwrap_or_default();
            if let Err(retry_after) = state.limits.subject(subject, kind) {
                state.metrics.limit_hit("subject");
                return refusal::too_many(&Addressee::of(&request), retry_after);
            }
            viewer
        }
        Some(Err(error)) => {
            tracing::info!(error = %error, "an assertion was not believed");
            let to = Addressee::of(&request);
            state.security.note(Event::RefusedAssertion, mark.as_deref(), to.request_id());
            let problem = Problem::unauthorized(
                "The proof of who you are is not valid any more. Sign in again.",
            );
            return refuse(&state, request, problem, ErrorPage::Proof).await;
        }
    };
    let personal = viewer.tier != Tier::Public;
    request.extensions_mut().insert(viewer);
    let mut response = next.run(request).await;
    if personal {
        // What one person may see must not be kept for another.
        let value = axum::http::HeaderValue::from_static("no-store");
        response.headers_mut().insert(axum::http::header::CACHE_CONTROL, value);
    }
    response
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::{EncodingKey, Header};
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &[u8] = b"0123456789abcdef0123456789abcdef";
    const NOW: i64 = 1_800_000_000;

    fn now() -> Timestamp {
        Timestamp::from_second(NOW).unwrap()
    }

    fn identity(tiers: &[Tier]) -> Identity {
        let keys = json!({ "keys": [{
            "kty": "oct", "alg": "HS256", "kid": "one", "k": URL_SAFE_NO_PAD.encode(SECRET),
        }]});
        Identity {
            keys: serde_json::from_value(keys).unwrap(),
            issuer: "identity.example".into(),
            audience: "jianma.example".into(),
            open: tiers.iter().copied().collect(),
        }
    }

    fn claims(change: &Value) -> Value {
        let mut claims = json!({
            "iss": "identity.example", "aud": "jianma.example", "sub": "s-81",
            "tier": "registered", "purpose": "拟购房", "consent": true,
            "place": "330521001002GB00011F00010001", "iat": NOW - 10, "exp": NOW + 600,
        });
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    fn signed(claims: &Value, secret: &[u8]) -> String {
        let header = Header { kid: Some("one".into()), ..Header::new(Algorithm::HS256) };
        jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret)).unwrap()
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
    fn p8_an_assertion_cannot_choose_how_it_is_checked() {
        let content = URL_SAFE_NO_PAD.encode(claims(&json!({})).to_string());
        let mut header = Header { kid: Some("one".into()), ..Header::new(Algorithm::HS256) };
        header.kid = Some("two".into());
        let unknown =
            jsonwebtoken::encode(&header, &claims(&json!({})), &EncodingKey::from_secret(SECRET));
        assert!(identity(&[Tier::Registered]).viewer(&unknown.unwrap(), now()).is_err());
        let critical = json!({ "alg": "HS256", "kid": "one", "crit": ["b64"], "b64": false });
        let signed_part = format!("{}.{content}", URL_SAFE_NO_PAD.encode(critical.to_string()));
        let key = EncodingKey::from_secret(SECRET);
        let seal =
            jsonwebtoken::crypto::sign(signed_part.as_bytes(), &key, Algorithm::HS256).unwrap();
        let text = format!("{signed_part}.{seal}");
        assert!(identity(&[Tier::Registered]).viewer(&text, now()).is_err());
        for algorithm in ["none", "HS512", "RS256"] {
            let header = json!({ "alg": algorithm, "typ": "JWT", "kid": "one" }).to_string();
            let text = format!("{}.{content}.", URL_SAFE_NO_PAD.encode(header));
            assert!(identity(&[Tier::Registered]).viewer(&text, now()).is_err(), "{algorithm}");
        }
    }

    #[test]
    fn p9_a_mark_tells_visitors_apart_and_hides_the_address() {
        let [a, b] = ["192.0.2.1", "192.0.2.2"].map(|ip| ClientAddress(ip.parse().unwrap()));
        let key = MarkKey::new([1; 32]);
        assert_eq!(key.mark(a), key.mark(a));
        assert_ne!(key.mark(a), key.mark(b));
        assert_ne!(key.mark(a), MarkKey::new([2; 32]).mark(a));
        assert!(!key.mark(a).contains("192"));
    }
}
