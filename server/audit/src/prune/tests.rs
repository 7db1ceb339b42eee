//! Clocks that are not believed, and a command that was cut off between cutting and removing.

use std::sync::Arc;

use domain::{
    audit::{AuditEvent, AuditKey, Checked, Misses, Record, Restored},
    clock::Leap,
};
use jiff::{SignedDuration, civil::date};
use store::Noted;
use store_sqlite::SqliteStore;
use testkit::{CLASSIFIED_KEY, Numbered, SystemClock};

use super::{super::ends::Ends, *};

struct Trial {
    folder: tempfile::TempDir,
    store: Arc<dyn Store>,
    key: AuditKey,
    ends: Ends,
}

impl Trial {
    /// One entry of 2020, one of now.
    async fn begun() -> Self {
        let trial = Self::of(start_in_china(date(2020, 6, 1))).await;
        trial.window(SystemClock.now()).await;
        trial
    }

    /// A chain that begins then.
    async fn of(at: Timestamp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        let store = Arc::new(SqliteStore::open(path, &CLASSIFIED_KEY).unwrap());
        let key = keys::audit_key(path, &Numbered).unwrap();
        let ends = Ends::in_folder(path);
        let trial = Self { folder, store, key, ends };
        trial.write(AuditEvent::Began { at }).await;
        trial
    }

    async fn write(&self, event: AuditEvent) {
        let record = Record::from(event);
        let at = record.at();
        let noted = self.store.note(vec![record], &self.key, Vec::new(), None).await.unwrap();
        let Noted::Written(head) = noted else { panic!("there is no cap") };
        self.ends.note(at, &head).unwrap();
    }

    /// What a portal writes by its clock.
    async fn window(&self, at: Timestamp) {
        let misses = Misses { from: at, at, counts: Vec::new(), standing_out: Vec::new() };
        self.write(AuditEvent::Misses(misses)).await;
    }

    fn place(&self) -> AuditUnderCheck<'_> {
        let Self { folder, store, key, ends } = self;
        AuditUnderCheck { store: &**store, key, ends, keys: folder.path() }
    }

    /// By the machine's clock.
    async fn prune(&self) -> Result<Removed, PruneError> {
        self.prune_at(&SystemClock, date(2021, 1, 1), None).await
    }

    async fn prune_at(
        &self,
        clock: &dyn Clock,
        before: Date,
        clock_is_right: Option<u64>,
    ) -> Result<Removed, PruneError> {
        let answer = ("王建国".to_owned(), "time".to_owned());
        prune(&self.place(), Wanted { before, export: None, clock_is_right }, answer, clock).await
    }

    async fn checked(&self) -> Checked {
        let known = self.ends.known().unwrap();
        verify(&*self.store, &self.key, known, Elsewhere::default()).await.unwrap().checked
    }

    async fn first(&self) -> AuditEntry {
        match self.store.audit_after(0, 1).await.unwrap().remove(0) {
            StoredEntry::Entry(entry) => entry,
            unreadable => panic!("it reads: {unreadable:?}"),
        }
    }
}

#[tokio::test]
async fn p9_what_was_cut_off_is_removed_by_the_next_command_if_the_first_did_not_live_to() {
    let trial = Trial::begun().await;
    let first = trial.first().await;
    let pruned = Pruned {
        at: SystemClock.now(),
        by: "王建国".to_owned(),
        why: "time".to_owned(),
        until: Head::from(&first),
        until_at: first.record.at(),
        count: 1,
        clock_is_right: true,
        leaps: Vec::new(),
    };
    let known = trial.ends.known().unwrap();
    trial.store.audit_cut_behind(pruned, &trial.key, known).await.unwrap();
    assert_eq!(trial.first().await.sequence, 1, "it is still there");
    let removed = trial.prune().await.unwrap();
    assert_eq!((removed.left_over, removed.pruned), (1, None));
    assert_eq!(trial.first().await.sequence, 2);
    assert!(matches!(trial.prune().await, Err(PruneError::Nothing { .. })));
    trial.checked().await;
}

/// A clock that stands.
struct Stands(Timestamp);

