//! Links that lead into fields.

#[cfg(feature = "ssr")]
use {super::props::island, leptos::prelude::*};

/// Puts the cursor into the field that a link within leads to.
///
/// Interactive because WebKit takes the focus along such a link and leaves the cursor behind: what is
/// typed then is lost. Without JavaScript the links lead to their fields all the same.
#[cfg(feature = "ssr")]
#[component]
pub fn FieldLinks(
    /// What holds the links.
    children: Children,
) -> impl IntoView {
    island("FieldLinks", &[], view! { <div>{children()}</div> })
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::islands::element::{document, on, window};
    use wasm_bindgen::{JsCast as _, prelude::wasm_bindgen};
    use web_sys::{Element, Event, HtmlElement};

    #[wasm_bindgen(js_name = FieldLinks)]
    pub fn wake(island: &HtmlElement) {
        enter_where_one_is();
        on(island, "click", enter);
    }

    fn enter(event: &Event) {
        let link = event.target().and_then(|target| target.dyn_into::<Element>().ok());
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
    fn enter_where_one_is() {
        let field = field_at(&window().location().hash().unwrap_or_default());
        if let Some(field) =
            field.filter(|field| document().active_element().as_ref() == field.dyn_ref())
        {
            // A field that has the focus already takes no cursor. Both fail only for what cannot have it.
            let _ = field.blur();
            let _ = field.focus();
        }
    }

    /// The field that `#its-id` leads to.
    fn field_at(fragment: &str) -> Option<HtmlElement> {
        document().get_element_by_id(fragment.trim_start_matches('#'))?.dyn_into().ok()
    }
}
