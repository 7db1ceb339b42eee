//! What other data sets may say of a parcel. A register answers by its own layers; that these find nothing says
//! nothing of what others have drawn there (*sites S2*).

use std::collections::BTreeSet;

use domain::{
    base_map::Bounds,
    closed::SIDE,
    dataset::DataVersion,
    drawn::LayerAround,
    policy::{Disclosure, Field, Policy},
    restriction::LayerElsewhere,
    theme::ThemeId,
    viewer::Tier,
};
use geo::{BoundingRect, MultiPolygon};
use jiff::civil::Date;
use store::{Around, Snapshot, StoreError};

const ANYWHERE: Bounds = Bounds { west: -180.0, south: -90.0, east: 180.0, north: 90.0 };

/// Where layers of others may say something of a parcel. By cells of some 200 m, each with its neighbours, as for an
/// outline: it tells no more of where anything lies than in which of them.
pub(crate) fn near(outline: &MultiPolygon<f64>) -> Bounds {
    let below = |at: f64| ((at / SIDE).floor() - 1.0) * SIDE;
    let above = |at: f64| ((at / SIDE).ceil() + 1.0) * SIDE;
    // A parcel without an outline may lie anywhere.
    outline.bounding_rect().map_or(ANYWHERE, |rect| Bounds {
        west: below(rect.min().x),
        south: below(rect.min().y),
        east: above(rect.max().x),
        north: above(rect.max().y),
    })
}

/// The layers of other data sets than `own` there.
pub(crate) fn around<'p>(
    moment: &dyn Snapshot,
    policy_of: &dyn Fn(&DataVersion) -> Option<&'p Policy>,
    own: &str,
    bounds: Bounds,
    on: Date,
) -> Result<BTreeSet<LayerElsewhere>, StoreError> {
    let mut found = BTreeSet::new();
    for around in moment.around(&[bounds], Some(own))? {
        let Some(policy) = policy_of(&around.version) else { continue };
        found.extend(speaking(&around, policy, on));
    }
    Ok(found)
}

/// The layers of a data set that everybody may be told of and that may say something there: those that have features
/// around; and, where it has parcels, those that have lines or points, of whose place nothing is kept.
pub(crate) fn speaking<'a>(
    around: &'a Around,
    policy: &'a Policy,
    on: Date,
) -> impl Iterator<Item = LayerElsewhere> + 'a {
    const EVERYBODY: Tier = Tier::Public;
    // Of others nobody may know that they are there.
    let told_of = policy.cell(Field::ParcelCode, EVERYBODY) == Disclosure::Show;
    let shown = move |theme: &ThemeId| told_of && policy.shows_theme(theme, EVERYBODY);
    let there = move |layer: &&LayerAround| {
        around.near.contains(&layer.info.id) || layer.groundless && !around.districts.is_empty()
    };
    let layers = around.layers.iter().filter(there).map(|layer| &layer.info);
    layers
        .filter(move |info| shown(&info.theme) && info.is_published(on))
        .map(|info| LayerElsewhere { theme: info.theme.clone(), name: info.id.clone() })
}
