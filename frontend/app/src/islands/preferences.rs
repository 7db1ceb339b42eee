//! What the browser keeps for the next time: three choices, nothing about what was scanned. What is typed
//! into forms is kept apart (`keep_typed.rs`).

use web_sys::Window;

/// The chosen camera.
#[cfg(feature = "scanner")]
pub const CAMERA: &str = "jm-camera";
/// Present if the tone is off.
#[cfg(feature = "scanner")]
pub const QUIET: &str = "jm-quiet";
/// Present if the key that leads to the search field is off.
pub const SEARCH_KEY_OFF: &str = "jm-search-key-off";

/// What was kept; nothing where the browser keeps nothing.
pub fn get(window: &Window, key: &str) -> Option<String> {
    window.local_storage().ok()??.get_item(key).ok()?
}

/// Keeps a value, or forgets it.
pub fn set(window: &Window, key: &str, value: Option<&str>) {
    if let Ok(Some(storage)) = window.local_storage() {
        // A full or closed store only means that the choice is made again.
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}
