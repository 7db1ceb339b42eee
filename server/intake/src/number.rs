//! Numbers of a file as the text people would write, to the last digit.
//!
//! A `f64` keeps 15 digits; an id of 20 digits that passes through one becomes another id. So a
//! number is taken from the file as text, and becomes one of JSON's only where that loses nothing.

use serde_json::Value as Json;

/// Longer than this when written out (`1e300`), and a number stays as its file writes it.
const WRITTEN_OUT: usize = 64;

/// The value of a JSON number: a number if that holds every digit, a text of its digits if not.
pub(crate) fn exact(written: &str) -> Json {
    let Some(plain) = written_out(written) else { return Json::String(written.to_owned()) };
    match serde_json::from_str::<Json>(written) {
        Ok(Json::Number(number)) if as_text(&number) == plain => Json::Number(number),
        _ => Json::String(plain),
    }
}

/// A JSON number as the text people would write: `105.0` as `105`, `-0` as `0`.
pub(crate) fn as_text(number: &serde_json::Number) -> String {
    let text = number.to_string();
    written_out(&text).unwrap_or(text)
}

/// Without exponent, without zeros that say nothing, without the sign of zero; `None` for what
/// would be longer than [`WRITTEN_OUT`] or is no JSON number.
fn written_out(written: &str) -> Option<String> {
    let (sign, size) = match written.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", written),
    };
    let (mantissa, exponent) = match size.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (size, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Where the point stands, counted from the first digit.
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let significant = digits.trim_start_matches('0');
    if significant.is_empty() {
        return Some("0".to_owned());
    }
    let point = point - i32::try_from(digits.len() - significant.len()).ok()?;
    let significant = significant.trim_end_matches('0');
    let count = i32::try_from(significant.len()).ok()?;
    if usize::try_from(point.abs().max(count)).ok()? > WRITTEN_OUT {
        return None;
    }
    let zeros = |many: i32| "0".repeat(usize::try_from(many).unwrap_or(0));
    Some(if point <= 0 {
        format!("{sign}0.{}{significant}", zeros(-point))
    } else if point >= count {
        format!("{sign}{significant}{}", zeros(point - count))
    } else {
        let (whole, fraction) = significant.split_at(usize::try_from(point).ok()?);
        format!("{sign}{whole}.{fraction}")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::feature::plain;

    #[test]
    fn no_digit_is_lost_and_none_is_added() {
        for (written, text) in [
            ("12345678901234567890123", "12345678901234567890123"),
            ("12345678901234567", "12345678901234567"),
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775809", "-9223372036854775809"),
            ("12345678901234567890.0", "12345678901234567890"),
            ("9007199254740993.0", "9007199254740993"),
            ("105.0", "105"),
            ("1.50", "1.5"),
            ("0.1234567890123456789", "0.1234567890123456789"),
            ("1e22", "10000000000000000000000"),
            ("1.5E+3", "1500"),
            ("2.5e-3", "0.0025"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("0e5", "0"),
            ("-1.25", "-1.25"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("1e400", "1e400"),
        ] {
            assert_eq!(plain(&exact(written)).as_deref(), Some(text), "{written}");
        }
        assert!(exact("105.0").is_number() && exact("12345678901234567890123").is_string());
    }

    proptest! {
        #[test]
        fn whole_numbers_of_any_length_come_out_as_written(digits in "[1-9][0-9]{0,50}") {
            prop_assert_eq!(plain(&exact(&digits)), Some(digits.clone()));
            let padded = format!("{digits}.000");
            prop_assert_eq!(plain(&exact(&padded)), Some(digits));
        }

        #[test]
        fn floats_mean_the_same_number(number in proptest::num::f64::NORMAL) {
            let written = serde_json::to_string(&number).unwrap();
            let text = plain(&exact(&written)).unwrap();
            prop_assert_eq!(text.parse::<f64>().unwrap(), number);
        }
    }
}
