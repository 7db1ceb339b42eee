//! Whose key a request brings: it is recognised here and counted by [`crate::api_keys`].

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use service::api_keys::mark_of;

use super::caller::{Caller, Stopped};
use crate::{api_keys::Holder, security_event::Event, state::AppState};

/// What stands in the request as a key; `None` where nothing does. A gateway in front may ask for a password of
/// its own (`Basic`): that is none.
fn handed_in(headers: &HeaderMap) -> Option<Option<&str>> {
    let mut all = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (all.next()?, all.next());
    let read = first.to_str().ok().and_then(|value| value.trim().split_once(' '));
    match read {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("basic") && second.is_none() => None,
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") && second.is_none() => {
            Some(Some(key.trim()))
        }
        _ => Some(None),
    }
}

/// Whose key a request brings; `None` where it brings none, or its route takes none.
///
/// # Errors
/// [`Stopped::WrongKey`] for a key that is nobody's or is disabled, [`Stopped::TooOften`] for an address that tries too
/// many, [`Stopped::Broken`] where storage does not say.
pub(crate) async fn recognise(
    state: &AppState,
    headers: &HeaderMap,
    caller: Caller<'_>,
) -> Result<Option<Arc<Holder>>, Stopped> {
    let Some(key) = caller.route.keyed.then(|| handed_in(headers)).flatten() else {
        return Ok(None);
    };
    let mark = key.and_then(mark_of);
    if !mark.as_ref().is_some_and(|mark| state.api_keys.is_known(mark)) {
        state.limits.key_tried(caller.client).map_err(|retry_after| {
            state.metrics.limit_hit("api_key");
            caller.note(state, Event::TooOften);
            Stopped::TooOften(retry_after)
        })?;
    }
    let wrong = || {
        caller.note(state, Event::WrongApiKey);
        Stopped::WrongKey
    };
    let mark = mark.ok_or_else(wrong)?;
    let found = state.store.api_key(&mark).await.map_err(|error| {
        tracing::error!(%error, "storage does not say whose a key is");
        Stopped::Broken
    })?;
    match found.filter(|key| key.disabled_at.is_none()) {
        Some(key) => Ok(Some(state.api_keys.holder(mark, &key))),
        None => {
            state.api_keys.forget(&mark);
            Err(wrong())
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let value = |value: &&str| (header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        HeaderMap::from_iter(values.iter().map(value))
    }

    #[test]
    fn p6_a_key_is_brought_in_one_way() {
        assert_eq!(handed_in(&headers(&[])), None);
        assert_eq!(handed_in(&headers(&["Basic YTpi"])), None);
        for one in ["Bearer jmk_x", "bearer  jmk_x ", "BEARER jmk_x"] {
            assert_eq!(handed_in(&headers(&[one])), Some(Some("jmk_x")), "{one}");
        }
        for wrong in [&["jmk_x"][..], &["Bearer"], &["Digest a"], &["Basic a", "Bearer b"], &[""]] {
            assert_eq!(handed_in(&headers(wrong)), Some(None), "{wrong:?}");
        }
    }
}
