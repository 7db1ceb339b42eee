//! Who asks, as far as the door knows them, and why they go no further.

use std::net::SocketAddr;

use axum::http::StatusCode;
use service_api::ClientAddress;

use crate::{request_id::RequestId, route::RouteInfo, security_event::Event, state::AppState};

/// Why a request goes no further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// It is none that can be read in one way only.
    Malformed(StatusCode),
    /// It is one too many; seconds to wait.
    TooOften(u64),
    /// What it brings as a proof of identity proves nothing.
    Unproved,
    /// It brings a key for programs that is nobody's, or is disabled.
    WrongKey,
    /// A page of another site asks for it, and nobody would see the answer.
    ForeignPart,
    /// Another site has the visitor's browser hand something in.
    CrossSite,
    /// Something broke at the door.
    Broken,
}

/// Who asks, and at which route.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller<'c> {
    pub(crate) peer: SocketAddr,
    pub(crate) client: ClientAddress,
    pub(crate) route: RouteInfo,
    pub(crate) id: &'c RequestId,
}

impl Caller<'_> {
    /// Has it written down what they tried.
    pub(crate) fn note(&self, state: &AppState, event: Event) {
        state.security.note(event, Some(&state.marks.mark(self.client)), Some(&self.id.0));
    }
}
