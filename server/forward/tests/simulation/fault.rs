//! What goes wrong on the way to a department and at it.

/// How a department's system, and what stands before it, behave for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Anything may go wrong.
    Flaky,
    Down,
    Hanging,
    /// Something else answers in its place.
    Foreign,
    Misconfigured,
    Refusing,
}

impl Mood {
    pub const ALL: [Self; 7] = [
        Self::Well,
        Self::Flaky,
        Self::Down,
        Self::Hanging,
        Self::Foreign,
        Self::Misconfigured,
        Self::Refusing,
    ];
}

/// What becomes of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    None,
    NoConnection,
    HangsBefore,
    HangsAfter,
    CutBefore,
    CutAfter,
    CutAnswer,
    Late,
    Straggles,
    Busy,
    Unavailable,
    Crashes,
    Foreign,
    Misconfigured,
    Refuses,
}

impl Fault {
    pub const ALL: [Self; 15] = [
        Self::None,
        Self::NoConnection,
        Self::HangsBefore,
        Self::HangsAfter,
        Self::CutBefore,
        Self::CutAfter,
        Self::CutAnswer,
        Self::Late,
        Self::Straggles,
        Self::Busy,
        Self::Unavailable,
        Self::Crashes,
        Self::Foreign,
        Self::Misconfigured,
        Self::Refuses,
    ];

    /// As it is counted.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::None => "exchanges",
            Self::NoConnection => "no connection",
            Self::HangsBefore => "time out, nothing arrived",
            Self::HangsAfter => "time out, it arrived",
            Self::CutBefore => "delivery cut off half-way",
            Self::CutAfter => "answer lost",
            Self::CutAnswer => "answer cut off",
            Self::Late => "answer late",
            Self::Straggles => "delivery on its way when its sender was told it is lost",
            Self::Busy => "busy (429)",
            Self::Unavailable => "unavailable (503)",
            Self::Crashes => "crashed after filing (500)",
            Self::Foreign => "foreign answer (200)",
            Self::Misconfigured => "misconfigured (401, 404)",
            Self::Refuses => "refused for good (4xx)",
        }
    }
}
