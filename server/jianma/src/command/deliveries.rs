//! The command `jianma deliveries`: what departments have not got, and what a person does about
//! it. Works beside a running portal, which finds what is due within two seconds.

mod command;
mod words;

use std::{path::Path, sync::Arc};

use domain::{Clock, reference, request::RequestNumber};
use store::{
    DeliveryFilter, DeliveryId, DeliveryRecord, DeliveryState, Intervened, Intervener,
    Intervention, Listed, RecordFault, Store,
};

use crate::{
    config::{Config, ConfigError},
    data::{Data, DataError},
    installation::Installation,
    output::Output,
    staff::{StaffFault, WhoAndWhy},
    system::SystemEntropy,
};
pub use command::{DeliveriesArgs, DeliveriesCommand};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum DeliveriesError {
    /// The data folder.
    #[error("{0}")]
    Data(#[from] DataError),
    /// Storage.
    #[error("{0}")]
    Store(#[from] store::StoreError),
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// Neither an id nor a number that is known.
    #[error("there is no delivery {0}; `jianma deliveries list --all` shows every one")]
    Unknown(String),
    /// A request with several deliveries.
    #[error("request {number} has several deliveries; name one of them: {ids}")]
    Several {
        /// The request.
        number: String,
        /// Their ids.
        ids: String,
    },
    /// One that does not read.
    #[error("{}: {}; see `jianma requests check`", .0.place, .0.reason)]
    Unreadable(RecordFault),
    /// Who does it, or why, cannot be kept.
    #[error(transparent)]
    Staff(#[from] StaffFault),
    /// A reference that cannot be kept.
    #[error("{0}")]
    Reference(#[from] reference::ReferenceFault),
    /// The other department is not one of the portal's.
    #[error("the configuration has no [departments.{0}]: what is sent there would wait for ever")]
    NoDepartment(String),
}

/// Does what the command says.
///
/// # Errors
/// [`DeliveriesError`] says what is missing; nothing was done.
pub async fn run(arguments: DeliveriesArgs, clock: &dyn Clock) -> Result<Output, DeliveriesError> {
    match arguments.command {
        DeliveriesCommand::List { place, department, state, all } => {
            let mut states: Vec<DeliveryState> = state.into_iter().map(Into::into).collect();
            if states.is_empty() && !all {
                states = DeliveryState::UNDELIVERED.to_vec();
            }
            let filter = DeliveryFilter { department, states, ..DeliveryFilter::default() };
            let found = open(&place)?.deliveries(&filter).await?;
            Ok(words::listed(&found, &Ways::of(&place)?))
        }
        DeliveriesCommand::Show { delivery, place } => {
            let found = named(&*open(&place)?, &delivery).await?;
            Ok(words::shown(&found, &Ways::of(&place)?))
        }
        DeliveriesCommand::Take { delivery, by, place } => {
            let outbox = OpenOutbox { store: open(&place)?, by: intervener(&by, clock)? };
            outbox.one(&delivery, &Intervention::TakeOver).await
        }
        DeliveriesCommand::Retry { deliveries, department, again, by, place } => {
            let outbox = OpenOutbox { store: open(&place)?, by: intervener(&by, clock)? };
            // Read only where it matters: a retry by ids needs no configuration.
            let ways = department.as_ref().map(|_| Ways::of(&place)).transpose()?;
            outbox.retry(&deliveries, department.zip(ways), again).await
        }
        DeliveriesCommand::Redirect { delivery, to, by, place } => {
            let outbox = OpenOutbox { store: open(&place)?, by: explained(&by, clock)? };
            let known = department(place.config.as_deref(), &to)?;
            let mut output =
                outbox.one(&delivery, &Intervention::Redirect { to: to.clone() }).await?;
            if !known {
                output.warnings.push(format!(
                    "without --config nobody looked whether the portal has [departments.{to}]"
                ));
            }
            Ok(output)
        }
        DeliveriesCommand::Settle { delivery, received, reference, by, place } => {
            let outbox = OpenOutbox { store: open(&place)?, by: explained(&by, clock)? };
            let given = reference.as_deref().map(reference::written).transpose()?.flatten();
            outbox.one(&delivery, &Intervention::Settle { received, reference: given }).await
        }
    }
}

/// How the departments get what is for them, as far as the configuration is known.
struct Ways(Option<Config>);

impl Ways {
    fn of(place: &Installation) -> Result<Self, ConfigError> {
        // Without the file nobody knows: the defaults have no department at all.
        place.config.as_ref().map(|_| place.configuration()).transpose().map(Self)
    }

    /// Whether a department is known to tell what it was sent before from what is new.
    fn tells_repeats_apart(&self, id: &str) -> bool {
        let department = self.0.as_ref().and_then(|config| config.departments.get(id));
        department.is_some_and(|department| department.open311.is_none())
    }

    /// How a department gets its deliveries.
    fn of_department(&self, id: &str) -> &str {
        match self.0.as_ref().map(|config| config.departments.get(id)) {
            None => "-",
            Some(None) => "not configured",
            Some(Some(department)) => match &department.endpoint {
                Some(endpoint) => endpoint,
                None => "collects",
            },
        }
    }
}

/// Whether what is stuck may be at its department all the same, by the reason that was noted with it.
fn may_be_there(record: &DeliveryRecord) -> bool {
    record.state == DeliveryState::Stuck
        && record.reason.as_ref().is_none_or(|reason| reason.contains("may have"))
}

/// A mistyped folder must not read as «nothing waits».
fn open(place: &Installation) -> Result<Arc<dyn Store>, DeliveriesError> {
    Ok(Data::of(place)?.unlocked(Arc::new(SystemEntropy), None)?.store)
}

/// Whether the department is known to be the portal's; `false` if nobody can tell.
fn department(config: Option<&Path>, to: &str) -> Result<bool, DeliveriesError> {
    let Some(path) = config else { return Ok(false) };
    let config = Config::read(Some(path))?.put_to_use()?;
    if config.departments.contains_key(to) {
        return Ok(true);
    }
    Err(DeliveriesError::NoDepartment(to.to_owned()))
}

/// Who intervenes, and why where they say so.
fn intervener(by: &WhoAndWhy, clock: &dyn Clock) -> Result<Intervener, StaffFault> {
    let (name, reason) = by.read()?;
    Ok(Intervener { name, at: clock.now(), reason })
}

/// Who intervenes, and why: the applicant reads it.
fn explained(by: &WhoAndWhy, clock: &dyn Clock) -> Result<Intervener, StaffFault> {
    let (name, reason) = by.explained()?;
    Ok(Intervener { name, at: clock.now(), reason: Some(reason) })
}

/// The deliveries that a text names: one by its id, whatever is left of its request, or all of a
/// request.
async fn named(store: &dyn Store, text: &str) -> Result<Listed<DeliveryRecord>, DeliveriesError> {
    let unknown = || DeliveriesError::Unknown(text.to_owned());
    let filter = if text.starts_with("msg_") {
        DeliveryFilter { id: Some(DeliveryId(text.to_owned())), ..Default::default() }
    } else {
        let number = RequestNumber::parse(text).ok_or_else(unknown)?;
        DeliveryFilter { number: Some(number), ..Default::default() }
    };
    let found = store.deliveries(&filter).await?;
    if found.rows.is_empty() && found.faults.is_empty() { Err(unknown()) } else { Ok(found) }
}

/// The outbox of a data folder, and who intervenes in it.
struct OpenOutbox {
    store: Arc<dyn Store>,
    by: Intervener,
}

impl OpenOutbox {
    /// Does something about the one delivery that a text names.
    async fn one(
        &self,
        text: &str,
        intervention: &Intervention,
    ) -> Result<Output, DeliveriesError> {
        let Listed { rows: found, faults } = named(&*self.store, text).await?;
        // Which one is meant is not known where one does not read.
        if let Some(fault) = faults.into_iter().next() {
            return Err(DeliveriesError::Unreadable(fault));
        }
        let open = found.iter().filter(|each| DeliveryState::UNDELIVERED.contains(&each.state));
        let open: Vec<&DeliveryRecord> = open.collect();
        // Where only one is open, no other can be meant.
        let one = match (found.as_slice(), open.as_slice()) {
            ([one], _) | (_, &[one]) => one,
            (several, _) => {
                let ids: Vec<&str> = several.iter().map(|record| &*record.id.0).collect();
                let ids = ids.join(" ");
                return Err(DeliveriesError::Several { number: text.to_owned(), ids });
            }
        };
        let mut output = Output::default();
        self.intervene(&one.id, intervention, &mut output).await?;
        Ok(output)
    }

    async fn retry(
        &self,
        texts: &[String],
        department: Option<(String, Ways)>,
        again: bool,
    ) -> Result<Output, DeliveriesError> {
        let (mut records, mut unread) = (Vec::new(), Vec::new());
        for text in texts {
            let mut found = named(&*self.store, text).await?;
            if !text.starts_with("msg_") && !again {
                // Of a request, what its departments have is left alone.
                found.rows.retain(|record| DeliveryState::UNDELIVERED.contains(&record.state));
            }
            records.append(&mut found.rows);
            unread.append(&mut found.faults);
        }
        let mut output = Output::default();
        if let Some((id, ways)) = department {
            let apart = ways.tells_repeats_apart(&id);
            let (department, states) = (Some(id), DeliveryState::UNDELIVERED.to_vec());
            let filter = DeliveryFilter { department, states, ..Default::default() };
            let found = self.store.deliveries(&filter).await?;
            let (left, sent): (Vec<_>, Vec<_>) =
                found.rows.into_iter().partition(|record| !apart && may_be_there(record));
            (records, unread) = (sent, found.faults);
            if !left.is_empty() {
                output.well = false;
                let ids = left.iter().map(|record| words::left_out(&record.id));
                output.warnings.extend(ids);
                if records.is_empty() && unread.is_empty() {
                    return Ok(output);
                }
            }
        }
        output.name_faults(&unread);
        output.say_of_altered(&unread);
        for record in &records {
            let retry = Intervention::Retry { again };
            self.intervene(&record.id, &retry, &mut output).await?;
        }
        if records.is_empty() && unread.is_empty() {
            output.warnings.push("nothing waits that could be sent again".to_owned());
        }
        Ok(output)
    }

    async fn intervene(
        &self,
        id: &DeliveryId,
        intervention: &Intervention,
        output: &mut Output,
    ) -> Result<(), DeliveriesError> {
        let became = self.store.intervene(id, intervention, &self.by).await?;
        if became == Intervened::Done {
            output.lines.push(words::done(id, intervention, &self.by));
        } else {
            output.well = false;
            output.warnings.push(words::not_done(id, intervention, &became));
        }
        Ok(())
    }
}
