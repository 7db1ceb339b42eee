//! Dates as people write them: the year first, in whatever marks; or the month in letters, or a day that is
//! no month, so that nothing is guessed.

use jiff::civil::Date;

use crate::text;

/// Years that somebody can mean: an earlier or later one is a slip.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2200;

/// With the month in letters.
const IN_LETTERS: [&str; 6] =
    ["%d %B %Y", "%d %b %Y", "%B %d %Y", "%b %d %Y", "%B %d, %Y", "%b %d, %Y"];

/// The day: `2026-11-5`, `2026/11/05`, `2026.11.5`, `20261105`, `2026年11月5日`, in any width and
/// spacing; `29 December 2026`; `29/12/2026`, which is no other day.
pub(super) fn read(typed: &str) -> Option<Date> {
    let day = year_first(typed).or_else(|| in_letters(typed)).or_else(|| year_last(typed));
    day.filter(|day| YEARS.contains(&day.year()))
}

/// The day of a text without a year, `12月29日`, in the year that puts it nearest to `on` among those `from`
/// the first `to` the last; where none is among them, in the year of `on`. `None` of any other text.
pub(super) fn nearest(typed: &str, on: Date, (from, to): (Date, Date)) -> Option<Date> {
    let narrow: String = text::narrow(typed).chars().filter(|c| !c.is_whitespace()).collect();
    let (month, day) = narrow.trim_end_matches(['日', '号']).split_once('月')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    let in_year = |year: i16| Date::new(year, month, day).ok();
    let among =
        (from.year()..=to.year()).filter_map(in_year).filter(|day| (from..=to).contains(day));
    let away = |day: &Date| on.until(*day).map_or(i32::MAX, |span| span.get_days().abs());
    among.min_by_key(away).or_else(|| in_year(on.year()))
}

fn in_letters(typed: &str) -> Option<Date> {
    let narrow = text::narrow(typed);
    let words = narrow.split_whitespace().collect::<Vec<_>>().join(" ");
    IN_LETTERS.iter().find_map(|form| Date::strptime(form, &words).ok())
}

/// The year behind, where the day can be no month.
fn year_last(typed: &str) -> Option<Date> {
    let narrow = text::narrow(typed);
    let figures: Vec<&str> = narrow.trim().split(['/', '.', '-']).map(str::trim).collect();
    let [one, other, year] = figures.try_into().ok()?;
    let plain = [one, other, year].iter().all(|text| text.bytes().all(|b| b.is_ascii_digit()));
    if !plain || year.len() != 4 {
        return None;
    }
    let (one, other, year) = (one.parse().ok()?, other.parse().ok()?, year.parse().ok()?);
    match (one, other) {
        (13.., ..=12) => Date::new(year, other, one).ok(),
        (..=12, 13..) => Date::new(year, one, other).ok(),
        _ => None,
    }
}

fn year_first(typed: &str) -> Option<Date> {
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
    Date::strptime(form, &figures).ok()
}
