//! Days as people and programs write them. A date of this portal is a civil day in China, so an
//! instant becomes the day it falls on there: `2026-01-04T16:00:00Z` is 2026-01-05.
//!
//! A form that could be two days is refused with the reason, unless the mapping says which it is.

use domain::clock::china_date;
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

/// How the dates of a file read where their form alone does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateReading {
    /// Only what can be one day: the year first, a month by its name, an instant.
    #[default]
    Plain,
    /// `5/1/2026` is the fifth of January.
    DayMonthYear,
    /// `1/5/2026` is the fifth of January.
    MonthDayYear,
    /// Whole numbers count seconds from 1970-01-01 UTC.
    EpochSeconds,
    /// Whole numbers count milliseconds from 1970-01-01 UTC.
    EpochMilliseconds,
    /// Whole numbers count days as spreadsheets do; 46027 is 2026-01-05.
    SpreadsheetDays,
}

/// The day that `text` means.
///
/// # Errors
/// Why it is none, to stand after "is `…`, ".
pub(crate) fn civil_day(text: &str, reading: DateReading) -> Result<Date, String> {
    let text: String = text.trim().chars().map(half_width).collect();
    let (day, time) = split(&text);
    if time.is_empty() && is_number(day) {
        return number(day, reading);
    }
    let date = written(day, reading)?;
    at(date, time).ok_or_else(|| format!("and `{time}` after the day is no time of day"))
}

/// Full-width digits and signs, as Chinese input methods write them.
fn half_width(c: char) -> char {
    match u32::from(c) {
        full @ 0xFF01..=0xFF5E => char::from_u32(full - 0xFEE0).unwrap_or(c),
        0x3000 => ' ',
        _ => c,
    }
}

