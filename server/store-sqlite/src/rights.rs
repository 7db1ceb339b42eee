//! Seeing, correcting, withdrawing and deleting requests.

mod deletion;

use async_trait::async_trait;
use domain::request::{
    Actor, DeliveryPayload, MOST_CORRECTIONS, Message, NotReopened, Request, RequestEvent,
    RequestNumber, RequestState, Submission, rate, reopen,
};
use jiff::Timestamp;
use rusqlite::Row;
use store::{
    Corrected, Correction, Deleted, DeletedRequest, Deletion, DeliveryAct, DeliveryFilter,
    DeliveryId, DeliveryState, Dossier, DossierMessage, EndedRequest, Listed, ListedRequest,
    NewRating, NewReopening, Rated, Reopened, RequestWithdrawal, RequestWithdrawn, Rights,
    StoreError,
};

use super::{
    SqliteStore,
    anchor::{Added, Anchor, anchor_place},
    deliveries::{Part, close, list, note, parts, undelivered, under_way},
    error::{self, SqliteError, row_or_fault},
    events::insert_event,
    notices,
    requests::{
        add_event, events, found, insert_delivery, insert_message, last_event, submission,
        unwritten,
    },
    sealed::{SealedConnection, message_place},
    value::{
        blob, corrupt, instant, read_instant, read_kind, read_number, shown, text, text_or_null,
    },
};

#[async_trait]
impl Rights for SqliteStore {
    async fn dossier(&self, number: &RequestNumber) -> Result<Option<Dossier>, StoreError> {
        let number = number.clone();
        self.read_sealed(move |connection| dossier(connection, number)).await
    }

    async fn note_export(
        &self,
        number: &RequestNumber,
        at: Timestamp,
        actor: Actor,
        reason: Option<String>,
    ) -> Result<bool, StoreError> {
        let number = number.clone();
        self.write_sealed(move |connection| {
            let Some((id, _)) = found(connection, &number)? else { return Ok(false) };
            let last = last_event(connection, id, &number)?;
            let state = last.state;
            let event = RequestEvent::after(Some(&last), &number, at, state, actor, None, reason);
            add_event(connection, id, &number, &event)?;
            Ok(true)
        })
        .await
    }

    async fn note_print(
        &self,
        number: &RequestNumber,
        at: Timestamp,
        by: (Actor, String),
        document: u32,
    ) -> Result<Option<usize>, StoreError> {
        let (number, (actor, reason)) = (number.clone(), by);
        self.write_sealed(move |connection| {
            let Some((id, _)) = found(connection, &number)? else { return Ok(None) };
            let events = events(connection, id, &number)?;
            let before = events.iter().filter(|event| event.printed == Some(document)).count();
            let last = last_event(connection, id, &number)?;
            let (state, reason) = (last.state, Some(reason));
            let event = RequestEvent::after(Some(&last), &number, at, state, actor, None, reason)
                .printing(document, Some(&last), &number);
            add_event(connection, id, &number, &event)?;
            Ok(Some(before))
        })
        .await
    }

    async fn correct(&self, correction: &Correction) -> Result<Corrected, StoreError> {
        let correction = correction.clone();
        self.write_sealed(move |connection| correct(connection, correction)).await
    }

    async fn withdraw(
        &self,
        withdrawal: &RequestWithdrawal,
    ) -> Result<RequestWithdrawn, StoreError> {
        let withdrawal = withdrawal.clone();
        self.write_sealed(move |connection| withdraw(connection, &withdrawal)).await
    }

    async fn rate(&self, rating: &NewRating) -> Result<Rated, StoreError> {
        let NewRating { number, rating, note, at } = rating.clone();
        self.write_sealed(move |connection| {
            let Some((id, _)) = found(connection, &number)? else { return Ok(Rated::Unknown) };
            match rate(&number, &events(connection, id, &number)?, (rating, note), at) {
                Ok(event) => add_event(connection, id, &number, &event).map(|()| Rated::Done),
                Err(why) => Ok(Rated::Not(why)),
            }
        })
        .await
    }

    async fn reopen(&self, asked: &NewReopening) -> Result<Reopened, StoreError> {
        let asked = asked.clone();
        self.write_sealed(move |connection| ask_again(connection, asked)).await
    }

