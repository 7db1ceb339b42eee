//! Codes that a written text may have been meant as: characters that look alike, and neighbours
//! that changed places. Pure guesses: whether such a code exists is not asked here.

use super::{
    LandCode, PARCEL_LENGTH, Strictness, UNIT_LENGTH,
    parse::{clean, expected_at},
};

/// Most candidates that [`near_misses`] gives.
pub const MOST_CANDIDATES: usize = 40;

/// A digit and the letters that are taken for it. Each place of a code admits only one of a group,
/// so what stands in the wrong place tells what was meant.
const ALIKE: [&str; 6] = ["0OQD", "1IL", "2Z", "5S", "6G", "8B"];

/// The layers by how often a slip in them is made: the longer and the less known numbers first.
const LAYERS: [std::ops::Range<usize>; 6] = [14..19, 9..12, 6..9, 12..14, 0..6, 19..28];

/// The codes that `written` may have been meant as, likeliest first: valid when issuing, none of
/// them the code written, none twice, at most [`MOST_CANDIDATES`]; the same every time.
///
/// A text of 19 or 28 characters (after [`clean`]) is mended as a whole; of another that is longer
/// than 19, or of 28 that cannot be mended, the parcel in front.
#[must_use]
pub fn near_misses(written: &str) -> Vec<LandCode> {
    // No spacing makes a code longer than this.
    if written.len() > 400 {
        return Vec::new();
    }
    let characters = clean(written);
    let itself = LandCode::parse(written, Strictness::LookUp).ok().map(|parsed| parsed.code);
    let mut found = Vec::new();
    if matches!(characters.len(), PARCEL_LENGTH | UNIT_LENGTH) {
        found = mended(&characters);
    }
    if found.is_empty()
        && itself.is_none()
        && let Some(parcel) = characters.get(..PARCEL_LENGTH)
    {
        let parcel: Vec<char> = parcel.to_vec();
        found = mended(&parcel);
        // The parcel as written, with something else behind it.
        let whole: String = parcel.into_iter().collect();
        if let Ok(parsed) = LandCode::parse(&whole, Strictness::Issue) {
            found.insert(0, parsed.code);
        }
    }
    let mut candidates: Vec<LandCode> = Vec::new();
    for code in found {
        if Some(code) != itself && !candidates.contains(&code) {
            candidates.push(code);
        }
    }
    candidates.truncate(MOST_CANDIDATES);
    candidates
}

/// What the characters may be meant as, by the number of slips: look-alikes put right, alone or
/// after two neighbours have been put in order.
fn mended(characters: &[char]) -> Vec<LandCode> {
    let mut found: Vec<(usize, LandCode)> = Vec::new();
    found.extend(put_right(characters));
    for at in LAYERS.into_iter().flatten() {
        // The neighbour may be of the next layer.
        let (Some(one), Some(other)) = (characters.get(at), characters.get(at + 1)) else {
            continue;
        };
        if one == other {
            continue;
        }
        let mut ordered = characters.to_vec();
        ordered.swap(at, at + 1);
        found.extend(put_right(&ordered).map(|(slips, code)| (slips + 1, code)));
    }
    // Stable: within a count, the order of the layers stays.
    found.sort_by_key(|(slips, _)| *slips);
    found.into_iter().map(|(_, code)| code).collect()
}

/// The code with every look-alike in its place, and how many there were; `None` when something
/// else is wrong with it.
fn put_right(characters: &[char]) -> Option<(usize, LandCode)> {
    let mut slips = 0;
    let mut text = String::with_capacity(characters.len());
    for (at, &found) in characters.iter().enumerate() {
        if expected_at(at, found).is_ok() {
            text.push(found);
            continue;
        }
        let group = ALIKE.iter().find(|group| group.contains(found))?;
        text.push(group.chars().find(|meant| expected_at(at, *meant).is_ok())?);
        slips += 1;
    }
    let code = LandCode::parse(&text, Strictness::Issue).ok()?.code;
    Some((slips, code))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn first(written: &str) -> Option<String> {
        near_misses(written).first().map(ToString::to_string)
    }

    #[test]
    fn letters_taken_for_digits_and_digits_for_letters_are_put_right() {
        for written in [
            "33O521OO1OO2GBOOO11",
            "33D521OQ1002GB00011",
            "33052l0010026B000I1",
            "3305Z1001002GB000i1",
            "330S21001002G800011",
            "330521001002-6-8-00011",
        ] {
            assert_eq!(first(written).as_deref(), Some("330521001002GB00011"), "{written}");
        }
        assert_eq!(
            first("330521001002GB00011F0OO1OOO3").as_deref(),
            Some("330521001002GB00011F00010003")
        );
        assert_eq!(
            first("330521001002ZY00011000000001").as_deref(),
            Some("330521001002ZY00011Q00000001")
        );
        assert_eq!(first("330521001002GI00011").as_deref(), Some("330521001002GL00011"));
    }

    #[test]
    fn neighbours_that_changed_places_are_put_in_order_the_parcel_number_first() {
        let found: Vec<String> =
            near_misses("330521001002GB00101").iter().map(ToString::to_string).collect();
        assert_eq!(found[0], "330521001002GB01001");
        assert_eq!(found[1], "330521001002GB00011");
        assert!(found.contains(&"330512001002GB00101".to_owned()));
        assert!(found.contains(&"330521001020GB00101".to_owned()));
        // A letter and a digit, across the layers.
        assert_eq!(first("33052100100G2B00011").as_deref(), Some("330521001002GB00011"));
        assert_eq!(first("330521001002BG00011").as_deref(), Some("330521001002GB00011"));
    }

    #[test]
    fn what_stands_behind_a_parcel_code_does_not_hide_it() {
        for written in [
            "330521001002GB00011F0001",
            "330521001002GB00011X00010001",
            "330521001002GB00011F000100011",
            "33O521001002GB00011F0001",
        ] {
            assert_eq!(first(written).as_deref(), Some("330521001002GB00011"), "{written}");
        }
        for written in ["", "德清县", "33", "330521001002GB0001", &"3".repeat(500)] {
            assert_eq!(first(written), None, "{written}");
        }
    }

    proptest! {
        #[test]
        fn candidates_are_valid_other_few_and_the_same_every_time(
            written in "[0-9OQDILZSGB]{12}[GJZ26][ABSXCDEFLNHGWYK850]{1}[0-9OQDILZSGB]{5}([FLQW01][0-9OISB]{8})?"
        ) {
            let candidates = near_misses(&written);
            prop_assert!(candidates.len() <= MOST_CANDIDATES);
            prop_assert_eq!(&candidates, &near_misses(&written));
            let mut seen = BTreeSet::new();
            for code in candidates {
                prop_assert!(LandCode::parse(code.as_str(), Strictness::Issue).is_ok());
                prop_assert!(code.as_str() != written && seen.insert(code));
            }
        }

        #[test]
        fn any_text_is_bounded(written in "\\PC{0,80}") {
            prop_assert!(near_misses(&written).len() <= MOST_CANDIDATES);
        }

        #[test]
        fn a_slip_of_one_kind_is_always_found(
            code in "[1-9][0-9]{11}[GJZ][ABSXCDEFLNHGWYK]0[1-9][0-9]{3}", at in 0_usize..18
        ) {
            let mut slipped: Vec<char> = code.chars().collect();
            slipped.swap(at, at + 1);
            let slipped: String = slipped.into_iter().collect();
            let found: Vec<String> =
                near_misses(&slipped).iter().map(ToString::to_string).collect();
            prop_assert!(slipped == code || found.contains(&code), "{} {:?}", slipped, found);
        }
    }
}
