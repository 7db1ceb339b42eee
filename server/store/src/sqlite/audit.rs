//! The disclosure audit.

use async_trait::async_trait;
use domain::audit::{AuditEntry, AuditKey, AuditNote, Head};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

use super::{
    SqliteStore,
    value::{instant, to_json},
};
use crate::{Audit, StoreError, StoredEntry};

#[async_trait]
impl Audit for SqliteStore {
    async fn note(&self, notes: Vec<AuditNote>, key: &AuditKey) -> Result<(), StoreError> {
        let key = key.clone();
        self.write(move |transaction| note(transaction, notes, &key)).await
    }

    async fn audit_after(
        &self,
        sequence: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        self.read(move |connection, _| entries(connection, sequence, limit)).await
    }

    async fn audit_head(&self) -> Result<Option<(Head, String)>, StoreError> {
        self.read(|connection, _| head(connection)).await
    }

    async fn places_disclosed_to(&self, who: &str, since: Timestamp) -> Result<u64, StoreError> {
        let who = who.to_owned();
        self.read(move |connection, _| {
            let count = connection
                .prepare_cached(
                    "select count(distinct note ->> '$.code') from audit_entry
                     where who = ?1 and at >= ?2 and outcome = 'disclosed'",
                )?
                .query_one((who, instant(since)), |row| row.get::<_, i64>(0))?;
            Ok(u64::try_from(count).unwrap_or_default())
        })
        .await
    }
}

fn note(connection: &Connection, notes: Vec<AuditNote>, key: &AuditKey) -> Result<(), StoreError> {
    let mut last = head(connection)?.map(|(head, _)| head);
    let mut insert = connection
        .prepare_cached("insert into audit_entry (sequence, note, seal) values (?1, ?2, ?3)")?;
    for note in notes {
        let entry = key.entry(last.as_ref(), note);
        let text = to_json("audit note", &entry.note)?;
        insert.execute((number(entry.sequence), text, &entry.seal))?;
        last = Some(Head { sequence: entry.sequence, seal: entry.seal });
    }
    let Some(last) = last else { return Ok(()) };
    connection
        .prepare_cached(
            "insert into audit_head (one, sequence, seal, proof) values (1, ?1, ?2, ?3)
             on conflict (one) do update set sequence = ?1, seal = ?2, proof = ?3
             where excluded.sequence <> audit_head.sequence",
        )?
        .execute((number(last.sequence), &last.seal, key.head_proof(&last)))?;
    Ok(())
}

fn entries(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEntry>, StoreError> {
    connection
        .prepare_cached(
            "select sequence, note, seal from audit_entry where sequence > ?1
             order by sequence limit ?2",
        )?
        .query_and_then((number(after), i64::try_from(limit).unwrap_or(i64::MAX)), |row| {
            let sequence = u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default();
            let text: String = row.get(1)?;
            Ok(match serde_json::from_str(&text) {
                // One that reads, but not as it was written, is not what was sealed.
                Ok(note) if to_json("audit note", &note)? == text => {
                    StoredEntry::Entry(AuditEntry { sequence, note, seal: row.get(2)? })
                }
                Ok(_) | Err(_) => StoredEntry::Unreadable { sequence },
            })
        })?
        .collect()
}

fn head(connection: &Connection) -> Result<Option<(Head, String)>, StoreError> {
    let found = connection
        .prepare_cached("select sequence, seal, proof from audit_head")?
        .query_row([], |row| {
            let sequence = u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default();
            Ok((Head { sequence, seal: row.get(1)? }, row.get(2)?))
        })
        .optional()?;
    Ok(found)
}

fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
