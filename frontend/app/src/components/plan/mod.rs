//! The place on its map, drawn on the server: it needs no script, prints, and stays when the
//! movable map does not come.

mod base;
mod frame;
mod labels;

use domain::{
    base_map::BaseKind,
    dataset::DataVersion,
    profile::{Precision, PublicOutline},
};
use geo::{BoundingRect, MapCoords};
use leptos::prelude::*;

use self::{
    base::{layers, rings},
    frame::Frame,
    labels::labels,
};
use crate::{current, words::Words};
use service_api::MapAround;

/// A drawing of the place with the base map around it.
#[component]
pub fn Plan(
    /// The map around the place.
    map: MapAround,
    /// The outline that may be shown.
    outline: Option<PublicOutline>,
    /// The centroid that may be shown, longitude and latitude.
    centroid: Option<(f64, f64)>,
    /// What the place is called.
    name: String,
) -> AnyView {
    let words = current::words();
    let frame = Frame::around(&map.bounds);
    let size = format!("0 0 {:.0} {:.0}", frame.width, frame.height);
    let ground = layers(&frame, &map.base)
        .into_iter()
        .map(|(kind, line)| {
            let edge = matches!(kind, BaseKind::RoadMajor | BaseKind::Road)
                .then(|| view! { <path class=edge_class(kind) d=line.clone() /> });
            view! { {edge} <path class=class(kind) d=line /> }
        })
        .collect_view();
    let clear = outline
        .as_ref()
        .and_then(|shown| shown.outline.map_coords(|at| frame.coord(at)).bounding_rect());
    let names = labels(&frame, &map.base, clear)
        .into_iter()
        .map(|label| {
            view! {
                <text class=label.class x=format!("{:.1}", label.x) y=format!("{:.1}", label.y)>{label.text}</text>
            }
        })
        .collect_view();
    let title = words.fill("plan_title", &[("name", &name)]);
    view! {
        <svg class="plan" viewBox=size role="img" aria-labelledby="plan-title plan-text">
            <title id="plan-title">{title}</title>
            <desc id="plan-text">{description(words, outline.as_ref())}</desc>
            <defs>
                <pattern id="plan-hatch" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <path class="plan-hatch" d="M0 0V8" />
                </pattern>
            </defs>
            <rect class="plan-ground" x="0" y="0" width=frame.width height=frame.height />
            {ground}
            {names}
            {place(&frame, outline.as_ref(), centroid)}
            {furniture(words, &frame)}
        </svg>
    }
    .into_any()
}

/// How exact the drawn place is, in a sentence.
pub fn precision_words(words: Words, outline: Option<&PublicOutline>) -> &'static str {
    words.t(match outline.map(|shown| shown.precision) {
        Some(Precision::Generalised { .. }) => "plan_generalised",
        Some(Precision::Exact) => "plan_exact",
        None => "plan_point",
    })
}

/// Source and review number of the map, which the law wants to be seen.
pub fn map_source(words: Words, version: &DataVersion) -> String {
    let dataset = &version.dataset;
    match (&dataset.map_review_number, dataset.demonstration) {
        (Some(number), _) => words.fill("plan_reviewed", &[("number", number)]),
        (None, true) => words.t("plan_demonstration").to_owned(),
        (None, false) => words.fill("plan_source", &[("source", &words.pick(&dataset.source))]),
    }
}

fn description(words: Words, outline: Option<&PublicOutline>) -> String {
    format!("{}{}", precision_words(words, outline), words.t("plan_same_facts"))
}

fn place(frame: &Frame, outline: Option<&PublicOutline>, centroid: Option<(f64, f64)>) -> AnyView {
    if let Some(shown) = outline {
        let line: String =
            shown.outline.iter().map(|polygon| rings(frame, polygon)).collect::<Vec<_>>().join("");
        let class = match shown.precision {
            Precision::Exact => "plan-place plan-place-exact",
            Precision::Generalised { .. } => "plan-place plan-place-generalised",
        };
        return view! {
            <path class="plan-place-halo" d=line.clone() />
            <path class="plan-place-hatch" d=line.clone() />
            <path class=class d=line />
        }
        .into_any();
    }
    centroid
        .map(|(longitude, latitude)| {
            let (x, y) = frame.point(longitude, latitude);
            view! { <circle class="plan-place plan-place-generalised" cx=x cy=y r="18" /> }
        })
        .into_any()
}

/// Scale and north.
fn furniture(words: Words, frame: &Frame) -> AnyView {
    let (metres, length) = frame.scale();
    let y = frame.height - 16.0;
    let bar = format!("M16 {:.1}v6h{length:.1}v-6", y - 6.0);
    let text = if metres >= 1000.0 {
        words.fill("plan_kilometres", &[("n", &format!("{:.0}", metres / 1000.0))])
    } else {
        words.fill("plan_metres", &[("n", &format!("{metres:.0}"))])
    };
    let east = frame.width - 24.0;
    view! {
        <path class="plan-furniture-halo" d=bar.clone() />
        <path class="plan-furniture" d=bar />
        <text class="plan-text" x="20" y=y - 8.0>{text}</text>
        <path class="plan-north" d=format!("M{east} 14l7 18l-7 -5l-7 5z") />
        <text class="plan-text plan-text-north" x=east y="50">{words.t("plan_north")}</text>
    }
    .into_any()
}

const fn class(kind: BaseKind) -> &'static str {
    match kind {
        BaseKind::Boundary => "plan-boundary",
        BaseKind::Water => "plan-water",
        BaseKind::Green => "plan-green",
        BaseKind::Building => "plan-building",
        BaseKind::RoadMajor => "plan-road plan-road-major",
        BaseKind::Road => "plan-road",
        BaseKind::Rail => "plan-rail",
        BaseKind::Label => "plan-none",
    }
}

const fn edge_class(kind: BaseKind) -> &'static str {
    match kind {
        BaseKind::RoadMajor => "plan-road-edge plan-road-edge-major",
        _ => "plan-road-edge",
    }
}
