//! What a read sounds and feels like.

use crate::islands::js_object::{call, get};
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::{AudioContext, Window};

/// From a tap that may become a read: browsers let a page sound only from there on.
#[derive(Debug, Default)]
pub struct Tone {
    context: RefCell<Option<AudioContext>>,
}

/// The tone, in hertz, and how long it lasts, in seconds.
const PITCH: f32 = 1320.0;
const LENGTH: f64 = 0.12;
const LOUDNESS: f32 = 0.25;

impl Tone {
    /// Gets ready, if the person has touched the page.
    pub fn prepare(&self, window: &Window) {
        // Where the browser does not say, the tap that leads here is enough.
        let touched = get(&get(&window.navigator(), "userActivation"), "hasBeenActive");
        if touched.as_bool() != Some(false) && self.context.borrow().is_none() {
            *self.context.borrow_mut() = AudioContext::new().ok();
        }
    }

    /// A short tone. A phone that cannot make one says nothing: the page says it too.
    pub fn sound(&self) {
        if let Some(context) = &*self.context.borrow() {
            let _ = play(context);
        }
    }

    /// Lets go of the loudspeaker.
    pub fn end(&self) {
        if let Some(context) = self.context.take() {
            // Whether it closes now or with the page is all the same.
            let _ = context.close();
        }
    }
}

fn play(context: &AudioContext) -> Result<(), JsValue> {
    let now = context.current_time();
    let (oscillator, gain) = (context.create_oscillator()?, context.create_gain()?);
    oscillator.frequency().set_value(PITCH);
    gain.gain().set_value_at_time(LOUDNESS, now)?;
    // Ends softly, or it clicks.
    gain.gain().linear_ramp_to_value_at_time(0.0, now + LENGTH)?;
    oscillator.connect_with_audio_node(&gain)?;
    gain.connect_with_audio_node(&context.destination())?;
    oscillator.start()?;
    oscillator.stop_with_when(now + LENGTH)
}

/// A short buzz, where the phone can (iPhones and Firefox cannot).
pub fn buzz(window: &Window) {
    let _ = call(&window.navigator(), "vibrate", &[JsValue::from(60)]);
}
