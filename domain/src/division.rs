//! Divisions with the dates they were valid, and the towns in them (rule C8).
//!
//! The tables are read by the server alone; nothing that runs in the browser may name them.

use std::{collections::BTreeMap, sync::LazyLock};

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    catalogue_files::{self as files, DIVISIONS, TOWNS},
    localized::Localized,
};

#[cfg(feature = "letters")]
mod named;
mod read;

#[cfg(feature = "letters")]
pub use named::NamedDivision;
#[cfg(feature = "letters")]
pub(crate) use named::{named_alone, named_at_start, named_in_letters};
pub(crate) use read::{parse, parse_towns};

/// What a division is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    /// 省.
    Province,
    /// 设区的市. In a unit code it stands for land that reaches over several counties (rule C6).
    City,
    /// 县, 县级市, 市辖区: what unit codes begin with.
    County,
}

/// A division that a part of another one's land went to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parted {
    /// Code of the division that has it now.
    pub to: String,
    /// The day it went.
    pub on: Date,
}

/// A division.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// Its code, six digits (GB/T 2260).
    pub code: String,
    /// What it is.
    pub rank: Rank,
    /// Its own name, 德清县.
    pub name: Localized,
    /// The city above it, 湖州市; a city's own name; empty for a province.
    pub city: Localized,
    /// The province, 浙江省.
    pub province: Localized,
    /// The day from which the table vouches for it.
    pub from: Date,
    /// The day it began to be, where the table reaches back so far.
    pub began: Option<Date>,
    /// The first day on which it was no more.
    pub until: Option<Date>,
    /// Codes of the divisions its land belongs to now, when it was abolished.
    pub succeeded_by: Vec<String>,
    /// Where a part of its land went while it kept its code.
    pub parted: Vec<Parted>,
}

impl Division {
    /// Whether the table vouches for it on `day`.
    #[must_use]
    pub fn in_force_on(&self, day: Date) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// A town (街道, 镇, 乡) by its statistical code. No part of a unit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Town {
    /// Nine digits; the first six are the county.
    pub code: String,
    /// Its name, 武康街道. English names are Hanyu Pinyin, and not official.
    pub name: Localized,
    /// The day from which the list vouches for it.
    pub from: Date,
}

/// Where a table was taken from, and when it was so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableSource {
    /// Publisher and title.
    pub source: String,
    /// The day the list is of.
    pub date: Date,
    /// What of it nobody has read in its source, if there is something.
    pub to_be_confirmed: Option<Localized>,
}

/// Every division with its towns.
#[derive(Clone, Debug, Default)]
pub(crate) struct Divisions {
    by_code: BTreeMap<String, Vec<Division>>,
    towns: BTreeMap<String, Town>,
    sources: Vec<TableSource>,
}

/// The towns, and where their table was taken from.
#[derive(Default)]
pub(crate) struct Towns {
    by_code: BTreeMap<String, Town>,
    source: Option<TableSource>,
}

impl Divisions {
    pub(crate) fn with(mut self, towns: Towns) -> Self {
        self.towns = towns.by_code;
        self.sources.extend(towns.source);
        self
    }

    fn entries(&self, code: &str) -> &[Division] {
        self.by_code.get(code).map_or(&[], Vec::as_slice)
    }
}

/// The tables in use. Source: `domain/data/divisions.toml`, `domain/data/towns.toml`.
fn in_use() -> &'static Divisions {
    static READ: LazyLock<Divisions> = LazyLock::new(|| {
        let (text, file) = files::in_use().get(DIVISIONS);
        let divisions = files::sound(parse(text, file));
        let (text, file) = files::in_use().get(TOWNS);
        let towns = files::sound(parse_towns(text, file, &divisions));
        divisions.with(towns)
    });
    &READ
}

fn entries(code: &str) -> &'static [Division] {
    in_use().entries(code)
}

/// The division of that six-digit code, also when it was abolished; the last one that had it.
#[must_use]
pub fn division(code: &str) -> Option<&'static Division> {
    entries(code).last()
}

/// What had that six-digit code on `day`; `None` also where the table does not reach back so far.
#[must_use]
pub fn division_on(code: &str, day: Date) -> Option<&'static Division> {
    entries(code).iter().find(|division| division.in_force_on(day))
}

/// The town of that nine-digit code.
#[must_use]
pub fn town(code: &str) -> Option<&'static Town> {
    in_use().towns.get(code)
}

/// The town of `county` (six digits) that a Chinese address names: the longest name in it.
#[must_use]
pub fn town_named(county: &str, address: &str) -> Option<&'static Town> {
    if county.len() != 6 {
        return None;
    }
    let towns = &in_use().towns;
    towns
        .range(county.to_owned()..)
        .take_while(|(code, _)| code.starts_with(county))
        .map(|(_, town)| town)
        .filter(|town| address.contains(&town.name.zh))
        .max_by_key(|town| town.name.zh.len())
}

