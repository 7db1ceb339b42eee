//! What is drawn over the map: the line, and a button for each corner.

use map::Ground;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

use super::sketch::Corner;
use crate::islands::element::{document, part};

/// The attribute of a corner's button that says its number, from 0.
pub const NUMBER: &str = "data-at";

/// What lies over the map.
pub struct Overlay {
    layer: HtmlElement,
    line: HtmlElement,
    corners: HtmlElement,
    /// The name of corner `{n}`.
    name: String,
}

/// What there is to be drawn.
#[derive(Clone, Copy)]
pub struct Drawn<'d> {
    /// The rings.
    pub rings: &'d [&'d [Corner]],
    /// How many of the corners can be taken hold of.
    pub held: usize,
    /// Whether it is finished.
    pub closed: bool,
    /// Whether its first corner finishes it.
    pub can_close: bool,
}

impl Overlay {
    /// Over the map in a part of the page.
    pub fn of(whole: &HtmlElement, name: &str) -> Self {
        let [layer, line, corners] =
            [".draw-layer", ".draw-ground", ".draw-corners"].map(|name| part(whole, name));
        Self { layer, line, corners, name: name.to_owned() }
    }

    /// The element that stands for corner `at`.
    pub fn corner(&self, at: usize) -> Option<Element> {
        self.corners.children().item(u32::try_from(at).ok()?)
    }

    /// Draws it where the map has it now.
    pub fn draw(&self, ground: &Ground, drawn: Drawn<'_>) {
        let pixels = |ring: &&[Corner]| ring.iter().map(|it| ground.at(*it)).collect::<Vec<_>>();
        let rings: Vec<Vec<[f64; 2]>> = drawn.rings.iter().map(pixels).collect();
        let lines: Vec<String> = rings.iter().map(|ring| line(ring, drawn.closed)).collect();
        // These fail only for names that are no names.
        let _ = self.line.set_attribute("d", &lines.join(""));
        let state = match (drawn.closed, drawn.can_close) {
            (true, _) => "closed",
            (false, true) => "closable",
            (false, false) => "open",
        };
        let _ = self.layer.set_attribute("data-sketch", state);
        self.have(drawn.held);
        let buttons = self.corners.children();
        for (number, [x, y]) in (0..).zip(rings.iter().flatten()) {
            let Some(button) = buttons.item(number) else { break };
            let style = button.unchecked_into::<HtmlElement>().style();
            let _ = style.set_property("left", &format!("{x:.1}px"));
            let _ = style.set_property("top", &format!("{y:.1}px"));
        }
    }

    /// As many buttons as there are corners to take hold of.
    fn have(&self, wanted: usize) {
        let mut there = self.corners.child_element_count() as usize;
        while there > wanted
            && let Some(last) = self.corners.last_element_child()
        {
            last.remove();
            there -= 1;
        }
        for number in there..wanted {
            let Ok(button) = document().create_element("button") else { return };
            let name = self.name.replace("{n}", &(number + 1).to_string());
            for (attribute, value) in [
                ("type", "button"),
                ("class", "draw-corner"),
                ("aria-label", &name),
                (NUMBER, &number.to_string()),
            ] {
                // Fails only for names that are no names.
                let _ = button.set_attribute(attribute, value);
            }
            let _ = self.corners.append_child(&button);
        }
    }
}

/// A ring as the data of a path.
fn line(ring: &[[f64; 2]], closed: bool) -> String {
    let points: Vec<String> = ring.iter().map(|[x, y]| format!("{x:.1} {y:.1}")).collect();
    let end = if closed { "Z" } else { "" };
    if points.is_empty() { String::new() } else { format!("M{}{end}", points.join("L")) }
}