    async fn delete(&self, deletion: &Deletion) -> Result<Deleted, StoreError> {
        let deletion = deletion.clone();
        self.write_sealed(move |connection| deletion::delete(connection, &deletion)).await
    }

    async fn deleted(&self, number: &RequestNumber) -> Result<Option<DeletedRequest>, StoreError> {
        let number = number.clone();
        self.read_sealed(move |connection| {
            deletion::register(connection, Some(&number))?.pop().map(|(_, read)| read).transpose()
        })
        .await
    }

    async fn deletions(&self) -> Result<Listed<DeletedRequest>, StoreError> {
        self.read_sealed(|connection| error::listed(deletion::register(connection, None)?)).await
    }

    async fn ended(&self) -> Result<Listed<EndedRequest>, StoreError> {
        self.read(|connection, _| {
            connection
                .prepare_cached(concat!(
                    "select r.number, r.item, e.at from request r
                     join request_event e on e.request_id = r.id and e.sequence =
                         -- The end that it came to last: it may have been taken up again.
                         (select min(s.sequence) from request_event s where s.request_id = r.id
                              and s.sequence > (select coalesce(max(o.sequence), -1) from request_event o
                                  where o.request_id = r.id
                                      and o.state not in ('decided', 'returned', 'withdrawn')))
                     where not exists
                         (select 1 from delivery d where d.request_id = r.id
                              and d.state in ",
                    undelivered!(),
                    ")
                     order by e.at"
                ))?
                .query_and_then([], |row| row_or_fault(place_of(row), read_ended(row)))?
                .collect()
        })
        .await
    }

    async fn last_look(&self) -> Result<Option<Timestamp>, StoreError> {
        self.read(|connection, _| {
            let last: Option<String> = connection
                .prepare_cached(
                    "select coalesce((select at from purge_look),
                         (select max(at) from request_event))",
                )?
                .query_one([], |row| row.get(0))?;
            last.as_deref().map(read_instant).transpose()
        })
        .await
    }

    async fn note_look(&self, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |transaction| {
            transaction
                .prepare_cached(
                    "insert into purge_look (one, at) values (1, ?1)
                     on conflict (one) do update set at = excluded.at",
                )?
                .execute([instant(at)])?;
            Ok(())
        })
        .await
    }

    async fn listed(&self) -> Result<Listed<ListedRequest>, StoreError> {
        self.read_sealed(|connection| {
            connection
                .prepare_cached(
                    "select r.number, r.item, r.submitted_at, e.state, e.at, r.id from request r
                     left join request_event e on e.request_id = r.id and e.sequence =
                         (select max(sequence) from request_event where request_id = r.id)
                     order by r.id",
                )?
                .query_and_then([], |row| {
                    row_or_fault(place_of(row), read_listed(connection, row))
                })?
                .collect()
        })
        .await
    }
}

/// Where a request stands whose number is the first column.
fn place_of(row: &Row<'_>) -> String {
    anchor_place(&shown(row, 0))
}

fn read_ended(row: &Row<'_>) -> Result<EndedRequest, SqliteError> {
    let number = read_number(text(row, 0)?)?;
    Ok(EndedRequest { number, item: row.get(1)?, ended_at: read_instant(text(row, 2)?)? })
}

fn read_listed(
    connection: &SealedConnection<'_>,
    row: &Row<'_>,
) -> Result<ListedRequest, SqliteError> {
    let number = read_number(text(row, 0)?)?;
    let whole = match last_event(connection, row.get(5)?, &number) {
        Err(SqliteError::Store(error)) if error.is_of_one_row() => false,
        last => last.map(|_last| true)?,
    };
    Ok(ListedRequest {
        number,
        whole,
        item: row.get(1)?,
        submitted_at: read_instant(text(row, 2)?)?,
        state: read_request_state(text(row, 3)?)?,
        last_at: read_instant(text(row, 4)?)?,
    })
}

fn read_request_state(name: &str) -> Result<RequestState, SqliteError> {
    RequestState::from_name(name).ok_or_else(|| corrupt("request state")(name.to_owned()))
}

