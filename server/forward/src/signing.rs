//! Standard Webhooks signatures over the exact bytes of a body.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue, header::InvalidHeaderValue};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::Entropy;
use jiff::{SignedDuration, Timestamp};
use standardwebhooks::{
    HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook, WebhookError,
};

const PREFIX: &str = "whsec_";

/// The body of every look-up.
pub const LOOK_UP_BODY: &[u8] = b"{}";

/// How far a signature's time may lie from the verifier's clock, either way.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Why something cannot be signed, or why a signature does not hold. Never tells the secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SigningError {
    /// Not `whsec_` and base64.
    #[error("the secret is not `whsec_` followed by base64")]
    NotBase64,
    /// Too short to be safe, or longer than the standard allows.
    #[error("the secret has {0} bytes; Standard Webhooks asks for 24 to 64")]
    Length(usize),
    /// The id cannot stand in a header.
    #[error("the message id cannot stand in a header")]
    Id(#[from] InvalidHeaderValue),
    /// The signature holds, but for another time: one of the two clocks is wrong.
    #[error("{}", skew(*signed_at, *now))]
    Clock {
        /// What `webhook-timestamp` says, seconds since 1970.
        signed_at: i64,
        /// What the verifier's clock says.
        now: Timestamp,
    },
    /// What the signature scheme itself has against it.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
}

/// In words: by how much the sender's clock is off, and what time it is here.
fn skew(signed_at: i64, now: Timestamp) -> String {
    let here = format!("this portal's clock says {now:.0} ({})", now.as_second());
    // Thousands of years from now stand for milliseconds.
    if signed_at.abs_diff(now.as_second()) > 1_000_000_000_000 {
        return format!("webhook-timestamp is no time in seconds, perhaps milliseconds; {here}");
    }
    let off = signed_at.abs_diff(now.as_second());
    let side = if signed_at < now.as_second() { "behind" } else { "ahead" };
    format!(
        "webhook-timestamp is {off} s {side}: check the clock of the sender, which may differ by at \
         most {} s; {here}",
        TOLERANCE.as_secs()
    )
}

/// The secret that this portal and a department share.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Reads `whsec_…`: 24 to 64 bytes in base64.
    pub fn parse(text: &str) -> Result<Self, SigningError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SigningError::NotBase64)?;
        let Ok(key) = STANDARD.decode(encoded) else { return Err(SigningError::NotBase64) };
        if !(24..=64).contains(&key.len()) {
            return Err(SigningError::Length(key.len()));
        }
        Ok(Self(text.to_owned()))
    }

    /// A new secret of 32 bytes.
    #[must_use]
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(format!("{PREFIX}{}", STANDARD.encode(entropy.key())))
    }

    /// The secret in clear, to hand it to the other side. Keep it out of logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The three `webhook-…` headers for `body`, sent as message `id` at `now`.
    pub fn sign(&self, id: &str, now: Timestamp, body: &[u8]) -> Result<HeaderMap, SigningError> {
        let at = now.as_second();
        let signature = Webhook::new(&self.0)?.sign(id, at, body)?;
        let mut headers = HeaderMap::new();
        headers.insert(HEADER_WEBHOOK_ID, HeaderValue::from_str(id)?);
        headers.insert(HEADER_WEBHOOK_TIMESTAMP, HeaderValue::from(at));
        headers.insert(HEADER_WEBHOOK_SIGNATURE, HeaderValue::from_str(&signature)?);
        Ok(headers)
    }

    /// The three headers for a look-up, whose body is [`LOOK_UP_BODY`].
    ///
    /// Stock libraries parse what they verified as JSON, and some throw at an empty body. Where a
    /// framework keeps the body of a GET from its handler, the second signature, over nothing,
    /// holds.
    pub fn sign_look_up(&self, id: &str, now: Timestamp) -> Result<HeaderMap, SigningError> {
        let mut headers = self.sign(id, now, LOOK_UP_BODY)?;
        let bare = Webhook::new(&self.0)?.sign(id, now.as_second(), b"")?;
        let full = headers.get(HEADER_WEBHOOK_SIGNATURE).and_then(|value| value.to_str().ok());
        let both = format!("{} {bare}", full.unwrap_or_default());
        headers.insert(HEADER_WEBHOOK_SIGNATURE, HeaderValue::from_str(&both)?);
        Ok(headers)
    }

    /// Checks the three headers against `body`, and returns the message id.
    ///
    /// The crate's own `verify` reads the wall clock; here the time is a parameter, so the
    /// signature is made again with the crate and compared in a time that does not depend on
    /// where the two differ. Several signatures (a secret being exchanged) may stand in the
    /// header; one that fits is enough.
    pub fn verify<'h>(
        &self,
        headers: &'h HeaderMap,
        now: Timestamp,
        body: &[u8],
    ) -> Result<&'h str, SigningError> {
        let id = header(headers, HEADER_WEBHOOK_ID)?;
        let given = header(headers, HEADER_WEBHOOK_SIGNATURE)?;
        let Ok(at) = header(headers, HEADER_WEBHOOK_TIMESTAMP)?.parse::<i64>() else {
            return Err(WebhookError::InvalidTimestamp.into());
        };
        let own = Webhook::new(&self.0)?.sign(id, at, body)?;
        if !given.split(' ').any(|signature| same(signature, &own)) {
            return Err(WebhookError::InvalidSignature.into());
        }
        // Only who has the secret is told of clocks.
        if now.as_second().abs_diff(at) > TOLERANCE.as_secs().unsigned_abs() {
            return Err(SigningError::Clock { signed_at: at, now });
        }
        Ok(id)
    }
}

