//! Scanning a code.

mod state;
mod words;

#[cfg(feature = "hydrate")]
mod camera;
#[cfg(feature = "hydrate")]
mod deferred;
#[cfg(feature = "hydrate")]
mod events;
#[cfg(feature = "hydrate")]
mod object;
#[cfg(any(feature = "hydrate", test))]
mod reading;
#[cfg(feature = "hydrate")]
mod session;
#[cfg(feature = "hydrate")]
mod source;
#[cfg(feature = "hydrate")]
mod worker;

use leptos::html::Video;
use leptos::prelude::*;
use state::{Notice, State, Target};

pub use words::ScannerWords;

/// What a control asks for.
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "hydrate"), allow(dead_code, reason = "nobody presses on the server"))]
enum Act {
    /// The button that starts and stops.
    Toggle,
    /// The light on or off.
    Torch,
    /// Open one of several.
    Open(Target),
}

/// The way from the controls to the browser's part, which the server does not have.
#[derive(Clone, Copy)]
struct Controls {
    #[cfg(feature = "hydrate")]
    session: StoredValue<Option<std::rc::Rc<session::Session>>, LocalStorage>,
}

/// Reads a code from the camera, a photo, the clipboard or a dropped file, and opens its page.
///
/// Interactive because only the browser has the camera. Without JavaScript it says how to go on:
/// the form beside it takes the code as typed.
#[island]
pub fn Scanner(
    /// What it says.
    words: ScannerWords,
    /// `scan-worker.js` of the manifest.
    worker_url: String,
    /// This portal's host with its port: what an own label points to.
    own_host: String,
) -> impl IntoView {
    let state = RwSignal::new(State::Asleep);
    let video = NodeRef::<Video>::new();
    let controls = Controls::wake(state, video, worker_url, own_host);
    let words = StoredValue::new(words);

    view! {
        <div class="scanner" data-scanner-state=move || state.with(State::name)>
            {picture(state, video, words)}
            {status(state, words)}
            {choices(state, controls)}
            {buttons(state, words, controls)}
        </div>
    }
}

/// What the camera sees.
fn picture(
    state: RwSignal<State>,
    video: NodeRef<Video>,
    words: StoredValue<ScannerWords>,
) -> impl IntoView {
    view! {
        <div class="scanner-stage" hidden=move || !state.with(State::shows_picture)>
            <video
                class="scanner-video"
                node_ref=video
                playsinline=true
                muted=true
                autoplay=true
                aria-label=words.with_value(|all| all.picture.clone())
            ></video>
            <div class="scanner-guide" aria-hidden="true"></div>
        </div>
    }
}

/// What happens, and what there is to say about what was read.
fn status(state: RwSignal<State>, words: StoredValue<ScannerWords>) -> impl IntoView {
    view! {
        <div class="scanner-status" role="status">
            <p>{move || state.with(|now| words.with_value(|all| now.sentence(all)))}</p>
            {move || {
                let notice = state.with(|now| now.notice().cloned());
                notice.map(|notice| words.with_value(|all| remark(&notice, all)))
            }}
        </div>
    }
}

/// The codes of a picture with several.
fn choices(state: RwSignal<State>, controls: Controls) -> impl IntoView {
    let choice = move |target: Target| {
        let label = target.label.clone();
        let open = move |_| controls.run(Act::Open(target.clone()));
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
            {move || targets(&state.get()).into_iter().map(choice).collect_view()}
        </ul>
    }
}

/// The controls, the first within the thumb's reach.
fn buttons(
    state: RwSignal<State>,
    words: StoredValue<ScannerWords>,
    controls: Controls,
) -> impl IntoView {
    let word = move |pick: fn(&ScannerWords) -> &String| words.with_value(|all| pick(all).clone());
    let asleep = move || state.with(|now| *now == State::Asleep);
    view! {
        <div class="scanner-controls" hidden=asleep>
            <button
                type="button"
                class="button button-primary scanner-toggle"
                on:click=move |_| controls.run(Act::Toggle)
            >
                {move || state.with(|now| words.with_value(|all| now.button(all).to_owned()))}
            </button>
            <button
                type="button"
                class="button scanner-torch"
                hidden=move || torch(&state.get()).is_none()
                on:click=move |_| controls.run(Act::Torch)
            >
                {move || match torch(&state.get()) {
                    Some(true) => word(|all| &all.torch_off),
                    _ => word(|all| &all.torch_on),
                }}
            </button>
            <label class="button scanner-file scanner-take">
                <input
                    type="file"
                    accept="image/*"
                    capture="environment"
                    on:change=move |event| controls.take(&event)
                />
                {word(|all| &all.take_photo)}
            </label>
            <label class="button scanner-file">
                <input type="file" accept="image/*" on:change=move |event| controls.take(&event)/>
                {word(|all| &all.photo)}
            </label>
        </div>
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

fn torch(state: &State) -> Option<bool> {
    match state {
        State::Scanning { torch, .. } => *torch,
        _ => None,
    }
}

#[cfg(feature = "hydrate")]
impl Controls {
    /// Starts the browser's part once the island is in the page.
    fn wake(
        state: RwSignal<State>,
        video: NodeRef<Video>,
        worker_url: String,
        own_host: String,
    ) -> Self {
        let session = StoredValue::new_local(None);
        let listeners = StoredValue::new_local(Vec::new());
        // An effect, so that the first picture of the island is the one the server has drawn.
        Effect::new(move |_| {
            let woken = session::Session::new(state, video, worker_url.clone(), own_host.clone());
            let woken = std::rc::Rc::new(woken);
            listeners.set_value(events::listen(&window(), &document(), &woken));
            session.set_value(Some(woken));
        });
        Self { session }
    }

    fn run(self, act: Act) {
        if let Some(session) = self.session.get_value() {
            session.run(act);
        }
    }

    fn take(self, event: &leptos::ev::Event) {
        if let (Some(session), Some(photo)) = (self.session.get_value(), source::chosen(event)) {
            session.photo(photo);
        }
    }
}

#[cfg(not(feature = "hydrate"))]
impl Controls {
    fn wake(_: RwSignal<State>, _: NodeRef<Video>, _: String, _: String) -> Self {
        Self {}
    }

    fn run(self, _: Act) {}

    fn take(self, _: &leptos::ev::Event) {}
}
