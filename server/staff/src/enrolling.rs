//! Choosing a passphrase with the link that an operator handed on.

use domain::{
    audit::StaffDid,
    staff::{Member, StaffId},
};
use store::Enrolment;

use crate::{
    Accounts, StaffError, codes,
    marks::digest,
    passphrase::{self, PassphraseFault},
};

/// Whose link it is, and what their app is to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invited {
    /// Who they are.
    pub member: Member,
    /// The secret of their codes in letters (base32).
    pub secret: String,
    /// The secret of their codes as an address that apps read off a QR symbol.
    pub address: String,
}

/// What somebody chose.
#[derive(Clone, Copy, Debug)]
pub struct Chosen<'c> {
    /// The passphrase.
    pub passphrase: &'c str,
    /// The passphrase again.
    pub again: &'c str,
    /// The code that their app shows.
    pub code: &'c str,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnrolFault {
    /// The passphrase is none that is taken.
    Passphrase(PassphraseFault),
    /// The second is not the first.
    Again,
    /// The code is not that of now.
    Code,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// They can sign in.
    Done(StaffId),
    /// What is wrong, in the order of the form.
    Faults(Box<Invited>, Vec<EnrolFault>),
    /// The link is no good: it was used, it is over, or it never was one.
    NoLink,
}

impl Accounts {
    /// Whose link ends with this token, while it is good.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn invited(&self, token: &str) -> Result<Option<Invited>, StaffError> {
        let found = self.store.invited(&digest(token), self.clock.now()).await?;
        found.map(|found| invited(&found)).transpose()
    }

    /// Takes what somebody chose with their link.
    ///
    /// # Errors
    /// [`StaffError`]; then the link is as good as before.
    pub async fn enrol(&self, token: &str, chosen: Chosen<'_>) -> Result<Enrolled, StaffError> {
        let (mark, now) = (digest(token), self.clock.now());
        let Some(found) = self.store.invited(&mark, now).await? else {
            return Ok(Enrolled::NoLink);
        };
        let member = &found.member.member;
        let fault = passphrase::fault(chosen.passphrase, member).map(EnrolFault::Passphrase);
        let step = codes::step_of(&found.secret, chosen.code, now)?;
        let again = (chosen.passphrase != chosen.again).then_some(EnrolFault::Again);
        let code = step.is_none().then_some(EnrolFault::Code);
        let faults: Vec<EnrolFault> = [fault, again, code].into_iter().flatten().collect();
        let Some(step) = step.filter(|_| faults.is_empty()) else {
            return Ok(Enrolled::Faults(Box::new(invited(&found)?), faults));
        };
        let (chosen, entropy) = (chosen.passphrase.to_owned(), self.entropy.clone());
        let hash = self.hash(move || passphrase::hashed(&chosen, &*entropy)).await?;
        self.note(Some(member), StaffDid::Enrolled).await?;
        let done = self.store.enrol(&mark, &hash, step, now).await?;
        Ok(done.map_or(Enrolled::NoLink, Enrolled::Done))
    }

    /// Has a thread that may wait hash a passphrase, few at once.
    pub(crate) async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StaffError> + Send + 'static,
    ) -> Result<T, StaffError> {
        let _leave = self.hashing.acquire().await;
        let done = tokio::task::spawn_blocking(work).await;
        done.unwrap_or_else(|error| Err(StaffError::Hash(error.to_string())))
    }
}

fn invited(found: &Enrolment) -> Result<Invited, StaffError> {
    let member = found.member.member.clone();
    let (secret, address) = codes::written(&found.secret, &member)?;
    Ok(Invited { member, secret, address })
}
