//! One look at a place: record, former state and ties in one snapshot. Nothing there, classified,
//! not to be told of and led nowhere are found out by the same statements (rule P5). Of what is told
//! anyway fewer are run.

use domain::{
    lineage::{Succession, has_ended},
    record::ParcelRecord,
};
use rusqlite::Connection;
use store::{Look, Question, Tied};

use super::{
    error::SqliteError,
    land_record::{self, Answering},
    lineage::{self, Found, RecordedSuccession, Remembered},
    naming,
    versions::VersionCache,
};

pub(super) fn look(
    connection: &Connection,
    versions: &VersionCache,
    question: &Question,
) -> Result<Look, SqliteError> {
    let Question { code, today, told, public } = question;
    let (parcel, unit) = (code.parcel(), code.unit());
    let public_names = serde_json::json!(public).to_string();

    let answering = Answering::find(connection, &parcel)?;
    let (found, withheld) = match answering {
        Some(found) if told.contains(&found.dataset) => (Some(found), None),
        other => (None, other.map(|found| found.dataset)),
    };
    // What may be told of has all it needs in its record.
    let remembered = match found {
        Some(_) => None,
        None => Remembered::find(connection, parcel)?,
    };
    let dataset = found.as_ref().map(|found| &found.dataset);
    let dataset = dataset.or(remembered.as_ref().map(|former| &former.dataset)).cloned();
    let kept =
        RecordedSuccession::read(connection, dataset.as_deref().unwrap_or_default(), &parcel)?;
    let former = remembered.map(|former| (former.ties(parcel, &kept), former));
    let former = former.filter(|(ties, former)| {
        public.contains(&former.dataset) && has_ended(ties.valid_to, &ties.successors, *today)
    });
    let known_by = former.as_ref().map(|(_, former)| former.dataset.as_str());
    let named = found.is_some()
        || naming::may_be_named(connection, &parcel, known_by, &public_names, *today)?;
    let record = land_record::whole(connection, versions, (&parcel, unit), found, &kept)?;

    let only_history = record.is_none();
    let record = match (record, former.filter(|_| named)) {
        (None, Some((ties, former))) => Some(former.record(connection, versions, ties)?),
        (record, _) => record,
    };
    let (Some(record), Some(dataset)) = (record, dataset) else {
        return Ok(Look { withheld_by: withheld, ..Look::default() });
    };
    let own = Tied { ties: ties_of(&record.parcel), dataset };
    let around = lineage::around_what(connection, Found { tied: own, recorded: !only_history })?;
    let mut ties = Vec::new();
    for Found { tied, recorded } in around {
        let ended = has_ended(tied.ties.valid_to, &tied.ties.successors, *today);
        let former = !recorded && ended && public.contains(&tied.dataset);
        let former = former.then_some(tied.dataset.as_str());
        let code = tied.ties.code;
        if code == parcel || naming::may_be_named(connection, &code, former, &public_names, *today)?
        {
            ties.push(tied);
        }
    }
    Ok(Look { record: Some(record), only_history, withheld_by: None, ties })
}

fn ties_of(parcel: &ParcelRecord) -> Succession {
    Succession {
        code: parcel.code,
        predecessors: parcel.predecessors.clone(),
        successors: parcel.successors.clone(),
        valid_from: parcel.valid_from,
        valid_to: parcel.valid_to,
    }
}

#[cfg(test)]
mod tests;
