//! What of a page is read: its text as it is seen or told to who does not see it, block by block.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, Node};

/// Elements that are no text of the page: controls that act, what somebody types, drawings, what only
/// navigates or prints; and the secret of a receipt, which a whole hall would hear (the class `unspoken`). Of a
/// form its questions, hints and faults are read.
const LEFT_OUT: &str = "[aria-hidden=true], [hidden], button, input, textarea, select, nav, noscript, \
                        script, style, svg, .map-canvas, .read-aloud, .page-tools, .receipt-number, \
                        .unspoken, .print-only, .skip-link";
/// Elements after which a voice rests.
const BLOCKS: &str =
    "h1, h2, h3, h4, p, li, dt, dd, summary, figcaption, div, section, legend, label";

/// The texts of an element in the order of reading.
pub fn in_reading_order(element: &Element) -> Vec<String> {
    let mut texts = vec![String::new()];
    gather(element, &mut texts);
    let texts = texts.into_iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "));
    texts.filter(|text| text.chars().any(char::is_alphanumeric)).collect()
}

fn gather(node: &Node, texts: &mut Vec<String>) {
    let Some(element) = node.dyn_ref::<Element>() else {
        // Comments have a text too.
        let text = node.text_content().filter(|_| node.node_type() == Node::TEXT_NODE);
        if let (Some(text), Some(last)) = (text, texts.last_mut()) {
            last.push_str(&text);
        }
        return;
    };
    let is = |selector| element.matches(selector).unwrap_or_default();
    if is(LEFT_OUT) {
        return;
    }
    let block = is(BLOCKS);
    if block {
        texts.push(String::new());
    }
    // Of what is folded, its name.
    let folded = is("details:not([open])");
    let mut child = element.first_child();
    while let Some(node) = child {
        let named =
            node.dyn_ref::<Element>().is_some_and(|element| element.tag_name() == "SUMMARY");
        if !folded || named {
            gather(&node, texts);
        }
        child = node.next_sibling();
    }
    if block {
        texts.push(String::new());
    }
}
