//! Passkeys of staff, and what a browser was asked to prove.

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::staff::StaffId;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use store::{
    Challenge, MOST_ASKED, MOST_ASKED_HERE, MOST_PASSKEYS, Passkey, Passkeys, StoreError,
    StoredMember,
};

use super::{MEMBER, read_id, read_member};
use crate::{
    SqliteStore,
    error::SqliteError,
    sealed::{SealedConnection, challenge_place, passkey_place},
    value::{blob, corrupt, instant, read_instant, text, text_or_null},
};

/// The columns of [`read_passkey`].
const PASSKEY: &str =
    "p.mark, p.staff_id, p.name, p.handle, p.content, p.counter, p.added_at, p.used_at";

/// Takes every passkey of somebody away, and what they were asked for one.
pub(super) fn remove_all(connection: &Connection, id: &StaffId) -> Result<(), SqliteError> {
    for sql in [
        "delete from staff_passkey where staff_id = ?1",
        "delete from staff_challenge where staff_id = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([id.as_str()])?;
    }
    Ok(())
}

#[async_trait]
impl Passkeys for SqliteStore {
    async fn add_passkey(&self, passkey: &Passkey) -> Result<bool, StoreError> {
        let passkey = passkey.clone();
        self.write_sealed(move |connection| {
            let content =
                connection.seal_value(&passkey_place(&passkey.mark), &passkey.credential)?;
            let added = connection
                .prepare_cached(
                    "insert or ignore into staff_passkey
                         (mark, staff_id, name, handle, content, counter, added_at, used_at)
                     select ?1, id, ?3, ?4, ?5, ?6, ?7, ?8 from staff
                     where id = ?2 and enrolled_at is not null and disabled_at is null
                         and (select count(*) from staff_passkey where staff_id = ?2) < ?9",
                )?
                .execute(params![
                    passkey.mark,
                    passkey.staff.as_str(),
                    passkey.name,
                    URL_SAFE_NO_PAD.encode(&passkey.handle),
                    content,
                    passkey.counter,
                    instant(passkey.added_at),
                    passkey.used_at.map(instant),
                    i64::try_from(MOST_PASSKEYS).unwrap_or(i64::MAX),
                ])?;
            Ok(added > 0)
        })
        .await
    }

    async fn passkey(&self, mark: &str) -> Result<Option<(Passkey, StoredMember)>, StoreError> {
        let mark = mark.to_owned();
        self.read_sealed(move |connection| {
            let sql = format!(
                "select {MEMBER}, {PASSKEY} from staff_passkey p join staff s on s.id = p.staff_id
                 where p.mark = ?1 and s.disabled_at is null and s.enrolled_at is not null"
            );
            connection
                .prepare_cached(&sql)?
                .query_and_then([mark], |row| {
                    Ok((read_passkey(connection, row, 9)?, read_member(row)?))
                })?
                .next()
                .transpose()
        })
        .await
    }

    async fn passkeys_of(&self, id: &StaffId) -> Result<Vec<Passkey>, StoreError> {
        let id = id.clone();
        self.read_sealed(move |connection| {
            let sql = format!(
                "select {PASSKEY} from staff_passkey p where p.staff_id = ?1
                 order by p.added_at, p.mark"
            );
            connection
                .prepare_cached(&sql)?
                .query_and_then([id.as_str()], |row| read_passkey(connection, row, 0))?
                .collect()
        })
        .await
    }

    async fn use_passkey(&self, passkey: &Passkey) -> Result<bool, StoreError> {
        let passkey = passkey.clone();
        self.write_sealed(move |connection| {
            let content =
                connection.seal_value(&passkey_place(&passkey.mark), &passkey.credential)?;
            // Those of many devices count nothing.
            let changed = connection
                .prepare_cached(
                    "update staff_passkey set content = ?3, counter = ?4, used_at = ?5
                     where mark = ?1 and staff_id = ?2
                         and (counter < ?4 or (counter = 0 and ?4 = 0))",
                )?
                .execute(params![
                    passkey.mark,
                    passkey.staff.as_str(),
                    content,
                    passkey.counter,
                    passkey.used_at.map(instant),
                ])?;
            Ok(changed > 0)
        })
        .await
    }

