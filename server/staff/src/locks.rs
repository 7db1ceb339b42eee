//! How long nobody gets in after mistakes.

use jiff::{SignedDuration, Timestamp};
use store::Failures;

/// After so many mistakes nobody gets in with that name for [`LOCKED`].
pub(crate) const LOCKS_FROM: u32 = 5;
/// For so long after the last of them.
pub(crate) const LOCKED: SignedDuration = SignedDuration::from_mins(15);
/// After so many, until somebody lifts it (NIST SP 800-63B-4, 3.2.2: at most 100).
pub(crate) const LIFTED_FROM: u32 = 20;
/// A name that nobody tried for so long is forgotten, and its lock with it.
pub(crate) const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24 * 30);

/// Until when nobody gets in after so many failures; none where somebody may try now.
pub(crate) fn locked_until(failures: &Failures, now: Timestamp) -> Option<Timestamp> {
    let last = failures.last_at?;
    let until = match failures.count {
        ..LOCKS_FROM => return None,
        LOCKS_FROM..LIFTED_FROM => last.checked_add(LOCKED).unwrap_or(Timestamp::MAX),
        LIFTED_FROM.. => Timestamp::MAX,
    };
    (until > now).then_some(until)
}
