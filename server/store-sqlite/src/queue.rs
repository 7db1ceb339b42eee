//! The queues of halls. A press is one transaction that holds the write lock from its beginning: what it finds waiting
//! nobody else takes before it is through, in whatever process they press.

use async_trait::async_trait;
use domain::{
    clock::china_date,
    queue::{HallDay, HallNow, Ticket, TicketNumber, TicketState},
    service::Aim,
    staff::StaffId,
};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};
use store::{CounterPress, Press, Pressed, Queue, Seen, StoreError, TICKETS_KEPT_FOR};

use super::{
    SqliteStore,
    error::SqliteError,
    value::{corrupt, instant, read_instant, text, text_or_null, to_json},
};

/// The columns of [`read_ticket`].
macro_rules! ticket {
    () => {
        "sequence, printed, count, aim, priority, state, counter, calls, taken_at, called_at"
    };
}

#[async_trait]
impl Queue for SqliteStore {
    async fn take_ticket(
        &self,
        hall: &HallDay,
        aim: Aim,
        priority: bool,
        at: Timestamp,
    ) -> Result<Ticket, StoreError> {
        let hall = hall.clone();
        self.write(move |connection| {
            drop_old(connection, at)?;
            take(connection, &hall, (aim, priority), at)
        })
        .await
    }

    async fn press(
        &self,
        hall: &HallDay,
        press: &Press,
        by: &CounterPress,
    ) -> Result<Pressed, StoreError> {
        let (hall, press, by) = (hall.clone(), press.clone(), by.clone());
        self.write(move |connection| At { connection, hall: &hall, by: &by }.press(&press)).await
    }

    async fn seat(
        &self,
        hall: &HallDay,
        counter: &str,
    ) -> Result<Option<(StaffId, Timestamp)>, StoreError> {
        let (hall, counter) = (hall.clone(), counter.to_owned());
        self.read(move |connection, _| seat(connection, &hall, &counter)).await
    }

    async fn queue_revision(&self) -> Result<u64, StoreError> {
        self.read(|connection, _| revision(connection)).await
    }

    async fn hall_now(&self, hall: &HallDay) -> Result<HallNow, StoreError> {
        let hall = hall.clone();
        self.read(move |connection, _| now(connection, &hall)).await
    }
}

fn drop_old(connection: &Connection, at: Timestamp) -> Result<(), SqliteError> {
    let oldest = at.checked_sub(TICKETS_KEPT_FOR).unwrap_or(Timestamp::MIN);
    let day = china_date(oldest).to_string();
    connection.prepare_cached("delete from queue_event where day < ?1")?.execute([&day])?;
    connection.prepare_cached("delete from queue_ticket where day < ?1")?.execute([&day])?;
    Ok(())
}

fn take(
    connection: &Connection,
    hall: &HallDay,
    (aim, priority): (Aim, bool),
    at: Timestamp,
) -> Result<Ticket, SqliteError> {
    let ticket = connection
        .prepare_cached(concat!(
            "insert into queue_ticket (hall, day, sequence, printed, count, aim, priority, place,
                 state, taken_at)
             values (?1, ?2,
                 (select coalesce(max(sequence), 0) + 1 from queue_ticket
                     where hall = ?1 and day = ?2),
                 ?3,
                 (select coalesce(max(count), 0) + 1 from queue_ticket
                     where hall = ?1 and day = ?2 and printed = ?3),
                 ?3, ?4,
                 (select coalesce(max(place), 0) + 1 from queue_ticket
                     where hall = ?1 and day = ?2),
                 'waiting', ?5)
             returning ",
            ticket!()
        ))?
        .query_and_then(
            params![hall.hall, hall.day.to_string(), aim.name(), priority, instant(at)],
            read_ticket,
        )?
        .next()
        .ok_or_else(|| corrupt("ticket")("none was made"))??;
    note(connection, hall, ticket.sequence, (at, "taken"), None)?;
    Ok(ticket)
}

fn note(
    connection: &Connection,
    hall: &HallDay,
    ticket: u32,
    (at, act): (Timestamp, &str),
    by: Option<&CounterPress>,
) -> Result<(), SqliteError> {
    connection
        .prepare_cached(
            "insert into queue_event (hall, day, sequence, at, act, counter, staff)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            hall.hall,
            hall.day.to_string(),
            ticket,
            instant(at),
            act,
            by.map(|by| &by.counter),
            by.map(|by| by.staff.as_str()),
        ])?;
    Ok(())
}

