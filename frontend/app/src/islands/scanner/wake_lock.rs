//! Keeps the screen on while a person holds the phone over a label.

use crate::islands::js_object::{ask, get};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::Window;

/// The screen stays on until this is dropped. Where the browser cannot or will not (an empty
/// battery), it goes off as always.
#[derive(Debug)]
pub struct WakeLock {
    held: Rc<RefCell<Held>>,
}

#[derive(Debug)]
enum Held {
    Asked,
    Lock(JsValue),
    Ended,
}

impl WakeLock {
    /// Asks the browser.
    pub fn ask(window: &Window) -> Self {
        let locks = get(&window.navigator(), "wakeLock");
        let held = Rc::new(RefCell::new(Held::Asked));
        let asked = held.clone();
        spawn_local(async move {
            let Ok(lock) = ask(&locks, "request", &[JsValue::from("screen")]).await else { return };
            // Given when it is not wanted any more.
            if matches!(*asked.borrow(), Held::Ended) {
                release(&lock);
            } else {
                asked.replace(Held::Lock(lock));
            }
        });
        Self { held }
    }
}

impl Drop for WakeLock {
    fn drop(&mut self) {
        if let Held::Lock(lock) = self.held.replace(Held::Ended) {
            release(&lock);
        }
    }
}

fn release(lock: &JsValue) {
    let lock = lock.clone();
    // A lock that is gone already may refuse; waiting for it keeps that out of the console.
    spawn_local(async move { drop(ask(&lock, "release", &[]).await) });
}
