//! Which places a service is about, as far as codes tell.

use serde::{Deserialize, Serialize};

use crate::code::LandCode;

/// What a place is, by the letters of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// A building, or a home or room in one: a unit with the fixture letter F.
    Building,
    /// Land for construction, on, above or below the surface: B, S, X.
    Construction,
    /// Land for a house in the country: C.
    Homestead,
    /// Land that is farmed, wooded or grazed: D, E, F, L, N and K.
    Farmland,
    /// Land of a collective as its owner has it: A.
    Collective,
    /// Sea, or an island nobody lives on: H, G.
    Sea,
    /// Use not determined, disputed, of another kind, or a letter that is not known: W, Y.
    Open,
}

impl Ground {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::Building,
        Self::Construction,
        Self::Homestead,
        Self::Farmland,
        Self::Collective,
        Self::Sea,
        Self::Open,
    ];

    /// What a place is, the closest word first: a home is a building, and stands on its land.
    #[must_use]
    pub fn of(code: &LandCode) -> Vec<Self> {
        let land = match code.parcel().right() {
            'B' | 'S' | 'X' => Self::Construction,
            'C' => Self::Homestead,
            'D' | 'E' | 'F' | 'L' | 'N' | 'K' => Self::Farmland,
            'A' => Self::Collective,
            'G' | 'H' => Self::Sea,
            _ => Self::Open,
        };
        let building = code.unit().is_some_and(|unit| unit.fixture() == 'F');
        building.then_some(Self::Building).into_iter().chain([land]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{code::Strictness, service::services};

    fn grounds(text: &str) -> Vec<Ground> {
        Ground::of(&LandCode::parse(text, Strictness::LookUp).unwrap().code)
    }

    #[test]
    fn s1_a_place_is_what_its_code_says() {
        assert_eq!(grounds("330521001001GB00001"), [Ground::Construction]);
        assert_eq!(grounds("330521001001GB00001W00000000"), [Ground::Construction]);
        let home = [Ground::Building, Ground::Construction];
        assert_eq!(grounds("330521001001GB00001F00010001"), home);
        let house = [Ground::Building, Ground::Homestead];
        assert_eq!(grounds("330521001001JC00001F00010001"), house);
        assert_eq!(grounds("330521001001JD00001"), [Ground::Farmland]);
        assert_eq!(grounds("330521001001JA00001"), [Ground::Collective]);
        assert_eq!(grounds("330521000000GH00001"), [Ground::Sea]);
        assert_eq!(grounds("330521001001ZW00001"), [Ground::Open]);
    }

    #[test]
    fn s1_every_place_has_three_or_four_services_first_and_each_fits_there() {
        for ground in Ground::ALL {
            let often: Vec<_> =
                services().iter().filter(|item| item.often.contains(&ground)).collect();
            assert!((3..=4).contains(&often.len()), "{ground:?}: {}", often.len());
            assert!(often.iter().all(|item| item.fits_on(&[ground])), "{ground:?}");
        }
    }
}
