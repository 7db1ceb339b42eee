//! What people do in a schedule: applicants, departments, the operator.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    code::LandCode,
    request::{
        Actor, Channel, DeliveryId, DepartmentWord, MessageKind, RequestNumber, RequestState,
        Submission,
    },
};
use store::{
    Corrected, Correction, Deleted, Deletion, DeletionCause, Deliveries, DeliveryFilter,
    DeliveryRecord, DeliveryState, Intervened, Intervener, Intervention, NewRequest,
    RequestWithdrawal, RequestWithdrawn, Requests, Rights, Submitted,
};

use crate::{
    gate::at_once,
    world::{OFFICES, World},
};

/// A request that somebody was given a receipt for.
#[derive(Clone)]
pub struct Receipt {
    pub number: RequestNumber,
    pub departments: Vec<String>,
    pub submission: Submission,
    /// What departments are told of it one after another, and what it then says.
    pub messages: Vec<(MessageKind, String)>,
    pub withdrawn: bool,
    pub deleted: bool,
    /// Deliveries that the operator settled without the department having them.
    pub let_go: Vec<DeliveryId>,
}

/// Every delivery of the store that fits.
pub fn records(world: &World, filter: &DeliveryFilter) -> Vec<DeliveryRecord> {
    let listed = at_once(world.store.deliveries(filter)).unwrap();
    if !listed.faults.is_empty() {
        world.breaks(format!("deliveries do not read: {:?}", listed.faults));
    }
    listed.rows
}

/// The same for one request.
pub fn records_of(world: &World, number: &RequestNumber) -> Vec<DeliveryRecord> {
    records(world, &DeliveryFilter { number: Some(number.clone()), ..DeliveryFilter::default() })
}

fn said(text: &str) -> BTreeMap<String, String> {
    BTreeMap::from([("what".to_owned(), text.to_owned())])
}

/// Hands in a request, perhaps several times under its key, as who lost the answer does.
pub fn submit(world: &World) {
    let dice = &world.dice;
    let all = dice.below(1 << OFFICES.len()).max(1);
    let departments = OFFICES.iter().enumerate().filter(|(at, _)| all & (1 << at) != 0);
    let departments: Vec<_> = departments.map(|(_, id)| (*id).to_owned()).collect();
    let count = world.receipts.lock().unwrap().len();
    let text = format!("request {count}: 界址有误");
    let submission = Submission {
        item: "data-correction".into(),
        code: LandCode::Parcel(testkit::parcel_code(1)),
        data_version: "parcels/1".into(),
        applicant: BTreeMap::from([("name".into(), "徐霞客".into())]),
        answers: said(&text),
        channel: Channel::Applicant,
        asks: None,
        attachments: Vec::new(),
        assisted: None,
    };
    let mut first = None;
    for _ in 0..=dice.below(3) {
        let now = world.portal_clock().now();
        let number = RequestNumber::draw(now, &**dice);
        let request = NewRequest {
            number: number.clone(),
            submission: submission.clone(),
            submitted_at: now,
            idempotency_key: format!("key-{count}"),
            departments: departments.clone(),
            confirmation: None,
        };
        match (at_once(world.store.submit(&request)).unwrap(), &first) {
            (Submitted::New(kept), None) if kept == number => first = Some(kept),
            (Submitted::Repeated(kept), Some(before)) if kept == *before => {
                world.count("handed in again under its key");
            }
            (other, before) => {
                world.breaks(format!("key-{count} gave {other:?} after {before:?}"));
            }
        }
    }
    let Some(number) = first else { return };
    world.tell(&format!("submitted {number} to {departments:?}"));
    world.count("submitted");
    world.receipts.lock().unwrap().push(Receipt {
        number,
        departments,
        submission,
        messages: vec![(MessageKind::Submitted, text)],
        withdrawn: false,
        deleted: false,
        let_go: Vec::new(),
    });
    world.wake();
}

/// Does something with the receipt of a request that is still there.
fn with_one(world: &World, what: impl FnOnce(&World, &mut Receipt)) {
    let mut receipts = world.receipts.lock().unwrap();
    let there: Vec<_> = (0..receipts.len()).filter(|at| !receipts[*at].deleted).collect();
    if !there.is_empty() {
        what(world, &mut receipts[*world.dice.one_of(&there)]);
    }
}

pub fn correct(world: &World) {
    with_one(world, |world, receipt| {
        let text = format!("{} corrected {}", receipt.number, receipt.messages.len());
        let correction = Correction {
            number: receipt.number.clone(),
            rests_on: u32::try_from(receipt.messages.len()).unwrap(),
            applicant: receipt.submission.applicant.clone(),
            answers: said(&text),
            actor: Actor::Applicant,
            at: world.portal_clock().now(),
            reason: None,
            confirmation: None,
        };
        let corrected = at_once(world.store.correct(&correction)).unwrap();
        world.tell(&format!("correction of {}: {corrected:?}", receipt.number));
        if corrected == Corrected::Done {
            world.count("corrected");
            receipt.messages.push((MessageKind::Corrected, text));
        }
    });
    world.wake();
}

