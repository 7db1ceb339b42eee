//! The labels that were issued.

use async_trait::async_trait;
use domain::{LandCode, Localized, label::KeyId, label::Token};
use jiff::Timestamp;

use crate::{Listed, StoreError};

/// A label about to be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLabel {
    /// The place, canonical.
    pub code: LandCode,
    /// What stands for the code on a home's label.
    pub token: Option<Token>,
    /// The key it is sealed with.
    pub key: KeyId,
    /// Where it points to, lower case.
    pub host: String,
    /// Who issues it.
    pub issuer: Localized,
    /// When, UTC.
    pub issued_at: Timestamp,
}

/// That a label counts no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Since when, UTC.
    pub at: Timestamp,
    /// Why, for everybody who scans it.
    pub reason: String,
}

/// A label that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedLabel {
    /// Its running number, from 1.
    pub serial: u64,
    /// As it was issued.
    pub label: NewLabel,
    /// Whether it was withdrawn.
    pub withdrawn: Option<Withdrawal>,
}

/// A part of the list of labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelPage {
    /// The labels.
    pub labels: Listed<IssuedLabel>,
    /// The last number of the part, also where that label does not read; none behind the end.
    pub last: Option<u64>,
}

/// What became of a wish to withdraw a label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// It is withdrawn now.
    Now,
    /// It was before; nothing changed.
    Before(Withdrawal),
    /// No label has that number.
    Unknown,
}

/// Issuing, finding and withdrawing labels.
#[async_trait]
pub trait Labels: Send + Sync {
    /// Issues labels under the next numbers, in order: all of them or, when one cannot be kept,
    /// none.
    async fn issue_labels(&self, labels: &[NewLabel]) -> Result<Vec<IssuedLabel>, StoreError>;

    /// The label of that number.
    async fn label(&self, serial: u64) -> Result<Option<IssuedLabel>, StoreError>;

    /// The home's label with that token.
    async fn label_of_token(&self, token: &Token) -> Result<Option<IssuedLabel>, StoreError>;

    /// Withdraws a label, once and for all.
    async fn withdraw_label(
        &self,
        serial: u64,
        withdrawal: &Withdrawal,
    ) -> Result<Withdrawn, StoreError>;

    /// Labels with a number above `after`, lowest first, at most `limit`.
    async fn labels(&self, after: u64, limit: usize) -> Result<LabelPage, StoreError>;
}
