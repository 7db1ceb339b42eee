//! Reading codes as people bring them (rules C1–C6).

use super::{
    CodeError, CodeWarning, Expected, LandCode, PARCEL_LENGTH, ParcelCode, Realm, UNIT_LENGTH,
    UnitCode,
};

/// How much a code must obey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strictness {
    /// To print or issue it: every rule.
    Issue,
    /// To look it up: numbers that no rule allows are accepted and flagged, for registers hold
    /// such codes.
    LookUp,
}

/// A code, with what is unusual about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<C> {
    /// The code.
    pub code: C,
    /// What issuing would refuse or the standard does not list.
    pub warnings: Vec<CodeWarning>,
}

/// Letters of the second place of a parcel type, with L and N of 2019 and the extension K
/// (rule C4).
const RIGHT_LETTERS: &str = "ABSXCDEFLNHGWYK";

/// Second letter and fixture type as a production registry pairs them (rule C3); the last two, which
/// it does not have, are the bare parcels of its other types.
const LISTED_PAIRS: [&str; 33] = [
    "AW", "BW", "BF", "BQ", "SW", "SF", "SQ", "XW", "XF", "XQ", "CW", "CF", "CQ", "DW", "EL", "EQ",
    "EW", "FW", "GW", "GF", "GL", "GQ", "HW", "HF", "HL", "HQ", "LL", "LQ", "LW", "NW", "YW", "WW",
    "KW",
];

/// The characters of a code as typed: no white space or hyphens, full-width forms narrowed, upper
/// case.
#[must_use]
pub fn clean(input: &str) -> Vec<char> {
    input
        .chars()
        .filter(|c| !is_separator(*c))
        .map(narrow)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(
            c,
            '-' | '_' | '\u{FF3F}' | '\u{00AD}' | '\u{200B}'..='\u{200F}' | '\u{2010}'..='\u{2015}' | '\u{2060}' | '\u{2212}'
                | '\u{FEFF}' | '\u{FE63}' | '\u{FF0D}' | '\u{30FB}' | '\u{00B7}'
        )
}

