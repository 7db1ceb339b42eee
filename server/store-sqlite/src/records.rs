//! Requests as they lie in the database: sealed. What is open of a request is its number, item,
//! states and days.

mod check;
mod clear;

use domain::request::RequestNumber;
use rusqlite::{Connection, params};
use store::{Clear, RecordKeyId, SealError, Sealer, StoreError};

use super::{
    SqliteStore,
    error::SqliteError,
    sealed::{SealedConnection, closed, key_place, note_newest},
    value::{corrupt, read_number, shown},
};

/// Values sealed anew in one transaction, beside which requests are kept.
const STEP: usize = 500;

/// A sealed column: how to find its values with their places, and how to write one.
struct Column {
    /// Key as a JSON array, place, value; of the rows behind the key `?1`, in the order of the key.
    select: &'static str,
    /// A key before every other.
    first: &'static str,
    /// `?1` the new value, `?2` the key, `?3` the old value.
    update: &'static str,
}

/// Every sealed column, that of anchors last: they count what the others hold. A test holds this
/// list against the tables.
const COLUMNS: [Column; 16] = [
    Column {
        select: "select json_array(m.request_id, m.sequence),
                     'message/' || r.number || '/' || m.sequence || '/' || m.kind, m.content
                 from message m join request r on r.id = m.request_id
                 where (m.request_id, m.sequence) > (?1 ->> 0, ?1 ->> 1)
                 order by m.request_id, m.sequence",
        first: "[0,0]",
        update: "update message set content = ?1
                 where request_id = ?2 ->> 0 and sequence = ?2 ->> 1 and content = ?3",
    },
    Column {
        select: "select json_array(e.request_id, e.sequence),
                     'request_event/' || r.number || '/' || e.sequence, e.content
                 from request_event e join request r on r.id = e.request_id
                 where (e.request_id, e.sequence) > (?1 ->> 0, ?1 ->> 1)
                 order by e.request_id, e.sequence",
        first: "[0,0]",
        update: "update request_event set content = ?1
                 where request_id = ?2 ->> 0 and sequence = ?2 ->> 1 and content = ?3",
    },
    Column {
        select: "select json_array(id), 'delivery.reference/' || id, reference from delivery
                 where reference is not null and id > ?1 ->> 0 order by id",
        first: "[\"\"]",
        update: "update delivery set reference = ?1 where id = ?2 ->> 0 and reference = ?3",
    },
    Column {
        select: "select json_array(delivery_id, sequence),
                     'delivery_event/' || delivery_id || '/' || sequence, content
                 from delivery_event where (delivery_id, sequence) > (?1 ->> 0, ?1 ->> 1)
                 order by delivery_id, sequence",
        first: "[\"\",0]",
        update: "update delivery_event set content = ?1
                 where delivery_id = ?2 ->> 0 and sequence = ?2 ->> 1 and content = ?3",
    },
    Column {
        select: "select json_array(department, message, sequence),
                     'department_message/' || department || '/' || message || '/' || sequence,
                     content
                 from department_message where content is not null
                     and (department, message, sequence) > (?1 ->> 0, ?1 ->> 1, ?1 ->> 2)
                 order by department, message, sequence",
        first: "[\"\",\"\",0]",
        update: "update department_message set content = ?1
                 where department = ?2 ->> 0 and message = ?2 ->> 1 and sequence = ?2 ->> 2 and content = ?3",
    },
    Column {
        select: "select json_array(number), 'deletion/' || number, said from deletion
                 where number > ?1 ->> 0 order by number",
        first: "[\"\"]",
        update: "update deletion set said = ?1 where number = ?2 ->> 0 and said = ?3",
    },
    Column {
        select: "select json_array(n.request_id), 'notice/' || r.number, n.content
                 from notice n join request r on r.id = n.request_id
                 where n.content is not null and n.request_id > ?1 ->> 0 order by n.request_id",
        first: "[0]",
        update: "update notice set content = ?1 where request_id = ?2 ->> 0 and content = ?3",
    },
    Column {
        select: "select json_array(number), 'draft/' || number, content from draft
                 where number > ?1 ->> 0 order by number",
        first: "[\"\"]",
        update: "update draft set content = ?1 where number = ?2 ->> 0 and content = ?3",
    },
    Column {
        select: "select json_array(number), 'desk_case/' || number, content from desk_case
                 where number > ?1 ->> 0 order by number",
        first: "[\"\"]",
        update: "update desk_case set content = ?1 where number = ?2 ->> 0 and content = ?3",
    },
    Column {
        select: "select json_array(id), 'attachment/' || id, content from attachment
                 where content is not null and id > ?1 ->> 0 order by id",
        first: "[\"\"]",
        update: "update attachment set content = ?1 where id = ?2 ->> 0 and content = ?3",
    },
    Column {
        select: "select json_array(id), 'staff/' || id, content from staff
                 where id > ?1 ->> 0 order by id",
        first: "[\"\"]",
        update: "update staff set content = ?1 where id = ?2 ->> 0 and content = ?3",
    },
    Column {
        select: "select json_array(staff_id), 'staff_person/' || staff_id, content from staff_person
                 where staff_id > ?1 ->> 0 order by staff_id",
        first: "[\"\"]",
        update: "update staff_person set content = ?1 where staff_id = ?2 ->> 0 and content = ?3",
    },
    Column {
        select: "select json_array(mark), 'staff_passkey/' || mark, content from staff_passkey
                 where mark > ?1 ->> 0 order by mark",
        first: "[\"\"]",
        update: "update staff_passkey set content = ?1 where mark = ?2 ->> 0 and content = ?3",
    },
    Column {
        select: "select json_array(mark), 'staff_challenge/' || mark, content from staff_challenge
                 where mark > ?1 ->> 0 order by mark",
        first: "[\"\"]",
        update: "update staff_challenge set content = ?1 where mark = ?2 ->> 0 and content = ?3",
    },
    Column {
        select: "select json_array(d.id),
                     'delivery/' || d.id || '/' || r.number || '/' || d.message || '/' || d.department,
                     d.bound
                 from delivery d join request r on r.id = d.request_id
                 where d.id > ?1 ->> 0 order by d.id",
        first: "[\"\"]",
        update: "update delivery set bound = ?1 where id = ?2 ->> 0 and bound = ?3",
    },
    Column {
        select: "select json_array(id), 'request/' || number, anchor from request
                 where id > ?1 ->> 0 order by id",
        first: "[0]",
        update: "update request set anchor = ?1 where id = ?2 ->> 0 and anchor = ?3",
    },
];
const ANCHORS: usize = COLUMNS.len() - 1;
/// There is one of every delivery.
const BOUNDS: usize = ANCHORS - 1;

