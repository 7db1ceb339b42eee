//! Signing in with name, passphrase and code; a session begins here for every way in.

use domain::{
    audit::StaffDid,
    staff::{Member, StaffId},
};
use jiff::Timestamp;
use store::Session;

use crate::{
    Accounts, SignedIn, StaffError, codes,
    locks::{FORGOTTEN, LIFTED_FROM, LOCKS_FROM, locked_until},
    marks::{digest, mark_of},
    passphrase,
    sessions::LONGEST,
};

/// What somebody tries to get in with.
#[derive(Clone, Copy, Debug)]
pub struct Tried<'t> {
    /// The name.
    pub name: &'t str,
    /// The passphrase.
    pub passphrase: &'t str,
    /// The code that their app shows.
    pub code: &'t str,
    /// The mark of the browser that they are at.
    pub station: &'t str,
}

/// A session that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Began {
    /// What the browser is to bring back. The store has its digest.
    pub token: String,
    /// Whose it is.
    pub who: SignedIn,
}

impl Accounts {
    /// Begins a session for whoever has name, passphrase and code; `None` alike where one of them is wrong,
    /// there is no such name, or nobody gets in with it for a while: after the same work (desk D1).
    ///
    /// # Errors
    /// [`StaffError`]; then nobody is signed in.
    pub async fn sign_in(&self, tried: Tried<'_>) -> Result<Option<Began>, StaffError> {
        let (now, mark) = (self.clock.now(), mark_of(tried.name));
        let locked = locked_until(&self.store.failures(&mark).await?, now).is_some();
        let known = match StaffId::parse(tried.name) {
            Some(id) => self.store.enrolment(&id).await?,
            None => None,
        };
        let kept = known.as_ref().and_then(|known| known.passphrase.clone());
        let typed = tried.passphrase.to_owned();
        let right = self.hash(move || passphrase::is_right(&typed, kept.as_deref())).await?;
        // What failed while it was hashed counts.
        let locked =
            locked || locked_until(&self.store.failures(&mark).await?, self.clock.now()).is_some();
        let secret = known.as_ref().map_or(&[0; 20][..], |known| &known.secret);
        let step = codes::step_of(secret, tried.code, now)?;
        let member = known.map(|known| known.member.member);
        if let (Some(member), Some(step), true, false) = (&member, step, right, locked)
            && self.may_work(member).await?
            && self.store.use_code(&member.id, step).await?
        {
            self.note(Some(member), StaffDid::SignedIn).await?;
            self.store.forget_failures(&mark).await?;
            return self.begin(member, tried.station).await.map(Some);
        }
        let forgotten = now.checked_sub(FORGOTTEN).unwrap_or(Timestamp::MIN);
        let failures = self.store.note_failure(&mark, now, forgotten).await?;
        let locks = [LOCKS_FROM, LIFTED_FROM].contains(&failures.count);
        let did = if locks { StaffDid::Locked } else { StaffDid::Refused };
        self.note(member.as_ref(), did).await?;
        Ok(None)
    }

    /// Begins a session at a browser for somebody who has proved who they are, and of whom that is written down.
    ///
    /// # Errors
    /// [`StaffError`]; then nobody is signed in.
    pub(crate) async fn begin(&self, member: &Member, station: &str) -> Result<Began, StaffError> {
        let (token, now) = (self.token(), self.clock.now());
        let session = Session {
            mark: digest(&token),
            staff: member.id.clone(),
            station: digest(station),
            started_at: now,
            seen_at: now,
        };
        let over = now.checked_sub(LONGEST).unwrap_or(Timestamp::MIN);
        self.store.begin_session(&session, over).await?;
        let who = SignedIn { member: member.clone(), mark: session.mark };
        Ok(Began { token, who })
    }
}
