//! A deterministic fictional township in 德清县, for trying the portal without anybody's data:
//! every type of parcel and unit, every theme but one, every kind of event.
//!
//! Nothing here is real. Names begin with 演示, identity numbers with 000000, and the layout
//! follows no map. The sea parcels lie in the open water of Hangzhou Bay and say that 德清 has
//! no coast.

mod base;
mod buildings;
mod built_up;
mod dice;
mod examples;
mod facts;
mod fields;
mod gaps;
mod hills;
mod kinds;
mod landscape;
mod layers;
mod life;
mod names;
mod plot;
mod register;
mod shape;
mod streets;
mod town;
mod units;
mod village;
mod works;
mod zones;

use std::{collections::BTreeMap, sync::Arc};

use domain::{
    LandCode, Localized,
    base_map::coarsen,
    code::CodeError,
    dataset::{DataVersion, DatasetInfo},
    overlay::subdivide,
    policy::Field,
    record::Value,
};
use geo::{Centroid, Coord, MultiPolygon};
use intake::{
    coverage::{Areas, Ground, Reach},
    overlay::{Layer, covered_by, findings},
    pieces::{PieceIndex, PieceIndexBuilder},
};
use jiff::Timestamp;
use store::{Imports, LandWriter, LayerToStore, StoreError};

pub use examples::examples;
pub use layers::citations;

use self::{
    landscape::Landscape,
    plot::{Past, Plot},
    streets::Way,
};

/// The id of the data set.
pub const DATASET: &str = "deqing-demo";

/// Pieces of at most this many corners go into the overlay.
const PIECE_CORNERS: usize = 48;

/// What was generated.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoReport {
    /// The version that is current now.
    pub version: DataVersion,
    /// Parcels by 宗地特征码, former ones included, classified ones not.
    pub parcels: BTreeMap<String, u32>,
    /// Parcels that no longer exist.
    pub former: u32,
    /// Units on them.
    pub units: u32,
    /// Restriction features by layer.
    pub layers: BTreeMap<String, u32>,
    /// Base map features.
    pub base_features: u32,
    /// Codes worth trying, with what they show.
    pub examples: Vec<(LandCode, Localized)>,
}

/// Why there is no demonstration.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Storage failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The generator made a code that may not be issued.
    #[error("the demonstration made a wrong code: {0}")]
    Code(#[from] CodeError),
}

/// What is said of the data set.
#[must_use]
pub fn dataset() -> DatasetInfo {
    DatasetInfo {
        id: DATASET.to_owned(),
        title: Localized::new("德清县演示数据", "Deqing demonstration data"),
        source: Localized::new(
            "演示数据，虚构，不代表任何真实宗地",
            "Invented demonstration data; stands for no real parcel",
        ),
        map_review_number: None,
        source_date: jiff::civil::date(2026, 1, 1),
        demonstration: true,
        policy: "zhejiang".to_owned(),
    }
}

/// Generates the township and makes it the current version of [`DATASET`] as of `now`, its base map
/// on a grid of `base_grid_m` metres, if given one. The same records every time.
///
/// # Errors
/// [`DemoError`] when storage fails; nothing is changed then.
pub fn generate(
    imports: &dyn Imports,
    base_grid_m: Option<f64>,
    now: Timestamp,
) -> Result<DemoReport, DemoError> {
    let land = Landscape::draw();
    let roads = works::roads();
    let plain = fields::plain(&land);
    let plots = plots(&land, &roads, &plain);
    let mut entries = register::enter(&plots)?;
    entries.retain(|entry| !gaps::is_unregistered(&entry.parcel));

    let mut writer = imports.begin_import(&dataset())?;
    for parcel in entries.iter().map(|entry| &entry.parcel).filter(|parcel| parcel.classified) {
        writer.announce_classified(&parcel.code, &parcel.outline)?;
    }
    let Layers { reach, pieces, counts: layers } = put_layers(writer.as_mut(), &land, &plain)?;
    let (mut parcels, mut former, mut units) = (BTreeMap::new(), 0, 0);
    for mut entry in entries {
        let parcel = &entry.parcel;
        let findings = findings(&parcel.outline, parcel.geometric_area_m2, &pieces, &reach);
        let covered_by = covered_by(&parcel.outline, parcel.geometric_area_m2, &reach);
        let hazards = findings.iter().filter(|found| found.layer == "geological-hazard");
        let hazard = reach.iter().find(|layer| layer.id == "geological-hazard");
        if hazard.is_some_and(|layer| layer.tolerance.concerns(hazards)) {
            let words = "演示受威胁户3户；演示联系人000-00000000".to_owned();
            entry.parcel.fields.insert(Field::HazardContacts, Value::Text(words));
        }
        let staged = writer.put_parcel(&entry.parcel, &findings, &covered_by)?;
        if entry.parcel.classified {
            continue;
        }
        if staged {
            *parcels.entry(entry.parcel.code.feature().to_owned()).or_insert(0) += 1;
            former += u32::from(entry.parcel.valid_to.is_some());
        }
        for unit in &entry.units {
            units += u32::from(writer.put_unit(unit)?);
        }
    }
    let base = base::features(&land, [&land.streets, &roads], &plots);
    let base = base_grid_m.map_or_else(|| base.clone(), |grid_m| coarsen(&base, grid_m));
    writer.set_base_grid(base_grid_m)?;
    let mut base_features = 0;
    for feature in &base {
        writer.put_base(feature)?;
        base_features += 1;
    }
    let version = writer.publish(now)?;
    Ok(DemoReport { version, parcels, former, units, layers, base_features, examples: examples() })
}

