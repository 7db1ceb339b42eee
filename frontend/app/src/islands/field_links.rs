//! Links that lead into fields.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

/// Puts the cursor into the field that a link within leads to.
///
/// Interactive because WebKit takes the focus along such a link and leaves the cursor behind: what is
/// typed then is lost. Without JavaScript the links lead to their fields all the same.
#[island]
pub fn FieldLinks(
    /// What holds the links.
    children: Children,
) -> impl IntoView {
    view! { <div on:click=move |event| enter(&event)>{children()}</div> }
}

#[cfg(feature = "hydrate")]
fn enter(event: &MouseEvent) {
    use wasm_bindgen::JsCast as _;

    let link = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let link = link.and_then(|target| target.closest("a[href^='#']").ok().flatten());
    let href = link.and_then(|link| link.get_attribute("href")).unwrap_or_default();
    let field = document().get_element_by_id(href.trim_start_matches('#'));
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        event.prevent_default();
        field.scroll_into_view();
        // Fails only for what cannot have the focus; it is in view all the same.
        let _ = field.focus();
    }
}

#[cfg(not(feature = "hydrate"))]
fn enter(_: &MouseEvent) {}
