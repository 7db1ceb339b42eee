//! The commands `jianma audit` and `jianma verify-audit`.

use std::path::PathBuf;

use audit::{
    AcceptError, AuditUnderCheck, Ends, EndsError, ExportError, OLDER_THAN_ITS_END, PruneError,
    Removed, Summary, VerifyError, Wanted, accept, prune, verify, verify_part,
};
use clap::{Args, Subcommand};
use domain::{
    Clock,
    audit::{AuditFault, AuditKey, Checked, Elsewhere, Head, Pruned},
};
use jiff::civil::Date;
use keys::{KeyError, manifest::KeyList};

use crate::{
    config::ConfigError,
    data::{Data, DataError},
    installation::Installation,
    output::Output,
    staff::{StaffFault, WhoAndWhy},
};

/// How `jianma audit` is called.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(subcommand)]
    command: AuditCommand,
}

#[derive(Debug, Subcommand)]
enum AuditCommand {
    /// Accepts that the database was put back, by hand or of a backup: what is missing since then
    /// stays named in the audit for ever, and signed-in visitors are served again.
    AcceptRestore {
        #[command(flatten)]
        place: Installation,
        #[command(flatten)]
        answer: WhoAndWhy,
        /// An end of the audit that somebody noted, as verify-audit prints it and the log says it:
        /// for a restored backup whose noted ends were lost too.
        #[arg(long, value_name = "LENGTH:SEAL")]
        known: Option<Head>,
    },
    /// Removes the oldest entries, at least six months old, behind a sealed entry that names them.
    Prune {
        #[command(flatten)]
        place: Installation,
        #[command(flatten)]
        answer: WhoAndWhy,
        /// Entries of before this day go; at least six months ago.
        #[arg(long, value_name = "DATE")]
        before: Date,
        /// A new file for the entries that go, which `verify-audit` still checks.
        #[arg(long, value_name = "FILE")]
        export: Option<PathBuf>,
        /// The clock is right, and was wherever the audit has nothing for more than 7 days, up to the
        /// last time, which is behind this entry: the command names them all when it refuses. It stays
        /// in the audit that you say so. Refused where nobody has to answer.
        #[arg(long, value_name = "ENTRY")]
        clock_is_right: Option<u64>,
    },
}

/// How `jianma verify-audit` is called.
#[derive(Debug, Args)]
pub struct VerifyAuditArgs {
    /// A part that was pruned, in a file; without it, the audit of the data folder.
    file: Option<PathBuf>,
    #[command(flatten)]
    place: Installation,
    /// Where an earlier check ended, as it printed it: the audit must still run through it. May be
    /// repeated.
    #[arg(long, value_name = "LENGTH:SEAL")]
    expect: Vec<Head>,
}

