//! The place on its map, drawn on the server: it needs no script, prints, and stays when the
//! movable map does not come.

mod base;
mod clip;
mod frame;
mod hatch;
mod labels;
mod legend;
mod numbered;
mod picture;
mod sketch;
mod surroundings;

use domain::{
    base_map::BaseKind,
    dataset::DataVersion,
    extent::PublicExtent,
    profile::{Precision, PublicOutline},
};
use geo::{BoundingRect, MapCoords, MultiPolygon};
use leptos::prelude::*;

use self::{
    base::{cuts, layers, rings},
    frame::Frame,
    hatch::pattern,
    labels::labels,
};
pub use self::{
    hatch::hatch_id,
    legend::legend,
    numbered::{Numbered, around as numbered_around, numbered},
    picture::picture,
    sketch::{LEFT_OUT, sketch},
    surroundings::surroundings,
};
use super::mark::severity_class;
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
    let cuts = cuts(&frame, &map.base);
    let ground = layers(&map.base, &cuts)
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
    let names = labels(words, &frame, (&map.base, &cuts), clear)
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
                {map.extents.iter().enumerate().map(|(at, extent)| pattern(at, extent)).collect_view()}
            </defs>
            <rect class="plan-ground" x="0" y="0" width=frame.width height=frame.height />
            {ground}
            {names}
            {place(&frame, outline.as_ref(), centroid, &map.extents)}
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

/// Source and review number of the map, which the law wants to be seen; where there is no number,
/// that there is none, and why (rule M1).
pub fn map_source(words: Words, version: &DataVersion) -> [String; 2] {
    let dataset = &version.dataset;
    let source = words.fill("plan_source", &[("source", &words.pick(&dataset.source))]);
    let number = match (&dataset.map_review_number, dataset.demonstration) {
        (Some(number), _) => words.fill("plan_reviewed", &[("number", number)]),
        (None, true) => words.t("plan_unreviewed_demonstration").to_owned(),
        (None, false) => words.t("plan_unreviewed").to_owned(),
    };
    [number, source]
}

fn description(words: Words, outline: Option<&PublicOutline>) -> String {
    format!("{}{}", precision_words(words, outline), words.t("plan_same_facts"))
}

fn place(
    frame: &Frame,
    outline: Option<&PublicOutline>,
    centroid: Option<(f64, f64)>,
    extents: &[PublicExtent],
) -> AnyView {
    if let Some(shown) = outline {
        let line = path(frame, &shown.outline);
        let class = match shown.precision {
            Precision::Exact => "plan-place plan-place-exact",
            Precision::Generalised { .. } => "plan-place plan-place-generalised",
        };
        return view! {
            <path class="plan-place-halo" d=line.clone() />
            <path class="plan-place-fill" d=line.clone() />
            {extents.iter().rev().map(|extent| hatched(frame, extent)).collect_view()}
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

/// Where restrictions of one kind lie; the gravest is drawn last, over the others.
fn hatched(frame: &Frame, extent: &PublicExtent) -> Option<AnyView> {
    let id = hatch_id(extent);
    let class = format!("plan-hatch {}", severity_class(extent.severity));
    (!extent.ground.0.is_empty()).then(|| {
        view! {
            <path class=class data-hatch=id.clone() fill=format!("url(#{id})") d=path(frame, &extent.ground) />
        }
        .into_any()
    })
}

fn path(frame: &Frame, ground: &MultiPolygon<f64>) -> String {
    ground.iter().map(|polygon| rings(frame, polygon)).collect()
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