fn dossier(
    connection: &SealedConnection<'_>,
    number: RequestNumber,
) -> Result<Option<Dossier>, SqliteError> {
    let Some((id, submitted_at)) = found(connection, &number)? else { return Ok(None) };
    let read_message = |row: &Row<'_>| {
        let kind = text(row, 1)?;
        let place = message_place(number.as_str(), row.get(0)?, kind);
        Ok::<_, SqliteError>(DossierMessage {
            kind: read_kind(kind)?,
            at: read_instant(text(row, 2)?)?,
            content: connection.open_value(&place, blob(row, 3)?)?,
        })
    };
    let messages = connection
        .prepare_cached(
            "select sequence, kind, at, content from message where request_id = ?1
             order by sequence",
        )?
        .query_and_then([id], read_message)?
        .collect::<Result<_, _>>()?;
    let filter = DeliveryFilter { number: Some(number.clone()), ..DeliveryFilter::default() };
    Ok(Some(Dossier {
        messages,
        first: submission(connection, id, number.as_str(), "asc")?,
        notice: notices::of(connection, &number)?,
        deliveries: list(connection, &filter)?
            .into_iter()
            .map(|(_, read)| read)
            .collect::<Result<_, _>>()?,
        request: Request {
            submission: submission(connection, id, number.as_str(), "desc")?,
            submitted_at,
            events: events(connection, id, &number)?,
            number,
        },
    }))
}

/// The number of the next message of a request.
fn next_message(connection: &SealedConnection<'_>, id: i64) -> Result<u32, SqliteError> {
    let sql = "select max(sequence) + 1 from message where request_id = ?1";
    Ok(connection.prepare_cached(sql)?.query_one([id], |row| row.get(0))?)
}

fn correct(
    connection: &SealedConnection<'_>,
    correction: Correction,
) -> Result<Corrected, SqliteError> {
    let Correction { number, rests_on, applicant, answers, actor, at, reason, confirmation } =
        correction;
    let Some((id, submitted_at)) = found(connection, &number)? else {
        return Ok(Corrected::Unknown);
    };
    let last = last_event(connection, id, &number)?;
    if last.state.is_ended() {
        return Ok(Corrected::Ended(last.state));
    }
    let sequence = next_message(connection, id)?;
    if sequence.checked_sub(1) != Some(rests_on) {
        return Ok(Corrected::Overtaken);
    }
    let present = submission(connection, id, number.as_str(), "desc")?;
    let changed = Submission { applicant, answers, ..present.clone() };
    if changed == present {
        return Ok(Corrected::Unchanged);
    }
    if sequence > MOST_CORRECTIONS + 1 {
        return Ok(Corrected::TooOften);
    }
    let event = RequestEvent::after(Some(&last), &number, at, last.state, actor, None, reason)
        .correcting(Some(&last), &number);
    insert_event(connection, id, &number, &event)?;
    let payload = DeliveryPayload::of(number.clone(), changed, submitted_at, Some(at));
    let message = Message::whole(sequence, &payload.confirmed_by(confirmation));
    insert_message(connection, id, &number, &message.map_err(|error| unwritten(&error))?)?;
    let mut added = Added { event: Some(&event), messages: 1, deliveries: 0 };
    for part in parts(connection, id)? {
        if part.has_or_will() {
            let delivery = DeliveryId::of(&number, &part.department, sequence);
            added.deliveries += insert_delivery(
                connection,
                &delivery,
                id,
                &number,
                sequence,
                &part.department,
                at,
            )?;
        }
    }
    Anchor::add(connection, id, &number, added)?;
    Ok(Corrected::Done)
}

