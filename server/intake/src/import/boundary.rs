//! Files that say where layers' data reach. A feature that is refused is missing from the coverage,
//! so that parcels there have no data.

use std::{path::Path, sync::Arc};

use geo::{MultiPolygon, Polygon, unary_union};

use super::{
    Run,
    work::{Made, attempt, no_outline},
};
use crate::{
    coverage::{Areas, Ground},
    error::IntakeError,
    mapping::{FileMapping, Role},
    validity,
};

impl Run<'_> {
    /// The areas of the file `name`, which the layer of an entry has as its border.
    pub(super) fn boundary(
        &mut self,
        name: &str,
        layer: &str,
        of: &FileMapping,
    ) -> Result<Ground, IntakeError> {
        if let Some(known) = self.boundaries.get(name) {
            return Ok(known.clone());
        }
        // Without its border a layer would say "not concerned" of places it never saw.
        let missing = || IntakeError::MissingFile {
            name: name.to_owned(),
            role: format!("the boundary of {} for the layer {layer}", of.name),
        };
        let path = self.paths.get(name).copied().ok_or_else(missing)?;
        let entries = || self.mapping.files.iter().filter(|entry| entry.name == name);
        let entry = entries()
            .find(|entry| matches!(entry.role, Role::Boundary))
            .or_else(|| entries().next())
            .ok_or_else(missing)?;
        self.read_boundary(entry, path)
    }

    /// Files that no layer names are read too: what is wrong with them is said.
    pub(super) fn other_boundaries(&mut self) -> Result<(), IntakeError> {
        for entry in &self.mapping.files {
            if matches!(entry.role, Role::Boundary)
                && !self.boundaries.contains_key(&entry.name)
                && let Some(path) = self.paths.get(entry.name.as_str()).copied()
            {
                self.report.warnings.push(format!("no layer has {} as its border", entry.name));
                self.read_boundary(entry, path)?;
            }
        }
        Ok(())
    }

    fn read_boundary(&mut self, entry: &FileMapping, path: &Path) -> Result<Ground, IntakeError> {
        // A file that is something else as well is refused nothing as a border.
        let max_refused = if matches!(entry.role, Role::Boundary) { entry.max_refused } else { 0 };
        let entry = FileMapping { role: Role::Boundary, max_refused, ..entry.clone() };
        let mut polygons: Vec<Polygon<f64>> = Vec::new();
        let report = self
            .stream(
                &entry,
                path,
                &|feature, _properties, notes| {
                    let place = |c| entry.crs.to_degrees(c);
                    let sound = attempt!(
                        validity::outline(feature.geometry.as_ref(), &place).map_err(no_outline)
                    );
                    Made::Done(notes.sound(sound).0)
                },
                &mut |_run, done, _report| {
                    polygons.extend(done.into_iter().flat_map(|(_, _, outline)| outline));
                    Ok(())
                },
            )?
            .report;
        if polygons.is_empty() {
            return Err(IntakeError::NoCoverage { boundary: Box::new(report) });
        }
        let several = report.stored > 1;
        self.report.files.push(report);
        let outline = if several { unary_union(&polygons) } else { MultiPolygon::new(polygons) };
        let ground = Ground::Within(Arc::new(Areas::new(outline)));
        self.boundaries.insert(entry.name, ground.clone());
        Ok(ground)
    }
}
