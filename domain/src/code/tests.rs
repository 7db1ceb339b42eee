use proptest::prelude::*;

use super::*;

const UNIT: &str = "340123002004GB00011F00010001";

#[test]
fn c1_every_way_of_writing_a_code_reads_the_same() {
    for written in [
        "340123002004GB00011F00010001",
        "340123 002004 GB00011 F00010001",
        " 340123-002004-gb00011-f00010001 ",
        "３４０１２３　００２００４　ＧＢ０００１１　Ｆ０００１０００１",
        "340123\u{2013}002004\u{00A0}gB00011\u{200B}F00010001",
    ] {
        let parsed = LandCode::parse(written, Strictness::Issue).unwrap();
        assert_eq!(parsed.code.as_str(), UNIT, "{written}");
        assert_eq!(parsed.code.grouped(), "340123 002004 GB00011 F00010001");
        assert_eq!(parsed.warnings, []);
    }
    let parcel = LandCode::parse("340123 002004 GB00011", Strictness::Issue).unwrap().code;
    assert_eq!(parcel.grouped(), "340123 002004 GB00011");
    assert_eq!(parcel.parcel().parcel_unit().as_str(), "340123002004GB00011W00000000");
}

#[test]
fn c2_issuing_refuses_numbers_that_look_up_only_flags() {
    for (code, position, expected) in [
        ("340123002004GB00000", 15, Expected::ParcelNumber),
        ("340123002004GB00011W00000333", 21, Expected::ZerosAfterW),
        ("340123002004GB00011F00000001", 21, Expected::BuildingNumber),
        ("340123002004GB00011F00010000", 25, Expected::HouseholdNumber),
        ("340123002004GB00011Q00000000", 21, Expected::RunningNumber),
    ] {
        let refused = LandCode::parse(code, Strictness::Issue).unwrap_err();
        assert_eq!(refused.position(), position, "{code}");
        let accepted = LandCode::parse(code, Strictness::LookUp).unwrap();
        assert!(accepted.warnings.contains(&CodeWarning::Number { position, expected }), "{code}");
    }
}

#[test]
fn c2_wrong_lengths_and_letters_name_their_position() {
    let error = |code| LandCode::parse(code, Strictness::LookUp).unwrap_err();
    assert_eq!(error(" - "), CodeError::Empty);
    assert_eq!(error("340123002004GB0001").position(), 19);
    assert_eq!(error("340123002004GB00011F0001").position(), 25);
    assert_eq!(error("340123002004GB00011F000100011").position(), 29);
    assert_eq!(
        error("34O123002004GB00011"),
        CodeError::Character { position: 3, found: 'O', expected: Expected::Digit }
    );
    assert_eq!(
        error("340123002004LB00011"),
        CodeError::Character { position: 13, found: 'L', expected: Expected::OwnershipLetter }
    );
    assert_eq!(error("040123002004GB00011").position(), 1);
}

#[test]
fn c3_unusual_pairs_are_warned_of_and_accepted() {
    let warnings = |code| LandCode::parse(code, Strictness::Issue).unwrap().warnings;
    assert_eq!(warnings("330521001002GC00001"), [CodeWarning::NeedsCollectiveLand]);
    assert_eq!(warnings("330521001002JA00001"), []);
    assert_eq!(warnings("330521001002GK00001"), [CodeWarning::NeedsCollectiveLand]);
    assert_eq!(warnings("330521001002ZB00001"), [CodeWarning::NeedsKnownOwnership]);
    assert_eq!(warnings("330521001002ZW00001"), []);
    assert_eq!(warnings("330521000000JH00001"), [CodeWarning::NeedsStateOwnership]);
    assert_eq!(warnings("330521001002JD00001F00010001"), [CodeWarning::UnlistedPair]);
}

#[test]
fn c4_the_letters_of_2019_and_the_extension_are_read() {
    for code in ["330521001002GL00001", "330521001002JN00001", "330521001002JK00001"] {
        assert!(LandCode::parse(code, Strictness::Issue).is_ok(), "{code}");
    }
}

#[test]
fn c6_zero_districts_are_virtual_on_land_and_normal_at_sea() {
    let land = ParcelCode::parse("330521000000GB00001", Strictness::Issue).unwrap();
    assert!(land.code.is_virtual());
    assert_eq!(land.warnings, [CodeWarning::VirtualParcel]);
    let across = ParcelCode::parse("330500000000GB00001", Strictness::Issue).unwrap();
    assert!(!across.code.is_virtual() && across.warnings.is_empty(), "it lies in several counties");
    let sea = ParcelCode::parse("330521000000GH00001", Strictness::Issue).unwrap();
    assert!(!sea.code.is_virtual());
    assert_eq!(sea.warnings, []);
}

#[test]
fn p7_a_household_is_masked_in_lists() {
    let unit = UnitCode::parse(UNIT, Strictness::Issue).unwrap().code;
    assert_eq!(unit.masked(), "340123 002004 GB00011 F0001****");
}

/// The pattern that citizen-facing forms of 2015 check with, after the same clean-up.
fn forms_of_2015() -> regex::Regex {
    regex::Regex::new("^[0-9]{12}[GJZ]{1}[ABSXCDEFGHWY]{1}[0-9]{5}[FLQW]{1}[0-9]{8}$").unwrap()
}

#[test]
fn c4_the_common_pattern_of_2015_rejects_what_is_accepted_here() {
    let common = forms_of_2015();
    assert!(common.is_match(UNIT));
    for letter in ["GL", "JL", "GN", "JN", "JK"] {
        let code = format!("330521001002{letter}00001W00000000");
        assert!(!common.is_match(&code), "{code}");
        assert!(LandCode::parse(&code, Strictness::Issue).is_ok(), "{code}");
    }
}

