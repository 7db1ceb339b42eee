//! Text as outlines, so that it looks the same everywhere and needs no font where it is opened.

use damascene_fonts_roboto::ROBOTO_MEDIUM;
use ttf_parser::{Face, GlyphId, OutlineBuilder};

use crate::{LabelError, Shape, Step};

/// Noto Sans SC, the characters of GB/T 2312 and of names in Zhejiang; OFL-1.1 (`fonts/OFL.txt`).
pub static NOTO_SANS_SC: &[u8] = include_bytes!("../fonts/noto-sans-sc-subset.otf");

/// The built-in fonts: Roboto Medium (Apache-2.0), and Noto Sans SC for what that has not.
pub(crate) struct Fonts([Face<'static>; 2]);

impl Fonts {
    /// Reads them.
    pub(crate) fn built_in() -> Result<Self, LabelError> {
        Ok(Self([Face::parse(ROBOTO_MEDIUM, 0)?, Face::parse(NOTO_SANS_SC, 0)?]))
    }

    /// The first character that no font has.
    pub(crate) fn missing(&self, text: &str) -> Option<char> {
        text.chars().find(|character| self.glyph(*character).is_none())
    }

    /// How far a text reaches, in dots, at `size` dots to the em.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|character| self.advance(character)).sum::<f32>() * size
    }

    /// A line of text around `middle`, its letters standing on `baseline`.
    pub(crate) fn line(
        &self,
        text: &str,
        middle: f32,
        baseline: f32,
        size: f32,
    ) -> Result<Vec<Shape>, LabelError> {
        let x = middle - self.width(text, size) / 2.0;
        self.set(text, (x, baseline), size, |character| (0.0, self.advance(character) * size))
    }

    /// A line of figures and capitals in cells of one width, so that they can be counted.
    pub(crate) fn cells(
        &self,
        text: &str,
        middle: f32,
        baseline: f32,
        cell: f32,
    ) -> Result<Vec<Shape>, LabelError> {
        let size = cell / CELL_EM;
        let x = middle - text.chars().count() as f32 * cell / 2.0;
        let inset = |character| (cell - self.advance(character) * size) / 2.0;
        self.set(text, (x, baseline), size, |character| (inset(character), cell))
    }

    /// Letters from `x` on; `place` says how far into its room a letter stands, and how wide that is.
    fn set(
        &self,
        text: &str,
        (mut x, baseline): (f32, f32),
        size: f32,
        place: impl Fn(char) -> (f32, f32),
    ) -> Result<Vec<Shape>, LabelError> {
        if let Some(character) = self.missing(text) {
            return Err(LabelError::Letter { text: text.to_owned(), character });
        }
        let mut shapes = Vec::new();
        for character in text.chars() {
            let (inset, room) = place(character);
            shapes.extend(self.letter(character, x + inset, baseline, size));
            x += room;
        }
        Ok(shapes)
    }

    fn glyph(&self, character: char) -> Option<(&Face<'static>, GlyphId)> {
        self.0.iter().find_map(|face| Some((face, face.glyph_index(character)?)))
    }

    /// How far one character moves on, in em.
    fn advance(&self, character: char) -> f32 {
        let Some((face, glyph)) = self.glyph(character) else { return 0.0 };
        let units = face.glyph_hor_advance(glyph).unwrap_or(0);
        f32::from(units) / f32::from(face.units_per_em())
    }

    fn letter(&self, character: char, x: f32, baseline: f32, size: f32) -> Option<Shape> {
        let (face, glyph) = self.glyph(character)?;
        let scale = size / f32::from(face.units_per_em());
        let mut pen = Pen { x, baseline, scale, at: (0.0, 0.0), steps: Vec::new() };
        face.outline_glyph(glyph, &mut pen)?;
        Some(Shape::Outline(pen.steps))
    }
}

/// Cell of a figure or capital, em: the widest of them, W apart, with some air.
pub(crate) const CELL_EM: f32 = 0.72;

struct Pen {
    x: f32,
    baseline: f32,
    scale: f32,
    /// Where it stands, in dots.
    at: (f32, f32),
    steps: Vec<Step>,
}

impl Pen {
    /// Font units, y up, to dots, y down.
    fn place(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.baseline - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.at = self.place(x, y);
        self.steps.push(Step::Move(self.at.0, self.at.1));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.at = self.place(x, y);
        self.steps.push(Step::Line(self.at.0, self.at.1));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        // PDF knows only cubic curves; this is the same curve.
        let (from, control, to) = (self.at, self.place(x1, y1), self.place(x, y));
        let between = |end: (f32, f32)| {
            (end.0 + (control.0 - end.0) * 2.0 / 3.0, end.1 + (control.1 - end.1) * 2.0 / 3.0)
        };
        let (first, second) = (between(from), between(to));
        self.at = to;
        self.steps.push(Step::Curve([first.0, first.1, second.0, second.1, to.0, to.1]));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (first, second, to) = (self.place(x1, y1), self.place(x2, y2), self.place(x, y));
        self.at = to;
        self.steps.push(Step::Curve([first.0, first.1, second.0, second.1, to.0, to.1]));
    }

    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}
