//! Features that become parcels: their codes and history, the overlay with the layers read
//! before them, and whose a code is that comes twice.

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    ParcelCode,
    code::{LandCode, Strictness},
    record::ParcelRecord,
    restriction::Finding,
};
use geo::{BoundingRect, MultiPolygon};
use store::Bounds;

use super::{
    Run,
    classified::Classified,
    history::History,
    parcel_file::{ParcelFile, each_code, is_classified},
    stream::{Accepted, Numbered, in_parallel},
    work::{
        CLASSIFIED, Made, Notebook, attempt, code_refused, fill, inside, name_of, no_outline,
        read_fields,
    },
};
use crate::{
    error::IntakeError,
    feature::{Feature, Properties},
    mapping::ParcelsMapping,
    overlay::{covered_by, findings},
    project::Crs,
    report::FileReport,
    template::Filled,
    validity::{self, NoOutline},
};

impl Run<'_> {
    /// `files` are the parcel files up to this one, in which a code may have been before.
    pub(super) fn parcels(
        &mut self,
        file: &ParcelFile<'_>,
        files: &[ParcelFile<'_>],
    ) -> Result<(), IntakeError> {
        let ParcelFile { entry, path, mapping } = *file;
        let crs = &entry.crs;
        let extent = self.mapping.extent;
        let mut duplicates: Vec<Duplicate> = Vec::new();
        let classified = Arc::clone(&self.classified);
        let streamed = self.stream(
            entry,
            path,
            &|feature, properties, notes| {
                parcel(feature, properties, notes, mapping, crs, extent, &classified)
            },
            &mut |run, done, report| run.put_parcels(done, report, &mut duplicates),
        )?;
        let mut report = streamed.report;
        name_the_first(&mut report, &duplicates, files)?;
        self.report.files.push(report);
        Ok(())
    }

    fn put_parcels(
        &mut self,
        done: Vec<Numbered<ParcelRecord>>,
        report: &mut FileReport,
        duplicates: &mut Vec<Duplicate>,
    ) -> Accepted {
        let done = self.gather_parts(done, report);
        let mut parcels: Vec<ParcelRecord> = Vec::with_capacity(done.len());
        let mut names = Vec::with_capacity(done.len());
        for (number, id, mut parcel) in done {
            // Whatever became of its code before: what is withheld brings nothing back.
            if parcel.classified {
                self.withhold(&parcel, (number, &id), report)?;
                continue;
            }
            if let Some(reason) = self.revival(&parcel)? {
                report.refused.add(number, &id, reason);
                continue;
            }
            let code = LandCode::Parcel(parcel.code);
            let otherwise = self.rows.say_more(&code, &mut parcel.fields)?;
            names.push((number, id, otherwise));
            parcels.push(parcel);
        }
        let (layers, pieces) = (&self.layers, &self.pieces);
        let answers: Vec<(Vec<Finding>, Vec<String>)> =
            in_parallel(&parcels, self.threads, &|parcel| {
                let found = findings(&parcel.outline, parcel.geometric_area_m2, pieces, layers);
                let covered = covered_by(&parcel.outline, parcel.geometric_area_m2, layers);
                (found, covered)
            });
        for ((parcel, (number, id, otherwise)), (found, covered)) in
            parcels.iter().zip(names).zip(answers)
        {
            if self.writer.put_parcel(parcel, &found, &covered)? {
                self.stored.parcels += 1;
                self.rows.has_partner(&LandCode::Parcel(parcel.code))?;
                for reason in otherwise {
                    report.values_left_out.add(number, &id, reason);
                }
                if parcel.outline.0.is_empty() {
                    report.without_outline.add(number, &id, "the source has no outline");
                }
                for layer in &mut self.report.layers {
                    let of_layer = || found.iter().filter(|finding| finding.layer == layer.id);
                    layer.findings += of_layer().count() as u64;
                    layer.slivers += of_layer().filter(|finding| finding.sliver).count() as u64;
                    let tolerance = layers.iter().find(|l| l.id == layer.id).map(|l| l.tolerance);
                    layer.parcels_concerned +=
                        u64::from(tolerance.is_some_and(|t| t.concerns(of_layer())));
                    layer.parcels_covered += u64::from(covered.contains(&layer.id));
                }
            } else {
                let reason = format!("has the code {} of another", parcel.code);
                if report.refused.hold(number, &id, reason) {
                    duplicates.push(Duplicate { number, code: parcel.code });
                }
            }
        }
        Ok(())
    }
}

impl Run<'_> {
    /// Stages what is kept of a classified parcel.
    fn withhold(
        &mut self,
        parcel: &ParcelRecord,
        (number, id): (u64, &str),
        report: &mut FileReport,
    ) -> Result<(), IntakeError> {
        if self.writer.put_parcel(parcel, &[], &[])? {
            self.stored.classified += 1;
            report.withheld += 1;
        } else {
            report.refused.add(number, id, CLASSIFIED);
        }
        Ok(())
    }
}

