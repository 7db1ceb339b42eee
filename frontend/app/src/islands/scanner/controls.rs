//! The controls of the scanner, the first within the thumb's reach.

use super::capabilities::{CameraDevice, Capabilities, Zoom};
use super::state::State;
use super::viewfinder::Viewfinder;
use super::{Act, Controls, ScannerWords, follow, press};
use leptos::prelude::*;

type Words = StoredValue<ScannerWords>;

fn word(words: Words, pick: fn(&ScannerWords) -> &String) -> String {
    words.with_value(|all| pick(all).clone())
}

/// The one button that starts and stops, filled while it starts; the light; the way to the field for
/// typing; and, where the picture fills a phone, the button that unfolds the rest.
pub fn buttons(
    viewfinder: Viewfinder,
    words: Words,
    controls: Controls,
    field: String,
) -> impl IntoView {
    let Viewfinder { state, capabilities, unfolded, .. } = viewfinder;
    let torch = move || capabilities.with(|capabilities| capabilities.torch);
    view! {
        <button
            type="button"
            class="button scanner-toggle"
            class:button-primary=move || state.with(State::can_start)
            hidden=follow(move || viewfinder.hopeless.get())
            on:click=press(controls, Act::Toggle)
        >
            {follow(move || state.with(|now| words.with_value(|all| now.button(all).to_owned())))}
        </button>
        <button
            type="button"
            class="button scanner-torch"
            hidden=follow(move || torch().is_none())
            on:click=press(controls, Act::Torch)
        >
            {follow(move || match torch() {
                Some(true) => word(words, |all| &all.torch_off),
                _ => word(words, |all| &all.torch_on),
            })}
        </button>
        <button
            type="button"
            class="button scanner-type"
            hidden=follow(move || !state.with(State::offers_typing))
            on:click=press(controls, Act::Type(field))
        >
            {word(words, |all| &all.type_code)}
        </button>
        <button
            type="button"
            class="button scanner-more"
            aria-expanded=move || if unfolded.get() { "true" } else { "false" }
            on:click=move |_| unfolded.update(|unfolded| *unfolded = !*unfolded)
        >
            {word(words, |all| &all.more)}
        </button>
    }
}

/// What the camera at work can be set to, and whether a read makes a tone.
pub fn settings(viewfinder: Viewfinder, words: Words, controls: Controls) -> impl IntoView {
    let Viewfinder { state, capabilities, quiet, .. } = viewfinder;
    let zoom = move || capabilities.with(|capabilities| capabilities.zoom.clone());
    let of_zoom =
        move |pick: fn(Zoom) -> String| follow(move || zoom().map(pick).unwrap_or_default());
    view! {
        <div class="scanner-settings" hidden=follow(move || !state.with(State::offers_cameras))>
            <button
                type="button"
                class="button scanner-sound"
                hidden=follow(move || !state.with(State::is_live))
                aria-pressed=move || if quiet.get() { "false" } else { "true" }
                on:click=press(controls, Act::Sound)
            >
                {word(words, |all| &all.sound)}
            </button>
            <label class="scanner-zoom" hidden=follow(move || zoom().is_none())>
                <span>{word(words, |all| &all.zoom)}</span>
                <input
                    type="range"
                    min=of_zoom(|zoom| zoom.least)
                    max=of_zoom(|zoom| zoom.most)
                    step=of_zoom(|zoom| zoom.step)
                    prop:value=of_zoom(|zoom| zoom.now)
                    on:input=move |event| controls.run(Act::Zoom(event_target_value(&event)))
                />
            </label>
            <label class="scanner-lens" hidden=follow(move || capabilities.with(|capabilities| capabilities.cameras.is_empty()))>
                <span>{word(words, |all| &all.camera)}</span>
                <select on:change=move |event| controls.run(Act::Camera(event_target_value(&event)))>
                    {move || capabilities.with(|capabilities| cameras(capabilities, words))}
                </select>
            </label>
        </div>
    }
}

fn cameras(capabilities: &Capabilities, words: Words) -> impl IntoView + use<> {
    let name = |at: usize, camera: &CameraDevice| {
        if camera.label.is_empty() {
            word(words, |all| &all.camera_numbered).replace("{n}", &(at + 1).to_string())
        } else {
            camera.label.clone()
        }
    };
    let option = |(at, camera): (usize, &CameraDevice)| {
        view! {
            <option value=camera.id.clone() prop:selected=camera.id == capabilities.camera_id>
                {name(at, camera)}
            </option>
        }
    };
    capabilities.cameras.iter().enumerate().map(option).collect_view()
}

/// Without the camera's live picture: photo, file, what was copied.
pub fn other_ways(words: Words, controls: Controls) -> impl IntoView {
    let can_paste = controls.can_paste;
    let take = move |event| controls.take(&event);
    view! {
        <div class="scanner-ways">
            <label class="button scanner-file scanner-take">
                <input
                    type="file"
                    accept="image/*"
                    capture="environment"
                    on:change=take
                />
                {word(words, |all| &all.take_photo)}
            </label>
            <label class="button scanner-file">
                <input type="file" accept="image/*" on:change=take/>
                {word(words, |all| &all.photo)}
            </label>
            <button
                type="button"
                class="button scanner-paste"
                hidden=follow(move || !can_paste.get())
                on:click=press(controls, Act::Paste)
            >
                {word(words, |all| &all.paste)}
            </button>
        </div>
        <p class="hint scanner-drop">{word(words, |all| &all.drop)}</p>
    }
}