pub fn withdraw(world: &World) {
    with_one(world, |world, receipt| {
        let withdrawal = RequestWithdrawal {
            number: receipt.number.clone(),
            actor: Actor::Applicant,
            at: world.portal_clock().now(),
            reason: None,
        };
        let withdrawn = at_once(world.store.withdraw(&withdrawal)).unwrap();
        world.tell(&format!("withdrawal of {}: {withdrawn:?}", receipt.number));
        if let RequestWithdrawn::Done { .. } = withdrawn {
            world.count("withdrawn");
            receipt.withdrawn = true;
            receipt.messages.push((MessageKind::Withdrawn, String::new()));
        }
    });
    world.wake();
}

/// Retention, or an applicant, wants a request deleted: nothing undelivered may go.
pub fn delete(world: &World) {
    with_one(world, |world, receipt| {
        let deletion = Deletion {
            number: receipt.number.clone(),
            at: world.portal_clock().now(),
            cause: *world.dice.one_of(&[DeletionCause::Retention, DeletionCause::Applicant]),
            actor: Actor::Portal,
            reason: None,
            law: None,
        };
        let before = records_of(world, &receipt.number);
        let open = before.iter().any(|each| DeliveryState::UNDELIVERED.contains(&each.state));
        let deleted = at_once(world.store.delete(&deletion)).unwrap();
        world.tell(&format!("deletion of {}: {deleted:?}", receipt.number));
        if deleted == Deleted::Done {
            world.count("deleted");
            receipt.deleted = true;
            if open {
                world.breaks(format!("{} was deleted, and was not delivered", receipt.number));
            }
        }
    });
}

/// A department says something of what it has.
pub fn speak(world: &World) {
    use RequestState::{Acknowledged, Decided, InProgress, Returned};
    let office = &world.offices[*world.dice.one_of(&OFFICES)];
    let filed: Vec<_> = office.filed().into_keys().collect();
    if filed.is_empty() {
        return;
    }
    let key = DeliveryId(world.dice.one_of(&filed).clone());
    let number = key.parts().unwrap().0;
    let word = DepartmentWord {
        number,
        department: office.id.clone(),
        message: format!("word-{}", world.dice.below(1 << 30)),
        at: world.portal_clock().now(),
        state: *world.dice.one_of(&[Acknowledged, Acknowledged, InProgress, Decided, Returned]),
        reference: None,
        note: Some("已核对".into()),
        facts: BTreeMap::new(),
        outcome: None,
        reopening: None,
    };
    let heard = at_once(world.store.hear(&word)).unwrap();
    world.tell(&format!("{} says of {}: {:?}: {heard:?}", office.id, word.number, word.state));
    world.count("department spoke");
}

/// The operator does something about a delivery, mostly about one that waits.
pub fn intervene(world: &World) {
    let dice = &world.dice;
    let states = if dice.percent(85) { DeliveryState::UNDELIVERED.to_vec() } else { Vec::new() };
    let waiting = records(world, &DeliveryFilter { states, ..DeliveryFilter::default() });
    if waiting.is_empty() {
        return;
    }
    let record = dice.one_of(&waiting);
    let there = world.offices[&record.department].has(&record.id.0);
    let intervention = match dice.below(10) {
        0..4 => Intervention::Retry { again: dice.percent(30) },
        4..6 => Intervention::TakeOver,
        6..8 => Intervention::Redirect { to: (*dice.one_of(&OFFICES)).to_owned() },
        _ => Intervention::Settle {
            received: there,
            reference: (there && dice.percent(50)).then(|| "by telephone".to_owned()),
        },
    };
    act(world, record, &intervention);
}

pub fn act(world: &World, record: &DeliveryRecord, intervention: &Intervention) {
    let at = world.portal_clock().now();
    let by = Intervener { name: "王芳".into(), at, reason: Some("按电话约定".into()) };
    let done = at_once(world.store.intervene(&record.id, intervention, &by)).unwrap();
    world.tell(&format!("{intervention:?} of {}: {done:?}", record.id.0));
    if done != Intervened::Done {
        return;
    }
    world.count(match intervention {
        Intervention::TakeOver => "taken over",
        Intervention::Retry { .. } => "retried",
        Intervention::Redirect { .. } => "redirected",
        Intervention::Settle { .. } | Intervention::Confirm { .. } => "settled",
        Intervention::Propose => "proposed",
    });
    if let Intervention::Settle { received: false, .. } = intervention {
        let mut receipts = world.receipts.lock().unwrap();
        let receipt = receipts.iter_mut().find(|receipt| receipt.number == record.number);
        receipt.unwrap().let_go.push(record.id.clone());
    }
    world.wake();
}

/// The operator has everything sent again that needs a person.
pub fn retry_what_is_stuck(world: &Arc<World>) {
    let filter = DeliveryFilter { states: vec![DeliveryState::Stuck], ..DeliveryFilter::default() };
    for record in records(world, &filter) {
        act(world, &record, &Intervention::Retry { again: false });
    }
}
