//! The documents of OGC API – Features.

use domain::{
    Locale, Localized,
    clock::start_in_china,
    dataset::DatasetInfo,
    lineage::Lineage,
    profile::{Fact, PublicProfile},
    record::Value as Known,
    theme,
};
use geojson::GeometryValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use service_api::{Collection, CollectionKind, Item, ItemOf, ItemTold, Items, ListedCollection};

use super::{
    API, COLLECTIONS, CONFORMANCE, CONFORMS_TO, GEO_JSON, JSON, OPEN_API, ROOT,
    asked::{Asked, Format, Pages},
    corners,
};
use crate::site_feed::Here;

/// What every reader of coordinates must know.
const CRS84: &str = "http://www.opengis.net/def/crs/OGC/1.3/CRS84";
/// What stands as it is in a part of a path.
const PART: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

fn part(text: &str) -> String {
    utf8_percent_encode(text, PART).to_string()
}

/// The path of a collection.
pub(super) fn collection_path(id: &str) -> String {
    format!("{COLLECTIONS}/{}", part(id))
}

/// The path of its items.
pub(super) fn items_path(id: &str) -> String {
    format!("{}/items", collection_path(id))
}

/// The path of one of them.
pub(super) fn item_path(id: &str, item: &str) -> String {
    format!("{}/{}", items_path(id), part(item))
}

/// The addresses of one answer in each form.
pub(super) struct Addresses<'a> {
    here: &'a Here,
    path: &'a str,
    asked: &'a Asked,
}

impl<'a> Addresses<'a> {
    pub(super) const fn of(here: &'a Here, path: &'a str, asked: &'a Asked) -> Self {
        Self { here, path, asked }
    }

    /// The same question in a form, with one parameter another, or not.
    fn address(&self, format: Format, changed: Option<(&str, usize)>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let kept =
            self.asked.pairs.iter().filter(|(name, _)| Some(&**name) != changed.map(|it| it.0));
        query.extend_pairs(kept);
        if let Some((name, value)) = changed {
            query.append_pair(name, &value.to_string());
        }
        query.append_pair("f", if format == Format::Json { "json" } else { "html" });
        self.here.address(&format!("{}?{}", self.path, query.finish()))
    }

    /// This answer, and the same in the other form.
    fn own(&self, kind: &str) -> Vec<Value> {
        let own = self.asked.format;
        [(Format::Json, kind, "JSON"), (Format::Html, "text/html", "HTML")]
            .into_iter()
            .map(|(format, kind, title)| {
                let rel = if format == own { "self" } else { "alternate" };
                link(rel, &self.address(format, None), kind, title)
            })
            .collect()
    }
}

fn link(rel: &str, href: &str, kind: &str, title: &str) -> Value {
    json!({ "rel": rel, "href": href, "type": kind, "title": title })
}

/// Both languages in one text, once where they are the same.
fn both(text: &Localized) -> String {
    if text.zh == text.en { text.zh.clone() } else { format!("{} · {}", text.zh, text.en) }
}

/// `/ogc`.
pub(super) fn landing(own: &Addresses<'_>) -> Value {
    let here = own.here;
    let mut links = own.own(JSON);
    links.extend([
        link("service-desc", &here.address(API), OPEN_API, "OpenAPI 3.0"),
        link("service-doc", &here.address(&format!("{API}?f=html")), "text/html", "HTML"),
        link("conformance", &here.address(CONFORMANCE), JSON, "Conformance"),
        link("data", &here.address(COLLECTIONS), JSON, "Collections"),
    ]);
    json!({
        "title": "见码开放图层 · Layers that Jianma gives out",
        "description": "按公开规则可以整体提供的底图和图层，只供参考，以登记簿为准。What the disclosure policies give out as a whole: for information; the register is decisive.",
        "links": links,
    })
}

/// `/ogc/conformance`.
pub(super) fn conformance(own: &Addresses<'_>) -> Value {
    json!({ "conformsTo": CONFORMS_TO, "links": own.own(JSON) })
}

