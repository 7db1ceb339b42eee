//! Figures with units, held as whole numbers so that a limit is met or missed by what was measured and
//! never by how a fraction is written in binary.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A figure in the base unit of its dimension (m, m², day, share of one, or a count), in steps of a
/// third of a billionth. A foot is 0.3048 m, an acre 4,046.856,422,4 m² and fifteen 亩 one hectare
/// without anything left over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Amount(i128);

/// Steps in one base unit.
const STEPS: i128 = 3_000_000_000;
/// Digits after the point that a figure may have.
const PLACES: usize = 9;
/// Larger figures are no measurement of land.
const LARGEST: f64 = 1e18;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A measured figure, in base units. `None` for what is no number, or none of this world.
    #[must_use]
    pub fn of(figure: f64) -> Option<Self> {
        if !figure.is_finite() || figure.abs() > LARGEST {
            return None;
        }
        // Whole part and rest apart: an f64 has no room for both in steps.
        let whole = figure.trunc();
        #[expect(clippy::cast_possible_truncation, reason = "within 1e18 by the check above")]
        let steps = (whole as i128) * STEPS + ((figure - whole) * 3e9).round() as i128;
        Some(Self(steps))
    }

    /// The figure in base units, for people.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "for display; comparisons are of whole steps")]
    pub fn figure(self) -> f64 {
        let (whole, rest) = (self.0.div_euclid(STEPS), self.0.rem_euclid(STEPS));
        whole as f64 + rest as f64 / 3e9
    }

    /// So many figures between it and a greater one, as evenly as steps allow.
    pub(super) fn steps_to(self, other: Self, count: usize) -> Vec<Self> {
        let parts = count as i128 + 1;
        let between = (1..parts).map(|part| self.0 + (other.0 - self.0) * part / parts);
        between.filter(|steps| self.0 < *steps && *steps < other.0).map(Self).collect()
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }

    pub(super) const fn minus(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }

    /// So many times as much, to the step below.
    pub(super) const fn times(self, share: Self) -> Self {
        Self(self.0 * share.0 / STEPS)
    }

    /// Where it stands between two others, from 0 to 1.
    #[expect(clippy::cast_precision_loss, reason = "a score has three digits")]
    pub(super) fn between(self, from: Self, to: Self) -> f64 {
        let (part, whole) = (self.0 - from.0, to.0 - from.0);
        if whole == 0 { 0.0 } else { (part as f64 / whole as f64).clamp(0.0, 1.0) }
    }
}

impl Serialize for Amount {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Of a large figure a binary number may miss the step by one; then steps are said themselves, so that
        // whoever reads it has the same one.
        if Self::of(self.figure()) == Some(*self) {
            serializer.serialize_f64(self.figure())
        } else {
            serializer.collect_str(&format_args!("{}/{STEPS}", self.0))
        }
    }
}

/// A figure as it is written down: a number, or `STEPS/3000000000` where no number is it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Figure(f64),
    Steps(String),
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = match Written::deserialize(deserializer)? {
            Written::Figure(figure) => Self::of(figure),
            Written::Steps(text) => text
                .strip_suffix("/3000000000")
                .and_then(|steps| steps.parse().ok())
                .map(Self)
                .filter(|read| read.figure().abs() <= LARGEST),
        };
        read.ok_or_else(|| serde::de::Error::custom("no figure of land"))
    }
}

/// What a figure counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// In metres.
    Length,
    /// In square metres.
    Area,
    /// A share of a whole, 0 to 1.
    Share,
    /// In days.
    Days,
    /// In a unit of its own: `years`, `万元/亩`. Such figures compare with those of the same unit.
    Own(String),
}

impl Dimension {
    /// The name of the base unit.
    #[must_use]
    pub fn base(&self) -> &str {
        match self {
            Self::Length => "m",
            Self::Area => "m2",
            Self::Share => "",
            Self::Days => "days",
            Self::Own(unit) => unit,
        }
    }

