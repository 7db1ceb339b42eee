//! Bringing the tables to the state this program needs.

use std::fmt::Write;

use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// Every migration in order. A released one is never changed: a new one follows.
const MIGRATIONS: [(&str, &str); 11] = [
    ("20261122150000_create_land", include_str!("migrations/20261122150000_create_land.up.sql")),
    (
        "20261122150100_create_requests",
        include_str!("migrations/20261122150100_create_requests.up.sql"),
    ),
    ("20261122160000_create_audit", include_str!("migrations/20261122160000_create_audit.up.sql")),
    (
        "20261122160100_create_labels",
        include_str!("migrations/20261122160100_create_labels.up.sql"),
    ),
    (
        "20261122160200_create_ended_codes",
        include_str!("migrations/20261122160200_create_ended_codes.up.sql"),
    ),
    ("20261122180000_create_ties", include_str!("migrations/20261122180000_create_ties.up.sql")),
    (
        "20261128210000_intervene_in_deliveries",
        include_str!("migrations/20261128210000_intervene_in_deliveries.up.sql"),
    ),
    (
        "20261128210000_keep_versions",
        include_str!("migrations/20261128210000_keep_versions.up.sql"),
    ),
    (
        "20261128213000_index_endings",
        include_str!("migrations/20261128213000_index_endings.up.sql"),
    ),
    (
        "20261129030000_seal_requests",
        include_str!("migrations/20261129030000_seal_requests.up.sql"),
    ),
    ("20261129040000_prune_audit", include_str!("migrations/20261129040000_prune_audit.up.sql")),
];

/// Applies what is missing, all of it or nothing. Two processes that start together wait for each
/// other.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    apply(connection, &MIGRATIONS)
}

fn apply(connection: &mut Connection, migrations: &[(&str, &str)]) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "create table if not exists migration (
            name text primary key,
            digest text not null -- SHA-256 of the file, hexadecimal
        ) strict, without rowid",
    )?;
    let applied: Vec<(String, String)> = transaction
        .prepare("select name, digest from migration order by name")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (name, digest) in &applied {
        let known = migrations.iter().find(|(known, _)| known == name);
        match known {
            None => {
                let reason = format!("{name} was made by a newer program");
                return Err(StoreError::Schema { reason });
            }
            Some((_, text)) if &hexadecimal(text) != digest => {
                let reason = format!("{name} was applied with another text");
                return Err(StoreError::Schema { reason });
            }
            Some(_) => {}
        }
    }
    for (name, text) in migrations {
        if applied.iter().any(|(applied, _)| applied == name) {
            continue;
        }
        transaction.execute_batch(text)?;
        transaction.execute(
            "insert into migration (name, digest) values (?1, ?2)",
            (name, hexadecimal(text)),
        )?;
    }
    transaction.commit()?;
    Ok(())
}

/// The tables as they were before a migration, for tests of it.
#[cfg(test)]
pub(super) fn migrate_before(connection: &mut Connection, name: &str) -> Result<(), StoreError> {
    let before = MIGRATIONS.iter().position(|(known, _)| known.ends_with(name));
    apply(connection, &MIGRATIONS[..before.unwrap_or(MIGRATIONS.len())])
}

