//! What somebody tried and should not have.

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A department's callback without its department's signature.
    ForgedCallback,
    /// A form or call from a page of another site.
    CrossSitePost,
    /// A program with a key that is nobody's: a client of Open311, or one that asks the API.
    WrongApiKey,
    /// A receipt number with a secret that is not its own.
    WrongReceiptSecret,
    /// Places tried one after another, until the limits refused.
    Probing,
    /// A proof of identity that proves nothing.
    RefusedAssertion,
    /// An assertion from a machine that is not the identity gateway's.
    ForeignAssertion,
    /// An assertion handed in again, by another machine or with another content.
    ReplayedAssertion,
    /// More asked than the limits allow.
    TooOften,
    /// Figures for operators, asked for by somebody else.
    ForeignOperator,
    /// A connection ended to make room for another address.
    ShedConnection,
    /// A connection ended because its reader took next to nothing.
    StalledReader,
    /// Name, passphrase and code of staff that do not go together, or a passkey that is not right.
    RefusedSignIn,
    /// A request that two programs could read in two ways, or of a method that is not served.
    MisframedRequest,
}

impl Event {
    /// Every kind.
    pub const ALL: [Self; 14] = [
        Self::ForgedCallback,
        Self::CrossSitePost,
        Self::WrongApiKey,
        Self::WrongReceiptSecret,
        Self::Probing,
        Self::RefusedAssertion,
        Self::ForeignAssertion,
        Self::ReplayedAssertion,
        Self::TooOften,
        Self::ForeignOperator,
        Self::ShedConnection,
        Self::StalledReader,
        Self::RefusedSignIn,
        Self::MisframedRequest,
    ];

    /// Its name in the log and in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ForgedCallback => "forged_callback",
            Self::CrossSitePost => "cross_site_post",
            Self::WrongApiKey => "wrong_api_key",
            Self::WrongReceiptSecret => "wrong_receipt_secret",
            Self::Probing => "probing",
            Self::RefusedAssertion => "refused_assertion",
            Self::ForeignAssertion => "foreign_assertion",
            Self::ReplayedAssertion => "replayed_assertion",
            Self::TooOften => "too_often",
            Self::ForeignOperator => "foreign_operator",
            Self::ShedConnection => "shed_connection",
            Self::StalledReader => "stalled_reader",
            Self::RefusedSignIn => "refused_sign_in",
            Self::MisframedRequest => "misframed_request",
        }
    }

    /// What the log says of it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::ForgedCallback => "a callback without its department's signature",
            Self::CrossSitePost => "a post from another site",
            Self::WrongApiKey => "a program came with a key that is nobody's",
            Self::WrongReceiptSecret => "a receipt was tried with a wrong secret",
            Self::Probing => "places are tried one after another",
            Self::RefusedAssertion => "a proof of identity proves nothing",
            Self::ForeignAssertion => "a proof of identity that does not come from the gateway",
            Self::ReplayedAssertion => "a proof of identity is handed in again from elsewhere",
            Self::TooOften => "more is asked than the limits allow",
            Self::ForeignOperator => "figures for operators were asked for by somebody else",
            Self::ShedConnection => "a connection was ended to make room",
            Self::StalledReader => "a connection was ended that did not read its answer",
            Self::RefusedSignIn => "somebody did not get in as staff",
            Self::MisframedRequest => "a request that can be read in two ways",
        }
    }
}
