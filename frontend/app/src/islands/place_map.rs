//! The map that can be moved.

#[cfg(feature = "hydrate")]
mod watch;

use leptos::html::Div;
use leptos::prelude::*;
use map::{MapAssets, MapRequest};

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

/// Where the map stands.
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "the server knows only the first"))]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The server's drawing; the map comes when it is in view.
    Drawing,
    /// The drawing, and a button: somebody saves data, or it did not load and may the next time.
    Offered {
        /// Whether it was tried.
        failed: bool,
    },
    /// The map is on its way.
    Loading,
    /// The map is there.
    Open,
    /// The drawing for good: this browser draws no map.
    Drawn,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Drawing => "drawing",
            Self::Offered { .. } => "offered",
            Self::Loading => "loading",
            Self::Open => "open",
            Self::Drawn => "drawn",
        }
    }

    fn sentence(self, words: &PlaceMapWords) -> String {
        match self {
            Self::Open => words.keys.clone(),
            Self::Loading => words.loading.clone(),
            Self::Offered { failed: true } => words.failed.clone(),
            Self::Drawn => words.drawn.clone(),
            Self::Drawing | Self::Offered { failed: false } => String::new(),
        }
    }
}

/// A map that can be moved, in the place of the drawing that the server made.
///
/// Interactive because it is moved. Without JavaScript, without WebGL and until the map has
/// loaded, the drawing shows the same place.
#[island]
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
    let state = RwSignal::new(State::Drawing);
    let frame = NodeRef::<Div>::new();
    let container = request.container.clone();
    let open = wake(state, frame, request, assets);
    let label = words.open.clone();
    let offered = move || matches!(state.get(), State::Offered { .. });

    view! {
        <div class="place-map" translate="no" data-place-map=move || state.get().name()>
            <div class="place-map-frame" id=container node_ref=frame>
                {children()}
            </div>
            <p class="place-map-status" role="status">
                {move || state.get().sentence(&words)}
            </p>
            <button
                type="button"
                class="button place-map-open"
                hidden=move || !offered()
                on:click=move |_| open()
            >
                {label}
            </button>
        </div>
    }
}

#[cfg(feature = "hydrate")]
fn wake(
    state: RwSignal<State>,
    frame: NodeRef<Div>,
    request: MapRequest,
    assets: MapAssets,
) -> impl Fn() + Copy + 'static {
    let watch = StoredValue::new_local(None);
    // An effect, so that the first picture of the island is the one the server has drawn.
    Effect::new(move |_| {
        if let Some(frame) = frame.get() {
            let (request, assets) = (request.clone(), assets.clone());
            watch.set_value(Some(watch::Watch::start(state, &frame, request, assets)));
        }
    });
    move || {
        watch.with_value(|watch| {
            if let Some(watch) = watch {
                watch.open();
            }
        });
    }
}

#[cfg(not(feature = "hydrate"))]
fn wake(
    _: RwSignal<State>,
    _: NodeRef<Div>,
    _: MapRequest,
    _: MapAssets,
) -> impl Fn() + Copy + 'static {
    || {}
}
