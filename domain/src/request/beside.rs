//! Requests that one form handed in together: each has a key of its own, under that of the form.

/// What stands between the key of a form and the service; no key that is drawn or derived has one.
const UNDER: char = '~';

/// The key against double submission of one of the requests that a form hands in.
#[must_use]
pub fn key_under(form: &str, item: &str) -> String {
    format!("{form}{UNDER}{item}")
}

/// Between which texts the keys of all requests lie that were handed in by the same form as the one of this key: the
/// first is below them, the other above. `None` of one that was handed in alone.
#[must_use]
pub fn keys_beside(key: &str) -> Option<(String, String)> {
    let (form, _) = key.rsplit_once(UNDER)?;
    // Keys are visible characters: nothing of them sorts behind.
    Some((format!("{form}{UNDER}"), format!("{form}{UNDER}\u{7f}")))
}