    /// That of a unit, by its name.
    #[must_use]
    pub fn of(unit: &str) -> Self {
        known(unit).map_or_else(|| Self::Own(unit.to_owned()), |(_, dimension)| dimension)
    }
}

/// A unit that converts: steps in one of it, and what it counts.
fn known(unit: &str) -> Option<(i128, Dimension)> {
    Some(match unit {
        "m" => (STEPS, Dimension::Length),
        "km" => (STEPS * 1_000, Dimension::Length),
        "ft" => (STEPS * 3_048 / 10_000, Dimension::Length),
        "m2" | "m²" => (STEPS, Dimension::Area),
        "ha" => (STEPS * 10_000, Dimension::Area),
        "km2" | "km²" => (STEPS * 1_000_000, Dimension::Area),
        "mu" | "亩" => (STEPS * 2_000 / 3, Dimension::Area),
        "ft2" => (STEPS / 100_000_000 * 9_290_304, Dimension::Area),
        "acre" => (STEPS / 10_000_000 * 40_468_564_224, Dimension::Area),
        "%" => (STEPS / 100, Dimension::Share),
        "days" => (STEPS, Dimension::Days),
        _ => return None,
    })
}

/// A limit as it is written in a rule: `10 %`, `0.5 ha`, `18 years`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    /// As written.
    pub written: String,
    /// In base units.
    pub amount: Amount,
    /// What it counts.
    pub dimension: Dimension,
}

impl Limit {
    /// Reads `NUMBER UNIT`; `None` for anything else. A number has at most nine digits after the
    /// point and no exponent.
    #[must_use]
    pub fn read(written: &str) -> Option<Self> {
        let (number, unit) = written.trim().split_once(char::is_whitespace)?;
        let unit = unit.trim();
        if unit.is_empty() {
            return None;
        }
        let (scale, dimension) =
            known(unit).unwrap_or_else(|| (STEPS, Dimension::Own(unit.to_owned())));
        let amount = Amount(scaled(number, scale)?);
        Some(Self { written: written.trim().to_owned(), amount, dimension })
    }
}

