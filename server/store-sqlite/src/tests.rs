use testkit::CLASSIFIED_KEY;

use super::*;

/// It never comes to an end by itself.
const ENDLESS: &str = "with recursive number(n) as (select 1 union all select n + 1 from number)
                       select count(*) from number";

fn endless(connection: &Connection) -> Result<i64, SqliteError> {
    Ok(connection.prepare_cached(ENDLESS)?.query_one([], |row| row.get(0))?)
}

fn store() -> (tempfile::TempDir, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &CLASSIFIED_KEY).unwrap();
    (folder, store)
}

#[tokio::test]
async fn a_read_ends_when_its_time_is_up_and_its_reader_goes_back() {
    let (_folder, store) = store();
    for _ in 0..20 {
        let until = Instant::now() + Duration::from_millis(5);
        let read = store.read_until(Some(until), |connection, _| endless(connection)).await;
        assert!(matches!(read, Err(StoreError::Interrupted)), "{read:?}");
    }
    // The same reader, and no transaction is left open.
    assert!(!store.read(|connection, _| Ok(connection.is_autocommit())).await.unwrap());
    store::Land::ping(&store).await.unwrap();
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_any_more_ends_and_its_reader_goes_back() {
    let (_folder, store) = store();
    for _ in 0..20 {
        let reading = store.read(|connection, _| endless(connection));
        let waited = tokio::time::timeout(Duration::from_millis(5), reading).await;
        assert!(waited.is_err(), "it does not end by itself");
    }
    // All readers are free: this would wait for ever otherwise.
    let pong = tokio::time::timeout(Duration::from_secs(60), store::Land::ping(&store)).await;
    pong.unwrap().unwrap();
}

#[tokio::test]
async fn damaged_pages_are_found_and_remembered() {
    let (folder, store) = store();
    let rows = "insert into data_version (id, dataset, state, info) values (1, 'a', 'past', '');
         with recursive number(n) as (select 1 union all select n + 1 from number where n < 9000)
         insert into parcel (version_id, code, location, classified)
             select 1, 'code ' || n, hex(zeroblob(60)), 0 from number;";
    store.write(move |transaction| Ok(transaction.execute_batch(rows)?)).await.unwrap();
    store::Land::check_pages(&store).await.unwrap();
    drop(store);
    let file = folder.path().join(FILE);
    let mut bytes = std::fs::read(&file).unwrap();
    // The middle, where the rows are: a store that does not even open tells by itself.
    let middle = bytes.len() / 4_096 / 2;
    for page in bytes.chunks_mut(4_096).skip(middle).take(20) {
        page[..8].fill(0xEE);
    }
    std::fs::write(&file, bytes).unwrap();
    let store = SqliteStore::open(folder.path(), &CLASSIFIED_KEY).unwrap();
    let looked = store::Land::check_pages(&store).await;
    assert!(matches!(looked, Err(StoreError::Damaged)), "{looked:?}");
    let ping = store::Land::ping(&store).await;
    assert!(matches!(ping, Err(StoreError::Damaged)), "{ping:?}");
}

#[tokio::test]
async fn searches_never_take_the_last_readers() {
    let (_folder, store) = store();
    let most = store.inner.searching.available_permits();
    let mut held = Vec::new();
    for _ in 0..most {
        held.push(store.inner.searching.acquire().await.unwrap());
    }
    let query = store::SearchQuery { text: "a".into(), limit: 1, ..Default::default() };
    let search =
        tokio::time::timeout(Duration::from_millis(50), store::Land::search(&store, &query));
    assert!(search.await.is_err(), "it waits for its turn");
    store::Land::versions(&store).await.unwrap();
}

#[tokio::test]
async fn former_data_are_read_by_a_few_at_a_time() {
    let (_folder, store) = store();
    let look_back = || store::read_former(&store, &[], |_| Ok(()));
    assert_eq!(look_back().await.unwrap(), Some(()));
    let most = u32::try_from(MOST_LOOKING_BACK).unwrap();
    let held = store.inner.looking_back.acquire_many(most).await.unwrap();
    let waits = tokio::time::timeout(Duration::from_millis(50), look_back()).await;
    assert!(waits.is_err(), "it waits for its turn");
    drop(held);
    assert_eq!(look_back().await.unwrap(), Some(()));
}
