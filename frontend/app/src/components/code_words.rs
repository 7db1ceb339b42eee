//! What is wrong or unusual about a code, in words.

use domain::code::{CodeError, CodeWarning, Expected};

use crate::words::Words;

/// What may stand at a position.
pub fn expected_words(words: Words, expected: Expected) -> &'static str {
    words.t(match expected {
        Expected::Digit => "expected_digit",
        Expected::LeadingDigit => "expected_leading_digit",
        Expected::OwnershipLetter => "expected_ownership",
        Expected::RightLetter => "expected_right",
        Expected::FixtureLetter => "expected_fixture",
        Expected::ParcelNumber => "expected_parcel_number",
        Expected::ZerosAfterW => "expected_zeros",
        Expected::BuildingNumber => "expected_building",
        Expected::HouseholdNumber => "expected_household",
        Expected::RunningNumber => "expected_running",
    })
}

/// Why a text is no code: one sentence.
pub fn fault_words(words: Words, error: &CodeError) -> String {
    let position = error.position().to_string();
    match error {
        CodeError::Empty => words.t("code_empty").to_owned(),
        CodeError::Length { found, .. } => {
            words.fill("code_length", &[("found", &found.to_string())])
        }
        CodeError::Character { found, expected, .. } => words.fill(
            "code_character",
            &[
                ("position", &position),
                ("found", &found.to_string()),
                ("expected", expected_words(words, *expected)),
            ],
        ),
        CodeError::Number { end, expected, .. } => words.fill(
            "code_number",
            &[
                ("position", &position),
                ("end", &end.to_string()),
                ("expected", expected_words(words, *expected)),
            ],
        ),
    }
}

/// What is unusual about a code that was accepted.
pub fn warning_words(words: Words, warning: CodeWarning) -> String {
    match warning {
        CodeWarning::Number { position, expected } => words.fill(
            "warning_number",
            &[("position", &position.to_string()), ("expected", expected_words(words, expected))],
        ),
        CodeWarning::NeedsCollectiveLand => words.t("warning_collective").to_owned(),
        CodeWarning::NeedsKnownOwnership => words.t("warning_owner").to_owned(),
        CodeWarning::NeedsStateOwnership => words.t("warning_state").to_owned(),
        CodeWarning::UnlistedPair => words.t("warning_pair").to_owned(),
        CodeWarning::VirtualParcel => words.t("warning_virtual").to_owned(),
    }
}
