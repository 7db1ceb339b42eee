//! What is drawn, before any file format. The unit is the print dot, 1/300 inch: a QR module is
//! a whole number of dots, so it is sharp in a picture and exact in every other format.

/// Dots in an inch: what office printers and label printers do at least.
pub const DOTS_PER_INCH: u32 = 300;

/// Millimetres in an inch.
const INCH_MM: f32 = 25.4;

/// Dots in so many millimetres, rounded down.
pub(crate) fn dots(mm: f32) -> u32 {
    (mm / INCH_MM * DOTS_PER_INCH as f32) as u32
}

/// So many dots in millimetres.
pub(crate) fn mm(dots: u32) -> f32 {
    dots as f32 * INCH_MM / DOTS_PER_INCH as f32
}

/// A white page with black shapes. Origin at the top left, y down.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// Dots across.
    pub width: u32,
    /// Dots down.
    pub height: u32,
    /// What is black.
    pub shapes: Vec<Shape>,
}

/// Something black.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle on whole dots.
    Block {
        /// Left edge.
        x: u32,
        /// Upper edge.
        y: u32,
        /// Dots across.
        width: u32,
        /// Dots down.
        height: u32,
    },
    /// Closed curves, filled by the non-zero rule: a letter.
    Outline(Vec<Step>),
}

/// One step along an outline, in dots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// Begins at a point.
    Move(f32, f32),
    /// A straight line to a point.
    Line(f32, f32),
    /// A cubic Bézier curve: two controls and the end.
    Curve([f32; 6]),
    /// Back to where it began.
    Close,
}

impl Page {
    /// The blocks, apart from the outlines: formats write them as one, so that no renderer leaves
    /// a seam between two modules.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = [u32; 4]> {
        self.shapes.iter().filter_map(|shape| match shape {
            Shape::Block { x, y, width, height } => Some([*x, *y, *width, *height]),
            Shape::Outline(_) => None,
        })
    }

    /// The outlines.
    pub(crate) fn outlines(&self) -> impl Iterator<Item = &[Step]> {
        self.shapes.iter().filter_map(|shape| match shape {
            Shape::Block { .. } => None,
            Shape::Outline(steps) => Some(steps.as_slice()),
        })
    }
}
