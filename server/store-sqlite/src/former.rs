//! The data as they were when other versions were the current ones, by the very statements that read them now:
//! a connection of its own has views in `temp`, where SQLite looks for a name first, that stand before the
//! tables of the same name. What is classified today stays closed: its rows are gone from kept versions too, and
//! what versions said is withheld counts as it does now. The search tables hold current versions only, so
//! nothing is looked for by words or boxes here.

use std::path::Path;

use domain::classified::ClassifiedKey;
use rusqlite::{Connection, Transaction};

use super::{error::SqliteError, open_reader};

/// A connection on which the versions that [`stand_in`] names are the current ones.
pub(super) fn open(folder: &Path, key: &ClassifiedKey) -> Result<Connection, SqliteError> {
    let connection = open_reader(folder, key)?;
    connection.execute_batch(
        "create table temp.former (version integer primary key) strict;
         create table temp.later (version integer primary key) strict;
         create temp view tie as
             select * from main.tie where said_by not in (select version from temp.later);
         create temp view ended_code as
             select * from main.ended_code where said_by not in (select version from temp.later);",
    )?;
    // Whatever columns there are: one of them is another.
    let columns: String = connection.query_one(
        "select group_concat(iif(name = 'state',
             'case when id in (select version from temp.former) then ''current''
                   when state = ''current'' then ''superseded'' else state end as state',
             name), ', ' order by cid)
         from pragma_table_info('data_version', 'main')",
        [],
        |row| row.get(0),
    )?;
    connection.execute_batch(&format!(
        "create temp view data_version as select {columns} from main.data_version"
    ))?;
    // A view reads the tables of its own schema: those that read one of these are made again beside them.
    let views: Vec<String> = connection
        .prepare("select sql from main.sqlite_schema where type = 'view' order by name")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for view in views {
        let body = view.get("create view".len()..).unwrap_or_default();
        connection.execute_batch(&format!("create temp view{body}"))?;
    }
    Ok(connection)
}

/// Has these versions, `dataset` and number, stand in for the current ones; data sets that are not named have
/// none. `false` where the rows of one are gone, or it was rolled back from.
pub(super) fn stand_in(
    transaction: &Transaction<'_>,
    versions: &[(String, u32)],
) -> Result<bool, SqliteError> {
    for (dataset, number) in versions {
        let found = transaction
            .prepare_cached(
                "insert into temp.former
                 select id from main.data_version
                 where dataset = ?1 and number = ?2 and state in ('current', 'superseded')
                     and withdrawn_at is null",
            )?
            .execute((dataset, number))?;
        if found != 1 {
            return Ok(false);
        }
    }
    transaction.execute(
        "insert into temp.later
         select d.id from temp.former t
         join main.data_version f on f.id = t.version
         join main.data_version d on d.dataset = f.dataset and d.number > f.number",
        [],
    )?;
    Ok(true)
}