fn is_number(text: &str) -> bool {
    let size = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = size.split_once('.').unwrap_or((size, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(fraction)
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// The part that names the day, and the time of day behind it.
fn split(text: &str) -> (&str, &str) {
    // `2026年1月5日10时` has no blank; `5 Jan 2026` has two that part no time.
    if let Some(at) = text.find(['日', '号'])
        && text.contains('年')
    {
        let end = at + '日'.len_utf8();
        return (&text[..end], text[end..].trim());
    }
    let hour = text.find(':').map(|colon| text[..colon].trim_end_matches(is_digit).len());
    match (hour, text.split_once(['T', 't'])) {
        (Some(at), _) if at > 0 => {
            (text[..at].trim_end_matches(['T', 't', ' ', ',']), text[at..].trim())
        }
        (None, Some((day, time))) if is_number(day) && time.starts_with(is_digit) => (day, time),
        _ => (text, ""),
    }
}

/// The day in China of a time on a day; without an offset the day itself.
fn at(date: Date, time: &str) -> Option<Date> {
    if time.is_empty() {
        return Some(date);
    }
    let chinese = |c: char| matches!(c, '时' | '分' | '点');
    let time = time.replace(chinese, ":").replace('秒', "");
    let time = time.replace("UTC", "Z").replace("GMT", "Z");
    let time = time.trim_end_matches(':').trim();
    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = (time[..zone_at].trim(), &time[zone_at..]);
    let clock = twenty_four(clock)?;
    if zone.is_empty() {
        return Some(date);
    }
    let offset = match zone {
        "Z" | "z" => 0,
        other => {
            let (sign, size) = other.split_at(1);
            let digits: String = size.chars().filter(char::is_ascii_digit).collect();
            let (hours, minutes): (i32, i32) = match digits.len() {
                1 | 2 => (digits.parse().ok()?, 0),
                4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
                _ => return None,
            };
            let size_is_plain = size.chars().all(|c| c.is_ascii_digit() || c == ':');
            if !size_is_plain || hours > 14 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if sign == "-" { -60 } else { 60 }
        }
    };
    let offset = jiff::tz::Offset::from_seconds(offset).ok()?;
    Some(china_date(offset.to_timestamp(date.to_datetime(clock)).ok()?))
}

/// A time of day: `0:00`, `08:30:00.000`, `083000`, `10:30 PM`.
fn twenty_four(clock: &str) -> Option<jiff::civil::Time> {
    let upper = clock.to_ascii_uppercase();
    let (figures, afternoon) = match (upper.strip_suffix("AM"), upper.strip_suffix("PM")) {
        (Some(rest), _) => (rest.trim(), Some(false)),
        (None, Some(rest)) => (rest.trim(), Some(true)),
        (None, None) => (upper.trim(), None),
    };
    let whole = figures.split(['.', ',']).next()?;
    let parts: Vec<&str> = if whole.contains(':') {
        whole.split(':').collect()
    } else {
        // Cut by twos; anything but digits would not parse.
        whole.as_bytes().chunks(2).map(std::str::from_utf8).collect::<Result<_, _>>().ok()?
    };
    let part = |at: usize| parts.get(at).map_or(Some(0), |text| text.trim().parse::<i8>().ok());
    if parts.len() > 3 {
        return None;
    }
    let hour = match (part(0)?, afternoon) {
        (12, Some(false)) => 0,
        (hour @ 1..=11, Some(true)) => hour + 12,
        (hour @ 1..=12, Some(_)) => hour,
        (_, Some(_)) => return None,
        (hour, None) => hour,
    };
    jiff::civil::Time::new(hour, part(1)?, part(2)?.min(59), 0).ok()
}

/// A day in figures with marks between them, or with a month's name.
fn written(day: &str, reading: DateReading) -> Result<Date, String> {
    if is_number(day) && day.len() == 8 {
        return compact(day).ok_or_else(|| NO_DAY.to_owned());
    }
    let parts: Vec<&str> = day
        .split(['-', '/', '.', ',', '年', '月', '日', '号', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    let [a, b, c] = parts[..] else {
        let short = parts.len() < 3
            && parts.iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
            && !parts.is_empty();
        return Err(if short { "which names no day".to_owned() } else { NO_DAY.to_owned() });
    };
    if let Some(date) = with_a_name(a, b, c) {
        return date.ok_or_else(|| NO_DAY.to_owned());
    }
    let digits = |part: &&str| part.len() <= 4 && part.bytes().all(|b| b.is_ascii_digit());
    if ![a, b, c].iter().all(digits) {
        return Err(NO_DAY.to_owned());
    }
    let found = match (a.len(), c.len(), reading) {
        (4, 1 | 2, _) => civil(a, b, c),
        (1 | 2, 4, DateReading::DayMonthYear) => civil(c, b, a),
        (1 | 2, 4, DateReading::MonthDayYear) => civil(c, a, b),
        // Only one of the two can be a month.
        (1 | 2, 4, _) if civil(c, a, b).is_some() != civil(c, b, a).is_some() => {
            civil(c, b, a).or_else(|| civil(c, a, b))
        }
        (1 | 2, 4, _) => {
            return Err("which does not tell day from month; set `dates` of this file to \
                        \"day-month-year\" or \"month-day-year\""
                .to_owned());
        }
        (1 | 2, 1 | 2, _) => return Err("whose year has two digits; write all four".to_owned()),
        _ => None,
    };
    found.ok_or_else(|| NO_DAY.to_owned())
}

const NO_DAY: &str = "which is not a date; write it as 2026-01-05";

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

fn compact(digits: &str) -> Option<Date> {
    civil(digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?)
        .filter(|date| (1000..3000).contains(&date.year()) || date.year() == 9999)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// `5 January 2026`, `Jan 5, 2026`, `05-JAN-2026`; `None` where no part is a month's name.
fn with_a_name(a: &str, b: &str, c: &str) -> Option<Option<Date>> {
    let month = |part: &str| {
        let name = part.to_lowercase();
        MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(&name))
    };
    let (year, month, day) = match (month(a), month(b)) {
        (Some(month), None) => (c, month, b),
        (None, Some(month)) if a.len() == 4 => (a, month, c),
        (None, Some(month)) => (c, month, a),
        _ => return None,
    };
    let day = day.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let four = year.len() == 4;
    Some(if four { civil(year, &(month + 1).to_string(), day) } else { None })
}

/// A number: `20260105`, or a count from a beginning.
fn number(text: &str, reading: DateReading) -> Result<Date, String> {
    let (size, negative) = match text.strip_prefix('-') {
        Some(size) => (size, true),
        None => (text, false),
    };
    let (whole, fraction) = size.split_once('.').unwrap_or((size, ""));
    let past = fraction.bytes().any(|b| b != b'0');
    let count: i64 = whole.parse().map_err(|_too_long| NO_DAY.to_owned())?;
    // Half a second before 1970 is the second before.
    let count = if negative { -count - i64::from(past) } else { count };
    let seconds = |count: i64| {
        Timestamp::from_second(count).map(china_date).map_err(|_far| NO_DAY.to_owned())
    };
    let milliseconds = |count: i64| {
        Timestamp::from_millisecond(count).map(china_date).map_err(|_far| NO_DAY.to_owned())
    };
    match reading {
        DateReading::EpochSeconds => return seconds(count),
        DateReading::EpochMilliseconds => return milliseconds(count),
        DateReading::SpreadsheetDays if whole.len() <= 6 => return spreadsheet_day(count),
        _ => {}
    }
    let day = if negative || past { None } else { day_in_front(whole) };
    match (whole.len(), day) {
        (8 | 14, Some(day)) => Ok(day),
        (10 | 12, Some(_)) => Err("which may be a day with a time or a count from 1970; set \
                                   `dates` of this file to \"epoch-seconds\" or \
                                   \"epoch-milliseconds\", or write it as 2026-01-05"
            .to_owned()),
        (9 | 10, None) => seconds(count),
        (12 | 13, None) => milliseconds(count),
        (5, _) => Err("which looks like the day number of a spreadsheet; write it as 2026-01-05, \
                       or set `dates` of this file to \"spreadsheet-days\""
            .to_owned()),
        (4 | 6, _) => Err("which names no day".to_owned()),
        _ => Err(NO_DAY.to_owned()),
    }
}

/// `20260105` in front of nothing, an hour, a time to the minute or to the second.
fn day_in_front(digits: &str) -> Option<Date> {
    let date = compact(digits.get(..8)?)?;
    let time = &digits[8..];
    let fits = time.is_empty() || (time.len() <= 6 && twenty_four(time).is_some());
    fits.then_some(date)
}

/// Spreadsheets count from 1899-12-30, so that their 1900-02-29, which never was, does no harm
/// after it.
fn spreadsheet_day(count: i64) -> Result<Date, String> {
    jiff::civil::date(1899, 12, 30)
        .checked_add(jiff::Span::new().try_days(count).map_err(|_far| NO_DAY.to_owned())?)
        .ok()
        .filter(|_| count > 60)
        .ok_or_else(|| NO_DAY.to_owned())
}

#[cfg(test)]
mod tests;
