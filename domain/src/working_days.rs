//! Working days (工作日), in which the law counts what an office may take: 行政许可法 art. 82 counts them
//! without statutory holidays. Which days those are is announced a year ahead, so it is data.

use std::{collections::BTreeSet, sync::LazyLock};

use jiff::{
    ToSpan,
    civil::{Date, Weekday},
};
use serde::Deserialize;

use crate::{
    catalogue_files::{self as files, HOLIDAYS},
    examination::{CatalogueErrors, Examination},
};

/// On which days offices work, for the years that were announced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkingDays {
    /// The first year and the last; none where no year is known.
    years: Option<(i16, i16)>,
    off: BTreeSet<Date>,
    worked: BTreeSet<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    year: Vec<Year>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    year: i16,
    source: String,
    off: Vec<(Date, Date)>,
    worked: Vec<Date>,
}

impl WorkingDays {
    /// Whether offices work on that day; `None` in a year that was not announced.
    #[must_use]
    pub fn is_worked(&self, day: Date) -> Option<bool> {
        self.years.filter(|(first, last)| (*first..=*last).contains(&day.year()))?;
        Some(match day.weekday() {
            Weekday::Saturday | Weekday::Sunday => self.worked.contains(&day),
            _ => !self.off.contains(&day),
        })
    }

    /// The last day of so many working days, the day that they begin on not counted (民法典, on periods); `None`
    /// where it lies in a year that was not announced.
    #[must_use]
    pub fn last_of(&self, begun: Date, days: u32) -> Option<Date> {
        let (mut day, mut left) = (begun, days);
        while left > 0 {
            day = day.tomorrow().ok()?;
            left -= u32::from(self.is_worked(day)?);
        }
        Some(day)
    }

    /// How many working days lie after `from`, up to `to`; 0 where `to` is not later, `None` where one of
    /// them lies in a year that was not announced.
    #[must_use]
    pub fn between(&self, from: Date, to: Date) -> Option<u32> {
        let after = from.series(1.day()).skip(1).take_while(|day| *day <= to);
        after.map(|day| self.is_worked(day).map(u32::from)).sum()
    }
}

/// The days in use. Source: `domain/data/holidays.toml`.
#[must_use]
pub fn working_days() -> &'static WorkingDays {
    static READ: LazyLock<WorkingDays> = LazyLock::new(|| {
        let (text, file) = files::in_use().get(HOLIDAYS);
        files::sound(parse(text, file))
    });
    &READ
}

/// Reads `holidays.toml`; `file` is what errors call it.
///
/// # Errors
/// Every fault with its line.
pub(crate) fn parse(text: &str, file: &str) -> Result<WorkingDays, CatalogueErrors> {
    let mut exam = Examination::of(text, file);
    let File { year: years } = exam.shape()?;
    let mut read = WorkingDays::default();
    for (at, Year { year, source, off, worked }) in years.into_iter().enumerate() {
        let (place, entry) = (format!("year/{at}"), year.to_string());
        let rule = "write where it was announced: title and number";
        exam.rule(!source.trim().is_empty(), &format!("{place}/source"), &entry, rule);
        let follows = read.years.is_none_or(|(_, last)| year == last + 1);
        let rule = "years follow each other without a gap, the oldest first";
        exam.rule(follows, &format!("{place}/year"), &entry, rule);
        read.years = Some((read.years.map_or(year, |(first, _)| first), year));
        for (nth, (from, to)) in off.into_iter().enumerate() {
            let of_the_year = from.year() == year && to.year() == year && from <= to;
            let rule = "days off are of their year, the first before the last";
            exam.rule(of_the_year, &format!("{place}/off/{nth}"), &entry, rule);
            // Never more than a year, whatever was written.
            let days = from.series(1.day()).take_while(|day| *day <= to && day.year() == year);
            read.off.extend(days);
        }
        for (nth, day) in worked.into_iter().enumerate() {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            let rule = "what is worked beside the usual days is a Saturday or Sunday of its year, and not off";
            let holds = weekend && day.year() == year && !read.off.contains(&day);
            exam.rule(holds, &format!("{place}/worked/{nth}"), &entry, rule);
            read.worked.insert(day);
        }
    }
    exam.end(read)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s3_holidays_and_weekends_do_not_count_and_weekends_that_are_worked_do() {
        let days = working_days();
        // The week of 1 October 2026: off until the 7th, worked on Saturday the 10th.
        assert_eq!(days.last_of(date(2026, 9, 30), 1), Some(date(2026, 10, 8)));
        assert_eq!(days.last_of(date(2026, 9, 30), 3), Some(date(2026, 10, 10)));
        assert_eq!(days.last_of(date(2026, 9, 30), 4), Some(date(2026, 10, 12)));
        assert_eq!(days.last_of(date(2026, 11, 30), 0), Some(date(2026, 11, 30)));
        // Twenty working days from a Monday without holidays are four weeks.
        assert_eq!(days.last_of(date(2026, 11, 2), 20), Some(date(2026, 11, 30)));
        assert_eq!(days.between(date(2026, 9, 30), date(2026, 10, 12)), Some(4));
        assert_eq!(days.between(date(2026, 10, 12), date(2026, 9, 30)), Some(0));
    }

    #[test]
    fn s3_a_year_that_was_not_announced_is_unknown() {
        let days = working_days();
        let (_, last) = days.years.unwrap();
        assert_eq!(days.last_of(date(last, 12, 20), 20), None);
        assert_eq!(days.between(date(last, 12, 20), date(last + 1, 1, 4)), None);
        assert_eq!(days.is_worked(date(last + 1, 3, 1)), None);
        assert_eq!(WorkingDays::default().last_of(date(2026, 3, 2), 1), None);
    }

    proptest! {
        #[test]
        fn s3_the_last_of_so_many_days_is_so_many_days_away(ahead in 0_i64..200, count in 1_u32..60) {
            let days = working_days();
            let begun = date(2025, 3, 1).checked_add(ahead.days()).unwrap();
            let last = days.last_of(begun, count).unwrap();
            prop_assert_eq!(days.between(begun, last), Some(count));
            prop_assert_eq!(days.is_worked(last), Some(true));
        }
    }
}
