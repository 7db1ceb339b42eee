//! Who may sign in at the counter, with what, and who is signed in.

mod passkeys;

use async_trait::async_trait;
use domain::{
    person_number::PersonNumber,
    staff::{Member, StaffId},
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use serde::{Deserialize, Serialize};
use store::{Enrolment, Failures, Invitation, Persons, Session, Staff, StoreError, StoredMember};

use super::{
    SqliteStore,
    error::SqliteError,
    persons,
    sealed::{SealedConnection, staff_place},
    value::{blob, corrupt, from_json, instant, read_instant, text, text_or_null, to_json},
};

/// The columns of [`read_member`].
const MEMBER: &str = "s.id, s.name, s.office, s.roles, s.demonstration, s.added_at, s.enrolled_at,
     s.invited_until, s.disabled_at";

/// What of an account is sealed.
#[derive(Serialize, Deserialize)]
struct Content {
    passphrase: Option<String>,
    secret: Vec<u8>,
}

#[async_trait]
impl Staff for SqliteStore {
    async fn add_member(
        &self,
        member: &Member,
        invitation: &Invitation,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (member, invitation) = (member.clone(), invitation.clone());
        self.write_sealed(move |connection| add(connection, &member, &invitation, at)).await
    }

    async fn members(&self) -> Result<Vec<StoredMember>, StoreError> {
        self.read(|connection, _| {
            connection
                .prepare_cached(&format!("select {MEMBER} from staff s order by s.id"))?
                .query_and_then([], read_member)?
                .collect()
        })
        .await
    }

    async fn member(&self, id: &StaffId) -> Result<Option<StoredMember>, StoreError> {
        let id = id.clone();
        self.read(move |connection, _| {
            let sql = format!("select {MEMBER} from staff s where s.id = ?1");
            connection
                .prepare_cached(&sql)?
                .query_and_then([id.as_str()], read_member)?
                .next()
                .transpose()
        })
        .await
    }

    async fn member_by_identity(&self, identity: &str) -> Result<Option<StoredMember>, StoreError> {
        let mark = identity_mark(identity);
        self.read(move |connection, _| {
            let sql = format!("select {MEMBER} from staff s where s.identity = ?1");
            connection.prepare_cached(&sql)?.query_and_then([mark], read_member)?.next().transpose()
        })
        .await
    }

    async fn identify_member(&self, id: &StaffId, identity: &str) -> Result<bool, StoreError> {
        let (id, mark) = (id.clone(), identity_mark(identity));
        self.write(move |connection| {
            let sql = "update or ignore staff set identity = ?2 where id = ?1";
            Ok(connection.prepare_cached(sql)?.execute((id.as_str(), mark))? > 0)
        })
        .await
    }

    async fn invite_again(
        &self,
        id: &StaffId,
        invitation: &Invitation,
    ) -> Result<bool, StoreError> {
        let (id, invitation) = (id.clone(), invitation.clone());
        self.write_sealed(move |connection| {
            let content = sealed(connection, &id, None, invitation.secret)?;
            let changed = connection
                .prepare_cached(
                    "update staff set content = ?2, enrolled_at = null, disabled_at = null,
                         invitation = ?3, invited_until = ?4 where id = ?1",
                )?
                .execute(params![
                    id.as_str(),
                    content,
                    invitation.mark,
                    instant(invitation.until)
                ])?;
            end_all(connection, &id)?;
            passkeys::remove_all(connection, &id)?;
            Ok(changed > 0)
        })
        .await
    }

    async fn disable_member(&self, id: &StaffId, at: Timestamp) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |connection| {
            let changed = connection
                .prepare_cached(
                    "update staff set disabled_at = ?2, invitation = null, invited_until = null
                     where id = ?1 and disabled_at is null",
                )?
                .execute((id.as_str(), instant(at)))?;
            end_all(connection, &id)?;
            Ok(changed > 0)
        })
        .await
    }

    async fn identify(&self, id: &StaffId, person: &PersonNumber) -> Result<bool, StoreError> {
        let (id, person) = (id.clone(), person.clone());
        self.write_sealed(move |connection| persons::identify(connection, &id, &person)).await
    }

    async fn persons(&self, office: Option<&str>) -> Result<Persons, StoreError> {
        let office = office.map(str::to_owned);
        self.read_sealed(move |connection| persons::persons(connection, office.as_deref())).await
    }

    async fn invited(&self, mark: &str, now: Timestamp) -> Result<Option<Enrolment>, StoreError> {
        let mark = mark.to_owned();
        self.read_sealed(move |connection| invited(connection, &mark, now)).await
    }

    async fn enrol(
        &self,
        mark: &str,
        passphrase: &str,
        step: u64,
        now: Timestamp,
    ) -> Result<Option<StaffId>, StoreError> {
        let (mark, passphrase) = (mark.to_owned(), passphrase.to_owned());
        self.write_sealed(move |connection| {
            let Some(invited) = invited(connection, &mark, now)? else { return Ok(None) };
            let id = invited.member.member.id;
            let content = sealed(connection, &id, Some(passphrase), invited.secret)?;
            connection
                .prepare_cached(
                    "update staff set content = ?2, enrolled_at = ?3, last_step = ?4,
                         invitation = null, invited_until = null where id = ?1",
                )?
                .execute(params![id.as_str(), content, instant(now), number(step)])?;
            end_all(connection, &id)?;
            Ok(Some(id))
        })
        .await
    }

    async fn enrolment(&self, id: &StaffId) -> Result<Option<Enrolment>, StoreError> {
        let id = id.clone();
        self.read_sealed(move |connection| {
            let of = "s.id = ?1 and s.disabled_at is null and s.enrolled_at is not null";
            enrolment(connection, of, [id.as_str()])
        })
        .await
    }

    async fn use_code(&self, id: &StaffId, step: u64) -> Result<bool, StoreError> {
        let id = id.clone();
        self.write(move |connection| {
            let sql = "update staff set last_step = ?2 where id = ?1 and last_step < ?2
                 and enrolled_at is not null and disabled_at is null";
            Ok(connection.prepare_cached(sql)?.execute((id.as_str(), number(step)))? > 0)
        })
        .await
    }

    async fn failures(&self, mark: &str) -> Result<Failures, StoreError> {
        let mark = mark.to_owned();
        self.read(move |connection, _| failures(connection, &mark)).await
    }

    async fn note_failure(
        &self,
        mark: &str,
        at: Timestamp,
        forgotten: Timestamp,
    ) -> Result<Failures, StoreError> {
        let mark = mark.to_owned();
        self.write(move |connection| {
            connection
                .prepare_cached("delete from staff_failure where last_at < ?1")?
                .execute([instant(forgotten)])?;
            connection
                .prepare_cached(
                    "insert into staff_failure (mark, count, last_at) values (?1, 1, ?2)
                     on conflict (mark) do update set count = count + 1, last_at = ?2",
                )?
                .execute((&mark, instant(at)))?;
            failures(connection, &mark)
        })
        .await
    }

    async fn forget_failures(&self, mark: &str) -> Result<bool, StoreError> {
        let mark = mark.to_owned();
        self.write(move |connection| {
            let sql = "delete from staff_failure where mark = ?1";
            Ok(connection.prepare_cached(sql)?.execute([mark])? > 0)
        })
        .await
    }

    async fn begin_session(&self, session: &Session, over: Timestamp) -> Result<(), StoreError> {
        let session = session.clone();
        self.write(move |connection| {
            connection
                .prepare_cached("delete from staff_session where started_at < ?1")?
                .execute([instant(over)])?;
            connection
                .prepare_cached(
                    "insert into staff_session (mark, staff_id, station, started_at, seen_at)
                     values (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    session.mark,
                    session.staff.as_str(),
                    session.station,
                    instant(session.started_at),
                    instant(session.seen_at),
                ])?;
            Ok(())
        })
        .await
    }

    async fn session(&self, mark: &str) -> Result<Option<(Session, StoredMember)>, StoreError> {
        let mark = mark.to_owned();
        self.read(move |connection, _| {
            let sql = format!(
                "select {MEMBER}, t.mark, t.staff_id, t.station, t.started_at, t.seen_at
                 from staff_session t join staff s on s.id = t.staff_id
                 where t.mark = ?1 and s.disabled_at is null"
            );
            connection
                .prepare_cached(&sql)?
                .query_and_then([mark], |row| Ok((read_session(row, 9)?, read_member(row)?)))?
                .next()
                .transpose()
        })
        .await
    }

    async fn touch_session(&self, mark: &str, at: Timestamp) -> Result<(), StoreError> {
        let mark = mark.to_owned();
        self.write(move |connection| {
            let sql = "update staff_session set seen_at = ?2 where mark = ?1";
            connection.prepare_cached(sql)?.execute((mark, instant(at)))?;
            Ok(())
        })
        .await
    }

    async fn sessions_of(&self, id: &StaffId) -> Result<Vec<Session>, StoreError> {
        let id = id.clone();
        self.read(move |connection, _| {
            connection
                .prepare_cached(
                    "select mark, staff_id, station, started_at, seen_at from staff_session
                     where staff_id = ?1 order by started_at desc, mark",
                )?
                .query_and_then([id.as_str()], |row| read_session(row, 0))?
                .collect()
        })
        .await
    }

    async fn end_session(&self, id: &StaffId, mark: &str) -> Result<bool, StoreError> {
        let (id, mark) = (id.clone(), mark.to_owned());
        self.write(move |connection| {
            let sql = "delete from staff_session where staff_id = ?1 and mark = ?2";
            Ok(connection.prepare_cached(sql)?.execute((id.as_str(), mark))? > 0)
        })
        .await
    }
}

