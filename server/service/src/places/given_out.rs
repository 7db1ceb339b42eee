//! What anybody may take along, asked of the portal.

use domain::{LandCode, ParcelCode, code::Strictness, viewer::Viewer};
use service_api::{
    CollectionKind, Drawn, ItemOf, Items, ItemsAsked, ListedCollection, Portal, Refusal,
    Unavailable, Visit,
};

use super::PortalService;
use crate::{
    collections::{given_out, items_at, named, parcel, shelf_of},
    disclosure::{Shown, unavailable},
};

impl PortalService {
    pub(super) async fn given_collections(&self) -> Result<Vec<ListedCollection>, Unavailable> {
        // Before the data are looked at: what is noted is never older than its state says.
        let epoch = self.epoch();
        let (gate, known) = (self.gate.clone(), self.known_bounds.clone());
        let read = store::read(&*self.gate.store, move |moment| {
            let given = given_out(&gate, moment, gate.today())?.into_iter();
            given
                .map(|collection| {
                    let id = collection.id();
                    if let Some(bounds) = epoch.and_then(|epoch| known.of(epoch, &id)) {
                        return Ok(ListedCollection { collection, bounds });
                    }
                    let shelf = shelf_of(&collection);
                    let bounds = moment.shelf_bounds(&collection.version, &shelf)?;
                    if let Some(epoch) = epoch {
                        known.note(epoch, id, bounds);
                    }
                    Ok(ListedCollection { collection, bounds })
                })
                .collect()
        });
        read.await.map_err(unavailable)
    }

    pub(super) async fn given_items(
        &self,
        collection: &str,
        asked: &ItemsAsked,
    ) -> Result<Option<Items>, Unavailable> {
        let (gate, id, asked) = (self.gate.clone(), collection.to_owned(), asked.clone());
        let read =
            store::read(&*self.gate.store, move |moment| items_at(&gate, moment, &id, asked));
        read.await.map_err(unavailable)
    }

    pub(super) async fn given_item(
        &self,
        visit: &Visit,
        (collection, item): (&str, &str),
    ) -> Result<ItemOf, Refusal> {
        let nothing = || Refusal::Nothing { near: Vec::new() };
        let (gate, id) = (self.gate.clone(), collection.to_owned());
        let named = store::read(&*self.gate.store, move |moment| named(&gate, moment, &id));
        let of = named.await.map_err(unavailable)?.ok_or_else(nothing)?;
        if of.kind != CollectionKind::Parcels {
            let place = running_number(item).ok_or_else(nothing)?;
            let one = ItemsAsked { skip: place - 1, limit: 1, ..ItemsAsked::default() };
            let page = self.given_items(collection, &one).await?.ok_or_else(nothing)?;
            let item = page.items.into_iter().next().ok_or_else(nothing)?;
            return Ok(ItemOf { collection: page.collection, item });
        }
        let code = parcel_code(item).ok_or_else(nothing)?;
        let public = Visit { viewer: Viewer::public(), ..visit.clone() };
        let seen = self.see(&public, (&LandCode::Parcel(code), Drawn::Not)).await?;
        let (profile, lineage) = (seen.place.profile, seen.place.lineage);
        let shown = Shown { profile, lineage, only_history: false, map: None, epoch: None };
        let item = parcel(&of, shown).ok_or_else(nothing)?;
        Ok(ItemOf { collection: of, item })
    }
}

/// A place on a shelf as it is written in an address, from 1.
fn running_number(text: &str) -> Option<usize> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| digits)
}

/// A parcel's code as it is written in an address: in its one form.
fn parcel_code(text: &str) -> Option<ParcelCode> {
    let parsed = ParcelCode::parse(text, Strictness::LookUp).ok()?;
    (parsed.code.as_str() == text).then_some(parsed.code)
}
