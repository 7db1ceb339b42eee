//! Outlines made valid, or a reason why they cannot be.
//!
//! Valid is what OGC Simple Features say: closed rings of at least three corners that do not cross
//! themselves or each other, holes inside, parts that meet in points at most. Which way a ring runs
//! is no matter of validity; outer rings come out counter-clockwise and holes clockwise (RFC 7946).

use domain::overlay::{LocalPlane, geodesic_area_m2};
use geo::{
    Area, BooleanOps, BoundingRect, Coord, Intersects, Line, LineString, MapCoords, MultiPolygon,
    Orient, Polygon, PreparedGeometry, Rect, Relate,
    algorithm::bool_ops::{FillRule, OpType},
    coordinate_position::CoordPos,
    dimensions::Dimensions,
    orient::Direction,
};
use geojson::{GeometryValue, Position};

/// How a geometry was changed so that it is valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Repair {
    /// What was wrong, each thing once.
    pub reasons: Vec<String>,
    /// Area of the outline as drawn, m². Of a ring that crosses itself this is a difference of
    /// loops, not a size.
    pub area_before_m2: f64,
    /// Area afterwards, m² on the ellipsoid.
    pub area_after_m2: f64,
}

/// An outline that is valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// The outline, degrees.
    pub outline: MultiPolygon<f64>,
    /// Its area on the ellipsoid, m².
    pub area_m2: f64,
    /// What had to be done, if anything.
    pub repair: Option<Repair>,
    /// Corners that stood twice in a row and were taken out. They do not make an outline invalid.
    pub repeated_points: u64,
    /// Heights were there and were dropped.
    pub had_heights: bool,
}

/// Why there is no outline.
#[derive(Clone, Debug, PartialEq)]
pub enum NoOutline<E> {
    /// No geometry, or one without coordinates: the feature is known, its place is not.
    Missing,
    /// A geometry that is no area or cannot be repaired.
    Bad(String),
    /// The coordinate could not be placed.
    Coordinate(E),
}

/// Reads a polygon or multipolygon, places its coordinates with `place` and makes it valid.
///
/// # Errors
/// [`NoOutline`].
pub fn outline<E>(
    geometry: Option<&GeometryValue>,
    place: &dyn Fn(Coord<f64>) -> Result<Coord<f64>, E>,
) -> Result<Sound, NoOutline<E>> {
    let parts: &[Vec<Vec<Position>>] = match geometry {
        None => return Err(NoOutline::Missing),
        Some(GeometryValue::Polygon { coordinates }) => std::slice::from_ref(coordinates),
        Some(GeometryValue::MultiPolygon { coordinates }) => coordinates,
        Some(other) => {
            return Err(NoOutline::Bad(format!(
                "is a {}; an area must be a Polygon or MultiPolygon",
                other.type_name()
            )));
        }
    };
    let mut draft = Draft::default();
    let mut polygons = Vec::with_capacity(parts.len());
    for part in parts {
        let mut rings = Vec::with_capacity(part.len());
        for ring in part.iter().filter(|ring| !ring.is_empty()) {
            rings.push(draft.ring(ring, place)?);
        }
        let mut rings = rings.into_iter();
        if let Some(exterior) = rings.next() {
            // `Polygon::new` would close an open ring without a word; `ring` has noted it.
            polygons.push(Polygon::new(exterior, rings.collect()));
        }
    }
    if polygons.is_empty() {
        return Err(NoOutline::Missing);
    }
    draft.finish(MultiPolygon::new(polygons)).map_err(NoOutline::Bad)
}

/// Places a coordinate pair or triple.
pub(crate) fn placed<E>(
    position: &Position,
    place: &dyn Fn(Coord<f64>) -> Result<Coord<f64>, E>,
) -> Result<Coord<f64>, NoOutline<E>> {
    match position.as_slice() {
        [x, y, ..] => place(Coord { x: *x, y: *y }).map_err(NoOutline::Coordinate),
        _ => Err(NoOutline::Bad("has a position of fewer than two numbers".to_owned())),
    }
}

#[derive(Default)]
struct Draft {
    open_rings: usize,
    repeated_points: u64,
    had_heights: bool,
}

