//! An outline that somebody brought, as it was read: alone, with north and a scale.

use domain::base_map::Bounds;
use geo::{BoundingRect, InteriorPoint, MultiPolygon};
use leptos::prelude::*;

use super::{frame::Frame, furniture, path};
use crate::words::Words;

/// The `id` of the pattern of what is left out, for a legend beside the drawing.
pub const LEFT_OUT: &str = "sketch-left-out";

/// The drawing; its text alternative is the list of corners beside it. `left` is what is left of an outline
/// that does not suit: the rest of it is hatched.
pub fn sketch(
    words: Words,
    outline: &MultiPolygon<f64>,
    left: Option<&MultiPolygon<f64>>,
) -> Option<AnyView> {
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
    let title = words.t(if left.is_some() { "outline_sketch_left" } else { "outline_sketch" });
    let shape = match left {
        None => whole(line),
        Some(piece) => parted(line, path(&frame, piece)),
    };
    Some(
        view! {
            <svg class="plan sites-sketch" viewBox=size role="img" aria-labelledby="sketch-title">
                <title id="sketch-title">{title}</title>
                <rect class="plan-ground" x="0" y="0" width=frame.width height=frame.height />
                {shape}
                {numbers(&frame, outline)}
                {furniture(words, &frame)}
            </svg>
        }
        .into_any(),
    )
}

/// The number of each piece, where there are several; it stands on the piece.
fn numbers(frame: &Frame, outline: &MultiPolygon<f64>) -> Vec<AnyView> {
    if outline.0.len() < 2 {
        return Vec::new();
    }
    let each = outline.iter().enumerate().filter_map(|(at, piece)| {
        let on = frame.coord(piece.interior_point()?.0);
        let (x, y) = (format!("{:.1}", on.x), format!("{:.1}", on.y + 9.0));
        let number = (at + 1).to_string();
        Some(
            view! { <text class="numbered-figure" text-anchor="middle" x=x y=y>{number}</text> }
                .into_any(),
        )
    });
    each.collect()
}

fn whole(line: String) -> AnyView {
    view! {
        <path class="plan-place-fill" d=line.clone() />
        <path class="plan-place plan-place-exact" d=line />
    }
    .into_any()
}

/// The outline hatched, and on it the piece, plain: it reads in black and white too.
fn parted(line: String, piece: String) -> AnyView {
    view! {
        <defs>
            <pattern id=LEFT_OUT class="hatch asks-prohibits" width="14" height="14" patternUnits="userSpaceOnUse">
                <path class="hatch-line" d="M-2 16L16 -2M-2 2L2 -2M12 16L16 12" stroke-width="3" />
            </pattern>
        </defs>
        <path fill=format!("url(#{LEFT_OUT})") d=line.clone() />
        <path class="plan-place plan-place-generalised" d=line />
        <path class="sketch-ground" d=piece.clone() />
        <path class="plan-place-fill" d=piece.clone() />
        <path class="plan-place plan-place-exact" d=piece />
    }
    .into_any()
}
