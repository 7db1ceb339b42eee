//! Rows of a register, joined to parcels and units by code. They are read before these and wait for
//! them in an index on the disk, so that memory does not grow with them.

mod index;

use std::{path::Path, sync::Arc};

use domain::{
    ParcelCode, UnitCode,
    code::{CodeError, LandCode, Strictness},
    record::Fields,
};

use self::index::{Index, Said};
use super::{
    Run,
    work::{Made, attempt, code_refused, fill, read_fields},
};
use crate::{
    error::IntakeError,
    mapping::{FileMapping, Partner, RowsMapping},
    report::FileReport,
};

impl Partner {
    fn parse(self, text: &str) -> Result<LandCode, CodeError> {
        Ok(match self {
            Self::Parcels => LandCode::Parcel(ParcelCode::parse(text, Strictness::LookUp)?.code),
            Self::Units => LandCode::Unit(UnitCode::parse(text, Strictness::LookUp)?.code),
        })
    }
}

fn parcel_of(code: &LandCode) -> ParcelCode {
    match code {
        LandCode::Parcel(code) => *code,
        LandCode::Unit(code) => code.parcel(),
    }
}

/// Where a row stands.
struct Place<'a> {
    /// Its file, as a place in the report, and that file's name.
    file: usize,
    name: &'a str,
    number: u64,
    id: &'a str,
}

/// The rows of an import that wait.
#[derive(Default)]
pub(super) struct Rows(Option<Index>);

impl Rows {
    fn index(&mut self) -> Result<&mut Index, IntakeError> {
        match &mut self.0 {
            Some(index) => Ok(index),
            empty => Ok(empty.insert(Index::open()?)),
        }
    }

    /// Keeps what a row says of a code. Of several rows that say something else of a field none counts.
    fn add(
        &mut self,
        place: &Place<'_>,
        code: &LandCode,
        fields: Fields,
        report: &mut FileReport,
    ) -> Result<(), IntakeError> {
        let Place { file, name, number, id } = *place;
        let index = self.index()?;
        index.note(file, number, id, code)?;
        let Some(mut said) = index.of(code)? else {
            let said = Said { name: name.to_owned(), number, fields, contested: Vec::new() };
            return index.keep(code, &said);
        };
        let first = format!("row {} of {}", said.number, said.name);
        let (mut adds, mut otherwise) = (Vec::new(), Vec::new());
        for (field, value) in fields {
            let known = said.fields.get(&field);
            if said.contested.contains(&field) || known.is_some_and(|known| *known != value) {
                otherwise.push(field);
            } else if known.is_none() {
                adds.push(field.name());
                said.fields.insert(field, value);
            }
        }
        let more = match (&adds[..], &otherwise[..]) {
            ([], []) => format!("says of {code} what {first} says"),
            ([], _) => format!("is of {code} as {first} is, and says otherwise"),
            _ => format!("adds {} to what {first} says of {code}", adds.join(", ")),
        };
        report.further.add(number, id, more);
        for field in otherwise {
            said.fields.remove(&field);
            if !said.contested.contains(&field) {
                said.contested.push(field);
            }
            report.values_left_out.add(
                number,
                id,
                format!(
                    "{}: {first} and this one say two things of {code}, so neither is taken",
                    field.name()
                ),
            );
        }
        index.keep(code, &said)
    }

    /// Adds to the fields of a parcel or unit what its rows say; gives where they say otherwise than its
    /// own file, a sentence each: then neither is taken.
    pub(super) fn say_more(
        &mut self,
        code: &LandCode,
        fields: &mut Fields,
    ) -> Result<Vec<String>, IntakeError> {
        let Some(index) = &mut self.0 else { return Ok(Vec::new()) };
        let Some(said) = index.of(code)? else { return Ok(Vec::new()) };
        let mut otherwise = Vec::new();
        for (field, value) in said.fields {
            match fields.get(&field) {
                None => {
                    fields.insert(field, value);
                }
                Some(own) if *own == value => {}
                Some(_) => {
                    fields.remove(&field);
                    otherwise.push(format!(
                        "{}: row {} of {} says otherwise, so neither is taken",
                        field.name(),
                        said.number,
                        said.name
                    ));
                }
            }
        }
        Ok(otherwise)
    }

    /// Takes note that the rows of a code have what they are about.
    pub(super) fn has_partner(&mut self, code: &LandCode) -> Result<(), IntakeError> {
        self.0.as_mut().map_or(Ok(()), |index| index.take(code))
    }
}

impl Run<'_> {
    /// Reads the rows of a file, to wait for their parcels or units.
    pub(super) fn rows(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        rows: &RowsMapping,
    ) -> Result<(), IntakeError> {
        let classified = Arc::clone(&self.classified);
        let file = self.report.files.len();
        let streamed = self.stream(
            entry,
            path,
            &|_feature, properties, notes| {
                let text = attempt!(fill(&rows.code, properties));
                match rows.of.parse(&text) {
                    Ok(code) => {
                        notes.classified = classified.has(&parcel_of(&code));
                        Made::Done((code, read_fields(&rows.fields, properties, notes)))
                    }
                    Err(error) => Made::Refused(code_refused(&text, &error)),
                }
            },
            &mut |run, done, report| {
                for (number, id, (code, fields)) in done {
                    if classified.has(&parcel_of(&code)) {
                        report.withheld += 1;
                        continue;
                    }
                    let place = Place { file, name: &entry.name, number, id: &id };
                    run.rows.add(&place, &code, fields, report)?;
                }
                Ok(())
            },
        )?;
        self.report.files.push(streamed.report);
        Ok(())
    }

    /// Refuses the rows of which the import has no parcel or unit.
    pub(super) fn refuse_lonely_rows(&mut self) -> Result<(), IntakeError> {
        let files = &mut self.report.files;
        let Some(index) = &self.rows.0 else { return Ok(()) };
        index.lonely(&mut |file, number, id, code| {
            if let Some(report) = files.get_mut(file) {
                let reason = format!("is of {code}, which is not among what this import stores");
                report.refused.add(number, id, reason);
                report.stored -= 1;
            }
        })
    }
}
