//! Figures, dates and shares as people write them in either language.

use domain::{Locale, clock::CHINA};
use jiff::{Timestamp, civil::Date};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Square metres in a mu (亩).
const MU: f64 = 2000.0 / 3.0;

/// A size in the units that file managers have: `12 KB`, `1.5 MB`; a kilobyte is 1024 bytes.
pub fn bytes(bytes: u64) -> String {
    const KB: u64 = 1024;
    const MB: u64 = 1024 * KB;
    if bytes < MB {
        return format!("{} KB", bytes.div_ceil(KB).max(1));
    }
    let tenths = bytes.saturating_mul(10) / MB;
    let (whole, rest) = (tenths / 10, tenths % 10);
    if rest == 0 { format!("{whole} MB") } else { format!("{whole}.{rest} MB") }
}

/// `2026年11月22日`, `22 November 2026`.
pub fn date(locale: Locale, date: Date) -> String {
    let (year, month, day) = (date.year(), date.month(), date.day());
    match locale {
        Locale::Zh => format!("{year}年{month}月{day}日"),
        Locale::En => {
            let at = usize::from(month.unsigned_abs()).saturating_sub(1);
            format!("{day} {} {year}", MONTHS.get(at).copied().unwrap_or_default())
        }
    }
}

/// The date and time in China.
pub fn moment(locale: Locale, instant: Timestamp) -> String {
    let local = CHINA.to_datetime(instant);
    let day = date(locale, local.date());
    let (hour, minute) = (local.hour(), local.minute());
    match locale {
        Locale::Zh => format!("{day} {hour:02}:{minute:02}"),
        Locale::En => format!("{day}, {hour:02}:{minute:02}"),
    }
}

/// The instant as `<time datetime>` wants it, in China time.
pub fn machine_moment(instant: Timestamp) -> String {
    let local = CHINA.to_datetime(instant);
    format!(
        "{}T{:02}:{:02}:{:02}+08:00",
        local.date(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

/// A figure with separators, at most `decimals` places and no idle zeros.
pub fn number(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    let fraction = fraction.trim_end_matches('0');
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    if value < 0.0 && out != "0" { format!("-{out}") } else { out }
}

/// An area in square metres, two places (rule P2).
pub fn square_metres(locale: Locale, area_m2: f64) -> String {
    let figure = number(area_m2, 2);
    match locale {
        Locale::Zh => format!("{figure}平方米"),
        Locale::En => format!("{figure} m²"),
    }
}

/// An area in hectares, as sea parcels are measured, four places (a square metre).
pub fn hectares(locale: Locale, area_m2: f64) -> String {
    let figure = number(area_m2 / 10_000.0, 4);
    match locale {
        Locale::Zh => format!("{figure}公顷"),
        Locale::En => format!("{figure} ha"),
    }
}

/// An area in mu, one place (rule P2); what would round to nothing is said to be less than that.
pub fn mu(locale: Locale, area_m2: f64) -> String {
    let mu = area_m2 / MU;
    let figure = match number(mu, 1) {
        nothing if nothing == "0" && mu > 0.0 => "<0.1".to_owned(),
        figure => figure,
    };
    match locale {
        Locale::Zh => format!("{figure}亩"),
        Locale::En => format!("{figure} mu"),
    }
}

/// A share from 0 to 1 in per cent. Neither rounds up to the whole nor down to nothing.
pub fn share(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.1 {
        "<0.1%".to_owned()
    } else if percent > 99.9 && percent < 99.9999 {
        ">99.9%".to_owned()
    } else {
        format!("{}%", number(percent.min(100.0), 1))
    }
}

/// A share that was rounded to whole per cent ([`domain::restriction::Figures`]).
pub fn whole_percent(locale: Locale, share: f64) -> String {
    if share < 0.01 {
        under_one_percent(locale).to_owned()
    } else if share > 0.99 {
        over_99_percent(locale).to_owned()
    } else {
        format!("{}%", number(share * 100.0, 0))
    }
}

/// A secret in fours, for reading out and writing down.
pub fn in_fours(secret: &str) -> String {
    let characters: Vec<char> = secret.chars().collect();
    characters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// A share of which no more may be told than that it is less than one per cent, in words: a sign of order is
/// read past.
pub const fn under_one_percent(locale: Locale) -> &'static str {
    match locale {
        Locale::Zh => "不足1%",
        Locale::En => "under 1%",
    }
}

/// A share of which no more may be told than that it is more than 99 per cent, in words.
pub const fn over_99_percent(locale: Locale) -> &'static str {
    match locale {
        Locale::Zh => "99%以上",
        Locale::En => "over 99%",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_people_write_them() {
        let day: Date = "2026-11-02".parse().unwrap();
        assert_eq!(date(Locale::Zh, day), "2026年11月2日");
        assert_eq!(date(Locale::En, day), "2 November 2026");
        let instant: Timestamp = "2026-11-22T16:30:05Z".parse().unwrap();
        assert_eq!(moment(Locale::Zh, instant), "2026年11月23日 00:30");
        assert_eq!(machine_moment(instant), "2026-11-23T00:30:05+08:00");
    }

    #[test]
    fn figures_have_separators_and_no_idle_zeros() {
        assert_eq!(number(1_234_567.50, 2), "1,234,567.5");
        assert_eq!(number(0.004, 2), "0");
        assert_eq!(number(-0.001, 2), "0");
        assert_eq!(number(-1500.0, 2), "-1,500");
        assert_eq!(square_metres(Locale::Zh, 2000.0), "2,000平方米");
        assert_eq!(hectares(Locale::Zh, 423_317.0), "42.3317公顷");
        assert_eq!(hectares(Locale::En, 20_000.0), "2 ha");
        assert_eq!(mu(Locale::Zh, 2000.0), "3亩");
        assert_eq!(mu(Locale::En, 66.67), "0.1 mu");
        assert_eq!(mu(Locale::Zh, 120.0), "0.2亩");
        assert_eq!(mu(Locale::Zh, 20.0), "<0.1亩");
        assert_eq!(square_metres(Locale::Zh, 123.456), "123.46平方米");
    }

    #[test]
    fn sizes_read_as_in_a_file_manager() {
        let read = [0, 1, 1025, 1_572_864, 10 << 20, (10 << 20) + 1].map(bytes);
        assert_eq!(read, ["1 KB", "1 KB", "2 KB", "1.5 MB", "10 MB", "10 MB"]);
    }

    #[test]
    fn a_share_is_never_rounded_to_all_or_nothing() {
        assert_eq!(share(0.4567), "45.7%");
        assert_eq!(share(0.0002), "<0.1%");
        assert_eq!(share(0.99995), ">99.9%");
        assert_eq!(share(1.0), "100%");
        for (locale, told) in [
            (Locale::Zh, ["不足1%", "12%", "99%以上"]),
            (Locale::En, ["under 1%", "12%", "over 99%"]),
        ] {
            assert_eq!([0.005, 0.12, 0.995].map(|share| whole_percent(locale, share)), told);
        }
    }
}
