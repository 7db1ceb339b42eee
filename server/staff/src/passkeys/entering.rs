//! Signing in with a passkey.

use domain::{
    audit::{SignInWay, StaffDid},
    digest::hex_digest,
    staff::Member,
};
use store::Passkey;
use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential, WebauthnError};

use super::{Asked, PasskeySite, Pending, adding::read, unreadable};
use crate::{Accounts, Began, StaffError};

/// What a browser shows that was asked for a passkey.
#[derive(Clone, Copy, Debug)]
pub struct ShownPasskey<'p> {
    /// What it was handed when it was asked.
    pub challenge: &'p str,
    /// What it answered, JSON.
    pub credential: &'p str,
    /// The mark of the browser.
    pub station: &'p str,
}

impl Accounts {
    /// Asks a browser for a passkey of somebody, whoever they are.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn ask_for_passkey(
        &self,
        site: &PasskeySite,
        station: &str,
    ) -> Result<Asked, StaffError> {
        let (options, state) = site.0.start_discoverable_authentication().map_err(unreadable)?;
        let options = serde_json::to_value(options).map_err(unreadable)?;
        self.ask(&Pending::Enter(Box::new(state)), options, (None, station)).await
    }

    /// Begins a session for whoever's passkey a browser shows; `None` alike where it is not known or not right. A
    /// lock after mistaken passphrases is of the passphrase: any stranger can cause one, and none has this key.
    ///
    /// # Errors
    /// [`StaffError`]; then nobody is signed in.
    pub async fn sign_in_with_passkey(
        &self,
        site: &PasskeySite,
        shown: ShownPasskey<'_>,
    ) -> Result<Option<Began>, StaffError> {
        let asked = self.answered(shown.challenge, (None, shown.station)).await?;
        let answer = serde_json::from_str::<PublicKeyCredential>(shown.credential).ok();
        let (Some(Pending::Enter(state)), Some(answer)) = (asked, answer) else {
            return self.refuse(None).await;
        };
        let Ok((handle, id)) = site.0.identify_discoverable_authentication(&answer) else {
            return self.refuse(None).await;
        };
        let Some((known, whose)) = self.store.passkey(&hex_digest(id)).await? else {
            return self.refuse(None).await;
        };
        let member = whose.member;
        if known.handle != handle.as_bytes() {
            return self.refuse(Some(&member)).await;
        }
        let Some(used) = self.judged(site, &member, (known, *state, &answer)).await? else {
            return self.refuse(Some(&member)).await;
        };
        if !self.may_work(&member).await? || !self.store.use_passkey(&used).await? {
            return self.refuse(Some(&member)).await;
        }
        let did = StaffDid::SignedInBy { way: SignInWay::Passkey };
        self.note(Some(&member), did).await?;
        self.begin(&member, shown.station).await.map(Some)
    }

    /// A passkey as it is known after this use; `None` where the answer is not right.
    async fn judged(
        &self,
        site: &PasskeySite,
        member: &Member,
        (known, state, answer): (Passkey, DiscoverableAuthentication, &PublicKeyCredential),
    ) -> Result<Option<Passkey>, StaffError> {
        let mut key = read(&known.credential)?;
        let result = match site.0.finish_discoverable_authentication_v2(answer, state, &key) {
            Ok(result) => result,
            Err(WebauthnError::CredentialPossibleCompromise) => {
                let did = StaffDid::PasskeyDoubted { passkey: known.mark };
                self.note(Some(member), did).await?;
                return Ok(None);
            }
            Err(error) => {
                tracing::info!(%error, "a passkey does not sign in");
                return Ok(None);
            }
        };
        // It was asked for; what the library says is not taken on trust of how it asked.
        if !result.user_verified() {
            return Ok(None);
        }
        key.update_credential(&result);
        Ok(Some(Passkey {
            credential: serde_json::to_string(&key).map_err(unreadable)?,
            counter: result.counter(),
            used_at: Some(self.clock.now()),
            ..known
        }))
    }

    /// Writes down that somebody did not get in with a passkey. It is not counted: nobody guesses a key.
    async fn refuse(&self, member: Option<&Member>) -> Result<Option<Began>, StaffError> {
        self.note(member, StaffDid::Refused).await?;
        Ok(None)
    }
}
