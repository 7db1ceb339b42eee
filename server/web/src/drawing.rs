//! Threads that draw pages: as many as there are cores, from the start to the end. A map takes a
//! millisecond to draw, of a place in many parts far longer: that is no work for a thread which others
//! wait for. Few threads and always the same, for each keeps memory of its own.

use std::{
    any::Any,
    collections::VecDeque,
    io,
    num::NonZero,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread::{self, available_parallelism},
};

use tokio::{runtime::Handle, sync::oneshot};

type Work = Box<dyn FnOnce() + Send>;

/// Where drawings wait for their turn, first come first served.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    works: VecDeque<Work>,
    closed: bool,
}

impl Queue {
    fn put(&self, work: Work) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).works.push_back(work);
        self.changed.notify_one();
    }

    /// The next one, once there is one; `None` when there will be none any more.
    fn take(&self) -> Option<Work> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(work) = waiting.works.pop_front() {
                return Some(work);
            }
            if waiting.closed {
                return None;
            }
            waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// The threads. They end once this is dropped and what waits is drawn.
pub struct Drawing(Arc<Queue>);

impl std::fmt::Debug for Drawing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Drawing").finish_non_exhaustive()
    }
}

impl Drawing {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn start() -> io::Result<Self> {
        let drawing = Self(Arc::default());
        for at in 0..available_parallelism().map_or(1, NonZero::get) {
            let queue = Arc::clone(&drawing.0);
            let draw = move || {
                while let Some(work) = queue.take() {
                    work();
                }
            };
            thread::Builder::new().name(format!("drawing-{at}")).spawn(draw)?;
        }
        Ok(drawing)
    }

    /// What `work` comes to, which is done to its end on one of the threads; nothing is begun for
    /// whoever has gone. A panic goes on in whoever waits.
    pub(crate) async fn draw<W>(&self, work: W) -> W::Output
    where
        W: Future<Output: Send> + Send + 'static,
    {
        let (drawn, waiting) = oneshot::channel::<Result<W::Output, Box<dyn Any + Send>>>();
        let runtime = Handle::current();
        self.0.put(Box::new(move || {
            if !drawn.is_closed() {
                let work = AssertUnwindSafe(|| runtime.block_on(work));
                let _gone = drawn.send(catch_unwind(work));
            }
        }));
        match waiting.await {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // Its threads outlive whoever waits, for who waits holds them.
            Err(_never_drawn) => std::future::pending().await,
        }
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, time::Duration};

    use super::*;

    #[tokio::test]
    async fn what_is_drawn_comes_back_and_a_panic_takes_no_thread_with_it() {
        let drawing = Arc::new(Drawing::start().unwrap());
        let named = async { thread::current().name().map(ToOwned::to_owned) };
        assert!(drawing.draw(named).await.unwrap().starts_with("drawing-"));
        async fn fails() {
            panic!("on purpose")
        }
        for _ in 0..=available_parallelism().unwrap().get() {
            let drawing = Arc::clone(&drawing);
            let failed = tokio::spawn(async move { drawing.draw(fails()).await }).await;
            assert!(failed.unwrap_err().is_panic());
        }
        // It may wait by the way, e.g. for storage.
        drawing.draw(tokio::task::yield_now()).await;
    }

    #[tokio::test]
    async fn what_waits_is_drawn_before_the_threads_end_and_nothing_for_who_has_gone() {
        let drawing = Drawing::start().unwrap();
        let threads = available_parallelism().unwrap().get();
        let (ended, begun) = (mpsc::channel::<()>(), mpsc::channel());
        let last = {
            let ended = Arc::new(Mutex::new(ended.1));
            // All are busy.
            for _ in 0..threads {
                let (ended, begun) = (Arc::clone(&ended), begun.0.clone());
                drawing.0.put(Box::new(move || {
                    begun.send("busy").unwrap();
                    let _disconnected = ended.lock().unwrap().recv();
                }));
            }
            let (gone, told) = (begun.0.clone(), begun.0.clone());
            let leaves = drawing.draw(async move { gone.send("for who has gone").unwrap() });
            assert!(tokio::time::timeout(Duration::ZERO, leaves).await.is_err());
            drawing.0.put(Box::new(move || told.send("last").unwrap()));
            drop(drawing);
            begun.0
        };
        drop((ended.0, last));
        let told: Vec<_> = begun.1.iter().collect();
        assert_eq!(told, [vec!["busy"; threads], vec!["last"]].concat());
    }
}
