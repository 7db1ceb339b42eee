//! Staging and publishing.

use domain::{
    ParcelCode,
    clock::china_date,
    dataset::DataVersion,
    policy::Field,
    record::{ParcelRecord, UnitRecord, Value},
    restriction::Finding,
};
use geo::{Centroid, InteriorPoint, MultiPolygon};
use jiff::Timestamp;
use rusqlite::Transaction;
use store::{
    BaseFeature, CurrentVersion, Ending, LandWriter, LayerToStore, RestrictionFeature, SharedCodes,
    StoreError,
};

use super::{
    SqliteWriter, clean, compare, history, next,
    rows::{BaseRow, ParcelRow, RestrictionRow, Row},
    withheld::Named,
};
use crate::{
    classified,
    error::SqliteError,
    geometry, in_transaction, sync,
    value::{fields_to_json, instant, read_version, to_json},
};

impl LandWriter for SqliteWriter {
    fn put_layer(&mut self, layer: &LayerToStore) -> Result<(), StoreError> {
        let name = &layer.info.id;
        if self.layers.contains_key(name) {
            return Err(StoreError::Staging { reason: format!("the layer {name} comes twice") });
        }
        let row = Row::Layer {
            id: next(&mut self.ids.layer),
            name: name.clone(),
            info: to_json("layer", &layer.info)?,
            coverage: layer.coverage.as_ref().map(geometry::write_outline).transpose()?,
        };
        self.layers.insert(name.clone(), self.ids.layer);
        Ok(self.push(row)?)
    }

    fn set_coverage(
        &mut self,
        layer: &str,
        coverage: Option<&MultiPolygon<f64>>,
    ) -> Result<(), StoreError> {
        let layer = self.layer(layer)?;
        let coverage = coverage.map(geometry::write_outline).transpose()?;
        Ok(self.push(Row::Coverage { layer, coverage })?)
    }

    fn put_restriction(
        &mut self,
        layer: &str,
        feature: &RestrictionFeature,
    ) -> Result<(), StoreError> {
        let layer = self.layer(layer)?;
        let restriction = next(&mut self.ids.restriction);
        self.restrictions_waiting = true;
        Ok(self.push(Row::Restriction(RestrictionRow {
            id: restriction,
            layer,
            feature: feature.id.clone(),
            label: to_json("label", &feature.label)?,
            outline: geometry::write_outline(&feature.outline)?,
            bounds: geometry::bounds(&feature.outline),
            area_m2: geometry::area_of(&feature.outline),
        }))?)
    }

    fn ended(&mut self, code: &ParcelCode) -> Result<Option<Ending>, StoreError> {
        Ok(history::ended(&self.connection, self.version, code)?)
    }

    fn announce_classified(
        &mut self,
        code: &ParcelCode,
        outline: &MultiPolygon<f64>,
    ) -> Result<(), StoreError> {
        self.classified.announce(code);
        Ok(self.close(outline)?)
    }

    fn put_parcel(
        &mut self,
        parcel: &ParcelRecord,
        findings: &[Finding],
        covered_by: &[String],
    ) -> Result<bool, StoreError> {
        if self.parcel(&parcel.code)?.is_some() || self.classified.is_staged(&parcel.code) {
            return Ok(false);
        }
        let Some(Named { predecessors, successors }) = self.classified.named(parcel) else {
            let digest = self.classified.stage(parcel);
            self.push(Row::Classified(digest))?;
            if parcel.classified {
                self.close(&parcel.outline)?;
            }
            return Ok(true);
        };
        if self.restrictions_waiting && !findings.is_empty() {
            self.flush()?;
        }
        for layer in covered_by {
            self.layer(layer)?;
        }
        let row = ParcelRow {
            id: self.ids.parcel + 1,
            code: parcel.code,
            local_id: parcel.local_id.clone(),
            location: match parcel.fields.get(&Field::Location) {
                Some(Value::Text(words)) => Some(words.clone()),
                Some(Value::Localized(words)) => Some(words.zh.clone()),
                _ => None,
            },
            centre: centre(&parcel.outline),
            bounds: geometry::bounds(&parcel.outline),
            fields: fields_to_json(&parcel.fields)?,
            outline: geometry::write_outline(&parcel.outline)?,
            geometric_area_m2: parcel.geometric_area_m2,
            events: to_json("events", &parcel.events)?,
            predecessors: to_json("parcel codes", &predecessors)?,
            successors: to_json("parcel codes", &successors)?,
            valid_from: parcel.valid_from.map(|date| date.to_string()),
            valid_to: parcel.valid_to.map(|date| date.to_string()),
            covered_by: to_json("covering layers", covered_by)?,
            findings: findings.iter().map(|f| self.finding(f)).collect::<Result<_, _>>()?,
        };
        let id = next(&mut self.ids.parcel);
        self.parcels_waiting.insert(parcel.code, id);
        self.push(Row::Parcel(Box::new(row)))?;
        Ok(true)
    }

