//! Who does what Leptos spawns.

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use futures_util::FutureExt as _;

/// Has what Leptos spawns done on the runtime that serves, as soon as there is one.
pub(crate) fn on_the_runtime() {
    let _already_set = Executor::init_custom_executor(AtOnce);
}

/// Does at once what is done at once: of each page Leptos waits for one such thing, which says only that what
/// waits before it was looked at. The runtime would be woken for it on another thread, and this one by it.
struct AtOnce;

impl CustomExecutor for AtOnce {
    fn spawn(&self, mut task: PinnedFuture<()>) {
        if task.as_mut().now_or_never().is_none() {
            tokio::spawn(task);
        }
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        tokio::task::spawn_local(task);
    }

    // The runtime does so itself.
    fn poll_local(&self) {}
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn what_is_spawned_is_done_once_at_once_or_later() {
        let (done, goes_on) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let count = Arc::clone(&done);
        AtOnce.spawn(Box::pin(async move {
            count.fetch_add(1, Ordering::Relaxed);
        }));
        assert_eq!(done.load(Ordering::Relaxed), 1, "nobody has waited");
        let (count, waits, told) =
            (Arc::clone(&done), Arc::clone(&goes_on), Arc::new(Notify::new()));
        let tells = Arc::clone(&told);
        AtOnce.spawn(Box::pin(async move {
            waits.notified().await;
            count.fetch_add(1, Ordering::Relaxed);
            tells.notify_one();
        }));
        assert_eq!(done.load(Ordering::Relaxed), 1);
        goes_on.notify_one();
        told.notified().await;
        assert_eq!(done.load(Ordering::Relaxed), 2);
    }
}
