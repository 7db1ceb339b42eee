//! Issuing labels: everything is checked before the first number is given.

use domain::{
    Entropy, LandCode, Localized,
    label::{KeyId, KeyRing, Token, needs_token},
};
use jiff::Timestamp;
use service_api::Unavailable;
use store::{IssuedLabel, NewLabel, StoreError};

use crate::disclosure::PolicyGate;

/// A number longer than any that is given soon, to try the printing with.
const TRIAL_SERIAL: u64 = 99_999_999;

/// Labels that somebody wants.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'w> {
    /// For these places, canonical, in this order.
    pub codes: &'w [LandCode],
    /// Where they point to, lower case.
    pub host: &'w str,
    /// Who issues them: everybody who scans one reads it.
    pub issuer: &'w Localized,
    /// When, UTC.
    pub at: Timestamp,
}

/// What seals and prints labels for whoever issues them.
pub trait Press {
    /// Why it does not.
    type Error: From<NotIssued>;

    /// The keys there are, and which of them seals new labels; the first one is made here.
    ///
    /// # Errors
    /// Its own.
    fn key(&self) -> Result<(KeyRing, KeyId), Self::Error>;

    /// Whether these labels could be printed: what cannot be is not issued.
    ///
    /// # Errors
    /// Its own.
    fn try_out(&self, labels: &[IssuedLabel], keys: &KeyRing) -> Result<(), Self::Error>;
}

/// Labels that were issued, with the keys that they are sealed with.
#[derive(Clone, Debug)]
pub struct Issued {
    /// In the order in which they were wanted.
    pub labels: Vec<IssuedLabel>,
    /// All keys there are.
    pub keys: KeyRing,
}

/// Why no label was issued.
#[derive(Debug, thiserror::Error)]
pub enum NotIssued {
    /// Nothing known of these places, or nothing that may be shown: alike (rule P5).
    #[error("there is nothing that may be shown of {}; check the codes", named(.0))]
    Unknown(Vec<LandCode>),
    /// The places cannot be looked up.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Storage.
    #[error("{0}")]
    Store(#[from] StoreError),
}

fn named(codes: &[LandCode]) -> String {
    codes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Issues labels for places: homes get a token that stands for their code (rule Q1).
///
/// # Errors
/// [`NotIssued`], or that of the press; then none was issued.
pub async fn issue<P: Press>(
    gate: &PolicyGate,
    wanted: &Wanted<'_>,
    press: &P,
    entropy: &dyn Entropy,
) -> Result<Issued, P::Error> {
    refuse_unknown(gate, wanted.codes).await?;
    let (keys, key) = press.key()?;
    let label = |code: &LandCode| NewLabel {
        code: *code,
        token: needs_token(code).then(|| Token::draw(entropy)),
        key: key.clone(),
        host: wanted.host.to_owned(),
        issuer: wanted.issuer.clone(),
        issued_at: wanted.at,
    };
    let labels: Vec<NewLabel> = wanted.codes.iter().map(label).collect();
    let trial = |label: &NewLabel| IssuedLabel {
        serial: TRIAL_SERIAL,
        label: label.clone(),
        withdrawn: None,
    };
    press.try_out(&labels.iter().map(trial).collect::<Vec<_>>(), &keys)?;
    let labels = gate.store.issue_labels(&labels).await.map_err(NotIssued::from)?;
    Ok(Issued { labels, keys })
}

/// A label on a place that the public may not see would lead nowhere. Unknown and classified ones
/// are refused alike (rule P5). Nobody looks here: whether a place is public is no disclosure, and
/// nothing is written down.
async fn refuse_unknown(gate: &PolicyGate, codes: &[LandCode]) -> Result<(), NotIssued> {
    let mut unknown = Vec::new();
    for code in codes {
        if !gate.is_registered(code).await? {
            unknown.push(*code);
        }
    }
    if unknown.is_empty() { Ok(()) } else { Err(NotIssued::Unknown(unknown)) }
}