/// A parcel refused for its code, to be told whose code it is.
struct Duplicate {
    /// Its place in the file.
    number: u64,
    code: ParcelCode,
}

/// Reads the parcel files once more to name the first bearer of each code that came twice. Keeping
/// every code in memory would be the alternative, and duplicates are rare.
fn name_the_first(
    report: &mut FileReport,
    duplicates: &[Duplicate],
    files: &[ParcelFile<'_>],
) -> Result<(), IntakeError> {
    let mut wanted: BTreeMap<ParcelCode, Option<String>> =
        duplicates.iter().map(|duplicate| (duplicate.code, None)).collect();
    for file in files {
        if wanted.values().all(Option::is_some) {
            break;
        }
        each_code(file, &mut |properties, code| {
            if let Some(first) = wanted.get_mut(&code)
                && first.is_none()
            {
                let name = name_of(file.entry, properties);
                *first = Some(format!(
                    "feature {} ({name}) of {}",
                    properties.number(),
                    file.entry.name
                ));
            }
        })?;
    }
    for Duplicate { number, code } in duplicates {
        if let Some(Some(first)) = wanted.get(code) {
            let reason = format!(
                "has the code {code}, which {first} already has; if they are parts of one parcel, \
                 write `parts = \"join\"`"
            );
            report.refused.amend(*number, &reason);
        }
    }
    report.refused.release();
    Ok(())
}

fn parcel(
    feature: &Feature,
    properties: &Properties<'_>,
    notes: &mut Notebook,
    mapping: &ParcelsMapping,
    crs: &Crs,
    extent: Option<Bounds>,
    classified: &Classified,
) -> Made<ParcelRecord> {
    // From here on nothing is noted down that tells of it.
    notes.classified = is_classified(mapping, properties, notes);
    // The geometry comes first: that a file is in another CRS matters more than what else is wrong.
    let place = |c| crs.to_degrees(c);
    let (outline, geometric_area_m2) = match validity::outline(feature.geometry.as_ref(), &place) {
        Ok(sound) => {
            if let Some(why) = not_a_parcel(&sound.outline, sound.area_m2) {
                return Made::Refused(why);
            }
            notes.sound(sound)
        }
        Err(NoOutline::Missing) if mapping.without_outline => (MultiPolygon::new(Vec::new()), 0.0),
        Err(no) => return no_outline(no),
    };
    let text = attempt!(fill(&mapping.code, properties));
    let code = match ParcelCode::parse(&text, Strictness::LookUp) {
        Ok(parsed) => parsed.code,
        Err(error) => return Made::Refused(code_refused(&text, &error)),
    };
    // One of several features of a code classifies it.
    notes.classified |= classified.has(&code);
    attempt!(inside(&outline, extent));
    let local_id = match mapping.local_id.as_ref().map(|template| template.fill(properties)) {
        Some(Filled::Text(text)) => Some(text),
        Some(Filled::Misfit(reason)) => {
            notes.left_out.push(reason);
            None
        }
        Some(Filled::Absent(_)) | None => None,
    };
    let history = attempt!(History::read(mapping, properties));
    let History { predecessors, successors, valid_from, valid_to } = history;
    Made::Done(ParcelRecord {
        code,
        local_id,
        fields: read_fields(&mapping.fields, properties, notes),
        outline,
        geometric_area_m2,
        classified: notes.classified,
        events: Vec::new(),
        predecessors,
        successors,
        valid_from,
        valid_to,
    })
}

/// No parcel is larger than this, m².
const LARGEST_M2: f64 = 1e11;
/// No part of a parcel is longer or wider than this, degrees: 2,200 km of a meridian.
const WIDEST_DEGREES: f64 = 20.0;

/// Why an outline is no parcel's: slipped coordinates make bands and hemispheres.
fn not_a_parcel(outline: &MultiPolygon<f64>, area_m2: f64) -> Option<String> {
    if area_m2 > LARGEST_M2 {
        return Some(format!(
            "has {:.0} km², and no parcel has over {:.0} km²: its coordinates are mistaken",
            area_m2 / 1e6,
            LARGEST_M2 / 1e6
        ));
    }
    // Cut at the 180th meridian a parcel has parts at both ends of the map.
    outline.iter().filter_map(BoundingRect::bounding_rect).find_map(|part| {
        let (wide, high) = (part.width(), part.height());
        (wide.max(high) > WIDEST_DEGREES).then(|| {
            format!(
                "reaches over {wide:.1} degrees of longitude and {high:.1} of latitude, and no \
                 parcel over more than {WIDEST_DEGREES}: its coordinates are mistaken"
            )
        })
    })
}
