//! That a request is counted once for all that is added to it, and counted right.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use domain::request::Actor;
use store::{
    Clear, Corrected, Correction, Keyring, Keys, NewRequest, Outbox, RecordKeyId,
    RequestWithdrawal, Requests, Rights, SealError, Sealer,
};
use store_suite::{outbox, samples::*};

use super::opening::opened;

/// Keys, and how often they sealed what a request holds.
#[derive(Debug)]
struct Counted {
    keys: Arc<Keyring>,
    anchors: AtomicU32,
}

impl Sealer for Counted {
    fn seal(&self, place: &str, clear: &[u8]) -> Result<Vec<u8>, SealError> {
        if place.starts_with("request/") {
            self.anchors.fetch_add(1, Ordering::Relaxed);
        }
        self.keys.seal(place, clear)
    }

    fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        self.keys.open(place, sealed)
    }

    fn newest(&self) -> Result<RecordKeyId, SealError> {
        self.keys.newest()
    }
}

#[tokio::test]
async fn s5_what_a_request_holds_is_sealed_once_for_a_submission_a_correction_a_withdrawal() {
    let folder = tempfile::tempdir().unwrap();
    let counted = Arc::new(Counted { keys: keyring(&[1]), anchors: AtomicU32::new(0) });
    let sealer: Arc<dyn Sealer> = counted.clone();
    let store = opened(folder.path());
    store.unlock(sealer, Clear::Sealed).unwrap();
    let sealed = || counted.anchors.swap(0, Ordering::Relaxed);
    // One department is named twice, and gets it once.
    let departments = ["a", "b", "a", "c"].map(str::to_owned).to_vec();
    let new = NewRequest { departments, ..request(1) };
    store.submit(&new).await.unwrap();
    assert_eq!(sealed(), 1);
    let held = store.dossier(&number(1)).await.unwrap().unwrap();
    assert_eq!((held.request.events.len(), held.messages.len(), held.deliveries.len()), (1, 1, 3));
    for due in outbox::lease(&store, "a", 5).await {
        assert!(store.begin_attempt(&due.id, "a", at(5)).await.unwrap());
    }
    assert_eq!(sealed(), 0, "looking seals nothing");

    let correction = Correction {
        number: number(1),
        rests_on: 1,
        applicant: request(1).submission.applicant,
        answers: request(2).submission.answers,
        actor: Actor::Applicant,
        at: at(14),
        reason: None,
        confirmation: None,
    };
    assert_eq!(store.correct(&correction).await.unwrap(), Corrected::Done);
    assert_eq!(sealed(), 1);
    let held = store.dossier(&number(1)).await.unwrap().unwrap();
    assert_eq!((held.request.events.len(), held.messages.len(), held.deliveries.len()), (2, 2, 6));

    let actor = Actor::Applicant;
    let withdrawal = RequestWithdrawal { number: number(1), actor, at: at(15), reason: None };
    store.withdraw(&withdrawal).await.unwrap();
    assert_eq!(sealed(), 1);
    let held = store.dossier(&number(1)).await.unwrap().unwrap();
    assert_eq!((held.request.events.len(), held.messages.len()), (3, 3));
    assert!(held.deliveries.len() > 6, "whoever may have it is told");
    assert_eq!(store.check_requests().await.unwrap(), []);
}
