//! Several look-ups of one moment, in one turn of a thread that may wait.

use std::sync::mpsc;

use domain::{
    ParcelCode, among::Surroundings, base_map::Bounds, closed::Cell, dataset::DataVersion,
    extent::FoundFeature,
};

use super::{Around, BaseMap, Land, Look, MostRead, OnShelf, Question, Shelf, ShelfPage, Shelves};
use crate::StoreError;

/// The data that were current at one moment: what is published meanwhile is not seen.
pub trait Snapshot {
    /// As [`Land::versions`].
    ///
    /// # Errors
    /// [`StoreError`] when storage does not answer, here and below.
    fn versions(&self) -> Result<Vec<DataVersion>, StoreError>;

    /// As [`Land::look`].
    ///
    /// # Errors
    /// [`StoreError`].
    fn look(&self, question: &Question) -> Result<Look, StoreError>;

    /// Codes of parcels that current data sets of these names have, in their order, each once: at most
    /// `limit`, those that follow `after`. Never a classified one. Which data set answers for a code, and
    /// whether anything of it may be told, is for the caller to look up.
    ///
    /// # Errors
    /// [`StoreError`].
    fn codes_after(
        &self,
        after: Option<&ParcelCode>,
        datasets: &[String],
        limit: usize,
    ) -> Result<Vec<ParcelCode>, StoreError>;

    /// As [`Land::found_features`].
    ///
    /// # Errors
    /// [`StoreError`].
    fn found_features(
        &self,
        version: &DataVersion,
        code: &ParcelCode,
        layers: &[String],
    ) -> Result<Vec<FoundFeature>, StoreError>;

    /// As [`Land::base_map`].
    ///
    /// # Errors
    /// [`StoreError`].
    fn base_map(&self, dataset: &str, bounds: Bounds, limit: usize) -> Result<BaseMap, StoreError>;

    /// Each current version that has parcels or features in one of these boxes, with its layers, oldest import first;
    /// none of the data set `but`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn around(&self, boxes: &[Bounds], but: Option<&str>) -> Result<Vec<Around>, StoreError>;

    /// Whether the parcels of a current version fill these surroundings ([`domain::among`]).
    ///
    /// # Errors
    /// [`StoreError`].
    fn fill(&self, version: &DataVersion, surroundings: Surroundings) -> Result<bool, StoreError>;

    /// Codes of parcels that current data sets of these names have in a box; `None` where there are more than `limit`.
    /// Never a classified one. How far around is asked, and what of them may be told, is for the caller to see to:
    /// an outline on a grid reaches beyond the box of its parcel.
    ///
    /// # Errors
    /// [`StoreError`].
    fn parcels_near(
        &self,
        datasets: &[String],
        bounds: Bounds,
        limit: usize,
    ) -> Result<Option<Vec<ParcelCode>>, StoreError>;

    /// The features of these layers of a current version whose boxes meet this one; `None` where there is more
    /// than is read. Not public.
    ///
    /// # Errors
    /// [`StoreError`].
    fn features_meeting(
        &self,
        version: &DataVersion,
        layers: &[String],
        bounds: Bounds,
        most: MostRead,
    ) -> Result<Option<Vec<FoundFeature>>, StoreError>;

    /// What a current version has of layers, base map and parcels; nothing of one that is not current.
    ///
    /// # Errors
    /// [`StoreError`].
    fn shelves(&self, version: &DataVersion) -> Result<Shelves, StoreError>;

    /// Features of a shelf of a current version, in an order that stays the same while the data do. A feature is
    /// in a box by its ground, not by its own box.
    ///
    /// # Errors
    /// [`StoreError`].
    fn on_shelf(
        &self,
        version: &DataVersion,
        shelf: &Shelf,
        wanted: &OnShelf,
    ) -> Result<ShelfPage, StoreError>;

    /// The box around all ground of a shelf, drawn out by as much as a search table rounds (some metres); `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    fn shelf_bounds(
        &self,
        version: &DataVersion,
        shelf: &Shelf,
    ) -> Result<Option<Bounds>, StoreError>;

    /// Whether one of these cells is closed by what a current version classifies ([`domain::closed`]).
    ///
    /// # Errors
    /// [`StoreError`].
    fn is_closed(&self, cells: &[Cell]) -> Result<bool, StoreError>;

    /// What nobody outside can guess, for a layer and a block of ground: always the same as long as the storage
    /// has its key ([`domain::veil`]).
    fn hidden(&self, layer: &str, block: (i32, i32)) -> [u8; 16];
}

/// What is done with a snapshot.
pub type Reading = Box<dyn FnOnce(&dyn Snapshot) + Send>;

/// What `work` makes of the data of one moment. It may take its time: no thread that others wait for
/// does it.
///
/// # Errors
/// What `work` returns, or [`StoreError`] when there is no snapshot.
pub async fn read<T: Send + 'static>(
    land: &(impl Land + ?Sized),
    work: impl FnOnce(&dyn Snapshot) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let (reading, result) = told(work);
    land.at_one_moment(reading).await?;
    result.try_recv().unwrap_or(Err(StoreError::Stopped))
}

/// The same of the data as they were ([`Land::at_former_moment`]); `None` where they are not kept.
///
/// # Errors
/// As [`read()`].
pub async fn read_former<T: Send + 'static>(
    land: &(impl Land + ?Sized),
    versions: &[(String, u32)],
    work: impl FnOnce(&dyn Snapshot) -> Result<T, StoreError> + Send + 'static,
) -> Result<Option<T>, StoreError> {
    let (reading, result) = told(work);
    if !land.at_former_moment(versions, reading).await? {
        return Ok(None);
    }
    result.try_recv().unwrap_or(Err(StoreError::Stopped)).map(Some)
}

/// A reading, and where what it makes arrives.
fn told<T: Send + 'static>(
    work: impl FnOnce(&dyn Snapshot) -> Result<T, StoreError> + Send + 'static,
) -> (Reading, mpsc::Receiver<Result<T, StoreError>>) {
    let (made, result) = mpsc::sync_channel(1);
    let reading: Reading = Box::new(move |snapshot| {
        // Whoever waited may have gone.
        let _ = made.send(work(snapshot));
    });
    (reading, result)
}
