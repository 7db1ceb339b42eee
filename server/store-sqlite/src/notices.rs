//! Whom the portal tells of the progress of a request, and how far it has.

use async_trait::async_trait;
use domain::{
    Locale,
    request::{Actor, RequestEvent, RequestNumber},
    staff::is_look,
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use store::{
    DueNotice, FAILING_FROM, MOST_ADDRESSES, MOST_UNASKED, NewNotice, Notice, NoticeAddress,
    NoticeAsked, NoticeKind, NoticeLease, NoticeOutcome, NoticeState, Notices, StoreError,
    UNCONFIRMED_FOR,
};

use super::{
    SqliteStore,
    error::SqliteError,
    events::read_event,
    requests::{found, last_event},
    sealed::{SealedConnection, notice_place},
    value::{blob, corrupt, instant, read_instant, read_number, text, text_or_null},
};

/// The furthest that a clock which goes right makes anything due.
const FURTHEST_DUE: SignedDuration = SignedDuration::from_hours(24);
/// For how long a notice that was tampered with is left alone: it holds up no other.
const ASIDE: SignedDuration = SignedDuration::from_hours(12);

/// What is due at `?1` and in nobody's hands, an event of before `?4` that is not told among it. What is
/// due after `?2` or held until after `?3` was written by a clock that had jumped ahead.
const TAKEABLE: &str = "n.state in ('asked', 'confirmed')
    and (n.due_at is null or n.due_at <= ?1 or n.due_at > ?2)
    and (n.leased_until is null or n.leased_until <= ?1 or n.leased_until > ?3)
    and (n.state = 'asked' or exists (
        select 1 from request_event e where e.request_id = n.request_id
            and e.sequence > n.told and (e.at <= ?4 or e.at > ?2)))";

/// In nobody's hands, and nothing of it has failed.
const AT_REST: &str = "attempts = 0, failing_since = null, due_at = null, leased_by = null, \
                       leased_until = null";

/// What of a notice is sealed.
#[derive(Serialize, Deserialize)]
struct Content {
    address: String,
    locale: Locale,
}

#[async_trait]
impl Notices for SqliteStore {
    async fn notice(&self, number: &RequestNumber) -> Result<Option<Notice>, StoreError> {
        let number = number.clone();
        self.read_sealed(move |connection| of(connection, &number)).await
    }

    async fn ask_notices(&self, notice: &NewNotice) -> Result<NoticeAsked, StoreError> {
        let notice = notice.clone();
        self.write_sealed(move |connection| ask(connection, &notice)).await
    }

    async fn confirm_notices(
        &self,
        number: &RequestNumber,
        id: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (number, id) = (number.clone(), id.to_owned());
        self.write_sealed(move |connection| {
            let waits = |notice: &Notice| {
                notice.id == id && matches!(notice.state, NoticeState::Asked | NoticeState::Sent)
            };
            if !of(connection, &number)?.as_ref().is_some_and(waits) {
                return Ok(false);
            }
            // The message that asked for it may be in somebody's hands still: it is not sent again.
            connection
                .prepare_cached(&format!(
                    "update notice set state = 'confirmed', since = ?2, {AT_REST}
                         where request_id = (select id from request where number = ?1)"
                ))?
                .execute((number.as_str(), instant(at)))?;
            Ok(true)
        })
        .await
    }

    async fn stop_notices(
        &self,
        number: &RequestNumber,
        id: Option<&str>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (number, id) = (number.clone(), id.map(str::to_owned));
        self.write_sealed(move |connection| {
            let Some((request, _)) = found(connection, &number)? else { return Ok(false) };
            let known = of(connection, &number)?;
            let is_another = |id: &String| known.as_ref().is_none_or(|notice| notice.id != *id);
            if id.as_ref().is_some_and(is_another) {
                return Ok(false);
            }
            end(connection, request, NoticeState::Stopped, at)
        })
        .await
    }

    async fn lease_notice(
        &self,
        owner: &str,
        how: NoticeLease,
    ) -> Result<Option<DueNotice>, StoreError> {
        let bounds = bounds(how);
        // A look without the write lock first: most of the time there is nothing.
        let looked = bounds.clone();
        let due = self
            .read(move |connection, _| {
                let sql = format!("select 1 from notice n where {TAKEABLE}");
                Ok(connection.prepare_cached(&sql)?.exists(looked)?)
            })
            .await?;
        if !due {
            return Ok(None);
        }
        let owner = owner.to_owned();
        self.write_sealed(move |connection| take(connection, &owner, how, &bounds)).await
    }

    async fn settle_notice(
        &self,
        number: &RequestNumber,
        owner: &str,
        now: Timestamp,
        outcome: NoticeOutcome,
    ) -> Result<bool, StoreError> {
        let (number, owner) = (number.clone(), owner.to_owned());
        self.write_sealed(move |connection| settle(connection, &number, &owner, now, outcome)).await
    }

    async fn lapse_notices(&self, now: Timestamp) -> Result<usize, StoreError> {
        const WAITS: &str = "state in ('asked', 'sent') and since < ?1";
        let before = instant(now.checked_sub(UNCONFIRMED_FOR).unwrap_or(Timestamp::MIN));
        let looked = before.clone();
        let any = self
            .read(move |connection, _| {
                let sql = format!("select 1 from notice where {WAITS}");
                Ok(connection.prepare_cached(&sql)?.exists([looked])?)
            })
            .await?;
        if !any {
            return Ok(0);
        }
        self.write(move |transaction| {
            let sql = format!(
                "update notice set state = 'lapsed', since = ?2, content = null, {AT_REST} where {WAITS}"
            );
            Ok(transaction.prepare_cached(&sql)?.execute((before, instant(now)))?)
        })
        .await
    }

    async fn failing_notices(&self) -> Result<u64, StoreError> {
        self.read(|connection, _| {
            let sql = "select count(*) from notice where attempts >= ?1";
            let count: i64 =
                connection.prepare_cached(sql)?.query_one([FAILING_FROM], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
        .await
    }
}

/// The instants of [`TAKEABLE`].
fn bounds(how: NoticeLease) -> [String; 4] {
    let NoticeLease { now, lease, gather } = how;
    let after = |wait| instant(now.checked_add(wait).unwrap_or(Timestamp::MAX));
    let gathered = instant(now.checked_sub(gather).unwrap_or(Timestamp::MIN));
    [instant(now), after(FURTHEST_DUE), after(lease.saturating_mul(2)), gathered]
}

/// The notices of a request.
pub(super) fn of(
    connection: &SealedConnection<'_>,
    number: &RequestNumber,
) -> Result<Option<Notice>, SqliteError> {
    connection
        .prepare_cached(
            "select n.state, n.since, n.content, n.id from notice n
             join request r on r.id = n.request_id where r.number = ?1",
        )?
        .query_and_then([number.as_str()], |row| {
            Ok(Notice {
                state: read_state(text(row, 0)?)?,
                since: read_instant(text(row, 1)?)?,
                id: row.get(3)?,
                to: match row.get_ref(2)?.as_blob_or_null().map_err(rusqlite::Error::from)? {
                    Some(content) => Some(opened(connection, number, content)?),
                    None => None,
                },
            })
        })?
        .next()
        .transpose()
}

fn read_state(name: &str) -> Result<NoticeState, SqliteError> {
    NoticeState::from_name(name).ok_or_else(|| corrupt("notice state")(name.to_owned()))
}

fn opened(
    connection: &SealedConnection<'_>,
    number: &RequestNumber,
    content: &[u8],
) -> Result<NoticeAddress, SqliteError> {
    let Content { address, locale } =
        connection.open_value(&notice_place(number.as_str()), content)?;
    Ok(NoticeAddress { address, locale })
}

fn ask(connection: &SealedConnection<'_>, notice: &NewNotice) -> Result<NoticeAsked, SqliteError> {
    let NewNotice { number, id: drawn, to, mark, at } = notice;
    let Some((id, _)) = found(connection, number)? else { return Ok(NoticeAsked::Unknown) };
    let last = last_event(connection, id, number)?;
    if last.state.is_ended() {
        return Ok(NoticeAsked::Ended(last.state));
    }
    let before = of(connection, number)?;
    let is_known = |notice: &Notice| {
        let same = notice.to.as_ref().is_some_and(|known| known.address == to.address);
        same && notice.state == NoticeState::Confirmed
    };
    if before.as_ref().is_some_and(is_known) {
        return Ok(NoticeAsked::Unchanged);
    }
    let named: Option<u32> = connection
        .prepare_cached("select named from notice where request_id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    if named.is_some_and(|named| named >= MOST_ADDRESSES) {
        return Ok(NoticeAsked::TooOften);
    }
    if unasked(connection, mark, *at)? >= MOST_UNASKED {
        return Ok(NoticeAsked::TooOften);
    }
    let NoticeAddress { address, locale } = to.clone();
    let content = Content { address, locale };
    let content = connection.seal_value(&notice_place(number.as_str()), &content)?;
    connection
        .prepare_cached(&format!(
            "insert into notice (request_id, state, since, content, named, told, id, mark)
                 values (?1, 'asked', ?2, ?3, 1, ?4, ?5, ?6)
                 on conflict (request_id) do update set state = 'asked', since = ?2, content = ?3,
                     id = ?5, mark = ?6, named = named + 1, told = ?4, {AT_REST}"
        ))?
        .execute(params![id, instant(*at), content, last.sequence, drawn, mark])?;
    Ok(NoticeAsked::Done)
}

/// How often an address was named of late that has not confirmed, or wanted no more.
fn unasked(
    connection: &SealedConnection<'_>,
    mark: &str,
    at: Timestamp,
) -> Result<u32, SqliteError> {
    let before = |hours| {
        instant(at.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MIN))
    };
    Ok(connection
        .prepare_cached(
            "select coalesce(sum(named), 0) from notice where mark = ?1
                 and (state in ('asked', 'sent', 'lapsed') and since > ?2
                      or state = 'stopped' and since > ?3)",
        )?
        .query_row((mark, before(24), before(30 * 24)), |row| row.get(0))?)
}

/// Forgets an address and says why; `false` where there is none.
fn end(
    connection: &SealedConnection<'_>,
    request: i64,
    state: NoticeState,
    at: Timestamp,
) -> Result<bool, SqliteError> {
    let ended = connection
        .prepare_cached(&format!(
            "update notice set state = ?2, since = ?3, content = null, {AT_REST}
                 where request_id = ?1 and content is not null"
        ))?
        .execute((request, state.name(), instant(at)))?;
    Ok(ended == 1)
}

/// Forgets that anybody was ever told of a request.
pub(super) fn forget(connection: &SealedConnection<'_>, request: i64) -> Result<(), SqliteError> {
    connection.prepare_cached("delete from notice where request_id = ?1")?.execute([request])?;
    Ok(())
}

fn take(
    connection: &SealedConnection<'_>,
    owner: &str,
    how: NoticeLease,
    bounds: &[String; 4],
) -> Result<Option<DueNotice>, SqliteError> {
    let sql = format!(
        "select n.request_id, r.number, n.state, n.content, n.told, n.attempts, n.failing_since,
             n.id
         from notice n join request r on r.id = n.request_id where {TAKEABLE}
         order by n.due_at, n.request_id"
    );
    let mut due = connection.prepare_cached(&sql)?;
    let mut rows = due.query(bounds.clone())?;
    while let Some(row) = rows.next()? {
        let request: i64 = row.get(0)?;
        match read_due(connection, request, row) {
            Ok(Some(due)) => {
                let until = how.now.checked_add(how.lease).unwrap_or(Timestamp::MAX);
                connection
                    .prepare_cached(
                        "update notice set leased_by = ?2, leased_until = ?3 where request_id = ?1",
                    )?
                    .execute((request, owner, instant(until)))?;
                return Ok(Some(due));
            }
            Ok(None) => {}
            Err(SqliteError::Store(error)) if error.is_of_altered_rows() => {
                tracing::error!(
                    %error, remedy = "check-requests",
                    "a notice was tampered with, and nothing of it is sent"
                );
                let later = how.now.checked_add(ASIDE).unwrap_or(Timestamp::MAX);
                connection
                    .prepare_cached("update notice set due_at = ?2 where request_id = ?1")?
                    .execute((request, instant(later)))?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// What is due of a notice; none where only its applicant did something, which they know.
fn read_due(
    connection: &SealedConnection<'_>,
    request: i64,
    row: &Row<'_>,
) -> Result<Option<DueNotice>, SqliteError> {
    let number = read_number(text(row, 1)?)?;
    let to = opened(connection, &number, blob(row, 3)?)?;
    let kind = if read_state(text(row, 2)?)? == NoticeState::Confirmed {
        let told: u32 = row.get(4)?;
        let untold: Vec<RequestEvent> = connection
            .prepare_cached(
                "select sequence, at, state, content, stars from request_event
                 where request_id = ?1 and sequence > ?2 order by sequence",
            )?
            .query_and_then((request, told), |row| read_event(connection, &number, row))?
            .collect::<Result<_, _>>()?;
        let upto = untold.last().map_or(told, |event| event.sequence);
        // That somebody at the counter read it stands on its page, and is no progress.
        if untold.iter().all(|event| event.actor == Actor::Applicant || is_look(event)) {
            connection
                .prepare_cached("update notice set told = ?2 where request_id = ?1")?
                .execute((request, upto))?;
            return Ok(None);
        }
        NoticeKind::Progress { upto }
    } else {
        NoticeKind::Confirm
    };
    let failing_since = text_or_null(row, 6)?.map(read_instant).transpose()?;
    Ok(Some(DueNotice { number, id: row.get(7)?, to, kind, attempts: row.get(5)?, failing_since }))
}

fn settle(
    connection: &SealedConnection<'_>,
    number: &RequestNumber,
    owner: &str,
    now: Timestamp,
    outcome: NoticeOutcome,
) -> Result<bool, SqliteError> {
    let held: Option<i64> = connection
        .prepare_cached(
            "select n.request_id from notice n join request r on r.id = n.request_id
             where r.number = ?1 and n.leased_by = ?2 and n.leased_until > ?3",
        )?
        .query_row((number.as_str(), owner, instant(now)), |row| row.get(0))
        .optional()?;
    let Some(request) = held else { return Ok(false) };
    let (confirms, upto) = match outcome {
        NoticeOutcome::Told(NoticeKind::Confirm) => (true, 0),
        NoticeOutcome::Told(NoticeKind::Progress { upto }) => (false, upto),
        NoticeOutcome::Failed { retry_at, since } => {
            connection
                .prepare_cached(
                    "update notice set attempts = attempts + 1, due_at = ?2,
                         failing_since = ?3,
                         leased_by = null, leased_until = null where request_id = ?1",
                )?
                .execute((request, instant(retry_at), instant(since)))?;
            return Ok(true);
        }
        NoticeOutcome::Refused => return end(connection, request, NoticeState::Refused, now),
    };
    connection
        .prepare_cached(&format!(
            "update notice set state = iif(?2, 'sent', state), since = iif(?2, ?3, since),
                     told = max(told, ?4), {AT_REST}
                 where request_id = ?1"
        ))?
        .execute(params![request, confirms, instant(now), upto])?;
    Ok(true)
}
