//! What somebody has drawn so far: the corners in their order, and what there was before.

use domain::outline::{Outline, OutlineFault, typed_corners};

/// Longitude and latitude, degrees, CGCS2000.
pub type Corner = [f64; 2];

/// An outline of more corners than this is shown and not changed corner by corner.
pub const MOST_CORNERS: usize = 200;
/// What is remembered to be taken back.
const MOST_BEFORE: usize = 200;

/// An outline that is being drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sketch {
    corners: Vec<Corner>,
    closed: bool,
    before: Vec<(Vec<Corner>, bool)>,
}

/// What can be said of a sketch.
#[derive(Clone, Debug, PartialEq)]
pub enum Judged {
    /// Fewer than three corners.
    Begun,
    /// It encloses ground.
    Sound {
        /// How much, m².
        area_m2: f64,
    },
    /// What would be said of it after it was sent.
    Wrong(OutlineFault),
}

impl Sketch {
    /// The corners.
    pub fn corners(&self) -> &[Corner] {
        &self.corners
    }

    /// Whether it is finished.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Whether there are enough corners to finish it.
    pub fn can_close(&self) -> bool {
        !self.closed && self.corners.len() >= 3
    }

    /// Adds a corner at the end; `false` where it is finished, full, or the corner stands there already.
    pub fn add(&mut self, corner: Corner) -> bool {
        let corner = rounded(corner);
        let again = self.corners.last() == Some(&corner);
        if self.closed || again || self.corners.len() >= MOST_CORNERS {
            return false;
        }
        self.remember();
        self.corners.push(corner);
        true
    }

    /// Keeps what there is, to be taken back: once before a corner is moved step by step.
    pub fn remember(&mut self) {
        if self.before.len() >= MOST_BEFORE {
            self.before.remove(0);
        }
        self.before.push((self.corners.clone(), self.closed));
    }

    /// Moves a corner.
    pub fn move_to(&mut self, at: usize, corner: Corner) {
        if let Some(moved) = self.corners.get_mut(at) {
            *moved = rounded(corner);
        }
    }

    /// Takes one corner out.
    pub fn remove(&mut self, at: usize) {
        if at < self.corners.len() {
            self.remember();
            self.corners.remove(at);
            self.closed &= self.corners.len() >= 3;
        }
    }

    /// Finishes it; `false` where that cannot be.
    pub fn close(&mut self) -> bool {
        let can = self.can_close();
        if can {
            self.remember();
            self.closed = true;
        }
        can
    }

    /// Begins anew.
    pub fn clear(&mut self) {
        if !self.corners.is_empty() {
            self.remember();
        }
        self.corners.clear();
        self.closed = false;
    }

    /// Takes the last step back; `false` where there is none.
    pub fn undo(&mut self) -> bool {
        let Some((corners, closed)) = self.before.pop() else { return false };
        (self.corners, self.closed) = (corners, closed);
        true
    }

    /// It as the field of the form takes it: a corner in each line.
    pub fn text(&self) -> String {
        let line = |[east, north]: &Corner| format!("{east:.6}, {north:.6}");
        self.corners.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// What can be said of it, by what the server will say; no outline below `least_m2` is judged.
    pub fn judged(&self, least_m2: f64) -> Judged {
        if self.corners.len() < 3 {
            return Judged::Begun;
        }
        judged(Outline::read(&self.text()), least_m2)
    }
}

/// What can be said of an outline that was read.
pub fn judged(read: Result<Outline, OutlineFault>, least_m2: f64) -> Judged {
    match read.map(|outline| outline.area_m2()) {
        Ok(area_m2) if area_m2 < least_m2 => {
            Judged::Wrong(OutlineFault::TooSmall { area_m2, least_m2 })
        }
        Ok(area_m2) => Judged::Sound { area_m2 },
        Err(fault) => Judged::Wrong(fault),
    }
}

/// What stands in the field of the form.
#[derive(Clone, Debug, PartialEq)]
pub enum Written {
    /// Corners that can go on being drawn; none where nothing stands there.
    Corners(Vec<Corner>),
    /// An outline that is shown as it is: several parts, holes, metres, very many corners.
    Shape {
        /// Its rings.
        rings: Vec<Vec<Corner>>,
        /// What can be said of it.
        judged: Judged,
    },
    /// What does not read.
    Unread,
}

impl Written {
    /// Reads what stands in the field.
    pub fn read(text: &str, least_m2: f64) -> Self {
        if text.trim().is_empty() {
            return Self::Corners(Vec::new());
        }
        if let Some(corners) = typed_corners(text)
            && corners.len() <= MOST_CORNERS
        {
            return Self::Corners(corners.into_iter().map(|at| [at.x, at.y]).collect());
        }
        let read = Outline::read(text);
        let Ok(outline) = &read else { return Self::Unread };
        let parts = outline.shape().iter();
        let rings = parts.flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
        let rings = rings.map(|ring| ring.0.iter().map(|at| [at.x, at.y]).collect()).collect();
        Self::Shape { rings, judged: judged(read, least_m2) }
    }
}

impl From<Vec<Corner>> for Sketch {
    /// What was typed is finished where it can be.
    fn from(corners: Vec<Corner>) -> Self {
        let closed = corners.len() >= 3;
        Self { corners, closed, before: Vec::new() }
    }
}

/// The box of some corners, west, south, east, north; `None` of none.
pub fn bounds<'c>(corners: impl IntoIterator<Item = &'c Corner>) -> Option<[f64; 4]> {
    let mut corners = corners.into_iter();
    let [x, y] = *corners.next()?;
    Some(corners.fold([x, y, x, y], |[west, south, east, north], [x, y]| {
        [west.min(*x), south.min(*y), east.max(*x), north.max(*y)]
    }))
}

