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
    Effect::new(|_| enter_where_one_is());
    view! { <div on:click=move |event| enter(&event)>{children()}</div> }
}

#[cfg(feature = "hydrate")]
fn enter(event: &MouseEvent) {
    use wasm_bindgen::JsCast as _;

    let link = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let link = link.and_then(|target| target.closest("a[href^='#']").ok().flatten());
    let href = link.and_then(|link| link.get_attribute("href")).unwrap_or_default();
    if let Some(field) = field_at(&href) {
        event.prevent_default();
        field.scroll_into_view();
        // Fails only for what cannot have the focus; it is in view all the same.
        let _ = field.focus();
    }
}

/// For whoever followed a link before the page was awake.
#[cfg(feature = "hydrate")]
fn enter_where_one_is() {
    use wasm_bindgen::JsCast as _;

    let field = field_at(&location().hash().unwrap_or_default());
    if let Some(field) =
        field.filter(|field| document().active_element().as_ref() == field.dyn_ref())
    {
        // A field that has the focus already takes no cursor. Both fail only for what cannot have it.
        let _ = field.blur();
        let _ = field.focus();
    }
}

/// The field that `#its-id` leads to.
#[cfg(feature = "hydrate")]
fn field_at(fragment: &str) -> Option<web_sys::HtmlElement> {
    use wasm_bindgen::JsCast as _;

    document().get_element_by_id(fragment.trim_start_matches('#'))?.dyn_into().ok()
}

#[cfg(not(feature = "hydrate"))]
fn enter(_: &MouseEvent) {}

#[cfg(not(feature = "hydrate"))]
fn enter_where_one_is() {}
