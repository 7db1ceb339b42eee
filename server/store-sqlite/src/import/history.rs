//! What an import says of ended codes and of what came out of what, kept beyond its version.

use domain::{ParcelCode, classified::CodeDigest};
use jiff::civil::Date;
use rusqlite::{Connection, Transaction};
use store::Ending;

use crate::error::SqliteError;
use crate::value::{read_date, read_parcel_code, text, text_or_null};

/// A code that ended, and that may not be named or led to what may not be.
pub(super) struct Unnamed {
    pub(super) code: CodeDigest,
    /// The day; `None` when it is not said, and so not to come.
    pub(super) ended: Option<Date>,
    /// Whether the code may be named itself, and led to what may not be.
    pub(super) led_on: bool,
}

/// Picks out the few records that have a history. They lie between all the others, so this is
/// done before publishing holds the write lock.
pub(super) fn gather(connection: &Connection, version: i64) -> Result<(), SqliteError> {
    connection.execute_batch(
        "drop table if exists temp.said;
         create temp table said (
             code text not null,
             predecessors text not null,
             successors text not null,
             valid_from text,
             valid_to text
         ) strict;
         drop table if exists temp.taken_back;
         create temp table taken_back (digest blob primary key) strict, without rowid;",
    )?;
    connection.execute(
        "insert into temp.said
         select p.code, b.predecessors, b.successors, b.valid_from, b.valid_to
         from parcel p
         join parcel_body b on b.parcel_id = p.id
         where p.version_id = ?1
             and (b.predecessors <> '[]' or b.successors <> '[]' or b.valid_to is not null)",
        [version],
    )?;
    // Only a record of the same data set takes back that a code is classified. Where nothing waits
    // for that, no code is looked at.
    connection.execute(
        "insert or ignore into temp.taken_back
         select w.digest from standing_withheld w
         where w.withheld = 1
             and w.dataset = (select dataset from data_version where id = ?1)
             and w.digest not in (select digest from classified_code where version_id = ?1)
             and w.digest in (select code_digest(code) from parcel where version_id = ?1)",
        [version],
    )?;
    Ok(())
}

/// Keeps what was gathered of `version`, which becomes the current one on `today`.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    version: i64,
    today: Date,
) -> Result<(), SqliteError> {
    let dataset: String = transaction.query_one(
        "select dataset from data_version where id = ?1",
        [version],
        |row| row.get(0),
    )?;
    let today = today.to_string();
    transaction.execute(
        "insert into ended_code (dataset, code, said_by, ended)
         select ?1, s.code, ?2, s.valid_to
         from temp.said s
         left join standing_end e on e.dataset = ?1 and e.code = s.code
         where s.valid_to <= ?3 and e.ended is not s.valid_to
             and code_digest(s.code) not in (select digest from temp.unnamed)",
        (&dataset, version, &today),
    )?;
    // Plans of versions that cannot come back.
    transaction.execute(
        "delete from tie
         where dataset = ?1 and in_effect = 0
             and said_by in (select id from data_version where dataset = ?1 and state = 'past')",
        [&dataset],
    )?;
    // The new parcel's record knows the day best. Where nobody gives one, it is no plan.
    transaction.execute(
        "insert into tie (old, new, dataset, said_by, since, in_effect)
         select s.old, s.new, ?1, ?2, s.since, coalesce(s.since, '') <= ?3
         from (
             select old, new, coalesce(min(begun), max(ended)) as since
             from (
                 select each.value as old, code as new, valid_from as begun, null as ended
                 from temp.said, json_each(predecessors) each
                 union all
                 select code, each.value, null, valid_to
                 from temp.said, json_each(successors) each
             )
             where old <> new
                 and code_digest(old) not in (select digest from temp.unnamed)
                 and code_digest(new) not in (select digest from temp.unnamed)
             group by old, new
         ) s
         left join standing_tie t
             on t.old = s.old and t.dataset = ?1 and t.new = s.new and t.in_effect = 1
         where t.old is null or (s.since <= ?3 and s.since is not t.since)",
        (&dataset, version, &today),
    )?;
    transaction.execute(
        "insert into withheld_code (digest, dataset, said_by, withheld)
         select c.digest, ?1, ?2, 1
         from classified_code c
         left join standing_withheld w on w.digest = c.digest and w.dataset = ?1
         where c.version_id = ?2 and w.withheld is not 1
         on conflict do update set withheld = 1",
        (&dataset, version),
    )?;
    transaction.execute(
        "insert or ignore into withheld_code (digest, dataset, said_by, withheld)
         select t.digest, ?1, ?2, 0 from temp.taken_back t
         where t.digest not in (select digest from classified_code where version_id = ?2)",
        (&dataset, version),
    )?;
    Ok(())
}

/// Keeps that codes ended which may not be named themselves, or led to what may not be.
pub(super) fn keep_unnamed(
    transaction: &Transaction<'_>,
    version: i64,
    unnamed: &[Unnamed],
    today: Date,
) -> Result<(), SqliteError> {
    let mut end = transaction.prepare_cached(
        "insert or ignore into withheld_end (dataset, digest, said_by)
         select dataset, ?2, id from data_version where id = ?1",
    )?;
    let mut led = transaction.prepare_cached(
        "insert or ignore into withheld_code (digest, dataset, said_by, withheld)
         select ?2, dataset, id, 2 from data_version where id = ?1",
    )?;
    for Unnamed { code, ended, led_on } in unnamed {
        if ended.is_none_or(|day| day <= today) {
            end.execute((version, code))?;
            if *led_on {
                led.execute((version, code))?;
            }
        }
    }
    Ok(())
}

/// How `code` ended by what stands of what the data set of `version` has said so far.
pub(super) fn ended(
    connection: &Connection,
    version: i64,
    code: &ParcelCode,
) -> Result<Option<Ending>, SqliteError> {
    let day = connection
        .prepare_cached(
            "select e.ended from standing_end e
             join data_version v on v.dataset = e.dataset
             where v.id = ?1 and e.code = ?2",
        )?
        .query_and_then((version, code.as_str()), |row| read_date(text_or_null(row, 0)?))?
        .next()
        .transpose()?
        .flatten();
    if let Some(day) = day {
        return Ok(Some(Ending::On(day)));
    }
    let unnamed = connection
        .prepare_cached(
            "select 1 from standing_withheld_end e
             join data_version v on v.dataset = e.dataset
             where v.id = ?1 and e.digest = code_digest(?2)",
        )?
        .exists((version, code.as_str()))?;
    if unnamed {
        return Ok(Some(Ending::Unnamed));
    }
    connection
        .prepare_cached(
            "select t.new, t.since from standing_tie t
             join data_version v on v.dataset = t.dataset
             where v.id = ?1 and t.old = ?2 and t.in_effect = 1
             order by t.new limit 1",
        )?
        .query_and_then((version, code.as_str()), |row| {
            Ok(Ending::Into {
                successor: read_parcel_code(text(row, 0)?)?,
                on: read_date(text_or_null(row, 1)?)?,
            })
        })?
        .next()
        .transpose()
}
