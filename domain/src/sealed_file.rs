//! Files that are signed as a whole: the one way that they are written and told apart from altered ones, whatever
//! is in them. The file *is* the canonical form of its JSON (RFC 8785); the signature is over the same form without
//! the member `signature`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::Value;

use crate::signing::{Held, KeyName, PublishedKeys, Signer, SigningError, Verifier};

/// The member that holds the signature, which is over all others.
const SIGNATURE: &str = "signature";

/// The program that writes files.
pub(crate) const PROGRAM: &str = concat!("jianma ", env!("CARGO_PKG_VERSION"));

/// What a file is that says it is of a form.
#[derive(Clone, Debug, PartialEq)]
pub enum Checked<T> {
    /// As it was signed, to the byte.
    Genuine(T),
    /// It names a key that is known, and is not what that key signed: it was changed,
    /// or another key signed it.
    Altered,
    /// Nobody here knows the key that it names, so nobody can say who wrote it.
    UnknownKey(KeyName),
    /// It is as it was signed, with a key that is not trusted any more.
    Revoked {
        /// The key.
        key: KeyName,
        /// Since when.
        since: Timestamp,
    },
    /// It is signed in a way, or of a form, that this program is too old for.
    Newer,
    /// It is of another form, or so damaged that it does not read.
    NoFile,
}

impl<T> Checked<T> {
    /// The same with what `read` makes of a genuine one; where that is nothing, it is of a form that came later.
    pub fn read<U>(self, read: impl FnOnce(T) -> Option<U>) -> Checked<U> {
        match self {
            Self::Genuine(members) => read(members).map_or(Checked::Newer, Checked::Genuine),
            Self::Altered => Checked::Altered,
            Self::UnknownKey(key) => Checked::UnknownKey(key),
            Self::Revoked { key, since } => Checked::Revoked { key, since },
            Self::Newer => Checked::Newer,
            Self::NoFile => Checked::NoFile,
        }
    }
}

/// Members with their signature by a key, in base64url; `None` where they have no canonical form.
///
/// # Errors
/// [`SigningError`] when the key does not sign.
pub(crate) fn close(
    mut members: Value,
    key: &KeyName,
    signer: &dyn Signer,
) -> Result<Option<String>, SigningError> {
    let Some(message) = canonical(&members) else { return Ok(None) };
    let signature = URL_SAFE_NO_PAD.encode(signer.sign(key, &message)?);
    if let Value::Object(members) = &mut members {
        members.insert(SIGNATURE.to_owned(), Value::String(signature));
    }
    Ok(canonical(&members).and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// What a file of a form is that has no more than so many bytes, with its members but for the signature. Spaces and line breaks around it are nobody's
/// words: a field of a form, or an editor, may have put them there.
pub(crate) fn open(
    file: &[u8],
    (format, longest): (&str, usize),
    keys: &PublishedKeys,
    verifier: &dyn Verifier,
) -> Checked<Value> {
    let file = file.trim_ascii();
    let read: Option<Value> =
        if file.len() > longest { None } else { serde_json::from_slice(file).ok() };
    let Some(value @ Value::Object(_)) = read else { return Checked::NoFile };
    if value.get("format").and_then(Value::as_str) != Some(format) {
        return Checked::NoFile;
    }
    let name = value.pointer("/signed/key").and_then(Value::as_str);
    let name = name.map(KeyName::written).filter(KeyName::is_thumbprint);
    let Some(name) = name else { return Checked::NoFile };
    let Some(key) = keys.find(&name) else { return Checked::UnknownKey(name) };
    if canonical(&value).as_deref() != Some(file) {
        return Checked::Altered;
    }
    let mut members = value;
    let signature = members.as_object_mut().and_then(|members| members.remove(SIGNATURE));
    let signature = signature.as_ref().and_then(Value::as_str);
    let algorithm = members.pointer("/signed/algorithm").and_then(Value::as_str);
    let (Some(signature), Some(algorithm), Some(message)) =
        (signature, algorithm, canonical(&members))
    else {
        return Checked::Altered;
    };
    match key.judge(algorithm, &message, signature, verifier) {
        Held::Genuine => Checked::Genuine(members),
        Held::Altered => Checked::Altered,
        Held::Revoked { since } => Checked::Revoked { key: name, since },
        Held::Newer => Checked::Newer,
    }
}

/// The one way of writing a JSON value (RFC 8785).
pub(crate) fn canonical(value: &Value) -> Option<Vec<u8>> {
    serde_json_canonicalizer::to_vec(value).ok()
}
