//! What an assertion proves: who looks, why, at which place.

use std::{collections::BTreeSet, net::IpAddr, path::Path};

use domain::{
    LandCode,
    text::{NoText, fault_of_line, fault_of_reference, trimmed},
    viewer::{Tier, Viewer},
};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;

use super::{
    key_set::{IdentityError, KeySet},
    seen::Seen,
};
use crate::settings::IdentityConfig;

/// Longest name of an assertion, bytes.
const LONGEST_JTI: usize = 200;

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
    /// Its own name (RFC 7519 §4.1.7): so that one that was stolen can be told.
    jti: String,
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
    /// It did not come from the gateway.
    #[error("it does not come from a machine of identity.peers")]
    Peer,
    /// It was handed in by another machine, or its name belongs to another assertion.
    #[error("it was handed in before, by another machine or with another content")]
    Replayed,
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
    /// What the audit would keep is no text of one line: whoever reads it would not read what the
    /// identity service wrote.
    #[error(
        "character {} of {claim} is U+{:04X}: a control character, a mark of direction or without \
         width, or one that could not be read", .fault.position, .fault.code_point
    )]
    NoText {
        /// The claim.
        claim: &'static str,
        /// Where, and which character.
        fault: NoText,
    },
}

/// The identity service as this portal knows it.
#[derive(Debug)]
pub struct Identity {
    keys: KeySet,
    issuer: String,
    audience: String,
    open: BTreeSet<Tier>,
    peers: Vec<IpAddr>,
    longest: SignedDuration,
    seen: Seen,
}

impl Identity {
    /// Reads the key set.
    ///
    /// # Errors
    /// [`IdentityError`] when the file cannot be read or is no key set.
    pub fn read(config: &IdentityConfig, folder: &Path) -> Result<Self, IdentityError> {
        Ok(Self {
            keys: KeySet::read(folder.join(&config.keys))?,
            issuer: config.issuer.clone(),
            audience: config.audience.clone(),
            open: config.tiers.iter().copied().collect(),
            peers: config.peers.iter().map(IpAddr::to_canonical).collect(),
            longest: SignedDuration::from_mins(config.longest_minutes.into()),
            seen: Seen::default(),
        })
    }

    /// Whether the file of keys does not read any more, so that those from before count.
    #[must_use]
    pub fn has_broken_keys(&self) -> bool {
        self.keys.is_broken()
    }

    /// The viewer that an assertion proves at `now`, handed in by `peer`: the machine itself, for
    /// what it says of others is not believed here.
    ///
    /// # Errors
    /// [`AssertionError`] when it proves nothing.
    pub fn viewer(
        &self,
        assertion: &str,
        peer: Option<IpAddr>,
        now: Timestamp,
    ) -> Result<Viewer, AssertionError> {
        let peer = peer.map(|peer| peer.to_canonical()).filter(|peer| self.peers.contains(peer));
        let peer = peer.ok_or(AssertionError::Peer)?;
        let claims = self.claims(assertion)?;
        let now = now.as_second();
        let life = claims.exp.saturating_sub(claims.iat);
        let begins = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
        if begins > now + 60 || claims.exp <= now || life > self.longest.as_secs() {
            return Err(AssertionError::Time);
        }
        let tier = claims.tier;
        if tier == Tier::Public || !self.open.contains(&tier) {
            return Err(AssertionError::Closed(tier));
        }
        let missing = |missing| Err(AssertionError::Missing { tier, missing });
        if trimmed(&claims.sub).is_empty() {
            return missing("a subject");
        }
        let purpose = claims.purpose.filter(|purpose| !trimmed(purpose).is_empty());
        let Some(purpose) = purpose else { return missing("a purpose") };
        // A subject is compared, so two that look the same must be the same.
        text("sub", fault_of_reference(&claims.sub))?;
        text("purpose", fault_of_line(&purpose))?;
        if tier != Tier::Staff && claims.place.is_none() {
            return missing("the place it was proved for");
        }
        if tier == Tier::Registered && !claims.consent {
            return missing("consent to the notice");
        }
        let jti = claims.jti.trim();
        if jti.is_empty() || jti.len() > LONGEST_JTI {
            return missing("a name of its own (jti)");
        }
        // Last, so that only what would be believed is remembered.
        if !self.seen.take(jti, assertion, peer, claims.exp, now) {
            return Err(AssertionError::Replayed);
        }
        Ok(Viewer { tier, subject: Some(claims.sub), purpose: Some(purpose), place: claims.place })
    }

    fn claims(&self, assertion: &str) -> Result<Claims, AssertionError> {
        use jsonwebtoken::errors::{Error, ErrorKind};
        let header = jsonwebtoken::decode_header(assertion)?;
        let keys = self.keys.current();
        let known = match (&header.kid, keys.keys.as_slice()) {
            (Some(kid), _) => keys.find(kid),
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

fn text(claim: &'static str, fault: Option<NoText>) -> Result<(), AssertionError> {
    fault.map_or(Ok(()), |fault| Err(AssertionError::NoText { claim, fault }))
}

#[cfg(test)]
mod tests;
