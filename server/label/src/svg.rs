//! A page as SVG 1.1, with its size in millimetres.

use std::fmt::Write;

use crate::{Page, Step, drawing::mm};

pub(crate) fn write(page: &Page) -> String {
    let mut blocks = String::new();
    for [x, y, width, height] in page.blocks() {
        // Writing to a string cannot fail; also below.
        let _ = write!(blocks, "M{x} {y}h{width}v{height}h-{width}z");
    }
    let mut letters = String::new();
    for step in page.outlines().flatten() {
        let _ = match step {
            Step::Move(x, y) => write!(letters, "M{x:.2} {y:.2}"),
            Step::Line(x, y) => write!(letters, "L{x:.2} {y:.2}"),
            Step::Curve([a, b, c, d, x, y]) => {
                write!(letters, "C{a:.2} {b:.2} {c:.2} {d:.2} {x:.2} {y:.2}")
            }
            Step::Close => write!(letters, "z"),
        };
    }
    let Page { width, height, .. } = *page;
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.3}mm\" height=\"{:.3}mm\" viewBox=\"0 0 {width} {height}\">\n\
         <path fill=\"#fff\" d=\"M0 0h{width}v{height}h-{width}z\"/>\n\
         <path id=\"modules\" shape-rendering=\"crispEdges\" d=\"{blocks}\"/>\n\
         <path id=\"letters\" d=\"{letters}\"/>\n\
         </svg>\n",
        mm(width),
        mm(height),
    )
}
