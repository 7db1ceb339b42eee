//! The base map: what everybody may see anyway.

use geo::{BooleanOps, Coord, Geometry, LineString, MultiPolygon, Point, Polygon};
use store::{BaseFeature, BaseKind};

use super::{
    built_up::{CELL, SHORE_CELL, blocks, coarse, symbols},
    kinds,
    landscape::{Landscape, public_courses},
    plot::Plot,
    shape::{Frame, board, degrees, ribbon, together},
    streets::Way,
};

/// Every base map feature, areas first.
pub(crate) fn features(land: &Landscape, ways: [&[Way]; 2], plots: &[Plot]) -> Vec<BaseFeature> {
    let mut features = Vec::new();
    let mut add = |kind, name: Option<&str>, geometry: Geometry<f64>| {
        let geometry = degrees(&geometry);
        features.push(BaseFeature { kind, name: name.map(str::to_owned), geometry });
    };
    let inside = shore(&land.boundary);
    let within = |ground: &MultiPolygon<f64>| Geometry::MultiPolygon(inside.intersection(ground));
    let line = |line: &LineString<f64>| {
        let clipped = inside.clip(&geo::MultiLineString::new(vec![line.clone()]), false);
        Geometry::MultiLineString(clipped)
    };
    add(BaseKind::Green, Some("演示西山"), within(&shore(&land.hills)));
    for plot in plots.iter().filter(|plot| *plot.kind == kinds::PARK) {
        add(BaseKind::Green, None, coarse(&plot.outline, CELL).into());
    }
    let bay = Frame::new((board(121.3, 30.35).x, board(121.3, 30.35).y), (0.94, 0.34));
    add(
        BaseKind::Water,
        Some("演示海域"),
        bay.rectangle((-2300.0, -1200.0), (2300.0, 1600.0)).into(),
    );
    for island in plots.iter().filter(|plot| plot.kind.feature == "GG") {
        add(BaseKind::Green, Some(island.kind.noun), coarse(&island.outline, CELL).into());
    }
    let [river, brook] = public_courses(SHORE_CELL).map(MultiPolygon::from);
    add(BaseKind::Water, Some("演示溪"), within(&river));
    add(BaseKind::Water, None, within(&brook));
    add(BaseKind::Water, Some("演示水库"), within(&shore(&land.reservoir)));
    for (name, lake) in &land.lakes {
        add(BaseKind::Water, Some(name), within(&shore(lake)));
    }
    for plot in plots.iter().filter(|plot| !plot.classified && *plot.kind == kinds::POND) {
        add(BaseKind::Water, None, coarse(&plot.outline, CELL).into());
    }
    let all: Vec<&Way> = land.lanes.iter().chain(ways.into_iter().flatten()).collect();
    let streets = ground_of(&all);
    for block in blocks(plots, &streets) {
        add(BaseKind::Building, None, block.into());
    }
    for symbol in symbols(plots, &all, &streets) {
        add(BaseKind::Building, None, symbol.outline.into());
    }
    for way in &land.lanes {
        add(BaseKind::Road, Some(way.name), line(&way.line));
    }
    for way in ways.into_iter().flatten() {
        add(BaseKind::Road, Some(way.name), line(&way.line));
    }
    for way in &land.highways {
        add(BaseKind::RoadMajor, Some(way.name), line(&way.line));
    }
    add(BaseKind::Rail, Some(land.railway.name), line(&land.railway.line));
    add(BaseKind::Boundary, Some("演示镇"), lines_around(&inside));
    for (name, at) in labels(land) {
        add(BaseKind::Label, Some(name), Point::from(at).into());
    }
    features
}

/// Ground with an edge of its own; the parcels beside it end there.
pub(crate) fn shore(ground: &Polygon<f64>) -> MultiPolygon<f64> {
    coarse(&MultiPolygon::from(ground.clone()), SHORE_CELL)
}

fn lines_around(area: &MultiPolygon<f64>) -> Geometry<f64> {
    let lines = area.iter().map(|part| part.exterior().clone()).collect();
    Geometry::MultiLineString(geo::MultiLineString::new(lines))
}

/// The ground that ways take.
pub(crate) fn ground_of(ways: &[&Way]) -> MultiPolygon<f64> {
    let ribbons: Vec<_> =
        ways.iter().map(|way| ribbon(&way.line, |_| way.width.max(6.0))).collect();
    together(&ribbons)
}

fn labels(land: &Landscape) -> Vec<(&'static str, Coord<f64>)> {
    let mut labels: Vec<(&'static str, Coord<f64>)> =
        land.villages.iter().map(|village| (village.name, village.frame.origin)).collect();
    let fixed = [
        ("演示镇", (760.0, -150.0)),
        ("演示工业园", (1480.0, 1130.0)),
        ("演示西山", (-2250.0, -500.0)),
        ("演示站", (1995.0, -430.0)),
        ("演示农场", (2330.0, -1560.0)),
    ];
    labels.extend(fixed.map(|(name, at)| (name, Coord::from(at))));
    labels.push(("演示海域（虚构，德清县无海域）", board(121.3, 30.35)));
    labels
}
