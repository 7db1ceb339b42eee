//! What each of the seven layers of a code says, in plain words, by the groups it is written in.
//! On the server only: the tables behind it are not for the browser.

use domain::{
    LandCode,
    code::{Group, ParcelCode, Realm, UnitCode},
    dictionary::{CODE_STANDARD, Coded},
    division::{Division, Rank, Town, division},
};
use leptos::prelude::*;

use crate::{format, words::Words};

/// Explains one group of a code.
pub fn meaning(
    words: Words,
    code: &LandCode,
    group: Group,
    town: Option<&'static Town>,
) -> AnyView {
    match (group, code) {
        (Group::Division, _) => division_meaning(words, &code.parcel(), town),
        (Group::District, _) => district_meaning(words, &code.parcel()),
        (Group::Parcel, _) => parcel_meaning(words, &code.parcel()),
        (Group::Unit, LandCode::Unit(unit)) => unit_meaning(words, unit),
        (Group::Unit, LandCode::Parcel(_)) => ().into_any(),
    }
}

/// 浙江省湖州市德清县.
fn full_name(words: Words, division: &Division) -> String {
    let (name, city, province) = (&division.name, &division.city, &division.province);
    let key = match division.rank {
        Rank::Province => return words.pick(name),
        Rank::City => "division_city_name",
        Rank::County => "division_name",
    };
    words.fill(
        key,
        &[
            ("province", &words.pick(province)),
            ("city", &words.pick(city)),
            ("name", &words.pick(name)),
        ],
    )
}

fn division_meaning(words: Words, parcel: &ParcelCode, town: Option<&'static Town>) -> AnyView {
    let Some(found) = division(parcel.division()) else {
        return view! { <p>{words.t("division_unknown")}</p> }.into_any();
    };
    let upper = (found.rank != Rank::County).then(|| words.t("division_upper"));
    let town = town.map(|town| {
        words.fill("town_named", &[("name", &words.pick(&town.name)), ("code", &town.code)])
    });
    view! {
        <p class="code-answer">{full_name(words, found)}</p>
        {history(words, found).into_iter().map(|text| view! { <p>{text}</p> }).collect_view()}
        {upper.map(|text| view! { <p>{text}</p> })}
        {town.map(|text| view! { <p>{text}</p> })}
        <p>{words.t("division_meaning")}</p>
    }
    .into_any()
}

/// What became of the division that a code was issued in, if it is not as it was: the register may
/// have numbered its land anew.
pub fn division_changes(words: Words, parcel: &ParcelCode) -> Vec<String> {
    let changed = |found: &&Division| found.until.is_some() || !found.parted.is_empty();
    division(parcel.division()).filter(changed).map_or_else(Vec::new, |found| history(words, found))
}

/// Since when there is a division, what of it went elsewhere, and what became of it.
fn history(words: Words, division: &Division) -> Vec<String> {
    let day = |day| format::date(words.0, day);
    let name = |code: &str| self::division(code).map(|found| words.pick(&found.name));
    let since = division.began.map(|on| words.fill("division_since", &[("date", &day(on))]));
    let parted = division.parted.iter().filter_map(|part| {
        let to = name(&part.to)?;
        Some(words.fill("division_parted", &[("date", &day(part.on)), ("to", &to)]))
    });
    let abolished = division.until.map(|on| {
        let now: Vec<String> = division.succeeded_by.iter().filter_map(|code| name(code)).collect();
        let now = now.join(words.t("list_comma"));
        words.fill("division_abolished", &[("date", &day(on)), ("now", &now)])
    });
    since.into_iter().chain(parted).chain(abolished).collect()
}

fn district_meaning(words: Words, parcel: &ParcelCode) -> AnyView {
    let zeros = parcel.district() == "000" && parcel.subdistrict() == "000";
    let text = match (zeros, parcel.realm()) {
        (true, Realm::Land) => words.t("district_virtual"),
        (true, Realm::Sea) => words.t("district_sea"),
        (false, _) => words.t("district_meaning"),
    };
    view! {
        <dl class="code-parts">
            <div><dt>{parcel.district().to_owned()}</dt><dd>{words.t("district_name")}</dd></div>
            <div><dt>{parcel.subdistrict().to_owned()}</dt><dd>{words.t("subdistrict_name")}</dd></div>
        </dl>
        <p>{text}</p>
    }
    .into_any()
}

fn parcel_meaning(words: Words, parcel: &ParcelCode) -> AnyView {
    let label = |system: &str, code: &str| Coded::new(system, CODE_STANDARD, code).label(words.0);
    let owner = words.t(match parcel.ownership() {
        'G' => "letter_g",
        'J' => "letter_j",
        _ => "letter_z",
    });
    let right = label("parcel-right", &parcel.right().to_string());
    let kind = label("parcel-feature", parcel.feature());
    view! {
        <p class="code-answer">{kind}</p>
        <dl class="code-parts">
            <div><dt>{parcel.ownership().to_string()}</dt><dd>{owner}</dd></div>
            <div><dt>{parcel.right().to_string()}</dt><dd>{right}</dd></div>
            <div><dt>{parcel.sequence().to_owned()}</dt><dd>{words.t("sequence_name")}</dd></div>
        </dl>
        <p>{words.t("parcel_meaning")}</p>
    }
    .into_any()
}

fn unit_meaning(words: Words, unit: &UnitCode) -> AnyView {
    let kind = words.t(match unit.fixture() {
        'F' => "letter_f",
        'L' => "letter_l",
        'Q' => "letter_q",
        _ => "letter_w",
    });
    let building_name = if unit.is_project() { "project_name" } else { "building_name" };
    let numbers: Vec<(String, &'static str)> = match unit.building_and_household() {
        Some((building, household)) => vec![
            (building.to_owned(), words.t(building_name)),
            (household.to_owned(), words.t("household_name")),
        ],
        None => vec![(unit.number().to_owned(), words.t("running_name"))],
    };
    view! {
        <dl class="code-parts">
            <div><dt>{unit.fixture().to_string()}</dt><dd>{kind}</dd></div>
            {numbers
                .into_iter()
                .map(|(number, name)| view! { <div><dt>{number}</dt><dd>{name}</dd></div> })
                .collect_view()}
        </dl>
        <p>{words.t("unit_meaning")}</p>
    }
    .into_any()
}
