//! The files of divisions and of towns: their shape, and what must hold between their entries.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::{Division, Divisions, Parted, Rank, TableSource, Town, Towns};
use crate::{
    examination::{CatalogueErrors, Examination},
    localized::Localized,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DivisionFile {
    source: String,
    date: Date,
    to_be_confirmed: Option<Localized>,
    horizon: Date,
    province: Vec<Above>,
    city: Vec<Above>,
    county: Vec<County>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Above {
    code: String,
    name: Localized,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct County {
    code: String,
    name: Localized,
    from: Date,
    until: Option<Date>,
    #[serde(default)]
    succeeded_by: Vec<String>,
    #[serde(default)]
    parted: Vec<Parted>,
    /// Names of what is above it, where that has no entry of its own.
    city: Option<Localized>,
    province: Option<Localized>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TownFile {
    source: String,
    date: Date,
    from: Date,
    towns: BTreeMap<String, Localized>,
}

/// Reads `divisions.toml`; `file` is what errors call it.
///
/// # Errors
/// Every fault with its line.
pub(crate) fn parse(text: &str, file: &str) -> Result<Divisions, CatalogueErrors> {
    let mut exam = Examination::of(text, file);
    let table: DivisionFile = exam.shape()?;
    exam.rule(!table.source.trim().is_empty(), "source", "divisions", SOURCE);
    if let Some(open) = &table.to_be_confirmed {
        exam.worded("to_be_confirmed", open);
    }
    exam.distinct("province", "province", "code", table.province.iter().map(|one| &*one.code));
    exam.distinct("city", "city", "code", table.city.iter().map(|one| &*one.code));
    above(&table, &mut exam);
    for (at, county) in table.county.iter().enumerate() {
        county.check(&format!("county/{at}"), &table, &mut exam);
    }
    follow(&table, &mut exam);
    exam.rule(!table.county.is_empty(), "county", "divisions", "there is no [[county]]; write one");
    let sources = vec![TableSource {
        source: table.source.clone(),
        date: table.date,
        to_be_confirmed: table.to_be_confirmed.clone(),
    }];
    let by_code = divisions(table);
    exam.end(Divisions { by_code, towns: BTreeMap::new(), sources })
}

const SOURCE: &str = "`source` is empty; write where the table was taken from";

/// Provinces and cities.
fn above(table: &DivisionFile, exam: &mut Examination<'_>) {
    for (at, one) in table.province.iter().enumerate() {
        let place = format!("province/{at}/code");
        let fits = is_digits(&one.code, 6) && one.code.ends_with("0000");
        exam.rule(fits, &place, &one.code, "a province has six digits that end in 0000");
        exam.worded(&format!("province/{at}/name"), &one.name);
    }
    for (at, one) in table.city.iter().enumerate() {
        let place = format!("city/{at}/code");
        let fits = is_digits(&one.code, 6) && one.code.ends_with("00");
        exam.rule(fits, &place, &one.code, "a city has six digits that end in 00");
        let province = named(&table.province, &above_of(&one.code, 2)).is_some();
        exam.rule(province, &place, &one.code, "its first two digits are those of no [[province]]");
        exam.worded(&format!("city/{at}/name"), &one.name);
    }
}

impl County {
    fn check(&self, place: &str, table: &DivisionFile, exam: &mut Examination<'_>) {
        let code = self.code.as_str();
        let place_of = |key: &str| format!("{place}/{key}");
        let fits = is_digits(code, 6) && !code.ends_with("00");
        exam.rule(fits, &place_of("code"), code, "a county has six digits that do not end in 00");
        let city = self.city.is_some() || named(&table.city, &above_of(code, 4)).is_some();
        let rule = "its first four digits are those of no [[city]]; write that, or its `city`";
        exam.rule(city, &place_of("code"), code, rule);
        let province =
            self.province.is_some() || named(&table.province, &above_of(code, 2)).is_some();
        let rule =
            "its first two digits are those of no [[province]]; write that, or its `province`";
        exam.rule(province, &place_of("code"), code, rule);
        exam.worded(&place_of("name"), &self.name);
        for (key, text) in [("city", &self.city), ("province", &self.province)] {
            if let Some(text) = text {
                exam.worded(&place_of(key), text);
            }
        }
        let dated = self.from >= table.horizon && self.until.is_none_or(|until| until > self.from);
        let rule =
            "its days are not in order; `from` is the horizon or later, `until` after `from`";
        exam.rule(dated, &place_of("from"), code, rule);
        let ended = self.until.is_some() != self.succeeded_by.is_empty();
        let rule = "what has an `until` names in `succeeded_by` where its land is now, and nothing else does";
        exam.rule(ended, place, code, rule);
    }
}

/// Where land went, and that a code stands for one county a day.
fn follow(table: &DivisionFile, exam: &mut Examination<'_>) {
    let mut by_code: BTreeMap<&str, Vec<(usize, &County)>> = BTreeMap::new();
    for (at, county) in table.county.iter().enumerate() {
        by_code.entry(&county.code).or_default().push((at, county));
    }
    let in_force = |code: &String| {
        by_code.get(code.as_str()).is_some_and(|all| all.iter().any(|(_, one)| one.until.is_none()))
    };
    for (at, county) in table.county.iter().enumerate() {
        for (key, lead) in [
            ("succeeded_by", county.succeeded_by.iter().all(in_force)),
            ("parted", county.parted.iter().all(|part| in_force(&part.to))),
        ] {
            let rule = "its land went to a code that is no [[county]] in force; enter that one";
            exam.rule(lead, &format!("county/{at}/{key}"), &county.code, rule);
        }
    }
    for all in by_code.values() {
        for (nth, (at, one)) in all.iter().enumerate() {
            let overlaps = |other: &County| {
                one.until.is_none_or(|until| other.from < until)
                    && other.until.is_none_or(|until| one.from < until)
            };
            let alone = !all.iter().take(nth).any(|(_, other)| overlaps(other));
            let rule = "the code stands for two counties on one day; keep one, or date them apart";
            exam.rule(alone, &format!("county/{at}/code"), &one.code, rule);
        }
    }
}

/// Reads `towns.toml`; `file` is what errors call it.
///
/// # Errors
/// Every fault with its line.
pub(crate) fn parse_towns(
    text: &str,
    file: &str,
    divisions: &Divisions,
) -> Result<Towns, CatalogueErrors> {
    let mut exam = Examination::of(text, file);
    let TownFile { source, date, from, towns } = exam.shape()?;
    exam.rule(!source.trim().is_empty(), "source", "towns", SOURCE);
    for (code, name) in &towns {
        let place = format!("towns/{code}");
        exam.rule(is_digits(code, 9), &place, code, "a town has nine digits");
        let county = code.get(..6).is_some_and(|county| {
            divisions.entries(county).iter().any(|one| one.rank == Rank::County)
        });
        let rule = "its first six digits are those of no county in divisions.toml; enter that one, or take the town out";
        exam.rule(county, &place, code, rule);
        exam.worded(&place, name);
    }
    let source = Some(TableSource { source, date, to_be_confirmed: None });
    let towns = towns.into_iter();
    let by_code = towns.map(|(code, name)| (code.clone(), Town { code, name, from })).collect();
    exam.end(Towns { by_code, source })
}

fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The code of the division above that shares the first digits.
fn above_of(code: &str, digits: usize) -> String {
    let head: String = code.chars().take(digits).collect();
    format!("{head:0<6}")
}

fn named(list: &[Above], code: &str) -> Option<Localized> {
    list.iter().find(|above| above.code == code).map(|above| above.name.clone())
}

/// By code, the oldest entry of a code first.
fn divisions(file: DivisionFile) -> BTreeMap<String, Vec<Division>> {
    let mut all: Vec<Division> = Vec::new();
    for (rank, list) in [(Rank::Province, &file.province), (Rank::City, &file.city)] {
        all.extend(list.iter().map(|one| Division {
            code: one.code.clone(),
            rank,
            name: one.name.clone(),
            city: named(&file.city, &one.code).unwrap_or_default(),
            province: named(&file.province, &above_of(&one.code, 2)).unwrap_or_default(),
            from: file.horizon,
            began: None,
            until: None,
            succeeded_by: Vec::new(),
            parted: Vec::new(),
        }));
    }
    for one in file.county {
        let (city, province) = (above_of(&one.code, 4), above_of(&one.code, 2));
        all.push(Division {
            code: one.code,
            rank: Rank::County,
            name: one.name,
            city: one.city.or_else(|| named(&file.city, &city)).unwrap_or_default(),
            province: one.province.or_else(|| named(&file.province, &province)).unwrap_or_default(),
            from: one.from,
            began: Some(one.from).filter(|day| *day > file.horizon),
            until: one.until,
            succeeded_by: one.succeeded_by,
            parted: one.parted,
        });
    }
    all.sort_by_key(|division| division.from);
    let mut by_code: BTreeMap<String, Vec<Division>> = BTreeMap::new();
    for division in all {
        by_code.entry(division.code.clone()).or_default().push(division);
    }
    by_code
}
