//! The hills in the west: forest, tea on the lower slopes, a quarry, a spring.

use geo::{Area, BooleanOps, Centroid, Coord, MultiPolygon, Polygon};

use super::{
    buildings,
    dice::Dice,
    fields::nearest_village,
    kinds::{self, Kind},
    landscape::{Landscape, rural_district},
    plot::{Past, Plot, ownable},
    shape::{between, divide, enclave, together},
    streets::Way,
    village,
};

/// Ridge paths that forest parcels end at.
fn ridges() -> MultiPolygon<f64> {
    let paths = [
        "-2900,1500 -2500,1330 -2150,1420 -1850,1130 -1500,1090 -1200,900",
        "-2380,2300 -2260,1800 -2330,1300 -2460,980",
        "-2900,-300 -2480,-180 -2140,-320 -1800,-220 -1500,-60",
        "-2640,-1300 -2320,-820 -2350,-420 -2140,-60",
        "-2150,-2100 -2020,-1640 -1830,-1480 -1600,-1600",
        "-1700,2200 -1580,1760 -1300,1580",
        "-1900,-1000 -1820,-650 -1560,-520",
    ];
    let ways: Vec<Polygon<f64>> =
        paths.iter().map(|points| Way::new("", points, 2.4).ground()).collect();
    together(&ways)
}

/// Every plot of the hills.
pub(crate) fn plots(land: &Landscape) -> Vec<Plot> {
    let mut dice = Dice::for_part(6);
    let ground = MultiPolygon::from(land.boundary.clone())
        .intersection(&MultiPolygon::from(land.hills.clone()))
        .difference(&land.open)
        .difference(&village::grounds(land));
    let mut plots = Vec::new();
    for block in between(&ground, &ridges(), 2000.0) {
        let mut pieces = Vec::new();
        divide(&mut dice, block, 0.07, &|dice| dice.between(14_000.0, 52_000.0), &mut pieces);
        for piece in pieces {
            let Some(middle) = piece.centroid().map(Coord::from) else { continue };
            let district = rural_district(land, middle);
            let place = nearest_village(land, middle);
            let kind = slope(&mut dice, middle);
            let mut parts = Vec::new();
            if *kind == kinds::TEA {
                // Terraces are smaller than woods.
                divide(&mut dice, piece, 0.04, &|dice| dice.between(4000.0, 11_000.0), &mut parts);
            } else {
                parts.push(piece);
            }
            for part in parts.into_iter().filter(|part| ownable(part, 900.0)) {
                wood(&mut dice, Plot::new(kind, district, place, part), &mut plots);
            }
        }
    }
    plots
}

fn wood(dice: &mut Dice, mut plot: Plot, plots: &mut Vec<Plot>) {
    let piece = plot.outline.0[0].clone();
    if piece.unsigned_area() > 16_000.0 && dice.chance(0.12) {
        if let Some((host, inner)) = enclave(dice, &piece, 13.0) {
            let options = [&kinds::UNSETTLED, &kinds::PROSPECT, &kinds::VILLAGE_YARD];
            let kind = dice.pick(&options, &kinds::UNSETTLED);
            let mut inner = Plot::new(kind, plot.district, plot.place, inner);
            inner.buildings = buildings::footprints(dice, &inner);
            plots.push(inner);
            plot.outline = MultiPolygon::new(vec![host]);
        }
    } else if plot.kind.feature == "JL" && dice.chance(0.1) {
        plot.past = Past::Retyped(&kinds::FOREST_CONTRACT);
    }
    plots.push(plot);
}

/// What grows on a slope, by how far up it is.
fn slope(dice: &mut Dice, at: Coord<f64>) -> &'static Kind {
    let luck = dice.unit();
    // One quarry, south of the highway.
    let off = at - Coord { x: -1820.0, y: -1600.0 };
    if off.x * off.x + off.y * off.y < 250.0 * 250.0 {
        return &kinds::QUARRY;
    }
    match at.x {
        x if x < -2330.0 && luck < 0.8 => &kinds::STATE_FOREST,
        x if x < -2330.0 => &kinds::STATE_FOREST_CONTRACT,
        x if x > -1640.0 && luck < 0.42 => &kinds::TEA,
        _ if luck < 0.62 => &kinds::FOREST_CONTRACT,
        _ if luck < 0.9 => &kinds::FOREST,
        _ if luck < 0.95 => &kinds::FOREST_BARE,
        _ => &kinds::GRASS,
    }
}
