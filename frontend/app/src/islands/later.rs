//! Something to do in a moment.

use gloo_timers::callback::Timeout;

/// Does it after so many milliseconds, unless the result is dropped before. Boxed: every closure
/// would bring its own way from the browser into wasm.
pub fn later(wait: u32, then: Box<dyn FnOnce()>) -> Timeout {
    Timeout::new(wait, then)
}
