//! What the map of sites that are compared shows: of each the outline that its own page shows, or its point, in the
//! colour of what is said of it, and its number, which leads to its row.

use domain::{Locale, base_map::Bounds, profile::Precision};
use map::{MapRequest, Number, protocol};
use serde_json::{Value, json};
use service_api::Judged;

use crate::{
    components::numbered_around,
    current,
    pages::place_map::{WIDEST, control_words, corners, limits, multi_polygon},
    urls,
    words::Words,
};

/// Where the row of a site stands in the table.
pub(super) fn anchor(number: usize) -> String {
    format!("site-{number}")
}

/// A site on the map.
pub(super) struct OnMap<'j> {
    /// Its number in the table.
    pub(super) number: usize,
    /// Where it is, as its own page says.
    pub(super) at: (f64, f64),
    /// The class that colours it.
    pub(super) class: &'static str,
    /// What is said of it, in a word or two.
    pub(super) word: &'static str,
    /// All that is said of it.
    pub(super) judged: &'j Judged,
}

/// The map; `None` of no sites.
pub(super) fn request(words: Words, sites: &[OnMap<'_>], title: &str) -> Option<MapRequest> {
    let points: Vec<(f64, f64)> = sites.iter().map(|site| site.at).collect();
    let bounds = numbered_around(&points)?;
    let surveyed = |site: &OnMap<'_>| {
        site.judged.outline.as_ref().is_some_and(|shown| shown.precision == Precision::Exact)
    };
    let numbers = sites.iter().map(|site| Number {
        number: site.number,
        at: [site.at.0, site.at.1],
        name: words.fill("sites_map_go", &[("n", &site.number.to_string()), ("word", site.word)]),
        leads_to: format!("#{}", anchor(site.number)),
    });
    let features: Vec<Value> = sites.iter().flat_map(drawn).collect();
    Some(MapRequest {
        container: "map-sites".to_owned(),
        place: json!({ "type": "FeatureCollection", "features": features }),
        dashed: !sites.iter().all(surveyed),
        hatches: Vec::new(),
        numbers: numbers.collect(),
        bounds: corners(&bounds),
        limits: corners(&limits(&bounds)),
        base: base(sites, &bounds),
        squares: None,
        letters: words.0 == Locale::En,
        words: map::MapWords { title: title.to_owned(), ..control_words(words, "") },
        max_zoom: protocol::MAX_ZOOM,
    })
}

/// The point of a site, and its outline where one may be shown.
fn drawn(site: &OnMap<'_>) -> Vec<Value> {
    let tone = match site.class {
        "asks-prohibits" => "seal",
        "asks-needs-consent" => "amber",
        "answer-open" => "muted",
        _ => "primary",
    };
    let feature = |geometry: Value| json!({ "type": "Feature", "properties": { "tone": tone }, "geometry": geometry });
    let point = json!({ "type": "Point", "coordinates": [site.at.0, site.at.1] });
    let outline = site.judged.outline.as_ref().map(|shown| multi_polygon(&shown.outline));
    outline.into_iter().chain([point]).map(feature).collect()
}

/// The base map, where all lie in one data set whose base map may be shown, and near enough to each other.
fn base(sites: &[OnMap<'_>], bounds: &Bounds) -> Option<String> {
    let first = &sites.first()?.judged.version.dataset;
    let same = sites.iter().all(|site| site.judged.version.dataset.id == first.id);
    let portal = current::portal()?;
    let shown = portal.policies().governing(first).is_some_and(|it| it.shows_base_map(first));
    let limits = limits(bounds);
    let near = limits.east - limits.west <= WIDEST && limits.north - limits.south <= WIDEST;
    (same && shown && near).then(|| urls::base_map(&first.id, limits))
}
