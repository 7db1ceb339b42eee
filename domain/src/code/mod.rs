//! The real-estate unit code (不动产单元代码) and the parcel code within it, GB/T 37346-2019.
//!
//! 28 characters in seven layers: division 6, cadastral district 3, sub-district 3, parcel type 2,
//! parcel number 5, fixture type 1, unit number 8. The first 19 are the parcel code. There is no
//! check digit (rule C5).
//!
//! ```
//! use domain::code::{Strictness, UnitCode};
//!
//! let parsed = UnitCode::parse("340123 002004 gb00011-F00010001", Strictness::Issue).unwrap();
//! assert_eq!(parsed.code.to_string(), "340123002004GB00011F00010001");
//! assert_eq!(parsed.code.grouped(), "340123 002004 GB00011 F00010001");
//! ```

mod error;
mod near;
mod parse;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use error::{CodeError, CodeWarning, Expected};
pub use near::{MOST_CANDIDATES, near_misses};
pub use parse::{Parsed, Strictness, clean};

/// Length of a parcel code (ZDDM, ZHDM).
pub const PARCEL_LENGTH: usize = 19;
/// Length of a unit code (BDCDYH).
pub const UNIT_LENGTH: usize = 28;

/// 宗地代码 (ZDDM) or 宗海代码 (ZHDM): the first 19 characters of a unit code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ParcelCode([u8; PARCEL_LENGTH]);

/// 不动产单元代码 (BDCDYH): 28 characters.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnitCode([u8; UNIT_LENGTH]);

/// What people call "the code": either form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LandCode {
    /// 19 characters.
    Parcel(ParcelCode),
    /// 28 characters.
    Unit(UnitCode),
}

/// One of the four groups in which a code is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// 行政区划, characters 1–6.
    Division,
    /// 地籍区/地籍子区, characters 7–12.
    District,
    /// 宗地 (宗海), characters 13–19.
    Parcel,
    /// 定着物单元, characters 20–28.
    Unit,
}

/// Whether a parcel is land or sea (sea or island iff the 14th character is G or H).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Realm {
    /// Land.
    Land,
    /// Sea area or uninhabited island.
    Sea,
}

impl ParcelCode {
    /// The 19 characters, ASCII upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The six digits of the county-level division (GB/T 2260).
    #[must_use]
    pub fn division(&self) -> &str {
        &self.as_str()[..6]
    }

    /// 地籍区, three digits.
    #[must_use]
    pub fn district(&self) -> &str {
        &self.as_str()[6..9]
    }

    /// 地籍子区, three digits.
    #[must_use]
    pub fn subdistrict(&self) -> &str {
        &self.as_str()[9..12]
    }

    /// First letter of the parcel type: who owns the land (G, J or Z).
    #[must_use]
    pub fn ownership(&self) -> char {
        char::from(self.0[12])
    }

    /// Second letter of the parcel type: which right it is for.
    #[must_use]
    pub fn right(&self) -> char {
        char::from(self.0[13])
    }

    /// 宗地特征码 (ZDTZM), two letters.
    #[must_use]
    pub fn feature(&self) -> &str {
        &self.as_str()[12..14]
    }

    /// 顺序号, five digits.
    #[must_use]
    pub fn sequence(&self) -> &str {
        &self.as_str()[14..]
    }

    /// Land or sea.
    #[must_use]
    pub fn realm(&self) -> Realm {
        match self.right() {
            'G' | 'H' => Realm::Sea,
            _ => Realm::Land,
        }
    }

    /// 虚拟宗地: land whose district and sub-district are `000000`, not yet surveyed (rule C6).
    #[must_use]
    pub fn is_virtual(&self) -> bool {
        // What lies in several counties is numbered in none of their districts (C8).
        let county = &self.as_str()[4..6] != "00";
        county && self.realm() == Realm::Land && &self.as_str()[6..12] == "000000"
    }

    /// The unit that stands for the bare parcel: `W00000000`.
    #[must_use]
    pub fn parcel_unit(&self) -> UnitCode {
        self.unit_with(b"W00000000")
    }

    /// The code as people read it: 6 6 7.
    #[must_use]
    pub fn grouped(&self) -> String {
        grouped(self.as_str())
    }

