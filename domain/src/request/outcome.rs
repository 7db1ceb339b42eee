//! What becomes of an application as such (受理): six outcomes, each with what the law has an office say with it
//! (`{law:zj-one-visit-provisions:11}`, `{law:licensing-law:32}`). A department names one with its word on a request; what it
//! decides comes after.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::RequestState;
use crate::{
    reference::LONGEST_NOTE,
    text::{fault_of_paragraph, trimmed},
    working_days::WorkingDays,
};

/// The most that one notice asks for.
pub const MOST_MATERIALS: usize = 50;
/// The longest name of what is asked for, characters.
pub const LONGEST_MATERIAL: usize = 500;
/// The longest deadline, working days: about a year.
pub const MOST_WORKING_DAYS: u32 = 250;

/// Which outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OutcomeKind {
    /// 受理.
    Accepted,
    /// 容缺先予受理.
    AcceptedWithGaps,
    /// 补正一次性告知.
    SupplementAsked,
    /// 不予受理.
    NotAccepted,
    /// 撤销受理.
    AcceptanceRevoked,
    /// 视为撤回.
    DeemedWithdrawn,
}

impl OutcomeKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Accepted,
        Self::AcceptedWithGaps,
        Self::SupplementAsked,
        Self::NotAccepted,
        Self::AcceptanceRevoked,
        Self::DeemedWithdrawn,
    ];

    /// Its name in JSON and locales.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::AcceptedWithGaps => "accepted_with_gaps",
            Self::SupplementAsked => "supplement_asked",
            Self::NotAccepted => "not_accepted",
            Self::AcceptanceRevoked => "acceptance_revoked",
            Self::DeemedWithdrawn => "deemed_withdrawn",
        }
    }

    /// Whether it ends the matter at the office, so that review or a lawsuit is open against it. Whoever is asked to
    /// add something is not at the end of anything.
    #[must_use]
    pub const fn ends(self) -> bool {
        matches!(self, Self::NotAccepted | Self::AcceptanceRevoked | Self::DeemedWithdrawn)
    }

    /// Whether a word with it may name this state.
    #[must_use]
    pub const fn goes_with(self, state: RequestState) -> bool {
        match state {
            RequestState::Acknowledged | RequestState::InProgress => !self.ends(),
            RequestState::Returned => self.ends(),
            _ => false,
        }
    }
}

/// By when something is to be there: working days from the day on which it was asked for, or a day. One of the two is
/// said by the department; of working days [`Outcome::dated`] adds the last one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Working days, the day of the notice not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_days: Option<u32>,
    /// The last day, in China. None of working days that end in a year whose holidays were not announced by then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Deadline {
    /// The last day of one that was said on `said`; `None` where it lies in a year that was not announced.
    #[must_use]
    pub fn last_day(self, said: Date, calendar: &WorkingDays) -> Option<Date> {
        self.until.or_else(|| calendar.last_of(said, self.working_days?))
    }
}

/// What became of an application, with all that is to be said with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Outcome {
    /// It is accepted (受理).
    Accepted {},
    /// It is accepted although something of it is missing (容缺先予受理).
    AcceptedWithGaps {
        /// All that is missing.
        materials: Vec<String>,
        /// By when it is to be there.
        deadline: Deadline,
    },
    /// Something is to be added before it is accepted (补正一次性告知).
    SupplementAsked {
        /// All that is to be added: the law has it said once.
        materials: Vec<String>,
        /// By when.
        deadline: Deadline,
    },
    /// It is not accepted (不予受理).
    NotAccepted {
        /// Why.
        reasons: String,
    },
    /// It was accepted, and is not any more (撤销受理).
    AcceptanceRevoked {
        /// Why.
        reasons: String,
    },
    /// What was to be added did not come in time: it counts as withdrawn (视为撤回).
    DeemedWithdrawn {},
}

/// Why what a department says of an outcome is not taken, whatever stood before. The words are for whoever wrote its
/// system.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutcomeFault {
    /// It has not the members of any outcome.
    #[error(
        "{0}. `kind` is one of accepted, accepted_with_gaps, supplement_asked, not_accepted, \
         acceptance_revoked, deemed_withdrawn; the second and third have `materials` and `deadline`, \
         the fourth and fifth `reasons`, and none has anything else"
    )]
    Shape(String),
    /// Nothing is asked for, or too much.
    #[error(
        "`materials` names 1 to {MOST_MATERIALS} things, all that is missing at once; here are {0}"
    )]
    Materials(usize),
    /// A text is empty, too long, or none that can be seen.
    #[error("{what} is text of 1 to {most} characters without control characters")]
    Text {
        /// Which.
        what: &'static str,
        /// How long it may be.
        most: usize,
    },
    /// Not one of the two.
    #[error(
        "`deadline` has either `working_days` (1 to {MOST_WORKING_DAYS}) or `until`, a day as 2026-12-15"
    )]
    Deadline,
    /// The state says another thing than the outcome.
    #[error("{} goes with {}, not with {}", .kind.name(), if .kind.ends() { "returned" } else {
        "acknowledged or in_progress"
    }, .state.name())]
    State {
        /// The outcome.
        kind: OutcomeKind,
        /// The state of the same word.
        state: RequestState,
    },
}

