//! Keeping, offering and sending on.

use std::{cell::RefCell, rc::Rc};

use gloo_timers::callback::Timeout;
use js_sys::Date;
use wasm_bindgen::{JsCast as _, JsValue, prelude::wasm_bindgen};
use web_sys::{Element, Event, HtmlElement};

use super::{
    KeepTypedWords,
    kept::{self, Typed},
};
use crate::islands::{
    element::{document, on, on_press, part, say, window},
    js_object::{call, get},
    later::later,
    props::Props,
};

/// How long after a press that waits for a network another one counts as a new decision, milliseconds: not the
/// second half of a double click.
const PRESSED_AGAIN: f64 = 1_500.0;
/// How long somebody pauses before what they typed is kept, milliseconds.
const PAUSE: u32 = 400;
/// What is typed or chosen: neither what a page carries unseen, nor a consent, which is given anew. What was typed
/// before into fields that this page does not show is among it.
const FIELDS: &str = "input[name]:not([type=hidden]):not([type=checkbox]):not([type=file]), \
                      input[data-unseen], textarea[name]";

/// The form around an island.
struct Form {
    element: Element,
    /// Its place and service.
    name: String,
    island: HtmlElement,
    words: KeepTypedWords,
    /// What is to be kept in a moment.
    soon: RefCell<Option<Timeout>>,
    /// The button with which it is handed in once there is a network, and when it was pressed, milliseconds since
    /// 1970.
    waiting: RefCell<Option<(JsValue, f64)>>,
}

#[wasm_bindgen(js_name = KeepTyped)]
pub fn wake(island: &HtmlElement) {
    let Ok(Some(element)) = island.closest("form") else { return };
    let mut props = Props::from(island);
    let (name, hand_in) = (props.take(), props.take());
    let words = KeepTypedWords::take(&mut props);
    let form = Rc::new(Form {
        element,
        name,
        island: island.clone(),
        words,
        soon: RefCell::default(),
        waiting: RefCell::default(),
    });
    // A form that has come back was not handed in.
    kept::note_sent(None);
    if island.query_selector(".typed-shared").ok().flatten().is_some() {
        keep_what_is_typed(&form);
    }
    let sent = form.clone();
    on(&form.element, "submit", move |event| sent.is_sent(event, &hand_in));
    on(&window(), "online", move |_| form.send_on());
}

fn keep_what_is_typed(form: &Rc<Form>) {
    form.offer();
    let shared = part(&form.island, "#typed-shared");
    // Fails for no input.
    let _ = js_sys::Reflect::set(&shared, &"checked".into(), &kept::is_shared().into());
    part(&form.island, ".typed-shared").set_hidden(false);
    let chosen = form.clone();
    on(&shared.clone(), "change", move |_| {
        kept::set_shared(get(&shared, "checked").is_truthy());
        part(&chosen.island, ".typed-offer").set_hidden(true);
        chosen.keep();
    });
    for kind in ["input", "change"] {
        let typing = form.clone();
        on(&form.element, kind, move |_| {
            let then = typing.clone();
            typing.soon.replace(Some(later(PAUSE, Box::new(move || then.keep()))));
        });
    }
    let leaving = form.clone();
    on(&window(), "pagehide", move |_| {
        if leaving.soon.take().is_some() {
            leaving.keep();
        }
    });
}

impl Form {
    /// What is typed or chosen now.
    fn fields(&self) -> Vec<(Element, String)> {
        let Ok(all) = self.element.query_selector_all(FIELDS) else { return Vec::new() };
        let fields = (0..all.length()).filter_map(|at| all.item(at)?.dyn_into::<Element>().ok());
        let named =
            fields.map(|field| (field.clone(), field.get_attribute("name").unwrap_or_default()));
        named.collect()
    }

    fn typed(&self) -> Vec<(String, String)> {
        let typed = self.fields().into_iter().filter_map(|(field, name)| {
            let left_out = is_radio(&field) && !get(&field, "checked").is_truthy();
            let text = get(&field, "value").as_string().unwrap_or_default();
            (!left_out && !text.is_empty()).then_some((name, text))
        });
        typed.collect()
    }

