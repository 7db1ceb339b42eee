//! Asking how a request stands: soon at first, then ever more seldom; not while nobody sees the page,
//! and not any more once nothing can come.

use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Document, Element, HtmlElement};

use super::PARTS;
use crate::islands::{
    element::{document, part as inside, say, window},
    js_object::{ask, call, get},
    props::Props,
};

/// The first wait, and the one after something new, ms.
const SOON: u32 = 4_000;
/// The longest wait, ms.
const SELDOM: u32 = 120_000;

#[wasm_bindgen(js_name = RequestWatch)]
pub fn wake(island: &HtmlElement) {
    let changed = Props::from(island).take();
    let said = inside(island, "p");
    spawn_local(async move {
        let mut wait = SOON;
        let mut before = asked().await.ok();
        while !is_ended(&document()) {
            TimeoutFuture::new(wait).await;
            wait = (wait + wait / 2).min(SELDOM);
            if get(&document(), "hidden").is_truthy() {
                continue;
            }
            // Without a line it is asked again, later.
            let Ok(page) = asked().await else { continue };
            // A page without the first part is another: the secret is forgotten, say.
            if part(&page, PARTS[0]).is_none() {
                return;
            }
            if take_over(&page, before.as_ref()) {
                wait = SOON;
                say(&said, &changed.replace("{state}", &state()));
            }
            before = Some(page);
        }
    });
}

fn part(page: &Document, id: &str) -> Option<Element> {
    page.get_element_by_id(id)
}

/// Whether nothing more is to come.
fn is_ended(page: &Document) -> bool {
    part(page, PARTS[0]).is_none_or(|standing| standing.has_attribute("data-ended"))
}

/// This page as it is now.
async fn asked() -> Result<Document, JsValue> {
    let path = window().location().pathname()?;
    let answer = ask(&window(), "fetch", &[JsValue::from(path)]).await?;
    if !get(&answer, "ok").is_truthy() {
        return Err(JsValue::NULL);
    }
    let text = ask(&answer, "text", &[]).await?;
    let parser: Function = get(&window(), "DOMParser").dyn_into()?;
    let parser = Reflect::construct(&parser, &js_sys::Array::new())?;
    call(&parser, "parseFromString", &[text, JsValue::from("text/html")])?.dyn_into()
}

/// Puts what is new in the place of what was; whether anything was. New is what differs from the page
/// that was fetched before: what stands here a translator may have rewritten.
fn take_over(page: &Document, before: Option<&Document>) -> bool {
    let mut any = false;
    for id in PARTS {
        let (Some(old), Some(new)) = (part(&document(), id), part(page, id)) else { continue };
        let Some(before) = before.and_then(|before| part(before, id)) else { continue };
        if before.inner_html() == new.inner_html() {
            continue;
        }
        any = true;
        let has_focus = old.contains(document().active_element().as_deref());
        if new.has_attribute("data-ended") {
            // Fails only for names that are no names.
            let _ = old.set_attribute("data-ended", "");
        }
        old.set_inner_html(&new.inner_html());
        let link = old.query_selector("a").ok().flatten();
        if let Some(link) = link.filter(|_| has_focus) {
            let _ = link.unchecked_into::<HtmlElement>().focus();
        }
    }
    any
}

/// Where the request stands, in the page's words.
fn state() -> String {
    let standing = part(&document(), PARTS[0]);
    let tag = standing.and_then(|standing| standing.query_selector(".tag-state").ok().flatten());
    tag.and_then(|tag| tag.text_content()).unwrap_or_default()
}
