//! A parcel in several features: its parts wait for each other and become one outline. Only codes
//! that come more than once are held, and only where a mapping has `parts = "join"`.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{ParcelCode, area::area_m2, record::ParcelRecord};
use geo::{MultiPolygon, Polygon, unary_union};

use super::{
    Run,
    parcel_file::{ParcelFile, each_code},
    stream::Numbered,
    work::CLASSIFIED,
};
use crate::{error::IntakeError, report::FileReport};

/// Parts of a parcel overlap when together they have so much more than the whole, m².
const OVERLAP_M2: f64 = 0.01;

#[derive(Default)]
pub(super) struct Parts {
    /// Codes of several features, each with how many these are.
    expected: HashMap<ParcelCode, usize>,
    waiting: BTreeMap<ParcelCode, Vec<Part>>,
}

struct Part {
    /// Its file, as a place in the report.
    file: usize,
    number: u64,
    id: String,
    parcel: ParcelRecord,
}

impl Run<'_> {
    /// Reads the files whose parts are to be joined for the codes that come more than once.
    pub(super) fn count_parts(&mut self, files: &[ParcelFile<'_>]) -> Result<(), IntakeError> {
        let mut seen: HashSet<ParcelCode> = HashSet::new();
        for file in files.iter().filter(|file| file.mapping.join_parts) {
            each_code(file, &mut |_properties, code| {
                if !seen.insert(code) {
                    *self.parts.expected.entry(code).or_insert(1) += 1;
                }
            })?;
        }
        Ok(())
    }

    /// What of a batch can be stored now: parcels of one feature, and those whose last part came.
    pub(super) fn gather_parts(
        &mut self,
        done: Vec<Numbered<ParcelRecord>>,
        report: &mut FileReport,
    ) -> Vec<Numbered<ParcelRecord>> {
        let here = self.report.files.len();
        let mut whole = Vec::with_capacity(done.len());
        for (number, id, parcel) in done {
            let code = parcel.code;
            let Some(&expected) = self.parts.expected.get(&code) else {
                whole.push((number, id, parcel));
                continue;
            };
            let parts = self.parts.waiting.entry(code).or_default();
            parts.push(Part { file: here, number, id: id.clone(), parcel });
            if parts.len() < expected {
                continue;
            }
            let parts = self.parts.waiting.remove(&code).unwrap_or_default();
            match join(&parts) {
                Ok((parcel, differing)) => {
                    let names: Vec<String> = parts.iter().map(|part| part.id.clone()).collect();
                    let what = if parcel.classified {
                        format!("a classified parcel is made of {expected} features")
                    } else {
                        format!("{code} is made of {expected} features: {}", names.join(", "))
                    };
                    report.joined.add(number, &id, what);
                    for reason in differing.into_iter().filter(|_| !parcel.classified) {
                        report.values_left_out.add(number, &id, reason);
                    }
                    whole.push((number, id, parcel));
                }
                Err(reason) => {
                    let classified = parts.iter().any(|part| part.parcel.classified);
                    let reason = if classified { CLASSIFIED } else { &reason };
                    self.refuse_parts(parts, reason, Some((here, report)));
                }
            }
        }
        whole
    }

    /// Refuses the parts that still wait: others of their parcel were refused, and a parcel is not
    /// stored with a part of its land missing.
    pub(super) fn refuse_lonely_parts(&mut self) {
        for (code, parts) in std::mem::take(&mut self.parts.waiting) {
            let expected = self.parts.expected.get(&code).copied().unwrap_or_default();
            let reason = format!(
                "is one of {expected} parts of {code}, of which {} were refused",
                expected.saturating_sub(parts.len())
            );
            let classified = parts.iter().any(|part| part.parcel.classified);
            self.refuse_parts(parts, if classified { CLASSIFIED } else { &reason }, None);
        }
    }

    /// `open` is the report of the file being read, and its place.
    fn refuse_parts(
        &mut self,
        parts: Vec<Part>,
        reason: &str,
        mut open: Option<(usize, &mut FileReport)>,
    ) {
        for part in parts {
            match &mut open {
                // What is refused here is taken off at the end of the batch.
                Some((here, report)) if *here == part.file => {
                    report.refused.add(part.number, &part.id, reason);
                }
                _ => {
                    if let Some(report) = self.report.files.get_mut(part.file) {
                        report.refused.add(part.number, &part.id, reason);
                        report.stored -= 1;
                    }
                }
            }
        }
    }
}

/// One parcel of its parts, and what they do not agree on and is left out; or why they are not
/// parts of one.
fn join(parts: &[Part]) -> Result<(ParcelRecord, Vec<String>), String> {
    let Some((first, others)) = parts.split_first() else { return Err("has no parts".to_owned()) };
    let mut parcel = first.parcel.clone();
    let mut differing = Vec::new();
    let history = |parcel: &ParcelRecord| {
        let ParcelRecord { predecessors, successors, valid_from, valid_to, .. } = parcel;
        (predecessors.clone(), successors.clone(), *valid_from, *valid_to)
    };
    for Part { parcel: other, number, .. } in others {
        if history(other) != history(&parcel) {
            return Err(format!(
                "is a part of {}, whose parts do not agree on its history",
                parcel.code
            ));
        }
        parcel.classified |= other.classified;
        for (field, value) in &other.fields {
            let said = parcel.fields.entry(*field).or_insert_with(|| value.clone());
            if said != value {
                differing.push((*field, *number));
            }
        }
    }
    let mut left_out: Vec<String> = Vec::new();
    let mut local_ids = parts.iter().filter_map(|part| part.parcel.local_id.as_ref());
    parcel.local_id = local_ids.next().cloned();
    if local_ids.any(|id| parcel.local_id.as_ref() != Some(id)) {
        parcel.local_id = None;
        left_out.push(format!("local_id: the parts of {} do not agree", parcel.code));
    }
    for (field, number) in differing {
        if parcel.fields.remove(&field).is_some() {
            left_out.push(format!(
                "{}: the parts of {} do not agree, number {number} with those before",
                field.name(),
                parcel.code
            ));
        }
    }
    if parts.iter().any(|part| part.parcel.outline.0.is_empty()) {
        if parts.iter().any(|part| !part.parcel.outline.0.is_empty()) {
            left_out.push(format!(
                "a part of {} has no outline, so the parcel is stored without one",
                parcel.code
            ));
        }
        parcel.outline = MultiPolygon::new(Vec::new());
        parcel.geometric_area_m2 = 0.0;
        return Ok((parcel, left_out));
    }
    let polygons: Vec<Polygon<f64>> =
        parts.iter().flat_map(|part| part.parcel.outline.iter().cloned()).collect();
    parcel.outline = unary_union(&polygons);
    parcel.geometric_area_m2 = area_m2(&parcel.outline);
    let sum: f64 = parts.iter().map(|part| part.parcel.geometric_area_m2).sum();
    let twice = sum - parcel.geometric_area_m2;
    if twice > OVERLAP_M2 {
        left_out.push(format!("the parts of {} overlap by {twice:.2} m²", parcel.code));
    }
    Ok((parcel, left_out))
}
