//! The outline that a request asks about, drawn to scale: north is up, and a bar says how long so many metres are.
//! It shows what the applicant drew and nothing around it: the department has maps of its own.

use domain::{outline::Outline, overlay::LocalPlane};
use maud::{Markup, html};

/// Side of the drawing, in its own units.
const SIDE: f64 = 320.0;
/// What is left free around the outline, and below it for the bar.
const MARGIN: f64 = 16.0;
/// Below the outline there is room for the bar and its figure.
const FOOT: f64 = 34.0;

/// How metres come to lie in the drawing.
struct Scale {
    west: f64,
    north: f64,
    per_metre: f64,
}

impl Scale {
    fn place(&self, east: f64, north: f64) -> (f64, f64) {
        let along = |metres: f64| MARGIN + metres * self.per_metre;
        (along(east - self.west), along(self.north - north))
    }
}

/// The longest of 1, 2, 5, 10, 20, 50 … metres that is no longer than this.
fn round_length(most_m: f64) -> f64 {
    let ten = 10_f64.powf(most_m.max(1.0).log10().floor());
    [5.0, 2.0, 1.0].map(|times| times * ten).into_iter().find(|it| *it <= most_m).unwrap_or(1.0)
}

/// The drawing; `said` is what it shows, for whoever does not see it. None of ground without extent.
pub(crate) fn drawing(outline: &Outline, said: &str) -> Option<Markup> {
    let first = outline.shape().0.first()?.exterior().0.first()?;
    let ground = LocalPlane::at(first.y).to_metres(outline.shape());
    let rings = || {
        ground.0.iter().flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()))
    };
    let corners = || rings().flat_map(|ring| &ring.0);
    let (west, east) = ends(corners().map(|it| it.x));
    let (south, north) = ends(corners().map(|it| it.y));
    let extent = (east - west).max(north - south);
    if extent <= 0.0 || !extent.is_finite() {
        return None;
    }
    let scale = Scale { west, north, per_metre: (SIDE - 2.0 * MARGIN) / extent };
    let mut path = String::new();
    for ring in rings() {
        for (at, corner) in ring.0.iter().enumerate() {
            let (x, y) = scale.place(corner.x, corner.y);
            path.push_str(&format!("{}{x:.1} {y:.1}", if at == 0 { "M" } else { "L" }));
        }
        path.push('Z');
    }
    let bar_m = round_length(extent / 3.0);
    let (from, to) = (MARGIN, MARGIN + bar_m * scale.per_metre);
    let height = 2.0 * MARGIN + (north - south) * scale.per_metre + FOOT;
    let below = height - MARGIN;
    Some(html! {
        svg.outline-drawing role="img" aria-label=(said) viewBox=(format!("0 0 {SIDE} {height:.1}")) {
            path d=(path) fill-rule="evenodd" fill="currentColor" fill-opacity="0.12" stroke="currentColor"
                stroke-width="2" stroke-linejoin="round" {}
            path d=(format!("M{from:.1} {below:.1}V{:.1}V{below:.1}H{to:.1}V{:.1}", below - 5.0, below - 5.0))
                fill="none" stroke="currentColor" {}
            text x=(format!("{:.1}", to + 6.0)) y=(format!("{below:.1}")) font-size="12" fill="currentColor" {
                (format!("{bar_m} m"))
            }
            text x=(format!("{:.1}", SIDE - MARGIN)) y=(format!("{below:.1}")) font-size="12" fill="currentColor"
                text-anchor="end" { "北 N ↑" }
        }
    })
}

fn ends(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_s5_an_outline_is_drawn_to_scale_with_its_hole_and_a_bar() {
        // 200 m wide and about 111 m high, with a hole.
        let text = r#"{"type":"Polygon","coordinates":[
            [[120.0,30.5],[120.002088,30.5],[120.002088,30.501],[120.0,30.501],[120.0,30.5]],
            [[120.0008,30.5003],[120.0008,30.5006],[120.0012,30.5006],[120.0012,30.5003],[120.0008,30.5003]]]}"#;
        let outline = Outline::read(text).unwrap();
        let svg = drawing(&outline, "范围 <1>").unwrap().into_string();
        assert!(svg.starts_with("<svg class=\"outline-drawing\" role=\"img\""), "{svg}");
        assert!(svg.contains("aria-label=\"范围 &lt;1&gt;\"") && svg.contains("50 m"), "{svg}");
        assert_eq!(svg.matches('Z').count(), 2, "{svg}");
        // It fills the drawing from side to side, and nothing lies outside.
        let figures: Vec<f64> = svg
            .split_once("d=\"M")
            .unwrap()
            .1
            .split('"')
            .next()
            .unwrap()
            .split(|c: char| !(c.is_ascii_digit() || c == '.'))
            .filter_map(|figure| figure.parse().ok())
            .collect();
        let (least, most) = ends(figures.into_iter());
        assert!((least - MARGIN).abs() < 0.2 && (most - (SIDE - MARGIN)).abs() < 1.0, "{svg}");
    }

    #[test]
    fn sites_s5_the_bar_is_a_round_length() {
        for (most, bar) in [(0.4, 1.0), (1.0, 1.0), (9.9, 5.0), (66.0, 50.0), (250.0, 200.0)] {
            assert_eq!(round_length(most), bar, "{most}");
        }
    }
}
