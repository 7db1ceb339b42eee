//! One delivery, and what a supervisor does about it. It is in the audit before it is done (desk D8), and what would
//! settle one takes a second person (desk D7). The steps are those of `jianma deliveries`: the store does them for both.

use app::{
    staff::{
        Faults, Say, Shows,
        supervision::{DeliveryPage, JournalLine},
    },
    urls,
};
use axum::{
    extract::{Request, State},
    http::{HeaderValue, StatusCode},
    response::Response,
};
use domain::{
    audit::{Mend, StaffDid},
    request::{Actor, DeliveryId},
    staff::{Act, Member, Reason},
};
use store::{
    DeliveryEvent, DeliveryFilter, DeliveryRecord, DeliveryState, Intervened, Intervener,
    Intervention, Persons, StoreError,
};

use super::{
    admission::{self, Admitted, admitted},
    supervision::{line, unavailable},
};
use crate::{
    form_body::Form, opening::to, pages::form_value, preferences, render::PageInput,
    security::visitor::AddressedText, state::AppState,
};

fn journal_line(event: &DeliveryEvent) -> JournalLine {
    let who = match &event.actor {
        Actor::Staff(name) => Some(name.clone()),
        Actor::Portal | Actor::Applicant | Actor::Department(_) => None,
    };
    JournalLine { at: event.at, act: event.act.name(), who, note: event.note.clone() }
}

/// `GET /staff/deliveries/{delivery}`.
pub async fn page(
    State(state): State<AppState>,
    AddressedText(id): AddressedText,
    request: Request,
) -> Response {
    let Admitted { who, head, .. } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let query = head.uri().query().unwrap_or_default().as_bytes();
    let done = form_value(query, "done").is_some();
    one(&state, head, who.member, (&id, Said { done, ..Said::default() })).await
}

/// The page of a delivery with what was typed there before somebody had to sign in again (desk D4). Nothing is done.
pub(super) async fn again(
    state: &AppState,
    head: Request,
    who: Member,
    (path, brought): (&str, &Form),
) -> Response {
    let id = path.split('/').next().unwrap_or_default();
    one(state, head, who, (id, Said::typed(brought))).await
}

/// What is said on the page of a delivery.
#[derive(Default)]
struct Said {
    reason: String,
    to: String,
    faults: Faults,
    not_done: Option<Say>,
    done: bool,
}

impl Said {
    fn typed(form: &Form) -> Self {
        let text = |name: &str| form.get(name).cloned().unwrap_or_default();
        Self { reason: text("reason"), to: text("to"), ..Self::default() }
    }