/// How far the sealed values were gone through.
#[derive(Clone, Debug, Default)]
struct Cursor {
    column: usize,
    /// The key of the last value seen in that column.
    key: Option<String>,
}

/// A value as it lies there.
struct Old {
    column: usize,
    key: String,
    place: String,
    value: Vec<u8>,
}

impl SqliteStore {
    /// Seals by the newest key what other keys have sealed, step by step.
    pub(super) async fn reseal_records(&self) -> Result<u64, StoreError> {
        let newest = self.sealer()?.newest().map_err(closed("requests"))?;
        let (mut done, mut cursor) = (0, Cursor::default());
        while cursor.column < COLUMNS.len() {
            let from = cursor.clone();
            let (step, reached) = self
                .write_sealed(move |connection| {
                    let other = |value: &[u8]| RecordKeyId::of(value) != Some(newest);
                    let (olds, reached) = next(connection, from, STEP, other)?;
                    reseal(connection, &olds, |old| connection.open(&old.place, &old.value))?;
                    Ok((olds.len(), reached))
                })
                .await?;
            (done, cursor) = (done + step as u64, reached);
        }
        Ok(done)
    }
}

/// How many values each key has sealed.
pub(super) fn sealed_by(
    connection: &SealedConnection<'_>,
) -> Result<Vec<(RecordKeyId, u64)>, SqliteError> {
    let mut counts = std::collections::BTreeMap::new();
    for column in &COLUMNS {
        let mut values = connection.prepare(column.select)?;
        let mut rows = values.query([column.first])?;
        while let Some(row) = rows.next()? {
            let value: Vec<u8> = row.get(2)?;
            let id = RecordKeyId::of(&value).ok_or_else(|| StoreError::Sealed {
                place: row.get(1).unwrap_or_default(),
                reason: SealError::NotSealed,
            })?;
            *counts.entry(id).or_insert(0) += 1;
        }
    }
    Ok(counts.into_iter().collect())
}