/// Why a command on the audit does nothing.
#[derive(Debug, thiserror::Error)]
pub enum AuditCommandError {
    /// The data folder.
    #[error("{0}")]
    Data(#[from] DataError),
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// A key file.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// Storage.
    #[error("{0}")]
    Store(#[from] store::StoreError),
    /// The noted ends.
    #[error(transparent)]
    Ends(#[from] EndsError),
    /// A name or a reason that cannot be kept.
    #[error(transparent)]
    Staff(#[from] StaffFault),
    /// A restore that is not accepted.
    #[error("{0}")]
    Accept(#[from] AcceptError),
    /// Nothing is pruned.
    #[error("{0}")]
    Prune(#[from] PruneError),
    /// A part in a file.
    #[error(transparent)]
    Export(#[from] ExportError),
}

struct Opened {
    data: Data,
    key: AuditKey,
    ends: Ends,
}

impl Opened {
    fn of(place: &Installation) -> Result<Self, AuditCommandError> {
        let config = place.configuration()?;
        let data = Data::existing(&place.database(), config.keys.folder(&place.data)?)?;
        let key = keys::existing_audit_key(&data.keys)?;
        Ok(Self { data, key, ends: Ends::of(&place.data, config.audit.witness.as_deref()) })
    }

    fn place(&self) -> AuditUnderCheck<'_> {
        let Data { store, keys } = &self.data;
        AuditUnderCheck { store: &**store, key: &self.key, ends: &self.ends, keys }
    }
}

/// Does what the command line says; what to say of it.
///
/// # Errors
/// [`AuditCommandError`]; then nothing was written.
pub async fn run(arguments: AuditArgs, clock: &dyn Clock) -> Result<Output, AuditCommandError> {
    match arguments.command {
        AuditCommand::AcceptRestore { place, answer, known } => {
            let answer = answer.explained()?;
            let opened = Opened::of(&place)?;
            let restored = accept(&opened.place(), known, answer, clock).await?;
            let end = |head: &Option<Head>| match head {
                Some(head) => head.to_string(),
                None => "nothing".to_owned(),
            };
            Ok(Output::lines(vec![
                format!(
                    "written down that the database was put back: the audit went to {}, and goes on \
                     from {}",
                    end(&restored.known),
                    end(&restored.found)
                ),
                match restored.lost() {
                    Some(lost) => format!("{lost} entries are lost"),
                    None => "how many entries are lost is not known".to_owned(),
                },
                "what is not public is shown again; verify-audit names the gap from now on"
                    .to_owned(),
            ]))
        }
        AuditCommand::Prune { place, answer, before, export, clock_is_right } => {
            let answer = answer.explained()?;
            let opened = Opened::of(&place)?;
            let export = export.as_deref();
            let wanted = Wanted { before, export, clock_is_right };
            let Removed { left_over, pruned } =
                prune(&opened.place(), wanted, answer, clock).await?;
            let mut lines = Vec::new();
            if left_over > 0 {
                lines.push(format!(
                    "removed {left_over} entries that an earlier prune had cut off and not removed"
                ));
            }
            let Some(pruned) = pruned else {
                lines.push(format!("no other entry is older than {before}; no file was written"));
                return Ok(Output::lines(lines));
            };
            lines.push(format!(
                "removed {} entries, up to that of {:.0}; the audit goes on behind {}",
                pruned.count, pruned.until_at, pruned.until
            ));
            if let Some(path) = export {
                lines.push(format!(
                    "they are in {}; check them with `jianma verify-audit {} --data {}`",
                    path.display(),
                    path.display(),
                    place.data.display()
                ));
            }
            Ok(Output::lines(lines))
        }
    }
}

/// Checks an audit, or a part of one in a file.
///
/// # Errors
/// [`AuditCommandError`] when it cannot be read; one that does not pass is no error.
pub async fn verify_audit(arguments: VerifyAuditArgs) -> Result<Output, AuditCommandError> {
    let VerifyAuditArgs { file, place, expect } = arguments;
    if let Some(file) = file {
        let config = place.configuration()?;
        let key = keys::existing_audit_key(config.keys.folder(&place.data)?)?;
        return match verify_part(&file, &key, expect) {
            Ok(summary) => Ok(Output::lines(passed(&summary))),
            Err(ExportError::Fault(fault)) => Ok(failed(&fault)),
            Err(error) => Err(error.into()),
        };
    }
    let opened = Opened::of(&place)?;
    let known = opened.place().known().await?;
    let before = opened.ends.before(&expect)?;
    let expect = Elsewhere { ends: expect, before };
    let nothing_known = known.is_empty();
    match verify(&*opened.data.store, &opened.key, known, expect).await {
        Ok(Summary { checked: Checked { head: None, .. }, .. }) => {
            let begun = KeyList::of(&opened.data.keys)?.audit_begun;
            if nothing_known && !begun && opened.data.store.audit_is_unbegun().await? {
                return Ok(Output::line("the audit was not begun yet: no portal has served"));
            }
            Ok(failed(&AuditFault::Emptied))
        }
        Ok(summary) => Ok(Output::lines(passed(&summary))),
        Err(VerifyError::Fault(fault)) => Ok(failed(&fault)),
        Err(VerifyError::Store(error)) => Err(error.into()),
    }
}

fn passed(summary: &Summary) -> Vec<String> {
    let Summary { checked, disclosed, withheld, misses, .. } = summary;
    let refused = match misses {
        0 => format!("{withheld} refusals"),
        misses => format!("{withheld} refusals, and {misses} to the public, counted"),
    };
    let mut lines =
        vec![format!("the audit is as it was written: {disclosed} disclosures, {refused}")];
    if let Some(cut) = &checked.cut {
        lines.push(format!("entries up to {} were pruned; it begins behind {cut}", cut.sequence));
    }
    lines.extend(checked.prunings.iter().map(|(sequence, pruned)| pruning(*sequence, pruned)));
    for gap in &checked.gaps {
        let restored = &gap.restored;
        let lost = match (restored.lost(), &restored.known) {
            (Some(lost), Some(known)) => format!("{lost} entries up to {known} are lost"),
            _ => "what was written after it is lost".to_owned(),
        };
        let found = restored.found.as_ref().map_or(0, |head| head.sequence);
        lines.push(format!(
            "GAP: entry {} says that a database ending at entry {found} was put back on {:.0}: \
             {lost}. Accepted by {}: {}",
            gap.sequence, restored.at, restored.by, restored.why
        ));
    }
    for gone in &checked.gone {
        lines.push(format!("of {gone} nothing can be said: it was pruned, or lost in a gap"));
    }
    if let Some(head) = &checked.head {
        lines.push(format!("it ends at {head}"));
        lines.push(
            "keep that line elsewhere and give it to the next check with --expect".to_owned(),
        );
    }
    lines
}

fn pruning(sequence: u64, pruned: &Pruned) -> String {
    let Pruned { at, by, why, until, until_at, count, clock_is_right, leaps } = pruned;
    let clock = if *clock_is_right { ", who said that the clock was right" } else { "" };
    let leaps: String = leaps.iter().map(|leap| format!(", {leap}")).collect();
    format!(
        "PRUNED: entry {sequence} says that {count} entries, up to entry {} of {until_at:.0}, were \
         pruned on {at:.0} by {by}{clock}{leaps}: {why}",
        until.sequence
    )
}

fn failed(fault: &AuditFault) -> Output {
    let mut lines = vec![format!("THE AUDIT WAS TAMPERED WITH: {fault}")];
    if matches!(fault, AuditFault::CutOff { .. } | AuditFault::Emptied) {
        lines.push(OLDER_THAN_ITS_END.to_owned());
        lines.push(
            "it is put back by `jianma restore` too; `jianma audit accept-restore` writes it down"
                .to_owned(),
        );
    }
    lines.push(
        "stop the portal, keep the data folder as it is, and tell the audit officer".to_owned(),
    );
    Output { lines, well: false, ..Output::default() }
}
