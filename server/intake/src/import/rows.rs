//! Rows of a register, joined to parcels and units by code. They are read before these and wait for
//! them in an index on the disk, so that memory does not grow with them.

mod index;

use std::{
    collections::{BTreeMap, btree_map::Entry},
    path::Path,
    sync::Arc,
};

use domain::{
    ParcelCode, UnitCode,
    code::{CodeError, LandCode, Strictness},
    record::Fields,
};

use self::index::{Index, Row, RowsOfCode, Word};
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
pub(super) struct Rows {
    index: Option<Index>,
    /// The names of their files, by the files' places in the report.
    names: BTreeMap<usize, String>,
}

impl Rows {
    /// What the report calls a row.
    fn call(&self, row: Row) -> String {
        let name = self.names.get(&row.file).map_or("", String::as_str);
        format!("row {} of {name}", row.number)
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
        self.names.entry(file).or_insert_with(|| name.to_owned());
        let index = match &mut self.index {
            Some(index) => index,
            empty => empty.insert(Index::open()?),
        };
        let row = Row { file, number };
        index.note(row, id, code)?;
        let Some(mut said) = index.of(code)? else {
            let words = fields.into_iter().map(|(field, value)| (field, Word::of(row, value)));
            return index.keep(code, &RowsOfCode { first: row, words: words.collect() });
        };
        let (mut adds, mut same, mut otherwise) = (Vec::new(), Vec::new(), Vec::new());
        for (field, value) in fields {
            match said.words.entry(field) {
                Entry::Vacant(entry) => {
                    entry.insert(Word::of(row, value));
                    adds.push(field.name());
                }
                Entry::Occupied(mut entry) => match entry.get_mut().hear(row, &value) {
                    Some(other) => otherwise.push((field, other)),
                    None => same.push(entry.get().row),
                },
            }
        }
        index.keep(code, &said)?;
        let first = self.call(said.first);
        let more = match (&adds[..], &otherwise[..]) {
            ([], []) => {
                let row = same.first().copied().unwrap_or(said.first);
                if same.iter().all(|other| *other == row) {
                    format!("says of {code} what {} says", self.call(row))
                } else {
                    format!("says of {code} what {first} and rows behind it say")
                }
            }
            ([], _) => format!("is of {code} as {first} is, and says otherwise"),
            _ => format!("adds {} to what {first} says of {code}", adds.join(", ")),
        };
        report.further.add(number, id, more);
        for (field, other) in otherwise {
            report.values_left_out.add(
                number,
                id,
                format!(
                    "{}: {} and this one say two things of {code}, so neither is taken",
                    field.name(),
                    self.call(other)
                ),
            );
        }
        Ok(())
    }

    /// Adds to the fields of a parcel or unit what its rows say; gives where they say otherwise than its
    /// own file or each other, a sentence each: then none is taken.
    pub(super) fn say_more(
        &self,
        code: &LandCode,
        fields: &mut Fields,
    ) -> Result<Vec<String>, IntakeError> {
        let Some(index) = &self.index else { return Ok(Vec::new()) };
        let Some(said) = index.of(code)? else { return Ok(Vec::new()) };
        let mut otherwise = Vec::new();
        for (field, Word { row, value, denied_by }) in said.words {
            if let Some(other) = denied_by {
                if fields.remove(&field).is_some() {
                    otherwise.push(format!(
                        "{}: {} and {} say two things, so it is taken from nowhere",
                        field.name(),
                        self.call(row),
                        self.call(other)
                    ));
                }
                continue;
            }
            match fields.get(&field) {
                None => {
                    fields.insert(field, value);
                }
                Some(own) if *own == value => {}
                Some(_) => {
                    fields.remove(&field);
                    otherwise.push(format!(
                        "{}: {} says otherwise, so neither is taken",
                        field.name(),
                        self.call(row)
                    ));
                }
            }
        }
        Ok(otherwise)
    }

    /// Takes note that the rows of a code have what they are about.
    pub(super) fn has_partner(&self, code: &LandCode) -> Result<(), IntakeError> {
        self.index.as_ref().map_or(Ok(()), |index| index.take(code))
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
        let Some(index) = &self.rows.index else { return Ok(()) };
        index.lonely(&mut |file, number, id, code| {
            if let Some(report) = files.get_mut(file) {
                let reason = format!("is of {code}, which is not among what this import stores");
                report.refused.add(number, id, reason);
                report.stored -= 1;
            }
        })
    }
}
