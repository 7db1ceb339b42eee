//! The disclosure audit.

use async_trait::async_trait;
use domain::audit::{AuditEntry, AuditKey, AuditNote, Head, Outcome};
use rusqlite::{Connection, OptionalExtension};

use super::{
    SqliteStore,
    value::{instant, to_json},
};
use crate::{Audit, DailyCap, Noted, StoreError, StoredEntry};

#[async_trait]
impl Audit for SqliteStore {
    async fn note(
        &self,
        notes: Vec<AuditNote>,
        key: &AuditKey,
        known: Option<Head>,
        cap: Option<DailyCap>,
    ) -> Result<Noted, StoreError> {
        let key = key.clone();
        self.write(move |transaction| note(transaction, notes, &key, known, cap)).await
    }

    async fn audit_after(
        &self,
        sequence: u64,
        limit: usize,
    ) -> Result<Vec<StoredEntry>, StoreError> {
        self.read(move |connection, _| entries(connection, sequence, limit)).await
    }

    async fn audit_is_whole(&self) -> Result<bool, StoreError> {
        self.read(|connection, _| is_whole(connection)).await
    }

    async fn audit_head(&self) -> Result<Option<(Head, String)>, StoreError> {
        self.read(|connection, _| head(connection)).await
    }
}

/// Whether `who` was shown so many places since then that this one would be too many.
fn is_over(connection: &Connection, note: &AuditNote, cap: DailyCap) -> Result<bool, StoreError> {
    let others = connection
        .prepare_cached(
            "select count(distinct note ->> '$.code') from audit_entry
             where who = ?1 and at >= ?2 and outcome = 'disclosed' and note ->> '$.code' <> ?3",
        )?
        .query_one((&note.who, instant(cap.since), note.code.as_str()), |row| {
            row.get::<_, i64>(0)
        })?;
    Ok(u64::try_from(others).unwrap_or_default() >= cap.places)
}

/// The end of the chain, if chain, end and what was known of them fit together.
fn rightful_head(
    connection: &Connection,
    key: &AuditKey,
    known: Option<Head>,
) -> Result<Option<Head>, StoreError> {
    let tampered = |reason| Err(StoreError::Tampered { reason });
    let seal_of = |sequence: i64| {
        connection
            .prepare_cached("select seal from audit_entry where sequence = ?1")?
            .query_row([sequence], |row| row.get::<_, String>(0))
            .optional()
    };
    if let Some(known) = known
        && seal_of(number(known.sequence))?.is_none_or(|seal| seal != known.seal)
    {
        return tampered("entries that were there are gone");
    }
    let last: Option<i64> = connection
        .prepare_cached("select max(sequence) from audit_entry")?
        .query_one([], |row| row.get(0))?;
    match (head(connection)?, last) {
        (None, None) => Ok(None),
        (Some((head, proof)), Some(last)) => {
            if key.head_proof(&head) != proof || number(head.sequence) != last {
                return tampered("its end is not the one that was noted");
            }
            if seal_of(last)?.is_none_or(|seal| seal != head.seal) {
                return tampered("its last entry is another");
            }
            Ok(Some(head))
        }
        (None, Some(_)) | (Some(_), None) => tampered("its end is not noted"),
    }
}

fn note(
    connection: &Connection,
    notes: Vec<AuditNote>,
    key: &AuditKey,
    known: Option<Head>,
    cap: Option<DailyCap>,
) -> Result<Noted, StoreError> {
    let mut last = rightful_head(connection, key, known)?;
    let mut insert = connection
        .prepare_cached("insert into audit_entry (sequence, note, seal) values (?1, ?2, ?3)")?;
    for note in notes {
        if let Some(cap) = cap
            && note.outcome == Outcome::Disclosed
            && is_over(connection, &note, cap)?
        {
            return Ok(Noted::OverCap);
        }
        let entry = key.entry(last.as_ref(), note);
        let text = to_json("audit note", &entry.note)?;
        insert.execute((number(entry.sequence), text, &entry.seal))?;
        last = Some(Head { sequence: entry.sequence, seal: entry.seal });
    }
    let Some(last) = last else {
        return Err(StoreError::Staging { reason: "there is nothing to note".to_owned() });
    };
    connection
        .prepare_cached(
            "insert into audit_head (one, sequence, seal, proof) values (1, ?1, ?2, ?3)
             on conflict (one) do update set sequence = ?1, seal = ?2, proof = ?3
             where excluded.sequence <> audit_head.sequence",
        )?
        .execute((number(last.sequence), &last.seal, key.head_proof(&last)))?;
    Ok(Noted::Written(last))
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

fn is_whole(connection: &Connection) -> Result<bool, StoreError> {
    // One statement, so that nothing is written between its parts.
    Ok(connection
        .prepare_cached(
            "select entries = last and lowest = 1 and highest = last from
               (select count(*) as entries, coalesce(min(sequence), 1) as lowest,
                       coalesce(max(sequence), 0) as highest from audit_entry),
               (select coalesce(max(sequence), 0) as last from audit_head)",
        )?
        .query_one([], |row| row.get(0))?)
}

pub(super) fn head(connection: &Connection) -> Result<Option<(Head, String)>, StoreError> {
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
