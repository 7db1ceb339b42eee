//! The embedded store against the suite that every store must pass, and what is its own.

#[cfg(test)]
mod suite;

#[cfg(test)]
mod sqlite {
    use std::process::Command;

    use store::{Imports, Labels, Land, SqliteStore, StoreError, Withdrawal, Withdrawn};

    use super::suite::{Place, samples};

    fn place() -> Place<SqliteStore> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        Place::new(move || SqliteStore::open(&path).unwrap(), folder)
    }

    super::suite::conformance!(place());

    const KILLED: &str = "JIANMA_TEST_KILLED_IN";

    /// The import that dies, in a process of its own.
    #[test]
    fn dying_import() {
        let Some(folder) = std::env::var_os(KILLED) else { return };
        let store = SqliteStore::open(folder.as_ref()).unwrap();
        let mut import = store.begin_import(&samples::dataset("deqing")).unwrap();
        for number in 0..2_500 {
            assert!(import.put_parcel(&samples::parcel(number), &[], &[]).unwrap());
        }
        std::process::abort();
    }

    #[tokio::test]
    async fn a_killed_import_shows_nothing_and_the_next_one_removes_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        samples::publish(&store, "deqing", &[samples::parcel(7)]);
        let status = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "sqlite::dying_import"])
            .env(KILLED, folder.path())
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(!status.success());
        let rows = |table: &str| {
            let connection = rusqlite::Connection::open(folder.path().join("jianma.sqlite3"));
            let sql = format!("select count(*) from {table}");
            connection.unwrap().query_one(&sql, [], |row| row.get::<_, i64>(0)).unwrap()
        };
        assert!(rows("parcel") > 1_000, "the dead import had written");
        assert!(store.record(&samples::code(7)).await.unwrap().is_some());
        assert_eq!(store.record(&samples::code(8)).await.unwrap(), None);
        assert_eq!(samples::found(&store, "永安街").await, [samples::parcel_code(7)]);

        drop(store.begin_import(&samples::dataset("deqing")).unwrap());
        for table in ["parcel", "parcel_body", "parcel_box", "parcel_text", "data_version"] {
            assert_eq!(rows(table), 1, "{table}");
        }
        let version = samples::publish(&store, "deqing", &[samples::parcel(8)]);
        assert_eq!(version.number, 2);
        assert_eq!(rows("parcel"), 1, "the superseded version is removed");
        assert_eq!(rows("data_version"), 2, "and stays as history");
    }

    #[tokio::test]
    async fn rows_that_must_stay_cannot_be_deleted_by_hand() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
        samples::submit(&store, 1).await;
        let connection = rusqlite::Connection::open(folder.path().join("jianma.sqlite3")).unwrap();
        for statement in [
            "delete from delivery",
            "delete from request",
            "delete from request_event",
            "update request_event set note = 'other'",
            "update delivery set body = x'00'",
        ] {
            assert!(connection.execute(statement, []).is_err(), "{statement}");
        }
    }

    #[tokio::test]
    async fn q2_an_issued_label_cannot_be_rewritten_by_hand() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
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
    async fn a_corrupt_row_is_an_error_and_not_a_panic() {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(folder.path()).unwrap();
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
        drop(SqliteStore::open(folder.path()).unwrap());
        rusqlite::Connection::open(folder.path().join("jianma.sqlite3"))
            .unwrap()
            .execute("insert into migration values ('99991231000000_move_on', '')", [])
            .unwrap();
        assert!(matches!(SqliteStore::open(folder.path()), Err(StoreError::Schema { .. })));
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        assert!(matches!(SqliteStore::open(&file), Err(StoreError::Folder { .. })));
    }
}
