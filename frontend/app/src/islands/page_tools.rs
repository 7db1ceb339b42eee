//! What one does with a page: print it, hand on its address, take its code along.

#[cfg(feature = "ssr")]
use {super::props::island, leptos::prelude::*};

/// The buttons, and what is said after a press.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct PageToolsWords {
    /// Button: prints.
    pub print: String,
    /// Button: hands the address on.
    pub share: String,
    /// Button: copies the code.
    pub copy_code: String,
    /// Said when the address was copied, for the browser hands nothing on.
    pub address_copied: String,
    /// Said when the code was copied.
    pub code_copied: String,
    /// Said when the browser does not let it copy.
    pub not_copied: String,
}

/// Prints the page, hands its address on, copies its code.
///
/// Interactive because all three are the browser's; what this one cannot do has no button. Without
/// JavaScript there are no buttons, and the page says that the browser itself prints and shares.
#[cfg(feature = "ssr")]
#[component]
pub fn PageTools(
    /// What the page is about, for whoever gets the address.
    title: String,
    /// The code, without blanks.
    code: String,
    /// What it says.
    words: PageToolsWords,
) -> impl IntoView {
    let PageToolsWords { print, share, copy_code, address_copied, code_copied, not_copied } = words;
    let props = [title, code, address_copied, code_copied, not_copied];
    let view = view! {
        <div class="page-tools" hidden=true>
            <button type="button" class="button">{print}</button>
            <button type="button" class="button" hidden=true>{share}</button>
            <button type="button" class="button" hidden=true>{copy_code}</button>
            <p class="page-tools-said" role="status"></p>
        </div>
    };
    island("PageTools", &props, view)
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::islands::{
        copying::{can_copy, copy_text},
        element::{on_press, part, say, window},
        js_object::{ask, get, object},
        props::Props,
    };
    use std::rc::Rc;
    use wasm_bindgen::{JsValue, prelude::wasm_bindgen};
    use wasm_bindgen_futures::spawn_local;
    use web_sys::HtmlElement;

    /// What is said where, and about what.
    struct Tools {
        title: String,
        code: String,
        address_copied: String,
        code_copied: String,
        not_copied: String,
        said: HtmlElement,
    }

    #[wasm_bindgen(js_name = PageTools)]
    pub fn wake(island: &HtmlElement) {
        let mut props = Props::from(island);
        let tools = Rc::new(Tools {
            title: props.take(),
            code: props.take(),
            address_copied: props.take(),
            code_copied: props.take(),
            not_copied: props.take(),
            said: part(island, ".page-tools-said"),
        });
        let [print, share, copy] =
            ["button", "button:nth-of-type(2)", "button:nth-of-type(3)"].map(|at| part(island, at));
        share.set_hidden(!can_share() && !can_copy());
        copy.set_hidden(!can_copy());
        part(island, ".page-tools").set_hidden(false);
        on_press(&print, || {
            // Fails where a browser prints nothing; then nothing happens, as with its own menu.
            let _ = window().print();
        });
        let sharing = tools.clone();
        on_press(&share, move || sharing.share());
        on_press(&copy, move || tools.copy(tools.code.clone(), |tools| &tools.code_copied));
    }

    /// Whether the browser hands addresses on.
    fn can_share() -> bool {
        get(&window().navigator(), "share").is_function()
    }

    impl Tools {
        /// Hands the address on, or at least copies it.
        fn share(self: &Rc<Self>) {
            let window = window();
            let Ok(address) = window.location().href() else { return };
            if !can_share() {
                return self.copy(address, |tools| &tools.address_copied);
            }
            say(&self.said, "");
            let title = JsValue::from(self.title.as_str());
            let data = object(&[("title", title), ("url", JsValue::from(address))]);
            spawn_local(async move {
                // A person who changes their mind is no failure.
                let _ = ask(&window.navigator(), "share", &[data.into()]).await;
            });
        }

        /// Copies a text, and says that it was copied, or not.
        fn copy(self: &Rc<Self>, text: String, done: fn(&Self) -> &String) {
            say(&self.said, "");
            let tools = self.clone();
            spawn_local(async move {
                let copied = copy_text(text).await;
                say(&tools.said, if copied { done(&tools) } else { &tools.not_copied });
            });
        }
    }
}
