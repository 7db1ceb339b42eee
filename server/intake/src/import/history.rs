//! Where a parcel came from and how long it lasts, as its feature says, and which codes may not
//! come back (GB/T 37346-2019 clause 9; rule C7).

use domain::{ParcelCode, code::Strictness, lineage::has_ended, record::ParcelRecord};
use jiff::civil::Date;
use store::Ending;

use super::{Run, parcel_file::ParcelFile, stream::read_file, work::Made};
use crate::{
    date::{DateReading, civil_day},
    error::IntakeError,
    feature::{Properties, plain},
    mapping::ParcelsMapping,
    template::Filled,
};

/// What a feature says of its parcel's history.
pub(super) struct History {
    pub(super) predecessors: Vec<ParcelCode>,
    pub(super) successors: Vec<ParcelCode>,
    pub(super) valid_from: Option<Date>,
    pub(super) valid_to: Option<Date>,
}

impl History {
    /// What does not read breaks the chain of a parcel's history, so its parcel is refused.
    pub(super) fn read<T>(
        mapping: &ParcelsMapping,
        properties: &Properties<'_>,
    ) -> Result<Self, Made<T>> {
        Ok(Self {
            predecessors: codes(mapping.predecessors.as_deref(), properties)?,
            successors: codes(mapping.successors.as_deref(), properties)?,
            valid_from: day(mapping.valid_from.as_deref(), properties, mapping.dates)?,
            valid_to: day(mapping.valid_to.as_deref(), properties, mapping.dates)?,
        })
    }

    pub(super) fn in_force(&self, today: Date) -> bool {
        self.valid_from.is_none_or(|day| day <= today)
            && !has_ended(self.valid_to, &self.successors, today)
    }
}

impl Run<'_> {
    /// Reads the parcel files for the codes that parcels in force name as what they were formed
    /// from: the old parcel may come before the new one, or in another file, and must be known to
    /// have ended when it comes. Only where the mapping knows predecessors is there anything to
    /// read.
    pub(super) fn name_predecessors(
        &mut self,
        files: &[ParcelFile<'_>],
    ) -> Result<(), IntakeError> {
        let today = self.today;
        for ParcelFile { entry, path, mapping: parcels } in files {
            if parcels.predecessors.is_none() {
                continue;
            }
            let (named, classified) = (&mut self.named, &self.classified);
            read_file(path, entry, &mut |raw| {
                let Ok(feature) = raw.read() else { return Ok(()) };
                let properties = Properties::of(&feature, &entry.absent);
                if entry.filter.as_ref().is_some_and(|filter| !filter.meets(&properties)) {
                    return Ok(());
                }
                // What does not read is refused when its turn comes.
                let Ok(history) = History::read::<()>(parcels, &properties) else { return Ok(()) };
                if history.predecessors.is_empty() || !history.in_force(today) {
                    return Ok(());
                }
                if let Filled::Text(text) = parcels.code.fill(&properties)
                    && let Ok(parsed) = ParcelCode::parse(&text, Strictness::LookUp)
                {
                    let new = parsed.code;
                    if classified.has(&new) {
                        return Ok(());
                    }
                    let old = history.predecessors.into_iter().filter(|old| *old != new);
                    named.extend(old.map(|old| (old, new)));
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Why a parcel may not come back: its code ended in an earlier version, or gave way to
    /// another in this one, and codes are never used again. One that says of itself that it has
    /// ended does not come back.
    pub(super) fn revival(&mut self, parcel: &ParcelRecord) -> Result<Option<String>, IntakeError> {
        let today = self.today;
        if has_ended(parcel.valid_to, &parcel.successors, today) {
            return Ok(None);
        }
        let code = parcel.code;
        let how = match self.writer.ended(&code)? {
            Some(Ending::On(day)) if day <= today => format!("ended on {day}"),
            Some(Ending::Into { successor, on: Some(day) }) => {
                format!("gave way to {successor} on {day}")
            }
            Some(Ending::Into { successor, on: None }) => format!("gave way to {successor}"),
            Some(Ending::Unnamed) => GAVE_WAY_UNNAMED.to_owned(),
            Some(Ending::On(_)) | None => match self.named.get(&code) {
                Some(new) => format!("{new} names as what it was formed from"),
                None if self.classified.ended(&code) => GAVE_WAY_UNNAMED.to_owned(),
                None => return Ok(None),
            },
        };
        Ok(Some(format!("has the code {code}, which {how}; codes are never used again (C7)")))
    }
}

/// Of a code that ended into one that may not be named.
const GAVE_WAY_UNNAMED: &str = "has ended, and what followed is not named";

/// Codes in a list or with commas.
fn codes<T>(
    property: Option<&str>,
    properties: &Properties<'_>,
) -> Result<Vec<ParcelCode>, Made<T>> {
    let Some(found) = property.and_then(|name| properties.get(name)) else {
        return Ok(Vec::new());
    };
    let texts: Vec<String> = match found {
        serde_json::Value::Array(list) => list.iter().filter_map(plain).collect(),
        other => plain(other)
            .unwrap_or_default()
            .split([',', ';', '，', '、'])
            .map(|part| part.trim().to_owned())
            .collect(),
    };
    texts
        .iter()
        .filter(|text| !text.is_empty())
        .map(|text| {
            ParcelCode::parse(text, Strictness::LookUp).map(|parsed| parsed.code).map_err(|error| {
                Made::Refused(format!("names the code `{text}` in its history: {error}"))
            })
        })
        .collect()
}

fn day<T>(
    property: Option<&str>,
    properties: &Properties<'_>,
    dates: DateReading,
) -> Result<Option<Date>, Made<T>> {
    let Some(text) = property.and_then(|name| properties.get(name)).and_then(plain) else {
        return Ok(None);
    };
    match civil_day(&text, dates) {
        Ok(day) => Ok(Some(day)),
        Err(why) => Err(Made::Refused(format!("is valid from or to `{text}`, {why}"))),
    }
}
