//! What an import says of ended codes and of what came out of what, kept beyond its version.

use domain::ParcelCode;
use jiff::civil::Date;
use rusqlite::{Connection, Transaction};

use crate::{
    Ending, StoreError,
    sqlite::value::{read_date, read_parcel_code, text, text_or_null},
};

/// Picks out the few records that have a history. They lie between all the others, so this is
/// done before publishing holds the write lock.
pub(super) fn gather(connection: &Connection, version: i64) -> Result<(), StoreError> {
    connection.execute_batch(
        "drop table if exists temp.said;
         create temp table said (
             code text not null,
             predecessors text not null,
             successors text not null,
             valid_from text,
             valid_to text
         ) strict;
         drop table if exists temp.said_classified;
         create temp table said_classified (code text primary key) strict, without rowid;",
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
    connection.execute(
        "insert into temp.said_classified
         select code from parcel where version_id = ?1 and classified = 1",
        [version],
    )?;
    Ok(())
}

/// Keeps what was gathered of `version`, which becomes the current one on `today`.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    version: i64,
    today: Date,
) -> Result<(), StoreError> {
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
         where s.valid_to <= ?3 and e.ended is not s.valid_to",
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
             group by old, new
         ) s
         left join standing_tie t
             on t.old = s.old and t.dataset = ?1 and t.new = s.new and t.in_effect = 1
         where t.old is null or (s.since <= ?3 and s.since is not t.since)",
        (&dataset, version, &today),
    )?;
    transaction.execute(
        "insert into withheld_code (code, dataset, said_by, withheld)
         select s.code, ?1, ?2, 1
         from temp.said_classified s
         left join standing_withheld w on w.code = s.code and w.dataset = ?1
         where w.withheld is not 1",
        (&dataset, version),
    )?;
    // Only a record of the same data set can take it back.
    transaction.execute(
        "insert into withheld_code (code, dataset, said_by, withheld)
         select w.code, ?1, ?2, 0
         from standing_withheld w
         where w.dataset = ?1 and w.withheld = 1
             and exists (
                 select 1 from parcel p
                 where p.code = w.code and p.version_id = ?2 and p.classified = 0
             )",
        (&dataset, version),
    )?;
    Ok(())
}

/// How `code` ended by what stands of what the data set of `version` has said so far.
pub(super) fn ended(
    connection: &Connection,
    version: i64,
    code: &ParcelCode,
) -> Result<Option<Ending>, StoreError> {
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
