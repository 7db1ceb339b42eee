//! What the device keeps of forms, and for how long.

use js_sys::{Date, Number};
use web_sys::Storage;

use crate::islands::element::window;

/// What a form is kept under begins so; its place and service follow.
const TYPED: &str = "jm-typed:";
/// Present, until the browser is closed, on a computer that others use.
const SHARED: &str = "jm-shared";
/// The form that was just sent to be handed in, until a page says what became of it.
const SENT: &str = "jm-typed-sent";
/// Milliseconds for which a form is kept: seven days.
const KEPT_FOR: f64 = 7.0 * 24.0 * 60.0 * 60.0 * 1000.0;

/// What was kept of a form.
pub struct Typed {
    /// When, milliseconds since 1970.
    pub at: f64,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}

fn local() -> Option<Storage> {
    window().local_storage().ok()?
}

fn session() -> Option<Storage> {
    window().session_storage().ok()?
}

/// Whether this is a computer that others use, as somebody said in this session.
pub fn is_shared() -> bool {
    session().and_then(|storage| storage.get_item(SHARED).ok()?).is_some()
}

/// Remembers it for the session; then nothing that was typed into any form is kept here any more.
pub fn set_shared(shared: bool) {
    let Some(storage) = session() else { return };
    // A store that takes nothing keeps nothing of what is typed either.
    let _ = if shared { storage.set_item(SHARED, "1") } else { storage.remove_item(SHARED) };
    if let Some(storage) = local().filter(|_| shared) {
        let keys =
            (0..storage.length().unwrap_or_default()).filter_map(|at| storage.key(at).ok()?);
        let typed: Vec<String> = keys.filter(|key| key.starts_with(TYPED)).collect();
        typed.iter().for_each(|key| forget(&storage, key));
    }
}

/// Removing what is not there is no fault.
fn forget(storage: &Storage, key: &str) {
    let _ = storage.remove_item(key);
}

/// Keeps what was typed into a form, unless others use the computer.
pub fn keep(form: &str, fields: &[(String, String)]) {
    let Some(storage) = local().filter(|_| !is_shared()) else { return };
    let escaped = |text: &str| String::from(js_sys::encode_uri_component(text));
    let lines = fields.iter().map(|(name, text)| format!("\n{name}={}", escaped(text)));
    // Figures by the browser: Rust's own way to write and read them is a third of this page's module.
    let Ok(now) = Number::from(Date::now()).to_string_with_radix(10) else { return };
    let text = format!("{}{}", String::from(now), lines.collect::<String>());
    // A full or closed store keeps nothing; the form itself stands there still.
    let _ = storage.set_item(&format!("{TYPED}{form}"), &text);
}

/// What was kept of a form. What is too old, or does not read, is removed.
pub fn kept(form: &str) -> Option<Typed> {
    let (storage, key) = (local()?, format!("{TYPED}{form}"));
    let text = storage.get_item(&key).ok()??;
    let read = read(&text).filter(|typed| Date::now() - typed.at < KEPT_FOR);
    if read.is_none() {
        forget(&storage, &key);
    }
    read
}

fn read(text: &str) -> Option<Typed> {
    let mut lines = text.split('\n');
    let at = Some(Number::parse_float(lines.next()?)).filter(|at| at.is_finite())?;
    let field = |line: &str| {
        let (name, text) = line.split_once('=')?;
        let text = js_sys::decode_uri_component(text).ok()?;
        Some((name.to_owned(), String::from(text)))
    };
    Some(Typed { at, fields: lines.map(field).collect::<Option<_>>()? })
}

/// Forgets what was kept of a form.
pub fn clear(form: &str) {
    if let Some(storage) = local() {
        forget(&storage, &format!("{TYPED}{form}"));
    }
}

/// Notes that a form was sent to be handed in; none was, where it has come back.
pub fn note_sent(form: Option<&str>) {
    if let Some(storage) = session() {
        // What is not noted stays for its seven days.
        let _ = match form {
            Some(form) => storage.set_item(SENT, form),
            None => storage.remove_item(SENT),
        };
    }
}

/// The receipt of what was just handed in by this form is there: what was typed into it is kept no more. The
/// receipt of another form says nothing about the one that was sent.
pub fn handed_in(form: &str) {
    let sent = session().and_then(|storage| storage.get_item(SENT).ok()?);
    if sent.as_deref() == Some(form) {
        clear(form);
        note_sent(None);
    }
}
