//! Opening a map and taking it away.

use crate::ffi::{Bridge, load};
use crate::protocol::{Answer, Reason};
use thiserror::Error;
use wasm_bindgen::{JsCast as _, JsValue};

/// Why there is no map. The page has the drawing of the place in any case; none of these is worth
/// more than a line beneath it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum MapError {
    /// A file did not arrive. Worth another try: a button, or the next time the map is in view.
    #[error("the map could not be loaded: {detail}")]
    Unreachable {
        /// For the console.
        detail: String,
    },
    /// The browser cannot draw it. Trying again does not help; the drawing stays.
    #[error("this browser cannot draw the map: {detail}")]
    NoWebgl {
        /// For the console.
        detail: String,
    },
    /// The element is not in the page (any more): the island was taken away meanwhile.
    #[error("the page has no element {container}")]
    NoContainer {
        /// The id that was asked for.
        container: String,
    },
    /// Bridge and crate do not understand each other, or the GeoJSON is none: a bug here.
    #[error("the map was refused: {detail}")]
    Refused {
        /// For the console.
        detail: String,
    },
}

/// A map in the page. It is there as long as this is; dropping it takes the map away and brings
/// back what the element held before.
#[derive(Debug)]
#[must_use = "dropping the handle takes the map away"]
pub struct MapHandle {
    bridge: Bridge,
    handle: u32,
}

impl MapHandle {
    /// Takes the map away: the same as dropping it, said aloud.
    pub fn close(self) {}

    pub(crate) const fn bridge(&self) -> &Bridge {
        &self.bridge
    }

    pub(crate) const fn number(&self) -> u32 {
        self.handle
    }
}

impl Drop for MapHandle {
    fn drop(&mut self) {
        self.bridge.close(self.handle);
    }
}

/// Opens a map and waits until it has drawn for the first time. `bridge` is the address of the bridge,
/// `request` a `MapRequest` and `assets` the `MapAssets`, both as the server wrote them in JSON.
///
/// Call it when the element comes into view: the first call of a page downloads the library.
///
/// # Errors
/// [`MapError`] says which of them can be tried again.
pub async fn open(bridge: &str, request: &str, assets: &str) -> Result<MapHandle, MapError> {
    let bridge =
        load(bridge).await.map_err(|error| MapError::Unreachable { detail: describe(&error) })?;
    let bridge: Bridge = bridge.unchecked_into();
    let refused = |detail: String| MapError::Refused { detail };
    let answer = bridge
        .open(request, assets)
        .await
        .map_err(|error| refused(describe(&error)))?
        .as_string()
        .unwrap_or_default();
    match Answer::read(&answer).ok_or_else(|| refused(answer))? {
        Answer::Open { handle } => Ok(MapHandle { bridge, handle }),
        Answer::Failed { reason, detail } => Err(match reason {
            Reason::NoContainer => MapError::NoContainer { container: detail },
            Reason::NoWebgl => MapError::NoWebgl { detail },
            Reason::Unreachable => MapError::Unreachable { detail },
            Reason::Refused => MapError::Refused { detail },
        }),
    }
}

/// What a thrown value says.
fn describe(thrown: &JsValue) -> String {
    js_sys::Reflect::get(thrown, &JsValue::from("message"))
        .ok()
        .and_then(|message| message.as_string())
        .or_else(|| thrown.as_string())
        .unwrap_or_else(|| String::from("an unknown value was thrown"))
}
