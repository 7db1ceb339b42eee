//! The text format in which surveyors hand in outlines of land to be used (勘测定界界址点坐标):
//! `[属性描述]` with lines `NAME=VALUE`, then `[地块坐标]`, where a line that ends in `@` begins a parcel and
//! the others are `name, ring, X, Y`, northing before easting. No standard of it was found in words; what is
//! read here is what registers ask for and what the programs of surveyors write.

use geo::{Contains, Coord, LineString, Point, Polygon};

use super::{
    MOST_POINTS, MOST_RINGS,
    fault::OutlineFault,
    point::{Points, Written, number, zone},
};

/// Whether a text is in the format.
pub(super) fn is_it(text: &str) -> bool {
    text.contains("[地块坐标]") || text.contains("【地块坐标】")
}

/// The parts of its outline, each with its holes, as they are written.
pub(super) fn read(text: &str) -> Result<(Vec<Polygon<f64>>, Written), OutlineFault> {
    let text = text.replace('【', "[").replace('】', "]").replace('，', ",");
    let told = head(&text)?;
    let (mut points, mut count, mut rings_read) = (Points::default(), 0, 0);
    let mut parcels: Vec<Vec<(String, Vec<Coord<f64>>)>> = Vec::new();
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    let body = lines.skip_while(|(_, line)| !line.starts_with("[地块坐标]")).skip(1);
    for (at, line) in body.filter(|(_, line)| !line.is_empty()) {
        if line.ends_with('@') {
            parcels.push(Vec::new());
            continue;
        }
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        let [_, ring, north, east, ..] = parts[..] else {
            return Err(OutlineFault::NotAPoint { line: at });
        };
        let numbers = (number(north, at)?, number(east, at)?);
        let corner = points.next(numbers, told, at)?;
        count += 1;
        if count > 2 * MOST_POINTS {
            return Err(OutlineFault::TooMany { points: count, most: MOST_POINTS });
        }
        if parcels.is_empty() {
            parcels.push(Vec::new());
        }
        let Some(rings) = parcels.last_mut() else { continue };
        match rings.iter_mut().find(|(name, _)| name == ring) {
            Some((_, corners)) => corners.push(corner),
            None => {
                rings_read += 1;
                if rings_read > MOST_RINGS {
                    return Err(OutlineFault::TooManyRings { rings: rings_read, most: MOST_RINGS });
                }
                rings.push((ring.to_owned(), vec![corner]));
            }
        }
    }
    let polygons: Vec<Polygon<f64>> = parcels.into_iter().flat_map(parts).collect();
    if polygons.is_empty() { Err(OutlineFault::Empty) } else { Ok((polygons, points.written())) }
}

/// What is said of the coordinates: the zone, once nothing speaks against them.
fn head(text: &str) -> Result<Option<u8>, OutlineFault> {
    let value = |name: &str| {
        let lines = text.lines().take_while(|line| !line.trim().starts_with("[地块坐标]"));
        let mut values =
            lines.filter_map(|line| line.trim().strip_prefix(name)?.trim().strip_prefix('='));
        values.next().map(str::trim).filter(|value| !value.is_empty())
    };
    let datum = value("坐标系").unwrap_or_default();
    if !datum.contains("2000") {
        return Err(OutlineFault::OtherDatum { named: datum.chars().take(40).collect() });
    }
    if value("几度分带").is_some_and(|width| width.starts_with('6')) {
        return Err(OutlineFault::SixDegrees);
    }
    value("带号").map(zone).transpose()
}

/// The rings of a parcel: the first goes around it; of the others those within are holes, and the rest
/// parts of their own.
fn parts(rings: Vec<(String, Vec<Coord<f64>>)>) -> Vec<Polygon<f64>> {
    let mut polygons: Vec<Polygon<f64>> = Vec::new();
    for (_, corners) in rings {
        let ring = LineString::new(corners);
        let inside = |polygon: &&mut Polygon<f64>| {
            let outer = Polygon::new(polygon.exterior().clone(), Vec::new());
            ring.0.first().is_some_and(|corner| outer.contains(&Point::from(*corner)))
        };
        match polygons.iter_mut().find(inside) {
            Some(polygon) => polygon.interiors_push(ring),
            None => polygons.push(Polygon::new(ring, Vec::new())),
        }
    }
    polygons
}
