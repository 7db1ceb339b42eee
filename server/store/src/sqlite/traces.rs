//! What in a database was made with which kind of key.

use std::collections::BTreeSet;

use super::{SqliteStore, open_for_copy};
use crate::StoreError;

/// What a database holds that only its keys can open, prove or go on with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traces {
    /// Requests: their receipts.
    pub requests: bool,
    /// Entries of the audit.
    pub audit: bool,
    /// Labels issued.
    pub labels: bool,
    /// Digests of classified codes, or the mark of their key.
    pub classified: bool,
    /// Requests sealed by a key.
    pub sealed: bool,
    /// Departments that something was sent to.
    pub sent_to: BTreeSet<String>,
}

impl SqliteStore {
    /// What was made with which kind of key.
    ///
    /// # Errors
    /// [`StoreError::Sqlite`] when it does not read.
    pub fn traces(&self) -> Result<Traces, StoreError> {
        let connection = open_for_copy(&self.inner.folder)?;
        let any = |table: &str| {
            let sql = format!("select exists (select 1 from {table})");
            connection.query_one(&sql, [], |row| row.get(0))
        };
        let sent_to = connection
            .prepare("select distinct department from delivery where attempts > 0")?
            .query_map([], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        Ok(Traces {
            requests: any("request")?,
            audit: any("audit_entry")?,
            labels: any("label")?,
            classified: any("classified_key")?,
            sealed: any("record_key")?,
            sent_to,
        })
    }
}
