//! Who signs what people take away.

use domain::signed_verdict::Issuer;

use crate::state::AppState;

/// Who gives the verdicts and extracts of this portal. The host is the configured one alone: what a request names as
/// its `Host` is the word of whoever asks, and is not signed.
pub(crate) fn issuer(state: &AppState) -> Issuer {
    let site = &state.settings.site;
    Issuer { host: site.host.clone().unwrap_or_default(), name: site.operator.clone() }
}
