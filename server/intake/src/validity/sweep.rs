//! What is wrong with an outline, found by sweeps: rings and parts are compared only where they
//! lie side by side.

use geo::{
    BoundingRect, Intersects, Line, LineString, MultiPolygon, Polygon, PreparedGeometry, Rect,
    Relate, coordinate_position::CoordPos, dimensions::Dimensions,
};

/// What is wrong with an outline, each thing once; nothing, if it is valid.
///
/// `geo` asks the same with its `Validation`, but compares every edge of a ring with every other:
/// a coastline of a million corners would take a day. Tests hold the two against each other.
pub(super) fn problems(outline: &MultiPolygon<f64>) -> Vec<&'static str> {
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
pub(super) fn is_flat(ring: &LineString<f64>) -> bool {
    match ring.0[..] {
        [a, b, c, _] => [(a, b, c), (b, c, a), (c, a, b)]
            .iter()
            .any(|(p, q, r)| Line::new(*p, *q).intersects(r)),
        _ => false,
    }
}

/// Whether two edges of a ring meet anywhere but where one ends and the next begins. A sweep along
/// the longer side of the ring: only edges that lie side by side are compared.
pub(super) fn crosses_itself(ring: &LineString<f64>) -> bool {
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
