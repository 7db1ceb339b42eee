//! What carries a message to somebody.

use async_trait::async_trait;
use jiff::Timestamp;

/// A message to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// To which address.
    pub to: String,
    /// What it is about, in a line.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same at each attempt at the same message, so that who receives it twice can tell.
    pub id: String,
    /// Where its reader says that they want no more.
    pub stop: String,
    /// When it is sent, UTC.
    pub at: Timestamp,
}

/// Why a message was not sent. The reasons go to the log: no address is in them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsent {
    /// The address takes nothing, whoever asks.
    #[error("the address is refused for good: {0}")]
    Address(String),
    /// This message was not taken now.
    #[error("the message was not taken: {0}")]
    Message(String),
    /// Nothing can be sent at all just now.
    #[error("nothing can be sent: {0}")]
    Channel(String),
}

/// Carries messages to people.
#[async_trait]
pub trait Messenger: Send + Sync {
    /// Sends a message; `Ok` when somebody else has taken it and answers for it.
    ///
    /// # Errors
    /// [`Unsent`].
    async fn send(&self, message: &Outgoing) -> Result<(), Unsent>;
}
