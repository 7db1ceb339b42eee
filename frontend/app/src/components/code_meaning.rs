//! What each group of a code says, in plain words.

use domain::{
    LandCode,
    code::{Group, ParcelCode, Realm, UnitCode},
    dictionary::Coded,
    division::{Division, division},
};
use leptos::prelude::*;

use crate::words::Words;

/// The dictionary of parcel types.
const FEATURES: (&str, &str) = ("parcel-feature", "gbt37346-2019");

/// Explains one group of a code.
pub fn meaning(words: Words, code: &LandCode, group: Group) -> AnyView {
    match (group, code) {
        (Group::Division, _) => division_meaning(words, &code.parcel()),
        (Group::District, _) => district_meaning(words, &code.parcel()),
        (Group::Parcel, _) => parcel_meaning(words, &code.parcel()),
        (Group::Unit, LandCode::Unit(unit)) => unit_meaning(words, unit),
        (Group::Unit, LandCode::Parcel(_)) => ().into_any(),
    }
}

/// 浙江省湖州市德清县.
fn full_name(words: Words, division: &Division) -> String {
    words.fill(
        "division_name",
        &[
            ("province", &words.pick(&division.province)),
            ("city", &words.pick(&division.city)),
            ("name", &words.pick(&division.name)),
        ],
    )
}

fn division_meaning(words: Words, parcel: &ParcelCode) -> AnyView {
    let Some(found) = division(parcel.division()) else {
        return view! { <p>{words.t("division_unknown")}</p> }.into_any();
    };
    let now: Vec<String> = found
        .succeeded_by
        .iter()
        .filter_map(|code| division(code))
        .map(|successor| words.pick(&successor.name))
        .collect();
    let abolished = found.abolished.map(|year| {
        words.fill(
            "division_abolished",
            &[("year", &year.to_string()), ("now", &now.join(words.t("list_comma")))],
        )
    });
    view! {
        <p class="code-answer">{full_name(words, found)}</p>
        {abolished.map(|text| view! { <p>{text}</p> })}
        <p>{words.t("division_meaning")}</p>
    }
    .into_any()
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
    let kind = Coded::new(FEATURES.0, FEATURES.1, parcel.feature()).label(words.0);
    let owner = words.t(match parcel.ownership() {
        'G' => "letter_g",
        'J' => "letter_j",
        _ => "letter_z",
    });
    view! {
        <dl class="code-parts">
            <div><dt>{parcel.feature().to_owned()}</dt><dd>{kind}</dd></div>
            <div><dt>{parcel.sequence().to_owned()}</dt><dd>{words.t("sequence_name")}</dd></div>
        </dl>
        <p>{words.fill("parcel_meaning", &[("letter", &parcel.ownership().to_string()), ("owner", owner)])}</p>
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
    let numbers: Vec<(String, &'static str)> = match unit.building_and_household() {
        // 9999 stands for a project of several buildings (§1.4).
        Some(("9999", household)) => vec![
            ("9999".to_owned(), words.t("project_name")),
            (household.to_owned(), words.t("household_name")),
        ],
        Some((building, household)) => vec![
            (building.to_owned(), words.t("building_name")),
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