/// Six decimals are a tenth of a metre, which nobody points at more closely.
fn rounded([east, north]: Corner) -> Corner {
    let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
    [round(east), round(north)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRIANGLE: [Corner; 3] = [[119.97, 30.54], [119.9712, 30.54], [119.9712, 30.5411]];

    fn drawn(corners: &[Corner]) -> Sketch {
        let mut sketch = Sketch::default();
        for corner in corners {
            assert!(sketch.add(*corner));
        }
        sketch
    }

    #[test]
    fn sites_s13_what_is_drawn_is_written_as_the_form_reads_it_and_back() {
        let sketch = drawn(&TRIANGLE);
        assert_eq!(
            sketch.text(),
            "119.970000, 30.540000\n119.971200, 30.540000\n119.971200, 30.541100"
        );
        let outline = Outline::read(&sketch.text()).unwrap();
        assert_eq!(sketch.judged(1.0), Judged::Sound { area_m2: outline.area_m2() });
        assert_eq!(Written::read(&sketch.text(), 1.0), Written::Corners(TRIANGLE.to_vec()));
        // Signs of Chinese keyboards, the first corner said again, and no more than two corners yet.
        let typed = "119.97，30.54\n119.9712，30.54\n119.9712，30.5411\n119.97，30.54";
        assert_eq!(Written::read(typed, 1.0), Written::Corners(TRIANGLE.to_vec()));
        let begun = Written::read("119.97 30.54\n119.9712 30.54\n", 1.0);
        assert_eq!(begun, Written::Corners(TRIANGLE[..2].to_vec()));
    }

    #[test]
    fn sites_s13_what_the_server_would_refuse_is_told_before() {
        let bow = drawn(&[[119.97, 30.54], [119.972, 30.542], [119.972, 30.54], [119.97, 30.542]]);
        assert_eq!(bow.judged(1.0), Judged::Wrong(OutlineFault::CrossesItself));
        assert!(matches!(
            drawn(&TRIANGLE).judged(1e6),
            Judged::Wrong(OutlineFault::TooSmall { least_m2: 1e6, .. })
        ));
        assert_eq!(drawn(&TRIANGLE[..2]).judged(1.0), Judged::Begun);
    }

    #[test]
    fn sites_s13_what_cannot_be_drawn_corner_by_corner_is_shown_or_left_alone() {
        let json = Outline::read(&drawn(&TRIANGLE).text()).unwrap().to_geojson();
        let Written::Shape { rings, judged } = Written::read(&json, 1.0) else { panic!() };
        assert_eq!(rings[0][..3], TRIANGLE);
        assert!(matches!(judged, Judged::Sound { .. }));
        for text in ["a letter", "119.97 30.54\n30.54 119.97\nx"] {
            assert_eq!(Written::read(text, 1.0), Written::Unread, "{text}");
        }
    }

    #[test]
    fn every_step_can_be_taken_back() {
        let mut sketch = drawn(&TRIANGLE);
        assert!(!sketch.add(TRIANGLE[2]), "the same corner twice in a row is one");
        assert!(sketch.close() && !sketch.close());
        assert!(!sketch.add([119.98, 30.55]), "a finished outline takes no corner");
        sketch.remember();
        sketch.move_to(0, [119.969, 30.54]);
        sketch.move_to(0, [119.968_123_456_7, 30.54]);
        assert_eq!(sketch.corners()[0], [119.968_123, 30.54]);
        sketch.remove(1);
        assert_eq!((sketch.corners().len(), sketch.is_closed()), (2, false));
        sketch.clear();
        assert_eq!(sketch.text(), "");
        let steps =
            [(2, false), (3, true), (3, true), (3, false), (2, false), (1, false), (0, false)];
        for step in steps {
            assert!(sketch.undo());
            assert_eq!((sketch.corners().len(), sketch.is_closed()), step);
        }
        assert!(!sketch.undo());
    }

    #[test]
    fn a_box_holds_its_corners() {
        assert_eq!(bounds(&TRIANGLE), Some([119.97, 30.54, 119.9712, 30.5411]));
        assert_eq!(bounds(&[]), None);
    }
}