/// By what an account is found that an identity service names: the name may be a number that says who somebody is.
fn identity_mark(identity: &str) -> String {
    domain::digest::hex_digest(format!("identity {identity}").as_bytes())
}

fn add(
    connection: &SealedConnection<'_>,
    member: &Member,
    invitation: &Invitation,
    at: Timestamp,
) -> Result<bool, SqliteError> {
    let content = sealed(connection, &member.id, None, invitation.secret.clone())?;
    let added = connection
        .prepare_cached(
            "insert or ignore into staff (id, name, office, roles, demonstration, added_at, content,
                 invitation, invited_until) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )?
        .execute(params![
            member.id.as_str(),
            member.name,
            member.office,
            to_json("roles", &member.roles)?,
            member.demonstration,
            instant(at),
            content,
            invitation.mark,
            instant(invitation.until),
        ])?;
    Ok(added > 0)
}

fn sealed(
    connection: &SealedConnection<'_>,
    id: &StaffId,
    passphrase: Option<String>,
    secret: Vec<u8>,
) -> Result<Vec<u8>, SqliteError> {
    connection.seal_value(&staff_place(id.as_str()), &Content { passphrase, secret })
}

fn end_all(connection: &Connection, id: &StaffId) -> Result<(), SqliteError> {
    let sql = "delete from staff_session where staff_id = ?1";
    connection.prepare_cached(sql)?.execute([id.as_str()])?;
    Ok(())
}

