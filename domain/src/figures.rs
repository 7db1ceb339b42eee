//! The public figures: how many requests came in, were decided and wait, and what people thought of it
//! (rule S12). They are made of events and tell nothing of few people.
//!
//! What is published depends on a count below [`LEAST`] by nothing but that it is below: whatever it is, all
//! else is the same. So no subtraction leads to it, whoever knows how the figures are made. A sum over services
//! of which one is few is therefore said as *at least* what is said of the others, and what is counted of a
//! whole department (median, satisfaction) is counted of the services of which it is said. What is said of
//! Where nothing counts that came in before the window, as in a portal's first year, what came in is itself a sum: of
//! what was decided, taken back and is open. It is told as one. What is said of more is rounded down to a multiple
//! of [`STEP`]: laid beside those of another day, figures tell no single request either.

mod publish;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};

pub use publish::{BAND, LEAST, Line, STEP, Shown};

use crate::{service::ServiceItem, working_days::WorkingDays};
use publish::{Counts, line, line_of_all};

/// Over which days is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// 30 days.
    Month,
    /// 90 days.
    Quarter,
    /// 365 days.
    Year,
}

impl Window {
    /// Every one, shortest first.
    pub const ALL: [Self; 3] = [Self::Month, Self::Quarter, Self::Year];

    /// How many days it has.
    #[must_use]
    pub const fn days(self) -> u16 {
        match self {
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 365,
        }
    }

    /// The one of so many days.
    #[must_use]
    pub fn of_days(days: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.days() == days)
    }

    /// Its first day and its last, which is yesterday: a day that is not over is not counted. Days in China.
    #[must_use]
    pub fn around(self, today: Date) -> (Date, Date) {
        (today.saturating_sub(i64::from(self.days()).days()), today.saturating_sub(1.day()))
    }
}

/// Requests of a service of which the same days are known: nothing personal. Days are days in China.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// The service item.
    pub item: String,
    /// When they were received.
    pub received: Date,
    /// When the department confirmed that it has them, or first spoke of them; of those that were taken up again, when
    /// it did that.
    pub begun: Option<Date>,
    /// When they were first decided or returned; of those that were taken up again, after that.
    pub decided: Option<Date>,
    /// When their applicants took them back.
    pub withdrawn: Option<Date>,
    /// What their applicants thought of it last, 5 to 1 stars.
    pub stars: Option<u8>,
    /// How many there are.
    pub count: u32,
}

impl Handled {
    /// When they ended.
    fn ended(&self) -> Option<Date> {
        self.decided.or(self.withdrawn)
    }
}

/// What is said of a department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeFigures {
    /// Its id; empty for services that the catalogue does not have any more.
    pub department: String,
    /// All of its services together.
    pub all: Line,
    /// Each of its services, in the order of the catalogue, with its id.
    pub items: Vec<(String, Line)>,
}

/// The public figures of a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Over which days.
    pub window: Window,
    /// The first of them, in China.
    pub from: Date,
    /// The last; what is open is open at its end.
    pub to: Date,
    /// By department, in the order of the catalogue.
    pub offices: Vec<OfficeFigures>,
}

impl Figures {
    /// The figures as they are on `today` (in China), until its eve.
    #[must_use]
    pub fn of(
        handled: &[Handled],
        window: Window,
        today: Date,
        services: &[ServiceItem],
        calendar: &WorkingDays,
    ) -> Self {
        let (from, to) = window.around(today);
        // Whether nothing older counts. Of all services together: of one it would tell that it has nothing older.
        let before = |day: Option<Date>| day.is_some_and(|day| day < from);
        let whole = handled.iter().all(|each| each.received >= from || before(each.ended()));
        let mut counted: BTreeMap<&str, Counts> = BTreeMap::new();
        for item in services {
            let limited = item.working_days.map(|_| 0);
            counted.insert(&item.id, Counts { overdue: limited, ..Counts::default() });
        }
        for each in handled.iter().filter(|each| each.received <= to) {
            let allowed = services.iter().find(|item| item.id == each.item);
            let allowed = allowed.and_then(|item| item.working_days);
            let counts = counted.entry(&each.item).or_default();
            counts.add(each, (from, to), allowed, calendar);
        }
        let mut offices: Vec<(&str, Vec<(&str, Counts)>)> = Vec::new();
        let of_catalogue = services.iter().map(|item| (&*item.department, &*item.id));
        let known: Vec<_> = of_catalogue.collect();
        let gone = counted.keys().filter(|id| !known.iter().any(|(_, item)| item == *id));
        let gone: Vec<_> = gone.map(|id| ("", *id)).collect();
        for (department, item) in known.into_iter().chain(gone) {
            let counts = counted.remove(item).unwrap_or_default();
            match offices.iter_mut().find(|(id, _)| *id == department) {
                Some((_, items)) => items.push((item, counts)),
                None => offices.push((department, vec![(item, counts)])),
            }
        }
        let offices = offices.into_iter().map(|(department, items)| OfficeFigures {
            department: department.to_owned(),
            all: line_of_all(&items.iter().map(|(_, counts)| counts).collect::<Vec<_>>(), whole),
            items: items
                .iter()
                .map(|(id, counts)| ((*id).to_owned(), line(counts, whole)))
                .collect(),
        });
        Self { window, from, to, offices: offices.collect() }
    }

    /// Whether there is nothing to say: of every service each count is below [`LEAST`].
    #[must_use]
    pub fn is_silent(&self) -> bool {
        let mut lines = self.offices.iter().flat_map(|office| &office.items);
        lines.all(|(_, line)| line.is_silent())
    }
}

impl Counts {
    /// Counts requests in, as they stand at the end of the last day.
    fn add(
        &mut self,
        each: &Handled,
        (from, to): (Date, Date),
        allowed: Option<u32>,
        calendar: &WorkingDays,
    ) {
        let within = |day: Option<Date>| day.is_some_and(|day| (from..=to).contains(&day));
        let over = each.ended().is_some_and(|day| day <= to);
        let count = each.count;
        if within(Some(each.received)) {
            self.received += count;
        }
        if within(each.decided) {
            self.decided += count;
            let days = each.decided.and_then(|day| calendar.between(each.received, day));
            if let Some(days) = days {
                *self.days.entry(days).or_default() += count;
            }
        }
        if each.decided.is_none() && within(each.withdrawn) {
            self.withdrawn += count;
        }
        if !over {
            self.open += count;
            let last = each.begun.zip(allowed);
            let last = last.and_then(|(begun, days)| calendar.last_of(begun, days));
            if let Some(overdue) =
                self.overdue.as_mut().filter(|_| last.is_some_and(|last| last < to))
            {
                *overdue += count;
            }
        }
        if let Some(stars) = each.stars.filter(|_| within(each.ended())) {
            self.rated += count;
            let satisfied = crate::request::Rating::from_stars(stars);
            self.satisfied += satisfied.filter(|grade| grade.is_satisfied()).map_or(0, |_| count);
        }
    }
}