impl Draft {
    fn ring<E>(
        &mut self,
        ring: &[Position],
        place: &dyn Fn(Coord<f64>) -> Result<Coord<f64>, E>,
    ) -> Result<LineString<f64>, NoOutline<E>> {
        let mut corners: Vec<Coord<f64>> = Vec::with_capacity(ring.len());
        for position in ring {
            self.had_heights |= position.len() > 2;
            let corner = placed(position, place)?;
            if corners.last() == Some(&corner) {
                self.repeated_points += 1;
            } else {
                corners.push(corner);
            }
        }
        if corners.first() != corners.last() {
            self.open_rings += 1;
        }
        Ok(LineString::new(corners))
    }

    fn finish(self, drawn: MultiPolygon<f64>) -> Result<Sound, String> {
        let mut reasons: Vec<String> = Vec::new();
        if self.open_rings > 0 {
            reasons.push("a ring was not closed".to_owned());
        }
        let found = problems(&drawn);
        let area_before_m2 = area_as_drawn_m2(&drawn);
        let outline = if found.is_empty() {
            drawn
        } else {
            reasons.extend(found.iter().map(|problem| (*problem).to_owned()));
            let mended = mend(&drawn);
            if mended.0.is_empty() {
                return Err(format!("has no area: {}", reasons.join("; ")));
            }
            if let Some(problem) = problems(&mended).first() {
                return Err(format!(
                    "cannot be repaired: {}; afterwards still: {problem}",
                    reasons.join("; ")
                ));
            }
            mended
        };
        // The area on the ellipsoid of a ring that runs the other way is the rest of the Earth.
        let outline = outline.orient(Direction::Default);
        let area_m2 = geodesic_area_m2(&outline);
        if area_m2 <= 0.0 {
            return Err("has no area".to_owned());
        }
        let repair = (!reasons.is_empty()).then_some(Repair {
            reasons,
            area_before_m2,
            area_after_m2: area_m2,
        });
        Ok(Sound {
            outline,
            area_m2,
            repair,
            repeated_points: self.repeated_points,
            had_heights: self.had_heights,
        })
    }
}

/// Ring by ring: the outer ring's own union, minus every hole's, then the union of the parts. A
/// hole that sticks out takes nothing that was not there, and parts that overlap count once.
fn mend(drawn: &MultiPolygon<f64>) -> MultiPolygon<f64> {
    let nothing = MultiPolygon::new(Vec::new());
    drawn
        .iter()
        .map(|polygon| {
            polygon
                .interiors()
                .iter()
                .fold(filled(polygon.exterior()), |whole, hole| whole.difference(&filled(hole)))
        })
        .fold(nothing, |sum, part| if sum.0.is_empty() { part } else { sum.union(&part) })
        .into_iter()
        .filter(|polygon| polygon.unsigned_area() > 0.0)
        .collect()
}

/// The area of an outline that may be invalid, m²: rings that cross themselves have no direction,
/// which the area on the ellipsoid would need.
fn area_as_drawn_m2(drawn: &MultiPolygon<f64>) -> f64 {
    drawn.bounding_rect().map_or(0.0, |bounds| {
        let centre = bounds.center();
        LocalPlane::at(centre.y).to_metres(&drawn.map_coords(|c| c - centre)).unsigned_area()
    })
}

/// What a ring encloses. Non-zero winding: where a ring runs twice around the same ground, the
/// surveyor went too far; they did not draw a hole.
fn filled(ring: &LineString<f64>) -> MultiPolygon<f64> {
    Polygon::new(ring.clone(), Vec::new()).boolean_op_with_fill_rule(
        &MultiPolygon::new(Vec::new()),
        OpType::Union,
        FillRule::NonZero,
    )
}

