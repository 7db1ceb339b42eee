//! The disclosure audit.

use async_trait::async_trait;
use domain::audit::{AuditEntry, AuditEvent, AuditKey, AuditNote, Head, Outcome, Pruned, Record};
use rusqlite::{Connection, OptionalExtension};
use store::{Audit, DailyCap, Noted, StoreError, StoredEntry};

use super::{
    SqliteStore,
    error::SqliteError,
    value::{instant, to_json},
};

#[async_trait]
impl Audit for SqliteStore {
    async fn note(
        &self,
        records: Vec<Record>,
        key: &AuditKey,
        known: Vec<Head>,
        cap: Option<DailyCap>,
    ) -> Result<Noted, StoreError> {
        let key = key.clone();
        self.write(move |transaction| note(transaction, records, &key, &known, cap)).await
    }

    async fn audit_ends_well(&self, key: &AuditKey, known: Vec<Head>) -> Result<(), StoreError> {
        let key = key.clone();
        self.read(move |connection, _| rightful_head(connection, &key, &known).map(drop)).await
    }

    async fn audit_cut_behind(
        &self,
        pruned: Pruned,
        key: &AuditKey,
        known: Vec<Head>,
    ) -> Result<Head, StoreError> {
        let key = key.clone();
        self.write(move |transaction| cut_behind(transaction, pruned, &key, &known)).await
    }

    async fn audit_clear(&self, most: usize) -> Result<usize, StoreError> {
        self.write(move |transaction| clear(transaction, most)).await
    }

    async fn audit_cut(&self) -> Result<Option<(Head, String)>, StoreError> {
        self.read(|connection, _| cut(connection)).await
    }

