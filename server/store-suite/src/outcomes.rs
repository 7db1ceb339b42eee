//! What becomes of an application as such, and the prints of what says so (desk D10).

use domain::{
    clock::china_date,
    request::{Actor, Deadline, Outcome, OutcomeKind, OutcomeRefused, RequestState},
};
use store::{Corrected, Correction, DepartmentWord, Heard, Imports, Store};

use super::{Storage, samples::*};

pub async fn desk_d10_an_outcome_is_kept_with_its_event_and_each_print_is_counted<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    let deadline = Deadline { working_days: Some(5), until: None };
    let asked = Outcome::SupplementAsked { materials: vec!["界址图".into()], deadline };
    let said = |message: &str, outcome: &Outcome, state, second| DepartmentWord {
        outcome: Some(outcome.clone()),
        ..word(message, state, second)
    };
    let open = RequestState::InProgress;
    let first = said("m", &asked, open, 10);
    assert_eq!(store.hear(&first).await.unwrap(), Heard::Taken);
    assert_eq!(store.hear(&first).await.unwrap(), Heard::Repeated);
    let revoked = Outcome::AcceptanceRevoked { reasons: "逾期".into() };
    let never = said("n", &revoked, RequestState::Returned, 11);
    let stands =
        OutcomeRefused::Stands(OutcomeKind::SupplementAsked, OutcomeKind::AcceptanceRevoked);
    assert_eq!(store.hear(&never).await.unwrap(), Heard::Refused(stands));
    // What was refused leaves nothing behind: it is refused again, and taken once it may be said.
    assert_eq!(store.hear(&never).await.unwrap(), Heard::Refused(stands));
    let accepted = Outcome::Accepted {};
    assert_eq!(store.hear(&said("o", &accepted, open, 12)).await.unwrap(), Heard::Taken);
    assert_eq!(store.hear(&never).await.unwrap(), Heard::Taken);
    let events = store.request(&number(1)).await.unwrap().unwrap().events;
    let outcomes: Vec<_> = events.iter().filter_map(|event| event.outcome.clone()).collect();
    assert_eq!(outcomes.len(), 3);
    assert!(outcomes[0].says_like(&asked) && outcomes[2] == revoked, "{outcomes:?}");
    let by = || (Actor::Staff("li.na@planning".into()), "申请人要求".to_owned());
    for before in [0, 1] {
        let noted = store.note_print(&number(1), at(20), by(), 3).await.unwrap();
        assert_eq!(noted, Some(before));
    }
    assert_eq!(store.note_print(&number(1), at(20), by(), 4).await.unwrap(), Some(0));
    assert_eq!(store.note_print(&number(9), at(20), by(), 3).await.unwrap(), None);
    let store = place.open();
    let events = store.request(&number(1)).await.unwrap().unwrap().events;
    assert_eq!(events.last().unwrap().printed, Some(4));
    assert!(store.check_requests().await.unwrap().is_empty());
}

pub async fn desk_d10_what_staff_correct_for_an_applicant_is_kept_as_their_answer<
    S: Store + Imports,
>(
    place: &Storage<S>,
) {
    let store = place.open();
    submit(&store, 1).await;
    let deadline = Deadline { working_days: Some(5), until: None };
    let asked = Outcome::SupplementAsked { materials: vec!["界址图".into()], deadline };
    let asked = DepartmentWord { outcome: Some(asked), ..word("m", RequestState::InProgress, 10) };
    assert_eq!(store.hear(&asked).await.unwrap(), Heard::Taken);
    let mut submission = request(1).submission;
    submission.answers.insert("what".into(), "面积应为 80".into());
    let correction = Correction {
        number: number(1),
        rests_on: 1,
        applicant: submission.applicant,
        answers: submission.answers,
        actor: Actor::Staff("王五".into()),
        at: at(20),
        reason: Some("来电".into()),
        confirmation: None,
    };
    assert_eq!(store.correct(&correction).await.unwrap(), Corrected::Done);
    let store = place.open();
    let events = store.request(&number(1)).await.unwrap().unwrap().events;
    assert!(events.last().unwrap().corrected, "{events:?}");
    assert!(store.check_requests().await.unwrap().is_empty());
    let late = DepartmentWord {
        outcome: Some(Outcome::DeemedWithdrawn {}),
        ..word("n", RequestState::Returned, 30 * 86_400)
    };
    let answered = OutcomeRefused::Answered(china_date(at(20)));
    assert_eq!(store.hear(&late).await.unwrap(), Heard::Refused(answered));
}