/// `/ogc/collections`.
pub(super) fn collections(own: &Addresses<'_>, here: &Here, listed: &[ListedCollection]) -> Value {
    let all: Vec<_> = listed.iter().map(|one| collection(one, here, None)).collect();
    json!({ "links": own.own(JSON), "collections": all })
}

/// A collection; with the addresses of its own document, where this is it.
pub(super) fn collection(
    listed: &ListedCollection,
    here: &Here,
    own: Option<&Addresses<'_>>,
) -> Value {
    let ListedCollection { collection, bounds } = listed;
    let id = collection.id();
    let mut links = own.map_or_else(Vec::new, |own| own.own(JSON));
    let items = here.address(&items_path(&id));
    links.extend([
        link("items", &format!("{items}?f=json"), GEO_JSON, "GeoJSON"),
        link("items", &format!("{items}?f=html"), "text/html", "HTML"),
    ]);
    if own.is_none() {
        let address = here.address(&collection_path(&id));
        links.push(link("self", &format!("{address}?f=json"), JSON, "JSON"));
        links.push(link("alternate", &format!("{address}?f=html"), "text/html", "HTML"));
    }
    let mut extent = Map::new();
    if let Some(bounds) = bounds {
        extent.insert("spatial".into(), json!({ "bbox": [corners(bounds)], "crs": CRS84 }));
    }
    let from = start_in_china(collection.source_date());
    extent.insert("temporal".into(), json!({
        "interval": [[from, null]], "trs": "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian",
    }));
    let mut told = json!({
        "id": id,
        "title": title(collection),
        "description": described(collection),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent,
        "links": links,
    });
    with_source(&mut told, collection);
    told
}

fn title(collection: &Collection) -> String {
    let dataset = both(&collection.version.dataset.title);
    match &collection.kind {
        CollectionKind::Layer(layer) => format!("{} ({dataset})", both(&layer.title)),
        CollectionKind::Base(kind) => {
            let kind = json!(kind);
            format!("{dataset}: 底图 · base map, {}", kind.as_str().unwrap_or_default())
        }
        CollectionKind::Parcels => format!("{dataset}: 宗地 · parcels"),
    }
}

fn described(collection: &Collection) -> String {
    let of = match &collection.kind {
        CollectionKind::Layer(layer) => both(&layer.office),
        CollectionKind::Base(_) | CollectionKind::Parcels => {
            both(&collection.version.dataset.source)
        }
    };
    format!("{of}; {}", collection.source_date())
}

/// Whose data these are, of when, and by which number the map was reviewed (rule M1).
fn with_source(told: &mut Value, collection: &Collection) {
    let DatasetInfo { source, map_review_number, demonstration, .. } = &collection.version.dataset;
    told["attribution"] = json!(both(source));
    told["map_review_number"] = json!(map_review_number);
    told["data_version"] = json!(collection.version.label());
    told["source_date"] = json!(collection.source_date());
    told["demonstration"] = json!(demonstration);
    told["notice"] = json!("以登记簿为准");
}

