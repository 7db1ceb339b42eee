use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use domain::{code::Strictness, policy::Field, viewer::Viewer};
use service_api::ClientAddress;
use store::StoreError;

use super::*;
use crate::probing::{Allowance, ProbingConfig};

/// Counts refusals.
#[derive(Default)]
struct Refusals(AtomicUsize);

#[async_trait]
impl AuditLog for Refusals {
    async fn disclosed(
        &self,
        _: &Viewer,
        code: &LandCode,
        _: Vec<Field>,
        _: &str,
        _: Option<u64>,
    ) -> Result<bool, StoreError> {
        panic!("{code} was shown as more than public")
    }

    async fn withheld(&self, _: &Viewer, _: &LandCode, _: Withheld, _: Option<String>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

fn code(number: usize) -> LandCode {
    let text = format!("330521001001GB{number:05}");
    LandCode::parse(&text, Strictness::Issue).unwrap().code
}

#[tokio::test]
async fn p6_an_answer_at_hand_is_counted_and_slowed_like_another_and_asked_about_after_the_pause() {
    let places = Allowance { burst: 3, per_minute: 1 };
    let config = ProbingConfig { places, ..ProbingConfig::default() };
    let refusals = Arc::new(Refusals::default());
    let admission = Admission { probing: Arc::new(Probing::new(config)), audit: refusals.clone() };
    let client = ClientAddress([192, 0, 2, 1].into());
    let visit = Visit { viewer: Viewer::public(), client, key: None, epoch: None };
    let asked = AtomicUsize::new(0);
    let at_hand = async |number: usize, is_still: bool| {
        let still = || {
            asked.fetch_add(1, Ordering::Relaxed);
            is_still
        };
        admission.at_hand(&visit, &code(number * 10), still).await
    };
    assert!(at_hand(1, false).await, "nobody was slowed: it is as it was");
    assert_eq!(asked.load(Ordering::Relaxed), 0);
    assert!(!at_hand(2, false).await, "somebody published while they were slowed");
    assert_eq!(asked.load(Ordering::Relaxed), 1);
    // It was given back: there is room for two more, and no third.
    assert!(at_hand(2, true).await);
    assert!(at_hand(3, true).await);
    assert_eq!(refusals.0.load(Ordering::Relaxed), 0);
    assert!(!at_hand(4, true).await);
    assert_eq!(refusals.0.load(Ordering::Relaxed), 0, "it is written down where they ask on");
    let asks_on = admission.let_in(&visit, &code(40)).await;
    assert!(matches!(asks_on, Err(Refusal::TooMany { .. })));
    assert_eq!(refusals.0.load(Ordering::Relaxed), 1);
    // What they asked for before stays theirs.
    assert!(at_hand(1, true).await);
}