/// A decimal number times `scale`, to the nearest step: 0.123 acre has no whole number of them. What is
/// measured is rounded alike, so that it meets the limit that it equals.
fn scaled(number: &str, scale: i128) -> Option<i128> {
    let (negative, digits) = number.strip_prefix('-').map_or((false, number), |rest| (true, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) || fraction.len() > PLACES {
        return None;
    }
    if digits.ends_with('.') || whole.len() > 15 {
        return None;
    }
    let power = 10_i128.pow(u32::try_from(fraction.len()).ok()?);
    let part = scale * format!("0{fraction}").parse::<i128>().ok()?;
    let value = whole.parse::<i128>().ok()? * scale + (part + power / 2) / power;
    Some(if negative { -value } else { value })
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// What is known of a figure: the least and the most that it can be. Both alike where it was
/// measured; apart where only a class may be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Ends")]
pub struct Range {
    /// The least.
    pub lo: Amount,
    /// The most.
    pub hi: Amount,
}

/// A range as it is written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ends {
    lo: Amount,
    hi: Amount,
}

impl TryFrom<Ends> for Range {
    type Error = &'static str;

    fn try_from(Ends { lo, hi }: Ends) -> Result<Self, Self::Error> {
        if lo <= hi { Ok(Self { lo, hi }) } else { Err("the least is more than the most") }
    }
}

impl Range {
    /// A measured figure.
    #[must_use]
    pub const fn exactly(amount: Amount) -> Self {
        Self { lo: amount, hi: amount }
    }

    /// From a measured figure in base units.
    #[must_use]
    pub fn measured(figure: f64) -> Option<Self> {
        Amount::of(figure).map(Self::exactly)
    }

    /// From a class, `lo` to `hi` in base units.
    #[must_use]
    pub fn between(lo: f64, hi: f64) -> Option<Self> {
        let (lo, hi) = (Amount::of(lo)?, Amount::of(hi)?);
        (lo <= hi).then_some(Self { lo, hi })
    }

    pub(super) const fn plus(self, other: Self) -> Self {
        Self { lo: self.lo.plus(other.lo), hi: self.hi.plus(other.hi) }
    }

    pub(super) fn at_most(self, most: Amount) -> Self {
        Self { lo: self.lo.min(most), hi: self.hi.min(most) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(written: &str) -> Amount {
        Limit::read(written).unwrap().amount
    }

    #[test]
    fn units_convert_without_anything_left_over() {
        assert_eq!(amount("15 mu"), amount("1 ha"));
        assert_eq!(amount("15 亩"), amount("10000 m2"));
        assert_eq!(amount("10000 ft"), amount("3.048 km"));
        assert_eq!(amount("1 acre"), amount("4046.8564224 m2"));
        assert_eq!(amount("43560 ft2"), amount("1 acre"));
        assert_eq!(amount("12.5 %"), Amount::of(0.125).unwrap());
    }

    #[test]
    fn what_was_measured_meets_the_limit_it_equals_in_any_unit() {
        for (figure, written) in
            [(60.96, "200 ft"), (200.0 * 0.3048, "200 ft"), (0.1 + 0.2, "30 %")]
        {
            assert_eq!(Amount::of(figure).unwrap(), amount(written), "{figure}");
        }
        assert_eq!(Amount::of(3.0 * 4_046.856_422_4).unwrap(), amount("3 acre"));
        assert!(Amount::of(60.959_999).unwrap() < amount("200 ft"));
        // No whole number of steps.
        assert_eq!(Amount::of(0.123 * 4_046.856_422_4).unwrap(), amount("0.123 acre"));
        assert!(Amount::of(0.123 * 4_046.856_422).unwrap() < amount("0.123 acre"));
    }

    #[test]
    fn what_is_no_figure_is_none() {
        for text in ["", "5", "5%", "five m", "1e3 m", "1. m", ".5 m", "0.0000000001 m", "+1 m"] {
            assert_eq!(Limit::read(text), None, "{text}");
        }
        assert_eq!(Amount::of(f64::NAN), None);
        assert_eq!(Amount::of(f64::INFINITY), None);
        assert_eq!(Amount::of(1e30), None);
        assert_eq!(Limit::read("200 万元/亩").unwrap().dimension, Dimension::Own("万元/亩".into()));
    }

    #[test]
    fn a_range_whose_least_is_more_than_its_most_does_not_read() {
        let read = |text: &str| serde_json::from_str::<Range>(text).map_err(|it| it.to_string());
        assert_eq!(read(r#"{"lo":1,"hi":2}"#).unwrap(), Range::between(1.0, 2.0).unwrap());
        assert!(read(r#"{"lo":2,"hi":1}"#).unwrap_err().contains("the least is more"));
        assert!(read(r#"{"lo":1,"hi":2,"mean":1}"#).is_err());
    }

    #[test]
    fn sites_s6_a_figure_that_no_binary_number_is_is_written_by_its_steps() {
        let mut by_steps = 0;
        for at in 0..2_000 {
            let written = amount(&format!("{}.{} m2", 4_000_000 + at * 977, at % 10));
            let text = serde_json::to_string(&written).unwrap();
            by_steps += usize::from(text.starts_with('"'));
            assert_eq!(serde_json::from_str::<Amount>(&text).unwrap(), written, "{text}");
        }
        assert!(by_steps > 0, "numbers alone would not do");
        assert_eq!(serde_json::to_string(&amount("12.5 m")).unwrap(), "12.5");
        for text in ["\"1\"", "\"x/3000000000\"", "\"1/3\"", "\"1/3000000000 \"", "null"] {
            assert!(serde_json::from_str::<Amount>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_figure_survives_being_written_down() {
        for figure in [0.0, 1.0 / 3.0, 12_345.678, -0.5, 4_046.856_422_4] {
            let amount = Amount::of(figure).unwrap();
            assert_eq!(Amount::of(amount.figure()).unwrap(), amount, "{figure}");
        }
    }
}