/// `/ogc/collections/{collection}/items`.
pub(super) fn items(found: &Items, here: &Here, (own, pages): (&Addresses<'_>, &Pages)) -> Value {
    let id = found.collection.id();
    let mut links = own.own(GEO_JSON);
    let format = own.asked.format;
    let kind = if format == Format::Json { GEO_JSON } else { "text/html" };
    if let Some(next) = found.next {
        let address = own.address(format, Some(("offset", next)));
        links.push(link("next", &address, kind, "下一页 · Next"));
    }
    if pages.offset > 0 {
        let before = pages.offset.saturating_sub(pages.limit);
        let address = own.address(format, Some(("offset", before)));
        links.push(link("prev", &address, kind, "上一页 · Previous"));
    }
    links.push(link("collection", &here.address(&collection_path(&id)), JSON, "Collection"));
    let features: Vec<_> = found.items.iter().map(|it| feature(&found.collection, it)).collect();
    let mut told = json!({
        "type": "FeatureCollection",
        "links": links,
        "numberReturned": features.len(),
        "features": features,
    });
    if let Some(matched) = found.matched {
        told["numberMatched"] = json!(matched);
    }
    with_source(&mut told, &found.collection);
    told
}

/// `/ogc/collections/{collection}/items/{feature}`.
pub(super) fn item(found: &ItemOf, here: &Here, own: &Addresses<'_>) -> Value {
    let ItemOf { collection, item } = found;
    let mut told = feature(collection, item);
    let mut links = own.own(GEO_JSON);
    let address = here.address(&collection_path(&collection.id()));
    links.push(link("collection", &address, JSON, "Collection"));
    told["links"] = json!(links);
    with_source(&mut told, collection);
    told
}

fn feature(collection: &Collection, item: &Item) -> Value {
    let ground = item.ground.as_ref();
    let geometry = ground.map(|it| geojson::Geometry::new(GeometryValue::from(it)));
    json!({
        "type": "Feature",
        "id": item.id,
        "geometry": geometry,
        "properties": properties(collection, &item.told),
    })
}

/// Flat, for a table of attributes.
fn properties(collection: &Collection, told: &ItemTold) -> Value {
    match (told, &collection.kind) {
        (ItemTold::Restriction { feature, label }, CollectionKind::Layer(layer)) => {
            let theme = theme::theme(&layer.theme);
            let documents = layer.documents.iter().map(|it| {
                format!("{} {}", both(&it.title), it.articles.join(", ")).trim_end().to_owned()
            });
            json!({
                "feature": feature,
                "label_zh": label.zh,
                "label_en": label.en,
                "theme": layer.theme,
                "theme_zh": theme.map(|it| &it.title.zh),
                "theme_en": theme.map(|it| &it.title.en),
                "status": layer.status,
                "office_zh": layer.office.zh,
                "office_en": layer.office.en,
                "documents": documents.collect::<Vec<_>>().join("; "),
                "source_date": layer.source_date,
            })
        }
        (ItemTold::Base { name }, CollectionKind::Base(kind)) => {
            json!({ "name": name, "kind": kind })
        }
        (ItemTold::Parcel { profile, lineage }, _) => of_parcel(profile, lineage),
        // What an item tells is what its collection has.
        _ => json!({}),
    }
}

fn of_parcel(profile: &PublicProfile, lineage: &Lineage) -> Value {
    let mut told = Map::new();
    told.insert("code".into(), json!(profile.code));
    told.insert("local_id".into(), json!(profile.local_id));
    told.insert("ended".into(), json!(lineage.ended));
    for Fact { field, value } in &profile.facts {
        let name = field.name();
        match value {
            Known::Coded(coded) => {
                told.insert(format!("{name}_code"), json!(coded.code));
                told.insert(format!("{name}_zh"), json!(coded.label(Locale::Zh)));
                told.insert(format!("{name}_en"), json!(coded.label(Locale::En)));
            }
            Known::Localized(text) => {
                told.insert(format!("{name}_zh"), json!(text.zh));
                told.insert(format!("{name}_en"), json!(text.en));
            }
            Known::Money { amount, currency } => {
                told.insert(name.into(), json!(amount));
                told.insert(format!("{name}_currency"), json!(currency));
            }
            Known::Period { from, to } => {
                told.insert(format!("{name}_from"), json!(from));
                told.insert(format!("{name}_to"), json!(to));
            }
            Known::Text(text) => drop(told.insert(name.into(), json!(text))),
            Known::AreaM2(figure) | Known::Number(figure) => {
                told.insert(name.into(), json!(figure));
            }
            Known::Date(day) => drop(told.insert(name.into(), json!(day))),
            Known::Flag(flag) => drop(told.insert(name.into(), json!(flag))),
        }
    }
    Value::Object(told)
}

/// Where all of it begins, for pages.
pub(super) const fn root() -> &'static str {
    ROOT
}
