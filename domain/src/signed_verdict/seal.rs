//! Writing a signed file, and telling what one is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{FORMAT, FORMAT_VERSION, Judgement, LONGEST, SignedVerdict, Signing};
use crate::{
    localized::Localized,
    sealed_file::{PROGRAM, canonical, close, open},
    signing::{PublishedKeys, Signer, SigningError, Verifier},
};

/// A file as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    format_version: u32,
    /// What wrote it. Titles of laws, and what the engine says of open questions, are those of its version.
    program: String,
    notice: Localized,
    judgement: Judgement,
    signed: Signing,
}

/// Said in every file (rule Z3).
fn notice() -> Localized {
    Localized::new(
        "参考信息，不是行政决定",
        "This is information and decides nothing; no authority has decided by it.",
    )
}

/// Why a verdict is not signed.
#[derive(Debug, thiserror::Error)]
pub enum NotSigned {
    /// No key signs.
    #[error(transparent)]
    Key(#[from] SigningError),
    /// It cannot be written down so that the same comes of reading it: it could never be reached again.
    #[error("the verdict does not read as it was written, and is not signed")]
    Inexact,
    /// It is longer than any that is read.
    #[error("the verdict has more than {LONGEST} bytes, and is not signed")]
    TooLong,
}

/// What a file is that says it is a verdict.
pub type Checked = crate::sealed_file::Checked<Box<(Judgement, Signing)>>;

/// The file of a judgement, signed at an instant, to the second.
///
/// # Errors
/// [`NotSigned`].
pub fn sign(
    judgement: Judgement,
    at: Timestamp,
    signer: &dyn Signer,
) -> Result<SignedVerdict, NotSigned> {
    let key = signer.current()?;
    let at = Timestamp::from_second(at.as_second()).unwrap_or(at);
    let document = Document {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        program: PROGRAM.to_owned(),
        notice: notice(),
        judgement,
        signed: Signing { at, key: key.kid.clone(), algorithm: key.alg },
    };
    let value = serde_json::to_value(&document).or(Err(NotSigned::Inexact))?;
    let message = canonical(&value).ok_or(NotSigned::Inexact)?;
    // Figures are the part that a text may round: what is read of it must be what was judged.
    let read: Document = serde_json::from_slice(&message).or(Err(NotSigned::Inexact))?;
    let again = serde_json::to_value(&read).ok().and_then(|read| canonical(&read));
    let facts = [&read, &document].map(|it| it.judgement.all_facts());
    if again.as_ref() != Some(&message) || facts[0] != facts[1] {
        return Err(NotSigned::Inexact);
    }
    let text = close(value, &key.kid, signer)?.ok_or(NotSigned::Inexact)?;
    let Document { judgement, signed, .. } = read;
    if text.len() > LONGEST {
        Err(NotSigned::TooLong)
    } else {
        Ok(SignedVerdict { text, judgement, signed })
    }
}

/// What a file is. Spaces and line breaks around it are nobody's words: a field of a form, or an editor, may
/// have put them there.
#[must_use]
pub fn check(file: &[u8], keys: &PublishedKeys, verifier: &dyn Verifier) -> Checked {
    open(file, (FORMAT, LONGEST), keys, verifier).read(|members| {
        let Document { format_version, judgement, signed, .. } =
            serde_json::from_value(members).ok()?;
        (format_version == FORMAT_VERSION).then(|| Box::new((judgement, signed)))
    })
}