/// Whether any key has sealed anything.
pub(super) fn any_key(connection: &Connection) -> Result<bool, SqliteError> {
    Ok(connection.prepare("select 1 from record_key")?.exists([])?)
}

/// Sees that the keys are the right ones, and that nothing is in clear; how many values were sealed.
pub(super) fn unlock(
    writer: &mut Connection,
    sealer: &dyn Sealer,
    clear: Clear,
) -> Result<u64, SqliteError> {
    know(writer, sealer)?;
    clear::seal_what_is_clear(writer, sealer, clear)
}

/// Sees that every key that sealed something is there and is the same one.
fn know(writer: &mut Connection, sealer: &dyn Sealer) -> Result<(), SqliteError> {
    let known: Vec<(String, Vec<u8>)> = writer
        .prepare("select id, known_by from record_key")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (id, known_by) in known {
        sealer
            .open(&key_place(&id), &known_by)
            .map_err(|reason| StoreError::RecordKey { id, reason })?;
    }
    super::in_transaction(writer, |transaction| note_newest(transaction, sealer))
}

/// The request of an anchor.
fn request_of(old: &Old) -> Result<(i64, RequestNumber), SqliteError> {
    let [id]: [i64; 1] = serde_json::from_str(&old.key).map_err(corrupt("key"))?;
    Ok((id, read_number(old.place.trim_start_matches("request/"))?))
}

/// The next values that are `wanted`, and how far they were gone through.
fn next(
    connection: &SealedConnection<'_>,
    mut cursor: Cursor,
    most: usize,
    wanted: impl Fn(&[u8]) -> bool,
) -> Result<(Vec<Old>, Cursor), SqliteError> {
    let mut olds = Vec::new();
    while let Some(column) = COLUMNS.get(cursor.column) {
        let mut values = connection.prepare_cached(column.select)?;
        let mut rows = values.query([cursor.key.as_deref().unwrap_or(column.first)])?;
        while let Some(row) = rows.next()? {
            let value = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
            if !wanted(value) {
                continue;
            }
            let value = value.to_vec();
            let place = shown(row, 1);
            olds.push(Old { column: cursor.column, key: row.get(0)?, place, value });
            if olds.len() == most {
                cursor.key = Some(row.get(0)?);
                return Ok((olds, cursor));
            }
        }
        cursor = Cursor { column: cursor.column + 1, key: None };
    }
    Ok((olds, cursor))
}

fn reseal(
    connection: &SealedConnection<'_>,
    olds: &[Old],
    clear: impl Fn(&Old) -> Result<Vec<u8>, SqliteError>,
) -> Result<(), SqliteError> {
    connection.execute("insert or ignore into resealing values ('now')", [])?;
    for old in olds {
        let sealed = connection.seal(&old.place, &clear(old)?)?;
        let update = COLUMNS[old.column].update;
        connection.prepare_cached(update)?.execute(params![sealed, old.key, old.value])?;
    }
    connection.execute("delete from resealing", [])?;
    Ok(())
}

#[cfg(test)]
mod tests;
