//! Features that become the base map: geometry of every kind, a kind to draw it as, a name.

use std::path::Path;

use domain::base_map::CoarseMap;
use geo::{Coord, Geometry, LineString, MultiLineString, MultiPoint, Point};
use geojson::GeometryValue;
use store::BaseFeature;

use super::{
    Run,
    work::{Made, Notebook, attempt, inside, no_outline},
};
use crate::{
    error::IntakeError,
    feature::plain,
    mapping::{BaseMapping, FileMapping, KindRule, Role},
    project::OutsideCrs,
    template::Filled,
    validity::{self, NoOutline, placed},
};

impl Run<'_> {
    /// Every base map file. Where the map is to be no finer than a grid, it is brought to it here,
    /// so that what is kept is no finer either.
    pub(super) fn base_maps(
        &mut self,
        entries: &[(&FileMapping, &Path)],
    ) -> Result<(), IntakeError> {
        let mut coarse = self.options.base_grid_m.map(CoarseMap::new);
        self.writer.set_base_grid(self.options.base_grid_m)?;
        for (entry, path) in entries {
            if let Role::Base(base) = &entry.role {
                self.base(entry, path, base, &mut coarse)?;
            }
        }
        for feature in coarse.map(CoarseMap::built_up).unwrap_or_default() {
            self.writer.put_base(&feature)?;
        }
        Ok(())
    }

    fn base(
        &mut self,
        entry: &FileMapping,
        path: &Path,
        base: &BaseMapping,
        coarse: &mut Option<CoarseMap>,
    ) -> Result<(), IntakeError> {
        let crs = &entry.crs;
        let extent = self.mapping.extent;
        let streamed = self.stream(
            entry,
            path,
            &|feature, properties, notes| {
                let place = |c| crs.to_degrees(c);
                let geometry = attempt!(
                    any_geometry(feature.geometry.as_ref(), &place, notes).map_err(no_outline)
                );
                attempt!(inside(&geometry, extent));
                let kind = match &base.kind {
                    KindRule::Constant(kind) => *kind,
                    KindRule::ByProperty { property, values, otherwise } => properties
                        .get(property)
                        .and_then(plain)
                        .and_then(|text| values.iter().find(|(value, _)| *value == text))
                        .map_or(*otherwise, |(_, kind)| *kind),
                };
                // A street without a name is still a street.
                let name = match base.label.as_ref().map(|label| label.fill(properties)) {
                    Some(Filled::Text(name)) => Some(name),
                    Some(Filled::Misfit(reason)) => {
                        notes.left_out.push(reason);
                        None
                    }
                    Some(Filled::Absent(_)) | None => None,
                };
                Made::Done(BaseFeature { kind, name, geometry })
            },
            &mut |run, done, _report| {
                for (_, _, feature) in done {
                    let drawn = match coarse {
                        Some(coarse) => coarse.add(&feature),
                        None => Some(feature),
                    };
                    if let Some(feature) = drawn {
                        run.writer.put_base(&feature)?;
                    }
                }
                Ok(())
            },
        )?;
        self.report.files.push(streamed.report);
        Ok(())
    }
}

/// A geometry of any kind but a collection; areas are made valid.
fn any_geometry(
    geometry: Option<&GeometryValue>,
    place: &dyn Fn(Coord<f64>) -> Result<Coord<f64>, OutsideCrs>,
    notes: &mut Notebook,
) -> Result<Geometry<f64>, NoOutline<OutsideCrs>> {
    let line = |positions: &[geojson::Position]| -> Result<LineString<f64>, NoOutline<OutsideCrs>> {
        if positions.len() < 2 {
            return Err(NoOutline::Bad("has a line of fewer than two points".to_owned()));
        }
        positions.iter().map(|position| placed(position, place)).collect()
    };
    Ok(match geometry {
        None => return Err(NoOutline::Missing),
        Some(GeometryValue::Point { coordinates }) => {
            Geometry::Point(Point::from(placed(coordinates, place)?))
        }
        Some(GeometryValue::MultiPoint { coordinates }) => {
            let points: Result<Vec<Coord<f64>>, _> =
                coordinates.iter().map(|position| placed(position, place)).collect();
            Geometry::MultiPoint(points?.into_iter().map(Point::from).collect::<MultiPoint<f64>>())
        }
        Some(GeometryValue::LineString { coordinates }) => Geometry::LineString(line(coordinates)?),
        Some(GeometryValue::MultiLineString { coordinates }) => {
            let lines: Result<Vec<LineString<f64>>, _> =
                coordinates.iter().map(|positions| line(positions)).collect();
            Geometry::MultiLineString(MultiLineString::new(lines?))
        }
        Some(GeometryValue::Polygon { .. } | GeometryValue::MultiPolygon { .. }) => {
            let (outline, _area) = notes.sound(validity::outline(geometry, place)?);
            Geometry::MultiPolygon(outline)
        }
        Some(GeometryValue::GeometryCollection { .. }) => {
            return Err(NoOutline::Bad(
                "is a GeometryCollection; give each geometry a feature of its own".to_owned(),
            ));
        }
    })
}