    /// Keeps what is typed now; nothing of a form that is empty.
    fn keep(&self) {
        self.soon.take();
        match self.typed() {
            typed if typed.is_empty() => kept::clear(&self.name),
            typed => kept::keep(&self.name, &typed),
        }
    }

    /// Offers what was kept, into a form that is empty.
    fn offer(self: &Rc<Self>) {
        let Some(kept) = kept::kept(&self.name).filter(|_| self.typed().is_empty()) else { return };
        let offer = part(&self.island, ".typed-offer");
        let language = get(&get(&document(), "documentElement"), "lang").as_string();
        let time = Date::new(&kept.at.into())
            .to_locale_string(&language.unwrap_or_default(), &JsValue::UNDEFINED);
        say(&part(&offer, "p"), &self.words.last.replace("{time}", &String::from(time)));
        offer.set_hidden(false);
        let (form, closed) = (self.clone(), offer.clone());
        on_press(&part(&offer, "button"), move || {
            form.restore(&kept);
            closed.set_hidden(true);
        });
        let (form, closed) = (self.clone(), offer.clone());
        on_press(&part(&offer, "button ~ button"), move || {
            kept::clear(&form.name);
            closed.set_hidden(true);
        });
    }

    fn restore(&self, kept: &Typed) {
        for (field, name) in self.fields() {
            let Some((_, text)) = kept.fields.iter().find(|(kept, _)| *kept == name) else {
                continue;
            };
            let (property, value) = if is_radio(&field) {
                ("checked", (get(&field, "value").as_string().as_ref() == Some(text)).into())
            } else {
                ("value", JsValue::from(text))
            };
            // Fails for no field.
            let _ = js_sys::Reflect::set(&field, &property.into(), &value);
        }
        // Of a group the page has fewer than there were: they go along unseen, and are there on the next page.
        let there: Vec<String> = self.fields().into_iter().map(|(_, name)| name).collect();
        for (name, text) in kept.fields.iter().filter(|(name, _)| !there.contains(name)) {
            let Ok(unseen) = document().create_element("input") else { continue };
            for (attribute, value) in [
                ("type", "hidden"),
                ("data-unseen", ""),
                ("name", name.as_str()),
                ("value", text.as_str()),
            ] {
                // Fails only where the name of an attribute is none.
                let _ = unseen.set_attribute(attribute, value);
            }
            let _ = self.element.append_child(&unseen);
        }
        // Questions that wait for an answer hear of it.
        if let Ok(changed) = Event::new("change") {
            let _ = self.element.dispatch_event(&changed);
        }
    }

    /// A button was pressed. Where there is no network the page stays, and what was to be handed in waits.
    fn is_sent(&self, event: &Event, hand_in: &str) {
        let button = get(event, "submitter");
        let hands_in = get(&button, "value").as_string().as_deref() == Some(hand_in);
        let now = Date::now();
        let before = self.waiting.take();
        // Devices are wrong about their network now and then: whoever presses once more has it tried. Nothing waits
        // beside it, and the form's key makes one request of all presses.
        let insists = before.as_ref().is_some_and(|(_, pressed)| now - pressed > PRESSED_AGAIN);
        if is_online() || (hands_in && insists) {
            kept::note_sent(Some(&*self.name).filter(|_| hands_in));
            return;
        }
        event.prevent_default();
        let words = match (hands_in, kept::is_shared()) {
            (true, _) => &self.words.waits,
            (false, true) => &self.words.offline_shared,
            (false, false) => &self.words.offline,
        };
        let pressed = before.map_or(now, |(_, pressed)| pressed);
        self.waiting.replace(hands_in.then_some((button, pressed)));
        self.tell(words);
    }

    /// There is a network again: hands in what somebody pressed to hand in, as they pressed it.
    fn send_on(&self) {
        match self.waiting.take() {
            Some((button, _)) => {
                self.tell(&self.words.sends);
                // The browser checks nothing and the button is the form's: there is nothing to fail.
                let _ = call(&self.element, "requestSubmit", &[button]);
            }
            None => self.tell(""),
        }
    }

    fn tell(&self, words: &str) {
        say(&part(&self.island, ".typed-status"), words);
    }
}

fn is_radio(field: &Element) -> bool {
    field.get_attribute("type").as_deref() == Some("radio")
}

fn is_online() -> bool {
    !get(&window().navigator(), "onLine").is_falsy()
}
