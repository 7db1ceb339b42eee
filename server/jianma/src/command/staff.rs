//! The command `jianma staff`: who may sign in at the counter.

use std::{collections::BTreeSet, sync::Arc};

use ::staff::{Accounts, Link, Listed, StaffError, may_be_one};
use audit::{Ends, auditor};
use clap::{Args, Subcommand, ValueEnum};
use domain::{
    Clock,
    person_number::PersonNumber,
    staff::{Member, Role, StaffId, is_id},
};
use jiff::Timestamp;
use keys::KeyError;
use store::Persons;

use crate::{
    config::{Config, ConfigError},
    data::{Data, DataError, keys_folder},
    installation::Installation,
    output::Output,
    staff::{LONGEST_NAME, StaffFault, line, name},
    system::{SystemClock, SystemEntropy},
};

/// How `jianma staff` is called.
#[derive(Debug, Args)]
pub struct StaffArgs {
    #[command(subcommand)]
    command: StaffCommand,
}

#[derive(Debug, Subcommand)]
enum StaffCommand {
    /// Makes an account, and prints the link with which its passphrase is chosen, once and within 72 hours.
    Add {
        /// What they sign in with: small Latin letters, digits, `.`, `-` and `_`.
        id: String,
        /// The id of their office: that of a department in the configuration, or of a hall.
        #[arg(long, value_name = "ID")]
        office: String,
        /// What they are there; may be repeated.
        #[arg(long, value_name = "ROLE", required = true)]
        role: Vec<RoleChoice>,
        /// What they are called; the name that they sign in with unless told.
        #[arg(long, value_name = "NAME")]
        called: Option<String>,
        /// Their staff number, kept sealed: accounts of one number never count as two people.
        #[arg(long, value_name = "NUMBER")]
        person: Option<String>,
        /// What the office's identity service calls them, where they sign in by it: the claim that the
        /// configuration names.
        #[arg(long, value_name = "TEXT")]
        identity: Option<String>,
        #[command(flatten)]
        place: Installation,
    },
    /// Gives an account the name by which the office's identity service knows its holder.
    Identify {
        /// What they sign in with.
        id: String,
        /// What the service calls them: the claim that the configuration names.
        identity: String,
        #[command(flatten)]
        place: Installation,
    },
    /// Lists the accounts: name, office, roles, whether they can sign in, whether they have a staff number, and how many
    /// passkeys they have; separated by tabs.
    List {
        #[command(flatten)]
        place: Installation,
    },
    /// Says whose an account is, by their staff number, which is kept sealed: accounts of one number never count as two
    /// people.
    Person {
        /// What they sign in with.
        id: String,
        /// Their staff number.
        number: String,
        #[command(flatten)]
        place: Installation,
    },
    /// Takes passphrase, codes, passkeys and sessions away and prints another link, also for an account that was closed.
    Reset {
        /// What they sign in with.
        id: String,
        #[command(flatten)]
        place: Installation,
    },
    /// Lets somebody try again who mistyped too often.
    Unlock {
        /// What they sign in with.
        id: String,
        #[command(flatten)]
        place: Installation,
    },
    /// Closes an account and ends its sessions.
    Disable {
        /// What they sign in with.
        id: String,
        #[command(flatten)]
        place: Installation,
    },
}

/// A role, as it is written on the command line.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum RoleChoice {
    /// Serves people at the counter.
    Clerk,
    /// Answers for the clerks of an office.
    Supervisor,
    /// Reads who looked at what, and changes nothing.
    Auditor,
    /// Runs the machines: reads no case.
    System,
    /// Watches who signs in.
    Security,
}

impl From<RoleChoice> for Role {
    fn from(choice: RoleChoice) -> Self {
        match choice {
            RoleChoice::Clerk => Self::Clerk,
            RoleChoice::Supervisor => Self::Supervisor,
            RoleChoice::Auditor => Self::Auditor,
            RoleChoice::System => Self::System,
            RoleChoice::Security => Self::Security,
        }
    }
}

