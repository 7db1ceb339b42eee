//! Features that become a restriction layer, and where the layer's data reach.

use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
    sync::Arc,
};

use domain::{Localized, overlay::subdivide};
use geo::{BooleanOps, BoundingRect, Coord, MultiPolygon, Rect};
use store::{LayerToStore, RestrictionFeature};

use super::{
    Run,
    stream::read_file,
    work::{Made, attempt, fill, inside, name_of, no_outline},
};
use crate::{
    error::IntakeError,
    feature::Properties,
    mapping::{Coverage, FileMapping, RestrictionMapping, Role},
    overlay::Layer,
    report::LayerReport,
    validity::{self, NoOutline},
};

/// Corners of a piece of a restriction: a parcel of 10 corners meets it in microseconds.
const PIECE_CORNERS: usize = 64;

impl Run<'_> {
    pub(super) fn restriction(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        layer: &RestrictionMapping,
        coverage: Option<Arc<MultiPolygon<f64>>>,
    ) -> Result<(), IntakeError> {
        let id = layer.info.id.clone();
        self.writer.put_layer(&LayerToStore {
            info: layer.info.clone(),
            coverage: coverage.as_deref().cloned(),
        })?;
        self.layers.push(Layer { id: id.clone(), tolerance: layer.info.tolerance, coverage });
        // Ids alone; the overlay tells features of a layer apart by them.
        let mut ids: HashSet<String> = HashSet::new();
        let extent = self.mapping.extent;
        let crs = &entry.crs;
        let report = self.stream(
            entry,
            path,
            &|feature, properties, notes| {
                let place = |c| crs.to_degrees(c);
                let geometry = feature.geometry.as_ref();
                let sound = attempt!(
                    validity::restriction(geometry, layer.slender, &place).map_err(no_outline)
                );
                attempt!(inside(&sound.reach(), extent));
                let traces = sound.traces.clone();
                let (outline, _area) = notes.sound(sound);
                let label = Localized {
                    zh: attempt!(fill(&layer.label.zh, properties)),
                    en: attempt!(fill(&layer.label.en, properties)),
                };
                let mut pieces = subdivide(&outline, PIECE_CORNERS);
                pieces.extend(traces);
                Made::Done((label, outline, pieces))
            },
            &mut |run, done, report| {
                for (number, feature, (label, outline, pieces)) in done {
                    if !ids.insert(feature.clone()) {
                        report.refused.add(
                            number,
                            &feature,
                            "has the id of another feature of the layer; set `feature_id`",
                        );
                        continue;
                    }
                    let feature = RestrictionFeature { id: feature, label, outline, pieces };
                    run.writer.put_restriction(&id, &feature)?;
                }
                Ok(())
            },
        )?;
        self.report.layers.push(LayerReport {
            id: layer.info.id.clone(),
            features: report.stored,
            ..LayerReport::default()
        });
        self.report.files.push(report);
        Ok(())
    }

    pub(super) fn coverage(
        &mut self,
        layer: &RestrictionMapping,
        entry: &FileMapping,
        path: &Path,
        entries: &[(&FileMapping, &Path)],
        paths: &BTreeMap<&str, &Path>,
        boundaries: &mut BTreeMap<String, Arc<MultiPolygon<f64>>>,
    ) -> Result<Option<Arc<MultiPolygon<f64>>>, IntakeError> {
        let unknown = |name: &str| IntakeError::NoCoverage {
            name: name.to_owned(),
            layer: layer.info.id.clone(),
        };
        match &layer.coverage {
            Coverage::Dataset => Ok(None),
            Coverage::ExtentOfFile => {
                let mut around: Option<Rect<f64>> = None;
                for_outlines(path, entry, &mut |outline| {
                    if let Some(rect) = outline.bounding_rect() {
                        around = Some(around.map_or(rect, |sum| join(sum, rect)));
                    }
                })?;
                let around = around.ok_or_else(|| unknown(&entry.name))?;
                Ok(Some(Arc::new(MultiPolygon::new(vec![around.to_polygon()]))))
            }
            Coverage::Boundary(name) => {
                if let Some(known) = boundaries.get(name) {
                    return Ok(Some(Arc::clone(known)));
                }
                // Without its border a layer would say "not concerned" of places it never saw.
                let Some(path) = paths.get(name.as_str()) else {
                    return Err(IntakeError::MissingFile {
                        name: name.clone(),
                        role: format!("the boundary of the layer {}", layer.info.id),
                    });
                };
                let entry = entries.iter().find(|(entry, _)| &entry.name == name);
                let (entry, _) = entry.ok_or_else(|| unknown(name))?;
                let mut area = MultiPolygon::new(Vec::new());
                for_outlines(path, entry, &mut |outline| {
                    area = if area.0.is_empty() { outline } else { area.union(&outline) };
                })?;
                if area.0.is_empty() {
                    return Err(unknown(name));
                }
                let area = Arc::new(area);
                boundaries.insert(name.clone(), Arc::clone(&area));
                Ok(Some(area))
            }
        }
    }
}

/// Every valid area of a file that its entry takes. What is wrong with the others is for the pass
/// that stores them to say.
fn for_outlines(
    path: &Path,
    entry: &FileMapping,
    each: &mut dyn FnMut(MultiPolygon<f64>),
) -> Result<(), IntakeError> {
    read_file(path, &entry.crs, &mut |raw| {
        let Ok(feature) = raw.read() else { return Ok(()) };
        let properties = Properties::of(&feature, &entry.absent);
        if entry.filter.as_ref().is_some_and(|filter| !filter.meets(&properties)) {
            return Ok(());
        }
        let slender = match &entry.role {
            Role::Restriction(layer) => layer.slender,
            _ => None,
        };
        let place = |c| entry.crs.to_degrees(c);
        match validity::restriction(feature.geometry.as_ref(), slender, &place) {
            Ok(sound) => each(sound.reach()),
            Err(NoOutline::Coordinate(source)) => {
                return Err(IntakeError::OutsideCrs {
                    path: path.to_owned(),
                    number: raw.number,
                    id: name_of(entry, &properties),
                    source,
                });
            }
            Err(NoOutline::Missing | NoOutline::Bad(_)) => {}
        }
        Ok(())
    })
}

fn join(a: Rect<f64>, b: Rect<f64>) -> Rect<f64> {
    Rect::new(
        Coord { x: a.min().x.min(b.min().x), y: a.min().y.min(b.min().y) },
        Coord { x: a.max().x.max(b.max().x), y: a.max().y.max(b.max().y) },
    )
}