/// Full-width letters and digits (U+FF01–U+FF5E) to ASCII.
fn narrow(c: char) -> char {
    match u32::from(c) {
        wide @ 0xFF01..=0xFF5E => char::from_u32(wide - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// What may stand at position `at` (from 0), and whether `c` does.
pub(super) fn expected_at(at: usize, c: char) -> Result<(), Expected> {
    let (expected, fits) = match at {
        0 => (Expected::LeadingDigit, matches!(c, '1'..='9')),
        12 => (Expected::OwnershipLetter, matches!(c, 'G' | 'J' | 'Z')),
        13 => (Expected::RightLetter, RIGHT_LETTERS.contains(c)),
        19 => (Expected::FixtureLetter, matches!(c, 'F' | 'L' | 'Q' | 'W')),
        _ => (Expected::Digit, c.is_ascii_digit()),
    };
    if fits { Ok(()) } else { Err(expected) }
}

/// A blank or hyphen in the place of a character: as long as a code, with one of them in it.
fn blank_within(input: &str) -> Option<CodeError> {
    let length = input.chars().count();
    if length != PARCEL_LENGTH && length != UNIT_LENGTH {
        return None;
    }
    let mut blanks = input.chars().enumerate().filter(|(_, c)| is_separator(*c));
    let (at, found) = blanks.next()?;
    let expected = expected_at(at, found).err()?;
    blanks.next().is_none().then_some(CodeError::Character { position: at + 1, found, expected })
}

fn check(
    characters: &[char],
    lengths: &[usize],
    expected: &'static str,
    strictness: Strictness,
) -> Result<(Vec<u8>, Vec<CodeWarning>), CodeError> {
    if characters.is_empty() {
        return Err(CodeError::Empty);
    }
    // A wrong letter says more than a wrong length, so the characters come first.
    for (at, &found) in characters.iter().enumerate().take(UNIT_LENGTH) {
        if let Err(expected) = expected_at(at, found) {
            return Err(CodeError::Character { position: at + 1, found, expected });
        }
    }
    if !lengths.contains(&characters.len()) {
        let reached = lengths.iter().copied().find(|length| *length > characters.len());
        let position = match reached {
            Some(_) => characters.len() + 1,
            None => lengths.iter().copied().max().unwrap_or_default() + 1,
        };
        return Err(CodeError::Length { found: characters.len(), expected, position });
    }
    let bytes: Vec<u8> =
        characters.iter().filter_map(|c| u8::try_from(u32::from(*c)).ok()).collect();
    let mut warnings = Vec::new();
    for (position, end, expected) in number_faults(&bytes) {
        match strictness {
            Strictness::Issue => return Err(CodeError::Number { position, end, expected }),
            Strictness::LookUp => warnings.push(CodeWarning::Number { position, expected }),
        }
    }
    Ok((bytes, warnings))
}

fn number_faults(bytes: &[u8]) -> Vec<(usize, usize, Expected)> {
    let zeros = |from: usize, to: usize| {
        bytes.get(from - 1..to).is_some_and(|digits| digits.iter().all(|digit| *digit == b'0'))
    };
    let mut faults = Vec::new();
    if zeros(15, 19) {
        faults.push((15, 19, Expected::ParcelNumber));
    }
    match bytes.get(19) {
        Some(b'W') if !zeros(21, 28) => faults.push((21, 28, Expected::ZerosAfterW)),
        Some(b'F') => {
            if zeros(21, 24) {
                faults.push((21, 24, Expected::BuildingNumber));
            }
            if zeros(25, 28) {
                faults.push((25, 28, Expected::HouseholdNumber));
            }
        }
        Some(b'L' | b'Q') if zeros(21, 28) => faults.push((21, 28, Expected::RunningNumber)),
        _ => {}
    }
    faults
}

fn parcel_warnings(parcel: &ParcelCode) -> Vec<CodeWarning> {
    let mut warnings = Vec::new();
    if matches!(parcel.right(), 'A' | 'C' | 'K') && parcel.ownership() != 'J' {
        warnings.push(CodeWarning::NeedsCollectiveLand);
    }
    if matches!(parcel.right(), 'B' | 'S' | 'X' | 'D' | 'E' | 'F') && parcel.ownership() == 'Z' {
        warnings.push(CodeWarning::NeedsKnownOwnership);
    }
    if parcel.realm() == Realm::Sea && parcel.ownership() != 'G' {
        warnings.push(CodeWarning::NeedsStateOwnership);
    }
    if parcel.is_virtual() {
        warnings.push(CodeWarning::VirtualParcel);
    }
    warnings
}

impl ParcelCode {
    /// Reads a 19-character code in any spacing, case or width.
    ///
    /// # Errors
    /// [`CodeError`] with the position and what was expected there.
    pub fn parse(input: &str, strictness: Strictness) -> Result<Parsed<Self>, CodeError> {
        let (bytes, mut warnings) = check(&clean(input), &[PARCEL_LENGTH], "19", strictness)?;
        let mut code = [0; PARCEL_LENGTH];
        code.copy_from_slice(&bytes);
        let code = Self(code);
        warnings.extend(parcel_warnings(&code));
        Ok(Parsed { code, warnings })
    }
}

impl UnitCode {
    /// Reads a 28-character code in any spacing, case or width.
    ///
    /// # Errors
    /// [`CodeError`] with the position and what was expected there.
    pub fn parse(input: &str, strictness: Strictness) -> Result<Parsed<Self>, CodeError> {
        let (bytes, mut warnings) = check(&clean(input), &[UNIT_LENGTH], "28", strictness)?;
        let mut code = [0; UNIT_LENGTH];
        code.copy_from_slice(&bytes);
        let code = Self(code);
        let parcel = code.parcel();
        warnings.extend(parcel_warnings(&parcel));
        let pair = [parcel.right(), code.fixture()].into_iter().collect::<String>();
        if !LISTED_PAIRS.contains(&pair.as_str()) {
            warnings.push(CodeWarning::UnlistedPair);
        }
        Ok(Parsed { code, warnings })
    }
}

impl LandCode {
    /// Reads either form in any spacing, case or width.
    ///
    /// # Errors
    /// [`CodeError`] with the position and what was expected there.
    pub fn parse(input: &str, strictness: Strictness) -> Result<Parsed<Self>, CodeError> {
        let characters = clean(input);
        if characters.len() == PARCEL_LENGTH {
            ParcelCode::parse(input, strictness)
                .map(|p| Parsed { code: Self::Parcel(p.code), warnings: p.warnings })
        } else if characters.len() == UNIT_LENGTH {
            UnitCode::parse(input, strictness)
                .map(|p| Parsed { code: Self::Unit(p.code), warnings: p.warnings })
        } else {
            if let Some(blank) = blank_within(input) {
                return Err(blank);
            }
            check(&characters, &[PARCEL_LENGTH, UNIT_LENGTH], "19 or 28", strictness).and(Err(
                CodeError::Length {
                    found: characters.len(),
                    expected: "19 or 28",
                    position: characters.len() + 1,
                },
            ))
        }
    }
}
