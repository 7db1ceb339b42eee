//! Writing a signed file, and telling what one is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extract, FORMAT, FORMAT_VERSION, LONGEST, SignedExtract, Stub};
use crate::{
    localized::Localized,
    sealed_file::{PROGRAM, canonical, close, open},
    signed_verdict::Signing,
    signing::{PublishedKeys, Signer, SigningError, Verifier},
};

/// A file as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    format_version: u32,
    /// What wrote it.
    program: String,
    notice: Localized,
    extract: Extract,
    /// The end of the address by which a printed page of it is checked.
    stub: String,
    signed: Signing,
}

/// Said in every file (rule Z3).
fn notice() -> Localized {
    Localized::new(
        "参考信息，以登记簿为准",
        "This is information and decides nothing; the register prevails.",
    )
}

/// Why an extract is not signed.
#[derive(Debug, thiserror::Error)]
pub enum NotSigned {
    /// No key signs.
    #[error(transparent)]
    Key(#[from] SigningError),
    /// It does not read as it was written.
    #[error("the extract does not read as it was written, and is not signed")]
    Inexact,
    /// It is longer than any that is read.
    #[error("the extract has more than {LONGEST} bytes, and is not signed")]
    TooLong,
}

/// What a file is that says it is an extract.
pub type Checked = crate::sealed_file::Checked<Box<SignedExtract>>;

/// The file of an extract, signed at an instant, to the second.
///
/// # Errors
/// [`NotSigned`].
pub fn sign(
    extract: Extract,
    at: Timestamp,
    signer: &dyn Signer,
) -> Result<SignedExtract, NotSigned> {
    let key = signer.current()?;
    let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let stub = Stub::of(&extract, at).ok_or(NotSigned::Inexact)?.sign(&key.kid, signer)?;
    let document = Document {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        program: PROGRAM.to_owned(),
        notice: notice(),
        extract,
        stub,
        signed: Signing { at, key: key.kid.clone(), algorithm: key.alg },
    };
    let value = serde_json::to_value(&document).or(Err(NotSigned::Inexact))?;
    let message = canonical(&value).ok_or(NotSigned::Inexact)?;
    let read: Document = serde_json::from_slice(&message).or(Err(NotSigned::Inexact))?;
    if read != document {
        return Err(NotSigned::Inexact);
    }
    let text = close(value, &key.kid, signer)?.ok_or(NotSigned::Inexact)?;
    let Document { extract, stub, signed, .. } = read;
    if text.len() > LONGEST {
        Err(NotSigned::TooLong)
    } else {
        Ok(SignedExtract { text, extract, stub, signed })
    }
}

/// What a file is; spaces and line breaks around it do not count.
#[must_use]
pub fn check(file: &[u8], keys: &PublishedKeys, verifier: &dyn Verifier) -> Checked {
    open(file, (FORMAT, LONGEST), keys, verifier).read(|members| {
        let Document { format_version, extract, stub, signed, .. } =
            serde_json::from_value(members).ok()?;
        let text = String::from_utf8_lossy(file.trim_ascii()).into_owned();
        (format_version == FORMAT_VERSION)
            .then(|| Box::new(SignedExtract { text, extract, stub, signed }))
    })
}

/// Whether a file that does not read is the beginning of one: what is missing is its end.
#[must_use]
pub fn is_cut_short(file: &[u8]) -> bool {
    let file = file.trim_ascii();
    file.starts_with(b"{")
        && serde_json::from_slice::<Value>(file).is_err_and(|error| error.is_eof())
}