#[test]
fn c3_every_listed_pair_is_silent_and_every_other_is_warned_of() {
    let listed = "AW BW BF BQ SW SF SQ XW XF XQ CW CF CQ DW EL EQ EW FW GW GF GL GQ HW HF HL HQ \
                  LL LQ LW NW YW WW KW";
    for right in "ABSXCDEFLNHGWYK".chars() {
        for fixture in "FLQW".chars() {
            let owner = if matches!(right, 'G' | 'H') { 'G' } else { 'J' };
            let number = if fixture == 'W' { "00000000" } else { "00010001" };
            let code = format!("330521001002{owner}{right}00001{fixture}{number}");
            let warnings = LandCode::parse(&code, Strictness::Issue).unwrap().warnings;
            let pair = format!("{right}{fixture}");
            let silent = listed.split_whitespace().any(|known| known == pair);
            assert_eq!(warnings.is_empty(), silent, "{code}: {warnings:?}");
        }
    }
}

#[test]
fn a_building_number_of_9999_is_a_project() {
    let unit = |text| UnitCode::parse(text, Strictness::Issue).unwrap().code;
    assert!(unit("340102201001GB00005F99990001").is_project());
    assert!(!unit(UNIT).is_project());
    assert!(!unit("340102201001GE00005L99990001").is_project());
}

/// A code that may be issued, with the numbers each fixture letter wants.
fn issuable() -> impl Strategy<Value = String> {
    let parcel = "[1-9][0-9]{11}[GJZ][ABSXCDEFLNHGWYK](0000[1-9]|[1-9][0-9]{4})";
    let unit = "(W00000000|F(000[1-9]|[1-9][0-9]{3})(000[1-9]|[1-9][0-9]{3})|[LQ](0{7}[1-9]|[1-9][0-9]{7}))";
    (parcel, proptest::option::of(unit))
        .prop_map(|(parcel, unit)| parcel + &unit.unwrap_or_default())
}

/// What may be typed between the characters of a code without changing it.
const SEPARATORS: [&str; 9] =
    ["", " ", "-", "\u{3000}", "\u{00A0}", "\u{2013}", "\t", "\u{200B}", "\n"];

fn widened(c: char) -> char {
    char::from_u32(u32::from(c) + 0xFEE0).unwrap()
}

proptest! {
    #[test]
    fn c1_format_then_parse_is_the_identity(code in "[1-9][0-9]{11}[GJZ][ABSXCDEFLNHGWYK][0-9]{5}([FLQW][0-9]{8})?") {
        let parsed = LandCode::parse(&code, Strictness::LookUp).unwrap().code;
        prop_assert_eq!(parsed.as_str(), &code);
        prop_assert_eq!(LandCode::parse(&parsed.grouped(), Strictness::LookUp).unwrap().code, parsed);
        prop_assert_eq!(parsed.to_string(), code);
    }

    #[test]
    fn c1_spacing_case_and_width_change_nothing(
        code in issuable(),
        style in proptest::collection::vec((0_usize..SEPARATORS.len(), any::<bool>(), any::<bool>()), 28)
    ) {
        let written: String = code
            .chars()
            .zip(style)
            .map(|(c, (separator, wide, lower))| {
                let c = if lower { c.to_ascii_lowercase() } else { c };
                let c = if wide { widened(c) } else { c };
                format!("{}{c}", SEPARATORS[separator])
            })
            .collect();
        for strictness in [Strictness::LookUp, Strictness::Issue] {
            let parsed = LandCode::parse(&written, strictness).unwrap().code;
            prop_assert_eq!(parsed.as_str(), &code);
        }
    }

    #[test]
    fn c1_no_input_panics_and_every_error_points_inside_or_one_past(input in "\\PC{0,60}") {
        for strictness in [Strictness::LookUp, Strictness::Issue] {
            if let Err(error) = LandCode::parse(&input, strictness) {
                prop_assert!(error.position() >= 1);
                prop_assert!(error.position() <= clean(&input).len().max(28) + 1);
            }
        }
    }

    #[test]
    fn c1_no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = ParcelCode::parse(&text, Strictness::Issue);
        let _ = UnitCode::parse(&text, Strictness::Issue);
        if let Ok(parsed) = LandCode::parse(&text, Strictness::LookUp) {
            prop_assert_eq!(parsed.code.as_str(), clean(&text).into_iter().collect::<String>());
        }
    }

    #[test]
    fn c2_one_wrong_character_is_another_code_or_named(
        code in issuable(), at in any::<proptest::sample::Index>(), other in any::<char>(), near in "[0-9A-Z _-]"
    ) {
        let at = at.index(code.len());
        // Mostly what people type, now and then anything.
        for other in [other, near.chars().next().unwrap()] {
            let mut characters: Vec<char> = code.chars().collect();
            characters[at] = other;
            let written: String = characters.iter().collect();
            let cleaned = clean(&written);
            // The same letter in another form is no change.
            if cleaned.iter().collect::<String>() == code {
                continue;
            }
            match LandCode::parse(&written, Strictness::LookUp) {
                Ok(parsed) => prop_assert_ne!(parsed.code.as_str(), &code),
                Err(CodeError::Character { position, .. }) => prop_assert_eq!(position, at + 1),
                Err(error) => prop_assert!(false, "{written}: {error}"),
            }
            match LandCode::parse(&written, Strictness::Issue) {
                Ok(parsed) => prop_assert_ne!(parsed.code.as_str(), &code),
                Err(error @ (CodeError::Character { .. } | CodeError::Number { .. })) => {
                    prop_assert!(error.covers(at + 1), "{written}, changed at {}: {error}", at + 1);
                }
                Err(error) => prop_assert!(false, "{written}: {error}"),
            }
        }
    }
}
