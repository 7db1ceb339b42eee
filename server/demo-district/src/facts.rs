//! What the register says of a parcel, public or not: the policy must have something to withhold.

use domain::{
    Localized, ParcelCode,
    policy::Field,
    record::{Fields, Value},
};
use geo::{Area, MultiPolygon};
use jiff::{ToSpan, civil::Date};

use super::{
    dice::Dice,
    kinds::{Built, Holder},
    names,
    plot::Plot,
    shape::degrees,
};

fn text(words: impl Into<String>) -> Value {
    Value::Text(words.into())
}

/// To two decimals, as registers print areas and figures.
pub(crate) fn cents(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The fields of a parcel that exists today. `number` counts parcels and tells invented people
/// apart; `area_m2` is the surveyed area.
pub(crate) fn of_parcel(
    dice: &mut Dice,
    plot: &Plot,
    code: &ParcelCode,
    number: u32,
    area_m2: f64,
    since: Date,
) -> Fields {
    let mut fields = essentials(plot, code, number, area_m2);
    if let Some(years) = plot.kind.years {
        let to = since.saturating_add(years.years()).saturating_sub(1.days());
        fields.insert(Field::RightTerm, Value::Period { from: since, to });
    }
    built(dice, plot, area_m2, &mut fields);
    holder(dice, plot, number, &mut fields);
    burdens(dice, plot, number, &mut fields);
    survey(dice, plot, number, &mut fields);
    fields
}

/// The fields that also a former parcel keeps.
pub(crate) fn essentials(plot: &Plot, code: &ParcelCode, number: u32, area_m2: f64) -> Fields {
    let district = if code.is_virtual() || plot.district == "000000" {
        Localized::new(
            "浙江省湖州市德清县（演示，未划入地籍区）",
            "Deqing County, Huzhou, Zhejiang (demonstration, in no cadastral district)",
        )
    } else {
        let (major, minor) = (code.district(), code.subdistrict());
        Localized::new(
            format!("浙江省湖州市德清县，演示地籍区{major}，演示地籍子区{minor}"),
            format!(
                "Deqing County, Huzhou, Zhejiang; demonstration district {major}, sub-district {minor}"
            ),
        )
    };
    let mut fields = Fields::from([
        (Field::DivisionNames, Value::Localized(district)),
        (Field::Location, text(names::location(plot, number % 900 + 1))),
        (Field::ParcelArea, Value::AreaM2(area_m2)),
        (Field::LandUse, Value::Coded(names::land_use(plot.kind))),
        (Field::RightType, Value::Coded(names::right(plot.kind))),
        (Field::RightNature, Value::Coded(names::nature(plot.kind))),
    ]);
    if matches!(plot.kind.feature, "JA" | "JB" | "JC") {
        fields.insert(Field::CollectiveOwner, text(names::collective(plot.place)));
    }
    fields
}

fn built(dice: &mut Dice, plot: &Plot, area_m2: f64, fields: &mut Fields) {
    let footprint: f64 = plot.buildings.iter().map(Area::unsigned_area).sum();
    let storeys = names::storeys(dice, plot.kind.built);
    if let Some(floors) = storeys {
        let floor_area = cents(footprint * f64::from(floors));
        fields.insert(Field::BuildingStoreys, Value::Number(f64::from(floors)));
        fields.insert(Field::BuildingArea, Value::AreaM2(floor_area));
        fields.insert(Field::BuildingYear, Value::Number(f64::from(dice.count(1986, 2023))));
    }
    if !matches!(plot.kind.feature, "GB" | "GX" | "JB") || plot.kind.right == "99" {
        return;
    }
    let (ratio, density, height, green) = match plot.kind.built {
        Built::Flats => (1.8, 0.28, 54.0, 0.35),
        Built::Halls => (1.5, 0.55, 36.0, 0.15),
        Built::Shops => (2.2, 0.5, 24.0, 0.2),
        Built::Campus => (1.0, 0.3, 24.0, 0.35),
        _ => (1.2, 0.45, 15.0, 0.25),
    };
    // The condition never is below what stands there already.
    let now = storeys.map_or(0.0, |floors| footprint * f64::from(floors) / area_m2);
    fields.insert(Field::FloorAreaRatio, Value::Number(cents(f64::max(ratio, now + 0.1))));
    fields.insert(
        Field::BuildingDensity,
        Value::Number(f64::max(density, cents(footprint / area_m2 + 0.02))),
    );
    fields.insert(Field::HeightLimit, Value::Number(height));
    fields.insert(Field::GreenRatio, Value::Number(green));
    if plot.kind.nature == "102" {
        let price = area_m2 * if plot.kind.land_use == "100101" { 480.0 } else { 3600.0 };
        fields.insert(
            Field::SupplyPrice,
            Value::Money {
                amount: (price / 10_000.0).round() * 10_000.0,
                currency: "CNY".to_owned(),
            },
        );
    }
    if dice.chance(0.4) {
        let permit = format!("建设工程规划许可证{}", names::paper(2021, dice.count(1, 400)));
        fields.insert(Field::PlanningPermits, text(permit));
    }
}

fn holder(dice: &mut Dice, plot: &Plot, number: u32, fields: &mut Fields) {
    let Some(name) = names::holder(plot.kind, plot.place, number) else { return };
    let certificate = format!("演示（2025）德清县不动产权第{number:07}号");
    fields.insert(Field::CertificateNumber, text(certificate));
    fields.insert(Field::HolderContact, text(names::contact(number)));
    if plot.kind.holder == Holder::Person {
        // Flats have a holder each, on their units.
        fields.insert(Field::HolderPerson, text(name));
        fields.insert(Field::HolderIdentity, text(names::identity(number)));
        let shared = dice.chance(0.3);
        fields.insert(Field::CoOwned, Value::Flag(shared));
        if shared {
            fields.insert(Field::OwnershipShare, text("按份共有，演示份额各二分之一"));
        }
    } else {
        fields.insert(Field::HolderOrganisation, text(name));
        fields.insert(Field::HolderIdentity, text(format!("000000DEMO{number:08}")));
        fields.insert(Field::CoOwned, Value::Flag(false));
    }
}

/// Mortgages and seizures: the two booleans, and what stands behind them.
pub(crate) fn burdens(dice: &mut Dice, plot: &Plot, number: u32, fields: &mut Fields) {
    if !matches!(plot.kind.feature, "GB" | "JB" | "GX" | "GH") || plot.kind.holder == Holder::Nobody
    {
        return;
    }
    let (pledged, seized) = (dice.chance(0.22), dice.chance(0.03));
    fields.insert(Field::Encumbered, Value::Flag(pledged));
    if pledged {
        let words =
            format!("演示银行第{}支行，{}万元，至2034年", number % 9 + 1, dice.count(30, 900));
        fields.insert(Field::Mortgage, text(words));
    }
    fields.insert(Field::Seized, Value::Flag(seized));
    if seized {
        let words = format!("演示人民法院，（2025）演示执字第{}号", dice.count(1, 900));
        fields.insert(Field::Seizure, text(words));
    }
}

/// What a survey and a file room hold, none of it for the public.
fn survey(dice: &mut Dice, plot: &Plot, number: u32, fields: &mut Fields) {
    fields.insert(Field::BoundaryPoints, text(corners(&plot.outline)));
    let sides =
        ["东", "南", "西", "北"].map(|side| format!("{side}至演示邻宗{}", dice.count(1, 900)));
    fields.insert(Field::Neighbours, text(sides.join("，")));
    fields.insert(
        Field::RegisterNotes,
        text(format!("演示附记；业务号演示{number:06}；登簿人演示员")),
    );
    fields.insert(
        Field::OriginalFiles,
        text(format!("演示档案-{number:06}（合同、身份证明、测绘成果）")),
    );
    fields.insert(Field::Terrain, text(format!("演示高程 {:.1} 米", dice.between(2.5, 180.0))));
    if plot.kind.years.is_some() {
        let amount = f64::from(dice.count(20, 4000)) * 1000.0;
        fields.insert(Field::Valuation, Value::Money { amount, currency: "CNY".to_owned() });
    }
}

/// 界址点 as a survey lists them.
fn corners(outline: &MultiPolygon<f64>) -> String {
    let surveyed = degrees(outline);
    let points = surveyed.iter().flat_map(|part| part.exterior().coords().skip(1));
    points
        .take(12)
        .enumerate()
        .map(|(at, point)| format!("演示J{} {:.7},{:.7}", at + 1, point.x, point.y))
        .collect::<Vec<_>>()
        .join("; ")
}
