//! County-level divisions with the dates they were valid (rule C8).

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use crate::localized::Localized;

/// A county-level division.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Division {
    /// Its own name, 德清县.
    pub name: Localized,
    /// The city above it, 湖州市.
    pub city: Localized,
    /// The province, 浙江省.
    pub province: Localized,
    /// The divisions its land belongs to now, when it was abolished.
    #[serde(default)]
    pub succeeded_by: Vec<String>,
    /// The year it was abolished.
    #[serde(default)]
    pub abolished: Option<i16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    division: BTreeMap<String, Division>,
}

static DIVISIONS: LazyLock<BTreeMap<String, Division>> = LazyLock::new(|| {
    toml::from_str::<Table>(include_str!("../data/divisions.toml"))
        .map(|table| table.division)
        .unwrap_or_default()
});

/// The division of that six-digit code, also when it was abolished.
#[must_use]
pub fn division(code: &str) -> Option<&'static Division> {
    DIVISIONS.get(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c8_zhejiang_is_complete_and_abolished_districts_still_resolve() {
        toml::from_str::<Table>(include_str!("../data/divisions.toml")).unwrap();
        assert_eq!(division("330521").unwrap().name.zh, "德清县");
        let in_force =
            DIVISIONS.values().filter(|d| d.abolished.is_none() && d.province.zh == "浙江省");
        assert_eq!(in_force.count(), 90);
        assert_eq!(division("330103").unwrap().succeeded_by, ["330105"]);
        assert_eq!(division("330104").unwrap().succeeded_by, ["330102"]);
    }

    #[test]
    fn c8_an_abolished_division_names_its_year_and_divisions_in_force() {
        for (code, gone) in DIVISIONS.iter() {
            assert_eq!(gone.abolished.is_some(), !gone.succeeded_by.is_empty(), "{code}");
            for next in &gone.succeeded_by {
                assert!(division(next).is_some_and(|d| d.abolished.is_none()), "{code}: {next}");
            }
        }
    }
}
