//! The command line: a variant for each command, and nothing of what they do.

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use domain::Locale;

use crate::{
    command::{
        Failure,
        api_keys::{self, ApiKeysArgs},
        audit::{self, AuditArgs, VerifyAuditArgs},
        backup::{self, BackupArgs, RestoreArgs},
        block_on,
        check::{self, CheckConfigArgs},
        check_catalogues::{self, CheckCataloguesArgs},
        check_rules::{self, CheckRulesArgs},
        decode::{self, DecodeArgs},
        deliveries::{self, DeliveriesArgs},
        demo::{self, DemoArgs},
        department::{self, DepartmentArgs},
        export_rules::{self, ExportRulesArgs},
        import::{self, ImportArgs},
        inspect::{self, InspectArgs},
        keys::{self, KeysArgs},
        label::{self, LabelArgs},
        requests::{self, RequestsArgs},
        serve::{self, ServeArgs},
        staff::{self, StaffArgs},
        verify::{self, VerifyArgs},
        versions::{self, RollbackArgs, VersionsArgs},
    },
    help,
    output::Output,
    system::{SystemClock, SystemEntropy},
};

/// 见码: see the code, get things done.
#[derive(Debug, Parser)]
#[command(name = "jianma", version)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the portal until SIGTERM or Ctrl-C.
    Serve(ServeArgs),
    /// Imports files of a GIS as a new data version, or checks them with `--check`.
    Import(ImportArgs),
    /// Says what a file of a GIS holds: layers, CRS, encoding, properties with samples; with `--mapping`, a
    /// mapping to start from.
    Inspect(InspectArgs),
    /// Makes a fictional district of 德清县 as a data set, the same every time.
    Demo(DemoArgs),
    /// Lists data sets and their versions: which is current, which can be made current again.
    Versions(VersionsArgs),
    /// Makes the version before current again, while a portal serves or not.
    Rollback(RollbackArgs),
    /// Copies the data folder as it is now, while a portal serves or not.
    Backup(BackupArgs),
    /// Makes a data folder of a backup.
    Restore(RestoreArgs),
    /// Issues QR labels, prints them again, withdraws them, and keeps their keys.
    Label(LabelArgs),
    /// Shows what departments have not got, and does something about it.
    Deliveries(DeliveriesArgs),
    /// Shows, exports, corrects, withdraws and deletes requests for people who ask on paper; purges
    /// what is due; keeps the keys that seal them.
    Requests(RequestsArgs),
    /// Makes, lists, resets and closes the accounts of those who work at the counter.
    Staff(StaffArgs),
    /// Makes, lists and disables keys of programs that ask the API often.
    ApiKeys(ApiKeysArgs),
    /// Runs the sample department, for demonstrations and tests.
    Department(DepartmentArgs),
    /// Checks the disclosure audit: finds any entry that was changed, removed or moved.
    VerifyAudit(VerifyAuditArgs),
    /// Accepts that a database was put back, or prunes the disclosure audit.
    Audit(AuditArgs),
    /// Writes the keys into a file to be kept elsewhere, or puts them back.
    Keys(KeysArgs),
    /// Reads the codes in pictures (PNG, JPEG, WebP, GIF, BMP, PNM) as the scanner does: a line for
    /// each with file, payload and milliseconds, separated by tabs. Fails if nothing was read.
    Decode(DecodeArgs),
    /// Reads configuration and policies, and says what they mean.
    CheckConfig(CheckConfigArgs),
    /// Names every fault of catalogues: themes, services, laws and the like.
    CheckCatalogues(CheckCataloguesArgs),
    /// Names every fault of rules about sites, and says what they come to: rules, uses, tables, hash.
    CheckRules(CheckRulesArgs),
    /// Writes a set of rules about sites as DMN 1.5 with FEEL, for engines that others made, and cases to hold
    /// them against ours.
    ExportRules(ExportRulesArgs),
    /// Checks a verdict that somebody was given: genuine, altered, or of a key that is not known; then reaches
    /// it again from its facts. Ends with 0 where it is genuine and the same, 1 where it is not genuine, 3
    /// where the key is not known, 4 where it is not reached again.
    Verify(VerifyArgs),
}

impl CommandLine {
    /// How the program was called, with its help in a language.
    ///
    /// # Errors
    /// What is wrong with the call; help and version are said so too.
    pub fn read(locale: Locale) -> Result<Self, clap::Error> {
        Self::from_arg_matches(&help::in_language(Self::command(), locale).try_get_matches()?)
    }

    /// Does what the command line says.
    ///
    /// # Errors
    /// Why it was not done, in words.
    pub fn run(self) -> Result<Output, Failure> {
        let clock = &SystemClock;
        match self.command {
            Command::Serve(arguments) => serve::run(arguments),
            Command::Import(arguments) => Ok(import::run(&arguments, clock)?),
            Command::Inspect(arguments) => Ok(inspect::run(&arguments)?),
            Command::Demo(arguments) => demo::run(&arguments, clock),
            Command::Versions(arguments) => block_on(versions::list(arguments)),
            Command::Rollback(arguments) => block_on(versions::roll_back(arguments, clock)),
            Command::Backup(arguments) => Ok(backup::run_backup(&arguments, clock)?),
            Command::Restore(arguments) => block_on(backup::run_restore(&arguments, clock)),
            Command::Label(arguments) => block_on(label::run(arguments, clock, &SystemEntropy)),
            Command::Deliveries(arguments) => block_on(deliveries::run(arguments, clock)),
            Command::Requests(arguments) => block_on(requests::run(arguments, clock)),
            Command::Staff(arguments) => block_on(staff::run(arguments)),
            Command::ApiKeys(arguments) => {
                block_on(api_keys::run(arguments, clock, &SystemEntropy))
            }
            Command::Department(arguments) => department::run(arguments),
            Command::VerifyAudit(arguments) => block_on(audit::verify_audit(arguments)),
            Command::Audit(arguments) => block_on(audit::run(arguments, clock)),
            Command::Keys(arguments) => Ok(keys::run(&arguments, clock, &SystemEntropy)?),
            Command::Decode(arguments) => Ok(decode::run(&arguments)?),
            Command::CheckConfig(arguments) => Ok(check::run(&arguments, clock)?),
            Command::CheckCatalogues(arguments) => Ok(check_catalogues::run(&arguments)?),
            Command::CheckRules(arguments) => Ok(check_rules::run(&arguments)?),
            Command::ExportRules(arguments) => Ok(export_rules::run(&arguments, clock)?),
            Command::Verify(arguments) => Ok(verify::run(&arguments, clock)?),
        }
    }
}