/// What is wrong with an outline, each thing once; nothing, if it is valid.
///
/// `geo` asks the same with its `Validation`, but compares every edge of a ring with every other:
/// a coastline of a million corners would take a day. Tests hold the two against each other.
fn problems(outline: &MultiPolygon<f64>) -> Vec<&'static str> {
    let mut found = Found::default();
    for polygon in outline {
        for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
            if ring.0.len() < 4 {
                found.note("a ring has fewer than three corners");
            } else if is_flat(ring) {
                found.note("a ring encloses nothing");
            } else if crosses_itself(ring) {
                found.note("a ring crosses or touches itself");
            }
        }
    }
    // How rings lie to each other is a question for rings that are sound themselves, and so it is
    // for parts; `relate` gives no answer about others.
    if !found.0.is_empty() {
        return found.0;
    }
    for polygon in outline {
        let Some((exterior, holes)) = rings(polygon) else { continue };
        let prepared = PreparedGeometry::from(&exterior);
        for (hole, _) in &holes {
            let lie = prepared.relate(hole);
            if !lie.is_contains() {
                found.note("a hole lies outside its outline");
            }
            if lie.get(CoordPos::OnBoundary, CoordPos::OnBoundary) == Dimensions::OneDimensional {
                found.note("two rings share an edge");
            }
        }
        meeting(&holes, &mut |a, b| {
            let lie = a.relate(b);
            if lie.get(CoordPos::Inside, CoordPos::Inside) == Dimensions::TwoDimensional {
                found.note("two rings overlap");
            }
            if lie.get(CoordPos::OnBoundary, CoordPos::OnBoundary) == Dimensions::OneDimensional {
                found.note("two rings share an edge");
            }
        });
    }
    if !found.0.is_empty() {
        return found.0;
    }
    let parts: Vec<Boxed> =
        outline.iter().filter_map(|part| Some((part.clone(), part.bounding_rect()?))).collect();
    meeting(&parts, &mut |a, b| {
        let lie = a.relate(b);
        if lie.get(CoordPos::Inside, CoordPos::Inside) == Dimensions::TwoDimensional {
            found.note("two parts overlap");
        }
        if lie.get(CoordPos::OnBoundary, CoordPos::OnBoundary) == Dimensions::OneDimensional {
            found.note("two parts share an edge");
        }
    });
    found.0
}

