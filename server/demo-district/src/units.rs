//! Units on a parcel: flats, shops, halls, woods, jetties.

use domain::{
    Localized, ParcelCode, UnitCode,
    code::{CodeError, Strictness},
    policy::Field,
    record::{Fields, UnitRecord, Value},
};
use geo::Area;

use super::{
    dice::Dice,
    facts::{burdens, cents},
    kinds::{Built, Holder},
    names,
    plot::Plot,
};

/// The units of a parcel that stands at `location` with buildings of `storeys` floors.
pub(crate) fn in_buildings(
    dice: &mut Dice,
    plot: &Plot,
    code: &ParcelCode,
    location: &str,
    storeys: u32,
    people: &mut u32,
) -> Result<Vec<UnitRecord>, CodeError> {
    let mut units = Units { plot, code, location, people, found: Vec::new() };
    match plot.kind.built {
        Built::Nothing | Built::House => {}
        Built::Trees => units.other(dice, 'L', "林木")?,
        Built::Structure => units.other(dice, 'Q', "构筑物")?,
        Built::RegisteredHouse => units.building(dice, 1, storeys, 1, 1)?,
        Built::Shops => {
            for number in 1..=plot.buildings.len().min(2) {
                let rooms = dice.count(1, 2);
                units.building(dice, number, storeys, rooms, 2)?;
            }
        }
        Built::Flats => {
            for number in 1..=plot.buildings.len().min(2) {
                let homes = dice.count(2, 5);
                units.building(dice, number, storeys, homes, 2)?;
            }
        }
        Built::Halls | Built::Campus => {
            for number in 1..=plot.buildings.len() {
                units.building(dice, number, storeys, 1, 1)?;
            }
            if plot.buildings.len() > 2 && dice.chance(0.3) {
                units.project(dice)?;
            }
        }
    }
    Ok(units.found)
}

struct Units<'a> {
    plot: &'a Plot,
    code: &'a ParcelCode,
    location: &'a str,
    people: &'a mut u32,
    found: Vec<UnitRecord>,
}

impl Units<'_> {
    /// `rooms` units of one building, two to a floor from the ground up.
    fn building(
        &mut self,
        dice: &mut Dice,
        number: usize,
        storeys: u32,
        rooms: u32,
        a_floor: u32,
    ) -> Result<(), CodeError> {
        let ground = self.plot.buildings.get(number - 1).map_or(80.0, Area::unsigned_area);
        let year = f64::from(dice.count(1988, 2023));
        for room in 1..=rooms {
            // Not every home is registered, so rooms skip floors.
            let floor = ((room - 1) / a_floor * storeys.div_ceil(rooms) + 1).min(storeys);
            let door = floor * 100 + (room - 1) % a_floor + 1;
            let location = if rooms == 1 {
                format!("{}{number}幢", self.location)
            } else {
                format!("{}{number}幢{door}室", self.location)
            };
            let area = match self.plot.kind.built {
                Built::Flats => dice.between(68.0, 148.0),
                Built::Shops => ground / 2.0,
                _ => ground * f64::from(storeys),
            };
            let words = if rooms == 1 {
                Localized::new(format!("共{storeys}层"), format!("{storeys} storeys"))
            } else {
                Localized::new(
                    format!("第{floor}层，共{storeys}层"),
                    format!("floor {floor} of {storeys}"),
                )
            };
            let mut fields = self.fields(dice, location);
            fields.insert(Field::BuildingArea, Value::AreaM2(cents(area)));
            fields.insert(Field::BuildingStoreys, Value::Localized(words));
            fields.insert(Field::BuildingYear, Value::Number(year));
            self.push(&format!("F{number:04}{room:04}"), fields)?;
        }
        Ok(())
    }

    /// 9999: all buildings of a project together (`docs/rules.md`, C).
    fn project(&mut self, dice: &mut Dice) -> Result<(), CodeError> {
        let area: f64 = self.plot.buildings.iter().map(Area::unsigned_area).sum();
        let mut fields = self.fields(dice, format!("{}（项目整体）", self.location));
        fields.insert(Field::BuildingArea, Value::AreaM2(cents(area)));
        self.push("F99990001", fields)
    }

    fn other(&mut self, dice: &mut Dice, fixture: char, what: &str) -> Result<(), CodeError> {
        for number in 1..=dice.count(1, 2) {
            let fields = self.fields(dice, format!("{}（{what}{number}）", self.location));
            self.push(&format!("{fixture}{number:08}"), fields)?;
        }
        Ok(())
    }

    fn fields(&mut self, dice: &mut Dice, location: String) -> Fields {
        let text = |words: String| Value::Text(words);
        *self.people += 1;
        let number = *self.people;
        let mut fields = Fields::from([
            (Field::UnitLocation, text(location)),
            (Field::LandUse, Value::Coded(names::land_use(self.plot.kind))),
            (Field::RightType, Value::Coded(names::right(self.plot.kind))),
            (Field::CertificateNumber, text(format!("演示（2025）德清县不动产权第{number:07}号"))),
            (Field::HolderContact, text(names::contact(number))),
            (Field::RegisterNotes, text(format!("演示附记；业务号演示{number:06}；登簿人演示员"))),
        ]);
        if self.plot.kind.holder == Holder::Person {
            fields.insert(Field::HolderPerson, text(names::person(number)));
            fields.insert(Field::HolderIdentity, text(names::identity(number)));
            fields.insert(Field::FloorPlan, text(format!("演示户室图-{number:06}.dwg")));
            fields.insert(Field::CoOwned, Value::Flag(dice.chance(0.4)));
            let amount = f64::from(dice.count(40, 320)) * 10_000.0;
            fields.insert(Field::Valuation, Value::Money { amount, currency: "CNY".to_owned() });
        } else if let Some(name) = names::holder(self.plot.kind, self.plot.place, number) {
            fields.insert(Field::HolderOrganisation, text(name));
        }
        burdens(dice, self.plot, number, &mut fields);
        fields
    }

    fn push(&mut self, suffix: &str, fields: Fields) -> Result<(), CodeError> {
        let text = format!("{}{suffix}", self.code);
        let code = UnitCode::parse(&text, Strictness::Issue)?.code;
        self.found.push(UnitRecord { code, fields });
        Ok(())
    }
}
