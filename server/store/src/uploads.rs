//! Files that come in parts, over lines that break: what is kept of them until they are whole. Then they are files like
//! others ([`crate::Attachments`]), under the id that they have.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Leftover, NewAttachment, StoreError};

/// A file that is about to come in parts.
#[derive(Clone, PartialEq, Eq)]
pub struct NewUpload {
    /// Drawn at random: its parts lie under it, and the whole file will.
    pub id: String,
    /// What people are shown as its name.
    pub name: String,
    /// How long it will be, bytes. So much counts as waiting from now on.
    pub size: u64,
    /// What its parts are sealed under, and the file after them.
    pub key: [u8; 32],
    /// Until when it is to be whole, UTC.
    pub until: Timestamp,
}

impl std::fmt::Debug for NewUpload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewUpload").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A file that comes in parts, as far as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// What was said of it.
    pub file: NewUpload,
    /// How long each part is that came, in their order, bytes.
    pub parts: Vec<u64>,
}

impl Upload {
    /// How much of it is there, bytes.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.parts.iter().sum()
    }
}

/// Files that come in parts.
#[async_trait]
pub trait Uploads: Send + Sync {
    /// Notes a file before its first part is kept.
    async fn begin_upload(&self, file: &NewUpload) -> Result<(), StoreError>;

    /// A file that is not whole yet; none of one that is, was let go of, or never was.
    async fn upload(&self, id: &str) -> Result<Option<Upload>, StoreError>;

    /// Notes a part of so many bytes that is kept, if it begins where the file ends (`offset`) and not more has come
    /// than was said: `false`, and nothing has changed.
    async fn grow_upload(&self, id: &str, offset: u64, bytes: u64) -> Result<bool, StoreError>;

    /// Makes an upload the file that it came to, under its own id and key, whose bytes are kept: `false` where it is none
    /// any more.
    async fn finish_upload(&self, file: &NewAttachment) -> Result<bool, StoreError>;

    /// Files that are whole and whose parts were not removed yet, at most so many.
    async fn parts_left(&self, most: usize) -> Result<Vec<Leftover>, StoreError>;

    /// Forgets in which parts a file came: they were removed.
    async fn forget_parts(&self, id: &str) -> Result<(), StoreError>;
}
