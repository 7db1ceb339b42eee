//! When departments collected last what waits for them, and by which messages.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use forward::TOLERANCE;
use jiff::Timestamp;

/// What this process knows of departments that collect: nothing of before its start.
#[derive(Debug, Default)]
pub struct Collections(Mutex<BTreeMap<String, Collection>>);

#[derive(Debug)]
struct Collection {
    last: Timestamp,
    /// Ids of the messages whose signatures still hold.
    messages: BTreeMap<String, Timestamp>,
}

impl Collections {
    /// Notes that a department collects by a message; `false` if it did so before by the same one:
    /// somebody who read its headers says them again.
    #[must_use]
    pub fn note(&self, department: &str, message: String, now: Timestamp) -> bool {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Collection { last: now, messages: BTreeMap::new() };
        let known = all.entry(department.to_owned()).or_insert_with(fresh);
        // A signature holds as long before its time as after it.
        let holds = TOLERANCE.saturating_mul(2);
        known.messages.retain(|_, at| now.duration_since(*at).abs() <= holds);
        let is_new = known.messages.insert(message, now).is_none();
        if is_new {
            known.last = now;
        }
        is_new
    }

    /// When a department collected last, since this process started.
    #[must_use]
    pub fn last(&self, department: &str) -> Option<Timestamp> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(department).map(|known| known.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn s5_a_message_collects_once_for_as_long_as_its_signature_holds() {
        let collections = Collections::default();
        let note = |department: &str, message: &str, second: i64| {
            collections.note(department, message.to_owned(), at(second))
        };
        assert_eq!(collections.last("planning"), None);
        assert!(note("planning", "m-1", 1_000));
        assert!(!note("planning", "m-1", 1_300));
        assert!(note("geology", "m-1", 1_300), "ids are each department's own");
        assert_eq!(collections.last("planning"), Some(at(1_000)));
        assert!(note("planning", "m-2", 1_400));
        assert_eq!(collections.last("planning"), Some(at(1_400)));
        // Signed five minutes ahead and said five minutes late: ten minutes later no more.
        assert!(!note("planning", "m-2", 2_000));
        assert!(note("planning", "m-2", 2_601));
    }
}
