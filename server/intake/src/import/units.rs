//! Features that become units on parcels; their geometry is not read.

use std::{path::Path, sync::Arc};

use domain::{
    UnitCode,
    code::{LandCode, Strictness},
    record::UnitRecord,
};

use super::{
    Run,
    work::{Made, attempt, code_refused, fill, read_fields},
};
use crate::{
    error::IntakeError,
    mapping::{FileMapping, UnitsMapping},
};

impl Run<'_> {
    pub(super) fn units(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        units: &UnitsMapping,
    ) -> Result<(), IntakeError> {
        let classified = Arc::clone(&self.classified);
        let streamed = self.stream(
            entry,
            path,
            &|_feature, properties, notes| {
                let text = attempt!(fill(&units.code, properties));
                match UnitCode::parse(&text, Strictness::LookUp) {
                    Ok(parsed) => {
                        notes.classified = classified.has(&parsed.code.parcel());
                        Made::Done(UnitRecord {
                            code: parsed.code,
                            fields: read_fields(&units.fields, properties, notes),
                        })
                    }
                    Err(error) => Made::Refused(code_refused(&text, &error)),
                }
            },
            &mut |run, done, report| {
                for (number, id, mut unit) in done {
                    if classified.has(&unit.code.parcel()) {
                        report.withheld += 1;
                        continue;
                    }
                    let code = LandCode::Unit(unit.code);
                    let otherwise = run.rows.say_more(&code, &mut unit.fields)?;
                    if run.writer.put_unit(&unit)? {
                        run.rows.has_partner(&code)?;
                        for reason in otherwise {
                            report.values_left_out.add(number, &id, reason);
                        }
                    } else {
                        report.refused.add(
                            number,
                            &id,
                            format!(
                                "the unit {} is there already, or its parcel {} is not",
                                unit.code,
                                unit.code.parcel()
                            ),
                        );
                    }
                }
                Ok(())
            },
        )?;
        self.stored.units += streamed.report.stored;
        self.report.files.push(streamed.report);
        Ok(())
    }
}