impl Clock for Stands {
    fn now(&self) -> Timestamp {
        self.0
    }
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

/// The leaps for which nobody answered, and what is said of them.
fn doubted(removed: Result<Removed, PruneError>) -> (Vec<AuditLeap>, String) {
    let error = removed.unwrap_err();
    let said = error.to_string();
    let PruneError::Clock(leaps) = error else { panic!("{said}") };
    (leaps, said)
}

#[tokio::test]
async fn p9_a_clock_that_is_ahead_prunes_nothing_whatever_was_written_by_it_first() {
    let real = start_in_china(date(2026, 6, 1));
    let trial = Trial::of(real - days(1)).await;
    trial.window(real).await;
    let ahead = Stands(real + days(365));
    let before = date(2026, 11, 1);
    let refused = |removed: Result<Removed, PruneError>| {
        let (leaps, said) = doubted(removed);
        let leap = Leap { from: real, to: ahead.0 };
        assert_eq!(leaps, [AuditLeap { after: 2, leap }], "{said}");
        said
    };
    let said = refused(trial.prune_at(&ahead, before, None).await);
    assert!(said.contains("up to entry 2,") && said.contains("2026-05-31T16:00:00Z"), "{said}");
    // By that clock a command writes first, then the portal, for weeks.
    let [by, why] = ["王建国", "disk"].map(str::to_owned);
    let restored = Restored { at: ahead.0, by, why, known: None, found: None };
    super::super::accept::write(&trial.place(), restored).await.unwrap();
    refused(trial.prune_at(&ahead, before, None).await);
    for week in 1..4 {
        trial.window(ahead.0 + days(7 * week)).await;
    }
    refused(trial.prune_at(&Stands(ahead.0 + days(22)), before, None).await);
    // Nor does setting it right make what was written by it right.
    trial.window(real + days(1)).await;
    refused(trial.prune_at(&Stands(real + days(2)), date(2025, 11, 1), None).await);
    assert_eq!(trial.first().await.sequence, 1, "nothing is gone");
}

#[tokio::test]
async fn p9_who_answers_for_a_clock_is_sealed_with_what_was_pruned_and_not_asked_again() {
    let written = start_in_china(date(2025, 6, 1));
    let trial = Trial::of(written).await;
    let idle = written + days(300);
    trial.window(idle).await;
    let clock = Stands(idle + days(7));
    let before = date(2025, 7, 1);
    assert!(matches!(trial.prune_at(&clock, before, None).await, Err(PruneError::Clock(_))));
    let pruned = trial.prune_at(&clock, before, Some(1)).await.unwrap().pruned.unwrap();
    assert!(pruned.clock_is_right && pruned.count == 1 && pruned.at == clock.0);
    assert_eq!(trial.checked().await.prunings, [(3, pruned)]);
    // Days are counted from there.
    let later = Stands(clock.0 + days(7));
    assert!(matches!(trial.prune_at(&later, before, None).await, Err(PruneError::Nothing { .. })));
    let leapt = trial.prune_at(&Stands(clock.0 + days(8)), before, None).await;
    assert!(matches!(leapt, Err(PruneError::Clock(_))), "{leapt:?}");

    // A part that goes with the entry that says so tells it in its place.
    let part = trial.folder.path().join("part");
    let wanted = Wanted { before: date(2026, 5, 1), export: Some(&part), clock_is_right: Some(3) };
    let answer = ("李四".to_owned(), "a year".to_owned());
    let next = prune(&trial.place(), wanted, answer, &Stands(clock.0 + days(300))).await.unwrap();
    let told = |checked: &Checked| {
        let told = checked.prunings.iter();
        told.map(|(at, said)| (*at, said.by.clone(), said.count)).collect::<Vec<_>>()
    };
    let of_part = super::super::export::verify(&part, &trial.key, Vec::new()).unwrap();
    assert_eq!(told(&of_part.checked), [(3, "王建国".to_owned(), 1)]);
    assert_eq!(next.pruned.unwrap().count, 2);
    assert_eq!(told(&trial.checked().await), [(4, "李四".to_owned(), 2)]);
}

#[tokio::test]
async fn p9_an_answer_counts_for_the_leaps_that_were_named_and_for_no_other() {
    let began = start_in_china(date(2025, 1, 1));
    let trial = Trial::of(began).await;
    trial.window(began + days(100)).await;
    trial.window(began + days(200)).await;
    let clock = Stands(began + days(300));
    let before = date(2025, 2, 1);
    let behind = |leaps: &[AuditLeap]| leaps.iter().map(|leap| leap.after).collect::<Vec<_>>();
    let (leaps, said) = doubted(trial.prune_at(&clock, before, None).await);
    assert_eq!(behind(&leaps), [1, 2, 3]);
    for (count, leap) in leaps.iter().enumerate() {
        assert_eq!(leap.leap.from, began + days(100 * i64::try_from(count).unwrap()));
        assert!(said.contains(&leap.to_string()), "{said}");
    }
    assert!(said.contains("up to entry 3,"), "{said}");
    // One who was told of fewer, or of none.
    for other in [1, 2, 4, u64::MAX] {
        let (leaps, _) = doubted(trial.prune_at(&clock, before, Some(other)).await);
        assert_eq!(behind(&leaps), [1, 2, 3], "{other}");
    }
    let pruned = trial.prune_at(&clock, before, Some(3)).await.unwrap().pruned.unwrap();
    assert_eq!((pruned.leaps, pruned.clock_is_right), (leaps, true));
    // What leaps later is not answered for by that.
    trial.window(began + days(400)).await;
    let (clock, before) = (Stands(began + days(401)), date(2025, 5, 1));
    for answer in [None, Some(3)] {
        let (leaps, _) = doubted(trial.prune_at(&clock, before, answer).await);
        assert_eq!(behind(&leaps), [4]);
    }
    trial.prune_at(&clock, before, Some(4)).await.unwrap();
}

#[tokio::test]
async fn p9_an_audit_that_was_written_to_every_week_needs_nobody_to_answer_for_the_clock() {
    let began = start_in_china(date(2026, 1, 1));
    let trial = Trial::of(began).await;
    for week in 1..36 {
        trial.window(began + days(7 * week)).await;
    }
    let clock = Stands(began + days(7 * 36));
    let before = date(2026, 2, 1);
    for answer in [1, 36] {
        let refused = trial.prune_at(&clock, before, Some(answer)).await.unwrap_err();
        assert!(matches!(refused, PruneError::NoLeap), "{refused}");
    }
    let pruned = trial.prune_at(&clock, before, None).await.unwrap().pruned.unwrap();
    assert!(!pruned.clock_is_right && pruned.count == 5, "{pruned:?}");
    assert_eq!(trial.checked().await.prunings, [(37, pruned)]);
}

#[tokio::test]
async fn x2_a_forged_cut_removes_nothing() {
    let trial = Trial::begun().await;
    let database = trial.folder.path().join(store_sqlite::DATABASE_FILE);
    let connection = rusqlite::Connection::open(database).unwrap();
    let seal = trial.first().await.seal;
    let forged = "insert into audit_cut (one, sequence, seal, proof) values (1, 1, ?1, 'forged')";
    assert_eq!(connection.execute(forged, [seal]).unwrap(), 1);
    assert!(matches!(trial.prune().await, Err(PruneError::Verify(VerifyError::Fault(_)))));
    assert_eq!(trial.first().await.sequence, 1);
}