    const fn status(&self) -> StatusCode {
        match self.not_done {
            Some(Say::NotWritten | Say::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
            Some(_) => StatusCode::CONFLICT,
            None if !self.faults.is_empty() => StatusCode::UNPROCESSABLE_ENTITY,
            None => StatusCode::OK,
        }
    }
}

/// The delivery of that id, if it is for the office of who asks.
async fn found(
    state: &AppState,
    who: &Member,
    id: &str,
) -> Result<Option<DeliveryRecord>, StoreError> {
    let filter =
        DeliveryFilter { id: Some(DeliveryId(id.to_owned())), ..DeliveryFilter::default() };
    let found = state.store.deliveries(&filter).await?;
    Ok(found.rows.into_iter().next().filter(|record| record.department == who.office))
}

async fn one(state: &AppState, head: Request, who: Member, (id, said): (&str, Said)) -> Response {
    let record = match found(state, &who, id).await {
        Ok(Some(record)) => record,
        Ok(None) => return gone(state, head, who).await,
        Err(error) => return unavailable(state, head, error).await,
    };
    let persons = match state.store.persons(Some(&who.office)).await {
        Ok(persons) => persons,
        Err(error) => return unavailable(state, head, error).await,
    };
    let status = said.status();
    let others = state.departments.iter().filter(|each| each.id != who.office);
    let may_confirm = |event: &&DeliveryEvent| {
        who.may(Act::ConfirmDeliveries) && not_two(&persons, &event.actor, &who).is_none()
    };
    let page = DeliveryPage {
        line: line(&record),
        journal: record.events.iter().map(journal_line).collect(),
        whole: record.journal_is_whole(),
        open: DeliveryState::UNDELIVERED.contains(&record.state),
        others: others.map(|each| (each.id.clone(), each.name.clone())).collect(),
        may_mend: who.may(Act::MendDeliveries),
        counts: persons.counts(who.id.as_str()),
        confirms: record
            .proposal()
            .filter(may_confirm)
            .map(|event| (event.sequence, event.note.clone().unwrap_or_default())),
        reason: said.reason,
        to: said.to,
        faults: said.faults,
        not_done: said.not_done,
        done: said.done,
    };
    let more = PageInput { status: Some(status), ..PageInput::default() };
    admission::show(state, head, Some(who), (Shows::Delivery(Box::new(page)), more)).await
}

/// Why who reads and who proposed are not two people, as far as is known.
fn not_two(persons: &Persons, proposed: &Actor, who: &Member) -> Option<Say> {
    let Actor::Staff(first) = proposed else { return Some(Say::NotProposed) };
    let own = who.id.as_str();
    if persons.are_one(first, own) {
        return Some(Say::SamePerson);
    }
    (!persons.counts(first) || !persons.counts(own)).then_some(Say::NoNumber)
}

async fn gone(state: &AppState, head: Request, who: Member) -> Response {
    let more = PageInput { status: Some(StatusCode::NOT_FOUND), ..PageInput::default() };
    admission::show(state, head, Some(who), (Shows::NoDelivery, more)).await
}

/// `POST /staff/deliveries/{delivery}`: has it sent again or elsewhere, or says that it is there on paper.
pub async fn mend(
    State(state): State<AppState>,
    AddressedText(id): AddressedText,
    request: Request,
) -> Response {
    let Admitted { who, head, form, switched } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let (who, mut said) = (who.member, Said::typed(&form));
    let act = form.get("act").map_or("", String::as_str);
    let to = state.departments.get(&said.to).filter(|to| to.id != who.office);
    let wanted = match (act, to) {
        _ if !switched.is_empty() => None,
        ("retry", _) => Some((Intervention::Retry { again: false }, Mend::Retried)),
        ("redirect", Some(to)) => {
            let to = to.id.clone();
            Some((Intervention::Redirect { to: to.clone() }, Mend::Redirected(to)))
        }
        ("redirect", None) => {
            said.faults.push(("to", Say::To));
            None
        }
        ("paper", _) => Some((Intervention::Propose, Mend::PaperProposed)),
        _ => None,
    };
    let reason = Reason::new(None, &said.reason);
    if switched.is_empty() && reason.is_none() {
        said.faults.insert(0, ("reason", Say::Reason));
    }
    if let (Some(wanted), Some(reason)) = (wanted, reason) {
        let became = match found(&state, &who, &id).await {
            Ok(Some(record)) => intervened(&state, &who, (&record, wanted, reason.words)).await,
            Ok(None) => Became::Gone,
            Err(error) => failed(&error),
        };
        match became {
            Became::Gone => return gone(&state, head, who).await,
            Became::Done => return done(&id),
            Became::Not(why) => said.not_done = Some(why),
        }
    }
    let mut response = one(&state, head, who, (&id, said)).await;
    preferences::keep(&mut response, switched);
    response
}

/// `POST /staff/deliveries/{delivery}/confirm`: settles what somebody else of the office proposed (desk D7).
pub async fn confirm(
    State(state): State<AppState>,
    AddressedText(id): AddressedText,
    request: Request,
) -> Response {
    let Admitted { who, head, form, switched } = match admitted(&state, request).await {
        Ok(admitted) => admitted,
        Err(response) => return response,
    };
    let (who, mut said) = (who.member, Said::default());
    if switched.is_empty() {
        // What was read, and nothing that was written since.
        let of = form.get("of").and_then(|text| text.parse().ok()).unwrap_or_default();
        let wanted = (Intervention::Confirm { of }, Mend::PaperConfirmed);
        let record = match found(&state, &who, &id).await {
            Ok(Some(record)) => record,
            Ok(None) => return gone(&state, head, who).await,
            Err(error) => return unavailable(&state, head, error).await,
        };
        let persons = match state.store.persons(Some(&who.office)).await {
            Ok(persons) => persons,
            Err(error) => return unavailable(&state, head, error).await,
        };
        let proposed = record.proposal().filter(|event| event.sequence == of);
        let not_two = proposed.and_then(|event| not_two(&persons, &event.actor, &who));
        said.not_done = match proposed {
            None => Some(Say::NotProposed),
            Some(_) if not_two.is_some() => not_two,
            Some(event) => {
                let words = event.note.clone().unwrap_or_default();
                match intervened(&state, &who, (&record, wanted, words)).await {
                    Became::Gone => return gone(&state, head, who).await,
                    Became::Done => return done(&id),
                    Became::Not(why) => Some(why),
                }
            }
        };
    }
    let mut response = one(&state, head, who, (&id, said)).await;
    preferences::keep(&mut response, switched);
    response
}

fn done(id: &str) -> Response {
    to(&format!("{}?done=1", urls::staff_delivery(id)), None::<HeaderValue>)
}

/// What comes of doing something about a delivery.
enum Became {
    /// It was done.
    Done,
    /// The office has no such delivery.
    Gone,
    /// Nothing was done, and why.
    Not(Say),
}

/// That nothing was done, for the store does not answer.
fn failed(error: &StoreError) -> Became {
    tracing::error!(%error, "nothing can be done about a delivery at the counter");
    Became::Not(Say::Unavailable)
}

/// Does it, once it stands in the audit who does and why.
async fn intervened(
    state: &AppState,
    who: &Member,
    (record, (intervention, mend), reason): (&DeliveryRecord, (Intervention, Mend), String),
) -> Became {
    let did = StaffDid::Mended {
        delivery: record.id.clone(),
        number: record.number.clone(),
        mend,
        reason: reason.clone(),
    };
    if let Err(error) = state.staff.note(Some(who), did).await {
        tracing::error!(%error, "it cannot be written down who does it: it is not done");
        return Became::Not(Say::NotWritten);
    }
    let by = Intervener { name: who.id.to_string(), at: state.clock.now(), reason: Some(reason) };
    match state.store.intervene(&record.id, &intervention, &by).await {
        Ok(Intervened::Done) => {
            state.outbox.notify_one();
            Became::Done
        }
        Ok(Intervened::Unknown) => Became::Gone,
        Ok(Intervened::NotIn(_)) => Became::Not(Say::Moved),
        Ok(Intervened::UnderWay(_)) => Became::Not(Say::UnderWay),
        Ok(Intervened::AlreadyThere) => Became::Not(Say::AlreadyThere),
        Ok(Intervened::TakenBack) => Became::Not(Say::TakenBack),
        Ok(Intervened::NotProposed) => Became::Not(Say::NotProposed),
        Ok(Intervened::SamePerson) => Became::Not(Say::SamePerson),
        Ok(Intervened::NoNumber) => Became::Not(Say::NoNumber),
        Err(error) => failed(&error),
    }
}
