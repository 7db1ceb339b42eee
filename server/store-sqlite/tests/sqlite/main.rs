//! The embedded store against the suite that every store must pass, and what is its own.

#[cfg(test)]
mod anchors;
#[cfg(test)]
mod opening;
#[cfg(test)]
mod sealed;

#[cfg(test)]
mod sqlite {
    use std::process::Command;

    use store::{
        Change, Cleared, Imports, LabelPage, Labels, Land, Outbox, StoreError, Versions,
        Withdrawal, Withdrawn,
    };
    use store_sqlite::SqliteStore;

    use store_suite::{Storage, samples};

    use super::opening::{opened, sqlite};

    fn place() -> Storage<SqliteStore> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        Storage::new(move || sqlite(&path), folder)
    }

    store_suite::conformance!(place());

    /// The long run of the case of this name: 10,000 presses.
    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "takes about a minute: cargo test -p store-sqlite --test sqlite -- --ignored ten_thousand"]
    async fn desk_d9_ten_thousand_presses_call_each_ticket_once_and_in_order() {
        store_suite::queue::pressed_at_once(&place(), 250).await;
    }

    const KILLED: &str = "JIANMA_TEST_KILLED_IN";

    /// The import that dies, in a process of its own.
    #[test]
    #[ignore = "ends its process; others start it"]
    fn dying_import() {
        let folder = std::env::var_os(KILLED).unwrap();
        let store = opened(folder.as_ref());
        let mut import = store.begin_import(&samples::dataset("deqing")).unwrap();
        for number in 0..2_500 {
            assert!(import.put_parcel(&samples::parcel(number), &[], &[]).unwrap());
        }
        std::process::abort();
    }

    #[tokio::test]
    async fn a_killed_import_shows_nothing_and_the_next_one_removes_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(folder.path());
        samples::publish(&store, "deqing", &[samples::parcel(7)]);
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "sqlite::dying_import"])
            .env(KILLED, folder.path())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(!status.success());
        let rows = |table: &str| rows(folder.path(), table);
        assert!(rows("parcel") > 1_000, "the dead import had written");
        assert!(store.record(&samples::code(7)).await.unwrap().is_some());
        assert_eq!(store.record(&samples::code(8)).await.unwrap(), None);
        assert_eq!(samples::found(&store, "永安街").await, [samples::parcel_code(7)]);

        drop(store.begin_import(&samples::dataset("deqing")).unwrap());
        for table in ["parcel", "parcel_body", "parcel_box", "parcel_text", "data_version"] {
            assert_eq!(rows(table), 1, "{table}");
        }
        for number in 2..4 {
            let version = samples::publish(&store, "deqing", &[samples::parcel(8)]);
            assert_eq!(version.number, number);
            assert_eq!(rows("parcel"), 2, "the version before is kept");
            for table in ["parcel_box", "parcel_text"] {
                assert_eq!(rows(table), 1, "{table} has the current one alone");
            }
        }
        assert_eq!(rows("data_version"), 3, "and the first stays as history");
    }

    fn rows(folder: &std::path::Path, table: &str) -> i64 {
        let connection = rusqlite::Connection::open(folder.join("jianma.sqlite3")).unwrap();
        let sql = format!("select count(*) from {table}");
        connection.query_one(&sql, [], |row| row.get(0)).unwrap()
    }

    #[tokio::test]
    async fn what_a_killed_import_left_is_cleared_without_another_import() {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(folder.path());
        samples::publish(&store, "deqing", &[samples::parcel(7)]);
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "sqlite::dying_import"])
            .env(KILLED, folder.path())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(!status.success());
        assert_eq!(store.clear_left_over().await.unwrap(), Cleared::Removed);
        assert_eq!(store.clear_left_over().await.unwrap(), Cleared::Nothing);
        for table in ["parcel", "parcel_body", "parcel_box", "parcel_text", "data_version"] {
            assert_eq!(rows(folder.path(), table), 1, "{table}");
        }
    }

    #[tokio::test]
    async fn a_rollback_that_was_cut_off_is_finished_by_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(folder.path());
        let change = Change { at: samples::at(9), by: "operator".into() };
        let all: Vec<_> = (0..50).map(samples::parcel).collect();
        samples::publish(&store, "deqing", &all);
        samples::publish(&store, "deqing", &[samples::parcel(99)]);
        // As if one had died half-way: some rows of the kept version are in the search tables.
        let connection = rusqlite::Connection::open(folder.path().join("jianma.sqlite3")).unwrap();
        connection
            .execute_batch(
                "insert into parcel_text (rowid, code, local_id, location)
                     select id, code, local_id, location from parcel where version_id = 1 limit 20;
                 insert into parcel_box
                     select id, longitude, longitude, latitude, latitude, 1
                     from parcel where version_id = 1 limit 9;",
            )
            .unwrap();
        assert_eq!(samples::found(&store, "永安街").await, [samples::parcel_code(99)]);
        store.roll_back("deqing", None, &change).await.unwrap();
        assert_eq!(
            (rows(folder.path(), "parcel_text"), rows(folder.path(), "parcel_box")),
            (50, 50)
        );
        assert_eq!(samples::found(&store, "永安街 49").await, [samples::parcel_code(49)]);
        // Or at its end: they go with the next clean-up.
        connection
            .execute(
                "insert into parcel_text (rowid, code, local_id, location)
                     select id, code, local_id, location from parcel where version_id = 2",
                [],
            )
            .unwrap();
        assert_eq!(store.clear_left_over().await.unwrap(), Cleared::Removed);
        assert_eq!(rows(folder.path(), "parcel_text"), 50);
    }

    #[tokio::test]
    async fn rows_that_must_stay_cannot_be_deleted_by_hand() {
        let folder = tempfile::tempdir().unwrap();
        let store = sqlite(folder.path());
        samples::submit(&store, 1).await;
        let id = store_suite::outbox::take(&store, "a", 10).await;
        let stuck = store::DeliveryOutcome::Stuck { reason: "410".into() };
        assert!(store.record_outcome(&id, "a", samples::at(11), &stuck).await.unwrap());
        let connection = rusqlite::Connection::open(folder.path().join("jianma.sqlite3")).unwrap();
        for statement in [
            "delete from delivery",
            "delete from request",
            "delete from request_event",
            "update request_event set content = x'00'",
            "update message set content = x'00'",
            "delete from message",
            "update delivery_event set content = x'00'",
            "delete from delivery_event",
        ] {
            assert!(connection.execute(statement, []).is_err(), "{statement}");
        }
    }

    #[tokio::test]
    async fn x2_a_row_outside_the_chain_does_not_pass() {
        use store::Audit;
        use store_suite::audit::{KEY, checked, records};

        for sequence in [0, -5, 6, 99] {
            let folder = tempfile::tempdir().unwrap();
            let store = sqlite(folder.path());
            store.note(records(5), &KEY, Vec::new(), None).await.unwrap();
            assert!(store.audit_is_whole().await.unwrap());
            assert_eq!(checked(&store).await, Ok(5));
            let by_hand = rusqlite::Connection::open(folder.path().join("jianma.sqlite3")).unwrap();
            by_hand
                .execute(
                    "insert into audit_entry (sequence, note, seal)
                     select ?1, note, seal from audit_entry where sequence = 5",
                    [sequence],
                )
                .unwrap();
            assert!(!store.audit_is_whole().await.unwrap(), "{sequence}");
            assert!(checked(&store).await.is_err(), "{sequence}");
        }
    }

    #[tokio::test]
    async fn x2_an_audit_changed_by_hand_does_not_pass() {
        use domain::audit::AuditFault::{CutOff, Gap, Head, Seal, Unreadable};
        use store::Audit;
        use store_suite::audit::{KEY, checked, records};

        let folder = tempfile::tempdir().unwrap();
        let store = sqlite(folder.path());
        store.note(records(5), &KEY, Vec::new(), None).await.unwrap();
        let by_hand = rusqlite::Connection::open(folder.path().join("jianma.sqlite3")).unwrap();
        let attacks = [
            (
                "update audit_entry set note = replace(note, '拟购房', '看看') where sequence = 2",
                Seal { sequence: 2 },
            ),
            (
                "update audit_entry set note = ' ' || note where sequence = 3",
                Unreadable { sequence: 3 },
            ),
            ("update audit_entry set note = '{}' where sequence = 3", Unreadable { sequence: 3 }),
            ("delete from audit_entry where sequence = 1", Gap { expected: 1, found: 2 }),
            ("delete from audit_entry where sequence = 4", Gap { expected: 4, found: 5 }),
            ("delete from audit_entry where sequence = 5", CutOff { expected: 5, found: 4 }),
            (
                "update audit_entry set sequence = 9 - sequence where sequence in (4, 5); ",
                Seal { sequence: 4 },
            ),
            ("delete from audit_head", Head),
            (
                "delete from audit_entry where sequence = 5;
              update audit_head set sequence = 4,
                seal = (select seal from audit_entry where sequence = 4)",
                Head,
            ),
        ];
        for (attack, fault) in attacks {
            assert!(
                by_hand.execute_batch(attack).is_err(),
                "the database itself refuses: {attack}"
            );
            // Somebody who may change the tables gets rid of the triggers first.
            by_hand
                .execute_batch(
                    "begin;
                     drop trigger audit_entry_unchanged; drop trigger audit_entry_kept;
                     drop trigger audit_head_forward; drop trigger audit_head_kept;
                     create temp table kept as select sequence, note, seal from audit_entry;
                     create temp table kept_head as select * from audit_head;",
                )
                .unwrap();
            // Two numbers change places by way of a third.
            let attack = attack.replace(
                "update audit_entry set sequence = 9 - sequence where sequence in (4, 5); ",
                "update audit_entry set sequence = 99 where sequence = 4;
                 update audit_entry set sequence = 4 where sequence = 5;
                 update audit_entry set sequence = 5 where sequence = 99;",
            );
            by_hand.execute_batch(&attack).unwrap();
            by_hand.execute_batch("commit").unwrap();
            assert_eq!(checked(&store).await, Err(fault), "{attack}");
            by_hand
                .execute_batch(
                    "delete from audit_entry; delete from audit_head;
                     insert into audit_entry (sequence, note, seal) select * from kept;
                     insert into audit_head select * from kept_head;
                     drop table kept; drop table kept_head;
                     create trigger audit_entry_unchanged before update on audit_entry
                     begin select raise (abort, 'no'); end;
                     create trigger audit_entry_kept before delete on audit_entry
                     begin select raise (abort, 'no'); end;
                     create trigger audit_head_forward before update on audit_head
                     begin select raise (abort, 'no'); end;
                     create trigger audit_head_kept before delete on audit_head
                     begin select raise (abort, 'no'); end;",
                )
                .unwrap();
            assert_eq!(checked(&store).await, Ok(5));
        }
    }

    #[tokio::test]
    async fn q2_an_issued_label_cannot_be_rewritten_by_hand() {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(folder.path());
        samples::issue_label(&store).await;
        let connection = rusqlite::Connection::open(folder.path().join("jianma.sqlite3")).unwrap();
        let insert = "insert into label (code, key_id, host, issuer, issued_at, withdrawn_at,
            withdrawal_reason) values ('', '', '', '', '', 'now', 'no')";
        let refused = |statement: &str| {
            assert!(connection.execute(statement, []).is_err(), "{statement}");
        };
        for statement in [
            "delete from label",
            "update label set code = '330521001001GB00009'",
            "update label set serial = 9",
            "update label set token = '0123456789ABCDEF'",
            "update label set key_id = 'B'",
            "update label set host = 'evil.example'",
            "update label set issuer = '{}'",
            "update label set issued_at = '2020'",
            "update label set withdrawn_at = 'now'",
            insert,
            "insert or replace into label (serial, code, key_id, host, issuer, issued_at)
                values (1, '', '', '', '', '')",
        ] {
            refused(statement);
        }
        let withdrawal = Withdrawal { at: samples::at(9), reason: "lost".into() };
        assert_eq!(store.withdraw_label(1, &withdrawal).await.unwrap(), Withdrawn::Now);
        refused("update label set withdrawal_reason = 'other'");
        refused("update label set withdrawn_at = null, withdrawal_reason = null");
    }

    #[tokio::test]
    async fn s5_a_label_that_does_not_read_ends_no_list_that_is_gone_through_in_parts() {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(folder.path());
        store.issue_labels(&[(); 3].map(|()| samples::label())).await.unwrap();
        let connection = rusqlite::Connection::open(folder.path().join("jianma.sqlite3")).unwrap();
        let triggers = "select 'drop trigger ' || name from sqlite_schema where tbl_name = 'label'
             and type = 'trigger'";
        let drops: Vec<String> = connection
            .prepare(triggers)
            .unwrap()
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        for drop in drops {
            connection.execute_batch(&drop).unwrap();
        }
        let broken = "update label set issued_at = 'x' where serial in (2, 3)";
        assert_eq!(connection.execute(broken, []).unwrap(), 2);
        let mut seen = Vec::new();
        let mut after = 0;
        while let LabelPage { labels, last: Some(last) } = store.labels(after, 1).await.unwrap() {
            let places: Vec<String> = labels.faults.into_iter().map(|fault| fault.place).collect();
            seen.push((last, labels.rows.len(), places));
            after = last;
        }
        let unread = |serial| (serial, 0, vec![format!("label/{serial}")]);
        assert_eq!(seen, [(1, 1, Vec::new()), unread(2), unread(3)]);
    }

    #[tokio::test]
    async fn a_corrupt_row_is_an_error_and_not_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let store = opened(folder.path());
        samples::publish(&store, "deqing", &[samples::parcel(1)]);
        let connection = rusqlite::Connection::open(folder.path().join("jianma.sqlite3")).unwrap();
        for change in [
            "outline = x'0106000000ffffff7f'",
            "fields = '[]'",
            "valid_from = 'soon'",
            "events = ''",
        ] {
            connection
                .execute_batch(&format!("begin; update parcel_body set {change}; end"))
                .unwrap();
            let answer = store.record(&samples::code(1)).await;
            assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{change}: {answer:?}");
        }
    }

    #[test]
    fn a_database_of_a_newer_program_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        drop(opened(folder.path()));
        rusqlite::Connection::open(folder.path().join("jianma.sqlite3"))
            .unwrap()
            .execute("insert into migration values ('99991231000000_move_on', '')", [])
            .unwrap();
        assert!(matches!(
            SqliteStore::open(folder.path(), &testkit::CLASSIFIED_KEY),
            Err(StoreError::Schema { .. })
        ));
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(matches!(
            SqliteStore::open(&file, &testkit::CLASSIFIED_KEY),
            Err(StoreError::Folder { .. })
        ));
    }
}