    async fn audit_is_unbegun(&self) -> Result<bool, StoreError> {
        self.read(|connection, _| {
            Ok(connection
                .prepare_cached("select exists (select 1 from audit_unbegun)")?
                .query_one([], |row| row.get(0))?)
        })
        .await
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
fn is_over(connection: &Connection, note: &AuditNote, cap: DailyCap) -> Result<bool, SqliteError> {
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
    known: &[Head],
) -> Result<Option<Head>, SqliteError> {
    let tampered = |reason| Err(StoreError::Tampered { reason }.into());
    let cut = cut(connection)?;
    if cut.as_ref().is_some_and(|(head, proof)| key.cut_proof(head) != *proof) {
        return tampered("the note of what was pruned was changed");
    }
    let cut = cut.map(|(head, _)| head);
    let cut_at = cut.as_ref().map_or(0, |head| head.sequence);
    let seal_of = |sequence: u64| -> Result<Option<String>, SqliteError> {
        match &cut {
            Some(cut) if cut.sequence == sequence => Ok(Some(cut.seal.clone())),
            _ => Ok(connection
                .prepare_cached("select seal from audit_entry where sequence = ?1")?
                .query_row([number(sequence)], |row| row.get(0))
                .optional()?),
        }
    };
    // Of what was pruned nothing can be said any more.
    for known in known.iter().filter(|known| known.sequence >= cut_at) {
        if seal_of(known.sequence)?.is_none_or(|seal| seal != known.seal) {
            return tampered("entries that were there are gone, or others");
        }
    }
    let last: Option<i64> = connection
        .prepare_cached("select max(sequence) from audit_entry where sequence > ?1")?
        .query_one([number(cut_at)], |row| row.get(0))?;
    match (head(connection)?, last) {
        (None, None) => Ok(None),
        (Some((head, proof)), Some(last)) => {
            if key.head_proof(&head) != proof || number(head.sequence) != last {
                return tampered("its end is not the one that was noted");
            }
            if seal_of(head.sequence)?.is_none_or(|seal| seal != head.seal) {
                return tampered("its last entry is another");
            }
            Ok(Some(head))
        }
        (None, Some(_)) | (Some(_), None) => tampered("its end is not noted"),
    }
}

fn note(
    connection: &Connection,
    records: Vec<Record>,
    key: &AuditKey,
    known: &[Head],
    cap: Option<DailyCap>,
) -> Result<Noted, SqliteError> {
    let mut last = rightful_head(connection, key, known)?;
    let begins = |record: &Record| record.begins();
    if last.is_none() && !records.first().is_some_and(begins) {
        return Err(
            StoreError::Tampered { reason: "it is empty, and a chain has a beginning" }.into()
        );
    }
    for record in records {
        if let Some(cap) = cap
            && let Record::Look(look) = &record
            && look.outcome == Outcome::Disclosed
            && is_over(connection, look, cap)?
        {
            return Ok(Noted::OverCap);
        }
        last = Some(append(connection, key, last.as_ref(), record)?);
    }
    let Some(last) = last else {
        return Err(StoreError::Staging { reason: "there is nothing to note".to_owned() }.into());
    };
    note_head(connection, key, &last)?;
    Ok(Noted::Written(last))
}

fn append(
    connection: &Connection,
    key: &AuditKey,
    last: Option<&Head>,
    record: Record,
) -> Result<Head, SqliteError> {
    let entry = key.entry(last, record);
    let text = to_json("audit note", &entry.record)?;
    connection
        .prepare_cached("insert into audit_entry (sequence, note, seal) values (?1, ?2, ?3)")?
        .execute((number(entry.sequence), text, &entry.seal))?;
    Ok(Head::from(&entry))
}

fn note_head(connection: &Connection, key: &AuditKey, last: &Head) -> Result<(), SqliteError> {
    connection
        .prepare_cached(
            "insert into audit_head (one, sequence, seal, proof) values (1, ?1, ?2, ?3)
             on conflict (one) do update set sequence = ?1, seal = ?2, proof = ?3
             where excluded.sequence <> audit_head.sequence",
        )?
        .execute((number(last.sequence), &last.seal, key.head_proof(last)))?;
    Ok(())
}

fn cut_behind(
    connection: &Connection,
    pruned: Pruned,
    key: &AuditKey,
    known: &[Head],
) -> Result<Head, SqliteError> {
    let tampered = Err(StoreError::Tampered { reason: "what is to be pruned is not there" }.into());
    let Some(last) = rightful_head(connection, key, known)? else { return tampered };
    let cut = pruned.until.clone();
    let seal: Option<String> = connection
        .prepare_cached("select seal from audit_entry where sequence = ?1")?
        .query_row([number(cut.sequence)], |row| row.get(0))
        .optional()?;
    if seal.as_ref() != Some(&cut.seal) {
        return tampered;
    }
    let last = append(connection, key, Some(&last), AuditEvent::Pruned(pruned).into())?;
    note_head(connection, key, &last)?;
    connection
        .prepare_cached(
            "insert into audit_cut (one, sequence, seal, proof) values (1, ?1, ?2, ?3)
             on conflict (one) do update set sequence = ?1, seal = ?2, proof = ?3",
        )?
        .execute((number(cut.sequence), &cut.seal, key.cut_proof(&cut)))?;
    Ok(last)
}

fn clear(connection: &Connection, most: usize) -> Result<usize, SqliteError> {
    Ok(connection
        .prepare_cached(
            "delete from audit_entry where sequence in (
                 select sequence from audit_entry
                 where sequence between 1 and (select sequence from audit_cut)
                 order by sequence limit ?1)",
        )?
        .execute([i64::try_from(most).unwrap_or(i64::MAX)])?)
}

fn cut(connection: &Connection) -> Result<Option<(Head, String)>, SqliteError> {
    let found = connection
        .prepare_cached("select sequence, seal, proof from audit_cut")?
        .query_row([], noted_head)
        .optional()?;
    Ok(found)
}

fn entries(
    connection: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEntry>, SqliteError> {
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
                Ok(record) if to_json("audit note", &record)? == text => {
                    StoredEntry::Entry(AuditEntry { sequence, record, seal: row.get(2)? })
                }
                Ok(_) | Err(_) => StoredEntry::Unreadable { sequence },
            })
        })?
        .collect()
}

fn is_whole(connection: &Connection) -> Result<bool, SqliteError> {
    // One statement, so that nothing is written between its parts.
    Ok(connection
        .prepare_cached(
            "with cut(cut_at) as (select coalesce(max(sequence), 0) from audit_cut)
             select entries = last - cut_at and lowest = cut_at + 1 and highest = last and strays = 0 from
               (select count(sequence) as entries, coalesce(min(sequence), cut_at + 1) as lowest,
                       coalesce(max(sequence), 0) as highest, cut_at
                from cut left join audit_entry on sequence > cut_at),
               (select count(*) as strays from audit_entry where sequence < 1),
               (select coalesce(max(sequence), 0) as last from audit_head)",
        )?
        .query_one([], |row| row.get(0))?)
}

pub(super) fn head(connection: &Connection) -> Result<Option<(Head, String)>, SqliteError> {
    let found = connection
        .prepare_cached("select sequence, seal, proof from audit_head")?
        .query_row([], noted_head)
        .optional()?;
    Ok(found)
}

fn noted_head(row: &rusqlite::Row<'_>) -> rusqlite::Result<(Head, String)> {
    let sequence = u64::try_from(row.get::<_, i64>(0)?).unwrap_or_default();
    Ok((Head { sequence, seal: row.get(1)? }, row.get(2)?))
}

fn number(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}
