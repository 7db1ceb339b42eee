//! Dates as people write them: the year first, in whatever marks.

use jiff::civil::Date;

use crate::text;

/// Years that somebody can mean: an earlier or later one is a slip.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// The day: `2026-11-5`, `2026/11/05`, `2026.11.5`, `20261105`, `2026年11月5日`, in any width and
/// spacing.
pub(super) fn read(typed: &str) -> Option<Date> {
    let figures: String = text::narrow(typed)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '日' | '号'))
        .map(|c| {
            if matches!(c, '/' | '.' | '。' | '年' | '月' | '\u{2010}'..='\u{2015}') {
                '-'
            } else {
                c
            }
        })
        .collect();
    let form = if figures.bytes().all(|b| b.is_ascii_digit()) && figures.len() == 8 {
        "%Y%m%d"
    } else {
        "%Y-%m-%d"
    };
    Date::strptime(form, &figures).ok().filter(|day| YEARS.contains(&day.year()))
}
