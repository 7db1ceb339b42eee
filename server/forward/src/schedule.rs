//! When to try again.

use jiff::{SignedDuration, Timestamp};

/// How long to wait between attempts, and when to stop.
///
/// Exponential with full jitter: after the n-th attempt the wait is anything between nothing and
/// `first · 2ⁿ⁻¹`, at most `longest`. Full jitter, because a department that comes back after an
/// outage is met by everything that waited for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The most that is waited after the first attempt.
    pub first: SignedDuration,
    /// The most that is ever waited.
    pub longest: SignedDuration,
    /// How old a round must be before the delivery is given to a person.
    pub give_up_after: SignedDuration,
    /// How many attempts must have been made before that. A portal that was switched off for a
    /// week still tries everything it finds.
    pub least_attempts: u32,
}

impl Default for Schedule {
    /// 2 seconds to 1 hour, for 5 days and at least 12 attempts: as many as it takes to reach the
    /// hour.
    fn default() -> Self {
        Self {
            first: SignedDuration::from_secs(2),
            longest: SignedDuration::from_hours(1),
            give_up_after: SignedDuration::from_hours(5 * 24),
            least_attempts: 12,
        }
    }
}

/// An attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Attempts made in this round, this one included.
    pub attempts: u32,
    /// When the round began: the submission, or when somebody had it sent again.
    pub began: Timestamp,
    /// When the attempt ended.
    pub now: Timestamp,
    /// A wait the department asked for, or one that the kind of failure calls for.
    pub at_least: SignedDuration,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextAttempt {
    /// Another attempt.
    At(Timestamp),
    /// None: a person must look.
    Never,
}

impl Schedule {
    /// The most that is waited after `attempts` attempts.
    #[must_use]
    pub fn ceiling(&self, attempts: u32) -> SignedDuration {
        // 2⁶² of anything is past `longest`; more would overflow.
        let doublings = attempts.saturating_sub(1).min(62);
        let nanos = self.first.as_nanos().saturating_mul(1 << doublings);
        let nanos = nanos.min(self.longest.as_nanos()).max(0);
        SignedDuration::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }

    /// What follows `failure`. `jitter` is 64 random bits.
    #[must_use]
    pub fn after(&self, failure: Failure, jitter: u64) -> NextAttempt {
        let age = failure.now.duration_since(failure.began);
        if age >= self.give_up_after && failure.attempts >= self.least_attempts {
            return NextAttempt::Never;
        }
        let wait = portion(self.ceiling(failure.attempts), jitter).max(failure.at_least);
        NextAttempt::At(failure.now.checked_add(wait).unwrap_or(Timestamp::MAX))
    }
}

/// `whole · jitter / 2⁶⁴`.
pub(crate) fn portion(whole: SignedDuration, jitter: u64) -> SignedDuration {
    let nanos = u128::try_from(whole.as_nanos()).unwrap_or(0);
    let part = nanos.saturating_mul(u128::from(jitter)) >> 64;
    SignedDuration::from_nanos(i64::try_from(part).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SUBMITTED: Timestamp = Timestamp::UNIX_EPOCH;

    fn failure(attempts: u32, age: i64, at_least: i64) -> Failure {
        Failure {
            attempts,
            began: SUBMITTED,
            now: Timestamp::from_second(age).unwrap(),
            at_least: SignedDuration::from_secs(at_least),
        }
    }

    fn schedules() -> impl Strategy<Value = Schedule> {
        (1..100_000_i64, 0..10_000_000_i64, 0..1_000_000_i64, 0..50_u32).prop_map(
            |(first, more, give_up_after, least_attempts)| Schedule {
                first: SignedDuration::from_millis(first),
                longest: SignedDuration::from_millis(first + more),
                give_up_after: SignedDuration::from_secs(give_up_after),
                least_attempts,
            },
        )
    }

    proptest! {
        #[test]
        fn the_ceiling_starts_at_first_doubles_and_stops_at_longest(
            schedule in schedules(), attempts in 1..u32::MAX,
        ) {
            prop_assert_eq!(schedule.ceiling(1), schedule.first);
            let (this, next) = (schedule.ceiling(attempts), schedule.ceiling(attempts + 1));
            prop_assert_eq!(next, (this * 2).min(schedule.longest));
        }

        #[test]
        fn a_wait_lies_between_what_was_asked_and_the_ceiling(
            schedule in schedules(), attempts in 1..100_u32, age in 0..2_000_000_i64,
            at_least in 0..100_000_i64, jitter in any::<u64>(),
        ) {
            let failure = failure(attempts, age, at_least);
            if let NextAttempt::At(at) = schedule.after(failure, jitter) {
                let wait = at.duration_since(failure.now);
                prop_assert!(wait >= failure.at_least);
                prop_assert!(wait <= schedule.ceiling(attempts).max(failure.at_least));
            }
        }

        #[test]
        fn it_ends_exactly_when_old_and_tried_enough(
            schedule in schedules(), attempts in 1..100_u32, age in 0..2_000_000_i64,
            jitter in any::<u64>(),
        ) {
            let over = age >= schedule.give_up_after.as_secs() && attempts >= schedule.least_attempts;
            let next = schedule.after(failure(attempts, age, 0), jitter);
            prop_assert_eq!(next == NextAttempt::Never, over);
        }

        #[test]
        fn more_jitter_never_shortens_the_wait(
            whole in 0..i64::MAX, a in any::<u64>(), b in any::<u64>(),
        ) {
            let whole = SignedDuration::from_nanos(whole);
            prop_assert!(portion(whole, a.min(b)) <= portion(whole, a.max(b)));
            prop_assert_eq!(portion(whole, 0), SignedDuration::ZERO);
            prop_assert!(portion(whole, u64::MAX) <= whole);
        }
    }

    #[test]
    fn by_default_a_dead_department_is_tried_for_five_days_about_hourly_and_then_no_more() {
        let schedule = Schedule::default();
        let (mut now, mut attempts) = (SUBMITTED, 1);
        let failed = |attempts, now| Failure {
            attempts,
            began: SUBMITTED,
            now,
            at_least: SignedDuration::ZERO,
        };
        while let NextAttempt::At(at) = schedule.after(failed(attempts, now), u64::MAX) {
            (now, attempts) = (at, attempts + 1);
            assert!(attempts < 1_000);
        }
        assert!(now.duration_since(SUBMITTED) >= SignedDuration::from_hours(120));
        assert!((125..140).contains(&attempts), "{attempts}");
    }
}
