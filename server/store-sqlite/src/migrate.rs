//! Bringing the tables to the state this program needs.

use domain::digest::hexadecimal;
use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest, Sha256};
use store::StoreError;

use crate::error::SqliteError;

/// Every migration in order. A released one is never changed: a new one follows.
const MIGRATIONS: [(&str, &str); 30] = [
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
        "20261129020000_withhold_classified",
        include_str!("migrations/20261129020000_withhold_classified.up.sql"),
    ),
    (
        "20261129030000_seal_requests",
        include_str!("migrations/20261129030000_seal_requests.up.sql"),
    ),
    ("20261129040000_prune_audit", include_str!("migrations/20261129040000_prune_audit.up.sql")),
    ("20261129050000_note_clock", include_str!("migrations/20261129050000_note_clock.up.sql")),
    (
        "20261129060000_anchor_requests",
        include_str!("migrations/20261129060000_anchor_requests.up.sql"),
    ),
    ("20261129070000_drop_pieces", include_str!("migrations/20261129070000_drop_pieces.up.sql")),
    ("20261129090000_index_uses", include_str!("migrations/20261129090000_index_uses.up.sql")),
    (
        "20261130020000_find_restrictions",
        include_str!("migrations/20261130020000_find_restrictions.up.sql"),
    ),
    (
        "20261130130000_measure_restrictions",
        include_str!("migrations/20261130130000_measure_restrictions.up.sql"),
    ),
    (
        "20261130180000_create_notices",
        include_str!("migrations/20261130180000_create_notices.up.sql"),
    ),
    (
        "20261130200000_create_drafts",
        include_str!("migrations/20261130200000_create_drafts.up.sql"),
    ),
    (
        "20261130210000_create_attachments",
        include_str!("migrations/20261130210000_create_attachments.up.sql"),
    ),
    (
        "20261130220000_rate_requests",
        include_str!("migrations/20261130220000_rate_requests.up.sql"),
    ),
    ("20261130230000_create_staff", include_str!("migrations/20261130230000_create_staff.up.sql")),
    ("20261130230100_create_cases", include_str!("migrations/20261130230100_create_cases.up.sql")),
    ("20261130230200_create_queue", include_str!("migrations/20261130230200_create_queue.up.sql")),
    ("20261130230300_tie_drafts", include_str!("migrations/20261130230300_tie_drafts.up.sql")),
    ("20261130230400_add_passkeys", include_str!("migrations/20261130230400_add_passkeys.up.sql")),
    (
        "20261130230500_take_files_in_parts",
        include_str!("migrations/20261130230500_take_files_in_parts.up.sql"),
    ),
    (
        "20261130233000_tell_persons_apart",
        include_str!("migrations/20261130233000_tell_persons_apart.up.sql"),
    ),
    (
        "20261201003400_create_api_keys",
        include_str!("migrations/20261201003400_create_api_keys.up.sql"),
    ),
];

/// Applies what is missing, all of it or nothing. Two processes that start together wait for each
/// other.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), SqliteError> {
    apply(connection, &MIGRATIONS)
}

fn apply(connection: &mut Connection, migrations: &[(&str, &str)]) -> Result<(), SqliteError> {
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
                return Err(StoreError::Schema { reason }.into());
            }
            Some((_, text)) if &hexadecimal(&Sha256::digest(text)) != digest => {
                let reason = format!("{name} was applied with another text");
                return Err(StoreError::Schema { reason }.into());
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
            (name, hexadecimal(&Sha256::digest(text))),
        )?;
    }
    transaction.commit()?;
    Ok(())
}

/// The tables as they were before a migration, for tests of it.
#[cfg(test)]
pub(super) fn migrate_before(connection: &mut Connection, name: &str) -> Result<(), SqliteError> {
    let before = MIGRATIONS.iter().position(|(known, _)| known.ends_with(name));
    apply(connection, &MIGRATIONS[..before.expect("there is a migration of that name")])
}

#[cfg(test)]
mod tests {
    use testkit::CLASSIFIED_KEY as KEY;

    use super::*;

