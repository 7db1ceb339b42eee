//! What the server hands to the pages of a hall: its board, its tickets, and a counter of it.

use domain::{
    Localized,
    queue::{HallNow, Ticket, TicketNumber},
    service::Aim,
};
use jiff::Timestamp;

/// The script by which pages of a hall follow it.
pub const SCRIPT: &str = include_str!("hall.js");

/// Which hall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HallName {
    /// Its id in addresses.
    pub id: String,
    /// What it is called.
    pub name: Localized,
    /// What people come there for.
    pub aims: Vec<Aim>,
}

/// A page of a hall for everybody.
#[derive(Clone, Debug)]
pub struct HallPage {
    /// Which hall.
    pub hall: HallName,
    /// What stands on it.
    pub shows: HallShows,
}

/// What stands on a page of a hall.
#[derive(Clone, Debug)]
pub enum HallShows {
    /// Who is called where.
    Board {
        /// The hall as it stands.
        now: HallNow,
        /// When that was, UTC.
        at: Timestamp,
    },
    /// The form by which a visitor takes a ticket.
    Take {
        /// Whether they sent it without saying what they come for.
        unchosen: bool,
        /// What they chose.
        aim: Option<Aim>,
        /// Whether they asked to be served before others.
        priority: bool,
    },
    /// That tickets are given out in the hall alone.
    Elsewhere,
    /// A ticket.
    Ticket {
        /// Its number.
        number: TicketNumber,
        /// How it stands; none where it is over, or there is none.
        ticket: Option<Ticket>,
        /// How many wait before it; a counter that serves less than all passes some of them over.
        before: usize,
    },
}

/// What is said of a press that did nothing, or called nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PressSaid {
    /// Another ticket is at the counter by now.
    Stale,
    /// Nobody waits.
    NobodyWaits,
}

impl PressSaid {
    /// Its name in an address.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::NobodyWaits => "nobody",
        }
    }

    /// What has that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Stale, Self::NobodyWaits].into_iter().find(|said| said.name() == name)
    }
}

/// A hall where somebody may sit at a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HallChoice {
    /// Which hall.
    pub hall: HallName,
    /// Its counters.
    pub counters: Vec<String>,
}

/// A counter of a hall, for who sits there.
#[derive(Clone, Debug)]
pub struct CounterDesk {
    /// The halls of their office.
    pub halls: Vec<HallChoice>,
    /// Where they sit; none while they have not said.
    pub sits: Option<Sits>,
    /// A counter where a colleague sits, and whether it is to be theirs.
    pub asks: Option<SeatTaken>,
}

/// A counter where a colleague sits.
#[derive(Clone, Debug)]
pub struct SeatTaken {
    /// The hall.
    pub hall: HallName,
    /// The counter.
    pub counter: String,
    /// The one thing that it is to serve.
    pub serves: Option<Aim>,
    /// The colleague, by what they sign in with.
    pub who: String,
    /// When they pressed something there last, UTC.
    pub at: Timestamp,
}

/// Where somebody sits, and what they have before them.
#[derive(Clone, Debug)]
pub struct Sits {
    /// The hall.
    pub hall: HallName,
    /// The counter.
    pub counter: String,
    /// The one thing that the counter serves; everything where none is named.
    pub serves: Option<Aim>,
    /// The hall as it stands.
    pub now: HallNow,
    /// When that was, UTC.
    pub at: Timestamp,
    /// The colleague whose counter it was, if they took it over: by what they sign in with.
    pub over: Option<String>,
    /// The address of the counter: forms are sent there, so that a sign-in leads back to it.
    pub address: String,
    /// What is said of the last press.
    pub said: Option<PressSaid>,
}
