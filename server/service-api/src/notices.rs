//! Being told by e-mail that something happened to a request.

/// What the link in a message leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeLink {
    /// Confirming that its address wants notices.
    Confirm,
    /// Stopping them.
    Stop,
}

impl NoticeLink {
    /// Every link.
    pub const ALL: [Self; 2] = [Self::Confirm, Self::Stop];

    /// Its name in addresses.
    #[must_use]
    pub const fn segment(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Stop => "stop",
        }
    }

    /// The link of that name.
    #[must_use]
    pub fn from_segment(segment: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|link| link.segment() == segment)
    }
}

/// Where the notices of a request stand; addresses are masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeView {
    /// No address was named.
    Unasked,
    /// This one was named and has not confirmed.
    Waiting(String),
    /// They go there.
    Told(String),
    /// They were stopped.
    Stopped,
    /// The address took nothing.
    Refused,
    /// The address was not confirmed in time.
    Lapsed,
}