fn hexadecimal(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::with_capacity(64), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrations_apply_once_and_an_unknown_or_changed_one_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("insert into migration values ('99990101_fly', '')", []).unwrap();
        assert!(matches!(migrate(&mut connection), Err(StoreError::Schema { .. })));
        connection.execute("delete from migration where name like '9999%'", []).unwrap();
        connection.execute("update migration set digest = 'other'", []).unwrap();
        assert!(matches!(migrate(&mut connection), Err(StoreError::Schema { .. })));
    }

    #[test]
    fn c7_ties_are_filled_from_the_records_that_are_there() {
        let mut connection = Connection::open_in_memory().unwrap();
        let before = MIGRATIONS.iter().position(|(name, _)| name.ends_with("create_ties")).unwrap();
        apply(&mut connection, &MIGRATIONS[..before]).unwrap();
        connection
            .execute_batch(
                "insert into data_version values
                     (1, 'a', 1, 'past', '', '2026-01-01T00:00:00.000000000Z'),
                     (2, 'a', 2, 'current', '', '2026-01-01T00:00:00.000000000Z');
                 insert into parcel (id, version_id, code, classified) values
                     (1, 2, '01', 0), (2, 2, '02', 0), (3, 2, '03', 1), (4, 2, '04', 0);
                 insert into parcel_body values
                     (1, '', x'', 0, '', '[]', '[\"02\"]', null, '2020-01-31', ''),
                     (2, '', x'', 0, '', '[\"01\",\"05\"]', '[]', '2020-02-01', null, ''),
                     (3, '', x'', 0, '', '[\"06\"]', '[]', null, null, ''),
                     (4, '', x'', 0, '', '[]', '[\"07\"]', null, '2030-01-01', '');
                 insert into ended_code values
                     ('a', '01', '2020-01-31'), ('a', '05', '2020-01-31'), ('a', '08', '2019-01-01');",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let ties: Vec<String> = connection
            .prepare(
                "select concat_ws(' ', old, new, dataset, coalesce(since, '-'), in_effect)
                 from tie order by old",
            )
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(
            ties,
            ["01 02 a 2020-02-01 1", "04 07 a 2030-01-01 0", "05 02 a 2020-02-01 1", "06 03 a - 1",]
        );
        // Classified, or gone for so long that nobody knows.
        let withheld: String = connection
            .query_one("select group_concat(code, ' ') from withheld_code", [], |row| row.get(0))
            .unwrap();
        assert_eq!(withheld, "03 08");
        for statement in [
            "delete from tie",
            "update tie set new = '99' where old = '01'",
            "update tie set in_effect = 0 where old = '01'",
            "delete from ended_code",
        ] {
            assert!(connection.execute(statement, []).is_err(), "{statement}");
        }
    }

    #[test]
    fn s5_what_was_to_be_delivered_before_is_still_to_be_delivered() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        let before = MIGRATIONS.iter().position(|(name, _)| name.ends_with("in_deliveries"));
        apply(&mut connection, &MIGRATIONS[..before.unwrap()]).unwrap();
        connection
            .execute_batch(
                "insert into request values (1, 'JM-1', 'key', x'', '{}', '2026');
                 insert into delivery (id, request_id, department, body, state, attempts, due_at)
                 values ('b', 1, 'b', x'01', 'stuck', 3, null),
                     ('a', 1, 'a', x'02', 'pending', 0, '2026'),
                     ('c', 1, 'c', x'03', 'delivered', 1, null);",
            )
            .unwrap();
        let after = MIGRATIONS.iter().position(|(name, _)| name.ends_with("seal_requests"));
        apply(&mut connection, &MIGRATIONS[..after.unwrap()]).unwrap();
        let kept: Vec<String> = connection
            .prepare("select concat_ws(' ', id, hex(body), state, attempts) from delivery order by rowid")
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        assert_eq!(kept, ["b 01 stuck 3", "a 02 pending 0", "c 03 delivered 1"]);
        for statement in [
            "delete from delivery where id = 'a'",
            "delete from delivery where id = 'b'",
            "update delivery set body = x'00'",
            "update delivery set state = 'lost' where id = 'a'",
        ] {
            assert!(connection.execute(statement, []).is_err(), "{statement}");
        }
        // What was delivered may be deleted by whoever may delete, its journal with it.
        connection
            .execute_batch(
                "insert into delivery_event values ('c', 1, '2026', 'delivered', '{}', null, '');
                 delete from delivery where id = 'c';",
            )
            .unwrap();
        let events = "select count(*) from delivery_event";
        assert_eq!(connection.query_one(events, [], |row| row.get::<_, i64>(0)).unwrap(), 0);
    }

    #[test]
    fn x2_an_audit_that_was_never_written_in_is_told_from_one_that_was_emptied() {
        let unbegun = |before: &str| {
            let mut connection = Connection::open_in_memory().unwrap();
            let at = MIGRATIONS.iter().position(|(name, _)| name.ends_with("prune_audit")).unwrap();
            apply(&mut connection, &MIGRATIONS[..at]).unwrap();
            connection.execute_batch(before).unwrap();
            migrate(&mut connection).unwrap();
            connection
                .query_one("select exists (select 1 from audit_unbegun)", [], |row| {
                    row.get::<_, bool>(0)
                })
                .unwrap()
        };
        let data = "insert into data_version values
            (1, 'a', 1, 'current', '', '2026-01-01T00:00:00.000000000Z', null, null, null, null);";
        let end = "insert into audit_head values (1, 5, '', '');";
        assert!(unbegun(data), "data, and nobody looked");
        assert!(!unbegun(""), "a new database is no old one");
        assert!(!unbegun(&format!("{data}{end}")), "its entries are gone");
    }

    #[test]
    fn migrations_stand_in_the_order_of_their_names() {
        assert!(MIGRATIONS.is_sorted_by_key(|(name, _)| *name));
    }
}