fn invited(
    connection: &SealedConnection<'_>,
    mark: &str,
    now: Timestamp,
) -> Result<Option<Enrolment>, SqliteError> {
    let of = "s.invitation = ?1 and s.invited_until > ?2 and s.disabled_at is null";
    enrolment(connection, of, [mark, &instant(now)])
}

/// The one account `of` which this is so, opened.
fn enrolment<const N: usize>(
    connection: &SealedConnection<'_>,
    of: &str,
    values: [&str; N],
) -> Result<Option<Enrolment>, SqliteError> {
    let sql = format!("select {MEMBER}, s.content from staff s where {of}");
    let values = values.each_ref().map(|value| value as &dyn ToSql);
    connection
        .prepare_cached(&sql)?
        .query_and_then(values.as_slice(), |row| {
            let member = read_member(row)?;
            let place = staff_place(member.member.id.as_str());
            let content: Content = connection.open_value(&place, blob(row, 9)?)?;
            let Content { passphrase, secret } = content;
            Ok(Enrolment { member, passphrase, secret })
        })?
        .next()
        .transpose()
}

fn failures(connection: &Connection, mark: &str) -> Result<Failures, SqliteError> {
    let found: Option<(u32, String)> = connection
        .prepare_cached("select count, last_at from staff_failure where mark = ?1")?
        .query_row([mark], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((count, last_at)) = found else { return Ok(Failures::default()) };
    Ok(Failures { count, last_at: Some(read_instant(&last_at)?) })
}

fn read_member(row: &Row<'_>) -> Result<StoredMember, SqliteError> {
    let may_be = |column| text_or_null(row, column)?.map(read_instant).transpose();
    let member = Member {
        id: read_id(text(row, 0)?)?,
        name: row.get(1)?,
        office: row.get(2)?,
        roles: from_json("roles", text(row, 3)?)?,
        demonstration: row.get(4)?,
    };
    Ok(StoredMember {
        member,
        added_at: read_instant(text(row, 5)?)?,
        enrolled_at: may_be(6)?,
        invited_until: may_be(7)?,
        disabled_at: may_be(8)?,
    })
}

/// A session whose columns begin with that one.
fn read_session(row: &Row<'_>, from: usize) -> Result<Session, SqliteError> {
    Ok(Session {
        mark: row.get(from)?,
        staff: read_id(text(row, from + 1)?)?,
        station: row.get(from + 2)?,
        started_at: read_instant(text(row, from + 3)?)?,
        seen_at: read_instant(text(row, from + 4)?)?,
    })
}

fn read_id(text: &str) -> Result<StaffId, SqliteError> {
    StaffId::try_from(text.to_owned()).map_err(corrupt("member of staff"))
}

fn number(step: u64) -> i64 {
    i64::try_from(step).unwrap_or(i64::MAX)
}
