//! What was copied elsewhere, taken at the press of a button: phones have no Ctrl-V.

use crate::islands::js_object::{ask, get};
use js_sys::Array;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, Window};

/// What was copied. A table or a page brings its text and a picture of it.
#[derive(Debug, Default)]
pub struct Clipboard {
    /// The text; may be empty.
    pub text: String,
    /// The picture.
    pub picture: Option<Blob>,
}

/// What is in the clipboard; the browser may ask the person.
pub async fn read_clipboard(window: &Window) -> Option<Clipboard> {
    let clipboard = get(&window.navigator(), "clipboard");
    let items: Array = ask(&clipboard, "read", &[]).await.ok()?.dyn_into().ok()?;
    let mut copied = Clipboard::default();
    for item in items.iter() {
        let types: Array = get(&item, "types").dyn_into().unwrap_or_default();
        for kind in types.iter().filter_map(|kind| kind.as_string()) {
            let (is_text, is_picture) = (kind == "text/plain", kind.starts_with("image/"));
            let wanted = is_text || (is_picture && copied.picture.is_none());
            if !wanted {
                continue;
            }
            let blob = ask(&item, "getType", &[JsValue::from(kind)]).await.ok()?;
            if is_picture {
                copied.picture = Some(blob.unchecked_into());
            } else if copied.text.is_empty() {
                copied.text = ask(&blob, "text", &[]).await.ok()?.as_string().unwrap_or_default();
            }
        }
    }
    Some(copied)
}

/// Whether the clipboard can be read at a press.
pub fn can_paste(window: &Window) -> bool {
    get(&get(&window.navigator(), "clipboard"), "read").is_function()
}