    fn put_unit(&mut self, unit: &UnitRecord) -> Result<bool, StoreError> {
        let Some(parcel) = self.parcel(&unit.code.parcel())? else { return Ok(false) };
        if self.has_unit(parcel, &unit.code)? {
            return Ok(false);
        }
        let fields = fields_to_json(&unit.fields)?;
        self.units_waiting.insert(unit.code);
        self.push(Row::Unit { parcel, code: unit.code, fields })?;
        Ok(true)
    }

    fn set_base_grid(&mut self, grid_m: Option<f64>) -> Result<(), StoreError> {
        let version = self.version;
        Ok(in_transaction(&mut self.connection, |transaction| {
            transaction.execute(
                "update data_version set base_grid_m = ?2 where id = ?1",
                (version, grid_m),
            )?;
            Ok(())
        })?)
    }

    fn put_base(&mut self, feature: &BaseFeature) -> Result<(), StoreError> {
        let Some(open) = self.closed.open_part(&feature.geometry) else { return Ok(()) };
        let Some(bounds) = geometry::bounds(&open) else { return Ok(()) };
        let row = BaseRow {
            id: next(&mut self.ids.base),
            kind: feature.kind,
            name: feature.name.clone(),
            geometry: geometry::write(&open)?,
            bounds,
        };
        Ok(self.push(Row::Base(row))?)
    }

    fn current(&mut self) -> Result<Option<CurrentVersion>, StoreError> {
        Ok(compare::current(&self.connection, self.version)?)
    }

    fn shared_codes(&mut self) -> Result<Vec<SharedCodes>, StoreError> {
        self.flush()?;
        Ok(compare::shared_codes(&self.connection, self.version)?)
    }

    fn publish(mut self: Box<Self>, at: Timestamp) -> Result<DataVersion, StoreError> {
        self.flush()?;
        // The log is synced up to this commit, with every staged row before it.
        sync(&self.connection, "full")?;
        let id = self.version;
        history::gather(&self.connection, id)?;
        classified::gather(&self.connection, id, None, &self.key)?;
        let unnamed = self.classified.unnamed();
        let version = in_transaction(&mut self.connection, |transaction| {
            supersede(transaction, id)?;
            transaction.execute(
                "update data_version set state = 'current', imported_at = ?2, number = (
                     select coalesce(max(other.number), 0) + 1 from data_version other
                     where other.dataset = data_version.dataset
                 )
                 where id = ?1",
                (id, instant(at)),
            )?;
            classified::scrub(transaction)?;
            history::keep(transaction, id, china_date(at))?;
            history::keep_unnamed(transaction, id, unnamed, china_date(at))?;
            transaction.query_one(
                "select info, number, imported_at from data_version where id = ?1",
                [id],
                |row| Ok(read_version(row)),
            )?
        })?;
        self.published = true;
        classified::wipe(&self.connection);
        sync(&self.connection, "normal")?;
        // It is published whatever becomes of the old rows; the next import tries again.
        if let Err(error) = clean::remove_left_over(&mut self.connection) {
            tracing::warn!(%error, "rows of versions before the last remain until the next import");
        }
        Ok(version)
    }
}

/// A point in the outline, or near it where it is too thin to have one.
fn centre(outline: &MultiPolygon<f64>) -> Option<(f64, f64)> {
    geometry::bounds(outline)?;
    let point = outline.interior_point().or_else(|| outline.centroid())?;
    (point.x().is_finite() && point.y().is_finite()).then(|| point.x_y())
}

/// Makes the present version of the data set of `next` a kept one, and the one kept so far a past
/// one, whose rows may be removed.
fn supersede(transaction: &Transaction<'_>, next: i64) -> Result<(), SqliteError> {
    for (from, to) in [("superseded", "past"), ("current", "superseded")] {
        transaction.execute(
            "update data_version set state = ?3
             where state = ?2 and dataset = (select dataset from data_version where id = ?1)",
            (next, from, to),
        )?;
    }
    Ok(())
}
