//! What must hold after every step of a schedule, and at its end.

use domain::request::{DeliveryId, DeliveryPayload, MessageKind, RequestState, WithdrawalPayload};
use store::{DeliveryFilter, DeliveryRecord, DeliveryState, Requests, Rights};

use crate::{
    gate::at_once,
    office::Filed,
    people::{Receipt, records},
    world::World,
};

/// Holds what is true at every moment.
pub fn hold(world: &World) {
    let receipts = world.receipts.lock().unwrap().clone();
    let records = records(world, &DeliveryFilter::default());
    for record in &records {
        if !record.journal_is_whole() {
            world.breaks(format!("the journal of {} is not whole", record.id.0));
        }
        let office = &world.offices[&record.department];
        if record.state == DeliveryState::Delivered && !office.has(&record.id.0) {
            world.breaks(format!("{} counts as delivered and is not there", record.id.0));
        }
    }
    for receipt in &receipts {
        let own: Vec<_> = records.iter().filter(|each| each.number == receipt.number).collect();
        kept(world, receipt, &own);
    }
    filed(world, &receipts);
}

/// A receipt's request is kept with every event, and has a delivery to each of its departments.
fn kept(world: &World, receipt: &Receipt, records: &[&DeliveryRecord]) {
    let number = &receipt.number;
    let Some(request) = at_once(world.store.request(number)).unwrap() else {
        let registered = at_once(world.store.deleted(number)).unwrap().is_some();
        if !receipt.deleted || !registered {
            world.breaks(format!("{number} is not there any more"));
        }
        return;
    };
    if receipt.deleted {
        world.breaks(format!("{number} was deleted and is there"));
    }
    let mut previous = None;
    for event in &request.events {
        if !event.follows(previous, number) {
            world.breaks(format!("event {} of {number} does not follow", event.sequence));
        }
        previous = Some(event);
    }
    let (_, text) = receipt.messages.iter().rev().find(|(_, text)| !text.is_empty()).unwrap();
    if request.submission.answers["what"] != *text {
        world.breaks(format!("{number} says {:?}", request.submission.answers));
    }
    for department in &receipt.departments {
        let first = DeliveryId::of(number, department, 1);
        if !records.iter().any(|record| record.id == first) {
            world.breaks(format!("{number} has no delivery to {department} any more"));
        }
    }
    let sent = !matches!(request.state(), RequestState::Submitted | RequestState::Withdrawn);
    let there = |office: &str| world.offices[office].has(&DeliveryId::of(number, office, 1).0);
    if sent && !world.offices.keys().any(|office| there(office)) {
        world.breaks(format!("{number} is {:?}, and no department has it", request.state()));
    }
}

/// Everything that a department has filed is what somebody was given a receipt for, and came in turn.
fn filed(world: &World, receipts: &[Receipt]) {
    for office in world.offices.values() {
        let filed = office.filed();
        for (key, this) in &filed {
            let known = receipts.iter().find_map(|receipt| {
                let at = (1..).zip(&receipt.messages);
                let of = |at| DeliveryId::of(&receipt.number, &office.id, at).0 == *key;
                at.into_iter().find(|(at, _)| of(*at)).map(|(at, message)| (receipt, at, message))
            });
            let Some((receipt, at, (kind, text))) = known else {
                world.breaks(format!("{} has {key}, for which there is no receipt", office.id));
                continue;
            };
            if !says(this, receipt, *kind, text) {
                world.breaks(format!("{key} came with other content to {}", office.id));
            }
            let before = (1..at).map(|at| DeliveryId::of(&receipt.number, &office.id, at).0);
            for earlier in before.filter_map(|earlier| filed.get(&earlier)) {
                if earlier.place > this.place {
                    world.breaks(format!("{key} came to {} before what it corrects", office.id));
                }
            }
        }
    }
}

/// Whether the bytes that a department has are those of the message.
fn says(filed: &Filed, receipt: &Receipt, kind: MessageKind, text: &str) -> bool {
    if kind == MessageKind::Withdrawn {
        let payload: WithdrawalPayload = serde_json::from_slice(&filed.body).unwrap();
        return payload.kind == kind && payload.request == receipt.number;
    }
    let payload: DeliveryPayload = serde_json::from_slice(&filed.body).unwrap();
    let same = payload.submission.applicant == receipt.submission.applicant
        && payload.submission.code == receipt.submission.code
        && payload.submission.answers["what"] == text;
    payload.kind == kind && payload.request == receipt.number && same
}

/// Holds what is true once everything goes well again and nothing waits any more.
pub fn kept_at_the_end(world: &World) {
    let receipts = world.receipts.lock().unwrap().clone();
    let records = records(world, &DeliveryFilter::default());
    for receipt in receipts.iter().filter(|receipt| !receipt.deleted) {
        let own: Vec<_> = records.iter().filter(|each| each.number == receipt.number).collect();
        for record in &own {
            arrived(world, receipt, record, &own);
        }
        withdrawn(world, receipt);
    }
    let faults = at_once(world.store.check_requests()).unwrap();
    if !faults.is_empty() {
        world.breaks(format!("what is kept is not whole: {faults:?}"));
    }
    let register = at_once(world.store.deletions()).unwrap();
    if !register.faults.is_empty() || register.rows.iter().any(|entry| !entry.whole) {
        world.breaks("the register of deletions is not whole".to_owned());
    }
}

/// A delivery has come to its end, and its department has what it says.
fn arrived(world: &World, receipt: &Receipt, record: &DeliveryRecord, own: &[&DeliveryRecord]) {
    let id = &record.id.0;
    let there = world.offices[&record.department].has(id);
    let let_go = receipt.let_go.contains(&record.id);
    match record.state {
        DeliveryState::Delivered if there => {}
        // Who settles a submission settles with it what was to be told after it.
        DeliveryState::Settled if there || let_go || !receipt.let_go.is_empty() => {}
        DeliveryState::Withdrawn if receipt.withdrawn => {}
        DeliveryState::Redirected => {
            let elsewhere = own.iter().any(|other| {
                other.department != record.department
                    && other.kind == record.kind
                    && other.state != DeliveryState::Redirected
            });
            if !elsewhere {
                world.breaks(format!("{id} was sent elsewhere and went nowhere"));
            }
        }
        state => world.breaks(format!("{id} is {state:?} at the end, there: {there}")),
    }
}

/// A department that has a request which was taken back was told so.
fn withdrawn(world: &World, receipt: &Receipt) {
    if !receipt.withdrawn {
        return;
    }
    let last = u32::try_from(receipt.messages.len()).unwrap();
    for office in world.offices.values() {
        let key = |message| DeliveryId::of(&receipt.number, &office.id, message);
        let told = office.has(&key(last).0);
        let let_go = (1..=last).any(|message| receipt.let_go.contains(&key(message)));
        if office.has(&key(1).0) && !told && !let_go {
            let number = &receipt.number;
            world.breaks(format!("{} has {number}, which was taken back, unaware", office.id));
        }
    }
}
