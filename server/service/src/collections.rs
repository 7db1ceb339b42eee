//! What anybody may take along feature by feature: what the policies give out as a whole, and nothing that a
//! profile of the public tier would not show.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use domain::{
    LandCode,
    base_map::Bounds,
    dataset::{DataVersion, Epoch},
    viewer::Viewer,
};
use geo::Geometry;
use jiff::civil::Date;
use service_api::{Collection, CollectionKind, Item, ItemTold, Items, ItemsAsked};
use store::{OnShelf, Shelf, Shelved, Snapshot, StoreError, Thing};

use crate::disclosure::{Disclosed, PolicyGate, Shown};

/// The boxes around collections, by the state of the data that they are of: to find one, all of a collection is read.
#[derive(Debug, Default)]
pub(crate) struct KnownBounds(Mutex<Option<(Epoch, ByName)>>);

/// The box around each collection; `None` around one without ground.
type ByName = BTreeMap<String, Option<Bounds>>;

impl KnownBounds {
    /// The box, where it is known.
    pub(crate) fn of(&self, epoch: Epoch, id: &str) -> Option<Option<Bounds>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, bounds) = known.as_ref()?;
        bounds.get(id).copied().filter(|_| *of == epoch)
    }

    /// Keeps a box, and forgets those of other data.
    pub(crate) fn note(&self, epoch: Epoch, id: String, bounds: Option<Bounds>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.as_ref().is_none_or(|(of, _)| *of != epoch) {
            *known = Some((epoch, BTreeMap::new()));
        }
        if let Some((_, all)) = known.as_mut() {
            all.insert(id, bounds);
        }
    }
}

/// What the policies give out of the data of one moment.
pub(crate) fn given_out(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    today: Date,
) -> Result<Vec<Collection>, StoreError> {
    let mut given = Vec::new();
    for (version, shelves) in gate.shelves(moment)?.iter() {
        let Some(policy) = gate.policies.governing(&version.dataset) else { continue };
        let base = policy.gives_out_base_map(&version.dataset, shelves.base_grid_m);
        let layers = shelves.layers.iter().filter(|it| policy.gives_out_layer(it, today));
        let layers = layers.map(|layer| CollectionKind::Layer(Box::new(layer.clone())));
        let base = shelves.base_kinds.iter().filter(|_| base).copied().map(CollectionKind::Base);
        let parcels = policy.gives_out_parcels().then_some(CollectionKind::Parcels);
        let kinds = layers.chain(base).chain(parcels);
        given.extend(kinds.map(|kind| Collection { version: version.clone(), kind }));
    }
    Ok(given)
}

/// One of them by its name: what is not given out is looked for as what is not there (rule P5).
pub(crate) fn named(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    id: &str,
) -> Result<Option<Collection>, StoreError> {
    let given = given_out(gate, moment, gate.today())?;
    Ok(given.into_iter().find(|collection| collection.id() == id))
}

/// Where the features of a collection stand.
pub(crate) fn shelf_of(collection: &Collection) -> Shelf {
    match &collection.kind {
        CollectionKind::Layer(layer) => Shelf::Layer(layer.id.clone()),
        CollectionKind::Base(kind) => Shelf::Base(*kind),
        CollectionKind::Parcels => Shelf::Parcels,
    }
}

/// Items of a collection of the data of one moment.
pub(crate) fn items_at(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    id: &str,
    asked: ItemsAsked,
) -> Result<Option<Items>, StoreError> {
    let Some(collection) = named(gate, moment, id)? else { return Ok(None) };
    let ItemsAsked { boxes, skip, limit } = asked;
    let wanted = OnShelf { boxes, skip, limit };
    let page = moment.on_shelf(&collection.version, &shelf_of(&collection), &wanted)?;
    // A page may end before its limit, where it has enough to carry.
    let after = skip.saturating_add(page.things.len());
    let next = (page.matched > after && !page.things.is_empty()).then_some(after);
    let versions = moment.versions()?;
    let things = page.things.into_iter();
    let items = things.map(|it| item_at(gate, moment, (&collection, &versions), it));
    let items = items.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    // Of a parcel that another data set has too, that one may answer, and may have more to hide: how many
    // there are of these is not told.
    let alone = collection.kind != CollectionKind::Parcels || versions.len() == 1;
    Ok(Some(Items { collection, matched: alone.then_some(page.matched), next, items }))
}

/// An item of a collection; `None` for a parcel that another data set answers for.
fn item_at(
    gate: &PolicyGate,
    moment: &dyn Snapshot,
    (collection, versions): (&Collection, &[DataVersion]),
    shelved: Shelved,
) -> Result<Option<Item>, StoreError> {
    let id = shelved.place.to_string();
    Ok(match shelved.thing {
        Thing::Restriction { id: feature, label, ground } => {
            Some(Item { id, ground, told: ItemTold::Restriction { feature, label } })
        }
        Thing::Base { name, ground } => {
            Some(Item { id, ground: Some(ground), told: ItemTold::Base { name } })
        }
        Thing::Parcel(code) => {
            let asked = (&LandCode::Parcel(code), &Viewer::public());
            match gate.registered_among(moment, versions, asked)? {
                Disclosed::Shown(shown) => parcel(collection, *shown),
                Disclosed::NoRecord | Disclosed::Denied(_) => None,
            }
        }
    })
}

/// A parcel as everybody is shown it, where it is this data set that answers for it.
pub(crate) fn parcel(collection: &Collection, shown: Shown) -> Option<Item> {
    let Shown { profile, lineage, .. } = shown;
    (profile.version == collection.version).then(|| Item {
        id: profile.code.as_str().to_owned(),
        ground: profile.outline.as_ref().map(|it| Geometry::MultiPolygon(it.outline.clone())),
        told: ItemTold::Parcel { profile: Box::new(profile), lineage },
    })
}
