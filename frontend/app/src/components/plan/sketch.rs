//! An outline that somebody brought, as it was read: alone, with north and a scale.

use domain::base_map::Bounds;
use geo::{BoundingRect, MultiPolygon};
use leptos::prelude::*;

use super::{frame::Frame, furniture, path};
use crate::words::Words;

/// The drawing; its text alternative is the list of corners beside it.
pub fn sketch(words: Words, outline: &MultiPolygon<f64>) -> Option<AnyView> {
    let around = outline.bounding_rect()?;
    // Around it as much again, and never so little that a corner sits on the rim.
    let (east, north) = (around.width().max(0.0005) * 0.4, around.height().max(0.0005) * 0.4);
    let frame = Frame::around(&Bounds {
        west: around.min().x - east,
        south: around.min().y - north,
        east: around.max().x + east,
        north: around.max().y + north,
    });
    let size = format!("0 0 {:.0} {:.0}", frame.width, frame.height);
    let line = path(&frame, outline);
    Some(
        view! {
            <svg class="plan sites-sketch" viewBox=size role="img" aria-labelledby="sketch-title">
                <title id="sketch-title">{words.t("outline_sketch")}</title>
                <rect class="plan-ground" x="0" y="0" width=frame.width height=frame.height />
                <path class="plan-place-fill" d=line.clone() />
                <path class="plan-place plan-place-exact" d=line />
                {furniture(words, &frame)}
            </svg>
        }
        .into_any(),
    )
}
