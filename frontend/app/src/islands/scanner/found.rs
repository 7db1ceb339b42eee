//! Where codes were seen: the frame that follows them.

use std::fmt::Write as _;

/// The corners of codes in one picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The picture's width in its own pixels.
    pub width: f64,
    /// The picture's height in its own pixels.
    pub height: f64,
    /// One for each code.
    pub outlines: Vec<Outline>,
}

/// Around one code.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// x and y of the four corners in pixels of the picture.
    pub corners: [f64; 8],
    /// The number of the page that it opens, from 1; 0 for none.
    pub number: usize,
}

impl Found {
    /// Whether nothing is to be shown.
    pub fn is_empty(&self) -> bool {
        self.outlines.is_empty()
    }

    /// With the choices of an earlier picture that are not in this one.
    #[cfg(any(feature = "scanner", test))]
    pub fn beside(mut self, earlier: &Self) -> Self {
        let same_shape = self.width == earlier.width && self.height == earlier.height;
        let missing = |known: &&Outline| {
            known.number > 0 && self.outlines.iter().all(|one| one.number != known.number)
        };
        let missing: Vec<Outline> = earlier.outlines.iter().filter(missing).cloned().collect();
        if same_shape {
            self.outlines.extend(missing);
        }
        self
    }

    /// Where the numbers stand: the number, x and y. None where there is no choice.
    pub fn numbers(&self) -> Vec<(usize, i32, i32)> {
        if self.outlines.iter().all(|outline| outline.number < 2) {
            return Vec::new();
        }
        let numbered = self.outlines.iter().filter(|outline| outline.number > 0);
        numbered
            .map(|outline| {
                let (x, y) = outline.middle();
                (outline.number, x, y)
            })
            .collect()
    }

    /// Whether one of the codes opens a page.
    pub fn opens(&self) -> bool {
        self.outlines.iter().any(|outline| outline.number > 0)
    }

    /// The class of the frames: what opens nothing must not look as if all were well.
    pub fn class(&self) -> &'static str {
        if self.is_empty() || self.opens() {
            "scanner-found"
        } else {
            "scanner-found scanner-foreign"
        }
    }

    /// The outlines as SVG draws a path: of what opens a page, if anything does.
    pub fn path(&self) -> String {
        let mut path = String::new();
        let opens = self.opens();
        for outline in self.outlines.iter().filter(|one| !opens || one.number > 0) {
            for (at, [x, y]) in outline.corners.as_chunks().0.iter().enumerate() {
                let step = if at == 0 { 'M' } else { 'L' };
                // Whole pixels: the words for fractions are 10 kB of wasm. Writing does not fail.
                let _ = write!(path, "{step}{},{}", x.round() as i32, y.round() as i32);
            }
            path.push('Z');
        }
        path
    }

    /// The picture's own pixels as the measure of the drawing, so that the browser lays it over
    /// the picture in whatever shape and direction that is shown.
    pub fn view_box(&self) -> String {
        format!("0 0 {} {}", self.width as i32, self.height as i32)
    }

    /// The size of a number beside a code.
    pub fn number_size(&self) -> i32 {
        (self.width.min(self.height) / 9.0) as i32
    }
}

impl Outline {
    /// Its middle, for the number.
    fn middle(&self) -> (i32, i32) {
        let sum = |start: usize| self.corners.iter().skip(start).step_by(2).sum::<f64>();
        ((sum(0) / 4.0) as i32, (sum(1) / 4.0) as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_written_as_svg_reads_them() {
        let outline =
            Outline { corners: [10.4, 20.0, 110.0, 20.0, 110.0, 120.0, 10.0, 120.0], number: 1 };
        assert_eq!(outline.middle(), (60, 70));
        let found = Found { width: 1280.0, height: 720.0, outlines: vec![outline] };
        assert_eq!(found.view_box(), "0 0 1280 720");
        assert_eq!(found.path(), "M10,20L110,20L110,120L10,120Z");
    }

    #[test]
    fn a_code_that_opens_nothing_is_framed_as_a_warning_and_not_beside_one_of_ours() {
        let outline = |number, at: f64| Outline { corners: [at; 8], number };
        let found = |outlines| Found { width: 640.0, height: 480.0, outlines };
        assert_eq!(found(vec![outline(0, 5.0)]).class(), "scanner-found scanner-foreign");
        assert_eq!(found(Vec::new()).class(), "scanner-found");
        let both = found(vec![outline(0, 5.0), outline(1, 9.0)]);
        assert_eq!((both.class(), both.path().matches('M').count()), ("scanner-found", 1));
    }

    #[test]
    fn a_choice_that_is_missing_in_one_picture_keeps_its_place() {
        let outline = |number, at: f64| Outline { corners: [at; 8], number };
        let found = |outlines| Found { width: 640.0, height: 480.0, outlines };
        let earlier = found(vec![outline(1, 5.0), outline(0, 6.0)]);
        assert!(earlier.numbers().is_empty(), "one needs no number");
        let both = found(vec![outline(2, 9.0)]).beside(&earlier);
        assert_eq!(both.outlines, [outline(2, 9.0), outline(1, 5.0)]);
        assert_eq!(both.numbers(), [(2, 9, 9), (1, 5, 5)]);
        let moved = found(vec![outline(1, 7.0)]).beside(&both);
        assert_eq!(moved.outlines, [outline(1, 7.0), outline(2, 9.0)]);
        let turned = Found { width: 480.0, height: 640.0, outlines: vec![outline(2, 1.0)] };
        assert_eq!(turned.clone().beside(&both), turned, "the phone was turned");
    }
}