/// How a ticket ends.
const OVER: (&str, &str) = ("done", "state = 'done'");

/// A press in its transaction.
struct At<'t> {
    connection: &'t Connection,
    hall: &'t HallDay,
    by: &'t CounterPress,
}

impl At<'_> {
    fn press(&self, press: &Press) -> Result<Pressed, SqliteError> {
        let at = instant(self.by.at);
        match press {
            Press::Next { after, serves, in_a_row } => self.next(*after, serves, *in_a_row),
            Press::Recall(ticket) => {
                self.here(*ticket, ("recalled", "calls = calls + 1, called_at = ?5"), &at)
            }
            Press::Skip(ticket) => self.here(*ticket, ("skipped", "state = 'missed'"), &at),
            Press::Hold(ticket) => self.here(*ticket, ("held", "state = 'held'"), &at),
            Press::Done(ticket) => self.here(*ticket, OVER, &at),
            Press::HandOn(ticket, aim) => {
                self.here(*ticket, ("handed on", "state = 'waiting', aim = ?5"), aim.name())
            }
            Press::Back(ticket) => self.back(*ticket),
        }
    }

    /// Ends the ticket at the counter and calls the first that waits, if the counter still has the one that whoever
    /// presses has before them.
    fn next(
        &self,
        after: Option<Seen>,
        serves: &[Aim],
        in_a_row: u32,
    ) -> Result<Pressed, SqliteError> {
        let day = self.hall.day.to_string();
        let here: Option<Seen> = self
            .connection
            .prepare_cached(
                "select sequence, calls from queue_ticket
                 where hall = ?1 and day = ?2 and counter = ?3 and state = 'called'",
            )?
            .query_row((&self.hall.hall, &day, &self.by.counter), |row| {
                Ok(Seen { ticket: row.get(0)?, calls: row.get(1)? })
            })
            .optional()?;
        if here != after {
            return Ok(Pressed::Stale);
        }
        if let Some(over) = here {
            self.here(over, OVER, &instant(self.by.at))?;
        }
        let serves: Vec<&str> = serves.iter().map(|aim| aim.name()).collect();
        // Either order is read in the index of those who wait.
        let first = if self.is_others_turn(in_a_row)? { "priority" } else { "priority desc" };
        let sql = format!(
            "update queue_ticket
             set state = 'called', counter = ?3, calls = calls + 1, called_at = ?4
             where hall = ?1 and day = ?2 and state = 'waiting' and sequence = (
                 select sequence from queue_ticket
                 where hall = ?1 and day = ?2 and state = 'waiting'
                     and aim in (select value from json_each(?5))
                 order by {first}, place limit 1)
             returning {}",
            ticket!()
        );
        let called = self.changed(
            &sql,
            params![
                self.hall.hall,
                day,
                self.by.counter,
                instant(self.by.at),
                to_json("serves", &serves)?
            ],
        )?;
        let Some(called) = called else { return Ok(Pressed::NobodyWaits) };
        self.note(called.sequence, "called")?;
        Ok(Pressed::Done(called))
    }

    /// Whether this counter has called so many with priority in a row that one of the others is to come. Counted is by
    /// counter: whatever the others call, who waits for what this one serves comes in their turn.
    fn is_others_turn(&self, in_a_row: u32) -> Result<bool, SqliteError> {
        let with_priority: u32 = self
            .connection
            .prepare_cached(
                "select coalesce(sum(t.priority), 0) from (
                     select hall, day, sequence from queue_event
                     where day = ?2 and hall = ?1 and counter = ?3 and act = 'called'
                     order by id desc limit ?4) e
                 join queue_ticket t using (hall, day, sequence)",
            )?
            .query_row(
                (&self.hall.hall, self.hall.day.to_string(), &self.by.counter, in_a_row),
                |row| row.get(0),
            )?;
        Ok(with_priority >= in_a_row.max(1))
    }

    /// Changes the ticket at this counter, if it is there still. `?5` of the change is `value`.
    fn here(
        &self,
        seen: Seen,
        (act, change): (&str, &str),
        value: &str,
    ) -> Result<Pressed, SqliteError> {
        let sql = format!(
            "update queue_ticket set {change}
             where hall = ?1 and day = ?2 and sequence = ?3 and calls = ?6 and counter = ?4
                 and state = 'called' and ?5 is not null
             returning {}",
            ticket!()
        );
        let day = self.hall.day.to_string();
        let Seen { ticket, calls } = seen;
        let found = self
            .changed(&sql, params![self.hall.hall, day, ticket, self.by.counter, value, calls])?;
        self.noted(found, act)
    }

    fn back(&self, seen: Seen) -> Result<Pressed, SqliteError> {
        let back = self.changed(
            concat!(
                "update queue_ticket set state = 'waiting',
                     priority = iif(state = 'held', priority, 0),
                     place = iif(state = 'held', place, (select max(place) + 1 from queue_ticket
                         where hall = ?1 and day = ?2))
                 where hall = ?1 and day = ?2 and sequence = ?3 and calls = ?4
                     and state in ('held', 'missed')
                 returning ",
                ticket!()
            ),
            params![self.hall.hall, self.hall.day.to_string(), seen.ticket, seen.calls],
        )?;
        self.noted(back, "back")
    }

    /// The ticket that a statement changed, as it is then.
    fn changed(&self, sql: &str, values: &[&dyn ToSql]) -> Result<Option<Ticket>, SqliteError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.query_and_then(values, read_ticket)?.next().transpose()
    }

    fn noted(&self, changed: Option<Ticket>, act: &str) -> Result<Pressed, SqliteError> {
        let Some(changed) = changed else { return Ok(Pressed::Stale) };
        self.note(changed.sequence, act)?;
        Ok(Pressed::Done(changed))
    }

    fn note(&self, ticket: u32, act: &str) -> Result<(), SqliteError> {
        note(self.connection, self.hall, ticket, (self.by.at, act), Some(self.by))
    }
}

