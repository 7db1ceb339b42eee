//! The queue of a hall (desk D9). Every call is one step of the store, so that however many counters on however
//! many portals press at once, each ticket is called by one of them and in order.

use async_trait::async_trait;
use domain::{
    queue::{HallDay, HallNow, Ticket},
    service::Aim,
    staff::StaffId,
};
use jiff::{SignedDuration, Timestamp};

use crate::StoreError;

/// Tickets and what became of them are dropped after so long.
pub const TICKETS_KEPT_FOR: SignedDuration = SignedDuration::from_hours(24 * 366);

/// A ticket as somebody saw it who presses: once it was called again, another press counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its sequence.
    pub ticket: u32,
    /// How often it had been called.
    pub calls: u32,
}

/// What is pressed at a counter. Each names the ticket that was there when its page was made: where another one is
/// there by now, nothing happens, so that no press counts twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// The one that is there is over, and the next that waits for one of these is called.
    Next {
        /// The ticket that is at the counter; none where none is.
        after: Option<Seen>,
        /// What the counter serves.
        serves: Vec<Aim>,
        /// So many with priority it calls in a row; then one of the others, if any waits.
        in_a_row: u32,
    },
    /// The one that is there is called again.
    Recall(Seen),
    /// Nobody came.
    Skip(Seen),
    /// It is laid aside.
    Hold(Seen),
    /// It waits for something else, where it stands by when it was taken.
    HandOn(Seen, Aim),
    /// It is over, and nobody is called.
    Done(Seen),
    /// One that was laid aside waits again at its old place; one that did not come, behind all others, also where it had
    /// priority.
    Back(Seen),
}

/// Where something is pressed, by whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterPress {
    /// The counter.
    pub counter: String,
    /// Who sits there.
    pub staff: StaffId,
    /// When, UTC.
    pub at: Timestamp,
}

/// What became of a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pressed {
    /// It counts for this ticket.
    Done(Ticket),
    /// Nobody waits. What was at the counter is over.
    NobodyWaits,
    /// Another ticket is there by now, or none, or this one is somewhere else: nothing was done.
    Stale,
}

/// The queues of the halls.
#[async_trait]
pub trait Queue: Send + Sync {
    /// Takes the next ticket. Tickets of days long past are dropped with it.
    async fn take_ticket(
        &self,
        hall: &HallDay,
        aim: Aim,
        priority: bool,
        at: Timestamp,
    ) -> Result<Ticket, StoreError>;

    /// Does what is pressed, whole or not at all, and notes it.
    async fn press(
        &self,
        hall: &HallDay,
        press: &Press,
        by: &CounterPress,
    ) -> Result<Pressed, StoreError>;

    /// Who pressed last at a counter on that day, and when, UTC.
    async fn seat(
        &self,
        hall: &HallDay,
        counter: &str,
    ) -> Result<Option<(StaffId, Timestamp)>, StoreError>;

    /// Goes up with everything that happens in any hall, as [`HallNow::revision`] does.
    async fn queue_revision(&self) -> Result<u64, StoreError>;

    /// The hall as it stands.
    async fn hall_now(&self, hall: &HallDay) -> Result<HallNow, StoreError>;
}
