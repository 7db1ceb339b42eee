//! A drawing of filled and stroked paths, cut at its frame.

use krilla::{
    color::rgb,
    geom::{Path, PathBuilder, Rect},
    num::NormalizedF32,
    paint::{Fill, FillRule, Stroke},
    surface::Surface,
};

/// A drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// Units across.
    pub width: f32,
    /// Units down.
    pub height: f32,
    /// The ground that everything lies on: red, green, blue.
    pub ground: [u8; 3],
    /// What is drawn, in order.
    pub shapes: Vec<Shape>,
    /// What it shows, for whoever does not see it.
    pub alt: String,
}

/// A path, and how it looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// The path as SVG writes it, in units of the drawing: `M`, `L` and `z` with absolute figures; anything else in
    /// it is passed over.
    pub d: String,
    /// Its filling, and how much it covers, from 0 to 1.
    pub fill: Option<([u8; 3], f32)>,
    /// Its line, and how wide that is, in units.
    pub line: Option<([u8; 3], f32)>,
}

impl Picture {
    /// Draws it with its left upper corner at a point of the page, so many points to a unit.
    pub(crate) fn draw(&self, surface: &mut Surface<'_>, ([x, y], scale): ([f32; 2], f32)) {
        let frame = Rect::from_xywh(x, y, self.width * scale, self.height * scale);
        let frame = frame.and_then(|frame| {
            let mut path = PathBuilder::new();
            path.push_rect(frame);
            path.finish()
        });
        let Some(frame) = frame else { return };
        surface.push_clip_path(&frame, &FillRule::NonZero);
        surface.set_stroke(None);
        surface.set_fill(Some(fill((self.ground, 1.0))));
        surface.draw_path(&frame);
        for shape in &self.shapes {
            let Some(path) = path(&shape.d, ([x, y], scale)) else { continue };
            surface.set_fill(shape.fill.map(fill));
            surface.set_stroke(shape.line.map(|(colour, width)| Stroke {
                paint: of(colour).into(),
                width: width * scale,
                ..Stroke::default()
            }));
            if shape.fill.is_some() || shape.line.is_some() {
                surface.draw_path(&path);
            }
        }
        surface.pop();
    }
}

fn of([red, green, blue]: [u8; 3]) -> rgb::Color {
    rgb::Color::new(red, green, blue)
}

fn fill((colour, covers): ([u8; 3], f32)) -> Fill {
    let opacity = NormalizedF32::new(covers).unwrap_or(NormalizedF32::ONE);
    Fill { paint: of(colour).into(), opacity, rule: FillRule::EvenOdd }
}

fn path(d: &str, ([x, y], scale): ([f32; 2], f32)) -> Option<Path> {
    let mut path = PathBuilder::new();
    for Run { points, closed } in runs(d) {
        for (at, [across, down]) in points.into_iter().enumerate() {
            let (across, down) = (x + across * scale, y + down * scale);
            if at == 0 {
                path.move_to(across, down);
            } else {
                path.line_to(across, down);
            }
        }
        if closed {
            path.close();
        }
    }
    path.finish()
}

/// Points that follow each other.
#[derive(Debug, PartialEq)]
struct Run {
    points: Vec<[f32; 2]>,
    closed: bool,
}

fn runs(d: &str) -> Vec<Run> {
    let one = |run: &str| {
        let figures = run.split([' ', 'L', ',', 'z']).filter_map(|figure| figure.parse().ok());
        let figures: Vec<f32> = figures.collect();
        Run { points: figures.as_chunks::<2>().0.to_vec(), closed: run.trim_end().ends_with('z') }
    };
    d.split('M').map(one).filter(|run| !run.points.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_run_by_run_and_closed_where_it_says_so() {
        let read = runs("M0 0L10 0 10.5 5zM1 1L2 -2");
        let first = Run { points: vec![[0.0, 0.0], [10.0, 0.0], [10.5, 5.0]], closed: true };
        let second = Run { points: vec![[1.0, 1.0], [2.0, -2.0]], closed: false };
        assert_eq!(read, [first, second]);
        assert!(path("M0 0L10 0 10 5z", ([1.0, 1.0], 2.0)).is_some());
        assert!(runs("words").is_empty() && path("words", ([0.0, 0.0], 1.0)).is_none());
    }
}