fn header<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<&'h str, WebhookError> {
    let value = headers.get(name).ok_or(WebhookError::MissingHeader(name))?;
    value.to_str().ok().ok_or(WebhookError::InvalidHeader(name))
}

fn same(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, |sum, (a, b)| sum | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    // The vector that the Standard Webhooks libraries in every language share.
    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
    const SIGNATURE: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn signed() -> (Secret, HeaderMap, Timestamp) {
        let (secret, now) = (Secret::parse(SECRET).unwrap(), at(1_649_367_553));
        let headers = secret.sign(ID, now, BODY).unwrap();
        (secret, headers, now)
    }

    #[test]
    fn the_signature_is_that_of_the_known_vector() {
        let (_, headers, _) = signed();
        assert_eq!(headers["webhook-id"], ID);
        assert_eq!(headers["webhook-timestamp"], "1649367553");
        assert_eq!(headers["webhook-signature"], SIGNATURE);
    }

    #[test]
    fn a_signature_holds_for_five_minutes_either_way() {
        let (secret, headers, now) = signed();
        for seconds in [-300, 0, 300] {
            assert_eq!(secret.verify(&headers, at(now.as_second() + seconds), BODY).unwrap(), ID);
        }
        for seconds in [-301, 301] {
            assert!(secret.verify(&headers, at(now.as_second() + seconds), BODY).is_err());
        }
    }

    #[test]
    fn s5_who_signs_with_a_wrong_clock_is_told_so_and_what_time_it_is() {
        let (secret, headers, now) = signed();
        let told = |seconds: i64| {
            secret.verify(&headers, at(now.as_second() + seconds), BODY).unwrap_err().to_string()
        };
        let late = told(8 * 3_600);
        assert!(late.contains("28800 s behind") && late.contains("clock"), "{late}");
        assert!(late.contains("2022-04-08T05:39:13Z"), "{late}");
        assert!(told(-301).contains("301 s ahead"));
        let thousandfold = now.as_second() * 1_000;
        let signature = Webhook::new(SECRET).unwrap().sign(ID, thousandfold, BODY).unwrap();
        let mut headers = headers.clone();
        headers.insert("webhook-timestamp", thousandfold.into());
        headers.insert("webhook-signature", signature.parse().unwrap());
        let told = secret.verify(&headers, now, BODY).unwrap_err().to_string();
        assert!(told.contains("milliseconds"), "{told}");
        // Whoever has not the secret learns nothing.
        let forged = secret.verify(&headers, now, b"{}").unwrap_err().to_string();
        assert!(!forged.contains("clock"), "{forged}");
    }

    #[test]
    fn s5_a_look_up_holds_over_its_body_and_over_nothing() {
        let (secret, _, now) = signed();
        let headers = secret.sign_look_up(ID, now).unwrap();
        for body in [LOOK_UP_BODY, b""] {
            assert_eq!(secret.verify(&headers, now, body).unwrap(), ID);
        }
        assert!(secret.verify(&headers, now, BODY).is_err());
    }

    #[test]
    fn any_change_breaks_it() {
        let (secret, headers, now) = signed();
        assert!(secret.verify(&headers, now, b"{}").is_err());
        assert!(
            Secret::parse(&format!("whsec_{}", STANDARD.encode([7; 24])))
                .unwrap()
                .verify(&headers, now, BODY)
                .is_err()
        );
        for (name, value) in [
            ("webhook-id", "msg_other"),
            ("webhook-timestamp", "1649367554"),
            ("webhook-timestamp", "soon"),
            ("webhook-signature", "v1,"),
            ("webhook-signature", "v1,tZ1I4/hDygAJ"),
            ("webhook-signature", ""),
        ] {
            let mut changed = headers.clone();
            changed.insert(name, HeaderValue::from_static(value));
            assert!(secret.verify(&changed, now, BODY).is_err(), "{name}: {value}");
            changed.remove(name);
            assert!(secret.verify(&changed, now, BODY).is_err(), "{name} missing");
        }
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        let (secret, mut headers, now) = signed();
        let several = format!("v1,AAAA v1a,BBBB {SIGNATURE}");
        headers.insert("webhook-signature", several.parse().unwrap());
        assert!(secret.verify(&headers, now, BODY).is_ok());
    }

    #[test]
    fn a_secret_is_read_strictly_and_never_printed() {
        for wrong in ["", "whsec_", "whsec_AAAA", "whsec_***", SECRET.trim_start_matches(PREFIX)] {
            assert!(Secret::parse(wrong).is_err(), "{wrong}");
        }
        assert_eq!(format!("{:?}", Secret::parse(SECRET).unwrap()), "Secret(…)");
    }

    #[test]
    fn a_new_secret_reads_back() {
        struct Sevens;
        impl Entropy for Sevens {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(7);
            }
        }
        let secret = Secret::generate(&Sevens);
        assert_eq!(Secret::parse(secret.expose()).unwrap(), secret);
    }
}
