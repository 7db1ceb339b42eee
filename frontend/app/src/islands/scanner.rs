//! Scanning a code.

mod capabilities;
mod controls;
mod found;
mod state;
mod viewfinder;
mod words;

#[cfg(any(feature = "scanner", test))]
mod advice;
#[cfg(feature = "scanner")]
mod barcode_detector;
#[cfg(feature = "scanner")]
mod camera;
#[cfg(feature = "scanner")]
mod clipboard;
#[cfg(feature = "scanner")]
mod constraints;
#[cfg(feature = "scanner")]
mod decode_loop;
#[cfg(feature = "scanner")]
mod deferred;
#[cfg(feature = "scanner")]
mod events;
#[cfg(any(feature = "scanner", test))]
mod in_app;
#[cfg(any(feature = "scanner", test))]
mod notices;
#[cfg(feature = "scanner")]
mod photo_or_paste;
#[cfg(feature = "scanner")]
mod picture;
#[cfg(any(feature = "scanner", test))]
mod reading;
#[cfg(feature = "scanner")]
mod scroll_and_focus;
#[cfg(feature = "scanner")]
mod session;
#[cfg(feature = "scanner")]
mod tone;
#[cfg(feature = "scanner")]
mod wake_lock;
#[cfg(feature = "scanner")]
mod worker;

use controls::{buttons, other_ways, settings};
use found::Found;
use leptos::ev::MouseEvent;
use leptos::prelude::*;
use leptos::tachys::reactive_graph::OwnedView;
use state::{Notice, State, Target};
use viewfinder::Viewfinder;

#[cfg(feature = "ssr")]
use super::props::island;
#[cfg(feature = "scanner")]
use {super::props::Props, leptos::tachys::view::Position, wasm_bindgen::prelude::wasm_bindgen};

pub use words::ScannerWords;

/// What a control asks for.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "scanner"), allow(dead_code, reason = "nobody presses on the server"))]
enum Act {
    /// The button that starts and stops.
    Toggle,
    /// The light on or off.
    Torch,
    /// Enlarge so far.
    Zoom(String),
    /// The camera with this `id`.
    Camera(String),
    /// The tone on or off.
    Sound,
    /// What was copied.
    Paste,
    /// To the field with this `id`.
    Type(String),
    /// Open one of several.
    Open(Target),
}

/// The way from the controls to the browser's part, which the server does not have.
#[derive(Clone, Copy)]
struct Controls {
    /// Whether the browser has a clipboard to look into.
    can_paste: RwSignal<bool>,
    #[cfg(feature = "scanner")]
    session: StoredValue<Option<std::rc::Rc<session::Session>>, LocalStorage>,
}

/// Reads a code from the camera, a photo, the clipboard or a dropped file, and opens its page.
///
/// Interactive because only the browser has the camera. Without JavaScript it says how to go on:
/// the form beside it takes the code as typed.
#[cfg(feature = "ssr")]
#[component]
pub fn Scanner(
    /// What it says.
    words: ScannerWords,
    /// `scan-worker.js` of the manifest.
    worker_url: String,
    /// This portal's host with its port: what an own label points to.
    own_host: String,
    /// The id of the field for typing.
    field: String,
) -> impl IntoView {
    let own = vec![worker_url.clone(), own_host.clone(), field.clone()];
    let props = [own, words.clone().into()].concat();
    let view = Owner::new().with(|| {
        Owner::with_hydration(move || OwnedView::new(scanner(words, worker_url, own_host, field)))
    });
    island("Scanner", &props, view)
}

/// What [`leptos::island`] writes, but for how the props travel.
#[cfg(feature = "scanner")]
#[wasm_bindgen(js_name = Scanner)]
pub fn wake(island: &web_sys::HtmlElement) {
    let mut props = Props::from(island);
    let [worker_url, own_host, field] = [props.take(), props.take(), props.take()];
    let words = ScannerWords::take(&mut props);
    let view = Owner::new().with(|| {
        Owner::with_hydration(move || OwnedView::new(scanner(words, worker_url, own_host, field)))
    });
    let state = view.hydrate_from_position::<true>(island, Position::FirstChild);
    // It is there as long as the page.
    std::mem::forget(state);
}

fn scanner(
    words: ScannerWords,
    worker_url: String,
    own_host: String,
    field: String,
) -> impl IntoView {
    let viewfinder = Viewfinder::new();
    let state = viewfinder.state;
    let controls = Controls::wake(viewfinder, worker_url, own_host);
    let words = StoredValue::new(words);

    view! {
        <div class="scanner" translate="no" data-scanner-state=move || state.with(State::name)>
            {picture(viewfinder, words)}
            {status(state, words)}
            {choices(state, controls)}
            <div class="scanner-controls" hidden=follow(move || state.with(|now| *now == State::Asleep))>
                {buttons(viewfinder, words, controls, field)}
                {settings(viewfinder, words, controls)}
                {other_ways(words, controls)}
            </div>
        </div>
    }
}

/// A value that the view follows. Boxed: the view of every closure is a type of its own, and each
/// would be another kilobyte of the same wasm.
fn follow<T>(read: impl Fn() -> T + Send + 'static) -> Box<dyn Fn() -> T + Send> {
    Box::new(read)
}

