//! The command `jianma label`: issuing, printing again, withdrawing, and the keys.

mod command;
mod issue;
mod print;

use std::path::PathBuf;

use domain::{
    Clock, Entropy,
    code::CodeError,
    label::{KeyId, KeyRing},
};
use keys::{KeyError, label_keys};
use service::labels::NotIssued;
use store::{IssuedLabel, LabelPage, Labels, Listed, Withdrawal, Withdrawn};

use crate::{
    config::ConfigError,
    data::{Data, DataError, keys_folder},
    output::Output,
    staff::{self, StaffFault},
};
pub use command::{IssueArgs, LabelArgs, LabelCommand, PrintArgs};

/// Longest reason for withdrawing a label, characters: it is shown on one screen of a phone.
const LONGEST_REASON: usize = 200;

/// Why a label command does nothing. Nothing is issued unless it says so.
#[derive(Debug, thiserror::Error)]
pub enum LabelCommandError {
    /// The data folder.
    #[error("{0}")]
    Data(#[from] DataError),
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// Storage.
    #[error("{0}")]
    Store(#[from] store::StoreError),
    /// A key file.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// A policy file.
    #[error(transparent)]
    Policy(#[from] domain::policy::PolicyError),
    /// Nothing that may be shown is there, or it cannot be looked up.
    #[error("{0}")]
    Issue(#[from] NotIssued),
    /// Drawing.
    #[error(transparent)]
    Draw(#[from] label::LabelError),
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The labels are issued, but not on paper.
    #[error(
        "the labels {serials} are issued, but {path} cannot be written: {source}; \
         write them elsewhere with `jianma label reprint {serials} -o FILE` and the same --data and \
         --config"
    )]
    NotWritten {
        /// Their numbers.
        serials: String,
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file name does not say which format.
    #[error("{path}: the name must end in .svg, .pdf or .png")]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// No code at all.
    #[error("give codes, or a file with a code on each line with --from")]
    NoCode,
    /// A text that may not be issued as a code.
    #[error("{text:?} may not be issued, character {}: {error}", error.position())]
    Code {
        /// As given.
        text: String,
        /// What is wrong.
        error: CodeError,
    },
    /// Nowhere to point to.
    #[error(
        "the labels need a host to point to: give --host, or `host` under [site] in the file of --config"
    )]
    NoHost,
    /// Nobody that a label of a real place could name.
    #[error(
        "the labels need to say who issues them: give --issuer, or `operator` under [site] in the file of \
         --config"
    )]
    NoIssuer,
    /// A host that a label cannot point to.
    #[error(
        "labels cannot point to {host:?}: give a name or IPv4 address, with a port if it needs one"
    )]
    Host {
        /// As given.
        host: String,
    },
    /// No key that may still seal.
    #[error("no key may seal this; make a new one with `jianma label rotate-key`")]
    NoKey,
    /// No key of that name.
    #[error("there is no label key {id:?}")]
    UnknownKey {
        /// As given.
        id: String,
    },
    /// Its key is given up: printed again it would read as not issued.
    #[error(
        "the label {serial} was sealed with the key {key}, which is retired: whoever scans it is told \
         that it is not genuine. Issue a new one in its place with `jianma label CODE -o FILE`"
    )]
    Retired {
        /// As given.
        serial: u64,
        /// The key.
        key: KeyId,
    },
    /// No label of that number.
    #[error("no label has the number {serial}; `jianma label list` names those there are")]
    UnknownSerial {
        /// As given.
        serial: u64,
    },
    /// A withdrawn label is not printed again.
    #[error(
        "the label {serial} is withdrawn, and is not printed again; issue a new one with \
         `jianma label CODE -o FILE`"
    )]
    AlreadyWithdrawn {
        /// As given.
        serial: u64,
    },
    /// People must be told why.
    #[error(
        "give a reason of 1 to {LONGEST_REASON} characters: everybody who scans the label reads it"
    )]
    Reason,
    /// A reason or an issuer that cannot be kept.
    #[error(transparent)]
    Text(#[from] StaffFault),
    /// The arguments do not fit together.
    #[error("{0} is missing")]
    Missing(&'static str),
}

/// Does what the command line says.
///
/// # Errors
/// [`LabelCommandError`] says what is wrong and whether labels were issued all the same.
pub async fn run(
    arguments: LabelArgs,
    clock: &dyn Clock,
    entropy: &dyn Entropy,
) -> Result<Output, LabelCommandError> {
    match arguments.command {
        None => issue::issue(arguments.issue, clock, entropy).await,
        Some(LabelCommand::Reprint { serials, place, print }) => {
            print::reprint(&serials, &place, &print).await
        }
        Some(LabelCommand::Withdraw { serial, reason, place }) => {
            withdraw(&*Data::of(&place)?.store, serial, reason, clock).await
        }
        Some(LabelCommand::List { place }) => list(&Data::of(&place)?).await,
        Some(LabelCommand::RotateKey { place }) => {
            // A key in a mistyped folder would be one that seals nothing.
            place.database().expect()?;
            let id = label_keys::change(&keys_folder(&place)?, |ring| ring.rotate(entropy.key()))?;
            let id = id.ok_or(LabelCommandError::NoKey)?;
            Ok(Output::line(format!(
                "new labels are sealed with the key {id}; older ones stay genuine"
            )))
        }
        Some(LabelCommand::RetireKey { id, place }) => {
            place.database().expect()?;
            let keys = keys_folder(&place)?;
            let named = KeyId::parse(&id);
            let retired = named
                .map(|id| label_keys::change(&keys, |ring| ring.retire(&id).then(|| id.clone())));
            let retired = retired.transpose()?.flatten();
            let retired = retired.ok_or(LabelCommandError::UnknownKey { id })?;
            Ok(Output::line(format!("no label sealed with the key {retired} is genuine any more")))
        }
    }
}

async fn withdraw(
    store: &dyn Labels,
    serial: u64,
    reason: String,
    clock: &dyn Clock,
) -> Result<Output, LabelCommandError> {
    let reason = staff::line(&reason, "the reason", LONGEST_REASON)?;
    let reason = reason.ok_or(LabelCommandError::Reason)?;
    let withdrawal = Withdrawal { at: clock.now(), reason };
    match store.withdraw_label(serial, &withdrawal).await? {
        Withdrawn::Now => Ok(Output::line(format!("the label {serial} is withdrawn"))),
        Withdrawn::Before(before) => {
            Ok(Output::line(format!("the label {serial} was withdrawn before: {}", before.reason)))
        }
        Withdrawn::Unknown => Err(LabelCommandError::UnknownSerial { serial }),
    }
}

/// How a label stands: withdrawn, under a key that was given up, or in use.
fn standing(issued: &IssuedLabel, ring: &KeyRing) -> String {
    match &issued.withdrawn {
        Some(withdrawal) => {
            let day = domain::clock::china_date(withdrawal.at);
            format!("withdrawn {day}: {}", withdrawal.reason)
        }
        None if is_retired(&issued.label.key, ring) => {
            format!(
                "not genuine any more: its key {} is retired; issue a new one",
                issued.label.key
            )
        }
        None => "in use".to_owned(),
    }
}

/// Whether labels under a key count no more.
fn is_retired(key: &KeyId, ring: &KeyRing) -> bool {
    ring.keys().iter().all(|known| known.id != *key || known.retired)
}

/// Number, day, key, host, place and standing of every label, between tabs. The place of a home
/// is masked: lists are printed and sent around.
async fn list(data: &Data) -> Result<Output, LabelCommandError> {
    let ring = label_keys::read(&data.keys)?;
    let mut output = Output::default();
    let mut after = 0;
    loop {
        let LabelPage { labels: Listed { rows, faults }, last } =
            data.store.labels(after, 1_000).await?;
        let Some(last) = last else { return Ok(output.or_says("no label was issued yet")) };
        after = last;
        output.name_faults(&faults);
        output.lines.extend(rows.iter().map(|issued| {
            let label = &issued.label;
            let standing = standing(issued, &ring);
            format!(
                "{}\t{}\t{}\t{}\t{}\t{standing}",
                domain::label::serial_text(issued.serial),
                domain::clock::china_date(label.issued_at),
                label.key,
                label.host,
                print::groups(issued).join(" "),
            )
        }));
    }
}
