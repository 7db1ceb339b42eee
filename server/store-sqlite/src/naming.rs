//! Which codes may be named, by the data sets that everybody may be told of. One statement decides,
//! whatever there is to a code.

use domain::{ParcelCode, lineage::MOST_CODES};
use jiff::civil::Date;
use rusqlite::{Connection, named_params};

use crate::error::SqliteError;

/// Whether the record that answers for a code may be told of; null where there is none.
macro_rules! recorded {
    ($code:literal) => {
        concat!(
            "(select v.dataset in (select value from json_each(:public))
              from parcel p join data_version v on v.id = p.version_id
              where p.code = ",
            $code,
            " and v.state = 'current'
              order by v.info ->> 'source_date' desc, p.version_id desc
              limit 1)"
        )
    };
}

/// What stands of the ties from a code on, as `standing_tie` has it. Not by that view: a condition
/// from outside does not reach into it, and the whole table would be read.
macro_rules! standing {
    ($code:literal) => {
        concat!(
            " from tie t join data_version w on w.id = t.said_by
              where t.old = ",
            $code,
            " and t.dataset = v.dataset and w.withdrawn_at is null
              and (t.in_effect = 1 or w.state = 'current') "
        )
    };
}

/// The data set that knows a code without a record as ended, if it may be told of; as
/// `lineage::Remembered` finds it.
macro_rules! former {
    ($code:literal) => {
        concat!(
            "(select iif(
                  known.dataset in (select value from json_each(:public))
                      and coalesce(coalesce(known.ended, known.day) <= :today, known.leads),
                  known.dataset, null
              )
              from (
                  select v.dataset as dataset,
                      (select e.ended from ended_code e join data_version w on w.id = e.said_by
                       where e.dataset = v.dataset and e.code = ",
            $code,
            " and w.withdrawn_at is null order by e.said_by desc limit 1) as ended,
                      (select iif(count(*) = count(since), min(since), null)
                       from (select t.since as since, max(t.said_by)",
            standing!($code),
            " group by t.new)) as day,
                      exists (select 1",
            standing!($code),
            ") as leads
                  from data_version v where v.state = 'current' order by v.id desc
              ) known
              where (known.ended is not null or known.leads)
                  and not exists (
                      select 1 from parcel p join data_version o on o.id = p.version_id
                      where p.code = ",
            $code,
            " and o.state = 'current'
                  )
                  and not exists (
                      select 1 from (
                          select h.withheld as withheld, max(h.said_by)
                          from withheld_code h join data_version w on w.id = h.said_by
                          where h.digest = code_digest(",
            $code,
            ") and w.withdrawn_at is null group by h.dataset
                      ) latest
                      where latest.withheld = 1 or latest.withheld = 2 and not known.leads
                  )
                  and not exists (
                      select 1 from classified_code c join data_version o on o.id = c.version_id
                      where c.digest = code_digest(",
            $code,
            ") and o.state = 'current'
                  )
              limit 1)"
        )
    };
}

/// Whether a code may be named: its record may be told of, or it has none any more and led on to
/// such a code, or to nothing at all. `former` is the data set that knows it as ended, if that may
/// be told of.
pub(super) fn may_be_named(
    connection: &Connection,
    code: &ParcelCode,
    former: Option<&str>,
    public: &str,
    today: Date,
) -> Result<bool, SqliteError> {
    let most = i64::try_from(MOST_CODES).unwrap_or(i64::MAX);
    let named = connection
        .prepare_cached(concat!(
            "with recursive reached (code, dataset) as (
                 select :code, :former
                 union
                 select step.new, ",
            former!("step.new"),
            "
                 from reached
                 join tie step on step.old = reached.code and step.dataset = reached.dataset
                 join data_version said on said.id = step.said_by
                 where said.withdrawn_at is null and (step.in_effect = 1 or said.state = 'current')
                 limit :most
             )
             select exists (
                 select 1 from reached
                 where coalesce(",
            recorded!("reached.code"),
            ", 0) or reached.dataset is not null and not exists (
                     select 1 from tie t join data_version w on w.id = t.said_by
                     where t.old = reached.code and t.dataset = reached.dataset
                         and w.withdrawn_at is null and (t.in_effect = 1 or w.state = 'current')
                 )
             )"
        ))?
        .query_one(
            named_params! {
                ":code": code.as_str(), ":former": former, ":public": public,
                ":today": today.to_string(), ":most": most,
            },
            |row| row.get(0),
        )?;
    Ok(named)
}

/// Whether the record that answers for a code is from one of the data sets.
pub(super) fn is_recorded(
    connection: &Connection,
    code: &ParcelCode,
    datasets: &str,
) -> Result<bool, SqliteError> {
    let recorded = connection
        .prepare_cached(concat!("select coalesce(", recorded!(":code"), ", 0)"))?
        .query_one(named_params! { ":code": code.as_str(), ":public": datasets }, |row| {
            row.get(0)
        })?;
    Ok(recorded)
}
