//! Where a delivery stands, and what happens to it.

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// To be sent when due; never reached the department.
    Pending,
    /// Sent, but the answer was lost: the department may have it. Sent again under the same id,
    /// which the department tells apart.
    Ambiguous,
    /// The department has confirmed it.
    Delivered,
    /// Refused for good, or out of time: in a person's queue.
    Stuck,
    /// A person settled it: nothing more is sent.
    Settled,
    /// A person sent it to another department instead.
    Redirected,
    /// The applicant took the request back before the department confirmed it: it is not sent.
    Withdrawn,
}

impl DeliveryState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Pending,
        Self::Ambiguous,
        Self::Delivered,
        Self::Stuck,
        Self::Settled,
        Self::Redirected,
        Self::Withdrawn,
    ];

    /// Those in which a department has not got what it should have.
    pub const UNDELIVERED: [Self; 3] = [Self::Pending, Self::Ambiguous, Self::Stuck];

    /// Its name in storage and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Ambiguous => "ambiguous",
            Self::Delivered => "delivered",
            Self::Stuck => "stuck",
            Self::Settled => "settled",
            Self::Redirected => "redirected",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What happened to a delivery, beside attempts that are made again by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryAct {
    /// It will not succeed by itself.
    Stuck,
    /// The department confirmed it.
    Delivered,
    /// The department spoke of the request, and so has it, though it never confirmed it.
    Heard,
    /// Somebody looks after it.
    TakenOver,
    /// Somebody had it sent again.
    Retried,
    /// Somebody sent it to another department.
    Redirected,
    /// Somebody said that the department has it by another way; somebody else has to confirm that.
    Proposed,
    /// Somebody settled it by hand.
    Settled,
    /// The applicant took the request back, and it is not sent.
    Withdrawn,
}

impl DeliveryAct {
    /// Every act.
    pub const ALL: [Self; 9] = [
        Self::Stuck,
        Self::Delivered,
        Self::Heard,
        Self::TakenOver,
        Self::Retried,
        Self::Redirected,
        Self::Proposed,
        Self::Settled,
        Self::Withdrawn,
    ];

    /// Its name in storage and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stuck => "stuck",
            Self::Delivered => "delivered",
            Self::Heard => "heard",
            Self::TakenOver => "taken over",
            Self::Retried => "retried",
            Self::Redirected => "redirected",
            Self::Proposed => "proposed",
            Self::Settled => "settled",
            Self::Withdrawn => "withdrawn",
        }
    }
}
