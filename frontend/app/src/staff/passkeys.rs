//! Ways to sign in without a passphrase, as pages show them.

use domain::Localized;
use jiff::Timestamp;

use super::{Faults, SessionLine};

/// The ways in besides name, passphrase and code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtherWays {
    /// Whether this portal has passkeys.
    pub passkeys: bool,
    /// What staff call the identity service, where there is one.
    pub service: Option<Localized>,
}

/// A passkey of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyLine {
    /// By what it is removed.
    pub mark: String,
    /// What they call it.
    pub name: String,
    /// Since when, UTC.
    pub added_at: Timestamp,
    /// The last sign-in with it, UTC.
    pub used_at: Option<Timestamp>,
}

/// Whether somebody can add a passkey now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adding {
    /// They can.
    Open,
    /// They signed in too long ago.
    NotFresh,
    /// They have as many as one may have.
    Full,
    /// The portal's name is not configured.
    NoHost,
    /// The portal is neither on HTTPS nor on this machine.
    NotSecure,
    /// The portal's host is no name.
    NoName,
}

/// Somebody's sessions and passkeys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPage {
    /// Their sessions.
    pub sessions: Vec<SessionLine>,
    /// Their passkeys.
    pub passkeys: Vec<PasskeyLine>,
    /// Whether they can add one.
    pub adding: Adding,
    /// Whether they have added one just now.
    pub added: bool,
    /// The name of a new one as typed.
    pub name: String,
    /// What is wrong with a new one.
    pub faults: Faults,
}
