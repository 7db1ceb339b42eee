//! The industrial park, and the single plots that do not come in fields: over and under roads,
//! strips, a station, the one that nobody has surveyed, and the sea.

use geo::{Area, Centroid, Coord, Intersects, MultiPolygon, Polygon};

use super::{
    buildings,
    dice::Dice,
    kinds::{self, Kind},
    landscape::{Landscape, works_frame},
    plot::{Past, Plot, ownable},
    shape::{Frame, between, board, divide, holds, patch, together},
    streets::Way,
};

/// The park's roads, in its own frame.
pub(crate) fn roads() -> Vec<Way> {
    let frame = works_frame();
    [
        ("演示兴业路", [(-560.0, 40.0), (0.0, 52.0), (560.0, 30.0)], 18.0),
        ("演示创新路", [(-150.0, -400.0), (-140.0, 0.0), (-165.0, 480.0)], 16.0),
        ("演示智造路", [(205.0, -400.0), (190.0, 40.0), (215.0, 480.0)], 14.0),
    ]
    .into_iter()
    .map(|(name, points, width)| {
        let points = points.map(|(u, v)| {
            let at = frame.at(u, v);
            (at.x, at.y)
        });
        Way { name, line: super::shape::bend(&points, 1), width }
    })
    .collect()
}

/// Every plot of the park.
pub(crate) fn plots(land: &Landscape, roads: &[Way]) -> Vec<Plot> {
    let mut dice = Dice::for_part(7);
    let grounds: Vec<Polygon<f64>> = roads.iter().map(Way::ground).collect();
    let taken = together(grounds.iter().chain(&land.open));
    let mut plots = Vec::new();
    for block in between(&land.works, &taken, 1500.0) {
        let Some(middle) = block.centroid().map(Coord::from) else { continue };
        let name = if middle.y > 1130.0 { "演示兴业路" } else { "演示智造路" };
        let mut pieces = Vec::new();
        divide(&mut dice, block, 0.0, &|dice| dice.between(7000.0, 30_000.0), &mut pieces);
        for piece in pieces.into_iter().filter(|piece| ownable(piece, 1500.0)) {
            let options: [&'static Kind; 6] = [
                &kinds::FACTORY,
                &kinds::FACTORY,
                &kinds::FACTORY,
                &kinds::FACTORY,
                &kinds::FACTORY_SITE,
                &kinds::RENTED,
            ];
            let kind = dice.pick(&options, &kinds::FACTORY);
            let mut plot = Plot::new(kind, "001003", name, piece);
            if dice.chance(0.3) {
                plot.past = Past::Retyped(&kinds::FIELD);
            }
            plot.buildings = buildings::footprints(&mut dice, &plot);
            plots.push(plot);
        }
    }
    split_pairs(&mut plots);
    plots
}

/// Neighbouring sites that were one parcel before the park was re-planned.
fn split_pairs(plots: &mut [Plot]) {
    let mut number = 0;
    for pair in plots.chunks_mut(2) {
        let [one, other] = pair else { continue };
        let touching = one.outline.intersects(&other.outline);
        if touching && number < 8 && one.past == Past::Unchanged && other.past == Past::Unchanged {
            number += 1;
            one.past = Past::PartOf(number);
            other.past = Past::PartOf(number);
        }
    }
}

/// Plots that lie where no other does: over and under roads, on verges, on water.
pub(crate) fn singles(land: &Landscape) -> Vec<Plot> {
    let mut dice = Dice::for_part(8);
    let mut plots = Vec::new();
    let mut add = |kind, district, place, ground: Polygon<f64>, dice: &mut Dice| {
        let mut plot = Plot::new(kind, district, place, ground);
        plot.buildings = buildings::footprints(dice, &plot);
        plots.push(plot);
    };
    let boulevard = &land.highways[1].line.0;
    for (kind, share) in [
        (&kinds::OVERPASS, 0.18),
        (&kinds::UNDERPASS, 0.25),
        (&kinds::OVERPASS, 0.33),
        (&kinds::UNDERPASS, 0.4),
    ] {
        let ground = on_road(boulevard, share, (21.0, 10.5));
        add(kind, "001002", "演示大道", ground, &mut dice);
    }
    for (kind, lane, share) in [
        (&kinds::VILLAGE_BRIDGE, 6, 0.36),
        (&kinds::VILLAGE_CELLAR, 6, 0.3),
        (&kinds::VILLAGE_BRIDGE, 2, 0.58),
        (&kinds::VILLAGE_CELLAR, 2, 0.64),
    ] {
        let ground = on_road(&land.lanes[lane].line.0, share, (8.0, 3.4));
        let district = if lane == 6 { "002001" } else { "002003" };
        add(kind, district, land.lanes[lane].name, ground, &mut dice);
    }
    for share in [0.2, 0.42, 0.66] {
        let strip = on_road(&land.highways[0].line.0, share, (60.0, 4.0));
        add(&kinds::PIPE_STRIP, "002002", "演示国道", strip, &mut dice);
    }
    let rail = on_road(&land.railway.line.0, 0.46, (42.0, 7.0));
    add(&kinds::STATION, "002002", "演示站", rail, &mut dice);
    for (x, y) in [(-1850.0, 560.0), (-2000.0, 480.0)] {
        let intake = Frame::new((x, y), (0.8, 0.6)).rectangle((-14.0, -9.0), (14.0, 10.0));
        if holds(&land.reservoir, &intake) {
            add(&kinds::INTAKE, "004002", "演示水库", intake, &mut dice);
        }
    }
    let waterworks =
        Frame::new((-330.0, 1250.0), (0.9, 0.3)).rectangle((-20.0, -14.0), (24.0, 15.0));
    add(&kinds::WATERWORKS, "003001", "演示北湖", waterworks, &mut dice);
    plots
}

