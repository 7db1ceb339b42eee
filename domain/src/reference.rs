//! A department's own number for a request, as departments really give it, and how much it may say.

use serde_json::Value;

use crate::text::{fault_of_reference, trimmed};

/// The longest reference that is kept, characters: the same in an answer and in a callback.
pub const LONGEST_REFERENCE: usize = 200;

/// The longest note to an applicant that is kept, characters.
pub const LONGEST_NOTE: usize = 2_000;

/// Why a reference is not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceFault {
    /// Longer than anything that can be read out over a phone.
    #[error("the reference has {0} characters; at most {LONGEST_REFERENCE} are kept")]
    TooLong(usize),
    /// It could hide text or turn its direction, or a part of it could not be read.
    #[error(
        "the reference has control characters, marks of direction or without width, or \
         characters that could not be read"
    )]
    NoText,
    /// Neither text nor a whole number.
    #[error("the reference is neither text nor a whole number")]
    Kind,
    /// A number of so many digits that JSON readers round it.
    #[error("the reference is a number too long to be read to its last digit; send it as text")]
    Digits,
}

/// Reads a reference: text or a whole number; `None` when it is empty or null.
///
/// # Errors
/// [`ReferenceFault`] when there is one that cannot be kept.
pub fn read_reference(value: &Value) -> Result<Option<String>, ReferenceFault> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => written(text),
        Value::Number(number) if number.is_u64() || number.is_i64() => written(&number.to_string()),
        Value::Number(number) if number.as_f64().is_some_and(|figure| figure.fract() == 0.0) => {
            Err(ReferenceFault::Digits)
        }
        Value::Number(_) | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(ReferenceFault::Kind)
        }
    }
}

/// A reference that stands as text, e.g. in an address.
///
/// # Errors
/// [`ReferenceFault`] when it cannot be kept.
pub fn written(text: &str) -> Result<Option<String>, ReferenceFault> {
    let text = trimmed(text);
    let length = text.chars().count();
    if length > LONGEST_REFERENCE {
        return Err(ReferenceFault::TooLong(length));
    }
    if fault_of_reference(text).is_some() {
        return Err(ReferenceFault::NoText);
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn s5_a_reference_is_text_or_a_whole_number() {
        for (given, read) in [
            (json!(" SD-1 "), Some("SD-1")),
            (json!("受字〔2026〕第 1 号"), Some("受字〔2026〕第 1 号")),
            (json!("\u{feff}A-1"), Some("A-1")),
            (json!(20_261_129), Some("20261129")),
            (json!(18_446_744_073_709_551_615_u64), Some("18446744073709551615")),
            (json!("A-1\u{200b}"), Some("A-1")),
            (json!(""), None),
            (json!("\u{3164}"), None),
            (json!(null), None),
        ] {
            assert_eq!(read_reference(&given).unwrap().as_deref(), read, "{given}");
        }
        let long = json!("号".repeat(LONGEST_REFERENCE));
        assert!(read_reference(&long).unwrap().is_some());
    }

    #[test]
    fn s5_a_reference_that_cannot_be_kept_says_why() {
        let rounded: Value = serde_json::from_str("202611290000000000000001").unwrap();
        for (given, fault) in [
            (json!("9".repeat(201)), ReferenceFault::TooLong(201)),
            (json!("a\u{7}b"), ReferenceFault::NoText),
            (json!("a\nb"), ReferenceFault::NoText),
            (json!("a\u{202e}b"), ReferenceFault::NoText),
            (json!("\u{61c}a"), ReferenceFault::NoText),
            (json!("a\u{200b}b"), ReferenceFault::NoText),
            (json!("\u{fffd}\u{fffd}-7"), ReferenceFault::NoText),
            (json!(1.5), ReferenceFault::Kind),
            (json!(true), ReferenceFault::Kind),
            (json!({ "no": 1 }), ReferenceFault::Kind),
            (rounded, ReferenceFault::Digits),
        ] {
            assert_eq!(read_reference(&given).unwrap_err(), fault, "{given}");
        }
    }
}
