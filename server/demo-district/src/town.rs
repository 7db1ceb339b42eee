//! The town: a street grid a little off north, blocks divided into lots by what stands there.

use geo::{Area, Centroid, Coord, Polygon};

use super::{
    buildings,
    dice::Dice,
    kinds::{self, Built, Kind},
    landscape::Landscape,
    plot::{Past, Plot, ownable},
    shape::{divide, enclave},
    streets::{Way, town_frame},
};

/// Every lot of the town.
pub(crate) fn lots(land: &Landscape) -> Vec<Plot> {
    let mut dice = Dice::for_part(3);
    let mut plots = Vec::new();
    for block in &land.town {
        let Some(middle) = block.centroid().map(Coord::from) else { continue };
        let district = if middle.x < 760.0 { "001001" } else { "001002" };
        let street = nearest(&land.streets, middle);
        block_lots(&mut dice, block.clone(), middle, district, street, &mut plots);
    }
    plots
}

/// What a block is used for, after its place in the town.
fn block_lots(
    dice: &mut Dice,
    block: Polygon<f64>,
    middle: Coord<f64>,
    district: &'static str,
    street: &'static str,
    plots: &mut Vec<Plot>,
) {
    let (u, v) = town_frame().coordinates(middle);
    let centre = ((u / 620.0) * (u / 620.0) + (v / 480.0) * (v / 480.0)).sqrt();
    let area = block.unsigned_area();
    let luck = dice.unit();
    let old_town = u < -270.0 && v.abs() < 170.0;
    let mut pieces = Vec::new();
    let kinds: &[&'static Kind] = if old_town {
        divide(dice, block, 0.0, &|dice| dice.between(330.0, 900.0), &mut pieces);
        &[&kinds::TOWN_HOUSE, &kinds::TOWN_HOUSE, &kinds::TOWN_HOUSE, &kinds::SHOP]
    } else if centre < 0.36 {
        divide(dice, block, 0.0, &|dice| dice.between(800.0, 3200.0), &mut pieces);
        &[&kinds::SHOP, &kinds::SHOP, &kinds::SHOP, &kinds::OFFICE, &kinds::HOTEL]
    } else if luck < 0.12 && area > 4000.0 {
        pieces.push(block);
        &[&kinds::SCHOOL, &kinds::PARK]
    } else if luck < 0.27 {
        divide(dice, block, 0.0, &|dice| dice.between(420.0, 950.0), &mut pieces);
        &[&kinds::TOWN_HOUSE, &kinds::TOWN_HOUSE, &kinds::TOWN_HOUSE, &kinds::SHOP]
    } else if luck < 0.36 {
        divide(dice, block, 0.0, &|dice| dice.between(2500.0, 6000.0), &mut pieces);
        &[&kinds::RESERVE, &kinds::OFFICE, &kinds::VILLAGE_MARKET]
    } else {
        divide(dice, block, 0.0, &|dice| dice.between(3200.0, 8200.0), &mut pieces);
        &[&kinds::FLATS, &kinds::FLATS, &kinds::FLATS, &kinds::FLATS, &kinds::OFFICE]
    };
    for piece in pieces {
        if !ownable(&piece, 120.0) {
            continue;
        }
        let kind = dice.pick(kinds, &kinds::SHOP);
        // A flat needs room for a slab.
        let small = piece.unsigned_area() < 1500.0;
        let kind = if *kind == kinds::FLATS && small { &kinds::TOWN_HOUSE } else { kind };
        let past = past(dice, kind);
        let (ground, inner) = match enclave(dice, &piece, 11.0) {
            // A historic house stands within the grounds of a school or an office.
            Some((host, inner)) if kind.built == Built::Campus && dice.chance(0.2) => {
                (host, Some(inner))
            }
            _ => (piece, None),
        };
        let mut plot = Plot::new(kind, district, street, ground);
        plot.past = past;
        plot.buildings = buildings::footprints(dice, &plot);
        plots.push(plot);
        if let Some(inner) = inner {
            let mut house = Plot::new(&kinds::HISTORIC, district, street, inner);
            house.buildings = buildings::footprints(dice, &house);
            plots.push(house);
        }
    }
}

fn past(dice: &mut Dice, kind: &'static Kind) -> Past {
    if dice.chance(0.04) {
        Past::Merged
    } else if dice.chance(0.05) && kind.feature == "GB" {
        Past::Retyped(&kinds::VILLAGE_YARD)
    } else {
        Past::Unchanged
    }
}

/// The street whose middle line passes closest to a block.
fn nearest(streets: &[Way], middle: Coord<f64>) -> &'static str {
    let away = |way: &Way| {
        way.line
            .coords()
            .map(|c| (c.x - middle.x) * (c.x - middle.x) + (c.y - middle.y) * (c.y - middle.y))
            .fold(f64::INFINITY, f64::min)
    };
    streets
        .iter()
        .map(|way| (away(way), way.name))
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or("演示路", |found| found.1)
}