/// Why nothing was done to an account.
#[derive(Debug, thiserror::Error)]
pub enum StaffCommandError {
    /// The data folder.
    #[error("{0}")]
    Data(#[from] DataError),
    /// The configuration.
    #[error("{0}")]
    Config(#[from] ConfigError),
    /// A key file.
    #[error("{0}")]
    Key(#[from] KeyError),
    /// Storage, or the audit.
    #[error("{0}")]
    Accounts(#[from] StaffError),
    /// A name that cannot be kept.
    #[error(transparent)]
    Name(#[from] StaffFault),
    /// No id.
    #[error(
        "{text:?} is no id: it begins with a small Latin letter and has letters, digits, `.`, `-` and `_` \
         only, at most 40"
    )]
    NoId {
        /// As given.
        text: String,
    },
    /// Roles that are not one person's.
    #[error(
        "auditor, system and security are different people, and none of them serves at the counter: give each \
         an account of its own"
    )]
    Together,
    /// No staff number.
    #[error("a staff number is one line of at most 40 characters")]
    NoNumber,
    /// The same person would go through their own looks.
    #[error(
        "whoever has this staff number has an account whose roles do not go with these: auditor, system and \
         security are different people, and none of them serves at the counter"
    )]
    TogetherByAnother,
    /// There is one.
    #[error("there is an account {id} already; `jianma staff reset {id}` gives it another link")]
    Taken {
        /// Its id.
        id: StaffId,
    },
    /// The identity service calls somebody else so.
    #[error(
        "{id} was not given that name: the identity service knows another account by it; give it another with \
         `jianma staff identify {id} TEXT`"
    )]
    Known {
        /// Whose it was to be.
        id: StaffId,
    },
    /// There is none.
    #[error("there is no account {id}; `jianma staff list` names those there are")]
    Unknown {
        /// As given.
        id: StaffId,
    },
}

/// The accounts of an installation, with the audit that everything done to them is written into first.
///
/// # Errors
/// [`StaffCommandError`] says what is missing.
pub async fn accounts(place: &Installation) -> Result<(Accounts, Config), StaffCommandError> {
    let config = place.configuration()?;
    let keys = keys_folder(place)?;
    let data = Data::existing(&place.database(), &keys)?;
    let store = data.unlocked(Arc::new(SystemEntropy), None)?.store;
    let key = keys::audit_key(&keys, &SystemEntropy)?;
    let ends = Ends::of(&place.data, config.audit.witness.as_deref());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let (audit, _refusals) = auditor(store.clone(), clock.clone(), key, ends, keys);
    audit.open().await;
    Ok((Accounts::new(store, Arc::new(audit), clock, Arc::new(SystemEntropy)), config))
}

/// What is said of a link.
pub fn handed_on(id: &StaffId, link: &Link, config: &Config) -> String {
    let path = format!("{}{}", app::urls::STAFF_ENROL, link.token);
    let address = match (&config.site.host, config.site.tls) {
        (Some(host), true) => format!("https://{host}{path}"),
        (Some(host), false) => format!("http://{host}{path}"),
        (None, _) => path,
    };
    format!("{id} chooses a passphrase here, once, until {:.0}: {address}", link.until)
}

