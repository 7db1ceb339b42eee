//! Every way a day is written comes back as that day, or is refused with the reason.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;

fn plain(text: &str) -> Result<Date, String> {
    civil_day(text, DateReading::Plain)
}

#[test]
fn days_are_read_as_people_write_them() {
    for text in [
        "2026-01-05",
        "2026-1-5",
        "2026/1/5",
        "2026/01/05",
        "2026.1.5",
        "2026. 1. 5",
        "2026年1月5日",
        "2026年01月05号",
        "２０２６年１月５日",
        "2026 年 1 月 5 日",
        "20260105",
        " 2026-01-05 ",
        "2026-01-05T00:00:00",
        "2026-01-05 23:59:59",
        "2026-01-05 23:59:59.999",
        "2026/1/5 0:00:00",
        "2026/1/5 0:00",
        "2026/01/05 00:00:00+08",
        "2026-01-05T00:00:00+08:00",
        "2026-01-05T00:00:00+0800",
        "2026-01-04T16:00:00Z",
        "2026-01-04T16:00:00.000Z",
        "2026-01-05T15:59:59Z",
        "2026-01-04T20:00:00-04:00",
        "20260105000000",
        "20260105235959",
        "20260105T103000",
        "20260104T160000Z",
        "2026年1月5日 10时30分",
        "2026年1月5日10:30",
        "1767542400",
        "1767542400.5",
        "1767542400000",
        "1767628799",
        "1767628799999",
        "5 January 2026",
        "Jan 5, 2026",
        "05-JAN-2026",
        "January 5th, 2026",
        "2026-Jan-05",
        "5 Jan 2026 10:30 PM",
    ] {
        assert_eq!(plain(text), Ok(date(2026, 1, 5)), "{text}");
    }
    // Before 1970 the count is negative.
    assert_eq!(plain("-315648000000"), Ok(date(1960, 1, 1)));
    assert_eq!(plain("631123200"), Ok(date(1990, 1, 1)));
    assert_eq!(plain("2026-12-31T16:00:00Z"), Ok(date(2027, 1, 1)));
    assert_eq!(plain("9999-12-31"), Ok(date(9999, 12, 31)));
}

#[test]
fn what_may_be_two_days_is_refused_with_the_reason() {
    for (text, word) in [
        ("01/05/2026", "day-month-year"),
        ("1.5.2026", "day-month-year"),
        ("05-01-2026 10:00", "day-month-year"),
        ("5-1-26", "two digits"),
        ("26/1/5", "two digits"),
        ("46027", "spreadsheet"),
        ("2026010510", "epoch-seconds"),
        ("202601051030", "epoch-milliseconds"),
        ("2026", "no day"),
        ("2026-01", "no day"),
        ("2026年1月", "no day"),
        ("202601", "no day"),
        ("2026-02-30", "not a date"),
        ("2026-13-01", "not a date"),
        ("20261301", "not a date"),
        ("2026-01-05T25:00:00Z", "time of day"),
        ("2026-01-05 noon", "not a date"),
        ("long ago", "not a date"),
        ("长期", "not a date"),
        ("0", "not a date"),
        ("", "not a date"),
    ] {
        let why = plain(text).unwrap_err();
        assert!(why.contains(word), "{text}: {why}");
    }
}

#[test]
fn the_mapping_may_say_the_order() {
    use DateReading::{
        DayMonthYear, EpochMilliseconds, EpochSeconds, MonthDayYear, SpreadsheetDays,
    };
    for (text, reading) in [
        ("5/1/2026", DayMonthYear),
        ("05.01.2026 10:00", DayMonthYear),
        ("1/5/2026", MonthDayYear),
        ("2026-01-05", DayMonthYear),
        ("1767542400", EpochSeconds),
        ("1767542400000", EpochMilliseconds),
        ("46027", SpreadsheetDays),
        ("46027.75", SpreadsheetDays),
        ("20260105", SpreadsheetDays),
        ("2026年1月5日", EpochSeconds),
    ] {
        assert_eq!(civil_day(text, reading), Ok(date(2026, 1, 5)), "{text}");
    }
    assert_eq!(civil_day("0", EpochSeconds), Ok(date(1970, 1, 1)));
    assert!(civil_day("25/12/2025", MonthDayYear).is_err());
    assert!(civil_day("5/1/26", DayMonthYear).is_err());
}

proptest! {
    #[test]
    fn every_form_of_a_day_is_that_day(days in -32_000_i32..48_000, second in 0_i64..86_400) {
        let day = date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        let (y, m, d) = (day.year(), day.month(), day.day());
        for text in [
            format!("{y}-{m:02}-{d:02}"), format!("{y}-{m}-{d}"), format!("{y}/{m}/{d}"),
            format!("{y}.{m}.{d}"), format!("{y}年{m}月{d}日"), format!("{y}{m:02}{d:02}"),
            format!("{y}-{m:02}-{d:02}T23:59:59"), format!("{y}/{m}/{d} 0:00:00"),
        ] {
            prop_assert_eq!(plain(&text), Ok(day), "{}", text);
        }
        let instant = domain::clock::start_in_china(day).as_second() + second;
        let at = Timestamp::from_second(instant).unwrap();
        prop_assert_eq!(plain(&at.to_string()), Ok(day), "{}", at);
        prop_assert_eq!(civil_day(&instant.to_string(), DateReading::EpochSeconds), Ok(day));
        let text = (instant * 1000 + 999).to_string();
        prop_assert_eq!(civil_day(&text, DateReading::EpochMilliseconds), Ok(day));
        // Told by its length alone, a count is that day or is refused, never another day. In the
        // first years of counting the lengths of seconds, milliseconds and days overlap.
        if days.abs() > 1_350 {
            for text in [instant.to_string(), text] {
                if let Ok(found) = plain(&text) {
                    prop_assert_eq!(found, day, "{}", text);
                }
            }
        }
    }

    #[test]
    fn no_text_brings_it_down(text in "\\PC{0,24}", digits in "[-0-9./:TZ年月日 +]{0,24}") {
        for text in [text, digits] {
            for reading in [DateReading::Plain, DateReading::DayMonthYear, DateReading::SpreadsheetDays] {
                let _any = civil_day(&text, reading);
            }
        }
    }
}

#[test]
fn a_day_beyond_the_twelfth_tells_itself_from_the_month() {
    for text in ["13/05/2026", "5/13/2026", "13.5.2026"] {
        let day = civil_day(text, DateReading::Plain).unwrap();
        assert_eq!((day.month(), day.day()), (5, 13), "{text}");
    }
    assert!(civil_day("05/06/2026", DateReading::Plain).unwrap_err().contains("`dates`"));
    assert!(civil_day("13/13/2026", DateReading::Plain).is_err());
    assert_eq!(
        civil_day("99991231", DateReading::Plain),
        civil_day("9999-12-31", DateReading::Plain)
    );
}