/// A box on a road, `share` of its points along.
fn on_road(line: &[Coord<f64>], share: f64, half: (f64, f64)) -> Polygon<f64> {
    let at = ((line.len() - 1) as f64 * share) as usize;
    let (here, ahead) = (line[at], line[(at + 1).min(line.len() - 1)] - line[at]);
    Frame::new((here.x, here.y), (ahead.x, ahead.y)).rectangle((-half.0, -half.1), half)
}

/// The parcel that nobody has surveyed: its outline is only a sketch, outside the mapped land.
pub(crate) fn unsurveyed() -> Plot {
    let frame = Frame::new((2960.0, 720.0), (0.9, -0.3));
    let ground = frame.rectangle((-60.0, -45.0), (70.0, 50.0));
    Plot::new(&kinds::VIRTUAL, "000000", "演示待落宗区", ground)
}

/// Homesteads that went under when the valley was dammed: their codes ended, and none followed.
pub(crate) fn drowned(land: &Landscape) -> Vec<Plot> {
    let places = [(-1935.0, 575.0), (-1912.0, 548.0), (-1950.0, 540.0)];
    let grounds = places.map(|at| Frame::new(at, (0.7, 0.7)).rectangle((-7.0, -6.0), (8.0, 7.0)));
    let under = grounds.into_iter().filter(|ground| holds(&land.reservoir, ground));
    under
        .map(|ground| Plot {
            past: Past::Gone,
            ..Plot::new(&kinds::HOMESTEAD, "004002", "演示水库", ground)
        })
        .collect()
}

/// A bay with farms, a jetty and islands. 德清 has no coast: this lies in the open water of
/// Hangzhou Bay and says in its name that it is invented.
pub(crate) fn sea() -> Vec<Plot> {
    let mut dice = Dice::for_part(9);
    let bay = board(121.3, 30.35);
    let frame = Frame::new((bay.x, bay.y), (0.94, 0.34));
    let mut islands = Vec::new();
    for (kind, at, size) in [
        (&kinds::ISLAND, (-240.0, 640.0), (120.0, 74.0)),
        (&kinds::ISLAND_LIGHT, (520.0, 820.0), (86.0, 58.0)),
        (&kinds::ISLAND, (980.0, 420.0), (64.0, 40.0)),
        (&kinds::ISLAND, (1180.0, 930.0), (150.0, 70.0)),
    ] {
        let middle = frame.at(at.0, at.1);
        let ground = patch(&mut dice, &Frame::new((middle.x, middle.y), (0.6, 0.8)), size, 0.25);
        islands.push(Plot::new(kind, "000000", "演示海域", ground));
    }
    let shores = together(islands.iter().flat_map(|island| &island.outline));
    let waters = MultiPolygon::new(vec![patch(&mut dice, &frame, (1500.0, 620.0), 0.12)]);
    let mut pieces = Vec::new();
    for block in between(&waters, &shores, 5000.0) {
        divide(&mut dice, block, 0.0, &|dice| dice.between(60_000.0, 190_000.0), &mut pieces);
    }
    let mut plots = Vec::new();
    for (at, piece) in pieces.into_iter().enumerate() {
        if !ownable(&piece, 9000.0) || piece.unsigned_area() > 9e5 {
            continue;
        }
        let kind = if at % 6 == 2 { &kinds::SEA_JETTY } else { &kinds::SEA_FARM };
        plots.push(Plot::new(kind, "000000", "演示海域", piece));
    }
    plots.extend(islands);
    for plot in &mut plots {
        plot.buildings = buildings::footprints(&mut dice, plot);
    }
    plots
}
