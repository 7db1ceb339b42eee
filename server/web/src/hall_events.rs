//! Telling the board and the counters of halls that something changed: one look a second at the store for all who listen
//! in this process, and none while nobody does. What changed they read by their page: the line says nothing of anybody.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::response::sse::Event;
use domain::{Clock, clock::china_date};
use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use jiff::civil::Date;
use store::Store;
use tokio::{
    sync::{Notify, watch},
    task::JoinHandle,
};

use crate::client::ClientAddress;

/// Between two looks, where nobody presses in this process.
const BETWEEN: Duration = Duration::from_secs(1);
/// After so long a line ends, and its page opens another: nobody holds one for ever.
const LONGEST: Duration = Duration::from_secs(600);
/// Lines of one address at once: the boards and counters of a hall behind one.
const EACH: usize = 60;
/// Lines at once of everybody who is not known: each is a connection. Those of the halls' own addresses are not among
/// them, so that no stranger takes theirs.
const ALL: usize = 200;
/// What a line is asked to wait before it is opened again.
const RETRY: Duration = Duration::from_secs(3);

/// What was seen last: everything that happened in any hall, and the day, on which numbers begin anew. None once the
/// portal stops.
type Seen = Option<(u64, Date)>;

/// Lines by where they come from, and whether that is an address of the hall.
type Lines = Arc<Mutex<HashMap<(ClientAddress, bool), usize>>>;

/// Who listens, and whoever looks for them.
#[derive(Debug)]
pub struct HallEvents {
    seen: watch::Sender<Seen>,
    pressed: Arc<Notify>,
    looking: Mutex<Option<JoinHandle<()>>>,
    lines: Lines,
}

impl Default for HallEvents {
    fn default() -> Self {
        let (seen, _) = watch::channel(Some((0, Date::MIN)));
        Self { seen, pressed: Arc::default(), looking: Mutex::default(), lines: Arc::default() }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A line of somebody, until it is dropped.
#[derive(Debug)]
struct Line {
    from: (ClientAddress, bool),
    lines: Lines,
}

impl Line {
    fn of(events: &HallEvents, from: (ClientAddress, bool)) -> Option<Self> {
        let mut lines = locked(&events.lines);
        let own = lines.get(&from).copied().unwrap_or_default();
        let strangers = lines.iter().filter(|((_, is_known), _)| !is_known);
        let is_full = !from.1 && strangers.map(|(_, count)| count).sum::<usize>() >= ALL;
        if own >= EACH || is_full {
            return None;
        }
        lines.insert(from, own + 1);
        Some(Self { from, lines: events.lines.clone() })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut lines = locked(&self.lines);
        let left = lines.get(&self.from).map_or(0, |own| own - 1);
        if left == 0 {
            lines.remove(&self.from);
        } else {
            lines.insert(self.from, left);
        }
    }
}

impl HallEvents {
    /// Something was pressed in this process: whoever listens need not wait for the next look.
    pub(crate) fn look(&self) {
        self.pressed.notify_one();
    }

    /// Opens a line to an address, and whether it is one of the hall's; `None` where there are too many.
    pub(crate) async fn line(
        &self,
        from: (ClientAddress, bool),
        store: &Arc<dyn Store>,
        clock: &Arc<dyn Clock>,
    ) -> Option<BoxStream<'static, Result<Event, Infallible>>> {
        let line = Line::of(self, from)?;
        let now = look(&**store, &**clock).await;
        let mut listening = self.seen.subscribe();
        if let Some(now) = now {
            tell(&self.seen, now);
        }
        // What is so now the page has read, or reads when it hears that the line is open.
        listening.mark_unchanged();
        self.have_looked_after(store, clock);
        let opened = Event::default().retry(RETRY).comment("open");
        let end = tokio::time::Instant::now() + LONGEST;
        let rest = stream::unfold((listening, line), move |(mut listening, line)| async move {
            let heard = tokio::time::timeout_at(end, listening.changed()).await;
            // It is as old as a line may be, or the portal stops.
            let seen = heard.ok()?.ok().and_then(|()| *listening.borrow_and_update())?;
            let event = Event::default().event("changed").data(seen.0.to_string());
            Some((Ok(event), (listening, line)))
        });
        Some(stream::once(async { Ok(opened) }).chain(rest).boxed())
    }

    /// Has somebody look as long as anybody listens.
    fn have_looked_after(&self, store: &Arc<dyn Store>, clock: &Arc<dyn Clock>) {
        self.pressed.notify_one();
        let mut looking = locked(&self.looking);
        if looking.is_some() || self.seen.borrow().is_none() {
            return;
        }
        let (seen, pressed) = (self.seen.clone(), self.pressed.clone());
        let (store, clock) = (store.clone(), clock.clone());
        *looking = Some(tokio::spawn(async move {
            loop {
                if seen.is_closed() {
                    pressed.notified().await;
                } else {
                    let _soon = tokio::time::timeout(BETWEEN, pressed.notified()).await;
                }
                // Where the store does not answer nothing is said: pages see that by themselves.
                let Some(now) = look(&*store, &*clock).await else { continue };
                tell(&seen, now);
            }
        }));
    }

    /// Ends every line: the portal stops.
    pub(crate) fn end(&self) {
        self.seen.send_replace(None);
    }

    /// Ends looking, and with it the hold on the store.
    pub(crate) async fn ended(&self) {
        let looking = locked(&self.looking).take();
        if let Some(looking) = looking {
            looking.abort();
            let _aborted = looking.await;
        }
    }
}

/// Tells whoever listens, where it is new.
fn tell(seen: &watch::Sender<Seen>, now: (u64, Date)) {
    seen.send_if_modified(|seen| {
        let is_new = seen.is_some_and(|seen| seen != now);
        if is_new {
            *seen = Some(now);
        }
        is_new
    });
}

async fn look(store: &dyn Store, clock: &dyn Clock) -> Option<(u64, Date)> {
    let revision = store.queue_revision().await.ok()?;
    Some((revision, china_date(clock.now())))
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;

    fn client(last: u8) -> (ClientAddress, bool) {
        (ClientAddress::of(IpAddr::from([198, 51, 100, last])), false)
    }

    #[test]
    fn desk_d9_nobody_takes_all_the_lines_of_the_halls() {
        let events = HallEvents::default();
        let mut own: Vec<_> = (0..EACH).map(|_| Line::of(&events, client(1)).unwrap()).collect();
        assert!(Line::of(&events, client(1)).is_none(), "one address has its share");
        let others: Vec<_> = (2..)
            .flat_map(|last| (0..EACH).map(move |_| last))
            .map_while(|last| Line::of(&events, client(last)))
            .collect();
        assert_eq!(own.len() + others.len(), ALL);
        assert!(Line::of(&events, client(99)).is_none(), "strangers have theirs");
        let of_hall = (client(1).0, true);
        let known: Vec<_> = (0..EACH).map(|_| Line::of(&events, of_hall).unwrap()).collect();
        assert!(Line::of(&events, of_hall).is_none(), "and a hall its own");
        own.pop();
        assert!(Line::of(&events, client(1)).is_some(), "what is ended makes room");
        drop((own, others, known));
        assert!(locked(&events.lines).is_empty(), "nobody is remembered");
    }
}