/// Does what the command line says.
///
/// # Errors
/// [`StaffCommandError`]; then nothing was done.
pub async fn run(arguments: StaffArgs) -> Result<Output, StaffCommandError> {
    let by = name(None)?;
    match arguments.command {
        StaffCommand::Add { id, office, role, called, person, identity, place } => {
            let id = id_of(&id)?;
            if !is_id(&office) {
                return Err(StaffCommandError::NoId { text: office });
            }
            let called = line(called.as_deref().unwrap_or_default(), "the name", LONGEST_NAME)?;
            let name = called.unwrap_or_else(|| id.to_string());
            let roles = role.into_iter().map(Role::from).collect::<BTreeSet<Role>>();
            if !may_be_one(&roles) {
                return Err(StaffCommandError::Together);
            }
            let member = Member { id, name, office, roles, demonstration: false };
            let person = person.as_deref().map(number_of).transpose()?;
            let (accounts, config) = accounts(&place).await?;
            if let Some(person) = &person
                && !accounts.may_have(person, (&member, &member.roles)).await?
            {
                return Err(StaffCommandError::TogetherByAnother);
            }
            let link = accounts.add(&member, &by).await?;
            let link = link.ok_or_else(|| StaffCommandError::Taken { id: member.id.clone() })?;
            if let Some(person) = &person {
                accounts.identify(&member, person, &by).await?;
            }
            let mut output = Output::line(handed_on(&member.id, &link, &config));
            // The link is shown once: the account is there, also where that name is another's.
            if let Some(identity) = identity
                && !accounts.name_by_service(&member.id, &identity, &by).await?
            {
                output.warnings.push(StaffCommandError::Known { id: member.id }.to_string());
                output.well = false;
            }
            Ok(output)
        }
        StaffCommand::Identify { id, identity, place } => {
            let id = id_of(&id)?;
            let (accounts, _) = accounts(&place).await?;
            if accounts.member(&id).await?.is_none() {
                return Err(StaffCommandError::Unknown { id });
            }
            if !accounts.name_by_service(&id, &identity, &by).await? {
                return Err(StaffCommandError::Known { id });
            }
            Ok(Output::line(format!("the identity service knows {id} by that name from now on")))
        }
        StaffCommand::List { place } => {
            let accounts = accounts(&place).await?.0;
            let (listed, persons) = (accounts.list().await?, accounts.persons(None).await?);
            let lines = listed.iter().map(|one| row(one, &persons, SystemClock.now())).collect();
            Ok(Output::lines(lines).or_says("there is no account"))
        }
        StaffCommand::Person { id, number, place } => {
            let (id, number) = (id_of(&id)?, number_of(&number)?);
            let (accounts, _) = accounts(&place).await?;
            let known = accounts.member(&id).await?;
            let known = known.ok_or_else(|| StaffCommandError::Unknown { id: id.clone() })?.member;
            if !accounts.may_have(&number, (&known, &known.roles)).await? {
                return Err(StaffCommandError::TogetherByAnother);
            }
            accounts.identify(&known, &number, &by).await?;
            Ok(Output::line(format!("{id} has a staff number")))
        }
        StaffCommand::Reset { id, place } => {
            let id = id_of(&id)?;
            let (accounts, config) = accounts(&place).await?;
            let link = accounts.reset(&id, &by).await?;
            let link = link.ok_or_else(|| StaffCommandError::Unknown { id: id.clone() })?;
            Ok(Output::line(handed_on(&id, &link, &config)))
        }
        StaffCommand::Unlock { id, place } => {
            let id = id_of(&id)?;
            let (accounts, _) = accounts(&place).await?;
            let known = accounts.member(&id).await?;
            let known = known.ok_or_else(|| StaffCommandError::Unknown { id: id.clone() })?;
            Ok(Output::line(if accounts.lift(&known.member, &by).await? {
                format!("{id} can try again")
            } else {
                format!("nothing keeps {id} out")
            }))
        }
        StaffCommand::Disable { id, place } => {
            let id = id_of(&id)?;
            let (accounts, _) = accounts(&place).await?;
            if accounts.member(&id).await?.is_none() {
                return Err(StaffCommandError::Unknown { id });
            }
            Ok(Output::line(if accounts.disable(&id, &by).await? {
                format!("{id} is closed, and its sessions have ended")
            } else {
                format!("{id} was closed before")
            }))
        }
    }
}

fn number_of(text: &str) -> Result<PersonNumber, StaffCommandError> {
    PersonNumber::parse(text).ok_or(StaffCommandError::NoNumber)
}

fn id_of(text: &str) -> Result<StaffId, StaffCommandError> {
    StaffId::parse(text).ok_or_else(|| StaffCommandError::NoId { text: text.to_owned() })
}

/// A row of the list. Its words are names, the same in every language.
fn row(listed: &Listed, persons: &Persons, now: Timestamp) -> String {
    let Listed { account, passkeys, locked_until } = listed;
    let Member { id, name, office, roles, .. } = &account.member;
    let roles = roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(",");
    let invited = account.invited_until.filter(|until| *until > now);
    let state = match (account.disabled_at, locked_until, account.enrolled_at, invited) {
        (Some(_), ..) => "closed",
        (None, Some(_), ..) => "locked",
        (None, None, Some(_), _) => "open",
        (None, None, None, Some(_)) => "invited",
        (None, None, None, None) => "lapsed",
    };
    let numbered = if persons.0.contains_key(id) { "numbered" } else { "unnumbered" };
    format!("{id}\t{name}\t{office}\t{roles}\t{state}\t{numbered}\t{passkeys}")
}