    fn unit_with(&self, suffix: &[u8; 9]) -> UnitCode {
        let mut bytes = [0; UNIT_LENGTH];
        bytes[..PARCEL_LENGTH].copy_from_slice(&self.0);
        bytes[PARCEL_LENGTH..].copy_from_slice(suffix);
        UnitCode(bytes)
    }
}

impl UnitCode {
    /// The 28 characters, ASCII upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The parcel it stands on.
    #[must_use]
    pub fn parcel(&self) -> ParcelCode {
        let mut bytes = [0; PARCEL_LENGTH];
        bytes.copy_from_slice(&self.0[..PARCEL_LENGTH]);
        ParcelCode(bytes)
    }

    /// 定着物特征码: F building, L forest, Q other, W none.
    #[must_use]
    pub fn fixture(&self) -> char {
        char::from(self.0[19])
    }

    /// 定着物单元编号, eight digits.
    #[must_use]
    pub fn number(&self) -> &str {
        &self.as_str()[20..]
    }

    /// 幢号 and 户号 of a building unit, four digits each.
    #[must_use]
    pub fn building_and_household(&self) -> Option<(&str, &str)> {
        (self.fixture() == 'F').then(|| self.number().split_at(4))
    }

    /// Whether it stands for a project of several buildings: 幢号 `9999`.
    #[must_use]
    pub fn is_project(&self) -> bool {
        self.building_and_household().is_some_and(|(building, _)| building == "9999")
    }

    /// Whether it stands for the bare parcel (`W00000000`).
    #[must_use]
    pub fn is_parcel_unit(&self) -> bool {
        self.fixture() == 'W'
    }

    /// The code as people read it: 6 6 7 9.
    #[must_use]
    pub fn grouped(&self) -> String {
        grouped(self.as_str())
    }

    /// The code with the household hidden, for lists (row 2, rule P2): `… GB00011 F0001****`.
    #[must_use]
    pub fn masked(&self) -> String {
        if self.fixture() == 'F' {
            let text = self.as_str();
            format!("{} {}****", grouped(&text[..PARCEL_LENGTH]), &text[PARCEL_LENGTH..24])
        } else {
            self.grouped()
        }
    }
}

impl LandCode {
    /// The parcel meant, whichever form was given.
    #[must_use]
    pub fn parcel(&self) -> ParcelCode {
        match self {
            Self::Parcel(code) => *code,
            Self::Unit(code) => code.parcel(),
        }
    }

    /// The form used in addresses: 19 characters for a parcel and its `W00000000` unit, 28 for a
    /// unit on it. One place has one address.
    #[must_use]
    pub fn canonical(&self) -> Self {
        match self {
            Self::Unit(unit) if unit.is_parcel_unit() => Self::Parcel(unit.parcel()),
            other => *other,
        }
    }

    /// The unit on the parcel, if the code names one other than the bare parcel.
    #[must_use]
    pub fn unit(&self) -> Option<UnitCode> {
        match self {
            Self::Unit(unit) if !unit.is_parcel_unit() => Some(*unit),
            _ => None,
        }
    }

    /// The characters, without spaces.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Parcel(code) => code.as_str(),
            Self::Unit(code) => code.as_str(),
        }
    }

    /// The code as people read it.
    #[must_use]
    pub fn grouped(&self) -> String {
        grouped(self.as_str())
    }

    /// The groups of the code with their characters, in order.
    #[must_use]
    pub fn groups(&self) -> Vec<(Group, &str)> {
        let text = self.as_str();
        [
            (Group::Division, 0..6),
            (Group::District, 6..12),
            (Group::Parcel, 12..19),
            (Group::Unit, 19..28),
        ]
        .into_iter()
        .filter_map(|(group, range)| text.get(range).map(|characters| (group, characters)))
        .collect()
    }
}

fn grouped(text: &str) -> String {
    let mut out = String::with_capacity(31);
    for (at, character) in text.chars().enumerate() {
        if matches!(at, 6 | 12 | 19) {
            out.push(' ');
        }
        out.push(character);
    }
    out
}

macro_rules! code_text {
    ($code:ty) => {
        impl fmt::Display for $code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl Serialize for $code {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $code {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text, Strictness::LookUp)
                    .map(|parsed| parsed.code)
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}
code_text!(ParcelCode);
code_text!(UnitCode);
code_text!(LandCode);

impl fmt::Debug for ParcelCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for UnitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
