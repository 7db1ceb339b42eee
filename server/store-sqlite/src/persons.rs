//! Whose accounts are whose.

use domain::{person_number::PersonNumber, staff::StaffId};
use rusqlite::params;
use store::Persons;

use super::{
    error::SqliteError,
    sealed::{SealedConnection, person_place},
    value::{blob, corrupt, text},
};

/// Says whose an account is; `false` where there is none.
pub(super) fn identify(
    connection: &SealedConnection<'_>,
    id: &StaffId,
    person: &PersonNumber,
) -> Result<bool, SqliteError> {
    let sealed = connection.seal_value(&person_place(id.as_str()), person)?;
    let changed = connection
        .prepare_cached(
            "insert into staff_person (staff_id, content) select id, ?2 from staff where id = ?1
             on conflict (staff_id) do update set content = excluded.content",
        )?
        .execute(params![id.as_str(), sealed])?;
    Ok(changed > 0)
}

/// Whose the accounts of an office are, or all.
pub(super) fn persons(
    connection: &SealedConnection<'_>,
    office: Option<&str>,
) -> Result<Persons, SqliteError> {
    connection
        .prepare_cached(
            "select p.staff_id, p.content from staff_person p join staff s on s.id = p.staff_id
             where ?1 is null or s.office = ?1",
        )?
        .query_and_then([office], |row| {
            let id = text(row, 0)?;
            let person = connection.open_value(&person_place(id), blob(row, 1)?)?;
            let id = StaffId::try_from(id.to_owned()).map_err(corrupt("member of staff"))?;
            Ok((id, person))
        })?
        .collect::<Result<_, SqliteError>>()
        .map(Persons)
}
