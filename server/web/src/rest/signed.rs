//! Who is a department: whoever signs with the secret shared with it, as a Standard Webhook.

use axum::{
    Extension,
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
    response::{IntoResponse, Response},
};
use forward::{Department, LOOK_UP_BODY, SigningError};

use crate::{
    client::ClientAddress, problem::Problem, request_id::RequestId, security_event::Event,
    state::AppState,
};

/// A request that a department may have signed.
#[derive(Debug)]
pub struct Signed {
    /// Its headers.
    pub headers: HeaderMap,
    client: ClientAddress,
    request_id: Option<RequestId>,
}

impl FromRequestParts<AppState> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let client = Extension::<ClientAddress>::from_request_parts(parts, state).await;
        let Extension(client) = client.map_err(IntoResponse::into_response)?;
        let request_id = parts.extensions.get::<RequestId>().cloned();
        Ok(Self { headers: parts.headers.clone(), client, request_id })
    }
}

impl Signed {
    /// The department of this id, which signed `body`, and the id of its message.
    ///
    /// # Errors
    /// 401 alike for a signature that does not hold and for a department that there is not; 429.
    pub fn by<'s>(
        &self,
        state: &'s AppState,
        id: &str,
        body: &[u8],
    ) -> Result<(&'s Department, String), Problem> {
        self.by_one_of(state, id, &[body])
    }

    /// The department of this id, which signed a question: what look-ups sign, or nothing, where a
    /// library keeps the body of a GET to itself.
    ///
    /// # Errors
    /// As [`Self::by`].
    pub fn asked_by<'s>(
        &self,
        state: &'s AppState,
        id: &str,
    ) -> Result<(&'s Department, String), Problem> {
        self.by_one_of(state, id, &[LOOK_UP_BODY, b""])
    }

    fn by_one_of<'s>(
        &self,
        state: &'s AppState,
        id: &str,
        bodies: &[&[u8]],
    ) -> Result<(&'s Department, String), Problem> {
        let now = state.clock.now();
        let Some(department) = state.departments.get(id) else { return Err(self.forged(state)) };
        for body in bodies {
            match department.secret.verify(&self.headers, now, body) {
                Ok(message) => {
                    // By its signature: neither its address nor whoever shares that counts.
                    state.limits.department(id).map_err(|retry_after| {
                        state.metrics.limit_hit("callback");
                        Problem::too_many_requests(retry_after)
                    })?;
                    return Ok((department, message.to_owned()));
                }
                // Only who has the secret gets so far.
                Err(error @ SigningError::Clock { .. }) => {
                    tracing::warn!(
                        department.id = %id, error = %error,
                        "What a department said was refused because the clocks differ"
                    );
                    return Err(Problem::unauthorized(format!("{error}.")));
                }
                Err(_) => {}
            }
        }
        Err(self.forged(state))
    }

    /// Refuses what is no department's. A department that is not configured is refused alike.
    fn forged(&self, state: &AppState) -> Problem {
        let visitor = state.marks.mark(self.client);
        let request_id = self.request_id.as_ref().map(|id| &*id.0);
        state.security.note(Event::ForgedCallback, Some(&visitor), request_id);
        match state.limits.forged(self.client) {
            Ok(()) => {
                Problem::unauthorized("Sign the body with the secret shared with this portal.")
            }
            Err(retry_after) => {
                state.metrics.limit_hit("forged_callback");
                Problem::too_many_requests(retry_after)
            }
        }
    }
}
