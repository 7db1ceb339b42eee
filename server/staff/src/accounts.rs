//! Making, resetting and closing accounts.

use std::{collections::BTreeSet, fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Clock, Entropy,
    audit::{StaffDid, StaffRecord},
    dataset::first_real,
    staff::{Member, Role, StaffId},
};
use jiff::{SignedDuration, Timestamp};
use store::{Invitation, Store, StoredMember};
use tokio::sync::Semaphore;

use crate::{
    StaffError, StaffLog,
    locks::locked_until,
    marks::{digest, mark_of},
};

/// How long a link is good.
const LINK_GOOD: SignedDuration = SignedDuration::from_hours(72);
/// Bytes of the secret of codes: those of the digest that makes them (RFC 4226 §4).
const SECRET: usize = 20;
/// Passphrases hashed at once, each in 19 MiB.
const HASHED_AT_ONCE: usize = 2;

/// The accounts of the counter, and who is signed in.
pub struct Accounts {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) log: Arc<dyn StaffLog>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// Leave to hash a passphrase.
    pub(crate) hashing: Semaphore,
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").finish_non_exhaustive()
    }
}

/// Whether one person may have these roles: who runs the machines, who watches the door and who goes through
/// looks are three people, and none of them serves anybody (rule X1).
#[must_use]
pub fn may_be_one(roles: &BTreeSet<Role>) -> bool {
    let apart = [Role::System, Role::Security, Role::Auditor];
    roles.len() <= 1 || !apart.iter().any(|role| roles.contains(role))
}

/// A link with which somebody chooses their passphrase. Its token is shown once: the store has its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What the link ends with.
    pub token: String,
    /// Until when it is good, UTC.
    pub until: Timestamp,
}

/// An account in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The account.
    pub account: StoredMember,
    /// How many passkeys it has.
    pub passkeys: usize,
    /// Until when nobody gets in with its name, UTC; [`Timestamp::MAX`] where somebody has to lift it.
    pub locked_until: Option<Timestamp>,
}

impl Accounts {
    /// The accounts of a store.
    #[must_use]
    pub fn new(
        store: Arc<dyn Store>,
        log: Arc<dyn StaffLog>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { store, log, clock, entropy, hashing: Semaphore::new(HASHED_AT_ONCE) }
    }

    /// Makes an account; `None` where there is one of that id.
    ///
    /// # Errors
    /// [`StaffError`]; then there is none.
    pub async fn add(&self, member: &Member, by: &str) -> Result<Option<Link>, StaffError> {
        if self.store.member(&member.id).await?.is_some() {
            return Ok(None);
        }
        let did = StaffDid::Added { by: by.to_owned(), roles: member.roles.clone() };
        self.note(Some(member), did).await?;
        let (link, invitation) = self.invitation();
        let added = self.store.add_member(member, &invitation, self.clock.now()).await?;
        Ok(added.then_some(link))
    }

    /// Gives an account the name by which an identity service knows it; `false` where another has that name, or there
    /// is no such account.
    ///
    /// # Errors
    /// [`StaffError`]; then it is as before.
    pub async fn name_by_service(
        &self,
        id: &StaffId,
        identity: &str,
        by: &str,
    ) -> Result<bool, StaffError> {
        let Some(known) = self.store.member(id).await? else { return Ok(false) };
        self.note(Some(&known.member), StaffDid::NamedByService { by: by.to_owned() }).await?;
        Ok(self.store.identify_member(id, identity).await?)
    }

    /// Takes passphrase, codes, passkeys and sessions away, and opens a closed account again; `None` where there is
    /// none.
    ///
    /// # Errors
    /// [`StaffError`]; then nothing was changed.
    pub async fn reset(&self, id: &StaffId, by: &str) -> Result<Option<Link>, StaffError> {
        let Some(known) = self.store.member(id).await? else { return Ok(None) };
        self.note(Some(&known.member), StaffDid::Reset { by: by.to_owned() }).await?;
        let (link, invitation) = self.invitation();
        let done = self.store.invite_again(id, &invitation).await?;
        self.store.forget_failures(&mark_of(id.as_str())).await?;
        Ok(done.then_some(link))
    }

    /// Closes an account and ends its sessions; `false` where there is none, or it was closed.
    ///
    /// # Errors
    /// [`StaffError`]; then nothing was changed.
    pub async fn disable(&self, id: &StaffId, by: &str) -> Result<bool, StaffError> {
        let known = self.store.member(id).await?.filter(|known| known.disabled_at.is_none());
        let Some(known) = known else { return Ok(false) };
        self.note(Some(&known.member), StaffDid::Disabled { by: by.to_owned() }).await?;
        Ok(self.store.disable_member(id, self.clock.now()).await?)
    }

    /// Lets somebody try again who mistyped too often; `false` where nothing kept them out.
    ///
    /// # Errors
    /// [`StaffError`]; then nothing was changed.
    pub async fn lift(&self, member: &Member, by: &str) -> Result<bool, StaffError> {
        let mark = mark_of(member.id.as_str());
        if self.store.failures(&mark).await?.count == 0 {
            return Ok(false);
        }
        self.note(Some(member), StaffDid::LockLifted { by: by.to_owned() }).await?;
        Ok(self.store.forget_failures(&mark).await?)
    }

    /// Every account, by id.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn list(&self) -> Result<Vec<Listed>, StaffError> {
        let mut listed = Vec::new();
        for account in self.store.members().await? {
            let mark = mark_of(account.member.id.as_str());
            let failures = self.store.failures(&mark).await?;
            let locked_until = locked_until(&failures, self.clock.now());
            let passkeys = self.store.passkeys_of(&account.member.id).await?.len();
            listed.push(Listed { account, passkeys, locked_until });
        }
        Ok(listed)
    }

    /// The account of an id.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn member(&self, id: &StaffId) -> Result<Option<StoredMember>, StaffError> {
        Ok(self.store.member(id).await?)
    }

    /// Writes down what somebody did, before it is done.
    ///
    /// # Errors
    /// [`StaffError::Store`]: then it may not be done.
    pub async fn note(&self, who: Option<&Member>, did: StaffDid) -> Result<(), StaffError> {
        let record = StaffRecord {
            at: self.clock.now(),
            who: who.map(|member| member.id.clone()),
            office: who.map(|member| member.office.clone()),
            did,
        };
        Ok(self.log.staff_did(record).await?)
    }

    /// Whether somebody may be at work here: staff of the demonstration only where nothing real is
    /// published.
    pub(crate) async fn may_work(&self, member: &Member) -> Result<bool, StaffError> {
        if !member.demonstration {
            return Ok(true);
        }
        let versions = self.store.versions().await?;
        Ok(first_real(&versions).is_none())
    }

    fn invitation(&self) -> (Link, Invitation) {
        let token = self.token();
        let now = self.clock.now();
        let until = now.checked_add(LINK_GOOD).unwrap_or(Timestamp::MAX);
        let mut secret = vec![0; SECRET];
        self.entropy.fill(&mut secret);
        let invitation = Invitation { mark: digest(&token), until, secret };
        (Link { token, until }, invitation)
    }

    /// 256 unguessable bits as URL-safe text.
    pub(crate) fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.entropy.key())
    }
}