    async fn remove_passkey(&self, id: &StaffId, mark: &str) -> Result<bool, StoreError> {
        let (id, mark) = (id.clone(), mark.to_owned());
        self.write(move |connection| {
            let sql = "delete from staff_passkey where staff_id = ?1 and mark = ?2";
            Ok(connection.prepare_cached(sql)?.execute((id.as_str(), mark))? > 0)
        })
        .await
    }

    async fn begin_challenge(
        &self,
        challenge: &Challenge,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let challenge = challenge.clone();
        self.write_sealed(move |connection| {
            connection
                .prepare_cached("delete from staff_challenge where until <= ?1")?
                .execute([instant(now)])?;
            connection
                .prepare_cached(
                    "delete from staff_challenge where mark in (select mark from staff_challenge
                         where station = ?1 order by until desc, mark limit -1 offset ?2)",
                )?
                .execute((&challenge.station, others(MOST_ASKED_HERE)))?;
            connection
                .prepare_cached(
                    "delete from staff_challenge where mark in (select mark from staff_challenge
                         where (staff_id is null) = ?2
                         order by until desc, mark limit -1 offset ?1)",
                )?
                .execute((others(MOST_ASKED), challenge.staff.is_none()))?;
            let place = challenge_place(&challenge.mark);
            let content = connection.seal_value(&place, &challenge.content)?;
            connection
                .prepare_cached(
                    "insert into staff_challenge (mark, station, staff_id, content, until)
                     values (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    challenge.mark,
                    challenge.station,
                    challenge.staff.as_ref().map(StaffId::as_str),
                    content,
                    instant(challenge.until),
                ])?;
            Ok(())
        })
        .await
    }

    async fn take_challenge(
        &self,
        mark: &str,
        now: Timestamp,
    ) -> Result<Option<Challenge>, StoreError> {
        let mark = mark.to_owned();
        self.write_sealed(move |connection| {
            connection
                .prepare_cached(
                    "delete from staff_challenge where mark = ?1
                     returning mark, station, staff_id, content, until",
                )?
                .query_and_then([mark], |row| read_challenge(connection, row))?
                .next()
                .transpose()
                .map(|found| found.filter(|challenge| challenge.until > now))
        })
        .await
    }
}

/// How many may be there beside one more.
fn others(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX) - 1
}

/// A passkey whose columns begin with that one.
fn read_passkey(
    connection: &SealedConnection<'_>,
    row: &Row<'_>,
    from: usize,
) -> Result<Passkey, SqliteError> {
    let mark: String = row.get(from)?;
    let handle = URL_SAFE_NO_PAD.decode(text(row, from + 3)?).map_err(corrupt("handle"))?;
    Ok(Passkey {
        credential: connection.open_value(&passkey_place(&mark), blob(row, from + 4)?)?,
        mark,
        staff: read_id(text(row, from + 1)?)?,
        name: row.get(from + 2)?,
        handle,
        counter: row.get(from + 5)?,
        added_at: read_instant(text(row, from + 6)?)?,
        used_at: text_or_null(row, from + 7)?.map(read_instant).transpose()?,
    })
}

fn read_challenge(
    connection: &SealedConnection<'_>,
    row: &Row<'_>,
) -> Result<Challenge, SqliteError> {
    let mark: String = row.get(0)?;
    Ok(Challenge {
        content: connection.open_value(&challenge_place(&mark), blob(row, 3)?)?,
        mark,
        station: row.get(1)?,
        staff: text_or_null(row, 2)?.map(read_id).transpose()?,
        until: read_instant(text(row, 4)?)?,
    })
}
