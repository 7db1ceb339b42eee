//! The keys that labels are sealed with.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::symbols;

/// Bytes of a tag: 80 bits, sixteen characters.
pub const TAG_BYTES: usize = 10;

/// The name of a key on a label: one to three capitals, `A` first, `AA` after `Z`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyId(String);

impl KeyId {
    /// The name of the first key.
    #[must_use]
    pub fn first() -> Self {
        Self("A".to_owned())
    }

    /// Reads a name, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits =
            (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        fits.then(|| Self(text.to_ascii_uppercase()))
    }

    /// The name after this one; `None` after `ZZZ`.
    #[must_use]
    pub fn next(&self) -> Option<Self> {
        let kept = self.0.trim_end_matches('Z');
        let turned = "A".repeat(self.0.len() - kept.len());
        let text = match kept.bytes().last() {
            Some(last) => {
                format!("{}{}{turned}", &kept[..kept.len() - 1], char::from(last + 1))
            }
            None => format!("A{turned}"),
        };
        Self::parse(&text)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The proof on a label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag([u8; TAG_BYTES]);

impl Tag {
    /// A tag from its bytes.
    #[must_use]
    pub const fn new(bytes: [u8; TAG_BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; TAG_BYTES] {
        &self.0
    }

    /// Reads sixteen characters, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        symbols::read(text).map(Self)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&symbols::write(&self.0))
    }
}

/// Makes and checks tags. A certified module with SM3 or SM2 may stand here in place of
/// [`KeyRing`] (rule X5): nothing else of a label depends on the algorithm.
pub trait Seals: Send + Sync {
    /// The key that new labels are sealed with, if there is one.
    fn current(&self) -> Option<KeyId>;

    /// The tag of a message; `None` when the key is unknown or retired.
    fn seal(&self, key: &KeyId, message: &[u8]) -> Option<Tag>;

    /// Whether the tag is that of the message under a key that is known and not retired. Must
    /// compare in constant time.
    fn holds(&self, key: &KeyId, message: &[u8], tag: &Tag) -> bool;
}

/// One key of a ring.
#[derive(Clone)]
pub struct LabelKey {
    /// Its name.
    pub id: KeyId,
    /// 32 unguessable bytes.
    pub secret: [u8; 32],
    /// Whether it is no longer trusted: its labels are not genuine.
    pub retired: bool,
}

impl fmt::Debug for LabelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LabelKey")
            .field("id", &self.id)
            .field("retired", &self.retired)
            .finish_non_exhaustive()
    }
}

/// Every key there ever was, oldest first, with HMAC-SHA-256 (RFC 2104) cut to 80 bits. Labels
/// hang for years: a key that is replaced goes on checking the labels it made.
#[derive(Clone, Debug, Default)]
pub struct KeyRing(Vec<LabelKey>);

impl KeyRing {
    /// A ring of these keys, oldest first; `None` when two share a name.
    #[must_use]
    pub fn new(keys: Vec<LabelKey>) -> Option<Self> {
        let unique = keys
            .iter()
            .enumerate()
            .all(|(at, key)| keys.iter().take(at).all(|before| before.id != key.id));
        unique.then_some(Self(keys))
    }

    /// The keys, oldest first.
    #[must_use]
    pub fn keys(&self) -> &[LabelKey] {
        &self.0
    }

    /// Adds a key, which becomes the current one, and says its name; `None` when every name is
    /// used up.
    pub fn rotate(&mut self, secret: [u8; 32]) -> Option<KeyId> {
        let id = match self.0.last() {
            None => KeyId::first(),
            Some(last) => last.id.next()?,
        };
        self.0.push(LabelKey { id: id.clone(), secret, retired: false });
        Some(id)
    }

    /// Marks a key as no longer trusted; `false` when there is none of that name.
    pub fn retire(&mut self, id: &KeyId) -> bool {
        let key = self.0.iter_mut().find(|key| key.id == *id);
        key.map(|key| key.retired = true).is_some()
    }

    fn mac(&self, id: &KeyId, message: &[u8]) -> Option<Hmac<Sha256>> {
        let key = self.0.iter().find(|key| key.id == *id && !key.retired)?;
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.secret).ok()?;
        mac.update(message);
        Some(mac)
    }
}

impl Seals for KeyRing {
    fn current(&self) -> Option<KeyId> {
        self.0.last().filter(|key| !key.retired).map(|key| key.id.clone())
    }

    fn seal(&self, key: &KeyId, message: &[u8]) -> Option<Tag> {
        let whole = self.mac(key, message)?.finalize().into_bytes();
        whole.get(..TAG_BYTES)?.try_into().ok().map(Tag)
    }

    fn holds(&self, key: &KeyId, message: &[u8], tag: &Tag) -> bool {
        self.mac(key, message).is_some_and(|mac| mac.verify_truncated_left(&tag.0).is_ok())
    }
}