/// Everything that somebody may own.
fn plots(land: &Landscape, roads: &[Way], plain: &MultiPolygon<f64>) -> Vec<Plot> {
    let mut plots = town::lots(land);
    plots.extend(works::plots(land, roads));
    plots.extend(works::singles(land));
    plots.extend(village::plots(land));
    plots.extend(fields::plots(land, plain));
    plots.extend(hills::plots(land));
    plots.push(works::unsurveyed());
    plots.extend(works::sea());
    // Last, so that no other parcel's number depends on them.
    plots.extend(works::drowned(land));
    name_historic_house(&mut plots);
    // Three woods and two reserve plots that nothing may be said of.
    for (kind, most) in [(&kinds::STATE_FOREST, 3), (&kinds::RESERVE, 2)] {
        for plot in plots.iter_mut().filter(|plot| plot.kind == kind).skip(1).take(most) {
            plot.classified = true;
            plot.past = Past::Unchanged;
        }
    }
    plots
}

/// The old town's best house, in the middle of the heritage zone.
fn name_historic_house(plots: &mut [Plot]) {
    let away = |plot: &Plot| {
        let off = plot.outline.centroid().map(|at| Coord::from(at) - zones::HISTORIC_HOUSE.into());
        off.map_or(f64::INFINITY, |off| off.x * off.x + off.y * off.y)
    };
    let homes = plots.iter_mut().filter(|plot| *plot.kind == kinds::TOWN_HOUSE);
    if let Some(house) = homes.min_by(|a, b| away(a).total_cmp(&away(b))) {
        house.kind = &kinds::HISTORIC;
        house.place = "演示老街";
        house.past = Past::Unchanged;
    }
}

/// The layers, as parcels are held against them.
struct Layers {
    reach: Vec<Layer>,
    pieces: PieceIndex,
    /// Features by layer.
    counts: BTreeMap<String, u32>,
}

/// Stages every layer and its features.
fn put_layers(
    writer: &mut dyn LandWriter,
    land: &Landscape,
    plain: &MultiPolygon<f64>,
) -> Result<Layers, StoreError> {
    let within = |outline| Ground::Within(Arc::new(Areas::new(outline)));
    let (hills, township) = (within(zones::hazard_coverage()), within(zones::township(land)));
    let mut reach_of_layers = Vec::new();
    for info in layers::all() {
        // Nobody drew the land's layers for the sea; that an inland county has no coast is known.
        let reach = Reach::all_of(match info.id.as_str() {
            "geological-hazard" => hills.clone(),
            "sea-zones" => Ground::Everywhere,
            _ => township.clone(),
        });
        let (id, tolerance, coverage) = (info.id.clone(), info.tolerance, reach.outline());
        reach_of_layers.push(Layer { id, tolerance, reach });
        writer.put_layer(&LayerToStore { info, coverage })?;
    }
    let (mut pieces, mut counts) = (PieceIndexBuilder::default(), BTreeMap::new());
    for (layer, feature) in zones::features(land, plain) {
        writer.put_restriction(layer, &feature)?;
        pieces.add(layer, &feature, subdivide(&feature.outline, PIECE_CORNERS));
        *counts.entry(layer.to_owned()).or_insert(0) += 1;
    }
    Ok(Layers { reach: reach_of_layers, pieces: pieces.build(), counts })
}
