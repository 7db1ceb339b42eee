//! Villages: homesteads in bent rows, a hall, a pond, and the land around the rows that stays
//! the collective's.

use geo::{Coord, Intersects, MultiPolygon, Polygon};

use super::{
    buildings,
    dice::Dice,
    kinds::{self, Kind},
    landscape::{Landscape, Village, rural_district},
    plot::{Past, Plot, ownable},
    shape::{between, enclave, holds, ring, scaled, survives_rounding, together},
};

/// Every plot of every village.
pub(crate) fn plots(land: &Landscape) -> Vec<Plot> {
    let mut dice = Dice::for_part(4);
    land.villages.iter().flat_map(|village| of_village(&mut dice, land, village)).collect()
}

fn of_village(dice: &mut Dice, land: &Landscape, village: &Village) -> Vec<Plot> {
    let district = rural_district(land, village.frame.origin);
    let ground = MultiPolygon::new(between(&village.edge.clone().into(), &land.open, 800.0));
    // Houses keep off the village's edge.
    let core = scaled(&village.edge, 0.92).into();
    let core = MultiPolygon::new(between(&core, &land.open, 400.0));
    let common = commons(dice, village, &core);
    let rows = Rows { village, ground: &core, common: &common, sag: dice.jitter(0.0011) };
    let mut plots = Vec::new();
    let mut strips = Vec::new();
    let mut across = -village.size.1 + 8.0;
    while across < village.size.1 {
        let depth = dice.between(10.6, 12.4);
        let houses = rows.houses(dice, across, depth);
        let ends = houses.iter().flat_map(|house| house.exterior().coords());
        let ends = ends.map(|corner| village.frame.coordinates(*corner).0);
        let ends = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |reach: (f64, f64), along| {
            (reach.0.min(along), reach.1.max(along))
        });
        if !houses.is_empty() {
            strips.push(rows.strip(ends, across - 2.0, depth + 4.0));
        }
        for (at, house) in houses.into_iter().enumerate() {
            let kind = if dice.chance(0.42) { &kinds::HOUSE } else { &kinds::HOMESTEAD };
            let mut plot = Plot::new(kind, district, village.name, house);
            if at % 19 == 7 {
                plot.past = Past::Retyped(&kinds::VILLAGE_YARD);
            }
            plot.buildings = buildings::footprints(dice, &plot);
            plots.push(plot);
        }
        across += depth + dice.between(8.0, 13.0);
    }
    strips.extend(common.iter().map(|(_, outline)| outline.clone()));
    let rest = together(&strips);
    for piece in between(&ground, &rest, 300.0) {
        // Lanes and yards in one piece, with the rows as holes.
        if survives_rounding(&piece.clone().into()) {
            plots.push(Plot::new(&kinds::VILLAGE_LAND, district, village.name, piece));
        }
    }
    for (kind, outline) in common {
        let outline = match enclave(dice, &outline, 6.0) {
            Some((host, well)) if *kind == kinds::VILLAGE_HALL => {
                plots.push(Plot::new(&kinds::UNSETTLED, district, village.name, well));
                host
            }
            _ => outline,
        };
        let mut plot = Plot::new(kind, district, village.name, outline);
        plot.buildings = buildings::footprints(dice, &plot);
        plots.push(plot);
    }
    plots
}

/// Hall, store and pond: what the village has in common, near its middle.
fn commons(
    dice: &mut Dice,
    village: &Village,
    ground: &MultiPolygon<f64>,
) -> Vec<(&'static Kind, Polygon<f64>)> {
    let mut common: Vec<(&'static Kind, Polygon<f64>)> = Vec::new();
    for (kind, half) in [
        (&kinds::VILLAGE_HALL, (24.0, 15.0)),
        (&kinds::POND, (21.0, 14.0)),
        (&kinds::VILLAGE_YARD, (15.0, 11.0)),
        (&kinds::VILLAGE_WORKS, (30.0, 21.0)),
    ] {
        for _ in 0..12 {
            let (u, v) = (dice.jitter(village.size.0 * 0.7), dice.jitter(village.size.1 * 0.7));
            let corner = |dice: &mut Dice, x: f64, y: f64| {
                village
                    .frame
                    .at(u + x * half.0 + dice.jitter(2.5), v + y * half.1 + dice.jitter(2.5))
            };
            let outline = ring([
                corner(dice, -1.0, -1.0),
                corner(dice, 0.1, -1.15),
                corner(dice, 1.0, -0.9),
                corner(dice, 1.05, 0.8),
                corner(dice, -0.2, 1.1),
                corner(dice, -1.0, 1.0),
            ]);
            let free = !common.iter().any(|(_, other)| other.intersects(&outline));
            if free && holds(ground, &outline) {
                common.push((kind, outline));
                break;
            }
        }
    }
    common
}

/// The rows of a village, each bent like the ground it follows.
struct Rows<'a> {
    village: &'a Village,
    ground: &'a MultiPolygon<f64>,
    common: &'a [(&'static Kind, Polygon<f64>)],
    sag: f64,
}

impl Rows<'_> {
    fn at(&self, along: f64, across: f64) -> Coord<f64> {
        self.village.frame.at(along, across + self.sag * along * along)
    }

    /// The homesteads of one row, where there is room.
    fn houses(&self, dice: &mut Dice, across: f64, depth: f64) -> Vec<Polygon<f64>> {
        let mut houses = Vec::new();
        let mut along = -self.village.size.0;
        while along < self.village.size.0 {
            let width = dice.between(9.8, 12.0);
            let (near, far) = (across + dice.jitter(0.5), across + depth + dice.jitter(0.5));
            let house = ring([
                self.at(along, near),
                self.at(along + width, near + dice.jitter(0.5)),
                self.at(along + width + dice.jitter(0.4), far),
                self.at(along + dice.jitter(0.4), far + dice.jitter(0.5)),
            ]);
            let free = !self.common.iter().any(|(_, other)| other.intersects(&house));
            // Gaps where nobody has built yet.
            if free && dice.chance(0.93) && holds(self.ground, &house) && ownable(&house, 60.0) {
                houses.push(house);
            }
            along += width
                + if dice.chance(0.17) { dice.between(5.0, 11.0) } else { dice.between(1.2, 3.0) };
        }
        houses
    }

    /// The ground of a row, houses and yards together.
    fn strip(&self, ends: (f64, f64), across: f64, depth: f64) -> Polygon<f64> {
        let steps = 10;
        let along = |step: i32| {
            let share = f64::from(step) / f64::from(steps);
            ends.0 - 1.5 + (ends.1 - ends.0 + 3.0) * share
        };
        ring(
            (0..=steps)
                .map(|step| self.at(along(step), across))
                .chain((0..=steps).rev().map(|step| self.at(along(step), across + depth))),
        )
    }
}

/// The ground of the villages, which farmland leaves free.
pub(crate) fn grounds(land: &Landscape) -> MultiPolygon<f64> {
    let edges: Vec<_> = land.villages.iter().map(|village| village.edge.clone()).collect();
    together(&edges)
}
