//! Signing in by the office's identity service (desk D1). It makes no accounts: it names one that an operator made.
//! How it is asked, and whether what it says is to be believed, is for whoever implements [`IdentityService`].

use std::{collections::BTreeMap, fmt};

use async_trait::async_trait;
use domain::{
    Localized,
    audit::{SignInWay, StaffDid},
    staff::StaffId,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use store::StoredMember;

use crate::{Accounts, Began, StaffError};

/// An identity service.
#[async_trait]
pub trait IdentityService: Send + Sync + fmt::Debug {
    /// What staff call it.
    fn label(&self) -> &Localized;

    /// What its word for somebody is here.
    fn named_by(&self) -> NamedBy;

    /// What a browser is to be asked there, under this state.
    ///
    /// # Errors
    /// [`Unnamed::Down`].
    async fn question(&self, state: String) -> Result<Question, Unnamed>;

    /// Whom a code names that a browser brings back, at a moment (UTC).
    ///
    /// # Errors
    /// [`Unnamed`] says why nobody.
    async fn named(&self, code: &str, proof: Proof, now: Timestamp) -> Result<String, Unnamed>;
}

/// What the word of an identity service for somebody is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The identity that an operator gave the account.
    Identity,
    /// The name that they sign in with.
    Name,
}

/// What a browser is to be asked at the service.
#[derive(Clone, Debug)]
pub struct Question {
    /// The address to go to.
    pub to: String,
    /// What its answer is judged by.
    pub proof: Proof,
}

/// What an answer of the service is judged by; no browser learns it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proof {
    /// What its token must repeat.
    pub nonce: String,
    /// What only the asker of the question has (RFC 7636).
    pub verifier: String,
}

/// Why the service names nobody; for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unnamed {
    /// It does not answer, or not as an identity service does.
    Down(String),
    /// What it said is not believed.
    Refused(String),
}

/// Where a browser goes to the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directed {
    /// The address.
    pub to: String,
    /// What this browser is to bring when it comes back.
    pub bound: String,
}

/// What is kept of somebody on their way to the service and back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnTheirWay {
    /// The mark of the browser.
    pub station: String,
    /// The address that they asked for.
    pub back: String,
    /// What they had typed there.
    pub typed: BTreeMap<String, String>,
}

/// What is judged by when somebody comes back.
#[derive(Serialize, Deserialize)]
struct Away {
    proof: Proof,
    way: OnTheirWay,
}

/// What a browser brings back from the service.
#[derive(Clone, Copy, Debug)]
pub struct Returned<'r> {
    /// The state of the question.
    pub state: &'r str,
    /// The code; none where the service says no.
    pub code: Option<&'r str>,
    /// What the browser was to bring.
    pub bound: &'r str,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ByService {
    /// They are signed in, and go on where they were.
    Began(Box<Began>, OnTheirWay),
    /// Nobody is: what came back is not believed, or names nobody who may be.
    Refused(Option<OnTheirWay>),
    /// The service does not answer.
    Down(OnTheirWay),
}

impl Accounts {
    /// Sends a browser to the service; `None` where that does not answer.
    ///
    /// # Errors
    /// [`StaffError`].
    pub async fn direct_to_service(
        &self,
        service: &dyn IdentityService,
        way: OnTheirWay,
    ) -> Result<Option<Directed>, StaffError> {
        let (state, bound) = (self.token(), self.token());
        let Question { to, proof } = match service.question(state.clone()).await {
            Ok(question) => question,
            Err(Unnamed::Down(why) | Unnamed::Refused(why)) => {
                tracing::warn!(why, "the identity service of staff does not answer");
                return Ok(None);
            }
        };
        self.keep(&state, &Away { proof, way }, (None, &bound)).await?;
        Ok(Some(Directed { to, bound }))
    }

    /// Begins a session for whom the service names: an open account that has a passphrase too.
    ///
    /// # Errors
    /// [`StaffError`]; then nobody is signed in.
    pub async fn sign_in_by_service(
        &self,
        service: &dyn IdentityService,
        returned: Returned<'_>,
    ) -> Result<ByService, StaffError> {
        let away = self.answered(returned.state, (None, returned.bound)).await?;
        let Some(Away { proof, way }) = away else {
            self.note(None, StaffDid::Refused).await?;
            return Ok(ByService::Refused(None));
        };
        let named = match returned.code {
            Some(code) => service.named(code, proof, self.clock.now()).await,
            None => Err(Unnamed::Refused("it says no".to_owned())),
        };
        let known = match named {
            Ok(named) => self.named_by(service.named_by(), &named).await?,
            Err(Unnamed::Down(why)) => {
                tracing::warn!(why, "the identity service of staff does not answer");
                return Ok(ByService::Down(way));
            }
            Err(Unnamed::Refused(why)) => {
                tracing::info!(why, "what the identity service of staff says is not believed");
                None
            }
        };
        let Some(StoredMember { member, enrolled_at, disabled_at, .. }) = known else {
            self.note(None, StaffDid::Refused).await?;
            return Ok(ByService::Refused(Some(way)));
        };
        let open = disabled_at.is_none() && enrolled_at.is_some();
        if !open || !self.may_work(&member).await? {
            self.note(Some(&member), StaffDid::Refused).await?;
            return Ok(ByService::Refused(Some(way)));
        }
        let did = StaffDid::SignedInBy { way: SignInWay::IdentityService };
        self.note(Some(&member), did).await?;
        let began = self.begin(&member, &way.station).await?;
        Ok(ByService::Began(Box::new(began), way))
    }

    /// The account that the service names.
    async fn named_by(&self, by: NamedBy, named: &str) -> Result<Option<StoredMember>, StaffError> {
        Ok(match by {
            NamedBy::Identity => self.store.member_by_identity(named).await?,
            NamedBy::Name => match StaffId::parse(named) {
                Some(id) => self.store.member(&id).await?,
                None => None,
            },
        })
    }
}