fn ask_again(
    connection: &SealedConnection<'_>,
    asked: NewReopening,
) -> Result<Reopened, SqliteError> {
    let NewReopening { number, rests_on, asked, within_days, confirmation } = asked;
    let Some((id, submitted_at)) = found(connection, &number)? else {
        return Ok(Reopened::Unknown);
    };
    let event = match reopen(&number, &events(connection, id, &number)?, within_days, &asked) {
        Ok(event) => event,
        Err(why) => return Ok(Reopened::Not(why)),
    };
    let sequence = next_message(connection, id)?;
    if sequence.checked_sub(1) != Some(rests_on) {
        return Ok(Reopened::Overtaken);
    }
    let told: Vec<Part> = parts(connection, id)?.into_iter().filter(Part::has_or_will).collect();
    if told.is_empty() {
        return Ok(Reopened::Not(NotReopened::NotOffered));
    }
    insert_event(connection, id, &number, &event)?;
    let at = asked.asked_at;
    let present = submission(connection, id, number.as_str(), "desc")?;
    let payload = DeliveryPayload::taken_up_again(number.clone(), present, submitted_at, asked);
    let message = Message::whole(sequence, &payload.confirmed_by(confirmation));
    insert_message(connection, id, &number, &message.map_err(|error| unwritten(&error))?)?;
    let mut added = Added { event: Some(&event), messages: 1, deliveries: 0 };
    for Part { department, .. } in &told {
        let delivery = DeliveryId::of(&number, department, sequence);
        added.deliveries +=
            insert_delivery(connection, &delivery, id, &number, sequence, department, at)?;
    }
    Anchor::add(connection, id, &number, added)?;
    Ok(Reopened::Done)
}

fn withdraw(
    connection: &SealedConnection<'_>,
    withdrawal: &RequestWithdrawal,
) -> Result<RequestWithdrawn, SqliteError> {
    let RequestWithdrawal { number, actor, at, reason } = withdrawal;
    let at = *at;
    let Some((id, submitted_at)) = found(connection, number)? else {
        return Ok(RequestWithdrawn::Unknown);
    };
    let last = last_event(connection, id, number)?;
    if last.state == RequestState::Withdrawn {
        return Ok(RequestWithdrawn::Before);
    }
    if !last.state.may_become(RequestState::Withdrawn) {
        return Ok(RequestWithdrawn::Ended(last.state));
    }
    let state = RequestState::Withdrawn;
    let event =
        RequestEvent::after(Some(&last), number, at, state, actor.clone(), None, reason.clone());
    insert_event(connection, id, number, &event)?;
    // Whoever takes it back knows it, and nobody has to be told anything more.
    notices::forget(connection, id)?;
    let mut added = Added { event: Some(&event), ..Added::default() };
    // Before the deliveries are closed: what they were tells who must know.
    let parts = parts(connection, id)?;
    let held_until = close_open(connection, id, at, actor)?;
    let told: Vec<&Part> = parts.iter().filter(|part| part.has_or_may()).collect();
    if !told.is_empty() {
        let told_of = submission(connection, id, number.as_str(), "desc")?;
        let sequence = next_message(connection, id)?;
        let message = Message::withdrawn(sequence, number, told_of, submitted_at, at);
        insert_message(connection, id, number, &message.map_err(|error| unwritten(&error))?)?;
        added.messages = 1;
        for part in &told {
            let (delivery, to) =
                (DeliveryId::of(number, &part.department, sequence), &part.department);
            added.deliveries +=
                insert_delivery(connection, &delivery, id, number, sequence, to, held_until)?;
        }
    }
    Anchor::add(connection, id, number, added)?;
    Ok(RequestWithdrawn::Done { told: told.len() })
}

/// Closes what is still open of a request. Returns when departments may be told: at once, or when
/// an attempt that is under way must have ended, so that the news does not overtake it.
fn close_open(
    connection: &SealedConnection<'_>,
    id: i64,
    at: Timestamp,
    actor: &Actor,
) -> Result<Timestamp, SqliteError> {
    let open: Vec<(DeliveryId, Option<Timestamp>)> = connection
        .prepare_cached(concat!(
            "select id, iif(attempt_started_at is null, null, leased_until) from delivery
             where request_id = ?1 and state in ",
            undelivered!()
        ))?
        .query_and_then([id], |row| {
            let held = text_or_null(row, 1)?.map(read_instant).transpose()?;
            Ok::<_, SqliteError>((DeliveryId(row.get(0)?), held))
        })?
        .collect::<Result<_, _>>()?;
    let mut tell_at = at;
    for (delivery, held) in open {
        if let Some(until) = under_way(held, at) {
            tell_at = tell_at.max(until);
        }
        close(connection, &delivery, DeliveryState::Withdrawn, None)?;
        note(connection, &delivery, at, DeliveryAct::Withdrawn, actor.clone(), None)?;
    }
    Ok(tell_at)
}
