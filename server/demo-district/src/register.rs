//! Entering plots in the register: codes, fields, units, and the parcels that there were before.

use std::collections::BTreeMap;

use domain::{
    ParcelCode,
    area::area_m2,
    code::{CodeError, Strictness},
    policy::Field,
    record::{ParcelRecord, UnitRecord, Value},
};
use geo::{Area, MultiPolygon};
use jiff::{ToSpan, civil::Date};

use super::{
    dice::Dice,
    facts::{self, cents},
    kinds::{self, Kind},
    life, names,
    plot::{Past, Plot},
    shape::{degrees, divide, survives_rounding, together},
    units,
};

/// A parcel with the units on it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) parcel: ParcelRecord,
    pub(crate) units: Vec<UnitRecord>,
}

/// The register while it is being written.
#[derive(Debug)]
pub(crate) struct Register {
    dice: Dice,
    last: BTreeMap<(&'static str, &'static str), u32>,
    people: u32,
    entries: Vec<Entry>,
}

/// Enters every plot.
pub(crate) fn enter(plots: &[Plot]) -> Result<Vec<Entry>, CodeError> {
    let mut register = Register {
        dice: Dice::for_part(10),
        last: BTreeMap::new(),
        people: 0,
        entries: Vec::new(),
    };
    let mut rest = plots;
    while let Some((plot, after)) = rest.split_first() {
        // Parts of one former parcel follow each other.
        let parts = match plot.past {
            Past::PartOf(_) => 1 + after.iter().take_while(|next| next.past == plot.past).count(),
            _ => 1,
        };
        let (now, after) = rest.split_at(parts);
        register.enter_together(now)?;
        rest = after;
    }
    Ok(register.entries)
}

impl Register {
    /// The next code of that type in that sub-district.
    fn next_code(
        &mut self,
        district: &'static str,
        kind: &'static Kind,
    ) -> Result<ParcelCode, CodeError> {
        let number = self.last.entry((district, kind.feature)).or_insert(0);
        *number += 1;
        let text = format!("330521{district}{}{number:05}", kind.feature);
        Ok(ParcelCode::parse(&text, Strictness::Issue)?.code)
    }

    /// Enters plots that came out of the same former parcels, and those parcels.
    fn enter_together(&mut self, plots: &[Plot]) -> Result<(), CodeError> {
        let Some(first) = plots.first() else { return Ok(()) };
        let since = names::day(&mut self.dice, 2004, 2024);
        let mut former = Vec::new();
        for plot in self.former(first, plots) {
            former.push((self.next_code(plot.district, plot.kind)?, plot));
        }
        let mut codes = Vec::new();
        for plot in plots.iter().filter(|plot| plot.past != Past::Gone) {
            codes.push(self.next_code(plot.district, plot.kind)?);
        }
        let before: Vec<ParcelCode> = former.iter().map(|(code, _)| *code).collect();
        for (code, plot) in former {
            // One of the split parcels was a field, so that a code leads on over two changes.
            let field = (plot.past == Past::PartOf(1))
                .then(|| self.next_code(plot.district, &kinds::FIELD))
                .transpose()?;
            let began = self.enter_former(code, &plot, since, &codes, field);
            if let Some(field) = field {
                self.enter_field(field, &plot, began, code);
            }
        }
        for (code, plot) in codes.into_iter().zip(plots) {
            self.enter_current(code, plot, since, before.clone())?;
        }
        Ok(())
    }

    /// The ground as it was before.
    fn former(&mut self, first: &Plot, plots: &[Plot]) -> Vec<Plot> {
        let outlines = match first.past {
            Past::Unchanged => return Vec::new(),
            Past::Retyped(_) | Past::Gone => vec![first.outline.clone()],
            Past::PartOf(_) => vec![together(plots.iter().flat_map(|plot| &plot.outline))],
            Past::Merged => {
                let whole = first.outline.0[0].clone();
                let mut halves = Vec::new();
                let target = whole.unsigned_area() * 0.62;
                divide(&mut self.dice, whole, 0.0, &|_| target, &mut halves);
                halves.into_iter().map(MultiPolygon::from).collect()
            }
        };
        let kind = match first.past {
            Past::Retyped(kind) => kind,
            _ => first.kind,
        };
        outlines
            .into_iter()
            .filter(survives_rounding)
            .map(|outline| Plot { kind, outline, buildings: Vec::new(), ..first.clone() })
            .collect()
    }

    fn enter_former(
        &mut self,
        code: ParcelCode,
        plot: &Plot,
        until: Date,
        successors: &[ParcelCode],
        predecessor: Option<ParcelCode>,
    ) -> Date {
        self.people += 1;
        let outline = degrees(&plot.outline);
        let area = cents(area_m2(&outline));
        let since = names::day(&mut self.dice, 1996, 2003);
        self.entries.push(Entry {
            parcel: ParcelRecord {
                code,
                local_id: None,
                fields: facts::essentials(plot, &code, self.people, area),
                outline,
                geometric_area_m2: area,
                classified: plot.classified,
                events: Vec::new(),
                predecessors: predecessor.into_iter().collect(),
                successors: successors.to_vec(),
                valid_from: Some(since),
                valid_to: Some(until.saturating_sub(1.days())),
            },
            units: Vec::new(),
        });
        since
    }

    /// The field that `plot` was until it became `successor`.
    fn enter_field(&mut self, code: ParcelCode, plot: &Plot, until: Date, successor: ParcelCode) {
        let plot = Plot { kind: &kinds::FIELD, ..plot.clone() };
        let outline = degrees(&plot.outline);
        let area = cents(area_m2(&outline));
        self.entries.push(Entry {
            parcel: ParcelRecord {
                code,
                local_id: None,
                fields: facts::essentials(&plot, &code, self.people, area),
                outline,
                geometric_area_m2: area,
                classified: plot.classified,
                events: Vec::new(),
                predecessors: Vec::new(),
                successors: vec![successor],
                valid_from: Some(jiff::civil::date(1984, 1, 1)),
                valid_to: Some(until.saturating_sub(1.days())),
            },
            units: Vec::new(),
        });
    }

    fn enter_current(
        &mut self,
        code: ParcelCode,
        plot: &Plot,
        since: Date,
        predecessors: Vec<ParcelCode>,
    ) -> Result<(), CodeError> {
        self.people += 1;
        let outline = degrees(&plot.outline);
        let area = cents(area_m2(&outline));
        let dice = &mut self.dice;
        let mut fields = facts::of_parcel(dice, plot, &code, self.people, area, since);
        let location = match fields.get(&Field::Location) {
            Some(Value::Text(words)) => words.clone(),
            _ => String::new(),
        };
        let storeys = match fields.get(&Field::BuildingStoreys) {
            Some(Value::Number(floors)) => *floors as u32,
            _ => 1,
        };
        let units = units::in_buildings(dice, plot, &code, &location, storeys, &mut self.people)?;
        if !units.is_empty() {
            fields.insert(Field::UnitCount, Value::Number(units.len() as f64));
        }
        let parcel = ParcelRecord {
            code,
            local_id: None,
            fields,
            outline,
            geometric_area_m2: area,
            classified: plot.classified,
            events: life::events(dice, plot, since),
            predecessors,
            successors: Vec::new(),
            valid_from: Some(since),
            valid_to: None,
        };
        self.entries.push(Entry { parcel, units });
        Ok(())
    }
}
