//! Who is signed in, and for how long.

use domain::{
    audit::StaffDid,
    staff::{Member, StaffId},
};
use jiff::SignedDuration;
use store::Session;

use crate::{Accounts, StaffError, marks::digest};

/// After so long without a question somebody has to sign in again; what they typed stays (desk D4).
pub const IDLE: SignedDuration = SignedDuration::from_mins(15);
/// After so long a session ends, whatever was asked.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);
/// A session is noted as in use once in so long.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(30);

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// Who.
    pub member: Member,
    /// By what the store knows their session.
    pub mark: String,
}

/// Whom a token and a browser prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Nobody.
    Nobody,
    /// Somebody who was signed in, and has to sign in again.
    Over(StaffId),
    /// Somebody who is.
    SignedIn(SignedIn),
}

impl Accounts {
    /// Whom a token proves, brought by the browser with this mark. One that another browser brings proves
    /// nobody (desk D1).
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn recognise(&self, token: &str, station: &str) -> Result<Recognised, StaffError> {
        self.proved(token, station, true).await
    }

    /// The same of a page that reads itself anew: left open, it keeps nobody signed in (desk D4).
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn recognise_page(
        &self,
        token: &str,
        station: &str,
    ) -> Result<Recognised, StaffError> {
        self.proved(token, station, false).await
    }

    /// Whom a token proves; what somebody `asked` themselves keeps them signed in.
    async fn proved(
        &self,
        token: &str,
        station: &str,
        asked: bool,
    ) -> Result<Recognised, StaffError> {
        let mark = digest(token);
        let Some((session, account)) = self.store.session(&mark).await? else {
            return Ok(Recognised::Nobody);
        };
        if session.station != digest(station) {
            return Ok(Recognised::Nobody);
        }
        // Nor does one that was begun by what was taken away since.
        if account.enrolled_at.is_none_or(|at| session.started_at < at) {
            return Ok(Recognised::Nobody);
        }
        if !self.is_alive(&session) {
            return Ok(Recognised::Over(session.staff));
        }
        let member = account.member;
        if !self.may_work(&member).await? {
            return Ok(Recognised::Nobody);
        }
        let now = self.clock.now();
        if asked && now.duration_since(session.seen_at) >= NOTED_EVERY {
            self.store.touch_session(&mark, now).await?;
        }
        Ok(Recognised::SignedIn(SignedIn { member, mark }))
    }

    /// The sessions of somebody that are not over, the newest first.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn sessions(&self, id: &StaffId) -> Result<Vec<Session>, StaffError> {
        let mut sessions = self.store.sessions_of(id).await?;
        sessions.retain(|session| self.is_alive(session));
        Ok(sessions)
    }

    /// Ends a session of somebody, their own or one at another browser; `false` where they have none of that
    /// mark.
    ///
    /// # Errors
    /// [`StaffError`]; then it goes on.
    pub async fn end(&self, who: &SignedIn, mark: &str) -> Result<bool, StaffError> {
        let did = if who.mark == mark { StaffDid::SignedOut } else { StaffDid::SessionEnded };
        let id = &who.member.id;
        if !self.store.sessions_of(id).await?.iter().any(|session| session.mark == mark) {
            return Ok(false);
        }
        self.note(Some(&who.member), did).await?;
        Ok(self.store.end_session(id, mark).await?)
    }

    fn is_alive(&self, session: &Session) -> bool {
        let now = self.clock.now();
        let since = |at| now.duration_since(at);
        since(session.seen_at) < IDLE && since(session.started_at) < LONGEST
    }
}