    fn connection() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        crate::classified::register(&connection, &KEY).unwrap();
        crate::search::register(&connection).unwrap();
        crate::ground::register(&connection).unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        connection
    }

    #[test]
    fn migrations_apply_once_and_an_unknown_or_changed_one_is_refused() {
        let mut connection = connection();
        migrate(&mut connection).unwrap();
        migrate(&mut connection).unwrap();
        connection.execute("insert into migration values ('99990101_fly', '')", []).unwrap();
        assert!(matches!(
            migrate(&mut connection),
            Err(SqliteError::Store(StoreError::Schema { .. }))
        ));
        connection.execute("delete from migration where name like '9999%'", []).unwrap();
        connection.execute("update migration set digest = 'other'", []).unwrap();
        assert!(matches!(
            migrate(&mut connection),
            Err(SqliteError::Store(StoreError::Schema { .. }))
        ));
    }

    #[test]
    fn c7_ties_are_filled_from_the_records_that_are_there() {
        let mut connection = connection();
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
                     (3, '', x'010600000000000000', 0, '', '[\"06\"]', '[]', null, null, ''),
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
        for (code, withheld) in [("03", true), ("08", true), ("01", false)] {
            let known = "select exists (select 1 from withheld_code where digest = ?1)";
            let known: bool =
                connection.query_one(known, [KEY.digest_of(code)], |row| row.get(0)).unwrap();
            assert_eq!(known, withheld, "{code}");
        }
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
        let mut connection = connection();
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

    #[tokio::test]
    async fn p5_an_old_folder_keeps_no_byte_of_what_was_classified() {
        use crate::SqliteStore;
        use crate::geometry;
        use store::{Imports, Land};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(crate::DATABASE_FILE);
        let before = MIGRATIONS.iter().position(|(name, _)| name.ends_with("withhold_classified"));
        let [secret, open, gone] =
            ["330521001001GB00077", "330521001001GB00078", "330521001001GB00079"];
        let ring = vec![(120.0, 30.5), (120.001, 30.5), (120.001, 30.501), (120.0, 30.5)];
        let polygon = geo::Polygon::new(geo::LineString::from(ring), Vec::new());
        let outline = geo::MultiPolygon(vec![polygon.clone()]);
        {
            let mut old = Connection::open(&path).unwrap();
            crate::classified::register(&old, &KEY).unwrap();
            crate::search::register(&old).unwrap();
            crate::ground::register(&old).unwrap();
            old.pragma_update(None, "journal_mode", "wal").unwrap();
            old.pragma_update(None, "foreign_keys", true).unwrap();
            apply(&mut old, &MIGRATIONS[..before.unwrap()]).unwrap();
            old.execute_batch(&format!(
                "insert into data_version (id, dataset, number, state, info, imported_at) values
                     (1, 'a', 1, 'current', '{}', '2026-01-01T00:00:00.000000000Z');
                 insert into parcel (id, version_id, code, location, local_id, classified) values
                     (1, 1, '{secret}', 'canary-address', 'canary-id', 1),
                     (2, 1, '{open}', 'open street', null, 0),
                     (3, 1, '{gone}', 'canary-deleted', null, 1),
                     (4, 1, '330521001001GB00080', 'open street', null, 0);
                 insert into unit (parcel_id, code, fields) values (1, '{secret}F00010001', 'canary-home');
                 insert into tie (old, new, dataset, said_by, since, in_effect) values
                     ('{secret}', '{open}', 'a', 1, null, 1),
                     ('330521001001GB00080', '{secret}', 'a', 1, null, 1);
                 insert into ended_code (dataset, code, said_by, ended) values ('a', '{secret}', 1, '2020-01-01');
                 insert into withheld_code (code, dataset, said_by, withheld) values ('{secret}', 'a', 1, 1);",
                r#"{"id":"a","title":{"zh":"a","en":"a"},"source":{"zh":"a","en":"a"},"source_date":"2026-01-01","demonstration":true,"policy":"zhejiang"}"#
            ))
            .unwrap();
            let bytes = geometry::write_outline(&outline).unwrap();
            for (id, before, after) in [
                (1, "[]".to_owned(), format!("[\"{open}\"]")),
                (2, format!("[\"{secret}\"]"), "[]".to_owned()),
                (3, "[]".to_owned(), "[]".to_owned()),
                (4, "[]".to_owned(), format!("[\"{secret}\"]")),
            ] {
                let long = "canary-fields ".repeat(if id == 2 { 0 } else { 900 });
                let fields = format!(r#"{{"location":{{"kind":"text","value":"{long}"}}}}"#);
                old.execute(
                    "insert into parcel_body values (?1, ?2, ?3, 1.0, '[]', ?4, ?5, null, null, '[]')",
                    (id, if id == 2 { "{}" } else { &fields }, &bytes, before, after),
                )
                .unwrap();
            }
            let lake = geometry::write(&geo::Geometry::Polygon(polygon)).unwrap();
            old.execute(
                "insert into base_feature values (1, 1, '\"water\"', 'canary-lake', ?1)",
                [lake],
            )
            .unwrap();
            old.execute(
                "insert into base_box values (1, 120.0, 120.001, 30.5, 30.501, 1, 2, 2)",
                [],
            )
            .unwrap();
            old.execute(
                "insert into restriction values (1, 1, 1, 'canary-zone', 'canary-zone', ?1)",
                [&bytes],
            )
            .unwrap();
            old.execute("insert into piece values (1, 1, 1, ?1)", [&bytes]).unwrap();
            old.execute("insert into finding values (1, 0, 1, 5.0, 0.5, 0)", []).unwrap();
            // In free pages.
            old.execute("delete from parcel where id = 3", []).unwrap();
        }
        let store = SqliteStore::open(folder.path(), &KEY).unwrap();
        let code = |text: &str| {
            domain::ParcelCode::parse(text, domain::code::Strictness::LookUp).unwrap().code
        };
        assert!(store.is_classified(&code(secret)).await.unwrap());
        let place = domain::LandCode::Parcel;
        assert_eq!(store.record(&place(code(secret))).await.unwrap(), None);
        let kept = store.record(&place(code(open))).await.unwrap().unwrap();
        assert_eq!(kept.parcel.predecessors, []);
        // It ended, on no day, only into what is classified.
        assert_eq!(store.record(&place(code("330521001001GB00080"))).await.unwrap(), None);
        let mut import = store.begin_import(&kept.version.dataset).unwrap();
        for ended in [secret, "330521001001GB00080"] {
            assert_eq!(import.ended(&code(ended)).unwrap(), Some(store::Ending::Unnamed));
        }
        drop(import);
        drop(store);
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let file = entry.unwrap().path();
            let bytes = std::fs::read(&file).unwrap();
            for word in ["canary", secret, gone] {
                let found = bytes.windows(word.len()).any(|window| window == word.as_bytes());
                assert!(!found, "{word} in {}", file.display());
            }
        }
        // It opens again, and is not written anew.
        drop(SqliteStore::open(folder.path(), &KEY).unwrap());
    }

    #[test]
    fn p5_pieces_of_an_old_folder_leave_nothing_in_free_pages() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(crate::DATABASE_FILE);
        {
            let mut old = Connection::open(&path).unwrap();
            crate::classified::register(&old, &KEY).unwrap();
            crate::search::register(&old).unwrap();
            crate::ground::register(&old).unwrap();
            old.pragma_update(None, "journal_mode", "wal").unwrap();
            migrate_before(&mut old, "drop_pieces").unwrap();
            for id in 0..200 {
                let outline = "canary ".repeat(100).into_bytes();
                old.execute("insert into piece values (?1, 1, 1, ?2)", (id, outline)).unwrap();
                old.execute("insert into piece_box values (?1, 120, 121, 30, 31, 1)", [id])
                    .unwrap();
            }
            // Nothing else would write the database anew.
            old.pragma_update(None, "user_version", 1).unwrap();
        }
        let holds_it = || {
            let files = std::fs::read_dir(folder.path()).unwrap();
            let mut files = files.map(|file| std::fs::read(file.unwrap().path()).unwrap());
            files.any(|bytes| bytes.windows(6).any(|window| window == b"canary"))
        };
        assert!(holds_it());
        drop(crate::SqliteStore::open(folder.path(), &KEY).unwrap());
        assert!(!holds_it());
    }

    #[test]
    fn x2_an_audit_that_was_never_written_in_is_told_from_one_that_was_emptied() {
        let unbegun = |before: &str| {
            let mut connection = Connection::open_in_memory().unwrap();
            crate::classified::register(&connection, &KEY).unwrap();
            crate::search::register(&connection).unwrap();
            crate::ground::register(&connection).unwrap();
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
        let data = "insert into data_version (id, dataset, number, state, info, imported_at)
            values (1, 'a', 1, 'current', '', '2026-01-01T00:00:00.000000000Z');";
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