impl Outcome {
    /// Reads what a department says with a word that names `state`.
    ///
    /// # Errors
    /// [`OutcomeFault`].
    pub fn read(said: &Value, state: RequestState) -> Result<Self, OutcomeFault> {
        let read: Self = serde_json::from_value(said.clone())
            .map_err(|error| OutcomeFault::Shape(error.to_string()))?;
        let kind = read.kind();
        if !kind.goes_with(state) {
            return Err(OutcomeFault::State { kind, state });
        }
        read.sound()
    }

    /// The same with its texts trimmed, where nothing is wrong with it.
    ///
    /// # Errors
    /// [`OutcomeFault`].
    pub fn sound(self) -> Result<Self, OutcomeFault> {
        Ok(match self {
            Self::Accepted {} | Self::DeemedWithdrawn {} => self,
            Self::AcceptedWithGaps { materials, deadline } => {
                Self::AcceptedWithGaps { materials: listed(&materials)?, deadline: said(deadline)? }
            }
            Self::SupplementAsked { materials, deadline } => {
                Self::SupplementAsked { materials: listed(&materials)?, deadline: said(deadline)? }
            }
            Self::NotAccepted { reasons } => Self::NotAccepted { reasons: explained(&reasons)? },
            Self::AcceptanceRevoked { reasons } => {
                Self::AcceptanceRevoked { reasons: explained(&reasons)? }
            }
        })
    }

    /// Which it is.
    #[must_use]
    pub const fn kind(&self) -> OutcomeKind {
        match self {
            Self::Accepted {} => OutcomeKind::Accepted,
            Self::AcceptedWithGaps { .. } => OutcomeKind::AcceptedWithGaps,
            Self::SupplementAsked { .. } => OutcomeKind::SupplementAsked,
            Self::NotAccepted { .. } => OutcomeKind::NotAccepted,
            Self::AcceptanceRevoked { .. } => OutcomeKind::AcceptanceRevoked,
            Self::DeemedWithdrawn {} => OutcomeKind::DeemedWithdrawn,
        }
    }

    /// All that is missing, and by when it is to be there.
    #[must_use]
    pub fn missing(&self) -> Option<(&[String], Deadline)> {
        match self {
            Self::AcceptedWithGaps { materials, deadline }
            | Self::SupplementAsked { materials, deadline } => Some((materials, *deadline)),
            _ => None,
        }
    }

    /// Why.
    #[must_use]
    pub fn reasons(&self) -> Option<&str> {
        match self {
            Self::NotAccepted { reasons } | Self::AcceptanceRevoked { reasons } => Some(reasons),
            _ => None,
        }
    }

    /// The same with the last day of its deadline, as the calendar has it on the day on which it is said: what a notice
    /// says does not change when the calendar does.
    #[must_use]
    pub fn dated(mut self, said: Date, calendar: &WorkingDays) -> Self {
        if let Self::AcceptedWithGaps { deadline, .. } | Self::SupplementAsked { deadline, .. } =
            &mut self
        {
            deadline.until = deadline.last_day(said, calendar);
        }
        self
    }

    /// Whether a department says the same by `said`, which has no day for working days yet.
    #[must_use]
    pub fn says_like(&self, said: &Self) -> bool {
        let mut own = self.clone();
        if let Self::AcceptedWithGaps { deadline, .. } | Self::SupplementAsked { deadline, .. } =
            &mut own
        {
            deadline.until = deadline.until.filter(|_| deadline.working_days.is_none());
        }
        own == *said
    }
}

fn listed(materials: &[String]) -> Result<Vec<String>, OutcomeFault> {
    if materials.is_empty() || materials.len() > MOST_MATERIALS {
        return Err(OutcomeFault::Materials(materials.len()));
    }
    materials.iter().map(|each| text("each of `materials`", each, LONGEST_MATERIAL)).collect()
}

fn explained(reasons: &str) -> Result<String, OutcomeFault> {
    text("`reasons`", reasons, LONGEST_NOTE)
}

fn text(what: &'static str, text: &str, most: usize) -> Result<String, OutcomeFault> {
    let text = trimmed(text);
    let fits = !text.is_empty() && text.chars().count() <= most;
    let fits = fits && fault_of_paragraph(text).is_none();
    fits.then(|| text.to_owned()).ok_or(OutcomeFault::Text { what, most })
}

fn said(deadline: Deadline) -> Result<Deadline, OutcomeFault> {
    let fits = match (deadline.working_days, deadline.until) {
        (Some(days), None) => (1..=MOST_WORKING_DAYS).contains(&days),
        (None, Some(_)) => true,
        _ => false,
    };
    fits.then_some(deadline).ok_or(OutcomeFault::Deadline)
}
