//! Passkeys: who signs in shows that a device has their key and has verified them, and types nothing (W3C Web
//! Authentication; desk D1).
//!
//! Whether what a device answers is right is `webauthn-rs`'s to say; that it answers what this browser was asked is kept
//! in `challenges`.

mod adding;
mod entering;

use std::fmt;

use domain::{audit::StaffDid, staff::StaffId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::Passkey;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, PasskeyRegistration, Url, Uuid, Webauthn, WebauthnBuilder,
};

use crate::{Accounts, SignedIn, StaffError, challenges::ANSWERED_WITHIN, codes::ISSUER};

pub use adding::{Added, FRESH, LONGEST_NAME, NewPasskey};
pub use entering::ShownPasskey;

/// Why a portal has no passkeys. They are bound to its name, and browsers have them over HTTPS alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoPasskeys {
    /// Its name is not configured.
    NoHost,
    /// It is reached without HTTPS, and not from this machine.
    NotSecure,
    /// Its host is none that passkeys can be bound to, an IP address say.
    NoName,
}

/// The portal as passkeys know it.
pub struct PasskeySite(Webauthn);

impl fmt::Debug for PasskeySite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PasskeySite").field(&self.0.get_allowed_origins()).finish()
    }
}

impl PasskeySite {
    /// That of a portal which people reach under this host, with its port where it has one.
    ///
    /// # Errors
    /// [`NoPasskeys`] says why it can have none.
    pub fn new(host: Option<&str>, tls: bool) -> Result<Self, NoPasskeys> {
        let host = host.ok_or(NoPasskeys::NoHost)?;
        let scheme = if tls { "https" } else { "http" };
        let origin = Url::parse(&format!("{scheme}://{host}")).ok();
        let origin = origin.ok_or(NoPasskeys::NoName)?;
        let name = origin.domain().ok_or(NoPasskeys::NoName)?.to_owned();
        // Browsers trust the way to their own machine.
        if !tls && name != "localhost" && !name.ends_with(".localhost") {
            return Err(NoPasskeys::NotSecure);
        }
        let builder = WebauthnBuilder::new(&name, &origin).ok().ok_or(NoPasskeys::NoName)?;
        let patience = ANSWERED_WITHIN.unsigned_abs();
        let built = builder.rp_name(ISSUER).timeout(patience).build().ok();
        built.map(Self).ok_or(NoPasskeys::NoName)
    }
}

/// What a browser is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// What it brings back with its answer.
    pub challenge: String,
    /// For `navigator.credentials`.
    pub options: Value,
}

/// What is judged by once a browser answers.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Pending {
    /// That somebody has a passkey.
    Enter(Box<DiscoverableAuthentication>),
    /// A new passkey of somebody, whose account the device is to know by this.
    Add(Box<PasskeyRegistration>, Uuid),
}

impl Accounts {
    /// The passkeys of somebody, the oldest first.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn passkeys(&self, id: &StaffId) -> Result<Vec<Passkey>, StaffError> {
        Ok(self.store.passkeys_of(id).await?)
    }

    /// Removes a passkey of somebody, and ends their other sessions: it may be one that was lost. `false` where they
    /// have none of that mark.
    ///
    /// # Errors
    /// [`StaffError`]; then it is good as before.
    pub async fn remove_passkey(&self, who: &SignedIn, mark: &str) -> Result<bool, StaffError> {
        let id = &who.member.id;
        if !self.store.passkeys_of(id).await?.iter().any(|passkey| passkey.mark == mark) {
            return Ok(false);
        }
        let did = StaffDid::PasskeyRemoved { passkey: mark.to_owned() };
        self.note(Some(&who.member), did).await?;
        let removed = self.store.remove_passkey(id, mark).await?;
        for session in self.store.sessions_of(id).await? {
            if session.mark != who.mark {
                self.end(who, &session.mark).await?;
            }
        }
        Ok(removed)
    }

    /// Asks a browser.
    async fn ask(
        &self,
        pending: &Pending,
        options: Value,
        of: (Option<&StaffId>, &str),
    ) -> Result<Asked, StaffError> {
        let challenge = self.token();
        self.keep(&challenge, pending, of).await?;
        Ok(Asked { challenge, options })
    }
}

fn unreadable(error: impl fmt::Display) -> StaffError {
    StaffError::Passkey(error.to_string())
}
