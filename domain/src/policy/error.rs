//! Why a policy file is refused. Every message says what to do.

use jiff::civil::Date;

use super::{Disclosure, Field};
use crate::law::CitationError;

/// Why a policy file is refused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Not TOML of the right shape; the message names line, key and what was expected.
    #[error("the policy file does not read: {0}")]
    Syntax(#[from] toml::de::Error),
    /// The table contradicts itself or the law.
    #[error("the policy {policy}: {problem}")]
    Refused {
        /// The policy.
        policy: String,
        /// What is wrong, and what to do.
        problem: Problem,
    },
}

impl PolicyError {
    pub(super) fn new(policy: &str, problem: Problem) -> Self {
        Self::Refused { policy: policy.to_owned(), problem }
    }

    /// The contradiction, if it is one.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused { problem, .. } => Some(problem),
            Self::Syntax(_) => None,
        }
    }
}

/// What is wrong with a table. Columns are letters: P R I H S N.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Title, id, version or approver of the head is empty.
    #[error(
        "id, version, title and approver of the head must not be empty; write title and approver in both languages"
    )]
    EmptyHead,
    /// An open cadastre without the licence that makes it one.
    #[error(
        "an open cadastre needs the publisher's licence: write its name as `approver` and its `date` into the head of the file"
    )]
    NoLicence,
    /// A grid finer than the law allows.
    #[error(
        "grid_m is {grid_m}; below 25 m the survey can be read back (rule M3), so write 25.0 or more"
    )]
    Grid {
        /// The side it asks for, m.
        grid_m: f64,
    },
    /// A base map finer than the law allows.
    #[error(
        "base_map_grid_m is {grid_m}; a public map is no better than 10 m, which takes a grid of 25 m (rule M3), so write 25.0 or more"
    )]
    BaseGrid {
        /// The side it asks for, m.
        grid_m: f64,
    },
    /// A row of the table is missing.
    #[error(
        "row {row} is missing; the file must follow the whole table, so add it (deny is a rule too)"
    )]
    MissingRow {
        /// The row.
        row: u8,
    },
    /// A number that no row of the table has.
    #[error("there is no row {row}; the table has rows 1 to 47")]
    UnknownRow {
        /// The row.
        row: u8,
    },
    /// A row twice.
    #[error("row {row} is there twice; keep one")]
    RowTwice {
        /// The row.
        row: u8,
    },
    /// A field with two rows.
    #[error("{} is in row {first} and in row {second}; leave it in row {}", field.name(), field.row())]
    FieldTwice {
        /// The field.
        field: Field,
        /// Where it is first.
        first: u8,
        /// Where it is again.
        second: u8,
    },
    /// A field in a row that is about something else.
    #[error("{} is in row {row}; it belongs to row {}", field.name(), field.row())]
    WrongRow {
        /// The field.
        field: Field,
        /// Where it is.
        row: u8,
    },
    /// A row without a source or a title.
    #[error(
        "row {row} has no title, source or note in one of the two languages; a citizen must be able to read why"
    )]
    EmptySource {
        /// The row.
        row: u8,
    },
    /// A law that is cited in a way that nobody can follow.
    #[error("{}: {reason}", place(*row))]
    Law {
        /// The row; 0 for the laws of the file itself.
        row: u8,
        /// What is wrong, and what to write.
        reason: CitationError,
    },
    /// A row without fields that does not say what it means.
    #[error("row {row} has no fields; give it a `note` that says how the portal keeps it")]
    NoMeaning {
        /// The row.
        row: u8,
    },
    /// A switch is on without approver and date.
    #[error(
        "row {row}, column {column}, is switched on without approver and date in the cell or its row; add both, or switch it off (rule P11)"
    )]
    NotApproved {
        /// The row.
        row: u8,
        /// The column.
        column: char,
    },
    /// An approval that has not happened yet.
    #[error(
        "row {row}, column {column}, was approved on {date}, which is after today ({today}); write the day it was signed"
    )]
    FutureApproval {
        /// The row; 0 for the head of the file.
        row: u8,
        /// The column.
        column: char,
        /// The date written.
        date: Date,
        /// The day of the check.
        today: Date,
    },
    /// Something shown in full that may be shown masked or generalised at most.
    #[error("row {row}, column {column}, shows {} in full; the law allows no more than a part there ({law}), so mask, generalise, echo or deny it", field.name())]
    InFull {
        /// The row.
        row: u8,
        /// The column.
        column: char,
        /// The field.
        field: Field,
        /// The law, or the portal's own rule.
        law: String,
    },
    /// A row that the portal follows whatever the file says, with another rule.
    #[error("row {row}, column {column}, says {}; the portal always does {}, and the public page must not say otherwise", rule.name(), wanted.name())]
    Fixed {
        /// The row.
        row: u8,
        /// The column.
        column: char,
        /// What it says.
        rule: Disclosure,
        /// What it must say.
        wanted: Disclosure,
    },
    /// Something that only a written approval makes public does not ask for it.
    #[error("row {row}, column {column}, shows {} without asking for an approval; no rule of Zhejiang shows it by itself, so add approval = \"required\" with approver and date", field.name())]
    ApprovalNotAsked {
        /// The row.
        row: u8,
        /// The column.
        column: char,
        /// The field.
        field: Field,
    },
    /// A more privileged tier sees less.
    #[error("row {row}: column {more} sees less ({}) than column {less} ({}); widen {more} or narrow {less}", more_rule.name(), less_rule.name())]
    LessForMore {
        /// The row.
        row: u8,
        /// The lower tier.
        less: char,
        /// What it sees.
        less_rule: Disclosure,
        /// The higher tier.
        more: char,
        /// What it sees.
        more_rule: Disclosure,
    },
    /// Something shown below the tier that the law allows.
    #[error("row {row}, column {column}, says {} for {}; it is closed there ({law}), so write deny or never", rule.name(), field.name())]
    BelowTheLaw {
        /// The row.
        row: u8,
        /// The column.
        column: char,
        /// The field.
        field: Field,
        /// What it says.
        rule: Disclosure,
        /// The law, or the portal's own rule.
        law: String,
    },
    /// A switch on a cell that can never be shown, or that shows nothing anyway.
    #[error("row {row}, column {column}, has a switch or an approval on `{}`, which nothing can turn on; take it away or write what is shown once it is on", rule.name())]
    SwitchOnNothing {
        /// The row.
        row: u8,
        /// The column.
        column: char,
        /// What it says.
        rule: Disclosure,
    },
    /// The column N lets something out.
    #[error("row {row}, column N, says {}; nothing goes to logs, caches or other systems through this portal, so write deny or never", rule.name())]
    ForNobody {
        /// The row.
        row: u8,
        /// What it says.
        rule: Disclosure,
    },
    /// A rule that the field has no way to follow.
    #[error("row {row}, column {column}: {} cannot be `{}`; {advice}", field.name(), rule.name())]
    WrongRule {
        /// The row.
        row: u8,
        /// The column.
        column: char,
        /// The field.
        field: Field,
        /// What it says.
        rule: Disclosure,
        /// What to write instead.
        advice: &'static str,
    },
    /// A condition that would not be obeyed everywhere.
    #[error("row {row} has a `condition`, but {} is also told in lists, maps or themes, which do not look at each parcel; remove the condition, or deny the row", field.name())]
    Condition {
        /// The row.
        row: u8,
        /// The field.
        field: Field,
    },
    /// Two cells of one column that undo each other.
    #[error("column {column} says {} for {} and {} for {}; {advice}", one_rule.name(), one.name(), other_rule.name(), other.name())]
    Undone {
        /// The column.
        column: char,
        /// One field.
        one: Field,
        /// Its rule.
        one_rule: Disclosure,
        /// The other field.
        other: Field,
        /// Its rule.
        other_rule: Disclosure,
        /// What to write instead.
        advice: &'static str,
    },
}

fn place(row: u8) -> String {
    if row == 0 { "the [[law]] entries".to_owned() } else { format!("row {row}") }
}
