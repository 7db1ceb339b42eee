//! What stands on a plot: footprints that look like the houses, slabs and halls they are.

use geo::{Area, Intersects, Polygon};

use super::{
    dice::Dice,
    kinds::Built,
    plot::Plot,
    shape::{Frame, grain, holds, reach, ring, scaled},
};

/// The footprints of a plot's buildings; building 1 comes first.
pub(crate) fn footprints(dice: &mut Dice, plot: &Plot) -> Vec<Polygon<f64>> {
    let Some(lot) = plot.outline.0.first() else { return Vec::new() };
    let enclosed: Vec<Polygon<f64>> =
        lot.interiors().iter().map(|hole| Polygon::new(hole.clone(), Vec::new())).collect();
    let lot = &Polygon::new(lot.exterior().clone(), Vec::new());
    let mut found = match plot.kind.built {
        Built::Nothing | Built::Trees => return Vec::new(),
        Built::Structure => vec![hut(lot)],
        Built::House | Built::RegisteredHouse | Built::Shops if lot.unsigned_area() < 420.0 => {
            // Town lots have a yard, homesteads are the house.
            let share = if plot.kind.feature == "JC" { (0.84, 0.94) } else { (0.58, 0.78) };
            vec![scaled(lot, dice.between(share.0, share.1))]
        }
        Built::House | Built::RegisteredHouse => rows(dice, lot, (9.0, 14.0), (9.0, 13.0), 7.0, 2),
        Built::Shops => rows(dice, lot, (16.0, 34.0), (12.0, 17.0), 6.0, 3),
        Built::Flats => rows(dice, lot, (34.0, 52.0), (12.0, 14.5), 22.0, 9),
        Built::Halls => rows(dice, lot, (60.0, 110.0), (28.0, 52.0), 13.0, 6),
        Built::Campus => rows(dice, lot, (26.0, 58.0), (12.0, 18.0), 19.0, 5),
    };
    found.retain(|building| !enclosed.iter().any(|hole| hole.intersects(building)));
    // Whoever registered a building has one, also on an awkward lot.
    if found.is_empty() { vec![hut(lot)] } else { found }
}

fn hut(lot: &Polygon<f64>) -> Polygon<f64> {
    let share = (60.0 / lot.unsigned_area().max(60.0)).sqrt().min(0.6);
    scaled(lot, share)
}

/// Rows of buildings along the lot's longest side, as many as fit.
fn rows(
    dice: &mut Dice,
    lot: &Polygon<f64>,
    length: (f64, f64),
    depth: (f64, f64),
    gap: f64,
    most: usize,
) -> Vec<Polygon<f64>> {
    let Some(frame) = southward(lot) else { return Vec::new() };
    let room = scaled(lot, 0.93);
    let [along, across] = reach(lot, &frame);
    let mut found = Vec::new();
    let mut v = across.0 + gap / 3.0;
    while v < across.1 && found.len() < most {
        let deep = dice.between(depth.0, depth.1);
        let mut u = along.0 + gap / 4.0;
        while u < along.1 && found.len() < most {
            let long = dice.between(length.0, length.1);
            let slab = frame.rectangle((u, v), (u + long, v + deep));
            if holds(&room, &slab) {
                found.push(with_wing(dice, &frame, (u, v), (long, deep), slab));
                u += long + gap / 2.0 + dice.between(0.0, 4.0);
            } else {
                u += gap / 3.0;
            }
        }
        v += if found.is_empty() { gap / 3.0 } else { deep + gap };
    }
    found
}

/// Now and then a building has a corner cut out, as real ones do.
fn with_wing(
    dice: &mut Dice,
    frame: &Frame,
    at: (f64, f64),
    size: (f64, f64),
    slab: Polygon<f64>,
) -> Polygon<f64> {
    if dice.chance(0.6) {
        return slab;
    }
    let (step, notch) = (size.0 * dice.between(0.3, 0.6), size.1 * dice.between(0.25, 0.5));
    ring([
        frame.at(at.0, at.1),
        frame.at(at.0 + size.0, at.1),
        frame.at(at.0 + size.0, at.1 + size.1 - notch),
        frame.at(at.0 + step, at.1 + size.1 - notch),
        frame.at(at.0 + step, at.1 + size.1),
        frame.at(at.0, at.1 + size.1),
    ])
}

/// The lot's grain, turned so that rows face south as far as the lot lets them.
fn southward(lot: &Polygon<f64>) -> Option<Frame> {
    let frame = grain(lot)?;
    let ahead = frame.at(1.0, 0.0) - frame.origin;
    let origin = (frame.origin.x, frame.origin.y);
    Some(if ahead.x.abs() >= ahead.y.abs() {
        Frame::new(origin, (ahead.x, ahead.y))
    } else {
        Frame::new(origin, (ahead.y, -ahead.x))
    })
}
