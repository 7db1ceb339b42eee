//! The states of a request, and which may follow which.

use serde::{Deserialize, Serialize};

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestState {
    /// Received and kept; the receipt has been given.
    Submitted,
    /// Handed to the department's system, which has not confirmed it yet.
    Sent,
    /// The department has confirmed it.
    Acknowledged,
    /// Somebody works on it.
    InProgress,
    /// The department has decided.
    Decided,
    /// The department has sent it back.
    Returned,
    /// The applicant has taken it back, and with it the consent; what was done before stays lawful.
    Withdrawn,
}

impl RequestState {
    /// Every state in the order of the usual way.
    pub const ALL: [Self; 7] = [
        Self::Submitted,
        Self::Sent,
        Self::Acknowledged,
        Self::InProgress,
        Self::Decided,
        Self::Returned,
        Self::Withdrawn,
    ];

    /// Its name in JSON and storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Sent => "sent",
            Self::Acknowledged => "acknowledged",
            Self::InProgress => "in_progress",
            Self::Decided => "decided",
            Self::Returned => "returned",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a request may go from this state to `next`. States are never left backwards but by the department's word
    /// on what its applicant asked it to take up again ([`super::reopen`]).
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Submitted => next != Self::Submitted,
            Self::Sent => !matches!(next, Self::Submitted | Self::Sent),
            Self::Acknowledged => {
                matches!(next, Self::InProgress | Self::Decided | Self::Returned | Self::Withdrawn)
            }
            Self::InProgress => matches!(next, Self::Decided | Self::Returned | Self::Withdrawn),
            Self::Decided | Self::Returned | Self::Withdrawn => false,
        }
    }

    /// Whether the department is done with a request in this state.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Decided | Self::Returned)
    }

    /// Whether nothing more is to be done: the department is done, or the applicant has taken the
    /// request back. From here on its retention counts.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        self.is_final() || matches!(self, Self::Withdrawn)
    }

    /// Whether a word of the department that names `next` may follow: a step forward, another
    /// note in the same state, or a correction of what was decided. Only the applicant withdraws.
    #[must_use]
    pub fn takes_word(self, next: Self) -> bool {
        (next != Self::Withdrawn && self.may_become(next))
            || self == next
            || (self.is_final() && next.is_final())
    }
}
