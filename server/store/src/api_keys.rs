//! Keys of programs that ask the API often. A key lets its holder ask more in a time, and nothing else.
//!
//! The store never has a key itself, only SHA-256 over it, its *mark*: whoever reads the database can ask no more by
//! it than before.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::StoreError;

/// A key, as far as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its name, by which operators and figures know it.
    pub name: String,
    /// Who has it, in words.
    pub called: String,
    /// Questions a minute.
    pub per_minute: u32,
    /// Questions a day.
    pub per_day: u32,
    /// Different sites an hour.
    pub sites: u32,
    /// Since when there is one, UTC.
    pub added_at: Timestamp,
    /// Since when it is disabled, UTC.
    pub disabled_at: Option<Timestamp>,
}

/// Keys of programs.
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// Keeps a key by its mark; `false` where there is one of that name, also a disabled one.
    async fn add_api_key(&self, key: &ApiKey, mark: &str) -> Result<bool, StoreError>;

    /// Every key, by name.
    async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError>;

    /// The key of a mark, also a disabled one.
    async fn api_key(&self, mark: &str) -> Result<Option<ApiKey>, StoreError>;

    /// Disables a key for good; `false` where there is none of that name, or it was disabled.
    async fn disable_api_key(&self, name: &str, at: Timestamp) -> Result<bool, StoreError>;
}
