//! What is kept of files that go with requests: everything but their bytes, which lie where
//! `server/attachments` puts them, sealed under a key that only the row here has.

use async_trait::async_trait;
use domain::{
    attachment::MediaType,
    request::{DraftNumber, RequestNumber},
};
use jiff::{SignedDuration, Timestamp};

use crate::StoreError;

/// How long a file waits for its request to be handed in.
pub const HELD_FOR: SignedDuration = SignedDuration::from_hours(24);

/// A file whose bytes are about to be kept: the row comes first, for bytes that no row names would never be removed.
#[derive(Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// Drawn at random: its bytes lie under it.
    pub id: String,
    /// What people are shown as its name.
    pub name: String,
    /// What it is.
    pub media_type: MediaType,
    /// How long it is, bytes.
    pub size: u64,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
    /// What its bytes are sealed under: drawn for it alone. Without the row nobody reads them.
    pub key: [u8; 32],
    /// Until when it waits to be handed in, UTC.
    pub held_until: Timestamp,
}

impl std::fmt::Debug for NewAttachment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAttachment").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Whose a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachmentState {
    /// Nobody's yet: it waits for its request to be handed in, until then (UTC).
    Held(Timestamp),
    /// It went with this request.
    Claimed(RequestNumber),
}

/// A file that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// What is known of it.
    pub file: NewAttachment,
    /// Whose it is.
    pub state: AttachmentState,
}

/// A file whose bytes are to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// Its id.
    pub id: String,
    /// In how many parts it came; one more may have been begun. None of a file that came in one.
    pub parts: Option<usize>,
}

/// Files that go with requests.
#[async_trait]
pub trait Attachments: Send + Sync {
    /// Notes a file before its bytes are kept. It waits for its request until [`NewAttachment::held_until`].
    async fn hold_attachment(&self, file: &NewAttachment) -> Result<(), StoreError>;

    /// The files of these ids, in the order of the ids; those that are not there are left out.
    async fn attachments(&self, ids: &[String]) -> Result<Vec<Attachment>, StoreError>;

    /// Bytes of all files that wait for their request.
    async fn held_bytes(&self) -> Result<u64, StoreError>;

    /// Has those of these files that wait for their request wait with a draft, at least until then (UTC), unless all
    /// that wait with drafts would then have more than `most` bytes: `false`, and nothing has changed.
    async fn wait_with_draft(
        &self,
        ids: &[String],
        draft: &DraftNumber,
        until: Timestamp,
        most: u64,
    ) -> Result<bool, StoreError>;

    /// Lets go of a file that waits; nothing happens to one that went with a request.
    async fn drop_attachment(&self, id: &str) -> Result<(), StoreError>;

    /// Lets go of files that waited too long, and names those whose bytes are to be removed: these,
    /// those that were let go of, and those of requests that were deleted. At most `most`.
    async fn attachments_to_remove(
        &self,
        now: Timestamp,
        most: usize,
    ) -> Result<Vec<Leftover>, StoreError>;

    /// Forgets a file whose bytes were removed.
    async fn forget_attachment(&self, id: &str) -> Result<(), StoreError>;
}
