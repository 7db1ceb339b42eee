//! A notice above what it is about.

use leptos::prelude::*;

/// What a notice is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// What is so throughout, told quietly.
    Note,
    /// A condition to mind.
    Caution,
    /// It is done.
    Done,
}

/// A notice. Its first words say what it is, so its colour is never needed.
#[component]
pub fn Banner(
    /// What it is for.
    tone: Tone,
    /// Its first words.
    #[prop(into)]
    title: String,
    /// The rest.
    children: Children,
) -> AnyView {
    let class = match tone {
        Tone::Note => "banner banner-note",
        Tone::Caution => "banner banner-caution",
        Tone::Done => "banner banner-done",
    };
    view! {
        <div class=class>
            <strong class="banner-title">{title}</strong>
            <div class="banner-text">{children()}</div>
        </div>
    }
    .into_any()
}
