//! What `jianma deliveries` says.

use domain::request::Actor;
use jiff::Timestamp;
use store::{DeliveryId, DeliveryRecord, Intervened, Intervener, Intervention, Listed};

use super::Ways;
use crate::output::Output;

/// Deliveries, a line each, with how their departments get them.
pub(super) fn listed(found: &Listed<DeliveryRecord>, ways: &Ways) -> Output {
    let lines = found.rows.iter().map(|record| {
        let next = record.next_attempt_at.map_or_else(|| "-".to_owned(), moment);
        format!(
            "{}\t{}\t{}\t{}\t{}\t{next}\t{}\t{}",
            record.id.0,
            record.department,
            record.state.name(),
            record.attempts,
            moment(record.submitted_at),
            record.reason.as_deref().unwrap_or("-"),
            ways.of_department(&record.department),
        )
    });
    let mut output = Output::lines(lines.collect());
    if found.rows.is_empty() && found.faults.is_empty() {
        let none = "there is no such delivery; without --all or --state only those are listed that \
                    departments have not got";
        output.warnings.push(none.to_owned());
    }
    output.name_faults(&found.faults);
    output.say_of_altered(&found.faults);
    output
}

/// Deliveries with everything that is known of them, except what is in them.
pub(super) fn shown(found: &Listed<DeliveryRecord>, ways: &Ways) -> Output {
    let mut output = Output::default();
    output.name_faults(&found.faults);
    output.say_of_altered(&found.faults);
    for record in &found.rows {
        let line = |name: &str, value: &str| format!("{name:<14}{value}");
        output.lines.extend([
            line("delivery", &record.id.0),
            line("request", record.number.as_str()),
            line("department", &record.department),
            line("gets it by", ways.of_department(&record.department)),
            line("kind", record.kind.name()),
            line("state", record.state.name()),
            line("attempts", &record.attempts.to_string()),
            line("submitted", &moment(record.submitted_at)),
        ]);
        if let Some(next) = record.next_attempt_at {
            output.lines.push(line("next attempt", &moment(next)));
        }
        if let Some(at) = record.delivered_at {
            output.lines.push(line("delivered", &moment(at)));
            let reference = record.reference.as_deref().unwrap_or("none was given");
            output.lines.push(line("reference", reference));
        }
        if let Some(reason) = &record.reason {
            let name = if record.delivered_at.is_some() { "lost" } else { "last failure" };
            output.lines.push(line(name, reason));
        }
        for event in &record.events {
            let who = match &event.actor {
                Actor::Portal => "the portal",
                Actor::Applicant => "the applicant",
                Actor::Department(name) | Actor::Staff(name) => name,
            };
            let note = event.note.as_ref().map_or_else(String::new, |note| format!(": {note}"));
            output.lines.push(format!(
                "  {}  {} by {who}{note}",
                moment(event.at),
                event.act.name()
            ));
        }
        if !record.journal_is_whole() {
            output.warnings.push(format!("the journal of {} was tampered with", record.id.0));
            output.well = false;
        }
    }
    output
}

fn moment(at: Timestamp) -> String {
    format!("{at:.0}")
}

/// What was done.
pub(super) fn done(id: &DeliveryId, intervention: &Intervention, by: &Intervener) -> String {
    let what = match intervention {
        Intervention::TakeOver => "is taken up; the applicant reads so".to_owned(),
        Intervention::Retry { .. } => "is due now; a running portal sends it at once".to_owned(),
        Intervention::Redirect { to } => {
            format!("goes to {to} instead; the applicant reads the reason")
        }
        Intervention::Settle { received, reference } if *received || reference.is_some() => {
            "is settled: the department has it; the applicant reads the reason".to_owned()
        }
        Intervention::Settle { .. } => {
            "is settled and not sent any more; the applicant reads the reason".to_owned()
        }
        Intervention::Propose => "is proposed to be settled".to_owned(),
        Intervention::Confirm { .. } => {
            "is settled: the department has it; the applicant reads the reason".to_owned()
        }
    };
    format!("{}\t{what} (by {})", id.0, by.name)
}

/// That one of many is not sent again before its department was asked.
pub(super) fn left_out(id: &DeliveryId) -> String {
    format!(
        "nothing was done: {} may be there already, and it is not known that its department tells repetitions apart \
         (--config says how it gets its deliveries): ask the department, then settle this delivery, or retry it by its id",
        id.0
    )
}

/// Why nothing was done.
pub(super) fn not_done(
    id: &DeliveryId,
    intervention: &Intervention,
    became: &Intervened,
) -> String {
    let why = match became {
        Intervened::Done => return String::new(),
        Intervened::Unknown => "is not there any more".to_owned(),
        Intervened::NotIn(state) => {
            let more = match intervention {
                Intervention::Retry { again: false } => "; --again sends it all the same",
                Intervention::TakeOver => "; only what is stuck is taken up",
                _ => "",
            };
            format!("is {}{more}", state.name())
        }
        Intervened::UnderWay(until) => {
            let until = moment(*until);
            format!("is being sent just now; try again in a moment, at the latest after {until}")
        }
        Intervened::AlreadyThere => "goes to that department already".to_owned(),
        Intervened::TakenBack => {
            "is of a request that its applicant took back: nothing of it is sent any more"
                .to_owned()
        }
        // At the counter alone somebody else confirms.
        Intervened::NotProposed | Intervened::SamePerson | Intervened::NoNumber => {
            "waits for somebody else at the counter to confirm it".to_owned()
        }
    };
    format!("nothing was done: {} {why}", id.0)
}
