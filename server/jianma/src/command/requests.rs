//! The command `jianma requests`: what the operator does for people who ask on paper, what is due
//! for deletion, and the keys that seal requests. Works beside a running portal.

mod command;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use domain::{
    Clock, Localized,
    request::{Actor, RequestNumber},
    retention::Retentions,
    service::Answers,
};
use keys::record_keys;
use service::rights::{By, Purge, RightsError, correct, delete, export, purge, withdraw};
use store::{DeletedRequest, DeletionCause, RecordFault, Store};

use crate::{
    config::ConfigError,
    data::{Data, DataError},
    installation::Installation,
    output::Output,
    remedy,
    staff::{StaffFault, WhoAndWhy},
    system::SystemEntropy,
};
pub use command::{RequestsArgs, RequestsCommand};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum RequestsError {
    /// The data folder, or its keys.
    #[error("{0}")]
    Data(#[from] DataError),
    /// Storage.
    #[error("{0}")]
    Store(#[from] store::StoreError),
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// Nobody knows how long the portal keeps requests.
    #[error(
        "how long requests are kept stands in the portal's configuration: name it with --config, or \
         say --no-config if it has none; nothing was done"
    )]
    NoPeriods,
    /// What stands in the way.
    #[error("nothing was done: {0}")]
    Right(#[from] RightsError),
    /// Answers that cannot be kept.
    #[error("nothing was done: these answers need attention: {0}")]
    Answers(String),
    /// No number of a request.
    #[error("{0} is no request number; one looks like JM-20261122-7K3MQ2VX")]
    NoNumber(String),
    /// Not `NAME=TEXT`.
    #[error("--set {0} is not NAME=TEXT")]
    NoAnswer(String),
    /// Who does it, or why, cannot be kept.
    #[error(transparent)]
    Staff(#[from] StaffFault),
    /// An export that does not become JSON.
    #[error("the request does not become JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Rows of a list, and beside them what is wrong with those that do not read.
fn listed(rows: impl Iterator<Item = String>, faults: &[RecordFault], well: bool) -> Output {
    let mut output = Output { well, ..Output::lines(rows.collect()) };
    output.name_faults(faults);
    output.say_of_altered(faults);
    output
}

/// The requests of a data folder, and what the configuration says of them.
struct OpenRequests {
    store: Arc<dyn Store>,
    keys: PathBuf,
    retentions: Retentions,
    departments: BTreeMap<String, Localized>,
}

impl OpenRequests {
    fn open(place: &Installation) -> Result<Self, RequestsError> {
        let config = place.configuration()?;
        let keys = config.keys.folder(&place.data)?;
        let Data { store, keys } =
            Data::existing(&place.database(), keys)?.unlocked(Arc::new(SystemEntropy), None)?;
        Ok(Self {
            store,
            keys,
            retentions: config.retentions()?,
            departments: config
                .departments
                .iter()
                .map(|(id, d)| (id.clone(), d.name.clone()))
                .collect(),
        })
    }
}

fn number(text: &str) -> Result<RequestNumber, RequestsError> {
    RequestNumber::parse(text).ok_or_else(|| RequestsError::NoNumber(text.to_owned()))
}

fn by(whom: &WhoAndWhy, clock: &dyn Clock) -> Result<By, StaffFault> {
    let (name, reason) = whom.explained()?;
    Ok(By { actor: Actor::Staff(name), at: clock.now(), reason: Some(reason) })
}

/// Does what the command says.
///
/// # Errors
/// [`RequestsError`] says what stands in the way; nothing was done.
pub async fn run(arguments: RequestsArgs, clock: &dyn Clock) -> Result<Output, RequestsError> {
    match arguments.command {
        RequestsCommand::List { place } => {
            let found = OpenRequests::open(&place)?.store.listed().await?;
            let line = |request: &store::ListedRequest| {
                let (at, last) = (request.submitted_at, request.last_at);
                let state = request.state.name();
                let mark =
                    if request.whole { "" } else { "\tPART OF IT IS MISSING OR WAS CHANGED" };
                format!("{}\t{}\t{at:.0}\t{state}\t{last:.0}{mark}", request.number, request.item)
            };
            let well = found.rows.iter().all(|request| request.whole);
            let list = listed(found.rows.iter().map(line), &found.faults, well);
            Ok(list.or_says("no request is kept"))
        }
        RequestsCommand::Show { number: text, place } => {
            show(&OpenRequests::open(&place)?, &text).await
        }
        RequestsCommand::Export { number: text, by: whom, place } => {
            let (requests, number, by) =
                (OpenRequests::open(&place)?, number(&text)?, by(&whom, clock)?);
            // Written down before anything is shown.
            requests.store.note_export(&number, by.at, by.actor, by.reason).await?;
            let OpenRequests { store, retentions, departments, .. } = &requests;
            let export = export(&**store, retentions, departments, &number).await?;
            let export = export.ok_or(RightsError::Unknown)?;
            Ok(Output::data(serde_json::to_string_pretty(&export)?))
        }
        RequestsCommand::Correct { number: text, set, by: whom, place } => {
            let (requests, number, by) =
                (OpenRequests::open(&place)?, number(&text)?, by(&whom, clock)?);
            let given = set.iter().map(|pair| {
                let (name, text) =
                    pair.split_once('=').ok_or_else(|| RequestsError::NoAnswer(pair.clone()))?;
                Ok((name.to_owned(), text.to_owned()))
            });
            let given: Answers = given.collect::<Result<_, RequestsError>>()?;
            match correct(&*requests.store, &number, &given, by, None).await {
                Ok(true) => {
                    Ok(Output::line(format!("{number}\tis corrected; departments are told")))
                }
                Ok(false) => Ok(Output::line(format!("{number}\tsays so already"))),
                Err(RightsError::Faults(faults)) => {
                    let fields: Vec<&str> = faults.iter().map(|fault| &*fault.field).collect();
                    Err(RequestsError::Answers(fields.join(", ")))
                }
                Err(error) => Err(error.into()),
            }
        }
        RequestsCommand::Withdraw { number: text, by: whom, place } => {
            let (requests, number, by) =
                (OpenRequests::open(&place)?, number(&text)?, by(&whom, clock)?);
            let now = withdraw(&*requests.store, &number, by).await?;
            let what = if now {
                "is withdrawn; departments that have it are told"
            } else {
                "was withdrawn before"
            };
            Ok(Output::line(format!("{number}\t{what}")))
        }
        RequestsCommand::Delete { number: text, no_config, by: whom, place } => {
            knows_periods(&place, no_config)?;
            let (requests, number, by) =
                (OpenRequests::open(&place)?, number(&text)?, by(&whom, clock)?);
            let cause = DeletionCause::Operator;
            let now = delete(&*requests.store, &requests.retentions, &number, cause, by).await?;
            let what = if now { "is deleted and in the register" } else { "was deleted before" };
            Ok(Output::line(format!("{number}\t{what}")))
        }
        RequestsCommand::Purge { dry_run, clock_is_right, no_config, place } => {
            knows_periods(&place, no_config)?;
            let how = match (dry_run, clock_is_right) {
                (true, _) => Purge::Try,
                (false, true) => Purge::ByThisClock,
                (false, false) => Purge::Due,
            };
            delete_due(&OpenRequests::open(&place)?, how, clock).await
        }
        RequestsCommand::Register { place } => {
            let entries = OpenRequests::open(&place)?.store.deletions().await?;
            let well = entries.rows.iter().all(|entry| entry.whole);
            let list = listed(entries.rows.iter().map(entry), &entries.faults, well);
            Ok(list.or_says("no request was deleted yet"))
        }
        RequestsCommand::Keys { place } => keys(&place).await,
        RequestsCommand::RotateKey { cipher, place } => {
            // Opened first: a file that does not fit the database is not added to.
            let keys = OpenRequests::open(&place)?.keys;
            let listed = record_keys::listed(&keys).map_err(DataError::from)?;
            let newest = listed.last().map(|key| key.cipher);
            let cipher = cipher.map(Into::into).or(newest).unwrap_or(store::Cipher::Aes256Gcm);
            let id = record_keys::add(&keys, cipher, &SystemEntropy).map_err(DataError::from)?;
            Ok(Output::line(format!(
                "{id}\t{}\tseals from now on; start the portal again, and back up records.keys",
                cipher.name()
            )))
        }
        RequestsCommand::Check { place } => check(&place).await,
        RequestsCommand::Seal { by: whom, place } => {
            let by = by(&whom, clock)?;
            let data = Data::of(&place)?;
            let sealed =
                record_keys::seal_restored(&*data.store, &data.keys, Arc::new(SystemEntropy))
                    .map_err(DataError::from)?;
            if sealed == 0 {
                return Ok(Output::line(
                    "nothing lies in clear: every request was sealed already, and nothing was changed",
                ));
            }
            let (who, why) = (who(&by.actor), by.reason.as_deref().unwrap_or("-"));
            tracing::warn!(who, why, "requests in clear were sealed as genuine");
            Ok(Output::line(format!(
                "sealed {sealed} values that lay in clear; {who} answers for them: {why}"
            )))
        }
        RequestsCommand::Reseal { place } => {
            let count = OpenRequests::open(&place)?.store.reseal().await?;
            Ok(Output::line(format!("{count} values are sealed by the newest key now")))
        }
    }
}

async fn check(place: &Installation) -> Result<Output, RequestsError> {
    let faults = OpenRequests::open(place)?.store.check_requests().await?;
    if faults.is_empty() {
        return Ok(Output::line("every request is as it was kept"));
    }
    // They are what was asked for, and no rows beside an answer.
    let lines = faults.iter().map(ToString::to_string).collect();
    Ok(Output { well: false, ..Output::lines(lines) })
}

/// Whether it is known how long this portal keeps requests: nobody deletes by periods that may be
/// another's.
fn knows_periods(place: &Installation, no_config: bool) -> Result<(), RequestsError> {
    if place.config.is_none() && !no_config {
        return Err(RequestsError::NoPeriods);
    }
    Ok(())
}

async fn delete_due(
    requests: &OpenRequests,
    how: Purge,
    clock: &dyn Clock,
) -> Result<Output, RequestsError> {
    let tries = how == Purge::Try;
    let purged = purge(&*requests.store, &requests.retentions, clock, how).await?;
    if let Some(doubt) = purged.doubt.filter(|_| !tries) {
        let mut output = Output { well: false, ..Output::default() };
        output.name_faults(&purged.unreadable);
        output.say_of_altered(&purged.unreadable);
        output.warnings.push(format!("nothing was deleted: {}", remedy::told(&doubt)));
        return Ok(output);
    }
    let what = if tries { "is due" } else { "is deleted" };
    let due = purged
        .due
        .iter()
        .map(|one| format!("{}\t{}\t{what}; it ended {:.0}", one.number, one.item, one.ended_at));
    let kept = purged
        .without_period
        .iter()
        .map(|one| format!("{}\t{}\tstays: the catalogue has no such item", one.number, one.item));
    let altered = purged.altered.iter().map(|one| {
        let text = "stays: it is not as it was written, see `jianma requests check`";
        format!("{}\t{}\t{text}", one.number, one.item)
    });
    let well = purged.altered.is_empty();
    let mut output = listed(due.chain(kept).chain(altered), &purged.unreadable, well);
    if output.lines.is_empty() {
        output.lines.push("nothing is due".to_owned());
    }
    if let Some(doubt) = purged.doubt {
        let doubt = remedy::told(&doubt);
        output.lines.push(format!("as it stands nothing would be deleted: {doubt}"));
    }
    Ok(output)
}

async fn show(requests: &OpenRequests, text: &str) -> Result<Output, RequestsError> {
    let number = number(text)?;
    let Some(dossier) = requests.store.dossier(&number).await? else {
        let gone = requests.store.deleted(&number).await?.ok_or(RightsError::Unknown)?;
        return Ok(Output::line(format!("deleted\t{}", entry(&gone))));
    };
    let request = &dossier.request;
    let item = &request.submission.item;
    let mut lines = vec![
        format!("request       {number}"),
        format!("item          {item}"),
        format!("state         {}", request.state().name()),
        format!("submitted     {:.0}", request.submitted_at),
    ];
    if let Some(ended) = request.ended_at() {
        let until = requests.retentions.period(item).map(|period| period.until(ended).to_string());
        lines.push(format!("kept until    {}", until.as_deref().unwrap_or("no period")));
    }
    lines.extend(dossier.deliveries.iter().map(|delivery| {
        let (kind, state) = (delivery.kind.name(), delivery.state.name());
        format!("  {}  {kind} to {}: {state}", delivery.id.0, delivery.department)
    }));
    lines.extend(request.events.iter().map(|event| {
        let who = who(&event.actor);
        format!("  {:.0}  {} by {who}", event.at, event.state.name())
    }));
    Ok(Output::lines(lines))
}

fn who(actor: &Actor) -> &str {
    match actor {
        Actor::Applicant => "the applicant",
        Actor::Portal => "the portal",
        Actor::Department(name) | Actor::Staff(name) => name,
    }
}

fn entry(entry: &DeletedRequest) -> String {
    let (actor, reason) = &entry.said;
    let mark = if entry.whole { "" } else { "\tDOES NOT FOLLOW FROM THE ONE BEFORE" };
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{}{mark}",
        entry.number,
        entry.item,
        entry.day,
        entry.cause.name(),
        entry.digest,
        who(actor),
        reason.as_deref().unwrap_or("-"),
    )
}

async fn keys(place: &Installation) -> Result<Output, RequestsError> {
    let OpenRequests { store, keys, .. } = OpenRequests::open(place)?;
    let sealed = store.sealed_by().await?;
    let keys = record_keys::listed(&keys).map_err(DataError::from)?;
    let last = keys.len().saturating_sub(1);
    let line = |(at, key): (usize, &store::RecordKey)| {
        let id = key.id();
        let count = sealed.iter().find(|(by, _)| *by == id).map_or(0, |(_, count)| *count);
        let newest = if at == last { "\tnewest" } else { "" };
        format!("{id}\t{}\t{count} values{newest}", key.cipher.name())
    };
    Ok(Output::lines(keys.iter().enumerate().map(line).collect()))
}
