//! How `jianma label` is called.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use label::{Level, Print, Sheet};

use crate::{database::DatabaseArg, installation::Installation};

/// `jianma label CODE... -o FILE --data DIR`, or one of the commands on labels there are.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct LabelArgs {
    /// What to do with labels that were issued; without it, new ones are.
    #[command(subcommand)]
    pub command: Option<LabelCommand>,
    /// Issuing.
    #[command(flatten)]
    pub issue: IssueArgs,
}

/// Issuing labels.
#[derive(Debug, Args)]
pub struct IssueArgs {
    /// Codes of parcels or units, 19 or 28 characters.
    #[arg(value_name = "CODE")]
    pub codes: Vec<String>,
    /// File with a code on each line; empty lines and lines with # are left out.
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// How they are printed.
    #[command(flatten)]
    pub print: PrintArgs,
    /// Folder of the data.
    #[arg(long, required = true)]
    pub data: Option<PathBuf>,
    /// Where the database is.
    #[command(flatten)]
    pub database: DatabaseArg,
    /// Configuration file: host, operator and the folder of the keys are taken from it.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Host that the labels point to, with its port if it needs one.
    #[arg(long)]
    pub host: Option<String>,
    /// Who issues them, for everybody who scans one; the operator unless told.
    #[arg(long)]
    pub issuer: Option<String>,
}

/// How labels are printed.
#[derive(Debug, Args)]
pub struct PrintArgs {
    /// File to write, .svg, .pdf or .png. A PDF holds every page; of SVG and PNG (300 dpi) there is
    /// a file a page, and with several pages the names end in -1, -2 and so on.
    #[arg(short, long, required = true, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Puts as many labels on a sheet as fit; without it every label is a page of its own.
    #[arg(long)]
    pub sheet: Option<SheetChoice>,
    /// Side of the QR code without its white border, mm.
    #[arg(long, default_value_t = 30.0, value_name = "MM")]
    pub side: f32,
    /// How much of the QR code may be lost: m 15 %, q 25 %, h 30 %.
    #[arg(long, default_value = "h")]
    pub level: LevelChoice,
}

impl PrintArgs {
    /// How the label is drawn.
    #[must_use]
    pub fn print(&self) -> Print {
        Print {
            side_mm: self.side,
            level: match self.level {
                LevelChoice::M => Level::M,
                LevelChoice::Q => Level::Q,
                LevelChoice::H => Level::H,
            },
            sheet: match self.sheet {
                None => Sheet::Single,
                Some(SheetChoice::A4) => Sheet::A4,
            },
        }
    }
}

/// Sheets that labels are printed on.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum SheetChoice {
    /// 210 × 297 mm.
    A4,
}

/// Error correction of a QR code (rule Q4: M or more).
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum LevelChoice {
    /// About 15 % may be lost.
    M,
    /// About 25 %.
    Q,
    /// About 30 %.
    H,
}

/// What can be done with labels that were issued.
#[derive(Debug, Subcommand)]
pub enum LabelCommand {
    /// Prints labels again that were issued before, the same to the byte.
    Reprint {
        /// Their numbers.
        #[arg(required = true, value_name = "SERIAL")]
        serials: Vec<u64>,
        /// Which portal.
        #[command(flatten)]
        place: Installation,
        /// How they are printed.
        #[command(flatten)]
        print: PrintArgs,
    },
    /// Withdraws a label for good: whoever scans it is told so, and why.
    Withdraw {
        /// Its number, as printed on it.
        serial: u64,
        /// Why; shown to everybody who scans it.
        #[arg(long)]
        reason: String,
        /// Which portal.
        #[command(flatten)]
        place: Installation,
    },
    /// Lists every label: number, day, key, host, place, standing.
    List {
        /// Which portal.
        #[command(flatten)]
        place: Installation,
    },
    /// Makes a new key for labels to come; those that hang stay genuine.
    RotateKey {
        /// Which portal.
        #[command(flatten)]
        place: Installation,
    },
    /// Gives up a key that others may know: no label sealed with it is genuine any more.
    RetireKey {
        /// Its name, the letters before the number in a label's address.
        id: String,
        /// Which portal.
        #[command(flatten)]
        place: Installation,
    },
}