/// Problems, each once.
#[derive(Default)]
struct Found(Vec<&'static str>);

impl Found {
    fn note(&mut self, problem: &'static str) {
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }
}

type Boxed = (Polygon<f64>, Rect<f64>);

/// The outer ring and the holes, each as an area of its own.
fn rings(polygon: &Polygon<f64>) -> Option<(Polygon<f64>, Vec<Boxed>)> {
    if polygon.interiors().is_empty() {
        return None;
    }
    let alone = |ring: &LineString<f64>| Polygon::new(ring.clone(), Vec::new());
    let holes = polygon
        .interiors()
        .iter()
        .filter_map(|ring| Some((alone(ring), ring.bounding_rect()?)))
        .collect();
    Some((alone(polygon.exterior()), holes))
}

/// Every pair whose boxes meet.
fn meeting(areas: &[Boxed], each: &mut dyn FnMut(&Polygon<f64>, &Polygon<f64>)) {
    let mut order: Vec<&Boxed> = areas.iter().collect();
    order.sort_by(|a, b| a.1.min().x.total_cmp(&b.1.min().x));
    for (at, (area, bounds)) in order.iter().enumerate() {
        for (other, beside) in
            order[at + 1..].iter().take_while(|(_, beside)| beside.min().x <= bounds.max().x)
        {
            if bounds.intersects(beside) {
                each(area, other);
            }
        }
    }
}

/// Whether a ring is a triangle without area, whose edges all follow each other and so never
/// count as crossing.
fn is_flat(ring: &LineString<f64>) -> bool {
    match ring.0[..] {
        [a, b, c, _] => [(a, b, c), (b, c, a), (c, a, b)]
            .iter()
            .any(|(p, q, r)| Line::new(*p, *q).intersects(r)),
        _ => false,
    }
}

/// Whether two edges of a ring meet anywhere but where one ends and the next begins. A sweep along
/// the longer side of the ring: only edges that lie side by side are compared.
fn crosses_itself(ring: &LineString<f64>) -> bool {
    let wide = ring.bounding_rect().is_some_and(|bounds| bounds.width() >= bounds.height());
    let span = |line: &Line<f64>| {
        let (a, b) = if wide { (line.start.x, line.end.x) } else { (line.start.y, line.end.y) };
        (a.min(b), a.max(b))
    };
    let mut edges: Vec<(f64, f64, Line<f64>)> = ring
        .lines()
        .map(|line| {
            let (low, high) = span(&line);
            (low, high, line)
        })
        .collect();
    edges.sort_by(|a, b| a.0.total_cmp(&b.0));
    edges.iter().enumerate().any(|(at, (_, high, edge))| {
        edges[at + 1..].iter().take_while(|(low, ..)| low <= high).any(|(_, _, other)| {
            edge.start != other.end && edge.end != other.start && edge.intersects(other)
        })
    })
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn read(rings: &[&[[f64; 2]]]) -> Result<Sound, NoOutline<Infallible>> {
        let scaled: Vec<Vec<Position>> = rings
            .iter()
            .map(|ring| {
                ring.iter()
                    .map(|[x, y]| Position::from([120.0 + x / 1e3, 30.0 + y / 1e3]))
                    .collect()
            })
            .collect();
        outline(Some(&GeometryValue::Polygon { coordinates: scaled }), &|c| Ok(c))
    }

    /// What `geo` says of an outline.
    fn geo_says(outline: &MultiPolygon<f64>) -> bool {
        use geo::Validation;
        outline.is_valid()
    }

    #[test]
    fn the_sweep_agrees_with_the_slow_way() {
        // A fixed multiplicative generator: every run sees the same rings.
        let mut state: u64 = 7;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            // A coarse grid makes touching and collinear edges common.
            f64::from(u32::try_from(state >> 33).unwrap() % 12)
        };
        let (mut valid, mut invalid) = (0, 0);
        for round in 0..3000 {
            let corners = 3 + round % 5;
            let mut ring = |x: f64| -> LineString<f64> {
                let mut points: Vec<Coord<f64>> =
                    (0..corners).map(|_| Coord { x: x + next(), y: next() }).collect();
                points.push(points[0]);
                points.dedup();
                LineString::new(points)
            };
            let first =
                Polygon::new(ring(0.0), if round % 3 == 0 { vec![ring(0.0)] } else { vec![] });
            let second = Polygon::new(ring(6.0), vec![]);
            let outline =
                MultiPolygon::new(if round % 2 == 0 { vec![first] } else { vec![first, second] });
            let ours = problems(&outline).is_empty();
            // Flat triangles pass with `geo`.
            if outline
                .iter()
                .flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()))
                .any(is_flat)
            {
                assert!(!ours);
                continue;
            }
            assert_eq!(ours, geo_says(&outline), "{outline:?}");
            *(if ours { &mut valid } else { &mut invalid }) += 1;
        }
        assert!(valid > 100 && invalid > 100, "{valid} valid, {invalid} not");
    }

    #[test]
    fn a_long_ring_is_checked_in_no_time() {
        let corners = 200_000;
        let mut ring: Vec<Coord<f64>> = (0..corners)
            .map(|at| {
                let angle = f64::from(at) / f64::from(corners) * std::f64::consts::TAU;
                Coord { x: 120.0 + angle.cos(), y: 30.0 + angle.sin() }
            })
            .collect();
        assert!(!crosses_itself(&LineString::new(ring.clone())));
        ring.swap(1000, 150_000);
        assert!(crosses_itself(&LineString::new(ring)));
    }

    const SQUARE: &[[f64; 2]] = &[[0., 0.], [4., 0.], [4., 4.], [0., 4.], [0., 0.]];

    #[test]
    fn a_valid_outline_is_left_alone() {
        let hole: &[[f64; 2]] = &[[1., 1.], [1., 2.], [2., 2.], [2., 1.], [1., 1.]];
        let sound = read(&[SQUARE, hole]).unwrap();
        assert_eq!(sound.repair, None);
        assert_eq!(sound.outline.0[0].exterior().0[1], Coord { x: 120.004, y: 30.0 });
    }

    #[test]
    fn the_direction_of_rings_does_not_matter() {
        let hole: &[[f64; 2]] = &[[1., 1.], [1., 2.], [2., 2.], [2., 1.], [1., 1.]];
        let turned = |ring: &[[f64; 2]]| ring.iter().rev().copied().collect::<Vec<_>>();
        let expected = read(&[SQUARE, hole]).unwrap();
        for rings in [
            [turned(SQUARE), hole.to_vec()],
            [SQUARE.to_vec(), turned(hole)],
            [turned(SQUARE), turned(hole)],
        ] {
            let sound = read(&[&rings[0], &rings[1]]).unwrap();
            assert!((sound.area_m2 - expected.area_m2).abs() < 1e-6, "{}", sound.area_m2);
            assert_eq!(sound.repair, None);
        }
    }

    #[test]
    fn a_bow_tie_becomes_two_triangles() {
        let sound = read(&[&[[0., 0.], [4., 4.], [4., 0.], [0., 4.], [0., 0.]]]).unwrap();
        let repair = sound.repair.unwrap();
        assert!(repair.reasons[0].contains("crosses"), "{repair:?}");
        assert_eq!(sound.outline.0.len(), 2);
        assert!(repair.area_after_m2 > repair.area_before_m2 + 1000.0);
    }

    #[test]
    fn a_spike_is_cut_off() {
        let sound =
            read(&[&[[0., 0.], [4., 0.], [9., 0.], [4., 0.], [4., 4.], [0., 4.], [0., 0.]]])
                .unwrap();
        let whole = read(&[SQUARE]).unwrap();
        assert!((sound.area_m2 - whole.area_m2).abs() < 0.01);
        assert!(sound.repair.is_some());
    }

    #[test]
    fn an_open_ring_is_closed_and_reported() {
        let sound = read(&[&SQUARE[..4]]).unwrap();
        assert_eq!(sound.repair.unwrap().reasons, ["a ring was not closed"]);
        assert!((sound.area_m2 - read(&[SQUARE]).unwrap().area_m2).abs() < 1e-6);
    }

    #[test]
    fn repeated_corners_go_without_a_repair() {
        let sound = read(&[&[[0., 0.], [4., 0.], [4., 0.], [4., 4.], [0., 4.], [0., 0.]]]).unwrap();
        assert_eq!((sound.repair, sound.repeated_points), (None, 1));
    }

    #[test]
    fn a_hole_outside_adds_no_ground() {
        let outside: &[[f64; 2]] = &[[3., 1.], [6., 1.], [6., 2.], [3., 2.], [3., 1.]];
        let sound = read(&[SQUARE, outside]).unwrap();
        let share = sound.area_m2 / read(&[SQUARE]).unwrap().area_m2;
        assert!((share - 15.0 / 16.0).abs() < 1e-4, "{share}");
        assert!(sound.repair.is_some());
    }

    #[test]
    fn parts_that_overlap_count_once() {
        let ring = |x: f64| -> Vec<Vec<Position>> {
            vec![
                [[x, 0.], [x + 2., 0.], [x + 2., 2.], [x, 2.], [x, 0.]]
                    .iter()
                    .map(|[x, y]| Position::from([120.0 + x / 1e3, 30.0 + y / 1e3]))
                    .collect(),
            ]
        };
        let two = GeometryValue::MultiPolygon { coordinates: vec![ring(0.), ring(1.)] };
        let sound = outline::<Infallible>(Some(&two), &|c| Ok(c)).unwrap();
        assert_eq!(sound.outline.0.len(), 1);
        let one = GeometryValue::Polygon { coordinates: ring(0.) };
        let one = outline::<Infallible>(Some(&one), &|c| Ok(c)).unwrap();
        assert!((sound.area_m2 / one.area_m2 - 1.5).abs() < 1e-4);
    }

    #[test]
    fn what_has_no_area_is_refused_with_a_reason() {
        assert!(matches!(
            read(&[&[[0., 0.], [4., 0.], [0., 0.]]]),
            Err(NoOutline::Bad(why)) if why.contains("no area")
        ));
        assert_eq!(read(&[]), Err(NoOutline::Missing));
        assert_eq!(read(&[&[]]), Err(NoOutline::Missing));
        let point = GeometryValue::Point { coordinates: Position::from([1.0, 2.0]) };
        assert!(matches!(
            outline::<Infallible>(Some(&point), &|c| Ok(c)),
            Err(NoOutline::Bad(why)) if why.contains("Point")
        ));
    }

    #[test]
    fn heights_are_dropped_and_said_so() {
        let ring: Vec<Position> = SQUARE
            .iter()
            .map(|[x, y]| Position::from([120.0 + x / 1e3, 30.0 + y / 1e3, 7.0]))
            .collect();
        let sound = outline::<Infallible>(
            Some(&GeometryValue::Polygon { coordinates: vec![ring] }),
            &|c| Ok(c),
        )
        .unwrap();
        assert!(sound.had_heights && sound.repair.is_none());
    }
}
