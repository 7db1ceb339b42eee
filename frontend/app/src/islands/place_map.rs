//! The map that can be moved.

#[cfg(feature = "hydrate")]
mod state;
#[cfg(feature = "hydrate")]
mod watch;

#[cfg(feature = "ssr")]
use {
    super::props::island,
    leptos::prelude::*,
    map::{MapAssets, MapRequest},
};

island_words! {
    /// What the island says besides the words of the map itself.
    pub struct PlaceMapWords {
        /// Button where the map does not load by itself: 打开交互地图.
        pub open: String,
        /// Status while it loads.
        pub loading: String,
        /// Status when it did not load: the drawing stays.
        pub failed: String,
        /// Status where this browser draws no map: the drawing stays.
        pub drawn: String,
        /// Which keys move it, once it is there.
        pub keys: String,
    }
}

/// A map that can be moved, in the place of the drawing that the server made.
///
/// Interactive because it is moved. Without JavaScript, without WebGL and until the map has
/// loaded, the drawing shows the same place.
///
/// What the map shows goes to MapLibre as it is sent, and is not read on the way.
#[cfg(feature = "ssr")]
#[component]
pub fn PlaceMap(
    /// What the map shows; its `container` becomes the id of the frame in this island.
    request: MapRequest,
    /// The files it needs, from the manifest.
    assets: MapAssets,
    /// What it says.
    words: PlaceMapWords,
    /// The drawing.
    children: Children,
) -> impl IntoView {
    // Plain fields alone, which always become JSON.
    let request_json = serde_json::to_string(&request).unwrap_or_default();
    let assets_json = serde_json::to_string(&assets).unwrap_or_default();
    let view = view! {
        <div class="place-map" translate="no" data-place-map="drawing">
            <div class="place-map-frame" id=request.container>{children()}</div>
            <p class="place-map-status" role="status"></p>
            <button type="button" class="button place-map-open" hidden=true>
                {words.open.clone()}
            </button>
        </div>
    };
    let own = vec![request_json, assets_json, assets.bridge];
    island("PlaceMap", &[own, words.into()].concat(), view)
}
