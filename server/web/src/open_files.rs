//! How many files the process may open. A connection is one, and a built file on its way to a slow
//! reader another; a system often allows no more than 1,024 unless it is asked.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files for everything that is no connection: database, readers, log.
const OF_OUR_OWN: u64 = 200;
/// Files a connection may need, with those that are just being ended.
const FOR_EACH: u64 = 3;

/// Asks the system for as many files as `connections` need; returns for how many there are enough.
#[must_use]
pub fn for_connections(connections: usize) -> usize {
    let wanted = OF_OUR_OWN + FOR_EACH * connections as u64;
    let limit = getrlimit(Resource::Nofile);
    let allowed = |limit: Option<u64>| limit.unwrap_or(u64::MAX);
    if allowed(limit.current) >= wanted {
        return connections;
    }
    let raised = wanted.min(allowed(limit.maximum));
    let granted = match setrlimit(Resource::Nofile, Rlimit { current: Some(raised), ..limit }) {
        Ok(()) => raised,
        Err(_refused) => allowed(limit.current),
    };
    let enough = granted.saturating_sub(OF_OUR_OWN) / FOR_EACH;
    let enough = usize::try_from(enough).unwrap_or(usize::MAX).clamp(1, connections);
    if enough < connections {
        tracing::warn!(
            files = granted,
            connections = enough,
            "the system lets this process open too few files for limits.connections; raise its limit (LimitNOFILE, ulimit -n)"
        );
    }
    enough
}
