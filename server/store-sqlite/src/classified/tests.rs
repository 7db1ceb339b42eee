//! What cannot be cleared at once is cleared later.

use std::path::Path;

use testkit::CLASSIFIED_KEY as KEY;

use super::*;
use crate::{migrate, open_for_copy, open_writer};

/// A folder with a version; nobody waits for anybody in it.
fn folder() -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let mut connection = open_writer(folder.path(), &KEY).unwrap();
    migrate::migrate(&mut connection).unwrap();
    connection
        .execute_batch(
            "insert into data_version (id, dataset, state, info) values (1, 'a', 'past', '')",
        )
        .unwrap();
    connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    (folder, connection)
}

/// Another program that reads what is there now, for as long as it is held.
fn reader(folder: &Path) -> Connection {
    let reader = open_for_copy(folder).unwrap();
    reader.execute_batch("begin; select count(*) from data_version;").unwrap();
    reader
}

fn mark(connection: &Connection) -> i64 {
    connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[test]
fn p5_a_log_that_another_program_reads_is_cleared_at_the_next_start() {
    let (folder, mut connection) = folder();
    let reader = reader(folder.path());
    clear_once(&mut connection, &KEY).unwrap();
    assert_eq!(mark(&connection), TRACES_LEFT, "the log has it yet");
    drop(reader);
    clear_once(&mut connection, &KEY).unwrap();
    assert_eq!(mark(&connection), CLEARED);
}

#[test]
fn p5_what_a_change_could_not_wipe_is_cleared_at_the_next_start() {
    let (folder, mut connection) = folder();
    clear_once(&mut connection, &KEY).unwrap();
    let scrubbed = |connection: &mut Connection| {
        gather(connection, 1, None, &KEY).unwrap();
        in_transaction(connection, |transaction| {
            transaction.execute("insert into temp.exposed values (7, 1, x'00')", [])?;
            scrub(transaction)
        })
        .unwrap();
        assert_eq!(mark(connection), TRACES_LEFT, "a kill here is made good");
    };
    // Somebody reads, and then the word index does not take it: neither undoes what happened.
    let held = reader(folder.path());
    scrubbed(&mut connection);
    wipe(&connection);
    assert_eq!(mark(&connection), TRACES_LEFT);
    drop(held);
    wipe(&connection);
    assert_eq!(mark(&connection), CLEARED);
    scrubbed(&mut connection);
    connection.execute_batch("drop table parcel_text").unwrap();
    wipe(&connection);
    assert_eq!(mark(&connection), TRACES_LEFT);
}
