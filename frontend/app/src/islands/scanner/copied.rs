//! What was copied elsewhere, taken at the press of a button: phones have no Ctrl-V.

use super::object::{ask, get};
use js_sys::Array;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, Window};

/// What was copied.
#[derive(Debug)]
pub enum Copied {
    /// A picture, before any text that goes with it.
    Picture(Blob),
    /// A text.
    Text(String),
}

/// What is in the clipboard; the browser may ask the person.
pub async fn copied(window: &Window) -> Option<Copied> {
    let clipboard = get(&window.navigator(), "clipboard");
    let items: Array = ask(&clipboard, "read", &[]).await.ok()?.dyn_into().ok()?;
    for item in items.iter() {
        let types: Array = get(&item, "types").dyn_into().unwrap_or_default();
        let types: Vec<String> = types.iter().filter_map(|kind| kind.as_string()).collect();
        let picture = types.iter().find(|kind| kind.starts_with("image/"));
        let Some(kind) = picture.or(types.iter().find(|kind| *kind == "text/plain")) else {
            continue;
        };
        let blob = ask(&item, "getType", &[JsValue::from(kind)]).await.ok()?;
        return Some(match picture {
            Some(_) => Copied::Picture(blob.unchecked_into()),
            None => Copied::Text(ask(&blob, "text", &[]).await.ok()?.as_string()?),
        });
    }
    None
}

/// Whether the clipboard can be read at a press.
pub fn can_paste(window: &Window) -> bool {
    get(&get(&window.navigator(), "clipboard"), "read").is_function()
}
