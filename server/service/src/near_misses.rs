//! Which public parcels a mistyped code may have been meant as.

use domain::{LandCode, ParcelCode, code::near_misses};

use crate::disclosure::PolicyGate;

/// Most parcels looked up for one text.
const LOOK_UPS: usize = 12;
/// Most parcels offered.
const OFFERED: usize = 3;

/// The parcels to look up, likeliest first; `itself` is what was written, where that is a code. A household stands for its parcel: nothing tells
/// whether it exists. What was written is not among them, so that a code of a parcel that may not
/// be shown and a code of none lead to the same work (rule P5).
fn worth_asking(written: &str, itself: Option<LandCode>) -> Vec<ParcelCode> {
    // Of a unit nothing was found; its parcel may be there.
    let own = itself.and_then(|code| code.unit()).map(|unit| unit.parcel());
    let near = near_misses(written).into_iter().map(|code| code.parcel());
    let mut parcels: Vec<ParcelCode> = Vec::new();
    for parcel in own.into_iter().chain(near) {
        if itself != Some(LandCode::Parcel(parcel)) && !parcels.contains(&parcel) {
            parcels.push(parcel);
        }
    }
    parcels.truncate(LOOK_UPS);
    parcels
}

/// The parcels that a code may have been meant as and that everybody may see.
pub(crate) async fn offered(gate: &PolicyGate, code: &LandCode) -> Vec<LandCode> {
    public(gate, &worth_asking(code.as_str(), Some(*code))).await
}

/// The same of a text that is no code.
pub(crate) async fn offered_for_text(gate: &PolicyGate, written: &str) -> Vec<LandCode> {
    public(gate, &worth_asking(written, None)).await
}

/// Where storage does not answer there are none: a guess is no reason to answer nothing.
async fn public(gate: &PolicyGate, parcels: &[ParcelCode]) -> Vec<LandCode> {
    // All of them, also after the last that is offered: how long it takes tells nothing.
    let found = gate.public_among(parcels).await.unwrap_or_default();
    found.into_iter().take(OFFERED).map(LandCode::Parcel).collect()
}

#[cfg(test)]
mod tests {
    use domain::code::Strictness;

    use super::*;

    fn asked(written: &str) -> Vec<String> {
        let itself = LandCode::parse(written, Strictness::LookUp).ok().map(|parsed| parsed.code);
        worth_asking(written, itself).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn only_parcels_are_asked_for_few_and_never_the_one_written() {
        for written in [
            "330521001002GB00101",
            "330521001002GB00101W00000000",
            "330521001002GB00101F00120034",
            "33O521001002GB00101",
            "123456789012GB98765F12345678",
        ] {
            let asked = asked(written);
            assert!(!asked.is_empty() && asked.len() <= LOOK_UPS, "{written}: {asked:?}");
            assert!(asked.iter().all(|code| code.len() == 19), "{asked:?}");
            assert!(!asked.contains(&written.to_owned()), "{asked:?}");
        }
    }

    #[test]
    fn of_a_household_its_own_parcel_comes_first() {
        assert_eq!(asked("330521001002GB00101F00120034")[0], "330521001002GB00101");
        assert_eq!(asked("33O521001002GB00101F0012OO34")[0], "330521001002GB00101");
    }
}