/// Where the tables of divisions and of towns were taken from, in this order.
#[must_use]
pub fn table_sources() -> &'static [TableSource] {
    &in_use().sources
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn all() -> impl Iterator<Item = &'static Division> {
        in_use().by_code.values().flatten()
    }

    #[test]
    fn c8_zhejiang_is_complete_and_abolished_districts_still_resolve() {
        let here = |rank| {
            let of_rank = all().filter(move |d| d.rank == rank && d.until.is_none());
            of_rank.filter(|d| d.province.zh == "浙江省").count()
        };
        assert_eq!((here(Rank::City), here(Rank::County)), (11, 90));
        let deqing = division("330521").unwrap();
        assert_eq!((deqing.name.zh.as_str(), deqing.city.zh.as_str()), ("德清县", "湖州市"));
        assert_eq!(division("330103").unwrap().succeeded_by, ["330105"]);
        assert_eq!(division("330104").unwrap().succeeded_by, ["330102"]);
        assert_eq!(division("330110").unwrap().parted[0].to, "330113");
        assert_eq!(division("330500").unwrap().rank, Rank::City);
        assert_eq!(division("330599"), None);
    }

    #[test]
    fn c8_every_entry_is_dated_and_leads_to_divisions_in_force() {
        for one in all() {
            assert!(one.from >= date(2013, 1, 1), "{}", one.code);
            assert!(one.until.is_none_or(|until| until > one.from), "{}", one.code);
            assert_eq!(one.until.is_some(), !one.succeeded_by.is_empty(), "{}", one.code);
            for next in one.succeeded_by.iter().chain(one.parted.iter().map(|part| &part.to)) {
                let next = division(next).unwrap();
                assert!(next.until.is_none() && next.rank == Rank::County, "{}", one.code);
            }
            for name in [&one.name, &one.province] {
                assert!(!name.zh.is_empty() && !name.en.is_empty(), "{}", one.code);
            }
            assert_eq!(one.rank == Rank::Province, one.city.zh.is_empty(), "{}", one.code);
        }
    }

    #[test]
    fn c8_a_code_has_the_name_of_the_day() {
        let on = |code, day| division_on(code, day).map(|d| d.name.zh.as_str());
        assert_eq!(on("330103", date(2020, 6, 1)), Some("下城区"));
        assert_eq!(on("330103", date(2022, 1, 1)), None);
        assert_eq!(on("330113", date(2020, 6, 1)), None);
        assert_eq!(on("330113", date(2022, 1, 1)), Some("临平区"));
        assert_eq!(on("331083", date(2016, 1, 1)), None);
        assert_eq!(on("331021", date(2016, 1, 1)), Some("玉环县"));
    }

    #[test]
    fn towns_lie_in_counties_in_force_and_are_named_in_both_languages() {
        let towns = &in_use().towns;
        assert_eq!(towns.len(), 1387);
        let kinds = ["Subdistrict", "Town", "Township", "Ethnic Township", "Ethnic Town"];
        for town in towns.values() {
            assert_eq!(town.code.len(), 9);
            assert!(division(&town.code[..6]).is_some_and(|d| d.until.is_none()), "{}", town.code);
            assert!(
                !town.name.en.is_empty() && town.name.en.chars().all(|c| c.is_ascii() || c == 'ü')
            );
            let ending = match &town.name.zh {
                zh if zh.ends_with("街道") => kinds[0],
                zh if zh.ends_with("族乡") => kinds[3],
                zh if zh.ends_with("族镇") => kinds[4],
                zh if zh.ends_with('镇') => kinds[1],
                zh if zh.ends_with('乡') => kinds[2],
                _ => continue,
            };
            assert!(town.name.en.ends_with(ending), "{}", town.name.en);
        }
        let named = |code: &str| town(code).unwrap().name.en.as_str();
        assert_eq!(named("330521001"), "Wukang Subdistrict");
        assert_eq!(named("330521114"), "Xin'an Town");
        assert_eq!(named("330122201"), "Eshan She Ethnic Township");
        assert_eq!(named("330182001"), "Xin'anjiang Subdistrict");
    }

    #[test]
    fn an_address_names_its_town_only_within_its_county() {
        let found = |county, address| town_named(county, address).map(|t| t.code.as_str());
        assert_eq!(found("330521", "德清县武康街道永乐路8号"), Some("330521001"));
        assert_eq!(found("330521", "德清县新市镇健康路5号"), Some("330521102"));
        assert_eq!(found("330522", "德清县武康街道永乐路8号"), None);
        assert_eq!(found("330521", "德清县永乐路8号"), None);
        assert_eq!(found("", "武康街道"), None);
    }

    #[test]
    fn the_tables_say_where_they_are_from() {
        let [divisions, towns] = table_sources() else { panic!("two tables") };
        assert!(divisions.source.contains("国家统计局") && towns.source.contains("国家统计局"));
        assert_eq!(towns.date, date(2023, 6, 30));
    }
}