/// Asks for something at a press; one function, for the same reason.
fn press(controls: Controls, act: Act) -> impl Fn(MouseEvent) + 'static {
    move |_| controls.run(act.clone())
}

/// What the camera sees, and a frame around each code in it.
fn picture(viewfinder: Viewfinder, words: StoredValue<ScannerWords>) -> impl IntoView {
    let found = viewfinder.found;
    let numbers = move || {
        let found = found.get();
        let size = found.number_size();
        let number = |(number, x, y): (usize, i32, i32)| {
            view! { <text class="scanner-number" x=x y=y font-size=size>{number}</text> }
        };
        found.numbers().into_iter().map(number).collect_view()
    };
    view! {
        <div class="scanner-stage" hidden=follow(move || !viewfinder.shows_picture())>
            <video
                class="scanner-video"
                node_ref=viewfinder.video
                playsinline=true
                muted=true
                autoplay=true
                aria-label=words.with_value(|all| all.picture.clone())
            ></video>
            <div
                class="scanner-guide"
                aria-hidden="true"
                hidden=follow(move || !found.with(Found::is_empty))
            ></div>
            // Laid over the picture as `object-fit: cover` lays the picture out.
            <svg
                class=follow(move || found.with(Found::class))
                aria-hidden="true"
                viewBox=follow(move || found.with(Found::view_box))
                preserveAspectRatio="xMidYMid slice"
            >
                <path d=follow(move || found.with(Found::path)) />
                {numbers}
            </svg>
        </div>
    }
}

/// What happens, and what there is to say about what was read.
fn status(state: RwSignal<State>, words: StoredValue<ScannerWords>) -> impl IntoView {
    view! {
        // Two regions: with one, each change of the advice would read the notice out again.
        <div class="scanner-status">
            <p role="status">
                {follow(move || state.with(|now| words.with_value(|all| now.sentence(all))))}
            </p>
            <div role="status">
                {move || {
                    let notice = state.with(|now| now.notice().cloned());
                    notice.map(|notice| words.with_value(|all| remark(&notice, all)))
                }}
            </div>
        </div>
    }
}

/// The codes of a picture with several.
fn choices(state: RwSignal<State>, controls: Controls) -> impl IntoView {
    let choice = move |(at, target): (usize, Target)| {
        let label = format!("{}. {}", at + 1, target.label);
        let open = press(controls, Act::Open(target));
        view! {
            <li>
                <button type="button" class="button scanner-choice" on:click=open>
                    {label}
                </button>
            </li>
        }
    };
    view! {
        <ul class="scanner-choices">
            {move || targets(&state.get()).into_iter().enumerate().map(choice).collect_view()}
        </ul>
    }
}

/// What was read and not opened: plain text, never a link.
fn remark(notice: &Notice, words: &ScannerWords) -> impl IntoView + use<> {
    let sentence = notice.sentence(words);
    let read = notice.read().map(|(text, host)| {
        let host = host.map(|host| {
            let (label, host) = (words.foreign_host.clone(), host.to_owned());
            view! { <p>{label} " " <bdi class="scanner-host">{host}</bdi></p> }
        });
        let (label, text) = (words.foreign_text.clone(), text.to_owned());
        view! {
            {host}
            <p>{label} " " <bdi class="scanner-text">{text}</bdi></p>
        }
    });
    view! {
        <div class="scanner-notice">
            <p>{sentence}</p>
            {read}
        </div>
    }
}

fn targets(state: &State) -> Vec<Target> {
    match state {
        State::Choosing(targets) => targets.clone(),
        _ => Vec::new(),
    }
}

#[cfg(feature = "scanner")]
impl Controls {
    /// Starts the browser's part once the island is in the page.
    fn wake(viewfinder: Viewfinder, worker_url: String, own_host: String) -> Self {
        let session = StoredValue::new_local(None);
        let listeners = StoredValue::new_local(Vec::new());
        let can_paste = RwSignal::new(false);
        // An effect, so that the first picture of the island is the one the server has drawn.
        Effect::new(move |_| {
            let woken = session::Session::new(viewfinder, worker_url.clone(), own_host.clone());
            let woken = std::rc::Rc::new(woken);
            listeners.set_value(events::listen(&window(), &document(), &woken));
            session.set_value(Some(woken));
            can_paste.set(clipboard::can_paste(&window()));
        });
        Self { can_paste, session }
    }

    fn run(self, act: Act) {
        if let Some(session) = self.session.get_value() {
            session.run(act);
        }
    }

    fn take(self, event: &leptos::ev::Event) {
        if let (Some(session), Some(photo)) = (self.session.get_value(), picture::chosen(event)) {
            session.photo(photo.into());
        }
    }
}

#[cfg(not(feature = "scanner"))]
impl Controls {
    fn wake(_: Viewfinder, _: String, _: String) -> Self {
        Self { can_paste: RwSignal::new(false) }
    }

    fn run(self, _: Act) {}

    fn take(self, _: &leptos::ev::Event) {}
}