fn revision(connection: &Connection) -> Result<u64, SqliteError> {
    let revision: i64 = connection
        .prepare_cached("select coalesce(max(id), 0) from queue_event")?
        .query_row([], |row| row.get(0))?;
    Ok(revision.unsigned_abs())
}

fn seat(
    connection: &Connection,
    hall: &HallDay,
    counter: &str,
) -> Result<Option<(StaffId, Timestamp)>, SqliteError> {
    connection
        .prepare_cached(
            "select staff, at from queue_event
             where day = ?2 and hall = ?1 and counter = ?3 and staff is not null
             order by id desc limit 1",
        )?
        .query_and_then((&hall.hall, hall.day.to_string(), counter), |row| {
            let staff = StaffId::try_from(text(row, 0)?.to_owned());
            Ok((staff.map_err(corrupt("member of staff"))?, read_instant(text(row, 1)?)?))
        })?
        .next()
        .transpose()
}

fn now(connection: &Connection, hall: &HallDay) -> Result<HallNow, SqliteError> {
    let mut now = HallNow { revision: revision(connection)?, ..HallNow::default() };
    let mut found = connection.prepare_cached(concat!(
        "select ",
        ticket!(),
        " from queue_ticket where hall = ?1 and day = ?2 and state <> 'done'
         order by priority desc, place"
    ))?;
    for ticket in found.query_and_then((&hall.hall, hall.day.to_string()), read_ticket)? {
        let ticket = ticket?;
        let list = match ticket.state {
            TicketState::Waiting => &mut now.waiting,
            TicketState::Called => &mut now.called,
            TicketState::Held | TicketState::Missed | TicketState::Done => &mut now.aside,
        };
        list.push(ticket);
    }
    now.called.sort_by_key(|ticket| std::cmp::Reverse((ticket.called_at, ticket.sequence)));
    now.aside.sort_by_key(|ticket| ticket.sequence);
    Ok(now)
}

fn read_ticket(row: &Row<'_>) -> Result<Ticket, SqliteError> {
    let number = TicketNumber { aim: read_aim(text(row, 1)?)?, count: row.get(2)? };
    let state = text(row, 5)?;
    Ok(Ticket {
        sequence: row.get(0)?,
        number,
        aim: read_aim(text(row, 3)?)?,
        priority: row.get(4)?,
        state: TicketState::from_name(state)
            .ok_or_else(|| corrupt("state of a ticket")(state.to_owned()))?,
        counter: row.get(6)?,
        calls: row.get(7)?,
        taken_at: read_instant(text(row, 8)?)?,
        called_at: text_or_null(row, 9)?.map(read_instant).transpose()?,
    })
}

fn read_aim(name: &str) -> Result<Aim, SqliteError> {
    Aim::from_name(name).ok_or_else(|| corrupt("what a ticket is for")(name.to_owned()))
}
