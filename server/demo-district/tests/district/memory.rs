//! A store that keeps what is staged, for looking at all of it.

use std::sync::{Arc, Mutex};

use domain::{
    ParcelCode,
    dataset::{DataVersion, DatasetInfo},
    record::{Fields, ParcelRecord, UnitRecord},
    restriction::Finding,
};
use geo::MultiPolygon;
use jiff::Timestamp;
use store::{
    BaseFeature, CurrentVersion, Ending, Imports, LandWriter, LayerToStore, RestrictionFeature,
    SharedCodes, StoreError,
};

/// Everything that was staged, in memory.
#[derive(Clone, Debug, Default)]
pub struct Staged {
    pub layers: Vec<LayerToStore>,
    pub restrictions: Vec<(String, RestrictionFeature)>,
    pub parcels: Vec<(ParcelRecord, Vec<Finding>, Vec<String>)>,
    pub units: Vec<UnitRecord>,
    pub base: Vec<BaseFeature>,
}

impl Staged {
    pub fn current(&self) -> impl Iterator<Item = &ParcelRecord> {
        self.parcels.iter().map(|(parcel, ..)| parcel).filter(|parcel| parcel.valid_to.is_none())
    }

    pub fn parcel(&self, code: &ParcelCode) -> &(ParcelRecord, Vec<Finding>, Vec<String>) {
        self.parcels.iter().find(|(parcel, ..)| parcel.code == *code).unwrap()
    }

    pub fn every_fields(&self) -> impl Iterator<Item = &Fields> {
        let parcels = self.parcels.iter().map(|(parcel, ..)| &parcel.fields);
        parcels.chain(self.units.iter().map(|unit| &unit.fields))
    }
}

/// A store that only remembers.
#[derive(Clone, Default)]
pub struct Memory(Arc<Mutex<Staged>>);

impl Memory {
    pub fn staged(&self) -> Staged {
        self.0.lock().unwrap().clone()
    }
}

struct Writer(Memory, DatasetInfo);

impl Imports for Memory {
    fn begin_import(&self, dataset: &DatasetInfo) -> Result<Box<dyn LandWriter>, StoreError> {
        Ok(Box::new(Writer(self.clone(), dataset.clone())))
    }
}

impl LandWriter for Writer {
    fn put_layer(&mut self, layer: &LayerToStore) -> Result<(), StoreError> {
        self.0.0.lock().unwrap().layers.push(layer.clone());
        Ok(())
    }

    fn put_restriction(&mut self, layer: &str, it: &RestrictionFeature) -> Result<(), StoreError> {
        self.0.0.lock().unwrap().restrictions.push((layer.to_owned(), it.clone()));
        Ok(())
    }

    fn set_coverage(
        &mut self,
        layer: &str,
        coverage: Option<&MultiPolygon<f64>>,
    ) -> Result<(), StoreError> {
        let mut staged = self.0.0.lock().unwrap();
        let found = staged.layers.iter_mut().find(|found| found.info.id == layer).unwrap();
        found.coverage = coverage.cloned();
        Ok(())
    }

    fn ended(&mut self, _code: &ParcelCode) -> Result<Option<Ending>, StoreError> {
        Ok(None)
    }

    fn announce_classified(
        &mut self,
        _code: &ParcelCode,
        _outline: &MultiPolygon<f64>,
    ) -> Result<(), StoreError> {
        assert!(self.0.0.lock().unwrap().layers.is_empty(), "before anything is staged");
        Ok(())
    }

    fn set_base_grid(&mut self, _grid_m: Option<f64>) -> Result<(), StoreError> {
        Ok(())
    }

    fn put_parcel(
        &mut self,
        parcel: &ParcelRecord,
        findings: &[Finding],
        covered_by: &[String],
    ) -> Result<bool, StoreError> {
        let mut staged = self.0.0.lock().unwrap();
        staged.parcels.push((parcel.clone(), findings.to_vec(), covered_by.to_vec()));
        Ok(true)
    }

    fn put_unit(&mut self, unit: &UnitRecord) -> Result<bool, StoreError> {
        self.0.0.lock().unwrap().units.push(unit.clone());
        Ok(true)
    }

    fn current(&mut self) -> Result<Option<CurrentVersion>, StoreError> {
        Ok(None)
    }

    fn shared_codes(&mut self) -> Result<Vec<SharedCodes>, StoreError> {
        Ok(Vec::new())
    }

    fn put_base(&mut self, feature: &BaseFeature) -> Result<(), StoreError> {
        self.0.0.lock().unwrap().base.push(feature.clone());
        Ok(())
    }

    fn publish(self: Box<Self>, at: Timestamp) -> Result<DataVersion, StoreError> {
        Ok(DataVersion { dataset: self.1, number: 1, imported_at: at })
    }
}
