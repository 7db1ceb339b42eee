//! Drafts: what somebody typed into a form and has not handed in, for them alone.

use std::fmt;

use async_trait::async_trait;
use domain::{
    LandCode,
    request::{DRAFT_DAYS, DraftNumber},
    service::Answers,
};
use jiff::{SignedDuration, Timestamp};

use crate::StoreError;

/// How long a draft is kept after it was saved last (rule S11).
pub const DRAFT_KEPT_FOR: SignedDuration = SignedDuration::from_hours(DRAFT_DAYS as i64 * 24);

/// What is in a draft. Kept sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftContent {
    /// The place that its form is about.
    pub code: LandCode,
    /// The service.
    pub item: String,
    /// The fields of the form as they were typed and carried: no answer was checked.
    pub fields: Answers,
}

impl fmt::Debug for DraftContent {
    /// Nothing of it: a draft stands in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftContent").finish_non_exhaustive()
    }
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Its number.
    pub number: DraftNumber,
    /// When it is no longer given back, UTC.
    pub until: Timestamp,
    /// The key of its form, if it has one: with the request that was handed in by it the draft is deleted. It is
    /// written, and never read back.
    pub form: Option<String>,
    /// What is in it.
    pub content: DraftContent,
}

/// Drafts, as the store keeps them. Who may have one is not its business.
#[async_trait]
pub trait Drafts: Send + Sync {
    /// Keeps a draft, in the place of the one of the same number.
    async fn save_draft(&self, draft: &Draft) -> Result<(), StoreError>;

    /// The draft of that number; none where there is none, or its time is over `at`, UTC.
    async fn draft(&self, number: &DraftNumber, at: Timestamp)
    -> Result<Option<Draft>, StoreError>;

    /// Deletes a draft and lets go of the files that wait with it; `false` where there is none.
    async fn delete_draft(&self, number: &DraftNumber) -> Result<bool, StoreError>;

    /// Deletes every draft whose time is over `at`, UTC; how many there were.
    async fn expire_drafts(&self, at: Timestamp) -> Result<usize, StoreError>;
}
