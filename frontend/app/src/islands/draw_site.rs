//! Drawing an outline on the map.

#[cfg(any(feature = "draw", test))]
mod sketch;

#[cfg(feature = "draw")]
mod finding;
#[cfg(feature = "draw")]
mod hand;
#[cfg(feature = "draw")]
mod opening;
#[cfg(feature = "draw")]
mod overlay;
#[cfg(feature = "draw")]
mod panel;
#[cfg(any(feature = "draw", all(test, feature = "ssr")))]
mod telling;

#[cfg(feature = "ssr")]
use {
    super::props::island,
    domain::Locale,
    leptos::prelude::*,
    map::{MapAssets, MapRequest},
};

island_words! {
    /// What is said while somebody draws.
    pub struct DrawSiteWords {
        /// Button: 在地图上画.
        pub open: String,
        /// While the map loads.
        pub loading: String,
        /// It did not load; the button tries again.
        pub failed: String,
        /// This browser draws no map: the form goes on.
        pub no_map: String,
        /// There is no place to begin at.
        pub nowhere: String,
        /// How to draw.
        pub how: String,
        /// Label of the field that says where to go.
        pub place: String,
        /// Button: goes there.
        pub go: String,
        /// `{place}` is in view.
        pub found: String,
        /// Nothing is called so.
        pub not_found: String,
        /// What a finger does: name of the switch.
        pub finger: String,
        /// It draws.
        pub draw: String,
        /// It moves the map.
        pub pan: String,
        /// Button: a corner at the cross.
        pub here: String,
        /// Button: finishes.
        pub finish: String,
        /// Button: takes the last step back.
        pub undo: String,
        /// Button: begins anew.
        pub clear: String,
        /// The name of corner `{n}` for who does not see it, with its keys.
        pub corner: String,
        /// The corner `{n}` was put at `{at}`.
        pub added: String,
        /// The corner `{n}` is at `{at}`.
        pub moved: String,
        /// The cross is at `{at}`.
        pub cross: String,
        /// The cross is at the corner `{n}`.
        pub cross_at: String,
        /// No corner yet.
        pub none: String,
        /// `{n}` corners, too few.
        pub few: String,
        /// `{n}` corners, `{area}`; it can be finished.
        pub open_ring: String,
        /// Finished: `{n}` corners, `{area}`.
        pub done: String,
        /// What is in the field is shown, not changed: `{area}`.
        pub shape: String,
        /// What is in the field does not read.
        pub unread: String,
        /// It crosses itself.
        pub crosses: String,
        /// It is smaller than `{least}`.
        pub too_small: String,
        /// Of `{area}` it is larger than `{most}`.
        pub too_large: String,
        /// It is longer than `{most}` km.
        pub too_far: String,
        /// No more corners than `{most}`.
        pub too_many: String,
    }
}

/// What a map is opened with for drawing.
#[cfg(feature = "ssr")]
#[derive(Debug)]
pub struct DrawOn {
    /// The map; where it opens is known later.
    pub request: MapRequest,
    /// The files it needs, from the manifest.
    pub assets: MapAssets,
    /// Where places are searched for.
    pub search: &'static str,
    /// A code to begin at, or nothing.
    pub near: String,
    /// No smaller outline is judged, m².
    pub least_m2: f64,
}

/// Draws an outline on a map with a pointer, a finger or keys, into the field of the form.
///
/// Interactive because it is drawn. Without JavaScript nothing of it is seen, and without WebGL it says so:
/// corners are typed or come as a file.
#[cfg(feature = "ssr")]
#[component]
pub fn DrawSite(
    /// The map.
    on: DrawOn,
    /// The id of the field of coordinates.
    field: &'static str,
    /// The language of figures.
    locale: Locale,
    /// What it says.
    words: DrawSiteWords,
    /// Source and review number of the map (rule M1).
    children: Children,
) -> impl IntoView {
    // Plain fields alone, which always become JSON.
    let request = serde_json::to_string(&on.request).unwrap_or_default();
    let assets = serde_json::to_string(&on.assets).unwrap_or_default();
    let DrawSiteWords {
        open, how, place, go, finger, draw, pan, here, finish, undo, clear, ..
    } = words.clone();
    let button = |class: &str, text: String| {
        view! { <button type="button" class=format!("button {class}")>{text}</button> }
    };
    let view = view! {
        <div class="draw" hidden=true>
            {button("draw-open", open.clone())}
            <p class="place-map-status draw-status" role="status"></p>
            <div class="draw-panel" role="group" aria-label=open hidden=true>
                <p class="hint">{how}</p>
                <div class="draw-find">
                    <label class="label" for="draw-place">{place}</label>
                    <input class="input" id="draw-place" type="search" enterkeyhint="go" autocomplete="off" />
                    {button("draw-go", go)}
                </div>
                <div class="draw-finger" role="group" aria-label=finger>
                    <button type="button" class="button" data-draws="1" aria-pressed="true">{draw}</button>
                    <button type="button" class="button" data-draws="0" aria-pressed="false">{pan}</button>
                </div>
                <div class="place-map-frame draw-frame" id=on.request.container translate="no">
                    <div class="draw-layer">
                        <svg class="draw-lines" aria-hidden="true"><path class="draw-ground" d="" /></svg>
                        <div class="draw-cross" aria-hidden="true"></div>
                        <div class="draw-corners"></div>
                    </div>
                </div>
                <p class="draw-told" role="status"></p>
                <p class="visually-hidden draw-where" role="status"></p>
                <div class="draw-tools">
                    {button("draw-here", here)}
                    {button("draw-finish", finish)}
                    {button("draw-undo", undo)}
                    {button("draw-clear", clear)}
                </div>
                <div class="plan-caption">{children()}</div>
            </div>
        </div>
    };
    let own = vec![
        request,
        assets,
        on.assets.bridge,
        on.search.to_owned(),
        on.near,
        field.to_owned(),
        locale.tag().to_owned(),
        on.least_m2.to_string(),
    ];
    island("DrawSite", &[own, words.into()].concat(), view)
}
