//! Bringing the tables to the state this program needs.

use std::fmt::Write;

use rusqlite::{Connection, TransactionBehavior};
use sha2::{Digest, Sha256};

use crate::StoreError;

/// Every migration in order. A released one is never changed: a new one follows.
const MIGRATIONS: [(&str, &str); 4] = [
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
];

/// Applies what is missing, all of it or nothing. Two processes that start together wait for each
/// other.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
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
        let known = MIGRATIONS.iter().find(|(known, _)| known == name);
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
    for (name, text) in MIGRATIONS {
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
    fn migrations_stand_in_the_order_of_their_names() {
        assert!(MIGRATIONS.is_sorted_by_key(|(name, _)| *name));
    }
}
