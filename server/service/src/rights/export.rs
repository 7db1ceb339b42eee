//! All that is kept on a request, taken together for its applicant.

use std::collections::BTreeMap;

use domain::{
    Localized,
    request::{Actor, RequestEvent, RequestNumber},
    retention::Retentions,
};
use service_api::export::{
    Export, ExportedDelivery, ExportedEntry, ExportedEvent, ExportedMessage, ExportedNotices,
};
use store::{DeliveryEvent, DeliveryRecord, Dossier, DossierMessage, Notice, Rights, StoreError};

/// Everything that is kept on a request; `None` where there is no such request. `departments` are
/// their names.
///
/// # Errors
/// [`StoreError`].
pub async fn export(
    store: &dyn Rights,
    retentions: &Retentions,
    departments: &BTreeMap<String, Localized>,
    number: &RequestNumber,
) -> Result<Option<Export>, StoreError> {
    let dossier = store.dossier(number).await?;
    Ok(dossier.map(|dossier| exported(dossier, retentions, departments)))
}

fn exported(
    dossier: Dossier,
    retentions: &Retentions,
    departments: &BTreeMap<String, Localized>,
) -> Export {
    let Dossier { request, messages, deliveries, notice, .. } = dossier;
    let kept_until = request
        .ended_at()
        .and_then(|ended| Some(retentions.period(&request.submission.item)?.until(ended)));
    Export {
        state: request.state(),
        kept_until,
        events: request.events.into_iter().map(event).collect(),
        messages: messages.into_iter().map(message).collect(),
        deliveries: deliveries.into_iter().map(|each| delivery(each, departments)).collect(),
        notices: notice.map(notices),
        number: request.number,
        submitted_at: request.submitted_at,
        item: request.submission.item,
        code: request.submission.code,
        data_version: request.submission.data_version,
        channel: request.submission.channel,
        applicant: request.submission.applicant,
        answers: request.submission.answers,
        asks: request.submission.asks,
    }
}

fn event(event: RequestEvent) -> ExportedEvent {
    let RequestEvent {
        at,
        state,
        actor,
        reference,
        note,
        facts,
        rating,
        outcome,
        printed,
        corrected,
        hash,
        ..
    } = event;
    let by = by(&actor);
    ExportedEvent {
        at,
        state,
        by,
        reference,
        note,
        facts,
        rating,
        outcome,
        printed,
        corrected,
        hash,
    }
}

fn message(message: DossierMessage) -> ExportedMessage {
    let DossierMessage { kind, at, content } = message;
    ExportedMessage { kind: kind.name(), at, content }
}

fn notices(notice: Notice) -> ExportedNotices {
    let Notice { state, since, to, .. } = notice;
    let language = to.as_ref().map(|to| to.locale.name());
    ExportedNotices { state: state.name(), since, address: to.map(|to| to.address), language }
}

fn delivery(
    delivery: DeliveryRecord,
    departments: &BTreeMap<String, Localized>,
) -> ExportedDelivery {
    let department = departments.get(&delivery.department).cloned();
    ExportedDelivery {
        department: department.unwrap_or_else(|| Localized::same(delivery.department)),
        kind: delivery.kind.name(),
        state: delivery.state.name(),
        attempts: delivery.attempts,
        delivered_at: delivery.delivered_at,
        reference: delivery.reference,
        reason: delivery.reason,
        journal: delivery.events.into_iter().map(entry).collect(),
    }
}

fn entry(event: DeliveryEvent) -> ExportedEntry {
    let DeliveryEvent { at, act, actor, note, .. } = event;
    ExportedEntry { at, act: act.name(), by: by(&actor), note }
}

/// Who did something, without the names of staff.
const fn by(actor: &Actor) -> &'static str {
    match actor {
        Actor::Applicant => "applicant",
        Actor::Portal => "portal",
        Actor::Department(_) => "department",
        Actor::Staff(_) => "staff",
    }
}
