//! One cell of the table: what is shown, why, and by whose leave.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{law::LegalText, localized::Localized, viewer::Tier};

/// What a cell of the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disclosure {
    /// Absent.
    Deny,
    /// Absent, and no switch can change it: the "N" of the table.
    Never,
    /// As it is. A centroid: to the tenth of a metre of the outline it comes from.
    Show,
    /// Masked by the one convention (rule P2).
    Mask,
    /// Moved to a grid (outline) or rounded to three decimals (centroid).
    Generalise,
    /// Only what the visitor brought, given back, whether there is such a thing or not (row 2).
    Echo,
}

impl Disclosure {
    /// Its name in policy files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deny => "deny",
            Self::Never => "never",
            Self::Show => "show",
            Self::Mask => "mask",
            Self::Generalise => "generalise",
            Self::Echo => "echo",
        }
    }

    /// Whether nothing at all is given out.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Deny | Self::Never)
    }

    /// How much it tells, for comparing two tiers: nothing, what was brought, a part, the whole.
    pub(super) const fn reach(self) -> u8 {
        match self {
            Self::Deny | Self::Never => 0,
            Self::Echo => 1,
            Self::Mask | Self::Generalise => 2,
            Self::Show => 3,
        }
    }
}

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// P, R, I, H or S: somebody of this tier looks.
    Tier(Tier),
    /// N: nobody in particular looks. Logs, metrics, error messages, shared caches and other
    /// systems; nothing of any row may go there.
    Nobody,
}

impl Column {
    /// Every column, as in the table: P R I H S N.
    pub const ALL: [Self; 6] = [
        Self::Tier(Tier::Public),
        Self::Tier(Tier::Registered),
        Self::Tier(Tier::Interested),
        Self::Tier(Tier::Holder),
        Self::Tier(Tier::Staff),
        Self::Nobody,
    ];

    /// Its letter in policy files.
    #[must_use]
    pub const fn letter(self) -> char {
        match self {
            Self::Tier(Tier::Public) => 'P',
            Self::Tier(Tier::Registered) => 'R',
            Self::Tier(Tier::Interested) => 'I',
            Self::Tier(Tier::Holder) => 'H',
            Self::Tier(Tier::Staff) => 'S',
            Self::Nobody => 'N',
        }
    }

    pub(super) const fn at(self) -> usize {
        match self {
            Self::Tier(Tier::Public) => 0,
            Self::Tier(Tier::Registered) => 1,
            Self::Tier(Tier::Interested) => 2,
            Self::Tier(Tier::Holder) => 3,
            Self::Tier(Tier::Staff) => 4,
            Self::Nobody => 5,
        }
    }
}

/// A decision of the operator, where the law leaves one (rule P11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// As the rule says; needs an approver and a date.
    On,
    /// Denied until it is switched on.
    Off,
}

/// Which data sets the approvals of a policy hold for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Only data that are marked as invented.
    Demonstration,
    /// Every data set under the policy.
    Everything,
}

/// Whether a cell's rule is in force for a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleStatus {
    /// It is.
    InForce,
    /// Switched off by the operator.
    SwitchedOff,
    /// Needs a written approval and has none.
    NotApproved,
    /// Approved, but for demonstration data only.
    DemonstrationOnly,
}

/// One cell. What it does not say itself comes from its row or from the head of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What the file says; whether it counts is [`Cell::status`].
    pub rule: Disclosure,
    /// The operator's decision, where there is one to take.
    pub switch: Option<Switch>,
    /// Whether somebody must have approved it in writing.
    pub needs_approval: bool,
    /// Who approved it: for a decision, in the cell or its row; else whoever approved the table.
    pub approver: Option<Localized>,
    /// When it was approved.
    pub date: Option<Date>,
    /// Law and article, and why.
    pub source: LegalText,
    /// What the rule means here, e.g. "only your own".
    pub note: Option<LegalText>,
}

impl Cell {
    /// Whether approver and date are there.
    pub(super) fn is_approved(&self) -> bool {
        self.approver.is_some() && self.date.is_some()
    }

    /// Whether the rule is in force, for demonstration data or for others.
    #[must_use]
    pub fn status(&self, scope: Scope, demonstration: bool) -> RuleStatus {
        if self.switch == Some(Switch::Off) {
            RuleStatus::SwitchedOff
        } else if !self.needs_approval {
            RuleStatus::InForce
        } else if !self.is_approved() {
            RuleStatus::NotApproved
        } else if scope == Scope::Demonstration && !demonstration {
            RuleStatus::DemonstrationOnly
        } else {
            RuleStatus::InForce
        }
    }

    /// The rule where it is in force; denied where it is not.
    #[must_use]
    pub fn resolved(&self, scope: Scope, demonstration: bool) -> Disclosure {
        match self.status(scope, demonstration) {
            RuleStatus::InForce => self.rule,
            _ if self.rule == Disclosure::Never => Disclosure::Never,
            _ => Disclosure::Deny,
        }
    }
}
