//! The queue of a hall (desk D9): people wait by a number and never by a name.

use std::fmt;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::service::Aim;

/// How many tickets with priority a counter calls in a row, unless a hall says otherwise: then one of the others is
/// called, so that nobody waits for ever. Our own rule.
pub const PRIORITY_IN_A_ROW: u32 = 3;

/// A hall on a day: the numbers of tickets begin anew each morning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HallDay {
    /// The id of the hall, as in the configuration.
    pub hall: String,
    /// The day in China.
    pub day: Date,
}

/// What is printed on a ticket: the letter of what somebody came for, and a number: `B012`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketNumber {
    /// What they came for when they took it.
    pub aim: Aim,
    /// The how-manyeth of that letter on the day, from 1.
    pub count: u32,
}

impl TicketNumber {
    /// The number as it is written, in letters of either case; `None` of what is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let letter = text.chars().next()?.to_ascii_uppercase();
        let aim = Aim::ALL.into_iter().find(|aim| letter_of(*aim) == letter)?;
        let digits = text.get(letter.len_utf8()..)?;
        let are_digits =
            (3..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        let count = digits.parse().ok().filter(|count| are_digits && *count > 0)?;
        Some(Self { aim, count })
    }
}

impl fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{:03}", letter_of(self.aim), self.count)
    }
}

/// The letter of what people come for, `A` the first: none looks like a digit.
#[must_use]
pub fn letter_of(aim: Aim) -> char {
    let at = Aim::ALL.iter().position(|one| *one == aim).unwrap_or_default();
    char::from(b'A'.saturating_add(u8::try_from(at).unwrap_or_default()))
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Nobody has called it, or it waits again.
    Waiting,
    /// It is at a counter, or on its way there.
    Called,
    /// Laid aside while somebody fills in a form or fetches something: it goes back to its old place.
    Held,
    /// It was called and nobody came: who comes after all waits behind the others.
    Missed,
    /// It is over.
    Done,
}

impl TicketState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Called, Self::Held, Self::Missed, Self::Done];

    /// Its name in storage.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Called => "called",
            Self::Held => "held",
            Self::Missed => "missed",
            Self::Done => "done",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The how-manyeth of the hall on its day, from 1: by this it is told apart.
    pub sequence: u32,
    /// What is printed on it.
    pub number: TicketNumber,
    /// For what it waits now: another thing than at first where it was handed on.
    pub aim: Aim,
    /// Whether somebody is served before others, by their own word: of age, disabled, or with a small child.
    pub priority: bool,
    /// Where it stands.
    pub state: TicketState,
    /// At which counter it is or was last.
    pub counter: Option<String>,
    /// How often it was called, each time that it was called again counted.
    pub calls: u32,
    /// When it was taken, UTC.
    pub taken_at: Timestamp,
    /// When it was last called, UTC.
    pub called_at: Option<Timestamp>,
}

/// A hall as it stands, without what is over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HallNow {
    /// Goes up with everything that happens in any hall: who has seen it has seen everything before it.
    pub revision: u64,
    /// What waits, in the order in which it is called.
    pub waiting: Vec<Ticket>,
    /// What is at a counter, the latest call first.
    pub called: Vec<Ticket>,
    /// What was laid aside, and what did not come, by when it was taken.
    pub aside: Vec<Ticket>,
}

impl HallNow {
    /// The longest that anybody waits now, whole minutes; 0 where nobody does.
    #[must_use]
    pub fn longest_wait(&self, now: Timestamp) -> u64 {
        let waits = self.waiting.iter().map(|ticket| now.duration_since(ticket.taken_at).as_mins());
        waits.max().and_then(|mins| u64::try_from(mins).ok()).unwrap_or_default()
    }

    /// How many of those who wait now are called before a ticket, at most, in a hall with so many counters, each of which
    /// calls so many with priority in a row.
    #[must_use]
    pub fn before(&self, number: TicketNumber, (counters, in_a_row): (usize, u32)) -> usize {
        let before = self.waiting.iter().take_while(|waits| waits.number != number).count();
        let own = self.waiting.get(before);
        if !own.is_some_and(|ticket| ticket.priority) {
            return before;
        }
        // Others come between: each counter may be about to call one, and then after each row.
        let others = self.waiting.iter().filter(|waits| !waits.priority).count();
        let in_a_row = usize::try_from(in_a_row.max(1)).unwrap_or(usize::MAX);
        before + others.min(counters + before / in_a_row)
    }

    /// What is at a counter.
    #[must_use]
    pub fn at_counter(&self, counter: &str) -> Option<&Ticket> {
        self.called.iter().find(|ticket| ticket.counter.as_deref() == Some(counter))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn desk_d9_who_has_priority_is_told_of_those_who_come_between() {
        let number = |count| TicketNumber { aim: Aim::Know, count };
        let ticket = |count: u32, priority| Ticket {
            sequence: count,
            number: number(count),
            aim: Aim::Know,
            priority,
            state: TicketState::Waiting,
            counter: None,
            calls: 0,
            taken_at: Timestamp::UNIX_EPOCH,
            called_at: None,
        };
        let waiting = (1..=9).map(|count| ticket(count, count <= 4)).collect();
        let now = HallNow { waiting, ..HallNow::default() };
        let before = |count| now.before(number(count), (2, 3));
        // Three with priority stand before it, and of the others one for each counter and one after the row.
        assert_eq!((before(1), before(4)), (2, 3 + 2 + 1));
        assert_eq!((before(5), before(9)), (4, 8), "nobody else comes between");
        assert_eq!(now.before(number(4), (9, 1)), 3 + 5, "no more than there are");
    }

    #[test]
    fn desk_d9_a_ticket_has_a_letter_and_a_number_and_reads_back() {
        for (at, aim) in Aim::ALL.into_iter().enumerate() {
            for count in [1, 42, 999, 1_000] {
                let number = TicketNumber { aim, count };
                let text = number.to_string();
                assert_eq!(usize::from(text.as_bytes()[0] - b'A'), at);
                assert_eq!(TicketNumber::parse(&text.to_lowercase()), Some(number), "{text}");
            }
        }
        for none in ["", "A", "A12", "A000", "A0000001", "Z001", "001", "张001", "A-01", "A+12"] {
            assert_eq!(TicketNumber::parse(none), None, "{none:?}");
        }
        for state in TicketState::ALL {
            assert_eq!(TicketState::from_name(state.name()), Some(state));
        }
    }
}
