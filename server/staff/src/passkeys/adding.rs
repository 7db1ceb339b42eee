//! Adding a passkey to one's account.

use domain::{
    audit::StaffDid,
    digest::hex_digest,
    text::{fault_of_line, trimmed},
};
use jiff::SignedDuration;
use serde_json::Value;
use store::{MOST_PASSKEYS, Passkey};
use webauthn_rs::prelude::{RegisterPublicKeyCredential, Uuid};

use super::{Asked, PasskeySite, Pending, unreadable};
use crate::{Accounts, SignedIn, StaffError};

/// For so long after somebody signed in they may add a passkey: who finds a desk left alone adds none of their
/// own.
pub const FRESH: SignedDuration = SignedDuration::from_mins(10);
/// Longest name of a passkey, characters.
pub const LONGEST_NAME: usize = 40;

/// A passkey that somebody adds.
#[derive(Clone, Copy, Debug)]
pub struct NewPasskey<'p> {
    /// What they call it.
    pub name: &'p str,
    /// What the browser was handed when it was asked.
    pub challenge: &'p str,
    /// What the browser answered, JSON.
    pub credential: &'p str,
    /// The mark of the browser.
    pub station: &'p str,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Added {
    /// It signs them in from now on.
    Done,
    /// They signed in too long ago.
    NotFresh,
    /// It has no name, or one that cannot be kept.
    NoName,
    /// They have as many as one may have.
    Full,
    /// The answer is not one to what this browser was asked, or the device did not verify who they are.
    Refused,
}

impl Accounts {
    /// Asks the browser of somebody for a new passkey; says why it is not asked.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn ask_for_new_passkey(
        &self,
        site: &PasskeySite,
        who: &SignedIn,
        station: &str,
    ) -> Result<Result<Asked, Added>, StaffError> {
        if !self.is_fresh(who).await? {
            return Ok(Err(Added::NotFresh));
        }
        let member = &who.member;
        let own = self.store.passkeys_of(&member.id).await?;
        if own.len() >= MOST_PASSKEYS {
            return Ok(Err(Added::Full));
        }
        // One for all of an account, or a device would list it once for each.
        let known = own.iter().find_map(|passkey| Uuid::from_slice(&passkey.handle).ok());
        let handle = known.unwrap_or_else(|| {
            let mut bytes = [0; 16];
            self.entropy.fill(&mut bytes);
            Uuid::from_bytes(bytes)
        });
        let credentials = own.iter().map(|passkey| read(&passkey.credential));
        let credentials = credentials.collect::<Result<Vec<_>, _>>()?;
        let exclude = credentials.iter().map(|key| key.cred_id().clone()).collect();
        let (options, state) = site
            .0
            .start_passkey_registration(handle, member.id.as_str(), &member.name, Some(exclude))
            .map_err(unreadable)?;
        let mut options = serde_json::to_value(options).map_err(unreadable)?;
        // The library leaves it to the device whether the key is found without a name; here it must be.
        let selection = &mut options["publicKey"]["authenticatorSelection"];
        selection["residentKey"] = Value::from("required");
        selection["requireResidentKey"] = Value::from(true);
        let pending = Pending::Add(Box::new(state), handle);
        self.ask(&pending, options, (Some(&member.id), station)).await.map(Ok)
    }

    /// Takes a new passkey of somebody, which their browser was asked for.
    ///
    /// # Errors
    /// [`StaffError`]; then there is none.
    pub async fn add_passkey(
        &self,
        site: &PasskeySite,
        who: &SignedIn,
        new: NewPasskey<'_>,
    ) -> Result<Added, StaffError> {
        if !self.is_fresh(who).await? {
            return Ok(Added::NotFresh);
        }
        let member = &who.member;
        let Some(Pending::Add(state, handle)) =
            self.answered(new.challenge, (Some(&member.id), new.station)).await?
        else {
            return Ok(Added::Refused);
        };
        let name = trimmed(new.name);
        let length = name.chars().count();
        if length == 0 || length > LONGEST_NAME || fault_of_line(name).is_some() {
            return Ok(Added::NoName);
        }
        let Ok(answer) = serde_json::from_str::<RegisterPublicKeyCredential>(new.credential) else {
            return Ok(Added::Refused);
        };
        let key = match site.0.finish_passkey_registration(&answer, &state) {
            Ok(key) => key,
            Err(error) => {
                tracing::info!(%error, "a passkey is not taken");
                return Ok(Added::Refused);
            }
        };
        let passkey = Passkey {
            mark: hex_digest(key.cred_id()),
            staff: member.id.clone(),
            name: name.to_owned(),
            handle: handle.as_bytes().to_vec(),
            credential: serde_json::to_string(&key).map_err(unreadable)?,
            counter: 0,
            added_at: self.clock.now(),
            used_at: None,
        };
        let did = StaffDid::PasskeyAdded { passkey: passkey.mark.clone() };
        self.note(Some(member), did).await?;
        let added = self.store.add_passkey(&passkey).await?;
        Ok(if added { Added::Done } else { Added::Full })
    }

    /// Whether somebody has signed in so lately that they may add a way in.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn is_fresh(&self, who: &SignedIn) -> Result<bool, StaffError> {
        let session = self.store.session(&who.mark).await?;
        let now = self.clock.now();
        Ok(session.is_some_and(|(session, _)| now.duration_since(session.started_at) < FRESH))
    }
}

/// A passkey as its library knows it.
pub(super) fn read(credential: &str) -> Result<webauthn_rs::prelude::Passkey, StaffError> {
    serde_json::from_str(credential).map_err(unreadable)
}
