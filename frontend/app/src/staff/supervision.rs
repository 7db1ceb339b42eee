//! What the server hands to the pages where an office sees what has not reached it, and what is late.

use domain::{Localized, request::RequestNumber};
use jiff::{Timestamp, civil::Date};

use super::{Faults, Say};

/// What waits for an office.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supervision {
    /// What it has not got, oldest first.
    pub deliveries: Vec<DeliveryLine>,
    /// Deliveries that do not read.
    pub unreadable: usize,
    /// What is not decided: what is late first, then by the last day.
    pub requests: Vec<RequestLine>,
    /// Whether more are not decided than were gone through.
    pub more: bool,
}

/// A delivery in a list: nothing of what is in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryLine {
    /// Its id.
    pub id: String,
    /// The request.
    pub number: RequestNumber,
    /// The name of its state.
    pub state: &'static str,
    /// Attempts begun.
    pub attempts: u32,
    /// When the request was submitted, UTC.
    pub submitted_at: Timestamp,
    /// When it is sent next, UTC, while it waits.
    pub next: Option<Timestamp>,
    /// Why the last attempt failed.
    pub reason: Option<String>,
    /// Whether somebody said that it arrived on paper, and nobody has confirmed it.
    pub proposed: bool,
}

/// How a request that is not decided stands to its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InTime {
    /// Its last day is past.
    Late,
    /// It is to be decided by its last day.
    Runs,
    /// The last day lies in a year whose working days are not announced.
    Unknown,
    /// The department has not confirmed it: its time has not begun.
    NotBegun,
    /// The law sets no number of days.
    NoLimit,
}

/// A request that is not decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine {
    /// Its number.
    pub number: RequestNumber,
    /// The service item.
    pub item: String,
    /// When it was submitted, UTC.
    pub submitted_at: Timestamp,
    /// The last day by which it is to be decided, in China.
    pub last: Option<Date>,
    /// How it stands to that.
    pub in_time: InTime,
}

/// An entry of a delivery's journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalLine {
    /// When, UTC.
    pub at: Timestamp,
    /// The name of what happened.
    pub act: &'static str,
    /// Who did it, where it was somebody: staff by their account or name.
    pub who: Option<String>,
    /// Why, or what else there is to say.
    pub note: Option<String>,
}

/// One delivery, and what may be done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryPage {
    /// As in the list.
    pub line: DeliveryLine,
    /// Its journal, oldest first.
    pub journal: Vec<JournalLine>,
    /// Whether the journal is as it was written.
    pub whole: bool,
    /// Whether anything can be done: the department has not got it.
    pub open: bool,
    /// Where it could go instead, by id.
    pub others: Vec<(String, Localized)>,
    /// Whether who reads may have it sent again or elsewhere, and propose.
    pub may_mend: bool,
    /// Whether their account counts where two people are asked for.
    pub counts: bool,
    /// What who reads may confirm, for somebody else proposed it: the entry of the journal, and what it says.
    pub confirms: Option<(u32, String)>,
    /// What stands in the form: why.
    pub reason: String,
    /// What stands in the form: where to.
    pub to: String,
    /// What is wrong with the form.
    pub faults: Faults,
    /// Why nothing was done.
    pub not_done: Option<Say>,
    /// Whether what somebody pressed was done just now.
    pub done: bool,
}
