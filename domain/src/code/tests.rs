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
    let sea = ParcelCode::parse("330521000000GH00001", Strictness::Issue).unwrap();
    assert!(!sea.code.is_virtual());
    assert_eq!(sea.warnings, []);
}

#[test]
fn p7_a_household_is_masked_in_lists() {
    let unit = UnitCode::parse(UNIT, Strictness::Issue).unwrap().code;
    assert_eq!(unit.masked(), "340123 002004 GB00011 F0001****");
}

proptest! {
    #[test]
    fn c1_format_then_parse_is_the_identity(code in "[1-9][0-9]{11}[GJZ][ABSXCDEFLNHGWYK][0-9]{5}([FLQW][0-9]{8})?") {
        let parsed = LandCode::parse(&code, Strictness::LookUp).unwrap().code;
        prop_assert_eq!(parsed.as_str(), &code);
        prop_assert_eq!(LandCode::parse(&parsed.grouped(), Strictness::LookUp).unwrap().code, parsed);
    }

    #[test]
    fn c1_no_input_panics_and_every_error_points_inside_or_one_past(input in "\\PC{0,60}") {
        if let Err(error) = LandCode::parse(&input, Strictness::LookUp) {
            prop_assert!(error.position() >= 1);
            prop_assert!(error.position() <= clean(&input).len().max(28) + 1);
        }
    }
}
