//! How `jianma requests` is called.

use clap::{Args, Subcommand};

use crate::{config::CipherChoice, installation::Installation, staff::WhoAndWhy};

/// `jianma requests …`; works beside a running portal.
#[derive(Debug, Args)]
pub struct RequestsArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: RequestsCommand,
}

/// What can be done about requests.
#[derive(Debug, Subcommand)]
pub enum RequestsCommand {
    /// Lists requests, oldest first, without anything personal: number, item, submitted, state, last
    /// event; separated by tabs.
    List {
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Shows how a request stands; of one that was deleted, what the register says.
    Show {
        /// Number of the request.
        number: String,
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Prints everything that is kept on a request, as JSON: for its applicant, whose identity you
    /// have checked. It is written into the request who did it and why.
    Export {
        /// Number of the request.
        number: String,
        /// Who and why, kept with the request or in the register of deletions.
        #[command(flatten)]
        by: WhoAndWhy,
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Corrects answers of a request that has not ended; departments receive the corrected one.
    Correct {
        /// Number of the request.
        number: String,
        /// An answer, by the name of its question; an empty one takes it away.
        #[arg(long, value_name = "NAME=TEXT", required = true)]
        set: Vec<String>,
        /// Who and why, kept with the request or in the register of deletions.
        #[command(flatten)]
        by: WhoAndWhy,
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Takes a request back for its applicant; departments that have it are told.
    Withdraw {
        /// Number of the request.
        number: String,
        /// Who and why, kept with the request or in the register of deletions.
        #[command(flatten)]
        by: WhoAndWhy,
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Deletes a request that has ended, unless a law requires that it is kept.
    Delete {
        /// Number of the request.
        number: String,
        /// This portal has no configuration: requests are kept as the program says.
        #[arg(long, conflicts_with = "config")]
        no_config: bool,
        /// Who and why, kept in the register of deletions.
        #[command(flatten)]
        by: WhoAndWhy,
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Deletes what is due; a running portal does it every day. Nothing is deleted when the clock says
    /// that the last look was more than 7 days ago, unless you say that it is right.
    Purge {
        /// Only says what is due.
        #[arg(long)]
        dry_run: bool,
        /// The clock is right, though the last look for what is due was more than 7 days ago.
        #[arg(long, conflicts_with = "dry_run")]
        clock_is_right: bool,
        /// This portal has no configuration: requests are kept as the program says.
        #[arg(long, conflicts_with = "config")]
        no_config: bool,
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Prints the register of deletions: number, item, day, cause, digest, who, why; separated by
    /// tabs. Fails if an entry does not follow from the one before. Whoever can write the database
    /// can make all of them anew, which this does not notice: keep a copy elsewhere.
    Register {
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Lists the keys that seal requests, and how much each has sealed.
    Keys {
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Adds a key that seals from now on; a running portal uses it from its next start. The old keys
    /// stay, for what they have sealed, in backups too. Back up the file of keys.
    RotateKey {
        /// The cipher; that of the newest key unless told.
        #[arg(long)]
        cipher: Option<CipherChoice>,
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Opens everything that is kept of requests: what of it is in clear, was changed or is missing,
    /// a line each. Fails if there is anything.
    Check {
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Seals requests that lie in clear although all were sealed before. Only after you have restored
    /// a backup of before yourself: nothing tells them from what somebody has put there.
    Seal {
        /// Who and why, kept with the request or in the register of deletions.
        #[command(flatten)]
        by: WhoAndWhy,
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
    /// Seals by the newest key what older ones have sealed.
    Reseal {
        /// Where.
        #[command(flatten)]
        place: Installation,
    },
}
