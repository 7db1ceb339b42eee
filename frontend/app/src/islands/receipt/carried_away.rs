//! Copying number and secret, drawing them, and sending them to oneself.

use std::rc::Rc;
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::spawn_local;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

use super::{NUMBER, ReceiptWords, SECRET};
use crate::islands::{
    copying::{can_copy, copy_text},
    element::{document, on_press, part, say, window},
    js_object::{ask, get, object},
    keep_typed::handed_in,
    props::Props,
};

/// Size of the picture, px.
const SIZE: (u32, u32) = (1080, 720);
/// Where its lines begin, px.
const LEFT: f64 = 72.0;

#[wasm_bindgen(js_name = ReceiptTools)]
pub fn wake(island: &HtmlElement) {
    let mut props = Props::from(island);
    handed_in(&props.take());
    let words = Rc::new(ReceiptWords::take(&mut props));
    let button = |at: usize| part(island, &format!("button:nth-of-type({at})"));
    let [copy, save, print, send] = [1, 2, 3, 4].map(button);
    let said = part(island, "p");
    let shares = get(&window().navigator(), "share").is_function();
    copy.set_hidden(!can_copy());
    save.set_hidden(false);
    print.set_hidden(false);
    send.set_hidden(!shares);
    if !shares {
        let letter_to_oneself = part(island, "a");
        // Fails only where the name of an attribute is none.
        let _ = letter_to_oneself.set_attribute("href", &letter(&words));
        letter_to_oneself.set_hidden(false);
    }
    let (copying, telling) = (words.clone(), said.clone());
    on_press(&copy, move || {
        let (words, said) = (copying.clone(), telling.clone());
        spawn_local(async move {
            let done = copy_text(both(&words)).await;
            say(&said, if done { &words.copied } else { &words.not_copied });
        });
    });
    // Fails where a browser prints nothing; then nothing happens, as with its own menu.
    on_press(&print, || drop(window().print()));
    let sending = words.clone();
    on_press(&send, move || share(&sending));
    on_press(&save, move || {
        if picture(&words).is_ok() {
            say(&said, &words.saved);
        }
    });
}

/// Hands both on to whatever program the person chooses.
fn share(words: &ReceiptWords) {
    let (title, text) = (words.title.as_str(), both(words));
    let data = object(&[("title", JsValue::from(title)), ("text", JsValue::from(text))]);
    spawn_local(async move {
        // A person who changes their mind is no failure.
        let _ = ask(&window().navigator(), "share", &[data.into()]).await;
    });
}

/// Both as a letter (RFC 6068: lines end with CRLF) that the person's own mail program sends, to whom
/// they write.
fn letter(words: &ReceiptWords) -> String {
    let encoded = |text: &str| String::from(js_sys::encode_uri_component(text));
    let body = both(words).replace('\n', "\r\n");
    format!("mailto:?subject={}&body={}", encoded(&words.title), encoded(&body))
}

fn text_of(id: &str) -> String {
    let element = document().get_element_by_id(id);
    element.and_then(|element| element.text_content()).unwrap_or_default()
}

/// Number and secret in words, as they are pasted into a message to oneself. The secret comes last:
/// pasted into the field of the number, all of it still reads.
fn both(words: &ReceiptWords) -> String {
    let (number, secret) = (text_of(NUMBER), text_of(SECRET));
    let origin = window().location().origin().unwrap_or_default();
    let place = words.place.replace("{host}", &format!("{origin}/requests/{number}"));
    format!("{place}\n{} {number}\n{} {secret}", words.number, words.secret)
}

fn here(words: &ReceiptWords) -> String {
    words.place.replace("{host}", &window().location().host().unwrap_or_default())
}

/// Draws both, black on white, and has the browser save it.
fn picture(words: &ReceiptWords) -> Result<(), JsValue> {
    let document = document();
    let canvas: HtmlCanvasElement = document.create_element("canvas")?.unchecked_into();
    canvas.set_width(SIZE.0);
    canvas.set_height(SIZE.1);
    let context = canvas.get_context("2d")?.ok_or("no 2D canvas")?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.set_fill_style_str("#ffffff");
    context.fill_rect(0.0, 0.0, f64::from(SIZE.0), f64::from(SIZE.1));
    context.set_fill_style_str("#000000");
    let (number, secret) = (text_of(NUMBER), text_of(SECRET));
    for (text, size, weight, y) in [
        (&words.title, 44, 700, 110.0),
        (&words.number, 34, 400, 210.0),
        (&number, 64, 700, 290.0),
        (&words.secret, 34, 400, 400.0),
        (&secret, 72, 700, 485.0),
        (&here(words), 32, 400, 620.0),
    ] {
        context.set_font(&format!("{weight} {size}px sans-serif"));
        let room = f64::from(SIZE.0) - 2.0 * LEFT;
        context.fill_text_with_max_width(text, LEFT, y, room)?;
    }
    let link: HtmlElement = document.create_element("a")?.unchecked_into();
    link.set_attribute("href", &canvas.to_data_url()?)?;
    link.set_attribute("download", &format!("{number}.png"))?;
    link.click();
    Ok(())
}
